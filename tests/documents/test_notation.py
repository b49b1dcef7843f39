"""What authors write every day is read as they mean it: each notation with true and false twins.

``notation.txt``, ``piecewise.txt`` for values by cases, ``limits.txt``, ``conditional.txt`` for conditional means,
``parametric.txt`` for matrices that depend on a parameter, ``moments.txt`` for what is driven by noise,
``bounds.txt`` for norms and orders, ``fields.txt`` for statements of courses.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from everystep.documents.check import check_text

STATUS = {"true": "proved", "false": "refuted", "both": "unreadable"}
STATUS |= {status: status for status in ("tested", "undefined")}


def rows() -> Iterator[tuple[str, str, str]]:
    """(declarations, display, expected verdict)."""
    given = ""
    files = (
        Path(__file__).parent / name
        for name in (
            "notation.txt",
            "piecewise.txt",
            "limits.txt",
            "conditional.txt",
            "parametric.txt",
            "moments.txt",
            "bounds.txt",
            "fields.txt",
        )
    )
    for line in (line for file in files for line in file.read_text(encoding="utf-8").splitlines()):
        word, _, rest = line.partition(" ")
        if word == "given":
            given = rest
        elif word in STATUS:
            yield given, rest, STATUS[word]
        else:
            assert not word or word == "#", line


@pytest.mark.parametrize(("given", "display", "expected"), list(rows()))
def test_a_notation_is_read_as_it_is_meant(given: str, display: str, expected: str) -> None:
    step = check_text(f"{given}\n\\[ {display} \\]").steps[-1]
    assert str(step.status) == expected, step.verdict.message
