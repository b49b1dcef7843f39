"""Rows for powers of matrices that commute and of block matrices, and for products that are taken apart as written.

``test_normal_form`` and ``test_false_statements`` run them with their own; ``power_mutations`` breaks the rules.
"""

from __future__ import annotations

from everystep.algebra.context import EVERY, Context, Definition, Predicate
from everystep.algebra.expressions import (
    Adjugate,
    Apply,
    Block,
    Det,
    Diag,
    Entry,
    Expression,
    Eye,
    Int,
    Kron,
    Limit,
    MatrixFunction,
    Norm,
    Num,
    Ones,
    PseudoInverse,
    SumOver,
    Trace,
    Zeros,
    matrix,
    norm,
)
from everystep.algebra.shapes import index
from everystep.derivation import Induction
from tests.prove.statements import (
    PLAIN,
    SIZE_INDEX,
    A,
    B,
    C,
    D,
    FalseRow,
    Row,
    T,
    X,
    Y,
    a,
    at_most,
    b,
    beta,
    c,
    d,
    equal,
    g,
    h,
    invertible,
    j,
    k,
    less,
    m,
    n,
    r,
    x,
    z,
)

given = PLAIN.given
K = SIZE_INDEX
power = Int(K)
eye, none = Eye(n), Zeros(n, n)
commuting = equal(A * B, B * A)
by = Induction(K, 1)
shear = Block(2, eye, B, none, eye)
jordan = Block(2, A, B, none, A)
bordered = Block(2, A, b, x.T, g)
G = matrix("G", m, m)


def exp(e: Expression) -> MatrixFunction:
    return MatrixFunction("exp", e)


decomposed = X * Diag(beta) * Y.T
singular = given(equal(X.T * X, Eye(d)), equal(Y.T * Y, Eye(d)), less(0, Entry(beta, index(EVERY[0]))))
small = less(Norm(A), 1)
kronecker_sum = Kron(A, Eye(m)) + Kron(eye, G)
entry, weighed = Entry(x, j), Entry(b, j)
squashed = 1 / (1 + Apply("exp", -entry))
projected = Context(definitions=(Definition(z, X * PseudoInverse(X) * x),), hypotheses=invertible(X.T * X))

