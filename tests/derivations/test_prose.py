"""The prose: both languages, every part, every step; mathematics from the derivation only."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import derivations
from everystep.prove.verdict import Status, Verdict
from render.templates import Prose

LANGUAGES = ("en", "fr")
TEMPLATES = Path(derivations.__file__).parent.parent / "templates"
CASES = [(name, language) for name in derivations.ids() for language in LANGUAGES]


def prose(name: str, language: str, kind: str) -> Prose:
    """The prose of a problem, every step marked as it is expected to come out."""
    problem = derivations.problem(name)
    marks = {s.name: Verdict(Status(s.expect)) for s in problem.derivation.steps}
    return Prose(problem, language, kind, 1, marks if kind == "solutions" else None)


@pytest.mark.parametrize(("name", "language"), CASES)
def test_every_part_has_a_question_and_a_solution_and_every_step_is_printed(name: str, language: str) -> None:
    text = prose(name, language, "solutions")
    assert text.statement()
    for part in derivations.problem(name).parts:
        assert text.question(part.id)
        assert text.solution(part.id)
    text.check_complete()


@pytest.mark.parametrize(("name", "language"), CASES)
def test_questions_can_be_printed_without_the_solutions(name: str, language: str) -> None:
    text = prose(name, language, "assignment")
    assert text.statement()
    for part in derivations.problem(name).parts:
        assert text.question(part.id)


@pytest.mark.parametrize(("name", "language"), CASES)
def test_numeric_checks_have_words(name: str, language: str) -> None:
    numeric = derivations.problem(name).derivation.numeric
    assert numeric is not None
    for result in numeric():
        assert prose(name, language, "solutions").check(result.what)


@pytest.mark.parametrize(("name", "language"), CASES)
def test_the_solutions_of_a_part_print_the_chains_of_that_part(name: str, language: str) -> None:
    for part in derivations.problem(name).parts:
        text = prose(name, language, "solutions")
        text.solution(part.id)
        derivation = derivations.problem(name).derivation
        wanted = {s.name for c in derivation.chains if c.name in part.chains for s in c.steps}
        assert text.printed == wanted


@pytest.mark.parametrize("name", derivations.ids())
def test_both_languages_call_the_same_mathematics_in_the_same_order(name: str) -> None:
    calls = []
    for language in LANGUAGES:
        text = (TEMPLATES / "problems" / f"{name}.{language}.tex.j2").read_text(encoding="utf-8")
        calls.append(re.findall(r'(?:chain|figure)\("[^"]*"', text))
    assert calls[0] == calls[1]


@pytest.mark.parametrize(("name", "language"), CASES)
def test_no_symbol_is_written_by_hand(name: str, language: str) -> None:
    """Between dollars stand notation calls, numbers, relation signs and sigma, nothing else."""
    text = (TEMPLATES / "problems" / f"{name}.{language}.tex.j2").read_text(encoding="utf-8")
    text = re.sub(r"\(\(\*.*?\*\)\)", "", text, flags=re.DOTALL)
    text = re.sub(r"\(\(\(.*?\)\)\)", "", text)
    allowed = r"(?:\\sigma\(0\)|\\sigma|\\lambda_\{\\max\}|\\qquad|\\quad|[-0-9=<>,.\s])*"
    for inline in re.findall(r"\$([^$]*)\$|\\\[(.*?)\\\]", text, flags=re.DOTALL):
        assert re.fullmatch(allowed, "".join(inline)), inline
    assert "\\bm" not in text


@pytest.mark.parametrize("name", derivations.ids())
def test_french_prose_leaves_spacing_to_the_filter(name: str) -> None:
    text = (TEMPLATES / "problems" / f"{name}.fr.tex.j2").read_text(encoding="utf-8")
    text = re.sub(r"\(\(\*.*?\*\)\)", "", text, flags=re.DOTALL)
    text = re.sub(r"\(\(\(.*?\)\)\)|\\\[.*?\\\]|\$[^$]*\$", "M", text, flags=re.DOTALL)
    assert "\u00a0" not in text
    assert not re.search(r"[^\s][:;!?](?=\s|$)", text), "a space stands before : ; ! ?"


@pytest.mark.parametrize("labelled", [True, False])
def test_the_unrolled_graph_is_labelled_for_the_solution_only(labelled: bool) -> None:
    figure = prose("bptt", "en", "assignment").figure("unrolled", labelled=labelled)
    assert figure.count(r"\node") == 17
    assert figure.count(r"\draw") == 18
    assert ("$" in figure) == labelled
    for symbol in (r"\bm{W}", r"\bm{U}", r"\bm{V}"):
        assert figure.count(symbol) == (3 if labelled else 0)


def test_the_solutions_print_the_labelled_graph_only() -> None:
    text = prose("bptt", "en", "solutions")
    assert "tikzpicture" not in text.question("graph")
    assert "tikzpicture" in text.solution("graph")
    assert "tikzpicture" in prose("bptt", "en", "assignment").question("graph")
