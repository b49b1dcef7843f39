"""Rows for determinants of definite and block matrices, and for steps of convex optimisation from their hypotheses.

``test_normal_form`` and ``test_false_statements`` run them with their own; ``convexity_mutations`` breaks the rules.
"""

from __future__ import annotations

from everystep.algebra.context import EVERY, Predicate
from everystep.algebra.expressions import (
    Apply,
    Block,
    Col,
    Det,
    Entry,
    Expression,
    Int,
    Ones,
    Pow,
    ProdOver,
    SumOver,
    Trace,
    Zeros,
    norm,
    odot,
    sq,
)
from everystep.algebra.expressions import Row as MatrixRow
from everystep.algebra.shapes import index
from tests.prove.statements import PLAIN as plain
from tests.prove.statements import (
    A,
    B,
    C,
    D,
    FalseRow,
    Row,
    a,
    alpha,
    at_most,
    c,
    equal,
    g,
    half,
    i,
    invertible,
    less,
    n,
    r,
    u,
    v,
    w,
    x,
    y,
    z,
)

given = plain.given
size = Int(n)
one_of = index(EVERY[0])
nothing = Zeros(n, n)
swapped = Block(2, A, B, B, A)
joint = Block(2, A, B, B.T, D)
lower, upper = Block(2, A, nothing, C, D), Block(2, A, B, C, nothing)
halves = half * ((A + B).I + (A - B).I), half * ((A + B).I - (A - B).I)


def semidefinite(*matrices: Expression) -> tuple[Predicate, ...]:
    return tuple(Predicate("positive semidefinite", matrix) for matrix in matrices)


def definite(*matrices: Expression) -> tuple[Predicate, ...]:
    return tuple(Predicate("positive definite", matrix) for matrix in matrices)


def log(e: Expression) -> Apply:
    return Apply("log", e)


def diagonal(matrix: Expression) -> ProdOver:
    return ProdOver(Entry(matrix, i, i), i, 1, n)


root = 1 / size
columns = ProdOver(sq(Col(A, i)), i, 1, n)
symmetric = tuple(Predicate("symmetric", matrix) for matrix in (A, B))
smooth = at_most(g, a + u.T * (y - x) + r / 2 * sq(y - x))
strong = at_most(a + u.T * (y - x) + r / 2 * sq(y - x), c)
convex = at_most(a + u.T * (y - x), c)
positive = less(0, r)

