"""What equations say of numbers beyond their own: determinants of equal matrices, factors that are not 0.

May import ``everystep.algebra``, ``everystep.calculus`` and the equations of the normal form; never the exact judge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from everystep.algebra import expressions as ex
from everystep.algebra.context import Predicate, Relation
from everystep.algebra.expressions import Expression
from everystep.calculus.networks import Poly, Undecided, subtract
from everystep.prove.equations import free_symbols

if TYPE_CHECKING:
    from everystep.prove.normal_form import NormalForm


def said_nonzero(form: NormalForm) -> list[Poly]:
    """The numbers that hypotheses say are not 0, or are above or below others.

    They are wanted where there are scalar equations, and only there are they read.
    """
    found: list[Poly] = []
    for hypothesis in form.context.hypotheses if form.scalar_rules else ():
        if isinstance(hypothesis, Relation) and hypothesis.op in ("!=", "<", ">"):
            number: Expression = ex.Add(hypothesis.left, ex.Neg(hypothesis.right))
        elif isinstance(hypothesis, Predicate) and hypothesis.kind == "nonzero":
            number = hypothesis.subject
        else:
            continue
        try:
            if number.is_number_shaped:
                found.append(form.poly(number))
        except Undecided:
            continue
    return found


def by_nonzero_factor(form: NormalForm, poly: Poly) -> bool:
    """A number is 0 when its square is, or its product with a number that a hypothesis says is not 0; tried where
    scalar equations are given.
    """
    if not form.scalar_rules or free_symbols(poly):
        return False
    for factor in (poly, *form.nonzero_numbers):
        product = form.by_scalar_rules(form.cleared(form.core.product(poly, factor)))
        if not product:
            form.core.used("product with a number that is not zero")
            return True
    return False


def by_determinants(form: NormalForm, poly: Poly) -> Poly:
    """Equal matrices have equal determinants: an equation of square matrices as one of their determinants.

    Tried where a determinant is left over.
    """
    if not any(h[:2] == "d:" for key in poly for c, _ in key for h, _ in c[0]):
        return poly
    equations, form.matrix_equations = form.matrix_equations, []
    for hypothesis in equations:
        try:
            left, right = (form.poly(determinant_as_written(s)) for s in (hypothesis.left, hypothesis.right))
            form.scalar_equation(form.by_scalar_rules(subtract(left, right)))
        except Undecided:
            continue
    changed = form.by_scalar_rules(poly)
    if changed != poly:
        form.core.used("determinants of equal matrices")
    return changed


def determinant_as_written(e: Expression) -> Expression:
    """det(A B) as det(A) det(B) and det(A^k) as det(A)^k before a hypothesis makes another matrix of the product."""
    if isinstance(e, ex.Pow):
        return ex.Pow(determinant_as_written(e.operands[0]), e.operands[1])
    if isinstance(e, ex.Mul) and all(f.shape == e.shape for f in e.operands):
        return ex.Mul(*map(determinant_as_written, e.operands))
    return ex.Det(e)
