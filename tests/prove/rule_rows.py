"""Rows for single rules and lemmas: what each proves, and a false twin that it must not prove.

``test_normal_form`` runs them with its own; ``test_guards`` drops the conditions of the rules and looks for the row
that notices.
"""

from __future__ import annotations

from everystep.algebra.context import Context, Hypothesis, Predicate, Random
from everystep.algebra.expressions import (
    Apply,
    Block,
    Det,
    Diag,
    EigMax,
    Entry,
    Expectation,
    Expression,
    Eye,
    Int,
    LogSumExp,
    Max,
    Norm,
    Ones,
    Pow,
    ProdOver,
    ScalarDerivative,
    Softmax,
    SumOver,
    Trace,
    norm,
    odot,
    sq,
)
from tests.prove.statements import (
    PLAIN,
    A,
    B,
    C,
    D,
    FalseRow,
    H,
    P,
    Row,
    S,
    T,
    X,
    a,
    at_most,
    b,
    c,
    d,
    equal,
    f,
    g,
    h,
    half,
    i,
    invertible,
    k,
    less,
    n,
    r,
    t,
    u,
    v,
    x,
    y,
    z,
)

I = Eye(n)  # noqa: E741 - the identity
given = PLAIN.given
normal = Context(random=(Random(x, "gaussian", (z, S)),))
moments = Context(random=(Random(x, "moments", (z, S)),))
two_normal = Context(random=(Random(a, "gaussian", (r, c**2)), Random(g, "gaussian", (r, c**2))))
two_forms = (x - u).T * S.I * (x - u) + (x - v).T * P.I * (x - v)
relu, absolute = Apply("relu", a), Apply("abs", a)


def mean(e: Expression) -> Expression:
    return Expectation(e)


def exp(e: Expression) -> Expression:
    return Apply("exp", e)


def log(e: Expression) -> Expression:
    return Apply("log", e)


def total(e: Expression) -> Expression:
    return SumOver(e, t, 1, T)


def definite(*matrices: Expression) -> tuple[Hypothesis, ...]:
    return tuple(Predicate("positive definite", m) for m in matrices)


def semidefinite(e: Expression) -> Predicate:
    return Predicate("positive semidefinite", e)


def quadratic(matrix: Expression) -> Expression:
    return half * x.T * matrix * x - b.T * x


MEANS = (
    Row(
        "mean-of-exponential",
        equal(mean(exp(b.T * x)), exp(b.T * z + half * b.T * S * b)),
        equal(mean(exp(b.T * x)), exp(b.T * z + b.T * S * b)),
        normal,
    ),
    Row(
        "exponential-times-polynomial",
        equal(mean(exp(b.T * x) * x), exp(b.T * z + half * b.T * S * b) * (z + S * b)),
        equal(mean(exp(b.T * x) * x), exp(b.T * z + half * b.T * S * b) * z),
        normal,
    ),
    Row(
        "two-exponents",
        equal(mean(exp(a + g)), exp(2 * r + c**2)),
        equal(mean(exp(2 * a)), exp(2 * r + c**2)),
        two_normal,
    ),
)
FALSE_MEANS = (
    FalseRow(
        "exponential-of-any-law",
        equal(mean(exp(b.T * x)), exp(b.T * z + half * b.T * S * b)),
        moments,
        "the law need not be Gaussian",
    ),
    FalseRow(
        "exponential-of-a-product",
        equal(mean(exp(a * g)), exp(r * r)),
        two_normal,
        "a g is not linear in what is random",
    ),
)

AT_A_POINT = (
    Row(
        "determinant-at-zero",
        equal(ScalarDerivative(Det(I + a * A), a), Trace(A)),
        equal(ScalarDerivative(Det(I + a * A), a), Det(A)),
        given(equal(a, 0)),
    ),
)

INVERSES = (
    Row(
        "two-quadratics",
        equal(two_forms - (u - v).T * (S + P).I * (u - v), (x - H[k]).T * (S.I + P.I) * (x - H[k])),
        equal(two_forms - (u + v).T * (S + P).I * (u + v), (x - H[k]).T * (S.I + P.I) * (x - H[k])),
        given(*definite(S, P), equal(H[k], (S.I + P.I).I * (S.I * u + P.I * v))),
    ),
    Row(
        "inverse-of-sum-of-inverses",
        equal((A.I + B.I).I, A * (A + B).I * B),
        equal((A.I + B.I).I, A + B),
        given(*invertible(A, B)),
    ),
)

