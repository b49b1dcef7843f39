r"""Decompositions that words name: singular values, eigenvalues, QR, Cholesky, LU, polar; thin, full or left open."""

import pytest

from everystep.documents.check import check_text

ANY = r"Let $A \in \mathbb{R}^{m \times n}$. "
SQUARE = r"Let $A \in \mathbb{R}^{n \times n}$. "
SYMMETRIC = r"Let $A \in \mathbb{R}^{n \times n}$ be symmetric. "
DEFINITE = r"Let $A \in \mathbb{R}^{n \times n}$ be symmetric positive definite. "
TALL = r"Let $A \in \mathbb{R}^{m \times n}$ have full column rank. "


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


def of(given: str, claim: str) -> str:
    (status,) = statuses(rf"{given} \[ {claim} \]")
    return status


@pytest.mark.parametrize(
    "said",
    [
        r"Let $A = U \Sigma V^\top$ be the thin SVD of $A$.",
        r"Let $A = U \Sigma V^\top$ be its reduced singular value decomposition.",
        r"Let the thin SVD of $A$ be $A = U \Sigma V^T$.",
        r"Let $U \Sigma V^\top$ be the thin SVD of $A$.",
        r"The thin SVD of $A$ is $A = U \Sigma V^\top$.",
        r"Write $A = U \Sigma V^\top$ for the thin SVD.",
        r"We use the economy-size SVD $A = U \Sigma V^\top$.",
        r"Consider the compact SVD $A = U\Sigma V^\top$, where $U$ and $V$ have orthonormal columns.",
        r"Let $A = U \Sigma V^\top$ be its thin SVD; $U \in \mathbb{R}^{m \times r}$, $V \in \mathbb{R}^{n \times r}$.",
        r"Show that with the thin SVD $A = U \Sigma V^\top$, we have",
        r"Soit $A = U \Sigma V^\top$ sa décomposition en valeurs singulières réduite.",
        r"On considère la SVD compacte $A = U \Sigma V^\top$.",
        r"Notons $A = U \Sigma V^\top$ la décomposition en valeurs singulières mince de $A$.",
    ],
)
def test_a_thin_singular_value_decomposition(said: str) -> None:
    given = ANY + said
    assert of(given, r"A^\top A = V \Sigma^2 V^\top") == "proved"
    assert of(given, r"U^\top U = I") == "proved"
    assert of(given, r"U U^\top A = A") == "proved"
    assert of(given, r"U U^\top = I") == "refuted"
    assert of(given, r"A^\top A = V \Sigma V^\top") == "refuted"
    assert of(given, r"A A^\top = V \Sigma^2 V^\top") == "ill-typed"


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        (r"A^\top A = V \Sigma^\top \Sigma V^\top", "proved"),
        (r"U U^\top = I", "proved"),
        (r"\|A\|_F = \|\Sigma\|_F", "proved"),
        (r"A^\top A = V \Sigma^2 V^\top", "ill-typed"),
        (r"\|A\|_F^2 = 2 \|\Sigma\|_F^2", "refuted"),
        (r"A^\top A = V \Sigma^\top \Sigma V", "refuted"),
        (r"A A^\top = U \Sigma^\top \Sigma U^\top", "ill-typed"),
    ],
)
def test_a_full_one(claim: str, status: str) -> None:
    assert of(ANY + r"Let $A = U \Sigma V^\top$ be its full SVD.", claim) == status
    assert of(ANY + r"Soit $A = U \Sigma V^\top$ sa décomposition en valeurs singulières complète.", claim) == status


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        (r"A^\top A = V \Sigma^\top \Sigma V^\top", "proved"),
        (r"A^\top A = V \Sigma^2 V^\top", "proved"),  # of a square factor only
        (r"(A^\top A + I)^{-1} A^\top = V (\Sigma^\top \Sigma + I)^{-1} \Sigma^\top U^\top", "proved"),
        (r"A V = U \Sigma", "proved"),
        (r"A^\top U = V \Sigma^\top", "proved"),
        (r"A^\top A = V \Sigma \Sigma^\top V^\top", "tested"),  # of a thin one
        (r"\Sigma = \Sigma^\top", "tested"),
        (r"U U^\top = I", "tested"),  # of a full one
        (r"V V^\top = I", "tested"),
        (r"\Sigma_{11} \ge \Sigma_{22}", "tested"),  # by convention
        (r"A^\top A = V \Sigma V^\top", "refuted"),
        (r"A A^\top = V \Sigma^2 V^\top", "ill-typed"),
    ],
)
def test_where_the_words_leave_the_sizes_open_only_what_holds_in_all_counts(claim: str, status: str) -> None:
    assert of(ANY + r"Let $A = U \Sigma V^\top$ be the SVD of $A$.", claim) == status
    assert of(ANY + r"Soit $A = U \Sigma V^\top$ la décomposition en valeurs singulières de $A$.", claim) == status


