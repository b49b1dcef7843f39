"""Rows for determinants and inverses of products that are cut into square matrices, and of sums.

``test_normal_form`` and ``test_false_statements`` run them with their own.
"""

from __future__ import annotations

from everystep.algebra.context import Predicate
from everystep.algebra.expressions import Apply, Det, Eye, Jacobian, Zeros, matrix
from tests.prove.statements import (
    PLAIN,
    A,
    B,
    C,
    FalseRow,
    P,
    Row,
    S,
    X,
    a,
    b,
    c,
    d,
    equal,
    g,
    invertible,
    n,
    u,
    w,
    x,
)

given = PLAIN.given
eye, none = Eye(n), Zeros(n, n)
K = matrix("K", d, d)
nilpotent = equal(A * A, none)
flow = x + u * Apply("tanh", w.T * x + a)
slope = 1 - Apply("tanh", w.T * x + a) ** 2

ROWS = (
    Row(
        "difference-of-squares",
        equal(Det(eye - A * A), Det(eye - A) * Det(eye + A)),
        equal(Det(eye - A * A), Det(eye - A) ** 2),
    ),
    Row(
        "gram-in-another-basis",
        equal(Det((X * K).T * (X * K)), Det(K) ** 2 * Det(X.T * X)),
        equal(Det((X * K).T * (X * K)), Det(K) ** 2 * Det(X * X.T)),
    ),
    Row(
        "weighted-gram-in-two-bases",
        equal(Det(K * X.T * S * X * K * K), Det(K) ** 3 * Det(X.T * S * X)),
        equal(Det(K * X.T * S * X * K * K), Det(K) ** 2 * Det(X.T * S * X)),
    ),
    Row(
        "projection-in-another-basis",
        equal(X * K * (K.T * X.T * X * K).I * K.T * X.T, X * (X.T * X).I * X.T),
        equal(X * K * (K.T * X.T * X * K).I * K * X.T, X * (X.T * X).I * X.T),
        given(*invertible(K, X.T * X)),
    ),
    Row(
        "two-inverses",
        equal(Det(a * A.I + c * B.I), Det(a * B + c * A) / (Det(A) * Det(B))),
        equal(Det(a * A.I + c * B.I), Det(a * A + c * B) / (Det(A) * Det(B))),
        given(*invertible(A, B)),
    ),
    Row(
        "dyad-scaled-by-a-sum",
        equal(Det(eye + (a + c * g) * u * w.T), 1 + (a + c * g) * (w.T * u)),
        equal(Det(eye + (a + c * g) * u * w.T), 1 + (a + c) * (w.T * u)),
    ),
    Row(
        "planar-flow",
        equal(Det(Jacobian(flow, x)), 1 + slope * (w.T * u)),
        equal(Det(Jacobian(flow, x)), 1 + slope * (u.T * x)),
    ),
)
UNTRUE = (
    FalseRow("cut-at-another-size", equal(Det(X * K * K * X.T), Det(K) ** 2 * Det(X * X.T)), PLAIN, "K is d x d"),
    FalseRow(
        "inverse-in-order", equal((K * X.T * X).I, K.I * (X.T * X).I), given(*invertible(K, X.T * X)), "the order"
    ),
    FalseRow(
        "nilpotent-and-its-transpose", equal(Det(eye + A + A.T), 1), given(nilpotent), "A + A^T need not be nilpotent"
    ),
    FalseRow(
        "nilpotent-and-its-transpose-multiplied",
        equal(Det(eye + A * A.T), 1),
        given(nilpotent),
        "A A^T is semidefinite",
    ),
    FalseRow("two-nilpotents", equal(Det(eye + A + B), 1), given(nilpotent, equal(B * B, none)), "of two matrices"),
    FalseRow(
        "two-inverses-in-part",
        equal(Det(A.I + B.I + eye), Det(A + B + A * B) / (Det(A) * Det(B))),
        given(*invertible(A, B)),
        "a third term",
    ),
    FalseRow(
        "two-dyads",
        equal(Det(eye + u * w.T + x * b.T), 1 + w.T * u + b.T * x),
        PLAIN,
        "a sum of two dyads has rank two",
    ),
    FalseRow(
        "dyads-of-one-vector-each",
        equal(Det(eye + u * w.T + u * b.T + b * w.T), 1 + w.T * u + b.T * u + w.T * b),
        PLAIN,
        "not all with the same two vectors",
    ),
    FalseRow("dyad-in-order", equal(Det(eye + u * w.T + w * u.T), 1 + 2 * (w.T * u)), PLAIN, "u w^T and w u^T differ"),
    FalseRow(
        "scaled-identity-and-dyads",
        equal(Det(2 * eye + (a + c) * u * w.T), 1 + (a + c) * (w.T * u) / 2),
        given(Predicate("symmetric", P)),
        "2^n comes out",
    ),
    FalseRow("sum-in-place-of-product", equal(Det(A * B + A * C), Det(A) * (Det(B) + Det(C))), PLAIN, "of a sum"),
)

CLASSES = {"determinants of products": ROWS}
FALSE = {"false determinants of products": UNTRUE}
