"""Rows and columns of a matrix that words give a name: all of them, or the i-th one, in English and French."""

import pytest

from everystep.documents.check import check_text

W = r"Let $W \in \mathbb{R}^{d \times k}$. "
SOIT = r"Soit $W \in \mathbb{R}^{d \times k}$"
COLUMNS = r"\[ \|W\|_F^2 = \sum_{j=1}^k \|w_j\|^2 \] \[ W W^\top = \sum_{j=1}^k w_j w_j^\top \]"
ROWS = r"\[ \|W\|_F^2 = \sum_{j=1}^d \|w_j\|^2 \] \[ W^\top W = \sum_{j=1}^d w_j w_j^\top \]"
WRONG = r"\[ \|W\|_F^2 = \sum_{j=1}^k \|w_j\| \]"


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    "given",
    [
        W + r"Write $w_j$ for the $j$-th column of $W$.",
        W + r"We write $w_j$ for column $j$ of $W$.",
        W + r"Let $w_j$ denote the $j$th column of $W$.",
        W + r"Let $w_j \in \mathbb{R}^d$ denote the $j^{th}$ column of $W$.",
        W + r"The columns of $W$ are $w_1, \dots, w_k$.",
        W + r"The $j$-th column of $W$ is denoted $w_j$.",
        W + r"We denote the $j$-th column of $W$ by $w_j$.",
        SOIT + r". On note $w_j \in \mathbb{R}^d$ la $j$-ième colonne de $W$.",
        SOIT + r". On note $w_j$ la $j$-ème colonne de $W$.",
        SOIT + r". On note $w_j$ la $j^{\text{e}}$ colonne de $W$.",
        SOIT + r", où $w_j$ désigne la $j$-ième colonne de $W$.",
        SOIT + r", dont la $j$-ième colonne est $w_j$.",
        SOIT + r" dont les colonnes sont notées $w_1, \dots, w_k \in \mathbb{R}^d$.",
    ],
)
def test_columns(given: str) -> None:
    assert statuses(given + COLUMNS + WRONG) == ["proved", "proved", "refuted"]


@pytest.mark.parametrize(
    "given",
    [
        W + r"Write $w_j^\top$ for the $j$-th row of $W$.",
        W + r"We denote the $j$-th row of $W$ by $w_j^\top$.",
        SOIT + r", dont la $j$-ième ligne est $w_j^\top$.",
        SOIT + r" et soit $w_j \in \mathbb{R}^k$ la $j$-ème ligne de $W$ (vue comme un vecteur colonne).",
        W + r"Let $w_j \in \mathbb{R}^k$ be the $j$-th row of $W$ (seen as a column vector).",
    ],
)
def test_rows(given: str) -> None:
    wrong = r"\[ W^\top W = 2 \sum_{j=1}^d w_j w_j^\top \]"
    assert statuses(given + ROWS + wrong) == ["proved", "proved", "refuted"]


@pytest.mark.parametrize(
    "given",
    [
        W + r"Let $w_j$ not be the $j$-th column of $W$.",
        W + r"Let $w_1, \dots, w_k \in \mathbb{R}^d$. Show that the columns of $W$ are $w_1, \dots, w_k$.",
        W + r"Write $w_j$ for the norm of the $j$-th column of $W$.",
        W + r"Write $w_j$ for the $j$-th column of $W^\top$.",
        W + r"Write $w_j$ for the $j$-th column of $W$ after normalisation.",
        W + r"Let $V \in \mathbb{R}^{d \times k}$, and write $v_j$, $w_j$ for the $j$-th columns of $V$ and $W$.",
        W + r"If the columns of $W$ are $w_1, \dots, w_k$, then $d = k$.",
    ],
)
def test_what_is_not_said_to_be_a_column_is_none(given: str) -> None:
    assert statuses(given + COLUMNS) == ["unreadable", "unreadable"]
