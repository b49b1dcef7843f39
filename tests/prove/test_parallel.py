"""Several derivations at once: the same verdicts as one after another, and what a process raises is raised."""

from __future__ import annotations

import pytest

import derivations
from everystep.derivation import Check, Outcome
from everystep.prove import parallel
from everystep.prove.checker import Contradiction, check_derivation
from everystep.prove.parallel import check_all

CHOSEN = [derivations.problem(name).derivation for name in ("weight_norm", "min_norm")]


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_verdicts_do_not_depend_on_the_number_of_processes(jobs: int) -> None:
    expected = [[v.status for _, v in check_derivation(d)] for d in CHOSEN]
    found = check_all(CHOSEN, jobs=jobs)
    assert [[v.status for v in verdicts] for verdicts in found] == expected


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_contradiction_in_any_process_is_raised(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(derivation: object, **_: object) -> object:
        raise Contradiction("the judges disagree")

    monkeypatch.setattr(parallel, "check_derivation", failing)
    with pytest.raises(Contradiction, match="the judges disagree"):
        check_all(CHOSEN, jobs=jobs)


def test_nothing_to_check_is_no_verdict() -> None:
    assert check_all([]) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_checks_of_answers_are_known_afterwards(jobs: int) -> None:
    runs: list[int] = []

    def run() -> Outcome:
        runs.append(1)
        return Outcome(True, {"en": "both are 3"}, {"answer": 3})

    # What no process can tell another is computed where it is asked for.
    check, other = Check("sum", "numeric", run), Check("words", "prose", lambda: Outcome(None, {}, {"how": lambda: 3}))
    check_all(CHOSEN[:1], [check, other], jobs=jobs)
    before = len(runs)
    assert check.outcome == Outcome(True, {"en": "both are 3"}, {"answer": 3})
    assert len(runs) == before
    assert other.outcome.values["how"]() == 3


def test_an_outcome_that_does_not_fit_its_kind_is_raised() -> None:
    with pytest.raises(ValueError, match="is of the kind numeric, but passed is None"):
        check_all(CHOSEN[:1], [Check("sum", "numeric", lambda: Outcome(None, {}))], jobs=2)
