"""Sums over an index in closed form: of powers of the index, and geometric sums, with powers of the index beside them.

``sum_a^b t^p`` is a polynomial in a and b; ``(q - 1) sum_a^b q^t = q^(b+1) - q^a``.  May import ``everystep.algebra``
and the core.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from math import comb
from typing import TypeAlias

from everystep.calculus.atoms import symbolic_power
from everystep.calculus.core import Core
from everystep.calculus.differentials import inside_terms
from everystep.calculus.indices import Slot, combine, constant, shifted, symbols_of, unpack
from everystep.calculus.networks import (
    INTEGER,
    ONE_POLY,
    Component,
    Factor,
    Key,
    Poly,
    Term,
    is_open,
    monomial_key,
    subtract,
)
from everystep.prove.equations import key_quotient

MOST_DEGREE, MOST_SUMS = 8, 12
Powers: TypeAlias = list[tuple[Poly, int]]


def in_closed_form(core: Core, poly: Poly, may_divide: Callable[[Poly], bool]) -> Poly:
    """The polynomial with its sums in closed form, from the inside out.

    ``may_divide`` says whether one may divide by q - 1: an identity for nearly all q is one for all, a limit is not.
    The sums are differences of one antiderivative, so that they are right down to b = a - 1, an empty range.
    """
    for _ in range(MOST_SUMS):
        terms = core.terms(poly)
        closed = next(
            ((k, c) for k, t in enumerate(terms) if (c := _without_a_sum(core, t, may_divide)) is not None), None
        )
        if closed is None:
            break
        core.used("sums in closed form")
        position, value = closed
        poly = core.normal([*terms[:position], *value, *terms[position + 1 :]])
    return poly


def by_geometric_relations(core: Core, poly: Poly) -> Poly:
    """The polynomial modulo ``q S = S + q^(b+1) - q^a`` for its geometric sums S of q^t from a to b.

    Nothing is divided by: it holds for q = 1, and for b = a - 1, as well.  Where q is one monomial, S / q is taken
    apart by the same equation.
    """
    for component in dict.fromkeys(c for key in poly for c, exponent in key if c[1] and exponent == 1):
        found = _geometric_sum(core, component)
        if found is None:
            continue
        q, ends = found
        relation = core.normal(
            [*(s.times(core.term(((component, 1),))) for s in core.terms(subtract(q, ONE_POLY))), *ends]
        )
        leads = [key for key in relation if (component, 1) in key and _degree(key) > 1]
        if leads:
            lead = max(leads, key=lambda key: (_degree(key), monomial_key(key)))
            scale = Fraction(-1) / relation.pop(lead)
            poly = _modulo(core, poly, lead, {k: c * scale for k, c in relation.items()})
        if len(q) == 1 and set(q.values()) == {1}:
            (ratio,) = q
            below = tuple((c, -exponent) for c, exponent in ratio)
            inverse = core.term(below)
            rest = core.normal([core.term(((component, 1),)), *(inverse.times(e) for e in ends)])
            poly = _modulo(core, poly, (*below, (component, 1)), rest)
    return poly


def _modulo(core: Core, poly: Poly, lead: Key, rest: Poly) -> Poly:
    """The polynomial with ``rest`` in the place of a monomial, wherever it has that sum and powers as far from 0."""
    for _ in range(MOST_SUMS):
        hit = [key for key in poly if all(_holds(dict(key).get(c, 0), exponent) for c, exponent in lead)]
        if not hit:
            break
        core.used("geometric sums")
        terms = core.terms({key: c for key, c in poly.items() if key not in hit})
        for key in hit:
            quotient = core.term(key_quotient(key, lead), poly[key])
            terms += [quotient.times(t) for t in core.terms(rest)]
        poly = core.normal(terms)
    return poly


def _holds(have: int | Fraction, exponent: int | Fraction) -> bool:
    return have >= exponent if exponent > 0 else have <= exponent


def _degree(key: Key) -> Fraction:
    return sum((abs(Fraction(exponent)) for _, exponent in key), Fraction(0))


def _geometric_sum(core: Core, component: Component) -> tuple[Poly, list[Term]] | None:
    """q and q^a - q^(b+1) for the sum of q^t from a to b; None for any other component."""
    term = core.term(((component, 1),))
    if len(term.bound) != 1:
        return None
    ((name, (low, high)),) = term.bound.items()
    found = _ratio(core, term, name)
    if found is None or found[0] or found[2]:
        return None
    q, powers = core.normal(found[1]), found[3]
    return q, [*_raised(core, powers, low), *(t.scaled(-1) for t in _raised(core, powers, shifted(high, 1)))]


def _without_a_sum(core: Core, term: Term, may_divide: Callable[[Poly], bool]) -> list[Term] | None:
    return next((c for name in term.bound if (c := _closed(core, term, name, may_divide)) is not None), None)


def _closed(core: Core, term: Term, name: str, may_divide: Callable[[Poly], bool]) -> list[Term] | None:
    """A sum over ``name`` of t^p q^t in closed form; None where the index stands anywhere else, as in a range."""
    found = _ratio(core, term, name)
    if found is None:
        return None
    degree, ratio, left, powers = found
    low, high = term.bound[name]
    rest = Term(term.coefficient, left, term.scalars, {n: r for n, r in term.bound.items() if n != name})
    q = core.normal(ratio)
    if degree > MOST_DEGREE or (q == ONE_POLY and not degree):
        return None
    if q == ONE_POLY:
        value = [
            *_powers_up_to(core, high, degree),
            *(t.scaled(-1) for t in _powers_up_to(core, shifted(low, -1), degree)),
        ]
    else:
        gap = subtract(q, ONE_POLY)
        if not gap or not may_divide(gap):
            return None
        value = _geometric(core, powers, gap, low, high, degree)
    return [rest.times(t) for t in value]


def _ratio(core: Core, term: Term, name: str) -> tuple[int, list[Term], list[Factor], Powers] | None:
    """p, q and what stands beside t^p q^t in a sum over t, and q as powers of bases; None where t stands anywhere else,
    as in a range.
    """
    if any(name in symbols_of(s) for pair in term.bound.values() for s in pair):
        return None
    degree = 0
    ratio: list[Term] = [Term(1)]
    left: list[Factor] = []
    powers: Powers = []
    for head, slots in term.factors:
        if not any(name in symbols_of(s) for s in slots):
            left.append((head, slots))
            continue
        if head == INTEGER and slots == (name,):
            degree += 1
            continue
        total, parts = unpack(slots[-1])
        if head[:2] != "w:" or set(parts) != {name} or total:
            return None
        if any(is_open(s) for slot in slots[:-1] for s in symbols_of(slot)):
            return None
        base = core.normal(inside_terms(core, core.heads[head], slots[:-1]))
        ratio = [r.times(p) for r in ratio for p in core.power(base, parts[name])]
        powers.append((base, parts[name]))
    return degree, ratio, left, powers


def _raised(core: Core, powers: Powers, at: Slot) -> list[Term]:
    """q^t for q = b^k c^l ... as b^(k t) c^(l t) ...: the base b^2, multiplied out, would be another one."""
    result = [Term(1)]
    for base, times in powers:
        exponent = combine(constant(0), at, times)
        result = [r.times(p) for r in result for p in symbolic_power(core, base, exponent)]
    return result


def _number(core: Core, slot: Slot, power: int) -> list[Term]:
    """The power of an integer."""
    return core.power(core.normal([Term(1, [(INTEGER, (slot,))])]), power) if power else [Term(1)]


def _powers_up_to(core: Core, high: Slot, degree: int) -> list[Term]:
    """1^p + ... + n^p as a polynomial in n: Faulhaber's formula."""
    return [t.scaled(c) for k, c in faulhaber(degree).items() for t in _number(core, high, k)]


