"""Checks of answers that are no chains of steps, and the questions that assignments make of problems."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

import derivations
from everystep.algebra.context import Context
from everystep.derivation import (
    CHECK_KINDS,
    Check,
    Derivation,
    Mark,
    Outcome,
    Part,
    Problem,
    WrongAnswer,
    apportioned,
    prose,
    question,
)
from render.numbers import matrix, number, points

ROOT = Path(derivations.__file__).parent.parent
CHECKS = [
    pytest.param(check, id=f"{name}:{check.name}@{check.variant}")
    for name, problem in derivations.problems().items()
    for check in problem.checks
]


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_of_the_catalogue_passes_and_says_what_it_compared(check: Check) -> None:
    outcome = check.outcome
    assert outcome.passed is (None if check.kind == "prose" else True)
    if check.kind == "prose":
        assert outcome.values["claims"]
        assert all(set(claim) == {"en", "fr"} for claim in outcome.values["claims"])
    else:
        assert set(outcome.evidence) == {"en", "fr"}
        assert all(outcome.evidence.values())


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_runs_again_with_the_same_result(check: Check) -> None:
    again = check.run()
    assert (again.passed, dict(again.evidence)) == (check.outcome.passed, dict(check.outcome.evidence))


@pytest.mark.parametrize("name", derivations.ids())
def test_a_mark_names_a_chain_or_a_step_or_says_in_words_what_it_is_for(name: str) -> None:
    problem = derivations.problem(name)
    named = {chain.name for chain in problem.derivation.chains} | {step.name for step in problem.derivation.steps}
    for part in problem.parts:
        for mark in part.marks:
            assert mark.of in named or mark.words, (part.id, mark)
            assert mark.words is None or set(mark.words) == {"en", "fr"}
    with pytest.raises(ValueError, match="needs a chain, a step, or words"):
        Mark(1)


def test_all_checks_together_take_little_time_and_no_heavy_import() -> None:
    code = (
        "import json, sys, time, derivations\n"
        "checks = [c for p in derivations.problems().values() for c in p.checks]\n"
        "start = time.process_time()\n"
        "slow = {}\n"
        "for check in checks:\n"
        "    before = time.process_time(); check.outcome; slow[check.name] = time.process_time() - before\n"
        "print(json.dumps([slow, [m for m in ('matplotlib', 'scipy', 'torch', 'rich') if m in sys.modules]]))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    times, heavy = json.loads(run.stdout)
    assert heavy == []
    assert max(times.values(), default=0) < 0.3, times


def test_an_unknown_kind_of_check_is_refused() -> None:
    with pytest.raises(ValueError, match=f"one of {', '.join(CHECK_KINDS)}"):
        Check("x", "guess", lambda: Outcome(True, {}))


def test_prose_is_the_only_kind_that_decides_nothing() -> None:
    assert prose("essay", {"en": "a", "fr": "b"}).outcome.passed is None
    with pytest.raises(ValueError, match="is of the kind numeric, but passed is None"):
        _ = Check("x", "numeric", lambda: Outcome(None, {})).outcome
    with pytest.raises(ValueError, match="is of the kind prose, but passed is True"):
        _ = Check("x", "prose", lambda: Outcome(True, {})).outcome


def test_a_check_runs_once() -> None:
    runs: list[int] = []

    def run() -> Outcome:
        runs.append(1)
        return Outcome(True, {"en": "x", "fr": "x"})

    check = Check("x", "count", run)
    assert check.outcome is check.outcome
    assert runs == [1]


def test_a_mistake_has_a_key_and_a_value_or_neither() -> None:
    with pytest.raises(ValueError, match="both a key and a value, or neither"):
        WrongAnswer("x", "half", {}, key="value")


# questions -------------------------------------------------------------------------------------


def _problem() -> Problem:
    return Problem(
        "toy",
        Derivation("toy", Context(), ()),
        (
            Part("a", 1, marks=(Mark(0.5, words={}), Mark(0.5, words={})), entries=("X1",)),
            Part("b", 3, marks=(Mark(2, words={}), Mark(1, words={})), entries=("X1",)),
            Part("c", 2, entries=("X2",), variant="old"),
            Part("c_new", 2, entries=("X2",), variant="new"),
        ),
        {"en": "Toy", "fr": "Jouet"},
        (
            Check("half", "numeric", lambda: Outcome(True, {}, {"value": 1}), "old"),
            Check("half", "numeric", lambda: Outcome(True, {}, {"value": 2}), "new"),
        ),
    )


def test_an_entry_asks_all_its_parts_and_spreads_the_points() -> None:
    asked = question(_problem(), {"X2": 4, "X1": 8}, "old")
    assert [(part.id, part.points) for part in asked.parts] == [("c", 4), ("a", 2), ("b", 6)]
    assert [mark.points for mark in asked.parts[2].marks] == [4, 2]
    assert asked.points == 12


def test_marks_that_would_be_worth_nothing_are_left_out() -> None:
    part = Part("a", 6, marks=tuple(Mark(points, words={}) for points in (4, 1, 1)))
    assert [mark.points for mark in part.worth(1).marks] == [0.5, 0.5]


def test_a_variant_chooses_parts_and_checks() -> None:
    problem = _problem()
    assert problem.variants == ("new", "old")
    assert [part.id for part in question(problem, None, "new").parts] == ["a", "b", "c_new"]
    assert problem.check("half", "old").outcome.values["value"] == 1
    assert problem.check("half", "new").outcome.values["value"] == 2


def test_what_cannot_be_asked_is_refused_with_the_valid_names() -> None:
    problem = _problem()
    with pytest.raises(ValueError, match="no part or entry 'X3'; one of a, X1, b, c, X2"):
        question(problem, {"X3": 1}, "old")
    with pytest.raises(ValueError, match="no variant 'young'; one of new, old"):
        question(problem, None, "young")
    with pytest.raises(ValueError, match="a part twice: a, b, a"):
        question(problem, {"X1": 4, "a": 1}, "old")
    with pytest.raises(KeyError, match="no check 'third' in toy"):
        problem.check("third", "old")


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [(6, [1, 3, 2], [1, 3, 2]), (6, [3, 4, 6, 4, 4], [1, 1, 2, 1, 1]), (9, [9, 4], [6, 3]), (3, [10, 1, 1], [1, 1, 1])],
)
def test_points_are_spread_in_proportion_and_add_up(total: int, weights: list[float], shares: list[int]) -> None:
    assert apportioned(total, weights) == shares
    assert sum(shares) == total


# numbers ---------------------------------------------------------------------------------------


def test_exact_values_are_printed_exactly_and_rounded_half_up() -> None:
    assert number(Fraction(13, 12), "en") == r"\tfrac{13}{12}"
    assert number(Fraction(-13, 12), "en", display=True) == r"-\frac{13}{12}"
    assert number(Fraction(6, 3), "fr") == "2"
    assert number(Fraction(1, 8), "en", 2) == "0.13"
    assert number(Fraction(-1, 3), "fr", 3) == "-0{,}333"
    assert number(284682, "fr") == r"284\,682"
    assert number((Fraction(1, 2), 3), "en") == r"(\tfrac{1}{2}, 3)"
    assert number((Fraction(1, 2), 3), "fr", 1) == "(0{,}5; 3{,}0)"
    assert matrix([[1, "w"], [0, Fraction(1, 2)]], "en") == r"\begin{bmatrix} 1 & w \\ 0 & \tfrac{1}{2} \end{bmatrix}"
    assert (points(0.5, "fr"), points(2.0, "en")) == ("0,5", "2")


def test_a_float_is_not_printed_as_if_it_were_exact() -> None:
    with pytest.raises(TypeError, match="say to how many digits"):
        number(0.5, "en")
    assert number(0.456, "en", 1) == "0.5"
