"""Limits are compiled as the value that the prover finds, and refused where it finds none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import everystep

X = np.array([[1.0, 2.0], [0.0, 1.0], [3.0, -1.0]])
Y = np.array([1.0, -2.0, 0.5])
A, B = np.array([[2.0, 1.0], [0.0, 1.0]]), np.array([[1.0, -1.0], [3.0, 2.0]])
V = np.array([3.0, 4.0])
DATA = r"X \in \mathbb{R}^{n \times d}; y \in \mathbb{R}^n"
SQUARE = r"A, B \in \mathbb{R}^{n \times n}"

VALUES: dict[str, tuple[str, str, dict[str, Any], Any]] = {
    "slope": (r"\lim_{h \to 0} \frac{(x+h)^3 - x^3}{h}", r"x \in \mathbb{R}", {"x": 2.0}, 12.0),
    "inside": (r"2 \left( \lim_{z \to \infty} \tanh(z) \right) + x", r"x \in \mathbb{R}", {"x": 2.0}, 4.0),
    "full rank": (
        r"\lim_{\lambda \to 0^+} (X^\top X + \lambda I)^{-1} X^\top y",
        DATA + r"; X \text{ has full column rank}",
        {"X": X, "y": Y},
        np.linalg.lstsq(X, Y, rcond=None)[0],
    ),
    "any rank": (
        r"\lim_{\lambda \to 0^+} (X^\top X + \lambda I)^{-1} X^\top y",
        DATA,
        {"X": np.outer(Y, [1.0, 2.0]), "y": Y},
        np.linalg.pinv(np.outer(Y, [1.0, 2.0])) @ Y,
    ),
    "defined": (
        r"\hat w",
        DATA + r"; \lambda > 0; \hat w := \lim_{\lambda \to 0} (X^\top X + \lambda I)^{-1} X^\top y",
        {"X": X, "y": Y},
        np.linalg.pinv(X) @ Y,
    ),
    "inverse": (
        r"\lim_{t \to 0} \frac{(A + t B)^{-1} - A^{-1}}{t}",
        SQUARE + r"; A \text{ invertible}",
        {"A": A, "B": B},
        -np.linalg.inv(A) @ B @ np.linalg.inv(A),
    ),
    "norm": (
        r"\lim_{r \to 0} \frac{\|x + r v\| - \|x\|}{r}",
        r"x, v \in \mathbb{R}^n; x \ne 0",
        {"x": V, "v": np.array([1.0, 2.0])},
        2.2,
    ),
    "softmax": (
        r"\lim_{\tau \to \infty} \operatorname{softmax}(x / \tau)",
        r"x \in \mathbb{R}^n",
        {"x": Y},
        np.full(3, 1 / 3),
    ),
    "maximum": (
        r"\lim_{\beta \to \infty} \frac{1}{\beta} \log(e^{\beta a} + e^{\beta b})",
        r"a, b \in \mathbb{R}; \beta > 0",
        {"a": 1.0, "b": 2.0},
        2.0,
    ),
    "sequence": (r"\lim_{k \to \infty} (a^k + a)", r"0 < a < 1", {"a": 0.5}, 0.5),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_limit_has_the_value_that_the_prover_finds(name: str) -> None:
    formula, declarations, arrays, expected = VALUES[name]
    compiled = everystep.compile(formula, declarations)
    assert set(compiled.arguments) == set(arrays), "what moves is no argument"
    np.testing.assert_allclose(compiled(**arrays), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("formula", "declarations", "arrays"),
    [
        (r"\lim_{t \to 0} \frac{(A + t B)^{-1} - A^{-1}}{t}", SQUARE, {"A": A, "B": B}),
        (r"\lim_{x \to 0} \frac{a |x|}{x}", r"a \in \mathbb{R}", {"a": 1.0}),
        (r"\lim_{x \to \infty} a x", r"a \in \mathbb{R}", {"a": 1.0}),
    ],
)
def test_a_limit_that_is_not_proved_to_exist_is_refused(
    formula: str, declarations: str, arrays: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="LimitAt is not compiled"):
        everystep.compile(formula, declarations)(**arrays)
