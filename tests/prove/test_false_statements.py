"""False statements that a prover with one side condition missing would prove.

Each row says which condition it is.  To add one: a row, with the false claim and the reason why it may look true.
"""

from __future__ import annotations

import pytest

from everystep.algebra.context import Context, Definition, Predicate, Random, Recurrence, Relation
from everystep.algebra.expressions import (
    Apply,
    Call,
    Col,
    Det,
    Diag,
    DiagPart,
    EigMax,
    Entry,
    Expectation,
    Eye,
    Gradient,
    Int,
    Limit,
    LogSumExp,
    Member,
    Neg,
    Num,
    Ones,
    Pow,
    Rank,
    ScalarDerivative,
    Softmax,
    SumOver,
    Trace,
    Unit,
    Zeros,
    norm,
    odot,
    scalar,
    sq,
    sqrt,
)
from everystep.derivation import Induction
from everystep.prove.verdict import Status
from tests.prove import (
    adjugate_rows,
    binary_rows,
    block_rows,
    bound_rows,
    closed_rows,
    conditional_rows,
    convex_step_rows,
    convexity_rows,
    corner_rows,
    course_rows,
    determinant_rows,
    eigenvalue_product_rows,
    eigenvalue_rows,
    equation_rows,
    family_rows,
    further_rows,
    index_rows,
    inverse_rows,
    known_bound_rows,
    layer_rows,
    lemma_rows,
    limit_rows,
    mean_recurrence_rows,
    mean_rows,
    multiples_rows,
    nilpotent_rows,
    number_rows,
    order_rows,
    ordered_rows,
    power_rows,
    product_rows,
    range_rows,
    real_limit_rows,
    rewriting_rows,
    rule_rows,
    slope_rows,
    solved_rows,
    trace_rows,
    triangular_rows,
)
from tests.prove.statements import (
    PLAIN,
    SIZE_INDEX,
    A,
    B,
    C,
    FalseRow,
    P,
    Q,
    S,
    T,
    X,
    a,
    alpha,
    at_most,
    b,
    c,
    d,
    e,
    equal,
    f,
    g,
    h,
    half,
    i,
    invertible,
    j,
    judged,
    k,
    less,
    m,
    n,
    proved_alone,
    r,
    s,
    t,
    u,
    w,
    x,
    y,
    z,
)

given = PLAIN.given
nonzero = Predicate("nonzero", a)
I = Eye(n)  # noqa: E741 - the identity
inverse_times = Entry(A.I, i, k) * Entry(A, k, j)
inner = Gradient(SumOver(h[t] ** 2, t, 1, T), h[s])
one_plus_ones = {size_: Eye(size_) + Ones(size_, size_) for size_ in (n, d)}
entries = [scalar(f"s_{number}") for number in range(12)]

RANKS = (
    FalseRow(
        "scaled-by-inner-product",
        equal(Det(x.T * y * A), 0),
        given(less(Int(1), Int(n))),
        "x^T y is a number, not a narrow matrix",
    ),
    FalseRow(
        "number-times-matrix",
        equal(Rank(a * A), 1),
        given(Predicate("nonzero", a), Predicate("nonzero", A)),
        "a is no column",
    ),
)

