"""Several equations of the hypotheses solved at once: for one cell, for two, or for all cells of a formula.

Together the equations have to be affine in the cells that are solved for.  May import this package only.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, islice
from typing import TypeAlias

from everystep.prove.exact.arithmetic import Element, Matrix
from everystep.prove.exact.errors import Inadmissible, NeedsReals, Undefined, Unsupported
from everystep.prove.exact.evaluator import Cell
from everystep.prove.exact.instances import Instance
from everystep.prove.exact.jets import Jet, split_key
from everystep.prove.exact.program import Node
from everystep.prove.exact.solving import PARTS, Residual, directions_of, moved, solve_linear, vanishes, varied

_PAIRS, _MOST_DIRECTIONS = 10, 200

Equations: TypeAlias = "list[tuple[tuple[Node, ...], dict[str, int]]]"


def solve_together(instance: Instance, equations: Equations, fixed: set[Cell], linear: set[Cell]) -> bool:
    """Change one cell, or two, so that all equations hold, of which the last alone cannot be met any more.

    Those that an earlier equation has fixed may move again.  One cell is not made 0: ``A v = a v`` and ``A w = b w``
    are met by a matrix with these two eigenvectors, and not by w = 0.
    """
    residuals = [Residual(instance, sides, env) for sides, env in equations]
    touched = _touched(residuals)
    if touched is None:
        return False
    free = [c for c in dict.fromkeys(c for cells in touched for c in cells) if c not in instance.rules or c in linear]
    free.sort(key=lambda c: (c in linear, c not in touched[-1], instance.cells[c].rows * instance.cells[c].columns))
    single = ((c,) for c in free if c in touched[-1] and any(c in cells for cells in touched[:-1]))
    for cells in (*single, *islice(combinations(free, 2), _PAIRS)):
        values = _joint_solution(residuals, cells, linear)
        if values is None or (len(cells) == 1 and vanishes(values[cells[0]].base)):
            continue
        _take(instance, values)
        fixed.update(c for several in touched for c in several)
        return True
    return False


def solve_for_formula(
    instance: Instance,
    node: Node,
    env: dict[str, int],
    wanted: Callable[[int, int], Matrix],
    kept: set[Cell],
    linear: set[Cell],
) -> set[Cell]:
    """Change all cells of a matrix formula, which is affine in them together, so that it is the wanted matrix of its
    size; gives these cells, none where that cannot be.

    A block matrix is positive definite where it is cut out of one that is.  ``kept`` cells stay, ``linear`` ones stay
    symmetric.
    """
    residual = Residual(instance, (node,), env, wanted)
    touched = _touched([residual])
    cells = tuple(c for c in (touched or [[]])[0] if c not in kept and (c not in instance.rules or c in linear))
    values = _joint_solution([residual], cells, linear) if cells else None
    if values is None:
        return set()
    _take(instance, values)
    return set(cells)


def _touched(residuals: list[Residual]) -> list[list[Cell]] | None:
    """The cells that each equation rests on, which get the values that they have now."""
    instance = residuals[0].instance
    touched: list[list[Cell]] = []
    try:
        for residual in residuals:
            trace = instance.variant()
            residual.on(trace)
            touched.append([c for c in trace.touched if c in trace.cells])
            for c in touched[-1]:
                instance.cells.setdefault(c, trace.cells[c])
    except (Undefined, NeedsReals, Inadmissible):
        return None
    return touched


def _take(instance: Instance, values: dict[Cell, Jet]) -> None:
    for cell, value in values.items():
        instance.rules.pop(cell, None)
        instance.cells[cell] = value
    instance.cells = {c: v for c, v in instance.cells.items() if c not in instance.rules}
    instance.forget()


def _joint_solution(residuals: list[Residual], cells: tuple[Cell, ...], linear: set[Cell]) -> dict[Cell, Jet] | None:
    """Values of the cells at which all residuals vanish, where these are affine in the cells together."""
    instance = residuals[0].instance
    bases = {cell: instance.cells[cell] for cell in cells}
    directions = {cell: directions_of(base, cell in linear) for cell, base in bases.items()}
    if sum(map(len, directions.values())) > _MOST_DIRECTIONS:
        return None
    moving: dict[Cell, Jet] = {}
    count = 0
    for cell, base in bases.items():
        moving[cell] = varied(instance, base, directions[cell], 1, count)
        count += len(directions[cell])
    rows: list[list[Element]] = []
    right: list[Element] = []
    try:
        for residual in residuals:
            value = residual.at_all(moving)
            block = [[instance.ring.element(0)] * count for _ in value.base.entries()]
            for k, m in (value.parts or {}).items():
                direction, _ = split_key(k, PARTS[0])
                for i, x in enumerate(m.entries()):
                    block[i][direction] = x
            rows += block
            right += value.base.entries()
        matrix = instance.ring.matrix(len(rows), count, [x for row in rows for x in row])
        change = solve_linear(instance, matrix, right)
        if change is None:
            return None
        found: dict[Cell, Jet] = {}
        first = 0
        for cell, base in bases.items():
            part = change[first : first + len(directions[cell])]
            found[cell] = moved(instance, base, directions[cell], part)
            first += len(part)
        return found if all(vanishes(residual.at_all(found).base) for residual in residuals) else None
    except (Undefined, NeedsReals, Inadmissible, Unsupported):
        return None
