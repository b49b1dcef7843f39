"""What prose says of chance: laws, means and independence hold for whom and for as long as the words say."""

import pytest

from everystep.documents.check import check_text

VECTORS = (
    "%! x, y, z \\in \\mathbb{R}^n; t \\in \\mathbb{R}; "
    "\\mathbb{E}[x] = \\mu; \\mathbb{E}[y] = \\nu; \\mathbb{E}[z] = \\mu\n"
)
PRODUCT = "\\[ \\mathbb{E}[x y^\\top] = \\mu \\nu^\\top \\]"
MEAN = "\\[ \\mathbb{E}[x] = 0 \\]"
MODULUS = "\\[ |a| = a \\]"


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    "words",
    [
        "The vectors $x$ and $y$ are independent.",
        "Let $x$ and $y$ be independent random vectors.",
        "Let $x, y \\in \\mathbb{R}^n$ be independent.",
        "Suppose that $x$ is independent of $y$.",
        "Suppose that $z$ and $x$ are independent of $y$.",
        "Here $x$, $z$ and $y$ are mutually independent.",
        "We draw $x$ and $y$ independently.",
        "The inputs $x$ and $y$ are drawn independently of each other.",
        "For independent $x$ and $y$,",
        "Let $x$ and $y$, which are independent, be given.",
        "Soient $x$ et $y$ deux vecteurs aléatoires indépendants.",
        "On suppose $x$ et $y$ indépendants.",
        "Le vecteur $x$ est indépendant de $y$.",
        "If $x$ and $y$ are independent, then",
    ],
)
def test_what_is_called_independent_is(words: str) -> None:
    assert statuses(f"{VECTORS}{words} {PRODUCT}") == ["proved"]


@pytest.mark.parametrize(
    "words",
    [
        "Suppose that $x$ and $y$ are independent of $z$.",
        "Suppose that $z$ is independent of $x$ and $y$.",
        "Given $z$, the vectors $x$ and $y$ are independent.",
        "The vectors $x$ and $y$ are conditionally independent.",
        "The vectors $x$ and $y$ are independent given $z$.",
        "Les vecteurs $x$ et $y$ sont conditionnellement indépendants.",
        "Sachant $z$, les vecteurs $x$ et $y$ sont indépendants.",
        "The vectors $x$ and $y$ are uncorrelated or independent.",
        "The vectors $x$ and $y$ are linearly independent.",
        "Suppose that $x$ is independent of everything but $y$.",
        "The errors of $x$ and $y$ are independent.",
        "The entries of $x$ and $y$ are independent.",
        "The distribution of $x$ and $y$ is independent of $t$.",
        "The loss, which depends on $x$ and $y$, is independent of the scale.",
        "The dimension of $x$ and $y$ is $n$, independently of $t$.",
        "Les lois de $x$ et $y$ sont indépendantes de $t$.",
        "Are $x$ and $y$ independent?",
        "Show that $x$ and $y$ are independent.",
        "Many authors assume that $x$ and $y$ are independent.",
        "As an example, let $x$ and $y$ be independent. In general,",
        "If $x$ and $y$ are independent, it is easy. In general,",
        "\n\n(a) The vectors $x$ and $y$ are independent. \\[ \\|x\\|^2 = x^\\top x \\]\n\n(b) Now",
    ],
)
def test_what_is_not_called_independent_is_not(words: str) -> None:
    assert statuses(f"{VECTORS}{words} {PRODUCT}")[-1] == "unreadable"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("x, y \\text{ independent}", "proved"),
        ("x \\text{ and } y \\text{ are independent}", "proved"),
        ("x \\text{ independent of } y", "proved"),
        ("x \\perp y", "proved"),
        ("x, y \\text{ independent of } z", "unreadable"),
        ("x, y \\perp z", "unreadable"),
        ("x, y \\text{ not independent}", "unreadable"),
        ("x, y \\text{ conditionally independent}", "unreadable"),
        ("x \\perp y \\mid z", "unreadable"),
    ],
)
def test_declared_independence(said: str, expected: str) -> None:
    assert statuses(f"{VECTORS}%! {said}\n{PRODUCT}") == [expected]


