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
    is_open_component,
    subtract,
)
from everystep.prove.bilinear import TURNED, ends_of
from everystep.prove.cases import proportional
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
    if all(
        _semidefinite_multiple(order, entries) and order.definite(matrix, False) for matrix, entries in groups.values()
    ):
        return True
    if _matrix_beside_inverse(order, list(groups.values())):
        return True
    return _one_matrix(order, [(m, pair, c) for m, e in groups.values() for pair, c in e.items()])


def _matrix_beside_inverse(order: Definiteness, groups: list[tuple[Poly, dict[tuple[str, str], Poly]]]) -> bool:
    """a x^T M x + b y^T M^-1 y + c x^T y for a definite M and numbers a, b >= 0 with 4 a b >= c^2: a sum of squares of
    a root of M times x and of its inverse times y.
    """
    if len(groups) != 3:
        return False
    unit = next(
        (e for m, e in groups if len(m) == 1 and all(is_delta(h) for k in m for c, _ in k for h, _ in c[0])), {}
    )
    others = [(m, e) for m, e in groups if e is not unit]
    if len(unit) != 1 or len(others) != 2 or any(len(e) != 1 for _, e in others):
        return False
    for (matrix, mine), (inverted, theirs) in (others, others[::-1]):
        ((x, also),), ((y, too),) = mine, theirs
        if x != also or y != too or set(unit) != {tuple(sorted((x, y)))} or not _is_inverse(order, inverted, matrix):
            continue
        a, b, c = mine[x, x], theirs[y, y], next(iter(unit.values()))
        minor: Poly = {}
        add_into(minor, order.core.product(a, b), 4)
        add_into(minor, order.core.product(c, c), -1)
        signs = all(order.nonnegative({k: v for k, v in value.items() if v}) for value in (a, b, minor))
        if signs and order.definite(matrix, True):
            return True
    return False


def _is_inverse(order: Definiteness, inverted: Poly, matrix: Poly) -> bool:
    """Whether a matrix is written as the inverse of another one."""
    heads = {h for key in inverted for c, _ in key for h, _ in c[0]}
    head = next(iter(heads), "")
    info = order.core.heads.get(head) if len(heads) == 1 else None
    if info is None or info.kind != "inverse" or info.arity != 2:
        return False
    letter = order.core.normal([Term(1, [(head, ("#0", "#1"))])])
    return letter == inverted and order.core.poly(info.inside) == matrix


def _one_matrix(order: Definiteness, parts: list[tuple[Poly, tuple[str, str], Poly]]) -> bool:
    """Whether the matrices between all pairs of vectors are rational multiples g_ab of one semidefinite matrix, with G
    semidefinite: (x - y)^T (I - H) (x - y).
    """
    between: dict[tuple[str, str], Poly] = {}
    for matrix, pair, scale in parts:
        add_into(between.setdefault(pair, {}), order.core.product(scale, matrix))
    between = {pair: value for pair, value in between.items() if value}
    unit = next((value for (a, b), value in between.items() if a == b), None)
    if unit is None or len(between) < 2:
        return False
    entries: dict[tuple[str, str], Poly] = {}
    for pair, value in between.items():
        ratios = {Fraction(value[k]) / Fraction(unit[k]) for k in value if k in unit}
        if value.keys() != unit.keys() or len(ratios) != 1:
            return False
        entries[pair] = {(): ratios.pop()}
    return _semidefinite_multiple(order, entries) and order.definite(unit, False)


def _semidefinite_multiple(order: Definiteness, entries: dict[tuple[str, str], Poly]) -> bool:
    """Whether a symmetric matrix of numbers is one number c >= 0 times a semidefinite rational matrix."""
    first = next((p for p in entries.values() if p), None)
    if first is None:
        return True
    if _two_by_two(order, entries):
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


def _two_by_two(order: Definiteness, entries: dict[tuple[str, str], Poly]) -> bool:
    """A symmetric matrix ((p, q / 2), (q / 2, r)) of numbers with p >= 0, r >= 0 and 4 p r >= q^2."""
    names = sorted({name for pair in entries for name in pair})
    if len(names) != 2:
        return False
    a, b = names
    p, q, r = (entries.get(pair, {}) for pair in ((a, a), (a, b), (b, b)))
    minor: Poly = {}
    add_into(minor, order.core.product(p, r), 4)
    add_into(minor, order.core.product(q, q), -1)
    return all(order.nonnegative({k: c for k, c in value.items() if c}) for value in (p, r, minor))


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
    found = [_weighted_rows(order, key, coefficient) for key, coefficient in poly.items()]
    rows = [f for f in found if f is not None]
    if len(rows) < len(found) or len({shared for shared, _ in rows}) != 1:
        return False
    return order.nonnegative(order.core.normal(weight for _, weight in rows))