SIGNS = (
    FalseRow("unequal-to-one", less(0, a**2), given(Relation(a, "!=", Num(1))), "a may be 0"),
    FalseRow(
        "entries-up-to-three",
        less(0, Entry(x, k)),
        PLAIN.given(less(0, Entry(x, i)), at_most(Int(i), Int(3))),
        "nothing is said of the entries after the third",
    ),
    FalseRow(
        "diagonal-entries", less(0, Ones(n).T * A * Ones(n)), PLAIN.given(less(0, Entry(A, i, i))), "others may be -9"
    ),
    FalseRow("another-entry", less(0, Entry(x, k)), PLAIN.given(less(0, Entry(x, i))), "i may be one fixed index"),
    FalseRow("sum-of-any", less(0, SumOver(Entry(x, i), i, 1, n)), PLAIN, "the entries have any sign"),
    FalseRow(
        "sum-that-may-be-empty",
        less(0, SumOver(Apply("exp", h[t]), t, 1, k)),
        given(at_most(Int(0), Int(k))),
        "k may be 0",
    ),
    FalseRow(
        "oblique-projection",
        at_most(x.T * P * x, sq(x)),
        given(Predicate("idempotent", P)),
        "P need not be symmetric",
    ),
    FalseRow(
        "form-at-an-entry",
        at_most(0, SumOver(Apply("exp", Entry(z, k)) / (1 + Entry(y, k) * (x.T * A * x)), k, 1, n)),
        given(Predicate("positive definite", A)),
        "an entry of y may be negative",
    ),
    FalseRow(
        "form-with-two-vectors",
        at_most(0, sq(x) + x.T * y),
        PLAIN,
        "y is another vector",
    ),
    FalseRow("at-least-zero", less(0, c), given(at_most(0, c)), "c may be 0"),
    FalseRow("nonzero-positive", less(0, a), given(nonzero), "a may be negative"),
    FalseRow("nonzero-nonnegative", at_most(0, a), given(nonzero), "a may be negative"),
    FalseRow("unequal-positive", less(0, a), given(Relation(a, "!=", Int(0))), "a may be negative"),
    FalseRow("nonzero-sum", Predicate("nonzero", a + c), given(nonzero, Predicate("nonzero", c)), "a may be -c"),
    FalseRow(
        "nonzero-entry", less(0, Entry(x, 1) * Entry(x, 1)), given(Predicate("nonzero", x)), "another entry is not 0"
    ),
    FalseRow("nonzero-diagonal", less(0, sq(DiagPart(A))), given(Predicate("nonzero", A)), "an entry off the diagonal"),
    FalseRow("product-strict", less(0, a * c), given(less(0, a), at_most(0, c)), "c may be 0"),
    FalseRow("ridge-strict", Predicate("positive definite", X * X.T + c * I), given(at_most(0, c)), "c may be 0"),
    FalseRow(
        "weighted-form",
        at_most(0, Trace(A * S * A.T * Diag(x))),
        given(Predicate("positive semidefinite", S), at_most(0, Ones(n).T * x)),
        "a weight may be negative",
    ),
    FalseRow(
        "form-over-part",
        at_most(0, SumOver(SumOver(Entry(x, i) * Entry(P, i, j) * Entry(x, j), i, 1, m), j, 1, n)),
        given(Predicate("positive semidefinite", P)),
        "rows and columns run over different ranges",
    ),
    FalseRow(
        "negative-eigenvalue",
        Predicate("positive definite", c * I - alpha * S),
        given(Predicate("symmetric", S), at_most(0, alpha), less(alpha, c / EigMax(S))),
        "lambda_max may be negative",
    ),
    FalseRow(
        "gram-of-part",
        Predicate("positive definite", SumOver(Col(A, k) * Col(A, k).T, k, 2, n)),
        given(*invertible(A)),
        "one column is missing",
    ),
    FalseRow(
        "diagonal-squares",
        Predicate("positive definite", Diag(odot(x, x))),
        given(Predicate("nonzero", x)),
        "a zero entry",
    ),
    FalseRow(
        "product-of-semidefinite",
        at_most(0, x.T * A * B * x),
        given(Predicate("positive semidefinite", A), Predicate("positive semidefinite", B)),
        "A B is not symmetric",
    ),
    FalseRow("orthogonal-not-square", Predicate("orthogonal", X), given(equal(X.T * X, Eye(d))), "X is not square"),
    FalseRow("invertible-scaled", Predicate("invertible", c * A), given(*invertible(A)), "c may be 0"),
    FalseRow("invertible-sum", Predicate("invertible", A + B), given(*invertible(A, B)), "B may be -A"),
)

