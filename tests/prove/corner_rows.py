"""Rows for double sums over corners, sums counted in either direction and geometric sums of powers of sums.

``test_normal_form`` and ``test_false_statements`` run them with their own; ``corner_mutations`` breaks the rules.
"""

from __future__ import annotations

from everystep.algebra.context import Context, Recurrence
from everystep.algebra.expressions import Family, Int, Mul, Pow, SumOver, Trace
from everystep.derivation import Induction
from tests.prove.statements import (
    PLAIN,
    A,
    FalseRow,
    H,
    Row,
    S,
    T,
    V,
    a,
    at_most,
    c,
    e,
    equal,
    f,
    h,
    i,
    j,
    k,
    s,
    t,
)

F = Family("F2")  # numbers F2[i, j]
M = Family("M", *A.shape)  # matrices
begun = at_most(1, Int(t))
by = Induction(t, 1)
corner = SumOver(SumOver(F[i, j], j, 0, T - i), i, 0, T)
hanging = SumOver(SumOver(a ** (t - k) * f[k], k, 0, t), t, 0, T)
diagonals = SumOver(SumOver(F[i, k - i], i, 0, k), k, 0, T)
driven = Context(recurrences=(Recurrence(H[t], A * H[t - 1] + V[t - 1]),)).given(begun)
scaled = Context(recurrences=(Recurrence(h[t], (1 - a) ** 2 * h[t - 1] + c),)).given(begun)
matrices = Context(recurrences=(Recurrence(M[t], a**2 * M[t - 1] + S),)).given(begun)