ROOTS = (
    Row(
        "distance-to-a-hyperplane",
        equal(norm((a - x.T * y) / (y.T * y) * y), Apply("abs", a - x.T * y) / norm(y)),
        equal(norm((a - x.T * y) / (y.T * y) * y), Apply("abs", a - x.T * y) / (y.T * y)),
        given(Predicate("nonzero", y)),
    ),
    Row(
        "norm-of-orthogonal-vectors",
        equal(norm(x + y), Apply("sqrt", sq(x) + sq(y))),
        equal(norm(x + y), norm(x) + norm(y)),
        given(equal(x.T * y, 0)),
    ),
)

DETERMINANTS = (
    Row(
        "shifted-gram",
        equal(Det(a * I + X * X.T), Pow(a, Int(n - d)) * Det(a * Eye(d) + X.T * X)),
        equal(Det(a * I + X * X.T), Det(a * Eye(d) + X.T * X)),
        given(less(0, a)),
    ),
    Row(
        "shifted-similar",
        equal(Det(P.I * A * P - a * I), Det(A - a * I)),
        equal(Det(P.I * A * P - a * I), Det(A) - a),
        given(*invertible(P)),
    ),
    Row(
        "factor-taken-out",
        equal(Det(A + B), Det(A) * Det(I + A.I * B)),
        equal(Det(A + B), Det(A) * Det(I + B)),
        given(*invertible(A)),
    ),
    Row(
        "identity-and-ones",
        equal(Det(a * I + c * Ones(n, n)), Pow(a, Int(n - 1)) * (a + Int(n) * c)),
        equal(Det(a * I + c * Ones(n, n)), Pow(a, Int(n)) * (1 + c)),
        given(less(0, a)),
    ),
    Row(
        "shifted-diagonal",
        equal(Det(a * I + Diag(x)), ProdOver(a + Entry(x, i), i, 1, n)),
        equal(Det(a * I + Diag(x)), a + ProdOver(Entry(x, i), i, 1, n)),
    ),
    Row(
        "swapped-blocks",
        equal(Det(Block(2, A, B, B, A)), Det(A + B) * Det(A - B)),
        equal(Det(Block(2, A, B, B, A)), Det(A) ** 2 - Det(B) ** 2),
    ),
    Row(
        "logarithm-of-size",
        equal(log(Det(A.T * A)), 2 * log(Apply("abs", Det(A)))),
        equal(log(Det(A.T * A)), log(Apply("abs", Det(A)))),
        given(*invertible(A)),
    ),
)
FALSE_DETERMINANTS = (
    FalseRow(
        "rotation-of-factors-that-are-not-square",
        equal(Det(a * I + X * X.T), Det(a * Eye(d) + X.T * X)),
        PLAIN,
        "the factors are not square",
    ),
    FalseRow(
        "swapped-blocks-that-differ",
        equal(Det(Block(2, A, B, C, A)), Det(A + B) * Det(A - B)),
        PLAIN,
        "B and C differ",
    ),
    FalseRow("logarithm-of-any-product", equal(log(a * c), log(Apply("abs", a * c)) * 2), PLAIN, "the square is lost"),
)

CASES = (
    Row(
        "largest-entry-moves-along",
        equal(Max(x + a * Ones(n, 1)), Max(x) + a),
        equal(Max(x + a * Ones(n, 1)), Max(x)),
    ),
    Row("size-of-product", equal(Apply("abs", a * c), absolute * Apply("abs", c)), equal(Apply("abs", a * c), a * c)),
    Row("size-of-negative", equal(absolute, -a), equal(absolute, a), given(less(a, 0))),
    Row("hinge", equal(ScalarDerivative(relu, a), 1), equal(ScalarDerivative(relu, a), 0), given(less(0, a))),
)
FALSE_CASES = (
    FalseRow("size-of-any-number", equal(absolute, a), PLAIN, "a may be negative"),
    FalseRow("slope-at-the-kink", equal(ScalarDerivative(relu, a), 1), given(at_most(0, a)), "a may be 0"),
)

