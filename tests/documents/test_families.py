"""Families and rows as authors declare them: lists with dots, ranges of several names, a size behind a definition."""

from __future__ import annotations

import pytest

from everystep.documents.check import check_text


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize("listed", ["a_1, \\dots, a_n", "a_1, a_2, \\ldots, a_n", "a_1,\\dots,a_n"])
@pytest.mark.parametrize("declared", ["%! {0} \\in \\mathbb{{R}}^d\n", "Let ${0} \\in \\mathbb{{R}}^d$.\n"])
def test_a_list_with_dots_declares_a_family(listed: str, declared: str) -> None:
    text = declared.format(listed) + "%! A = [a_1, \\dots, a_n]\n"
    assert statuses(text + "\\[ A A^\\top = \\sum_i a_i a_i^\\top \\]") == ["proved"]
    assert statuses(text + "\\[ A A^\\top = n a_1 a_1^\\top \\]") == ["refuted"]


def test_samples_are_numbered_above() -> None:
    text = "Let $x^{(1)}, \\dots, x^{(N)} \\in \\mathbb{R}^d$ and $\\mu = \\frac1N \\sum_{i=1}^N x^{(i)}$. "
    assert statuses(text + "\\[ \\sum_{i=1}^N (x^{(i)} - \\mu) = 0 \\]") == ["proved"]


def test_one_range_is_that_of_all_names_before_it() -> None:
    text = "%! a_i, b_i \\in \\mathbb{R}, i = 1, \\dots, n\n"
    assert statuses(text + "\\[ (\\sum_i a_i) (\\sum_j b_j) = \\sum_i \\sum_j a_i b_j \\]") == ["proved"]
    assert statuses(text + "\\[ (\\sum_i a_i) (\\sum_i b_i) = \\sum_i a_i b_i \\]") == ["refuted"]


@pytest.mark.parametrize(
    "said",
    [
        "Let $X = [x_1, \\dots, x_n]^\\top \\in \\mathbb{R}^{n \\times d}$.",
        "Let $X = [x_1, \\dots, x_n]^\\top \\in \\mathbb{R}^{n \\times d}$, where $x_i \\in \\mathbb{R}^d$.",
        "Let $X \\in \\mathbb{R}^{n \\times d}$, $X = [x_1, \\dots, x_n]^\\top$, with $x_i \\in \\mathbb{R}^d$.",
    ],
)
def test_rows_stay_rows_when_they_are_declared_once_more(said: str) -> None:
    assert statuses(f"{said} \\[ X^\\top X = \\sum_{{i=1}}^n x_i x_i^\\top \\]") == ["proved"]
    assert statuses(f"{said} \\[ X X^\\top = \\sum_{{i=1}}^n x_i x_i^\\top \\]") == ["ill-typed"]


def test_a_definition_may_say_its_size() -> None:
    text = "Let $x \\in \\mathbb{R}^n$, $W \\in \\mathbb{R}^{m \\times n}$ and $z = W x \\in \\mathbb{R}^{SIZE}$. "
    step = "\\[ \\frac{\\partial z}{\\partial x} = W \\]"
    assert statuses(text.replace("SIZE", "m") + step) == ["proved"]
    assert statuses(text.replace("SIZE", "n") + step) == ["unreadable"]


def test_a_function_is_one_of_what_its_sentence_says() -> None:
    text = "Let $f(x) = \\|x\\|^2$ with $x \\in \\mathbb{R}^n$ and $y \\in \\mathbb{R}^n$. "
    assert statuses(text + "\\[ \\nabla f(y) = 2 y \\]\\[ \\nabla f(y) = y \\]") == ["proved", "refuted"]


def test_without_loss_of_generality_assumes() -> None:
    text = "Let $x \\in \\mathbb{R}^n$. Without loss of generality assume $\\|x\\| = 1$. \\[ \\|x\\|^2 = 1 \\]"
    assert statuses(text) == ["proved"]


@pytest.mark.parametrize(
    ("step", "status"),
    [
        ("h_t = h_0 + t w", "proved"),
        ("h_t = h_0 + (t - 1) w + w", "proved"),
        ("h_t = h_0 + (t - 1) w", "refuted"),
        ("h_t - h_0 = \\frac{t}{2} (2 w)", "proved"),
        ("\\sum_{s=1}^t w = t w", "proved"),
        ("h_t = h_0 + s w", "unreadable"),  # nothing says what s is
    ],
)
def test_the_index_of_a_family_is_the_same_number_where_it_stands_alone(step: str, status: str) -> None:
    text = "%! w \\in \\mathbb{R}; h_t \\in \\mathbb{R}; h_t := h_{t-1} + w\n"
    assert statuses(f"{text}\\[ {step} \\]") == [status]


