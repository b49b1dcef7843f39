"""The standard library's ``re``, but ``compile`` puts the work off to the first use of what it returns.

The vocabulary of prose is large and most documents meet little of it: compiling all of it takes longer than reading a
short one.  Imports the standard library only.
"""

from __future__ import annotations

import re
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


class Later:
    """Stands for a compiled expression, whose methods it gets as soon as one is asked for."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self.pattern, self._flags), name)  # re remembers what it has compiled
        setattr(self, name, found)
        return found


def compile(pattern: str, flags: int = 0) -> Pattern[str]:  # noqa: A001 - in the place of re.compile
    """``re.compile``, at the first use: an error in the expression is raised there."""
    return cast("Pattern[str]", Later(pattern, flags))
