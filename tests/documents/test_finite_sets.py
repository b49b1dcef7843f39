r"""Vectors of which words or sets say that their entries are 0 or 1, 1 or -1, or probabilities."""

import pytest

from everystep.documents.check import check_text
from everystep.documents.options import Options
from everystep.documents.result import StepReport
from render.reading import reading, shown

ONE_HOT = r"Let $z \in \mathbb{R}^k$, let $y \in \mathbb{R}^k$ be a one-hot vector and $p = \mathrm{softmax}(z)$. "


def check_file_text(text: str) -> StepReport:
    return check_text(text, Options(show=shown, describe=reading)).steps[-1]


def status(text: str) -> str:
    return str(check_text(text).steps[-1].status)


@pytest.mark.parametrize(
    "text",
    [
        ONE_HOT + r"\[ \nabla_z (-y^\top \log p) = p - y \]",
        ONE_HOT + r"\[ y^\top y = 1 \]",
        r"Let $y \in \mathbb{R}^k$ be the one-hot encoding of the label. \[ \mathbf{1}^\top y = 1 \]",
        r"Soit $y \in \mathbb{R}^k$ un vecteur one-hot. \[ \|y\|^2 = 1 \]",
        r"Let $y, u \in \mathbb{R}^k$ be one-hot vectors. \[ \|y - u\|^2 = 2 - 2 y^\top u \]",
        r"Let $y_1, \dots, y_n \in \mathbb{R}^k$ be one-hot vectors. \[ y_i^\top y_i = 1 \]",
        r"Let $y_1, \dots, y_n \in \mathbb{R}^k$ be unit vectors. \[ \|y_i\|^2 = 1 \]",
        r"Let $p, q \in \mathbb{R}^k$ be probability vectors. \[ \mathbf{1}^\top (p - q) = 0 \]",
        r"Let $p \in \mathbb{R}^k$ be a probability distribution. \[ p_i \ge 0 \]",
        r"Let $u \in \{0,1\}^n$. \[ u^\top u = \mathbf{1}^\top u \]",
        r"Let $s \in \{-1,1\}^n$. \[ \operatorname{diag}(s)^2 = I \]",
        r"Let $M \in \{0,1\}^{n \times m}$, $A \in \mathbb{R}^{n \times m}$. \[ M \odot (M \odot A) = M \odot A \]",
        r"Let $y_1, \dots, y_n \in \{-1,1\}$. \[ \sum_{i=1}^n y_i^2 = n \]",
        r"Let $y_1, \dots, y_n \in \{0,1\}$. \[ \sum_{i=1}^n y_i (1 - y_i) = 0 \]",
        r"Let $u \in \{0,1\}^n$. \[ \nabla_u (u^\top u) = 2u \]",
    ],
)
def test_what_is_said_of_entries_is_used(text: str) -> None:
    assert status(text) == "proved"


@pytest.mark.parametrize(
    "text",
    [
        ONE_HOT + r"\[ \nabla_z (-y^\top \log p) = y - p \]",
        ONE_HOT + r"\[ y^\top p = 1 \]",
        ONE_HOT + r"\[ p^\top p = 1 \]",
        r"Let $y \in \mathbb{R}^k$. The vector $y$ is not one-hot. \[ y^\top y = 1 \]",
        r"Let $y, u \in \mathbb{R}^k$ be one-hot vectors. \[ y^\top u = 1 \]",
        r"Let $y, u \in \mathbb{R}^k$ be one-hot vectors. \[ y^\top u = 0 \]",
        r"Let $y_1, \dots, y_n \in \mathbb{R}^k$ be one-hot vectors. \[ y_i^\top y_j = 1 \]",
        r"Let $p \in \mathbb{R}^k$ be a probability vector. \[ p^\top p = 1 \]",
        r"Let $p \in \mathbb{R}^k$ be a probability vector. \[ p_i > 0 \]",
        r"Let $u \in \{0,1\}^n$. \[ u^\top u = n \]",
        r"Let $s \in \{-1,1\}^n$. \[ s = \mathbf{1} \]",
        r"Let $y_1, \dots, y_n \in \{0,1\}$. \[ \sum_{i=1}^n y_i^2 = n \]",
        r"Let $u \in \{0,1\}^n$. \[ \nabla_u (u^\top u) = \mathbf{1} \]",
    ],
)
def test_what_is_not_said_of_entries_is_refuted(text: str) -> None:
    assert status(text) == "refuted"