def _weighted_rows(
    order: Definiteness, key: Key, coefficient: int | Fraction
) -> tuple[tuple[str, int, Slot], Term] | None:
    """((matrix, place of the free index, number of rows), w_k at #0) of a monomial sum over k of w_k a_k a_k^T."""
    opened = [c for c, _ in key if _mentions(c, "#0") or _mentions(c, "#1")]
    if len(opened) != 1 or dict(key)[opened[0]] != 1:
        return None
    factors, bound = opened[0]
    found = _row_pair(list(factors), bound)
    if found is None:
        return None
    head, place, index, size, rest = found
    others = [b for b in bound if b[0] != index]
    if any(index in symbols_of(s) for _, low, high in others for s in (low, high)):
        return None
    term = order.core.term(tuple(p for p in key if p[0] != opened[0]), coefficient)
    names: dict[str, Slot] = {index: "#0", **{name: order.core.fresh() for name, _, _ in others}}
    inner = Term(
        1,
        [(h, tuple(substitute(s, names) for s in slots)) for h, slots in rest],
        None,
        {str(names[n]): (substitute(low, names), substitute(high, names)) for n, low, high in others},
    )
    return (head, place, size), term.times(inner)


def covariance_of_rows(order: Definiteness, poly: Poly, strict: bool) -> bool:
    """sum w_k a_k a_k^T - m m^T with m = sum w_k a_k, for the rows a_k of a matrix and weights w_k >= 0 with sum 1.

    It is sum w_k (a_k - m)(a_k - m)^T; with one row it is 0, so never known to be definite.
    """
    if strict or len(poly) < 2:
        return False
    found = [_weighted_rows(order, key, coefficient) for key, coefficient in poly.items()]
    rows = [f for f in found if f is not None]
    if not rows or len(rows) == len(found) or len({shared for shared, _ in rows}) != 1:
        return False
    (head, place, size), _ = rows[0]
    weights = order.core.normal(weight for _, weight in rows)

    def total(*free: str) -> list[Term]:
        """The sum over k of w_k, times an entry of a_k for each of the names."""
        k = order.core.fresh()
        entries: list[Factor] = [(head, (name, k) if place == 0 else (k, name)) for name in free]
        whole = Term(1, entries, None, {k: (constant(1), size)})
        return [whole.times(t) for t in order.core.terms(weights, {"#0": k})]

    means = [a.times(b).scaled(-1) for a in total("#0") for b in total("#1")]
    expected = order.core.normal([*total("#0", "#1"), *means])
    sum_to_one = subtract(order.core.normal(total()), ONE_POLY)
    zero = order.form.is_zero
    return zero(subtract(poly, expected)) and zero(sum_to_one) and order.nonnegative(weights)


def spread(order: Definiteness, poly: Poly, strict: bool) -> bool:
    """p I + q x x^T with p >= 0 and p + q x^T x >= 0: its eigenvalues are these; definite where both are > 0."""
    vectors = {h for key in poly for c, _ in key for h, s in c[0] if s in (("#0",), ("#1",))}
    size = order.size_of(poly)
    if len(poly) < 2 or len(vectors) != 1 or size is None:
        return False
    (head,) = vectors
    dyad = order.core.normal([Term(1, [(head, ("#0",)), (head, ("#1",))])])
    unit = order.core.normal([Term(1, [(delta(size), ("#0", "#1"))])])
    parts: list[Poly] = [{}, {}]
    for key, coefficient in poly.items():
        opened = tuple((c, e) for c, e in key if _mentions(c, "#0") or _mentions(c, "#1"))
        rest = tuple(p for p in key if p not in opened)
        kind = next((k for k, one in enumerate((unit, dyad)) if {opened: 1} == one), None)
        if kind is None:
            return False
        add_into(parts[kind], {rest: coefficient})
    index = order.core.fresh()
    length = order.core.normal([Term(1, [(head, (index,)), (head, (index,))], None, {index: (constant(1), size)})])
    other = dict(parts[0])
    add_into(other, order.core.product(parts[1], length))
    return order.nonnegative(parts[0], strict) and order.nonnegative(other, strict)


