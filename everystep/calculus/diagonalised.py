"""Matrices that are written as diag(v), or as Q diag(v) Q^T with Q orthogonal: functions of them act on v.

May import the core.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from everystep.calculus.core import Core
from everystep.calculus.indices import Slot, constant, substitute, symbols_of
from everystep.calculus.networks import Component, Factor, Key, Poly, Term, delta

ENDS = ("#r", "#c")


@dataclass(frozen=True)
class Diagonalised:
    """``basis``: the head of Q, empty for the identity; ``entries``: the eigenvalues, at ``#a``."""

    basis: str
    entries: Poly


def diagonalised(core: Core, inside: Poly, size: Slot) -> Diagonalised | None:
    """The matrix with entries ``inside`` at #r, #c as Q diag(v) Q^T; None where it is not written so.

    Multiples of I may be among the addends.  That Q is orthogonal is a hypothesis, which is not used while a derivative
    is taken.
    """
    identity: tuple[Component, int] = ((((delta(size), ("#c", "#r")),), ()), 1)
    basis = ""
    terms: list[Term] = []
    for key, coefficient in inside.items():
        if identity in key:
            rest = tuple(p for p in key if p != identity)
            terms.append(core.term(rest, coefficient, {"#r": "#a", "#c": "#a"}))
            continue
        found = _between_orthogonal(core, key, size) if core.hypotheses else None
        if found is None or basis not in ("", found[0]):
            return None
        basis = found[0]
        terms.append(found[1].scaled(coefficient))
    if basis and any(_at_row(key) for key in inside if identity in key):
        return None  # diag(v) beside Q diag(w) Q^T
    return Diagonalised(basis, core.normal(terms)) if inside else None


def _at_row(key: Key) -> bool:
    """Whether more than the identity of a monomial is at #r or #c."""
    factors = [f for component, _ in key for f in component[0]]
    return sum(any(s in ENDS for slot in slots for s in symbols_of(slot)) for _, slots in factors) > 1


def _between_orthogonal(core: Core, key: Key, size: Slot) -> tuple[str, Term] | None:
    """Q and the entries at ``#a`` of a monomial Q diag(v) Q^T."""
    opened = [(c, e) for c, e in key if any(s in ENDS for _, slots in c[0] for slot in slots for s in symbols_of(slot))]
    if len(opened) != 1 or opened[0][1] != 1 or len(opened[0][0][1]) != 1:
        return None
    factors, ((index, low, high),) = opened[0][0]
    ends = [(head, slots) for head, slots in factors if head in core.orthogonal and len(slots) == 2]
    if len(ends) != 2 or ends[0][0] != ends[1][0] or (low, high) != (constant(1), size):
        return None
    basis = ends[0][0]
    if core.dimensions.get(basis) != (size, size) or {s for _, s in ends} != {("#r", index), ("#c", index)}:
        return None
    rest = [f for f in factors if f not in ends]
    if any(set(symbols_of(slot)) != {index} for _, slots in rest for slot in slots):
        return None
    moved = [(head, tuple(substitute(slot, {index: "#a"}) for slot in slots)) for head, slots in rest]
    return basis, Term(1, moved, {c: e for c, e in key if (c, e) != opened[0]})


def diagonal_terms(
    found: Diagonalised,
    size: Slot,
    at: tuple[Slot, Slot],
    core: Core,
    function: Callable[[Poly], list[Term]],
) -> list[Term]:
    """The entry ``at`` of Q diag(f(v)) Q^T; ``function`` gives f of a number."""
    row, column = at
    if not found.basis:
        outer = Term(1, [(delta(size), (row, column))])
        return [outer.times(t) for t in function(core.renamed(found.entries, {"#a": row}))]
    joint = core.fresh()
    factors: list[Factor] = [(found.basis, (row, joint)), (found.basis, (column, joint))]
    outer = Term(1, factors, None, {joint: (constant(1), size)})
    return [outer.times(t) for t in function(core.renamed(found.entries, {"#a": joint}))]
