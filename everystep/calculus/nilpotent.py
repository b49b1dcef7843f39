"""Nilpotent matrices: all eigenvalues of N are 0 where N^k = 0, and power series of N end.

``core.nilpotent`` has the heads of such matrices, with k where it is a number.  That a hypothesis says so holds at a
point, not around it: nothing of it is used while a derivative is taken.  May import the core.
"""

from __future__ import annotations

from fractions import Fraction
from math import factorial

from everystep.calculus.atoms import symbolic_power
from everystep.calculus.core import Core
from everystep.calculus.indices import Slot, constant
from everystep.calculus.networks import Key, Poly, Term, delta, is_open_component
from everystep.calculus.word_letters import Letter, letters_between, word

MOST_TERMS = 6


def traces(core: Core, term: Term) -> list[Term] | None:
    """Rewriter: tr(N^j) = 0 for j >= 1."""
    if not core.hypotheses or not core.nilpotent:
        return None
    for head, (first, _) in [f for f in term.factors if f[0] in core.nilpotent]:
        size = core.dimensions.get(head, ("",))[0]
        follows = {slots[0]: slots[1] for h, slots in term.factors if h == head}
        here, length = first, 0
        while length <= len(term.factors):
            uses = sum(slots.count(here) for _, slots in term.factors)
            if uses != 2 or here not in follows or term.bound.get(str(here)) != (constant(1), size):
                break
            here, length = follows[here], length + 1
            if here == first:
                core.used("trace of a nilpotent matrix")
                return []
    return None


def _letters(core: Core, key: Key) -> list[Letter] | None:
    """The letters of the one matrix in a monomial, from #r to #c; None where it is no product of letters."""
    opened = [(c, e) for c, e in key if any(s in ("#r", "#c") for _, slots in c[0] for s in slots)]
    if len(opened) != 1 or opened[0][1] != 1:
        return None
    return word(core, opened[0][0], "#r", "#c")


def determinant_beside_identity(core: Core, inside: Poly, size: Slot) -> list[Term] | None:
    """det(a I + c_1 N + ... + c_k N^k) = a^n, and 0 without a I; None for any other matrix.

    A polynomial in N without a constant term is nilpotent, so that all eigenvalues of the sum are a.
    """
    if not core.hypotheses or not core.nilpotent:
        return None
    identity = ((delta(size), ("#c", "#r")),)
    scalar: Poly = {}
    letters: set[Letter] = set()
    for key, coefficient in inside.items():
        plain: Key = tuple(p for p in key if p != ((identity, ()), 1))
        if len(plain) < len(key):
            if any(is_open_component(c) for c, _ in plain):
                return None  # a diagonal matrix is no multiple of I
            scalar[plain] = coefficient
            continue
        found = _letters(core, key)
        if found is None:
            return None
        letters |= set(found)
    if len(letters) != 1 or next(iter(letters))[0] not in core.nilpotent:
        return None
    core.used("determinant beside a nilpotent matrix")
    return symbolic_power(core, scalar, size) if scalar else []


def exponential(core: Core, inside: Poly, size: Slot, row: Slot | None, column: Slot | None) -> list[Term] | None:
    """The entry (row, column) of exp(c N) = I + c N + ... + (c N)^(k-1) / (k-1)! where N^k = 0, else None."""
    if not core.hypotheses or len(inside) != 1 or row is None or column is None:
        return None
    scale, single = core.content(inside, 1)
    letters = _letters(core, next(iter(single)))
    order = core.nilpotent.get(letters[0][0]) if letters is not None and len(letters) == 1 else None
    if letters is None or order is None or order > MOST_TERMS:
        return None
    core.used("exponential of a nilpotent matrix")
    result = [Term(1, [(delta(size), (row, column))])]
    for power in range(1, order):
        (bare,) = letters_between(core, letters * power, size)
        names: dict[str, Slot] = {"#r": row, "#c": column}
        for piece in core.terms(core.normal([bare]), names):
            product = piece.scaled(Fraction(1, factorial(power)))
            for _ in range(power):
                product = scale.times(product)
            result.append(product)
    return result
