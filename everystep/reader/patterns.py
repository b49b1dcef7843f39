"""The standard library's ``re``, but ``compile`` puts the work off to the first use of what it returns.

The vocabulary of prose is large and most documents meet little of it: compiling all of it takes longer than reading a
short one.  Imports the standard library only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from pathlib import Path
from re import (
    ASCII,
    DOTALL,
    IGNORECASE,
    MULTILINE,
    VERBOSE,
    Match,
    Pattern,
    RegexFlag,
    error,
    escape,
    findall,
    finditer,
    fullmatch,
    match,
    search,
    split,
    sub,
    subn,
)
from typing import Any, cast
from zlib import adler32, crc32

__all__ = [
    "ASCII",
    "DOTALL",
    "IGNORECASE",
    "MULTILINE",
    "VERBOSE",
    "Match",
    "Pattern",
    "RegexFlag",
    "compile",
    "error",
    "escape",
    "findall",
    "finditer",
    "fullmatch",
    "match",
    "search",
    "split",
    "sub",
    "subn",
]


NEEDED_WORDS = Path(__file__).with_name("needed_words.json")
"""By the keys of expressions: words of which every match contains one.  ``tests/reader/needed_words.py`` makes it."""


@cache
def _needed_words() -> dict[str, list[str]]:
    return cast("dict[str, list[str]]", json.loads(NEEDED_WORDS.read_text(encoding="utf-8")))


class Later:
    """Stands for a compiled expression, which is made when a text is met that it might match.

    Every match of most expressions contains one of a few words: a text without them is answered at once.  Expressions
    that the list of words does not know are compiled at the first use; so is each where a search starts or ends inside
    of its text, which may be long.

    Attributes:
        pattern: the expression.
        given_flags: those that it was given; ``flags`` are those of the compiled one, as all other names are.
    """

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self.given_flags = int(flags)
        self._folds = bool(self.given_flags & int(IGNORECASE))

    @property
    def key(self) -> str:
        """What the expression goes by in the list of words: it changes with the expression and its flags."""
        text = f"{self.given_flags} {self.pattern}".encode()
        return f"{crc32(text):08x}{adler32(text):08x}"

    @cached_property
    def _compiled(self) -> Pattern[str]:
        return re.compile(self.pattern, self.given_flags)

    @cached_property
    def _words(self) -> list[str]:
        """Words of which every match contains one; empty where none are known."""
        found = _needed_words().get(self.key, [])
        if not found:
            for name in ("search", "match", "fullmatch", "finditer", "findall", "split", "sub"):
                setattr(self, name, getattr(self._compiled, name))  # from now on without this detour
        return found

    def _lacks_all_words(self, text: str) -> bool:
        """Whether ``text`` holds no match, by its words alone."""
        if not (words := self._words):
            return False
        if self._folds:
            if not text.isascii():  # where upper and lower case are no pairs
                return False
            text = text.lower()
        for word in words:  # noqa: SIM110 - asked hundreds of times a sentence, and `all` takes twice as long
            if word in text:
                return False
        return True

    def search(self, text: str, *where: int) -> Match[str] | None:
        return None if not where and self._lacks_all_words(text) else self._compiled.search(text, *where)

    def match(self, text: str, *where: int) -> Match[str] | None:
        return None if not where and self._lacks_all_words(text) else self._compiled.match(text, *where)

    def fullmatch(self, text: str, *where: int) -> Match[str] | None:
        return None if not where and self._lacks_all_words(text) else self._compiled.fullmatch(text, *where)

    def finditer(self, text: str, *where: int) -> Iterator[Match[str]]:
        return iter(()) if not where and self._lacks_all_words(text) else self._compiled.finditer(text, *where)

    def findall(self, text: str, *where: int) -> list[Any]:
        return [] if not where and self._lacks_all_words(text) else self._compiled.findall(text, *where)

    def split(self, text: str, maxsplit: int = 0) -> list[Any]:
        return [text] if self._lacks_all_words(text) else self._compiled.split(text, maxsplit)

    def sub(self, new: str | Callable[[Match[str]], str], text: str, count: int = 0) -> str:
        return text if self._lacks_all_words(text) else self._compiled.sub(new, text, count)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked by copy and pickle
            raise AttributeError(name)
        return getattr(self._compiled, name)


def compile(pattern: str, flags: int = 0) -> Pattern[str]:  # noqa: A001 - in the place of re.compile
    """``re.compile``, at the first use that needs it: an error in the expression is raised there."""
    return cast("Pattern[str]", Later(pattern, flags))
