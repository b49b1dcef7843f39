"""The class of the documents, used by hand as the exam class is."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from render.assets import read_template
from render.build import CLASS
from render.tex import TexResult, available_engines, compile_tex

ENGINES = {engine.name: engine for engine in available_engines() if engine.confined}
PdfText = Callable[[Path], str]
BODY = r"""
\gradetable[v][questions]
\begin{questions}
\question[5] Plain.
\titledquestion{Titled}
\begin{parts}
\part[2] First.
\begin{solution}Hidden one.\end{solution}
\part[1.5] Second.
\begin{solutionorbox}[2cm]
Hidden two.
\end{solutionorbox}
\begin{marking}
\begin{markscheme}\givemark{1}{a careful drawing}\end{markscheme}
\end{marking}
\end{parts}
\end{questions}
"""


@pytest.fixture(params=ENGINES)
def typeset(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., TexResult]:
    """Compiles a document of the class with one engine of the machine."""

    def run(body: str = BODY, options: str = "", switch: str = "") -> TexResult:
        (tmp_path / CLASS).write_text(read_template(CLASS), encoding="utf-8")
        source = tmp_path / "quiz.tex"
        source.write_text(
            f"\\documentclass[{options}]{{everystep}}\n\\title{{Quiz}}\n{switch}\n"
            f"\\begin{{document}}\n\\maketitle\n{body}\n\\end{{document}}\n",
            encoding="utf-8",
        )
        return compile_tex(source, tmp_path / "quiz.pdf", engine=ENGINES[request.param], aux_dir=tmp_path / "aux")

    return run


@pytest.mark.parametrize(
    ("options", "switch", "answers", "marking"),
    [
        ("", "", False, False),
        ("", r"\printanswers", True, False),
        ("answers", "", True, False),
        ("answers", r"\noprintanswers", False, False),
        ("", r"\printmarking", True, True),
        ("french,marking", "", True, True),
        ("french,marking", r"\noprintmarking", True, False),
    ],
)
def test_the_switches_decide_what_is_printed(
    typeset: Callable[..., TexResult], pdf_text: PdfText, options: str, switch: str, answers: bool, marking: bool
) -> None:
    result = typeset(options=options, switch=switch)
    assert (result.overfull, result.warnings) == ((), ())
    shown = pdf_text(result.pdf)
    assert ("Hiddenone" in shown, "Hiddentwo" in shown) == (answers, answers)
    assert ("acarefuldra" in shown) == marking


def test_points_are_added_up_in_the_headings_and_the_table(
    typeset: Callable[..., TexResult], pdf_text: PdfText
) -> None:
    shown = pdf_text(typeset().pdf)
    assert "Titled3.5" in shown
    assert "Total:8.5" in shown
    assert "Mark" in shown


def test_the_words_are_french_where_the_class_is(typeset: Callable[..., TexResult], pdf_text: PdfText) -> None:
    shown = pdf_text(typeset(options="french").pdf)
    assert "Note" in shown
    assert "Mark" not in shown
    body = BODY.replace("[5]", "[1]").replace(r"\part[1.5]", r"\part[0.5]")
    assert "[0.5point]" in pdf_text(typeset(body, "french").pdf)
    assert "[0.5points]" in pdf_text(typeset(body, "english").pdf)


def test_an_answer_box_needs_no_height(typeset: Callable[..., TexResult], pdf_text: PdfText) -> None:
    assert "Second" in pdf_text(typeset(BODY.replace("[2cm]", "")).pdf)


def test_a_question_begins_where_its_first_part_has_room(typeset: Callable[..., TexResult], pdf_text: PdfText) -> None:
    filler, statement = "\\vspace*{%dmm}\n", "Statement. \\vspace{40mm}\n\n"
    body = (
        "\\begin{questions}\\question One. " + filler + "\\question Two. " + statement + "\\begin{parts}\n"
        "\\answerneeds{4cm}\\part[1] Here.\\begin{solutionorbox}[4cm]\\end{solutionorbox}\\end{parts}\\end{questions}"
    )
    roomy, crowded = (pdf_text(typeset(body % height).pdf) for height in (60, 150))
    assert "Here.1/1" in roomy
    assert crowded.index("1/2") < crowded.index("Two") < crowded.index("Here")


def test_a_short_question_stays_with_its_answer_and_a_list_with_its_line(
    typeset: Callable[..., TexResult], pdf_text: PdfText
) -> None:
    # After 165 mm there is room for all, after 173 mm not for the list, after 177 mm not for the answer's first line.
    body = (
        "\\begin{questions}\\question One. \\begin{parts}\\part[1] First.\\begin{solution}\\vspace*{%dmm}"
        "\\end{solution}\\part[1] Asked\\\\ in three\\\\ lines.\\begin{solution}Answered by this line:\\begin{itemize}"
        "\\item Listed.\\end{itemize}\\end{solution}\\end{parts}\\end{questions}"
    )
    for height, together in ((165, True), (173, False), (177, False)):
        shown = pdf_text(typeset(body % height, switch=r"\printanswers").pdf)
        first = shown[: shown.index("1/")]
        assert [word in first for word in ("Asked", "Answered", "Listed")] == [together] * 3, height


@pytest.mark.skipif(
    shutil.which("kpsewhich") is None or not Path(subprocess.getoutput("kpsewhich exam.cls")).is_file(),
    reason="the exam class is no part of the project, nor of the embedded TeX",
)
def test_the_exam_class_reads_the_same_source(tmp_path: Path, pdf_text: PdfText) -> None:
    body, marking = BODY.split(r"\begin{marking}")[0], BODY.split(r"\end{marking}")[1]
    source = tmp_path / "quiz.tex"
    source.write_text(
        f"\\documentclass[addpoints]{{exam}}\\printanswers\\begin{{document}}{body}{marking}\\end{{document}}", "utf-8"
    )
    engine = next(engine for engine in ENGINES.values() if engine.name != "embedded")
    result = compile_tex(source, tmp_path / "quiz.pdf", engine=engine, aux_dir=tmp_path / "aux")
    shown = pdf_text(result.pdf)
    for words in ("Titled3", "Total:8", "(1.5points)", "Hiddenone", "Hiddentwo"):
        assert words in shown
