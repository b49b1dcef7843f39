"""What a text says in passing may make right what looks wrong: no mistake is claimed against it."""

from __future__ import annotations

import pytest

from everystep.documents.check import check_text


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


VECTOR = r"Let $v \in \mathbb{R}^n$. "


@pytest.mark.parametrize(
    "words",
    [
        "All vectors are of unit norm.",
        "All vectors have unit length.",
        "All vectors are of unit norm. For every $v$,",
        "Every vector has norm one.",
        "Tous les vecteurs sont de norme 1.",
        "Tous les vecteurs sont unitaires.",
    ],
)
def test_what_is_said_of_all_vectors_is_in_doubt_of_each(words: str) -> None:
    claim = r"\[ v^\top v = 1 \] \[ v^\top v + 1 = v^\top v \]"
    assert statuses(f"{VECTOR}{words} {claim}") == ["tested", "refuted"]
    assert statuses(rf"{words} \[ 1 = 1 \] {VECTOR} {claim}") == ["proved", "tested", "refuted"]
    assert statuses(f"{VECTOR}{claim}") == ["refuted", "refuted"]


@pytest.mark.parametrize("words", ["Vectors are normalised throughout.", "Throughout, vectors are normalized."])
def test_vectors_may_be_normalised(words: str) -> None:
    assert statuses(rf"{VECTOR}{words} \[ v^\top v = 1 \]") == ["tested"]


@pytest.mark.parametrize(
    "words",
    [
        "All matrices are symmetric.",
        "Matrices are symmetric here.",
        "Every matrix here is symmetric.",
        "Toutes les matrices sont symétriques.",
    ],
)
def test_what_is_said_of_all_matrices_is_in_doubt_of_each(words: str) -> None:
    text = r"Let $A \in \mathbb{R}^{n \times n}$. "
    assert statuses(rf"{text}{words} \[ A^\top = A \] \[ A^\top = -A \]") == ["tested", "refuted"]


@pytest.mark.parametrize("words", ["Not all vectors are of unit norm.", "Vectors need not be of unit norm."])
def test_what_is_denied_of_all_is_in_doubt_of_none(words: str) -> None:
    assert statuses(rf"{VECTOR}{words} \[ v^\top v = 1 \]") == ["refuted"]


@pytest.mark.parametrize("words", ["For every $v$", "For all $v$,", "Pour tout $v$", r"For every $v \in \mathbb{R}^n$"])
def test_what_is_listed_behind_every_may_be_a_condition(words: str) -> None:
    assert statuses(rf"{VECTOR}{words} \[ v^T v = 1, \|v\| = 1 \]") == ["unreadable", "unreadable"]
    assert statuses(rf"{VECTOR}{words} \[ v^T v = \|v\|^2, \|2 v\| = 2 \|v\| \]") == ["proved", "proved"]
    assert statuses(rf"{VECTOR}{words} \[ v^T v = 1 \]") == ["refuted"]
    assert statuses(rf"{VECTOR}{words} \[ v^T v = 1 \implies \|v\| = 1 \]") == ["assumed", "proved"]


def test_a_list_behind_a_verb_is_claimed() -> None:
    assert statuses(rf"{VECTOR}For every $v$ we have \[ v^T v = 1, \|v\| = 1 \]") == ["refuted", "refuted"]


@pytest.mark.parametrize(
    "text",
    [
        r"Let $R$ be a set and $v \in R$.",
        r"Let $R \subset \mathbb{R}^n$ and $v \in R$.",
        r"Let $R = \{x \in \mathbb{R}^n : \|x\| \le 1\}$. For $v \in R$,",
        r"Let $v \in R$, where $R$ is a set of vectors.",
        r"Let $R$ be the row space of $X \in \mathbb{R}^{n \times d}$ and $v \in R$.",
        r"Let $v \in \mathcal{R}$.",
        r"Soit $R$ un ensemble de vecteurs et $v \in R$.",
        r"Soit $v \in R$, où $R$ est un ensemble.",
    ],
)
def test_a_set_of_the_texts_own_is_not_that_of_the_numbers(text: str) -> None:
    assert statuses(rf"{text} \[ v v^\top = v^\top v \]") == ["unreadable"]
    assert statuses(rf"{text} \[ v^\top v + I = I \]") == ["unreadable"]


