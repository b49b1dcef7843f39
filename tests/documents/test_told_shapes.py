r"""Names that nothing declares but words: one-hot targets, "$\Sigma \succ 0$", "all vectors are in $\mathbb{R}^n$"."""

from __future__ import annotations

import pytest

from everystep.documents.check import check_text
from everystep.prove.verdict import Status

LOGITS = r"Let $z \in \mathbb{R}^k$, $p = \mathrm{softmax}(z)$ "
SLOPE = r"\[ \nabla_z \ell = p - y \]"
WRONG = r"\[ \nabla_z \ell = y - p \]"


def statuses(text: str) -> list[Status]:
    """The verdicts on the steps of a document."""
    return [step.status for step in check_text(text).steps]


@pytest.mark.parametrize(
    "words",
    [
        r"and let $y$ be one-hot. With $\ell = -\sum_i y_i \log p_i$, we get",
        r"and let $y$ be a one-hot label. The cross-entropy is \[\ell = -\sum_{i=1}^k y_i \log p_i. \]",
        r"and let $y$ be a one-hot vector. The cross-entropy is \[\ell = -\sum_{i=1}^k y_i \log p_i. \]",
        r"and $\ell = -\sum_i y_i \log p_i$ where $y$ is one-hot. Then",
        r"and $\ell = -\sum_i y_i \log p_i$ where $y$ is the one-hot target. Then",
        r"and let $y$ be a probability vector. Let $\ell = -\sum_{i=1}^k y_i \log p_i$. Then",
        r"et soit $y$ l'encodage one-hot de la cible. La perte est $\ell = -y^\top \log p$. Alors",
    ],
)
def test_a_target_is_as_long_as_what_it_stands_beside(words: str) -> None:
    assert statuses(LOGITS + words + SLOPE)[-1] is Status.PROVED
    assert statuses(LOGITS + words + WRONG)[-1] is Status.REFUTED


@pytest.mark.parametrize(
    "words",
    [
        r"and $\ell = -\sum_i y_i \log p_i$ where $y$ is not one-hot. Then",
        r"and let $y$ be a vector with positive entries. Let $\ell = -\sum_i y_i \log p_i$. Then",
    ],
)
def test_without_the_words_its_sum_is_not_1(words: str) -> None:
    assert statuses(LOGITS + words + SLOPE)[-1] is not Status.PROVED


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (
            r"Let $c_t = f_t \odot c_{t-1} + i_t \odot g_t$, $h_t = o_t \odot c_t$ with all vectors in $\mathbb{R}^n$.",
            r"\frac{\partial c_t}{\partial c_{t-1}} = \mathrm{diag}(f_t)",
            r"\frac{\partial c_t}{\partial c_{t-1}} = \mathrm{diag}(i_t)",
        ),
        (
            r"Let $c = f \odot b + i \odot g$, where all vectors are in $\mathbb{R}^n$. Then ",
            r"\frac{\partial c}{\partial b} = \mathrm{diag}(f)",
            r"\frac{\partial c}{\partial b} = \mathrm{diag}(g)",
        ),
        (
            r"Tous les vecteurs sont dans $\mathbb{R}^n$. On pose $s = u \odot v \odot w$. Alors ",
            r"\frac{\partial s}{\partial u} = \mathrm{diag}(v \odot w)",
            r"\frac{\partial s}{\partial u} = \mathrm{diag}(w)",
        ),
        (r"Let all matrices be $n \times n$. If $AB = BA$, then ", r"(A + B)^2 = A^2 + 2AB + B^2", "AB = I"),
    ],
)
def test_what_is_said_of_all_declares_the_names_of_equations(text: str, right: str, wrong: str) -> None:
    assert statuses(rf"{text} \[ {right}. \]") == [Status.PROVED]
    assert statuses(rf"{text} \[ {wrong}. \]") == [Status.REFUTED]


def test_not_all_are_meant() -> None:
    text = r"Let $c = f \odot b + i \odot g$, where not all vectors are in $\mathbb{R}^n$. Then "
    assert statuses(text + r"\[ \frac{\partial c}{\partial b} = \mathrm{diag}(f) \]") == [Status.UNREADABLE]


@pytest.mark.parametrize(
    ("text", "step"),
    [
        (r"Let all matrices be $n \times n$ and diagonal. Then ", "A B = B A"),
        (r"Suppose all vectors are in $\mathbb{R}^n$ and have unit norm. Then ", r"u^\top u v = 2 v"),
        (r"Let $z \in \mathbb{R}^k$ and let $y$ be one-hot or zero. Then ", r"y^\top z = 2 z^\top y"),
        (r"Let $A \in \mathbb{R}^{n \times n}$. Suppose that for every unit vector $v$, ", r"v^\top A v \ge 0"),
    ],
)
def test_no_mistake_is_claimed_where_more_is_said(text: str, step: str) -> None:
    assert Status.REFUTED not in statuses(rf"{text} \[ {step}. \]")


def test_a_definite_matrix_has_the_size_that_its_use_asks_for() -> None:
    text = r"Let $x_i \in \mathbb{R}^d$, and $\Sigma \succ 0$. "
    assert statuses(text + r"\[ (x_i - x_j)^\top \Sigma^{-1} (x_i - x_j) \ge 0. \]") == [Status.PROVED]
    assert statuses(text + r"\[ (x_i - x_j)^\top \Sigma^{-1} (x_i - x_j) \le 0. \]") == [Status.REFUTED]


def test_a_condition_of_undeclared_names_is_not_forgotten() -> None:
    """Of "if $A B = B A$" nothing is known where A and B have no declaration: then no mistake is claimed of them."""
    text = r"Let $n \ge 1$. If $AB = BA$, then \[ (A + B)^2 = A^2 + 2AB + B^2. \]"
    assert Status.REFUTED not in statuses(text)


@pytest.mark.parametrize(
    "declared",
    [
        r"Let $h_t, z_t, n_t \in \mathbb{R}^d$. In a GRU, $h_t = (1 - z_t) \odot h_{t-1} + z_t \odot n_t$.",
        r"In a GRU, $h_t = (1 - z_t) \odot h_{t-1} + z_t \odot n_t$, where all vectors lie in $\mathbb{R}^d$.",
    ],
)
@pytest.mark.parametrize("value", [r"\mathrm{diag}(z_t)", "0"])
def test_an_equation_that_may_give_a_value_leaves_derivatives_open(declared: str, value: str) -> None:
    (status,) = statuses(declared + rf"\[ \frac{{\partial h_t}}{{\partial n_t}} = {value} \]")
    assert status not in (Status.PROVED, Status.REFUTED)
