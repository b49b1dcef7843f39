"""Names that a document gives anew: the later meaning holds; where it is not clear which, nothing is claimed."""

from __future__ import annotations

import pytest

from everystep.documents.check import check_text

DECLARED = (
    "Let $x, a \\in \\mathbb{R}^n$, $X \\in \\mathbb{R}^{n \\times d}$, $y \\in \\mathbb{R}^n$, $w \\in \\mathbb{R}^d$,"
    " $\\lambda > 0$.\n\n"
)
FIRST = DECLARED + "Let $f(x) = a^\\top x$. \\[ \\nabla f(x) = a \\]\n"


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    "again",
    [
        "Now let $f(x) = \\|x\\|^2$.",
        "Consider $f(x) = \\|x\\|^2$ instead.",
        "Compute the gradient of $f(x) = \\|x\\|^2$.",
        "Calculer le gradient de la fonction $f(x) = \\|x\\|^2$.",
        "Soit maintenant $f(x) = \\|x\\|^2$.",
        "Suppose that $f(x) = \\|x\\|^2$.",
        "Next, define \\[ f(x) = \\|x\\|^2 \\]",
        "We now consider the function \\[ f(x) = \\|x\\|^2. \\]",
        "\\[ f(x) := \\|x\\|^2 \\]",
    ],
)
def test_a_function_given_anew_is_the_new_one(again: str) -> None:
    assert statuses(f"{FIRST}{again} \\[ \\nabla f(x) = 2 x \\]") == ["proved", "proved"]
    assert statuses(f"{FIRST}{again} \\[ \\nabla f(x) = a \\]") == ["proved", "refuted"]
    assert statuses(f"{FIRST}{again} \\[ a^\\top x = \\|x\\|^2 \\]") == ["proved", "refuted"]


@pytest.mark.parametrize(
    "again",
    [
        "\\textbf{Ridge.} The function is $f(x) = \\|x\\|^2$.",
        "The function is now \\[ f(x) = \\|x\\|^2 \\]",
        "For $a = 0$ the function becomes \\[ f(x) = \\|x\\|^2 \\]",
    ],
)
def test_where_it_is_not_clear_that_a_function_is_given_anew_nothing_is_claimed(again: str) -> None:
    assert set(statuses(f"{FIRST}{again} \\[ \\nabla f(x) = 2 x \\]")[1:]) == {"unreadable"}
    assert set(statuses(f"{FIRST}{again} \\[ \\nabla f(x) = a \\]")[1:]) == {"unreadable"}


@pytest.mark.parametrize("words", ["Show that", "Then", "We get", "Since", "Recall that"])
def test_what_is_claimed_of_a_function_is_no_definition(words: str) -> None:
    assert statuses(f"{FIRST}{words} $f(x) = \\|x\\|^2$. \\[ \\nabla f(x) = a \\]") == ["proved", "proved"]


@pytest.mark.parametrize("words", ["", "Expanding, ", "We get", "This can be written as"])
def test_a_wrong_expansion_is_refuted(words: str) -> None:
    text = f"{DECLARED}\\[ L = \\|Xw-y\\|^2 \\] {words} \\[ L = w^\\top X^\\top X w - y^\\top X w + y^\\top y \\]"
    assert statuses(text) == ["refuted"]
    text = f"{DECLARED}\\[ L = \\|Xw-y\\|^2 \\] {words} \\[ L = w^\\top X^\\top X w - 2 y^\\top X w + y^\\top y \\]"
    assert statuses(text) == ["proved"]


def test_each_part_has_its_own_function() -> None:
    text = (
        f"\\begin{{questions}}\\question {DECLARED}\\begin{{parts}}"
        "\\part $f(x) = a^\\top x$ \\begin{solution}\\[ \\nabla f(x) = a \\]\\end{solution}"
        "\\part $f(x) = \\|x\\|^2$ \\begin{solution}\\[ \\nabla f(x) = 2 x \\]\\end{solution}"
        "\\part \\[ f(x) = (a^\\top x)^2 \\] \\begin{solution}\\[ \\nabla f(x) = a \\]\\end{solution}"
        "\\end{parts}\\end{questions}"
    )
    assert statuses(text) == ["proved", "proved", "unreadable", "unreadable"]


