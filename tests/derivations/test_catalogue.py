"""Discovery: every module is found, none is listed by hand, and loading them is cheap."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import derivations
from everystep.derivation import Assignment, Problem

HOME = Path(derivations.__file__).parent


def test_every_module_is_a_problem_of_its_own_name() -> None:
    files = {path.stem for path in HOME.glob("*.py")} - {"__init__"}
    assert set(derivations.ids()) == files
    for name, problem in derivations.problems().items():
        assert isinstance(problem, Problem)
        assert problem.id == problem.derivation.id == name


def test_the_four_derivations_of_the_course_are_there() -> None:
    assert {"bptt", "dropout", "min_norm", "weight_norm"} <= set(derivations.ids())


def test_an_unknown_id_is_refused_with_the_valid_ones() -> None:
    with pytest.raises(LookupError, match=r"no derivation 'bpt'; one of (\w+, )*bptt, "):
        derivations.problem("bpt")
    with pytest.raises(LookupError, match=r"no derivation 'bpt'; one of (\w+, )*bptt, "):
        derivations.wrong("bpt")


def test_every_file_of_assignments_is_an_assignment_of_its_own_name() -> None:
    files = {path.stem for path in (HOME / "assignments").glob("*.py")} - {"__init__"}
    found = derivations.assignments()
    assert set(found) == files
    for name, assignment in found.items():
        assert isinstance(assignment, Assignment)
        assert assignment.id == name
        assert assignment.questions or assignment.missing
        for words in (assignment.title, assignment.course, assignment.term):
            assert set(words) == {"en", "fr"}
        assert set(assignment.date) in (set(), {"en", "fr"})


def test_the_functions_keep_their_names_when_the_sub_packages_are_loaded() -> None:
    import derivations.assignments.foundations
    import derivations.wrong.bptt

    assert callable(derivations.wrong)
    assert callable(derivations.assignments)


def test_wrong_steps_of_one_derivation_are_those_of_all_with_its_id() -> None:
    everything = derivations.wrong()
    for name in derivations.ids():
        assert derivations.wrong(name) == tuple(pair for pair in everything if pair[0] == name)


def test_loading_everything_does_not_load_numpy() -> None:
    code = (
        "import sys, derivations\n"
        "derivations.problems(), derivations.assignments(), derivations.wrong()\n"
        "print('numpy' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HOME.parent)
    assert run.stdout.strip() == "False"


@pytest.mark.parametrize("name", derivations.ids())
def test_titles_are_in_both_languages(name: str) -> None:
    problem = derivations.problem(name)
    assert set(problem.title) == {"en", "fr"}
    assert all(problem.title.values())
