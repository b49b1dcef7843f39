"""Further named inequalities: determinants of definite matrices, of their blocks and of Hadamard products; columns.

One function a lemma, matched like those of :mod:`everystep.prove.lemmas`.  May import the normal form, the order and
the lemmas; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ONE, same_shape, same_size
from everystep.prove.lemmas import Lemmas
from everystep.prove.sides import squared_norm, without_abs

TWO = ex.Num(2)


def _determinants(*sides: Expression) -> list[Expression]:
    """The matrices larger than a number whose determinants occur; each once."""
    found = dict.fromkeys(n.operands[0] for side in sides for n in ex.walk(side) if isinstance(n, ex.Det))
    return [m for m in found if not m.is_number_shaped]


def _has_log_determinant(*sides: Expression) -> bool:
    nodes = (n for side in sides for n in ex.walk(side))
    return any(isinstance(n, ex.Apply) and n.function == "log" and isinstance(n.operands[0], ex.Det) for n in nodes)


def log_determinant_and_trace(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """log det A <= n log(tr(A) / n) for a positive definite n x n matrix A, also divided by n.

    log is concave.  Of a matrix that is not definite the determinant may be positive and the trace negative.
    """
    if not _has_log_determinant(small):
        return False
    for matrix in _determinants(small):
        size = ex.Int(matrix.shape[0])
        mean = ex.log(ex.Div(ex.Trace(matrix), size))
        whole = ex.Add(ex.Mul(size, mean), ex.Neg(ex.log(ex.Det(matrix))))
        gap = ex.Add(large, ex.Neg(small))
        if lemmas.definite(matrix) and any(lemmas.equal(gap, e) for e in (whole, ex.Div(whole, size))):
            return True
    return False


def log_determinant_tangent(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """log det B <= log det A + tr(A^-1 (B - A)) for positive definite A and B: log det is concave."""
    if not _has_log_determinant(small, large):
        return False
    gap = ex.Add(large, ex.Neg(small))
    for a, b in permutations(_determinants(small, large), 2):
        if not same_shape(a.shape, b.shape) or not (lemmas.definite(a) and lemmas.definite(b)):
            continue
        slope = ex.Trace(ex.Mul(ex.Inverse(a), ex.Add(b, ex.Neg(a))))
        if lemmas.equal(gap, ex.Add(ex.log(ex.Det(a)), slope, ex.Neg(ex.log(ex.Det(b))))):
            return True
    return False


def logarithms_on_the_diagonal(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """log det A <= sum log A_ii for a positive definite A: Hadamard's inequality."""
    if not _has_log_determinant(small):
        return False
    for node in (n for n in dict.fromkeys(ex.walk(large)) if isinstance(n, ex.SumOver)):
        for matrix in _determinants(small):
            logs = ex.SumOver(ex.log(ex.Entry(matrix, node.index, node.index)), node.index, 1, matrix.shape[0])
            gap = ex.Add(logs, ex.Neg(ex.log(ex.Det(matrix))))
            if lemmas.equal(ex.Add(large, ex.Neg(small)), gap) and lemmas.definite(matrix):
                return True
    return False


