r"""Letters of an earlier problem or section in a later one, where they mean something else without a word."""

from __future__ import annotations

import pytest

from everystep.documents.check import check_text

FIRST = r"""\section*{Problem 1}
Let $X \in \mathbb{R}^{n \times d}$, $y \in \mathbb{R}^n$, $w \in \mathbb{R}^d$ and $L(w) = \|Xw - y\|^2$.
\[ \nabla_w L(w) = 2 X^\top (Xw - y) \]
"""
SECOND = r"""\section*{Problem 2}
"""


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


def later(text: str) -> list[str]:
    first, *others = statuses(FIRST + SECOND + text)
    assert first == "proved"
    return others


def test_a_name_has_the_one_shape_that_fits_beside_those_of_its_own_section() -> None:
    text = (
        r"Let $W \in \mathbb{R}^{k \times d}$, $x \in \mathbb{R}^d$, $\hat y = W x$ and $L = \|\hat y - y\|^2$. "
        r"With $\delta = \hat y - y$, "
    )
    assert later(rf"{text}\[ \nabla_W L = 2 \delta x^\top \]") == ["proved"]
    assert later(rf"{text}\[ \nabla_W L = \delta x^\top \]") == ["refuted"]
    assert later(rf"{text}\[ \nabla_W L = 2 x \delta^\top \]") == ["ill-typed"]


def test_a_step_whose_names_of_two_sections_do_not_fit_is_not_ill_typed() -> None:
    text = r"Let $W \in \mathbb{R}^{k \times d}$ and $x \in \mathbb{R}^d$. "
    assert later(rf"{text}\[ W^\top y = W^\top W x \]") == ["unreadable"]
    assert later(rf"{text}\[ W^\top x = W^\top W x \]") == ["ill-typed"]


def test_names_of_one_section_alone_are_ill_typed() -> None:
    assert statuses(rf"{FIRST}\[ X w = X y \]") == ["proved", "ill-typed"]
    assert later(r"\[ X w = X y \]") == ["ill-typed"]


@pytest.mark.parametrize(
    ("told", "claim"),
    [
        (r"Let $x \in \mathbb{R}^m$. The loss is $L = \|x\|^2$.", r"\nabla_x L = 2 x"),
        (r"Let $x \in \mathbb{R}^m$. The loss is $L(x) = \|x\|^2$.", r"\nabla L(x) = 2 x"),
        (r"Let $u, v \in \mathbb{R}^m$ and \[ L(u, v) = u^\top v. \] Then", r"\nabla_u L(u, v) = v"),
        (r"Let $y \in \mathbb{R}^m$. The function $w(y) = \|y\|^2$ is convex.", r"\nabla w(y) = 2 y"),
        (r"Let $y_1, \dots, y_n$ be i.i.d. real random variables with mean $\mu$.", r"\mathbb{E}[y_1] = \mu"),
    ],
)
def test_what_a_problem_gives_a_value_is_new_in_it(told: str, claim: str) -> None:
    assert later(rf"{told} \[ {claim} \]") == ["proved"]


def test_what_is_made_of_a_name_of_an_earlier_problem_is_not_clear_when_that_is_another_one() -> None:
    text = r"Let $r = Xw - y$. \[ r + y = X w \] "
    again = r"Let $w = 2 v$ where $v \in \mathbb{R}^m$. \[ r + y = X w \]"
    assert statuses(FIRST + text + SECOND + again)[-1] == "unreadable"


@pytest.mark.parametrize(
    "words",
    ["By Problem 1, the loss is", "We keep the notation. The loss is", "As in Problem 1, the loss is"],
)
def test_a_problem_that_goes_on_from_another_one_gives_nothing_anew(words: str) -> None:
    text = rf"{words} $L(w) = \|Xw\|^2$. \[ \nabla L(w) = 2 X^\top X w \]"
    assert later(text) != ["proved"]


def test_a_section_that_declares_no_name_again_goes_on() -> None:
    text = FIRST.replace("section*{Problem 1}", "section{Setup}") + "\\section{Descent}\n"
    step = r"Let $\eta > 0$ and $w_{t+1} = w_t - \eta \nabla L(w_t)$. "
    assert statuses(rf"{text}{step}\[ w_{{t+1}} = w_t - 2 \eta X^\top (X w_t - y) \]")[-1] == "proved"
    assert statuses(rf"{text}{step}\[ w_{{t+1}} = w_t - 2 \eta X (X w_t - y) \]")[-1] == "ill-typed"


def test_a_name_that_is_declared_behind_its_use_is_the_new_one() -> None:
    text = r"Let $z = W y + b$ where $W \in \mathbb{R}^{m \times k}$, $y \in \mathbb{R}^k$ and $b \in \mathbb{R}^m$. "
    assert later(rf"{text}\[ z - b = W y \] \[ z + b = W y \]") == ["proved", "refuted"]
    same = r"Let $z = X w + b$ where $X \in \mathbb{R}^{n \times d}$, $w \in \mathbb{R}^d$ and $b \in \mathbb{R}^n$. "
    assert later(rf"{same}\[ z - b = X w \] \[ z + b = X w \]") == ["proved", "refuted"]


