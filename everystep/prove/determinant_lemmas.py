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
from everystep.prove.sides import addends_of, factors_of, squared_norm, without_abs

TWO = ex.Num(2)
MOST_FACTORS = 6


def _determinants(*sides: Expression) -> list[Expression]:
    """The matrices larger than a number whose determinants occur; each once."""
    found = dict.fromkeys(n.operands[0] for side in sides for n in ex.walk(side) if isinstance(n, ex.Det))
    return [m for m in found if not m.is_number_shaped]


def _has_log_determinant(*sides: Expression) -> bool:
    nodes = (n for side in sides for n in ex.walk(side))
    return any(isinstance(n, ex.Apply) and n.function == "log" and isinstance(n.operands[0], ex.Det) for n in nodes)


def _product(factors: list[Expression]) -> Expression:
    return factors[0] if len(factors) == 1 else ex.Mul(*factors)


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
    """det [[A, B], [B^T, D]] <= det(A) det(D) where a hypothesis calls the block matrix positive semidefinite; also of
    the logarithms.
    """
    log = isinstance(small, ex.Apply) and small.function == "log" and not small.order
    whole = small.operands[0] if log else small
    inside = whole.operands[0] if isinstance(whole, ex.Det) else None
    if not isinstance(inside, ex.Block) or not lemmas.has(inside, "positive definite", "positive semidefinite"):
        return False
    rows = inside.rows
    if len(rows) != 2 or len(rows[0]) != 2 or not all(same_size(*rows[k][k].shape) for k in (0, 1)):
        return False
    corners = ex.Det(rows[0][0]), ex.Det(rows[1][1])
    return lemmas.equal(large, ex.Add(*map(ex.log, corners)) if log else ex.Mul(*corners))


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


def norm_of_hadamard_product(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """||A o B|| <= ||A|| ||B|| in the Frobenius (Euclidean) or the operator norm, also squared.

    The entries are at most ||A|| in absolute value; A o B is a submatrix of the Kronecker product.  Beside one
    Frobenius norm the other factor may stand in the operator norm, and a vector in its largest entry.
    """
    if all(isinstance(f, ex.Pow) and f.operands[1] == TWO for f in (small, *factors_of(large))):
        small, norms = small.operands[0], [f.operands[0] for f in factors_of(large)]
    else:
        norms = list(factors_of(large))
    inside = small.operands[0] if isinstance(small, ex.Norm) and small.kind in ("2", "F") else None
    if not isinstance(inside, ex.Hadamard) or not isinstance(small, ex.Norm) or len(norms) != 2:
        return False
    column = inside.shape[1] == ONE
    allowed = ("2", "F", "inf") if column else ("2", "F")
    kinds = [norm.kind for norm in norms if isinstance(norm, ex.Norm) and norm.kind in allowed]
    if len(kinds) != 2 or sorted((n.operands[0] for n in norms), key=str) != sorted(inside.operands, key=str):
        return False
    whole = ("2", "F") if column else ("F",)  # at least one of the norms is that of all entries together
    return (small.kind == "2" and not column) or any(kind in whole for kind in kinds)


def rank_of_hadamard_product(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """rank(A o B) <= rank(A) rank(B): A o B is a submatrix of the Kronecker product."""
    inside = small.operands[0] if isinstance(small, ex.Rank) else None
    if not isinstance(inside, ex.Hadamard):
        return False
    return sorted(factors_of(large), key=str) == sorted((ex.Rank(f) for f in inside.operands), key=str)


def entry_and_inverse(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """1 <= M_ii (M^-1)_ii for a positive definite M: Cauchy-Schwarz with roots of M and M^-1; equality at size
    1, where nothing strict is true."""
    for node in dict.fromkeys(n for n in ex.walk(large) if isinstance(n, ex.Entry)):
        (matrix,) = node.operands
        if len(node.at) != 2 or node.at[0] != node.at[1] or isinstance(matrix, ex.Inverse):
            continue
        both = ex.Mul(node, ex.Entry(ex.Inverse(matrix), *node.at))
        if lemmas.equal(small, ex.Num(1)) and lemmas.equal(large, both) and lemmas.definite(matrix):
            return True
    return False


def determinants_of_two(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """det(A^T B)^2 <= det(A^T A) det(B^T B) for A and B of one shape: Cauchy-Schwarz for their minors."""
    base = small.operands[0] if isinstance(small, ex.Pow) and small.operands[1] == TWO else None
    if not base and isinstance(small, ex.Apply) and lemmas.order.surface_nonnegative(large):
        base, large = without_abs(small), ex.Pow(large, TWO)
    if not isinstance(base, ex.Det) or not isinstance(base.operands[0], ex.Mul):
        return False
    (inside,) = base.operands
    if len(inside.segments) != 1 or len(inside.operands) > MOST_FACTORS:
        return False
    factors = list(inside.operands)
    for cut in range(1, len(factors)):
        a, b = ex.Transpose(_product(factors[:cut])), _product(factors[cut:])
        if not same_shape(a.shape, b.shape):
            continue
        grams = (ex.Det(ex.Mul(ex.Transpose(m), m)) for m in (a, b))
        if lemmas.equal(large, ex.Mul(*grams)):
            return True
    return False


def sum_of_commuting_squares(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """0 <= det(X^2 + Y^2) where X Y = Y X, such as 0 <= det(X^2 + c^2 I): it is |det(X + i Y)|^2."""
    if small not in (ex.Num(0), ex.Int(0)) or not isinstance(large, ex.Det):
        return False
    parts = addends_of(large.operands[0])
    roots = [_root(part) for part in parts]
    if len(parts) != 2 or large.operands[0].is_number_shaped:
        return False
    x, y = roots
    return x is not None and y is not None and _commute(lemmas, x, y)


def _commute(lemmas: Lemmas, x: Expression, y: Expression) -> bool:
    return lemmas.equal(ex.Mul(x, y), ex.Mul(y, x))


def _root(e: Expression) -> Expression | None:
    """X of X^2 and X X, I of I, and c X of c^2 X^2; None where there is none."""
    if isinstance(e, ex.Eye):
        return e
    if isinstance(e, ex.Pow) and e.operands[1] == TWO:
        return e.operands[0]
    if not isinstance(e, ex.Mul):
        return None
    if len(e.segments) == 1:
        return e.operands[0] if len(e.operands) == 2 and e.operands[0] == e.operands[1] else None
    parts = [_root(_product([e.operands[k] for k in segment])) for segment in e.segments]
    found = [part for part in parts if part is not None]
    return ex.Mul(*found) if len(found) == len(parts) else None


DETERMINANTS: dict[str, Callable[[Lemmas, Expression, Expression], bool]] = {
    "log-determinant and logarithm of the trace": log_determinant_and_trace,
    "tangent of the log-determinant": log_determinant_tangent,
    "logarithms on the diagonal": logarithms_on_the_diagonal,
    "determinant and columns": determinant_and_columns,
    "determinant of a Hadamard product": hadamard_product,
    "trace of a product and determinants": trace_and_roots,
    "Fischer's inequality": fischer,
    "entries below their sum": entries_below_their_sum,
    "norm of a Hadamard product": norm_of_hadamard_product,
    "rank of a Hadamard product": rank_of_hadamard_product,
    "entry of a matrix and of its inverse": entry_and_inverse,
    "Cauchy-Schwarz for determinants": determinants_of_two,
    "determinant of a sum of commuting squares": sum_of_commuting_squares,
}
