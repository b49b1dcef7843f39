"""Bad and hostile input: no crash, every step reported, positions inside the file, bounded time and memory.

``tests/soundness_reader.py`` runs the same properties on 100,000 documents.
"""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from everystep.documents.check import check_file, check_text
from everystep.documents.limits import MOST_MEMORY, Alarm, TimeUp, little_memory
from everystep.documents.options import Options
from render.document_paths import DocumentError, documents
from tests.documents.forked import Commands
from tests.documents.hostile import VOCABULARY, complaints, mutant

QUIET = settings(
    derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60
)
SECONDS = 60
FILE_SECONDS, PATIENCE = 5, 15
"""What a large file is given here, a twelfth of what is usual, and by how much a command may take longer."""
GIGABYTE = 1 << 30
MILLION = 1_000_000


# properties ----------------------------------------------------------------------------------------------


@QUIET
@given(st.integers(0, 2**32))
def test_mutants_of_the_corpus(seed: int) -> None:
    markdown, text = mutant(seed)
    assert complaints(text, markdown) == []


@QUIET
@given(st.lists(st.sampled_from(VOCABULARY), max_size=40), st.sampled_from(["", " "]), st.booleans())
def test_soups_of_tokens(words: list[str], gap: str, markdown: bool) -> None:
    text = gap.join(words)
    assert complaints(text, markdown) == []
    assert complaints(f"\\[\n{text}\n\\]", markdown) == []


@QUIET
@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    assert complaints(text) == []


@QUIET
@given(data=st.binary(max_size=300), suffix=st.sampled_from([".tex", ".md"]))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, data: bytes, suffix: str) -> None:
    path = tmp_path_factory.getbasetemp() / f"bytes{suffix}"
    path.write_bytes(data)
    report = check_file(path, Options(0.05, 1.0))
    assert report.failed == "" or path.name in report.failed


# the command line ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """The command line, loaded once; every command has a process of its own."""
    running = Commands(tmp_path_factory.mktemp("commands"), SECONDS + 15, 2 * GIGABYTE)
    yield running
    running.close()


DECLARED = "%! A, B \\in \\mathbb{R}^{n \\times n}; a \\in \\mathbb{R}\n"


def displayed(body: str) -> bytes:
    return f"{DECLARED}\\[ {body} \\]\n".encode()


TEXTS: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 2),
    "only spaces": (b"  \n\n \t\n", 2),
    "only a byte order mark": (b"\xef\xbb\xbf", 2),
    "no formula": (b"Nothing to see here.\n", 0),
    "NUL bytes": (b"\\[ a = b \\]\0\0\0", 2),
    "Latin-1": (DECLARED.encode() + "Où a réel:\n\\[ A + B = B + A \\]\n".encode("latin-1"), 0),
    "UTF-16": ((DECLARED + "\\[ A + B = B + A \\]\n").encode("utf-16"), 2),
    "a comment without an end": (displayed("A = A") + b"\\begin{verbatim}" + displayed("A = A"), 2),
    "half a character": (DECLARED.encode() + b"\\[ A = A \\] \xe2\x82", 0),
    "a display without an end": (DECLARED.encode() + b"\\[ A B = B A", 1),
    "a brace without an end": (displayed("\\frac{A = A"), 2),
    "braces closed too often": (displayed("A}} = A}"), 2),
    "an environment without an end": (DECLARED.encode() + b"\\begin{align} A &= A \\\\ B &= B", 0),
    "environments that cross": (
        DECLARED.encode() + b"\\begin{align} A \\begin{pmatrix} = \\end{align} A \\end{pmatrix}",
        2,
    ),
    "unknown macros": (displayed("\\foo A \\bar{\\baz}{B} = \\qux[3]{A}"), 2),
    "a macro of itself": (b"\\def\\a{\\a}" + displayed("\\a = A"), 2),
    "a macro twice of itself": (b"\\newcommand{\\a}{\\a\\a}" + displayed("\\a = A"), 2),
    "macros of each other": (b"\\newcommand{\\a}{\\b}\\newcommand{\\b}{{\\a}}" + displayed("A = \\b"), 2),
    "a billion laughs": (
        b"\\def\\za{A A A A A A A A A A}"
        + b"".join(b"\\def\\z%c{%s}" % (98 + k, b"\\z%c " % (97 + k) * 10) for k in range(12))
        + displayed("\\zm = A"),
        2,
    ),
    "arguments that grow": (b"\\newcommand{\\a}[1]{\\a{#1#1}}" + displayed("\\a{A} = A"), 2),
    "an include of what is not its own": (
        b"\\input{/etc/passwd}\n\\include{../../../../etc/passwd}" + displayed("A = A"),
        2,
    ),
    "an include of itself": (b"\\input{document}\\input{document.tex}" + displayed("A = A"), 2),
    "an include of a device": (b"\\input{/dev/zero}\\input{|cat /etc/passwd}" + displayed("A = A"), 2),
    "commands of the shell": (b"\\write18{touch owned}\\immediate\\openin" + displayed("A = A"), 0),
    "words of Python": (displayed("\\text{__import__('os').system('touch owned')} = \\mathrm{exec}(a)"), 2),
    "a large power": (displayed("a^{99999999999} = a^{99999999999}"), None),
    "a large number": (displayed("9" * 5000 + " a = a"), None),
    "powers of powers": (displayed("2^{2^{2^{2^{2^{2^{2}}}}}} = a"), None),
    "a tower of powers": (displayed("a^{" * 30 + "a" + "}" * 30 + " = a"), 1),
    "products of products": (displayed("\\prod_{i=1}^{n} (" * 30 + "a" + ")" * 30 + " = a"), 1),
    "binomials of binomials": (displayed("\\binom{" * 30 + "a" + "}{2}" * 30 + " = a"), 2),
    "signs above signs": (displayed("\\overset{!}{" * 30 + "A" + "}" * 30 + " = A"), 2),
    "derivatives of derivatives": (displayed("\\nabla " * 60 + "a = a"), None),
    "a size that is large": (b"%! X \\in \\mathbb{R}^{999999999 \\times 999999999}\n\\[ X = X^\\top \\]", None),
    "a sum that is long": (displayed("\\sum_{i=1}^{999999999} a = 999999999 a"), None),
    "an index far out": (displayed("A_{999999999, 1} = a"), None),
    "division by zero": (displayed("a / 0 = a \\cdot \\frac{1}{0}"), None),
}  # fmt: skip
"""What a file holds, and the exit status; None where any will do."""

