"""Names that words describe in a way that is not known, or that lie in a set that is not: no mistake is claimed."""

from __future__ import annotations

import pytest

from everystep.documents.check import check_text


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


MATRIX = "Let $A \\in \\mathbb{R}^{n \\times n}$ "


@pytest.mark.parametrize(
    ("text", "step"),
    [
        (MATRIX + "be a matrix that coincides with its transpose.", "A^\\top = A"),
        (MATRIX + "be row-stochastic.", "A \\mathbf{1} = \\mathbf{1}"),
        (MATRIX + "be a Markov matrix.", "A \\mathbf{1} = \\mathbf{1}"),
        (MATRIX + "project onto a subspace.", "A^2 = A"),
        (MATRIX + "with unit determinant.", "\\det(A) = 1"),
        ("Let $A, B \\in \\mathbb{R}^{n \\times n}$ be inverse to each other.", "A B = I"),
        (MATRIX + "be given. Denote its transpose by $B$.", "A^\\top = B"),
        ("Let $p \\in \\mathbb{R}^n$ be a distribution.", "\\mathbf{1}^\\top p = 1"),
        ("Let $y \\in \\mathbb{R}^n$ be a vector of labels in $\\{-1, 1\\}$.", "y \\odot y = \\mathbf{1}"),
        ("Let $x \\in \\mathbb{R}^n$ be in the kernel of $A \\in \\mathbb{R}^{m \\times n}$.", "A x = 0"),
        ("Let $A \\in \\mathbb{R}^{m \\times n}$, $x \\in \\mathbb{R}^n$, $x \\in \\ker A$.", "A x = 0"),
        ("Let $p \\in \\mathbb{R}^n$ and suppose that $p \\in \\Delta$.", "\\mathbf{1}^\\top p = 1"),
        ("Let $Q \\in \\mathbb{R}^{n \\times n}$, $Q \\in O(n)$.", "Q^\\top Q = I"),
        ("Let $f : \\mathbb{R}^n \\to \\mathbb{R}$ be linear and $x, y \\in \\mathbb{R}^n$.", "f(x + y) = f(x) + f(y)"),
        ("Let $\\theta \\in [0, \\pi/2]$.", "|\\cos\\theta| = \\cos\\theta"),
    ],
)
def test_what_may_follow_from_words_that_are_not_known_is_not_refuted(text: str, step: str) -> None:
    assert statuses(f"{text} \\[ {step} \\]")[0] in ("tested", "unreadable", "proved")


@pytest.mark.parametrize(
    ("text", "step"),
    [
        (MATRIX + "be the weight matrix of the first hidden layer.", "A^\\top = A"),
        (MATRIX + "be invertible.", "A^\\top = A"),
        (MATRIX + "be a real square matrix.", "A^\\top = A"),
        ("Let $x \\in \\mathcal{X}$ and $x \\in \\mathbb{R}$.", "x^2 = x"),
        ("Let $x \\in \\mathbb{R}^n$ be the vector of predicted outputs.", "x^\\top x = 1"),
        ("Soit $A \\in \\mathbb{R}^{n \\times n}$ une matrice carrée quelconque.", "A^\\top = A"),
    ],
)
def test_descriptions_that_say_nothing_of_a_step_leave_it_refuted(text: str, step: str) -> None:
    assert statuses(f"{text} \\[ {step} \\]") == ["refuted"]
