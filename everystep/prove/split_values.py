"""Normal forms in which functions of numbers with two values are taken apart.  May import the normal form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Hypothesis, Predicate, Recurrence, Relation
from everystep.algebra.expressions import Num, Var
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


def at_each_value(claim: Claim, context: Context) -> list[tuple[Claim, Context]]:
    """The claim at both values of the first number that a hypothesis gives two, ``y^2 = y`` or ``s^2 = 1``: it holds
    where it holds at both.

    Not of a number that is random or defined, that a recurrence speaks of, or that something is differentiated by:
    around its values there is more.
    """
    rules: list[Definition | Recurrence] = [*context.definitions, *context.recurrences]
    targets = {rule.target.name for rule in rules} | {law.target.name for law in context.random}
    targets |= {name for rule in context.recurrences for name in rule.body.names}
    targets |= _varied(claim, context)
    for h in context.hypotheses:
        number, values = _two_values(h)
        if number is None or number.name in targets or not _is_spoken_of(number, claim, context):
            continue
        result = []
        for value in values:
            at = {number: Num(value)}
            hypotheses = tuple(
                Predicate(other.kind, other.subject.xreplace(at))
                if isinstance(other, Predicate)
                else Relation(other.left.xreplace(at), other.op, other.right.xreplace(at))
                for other in context.hypotheses
                if other != h
            )
            definitions = tuple(replace(d, body=d.body.xreplace(at)) for d in context.definitions)
            there = (
                Predicate(claim.kind, claim.subject.xreplace(at))
                if isinstance(claim, Predicate)
                else Relation(claim.left.xreplace(at), claim.op, claim.right.xreplace(at))
            )
            result.append((there, replace(context, hypotheses=hypotheses, definitions=definitions)))
        return result
    return []


def _two_values(h: Hypothesis) -> tuple[Var | None, tuple[int, int]]:
    """The number of ``y^2 = y`` or ``s^2 = 1`` and its values; no number of any other hypothesis."""
    if not isinstance(h, Relation) or h.op != "=":
        return None, (0, 0)
    for left, right in ((h.left, h.right), (h.right, h.left)):
        number = left.operands[0] if isinstance(left, ex.Pow) and left.operands[1] == Num(2) else None
        if isinstance(number, Var) and number.is_number_shaped and right in (number, Num(1)):
            return number, (0, 1) if right == number else (-1, 1)
    return None, (0, 0)


def _is_spoken_of(number: Var, claim: Claim, context: Context) -> bool:
    """Whether a claim, or a definition that it leads to, has a number in it."""
    bodies = {d.target.name: d.body for d in context.definitions}
    names = set().union(*(side.names for side in claim.sides))
    for _ in bodies:
        names |= set().union(*(bodies[name].names for name in names & bodies.keys()))
    return number.name in names


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