ROOTS = (
    FalseRow("root-of-square", equal(sqrt(a**2), a), PLAIN, "a may be negative"),
    FalseRow("root-of-negative-cube", equal(sqrt(-(a**3)), a * sqrt(-a)), PLAIN, "a is negative where it is defined"),
    FalseRow("root-of-negative-inverse", equal(sqrt(-(a**-1)), -(1 / sqrt(-a))), PLAIN, "both roots are positive"),
    FalseRow("root-of-product", equal(sqrt(a * c), sqrt(a) * sqrt(c)), PLAIN, "both may be negative"),
    FalseRow("square-and-root", equal((a**2) ** half, a), PLAIN, "a may be negative"),
    FalseRow("three-halves", equal((a**2) ** (3 * half.value), a**3), PLAIN, "a may be negative"),
    FalseRow("log-of-square", equal(Apply("log", a**2), 2 * Apply("log", a)), PLAIN, "a may be negative"),
    FalseRow(
        "log-of-product", equal(Apply("log", a * c), Apply("log", a) + Apply("log", c)), PLAIN, "both may be negative"
    ),
    FalseRow("squares-agree", equal(a, c), given(equal(a**2, c**2)), "a may be -c"),
    FalseRow("sign-of-zero", equal(Apply("sign", a - a), -1), PLAIN, "the sign of 0 is not -1"),
    FalseRow("abs", equal(Apply("abs", a), a), PLAIN, "a may be negative"),
    FalseRow("relu", equal(Apply("relu", a), a), PLAIN, "a may be negative"),
)

RANGES = (
    FalseRow(
        "units-up-to-m",
        equal(SumOver(Unit(n, i), i, 1, m), Ones(n)),
        given(less(Int(m), Int(n))),
        "n - m units are missing",
    ),
    FalseRow("units-from-two", equal(SumOver(Unit(n, i), i, 2, n), Ones(n)), PLAIN, "the first unit is missing"),
    FalseRow(
        "inverse-over-part",
        equal(SumOver(inverse_times, k, 2, n), Entry(I, i, j)),
        given(*invertible(A)),
        "k = 1 is missing",
    ),
    FalseRow(
        "inverse-up-to-m",
        equal(SumOver(inverse_times, k, 1, m), Entry(I, i, j)),
        given(*invertible(A), less(Int(m), Int(n))),
        "k > m is missing",
    ),
    FalseRow(
        "equation-over-part",
        equal(SumOver(Entry(A, i, k) * Entry(B, k, j), k, 2, n), Entry(C, i, j)),
        given(equal(A * B, C)),
        "k = 1 is missing",
    ),
    FalseRow("gradient-out-of-range", equal(inner, 2 * h[s]), PLAIN, "s may be T + 1"),
    FalseRow(
        "gradient-out-of-range-in-function", equal(Apply("phi", inner), Apply("phi", 2 * h[s])), PLAIN, "s may be T + 1"
    ),
    FalseRow(
        "gradient-out-of-range-in-quotient",
        equal(1 / (1 + inner**2), 1 / (1 + (2 * h[s]) ** 2)),
        PLAIN,
        "s may be T + 1",
    ),
    FalseRow(
        "delta-over-two-ranges",
        equal(SumOver(SumOver(Entry(I, i, j) * h[i], i, 1, T), j, 1, m) - SumOver(h[i], i, 1, T - 1), h[T]),
        given(less(Int(m), Int(T)), at_most(Int(T), Int(n))),
        "j ends before T",
    ),
    FalseRow(
        "nested-range-shifted",
        equal(SumOver(SumOver(h[i + 1] * f[j], j, 1, i), i, 1, n), SumOver(SumOver(h[i] * f[j], j, 1, i), i, 2, n + 1)),
        PLAIN,
        "the inner range shifts too",
    ),
    FalseRow(
        "triangle-exchanged",
        equal(
            SumOver(SumOver(Member("a", 1, 1, i, j), j, 1, i), i, 1, n),
            SumOver(SumOver(Member("a", 1, 1, j, i), j, 1, i), i, 1, n),
        ),
        PLAIN,
        "the other triangle",
    ),
    FalseRow("ends-move", equal(SumOver(h[t], t, 1, T), SumOver(h[t], t, 2, T + 1)), PLAIN, "h_1 is not h_{T+1}"),
    FalseRow(
        "every-second", equal(SumOver(h[2 * t], t, 1, n), SumOver(h[t], t, 2, 2 * n)), PLAIN, "odd members are missing"
    ),
    FalseRow(
        "inner-name-hides-outer",
        equal(SumOver(SumOver(h[i], i, 1, n), i, 1, n), SumOver(h[i], i, 1, n)),
        PLAIN,
        "n times",
    ),
)

