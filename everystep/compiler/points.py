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
from everystep.compiler.graph import Body, Node
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
        self._constants = _constants(self.plan)
        self._code: dict[bool, _Code] = {}

    @property
    def is_analytic(self) -> bool:
        """Whether every operation is an analytic function of its operands, so that arguments may be complex."""
        return _is_analytic(self.plan)

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
            code = self._code[analytic] = [_step(node, self.plan, analytic) for node in self.plan.steps]
        for run, arguments, uid in code:
            memory[uid] = run(*[memory[a] for a in arguments])
        return memory


def _is_analytic(plan: Plan) -> bool:
    return not any(node.name in NOT_ANALYTIC for node in plan.steps) and all(map(_is_analytic, plan.bodies.values()))


def _loop(node: Node, plan: Plan, analytic: bool) -> Callable[..., Any]:
    """A loop at many points: of arrays with two axes behind those of points, row by row."""
    body: Body = node.parameters[0]
    constants = _constants(plan)
    code = [_step(step, plan, analytic) for step in plan.steps]

    def run(*operands: Any) -> Any:
        looped, still = operands[: body.looped], operands[body.looped :]
        memory = {**constants, **{a.uid: array for a, array in zip(body.arguments[body.looped :], still, strict=True)}}
        found: list[Any] = []
        total: Any = 0.0
        for k in range(body.count):
            for argument, array in zip(body.arguments, looped, strict=False):
                memory[argument.uid] = array[..., k, :, None]
            for function, arguments, uid in code:
                memory[uid] = function(*[memory[a] for a in arguments])
            value = memory[body.output.uid]
            if node.name == "total_over":
                total = total + value
            else:
                found.append(np.atleast_2d(value)[..., 0])
        return np.stack(np.broadcast_arrays(*found), axis=-2) if found else total

    return run


def _constants(plan: Plan) -> dict[int, Any]:
    return {
        node.uid: node.constant if node.constant is not None else constant_array(node, _FLOAT)
        for node in plan.constants
    }


def _step(node: Node, plan: Plan, analytic: bool) -> tuple[Callable[..., Any], tuple[int, ...], int]:
    run = ANALYTIC.get(node.name) if analytic else None
    if node.uid in plan.bodies:
        return _loop(node, plan.bodies[node.uid], analytic), tuple(a.uid for a in node.args), node.uid
    return bound_operation(node, run), tuple(a.uid for a in node.args), node.uid
