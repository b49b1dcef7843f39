"""Words before a display that set a gradient to zero: what the display says is judged under that condition, and only
there; what does not follow is refuted.
"""

from __future__ import annotations

import pytest

from everystep.documents.check import check_text

DECLARED = (
    r"%! X \in \mathbb{R}^{n\times d}; w \in \mathbb{R}^d; y \in \mathbb{R}^n; f(w) := \|Xw - y\|^2; "
    r"X^\top X \text{ invertible}; \hat w := (X^\top X)^{-1} X^\top y"
)
RIGHT, WRONG = r"X^\top X w = X^\top y", r"X^\top X w = 2 X^\top y"


def verdicts(*lines: str) -> list[str]:
    return [str(step.status) for step in check_text("\n".join((DECLARED, *lines))).steps]


def shown(formula: str) -> str:
    return rf"\[ {formula} \]"


SETS = (
    r"Setting $\nabla f(w) = 0$ gives",
    "Setting the gradient to zero gives",
    "Setting the gradient equal to zero we obtain the normal equations",
    r"We set $\nabla f(w) = 0$ and obtain",
    r"Put $\nabla f(w) = 0$:",
    r"At a stationary point, $\nabla f(w) = 0$, so that",
    "At the minimum the gradient vanishes:",
    r"Solving $\nabla f(w) = 0$ yields",
    r"The first-order condition $\nabla f(w) = 0$ reads",
    "The first-order condition is",
    "En annulant le gradient, on obtient",
    r"En posant $\nabla f(w) = 0$, on obtient",
    r"La condition $\nabla f(w) = 0$ s'écrit",
    "Le gradient s'annule si et seulement si",
    "The minimiser satisfies",
    r"Equating $\nabla f(w)$ to zero leads to",
    r"Setting $\nabla f(w)$ to zero gives",
    r"$\nabla f(w) = 0$ if and only if",
    r"If $\nabla f(w) = 0$ then",
    "At the optimum we must have",
    "Le minimum vérifie",
)


@pytest.mark.parametrize("words", SETS)
def test_words_that_set_the_gradient_to_zero(words: str) -> None:
    assert verdicts(words, shown(RIGHT)) == ["proved"]
    assert verdicts(words, shown(WRONG)) == ["refuted"]


SETS_NOTHING = (
    "The gradient is not zero, and",
    "One does not set the gradient to zero, since",
    "Show that the gradient vanishes whenever",
    "It is wrong to set the gradient to zero, which gives",
    "We compute the gradient and find",
    "On n'annule pas le gradient :",
    r"We compute $\nabla f(w)$ and find",
    "In all cases",
)


@pytest.mark.parametrize("words", SETS_NOTHING)
def test_other_words_set_nothing_to_zero(words: str) -> None:
    assert verdicts(words, shown(RIGHT)) == ["refuted"]


def test_the_condition_goes_on_with_the_sentence_and_then_is_in_doubt() -> None:
    first = ("Setting the gradient to zero gives", shown(RIGHT), "and hence", shown(r"X^\top (X w - y) = 0"))
    assert verdicts(*first) == ["proved", "proved"]
    later = ("The Hessian is", shown(r"\nabla^2 f(w) = 2 X^\top X"), "We also have", shown(RIGHT))
    assert verdicts(*first, *later) == ["proved", "proved", "proved", "tested"]


def test_a_missing_factor_behind_the_condition_is_not_proved() -> None:
    later = ("The gradient is", shown(r"\nabla f(w) = X^\top(Xw-y)"))
    assert verdicts("Setting the gradient to zero gives", shown(RIGHT), *later) == ["proved", "tested"]


def test_a_gradient_that_is_zero_has_no_other_formula_for_that() -> None:
    zero = "Setting the gradient to zero, we obtain"
    assert verdicts(zero, shown(RIGHT), "and", shown(r"\nabla f(w) = X^\top(Xw-y)")) == ["proved", "tested"]
    assert verdicts(zero, shown(r"\nabla f(w) = X^\top(Xw-y) = 0")) == ["tested", "proved"]
    assert verdicts(zero, shown(r"\nabla f(w) = 2X^\top(Xw-y) = 0")) == ["proved", "proved"]
    assert verdicts(zero, shown(r"\nabla f(w) = 0")) == ["proved"]


def test_what_has_a_value_is_no_unknown() -> None:
    assert verdicts(r"Setting $\nabla f(\hat w) = 0$ gives", shown(r"X^\top X \hat w = 2 X^\top y")) == ["refuted"]


def test_the_gradients_that_were_computed_last_are_set_to_zero() -> None:
    text = (
        r"%! A, B \in \mathbb{R}^{n\times n}; A \succ 0; B \succ 0; x, z, a, b \in \mathbb{R}^n",
        r"\[ \nabla_x (\tfrac12 x^\top A x - a^\top x) = A x - a, \]",
        r"\[ \nabla_z (\tfrac12 z^\top B z - b^\top z) = B z - b \]",
        "Setting both to zero we get",
        r"\[ A x = a, \quad B z = b, \quad A z = b \]",
    )
    found = [str(step.status) for step in check_text("\n".join(text)).steps]
    assert found == ["proved", "proved", "proved", "proved", "refuted"]


NUMBER = r"Let $a, b > 0$ and $f(y) = a \log y + b \log(1 - y)$ for $y \in (0, 1)$. "
SLOPE = r"f'(y) = \frac{a}{y} - \frac{b}{1-y}"


@pytest.mark.parametrize(
    "words",
    [
        rf"The derivative ${SLOPE}$ is zero iff",
        rf"Then ${SLOPE}$, which vanishes if and only if",
        rf"We find ${SLOPE}$ and this is zero exactly when",
        rf"We find \[ {SLOPE}, \] which is zero iff",
        rf"La dérivée \[ {SLOPE} \] est nulle si et seulement si",
        rf"Then ${SLOPE}$, which is zero at",
        rf"La dérivée ${SLOPE}$ s'annule en",
    ],
)
def test_where_a_derivative_is_zero(words: str) -> None:
    for value, status in ((r"\frac{a}{a+b}", "proved"), (r"\frac{b}{a+b}", "refuted")):
        assert str(check_text(NUMBER + words + shown(f"y = {value}")).steps[-1].status) == status


@pytest.mark.parametrize("words", ["The gradient vanishes at", "The gradient vanishes when", "Le gradient s'annule en"])
def test_one_place_where_the_gradient_is_zero_need_not_be_the_only_one(words: str) -> None:
    double = r"%! w \in \mathbb{R}; f(w) := (w^2 - 1)^2" + "\n"
    found = [check_text(double + words + shown(claim)).steps[-1].status for claim in ("w = 1", "w = -1", "w = 2")]
    assert list(map(str, found)) == ["proved", "proved", "refuted"]
    assert str(check_text(double + "The gradient vanishes iff" + shown("w = 1")).steps[-1].status) == "refuted"


def test_what_is_no_derivative_and_zero_sets_no_gradient_to_zero() -> None:
    text = NUMBER + "Let $g(y) = 2y - 1$. Then $g(y)$ is zero iff" + shown(r"y = \frac{a}{a+b}")
    assert str(check_text(text).steps[-1].status) != "proved"
