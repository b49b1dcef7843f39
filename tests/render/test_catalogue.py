"""The real course through the renderer: every template fits, every rule has its words."""

import pytest

import derivations
from everystep.derivation import Assignment
from everystep.prove.checker import check_derivation
from everystep.prove.verdict import Status, Verdict
from render.documents import KINDS, Evidence, document_source
from render.strings import Strings, languages


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", sorted(derivations.assignments()))
def test_every_document_of_the_course_has_a_source(name: str, language: str) -> None:
    assignment: Assignment = derivations.assignments()[name]
    evidence = {
        p.id: Evidence({s.name: Verdict(Status(s.expect)) for s in p.derivation.steps}) for p in assignment.problems
    }
    for kind in KINDS:
        assert r"\end{document}" in document_source(assignment, kind, language, evidence)


@pytest.mark.parametrize("name", derivations.ids())
def test_every_method_rule_and_arithmetic_has_words_in_every_language(name: str, seed: int) -> None:
    known = set(Strings("fr"))
    used: set[str] = set()
    for _, verdict in check_derivation(derivations.problem(name).derivation, seed=seed):
        used |= {verdict.method, *verdict.rules, *(t.arithmetic for t in verdict.trials)}
    missing = sorted(n for n in used - {""} if f"evidence.{n}" not in known)
    assert missing == [], "write them in templates/strings.toml"
