r"""Unit vectors and constraints in words: "a direction of unit length", "subject to $\|u\| = 1$"."""

import pytest

from everystep.documents.check import check_text

NAMES = r"Let $S \in \mathbb{R}^{n \times n}$ be symmetric and $u, x, c \in \mathbb{R}^n$. "
LENGTHS = r"\[ \|2 u\| = 2 \] \[ \|2 u\| = 1 \]"


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    "said",
    [
        NAMES + r"Maximise $u^\top S u$ subject to $\|u\| = 1$. ",
        NAMES + r"We seek to maximise $(u^\top x)^2$, subject to the constraint $\|u\| = 1$. ",
        NAMES + r"On cherche à maximiser $u^\top S u$ sous la contrainte que $\|u\| = 1$. ",
        NAMES + r"Consider the maximum of $u^\top S u$ under the constraint $u^\top u = 1$. ",
        r"Let $u \in \mathbb{R}^n$ be a direction of unit length. ",
        r"Projecting the samples on a direction $u \in \mathbb{R}^n$ of unit length, $\|u\| = 1$, gives the scores. ",
    ],
)
def test_what_is_said_to_have_norm_one(said: str) -> None:
    assert statuses(said + LENGTHS) == ["proved", "refuted"]


@pytest.mark.parametrize(
    "said",
    [
        r"We could maximise $u^\top S u$ subject to $\|u\| = 1$. ",
        r"The solution need not be subject to $\|u\| = 1$. ",
        r"Maximise $u^\top S u$ subject to $\|u\| = 1$. Then minimise $\|u\|^2$ subject to $c^\top u = 1$. ",
        r"Maximise $u^\top S u$ subject to $\|u\| = 1$. Dropping the constraint, ",
        r"Maximise $u^\top S u$ subject to $\|u\| = 1$. Without the constraint there is no maximum. ",
        r"Is the maximum of $u^\top S u$ subject to $\|u\| = 1$ finite? ",
    ],
)
def test_a_constraint_that_may_be_none_is_in_doubt(said: str) -> None:
    assert statuses(NAMES + said + r"\[ \|2 u\| = 2 \]") == ["tested"]


def test_a_constraint_defines_nothing() -> None:
    given = (
        r"Let $A \in \mathbb{R}^{m \times n}$, $b, \lambda \in \mathbb{R}^m$, $x \in \mathbb{R}^n$. "
        r"Minimise $\frac12 \|x\|^2$ subject to $A x = b$ and $x^\top x = 1$. "
    )
    gradient = r"\[ \nabla_x (\tfrac12 \|x\|^2 + \lambda^\top (A x - b)) = x + A^\top \lambda \]"
    assert statuses(given + gradient + gradient.replace("= x + A", "= x - A")) == ["proved", "refuted"]
    assert statuses(given + r"\[ x^\top A^\top A x = b^\top b \] \[ \|x\| = 1 \]") == ["proved", "proved"]


def test_a_unit_vector_is_not_put_at_the_identity() -> None:
    given = NAMES + "With $u$ a unit vector, "
    claims = r"\[ \|x - (u^\top x) u\|^2 = \|x\|^2 - (u^\top x)^2 \] \[ \|x - (u^\top x) u\|^2 = \|x\|^2 \]"
    assert statuses(given + claims) == ["proved", "refuted"]


@pytest.mark.parametrize(
    "said",
    [
        r"Let $u, v \in \mathbb{R}^n$. Let $u$ and $v$ be orthogonal unit vectors. ",
        r"Let $u \in \mathbb{R}^n$ and $v \in \mathbb{R}^n$ be orthogonal unit vectors. ",
        r"Soient $u \in \mathbb{R}^n$ et $v \in \mathbb{R}^n$ deux vecteurs unitaires orthogonaux. ",
    ],
)
def test_two_formulas_are_a_pair_of_orthogonal_vectors(said: str) -> None:
    assert statuses(said + r"\[ \|u + v\|^2 = 2 \] \[ \|u + v\|^2 = 1 \]") == ["proved", "refuted"]


def test_orthogonal_matrices_are_no_pair() -> None:
    given = r"Let $U, V \in \mathbb{R}^{n \times n}$. Let $U$ and $V$ be orthogonal. "
    assert statuses(given + r"\[ U^\top V V^\top U = I \] \[ U^\top V = 0 \]") == ["proved", "refuted"]


@pytest.mark.parametrize(
    "said", ["Maximise it subject to $u^\\top u = 1$. ", "The Lagrangian is ", "Le lagrangien est "]
)
def test_the_multiplier_of_a_lagrangian_gets_the_one_shape_that_fits(said: str) -> None:
    lagrangian = r"\[ \mathcal{L}(u, \lambda) = u^\top S u - \lambda (u^\top u - 1) \] "
    claims = (
        r"\[ \nabla_u \mathcal{L}(u, \lambda) = 2 S u - 2 \lambda u \] "
        r"\[ \nabla_u \mathcal{L}(u, \lambda) = 2 S u - \lambda u \] "
        r"\[ \frac{\partial \mathcal{L}}{\partial \lambda} = 1 - u^\top u \]"
    )
    assert statuses(NAMES + said + lagrangian + claims) == ["proved", "refuted", "proved"]


def test_several_multipliers_are_a_vector() -> None:
    given = r"Let $A \in \mathbb{R}^{m \times n}$, $b \in \mathbb{R}^m$, $x \in \mathbb{R}^n$. "
    lagrangian = r"\[ L(x, \lambda) = \frac12 \|x\|^2 + \lambda^\top (A x - b) \] "
    claims = r"\[ \nabla_\lambda L(x, \lambda) = A x - b \] \[ \nabla_x L(x, \lambda) = x - A^\top \lambda \]"
    assert statuses(given + lagrangian + claims) == ["proved", "refuted"]
