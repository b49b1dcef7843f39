"""TeX to PDF: what is made, when TeX runs, and what a hostile source cannot do.

Every engine of the machine is tested; the embedded one always is.
"""

import dataclasses
import os
import re
import stat
import time
from pathlib import Path

import pytest

from render import tex, tex_engines
from render.tex import Engine, EngineMissingError, TexError, available_engines, compile_tex

ENGINES = {engine.name: engine for engine in available_engines()}
CONFINED = [name for name, engine in ENGINES.items() if engine.confined]
PREAMBLE = "\\documentclass{article}\n\\usepackage[T1]{fontenc}\n\\usepackage{lmodern}\n"
LINES_BEFORE_BODY = 4


def _document(body: str) -> str:
    return f"{PREAMBLE}\\begin{{document}}\n{body}\n\\end{{document}}\n"


class Desk:
    """A directory with one document, compiled by one engine."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.folder = folder
        self.engine = engine
        self.source = folder / "paper.tex"
        self.output = folder / "out" / "paper.pdf"
        self.aux = folder / "aux"

    def compile(self, body: str | None = None, **limits: float) -> tex.TexResult:
        if body is not None:
            self.source.write_text(_document(body), encoding="utf-8")
        return compile_tex(
            self.source,
            self.output,
            engine=self.engine,
            aux_dir=self.aux,
            **limits,  # type: ignore[arg-type]  # the two limits, by name
        )


@pytest.fixture(params=list(ENGINES))
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    return Desk(tmp_path, ENGINES[request.param])


@pytest.fixture(params=CONFINED)
def confined_desk(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    return Desk(tmp_path, ENGINES[request.param])


@pytest.fixture
def embedded_desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, ENGINES["embedded"])


def test_the_embedded_engine_is_here_and_confined() -> None:
    assert "embedded" in CONFINED


# ---------------------------------------------------------------------------- making a PDF


def test_a_document_becomes_a_pdf(desk: Desk) -> None:
    result = desk.compile("Hello.")
    assert result.ran
    assert result.runs >= 1
    assert result.pdf == desk.output
    assert desk.output.read_bytes().startswith(b"%PDF-")
    assert result.log.is_file()
    assert result.overfull == ()


def test_references_and_contents_are_settled(desk: Desk) -> None:
    result = desk.compile("\\tableofcontents\\section{A}\\label{a} See \\ref{a}, \\pageref{a}.")
    assert 2 <= result.runs <= tex.MAX_RUNS
    assert not [warning for warning in result.warnings if "eference" in warning]


def test_overfull_lines_and_warnings_are_reported_also_when_tex_does_not_run(desk: Desk) -> None:
    first = desk.compile("\\noindent\\rule{30cm}{1pt} \\ref{nothing}")
    second = desk.compile()
    assert not second.ran
    for result in (first, second):
        assert len(result.overfull) == 1
        assert "too wide" in result.overfull[0]
        assert any("`nothing'" in warning for warning in result.warnings)


def test_the_same_input_gives_the_same_bytes_wherever_it_is_made(confined_desk: Desk) -> None:
    confined_desk.compile("Today is \\today.")
    elsewhere = Desk(confined_desk.folder / "a b é", confined_desk.engine)
    elsewhere.folder.mkdir()
    elsewhere.compile("Today is \\today.")
    assert confined_desk.output.read_bytes() == elsewhere.output.read_bytes()


def test_nothing_but_the_log_and_the_record_stays_behind(desk: Desk) -> None:
    desk.compile("Hello.")
    assert {path.name for path in desk.aux.iterdir()} == {"paper.log", "paper.stamp.json"}
    assert {path.name for path in desk.output.parent.iterdir()} == {"paper.pdf"}


def test_variables_of_the_user_that_move_tex_do_not_reach_it(
    embedded_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TEXINPUTS", "TEXMFCNF", "TEXFORMATS"):
        monkeypatch.setenv(name, "/nowhere")
    assert embedded_desk.compile("Hello.").ran


# ---------------------------------------------------------------------------- when TeX runs


def test_a_second_compile_does_not_run_tex(desk: Desk) -> None:
    desk.compile("Hello.")
    before = desk.output.read_bytes()
    broken = dataclasses.replace(desk.engine, command=Path("/nonexistent/tex"))
    result = compile_tex(desk.source, desk.output, engine=broken, aux_dir=desk.aux)
    assert not result.ran
    assert result.runs == 0
    assert desk.output.read_bytes() == before


def test_a_changed_source_runs_tex(desk: Desk) -> None:
    desk.compile("Hello.")
    assert desk.compile("Good evening.").ran


def test_a_changed_input_file_runs_tex(desk: Desk) -> None:
    (desk.folder / "part.tex").write_text("One.")
    assert desk.compile("\\input{part}").ran
    assert not desk.compile().ran
    (desk.folder / "part.tex").write_text("Two.")
    assert desk.compile().ran


def test_an_output_that_was_removed_or_changed_is_made_again(embedded_desk: Desk) -> None:
    embedded_desk.compile("Hello.")
    embedded_desk.output.unlink()
    assert embedded_desk.compile().ran
    embedded_desk.output.write_bytes(b"not what TeX wrote")
    assert embedded_desk.compile().ran


def test_another_engine_or_version_runs_tex(embedded_desk: Desk) -> None:
    embedded_desk.compile("Hello.")
    embedded_desk.engine = dataclasses.replace(embedded_desk.engine, version="another")
    assert embedded_desk.compile().ran


@pytest.mark.parametrize("record", ["", "[]", "{}", '{"format": 1, "engine": 3}'])
def test_a_spoilt_record_means_that_tex_runs(embedded_desk: Desk, record: str) -> None:
    embedded_desk.compile("Hello.")
    (embedded_desk.aux / "paper.stamp.json").write_text(record)
    assert embedded_desk.compile().ran


# ---------------------------------------------------------------------------- errors


def test_an_error_names_the_line_and_leaves_the_earlier_pdf(desk: Desk) -> None:
    desk.compile("Hello.")
    before = desk.output.read_bytes()
    with pytest.raises(TexError) as caught:
        desk.compile("Fine.\n\\undefinedthing here")
    error = caught.value
    assert error.line == LINES_BEFORE_BODY + 2
    assert f"paper.tex:{error.line}: Undefined control sequence." in str(error)
    assert "\\undefinedthing" in str(error)
    assert error.log.is_file()
    assert desk.output.read_bytes() == before
    assert {path.name for path in desk.output.parent.iterdir()} == {"paper.pdf"}


def test_after_an_error_the_next_good_source_compiles(desk: Desk) -> None:
    with pytest.raises(TexError):
        desk.compile("\\section{A\\undefinedthing}")
    assert desk.compile("\\section{A}").ran


def test_a_missing_package_is_named(embedded_desk: Desk) -> None:
    embedded_desk.source.write_text("\\RequirePackage{nosuchpackage}" + _document("Hello."))
    with pytest.raises(TexError, match=r"nosuchpackage\.sty"):
        embedded_desk.compile()


def test_a_document_that_does_not_end_is_an_error(desk: Desk) -> None:
    desk.source.write_text(PREAMBLE + "\\begin{document} Hello.")
    with pytest.raises(TexError):
        desk.compile()
    assert not desk.output.exists()


def test_a_document_without_a_page_is_an_error(embedded_desk: Desk) -> None:
    with pytest.raises(TexError, match="no PDF"):
        embedded_desk.compile("")


@pytest.mark.parametrize("name", ["-paper.tex", "a b.tex", "$x.tex", "paper.txt", "paper"])
def test_a_name_that_tex_could_misread_is_refused(embedded_desk: Desk, name: str) -> None:
    embedded_desk.source = embedded_desk.folder / name
    with pytest.raises(ValueError, match="no name for a TeX source"):
        embedded_desk.compile("Hello.")


def test_a_missing_source_is_named(embedded_desk: Desk) -> None:
    with pytest.raises(FileNotFoundError, match=r"paper\.tex"):
        embedded_desk.compile()


# ---------------------------------------------------------------------------- hostile sources


@pytest.mark.parametrize(
    "command",
    ["\\immediate\\write18{touch PLACE}", "\\input{|touch PLACE}", '\\input{|"touch PLACE"}'],
)
def test_no_shell_command_is_executed(desk: Desk, command: str) -> None:
    place = desk.folder / "executed"
    # LuaTeX knows \write18 only by a package; there, a document that fails is as good.
    try:
        desk.compile(command.replace("PLACE", str(place)) + " Hello.")
    except TexError:
        pass
    assert not place.exists()


def test_no_program_that_lies_beside_the_document_is_executed(desk: Desk) -> None:
    for name in ("latexmkrc", ".latexmkrc"):
        (desk.folder / name).write_text("system('touch executed');\n")
    desk.compile("Hello.")
    assert not (desk.folder / "executed").exists()


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret.txt", "../secret"])
def test_a_file_outside_the_documents_directory_cannot_be_read(confined_desk: Desk, path: str) -> None:
    (confined_desk.folder / "secret.txt").write_text("secret")
    (confined_desk.folder / "secret.tex").write_text("secret")
    desk = Desk(confined_desk.folder / "inner", confined_desk.engine)
    desk.folder.mkdir()
    with pytest.raises(TexError):
        desk.compile(f"\\input{{{path}}}")
    assert not desk.output.exists()


def test_nothing_of_a_file_outside_comes_into_the_log(confined_desk: Desk) -> None:
    secret = confined_desk.folder / "secret.txt"
    secret.write_text("hidden")
    desk = Desk(confined_desk.folder / "inner", confined_desk.engine)
    desk.folder.mkdir()
    result = desk.compile(
        f"\\newread\\r\\openin\\r={secret} \\ifeof\\r\\typeout{{nothing}}\\else"
        "\\read\\r to\\x\\typeout{\\x}\\fi Hello."
    )
    log = result.log.read_text(errors="replace")
    assert "nothing" in log
    assert "hidden" not in log


def test_a_file_that_pdftex_would_embed_is_not_published(confined_desk: Desk) -> None:
    secret = confined_desk.folder / "secret.txt"
    secret.write_text("secret")
    desk = Desk(confined_desk.folder / "inner", confined_desk.engine)
    desk.folder.mkdir()
    with pytest.raises(TexError, match=re.escape(str(secret))):
        desk.compile(f"\\immediate\\pdfobj stream file {{{secret}}} Hello.")
    assert not desk.output.exists()


def test_the_record_of_what_was_read_cannot_be_rewritten(confined_desk: Desk) -> None:
    with pytest.raises(TexError, match="has written it"):
        confined_desk.compile(
            "\\newwrite\\w\\immediate\\openout\\w=paper.fls \\immediate\\write\\w{PWD x}\\immediate\\closeout\\w Hello."
        )
    assert not confined_desk.output.exists()


def test_without_a_record_of_what_was_read_nothing_is_published(tmp_path: Path) -> None:
    command = tmp_path / "pdflatex"
    _program(
        command,
        "for word; do case $word in -output-directory=*) to=${word#*=};; esac; done\necho '%PDF-1.5' >$to/paper.pdf",
    )
    desk = Desk(tmp_path, Engine("pdflatex", "pdftex", command, "1", True, (tmp_path / "tree",)))
    with pytest.raises(TexError, match="no record"):
        desk.compile("Hello.")
    assert not desk.output.exists()


@pytest.mark.parametrize("path", ["PLACE", "../written.tex", ".written"])
def test_no_file_outside_the_run_is_written(confined_desk: Desk, path: str) -> None:
    desk = Desk(confined_desk.folder / "inner", confined_desk.engine)
    desk.folder.mkdir()
    target = path.replace("PLACE", str(confined_desk.folder / "written.tex"))
    with pytest.raises(TexError):
        desk.compile(f"\\newwrite\\w\\immediate\\openout\\w={target} \\immediate\\write\\w{{x}}")
    assert not list(confined_desk.folder.rglob("*written*"))


def test_an_allowed_write_does_not_land_beside_the_document(confined_desk: Desk) -> None:
    confined_desk.compile("\\newwrite\\w\\immediate\\openout\\w=note.txt \\immediate\\write\\w{x} Hello.")
    assert not list(confined_desk.folder.rglob("note.txt"))


@pytest.mark.parametrize("loop", ["\\def\\a{\\a}\\a", "\\loop\\iftrue\\repeat"])
def test_an_endless_loop_is_stopped_with_all_its_processes(desk: Desk, loop: str) -> None:
    start = time.monotonic()
    with pytest.raises(TexError, match="stopped after 2 s"):
        desk.compile(loop, timeout=2)
    assert time.monotonic() - start < 30
    # The group has been killed; its members that are not ours to wait for end in their own time.
    until = time.monotonic() + 10
    while _processes_in(desk.folder) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _processes_in(desk.folder)
    assert {path.name for path in desk.aux.iterdir()} <= {"paper.log"}


def _processes_in(folder: Path) -> list[str]:
    """The processes that work in a directory."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if entry.readlink() == folder:
                found.append(entry.parent.name)
        except OSError:
            continue  # It ended meanwhile, or is another user's.
    return found


