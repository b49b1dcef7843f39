"""Functions whose formula depends on their argument through defined names."""

import pytest

from everystep.documents.check import check_text

NAMES = (
    "%! X \\in \\mathbb{R}^{n \\times d}; y \\in \\mathbb{R}^n; w, v \\in \\mathbb{R}^d; t \\in \\mathbb{R}\n"
    "%! e := y - X w; f(w) := \\|e\\|^2; g := \\|e\\|^2; p(w, y) := \\|e\\|^2; k(w) := f(2 w) + w^\\top v\n"
    "%! x_i \\in \\mathbb{R}^d, i = 1, \\dots, n; q_i := w^\\top x_i; r_i := y_i - q_i; s(w) := \\sum_{i=1}^n r_i^2\n"
)


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("f(v) = \\|y - X v\\|^2", "proved"),
        ("f(0) = \\|y\\|^2", "proved"),
        ("f(w) = g", "proved"),
        ("f(v) = f(w)", "refuted"),
        ("f(v) = g", "refuted"),
        ("f(w + v) = \\|e - X v\\|^2", "proved"),
        ("k(v) = \\|y - 2 X v\\|^2 + v^\\top v", "proved"),
        ("p(w, 0) = \\|X w\\|^2", "proved"),
        ("p(w, 0) = p(w, y)", "refuted"),
        ("p(v, e) = \\|y - X w - X v\\|^2", "proved"),
        ("\\nabla f(v) = -2 X^\\top (y - X v)", "proved"),
        ("\\nabla f(w) = -2 X^\\top e", "proved"),
        ("\\left. \\frac{d}{dt} f(w + t v) \\right|_{t=0} = -2 v^\\top X^\\top e", "proved"),
        ("s(v) = \\sum_{i=1}^n (y_i - v^\\top x_i)^2", "proved"),
        ("s(v) = s(w)", "refuted"),
    ],
)
def test_a_function_depends_on_its_argument_through_definitions(claim: str, expected: str) -> None:
    (step,) = check_text(f"{NAMES}\\[ {claim} \\]").steps
    assert str(step.status) == expected


def test_a_dependence_through_a_recurrence_is_not_read() -> None:
    names = "%! U, W \\in \\mathbb{R}^{n \\times n}; h_t, x_t \\in \\mathbb{R}^n\n"
    names += "%! h_t := U h_{t-1} + x_t; L(U) := \\|h_2\\|^2\n"
    steps = check_text(f"{names}\\[ L(W) = L(U) \\] \\[ L(U) = h_2^\\top h_2 \\]").steps
    assert [str(step.status) for step in steps] == ["unreadable", "proved"]


@pytest.mark.parametrize("objective", ["\\|e\\|^2", "g", "f(w)", "s(w)"])
def test_at_its_minimum_the_gradient_of_a_defined_objective_vanishes(objective: str) -> None:
    text = f"{NAMES}\\[ w^* = \\arg\\min_w {objective} \\] \\[ \\nabla f(w^*) = -2 X^\\top (y - X w^*) \\]"
    (step,) = check_text(text).steps
    assert str(step.status) == "proved"
    normal = f"{NAMES}\\[ w^* = \\arg\\min_w {objective} \\] \\[ X^\\top X w^* = X^\\top y \\]"
    (step,) = check_text(normal).steps
    assert str(step.status) == ("proved" if objective != "s(w)" else "refuted")


@pytest.mark.parametrize(
    "said",
    [
        "where $u$ is the gradient of $f$ at $x$.",
        "Here $u$ is a function of $x$.",
        "Let $u$ be a smooth function of $A$ and $x$.",
        "The vector $u$ depends on $x$.",
        "Soit $u$ le gradient de $f$ en $x$.",
        "Le vecteur $u$ dépend de $x$.",
    ],
)
def test_what_words_call_a_function_of_the_variable_is_no_constant(said: str) -> None:
    names = "Let $x, u \\in \\mathbb{R}^n$ and $A \\in \\mathbb{R}^{n \\times n}$. "
    claim = "\n\\[ \\frac{\\partial u^\\top x}{\\partial x} = u \\]"
    assert [str(step.status) for step in check_text(names + claim).steps] == ["proved"]
    assert [str(step.status) for step in check_text(names + said + claim).steps] == ["tested"]
    denied = "The vector $u$ does not depend on $x$."
    assert [str(step.status) for step in check_text(names + denied + claim).steps] == ["proved"]
