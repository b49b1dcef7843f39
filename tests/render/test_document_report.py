"""The terminal report of documents: a line a step, the evidence below, nothing that steers the terminal."""

import dataclasses

import pytest

from everystep.documents.result import DocumentReport
from everystep.prove.verdict import Status, Verdict
from everystep.reader.source import Place
from render import document_report
from tests.render.hand_made import BROKEN, EVERY, REMARKED, document, step


def texts(*reports: DocumentReport, **options: object) -> list[str]:
    return [line.text for line in document_report.all_lines(reports, **options)]  # type: ignore[arg-type]


def test_every_step_has_one_line_with_place_verdict_and_sides() -> None:
    lines = texts(EVERY)
    for k, status in enumerate(Status):
        (found,) = [line for line in lines if line.startswith(f"  {4 + k}:7")]
        assert f"  {status} " in found
        assert r"\nabla_w L = 2 X^\top (y - Xw)" in found
    assert lines[0] == "hw.tex"
    assert lines[-1] == "  1 proved, 1 refuted, 1 tested, 1 assumed, 1 ill-typed, 1 undefined, 1 unreadable", (
        "one file has no second sum"
    )


def test_a_refuted_step_shows_its_counterexample_its_hint_and_its_message() -> None:
    lines = texts(document(Status.REFUTED))
    assert [line.strip() for line in lines[3:-1]] == [
        "the sides differ",
        "counterexample at n=1, d=2:",
        "X = [1, 2]",
        "w = [-1/2]",
        "[   3]",
        "left side = [11/2]",
        "[   0]",
        "right side = [-11/2]",
        "[    0]",
        "hint: differs by a factor -1",
    ]


def test_unreadable_says_what_and_tested_where() -> None:
    assert any("the symbol Q has no declaration" in line for line in texts(document(Status.UNREADABLE)))
    tested = texts(document(Status.TESTED))
    assert any("  2 samples" in line for line in tested)
    assert any("both sides agree at n=2, d=1; n=1, d=1" in line for line in tested)


def test_what_is_presupposed_is_said() -> None:
    (one,) = document(Status.PROVED).steps
    conditioned = dataclasses.replace(one, verdict=Verdict(Status.PROVED, "normal form", conditions=("u nonzero",)))
    assert "provided that u nonzero" in document_report.step_line(conditioned, "4:7", 3).text


def test_wrong_steps_stand_out() -> None:
    lines = {line.text.split()[1]: line for line in document_report.document_lines(EVERY) if ":7" in line.text}
    for status in Status:
        line = lines[status]
        assert (line.colour == "red" and line.bold) is status.is_wrong
        assert (line.colour == "green") is (status is Status.PROVED)


def test_only_wrong_leaves_out_what_is_right_or_undecided() -> None:
    lines = texts(REMARKED, only_wrong=True)
    for k, status in enumerate(Status):
        shown = any(line.startswith(f"  {4 + k}:7") for line in lines)
        assert shown is (status.is_wrong or status is Status.UNREADABLE)
    assert not any("a table is not read" in line for line in lines)
    assert any("2:1  note: a table is not read" in line for line in texts(REMARKED))


def test_several_files_have_a_sum() -> None:
    lines = texts(document(Status.PROVED, Status.REFUTED), document(Status.PROVED), BROKEN)
    assert lines[-1] == "in all: 3 files, 1 of them could not be read: 2 proved, 1 refuted"
    assert "  cannot be read: not UTF-8: byte 0xff at offset 3" in lines
    assert texts()[-1] == "in all: 0 files: no steps"


def test_a_document_without_steps_says_what_is_checked() -> None:
    assert "only displayed formulas are checked" in texts(DocumentReport("hw.tex"))[-1]


def test_questions_are_headings_and_included_files_are_named() -> None:
    steps = (
        step(Status.PROVED, where="Question 3, part b"),
        step(Status.PROVED, 5, where="Question 3, part b"),
        step(Status.PROVED, 2, file="part.tex", problem=""),
    )
    lines = texts(DocumentReport("hw.tex", steps))
    assert lines.count("  problem 3.3 (Question 3, part b)") == 1
    assert any(line.startswith("  part.tex:2:7") for line in lines)


@pytest.mark.parametrize("width", [60, 110, 200])
def test_long_formulas_are_shortened(width: int) -> None:
    long = step(Status.PROVED, lhs="a + " * 200, rhs="b + " * 200)
    line = document_report.step_line(long, "4:7", 3, width).text
    assert len(line) <= max(width, 90)
    assert line.count("…") == 2
    left_short = step(Status.PROVED, lhs="a", rhs="b + " * 200)
    assert document_report.step_line(left_short, "4:7", 3, width).text.count("…") == 1


def test_nothing_of_the_file_steers_the_terminal() -> None:
    evil = step(Status.UNREADABLE, lhs="\x1b[2J\x07a", rhs="b\u202e\r\nc", file="x\x1b]0;y\x07.tex")
    report = DocumentReport(evil.place.file, (dataclasses.replace(evil, hint="\x9b31m"),))
    whole = "\n".join(texts(report)) + document_report.explanation(evil)
    assert not any(c in whole for c in "\x1b\x07\x9b\u202e\r")


def test_an_explanation_shows_what_was_read_and_the_evidence() -> None:
    text = document_report.explanation(step(Status.REFUTED, where="Question 3"))
    assert text.startswith("hw.tex:4:7: problem 3.3 (Question 3), step 0\n")
    for line in (
        r"  \nabla_w L = 2 X^\top (y - Xw)",
        "  left side: ∇_w L, d x 1",
        "  given: nothing",
        "Verdict: refuted",
        "  hint: differs by a factor -1",
        "  counterexample at n=1, d=2:",
        "    X = [1, 2]",
    ):
        assert line in text.splitlines()
    proved = document_report.explanation(step(Status.PROVED))
    assert "  rules: chain rule" in proved.splitlines()
    assert "    n=2, d=1  (seed 3, rationals)" in proved.splitlines()


def test_a_place_without_a_file_is_in_the_document() -> None:
    assert document_report.place_text(Place("", 3, 4), "hw.tex") == "3:4"
