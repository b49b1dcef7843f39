"""Means of members of recurrences that are driven by something random: they have a recurrence of their own.

With ``m_t := b m_{t-1} + (1 - b) g_t`` it is ``E[m_t] = b E[m_{t-1}] + (1 - b) E[g_t]``, also of g that depend on each
other.  Where the g_t are independent, second moments have one as well: with ``x_t := A x_{t-1} + g_t`` and E[g_t] = 0,
``E[x_t x_t^T] = A E[x_{t-1} x_{t-1}^T] A^T + E[g_t g_t^T]``, since x_{t-1} is made of g_1, ..., g_{t-1}.
May import ``everystep.algebra``, the integers of the core, ``said`` and ``second_moments``.
"""

from __future__ import annotations

from dataclasses import replace

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Hypothesis, Predicate, Recurrence, Relation
from everystep.algebra.expressions import Expression, Member
from everystep.algebra.shapes import integer
from everystep.algebra.substitution import instance
from everystep.calculus.indices import Integers, NotAffine, constant, difference, slot_of
from everystep.derivation import Claim
from everystep.prove.said import integer_facts
from everystep.prove.second_moments import Apart, NotLinear, Term, brought_together

MOST_UNFOLDED = 6
"""How often members of a product are replaced by the right side of their recurrence, one within the other."""