SIGNS = (
    Row("transitive", less(a, g), less(g, a), given(less(a, c), less(c, g))),
    Row("fraction-below-one", less(a / (1 + a), 1), less(a / (1 + a), half), given(less(0, a))),
    Row(
        "geometric-mean",
        at_most(2 * Pow(a * c, half), a + c),
        at_most(a + c, 2 * Pow(a * c, half)),
        given(less(0, a), less(0, c)),
    ),
    Row("softplus-above", less(a, log(1 + exp(a))), less(log(1 + exp(a)), a)),
    Row("sine", at_most(Apply("sin", a) ** 2, 1), at_most(1, Apply("sin", a) ** 2)),
    Row(
        "same-form-in-two-vectors",
        at_most(2 * x.T * S * y, x.T * S * x + y.T * S * y),
        at_most(3 * x.T * S * y, x.T * S * x + y.T * S * y),
        given(semidefinite(S)),
    ),
    Row(
        "softmax-covariance",
        semidefinite(Diag(Softmax(x)) - Softmax(x) * Softmax(x).T),
        semidefinite(Diag(x) - x * x.T),
    ),
    Row(
        "weighted-gram",
        semidefinite(X.T * Diag(Apply("logistic", z) - odot(Apply("logistic", z), Apply("logistic", z))) * X),
        semidefinite(X.T * Diag(z - odot(z, z)) * X),
    ),
    Row(
        "scaled-projection",
        semidefinite(sq(x) * I - x * x.T),
        semidefinite(x * x.T - sq(x) * I),
        given(Predicate("nonzero", x)),
    ),
)
FALSE_SIGNS = (
    FalseRow("fraction-of-any-number", less(a / (1 + a), 1), PLAIN, "1 + a may be negative"),
    FalseRow("not-transitive", less(a, g), given(less(a, c)), "nothing is said of g"),
    FalseRow(
        "form-in-two-vectors",
        at_most(2 * x.T * S * y, x.T * S * x + y.T * S * y),
        given(Predicate("symmetric", S)),
        "S need not be semidefinite",
    ),
    FalseRow("projection-of-too-much", semidefinite(I - 2 * x * x.T), PLAIN, "2 x x^T is no projection"),
    FalseRow("any-weights", semidefinite(Diag(y) - y * y.T), PLAIN, "the entries of y have any sign"),
    FalseRow("weights-of-any-sign", semidefinite(X.T * Diag(z - odot(z, z)) * X), PLAIN, "z - z^2 has any sign"),
    FalseRow(
        "eigenvalue-without-symmetry",
        at_most(x.T * A * x, c * x.T * x),
        given(less(EigMax(A), c)),
        "A is not symmetric",
    ),
)