SIZES = (
    FalseRow("rank-of-identity", equal(Rank(Eye(n)), Rank(Eye(d))), PLAIN, "n is not d"),
    FalseRow(
        "inverse-of-constant",
        equal(Entry(one_plus_ones[n].I, 1, 1), Entry(one_plus_ones[d].I, 1, 1)),
        PLAIN,
        "n is not d",
    ),
    FalseRow(
        "power-of-constant",
        equal(Entry(Ones(n, n) ** Int(T), 1, 1), Entry(Ones(d, d) ** Int(T), 1, 1)),
        PLAIN,
        "n is not d",
    ),
    FalseRow("call-of-constant", equal(Call("L", 1, 1, Ones(n)), Call("L", 1, 1, Ones(d))), PLAIN, "n is not d"),
    FalseRow(
        "call-of-entry",
        equal(Entry(Call("L", n, 1, x), i), Call("L", 1, 1, Entry(x, i))),
        given(at_most(Int(1), Int(i)), at_most(Int(i), Int(n))),
        "L need not act entry by entry",
    ),
    FalseRow(
        "two-calls-by-the-same-places",
        equal(
            Gradient(Call("L", 1, 1, *entries), entries[10]),
            Gradient(Gradient(Call("L", 1, 1, *entries), entries[1]), entries[0]),
        ),
        PLAIN,
        "place 10 is not places 1 and 0",
    ),
    FalseRow("log-sum-exp-of-row", equal(LogSumExp(Zeros(1, n)), 0), PLAIN, "log n, or ill-typed"),
    FalseRow(
        "log-sum-exp-scaled", equal(LogSumExp(3 * x), 3 * LogSumExp(x)), PLAIN, "the sum stands inside the logarithm"
    ),
    FalseRow("softmax-scaled", equal(Softmax(2 * x), odot(Softmax(x), Softmax(x))), PLAIN, "not normalised"),
    FalseRow(
        "projection-is-identity",
        equal(X * (X.T * X).I * X.T, I),
        given(Predicate("full column rank", X)),
        "d may be less than n",
    ),
)

USED = (
    FalseRow("cancelled-scalar", equal(A, B), given(equal(c * A, c * B)), "c may be 0"),
    FalseRow("cancelled-scalar-of-product", equal(A * B, C), given(equal(c * A * B, c * C)), "c may be 0"),
    FalseRow("cancelled-nonnegative", equal(A, B), given(equal(c * A, c * B), at_most(0, c)), "c may be 0"),
    FalseRow(
        "two-entries-agree",
        equal(A, A.T),
        given(equal(Entry(A, 1, 2), Entry(A, 2, 1)), less(Int(2), Int(n))),
        "other entries",
    ),
    FalseRow(
        "gradient-where-orthogonal",
        equal(Gradient(Trace(Q.T * Q), Q), Zeros(n, n)),
        given(Predicate("orthogonal", Q)),
        "the gradient is taken over all Q",
    ),
    FalseRow(
        "gradient-where-equal",
        equal(Gradient(z.T * A * x, x), Gradient(z.T * B * y, x)),
        given(equal(A * x, B * y)),
        "the gradient is taken over all x",
    ),
    FalseRow("another-index", equal(h[k + 1], a), given(equal(h[k], a)), "given for one k"),
    FalseRow("sequence-with-one-known-member", equal(Limit(h[k], k), a), given(equal(h[k], a)), "given for one k"),
    FalseRow(
        "one-sided-inverse", equal(X * X.T, I), given(equal(X.T * X, Eye(d)), less(Int(d), Int(n))), "X is not square"
    ),
    FalseRow(
        "inverse-of-symmetric",
        equal(-(S.I * A * S.I), Gradient(Trace(S.I * A), S)),
        given(Predicate("symmetric", S), *invertible(S)),
        "the transpose of A is missing; S need not stay symmetric inside the gradient",
    ),
)

