"""New problems and assignments: what the skeletons make checks and builds as it is."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from render.new import NewError, make

ROOT = Path(__file__).resolve().parent.parent.parent


def everystep(home: Path, *arguments: str) -> str:
    """What a command prints, run on a copy of the project."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-m", "render.cli", *arguments],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with a new problem and a new assignment."""
    folder = tmp_path_factory.mktemp("project")
    for package in ("everystep", "derivations", "render", "templates"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    assert everystep(folder, "new", "problem", "brand_new").count("\n") == 4
    assert everystep(folder, "new", "assignment", "week_nine").count("\n") == 1
    return folder


def test_a_new_problem_is_proved_and_its_mistakes_are_found(home: Path) -> None:
    report = everystep(home, "check", "brand_new")
    assert "2 proved; checks: 1 confirmed, 1 unchecked" in report
    assert "1 refuted, 1 ill-typed" in everystep(home, "check", "--wrong", "brand_new")


def test_a_new_assignment_builds(home: Path) -> None:
    assignment = home / "derivations/assignments/week_nine.py"
    text = assignment.read_text(encoding="utf-8")
    more = '    ("brand_new", {"gradient": 4, "mean": 1, "discussion": 2}, ""),\n)\n'
    assignment.write_text(text.replace("\n)\n", "\n" + more, 1), encoding="utf-8")
    report = everystep(home, "build", "week_nine", "--lang", "fr", "--engine", "embedded", "--out", str(home / "build"))
    assert "4 of 4 documents typeset" in report
    assert "warning" not in report
    source = (home / "build/week_nine-marking-fr.tex").read_text(encoding="utf-8")
    assert "nomme les équations normales" in source


def test_nothing_is_overwritten(home: Path) -> None:
    with pytest.raises(NewError, match="is there already"):
        make("problem", "brand_new", home)


@pytest.mark.parametrize("name", ["Brand", "a b", "../x", "9a", "class", ""])
def test_a_name_that_cannot_be_a_module_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(NewError, match="is no id"):
        make("problem", name, tmp_path)
