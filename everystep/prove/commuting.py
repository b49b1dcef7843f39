"""Semidefinite matrices as sums of products of commuting ones: ``(L I - A) (A - mu I)`` where A lies between.

A product of two semidefinite matrices that commute is semidefinite: they have common eigenvectors.  May import the
core; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

from everystep.calculus.indices import constant
from everystep.calculus.networks import (
    Component,
    Exponent,
    Key,
    Poly,
    Term,
    add_into,
    is_open_component,
    monomial_key,
)

if TYPE_CHECKING:
    from everystep.prove.definiteness import Definiteness

MOST_MATRICES, MOST_MONOMIALS, MOST_STEPS, MOST_WAYS, MOST_SEEN = 5, 12, 3, 3, 8


def commuting_products(order: Definiteness, poly: Poly, strict: bool) -> bool:
    """sum m_k P_k + R with monomials m_k >= 0, R semidefinite, and P_k a matrix that is known to be semidefinite, or a
    product of two that commute; definite where one m_k > 0 is before a definite P_k, or R is definite.

    The m_k are found by making a term of ``m_k P_k`` one of what is left.  Products of three such matrices, and of two
    that do not commute, may have any sign.
    """
    if order.multiplying or not 1 < len(poly) <= MOST_MONOMIALS or order.size_of(poly) is None:
        return False
    known = _known(order, poly)
    asked = (frozenset(poly.items()), strict)
    if not known or asked in order.no_products:
        return False
    order.multiplying = True  # the signs of the numbers are found without this rule
    try:
        found = _Search(order, _products(order, known)).found(poly, strict, MOST_STEPS)
    finally:
        order.multiplying = False
    if not found:
        order.no_products.add(asked)
    return found


def _known(order: Definiteness, poly: Poly) -> list[tuple[Poly, bool]]:
    """The matrices that hypotheses call (semi)definite, and the definite letters, of which a letter occurs."""
    heads = {head for key in poly for component, _ in key for head, _ in component[0] if head[:2] in ("v:", "m:")}
    found = [
        (matrix, firm)
        for matrix, firm in (*order.seen_matrices, *order.known_matrices)
        if any(head in heads for key in matrix for component, _ in key for head, _ in component[0])
    ]
    for head in sorted(heads):
        kinds = order.kinds.get(head, set())
        if len(order.core.dimensions.get(head, ())) == 2 and kinds & {"positive definite", "positive semidefinite"}:
            letter = order.core.normal([Term(1, [(head, ("#0", "#1"))])])
            if all(letter != matrix for matrix, _ in found):
                found.append((letter, "positive definite" in kinds))
    return found[:MOST_MATRICES]


def _products(order: Definiteness, known: list[tuple[Poly, bool]]) -> list[tuple[Poly, bool]]:
    """The matrices and the products of two of them that commute."""
    found = list(known)
    for (a, firm), (b, also) in combinations_with_replacement(known, 2):
        if order.size_of(a) != order.size_of(b):
            continue
        product = _product(order, a, b)
        if a == b or product == _product(order, b, a):
            found.append((product, firm and also))
    return found


def _product(order: Definiteness, a: Poly, b: Poly) -> Poly:
    joint, size = order.core.fresh(), order.size_of(a)
    if size is None:
        return {}
    return order.core.normal(
        Term(t.coefficient, t.factors, t.scalars, {**t.bound, joint: (constant(1), size)})
        for s in order.core.terms(a, {"#1": joint})
        for r in order.core.terms(b, {"#0": joint})
        for t in [s.times(r)]
    )


class _Search:
    """The search for one matrix."""

    def __init__(self, order: Definiteness, products: list[tuple[Poly, bool]]) -> None:
        self.order = order
        self.products = products
        self.signs: dict[tuple[Key, bool], bool] = {}
        self.seen: set[tuple[frozenset[tuple[Key, int | Fraction]], bool]] = set()

    def found(self, rest: Poly, strict: bool, steps: int) -> bool:
        """Whether a matrix is such a sum, with so many products taken away; what leaves the fewest monomials first."""
        asked = (frozenset(rest.items()), strict)
        if asked in self.seen or len(self.seen) >= MOST_SEEN:
            return False
        self.seen.add(asked)
        ways: list[tuple[int, int, Key, Poly]] = []
        for position, (product, _) in enumerate(self.products):
            for factor, share in _factors(self.order, rest, product):
                left = dict(rest)
                add_into(left, self.order.core.product({factor: 1}, product), -share)
                if len(left) < len(rest) + 2:
                    ways.append((len(left), position, factor, left))
        for _, position, factor, left in sorted(ways, key=lambda way: way[:2])[:MOST_WAYS]:
            if not self.sign(factor, False):
                continue
            firm = strict and self.products[position][1] and self.sign(factor, True)
            if not left:
                if firm or not strict:
                    return True
                continue
            if self.semidefinite(left, strict and not firm):
                return True
            if steps > 1 and self.found(left, strict and not firm, steps - 1):
                return True
        return False

    def semidefinite(self, left: Poly, strict: bool) -> bool:
        """Whether what is left is a sum of semidefinite matrices, each network of factors by itself."""
        networks = {tuple(pair for pair in key if is_open_component(pair[0])) for key in left}
        if any(self.order.network_definite(network) is None for network in networks):
            return False
        return self.order.symmetric_sum(left, strict)

    def sign(self, factor: Key, strict: bool) -> bool:
        """Whether a monomial is >= 0 (or > 0), and has a value: what it is divided by is known to be > 0."""
        known = self.signs.get((factor, strict))
        if known is None:
            order = self.order
            below = [c for c, exponent in factor if not (isinstance(exponent, int) and exponent > 0)]
            known = order.nonnegative({factor: 1}, strict) and all(
                order.nonnegative({((c, 1),): 1}, True) for c in below
            )
            self.signs[factor, strict] = known
        return known


def _factors(order: Definiteness, rest: Poly, product: Poly) -> Iterator[tuple[Key, Fraction]]:
    """(m, c) of the multiples c m P, with c > 0, of which a term is one of the matrix."""
    seen: set[Key] = set()
    for key in sorted(rest, key=monomial_key):
        opened = tuple(pair for pair in key if is_open_component(pair[0]))
        for own, value in product.items():
            if tuple(pair for pair in own if is_open_component(pair[0])) != opened:
                continue
            ratio = Fraction(rest[key]) / Fraction(value)
            powers: dict[Component, Exponent] = dict(key)
            for component, exponent in own:
                power = powers.pop(component, 0) - exponent
                if power:
                    powers[component] = power
            monomial = order.core.normal([Term(1, [], powers)])
            if ratio > 0 and len(monomial) == 1 and next(iter(monomial)) not in seen:
                seen.add(next(iter(monomial)))
                yield next(iter(monomial)), ratio * Fraction(next(iter(monomial.values())))
