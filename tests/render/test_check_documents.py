"""``check`` and ``explain`` of documents: which files, which exit status, processes, watching."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner, Result

from everystep.documents.result import DocumentReport
from everystep.prove.verdict import Status
from render import check_documents, document_paths
from render.check_documents import Options, exit_status
from render.cli import main
from tests.render import hand_made
from tests.render.hand_made import BROKEN, document


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """The hand-made checker in the place of the reader; a folder of documents is the working directory."""
    module = ModuleType("render.reading")
    module.check_file = hand_made.check_file  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "render.reading", module)
    (tmp_path / "right.tex").write_text("a = proved\nb = tested\n")
    (tmp_path / "wrong.tex").write_text("a = proved\n\\[ b = refuted = proved \\]\n")
    (tmp_path / "notes.md").write_text("$$ a = assumed $$\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


# ---------------------------------------------------------------------------- which files


def test_what_is_a_document(reader: Path) -> None:
    (reader / "folder").mkdir()
    for argument in ("right.tex", "absent.tex", "absent.MD", "folder", "a/b", "./bptt"):
        assert document_paths.is_document(argument)
    for argument in ("bptt", "weight_norm"):
        assert not document_paths.is_document(argument)


def test_folders_give_their_documents_sorted_without_hidden_ones_and_once(reader: Path) -> None:
    for name in ("b/z.tex", "b/a.md", ".git/x.tex", "b/.hidden.tex", "b/other.txt"):
        (reader / name).parent.mkdir(exist_ok=True)
        (reader / name).write_text("")
    found = document_paths.documents([Path("b/z.tex"), Path()])
    assert [p.as_posix() for p in found] == ["b/z.tex", "b/a.md", "notes.md", "right.tex", "wrong.tex"]


def test_a_folder_that_holds_itself_ends(reader: Path) -> None:
    (reader / "loop").symlink_to(reader, target_is_directory=True)
    assert len(document_paths.documents([reader])) == 3


@pytest.mark.parametrize(
    ("argument", "sentence"),
    [
        ("absent.tex", "no such file: absent.tex"),
        ("empty", "empty holds no .tex or .md file"),
        ("data.csv", "data.csv is no document: .tex and .md files are read"),
    ],
)
def test_what_cannot_be_checked_is_one_sentence(reader: Path, argument: str, sentence: str) -> None:
    (reader / "empty").mkdir()
    (reader / "data.csv").write_text("")
    result = run("check", argument)
    assert result.exit_code == 2
    assert result.output == f"everystep: {sentence}\n"


# ---------------------------------------------------------------------------- exit status


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        # never, refuted, unreadable (usual), tested
        ((), (0, 0, 0, 0)),
        ((Status.PROVED, Status.ASSUMED), (0, 0, 0, 0)),
        ((Status.PROVED, Status.TESTED), (0, 0, 0, 1)),
        ((Status.REFUTED,), (0, 1, 1, 1)),
        ((Status.ILL_TYPED,), (0, 1, 1, 1)),
        ((Status.UNDEFINED,), (0, 1, 1, 1)),
        ((Status.UNREADABLE, Status.TESTED), (0, 0, 2, 1)),
        ((Status.UNREADABLE, Status.PROVED), (0, 0, 2, 2)),
        ((Status.UNREADABLE, Status.REFUTED), (0, 1, 1, 1)),
    ],
)
def test_the_exit_status(statuses: tuple[Status, ...], expected: tuple[int, ...]) -> None:
    report = document(*statuses)
    assert tuple(exit_status([report], fail_on) for fail_on in check_documents.FAIL_ON) == expected
    assert exit_status([report]) == expected[check_documents.FAIL_ON.index(check_documents.USUAL)]


def test_a_file_that_cannot_be_read_always_counts() -> None:
    for fail_on in check_documents.FAIL_ON:
        assert exit_status([BROKEN, document(Status.PROVED)], fail_on) == 2
    assert exit_status([BROKEN, document(Status.REFUTED)]) == 1


# ---------------------------------------------------------------------------- the command


def test_check_a_file(reader: Path) -> None:
    result = run("check", "right.tex")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0] == "right.tex"
    assert lines[2].split()[:5] == ["1:5", "proved", "a", "=", "proved"]
    assert lines[-1] == "  1 proved, 1 tested"
    assert "\x1b" not in result.output


def test_check_a_folder_twice_prints_the_same(reader: Path) -> None:
    first, second = run("check", "."), run("check", ".")
    assert first.exit_code == 1
    assert first.output == second.output
    assert first.output.splitlines()[-1] == "in all: 3 files: 2 proved, 1 refuted, 1 tested, 1 assumed"


def test_only_wrong(reader: Path) -> None:
    assert run("check", "right.tex", "--only-wrong").output == "right.tex\n  1 proved, 1 tested\n"
    assert "refuted" in run("check", "wrong.tex", "--quiet").output


def test_formats(reader: Path) -> None:
    assert json.loads(run("check", "right.tex", "--json").output)["summary"]["tested"] == 1
    assert isinstance(json.loads(run("check", ".", "--format", "json").output), list)
    assert run("check", "wrong.tex", "--format", "github").output.startswith("::error file=wrong.tex,line=2,col=8,")
    assert json.loads(run("check", "wrong.tex", "--format", "sarif").output)["version"] == "2.1.0"


def test_the_report_can_go_to_a_file(reader: Path) -> None:
    result = run("check", "wrong.tex", "--format", "sarif", "-o", "out.sarif")
    assert (result.exit_code, result.output) == (1, "")
    assert json.loads((reader / "out.sarif").read_text())["runs"]
    assert sorted(p.name for p in reader.iterdir()) == ["notes.md", "out.sarif", "right.tex", "wrong.tex"]
    refused = run("check", "wrong.tex", "-o", "absent/out.txt")
    assert refused.exit_code == 2
    assert refused.output.count("\n") == 1


def test_fail_on(reader: Path) -> None:
    assert run("check", "wrong.tex", "--fail-on", "never").exit_code == 0
    assert run("check", "right.tex", "--fail-on", "tested").exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("right.tex", "bptt"),
        ("right.tex", "--wrong"),
        ("right.tex", "--numeric"),
        ("right.tex", "--json", "--format", "text"),
        ("right.tex", "--format", "xml"),
        ("right.tex", "--jobs", "0"),
        ("right.tex", "--watch", "--json"),
        ("--watch",),
        ("bptt", "--format", "sarif"),
        ("--jobs", "2"),
        ("--fail-on", "never"),
    ],
)
def test_options_that_do_not_fit_are_one_sentence(reader: Path, arguments: tuple[str, ...]) -> None:
    result = run("check", *arguments)
    assert result.exit_code == 2
    assert result.output.startswith("everystep: ")
    assert result.output.count("\n") == 1


def test_the_budget_of_a_document_is_its_own(reader: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def check_file(path: Path, options: Options) -> DocumentReport:
        seen.append((options.budget, options.seed))
        return DocumentReport(str(path))

    monkeypatch.setattr(sys.modules["render.reading"], "check_file", check_file)
    run("check", "right.tex")
    run("check", "right.tex", "--budget", "7", "--seed", "3")
    assert seen == [(2.0, 0), (7.0, 3)]


# ---------------------------------------------------------------------------- processes


def ends_on_wrong(path: Path, options: Options) -> DocumentReport:
    """A process that ends while it checks one of the files."""
    if path.name == "wrong.tex":
        os._exit(3)
    return hand_made.check_file(path, options)


def test_processes_give_what_one_gives_in_the_same_order(reader: Path) -> None:
    files = document_paths.documents([reader])
    one = check_documents.check_documents(files, hand_made.check_file, Options())
    assert check_documents.check_documents(files, hand_made.check_file, Options(), jobs=2) == one
    assert [report.file for report in one] == [str(file) for file in files]


def test_a_process_that_ends_costs_its_own_file_only(reader: Path) -> None:
    files = document_paths.documents([reader])
    reports = check_documents.check_documents(files, ends_on_wrong, Options(), jobs=2)
    assert [bool(report.failed) for report in reports] == [False, False, True]
    assert reports[1].steps


# ---------------------------------------------------------------------------- watching


class Watched:
    """A person at the keyboard: each wait does the next thing, the last one is Ctrl-C."""

    def __init__(self, *actions: object) -> None:
        self.actions = list(actions)
        self.shown: list[tuple[list[str], list[str]]] = []

    def wait(self, seconds: float) -> None:
        if not self.actions:
            raise KeyboardInterrupt
        self.actions.pop(0)()  # type: ignore[operator]

    def emit(self, reports: Sequence[DocumentReport], changed: Sequence[Path]) -> None:
        self.shown.append(([report.file for report in reports], [path.name for path in changed]))

    def run(self, *paths: str) -> int:
        def check(files: Sequence[Path]) -> list[DocumentReport]:
            return check_documents.check_documents(files, hand_made.check_file, Options())

        return check_documents.watch([Path(path) for path in paths], check, self.emit, wait=self.wait)


def test_watch_checks_what_changes_and_ends_with_the_last_status(reader: Path) -> None:
    person = Watched(
        lambda: None,
        lambda: (reader / "wrong.tex").write_text("a = proved, now\n"),
        lambda: (reader / "new.tex").write_text("a = proved\n"),
        lambda: (reader / "new.tex").unlink(),
    )
    assert person.run(".") == 0
    assert person.shown == [
        (["notes.md", "right.tex", "wrong.tex"], []),
        (["wrong.tex"], ["wrong.tex"]),
        (["new.tex"], ["new.tex"]),
    ]


def test_watch_sees_the_files_beside_a_document(reader: Path) -> None:
    person = Watched(lambda: (reader / "right.tex").write_text("macros"), lambda: (reader / "x.csv").write_text("1"))
    assert person.run("wrong.tex") == 1
    assert person.shown == [(["wrong.tex"], []), (["wrong.tex"], ["right.tex"])]


def test_watch_outlives_a_file_that_is_gone(reader: Path) -> None:
    person = Watched(
        lambda: (reader / "right.tex").unlink(), lambda: (reader / "right.tex").write_text("a = refuted\n")
    )
    assert person.run("right.tex") == 1
    assert len(person.shown) == 3


# ---------------------------------------------------------------------------- explain


def test_explain_a_line(reader: Path) -> None:
    result = run("explain", "wrong.tex:2")
    assert result.exit_code == 1
    assert result.output.startswith("wrong.tex:2:8: problem 3.3, step 1\n")
    assert "As read\n  left side: ∇_w L, d x 1" in result.output
    assert run("explain", "wrong.tex", "2").output == result.output
    assert run("explain", "right.tex:1").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("right.tex:9",), "no right side of a step begins on line 9 of right.tex; near it: lines 1, 2"),
        (("right.tex",), "which line of right.tex? Say right.tex:LINE"),
        (("right.tex:x",), "'x' is no line number of right.tex"),
        (("absent.tex:1",), "no such file: absent.tex"),
        ((".", "1"), ". is a folder; name a file"),
        (("right.tex:1", "--evidence"), "--evidence is for the catalogue"),
    ],
)
def test_an_explanation_that_cannot_be_given(reader: Path, arguments: tuple[str, ...], sentence: str) -> None:
    result = run("explain", *arguments)
    assert (result.exit_code, result.output) == (2, f"everystep: {sentence}\n")
