"""The canonical form of a connected network: its summed indices named by colour refinement, its factors sorted.

Two networks get equal keys only if they are equal but for the names of summed indices; where it failed to give equal
ones equal keys, proofs would be lost, never a wrong one found.  May import ``everystep.calculus.networks``,
``everystep.calculus.indices`` and ``everystep.calculus.clock`` only.
"""

from __future__ import annotations

from collections.abc import Iterable

from everystep.calculus.clock import is_over
from everystep.calculus.indices import (
    Slot,
    combine,
    constant,
    difference,
    pack,
    slot_key,
    substitute,
    symbols_of,
    unpack,
)
from everystep.calculus.networks import Bound, Call, Component, Exhausted, Factor, Undecided, component_key, is_delta

BETWEEN_LOOKS = 1_000
"""The work after which the clock is looked at again: a few milliseconds."""


class Labelling:
    """Names the summed indices of networks, under the symmetries of one context and bounds on work and time."""

    symmetric: set[str]
    calls: dict[str, Call]
    work: int
    limit: int
    next_look: int  # the work at which the clock is looked at

    def spend(self, amount: int) -> None:
        """Count work.  Raises Exhausted beyond the limit, or where the time of the step is over."""
        self.work += amount
        if self.work > self.limit:
            raise Exhausted("the work bound of the normal form")
        if self.work >= self.next_look:
            if is_over():
                raise Exhausted("the time of the step")
            self.next_look = self.work + BETWEEN_LOOKS

    def start_counting(self) -> None:
        """What follows may cost as much as the limit says; the clock is looked at once at the beginning."""
        self.work = self.next_look = 0

    def canonical(self, component: Component) -> Component:
        """The canonical form of a connected network: summed indices named ``_0, _1, ...``, factors sorted."""
        factors, bound = component
        if not bound:
            if len(factors) == 1 and len(factors[0][1]) < 2:
                return component
            return (self._sorted(factors), ())
        moved = {s for _, slots in factors for slot in slots if not isinstance(slot, str) for s, _ in slot[1]}
        if moved and any(name in moved for name, _, _ in bound):
            factors, bound = self._anchor(factors, bound)
            mirrored = self._mirrored(factors, bound)
            if mirrored is not None:
                ways = self._labelled(factors, bound), self._labelled(*mirrored)
                return min(ways, key=lambda way: (_without_names(way), component_key(way)))
        return self._labelled(factors, bound)

    def _labelled(self, factors: tuple[Factor, ...], bound: tuple[Bound, ...]) -> Component:
        names = [name for name, _, _ in bound]
        self.spend(len(factors) * 4)
        order = self._along_path(factors, names)
        if order is not None:
            return self._label(factors, bound, {name: k for k, name in enumerate(order)})
        return self._label(
            factors,
            bound,
            _refine(factors, bound, self._first_colours(factors, bound, names), self),
        )

    def _along_path(self, factors: tuple[Factor, ...], names: list[str]) -> list[str] | None:
        """The summed indices of a path from its lesser end (where #0 is) to the other, in one walk; None for any other
        network, and for a path whose ends look the same.

        A word of many letters is such a path: refining colours would tell its indices apart one round after another.
        """
        if len(factors) != len(names) + 1 or len(names) < 2:
            return None
        inside = set(names)
        met: dict[str, list[int]] = {name: [] for name in names}
        through: list[list[str]] = []
        for position, (_, slots) in enumerate(factors):
            mine = [slot for slot in slots if isinstance(slot, str) and slot in inside]
            if len(mine) > 2 or any(not isinstance(s, str) and inside & {x for x, _ in s[1]} for s in slots):
                return None
            for name in mine:
                met[name].append(position)
            through.append(mine)
        if any(len(places) != 2 or places[0] == places[1] for places in met.values()):
            return None
        ends = [(self._end_key(factors[p], inside), p) for p, mine in enumerate(through) if len(mine) == 1]
        if len(ends) != 2 or ends[0][0] == ends[1][0]:
            return None
        here = min(ends)[1]
        order: list[str] = []
        while ahead := [name for name in through[here] if name not in order[-1:]]:
            order += ahead
            here = next(p for p in met[ahead[0]] if p != here)
        return order if len(order) == len(names) else None

    def path_word(self, component: Component) -> tuple[str, ...] | None:
        """The heads of a path from its lesser end to the other; None for any other network."""
        factors, bound = component
        order = self._along_path(factors, [name for name, _, _ in bound])
        if order is None:
            return None
        places: dict[Slot, int] = {name: k for k, name in enumerate(order)}
        # Factor number k stands between the indices number k - 1 and k, the first and the last beside one index.
        along = sorted((sorted(places[s] for s in slots if s in places), head) for head, slots in factors)
        return tuple(head for _, head in sorted(along, key=lambda f: (f[0][0], f[0][-1])))

    def _end_key(self, factor: Factor, inside: set[str]) -> tuple[tuple[str, ...], str]:
        """What tells the two ends of a path apart, whatever its summed indices are called."""
        head, slots = factor
        shown = ["*" if isinstance(s, str) and s in inside else slot_key(s) for s in slots]
        if self.is_symmetric(head):
            pair = self.interchangeable(head, slots)
            shown[pair] = sorted(shown[pair])
        return tuple(shown), head

    def _sorted(self, factors: Iterable[Factor]) -> tuple[Factor, ...]:
        result = []
        for head, slots in factors:
            if len(slots) > 1 and self.is_symmetric(head):
                pair = self.interchangeable(head, slots)
                result.append((head, (*slots[: pair.start], *sorted(slots[pair], key=slot_key), *slots[pair.stop :])))
            else:
                result.append((head, slots))
        if len(result) > 1:
            result.sort(key=lambda f: (f[0], tuple(map(slot_key, f[1]))))
        return tuple(result)

    def is_symmetric(self, head: str) -> bool:
        return is_delta(head) or head in self.symmetric

    def interchangeable(self, head: str, slots: tuple[Slot, ...]) -> slice:
        """Which slots of a symmetric head may be exchanged: a matrix's two, behind the indices of a family, a tensor's
        all.
        """
        if head[0] in "IK" or (head[0] == "c" and self.calls[head].outputs != 2):
            return slice(0, len(slots))
        return slice(len(slots) - 2, len(slots)) if head[:2] == "m:" else slice(0, 2)

    def _anchor(
        self, factors: tuple[Factor, ...], bound: tuple[Bound, ...]
    ) -> tuple[tuple[Factor, ...], tuple[Bound, ...]]:
        """Shift each summed index so that its least position is the index itself (and reflect ``c - i``).

        Where it stands both as i + a and as c - i, its positions are those of the first kind.
        """
        mapping: dict[str, Slot] = {}
        ranges = {name: (low, high) for name, low, high in bound}
        for name in ranges:
            by_sign: dict[int, list[Slot]] = {1: [], -1: []}
            signs: set[int] = set()
            for _, slots in factors:
                for slot in slots:
                    total, parts = unpack(slot)
                    coefficient = parts.pop(name, 0)
                    if coefficient:
                        signs.add(coefficient)
                        if abs(coefficient) == 1:
                            by_sign[coefficient].append(
                                pack(
                                    total * coefficient,
                                    {s: c * coefficient for s, c in parts.items()},
                                )
                            )
            sign = -1 if signs == {-1} else 1
            rests = by_sign[sign]
            if signs - {1, -1} or not rests:
                continue
            candidates = [r for r in rests if not any(s in ranges for s in symbols_of(r))]
            if not candidates:
                continue
            rest = min(candidates, key=lambda r: (str(unpack(r)[1]), unpack(r)[0]))
            if sign == 1 and rest == constant(0):
                continue
            low, high = ranges[name]
            if sign == 1:  # new = old + rest
                mapping[name] = difference(name, rest)
                ranges[name] = (combine(low, rest), combine(high, rest))
            else:  # new = shift - old
                shift = combine(constant(0), rest, -1)
                mapping[name] = combine(shift, name, -1)
                ranges[name] = (combine(shift, high, -1), combine(shift, low, -1))
        if not mapping:
            return factors, bound
        moved = tuple((h, tuple(substitute(s, mapping) for s in ss)) for h, ss in factors)
        return moved, tuple((n, substitute(lo, mapping), substitute(hi, mapping)) for n, (lo, hi) in ranges.items())

    @staticmethod
    def _mirrored(
        factors: tuple[Factor, ...], bound: tuple[Bound, ...]
    ) -> tuple[tuple[Factor, ...], tuple[Bound, ...]] | None:
        """The same sum counted backwards, where one summed index i occurs both as i and as c - i."""
        for name, low, high in bound:
            for _, slots in factors:
                for slot in slots:
                    parts = unpack(slot)[1]
                    if parts.get(name) != -1 or any(s != name and s[0] in "~_" for s in parts):
                        continue
                    mapping: dict[str, Slot] = {name: slot}
                    moved = tuple((h, tuple(substitute(s, mapping) for s in ss)) for h, ss in factors)
                    # i runs from low to high; c - i runs from c - high to c - low.
                    centre = combine(slot, name)
                    ends = {name: (combine(centre, high, -1), combine(centre, low, -1))}
                    return moved, tuple(
                        (n, *ends[n]) if n == name else (n, substitute(a, mapping), substitute(b, mapping))
                        for n, a, b in bound
                    )
        return None

    def _first_colours(self, factors: tuple[Factor, ...], bound: tuple[Bound, ...], names: list[str]) -> dict[str, int]:
        inside = set(names)
        labels = {}
        for name, low, high in bound:
            label = "".join(
                f"|{slot_key(s)}" if not any(x in inside for x in symbols_of(s)) else "|*" for s in (low, high)
            )
            labels[name] = label
        ranks = {label: k for k, label in enumerate(sorted(set(labels.values())))}
        return {name: ranks[label] for name, label in labels.items()}

    def _label(self, factors: tuple[Factor, ...], bound: tuple[Bound, ...], colours: dict[str, int]) -> Component:
        """Branch on the first class of more than one index until all are told apart; take the least result."""
        classes: dict[int, list[str]] = {}
        for name, colour in colours.items():
            classes.setdefault(colour, []).append(name)
        tied = [colour for colour, members in classes.items() if len(members) > 1]
        if not tied:
            order = sorted(colours, key=colours.__getitem__)
            mapping: dict[str, Slot] = {name: f"_{k}" for k, name in enumerate(order)}
            moved = self._sorted((h, tuple(substitute(s, mapping) for s in ss)) for h, ss in factors)
            ranges = (
                sorted((str(mapping[n]), substitute(lo, mapping), substitute(hi, mapping)) for n, lo, hi in bound)
                if len(bound) > 1
                else [(str(mapping[n]), lo, hi) for n, lo, hi in bound]
            )
            return (moved, tuple(ranges))
        self.spend(len(factors) * 8)
        best: tuple[tuple[object, ...], Component] | None = None
        for chosen in classes[min(tied)]:
            split = {n: 2 * c + (1 if n != chosen and c == min(tied) else 0) for n, c in colours.items()}
            candidate = self._label(factors, bound, _refine(factors, bound, split, self))
            rank = component_key(candidate)
            if best is None or rank < best[0]:
                best = (rank, candidate)
        if best is None:
            raise Undecided("no labelling")
        return best[1]


