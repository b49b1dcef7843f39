"""Inverses beside a sum of dyads that they invert: ``sum_i x_i^T S^-1 x_i`` with ``S = sum_i x_i x_i^T + R``.

Products of letters are cancelled by rules of words; the members of a family of vectors are none.  May import the core.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from everystep.calculus.core import Core
from everystep.calculus.indices import Slot, symbols_of
from everystep.calculus.networks import (
    Component,
    Factor,
    Key,
    Poly,
    Term,
    delta,
    is_open_component,
    monomial_key,
)

MOST_FACTORS = 5
ROW, COLUMN = "#0", "#1"
Found = tuple[frozenset[int], dict[str, Slot]]


class InvertedSums:
    """Rewriter: for N = M^-1 with M = c W + R, ``N W = (I - N R)/c`` and ``W N = (I - R N)/c``.

    W is a sum over an index of which each summand stands at a row and at a column: it is taken where all of its
    factors stand in a term, its indices are summed over the same ranges and meet nothing else, and so is the index
    that it shares with N.  The number c has to be one that may be divided by.  Matrices with a product of letters in
    them are left to the rules of words (``is_of_words``), so that no rule undoes another.
    """

    def __init__(self, core: Core, is_of_words: Callable[[Poly], bool]) -> None:
        self.core = core
        self.is_of_words = is_of_words
        self._leads: dict[str, tuple[Key, Component] | None] = {}

    def __call__(self, term: Term) -> list[Term] | None:
        """``N W = (I - N R)/c`` once; None where no inverse of a term stands beside all that its sum has."""
        for position, (head, slots) in enumerate(term.factors):
            lead = self._lead(head) if len(slots) == 2 else None
            if lead is None:
                continue
            others = [f for k, f in enumerate(term.factors) if k != position]
            for joint, other in ((slots[1], slots[0]), (slots[0], slots[1])):
                for on_right in (True, False) if head in self.core.symmetric else (joint == slots[1],):
                    found = self._found(term, lead[1], others, joint, on_right)
                    if found is not None and term.bound[str(joint)] == self.core.ranges[head]:
                        self.core.used("inverse of a sum of dyads")
                        left = [f for k, f in enumerate(others) if k not in found[0]]
                        gone = {str(joint), *(str(found[1][name]) for name, _, _ in lead[1][1])}
                        bound = {n: span for n, span in term.bound.items() if n not in gone}
                        rest = Term(term.coefficient, left, term.scalars, bound)
                        end = found[1][COLUMN if on_right else ROW]
                        return [rest.times(t) for t in self._cancelled(head, lead[0], (other, end), on_right)]
        return None

    def _cancelled(self, head: str, key: Key, ends: tuple[Slot, Slot], on_right: bool) -> list[Term]:
        """(I - N R)/c between the ends, or (I - R N)/c from the second to the first."""
        matrix = self.core.poly(self.core.heads[head].inside)
        low, high = self.core.ranges[head]
        scale = Term(Fraction(1) / Fraction(matrix[key]), [], {c: -e for c, e in key if not is_open_component(c)})
        own, end = ends
        result = [scale.times(Term(1, [(delta(high), (own, end))]))]
        for other, coefficient in matrix.items():
            if other == key:
                continue
            joint = self.core.fresh()
            inverse: Factor = (head, (own, joint) if on_right else (joint, own))
            places: dict[str, Slot] = {ROW: joint, COLUMN: end} if on_right else {ROW: end, COLUMN: joint}
            piece = self.core.term(other, coefficient, places)
            result.append(scale.times(Term(-1, [inverse], None, {joint: (low, high)})).times(piece))
        return result

    def _lead(self, head: str) -> tuple[Key, Component] | None:
        """The monomial of an inverted matrix that is a sum of dyads, and the sum; None where there is none."""
        info = self.core.heads.get(head)
        if info is None or info.kind != "inverse" or info.arity != 2:
            return None
        if head not in self._leads:
            self._leads[head] = self._chosen(self.core.poly(info.inside))
        return self._leads[head]

    def _chosen(self, matrix: Poly) -> tuple[Key, Component] | None:
        if self.is_of_words(matrix):
            return None
        for key in sorted(matrix, key=monomial_key, reverse=True):
            opened = [c for c, e in key if is_open_component(c)]
            numbers = [c for c, _ in key if not is_open_component(c)]
            if len(opened) != 1 or not _is_dyads(opened[0]) or (opened[0], 1) not in key:
                continue
            if any(any(c == opened[0] for c, _ in k) for k in matrix if k != key):
                continue
            if all(self.core.is_generic(c) or self.core.is_nonzero(c) for c in numbers):
                return key, opened[0]
        return None

    def _found(self, term: Term, sum_: Component, factors: list[Factor], joint: Slot, on_right: bool) -> Found | None:
        """Which of the factors beside the inverse are those of the sum, and what its indices stand for."""
        if not isinstance(joint, str) or joint not in term.bound or _uses(term.factors, joint) != 2:
            return None
        start: dict[str, Slot] = {ROW if on_right else COLUMN: joint}
        for positions, mapping in self._matches(list(sum_[0]), factors, frozenset(), start):
            names = [mapping[name] for name, _, _ in sum_[1]]
            end = mapping[COLUMN if on_right else ROW]
            inner = {joint, *names}
            if len(inner) <= len(names) or inner & set(symbols_of(end)):
                continue
            if all(
                _is_summed(term, own, (low, high), _uses(sum_[0], name))
                for own, (name, low, high) in zip(names, sum_[1], strict=True)
            ):
                return positions, mapping
        return None

    def _matches(
        self, wanted: list[Factor], factors: list[Factor], used: frozenset[int], found: dict[str, Slot]
    ) -> Iterator[tuple[frozenset[int], dict[str, Slot]]]:
        if not wanted:
            yield used, found
            return
        (head, slots), *rest = wanted
        for k, (other, at) in enumerate(factors):
            if k in used or other != head or len(at) != len(slots):
                continue
            for places in (at, at[::-1]) if len(at) == 2 and self.core.is_symmetric(head) else (at,):
                further = _unified(slots, places, found)
                if further is not None:
                    yield from self._matches(rest, factors, used | {k}, further)


def _uses(factors: tuple[Factor, ...] | list[Factor], name: str) -> int:
    """In how many slots a symbol stands."""
    return sum(name in symbols_of(slot) for _, slots in factors for slot in slots)


def _is_summed(term: Term, name: Slot, span: tuple[Slot, Slot], uses: int) -> bool:
    """Whether a slot is an index that a term sums over this range, and that stands in as many slots."""
    return isinstance(name, str) and term.bound.get(name) == span and _uses(term.factors, name) == uses


def _is_dyads(component: Component) -> bool:
    """Whether a component is a sum over indices whose summand stands at #0 in one factor and at #1 in another."""
    factors, bound = component
    if not bound or not 2 <= len(factors) <= MOST_FACTORS:
        return False
    inner = {name for name, _, _ in bound}
    free = {s for _, slots in factors for slot in slots for s in symbols_of(slot)} - inner
    limits = {s for _, low, high in bound for end in (low, high) for s in symbols_of(end)}
    at_ends = [{s for slot in slots for s in symbols_of(slot)} & {ROW, COLUMN} for _, slots in factors]
    once = _uses(factors, ROW) == _uses(factors, COLUMN) == 1 and not any(len(at) > 1 for at in at_ends)
    return once and free == {ROW, COLUMN} and not limits & inner


def _unified(slots: tuple[Slot, ...], at: tuple[Slot, ...], found: dict[str, Slot]) -> dict[str, Slot] | None:
    """What the symbols of the sum stand for where the slots are these; None where there is nothing."""
    result = dict(found)
    for slot, other in zip(slots, at, strict=True):
        if isinstance(slot, str):
            if result.setdefault(slot, other) != other:
                return None
        elif slot != other:
            return None
    return result
