"""Names with marks: what was declared wins over an entry, a parameter or a transpose of the same letter."""

import pytest

from everystep.documents.check import check_text


def verdicts(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


def test_a_declared_name_stands_beside_a_parameter_of_its_letter() -> None:
    model = "f(\\theta) := g^\\top (\\theta - \\theta_0) + "
    model += "\\tfrac12 (\\theta - \\theta_0)^\\top H (\\theta - \\theta_0)"
    text = (
        "%! \\theta, \\theta_0, g \\in \\mathbb{R}^n; H \\in \\mathbb{R}^{n \\times n}; H = H^\\top\n"
        f"\\[ {model} \\] \\[ \\nabla f(\\theta) = g + H (\\theta - \\theta_0) \\] \\[ f(\\theta_0) = 0 \\]"
        "\\[ f(\\theta_0 + g) = g^\\top g \\]"
    )
    assert verdicts(text) == ["proved", "proved", "refuted"]


def test_a_family_stands_beside_a_parameter_of_its_letter() -> None:
    text = (
        "%! \\theta \\in \\mathbb{R}^n; \\theta_t \\in \\mathbb{R}^n\n"
        "\\[ f(\\theta) := \\|\\theta - \\theta_t\\|^2 \\] \\[ f(\\theta_t) = 0 \\] \\[ f(\\theta) = 0 \\]"
    )
    assert verdicts(text) == ["proved", "refuted"]


def test_parameters_with_a_prime_are_put_in_at_once() -> None:
    text = (
        "%! x, x' \\in \\mathbb{R}^d; k(x, x') := x^\\top x' + \\|x\\|^2\n"
        "\\[ k(x', x) = x^\\top x' + \\|x'\\|^2 \\] \\[ k(x, x') = k(x', x) \\] \\[ k(x, x) = 2 \\|x\\|^2 \\]"
    )
    assert verdicts(text) == ["proved", "refuted", "proved"]


def test_a_primed_name_may_be_defined() -> None:
    text = (
        "%! \\theta, a \\in \\mathbb{R}^d; \\alpha > 0\n"
        "\\[ \\theta' := \\theta - \\alpha a \\] \\[ \\theta' - \\theta = -\\alpha a \\] \\[ \\theta' = \\theta \\]"
    )
    assert verdicts(text) == ["proved", "refuted"]


@pytest.mark.parametrize(
    ("display", "expected"),
    [
        ("\\frac{d}{dt} X(t)^{-1} = - X(t)^{-1} X'(t) X(t)^{-1}", "proved"),
        ("\\frac{d}{dt} \\det X(t) = \\det X(t) \\operatorname{tr}(X(t)^{-1} \\frac{dX(t)}{dt})", "proved"),
        ("\\frac{d}{dt} X(t)^2 = 2 X(t) X'(t)", "refuted"),
        ("\\frac{d}{dt} (x(t)^\\top x(t)) = 2 x(t)^\\top x'(t)", "proved"),
    ],
)
def test_a_matrix_that_depends_on_a_number(display: str, expected: str) -> None:
    declared = "%! X(t) \\in \\mathbb{R}^{n \\times n}; X(t) \\text{ invertible}; x(t) \\in \\mathbb{R}^n\n"
    assert verdicts(f"{declared}\\[ {display} \\]") == [expected]


@pytest.mark.parametrize(
    ("display", "expected"),
    [
        ("\\nabla\\nabla^\\top E(w) = A + A^\\top", "proved"),
        ("\\nabla_w \\nabla_w E(w) = A + A^\\top", "proved"),
        ("\\nabla_w (\\nabla_w E(w)) = A^\\top - A", "refuted"),
        ("\\nabla_A \\operatorname{tr}(A^{-1}) = -A^{-2\\top}", "proved"),
        ("\\nabla_A \\operatorname{tr}(A^{-1}) = -A^{-2}", "refuted"),
        ("(A^k)^\\top = (A^\\top)^k", "proved"),
        ("\\frac{d}{dt} E(w + t w)\\Big|_{t=0} = 2 w^\\top A w", "proved"),
        ("\\frac{d}{dt} E(w + t w) = 2 w^\\top A w", "refuted"),
    ],
)
def test_second_derivatives_powers_and_numbers_without_a_declaration(display: str, expected: str) -> None:
    declared = "%! A \\in \\mathbb{R}^{n \\times n}; A \\text{ invertible}; w \\in \\mathbb{R}^n\n"
    assert verdicts(f"{declared}\\[ E(w) := w^\\top A w \\] \\[ {display} \\]") == [expected]


def test_a_chain_that_comes_right_again_says_where_the_mistake_is() -> None:
    chain = "(A + B)^2 = A^2 + AB = A^2 + AB + BA + B^2 = A^2 + 2 AB + B^2"
    steps = check_text(f"%! A, B \\in \\mathbb{{R}}^{{n \\times n}}\n\\[ {chain} \\]").steps
    assert [str(step.status) for step in steps] == ["refuted"] * 3
    assert [step.hint.startswith("the right side does equal the beginning of the chain") for step in steps] == [
        False,
        True,
        False,
    ]
