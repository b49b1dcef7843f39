"""The wrong twins: each spoils one step that exists, is really different, and says why."""

from __future__ import annotations

import re

import pytest

import derivations
from everystep.algebra.context import Relation
from everystep.algebra.shapes import ShapeError, same_shape
from everystep.derivation import WrongAnswer, WrongStep

VERDICTS = ("refuted", "ill-typed", "undefined")
WRONG = [pytest.param(name, step, id=f"{name}:{step.id}") for name, step in derivations.wrong()]

ANSWERS = [pytest.param(name, answer, id=f"{name}:{answer.id}") for name, answer in derivations.wrong_answers()]


def fits(claim: Relation) -> bool:
    """Whether both sides have a shape, and the same one."""
    try:
        return same_shape(claim.left.shape, claim.right.shape)
    except ShapeError:
        return False


def test_every_part_with_a_derivation_has_at_least_two_wrong_steps() -> None:
    for name in derivations.ids():
        problem = derivations.problem(name)
        mistaken = [step.instead_of for _, step in derivations.wrong(name)]
        for part in problem.parts:
            chains = [chain for chain in problem.derivation.chains if chain.name in part.chains]
            steps = {step.name for chain in chains for step in chain.steps}
            assert not steps or sum(step in steps for step in mistaken) >= 2, f"{name}: {part.id}"


def test_every_problem_has_at_least_two_mistakes_and_a_long_derivation_five() -> None:
    for name in derivations.ids():
        steps, answers = derivations.wrong(name), derivations.wrong_answers(name)
        length = len(derivations.problem(name).derivation.steps)
        assert len(steps) + len(answers) >= 2, name
        assert len(steps) >= (5 if length > 30 else 2 if length else 0), name


@pytest.mark.parametrize("name", derivations.ids())
def test_ids_are_unique(name: str) -> None:
    ids = [step.id for _, step in (*derivations.wrong(name), *derivations.wrong_answers(name))]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("name", "step"), WRONG)
def test_a_mistake_replaces_a_step_and_differs_from_it(name: str, step: WrongStep) -> None:
    right = derivations.problem(name).derivation.step(step.instead_of)
    assert right.expect == "proved"
    assert step.claim != right.claim
    assert isinstance(right.claim, Relation)
    assert isinstance(step.claim, Relation)
    assert step.claim.left == right.claim.left
    assert step.given == right.given


@pytest.mark.parametrize(("name", "step"), WRONG)
def test_only_what_is_called_ill_typed_is_ill_typed(name: str, step: WrongStep) -> None:
    assert step.verdict in VERDICTS
    assert isinstance(step.claim, Relation)
    assert fits(step.claim) == (step.verdict != "ill-typed")


@pytest.mark.parametrize(("name", "answer"), ANSWERS)
def test_a_mistake_in_an_answer_gives_another_value_than_the_right_one(name: str, answer: WrongAnswer) -> None:
    problem = derivations.problem(name)
    for variant in [answer.variant] if answer.variant else problem.variants:
        check = problem.check(answer.instead_of, variant)
        assert answer.differs(check)
        assert answer.key or check.kind in ("prose", "example"), "a value that can be computed is compared"


@pytest.mark.parametrize(("name", "step"), [*WRONG, *ANSWERS])
def test_a_mistake_costs_at_most_the_points_of_its_part(name: str, step: WrongStep | WrongAnswer) -> None:
    problem = derivations.problem(name)
    if isinstance(step, WrongAnswer):
        parts = [part for part in problem.parts if step.instead_of in part.checks]
        chains = []
    else:
        chains = [c.name for c in problem.derivation.chains for s in c.steps if s.name == step.instead_of]
        parts = [part for part in problem.parts if set(chains) & set(part.chains)]
    assert parts
    assert 0 < step.cost <= min(part.points for part in parts)
    assert 2 * step.cost == int(2 * step.cost)
    for part in parts:
        shares = [mark.points for mark in part.marks if mark.of in (step.instead_of, *chains)]
        assert not shares or step.cost <= max(shares), "a mistake costs at most what its step is worth"


@pytest.mark.parametrize(("name", "step"), [*WRONG, *ANSWERS])
def test_a_mistake_is_explained_in_both_languages(name: str, step: WrongStep | WrongAnswer) -> None:
    assert set(step.why) == {"en", "fr"}
    for text in step.why.values():
        assert text.strip() == text
        assert text.endswith(".")
        assert "  " not in text


@pytest.mark.parametrize(("name", "step"), [*WRONG, *ANSWERS])
def test_symbols_of_an_explanation_are_marked_and_known(name: str, step: WrongStep | WrongAnswer) -> None:
    """They stand between backticks, and documents print them as mathematics."""
    notation = dict(derivations.problem(name).derivation.notation)
    for text in step.why.values():
        pieces = text.split("`")
        assert len(pieces) % 2 == 1
        assert set(pieces[1::2]) <= set(notation)
        assert not re.search(r"(?<![\w'])[B-Zb-xz](?![\w'])", " ".join(pieces[0::2]))


def test_the_twin_of_a_step_that_does_not_exist_is_refused() -> None:
    from derivations.bptt import DERIVATION, h, t
    from derivations.wrong import twin

    with pytest.raises(KeyError, match="no step 'recursion' in bptt"):
        twin(DERIVATION, "x", "recursion", h[t], "refuted", en="", fr="")
