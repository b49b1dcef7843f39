"""Sides whose shapes do not fit: another order, a transpose, or which shapes would fit.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from everystep.algebra.context import Predicate, Relation
from everystep.algebra.expressions import Expression, Mul, Transpose
from everystep.derivation import Claim
from everystep.prove.repairs.claims import Faulty, Repair, fits, places, shape_fails, transposed, with_right
from everystep.prove.repairs.right_side import instead

MOST_FACTORS = 4


def _right_transposed(claim: Relation) -> Relation | None:
    turned_claim = with_right(claim, transposed(claim.right))
    return turned_claim if not shape_fails(claim.right) and fits(turned_claim) else None


def _orders(claim: Claim) -> Iterator[tuple[Expression, list[tuple[Expression, Claim]]]]:
    """The products of which another order of the factors makes the claim fit, each with those orders."""
    failing = [number for number, side in enumerate(claim.sides) if shape_fails(side)]
    # Where both sides have a shape, the left one is taken as it is.
    for number in failing or [len(claim.sides) - 1]:
        side = claim.sides[number]
        for place in places(side):
            node = place.node
            if not isinstance(node, Mul):
                continue
            found: dict[Expression, Claim] = {}
            for product in _products(node):
                changed = place.with_node(side, product)
                if product != node and changed is not None:
                    other = _with_side(claim, number, changed)
                    if fits(other):
                        found[product] = other
            if found:
                yield node, list(found.items())


def _products(node: Mul) -> Iterator[Expression]:
    """The factors that are no numbers in all orders; none where there are many, or one has no shape itself."""
    factors = node.operands
    if any(shape_fails(f) for f in factors):
        return
    moving = [at for at, factor in enumerate(factors) if not factor.is_number_shaped]
    for order in permutations(moving) if len(moving) <= MOST_FACTORS else ():
        put = dict(zip(moving, order, strict=True))
        yield Mul(*(factors[put.get(at, at)] for at in range(len(factors))))


def _with_side(claim: Claim, number: int, side: Expression) -> Claim:
    if isinstance(claim, Predicate):
        return Predicate(claim.kind, side)
    return Relation(side, claim.op, claim.right) if number == 0 else Relation(claim.left, claim.op, side)


def reordered(faulty: Faulty) -> Iterator[Repair]:
    """The right side turned, or the factors of one product in another order, where the step then holds."""
    claim = faulty.claim
    if isinstance(claim, Relation):
        whole = _right_transposed(claim)
        if whole is not None and claim.op == "=":
            yield Repair("the right side is the transpose of the left side", whole)
    products = list(_orders(claim))
    for node, orders in products:
        for product, repaired in orders:
            old, new = faulty.show(node), faulty.show(product)
            if len(products) == 1 and len(orders) == 1:
                yield Repair(f"the shapes force the order {new} in place of {old}, and so the step holds", repaired)
            else:
                yield Repair(f"holds with the order {new} in place of {old}", repaired)


def turned(faulty: Faulty) -> Iterator[Repair]:
    """One transpose added or dropped, on either side, where the step then holds."""
    for number, side in enumerate(faulty.sides):
        for place in places(side):
            if isinstance(place.parent, Transpose) or shape_fails(place.node):
                continue
            other = transposed(place.node)
            changed = place.with_node(side, other)
            words = instead(faulty, side, place, other)
            if changed is not None and words:
                if number == 0 and isinstance(faulty.claim, Relation):
                    words = words.removesuffix("right") + "left"
                if isinstance(faulty.claim, Predicate):
                    words = words.removesuffix(" on the right")
                yield Repair(words, _with_side(faulty.claim, number, changed))


def fits_only(faulty: Faulty) -> Iterator[Repair]:
    """What the shapes alone say, whether or not the step then holds: the one order or transpose that fits."""
    claim = faulty.claim
    if isinstance(claim, Relation):
        whole = _right_transposed(claim)
        if whole is not None:
            yield Repair("the transpose of the right side would fit", whole, by_shapes=True)
    orders = [(node, product, repaired) for node, found in _orders(claim) for product, repaired in found]
    # The left side is taken as it is, if it has a shape.
    kept = isinstance(claim, Relation) and not shape_fails(claim.left)
    transposes = [r for r in turned(faulty) if fits(r.claim) and not (kept and r.claim.sides[0] != claim.sides[0])]
    if len(orders) == 1 and not transposes:
        node, product, repaired = orders[0]
        words = f"the shapes force the order {faulty.show(product)} in place of {faulty.show(node)}"
        yield Repair(words, repaired, by_shapes=True)
    if len(transposes) == 1 and not orders:
        words = f"the shapes would fit with {transposes[0].words.removeprefix('holds with ')}"
        yield Repair(words, transposes[0].claim, by_shapes=True)
