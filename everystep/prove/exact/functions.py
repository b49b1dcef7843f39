"""Matrix-valued functions that hypotheses call symmetric or (semi)definite: the polynomials that stand for them.

May import ``everystep.algebra`` and this package only.
"""

from __future__ import annotations

from collections.abc import Callable

from everystep.algebra import expressions as ex
from everystep.algebra.context import Relation
from everystep.prove.exact.arithmetic import Matrix
from everystep.prove.exact.errors import Inadmissible, NeedsReals, Undefined
from everystep.prove.exact.evaluator import Evaluator
from everystep.prove.exact.instances import Instance
from everystep.prove.exact.jets import Jet
from everystep.prove.exact.prepared import DEFINITE, Ground, Prepared
from everystep.prove.exact.program import Node


def make_symmetric(instance: Instance, g: Ground) -> None:
    """Where a hypothesis calls a value of a function symmetric or definite, make all values of the function symmetric:
    authors say it of one argument and mean every one, so that its derivatives are symmetric too.
    """
    found = _symmetric_value(g.prepared)
    if found is None or _value(instance, found[1], g.env) is None:
        return
    name = found[0].function
    table = _table(instance, name)
    size = next(n for n in range(table.nrows() + 1) if n * n == table.nrows())
    above = [min(i, j) * size + max(i, j) for i in range(size) for j in range(size)]
    _put(instance, name, [[table[row, k] for k in range(table.ncols())] for row in above])


def _symmetric_value(prepared: Prepared) -> tuple[ex.Call, Node] | None:
    """The value of a function that a hypothesis calls symmetric or definite, also as ``K(t)^T = K(t)``."""
    hypothesis = prepared.hypothesis
    sides = (hypothesis.left, hypothesis.right) if isinstance(hypothesis, Relation) else (hypothesis.subject,)
    for side, node in zip(sides, prepared.sides, strict=True):
        if isinstance(hypothesis, Relation):
            said = hypothesis.op == "=" and set(sides) == {side, ex.Transpose(side)}
        else:
            said = hypothesis.kind in ("symmetric", *DEFINITE)
        if said and isinstance(side, ex.Call):
            return side, node
    return None


def shift_function(
    instance: Instance, subject: ex.Call, node: Node, env: dict[str, int], wanted: Callable[[int, int], Matrix]
) -> None:
    """Change the constants of a matrix-valued function, so that its value ``subject`` is the wanted matrix."""
    value = _value(instance, node, env)
    if value is None:
        return
    change = wanted(value.nrows(), value.ncols()) - value
    table = _table(instance, subject.function)
    rows = [[table[row, k] for k in range(table.ncols())] for row in range(table.nrows())]
    for row, x in zip(rows, change.entries(), strict=True):
        row[0] += x
    _put(instance, subject.function, rows)


def _value(instance: Instance, node: Node, env: dict[str, int]) -> Matrix | None:
    def rule(ev: Evaluator, rows: int, columns: int) -> Jet:
        ev.env = env
        return ev.value(node)

    try:
        value: Matrix = instance.evaluator(instance.ring).at_root(rule, 0, 0).base
    except (Undefined, NeedsReals, Inadmissible):
        return None
    return value


def _table(instance: Instance, name: str) -> Matrix:
    rows, columns = instance.functions[name]
    table: Matrix = instance.coefficients(instance.ring, name, rows, columns)
    return table


def _put(instance: Instance, name: str, rows: list[list[object]]) -> None:
    count = len(rows[0])
    instance.given[f"function {name}"] = instance.ring.matrix(len(rows), count, [x for row in rows for x in row])
    instance.forget()
