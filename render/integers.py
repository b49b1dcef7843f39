r"""Sizes, indices and literal numbers, in human order: ``T - 1``, ``n - d``, ``2n``, ``t + k``.

May import SymPy, the printing core's tree and :mod:`render.precedence`.
"""

from __future__ import annotations

import sympy
from sympy import Expr, Rational, Symbol

from render.boxes import Digits, Fraction, Scripts
from render.precedence import (
    Laid,
    Level,
    Style,
    UnprintableError,
    at_least,
    enclosed,
    juxtaposed,
    named,
    negated,
    summed,
)


def integer(value: Expr, style: Style) -> Laid:
    """Integer expressions in human order: ``T - 1``, ``n - d``, ``2n``."""
    terms = [_integer_term(t, style) for t in sorted(sympy.Add.make_args(value), key=_human_order)]
    if len(terms) == 1:
        sign, laid = terms[0]
        return negated(laid) if sign else laid
    return summed(terms)


OFFSETS = ("k", "l")


def _human_order(term: Expr) -> tuple[int, str]:
    coefficient, rest = term.as_coeff_Mul()
    if rest == 1:
        return (1 if coefficient > 0 else 3, str(term))
    # An offset comes after what it is counted from, and before a constant: t + k, T - k - 1.
    return (0 if coefficient > 0 else 2, f"{str(rest) in OFFSETS:d}{rest}")


def _integer_term(term: Expr, style: Style) -> tuple[bool, Laid]:
    coefficient, rest = term.as_coeff_Mul()
    negative, coefficient = bool(coefficient < 0), abs(coefficient)
    if rest == 1:
        return negative, rational(coefficient, style)
    factors = [_integer_factor(f, style) for f in sorted(sympy.Mul.make_args(rest), key=str)]
    if coefficient != 1:
        factors.insert(0, rational(coefficient, style))
    return negative, juxtaposed(factors)


def _integer_factor(factor: Expr, style: Style) -> Laid:
    if isinstance(factor, Symbol):
        return Laid(named(factor.name))
    if isinstance(factor, sympy.Integer):
        return rational(factor, style)
    if isinstance(factor, sympy.Add):
        return enclosed(integer(factor, style))
    if isinstance(factor, sympy.Pow):
        base = at_least(_integer_factor(factor.base, style), Level.ATOM)
        return Laid(
            Scripts(base.tree, sup=integer(factor.exp, style.inner).tree),
            Level.POWER,
            base.height,
            digit=base.digit,
        )
    raise UnprintableError(f"no notation for the integer expression {factor}")


def rational(value: Rational, style: Style) -> Laid:
    """A literal number; the sign is the first thing of a negative one."""
    magnitude = abs(value)
    if magnitude.q == 1:
        laid = Laid(Digits(str(magnitude.p)), digit=True)
    elif style.slashes:
        laid = Laid(Fraction(str(magnitude.p), str(magnitude.q), True), Level.PRODUCT, digit=True)
    else:
        laid = Laid(Fraction(str(magnitude.p), str(magnitude.q)), Level.POWER, 1, digit=True)
    if value < 0:
        return negated(laid)
    return laid
