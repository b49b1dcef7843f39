"""Claims with several indices fail where some of them are equal, or only at sizes that are not equal."""

import pytest

from everystep.documents.check import check_text

GIVEN = (
    "%! X, A, B \\in \\mathbb{R}^{m \\times n}; Z \\in \\mathbb{R}^{n \\times n}; Z \\text{ invertible}; "
    "C \\in \\mathbb{R}^{m \\times m}; x \\in \\mathbb{R}^n; y \\in \\mathbb{R}^m\n"
)


@pytest.mark.parametrize(
    ("display", "expected"),
    [
        ("\\frac{\\partial X_{ij}}{\\partial X_{kl}} = \\delta_{ik} \\delta_{jl}", "proved"),
        ("\\frac{\\partial X_{ij}}{\\partial X_{kl}} = \\delta_{il} \\delta_{jk}", "refuted"),
        ("\\frac{\\partial (A X^\\top)_{ij}}{\\partial X_{kl}} = \\delta_{jk} A_{il}", "proved"),
        ("\\frac{\\partial (A X^\\top)_{ij}}{\\partial X_{kl}} = \\delta_{ik} A_{jl}", "refuted"),
        (
            (
                "\\frac{\\partial (X^\\top C X)_{kl}}{\\partial X_{ij}} = "
                "\\delta_{lj} (X^\\top C)_{ki} + \\delta_{kj} (C X)_{il}"
            ),
            "proved",
        ),
        (
            (
                "\\frac{\\partial (X^\\top C X)_{kl}}{\\partial X_{ij}} = "
                "\\delta_{lj} (X^\\top C)_{ki} + \\delta_{kj} (X^\\top C)_{li}"
            ),
            "refuted",
        ),
        ("\\frac{\\partial (Z^2)_{ij}}{\\partial Z_{kl}} = \\delta_{ik} Z_{lj} + Z_{ik} \\delta_{jl}", "proved"),
        ("\\frac{\\partial (Z^2)_{ij}}{\\partial Z_{kl}} = 2 \\delta_{ik} Z_{lj}", "refuted"),
    ],
)
def test_a_delta_is_one_where_indices_are_equal(display: str, expected: str) -> None:
    (step,) = check_text(f"{GIVEN}\\[ {display} \\]").steps
    assert str(step.status) == expected, step.verdict.message


@pytest.mark.parametrize(
    ("display", "expected"),
    [
        ("\\operatorname{tr}(A^\\top B) = \\sum_{i=1}^m \\sum_{j=1}^n A_{ij} B_{ij}", "proved"),
        ("\\operatorname{tr}(A^\\top B) = \\sum_{i=1}^n \\sum_{j=1}^m A_{ij} B_{ij}", "undefined"),
        ("y^\\top A x = \\sum_{i=1}^m \\sum_{j=1}^n A_{ij} y_i x_j", "proved"),
        ("y^\\top A x = \\sum_{i=1}^m \\sum_{j=1}^n A_{ij} x_i y_j", "refuted"),
        ("\\sum_{i=1}^m x_i = \\sum_{j=1}^m x_j", "proved"),
    ],
)
def test_what_has_a_value_at_equal_sizes_alone(display: str, expected: str) -> None:
    (step,) = check_text(f"{GIVEN}\\[ {display} \\]").steps
    assert str(step.status) == expected, step.verdict.message


@pytest.mark.parametrize(
    ("display", "expected"),
    [
        ("d (Z^\\top Z)^{-1} = -(Z^\\top Z)^{-1} (dZ^\\top Z + Z^\\top dZ) (Z^\\top Z)^{-1}", "proved"),
        ("d (Z)^{-1} = (dZ)^{-1}", "refuted"),
        ("d (Z X^\\top)^\\top = dX Z^\\top + X dZ^\\top", "proved"),
        ("d (x^\\top x)^2 = 4 x^\\top x\\, x^\\top dx", "unreadable"),
    ],
)
def test_a_power_behind_the_bracket_of_a_differential(display: str, expected: str) -> None:
    (step,) = check_text(f"{GIVEN}\\[ {display} \\]").steps
    assert str(step.status) == expected, step.verdict.message


@pytest.mark.parametrize(
    ("declared", "display", "expected"),
    [
        ("A \\in \\mathbb{R}^{n \\times n}; c \\in \\mathbb{R}", "\\det(c I) = c^n", "proved"),
        ("A \\in \\mathbb{R}^{n \\times n}; c \\in \\mathbb{R}", "\\det(c I) = c", "refuted"),
        ("x \\in \\mathbb{R}^n", "\\mathbf{1}^\\top \\mathbf{1} = n", "proved"),
        ("x \\in \\mathbb{R}^n", "I + x^\\top x = x x^\\top + I", "ill-typed"),
        ("A \\in \\mathbb{R}^{m \\times n}", "\\operatorname{tr}(I) = n", "unreadable"),
        ("x \\in \\mathbb{R}^m; n \\in \\mathbb{N}", "\\operatorname{tr}(I) = n", "unreadable"),
    ],
)
def test_the_identity_has_the_one_size_that_is_declared(declared: str, display: str, expected: str) -> None:
    (step,) = check_text(f"%! {declared}\n\\[ {display} \\]").steps
    assert str(step.status) == expected, step.verdict.message