ROWS = (
    Row(
        "power-of-a-product",
        equal((A * B) ** power, A**power * B**power),
        equal((A * B) ** power, A**power * B),
        given(commuting),
        by,
    ),
    Row(
        "power-passes-a-matrix",
        equal(B * A**power, A**power * B),
        equal(B * A**power, A**power * A),
        given(commuting),
    ),
    Row(
        "inverse-between-two",
        equal(A.I * B * A, B),
        equal(A.I * B * A, A),
        given(commuting, *invertible(A)),
    ),
    Row(
        "power-of-a-shear", equal(shear**power, Block(2, eye, power * B, none, eye)), equal(shear**power, shear), by=by
    ),
    Row(
        "power-of-a-jordan-block",
        equal(jordan**power, Block(2, A**power, power * A ** Int(K - 1) * B, none, A**power)),
        equal(jordan**power, Block(2, A**power, power * A**power * B, none, A**power)),
        given(commuting),
        by,
    ),
    Row(
        "even-powers-of-an-exchange",
        equal(Block(2, none, eye, A, none) ** Int(2 * K), Block(2, A**power, none, none, A**power)),
        equal(Block(2, none, eye, A, none) ** Int(2 * K), Block(2, A, none, none, A)),
        by=by,
    ),
    Row(
        "fourth-power-of-a-shear",
        equal(shear**4, Block(2, eye, Num(4) * B, none, eye)),
        equal(shear**4, Block(2, eye, Num(3) * B, none, eye)),
    ),
    Row(
        "blocks-times-a-matrix",
        equal(Kron(Block(2, a, c, g, r), X), Block(2, a * X, c * X, g * X, r * X)),
        equal(Kron(Block(2, a, c, g, r), X), Block(2, a * X, g * X, c * X, r * X)),
    ),
    Row(
        "trace-of-a-turned-power",
        equal(Trace((A * B * C) ** power), Trace((C * A * B) ** power)),
        equal(Trace((A * B * C) ** power), Trace((C * B * A) ** power)),
    ),
    Row(
        "trace-of-a-turned-power-of-another-size",
        equal(Trace((X * Y.T) ** power), Trace((Y.T * X) ** power)),
        equal(Trace((X * Y.T) ** power), Trace((X.T * X) ** power)),
    ),
    Row(
        "exponential-of-a-kronecker-sum",
        equal(exp(kronecker_sum), Kron(exp(A), exp(G))),
        equal(exp(kronecker_sum), Kron(exp(G), exp(A))),
    ),
    Row(
        "exponential-of-a-kronecker-difference",
        equal(exp(a * Kron(A, Eye(m)) - Kron(eye, G)), Kron(exp(a * A), exp(-G))),
        equal(exp(a * Kron(A, Eye(m)) - Kron(eye, G)), Kron(exp(a * A), exp(G))),
    ),
    Row(
        "determinants-multiplied",
        equal(Det(A - B) * Det(A + B), Det(A * A - B * B)),
        equal(Det(A - B) * Det(A + B), Det(A * A + B * B)),
        given(commuting),
    ),
    Row(
        "bordered-determinant",
        equal(Det(bordered), g * Det(A) - x.T * Adjugate(A) * b),
        equal(Det(bordered), g * Det(A) + x.T * Adjugate(A) * b),
    ),
    Row(
        "complement-of-commuting-blocks",
        equal(Det(Block(2, A, B, C, D)), Det(A - B * D.I * C) * Det(D)),
        equal(Det(Block(2, A, B, C, D)), Det(A - C * D.I * B) * Det(D)),
        given(equal(C * D, D * C), *invertible(D)),
    ),
    Row(
        "pseudo-inverse-of-full-rank-factors",
        equal(PseudoInverse(X * Y.T), PseudoInverse(Y.T) * PseudoInverse(X)),
        equal(PseudoInverse(X * Y.T), Y * PseudoInverse(X)),
        given(*invertible(X.T * X, Y.T * Y)),
    ),
    Row(
        "pseudo-inverses-written-out",
        equal(PseudoInverse(Y.T) * PseudoInverse(X), Y * (Y.T * Y).I * (X.T * X).I * X.T),
        equal(PseudoInverse(Y.T) * PseudoInverse(X), Y * (X.T * X).I * (Y.T * Y).I * X.T),
        given(*invertible(X.T * X, Y.T * Y)),
    ),
    Row(
        "pseudo-inverse-in-a-definition",
        equal(z, X * (X.T * X).I * X.T * x),
        equal(z, X * X.T * x),
        projected,
    ),
    Row(
        "quotients-by-sums-in-a-sum",
        equal(SumOver(entry**2 / (1 + entry**2), j, 1, n), Int(n) - SumOver(1 / (1 + entry**2), j, 1, n)),
        equal(SumOver(entry**2 / (1 + entry**2), j, 1, n), Int(n) + SumOver(1 / (1 + entry**2), j, 1, n)),
    ),
    Row(
        "quotients-by-complements-in-a-sum",
        equal(SumOver(weighed * (1 - squashed) / (1 - squashed), j, 1, n), SumOver(weighed, j, 1, n)),
        equal(SumOver(weighed * (1 - squashed) / (1 + squashed), j, 1, n), SumOver(weighed, j, 1, n)),
    ),
    Row(
        "pseudo-inverse-in-a-sum",
        equal(SumOver(h[j] * Trace(PseudoInverse(X) * X), j, 1, T), Int(d) * SumOver(h[j], j, 1, T)),
        equal(SumOver(h[j] * Trace(PseudoInverse(X) * X), j, 1, T), Int(n) * SumOver(h[j], j, 1, T)),
        given(*invertible(X.T * X)),
    ),
    Row(
        "projection-by-singular-vectors",
        equal(decomposed * PseudoInverse(decomposed), X * X.T),
        equal(decomposed * PseudoInverse(decomposed), X * Y.T),
        singular,
    ),
    Row(
        "projection-is-shorter",
        at_most(norm(A * x), norm(x)),
        at_most(norm(x), norm(A * x)),
        given(Predicate("symmetric", A), Predicate("idempotent", A)),
    ),
    Row(
        "smallest-residual",
        at_most(norm(X * PseudoInverse(X) * b - b), norm(X * beta - b)),
        at_most(norm(X * beta - b), norm(X * PseudoInverse(X) * b - b)),
    ),
    Row(
        "smallest-residual-of-matrices",
        at_most(Norm(X * PseudoInverse(X) * A - A, "F") ** 2, Norm(X * Y.T - A, "F") ** 2),
        at_most(Norm(X * Y.T - A, "F") ** 2, Norm(X * PseudoInverse(X) * A - A, "F") ** 2),
    ),
    Row(
        "determinant-of-equal-correlations",
        equal(Det((a - c) * eye + c * Ones(n, n)), (a - c) ** Int(n - 1) * (a + (Int(n) - 1) * c)),
        equal(Det((a - c) * eye + c * Ones(n, n)), (a - c) ** Int(n - 1) * (a + Int(n) * c)),
    ),
    Row(
        "determinant-of-a-dyad-beside-a-sum",
        equal(Det((a + c) * eye + g * b * x.T), (a + c) ** Int(n - 1) * (a + c + g * x.T * b)),
        equal(Det((a + c) * eye + g * b * x.T), (a + c) ** Int(n) * (1 + g * x.T * b)),
    ),
    Row(
        "sum-of-all-powers",
        equal((eye - A).I, Limit(SumOver(A ** Int(j), j, 0, k), k)),
        equal((eye - A).I, Limit(SumOver(A ** Int(j), j, 1, k), k)),
        given(small),
    ),
    Row(
        "alternating-sum-of-all-powers",
        equal((eye + A).I, Limit(SumOver(Num(-1) ** Int(j) * A ** Int(j), j, 0, k), k)),
        equal((eye - A).I, Limit(SumOver(Num(-1) ** Int(j) * A ** Int(j), j, 0, k), k)),
        given(small),
    ),
    Row(
        "identity-and-a-small-matrix",
        Predicate("invertible", eye + A),
        Predicate("invertible", A),
        given(small),
    ),
)

