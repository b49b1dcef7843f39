"""Sums over an index that a hypothesis gives at every value of another one: ``sum_k g_nk = 1`` for all n.

May import ``everystep.calculus.core`` and what it stands on.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from everystep.calculus.core import Core
from everystep.calculus.indices import Slot, symbols_of
from everystep.calculus.networks import Component, Factor, Poly, Term
from everystep.calculus.whole_steps import follows
from everystep.records import dataclass

WILDCARDS = ("#0", "#1")
"""The indices at every value of which the equation holds, as they stand in its polynomial."""
_MOST_FACTORS = 6


@dataclass(frozen=True)
class GivenSum:
    """``sum over the index of the product of the factors = value``; factors and value may have wildcards.

    ``limits``: wildcards at which it is given from one value to another one only, as members of a family are.
    """

    factors: tuple[Factor, ...]
    index: str
    range: tuple[Slot, Slot]
    value: Poly
    limits: tuple[tuple[str, Slot, Slot], ...]


class GivenSums:
    """Rewriter: a sum that is given at every index, wherever its index meets exactly the factors of the sum.

    What stands at a wildcard as an index of a matrix is within its range; of members of a family this is
    asked.  Only a sum over the same
    range is taken, and none while a derivative is taken: the equations hold at the values, not around them.
    """

    def __init__(self, core: Core) -> None:
        self.core = core
        self.given: list[GivenSum] = []

    def add(self, poly: Poly, limits: tuple[tuple[str, Slot, Slot], ...] = ()) -> bool:
        """Take ``poly = 0`` in, an equation with wildcards: solved for a sum over one index that has all of them.

        False where there is no such sum, or the rest of the equation has a sum over the same symbols: it might be
        rewritten for ever.
        """
        wild = {s for key in poly for s in _free(key) if s in WILDCARDS}
        for key, coefficient in poly.items():
            sum_ = _single_sum(key, wild)
            if sum_ is None:
                continue
            factors, (index, low, high) = sum_[0], sum_[1][0]
            heads = {head for head, _ in factors}
            rest: Poly = {k: Fraction(-c) / Fraction(coefficient) for k, c in poly.items() if k != key}
            if any(h in heads and c[1] for k in rest for c, _ in k for h, _ in c[0]):
                continue
            self.given.append(GivenSum(factors, index, (low, high), rest, limits))
            return True
        return False

    def __call__(self, term: Term) -> list[Term] | None:
        """One rewriting; None where no sum of the term is given."""
        if not self.given or not self.core.hypotheses:
            return None
        inside = {s for ends in term.bound.values() for end in ends for s in symbols_of(end)}
        for name, ends in term.bound.items():
            if name in inside:
                continue
            touched = [k for k, (_, slots) in enumerate(term.factors) if any(name in symbols_of(s) for s in slots)]
            for sum_ in self.given:
                if not _is_over(sum_, ends) or len(sum_.factors) != len(touched):
                    continue
                mapping = self._match(sum_, [term.factors[k] for k in touched], name)
                if mapping is None or not self._is_within(sum_, mapping, term):
                    continue
                self.core.used("sum that is given at every index")
                rest = Term(
                    term.coefficient,
                    [f for k, f in enumerate(term.factors) if k not in touched],
                    term.scalars,
                    {n: r for n, r in term.bound.items() if n != name},
                )
                return [rest.times(t) for t in self.core.terms(sum_.value, mapping)]
        return None

    def _is_within(self, sum_: GivenSum, mapping: dict[str, Slot], term: Term) -> bool:
        """Whether what the wildcards stand for is known to be where the sum is given."""
        return all(
            follows(self.core, term, mapping[w], low) and follows(self.core, term, high, mapping[w])
            for w, low, high in sum_.limits
        )

    def _match(self, sum_: GivenSum, factors: list[Factor], name: str) -> dict[str, Slot] | None:
        """What the wildcards stand for where these factors are those of the sum, its index called ``name``."""
        found: dict[str, Slot] = {sum_.index: name}
        return next(self._matches(list(sum_.factors), factors, found), None)

    def _matches(
        self, wanted: list[Factor], factors: list[Factor], found: dict[str, Slot]
    ) -> Iterator[dict[str, Slot]]:
        if not wanted:
            yield {w: s for w, s in found.items() if w in WILDCARDS}
            return
        (head, slots), *others = wanted
        for k, (other, at) in enumerate(factors):
            if other != head or len(at) != len(slots):
                continue
            for places in (at, at[::-1]) if len(at) == 2 and self.core.is_symmetric(head) else (at,):
                further = _unified(slots, places, found)
                if further is not None:
                    yield from self._matches(others, factors[:k] + factors[k + 1 :], further)


def _unified(slots: tuple[Slot, ...], at: tuple[Slot, ...], found: dict[str, Slot]) -> dict[str, Slot] | None:
    """The meaning of wildcards and of the summed index with which the slots are these; None where there is none."""
    result = dict(found)
    for slot, other in zip(slots, at, strict=True):
        if isinstance(slot, str) and (slot in WILDCARDS or slot in found):
            if result.setdefault(slot, other) != other:
                return None
        elif slot != other:
            return None
    return None if _meets_itself(result) else result


def _meets_itself(found: dict[str, Slot]) -> bool:
    """Whether a wildcard would be the summed index: ``sum_k g_kk`` is another sum."""
    index = next(s for w, s in found.items() if w not in WILDCARDS)
    return isinstance(index, str) and any(index in symbols_of(s) for w, s in found.items() if w in WILDCARDS)


def _is_over(sum_: GivenSum, ends: tuple[Slot, Slot]) -> bool:
    """Whether a sum is over the range of the one that is given."""
    return sum_.range == ends


def _free(key: tuple[tuple[Component, object], ...]) -> Iterator[str]:
    for component, _ in key:
        for _, slots in component[0]:
            for slot in slots:
                yield from symbols_of(slot)


def _single_sum(key: tuple[tuple[Component, object], ...], wild: set[str]) -> Component | None:
    """The sum over one index that a monomial is, where it has all of the wildcards; None for any other monomial."""
    if len(key) != 1 or key[0][1] != 1:
        return None
    factors, bound = component = key[0][0]
    (index, *_) = bound[0] if len(bound) == 1 else ("",)
    meets = all(any(index in symbols_of(s) for s in slots) for _, slots in factors)
    plain = index and meets and len(factors) <= _MOST_FACTORS and not set(bound[0][1:]) & {index}
    return component if plain and wild and wild <= set(_free(key)) else None
