r"""Points of derivatives that are no names: ``\nabla f(Ax)`` is the derivative of ``f(Ax + s)`` by s where s is zero.

The way around, a name for the point, would not do: in ``\sum_i \nabla f(A x_i)`` the point moves with the index that
the sum binds, and a definition or a hypothesis is read again and again, beside other points.  What s stands for is the
same everywhere, so that nothing has to be carried along with what was read; ``with_points`` says it where a claim is
judged.  Each derivative has an s of its own.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from dataclasses import replace

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Predicate, Relation
from everystep.algebra.expressions import Expression, Var
from everystep.reader.scope import Scope
from everystep.reader.trees import Unreadable

MARK = "^at"
"""How the names of such zeros end: ``zero_3^at``, which no author writes."""


def moved(point: Expression, scope: Scope) -> tuple[Expression, Var]:
    """A point with a zero of its own added, and that zero, by which the derivative is taken."""
    scope.points += 1
    shift = Var(f"zero_{scope.points}{MARK}", *point.shape)
    return ex.Add(point, shift), shift


def with_points(claim: Relation | Predicate, context: Context) -> Context:
    """The context that also says what the zeros of all points are.

    Raises Unreadable where a point rests on the same zero through names: ``x_{k+1} := x_k - \\nabla f(A x_k)``, in
    which the point of each step is moved by that of the step before.  The derivative would go through it, too.
    """
    rules = [*((d.target, d.body) for d in context.definitions), *((r.target, r.body) for r in context.recurrences)]
    sides = [side for hypothesis in (claim, *context.hypotheses) for side in _sides(hypothesis)]
    sides += [parameter for law in context.random for parameter in law.parameters]
    written = {side: frozenset(ex.walk(side)) for side in (*sides, *(body for _, body in rules))}
    shifts = {n for within in written.values() for n in within if isinstance(n, Var) and n.name.endswith(MARK)}
    if not shifts:
        return context
    if len({shift.name for shift in shifts}) < len(shifts):
        raise Unreadable("the points of two derivatives in one")
    for shift in shifts:
        _refuse_captured(shift, {target: written[body] for target, body in rules}, list(written.values()))
    defined = {d.target for d in context.definitions}
    zeros = (Definition(s, ex.Num(0) if s.is_number_shaped else ex.Zeros(*s.shape)) for s in shifts - defined)
    return replace(context, definitions=(*context.definitions, *sorted(zeros, key=lambda d: d.target.name)))


def _sides(hypothesis: Relation | Predicate) -> tuple[Expression, ...]:
    if isinstance(hypothesis, Relation):
        return hypothesis.left, hypothesis.right
    return (hypothesis.subject,)


def _refuse_captured(
    shift: Var, rules: dict[Var | ex.Member, frozenset[Expression]], written: list[frozenset[Expression]]
) -> None:
    """Raise Unreadable where the value of a derivative by this zero rests on it through a name, or within another."""
    through = {target.name for target, within in rules.items() if shift in within}
    while more := {t.name for t, within in rules.items() if _names(within) & through} - through:
        through |= more
    for within in written:
        for node in within:
            if not isinstance(node, ex.DERIVATIVES) or shift not in node.operands[1:]:
                continue
            value = frozenset(ex.walk(node.operands[0]))
            inner = any(isinstance(n, ex.DERIVATIVES) and shift in n.operands[1:] for n in value)
            if _names(value) & through or (inner and not isinstance(node, ex.ScalarDerivative)):
                raise Unreadable("the point of a derivative rests on the derivative at another point")


def _names(within: frozenset[Expression]) -> set[str]:
    return {n.name for n in within if isinstance(n, Var | ex.Member)}


def as_shown(expression: Expression) -> Expression:
    """An expression for the eye: the derivative by the point itself, ``∇_(A x) f(A x)``."""
    points: dict[Expression, Expression] = {}
    for node in ex.walk(expression):
        if isinstance(node, ex.Add) and isinstance(node.operands[-1], Var) and node.operands[-1].name.endswith(MARK):
            points[node.operands[-1]] = points[node] = ex.Add(*node.operands[:-1])
    if not points:
        return expression
    bare = {sum_: p.operands[0] if len(p.operands) == 1 else p for sum_, p in points.items()}
    return _replaced(expression, bare)


def _replaced(e: Expression, values: dict[Expression, Expression]) -> Expression:
    """With the values put in, also where one stands within another: the point of a derivative at a derivative."""
    if e in values:
        return _replaced(values[e], values)
    parts = [_replaced(a, values) if isinstance(a, Expression) else a for a in e.args]
    return e.func(*parts) if parts != list(e.args) else e


def context_as_shown(context: Context) -> Context:
    """The context for the eye, without the zeros."""
    kept = [d for d in context.definitions if not d.target.name.endswith(MARK)]
    definitions = tuple(replace(d, body=as_shown(d.body)) for d in kept)
    recurrences = tuple(replace(r, body=as_shown(r.body)) for r in context.recurrences)
    hypotheses = tuple(claim_as_shown(h) for h in context.hypotheses)
    return replace(context, definitions=definitions, recurrences=recurrences, hypotheses=hypotheses)


def claim_as_shown(claim: Relation | Predicate) -> Relation | Predicate:
    """A claim, or a hypothesis, for the eye."""
    if isinstance(claim, Relation):
        return replace(claim, left=as_shown(claim.left), right=as_shown(claim.right))
    return replace(claim, subject=as_shown(claim.subject))
