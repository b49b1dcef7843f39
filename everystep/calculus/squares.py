"""Polynomials in numbers that are squares: ``a^2 + 2 a c + c^2``.  May import the core's own modules only."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from everystep.calculus.core import Core
from everystep.calculus.networks import Component, Poly, Term, is_open_component

MOST_TERMS = 8

Powers = tuple[int, ...]


def square_root(core: Core, poly: Poly) -> Poly | None:
    """A polynomial r with ``r^2 = poly``, found term by term from the greatest monomial; None where there is none.

    Of three or more monomials, in numbers (components without a free index) with whole powers of at least 1.
    """
    numbers = sorted({c for key in poly for c, _ in key}, key=repr)
    whole = all(isinstance(e, int) and e > 0 for key in poly for _, e in key)
    if not 3 <= len(poly) <= MOST_TERMS**2 or not whole or any(map(is_open_component, numbers)):
        return None
    square = {_powers(dict(key), numbers): Fraction(c) for key, c in poly.items()}
    top = max(square)
    lead = _root(square[top])
    if lead is None or any(e % 2 for e in top):
        return None
    first = tuple(e // 2 for e in top)
    root: dict[Powers, Fraction] = {first: lead}
    while rest := _difference(square, root):
        greatest = max(rest)
        power = tuple(a - b for a, b in zip(greatest, first, strict=True))
        if len(root) == MOST_TERMS or min(power) < 0 or power in root:
            return None
        root[power] = rest[greatest] / (2 * lead)
    return core.normal(
        Term(c, [], {n: e for n, e in zip(numbers, powers, strict=True) if e}) for powers, c in root.items()
    )


def _powers(key: dict[Component, int | Fraction], numbers: list[Component]) -> Powers:
    return tuple(int(key.get(number, 0)) for number in numbers)


def _root(value: Fraction) -> Fraction | None:
    """The rational root of a positive rational number."""
    if value <= 0:
        return None
    above, below = isqrt(value.numerator), isqrt(value.denominator)
    return Fraction(above, below) if above**2 == value.numerator and below**2 == value.denominator else None


def _difference(square: dict[Powers, Fraction], root: dict[Powers, Fraction]) -> dict[Powers, Fraction]:
    """The polynomial less the square of what has been found of its root."""
    result = dict(square)
    for p, a in root.items():
        for q, b in root.items():
            power = tuple(x + y for x, y in zip(p, q, strict=True))
            result[power] = result.get(power, Fraction(0)) - a * b
    return {p: c for p, c in result.items() if c}