DETERMINANTS = (
    Row(
        "log-determinant-and-trace",
        at_most(log(Det(A)), size * log(Trace(A) / size)),
        less(log(Det(A)), size * log(Trace(A) / size)),
        given(*definite(A)),
    ),
    Row(
        "tangent-of-log-determinant",
        at_most(log(Det(B)), log(Det(A)) + Trace(A.I * (B - A))),
        at_most(log(Det(A)) + Trace(A.I * (B - A)), log(Det(B))),
        given(*definite(A, B)),
    ),
    Row(
        "logs-on-the-diagonal",
        at_most(log(Det(A)), SumOver(log(Entry(A, i, i)), i, 1, n)),
        less(log(Det(A)), SumOver(log(Entry(A, i, i)), i, 1, n)),
        given(*definite(A)),
    ),
    Row("columns", at_most(Det(A) ** 2, columns), less(Det(A) ** 2, columns)),
    Row(
        "lengths-of-rows",
        at_most(Apply("abs", Det(A)), ProdOver(norm(MatrixRow(A, i)), i, 1, n)),
        less(Apply("abs", Det(A)), ProdOver(norm(MatrixRow(A, i)), i, 1, n)),
    ),
    Row(
        "oppenheim",
        at_most(Det(A) * diagonal(B), Det(odot(A, B))),
        less(Det(A) * diagonal(B), Det(odot(A, B))),
        given(*semidefinite(A, B)),
    ),
    Row(
        "trace-and-roots",
        at_most(size * Pow(Det(A), root) * Pow(Det(B), root), Trace(A * B)),
        less(size * Pow(Det(A), root) * Pow(Det(B), root), Trace(A * B)),
        given(*definite(A, B)),
    ),
    Row(
        "fischer",
        at_most(Det(joint), Det(A) * Det(D)),
        less(Det(joint), Det(A) * Det(D)),
        given(*semidefinite(joint)),
    ),
    Row(
        "entry-below-the-sum",
        at_most(Entry(x, 1), 1),
        less(Entry(x, 1), 1),
        given(at_most(0, Entry(x, one_of)), equal(Ones(n, 1).T * x, 1)),
    ),
    Row("square-of-a-sum", at_most(1 / size, sq(x)), less(1 / size, sq(x)), given(equal(Ones(n, 1).T * x, 1))),
)
BLOCKS = (
    Row(
        "inverse-by-sums",
        equal(swapped.I, Block(2, halves[0], halves[1], halves[1], halves[0])),
        equal(swapped.I, Block(2, halves[1], halves[0], halves[0], halves[1])),
        given(*invertible(A + B, A - B)),
    ),
    Row(
        "empty-corner",
        equal(Det(upper), Pow(-1, size) * Det(B) * Det(C)),
        equal(Det(upper), Det(B) * Det(C)),
    ),
    Row(
        "invertible",
        Predicate("invertible", lower),
        Predicate("invertible", Block(2, A, B, C, D)),
        given(*invertible(A, D)),
    ),
    Row(
        "definite-by-sums",
        *(Predicate("positive definite", m) for m in (swapped, Block(2, A, B, B, -A))),
        given(*definite(A + B, A - B)),
    ),
    Row(
        "definite-by-a-complement",
        *(Predicate("positive definite", m) for m in (joint, Block(2, A, B, B.T, -D))),
        given(*definite(D, A - B * D.I * B.T)),
    ),
)
STEPS = (
    Row(
        "descent",
        at_most(g, a - alpha / 2 * sq(u)),
        at_most(g, a - alpha * sq(u)),
        given(positive, less(0, alpha), at_most(alpha * r, 1), smooth, equal(y, x - alpha * u)),
    ),
    Row(
        "gradient-domination",
        at_most(2 * r * (a - c), sq(u)),
        at_most(sq(u), 2 * r * (a - c)),
        given(positive, strong),
    ),
    Row(
        "monotone-gradient",
        at_most(0, (u - v).T * (x - y)),
        at_most((u - v).T * (x - y), 0),
        given(convex, at_most(c + v.T * (x - y), a)),
    ),
    Row(
        "lipschitz-by-cocoercivity",
        at_most(norm(u), r * norm(x)),
        at_most(r * norm(x), norm(u)),
        given(positive, at_most(sq(u) / r, u.T * x)),
    ),
    Row(
        "contraction",
        at_most(sq(z - alpha * w), (1 - alpha * c) * sq(z)),
        at_most((1 - alpha * c) * sq(z), sq(z - alpha * w)),
        given(
            *(less(0, e) for e in (alpha, c, r)),
            at_most(alpha * r, 1),
            at_most(sq(w), r * w.T * z),
            at_most(c * sq(z), w.T * z),
        ),
    ),
    Row("divided", at_most(g, a), at_most(a, g), given(at_most(r * g, r * a), positive)),
)
UNTRUE = (
    FalseRow(
        "log-determinant-and-trace-of-any",
        at_most(log(Det(A)), size * log(Trace(A) / size)),
        given(symmetric[0], less(0, Det(A)), less(0, Trace(A))),
        "3, -1 and -1",
    ),
    FalseRow(
        "tangent-of-any-log-determinant",
        at_most(log(Det(B)), log(Det(A)) + Trace(A.I * (B - A))),
        given(*symmetric, *invertible(A), less(0, Det(A)), less(0, Det(B))),
        "A = I, B = -2 I",
    ),
    FalseRow(
        "logs-on-the-diagonal-of-any",
        at_most(log(Det(A)), SumOver(log(Entry(A, i, i)), i, 1, n)),
        given(less(0, Det(A)), less(0, Entry(A, one_of, one_of))),
        "A = I and a skew matrix",
    ),
    FalseRow("diagonal-for-columns", at_most(Det(A) ** 2, diagonal(A) ** 2), plain, "a swap"),
    FalseRow(
        "columns-but-one",
        at_most(Det(A) ** 2, ProdOver(sq(Col(A, i)), i, 2, n)),
        plain,
        "A = 2 I",
    ),
    FalseRow(
        "oppenheim-of-any",
        at_most(Det(A) * diagonal(B), Det(odot(A, B))),
        given(*symmetric),
        "B = [[0, 1], [1, 0]]",
    ),
    FalseRow(
        "trace-and-roots-of-any",
        at_most(size * Pow(Det(A), root) * Pow(Det(B), root), Trace(A * B)),
        given(*symmetric, less(0, Det(A)), less(0, Det(B))),
        "A = I, B = -I",
    ),
    FalseRow(
        "fischer-of-any",
        at_most(Det(joint), Det(A) * Det(D)),
        given(*semidefinite(A, D)),
        "A = D = 0 and B = 1, size 2",
    ),
    FalseRow("entry-below-a-signed-sum", at_most(Entry(x, 1), 1), given(equal(Ones(n, 1).T * x, 1)), "2 and -1"),
    FalseRow(
        "inverse-by-other-sums",
        equal(Block(2, A, B, B, D).I, Block(2, halves[0], halves[1], halves[1], halves[0])),
        given(*invertible(A + B, A - B, A, D - B * A.I * B)),
        "D is not A",
    ),
    FalseRow(
        "empty-corner-of-one",
        equal(Det(Block(2, A, B, C, D)), Pow(-1, size) * Det(B) * Det(C)),
        given(equal(B * D, D * B)),
        "A = D = I",
    ),
    FalseRow("invertible-corners", Predicate("invertible", swapped), given(*invertible(A, B)), "A = B"),
    FalseRow(
        "definite-by-one-sum",
        Predicate("positive semidefinite", swapped),
        given(*definite(A + B), *symmetric),
        "A = 0, B = 1",
    ),
    FalseRow("definite-by-corners", Predicate("positive semidefinite", joint), given(*definite(A, D)), "B is large"),
    FalseRow(
        "definite-with-other-corners",
        Predicate("positive definite", Block(2, A, B, C, D)),
        given(*definite(D, A - B * D.I * C)),
        "C is not B^T",
    ),
    FalseRow(
        "descent-with-any-step",
        at_most(g, a - alpha / 2 * sq(u)),
        given(positive, less(0, alpha), smooth, equal(y, x - alpha * u)),
        "alpha = 3 / r",
    ),
    FalseRow(
        "descent-without-a-sign",
        at_most(g, a - alpha / 2 * sq(u)),
        given(positive, at_most(alpha * r, 1), smooth, equal(y, x - alpha * u)),
        "alpha = -1",
    ),
    FalseRow("gradient-domination-of-twice", at_most(4 * r * (a - c), sq(u)), given(positive, strong), "a quadratic"),
    FalseRow("gradient-domination-by-any", at_most(2 * r * (a - c), sq(u)), given(strong), "r < 0"),
    FalseRow("monotone-on-one-side", at_most(0, (u - v).T * (x - y)), given(convex), "v is any vector"),
    FalseRow("times-a-number-of-any-sign", at_most(0, r * (a - g)), given(at_most(g, a)), "r = -1"),
    FalseRow("divided-by-what-may-be-zero", at_most(g, a), given(at_most(r * g, r * a), at_most(0, r)), "r = 0"),
)
CLASSES = {"determinants and definiteness": DETERMINANTS, "blocks by sums": BLOCKS, "convex steps": STEPS}
FALSE = {"false convex steps": UNTRUE}
