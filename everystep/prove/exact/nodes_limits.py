"""Evaluation of limits of a real variable: the body near the point, until it does not change any more.

Not rigorous, so that masks carry a bit for it: values at a distance of 2^-36 and of 2^-40 that are close stand for the
limit, their distance widens the result, and values nearer to the point must not tell otherwise.  A limit from both
sides needs both, but where the body has no values at all on one of them.  May import ``everystep.algebra`` and this
package only.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

from flint import arb, ctx, fmpq

from everystep.algebra import expressions as ex
from everystep.prove.exact.arithmetic import Matrix
from everystep.prove.exact.errors import Inadmissible, Inconclusive, NeedsReals, Undefined, Unsupported
from everystep.prove.exact.evaluator import Evaluator, World
from everystep.prove.exact.jets import Jet
from everystep.prove.exact.program import Program, Run, builds, name_of

_DISTANCES = (Fraction(1, 2**36), Fraction(3, 2**42), Fraction(1, 2**80), Fraction(3, 2**88), Fraction(1, 2**600))
"""How far from the point the body is evaluated, in pairs and one more; of infinity the reciprocals are taken."""

_WITHIN = (Fraction(1, 2**700), Fraction(3, 2**706), Fraction(1, 2**900), Fraction(3, 2**908), Fraction(1, 2**1200))
"""The same of a limit within another: much nearer, as it is taken first."""

_CLOSE, _WIDENED = 2.0**-30, 2.0**-100
_APART = 1e-3
_PRECISION = 4096
_GROWN = 2.0**20


@builds(ex.LimitAt)
def _limit(program: Program, node: Any) -> Run:
    """The body's limit, or that there is none: different limits from the two sides, or growth without bound."""
    if not isinstance(node.variable, ex.Var):
        raise Unsupported("a limit over what is no letter")
    body, point, variable = program.compile(node.operands[0]), program.compile(node.point), node.variable
    signs = {"below": (-1,), "minus infinity": (-1,), "both sides": (1, -1)}.get(node.approach, (1,))
    cell, bit = (name_of(variable)[0], ()), program.bit(name_of(variable))

    def at(ev: Evaluator, start: Any, distance: Fraction) -> Matrix:
        far = 1 / distance if node.is_infinite else distance
        value = Jet(ev.ring.matrix(1, 1, [start + arb(fmpq(far.numerator, far.denominator))]))
        found = ev.inside(World(ev.world, bit, {cell: value}), body)
        if found.parts is not None:
            raise Unsupported("the derivative of a limit")
        return found.base

    def run(ev: Evaluator) -> Jet:
        if ev.ring.exact:
            raise NeedsReals("a limit")
        place = ev.value(point)
        if place.parts is not None:
            raise Unsupported("the derivative of a limit")
        start = arb(0) if node.is_infinite else place.base[0, 0]
        if ev.limits == 2:
            raise Unsupported("a limit within a limit within a limit")
        distances, widened = (_WITHIN, _WIDENED) if ev.limits else (_DISTANCES, _CLOSE)
        ev.limits += 1
        try:
            return Jet(value(ev, start, distances, widened))
        finally:
            ev.limits -= 1

    def value(ev: Evaluator, start: Any, distances: tuple[Fraction, ...], widened: float) -> Matrix:
        sides, outside = [], None
        for sign in signs:
            values: list[Matrix | None] = []
            without: list[Undefined] = []
            with ctx.workprec(_PRECISION):
                for distance in distances:
                    try:
                        values.append(at(ev, start, sign * distance))
                    except Inconclusive:
                        values.append(None)
                    except Undefined as error:
                        without.append(error)
            if without and values:
                raise Inadmissible("a limit of what has values at some points only")
            if without:
                outside = without[0]  # on this side the body has no values
            else:
                sides.append(_settled(ev, values, widened))
        if outside is not None and not sides:
            raise outside
        if len(sides) == 2:
            _require_equal(*sides)
        return sides[0]

    return run


def _require_equal(above: Matrix, below: Matrix) -> None:
    """Raises Undefined where the limits from the two sides differ, Inadmissible where that is not clear."""
    pairs = list(zip(above.entries(), below.entries(), strict=True))
    if not all(abs(x.mid() - y.mid()) <= 8 * _CLOSE * (1 + abs(y.mid())) for x, y in pairs):
        if all(abs(x.mid() - y.mid()) <= _APART * (1 + abs(y.mid())) for x, y in pairs):
            raise Inadmissible("a limit that was not reached")
        raise Undefined("limit", "it is not the same from both sides")


def _settled(ev: Evaluator, values: list[Matrix | None], widened: float) -> Matrix:
    """The value that the values nearer and nearer to the point come to.

    Raises Undefined where they grow without bound, Inadmissible where they do neither.
    """
    for before, now, *later in (values[0:5], values[2:5]):
        if before is None or now is None or not _close(before, now):
            continue
        if any(v is not None and _is_tight(v) and not _close(now, v) for v in later):
            break  # it moves on
        entries = []
        for x, y in zip(before.entries(), now.entries(), strict=True):
            gap = abs(float((y - x).mid()))
            entries.append(y + arb(0, 4 * gap + widened))
        return ev.ring.matrix(now.nrows(), now.ncols(), entries)
    sizes = [_size(v) for v in values if v is not None and _is_tight(v)]
    if len(sizes) >= 4 and sizes[-1] > _GROWN * sizes[0] and sizes[0] > 0 and all(a < b for a, b in pairwise(sizes)):
        raise Undefined("limit", "it grows without bound")
    raise Inadmissible("a limit that was not reached")


def _size(value: Matrix) -> arb:
    """The largest size of an entry, by its middle."""
    size = arb(0)
    for x in value.entries():
        middle = abs(x.mid())
        size = max(size, middle)
    return size


def _is_tight(value: Matrix) -> bool:
    """Whether the balls are narrow against 1 or against what they hold."""
    return all(x.is_finite() and x.rad() <= _CLOSE * (1 + abs(x.mid())) for x in value.entries())


def _close(before: Matrix, now: Matrix) -> bool:
    """Whether two values are near each other, and each is narrow."""
    if not (_is_tight(before) and _is_tight(now)):
        return False
    return all(
        abs(x.mid() - y.mid()) <= _CLOSE * (1 + abs(y.mid()))
        for x, y in zip(before.entries(), now.entries(), strict=True)
    )
