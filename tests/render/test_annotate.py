"""The annotated document: where the notes go, what they say, that TeX sets it, and that the original stays."""

import re
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner, Result

from everystep.documents.result import DocumentReport
from everystep.prove.verdict import Status, Verdict
from render import annotate, stand_ins
from render.annotate import AnnotateError
from render.cli import main
from render.display_places import markdown_displays, tex_displays
from render.margin_notes import PREAMBLE, note_items, note_text, tex_text
from render.tex import find_engine
from tests.render import hand_made
from tests.render.hand_made import document, step

DOCUMENT = r"""\documentclass{article}
\usepackage{amsmath,amssymb}
\newcommand{\be}{\begin{equation}}
\newcommand{\ee}{\end{equation}}
\begin{document}
Let $X \in \mathbb{R}^{n \times d}$. Then
\begin{align*}
 a &= proved \\ % \end{align*} in a comment
 b &= refuted \\[2pt]
 c &= proved
\end{align*}
and \[ d = tested \] in a line.

Own macros: \be e = ill-typed \ee and on.

\fbox{\begin{minipage}{5cm} Boxed: $$ f = undefined $$ \end{minipage}}
\begin{itemize}
\item A list:
\begin{equation} \begin{split} g &= unreadable \end{split} \end{equation}
\end{itemize}
A footnote.\footnote{It has $$ h = proved $$ in it.}
\begin{verbatim}
\[ v \]
\end{verbatim}
\end{document}
"""


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    module = ModuleType("render.reading")
    module.check_file = hand_made.check_file  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "render.reading", module)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hw.tex").write_text(DOCUMENT)
    return tmp_path


# ---------------------------------------------------------------------------- places


def test_displays_of_tex_are_the_outermost_ones() -> None:
    start = DOCUMENT.index(r"\begin{document}")
    found = [(DOCUMENT[s.start : s.end], s.boxed) for s in tex_displays(DOCUMENT, start)]
    assert [text[:12] for text, _ in found] == [
        *(r"\begin{align", r"\[ d = teste", "$$ f = undef", r"\begin{equat", "$$ h = prove"),
    ]
    assert [boxed for _, boxed in found] == [False, False, True, False, True]
    assert found[0][0].endswith("c &= proved\n\\end{align*}")


@pytest.mark.parametrize(
    "text",
    [r"\[ a", r"\begin{align} \[ \end{equation}", "$$", r"\end{a}\end{document}", "}}{{", r"\begin{verbatim} \[ a \]"],
)
def test_broken_sources_hold_no_display(text: str) -> None:
    assert list(tex_displays(text)) == []


def test_displays_of_markdown() -> None:
    text = (
        "`$$a$$` and $$ b $$ costs \\$$\n\n```math\nc\n```\n\n```python\n$$ d $$\n```\n\n\\[ e \\]\n<!--! $$ f $$ -->\n"
    )
    assert [text[s.start : s.end] for s in markdown_displays(text)] == ["$$ b $$", "```math\nc\n```", r"\[ e \]"]


def test_notes_change_no_line_of_the_body(folder: Path) -> None:
    report = hand_made.check_file(folder / "hw.tex")
    (text,) = annotate.annotated(report, Path("hw.tex")).values()
    assert PREAMBLE in text
    group = r"\{[^{}]*\}"
    for _ in range(5):  # so deep are braces nested in a note
        group = rf"\{{(?:[^{{}}]|{group})*\}}"
    notes = re.compile(rf"\\everystepnote(\[pinned\])?{group}")
    assert notes.sub("", text.replace("%" + PREAMBLE, "")) == DOCUMENT
    before = [text[m.end() : m.end() + 10] for m in notes.finditer(text)]
    assert before == [r"\begin{ali", r"\[ d = tes", r"Own macros", "$$ f = und", r"\begin{equ", "$$ h = pro"]
    assert [m[1] for m in notes.finditer(text)] == [None, None, *["[pinned]"] * 2, None, "[pinned]"]


