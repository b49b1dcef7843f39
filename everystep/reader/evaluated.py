r"""Derivatives that are taken at arguments behind them: ``\frac{\partial f}{\partial x}(a, b)``.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Num, Var
from everystep.reader.entities import DefinedFunction, OpaqueFunction
from everystep.reader.functions import Functions
from everystep.reader.marks import written
from everystep.reader.source import Tokens
from everystep.reader.trees import Node, Unreadable, split


class Evaluated(Functions):
    """Reads the arguments behind the derivative of a function."""

    def _at_arguments(
        self,
        top: Tokens,
        variables: list[tuple[Expression, int]],
        factors: list[Node],
        separators: list[str],
        at: int,
    ) -> tuple[Expression, list[tuple[Expression, int]]] | None:
        r"""The value and the variables of ``\frac{\partial f}{\partial x}(a, b)``, which is taken at the arguments.

        None where what stands behind is no list of the arguments of a function:
        ``\frac{\partial L}{\partial z} (1 - a)`` of a number L, and of a function that has no argument z.
        """
        if at + 1 >= len(factors) or separators[at + 1]:
            return None
        group = factors[at + 1]
        head = self.tree(top)
        if group.kind != "group" or group.text != "(" or head.kind not in ("letter", "word"):
            return None
        entity, rest = self.entity_of(head)
        if rest or not isinstance(entity, DefinedFunction | OpaqueFunction):
            return None
        count = len(entity.parameters if isinstance(entity, DefinedFunction) else entity.arguments)
        if len(split(group.tokens, (",", ";"))) != count:
            return None
        arguments = [self.resolved(argument) for argument in self.arguments(group)]
        taken: list[tuple[Expression, int]] = []
        moved: dict[int, Expression] = {}
        for variable, order in variables:
            name = variable.operands[0] if isinstance(variable, ex.Entry) else variable
            k = self._place_of(name, entity, arguments)
            if k is None:
                return None
            if k not in moved:
                arguments[k], moved[k] = self._point_of(arguments[k], entity, head, group)
            if any(moved[k] in ex.walk(a) for i, a in enumerate(arguments) if i != k):
                raise Unreadable("a derivative by one of two arguments that are the same", group.place)
            taken.append((variable.xreplace({name: moved[k]}), order))
        return self._called(entity, arguments, head), taken

    def _place_of(
        self, name: Expression, entity: DefinedFunction | OpaqueFunction, arguments: list[Expression]
    ) -> int | None:
        """Which argument of a function the variable of a derivative is, by its name or as it is written."""
        if isinstance(entity, OpaqueFunction):
            found = [k for k, argument in enumerate(arguments) if argument == name] or [0] * (len(arguments) == 1)
            return found[0] if len(found) == 1 and self.shape(arguments[found[0]]) == self.shape(name) else None
        names = [k for k, p in enumerate(entity.parameters) if isinstance(name, Var) and p == name.name]
        found = names or [k for k, argument in enumerate(arguments) if argument == name]
        return found[0] if len(found) == 1 and self.shape(arguments[found[0]]) == self.shape(name) else None

    def _point_of(
        self, argument: Expression, entity: DefinedFunction | OpaqueFunction, head: Node, group: Node
    ) -> tuple[Expression, Expression]:
        """The point at which a derivative is taken, and what it is taken by; a sum of numbers in brackets may be a
        factor, too.
        """
        if self.is_number(argument) and not isinstance(argument, Var | ex.Member | Num):
            said = f"the derivative at {written(group)}, or its product with it? write brackets around the derivative"
            raise Unreadable(f"two readings: {said}", group.place)
        return self._free_point(argument, entity, head)
