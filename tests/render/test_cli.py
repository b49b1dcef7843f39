"""The command line: exit statuses, sentences, and files that a failure leaves alone."""

import json
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import derivations
from everystep.derivation import Assignment, Check, Outcome, WrongAnswer, question
from everystep.prove.verdict import Status, Verdict
from render.cli import main

WEEK = Assignment("week1", (), {"en": "Week", "fr": "Semaine"}, {}, {})


def run(*arguments: object) -> Result:
    """The result of a command; an exception that is no exit is a failure."""
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_list(course: object) -> None:
    result = run("list")
    assert result.exit_code == 0
    assert "toy" in result.output
    assert "week1" in result.output


def test_check_prints_every_step_and_the_sum(course: object) -> None:
    result = run("check", "toy")
    assert result.exit_code == 0
    for name in ("gradient.definition", "gradient.result", "curvature", "normal.undefined"):
        assert name in result.output
    assert "undefined  as expected" in result.output
    assert "3 proved, 1 undefined; checks: 1 confirmed, 1 unchecked" in result.output
    assert "half                 confirmed  numeric: one half: 50%" in result.output
    assert "numeric: gradient" not in result.output


def test_check_can_run_the_numeric_checks(course: object) -> None:
    result = run("check", "--numeric")
    assert "numeric: gradient against differences: 2e-09 <= 1e-06  passed" in result.output


def test_quiet_prints_the_sum_only(course: object) -> None:
    assert run("check", "--quiet").output == "toy\n  3 proved, 1 undefined; checks: 1 confirmed, 1 unchecked\n"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (Status.REFUTED, 1),
        (Status.ILL_TYPED, 1),
        (Status.UNDEFINED, 1),
        (Status.UNREADABLE, 2),
        (Status.TESTED, 0),
        (Status.ASSUMED, 0),
    ],
)
def test_the_exit_status_of_a_check(course: object, status: Status, code: int) -> None:
    course.verdicts["gradient.result"] = Verdict(status, message="because")  # type: ignore[attr-defined]
    result = run("check", "toy")
    assert result.exit_code == code
    assert f"{status} (expected: proved)" in result.output


def test_a_warning_that_gets_another_verdict_fails(course: object) -> None:
    for status in (Status.PROVED, Status.TESTED):
        course.verdicts["normal.undefined"] = Verdict(status)  # type: ignore[attr-defined]
        assert run("check", "toy").exit_code == 1


def test_tested_is_never_green(course: object) -> None:
    course.verdicts["gradient.result"] = Verdict(Status.TESTED)  # type: ignore[attr-defined]
    coloured = CliRunner().invoke(main, ["check", "toy"], color=True).output
    (line,) = [x for x in coloured.splitlines() if "gradient.result" in x]
    assert "\x1b[32m" not in line
    assert "\x1b[32m" in coloured


def test_check_json(course: object) -> None:
    report = json.loads(run("check", "toy", "--json").output)
    assert report["summary"]["proved"] == 3
    assert set(report["summary"]) == {str(s) for s in Status}
    first = report["steps"][1]
    assert first["derivation"] == "toy"
    assert first["step"] == "gradient.result"
    assert first["relation"] == "="
    assert first["lhs"] == r"\nabla_{\bm{w}}\lVert\bm{y} - \bm{X}\bm{w}\rVert^{2}"
    assert first["sizes"] == {"n": 2, "d": 3}
    assert first["counterexample"] is None
    assert first["gradient"] is None  # the verdicts are made by hand here
    assert report["steps"][2]["relation"] == "is positive semidefinite"


def test_check_wrong(course: object) -> None:
    result = run("check", "--wrong")
    assert result.exit_code == 0
    assert "refuted    for gradient.result; the sides differ; at n=1, d=2" in result.output
    assert "at n=1, d=2" in result.output
    (step,) = json.loads(run("check", "--wrong", "--json").output)["steps"]
    assert step["instead_of"] == "gradient.result"
    assert step["counterexample"]["symbols"]["X"] == [["1", "2"]]


def test_a_mistake_that_is_not_found_fails(course: object) -> None:
    for status in (Status.PROVED, Status.TESTED, Status.UNDEFINED):
        course.verdicts["sign-lost"] = Verdict(status)  # type: ignore[attr-defined]
        assert run("check", "--wrong").exit_code == 1


