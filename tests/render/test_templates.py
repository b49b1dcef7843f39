"""Prose with the mathematics of a derivation put in, and the sentences when it does not fit."""

import pytest

from everystep.algebra.expressions import Expression, scalar, vector
from everystep.algebra.shapes import size
from everystep.derivation import Chain, Problem, chain, question
from everystep.prove.verdict import Status, Verdict
from render.display import LINE, display
from render.measure import width
from render.notation import notation
from render.templates import Prose, TemplateError, _overall, render


def _prose(problem: Problem, language: str = "en", *, marks: bool = True) -> Prose:
    verdicts = {step.name: Verdict(Status(step.expect)) for step in problem.derivation.steps}
    return Prose(problem, language, "solutions" if marks else "assignment", 1, verdicts if marks else None)


def test_a_chain_is_one_aligned_display_with_a_number_and_a_mark_a_line(problem: Problem) -> None:
    assert _prose(problem).chain("gradient") == "\n".join(
        [
            r"\begin{align}",
            (
                r"  \nabla_{\bm{w}}f &= \nabla_{\bm{w}}\lVert\bm{y} - \bm{X}\bm{w}\rVert^{2} "
                r"\steptag{toy:gradient.definition}{1.1}{proved} \\*"
            ),
            (
                r"  &= \stepresult{-2\bm{X}^{\top}(\bm{y} - \bm{X}\bm{w})} "
                r"\steptag{toy:gradient.result}{1.2}{proved}"
            ),
            r"\end{align}",
        ]
    )


def test_a_chain_without_marks_has_no_numbers(problem: Problem) -> None:
    shown = _prose(problem, marks=False).chain("gradient")
    assert "steptag" not in shown
    assert shown.count(r"\notag") == 2


def test_a_predicate_is_printed_in_words(problem: Problem) -> None:
    assert r"\bm{A} \ \text{is positive semidefinite}" in _prose(problem).chain("curvature")
    assert r"\text{est semi-définie positive}" in _prose(problem, "fr").chain("curvature")


def test_a_claim_joins_the_ends_of_a_chain(problem: Problem) -> None:
    prose = _prose(problem)
    assert prose.claim("gradient") == r"\nabla_{\bm{w}}f = -2\bm{X}^{\top}(\bm{y} - \bm{X}\bm{w})"
    assert prose.claim("gradient.definition").startswith(r"\nabla_{\bm{w}}f = \nabla")


def test_mathematics_is_built_up_in_displays_and_slashed_in_lines(problem: Problem) -> None:
    prose = _prose(problem)
    assert "half of it $f/2$" in prose.statement()
    assert r"\[ \frac{f}{2} \]" in prose.question("a")


def test_a_reference_is_the_number_of_the_step(problem: Problem) -> None:
    assert r"\steplink{toy:gradient.result}{(1.2)}" in _prose(problem).solution("a")


def test_french_prose_gets_french_spaces(problem: Problem) -> None:
    assert _prose(problem, "fr").question("a") == (r"Que vaut le gradient\,? Et «~la pente~»\,; merci\,!")


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            'chain("slope")',
            ("names the chain 'slope', which the derivation toy does not have; one of gradient, curvature, normal"),
        ),
        (
            'ref("gradient.3")',
            (
                "names the step 'gradient.3', which the derivation toy does not have; "
                "one of gradient.definition, gradient.result, curvature, normal.undefined"
            ),
        ),
        (
            'm("Z")',
            ("names the notation 'Z', which the derivation toy does not have; one of X, y, f, f_body, half"),
        ),
        ('claim("slope")', "names the chain or step 'slope'"),
        ('value("third", "x")', "no check 'third' in toy (variant ''); one of half, words"),
        ('value("half", "x")', "the check half has no value 'x'; one of value"),
        ('figure("nonsense")', "no template templates/figures/nonsense.tex.j2"),
        ("nonsense", "'nonsense' is undefined"),
        ('chain("a", "b")', "chain() takes"),
    ],
)
def test_what_does_not_exist_is_named_with_the_valid_choices(
    problem: Problem, templates: dict[str, str], call: str, sentence: str
) -> None:
    templates["problems/toy.en.tex.j2"] = f"((* macro question_a() *))((( {call} )))((* endmacro *))"
    with pytest.raises(TemplateError) as caught:
        _prose(problem).question("a")
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_reference_where_no_step_is_printed_is_an_error(problem: Problem) -> None:
    with pytest.raises(TemplateError, match="does not print the steps"):
        _prose(problem, marks=False).ref("gradient.result")