def test_memory_is_limited(embedded_desk: Desk) -> None:
    with pytest.raises(TexError):
        embedded_desk.compile("Hello.", memory_limit_bytes=10 * 1024**2)


def test_a_file_that_grows_without_end_is_stopped(embedded_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tex, "FILE_SIZE_LIMIT_BYTES", 4 * 1024**2)
    with pytest.raises(TexError, match="SIGXFSZ"):
        embedded_desk.compile(
            "\\newwrite\\w\\immediate\\openout\\w=big.txt"
            "\\loop\\immediate\\write\\w{0123456789012345678901234567890123456789}\\iftrue\\repeat"
        )


# ---------------------------------------------------------------------------- engines


def test_an_unknown_engine_is_refused_with_the_valid_names() -> None:
    with pytest.raises(ValueError, match="latexmk, pdflatex, embedded, xelatex, lualatex, tectonic"):
        tex.find_engine("pdftexx")


def test_an_engine_that_is_not_here_is_refused_with_those_that_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineMissingError, match="'xelatex' is not on this machine; found: embedded"):
        tex.find_engine("xelatex")


def test_without_an_installation_the_embedded_engine_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tex.find_engine().name == "embedded"


def test_an_engine_that_is_asked_for_is_taken() -> None:
    for name in ENGINES:
        assert tex.find_engine(name).name == name


