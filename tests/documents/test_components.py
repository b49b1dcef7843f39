"""Functions that are given by their i-th component, in a formula or beside their name in words."""

import pytest

from everystep.documents.check import check_text

Z = r"Let $z \in \mathbb{R}^K$. "
RATIO = r"\frac{e^{z_i}}{\sum_{j=1}^{K} e^{z_j}}"
JACOBIAN = (
    r"\[ \frac{\partial S(z)}{\partial z} = \operatorname{diag}(S(z)) - S(z) S(z)^\top,"
    r" \frac{\partial S(z)_i}{\partial z_k} = S(z)_i (\delta_{ik} - S(z)_k) \]"
)
WRONG = (
    r"\[ \frac{\partial S(z)}{\partial z} = \operatorname{diag}(S(z)) + S(z) S(z)^\top,"
    r" \frac{\partial S(z)_i}{\partial z_k} = S(z)_i (\delta_{ik} - S(z)_i) \]"
)


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    "given",
    [
        rf"Pour $z \in \mathbb{{R}}^K$, le softmax $S$ est défini composante par composante par $S(z)_i = {RATIO}$.",
        rf"Pour $z \in \mathbb{{R}}^K$, on définit $S(z)_i = {RATIO}$.",
        rf"Pour $z \in \mathbb{{R}}^K$, on pose $[S(z)]_i = {RATIO}$ pour tout $i$.",
        rf"Soit $S$ la fonction softmax, c'est-à-dire $S(z)_i = {RATIO}$ pour $z \in \mathbb{{R}}^K$.",
        rf"For $z \in \mathbb{{R}}^K$, the softmax $S : \mathbb{{R}}^K \to \mathbb{{R}}^K$ is $S(z)_i = {RATIO}$.",
        rf"{Z}Recall that the softmax function $S$ has components $S(z)_i = {RATIO}$.",
        rf"{Z}Recall that the $i$-th component of the softmax function $S$ is $S_i(z) = {RATIO}$.",
        rf"{Z}The softmax function $S$ is defined componentwise by \[ S(z)_i = {RATIO}. \] Then",
        rf"{Z}Define $(S(z))_i = \exp(z_i) / \sum_k \exp(z_k)$.",
    ],
)
def test_a_softmax_by_its_components(given: str) -> None:
    assert statuses(f"{given}\n{JACOBIAN}") == ["proved", "proved"]
    assert statuses(f"{given}\n{WRONG}") == ["refuted", "refuted"]


def test_a_known_function_is_not_defined_by_its_components() -> None:
    claim = rf"\[ \mathrm{{softmax}}(z)_i = {RATIO}, \mathrm{{softmax}}(z)_i = e^{{z_i}} \]"
    assert statuses(Z + claim) == ["proved", "refuted"]


def test_a_formula_says_what_words_do_not() -> None:
    cold = r"Let $t > 0$. The softmax with temperature $S$ is defined by $S(z)_i = \frac{e^{z_i/t}}{\sum_j e^{z_j/t}}$."
    slope = r"\[ \frac{\partial S(z)_i}{\partial z_k} = \frac{1}{t} S(z)_i (\delta_{ik} - S(z)_k) \]"
    assert statuses(Z + cold + slope) == ["proved"]
    assert statuses(Z + cold + JACOBIAN) == ["refuted", "refuted"]
    ramp = r"The softplus function $\zeta$ is defined as $\zeta(u) = \log(1 + e^u)$ for $u \in \mathbb{R}$."
    assert statuses(ramp + r"\[ \zeta'(u) = \frac{1}{1 + e^{-u}}, \zeta'(u) = \frac{1}{1 + e^{u}} \]") == [
        "proved",
        "refuted",
    ]


