"""Traces of inverses of a multiple of the identity plus a product: ``tr (c I + A B)^-1`` beside ``tr (c I + B A)^-1``.

May import ``everystep.algebra`` and the core.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from everystep.calculus.atoms import inverse
from everystep.calculus.core import Core
from everystep.calculus.indices import Slot, constant, slot_key, substitute
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

Cut = tuple[Poly, Slot]
"""A product as a matrix at #r, #c, and its size."""


def rotated_traces(core: Core) -> Callable[[Term], list[Term] | None]:
    """The rewriter ``tr (c I_n + W)^-1 = tr (c I_k + V)^-1 + (n - k) / c`` for the least rotation V of the product W.

    A B and B A have the same eigenvalues, with their multiplicities, but for n - k zeros.  The second inverse exists
    where the first does, as c is not 0: nothing is rewritten unless that is known.
    """
    found: dict[str, tuple[Cut, Slot, Poly] | None] = {}

    def rewrite(term: Term) -> list[Term] | None:
        for position, (head, slots) in enumerate(term.factors):
            info = core.heads.get(head)
            if info is None or info.kind != "inverse" or len(slots) != 2 or slots[0] != slots[1]:
                continue
            if not _is_trace(core, term, position):
                continue
            if head not in found:
                found[head] = _least_rotation(core, head)
            if found[head] is not None:
                core.used("trace of the inverse of a rotated product")
                return _rewritten(core, term, position, *found[head])  # type: ignore[misc]
        return None

    return rewrite


def _is_trace(core: Core, term: Term, position: int) -> bool:
    """Whether the two slots of a factor are one index that is summed over the whole size and stands nowhere else."""
    head, (here, _) = term.factors[position]
    others = (slot for k, (_, slots) in enumerate(term.factors) if k != position for slot in slots)
    if not isinstance(here, str) or term.bound.get(here) != (constant(1), core.dimensions[head][0]):
        return False
    return all(substitute(slot, {here: constant(1)}) == slot for slot in others)


def _least_rotation(core: Core, head: str) -> tuple[Cut, Slot, Poly] | None:
    """Of the inverse of c I + W the least rotation of W with its factors, its own size and c; None where W is that
    itself, or no product, or where c may be 0.
    """
    size = core.dimensions[head][0]
    identity: Component = (((delta(size), ("#0", "#1")),), ())
    number: Poly = {}
    rest: list[Key] = []
    poly = core.inside(head)
    for key in poly:
        scalars = tuple(p for p in key if p[0] not in (identity, _turned(identity)))
        if len(scalars) < len(key):
            number[scalars] = poly[key]
        else:
            rest.append(key)
    if len(number) != 1 or len(rest) != 1 or any(is_open_component(c) for key in number for c, _ in key):
        return None
    if not all(core.is_nonzero(c) for key in number for c, _ in key):
        return None
    product = {rest[0]: poly[rest[0]]}
    cuts = dict(_cuts(core, product, size))
    own = core.normal(core.terms(product, {"#0": "#r", "#1": "#c"}))
    other = core.normal(core.terms(product, {"#0": "#c", "#1": "#r"}))
    ordered = sorted(cuts.items(), key=lambda cut: (slot_key(cut[1][1]), cut[0]))
    if not ordered or ordered[0][1][0] in (own, other):
        return None
    return ordered[0][1], size, number


def _turned(component: Component) -> Component:
    ((head, (a, b)),), bound = component
    return (((head, (b, a)),), bound)


def _cuts(core: Core, product: Poly, size: Slot) -> Iterator[tuple[tuple[object, ...], Cut]]:
    """The rotations of a product at #0, #1, either way round, by what puts them in order."""
    joint = core.fresh()
    (closed,) = core.terms(product, {"#0": joint, "#1": joint})
    closed.bound[joint] = (constant(1), size)
    for index, (low, high) in list(closed.bound.items()):
        places = [(k, j) for k, (_, slots) in enumerate(closed.factors) for j, s in enumerate(slots) if s == index]
        if (low, len(places)) != (constant(1), 2) or high == constant(1) or places[0][0] == places[1][0]:
            continue
        for ends in (("#r", "#c"), ("#c", "#r")):
            factors = list(closed.factors)
            for (k, j), end in zip(places, ends, strict=True):
                factors[k] = _with_slot(factors[k], j, end)
            bound = {name: bounds for name, bounds in closed.bound.items() if name != index}
            poly = core.normal([Term(closed.coefficient, factors, dict(closed.scalars), bound)])
            if len(poly) == 1:
                yield monomial_key(next(iter(poly))), (poly, high)


def _with_slot(factor: Factor, position: int, slot: Slot) -> Factor:
    head, slots = factor
    return head, (*slots[:position], slot, *slots[position + 1 :])


def _rewritten(core: Core, term: Term, position: int, cut: Cut, size: Slot, number: Poly) -> list[Term]:
    """A term with ``tr (c I_k + V)^-1 + (n - k) / c`` in the place of the trace at that position."""
    product, rows = cut
    here = str(term.factors[position][1][0])
    factors = [f for k, f in enumerate(term.factors) if k != position]
    bound = {name: bounds for name, bounds in term.bound.items() if name != here}
    outside = Term(term.coefficient, factors, term.scalars, bound)
    diagonal = Term(1, [(delta(rows), ("#r", "#c"))])
    inside = core.normal([*(diagonal.times(t) for t in core.terms(number)), *core.terms(product)])
    index = core.fresh()
    traced = inverse(core, inside, rows, index, index)
    pieces = [t.times(Term(1, [], None, {index: (constant(1), rows)})) for t in traced]
    if rows != size:
        for sign, dimension in ((1, size), (-1, rows)):
            joint = core.fresh()
            count = Term(sign, [(delta(dimension), (joint, joint))], None, {joint: (constant(1), dimension)})
            pieces += [count.times(t) for t in core.power(number, -1)]
    return [outside.times(piece) for piece in pieces]
