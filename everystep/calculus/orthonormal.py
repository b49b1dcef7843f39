"""Orthonormal families: vectors u_1, ..., u_k of R^n with u_i^T u_j = delta_ij for all i and j from 1 to k.

May import ``everystep.calculus.core`` and what it stands on.
"""

from __future__ import annotations

from fractions import Fraction

from everystep.calculus.core import Core
from everystep.calculus.indices import Slot, constant, difference, symbols_of
from everystep.calculus.networks import Poly, Term, delta
from everystep.records import dataclass


@dataclass(frozen=True)
class Family:
    """The number of vectors of an orthonormal family, and how many entries each has."""

    count: Slot
    size: Slot


class OrthonormalFamilies:
    """Rewriter: products of members of orthonormal families, and of matrices with members, as hypotheses give them.

    ``families``: by the head of a family; ``images``: (head of a matrix M, which of its two slots meets the vector,
    head of the family) with the value of M u_i, or M^T u_i, for each i of the family, at the index ``#1`` for i and the
    entry ``#0``.
    """

    def __init__(self, core: Core) -> None:
        self.core = core
        self.families: dict[str, Family] = {}
        self.images: dict[tuple[str, int, str], Poly] = {}

    def __call__(self, term: Term) -> list[Term] | None:
        """One rewriting; none while a derivative is taken: the equations hold at the vectors, not around them."""
        if not self.families or not self.core.hypotheses:
            return None
        met: dict[str, list[tuple[int, int]]] = {}
        for position, (_, slots) in enumerate(term.factors):
            for place, slot in enumerate(slots):
                for symbol in symbols_of(slot):
                    if symbol in term.bound:
                        met.setdefault(symbol, []).append((position, place if slot == symbol else -1))
        inside = {s for ends in term.bound.values() for end in ends for s in symbols_of(end)}
        for name, places in met.items():
            if len(places) != 2 or places[0][0] == places[1][0] or name in inside:
                continue
            for first, second in (places, places[::-1]):
                done = self._joined(term, name, first, second)
                if done is not None:
                    return done
        return self._divided(term)

    def _divided(self, term: Term) -> list[Term] | None:
        """c l / (c l + r) = 1 - r / (c l + r), of a number l of a family and of an r in which its family is not.

        The formula presupposes that the denominator is not 0.
        """
        for position, (head, slots) in enumerate(term.factors):
            info = self.core.heads.get(head)
            if info is None or info.kind != "power" or info.arity != 1 or info.exponent > -1:
                continue
            numbers = [h for h, s in term.factors if s == slots and h[:2] == "m:"]
            for number in numbers:
                split = self._linear(self.core.poly(info.inside), number)
                if split is None:
                    continue
                coefficient, others = split
                factors = [f for k, f in enumerate(term.factors) if k != position]
                factors.remove((number, slots))
                rest = Term(term.coefficient, factors, term.scalars, term.bound).scaled(Fraction(1) / coefficient)
                shorter = info.exponent + 1
                whole = rest.times(self.core.power_factor(info.base, slots, shorter)) if shorter else rest
                same = rest.times(Term(-1, [(head, slots)]))
                return [whole, *(same.times(t) for t in self.core.terms(others, {"#0": slots[0]}))]
        return None

    def _linear(self, poly: Poly, number: str) -> tuple[Fraction, Poly] | None:
        """(c, r) where the polynomial is c times the number at ``#0``, and r, made of other symbols."""
        own = {key for key in poly if any(h == number for component, _ in key for h, _ in component[0])}
        plain = all(h not in self.core.heads for key in poly for component, _ in key for h, _ in component[0])
        if not plain or own != {(((((number, ("#0",)),), ()), 1),)}:
            return None
        return Fraction(poly[next(iter(own))]), {key: c for key, c in poly.items() if key not in own}

    def _joined(self, term: Term, name: str, first: tuple[int, int], second: tuple[int, int]) -> list[Term] | None:
        """The term without a summed index at which two factors meet and nothing else, the first a member."""
        (head, slots), (other, others) = (term.factors[position] for position, _ in (first, second))
        family = self.families.get(head)
        if family is None or len(slots) != 2:
            return None
        rest = Term(
            term.coefficient,
            [f for k, f in enumerate(term.factors) if k not in (first[0], second[0])],
            term.scalars,
            {n: r for n, r in term.bound.items() if n != name},
        )
        ends = term.bound[name]
        if first[1] == 0:
            # sum_i u_i u_i^T = I where there are as many vectors as entries: they are a basis.
            whole = ends == (constant(1), family.size) and family.count == family.size
            if not whole or head != other or second[1] != 0 or len(others) != 2:
                return None
            self.core.used("orthonormal basis")
            return [rest.times(Term(1, [(delta(family.size), (slots[1], others[1]))]))]
        if first[1] != 1 or ends != (constant(1), family.size) or not self._is_member(slots[0], family, term):
            return None
        if other == head and second[1] == 1 and len(others) == 2 and self._is_member(others[0], family, term):
            self.core.used("orthonormal vectors")
            return [rest.times(Term(1, [(delta(family.count), (slots[0], others[0]))]))]
        image = self.images.get((other, second[1], head)) if len(others) == 2 else None
        if image is None:
            return None
        self.core.used("image of every vector of a family")
        mapping: dict[str, Slot] = {"#0": others[1 - second[1]], "#1": slots[0]}
        return [rest.times(t) for t in self.core.terms(image, mapping)]

    def _is_member(self, at: Slot, family: Family, term: Term) -> bool:
        """Whether an index is known to be one of 1, ..., k; a summed one brings its own range."""
        facts = [
            fact
            for n, (low, high) in term.bound.items()
            if n in symbols_of(at)
            for fact in (difference(n, low), difference(high, n))
        ]
        known = self.core.integers.with_facts(facts) if facts else self.core.integers
        return known.at_least(at, constant(1)) and known.at_least(family.count, at)