UNTRUE = (
    FalseRow("power-of-any-product", equal((A * B) ** power, A**power * B**power), PLAIN, "they do not commute", by),
    FalseRow(
        "power-passes-another-matrix",
        equal(C * A**power, A**power * C),
        given(commuting, equal(C * D, D * C)),
        "B commutes with A, C with D alone",
    ),
    FalseRow(
        "power-of-the-transpose-passes",
        equal(B * A.T**power, A.T**power * B),
        given(commuting),
        "A commutes with B, its transpose need not",
    ),
    FalseRow(
        "power-of-another-jordan-block",
        equal(jordan**power, Block(2, A**power, power * A ** Int(K - 1) * B, none, A**power)),
        PLAIN,
        "A and B do not commute",
        by,
    ),
    FalseRow(
        "exponential-of-a-kronecker-product", equal(exp(Kron(A, G)), Kron(exp(A), exp(G))), PLAIN, "no sum at size 1"
    ),
    FalseRow(
        "exponential-of-no-kronecker-sum",
        equal(Trace(exp(Kron(G, eye) + Kron(eye, G))), Trace(exp(G)) ** 2),
        PLAIN,
        "both terms have the size m n, the factors have m and m",
    ),
    FalseRow(
        "exponential-of-one-factor-twice",
        equal(exp(Kron(A, Eye(m)) + Kron(B, Eye(m))), Kron(exp(A), exp(B))),
        PLAIN,
        "both terms act on the first factor",
    ),
    FalseRow(
        "sum-of-powers-of-any-matrix",
        equal((eye - A).I, Limit(SumOver(A ** Int(j), j, 0, k), k)),
        given(*invertible(eye - A)),
        "A = 2 I",
    ),
    FalseRow(
        "identity-beside-a-matrix-of-norm-one",
        Predicate("invertible", eye - A),
        given(at_most(Norm(A), 1)),
        "A = I",
    ),
    FalseRow(
        "oblique-projection-is-shorter",
        at_most(norm(A * x), norm(x)),
        given(Predicate("idempotent", A)),
        "A is not symmetric",
    ),
    FalseRow(
        "pseudo-inverse-of-any-factors",
        equal(PseudoInverse(X * Y.T), PseudoInverse(Y.T) * PseudoInverse(X)),
        given(*invertible(X.T * X)),
        "Y need not have full column rank",
    ),
    FalseRow(
        "dyads-beside-a-sum",
        equal(Det((a + c) * eye + g * b * x.T + r * x * b.T), (a + c) ** Int(n - 1) * (a + c + (g + r) * x.T * b)),
        PLAIN,
        "the dyads differ",
    ),
    FalseRow(
        "determinants-of-any-matrices-multiplied",
        equal(Det(A - B) * Det(A + B), Det(A * A - B * B)),
        PLAIN,
        "A and B do not commute",
    ),
    FalseRow(
        "bordered-determinant-of-a-tied-matrix",
        equal(Det(bordered), g * Det(A) - x.T * b),
        given(Predicate("idempotent", A)),
        "of a singular A the adjugate is not I",
    ),
)

CLASSES = {"powers and products": ROWS}
FALSE = {"false powers and products": UNTRUE}
