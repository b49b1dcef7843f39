"""False statements that a hostile reading of the rules has found: each was proved, and none may be again.

``UNDEFINED``: right sides without a value somewhere where the left side has one.  ``CLASSES``: false equations.
``test_false_statements`` and ``test_mutations`` run them with their own.
"""

from __future__ import annotations

from everystep.algebra.context import Context, Definition, Predicate, Recurrence, Relation
from everystep.algebra.expressions import (
    Apply,
    Block,
    Det,
    Diag,
    EigMax,
    Entry,
    Eye,
    Gradient,
    Int,
    Inverse,
    Jacobian,
    Kron,
    Limit,
    Max,
    Min,
    Mul,
    Norm,
    Num,
    Pow,
    Rank,
    ScalarDerivative,
    Trace,
    Zeros,
    norm,
    odot,
    sq,
    total,
)
from tests.prove.statements import (
    PLAIN,
    A,
    B,
    FalseRow,
    H,
    M,
    T,
    X,
    Y,
    a,
    at_most,
    c,
    equal,
    f,
    g,
    h,
    half,
    i,
    invertible,
    k,
    n,
    one,
    t,
    two,
    u,
    v,
    x,
    y,
    zero,
)

given = PLAIN.given
I, W = Eye(n), M  # noqa: E741 - the identity
absolute, relu = Apply("abs", a), Apply("relu", a)
root = Pow(a, half)
length = Pow(sq(x), half)
layer = Jacobian(Apply("relu", A * x), x)

RANGES = (
    FalseRow("sum-on-the-right-only", equal(Int(k) * c, total(c, i, 1, k)), PLAIN, "k may be -1"),
    FalseRow("later-sum-on-the-right", equal(total(Int(i), i, 1, k), 1 + total(Int(i), i, 2, k)), PLAIN, "k may be 0"),
)

POWERS = (
    FalseRow("power-of-unknown-sign", equal(a ** Int(k), a ** Int(k) * a / a), PLAIN, "k may be 1 and a may be 0"),
    FalseRow(
        "matrix-power-of-unknown-sign",
        equal(A ** Int(k), A ** Int(k) * A * Inverse(A)),
        PLAIN,
        "k may be 1 and A singular",
    ),
    FalseRow("lesser-power", equal(a ** Int(k + 1), a * a ** Int(k)), PLAIN, "k may be -1 and a may be 0"),
    FalseRow("real-power-of-zero", equal(a**c, a**c * a / a), PLAIN, "a may be 0 where c is positive"),
)

KINKS = (
    FalseRow(
        "kink-times-zero",
        equal(ScalarDerivative(a * absolute, a), 2 * absolute * a / a),
        PLAIN,
        "a |a| has the derivative 0 at 0",
    ),
    FalseRow("hidden-kink", equal(Gradient(norm(x) ** 4, x), 4 * sq(x) * x * norm(x) / norm(x)), PLAIN, "it is smooth"),
    FalseRow(
        "kinks-that-cancel",
        equal(ScalarDerivative(Max(a, c) + Min(a, c), a), (a - c) / (a - c)),
        PLAIN,
        "the sum is a + c",
    ),
    FalseRow(
        "kink-of-another-entry",
        equal(ScalarDerivative(Apply("abs", c * a), a), ScalarDerivative(Apply("abs", c * a), a) * c / c),
        PLAIN,
        "c may be 0",
    ),
    FalseRow("derivative-of-abs", equal(absolute, a * Apply("abs", a, 1)), PLAIN, "|a| has no derivative at 0"),
    FalseRow("derivative-of-relu", equal(relu, a * Apply("relu", a, 1)), PLAIN, "relu has no derivative at 0"),
    FalseRow(
        "derivative-of-root",
        equal(Apply("sqrt", a) / two, a * Apply("sqrt", a, 1)),
        given(at_most(0, a)),
        "the root has no derivative at 0",
    ),
    FalseRow(
        "derivative-of-root-as-power",
        equal(root / two, a * ScalarDerivative(root, a)),
        given(at_most(0, a)),
        "the root has no derivative at 0",
    ),
    FalseRow("derivative-of-norm-as-power", equal(norm(x), x.T * Gradient(length, x)), PLAIN, "the norm has none at 0"),
    FalseRow(
        "tie-of-the-others",
        equal(zero, ScalarDerivative(Max(a, c, g), c) * 0),
        given(Relation(a, "<", c), Relation(a, "<", g)),
        "c may be g",
    ),
    FalseRow(
        "one-entry-is-zero", equal(Zeros(n, n), layer - layer), given(Predicate("nonzero", x)), "A x may be 0 in places"
    ),
)

