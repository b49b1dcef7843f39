"""Conditional means as hypotheses: one law that stands for all joint laws that have them.

Random quantities of a context are independent.  Where a mean is taken given x, the others may depend on x: each is
``y = m(x) + S(x) z`` with functions m and S and a vector z of any length, independent of x, with mean 0 and covariance
I.  That is no restriction: given x, y is a function of x and of a uniform u that is independent of x (Kallenberg,
Foundations of Modern Probability, 2nd edition, theorem 6.10); where u takes finitely many values, S(x) are the
coefficients of that function in functions z(u) that are orthonormal with 1, and the moments of other laws are limits
of those of such.  Several quantities have one z, so that they may depend on each other.  ``E[y | x] = f(x)`` says that
m is f.

Means may be given two sets of names, one within the other (none, where a mean is given nothing).  What all are given
is then no longer random but any value; what some are given in addition has a law of its own, and the mean of y given
the smaller set is that of m over what is left: m is ``f + c - E[c]``.

May import SymPy and the rest of ``everystep.algebra`` only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Hypothesis, Predicate, Random, Recurrence, Relation
from everystep.algebra.expressions import Expression, Member, Num, Var
from everystep.algebra.shapes import size
from everystep.algebra.substitution import instance

DERIVATIVES = (ex.Gradient, ex.ScalarDerivative, ex.Jacobian, ex.Hessian, ex.Differential)
RESIDUAL = "common residual"
"""What is left of random quantities when their conditional means are taken away: z.  No author's name has a space."""
OWN_RESIDUAL = "residual "
"""What the name of the residual of one quantity begins with, whose conditional variance is stated."""
LENGTH = size("k_residual")
"""How many numbers z is."""
MEAN, SPREAD, CENTER, VARIANCE = "E ", "S ", "mean ", "variance "
"""What names begin with that stand for what nothing states: m and S, and the law of x given what all are given."""


def said_of(name: str) -> str:
    """The conditional mean or variance that a name stands for of which nothing is stated; empty for another name."""
    for start, said in ((MEAN, "mean"), (CENTER, "mean"), (SPREAD, "variance"), (VARIANCE, "variance")):
        if name.startswith(start):
            return f"the conditional {said} of {name.removeprefix(start)}"
    return ""


def law_of(name: str) -> str:
    """What the law of a random name is called in a message, that of a residual by what it is left of."""
    if name == RESIDUAL:
        return "a conditional mean"
    kind = "conditional law" if name.startswith(OWN_RESIDUAL) else "law"
    return f"the {kind} of {name.removeprefix(OWN_RESIDUAL)}"


class NotConditioned(ValueError):
    """Why no law was found that stands for all joint laws with the conditional means that are stated."""


def stated(hypothesis: Hypothesis) -> tuple[ex.Given, Expression] | None:
    """The mean or the variance of one name given others and what it is equal to, where a hypothesis says that."""
    if not isinstance(hypothesis, Relation) or hypothesis.op != "=":
        return None
    for left, right in ((hypothesis.left, hypothesis.right), (hypothesis.right, hypothesis.left)):
        mean = left.mean if isinstance(left, ex.Given) else None
        plain = isinstance(mean, ex.Expectation | ex.Variance) and isinstance(mean.operands[0], Var | Member)
        if isinstance(left, ex.Given) and plain:
            return left, right
    return None


def is_conditional(claim: Hypothesis, context: Context) -> bool:
    """Whether a claim speaks of a conditional mean, or of names of which a hypothesis states one."""
    parts = _expanded(claim.sides, context)
    if any(isinstance(node, ex.Given) for node in _nodes(parts)):
        return True
    bears = any(_mentions_given(h) and _names(parts) & _random_names(h, context) for h in context.hypotheses)
    return bears and any(isinstance(node, ex.MEANS) for node in _nodes(parts))


def may_tie(claim: Hypothesis, context: Context) -> bool:
    """Whether the stated conditional means may tie the values in a claim that speaks of none to each other.

    ``Var(y | x) = 0`` does, and so do ``E[y | x] = x`` and ``E[x | y] = y`` together.  One mean alone does not: y may
    then still be anything beside any x; nor does a variance beside it that is regular, as ``s^2 I`` with s > 0 is.
    """
    if is_conditional(claim, context):
        return False
    names = _names(_expanded(claim.sides, context))
    told = [h for h in context.hypotheses if _mentions_given(h) and names & _random_names(h, context)]
    given = [node for h in told for node in _nodes(h.sides) if isinstance(node, ex.Given)]
    spoken = names & _names(_expanded(tuple(o for node in given for o in node.mean.operands), context))
    several = len({frozenset(node.held) for node in given}) > 1
    spread = {node for h in told for node in h.sides[:1] if isinstance(node, ex.Given) and _is_spread(h, context)}
    known = (isinstance(node.mean, ex.Expectation) or node in spread for node in given)
    return bool(spoken) and (several or not all(known))