@pytest.mark.parametrize(
    "words",
    [
        "Let $x \\sim \\mathcal{N}(0, I_n)$.",
        "Compute the mean of $x \\sim \\mathcal{N}(0, I_n)$.",
        "The noise $x \\in \\mathbb{R}^n$ has mean $\\mathbb{E}[x] = 0$.",
        "If $x \\sim \\mathcal{N}(0, I_n)$, then",
        "Soit $x \\sim \\mathcal{N}(0, I_n)$.",
    ],
)
def test_laws_that_are_given(words: str) -> None:
    assert statuses(f"Let $n \\in \\mathbb{{N}}$. {words} {MEAN}") == ["proved"]


@pytest.mark.parametrize(
    "words",
    [
        "Suppose for contradiction that $x \\sim \\mathcal{N}(0, I)$.",
        "We do not assume that $x \\sim \\mathcal{N}(0, I)$.",
        "Many authors assume $x \\sim \\mathcal{N}(0, I)$.",
        "Is $x \\sim \\mathcal{N}(0, I)$?",
        "Show that $x \\sim \\mathcal{N}(0, I)$.",
        "On ne suppose pas que $x \\sim \\mathcal{N}(0, I)$.",
        "Suppose for contradiction that $\\mathbb{E}[x] = 0$.",
        "Unless $\\mathbb{E}[x] = 0$, we have",
        "Claim: $\\mathbb{E}[x] = 0$.",
        "If $x \\sim \\mathcal{N}(0, I)$, then \\[ \\mathbb{E}[x] = 0 \\] In general,",
        "If $\\mathbb{E}[x] = 0$, then \\[ \\mathbb{E}[x] = 0 \\] In general,",
        "\n\n(a) Suppose $x \\sim \\mathcal{N}(0, I)$. \\[ \\mathbb{E}[x] = 0 \\]\n\n(b) Now",
    ],
)
def test_laws_that_are_not_given_prove_nothing(words: str) -> None:
    assert statuses(f"Let $x \\in \\mathbb{{R}}^n$ be random. {words} {MEAN}")[-1] != "proved"


def test_a_law_of_a_condition_gives_back_the_law_before() -> None:
    text = "%! x \\in \\mathbb{R}; x \\sim \\mathcal{N}(1, 1)\nIf $x \\sim \\mathcal{N}(2, 1)$, then "
    ones = ["\\[ \\mathbb{E}[x] = 2 \\]", "\\[ \\mathbb{E}[x] = 1 \\]", "\\[ \\mathbb{E}[x] = 2 \\]"]
    assert statuses(text + " We see ".join(ones)) == ["proved", "proved", "refuted"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Let $a \\in (0, 1)$.", "proved"),
        ("With rate $a \\in (0, 1)$ we get", "proved"),
        ("Show that for all $a \\in (0, 1)$ we have", "proved"),
        ("If $a \\in (0, 1)$, then", "proved"),
        ("Show that $a \\in (0, 1)$.", "tested"),
        ("It follows that $a \\in (0, 1)$.", "tested"),
        ("Unless $a \\in (0, 1)$,", "tested"),
        ("Claim: $a \\in (0, 1)$.", "tested"),
        ("Is $a \\in (0, 1)$?", "tested"),
        ("Suppose for contradiction that $a \\in (0, 1)$.", "tested"),
        ("We do not assume that $a \\in (0, 1)$.", "tested"),
        ("On ne suppose pas que $a \\in (0, 1)$.", "tested"),
        ("Let $E$ be the event $a \\in (0, 1)$.", "tested"),
        ("Suppose $a \\in (0, 1)$ or $a \\in (-1, 0)$.", "tested"),
        ("If $a \\in (0, 1)$, it is easy. In general,", "tested"),
    ],
)
def test_ranges_by_membership(words: str, expected: str) -> None:
    assert statuses(f"Let $a \\in \\mathbb{{R}}$. {words} {MODULUS}") == [expected]


