"""The largest entry of a vector: an atom of which little is known.  May import the core."""

from __future__ import annotations

from everystep.calculus.atoms import REBUILT, Leaf, transform
from everystep.calculus.core import Core
from everystep.calculus.indices import Slot, constant, slot_key, symbols_of
from everystep.calculus.networks import Head, Key, Poly, Term


def largest_entry(core: Core, inside: Poly, size: Slot) -> list[Term]:
    """max over i of the entries ``inside`` (at ``#r``) of a vector of that size, which is at least 1.

    What does not depend on i comes out: max(z + c 1) = max(z) + c.  Nothing else is known of it; it has no derivative
    here, because the largest entry may be reached twice.
    """
    moving: Poly = {key: c for key, c in inside.items() if _depends(key)}
    outside = core.terms({key: c for key, c in inside.items() if key not in moving})
    if not moving:
        return outside
    number, slots = core.parametrise(moving, (("#r",),))
    head = f"largest:{number}:{slot_key(size)}"
    if head not in core.heads:
        core.heads[head] = Head("largest entry", inside=number, arity=len(slots) - 1)
        core.ranges[head] = (constant(1), size)
    return [*outside, Term(1, [(head, slots[1:])])]


def _depends(key: Key) -> bool:
    return any("#r" in symbols_of(slot) for component, _ in key for _, slots in component[0] for slot in slots)


def _rebuilt(core: Core, head: str, info: Head, slots: tuple[Slot, ...], leaf: Leaf) -> list[Term]:
    names: dict[str, Slot] = {"#0": "#r", **{f"#{k + 1}": s for k, s in enumerate(slots)}}
    inside = core.normal(transform(core, core.terms(core.poly(info.inside), names), leaf))
    return largest_entry(core, inside, core.ranges[head][1])


REBUILT["largest entry"] = _rebuilt
