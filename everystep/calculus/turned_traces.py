"""Traces of inverses of a I + A B, which are those of a I + B A but for what the sizes differ by.

May import the core, inverses and the rotations of a word.
"""

from __future__ import annotations

from everystep.calculus.atoms import inverse
from everystep.calculus.core import Core
from everystep.calculus.determinants import rotations
from everystep.calculus.indices import Slot, as_constant, constant
from everystep.calculus.networks import Poly, Term, delta, is_open_component

MOST_INVERSES = 4


def turned_traces(core: Core, term: Term) -> list[Term] | None:
    """Rewriter: tr((a I_n + A B)^-p) = tr((a I_m + B A)^-p) + (n - m) a^-p, from the greater matrix to the least.

    A B and B A have the same eigenvalues but for n - m zeros.  It divides by a, which has to be a number that is not 0,
    or one that no equation ties where both sides are continuous.
    """
    for head, slots in term.factors:
        info = core.heads.get(head)
        if info is None or info.kind != "inverse" or info.arity != 2 or len(slots) != 2:
            continue
        low, size = core.ranges[head]
        power = _loop(core, term, head)
        if not power or as_constant(low) != 1:
            continue
        matrix = core.renamed(core.poly(info.inside), {"#0": "#r", "#1": "#c"})
        turned = rotations(core, matrix, size)
        number = _of_identity(core, matrix, size)
        if turned is None or number is None or turned[0] == (size, matrix) or (size, matrix) not in turned:
            continue
        rows, least = turned[0]
        loop = {str(s) for _, ss in _of_loop(core, term, head) for s in ss}
        kept = [f for f in term.factors if f not in _of_loop(core, term, head)]
        bound = {name: span for name, span in term.bound.items() if name not in loop}
        rest = Term(term.coefficient, kept, dict(term.scalars), bound)
        core.used("trace of the inverse of a rotated word")
        return [*_trace(core, rest, least, rows, power), *_left_over(core, rest, number, (size, rows), power)]
    return None


def _of_loop(core: Core, term: Term, head: str) -> list[tuple[str, tuple[Slot, ...]]]:
    """The factors of the first loop of this inverse alone; none where there is no such loop."""
    found = [f for f in term.factors if f[0] == head]
    for first in found:
        chain, here = [first], first[1][1]
        while here != first[1][0] and len(chain) <= len(found):
            following = [f for f in found if f not in chain and here in f[1][: 2 if head in core.symmetric else 1]]
            if len(following) != 1:
                break
            chain.append(following[0])
            here = following[0][1][1] if following[0][1][0] == here else following[0][1][0]
        if here == first[1][0] and _is_closed(term, chain):
            return chain
    return []


def _is_closed(term: Term, chain: list[tuple[str, tuple[Slot, ...]]]) -> bool:
    """Whether all indices of a chain are summed and stand nowhere else."""
    indices = {s for _, slots in chain for s in slots}
    if not all(isinstance(s, str) and s in term.bound for s in indices):
        return False
    return all(sum(slots.count(s) for _, slots in term.factors) == 2 for s in indices)


def _loop(core: Core, term: Term, head: str) -> int:
    """How many factors the loop of this inverse has; 0 where there is none."""
    chain = _of_loop(core, term, head)
    return len(chain) if len(chain) <= MOST_INVERSES else 0


def _of_identity(core: Core, matrix: Poly, size: Slot) -> Poly | None:
    """The number a of a I + W, where it may be divided by."""
    unit = (((delta(size), ("#c", "#r")),), ())
    number: Poly = {tuple(p for p in k if p[0] != unit): c for k, c in matrix.items() if (unit, 1) in k}
    if not number or any(is_open_component(c) for k in number for c, _ in k):
        return None
    alone = len(number) == 1  # a sum of numbers that are not 0 may be 0
    known = all(core.is_generic(c) or (alone and core.is_nonzero(c)) for k in number for c, _ in k)
    return number if known else None


def _trace(core: Core, rest: Term, matrix: Poly, size: Slot, power: int) -> list[Term]:
    names = [core.fresh() for _ in range(power)]
    result = [rest.times(Term(1, [], None, {name: (constant(1), size) for name in names}))]
    for k, name in enumerate(names):
        factor = inverse(core, matrix, size, name, names[(k + 1) % power])
        result = [t.times(f) for t in result for f in factor]
    return result


def _left_over(core: Core, rest: Term, number: Poly, sizes: tuple[Slot, Slot], power: int) -> list[Term]:
    """(n - m) / a^p; nothing where the sizes are the same."""
    if sizes[0] == sizes[1]:
        return []
    differences: list[Term] = []
    for size, sign in zip(sizes, (1, -1), strict=True):
        name = core.fresh()
        differences.append(Term(sign, [], None, {name: (constant(1), size)}))
    shares = core.power(number, -power)
    return [rest.times(d).times(s) for d in differences for s in shares]
