"""Scalar functions as truncated power series about a point: how values and derivatives are computed.

Every known function is built from exp, log, sine, cosine and root by arithmetic; no derivative is looked up.
``EVALUATIONS`` has one row for each name in :mod:`everystep.algebra.functions`.  May import the arithmetic only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from everystep.prove.exact.arithmetic import Element, Ring
from everystep.prove.exact.errors import Undefined

Coefficients: TypeAlias = list[Element]
Evaluation: TypeAlias = Callable[[Ring, Element, int], Coefficients]


def _variable(ring: Ring, x: Element, order: int) -> Coefficients:
    return [x, *[ring.element(1 if k == 1 else 0) for k in range(1, order + 1)]]


def product(a: Coefficients, b: Coefficients) -> Coefficients:
    result = []
    for k in range(len(a)):
        total = a[0] * b[k]
        for i in range(1, k + 1):
            total = total + a[i] * b[k - i]
        result.append(total)
    return result


def quotient(ring: Ring, a: Coefficients, b: Coefficients) -> Coefficients:
    if ring.is_zero(b[0]):
        raise Undefined("division", "the denominator is 0")
    if not ring.exact:
        ring.sign(b[0])
    result: Coefficients = []
    for k in range(len(a)):
        total = a[k]
        for i in range(1, k + 1):
            total = total - b[i] * result[k - i]
        result.append(total / b[0])
    return result


def _exp_of(ring: Ring, a: Coefficients) -> Coefficients:
    result = [ring.exp(a[0])]
    for k in range(1, len(a)):
        total = ring.element(0)
        for i in range(1, k + 1):
            total = total + i * a[i] * result[k - i]
        result.append(total / k)
    return result


def _log_of(ring: Ring, a: Coefficients) -> Coefficients:
    first = ring.log(a[0])
    slopes = quotient(ring, [(k + 1) * a[k + 1] for k in range(len(a) - 1)], a[:-1]) if a[1:] else []
    return [first, *[slope / (k + 1) for k, slope in enumerate(slopes)]]


def _exp(ring: Ring, x: Element, order: int) -> Coefficients:
    return _exp_of(ring, _variable(ring, x, order))


def _log(ring: Ring, x: Element, order: int) -> Coefficients:
    return _log_of(ring, _variable(ring, x, order))


def _logistic(ring: Ring, x: Element, order: int) -> Coefficients:
    grown = _exp_of(ring, [-c for c in _variable(ring, x, order)])
    one = _variable(ring, ring.element(1), order)
    one[1:] = [ring.element(0)] * order
    grown[0] = grown[0] + 1
    return quotient(ring, one, grown)


def _tanh(ring: Ring, x: Element, order: int) -> Coefficients:
    grown = _exp_of(ring, [2 * c for c in _variable(ring, x, order)])
    return quotient(ring, [grown[0] - 1, *grown[1:]], [grown[0] + 1, *grown[1:]])


def _softplus(ring: Ring, x: Element, order: int) -> Coefficients:
    grown = _exp_of(ring, _variable(ring, x, order))
    return _log_of(ring, [grown[0] + 1, *grown[1:]])


def _circular(first: int) -> Evaluation:
    """Sine (0) or cosine (1) by the expansion of sin(x + e)."""

    def evaluation(ring: Ring, x: Element, order: int) -> Coefficients:
        sine, cosine = ring.sin_cos(x)
        cycle = (sine, cosine, -sine, -cosine)
        result = []
        factorial = 1
        for k in range(order + 1):
            factorial *= max(k, 1)
            result.append(cycle[(first + k) % 4] / factorial)
        return result

    return evaluation


def _pieces(left: tuple[int, int], right: tuple[int, int], at_zero: int | None) -> Evaluation:
    """A function that is ``c + d x`` on each side of 0; ``at_zero`` is its value there, if it has one."""

    def evaluation(ring: Ring, x: Element, order: int) -> Coefficients:
        sign = ring.sign(x)
        if sign == 0:
            if at_zero is None or order > 0:
                raise Undefined("value at a kink" if at_zero is None else "derivative", "the argument is 0")
            return [ring.element(at_zero)]
        constant, slope = right if sign > 0 else left
        result = [ring.element(0)] * (order + 1)
        result[0] = constant + slope * x
        if order:
            result[1] = ring.element(slope)
        return result

    return evaluation


def _sqrt(ring: Ring, x: Element, order: int) -> Coefficients:
    root = ring.sqrt(x)
    if not order:
        return [root]
    if ring.is_zero(root):
        raise Undefined("derivative", "sqrt has none at 0")
    result = [root]
    for k in range(1, order + 1):
        total = ring.element(1 if k == 1 else 0)
        for i in range(1, k):
            total = total - result[i] * result[k - i]
        result.append(total / (2 * root))
    return result


def _reciprocal(ring: Ring, x: Element, order: int) -> Coefficients:
    one = [ring.element(1 if k == 0 else 0) for k in range(order + 1)]
    return quotient(ring, one, _variable(ring, x, order))


EVALUATIONS: dict[str, Evaluation] = {
    "exp": _exp,
    "log": _log,
    "logistic": _logistic,
    "tanh": _tanh,
    "softplus": _softplus,
    "sin": _circular(0),
    "cos": _circular(1),
    "relu": _pieces((0, 0), (0, 1), 0),
    "step": _pieces((0, 0), (1, 0), None),
    "abs": _pieces((0, -1), (0, 1), 0),
    "sign": _pieces((-1, 0), (1, 0), None),
    "sqrt": _sqrt,
    "reciprocal": _reciprocal,
}


def polynomial(ring: Ring, coefficients: Coefficients, x: Element, order: int) -> Coefficients:
    """The Taylor coefficients at ``x`` of the polynomial with these coefficients, constant first."""
    variable = _variable(ring, x, order)
    result = [ring.element(0)] * (order + 1)
    for c in reversed(coefficients):
        result = product(result, variable)
        result[0] = result[0] + c
    return result


def derived(evaluation: Evaluation, times: int) -> Evaluation:
    """The ``times``-th derivative, from a longer expansion of the function itself."""
    if times == 0:
        return evaluation

    def evaluate(ring: Ring, x: Element, order: int) -> Coefficients:
        full = evaluation(ring, x, order + times)
        result = []
        for k in range(order + 1):
            factor = 1
            for i in range(k + 1, k + times + 1):
                factor *= i
            result.append(full[k + times] * factor)
        return result

    return evaluate