def test_explain_a_proved_step(course: object) -> None:
    result = run("explain", "toy", "gradient.result")
    assert result.exit_code == 0
    for line in (
        "∇_w ‖y - X w‖² = -2 Xᵀ (y - X w)",
        "left side: d x 1",
        "X: n x d",
        "n < d",
        "Verdict: proved",
        "rules: chain rule",
        "provided that: w nonzero",
        "n=1, d=2  (seed 0, rationals)",
    ):
        assert line in result.output


def test_explain_a_mistake_so_that_a_person_can_redo_it(course: object) -> None:
    result = run("explain", "toy", "sign-lost")
    assert result.exit_code == 0
    for line in (
        "in the place of the step gradient.result",
        "f := ‖y - X w‖²",
        "counterexample at n=1, d=2",
        "X = [1, 2]",
        "y = -1/2",
        "smallest sizes",
    ):
        assert line in result.output
    assert "left side = [1]\n                [2]" in result.output


def test_explain_shows_the_right_line_beside_a_mistake_and_says_why(course: object) -> None:
    result = run("explain", "toy:sign-lost")
    assert result.exit_code == 0
    assert result.output == run("explain", "toy", "sign-lost").output
    for part in (
        "Claim\n  ∇_w f = 2 Xᵀ (y - X w)",
        "Right line\n  ∇_w ‖y - X w‖² = -2 Xᵀ (y - X w)",
        "Why it is wrong\n  The sign is lost: why?",
        "right side = [-1]",
    ):
        assert part in result.output


BAD_USE = [
    (("check", "nonsense"), "no derivation 'nonsense'; one of toy"),
    (("explain", "nonsense", "x"), "no derivation 'nonsense'; one of toy"),
    (("explain", "toy", "x"), "no step 'x' in toy; one of gradient.definition"),
    (("explain", "toy", "x"), "or a known mistake: sign-lost"),
    (("explain", "toy:x"), "no step 'x' in toy; one of gradient.definition"),
    (("explain", "toy"), "no step of toy is named; one of gradient.definition"),
    (("explain",), "Missing argument 'ID'."),
    (("check", "--budget", "0"), "Invalid value for '--budget'"),
    (("check", "--nonsense"), "No such option"),
    (("nonsense",), "No such command 'nonsense'."),
    (("build", "toy"), "no assignment 'toy'; one of week1"),
    (("build", "--lang", "de"), "no language 'de'; one of en, fr"),
    (("build", "--kind", "poster"), "no document of the kind 'poster'; one of assignment"),
    (("build", "--engine", "word"), "unknown TeX engine 'word'"),
]


