"""What a text says of the diagonal of a matrix: signs, and that no entry of it is 0."""

from __future__ import annotations

import pytest

from everystep.documents.check import check_text


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


TRIANGLE = r"Let $L \in \mathbb{R}^{n \times n}$ be lower triangular "
LOGARITHM = r"\[ \log\det(L L^\top) = 2 \sum_{i=1}^n \log L_{ii} \]"


@pytest.mark.parametrize(
    "words",
    [
        r"with $L_{ii} > 0$ for $i = 1, \dots, n$.",
        r"with $L_{ii} > 0$ for all $i$.",
        r"with $L_{jj} > 0$ for every $j \in \{1, \dots, n\}$.",
        r"with $L_{kk} > 0$ for $1 \le k \le n$.",
    ],
)
def test_the_diagonal_of_a_triangle_is_positive(words: str) -> None:
    assert statuses(f"{TRIANGLE}{words} {LOGARITHM}") == ["proved"]
    assert statuses(rf"{TRIANGLE}{words} \[ I = L^{{-1}} L \] \[ \det(L) > 0 \]") == ["proved", "proved"]


@pytest.mark.parametrize(
    "words",
    [
        r"with $L_{ii} > 0$ for $i = 1, \dots, n - 1$.",
        r"with $L_{ii} > 0$ for $i = 1$.",
        r"with $L_{ii} > 0$ for some $i$.",
        r"with $L_{ii} \ge 0$ for $i = 1, \dots, n$.",
        r"with $L_{ij} > 0$ for $i = 1, \dots, n$.",
    ],
)
def test_a_part_of_the_diagonal_is_not_enough(words: str) -> None:
    assert "proved" not in statuses(rf"{TRIANGLE}{words} \[ I = L^{{-1}} L \] \[ \det(L) > 0 \]")


def test_a_line_of_declarations_says_it_of_the_whole_diagonal() -> None:
    line = r"%! L \in \mathbb{R}^{n \times n}; L \text{ lower triangular}; L_{ii} > 0, i = 1, \dots, n"
    assert statuses(f"{line}\n{LOGARITHM}") == ["proved"]
    assert statuses(f"{line}\n" + r"\[ \sum_{i=1}^n \sum_{j=1}^n L_{ij} > 0 \]") == ["refuted"]
    assert statuses(f"{line}\n" + r"\[ \log\det(L) = 2 \sum_{i=1}^n \log L_{ii} \]") == ["refuted"]


def test_a_diagonal_without_zeros() -> None:
    given = rf"{TRIANGLE} with $L_{{ii}} \ne 0$ for $i = 1, \dots, n$."
    assert statuses(rf"{given} \[ I = (L L^\top)^{{-1}} L L^\top \]") == ["proved"]
    assert statuses(rf"{given} \[ \det(L) > 0 \]") == ["refuted"]


def test_the_diagonal_of_a_full_matrix_says_nothing_of_its_inverse() -> None:
    given = r"Let $A \in \mathbb{R}^{n \times n}$ with $A_{ii} > 0$ for $i = 1, \dots, n$."
    assert statuses(rf"{given} \[ \operatorname{{tr}}(A) > 0 \]") == ["proved"]
    assert statuses(rf"{given} \[ I = A^{{-1}} A \]") == ["tested"]
    assert statuses(rf"{given} \[ \det(A) > 0 \]") == ["refuted"]


def test_a_defined_matrix_is_invertible_where_a_declaration_says_with() -> None:
    given = r"Let $A, D \in \mathbb{R}^{n \times n}$ and let $S := D - A$"
    assert statuses(rf"{given} with $S$ invertible. \[ I = S^{{-1}} S \]") == ["proved"]
    assert statuses(rf"{given}, where $S$ is invertible. \[ I = S^{{-1}} S \]") == ["tested"]
    assert statuses(rf"{given} with $S$ symmetric. \[ S^\top = S \]") != ["proved"]
