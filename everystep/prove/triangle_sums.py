"""Double sums over a triangle, in one order and orientation: ``sum_i sum_(j<=i)`` is ``sum_j sum_(i>=j)``.

A triangle is the set of all p, q with ``a <= p <= q + c`` and ``q <= d``, whichever of the two indices is summed first.
A corner is that of all x, y with ``a <= x``, ``b <= y``, ``x + y <= d``; over one is ``sum_k sum_(i<=k) f(i, k - i)``.
A hanging corner is that of all x, y with ``x <= a``, ``y <= b``, ``d <= x + y``, as where powers
``c^(t - k)`` are written with -k.
May import the core only.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TypeAlias

from everystep.calculus.core import Core
from everystep.calculus.indices import (
    Slot,
    as_constant,
    combine,
    constant,
    difference,
    shifted,
    substitute,
    symbols_of,
    unpack,
)
from everystep.calculus.networks import Key, Poly, Term, monomial_key
from everystep.records import dataclass

Ranges: TypeAlias = "dict[str, tuple[Slot, Slot]]"
WIDEST, MOST_STEPS = 4, 24


@dataclass(frozen=True)
class Triangle:
    """The indices p and q of a term whose values are all those with ``a <= p <= q + c`` and ``q <= d``.

    Its rows are q = a - c - 1 (of no p) up to d, so that d >= a - c - 2.
    """

    p: str
    q: str
    a: Slot
    d: Slot
    c: int


def ordered_triangles(core: Core, poly: Poly) -> Poly:
    """The polynomial with each sum over a triangle as one over p < q in a square, in one of its two orientations.

    The sum over p < q of f(p, q) and that of f(q, p) add up to the sum over the square less that over the diagonal; of
    an f that is its own mirror image it is half of that.  Nothing is changed where a range may be shorter than empty.
    """
    todo, done = core.terms(poly), []
    for _ in range(MOST_STEPS):
        if not todo:
            break
        term = todo.pop()
        changed = next((c for t in _triangles(core, term) if (c := _rewritten(core, term, t)) is not None), None)
        if changed is None:
            changed = next((c for x, y in _corners(core, term) if (c := _turned(core, term, x, y)) is not None), None)
        if changed is None:
            changed = next((c for x, y in _hanging(core, term) if (c := _hung(core, term, x, y)) is not None), None)
        if changed is None:
            done.append(term)
        else:
            todo += changed
    return core.normal([*todo, *done]) if todo or done else {}


def _triangles(core: Core, term: Term) -> Iterator[Triangle]:
    """The triangles over which a term is summed, from the ranges of two indices of which one's end is the other."""
    for x, (low, high) in term.bound.items():
        for end, other, below in ((high, low, True), (low, high, False)):
            total, parts = unpack(end)
            for y in parts:
                if y not in term.bound or parts != {y: 1} or {x, y} & set(symbols_of(other)):
                    continue
                first, last = term.bound[y]
                if {x, y} & {s for slot in (first, last) for s in symbols_of(slot)} or _are_used(term, x, y):
                    continue
                if not core.integers.with_facts(_facts(term, first, last)).at_least(last, shifted(first, -1)):
                    continue
                if below:  # x <= y + total
                    gap, found = difference(shifted(first, total), other), Triangle(x, y, other, last, total)
                else:  # y <= x - total
                    gap, found = difference(other, shifted(last, total)), Triangle(y, x, first, other, -total)
                if as_constant(gap) in (-1, 0) and abs(found.c) <= WIDEST:
                    yield found


def _are_used(term: Term, x: str, y: str) -> bool:
    """Whether the range of a further index depends on one of two."""
    others = (slot for name, pair in term.bound.items() if name not in (x, y) for slot in pair)
    return any(s in (x, y) for slot in others for s in symbols_of(slot))


def _facts(term: Term, *slots: Slot) -> list[Slot]:
    """What is known of the summed indices in slots: they are within their ranges."""
    names = {s for slot in slots for s in symbols_of(slot)} & set(term.bound)
    return [f for n in names for f in (difference(n, term.bound[n][0]), difference(term.bound[n][1], n))]


def _rewritten(core: Core, term: Term, t: Triangle) -> list[Term] | None:
    """The sum over a triangle as sums over p < q, over lines with a constant q - p and over squares; None where it is
    written as it shall be.
    """
    skewed = _skewed(core, term, t)
    if skewed is not None:
        return [skewed]
    beside = {s for _, slots in term.factors for slot in slots for s in symbols_of(slot)}
    if t.p not in beside:  # counted: q + c - a + 1 values of p
        return [_placed(term, {}, {t.p: (t.a, shifted(t.q, t.c)), t.q: (shifted(t.a, -t.c - 1), t.d)})]
    if t.q not in beside:
        return [_placed(term, {}, {t.q: (shifted(t.p, -t.c), t.d), t.p: (t.a, shifted(t.d, t.c + 1))})]
    if t.c > 0:  # p - c in the place of p
        ranges: Ranges = {t.p: (shifted(t.a, -t.c), t.q), t.q: (shifted(t.a, -t.c), t.d)}
        return [_placed(term, {t.p: shifted(t.p, t.c)}, ranges)]
    strict = _placed(term, {}, {t.p: (t.a, shifted(t.q, -1)), t.q: (t.a, t.d)})
    diagonal = _line(term, t, 0)
    if t.c == 0:
        return [strict, diagonal]
    if t.c < -1:
        return [strict, *(_line(term, t, k).scaled(-1) for k in range(1, -t.c))]
    keys = [_body(core, term, {t.p: x, t.q: y}) for x, y in (("#s", "#u"), ("#u", "#s"))]
    if keys[0] is None or keys[1] is None:
        return None
    square = _placed(term, {}, {t.p: (t.a, t.d), t.q: (t.a, t.d)})
    if keys[0] == keys[1]:
        return [square.scaled(Fraction(1, 2)), diagonal.scaled(Fraction(-1, 2))]
    if monomial_key(keys[0]) > monomial_key(keys[1]):
        mirrored = _placed(term, {t.p: t.q, t.q: t.p}, strict.bound)
        return [square, diagonal.scaled(-1), mirrored.scaled(-1)]
    return None if strict.bound == term.bound else [strict]