driven = Context(recurrences=(Recurrence(h[t], c * h[t - 1] + f[t]),), random=(Random(f[t], "iid", (a, g)),))
momentum = Context(recurrences=(Recurrence(e[t], r * e[t - 1] + c), Recurrence(h[t], h[t - 1] + e[t])))
three = Context(
    recurrences=(Recurrence(h[t], r * h[t - 1]), Recurrence(e[t], e[t - 1] + h[t]), Recurrence(f[t], f[t - 1] + e[t]))
)
scaled = Context(recurrences=(Recurrence(h[t], r * h[t - 1]),))
started = Context(definitions=(Definition(h[0], scalar("w_0")),), recurrences=(Recurrence(h[t], a * h[t - 1]),))
fibonacci = Context(recurrences=(Recurrence(h[t], h[t - 1] + h[t - 2]),))
anchored = Context(recurrences=(Recurrence(h[t], a * h[t - 1] + h[0]),))
named = Context(definitions=(Definition(w, g * u),))
family = Context(definitions=(Definition(h[0], c), Definition(h[t], a * Int(t))))
late = Context(definitions=(Definition(h[0], Int(0)),), recurrences=(Recurrence(h[t], r * h[t - 1], first=2),))

DERIVATIVES = (
    FalseRow(
        "second-derivative-of-members", equal(Gradient(Gradient(h[T], h[0]), r), 0), scaled, "dh_T/dh_0 depends on r"
    ),
    FalseRow("second-derivative-of-two-steps", equal(Gradient(Gradient(h[2], h[0]), r), 0), scaled, "it is 2 r"),
    FalseRow("first-member-depends", equal(Gradient(h[T], scalar("w_0")), 0), started, "h_0 is w_0"),
    FalseRow("through-another-recurrence", equal(Gradient(h[T], r), 0), momentum, "h depends on r through e"),
    FalseRow("through-two-recurrences", equal(Gradient(f[T], h[0]), 0), three, "f depends on h through e"),
    FalseRow("two-steps-back", equal(Gradient(h[3], h[1]), 1), fibonacci, "two paths"),
    FalseRow("back-to-the-start", equal(Gradient(h[2], h[0]), a**2 + a), anchored, "three paths"),
    FalseRow("limit-depends", equal(Gradient(Limit(h[k], k), r), 0), scaled, "the limit depends on r"),
    FalseRow(
        "member-with-its-own-definition",
        equal(Gradient(h[0] * h[s], h[s]), 0),
        family.given(less(Int(0), Int(s))),
        "h_0 is c",
    ),
    FalseRow("entry-of-a-defined-name", equal(Gradient(sq(w), Entry(w, 1)), 0), named, "w_1 occurs"),
    FalseRow(
        "hessian-of-call",
        equal(ScalarDerivative(Call("L", 1, 1, a * a), a), Call("L", 1, 1, 2 * a)),
        PLAIN,
        "no chain rule",
    ),
    FalseRow("step-needs-its-start", equal(h[t], r * h[t - 1]), scaled, "t may be 0"),
)

plain_x = Context(hypotheses=(Predicate("positive semidefinite", S),), random=(Random(x, "moments", (z, S)),))
EXPECTATION = (
    FalseRow("third-moment", equal(Expectation((b.T * (x - z)) ** 3), 0), plain_x, "the law need not be symmetric"),
    FalseRow(
        "mean-of-random-function", equal(Expectation(Apply("exp", x)), Apply("exp", x)), plain_x, "a mean is not random"
    ),
    FalseRow("member-driven-by-chance", equal(Expectation(h[T]), h[T]), driven, "h_T is random"),
    FalseRow("second-member-driven-by-chance", equal(Expectation(h[2]), h[2]), driven, "h_2 is random"),
    FalseRow(
        "random-mean",
        equal(Expectation(g), a),
        Context(random=(Random(a, "iid", (r, c)), Random(g, "iid", (a, c)))),
        "a is random too",
    ),
    FalseRow("equal-to-something-random", equal(Expectation(y), y), plain_x.given(equal(y, A * x)), "y is random"),
    FalseRow(
        "equation-under-the-mean",
        equal(Expectation(x.T * A * x), Expectation(x.T * B * y)),
        plain_x.given(equal(A * x, B * y)),
        "the equation is not one of means",
    ),
    FalseRow(
        "third-cumulants-of-members",
        equal(Expectation((h[1] - a) ** 3), Expectation((h[2] - a) ** 3)),
        Context(random=(Random(h[t], "iid", (a, c * Int(t))),), hypotheses=(less(0, c),)),
        "members differ in law",
    ),
    FalseRow(
        "same-or-not",
        equal(Expectation(h[i] * h[j]), a * a),
        Context(random=(Random(h[t], "iid", (a, c)),)),
        "i may be j",
    ),
    FalseRow("mean-of-function", equal(Expectation(Apply("exp", x)), Apply("exp", z)), plain_x, "exp is convex"),
)

