r"""A linear model as homework states it: the equation of the data, the mean and the variance of the noise, in the prose
or in the display of the model.
"""

import pytest

from everystep.documents.check import check_text

DESIGN = r"Let $X \in \mathbb{R}^{n \times p}$ have full column rank and $\beta \in \mathbb{R}^p$. "
BARE = r"Let $X \in \mathbb{R}^{n \times p}$ be of full column rank. "
PLAN = r"Soit $X \in \mathbb{R}^{n \times p}$ de rang $p$, $\beta \in \mathbb{R}^p$. "
MOMENTS = r"\mathbb{E}[\varepsilon] = 0, \qquad \operatorname{Var}(\varepsilon) = \sigma^2 I_n"
CLAIMS = r"""
Let $\hat\beta = (X^\top X)^{-1} X^\top y$.
\[ \mathbb{E}[\hat\beta] = \beta, \operatorname{Var}(\hat\beta) = \sigma^2 (X^\top X)^{-1} \]
\[ \operatorname{Var}(\hat\beta) = \sigma^2 X^\top X \]
"""
SAID = ["proved", "proved", "refuted"]


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    "model",
    [
        rf"{DESIGN}Unless stated otherwise we work with \[ y = X\beta + \varepsilon, \qquad {MOMENTS}. \]",
        rf"{DESIGN}Consider the linear model \[ y = X\beta + \varepsilon, \quad {MOMENTS}. \]",
        rf"{DESIGN}Assume that \[ y = X\beta + \varepsilon, \quad {MOMENTS}. \]",
        rf"{BARE}Suppose \[ y = X\beta + \varepsilon, \quad {MOMENTS}. \]",
        rf"{PLAN}Sauf mention contraire, on travaille avec le modèle \[ y = X\beta + \varepsilon, \quad {MOMENTS}. \]",
        rf"{PLAN}On considère le modèle linéaire \[ y = X\beta + \varepsilon, \quad {MOMENTS}. \]",
        rf"{DESIGN}The data are $y = X\beta + \varepsilon$. The errors satisfy \[ {MOMENTS}. \]",
        rf"{PLAN}On pose $y = X\beta + \varepsilon$. Les erreurs vérifient \[ {MOMENTS}. \]",
        DESIGN + r"""Gauss--Markov assumptions:
            \begin{align*} y &= X\beta + \varepsilon, \\ \mathbb{E}[\varepsilon] &= 0, \\
            \operatorname{Cov}(\varepsilon) &= \sigma^2 I_n. \end{align*}""",
        DESIGN + r"""The model is \[ y = X\beta + \varepsilon, \quad \mathbb{E}[\varepsilon] = 0, \quad
            \mathbb{E}[\varepsilon \varepsilon^\top] = \sigma^2 I. \]""",
        DESIGN + r"The model is \[ y = X\beta + e, \quad \mathbb{E}[e] = 0, \operatorname{Cov}(e) = \sigma^2 I_n. \]",
        DESIGN + r"Assume \[ \mathbb{E}[y] = X\beta, \qquad \operatorname{Var}(y) = \sigma^2 I_n. \]",
        BARE + r"""Consider $y = X\beta + \varepsilon$ with $\mathbb{E}[\varepsilon] = 0$ and
            $\operatorname{Var}(\varepsilon) = \sigma^2 I$.""",
        BARE + r"Consider $y = X\beta + u$ with $\mathbb{E}[u] = 0$ and $\operatorname{Var}(u) = \sigma^2 I_n$.",
        DESIGN + r"""Let $y = X\beta + \varepsilon$, where $\mathbb{E}(\varepsilon) = 0$ and
            $\mathbb{V}(\varepsilon) = \sigma^2 I_n$.""",
    ],
)  # fmt: skip
def test_mean_and_variance_of_least_squares(model: str) -> None:
    assert statuses(model + CLAIMS) == SAID


def test_noise_with_another_covariance() -> None:
    given = rf"""{DESIGN}Let $V \in \mathbb{{R}}^{{n \times n}}$ be positive definite. The model is
        \[ y = X\beta + \varepsilon, \quad \mathbb{{E}}[\varepsilon] = 0, \quad
        \operatorname{{Cov}}(\varepsilon) = \sigma^2 V. \]"""
    claims = r"\[ \operatorname{Cov}(y) = \sigma^2 V, \operatorname{Cov}(y) = \sigma^2 V^{-1} \]"
    assert statuses(given + claims) == ["proved", "refuted"]


