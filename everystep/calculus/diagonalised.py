"""Matrices that are written as diag(v), or as S diag(v) S^-1: functions of them act on v.

The inverse of an orthogonal S is its transpose.

May import the core.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from everystep.calculus.core import Core
from everystep.calculus.indices import Slot, constant, substitute, symbols_of
from everystep.calculus.networks import Component, Factor, Key, Poly, Term, delta
from everystep.calculus.word_letters import Letter, conjugate, matrix_ends, placed
from everystep.records import dataclass

ENDS = ("#r", "#c")
Basis: TypeAlias = tuple[Letter, Letter]


@dataclass(frozen=True)
class Diagonalised:
    """``basis``: S and S^-1, or None for the identity; ``entries``: the eigenvalues, at ``#a``."""

    basis: Basis | None
    entries: Poly


def diagonalised(core: Core, inside: Poly, size: Slot) -> Diagonalised | None:
    """The matrix with entries ``inside`` at #r, #c as S diag(v) S^-1; None where it is not written so.

    Multiples of I may be among the addends.  That S is orthogonal is a hypothesis, which is not used while a derivative
    is taken.
    """
    identity: tuple[Component, int] = ((((delta(size), ("#c", "#r")),), ()), 1)
    basis: Basis | None = None
    terms: list[Term] = []
    for key, coefficient in inside.items():
        if identity in key:
            rest = tuple(p for p in key if p != identity)
            terms.append(core.term(rest, coefficient, {"#r": "#a", "#c": "#a"}))
            continue
        found = _between_conjugates(core, key, size)
        if found is None or basis not in (None, found[0]):
            return None
        basis = found[0]
        terms.append(found[1].scaled(coefficient))
    if basis and any(_at_row(key) for key in inside if identity in key):
        return None  # diag(v) beside S diag(w) S^-1
    return Diagonalised(basis, core.normal(terms)) if inside else None


def _at_row(key: Key) -> bool:
    """Whether more than the identity of a monomial is at #r or #c."""
    factors = [f for component, _ in key for f in component[0]]
    return sum(any(s in ENDS for slot in slots for s in symbols_of(slot)) for _, slots in factors) > 1


def _between_conjugates(core: Core, key: Key, size: Slot) -> tuple[Basis, Term] | None:
    """S and S^-1, as letters, and the entries at ``#a`` of a monomial S diag(v) S^-1."""
    opened = [(c, e) for c, e in key if any(s in ENDS for _, slots in c[0] for slot in slots for s in symbols_of(slot))]
    if len(opened) != 1 or opened[0][1] != 1 or len(opened[0][0][1]) != 1:
        return None
    factors, ((index, low, high),) = opened[0][0]
    if (low, high) != (constant(1), size):
        return None
    letters: list[Letter] = []
    rest = list(factors)
    for start, end in (("#r", index), (index, "#c")):
        found = [(f, letter) for f in rest if (letter := _letter(core, f, start, end)) is not None]
        if len(found) != 1 or core.dimensions.get(found[0][0][0]) != (size, size):
            return None
        rest.remove(found[0][0])
        letters.append(found[0][1])
    if any(set(symbols_of(slot)) != {index} for _, slots in rest for slot in slots):
        return None
    first, last = letters
    if not conjugate(core, first, last):
        return None
    moved = [(head, tuple(substitute(slot, {index: "#a"}) for slot in slots)) for head, slots in rest]
    return (first, last), Term(1, moved, {c: e for c, e in key if (c, e) != opened[0]})


def _letter(core: Core, factor: Factor, start: Slot, end: Slot) -> Letter | None:
    """A factor as the letter of a matrix between two indices."""
    found = matrix_ends(core, *factor)
    if found is None or set(found[0]) != {start, end}:
        return None
    return factor[0], found[0][0] != start and factor[0] not in core.symmetric, found[1]


def diagonal_terms(
    found: Diagonalised,
    size: Slot,
    at: tuple[Slot, Slot],
    core: Core,
    function: Callable[[Poly], list[Term]],
) -> list[Term]:
    """The entry ``at`` of S diag(f(v)) S^-1; ``function`` gives f of a number."""
    row, column = at
    if found.basis is None:
        outer = Term(1, [(delta(size), (row, column))])
        return [outer.times(t) for t in function(core.renamed(found.entries, {"#a": row}))]
    joint = core.fresh()
    first, last = found.basis
    factors: list[Factor] = [placed(first, row, joint), placed(last, joint, column)]
    outer = Term(1, factors, None, {joint: (constant(1), size)})
    return [outer.times(t) for t in function(core.renamed(found.entries, {"#a": joint}))]
