"""Rows and columns that words name, before or behind the matrix, and words that name none."""

import pytest

from everystep.documents.check import check_text

SAMPLE = "\nLet $x \\in \\mathbb{R}^n$ and $b \\in \\mathbb{R}^m$. Then\n"
RESIDUAL = r"\[ \sum_{i=1}^m (a_i^T x - b_i)^2 = \|A x - b\|^2, \sum_{i=1}^m (a_i^T x - b_i)^2 = \|A x + b\|^2 \]"


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    "words",
    [
        r"Let $A \in \mathbb{R}^{m\times n}$, and denote by $a_i^T$ the rows of $A$.",
        r"Let $A \in \mathbb{R}^{m\times n}$ and denote the rows of $A$ by $a_1^T, \dots, a_m^T$.",
        r"Let $A \in \mathbb{R}^{m\times n}$. The rows of $A$ are denoted by $a_i^T$.",
        r"Let $A \in \mathbb{R}^{m\times n}$. The rows of $A$ are $a_1^T, \dots, a_m^T$.",
        r"Let $A \in \mathbb{R}^{m\times n}$. We write $a_i^T$ for the $i$-th row of $A$.",
        r"Let $A \in \mathbb{R}^{m\times n}$ have rows $a_1^T, \dots, a_m^T$.",
        r"Let $A \in \mathbb{R}^{m\times n}$ with $i$-th row $a_i^T$.",
        r"Let $A \in \mathbb{R}^{m\times n}$. The $i$-th row of $A$ is $a_i^T$.",
        r"Let $A \in \mathbb{R}^{m\times n}$, and let $a_1^T, \dots, a_m^T$ be its rows.",
        r"Soit $A \in \mathbb{R}^{m\times n}$ ; on note $a_i^\top$ la $i$-ème ligne de $A$.",
        r"Soit $A \in \mathbb{R}^{m\times n}$. Les lignes de $A$ sont notées $a_i^\top$.",
    ],
)
def test_rows_are_named_in_any_order(words: str) -> None:
    assert statuses(words + SAMPLE + RESIDUAL) == ["proved", "refuted"]


@pytest.mark.parametrize(
    "words",
    [
        r"Let $A \in \mathbb{R}^{m\times n}$. The last rows of $A$ are $a_1^T, \dots, a_m^T$.",
        r"Let $A \in \mathbb{R}^{m\times n}$. The normalised rows of $A$ are denoted by $a_1^T, \dots, a_m^T$.",
        r"Let $A \in \mathbb{R}^{m\times n}$. The rows of $A$ are not $a_1^T, \dots, a_m^T$.",
        (
            r"Let $A \in \mathbb{R}^{m\times n}$ and $a_1, \dots, a_m \in \mathbb{R}^n$. "
            r"Show that the rows of $A$ are $a_1^T, \dots, a_m^T$."
        ),
    ],
)
def test_what_may_name_other_vectors_names_none(words: str) -> None:
    """Nor is a step refuted that it would make true."""
    assert set(statuses(words + SAMPLE + RESIDUAL)) == {"unreadable"}


@pytest.mark.parametrize(
    "words",
    [
        r"Let $A \in \mathbb{R}^{m\times n}$, and denote its columns by $a_1, \dots, a_n$.",
        r"Let $A \in \mathbb{R}^{m\times n}$, and let $a_j$ be the $j$-th column of $A$.",
        r"Soit $A \in \mathbb{R}^{m\times n}$ et soient $a_1, \dots, a_n$ ses colonnes.",
    ],
)
def test_columns_are_named_likewise(words: str) -> None:
    text = words + "\n" + r"\[ \sum_{i=1}^n a_i a_i^T = A A^T, \sum_{i=1}^n a_i a_i^T = A^T A \]"
    assert statuses(text) == ["proved", "ill-typed"]