def _is_spread(hypothesis: Hypothesis, context: Context) -> bool:
    """Whether a conditional variance is stated to be a positive number, or one times the identity."""
    if not isinstance(hypothesis, Relation) or hypothesis.op != "=":
        return False
    value = hypothesis.right
    factors = value.operands if isinstance(value, ex.Mul) else (value,)
    square = isinstance(hypothesis.left, ex.Given) and isinstance(hypothesis.left.mean, ex.Variance)
    whole = [f for f in factors if not f.is_number_shaped]
    if not square or len(whole) > 1 or not all(isinstance(f, ex.Eye) for f in whole):
        return False
    signs = {(h.left, h.op, h.right) for h in context.hypotheses if isinstance(h, Relation)}

    def positive(f: Expression) -> bool:
        base = f.operands[0] if isinstance(f, ex.Pow) else f
        if isinstance(base, Num):
            return bool(base.value > 0)
        said = (base, ">", Num(0)) in signs or (Num(0), "<", base) in signs
        return isinstance(base, Var) and said

    return all(positive(f) for f in factors if f.is_number_shaped)


def conditioned(
    claim: Hypothesis,
    context: Context,
    independent: Iterable[Collection[str]] = (),
    lawless: Collection[str] = (),
    normal: Collection[Expression] = (),
) -> Context:
    """The context with a law for what depends on what is given; the stated conditional means are no hypotheses in it.

    Args:
        claim: what is to be judged.
        independent: groups of names that are said to be independent.
        lawless: names that are random by no law that is known.
        normal: the conditional variances, as :func:`stated` gives them, of what is normal given the same.

    Raises:
        NotConditioned: the means are given different quantities, or what is said of them has no such law.
    """
    hypotheses = tuple(h for h in context.hypotheses if not _mentions_given(h))
    plain = replace(context, hypotheses=hypotheses)
    if not is_conditional(claim, context):
        return plain
    return _Conditioning(claim, context, independent, lawless, normal).context(plain)


def stepped(claim: Hypothesis, context: Context) -> tuple[Hypothesis, Context]:
    """The claim with ``w_{t+1}`` written out by the recurrence of w where means are given ``w_t``, which may then be
    any value: the recurrence is not in the context.

    Raises:
        NotConditioned: other members occur, or w has a beginning, from which not every value may be reached.
    """
    held = {h for node in _nodes(claim.sides) if isinstance(node, ex.Given) for h in node.held}
    for recurrence in context.recurrences:
        target = recurrence.target
        members = [h for h in held if isinstance(h, Member) and h.name == target.name]
        if len(members) != 1:
            continue
        (now,) = members
        if any(d.target.name == target.name for d in context.definitions):
            raise NotConditioned(f"a mean given {target.name}, which has a beginning")
        following = Member(now.name, *now.shape, *now.at[:-1], now.at[-1] + 1)
        body = instance(recurrence.body, dict(zip(target.at, following.at, strict=True)))
        sides = [side.xreplace({following: body}) for side in claim.sides]
        claim = (
            Predicate(claim.kind, *sides) if isinstance(claim, Predicate) else Relation(sides[0], claim.op, sides[1])
        )
        laws = tuple(law for law in context.random if law.target.name != target.name)
        others = tuple(r for r in context.recurrences if r is not recurrence)
        context = replace(context, recurrences=others, random=(*laws, Random(target, "any", ())))
        parts = _expanded(claim.sides, context)
        if any(isinstance(n, Member) and n.name == now.name and n.at != now.at for n in _nodes(parts)):
            raise NotConditioned(f"a mean given a member of {now.name} beside others than the next")
    return claim, context


