"""A second value of a name is taken where the words tell plainly that it is a new one; else nothing rests on either."""

from __future__ import annotations

import pytest

from everystep.documents.check import check_text

VECTOR = r"Let $b \in \mathbb{R}^n$ be a vector, $c = 2b$. "
VECTEUR = r"Soit $b \in \mathbb{R}^n$ un vecteur et $c = 2b$. "
LINEAR = r"Let $x \in \mathbb{R}^n$ and $A \in \mathbb{R}^{n \times n}$, $f(x) = A x$. \[ f(x) = A x \] "
LINEAIRE = r"Soit $x \in \mathbb{R}^n$ et $A \in \mathbb{R}^{n \times n}$, $f(x) = A x$. \[ f(x) = A x \] "
RELU = r"Let $z \in \mathbb{R}$, and let $\phi(z) = \max(z, 0)$. "
LEAKY = r"\[ \phi(z) = \max(z, 0.1 z) \] \[ \phi(-1) = -0.1 \]"


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    "words",
    [
        "Hence the vector $c = b$ gives",
        "Then the vector $c = b$ satisfies",
        "Thus, with $c = b$,",
        "So we put $c = b$ and get",
        "With $c = b$,",
        "Where $c = b$,",
        "The norm of $c = b$ gives",
        "The vector is given by $c = b$.",
        "Hence it is defined by $c = b$.",
        "Since the vector $c = b$,",
        "Compute the vector $c = b$.",
        "The vector $c = b$ is well known.",
        "Let $c = b$.",
        "Let $c = 3b$ and $c = b$.",
        "Perhaps let $c = b$.",
        "We could let $c = b$.",
        "Setting $c = b$ gives",
        r"\[ c = 2b \] Thus the vector $c = b$ has",
        r"\[ c = 2b \] With the vector $c = b$",
        r"\[ c = 2b \] Perhaps let $c = b$.",
    ],
)
def test_nothing_is_said_of_a_name_with_two_values(words: str) -> None:
    found = statuses(rf"{VECTOR}{words} \[ c = b \]")
    assert found[-1] in ("unreadable", "tested")
    assert statuses(rf"{VECTOR}{words} \[ c = 3b \]")[-1] in ("unreadable", "tested", "refuted")


@pytest.mark.parametrize(
    "words",
    [
        "Donc le vecteur $c = b$ vérifie",
        "Ainsi, avec $c = b$,",
        "On pose donc $c = b$.",
        "On pose $c = b$.",
        "On pourrait poser $c = b$.",
        "La norme de $c = b$ donne",
        "Le vecteur est donné par $c = b$.",
        r"\[ c = 2b \] Donc on pose $c = b$.",
        r"\[ c = 2b \] Avec le vecteur $c = b$",
    ],
)
def test_nothing_is_said_of_a_name_with_two_values_in_french(words: str) -> None:
    assert statuses(rf"{VECTEUR}{words} \[ c = b \]")[-1] in ("unreadable", "tested")


@pytest.mark.parametrize(
    "text",
    [
        VECTOR + "Now let $c = b$.",
        VECTOR + "Let us redefine $c = b$.",
        VECTOR + "We take $c = b$ instead.",
        VECTOR + r"\[ c = 2b \] Let $c = b$.",
        VECTOR + r"\[ c = 2b \] \[ c := b \]",
        VECTOR + r"\[ c = 2b \] Consider the vector $c = b$.",
        VECTEUR + "On pose maintenant $c = b$.",
        VECTEUR + r"\[ c = 2b \] On pose $c = b$.",
        VECTEUR + "Redéfinissons $c = b$.",
    ],
)
def test_a_value_that_is_plainly_new_is_taken(text: str) -> None:
    assert statuses(rf"{text} \[ c = b \]")[-1] == "proved"
    assert statuses(rf"{text} \[ c^\top c = b^\top b + 1 \]")[-1] == "refuted"


@pytest.mark.parametrize("words", ["We do not let $c = b$.", "It is wrong that $c = b$.", "One must not set $c = b$."])
def test_a_second_value_that_is_denied_leaves_the_first(words: str) -> None:
    assert statuses(rf"{VECTOR}{words} \[ c = 2b \]") == ["proved"]


@pytest.mark.parametrize("words", ["Hence the vector $c = 2b$ gives", "With $c = b + b$,", "Where $c = 2b$,"])
def test_the_same_value_again_is_no_second_one(words: str) -> None:
    assert statuses(rf"{VECTOR}{words} \[ c = 2b \]") == ["proved"]


def test_one_display_gives_one_value() -> None:
    text = r"Let $b \in \mathbb{R}^n$ be a vector. "
    assert statuses(rf"{text}\[ d := b, \quad d := 3b \] \[ d = 3b \] \[ d = b \]") == ["unreadable"] * 2
    assert set(statuses(rf"{text}Define \[ d = b \quad\text{{and}}\quad d = 3b. \] \[ d = 3b \]")) <= {
        "unreadable",
        "refuted",
    }


