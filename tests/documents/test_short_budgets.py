"""Steps that have hardly any time: each is reported, and nothing is raised, wherever the time ends."""

import pytest

from everystep.documents.check import check_file
from everystep.documents.options import Options
from everystep.prove.verdict import Status
from tests.documents import corpus

FILES = ("chapters/07-inverses.tex", "wild/evidence-and-entropy.md")
"""Their steps take long in the normal form, in an induction, and in what has to be defined."""


@pytest.mark.parametrize("budget", [0.001, 0.004, 0.02, 0.1])
@pytest.mark.parametrize("file", FILES)
def test_the_end_of_the_time_is_a_verdict(file: str, budget: float) -> None:
    found = {(step.problem, step.number): step for step in check_file(corpus.HOME / file, Options(budget)).steps}
    wanted = {(key.problem, key.step): verdict for key, verdict in corpus.expected().items() if key.file == file}
    assert found.keys() >= wanted.keys()
    for place, verdict in wanted.items():
        if found[place].status is Status.PROVED:
            assert verdict == "true"
        if found[place].status is Status.REFUTED:
            assert verdict == "false"
