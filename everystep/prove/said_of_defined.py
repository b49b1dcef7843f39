"""What is said of a defined name is said of its value: ``S \\succ 0`` where ``S := D - B^T A^{-1} B``.

May import ``everystep.algebra``; never the exact judge.
"""

from __future__ import annotations

from everystep.algebra.context import Context, Predicate
from everystep.algebra.expressions import Expression, Var, walk

KINDS = ("positive definite", "positive semidefinite", "symmetric")
MOST_DEEP = 4
MOST_PARTS = 60
"""Nodes of a value: longer ones are left as they are named."""


def said_of_values(context: Context) -> tuple[Predicate, ...]:
    """The definiteness and the symmetry that is said of matrices with defined names in them, with the names written
    out.

    Only of names of matrices that have one value: what is defined at an index, or by a recurrence, is not looked into,
    nor anything where something is random.
    """
    bodies: dict[Expression, Expression] = {
        d.target: d.body for d in context.definitions if isinstance(d.target, Var) and not d.target.is_number_shaped
    }
    if not bodies or context.random:
        return ()
    found: dict[Predicate, None] = {}
    for said in context.hypotheses:
        if isinstance(said, Predicate) and said.kind in KINDS:
            subject = written_out(said.subject, bodies)
            if subject != said.subject and len(list(walk(subject))) <= MOST_PARTS:
                found[Predicate(said.kind, subject)] = None
    return tuple(p for p in found if p not in context.hypotheses)


def written_out(subject: Expression, bodies: dict[Expression, Expression]) -> Expression:
    """An expression with the values of names in the place of the names, and of the names in these, to a depth."""
    for _ in range(MOST_DEEP):
        subject, before = subject.xreplace(bodies), subject
        if subject == before:
            break
    return subject
