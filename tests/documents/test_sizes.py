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


POSITIVE = [
    r"x, y \in \mathbb{R}^n; x > 0; y > 0",
    r"x, y \in \mathbb{R}_{>0}^n",
    r"x, y \in \mathbb{R}^n_{++}",
]


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (X_AND_H + r"\[ (HX)^T \mathbf{1} = 0 \]", "proved"),
        (X_AND_H + r"\[ HX = X \]", "refuted"),
        (X_AND_H + r"\[ H^2 = H \]", "proved"),
        (X_AND_H + r"\[ H_{11} = 1 \]", "refuted"),
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


@pytest.mark.parametrize("declared", POSITIVE)
def test_a_positive_vector_has_positive_entries(declared: str) -> None:
    text = f"%! {declared}\n"
    assert statuses(text + r"\[ x^T y > 0 \] \[ \sum_{i=1}^n x_i > 1 \]") == ["proved", "refuted"]
    entropy = r"\[ \nabla_x \sum_{i=1}^n x_i \log x_i = \log x + \mathbf{1} \]"
    assert statuses(text + entropy) == ["proved"]


@pytest.mark.parametrize("index", ["i", "k"])
def test_a_sign_at_an_index_that_nothing_else_speaks_of_is_one_of_every_member(index: str) -> None:
    text = f"%! x_{index} \\in \\mathbb{{R}}, {index} = 1, \\dots, n; x_{index} > 0\n"
    assert statuses(text + r"\[ \prod_{i=1}^n x_i > 0 \]") == ["proved"]
    assert statuses(text + r"\[ \prod_{i=1}^n x_i > 1 \]") == ["refuted"]


@pytest.mark.parametrize(
    "text",
    [
        r"%! x \in \mathbb{R}^n; x_i > 0, i = 2, \dots, n" + "\n" + r"\[ x_1 > 0 \]",
        r"%! x \in \mathbb{R}^n; x_i \ge 0, i = 1, \dots, n-1" + "\n" + r"\[ x_n \ge 0 \]",
        r"%! h_t \in \mathbb{R}, t = 0, \dots, T; h_t > 0, t = 1, \dots, T" + "\n" + r"\[ h_0 > 0 \]",
        r"%! x \in \mathbb{R}^{n \times n}; x_{ij} > 0, i \ne j" + "\n" + r"\[ \operatorname{tr}(x) > 0 \]",
        r"Let $x \in \mathbb{R}^n$ and let $k$ be an index with $x_k > 0$. \[ x_1 > 0 \]",
        r"Let $x \in \mathbb{R}^n$. Fix $j$ such that $x_j > 0$. Then \[ \sum_{i=1}^n x_i > 0 \]",
        r"%! x \in \mathbb{R}^n; \mathrm{any} \in \mathbb{N}; x_{\mathrm{any}} > 0" + "\n" + r"\[ x_1 > 0 \]",
        r"%! x \in \mathbb{R}^n; \mathrm{each} \in \mathbb{N}; x_{\mathrm{each}} > 0" + "\n" + r"\[ x_1 > 0 \]",
        r"%! x \in \mathbb{R}^n; x_k = \max_i x_i; x_k > 0" + "\n" + r"\[ \sum_{i=1}^n x_i > 0 \]",
        r"%! x \in \mathbb{R}^n; x_k > 0; k > 1" + "\n" + r"\[ \sum_{i=1}^n x_i > 0 \]",
        r"%! x \in \mathbb{R}^n; x_k > 0; m := x_k" + "\n" + r"\[ \sum_{i=1}^n x_i > 0 \]",
        r"%! x \in \mathbb{R}^n; x_k > 0 \text{ for some } k" + "\n" + r"\[ \sum_{i=1}^n x_i > 0 \]",
        r"%! A \in \mathbb{R}^{n \times n}; A_{ii} > 0" + "\n" + r"\[ \mathbf{1}^\top A \mathbf{1} > 0 \]",
        r"Fix an index $j$. Let $x \in \mathbb{R}^n$ with $x_j > 0$. \[ \sum_{i=1}^n x_i > 0 \]",
        r"Let $x \in \mathbb{R}^n$ with $x_j > 0$ where $j$ is the largest index. \[ \sum_{i=1}^n x_i > 0 \]",
        r"%! a_k \in \mathbb{R}, k = 1, \dots, n; a_j \ge 0" + "\n" + r"\[ \sum_{j=1}^n a_j \ge 0 \]",
        r"%! a_k \in \mathbb{R}, k = 1, \dots, n; a_j > 0" + "\n" + r"\[ \log \prod_{j=1}^n a_j = \sum_j \log a_j \]",
    ],
)
def test_a_sign_at_one_index_or_some_proves_nothing_of_the_others(text: str) -> None:
    assert "proved" not in statuses(text)


def test_one_entry_that_is_positive_does_not_make_the_others_so() -> None:
    assert statuses("%! x \\in \\mathbb{R}^n; x_1 > 0\n" + r"\[ \sum_{i=1}^n x_i > 0 \]") == ["refuted"]
    text = "%! A \\in \\mathbb{R}^{n \\times n}; A_{ii} > 0\n"
    assert statuses(text + r"\[ \mathbf{1}^T A \mathbf{1} > 0 \]") == ["refuted"]


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


@pytest.mark.parametrize(
    ("declared", "claim"),
    [
        (r"A \in \mathbb{R}^{n \times n}; A = -A^T; n \text{ odd}", r"\det(A) = 0"),
        (r"B \in \mathbb{R}^{n \times n}; n \text{ odd}", r"\det(-B) = -\det(B)"),
        (r"B, C \in \mathbb{R}^{n \times n}; B \text{ unimodular}; C = B^2", r"\det(C) = 1"),
    ],
)
def test_a_word_that_is_not_known_of_a_size_or_another_name_bears_on_what_it_is_tied_to(
    declared: str, claim: str
) -> None:
    text = f"%! {declared}; D \\in \\mathbb{{R}}^{{m \\times m}}\n\\[ {claim} \\]\n\\[ \\det(D) = 1 \\]"
    assert statuses(text) == ["unreadable", "refuted"]


def test_a_natural_number_that_may_be_zero_is_no_size() -> None:
    claim = r"\[ \sum_{t=1}^{T} b = \sum_{t=1}^{T-1} b + b \]"
    declared = r"%! T \in \mathbb{N}; b > 0"
    assert statuses(f"{declared}\n{claim}") == ["proved"]
    assert statuses(f"{declared}; T \\ge 0\n{claim}") == ["tested"]
    assert statuses(f"{declared}; T \\ge 1\n{claim}") == ["proved"]


def test_a_limit_over_the_size_of_something_is_not_read() -> None:
    assert statuses("%! x \\in \\mathbb{R}^n\n\\[ \\lim_{n \\to \\infty} \\frac{1}{n} \\|x\\|^2 = 0 \\]") == [
        "unreadable"
    ]
    assert statuses("%! n \\in \\mathbb{N}\n\\[ \\lim_{n \\to \\infty} \\frac{1}{n} = 0 \\]") == ["proved"]
