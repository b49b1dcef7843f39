"""Documents: their sources, and the PDFs of the embedded TeX read back."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from everystep.algebra.context import Relation
from everystep.algebra.expressions import Int, scalar
from everystep.algebra.shapes import sizes
from everystep.derivation import Assignment, Chain, Link, NumericResult, Part, WrongAnswer, WrongStep, prose, question
from everystep.prove.verdict import Counterexample, GradientEvidence, Status, Trial, Verdict
from render.assets import read_template
from render.build import CLASS
from render.documents import (
    FORMULARY,
    KINDS,
    Evidence,
    TrialsView,
    document_name,
    document_source,
    gradient_views,
    scientific,
    trial_views,
)
from render.strings import Strings, languages
from render.tex import compile_tex, find_engine

PdfText = Callable[[Path], str]
n, d = sizes("n d")


@pytest.fixture
def evidence(assignment: Assignment, prover: object, twin: WrongStep, answer: WrongAnswer) -> dict[str, Evidence]:
    """What the made-up prover finds."""
    example = Counterexample((("n", 1), ("lambda", 2)), (), (("1",),), (("2",),), True)
    trials = tuple(Trial((("n", size), ("d", 2)), size, "rationals") for size in (1, 2, 3))
    verdicts = {
        step.name: Verdict(
            Status(step.expect),
            "normal form",
            rules=("chain rule", "a_b & 50%"),
            conditions=("w nonzero",),
            trials=trials,
        )
        for step in assignment.problems[0].derivation.steps
    }
    return {
        "toy": Evidence(
            verdicts,
            (NumericResult("gradient_against & differences", 2e-9, 1e-6),),
            ((twin, Verdict(Status.REFUTED, counterexample=example)),),
            (answer,),
        )
    }


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", [*KINDS, FORMULARY])
def test_every_document_compiles_without_complaint(
    kind: str,
    language: str,
    assignment: Assignment,
    evidence: dict[str, Evidence],
    tmp_path: Path,
    pdf_text: PdfText,
) -> None:
    name = document_name(assignment, kind, language)
    source = tmp_path / f"{name}.tex"
    source.write_text(document_source(assignment, kind, language, evidence), encoding="utf-8")
    (tmp_path / CLASS).write_text(read_template(CLASS), encoding="utf-8")
    result = compile_tex(source, tmp_path / f"{name}.pdf", engine=find_engine("embedded"), aux_dir=tmp_path / "aux")
    assert result.overfull == ()
    assert result.warnings == ()
    shown = pdf_text(result.pdf)
    title = {"en": "Atoy&more", "fr": "Unjouet&plus"}[language]
    assert title in shown
    words = {
        ("assignment", "en"): "Studentnumber",
        ("assignment", "fr"): "Matricule",
        ("solutions", "en"): "Solution.",
        ("solutions", "fr"): "Solution.",
        ("marking", "en"): "Thesignislost",
        ("marking", "fr"): "Erreursfr",
        ("formulary", "en"): "Formulary",
        ("formulary", "fr"): "Formulaire",
        ("certificate", "en"): "sign-lost",
        ("certificate", "fr"): "sign-lost",
    }
    assert words[kind, language] in shown
    assert ("Computetheslope" in shown) == (language == "en" and kind not in ("certificate", FORMULARY))
    assert ("(1.2)" in shown) == (kind not in ("assignment", FORMULARY))


def test_every_verdict_has_a_mark_that_prints(
    assignment: Assignment, evidence: dict[str, Evidence], tmp_path: Path, pdf_text: PdfText
) -> None:
    steps = [s.name for s in assignment.problems[0].derivation.steps]
    for batch in (list(Status)[:4], list(Status)[3:]):
        verdicts = {name: Verdict(s) for name, s in zip(steps, batch, strict=True)}
        text = document_source(assignment, "solutions", "en", {"toy": Evidence(verdicts)})
        assert all(rf"\verdictmark{{{status}}}" in text for status in batch)
        source = tmp_path / f"marks-{batch[0]}.tex"
        source.write_text(text, encoding="utf-8")
        (tmp_path / CLASS).write_text(read_template(CLASS), encoding="utf-8")
        result = compile_tex(
            source,
            source.with_suffix(".pdf"),
            engine=find_engine("embedded"),
            aux_dir=tmp_path / "aux",
        )
        assert result.warnings == ()
        shown = pdf_text(result.pdf)
        assert ("testedonly" in shown) == (Status.TESTED in batch)


def test_a_mark_is_not_a_colour_alone(templates: dict[str, str]) -> None:
    preamble = read_template(CLASS).partition("% The marks of a check")[0]
    drawings = [
        line.partition(r"\endcsname")[2]
        for line in preamble.replace("\n  ", "").splitlines()
        if line.startswith(r"\expandafter\newcommand\csname mark@")
    ]
    assert len(drawings) == len(Status)
    plain = [d.replace("bad", "").replace("good", "").replace("doubt", "") for d in drawings]
    assert len(set(plain)) == len(plain)


def test_equal_input_gives_equal_text(assignment: Assignment, evidence: dict[str, Evidence]) -> None:
    for kind in KINDS:
        first = document_source(assignment, kind, "fr", evidence)
        assert first == document_source(assignment, kind, "fr", evidence)
        assert not any(mark in first for mark in ("\x02", "\x03", "((", "))(", "*))"))


def test_an_assignment_needs_no_verdicts_and_shows_no_solution(assignment: Assignment) -> None:
    source = document_source(assignment, "assignment", "en", {})
    assert r"\begin{document}" in source
    assert "We find" not in source
    assert "\\part[2]\nCompute the slope." in source
    assert r"\begin{solutionorbox}[3.5cm]" in source
    assert r"\printanswers" not in source


def test_a_blank_figure_at_the_end_takes_the_place_of_the_answer(
    assignment: Assignment, templates: dict[str, str]
) -> None:
    templates["figures/blank.tex.j2"] = r"\begin{tikzpicture}\draw(0,0)--(1,1);\end{tikzpicture}"
    old = templates["problems/toy.en.tex.j2"]
    display = r'\[ ((( m("half") ))) \]'
    assert display in old
    templates["problems/toy.en.tex.j2"] = old.replace(display, '((( figure("blank", labelled=false) )))', 1)
    source = document_source(assignment, "assignment", "en", {})
    assert r"\begin{solutionorbox}[3.5cm]" not in source
    assert r"\begin{center}" in source


def test_a_figure_with_text_behind_it_leaves_room_for_the_answer(
    assignment: Assignment, templates: dict[str, str]
) -> None:
    templates["figures/data.tex.j2"] = r"\begin{tikzpicture}\draw(0,0)--(1,1);\end{tikzpicture}"
    old = templates["problems/toy.en.tex.j2"]
    new = '((( figure("data", labelled=false) )))\n\nCompute the slope.'
    templates["problems/toy.en.tex.j2"] = old.replace("Compute the slope.", new)
    source = document_source(assignment, "assignment", "en", {})
    assert r"\begin{tikzpicture}" in source
    assert r"\begin{solutionorbox}[3.5cm]" in source


def test_a_plain_title_is_made_harmless(assignment: Assignment) -> None:
    odd = replace(assignment, title={"en": "50% & more_", "fr": "x"})
    assert r"50\% \& more\_" in document_source(odd, "assignment", "en", {})


def test_an_unknown_kind_is_refused(assignment: Assignment) -> None:
    with pytest.raises(ValueError, match="one of assignment, solutions, marking, certificate, formulary"):
        document_source(assignment, "poster", "en", {})


def test_measured_numbers_have_the_decimal_mark_of_the_language() -> None:
    assert scientific(2.34e-9, "en") == r"2.3 \cdot 10^{-9}"
    assert scientific(2.34e-9, "fr") == r"2{,}3 \cdot 10^{-9}"
    assert scientific(0.05, "fr") == "0{,}05"
    assert scientific(0, "fr") == "0"


def test_trials_are_put_together() -> None:
    trials = tuple(Trial((("n", size),), size, "rationals") for size in (1, 2, 3, 7))
    (view,) = trial_views(trials, Strings("en"))
    assert view == TrialsView("rationals", "$n = 1$; $2$; $3$; $7$", "1--3, 7")
    pairs = tuple(Trial((("n", size), ("d", 2)), 0, kind) for size, kind in ((1, "balls"), (2, "rationals")))
    (view,) = trial_views(pairs, Strings("fr"))
    assert view == TrialsView("boules, rationnels", "$n{,}d = 1{,}2$; $2{,}2$", "0")


def test_sizes_are_symbols_with_their_subscripts() -> None:
    (view,) = trial_views((Trial((("n_0", 2), ("lambda", -3), ("n'", 1)), 0, "rationals"),), Strings("en"))
    assert view.sizes == r"$n_{0}{,}\lambda{,}n' = 2{,}{-3}{,}1$"


def test_a_gradient_check_that_agrees_is_a_row_of_the_certificate() -> None:
    found = GradientEvidence("agrees", "", "complex step", (("d", 7), ("n", 5)), 4, 1e-15, 1e-14, 7)
    (view,) = gradient_views(found, Strings("fr"))
    assert view == TrialsView("pas complexes", "$d{,}n = 7{,}5$", "4")
    both = replace(found, method="central differences and complex step")
    assert gradient_views(both, Strings("en"))[0].arithmetic == "differences, complex steps"
    assert gradient_views(replace(found, outcome="not conclusive"), Strings("en")) == ()
    assert gradient_views(None, Strings("en")) == ()


def test_of_many_seeds_the_first_and_the_last_are_printed() -> None:
    trials = tuple(Trial((("n", 1),), seed, "rationals") for seed in range(0, 50, 7))
    (view,) = trial_views(trials, Strings("en"))
    assert view.seeds == r"0, \dots, 49"


def test_a_marking_copy_says_what_each_thing_is_worth_and_what_mistakes_cost(
    assignment: Assignment, evidence: dict[str, Evidence]
) -> None:
    source = document_source(assignment, "marking", "fr", evidence)
    assert r"\printmarking" in source
    assert r"\givemark{1,5}{\steplink{toy:gradient.definition}{(1.1)}--\steplink{toy:gradient.result}{(1.2)}}" in source
    assert r"\givemark{0,5}{un croquis clair}" in source
    assert r"\steptag[1,5]{toy:gradient.result}{1.2}{proved}" in source
    assert "La fraction est renversée." in source
    assert source.count(r"\mistake{1}") == 2
    assert "marking" not in document_source(assignment, "solutions", "fr", evidence)


def test_a_mistake_costs_no_more_than_the_thing_in_which_it_is_made(
    assignment: Assignment, evidence: dict[str, Evidence]
) -> None:
    ((twin, verdict),) = evidence["toy"].wrong
    dear = replace(evidence["toy"], wrong=((replace(twin, cost=2), verdict),))
    source = document_source(assignment, "marking", "en", {"toy": dear})
    assert r"\mistake{1.5}" in source
    assert r"\mistake{2}" not in source


def test_a_mistake_in_a_number_shows_the_number_and_the_right_one(
    assignment: Assignment, evidence: dict[str, Evidence]
) -> None:
    source = document_source(assignment, "marking", "fr", evidence)
    assert "{2\\text{ au lieu de }\\tfrac{1}{2}}%\n  {La fraction est renversée.}" in source


def test_a_certificate_counts_lines_and_other_answers(assignment: Assignment, evidence: dict[str, Evidence]) -> None:
    source = document_source(assignment, "certificate", "en", evidence)
    assert r"1. A toy \& more & 4 & 3 & 1 & 1 & 1 \\" in source


def test_mistakes_stand_in_the_order_of_the_steps_and_cost_no_more_than_these_are_worth(
    assignment: Assignment, evidence: dict[str, Evidence], twin: WrongStep
) -> None:
    (found,) = evidence["toy"].wrong
    earlier = (replace(twin, id="earlier", instead_of="gradient.definition", cost=2), found[1])
    both = {"toy": replace(evidence["toy"], wrong=(found, earlier))}
    assert document_source(assignment, "certificate", "en", both).index("earlier") < document_source(
        assignment, "certificate", "en", both
    ).index("sign-lost")
    mistakes = document_source(assignment, "marking", "en", both).partition(r"\mistakestitle")[2]
    assert mistakes.index("{(1.1)}") < mistakes.index("{(1.2)}")
    assert r"\mistake{1.5}" in mistakes
    assert r"\mistake{2}" not in mistakes


def test_numeric_checks_are_those_of_the_parts_asked(assignment: Assignment, evidence: dict[str, Evidence]) -> None:
    measured = tuple(NumericResult(f"error {part}", 0, 1, (part,)) for part in "ab")
    everything = {"toy": replace(evidence["toy"], numeric=measured)}
    one = replace(assignment, questions=(question(assignment.problems[0], {"Z2": 1}),))
    for kind in ("solutions", "certificate"):
        assert "error a" in document_source(assignment, kind, "en", everything)
        assert "error b" in document_source(one, kind, "en", everything)
        assert "error a" not in document_source(one, kind, "en", everything)


def test_other_points_are_spread_in_the_same_proportion(assignment: Assignment, evidence: dict[str, Evidence]) -> None:
    other = replace(assignment, questions=(question(assignment.problems[0], {"Z1": 4}),))
    source = document_source(other, "marking", "en", evidence)
    assert r"\part[4]" in source
    assert r"\givemark{3}{" in source
    assert r"\givemark{1}{a clear sketch}" in source
    assert r"\mistake{2}" in source
    assert "curvature" not in source


def test_every_answer_says_what_kind_of_check_decided_it(assignment: Assignment, evidence: dict[str, Evidence]) -> None:
    for kind in ("solutions", "certificate"):
        source = document_source(assignment, kind, "en", evidence)
        assert "recomputed from the data}{one half: 50\\%}" in source
        assert "not machine-checked}{see A book, 1999}" in source
        assert r"\checked{unchecked}" in source


def test_titles_of_references_keep_their_spacing_in_french(
    assignment: Assignment, evidence: dict[str, Evidence]
) -> None:
    toy = assignment.problems[0]
    words = {"en": "It is so.", "fr": "C'est ainsi."}
    cited = prose("words", words, references=("A book: a title & more, 1999", "B, 2000"))
    changed = replace(toy, checks=(*toy.checks[:1], cited))
    source = document_source(replace(assignment, questions=(question(changed),)), "solutions", "fr", evidence)
    assert r"{voir A book: a title \& more, 1999\,; B, 2000}" in source
    assert "corrigé ; la" not in document_source(assignment, "certificate", "fr", evidence)


def test_a_formulary_holds_the_boxed_results_only(assignment: Assignment, evidence: dict[str, Evidence]) -> None:
    source = document_source(assignment, FORMULARY, "en", evidence)
    assert source.count(r"\resultline{") == 1
    assert "positive semidefinite" not in source
    assert document_name(assignment, FORMULARY, "en") == "formulary-en"


def test_a_formulary_gives_what_a_result_rests_on_and_not_what_another_chain_shows(
    assignment: Assignment, evidence: dict[str, Evidence]
) -> None:
    f, h = scalar("f"), scalar("h")
    short = (Relation(Int(1), "<=", Int(n)), Relation(Int(n), "<=", Int(d)))
    toy = assignment.problems[0]
    gradient, *others = toy.derivation.chains
    steps = tuple(
        Chain(name, start, (Link("<=", end, f"{name}.result"),), given=given)
        for name, start, end, given in (("lower", f, h, short), ("upper", h, f, short[:1]))
    )
    given = (Relation(f, "<=", h), Relation(h, "<", f))
    chains = (replace(gradient, given=given), *others, *steps)
    parts = (*toy.parts, Part("c", 1, ("lower", "upper")))
    changed = replace(toy, derivation=replace(toy.derivation, chains=chains), parts=parts)
    found = evidence["toy"]
    verdicts = {**found.verdicts, **{step.name: Verdict(Status.PROVED) for chain in steps for step in chain.steps}}
    source = document_source(
        replace(assignment, questions=(question(changed),)),
        FORMULARY,
        "en",
        {"toy": replace(found, verdicts=verdicts)},
    )
    assert r"{if $1 \le n \le d$, $h < f$}" in source
