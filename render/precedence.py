r"""Trees with what their surroundings must know: precedence, height, sign; when parentheses are due.

Precedence, weakest first: sums; entrywise and Kronecker products; products by juxtaposition and
``a / b``; prefixes that reach to the right (sum signs, limits, gradients); powers and transposes;
atoms.  May import SymPy and the printing core's tree and names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from sympy import Symbol

from render.boxes import Fence, Infix, Row, Sym, Terms, Tree
from render.names import parse_name


class UnprintableError(TypeError):
    """A node for which no notation is defined."""


class Level(IntEnum):
    """Precedence of a printed expression."""

    SUM = 1
    ENTRYWISE = 2
    PRODUCT = 3
    PREFIX = 4
    POWER = 5
    ATOM = 6


@dataclass(frozen=True)
class Laid:
    """A tree with its precedence.

    ``height``: 0 plain, 1 has parentheses, 2 has large ones, then ``FRACTION`` and ``LIMITS``;
    ``negative``: it begins with a minus sign; ``digit``: it begins with a digit; ``open``: the
    indices of sum signs that reach to its right end.
    """

    tree: Tree
    level: Level = Level.ATOM
    height: int = 0
    negative: bool = False
    digit: bool = False
    open: frozenset[Symbol] = frozenset()


@dataclass(frozen=True)
class Style:
    """``flat``: one line of text; ``nested``: within a fraction or a script, where quotients
    become ``a / b``."""

    flat: bool = False
    nested: bool = False

    @property
    def inner(self) -> Style:
        return replace(self, nested=True)

    @property
    def slashes(self) -> bool:
        return self.flat or self.nested


def fence(kind: str, inner: Laid, *, glued: bool = False) -> Laid:
    if kind in ("norm", "abs") and inner.height <= 1:
        return Laid(Fence(kind, inner.tree, 0, glued), height=1)
    height = max(inner.height, min(inner.height + 1, 2))
    return Laid(Fence(kind, inner.tree, inner.height, glued), height=height)


def enclosed(inner: Laid) -> Laid:
    return fence("(", inner)


def at_least(inner: Laid, level: Level) -> Laid:
    """``inner``, in parentheses when it binds more weakly than ``level`` or begins with a sign."""
    return inner if inner.level >= level and not inner.negative else enclosed(inner)


def function(head: Tree, *arguments: Laid, kind: str = "(") -> Laid:
    """``head(a, b)``."""
    body: Tree = arguments[0].tree
    if len(arguments) > 1:
        body = Infix("comma", tuple(a.tree for a in arguments))
    inner = Laid(body, height=max((a.height for a in arguments), default=0))
    laid = fence(kind, inner, glued=True)
    return Laid(Row((head, laid.tree)), height=laid.height)


def named(name: str, bold: bool = False) -> Sym:
    return Sym(parse_name(name), bold)


def juxtaposed(factors: Sequence[Laid]) -> Laid:
    if len(factors) == 1:
        return factors[0]
    return Laid(
        Row(
            tuple(f.tree for f in factors),
            frozenset(i for i, f in enumerate(factors) if i and f.digit),
        ),
        Level.PRODUCT,
        max(f.height for f in factors),
        digit=factors[0].digit,
        open=factors[-1].open,
    )


def negated(inner: Laid) -> Laid:
    """``inner`` after a minus sign."""
    return replace(inner, tree=Terms(((True, inner.tree),)), level=Level.SUM, negative=True, digit=False)


def summed(terms: Sequence[tuple[bool, Laid]]) -> Laid:
    """Terms with their signs."""
    return Laid(
        Terms(tuple((sign, laid.tree) for sign, laid in terms)),
        Level.SUM,
        max(laid.height for _, laid in terms),
        negative=terms[0][0],
        digit=terms[0][1].digit,
        open=terms[-1][1].open,
    )