LEMMAS = (
    Row("entry-of-softmax", at_most(Entry(Softmax(x), 1), 1), at_most(Entry(Softmax(x), 1), half)),
    Row("largest-entry", at_most(Max(x), LogSumExp(x)), at_most(LogSumExp(x), Max(x))),
    Row("entry-below-norm", at_most(Entry(x, 1) ** 2, sq(x)), at_most(Entry(x, 1) ** 2, half * sq(x))),
    Row(
        "three-points", at_most(norm(x - z), norm(x - y) + norm(y - z)), at_most(norm(x + z), norm(x - y) + norm(y - z))
    ),
    Row(
        "weighted-cauchy-schwarz",
        at_most((x.T * S * y) ** 2, (x.T * S * x) * (y.T * S * y)),
        at_most((x.T * S * y) ** 2, half * (x.T * S * x) * (y.T * S * y)),
        given(semidefinite(S)),
    ),
    Row(
        "cauchy-schwarz-for-sums",
        at_most(total(h[t] * f[t]) ** 2, total(h[t] ** 2) * total(f[t] ** 2)),
        at_most(total(h[t] * f[t]) ** 2, total(h[t] ** 2 * f[t] ** 2)),
    ),
    Row("trace-squared", at_most(Trace(A) ** 2, Int(n) * sq(A)), at_most(Trace(A) ** 2, sq(A))),
    Row(
        "bounded-norm",
        at_most(norm(A * x), c * norm(x)),
        at_most(norm(A * x), norm(x)),
        given(at_most(Norm(A), c)),
    ),
    Row(
        "trace-below-eigenvalue",
        at_most(Trace(S), Int(n) * EigMax(S)),
        at_most(Trace(S), EigMax(S)),
        given(Predicate("symmetric", S)),
    ),
    Row(
        "minimum-of-quadratic",
        at_most(-half * b.T * S.I * b, quadratic(S)),
        at_most(-b.T * S.I * b / 3, quadratic(S)),
        given(*definite(S)),
    ),
    Row(
        "tangent-plane",
        at_most(half * y.T * S * y + y.T * S * (x - y), half * x.T * S * x),
        at_most(y.T * S * y + y.T * S * (x - y), half * x.T * S * x),
        given(semidefinite(S)),
    ),
    Row(
        "relative-entropy",
        at_most(0, Trace(S * P) - Int(n) - log(Det(S * P))),
        at_most(0, Trace(S * P) - Int(n) - 2 * log(Det(S * P))),
        given(*definite(S, P)),
    ),
    Row("increasing", less(exp(a), exp(c)), less(exp(c), exp(a)), given(less(a, c))),
    Row("root-above", at_most(1, Apply("sqrt", 1 + a)), at_most(2, Apply("sqrt", 1 + a)), given(at_most(0, a))),
    Row(
        "common-factor",
        at_most(c * norm(x + y), c * (norm(x) + norm(y))),
        at_most(c * (norm(x) + norm(y)), c * norm(x + y)),
        given(at_most(0, c)),
    ),
    Row(
        "divided-by-norm",
        at_most((x.T * y) / norm(y), norm(x)),
        at_most((x.T * y) / norm(y), half * norm(x)),
        given(Predicate("nonzero", y)),
    ),
    Row(
        "log-determinant",
        at_most(log(Det(S)), Trace(S) - Int(n)),
        at_most(log(Det(S)), half * Trace(S) - Int(n)),
        given(*definite(S)),
    ),
    Row(
        "norm-of-transposed-product",
        at_most(Norm(A.T * B), Norm(A) * Norm(B)),
        at_most(Norm(A.T * B), half * Norm(A) * Norm(B)),
    ),
    Row(
        "two-norm-by-dimension",
        at_most(norm(x), Apply("sqrt", Int(n)) * Norm(x, "inf")),
        at_most(norm(x), Norm(x, "inf")),
    ),
    Row(
        "norm-of-five",
        at_most(norm(x + y + z + u + v), norm(x) + norm(y) + norm(z) + norm(u) + norm(v)),
        at_most(norm(x + y + z + u + v), norm(x) + norm(y) + norm(z) + norm(u)),
    ),
    Row("reverse-triangle", at_most(norm(x) - norm(y), norm(x - y)), at_most(norm(x) - norm(y), half * norm(x - y))),
    Row("operator-norm", at_most(Norm(A), Norm(A, "F")), at_most(Norm(A, "F"), Norm(A))),
    Row("largest-size", at_most(Norm(x, "inf"), norm(x)), at_most(norm(x), Norm(x, "inf"))),
    Row(
        "rayleigh",
        at_most(x.T * S * x, EigMax(S) * sq(x)),
        at_most(EigMax(S) * sq(x), x.T * S * x),
        given(Predicate("symmetric", S)),
    ),
    Row(
        "log-of-two-exponentials",
        at_most(Max(a, c), log(exp(a) + exp(c))),
        at_most(log(exp(a) + exp(c)), Max(a, c)),
    ),
    Row("log-below-tangent", at_most(log(a), a - 1), at_most(log(a), a - 2), given(less(0, a))),
    Row(
        "determinant-of-sum",
        at_most(Det(S) + Det(P), Det(S + P)),
        at_most(Det(S + P), Det(S) + Det(P)),
        given(semidefinite(S), semidefinite(P)),
    ),
    Row(
        "trace-of-product",
        at_most(Trace(S * P), Trace(S) * Trace(P)),
        at_most(Trace(S) * Trace(P), Trace(S * P)),
        given(semidefinite(S), semidefinite(P)),
    ),
    Row(
        "covariance-of-half-weights",
        at_most(0, x.T * (Diag(half * Softmax(z)) - half * Softmax(z) * (half * Softmax(z)).T) * x),
        at_most(0, x.T * (Diag(2 * Softmax(z)) - 2 * Softmax(z) * (2 * Softmax(z)).T) * x),
    ),
)
FALSE_LEMMAS = (
    FalseRow(
        "weighted-by-any-matrix",
        at_most((x.T * S * y) ** 2, (x.T * S * x) * (y.T * S * y)),
        given(Predicate("symmetric", S)),
        "S need not be semidefinite",
    ),
    FalseRow(
        "norm-that-is-bounded-below",
        at_most(norm(A * x), c * norm(x)),
        given(at_most(c, Norm(A))),
        "c bounds the norm from below",
    ),
    FalseRow("eigenvalue-of-any-matrix", at_most(Trace(A), Int(n) * EigMax(A)), PLAIN, "A is not symmetric"),
    FalseRow(
        "minimum-of-a-saddle",
        at_most(-half * b.T * S.I * b, quadratic(S)),
        given(Predicate("symmetric", S), Predicate("invertible", S)),
        "S need not be definite",
    ),
    FalseRow(
        "tangent-plane-of-a-saddle",
        at_most(half * y.T * S * y + y.T * S * (x - y), half * x.T * S * x),
        given(Predicate("symmetric", S)),
        "S need not be semidefinite",
    ),
    FalseRow(
        "relative-entropy-of-any",
        at_most(0, Trace(A) - Int(n) - log(Det(A))),
        given(*invertible(A)),
        "A need not be definite",
    ),
    FalseRow(
        "norm-that-is-any-number",
        equal(norm(c * x), c * norm(x)),
        PLAIN,
        "the squares are equal, and c may be negative",
    ),
    FalseRow("root-below-any-number", at_most(norm(x), a), given(at_most(sq(x), a**2)), "a may be negative"),
    FalseRow(
        "factor-of-any-sign",
        at_most(c * norm(x + y), c * (norm(x) + norm(y))),
        PLAIN,
        "c may be negative",
    ),
    FalseRow(
        "divided-by-any-number",
        at_most((x.T * y) / c, norm(x) * norm(y) / c),
        PLAIN,
        "c may be negative",
    ),
    FalseRow(
        "log-determinant-of-any",
        at_most(log(Det(A)), Trace(A) - Int(n)),
        given(*invertible(A)),
        "A need not be definite",
    ),
    FalseRow(
        "one-norm-of-transposed-product",
        at_most(Norm(A.T * B, "1"), Norm(A, "1") * Norm(B, "1")),
        PLAIN,
        "the norm of A^T is another",
    ),
    FalseRow(
        "blocks-of-any-kind",
        equal(Det(Block(2, A, B, C, D)), Det(A) * Det(D - C * A.I * B)),
        PLAIN,
        "A need not be invertible",
    ),
)
UNDEFINED = (
    FalseRow("property-of-an-inverse", Predicate("symmetric", A.I + A.I.T), PLAIN, "A need not be invertible"),
    FalseRow(
        "hypothesis-that-does-not-fit",
        equal(Trace(A), Trace(A.T)),
        given(equal(X, X.T)),
        "X is not square: the hypothesis says nothing",
    ),
)

CLASSES = {
    "means": MEANS,
    "at a point": AT_A_POINT,
    "sums of inverses": INVERSES,
    "roots": ROOTS,
    "more determinants": DETERMINANTS,
    "cases": CASES,
    "more signs": SIGNS,
    "lemmas": LEMMAS,
}
FALSE = {
    "false means": FALSE_MEANS,
    "false determinants": FALSE_DETERMINANTS,
    "false cases": FALSE_CASES,
    "false signs": FALSE_SIGNS,
    "false lemmas": FALSE_LEMMAS,
}