@pytest.mark.parametrize(
    "words",
    [
        "Show that",
        "We have",
        "Hence",
        "If",
        "We do not assume",
        "Is it true that",
        "Montrer que",
        "Taking means, we get",
    ],
)
def test_moments_in_a_display_that_words_do_not_give(words: str) -> None:
    text = rf"Let $x \in \mathbb{{R}}^n$. {words} \[ \mathbb{{E}}[x] = 0 \] \[ \mathbb{{E}}[2 x] = 0 \]"
    assert statuses(text) == ["unreadable", "unreadable"]


def test_a_moment_of_what_has_a_law_or_a_value_is_a_claim() -> None:
    law = r"Let $x \sim \mathcal{N}(0, I_n)$. Assume the model \[ \mathbb{E}[x] = 0, \operatorname{Var}(x) = 2 I \]"
    assert statuses(law) == ["proved", "refuted"]
    value = r"""Let $A \in \mathbb{R}^{n \times n}$, $z \sim \mathcal{N}(0, I_n)$ and $x = A z$. Assume
        \[ \mathbb{E}[x] = 0, \operatorname{Var}(x) = A^\top A \]"""
    assert statuses(value) == ["proved", "refuted"]


def test_what_a_display_says_of_noise_ends_with_its_part() -> None:
    text = rf"""{DESIGN}\section{{A}} Suppose \[ y = X\beta + \varepsilon, \quad {MOMENTS}. \]
        \[ \operatorname{{Var}}(y) = \sigma^2 I \]
        \section{{B}} \[ \operatorname{{Var}}(y) = \sigma^2 I \]"""
    assert statuses(text)[0] == "proved"
    assert statuses(text)[1] != "proved"


def test_shapes_that_an_equation_leaves_open_are_not_guessed() -> None:
    text = BARE + r"Consider $Y = X B + \varepsilon$. \[ X^\top Y = X^\top X B + X^\top \varepsilon \]"
    assert statuses(text) == ["unreadable"]


NOISE = r"Let $X \in \mathbb{R}^{n \times p}$, $\beta \in \mathbb{R}^p$ and $y = X\beta + \varepsilon$, "
BRUIT = r"Soit $X \in \mathbb{R}^{n \times p}$, $\beta \in \mathbb{R}^p$ et $y = X\beta + \varepsilon$, "
OF_DATA = r"\[ \mathbb{E}[y] = X\beta, \operatorname{Var}(y) = \sigma^2 I, \operatorname{Var}(y) = 2 \sigma^2 I \]"


IN_WORDS = r"""
NOISE where the noise EPS is centred with covariance $\sigma^2 I$.
NOISE where EPS is zero-mean noise with covariance matrix $\sigma^2 I_n$.
NOISE where the entries of EPS are uncorrelated with mean zero and common variance $\sigma^2$.
NOISE where the noise EPS has i.i.d. entries with mean zero and variance $\sigma^2$.
NOISE where the errors EPS are uncorrelated with zero mean and constant variance $\sigma^2$.
NOISE where EPS. The errors satisfy $\mathbb{E}[\varepsilon] = 0$ and $\operatorname{Cov}(\varepsilon) = \sigma^2 I$.
BRUIT où le bruit EPS est centré et de matrice de covariance $\sigma^2 I_n$.
BRUIT où les composantes de EPS sont indépendantes, centrées et de variance $\sigma^2$.
BRUIT où EPS est un vecteur d'erreurs non corrélées, d'espérance nulle et de variance commune $\sigma^2$.
BARE The noise vector $\varepsilon$ has zero mean and covariance $\sigma^2 I$.
BARE The components of $\varepsilon$ are independent with mean $0$ and variance $\sigma^2$.
BARE Here $\varepsilon$ is a random vector with mean $0$ and covariance $\sigma^2 I_n$.
PLAN avec des erreurs homoscédastiques : $\mathbb{E}[\varepsilon] = 0$, $\mathrm{Var}(\varepsilon) = \sigma^2 I_n$.
"""
WRITTEN = {
    "NOISE": NOISE,
    "BRUIT": BRUIT,
    "BARE": rf"{BARE}Consider $y = X\beta + \varepsilon$.",
    "PLAN": rf"{PLAN}On considère $y = X\beta + \varepsilon$",
    "EPS": r"$\varepsilon \in \mathbb{R}^n$",
}


