"""Numbers between declared bounds: a simple fraction, so that a person can calculate with it.

May import ``everystep.algebra`` and this package only.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor, isfinite
from typing import Any

from everystep.algebra.expressions import Num
from everystep.prove.exact.arithmetic import BALLS
from everystep.prove.exact.errors import Inadmissible
from everystep.prove.exact.evaluator import Evaluator
from everystep.prove.exact.instances import GENERIC, MODERATE, MODERATE_POSITIVE, NOUGHT, Instance, Rule
from everystep.prove.exact.jets import Jet
from everystep.prove.exact.program import Node

Limit = tuple[str, Node, dict[str, int]]
"""``(op, bound, indices)``: the number stands left of ``op``."""

_PLACES = (Fraction(2, 5), Fraction(1, 10), Fraction(7, 10), Fraction(1, 4), Fraction(11, 20))
_WIDTH = Fraction(1, 5)
_LARGE = 2**30
_STEPS = (Fraction(1), Fraction(1, 2), Fraction(2), Fraction(1, 3), Fraction(3), Fraction(5))


def bounded_rule(name: str, limits: list[Limit]) -> Rule:
    """A rule that gives a number within the limits."""

    def rule(ev: Evaluator, rows: int, columns: int) -> Jet:
        owner: Any = ev.source
        low: Fraction | None = None
        high: Fraction | None = None
        attained: Fraction | None = None
        for op, node, env in limits:
            bound = _bound(owner, node, env)
            if op in (">", ">="):
                low = bound if low is None else max(low, bound)
            else:
                high = bound if high is None else min(high, bound)
            if op in (">=", "<="):
                attained = bound
        inside = attained is not None and (low is None or low <= attained) and (high is None or attained <= high)
        if owner.style == NOUGHT and inside and attained is not None:
            value = attained  # a limit that may be attained is where a strict claim fails
        else:
            value = choose(owner, name, low, high)
        return ev.jets.constant(value.numerator, value.denominator)

    return rule


def _bound(instance: Instance, node: Node, env: dict[str, int]) -> Fraction:
    if isinstance(node.expression, Num):
        return Fraction(int(node.expression.value.p), int(node.expression.value.q))
    ev = instance.evaluator(BALLS)

    def rule(inner: Evaluator, rows: int, columns: int) -> Jet:
        inner.env = env
        return inner.value(node)

    ball = ev.at_root(rule, 1, 1).base[0, 0]
    middle = float(ball.mid())
    if not isfinite(middle):
        raise Inadmissible("a bound beyond all numbers of floating point")
    nearest = Fraction(middle).limit_denominator(10**6)
    if abs(nearest - Fraction(middle)) < Fraction(1, 10**14):
        return nearest
    return Fraction(middle)


def choose(instance: Instance, name: str, low: Fraction | None, high: Fraction | None) -> Fraction:
    """A simple fraction strictly between the limits, which one depends on the seed."""
    simple = instance.style < GENERIC
    step = _STEPS[0 if simple else instance.pick(f"{name} step", len(_STEPS))]
    # A bound is known to the precision of floating point only: beside a large one the step is larger.
    step *= max(1, *(abs(bound) // _LARGE for bound in (low, high) if bound is not None), 1)
    if low is None and high is None:
        return step
    if instance.style in (MODERATE, MODERATE_POSITIVE):
        return _between(low, high, step, Fraction(2 * instance.pick(f"{name} part", 61) + 1, 122))
    if high is None and low is not None:
        return simplest(low + step * Fraction(3, 4), low + step * Fraction(5, 4))
    if low is None and high is not None:
        return simplest(high - step * Fraction(5, 4), high - step * Fraction(3, 4))
    if low is None or high is None or low >= high:
        raise Inadmissible("bounds that leave nothing between them")
    start = low + (high - low) * _PLACES[0 if simple else instance.pick(f"{name} place", len(_PLACES))]
    return simplest(start, start + (high - low) * _WIDTH)


def _between(low: Fraction | None, high: Fraction | None, step: Fraction, part: Fraction) -> Fraction:
    """A number that is not simple, so that it is not its own square; ``part``: where it lies, from 0 to 1."""
    if low is not None and high is not None:
        if low >= high:
            raise Inadmissible("bounds that leave nothing between them")
        return low + (high - low) * (1 + 2 * part) / 4
    if low is not None:
        return low + step * (1 + 2 * part) / 2
    return step if high is None else high - step * (1 + 2 * part) / 2


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """The fraction of smallest denominator between two fractions (Stern-Brocot)."""
    if low < 0 < high:
        return Fraction(0)
    if high <= 0:
        return -simplest(-high, -low)
    whole = ceil(low)
    if whole <= high:
        return Fraction(whole)
    base = floor(low)
    return base + 1 / simplest(1 / (high - base), 1 / (low - base))
