"""What stands beside a formula or a definition and is not taken as given: nothing is called wrong for want of it."""

from __future__ import annotations

import pytest

from everystep.algebra.shapes import ShapeError
from everystep.documents import judging as module
from everystep.documents.check import check_text

DECLARED = (
    r"%! a \in \mathbb{R}; A, B \in \mathbb{R}^{n \times n}; f : \mathbb{R}^{n} \to \mathbb{R}; x \in \mathbb{R}^{n}"
    "\n"
)


def verdicts(text: str) -> list[str]:
    return [str(step.status) for step in check_text(DECLARED + text).steps]


@pytest.mark.parametrize(
    "aside",
    [
        r"\quad (A \text{ is symmetric})",
        r", \quad A \text{ symmetric}",
        r"\text{ (A is symmetric)}",
        r"\quad A \text{ est symétrique}",
        r", \quad A \text{ nilpotent}",
    ],
)
def test_a_property_beside_a_formula_is_no_hypothesis_and_keeps_it_from_being_called_wrong(aside: str) -> None:
    assert verdicts(rf"\[ A^\top = A {aside} \]") == ["unreadable"]
    assert verdicts(rf"\[ (A B)^\top = B^\top A^\top {aside} \]") == ["proved"]


def test_a_conclusion_or_a_reason_does_not_prove_itself() -> None:
    assert verdicts(r"\[ (A B)^\top = A B, \quad A B \text{ symmetric} \]") == ["unreadable"]
    assert verdicts(r"\[ (A B)^\top = A B \quad \text{since } A B \text{ is symmetric} \]") == ["unreadable"]


def test_what_is_said_with_if_is_a_hypothesis() -> None:
    assert verdicts(r"\[ A^\top = A \quad \text{if } A \text{ is symmetric} \]") == ["proved"]
    assert verdicts(r"\[ \sqrt{a^2} = a \quad \text{if } a \text{ is positive} \]") == ["proved"]
    assert verdicts(r"\[ \sqrt{a^2} = a \quad \text{if } a \text{ is negative} \]") == ["refuted"]


@pytest.mark.parametrize(
    "words",
    [
        r"\text{except for } a > 0",
        r"\text{even for } a > 0",
        r"\text{regardless of } a > 0",
        r"\text{sauf pour } a > 0",
        r"\text{showing } a > 0",
        r"\text{so that even } a > 0",
        r"\text{since } a > 0",
        r"\text{car } a > 0",
        r"\because a > 0",
        r"(a > 0 \text{ is not needed})",
        r"(\text{since } a > 0)",
        r", \quad a > 0 \text{ (false)}",
    ],
)
def test_a_relation_beside_a_formula_with_words_that_state_no_condition_is_none(words: str) -> None:
    assert "proved" not in verdicts(rf"\[ |a| = a \quad {words} \]")[:1]


def test_a_reason_is_used_where_it_is_true_itself() -> None:
    squares = r"\[ |a^2 b^2| = a^2 b^2 \quad \text{since } a^2 b^2 \ge 0 \]"
    assert verdicts("%! a, b \\in \\mathbb{R}\n" + squares) == ["proved"]
    assert verdicts(r"\[ A B = B A \quad \text{since } A B = B A \]") == ["unreadable"]
    assert verdicts(r"%! A = A^\top" + "\n" + r"\[ A B^\top = (B A)^\top \quad \text{since } A = A^\top \]") == [
        "proved"
    ]


def test_an_arrow_between_spaces_or_at_the_end_of_a_line_leads() -> None:
    spaced = r"\[ |a| = a \quad \Rightarrow \quad a > 0 \]"
    assert verdicts(spaced) == verdicts(r"\[ |a| = a \Rightarrow a > 0 \]") == ["assumed", "refuted"]
    lines = r"\begin{align*} a &= 3 \quad \Rightarrow \\ a^2 &= 9 \end{align*}"
    assert verdicts(lines) == ["assumed", "proved"]


@pytest.mark.parametrize(
    "condition",
    [r", \quad \text{for } a \text{ wonderful}", r", \quad a \in \mathbb{P}", r"\quad (a \text{ positive})"],
)
def test_where_the_condition_of_a_definition_is_not_read_no_mistake_is_claimed_of_it(condition: str) -> None:
    assert verdicts(rf"\[ c := \sqrt{{a^2}} {condition} \] \[ c = a, \quad A + A = 2 A \]") == ["unreadable", "proved"]