def test_powers_of_e_are_not_those_of_an_earlier_error() -> None:
    text = (
        r"Let $e = Xw - y$. \[ e + y = X w \] "
        + SECOND
        + r"Let $z \in \mathbb{R}^m$ and $f(z) = \sum_{i=1}^m e^{z_i}$."
    )
    assert statuses(rf"{FIRST}{text} \[ \frac{{\partial f(z)}}{{\partial z_k}} = e^{{z_k}} \]")[-1] == "proved"


@pytest.mark.parametrize(
    "told",
    [
        r"where $X$ is $n \times d$, $y$ is $n \times 1$ and $w$ is $d \times 1$",
        r"with $X$ of size $n \times d$, $y$ of size $n \times 1$ and $w$ of size $d \times 1$",
        r"où $X$ est de taille $n \times d$, $y$ est $n \times 1$ et $w$ est $d \times 1$",
        r"where $X \in \mathbb{R}^{n \times d}$",
    ],
)
def test_sizes_alone_declare_names(told: str) -> None:
    text = rf"Let $f(w) = \frac12 \|y - Xw\|^2$ {told}. "
    assert statuses(rf"{text}\[ \nabla f(w) = X^\top (X w - y) \]") == ["proved"]
    assert statuses(rf"{text}\[ \nabla f(w) = 2 X^\top (X w - y) \]") == ["refuted"]


def test_data_given_by_a_model_with_any_noise_do_not_vary_with_its_parameter() -> None:
    text = (
        r"Let $Y = X B + E$ with $X \in \mathbb{R}^{n \times p}$, $B \in \mathbb{R}^{p \times q}$ and "
        r"$Y, E \in \mathbb{R}^{n \times q}$. Let $f(B) = \frac12 \|Y - XB\|_F^2$. "
    )
    assert statuses(rf"{text}\[ \nabla f(B) = X^\top (X B - Y) \]") == ["proved"]
    assert statuses(rf"{text}\[ \nabla f(B) = (X B - Y) X^\top \]") == ["ill-typed"]


def test_a_function_that_is_written_for_a_named_one() -> None:
    text = r"Write $\sigma$ for the logistic function. Let $z \in \mathbb{R}$. "
    assert statuses(rf"{text}\[ \sigma(-z) = 1 - \sigma(z) \]") == ["proved"]


def test_one_example_is_a_point_of_the_data() -> None:
    text = r"Consider one example $x \in \mathbb{R}^d$, weights $W \in \mathbb{R}^{k \times d}$ and output $z = W x$. "
    assert statuses(rf"{text}\[ z^\top z = x^\top W^\top W x \]") == ["proved"]


def test_a_value_at_a_square_is_that_of_a_new_name() -> None:
    text = (
        r"Let $x_1, \dots, x_n \in \mathbb{R}$ be i.i.d. samples from $\mathcal{N}(\mu, \sigma^2)$. "
        r"The log-likelihood is \[ L(\mu, \sigma^2) = -\frac{1}{2\sigma^2} \sum_{i=1}^n (x_i - \mu)^2 . \] "
    )
    right = r"\[ \frac{\partial L}{\partial \mu} = \frac{1}{\sigma^2} \sum_{i=1}^n (x_i - \mu) \]"
    wrong = r"\[ \frac{\partial L}{\partial \mu} = \frac{1}{\sigma^2} \sum_{i=1}^n (\mu - x_i) \]"
    assert statuses(text + right + wrong) == ["proved", "refuted"]
    assert later(text + right + wrong) == ["proved", "refuted"]


def test_a_letter_that_is_differentiated_and_not_declared_is_no_number() -> None:
    text = r"Let $x, \mu \in \mathbb{R}$. "
    assert statuses(rf"{text}\[ \frac{{\partial \ell}}{{\partial \mu}} = x - \mu \]") == ["unreadable"]


def test_the_shape_of_a_name_is_that_of_its_own_definition_which_waits() -> None:
    text = (
        r"Let $h = \mathrm{ReLU}(W_1 x + b_1)$ and $\hat y = W_2 h + b_2$ with $W_1 \in \mathbb{R}^{m \times d}$, "
        r"$W_2 \in \mathbb{R}^{k \times m}$. The loss is $\ell = \frac12 \|\hat y - y\|^2$. Let $\delta = \hat y - y$. "
    )
    assert later(rf"{text}\[ \frac{{\partial \ell}}{{\partial W_2}} = \delta h^\top \]") == ["proved"]
    assert later(rf"{text}\[ \frac{{\partial \ell}}{{\partial h}} = W_2 \delta \]") == ["ill-typed"]


def test_one_random_variable_of_a_list_is_the_last_one() -> None:
    text = (
        r"Let $\theta \in \mathbb{R}$, $X$ be a random variable with $\mathbb{E}[X] = \theta$, $\mathrm{Var}(X) = 1$. "
    )
    assert statuses(rf"{text}\[ \mathbb{{E}}[(X - \theta)^2] = 1 \]") == ["proved"]
    assert statuses(rf"{text}\[ \mathbb{{E}}[X^2] = 1 \]") == ["refuted"]