@pytest.mark.parametrize(
    "text", [r"Let $v \in R$.", r"Let $n \in N$ and $v \in \mathbf{R}$.", r"Soit $v \in \mathbb{R}$."]
)
def test_a_letter_that_nothing_else_is_said_of_is_the_set_of_the_numbers(text: str) -> None:
    assert statuses(rf"{text} \[ v v^\top = v^\top v \] \[ v^2 = v \]") == ["proved", "refuted"]


START = r"Let $x \in \mathbb{R}^n$ and $\eta > 0$. "


@pytest.mark.parametrize(
    "text",
    [
        r"\[ x_1 = x_0 - \eta x_0 \] where $x_0 \in \mathbb{R}^n$. \[ x_1 = (1 - \eta) x_0 \]",
        r"\[ x_1 = x_0 - \eta x_0, \quad x_2 = x_1 - \eta x_1 \] The start is $x_0 \in \mathbb{R}^n$.",
        r"One step is $x_1 = x_0 - \eta x_0$. \[ x_1 = (1 - \eta) x_0 \] Here $x_0 \in \mathbb{R}^n$ is the start.",
        r"\[ x_1 = (1 - \eta) x_0 \] où $x_0 \in \mathbb{R}^n$ est le point de départ.",
    ],
)
def test_the_first_iterates_are_no_entries(text: str) -> None:
    assert not {"proved", "refuted", "ill-typed"} & set(statuses(START + text))


def test_entries_stay_entries() -> None:
    text = r"Let $x \in \mathbb{R}^2$. \[ x_1^2 + x_2^2 = \|x\|^2 \] \[ x_1 + x_2 = \|x\| \] \[ x_1 = x \]"
    assert statuses(text) == ["proved", "refuted", "ill-typed"]


MEMBERS = r"Let $c, h_t \in \mathbb{R}^m$ and let $L = \sum_{t=1}^T c^\top h_t$. "
MEMBRES = r"Soient $c, h_t \in \mathbb{R}^m$ et soit $L = \sum_{t=1}^T c^\top h_t$. "
RECURRENCE = (
    "%! c, h_t \\in \\mathbb{R}^m; W \\in \\mathbb{R}^{m \\times m}; h_t := \\tanh(W h_{t-1})\n"
    "Let $L = \\sum_{t=1}^T c^\\top h_t$. "
)
LINEAR = (
    r"Let $c, h_t \in \mathbb{R}^m$, $W \in \mathbb{R}^{m \times m}$, $h_t = W h_{t-1}$ "
    r"and $L=\sum_{t=1}^T c^\top h_t$. "
)


@pytest.mark.parametrize("text", [MEMBERS, MEMBRES, RECURRENCE, LINEAR])
def test_the_last_member_is_one_of_those_that_are_summed(text: str) -> None:
    assert statuses(rf"{text}\[ \nabla_{{h_T}} L = c \]") == ["proved"]
    assert statuses(rf"{text}\[ \frac{{\partial L}}{{\partial h_T}} = c \]") == ["proved"]
    assert statuses(rf"{text}\[ \nabla_{{h_T}} L = 2c \]") == ["refuted"]


def test_an_earlier_member_reaches_the_sum_through_the_recurrence() -> None:
    assert statuses(rf"{LINEAR}\[ \nabla_{{h_{{T-1}}}} L = c + W^\top c \]") == ["proved"]
    assert statuses(rf"{LINEAR}\[ \nabla_{{h_{{T-1}}}} L = c \]") == ["refuted"]
    assert statuses(rf"{MEMBERS}\[ \nabla_{{h_{{T-1}}}} L = c \]") == ["proved"]
    assert statuses(rf"{MEMBERS}\[ \nabla_{{h_0}} L = c \]") == ["refuted"]


