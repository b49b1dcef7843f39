"""Signs of polynomials in one number, or homogeneous in two: decided completely, by Sturm's theorem.

Coefficients are rational and lists run from the constant upwards.  May import nothing of the engine.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

Coefficients: TypeAlias = list[Fraction]
End: TypeAlias = "Fraction | None"
MAX_DEGREE = 12


def nonnegative(coefficients: Coefficients, low: End = None, high: End = None, strict: bool = False) -> bool:
    """Whether p(t) >= 0 for all t between ``low`` and ``high`` (None: unbounded); p(t) > 0 with the ends, if strict.

    p changes its sign just at its roots of odd multiplicity; between them one value decides.  Fails (False) for a
    degree above ``MAX_DEGREE`` and where there is nothing between the ends.
    """
    p = _trimmed(coefficients)
    if not p:
        return not strict
    if len(p) - 1 > MAX_DEGREE or (low is not None and high is not None and low >= high):
        return False
    part = _squarefree(p) if strict else _odd_part(p)
    if strict and any(end is not None and not _value(part, end) for end in (low, high)):
        return False
    if _roots_within(part, low, high):
        return False
    return _value(p, _between(p, low, high)) > 0


def _trimmed(p: Coefficients) -> Coefficients:
    p = list(p)
    while p and not p[-1]:
        p.pop()
    return p


def _value(p: Coefficients, t: Fraction) -> Fraction:
    total = Fraction(0)
    for c in reversed(p):
        total = total * t + c
    return total


def _derivative(p: Coefficients) -> Coefficients:
    return [k * c for k, c in enumerate(p)][1:]


def _divided(p: Coefficients, q: Coefficients) -> tuple[Coefficients, Coefficients]:
    """(quotient, remainder)."""
    rest, quotient = list(p), [Fraction(0)] * max(len(p) - len(q) + 1, 0)
    while len(rest) >= len(q):
        ratio, shift = rest[-1] / q[-1], len(rest) - len(q)
        quotient[shift] = ratio
        for k, c in enumerate(q):
            rest[k + shift] -= ratio * c
        rest = _trimmed(rest[:-1])
    return _trimmed(quotient), rest


def _gcd(p: Coefficients, q: Coefficients) -> Coefficients:
    while q:
        p, q = q, _divided(p, q)[1]
    return [c / p[-1] for c in p]


def _squarefree(p: Coefficients) -> Coefficients:
    """The polynomial with the same roots, each simple."""
    return _divided(p, _gcd(p, _derivative(p)))[0] if len(p) > 1 else p


def _odd_part(p: Coefficients) -> Coefficients:
    """The product of (t - r) over the roots of odd multiplicity."""
    result: Coefficients = [Fraction(1)]
    left, multiplicity = p, 1
    simple = _squarefree(p)
    while len(simple) > 1:
        # ``simple``: the roots whose multiplicity in p is at least ``multiplicity``, each once.
        left = _divided(left, simple)[0]
        further = _gcd(simple, left)
        if multiplicity % 2:
            result = _times(result, _divided(simple, further)[0])
        simple, multiplicity = further, multiplicity + 1
    return result


def _times(p: Coefficients, q: Coefficients) -> Coefficients:
    result = [Fraction(0)] * (len(p) + len(q) - 1)
    for i, a in enumerate(p):
        for j, b in enumerate(q):
            result[i + j] += a * b
    return result


def _roots_within(p: Coefficients, low: End, high: End) -> int:
    """The number of roots of a squarefree polynomial strictly between the ends."""
    chain = [p, _derivative(p)]
    while len(chain[-1]) > 1:
        chain.append([-c for c in _divided(chain[-2], chain[-1])[1]])
    chain = [q for q in chain if q]

    def changes(end: End, below: bool) -> int:
        signs = []
        for q in chain:
            far = q[-1] * (-1 if below and len(q) % 2 == 0 else 1)
            value = far if end is None else _value(q, end)
            if value:
                signs.append(value > 0)
        return sum(a != b for a, b in pairwise(signs))

    count = changes(low, True) - changes(high, False)  # roots in (low, high]
    return count - (1 if high is not None and not _value(p, high) else 0)


def _between(p: Coefficients, low: End, high: End) -> Fraction:
    """A number strictly between the ends that is no root."""
    if low is not None and high is not None:
        first, step = low, (high - low) / (len(p) + 1)
    elif high is not None:
        first, step = high, Fraction(-1)
    else:
        first, step = (Fraction(0) if low is None else low), Fraction(1)
    return next(t for k in range(1, len(p) + 2) if _value(p, t := first + k * step))
