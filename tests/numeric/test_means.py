"""Gradient checks of claims with means: points with the moments of the laws, and what such points cannot tell."""

from __future__ import annotations

import numpy as np
import pytest

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Predicate, Random, Relation
from everystep.algebra.expressions import (
    Apply,
    Expression,
    Gradient,
    Num,
    ScalarDerivative,
    matrix,
    odot,
    scalar,
    sq,
    total,
    vector,
)
from everystep.algebra.shapes import index, sizes
from everystep.numeric.samples import MOST, POINTS, scores
from everystep.prove.gradients import gradient_evidence
from everystep.prove.verdict import GradientEvidence

n, d = sizes("n d")
i = index("i")
X, R, A, S = matrix("X", n, d), matrix("R", n, d), matrix("A", d, d), matrix("S", d, d)
y, w, x, z, u = vector("y", n), vector("w", d), vector("x", d), vector("z", d), vector("u", d)
p, a, mu, var = scalar("p"), scalar("a"), scalar("mu"), scalar("v")
family = ex.Family("x", d)
E, V, C = ex.Expectation, ex.Variance, ex.Covariance
MASKS = Context(random=(Random(R, "bernoulli", (p,)),))
MOMENTS = Context(random=(Random(x, "moments", (u, S)), Random(z, "iid", (mu, var))))
NORMAL = Context(random=(Random(x, "gaussian", (u, S)),))
MEMBERS = Context(random=(Random(family[i], "moments", (u, S)),), hypotheses=(Predicate("symmetric", A),))
BOTH = Context(random=(*NORMAL.random, Random(z, "iid", (mu, var))))
DROPOUT = sq(y - odot(R, X) * w)
second = S + u * u.T


def checked(left: Expression, right: Expression, context: Context) -> GradientEvidence:
    found = gradient_evidence(Relation(left, "=", right), context, by=None, seed=0)
    assert found is not None
    return found