# ---------------------------------------------------------------------------- words


def test_a_note_puts_equal_neighbours_together() -> None:
    statuses = (Status.PROVED, Status.PROVED, Status.REFUTED, Status.TESTED, Status.UNREADABLE, Status.PROVED)
    items = note_items(document(*statuses).steps)
    assert [(item.mark, item.number) for item in items] == [
        *(("ok", "1–2"), ("no", "3"), ("open", "4"), ("unread", "5"), ("ok", "6")),
    ]
    assert items[0].text == "proved"
    (alone,) = note_items(document(Status.REFUTED).steps)
    assert alone.number == ""


def test_what_a_note_says() -> None:
    assert note_text(step(Status.REFUTED)) == (
        "refuted: differs by a factor -1 (at n=1, d=2: [11/2, 0]ᵀ against [-11/2, 0]ᵀ)"
    )
    assert note_text(step(Status.TESTED)) == "tested on 2 samples, not proved"
    assert note_text(step(Status.UNREADABLE)) == "unreadable: the symbol Q has no declaration"
    long = document(Status.UNDEFINED).steps[0]
    object.__setattr__(long, "verdict", Verdict(Status.UNDEFINED, message="word " * 100))
    assert len(note_text(long)) < 220


def test_every_letter_becomes_harmless_tex() -> None:
    assert tex_text("50% of $x_i^2$ & #1 {a} \\b ~") == (
        r"50\% of \$x\_i\textasciicircum{}2\$ \& \#1 \{a\} \textbackslash{}b \textasciitilde{}"
    )
    assert tex_text("∇ Aᵀ λ Σ x² é ç \x1b ☃ 中") == (
        r"\ensuremath{\nabla} A\ensuremath{^{\mathrm{T}}} \ensuremath{\lambda} \ensuremath{\Sigma}"
        r" x\ensuremath{^{2}} \'{e} \c{c}   ? ?"
    )


# ---------------------------------------------------------------------------- the command


def test_annotate_tex(folder: Path) -> None:
    result = run("annotate", "hw.tex", "-o", "out.tex")
    assert result.exit_code == 1
    assert result.output.splitlines()[0] == "out.tex: written"
    assert (folder / "hw.tex").read_text() == DOCUMENT
    assert r"\everystepnote" in (folder / "out.tex").read_text()
    first = (folder / "out.tex").read_bytes()
    run("annotate", "hw.tex", "-o", "out.tex")
    assert (folder / "out.tex").read_bytes() == first


def test_line_ends_of_windows_stay(folder: Path) -> None:
    (folder / "dos.tex").write_bytes(DOCUMENT.replace("\n", "\r\n").encode())
    run("annotate", "dos.tex", "-o", "out.tex")
    body = (folder / "out.tex").read_bytes().partition(rb"\makeatother")[2]
    assert b"\\everystepnote{" in body
    assert body.count(b"\r\n") == body.count(b"\n") - 1


def test_annotate_markdown(folder: Path) -> None:
    (folder / "hw.md").write_text(
        "# Title\n\n$$\na = proved\n$$\ntext $$ b = refuted $$ more\nwords\n\n- item\n\n  $$ c = tested $$\n"
    )
    assert run("annotate", "hw.md", "-o", "out.md").exit_code == 1
    assert (folder / "out.md").read_text() == (
        "# Title\n\n$$\na = proved\n$$\n\n> ✓ proved\n\ntext $$ b = refuted $$ more\nwords\n\n"
        r"> ✗ **refuted: differs by a factor -1 (at n=1, d=2: \[11/2, 0\]ᵀ against \[-11/2, 0\]ᵀ)**"
        "\n\n- item\n\n  $$ c = tested $$\n\n  > ≈ tested on 2 samples, not proved\n"
    )