@lru_cache(maxsize=MOST_DEGREE + 1)
def faulhaber(degree: int) -> dict[int, Fraction]:
    """The coefficients of 1^p + ... + n^p, by the power of n; p >= 1.

    From (n + 1)^(p+1) - 1 = sum over k <= p of binomial(p + 1, k) (1^k + ... + n^k).
    """
    result = {k: Fraction(comb(degree + 1, k)) for k in range(1, degree + 2)}
    for k in range(degree):
        lower = faulhaber(k) if k else {1: Fraction(1)}
        for power, coefficient in lower.items():
            result[power] -= comb(degree + 1, k) * coefficient
    return {k: c / (degree + 1) for k, c in result.items() if c}


def _geometric(core: Core, powers: Powers, gap: Poly, low: Slot, high: Slot, degree: int) -> list[Term]:
    """The sum of t^p q^t by parts: (q - 1) S_p = b^p q^(b+1) - (a - 1)^p q^a - sum of (t^p - (t - 1)^p) q^t."""

    def raised(at: Slot) -> list[Term]:
        return _raised(core, powers, at)

    ends = [x.times(y) for x in _number(core, high, degree) for y in raised(shifted(high, 1))]
    ends += [x.times(y).scaled(-1) for x in _number(core, shifted(low, -1), degree) for y in raised(low)]
    for k in range(degree):
        # t^p - (t - 1)^p is the sum over k < p of -binomial(p, k) (-1)^(p-k) t^k.
        coefficient = -comb(degree, k) * (-1) ** (degree - k)
        ends += [t.scaled(-coefficient) for t in _geometric(core, powers, gap, low, high, k)]
    below = core.power(gap, -1)
    return [e.times(b) for e in ends for b in below]
