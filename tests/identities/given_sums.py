"""Sums over an index that are given at every value of another one: shares, normalised columns, one-hot labels."""

from everystep.algebra.context import EVERY
from everystep.algebra.expressions import sq
from everystep.algebra.shapes import index
from tests.identities.notation import *

every = index(EVERY[0])
gamma, points = Family("gamma"), Family("points", n)
c = index("c")  # of a share


def shares(at: object, last: object = T) -> Expression:
    return total(gamma[at, c], c, 1, last)


whole = eq(shares(every), 1)
columns = eq(total(entry(F, i, every) ** 2, i, 1, m), 1)
rows = eq(total(entry(A, every, j), j, 1, n), 1)
crossed = eq(total(entry(A, every, j) * entry(A, j, every), j, 1, n), 1)
alike = eq(shares(every), gamma[every, 1])

ROWS = (
    identity("all-shares", total(shares(i), i, 1, m), Int(m), Int(T), whole),
    identity("order-of-summing", total(total(gamma[i, c], i, 1, m), c, 1, T), Int(m), Int(T), whole),
    identity(
        "weighted-points",
        total(total(gamma[i, c] * points[i], i, 1, m), c, 1, T),
        total(points[i], i, 1, m),
        Int(T) * total(points[i], i, 1, m),
        whole,
    ),
    identity("shares-of-the-next", total(shares(i + 1), i, 1, m), Int(m), Int(m + 1), whole),
    identity("value-at-the-index", total(shares(i), i, 1, m), total(gamma[i, 1], i, 1, m), Int(m), alike),
    identity("normalised-columns", sq(F), Int(n), Int(m), columns),
    identity(
        "weights-of-normalised-columns",
        total(total(entry(F, i, j) ** 2 * entry(x, j) ** 2, j, 1, n), i, 1, m),
        sq(x),
        Int(m) * sq(x),
        columns,
    ),
    identity("rows-of-a-stochastic-matrix", A * ones, ones, 2 * ones, rows),
    identity(
        "weighted-rows",
        total(total(entry(A, i, j) * entry(x, i), j, 1, n), i, 1, n),
        ones.T * x,
        x.T * A * ones / 2,
        rows,
    ),
    identity("trace-of-a-square", tr(A * A), Int(n), tr(A * A.T) + 1, crossed),
)