def test_a_reference_to_a_part_that_is_not_asked_is_an_error(problem: Problem) -> None:
    verdicts = {step.name: Verdict(Status(step.expect)) for step in problem.derivation.steps}
    prose = Prose(question(problem, {"b": 1}), "en", "solutions", 1, verdicts)
    assert prose.ref("curvature") == r"\steplink{toy:curvature}{(1.1)}"
    with pytest.raises(TemplateError, match="belongs to the part a; that part is not asked here"):
        prose.ref("gradient.result")


def test_a_value_of_a_check_is_found_by_name_and_key(problem: Problem) -> None:
    assert r"$\tfrac{1}{2}$" in _prose(problem).solution("a")


def test_a_missing_macro_is_named(problem: Problem, templates: dict[str, str]) -> None:
    templates["problems/toy.en.tex.j2"] = "((* macro statement() *))x((* endmacro *))"
    with pytest.raises(TemplateError, match=r"does not define the macro question_a\(\)"):
        _prose(problem).question("a")


def test_a_missing_template_is_named(problem: Problem, templates: dict[str, str]) -> None:
    other = Problem("other", problem.derivation, problem.parts, problem.title)
    with pytest.raises(TemplateError, match=r"no template templates/problems/other\.en\.tex\.j2"):
        _prose(other)


def test_a_syntax_error_has_its_line(problem: Problem, templates: dict[str, str]) -> None:
    templates["problems/toy.en.tex.j2"] = "one\n((* if *))\n"
    with pytest.raises(TemplateError, match=r"problems/toy\.en\.tex\.j2, line 2"):
        _prose(problem)


def test_a_step_that_is_not_printed_is_an_error(problem: Problem) -> None:
    prose = _prose(problem)
    prose.solution("a")
    with pytest.raises(TemplateError) as caught:
        prose.check_complete()
    assert str(caught.value) == (
        "templates/problems/toy.en.tex.j2 does not print the steps curvature, normal.undefined; "
        "call chain(...) with curvature, normal"
    )
    prose.solution("b")
    prose.check_complete()


def test_a_layout_with_an_undefined_value_is_an_error(templates: dict[str, str]) -> None:
    templates["bad.tex.j2"] = "((( doc.nothing )))"
    with pytest.raises(TemplateError, match=r"templates/bad\.tex\.j2"):
        render("bad.tex.j2", {"doc": object()})


def _long_sum(terms: int) -> Expression:
    u, v = vector("u", size("n")), vector("v", size("n"))
    result: Expression = u.T * v
    for _ in range(terms):
        result = result + scalar("alpha") * u.T * v
    return result


def _shown(chain: Chain) -> list[str]:
    lines = display(chain, lambda name: rf" \tag{{{name}}}", lambda p: p.kind).splitlines()
    return lines[1:-1]


def test_a_long_right_side_breaks_before_a_sign_and_is_numbered_once() -> None:
    long = _long_sum(20)
    assert width(notation(long)) > LINE
    lines = _shown(chain("c", scalar("a"), ("=", long)))
    assert len(lines) > 1
    assert all(line.lstrip().startswith(r"&\qquad +") for line in lines[1:])
    assert [r"\tag" in line for line in lines] == [False] * (len(lines) - 1) + [True]
    assert sum(line.count(r"\alpha") for line in lines) == 20


def test_a_long_left_side_has_a_line_of_its_own() -> None:
    lines = _shown(chain("c", _long_sum(9), ("=", _long_sum(8)), ("<=", scalar("a"))))
    assert lines[0].lstrip().startswith("&")
    assert r"\notag" in lines[0]
    below = next(line for line in lines if "=" in line)
    assert below.lstrip().startswith(r"&\quad=")
    assert r"\le a" in lines[-1]


def test_no_page_breaks_after_the_first_or_before_the_last_line() -> None:
    steps = [("=", scalar(f"b_{i}")) for i in range(4)]
    ends = [line.rstrip()[-3:] for line in _shown(chain("c", scalar("a"), *steps))]
    assert ends[0] == "\\\\*"
    assert ends[2] == "\\\\*"
    assert ends[1] != "\\\\*"


def test_mixed_relations_join_to_the_strict_one(problem: Problem) -> None:
    a, b, c = scalar("a"), scalar("b"), scalar("c")
    assert _overall(chain("x", a, ("=", b), ("<=", c))) == "<="
    assert _overall(chain("x", a, ("<", b), ("<=", c))) == "<"
    assert _overall(chain("x", a, (">=", b), ("=", c))) == ">="
    with pytest.raises(TemplateError, match="no one relation"):
        _overall(chain("x", a, (">=", b), ("<=", c)))