def with_means_as_members(claim: Claim, context: Context) -> tuple[Claim, Context] | None:
    """The claim with letters M_t in the place of the means E[h_t] of random recurrences, and the context with the
    recurrences of the M_t, likewise for E[h_t k_t^T]; None where no such mean occurs, or one is not given by linearity
    and second moments.

    A recurrence has to be affine in what is random, with factors that are not, or in its members, with factors that are
    independent of them.  A hypothesis with another mean of h is left out, which only weakens what is given; nothing is
    replaced under a derivative.
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
    # A start without a definition is a constant; a letter does not look as if it had to do with the recurrence.
    letters: dict[Expression, Expression] = {m: ex.Var(f"start of {m.name}", *m.shape) for m in means.constants}
    return _replaced(stated, letters), replace(
        context,
        hypotheses=tuple(_replaced(h, letters) for h in hypotheses),
        definitions=context.definitions + tuple(replace(d, body=d.body.xreplace(letters)) for d in means.starts),
        recurrences=context.recurrences + tuple(replace(r, body=r.body.xreplace(letters)) for r in means.recurrences),
    )


def _replaced(claim: Claim, letters: dict[Expression, Expression]) -> Claim:
    if isinstance(claim, Predicate):
        return replace(claim, subject=claim.subject.xreplace(letters))
    return replace(claim, left=claim.left.xreplace(letters), right=claim.right.xreplace(letters))


def _told(claim: Claim, means: Means) -> Claim:
    if isinstance(claim, Predicate):
        return replace(claim, subject=means.translated(means.inlined(claim.subject)))
    left, right = (means.translated(means.inlined(side)) for side in claim.sides)
    return Relation(left, claim.op, right)


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
        self.rules = {r.target.name: r for r in context.recurrences if r.target.name in self.moving}
        self.bodies = {d.target.name: d for d in context.definitions if d.target.name in self.random - self.moving}
        self.begun = {d.target: d.body for d in context.definitions if d.target.name in self.moving}
        self.facts = integer_facts(context)
        self.made_of = Dependence(self)
        self.constants = {
            m
            for r in self.rules.values()
            if len(r.target.at) == 1 and r.target.name not in self.laws
            for m in [Member(r.target.name, *r.target.shape, r.first - 1)]
            if m not in self.begun
        }
        self.moments: set[tuple[str, str]] = set()
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
            body = self.mean(self.inlined(recurrence.body))
            starts = [
                Definition(_mean_of(d.target), self.mean(self.inlined(d.body)))
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
        driven = self.moving | set(self.bodies)
        return any(isinstance(n, ex.MEANS) and driven & _names(n) for n in ex.walk(e))

    def inlined(self, e: Expression) -> Expression:
        """The expression with what definitions say of the names in it that are random; raises NotLinear where one is
        defined for some indices only.
        """
        if not self.bodies.keys() & _names(e):
            return e
        if isinstance(e, (ex.Var, Member)):
            definition = self.bodies[e.name]
            if isinstance(e, ex.Var) or not isinstance(definition.target, Member):
                return self.inlined(definition.body)
            if len(e.at) != len(definition.target.at) or not all(s.is_Symbol for s in definition.target.at):
                raise NotLinear
            return self.inlined(instance(definition.body, dict(zip(definition.target.at, e.at, strict=True))))
        rebuilt: Expression = e.func(*(self.inlined(a) if isinstance(a, Expression) else a for a in e.args))
        return rebuilt

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
        if isinstance(e, ex.Variance):
            return self._covariance(*e.operands, *e.operands)
        if isinstance(e, ex.Covariance):
            return self._covariance(*e.operands)
        if isinstance(e, (ex.Given, *ex.PARTIAL_DERIVATIVES, ex.Differential)):
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
            return self.second(e, self.facts, MOST_UNFOLDED)
        return ex.Expectation(e)

    def _covariance(self, a: Expression, b: Expression) -> Expression:
        """Cov(a, b) = E[a b^T] - E[a] E[b]^T of columns or numbers."""
        product = ex.Mul(a, ex.Transpose(b))
        return ex.Add(self.mean(product), ex.Neg(ex.Mul(self.mean(a), ex.Transpose(self.mean(b)))))

    def second(self, e: Expression, facts: Integers, depth: int) -> Expression:
        """The mean of an expression of degree two in the members; raises NotLinear."""
        apart = Apart(lambda part: not self.moving & _names(part), self.translated)
        means = [self._mean_of_term(term, facts, depth) for term in apart.terms(e)]
        return means[0] if len(means) == 1 else ex.Add(*means)

    def _mean_of_term(self, term: Term, facts: Integers, depth: int) -> Expression:
        """The mean of a product with at most two members: where these are independent of all else in it, with their
        moments; else with the later one, or one that is not, replaced by the right side of its recurrence.
        """
        members = [f for group in term.groups for f in group if self._is_member(f)]
        plain = [_untransposed(f) for f in members]
        others = [f for group in term.groups for f in group if not self._is_member(f)]
        if len(members) > 2:
            raise NotLinear
        gap = integer(plain[0].at[0] - plain[1].at[0]) if len(plain) == 2 else integer(0)
        if not gap.is_Integer:
            raise NotLinear
        tied = [m for m in plain if not all(self.made_of.independent(m, other) for other in others)]
        if gap != 0 or tied:
            if depth == 0:
                raise NotLinear
            late = plain[0] if gap > 0 else plain[1] if gap < 0 else tied[0]
            return self.second(self._unfolded(term, late, facts), facts, depth - 1)
        if len(plain) == 1:
            groups = [tuple(self._with_mean(f) for f in group) for group in term.groups]
            chain = groups.pop() if term.chain else ()
            term = Term(tuple(groups), chain, term.sums)
        elif plain:
            term = brought_together(term, lambda f: self._is_member(f), self.moment)
        whole = term.written()
        return ex.Expectation(whole) if any(f.name in self.laws for f in loose_leaves(whole)) else whole

    def _is_member(self, e: Expression) -> bool:
        plain = _untransposed(e)
        return isinstance(plain, Member) and plain.name in self.moving and self._is_random(plain)

    def _with_mean(self, e: Expression) -> Expression:
        if not self._is_member(e):
            return e
        return ex.Transpose(_mean_of(e.operands[0])) if isinstance(e, ex.Transpose) else _mean_of(e)

    def _unfolded(self, term: Term, member: Member, facts: Integers) -> Expression:
        """A product with the right side of the recurrence for one of its members; it must be known to hold there."""
        rule = self.rules[member.name]
        at = member.at[0]
        try:
            if not facts.at_least(slot_of(at), constant(rule.first)):
                raise NotLinear
        except NotAffine as error:
            raise NotLinear from error
        body = self.inlined(instance(rule.body, {rule.target.at[0]: at}))
        values = {member: body, ex.Transpose(member): ex.Transpose(body)}
        groups, done = [], False
        for group in term.groups:
            factors = []
            for factor in group:
                factors.append(factor if done else values.get(factor, factor))
                done = done or factor in values
            groups.append(factors[0] if len(factors) == 1 else ex.Mul(*factors))
        whole = groups[0] if len(groups) == 1 else ex.Mul(*groups)
        for sum_index, low, high in term.sums:
            whole = ex.SumOver(whole, sum_index, low, high)
        return whole

    def moment(self, h: Member, k: Member) -> Expression:
        """E[h_t k_t^T] as a member of a family of its own, whose recurrence is noted; raises NotLinear."""
        if h.name > k.name:
            return ex.Transpose(self.moment(k, h))
        if (h.name, k.name) not in self.moments:
            self.moments.add((h.name, k.name))  # before the recurrence, in which it may occur
            try:
                self._add_moment(h, k)
            except NotLinear:
                self.moments.discard((h.name, k.name))
                raise
        return _moment_of(h, k)

    def _add_moment(self, h: Member, k: Member) -> None:
        rule, other = self.rules[h.name], self.rules[k.name]
        if rule.first != other.first or not {h.name, k.name} <= self.made_of.known:
            raise NotLinear
        (t,) = rule.target.at
        partner = Member(k.name, *k.shape, t)
        body = ex.Mul(rule.body, ex.Transpose(instance(other.body, {other.target.at[0]: t})))
        facts = self.facts.with_facts([difference(slot_of(t), constant(rule.first))])
        mean = self.second(self.inlined(body), facts, MOST_UNFOLDED)
        first = [Member(m.name, *m.shape, rule.first - 1) for m in (h, k)]
        begin = [self.inlined(self.begun.get(m, m)) for m in first]
        start = ex.Mul(begin[0], ex.Transpose(begin[1]))
        random = any(leaf.name in self.laws for leaf in loose_leaves(start))
        self.starts.append(Definition(_moment_of(*first), ex.Expectation(start) if random else start))
        self.recurrences.append(Recurrence(_moment_of(rule.target, partner), mean, rule.first))

    def _is_random(self, e: Expression) -> bool:
        if isinstance(e, Member) and e.name in self.moving and len(e.at) == 1 and e not in self.fixed:
            return bool(e.at[0] != self.first[e.name] - 1) or e.name in self.laws
        if isinstance(e, (ex.Var, Member)):
            return e.name in self.random | self.moving
        return any(map(self._is_random, e.operands))


class Dependence:
    """Which random quantities the members of a recurrence are made of, and up to which index.

    ``x_t := a x_{t-1} + e_{t+c}`` is made of e up to the index t + c, so that x_t is independent of e_{t+c+1}: members
    of a random family at different indices are.  ``known``: the families of which this is known.
    """

    def __init__(self, means: Means) -> None:
        self.laws = means.laws
        self.last: dict[str, dict[str, tuple[int, int] | None]] = {}
        uses: dict[str, list[tuple[str, int]]] = {}
        for name, rule in means.rules.items():
            try:
                self.last[name], uses[name] = self._own(rule, means)
            except NotLinear:
                continue
        while True:  # what rests on a family of which nothing is known is not known either
            lost = {name for name in self.last if any(other not in self.last for other, _ in uses[name])}
            if not lost:
                break
            for name in lost:
                del self.last[name]
        for _ in range(len(self.last)):
            for name in self.last:
                for other, shift in uses[name]:
                    self._join(name, other, shift)
        self.known = set(self.last)

    def _own(self, rule: Recurrence, means: Means) -> tuple[dict[str, tuple[int, int] | None], list[tuple[str, int]]]:
        """The last places of what stands in a recurrence and at its start, and the families that it rests on, with how
        much earlier; raises NotLinear for an index that is not t plus a number.
        """
        (t,) = rule.target.at if len(rule.target.at) == 1 else (None,)
        if t is None or not t.is_Symbol or rule.target.name in self.laws:
            raise NotLinear
        begin = Member(rule.target.name, *rule.target.shape, rule.first - 1)
        if any(m.name == rule.target.name and m != begin for m in means.begun):
            raise NotLinear
        last: dict[str, tuple[int, int] | None] = {}
        uses: list[tuple[str, int]] = []
        for body, base in ((rule.body, t), (means.begun.get(begin), integer(rule.first - 1))):
            for leaf in loose_leaves(means.inlined(body)) if body is not None else ():
                if leaf.name not in self.laws and leaf.name not in means.moving:
                    continue
                if not isinstance(leaf, Member):
                    if body is rule.body:
                        raise NotLinear  # the same at every step
                    self._note(last, leaf.name, None)
                    continue
                gaps = [integer(at - base) for at in leaf.at]
                place = next((p for p, gap in enumerate(gaps) if gap.is_Integer), None)
                if place is None or (leaf.name in means.moving and (len(gaps) != 1 or gaps[0] > 0)):
                    raise NotLinear
                if leaf.name not in means.moving:
                    self._note(last, leaf.name, (place, int(gaps[place])))
                elif leaf.name != rule.target.name:
                    uses.append((leaf.name, int(gaps[place])))
        return last, uses

    def _note(self, last: dict[str, tuple[int, int] | None], name: str, place: tuple[int, int] | None) -> None:
        """Note the last place of a random quantity; None where it may be any."""
        before = last.get(name, place)
        if before is None or place is None or before[0] != place[0]:
            last[name] = None
        else:
            last[name] = max(before, place)

    def _join(self, name: str, other: str, shift: int) -> None:
        for noise, place in list(self.last[other].items()):
            self._note(self.last[name], noise, None if place is None else (place[0], place[1] + shift))

    def independent(self, member: Member, e: Expression) -> bool:
        """Whether an expression is known to be independent of a member."""
        if member.name not in self.known:
            return False
        last = self.last[member.name]
        for leaf in loose_leaves(e):
            if leaf.name not in self.laws or leaf.name not in last:
                continue
            place = last[leaf.name]
            if place is None or not isinstance(leaf, Member):
                return False
            gap = integer(leaf.at[place[0]] - member.at[0])
            if not gap.is_Integer or gap <= place[1]:
                return False
        return True


def loose_leaves(e: Expression) -> list[ex.Var | Member]:
    """The variables and members in an expression that stand under no mean."""
    found: list[ex.Var | Member] = []
    todo = [e]
    while todo:
        node = todo.pop()
        if isinstance(node, (ex.Var, Member)):
            found.append(node)
        elif not isinstance(node, ex.MEANS):
            todo += node.operands
    return found


def _untransposed(e: Expression) -> Expression:
    return e.operands[0] if isinstance(e, ex.Transpose) else e


def _moment_of(h: Member, k: Member) -> Member:
    return Member(f"mean of {h.name} and {k.name}", h.shape[0], k.shape[0], *h.at)


def _is_fixed(member: Member) -> bool:
    return not any(at.free_symbols for at in member.at)


def _names(e: Expression) -> set[str]:
    return {n.name for n in ex.walk(e) if isinstance(n, (ex.Var, Member))}


def _named(name: str) -> str:
    return f"mean of {name}"


def _mean_of(member: Member) -> Member:
    return Member(_named(member.name), *member.shape, *member.at)
