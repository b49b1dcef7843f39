"""Lines with ``%!``: none is passed over in silence."""

import pytest

from everystep.documents.check import check_text

DECLARED = "%! X \\in \\mathbb{R}^{n \\times n}\n"


@pytest.mark.parametrize(
    "line", ["skp", "assme", "problm 3", "X", "W, V", "lambda", "X symmetric", "3", "layout gradient"]
)
def test_a_line_that_declares_nothing_is_said(line: str) -> None:
    report = check_text(f"{DECLARED}%! {line}\n\\[ X^\\top = X, \\quad X + X = 2 X \\]")
    (remark,) = report.remarks
    assert "declares nothing" in remark.message
    assert (remark.place.line, remark.place.column) == (2, 4)
    assert [str(step.status) for step in report.steps] == ["unreadable", "proved"], "no mistake is claimed on a guess"


@pytest.mark.parametrize("line", ["", " ", ";", "X \\text{ symmetric}", "problem 3", "skip", "layout: gradient"])
def test_an_empty_line_and_one_that_is_understood_are_not(line: str) -> None:
    assert check_text(f"{DECLARED}%! {line}\n\\[ X = X \\]").remarks == ()