_NONE = slice(0, 0)


def _refine(
    factors: tuple[Factor, ...], bound: tuple[Bound, ...], colours: dict[str, int], core: Labelling
) -> dict[str, int]:
    """Colour refinement: an index is told apart by the heads it meets, where, and in what company."""
    count = len(set(colours.values()))
    if count == len(colours):
        return colours
    incident: dict[str, list[tuple[str, int, int, int, slice, tuple[Slot, ...]]]] = {n: [] for n in colours}
    for head, slots in factors:
        pair = core.interchangeable(head, slots) if core.is_symmetric(head) else _NONE
        for position, slot in enumerate(slots):
            place = -pair.stop if pair.start <= position < pair.stop else position
            if isinstance(slot, str):
                if slot in incident:
                    incident[slot].append((head, place, 0, 1, pair, slots))
            else:
                for s, c in slot[1]:
                    if s in incident:
                        incident[s].append((head, place, slot[0], c, pair, slots))
    for name, low, high in bound:
        linked = tuple(s for slot in (low, high) for s in symbols_of(slot) if s in incident)
        for s in (name, *linked):
            if linked:
                incident[s].append(("range", 0 if s == name else 1, 0, 1, _NONE, (name, low, high)))
    while True:
        signatures: dict[str, tuple[object, ...]] = {}
        for name, meetings in incident.items():
            seen = []
            for head, position, offset, coefficient, pair, slots in meetings:
                company = [_tint(s, colours) for s in slots]
                company[pair] = sorted(company[pair])
                seen.append((head, position, offset, coefficient, tuple(company)))
            seen.sort()
            signatures[name] = (colours[name], tuple(seen))
        ranks = {s: k for k, s in enumerate(sorted(set(signatures.values())))}
        colours = {name: ranks[s] for name, s in signatures.items()}
        if len(ranks) == count or len(ranks) == len(colours):
            return colours
        count = len(ranks)


def _tint(slot: Slot, colours: dict[str, int]) -> str:
    if isinstance(slot, str):
        return f"!{colours[slot]}" if slot in colours else slot
    return f"{slot[0]}" + "".join(sorted(f"+{c}*" + (f"!{colours[s]}" if s in colours else s) for s, c in slot[1]))


def _without_names(component: Component) -> list[tuple[str, tuple[str, ...]]]:
    """The factors of a network whatever its summed indices are called and run over.

    Sums over neighbouring ranges are then counted in the same direction, so that they can be joined.
    """
    factors, bound = component
    names: dict[str, Slot] = {name: "*" for name, _, _ in bound}
    return sorted((head, tuple(slot_key(substitute(s, names)) for s in slots)) for head, slots in factors)
