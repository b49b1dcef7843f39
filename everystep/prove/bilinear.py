"""Numbers that are sums of bilinear forms in vectors: the matrix between each pair of vectors.

May import the core and :mod:`everystep.prove.scalars`.
"""

from __future__ import annotations

from everystep.calculus.core import Core
from everystep.calculus.indices import Slot, constant, substitute, symbols_of
from everystep.calculus.networks import Key, Poly, Term, add_into, delta, is_open_component
from everystep.prove.scalars import is_simple

TURNED: dict[str, Slot] = {"#0": "#1", "#1": "#0"}


def matrices_between(core: Core, poly: Poly) -> list[Poly] | None:
    """The matrices M_ab (entries at #0, #1) of a number that is the sum of a^T M_ab b over pairs of vectors.

    The number is 0 where all of them are.  The converse fails: with a vector on both sides, M + M^T is given, and
    vectors that hypotheses tie may meet what their matrices do not.  None where the number is no such sum.
    """
    found: dict[tuple[str, str], Poly] = {}
    for key, coefficient in poly.items():
        ends = None if any(is_open_component(c) for c, _ in key) else ends_of(core, key)
        if ends is None:
            return None
        pair, matrix, scalars = ends
        outside = core.terms({scalars: coefficient})
        add_into(found.setdefault(pair, {}), core.normal(s.times(t) for s in outside for t in core.terms(matrix)))
    for (a, b), matrix in found.items():
        if a == b:
            add_into(matrix, core.renamed(dict(matrix), TURNED))
    return list(found.values())


def ends_of(core: Core, key: Key) -> tuple[tuple[str, str], Poly, Key] | None:
    """((a, b), M, scalars) of a monomial scalars * a^T M b with vectors a <= b that are plain variables."""
    networks = [c for c, _ in key if not is_simple(c)]
    if len(networks) != 1 or dict(key)[networks[0]] != 1:
        return None
    factors, bound = networks[0]
    ranges = {name: (low, high) for name, low, high in bound}
    ends = []
    for head, slots in factors:
        sizes = core.dimensions.get(head, ())
        if head[:2] == "v:" and len(slots) == 1 and len(sizes) == 1:
            if ranges.get(str(slots[0])) != (constant(1), sizes[0]):
                return None
            ends.append((head, str(slots[0])))
    if len(ends) != 2:
        return None
    (a, s), (b, t) = sorted(ends)
    if core.dimensions[a] != core.dimensions[b]:
        return None
    left = [f for f in factors if f not in ((a, (s,)), (b, (t,)))]
    mapping: dict[str, Slot] = {s: "#0", **({t: "#1"} if s != t else {})}
    if any(x in (s, t) for low, high in ranges.values() for slot in (low, high) for x in symbols_of(slot)):
        return None
    if s == t:
        if left:
            return None  # a weight at each entry: not one matrix
        left = [(delta(core.dimensions[a][0]), ("#0", "#1"))]
    names: dict[str, Slot] = {n: core.fresh() for n in ranges if n not in mapping}
    mapping |= names
    inner = Term(
        1,
        [(h, tuple(substitute(x, mapping) for x in slots)) for h, slots in left],
        None,
        {
            str(names[n]): (substitute(low, mapping), substitute(high, mapping))
            for n, (low, high) in ranges.items()
            if n in names
        },
    )
    return (a, b), core.normal([inner]), tuple(p for p in key if p[0] != networks[0])
