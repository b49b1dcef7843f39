r"""Update rules of declared iterates, equations said of one index, and random vectors of which no size is said."""

import pytest

from everystep.documents.check import check_text

NAMES = r"Let $\theta_t, v_t, g_t \in \mathbb{R}^d$ and $\beta, \eta \in \mathbb{R}$. "
RULES = r"\[ v_{t+1} = \beta v_t + g_t, \quad \theta_{t+1} = \theta_t - \eta v_{t+1} \] "
PROSE = r"Suppose that $v_{t+1} = \beta v_t + g_t$ and $\theta_{t+1} = \theta_t - \eta v_{t+1}$. "
DRAWN = r"Let $x \sim \mathcal{N}(\mu, \Sigma)$. "


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    "said",
    [
        "The momentum update is ",
        "We use the updates ",
        r"Momentum with velocity $v_t$: ",
        r"Gradient descent with momentum: ",
        "The update rule reads ",
        "La mise à jour est ",
        "Les mises à jour s'écrivent ",
    ],
)
def test_updates_define_iterates_of_which_nothing_else_is_said(said: str) -> None:
    given = NAMES + said + RULES
    assert statuses(given + r"\[ \theta_{t+1} = \theta_t - \eta \beta v_t - \eta g_t \]") == ["proved"]
    assert statuses(given + r"\[ \theta_{t+1} = \theta_t - \beta v_t - \eta g_t \]") == ["refuted"]
    heavy = r"\[ \theta_{t+1} - \theta_t = \beta (\theta_t - \theta_{t-1}) - \eta g_t \]"
    assert statuses(given + r"For $t \ge 1$, " + heavy) == ["proved"]
    assert statuses(given + heavy) == ["tested"]  # theta_{-1} is not one of them


@pytest.mark.parametrize(
    "said", ["Show that the update is ", "Hence the update is ", "A student claims that the update is ", "Then "]
)
def test_claims_define_nothing(said: str) -> None:
    assert statuses(NAMES + said + RULES) == ["unreadable", "unreadable"]


def test_joined_rules_are_both_rules() -> None:
    given = NAMES + r"Consider momentum with $v_{t+1} = \beta v_t + g_t$ and $\theta_{t+1} = \theta_t - \eta v_{t+1}$. "
    heavy = r"\[ \theta_{t+1} - \theta_t = \beta (\theta_t - \theta_{t-1}) - \eta g_t \]"
    assert statuses(given + r"For $t \ge 1$, " + heavy) == ["proved"]
    assert statuses(given + r"\[ \theta_{t+1} = \theta_t - \eta v_t \]") == ["refuted"]


def test_an_equation_at_an_index_may_be_meant_for_all() -> None:
    heavy = r"For $t \ge 1$, \[ \theta_{t+1} - \theta_t = \beta (\theta_t - \theta_{t-1}) - \eta g_t \]"
    assert statuses(NAMES + PROSE + heavy)[0] in ("proved", "tested")
    shifted = r"Let $a_t \in \mathbb{R}$ and suppose $a_{t+1} a_t = 1$. \[ a_{t+2} = a_t \]"
    assert statuses(shifted) == ["tested"]


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        (r"\mathbb{E}[x] = \mu", "proved"),
        (r"\mathbb{E}[x x^\top] = \Sigma + \mu \mu^\top", "proved"),
        (r"\mathbb{E}[x^\top x] = \operatorname{tr} \Sigma + \|\mu\|^2", "proved"),
        (r"\mathbb{E}[x x^\top] = \Sigma - \mu \mu^\top", "refuted"),
        (r"\mathbb{E}[x^\top x] = \Sigma + \|\mu\|^2", "ill-typed"),
    ],
)
def test_a_normal_vector_of_any_size(claim: str, status: str) -> None:
    assert statuses(DRAWN + rf"\[ {claim} \]") == [status]
    assert statuses(rf"Soit $x \sim \mathcal{{N}}(\mu, \Sigma)$. \[ {claim} \]") == [status]


def test_the_density_of_a_normal_vector_of_any_size() -> None:
    density = (
        r"\[ \log p(x) = -\frac12 (x-\mu)^\top \Sigma^{-1} (x - \mu) - \frac12 \log\det\Sigma - \frac d2 \log(2\pi) \] "
    )
    assert statuses(DRAWN + density + r"\[ \nabla_x \log p(x) = -\Sigma^{-1} (x - \mu) \]") == ["proved"]
    assert statuses(DRAWN + density + r"\[ \nabla_x \log p(x) = \Sigma^{-1} (x - \mu) \]") != ["proved"]


def test_a_size_that_has_a_meaning_is_not_taken() -> None:
    given = r"Let $X \in \mathbb{R}^{n \times d}$. " + DRAWN
    assert statuses(given + r"\[ \mathbb{E}[X x] = X \mu \]") == ["unreadable"]
    assert statuses(DRAWN.replace(r"$.", r"$ with $\mu \in \mathbb{R}^n$.") + r"\[ \mathbb{E}[x] = \mu \]") == [
        "proved"
    ]


