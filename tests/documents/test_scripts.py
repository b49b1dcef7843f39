"""What stands above and below a function or a gradient: it is never passed over, and is said of what authors mean."""

from __future__ import annotations

import pytest

from everystep.documents.check import check_text

DECLARED = (
    "%! A, B \\in \\mathbb{R}^{n \\times n}; A \\succ 0; v, x \\in \\mathbb{R}^n; x_1 > 0\n"
    "%! M \\in \\mathbb{R}^{n \\times m}\n"
    "%! q(x) := x^\\top A x; p(x, y) := x^\\top M y; y \\in \\mathbb{R}^m; g : \\mathbb{R}^n \\to \\mathbb{R}\n"
)


def statuses(step: str) -> list[str]:
    return [str(found.status) for found in check_text(f"{DECLARED}\\[ {step} \\]").steps]


@pytest.mark.parametrize(
    ("step", "status"),
    [
        ("\\lambda_{\\max}(A)^2 = \\lambda_{\\max}(A)", "refuted"),
        ("\\lambda_{\\max}(A)^{-1} = \\lambda_{\\max}(A)", "refuted"),
        ("\\lambda_{\\min}^2(A) = \\lambda_{\\min}(A)", "refuted"),
        ("\\lambda_{\\max}^2(A) = \\lambda_{\\max}(A) \\lambda_{\\max}(A)", "proved"),
        ("\\max_i{}^2 x_i = \\max_i x_i", "refuted"),
        ("\\nabla' q(x) = \\nabla q(x)", "unreadable"),
    ],
)
def test_no_script_is_passed_over(step: str, status: str) -> None:
    assert statuses(step) == [status]


@pytest.mark.parametrize(
    "step",
    [
        "\\nabla^2 q(x)^{-1} \\nabla q(x) = x",
        "x - \\nabla^2 q(x)^{-1} \\nabla q(x) = 0",
        "\\nabla^2 g(x)^{-1} v = (\\nabla^2 g(x))^{-1} v",
        "\\nabla_x p(x, y)^\\top v = y^\\top M^\\top v",
        "\\nabla_x q^\\top v = 2 x^\\top A v",
        "\\nabla^2_{x, y} p(x, y)^\\top = M^\\top",
        "\\nabla_x \\log q(x)^\\top v = \\frac{2 x^\\top A v}{q(x)}",
        "\\nabla_A \\operatorname{tr} A B^\\top = B",
    ],
)
def test_transposes_and_inverses_behind_a_number_are_those_of_its_derivative(step: str) -> None:
    text = DECLARED.replace("x_1 > 0", "x \\ne 0")
    assert [str(found.status) for found in check_text(f"{text}\\[ {step} \\]").steps] == ["proved"]


def test_a_number_that_is_called_lambda_max_is_no_eigenvalue() -> None:
    text = "%! \\lambda_{\\max}, a, b \\in \\mathbb{R}\n"
    said = check_text(text + "\\[ \\lambda_{\\max} (a - b) = a - b \\]").steps
    assert [str(found.status) for found in said] == ["refuted"]