class _Conditioning:
    """What a claim and the hypotheses that bear on it say of the joint law of their names."""

    def __init__(
        self,
        claim: Hypothesis,
        context: Context,
        independent: Iterable[Collection[str]],
        lawless: Collection[str],
        normal: Collection[Expression] = (),
    ) -> None:
        self.outer = context
        self.normal = normal
        parts = _expanded(claim.sides, context)
        told: list[tuple[ex.Given, Expression]] = []
        left = [h for h in context.hypotheses if _mentions_given(h)]
        while near := [h for h in left if _names(parts) & _random_names(h, context)]:
            for hypothesis in near:
                found = stated(hypothesis)
                if found is None:
                    raise NotConditioned("a conditional mean of more than one symbol as a hypothesis")
                told.append(found)
                parts = _expanded((*parts, *found), context)
            left = [h for h in left if h not in near]
        self.parts, self.told = parts, told
        self.spoken = _names(
            (*parts, *(side for h in context.hypotheses for side in h.sides if isinstance(h, Relation)))
        )
        self.laws = {law.target.name: law for law in context.random}
        random = _names(parts) & (self.laws.keys() | set(lawless))
        for recurrence in context.recurrences:
            drives = _names(_expanded((recurrence.body,), context)) & self.laws.keys()
            if drives and recurrence.target.name in _names(parts):
                raise NotConditioned(f"conditional means beside {recurrence.target.name}, which is random")
        nodes = [node for node in _nodes(parts) if isinstance(node, ex.Given)]
        for node in nodes:
            self._is_of_names(node)
        spoken = [h for h in context.hypotheses if not _mentions_given(h) and _names(h.sides) & random]
        free = any(_has_free_mean(e) for e in (*parts, *(side for h in spoken for side in h.sides)))
        conditions = {*(frozenset(map(_name, node.held)) for node in nodes), *((frozenset[str](),) if free else ())}
        self.given = frozenset[str]().union(*conditions)
        self.base = self.given.intersection(*conditions)
        if not conditions <= {self.base, self.given}:
            raise NotConditioned("means given different quantities")
        self.free = self.base != self.given
        self.held = next(node.held for node in nodes if frozenset(map(_name, node.held)) == self.given)
        random |= self.given
        self.others = sorted(random - self.given)
        self._known_laws(random, lawless)
        self.apart = any(random <= set(group) for group in independent)
        if not self.apart and any(len(set(group) & random) > 1 for group in independent):
            raise NotConditioned("conditional means beside the independence of some of the names")
        bare = {n for side in claim.sides for n in _outside_means(side) if isinstance(n, Var | Member)}
        outside = _names(_expanded(tuple(bare), context)) & self.given
        if outside and self.free and not any(isinstance(n, ex.Given) for n in _nodes(claim.sides)):
            raise NotConditioned(f"two readings: is the mean given {min(outside)}?")

    def _known_laws(self, names: set[str], lawless: Collection[str]) -> None:
        """Raises NotConditioned where a name has a law that was not read, a condition is not said to be random, or its
        law may allow few values: a conditional mean is one only at a value that the law allows.
        """
        unread = names & set(lawless) - self.laws.keys()
        if unread:
            raise NotConditioned(f"the law of {min(unread)} was not read")
        for name in sorted(names):
            law = self.laws.get(name)
            if law is None:
                raise NotConditioned(f"whether {name} is random is not stated")
            spread = law.parameters[-1] if law.parameters else None
            if law.law in law.ALIKE or (spread is not None and spread in (Num(0), ex.Zeros(*spread.shape))):
                raise NotConditioned(f"conditional means beside {name}, which may have few values")

    def _is_of_names(self, node: ex.Given) -> None:
        """Raises NotConditioned unless a mean is given names that nothing defines, of members those at one index."""
        defined = {d.target.name for d in self.outer.definitions} | {r.target.name for r in self.outer.recurrences}
        if not all(isinstance(h, Var | Member) for h in node.held) or {_name(h) for h in node.held} & defined:
            raise NotConditioned("a mean given something that is no name, or is defined")
        if len({_name(h) for h in node.held}) < len(node.held):
            raise NotConditioned("means given two members of a family")
        at = {h.at for h in node.held if isinstance(h, Member)}
        members = {n for o in _expanded(node.mean.operands, self.outer) for n in ex.walk(o) if isinstance(n, Member)}
        random = {*self.laws, *map(_name, node.held)}
        if len(at) > 1 or any(m.name in random and {m.at} != at for m in members):
            raise NotConditioned("members of a family with other indices than that which is given")

    def context(self, plain: Context) -> Context:
        """The context with the law."""
        if self.apart and not self.told:
            return plain
        if self.apart:
            raise NotConditioned("conditional means of what is independent")
        if self.free:
            self._known_law_of_the_given()
        self._no_derivative_through_a_mean()
        definitions: list[Definition] = []
        laws: list[Random] = []
        relations: list[Relation] = []
        length = LENGTH
        for name in self.others:
            law = self.laws[name]
            if law.law != "moments":
                raise NotConditioned(f"a conditional mean beside another law of {name} than moments")
            mean, variance = self._told_of(law, self.given)
            target, rows = law.target, law.target.shape[0]
            held = tuple(h for h in self._held_at(target))
            center = self._center(law, held) if mean is None else mean
            relations += self._marginal(law, mean) if not self.base else ()
            at = target.at if isinstance(target, Member) else ()
            if variance is None:
                source = Member(RESIDUAL, length, 1, *at) if at else Var(RESIDUAL, length)
                spread: Expression = ex.Mul(ex.Call(f"{SPREAD}{name}", rows, length, *held), source)
                laws = [Random(source, "moments", (ex.Zeros(length), ex.Eye(length)))]
            else:
                spread = Member(f"{OWN_RESIDUAL}{name}", rows, 1, *at) if at else Var(f"{OWN_RESIDUAL}{name}", rows)
                zero = ex.Zeros(rows) if rows != 1 else Num(0)
                self._alone(name, variance)
                laws = [Random(spread, self._law_of_the_rest(name), (zero, variance))]
            definitions.append(Definition(target, ex.Add(center, spread)))
        drawn = {n for n in self.given if n not in self.base or self.laws[n].law == "bernoulli"}
        gone = {*self.others, *self.given} - drawn
        kept = tuple(self._law_of_the_given(law) for law in plain.random if law.target.name not in gone)
        return replace(
            plain,
            random=(*kept, *laws),
            definitions=(*plain.definitions, *definitions),
            hypotheses=(*plain.hypotheses, *relations),
        )

    def _law_of_the_rest(self, name: str) -> str:
        """The law of a name less its conditional mean, where its conditional variance is stated: that is the same
        whatever is given, so that something normal is independent of what is given.
        """
        given = [node for node, _ in self.told if frozenset(map(_name, node.held)) == self.given]
        if any(node in self.normal and _names(node.mean.operands) == {name} for node in given):
            return "gaussian"
        return "two moments" if self.free else "moments"

    def _held_at(self, target: Var | Member) -> Iterator[Expression]:
        """What is given, a member of a family at the index of the target."""
        for h in self.held:
            if isinstance(h, Member) != isinstance(target, Member):
                raise NotConditioned("a member of a family given what is none, or the other way round")
            yield Member(h.name, *h.shape, *target.at) if isinstance(h, Member) and isinstance(target, Member) else h

    def _known_law_of_the_given(self) -> None:
        """Raises NotConditioned where a mean over what is given is taken of which the joint law is not known."""
        members = any(isinstance(self.laws[n].target, Member) for n in (*self.given, *self.others))
        if len(self.given - self.base) > 1 or members:
            raise NotConditioned("means of several names, or of members, beside means given them")

    def _law_of_the_given(self, law: Random) -> Random:
        """The law of what some means are given, as it is given what all are."""
        name = law.target.name
        if not self.base or name not in self.given or name in self.base:
            return law
        if law.law not in ("moments", "any"):
            raise NotConditioned(f"means given {name}, whose law is known without what is given beside it")
        mean, variance = self._told_of(law, self.base)
        if law.law == "any" and (mean is not None or variance is not None):
            raise NotConditioned(f"the conditional mean of {name} beside means given it")
        rows, _ = law.target.shape
        first = Var(f"{CENTER}{name}", rows) if mean is None else mean
        second = Var(f"{VARIANCE}{name}", rows, rows) if variance is None else variance
        return Random(law.target, "moments", (first, second)) if law.law == "moments" else law

    def _alone(self, name: str, variance: Expression) -> None:
        """Raises NotConditioned for the conditional variance of a name that depends on others, or others on it."""
        if len(self.others) > 1:
            raise NotConditioned(f"the conditional variance of {name} beside another random quantity")
        if variance in (Num(0), ex.Zeros(*variance.shape)):
            raise NotConditioned(f"{name} is its conditional mean")
        if _names(_expanded((variance,), self.outer)) & (self.given - self.base):
            raise NotConditioned(f"a conditional variance of {name} that is random")

    def _told_of(self, law: Random, held: frozenset[str]) -> tuple[Expression | None, Expression | None]:
        """The mean and the variance of a name given some others, where they are stated."""
        name = law.target.name
        found: dict[type[Expression], Expression] = {}
        for given, value in self.told:
            (of,) = given.mean.operands
            if _name(of) != name or frozenset(map(_name, given.held)) != held:
                continue
            if isinstance(of, Member) and of.at != getattr(law.target, "at", ()):
                raise NotConditioned("a conditional mean of one member of a family")
            if value == ex.Expectation(law.target) and not self.base:  # mean independence
                value = law.parameters[0]
            if found.setdefault(type(given.mean), value) != value:
                raise NotConditioned(f"two conditional means of {name}")
            if _names(_expanded((value,), self.outer)) & {*self.others, *(self.given - held)}:
                raise NotConditioned(f"a conditional mean of {name} that is itself random")
        return found.get(ex.Expectation), found.get(ex.Variance)

    def _center(self, law: Random, held: tuple[Expression, ...]) -> Expression:
        """A conditional mean of which nothing is known but its mean over what only some means are given, where that is
        stated.
        """
        center = ex.Call(f"{MEAN}{law.target.name}", law.target.shape[0], 1, *held)
        if self.base and self.free:
            mean, variance = self._told_of(law, self.base)
            if variance is not None:
                raise NotConditioned(f"the variance of {law.target.name} given less than others are")
        else:
            first = law.parameters[0]
            mean = first if self.free and self._says(first, "mu", law) else None
        if mean is None:
            return center
        return ex.Add(mean, center, ex.Neg(ex.Expectation(center)))

    def _says(self, parameter: Expression, letter: str, law: Random) -> bool:
        """Whether a mean or a variance is not a mere name for what it is, that nothing else speaks of."""
        own = f"{letter}_{law.target.name.replace(' ', '')}"
        return not isinstance(parameter, Var) or parameter.name != own or own in self.spoken

    def _marginal(self, law: Random, mean: Expression | None) -> Iterator[Relation]:
        """What is said of the law of a name beside its conditional mean."""
        first, second = law.parameters
        if mean is not None and first != mean and self._says(first, "mu", law):
            yield Relation(ex.Expectation(law.target), "=", first)
        if self._says(second, "Sigma", law):
            yield Relation(ex.Variance(law.target), "=", second)

    def _no_derivative_through_a_mean(self) -> None:
        """Raises NotConditioned where a derivative is taken of a name by what its conditional mean is written with: the
        name is constant there, and would no longer be.
        """
        by = self.given | _names(_expanded(tuple(value for _, value in self.told), self.outer))
        for node in _nodes(self.parts):
            if not isinstance(node, DERIVATIVES):
                continue
            value, *variables = node.operands
            moved = {_name(v.operands[0] if isinstance(v, ex.Entry) else v) for v in variables}
            varying = _names(_expanded((value,), self.outer)) & set(self.others)
            if varying and moved & by:
                raise NotConditioned(f"whether {min(varying)} varies with {min(moved & by)}")