def determinant_and_columns(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """|det A| <= prod ||a_i|| over the columns a_i of any square A, or its rows; also without the bars, and squared."""
    square = isinstance(small, ex.Pow) and small.operands[1] == TWO
    bare = without_abs(small.operands[0] if square else small)
    if not isinstance(bare, ex.Det) or not isinstance(large, ex.ProdOver) or not large.is_number_shaped:
        return False
    (matrix,) = bare.operands
    low, high = large.range
    if not (same_size(low, ONE) and same_size(high, matrix.shape[0])):
        return False
    with lemmas.held(large) as (at, body):
        if not lemmas.order.surface_nonnegative(body):
            return False
        length = body if square else ex.Pow(body, TWO)
        return any(lemmas.equal(length, squared_norm(part(matrix, at))) for part in (ex.Col, ex.Row))


def hadamard_product(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """det(A) det(B) <= det(A) B_11 ... B_nn <= det(A o B) for positive semidefinite A and B: Oppenheim's inequality."""
    inside = large.operands[0] if isinstance(large, ex.Det) else None
    if not isinstance(inside, ex.Hadamard) or len(inside.operands) != 2:
        return False
    products = [n for n in ex.walk(small) if isinstance(n, ex.ProdOver)]
    for a, b in permutations(inside.operands):
        diagonals = (ex.ProdOver(ex.Entry(b, p.index, p.index), p.index, 1, b.shape[0]) for p in products)
        ways: list[Expression] = [ex.Det(b), *diagonals]
        if any(lemmas.equal(small, ex.Mul(ex.Det(a), way)) for way in ways):
            return lemmas.semidefinite(a) and lemmas.semidefinite(b)
    return False


def trace_and_roots(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """n det(A)^(1/n) det(B)^(1/n) <= tr(A B) for positive semidefinite n x n matrices A and B.

    A B has the eigenvalues of the semidefinite A^(1/2) B A^(1/2); their geometric mean is at most the arithmetic one.
    """
    inside = large.operands[0] if isinstance(large, ex.Trace) else None
    if not isinstance(inside, ex.Mul) or len(inside.operands) != 2 or any(f.is_number_shaped for f in inside.operands):
        return False
    a, b = inside.operands
    if not same_size(*a.shape):
        return False
    size = ex.Int(a.shape[0])
    root = ex.Div(ex.Num(1), size)
    bound = ex.Mul(size, ex.Pow(ex.Det(a), root), ex.Pow(ex.Det(b), root))
    return lemmas.equal(small, bound) and lemmas.semidefinite(a) and lemmas.semidefinite(b)


def fischer(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """det [[A, B], [B^T, D]] <= det(A) det(D) where a hypothesis calls the block matrix positive semidefinite."""
    inside = small.operands[0] if isinstance(small, ex.Det) else None
    if not isinstance(inside, ex.Block) or not lemmas.has(inside, "positive definite", "positive semidefinite"):
        return False
    rows = inside.rows
    if len(rows) != 2 or len(rows[0]) != 2 or not all(same_size(*rows[k][k].shape) for k in (0, 1)):
        return False
    return lemmas.equal(large, ex.Mul(ex.Det(rows[0][0]), ex.Det(rows[1][1])))


def entries_below_their_sum(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """x_i <= 1^T x and ||x||^2 <= (1^T x)^2 for entries x_i >= 0, with 1^T x as hypotheses say it is; and
    (1^T x)^2 / n <= ||x||^2 for any x: Cauchy-Schwarz with ones.
    """
    if isinstance(small, ex.Entry) and small.operands[0].shape[1] == ONE:
        (x,) = small.operands
        total = ex.Mul(ex.Ones(1, x.shape[0]), x)
        return lemmas.equal(large, total) and lemmas.nonnegative_entries(x)
    for side in (small, large):
        norms = [n for n in dict.fromkeys(ex.walk(side)) if isinstance(n, ex.Norm) and n.is_euclidean]
        for x in (n.operands[0] for n in norms if n.operands[0].shape[1] == ONE and not n.operands[0].is_number_shaped):
            total = ex.Pow(ex.Mul(ex.Ones(1, x.shape[0]), x), TWO)
            if side is small and lemmas.nonnegative_entries(x):
                gap = ex.Add(total, ex.Neg(squared_norm(x)))
            elif side is large:
                gap = ex.Add(squared_norm(x), ex.Neg(ex.Div(total, ex.Int(x.shape[0]))))
            else:
                continue
            if lemmas.equal(ex.Add(large, ex.Neg(small)), gap):
                return True
    return False


DETERMINANTS: dict[str, Callable[[Lemmas, Expression, Expression], bool]] = {
    "log-determinant and logarithm of the trace": log_determinant_and_trace,
    "tangent of the log-determinant": log_determinant_tangent,
    "logarithms on the diagonal": logarithms_on_the_diagonal,
    "determinant and columns": determinant_and_columns,
    "determinant of a Hadamard product": hadamard_product,
    "trace of a product and determinants": trace_and_roots,
    "Fischer's inequality": fischer,
    "entries below their sum": entries_below_their_sum,
}
