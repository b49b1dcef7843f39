"""Regular expressions that are compiled late: all of them are right, and behave as compiled ones do."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

import everystep.reader
from everystep.reader import patterns

MODULES = sorted(path.stem for path in Path(everystep.reader.__path__[0]).glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("name", MODULES)
def test_every_expression_of_the_reader_compiles(name: str) -> None:
    for value in vars(import_module(f"everystep.reader.{name}")).values():
        if isinstance(value, patterns.Later):
            assert isinstance(value.flags, int)  # asks for the compiled one


def test_one_behaves_as_the_compiled_one() -> None:
    late, now = patterns.compile("(?P<word>b+)c", patterns.IGNORECASE), re.compile("(?P<word>b+)c", re.IGNORECASE)
    assert late.pattern == now.pattern
    assert late.flags == now.flags
    assert late.groupindex == now.groupindex
    for text in ("", "abBc bC", "aac"):
        found, expected = late.search(text), now.search(text)
        assert (found and found["word"]) == (expected and expected["word"])
        assert late.sub("-", text) == now.sub("-", text)
    assert late.search is late.search


def test_an_error_is_raised_at_the_first_use() -> None:
    with pytest.raises(re.error, match="unterminated"):
        patterns.compile("(a").search("a")
