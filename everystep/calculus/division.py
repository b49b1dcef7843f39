"""Which monomial of a sum is replaced by the others where the sum divides it.  May import the networks only."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from everystep.calculus.indices import Slot
from everystep.calculus.networks import INTEGER, Factor, Key, Poly, is_delta

Lead: TypeAlias = "tuple[int | Fraction, list[Factor], Poly]"
"""A coefficient, the factors that it stands with, and the other monomials."""


def leading_monomial(poly: Poly) -> Lead | None:
    """(coefficient, factors, the other monomials) of the greatest monomial of a sum, by its degree and then by its
    heads; None where several are greatest, where it sums over an index, or where a head has several places, so that the
    order would not be one of the entries: then replacing it by the others need not come to an end.
    """
    order: list[tuple[int, list[str], Key]] = []
    places: dict[str, set[tuple[Slot, ...]]] = {}
    for key in poly:
        found: list[str] = []
        for (factors, _), exponent in key:
            if not isinstance(exponent, int) or exponent < 0:
                return None
            for head, at in factors:
                if head == INTEGER or is_delta(head):
                    return None
                found += [head] * exponent
                places.setdefault(head, set()).add(at)
        order.append((len(found), sorted(found, reverse=True), key))
    order.sort(key=lambda entry: entry[:2])
    if len(order) < 2 or order[-1][:2] == order[-2][:2] or any(len(at) > 1 for at in places.values()):
        return None
    lead = order[-1][2]
    if any(bound or len(factors) > 1 for (factors, bound), _ in lead):
        return None
    wanted = [factors[0] for (factors, _), exponent in lead for _ in range(int(exponent))]
    return poly[lead], wanted, {key: value for key, value in poly.items() if key != lead}
