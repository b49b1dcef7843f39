"""What is said of eigenvalues: a number l with ``A v = l v``, v not 0, is > 0 for a positive definite A, 0 or 1 for a
projection, 1 or -1 for an orthogonal matrix, 0 for a skew-symmetric one.

May import ``everystep.algebra``; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Iterator

from everystep.algebra import expressions as ex
from everystep.algebra.context import Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Expression, Var

_ZERO = ex.Num(0)
_SYMMETRIC = ("symmetric", "positive definite", "positive semidefinite", "diagonal")


def eigenvalue_signs(hypotheses: tuple[Hypothesis, ...]) -> tuple[Hypothesis, ...]:
    """What equations ``A v = l v`` say of numbers l: > 0 where A is positive definite, >= 0 where it is semidefinite,
    or ``B^T B`` or ``B B^T``, not 0 where it is invertible; then ``A^-1 v = v / l``, too; and their values.

    v has to be said not to be 0 (or to have a length that is not): l v^T v = v^T A v.  Without it l may be any number.
    """
    found: dict[Hypothesis, None] = {}
    for h in hypotheses:
        if not isinstance(h, Relation) or h.op != "=":
            continue
        for image, multiple in ((h.left, h.right), (h.right, h.left)):
            pair = _pair(image, multiple)
            if pair is None or not _is_nonzero(pair[1], hypotheses):
                continue
            number, vector, matrix = pair
            for value in _values(number, matrix, hypotheses):
                found[value] = None
            if Predicate("positive definite", matrix) in hypotheses:
                found[Relation(number, ">", _ZERO)] = None
            elif Predicate("positive semidefinite", matrix) in hypotheses or _is_gram(matrix):
                found[Relation(number, ">=", _ZERO)] = None
            if {Predicate(kind, matrix) for kind in ("invertible", "positive definite")} & set(hypotheses):
                found[Relation(number, "!=", _ZERO)] = None
                found[Relation(ex.Mul(ex.Inverse(matrix), vector), "=", ex.Div(vector, number))] = None
    return tuple(r for r in found if r not in hypotheses)


def _values(number: Var, matrix: Expression, hypotheses: tuple[Hypothesis, ...]) -> Iterator[Relation]:
    """What holds of an eigenvalue l, v not 0: l^2 = l where A^2 = A; l^2 = 1 where A^2 = I or A is orthogonal, as A v
    and v have one length; l = 0 where some power of A is 0 or A^T = -A, as v^T A v is then 0; |l| <= ||A|| <= ||A||_F;
    and it lies between the extreme ones of a symmetric A.
    """
    square, one, mirror = ex.Pow(number, ex.Num(2)), ex.Num(1), ex.Transpose(matrix)
    for kind in ("2", "F"):
        yield Relation(ex.Apply("abs", number), "<=", ex.Norm(matrix, kind))
    if {Predicate(kind, matrix) for kind in _SYMMETRIC} & set(hypotheses):
        yield Relation(number, "<=", ex.EigMax(matrix))
        yield Relation(number, ">=", ex.EigMin(matrix))
    if Predicate("idempotent", matrix) in hypotheses:
        yield Relation(square, "=", number)
    if Predicate("orthogonal", matrix) in hypotheses:
        yield Relation(square, "=", one)
    for h in hypotheses:
        if not isinstance(h, Relation) or h.op != "=":
            continue
        for left, right in ((h.left, h.right), (h.right, h.left)):
            power = left.operands[0] == matrix if isinstance(left, ex.Pow) else left == ex.Mul(matrix, matrix)
            twice = power and (not isinstance(left, ex.Pow) or left.operands[1] == ex.Num(2))
            if power and isinstance(right, ex.Zeros):
                yield Relation(number, "=", _ZERO)
            elif twice and right in (matrix, ex.Eye(matrix.shape[0])):
                yield Relation(square, "=", number if right == matrix else one)
            elif left in (ex.Mul(mirror, matrix), ex.Mul(matrix, mirror)) and isinstance(right, ex.Eye):
                yield Relation(square, "=", one)
            elif (left, right) in ((mirror, ex.Neg(matrix)), (matrix, ex.Neg(mirror))):
                yield Relation(number, "=", _ZERO)


def eigenpairs(hypotheses: tuple[Hypothesis, ...]) -> Iterator[tuple[Var, Expression]]:
    """(l, A) of the equations ``A v = l v`` with a vector v that is said not to be 0."""
    for h in hypotheses:
        if isinstance(h, Relation) and h.op == "=":
            for image, multiple in ((h.left, h.right), (h.right, h.left)):
                pair = _pair(image, multiple)
                if pair is not None and _is_nonzero(pair[1], hypotheses):
                    yield pair[0], pair[2]


def _pair(image: Expression, multiple: Expression) -> tuple[Var, Var, Expression] | None:
    """(l, v, A) of an equation ``A v = l v`` with names l and v; None of any other."""
    if not isinstance(image, ex.Mul) or not isinstance(multiple, ex.Mul) or len(multiple.operands) != 2:
        return None
    number, vector = multiple.operands
    if not isinstance(number, Var) or not isinstance(vector, Var):
        return None
    if not number.is_number_shaped or vector.is_number_shaped or vector.shape[1] != 1:
        return None
    *factors, last = image.operands
    if last != vector or not factors or any(f.is_number_shaped for f in factors):
        return None
    return number, vector, factors[0] if len(factors) == 1 else ex.Mul(*factors)


def _is_gram(matrix: Expression) -> bool:
    """Whether a matrix is ``B^T B`` or ``B B^T`` as it is written."""
    if not isinstance(matrix, ex.Mul) or len(matrix.operands) != 2:
        return False
    first, last = matrix.operands
    return ex.Transpose(last) == first or ex.Transpose(first) == last


def _is_nonzero(vector: Var, hypotheses: tuple[Hypothesis, ...]) -> bool:
    """Whether it is said that a vector is not 0, or that its length, or the square of it, is a number above 0."""
    if Predicate("nonzero", vector) in hypotheses:
        return True
    norm = ex.Norm(vector)
    lengths = (norm, ex.Pow(norm, ex.Num(2)), ex.Mul(ex.Transpose(vector), vector))
    for h in hypotheses:
        if not isinstance(h, Relation):
            continue
        if h.op == "!=" and h.left == vector and h.right in (_ZERO, ex.Zeros(*vector.shape)):
            return True
        sides = (h.left, h.right) if h.left in lengths else (h.right, h.left)
        if h.op == "=" and sides[0] in lengths and isinstance(sides[1], ex.Num) and sides[1].value.is_positive:
            return True
    return False
