"""What bounds of norms and eigenvalues say of the order of matrices: ``||A|| <= c`` is ``A^T A <= c^2 I``.

May import ``everystep.algebra`` only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ONE, same_size

TWO = ex.Num(2)
MOST_NODES = 4
Test = Callable[[Expression], bool]


def matrices_of_bound(
    larger: Expression, smaller: Expression, symmetric: Test, nonnegative: Test
) -> Iterator[Expression]:
    """The matrices that are semidefinite where c >= ||M||, definite where c is more, of the operator or the Frobenius
    norm: c^2 I - M^T M and c^2 I - M M^T, of a symmetric M also c I - M and c I + M.  And S - c I where the least
    eigenvalue of a symmetric S is at least c.

    ``smaller`` may be a number that is not negative times a norm: it is the norm of a multiple.  Of a number of unknown
    sign nothing follows: ``-2 ||M|| <= 1`` holds for every M.  The norms 1 and inf of a symmetric matrix are at least
    its operator norm as well.
    """
    if isinstance(larger, ex.EigMin):
        (matrix,) = larger.operands
        if symmetric(matrix):
            yield ex.Add(matrix, ex.Neg(ex.Mul(smaller, ex.Eye(matrix.shape[0]))))
        return
    numbers, norm = _multiple_of_norm(smaller)
    if norm is None or (numbers and not nonnegative(numbers[0] if len(numbers) == 1 else ex.Mul(*numbers))):
        return
    (matrix,) = norm.operands
    rows, columns = matrix.shape
    whole = ex.Mul(*numbers, matrix) if numbers else matrix
    square = ex.Pow(larger, TWO)
    if same_size(rows, columns) and symmetric(matrix):
        unit = ex.Mul(larger, ex.Eye(rows))
        yield ex.Add(unit, ex.Neg(whole))
        yield ex.Add(unit, whole)
        yield ex.Add(ex.Mul(square, ex.Eye(rows)), ex.Neg(ex.Mul(whole, whole)))
    elif norm.kind in ("2", "F"):
        yield ex.Add(ex.Mul(square, ex.Eye(columns)), ex.Neg(ex.Mul(ex.Transpose(whole), whole)))
        yield ex.Add(ex.Mul(square, ex.Eye(rows)), ex.Neg(ex.Mul(whole, ex.Transpose(whole))))


def _multiple_of_norm(e: Expression) -> tuple[list[Expression], ex.Norm | None]:
    """(numbers, ||M||) of a product of numbers with the norm of a matrix that is no row or column."""
    factors = list(e.operands) if isinstance(e, ex.Mul) else [e]
    norms = [f for f in factors if isinstance(f, ex.Norm) and ONE not in f.operands[0].shape]
    if len(norms) != 1 or not all(f.is_number_shaped for f in factors):
        return [], None
    return [f for f in factors if f is not norms[0]], norms[0]


def matrices_of_claim(sides: tuple[Expression, ...], symmetric: Test, semidefinite: Test) -> Iterator[Expression]:
    """The semidefinite matrices that the norms, eigenvalues and traces in a claim give: ||M||^2 I - M^T M,
    lambda_max(S) I - S, S - lambda_min(S) I for symmetric S, tr(S) I - S for semidefinite S.
    """
    nodes = dict.fromkeys(n for side in sides for n in ex.walk(side) if isinstance(n, _BOUNDING))
    for node in list(nodes)[:MOST_NODES]:
        (matrix,) = node.operands
        if ONE in matrix.shape:
            continue
        if (isinstance(node, ex.Norm) and node.kind in ("2", "F")) or isinstance(node, ex.EigMin):
            yield from matrices_of_bound(node, node, symmetric, semidefinite)
        elif (isinstance(node, ex.EigMax) and symmetric(matrix)) or (
            isinstance(node, ex.Trace) and semidefinite(matrix)
        ):
            yield ex.Add(ex.Mul(node, ex.Eye(matrix.shape[0])), ex.Neg(matrix))


_BOUNDING = (ex.Norm, ex.EigMax, ex.EigMin, ex.Trace)
