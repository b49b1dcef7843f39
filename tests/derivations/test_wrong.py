"""The wrong twins: each spoils one step that exists, is really different, and says why."""

from __future__ import annotations

import re

import pytest

import derivations
from everystep.algebra.context import Relation
from everystep.algebra.shapes import ShapeError, same_shape
from everystep.derivation import WrongStep

VERDICTS = ("refuted", "ill-typed", "undefined")
WRONG = [pytest.param(name, step, id=f"{name}:{step.id}") for name, step in derivations.wrong()]


def fits(claim: Relation) -> bool:
    """Whether both sides have a shape, and the same one."""
    try:
        return same_shape(claim.left.shape, claim.right.shape)
    except ShapeError:
        return False


def test_every_derivation_has_at_least_five_mistakes() -> None:
    for name in derivations.ids():
        assert len(derivations.wrong(name)) >= 5


@pytest.mark.parametrize("name", derivations.ids())
def test_ids_are_unique(name: str) -> None:
    ids = [step.id for _, step in derivations.wrong(name)]
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


@pytest.mark.parametrize(("name", "step"), WRONG)
def test_a_mistake_is_explained_in_both_languages(name: str, step: WrongStep) -> None:
    assert set(step.why) == {"en", "fr"}
    for text in step.why.values():
        assert text.strip() == text
        assert text.endswith(".")
        assert "  " not in text


@pytest.mark.parametrize(("name", "step"), WRONG)
def test_symbols_of_an_explanation_are_marked_and_known(name: str, step: WrongStep) -> None:
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
