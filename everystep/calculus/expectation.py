"""Expectation on the core: the mean of a product of random entries is a sum over set partitions of joint cumulants.

Different random quantities are independent, so a cumulant that mixes them is 0; a cumulant of i.i.d. entries
carries a delta for every pair of its members; of a Gaussian vector only the first two cumulants remain; where a
law leaves a cumulant open it is an opaque symmetric tensor.  Source: Leonov and Shiryaev's formula.  May import
``everystep.algebra`` and the core.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from everystep.algebra.context import Context, Random
from everystep.algebra.expressions import Member, Var
from everystep.calculus.differentials import Target, depends
from everystep.calculus.indices import Slot, slot_of
from everystep.calculus.networks import Core, Factor, Poly, Term, Undecided, add_into, delta

if TYPE_CHECKING:
    from everystep.calculus.lowering import Lowering

MAX_ORDER = 8


def expectation(core: Core, terms: list[Term], context: Context, lowering: Lowering) -> list[Term]:
    """The mean of each term; raises Undecided for a random quantity inside a function."""
    laws = {_head(r.target): r for r in context.random}
    if not laws:
        return terms
    result: list[Term] = []
    for term in terms:
        random = [f for f in term.factors if f[0] in laws]
        rest = [f for f in term.factors if f[0] not in laws]
        scalars = dict(term.scalars)
        for component, exponent in term.scalars.items():
            if not any(_is_random(core, head, laws) for head, _ in component[0]):
                continue
            if not isinstance(exponent, int) or exponent < 0:
                raise Undecided("the mean of a negative or fractional power")
            del scalars[component]
            for _ in range(exponent):
                copy = core.term(((component, 1),))
                random += [f for f in copy.factors if f[0] in laws]
                rest += [f for f in copy.factors if f[0] not in laws]
                term = Term(term.coefficient, term.factors, term.scalars, {**term.bound, **copy.bound})
        for head, _ in rest:
            if _is_random(core, head, laws):
                raise Undecided("the mean of a function of something random")
        if len(random) > MAX_ORDER:
            raise Undecided(f"a moment of order {len(random)}")
        pieces = [Term(term.coefficient, rest, scalars, term.bound)]
        for head, law in laws.items():
            own = [f for f in random if f[0] == head]
            if own:
                moments = list(_moment(core, own, law, lowering))
                pieces = [p.times(m) for p in pieces for m in moments]
        result += pieces
    return result


def _head(target: Var | Member) -> str:
    return f"{'v' if isinstance(target, Var) else 'm'}:{target.name}"


def _is_random(core: Core, head: str, laws: dict[str, Random]) -> bool:
    if head.startswith(("v:lim ", "v:projector ", "rank:")):
        raise Undecided("the mean of a limit, a projector or a rank")
    return head in laws or any(depends(core, head, Target(name, ())) for name in laws)


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


def _moment(core: Core, factors: list[Factor], law: Random, lowering: Lowering) -> Iterator[Term]:
    for partition in _partitions(factors):
        terms = [Term(1)]
        for block in partition:
            pieces = _cumulant(core, block, law, lowering)
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
    if law.law in ("bernoulli", "iid"):
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


def _vector_cumulant(
    core: Core,
    law: Random,
    order: int,
    at: tuple[Slot, ...],
    entries: list[tuple[Slot, ...]],
    lowering: Lowering,
    env: dict[str, Slot],
) -> list[Term]:
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
