"""A plan run operation by operation at many points, which may be complex.

Arguments have their two axes and in front of these any axes of points, those of different arguments as NumPy broadcasts
them.  No code is made, which is faster where a plan runs a few times only.  May import ``everystep.algebra`` and this
package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from everystep.algebra import expressions as ex
from everystep.compiler import applied, matrices  # noqa: F401 - they enter their builders
from everystep.compiler.analytic import ANALYTIC, NOT_ANALYTIC
from everystep.compiler.code import Plan, bound_operation, constant_array
from everystep.compiler.graph import Node
from everystep.compiler.lowering import Lowering, Place

_Code: TypeAlias = "list[tuple[Callable[..., Any], tuple[int, ...], int]]"
_FLOAT = np.dtype(np.float64)


class Points:
    """An expression as a function of arrays in float64, after it was lowered.

    Attributes:
        plan: the operations.
        inputs: the arguments that are needed, with their shapes.
        shape: of the value.
    """

    def __init__(self, expression: ex.Expression, lowering: Lowering) -> None:
        self.plan = Plan(lowering.node(expression), _FLOAT, {})
        self.inputs: dict[Place, tuple[int, int]] = {
            (node.parameters[0], node.parameters[1]): node.shape for node in self.plan.inputs
        }
        self.shape = self.plan.output.shape
        self._given = [(node.uid, (node.parameters[0], node.parameters[1])) for node in self.plan.inputs]
        self._constants = {
            node.uid: node.constant if node.constant is not None else constant_array(node, _FLOAT)
            for node in self.plan.constants
        }
        self._code: dict[bool, _Code] = {}

    @property
    def is_analytic(self) -> bool:
        """Whether every operation is an analytic function of its operands, so that arguments may be complex."""
        return not any(node.name in NOT_ANALYTIC for node in self.plan.steps)

    def __call__(self, values: Mapping[Place, Any]) -> Any:
        """The value, of its shape behind the axes of points."""
        return self._run(values)[self.plan.output.uid]

    def largest(self, values: Mapping[Place, Any]) -> float:
        """The largest magnitude of any entry on the way to the value, arguments and constants included."""
        return max(float(np.max(np.abs(value), initial=0.0)) for value in self._run(values).values())

    def _run(self, values: Mapping[Place, Any]) -> dict[int, Any]:
        memory: dict[int, Any] = dict(self._constants)
        analytic = False
        for uid, place in self._given:
            memory[uid] = value = values[place]
            analytic = analytic or value.dtype.kind == "c"
        code = self._code.get(analytic)
        if code is None:
            code = self._code[analytic] = [_step(node, analytic) for node in self.plan.steps]
        for run, arguments, uid in code:
            memory[uid] = run(*[memory[a] for a in arguments])
        return memory


def _step(node: Node, analytic: bool) -> tuple[Callable[..., Any], tuple[int, ...], int]:
    run = ANALYTIC.get(node.name) if analytic else None
    return bound_operation(node, run), tuple(a.uid for a in node.args), node.uid
