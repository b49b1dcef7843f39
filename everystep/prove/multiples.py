"""Functions of sums and of multiples: sine and cosine of a sum of angles, products of matrix exponentials.

Each stage keeps the value.  May import the core.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import lcm

from everystep.calculus.atoms import matrix_exponential, transform
from everystep.calculus.core import Core
from everystep.calculus.functions import known_or_opaque
from everystep.calculus.indices import Slot, constant, symbols_of
from everystep.calculus.networks import Key, Poly, Term, monomial_key

MOST_TURNS = 8
"""The largest multiple of an angle that is taken apart."""


def angles(core: Core, poly: Poly) -> Poly:
    """sin(a + b) = sin(a) cos(b) + cos(a) sin(b) and cos(a + b) = cos(a) cos(b) - sin(a) sin(b), everywhere.

    An angle that occurs with different denominators is taken in parts of the least common one, so that sin(a) and
    sin(a / 2) meet.
    """
    heads = {h for key in poly for c, _ in key for h, _ in c[0] if h[:8] in ("f:sin:0:", "f:cos:0:")}
    insides = [core.inside(head) for head in heads]
    if not any(len(inside) > 1 or any(abs(c) != 1 for c in inside.values()) for inside in insides):
        return poly
    parts: dict[Key, int] = {}
    for inside in insides:
        for key, coefficient in inside.items():
            parts[key] = lcm(parts.get(key, 1), Fraction(coefficient).denominator)

    def expanded(head: str, slots: tuple[Slot, ...]) -> list[Term] | None:
        if head not in heads:
            return None
        info = core.heads[head]
        inside = core.poly(info.inside)
        turns = {key: int(Fraction(c) * parts[key]) for key, c in inside.items()}
        if sum(map(abs, turns.values())) > MOST_TURNS:
            return None
        sine: Poly = {}
        cosine: Poly = {(): 1}
        for key in sorted(turns, key=monomial_key):
            mapping: dict[str, Slot] = {f"#{k}": s for k, s in enumerate(slots)}
            angle = core.normal(core.terms({key: Fraction(1 if turns[key] > 0 else -1, parts[key])}, mapping))
            s, c = (core.normal(known_or_opaque(core, name, 0, angle)) for name in ("sin", "cos"))
            for _ in range(abs(turns[key])):
                turned = core.terms(core.product(sine, c)) + core.terms(core.product(cosine, s))
                kept = core.terms(core.product(cosine, c)) + [t.scaled(-1) for t in core.terms(core.product(sine, s))]
                sine, cosine = core.normal(turned), core.normal(kept)
        return core.terms(sine if info.name == "sin" else cosine)

    return core.normal(transform(core, core.terms(poly), expanded))


def merged_exponentials(core: Core, poly: Poly) -> Poly:
    """exp(M) exp(N) = exp(M + N) where M N = N M is known; so exp(M)^2 = exp(2 M)."""
    if not any(h[:2] == "x:" for key in poly for c, _ in key for h, _ in c[0]):
        return poly
    result: list[Term] = []
    todo = core.terms(poly)
    while todo:
        term = todo.pop()
        merged = _with_two_merged(core, term)
        if merged is None:
            result.append(term)
        else:
            todo += merged
    return core.normal(result)


def _with_two_merged(core: Core, term: Term) -> list[Term] | None:
    """The term with two neighbouring exponentials of matrices that commute as one; None where there are none."""
    exponentials = [
        (k, head, slots)
        for k, (head, slots) in enumerate(term.factors)
        if head[:2] == "x:" and core.heads[head].arity == 2 and slots[0] != slots[1]
    ]
    for (i, first, one), (j, second, other) in combinations(exponentials, 2):
        size = core.dimensions[first][0]
        for joint in sorted(set(map(str, one)) & set(map(str, other))):
            if term.bound.get(joint) != (constant(1), size) or _count(term, joint) != 2:
                continue
            # Both as matrices from one free end through the joint index to the other.
            start, end = one[one[0] == joint], other[other[0] == joint]
            left = core.poly(core.heads[first].inside)
            right = core.poly(core.heads[second].inside)
            turned: dict[str, Slot] = {"#0": "#1", "#1": "#0"}
            left = core.renamed(left, turned) if one[0] == joint else left
            right = core.renamed(right, turned) if other[1] == joint else right
            if not commute(core, left, right, size):
                continue
            core.used("exponential of a sum of matrices that commute")
            total = core.renamed(core.normal([*core.terms(left), *core.terms(right)]), {"#0": "#r", "#1": "#c"})
            factors = [f for k, f in enumerate(term.factors) if k not in (i, j)]
            bound = {name: ends for name, ends in term.bound.items() if name != joint}
            rest = Term(term.coefficient, factors, term.scalars, bound)
            return [rest.times(t) for t in matrix_exponential(core, total, size, start, end)]
    return None


def _count(term: Term, index: str) -> int:
    """How often an index occurs in a term."""
    slots = [slot for _, ss in term.factors for slot in ss] + [end for pair in term.bound.values() for end in pair]
    return sum(index in symbols_of(slot) for slot in slots)


def commute(core: Core, a: Poly, b: Poly, size: Slot) -> bool:
    """Whether two square matrices (entries at #0, #1) are known to commute: then so do their exponentials."""
    joint = core.fresh()
    commutator = core.normal(
        Term(t.coefficient, t.factors, t.scalars, {**t.bound, joint: (constant(1), size)})
        for left, right, sign in ((a, b, 1), (b, a, -1))
        for x in core.terms(left, {"#1": joint})
        for y in core.terms(right, {"#0": joint})
        for t in [x.times(y).scaled(sign)]
    )
    return not commutator
