"""Which steps claim a derivative, and what differences in floating point say of them.

NumPy, the compiler and the kernels are loaded when there is a first claim to check.  May import ``everystep.algebra``,
``everystep.derivation`` and the numeric part.
"""

from __future__ import annotations

from functools import lru_cache

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Recurrence, Relation
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ShapeError
from everystep.derivation import Claim, Induction
from everystep.prove.verdict import GradientEvidence

DEFINITE = ("positive semidefinite", "positive definite")
DEFECTS = (ShapeError, TypeError, LookupError, AttributeError, ArithmeticError, MemoryError)


def gradient_evidence(claim: Claim, context: Context, *, by: Induction | None, seed: int) -> GradientEvidence | None:
    """The gradient check of a claim under its hypotheses; None where it has no derivative, also in no definition."""
    sides = (claim.left, claim.right) if isinstance(claim, Relation) else (claim.subject,)
    if not _has(sides, ex.DERIVATIVES, context):
        return None
    if claim.op == "!=" if isinstance(claim, Relation) else claim.kind not in ("symmetric", *DEFINITE):
        return GradientEvidence("not run", "no equation")
    from everystep.numeric.gradients import check_claim

    try:
        return check_claim(claim, context, by=by, seed=seed)
    except DEFECTS as error:  # no verdict depends on a check that breaks off
        return GradientEvidence("not run", f"a defect of Everystep: {type(error).__name__}")


def _has(sides: tuple[Expression, ...], kinds: tuple[type[Expression], ...], context: Context) -> bool:
    """Whether a node of these kinds stands in a side, or in what a name in it is defined to be."""
    rules = (*context.definitions, *context.recurrences)
    names = _defined_by(rules, kinds) if rules else frozenset()
    return any(side.has_kind(*kinds) or (bool(names) and not side.names.isdisjoint(names)) for side in sides)


@lru_cache(maxsize=32)
def _defined_by(rules: tuple[Definition | Recurrence, ...], kinds: tuple[type[Expression], ...]) -> frozenset[str]:
    """The names whose definitions, or those of names in them, hold a node of these kinds."""
    found: set[str] = set()
    growing = True
    while growing:
        growing = False
        for rule in rules:
            name = rule.target.name
            inside = rule.body
            if name not in found and (inside.has_kind(*kinds) or not inside.names.isdisjoint(found)):
                found.add(name)
                growing = True
    return frozenset(found)
