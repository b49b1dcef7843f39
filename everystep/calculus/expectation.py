"""Expectation on the core: the mean of a product of random entries is a sum over set partitions of joint cumulants.

Different random quantities are independent, so a cumulant that mixes them is 0; a cumulant of i.i.d. entries
carries a delta for every pair of its members; of a Gaussian vector only the first two cumulants remain; where a
law leaves a cumulant open it is an opaque symmetric tensor.  Source: Leonov and Shiryaev's formula.

An exponential of what is linear in Gaussian quantities tilts their law: E[exp(L) p] = E[exp(L)] E'[p], where under E'
the mean of x is E[x] + Cov(x, L) and every other cumulant is as before (Esscher's transform; complete the square in
the density).  May import ``everystep.algebra`` and the core.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from sympy import bernoulli

from everystep.algebra.context import Context, Random
from everystep.algebra.expressions import Member, Var
from everystep.calculus.core import Core
from everystep.calculus.differentials import Target, depends, inside_terms
from everystep.calculus.indices import Slot, slot_of
from everystep.calculus.means import mean_of_functions
from everystep.calculus.networks import Component, Exponent, Factor, Poly, Term, Undecided, add_into, delta
from everystep.calculus.two_values import TwoValues

if TYPE_CHECKING:
    from everystep.calculus.lowering import Lowering

MAX_ORDER = 8
MOST_TAKEN_APART = 500
"""Terms that functions of Bernoulli numbers may give."""


def expectation(
    core: Core, terms: list[Term], context: Context, lowering: Lowering, held: frozenset[str] = frozenset()
) -> list[Term]:
    """The mean of each term, that of a function of something random an atom.

    ``held``: heads of random quantities whose values are given; the mean of a function of such and others is not
    decided, as an atom would not show what it depends on.
    """
    laws = {_head(r.target): r for r in context.random if _head(r.target) not in held}
    if not laws:
        return terms
    result: list[Term] = []
    for term in _at_both_values(core, terms, laws):
        random = [f for f in term.factors if f[0] in laws]
        rest = [f for f in term.factors if f[0] not in laws]
        scalars = dict(term.scalars)
        grown: list[Term] = []  # the exponents of the exponentials of something random
        for component, exponent in term.scalars.items():
            if not any(_is_random(core, head, laws) for head, _ in component[0]):
                continue
            inside = exponent_of(core, component, exponent)
            if inside is not None:
                del scalars[component]
                grown += inside
                continue
            if not isinstance(exponent, int) or exponent < 0:
                raise Undecided("the mean of a negative or fractional power")
            del scalars[component]
            for _ in range(exponent):
                copy = core.term(((component, 1),))
                random += [f for f in copy.factors if f[0] in laws]
                rest += [f for f in copy.factors if f[0] not in laws]
                term = Term(term.coefficient, term.factors, term.scalars, {**term.bound, **copy.bound})
        functions = [f for f in random if laws[f[0]].law == "any"]  # of which nothing is known, as of a function
        random = [f for f in random if laws[f[0]].law != "any"]
        for factor in list(rest):
            if _is_random(core, factor[0], laws):
                inside = exponent_of(core, ((factor,), ()), 1)
                rest.remove(factor)
                if inside is None:
                    functions.append(factor)
                else:
                    grown += inside
        if len(random) > MAX_ORDER:
            raise Undecided(f"a moment of order {len(random)}")
        pieces = [Term(term.coefficient, rest, scalars, term.bound)]
        tilt: Poly = {}
        if functions:
            if grown:
                raise Undecided("the mean of a function beside an exponential")
            _require_apart(core, functions, held)
            of = {h for h in laws if any(depends(core, f[0], Target(h, (), means=False)) for f in functions)}
            _require_known([laws[h] for h in of])
            beside = [f for f in random if f[0] in of]
            apart = [f for f in random if f[0] not in of]
            if apart:  # their moments first: a delta makes indices of the functions one
                whole = Term(1, [*beside, *functions])
                moments = _moments(core, pieces, apart, laws, lowering, tilt)
                terms_left = core.terms(core.normal(p.times(whole) for p in moments))
                result += expectation(core, terms_left, context, lowering, held)
                continue
            random = []
            means = mean_of_functions(
                core, [*beside, *functions], laws, lambda block, law: _cumulant(core, block, law, lowering)
            )
            pieces = [p.times(t) for p in pieces for t in means]
        if grown:
            factor_terms, tilt = _exponential(core, grown, laws, lowering)
            pieces = [p.times(t) for p in pieces for t in factor_terms]
        result += _moments(core, pieces, random, laws, lowering, tilt)
    return result


def _at_both_values(core: Core, terms: list[Term], laws: dict[str, Random]) -> list[Term]:
    """The terms with functions of a Bernoulli number as what they are at 0 and at 1: f(z) = (1 - z) f(0) + z f(1).

    Not of the entries that a sum runs over inside a function: there are as many as the sum has terms.
    """
    drawn = frozenset(head for head, law in laws.items() if law.law == "bernoulli")
    if not drawn:
        return terms
    apart = TwoValues(core, drawn)
    result: list[Term] = []
    todo = list(reversed(terms))
    for _ in range(MOST_TAKEN_APART):
        if not todo:
            return result
        term = todo.pop()
        try:
            pieces = apart(term)
        except Undecided:
            pieces = None  # it has no value at 0 or at 1, or none that is known
        if pieces is None:
            result.append(term)
        else:
            todo += reversed(pieces)
    raise Undecided("a function of many Bernoulli numbers")


def _require_apart(core: Core, functions: list[Factor], held: frozenset[str]) -> None:
    """Raises Undecided where functions of something random depend on what is given, too: the atom of their mean would
    not move with it.
    """
    if any(depends(core, f[0], Target(h, (), means=False)) for f in functions for h in held):
        raise Undecided("the mean of a function of what is given and of something random")


def _require_known(laws: list[Random]) -> None:
    """Raises Undecided for a law of which only two moments are known to be the same whatever else is random."""
    if any(law.law == "two moments" for law in laws):
        raise Undecided("more than two moments of something of which two are known")


def _moments(
    core: Core, pieces: list[Term], random: list[Factor], laws: dict[str, Random], lowering: Lowering, tilt: Poly
) -> list[Term]:
    """Terms times the mean of random entries."""
    for head, law in laws.items():
        own = [f for f in random if f[0] == head]
        if own:
            moments = list(_moment(core, own, law, lowering, tilt))
            pieces = [p.times(m) for p in pieces for m in moments]
    return pieces


def _head(target: Var | Member) -> str:
    return f"{'v' if isinstance(target, Var) else 'm'}:{target.name}"


def _is_random(core: Core, head: str, laws: dict[str, Random]) -> bool:
    if head.startswith(("v:lim ", "v:projector ", "rank:")):
        raise Undecided("the mean of a limit, a projector or a rank")
    return head in laws or any(depends(core, head, Target(name, (), means=False)) for name in laws)


def exponent_of(core: Core, component: Component, power: Exponent) -> list[Term] | None:
    """The exponent of a power of an exponential, as terms; None for anything else."""
    if len(component[0]) != 1 or component[1]:
        return None
    ((head, slots),) = component[0]
    info = core.heads.get(head)
    if info is not None and info.kind == "power":
        power, info = Fraction(power) * Fraction(info.exponent), core.heads[info.base]
    if info is None or info.kind != "exp":
        return None
    return [t.scaled(power) for t in inside_terms(core, info, slots)]


def _exponential(core: Core, grown: list[Term], laws: dict[str, Random], lowering: Lowering) -> tuple[list[Term], Poly]:
    """(E[exp(L)], what of L is random) for an exponent L that is linear in Gaussian quantities.

    E[exp(L)] = exp(E[L] + Var(L) / 2), Var(L) the sum of the covariances of all pairs of terms.  Fails for a term that
    is not linear, or linear in something that is not Gaussian: its higher cumulants count, or there is no mean at all.
    """
    linear: list[Term] = []
    exponent: list[Term] = []
    for term in grown:
        (linear if _random_factor(core, term, laws) else exponent).append(term)
    tilt = core.normal(linear)
    for term in core.terms(tilt):
        rest, factor = _split(core, term, laws)
        law = laws[factor[0]]
        exponent += [rest.times(t) for t in _cumulant(core, [factor], law, lowering)]
        exponent += [t.scaled(Fraction(1, 2)) for t in _with_tilt(core, term, law, tilt, lowering)]
    core.used("mean of an exponential")
    return core.exponential(core.normal(exponent)), tilt


def _random_factor(core: Core, term: Term, laws: dict[str, Random]) -> Factor | None:
    """The one factor of a term that is random, if there is one; raises Undecided unless the term is linear in it."""
    random = [f for f in term.factors if f[0] in laws]
    others = [h for h, _ in term.factors if h not in laws] + [h for c in term.scalars for h, _ in c[0]]
    if len(random) > 1 or any(_is_random(core, h, laws) for h in others):
        raise Undecided("the mean of the exponential of what is not linear in something random")
    if random and laws[random[0][0]].law not in ("gaussian", "normal entries"):
        raise Undecided("the mean of the exponential of something that is not Gaussian")
    return random[0] if random else None


def _split(core: Core, term: Term, laws: dict[str, Random]) -> tuple[Term, Factor]:
    """A term that is linear in something random, without that factor, and the factor."""
    factor = _random_factor(core, term, laws)
    if factor is None:
        raise Undecided("an exponent that has lost what is random in it")
    factors = list(term.factors)
    factors.remove(factor)
    return Term(term.coefficient, factors, term.scalars, term.bound), factor


def _with_tilt(core: Core, term: Term, law: Random, tilt: Poly, lowering: Lowering) -> list[Term]:
    """The covariance of a term that is linear in one Gaussian quantity with all of ``tilt`` that is of the same one."""
    head = _head(law.target)
    rest, factor = _split(core, term, {head: law})
    result = []
    for other in core.terms(tilt):
        if any(h == head for h, _ in other.factors):
            more, twin = _split(core, other, {head: law})
            result += [rest.times(more).times(t) for t in _cumulant(core, [factor, twin], law, lowering)]
    return result


def _partitions(items: list[Factor]) -> Iterator[list[list[Factor]]]:
    """All set partitions of a list."""
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for smaller in _partitions(rest):
        yield [[first], *smaller]
        for k, block in enumerate(smaller):
            yield [*smaller[:k], [first, *block], *smaller[k + 1 :]]


def _moment(core: Core, factors: list[Factor], law: Random, lowering: Lowering, tilt: Poly) -> Iterator[Term]:
    """The mean of a product of entries of one quantity: the sum over the set partitions of the product of cumulants."""
    for partition in _partitions(factors):
        terms = [Term(1)]
        for block in partition:
            pieces = _cumulant(core, block, law, lowering)
            if tilt and len(block) == 1:
                pieces += _with_tilt(core, Term(1, block), law, tilt, lowering)
            terms = [t.times(p) for t in terms for p in pieces]
            if not terms:
                break
        yield from terms


def _cumulant(core: Core, block: list[Factor], law: Random, lowering: Lowering) -> list[Term]:
    """The joint cumulant of the entries in a block, all of one random quantity."""
    count = len(block[0][1]) - sum(1 for s in law.target.shape if s != 1)
    heads = [slots[:count] for _, slots in block]
    entries = [slots[count:] for _, slots in block]
    # Members of a family at different indices are independent.
    links: list[Factor] = [(delta(None), (a, b)) for other in heads[1:] for a, b in zip(heads[0], other, strict=True)]
    env = (
        {str(s): v for s, v in zip(law.target.at, heads[0], strict=True) if s.is_Symbol}
        if isinstance(law.target, Member)
        else {}
    )
    order = len(block)
    if law.law == "bernoulli" or law.law in law.ALIKE:
        sizes = [delta(slot_of(s)) for s in law.target.shape if s != 1]
        links += [(size, (a, b)) for other in entries[1:] for size, a, b in zip(sizes, entries[0], other, strict=True)]
        pieces = _entry_cumulant(core, law, order, heads[0], lowering, env)
    else:
        pieces = _vector_cumulant(core, law, order, heads[0], entries, lowering, env)
    link = Term(1, links)
    return [link.times(p) for p in pieces]


def _entry_cumulant(
    core: Core, law: Random, order: int, at: tuple[Slot, ...], lowering: Lowering, env: dict[str, Slot]
) -> list[Term]:
    """The cumulant of one entry: from the table of a Bernoulli variable, mean and variance as declared, above 0 of a
    normal one, from the table of a uniform one, else an unknown.
    """
    if law.law == "bernoulli":
        p = lowering.scalar(law.parameters[0], env)
        powers = bernoulli_cumulant(order)
        total: Poly = {}
        for exponent, coefficient in enumerate(powers):
            if coefficient:
                add_into(total, core.normal(core.power(p, exponent)), coefficient)
        return core.terms(total)
    if order <= 2:
        return lowering.terms(law.parameters[order - 1], None, None, env)
    if law.law == "normal entries":
        return []
    if law.law == "uniform entries":
        half, odd = divmod(order, 2)
        power = {} if odd else core.normal(core.power(lowering.scalar(law.parameters[1], env), half))
        return [t.scaled(uniform_cumulant(order)) for t in core.terms(power)]
    return [Term(1, [(f"K:{law.target.name}:{order}", at)])]


def bernoulli_cumulant(order: int) -> list[int]:
    """Coefficients in p of the cumulant: k_1 = p, k_{n+1} = p (1 - p) dk_n/dp."""
    poly = [0, 1]
    for _ in range(order - 1):
        slope = [k * c for k, c in enumerate(poly)][1:]
        poly = [0] * (len(slope) + 2)
        for k, c in enumerate(slope):
            poly[k + 1] += c
            poly[k + 2] -= c
    return poly


def uniform_cumulant(order: int) -> Fraction:
    """The cumulant of a uniform number of variance 1: ``B_n / n`` times the n-th power of the length, which is
    ``12^(1/2)``; 0 for odd orders above 1.
    """
    if order % 2:
        return Fraction(0)
    number = bernoulli(order)
    return Fraction(int(number.p) * 12 ** (order // 2), int(number.q) * order)


def _vector_cumulant(
    core: Core,
    law: Random,
    order: int,
    at: tuple[Slot, ...],
    entries: list[tuple[Slot, ...]],
    lowering: Lowering,
    env: dict[str, Slot],
) -> list[Term]:
    """The joint cumulant of entries of a vector: mean, covariance, above 0 of a Gaussian and unknown of another law.

    Fails for a covariance that is not known to be symmetric, of a random matrix, where there is none, and beyond two
    where no more is known.
    """
    if order > 2:
        _require_known([law])
    if order == 1:
        row, column = lowering.split(law.target.shape, entries[0])
        return lowering.terms(law.parameters[0], row, column, env)
    if order == 2:
        flat = [e[0] if e else None for e in entries]
        if any(len(e) > 1 for e in entries):
            raise Undecided("the covariance of a random matrix")
        covariance = law.parameters[1]
        if None not in flat and core.normal(lowering.terms(covariance, "#r", "#c", env)) != core.normal(
            lowering.terms(covariance, "#c", "#r", env)
        ):
            raise Undecided("a covariance that is not known to be symmetric")
        return lowering.terms(covariance, flat[0], flat[1], env)
    if law.law == "gaussian":
        return []
    head = f"K:{law.target.name}:{order}"
    if not at:
        core.symmetric.add(head)
    return [Term(1, [(head, (*at, *(s for e in entries for s in e)))])]
