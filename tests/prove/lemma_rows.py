"""False statements about the named inequalities and about definiteness: what they look like is an instance of a lemma.

``test_false_statements`` runs them with its own.
"""

from __future__ import annotations

from everystep.algebra.context import Context, Predicate, Recurrence
from everystep.algebra.expressions import (
    Apply,
    Det,
    Diag,
    Entry,
    Family,
    Int,
    LogSumExp,
    Max,
    Norm,
    ProdOver,
    odot,
    sq,
    sqrt,
    total,
)
from tests.prove.statements import (
    PLAIN,
    SIZE_INDEX,
    A,
    B,
    FalseRow,
    X,
    at_most,
    equal,
    h,
    i,
    invertible,
    j,
    k,
    less,
    m,
    n,
    t,
    x,
    y,
    z,
)

given = PLAIN.given
F = Family("A", n, n)
D = Family("D", n)
count = given(at_most(0, Int(k)))
waves = odot(Apply("sin", z), Apply("sin", z))
late = Context(recurrences=(Recurrence(D[t], Apply("logistic", D[t - 1])),), hypotheses=(at_most(1, Int(t)),))

NORMS = (
    FalseRow(
        "operator-norms-of-transposes", at_most(Norm(A * B, "F"), Norm(A.T) * Norm(B.T)), PLAIN, "I has the norm sqrt n"
    ),
    FalseRow(
        "operator-norms-of-a-transpose",
        at_most(Norm(X.T * B, "F"), Norm(X) * Norm(B.T)),
        PLAIN,
        "no factor carries the entries",
    ),
    FalseRow(
        "empty-product-beside-another",
        at_most(
            Norm(ProdOver(F[i], i, 1, k), "F") * ProdOver(Apply("exp", h[i]), i, 1, k),
            ProdOver(Norm(F[i], "F") * Apply("exp", h[i]), i, 1, k),
        ),
        count,
        "the Frobenius norm of the empty product is sqrt n",
    ),
    FalseRow(
        "norm-of-a-product-above",
        at_most(
            ProdOver(Norm(F[i]) * Apply("exp", h[i]), i, 1, k),
            Norm(ProdOver(F[i], i, 1, k)) * ProdOver(Apply("exp", h[i]), i, 1, k),
        ),
        count,
        "the product of the norms is the larger one",
    ),
)

INDICES = (
    FalseRow(
        "product-in-a-product",
        at_most(ProdOver(ProdOver(1 + (h[i] - h[j]) ** 2, j, 1, n), i, 1, n), 1),
        PLAIN,
        "i and j are two indices",
    ),
    FalseRow(
        "product-in-a-product-of-another-length",
        at_most(ProdOver(ProdOver(Apply("exp", h[i] - h[j]), j, 1, m), i, 1, n), 1),
        PLAIN,
        "i and j are two indices",
    ),
    FalseRow(
        "index-of-a-sum-that-a-hypothesis-knows",
        at_most(Norm(Diag(total(D[t], t, 0, 0)) * x), Norm(x)),
        late,
        "D_0 is no value of the logistic function",
    ),
    FalseRow(
        "sum-over-an-index-that-a-hypothesis-knows",
        at_most(0, total(Int(t) * h[t] ** 2, t, -3, 0)),
        given(at_most(1, Int(t))),
        "the index of the sum is another one",
    ),
    FalseRow(
        "sum-from-before-what-a-hypothesis-says",
        at_most(0, total(h[t] * sq(x), t, 0, n)),
        given(at_most(0, h[t]), at_most(1, Int(t))),
        "h_0 may be negative",
    ),
    FalseRow(
        "index-of-a-sum-beside-it",
        at_most(0, total(Apply("exp", Entry(x, i)), i, 1, n) + Int(i) * sq(y)),
        PLAIN,
        "i alone may be negative",
    ),
    FalseRow(
        "index-of-a-sum-as-a-factor",
        at_most(
            Int(i) * Max(x) * total(Apply("exp", Entry(x, i)), i, 1, n),
            Int(i) * LogSumExp(x) * total(Apply("exp", Entry(x, i)), i, 1, n),
        ),
        PLAIN,
        "i alone may be negative",
    ),
    FalseRow(
        "sum-over-an-index-that-is-a-size",
        at_most(0, total(Int(SIZE_INDEX) * (x.T * A * x), SIZE_INDEX, -3, 0)),
        given(Predicate("positive semidefinite", A)),
        "the index of the sum is not at least 1",
    ),
)

sandwiched = Det(A * Diag(x) * B)
DETERMINANTS = (
    FalseRow("definite-beside-others", less(0, sandwiched), given(Predicate("positive definite", A)), "x may be 0"),
    FalseRow(
        "root-of-a-squared-determinant",
        equal(sqrt(sandwiched**2), sandwiched),
        given(Predicate("positive definite", A)),
        "the determinant may be negative",
    ),
)

DEFINITE = (
    FalseRow(
        "weights-that-vanish",
        Predicate("positive definite", A * A.T - A * Diag(waves) * A.T),
        given(*invertible(A)),
        "1 - sin(z)^2 may be 0",
    ),
    FalseRow(
        "form-with-weights-that-vanish",
        less(0, x.T * (A * A.T - A * Diag(waves) * A.T) * x),
        given(*invertible(A), Predicate("nonzero", x)),
        "1 - sin(z)^2 may be 0",
    ),
)

FALSE: dict[str, tuple[FalseRow, ...]] = {
    "norms in lemmas": NORMS,
    "indices in lemmas": INDICES,
    "definite in part": DEFINITE,
    "determinants beside definite ones": DETERMINANTS,
}
