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
