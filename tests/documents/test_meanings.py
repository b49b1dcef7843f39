"""A meaning that a declared name is given in a part, a case, a supposition or an example ends with it."""

import pytest

from everystep.documents.check import check_text

SCALAR = r"Let $x \in \mathbb{R}^d$ and $\sigma : \mathbb{R} \to \mathbb{R}$."
FUNCTION = r"Let $x \in \mathbb{R}^d$ and $f : \mathbb{R}^d \to \mathbb{R}$."
SQUARE = r"Let $A, B \in \mathbb{R}^{n \times n}$."
LOGISTIC = r"\[ \sigma(-x) = 1 - \sigma(x) \]"
GRADIENT = r"\[ \nabla f(x) = 2x \]"
SYMMETRIC = r"\[ A^\top = A \]"
GIVEN = [
    (SCALAR, r"$\sigma$ be the logistic function", LOGISTIC),
    (SCALAR, r"$\sigma(z) := 1/(1 + e^{-z})$", LOGISTIC),
    (FUNCTION, r"$f(x) := \|x\|^2$", GRADIENT),
    (SQUARE, r"$A := B B^\top$", SYMMETRIC),
]


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(("declared", "given", "step"), GIVEN)
@pytest.mark.parametrize(
    "text",
    [
        "{0}\n\\begin{{enumerate}}\n\\item Let {1}. {2}\n\\item Show {2}\n\\end{{enumerate}}",
        "{0}\n\\begin{{questions}}\n\\question Let {1}. {2}\n\\question Show {2}\n\\end{{questions}}",
        "{0}\n\n(a) Let {1}. {2}\n\n(b) Show {2}",
        "{0} (a) Let {1}. {2}\n(b) Show {2}",
        "{0}\\\\\n\\textbf{{(a)}} Let {1}. {2}\n\\textbf{{(b)}} Show {2}",
        "{0}\n\n\\textbf{{Special case.}} Let {1}. {2}\n\n\\textbf{{General case.}} Show {2}",
        "{0}\\\\ \\emph{{Special case:}} let {1}. {2} \\emph{{General case:}} {2}",
        "{0}\n\nCas particulier : soit {1}. {2}\n\nCas général : {2}",
        "{0}\n\nMethod 1. Let {1}. {2}\n\nMethod 2. {2}",
        "{0}\n\\section{{One}} Let {1}. {2}\n\\section{{Two}} {2}",
        "{0}\n\\begin{{proof}} Let {1}. {2}\\end{{proof}} {2}",
    ],
)
def test_a_meaning_ends_with_its_part(text: str, declared: str, given: str, step: str) -> None:
    first, second = statuses(text.format(declared, given, step))
    assert first == "proved"
    assert second in ("tested", "unreadable")


@pytest.mark.parametrize(("declared", "given", "step"), GIVEN)
def test_a_meaning_stays_in_its_part_and_in_those_within(declared: str, given: str, step: str) -> None:
    text = f"{declared} Let {given}.\n\\begin{{enumerate}}\n\\item {step}\n\\item Show {step}\n\\end{{enumerate}}"
    assert statuses(text) == ["proved", "proved"]


@pytest.mark.parametrize("words", ["Define", "We write", "On pose"])
@pytest.mark.parametrize(("declared", "given", "step"), GIVEN[1:])
def test_a_definition_in_so_many_words_holds_in_later_sections(
    words: str, declared: str, given: str, step: str
) -> None:
    sections = f"\\section{{One}} {declared}\n\\section{{Two}} {words} {given}. {step}\n\\section{{Three}} {step}"
    assert statuses(sections) == ["proved", "proved"]
    questions = f"{declared}\n\n(a) {words} {given}. {step}\n\n(b) Show {step}"
    assert statuses(questions)[1] in ("tested", "unreadable")


@pytest.mark.parametrize(("declared", "given", "step"), GIVEN)
def test_a_new_name_keeps_its_meaning(declared: str, given: str, step: str) -> None:
    """What a part declares and defines is spoken of in later parts."""
    text = f"\\begin{{questions}}\n\\question {declared} Let {given}. {step}\n\\question {step}\n\\end{{questions}}"
    assert statuses(text) == ["proved", "proved"]


@pytest.mark.parametrize(
    "words", ["In this case:", "In any case:", "By (a),", "Then", "(a) and (b) give", "In our setting:"]
)
def test_a_case_goes_on(words: str) -> None:
    text = f"{SQUARE} Case 1: let $A$ be symmetric. {SYMMETRIC}\n\n{words} {SYMMETRIC}"
    assert statuses(text)[1] == ("tested" if words == "In any case:" else "proved")


