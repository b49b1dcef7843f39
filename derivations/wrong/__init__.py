"""Mistakes that students make, each beside the step it spoils; discovered by :mod:`derivations`.

A module here holds ``WRONG``, the mistakes of the derivation of the same name, and ``ANSWERS``, those in the values of
its checks.  Each of ``WRONG`` keeps the left
side and the hypotheses of the step it replaces; the right side, or the relation, is wrong.  In the
words that say why, names of the derivation's notation stand between backticks: documents print them
as mathematics.
"""

from __future__ import annotations

from everystep.algebra.context import Relation
from everystep.algebra.expressions import Expression
from everystep.derivation import Derivation, WrongStep


def twin(
    derivation: Derivation,
    name: str,
    instead_of: str,
    right: Expression,
    verdict: str,
    *,
    en: str,
    fr: str,
    op: str = "",
    cost: float = 1,
) -> WrongStep:
    """The step ``instead_of`` with another right side, and with the relation ``op`` where given.

    ``cost`` is in points of the part.
    Raises KeyError when there is no such step, TypeError when it does not relate two values.
    """
    step = derivation.step(instead_of)
    if not isinstance(step.claim, Relation):
        raise TypeError(f"step {instead_of!r} of {derivation.id} does not relate two values")
    claim = Relation(step.claim.left, op or step.claim.op, right)
    return WrongStep(name, instead_of, claim, verdict, {"en": en, "fr": fr}, step.given, cost)
