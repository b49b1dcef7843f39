"""How wide a formula will be, roughly, in ems: where a long line must break.

An estimate from the notation tree; the TeX run has the last word, and reports what sticks out.
May import the printing core.
"""

from __future__ import annotations

from functools import singledispatch

from render import boxes as b
from render.names import Name

SCRIPT = 0.75


def width(tree: b.Tree) -> float:
    """The width in ems in display style."""
    return _width(tree)


def _name(name: Name, bold: bool) -> float:
    base = (0.62 if bold else 0.56) if len(name.base) == 1 else 0.7
    return base + 0.3 * name.primes + 0.35 * max(len(name.sub), len(name.sup)) + 0.55 * name.change


@singledispatch
def _width(tree: b.Tree) -> float:
    raise TypeError(f"no width for {type(tree).__name__}")


@_width.register
def _(tree: b.Sym) -> float:
    return _name(tree.name, tree.bold)


@_width.register
def _(tree: b.Digits) -> float:
    return 0.5 * len(tree.digits)


@_width.register
def _(tree: b.Fraction) -> float:
    return 0.3 + 0.35 * max(len(tree.numerator), len(tree.denominator))


@_width.register
def _(tree: b.Word) -> float:
    if tree.token in b.TOKENS and tree.token not in ("max", "min", "det", "lim"):
        return 0.8
    return 0.2 + 0.48 * len(tree.token)


@_width.register
def _(tree: b.Row) -> float:
    return sum(_width(i) for i in tree.items) + 0.5 * len(tree.dots) + 0.1 * len(tree.items)


@_width.register
def _(tree: b.Terms) -> float:
    return sum(_width(t) for _, t in tree.terms) + 1.25 * len(tree.terms)


@_width.register
def _(tree: b.Infix) -> float:
    return sum(_width(i) for i in tree.items) + 1.25 * (len(tree.items) - 1)


@_width.register
def _(tree: b.Fence) -> float:
    return _width(tree.body) + (0.8, 0.95, 1.15, 1.5, 1.5)[tree.size]


@_width.register
def _(tree: b.Scripts) -> float:
    scripts = [SCRIPT * _width(s) for s in (tree.sub, tree.sup) if s is not None]
    return _width(tree.base) + max(scripts)


@_width.register
def _(tree: b.Indexed) -> float:
    return _width(tree.base) + SCRIPT * sum(_width(i) * 0.9 + 0.2 for i in tree.at)


@_width.register
def _(tree: b.Primed) -> float:
    return _width(tree.base) + 0.3 * tree.order


@_width.register
def _(tree: b.Over) -> float:
    return 0.25 + max(_width(tree.numerator), _width(tree.denominator))


@_width.register
def _(tree: b.Big) -> float:
    bounds = [SCRIPT * _width(b) for b in (tree.lower, tree.upper) if b is not None]
    return max(1.45, *bounds) + 0.2 + _width(tree.body)


@_width.register
def _(tree: b.Root) -> float:
    return 0.9 + _width(tree.body)


@_width.register
def _(tree: b.Grid) -> float:
    columns = zip(*tree.rows, strict=True)
    return 1.0 + sum(max(_width(c) for c in column) + 1.0 for column in columns)
