"""Inequalities among the hypotheses that fail: an entry is moved, or a name is scaled, so that they hold.

May import ``everystep.algebra`` and this package only.
"""

from __future__ import annotations

from typing import Any

from everystep.algebra import expressions as ex
from everystep.algebra.context import Hypothesis, Relation
from everystep.prove.exact.errors import Stopped
from everystep.prove.exact.evaluator import Cell
from everystep.prove.exact.instances import Instance
from everystep.prove.exact.integers import compiled
from everystep.prove.exact.jets import Jet
from everystep.prove.exact.prepared import DEFINITE, Ground, bare_name, cell_at, name_of_cell, truth

_MOST_SCALED = 2
_SCALES = (1, 2, 3, *(k << e for e in range(1, 9) for k in (2, 3)), 1024)
"""How many names of an inequality are tried, and by which powers of 2 they are scaled."""


def scaled_to_hold(instance: Instance, grounds: list[Ground], bounded: set[Cell], fixed: set[Cell]) -> bool:
    """Move the entry that an inequality bounds, which fails, or scale one of its names, by as small a power of 2 as
    makes it hold; numbers first.

    The inequality is the first of ``grounds``, the others are hypotheses that hold and have to go on holding.  What
    follows by a rule stays, but for numbers that have a rule only because they are bounded.
    """
    g = grounds[0]
    hypothesis = g.prepared.hypothesis
    if not instance.ring.ordered or not _is_inequality(hypothesis):
        return False
    if isinstance(hypothesis, Relation) and _entry_moved(instance, grounds, fixed):
        return True
    mask, program = g.prepared.mask, instance.program
    candidates = [
        (value.rows * value.columns, cell)
        for cell, value in instance.cells.items()
        if mask & program.bit(name_of_cell(cell))
        and cell not in fixed
        and (cell not in instance.rules or cell in bounded)
        and value.parts is None
        and any(x != 0 for x in value.base.entries())
    ]
    chosen = [(cell, instance.cells[cell]) for _, cell in sorted(candidates)[:_MOST_SCALED]]
    return any(_scaled(instance, grounds, cell, value) for cell, value in chosen)


def _is_inequality(hypothesis: Hypothesis) -> bool:
    """Whether a hypothesis orders numbers, or matrices: ``A^T A < I``."""
    if isinstance(hypothesis, Relation):
        return hypothesis.op not in ("=", "!=")
    return hypothesis.kind in DEFINITE


def _entry_moved(instance: Instance, grounds: list[Ground], fixed: set[Cell]) -> bool:
    """Move an entry that a hypothesis bounds to the other side of its bound, as far away as before, or by 1."""
    g = grounds[0]
    at_entry = _bounded_entry(instance, g)
    if at_entry is None or at_entry[0] in fixed:
        return False
    cell, (row, column), bound, side = at_entry
    before, rule = instance.cells[cell], instance.rules.get(cell)
    moved = before.base * 1
    moved[row, column] = 2 * bound - before.base[row, column]
    if moved[row, column] == bound:
        moved[row, column] = bound + side
    instance.put(cell, Jet(moved))
    about = [g for g in grounds if g.prepared.mask & instance.program.bit(name_of_cell(cell))]
    if all(truth(instance, g) for g in about):
        return True
    instance.put(cell, rule or before)
    return False


def _bounded_entry(instance: Instance, g: Ground) -> tuple[Cell, tuple[int, int], Any, int] | None:
    """The cell, the place, the bound and the side of it (1: above) of ``x_i >= 2``, or ``2 <= x_i``, of a name that has
    a value.
    """
    hypothesis = g.prepared.hypothesis
    above = 1 if isinstance(hypothesis, Relation) and hypothesis.op in (">", ">=") else -1
    for entry, other, side in zip(hypothesis.sides, reversed(g.prepared.sides), (above, -above), strict=False):
        place = bare_name(instance.program, entry.operands[0]) if isinstance(entry, ex.Entry) else None
        if place is None or not isinstance(entry, ex.Entry) or other.mask:
            continue
        cell = cell_at(place, g.env)
        at = [compiled(i)(g.env) - 1 for i in entry.at] + [0]
        value = instance.cells.get(cell)
        if value is not None and value.parts is None and at[0] < value.rows and at[1] < value.columns:
            try:
                bound = instance.evaluator(instance.ring).value(other).base
            except Stopped:
                return None  # a root, or a logarithm
            return cell, (at[0], at[1]), bound[0, 0], side
    return None


def _scaled(instance: Instance, grounds: list[Ground], cell: Cell, before: Jet) -> bool:
    rule = instance.rules.get(cell)
    about = [g for g in grounds if g.prepared.mask & instance.program.bit(name_of_cell(cell))]

    def holds_at(power: int) -> bool:
        factor = instance.ring.element(2**power) if power > 0 else instance.ring.element(1, 2**-power)
        entries = [x * factor for x in before.base.entries()]
        instance.put(cell, Jet(instance.ring.matrix(before.rows, before.columns, entries)))
        return all(truth(instance, g) for g in about)

    for sign in (-1, 1):
        if holds_at(sign * _SCALES[-1]):
            low, high = -1, len(_SCALES) - 1
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (low, middle) if holds_at(sign * _SCALES[middle]) else (middle, high)
            return holds_at(sign * _SCALES[high])
    instance.put(cell, rule or before)
    return False