def test_a_matrix_given_anew_may_have_another_size() -> None:
    text = f"{DECLARED}Let $A = X^\\top X$. \\[ A w = X^\\top X w \\] Now let $A = X X^\\top$. "
    assert statuses(f"{text}\\[ A y = X X^\\top y \\]") == ["proved", "proved"]
    assert statuses(f"{text}\\[ A w = X^\\top X w \\]") == ["proved", "ill-typed"]


def test_what_was_defined_by_a_name_that_is_given_anew_is_unclear() -> None:
    text = f"{DECLARED}\\[ A := a a^\\top \\]\\[ B := A + I \\]\\[ A := x x^\\top \\]"
    assert statuses(f"{text}\\[ B = a a^\\top + I \\]\\[ B = x x^\\top + I \\]\\[ A = x x^\\top \\]") == [
        "unreadable",
        "unreadable",
        "proved",
    ]


def test_an_equation_that_is_supposed_of_a_defined_name_is_a_hypothesis() -> None:
    text = "Let $X \\in \\mathbb{R}^{n \\times n}$ and $A = X^\\top X$. Suppose that $A = I$. \\[ X^\\top X = I \\]"
    assert statuses(text) == ["proved"]


@pytest.mark.parametrize(
    "words", ["Compute the gradient of", "Find the minimum of the function", "Dériver la fonction"]
)
def test_a_task_defines_what_it_is_about(words: str) -> None:
    assert statuses(f"{DECLARED}{words} $f(x) = a^\\top x$. \\[ \\nabla f(x) = a \\]") == ["proved"]


HIDDEN = "Let $x \\in \\mathbb{R}^d$, $W \\in \\mathbb{R}^{m \\times d}$. "


@pytest.mark.parametrize(
    "words",
    ["Let $h \\in \\mathbb{R}^m$ be the hidden layer", "Let $h \\in \\mathbb{R}^m$. The layer is defined by"],
)
def test_a_declared_name_is_defined_where_the_words_say_so(words: str) -> None:
    text = f"{HIDDEN}{words} \\[ h = W x \\] \\[ \\frac{{\\partial h}}{{\\partial x}} = W \\]"
    assert statuses(text) == ["proved"]


@pytest.mark.parametrize("words", ["Let $h \\in \\mathbb{R}^m$.", "Let $h \\in \\mathbb{R}^m$. We get"])
def test_no_mistake_is_claimed_of_a_name_of_which_nothing_is_said(words: str) -> None:
    assert statuses(f"{HIDDEN}{words} \\[ h = W x \\] \\[ h^\\top h = x^\\top x \\]") == ["unreadable", "unreadable"]
    assert statuses(f"{HIDDEN}{words} \\[ h = x \\]") == ["ill-typed"]
    assert statuses(f"{HIDDEN}Let $h \\in \\mathbb{{R}}^m$ with $h^\\top h = 1$. \\[ h = W x \\]") == ["refuted"]


def test_a_declared_family_is_defined_by_a_recurrence() -> None:
    text = (
        "%! U \\in \\mathbb{R}^{m \\times m}; h_t \\in \\mathbb{R}^m\n"
        "The state is defined by \\[ h_t = \\tanh(U h_{t-1}) \\]"
        "\\[ \\frac{\\partial h_t}{\\partial h_{t-1}} = \\operatorname{diag}(1 - h_t \\odot h_t) U \\]"
    )
    assert statuses(text) == ["proved"]


QUADRATIC = "\\[ \\nabla_x x^\\top A x = 2 A x \\]"
SYMMETRIC = f"Let $A \\in \\mathbb{{R}}^{{n \\times n}}$ be symmetric and $x \\in \\mathbb{{R}}^n$. {QUADRATIC}\n\n"


@pytest.mark.parametrize(
    "words",
    [
        "From now on $A$ is no longer assumed symmetric.",
        "We now drop the assumption that $A$ is symmetric.",
        "We now drop the symmetry assumption.",
        "Without the assumption of symmetry,",
        "For a general (not necessarily symmetric) matrix $A$,",
        "On ne suppose plus $A$ symétrique.",
        "On ne suppose plus que $A$ est symétrique.",
        "La matrice $A$ n'est plus supposée symétrique.",
    ],
)
def test_an_assumption_that_is_withdrawn_proves_nothing(words: str) -> None:
    assert statuses(f"{SYMMETRIC}{words} {QUADRATIC}") == ["proved", "tested"]


