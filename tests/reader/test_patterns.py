"""Regular expressions that are compiled late: all of them are right, and behave as compiled ones do.

The list of words that spares compiling most of them is as ``needed_words.py`` makes it, and what that says of an
expression holds for texts that the expression was asked to make up.
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import everystep.reader
from everystep.reader import patterns
from tests.reader.needed_words import expressions, needed, written

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
    assert late.search is late.search  # no words are known of it: asked directly from now on


def test_an_error_is_raised_at_the_first_use() -> None:
    with pytest.raises(re.error, match="unterminated"):
        patterns.compile("(a").search("a")


def test_the_list_of_words_is_as_it_is_made() -> None:
    assert patterns.NEEDED_WORDS.read_text(encoding="utf-8") == written()


def test_no_two_expressions_go_by_one_key() -> None:
    found = expressions().values()
    assert len({late.key for late in found}) == len({(late.pattern, late.given_flags) for late in found})


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("let", {"let"}),
        (r"\b(?:let|soit)\b", {"let", "soit"}),
        (r"(?:the )?matrix", {"matrix"}),
        (r"\w+(?:s of|es de) \d", {"s of ", "es de "}),
        (r"[Ll]et|suppose", {"Let", "let", "suppose"}),
        (r"(?:and|or)+ so", {" so"}),
        (r"(?:and|or)*", None),
        (r"so(?:me)?|\d", None),
        (r"(?i:Let)|so", None),
        (r"(?i)let", None),
        (r"(?=let)x\w", None),
        (r"(?<!so)many", {"many"}),
        (r"a(?:bc){2}", {"bc"}),
        (r"(?:soit|let)?", None),
        (r".", None),
    ],
)
def test_the_words_that_an_expression_needs(pattern: str, expected: set[str] | None) -> None:
    assert needed(pattern) == (expected and frozenset(expected))


def test_case_is_folded_where_the_expression_folds_it() -> None:
    assert needed("Let", re.IGNORECASE) == {"let"}
    assert needed("Étant", re.IGNORECASE) is None


LONGEST = [late for late in expressions().values() if needed(late.pattern, late.given_flags)]


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_every_text_that_matches_holds_a_word(data: st.DataObject) -> None:
    late = data.draw(st.sampled_from(LONGEST))
    text = data.draw(
        st.from_regex(late.pattern if not late.given_flags else re.compile(late.pattern, late.given_flags))
    )
    compiled = re.compile(late.pattern, late.given_flags)
    assert (late.search(text) is None) == (compiled.search(text) is None)
    assert (late.fullmatch(text) is None) == (compiled.fullmatch(text) is None)
    assert [found.span() for found in late.finditer(text)] == [found.span() for found in compiled.finditer(text)]
    assert late.sub("-", text) == compiled.sub("-", text)
    assert late.split(text) == compiled.split(text)
