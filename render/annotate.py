r"""An author's own document with a note in the margin at each derivation.

A note goes before the display that it is about, on the same line of the source, so that no line of the text moves to
another line.  In the text it is a ``\marginpar``; inside of boxes, footnotes and macro arguments, which have none, it
is pinned beside the line.  The page gets wider where its margin is too narrow: the author's own lines are broken as
before.  The original is never touched.  May import the report's data types, ``render.tex``, ``render.files`` and
what makes the notes.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from everystep.documents.result import DocumentReport, StepReport
from render.display_places import grouped, markdown_displays, tex_displays
from render.files import replace_text
from render.margin_notes import PREAMBLE, markdown_note, tex_note
from render.stand_ins import stand_in
from render.tex import Engine, TexError, compile_tex

FILES_BESIDE = 4000
"""So many files of the document's folder are lent to TeX, at most."""
LENT = frozenset(
    (
        *(".tex", ".ltx", ".sty", ".cls", ".clo", ".cfg", ".def", ".fd", ".tikz", ".bib", ".bbl", ".bst"),
        *(".png", ".jpg", ".jpeg", ".pdf", ".eps", ".csv", ".dat", ".txt"),
    )
)
COPY_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*\.tex")
_BODY = re.compile(r"^(?:[^%\n\\]|\\[^\n])*?(\\begin\s*\{document\})", re.MULTILINE)
_INCLUDE = re.compile(r"(\\(?:input|include|subfile)\s*\{)([^{}\n]*)(\})")


class AnnotateError(Exception):
    """One sentence that says what could not be written, and why."""


def annotated(report: DocumentReport, path: Path) -> dict[Path, str]:
    """The text of the document, and of each file of its folder that it includes and that has steps, with the notes."""
    main = path.resolve()
    own: dict[Path, list[StepReport]] = {main: []}
    for step in report.steps:
        file = main if step.place.file in (report.file, "") else _included(step.place.file, main)
        own.setdefault(file, []).append(step)
    if path.suffix.lower() == ".md":
        return {main: _annotated_markdown(_read(main), own[main])}
    return {file: _annotated_tex(_read(file), steps, file == main, path) for file, steps in own.items()}


def _included(file: str, main: Path) -> Path:
    """The file as the reader names it: from the working directory, or else from the document's folder."""
    found = Path(file).resolve()
    return found if found.is_file() else (main.parent / file).resolve()


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return stream.read()
    except UnicodeDecodeError as error:
        raise AnnotateError(f"{path} is not UTF-8") from error


def _annotated_tex(text: str, steps: Sequence[StepReport], is_main: bool, path: Path) -> str:
    first, body = 0, None
    if is_main:
        body = _BODY.search(text)
        if body is None:
            raise AnnotateError(rf"{path} has no \begin{{document}}: annotate the document that includes it")
        first = body.end(1)
    pieces, here = [], 0
    if body is not None:
        pieces, here = [text[: body.start(1)], "%", PREAMBLE], body.start(1)
    for span, its in grouped(text, list(tex_displays(text, first)), steps, first):
        pieces += [text[here : span.start], tex_note(its, span.boxed)]
        here = span.start
    return "".join([*pieces, text[here:]])


def _annotated_markdown(text: str, steps: Sequence[StepReport]) -> str:
    pieces, here = [], 0
    for span, its in grouped(text, list(markdown_displays(text)), steps, 0):
        line_start = text.rfind("\n", 0, span.start) + 1
        indent = re.match(r"[ \t]*", text[line_start : span.start])
        line_end = text.find("\n", span.end)
        if text[span.end : line_end if line_end >= 0 else None].strip(" \t\r.,;"):
            # Words go on behind the display: the note waits for the end of the paragraph.
            blank = re.search(r"\n[ \t]*(?=\n)", text[span.end :])
            line_end = -1 if blank is None else span.end + blank.start()
        end = max(here, line_end if line_end >= 0 else len(text))
        rest = text[end:]
        ends = rest.startswith(("\n\n", "\r\n\r\n")) or not rest.strip()
        note = markdown_note(its, indent.group() if indent else "")
        pieces += [text[here:end], "\n\n", note, "" if ends else "\n"]
        here = end
    return "".join([*pieces, text[here:]])


# writing ---------------------------------------------------------------------------------------


def ensure_writable(path: Path, output: Path) -> None:
    """Refuse what cannot work, before the check: raises AnnotateError."""
    kind, wanted = path.suffix.lower(), output.suffix.lower()
    if not path.is_file():
        raise AnnotateError(f"{path} is a folder; name a file" if path.is_dir() else f"no such file: {path}")
    if kind not in (".tex", ".md"):
        raise AnnotateError(f"{path} is no document: .tex and .md files are read")
    if kind == ".md" and wanted != ".md":
        raise AnnotateError(f"notes on a Markdown file are written as Markdown: {output} must end in .md")
    if kind == ".tex" and wanted not in (".tex", ".pdf"):
        raise AnnotateError(f"{output} must end in .tex or .pdf")
    if output.is_dir():
        raise AnnotateError(f"{output} is a folder; name a file")
    if output.exists() and output.samefile(path):
        raise AnnotateError(f"{output} is the document itself, which stays as it is; name another output")
    if not output.absolute().parent.is_dir():
        raise AnnotateError(f"there is no folder {output.absolute().parent}")


def write(report: DocumentReport, path: Path, output: Path, engine: Engine | None) -> list[str]:
    """Write the annotated document; what was written, and what to know about it, a sentence each."""
    texts = annotated(report, path)
    if output.suffix.lower() == ".pdf" and engine is not None:
        return _write_pdf(texts, path, output, engine)
    return _write_sources(texts, path.resolve(), output)


