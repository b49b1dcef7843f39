"""Rows for sums of numbers and their logarithms, powers of norms, absolute values, and principal blocks.

``test_normal_form`` and ``test_false_statements`` run them with their own; ``number_mutations`` breaks the rules.
"""

from __future__ import annotations

from everystep.algebra.context import EVERY, Predicate, Relation
from everystep.algebra.expressions import (
    Apply,
    Block,
    Det,
    Entry,
    Expression,
    Gradient,
    Int,
    Norm,
    Ones,
    Pow,
    SumOver,
    matrix,
    norm,
)
from everystep.algebra.shapes import index
from tests.identities.notation import exp, log
from tests.prove.statements import (
    PLAIN,
    SIZE_INDEX,
    A,
    FalseRow,
    Row,
    at_most,
    c,
    equal,
    g,
    i,
    k,
    less,
    m,
    n,
    two,
    u,
    v,
    x,
    y,
)

given = PLAIN.given
one_of = index(EVERY[0])
size = Int(n)
ones = Ones(n, 1)
F = matrix("F", m, m)
G = matrix("G", n, m)
blocks = Block(2, A, G, G.T, F)
definite = given(Predicate("positive definite", blocks))
semidefinite = given(Predicate("positive semidefinite", blocks))
numbers = Block(2, c, g, g, c)


def sum_of(e: Expression) -> SumOver:
    return SumOver(e, i, 1, n)


def at(vector: Expression) -> Expression:
    return Entry(vector, i)


def positive(*vectors: Expression) -> tuple[Relation, ...]:
    return tuple(less(0, Entry(vector, one_of)) for vector in vectors)


def share(p: Expression, q: Expression) -> Expression:
    """sum p log(p / (p + q))"""
    return sum_of(at(p) * log(at(p) / (at(p) + at(q))))


of_u, of_v = sum_of(at(u)), sum_of(at(v))
bound = sum_of(at(v) * log(at(u) / at(v)))
relative = sum_of(at(u) * log(at(u) / at(v)))
weights = equal(of_v, 1)

LOGARITHMS = (
    Row(
        "log-sum",
        at_most(of_u * log(of_u / of_v), relative),
        less(of_u * log(of_u / of_v), relative),
        given(*positive(u, v)),
    ),
    Row("evidence-bound", at_most(bound, log(of_u)), less(bound, log(of_u)), given(*positive(u, v), weights)),
    Row(
        "halves",
        at_most(-log(4), share(u, v) + share(v, u)),
        at_most(-log(3), share(u, v) + share(v, u)),
        given(*positive(u, v), weights, equal(of_u, 1)),
    ),
    Row(
        "mean-of-logarithms",
        at_most(sum_of(at(x)) / size + log(size), log(sum_of(exp(at(x))))),
        at_most(sum_of(at(x)) / size + 2 * log(size), log(sum_of(exp(at(x))))),
    ),
)
VALUES = (
    Row(
        "entry-by-itself",
        equal(sum_of(at(x) * at(y) / at(x)), sum_of(at(y))),
        equal(sum_of(at(x) * at(y) / at(x) ** 2), sum_of(at(y))),
        given(Predicate("nonzero", Entry(x, one_of))),
    ),
    Row(
        "product-of-entries-below",
        equal(sum_of(at(y) / (at(x) * at(y) ** 2)), sum_of(1 / at(x) / at(y))),
        equal(sum_of(at(y) / (at(x) * at(y) ** 2)), sum_of(1 / at(x))),
        given(*(Predicate("nonzero", Entry(e, one_of)) for e in (x, y))),
    ),
    Row(
        "power-of-a-norm",
        equal(Gradient(Pow(norm(x), Int(k)), x), Int(k) * Pow(norm(x), Int(k - 2)) * x),
        equal(Gradient(Pow(norm(x), Int(k)), x), Int(k) * Pow(norm(x), Int(k - 1)) * x),
        given(Predicate("nonzero", x)),
    ),
    Row(
        "powers-of-a-norm-multiplied",
        equal(Pow(norm(x), Int(SIZE_INDEX)) ** 2, Pow(x.T * x, Int(SIZE_INDEX))),
        equal(Pow(norm(x), Int(SIZE_INDEX)), Pow(x.T * x, Int(SIZE_INDEX))),
    ),
    Row("norm-of-entries", equal(Norm(x, "1"), sum_of(Apply("abs", at(x)))), equal(Norm(x, "1"), sum_of(at(x)))),
    Row(
        "norm-without-signs",
        equal(Norm(x, "1"), ones.T * x),
        equal(Norm(x, "1"), two * ones.T * x),
        given(at_most(0, Entry(x, one_of))),
    ),
    Row(
        "gradient-of-the-norm-1",
        equal(Gradient(Norm(x, "1"), x), Apply("sign", x)),
        equal(Gradient(Norm(x, "1"), x), Apply("abs", x)),
    ),
    Row(
        "absolute-value-of-a-product",
        equal(Apply("abs", c * g), c * g),
        equal(Apply("abs", c * g), -c * g),
        given(at_most(0, c), at_most(0, g)),
    ),
)
BLOCKS = (
    Row(
        "determinant-by-a-complement",
        equal(Det(blocks), Det(A) * Det(F - G.T * A.I * G)),
        equal(Det(blocks), Det(A) * Det(F + G.T * A.I * G)),
        definite,
    ),
    Row(
        "complement",
        Predicate("positive definite", A - G * F.I * G.T),
        Predicate("positive definite", A - 2 * G * F.I * G.T),
        definite,
    ),
    Row(
        "corner-of-a-semidefinite-matrix",
        Predicate("positive semidefinite", A),
        Predicate("positive definite", A),
        semidefinite,
    ),
    Row(
        "logarithms-of-corners",
        at_most(log(Det(blocks)), log(Det(A)) + log(Det(F))),
        at_most(log(Det(blocks)), log(Det(A))),
        definite,
    ),
    Row("of-numbers", less(g**2, c**2), less(g, 0), given(Predicate("positive definite", numbers))),
)
UNTRUE = (
    FalseRow("evidence-bound-of-any-sum", at_most(bound, log(of_u)), given(*positive(u, v)), "v = 2, u = 1/4"),
    FalseRow(
        "log-sum-of-signed-numbers",
        at_most(of_u * (log(of_u) - log(of_v)), sum_of(at(u) * (log(at(u)) - log(at(v))))),
        given(less(0, of_u), less(0, of_v)),
        "an entry is negative and has no logarithm",
    ),
    FalseRow(
        "norm-of-signed-entries",
        equal(Norm(x, "1"), ones.T * x),
        given(at_most(0, Entry(x, i))),
        "one entry is not negative",
    ),
    FalseRow(
        "slope-at-a-kink",
        equal(Gradient(Norm(x, "1"), x), ones),
        given(at_most(0, Entry(x, one_of))),
        "x = 0, where there is no slope",
    ),
    FalseRow("corner-of-any-blocks", Predicate("positive definite", A), given(Predicate("symmetric", blocks)), "A = 0"),
    FalseRow(
        "corner-of-an-invertible-matrix",
        equal(Det(blocks), Det(A) * Det(F - G.T * A.I * G)),
        given(Predicate("invertible", blocks)),
        "A = 0",
    ),
)
CLASSES = {"logarithms of sums": LOGARITHMS, "values of numbers": VALUES, "principal blocks": BLOCKS}
FALSE = {"false values of numbers": UNTRUE}
