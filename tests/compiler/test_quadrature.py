"""Means without a closed form: against integrals with many digits, sums over all masks, and theorems on normal laws."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import mpmath
import numpy as np
import pytest

from everystep.algebra.context import Context, Random
from everystep.algebra.expressions import (
    Apply,
    Call,
    Col,
    Covariance,
    Entry,
    Expectation,
    Expression,
    Family,
    Gradient,
    Hessian,
    Jacobian,
    ScalarDerivative,
    Softmax,
    SumOver,
    Variance,
    matrix,
    norm,
    odot,
    scalar,
    vector,
)
from everystep.algebra.shapes import index, sizes
from everystep.compiler.compiled import Compiled
from everystep.compiler.lowering import NotCompiled
from everystep.kernels.gradient_check import central_differences

n, d = sizes("n d")
t = index("t")
A, S, X, R = matrix("A", n, n), matrix("Sigma", n, n), matrix("X", n, d), matrix("R", n, d)
u, y, mu, w = vector("u", n), vector("y", n), vector("mu", n), vector("w", d)
x, m, s, p, a = scalar("x"), scalar("m"), scalar("s"), scalar("p"), scalar("a")
z = Family("z", 1)
LAWS = Context(
    random=(
        Random(y, "gaussian", (mu, S)),
        Random(x, "gaussian", (m, s)),
        Random(R, "bernoulli", (p,)),
        Random(z[t], "gaussian", (m, s)),
    )
)
random = np.random.default_rng(0)
ROOT = random.standard_normal((3, 3)) / 2
GIVEN: dict[str, Any] = {
    "A": random.standard_normal((3, 3)),
    "Sigma": ROOT @ ROOT.T,
    "X": random.standard_normal((3, 2)),
    "mu": random.standard_normal(3),
    "u": random.standard_normal(3) / 2,
    "w": random.standard_normal(2),
    "a": 0.8,
    "m": 0.3,
    "s": 0.7,
    "p": 0.3,
    "n": 3,
    "d": 2,
}


def tanh(e: Expression) -> Expression:
    return Apply("tanh", e)


def value(e: Expression, **more: Any) -> Any:
    compiled = Compiled(e, LAWS)
    names = (*compiled.arguments, *compiled.integers)
    return compiled(
        **{name: more.get(name, GIVEN.get(name)) for name in names if name in more or name in GIVEN},
        **{name: f for name, f in more.items() if callable(f)},
    )


def integral(function: Callable[[Any], Any], mean: float, variance: float, *kinks: float) -> float:
    """The mean over a normal number, by mpmath's own rule for integrals."""
    with mpmath.workdps(25):
        deviation = mpmath.sqrt(variance)
        ends = sorted([*(mean + k * deviation for k in (-12, -4, -1, 0, 1, 4, 12)), *kinks])
        return float(
            mpmath.quad(lambda v: function(v) * mpmath.npdf(v, mean, deviation), ends)  # type: ignore[arg-type]
        )


