"""Normal forms in which functions of numbers with two values are taken apart.  May import the normal form."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Recurrence
from everystep.calculus.two_values import TwoValues
from everystep.derivation import Claim
from everystep.prove.normal_form import NormalForm


def by_values(claim: Claim, new_form: Callable[[], NormalForm]) -> Iterator[NormalForm]:
    """The normal form that takes functions of labels apart, where hypotheses give any and nothing is differentiated by
    them.
    """
    form = new_form()
    numbers = {head for head, _ in form.core.binary | form.core.signs}
    if not numbers:
        return
    if numbers & {f"{kind}:{name}" for name in _varied(claim, form.context) for kind in "vm"}:
        return
    form.core.add_rewriter(TwoValues(form.core))
    yield form


def _varied(claim: Claim, context: Context) -> set[str]:
    """The names that something is differentiated by in a claim or in a definition, and those that they are made of."""
    rules: list[Definition | Recurrence] = [*context.definitions, *context.recurrences]
    bodies = {rule.target.name: rule.body for rule in rules}
    varied = set[str]()
    for node in (n for side in (*claim.sides, *bodies.values()) for n in ex.walk(side)):
        if isinstance(node, ex.DERIVATIVES):
            varied |= set().union(*(v.names for v in node.operands[1:])) if node.operands[1:] else node.names
    for _ in bodies:
        varied |= set().union(*(bodies[name].names for name in varied & bodies.keys()))
    return varied
