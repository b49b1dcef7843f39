"""Compiled means, variances and their derivatives against sums over finite laws and quadrature."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest

import everystep
from everystep.algebra.context import Context, Definition, Random, Recurrence, Relation
from everystep.algebra.expressions import (
    Apply,
    Covariance,
    Expectation,
    Expression,
    Family,
    Gradient,
    Hessian,
    Num,
    SumOver,
    Variance,
    diag,
    matrix,
    odot,
    scalar,
    sq,
    vector,
)
from everystep.algebra.shapes import index, size, sizes
from everystep.compiler.compiled import Compiled
from everystep.compiler.lowering import NotCompiled

n, d = sizes("n d")
A, S, X, R = matrix("A", n, n), matrix("Sigma", n, n), matrix("X", n, d), matrix("R", n, d)
y, mu, w = vector("y", n), vector("mu", n), vector("w", d)
p = scalar("p")

random = np.random.default_rng(0)
GIVEN: dict[str, Any] = {
    "A": random.standard_normal((3, 3)),
    "X": random.standard_normal((3, 2)),
    "w": random.standard_normal(2),
    "p": 0.3,
}
POINTS, WEIGHTS = random.standard_normal((5, 3)), random.dirichlet(np.ones(5))
MEAN = WEIGHTS @ POINTS
COVARIANCE = (POINTS - MEAN).T @ (WEIGHTS[:, None] * (POINTS - MEAN))
MOMENTS = Context(random=(Random(y, "moments", (mu, S)),))
MASKS = Context(random=(Random(R, "bernoulli", (p,)),))


def given(compiled: Compiled, **more: Any) -> dict[str, Any]:
    known = {**GIVEN, "mu": MEAN, "Sigma": COVARIANCE, **more}
    return {name: known[name] for name in (*compiled.arguments, *compiled.integers)}


OF_A_VECTOR: tuple[tuple[Expression, Callable[[Any], Any]], ...] = (
    (Expectation(y), lambda v: v),
    (Expectation(A * y - X * w), lambda v: GIVEN["A"] @ v - GIVEN["X"] @ GIVEN["w"]),
    (Expectation(y.T * A * y), lambda v: v @ GIVEN["A"] @ v),
    (Expectation(A * y * y.T), lambda v: GIVEN["A"] @ np.outer(v, v)),
    (Expectation(sq(A * y - X * w)), lambda v: np.sum((GIVEN["A"] @ v - GIVEN["X"] @ GIVEN["w"]) ** 2)),
    (Variance(A * y), lambda v: GIVEN["A"] @ np.outer(v - MEAN, v - MEAN) @ GIVEN["A"].T),
    (Covariance(y, A * y), lambda v: np.outer(v - MEAN, GIVEN["A"] @ (v - MEAN))),
    (
        Gradient(Expectation(sq(A * y - X * w)), w),
        lambda v: -2 * GIVEN["X"].T @ (GIVEN["A"] @ v - GIVEN["X"] @ GIVEN["w"]),
    ),
    (Expectation(Gradient(sq(y - X * w), w)), lambda v: -2 * GIVEN["X"].T @ (v - GIVEN["X"] @ GIVEN["w"])),
)


@pytest.mark.parametrize(("mean", "of_a_value"), OF_A_VECTOR, ids=lambda e: str(e) if isinstance(e, Expression) else "")
def test_mean_and_covariance_alone_give_the_mean_over_a_finite_law(
    mean: Expression, of_a_value: Callable[[Any], Any]
) -> None:
    compiled = Compiled(mean, MOMENTS)
    assert "y" not in compiled.arguments
    wanted = sum(weight * of_a_value(point) for weight, point in zip(WEIGHTS, POINTS, strict=True))
    np.testing.assert_allclose(compiled(**given(compiled)), wanted, rtol=1e-12, atol=1e-12)


OF_MASKS: tuple[tuple[Expression, Callable[[Any], Any]], ...] = (
    (Expectation(R), lambda mask: mask),
    (Expectation(sq(mu - odot(R, X) * w)), lambda mask: np.sum((MEAN - (mask * GIVEN["X"]) @ GIVEN["w"]) ** 2)),
    (
        Gradient(Expectation(sq(mu - odot(R, X) * w)), w),
        lambda mask: -2 * (mask * GIVEN["X"]).T @ (MEAN - (mask * GIVEN["X"]) @ GIVEN["w"]),
    ),
    (
        Hessian(Expectation(sq(mu - odot(R, X) * w)), w),
        lambda mask: 2 * (mask * GIVEN["X"]).T @ (mask * GIVEN["X"]),
    ),
    (Expectation(diag(R * w) * X), lambda mask: (mask @ GIVEN["w"])[:, None] * GIVEN["X"]),
)


@pytest.mark.parametrize(("mean", "of_a_mask"), OF_MASKS, ids=lambda e: str(e) if isinstance(e, Expression) else "")
def test_masks_give_the_mean_over_all_masks(mean: Expression, of_a_mask: Callable[[Any], Any]) -> None:
    compiled = Compiled(mean, MASKS)
    wanted: Any = 0.0
    for entries in product((0.0, 1.0), repeat=6):
        weight = 0.3 ** sum(entries) * 0.7 ** (6 - sum(entries))
        wanted = wanted + weight * of_a_mask(np.reshape(entries, (3, 2)))
    np.testing.assert_allclose(compiled(**given(compiled, n=3, d=2)), wanted, rtol=1e-12, atol=1e-12)


def test_higher_moments_and_exponentials_of_gaussian_quantities_agree_with_quadrature() -> None:
    context = Context(random=(Random(y, "gaussian", (mu, S)),))
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    root = np.linalg.cholesky(COVARIANCE)
    u = 0.3 * random.standard_normal(3)
    fourth, exponential = 0.0, 0.0
    for at in product(range(40), repeat=3):
        value = MEAN + root @ nodes[list(at)]
        weight = np.prod(weights[list(at)]) / (2 * np.pi) ** 1.5
        fourth += weight * (value @ value) ** 2
        exponential += weight * np.exp(u @ value)
    compiled = Compiled(Expectation(sq(sq(y))), context)
    assert compiled(**given(compiled)) == pytest.approx(fourth, rel=1e-10)
    compiled = Compiled(Expectation(Apply("exp", vector("u", n).T * y)), context)
    assert compiled(**given(compiled, u=u)) == pytest.approx(exponential, rel=1e-10)


def test_members_of_a_random_family_are_independent() -> None:
    t, T = index("t"), size("T")
    z = Family("z", n)
    context = Context(random=(Random(z[t], "iid", (Num(0), p)),))
    compiled = Compiled(Expectation(sq(SumOver(A * z[t], t, 1, T))), context)
    assert (compiled.arguments, compiled.integers) == (("A", "p"), ("T",))
    found = compiled(A=GIVEN["A"], p=0.3, T=7)
    assert found == pytest.approx(7 * 0.3 * np.sum(GIVEN["A"] ** 2), rel=1e-12)


def test_a_name_may_be_random_in_a_mean_and_given_beside_it() -> None:
    compiled = Compiled(y - Expectation(y), MOMENTS)
    assert compiled.arguments == ("Sigma", "mu", "y")
    np.testing.assert_allclose(compiled(mu=MEAN, Sigma=COVARIANCE, y=np.ones(3)), 1 - MEAN)
    loss = vector("l", 1)
    context = Context(definitions=(Definition(loss, sq(y - X * w)),), random=MOMENTS.random)
    compiled = Compiled(Gradient(Expectation(loss), w), context)
    assert compiled.arguments == ("Sigma", "X", "mu", "w")
    wanted = -2 * GIVEN["X"].T @ (MEAN - GIVEN["X"] @ GIVEN["w"])
    np.testing.assert_allclose(compiled(**given(compiled)), wanted, rtol=1e-12)


def test_what_is_declared_in_words_compiles() -> None:
    names = everystep.context(
        r"R \in \mathbb{R}^{n \times d}; R_{ij} \sim \mathrm{Bernoulli}(p); X \in \mathbb{R}^{n \times d}; "
        r"w \in \mathbb{R}^d; y \in \mathbb{R}^n"
    )
    loss = everystep.compile(r"\mathbb{E} \|y - (R \odot X) w\|^2", names)
    X_, w_, y_ = GIVEN["X"], GIVEN["w"], MEAN
    wanted = np.sum((y_ - 0.3 * X_ @ w_) ** 2) + 0.3 * 0.7 * np.sum((X_ * w_) ** 2)
    assert loss(p=0.3, X=X_, w=w_, y=y_) == pytest.approx(wanted, rel=1e-12)


def test_what_no_law_tells_is_refused() -> None:
    t = index("t")
    h = Family("h", n)
    for mean, context, message in (
        (Expectation(y), Context(), "no law is declared"),
        (Expectation(sq(sq(y))), MOMENTS, "rests on moments that no law tells"),
        (Expectation(Apply("tanh", y)), MOMENTS, "rests on the mean of a function|no closed form"),
        (
            Expectation(y),
            Context(random=MOMENTS.random, hypotheses=(Relation(sq(y), "=", Num(1)),)),
            "a hypothesis about something random",
        ),
        (
            Expectation(h[2]),
            Context(random=MOMENTS.random, recurrences=(Recurrence(h[t], A * h[t - 1] + y),)),
            "the mean of a recurrence that is random",
        ),
    ):
        compiled = Compiled(mean, context)
        more = {"h": {0: np.zeros(3)}} if "h" in compiled.arguments else {}
        with pytest.raises(NotCompiled, match=message):
            compiled(**given(compiled, y=np.ones(3), n=3, **more))
