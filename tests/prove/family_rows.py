"""Rows for orthonormal families; ``family_mutations`` breaks the rules.

``test_normal_form`` and ``test_false_statements`` run them with their own.
"""

from __future__ import annotations

from sympy import Integer

from everystep.algebra.context import Context, of_every, orthonormal
from everystep.algebra.expressions import (
    Eye,
    Family,
    Gradient,
    Int,
    Num,
    SumOver,
    Trace,
    Transpose,
    Zeros,
)
from tests.prove.statements import A, B, FalseRow, Row, at_most, equal, i, j, k, n, p, t, x

q, e = Family("q", n), Family("e")
every, number = of_every("q", n), of_every("e", 1)
few = Context(ranges=tuple((name, Integer(1), p) for name in "qe")).given(orthonormal("q", n, p))
basis = Context(ranges=tuple((name, Integer(1), n) for name in "qe")).given(orthonormal("q", n, n))
images = equal(A * every, number * every)
projection = SumOver(q[i] * q[i].T, i, 1, p)
spectral = SumOver(e[i] * q[i] * q[i].T, i, 1, n)
within = (at_most(Int(1), Int(t)), at_most(Int(t), Int(p)))

ROWS = (
    Row("projection-twice", equal(projection * projection, projection), equal(projection * projection, Eye(n)), few),
    Row("trace-of-projection", equal(Trace(projection), Int(p)), equal(Trace(projection), Int(n)), few),
    Row(
        "resolution",
        equal(SumOver(q[i] * q[i].T, i, 1, n), Eye(n)),
        equal(SumOver(q[i] * q[i].T, i, 1, n), Zeros(n, n)),
        basis,
    ),
    Row(
        "image",
        equal(A * projection * A, projection * A * A),
        equal(A * projection, A),
        few.given(images, equal(A, A.T)),
    ),
    Row("spectral-form", equal(A, spectral), equal(A, 2 * spectral), basis.given(images)),
    Row(
        "quotient-of-a-number-of-a-family",
        equal(SumOver(e[i] / (e[i] + 1) * q[i], i, 1, p), SumOver(q[i] - q[i] / (e[i] + 1), i, 1, p)),
        equal(SumOver(e[i] / (e[i] + 1) * q[i], i, 1, p), SumOver(q[i] + q[i] / (e[i] + 1), i, 1, p)),
        few,
    ),
    Row(
        "ranges-apart",
        equal(projection * SumOver(q[i] * q[i].T, i, p + 1, n), Zeros(n, n)),
        equal(projection * SumOver(q[i] * q[i].T, i, p + 1, n), projection),
        basis.given(at_most(Int(p), Int(n))),
    ),
    Row(
        "derivative-beside-a-unit-vector",
        equal(Gradient(Transpose(q[1]) * q[1], q[1]), 2 * q[1]),
        equal(Gradient(Transpose(q[1]) * q[1], q[1]), Zeros(n, 1)),
        few,
    ),
)
UNTRUE = (
    FalseRow("fewer-than-entries", equal(projection, Eye(n)), few, "p < n"),
    FalseRow("spectral-form-of-few", equal(A, SumOver(e[i] * q[i] * q[i].T, i, 1, p)), few.given(images), "p < n"),
    FalseRow("transpose-of-few", equal(A.T, A), few.given(images), "p < n"),
    FalseRow("image-of-the-transpose", equal(A.T * q[1], e[1] * q[1]), few.given(images), "A is not symmetric"),
    FalseRow("beyond-the-last", equal(Transpose(q[t]) * q[t], 1), few, "t > p is no member of theirs"),
    FalseRow(
        "ranges-that-meet",
        equal(projection * SumOver(q[i] * q[i].T, i, p, n), Zeros(n, n)),
        basis.given(at_most(Int(p), Int(n))),
        "q_p is in both",
    ),
    FalseRow("more-than-there-are", equal(SumOver(q[i] * q[i].T, i, 1, n), Eye(n)), few, "there are p of them"),
    FalseRow("part-of-a-basis", equal(SumOver(q[i] * q[i].T, i, 2, n), Eye(n)), basis, "q_1 is missing"),
    FalseRow("weights-in-a-basis", equal(SumOver(e[i] * q[i] * q[i].T, i, 1, n), Eye(n)), basis, "e_i is not 1"),
    FalseRow("other-vectors", equal(A * x, e[1] * x), few.given(images), "x is no eigenvector"),
    FalseRow("other-matrices", equal(B * q[1], e[1] * q[1]), few.given(images), "nothing is said of B"),
    FalseRow("one-index-for-all", equal(q[j].T * q[k], Num(0)), few.given(*within), "j = k"),
    FalseRow(
        "an-equation-of-one-member",
        equal(A * q[2], e[2] * q[2]),
        few.given(equal(A * q[j], e[j] * q[j])),
        "it is said of the member at hand",
    ),
    FalseRow("sum-in-its-own-square", equal(SumOver(e[i] * q[i], i, 1, p).T * q[1], Int(p)), few, "it is e_1"),
)
CLASSES = {"families": ROWS}
FALSE = {"false families": UNTRUE}
