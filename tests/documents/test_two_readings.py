"""Displays that hold in one reading and not in another are not said to be proved."""

import pytest

from everystep.documents.check import check_text

MATRICES = (
    "%! A \\in \\mathbb{R}^{m \\times n}; X \\in \\mathbb{R}^{n \\times p}; Y, B \\in \\mathbb{R}^{p \\times p}\n"
)


@pytest.mark.parametrize(
    ("said", "display", "expected"),
    [
        ("", "d(XY) = (dX) Y", "unreadable"),
        ("", "d(XY) = (dX) Y + X dY", "proved"),
        ("", "d(XY) = (dX) Y - X dY", "refuted"),
        ("%! Y \\text{ constant}\n", "d(XY) = (dX) Y", "proved"),
        ("Let $Y$ be constant.", "d(XY) = (dX) Y", "proved"),
        ("", "d(AXB) = A (dX) B", "proved"),
        ("", "d(AXB) = (dX) A B", "ill-typed"),
        (
            "",
            "d \\operatorname{tr}(Y^\\top X^\\top X) = \\operatorname{tr}(Y^\\top (dX^\\top X + X^\\top dX))",
            "unreadable",
        ),
    ],
)
def test_a_product_of_names_of_one_standing(said: str, display: str, expected: str) -> None:
    (step,) = check_text(f"{MATRICES}{said}\\[ {display} \\]").steps
    assert str(step.status) == expected, step.verdict.message
    if expected == "unreadable":
        assert step.verdict.message.startswith("two readings: whether Y varies too is not said")


@pytest.mark.parametrize(
    ("display", "expected"),
    [
        ("\\frac{\\partial}{\\partial x} (a^\\top x)(b^\\top x) = (a b^\\top + b a^\\top) x", "unreadable"),
        ("\\nabla_x (a^\\top x)(b^\\top x) = a b^\\top x", "unreadable"),
        ("\\nabla_x [(a^\\top x)(b^\\top x)] = (a b^\\top + b a^\\top) x", "proved"),
        ("\\nabla_x (a^\\top x)(b^\\top x) = b a^\\top x", "refuted"),
        ("\\nabla_x (a^\\top x)(a^\\top b) = (a^\\top b) a", "proved"),
        ("\\frac{\\partial}{\\partial x} (a^\\top x)\\, b = b a^\\top", "proved"),  # one reading fits
        ("\\frac{\\partial}{\\partial x} (a^\\top x)\\, b = a b^\\top", "refuted"),
        ("\\frac{\\partial}{\\partial x} (a^\\top x)\\, b = a", "ill-typed"),
    ],
)
def test_a_derivative_of_a_bracket_with_factors_behind_it(display: str, expected: str) -> None:
    (step,) = check_text(f"%! a, b, x \\in \\mathbb{{R}}^n\n\\[ {display} \\]").steps
    assert str(step.status) == expected, step.verdict.message