def test_what_is_known_of_a_matrix_is_known_of_its_factors() -> None:
    thin = TALL + r"Let $A = U \Sigma V^\top$ be its thin SVD."
    assert of(thin, r"(A^\top A)^{-1} A^\top = V \Sigma^{-1} U^\top") == "proved"
    assert of(thin, r"A (A^\top A)^{-1} A^\top = U U^\top") == "proved"
    assert of(thin, r"(A^\top A)^{-1} = V \Sigma^{-1} V^\top") == "refuted"
    square = r"Let $A \in \mathbb{R}^{n \times n}$ be invertible with SVD $A = U \Sigma V^\top$."
    assert of(square, r"A^{-1} = V \Sigma^{-1} U^\top") == "proved"
    assert of(square, r"A^{-1} = U \Sigma^{-1} V^\top") == "refuted"


@pytest.mark.parametrize(
    "said",
    [
        r"Suppose that $A$ has no thin SVD $A = U \Sigma V^\top$.",
        r"Let $A = U \Sigma V^\top$ be the truncated SVD of $A$.",
        r"We compute the approximate SVD $A = U \Sigma V^\top$.",
        r"Let $B \in \mathbb{R}^{m \times n}$. Let $A = U \Sigma V^\top$ be the SVD of $B$.",
        r"Is $A = U \Sigma V^\top$ the SVD of $A$?",
        r"Perhaps $A = U \Sigma V^\top$ is the SVD of $A$.",
        r"A student believes that $A = U \Sigma V^\top$ is the SVD of $A$.",
        r"Let $A = U \Sigma V^\top$ be either the SVD of $A$ or not.",
        r"Let $A = U \Sigma V^\top$ be the generalized SVD of $A$.",
        r"Suppose for contradiction that $A = U \Sigma V^\top$ is the SVD.",
        r"Soit $A = U \Sigma V^\top$ la SVD tronquée de $A$.",
        r"On ne calcule pas la SVD $A = U \Sigma V^\top$.",
    ],
)
def test_words_that_deny_or_doubt_a_decomposition_make_none(said: str) -> None:
    assert of(ANY + said, r"A^\top A = V \Sigma^2 V^\top") == "unreadable"


@pytest.mark.parametrize(
    "said",
    [
        r"Let $A = Q \Lambda Q^\top$ be its eigendecomposition.",
        r"By the spectral theorem, $A = Q \Lambda Q^\top$ with $Q$ orthogonal and $\Lambda$ diagonal.",
        r"By the spectral theorem, we can write $A = Q \Lambda Q^\top$.",
        r"The eigenvalue decomposition of $A$ is $Q \Lambda Q^\top$.",
        r"Since $A$ is symmetric, it admits a spectral decomposition $A = Q \Lambda Q^\top$.",
        r"Soit $A = Q \Lambda Q^\top$ sa décomposition spectrale.",
        r"D'après le théorème spectral, $A = Q \Lambda Q^\top$.",
        r"Soit $A = Q \Lambda Q^\top$ la décomposition en valeurs propres de $A$.",
    ],
)
def test_a_spectral_decomposition(said: str) -> None:
    assert of(SYMMETRIC + said, r"A^3 = Q \Lambda^3 Q^\top") == "proved"
    assert of(SYMMETRIC + said, r"A = Q^\top \Lambda Q") == "refuted"
    assert of(SYMMETRIC + said, r"\operatorname{tr} A = \sum_{i=1}^n \Lambda_{ii}") == "proved"
    assert of(SYMMETRIC + said, r"\Lambda_{11} = 2") == "tested"
    assert of(DEFINITE + said, r"A^{-1} = Q \Lambda^{-1} Q^\top") == "proved"
    assert of(DEFINITE + said, r"A^{-1} = Q^\top \Lambda^{-1} Q") == "refuted"


def test_nothing_makes_a_matrix_symmetric_that_is_not() -> None:
    assert of(SQUARE + r"By the spectral theorem, $A = Q \Lambda Q^\top$.", r"A = A^\top") == "unreadable"
    assert of(SQUARE + r"Let $A = P D P^{-1}$ be its eigendecomposition.", r"A^3 = P D^3 P^{-1}") == "proved"
    assert of(SQUARE + r"Let $A = P D P^{-1}$ be its eigendecomposition.", r"A = A^\top") == "tested"
    passing = SQUARE + r"If $A$ is symmetric with eigendecomposition $A = Q \Lambda Q^\top$, then "
    assert statuses(passing + r"\[ A^2 = Q \Lambda^2 Q^\top. \] In general, \[ A = A^\top \]") == ["proved", "tested"]