def identity_and_covariance(order: Definiteness, poly: Poly, strict: bool) -> bool:
    """c I + q (diag(w) - w w^T) with rational c and q, c >= 0 and c + q / 2 >= 0, for entries w_i >= 0 with sum 1;
    definite where both are > 0.

    What is in brackets has eigenvalues from 0 to 1/2: v^T of it v is the variance of v_i under the weights, at most
    (max v_i - min v_i)^2 / 4 by Popoviciu's inequality, and that at most ||v||^2 / 2.
    """
    size = order.size_of(poly)
    if size is None or len(poly) < 2:
        return False
    (unit,) = order.core.normal([Term(1, [(delta(size), ("#0", "#1"))])])
    rest = {key: Fraction(value) for key, value in poly.items() if key != unit}
    c = Fraction(poly.get(unit, 0))
    if len(rest) > MOST_MONOMIALS:
        return False
    for q in dict.fromkeys(sign * value for value in rest.values() for sign in (1, -1)):
        least = min(c, c + q / 2)
        if least < 0 or (strict and least == 0):
            continue
        if covariance_of_weights(order, {key: value / q for key, value in rest.items()}):
            return True
    return False


def matrix_and_inverse(order: Definiteness, poly: Poly, strict: bool) -> bool:
    """c (P + P^-1 - 2 I) = c (P - I) P^-1 (P - I) for a definite P and a rational number c > 0."""
    if strict:
        return False
    for head in sorted({h for key in poly for c, _ in key for h, _ in c[0] if h[:2] == "i:"}):
        info = order.core.heads[head]
        if info.arity != 2:
            continue
        size = order.core.dimensions[head][0]
        gap = dict(order.core.poly(info.inside))
        more = [Term(1, [(head, ("#0", "#1"))]), Term(-2, [(delta(size), ("#0", "#1"))])]
        add_into(gap, order.core.normal(more))
        if proportional(poly, gap) and order.definite(order.core.poly(info.inside), True):
            return True
    return False


def weights_of_definite(order: Definiteness, poly: Poly, strict: bool) -> bool:
    """sum c_j M_j for numbers c_j >= 0 and semidefinite M_j, as ``a A + (1 - a) B``; definite where the M_j that are
    definite have weights with a sum > 0.
    """
    groups: dict[Key, Poly] = {}
    for key, coefficient in poly.items():
        matrix = tuple(p for p in key if is_open_component(p[0]))
        add_into(groups.setdefault(matrix, {}), {tuple(p for p in key if p not in matrix): coefficient})
    if not 1 < len(groups) < len(poly) or not all(order.nonnegative(weight) for weight in groups.values()):
        return False
    if any(order.core.renamed({m: 1}, TURNED) != {m: 1} or not order.definite({m: 1}, False) for m in groups):
        return False
    firm: Poly = {}
    for matrix, weight in groups.items():
        if strict and order.definite({matrix: 1}, True):
            add_into(firm, weight)
    return not strict or order.nonnegative(firm, True)


def trace_of_product(order: Definiteness, component: Component) -> bool:
    """tr(N M) for semidefinite N, a letter or an inverse, and M: the trace of a congruence of M by a root of N."""
    factors, bound = component
    ranges = {name: (low, high) for name, low, high in bound}
    for position, (head, slots) in enumerate(factors):
        sizes = order.core.dimensions.get(head, ())
        if len(slots) != 2 or len(sizes) != 2 or slots[0] == slots[1] or head not in order.core.symmetric:
            continue
        whole = all(ranges.get(str(s)) == (constant(1), n) for s, n in zip(slots, sizes, strict=True))
        ends = {str(slots[0]), str(slots[1])}
        tied = any(s in ends for low, high in ranges.values() for slot in (low, high) for s in symbols_of(slot))
        if not whole or tied:
            continue
        mapping: dict[str, Slot] = {str(slots[0]): "#0", str(slots[1]): "#1"}
        rest = [(h, tuple(substitute(s, mapping) for s in ss)) for k, (h, ss) in enumerate(factors) if k != position]
        names = {n: r for n, r in ranges.items() if n not in ends}
        inner = order.core.normal([Term(1, rest, None, names)])
        letter = order.core.normal([Term(1, [(head, ("#0", "#1"))])])
        if order.definite(letter, False) and order.definite(inner, False):
            return True
    return False


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