def test_a_letter_in_a_subscript_is_no_further_number() -> None:
    text = "%! w \\in \\mathbb{R}; h_t \\in \\mathbb{R}; h_t := h_{t-1} + w\n"
    assert statuses(text + "\\[ h_k = h_0 + k w \\]")[0] in ("proved", "tested")
    assert statuses(text + "\\[ h_k = h_0 + 2 k w \\]") == ["refuted"]


def test_the_parameter_of_a_function_is_the_index_where_members_are_written() -> None:
    text = "%! f(t) := t^2; x_t \\in \\mathbb{R}; x_0 = 0; x_t := x_{t-1} + 2 t - 1\n"
    assert statuses(text + "\\[ x_t = t^2 \\] \\[ x_t = f(t) \\] \\[ x_t = 2 f(t) \\]") == [
        "proved",
        "proved",
        "refuted",
    ]


ORTHONORMAL = "Let $u_1, \\dots, u_k \\in \\mathbb{R}^n$ "
LENGTHS = "\\[ \\sum_{i=1}^k u_i^\\top u_i = k \\]"


@pytest.mark.parametrize(
    "said",
    [
        "be orthonormal.",
        "with $u_i^\\top u_j = \\delta_{ij}$.",
        "with $u_i^\\top u_j = \\delta_{ij}$ for all $i, j$.",
        "with $u_i^\\top u_j = \\delta_{ij}$ for $i, j = 1, \\dots, k$.",
        "with $u_i^\\top u_j = \\delta_{ij}$ ($1 \\le i, j \\le k$).",
        "be a family. Suppose that $u_1, \\dots, u_k$ are orthonormal.",
    ],
)
def test_an_orthonormal_family(said: str) -> None:
    assert statuses(ORTHONORMAL + said + LENGTHS) == ["proved"]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("and let $v_1, \\dots, v_k \\in \\mathbb{R}^n$ be orthonormal.", "refuted"),
        ("be orthogonal.", "unreadable"),
        ("with $u_i^\\top u_j = \\delta_{ij}$ for $i, j \\le 2$.", "tested"),
        ("with $u_i^\\top u_j = \\delta_{ij}$ for $i, j = 2, \\dots, k$.", "tested"),
        ("with $u_i^\\top u_j = \\delta_{ij}$ for some $i, j$.", "tested"),
        ("with $u_i^\\top u_j = \\delta_{ij}$, except for $i = 1$.", "tested"),
        ("satisfy $u_i^\\top u_j = 0$ for $i \\ne j$ and $\\|u_i\\| = 1$ for all $i$.", "tested"),
    ],
)
def test_a_family_of_which_less_is_said(said: str, status: str) -> None:
    assert statuses(ORTHONORMAL + said + LENGTHS) == [status]


@pytest.mark.parametrize(("count", "status"), [("n", "proved"), ("k", "unreadable")])
def test_a_basis_has_as_many_vectors_as_entries(count: str, status: str) -> None:
    text = f"Let $v_1, \\dots, v_{count}$ be an orthonormal basis of $\\mathbb{{R}}^n$. "
    assert statuses(text + f"\\[ \\sum_{{i=1}}^{count} v_i v_i^\\top = I \\]") == [status]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("for all $i$", "proved"),
        ("for $i = 1, \\dots, n$", "proved"),
        ("for all $i$ except $1$", "tested"),
        ("", "tested"),
    ],
)
def test_eigenvectors_are_said_of_every_index(said: str, status: str) -> None:
    text = (
        "Let $q_1, \\dots, q_n \\in \\mathbb{R}^n$ be orthonormal, $A \\in \\mathbb{R}^{n \\times n}$ and "
        f"$l_1, \\dots, l_n \\in \\mathbb{{R}}$ with $A q_i = l_i q_i$ {said}. "
    )
    assert statuses(text + "\\[ A = \\sum_{i=1}^n l_i q_i q_i^\\top \\]") == [status]


def test_numbers_made_of_entries_are_a_vector_without_their_index() -> None:
    given = (
        r"Let $z, y \in \mathbb{R}^K$, $y$ one-hot, $p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$ and "
        r"$L = -\sum_i y_i \log p_i$."
    )
    claims = r"\[ \nabla_z L = p - y, \nabla_z^2 L = \mathrm{diag}(p) - pp^\top, \nabla_z L = y - p \]"
    assert [str(step.status) for step in check_text(given + claims).steps] == ["proved", "proved", "refuted"]


def test_losses_of_samples_are_no_vector_without_their_index() -> None:
    given = (
        r"Let $x_1, \dots, x_n \in \mathbb{R}^d$, $w \in \mathbb{R}^d$, $y \in \mathbb{R}^n$ and "
        r"$\ell_i = (w^\top x_i - y_i)^2$."
    )
    claim = r"\[ \nabla_w \ell = 2 \sum_{i=1}^n (w^\top x_i - y_i) x_i \]"
    assert [str(step.status) for step in check_text(given + claim).steps] == ["unreadable"]
