"""TeX sources to PDF: which engine is used, what it may do, and when it need not run.

A source is treated as text that somebody else wrote. TeX gets no shell, reads and writes no path
outside the document's directory, and is stopped at a time, a memory and a file-size limit; the list
of files that it says it has read is checked before its PDF is published. It works in a fresh
directory, so what an earlier or a failed run left behind cannot change the result. POSIX only.

All of this holds for an engine with `Engine.confined`; `render.tex_engines` says which those are.

May import: `render.tex_engines`, `render.tex_log`, the standard library.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from render.tex_engines import Engine, EngineMissingError, available_engines, find_engine
from render.tex_log import LogError, complaints, log_errors

__all__ = [
    "Engine",
    "EngineMissingError",
    "LogError",
    "TexError",
    "TexResult",
    "available_engines",
    "compile_tex",
    "find_engine",
]

MAX_RUNS = 4
FILE_SIZE_LIMIT_BYTES = 256 * 1024**2
# 2026-01-01: the date that goes into a PDF, not the clock's, so that equal input gives equal bytes.
FIXED_EPOCH = 1_767_225_600
# pdfTeX makes the identifier of a PDF from the path it writes to, which is another one in each run.
_FIXED_ID = r"\pdftrailerid{everystep}"
_STAMP_FORMAT = 1
# Tables of one run that say nothing about whether the next run would come out differently.
_NOT_STATE = {".pdf", ".log", ".fls", ".console", ".fdb_latexmk"}
_SOURCE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*\.tex")
# The limits are set by a shell that then becomes TeX: code of our own between fork and exec is not
# safe when the caller has threads. A system without one of the limits goes on without it.
_LIMITER = 'ulimit -c 0; ulimit -v "$1"; ulimit -f "$2"; shift 2; exec "$@"'


@dataclass(frozen=True)
class TexResult:
    """A PDF that is up to date, and what TeX said about it when it was made."""

    pdf: Path
    ran: bool
    runs: int
    overfull: tuple[str, ...]
    warnings: tuple[str, ...]
    log: Path


class TexError(RuntimeError):
    """No PDF was made. The output that was there before is as it was."""

    def __init__(self, source: Path, reason: str, log: Path, errors: Sequence[LogError] = ()) -> None:
        self.source = source
        self.reason = reason
        self.log = log
        self.errors = tuple(errors)
        super().__init__("\n".join([f"{source}: {reason}", *map(str, self.errors)]))

    @property
    def line(self) -> int | None:
        """The line of the first error in the source itself; None if all are elsewhere."""
        own = (error.line for error in self.errors if error.file == self.source.name)
        return next(own, None)


# ---------------------------------------------------------------------------- compiling


def compile_tex(
    source: Path,
    output: Path,
    *,
    engine: Engine,
    aux_dir: Path,
    timeout: float = 120,
    memory_limit_bytes: int = 1024**3,
) -> TexResult:
    """Make `output` the PDF of `source`; without running TeX if it is so already.

    `timeout` is in seconds, over all runs together. The log and the record of what `output` was
    made from are kept in `aux_dir` under the source's name, so sources that share a name need an
    `aux_dir` each. Raises TexError, and then `output` is as it was.
    """
    source, output, aux_dir = source.resolve(), output.absolute(), aux_dir.resolve()
    if not _SOURCE_NAME.fullmatch(source.name):
        raise ValueError(
            f"{source.name!r} is no name for a TeX source: letters, digits and _ . + - only, and .tex at the end"
        )
    if not source.is_file():
        raise FileNotFoundError(f"no such TeX source: {source}")
    aux_dir.mkdir(parents=True, exist_ok=True)
    log = aux_dir / f"{source.stem}.log"
    stamp = aux_dir / f"{source.stem}.stamp.json"
    # Taken before TeX runs: should the file change meanwhile, the record is out of date at once.
    source_digest = _digest(source)
    earlier = _up_to_date(stamp, source, source_digest, output, engine)
    if earlier is not None:
        return TexResult(output, False, 0, *earlier, log)

    work = Path(tempfile.mkdtemp(prefix=f"{source.stem}.", dir=aux_dir))
    try:
        try:
            runs = _run_until_stable(source, engine, work, timeout, memory_limit_bytes, log)
        finally:
            _keep_log(work, source.stem, log)
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        read = _files_read(work, source)
        _refuse_foreign_reads(read, source, engine, work, log)
        pdf = work / f"{source.stem}.pdf"
        if not pdf.is_file():
            raise TexError(source, "TeX wrote no PDF (is there a page?)", log)
        overfull, warnings = complaints(text)
        if runs > MAX_RUNS:
            runs = MAX_RUNS
            warnings = (*warnings, f"references still changed in run {MAX_RUNS}")
        record = {
            "format": _STAMP_FORMAT,
            "engine": [engine.name, engine.version],
            "source": source_digest,
            "inputs": {
                os.path.relpath(path, source.parent): _digest(path)
                for path in sorted(_own_inputs(read, source, aux_dir, work))
            },
            "output": _digest(pdf),
            "overfull": overfull,
            "warnings": warnings,
        }
        _replace(output, pdf.read_bytes(), work.name)
        _replace(stamp, json.dumps(record, indent=1).encode(), work.name)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return TexResult(output, True, runs, overfull, warnings, log)


def _command(engine: Engine, source: Path, work: Path) -> list[str]:
    quiet = ["-interaction=nonstopmode", "-halt-on-error", "-file-line-error", "-recorder"]
    match engine.kind:
        case "pdftex":
            return [
                *[str(engine.command), "-no-shell-escape", *quiet, f"-output-directory={work}"],
                *[f"-jobname={source.stem}", rf"{_FIXED_ID}\input{{{source.name}}}"],
            ]
        case "latexmk":
            return [
                # -norc: a file latexmkrc beside the document is a Perl program.
                *[str(engine.command), "-norc", "-pdf", "-g", *quiet, f"-outdir={work}"],
                *["-e", f"$max_repeat={MAX_RUNS}", f"-usepretex={_FIXED_ID}"],
                *["-pdflatex=pdflatex -no-shell-escape %O %P", source.name],
            ]
        case "xetex" | "luatex":
            where = f"-output-directory={work}"
            return [str(engine.command), "-no-shell-escape", *quiet, where, source.name]
        case "tectonic":
            rules = f"--makefile-rules={work / (source.stem + '.d')}"
            where = f"--outdir={work}"
            return [str(engine.command), "--untrusted", "--keep-logs", where, rules, source.name]
        case kind:
            raise ValueError(f"unknown kind of TeX engine: {kind!r}")


def _environment(engine: Engine, work: Path) -> dict[str, str]:
    """What TeX sees. The user's other variables (TEXINPUTS, TEXMFCNF) could change the result."""
    kept = {"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEXMFHOME", "TEXMFVAR", "TEXMFCONFIG"}
    environment = {name: value for name, value in os.environ.items() if name in kept}
    if engine.name == "embedded":
        nowhere = str(work / "texmf")
        environment |= dict.fromkeys(("TEXMFHOME", "TEXMFVAR", "TEXMFCONFIG"), nowhere)
    return environment | {
        "shell_escape": "f",
        "openin_any": "p",
        "openout_any": "p",
        "SOURCE_DATE_EPOCH": str(FIXED_EPOCH),
        "FORCE_SOURCE_DATE": "1",
        # Long enough that neither a message nor a file name of the log is broken over two lines.
        "max_print_line": "10000",
        "error_line": "254",
        "half_error_line": "238",
    }