def test_what_is_concluded_of_a_declared_name_proves_nothing() -> None:
    text = r"Let $b, c \in \mathbb{R}^n$. Hence the vector $c = b$ gives \[ c = b \]"
    assert statuses(text) == ["tested"]
    text = r"Soient $b, c \in \mathbb{R}^n$. Donc le vecteur $c = b$ donne \[ c = b \]"
    assert statuses(text) == ["tested"]


@pytest.mark.parametrize(
    "words",
    [
        "Recall that we set $c = b$.",
        "Above we let $c = b$.",
        "Remember that we let $c = b$.",
        "To fix ideas, let $c = b$.",
        "On rappelle que l'on pose $c = b$.",
        "Ci-dessus, on pose $c = b$.",
    ],
)
def test_a_value_that_is_recalled_is_no_new_one(words: str) -> None:
    assert statuses(rf"{VECTOR}\[ c = 2b \] {words} \[ c = b \]")[-1] in ("unreadable", "tested")


@pytest.mark.parametrize("words", ["Let $c_i = b_i$.", "Its entries are $c_i = b_i$.", "Let $b = c$.", "Soit $b = c$."])
def test_the_entries_of_what_has_a_value_have_one(words: str) -> None:
    assert statuses(rf"{VECTOR}{words} \[ c_i = b_i \]") in (["unreadable"], ["tested"])
    text = r"Let $A \in \mathbb{R}^{n \times n}$, $B = 2A$. "
    assert statuses(rf"{text}Let $B^\top = A^\top$. \[ B^\top = A^\top \]") == ["unreadable"]
    assert statuses(rf"{text}Let $B^\top = 2A^\top$. \[ B = 2A \]") == ["proved"]


def test_what_is_explained_behind_a_display_gives_no_second_value() -> None:
    text = r"Let $x \in \mathbb{R}^n$. "
    assert statuses(rf"{text}\[ y = 2x \] where $y = x$.") == ["unreadable"]
    assert statuses(rf"{text}\[ f(x) = 2 \|x\|^2 \] where $f(x) = \|x\|^2$.") == ["unreadable"]
    assert statuses(rf"{text}\[ \|y\|^2 = 4 \|x\|^2 \] where $y = 2x$.") == ["proved"]
    assert statuses(rf"{text}Let $y = x$. \[ y = 2x \]") == ["refuted"]


def test_an_equation_behind_a_definition_is_not_assumed() -> None:
    text = r"Let $b \in \mathbb{R}^n$ and $c = 2b = b$. \[ c = 2 b \] \[ c = b \] \[ b = 0 \]"
    assert statuses(text) == ["proved", "tested", "tested"]


@pytest.mark.parametrize(
    "given", ["%! b \\in \\mathbb{R}^n; c := 2b; c := b\n", "%! b \\in \\mathbb{R}^n; c := 2b\n%! c = b\n"]
)
def test_declarations_give_no_second_value_without_a_step_between(given: str) -> None:
    assert statuses(rf"{given}\[ c = b \]") == ["unreadable"]
    assert statuses("%! b \\in \\mathbb{R}^n; c := 2b\n\\[ c = 2b \\]\n%! c := b\n\\[ c = b \\]") == ["proved"] * 2


@pytest.mark.parametrize(
    "words",
    [
        "The points for which $f(x) = x$ are fixed.",
        "If $f(x) = x$, then",
        "In the case where $f(x) = x$",
        "Hence the function $f(x) = x$ satisfies",
        "Hence the derivative of $f(x) = x$ is as follows.",
        "We compare it with $f(x) = x$.",
    ],
)
def test_a_function_has_one_value(words: str) -> None:
    assert statuses(rf"{LINEAR}{words} \[ f(x) = x \]")[1:] == ["unreadable"]


@pytest.mark.parametrize(
    "words",
    [
        "Les points pour lesquels $f(x) = x$ sont fixes.",
        "Si $f(x) = x$, alors",
        "Donc la fonction $f(x) = x$ vérifie",
        "On la compare avec $f(x) = x$.",
    ],
)
def test_a_function_has_one_value_in_french(words: str) -> None:
    assert statuses(rf"{LINEAIRE}{words} \[ f(x) = x \]")[1:] == ["unreadable"]


@pytest.mark.parametrize(
    "words",
    [
        "Let $f(x) = 2x$ and $f(x) = x$.",
        "The functions $f(x) = 2x$ and $f(x) = x$ satisfy",
        "We use $f(x) = 2x$, respectively $f(x) = x$.",
        "On considère $f(x) = 2x$ puis $f(x) = x$.",
        "On note $f(x) = 2x$ la perte et $f(x) = x$ le risque.",
    ],
)
def test_a_function_that_is_given_twice_in_one_sentence_has_no_value(words: str) -> None:
    text = rf"Let $x \in \mathbb{{R}}^n$. {words}"
    assert statuses(rf"{text} \[ f(x) = x \]") == ["unreadable"]
    assert statuses(rf"{text} \[ f(x) = 2x \]") == ["unreadable"]


