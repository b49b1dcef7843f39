r"""Names that words call the minimiser of a function: its gradient is zero there."""

import pytest

from everystep.documents.check import check_text

DATA = (
    r"Let $X \in \mathbb{R}^{n \times d}$, $y \in \mathbb{R}^n$, $w \in \mathbb{R}^d$, $\lambda > 0$ and "
    r"$J_\lambda(w) = \|X w - y\|^2 + \lambda \|w\|^2$. "
)
FORM = (
    r"Let $A \in \mathbb{R}^{d \times d}$ be symmetric positive definite, $b, x \in \mathbb{R}^d$ and "
    r"$f(x) = \frac12 x^\top A x - b^\top x$. "
)


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    "words",
    [
        r"Let $v$ be the minimiser of $J_\lambda$.",
        r"Let $v$ be the unique minimizer of the function $J_\lambda(w)$.",
        r"We denote by $v$ the minimiser of $J_\lambda$.",
        r"On note $v$ le minimiseur de $J_\lambda$.",
        r"Soit $v$ le minimiseur de la fonction $J_\lambda$.",
        r"Let $v$ minimise $J_\lambda$.",
    ],
)
def test_ridge_regression(words: str) -> None:
    claims = (
        r"v = (X^\top X + \lambda I)^{-1} X^\top y, v = X^\top (X X^\top + \lambda I)^{-1} y, "
        r"v = (X^\top X - \lambda I)^{-1} X^\top y, J_\lambda(v) = y^\top y"
    )
    assert statuses(rf"{DATA}{words} \[ {claims} \]") == ["proved", "proved", "refuted", "refuted"]


def test_a_quadratic_form() -> None:
    for words in (
        r"The minimizer $x^*$ of $f$ exists.",
        r"We write $x^*$ for the point. Let $x^*$ be the minimizer of $f$.",
    ):
        claims = r"A x^* = b, f(x^*) = -\frac12 b^\top A^{-1} b, f(x) - f(x^*) = \frac12 (x - x^*)^\top A (x - x^*)"
        assert statuses(rf"{FORM}{words} \[ {claims} \]") == ["proved"] * 3


@pytest.mark.parametrize(
    "words",
    [
        r"Let $z$ be the minimiser of $f$ subject to $\|x\| = 1$.",
        r"Let $z$ be the minimiser of $f$ over the unit ball.",
        r"Let $z$ be the minimiser of $f$, under the constraint $b^\top x = 0$.",
        r"If $z$ is the minimiser of $f$, what is $A z$?",
        r"Let $z \in \mathbb{R}^d$. $z$ is not the minimiser of $f$.",
        r"Let $z \in \mathbb{R}^d$. Is $z$ the minimiser of $f$?",
    ],
)
def test_other_problems_and_no_problem(words: str) -> None:
    assert "proved" not in statuses(rf"{FORM}{words} \[ A z = b \]")


def test_a_stationary_point_need_not_be_the_minimiser() -> None:
    """Beside -1/2 and 1/2 the derivative is zero at 0 as well, where the function is largest."""
    text = r"Let $x \in \mathbb{R}$ and $f(x) = x^4 - x^2$. Let $z$ be the minimiser of $f$. \[ z^2 = \frac12 \]"
    assert statuses(text) in (["unreadable"], ["tested"])


def test_no_gradient_is_zero_at_a_kink() -> None:
    given = r"Let $x, b \in \mathbb{R}$ and $f(x) = (x - b)^2 + |x|$. Let $z$ be the minimiser of $f$. "
    text = rf"{given}\[ 2 (z - b) + 1 = 0 \]"
    assert statuses(text) == ["unreadable"]
    norm = (
        r"Let $x, b \in \mathbb{R}^n$ and $f(x) = \|x - b\|^2 + \|x\|_1$. Let $z$ be the minimiser of $f$. \[ z = b \]"
    )
    assert statuses(norm) == ["unreadable"]


def test_a_minimiser_that_was_not_read_is_in_doubt() -> None:
    for words in ("of $f$ over the unit ball", "of the loss", "of $f$ subject to $x \\ge 0$"):
        text = rf"{FORM}Let $z \in \mathbb{{R}}^d$ be the minimiser {words}. \[ A z = b, z = 0 \]"
        assert "refuted" not in statuses(text)


def test_of_the_variable_something_is_assumed() -> None:
    text = rf"{FORM}Suppose $\|x\| = 1$. Let $z$ be the minimiser of $f$. \[ A z = b \]"
    assert statuses(text) == ["unreadable"]