def _run_until_stable(source: Path, engine: Engine, work: Path, timeout: float, memory: int, log: Path) -> int:
    """Run TeX until a run writes the tables that it has read; the number of runs.

    One more than MAX_RUNS says that they were not stable by then. latexmk and tectonic repeat by
    themselves.
    """
    deadline = time.monotonic() + timeout
    state: str | None = None
    for run in range(1, MAX_RUNS + 1):
        _run_once(source, engine, work, timeout, deadline, memory, log)
        if engine.kind in {"latexmk", "tectonic"}:
            console = _text(work / f"{source.stem}.console")
            return max(1, len(re.findall(r"^Run number \d+ of rule", console, re.MULTILINE)))
        previous, state = state, _state(work)
        if state == previous:
            return run
    return MAX_RUNS + 1


def _run_once(
    source: Path,
    engine: Engine,
    work: Path,
    timeout: float,
    deadline: float,
    memory: int,
    log: Path,
) -> None:
    limits = [str(memory // 1024), str(FILE_SIZE_LIMIT_BYTES // 512)]
    with (work / f"{source.stem}.console").open("wb") as console:
        process = subprocess.Popen(
            ["/bin/sh", "-c", _LIMITER, "sh", *limits, *_command(engine, source, work)],
            cwd=source.parent,
            env=_environment(engine, work),
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            _kill(process)
            raise TexError(source, f"TeX was stopped after {timeout:g} s", log) from None
        except BaseException:
            # The new session does not hear the terminal's Ctrl-C.
            _kill(process)
            raise
    if code != 0:
        errors = log_errors(_text(work / f"{source.stem}.log"))
        if code < 0:
            reason = f"TeX was ended by {signal.Signals(-code).name}"
        elif errors:
            reason = "TeX found an error"
        else:
            said = _text(work / f"{source.stem}.console").strip().splitlines()[-3:]
            reason = f"TeX failed (exit code {code}): {' / '.join(said)}"
        raise TexError(source, reason, log, errors)


def _kill(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # It ended between the limit and here.
    process.wait()


def _state(work: Path) -> str:
    """A digest of the tables (.aux, .toc, .out, ...) that the next run would read."""
    digest = hashlib.sha256()
    for path in sorted(work.rglob("*")):
        if path.is_file() and path.suffix not in _NOT_STATE:
            digest.update(f"{path.relative_to(work)}\0{_digest(path)}\0".encode())
    return digest.hexdigest()


# ---------------------------------------------------------------------------- what TeX read


def _files_read(work: Path, source: Path) -> frozenset[Path]:
    """The files that TeX recorded as read, as absolute normal paths (links not followed)."""
    names = re.findall(r"^INPUT (.*)$", _text(work / f"{source.stem}.fls"), re.MULTILINE)
    rules = _text(work / f"{source.stem}.d").replace("\\\n", " ").partition(":")[2]
    names += rules.split()
    return frozenset(Path(os.path.normpath(source.parent / name)) for name in names)


def _own_inputs(read: frozenset[Path], source: Path, aux_dir: Path, work: Path) -> Iterator[Path]:
    """Those inputs of a document that lie beside it and were not made by the run itself."""
    for path in read:
        beside = path.is_relative_to(source.parent) or path.is_relative_to(aux_dir)
        if beside and path != source and not path.is_relative_to(work) and path.is_file():
            yield path


def _refuse_foreign_reads(read: frozenset[Path], source: Path, engine: Engine, work: Path, log: Path) -> None:
    """pdfTeX puts any file into the PDF (\\pdfobj stream file) whatever openin_any says, but it
    records that. A PDF for which it has read what is neither the document's nor TeX's own is not
    published.
    """
    if not engine.confined or not engine.roots:
        return
    record = _text(work / f"{source.stem}.fls")
    # A document may open the record as an output of its own, and so empty it; that is recorded.
    if not record or re.search(r"OUTPUT .*\.fls$", record, re.MULTILINE):
        raise TexError(source, "no record of what TeX read, or the document has written it", log)
    allowed = (source.parent, work, *(Path(os.path.normpath(root)) for root in engine.roots))
    for path in sorted(read):
        if not any(path.is_relative_to(root) for root in allowed):
            raise TexError(source, f"the document reads {path}, which is not its own", log)


# ---------------------------------------------------------------------------- files


def _up_to_date(
    stamp: Path, source: Path, source_digest: str, output: Path, engine: Engine
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The overfull boxes and warnings on record, if `output` is what TeX would make again."""
    try:
        record = json.loads(stamp.read_text(encoding="utf-8"))
        same = (
            record["format"] == _STAMP_FORMAT
            and record["engine"] == [engine.name, engine.version]
            and record["source"] == source_digest
            and record["output"] == _digest(output)
            and all(_digest(source.parent / name) == digest for name, digest in record["inputs"].items())
        )
        return (tuple(record["overfull"]), tuple(record["warnings"])) if same else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # No record, a file that is gone, or a record of another make: then TeX runs.
        return None


def _keep_log(work: Path, stem: str, log: Path) -> None:
    for suffix in (".log", ".console"):
        path = work / f"{stem}{suffix}"
        if path.is_file():
            os.replace(path, log)
            return


def _replace(target: Path, content: bytes, unique: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{unique}")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
