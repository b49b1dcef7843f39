"""The words that expressions of the reader cannot match without: ``everystep/reader/needed_words.json``.

``python tests/reader/needed_words.py`` writes the file anew, after an expression was added or changed.

A set of words is *needed* by an expression if every match contains one of them.  It follows from the syntax tree alone:
a run of characters needs itself, a sequence what any of its parts needs, a choice what all its branches need together,
and what may be left out needs nothing.  Of several sets the one whose shortest word is longest says most.
"""

from __future__ import annotations

import json
import pkgutil
import re
from collections.abc import Iterable
from importlib import import_module
from itertools import product
from pathlib import Path
from re import _constants as codes  # the standard library's parser of expressions has no public name
from re import _parser as parser
from typing import Any

import everystep.documents
import everystep.reader
from everystep.reader import patterns

FILE = Path(patterns.NEEDED_WORDS)
MOST_WORDS, MOST_RUNS, SHORTEST = 400, 64, 2
Words = frozenset[str]


def needed(pattern: str, flags: int = 0) -> Words | None:
    """The best set of words that ``pattern`` needs; None where it needs none that helps."""
    tree = parser.parse(pattern, flags)
    words = _needed(tree)
    if words is None or min(map(len, words)) < SHORTEST:
        return None
    if not tree.state.flags & re.IGNORECASE:
        return words
    if not flags & re.IGNORECASE:  # (?i) inside: whoever asks for the words is not told
        return None
    # Of letters beyond ASCII, some have more than one other case.
    return frozenset(word.lower() for word in words) if all(word.isascii() for word in words) else None


def _needed(tree: Iterable[Any]) -> Words | None:
    found: list[Words] = []
    runs = [""]
    for code, value in tree:
        more = _spelled(code, value)
        if more is not None and len(runs) * len(more) <= MOST_RUNS:
            runs = [run + end for run, end in product(runs, more)]
        else:
            found += [frozenset(runs), *_inside(code, value)]
            runs = [""]
    found.append(frozenset(runs))
    return max(
        (words for words in found if _helps(words)), key=lambda words: (min(map(len, words)), -len(words)), default=None
    )


def _helps(words: Words) -> bool:
    return "" not in words and 0 < len(words) <= MOST_WORDS


def _spelled(code: Any, value: Any) -> list[str] | None:
    """All texts that a part matches, where they can be listed."""
    if code is codes.LITERAL:
        return [chr(value)]
    if code in (codes.AT, codes.ASSERT, codes.ASSERT_NOT):  # these match no text of their own
        return [""]
    if code is codes.IN and all(kind is codes.LITERAL for kind, _ in value):
        return [chr(letter) for _, letter in value]
    if code is codes.SUBPATTERN and not value[1]:
        return _all_spelled(value[3])
    if code is codes.ATOMIC_GROUP:
        return _all_spelled(value)
    if code is codes.BRANCH:
        branches = [_all_spelled(branch) for branch in value[1]]
        return None if None in branches else [text for branch in branches if branch for text in branch]
    return None


def _all_spelled(tree: Iterable[Any]) -> list[str] | None:
    texts = [""]
    for code, value in tree:
        more = _spelled(code, value)
        if more is None or len(texts) * len(more) > MOST_RUNS:
            return None
        texts = [text + end for text, end in product(texts, more)]
    return texts


def _inside(code: Any, value: Any) -> list[Words]:
    """What a part needs that cannot be listed."""
    if code is codes.SUBPATTERN and not value[1]:  # flags of its own may fold its letters
        words = _needed(value[3])
    elif code is codes.ATOMIC_GROUP:
        words = _needed(value)
    elif code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT) and value[0] > 0:
        words = _needed(value[2])
    elif code is codes.BRANCH:
        branches = [_needed(branch) for branch in value[1]]
        words = None if None in branches else frozenset().union(*(branch for branch in branches if branch))
    else:
        words = None
    return [] if words is None else [words]


def expressions() -> dict[str, patterns.Later]:
    """All expressions that the modules of the reader and of the documents hold, by their keys."""
    found = {}
    for package in (everystep.reader, everystep.documents):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for value in _values(vars(import_module(module.name)).values()):
                if isinstance(value, patterns.Later):
                    found[value.key] = value
    return found


def _values(values: Iterable[Any]) -> Iterable[Any]:
    """These, and what tables of them hold."""
    for value in values:
        if isinstance(value, dict):
            yield from _values([*value.keys(), *value.values()])
        elif isinstance(value, tuple | list | set | frozenset):
            yield from _values(value)
        else:
            yield value


def written() -> str:
    """What the file must hold."""
    lines = []
    for key, expression in sorted(expressions().items()):
        words = needed(expression.pattern, expression.given_flags)
        if words is not None:
            lines.append(f"{json.dumps(key)}: {json.dumps(sorted(words), ensure_ascii=False)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
