"""Products over an index in a proof: their ranges are cut where those of others begin or end.

Both sides of an equation, and what a hypothesis says, then speak of the same pieces; pieces of a fixed number of
factors are written out.  A transition Jacobian becomes a product, too.  May import the core; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from everystep.calculus.atoms import transform
from everystep.calculus.core import Core
from everystep.calculus.indices import Slot, difference, shifted, slot_key, symbols_of
from everystep.calculus.networks import Poly, Term, at_value
from everystep.calculus.products import is_product, parts
from everystep.calculus.recurrences import Recurrences

MOST_TAKEN_OUT = 4
Cuts: TypeAlias = "dict[tuple[str, tuple[Slot, ...]], dict[Slot, None]]"


def cuts_of(core: Core, terms: list[Term], known: Cuts | None = None) -> Cuts:
    """Where the ranges of products of one body begin (the index before the first) and end, ``known`` ones included."""
    result: Cuts = {key: dict(places) for key, places in (known or {}).items()}

    def note(head: str, slots: tuple[Slot, ...]) -> None:
        if is_product(head):
            places = result.setdefault(_body(head, slots), {})
            places[shifted(slots[-2], -1)] = places[slots[-1]] = None

    transform(core, terms, note)
    return result


def _body(head: str, slots: tuple[Slot, ...]) -> tuple[str, tuple[Slot, ...]]:
    """The head and the parameters of a product's atom, without its ends."""
    return head, slots[2:-2] if head[:2] == "P:" else slots[:-2]


def cut(core: Core, poly: Poly, known: Cuts) -> Poly:
    """Every product cut at all places that surely lie in its range."""
    if not any(map(is_product, core.heads)):
        return poly
    terms = core.terms(poly)
    cuts = cuts_of(core, terms, known)
    if not any(len(places) > 2 for places in cuts.values()):
        return poly

    def leaf(head: str, slots: tuple[Slot, ...]) -> list[Term] | None:
        if not is_product(head):
            return None
        for place in sorted(cuts.get(_body(head, slots), ()), key=slot_key):
            if place not in (shifted(slots[-2], -1), slots[-1]) and _between(core, slots[-2], place, slots[-1]):
                return transform(core, [parts(core, head, slots, place)], leaf)
        return None

    result: list[Term] = []
    for term in (piece for whole in terms for piece in _without_ends(core, whole, cuts)):
        with _summing(core, term):
            result += transform(core, [term], leaf)
    return core.normal(result)


@contextmanager
def _summing(core: Core, term: Term) -> Iterator[None]:
    """While one term of a sum is looked at, its indices are within their ranges."""
    outer = list(core.integers.facts)
    core.integers.add(*(f for name, (low, high) in term.bound.items() for f in _range(name, low, high)))
    try:
        yield
    finally:
        core.integers.restore(outer)


def _without_ends(core: Core, term: Term, cuts: Cuts) -> list[Term]:
    """A sum with its last or its first term taken out where a product in it can be cut in all others."""
    done: list[Term] = []
    for _ in range(MOST_TAKEN_OUT):
        shorter = next((pair for pair in _shortened(core, term) if _gains(core, term, pair[0], cuts)), None)
        if shorter is None:
            break
        term, single = shorter
        done.append(single)
    return [term, *done]


def _shortened(core: Core, term: Term) -> Iterator[tuple[Term, Term]]:
    """(the sum without an end, the term at that end) for the indices of sums that surely have a term."""
    ends = {s for head, slots in term.factors if is_product(head) for slot in slots[-2:] for s in symbols_of(slot)}
    for name, (low, high) in term.bound.items():
        if name not in ends or not core.integers.at_least(high, low):
            continue
        for end, range_ in ((high, (low, shifted(high, -1))), (low, (shifted(low, 1), high))):
            rest = Term(term.coefficient, term.factors, term.scalars, {**term.bound, name: range_})
            yield rest, at_value(term, name, end)


def _gains(core: Core, term: Term, shorter: Term, cuts: Cuts) -> bool:
    """Whether a product can be cut in the shorter sum and not in the whole one."""
    for head, slots in term.factors:
        if not is_product(head):
            continue
        for place in cuts.get(_body(head, slots), ()):
            if place in (shifted(slots[-2], -1), slots[-1]):
                continue
            known = []
            for sum_ in (term, shorter):
                with _summing(core, sum_):
                    known.append(_between(core, slots[-2], place, slots[-1]))
            if known == [False, True]:
                return True
    return False


def _between(core: Core, low: Slot, place: Slot, high: Slot) -> bool:
    return core.integers.at_least(place, shifted(low, -1)) and core.integers.at_least(high, place)


def _range(name: str, low: Slot, high: Slot) -> tuple[Slot, Slot]:
    return difference(name, low), difference(high, name)


def jacobians(core: Core, recurrences: Recurrences, poly: Poly) -> Poly:
    """Transition Jacobians as products of the Jacobians of single steps, where a product or a power is to be met."""
    if not recurrences.by_head or not any(h[:2] in ("P:", "N:", "k:", "w:") for h in core.heads):
        return poly
    return core.normal(transform(core, core.terms(poly), recurrences.as_product))
