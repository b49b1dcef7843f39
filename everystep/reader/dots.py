r"""Sums and products with dots: ``x_1 + x_2 + \dots + x_n``, ``A_1 A_2 \cdots A_n``, ``W_L W_{L-1} \cdots W_1``.

The terms beside the dots are compared: where their indices count up by one to the last, or down to it, the whole is a
sum over an index.  Further terms that are members as well belong to it: of ``1 + r + r^2 + \dots + r^n`` the first two.
Any other pattern is refused.  May import this package's grammar.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sympy import Expr

from everystep.reader.source import Token, Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, latex_of, name_of, stripped
from everystep.records import dataclass, field, replace

DOTS = frozenset(("dots", "ldots", "cdots", "dotsc", "dotsb", "dotsm", "hdots", "vdots", "ddots"))
_TURNED = frozenset(("T", "t", "top", "intercal", "prime", "dagger"))


@dataclass(frozen=True)
class Run:
    """Terms from ``start`` to ``end`` (behind the last one) that are ``body`` at an index from ``low`` to ``high``.

    ``falls``: whether the term of the greatest index stands first.
    """

    start: int
    end: int
    letter: str
    body: Node
    low: Expr
    high: Expr
    falls: bool = False


@dataclass(frozen=True)
class Reads:
    """What the declarations say: the integer that a tree is, and whether a term is a body at a value of its letter."""

    integer: Callable[[Node], Expr]
    is_member: Callable[[Node, Node, str, Expr], bool]


@dataclass
class _Places:
    """What stands at the places where two terms differ; ``offsets``: how far each place is ahead of the first."""

    letter: str
    lows: list[Node] = field(default_factory=list)
    highs: list[Node] = field(default_factory=list)
    offsets: Sequence[int] = ()

    def add(self, low: Node, high: Node) -> int:
        """Note a place; returns how far it is ahead of the first one."""
        self.lows.append(low)
        self.highs.append(high)
        return self.offsets[len(self.lows) - 1] if self.offsets else 0


@dataclass(frozen=True)
class _Pattern:
    """What two terms are: ``body`` at ``low`` and at ``high``; ``sure``: no further term has to confirm it."""

    body: Node
    low: Expr
    high: Expr
    sure: bool


def is_dots(node: Node) -> bool:
    """Whether a node is three dots."""
    return node.kind == "sign" and node.text in DOTS and not node.scripts


def run_of(terms: Sequence[Node], signs: Sequence[str], letter: str, reads: Reads) -> Run:
    """The run around the first dots among terms (with their signs); raises Unreadable where it is not clear.

    ``letter``: a name for the index that nothing else uses.
    """
    at = next(k for k, term in enumerate(terms) if is_dots(term))
    unclear = Unreadable("which terms do the dots stand for? write the sum or product with an index", terms[at].place)
    if at == 0 or at + 1 >= len(terms) or is_dots(terms[at + 1]) or len(set(signs[at - 1 : at + 2])) != 1:
        raise unclear
    run = _rising(terms, signs, at, letter, reads)
    if run is None:  # read from its end, a falling run rises
        count = len(terms)
        turned = _rising(terms[::-1], signs[::-1], count - 1 - at, letter, reads)
        if turned is None:
            raise unclear
        run = replace(turned, start=count - turned.end, end=count - turned.start, falls=True)
    return run


def _rising(terms: Sequence[Node], signs: Sequence[str], at: int, letter: str, reads: Reads) -> Run | None:
    """The run around dots whose index rises by one from term to term; None where it does not."""
    found = _pattern(terms[at - 1], terms[at + 1], letter, reads.integer)
    if found is None:
        return None
    body, low, high = found.body, found.low, found.high
    start, end = at - 1, at + 2
    while start > 0 and signs[start - 1] == signs[at] and reads.is_member(terms[start - 1], body, letter, low - 1):
        start, low = start - 1, (low - 1).expand()
    while end < len(terms) and signs[end] == signs[at] and reads.is_member(terms[end], body, letter, high + 1):
        end, high = end + 1, (high + 1).expand()
    others = (terms[start - 1] if start else None, terms[end] if end < len(terms) else None)
    if any(term is not None and _pattern(term, terms[at + 1], letter, reads.integer) for term in others):
        return None  # 1 + 3 + ... + n
    if not found.sure and end - start < 4:
        return None
    return Run(start, end, letter, body, low, high)


def _pattern(first: Node, last: Node, letter: str, integer: Callable[[Node], Expr]) -> _Pattern | None:
    """What two terms have in common where they differ in integers that are the same, or the same distance apart."""
    places = _Places(letter)
    body = _general(first, last, places)
    if body is None or not places.lows:
        return None
    try:
        lows, highs = [integer(node) for node in places.lows], [integer(node) for node in places.highs]
    except Unreadable:
        return None
    offsets = [(low - lows[0]).expand() for low in lows]
    if offsets != [(high - highs[0]).expand() for high in highs] or not all(o.is_Integer for o in offsets):
        return None
    if any(offsets):
        body = _general(first, last, replace(places, lows=[], highs=[], offsets=[int(o) for o in offsets]))
    sure = lows[0].is_Integer and not any(offsets) and (first.kind != "number" or highs[0].is_Symbol)
    return _Pattern(body, lows[0], highs[0], sure) if body is not None else None


def _general(first: Node, last: Node, places: _Places) -> Node | None:
    """The last term with the index in the places where the first one has a number; None where they do not match."""
    number = first.kind == "number" and first.text.isdigit()
    marks = [[(m, latex_of(t)) for m, t in node.scripts] for node in (first, last)]
    if number and first.scripts and marks[0] == marks[1] and first.text != last.text:
        return replace(_index_node(places, first.bare(), last.bare()), scripts=list(last.scripts))
    if number and not first.scripts and not (last.kind == "number" and last.text == first.text):
        return _index_node(places, first, last)
    same = (first.kind, first.text, first.style, first.separators) == (
        last.kind,
        last.text,
        last.style,
        last.separators,
    )
    scripts_before = list(first.scripts)
    if marks[1][: len(marks[0])] == marks[0] and len(marks[1]) == len(marks[0]) + 1 and last.scripts[-1][0] == "^":
        if "".join(name_of(t) for t in stripped(last.scripts[-1][1])) in _TURNED:
            return None
        scripts_before.append(("^", (Token("char", "1", last.scripts[-1][1][0].place),)))  # r is r^1
    lengths = (len(first.parts), len(scripts_before), [len(r) for r in first.rows]) == (
        len(last.parts),
        len(last.scripts),
        [len(r) for r in last.rows],
    )
    if not same or not lengths:
        return None
    parts = [_general(a, b, places) for a, b in zip(first.parts, last.parts, strict=True)]
    scripts: list[tuple[str, Tokens]] = []
    for (mark, a), (other, b) in zip(scripts_before, last.scripts, strict=True):
        tokens = _general_tokens(a, b, places, whole=True)
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


def _index_node(places: _Places, low: Node, high: Node) -> Node:
    offset = places.add(low, high)
    letter = Node("letter", places.letter, place=high.place)
    if not offset:
        return letter
    number = Node("number", str(abs(offset)), place=high.place)
    shifted = Node("sum", "++" if offset > 0 else "+-", [letter, number], high.place)
    return Node("group", "", [shifted], high.place)


def _general_tokens(first: Tokens, last: Tokens, places: _Places, whole: bool = False) -> Tokens | None:
    """The same of tokens that are not parsed: they differ in single digits, or one is a number as a whole.

    ``whole``: they are an index or an exponent, which may be any two integers.
    """
    first, last = stripped(first), stripped(last)
    if [(t.kind, t.text) for t in first] == [(t.kind, t.text) for t in last]:
        return last
    digits = bool(first) and all(t.kind == "char" and t.text.isdigit() for t in first)
    if len(first) == len(last) and (len(first) > 1 or not digits):
        differ = [k for k, (a, b) in enumerate(zip(first, last, strict=True)) if (a.kind, a.text) != (b.kind, b.text)]
        if all(_is_digit(first[k]) and last[k].kind == "char" and last[k].text.isalpha() for k in differ):
            result: list[Token] = list(last)
            for k in reversed(differ):
                result[k : k + 1] = _index_tokens(places, _letter_node(first[k]), _letter_node(last[k]), last[k])
            return tuple(result)
    if not (digits or whole) or not first or not last:
        return None
    try:
        pair = parse(first), parse(last)
    except Unreadable:
        return None
    return _index_tokens(places, *pair, last[0])


def _is_digit(token: Token) -> bool:
    return token.kind == "char" and token.text.isdigit()


def _letter_node(token: Token) -> Node:
    return Node("number" if token.text.isdigit() else "letter", token.text, place=token.place)


def _index_tokens(places: _Places, low: Node, high: Node, like: Token) -> Tokens:
    offset = places.add(low, high)
    tokens = [replace(like, kind="char", text=places.letter)]
    if offset:
        tokens += [replace(like, kind="char", text=c) for c in f"{offset:+d}"]
    return tuple(tokens)
