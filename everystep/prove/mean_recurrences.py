"""Means of members of recurrences that are driven by something random: they have a recurrence of their own.

With ``m_t := b m_{t-1} + (1 - b) g_t`` it is ``E[m_t] = b E[m_{t-1}] + (1 - b) E[g_t]``, also of g that depend on each
other.
May import ``everystep.algebra`` only.
"""

from __future__ import annotations

from dataclasses import replace

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Hypothesis, Predicate, Recurrence, Relation
from everystep.algebra.expressions import Expression, Member
from everystep.derivation import Claim


class NotLinear(Exception):
    """A mean that linearity alone does not give."""


def with_means_as_members(claim: Claim, context: Context) -> tuple[Claim, Context] | None:
    """The claim with letters M_t in the place of the means E[h_t] of random recurrences, and the context with the
    recurrences of the M_t; None where no such mean occurs, or one is not given by linearity.

    A recurrence has to be affine in what is random, with factors that are not.  A hypothesis with another mean of h is
    left out, which only weakens what is given; nothing is replaced under a derivative.
    """
    if not context.random or not context.recurrences:
        return None
    means = Means(context)
    if not means.moving or not any(means.occurs_in(side) for side in claim.sides):
        return None
    try:
        stated = _told(claim, means)
    except NotLinear:
        return None
    hypotheses: list[Hypothesis] = []
    for hypothesis in context.hypotheses:
        try:
            hypotheses.append(_told(hypothesis, means))
        except NotLinear:
            continue
    return stated, replace(
        context,
        hypotheses=tuple(hypotheses),
        definitions=context.definitions + tuple(means.starts),
        recurrences=context.recurrences + tuple(means.recurrences),
    )


def _told(claim: Claim, means: Means) -> Claim:
    if isinstance(claim, Predicate):
        return replace(claim, subject=means.translated(claim.subject))
    return Relation(means.translated(claim.left), claim.op, means.translated(claim.right))


class Means:
    """The recurrences of a context that are random, and those of their means."""

    def __init__(self, context: Context) -> None:
        self.laws = {law.target.name for law in context.random}
        self.random = set(self.laws)
        self.moving = self._driven(context)
        self.starts: list[Definition] = []
        self.recurrences: list[Recurrence] = []
        self.fixed = {d.target for d in context.definitions}
        self.first = {r.target.name: r.first for r in context.recurrences}
        self.known: set[str] = set()
        for recurrence in context.recurrences:
            if recurrence.target.name in self.moving:
                self._add(recurrence, context)

    def _driven(self, context: Context) -> set[str]:
        """The families whose recurrences mention something random, or a family that does; by definitions as well."""
        bodies = [(r.target.name, r.body) for r in context.recurrences]
        bodies += [(d.target.name, d.body) for d in context.definitions]
        found: set[str] = set()
        while True:
            more = {name for name, body in bodies if (self.random | found) & _names(body)} - found
            if not more:
                break
            found |= more
        self.random |= found - {r.target.name for r in context.recurrences}
        return found & {r.target.name for r in context.recurrences}

    def _add(self, recurrence: Recurrence, context: Context) -> None:
        """The recurrence of the means, and the first of them: a start without a definition is a constant."""
        target = recurrence.target
        try:
            body = self.mean(recurrence.body)
            starts = [
                Definition(_mean_of(d.target), self.mean(d.body))
                for d in context.definitions
                if isinstance(d.target, Member) and d.target.name == target.name and _is_fixed(d.target)
            ]
        except NotLinear:
            return
        if not starts and len(target.at) == 1 and target.name not in self.laws:
            first = Member(target.name, *target.shape, recurrence.first - 1)
            starts = [Definition(_mean_of(first), first)]
        self.starts += starts
        self.recurrences.append(replace(recurrence, target=_mean_of(target), body=body))
        self.known.add(target.name)

    def occurs_in(self, e: Expression) -> bool:
        """Whether a mean of a member of a random recurrence stands in an expression."""
        return any(isinstance(n, ex.Expectation) and self.moving & _names(n) for n in ex.walk(e))

    def translated(self, e: Expression) -> Expression:
        """The expression with members of the new families for the means; raises NotLinear."""
        if not self.moving & _names(e):
            return e
        if isinstance(e, ex.Expectation):
            found = self.mean(e.operands[0])
            if any(
                isinstance(n, Member) and n.name in set(map(_named, self.moving - self.known)) for n in ex.walk(found)
            ):
                raise NotLinear
            return found
        if isinstance(e, (*ex.MEANS, ex.Given, *ex.PARTIAL_DERIVATIVES, ex.Differential)):
            raise NotLinear
        parts = [self.translated(a) if isinstance(a, Expression) else a for a in e.args]
        rebuilt: Expression = e.func(*parts)
        return rebuilt

    def mean(self, e: Expression) -> Expression:
        """The mean of an expression that is affine in what is random; raises NotLinear."""
        if not self._is_random(e):
            return e
        if isinstance(e, Member) and e.name in self.moving:
            return _mean_of(e)
        if isinstance(e, (ex.Add, ex.Neg, ex.Transpose, ex.Trace)):
            rebuilt: Expression = e.func(*(self.mean(part) for part in e.operands))
            return rebuilt
        if isinstance(e, ex.SumOver) and not isinstance(e, ex.ProdOver):
            summed: Expression = e.func(self.mean(e.operands[0]), *e.args[1:])
            return summed
        if isinstance(e, ex.Div) and not self._is_random(e.operands[1]):
            return ex.Div(self.mean(e.operands[0]), e.operands[1])
        if isinstance(e, ex.Mul):
            random = [part for part in e.operands if self._is_random(part)]
            if len(random) == 1:
                return ex.Mul(*(self.mean(part) if part is random[0] else part for part in e.operands))
        if isinstance(e, ex.Expectation):
            return self.translated(e)
        if self.moving & _names(e):
            raise NotLinear
        return ex.Expectation(e)

    def _is_random(self, e: Expression) -> bool:
        if isinstance(e, Member) and e.name in self.moving and len(e.at) == 1 and e not in self.fixed:
            return bool(e.at[0] != self.first[e.name] - 1) or e.name in self.laws
        if isinstance(e, (ex.Var, Member)):
            return e.name in self.random | self.moving
        return any(map(self._is_random, e.operands))


def _is_fixed(member: Member) -> bool:
    return not any(at.free_symbols for at in member.at)


def _names(e: Expression) -> set[str]:
    return {n.name for n in ex.walk(e) if isinstance(n, (ex.Var, Member))}


def _named(name: str) -> str:
    return f"mean of {name}"


def _mean_of(member: Member) -> Member:
    return Member(_named(member.name), *member.shape, *member.at)
