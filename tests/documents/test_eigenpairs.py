r"""Eigenvectors and eigenvalues in words; exponents that are differences of indices."""

import pytest

from everystep.documents.check import check_text

ANY = r"Let $A \in \mathbb{R}^{n \times n}$. "
SYMMETRIC = r"Let $A \in \mathbb{R}^{n \times n}$ be symmetric. "
DEFINITE = r"Let $A \in \mathbb{R}^{n \times n}$ be symmetric positive definite. "
LAYERS = (
    r"Let $W \in \mathbb{R}^{n \times n}$, $U \in \mathbb{R}^{n \times d}$, $x_t \in \mathbb{R}^d$, "
    r"$h_t = W h_{t-1} + U x_t$ and $h_0 = 0$. "
)


def of(given: str, claim: str) -> str:
    (step,) = check_text(rf"{given} \[ {claim} \]").steps
    return str(step.status)


@pytest.mark.parametrize(
    "said",
    [
        r"Let $v$ be an eigenvector of $A$ with eigenvalue $\lambda$.",
        r"Let $v$ be an eigenvector of $A$ associated with the eigenvalue $\lambda$.",
        r"Let $\lambda$ be an eigenvalue of $A$ with eigenvector $v$.",
        r"Let $\lambda$ be an eigenvalue of $A$ and $v$ a corresponding eigenvector.",
        r"Let $(\lambda, v)$ be an eigenpair of $A$.",
        r"Consider an eigenvector $v$ of $A$ with eigenvalue $\lambda$.",
        r"Let $v \in \mathbb{R}^n, \lambda \in \mathbb{R}$. Let $v$ be an eigenvector of $A$ of eigenvalue $\lambda$.",
        r"Soit $v$ un vecteur propre de $A$ associé à la valeur propre $\lambda$.",
        r"Soit $\lambda$ une valeur propre de $A$ et $v$ un vecteur propre associé.",
        r"Soit $(\lambda, v)$ un couple propre de $A$.",
    ],
)
def test_an_eigenvector(said: str) -> None:
    given = SYMMETRIC + said
    assert of(given, r"v^\top A v = \lambda \|v\|^2") == "proved"
    assert of(given, r"\lambda = \frac{v^\top A v}{v^\top v}") == "proved"
    assert of(given, r"A^2 v = \lambda^2 v") == "proved"
    assert of(given, r"A^2 v = \lambda v") == "refuted"
    assert of(given, r"v^\top A v = \lambda") == "refuted"
    assert of(DEFINITE + said, r"A^{-1} v = \frac{1}{\lambda} v") == "proved"


@pytest.mark.parametrize(
    "said",
    [
        r"Let $v$ be a unit eigenvector of $A$ with eigenvalue $\lambda$.",
        r"Let $v$ be a normalized eigenvector of $A$ for the eigenvalue $\lambda$.",
        r"Soit $v$ un vecteur propre unitaire de $A$ pour la valeur propre $\lambda$.",
    ],
)
def test_a_unit_eigenvector(said: str) -> None:
    assert of(SYMMETRIC + said, r"v^\top A v = \lambda") == "proved"
    assert of(DEFINITE + said, r"\lambda > 0") == "proved"


@pytest.mark.parametrize(
    "said",
    [
        r"Suppose $v$ is not an eigenvector of $A$ with eigenvalue $\lambda$.",
        r"Let $v$ be an approximate eigenvector of $A$ with eigenvalue $\lambda$.",
        r"Let $v$ be a generalized eigenvector of $A$ with eigenvalue $\lambda$.",
        r"Let $v$ be a left eigenvector of $A$ with eigenvalue $\lambda$.",
        r"Is $v$ an eigenvector of $A$ with eigenvalue $\lambda$?",
        r"Perhaps $v$ is an eigenvector of $A$ with eigenvalue $\lambda$.",
        r"Soit $v$ un vecteur qui n'est pas un vecteur propre de $A$ de valeur propre $\lambda$.",
    ],
)
def test_no_eigenvector(said: str) -> None:
    assert of(SYMMETRIC + said, r"A v = \lambda v") == "unreadable"


@pytest.mark.parametrize(
    ("given", "claim", "status"),
    [
        (ANY, r"A^2 v = \lambda^2 v", "proved"),
        (ANY, r"(A + 2 I) v = (\lambda + 2) v", "proved"),
        (ANY, r"v^\top A v = \lambda v^\top v", "tested"),
        (ANY, r"A^2 v = \lambda v", "refuted"),
        (r"Let $A \in \mathbb{R}^{n \times n}$ be orthogonal. ", r"\lambda^2 = 1", "tested"),  # a rotation
        (r"Let $A \in \mathbb{R}^{n \times n}$ with $A^\top = -A$. ", r"\lambda = 0", "tested"),
    ],
)
def test_eigenvalues_may_be_complex(given: str, claim: str, status: str) -> None:
    assert of(given + r"Let $v$ be an eigenvector of $A$ with eigenvalue $\lambda$.", claim) == status