@pytest.mark.parametrize("words", IN_WORDS.strip().split("\n"))
def test_noise_in_words(words: str) -> None:
    for name, written in WRITTEN.items():
        words = words.replace(name, written)
    assert statuses(f"{words} {OF_DATA}") == SAID


@pytest.mark.parametrize(
    "words",
    [
        r"where the entries of $\varepsilon \in \mathbb{R}^n$ have mean zero and common variance $\sigma^2$.",
        r"where the entries of $\varepsilon \in \mathbb{R}^n$ are not uncorrelated, with variance $\sigma^2$.",
        r"where the errors $\varepsilon \in \mathbb{R}^n$ are correlated with mean zero and variance $\sigma^2$.",
    ],
)
def test_variances_of_entries_alone_tell_no_covariance(words: str) -> None:
    assert statuses(rf"{NOISE}{words} \[ \operatorname{{Var}}(y) = \sigma^2 I \]") == ["unreadable"]


def test_noise_that_is_not_centred() -> None:
    given = rf"{NOISE}where $\varepsilon \in \mathbb{{R}}^n$ is noise with covariance $\sigma^2 I$. "
    assert statuses(rf"{given}\[ \mathbb{{E}}[y] = X\beta, \operatorname{{Var}}(y) = \sigma^2 I \]") == [
        "refuted",
        "proved",
    ]
    denied = (
        rf"{NOISE}where the noise $\varepsilon \in \mathbb{{R}}^n$ is not centred and has covariance $\sigma^2 I$. "
    )
    assert "proved" not in statuses(rf"{denied}\[ \mathbb{{E}}[y] = X\beta \]")


def test_data_that_are_centred_are_still_in_doubt_beside_noise_that_is() -> None:
    text = r"""Let $X \in \mathbb{R}^{n \times p}$ be a data matrix whose columns are centred. Let
        $\varepsilon \in \mathbb{R}^n$ be centred noise with covariance $I$. \[ \mathbf{1}^\top X = 0 \]"""
    assert statuses(text) == ["tested"]


def test_columns_in_words_are_those_of_the_matrix() -> None:
    given = r"Let $U \in \mathbb{R}^{n \times d}$. "
    claim = r"\[ U U^\top = \sum_{j=1}^{d} u_j u_j^\top, U^\top U = \sum_{j=1}^{d} u_j u_j^\top \]"
    for words in (
        r"Answer: Denoting by $u_j \in \mathbb{R}^n$ the columns of $U$, we get",
        r"Réponse : En notant $u_j \in \mathbb{R}^n$ les colonnes de $U$,",
        r"On note $u_j \in \mathbb{R}^n$ les colonnes de $U$.",
    ):
        assert statuses(given + words + claim) == ["proved", "ill-typed"]
    claimed = r"Claim: $u_j \in \mathbb{R}^n$ are the columns of $U$. \[ U U^\top = \sum_{j=1}^{d} u_j u_j^\top \]"
    assert statuses(given + claimed) == ["unreadable"]


DATA_IN_WORDS = r"""
$X$ est une matrice de données de taille SIZE à coefficients réels, de rang $d$, TARGETS est le vecteur des réponses.
On note $X$ la matrice des données, de taille SIZE et de rang $d$, et TARGETS le vecteur des réponses.
Let $X$ be the matrix of features, of size SIZE and rank $d$, and let $y$ be the vector of responses of length $n$.
The design matrix $X$ is SIZE and has rank $d$, the response $y$ is $n \times 1$.
"""


@pytest.mark.parametrize("words", DATA_IN_WORDS.strip().split("\n"))
def test_data_matrices_in_words(words: str) -> None:
    given = words.replace("SIZE", r"$n \times d$").replace("TARGETS", r"$y \in \mathbb{R}^n$")
    claims = r"\[ (X^\top X)^{-1} X^\top X = I, (X^\top y)^\top = y^\top X, (X^\top y)^\top = 2 y^\top X \]"
    assert statuses(given + claims) == SAID
