r"""Positive numbers whose square is given: ``\sigma^2 = \|x\|^2 / n`` with ``\sigma > 0`` says what sigma is.

May import ``everystep.algebra``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Hypothesis, Relation
from everystep.algebra.expressions import Expression, Num, Pow, Var


def with_roots(context: Context, constants: Collection[str]) -> Context:
    """The context in which a number v with v > 0 and v^2 = b, of which nothing else is given, is defined as sqrt(b).

    The two say the same of v.  As a definition it also says that v depends on what b depends on, so that a derivative
    does not take v for a constant; of ``constants`` the author says that they are.
    """
    given = {d.target for d in context.definitions} | {r.target for r in context.random}
    for hypothesis in context.hypotheses:
        number, square = _square(hypothesis)
        if number is None or number in given or number.name in constants:
            continue
        positive = {Relation(Num(0), "<", number), Relation(number, ">", Num(0))}
        if not positive & set(context.hypotheses) or number in _leaves(square, context):
            continue
        kept = (*(h for h in context.hypotheses if h != hypothesis), Relation(square, ">", Num(0)))
        root = Definition(number, ex.Apply("sqrt", square))
        context = replace(context, hypotheses=kept, definitions=(*context.definitions, root))
        given.add(number)
    return context


def _square(hypothesis: Hypothesis) -> tuple[Var | None, Expression]:
    """v and b of ``v^2 = b``; ``b = v^2`` is a condition on b, as on the points of a sphere of radius v."""
    if isinstance(hypothesis, Relation) and hypothesis.op == "=":
        left = hypothesis.left
        if isinstance(left, Pow) and left.args[1] == Num(2) and isinstance(left.args[0], Var):
            return left.args[0], hypothesis.right
    return None, Num(0)


def _leaves(body: Expression, context: Context) -> set[Var]:
    """The symbols that a value is made of, those of definitions written out."""
    found: set[Var] = set()
    todo = [body]
    while todo:
        fresh = {n for n in ex.walk(todo.pop()) if isinstance(n, Var)} - found
        found |= fresh
        todo += [d.body for d in context.definitions if d.target in fresh]
    return found
