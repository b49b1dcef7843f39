"""Rows for bounds of factors that hypotheses give, and for sums of a value that they tell.

``test_normal_form`` and ``test_false_statements`` run them with their own; ``known_bound_mutations`` breaks the rules.
"""

from __future__ import annotations

from everystep.algebra.expressions import Apply, Entry, Int, Max, Norm, Num, log, norm, sqrt
from tests.prove.course_rows import between, over, positive, shares, size, xi, yi
from tests.prove.statements import PLAIN, A, B, FalseRow, Row, a, at_most, b, c, equal, n, u, v, x

given = PLAIN.given
ball = given(at_most(norm(u), 1), at_most(norm(v), 1), at_most(Norm(A), 2))
radii = given(at_most(norm(u), a), at_most(norm(v), c), at_most(size(Entry(b, 1)), a))

CLASSES = {
    "bounds put in": (
        Row("product", at_most(norm(u) * norm(v), 1), at_most(norm(u) * norm(x), 1), ball),
        Row("sum", at_most(norm(u - v), 2), at_most(norm(u - v), 1), ball),
        Row("form", at_most(size(u.T * A * v), 2), at_most(size(u.T * A * v), 1), ball),
        Row("from-below", at_most(-2, u.T * A * v), at_most(-1, u.T * A * v), ball),
        Row("square", at_most(norm(u + v) ** 2, 4), at_most(norm(u + v) ** 2, 2), ball),
        Row("power", at_most(Norm(A**2), 4), at_most(Norm(A**2), 2), ball),
        Row("radii", at_most(size(u.T * v), a * c), at_most(size(u.T * v), a), radii),
        Row("number", at_most(Entry(b, 1) * norm(u), a**2), at_most(Entry(b, 1) * norm(u), a), radii),
    ),
    "sums of known value": (
        Row("quotients", at_most(1, over(xi**2 / yi)), at_most(2, over(xi**2 / yi)), shares),
        Row("squares", at_most(over(xi**2), 1), at_most(over(xi**2), 1 / Int(n)), shares),
        Row("squares-above", at_most(1 / Int(n), over(xi**2)), at_most(1, over(xi**2)), shares),
        Row("roots", at_most(over(sqrt(xi * yi)), 1), at_most(1, over(sqrt(xi * yi))), shares),
        Row("nested", at_most(over(xi) ** 2, over(xi**2 / yi * over(yi))), at_most(over(xi), over(xi / yi)), positive),
    ),
    "softplus as a logarithm": (
        Row(
            "above-the-maximum",
            at_most(log(1 + Apply("exp", c)), Max(Num(0), c) + log(Num(2))),
            at_most(log(1 + Apply("exp", c)), Max(Num(0), c)),
        ),
    ),
}
FALSE = {
    "false bounds put in": (
        FalseRow("another-vector", at_most(size(u.T * x), 1), ball, "nothing bounds x"),
        FalseRow("bound-from-below", at_most(norm(u), a), given(at_most(a, norm(u))), "it is one from below"),
        FalseRow("frobenius", at_most(Norm(A, "F"), 2), ball, "A = 2 I has the norm 2 sqrt(n)"),
        FalseRow("factor-of-any-sign", at_most(a * norm(u), a), ball, "a = -1, u = 0"),
        FalseRow("another-matrix", at_most(Norm(A * B), 2), ball, "nothing bounds B"),
    ),
    "false sums of known value": (
        FalseRow(
            "of-any-sign",
            at_most(over(xi**2), 1),
            given(equal(over(xi), 1)),
            "x = (2, -1)",
        ),
        FalseRow("not-summed", at_most(over(xi**2), 1), between, "n ones"),
        FalseRow("another-sum", at_most(1, over(xi**2 / yi)), positive.given(equal(over(xi), 1)), "y = 2 x"),
        FalseRow(
            "linear-quotients",
            at_most(over(xi / yi), Int(n)),
            shares,
            "x = (1/2, 1/2), y = (1/10, 9/10)",
        ),
    ),
}
