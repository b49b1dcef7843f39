"""Pairs: sentences that take back what was assumed before them, also in the same paragraph, and others that keep it."""

import pytest

from everystep.documents.check import check_text

DECLARED = "Let $A \\in \\mathbb{R}^{n \\times n}$. "
CLAIM = " \\[ A^\\top = A \\]"


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


TAKEN_BACK = [
    "We now remove this assumption.",
    "Next we relax the symmetry.",
    "From here on, $A$ is arbitrary.",
    "In what follows we do without symmetry.",
    "The assumption is not needed in the sequel.",
    "Forget this hypothesis now.",
    "Now let $A$ be general.",
    "For a non-symmetric $A$ one has",
    "What happens when the symmetry is lost?",
    "Without this assumption:",
    "We abandon the symmetry of $A$.",
    "Henceforth, $A$ need not be symmetric.",
    "This restriction is waived below.",
    "Weaken the assumption to invertibility:",
    "If we only ask that $A$ be invertible, then",
    "Returning to the general case,",
    "The symmetric case is done. Now the other one.",
    "This completes the symmetric case.",
    "This leads to a contradiction.",
    "That is absurd.",
    "This was a mistake.",
    "This assumption turns out to be wrong.",
    "D\u00e9sormais $A$ est quelconque.",
    "On abandonne maintenant cette hypoth\u00e8se.",
    "Cette hypoth\u00e8se est superflue dans la suite.",
    "On l\u00e8ve cette hypoth\u00e8se.",
    "On revient au cas g\u00e9n\u00e9ral.",
    "C'est absurde.",
]
KEPT = [
    "This assumption is used throughout.",
    "Using the symmetry of $A$, we drop the transpose.",
    "Such a matrix has real eigenvalues.",
    "We omit the proof.",
    "We drop the constant terms.",
    "It is a common mistake to forget the factor.",
    "No further condition is needed.",
    "The noise need not be Gaussian.",
    "Now we turn to the gradient.",
    "L'hypoth\u00e8se sert partout.",
]


@pytest.mark.parametrize("words", TAKEN_BACK)
def test_what_was_assumed_in_the_same_paragraph_is_taken_back(words: str) -> None:
    assert statuses(f"{DECLARED}Assume that $A$ is symmetric. {words}{CLAIM}") == ["tested"]


@pytest.mark.parametrize("words", TAKEN_BACK[:-6])
def test_what_was_assumed_in_an_earlier_paragraph_is_taken_back(words: str) -> None:
    assert statuses(f"{DECLARED}Assume that $A$ is symmetric.\n\nThe trace is linear.\n\n{words}{CLAIM}") != ["proved"]


@pytest.mark.parametrize("words", KEPT)
def test_other_sentences_keep_it(words: str) -> None:
    assert statuses(f"{DECLARED}Assume that $A$ is symmetric. {words}{CLAIM}") == ["proved"]


def test_what_is_assumed_behind_the_words_holds() -> None:
    words = "From here on we drop this assumption. Now suppose that $A$ is symmetric."
    assert statuses(f"{DECLARED}Assume that $A$ is diagonal. {words}{CLAIM}") == ["proved"]


def test_a_heading_does_not_keep_the_words_from_what_stands_behind_it() -> None:
    text = f"{DECLARED}Assume that $A$ is symmetric. We now drop this assumption. \\paragraph{{Next.}} We have{CLAIM}"
    assert statuses(text) == ["tested"]


@pytest.mark.parametrize(
    "words",
    [
        "Let $Q \\in \\mathbb{R}^{n\\times n}$ be positive definite but not symmetric.",
        "Let $Q \\in \\mathbb{R}^{n\\times n}$ be positive definite (not necessarily symmetric).",
        "Positive definite matrices need not be symmetric. Let $Q \\in \\mathbb{R}^{n\\times n}$ be positive definite.",
        "Soit $Q \\in \\mathbb{R}^{n\\times n}$ d\u00e9finie positive, non n\u00e9cessairement sym\u00e9trique.",
    ],
)
def test_definite_matrices_that_need_not_be_symmetric(words: str) -> None:
    assert "proved" not in statuses(words + " \\[ Q^\\top = Q \\]")


