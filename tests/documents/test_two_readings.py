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
