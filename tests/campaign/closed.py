"""Numbers without a letter in them, to more digits than a float has: NumPy cannot tell tanh(20) from tanh(25)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression

DIGITS = 60
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "exp": mpmath.exp,
    "log": mpmath.log,
    "tanh": mpmath.tanh,
    "logistic": lambda z: 1 / (1 + mpmath.exp(-z)),
    "softplus": lambda z: mpmath.log1p(mpmath.exp(z)),
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "sqrt": mpmath.sqrt,
    "reciprocal": lambda z: 1 / z,
}


def differ(left: Expression, right: Expression) -> bool:
    """Whether two numbers without letters are seen to differ; False where one cannot be evaluated here."""
    with mpmath.workdps(DIGITS):
        try:
            a, b = _value(left), _value(right)
        except (ArithmeticError, KeyError, ValueError):
            return False
        return bool(abs(a - b) > mpmath.mpf(10) ** (10 - DIGITS) * (1 + abs(a) + abs(b)))


def _value(e: Expression) -> Any:
    """Raises KeyError at a node that is not known here, a variable among them."""
    if isinstance(e, (ex.Num, ex.Int)):
        value = e.value
        return mpmath.mpf(int(value.p)) / int(value.q) if value.is_Rational else _unknown(e)
    parts = [_value(o) for o in e.operands]
    if isinstance(e, ex.Add):
        return mpmath.fsum(parts)
    if isinstance(e, ex.Mul):
        return mpmath.fprod(parts)
    if isinstance(e, ex.Neg):
        return -parts[0]
    if isinstance(e, ex.Div):
        return parts[0] / parts[1]
    if isinstance(e, ex.Pow):
        return parts[0] ** parts[1]
    if isinstance(e, ex.Apply) and not e.order:
        return FUNCTIONS[e.function](parts[0])
    return _unknown(e)


def _unknown(e: Expression) -> Any:
    raise KeyError(type(e).__name__)