@pytest.mark.parametrize(
    "said",
    [
        r"Let $v_0 = 0$ and $g_t, v_t \in \mathbb{R}^d$, $\beta \in (0, 1)$. Let $v_{t+1} = \beta v_t + g_t$. ",
        r"Let $g_t, v_t \in \mathbb{R}^d$ and $\beta \in (0, 1)$. Let $v_0 = 0$. Let $v_{t+1} = \beta v_t + g_t$. ",
        r"Let $g_t, v_t \in \mathbb{R}^d$ and $\beta \in (0, 1)$. Let $v_0 = 0$ and $v_{t+1} = \beta v_t + g_t$. ",
        r"Soit $v_0 = 0$ et $v_{t+1} = \beta v_t + g_t$ avec $\beta \in (0, 1)$ et $g_t, v_t \in \mathbb{R}^d$. ",
        "%! v_0 = 0; g_t, v_t \\in \\mathbb{R}^d; \\beta \\in (0, 1); v_{t+1} := \\beta v_t + g_t\n",
    ],
)
def test_a_start_that_is_given_before_its_family_or_its_rule(said: str) -> None:
    claims = r"\[ v_t = \sum_{s=0}^{t-1} \beta^{t-1-s} g_s \] \[ v_1 = g_0 \] \[ v_1 = g_1 \] \[ v_0 = g_0 \]"
    assert statuses(said + claims) == ["proved", "proved", "refuted", "refuted"]


CONSTANT = (
    r"Let $g_t, v_t \in \mathbb{R}^d$ and $\beta \in (0, 1)$. Let $v_0 = 0$ and $v_{t+1} = \beta v_t + g_t$. "
    r"Suppose that $g_t = g$ for all $t$. "
)


@pytest.mark.parametrize(
    "said",
    [
        "",
        r"Let $g \in \mathbb{R}^d$. ",
    ],
)
def test_a_family_that_is_one_value_for_all_indices(said: str) -> None:
    claims = (
        r"\[ v_t = \frac{1 - \beta^t}{1 - \beta} g \] \[ v_t = \frac{1 - \beta^{t+1}}{1 - \beta} g \] \[ g_3 = g_2 \]"
    )
    assert statuses(said + CONSTANT + claims) == ["proved", "refuted", "proved"]


@pytest.mark.parametrize(
    "said",
    [
        "It is not true that $g_t = c$ for all $t$. ",
        "A student assumes that $g_t = c$ for all $t$. ",
        "Suppose that $g_t = c$ for all $t > 5$. ",
        "Suppose that $g_t = c$ for all $t$ except one. ",
        "Show that $g_t = c$ for all $t$. ",
        "Suppose that $g_t = c$ for some $t$. ",
    ],
)
def test_a_family_that_may_have_other_values(said: str) -> None:
    given = r"Let $g_t, c \in \mathbb{R}^d$. "
    assert statuses(given + said + r"\[ g_3 = g_2 \]")[0] in ("tested", "unreadable")


@pytest.mark.parametrize(
    "ends",
    [
        "\\section{Two}\n",
        "\n\n(b) Without that assumption,\n",
        "Now suppose that $g_t = 2 b$ for all $t$.\n",
        "In general,\n",
    ],
)
def test_what_is_one_value_for_a_while(ends: str) -> None:
    given = "\\section{One}\n\n(a) " + CONSTANT.replace(r"$g_t, v_t \in", r"$g_t, v_t, b \in")
    claim = r"\[ v_2 = (1 + \beta) g \]"
    assert statuses(given + claim + "\n" + ends + claim) == ["proved", "unreadable"]


def test_a_step_in_french_denies_nothing() -> None:
    given = (
        r"On note $w_t \in \mathbb{R}^d$ les paramètres à l'itération $t$, $\eta > 0$ le pas d'apprentissage et "
        r"$\lambda > 0$ le coefficient. Soit $L : \mathbb{R}^d \to \mathbb{R}$ une fonction différentiable. "
        r"La mise à jour s'écrit \[ w_{t+1} = w_t - \eta \nabla L(w_t) \] "
    )
    assert statuses(given + r"Donc \[ w_{t+1} = w_t + \eta \nabla L(w_t) \]") == ["refuted"]


def test_a_stochastic_gradient_is_no_stochastic_matrix() -> None:
    given = r"Let $w_t \in \mathbb{R}^d$ be the parameters and $g_t \in \mathbb{R}^d$ the stochastic gradient. "
    updates = r"The update is \[ w_{t+1} = w_t - g_t \] "
    assert statuses(given + updates + r"\[ w_1 - w_0 = - g_0 \] \[ w_1 - w_0 = g_0 \]") == ["proved", "refuted"]


@pytest.mark.parametrize(
    "said",
    [
        r"The velocity starts from $v_0 = 0$. The update rule, with a coefficient $\beta \in (0, 1)$, reads ",
        r"Initialised at $v_0 = 0$, the update is ",
    ],
)
def test_words_that_start_a_family(said: str) -> None:
    claims = r"\[ v_2 = \beta g_0 + g_1 \] \[ v_2 = g_0 + \beta g_1 \]"
    assert statuses(NAMES + said + RULES + claims) == ["proved", "refuted"]


def test_by_induction_gives_no_updates() -> None:
    given = NAMES + r"Let $v_0 = 0$ and $v_{t+1} = \beta v_t + g_t$. "
    claim = r"\[ v_t = \sum_{s=0}^{t-1} \beta^{t-1-s} g_s \]"
    assert statuses(given + "Par récurrence, " + claim) == ["proved"]
    assert statuses(given + "Par récurrence, " + claim.replace(r"\beta^{t-1-s}", r"\beta^{s}")) == ["refuted"]
