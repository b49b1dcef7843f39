"""Quadratic forms and semidefinite matrices that are recognised as a whole, not monomial by monomial.

Each function answers True only on a proof.  May import the core and :mod:`everystep.prove.scalars`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from everystep.calculus.indices import Slot, constant, substitute, symbols_of
from everystep.calculus.networks import (
    ONE_POLY,
    Bound,
    Component,
    Factor,
    Key,
    Poly,
    Term,
    add_into,
    delta,
    is_delta,
    subtract,
)
from everystep.prove.bilinear import TURNED, ends_of
from everystep.prove.scalars import semidefinite

if TYPE_CHECKING:
    from everystep.prove.definiteness import Definiteness

MOST_MONOMIALS = 24


# numbers ------------------------------------------------------------------------------------------


def forms_in_vectors(order: Definiteness, poly: Poly) -> bool:
    """sum of c G_ab x_a^T M x_b for a number c >= 0 and semidefinite G (rational) and M, and what is >= 0 besides.

    With G = sum of g g^T it is a sum of c (sum g_a x_a)^T M (sum g_a x_a).
    """
    if not 1 < len(poly) <= MOST_MONOMIALS:
        return False
    if any(_mentions(c, "#0") or _mentions(c, "#1") for key in poly for c, _ in key):
        return False  # a number at an entry: #0 and #1 are taken
    groups: dict[frozenset[tuple[Key, int | Fraction]], tuple[Poly, dict[tuple[str, str], Poly]]] = {}
    rest: Poly = {}
    for key, coefficient in poly.items():
        found = ends_of(order.core, key)
        if found is None:
            rest[key] = coefficient
            continue
        pair, matrix, scalars = found
        if order.core.renamed(matrix, TURNED) != matrix:
            return False
        _, entries = groups.setdefault(frozenset(matrix.items()), (matrix, {}))
        add_into(entries.setdefault(pair, {}), {scalars: coefficient})
    if not groups or len(rest) == len(poly) or (rest and not order.nonnegative(rest)):
        return False
    return all(
        _semidefinite_multiple(order, entries) and order.definite(matrix, False) for matrix, entries in groups.values()
    )


def _semidefinite_multiple(order: Definiteness, entries: dict[tuple[str, str], Poly]) -> bool:
    """Whether a symmetric matrix of numbers is one number c >= 0 times a semidefinite rational matrix."""
    first = next((p for p in entries.values() if p), None)
    if first is None:
        return True
    for unit in (first, {k: -c for k, c in first.items()}):
        if not order.nonnegative(unit):
            continue
        names = sorted({name for pair in entries for name in pair})
        gram = [[Fraction(0)] * len(names) for _ in names]
        for (a, b), value in entries.items():
            if not value:
                continue
            ratios = {Fraction(value[k]) / Fraction(unit[k]) for k in value if k in unit}
            if value.keys() != unit.keys() or len(ratios) != 1:
                return False
            ratio = ratios.pop()
            i, j = names.index(a), names.index(b)
            gram[i][j] += ratio / 2
            gram[j][i] += ratio / 2
        if semidefinite(gram):
            return True
    return False


# matrices -----------------------------------------------------------------------------------------


def covariance_of_weights(order: Definiteness, poly: Poly) -> bool:
    """diag(w) - w w^T for entries w_i >= 0 with sum 1: v^T (diag(w) - w w^T) v = sum of w_i (v_i - w^T v)^2."""
    diagonal: list[Term] = []
    size = ""
    for key, coefficient in poly.items():
        deltas = [c for c, _ in key if len(c[0]) == 1 and is_delta(c[0][0][0]) and c[0][0][1] == ("#0", "#1")]
        if deltas:
            size = deltas[0][0][0][0][2:]
            diagonal.append(order.core.term(tuple(p for p in key if p[0] not in deltas), coefficient, {"#1": "#0"}))
    if not diagonal or len(diagonal) == len(poly) or size not in order.core.integers.sizes:
        return False
    weights = order.core.normal(diagonal)
    unit = Term(1, [(delta(size), ("#0", "#1"))])
    index = order.core.fresh()
    whole = [
        Term(t.coefficient, t.factors, t.scalars, {**t.bound, index: (constant(1), size)})
        for t in order.core.terms(weights, {"#0": index})
    ]
    outer = [a.times(b).scaled(-1) for a in order.core.terms(weights) for b in order.core.terms(weights, {"#0": "#1"})]
    expected = order.core.normal([*(unit.times(t) for t in order.core.terms(weights)), *outer])
    total = subtract(order.core.normal(whole), ONE_POLY)
    return order.form.is_zero(subtract(poly, expected)) and order.form.is_zero(total) and order.nonnegative(weights)


def weighted_gram(order: Definiteness, poly: Poly) -> bool:
    """sum over k of w_k a_k a_k^T for the rows a_k of a matrix, each weight w_k >= 0 a sum of several monomials."""
    if len(poly) < 2:
        return False
    weights: list[Term] = []
    shared: set[tuple[str, int, Slot]] = set()
    for key, coefficient in poly.items():
        opened = [c for c, _ in key if _mentions(c, "#0") or _mentions(c, "#1")]
        if len(opened) != 1 or dict(key)[opened[0]] != 1:
            return False
        factors, bound = opened[0]
        found = _row_pair(list(factors), bound)
        if found is None:
            return False
        head, place, index, size, rest = found
        shared.add((head, place, size))
        others = [b for b in bound if b[0] != index]
        if any(index in symbols_of(s) for _, low, high in others for s in (low, high)):
            return False
        term = order.core.term(tuple(p for p in key if p[0] != opened[0]), coefficient)
        names: dict[str, Slot] = {index: "#0", **{name: order.core.fresh() for name, _, _ in others}}
        inner = Term(
            1,
            [(h, tuple(substitute(s, names) for s in slots)) for h, slots in rest],
            None,
            {str(names[n]): (substitute(low, names), substitute(high, names)) for n, low, high in others},
        )
        weights.append(term.times(inner))
    return len(shared) == 1 and order.nonnegative(order.core.normal(weights))


def _row_pair(factors: list[Factor], bound: tuple[Bound, ...]) -> tuple[str, int, str, Slot, list[Factor]] | None:
    """(head, place of the free index, joint index, its range's end, other factors) of a(k, #0) a(k, #1) w(k)."""
    ends = [f for f in factors if any("#0" in symbols_of(s) or "#1" in symbols_of(s) for s in f[1])]
    if len(ends) != 2 or ends[0][0] != ends[1][0] or ends[0][0][:2] != "v:" or len(ends[0][1]) != 2:
        return None
    (head, first), (_, second) = sorted(ends, key=lambda f: "#0" not in f[1])
    if "#0" not in first or "#1" not in second or first.index("#0") != second.index("#1"):
        return None
    place = first.index("#0")
    index = first[1 - place]
    ranges = {name: (low, high) for name, low, high in bound}
    if index != second[1 - place] or not isinstance(index, str) or index not in ranges:
        return None
    low, high = ranges[index]
    return (head, place, index, high, [f for f in factors if f not in ends]) if low == constant(1) else None


def _mentions(component: Component, name: str) -> bool:
    return any(name in symbols_of(s) for _, slots in component[0] for s in slots)


def scaled_projection(order: Definiteness, poly: Poly) -> bool:
    """M = M^T with M M = c M for a number c > 0: M / c is an orthogonal projection."""
    if order.core.renamed(poly, TURNED) != poly:
        return False
    size = order.size_of(poly)
    if size is None:
        return False
    outside, rest = order.core.content(poly, 1)
    if not all(order.component_positive(c, e) for c, e in outside.scalars.items()) or outside.coefficient <= 0:
        return False
    joint = order.core.fresh()
    square = order.core.normal(
        Term(t.coefficient, t.factors, t.scalars, {**t.bound, joint: (constant(1), size)})
        for a in order.core.terms(rest, {"#1": joint})
        for b in order.core.terms(rest, {"#0": joint})
        for t in [a.times(b)]
    )
    for key in rest:
        numbers = tuple(p for p in key if not (_mentions(p[0], "#0") or _mentions(p[0], "#1")))
        scale: Poly = {numbers: 1}
        if numbers and order.nonnegative(scale, True) and order.core.product(scale, rest) == square:
            return True
    return False
