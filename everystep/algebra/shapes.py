"""Shapes: pairs of symbolic sizes, and the arithmetic of integer expressions.

A size or an index is a plain SymPy integer expression (``n``, ``t - 1``, ``2*n``): index arithmetic is
meant to be evaluated.  Everything that has a *value* lives in :mod:`everystep.algebra.expressions`.
May import SymPy only.
"""

from __future__ import annotations

from typing import TypeAlias

from sympy import Expr, Integer, Symbol, expand, sympify

Shape: TypeAlias = tuple[Expr, Expr]

ONE = Integer(1)
SCALAR: Shape = (ONE, ONE)


class ShapeError(Exception):
    """The shapes of an operation's operands do not fit.

    ``operation`` names the operation; ``shapes`` are the two shapes that clash (or the one that is wrong).
    """

    def __init__(self, operation: str, *shapes: Shape, detail: str = "") -> None:
        self.operation = operation
        self.shapes = shapes
        listed = " and ".join(show_shape(s) for s in shapes)
        super().__init__(f"{operation}: {listed}" + (f" ({detail})" if detail else ""))


def size(names: str) -> Symbol:
    """A symbolic size: a positive integer.  ``size("n")``."""
    return Symbol(names, integer=True, positive=True)


def sizes(names: str) -> tuple[Symbol, ...]:
    """Several sizes: ``n, d = sizes("n d")``."""
    return tuple(size(name) for name in names.split())


def index(name: str) -> Symbol:
    """A symbolic integer index (time step, sample number); its range is stated by hypotheses or a sum."""
    return Symbol(name, integer=True)


def indices(names: str) -> tuple[Symbol, ...]:
    """Several indices: ``s, t = indices("s t")``."""
    return tuple(index(name) for name in names.split())


def integer(value: object) -> Expr:
    """``value`` as an expanded SymPy integer expression; raises TypeError when it is not one."""
    if isinstance(value, Integer):
        return value
    result = sympify(value)
    if not isinstance(result, Expr) or result.is_integer is False:
        raise TypeError(f"expected an integer expression, got {value!r}")
    return result if result.is_Atom else expand(result)


def same_size(a: Expr, b: Expr) -> bool:
    """Whether two sizes are equal for every value of their symbols."""
    return bool(a is b or a == b or (not (a.is_Atom and b.is_Atom) and expand(a - b) == 0))


def same_shape(a: Shape, b: Shape) -> bool:
    return same_size(a[0], b[0]) and same_size(a[1], b[1])


def is_scalar_shape(shape: Shape) -> bool:
    return shape[0] is ONE and shape[1] is ONE  # SymPy has one 1


def show_shape(shape: Shape) -> str:
    return f"{shape[0]} x {shape[1]}"