@pytest.mark.parametrize(("arguments", "sentence"), BAD_USE)
def test_bad_use_gets_one_sentence(course: object, arguments: tuple[str, ...], sentence: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_an_unknown_command_or_option_exits_with_2() -> None:
    assert run("nonsense").exit_code == 2
    assert run("check", "--nonsense").exit_code == 2
    assert run("check", "--budget", "0").exit_code == 2


def test_doctor(course: object) -> None:
    result = run("doctor")
    assert result.exit_code == 0
    assert "templates" in result.output
    assert "TeX" in result.output


def build(out: Path, *more: object) -> Result:
    """A build of the English solutions with the embedded TeX."""
    fixed = ("--lang", "en", "--kind", "solutions", "--engine", "embedded")
    return run("build", "week1", "--out", out, *fixed, *more)


def test_build_writes_the_document_and_a_second_build_runs_no_tex(course: object, tmp_path: Path) -> None:
    first = build(tmp_path)
    assert first.exit_code == 0, first.output
    names = sorted(p.name for p in tmp_path.iterdir())
    assert names == [".aux", "everystep.cls", "week1-solutions-en.pdf", "week1-solutions-en.tex"]
    assert [p.name for p in (tmp_path / ".aux").iterdir()] == ["week1-solutions-en"]
    assert "1 of 1 documents typeset" in first.output
    assert "3 proved, 1 undefined" in first.output
    assert "warning" not in first.output
    before = {p: p.stat().st_mtime_ns for p in tmp_path.glob("week1*")}
    second = build(tmp_path)
    assert second.exit_code == 0
    assert "no TeX run" in second.output
    assert {p: p.stat().st_mtime_ns for p in tmp_path.glob("week1*")} == before


def test_build_makes_all_kinds_and_languages(course: object, tmp_path: Path) -> None:
    assert run("build", "--out", tmp_path, "--engine", "embedded").exit_code == 0
    assert len(list(tmp_path.glob("week1-*.pdf"))) == 8
    assert len(list(tmp_path.glob("formulary-*.pdf"))) == 2


def test_build_of_one_assignment_writes_no_formulary(course: object, tmp_path: Path) -> None:
    assert run("build", "week1", "--out", tmp_path, "--lang", "fr", "--engine", "embedded").exit_code == 0
    assert not list(tmp_path.glob("formulary-*"))


def test_a_check_that_fails_fails_the_check_and_the_build(
    course: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    problem = derivations.problem("toy")
    wrong = Check("half", "numeric", lambda: Outcome(False, {"en": "1/2 is not 1/3"}, {"value": Fraction(1, 2)}))
    failing = replace(problem, checks=(wrong, *problem.checks[1:]))
    monkeypatch.setattr(derivations, "problem", lambda name: failing)
    monkeypatch.setattr(derivations, "problems", lambda: {"toy": failing})
    monkeypatch.setattr(derivations, "assignments", lambda: {"week1": replace(WEEK, questions=(question(failing),))})
    result = run("check", "toy", "--quiet")
    assert result.exit_code == 1
    assert "half                 failed     numeric: 1/2 is not 1/3" in result.output
    result = build(tmp_path)
    assert result.exit_code == 1
    assert "failed     numeric: 1/2 is not 1/3" in result.output


def test_a_mistake_that_gives_the_right_value_fails(course: object, monkeypatch: pytest.MonkeyPatch) -> None:
    blind = WrongAnswer("no-mistake", "half", {"en": "x", "fr": "x"}, "value", lambda: Fraction(1, 2))
    monkeypatch.setattr(derivations, "wrong_answers", lambda name=None: (("toy", blind),))
    result = run("check", "--wrong")
    assert result.exit_code == 1
    assert "no-mistake  NOT FOUND" in result.output


def test_build_with_a_refuted_step_says_so(course: object, tmp_path: Path) -> None:
    course.verdicts["gradient.result"] = Verdict(Status.REFUTED)  # type: ignore[attr-defined]
    result = build(tmp_path)
    assert result.exit_code == 1
    assert "gradient.result" in result.output


FAULTS = [
    ("We find", r"We find \nonsense", "Undefined control sequence"),
    ('chain("gradient")', 'chain("slope")', "names the chain 'slope'"),
    ('((( chain("normal") )))', "", "does not print the step normal.undefined"),
]


@pytest.mark.parametrize(("good", "bad", "sentence"), FAULTS)
def test_a_failed_build_leaves_the_earlier_files(
    course: object, templates: dict[str, str], tmp_path: Path, good: str, bad: str, sentence: str
) -> None:
    import render.templates

    assert build(tmp_path).exit_code == 0
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in tmp_path.glob("week1*")}
    prose = templates["problems/toy.en.tex.j2"]
    templates["problems/toy.en.tex.j2"] = prose.replace(good, bad)
    render.templates.environment.cache_clear()
    result = build(tmp_path)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
    after = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in tmp_path.glob("week1*")}
    assert after == before
    templates["problems/toy.en.tex.j2"] = prose
    render.templates.environment.cache_clear()
    again = build(tmp_path)
    assert again.exit_code == 0
    assert "no TeX run" in again.output


def test_a_folder_that_cannot_be_written_gets_a_sentence(course: object, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x")
    result = build(blocked)
    assert result.exit_code == 2
    assert f"cannot write in {blocked}" in result.stderr
    assert blocked.read_text() == "x"


def test_check_starts_without_what_only_other_commands_need() -> None:
    code = (
        "import sys, render.cli, render.report\n"
        "heavy = {'jinja2', 'rich', 'numpy', 'render.tex', 'render.templates'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
