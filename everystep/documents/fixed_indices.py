r"""Indices that definitions fix: the c of ``J := -\log p_c`` stands for a place that p has.

May import ``everystep.algebra``, ``everystep.derivation`` and the documents' ``relevance``.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Predicate, Relation
from everystep.algebra.expressions import Expression, Int
from everystep.algebra.shapes import ONE, integer
from everystep.algebra.substitution import BINDERS
from everystep.derivation import Claim
from everystep.documents.relevance import relevant
from everystep.prove.bound import claim_apart, spoken_of


def places_fixed(claim: Claim, context: Context) -> tuple[Relation, ...]:
    """That the free indices of the definitions that a claim rests on are within the ranges of what has them.

    A definition has a meaning there alone.
    """
    ends: dict[Relation, None] = {}
    for rule in relevant(context, claim).definitions:
        bound = frozenset(rule.target.at) if isinstance(rule.target, ex.Member) else frozenset[Expr]()
        for at, low, high in _places(rule.body, bound, context):
            ends[Relation(Int(low), "<=", Int(at))] = None
            ends[Relation(Int(at), "<=", Int(high))] = None
    return tuple(end for end in ends if end not in context.hypotheses and end.left != end.right)


def inputs_begun(claim: Claim, context: Context) -> tuple[Relation, ...]:
    """That what enters a recurrence is differentiated by from its first member on: in ``h_t := f(W x_t + U h_{t-1})``,
    which begins with h_1, x begins with x_1.  Not of a family of which a range or a member of its own is told.
    """
    nodes = {n for side in claim.sides for n in ex.walk(side) if isinstance(n, ex.PARTIAL_DERIVATIVES)}
    varied = {v for n in nodes for v in n.operands[1:] if isinstance(v, ex.Member)}
    told = {name for name, _, _ in context.ranges} | {d.target.name for d in context.definitions}
    told |= {r.target.name for r in context.recurrences}
    starts: dict[str, Expr] = {}
    for recurrence in context.recurrences if varied else ():
        for node in ex.walk(recurrence.body):
            if isinstance(node, ex.Member) and node.name not in told and len(node.at) == 1:
                start = integer(recurrence.first + node.at[0] - recurrence.target.at[-1])
                starts[node.name] = min(starts.get(node.name, start), start)
    for body in [d.body for d in context.definitions] if starts else []:
        for node in ex.walk(body):
            if isinstance(node, ex.Member) and node.name in starts:  # h_0 := x_0; elsewhere x may begin anywhere
                if node.at[0].is_Integer:
                    starts[node.name] = min(starts[node.name], node.at[0])
                else:
                    del starts[node.name]
    free = {s for side in claim.sides for s in side.free_symbols}
    begun = [(starts[v.name], v.at[0]) for v in sorted(varied, key=str) if v.name in starts]
    found = [
        Relation(Int(low), "<=", Int(at))
        for low, at in begun
        if low.is_Integer and at.free_symbols and at.free_symbols <= free
    ]
    return tuple(h for h in dict.fromkeys(found) if h not in context.hypotheses)


def sums_begun(claim: Claim, context: Context) -> tuple[Relation, ...]:
    r"""That the members of a running sum are those from the empty one on: ``s_t := \sum_{i=1}^{t} x_i`` begins with
    s_0, the mean of the first t with s_1.

    Of members at a free index that is told nowhere; a member that a sum in the claim binds is not looked at.
    """
    starts: dict[str, Expr] = {}
    for rule in context.definitions:
        letters = rule.target.at if isinstance(rule.target, ex.Member) else ()
        if len(letters) == 1 and letters[0].is_Symbol:
            ranges = [n.range for n in ex.walk(rule.body) if isinstance(n, ex.SumOver)]
            lows = [low for low, high in ranges if high == letters[0] and low.is_Integer]
            if lows:
                divided = any(isinstance(n, ex.Div) and n.operands[1] == Int(letters[0]) for n in ex.walk(rule.body))
                starts[rule.target.name] = max(*lows, ONE) if divided else max(lows) - 1
    told = {s for h in context.hypotheses for side in h.sides for s in side.free_symbols}
    free = {s for side in claim.sides for s in side.free_symbols if not s.is_positive} - told
    found = [
        Relation(Int(starts[node.name]), "<=", Int(node.at[0]))
        for side in claim.sides
        for node in ex.walk(side)
        if isinstance(node, ex.Member) and node.name in starts and node.at[0].free_symbols
        if node.at[0].free_symbols <= free and not _is_bound(claim, node)
    ]
    return tuple(dict.fromkeys(found))


def _is_bound(claim: Claim, member: ex.Member) -> bool:
    """Whether an index of a member is one that something in the claim binds."""
    bound = {n.args[1] for side in claim.sides for n in ex.walk(side) if isinstance(n, BINDERS)}
    return bool(bound & member.at[0].free_symbols)


def with_equal_indices(claim: Claim, context: Context) -> Claim:
    """The claim with one letter for two indices that a hypothesis says are equal ("when ``i = j``").

    No index that definitions are written with is put away, and no index that a sum binds is touched.
    """
    for h in context.hypotheses:
        pair = h.sides if isinstance(h, Relation) and h.op == "=" else ()
        letters = [side.value for side in pair if isinstance(side, Int) and side.value.is_Symbol]
        if len(letters) != 2 or any(at.is_positive for at in letters):
            continue
        fixed = spoken_of(replace(context, hypotheses=()))
        away = next((at for at in letters if str(at) not in fixed), None)
        if away is None:
            continue
        (other,) = (at for at in letters if at != away)
        claim = claim_apart(claim, frozenset((str(away), str(other))))
        sides = [side.xreplace({away: other}) for side in claim.sides]
        claim = (
            Relation(sides[0], claim.op, sides[1]) if isinstance(claim, Relation) else Predicate(claim.kind, sides[0])
        )
    return claim


def _places(e: Expression, bound: frozenset[Expr], context: Context) -> list[tuple[Expr, Expr, Expr]]:
    """The free indices of entries, members and unit vectors in an expression, with the first and the last place."""
    found: list[tuple[Expr, Expr, Expr]] = []
    if isinstance(e, BINDERS):
        bound = bound | {e.args[1]}
    elif isinstance(e, ex.Entry):
        found = [(at, ONE, size) for at, size in zip(e.at, e.operands[0].shape, strict=False)]
    elif isinstance(e, ex.Row | ex.Col):
        found = [(e.args[1], ONE, e.operands[0].shape[isinstance(e, ex.Col)])]
    elif isinstance(e, ex.Unit):
        found = [(e.args[1], ONE, e.args[0])]
    elif isinstance(e, ex.Member) and e.at:
        found = [(e.at[-1], low, high) for name, low, high in context.ranges if name == e.name]
    free = [place for place in found if isinstance(place[0], Symbol) and not place[0].is_positive]
    below = [p for part in e.args if isinstance(part, Expression) for p in _places(part, bound, context)]
    return [place for place in free if place[0] not in bound] + below