LARGE: dict[str, Callable[[], bytes]] = {
    "a million nested braces": lambda: displayed("{" * MILLION + "A" + "}" * MILLION + " = A"),
    "a million open braces": lambda: displayed("{" * MILLION + "A = A"),
    "a million brackets": lambda: displayed("(" * MILLION + "A" + ")" * MILLION + " = A"),
    "a million open brackets": lambda: displayed("\\left(" * (MILLION // 6) + "A = A"),
    "nested fractions": lambda: displayed("\\frac{1}{" * 100_000 + "a" + "}" * 100_000 + " = a"),
    "nested powers": lambda: displayed("a^{" * 100_000 + "a" + "}" * 100_000 + " = a"),
    "nested roots": lambda: displayed("\\sqrt{" * 100_000 + "a" + "}" * 100_000 + " = a"),
    "nested environments": lambda: displayed("\\begin{pmatrix}" * 50_000 + "a = a"),
    "nested groups of prose": lambda: b"{" * MILLION + displayed("A = A"),
    "a long sum": lambda: displayed("a + " * 100_000 + "a = a"),
    "a long product": lambda: displayed("A" * 100_000 + " = A"),
    "a long chain": lambda: displayed(" = ".join(["A"] * 20_000)),
    "many minus signs": lambda: displayed("-" * 100_000 + "a = a"),
    "many primes": lambda: displayed("A" + "'" * 100_000 + " = A"),
    "many macros": lambda: (
        b"".join(b"\\newcommand{\\x%s}{A}" % _letters(k) for k in range(50_000)) + displayed("A = A")
    ),
    "ten megabytes of prose": lambda: (
        b"Let it be $a$ again, and then on and on for ever as it was.\n" * 170_000 + displayed("A = A")
    ),
    "ten megabytes on one line": lambda: b"x" * 10_000_000 + displayed("A = A"),
    "ten megabytes of dollars": lambda: b"$" * 10_000_001 + displayed("A = A"),
    "ten megabytes of steps": lambda: DECLARED.encode() + b"\\[ A + B + a A = B + A + A a \\]\n" * 310_000,
    "ten megabytes of line breaks": lambda: b"\\" * 10_000_000 + displayed("A = A"),
    "ten megabytes of headings": lambda: b"\\section{x}\n" * 900_000 + displayed("A = A"),
    "ten megabytes of groups": lambda: b"\\begingroup\\def\\a{b}" * 500_000 + displayed("A = A"),
    "many bold letters in each other": lambda: displayed("\\mathbf{" * 60_000 + "A" + "}" * 60_000 + " = A"),
    "many sums": lambda: displayed("\\sum_i " * 40_000 + "a = a"),
    "random bytes": lambda: random.Random(1).randbytes(10_000_000),
    "random text": lambda: bytes(random.Random(2).choices(range(32, 127), k=1_000_000)),
}


def _letters(number: int) -> bytes:
    return b"".join(b"%c" % (97 + int(digit)) for digit in str(number))


def checked(commands: Commands, tmp_path: Path, data: bytes, *options: str) -> tuple[int, str, float]:
    """Exit status, output and seconds; fails where there is a traceback or too much memory was taken."""
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    path = folder / "document.tex"
    path.write_bytes(data)
    started = perf_counter()
    code, output, errors, peak = commands.run("check", *options, str(path))
    seconds = perf_counter() - started
    assert "Traceback" not in output + errors
    assert code in (0, 1, 2), (code, errors[-2000:])
    assert peak <= GIGABYTE, f"{peak / GIGABYTE:.2f} GB"
    if code == 2 and not output:
        assert path.name in errors
    assert "root:" not in output + errors
    assert not list(tmp_path.rglob("owned"))
    assert not Path("owned").exists()
    return code, output + errors, seconds


@pytest.mark.parametrize("name", TEXTS)
def test_bad_files_are_checked(commands: Commands, tmp_path: Path, name: str) -> None:
    data, status = TEXTS[name]
    code, output, seconds = checked(commands, tmp_path, data)
    assert seconds < 15
    if status is not None:
        assert code == status, output[-2000:]


@pytest.mark.parametrize("name", LARGE)
def test_large_files_end_in_time(commands: Commands, tmp_path: Path, name: str) -> None:
    code, output, seconds = checked(commands, tmp_path, LARGE[name](), "--file-budget", str(FILE_SECONDS))
    assert seconds < FILE_SECONDS + PATIENCE
    if name == "ten megabytes of steps":
        # What is read in time is judged, what is left is one step that says so.
        assert code == 2
        assert "not judged: the time for this file is used up; " in output
        assert output.count(" proved ") > 100


@pytest.mark.parametrize("path", ["missing.tex", "missing/", "missing.md"])
def test_a_file_that_is_not_there(commands: Commands, tmp_path: Path, path: str) -> None:
    code, output, errors, _ = commands.run("check", str(tmp_path / path))
    assert code == 2
    assert "Traceback" not in output + errors
    assert "missing" in errors


@pytest.mark.parametrize("seconds", ["nan", "0", "-1", "soon"])
def test_a_time_is_a_positive_number(commands: Commands, tmp_path: Path, seconds: str) -> None:
    (tmp_path / "document.tex").write_text("\\[ 1 = 1 \\]")
    for option in ("--budget", "--file-budget"):
        code, output, errors, _ = commands.run("check", option, seconds, str(tmp_path / "document.tex"))
        assert code == 2
        assert seconds in errors
        assert "Traceback" not in output + errors


@pytest.mark.parametrize("where", ["missing/report.txt", "."])
def test_a_report_that_cannot_be_written(commands: Commands, tmp_path: Path, where: str) -> None:
    (tmp_path / "document.tex").write_text("\\[ 1 = 1 \\]")
    code, _, errors, _ = commands.run("check", "-o", str(tmp_path / where), str(tmp_path / "document.tex"))
    assert code == 2
    assert f"{tmp_path / where} cannot be written" in errors


def test_a_link_to_itself_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "loop.tex").symlink_to("loop.tex")
    with pytest.raises(DocumentError, match="leads nowhere"):
        documents([tmp_path / "loop.tex"])
    report = check_file(tmp_path / "loop.tex")
    assert "there is no such file" in report.failed
    assert not report.steps


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.tex").write_text("\\[ 1 = 2 \\] root:")
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "link.tex").symlink_to(tmp_path / "secret.tex")
    (folder / "document.tex").write_text("\\input{link}\\input{../secret}\n\\[ 1 = 1 \\]\n")
    report = check_file(folder / "document.tex")
    assert [str(step.status) for step in report.steps] == ["unreadable", "unreadable", "proved"]
    assert len(report.remarks) == 2


