"""Extreme eigenvalues and operator norms of multiples, inverses, powers, congruences and Kronecker products.

One function a rule: the number written with those of the factors, or None.  ``everystep.prove.rewritten`` applies them.
May import ``everystep.algebra`` only; what they ask of matrices comes with ``Known``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import same_size

Rule: TypeAlias = Callable[[Expression, Any], Expression | None]

_OPPOSITE: dict[type, type] = {ex.EigMax: ex.EigMin, ex.EigMin: ex.EigMax}


def _product(factors: tuple[Expression, ...] | list[Expression]) -> Expression:
    return factors[0] if len(factors) == 1 else ex.Mul(*factors)


def _extreme(e: Expression) -> Expression | None:
    """The matrix of which a number is the largest or the least eigenvalue."""
    matrix = e.operands[0] if isinstance(e, (ex.EigMax, ex.EigMin)) else None
    return None if matrix is None or matrix.is_number_shaped else matrix


def eigenvalue_of_multiple(e: Expression, known: Any) -> Expression | None:
    """lambda_max(c A) = c lambda_max(A) for a symmetric A and c >= 0, and of lambda_min; of -A by the other one, with a
    minus.  Of a c of unknown sign nothing follows.
    """
    matrix = _extreme(e)
    if isinstance(matrix, ex.Neg) and known.symmetric(matrix.operands[0]):
        return ex.Neg(_OPPOSITE[type(e)](matrix.operands[0]))
    if isinstance(matrix, ex.Div) and known.symmetric(matrix.operands[0]):
        inverse = ex.Div(ex.Num(1), matrix.operands[1])
        return ex.Div(e.func(matrix.operands[0]), matrix.operands[1]) if known.nonnegative(inverse) else None
    if not isinstance(matrix, ex.Mul):
        return None
    numbers = [f for f in matrix.operands if f.is_number_shaped]
    matrices = [f for f in matrix.operands if not f.is_number_shaped]
    if not numbers or not matrices or any(f.shape[0] == 1 or f.shape[1] == 1 for f in matrices):
        return None
    scale, rest = _product(numbers), _product(matrices)
    return ex.Mul(scale, e.func(rest)) if known.nonnegative(scale) and known.symmetric(rest) else None


def eigenvalue_of_inverse(e: Expression, known: Any) -> Expression | None:
    """lambda_max(A^-1) = 1 / lambda_min(A) and lambda_min(A^-1) = 1 / lambda_max(A) for a positive definite A.

    It needs all eigenvalues to have one sign: of diag(-1, 1) the inverse has the same extremes.
    """
    matrix = _extreme(e)
    if not isinstance(matrix, ex.Inverse) or not known.definite(matrix.operands[0], True):
        return None
    return ex.Div(ex.Num(1), _OPPOSITE[type(e)](matrix.operands[0]))


def eigenvalue_of_power(e: Expression, known: Any) -> Expression | None:
    """lambda_max(A^k) = lambda_max(A)^k for a positive semidefinite A and an integer k >= 1, and of lambda_min; A A is
    A^2.  Of an A that is not semidefinite the largest eigenvalue of the square may be that of the least one.
    """
    matrix = _extreme(e)
    if isinstance(matrix, ex.Mul) and len(set(matrix.operands)) == 1 and same_size(*matrix.operands[0].shape):
        base, exponent = matrix.operands[0], ex.Num(len(matrix.operands))
    elif isinstance(matrix, ex.Pow) and isinstance(matrix.operands[1], ex.Num):
        base, exponent = matrix.operands[0], matrix.operands[1]
        if not exponent.value.is_Integer or exponent.value < 1:
            return None
    else:
        return None
    return ex.Pow(e.func(base), exponent) if known.definite(base, False) else None


def eigenvalue_of_congruence(e: Expression, known: Any) -> Expression | None:
    """lambda_max(Q^T A Q) = lambda_max(A) for an orthogonal square Q and a symmetric A, and of lambda_min; with Q^-1 in
    the place of Q^T for any invertible Q.  Columns that are only orthonormal do not do: they may leave out a direction.
    """
    matrix = _extreme(e)
    if not isinstance(matrix, ex.Mul) or len(matrix.segments) != 1 or len(matrix.operands) < 3:
        return None
    first, *middle, last = matrix.operands
    inner = _product(middle)
    if not same_size(*last.shape) or not known.symmetric(inner):
        return None
    same: Expression = e.func(inner)
    letter = last.operands[0] if isinstance(last, (ex.Transpose, ex.Inverse)) else last
    turned = first == ex.Transpose(last) or last == ex.Transpose(first)
    if turned and known.has(letter, "orthogonal"):
        return same
    return same if first == ex.Inverse(last) or last == ex.Inverse(first) else None


def eigenvalue_of_kronecker_product(e: Expression, known: Any) -> Expression | None:
    """lambda_max(A (x) B) = lambda_max(A) lambda_max(B) for positive semidefinite A and B, and of lambda_min.

    The eigenvalues of the product are the products of the eigenvalues; of two negative ones the product is positive.
    """
    matrix = _extreme(e)
    if not isinstance(matrix, ex.Kron) or not all(known.definite(f, False) for f in matrix.operands):
        return None
    return ex.Mul(*(e.func(f) for f in matrix.operands))


def eigenvalue_of_gram_matrix(e: Expression, known: Any) -> Expression | None:
    """lambda_max(W^T W) = lambda_max(W W^T) = ||W||^2 for any W; W may be a product.

    Of lambda_min nothing of the kind: where W is not square, one of the two is 0.
    """
    matrix = _extreme(e)
    if not isinstance(e, ex.EigMax) or not isinstance(matrix, ex.Mul) or len(matrix.segments) != 1:
        return None
    half, odd = divmod(len(matrix.operands), 2)
    if odd:
        return None
    first, last = _product(matrix.operands[:half]), _product(matrix.operands[half:])
    if first != ex.Transpose(last) and last != ex.Transpose(first):
        return None
    factor = last.operands[0] if isinstance(last, ex.Transpose) else last
    return ex.Pow(ex.Norm(factor, "2"), ex.Num(2))


def norm_of_semidefinite_matrix(e: Expression, known: Any) -> Expression | None:
    """||A|| = lambda_max(A) for a positive semidefinite A.  Of a symmetric one it may be -lambda_min(A)."""
    if not isinstance(e, ex.Norm) or e.is_euclidean or e.kind != "2" or e.operands[0].shape[1] == 1:
        return None
    (matrix,) = e.operands
    if not same_size(*matrix.shape) or not known.definite(matrix, False):
        return None
    largest = ex.EigMax(matrix)
    return next((value for rule in OF_FACTORS if (value := rule(largest, known)) is not None), largest)


def norm_of_kronecker_product(e: Expression, known: Any) -> Expression | None:
    """||A (x) B|| = ||A|| ||B|| for any matrices: the singular values of the product are the products of theirs."""
    if not isinstance(e, ex.Norm) or e.kind not in ("2", "F") or not isinstance(e.operands[0], ex.Kron):
        return None
    return ex.Mul(*(ex.Norm(f, e.kind) for f in e.operands[0].operands))


def determinant_at_eigenvalue(e: Expression, known: Any) -> Expression | None:
    """det(A - lambda_max(A) I) = 0 for a symmetric A, and with lambda_min, and with the signs turned."""
    if not isinstance(e, ex.Det) or e.operands[0].is_number_shaped:
        return None
    (inside,) = e.operands
    for node in dict.fromkeys(n for n in ex.walk(inside) if isinstance(n, (ex.EigMax, ex.EigMin))):
        (matrix,) = node.operands
        if matrix.shape != inside.shape or not known.symmetric(matrix):
            continue
        shifted = ex.Add(matrix, ex.Neg(ex.Mul(node, ex.Eye(matrix.shape[0]))))
        if known.equal(inside, shifted) or known.equal(inside, ex.Neg(shifted)):
            return ex.Num(0)
    return None


OF_FACTORS: tuple[Rule, ...] = (
    eigenvalue_of_multiple,
    eigenvalue_of_inverse,
    eigenvalue_of_power,
    eigenvalue_of_congruence,
    eigenvalue_of_kronecker_product,
)
OF_EIGENVALUES: dict[str, Rule] = {
    "extreme eigenvalue of a multiple": eigenvalue_of_multiple,
    "extreme eigenvalue of an inverse": eigenvalue_of_inverse,
    "extreme eigenvalue of a power": eigenvalue_of_power,
    "extreme eigenvalue of a congruence": eigenvalue_of_congruence,
    "extreme eigenvalue of a Kronecker product": eigenvalue_of_kronecker_product,
    "largest eigenvalue of a Gram matrix": eigenvalue_of_gram_matrix,
    "norm of a semidefinite matrix": norm_of_semidefinite_matrix,
    "norm of a Kronecker product": norm_of_kronecker_product,
    "determinant at an extreme eigenvalue": determinant_at_eigenvalue,
}