@pytest.mark.parametrize(
    "said",
    [
        r"Let $\lambda_1 \ge \dots \ge \lambda_n$ be the eigenvalues of $A$.",
        r"Let $\lambda_1, \dots, \lambda_n$ denote the eigenvalues of $A$.",
        r"Denote by $\lambda_1, \dots, \lambda_n$ the eigenvalues of $A$.",
        r"The eigenvalues of $A$ are $\lambda_1 \ge \lambda_2 \ge \dots \ge \lambda_n$.",
        r"Suppose $A$ has eigenvalues $\lambda_1, \dots, \lambda_n$.",
        r"Soient $\lambda_1 \ge \dots \ge \lambda_n$ les valeurs propres de $A$.",
    ],
)
def test_all_eigenvalues(said: str) -> None:
    given = SYMMETRIC + said
    assert of(given, r"\operatorname{tr} A = \sum_{i=1}^n \lambda_i") == "proved"
    assert of(given, r"\det A = \prod_{i=1}^n \lambda_i") == "proved"
    assert of(given, r"\|A\|_F^2 = \sum_{i=1}^n \lambda_i^2") == "proved"
    assert of(given, r"\|A\|_F^2 = \sum_{i=1}^n \lambda_i") == "refuted"
    assert of(given, r"\lambda_1 \ge \lambda_2") == "tested"  # by convention, or because it is said
    assert of(DEFINITE + said, r"\lambda_i > 0") == "proved"


def test_eigenvalues_beside_a_number_of_that_name() -> None:
    given = SYMMETRIC + r"Let $\lambda_1, \dots, \lambda_n$ be the eigenvalues of $A$, and let $\lambda > 0$."
    assert of(given, r"\det(A + \lambda I) = \prod_{i=1}^n (\lambda_i + \lambda)") == "proved"
    assert of(given, r"\lambda_i > 0") != "proved"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (ANY, r"Let $\lambda_1, \dots, \lambda_n$ be the eigenvalues of $A$."),  # they may be complex
        (SYMMETRIC, r"Let $\lambda_1, \dots, \lambda_r$ be the nonzero eigenvalues of $A$."),
        (SYMMETRIC, r"Let $\lambda_1, \dots, \lambda_n$ be the nonzero eigenvalues of $A$."),
        (SYMMETRIC, r"Let $\lambda_1, \dots, \lambda_k$ be the eigenvalues of $A$."),
        (SYMMETRIC, r"Suppose $\lambda_1, \dots, \lambda_n$ are not the eigenvalues of $A$."),
    ],
)
def test_other_eigenvalues_are_not_read(given: str, said: str) -> None:
    assert of(given + said, r"\operatorname{tr} A = \sum_{i=1}^n \lambda_i") == "unreadable"


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        (r"h_T = \sum_{t=1}^T W^{T-t} U x_t", "proved"),
        (r"h_T = \sum_{s=1}^T W^{T-s} U x_s", "proved"),
        (r"h_T = \sum_{t=1}^T W^{T-t+1} U x_t", "refuted"),
        (r"h_T = \sum_{t=1}^T W^{t-T} U x_t", "refuted"),
        (r"\frac{\partial h_T}{\partial h_t} = W^{T-t}", "tested"),  # where t is at most T
        (r"\frac{\partial h_T}{\partial h_t} = W^{T-t+1}", "refuted"),
        (r"\frac{\partial h_T}{\partial x_t} = W^{T-t} U", "tested"),
        (r"\frac{\partial h_t}{\partial h_s} = W^{t-s}", "tested"),
    ],
)
def test_a_difference_in_an_exponent_is_a_power(claim: str, status: str) -> None:
    assert of(LAYERS, claim) == status


def test_the_order_of_indices_may_be_said() -> None:
    assert of(LAYERS + r"For $1 \le t \le T$, ", r"\frac{\partial h_T}{\partial h_t} = W^{T-t}") == "proved"


REPORTED = [
    "A student writes that",
    "It remains to be seen that",
    "It is doubtful that",
    "The conjecture is that",
    "According to Bob,",
    "For symmetric matrices,",
    "Our aim is:",
    "Selon Bob,",
    "Il reste à voir que",
]


@pytest.mark.parametrize("said", REPORTED)
def test_what_somebody_says_seeks_or_doubts_is_no_hypothesis(said: str) -> None:
    given = r"Let $A \in \mathbb{R}^{n \times n}$, $v \in \mathbb{R}^n$ and $\lambda \in \mathbb{R}$. "
    assert (
        of(given + said + r" $v$ is an eigenvector of $A$ with eigenvalue $\lambda$.", r"A v = \lambda v") != "proved"
    )
    assert of(rf"Let $a \in \mathbb{{R}}$. {said} $a > 0$.", "|a| = a") != "proved"
    random = r"Let $x, y \in \mathbb{R}$ be random. " + said + r" $\mathbb{E}[y \mid x] = 2x$."
    assert of(random, r"\mathbb{E}[x y] = 2 \mathbb{E}[x^2]") != "proved"
    assert (
        of(rf"Let $x \in \mathbb{{R}}$ be random. {said} $x \sim \mathcal{{N}}(0, 1)$.", r"\mathbb{E}[x^2] = 1")
        != "proved"
    )


@pytest.mark.parametrize(
    "said", ["Let the step size be", "The noise level is", "For the model we take", "Note that", "Here"]
)
def test_what_the_author_says_of_a_number_is_a_hypothesis(said: str) -> None:
    assert of(rf"Let $a \in \mathbb{{R}}$. {said} $a > 0$.", "|a| = a") == (
        "tested" if said == "Note that" else "proved"
    )


def test_a_sum_of_squares_of_complex_numbers_may_vanish() -> None:
    given = ANY + r"Let $v$ be an eigenvector of $A$ with eigenvalue $\lambda$."
    assert of(given, r"v = \frac{(\lambda^2 + 1) v}{\lambda^2 + 1}") == "tested"
    assert of(SYMMETRIC + given[len(ANY) :], r"v = \frac{(\lambda^2 + 1) v}{\lambda^2 + 1}") == "proved"
