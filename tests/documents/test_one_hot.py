"""One-hot vectors of a class that words name, entries that words give, and indices that definitions fix."""

import pytest

from everystep.documents.check import check_text

SCORES = r"Let $z \in \mathbb{R}^K$ and $p = \mathrm{softmax}(z)$. "
CLAIMS = r" Let $J = -\log p_c$. Then \[ \nabla_z J = p - y, \nabla_z J = y - p, J = -\sum_{k=1}^K y_k \log p_k \]"


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    "words",
    [
        r"Let $y \in \mathbb{R}^K$ be the one-hot vector of the true class $c$.",
        r"Let $c$ be the true class and let $y \in \mathbb{R}^K$ be the one-hot encoding of $c$.",
        r"Let $y \in \mathbb{R}^K$ be one-hot with $y_c = 1$.",
        (
            r"Let $y \in \mathbb{R}^K$ be the one-hot vector of the label $c \in \{1, \dots, K\}$, "
            r"so that $y_k = \delta_{kc}$."
        ),
        r"Let $y \in \mathbb{R}^K$ have entries $y_k = \delta_{kc}$.",
        r"Soit $y \in \mathbb{R}^K$ le vecteur one-hot de la vraie classe $c$.",
        r"Soit $y \in \mathbb{R}^K$ le vecteur one-hot de la classe $c$, c'est-à-dire $y_k = \mathbb{1}[k = c]$.",
    ],
)
def test_a_one_hot_vector_has_its_class(words: str) -> None:
    assert statuses(SCORES + words + CLAIMS) == ["proved", "refuted", "proved"]


def test_no_other_index_is_that_class() -> None:
    said = r"Let $y \in \mathbb{R}^K$ be the one-hot vector of the class $c$ and $J = -\log p_c$."
    display = r"\[ \frac{\partial J}{\partial z_k} = p_k - y_k, \frac{\partial J}{\partial z_k} = p_k - 1, y_k = 1 \]"
    assert statuses(SCORES + said + display) == ["proved", "refuted", "refuted"]


def test_what_is_supposed_of_a_class_ends() -> None:
    text = r"If $y \in \mathbb{R}^K$ is the one-hot vector of the class $c$, then \[ y = e_c \]"
    assert statuses(text + r" In general, \[ y^T y = 1 \]") == ["proved", "tested"]


@pytest.mark.parametrize(
    "words",
    [
        r"Let $y \in \mathbb{R}^K$. Suppose $y$ is not the one-hot vector of the class $c$.",
        r"Let $c \in \mathbb{R}^K$ and let $y \in \mathbb{R}^K$ be the one-hot vector of the largest entry of $c$.",
    ],
)
def test_other_vectors_are_left_alone(words: str) -> None:
    assert not {"proved", "refuted"} & set(statuses(words + r"\[ y = e_c \]"))


@pytest.mark.parametrize(
    "words",
    [
        r"Let $z, y \in \mathbb{R}^n$, where $y$ is the vector with entries $y_i = z_i^2$.",
        r"Let $z \in \mathbb{R}^n$ and let $y \in \mathbb{R}^n$ have components $y_i = z_i^2$, $i = 1, \dots, n$.",
        r"Soit $z \in \mathbb{R}^n$ et soit $y \in \mathbb{R}^n$ le vecteur de composantes $y_i = z_i^2$.",
    ],
)
def test_entries_in_words_are_a_definition(words: str) -> None:
    assert statuses(words + r"\[ \nabla_z (\mathbf{1}^T y) = 2 z, \nabla_z (\mathbf{1}^T y) = z \]") == [
        "proved",
        "refuted",
    ]


def test_an_entry_at_an_index_of_its_own_is_no_definition() -> None:
    words = r"Let $z \in \mathbb{R}^n$, let $i$ be an index and let $y \in \mathbb{R}^n$ have entries $y_i = z_i^2$."
    assert not {"proved", "refuted"} & set(statuses(words + r"\[ y = z \odot z \]"))


def test_the_entries_of_a_matrix_likewise() -> None:
    words = (
        r"Let $B \in \mathbb{R}^{n \times n}$ and let $A \in \mathbb{R}^{n \times n}$ have entries $A_{ij} = B_{ij}^2$."
    )
    assert statuses(words + r"\[ A = B \odot B, A = B^2 \]") == ["proved", "refuted"]


def test_a_definition_has_its_index_within_range() -> None:
    words = r"Let $p \in \mathbb{R}^m$, $q \in \mathbb{R}^n$ and $J = p_k$."
    display = (
        r"\[ \frac{\partial J}{\partial p_j} = \delta_{jk}, \frac{\partial J}{\partial p_j} = 1, J q_k = q_k p_k \]"
    )
    assert statuses(words + display) == ["proved", "refuted", "proved"]
