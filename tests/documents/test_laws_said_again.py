"""Laws of an earlier section in a later one that says that its names are what they were."""

import pytest

from everystep.documents.check import check_text

FIRST = r"""## 1. Noise

Let $a, s \in \mathbb{R}^k$. We draw $e \in \mathbb{R}^k$, $e \sim \mathcal{N}(0, I)$, and set

$$ z = a + s \odot e . $$

$$ \mathbb{E}[z] = a $$

## 2. Loss

Let $W \in \mathbb{R}^{k \times k}$. """
MEAN = r"$$ \mathbb{E}[\|W z\|^2] = \|W a\|^2 + \operatorname{tr}(W \operatorname{diag}(s \odot s) W^\top) $$"
WRONG = r"$$ \mathbb{E}[\|W z\|^2] = \|W a\|^2 $$"


def statuses(words: str) -> list[str]:
    return [str(step.status) for step in check_text(f"{FIRST}{words}\n\n{MEAN}\n\n{WRONG}\n").steps[1:]]


@pytest.mark.parametrize(
    "words",
    [
        "Here $e$ is drawn as above:",
        "The noise $e$ is as before.",
        "Ici $e$ est tiré comme plus haut :",
        r"Ici $e$ est un tirage et $z = a + s \odot e$ comme plus haut :",
    ],
)
def test_a_law_that_is_said_again(words: str) -> None:
    right, wrong = statuses(words)
    assert right == "proved"
    assert wrong != "proved"


@pytest.mark.parametrize(
    "words",
    [
        "Here $e$ is something else.",
        "Here $e$ is not drawn as above:",
        r"Let $e \in \mathbb{R}^k$ be random and $W$ as above:",
        "Les poids $W$ sont comme plus haut.",
    ],
)
def test_a_law_that_is_not_said_again(words: str) -> None:
    assert "proved" not in statuses(words)
    assert "refuted" not in statuses(words)


def test_a_law_whose_parameter_is_declared_since() -> None:
    drawn = (
        r"Let $S \in \mathbb{R}^{k \times k}$ be positive definite, $e \in \mathbb{R}^k$, $e \sim \mathcal{N}(0, S)$. "
    )
    first = f"## 1. Noise\n\n{drawn}\n\n" + r"$$ \mathbb{E}[e] = 0 $$" + "\n\n## 2. Other\n\n"
    again = r"Let $S \in \mathbb{R}^{k \times k}$ be positive definite and $e$ as above."
    claim = "\n\n" + r"$$ \mathbb{E}[e e^\top] = S $$" + "\n"
    assert str(check_text(first + again + claim).steps[-1].status) == "unreadable"
    assert str(check_text(first + "Here $e$ is as above." + claim).steps[-1].status) == "proved"
