"""Rows for vectors and matrices whose entries are all 0 or 1, or all 1 or -1.

``test_normal_form`` and ``test_false_statements`` run them with their own.
"""

from __future__ import annotations

from everystep.algebra.context import EVERY
from everystep.algebra.expressions import Diag, Entry, Eye, Gradient, Hadamard, Int, Member, Ones, SumOver, Trace
from everystep.algebra.shapes import index
from tests.prove.statements import PLAIN as plain
from tests.prove.statements import FalseRow, H, Row, X, Y, equal, h, i, j, n, x, y

given = plain.given
ones = Ones(n)
bits, signs = equal(Hadamard(y, y), y), equal(Hadamard(y, y), ones)
mask = equal(Hadamard(X, X), X)
one_hot = (bits, equal(ones.T * y, 1))
each = Member("h", 1, 1, index(EVERY[0]))
labels = equal(each**2, each)
members = equal(Hadamard(H[i], H[i]), H[i])

ROWS = (
    Row("square", equal(y.T * y, ones.T * y), equal(y.T * y, n), given(bits)),
    Row("one-hot", equal(y.T * y, 1), equal(x.T * y, 1), given(*one_hot)),
    Row("signs", equal(Diag(y) * Diag(y), Eye(n)), equal(Diag(y), Eye(n)), given(signs)),
    Row("mask", equal(Trace(X.T * X), Trace(X.T * Ones(*X.shape))), equal(X.T * X, X.T * Ones(*X.shape)), given(mask)),
    Row("mask-twice", equal(Hadamard(X, X, Y), Hadamard(X, Y)), equal(Hadamard(X, Y, Y), Hadamard(X, Y)), given(mask)),
    Row(
        "labels",
        equal(SumOver(h[j] ** 2, j, 1, n), SumOver(h[j], j, 1, n)),
        equal(SumOver(h[j] ** 2, j, 1, n), Int(n)),
        given(labels),
    ),
    Row("member", equal(H[i].T * H[i], ones.T * H[i]), equal(H[i].T * H[i], n), given(members)),
    Row("gradient", equal(Gradient(y.T * y, y), 2 * y), equal(Gradient(y.T * y, y), ones), given(bits)),
)

UNTRUE = (
    FalseRow("another-member", equal(H[j].T * H[j], ones.T * H[j]), given(members), "it is said of member i"),
    FalseRow("one-entry", equal(y.T * y, ones.T * y), given(equal(Entry(y, i) ** 2, Entry(y, i))), "of entry i alone"),
    FalseRow("two-vectors", equal(x.T * y, ones.T * y), given(bits), "x is another vector"),
    FalseRow("two-positions", equal(Trace(X.T * Y), Trace(Y.T * Ones(*X.shape))), given(mask), "X is not 1 everywhere"),
    FalseRow("half", equal(y.T * y, ones.T * y), given(equal(2 * Hadamard(y, y), y)), "the entries are 0 or one half"),
    FalseRow("signs-sum", equal(ones.T * y, n), given(signs), "some are -1"),
    FalseRow("derivative-of-bits", equal(Gradient(y.T * y, y), ones), given(bits), "taken over all y"),
    FalseRow("product-with-other", equal(Hadamard(x, y), x), given(equal(Hadamard(x, y), y)), "x = 1 where y is not 0"),
)

CLASSES = {"binary": ROWS}
FALSE = {"false binary": UNTRUE}
