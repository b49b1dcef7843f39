r"""Words at the right of a line: reasons, remarks and what a line is said for; none of them assumes anything."""

import pytest

from everystep.documents.check import check_text

GIVEN = r"Let $x, b \in \mathbb{R}^d$, $A \in \mathbb{R}^{d \times d}$ and $c > 0$. "


def first_status(claim: str, words: str) -> str:
    display = rf"\begin{{align*}} \nabla_x (c\, x^\top x) &= {claim} && {words} \end{{align*}}"
    return str(check_text(GIVEN + display).steps[0].status)


@pytest.mark.parametrize(
    "words",
    [
        r"\text{since } 0 < 1 - \tanh^2(u) \le 1 \text{ for all real } u",
        r"\text{because } e^u > 0 \text{ for every } u",
        r"\text{car } u^2 \ge 0 \text{ pour tout réel } u",
        r"\text{puisque } 1 + u^2 > 0 \text{ pour tout nombre réel } u",
        r"\text{for all } x",
        r"\text{for any vector } x",
        r"\text{pour tout } x",
        r"\text{pour tous } x, b",
        r"\text{since } c > 0 \text{ by assumption}",
        r"\text{car } c > 0 \text{ par hypothèse}",
        r"\text{(car $c > 0$)}",
        r"\text{d'après (2)}",
        r"\text{par linéarité}",
        r"\text{by symmetry of the inner product}",
        r"\text{(note that } c > 0)",
        r"\text{(la moyenne ne compte pas)}",
        r"\text{(le dernier terme ne dépend pas de } x)",
        r"\text{(the constant does not matter)}",
        r"\text{($b$ does not depend on $x$)}",
        r"\text{since } b \text{ does not depend on } x",
        r"\text{($A$ need not be symmetric)}",
        r"\text{(ne pas oublier le facteur 2)}",
    ],
)
def test_a_reason_leaves_a_step_what_it_is(words: str) -> None:
    assert first_status("2 c x", words) == "proved"
    assert first_status("c x", words) in ("refuted", "unreadable")  # words that may mean more keep a step undecided


@pytest.mark.parametrize(
    "words",
    [
        r"\text{(wrong!)}",
        r"\text{(this does not hold)}",
        r"\text{(not true in general)}",
        r"\text{(n'est pas vrai)}",
        r"\text{(faux en général)}",
        r"\text{unless } c > 1",
        r"\text{(only if } c = 1)",
    ],
)
def test_words_that_take_a_step_back(words: str) -> None:
    assert first_status("2 c x", words) == first_status("c x", words) == "unreadable"


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        (r"c x", r"\text{if } c = 0"),  # nothing meets both
        (r"2 x", r"\text{for all symmetric } A"),
        (r"2 x", r"\text{for all } c = 1"),
    ],
)
def test_what_a_condition_says_is_no_mere_quantifier(claim: str, words: str) -> None:
    assert first_status(claim, words) != "proved" or words.endswith("1")


@pytest.mark.parametrize(
    "words", [r"\text{for all real } u", r"\text{pour tout réel } u", r"\text{for every number } u"]
)
def test_a_letter_that_a_line_is_said_for(words: str) -> None:
    line = r"\begin{align*} 1 - \tanh^2(u) &\le 1 && " + words + r" \end{align*}"
    false = r"\begin{align*} 1 - \tanh^2(u) &\le \frac12 && " + words + r" \end{align*}"
    assert [str(check_text(GIVEN + text).steps[0].status) for text in (line, false)] == ["proved", "refuted"]


def test_what_bounds_something_else() -> None:
    concluded = r"So the product of two such factors is at most $\|A\|^2$. "
    assert str(check_text(GIVEN + concluded + r"\[ \|A x\| \le \|x\| \]").steps[0].status) == "refuted"
    supposed = r"Suppose that the norm of A is at most $c$. "
    assert str(check_text(GIVEN + supposed + r"\[ \|A x\| \le c \|x\| \]").steps[0].status) == "unreadable"
