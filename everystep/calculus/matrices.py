"""From the surface to the core: arithmetic and matrices, one function a node.

May import ``everystep.algebra`` and the core.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import Predicate, Relation
from everystep.algebra.expressions import Expression, Var
from everystep.algebra.shapes import same_size
from everystep.calculus import atoms, matrix_powers
from everystep.calculus.determinants import determinant
from everystep.calculus.functions import logarithm
from everystep.calculus.indices import (
    NotAffine,
    Slot,
    as_constant,
    constant,
    shifted,
    slot_of,
)
from everystep.calculus.leaves import Composite, Environment, Index, Leaves
from everystep.calculus.networks import Poly, Term, Undecided


class Matrices(Leaves):
    """The rules of arithmetic and of matrices."""

    # arithmetic --------------------------------------------------------------------------------

    def add(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """(A + B)[r, c] = A[r, c] + B[r, c]."""
        return [t for operand in e.operands for t in self.terms(operand, row, column, env)]

    def neg(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """(-A)[r, c] = -A[r, c]."""
        return [t.scaled(-1) for t in self.terms(e.operands[0], row, column, env)]

    def mul(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """(A B)[r, c] is the sum of A[r, k] B[k, c] over the inner dimension; groups that are numbers scale it."""
        result = [Term(1)]
        for segment in e.segments:
            factors = [e.operands[k] for k in segment]
            number = factors[0].shape[0] == 1 and factors[-1].shape[1] == 1
            left: Index = None if number else row
            bound: dict[str, tuple[Slot, Slot]]
            for position, factor in enumerate(factors):
                if position == len(factors) - 1:
                    right, bound = (None if number else column), {}
                else:
                    right, bound = self.summed(*self.between(factor, factors[position + 1]))
                pieces = self.terms(factor, left, right, env)
                if bound:
                    pieces = [Term(p.coefficient, p.factors, p.scalars, {**p.bound, **bound}) for p in pieces]
                result = self.product(result, pieces)
                left = right
        return result

    def div(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """A / b for a number b. That b is not 0 is asked of the hypotheses elsewhere (``prove/definedness.py``)."""
        numerator, denominator = e.operands
        return self.product(
            self.terms(numerator, row, column, env),
            self.core.power(self.scalar(denominator, env), -1),
        )

    def pow(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """b ** e: a number by multiplication, by an atom for a symbolic integer, otherwise as exp(e log b).

        The last holds for b > 0 only, which ``prove/definedness.py`` asks for: (-1)^(1/3) has no value here.
        """
        base, exponent = e.operands
        if base.shape[0] != 1:
            return self.matrix_power(base, exponent, row, column, env)
        if isinstance(exponent, ex.Neg) and isinstance(exponent.operands[0], ex.Num):
            exponent = ex.Num(-exponent.operands[0].value)
        if isinstance(exponent, ex.Num):
            value = Fraction(int(exponent.value.p), int(exponent.value.q))
            if isinstance(base, ex.Norm) and base.is_euclidean:
                return self.core.power(self.square(base.operands[0], env), value / 2)
            return self.core.power(self.scalar(base, env), value)
        if isinstance(exponent, ex.Int):
            return atoms.symbolic_power(self.core, self.scalar(base, env), self.slot(exponent.value, env))
        log = logarithm(self.core, self.scalar(base, env))
        return self.core.exponential(self.core.normal(self.product(self.terms(exponent, None, None, env), log)))

    def matrix_power(
        self, base: Expression, exponent: Expression, row: Index, column: Index, env: Environment
    ) -> list[Term]:
        """M^k for a number k: k factors, of the inverse where k < 0, I for k = 0; square matrices only.

        (A (x) B)^k = A^k (x) B^k for every integer k.  It fails where A and B are not square, though A (x) B is.
        """
        if isinstance(exponent, ex.Num) and exponent.value.is_Integer:
            count = int(exponent.value)
            if count == 0:
                return self.identity(ex.Eye(base.shape[0]), row, column, env)
            factor = base if count > 0 else ex.Inverse(base)
            return self.mul(ex.Mul(*[factor] * abs(count)), row, column, env)
        if not isinstance(exponent, ex.Int):
            raise Undecided("a matrix power whose exponent is not an integer")
        if isinstance(base, ex.Kron) and all(same_size(*factor.shape) for factor in base.operands):
            return self.kron(ex.Kron(*(ex.Pow(factor, exponent) for factor in base.operands)), row, column, env)
        return self.matrix_power_at(base, self.slot(exponent.value, env), row, column, env)

    def matrix_power_at(
        self, base: Expression, exponent: Slot, row: Index, column: Index, env: Environment
    ) -> list[Term]:
        """M^(k + c) is c copies of M times the atom M^k."""
        extra = exponent[0] if not isinstance(exponent, str) else 0
        if as_constant(exponent) is not None:
            return self.matrix_power(base, ex.Num(extra), row, column, env)
        extra = max(extra, 0)
        if isinstance(row, Composite) or isinstance(column, Composite):
            raise Undecided("a symbolic power of a matrix with a composite dimension")
        core = shifted(exponent, -extra)
        result = [Term(1)]
        left: Slot | None = row
        for _ in range(extra):
            right = self.core.fresh()
            bound: dict[str, tuple[Slot, Slot]] = {right: (constant(1), slot_of(base.shape[0]))}
            pieces = self.terms(base, left, right, env)
            result = self.product(
                result,
                [Term(p.coefficient, p.factors, p.scalars, {**p.bound, **bound}) for p in pieces],
            )
            left = right
        inside = self.core.normal(self.terms(base, "#r", "#c", env))
        power = matrix_powers.matrix_power(self.core, inside, slot_of(base.shape[0]), left, column, core)
        return self.product(result, power)

    # matrices ----------------------------------------------------------------------------------

    def square(self, operand: Expression, env: Environment) -> Poly:
        """The sum of the squared entries."""
        row, bound = self.summed(*self.factors(operand, 0))
        column, more = self.summed(*self.factors(operand, 1))
        bound = {**bound, **more}
        first = self.terms(operand, row, column, env)
        second = self.terms(operand, row, column, env)
        return self.core.normal(
            Term(t.coefficient, t.factors, t.scalars, {**t.bound, **bound}) for t in self.product(first, second)
        )

    def transpose(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """A^T[r, c] = A[c, r]."""
        return self.terms(e.operands[0], column, row, env)

    def inverse(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """M^-1: 1/M of size 1, the inverses of the factors of a Kronecker product, exp(-A) of exp(A), otherwise an
        atom.

        Fails for a Kronecker product of matrices that are not square: it may be invertible, its factors are not.
        """
        (operand,) = e.operands
        size = operand.shape[0]
        if size == 1:
            return self.core.power(self.scalar(operand, env), -1)
        if isinstance(operand, ex.Kron):
            if not all(same_size(*factor.shape) for factor in operand.operands):
                raise Undecided("the inverse of a Kronecker product of matrices that are not square")
            return self.kron(ex.Kron(*map(ex.Inverse, operand.operands)), row, column, env)
        if isinstance(operand, ex.MatrixFunction) and operand.function == "exp":
            return self.terms(ex.MatrixFunction("exp", ex.Neg(operand.operands[0])), row, column, env)
        meant = self.meaning(operand)
        if isinstance(meant, ex.Inverse):
            return self.terms(meant.operands[0], row, column, {} if meant is not operand else env)
        if isinstance(row, Composite) or isinstance(column, Composite):
            raise Undecided("the inverse of a sum of Kronecker products")
        inside = self.core.normal(self.terms(operand, "#r", "#c", env))
        return atoms.inverse(self.core, inside, slot_of(size), row, column)

    def meaning(self, e: Expression) -> Expression:
        """What a defined matrix stands for, as written; anything else as it is."""
        while isinstance(e, Var) and e.name in self.constants and e.name not in self.frozen:
            e = self.constants[e.name].body
        return e

    def pseudo_inverse(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """A^+, with (A^T)^+ = (A^+)^T, (c A)^+ = A^+ / c, (A^T A)^+ = A^+ (A^+)^T, (A B)^+ = B^+ A^+ where
        ``reversed_by_pseudo_inverse`` allows it, and its forms at full rank.
        """
        (operand,) = e.operands
        if isinstance(operand, ex.Kron):
            return self.kron(ex.Kron(*map(ex.PseudoInverse, operand.operands)), row, column, env)
        if isinstance(operand, ex.PseudoInverse):
            return self.terms(operand.operands[0], row, column, env)
        if isinstance(row, Composite) or isinstance(column, Composite):
            raise Undecided("the pseudo-inverse of a matrix with a composite dimension")
        if self.has(operand, "invertible", "positive definite", "orthogonal"):
            return self.inverse(ex.Inverse(operand), row, column, env)
        if isinstance(operand, ex.Transpose):
            return self.terms(ex.PseudoInverse(operand.operands[0]), column, row, env)
        if isinstance(operand, ex.Mul) and len(operand.operands) == 2:
            a, b = operand.operands
            if a == ex.Transpose(b) or b == ex.Transpose(a) or self.reversed_by_pseudo_inverse(a, b):
                product = ex.Mul(ex.PseudoInverse(b), ex.PseudoInverse(a))
                return self.mul(product, row, column, env)
        rows, columns = operand.shape
        if 1 in (rows, columns):
            if not self.is_nonzero(operand):
                raise Undecided("the pseudo-inverse of a vector, which may be zero")
            self.core.used("pseudo-inverse of a vector")
            below = self.core.power(self.square(operand, env), -1)
            return self.product(self.terms(operand, column, row, env), below)
        inside = self.core.normal(self.terms(operand, "#r", "#c", env))
        turned = self.core.renamed(inside, {"#r": "#c", "#c": "#r"})
        if turned == inside and self.is_idempotent(inside, rows, columns):
            self.core.used("pseudo-inverse of a projection")
            return self.terms(operand, row, column, env)
        return atoms.pseudo_inverse(self.core, inside, (slot_of(rows), slot_of(columns)), row, column)

    def reversed_by_pseudo_inverse(self, a: Expression, b: Expression) -> bool:
        """Whether (A B)^+ = B^+ A^+: A of full column rank and B of full row rank, or one of them orthogonal.

        In general the order may not be reversed: A = (1, 0) and B = (1, 1)^T.
        """
        if a.is_number_shaped or b.is_number_shaped:
            return False
        orthogonal = self.has(a, "orthogonal") or self.has(b, "orthogonal")
        reverses = orthogonal or (self.full_column_rank(a) and self.full_column_rank(ex.Transpose(b)))
        if reverses:
            self.core.used("pseudo-inverse of a product")
        return reverses

    def full_column_rank(self, e: Expression) -> bool:
        """Whether hypotheses give full column rank: of A^T where A has full row rank, of a vector that is not 0."""
        inner = e.operands[0] if isinstance(e, ex.Transpose) else e
        kind = "full row rank" if isinstance(e, ex.Transpose) else "full column rank"
        if isinstance(inner, ex.Transpose):
            return self.full_column_rank(inner.operands[0])
        if e.shape[1] == 1 and self.has(inner, "nonzero"):
            return True
        return self.has(inner, kind, "invertible", "positive definite", "orthogonal")

    def is_idempotent(self, inside: Poly, rows: Expr, columns: Expr) -> bool:
        """Whether M M = M, for the matrix with entries ``inside`` at #r, #c; by hypotheses as well."""
        if rows != columns or not self.core.hypotheses or len(inside) > 4:
            return False
        joint = self.core.fresh()
        bound: dict[str, tuple[Slot, Slot]] = {joint: (constant(1), slot_of(rows))}
        pairs = self.product(self.core.terms(inside, {"#c": joint}), self.core.terms(inside, {"#r": joint}))
        square = self.core.normal(Term(t.coefficient, t.factors, t.scalars, {**t.bound, **bound}) for t in pairs)
        return square == inside

    def has(self, e: Expression, *kinds: str) -> bool:
        """Whether a hypothesis says a property of an expression, as written."""
        return any(isinstance(h, Predicate) and h.kind in kinds and h.subject == e for h in self.context.hypotheses)

    def is_nonzero(self, e: Expression) -> bool:
        """Whether a hypothesis says that a vector is not 0: as written, or by a product with it, or a norm, that is a
        number other than 0 (``v^T u = 1``, ``||u|| = 1``).
        """
        if self.has(e, "nonzero"):
            return True
        for h in self.context.hypotheses:
            if not isinstance(h, Relation) or h.op != "=":
                continue
            for side, number in ((h.left, h.right), (h.right, h.left)):
                if not isinstance(number, ex.Num) or number.value == 0:
                    continue
                base = side.operands[0] if isinstance(side, ex.Pow) and isinstance(side.operands[1], ex.Num) else side
                within = base.operands if isinstance(base, (ex.Mul, ex.Norm)) else ()
                if e in within or ex.Transpose(e) in within:
                    return True
        return False

    def det(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """det M: M of size 1, exp(tr A) of exp(A), det(A)^m det(B)^n of A (x) B with A n x n and B m x m, and the
        product of the determinants of square factors. Fails for factors that are not square: their product through a
        smaller dimension has determinant 0, through a larger one it does not come apart (det(A A^T)).
        """
        operand = self.meaning(e.operands[0])
        size = operand.shape[0]
        if size == 1:
            return self.terms(operand, None, None, env)
        if isinstance(operand, ex.MatrixFunction) and operand.function == "exp":
            return self.terms(ex.Apply("exp", ex.Trace(operand.operands[0])), None, None, env)
        if isinstance(operand, ex.Kron):
            a, b = operand.operands
            if not same_size(*a.shape) or not same_size(*b.shape):
                raise Undecided("the determinant of a Kronecker product of matrices that are not square")
            power = ex.Mul(ex.Pow(ex.Det(a), ex.Int(b.shape[0])), ex.Pow(ex.Det(b), ex.Int(a.shape[0])))
            return self.mul(power, None, None, env)
        if isinstance(operand, ex.Mul) and any(isinstance(o, ex.Diag) for o in operand.operands):
            factors = [operand.operands[k] for segment in operand.segments for k in segment]
            if all(same_size(*f.shape) and (same_size(f.shape[0], size) or f.is_number_shaped) for f in factors):
                # Networks with a weight between two matrices are no words; taken apart here, each is one.
                parts = [ex.Pow(f, ex.Int(size)) if f.is_number_shaped else ex.Det(f) for f in factors]
                return self.mul(ex.Mul(*parts), None, None, env)
        if isinstance(operand, ex.Mul) and self.is_narrow(operand, size):
            self.core.used("determinant of a product through a smaller dimension")
            return []
        if len(self.factors(operand, 0)) > 1:
            raise Undecided("the determinant of a sum of Kronecker products")
        inside = self.core.normal(self.terms(operand, "#r", "#c", env))
        return determinant(self.core, inside, slot_of(size))

    def is_narrow(self, product: ex.Mul, size: Expr) -> bool:
        """Whether a product passes through a dimension that is known to be smaller than its own size."""
        between: set[Expr] = set()
        for segment in product.segments:
            factors = [product.operands[k] for k in segment]
            if factors[0].shape[0] == size and factors[-1].shape[1] == size:
                between |= {s for f in factors for s in f.shape} - {size}
        try:
            return any(self.core.integers.at_least(slot_of(size), shifted(slot_of(s), 1)) for s in between)
        except NotAffine:
            return False

    def trace(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """tr M is the sum of M[k, k]."""
        (operand,) = e.operands
        index, bound = self.summed(*max(self.factors(operand, 0), self.factors(operand, 1), key=len))
        return [
            Term(t.coefficient, t.factors, t.scalars, {**t.bound, **bound})
            for t in self.terms(operand, index, index, env)
        ]

    def kron(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """(A (x) B)[(i, k), (j, l)] = A[i, j] B[k, l]; only where both indices are split by the sizes of A and B."""
        left, right = e.operands
        rows = self.parted(row, left, right, 0)
        columns = self.parted(column, left, right, 1)
        return self.product(self.terms(left, rows[0], columns[0], env), self.terms(right, rows[1], columns[1], env))

    def parted(self, index: Index, left: Expression, right: Expression, axis: int) -> tuple[Index, Index]:
        """The two parts of an index of a Kronecker product."""
        counts = len(self.factors(left, axis)), len(self.factors(right, axis))
        if index is None or 0 in counts:
            return (index, None) if counts[1] == 0 else (None, index)
        wanted = tuple(map(slot_of, (*self.factors(left, axis), *self.factors(right, axis))))
        if not isinstance(index, Composite) or index.sizes != wanted:
            raise Undecided("a Kronecker product whose rows or columns are not split as it needs")
        return self.piece(index, 0, counts[0]), self.piece(index, counts[0], sum(counts))

    @staticmethod
    def piece(index: Composite, start: int, stop: int) -> Index:
        """The parts of an index from ``start`` to before ``stop``."""
        if stop - start == 1:
            return index.parts[start]
        return Composite(index.parts[start:stop], index.sizes[start:stop])

    def vec(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """vec(X) at (j, i) is X at (i, j): the columns are stacked."""
        (operand,) = e.operands
        counts = len(self.factors(operand, 1)), len(self.factors(operand, 0))
        if row is None or 0 in counts:
            i, j = (row, None) if counts[0] == 0 else (None, row)
            return self.terms(operand, i, j, env)
        wanted = tuple(map(slot_of, (*self.factors(operand, 1), *self.factors(operand, 0))))
        if not isinstance(row, Composite) or row.sizes != wanted:
            raise Undecided("a vec whose index is not split as it needs")
        j, i = self.piece(row, 0, counts[0]), self.piece(row, counts[0], sum(counts))
        return self.terms(operand, i, j, env)

    def diag(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """diag(x)[r, c] = x[r] if r = c, else 0."""
        pieces = self.terms(e.operands[0], row, None, env)
        if row is None or column is None:
            return pieces
        return [t.times(Term(1, self.deltas(row, column, e.operands[0].shape[0]))) for t in pieces]

    def diag_part(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """The diagonal of M as a column: M[r, r]; of square matrices only, which the shape of the node ensures."""
        return self.terms(e.operands[0], row, row, env)

    def hadamard(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """(A . B)[r, c] = A[r, c] B[r, c]."""
        result = [Term(1)]
        for operand in e.operands:
            result = self.product(result, self.terms(operand, row, column, env))
        return result

    def entry(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """A[i, j], or x[i] of a vector; the index is taken to be within the dimension."""
        (operand,) = e.operands
        at = [self.slot(i, env) for i in e.at]
        rows, columns = operand.shape
        for place, size in zip(at, (rows, columns), strict=False):
            self.presuppose_range(place, slot_of(size))
        if len(at) == 1:
            return self.terms(operand, at[0] if rows != 1 else None, None, env)
        return self.terms(operand, at[0] if rows != 1 else None, at[1] if columns != 1 else None, env)

    def matrix_row(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """The i-th row of A, as a row."""
        (operand,) = e.operands
        at = self.slot(e.args[1], env)
        return self.terms(operand, at if operand.shape[0] != 1 else None, column, env)

    def matrix_column(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """The j-th column of A."""
        (operand,) = e.operands
        at = self.slot(e.args[1], env)
        return self.terms(operand, row, at if operand.shape[1] != 1 else None, env)
