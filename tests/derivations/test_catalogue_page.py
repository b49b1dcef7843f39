"""docs/catalogue.md says of every question of the course where it is answered and by what it is decided.

``python tests/derivations/test_catalogue_page.py`` writes all columns anew but the first three.
"""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

import derivations  # noqa: E402 - found through the line above when this is run as a program
from everystep.derivation import Part, Problem  # noqa: E402
from render.strings import languages  # noqa: E402

PAGE = ROOT / "docs" / "catalogue.md"
BEGIN, END = "<!-- generated: begin -->\n", "<!-- generated: end -->\n"
GROUPS = {"A": 5, "B": 3, "C": 4, "D": 5, "E": 5, "F": 6, "G": 11, "H": 5, "I": 8}
ENTRIES = [*(f"{letter}{i}" for letter, count in GROUPS.items() for i in range(1, count + 1)), "J"]


def answering(entry: str) -> list[tuple[Problem, Part]]:
    """The parts of the catalogue that answer an entry."""
    return [(p, part) for p in derivations.problems().values() for part in p.parts if entry in part.entries]


def kinds(problem: Problem, part: Part) -> list[str]:
    """What decides a part: the number of its steps, the kinds of its checks."""
    steps = sum(len(chain.steps) for chain in problem.derivation.chains if chain.name in part.chains)
    variants = [part.variant] if part.variant else problem.variants
    checks = [problem.check(name, variant).kind for name in part.checks for variant in variants]
    return [f"{steps} steps"] * bool(steps) + checks


def decided(found: list[tuple[Problem, Part]]) -> str:
    """All kinds of an entry, steps added up."""
    listed = [kind for problem, part in found for kind in kinds(problem, part)]
    steps = sum(int(kind.split()[0]) for kind in listed if kind.endswith(" steps"))
    others = sorted({kind for kind in listed if not kind.endswith(" steps")})
    return ", ".join([f"derivation ({steps} steps)"] * bool(steps) + others)


def written(problem: Problem) -> list[str]:
    """The languages that have a template of its prose."""
    return [lang for lang in languages() if (ROOT / "templates/problems" / f"{problem.id}.{lang}.tex.j2").is_file()]


def asking(entry: str) -> list[str]:
    """The assignments that ask an entry."""
    return [
        name
        for name, assignment in derivations.assignments().items()
        if any(entry in part.entries for question in assignment.questions for part in question.parts)
    ]


def row(entry: str, question: str, planned: str) -> str:
    found = answering(entry)
    modules = ", ".join(f"`{name}`" for name, _ in groupby(problem.id for problem, _ in found)) or planned
    parts = ", ".join(part.id for _, part in found)
    in_all = [lang for lang in languages() if all(lang in written(problem) for problem, _ in found)] if found else []
    state = "done" if found and set(in_all) == set(languages()) else "missing"
    cells = [entry, question, modules, parts, decided(found), ", ".join(in_all), ", ".join(asking(entry)), state]
    return "| " + " | ".join(cells) + " |\n"


def table(text: str) -> str:
    """The table anew, the entries, questions and planned modules as they are."""
    rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in text.splitlines()[2:]]
    heads = ["entry", "question", "module", "parts", "decided by", "languages", "asked in", "state"]
    lines = ["| " + " | ".join(heads) + " |\n", "| " + " | ".join(["---"] * len(heads)) + " |\n"]
    return "".join(lines + [row(*cells[:3]) for cells in rows])


def generated() -> str:
    return PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]


def test_the_page_is_up_to_date() -> None:
    assert generated() == table(generated()), "run: python tests/derivations/test_catalogue_page.py"


def test_every_question_of_the_course_has_its_row() -> None:
    assert [line.split("|")[1].strip() for line in generated().splitlines()[2:]] == ENTRIES


def test_no_part_answers_an_entry_that_is_not_there() -> None:
    named = {entry for p in derivations.problems().values() for part in p.parts for entry in part.entries}
    assert named <= set(ENTRIES)


def test_a_problem_that_an_assignment_misses_is_one_that_the_page_plans() -> None:
    missing = {name for assignment in derivations.assignments().values() for name in assignment.missing}
    planned = {line.split("|")[3].strip(" `") for line in generated().splitlines() if line.endswith("missing |")}
    assert missing <= planned


if __name__ == "__main__":
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    old, after = rest.split(END)
    PAGE.write_text(before + BEGIN + table(old) + END + after, encoding="utf-8")
    sys.stdout.write("docs/catalogue.md written\n")
