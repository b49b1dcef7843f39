"""A positive number whose square is given depends on what the square depends on."""

import pytest

from everystep.documents.check import check_text

CENTRED = r"\frac1n \|x - \mu \mathbf{1}\|^2"
NORMED = r"\hat x = (x - \mu \mathbf{1}) / \sigma"
MEAN = r"$x \in \mathbb{R}^n$, $\mu = \frac1n \mathbf{1}^\top x$"
JACOBIAN = (
    r"\frac{\partial \hat x}{\partial x}"
    r" = \frac1\sigma (I - \frac1n \mathbf1\mathbf1^\top - \frac1n \hat x \hat x^\top)"
)


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    "said",
    [
        rf"Let $\sigma > 0$, {MEAN}, $\sigma^2 = {CENTRED}$, ${NORMED}$.",
        rf"Let {MEAN}, $\sigma^2 = {CENTRED}$, $\sigma > 0$, ${NORMED}$.",
        rf"Let {MEAN} and $\sigma^2 = {CENTRED}$. Put ${NORMED}$ with $\sigma > 0$.",
        rf"Let {MEAN}, $\sigma = \sqrt{{{CENTRED}}}$, $\sigma > 0$, ${NORMED}$.",
    ],
)
def test_a_deviation_is_the_root_of_its_variance(said: str) -> None:
    assert statuses(rf"{said} \[ \|\hat x\|^2 = n \] \[ {JACOBIAN} \]") == ["proved", "proved"]
    wrong = r"\frac{\partial \hat x}{\partial x} = \frac1\sigma (I - \frac1n \mathbf1\mathbf1^\top)"
    assert statuses(rf"{said} \[ \|\hat x\|^2 = 1 \] \[ {wrong} \]") == ["refuted", "refuted"]


def test_a_number_of_either_sign_is_no_root() -> None:
    text = r"Let $x \in \mathbb{R}^n$ and $s \in \mathbb{R}$ with $s^2 = x^\top x$. \[ s = \|x\| \]"
    assert statuses(text) != ["proved"]


def test_a_square_that_is_given_stays_when_its_root_is_declared() -> None:
    text = r"Let $x \in \mathbb{R}^n$, $\sigma^2 = x^\top x$, $\sigma \in \mathbb{R}$. \[ \sigma^2 = x^\top x \]"
    assert statuses(text) == ["proved"]
    assert statuses(text.replace(r"\[ \sigma^2", r"\[ 2 \sigma^2")) == ["refuted"]


def test_a_root_that_is_positive_has_a_positive_square() -> None:
    said = r"Let $x \in \mathbb{R}^n$, $\tau > 0$, $\tau^2 = x^\top A x$, $A \in \mathbb{R}^{n \times n}$ symmetric. "
    assert statuses(said + r"\[ x^\top A x > 0 \]") == ["proved"]


def test_a_condition_on_the_points_of_a_sphere_defines_no_radius() -> None:
    said = r"Let $r > 0$ and $x, b \in \mathbb{R}^n$ such that $\|x\|^2 = r^2$. "
    assert statuses(said + r"\[ \nabla_x (r b^\top x) = r b \]") == ["proved"]
