"""Logarithms of densities under a mean: log(c exp(u)) is log(c) + u, a polynomial where u is one.

Each exponential is positive, so that both sides have a value at the same points.  May import the nodes only.
"""

from __future__ import annotations

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression


def with_exponents_outside(e: Expression) -> Expression:
    """An expression with the exponential factors of what it takes logarithms of outside of these."""
    logs = [n for n in ex.walk(e) if isinstance(n, ex.Apply) and n.function == "log" and not n.order]
    opened = {n: _opened(n) for n in logs if n.is_number_shaped}
    opened = {old: new for old, new in opened.items() if old != new}
    return e.xreplace(opened) if opened else e


def _opened(log: ex.Apply) -> Expression:
    above: list[Expression] = []
    below: list[Expression] = []
    exponents: list[Expression] = []
    _sort(log.operands[0], True, above, below, exponents)
    if not exponents:
        return log
    if not above and not below:
        return exponents[0] if len(exponents) == 1 else ex.Add(*exponents)
    rest = _product(above)
    return ex.Add(ex.Apply("log", ex.Div(rest, _product(below)) if below else rest), *exponents)


def _product(factors: list[Expression]) -> Expression:
    return ex.Mul(*factors) if len(factors) > 1 else factors[0] if factors else ex.Num(1)


def _sort(
    e: Expression, is_above: bool, above: list[Expression], below: list[Expression], exponents: list[Expression]
) -> None:
    """The factors of a number: those above and below the fraction line, and the exponents of exponentials."""
    if isinstance(e, ex.Apply) and e.function == "exp" and not e.order:
        exponents.append(e.operands[0] if is_above else ex.Neg(e.operands[0]))
    elif isinstance(e, ex.Div) and e.operands[0].is_number_shaped:
        _sort(e.operands[0], is_above, above, below, exponents)
        _sort(e.operands[1], not is_above, above, below, exponents)
    elif isinstance(e, ex.Mul) and all(operand.is_number_shaped for operand in e.operands):
        for operand in e.operands:
            _sort(operand, is_above, above, below, exponents)
    else:
        (above if is_above else below).append(e)
