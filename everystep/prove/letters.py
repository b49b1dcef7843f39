"""Vectors in brackets taken as one letter: what holds for every vector r holds for ``S x - b``.

``(S x - b)^T S^-1 (S x - b) > 0`` is a sum of many monomials once it is expanded; with r in the place of ``S x - b`` it
is one quadratic form.  May import ``everystep.algebra`` only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Expression, Var

PLAIN = (
    ex.Num,
    ex.Int,
    ex.Var,
    ex.Member,
    ex.Eye,
    ex.Ones,
    ex.Zeros,
    ex.Unit,
    ex.Add,
    ex.Neg,
    ex.Mul,
    ex.Div,
    ex.Pow,
    ex.Transpose,
    ex.Inverse,
    ex.Norm,
    ex.Trace,
)
"""Nodes that bind nothing and whose value depends on the values of their operands alone."""


def with_letters(claim: Relation, context: Context, given: bool = False) -> tuple[Relation, Context] | None:
    """A claim and a context of which the given ones are a special case; None where no vector in brackets occurs.

    Every vector that is written as a sum, or said not to be zero, gets one letter throughout the claim and the
    hypotheses.  ``given``: every one that is so in a relation among the hypotheses.  A hypothesis with a derivative, a
    mean or an index that runs is left as it is.
    """
    if not all(_is_plain(side) for side in (claim.left, claim.right)):
        return None
    relations = [h for h in context.hypotheses if isinstance(h, Relation) and all(map(_is_plain, h.sides))]
    nonzero = {h.subject for h in context.hypotheses if isinstance(h, Predicate) and h.kind == "nonzero"}
    found = [
        node
        for side in ([side for h in relations for side in h.sides] if given else claim.sides)
        for node in ex.walk(side)
        if not isinstance(node, (Var, ex.Member))
        and (isinstance(node, ex.Add) or node in nonzero)
        and node.shape[1] == 1
        and node.shape[0] != 1
    ]
    letters: dict[Expression, Var] = {}
    for node in found:
        letters.setdefault(node, Var(f"({len(letters) + 1})", *node.shape))
    if not letters:
        return None
    changed = Relation(claim.left.xreplace(letters), claim.op, claim.right.xreplace(letters))
    hypotheses = tuple(_replaced(h, letters) for h in context.hypotheses)
    return changed, replace(context, hypotheses=hypotheses)


def with_solved_letter(claim: Relation) -> Iterator[Relation]:
    """Claims that hold for all values where the given one does: ``r`` for ``S x - b``, and ``S x - r`` for ``b``.

    At ``r = S x - b`` the new claim is the given one; that hypotheses still speak of b takes nothing from it.  Fails
    unless the vector that is solved for is a plain variable, once a term of the sum and not within its other terms.
    """
    if not all(_is_plain(side) for side in (claim.left, claim.right)):
        return
    found = dict.fromkeys(
        node
        for side in (claim.left, claim.right)
        for node in ex.walk(side)
        if isinstance(node, ex.Add) and node.shape[1] == 1 and node.shape[0] != 1
    )
    for node in found:
        for position, term in enumerate(node.operands):
            solved = term.operands[0] if isinstance(term, ex.Neg) else term
            rest = [*node.operands[:position], *node.operands[position + 1 :]]
            if not isinstance(solved, Var) or any(n == solved for t in rest for n in ex.walk(t)):
                continue
            letter = Var("(1)", *node.shape)
            others = rest[0] if len(rest) == 1 else ex.Add(*rest)
            value = ex.Add(others, ex.Neg(letter)) if isinstance(term, ex.Neg) else ex.Add(letter, ex.Neg(others))
            left, right = (s.xreplace({node: letter}).xreplace({solved: value}) for s in (claim.left, claim.right))
            yield Relation(left, claim.op, right)


def _is_plain(expression: Expression) -> bool:
    return all(isinstance(node, PLAIN) for node in ex.walk(expression))


def _replaced(hypothesis: Hypothesis, letters: dict[Expression, Var]) -> Hypothesis:
    if isinstance(hypothesis, Predicate):
        if not _is_plain(hypothesis.subject):
            return hypothesis
        return Predicate(hypothesis.kind, hypothesis.subject.xreplace(letters))
    if not _is_plain(hypothesis.left) or not _is_plain(hypothesis.right):
        return hypothesis
    return Relation(hypothesis.left.xreplace(letters), hypothesis.op, hypothesis.right.xreplace(letters))
