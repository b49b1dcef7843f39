"""Linear recurrences by their solution: ``h_t = A^t h_0 + sum_k A^(t-k) b_k`` for ``h_t := A h_{t-1} + b_t``.

A derivative of h_t by what A is made of is then one of powers, and what is observed of a system, ``y_t := C h_t``, the
sum over its inputs.  May import ``everystep.algebra``, the integers of the
core and ``said``.
"""

from __future__ import annotations

from sympy import Expr, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Recurrence, Relation
from everystep.algebra.expressions import Expression, Int, Member, Num
from everystep.algebra.shapes import integer
from everystep.algebra.substitution import BINDERS, instance
from everystep.calculus.indices import Integers, NotAffine, Slot, constant, difference, slot_of
from everystep.derivation import Claim
from everystep.prove.said import integer_facts
from everystep.records import dataclass

INDEX = Symbol("step·", integer=True)
"""Runs over the steps in a solution; no author's index ends with this mark."""
MOST_UNFOLDED = 6


@dataclass(frozen=True)
class Linear:
    """The recurrence ``h_t := A h_{t-1} + b_t`` with A that rests neither on t nor on h; ``rest``: b at INDEX."""

    name: str
    matrix: Expression
    rest: Expression | None
    start: Member
    first: int


def with_solutions(claim: Claim, context: Context) -> Claim | None:
    """An equation in which members of linear recurrences are written by their solution, where it has a derivative or
    names that are made of such members.

    None where there is no such member, where a member may stand before the first one, where something is random, and
    where a derivative is by a defined name or a member of the recurrence other than its start: these are held free.
    """
    if context.random or not isinstance(claim, Relation) or claim.op != "=":
        return None
    known = {r.target.name: linear for r in context.recurrences if (linear := _linear(r, context)) is not None}
    sides = [_unfolded(side, context, frozenset(known)) for side in claim.sides]
    if not known or None in sides:
        return None
    if sides == list(claim.sides) and not any(side.has_kind(*ex.PARTIAL_DERIVATIVES) for side in claim.sides):
        return None
    written = [side for side in sides if side is not None]
    if not _varies_freely(written, known, context):
        return None
    facts = integer_facts(context)
    for side in written:  # outside of sums, a member is one that there is
        facts = facts.with_facts(_where_unbound(side, known))
    changed = [_solved(side, known, facts) for side in written]
    left, right = changed
    if left is None or right is None or changed == list(claim.sides):
        return None
    return Relation(left, "=", right)


def _linear(recurrence: Recurrence, context: Context) -> Linear | None:
    """The parts of a recurrence; None where it is not linear in the member before alone, by a constant matrix."""
    target = recurrence.target
    if len(target.at) != 1 or not target.at[0].is_Symbol:
        return None
    (at,) = target.at
    before = Member(target.name, *target.shape, at - 1)
    parts = _affine(recurrence.body, before)
    if parts is None or not parts[0]:
        return None
    coefficients, others = parts
    matrix = _sum(coefficients)
    rest = _sum(others) if others else None
    moving = {r.target.name for r in context.recurrences}
    moving |= {d.target.name for d in context.definitions if moving & _rests_on(d.body, context)}
    if moving & _rests_on(matrix, context) or at in _indices(matrix, context):
        return None
    if rest is not None:
        if moving & _rests_on(rest, context):
            return None
        rest = instance(rest, {at: INDEX})
    start = Member(target.name, *target.shape, recurrence.first - 1)
    return Linear(target.name, matrix, rest, start, recurrence.first)


