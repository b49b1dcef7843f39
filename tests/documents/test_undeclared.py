"""Names that nothing declares: a step is proved of them where it holds whatever they can be."""

import pytest

from everystep.documents.check import check_text

A = r"Let $A \in \mathbb{R}^{n \times d}$ and $x \in \mathbb{R}^d$. "
SQUARE = r"Let $A \in \mathbb{R}^{n \times n}$. "


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    "step",
    [
        r"v^\top A^\top A v = \|A v\|^2",
        r"v^\top A^\top A v \ge 0",
        r"(A x)^\top v = x^\top A^\top v",
        r"\mathbf{v}^\top \mathbf{A}^\top \mathbf{A} \mathbf{v} = \|\mathbf{A} \mathbf{v}\|^2",
        "c A x = A c x",
        r"\lambda A x = A \lambda x",
        r"\operatorname{tr}(A B) = \operatorname{tr}(B A)",
    ],
)
def test_what_holds_of_all_that_fits_is_proved(step: str) -> None:
    assert statuses(rf"{A}\[ {step} \]") == ["proved"]


@pytest.mark.parametrize(
    "step",
    [
        r"v^\top u = v u^\top",  # of numbers alone
        r"u v^\top = v u^\top",  # of numbers, and of equal vectors
        r"a b = b a",
        r"v = v",
        r"P P = P",
        r"B C = C B",
        r"f(x + x) = f(x) + f(x)",
        r"g x = g(x)",
        r"\|v\| = 1",
        r"v^\top A^\top A v = 2 \|A v\|^2",
        r"\nabla_x (v^\top x) = v",  # v may depend on x
        r"\mathbb{E}[v] = v",
        r"\mathbb{E}[A v] = A \mathbb{E}[v]",
        r"\frac{d}{dt} v = 0",
        r"v^\top \mathbf{v} = \mathbf{v}^\top v",
    ],
)
def test_nothing_else_is_claimed_of_them(step: str) -> None:
    assert statuses(rf"{A}\[ {step} \]") == ["unreadable"]


@pytest.mark.parametrize(
    ("words", "step", "expected"),
    [
        ("For every $v$,", r"v^\top A v = v^\top A^\top v", "proved"),
        ("For every vector $v$ we have", r"v^\top A v = 2 v^\top A^\top v", "refuted"),
        ("Pour tout vecteur $v$, on a", r"v^\top A v = 2 v^\top A^\top v", "refuted"),
        ("For all scalars $a, b$,", "(a + b) A = a A + b A", "proved"),
        ("It is positive semidefinite because for every $v$", r"v^\top A v = 2 v^\top A^\top v", "refuted"),
        ("For all scalars $a, b$,", "(a + b) A = a A", "refuted"),
        ("For every unit vector $v$,", r"v^\top v = 1", "unreadable"),
        (r"For every $v$ with $\|v\| = 1$,", r"v^\top v = 1", "unreadable"),
        ("For every $v$ in the kernel,", "A v = 0", "unreadable"),
        ("Not for every $v$", "A v = 0", "unreadable"),
        ("Assume for every $v$", r"v^\top A v \ge 0", "unreadable"),
        ("On suppose que pour tout vecteur $v$,", r"v^\top A v \ge 0", "unreadable"),
        ("By assumption, for every $v$,", r"v^\top A v = 0", "unreadable"),
        ("Let $A$ be such that for all vectors $v$", "A v = v", "unreadable"),
        ("On the unit sphere, for every $v$,", r"v^\top v = 1", "unreadable"),
    ],
)
def test_a_name_that_is_called_any_one_is_any(words: str, step: str, expected: str) -> None:
    assert statuses(rf"{SQUARE}{words} \[ {step}. \]") == [expected]


@pytest.mark.parametrize("behind", [r"such that $\|v\| = 1$.", "unless $v = 0$."])
def test_a_condition_behind_the_display_makes_no_mistake(behind: str) -> None:
    assert statuses(rf"{SQUARE}For every $v$, \[ v^\top v = 1 \] {behind}") == ["unreadable"]


@pytest.mark.parametrize("words", [r"For every $v \ne 0$", r"For every $v$ ($v \neq 0$),", r"Pour tout $v \neq 0$,"])
def test_what_is_not_zero_may_be_a_vector(words: str) -> None:
    text = rf"{SQUARE}Let $A$ be positive definite. {words} \[ v^\top A v > 0 \]"
    assert not {"ill-typed", "refuted"} & set(statuses(text))


@pytest.mark.parametrize(
    "later", [r"Now let $v$ be an eigenvector.", r"Since $v$ is in the kernel,", "Suppose $v$ is a fixed point."]
)
def test_a_name_is_any_one_for_one_display(later: str) -> None:
    text = rf"{SQUARE}For every $v$, \[ v^\top A v = v^\top A^\top v \] {later} \[ A v = v \]"
    assert statuses(text) == ["proved", "unreadable"]


@pytest.mark.parametrize(
    "words",
    [
        "Then the residual $r = y - A x$ satisfies",
        "Hence the residual is $r = y - A x$, and",
        "Therefore, writing $r = y - A x$ for the residual,",
        "Ainsi le résidu $r = y - A x$ vérifie",
    ],
)
def test_a_new_name_is_what_it_is_called(words: str) -> None:
    text = rf"{A}Let $y \in \mathbb{{R}}^n$. {words} "
    assert statuses(text + r"\[ A^\top r = A^\top y - A^\top A x \]") == ["proved"]
    assert statuses(text + r"\[ A^\top r = A^\top y \]") == ["refuted"]


@pytest.mark.parametrize(
    "words", ["So the guess $r = y - A x$ gives", "Is the residual $r = y - A x$?", "If the residual is $r = y - A x$,"]
)
def test_a_guess_defines_nothing_that_is_refuted(words: str) -> None:
    text = rf"{A}Let $y \in \mathbb{{R}}^n$. {words} In general, \[ A^\top r = A^\top y \]"
    assert "refuted" not in statuses(text)


@pytest.mark.parametrize(
    "step",
    [
        r"\sum_{t=1}^T W^{T-t} x_t = \sum_{s=1}^T W^{T-s} x_s",
        r"\sum_{t=1}^T x_t = \sum_{s=1}^{T} x_s",
        r"x_T + \sum_{t=1}^T x_t = \sum_{s=1}^T x_s + x_T",
    ],
)
def test_a_letter_above_a_sum_that_is_an_index_elsewhere(step: str) -> None:
    text = r"Let $x_t \in \mathbb{R}^m$ and $W \in \mathbb{R}^{m \times m}$. "
    assert statuses(rf"{text}\[ {step} \]") == ["proved"]
    assert statuses(rf"{text}\[ {step} + x_T \]") == ["refuted"]