def test_a_sum_of_neighbours_has_its_members_at_several_positions() -> None:
    text = r"Let $x_i \in \mathbb{R}$ and let $s = \sum_{i=2}^n x_i x_{i-1}$. "
    assert statuses(rf"{text}\[ \frac{{\partial s}}{{\partial x_n}} = x_{{n-1}} \]") == ["tested"]
    assert statuses(rf"{text}\[ \frac{{\partial s}}{{\partial x_n}} = x_{{n+1}} \]") == ["refuted"]


def test_a_step_of_the_adjoint_recursion_is_one_inside_of_the_sum() -> None:
    step = r"\nabla_{h_s} L = {c} + W^\top \nabla_{h_{s+1}} L"
    assert statuses(rf"{LINEAR}\[ {step.replace('{c}', 'c')} \]") in (["tested"], ["proved"])
    assert statuses(rf"{LINEAR}\[ {step.replace('{c}', '2c')} \]") == ["refuted"]


def test_a_member_that_is_said_to_lie_outside_is_outside() -> None:
    assert statuses(rf"{MEMBERS}For $s > T$ we have \[ \nabla_{{h_s}} L = c \]") == ["refuted"]
    assert statuses(rf"{MEMBERS}\[ \nabla_{{h_s}} L = c \]") == ["proved"]


MATRIX = r"Let $X \in \mathbb{R}^{n \times d}$. "
CENTRED = [
    "We assume the data to be centred.",
    "The data are centered.",
    "Assume that the columns of the data matrix have zero mean.",
    "We centre the data.",
    "We work with centred features.",
    "On suppose les données centrées.",
    "Les colonnes sont de moyenne nulle.",
    "On centre les données.",
]


@pytest.mark.parametrize("words", CENTRED)
def test_data_may_be_centred(words: str) -> None:
    claim = r"\[ X^\top \mathbf{1} = 0 \] \[ X^\top X = X^\top X + I \]"
    assert statuses(f"{MATRIX}{words} {claim}") == ["tested", "refuted"]
    assert statuses(rf"{words} \[ 1 = 1 \] {MATRIX} {claim}") == ["proved", "tested", "refuted"]
    points = r"Let $x_1, \dots, x_n \in \mathbb{R}^d$. "
    assert statuses(rf"{points}{words} \[ \sum_{{i=1}}^n x_i = 0 \]") == ["tested"]
    random = r"Let $x \sim \mathcal{N}(\mu, \Sigma)$ with $\mu \in \mathbb{R}^d$. "
    assert statuses(rf"{random}{words} \[ \mathbb{{E}}[x x^\top] = \Sigma \]") == ["tested"]


@pytest.mark.parametrize(
    "words",
    [
        "We do not assume the data to be centred.",
        "The data are not centred.",
        "The data are uncentred.",
        "The centre of the circle is the origin.",
        "On ne suppose pas les données centrées.",
        "Les données ne sont pas centrées.",
    ],
)
def test_data_that_are_not_centred_are_any(words: str) -> None:
    assert statuses(rf"{MATRIX}{words} \[ X^\top \mathbf{{1}} = 0 \]") == ["refuted"]


@pytest.mark.parametrize(
    "words", ["The inputs are standardised.", "We normalise the features.", "Les données sont réduites."]
)
def test_data_may_be_scaled(words: str) -> None:
    assert statuses(rf"{MATRIX}{words} \[ X^\top \mathbf{{1}} = 0 \]") == ["tested"]


def test_whitened_data_may_have_orthonormal_columns() -> None:
    assert statuses(rf"{MATRIX}The data are whitened. \[ X^\top X = I \] \[ X^\top X = 3 I \]")[0] == "tested"
    assert statuses(rf"{MATRIX}The data are centred. \[ X^\top X = I \]") == ["refuted"]


def test_a_sentence_that_may_decide_a_step_is_named_once() -> None:
    """What it says of data may mean the columns of a matrix, or its rows."""
    (step,) = check_text(rf"{MATRIX}The data are centred. \[ \mathbf{{1}}^\top X \mathbf{{1}} = 0 \]").steps
    assert str(step.status) == "tested"
    assert step.verdict.message.count("the data are centred") == 1


NUMBERS = r"Let $a, b \in \mathbb{R}$. "
NOMBRES = r"Soient $a, b \in \mathbb{R}$. "


