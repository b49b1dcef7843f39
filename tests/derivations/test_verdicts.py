"""Every step of the catalogue gets the verdict that its author announces, and every known mistake is found."""

import pytest

import derivations
from everystep.derivation import Step, WrongStep
from everystep.prove.checker import check_derivation, check_step

DERIVATIONS = {name: problem.derivation for name, problem in derivations.problems().items()}
WRONG = [pytest.param(name, mistake, id=f"{name}:{mistake.id}") for name, mistake in derivations.wrong()]
# A loaded machine may take longer than a step's usual time; what is proved does not depend on it.
BUDGET = 30.0


@pytest.mark.parametrize("name", DERIVATIONS)
def test_every_step_is_judged_as_announced(name: str) -> None:
    found = {step.name: (step, verdict) for step, verdict in check_derivation(DERIVATIONS[name], budget=BUDGET)}
    assert len(found) == len(DERIVATIONS[name].steps)
    other = {name: str(verdict.status) for name, (step, verdict) in found.items() if str(verdict.status) != step.expect}
    assert other == {}


@pytest.mark.parametrize(("name", "mistake"), WRONG)
def test_every_known_mistake_is_found(name: str, mistake: WrongStep) -> None:
    step = Step(mistake.id, mistake.claim, mistake.given)
    assert str(check_step(step, DERIVATIONS[name].context, budget=BUDGET).status) == mistake.verdict
