"""Compiled conditional means, and means of quantities that depend on each other, against sums over a finite law."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import everystep
from everystep.compiler.lowering import NotCompiled

random = np.random.default_rng(0)
X, CHANCES = random.standard_normal((4, 2)), random.dirichlet(np.ones(4))
W, SIGMA, A, MU = np.array([2.0, 3.0]), 0.7, random.standard_normal((2, 2)), CHANCES @ X
SPREAD = (X - MU).T @ (CHANCES[:, None] * (X - MU))
AT = X[1]
VALUES: dict[str, Any] = {"w": W, "sigma": SIGMA, "A": A, "a": 1.3, "x": AT, "mu_x": MU, "Sigma_x": SPREAD}

MEAN = r"x, w \in \mathbb{R}^{n}; y, a \in \mathbb{R}; A \in \mathbb{R}^{n \times n}; \mathbb{E}[y \mid x] = w^\top x"
BOTH = rf"{MEAN}; \sigma > 0; \operatorname{{Var}}(y \mid x) = \sigma^2"


def given(function: Callable[[Any, float], Any], x: Any = AT) -> Any:
    """The mean over y given x: of two values, a standard deviation to either side of w^T x."""
    return 0.5 * (function(x, W @ x + SIGMA) + function(x, W @ x - SIGMA))


def overall(function: Callable[[Any, float], Any]) -> Any:
    return sum(chance * given(function, x) for chance, x in zip(CHANCES, X, strict=True))


def deviation() -> Any:
    return overall(lambda x, y: y * y) - overall(lambda x, y: y) ** 2


CONDITIONAL: tuple[tuple[str, str, Any], ...] = (
    (MEAN, r"\mathbb{E}[y \mid x]", W @ AT),
    (MEAN, r"\mathbb{E}[y A x \mid x]", given(lambda x, y: y * A @ x)),
    (MEAN, r"\mathbb{E}[x y]", overall(lambda x, y: x * y)),
    (MEAN, r"\operatorname{Cov}(x, y - \mathbb{E}[y \mid x])", np.zeros(2)),
    (BOTH, r"\mathbb{E}[y^2 \mid x]", given(lambda x, y: y * y)),
    (BOTH, r"\operatorname{Var}(y \mid x)", SIGMA**2),
    (BOTH, r"\mathbb{E}[(y - a)^2 x x^\top \mid x]", given(lambda x, y: (y - 1.3) ** 2 * np.outer(x, x))),
    (BOTH, r"x^\top A x \, \mathbb{E}[y^2 \mid x]", AT @ A @ AT * given(lambda x, y: y * y)),
    (BOTH, r"\nabla_a \mathbb{E}[(y - a)^2 \mid x]", given(lambda x, y: -2 * (y - 1.3))),
    (BOTH, r"\mathbb{E}[y]", overall(lambda x, y: y)),
    (BOTH, r"\mathbb{E}[\mathbb{E}[y \mid x]]", overall(lambda x, y: y)),
    (BOTH, r"\mathbb{E}[y \mid x] + \mathbb{E}[y]", W @ AT + overall(lambda x, y: y)),
    (BOTH, r"\mathbb{E}[x \mathbb{E}[y \mid x]]", overall(lambda x, y: x * y)),
    (BOTH, r"\operatorname{Var}(y)", deviation()),
    (BOTH, r"\operatorname{Var}(\mathbb{E}[y \mid x])", W @ SPREAD @ W),
    (BOTH, r"\mathbb{E}[\operatorname{Var}(y \mid x)] + \operatorname{Var}(\mathbb{E}[y \mid x])", deviation()),
)


@pytest.mark.parametrize(("declared", "formula", "value"), CONDITIONAL, ids=lambda v: v if isinstance(v, str) else "")
def test_a_conditional_mean_that_is_stated_has_its_value(declared: str, formula: str, value: Any) -> None:
    function = everystep.compile(formula, declared)
    arrays = {name: VALUES[name] for name in function.arguments}
    sizes = dict.fromkeys(function.integers, 2)
    np.testing.assert_allclose(function(**arrays, **sizes), value, rtol=1e-12, atol=1e-13)
    many = {name: np.stack([array, array]) for name, array in arrays.items()}
    np.testing.assert_allclose(function(**many, **sizes), np.stack([value, value]), rtol=1e-12, atol=1e-13)


def test_the_variance_of_an_estimate_given_the_data() -> None:
    declared = (
        r"X \in \mathbb{R}^{n \times d}; \epsilon \in \mathbb{R}^{n}; \beta \in \mathbb{R}^{d}; \sigma > 0;"
        r"\mathbb{E}[\epsilon \mid X] = 0; \operatorname{Var}(\epsilon \mid X) = \sigma^2 I; y := X \beta + \epsilon"
    )
    data, beta = random.standard_normal((6, 2)), np.array([1.0, -2.0])
    values = {"X": data, "beta": beta, "sigma": 0.5}
    for formula, value in (
        (r"\mathbb{E}[(X^\top X)^{-1} X^\top y \mid X]", beta),
        (r"\operatorname{Var}((X^\top X)^{-1} X^\top y \mid X)", 0.25 * np.linalg.inv(data.T @ data)),
        (r"\mathbb{E}[\|y\|^2 \mid X]", np.sum((data @ beta) ** 2) + 6 * 0.25),
    ):
        function = everystep.compile(formula, declared)
        np.testing.assert_allclose(function(**{k: values[k] for k in function.arguments}), value, rtol=1e-10)


def test_a_conditional_mean_that_is_a_declared_function_takes_that_function() -> None:
    declared = r"x, y \in \mathbb{R}; f : \mathbb{R} \to \mathbb{R}; \mathbb{E}[y \mid x] = f(x)"
    function = everystep.compile(r"\mathbb{E}[x y \mid x]", declared)
    assert (function.arguments, function.functions) == (("x",), ("f",))
    assert function(x=2.0, f=np.sin) == pytest.approx(2 * np.sin(2.0))


def test_means_over_what_is_given_are_taken_by_quadrature() -> None:
    declared = r"x, y \in \mathbb{R}; x \sim \mathcal{N}(0, 1); \mathbb{E}[y \mid x] = x^2"
    points = np.linspace(-9, 9, 20_001)
    weights = np.exp(-(points**2) / 2) / np.sqrt(2 * np.pi) * (points[1] - points[0])
    for formula, of_x in (
        (r"\mathbb{E}[y x^2]", points**4),
        (r"\mathbb{E}[y \tanh(x)^2]", points**2 * np.tanh(points) ** 2),
        (r"\mathbb{E}[\tanh(\mathbb{E}[y \mid x])]", np.tanh(points**2)),
    ):
        function = everystep.compile(formula, declared)
        assert function.arguments == ()
        assert function() == pytest.approx(float(weights @ of_x), rel=1e-10)


INDEPENDENT = r"x, y, a, b \in \mathbb{R}; s, t > 0; \mathbb{E}[x] = a; \mathbb{E}[y] = b;"
TWO = rf"{INDEPENDENT} \operatorname{{Var}}(x) = s; \operatorname{{Var}}(y) = t"


@pytest.mark.parametrize(
    ("declared", "formula", "why"),
    [
        (MEAN, r"\mathbb{E}[y^2 \mid x]", "the conditional variance of y is not stated"),
        (MEAN, r"\operatorname{Var}(y \mid x)", "the conditional variance of y is not stated"),
        (BOTH, r"\mathbb{E}[y^3 \mid x]", "the conditional law of y does not tell the mean of a function of it"),
        (BOTH, r"\mathbb{E}[\tanh(y) \mid x]", "the conditional law of y does not tell the mean of a function of it"),
        (BOTH, r"\mathbb{E}[y^2 x x^\top]", "the law of x does not tell the mean of a function of it"),
        (BOTH, r"\mathbb{E}[x \mid y]", "means given different quantities"),
        (BOTH, r"\nabla_w \mathbb{E}[y^2 \mid x]", "whether y varies with w"),
        (TWO, r"\mathbb{E}[y \mid x]", "the conditional mean of y is not stated"),
        (TWO, r"\mathbb{E}[x y]", "whether x and y are independent is not stated"),
        (TWO, r"\operatorname{Var}(x + y)", "whether x and y are independent is not stated"),
        (TWO, r"\operatorname{Cov}(x, y)", "whether x and y are independent is not stated"),
        (TWO, r"\nabla_a \mathbb{E}[x y]", "whether x and y are independent is not stated"),
        (
            rf"{TWO}; \operatorname{{Cov}}(x, y) = a",
            r"\mathbb{E}[x y]",
            "independent is not stated, and moments that they have together are not used",
        ),
    ],
)
def test_what_the_declarations_do_not_tell_is_refused_with_the_reason(declared: str, formula: str, why: str) -> None:
    def value() -> Any:
        function = everystep.compile(formula, declared)
        return function(**{name: VALUES.get(name, 1.0) for name in function.arguments})

    with pytest.raises(NotCompiled, match=why):
        value()


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        (r"\mathbb{E}[x y]", 6.0),
        (r"\operatorname{Var}(x + y)", 12.0),
        (r"\operatorname{Cov}(x, y)", 0.0),
        (r"\mathbb{E}[y \mid x]", 3.0),
        (r"\mathbb{E}[x y \mid x]", 12.0),
    ],
)
def test_what_is_called_independent_is_taken_so(formula: str, value: float) -> None:
    function = everystep.compile(formula, rf"{TWO}; x, y \text{{ independent}}")
    known = {"a": 2.0, "b": 3.0, "s": 5.0, "t": 7.0, "x": 4.0}
    assert function(**{name: known[name] for name in function.arguments}) == pytest.approx(value)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        (r"\mathbb{E}[x + y]", 5.0),
        (r"\mathbb{E}[x + c + y]", 5.5),
        (r"\mathbb{E}[x^2 - 3 y^2]", 4.0 + 5.0 - 3 * (9.0 + 7.0)),
        (r"\mathbb{E}[x \mathbb{E}[y]]", 6.0),
        (r"\mathbb{E}[x] \mathbb{E}[y]", 6.0),
        (r"\mathbb{E}[\frac{x^2 + a y}{b}]", (4.0 + 5.0 + 2.0 * 3.0) / 3.0),
        (r"\mathbb{E}[(x - \mathbb{E}[x])^2] + \operatorname{Var}(y)", 12.0),
    ],
)
def test_means_of_sums_and_products_of_means_need_no_independence(formula: str, value: float) -> None:
    function = everystep.compile(formula, rf"{TWO}; c \in \mathbb{{R}}")
    known = {"a": 2.0, "b": 3.0, "c": 0.5, "s": 5.0, "t": 7.0}
    assert function(**{name: known[name] for name in function.arguments}) == pytest.approx(value)


def test_the_mean_of_a_sum_over_a_family_needs_no_independence_of_its_members_and_its_variance_does() -> None:
    family = (
        r"x_i \in \mathbb{R}; \mu \in \mathbb{R}; \sigma > 0; \mathbb{E}[x_i] = \mu; \operatorname{Var}(x_i) = \sigma^2"
    )
    function = everystep.compile(r"\mathbb{E}[\frac{1}{n} \sum_{i=1}^n x_i^2]", family)
    assert function(n=4, mu=3.0, sigma=2.0) == pytest.approx(13.0)
    for formula in (r"\mathbb{E}[(\sum_{i=1}^n x_i)^2]", r"\operatorname{Var}(\sum_{i=1}^n x_i)"):
        with pytest.raises(NotCompiled, match="whether the x are independent of each other is not stated"):
            everystep.compile(formula, family)
