"""Another relation or a weaker property in the place of the claim's.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from collections.abc import Iterator

from everystep.algebra.context import Predicate, Relation
from everystep.algebra.expressions import Int, Num
from everystep.prove.repairs.claims import Faulty, Repair, equation, fits

OPPOSITE = {"<": ">=", "<=": ">=", ">": "<=", ">=": "<="}
WEAKER = {"<": "<=", ">": ">="}
SAID = {"<": "less than", "<=": "at most", ">": "greater than", ">=": "at least"}


def other_relations(faulty: Faulty) -> Iterator[Repair]:
    """For an inequality: the same without strictness, the equation, the opposite."""
    claim = equation(faulty)
    if claim is None:
        return
    yield Repair("the two sides are equal", Relation(claim.left, "=", claim.right))
    if claim.op in WEAKER:
        weaker = WEAKER[claim.op]
        words = f"the two sides may be equal: the left side is {SAID[weaker]} the right side"
        yield Repair(words, Relation(claim.left, weaker, claim.right))
    opposite = OPPOSITE[claim.op]
    words = f"the opposite inequality holds: the left side is {SAID[opposite]} the right side"
    yield Repair(words, Relation(claim.left, opposite, claim.right))


def only_an_inequality(faulty: Faulty) -> Iterator[Repair]:
    claim = equation(faulty)
    if claim is not None and fits(claim) and claim.left.is_number_shaped and not isinstance(claim.right, Num | Int):
        for op in ("<=", ">="):
            words = f"only an inequality holds: the left side is {SAID[op]} the right side"
            yield Repair(words, Relation(claim.left, op, claim.right))


def weaker_property(faulty: Faulty) -> Iterator[Repair]:
    claim = faulty.claim
    if isinstance(claim, Predicate) and claim.kind == "positive definite":
        words = f"{faulty.show(claim.subject)} is positive semidefinite, but not always positive definite"
        yield Repair(words, Predicate("positive semidefinite", claim.subject))