@pytest.mark.parametrize(
    "words",
    [
        "Setting $a$ to $1$ gives",
        "Setting $a$ to one gives",
        "With $a$ set to $1$ this is",
        "Choosing $a$ as $1$ gives",
        "Replacing $a$ by $1$ gives",
        "Substituting $1$ for $a$ gives",
        "Substituting $a = 1$ gives",
        "Evaluating at $a = 1$ gives",
        "At $a = 1$ we get",
        "When $a$ equals $1$ we get",
        "Letting $a$ be $1$ we get",
        "En fixant $a$ à $1$, on obtient",
        "En remplaçant $a$ par $1$, on obtient",
        "En prenant $a$ égal à $1$, on obtient",
        "Si $a$ vaut $1$, on obtient",
        "Pour $a$ égal à un, on obtient",
    ],
)
def test_what_a_name_is_put_at_is_in_doubt_for_the_display(words: str) -> None:
    text = NOMBRES if words.startswith(("En", "Si", "Pour")) else NUMBERS
    assert statuses(rf"{text}{words} \[ a b = b \]") == ["tested"]
    assert statuses(rf"{text}{words} \[ a b = 2 b \]") == ["refuted"]
    assert statuses(rf"{text}{words} \[ a b = b \] so that \[ a b + b = 2 b \]") == ["tested", "tested"]
    assert statuses(rf"{text}{words} \[ a b = b \] In all cases, \[ a b + b = 2 b \]")[1] == "refuted"


@pytest.mark.parametrize("words", ["Without setting $a$ to $1$ we have", "Sans fixer $a$ à $1$, on obtient", "We get"])
def test_what_a_name_is_not_put_at_excuses_nothing(words: str) -> None:
    assert statuses(rf"{NUMBERS}{words} \[ a b = b \]") == ["refuted"]


def test_two_names_are_put_at_values_and_a_matrix_at_the_identity() -> None:
    assert statuses(rf"{NUMBERS}Setting $a$ to $1$ and $b$ to $2$ gives \[ a b = 2 \]") == ["tested"]
    text = r"Let $A, B \in \mathbb{R}^{n \times n}$. "
    for words in ("Setting $A$ to the identity gives", "Setting $A$ to $I$ gives", "Avec $A$ égale à l'identité,"):
        assert statuses(rf"{text}{words} \[ A B = B \]") == ["tested"]
    assert statuses(rf"{text}Setting $A$ to $-I$ gives \[ A B = B \]") == ["refuted"]


ACTIVATION = [
    r"$p = \sigma(X w)$, where $\sigma$ is applied elementwise.",
    r"$p = \sigma(X w)$. Here $\sigma$ is applied entrywise.",
    r"$p = \sigma(X w)$, où $\sigma$ est appliquée composante par composante.",
]


@pytest.mark.parametrize("words", ACTIVATION)
def test_a_function_that_is_not_named_bears_on_what_is_defined_by_it(words: str) -> None:
    text = rf"Let $X \in \mathbb{{R}}^{{n \times d}}$, $w \in \mathbb{{R}}^d$ and {words} Let $q = 2 p$. "
    assert statuses(rf"{text}\[ \nabla_w \mathbf{{1}}^\top p = X^\top (p \odot (1 - p)) \]") == ["unreadable"]
    assert statuses(rf"{text}\[ \nabla_w \mathbf{{1}}^\top q = 2 X^\top (p \odot (1 - p)) \]") == ["unreadable"]
    assert statuses(rf"{text}\[ \nabla_w \mathbf{{1}}^\top p = X^\top \sigma'(X w) \]") == ["proved"]
    assert statuses(rf"{text}\[ \nabla_w \|X w\|^2 = X^\top X w \]") == ["refuted"]


@pytest.mark.parametrize("kind", ["odd", "increasing", "convex"])
def test_what_is_said_of_a_function_bears_on_what_is_defined_by_it(kind: str) -> None:
    text = rf"Let $x \in \mathbb{{R}}^d$ and let $\phi : \mathbb{{R}} \to \mathbb{{R}}$ be {kind}. Let $h = \phi(x)$. "
    assert statuses(rf"{text}Let $k = \phi(-x)$. \[ h = -k \]") == ["unreadable"]