def test_gram_matrices_have_spectral_decompositions() -> None:
    given = r"Let $X \in \mathbb{R}^{n \times d}$ and $C = \frac{1}{n} X^\top X$. Let $C = Q \Lambda Q^\top$ be its "
    assert of(given + "eigendecomposition.", r"\|X Q\|_F^2 = n \operatorname{tr}(\Lambda)") == "proved"
    assert of(given + "eigendecomposition.", r"Q^\top X^\top X Q = n \Lambda") == "proved"


@pytest.mark.parametrize(
    "said",
    [
        r"Using the QR decomposition $A = QR$",
        r"Let $A = QR$ be its QR factorisation.",
        r"Soit $A = QR$ sa factorisation QR.",
    ],
)
def test_a_qr_decomposition(said: str) -> None:
    assert of(TALL + said, r"(A^\top A)^{-1} A^\top = R^{-1} Q^\top") == "proved"
    assert of(ANY + said, r"A^\top A = R^\top R") == "proved"
    assert of(ANY + said, r"A^\top A = R R^\top") == "refuted"
    assert of(ANY + said, r"Q Q^\top = I") == "tested"
    assert (
        of(ANY + said.replace("QR d", "reduced QR d").replace("QR fact", "reduced QR fact"), r"Q^\top Q = I")
        == "proved"
    )


@pytest.mark.parametrize(
    "said",
    [
        r"Let $A = L L^\top$ be its Cholesky factorisation.",
        r"The Cholesky decomposition of $A$ is $A = LL^\top$.",
        r"Soit $A = L L^\top$ la factorisation de Cholesky de $A$.",
    ],
)
def test_a_cholesky_factor(said: str) -> None:
    given = DEFINITE + said
    assert of(given, r"A^{-1} = L^{-\top} L^{-1}") == "proved"
    assert of(given, r"\log \det A = 2 \sum_{i=1}^n \log L_{ii}") == "proved"
    assert of(given, r"L_{12} = 0") == "proved"
    assert of(given, r"A^{-1} = L^{-1} L^{-\top}") == "refuted"
    assert of(given, r"A = L^\top L") == "refuted"
    other = DEFINITE + said.replace(r"L L^\top", r"L^\top L").replace(r"LL^\top", r"L^\top L")
    assert of(other, r"L_{21} = 0") == "proved"
    upper = DEFINITE + said
    assert of(upper[:-1] + r", where $L$ is upper triangular.", r"\det A = \det(L)^2") == "unreadable"
    assert of(upper + r" Here $L$ is upper triangular.", r"L_{12} = 0") != "proved"


def test_other_factorisations() -> None:
    lu = r"Let $A \in \mathbb{R}^{n \times n}$ be invertible with LU decomposition $A = LU$."
    assert of(lu, r"A^{-1} = U^{-1} L^{-1}") == "proved"
    assert of(lu, r"\det A = \prod_{i=1}^n U_{ii}") == "tested"  # where the diagonal of L is 1
    polar = r"Let $A \in \mathbb{R}^{n \times n}$ have polar decomposition $A = Q P$."
    assert of(polar, r"A^\top A = P^2") == "proved"
    assert of(polar, r"A A^\top = P^2") == "refuted"


def test_a_factor_that_is_introduced_anew_leaves_the_others_unclear() -> None:
    text = ANY + r"Let $A = U \Sigma V^\top$ be its SVD. \[ A V = U \Sigma \] Let $U \in \mathbb{R}^{m \times k}$. "
    assert statuses(text + r"\[ A V = U \Sigma \]") == ["proved", "unreadable"]