def test_an_installation_is_taken_before_the_embedded_engine_and_needs_the_packages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _program(tmp_path / "pdflatex", "echo pdfTeX 1.0")
    _program(tmp_path / "kpsewhich", "echo /tree/bm.sty")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tex.find_engine(packages=["bm.sty"]).name == "pdflatex"
    assert tex.find_engine(packages=["bm.sty", "tikz.sty"]).name == "embedded"
    with pytest.raises(EngineMissingError, match=r"lacks tikz\.sty"):
        tex.find_engine("pdflatex", packages=["bm.sty", "tikz.sty"])


def test_an_engine_that_does_not_start_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _program(tmp_path / "pdflatex", "exit 1")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tex.find_engine().name == "embedded"


def test_every_engine_name_has_a_command(tmp_path: Path) -> None:
    for name, (kind, _, confined) in tex_engines._ENGINES.items():
        engine = Engine(name, kind, Path("/bin/tex"), "1", confined)
        command = tex._command(engine, tmp_path / "paper.tex", tmp_path)
        assert command[0] == "/bin/tex"
    with pytest.raises(ValueError, match="unknown kind"):
        tex._command(Engine("x", "troff", Path("/bin/x"), "1", False), tmp_path / "paper.tex", tmp_path)


def test_tectonic_is_run_without_its_insecure_features(tmp_path: Path) -> None:
    # A stand-in for the program: it makes what tectonic makes, and keeps how it was called.
    command = tmp_path / "tectonic"
    _program(
        command,
        f'echo "$@" >{tmp_path}/called\n'
        "for word; do case $word in --outdir=*) to=${word#*=};; esac; done\n"
        "echo '%PDF-1.5' >$to/paper.pdf\n"
        'echo "$to/paper.pdf: paper.tex part.tex" >$to/paper.d',
    )
    desk = Desk(tmp_path, Engine("tectonic", "tectonic", command, "1", False))
    (tmp_path / "part.tex").write_text("One.")
    assert desk.compile("\\input{part}").ran
    assert "--untrusted" in (tmp_path / "called").read_text()
    assert not desk.compile().ran
    (tmp_path / "part.tex").write_text("Two.")
    assert desk.compile().ran


def _program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    assert os.access(path, os.X_OK)