FAMILY = (
    "Let $x_1, \\dots, x_n \\in \\mathbb{R}$ be random numbers with $\\mathbb{E}[x_i] = 0$, "
    "$\\operatorname{Var}(x_i) = 1$. "
)


@pytest.mark.parametrize(
    "claim",
    [
        "\\mathbb{E}[x_1 x_2] = 0",
        "\\mathbb{E}[x_i x_{i+1}] = 0",
        "\\mathbb{E}[x_1 x_2 x_3] = 0",
        "\\mathbb{E}[(x_1 - x_2)^2] = 2",
        "\\operatorname{Var}(x_1 + x_2) = 2",
        "\\operatorname{Cov}(x_i, x_{i+1}) = 0",
        "\\operatorname{Var}(\\sum_{i=1}^n x_i) = n",
    ],
)
def test_members_of_a_family_are_not_taken_as_independent(claim: str) -> None:
    assert statuses(f"{FAMILY}\\[ {claim} \\]") == ["unreadable"]
    assert statuses(f"{FAMILY}They are i.i.d.: the $x_i$ are i.i.d. \\[ {claim} \\]") == ["proved"]


def test_what_needs_one_member_or_no_product_needs_no_independence() -> None:
    assert statuses(f"{FAMILY}\\[ \\mathbb{{E}}[x_1 + 2 x_2] = 0 \\]") == ["proved"]
    assert statuses(f"{FAMILY}\\[ \\mathbb{{E}}[x_j^2] = 1 \\]") == ["proved"]


@pytest.mark.parametrize(
    "text",
    [
        "%! x \\in \\mathbb{R}^n; \\mathbb{E}[x_i] = 0\n\\[ x_i = 0 \\]",
        "%! x \\in \\mathbb{R}^n; \\mathbb{E}[x_i] = 0\n\\[ \\mathbb{E}[x_i x_j] = 0 \\]",
        "%! x \\in \\mathbb{R}; \\mathbb{E}[x^2] = 1\n\\[ \\operatorname{Var}(x) = 0 \\]",
        "%! x, y \\in \\mathbb{R}; \\operatorname{Cov}(x, y) > 0\n\\[ x = y \\]",
        "%! X \\in \\mathbb{R}^{n \\times n}; \\mathbb{E}[X] \\succ 0\n\\[ X \\succ 0 \\]",
        "%! x \\in \\mathbb{R}; \\mathbb{E}[x] > 0\n\\[ x > 0 \\]",
        "%! x \\in \\mathbb{R}\n\\[ \\mathbb{E}[x] = x \\]",
        "%! x \\in \\mathbb{R}^n\n\\[ \\operatorname{Var}(x_1) = 0 \\]",
        "%! x \\in \\mathbb{R}^n; S := \\mathbb{E}[x x^\\top]\n\\[ S = x x^\\top \\]",
        "%! x, w \\in \\mathbb{R}^n; L(w) := \\mathbb{E}[(w^\\top x)^2]\n\\[ \\nabla_w L(w) = 2 x x^\\top w \\]",
    ],
)
def test_means_of_what_nothing_calls_random_are_not_read_as_numbers(text: str) -> None:
    assert statuses(text) == ["unreadable"]


