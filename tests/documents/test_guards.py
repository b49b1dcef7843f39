"""The guards of documents are tested: each one, dropped, lets a wrong verdict through that it keeps away.

A row names the guard, what takes its place, a document and the verdict that only the guard prevents.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from everystep.algebra import conditioning
from everystep.documents import decomposed
from everystep.documents.check import check_text
from everystep.reader import prose, said, scope, taken_back

CONDITIONING = conditioning._Conditioning
FACTORED = r"Let $A \in \mathbb{R}^{n \times n}$ have the eigendecomposition $A = P \Lambda P^{-1}$."
SYMMETRIC = r"Let $A \in \mathbb{R}^{n \times n}$ be symmetric with eigendecomposition $A = Q \Lambda Q^\top$."


def always(value: Any) -> Callable[..., Any]:
    return lambda *_, **__: value


ROWS: list[tuple[ModuleType | type, str, Any, str, str]] = [
    (
        decomposed,
        "_has_complex_factors",
        always(False),
        rf"{FACTORED} \[ \operatorname{{tr}}(A^2) \ge 0 \]",
        "proved",
    ),
    (
        decomposed,
        "_divides",
        always(False),
        rf"{FACTORED} \[ I = (\Lambda^2 + I)^{{-1}} (\Lambda^2 + I) \]",
        "proved",
    ),
    (
        decomposed,
        "_without",
        always(True),
        rf"{FACTORED} \[ \operatorname{{tr}}(A^2) \ge 0 \]",
        "proved",
    ),
    (
        decomposed,
        "_may_be_complex",
        always(False),
        (
            r"Let $A \in \mathbb{R}^{n \times n}$ and let $v$ be an eigenvector of $A$ with eigenvalue $\lambda$. "
            r"\[ \lambda^2 \ge 0 \]"
        ),
        "proved",
    ),
    (
        decomposed,
        "_picks",
        always(False),
        r"Let $A \in \mathbb{R}^{n \times n}$ have the SVD $A = U \Sigma V^\top$. \[ \Sigma_{11} \ge \Sigma_{22} \]",
        "refuted",
    ),
    (
        prose,
        "is_reported",
        always(False),
        r"Let $a \in \mathbb{R}$. My friend says that $a > 0$. \[ |a| = a \]",
        "proved",
    ),
    (
        taken_back,
        "_WHOLLY",
        (),
        r"Let $a > 0$. \[ |a| = a \] Suppose instead that $a < 0$. \[ |a| = a \]",
        "proved",
    ),
    (
        scope.Scope,
        "no_longer",
        always(None),
        rf"{SYMMETRIC} \[ A^2 = A A^\top \] Now suppose that $A$ is not symmetric. \[ A = A^\top \]",
        "proved",
    ),
    (
        scope.Scope,
        "let_again",
        always(None),
        (
            r"Let $A \in \mathbb{R}^{n \times n}$ have the SVD $A = U \Sigma V^\top$. "
            r"\[ A^\top A = V \Sigma^2 V^\top \] Let $\Sigma$ be a covariance matrix. \[ \Sigma_{12} = 0 \]"
        ),
        "proved",
    ),
    (
        said,
        "_BARE",
        said.re.compile(r"(?!)"),
        r"Let $s = \sqrt{a^2}$ with positive $a \in \mathbb{R}$. \[ s = a \]",
        "refuted",
    ),
    (
        CONDITIONING,
        "_no_derivative_through_a_mean",
        always(None),
        (
            r"%! x, w \in \mathbb{R}^n; y \in \mathbb{R}; \mathbb{E}[y \mid x] = w^\top x"
            "\n"
            r"\[ \nabla_w \mathbb{E}[(y - w^\top x)^2] = 0 \]"
        ),
        "proved",
    ),
    (
        CONDITIONING,
        "_alone",
        always(None),
        (
            r"%! x, y, z \in \mathbb{R}; \mathbb{E}[y \mid x] = 0; \operatorname{Var}(y \mid x) = 1; "
            "\\mathbb{E}[z \\mid x] = 0\n"
            r"\[ \mathbb{E}[y z \mid x] = 0 \]"
        ),
        "proved",
    ),
]


@pytest.mark.parametrize("row", range(len(ROWS)))
def test_a_guard_that_is_dropped_lets_a_wrong_verdict_through(row: int, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, instead, text, wrong = ROWS[row]
    assert str(check_text(text).steps[-1].status) != wrong
    monkeypatch.setattr(where, name, instead)
    assert str(check_text(text).steps[-1].status) == wrong