@pytest.mark.parametrize(
    ("source", "output", "sentence"),
    [
        ("hw.tex", "hw.tex", "hw.tex is the document itself, which stays as it is; name another output"),
        ("hw.tex", "out.md", "out.md must end in .tex or .pdf"),
        ("hw.md", "out.pdf", "notes on a Markdown file are written as Markdown: out.pdf must end in .md"),
        ("absent.tex", "out.tex", "no such file: absent.tex"),
        ("part.tex", "out.tex", r"part.tex has no \begin{document}: annotate the document that includes it"),
        ("hw.tex", "there/out.tex", "there is no folder "),
        ("bytes.tex", "out.tex", "bytes.tex cannot be read: "),
    ],
)
def test_what_cannot_be_annotated_is_one_sentence(folder: Path, source: str, output: str, sentence: str) -> None:
    (folder / "hw.md").write_text("$$ a = proved $$")
    (folder / "part.tex").write_text(r"\[ a = proved \]")
    (folder / "bytes.tex").write_bytes(b"\\[ \xff \\]")
    result = run("annotate", source, "-o", output)
    assert result.exit_code == 2
    assert result.output.startswith(f"everystep: {sentence}")
    assert result.output.count("\n") == 1
    assert (folder / "hw.tex").read_text() == DOCUMENT


def test_included_files_get_their_notes(folder: Path) -> None:
    (folder / "parts").mkdir()
    (folder / "parts" / "one.tex").write_text(r"\[ a = proved \]")
    (folder / "main.tex").write_text(
        "\\documentclass{article}\n\\begin{document}\n\\input{parts/one}\n\\end{document}\n"
    )
    report = DocumentReport("main.tex", (step(Status.PROVED, 1, 8, file="parts/one.tex"),))
    sentences = annotate.write(report, Path("main.tex"), Path("out.tex"), None)
    assert sentences == ["out.tex: written", "out-one.tex: written"]
    assert r"\input{out-one}" in (folder / "out.tex").read_text()
    assert (folder / "out-one.tex").read_text().startswith(r"\everystepnote{\everystepitem{ok}{}{proved}}\[ a")
    annotate.write(report, Path("main.tex"), Path("out.pdf"), find_engine("embedded"))
    assert (folder / "out.pdf").read_bytes().startswith(b"%PDF-")
    assert (folder / "parts" / "one.tex").read_text() == r"\[ a = proved \]"


def test_what_a_document_may_not_include_is_not_annotated(folder: Path) -> None:
    outside = folder.parent / "outside.tex"
    outside.write_text("a")
    report = DocumentReport("hw.tex", (step(Status.PROVED, 1, 1, file=str(outside)),))
    with pytest.raises(AnnotateError, match="outside of the document's folder"):
        annotate.write(report, Path("hw.tex"), Path("out.pdf"), find_engine("embedded"))
    outside.unlink()


# ---------------------------------------------------------------------------- TeX


def test_annotate_pdf_with_the_embedded_tex(folder: Path, pdf_text: Callable[[Path], str]) -> None:
    result = run("annotate", "hw.tex", "-o", "out.pdf", "--engine", "embedded")
    assert result.exit_code == 1, result.output
    lines = result.output.splitlines()
    assert lines[0] == "out.pdf: written"
    assert "substitutes were used" in lines[1]
    assert lines[-1] == "hw.tex: 3 proved, 1 refuted, 1 tested, 1 ill-typed, 1 undefined, 1 unreadable"
    text = pdf_text(folder / "out.pdf").replace(" ", "")
    for words in ("refuted:di", "ill-typed", "thesymbolQhasnodeclaration", "notproved", "proved"):
        assert words in text
    assert sorted(p.name for p in folder.iterdir()) == ["hw.tex", "out.pdf"]
    assert (folder / "hw.tex").read_text() == DOCUMENT
    first = (folder / "out.pdf").read_bytes()
    run("annotate", "hw.tex", "-o", "out.pdf", "--engine", "embedded")
    assert (folder / "out.pdf").read_bytes() == first


