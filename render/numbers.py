r"""Values of checks as mathematics: exact fractions, rounded decimals, tables of them.

May import ``everystep`` and the printing core.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

from everystep.algebra.expressions import Expression
from render.latex import latex
from render.typography import decimal

_DIGITS = 60  # of the working precision of a division; far above what anybody prints


def number(value: Any, language: str, digits: int | None = None, *, display: bool = False) -> str:
    r"""A value in LaTeX, without dollar signs.

    A Fraction is written as a fraction (``\tfrac``, in a display ``\frac``), or rounded to ``digits`` decimals, half
    up, with the language's decimal mark.  A float is an approximation and must be rounded; raises TypeError else.
    A sequence is written in parentheses; an expression as the printer writes it; text as it is.
    """
    if isinstance(value, Expression):
        return latex(value, display=display)
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        separator = "; " if language == "fr" and digits else ", "
        return f"({separator.join(number(item, language, digits, display=display) for item in value)})"
    if digits is not None:
        return decimal(_rounded(value, digits), language)
    if isinstance(value, int):
        return _grouped(value)
    if isinstance(value, Fraction):
        if value.denominator == 1:
            return _grouped(value.numerator)
        sign = "-" if value < 0 else ""
        command = "frac" if display else "tfrac"
        return rf"{sign}\{command}{{{_grouped(abs(value.numerator))}}}{{{_grouped(value.denominator)}}}"
    raise TypeError(f"a {type(value).__name__} cannot be printed exactly; say to how many digits")


def matrix(rows: Sequence[Sequence[Any]], language: str, digits: int | None = None) -> str:
    """A table of values as a matrix in LaTeX, without dollar signs."""
    body = r" \\ ".join(" & ".join(number(item, language, digits) for item in row) for row in rows)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"


def points(value: float, language: str) -> str:
    """Points as text: ``2``, ``0.5``, ``0,5``."""
    text = f"{value:g}"
    return text.replace(".", ",") if language == "fr" else text


def _rounded(value: Any, digits: int) -> str:
    with localcontext(prec=_DIGITS):
        exact = Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else Decimal(value)
        return f"{exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):f}"


def _grouped(value: int) -> str:
    """Digits in threes, from five digits on."""
    return str(value) if abs(value) < 10_000 else f"{value:,}".replace(",", r"\,")