# expressions -----------------------------------------------------------------------------------------


def _mentions_given(hypothesis: Hypothesis) -> bool:
    return any(isinstance(node, ex.Given) for node in _nodes(hypothesis.sides))


def _random_names(hypothesis: Hypothesis, context: Context) -> set[str]:
    """The names in a hypothesis about a conditional mean that are random, or given."""
    sides = hypothesis.sides
    held = {_name(h) for node in _nodes(sides) if isinstance(node, ex.Given) for h in node.held}
    return _names(sides) & {*held, *(law.target.name for law in context.random)}


def _nodes(parts: Iterable[Expression]) -> Iterator[Expression]:
    return (node for part in parts for node in ex.walk(part))


def _name(e: Expression) -> str:
    return e.name if isinstance(e, Var | Member) else ""


def _names(parts: Iterable[Expression]) -> set[str]:
    return {node.name for node in _nodes(parts) if isinstance(node, Var | Member)}


def _expanded(parts: tuple[Expression, ...], context: Context) -> tuple[Expression, ...]:
    """Expressions and what defines the names in them, directly or through others."""
    rules: list[Definition | Recurrence] = [*context.definitions, *context.recurrences]
    found = dict.fromkeys(parts)
    while True:
        names = _names(found)
        more = [rule.body for rule in rules if rule.target.name in names and rule.body not in found]
        if not more:
            return tuple(found)
        found |= dict.fromkeys(more)


def _outside_means(e: Expression) -> Iterator[Expression]:
    """The nodes that no mean is taken of and that nothing is a condition of."""
    if not isinstance(e, (*ex.MEANS, ex.Given)):
        yield e
        for operand in e.operands:
            yield from _outside_means(operand)


def _has_free_mean(e: Expression) -> bool:
    """Whether a mean is taken in an expression that nothing is given to."""
    if isinstance(e, ex.Given):
        return any(map(_has_free_mean, e.mean.operands))
    return isinstance(e, ex.MEANS) or any(map(_has_free_mean, e.operands))