@pytest.mark.parametrize("name", sorted(stand_ins.STAND_INS))
def test_every_substitute_can_be_loaded(folder: Path, name: str) -> None:
    stem, _, kind = name.rpartition(".")
    head = rf"\documentclass{{{stem}}}" if kind == "cls" else rf"\documentclass{{article}}\usepackage{{{stem}}}"
    uses = {
        "amssymb.sty": r"$\mathbb{R} \leqslant \lesssim \triangleq \square \therefore$ \ensuremath{\blacksquare}",
        "mathtools.sty": r"\DeclarePairedDelimiter{\n}{\lVert}{\rVert}$a \coloneqq \n{b} + \n*{c} + \n[\big]{d}$",
        "amsthm.sty": r"\newtheorem{thm}{T}\newtheorem*{rem}{R}\begin{thm}a\end{thm}\begin{rem}a\end{rem}"
        r"\begin{proof}b\end{proof}",
        "cancel.sty": r"$\cancel{x}$",
        "exam.cls": r"\printanswers\begin{questions}\question[2] a\begin{parts}\part b\end{parts}"
        r"\begin{solution}c\end{solution}\end{questions}",
    }
    source = folder / "doc.tex"
    source.write_text(head + r"\usepackage{lmodern}\begin{document}a " + uses.get(name, "") + r"\end{document}")
    report = DocumentReport("doc.tex")
    annotate.write(report, Path("doc.tex"), Path("out.pdf"), find_engine("embedded"))
    assert (folder / "out.pdf").is_file()


def test_a_missing_package_is_named_and_the_source_is_written(folder: Path) -> None:
    (folder / "own.tex").write_text(DOCUMENT.replace("amssymb", "no-such-package"))
    result = run("annotate", "own.tex", "-o", "out.pdf", "--engine", "embedded")
    assert result.exit_code == 2
    assert result.output == (
        "everystep: no PDF: embedded TeX does not have the package no-such-package.sty; the annotated source is"
        " out.annotated.tex, for a complete TeX installation to typeset\n"
    )
    assert not (folder / "out.pdf").exists()
    assert r"\everystepnote" in (folder / "out.annotated.tex").read_text()


def test_links_out_of_the_folder_are_not_lent(folder: Path) -> None:
    secret = folder.parent / "secret.tex"
    secret.write_text("SECRET")
    (folder / "link.tex").symlink_to(secret)
    (folder / "own.tex").write_text(DOCUMENT.replace(r"Own macros", r"\input{link}"))
    result = run("annotate", "own.tex", "-o", "out.pdf", "--engine", "embedded")
    assert result.exit_code == 2
    assert "link.tex" in result.output
    secret.unlink()


def test_the_page_is_made_wider_where_the_margin_is_narrow(folder: Path) -> None:
    (folder / "own.tex").write_text(
        DOCUMENT.replace(r"{amsmath", r"{geometry,amsmath").replace(
            r"\newcommand{\be}", r"\geometry{paperwidth=400pt,paperheight=600pt,margin=40pt}\newcommand{\be}"
        )
    )
    annotate.write(hand_made.check_file(folder / "own.tex"), Path("own.tex"), Path("out.pdf"), find_engine("embedded"))
    streams = re.findall(rb"stream\r?\n(.*?)endstream", (folder / "out.pdf").read_bytes(), re.DOTALL)
    whole = b"".join(zlib.decompressobj().decompress(s) for s in streams if s.startswith(b"x"))
    (box,) = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", whole)
    assert float(box[0]) > 480
    assert 590 < float(box[1]) < 600


def test_starting_the_catalogue_check_loads_no_document_code() -> None:
    code = (
        "import sys, render.cli; print(any(m.startswith(('render.check_d', 'everystep.reader')) for m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