@pytest.mark.parametrize(
    "words", ["Let $B$ be a general matrix.", "In general,", "Here $x$ is arbitrary.", "The vector $x$ is not zero."]
)
def test_an_assumption_that_is_not_withdrawn_stays(words: str) -> None:
    assert statuses(f"{SYMMETRIC}{words} {QUADRATIC}") == ["proved", "proved"]


@pytest.mark.parametrize(
    "said",
    [
        "$x \\in \\mathbb{R}^n$ be drawn from $x \\sim \\mathrm{Dirichlet}(\\alpha)$.",
        "$x \\in \\mathbb{R}^n$ be a random vector.",
        "$x \\in \\mathbb{R}^n$ be a centered random vector.",
        "the random vector $x \\in \\mathbb{R}^n$ be given.",
    ],
)
def test_what_is_random_is_not_taken_as_constant(said: str) -> None:
    found = statuses(f"Let {said} \\[ \\mathbb{{E}}[x] = x \\] \\[ \\operatorname{{Var}}(x) = 0 \\]")
    assert "proved" not in found


def test_a_random_vector_without_a_law_has_moments() -> None:
    text = "Let $x \\in \\mathbb{R}^n$ be a random vector and let $A \\in \\mathbb{R}^{n \\times n}$."
    assert statuses(f"{text} \\[ \\mathbb{{E}}[A x] = A \\mathbb{{E}}[x] \\]") == ["proved"]
    assert statuses(f"{text} \\[ \\mathbb{{E}}[x^\\top x] = \\mathbb{{E}}[x]^\\top \\mathbb{{E}}[x] \\]") == ["refuted"]


def test_a_definition_that_is_not_read_proves_nothing_of_its_name() -> None:
    text = "Let $x, z \\in \\mathbb{R}^n$, and let $z = \\int x$. \\[ \\frac{\\partial z}{\\partial x} = 0 \\]"
    assert statuses(text) == ["unreadable"]


def test_a_stationary_point_is_one_from_there_on() -> None:
    text = (
        "Let $A \\in \\mathbb{R}^{n \\times n}$ be symmetric, $x \\in \\mathbb{R}^n$, $\\lambda \\in \\mathbb{R}$."
        "\\[ \\mathcal{L}(x, \\lambda) = x^\\top A x - \\lambda (x^\\top x - 1) \\]"
        "\\[ \\nabla_x \\mathcal{L} = 2 A x - 2 \\lambda x = 0 \\implies A x = \\lambda x \\]"
        "\\[ x^\\top A x = \\lambda x^\\top x \\] \\[ x^\\top A x = 2 \\lambda x^\\top x \\]"
    )
    assert statuses(text) == ["proved", "assumed", "proved", "proved", "refuted"]


def test_the_scale_in_the_law_of_a_vector_is_a_number() -> None:
    text = (
        "Let $y = X \\beta + \\varepsilon$ where $X \\in \\mathbb{R}^{n \\times p}$, $\\beta \\in \\mathbb{R}^p$ and "
        "$\\varepsilon \\sim \\mathcal{N}(0, \\sigma^2 I_n)$."
        "\\[ \\mathbb{E}[y] = X \\beta \\] \\[ \\operatorname{Var}(y) = \\sigma^2 I \\]"
        "\\[ \\operatorname{Var}(y) = \\sigma I \\]"
    )
    assert statuses(text) == ["proved", "proved", "refuted"]


def test_a_numbered_case_ends_with_the_next_one() -> None:
    text = (
        "Let $A \\in \\mathbb{R}^{n \\times n}$. Case 1: $A$ is orthogonal. \\[ A^\\top A = I \\]"
        "Case 2: $A$ is symmetric. \\[ A^\\top A = A^2 \\] \\[ A^\\top A = I \\]"
    )
    assert statuses(text) == ["proved", "proved", "tested"]


