"""Exponentials of matrices with a quadratic or a cubic equation by hypothesis: projections, reflections, rotations.

May import the core and the normal form's rewriting.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TypeAlias

from everystep.calculus.atoms import changed_inside, transform
from everystep.calculus.core import Core
from everystep.calculus.functions import known_or_opaque
from everystep.calculus.indices import Slot, constant
from everystep.calculus.networks import (
    Component,
    Key,
    Poly,
    Term,
    Undecided,
    add_into,
    component_key,
    delta,
    is_open_component,
)

Rewriting: TypeAlias = Callable[[Poly], Poly]


def by_equations(core: Core, poly: Poly, rewriting: Rewriting) -> Poly:
    """The polynomial with every exp(c M) as a polynomial in M, where the hypotheses (``rewriting`` puts them to use)
    reduce M^2 to a M + b I, with numbers a and b that are given, or M^3 to b M, or M^2 to s M with a number s != 0.

    With r^2 = a^2/4 + b and N = M - a/2 I it is N^2 = r^2 I, so that exp(c M) = exp(c a/2) (cosh(c r) I + sinh(c r)/r
    N); for r = 0 that is exp(c a/2) (I + c N); with r^2 = -w^2 it has cos(c w) and sin(c w)/w.
    """

    def leaf(head: str, slots: tuple[Slot, ...]) -> list[Term] | None:
        info = core.heads.get(head)
        if info is None or info.kind != "matrix exponential":
            return None
        inside = rewriting(changed_inside(core, info, slots, lambda *_: None))
        found = _exponential(core, inside, core.dimensions[head][0], rewriting, below) if inside else None
        if found is None:
            return None
        core.used("exponential of a matrix with an equation")
        return core.terms(found, {"#r": slots[0], "#c": slots[1]})

    if not any(head[:2] == "x:" for head in core.heads):
        return poly
    below = {component for key in poly for component, exponent in key if exponent < 0}
    try:
        return core.normal(transform(core, core.terms(poly), leaf))
    except Undecided:
        return poly


def _exponential(core: Core, inside: Poly, size: Slot, rewriting: Rewriting, below: set[Component]) -> Poly | None:
    """exp of a matrix between #r and #c; None where its powers do not end in what is known.

    ``below``: numbers that the claim is divided by, so that they are not 0 where it says anything.
    """
    outside, matrix = core.content(inside, 1)
    unit = core.normal([Term(1, [(delta(size), ("#r", "#c"))])])
    square = rewriting(_product(core, matrix, matrix, size))
    combined = _combination(square, matrix, unit)
    if combined is not None:
        return _of_quadratic(core, outside, matrix, unit, *combined)
    scale = _multiple(core, square, matrix, below)
    if scale is not None:  # I + (exp(c s) - 1) / s M
        grown = core.exponential(core.normal(outside.times(t) for t in core.terms(scale)))
        inverse = core.power(scale, -1)
        factors = [g.times(b) for g in [*grown, Term(-1)] for b in inverse]
        return core.normal([*core.terms(unit), *(f.times(t) for f in factors for t in core.terms(matrix))])
    cube = _combination(rewriting(_product(core, square, matrix, size)), matrix, unit)
    if cube is None or cube[1] or not cube[0]:
        return None
    even, odd = _even_and_odd(core, outside, cube[0])
    less = [t.scaled(Fraction(1) / cube[0]) for t in [*even, Term(-1)]]
    return core.normal(
        [
            *core.terms(unit),
            *(o.times(t) for o in odd for t in core.terms(matrix)),
            *(e.times(t) for e in less for t in core.terms(square)),
        ]
    )


def _of_quadratic(core: Core, outside: Term, matrix: Poly, unit: Poly, a: Fraction, b: Fraction) -> Poly:
    """exp(c M) where M^2 = a M + b I; c is ``outside``."""
    even, odd = _even_and_odd(core, outside, a * a / 4 + b)
    shifted = dict(matrix)
    add_into(shifted, unit, -a / 2)
    grown = core.exponential(core.normal([outside.scaled(a / 2)]))
    parts = [e.times(t) for e in even for t in core.terms(unit)] + [
        o.times(t) for o in odd for t in core.terms(shifted)
    ]
    return core.normal(g.times(p) for g in grown for p in parts)


def _even_and_odd(core: Core, c: Term, square: Fraction) -> tuple[list[Term], list[Term]]:
    """cosh(c r) and sinh(c r) / r where r^2 is a number that is given; of r = 0 they are 1 and c."""
    if not square:
        return [Term(1)], [c]
    root = core.power({(): abs(square)}, Fraction(1, 2))
    argument = core.normal(c.times(r) for r in root)
    below = core.power(core.normal(root), -1)
    if square < 0:
        odd = [s.times(b) for s in known_or_opaque(core, "sin", 0, argument) for b in below]
        return known_or_opaque(core, "cos", 0, argument), odd
    grown = [t.scaled(Fraction(1, 2)) for t in core.exponential(argument)]
    shrunk = [t.scaled(Fraction(1, 2)) for t in core.exponential({k: -x for k, x in argument.items()})]
    return [*grown, *shrunk], [t.times(b) for t in (*grown, *(s.scaled(-1) for s in shrunk)) for b in below]


def _product(core: Core, left: Poly, right: Poly, size: Slot) -> Poly:
    """The product of two matrices between #r and #c."""
    joint = core.fresh()
    bound = {joint: (constant(1), size)}
    pairs = [a.times(b) for a in core.terms(left, {"#c": joint}) for b in core.terms(right, {"#r": joint})]
    return core.normal(Term(p.coefficient, p.factors, p.scalars, {**p.bound, **bound}) for p in pairs)


def _combination(square: Poly, matrix: Poly, unit: Poly) -> tuple[Fraction, Fraction] | None:
    """The numbers a and b with M^2 = a M + b I; None where there are none, and for a multiple of I."""
    (identity,) = unit
    lead: Key | None = next((k for k in matrix if k != identity), None)
    if lead is None:
        return None
    a = Fraction(square.get(lead, 0)) / Fraction(matrix[lead])
    rest = dict(square)
    add_into(rest, matrix, -a)
    b = Fraction(rest.pop(identity, 0))
    return (a, b) if not rest else None


def _multiple(core: Core, square: Poly, matrix: Poly, below: set[Component]) -> Poly | None:
    """The number s != 0 with M^2 = s M, where M is one monomial."""
    if len(matrix) != 1 or len(square) != 1:
        return None
    ((key, coefficient), (other, more)) = (*matrix.items(), *square.items())
    left = dict(other)
    for component, exponent in key:
        if left.get(component) != exponent:
            return None
        del left[component]
    if not left or any(is_open_component(c) or not (c in below or core.is_nonzero(c)) for c in left):
        return None
    return {
        tuple(sorted(left.items(), key=lambda item: component_key(item[0]))): Fraction(more) / Fraction(coefficient)
    }