@pytest.mark.parametrize(
    ("given", "claim"),
    [
        ("R_{ii} \\sim \\mathrm{Bernoulli}(p); R \\in \\mathbb{R}^{n \\times n}", "\\mathbb{E}[R_{12}] = p"),
        ("R_{ij} \\sim \\mathrm{Bernoulli}(p), i \\ne j; R \\in \\mathbb{R}^{n \\times n}", "\\mathbb{E}[R_{11}] = p"),
        ("r_1 \\sim \\mathrm{Bernoulli}(p); r \\in \\mathbb{R}^n", "\\mathbb{E}[r_2] = p"),
        ("r_i \\sim \\mathrm{Bernoulli}(q_i); r, q \\in \\mathbb{R}^n", "\\mathbb{E}[r_1] = q_i"),
        (
            "x_i \\sim \\mathcal{N}(0, 1), i = 2, \\dots, n; x_i \\in \\mathbb{R}, i = 1, \\dots, n",
            "\\mathbb{E}[x_1] = 0",
        ),
        ("x_{ii} \\sim \\mathcal{N}(0, 1); x_{ij} \\in \\mathbb{R}", "\\mathbb{E}[x_{12}] = 0"),
        ("x_i \\sim \\mathcal{N}(i, 1); x \\in \\mathbb{R}^n", "\\mathbb{E}[x_1] = i"),
    ],
)
def test_a_law_of_some_is_not_that_of_all(given: str, claim: str) -> None:
    assert statuses(f"%! p \\in \\mathbb{{R}}; {given}\n\\[ {claim} \\]") == ["unreadable"]


@pytest.mark.parametrize("range_", ["i = 1, \\dots, n", "1 \\le i \\le n"])
def test_a_law_for_the_whole_range_is_that_of_all(range_: str) -> None:
    for kind in ("x \\in \\mathbb{R}^n", "x_i \\in \\mathbb{R}, i = 1, \\dots, n"):
        assert statuses(f"%! {kind}; x_i \\sim \\mathcal{{N}}(0, 1), {range_}\n\\[ \\mathbb{{E}}[x_2] = 0 \\]") == [
            "proved"
        ]


@pytest.mark.parametrize("bar", ["\\mid", "|", "\\,\\vert\\,", "\\,\\middle|\\,"])
def test_a_conditional_mean_that_is_given_is_a_hypothesis(bar: str) -> None:
    text = f"Let $X, Y$ be random variables with $\\mathbb{{E}}[Y {bar} X] = a X + b$, $a, b \\in \\mathbb{{R}}$. "
    claim = "\\[ \\mathbb{E}[Y] = a \\mathbb{E}[X] + b \\]"
    assert statuses(text + claim) == ["proved"]
    assert statuses(text.replace(f"Y {bar} X", "Y") + claim) != ["proved"]


@pytest.mark.parametrize(
    "told",
    [
        "\\mathbb{E}[x^\\top y \\mid x] = 0",  # of more than a name
        "\\mathbb{E}[y \\mid x + z] = 0",  # given more than a name
        "\\mathbb{E}[y \\mid x] \\ge 0",
    ],
)
def test_what_is_said_of_a_conditional_mean_and_not_read_refutes_nothing(told: str) -> None:
    declared = f"%! x, y, z \\in \\mathbb{{R}}^n; \\mathbb{{E}}[x] = \\mu; \\mathbb{{E}}[y] = \\nu; {told}\n"
    assert statuses(declared + "\\[ \\mathbb{E}[x^\\top y] = 0 \\]") == ["unreadable"]


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("\\mathbb{E}[y \\mid x] = x; \\mathbb{E}[x \\mid y] = y", "tested"),  # then x = y, almost surely
        ("\\mathbb{E}[y \\mid x] = x; \\operatorname{Var}(y \\mid x) = 0", "tested"),
        ("\\mathbb{E}[y \\mid x] = x", "refuted"),
        ("\\mathbb{E}[w \\mid z] = z; \\mathbb{E}[z \\mid w] = w", "refuted"),
    ],
)
def test_conditional_means_that_may_tie_values_keep_a_claim_from_being_refuted(told: str, status: str) -> None:
    assert statuses(f"%! w, x, y, z \\in \\mathbb{{R}}; {told}\n\\[ 2 x = 2 y \\]") == [status]