SINGULAR = (
    FalseRow("not-equal-is-not-nonzero", equal(one, a / a), given(Relation(a, "!=", c)), "a may be 0"),
    FalseRow(
        "vectors-not-equal",
        equal(one, sq(x) / sq(x)),
        given(Relation(x, "!=", v)),
        "x may be 0",
    ),
    FalseRow(
        "singular-rank-one-update",
        equal(one * (A + u * v.T), (A + u * v.T) * Inverse(A + u * v.T) * (A + u * v.T)),
        given(*invertible(A)),
        "1 + v^T A^-1 u may be 0",
    ),
    FalseRow(
        "singular-downdate",
        equal(A - u * u.T, (A - u * u.T) * Inverse(A - u * u.T) * (A - u * u.T)),
        given(Predicate("positive definite", A)),
        "u^T A^-1 u may be 1",
    ),
    FalseRow("inverse-of-an-inverse", equal(A + B, Inverse(Inverse(A + B))), PLAIN, "A + B may have no inverse"),
)

LIMITS = (
    FalseRow(
        "limits-that-need-not-exist",
        equal(Limit(f[k] + h[k], k), Limit(f[k], k) + Limit(h[k], k)),
        PLAIN,
        "f_k may be -h_k",
    ),
    FalseRow("limit-of-a-multiple", equal(Limit(c * f[k], k), c * Limit(f[k], k)), PLAIN, "c may be 0"),
)

PROPERTIES = (
    FalseRow("property-of-what-may-not-exist", Predicate("symmetric", B * Inverse(B)), PLAIN, "B may have no inverse"),
)

UNDEFINED = (*RANGES, *POWERS, *KINKS, *SINGULAR, *LIMITS, *PROPERTIES)

SIGNS = (
    FalseRow(
        "invertible-after-rank-one",
        Predicate("invertible", A + u * v.T),
        given(*invertible(A)),
        "1 + v^T A^-1 u may be 0",
    ),
    FalseRow("positive-where-not-equal", Relation(a**2, ">", zero), given(Relation(a, "!=", c)), "a may be 0"),
)

LEAKS = (
    FalseRow(
        "sum-whose-body-is-not-lowered",
        equal(Int(T - 2), total(Int(1), t, 2, T - 1)),
        given(at_most(total(Norm(x, "inf"), t, 1, T - 1), c)),
        "T may be 1; the hypothesis says T >= 0 only",
    ),
)

LEMMAS = (
    FalseRow(
        "rank-of-a-multiple", at_most(Rank(a) + Rank(B) - one, Rank(a * B)), PLAIN, "a number is no factor of a product"
    ),
    FalseRow(
        "rank-beside-an-inner-product",
        at_most(Rank(Mul(x.T, y, B)), Rank(x.T)),
        PLAIN,
        "x^T y is a number",
    ),
    FalseRow("trace-of-a-multiple", at_most(Trace(a * W), absolute * Norm(W, "F")), PLAIN, "tr(I) = n"),
    FalseRow("frobenius-of-a-multiple", at_most(Norm(a * A, "F"), norm(a) * Norm(A, "2")), PLAIN, "||I||_F is sqrt(n)"),
    FalseRow(
        "greatest-row-sum", at_most(Norm(A * B, "inf"), Norm(A, "F") * Norm(B, "F")), PLAIN, "the norm inf is another"
    ),
    FalseRow(
        "row-vector-norm", at_most(Norm(x.T * B, "1"), Norm(x.T, "1") * Norm(B, "1")), PLAIN, "B may be a row of ones"
    ),
    FalseRow(
        "slope-of-the-logarithm",
        at_most(Max(a, c), Apply("log", Apply("exp", a) + Apply("exp", c), 1)),
        PLAIN,
        "the derivative of the logarithm",
    ),
    FalseRow("slope-of-abs", at_most(Apply("abs", a + c, 1), absolute + Apply("abs", c)), PLAIN, "it is 1 or -1"),
    FalseRow(
        "eigenvalue-of-no-symmetric-matrix",
        Predicate("invertible", c * I - A),
        given(Relation(EigMax(A), "<", c)),
        "EigMax has a value for symmetric matrices only",
    ),
)

