"""Signs of numbers as they are written: norms, even powers, quadratic forms, sums, products and quotients of them.

True is said only on a proof; False means "not known".  May import the normal form; never the exact judge.
"""

from __future__ import annotations

from everystep.algebra import expressions as ex
from everystep.algebra.context import Predicate, Relation
from everystep.algebra.expressions import Expression
from everystep.calculus.core import Core
from everystep.calculus.networks import Poly
from everystep.prove.normal_form import NormalForm


class SignsAsWritten:
    """The part of :class:`everystep.prove.order.Order` that reads signs off what is written."""

    form: NormalForm
    core: Core

    def definite(self, poly: Poly, strict: bool) -> bool:
        raise NotImplementedError

    def _is_symmetric(self, matrix: Expression) -> bool:
        raise NotImplementedError

    def _sign(self, e: Expression, strict: bool) -> bool:
        raise NotImplementedError

    def as_a_hypothesis_says(self, left: Expression, right: Expression, strict: bool) -> bool:
        raise NotImplementedError

    def surface_nonnegative(self, e: Expression) -> bool:
        """Nonnegative as written: norms, even powers, quadratic forms of a semidefinite matrix, their products
        and sums, roots, and names that are defined as such.
        """
        e = self._written_out(e)
        if isinstance(e, (ex.Norm, ex.Rank)) or _is_root(e):
            return True
        if isinstance(e, ex.Pow) and isinstance(e.operands[1], ex.Num) and e.operands[1].value.is_even:
            return e.is_number_shaped
        if isinstance(e, (ex.Add,)):
            written = all(self.surface_nonnegative(t) for t in e.operands)
            return written or (e.is_number_shaped and self._sign(e, False))
        if isinstance(e, ex.SumOver) and not isinstance(e, ex.ProdOver):
            outer = list(self.core.integers.facts)
            try:
                return self.surface_nonnegative(e.operands[0])
            finally:
                # That an entry's index is within range is said of the index of the sum, not of another of its name.
                self.core.integers.restore(outer)
        if isinstance(e, ex.Div):
            return all(self.surface_nonnegative(t) for t in e.operands)
        if isinstance(e, ex.Mul):
            return all(self._segment_nonnegative([e.operands[k] for k in s]) for s in e.segments)
        return self._sign(e, False)

    def surface_positive(self, e: Expression) -> bool:
        """Positive as written: the norm of what is said not to be 0 or to have an inverse, v^T M v for a v that is said
        not to be 0 and a definite M, sums and roots of what is, and names that are defined as such.
        """
        e = self._written_out(e)
        if isinstance(e, ex.Norm):
            return self._said_nonzero(e.operands[0]) or self._said_invertible(e.operands[0])
        if _is_root(e):
            return self.surface_positive(e.operands[0])
        if isinstance(e, ex.Div):
            return all(self.surface_positive(t) for t in e.operands)
        if isinstance(e, ex.Add) and e.is_number_shaped:
            signs = all(self.surface_nonnegative(t) for t in e.operands)
            if (signs and any(self.surface_positive(t) for t in e.operands)) or self._sign(e, True):
                return True
            if self.as_a_hypothesis_says(e, ex.Num(0), True):
                return True
            return self._weighted_positive(e)
        if isinstance(e, ex.Pow) and isinstance(e.operands[1], ex.Num):
            return self.surface_positive(e.operands[0])
        if not isinstance(e, ex.Mul):
            return self._sign(e, True)
        return all(self._segment_positive([e.operands[k] for k in s]) for s in e.segments)

    def _weighted_positive(self, e: Expression) -> bool:
        """sum w_k a_k > 0 for numbers a_k > 0 and w_k >= 0 with a sum > 0, as ``t a + (1 - t) b`` for t from 0 to 1."""
        weights: list[Expression] = []
        for addend in e.operands:
            factors = addend.operands if isinstance(addend, ex.Mul) else (addend,)
            if not all(f.is_number_shaped for f in factors):
                return False
            rest = [f for f in factors if not self.surface_positive(f)]
            weights.append(ex.Num(1) if not rest else rest[0] if len(rest) == 1 else ex.Mul(*rest))
        if all(w == ex.Num(1) or w == t for w, t in zip(weights, e.operands, strict=True)):
            return False  # nothing has been taken out
        return all(self._sign(w, False) for w in weights) and self._sign(ex.Add(*weights), True)

    def _named_positive(self, e: Expression) -> bool:
        """Whether a defined name, a norm or a root is positive as it is written."""
        return (self._written_out(e) != e or _is_root(e) or isinstance(e, ex.Norm)) and self.surface_positive(e)

    def _written_out(self, e: Expression) -> Expression:
        """A number that is a defined name, as its definition."""
        constants = self.form.lowering.constants
        while isinstance(e, ex.Var) and e.is_number_shaped and e.name in constants:
            e = constants[e.name].body
        return e

    def _segment_positive(self, factors: list[Expression]) -> bool:
        """v^T v > 0 and v^T M v > 0 for a vector v said not to be 0 and a definite symmetric M."""
        if len(factors) == 1:
            return self.surface_positive(factors[0])
        first, *middle, last = factors
        if (first != ex.Transpose(last) and last != ex.Transpose(first)) or not self._said_nonzero(last):
            return False
        if last.shape[1] != 1 or not middle:
            return not middle and last.shape[1] == 1
        inner = middle[0] if len(middle) == 1 else ex.Mul(*middle)
        return (
            inner.shape[0] == inner.shape[1]
            and self._is_symmetric(inner)
            and self.definite(self.form.poly(inner), True)
        )

    def _said_nonzero(self, e: Expression) -> bool:
        """Whether a vector is said not to be 0, ``a - b`` where ``a != b`` too, or is one times regular matrices."""
        hypotheses = self.form.context.hypotheses
        if isinstance(e, ex.Ones) or any(isinstance(h, Predicate) and h == Predicate("nonzero", e) for h in hypotheses):
            return True
        if isinstance(e, ex.Add) and any(isinstance(h, Relation) and _tells_apart(h, e) for h in hypotheses):
            return True
        constants = self.form.lowering.constants
        if isinstance(e, ex.Var) and e.name in constants:
            return self._said_nonzero(constants[e.name].body)
        if isinstance(e, ex.Neg):
            return self._said_nonzero(e.operands[0])
        if isinstance(e, ex.Mul) and len(e.operands) > 1:
            *matrices, vector = e.operands
            return all(map(self._is_regular, matrices)) and vector.shape[1] == 1 and self._said_nonzero(vector)
        return False

    def _is_regular(self, matrix: Expression) -> bool:
        """Whether a matrix is said to be invertible, or definite, or is the inverse of such a one."""
        inner = matrix.operands[0] if isinstance(matrix, ex.Inverse) else matrix
        if inner.is_number_shaped or inner.shape[0] != inner.shape[1]:
            return False
        kinds = (Predicate("invertible", inner), Predicate("positive definite", inner))
        return any(isinstance(h, Predicate) and h in kinds for h in self.form.context.hypotheses)

    def _said_invertible(self, e: Expression) -> bool:
        """Whether a square matrix is said to be one that is not 0, or is an inverse."""
        kinds = ("invertible", "positive definite", "orthogonal")
        return isinstance(e, (ex.Eye, ex.Inverse)) or any(
            isinstance(h, Predicate) and h.kind in kinds and h.subject == e for h in self.form.context.hypotheses
        )

    def _segment_nonnegative(self, factors: list[Expression]) -> bool:
        """v^T v >= 0 and v^T M v >= 0 for a semidefinite M."""
        if len(factors) == 1:
            return self.surface_nonnegative(factors[0])
        first, *middle, last = factors
        if first == ex.Transpose(last) or last == ex.Transpose(first):
            if not middle:
                return True
            inner = middle[0] if len(middle) == 1 else ex.Mul(*middle)
            if inner.shape[0] == inner.shape[1]:
                return self.definite(self.form.poly(inner), False)
        return False


def _is_root(e: Expression) -> bool:
    return isinstance(e, ex.Apply) and e.function == "sqrt" and not e.order and e.is_number_shaped


def _tells_apart(hypothesis: Relation, difference: ex.Add) -> bool:
    """Whether ``a != b`` is said of the two terms of ``a - b``, or of ``b - a``."""
    a, b = hypothesis.sides
    return hypothesis.op == "!=" and difference in (ex.Add(a, ex.Neg(b)), ex.Add(b, ex.Neg(a)))