def test_a_conditional_mean_ends_with_the_part_that_it_is_assumed_in() -> None:
    text = (
        "%! x, w \\in \\mathbb{R}^n; y \\in \\mathbb{R}; \\mathbb{E}[x] = \\mu; \\mathbb{E}[y] = b\n"
        "(a) Suppose that $\\mathbb{E}[y \\mid x] = w^\\top x$. \\[ \\mathbb{E}[y x] = \\mathbb{E}[x x^\\top] w \\]\n"
        "(b) In general, \\[ \\mathbb{E}[\\mathbb{E}[y \\mid x] x] = \\mathbb{E}[x x^\\top] w \\]\n"
    )
    first, second = statuses(text)
    assert first == "proved"
    assert second in ("tested", "unreadable")


JOINT = (
    "%! x, y \\in \\mathbb{R}^n; \\mu, \\nu \\in \\mathbb{R}^n; S, T, C \\in \\mathbb{R}^{n \\times n}; "
    "a, b \\in \\mathbb{R}^n; \\mathbb{E}[x] = \\mu; \\operatorname{Var}(x) = S; "
    "\\mathbb{E}[y] = \\nu; \\operatorname{Var}(y) = T"
)


@pytest.mark.parametrize(
    ("claim", "alone", "with_covariance", "uncorrelated"),
    [
        ("\\operatorname{Var}(x + y) = S + T", "refuted", "refuted", "proved"),
        ("\\operatorname{Var}(x - y) = S + T - C - C^\\top", "refuted", "proved", None),
        ("\\mathbb{E}[x y^\\top] = \\mu \\nu^\\top", "refuted", "refuted", "proved"),
        ("\\mathbb{E}[x y^\\top] = C + \\mu \\nu^\\top", "refuted", "proved", None),
        ("\\operatorname{Cov}(a^\\top x, b^\\top y) = a^\\top C b", "refuted", "proved", None),
        ("\\operatorname{Cov}(a^\\top x, b^\\top y) = b^\\top C a", "refuted", "refuted", None),
        ("\\operatorname{Cov}(y, x) = \\operatorname{Cov}(x, y)^\\top", "proved", "proved", "proved"),
        ("\\operatorname{Cov}(y, x) = \\operatorname{Cov}(x, y)", "refuted", "refuted", "proved"),
        ("\\operatorname{Var}(x) = \\operatorname{Cov}(x, x)", "proved", "proved", "proved"),
        ("C = 0", "unreadable", "refuted", None),
        ("\\operatorname{tr}(C) = 0", "refuted", "refuted", None),
    ],
)
def test_a_joint_law_is_what_is_said_of_it(
    claim: str, alone: str, with_covariance: str, uncorrelated: str | None
) -> None:
    assert statuses(f"{JOINT}\n\\[ {claim} \\]") == [alone]
    assert statuses(f"{JOINT}; \\operatorname{{Cov}}(x, y) = C\n\\[ {claim} \\]") == [with_covariance]
    if uncorrelated is not None:
        assert statuses(f"{JOINT}; \\operatorname{{Cov}}(x, y) = 0\n\\[ {claim} \\]") == [uncorrelated]


def test_a_cross_moment_makes_no_other_than_itself() -> None:
    law = "%! x, y \\in \\mathbb{R}^n; \\mathbb{E}[x] = 0; \\mathbb{E}[y] = 0; "
    law += "C \\in \\mathbb{R}^{n \\times n}; \\mathbb{E}[x y^\\top] = C\n"
    assert statuses(f"{law}\\[ \\operatorname{{tr}}(C) = 0 \\]") == ["refuted"]
    assert statuses(f"{law}\\[ \\operatorname{{tr}}(C) = \\mathbb{{E}}[x^\\top y] \\]") == ["proved"]


