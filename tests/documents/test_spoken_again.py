"""Names that a text speaks of again, or introduces again, and where what was said of them before ends."""

from __future__ import annotations

import pytest

from everystep.documents.check import check_text

FIRST = "Let $A \\in \\mathbb{R}^{n \\times n}$ be symmetric. Then \\[ A^\\top = A \\] "
OPEN = "Let $A \\in \\mathbb{R}^{n \\times n}$. "
STEP = " \\[ A^\\top = A \\]"


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    "words",
    [
        "For our $A \\in \\mathbb{R}^{n \\times n}$ we get",
        "For $A \\in \\mathbb{R}^{n \\times n}$ as above we get",
        "Given this $A \\in \\mathbb{R}^{n \\times n}$ we get",
        "Assume now that $A \\in \\mathbb{R}^{n \\times n}$ is also invertible.",
        "Let $A \\in \\mathbb{R}^{n \\times n}$ and $b$ be as above.",
        "Let us consider again $A \\in \\mathbb{R}^{n \\times n}$.",
        "Under the same assumptions on $A \\in \\mathbb{R}^{n \\times n}$,",
        "Pour cette matrice $A \\in \\mathbb{R}^{n \\times n}$,",
    ],
)
def test_a_name_that_is_spoken_of_again_may_still_be_what_it_was(words: str) -> None:
    assert statuses(FIRST + words + STEP)[1] in ("proved", "tested")


@pytest.mark.parametrize("words", ["Now let", "Let", "Soit maintenant"])
def test_a_name_that_is_introduced_again_is_another(words: str) -> None:
    assert statuses(f"{FIRST}{words} $A \\in \\mathbb{{R}}^{{n \\times n}}$.{STEP}") == ["proved", "refuted"]


@pytest.mark.parametrize(
    "text",
    [
        f"Recall that a symmetric $A$ satisfies $A^\\top = A$. {OPEN}",
        "\\section{Symmetric case} Let $A \\in \\mathbb{R}^{n \\times n}$ be symmetric. \\section{General case} Here",
        f"\\section{{Basics}} Let $A$ be a symmetric $n \\times n$ matrix. \\section{{More}} {OPEN}",
        f"{OPEN}\\paragraph{{Wrong attempt.}} Let $A$ be symmetric. \\paragraph{{Correct solution.}} Now",
        f"{OPEN}(a) Let $A$ be symmetric. Compute $A^\\top$. (b) Compute",
        f"{OPEN}(i) Let $A$ be symmetric. Done. (ii) For $b \\in \\mathbb{{R}}$ we have",
    ],
)
def test_what_was_said_of_a_name_ends_with_its_case_or_part(text: str) -> None:
    assert "proved" not in statuses(text + STEP)


def test_what_is_said_before_labels_within_a_paragraph_holds_in_each() -> None:
    steps = "\\[ A^\\top = A \\] \\[ B^\\top = B \\] "
    text = "Let $A, B \\in \\mathbb{R}^{n \\times n}$. Let $A$ be symmetric. (a) Let $B$ be symmetric. "
    assert statuses(f"{text}{steps}(b) Then {steps}") == ["proved", "proved", "proved", "tested"]


def test_what_a_section_without_steps_assumes_holds_in_the_next() -> None:
    text = "\\section{Notation} Let $A \\in \\mathbb{R}^{n \\times n}$ be symmetric. \\section{Result} Then"
    assert statuses(text + STEP) == ["proved"]