SQUARES = r"Let $A, B, C \in \mathbb{R}^{n \times n}$ "


@pytest.mark.parametrize("joined", ["$A$ and $C$", "$A$, $C$", "$A$, $B$ and $C$"])
def test_an_adjective_behind_a_list_may_be_said_of_all_of_it(joined: str) -> None:
    assert statuses(rf"{SQUARES} with {joined} symmetric. \[ A^\top = A \] ") == ["tested"]
    assert statuses(rf"{SQUARES} with {joined} symmetric. \[ C^\top = C \] ") == ["proved"]
    assert statuses(rf"{SQUARES} with $A B C = 0$ and {joined} invertible. \[ B = 0 \] ") == ["tested"]
    assert statuses(rf"{SQUARES} with {joined} symmetric. \[ A^2 = A \] ") == ["refuted"]


def test_an_adjective_behind_a_type_is_said_of_that_name_alone() -> None:
    given = r"Let $A \in \mathbb{R}^{n \times n}$ and $C \in \mathbb{R}^{n \times n}$ symmetric."
    assert statuses(rf"{given} \[ A^\top = A \]") == ["refuted"]


@pytest.mark.parametrize(
    ("given", "claim"),
    [
        (
            r"Let $x \in \mathbb{R}^n$, $f(x) = x^\top A x$ with symmetric $A \in \mathbb{R}^{n \times n}$.",
            r"\nabla f(x) = 2 A x",
        ),
        (
            r"Let $A = Q D Q^\top$ with orthogonal $Q \in \mathbb{R}^{n \times n}$, $D \in \mathbb{R}^{n \times n}$.",
            r"Q Q^\top = I",
        ),
        (r"Let $s = \sqrt{a^2}$ with positive $a \in \mathbb{R}$.", "s = a"),
    ],
)
def test_an_adjective_behind_with_is_said_of_the_name(given: str, claim: str) -> None:
    assert statuses(rf"{given} \[ {claim} \]") == ["proved"]


@pytest.mark.parametrize(
    ("given", "claim"),
    [
        (r"Let $P = v v^\top$ with unit $v \in \mathbb{R}^n$.", "P^2 = P"),
        (r"We work with unit vectors $v \in \mathbb{R}^n$.", r"v^\top v = 1"),
        (r"We work with symmetric matrices $A \in \mathbb{R}^{n \times n}$.", r"A^\top = A"),
        (r"The set of symmetric matrices $A \in \mathbb{R}^{n \times n}$ is a space.", r"A^\top = A"),
        (r"Let $A \in \mathbb{R}^{n \times n}$. The method works with symmetric $A$ only.", r"A^\top = A"),
        (r"Let $A \in \mathbb{R}^{n \times n}$. All matrices are stochastic.", r"A \mathbf{1} = \mathbf{1}"),
        (r"Let $A \in \mathbb{R}^{n \times n}$. We only consider stochastic $A$.", r"A \mathbf{1} = \mathbf{1}"),
    ],
)
def test_what_may_be_said_of_the_name_refutes_nothing(given: str, claim: str) -> None:
    (status,) = statuses(rf"{given} \[ {claim} \]")
    assert status in ("tested", "unreadable")


@pytest.mark.parametrize(
    ("given", "claim"),
    [
        (r"Let $a, c > 0$ with $a b = 1$.", "b c > 0"),
        (r"Let $a, c > 0$ and $a b = 1$.", "b c > 0"),
        (r"Let $a, c > 0$ with $c b = a$.", "b c > 0"),
        (r"Let $a, c > 0$ with $a + b g = 1$.", "b g c < c"),
        (r"Let $a, b > 0$ and $p > 1$ with $1/p + 1/q = 1$.", r"a b \le \frac{a^p}{p} + \frac{b^q}{q}"),
    ],
)
def test_an_equation_with_a_letter_that_nothing_declares_is_not_forgotten(given: str, claim: str) -> None:
    assert statuses(rf"{given} \[ {claim} \]") == ["unreadable"]