def test_words_on_dependence_keep_a_joint_law_from_refuting() -> None:
    claim = "\\[ \\operatorname{Var}(x + y) = S + T \\]"
    assert statuses(f"{JOINT}\nThe two errors are unrelated and independent.\n{claim}") == ["unreadable"]
    assert statuses(f"{JOINT}\n{claim}\nHere the independence of the draws was used.") == ["unreadable"]
    two = f"%! problem A\n{JOINT}\n{claim}\n\n%! problem B\n{JOINT}; x, y \\text{{ independent}}\n{claim}"
    assert statuses(two) == ["refuted", "proved"]


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("\\operatorname{Var}(u + v) = 2", "refuted"),
        ("\\operatorname{Var}(u + v) = 2 + 2 \\operatorname{Cov}(u, v)", "proved"),
        ("\\mathbb{E}[u v] = 0", "refuted"),
        ("\\mathbb{E}[u + v] = 0", "proved"),
        ("\\mathbb{E}[u^2 v^2] = 1", "refuted"),
    ],
)
def test_standard_normal_numbers_are_not_taken_as_independent(claim: str, verdict: str) -> None:
    law = "%! u, v \\in \\mathbb{R}; u \\sim \\mathcal{N}(0, 1); v \\sim \\mathcal{N}(0, 1)\n"
    assert statuses(f"{law}\\[ {claim} \\]") == [verdict]


