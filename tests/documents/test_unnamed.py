"""What is assumed of something that a sentence does not name makes no true step wrong, and proves nothing."""

import pytest

from everystep.documents.check import check_text

SQUARE = r"Let $A, B \in \mathbb{R}^{n \times n}$. "


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    ("words", "step"),
    [
        ("If it is symmetric, then", "A = A^T"),
        ("If the matrix is symmetric, then", "A = A^T"),
        ("Assume it is symmetric. Then", "A = A^T"),
        ("Recall that the matrices are symmetric.", "A = A^T"),
        ("If they commute,", "A B = B A"),
        ("Supposons qu'elles commutent.", "A B = B A"),
        ("Our matrix being symmetric, we get", "A = A^T"),
        ("La matrice étant symétrique,", "A = A^T"),
        ("By symmetry,", "A = A^T"),
        ("In the symmetric case,", "A = A^T"),
        ("As the two commute,", "A B = B A"),
        ("Si elle est symétrique, alors", "A = A^T"),
    ],
)
def test_what_something_unnamed_may_make_right_is_not_refuted(words: str, step: str) -> None:
    assert statuses(rf"{SQUARE}{words} \[ {step} \]") == ["tested"]


@pytest.mark.parametrize("words", ["If it is symmetric, then", "Assume it is invertible.", "If they commute,"])
def test_another_mistake_is_still_found(words: str) -> None:
    assert statuses(rf"{SQUARE}{words} \[ A + A = 3 A \]") == ["refuted"]


def test_a_property_of_a_matrix_that_is_written_out_may_make_right_what_looks_wrong() -> None:
    text = r"Let $U = [u_1, \dots, u_k] \in \mathbb{R}^{n \times k}$ have orthonormal columns. \[ U^\top U = I \]"
    assert statuses(text) == ["unreadable"]


def test_an_exponent_t_beside_an_index_t_is_two_readings() -> None:
    text = r"Let $h_t = W h_{t-1}$ for $t \ge 1$, $h_0 \in \mathbb{R}^n$, $W \in \mathbb{R}^{n \times n}$. "
    assert statuses(text + r"\[ h_T = W^T h_0 \]") == ["unreadable"]


def test_a_conclusion_in_prose_that_is_not_checked_is_in_doubt() -> None:
    text = r"Let $A \in \mathbb{R}^{n \times n}$, $x, b, r \in \mathbb{R}^n$. Hence the value $r = b - A x$ satisfies "
    assert statuses(text + r"\[ r + A x = b \]") == ["tested"]
