"""The number pi, which the judges take for any positive number: counterexamples that hold for its value.

May import the engine.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from everystep.algebra.context import Context, Definition, Hypothesis, Predicate, Random, Relation
from everystep.algebra.expressions import Expression, Num, Var
from everystep.derivation import Claim
from everystep.prove.verdict import Counterexample, Status, Table, Verdict

PI = Var("pi")
_NEAR = Fraction(3141592653589793238462643383279502884197, 10**39)
"""pi, less than 1e-39 too small."""
_GAP = 1e-6
_BALL = re.compile(r"\[?([^\s\]]+)(?: \+/- ([^\s\]]+)\])?")


def refuted_at_pi(claim: Claim, context: Context, judge: Callable[[Claim, Context], Verdict]) -> Verdict | None:
    """A counterexample in which pi is a number next to it, and the sides differ by far more than that can make.

    None where there is none, or a recurrence may speak of pi.
    """
    if not isinstance(claim, Relation) or context.recurrences:
        return None
    verdict = judge(_hypothesis(claim), _context(context))
    if verdict.status is not Status.REFUTED or verdict.counterexample is None:
        return None
    return verdict if _gap(verdict.counterexample) > _GAP else None


def _gap(found: Counterexample) -> float:
    """How far the sides are apart, relative to their larger entries; 0 where that cannot be told."""
    left, right = _numbers(found.left), _numbers(found.right)
    if left is None or right is None or len(left) != len(right):
        return 0.0
    size = max((abs(x) for x, _ in (*left, *right)), default=0.0)
    apart = max((abs(x - y) - r - s for (x, r), (y, s) in zip(left, right, strict=True)), default=0.0)
    return apart / size if size > 0 else 0.0


def _numbers(table: Table) -> list[tuple[float, float]] | None:
    """The entries of a value with their uncertainties; None where one is no number."""
    result: list[tuple[float, float]] = []
    for entry in (entry for row in table for entry in row):
        found = _BALL.fullmatch(entry)
        try:
            if found is None:
                return None
            result.append((float(Fraction(found[1])), float(found[2] or 0)))
        except (ValueError, ZeroDivisionError, OverflowError):
            return None
    return result


def _put(e: Expression) -> Expression:
    result: Expression = e.xreplace({PI: Num(_NEAR)})
    return result


def _hypothesis(h: Hypothesis) -> Hypothesis:
    if isinstance(h, Predicate):
        return replace(h, subject=_put(h.subject))
    return replace(h, left=_put(h.left), right=_put(h.right))


def _context(context: Context) -> Context:
    """The context with the number next to pi in its place."""
    return replace(
        context,
        definitions=tuple(Definition(d.target, _put(d.body)) for d in context.definitions),
        hypotheses=tuple(_hypothesis(h) for h in context.hypotheses if h != Relation(Num(0), "<", PI)),
        random=tuple(Random(r.target, r.law, tuple(_put(p) for p in r.parameters)) for r in context.random),
    )