SMOOTH: dict[str, Callable[[Any], Any]] = {
    "tanh": mpmath.tanh,
    "sin": mpmath.sin,
    "softplus": lambda v: mpmath.log(1 + mpmath.exp(v)),
    "logistic": lambda v: 1 / (1 + mpmath.exp(-v)),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_a_function_of_a_normal_number_is_integrated_to_rounding(name: str) -> None:
    for mean, variance in ((0.3, 0.7), (-2.0, 3.0), (0.0, 0.01)):
        wanted = integral(SMOOTH[name], mean, variance)
        assert value(Expectation(Apply(name, x)), m=mean, s=variance) == pytest.approx(wanted, rel=1e-11)
    inside = GIVEN["A"] @ GIVEN["mu"] + GIVEN["u"]
    spread = np.diag(GIVEN["A"] @ GIVEN["Sigma"] @ GIVEN["A"].T)
    wanted = [integral(SMOOTH[name], *pair) for pair in zip(inside, spread, strict=True)]
    np.testing.assert_allclose(value(Expectation(Apply(name, A * y + u))), wanted, rtol=1e-10)


def test_at_a_kink_the_rule_is_less_exact() -> None:
    found = value(Expectation(Apply("relu", x)))
    wanted = integral(lambda v: max(v, 0), 0.3, 0.7, 0.0)
    assert found == pytest.approx(wanted, rel=1e-3)
    assert found != pytest.approx(wanted, rel=1e-9)


def test_a_declared_function_is_called_and_its_derivatives_too() -> None:
    f = Call("f", 1, 1, u.T * y)
    mean, variance = GIVEN["u"] @ GIVEN["mu"], GIVEN["u"] @ GIVEN["Sigma"] @ GIVEN["u"]
    assert value(Expectation(f), f=np.tanh) == pytest.approx(integral(mpmath.tanh, mean, variance), rel=1e-11)
    slope = value(Gradient(Expectation(f), u), f=np.tanh, D1f=lambda v: 1 - np.tanh(v) ** 2)
    numeric = central_differences(lambda at: value(Expectation(f), f=np.tanh, u=at), GIVEN["u"])
    np.testing.assert_allclose(slope, numeric, rtol=1e-8)
    entries = Expectation(Apply("g", a * y))
    np.testing.assert_allclose(value(entries, g=np.sin), value(Expectation(Apply("sin", a * y))), rtol=1e-12)
    two = {"Sigma": GIVEN["Sigma"][:2, :2], "mu": GIVEN["mu"][:2]}
    found = value(Expectation(Call("h", 1, 1, y)), h=lambda v: np.tanh(v[0]) * v[1] + np.sin(v[1]), **two)
    wanted = value(Covariance(y, tanh(y)), **two)[1, 0] + value(Expectation(tanh(y)), **two)[0] * GIVEN["mu"][1]
    assert found == pytest.approx(wanted + value(Expectation(Apply("sin", y)), **two)[1], rel=1e-11)


OF_MASKS: tuple[tuple[Expression, Callable[[Any], Any]], ...] = (
    (Apply("exp", odot(R, X)), lambda r: np.exp(r * GIVEN["X"])),
    (tanh(odot(R, X) * w), lambda r: np.tanh((r * GIVEN["X"]) @ GIVEN["w"])),
    (u.T * Softmax(odot(R, X) * w), lambda r: GIVEN["u"] @ softmax((r * GIVEN["X"]) @ GIVEN["w"])),
    (
        tanh(Entry(R, 1, 1) * u.T * Col(R, 2) + Entry(R, 3, 1)),
        lambda r: np.tanh(r[0, 0] * GIVEN["u"] @ r[:, 1] + r[2, 0]),
    ),
    (norm(R * w - mu), lambda r: np.linalg.norm(r @ GIVEN["w"] - GIVEN["mu"])),
)


def softmax(v: Any) -> Any:
    return np.exp(v) / np.exp(v).sum()


@pytest.mark.parametrize(("inside", "of_a_mask"), OF_MASKS, ids=["entries", "units", "softmax", "parts", "norm"])
def test_a_function_of_masks_is_the_sum_over_all_masks(inside: Expression, of_a_mask: Callable[[Any], Any]) -> None:
    def wanted(chance: float) -> Any:
        total: Any = 0.0
        for entries in product((0.0, 1.0), repeat=6):
            weight = chance ** sum(entries) * (1 - chance) ** (6 - sum(entries))
            total = total + weight * of_a_mask(np.reshape(entries, (3, 2)))
        return total

    mean = Expectation(inside)
    for chance in (0.3, 0.0, 1.0):
        np.testing.assert_allclose(value(mean, p=chance), wanted(chance), rtol=1e-12)
        slope = central_differences(lambda q: wanted(float(q)), np.array(chance))
        np.testing.assert_allclose(value(ScalarDerivative(mean, p), p=chance), slope, rtol=1e-7, atol=1e-9)


def test_masks_beside_normal_quantities() -> None:
    mean = Expectation(tanh(u.T * odot(R, X) * w + x))
    wanted = 0.0
    for entries in product((0.0, 1.0), repeat=6):
        weight = 0.3 ** sum(entries) * 0.7 ** (6 - sum(entries))
        at = GIVEN["u"] @ (np.reshape(entries, (3, 2)) * GIVEN["X"]) @ GIVEN["w"]
        wanted += weight * integral(mpmath.tanh, at + 0.3, 0.7)
    assert value(mean) == pytest.approx(wanted, rel=1e-10)


def test_derivatives_by_the_parameters_of_a_normal_law_are_means_of_derivatives() -> None:
    """Bonnet's and Price's theorems: by the mean that of the gradient, by the covariance half that of the Hessian."""
    inside = tanh(u.T * y) * Apply("sin", mu.T * A * y)
    mean = Expectation(inside)
    law = Context(random=(Random(y, "gaussian", (w3, S)),))
    given = {"u": GIVEN["u"], "mu": GIVEN["mu"], "A": GIVEN["A"], "c": GIVEN["mu"] / 2, "Sigma": GIVEN["Sigma"]}

    def found(e: Expression, **more: Any) -> Any:
        compiled = Compiled(e, law)
        return compiled(**{name: (given | more)[name] for name in compiled.arguments})

    np.testing.assert_allclose(found(Gradient(mean, w3)), found(Expectation(Gradient(inside, y))), rtol=1e-8)
    by_covariance = found(Gradient(mean, S))
    np.testing.assert_allclose(by_covariance, found(Expectation(Hessian(inside, y))) / 2, rtol=1e-7, atol=1e-10)
    change = ROOT + ROOT.T
    step = 1e-5
    numeric = (
        found(mean, Sigma=given["Sigma"] + step * change) - found(mean, Sigma=given["Sigma"] - step * change)
    ) / (2 * step)
    assert np.sum(by_covariance * change) == pytest.approx(numeric, rel=1e-7)


w3 = vector("c", n)


def test_factors_that_are_linear_come_from_their_mean_given_the_others() -> None:
    """Stein's lemma: Cov(y, f(u^T y)) = Sigma u E f'(u^T y), whatever the size of y."""
    size_ = 40
    root = np.random.default_rng(1).standard_normal((size_, size_)) / size_
    given = {"Sigma": root @ root.T, "mu": np.linspace(-1, 1, size_), "u": np.ones(size_) / 5}
    left = value(Covariance(y, tanh(u.T * y)), **given)
    right = given["Sigma"] @ given["u"] * value(Expectation(Apply("tanh", u.T * y, 1)), **given)
    np.testing.assert_allclose(left, right[:, None] if left.ndim == 2 else right, rtol=1e-9, atol=1e-14)
    gradient = Expectation(Gradient(Apply("softplus", u.T * y), u))
    np.testing.assert_allclose(
        value(gradient, **given), value(Gradient(gradient_of_mean, u), **given), rtol=1e-9, atol=1e-12
    )


gradient_of_mean = Expectation(Apply("softplus", u.T * y))


def test_second_moments_of_a_function() -> None:
    variance = integral(lambda v: mpmath.tanh(v) ** 2, 0.3, 0.7) - integral(mpmath.tanh, 0.3, 0.7) ** 2
    assert value(Variance(tanh(x))) == pytest.approx(variance, rel=1e-10)
    assert value(Covariance(x, Apply("sin", x))) == pytest.approx(
        integral(lambda v: (v - 0.3) * mpmath.sin(v), 0.3, 0.7), rel=1e-10
    )


def test_members_of_a_family_are_independent() -> None:
    one = integral(mpmath.tanh, 0.3, 0.7)
    assert value(Expectation(tanh(z[1]) * tanh(z[2]))) == pytest.approx(one**2, rel=1e-10)
    assert value(Expectation(SumOver(tanh(z[t]), t, 1, 4))) == pytest.approx(4 * one, rel=1e-10)
    wanted = integral(mpmath.tanh, 0.6, 1.4)
    assert value(Expectation(tanh(z[1] + z[2]))) == pytest.approx(wanted, rel=1e-10)


def test_a_covariance_may_be_singular() -> None:
    flat = np.outer(GIVEN["u"], GIVEN["u"])
    length = float(GIVEN["u"] @ GIVEN["u"])
    found = value(Expectation(Softmax(y)), Sigma=flat[:2, :2], mu=GIVEN["mu"][:2])
    gap, away = GIVEN["mu"][0] - GIVEN["mu"][1], GIVEN["u"][0] - GIVEN["u"][1]
    first = integral(SMOOTH["logistic"], gap, away**2)
    np.testing.assert_allclose(found, [first, 1 - first], rtol=1e-10)
    wanted = integral(mpmath.tanh, GIVEN["u"] @ GIVEN["mu"], length**2)
    assert value(Expectation(tanh(u.T * y)), Sigma=flat) == pytest.approx(wanted, rel=1e-9)


def test_instances_and_single_precision() -> None:
    compiled = Compiled(Expectation(tanh(A * y) + Apply("exp", R * w)), LAWS)
    given = {name: GIVEN[name] for name in compiled.arguments}
    found = compiled(**given)
    others = {name: array / 2 for name, array in given.items()}
    together = compiled(**{name: np.stack([array, others[name]]) for name, array in given.items()})
    np.testing.assert_allclose(together, [found, compiled(**others)], rtol=1e-12)
    mixed = compiled(**{**given, "A": np.stack([given["A"], others["A"]])})
    np.testing.assert_allclose(mixed, [found, compiled(**{**given, "A": others["A"]})], rtol=1e-12)
    single = compiled(**{name: np.asarray(array, np.float32) for name, array in given.items()})
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, found, rtol=0, atol=1e-6)  # sums of numbers of about 1
    scope: dict[str, Any] = {"np": np, **given}
    text = compiled.source(**given)
    exec("def f():\n    " + text.replace("\n", "\n    "), scope)  # noqa: S102
    np.testing.assert_allclose(scope["f"](), found, rtol=1e-12)


@pytest.mark.parametrize(
    ("mean", "message"),
    [
        (Expectation(norm(A * y + X * w)), "the mean is over 5 normal quantities at once; at most 2"),
        (Expectation(norm(R * w)), "15 entries of R at once have too many values; at most 12"),
        (Jacobian(Expectation(Softmax(y)), mu), "the mean is over 5 normal quantities at once; at most 2"),
    ],
    ids=["normal", "masks", "inside a derivative"],
)
def test_what_takes_too_many_points_is_refused(mean: Expression, message: str) -> None:
    given = {"Sigma": np.eye(5), "A": np.eye(5), "X": np.ones((5, 3)), "w": np.ones(3), "mu": np.ones(5)}
    with pytest.raises(NotCompiled, match=message):
        value(mean, n=5, d=3, **given)


def test_moments_alone_tell_no_mean_of_a_function() -> None:
    for law in (Random(y, "moments", (mu, S)), Random(y, "iid", (m, s))):
        compiled = Compiled(Expectation(tanh(y)), Context(random=(law,)))
        with pytest.raises(NotCompiled, match="the law of y does not tell the mean of a function of it"):
            compiled(**{name: GIVEN[name] for name in (*compiled.arguments, *compiled.integers)})