@pytest.mark.parametrize(
    ("given", "true", "false"),
    [
        (r"f(z)_i := z_i \sum_{j=1}^K z_j^2", r"f(z) = \|z\|^2 z", r"f(z) = \|z\| z"),
        (r"f(z)_i := z_i \sum_{j=1}^K z_j^2", r"f(x_i) = \|x_i\|^2 x_i", r"f(x_i) = \|x_i\|^2 x_j"),
        (r"f(z)_i := z_i \sum_{j=1}^K z_j^2", r"f(x_j)_i = \|x_j\|^2 (x_j)_i", r"f(x_j)_i = \|x_i\|^2 (x_j)_i"),
        (r"f(z)_i := z_i \sum_{j=1}^K z_j^2", r"f(f(z)) = \|z\|^8 z", r"f(f(z)) = \|z\|^4 z"),
        (
            r"f(z)_i := z_i \sum_{j=1}^K z_j^2",
            r"\sum_{i=1}^n f(x_i) = \sum_{j=1}^n \|x_j\|^2 x_j",
            r"\sum_{i=1}^n f(x_i) = \sum_{j=1}^n \|x_j\| x_j",
        ),
        (
            r"f(z)_i := z_i \sum_{j=1}^K z_j^2",
            r"\frac{\partial f(z)}{\partial z} = \|z\|^2 I + 2 z z^\top",
            r"\frac{\partial f(z)}{\partial z} = \|z\|^2 I + z z^\top",
        ),
        (r"[f(z)]_i := \tanh(\sum_j A_{ij} z_j + b_i)", r"f(z) = \tanh(A z + b)", r"f(z) = \tanh(A z)"),
        (
            r"f(z)_i := \sum_j A_{ij} z_j^2",
            r"\frac{\partial f(z)}{\partial z} = 2 A \operatorname{diag}(z)",
            r"\frac{\partial f(z)}{\partial z} = A \operatorname{diag}(z)",
        ),
        (
            r"F : \mathbb{R}^K \to \mathbb{R}^K; F_i(z) := z_i^2",
            r"\frac{\partial F(z)}{\partial z} = 2 \operatorname{diag}(z)",
            r"F(z) = z",
        ),
    ],
)
def test_a_function_by_its_components(given: str, true: str, false: str) -> None:
    names = (
        r"z \in \mathbb{R}^K; A \in \mathbb{R}^{m \times K}; b \in \mathbb{R}^m; x_i \in \mathbb{R}^K, i = 1, \dots, n"
    )
    assert statuses(f"%! {names}; {given}\n\\[ {true} \\]\n\\[ {false} \\]") == ["proved", "refuted"]


def test_one_of_several_functions_is_no_component() -> None:
    # f_i is the i-th of n functions of z, and not the i-th entry of a vector f(z)
    names = r"%! z \in \mathbb{R}^K; a_i \in \mathbb{R}^K, i = 1, \dots, n; f_i(z) := \frac12 (a_i^\top z)^2"
    assert statuses(names + "\n" + r"\[ \nabla f_i(z) = a_i a_i^\top z, \nabla f_i(z) = a_i^\top z \]") == [
        "proved",
        "ill-typed",
    ]


@pytest.mark.parametrize("again", ["Now define $f(z)_i = 2 z_i$.", r"Now we set \[ f(z)_i = 2 z_i. \]"])
def test_a_function_that_is_given_anew_by_its_components(again: str) -> None:
    text = r"Define $f(z)_i = z_i^2$. \[ f(z) = z \odot z \]" + again + r" \[ f(z) = z \odot z, f(z) = z + z \]"
    assert statuses(Z + text) == ["proved", "refuted", "proved"]


@pytest.mark.parametrize(
    "given",
    [
        r"Define $f(z)_i = z_i^2$ if $i$ is even.",
        r"Define $f(z)_i = \sum_j z_j$.",  # how many entries has it?
        r"Here $f$ is not the softmax function $f(z)_i = e^{z_i} / \sum_j e^{z_j}$.",
    ],
)
def test_components_that_do_not_say_what_a_function_is(given: str) -> None:
    claims = r" \[ z^\top f(z) = 0 \] \[ \mathbf{1}^\top f(z) = 1 \]"
    assert statuses(Z + given + claims) == ["unreadable", "unreadable"]


def test_an_index_of_an_argument_is_none_of_the_formula() -> None:
    names = r"%! x \in \mathbb{R}^K; f(x) := \sum_j x_j; a_j \in \mathbb{R}^K, j = 1, \dots, n"
    claims = r"\[ f(a_j) = \mathbf{1}^\top a_j, \sum_{j=1}^n f(a_j) = \sum_{k=1}^n \mathbf{1}^\top a_k \]"
    assert statuses(f"{names}\n{claims}") == ["proved", "proved"]
    assert statuses(f"{names}\n" + r"\[ f(a_j) = K \mathbf{1}^\top a_j \]") == ["refuted"]