def _skewed(core: Core, term: Term, t: Triangle) -> Term | None:
    """With q - p as an index of its own, where one of the two occurs in no other way; None where both do."""
    places = [unpack(slot)[1] for _, slots in term.factors for slot in slots]
    along = {name: [parts for parts in places if name in parts] for name in (t.p, t.q)}
    between = {name: all(p.get(t.q) == 1 and p.get(t.p) == -1 for p in found) for name, found in along.items()}
    if not along[t.p] or not along[t.q] or between[t.p] == between[t.q]:
        return None
    if between[t.p]:  # q - p in the place of p, which runs over a triangle again
        ranges: Ranges = {t.p: (constant(-t.c), difference(t.q, t.a)), t.q: (shifted(t.a, -t.c - 1), t.d)}
        return _placed(term, {t.p: difference(t.q, t.p)}, ranges)
    known = core.integers.with_facts(_facts(term, t.a, t.d))
    if not known.at_least(t.d, shifted(t.a, -t.c - 1)):
        return None  # the corner might be less than empty
    ranges = {t.q: (constant(-t.c), difference(t.d, t.p)), t.p: (t.a, shifted(t.d, t.c))}
    return _placed(term, {t.q: combine(t.q, t.p)}, ranges)


def _corners(core: Core, term: Term) -> Iterator[tuple[str, str]]:
    """The indices x and y that run over a corner: x up to d - y, and y up to d - a where x starts at a."""
    for x, (low, high) in term.bound.items():
        parts = unpack(high)[1]
        for y in (name for name, coefficient in parts.items() if coefficient == -1 and name in term.bound):
            first, last = term.bound[y]
            if {x, y} & {s for slot in (low, first, last) for s in symbols_of(slot)} or _are_used(term, x, y):
                continue
            if last == difference(combine(high, y), low):
                yield x, y


def _turned(core: Core, term: Term, x: str, y: str) -> list[Term] | None:
    """The sum over a corner with the other index first; None where it is written as it shall be."""
    (low, high), (first, _) = term.bound[x], term.bound[y]
    end = combine(high, y)
    return _other_way(core, term, {y: (first, difference(end, x)), x: (low, difference(end, first))})


def _hanging(core: Core, term: Term) -> Iterator[tuple[str, str]]:
    """The indices x and y that run over a hanging corner: x from d - y, and y from d - a where x ends at a."""
    for x, (low, high) in term.bound.items():
        parts = unpack(low)[1]
        for y in (name for name, coefficient in parts.items() if coefficient == -1 and name in term.bound):
            first, last = term.bound[y]
            if {x, y} & {s for slot in (high, first, last) for s in symbols_of(slot)} or _are_used(term, x, y):
                continue
            if first == difference(combine(low, y), high):
                yield x, y


def _hung(core: Core, term: Term, x: str, y: str) -> list[Term] | None:
    """The sum over a hanging corner with the other index first; None where it is written as it shall be."""
    (low, high), (_, last) = term.bound[x], term.bound[y]
    end = combine(low, y)
    return _other_way(core, term, {y: (difference(end, x), last), x: (difference(end, last), high)})


def _other_way(core: Core, term: Term, ranges: Ranges) -> list[Term] | None:
    """The term with other ranges, if it comes before it as it is; None where it does not."""
    other = _placed(term, {}, ranges)
    ways = [core.normal([Term(1, way.factors, way.scalars, way.bound)]) for way in (term, other)]
    if any(len(way) != 1 for way in ways) or monomial_key(next(iter(ways[0]))) <= monomial_key(next(iter(ways[1]))):
        return None
    return [other]


def _placed(term: Term, mapping: dict[str, Slot], ranges: Ranges) -> Term:
    """The term with other places of its indices, and other ranges."""
    factors = [(head, tuple(substitute(s, mapping) for s in slots)) for head, slots in term.factors]
    return Term(term.coefficient, factors, term.scalars, {**term.bound, **ranges})


def _line(term: Term, t: Triangle, k: int) -> Term:
    """The sum over all p and q = p + k from a to d."""
    at = _placed(term, {t.q: shifted(t.p, k)}, {t.p: (t.a, shifted(t.d, -k))})
    del at.bound[t.q]
    return at


def _body(core: Core, term: Term, mapping: dict[str, Slot]) -> Key | None:
    """What is summed, as a monomial in the two indices; None where it is none."""
    bound = {name: range_ for name, range_ in term.bound.items() if name not in mapping}
    body = core.normal([Term(1, _placed(term, mapping, {}).factors, term.scalars, bound)])
    return next(iter(body)) if len(body) == 1 and set(body.values()) == {1} else None
