"""Functions that words name: known ones, any activation function, and those whose values are not known here."""

import pytest

from everystep.documents.check import check_text

X = r"Let $x \in \mathbb{R}^d$. "
ODD = r"\[ \sigma(-x) = 1 - \sigma(x) \]"


def status(text: str) -> str:
    return str(check_text(text).steps[-1].status)


@pytest.mark.parametrize(
    "text",
    [
        X + r"Let $\sigma$ be the logistic function. " + ODD,
        X + r"Let $\sigma : \mathbb{R} \to \mathbb{R}$ be the logistic function. " + ODD,
        X + r"Let $\sigma(\cdot)$ denote the sigmoid. " + ODD,
        X + r"Let $\sigma$ denote the logistic function $\sigma(z) = 1/(1 + e^{-z})$. " + ODD,
        X + r"The logistic sigmoid $\sigma$ satisfies " + ODD,
        X + r"Let $a = \sigma(x)$, where $\sigma$ is the sigmoid, and $b = 1 - a$. \[ b = \sigma(-x) \]",
        r"Soit $x \in \mathbb{R}^d$ et soit $\sigma$ la fonction logistique. " + ODD,
        r"Soit $x \in \mathbb{R}^d$, où $\sigma$ est la sigmoïde appliquée composante par composante. " + ODD,
        X + r"Let $\phi$ be the hyperbolic tangent. \[ \phi(-x) = -\phi(x) \]",
        X + r"Let $f$ be the exponential function. \[ f(x) \odot f(-x) = \mathbf{1} \]",
        X + r"Let $s$ be the softmax function. \[ \mathbf{1}^\top s(x) = 1 \]",
        X + r"Let $s(u) = \mathrm{softmax}(u)$. \[ \mathbf{1}^\top s(x) = 1 \]",
        X + r"Let $h = \phi(x)$, where $\phi$ is an activation function. \[ h^\top h = \|\phi(x)\|^2 \]",
        X + r"Let $a \in \mathbb{R}^d$ and let $L$ be the loss function $L(x) = \|x - a\|^2$."
        r" \[ \nabla L(x) = 2(x - a) \]",
    ],
)
def test_a_function_is_what_words_call_it(text: str) -> None:
    assert status(text) == "proved"


@pytest.mark.parametrize(
    "text",
    [
        X + r"Let $\sigma$ be the logistic function. \[ \sigma(-x) = -\sigma(x) \]",
        X + r"Let $\phi$ be the hyperbolic tangent. \[ \phi(-x) = 1 - \phi(x) \]",
        X + r"Let $s$ be the softmax function. \[ \mathbf{1}^\top s(x) = d \]",
        X + r"Let $\phi$ be a nonlinearity applied elementwise. \[ \phi(-x) = -\phi(x) \]",
    ],
)
def test_a_function_is_nothing_else(text: str) -> None:
    assert status(text) == "refuted"


@pytest.mark.parametrize(
    "text",
    [
        X + r"Let $\Phi : \mathbb{R} \to \mathbb{R}$ be the standard normal distribution function."
        r" \[ \Phi(-x) = 1 - \Phi(x) \]",
        r"Let $x \in \mathbb{R}$ and let $\Phi$ be the normal distribution function. \[ \Phi(-x) = -\Phi(x) \]",
        X + r"Let $\sigma$ not be the logistic function. " + ODD,
        r"Let $x \in \mathbb{R}$, where $\sigma$ is not the sigmoid. \[ \sigma(-x) = 1 - \sigma(x) \]",
        X + r"Let $\sigma$ be the sigmoid, tanh, or relu activation. " + ODD,
        X + r"Let $\sigma$ be the sigmoid (or tanh). " + ODD,
        X + r"Let $\sigma$ be the logistic function, for example. " + ODD,
        X + r"Let $\sigma : \mathbb{R} \to \mathbb{R}$ (as $\sigma$ the logistic function, say). " + ODD,
        X + r"Let $\sigma$ be the logistic function and tanh, respectively. " + ODD,
        X + r"Let $\sigma$ be the logistic function with temperature 2. " + ODD,
        X + r"Soit $\sigma$ la fonction logistique ou tanh. " + ODD,
    ],
)
def test_of_a_function_that_is_not_known_nothing_is_claimed(text: str) -> None:
    assert status(text) == "unreadable"


@pytest.mark.parametrize(
    "words",
    [
        r"Here $\sigma$ is applied elementwise.",
        r"Here $\sigma$ acts componentwise.",
        r"Ici $\sigma$ est appliquée composante par composante.",
    ],
)
def test_a_function_of_which_only_is_said_that_it_is_applied_elementwise(words: str) -> None:
    network = r"Consider $h = \sigma(W x)$ with $W \in \mathbb{R}^{m \times d}$ and $x \in \mathbb{R}^d$. " + words
    jacobian = r"\[ \frac{\partial h}{\partial x} = \operatorname{diag}(\sigma'(W x)) W \]"
    assert status(network + jacobian) == "proved"
    assert status(network + ODD) == "unreadable"  # it may be the logistic function


def test_a_number_that_is_called_a_vector_is_unclear() -> None:
    text = r"Let $y \in \mathbb{R}$. \[ y + y = 2 y \] Let $y$ be a one-hot vector. \[ y + x = x + y \]"
    assert status(X + text) == "unreadable"


@pytest.mark.parametrize(
    "drawn",
    [
        r"$x \sim \mathcal{N}(\mu, \Sigma)$ be a Gaussian vector in $\mathbb{R}^d$",
        r"$x \sim \mathcal{N}(\mu, \Sigma)$ in $\mathbb{R}^d$",
        r"$x \sim \mathcal{N}(\mu, \Sigma)$ un vecteur gaussien de $\mathbb{R}^d$",
    ],
)
def test_the_space_of_what_is_drawn(drawn: str) -> None:
    assert status(rf"Let {drawn}. \[ \mathbb{{E}}[x x^\top] = \Sigma + \mu \mu^\top \]") == "proved"
    assert status(rf"Let {drawn}. \[ \mathbb{{E}}[x x^\top] = \Sigma \]") == "refuted"


@pytest.mark.parametrize(
    "vector", [r"$x \sim \mathcal{N}(\mu, \Sigma)$ un vecteur gaussien de $\mathbb{R}^d$", "$x$ un vecteur aléatoire"]
)
def test_a_property_behind_a_random_vector(vector: str) -> None:
    text = rf"Soit $x \in \mathbb{{R}}^d$. Soit {vector} et $A \in \mathbb{{R}}^{{d \times d}}$ symétrique. "
    assert status(text + r"\[ A = A^\top \]") == "proved"
    assert status(text + r"\[ A = 2 A^\top \]") == "refuted"


def test_what_is_said_in_french_to_be_a_function_is_one() -> None:
    given = (
        r"Soit $x \in \mathbb{R}^d$. On considère $h = \phi(A x + b)$, où $A \in \mathbb{R}^{m \times d}$, "
        r"$b \in \mathbb{R}^m$ et $\phi$ est une fonction d'activation appliquée composante par composante. "
    )
    claims = r"\[ \nabla_b (\mathbf{1}^\top h) = \phi'(A x + b) \] \[ \nabla_b (\mathbf{1}^\top h) = \phi(A x + b) \]"
    assert [str(step.status) for step in check_text(given + claims).steps] == ["proved", "refuted"]