doubled = Context(
    definitions=(Definition(h[0], Int(1)),),
    recurrences=(Recurrence(h[t], a * h[t - 1]),),
    hypotheses=(at_most(Int(0), Int(k)),),
)
INDUCTION = (
    FalseRow("wrong-start", equal(h[k], 2 * a ** Int(k)), doubled, "h_0 is 1", Induction(k, 0)),
    FalseRow(
        "range-that-starts-later",
        equal(SumOver(Int(1), t, 5, k), Int(k - 4)),
        given(at_most(Int(0), Int(k))),
        "for k < 4 the sum is not k - 4",
        Induction(k, 0),
    ),
    FalseRow(
        "index-of-a-sum", equal(SumOver(h[k], k, 1, n), Int(n) * h[k]), PLAIN, "k is bound in the sum", Induction(k, 0)
    ),
    FalseRow(
        "index-that-is-a-size", equal(h[SIZE_INDEX], 0), late, "from 0 to 1 nothing is shown", Induction(SIZE_INDEX, 0)
    ),
    FalseRow(
        "recurrence-starts-later", equal(h[k], 0), late.given(at_most(Int(0), Int(k))), "h_1 is free", Induction(k, 0)
    ),
    FalseRow(
        "definition-with-the-index",
        equal((Int(T) - 1) * (Int(T) - a - 1), 0),
        Context(definitions=(Definition(a, Int(T)),)),
        "at T + 1 the name stands for T + 1, not for T",
        Induction(T, 1),
    ),
    FalseRow(
        "hypothesis-admits-earlier",
        equal(h[k], 0),
        Context(recurrences=(Recurrence(h[t], 0 * h[t - 1]),), hypotheses=(at_most(Int(0), Int(k)),)),
        "h_0 is free",
        Induction(k, 1),
    ),
    FalseRow("no-base", equal(h[k], h[k] + 1), PLAIN, "nothing holds at 0", Induction(k, 0)),
)

LIMITS = (
    FalseRow(
        "index-that-is-a-size",
        equal(Limit(1 / Int(SIZE_INDEX + 1), SIZE_INDEX), 1 / Int(SIZE_INDEX + 1)),
        PLAIN,
        "the limit is 0",
    ),
    FalseRow(
        "function-of-size",
        equal(Limit(Apply("logistic", h[SIZE_INDEX]), SIZE_INDEX), Apply("logistic", h[SIZE_INDEX])),
        PLAIN,
        "the index moves",
    ),
    FalseRow("below-one", equal(Limit(a ** Int(k), k), 0), given(less(a, 1)), "a may be -1"),
    FalseRow(
        "powers-of-a-matrix",
        equal(Limit(A ** Int(k), k), Zeros(n, n)),
        given(Predicate("positive definite", I - A)),
        "an eigenvalue may be -2",
    ),
    FalseRow(
        "product-of-sequences",
        equal(Limit(h[k] * f[k], k), Limit(h[k], k) * Limit(f[k], k) + Limit(h[k], k)),
        PLAIN,
        "one term too many",
    ),
)

UNDEFINED = (
    *rule_rows.UNDEFINED,
    *index_rows.UNDEFINED,
    FalseRow("root-squared", equal(a, (a**half) ** 2), PLAIN, "the right side needs a >= 0"),
    FalseRow("negative-power", equal(c, c * a * Pow(a, Neg(Num(1)))), PLAIN, "the right side needs a nonzero"),
    FalseRow("symbolic-power", equal(1, a ** Int(k) * a ** Int(-k)), PLAIN, "the right side needs a nonzero"),
    FalseRow("real-power", equal(1, a**c * a ** (-c)), PLAIN, "the right side needs a > 0"),
    FalseRow("inverse-of-multiple", equal(A.I, c * (c * A).I), given(*invertible(A)), "the right side needs c nonzero"),
    FalseRow(
        "gradient-of-root",
        equal(x, sqrt(x.T * x) * Gradient(sqrt(x.T * x), x)),
        PLAIN,
        "the right side needs x nonzero",
    ),
    FalseRow("gradient-of-norm", equal(x, norm(x) * Gradient(norm(x), x)), PLAIN, "the right side needs x nonzero"),
    FalseRow(
        "derivative-of-norm", equal(0, 0 * ScalarDerivative(norm(a * x), a)), PLAIN, "the right side needs a nonzero"
    ),
    FalseRow(
        "inverse-of-another-sum",
        equal(I, (A + B) * (A + B).I),
        given(*invertible(A, I + A.I)),
        "A + B may be singular",
    ),
    FalseRow("quotient-by-itself", equal(1, c / c), PLAIN, "the right side needs c nonzero"),
    FalseRow(
        "log-of-another-determinant",
        equal(Det(A), Apply("exp", Apply("log", Det(A)))),
        given(Predicate("invertible", A)),
        "det(A) may be negative",
    ),
    FalseRow("log-of-anything", equal(a, Apply("exp", Apply("log", a))), PLAIN, "the right side needs a > 0"),
    *further_rows.UNDEFINED,
    *product_rows.UNDEFINED,
)