def test_the_variance_of_numbers_may_be_a_square_that_nothing_declares() -> None:
    variance = "$\\operatorname{Var}(x_i) = \\sigma^2$"
    text = f"Let $x_1, \\dots, x_n \\in \\mathbb{{R}}$ be i.i.d. with $E[x_i] = \\mu$ and {variance}."
    mean = "\\operatorname{Var}\\left(\\frac1n \\sum_{i=1}^n x_i\\right)"
    assert statuses(f"{text} \\[ {mean} = \\frac{{\\sigma^2}}{{n}} \\] \\[ {mean} = \\sigma^2 \\]") == [
        "proved",
        "refuted",
    ]
    assert statuses(f"{text.replace('be i.i.d. ', '')} \\[ {mean} = \\frac{{\\sigma^2}}{{n}} \\]") == ["unreadable"]


SECTIONS = (
    (
        r"Let $X \in \mathbb{R}^{n \times m}$, $a \in \mathbb{R}^n$.",
        r"For fixed $a, b > 0$ consider $f(D) = a \log D + b \log(1 - D)$ on $0 < D < 1$.",
        r"f'(D) = \frac{a}{D} - \frac{b}{1 - D}, f'(D) = \frac{a}{D} + \frac{b}{1 - D}",
    ),
    (
        r"Let $X \in \mathbb{R}^{n \times m}$ and $p(z) = z^2$.",
        r"Let $w, x \in \mathbb{R}^d$ and $m_i \sim \mathrm{Bernoulli}(p)$ i.i.d.",
        r"\mathbb{E}_m[w^\top (m \odot x)] = p w^\top x, \mathbb{E}_m[w^\top (m \odot x)] = w^\top x",
    ),
    (
        r"Soit $x \in \mathbb{R}^n$ et $\mu = \frac1n 1^\top x$.",
        (
            r"Soient $x$ et $y$ deux vecteurs aléatoires indépendants de $\mathbb{R}^d$, d'espérances $\mu$ et $\nu$ "
            r"et de matrices de covariance $\Sigma$ et $\Gamma$."
        ),
        r"\operatorname{Var}(x - y) = \Sigma + \Gamma, \operatorname{Var}(x - y) = \Sigma - \Gamma",
    ),
)


@pytest.mark.parametrize(("first", "second", "claims"), SECTIONS)
def test_a_later_section_gives_a_letter_another_kind(first: str, second: str, claims: str) -> None:
    text = f"\\section{{One}} {first}\n\\section{{Two}} {second}\n\\[ {claims} \\]"
    assert [str(step.status) for step in check_text(text).steps] == ["proved", "refuted"]


def test_a_positive_vector_stays_one_where_its_list_has_nothing_new() -> None:
    text = r"\section{One} Let $a, b \in \mathbb{R}^n$. \section{Two} For $a, b > 0$ we have \[ a^\top b \geq 0 \]"
    assert [str(step.status) for step in check_text(text).steps] == ["proved"]


def test_a_vector_of_a_later_section_has_entries_and_no_members() -> None:
    text = (
        r"\section{A} Consider $h_t = W h_{t-1} + U x_t$ with $h_0 = 0$, $W \in \mathbb{R}^{n \times n}$, "
        r"$U \in \mathbb{R}^{n \times d}$ and inputs $x_t \in \mathbb{R}^d$. "
        r"\section{B} Let $x \in \mathbb{R}^n$, $\mu = \frac{1}{n} \sum_{i=1}^n x_i$ and $r = x - \mu \mathbf{1}$. "
        r"\[ \mathbf{1}^\top r = 0, \|r\|^2 = \|x\|^2 - n \mu^2, \|r\|^2 = \|x\|^2 - \mu^2 \]"
    )
    assert statuses(text) == ["proved", "proved", "refuted"]


def test_data_of_an_earlier_section_refute_nothing_of_what_is_called_so_here() -> None:
    text = (
        r"\section{A} Let $X \in \mathbb{R}^{n \times d}$, $w \in \mathbb{R}^d$ and $y = X w$. "
        r"\section{B} Let $z \in \mathbb{R}^K$, $p = \mathrm{softmax}(z)$ and $y$ one-hot. "
        r"With $L = -\sum_i y_i \log p_i$ we have \[ \nabla_z L = p - y \]"
    )
    assert not {"refuted", "ill-typed"} & set(statuses(text))
