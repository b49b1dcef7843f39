"""What equations say of numbers beyond their own: determinants of equal matrices, factors that are not 0.

May import ``everystep.algebra``, ``everystep.calculus`` and the equations of the normal form; never the exact judge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from everystep.algebra import expressions as ex
from everystep.algebra.context import Predicate, Relation
from everystep.algebra.expressions import Expression
from everystep.calculus.atoms import symbolic_power
from everystep.calculus.networks import Poly, Undecided, subtract

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
    """A number is 0 when its square is, or its product with a number that a hypothesis says is not 0; likewise every
    entry of a vector or a matrix.  Tried where scalar equations are given.
    """
    if not form.scalar_rules:
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
    poly = _without_odd_skew(form, poly)
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


def _without_odd_skew(form: NormalForm, poly: Poly) -> Poly:
    """det(A) = 0 for A^T = -A of a size n with (-1)^n = -1: det(A) = det(A^T) = (-1)^n det(A)."""
    core = form.core
    odd = {
        head
        for head, size in core.skew_determinants.items()
        if form.scalar_rules and form.by_scalar_rules(core.normal(symbolic_power(core, {(): -1}, size))) == {(): -1}
    }
    left = {
        key: c for key, c in poly.items() if not any(e > 0 and len(k[0]) == 1 and k[0][0][0] in odd for k, e in key)
    }
    if len(left) < len(poly):
        core.used("determinant of a skew-symmetric matrix of odd size")
    return left


def with_determinants_apart(e: Expression) -> Expression:
    """An expression with each determinant of a product as the product of the determinants of its factors."""
    apart = {n: determinant_as_written(n.operands[0]) for n in ex.walk(e) if isinstance(n, ex.Det)}
    changed: Expression = e.xreplace({n: d for n, d in apart.items() if n != d})
    return changed


def determinant_as_written(e: Expression) -> Expression:
    """det(A B) as det(A) det(B), det(A^k) as det(A)^k and det(A^-1) as 1 / det(A), of the factors as they are written:
    before a product is multiplied out, or a hypothesis makes another matrix of it.
    """
    if isinstance(e, ex.Pow):
        return ex.Pow(determinant_as_written(e.operands[0]), e.operands[1])
    if isinstance(e, ex.Inverse):
        return ex.Div(ex.Num(1), determinant_as_written(e.operands[0]))
    if isinstance(e, ex.Mul) and all(f.shape == e.shape for f in e.operands):
        return ex.Mul(*map(determinant_as_written, e.operands))
    return ex.Det(e)


def with_powers_below(e: Expression) -> Expression:
    """An expression with a / b^k as a b^-k, of numbers and whole k > 0, before b^k is multiplied out."""
    if not e.has_kind(ex.Div):
        return e
    rebuilt: Expression = e.func(*(with_powers_below(a) if isinstance(a, Expression) else a for a in e.args))
    return (_power_below(rebuilt) or rebuilt) if isinstance(rebuilt, ex.Div) else rebuilt


def _power_below(e: ex.Div) -> Expression | None:
    above, below = e.operands
    factors = below.operands if isinstance(below, ex.Mul) else (below,)
    if not all(f.is_number_shaped for f in factors) or not any(isinstance(f, ex.Pow) for f in factors):
        return None
    powers: list[Expression] = []
    for factor in factors:
        base, exponent = factor.operands if isinstance(factor, ex.Pow) else (factor, ex.Num(1))
        if not isinstance(exponent, ex.Num) or not (exponent.value.is_Integer and exponent.value > 0):
            return None
        powers.append(ex.Pow(base, ex.Num(-exponent.value)))
    return ex.Mul(*powers, above) if above != ex.Num(1) or len(powers) > 1 else powers[0]