def _write_sources(texts: Mapping[Path, str], main: Path, output: Path) -> list[str]:
    names = {file: output.with_name(f"{output.stem}-{file.stem}.tex") for file in texts if file != main}
    for file, target in names.items():
        if target.exists() and any(target.samefile(source) for source in texts):
            raise AnnotateError(f"{target} is a part of the document ({file.name}); name another output")

    def renamed(match: re.Match[str]) -> str:
        for suffix in ("", ".tex"):
            target = names.get((main.parent / (match[2].strip() + suffix)).resolve())
            if target is not None:
                return f"{match[1]}{target.stem}{match[3]}"
        return match[0]

    written = []
    for file, text in texts.items():
        target = names.get(file, output)
        replace_text(target, _INCLUDE.sub(renamed, text) if names else text, newline="")
        written.append(f"{target}: written")
    return written


_NO_FONT = ("cannot open Type 1 font file", "not loadable: Metric (TFM) file not found")
"""What TeX says where it lacks a font, its outlines or its measures."""


def _write_pdf(texts: Mapping[Path, str], path: Path, output: Path, engine: Engine) -> list[str]:
    main = path.resolve()
    work = Path(tempfile.mkdtemp(prefix="everystep-"))
    try:
        folder = work / "document"
        _lend(main.parent, folder, texts)
        name = main.name if COPY_NAME.fullmatch(main.name) else "document.tex"
        source = folder / name
        if name != main.name:
            (folder / main.name).rename(source)
            for suffix in (".bbl",):
                if (folder / f"{main.stem}{suffix}").is_symlink():
                    (folder / f"{main.stem}{suffix}").rename(source.with_suffix(suffix))
        replaced: list[str] = []
        fonts = ""
        while True:
            try:
                compile_tex(source, output, engine=engine, aux_dir=work / "aux")
                break
            except TexError as error:
                if not fonts and any(words in str(error) for words in _NO_FONT):
                    # The embedded TeX has no other fonts than these.
                    fonts = "Latin Modern"
                    # Before the class: packages look at the fonts when they are loaded.
                    _copy(source, rf"\RequirePackage{{lmodern}}{texts[main]}")
                    continue
                missing = _missing(error)
                content = None if missing is None or missing in replaced else stand_in(missing)
                if missing is None or content is None:
                    raise _not_made(error, missing, texts, main, output, engine) from error
                (folder / missing).write_text(content, encoding="utf-8")
                replaced.append(missing)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    sentences = [f"{output}: written"]
    if replaced:
        sentences.append(
            f"  {engine.name} TeX lacks {', '.join(replaced)}: small substitutes were used, so that some signs look"
            " different"
        )
    if fonts:
        sentences.append(f"  {engine.name} TeX lacks the document's fonts: {fonts} was used")
    return sentences


def _lend(source: Path, folder: Path, texts: Mapping[Path, str]) -> None:
    """The document's folder as TeX may see it: the annotated copies, and links to the regular files that TeX reads."""
    folder.mkdir(parents=True)
    count = 0
    for here, folders, names in os.walk(source):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not Path(here, name).is_symlink())
        target = folder / Path(here).relative_to(source)
        target.mkdir(exist_ok=True)
        for name in sorted(names):
            file = Path(here, name)
            if file in texts or file.suffix.lower() not in LENT or file.is_symlink() or not file.is_file():
                continue
            count += 1
            if count > FILES_BESIDE:
                folders.clear()
                break
            (target / name).symlink_to(file)
    for file, text in texts.items():
        if not file.is_relative_to(source):
            raise AnnotateError(f"{file} is outside of the document's folder")
        copy = folder / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        _copy(copy, text)


def _copy(file: Path, text: str) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        stream.write(text)


def _missing(error: TexError) -> str | None:
    """The file that TeX did not find."""
    found = (re.search(r"File `([^'/]+)' not found", complaint.message) for complaint in error.errors)
    return next((match[1] for match in found if match), None)


def _not_made(
    error: TexError, missing: str | None, texts: Mapping[Path, str], main: Path, output: Path, engine: Engine
) -> AnnotateError:
    """Why there is no PDF; the annotated source is written instead, for a TeX that can."""
    if missing is not None:
        what = {".cls": "the class", ".sty": "the package"}.get(Path(missing).suffix, "the file")
        because = f"{engine.name} TeX does not have {what} {missing}"
    else:
        font = re.search(r"\(file ([^()]+)\): cannot open Type 1 font file", error.reason)
        because = f"{engine.name} TeX does not have the font {font[1]}" if font else error.reason
        for complaint in error.errors[:1]:
            place = "" if complaint.file is None else f"{complaint.file}: "
            if complaint.file == error.source.name and complaint.line is not None:
                place = f"{main.name}:{_line_of_the_author(texts[main], complaint.line)}: "
            because += f": {place}{complaint.message}"
    instead = output.with_name(f"{output.stem}.annotated.tex")
    try:
        _write_sources(texts, main, instead)
    except OSError:
        return AnnotateError(f"no PDF: {because}")
    return AnnotateError(
        f"no PDF: {because}; the annotated source is {instead}, for a complete TeX installation to typeset"
    )


def _line_of_the_author(text: str, line: int) -> int:
    """The line of the original that is this line of the annotated text."""
    above, found, _ = text.partition(PREAMBLE)
    start, length = above.count("\n") + 1, PREAMBLE.count("\n")
    return line if not found or line <= start else max(start, line - length)
