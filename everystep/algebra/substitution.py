"""Substitution of integer symbols that respects bound indices.

May import SymPy and ``everystep.algebra.expressions`` only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from sympy import Expr, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression

BINDERS = (ex.SumOver, ex.Limit)


def apart(expression: Expression, taken: AbstractSet[str]) -> Expression:
    """The same expression in which no bound index has one of these names, or that of a sum that it stands in, or is
    declared as a size: a sum may begin at 0.
    """
    while expression.has_kind(*BINDERS):
        clash = next(_clashes(expression, taken), None)
        if clash is None:
            break
        expression = expression.xreplace({clash: _renamed(clash, taken)})
    return expression


def marked(expression: Expression, mark: str) -> Expression:
    """The same expression in which the name of every bound index ends with a mark."""
    while expression.has_kind(*BINDERS):
        plain = (n for n in ex.walk(expression) if isinstance(n, BINDERS) and not str(n.index).endswith(mark))
        binder = next(plain, None)
        if binder is None:
            break
        expression = expression.xreplace({binder: _renamed(binder, frozenset(), mark)})
    return expression


def _clashes(expression: Expression, taken: AbstractSet[str]) -> Iterator[ex.SumOver | ex.Limit]:
    for node in ex.walk(expression) if expression.has_kind(*BINDERS) else ():
        if isinstance(node, BINDERS):
            if str(node.index) in taken or node.index.is_positive:
                yield node
            yield from (n for n in ex.walk(node.operands[0]) if isinstance(n, BINDERS) and n.index == node.index)


def instance(expression: Expression, values: Mapping[Expr, Expr]) -> Expression:
    """The expression at those values of its integer symbols; a bound index that would capture one is renamed."""
    if not values:
        return expression
    near = set(values).union(*(value.free_symbols for value in values.values()))
    while True:
        binders = (n for n in ex.walk(expression) if isinstance(n, BINDERS)) if expression.has_kind(*BINDERS) else ()
        clash = next((n for n in binders if n.index in near), None)
        if clash is None:
            replaced: Expression = expression.xreplace(dict(values))
            return replaced
        expression = expression.xreplace({clash: _renamed(clash, {str(symbol) for symbol in near})})


def _renamed(binder: ex.SumOver | ex.Limit, taken: AbstractSet[str], mark: str = "'") -> Expression:
    """A sum, product or limit with another name of its index: one that is not taken and does not occur in it."""
    index = binder.index
    taken = taken | {str(symbol) for symbol in binder.free_symbols}
    name = f"{index}{mark}"
    while name in taken:
        name += mark
    fresh = Symbol(name, integer=True)
    renamed: Expression = binder.func(binder.operands[0].xreplace({index: fresh}), fresh, *binder.args[2:])
    return renamed
