"""False statements that confuse a free index with a bound one: what is said of ``x_i`` is said of one i.

A sum over an index of the same name speaks of others.  Each row says why somebody might prove it.
"""

from __future__ import annotations

from everystep.algebra.context import Context, Definition, Predicate
from everystep.algebra.expressions import (
    Apply,
    Entry,
    Expression,
    Family,
    Int,
    Norm,
    Num,
    ProdOver,
    SumOver,
    scalar,
    sqrt,
)
from tests.prove.statements import PLAIN, FalseRow, Row, V, at_most, c, equal, f, h, i, j, less, n, x, y

total = scalar("total")
MATRICES = Family("M", n, n)


def of_all(body: Expression) -> SumOver:
    return SumOver(body, i, 1, n)


def named(body: Expression) -> Context:
    """A context in which the name ``total`` stands for a sum over i."""
    return Context(definitions=(Definition(total, of_all(body)),))


def log(argument: object) -> Apply:
    return Apply("log", argument)


sign = less(0, h[i])
ROWS = (
    Row(
        "squares-beside-one-sign",
        at_most(0, of_all(h[i] ** 2) + h[i]),
        at_most(0, of_all(h[i] ** 2) - h[i] - 1),
        PLAIN.given(sign),
    ),
    Row(
        "sums-of-one-name-in-each-other",
        equal(of_all(Entry(x, i) * of_all(Entry(y, i))), of_all(Entry(x, i)) * of_all(Entry(y, i))),
        equal(of_all(Entry(x, i) * of_all(Entry(y, i))), of_all(Entry(x, i) * Entry(y, i))),
    ),
)

FALSE = {
    "indices": (
        FalseRow("sum-of-one-sign", at_most(0, of_all(h[i])), PLAIN.given(sign), "the others may be negative"),
        FalseRow(
            "sum-of-products",
            at_most(0, of_all(h[i] * f[i])),
            PLAIN.given(sign, less(0, f[i])),
            "the others may be negative",
        ),
        FalseRow(
            "weighted-norms",
            at_most(0, of_all(h[i] * Norm(V[i]))),
            PLAIN.given(sign),
            "the other weights may be negative",
        ),
        FalseRow(
            "sum-in-a-sum",
            at_most(0, SumOver(of_all(Entry(x, i)) ** 2 * Entry(x, j), j, 1, n)),
            PLAIN.given(less(0, Entry(x, i)), less(0, Entry(x, j))),
            "the other entries may be negative",
        ),
        FalseRow(
            "sum-in-a-definition",
            at_most(0, total),
            named(h[i]).given(sign),
            "the name stands for a sum over all indices",
        ),
        FalseRow(
            "roots-of-squares",
            equal(of_all(sqrt(Entry(x, i) ** 2)), of_all(Entry(x, i))),
            PLAIN.given(less(0, Entry(x, i))),
            "the other entries may be negative",
        ),
        FalseRow(
            "all-matrices-symmetric",
            equal(of_all(MATRICES[i]).T, of_all(MATRICES[i])),
            PLAIN.given(Predicate("symmetric", MATRICES[i])),
            "the others may be any",
        ),
        FalseRow(
            "sum-of-equal-entries",
            equal(of_all(Entry(x, i)), of_all(Entry(y, i))),
            PLAIN.given(equal(Entry(x, i), Entry(y, i))),
            "the others may differ",
        ),
    )
}

UNDEFINED = (
    FalseRow(
        "logarithm-of-a-product-with-one-sign",
        equal(log(ProdOver(h[i], i, 1, n)), of_all(log(h[i]))),
        PLAIN.given(sign),
        "two other factors may be negative",
    ),
    FalseRow(
        "logarithms-in-a-definition",
        equal(log(h[i]), log(h[i]) + total - total),
        named(log(h[i])),
        "the right side needs all of them positive",
    ),
    FalseRow(
        "quotients-in-a-definition",
        equal(1 / Entry(x, i), 1 / Entry(x, i) + total - total),
        named(Num(1) / Entry(x, i)),
        "the right side needs all entries nonzero",
    ),
    FalseRow(
        "quotients-with-one-that-is-not-zero",
        equal(c * Int(n), c * of_all(h[i] / h[i])),
        PLAIN.given(Predicate("nonzero", h[i])),
        "another may be 0",
    ),
)
