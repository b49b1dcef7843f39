r"""Sums and products with dots: ``x_1 + x_2 + \dots + x_n`` and ``A_1 A_2 \cdots A_n``.

The terms beside the dots are compared: where the last one has a size and the first ones count up by one, the whole is
a sum over an index.  Any other pattern is refused.  May import this package's grammar.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sympy import Expr, Integer

from everystep.reader.source import Token, Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, latex_of, stripped

DOTS = frozenset(("dots", "ldots", "cdots", "dotsc", "dotsb", "dotsm", "hdots"))


@dataclass(frozen=True)
class Run:
    """Terms from ``start`` to ``end`` (behind the last one) that are ``body`` at an index from ``low`` to ``high``."""

    start: int
    end: int
    letter: str
    body: Node
    low: Expr
    high: Expr


@dataclass
class _Places:
    """What stands at the places where two terms differ."""

    letter: str
    lows: list[int]
    highs: list[Node]


def is_dots(node: Node) -> bool:
    """Whether a node is three dots."""
    return node.kind == "sign" and node.text in DOTS and not node.scripts


def run_of(terms: Sequence[Node], signs: Sequence[str], letter: str, integer: Callable[[Node], Expr]) -> Run:
    """The run around the first dots among terms (with their signs); raises Unreadable where it is not clear.

    ``letter``: a name for the index that nothing else uses.  ``integer``: reads an integer expression.
    """
    at = next(k for k, term in enumerate(terms) if is_dots(term))
    unclear = Unreadable("which terms do the dots stand for? write the sum or product with an index", terms[at].place)
    if at == 0 or at + 1 >= len(terms) or is_dots(terms[at + 1]) or len(set(signs[at - 1 : at + 2])) != 1:
        raise unclear
    last = terms[at + 1]
    found = _pattern(terms[at - 1], last, letter, integer)
    if found is None:
        raise unclear
    body, low, high, simple = found
    start = at - 1
    while start > 0:
        before = _pattern(terms[start - 1], last, letter, integer)
        if before is None:
            break
        if before[1] != low - 1 or before[2] != high or signs[start - 1] != signs[at]:
            raise unclear
        start, low = start - 1, before[1]
    if not simple and at - start < 2:
        raise unclear
    return Run(start, at + 2, letter, body, Integer(low), high)


def _pattern(
    first: Node, last: Node, letter: str, integer: Callable[[Node], Expr]
) -> tuple[Node, int, Expr, bool] | None:
    """(body, low, high, whether the high end is sure) where two terms differ in one number alone."""
    places = _Places(letter, [], [])
    body = _general(first, last, places)
    if body is None or not places.lows or len(set(places.lows)) != 1:
        return None
    try:
        highs = {integer(node) for node in places.highs}
    except Unreadable:
        return None
    if len(highs) != 1:
        return None
    (high,) = highs
    simple = first.kind != "number" or high.is_Symbol
    return body, places.lows[0], high, simple


def _general(first: Node, last: Node, places: _Places) -> Node | None:
    """The last term with the index in the places where the first one has a number; None where they do not match."""
    number = first.kind == "number" and first.text.isdigit()
    marks = [[(m, latex_of(t)) for m, t in node.scripts] for node in (first, last)]
    if number and first.scripts and marks[0] == marks[1] and first.text != last.text:
        places.lows.append(int(first.text))
        places.highs.append(last.bare())
        return Node("letter", places.letter, place=last.place, scripts=list(last.scripts))
    if number and not first.scripts and not (last.kind == "number" and last.text == first.text):
        places.lows.append(int(first.text))
        places.highs.append(last)
        return Node("letter", places.letter, place=last.place)
    same = (first.kind, first.text, first.style, first.separators) == (
        last.kind,
        last.text,
        last.style,
        last.separators,
    )
    lengths = (len(first.parts), len(first.scripts), [len(r) for r in first.rows]) == (
        len(last.parts),
        len(last.scripts),
        [len(r) for r in last.rows],
    )
    if not same or not lengths:
        return None
    parts = [_general(a, b, places) for a, b in zip(first.parts, last.parts, strict=True)]
    scripts: list[tuple[str, Tokens]] = []
    for (mark, a), (other, b) in zip(first.scripts, last.scripts, strict=True):
        tokens = _general_tokens(a, b, places)
        if tokens is None or mark != other:
            return None
        scripts.append((mark, tokens))
    rows: list[list[Tokens]] = []
    for row, below in zip(first.rows, last.rows, strict=True):
        cells = [_general_tokens(a, b, places) for a, b in zip(row, below, strict=True)]
        if any(cell is None for cell in cells):
            return None
        rows.append([cell for cell in cells if cell is not None])
    inside = _general_tokens(first.tokens, last.tokens, places) if not first.parts else last.tokens
    if inside is None or any(part is None for part in parts):
        return None
    kept = [part for part in parts if part is not None]
    return replace(last, parts=kept, scripts=scripts, rows=rows, tokens=inside, separators=list(last.separators))


def _general_tokens(first: Tokens, last: Tokens, places: _Places) -> Tokens | None:
    """The same of tokens that are not parsed: they differ in single digits, or one is a number as a whole."""
    first, last = stripped(first), stripped(last)
    if [(t.kind, t.text) for t in first] == [(t.kind, t.text) for t in last]:
        return last
    if first and last and all(t.kind == "char" and t.text.isdigit() for t in first):
        try:
            high = parse(last)
        except Unreadable:
            return None
        places.lows.append(int("".join(t.text for t in first)))
        places.highs.append(high)
        return (_letter(last[0], places.letter),)
    if len(first) != len(last):
        return None
    result: list[Token] = []
    for a, b in zip(first, last, strict=True):
        if (a.kind, a.text) == (b.kind, b.text):
            result.append(b)
        elif a.kind == "char" and a.text.isdigit() and b.kind == "char" and b.text.isalpha():
            places.lows.append(int(a.text))
            places.highs.append(Node("letter", b.text, place=b.place))
            result.append(_letter(b, places.letter))
        else:
            return None
    return tuple(result)


def _letter(token: Token, name: str) -> Token:
    return replace(token, kind="char", text=name)