def verdicts(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


DRAWN = (
    (r"We write $z = \mu + \sigma \odot \epsilon$ with $\epsilon \sim \mathcal{N}(0, I)$. Then", "a definition"),
    (r"The latent variable is $z = \mu + \sigma \odot \epsilon$ where $\epsilon \sim \mathcal{N}(0, I)$.", "a name"),
    (r"Let $\epsilon \sim \mathcal{N}(0, I)$. We set $z = \mu + \sigma \odot \epsilon$.", "the law first"),
)


@pytest.mark.parametrize("words", [words for words, _ in DRAWN], ids=[what for _, what in DRAWN])
def test_noise_is_as_long_as_what_it_stands_beside(words: str) -> None:
    given = rf"Let $\mu, \sigma \in \mathbb{{R}}^d$. {words}"
    right = r"\[ \mathbb{E}[z] = \mu, \quad \mathbb{E}[\|z\|^2] = \|\mu\|^2 + \|\sigma\|^2 \]"
    wrong = r"\[ \mathbb{E}[\|z\|^2] = \|\mu\|^2 + d \]"
    assert verdicts(f"{given}\n{right}\n{wrong}") == ["proved", "proved", "refuted"]


def test_numbers_that_are_drawn_are_a_vector_without_their_index() -> None:
    mask = r"Let $w, x \in \mathbb{R}^d$, $y \in \mathbb{R}$ and $m_i \sim \mathrm{Bernoulli}(p)$ i.i.d."
    chain = r"""\begin{align*}
\mathbb{E}_m[(y - w^\top (m \odot x))^2] &= y^2 - 2 p y w^\top x + \mathbb{E}[(w^\top (m \odot x))^2] \\
 &= (y - p\, w^\top x)^2 + p(1-p) \sum_i w_i^2 x_i^2 \\
 &= (y - p\, w^\top x)^2 + p \sum_i w_i^2 x_i^2
\end{align*}"""
    assert verdicts(f"{mask}\n{chain}") == ["proved", "proved", "refuted"]


def test_a_vector_of_drawn_numbers_is_no_number() -> None:
    text = r"Let $m_i \sim \mathrm{Bernoulli}(p)$ i.i.d. \[ \mathbb{E}[m] = p \]"
    assert verdicts(text) == ["unreadable"]


def test_noise_whose_entries_have_a_law_is_the_one_in_the_model() -> None:
    model = r"Let $X \in \mathbb{R}^{n \times d}$, $\beta \in \mathbb{R}^d$, $y = X\beta + \varepsilon$ with "
    law = r"$\varepsilon_i \sim \mathcal{N}(0, \sigma^2)$ i.i.d."
    claims = (
        r"\[ \mathbb{E}[y] = X \beta, \operatorname{Var}(y) = \sigma^2 I, \operatorname{Var}(y) = \sigma^2 X X^\top \]"
    )
    assert verdicts(f"{model}{law}\n{claims}") == ["proved", "proved", "refuted"]


def test_a_mask_of_zeros_and_ones_with_a_law() -> None:
    given = r"Let $x \in \mathbb{R}^d$, $m \in \{0,1\}^d$ with $m_i \sim \mathrm{Bernoulli}(p)$ i.i.d."
    claims = r"\[ \mathbb{E}[m \odot x] = p x, \mathbb{E}[m \odot x] = x, m \odot m = m \]"
    assert verdicts(f"{given}\n{claims}") == ["proved", "refuted", "proved"]


@pytest.mark.parametrize(
    ("further", "claim", "verdict"),
    [
        (
            "\\operatorname{Var}(u + v) = \\operatorname{Var}(u) + \\operatorname{Var}(v)",
            "\\mathbb{E}[u v] = 0",
            "proved",
        ),
        (
            "\\mathbb{E}[u v] = 0",
            "\\operatorname{Var}(u - v) = \\operatorname{Var}(u) + \\operatorname{Var}(v)",
            "proved",
        ),
        ("\\mathbb{E}[u v] = 0", "\\mathbb{E}[u^2 v^2] = \\mathbb{E}[u^2] \\mathbb{E}[v^2]", "refuted"),
        ("u v = 0", "\\mathbb{E}[u v] = 0", "tested"),
        ("v = 2 u", "\\mathbb{E}[u v] = 2 \\mathbb{E}[u^2]", "tested"),
        ("\\operatorname{Cov}(u, v) = \\rho", "\\rho^2 \\ge 1", "refuted"),
        ("\\operatorname{Cov}(u, v) = \\rho", "\\mathbb{E}[u^2 v^2] = 1 + 2 \\rho^2", "refuted"),
        ("\\operatorname{Cov}(u, v) = \\rho", "\\operatorname{Cov}(u + v, u - v) = 0", "proved"),
    ],
)
def test_no_more_is_known_of_a_joint_law_than_is_said(further: str, claim: str, verdict: str) -> None:
    law = "%! \\rho, u, v \\in \\mathbb{R}; \\mathbb{E}[u] = 0; \\mathbb{E}[v] = 0; "
    unit = "\\operatorname{Var}(u) = 1; \\operatorname{Var}(v) = 1; " if "rho" in further else ""
    assert statuses(f"{law}{unit}{further}\n\\[ {claim} \\]") == [verdict]


def test_a_mean_of_another_shape_is_no_law() -> None:
    text = (
        r"Let $X \in \mathbb{R}^{n \times d}$, $y \in \mathbb{R}^n$, $\beta \in \mathbb{R}$, $s > 0$ and "
        r"$y \sim \mathcal{N}(X \beta, s I)$. \[ \mathbb{E}[\|y\|^2] = s n \]"
    )
    (step,) = check_text(text).steps
    assert str(step.status) == "unreadable", step.verdict.message


@pytest.mark.parametrize(
    "said",
    [
        r"Suppose instead that $x$ and $y$ are independent.",
        r"If instead $x$ and $y$ are independent,",
        r"Suppose instead $\mathbb{E}[y \mid x] = 3x$.",
        r"Supposons plutôt que $x$ et $y$ sont indépendantes.",
    ],
)
def test_what_is_supposed_instead_ends_what_was_supposed(said: str) -> None:
    given = r"Let $x, y \in \mathbb{R}$ with $\mathbb{E}[y \mid x] = 2x$. "
    first, second = check_text(
        rf"{given} \[ \mathbb{{E}}[xy] = 2\mathbb{{E}}[x^2] \] {said} \[ \mathbb{{E}}[xy] = 2\mathbb{{E}}[x^2] \]"
    ).steps
    assert str(first.status) == "proved"
    assert str(second.status) in ("tested", "unreadable")
