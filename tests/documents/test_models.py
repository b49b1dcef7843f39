r"""Equations that say how data came about, what a definition supposes, and relations that are no equalities."""

import pytest

from everystep.documents.check import check_text

DATA = r"Consider the model $y = X\beta + \varepsilon$ with $X \in \mathbb{R}^{n \times d}$, $y \in \mathbb{R}^n$. "
SHOWN = r"Let $X \in \mathbb{R}^{n \times d}$ and $y \in \mathbb{R}^n$. The model is \[ y = X \beta + \varepsilon. \] "
LINE = r"Soit $X \in \mathbb{R}^{n \times d}$, $Y \in \mathbb{R}^{n \times k}$. On pose $Y = XB + \eta$. "
SQUARE = r"Let $A \in \mathbb{R}^{n \times n}$. "


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize("given", [DATA, SHOWN])
@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"X^\top y = X^\top X \beta + X^\top \varepsilon", "proved"),
        (r"X^\top y = X^\top X \beta - X^\top \varepsilon", "refuted"),
        (r"\varepsilon = y - X \beta", "proved"),
        (r"\nabla_\beta \|y - X\beta\|^2 = -2 X^\top (y - X \beta)", "proved"),
        (r"\nabla_\beta \|y - X\beta\|^2 = -2 X^\top \varepsilon", "proved"),
        (r"\nabla_\beta \|y - X\beta\|^2 = 2 X^\top \varepsilon", "refuted"),
        (r"\nabla_\beta \|y - X\beta\|^2 = X^\top X \beta", "refuted"),
        (r"\nabla_\beta \|\varepsilon\|^2 = X^\top y", "unreadable"),
        (r"\frac{\partial y}{\partial \beta} = X", "proved"),
        (r"\frac{\partial y}{\partial \beta} = X^\top", "ill-typed"),
    ],
)
def test_shapes_that_alone_fit_are_those_of_the_model(given: str, claim: str, expected: str) -> None:
    assert statuses(rf"{given}\[ {claim} \]") == [expected]


def test_a_model_of_a_matrix_tells_the_shapes_of_matrices() -> None:
    assert statuses(LINE + r"\[ X^\top Y = X^\top X B + X^\top \eta \]") == ["proved"]


def test_what_a_definition_supposes_of_an_older_name_ends_with_it() -> None:
    supposed = r"\begin{definition} Suppose $A$ is symmetric. Then $A$ is nice. \end{definition} "
    assert statuses(SQUARE + supposed + r"\[ A = A^\top \]") == ["tested"]
    assert statuses(SQUARE + supposed.replace("definition", "defn") + r"\[ A = A^\top \]") == ["tested"]
    inside = supposed.replace(r"\end", r"\[ A^\top = A \] \end")
    assert statuses(SQUARE + inside + r"\[ A = A^\top \]") == ["proved", "tested"]


def test_what_a_definition_supposes_of_its_own_names_stays() -> None:
    own = r"\begin{definition} Let $\lambda > 0$. We define $B = A + \lambda I$. \end{definition} "
    assert statuses(SQUARE + own + r"\[ \sqrt{\lambda^2} = \lambda \] \[ B - A = \lambda I \]") == ["proved", "proved"]


@pytest.mark.parametrize("note", ["(d)", "d", "(D)", r"(\mathrm{d})", r"\text{(law)}", r"\mathcal{L}", "(p)"])
def test_equality_in_law_is_no_equality(note: str) -> None:
    assert statuses(rf"Let $x \in \mathbb{{R}}$. \[ x + 0 \overset{{{note}}}{{=}} x \]") == ["unreadable"]


def test_a_letter_over_a_relation_is_a_label_behind_the_one_before_it() -> None:
    given = r"Let $x, y \in \mathbb{R}$. "
    assert statuses(given + r"\[ x + 0 \overset{(a)}{=} x \]") == ["proved"]
    steps = [r"x + y - y", "x + 0", "x", "x + 0 + 0"]
    chain = "".join(rf" \overset{{({label})}}{{=}} {step}" for label, step in zip("abcd", steps, strict=True))
    assert statuses(rf"{given}\[ x {chain} \]") == ["proved"] * 4


RIDGE = (
    r"Given $X \in \mathbb{R}^{n\times d}$ and $y \in \mathbb{R}^n$, ridge regression minimizes "
    r"\[ J(\theta) = \|X\theta - y\|_2^2 + \lambda \|\theta\|_2^2, \qquad \lambda > 0. \]"
)
DATA = (
    r"Suppose now $y = X\theta^* + \varepsilon$ with $\mathbb{E}[\varepsilon] = 0$ and "
    r"$\mathrm{Cov}(\varepsilon) = \sigma^2 I$. Let $\hat\theta = (X^T X + \lambda I)^{-1} X^T y$. "
)


def test_a_number_whose_sign_stands_behind_the_objective() -> None:
    text = RIDGE + r"\[ \nabla_\theta J(\theta) = 2 X^T (X\theta - y) + 2\lambda\theta, \nabla_\theta J(\theta) = 0 \]"
    assert [str(step.status) for step in check_text(text).steps][:1] == ["proved"]
    wrong = RIDGE + r"\[ \nabla_\theta J(\theta) = 2 X^T (X\theta - y) + \lambda\theta \]"
    assert [str(step.status) for step in check_text(wrong).steps] == ["refuted"]


def test_declared_data_of_which_a_model_is_supposed() -> None:
    claims = (
        r"\[ \mathbb{E}[\hat\theta] = (X^T X + \lambda I)^{-1} X^T X \theta^*, "
        r"\mathrm{Cov}(\hat\theta) = \sigma^2 (X^T X + \lambda I)^{-1} X^T X (X^T X + \lambda I)^{-1}, "
        r"\mathbb{E}[\hat\theta] = \theta^* \]"
    )
    found = [str(step.status) for step in check_text(RIDGE + DATA + claims).steps]
    assert found == ["proved", "proved", "refuted"]


def test_layers_with_biases_that_nothing_declares() -> None:
    text = (
        r"Let $h = \mathrm{ReLU}(W_1 x + b_1)$ and $\hat y = W_2 h + b_2$ with $W_1 \in \mathbb{R}^{m \times d}$, "
        r"$W_2 \in \mathbb{R}^{k \times m}$. The loss is $\ell = \frac12 \|\hat y - y\|^2$. Let $\delta = \hat y - y$. "
        r"\[ \frac{\partial \ell}{\partial W_2} = \delta h^\top, \frac{\partial \ell}{\partial b_2} = \delta, "
        r"\frac{\partial \ell}{\partial h} = W_2 \delta \]"
    )
    assert [str(step.status) for step in check_text(text).steps] == ["proved", "proved", "ill-typed"]
