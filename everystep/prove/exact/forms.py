"""Values of a name that are chosen from a claim instead of drawn: where a quadratic function is positive.

The gap of an inequality ``a <= b``, as a function of one name, is expanded to second order; where the form is not
negative semidefinite a direction in which it is positive comes from an elimination over the rationals.
May import this package only.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import lcm

from everystep.prove.exact.arithmetic import Element
from everystep.prove.exact.errors import Stopped
from everystep.prove.exact.evaluator import Cell
from everystep.prove.exact.instances import Instance
from everystep.prove.exact.jets import Jet
from everystep.prove.exact.program import Node
from everystep.prove.exact.solving import Quadric, Residual, directions_of, solve_linear, varied

_SMALL, _MOST_SMALL, _MOST_DIRECTIONS = (0, 1, -1, 2), 3, 9
_STEPS = (1, 4, 64, 4096)


def violating(instance: Instance, sides: tuple[Node, Node], cell: Cell, *, strict: bool) -> list[Element] | None:
    """Entries of a name at which ``left - right``, expanded to second order, is positive (or 0, for a ``strict``
    claim); simple ones first.  None where there are none, or too many entries.
    """
    ring = instance.ring
    now = instance.cells[cell]
    if now.rows * now.columns > _MOST_DIRECTIONS:
        return None
    for base in (Jet(ring.zeros(now.rows, now.columns)), now):
        try:
            residual = Residual(instance, sides, instance.sizes)
            value = residual.at(cell, varied(instance, base, directions_of(base, symmetric=False), 2))
        except Stopped:
            continue
        if value.rows * value.columns != 1:
            return None
        quadric = Quadric(instance, value, now.rows * now.columns)
        start = base.base.entries()
        for change in _changes(quadric):
            found = quadric.at(change)
            if found > 0 or (strict and found == 0 and any(x + d != 0 for x, d in zip(start, change, strict=True))):
                return [x + d for x, d in zip(start, change, strict=True)]
    return None


def _changes(quadric: Quadric) -> Iterator[list[Element]]:
    """Changes at which a quadratic function may be positive: small ones, a direction of its form, its maximum."""
    element, count = quadric.instance.ring.element, quadric.count
    if count <= _MOST_SMALL:
        small = sorted(product(_SMALL, repeat=count), key=lambda x: (sum(map(abs, x)), sum(x) < 0))
        yield from ([element(x) for x in change] for change in small)
    direction = _positive_direction(quadric)
    if direction is not None:
        whole = _whole(direction)
        yield from ([element(sign * step) * x for x in whole] for step in _STEPS for sign in (1, -1))
        return
    form = quadric.instance.ring.matrix(count, count, [h for row in quadric.hessian for h in row])
    top = solve_linear(quadric.instance, form, quadric.gradient)
    if top is not None:
        yield top
    else:
        yield from ([element(step) * x for x in quadric.gradient] for step in _STEPS)


def _whole(direction: list[Element]) -> list[Element]:
    """A multiple with whole numbers."""
    common = lcm(*(int(x.q) for x in direction))
    return [x * common for x in direction]


def _positive_direction(quadric: Quadric) -> list[Element] | None:
    """A vector d with ``d^T H d > 0``, by symmetric elimination; None where H is negative semidefinite."""
    element, count = quadric.instance.ring.element, quadric.count
    form = [list(row) for row in quadric.hessian]
    basis = [[element(int(i == j)) for j in range(count)] for i in range(count)]
    left = list(range(count))
    while left:
        for i in left:
            if form[i][i] > 0:
                return basis[i]
        for i in left:
            for j in left:
                if form[i][i] == 0 and form[i][j] != 0:
                    # (s b_i + b_j)^T H (s b_i + b_j) = 2 s h_ij + h_jj
                    s = (element(1) - form[j][j]) / (element(2) * form[i][j])
                    return [s * x + y for x, y in zip(basis[i], basis[j], strict=True)]
        pivot = next((i for i in left if form[i][i] != 0), None)
        if pivot is None:
            return None
        left.remove(pivot)
        for j in left:
            factor = form[pivot][j] / form[pivot][pivot]
            basis[j] = [y - factor * x for x, y in zip(basis[pivot], basis[j], strict=True)]
            for k in left:
                form[j][k] = form[j][k] - factor * form[pivot][k]
    return None
