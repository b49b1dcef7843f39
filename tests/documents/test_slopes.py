""" "Setting the gradient to zero": the display behind it, and only that one, follows from it."""

import pytest

from everystep.documents.check import check_text

RIDGE = (
    "Let $X \\in \\mathbb{R}^{n \\times d}$, $w \\in \\mathbb{R}^d$, $y \\in \\mathbb{R}^n$, $a > 0$. The gradient is "
    "\\[ \\nabla_w (\\|Xw - y\\|^2 + a \\|w\\|^2) = 2 X^\\top (X w - y) + 2 a w. \\] "
)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Setting it to zero, we get", "proved"),
        ("Setting this equal to zero gives", "proved"),
        ("En annulant le gradient, il vient", "proved"),
        ("d'où, en annulant,", "proved"),
        ("Setting the bias to zero, we get", "refuted"),
        ("Setting $a$ to zero, we get", "tested"),  # beside a > 0 it is not said what then holds
        ("It is wrong to set it to zero here and to write", "refuted"),
        ("Then", "refuted"),
    ],
)
def test_setting_the_gradient_to_zero(words: str, expected: str) -> None:
    steps = check_text(RIDGE + words + " \\[ (X^\\top X + a I) w = X^\\top y \\]").steps
    assert [str(step.status) for step in steps] == ["proved", expected]


def test_it_holds_for_that_display_only() -> None:
    text = (
        RIDGE + "Setting it to zero, \\[ X^\\top (y - X w) = a w \\] The sign matters. \\[ X^\\top (y - X w) = a w \\]"
    )
    assert [str(step.status) for step in check_text(text).steps] == ["proved", "proved", "tested"]


@pytest.mark.parametrize("words", ["Setting $a$ to zero yields", "Setting $a = 0$ yields", "With $a$ set to zero,"])
def test_a_name_that_is_put_to_zero(words: str) -> None:
    text = (
        "Let $a, b \\in \\mathbb{R}$. "
        + words
        + " \\[ a + b = b, a + b = 2 b \\] In general, this fails. \\[ a + b = b \\]"
    )
    assert [str(step.status) for step in check_text(text).steps] == ["tested", "refuted", "refuted"]


QUADRATIC = (
    r"Let $A \in \mathbb{R}^{d \times d}$ be symmetric, $b \in \mathbb{R}^d$, $f(w) = \frac12 w^\top A w - b^\top w$."
)
DESCENTS = (
    r"Gradient descent is $w_{k+1} = w_k - \eta \nabla f(w_k)$ with $\eta > 0$. We get",
    r"Gradient descent reads $w_{k+1} = w_k - \eta \nabla f(w_k)$, with $\eta > 0$. We get",
    r"La descente de gradient s'écrit $w_{k+1} = w_k - \eta \nabla f(w_k)$ avec $\eta > 0$. On obtient",
    r"We use gradient descent, $w_{k+1} = w_k - \eta \nabla f(w_k)$ with step size $\eta > 0$. We get",
)


@pytest.mark.parametrize("words", DESCENTS)
def test_an_update_whose_step_size_is_told_behind_it(words: str) -> None:
    claims = r"\[ w_{k+1} = w_k - \eta (A w_k - b), w_{k+1} = (I - \eta A) w_k + \eta b, w_{k+1} = (I - \eta A) w_k \]"
    found = [str(step.status) for step in check_text(f"{QUADRATIC} {words} {claims}").steps]
    assert found == ["proved", "proved", "refuted"]


def test_parameters_of_a_function_of_several() -> None:
    text = (
        r"Let $S \in \mathbb{R}^{d \times d}$ be symmetric, "
        r"and $\mathcal{L}(u, \lambda) = u^\top S u - \lambda (u^\top u - 1)$."
        r"\[ \nabla_u \mathcal{L} = 2 S u - 2 \lambda u, "
        r"\frac{\partial \mathcal{L}}{\partial \lambda} = 1 - u^\top u \]"
        r"\[ \frac{\partial \mathcal{L}}{\partial \lambda} = u^\top u - 1 \]"
    )
    assert [str(step.status) for step in check_text(text).steps] == ["proved", "proved", "refuted"]


def test_parameters_that_fit_in_several_ways_are_not_declared() -> None:
    text = r"Let $a \in \mathbb{R}$ and $f(u, v) = a u v$. \[ \frac{\partial f}{\partial u} = a v \]"
    assert [str(step.status) for step in check_text(text).steps] != ["refuted"]


MOMENTUM = (
    (
        r"Let $v_{t+1} = \beta v_t + g_t$ and $\theta_{t+1} = \theta_t - \eta v_{t+1}$ with $v_0 = 0$ and "
        r"$v_t, g_t, \theta_t \in \mathbb{R}^d$."
    ),
    r"Let $v_{t+1} = \beta v_t + g_t$ with $v_0 = 0$, where $v_t, g_t \in \mathbb{R}^d$.",
    r"Let $v_t, g_t \in \mathbb{R}^d$, $\beta \in \mathbb{R}$. Let $v_{t+1} = \beta v_t + g_t$ with $v_0 = 0$.",
    r"Soit $v_{t+1} = \beta v_t + g_t$ avec $v_0 = 0$, où $v_t, g_t \in \mathbb{R}^d$.",
)


@pytest.mark.parametrize("words", MOMENTUM)
def test_a_rule_whose_start_and_shapes_are_told_behind_it(words: str) -> None:
    claims = r"\[ v_t = \sum_{s=0}^{t-1} \beta^{t-1-s} g_s, v_t = \sum_{s=0}^{t-1} \beta^{t-s} g_s \]"
    assert [str(step.status) for step in check_text(words + claims).steps] == ["proved", "refuted"]