@pytest.mark.parametrize("again", ["Show that", "Prove or disprove:", "Now prove that", "Montrer que", "Otherwise,"])
@pytest.mark.parametrize(
    ("declared", "task", "step"),
    [
        (SQUARE, "Show that if $A$ is symmetric, then", SYMMETRIC),
        (SQUARE, "Prove that for $A$ symmetric", SYMMETRIC),
        (SQUARE, "Montrer que si $A$ est symétrique, alors", SYMMETRIC),
        (SCALAR, r"Show that if $\sigma$ is the logistic function, then", LOGISTIC),
    ],
)
def test_the_condition_of_a_task_ends_with_the_next(declared: str, task: str, step: str, again: str) -> None:
    first, second = statuses(f"{declared} {task} {step} {again} {step}")
    assert first == "proved"
    assert second in ("tested", "unreadable")


@pytest.mark.parametrize("words", ["Deduce that", "Then show that", "Proof. We have", "Indeed,"])
def test_the_condition_of_a_task_holds_in_its_solution(words: str) -> None:
    text = f"{SQUARE} Show that if $A$ is symmetric, then {SYMMETRIC} {words} {SYMMETRIC}"
    assert statuses(text) == ["proved", "proved"]


def test_a_second_case_is_not_the_first() -> None:
    first = rf"{SCALAR} Case 1: $\sigma$ is the logistic function. {LOGISTIC} Case 2: $\sigma$ is tanh. "
    assert statuses(first + r"\[ \sigma(-x) = -\sigma(x) \]")[0] == "proved"
    assert statuses(first + LOGISTIC)[1] != "proved"


@pytest.mark.parametrize(
    "end",
    [
        "In general,",
        "In the general case,",
        "In full generality,",
        "Without this assumption,",
        "For general functions and matrices,",
        "Dans le cas général,",
        "Sans cette hypothèse,",
        "Conversely,",
    ],
)
@pytest.mark.parametrize(
    ("declared", "supposed", "step"),
    [
        (SCALAR, r"Suppose that $\sigma$ is the logistic function.", LOGISTIC),
        (SCALAR, r"Suppose $\sigma(z) = 1/(1 + e^{-z})$.", LOGISTIC),
        (SCALAR, r"Assume that \[ \sigma(z) := 1/(1 + e^{-z}). \] Then", LOGISTIC),
        (FUNCTION, r"Suppose that $f(x) = \|x\|^2$.", GRADIENT),
        (SQUARE, r"Suppose $A := B B^\top$.", SYMMETRIC),
        (SQUARE, r"Suppose \[ A := B B^\top. \] Then", SYMMETRIC),
    ],
)
def test_a_meaning_ends_with_its_supposition(declared: str, supposed: str, step: str, end: str) -> None:
    first, second = statuses(f"{declared} {supposed} {step} {end} {step}")
    assert first == "proved"
    assert second in ("tested", "unreadable")


@pytest.mark.parametrize(
    "text",
    [
        rf"If $A := B B^\top$, then {SYMMETRIC} Moreover, {SYMMETRIC}",
        rf"Case 1: $A := B B^\top$. Then {SYMMETRIC} Case 2: $A$ is invertible. Then {SYMMETRIC}",
        rf"Let $A := B B^\top$. Then {SYMMETRIC} Now let $A$ be an arbitrary matrix. {SYMMETRIC}",
        rf"Let $A := B B^\top$. Then {SYMMETRIC} For every matrix $A$, {SYMMETRIC}",
        rf"Let $A := B B^\top$. Then {SYMMETRIC} Soit maintenant $A$ une matrice carrée quelconque. {SYMMETRIC}",
    ],
)
def test_a_meaning_ends_with_its_condition_and_where_any_is_meant(text: str) -> None:
    first, second = statuses(f"{SQUARE} {text}")
    assert first == "proved"
    assert second in ("tested", "unreadable")


@pytest.mark.parametrize(
    "words",
    [
        r"Now let $\sigma$ be any differentiable activation function.",
        r"Now let $\sigma$ be an activation function.",
        r"For every activation function $\sigma$,",
        r"For any differentiable $\sigma : \mathbb{R} \to \mathbb{R}$,",
        r"Soit maintenant $\sigma$ une fonction dérivable quelconque.",
    ],
)
def test_a_function_that_is_then_any_is_not_known(words: str) -> None:
    text = rf"Let $x \in \mathbb{{R}}^d$ and let $\sigma$ be the logistic function. {LOGISTIC} {words} {LOGISTIC}"
    first, second = statuses(text)
    assert first == "proved"
    assert second != "proved"


def test_a_meaning_is_given_again() -> None:
    text = f"{SCALAR}\n\n(a) Let $\\sigma$ be tanh. {LOGISTIC}\n\n(b) Let $\\sigma$ be the sigmoid. {LOGISTIC}"
    assert statuses(text) == ["refuted", "proved"]