@pytest.mark.parametrize(
    "words",
    [
        "Let $Q \\in \\mathbb{R}^{n\\times n}$ be positive definite.",
        "Products of definite matrices are not symmetric. Let $Q \\in \\mathbb{R}^{n\\times n}$ be positive definite.",
        "Soit $Q \\in \\mathbb{R}^{n\\times n}$ sym\u00e9trique d\u00e9finie positive.",
    ],
)
def test_definite_matrices_are_symmetric_elsewhere(words: str) -> None:
    assert statuses(words + " \\[ Q^\\top = Q \\]") == ["proved"]


@pytest.mark.parametrize(
    "words", ["~~Let $a > 0$.~~", "<del>Let $a > 0$.</del>", "\n\n| case | sign |\n|---|---|\n| 1 | $a > 0$ |"]
)
def test_what_is_struck_out_or_stands_in_a_table_of_markdown_is_not_assumed(words: str) -> None:
    text = f"Let $a \\in \\mathbb{{R}}$. {words}\n\n$$ |a| = a $$"
    assert [str(step.status) for step in check_text(text, markdown=True).steps] != ["proved"]
    kept = text.replace(words, "Let $a > 0$.")
    assert [str(step.status) for step in check_text(kept, markdown=True).steps] == ["proved"]


def test_an_item_that_is_not_ticked_is_not_assumed() -> None:
    text = "**Assumptions**\n\n- [x] $A \\in \\mathbb{R}^{n\\times n}$\n- [x] $A = A^\\top$\n\n$$A^\\top A = A^2$$"
    assert [str(step.status) for step in check_text(text, markdown=True).steps] == ["proved"]
    text = text.replace("[x] $A =", "[ ] $A =")
    assert [str(step.status) for step in check_text(text, markdown=True).steps] == ["tested"]


@pytest.mark.parametrize(
    ("words", "step"),
    [
        ("Let $a \\in \\mathbb{R}$ and assume $a > 0$. Negative values are allowed, too.", "|a| = a"),
        ("Soit $a \\in \\mathbb{R}$ et supposons $a > 0$. En fait $a$ peut \u00eatre n\u00e9gatif.", "|a| = a"),
        ("Let $a \\in \\mathbb{R}$. Take $a = 1$ for the moment. \\[ a = 1 \\] Now let $a$ be arbitrary.", "a^2 = a"),
        ("Let $x \\sim \\mathcal{N}(0,1)$. We drop the Gaussian assumption.", "\\mathbb{E}[x^4] = 3"),
        (
            (
                "Let $x_i \\in \\mathbb{R}$, $i=1,\\dots,n$, be i.i.d. with mean $0$ and variance $1$. "
                "In reality the $x_i$ are correlated."
            ),
            "\\mathrm{Var}(\\sum_{i=1}^n x_i) = n",
        ),
        (
            "Trouver une condition pour que $A \\in \\mathbb{R}^{n \\times n}$ soit sym\u00e9trique.",
            "A^\\top = A",
        ),
    ],
)
def test_signs_values_and_laws_are_taken_back(words: str, step: str) -> None:
    assert statuses(f"{words} \\[ {step} \\]")[-1] != "proved"


@pytest.mark.parametrize(
    ("words", "step"),
    [
        ("Let $a \\in \\mathbb{R}$ and assume $a > 0$. Large values are best.", "|a| = a"),
        ("Let $x \\sim \\mathcal{N}(0,1)$. We use the Gaussian assumption.", "\\mathbb{E}[x^4] = 3"),
        ("Let $y = 2 x$ for an arbitrary $x \\in \\mathbb{R}^n$.", "y = 2 x"),
    ],
)
def test_signs_values_and_laws_are_kept(words: str, step: str) -> None:
    assert statuses(f"{words} \\[ {step} \\]") == ["proved"]
