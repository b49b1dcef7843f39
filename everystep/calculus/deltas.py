"""Summed indices that go: those that a delta ties to another index, and those that run over one value or none.

May import the core's own modules only.
"""

from __future__ import annotations

from everystep.calculus.indices import (
    Integers,
    Slot,
    as_constant,
    difference,
    pack,
    shifted,
    slot_key,
    substitute,
    symbols_of,
    unpack,
)
from everystep.calculus.networks import (
    INTEGER,
    Component,
    Term,
    at_value,
    delta,
    is_delta,
    is_open,
    merged_exponents,
    renamed,
    without,
)


class Deltas:
    """The part of :class:`everystep.calculus.core.Core` that takes deltas and sums out of a term."""

    integers: Integers

    def canonical(self, component: Component) -> Component:
        raise NotImplementedError

    @staticmethod
    def _without_sums(term: Term) -> list[Term] | None:
        """A term without a sum of one value, of no value, or of what does not depend on the index."""
        for name, (low, high) in term.bound.items():
            if low == high:
                return [at_value(term, name, low)]
            if shifted(high, 1) == low:
                return []
        used: set[str] = set()
        for _, slots in term.factors:
            for slot in slots:
                used.add(slot) if isinstance(slot, str) else used.update(symbols_of(slot))
        for low, high in term.bound.values():
            used.update(symbols_of(low))
            used.update(symbols_of(high))
        for name, (low, high) in term.bound.items():
            if name not in used:
                bound = {n: r for n, r in term.bound.items() if n != name}
                length = shifted(difference(high, low), 1)
                return [Term(term.coefficient, [*term.factors, (INTEGER, (length,))], term.scalars, bound)]
        return None

    def _eliminate(self, term: Term, position: int, head: str, slots: tuple[Slot, ...]) -> list[Term] | None:
        """Remove a delta: solve it for a summed index whose range surely holds the other side."""
        gap = difference(slots[0], slots[1])
        value = as_constant(gap)
        if value is not None:
            return [without(term, position)] if value == 0 else []
        total, parts = unpack(gap)
        for name, coefficient in sorted(parts.items(), reverse=True):
            if name not in term.bound or abs(coefficient) != 1:
                continue
            rest = {s: -coefficient * c for s, c in parts.items() if s != name}
            other = pack(-coefficient * total, rest)
            low, high = term.bound[name]
            if not self._within(other, low, high, term, head):
                continue
            mapping: dict[str, Slot] = {name: other}
            factors = [
                (h, tuple(substitute(s, mapping) for s in ss))
                for k, (h, ss) in enumerate(term.factors)
                if k != position
            ]
            bound = {
                n: (substitute(lo, mapping), substitute(hi, mapping)) for n, (lo, hi) in term.bound.items() if n != name
            }
            return [Term(term.coefficient, factors, term.scalars, bound)]
        if self.integers.differ(*slots) or self._apart(term, slots) or self._in_other_ranges(term, slots):
            return []
        return self._identified(term, position, slots)

    def _apart(self, term: Term, slots: tuple[Slot, ...]) -> bool:
        """Whether delta(a, b) stands beside delta(b, c), and a hypothesis says that a and c differ."""
        if not self.integers.nonzero:
            return False
        ends = [ss for h, ss in term.factors if is_delta(h) and ss != slots]
        pairs = [(a, d) for a, b in (slots, slots[::-1]) for s in ends for c, d in (s, s[::-1]) if b == c]
        return any(
            difference(a, d) in self.integers.nonzero or difference(d, a) in self.integers.nonzero for a, d in pairs
        )

    def _in_other_ranges(self, term: Term, slots: tuple[Slot, ...]) -> bool:
        """Whether summed indices run over ranges that have nothing in common: up to k, and from k + 1 on."""
        ends = [term.bound.get(s) for s in slots if isinstance(s, str)]
        if len(ends) < 2 or ends[0] is None or ends[1] is None:
            return False
        (low, high), (other_low, other_high) = ends[0], ends[1]
        after, before = shifted(high, 1), shifted(other_high, 1)
        return self.integers.at_least(other_low, after) or self.integers.at_least(low, before)

    def _identified(self, term: Term, position: int, slots: tuple[Slot, ...]) -> list[Term] | None:
        """Where delta(a, b) stays, what stands beside it mentions only the first of the two symbols; between two
        indices of the author it is the same of the dimension of a matrix and of a family.
        """
        kept, replaced = sorted(slots, key=slot_key)
        if not isinstance(kept, str) or not isinstance(replaced, str) or replaced in term.bound or kept in term.bound:
            return None
        head = term.factors[position][0] if is_open(kept) or is_open(replaced) else delta(None)
        others = [f for k, f in enumerate(term.factors) if k != position]
        own = {s for _, ss in others for slot in ss for s in symbols_of(slot)}
        beside: set[str] = set()
        for factors, bounds in term.scalars:
            used = [slot for _, ss in factors for slot in ss] + [end for _, *ends in bounds for end in ends]
            beside.update(s for slot in used for s in symbols_of(slot))
        if replaced not in own | beside and head == term.factors[position][0]:
            return None
        mapping: dict[str, Slot] = {replaced: kept}
        moved = [(h, tuple(substitute(s, mapping) for s in ss)) for h, ss in others]
        scalars = term.scalars
        if replaced in beside:
            scalars = {}
            for component, exponent in term.scalars.items():
                same = {self.canonical(renamed(component, mapping)): exponent}
                scalars = merged_exponents(scalars, same)
        return [Term(term.coefficient, [*moved, (head, (kept, replaced))], scalars, term.bound)]

    def _within(self, slot: Slot, low: Slot, high: Slot, term: Term, head: str) -> bool:
        """Whether low <= slot <= high is known; a summed index brings its own range, a delta's index its dimension."""
        if isinstance(slot, str):
            if slot in term.bound:
                lo, hi = term.bound[slot]
                if (lo, hi) == (low, high):
                    return True
            elif slot[0] == "#":
                # Both indices of a delta range over its dimension.
                return as_constant(low) == 1 and head == delta(high)
        facts: list[Slot] = []
        for name, (lo, hi) in term.bound.items():
            if name in symbols_of(slot):
                facts += [difference(name, lo), difference(hi, name)]
        known = self.integers.with_facts(facts) if facts else self.integers
        return known.at_least(slot, low) and known.at_least(high, slot)
