"""The words that documents print, in every language: read from ``templates/strings.toml``.

A missing word, or a word without one of the languages, is an error, never an empty place.
May import the standard library and ``render.assets``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache

from render.assets import read_template


class StringsError(ValueError):
    """A word or a language that is not there."""


@cache
def _table() -> tuple[tuple[str, ...], dict[str, dict[str, str]]]:
    data = tomllib.loads(read_template("strings.toml"))
    names = tuple(data.pop("languages"))
    for key, row in data.items():
        if set(row) != set(names):
            raise StringsError(f"strings.toml: {key!r} must have exactly {', '.join(names)}")
    return names, data


def languages() -> tuple[str, ...]:
    """The languages in which documents are printed."""
    return _table()[0]


class Strings:
    """The words of one language; ``strings["verdict.proved"]``."""

    def __init__(self, language: str) -> None:
        if language not in languages():
            raise StringsError(f"no language {language!r}; one of {', '.join(languages())}")
        self.language = language

    def __getitem__(self, key: str) -> str:
        try:
            return _table()[1][key][self.language]
        except KeyError:
            raise StringsError(f"strings.toml has no {key!r}") from None

    def evidence(self, name: str) -> str:
        """The words for a method, rule or arithmetic of the prover: its own where there are none.

        The prover may gain a rule before its translation is written; a test on the catalogue
        finds that, a document need not wait for it.
        """
        row = _table()[1].get(f"evidence.{name}")
        return name if row is None else row[self.language]

    def condition(self, name: str) -> str:
        """The words for a condition of the prover, ``u nonzero``: a symbol, then words of ours."""
        subject, _, kind = name.partition(" ")
        row = _table()[1].get(f"condition.{kind}")
        return name if row is None else f"{subject} {row[self.language]}"

    def operators(self, latex: str) -> str:
        """LaTeX with the names of operators in this language: ``rank`` is ``rg`` in French."""
        for key, row in _table()[1].items():
            if key.startswith("operator."):
                name = key.removeprefix("operator.")
                latex = latex.replace(rf"\operatorname{{{name}}}", rf"\operatorname{{{row[self.language]}}}")
        return latex

    def __iter__(self) -> Iterator[str]:
        return iter(_table()[1])