def busy(until: float) -> None:
    while perf_counter() < until:
        pass


def test_an_alarm_breaks_off_what_takes_long() -> None:
    alarm = Alarm()
    started = perf_counter()
    with pytest.raises(TimeUp), alarm.set(started + 0.5), alarm.within(started + 9.0):
        busy(started + 10.0)
    assert perf_counter() - started < 5.0
    with alarm.set(started + 60.0):
        with pytest.raises(TimeUp), alarm.within(perf_counter() + 0.2):
            busy(started + 20.0)
        assert not alarm.has_rung()
    assert perf_counter() - started < 10.0


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is counted on Linux only")
def test_memory_is_bounded() -> None:
    with pytest.raises(MemoryError), little_memory():
        bytearray(2 * MOST_MEMORY)
    assert len(bytearray(MOST_MEMORY // 9)) > 0


def test_a_step_that_takes_long_is_left(tmp_path: Path) -> None:
    body = " + ".join(f"(A + B)^{k}" for k in range(2, 12))
    started = perf_counter()
    check_text(f"{DECLARED}\\[ {body} = A \\]", Options(0.5))
    assert perf_counter() - started < 20


@pytest.mark.parametrize(
    "words",
    [
        "$a > 0$ " * 60,
        "$a$, " * 60,
        "Let " + "$a$ and " * 60 + "$b$ be numbers.",
        "$a$ , and " * 60,
        "positive " * 60 + "numbers $a$",
        "the real matrices " + "$A$: " * 60,
        "Let $A$ be " + "symmetric and " * 60 + "so on.",
        "random vectors " + "$x$; " * 60,
        "(" * 100_000 + "$a > 0$" + ")" * 100_000,
        ", , , " * 60 + "$a > 0$" + " , ; " * 60,
    ],
)
def test_long_sentences_take_no_longer_than_their_length(words: str) -> None:
    started = perf_counter()
    report = check_text(f"%! a, b \\in \\mathbb{{R}}\n{words} \\[ a + b = b + a \\]")
    assert [str(step.status) for step in report.steps] == ["proved"]
    assert perf_counter() - started < PATIENCE