late = Context(recurrences=(Recurrence(f[t], Num(5) + 0 * f[t - 1], -2),))
inverse_sum = Definition(M, Inverse(c * B + A))
TIED = (
    FalseRow("start-below-zero", equal(f[t], 5), late, "t may lie before the start"),
    FalseRow(
        "multiple-between-bounds",
        equal(B * M, M * B),
        Context(definitions=(inverse_sum,), hypotheses=(equal(A * M, M * A), at_most(0, c), at_most(c, 0))),
        "c is 0",
    ),
    FalseRow(
        "multiple-that-is-tied",
        equal(B * M, M * B),
        Context(definitions=(inverse_sum,), hypotheses=(equal(A * M, M * A),)),
        "c may be 0",
    ),
)

stacked = Block(2, A, B, Zeros(n, n), M)
DETERMINANTS = (
    FalseRow(
        "determinant-of-entrywise-product",
        equal(Det(I + odot(A, B)), 1 + total(Entry(A, i, i) * Entry(B, i, i), i, 1, n)),
        PLAIN,
        "it is no outer product",
    ),
    FalseRow(
        "determinant-of-diagonal", equal(Det(I + Diag(x)), 1 + total(Entry(x, i), i, 1, n)), PLAIN, "it is a product"
    ),
    FalseRow("determinant-of-scaled-blocks", equal(Det(a * stacked), a * Det(A) * Det(M)), PLAIN, "it is a^(2n)"),
    FalseRow(
        "kronecker-factors-of-other-sizes",
        equal(Trace(Kron(X, Y.T)) * Trace(Kron(Y, X.T)), Trace(Kron(X, X.T)) * Trace(Kron(Y, Y.T))),
        PLAIN,
        "rows and columns are split differently",
    ),
    FalseRow(
        "derivative-where-idempotent",
        equal(Gradient(Det(A) ** 2 - Det(A), A), Zeros(n, n)),
        given(Predicate("idempotent", A)),
        "the gradient is taken over all A",
    ),
    FalseRow(
        "derivative-where-a-determinant-is-1",
        equal(Gradient(Det(A) ** 2, A), Zeros(n, n)),
        given(Predicate("orthogonal", A)),
        "the gradient is taken over all A",
    ),
)
SEQUENCES = (
    FalseRow(
        "derivative-by-the-next-member",
        equal(Jacobian(Apply("tanh", A * H[t - 1]), H[t]), I),
        Context(recurrences=(Recurrence(H[t], Apply("tanh", A * H[t - 1])),), hypotheses=(at_most(Int(1), Int(t)),)),
        "what is written does not contain h_t",
    ),
)

first_apart = Context(definitions=(Definition(h[0], Num(5)), Definition(h[t], Int(t) + 1)))
DEFINITIONS = (
    FalseRow("member-that-may-be-the-first", equal(h[i], Int(i) + 1), first_apart, "h_0 is another number"),
    FalseRow(
        "sum-from-the-first", equal(total(h[t], t, 0, T), total(Int(t) + 1, t, 0, T)), first_apart, "h_0 is in the sum"
    ),
)

CLASSES: dict[str, tuple[FalseRow, ...]] = {
    "reviewed determinants": DETERMINANTS,
    "reviewed sequences": SEQUENCES,
    "reviewed signs": SIGNS,
    "reviewed ranges": LEAKS,
    "reviewed lemmas": LEMMAS,
    "reviewed hypotheses": TIED,
    "reviewed definitions": DEFINITIONS,
}

__all__ = ["CLASSES", "UNDEFINED"]