CLASSES = {
    "ranks": RANKS,
    "signs": SIGNS,
    "roots": ROOTS,
    "ranges": RANGES,
    "sizes": SIZES,
    "hypotheses": USED,
    "derivatives": DERIVATIVES,
    "expectation": EXPECTATION,
    "induction": INDUCTION,
    "limits": LIMITS,
    **further_rows.CLASSES,
    **rule_rows.FALSE,
    **lemma_rows.FALSE,
    **solved_rows.FALSE,
    **multiples_rows.FALSE,
    **mean_rows.FALSE,
    **conditional_rows.FALSE,
    **limit_rows.FALSE,
    **real_limit_rows.FALSE,
    **order_rows.FALSE,
    **equation_rows.FALSE,
    **family_rows.FALSE,
    **adjugate_rows.FALSE,
    **nilpotent_rows.FALSE,
    **binary_rows.FALSE,
    **determinant_rows.FALSE,
    **index_rows.FALSE,
    **inverse_rows.FALSE,
    **trace_rows.FALSE,
    **power_rows.FALSE,
    **ordered_rows.FALSE,
    **bound_rows.FALSE,
    **course_rows.FALSE,
    **number_rows.FALSE,
    **slope_rows.FALSE,
    **convexity_rows.FALSE,
    **convex_step_rows.FALSE,
    **rewriting_rows.FALSE,
    **closed_rows.FALSE,
    **triangular_rows.FALSE,
    **eigenvalue_rows.FALSE,
    **eigenvalue_product_rows.FALSE,
    **known_bound_rows.FALSE,
    **range_rows.FALSE,
    **corner_rows.FALSE,
    **layer_rows.FALSE,
    **mean_recurrence_rows.FALSE,
    **block_rows.FALSE,
    "products": product_rows.FALSE,
}
ROWS = [pytest.param(row, id=f"{name}:{row.name}") for name, rows in CLASSES.items() for row in rows]


@pytest.mark.parametrize("row", ROWS)
def test_the_normal_form_alone_does_not_prove_a_false_statement(row: FalseRow) -> None:
    assert not proved_alone(row.claim, row.context, row.by), row.why


@pytest.mark.parametrize("row", ROWS)
def test_both_judges_together_do_not_prove_a_false_statement(row: FalseRow) -> None:
    assert judged(row.claim, row.context, row.by).status is not Status.PROVED, row.why


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in UNDEFINED])
def test_a_right_side_that_is_undefined_somewhere_is_not_proved(row: FalseRow) -> None:
    assert judged(row.claim, row.context, row.by).status is not Status.PROVED, row.why


def test_two_definitions_that_differ_in_the_letter_of_the_index_are_refused() -> None:
    with pytest.raises(ValueError, match="two definitions"):
        Context(definitions=(Definition(h[t], a), Definition(h[s], c)))
    same = (Definition(h[t], a * Int(t)), Definition(h[s], a * Int(s)))
    assert Context(definitions=same).definitions == same


def test_a_definition_does_not_use_one_index_twice() -> None:
    with pytest.raises(ValueError, match="ind"):
        Context(definitions=(Definition(Member("D", 1, 1, t, t), h[t]),))


def test_names_of_rows_are_unique_in_their_class() -> None:
    for rows in (*CLASSES.values(), UNDEFINED):
        assert len({row.name for row in rows}) == len(rows)
