"""Members of families at one index as letters: what holds of any m, S and g holds of ``mu_k``, ``Sigma_k``, ``g_ik``.

The equation ``sum_i g_ik Sigma_k^-1 (x_i - mu_k) = 0`` of one k is solved as that of letters is; the normal form has
rules for letters that it has not for members. May import ``everystep.algebra`` and the integers of the core.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sympy import Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.context import EVERY, Context, Hypothesis, Predicate, Relation, orthonormal_family
from everystep.algebra.expressions import Expression, Member
from everystep.algebra.substitution import BINDERS, instance
from everystep.calculus.indices import Integers, NotAffine, slot_of
from everystep.derivation import Claim
from everystep.prove.presuppositions import free_names
from everystep.prove.said import integer_facts

VARYING = (*ex.DERIVATIVES, *ex.MEANS, ex.Limit, ex.LimitAt)
"""Nodes within which a member may stand for other values than the one at hand."""
MOST_UNFOLDED = 4


def with_members_as_letters(claim: Claim, context: Context) -> tuple[Claim, Context] | None:
    """The claim and the hypotheses with a letter for each family at an index that is free in the claim; None where no
    member stands at one.

    What holds for all letters holds for the members. Defined members at the index are written out before, and what is
    said of every member is said of the letter. Not beside random quantities; nothing is replaced where a member
    varies: a claim with a derivative, a mean or a limit stays as it is, a hypothesis with one is left out.
    """
    if context.random or any(side.has_kind(*VARYING) for side in claim.sides):
        return None
    plain = _mapped(claim, lambda side: _unfolded(side, context))
    fixed = _fixed_indices(plain)
    if not fixed:
        return None
    known = integer_facts(context)
    hypotheses: list[Hypothesis] = []
    for hypothesis in context.hypotheses:
        for said in (hypothesis, *_instances(hypothesis, fixed, context, known)):
            if not fixed & {s for side in said.sides for s in side.free_symbols}:
                hypotheses.append(said)
            elif not any(side.has_kind(*VARYING) for side in said.sides):
                written = _mapped(said, lambda side: _unfolded(side, context))
                hypotheses.append(_mapped(written, lambda side: _lettered(side, fixed)))
    changed = _mapped(plain, lambda side: _lettered(side, fixed))
    return changed, replace(context, hypotheses=tuple(dict.fromkeys(hypotheses)))


def without_equations_elsewhere(claim: Claim, context: Context) -> Context | None:
    """The context without the equations at a free index that a claim does not speak of; None where there is none.

    Fewer hypotheses are weaker. Such an equation is solved for a name that all of a sum rests on, as lambda in
    ``n_k = lambda p_k``, and then stands in the way of what is said of the sum.
    """
    spoken = frozenset().union(*(free_names(side) for side in claim.sides))
    kept = tuple(h for h in context.hypotheses if not _is_elsewhere(h, spoken))
    return replace(context, hypotheses=kept) if len(kept) < len(context.hypotheses) else None


def _is_elsewhere(hypothesis: Hypothesis, spoken: frozenset[str]) -> bool:
    if not isinstance(hypothesis, Relation) or hypothesis.op != "=":
        return False
    members = [n for side in hypothesis.sides for n in ex.walk(side) if isinstance(n, (Member, ex.Entry))]
    indices = {str(at) for n in members for at in n.at if isinstance(at, Symbol) and not at.is_positive}
    free = frozenset().union(*(free_names(side) for side in hypothesis.sides)) & indices
    return bool(free) and not free & spoken and not free & set(EVERY)


def _mapped(claim: Claim, change: Callable[[Expression], Expression]) -> Claim:
    if isinstance(claim, Predicate):
        return Predicate(claim.kind, change(claim.subject))
    return Relation(change(claim.left), claim.op, change(claim.right))


def _fixed_indices(claim: Claim) -> frozenset[Symbol]:
    """The letters that are indices of members in a claim, and that nothing in it binds."""
    free = frozenset().union(*(free_names(side) for side in claim.sides))
    found = {at for side in claim.sides for n in ex.walk(side) if isinstance(n, Member) for at in n.at}
    return frozenset(at for at in found if isinstance(at, Symbol) and not at.is_positive and str(at) in free)


def _unfolded(e: Expression, context: Context) -> Expression:
    """An expression with the members that are defined for all indices written out."""
    rules = {(d.target.name, len(d.target.at)): d for d in context.definitions if isinstance(d.target, Member)}
    for _ in range(MOST_UNFOLDED):
        values: dict[Expression, Expression] = {}
        for node in ex.walk(e):
            rule = rules.get((node.name, len(node.at))) if isinstance(node, Member) else None
            target = None if rule is None else rule.target
            if rule is None or not isinstance(target, Member) or not all(at.is_Symbol for at in target.at):
                continue
            values[node] = instance(rule.body, dict(zip(target.at, node.at, strict=True)))
        if not values:
            break
        e = e.xreplace(values)
    return e


def _lettered(e: Expression, fixed: frozenset[Symbol]) -> Expression:
    """The expression with members at fixed indices by other names, without these indices."""
    if isinstance(e, BINDERS) and e.index in fixed:
        return e
    if isinstance(e, Member):
        rest = [at for at in e.at if at not in fixed]
        if len(rest) == len(e.at):
            return e
        places = ",".join(str(at) if at in fixed else "." for at in e.at)
        name = f"{e.name}[{places}]"
        return ex.Member(name, *e.shape, *rest) if rest else ex.Var(name, *e.shape)
    changed = [_lettered(a, fixed) if isinstance(a, Expression) else a for a in e.args]
    same: Expression = e if tuple(changed) == e.args else e.func(*changed)
    return same


def _instances(hypothesis: Hypothesis, fixed: frozenset[Symbol], context: Context, known: Integers) -> list[Hypothesis]:
    """What is said of every member, said at each fixed index: where the members have a range, if it is within it."""
    spoken = {s for side in hypothesis.sides for s in side.free_symbols if isinstance(s, Symbol)}
    every = [s for s in sorted(spoken, key=str) if str(s) in EVERY]
    members = [n for side in hypothesis.sides for n in ex.walk(side) if isinstance(n, Member)]
    if not every or not members or orthonormal_family(hypothesis) is not None:
        return []
    if any(isinstance(n, ex.Entry) for side in hypothesis.sides for n in ex.walk(side)):
        return []
    names = {n.name for n in members}
    ranges = [(low, high) for name, low, high in context.ranges if name in names]
    found: list[Hypothesis] = []
    for at in sorted(fixed, key=str):
        try:
            own = slot_of(at)
            within = all(known.at_least(own, slot_of(a)) and known.at_least(slot_of(b), own) for a, b in ranges)
        except NotAffine:
            continue
        found += [_mapped(hypothesis, partial(instance, values={symbol: at})) for symbol in every if within]
    return found