RIGHT: dict[str, tuple[Expression, Expression, Context]] = {
    "dropout": (
        Gradient(E(DROPOUT), w),
        -2 * p * X.T * (y - p * X * w) + 2 * p * (1 - p) * ex.diag(ex.DiagPart(X.T * X)) * w,
        MASKS,
    ),
    "a mean of gradients": (E(Gradient(DROPOUT, w)), Gradient(E(DROPOUT), w), MASKS),
    "by a probability": (
        ScalarDerivative(E(ex.Trace(R.T * X)), p),
        ex.Ones(n).T * X * ex.Ones(d),
        MASKS,
    ),
    "masks are their own squares": (
        ScalarDerivative(E(ex.Trace(R.T * R)), p),
        ex.Ones(n).T * ex.Ones(n) * (ex.Ones(d).T * ex.Ones(d)),
        MASKS,
    ),
    "mean and covariance": (Gradient(E((w.T * x) ** 2), w), 2 * second * w, MOMENTS),
    "two laws": (Gradient(E(w.T * x * (w.T * z)), w), mu * (u * ex.Ones(d).T + ex.Ones(d) * u.T) * w, MOMENTS),
    "by a variance": (ScalarDerivative(E(sq(z)), var), ex.Ones(d).T * ex.Ones(d), MOMENTS),
    "variance": (Gradient(V(w.T * x), w), 2 * S * w, MOMENTS),
    "covariance": (Gradient(C(w.T * x, u.T * x), w), S * u, MOMENTS),
    "covariance of a vector": (ScalarDerivative(V(a * x), a), 2 * a * S, MOMENTS),
    "normal": (Gradient(E(sq(A * x - w)), w), -2 * (A * u - w), NORMAL),
    "members of a family": (
        Gradient(E(sq(total(family[i], i, 1, n) - w)), w),
        2 * w - 2 * total(u, i, 1, n),
        MEMBERS,
    ),
    "in a definition": (
        Gradient(a, w),
        2 * second * w,
        Context(random=MOMENTS.random, definitions=(Definition(a, E((w.T * x) ** 2)),)),
    ),
    "any function on both sides": (
        Gradient(E(Apply("exp", w.T * x) + w.T * w), w),
        2 * w + E(Apply("exp", w.T * x) * x),
        MOMENTS,
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_derivatives_of_means_agree(name: str) -> None:
    left, right, context = RIGHT[name]
    found = checked(left, right, context)
    assert found.outcome == "agrees", found
    assert found.error < 1e-6
    assert found.method.endswith(", means over samples")


@pytest.mark.parametrize("name", [name for name in RIGHT if name != "any function on both sides"])
def test_wrong_derivatives_of_means_differ(name: str) -> None:
    left, right, context = RIGHT[name]
    assert checked(left, right * Num("5/4"), context).outcome == "differs"


def test_dropout_without_its_variance_differs() -> None:
    wrong = -2 * p * X.T * (y - p * X * w)
    assert checked(Gradient(E(DROPOUT), w), wrong, MASKS).outcome == "differs"


INTEGRATED: dict[str, tuple[Expression, Expression, Context]] = {
    # True of normal quantities, and false of points with two moments of theirs.
    "exponential": (
        Gradient(E(Apply("exp", w.T * x / 4)), w),
        Apply("exp", w.T * u / 4 + w.T * S * w / 32) * (u + S * w / 4) / 4,
        NORMAL,
    ),
    "Stein's lemma": (
        Gradient(E(Apply("tanh", w.T * x)), w),
        E(Apply("tanh", w.T * x, 1)) * u + S * w * E(Apply("tanh", w.T * x, 2)),
        NORMAL,
    ),
    "masks": (ScalarDerivative(E(ex.Entry(R, 1, 1) ** 3 * a), a), p, MASKS),
    "entries of masks": (
        ScalarDerivative(E(ex.Trace(Apply("exp", R).T * X)), p),
        (Apply("exp", Num(1)) - 1) * (ex.Ones(n).T * X * ex.Ones(d)),
        MASKS,
    ),
}


@pytest.mark.parametrize("name", INTEGRATED)
def test_what_two_moments_do_not_decide_is_integrated(name: str) -> None:
    left, right, context = INTEGRATED[name]
    found = checked(left, right, context)
    assert found.outcome == "agrees", found
    assert found.method.endswith(", means by quadrature")
    assert checked(left, right * Num("5/4"), context).outcome == "differs"


@pytest.mark.parametrize(
    ("left", "right", "context", "reason"),
    [
        (Gradient(E((w.T * x) ** 3), w), w, MOMENTS, "higher moments"),
        (Gradient(E(Apply("relu", w.T * x)), w), E(Apply("step", w.T * x) * u), NORMAL, "higher moments"),
        (E(Gradient(Apply("tanh", w.T * x), w)), w, NORMAL, "higher moments"),
        (Gradient(E(Apply("exp", 8 * (w.T * x))), w), w, NORMAL, "higher moments"),
        (Gradient(E(Apply("tanh", w.T * x) * Apply("sin", z.T * u)), w), w, BOTH, "higher moments"),
        (Gradient(E(sq(w - x)), w), w, Context(), "random"),
        (Gradient(E(w.T * A * w), A), w * w.T, Context(random=(Random(matrix("M", d, d), "moments", (A, S)),)), ""),
    ],
    ids=["third moment", "kink", "derivative inside", "beyond the rule", "iid", "no law", "nothing random inside"],
)
def test_what_two_moments_do_not_decide_is_not_run(
    left: Expression, right: Expression, context: Context, reason: str
) -> None:
    found = checked(left, right, context)
    assert (found.outcome, found.reason) == ("not run" if reason else "agrees", reason)


@pytest.mark.parametrize("scheme", [0, 1])
def test_scores_have_mean_zero_and_are_uncorrelated(scheme: int) -> None:
    found = scores(scheme)
    assert found.shape == (POINTS, MOST)
    np.testing.assert_allclose(found.mean(axis=0), 0.0, atol=1e-13)
    np.testing.assert_allclose(found.T @ found / POINTS, np.eye(MOST), atol=1e-12)
    # Their third moments differ, entry by entry, so that what rests on them shows.
    assert np.abs((scores(0) ** 3).mean(axis=0) - (scores(1) ** 3).mean(axis=0)).min() > 1e-6