@pytest.mark.parametrize(
    "text",
    [
        r"Let $Y \in \mathbb{R}^{n \times k}$ be one-hot. \[ Y \mathbf{1} = \mathbf{1} \]",
        r"Let $y \in \{0,1,2\}^n$. \[ y^\top y = n \]",
        r"Let $y_i \in \mathbb{R}^k$ be one-hot vectors. \[ y_j^\top y_j = 1 \]",
    ],
)
def test_what_is_open_stays_open(text: str) -> None:
    assert status(text) in ("tested", "unreadable")


ENTRIES = r"Let $p \in \mathbb{R}^k$ with $p_i \ge 0$"
SUM = r" \[ \sum_{i=1}^k p_i \ge 0 \]"


@pytest.mark.parametrize("quantified", ["for all $i$", "for $i = 1, \\dots, k$", "for each $i$", "pour tout $i$", ""])
def test_a_sign_for_all_indices_is_one_of_every_entry(quantified: str) -> None:
    assert status(f"{ENTRIES} {quantified}.{SUM}") == "proved"


@pytest.mark.parametrize(
    "quantified",
    [
        "for all $j$",
        "for some $i$",
        r"for all $i \ne 1$",
        "for all $i < k$",
        r"for $i = 2, \dots, k$",
        r"for $i = 1, \dots, m$",
        "for $i = 1$",
        "for all $i$ in $S$",
        "for all $i$, except for $i = 1$",
        "for all $i$ such that $i > 1$",
        "for all even $i$",
    ],
)
def test_a_sign_for_some_indices_is_not_one_of_every_entry(quantified: str) -> None:
    # Where the indices are read, the others may be negative, and their sum is then.
    read = quantified in (r"for all $i \ne 1$", "for all $i < k$", "for all $i$ such that $i > 1$")
    assert status(f"{ENTRIES} {quantified}.{SUM}") == ("refuted" if read else "tested")


def test_what_holds_of_every_entry_is_shown_so() -> None:
    step = check_file_text(f"{ENTRIES} for all $i$.{SUM}")
    assert "given: p[i] ≥ 0  for all i" in step.read
    assert step.read[0] == "Σ_{i=1..k} p[i] ≥ 0"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"Let $a_1, \dots, a_n > 0$. \[ \log \prod_{i=1}^n a_i = \sum_{i=1}^n \log a_i \]", "proved"),
        (r"Let $a_1, \dots, a_n \ge 0$. \[ \sum_{i=1}^n a_i > 0 \]", "refuted"),
        (r"Let $x_1, \dots, x_n > 0$, $w \in \mathbb{R}^n$. \[ \sum_{i=1}^n w_i x_i \ge 0 \]", "refuted"),
    ],
)
def test_a_list_of_numbers_has_a_sign(text: str, verdict: str) -> None:
    assert status(text) == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"Let $z_2 \in \mathbb{R}^k$. \[ \sum_{j=1}^k z_{2,j} = \mathbf{1}^\top z_2 \]", "proved"),
        (r"Let $z_2 \in \mathbb{R}^k$. \[ z_{2,j} = z_{2,1} \]", "refuted"),
        ("%! i \\in \\mathbb{R}; x_i \\in \\mathbb{R}\n\\[ \\sum_{i=1}^n x_i = n x_i \\]", "unreadable"),
    ],
)
def test_an_index_beside_a_number_in_a_name(text: str, verdict: str) -> None:
    assert status(text) == verdict
