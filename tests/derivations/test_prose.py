"""The prose: both languages, every part, every step; mathematics from the derivation only."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import derivations
from everystep.derivation import Question, question
from everystep.prove.verdict import Status, Verdict
from render.templates import Prose

LANGUAGES = ("en", "fr")
BY_HAND = r"""(?x)(?:
    \\sigma(?:'|\(0\))? | \\lambda_\{\\max\} | O(?=\() | \\(?:max_(?=\{)|mid(?=\s))
  | \\(?:begin|end)\{(?:bmatrix|array|aligned|cases)\}(?:\{[lcr|]*\})?
  | \\text\{[^{}]*\} | \\(?:left|right)(?=[(\[|)\]])
  | \\(?:qquad|quad|enspace|times|cdot|[clv]?dots|le|ge|ne|approx|to|in|infty|max|min|log|exp|sqrt|frac)(?![A-Za-z])
  | \\leftarrow(?![A-Za-z])
  | \\\\(?:\[[0-9a-z]+\])? | \\[,;\{\}] | [-+0-9=<>,.;:/()\[\]|&{}^\s]
)*"""
TEMPLATES = Path(derivations.__file__).parent.parent / "templates"
CASES = [(name, language) for name in derivations.ids() for language in LANGUAGES]
ASKED = [
    pytest.param(question(problem, None, variant), language, id=f"{name}-{variant}-{language}")
    for name, problem in derivations.problems().items()
    for variant in problem.variants
    for language in LANGUAGES
]


def asked_prose(asked: Question, language: str, kind: str) -> Prose:
    """The prose of a question, every step marked as it is expected to come out."""
    marks = {s.name: Verdict(Status(s.expect)) for s in asked.problem.derivation.steps}
    return Prose(asked, language, kind, 1, marks if kind == "solutions" else None)


def prose(name: str, language: str, kind: str) -> Prose:
    """The prose of a problem, in its first variant."""
    problem = derivations.problem(name)
    return asked_prose(question(problem, None, problem.variants[0]), language, kind)


@pytest.mark.parametrize(("asked", "language"), ASKED)
def test_every_part_has_a_question_and_a_solution_and_every_step_is_printed(asked: Question, language: str) -> None:
    text = asked_prose(asked, language, "solutions")
    assert text.statement()
    assert text.setting()
    for part in asked.parts:
        assert text.question(part.id)
        assert text.solution(part.id)
    text.check_complete()


@pytest.mark.parametrize(("asked", "language"), ASKED)
def test_questions_can_be_printed_without_the_solutions(asked: Question, language: str) -> None:
    text = asked_prose(asked, language, "assignment")
    assert text.statement()
    for part in asked.parts:
        assert text.question(part.id)


@pytest.mark.parametrize(("name", "language"), CASES)
def test_numeric_checks_have_words(name: str, language: str) -> None:
    numeric = derivations.problem(name).derivation.numeric
    for result in numeric() if numeric is not None else ():
        assert prose(name, language, "solutions").check(result.what)


@pytest.mark.parametrize(("asked", "language"), ASKED)
def test_the_solutions_of_a_part_print_the_chains_of_that_part(asked: Question, language: str) -> None:
    for part in asked.parts:
        text = asked_prose(asked, language, "solutions")
        text.solution(part.id)
        derivation = asked.problem.derivation
        wanted = {s.name for c in derivation.chains if c.name in part.chains for s in c.steps}
        assert text.printed == wanted


@pytest.mark.parametrize("name", derivations.ids())
def test_both_languages_call_the_same_mathematics_in_the_same_order(name: str) -> None:
    calls = []
    for language in LANGUAGES:
        text = (TEMPLATES / "problems" / f"{name}.{language}.tex.j2").read_text(encoding="utf-8")
        calls.append(re.findall(r'(?:chain|figure|plot)\("[^"]*"', text))
    assert calls[0] == calls[1]


@pytest.mark.parametrize(("name", "language"), CASES)
def test_no_symbol_is_written_by_hand(name: str, language: str) -> None:
    """Between dollars stand calls, numbers, signs, the frames of tables and the words of ``BY_HAND``, no symbols."""
    text = (TEMPLATES / "problems" / f"{name}.{language}.tex.j2").read_text(encoding="utf-8")
    text = re.sub(r"\(\(\*.*?\*\)\)", "", text, flags=re.DOTALL)
    text = re.sub(r"\(\(\(.*?\)\)\)", "", text)
    for inline in re.findall(r"\$([^$]*)\$|\\\[(.*?)\\\]", text, flags=re.DOTALL):
        assert re.fullmatch(BY_HAND, "".join(inline)), inline
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tree_is_drawn_from_the_data_of_its_check(language: str) -> None:
    text = prose("decoding", language, "assignment")
    blank, full = (text.figure("decoding_tree", labelled=labelled) for labelled in (False, True))
    edges = text.value("tree", "edges")
    for _, _, score, _ in edges:
        assert text.num(score, 1) in blank
        assert text.num(score, 1) in full
    for _, depth, _, word in text.value("tree", "nodes"):
        assert depth == 0 or rf"\strut {word[language]}}}" in blank
    for kind in ("best", "greedy", "beam"):
        # Three edges and the sample beside the name.
        assert (full.count(rf"\draw[{kind}]"), blank.count(rf"\draw[{kind}]")) == (4, 0)
        assert text.value("tree", kind)[language] not in blank


@pytest.mark.parametrize("labelled", [True, False])
def test_the_graph_of_messages_marks_the_edges_into_the_vertex(labelled: bool) -> None:
    text = prose("graph_attention", "en", "assignment")
    figure = text.figure("message_graph", labelled=labelled)
    edges = text.value("vertex", "edges")
    drawn = re.findall(r"\\draw\[(into|edge)\] \(v(\d)\).*?\(v(\d)\);", figure)
    assert [(int(start), int(end)) for _, start, end in drawn] == [(start, end) for start, end, _ in edges]
    assert [style == "into" for style, _, _ in drawn] == [labelled and arrives for _, _, arrives in edges]


def test_the_solutions_print_the_labelled_graph_only() -> None:
    text = prose("bptt", "en", "solutions")
    assert "tikzpicture" not in text.question("graph")
    assert "tikzpicture" in text.solution("graph")
    assert "tikzpicture" in prose("bptt", "en", "assignment").question("graph")


@pytest.mark.parametrize(("language", "slope"), [("en", "slope"), ("fr", "pente")])
def test_the_graph_of_two_relus_is_drawn_for_the_solution_only(language: str, slope: str) -> None:
    text = prose("activations", language, "assignment")
    assert text.figure("two_relus", labelled=True).count(f"{slope} $") == 3
    assert f"{slope} $" not in text.figure("two_relus", labelled=False)
    for label in (r"$\tau_1$", r"$\tau_2$", "$c$"):
        assert label in text.figure("two_relus", labelled=False)


@pytest.mark.parametrize(
    ("figure", "check", "letter"), [("strided_matrix", "strided", "w"), ("transposed_matrix", "transposed", "v")]
)
def test_the_drawn_matrix_of_a_convolution_has_the_entries_that_were_checked(
    figure: str, check: str, letter: str
) -> None:
    text = prose("convolution", "en", "solutions")
    wanted = {
        (row, column): entry
        for row, line in enumerate(text.value(check, "matrix"))
        for column, entry in enumerate(line)
        if entry != "0"
    }
    node = rf"at \( ?([0-9.]+),-([0-9.]+)\) {{\$({letter}_{{\d\d}})\$}}"
    drawn = re.findall(node, text.figure(figure, labelled=True))
    assert {(int(float(y)), int(float(x))): entry for x, y, entry in drawn} == wanted
    assert not re.findall(node, prose("convolution", "en", "assignment").figure(figure))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_network_of_the_mixture_is_labelled_for_the_solution_only(language: str) -> None:
    text = prose("mixture", language, "assignment")
    full, blank = (text.figure("mixture_network", labelled=labelled) for labelled in (True, False))
    assert full.count(r"\draw[->]") == blank.count(r"\draw[->]") == 13
    for label in ("$x_d$", "$h_K$", r"$\pi_{K}$", r"$\bm{W}$", r"$\bm{w}_k^\top$"):
        assert label in full
        assert label not in blank
    assert blank.count(r"\rule[-.4ex]") == 9
    assert "$K$" not in blank


@pytest.mark.parametrize(("language", "word"), [("en", "layer"), ("fr", "couche")])
def test_the_drawn_receptive_fields_are_those_that_were_measured(language: str, word: str) -> None:
    text = prose("receptive_field", language, "assignment")
    drawn = re.findall(rf"{{(\d) {word}s?~?: \$(\d) \\times (\d)\$}}", text.figure("receptive_field", labelled=True))
    fields = text.value("fields", "fields")
    assert [(int(layers), int(high), int(wide)) for layers, high, wide in drawn] == [
        (layers, field, field) for layers, field in enumerate(fields, start=1)
    ]
    assert word not in text.figure("receptive_field", labelled=False)


def test_the_drawn_corners_are_those_of_the_target_but_for_two_without_relu() -> None:
    text = prose("receptive_field", "en", "assignment")
    blank, full = (text.figure("corner_pixels", labelled=labelled) for labelled in (False, True))
    for drawing, squares, wrong in ((blank, 2 * 4 * 4, 0), (full, 4 * 4 * 4, 2)):
        assert drawing.count("rectangle ++(1,1)") == squares
        assert drawing.count("++(0,-0.6)") == wrong