@pytest.mark.parametrize(
    "words", ["The leaky version:", "The leaky ReLU is", "For the leaky ReLU", "The leaky ReLU is the function"]
)
def test_a_display_of_another_function_of_that_name_is_not_clear(words: str) -> None:
    assert set(statuses(f"{RELU}{words} {LEAKY}")) == {"unreadable"}
    assert set(statuses(rf"Let $\phi$ be the ReLU and $z \in \mathbb{{R}}$. {words} {LEAKY}")) == {"unreadable"}
    assert statuses(f"{RELU}Now define {LEAKY}") == ["proved"]
    assert statuses(f"{RELU}We get {LEAKY}") == ["refuted", "refuted"]


def test_a_name_is_not_two_functions_in_words() -> None:
    odd = r"\[ \phi(-z) = -\phi(z) \]"
    relu = r"Let $z \in \mathbb{R}$ and let $\phi$ be the ReLU. "
    assert statuses(rf"{relu}Let $\phi$ be the hyperbolic tangent. {odd}") == ["unreadable"]
    assert statuses(rf"{relu}\[ \phi(1) = 1 \] Now let $\phi$ be the hyperbolic tangent. {odd}") == ["proved"] * 2


def test_what_is_made_of_a_function_with_two_values_has_none() -> None:
    text = r"Let $x \in \mathbb{R}^n$. Let $g(x) = \|x\|^2$ and $h(x) = g(x) + 1$, and let $g(x) = 2 \|x\|^2$. "
    assert statuses(rf"{text}\[ h(x) = 2 \|x\|^2 + 1 \]") == ["unreadable"]
    assert statuses(rf"{text}\[ h(x) = \|x\|^2 + 1 \]") == ["unreadable"]


def test_members_of_a_family_have_one_value() -> None:
    family = r"Let $x_t \in \mathbb{R}^n$ and $h_t = 2 x_t$. "
    for words in ("Let $h_t = x_t$.", "With $h_t = x_t$", "Hence the states $h_t = x_t$ satisfy"):
        assert statuses(rf"{family}{words} \[ h_t = x_t \]")[-1] in ("unreadable", "tested")
    assert statuses(rf"{family}Now let $h_t = x_t$. \[ h_t = x_t \] \[ h_t = 2 x_t \]") == ["proved", "refuted"]


LOGISTIC = (
    r"\section{One} Let $\sigma$ be the logistic function. For $z \in \mathbb{R}$"
    r"\[ \sigma'(z) = \sigma(z) (1 - \sigma(z)) \] \section{Two} "
)


@pytest.mark.parametrize(
    "text",
    [
        r"Let $\varepsilon \sim \mathcal{N}(0, \sigma^2 I_n)$. \[ \operatorname{Var}(\varepsilon) = \sigma^2 I \]",
        r"Let $\sigma > 0$. \[ \sqrt{\sigma^2} = \sigma \]",
        r"Let $u$ be a random number with mean $0$ and variance $\sigma^2$. \[ \mathbb{E}[u^2] = \sigma^2 \]",
    ],
)
def test_a_function_of_an_earlier_section_may_be_a_number_in_a_later_one(text: str) -> None:
    assert statuses(LOGISTIC + text) == ["proved", "proved"]
    assert statuses(rf"{LOGISTIC}{text} \[ \sigma(z) = \sigma z \]") == ["proved", "proved", "unreadable"]


def test_a_function_stays_one_where_its_square_is_spoken_of() -> None:
    text = rf"{LOGISTIC}The derivative is $\sigma' = \sigma - \sigma^2$. \[ \sigma'(z) = \sigma(z) - \sigma^2(z) \]"
    assert statuses(text) == ["proved", "proved"]


def test_a_function_squared_without_brackets_is_not_read() -> None:
    noise = r"Let $\varepsilon \sim \mathcal{N}(0, \sigma^2 I_n)$. \[ \operatorname{Var}(\varepsilon) = \sigma^2 I \]"
    text = r"Let $\sigma$ be the logistic function and $z \in \mathbb{R}$. \[ \sigma(0) = 1/2 \] "
    assert statuses(text + noise) == ["proved", "unreadable"]


NUMBERS = r"\section{One} Let $x, y \in \mathbb{R}$. \[ (x + y)^2 = x^2 + 2 x y + y^2 \] \section{Two} "
DATA = r"$X \in \mathbb{R}^{n \times d}$, $w \in \mathbb{R}^d$"
FIT = r"\[ \nabla_w \|X w - y\|^2 = 2 X^\top (X w - y) \]"


def test_a_number_of_an_earlier_section_may_be_a_vector_in_a_later_one() -> None:
    assert statuses(rf"{NUMBERS}Let {DATA} and $y \in \mathbb{{R}}^n$. {FIT}") == ["proved", "proved"]
    assert statuses(f"{NUMBERS}Let {DATA} and the targets $y$. {FIT}") == ["proved", "unreadable"]
    assert statuses(f"{NUMBERS}Soient {DATA} et les cibles $y$. {FIT}") == ["proved", "unreadable"]
    assert statuses(f"{NUMBERS}The labels $y$ form a vector. Let {DATA}. {FIT}") == ["proved", "unreadable"]
    assert statuses(f"{NUMBERS}Let {DATA}. {FIT}") == ["proved", "ill-typed"]