def test_a_condition_that_is_not_read_is_said() -> None:
    report = check_text(rf"{DECLARED}\[ c := \sqrt{{a^2}}, \quad \text{{for }} a \text{{ wonderful}} \]")
    assert "wonderful" in report.remarks[0].message


SPECIAL = r"\[ f(x) = 2 f(x) + \text{const} \]"


def test_a_claim_up_to_a_constant_is_not_called_wrong_while_a_declaration_is_unread() -> None:
    assert verdicts(SPECIAL) != ["unreadable"]
    wrong = r"\[ f(x) = x x^\top + \text{const} \]"
    assert verdicts(wrong) == ["ill-typed"]
    assert verdicts("%! x \\in \\mathbb{P}^n\n" + wrong) == ["unreadable"]


@pytest.mark.parametrize(("error", "status"), [(ShapeError("n and m"), "ill-typed"), (KeyError("n"), "tested")])
def test_a_defect_of_the_engine_is_not_a_mistake_of_the_author(
    monkeypatch: pytest.MonkeyPatch, error: Exception, status: str
) -> None:
    def broken(*_: object) -> object:
        raise error

    monkeypatch.setattr(module, "is_constant", broken)
    assert verdicts(SPECIAL) == [status]


SQUARES = "%! A, B \\in \\mathbb{R}^{n \\times n}; a, b \\in \\mathbb{R}^n\n"


@pytest.mark.parametrize(
    "condition",
    [
        r"\text{if } A, B \text{ are symmetric and } A B = B A",
        r"\text{if } A \text{ and } B \text{ are symmetric and commute}",
        r"\text{si } A \text{ et } B \text{ sont symétriques et commutent}",
        r"\text{if } A = A^\top, B = B^\top \text{ and } A B = B A",
        r"\text{if } A = A^\top \text{ and } B = B^\top \text{ and } A B = B A",
    ],
)
def test_all_of_a_condition_is_read_and_none_of_it_is_a_step(condition: str) -> None:
    report = check_text(rf"{SQUARES}\[ (A B)^\top = A B \quad {condition} \]")
    assert [str(step.status) for step in report.steps] == ["proved"]


def test_a_condition_that_lacks_something_leaves_a_mistake_refuted() -> None:
    report = check_text(SQUARES + r"\[ (A B)^\top = A B \quad \text{if } A, B \text{ are symmetric} \]")
    assert [str(step.status) for step in report.steps] == ["refuted"]


def test_a_condition_that_may_be_meant_of_all_statements_of_a_line_refutes_none() -> None:
    report = check_text(SQUARES + r"\[ A = A^\top, B = B^\top \quad \text{if } A, B \text{ are diagonal} \]")
    assert [str(step.status) for step in report.steps] == ["unreadable", "proved"]


def test_a_word_that_is_not_encoded_beside_one_that_is_refutes_nothing() -> None:
    report = check_text(SQUARES + r"\[ A^2 = 0 \quad \text{if } A \text{ is symmetric and circulant} \]")
    assert [str(step.status) for step in report.steps] == ["unreadable"]


@pytest.mark.parametrize(
    "said", [r"with $a \perp b$. \[ C \]", r"\[ C \quad \text{if } a \perp b \]", r"\[ C, \; (a \perp b) \]"]
)
def test_perpendicular_vectors_are_orthogonal(said: str) -> None:
    claim = r"\|a - b\|^2 = \|a\|^2 + \|b\|^2"
    report = check_text(SQUARES + said.replace("C", claim))
    assert [str(step.status) for step in report.steps] == ["proved"]


@pytest.mark.parametrize("first", [True, False])
def test_perpendicular_random_vectors_are_independent_only(first: bool) -> None:
    said = [r"a \perp b", r"a \sim \mathcal{N}(0, I)", r"b \sim \mathcal{N}(0, I)"]
    order = "; ".join(said if first else said[1:] + said[:1])
    report = check_text(f"{SQUARES}%! {order}\n" + r"\[ E[a^\top b] = 0 \]\[ a^\top b = 0 \]")
    assert [str(step.status) for step in report.steps] == ["proved", "refuted"]