def _sum(parts: list[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else ex.Add(*parts)


def _affine(e: Expression, before: Member) -> tuple[list[Expression], list[Expression]] | None:
    """The matrices that a member is multiplied by, and the terms without it; None where it stands elsewhere."""
    if e == before:
        return [Num(1) if e.is_number_shaped else ex.Eye(e.shape[0])], []
    if all(n != before for n in ex.walk(e)):
        return [], [e]
    if isinstance(e, (ex.Add, ex.Neg)):
        parts = [_affine(operand, before) for operand in e.operands]
        if any(part is None for part in parts):
            return None
        matrices = [m for part in parts if part is not None for m in part[0]]
        rest = [r for part in parts if part is not None for r in part[1]]
        if isinstance(e, ex.Neg):
            return [ex.Neg(m) for m in matrices], [ex.Neg(r) for r in rest]
        return matrices, rest
    if isinstance(e, ex.Div):
        above = _affine(e.operands[0], before) if all(n != before for n in ex.walk(e.operands[1])) else None
        if above is None:
            return None
        return [ex.Div(m, e.operands[1]) for m in above[0]], [ex.Div(r, e.operands[1]) for r in above[1]]
    if isinstance(e, ex.Mul):
        own = [k for k, factor in enumerate(e.operands) if any(n == before for n in ex.walk(factor))]
        place = own[0]
        if len(own) > 1 or (not before.is_number_shaped and place != len(e.operands) - 1):
            return None
        if before.is_number_shaped and not all(factor.is_number_shaped for factor in e.operands):
            return None
        inner = _affine(e.operands[place], before)
        if inner is None:
            return None
        others = [*e.operands[:place], *e.operands[place + 1 :]]
        return [ex.Mul(*others, m) for m in inner[0]], [ex.Mul(*others, r) for r in inner[1]]
    return None


def _meaning(node: Expression, context: Context) -> Expression | None:
    """What a defined name stands for, a member at its own indices; None of a name without a definition."""
    if not isinstance(node, (ex.Var, Member)):
        return None
    for rule in context.definitions:
        if rule.target == node:
            return rule.body
    for rule in context.definitions:
        target = rule.target
        if not isinstance(node, Member) or not isinstance(target, Member) or target.name != node.name:
            continue
        if len(target.at) == len(node.at) and all(at.is_Symbol for at in target.at):
            return instance(rule.body, dict(zip(target.at, node.at, strict=True)))
    return None


def _rests_on(e: Expression, context: Context) -> set[str]:
    """The names that an expression is made of, by definitions as well."""
    found: set[str] = set()
    todo = [e]
    while todo:
        for node in ex.walk(todo.pop()):
            if isinstance(node, (ex.Var, Member)) and node.name not in found:
                found.add(node.name)
                todo += [rule.body for rule in context.definitions if rule.target.name == node.name]
    return found


def _indices(e: Expression, context: Context) -> set[object]:
    """The integers that an expression is written with, with what its names stand for."""
    found: set[object] = set(e.free_symbols)
    for rule in context.definitions:
        if isinstance(rule.target, ex.Var) and rule.target.name in _rests_on(e, context):
            found |= rule.body.free_symbols
    return found


def _unfolded(e: Expression, context: Context, names: frozenset[str]) -> Expression | None:
    """An expression with the names that rest on members of these families written out; None where that goes on."""
    moving = {d.target.name for d in context.definitions if names & _rests_on(d.body, context)}
    for _ in range(MOST_UNFOLDED):
        values = {
            node: body
            for node in ex.walk(e)
            if isinstance(node, (ex.Var, Member)) and node.name in moving - names
            if (body := _meaning(node, context)) is not None
        }
        if not values:
            return e
        e = e.xreplace(values)
    return None


def _varies_freely(sides: list[Expression], known: dict[str, Linear], context: Context) -> bool:
    """Whether every derivative is by names without a definition, or by the start of a recurrence."""
    starts = {linear.start for linear in known.values()}
    recurrent = {r.target.name for r in context.recurrences}
    for node in (n for side in sides for n in ex.walk(side)):
        if isinstance(node, ex.Differential):
            return False
        for variable in node.operands[1:] if isinstance(node, ex.PARTIAL_DERIVATIVES) else ():
            base = variable.operands[0] if isinstance(variable, ex.Entry) else variable
            if not isinstance(base, (ex.Var, Member)) or _meaning(base, context) is not None:
                return False
            if base.name in recurrent and base not in starts:
                return False
    return True


def _where_unbound(e: Expression, known: dict[str, Linear]) -> list[Slot]:
    """That the members outside of sums are none before the start."""
    if isinstance(e, BINDERS):
        return []
    found = []
    if isinstance(e, Member) and e.name in known:
        try:
            found = [difference(slot_of(e.at[0]), constant(known[e.name].first - 1))]
        except NotAffine:
            found = []
    return found + [fact for part in e.operands for fact in _where_unbound(part, known)]


def _solved(e: Expression, known: dict[str, Linear], facts: Integers) -> Expression | None:
    """An expression with the members of linear recurrences solved; None where one may be before the start."""
    if isinstance(e, Member) and e.name in known:
        linear = known[e.name]
        try:
            begun = facts.at_least(slot_of(e.at[0]), constant(linear.first - 1))
        except NotAffine:
            return None
        return _solution(linear, e.at[0]) if begun else None
    if isinstance(e, ex.SumOver):
        low, high = e.range
        try:
            own = slot_of(e.index)
            facts = facts.with_facts([difference(own, slot_of(low)), difference(slot_of(high), own)])
        except NotAffine:
            return None
    changed: list[object] = []
    derived = isinstance(e, ex.PARTIAL_DERIVATIVES)
    for position, argument in enumerate(e.args):
        if not isinstance(argument, Expression) or (derived and position > 0):
            changed.append(argument)
            continue
        value = _solved(argument, known, facts)
        if value is None:
            return None
        changed.append(value)
    same: Expression = e if tuple(changed) == e.args else e.func(*changed)
    return same


def _solution(linear: Linear, at: Expr) -> Expression:
    """``A^(t - t_0) h_(t_0) + sum over k of A^(t - k) b_k``, where the recurrence begins at t_0 + 1."""
    steps = integer(at - linear.first + 1)
    if steps == 0:
        return linear.start
    first = ex.Mul(ex.Pow(linear.matrix, Int(steps)), linear.start)
    if linear.rest is None:
        return first
    term = ex.Mul(ex.Pow(linear.matrix, Int(integer(at - INDEX))), linear.rest)
    return ex.Add(first, ex.SumOver(term, INDEX, linear.first, at))
