"""Steps of integers: ``step(i - j + 1/2)`` is 1 where i >= j, else 0, and under a sum over j it ends the range at i.

May import the core.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor, gcd, lcm

from everystep.calculus.core import Core
from everystep.calculus.indices import (
    Slot,
    combine,
    constant,
    difference,
    pack,
    shifted,
    substitute,
    symbols_of,
    unpack,
)
from everystep.calculus.networks import INTEGER, Factor, Head, Term, without


def steps_of_integers(core: Core, term: Term) -> list[Term] | None:
    """Rewriter: a step of an integer plus a fraction, by what is known of the integer, or as an end of a range.

    The integer plus a fraction is never 0.  A range is cut where its new end surely lies in it, or beside it: elsewhere
    the sum stays as it is.
    """
    seen: set[Factor] = set()
    for position, (head, slots) in enumerate(term.factors):
        info = core.heads.get(head) if head[:2] == "f:" else None
        if info is None or info.name != "step" or info.order:
            continue
        excess = _excess(core, info, slots)
        if excess is None:
            continue
        rest = without(term, position)
        if (head, slots) in seen or follows(core, term, excess, constant(0)):
            core.used("step of an integer")
            return [rest]
        if follows(core, term, constant(-1), excess):
            core.used("step of an integer")
            return []
        seen.add((head, slots))
        cut = _cut(core, rest, excess)
        if cut is not None:
            core.used("step of an integer")
            return [cut]
    return None


def _excess(core: Core, info: Head, slots: tuple[Slot, ...]) -> Slot | None:
    """The integer g whose sign (g >= 0 or g < 0) decides a step of an affine function of integers; None for others."""
    mapping: dict[str, Slot] = {f"#{k}": slot for k, slot in enumerate(slots)}
    parts: dict[str, Fraction] = {}
    total = Fraction(0)
    for key, coefficient in core.poly(info.inside).items():
        if not key:
            total += coefficient
            continue
        (factors, bound), exponent = key[0]
        if len(key) > 1 or exponent != 1 or bound or len(factors) > 1 or factors[0][0] != INTEGER:
            return None
        number, symbols = unpack(substitute(factors[0][1][0], mapping))
        total += number * Fraction(coefficient)
        for symbol, count in symbols.items():
            parts[symbol] = parts.get(symbol, Fraction(0)) + count * Fraction(coefficient)
    parts = {s: c for s, c in parts.items() if c}
    scale = Fraction(lcm(*(c.denominator for c in parts.values())))
    scale /= gcd(*(int(c * scale) for c in parts.values())) or 1
    total *= scale
    if total.denominator == 1:
        return None
    return pack(floor(total), {s: int(c * scale) for s, c in parts.items()})


def follows(core: Core, term: Term, a: Slot, b: Slot, but: str = "") -> bool:
    """Whether a >= b follows, also from the ranges of the summed indices (of all but one)."""
    facts: list[Slot] = []
    todo, done = [*symbols_of(a), *symbols_of(b)], {but}
    while todo:
        name = todo.pop()
        if name in term.bound and name not in done:
            done.add(name)
            low, high = term.bound[name]
            facts += [difference(name, low), difference(high, name)]
            todo += [*symbols_of(low), *symbols_of(high)]
    return (core.integers.with_facts(facts) if facts else core.integers).at_least(a, b)


def _cut(core: Core, rest: Term, excess: Slot) -> Term | None:
    """The term with one range cut to where ``excess >= 0``; None where that is not known to be a range."""
    for name, coefficient in unpack(excess)[1].items():
        if name not in rest.bound or abs(coefficient) != 1:
            continue
        limit = combine(excess, name, -coefficient)
        limit = limit if coefficient < 0 else combine(constant(0), limit, -1)
        low, high = rest.bound[name]
        if any(_depends(rest, s, name) for slot in (limit, low, high) for s in symbols_of(slot)):
            continue
        least, most = (shifted(low, -1), high) if coefficient < 0 else (low, shifted(high, 1))
        if follows(core, rest, limit, least, name) and follows(core, rest, most, limit, name):
            range_ = (low, limit) if coefficient < 0 else (limit, high)
            return Term(rest.coefficient, rest.factors, rest.scalars, {**rest.bound, name: range_})
    return None


def _depends(term: Term, symbol: str, name: str) -> bool:
    """Whether the range of a summed index rests on another one."""
    if symbol not in term.bound:
        return False
    return any(s == name or _depends(term, s, name) for slot in term.bound[symbol] for s in symbols_of(slot))
