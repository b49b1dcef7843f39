"""Sizes of identities, ones and zeros that a declaration or the use of a name tells; vectors and their numbers."""

from __future__ import annotations

import pytest

from everystep.documents.check import check_text

X_AND_H = r"%! X \in \mathbb{R}^{n \times d}; H := I - \frac{1}{n} \mathbf{1}\mathbf{1}^T" + "\n"
ONES = r"%! \mathbf{1} \in \mathbb{R}^n; J := \frac{1}{n} \mathbf{1}\mathbf{1}^T" + "\n"
NUMBERS_FIRST = r"%! \lambda_i \in \mathbb{R}, i = 1, \dots, n; \lambda \in \mathbb{R}^n" + "\n"
VECTOR_FIRST = r"%! \lambda \in \mathbb{R}^n; \lambda_i \in \mathbb{R}, i = 1, \dots, n" + "\n"
PRODUCT = r"\[ \det(\operatorname{diag}(\lambda)) = \prod_{i=1}^n \lambda_i \]"
SUM = r"\[ \det(\operatorname{diag}(\lambda)) = \sum_{i=1}^n \lambda_i \]"


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (X_AND_H + r"\[ (HX)^T \mathbf{1} = 0 \]", "proved"),
        (X_AND_H + r"\[ HX = X \]", "refuted"),
        (X_AND_H + r"\[ H^2 = H \]", "unreadable"),
        (X_AND_H + r"\[ H_{11} = 1 \]", "unreadable"),
        (ONES + r"\[ J^2 = J \]", "proved"),
        (ONES + r"\[ J^2 = n J \]", "refuted"),
        (NUMBERS_FIRST + PRODUCT, "proved"),
        (NUMBERS_FIRST + SUM, "refuted"),
        (VECTOR_FIRST + PRODUCT, "proved"),
        (VECTOR_FIRST + SUM, "refuted"),
    ],
)
def test_sizes_are_told_by_declarations_and_by_use(text: str, expected: str) -> None:
    assert statuses(text) == [expected]


def test_a_name_that_was_sized_by_use_is_sized_at_each_use() -> None:
    text = X_AND_H + r"\[ \operatorname{tr}(X^T H X) = \operatorname{tr}(H X X^T) \]" + "\n" + r"\[ X H = X \]"
    assert statuses(text) == ["proved", "refuted"]


@pytest.mark.parametrize(
    "words",
    [
        r"Let $A \in \mathbb{R}^{n \times n}$, and let $I \in \mathbb{R}^{n \times n}$ be the identity matrix.",
        r"Soit $A \in \mathbb{R}^{n \times n}$ et soit $I \in \mathbb{R}^{n \times n}$ la matrice identité.",
    ],
)
def test_what_words_call_the_identity_is_the_identity(words: str) -> None:
    assert statuses(words + r"\[ A I = A \]") == ["proved"]


def test_a_square_matrix_that_is_called_i_may_be_an_image() -> None:
    declared = r"%! A, I \in \mathbb{R}^{n \times n}" + "\n"
    assert statuses(declared + r"\[ A I = A \]") == ["unreadable"]
    assert statuses(declared + r"\[ A + A = 2 A \]") == ["proved"]
    assert statuses(r"%! I, J \in \mathbb{R}^{m \times n}" + "\n" + r"\[ I + J = J + I \]") == ["proved"]
