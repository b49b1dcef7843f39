"""What the README shows of the command line is what a reader gets."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from render.cli import main

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, re.DOTALL)
PROMPT = "$ .venv/bin/everystep "


def sessions() -> list[tuple[str, str]]:
    """Each command with the output that stands below it, or in the block after it."""
    found = []
    for k, (_, block) in enumerate(BLOCKS):
        if block.startswith(PROMPT):
            command, _, output = block.removeprefix(PROMPT).partition("\n")
            found.append((command, output or BLOCKS[k + 1][1]))
    return found


@pytest.mark.parametrize(("command", "output"), sessions())
def test_a_command_prints_what_the_readme_shows(
    command: str, output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (document,) = [text for kind, text in BLOCKS if kind == "latex"]
    (tmp_path / "homework.tex").write_text(document, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, command.split()).output == output


def test_the_readme_shows_commands() -> None:
    assert len(sessions()) >= 3


def test_every_command_and_option_of_the_readme_exists() -> None:
    for name in re.findall(r"^everystep (\w+)", README, re.MULTILINE):
        assert name in main.commands
    check = {option for parameter in main.commands["check"].params for option in parameter.opts}
    (listed,) = re.findall(r"takes files and folders,\s(.*?)\.\s", README, re.DOTALL)
    assert set(re.findall(r"--[a-z-]+", listed)) <= check