CORNERS = (
    Row(
        "turned",
        equal(corner, SumOver(SumOver(F[i, j], i, 0, T - j), j, 0, T)),
        equal(corner, SumOver(SumOver(F[i, j], i, 0, T - j), j, 1, T)),
    ),
    Row(
        "by-diagonals", equal(diagonals, corner), equal(diagonals, SumOver(SumOver(F[i, k - i], i, 0, k), k, 0, T - 1))
    ),
    Row(
        "hanging",
        equal(hanging, SumOver(SumOver(a ** (t - k) * f[k], t, k, T), k, 0, T)),
        equal(hanging, SumOver(SumOver(a ** (t - k) * f[k], t, k, T), k, 1, T)),
    ),
    Row(
        "convolution",
        equal(SumOver(SumOver(f[i] * e[k - i], i, 0, k), k, 0, T), SumOver(SumOver(f[k - i] * e[i], i, 0, k), k, 0, T)),
        equal(SumOver(SumOver(f[i] * e[k - i], i, 0, k), k, 0, T), SumOver(SumOver(f[k] * e[k - i], i, 0, k), k, 0, T)),
    ),
    Row(
        "gaps-beside-the-later",
        equal(SumOver(f[k] * SumOver(e[k - i], i, 0, k), k, 0, T), SumOver(f[k] * SumOver(e[i], i, 0, k), k, 0, T)),
        equal(SumOver(f[k] * SumOver(e[k - i], i, 0, k), k, 0, T), SumOver(f[k] * SumOver(e[i], i, 1, k), k, 0, T)),
    ),
    Row(
        "from-1",
        equal(SumOver(SumOver(F[i, j], j, 1, T - i + 1), i, 1, T), SumOver(SumOver(F[i, j], i, 1, T - j + 1), j, 1, T)),
        equal(
            SumOver(SumOver(F[i, j], j, 1, T - i + 1), i, 1, T),
            SumOver(SumOver(F[i, j], i, 1, T - j + 1), j, 1, T + 1) + F[1, 1],
        ),
    ),
)
DIRECTIONS = (
    Row(
        "shifted",
        equal(
            SumOver(Mul(Pow(A, Int(t - 1 - s)), V[s]), s, 0, t - 1), SumOver(Mul(Pow(A, Int(t - s)), V[s - 1]), s, 1, t)
        ),
        equal(SumOver(Mul(Pow(A, Int(t - 1 - s)), V[s]), s, 0, t - 1), SumOver(Mul(Pow(A, Int(t - s)), V[s]), s, 1, t)),
        PLAIN.given(begun),
    ),
    Row(
        "counted-backwards",
        equal(
            SumOver(Mul(Pow(A, Int(t - 1 - s)), V[s]), s, 0, t - 1),
            SumOver(Mul(Pow(A, Int(s)), V[t - 1 - s]), s, 0, t - 1),
        ),
        equal(
            SumOver(Mul(Pow(A, Int(t - 1 - s)), V[s]), s, 0, t - 1), SumOver(Mul(Pow(A, Int(s)), V[t - s]), s, 0, t - 1)
        ),
        PLAIN.given(begun),
    ),
    Row(
        "unrolled",
        equal(H[t], Pow(A, Int(t)) * H[0] + SumOver(Mul(Pow(A, Int(t - 1 - s)), V[s]), s, 0, t - 1)),
        equal(H[t], Pow(A, Int(t)) * H[0] + SumOver(Mul(Pow(A, Int(s)), V[s]), s, 0, t - 1)),
        driven,
        by,
    ),
    Row(
        "unrolled-backwards",
        equal(H[t], Pow(A, Int(t)) * H[0] + SumOver(Mul(Pow(A, Int(s)), V[t - 1 - s]), s, 0, t - 1)),
        equal(H[t], Pow(A, Int(t)) * H[0] + SumOver(Mul(Pow(A, Int(s)), V[t - s]), s, 0, t - 1)),
        driven,
        by,
    ),
)
POWERS = (
    Row(
        "even-powers-of-a-sum",
        equal(h[t], Pow(1 - a, Int(2 * t)) * h[0] + c * SumOver(Pow(1 - a, Int(2 * s)), s, 0, t - 1)),
        equal(h[t], Pow(1 - a, Int(2 * t)) * h[0] + c * SumOver(Pow(1 - a, Int(s)), s, 0, t - 1)),
        scaled,
        by,
    ),
    Row(
        "two-bases",
        equal(
            (a**2 * (1 - c) - 1) * SumOver(Pow(a, Int(2 * s)) * Pow(1 - c, Int(s)), s, 0, t),
            Pow(a, Int(2 * t + 2)) * Pow(1 - c, Int(t + 1)) - 1,
        ),
        equal(
            (a**2 * (1 - c) - 1) * SumOver(Pow(a, Int(2 * s)) * Pow(1 - c, Int(s)), s, 0, t),
            Pow(a, Int(2 * t + 2)) * Pow(1 - c, Int(2 * t + 2)) - 1,
        ),
        PLAIN.given(begun),
    ),
    Row(
        "trace-of-a-recurrence",
        equal(Trace(M[t]), Pow(a, Int(2 * t)) * Trace(M[0]) + Trace(S) * SumOver(Pow(a, Int(2 * s)), s, 0, t - 1)),
        equal(Trace(M[t]), Pow(a, Int(2 * t)) * Trace(M[0]) + Trace(S) * SumOver(Pow(a, Int(2 * s)), s, 0, t)),
        matrices,
        by,
    ),
)
UNTRUE = (
    FalseRow(
        "corner-of-another-size",
        equal(corner, SumOver(SumOver(F[i, j], i, 0, T - j), j, 0, T - 1)),
        PLAIN,
        "at T = 1 the term F_(0, 1) is left out",
    ),
    FalseRow(
        "hanging-corner-of-another-size",
        equal(
            SumOver(SumOver(a ** (t - k) * f[k], k, 0, t), t, 1, T),
            SumOver(SumOver(a ** (t - k) * f[k], t, k, T), k, 0, T),
        ),
        PLAIN,
        "the term with t = k = 0 is left out",
    ),
    FalseRow(
        "corner-mirrored",
        equal(SumOver(SumOver(F[i, j], j, 0, T - i), i, 1, T), SumOver(SumOver(F[j, i], j, 0, T - i), i, 1, T)),
        PLAIN,
        "one index starts at 0, the other at 1",
    ),
    FalseRow(
        "gaps-of-both",
        equal(diagonals, SumOver(SumOver(F[k - i, k - i], i, 0, k), k, 0, T)),
        PLAIN,
        "i and k - i differ",
    ),
    FalseRow(
        "sum-of-another-length",
        equal(SumOver(Mul(Pow(A, Int(t - s)), V[s]), s, 0, t), SumOver(Mul(Pow(A, Int(t - s)), V[s]), s, 1, t)),
        PLAIN.given(begun),
        "A^t V_0 is left out",
    ),
)
CLASSES = {"sums over corners": CORNERS, "sums in either direction": DIRECTIONS, "powers of sums": POWERS}
FALSE = {"false sums over corners": UNTRUE}