REAL = r"Let $A \in \mathbb{R}^{n \times n}$ have the eigendecomposition $A = P \Lambda P^{-1}$."


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        (r"A^3 = P \Lambda^3 P^{-1}", "proved"),
        (r"A^\top = P^{-\top} \Lambda P^\top", "proved"),
        (r"\det A = \prod_{i=1}^n \Lambda_{ii}", "proved"),
        (r"e^A = P e^\Lambda P^{-1}", "proved"),
        (r"\|A\|_F^2 = \operatorname{tr}(A^\top A)", "proved"),
        (r"A^\top A \succeq 0", "proved"),
        (r"\operatorname{tr}(A^2) \ge 0", "tested"),  # a rotation has complex eigenvalues
        (r"\operatorname{tr}(\Lambda^2) \ge 0", "tested"),
        (r"\det(A^2 + I) > 0", "tested"),
        (r"\Lambda^2 \succeq 0", "tested"),
        (r"I = (\Lambda^2 + I)^{-1} (\Lambda^2 + I)", "tested"),
        (r"A^2 = P \Lambda P^{-1}", "refuted"),
    ],
)
def test_the_factors_of_a_matrix_that_is_not_symmetric_may_be_complex(claim: str, status: str) -> None:
    assert of(REAL, claim) == status


def test_factors_that_are_declared_real_are() -> None:
    real = r"Let $P, \Lambda \in \mathbb{R}^{n \times n}$, and $A = P \Lambda P^{-1}$ the eigendecomposition of $A$."
    assert of(SQUARE + real, r"\operatorname{tr}(A^2) \ge 0") == "proved"
    assert of(SYMMETRIC + r"Let $A = P \Lambda P^{-1}$ diagonalise.", r"\operatorname{tr}(A^2) \ge 0") == "proved"


FACTORED = (
    r"Let $A \in \mathbb{R}^{n \times n}$ be symmetric with eigendecomposition $A = Q \Lambda Q^\top$. "
    r"Then \[ A^2 = Q \Lambda^2 Q^\top \] "
)


@pytest.mark.parametrize(
    "said",
    [
        r"We no longer assume that $A$ is symmetric.",
        r"Now suppose that $A$ is not symmetric.",
        r"For a general $A$,",
        r"For general $A$ this fails:",
        r"Now let $A$ be any matrix.",
        r"Suppose instead that $A$ is orthogonal.",
        r"Dans la suite, $A$ n'est plus symétrique.",
    ],
)
def test_a_decomposition_ends_with_what_it_needs(said: str) -> None:
    first, second = statuses(FACTORED + said + r" \[ A = A^\top \]")
    assert first == "proved"
    assert second in ("tested", "unreadable")


def test_a_decomposition_that_waits_stands_before_what_ends_it() -> None:
    said = r"(a) Let $A$ be symmetric with eigendecomposition $A = Q \Lambda Q^\top$. (b) Here $A$ is any matrix."
    assert of(SQUARE + said, r"A = A^\top") in ("tested", "unreadable")


@pytest.mark.parametrize(
    "said",
    [
        r"\[ A^\top A = V \Sigma^2 V^\top \] Let $\Sigma$ be a covariance matrix.",
        r"\[ A^\top A = V \Sigma^2 V^\top \] \section{Next} Let $\Sigma$ be a covariance matrix.",
        r"\section{Next} Let $\Sigma \in \mathbb{R}^{n \times n}$ be a covariance matrix.",
    ],
)
def test_a_letter_of_a_factor_is_free_again(said: str) -> None:
    text = SQUARE + r"Let $A = U \Sigma V^\top$ be its SVD. " + said + r" \[ \Sigma_{12} = 0 \]"
    assert statuses(text)[-1] in ("tested", "unreadable", "refuted")


@pytest.mark.parametrize(
    "said", ["It remains to be seen that", "It is rare that", "Under symmetry,", "My friend says that"]
)
def test_what_is_only_spoken_of_makes_no_decomposition(said: str) -> None:
    assert of(SQUARE, r"A^\top = A") == "refuted"
    given = SQUARE + rf"{said} $A = L L^\top$ is the Cholesky decomposition of $A$."
    assert of(given, r"A^\top = A") != "proved"


@pytest.mark.parametrize(
    "given", [SQUARE + r"Let $A = U \Sigma V^\top$ be its SVD.", ANY + r"Let $A = U \Sigma V^\top$ be its thin SVD."]
)
def test_shapes_that_fit_with_as_many_singular_values_as_columns_are_no_mistake(given: str) -> None:
    vector = r"Let $x \in \mathbb{R}^n$. "
    assert of(vector + given, r"A V x = U \Sigma x") == "tested"
    assert of(vector + given, r"\|A V x\| = \|\Sigma x\|") == "tested"
    assert of(vector + given, r"A x = \operatorname{tr}(\Sigma)") == "ill-typed"


def test_shapes_of_a_compact_decomposition_are_its_own() -> None:
    given = ANY + r"Let $x \in \mathbb{R}^n$. Let $A = U \Sigma V^\top$ be its compact SVD."
    assert of(given, r"A V x = U \Sigma x") == "ill-typed"
