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


@pytest.mark.parametrize("right", ["0 x", "2 A^\\top y"])
def test_a_derivative_beside_an_equation_that_may_be_a_definition_has_two_readings(right: str) -> None:
    given = "%! x, y \\in \\mathbb{R}^n; A \\in \\mathbb{R}^{n \\times n}; y "
    claim = f"\\[ \\nabla_x \\|y\\|^2 = {right} \\]"
    assert [str(s.status) for s in check_text(f"{given} = A x\n{claim}").steps] == ["unreadable"]
    defined = [str(s.status) for s in check_text(f"{given} := A x\n{claim}").steps]
    assert defined == ["refuted" if right == "0 x" else "proved"]


@pytest.mark.parametrize(
    ("given", "claim", "expected"),
    [
        ("w \\in \\mathbb{R}; w \\ge 1", "w^2 = 0", "tested"),
        ("w \\in \\mathbb{R}; w \\ge 1", "w^2 = 1", "tested"),
        ("w \\in \\mathbb{R}; w > 0", "(w^3 - 3w) = 1", "proved"),
        ("w, a \\in \\mathbb{R}; w > a", "w^2 = 0", "tested"),
        ("w \\in \\mathbb{R}; w \\ne 0", "(w^4 - 2 w^2) = 1", "unreadable"),
        (
            "w \\in \\mathbb{R}^d; A \\in \\mathbb{R}^{n \\times d}; b \\in \\mathbb{R}^n; A w = b",
            "\\|w\\|^2 = 0",
            "unreadable",
        ),
        ("w \\in \\mathbb{R}", "(w - 1)^2 = 1", "proved"),
    ],
)
def test_what_is_assumed_of_the_variable_binds_its_minimum(given: str, claim: str, expected: str) -> None:
    text = f"%! {given}\n\\[ \\arg\\min_w {claim} \\]"
    assert [str(s.status) for s in check_text(text).steps] == [expected]


def test_a_function_that_is_declared_behind_its_definition_may_be_another() -> None:
    defined, declared = "p(x) := e^{-(x - a)^2}", "p : \\mathbb{R} \\to \\mathbb{R}"
    claim = "\\[ p(x) \\propto e^{-x^2 + 2 a x} \\]"
    for order, expected in (((declared, defined), "proved"), ((defined, declared), "unreadable")):
        text = f"%! x, a \\in \\mathbb{{R}}; {'; '.join(order)}\n{claim}"
        assert [str(s.status) for s in check_text(text).steps] == [expected]
