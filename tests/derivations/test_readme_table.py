"""The README's table says of every problem how its steps and answers are decided.

``python tests/derivations/test_readme_table.py`` writes it anew.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

import derivations  # noqa: E402 - found through the line above when this is run as a program
from everystep.prove.checker import check_derivation  # noqa: E402

PAGE = ROOT / "README.md"
BEGIN, END = "<!-- catalogue: begin -->\n", "<!-- catalogue: end -->\n"
VERDICTS = ("proved", "tested", "assumed", "undefined")
COLUMNS = ("problem", "steps", *VERDICTS, "known mistakes", "answers recomputed", "answers in words")


def counts(name: str) -> list[int]:
    """The numbers of a row."""
    problem = derivations.problem(name)
    found = Counter(str(verdict.status) for _, verdict in check_derivation(problem.derivation, budget=30.0))
    assert set(found) <= set(VERDICTS), (name, found)
    outcomes = Counter(check.outcome.passed for check in problem.checks)
    assert not outcomes[False], name
    mistakes = len(derivations.wrong(name)) + len(derivations.wrong_answers(name))
    return [sum(found.values()), *(found[v] for v in VERDICTS), mistakes, outcomes[True], outcomes[None]]


def table() -> str:
    rows = {name: counts(name) for name in derivations.ids()}
    total = [sum(column) for column in zip(*rows.values(), strict=True)]
    lines = [" | ".join(COLUMNS), " | ".join(["---", *["---:"] * (len(COLUMNS) - 1)])]
    lines += [" | ".join([name, *map(str, row)]) for name, row in {**rows, "all": total}.items()]
    return "".join(f"| {line} |\n" for line in lines)


def test_the_table_is_what_is_found() -> None:
    page = PAGE.read_text()
    assert page[page.index(BEGIN) + len(BEGIN) : page.index(END)] == table()


def test_what_is_not_proved_has_its_reason() -> None:
    limits = (ROOT / "LIMITS.md").read_text()
    for name, problem in derivations.problems().items():
        for step, verdict in check_derivation(problem.derivation, budget=30.0):
            if str(verdict.status) in ("tested", "assumed"):
                assert f"`{name}: {step.name}`" in limits


if __name__ == "__main__":
    text = PAGE.read_text()
    PAGE.write_text(text[: text.index(BEGIN) + len(BEGIN)] + table() + text[text.index(END) :])
    print("README.md written")
