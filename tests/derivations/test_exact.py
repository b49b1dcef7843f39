"""The exact judge on the encodings: it agrees with every step and refutes every wrong twin."""

from __future__ import annotations

import pytest

import derivations
from everystep.derivation import Derivation, Step, WrongStep
from everystep.prove.exact import judge

STEPS = [
    pytest.param(problem.derivation, step, id=f"{name}:{step.name}")
    for name, problem in derivations.problems().items()
    for step in problem.derivation.steps
]
WRONG = [
    pytest.param(derivations.problem(name).derivation, step, id=f"{name}:{step.id}")
    for name, step in derivations.wrong()
    if step.verdict != "ill-typed"
]
OUTCOMES = {"proved": "agree", "refuted": "counterexample", "undefined": "undefined"}


@pytest.mark.parametrize(("derivation", "step"), STEPS)
def test_the_judge_agrees_with_a_step(derivation: Derivation, step: Step, seed: int) -> None:
    context = derivation.context.given(*step.given)
    report = judge(step.claim, context, by=step.by, seed=seed)
    assert report.outcome == OUTCOMES[step.expect], report


@pytest.mark.parametrize(("derivation", "step"), WRONG)
def test_the_judge_finds_a_mistake(derivation: Derivation, step: WrongStep, seed: int) -> None:
    report = judge(step.claim, derivation.context.given(*step.given), seed=seed)
    assert report.outcome == OUTCOMES[step.verdict], report
    assert (report.counterexample is not None) == (step.verdict == "refuted")
