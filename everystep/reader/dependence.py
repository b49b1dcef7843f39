r"""Values that depend on a name through definitions.

With ``e := y - X w``, the function ``J(w) := \|e\|^2`` is at v not ``\|e\|^2`` but ``\|y - X v\|^2``.
May import ``everystep.algebra`` and this package's grammar.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sympy import Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context
from everystep.algebra.expressions import Expression, Member, Num, Var
from everystep.algebra.substitution import instance
from everystep.reader.trees import Unreadable

_DEEPEST = 40


def at_values(value: Expression, at: Mapping[Var, Expression], context: Context, kept: Collection[str]) -> Expression:
    """A value in which defined names are put at other values of the names that they depend on.

    ``at`` maps names to the values that ``value`` has been read at; what it says of them directly stays.  ``kept`` are
    defined names that stay as they are.  Raises Unreadable where the dependence goes through a recurrence, or by a
    derivative.
    """
    return _Reopened(context, at, kept).of(value, 0)


class _Reopened:
    def __init__(self, context: Context, at: Mapping[Var, Expression], kept: Collection[str]) -> None:
        self.context, self.at, self.kept = context, at, kept
        self.depends: dict[str, bool] = {}

    def of(self, value: Expression, depth: int) -> Expression:
        """The value with the defined names in it reopened."""
        if depth > _DEEPEST:
            raise Unreadable("definitions that are too deep to be put at another value", None)
        found: dict[Expression, Expression] = {}
        for node in _symbols(value):
            if (depth == 0 and node.name in self.kept) or node in self.at or not self.is_dependent(node.name):
                continue
            found[node] = self.substituted(self.of(self._body(node), depth + 1))
        if not found:
            return value
        if any(isinstance(n, ex.PARTIAL_DERIVATIVES) and n.operands[1] in found for n in ex.walk(value)):
            raise Unreadable("a derivative by a name that depends on the argument", None)
        result: Expression = value.xreplace(found)
        return result

    def substituted(self, body: Expression) -> Expression:
        values: dict[Expression, Expression] = {}
        for name, value in self.at.items():
            zero = value == Num(0) and not name.is_number_shaped
            values[name] = ex.Zeros(*name.shape) if zero else value
        for node in ex.walk(body):
            variable = node.operands[1] if isinstance(node, ex.PARTIAL_DERIVATIVES) else None
            if variable in values and not isinstance(values[variable], Var | Member):
                raise Unreadable("a derivative in a definition, by what has another value here", None)
        result: Expression = body.xreplace(values)
        return result

    def _body(self, node: Var | Member) -> Expression:
        """What a name is defined as."""
        for definition in self.context.definitions:
            target = definition.target
            if target == node:
                return definition.body
        for definition in self.context.definitions:
            target = definition.target
            if isinstance(target, Member) and isinstance(node, Member) and target.name == node.name:
                pairs = list(zip(target.at, node.at, strict=True))
                if all(symbol.is_Symbol or symbol == place for symbol, place in pairs):
                    return instance(definition.body, {s: place for s, place in pairs if isinstance(s, Symbol)})
        raise Unreadable(f"{node.name} depends on what has another value here, step by step", None)

    def is_dependent(self, name: str) -> bool:
        """Whether a name is defined by one that has another value."""
        if name not in self.depends:
            self.depends[name] = False
            bodies = [d.body for d in self.context.definitions if d.target.name == name]
            bodies += [r.body for r in self.context.recurrences if r.target.name == name]
            inside = [node for body in bodies for node in _symbols(body)]
            self.depends[name] = any(n in self.at or self.is_dependent(n.name) for n in inside)
        return self.depends[name]


def _symbols(value: Expression) -> Iterator[Var | Member]:
    return (node for node in ex.walk(value) if isinstance(node, Var | Member))
