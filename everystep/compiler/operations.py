"""What the compiled code consists of: one row an operation, its NumPy function and its text.

For the functions, arrays have two axes, rows and columns, and perhaps one of instances before them; a vector is a
column.  A number is an array of 1 x 1 or a NumPy number or, if constant, a Python float (which leaves float32 as it
is).  In texts, which are for one instance, vectors have one axis and numbers none.
May import NumPy only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from everystep.records import dataclass

Array: TypeAlias = Any
CALL, FACTOR, SUM = 2, 1, 0
"""How tightly code binds: a name or a call, a product, a sum."""
PADE = 7
"""The order of the approximant of a matrix exponential."""
_MOST_ROOTS = 60
"""Iterations for a root, and roots for a logarithm."""


@dataclass(frozen=True)
class Operation:
    """One operation.

    Attributes:
        run: from the operands' arrays and the parameters to the result.
        text: the same as NumPy code for one instance; ``{0}`` is the first operand, ``{p[0]}`` the first parameter.
        elementwise: whether it may be folded when all operands are Python floats.
        flat: whether the text takes vectors with one axis and numbers with none, and makes such; else all operands
            and the result have two axes.
        level: how tightly the text binds.
    """

    run: Callable[..., Array]
    text: str
    elementwise: bool = False
    flat: bool = True
    level: int = CALL


def matmul(a: Array, b: Array) -> Array:
    """a b; one matrix for many vectors is one product of matrices."""
    if a.ndim == 2 and b.ndim == 3 and b.shape[-1] == 1:
        return np.matmul(b[..., 0], a.T)[..., None]
    if b.ndim == 2 and a.ndim == 3 and a.shape[-2] == 1:
        return np.matmul(a[:, 0], b)[:, None]
    return np.matmul(a, b)


def combine(*arrays: Array, signs: tuple[int, ...]) -> Array:
    """The sum with signs, added up in the first temporary."""
    first, second, *others = arrays
    result = np.add(first, second) if signs[0] == signs[1] == 1 else None
    if result is None:
        if signs[0] == 1:
            result = np.subtract(first, second)
        elif signs[1] == 1:
            result = np.subtract(second, first)
        else:
            result = -np.add(first, second)
    for array, sign in zip(others, signs[2:], strict=True):
        operation = np.add if sign == 1 else np.subtract
        same = isinstance(result, np.ndarray) and result.shape == np.broadcast_shapes(result.shape, np.shape(array))
        result = operation(result, array, out=result) if same else operation(result, array)
    return result


def inner(a: Array, b: Array) -> Array:
    """The sum of the entries of a . b."""
    if a.ndim == b.ndim == 2 and a.flags.c_contiguous and b.flags.c_contiguous:
        return np.vdot(a, b)
    if a.ndim == b.ndim == 2:
        return np.einsum("ij,ij->", a, b)
    return np.einsum("...ij,...ij->...", a, b)[..., None, None]


def row_inner(a: Array, b: Array) -> Array:
    """The sums of the rows of a . b, as a column."""
    return np.vecdot(a, b)[..., None]


def add_diagonal(a: Array, v: Array) -> Array:
    """a + diag(v), v a column or a number; no diagonal matrix is formed."""
    n = a.shape[-1]
    batch = np.broadcast_shapes(a.shape[:-2], np.shape(v)[:-2])
    result = np.empty((*batch, n, n), a.dtype)
    result[...] = a
    diagonal = np.einsum("...ii->...i", result)  # a view
    diagonal += v if np.ndim(v) == 0 else v[..., 0]
    return result


def diagonal_matrix(v: Array, n: int) -> Array:
    """diag(v) in full."""
    result = np.zeros((*v.shape[:-2], n, n), v.dtype)
    np.einsum("...ii->...i", result)[...] = v[..., 0]
    return result


def einsum(
    *arrays: Array,
    subscripts: tuple[str, ...],
    result: str,
    lengths: tuple[int, ...],
    path: tuple[Any, ...],
    shape: tuple[int, int],
) -> Array:
    """A contraction of several arrays along a path found before; the result is reshaped to two axes.

    An operand's subscripts name the axes that it has as a matrix or a column: none, its rows, or both.
    """
    shaped = [
        a[..., 0, 0] if not s else a[..., 0] if len(s) == 1 else a for a, s in zip(arrays, subscripts, strict=True)
    ]
    text = f"{','.join(f'...{s}' for s in subscripts)}->...{result}"
    value = np.einsum(text, *shaped, optimize=list(path))
    return value.reshape(*value.shape[: value.ndim - len(lengths)], *shape)


def vec(a: Array) -> Array:
    """The columns, one below the other."""
    return np.swapaxes(a, -1, -2).reshape(*a.shape[:-2], -1, 1)


def unvec(v: Array, rows: int, columns: int) -> Array:
    """The matrix whose columns, one below the other, are v."""
    return np.swapaxes(v.reshape(*v.shape[:-2], columns, rows), -1, -2)


def kron(a: Array, b: Array) -> Array:
    """The Kronecker product of the last two axes."""
    product = a[..., :, None, :, None] * b[..., None, :, None, :]
    return product.reshape(*product.shape[:-4], a.shape[-2] * b.shape[-2], a.shape[-1] * b.shape[-1])


def kron_part(product: Array, other: Array, side: int, rows: int, columns: int) -> Array:
    """What each entry of A (``side`` 0) or of B (1), rows x columns, is multiplied with in the sum of all entries of
    ``product`` . (A (x) B).
    """
    a, b = ((rows, columns), other.shape[-2:])[:: -1 if side else 1]
    blocks = product.reshape(*product.shape[:-2], a[0], b[0], a[1], b[1])
    return np.einsum("...prqs,...pq->...rs" if side else "...prqs,...rs->...pq", blocks, other)


def placed(a: Array, rows: int, columns: int, row: int, column: int) -> Array:
    """A matrix of zeros in which an array stands from (row, column) on."""
    result = np.zeros((*a.shape[:-2], rows, columns), a.dtype)
    result[..., row : row + a.shape[-2], column : column + a.shape[-1]] = a
    return result


def columns(*arrays: Array) -> Array:
    """Matrices with the same rows, side by side."""
    batch = np.broadcast_shapes(*(a.shape[:-2] for a in arrays))
    return np.concatenate([np.broadcast_to(a, (*batch, *a.shape[-2:])) for a in arrays], axis=-1)


def block(*blocks: Array, width: int) -> Array:
    """A block matrix, row by row."""
    batch = np.broadcast_shapes(*(b.shape[:-2] for b in blocks))
    spread = [np.broadcast_to(b, (*batch, *b.shape[-2:])) for b in blocks]
    rows = [np.concatenate(spread[i : i + width], axis=-1) for i in range(0, len(spread), width)]
    return np.concatenate(rows, axis=-2)


def matrix_exponential(a: Array) -> Array:
    """e^a: of a 2^-s, whose norm is at most a half, the diagonal Padé approximant, squared s times.

    Of order 7 it is the exponential of a matrix that differs from it by a relative 1e-19 (Golub and Van Loan, Matrix
    Computations, on the matrix exponential).  Only the number of squarings is no analytic function of the entries, and
    the value does not depend on it, so that complex steps pass through.
    """
    largest = float(np.max(np.abs(a).sum(axis=-1), initial=0.0))
    squarings = max(0, int(np.frexp(largest)[1]) + 1) if np.isfinite(largest) else 0
    scaled = a * 0.5**squarings
    power = upper = lower = np.eye(a.shape[-1], dtype=a.dtype)
    coefficient = 1.0
    for k in range(1, PADE + 1):
        coefficient *= (PADE - k + 1) / (k * (2 * PADE - k + 1))
        power = scaled @ power
        upper = upper + coefficient * power
        lower = lower + (-coefficient if k % 2 else coefficient) * power
    result = np.linalg.solve(lower, upper)
    for _ in range(squarings):
        result = result @ result
    return result


def matrix_root(a: Array) -> Array:
    """The root whose eigenvalues have positive real parts; NaN where there is none.

    Of a symmetric matrix by its eigenvalues, which may be 0, else by the product form of the iteration of Denman and
    Beavers (Higham, Functions of Matrices, section 6.3).
    """
    if a.dtype.kind != "c" and np.array_equal(a, np.swapaxes(a, -1, -2)):
        values, vectors = np.linalg.eigh(a)
        noise = a.shape[-1] * np.finfo(a.dtype).eps * np.abs(values).max(axis=-1, keepdims=True)
        roots = np.where(values < -noise, np.nan, np.sqrt(np.maximum(values, 0.0)))
        symmetric: Array = (vectors * roots[..., None, :]) @ np.swapaxes(vectors, -1, -2)
        return symmetric
    eye = np.eye(a.shape[-1], dtype=a.dtype)
    product, result = a, a
    for _ in range(_MOST_ROOTS):
        inverse = np.linalg.inv(product)
        result = result @ (eye + inverse) * 0.5
        product = 0.5 * eye + 0.25 * (product + inverse)
        if np.max(np.abs(product - eye), initial=0.0) <= 16 * a.shape[-1] * np.finfo(a.dtype).eps:
            return result
    return np.full_like(result, np.nan)


def matrix_logarithm(a: Array) -> Array:
    """The principal logarithm, of the root of order 2^s that is within a quarter of the identity, times 2^s; NaN where
    there is none.

    Near the identity it is the diagonal Padé approximant of order 8 as a Gauss-Legendre rule (Higham, Functions of
    Matrices, section 11.4): the integral of E (I + t E)^-1 over t from 0 to 1, with E = a - I.
    """
    eye = np.eye(a.shape[-1], dtype=a.dtype)
    roots = 0
    while not np.max(np.abs(a - eye).sum(axis=-1), initial=0.0) <= 0.25:
        if roots == _MOST_ROOTS or not np.isfinite(a).all():
            return np.full_like(a, np.nan)
        a, roots = matrix_root(a), roots + 1
    e = a - eye
    points, weights = np.polynomial.legendre.leggauss(8)
    total: Array = np.zeros_like(a)
    for t, w in zip(points.tolist(), weights.tolist(), strict=True):
        total = total + w * np.linalg.solve(eye + 0.5 * (1.0 + t) * e, e)
    return total * 2.0 ** (roots - 1)


def _without(values: Array, count: int) -> Array:
    """The products of the singular values but those at ``count`` places, (..., n, ..., n); 0 where two are equal."""
    n = values.shape[-1]
    places = np.indices((n,) * count)[..., None]
    left_out = np.any(places == np.arange(n), axis=0)
    products: Array = np.where(left_out, 1.0, values[(..., *(None,) * count, slice(None))]).prod(axis=-1)
    return products.astype(values.dtype) * (left_out.sum(axis=-1) == count)


def _singular(a: Array) -> tuple[Array, Array, Array, Array]:
    """U^T, the singular values, V and det(U) det(V) of a = U diag(values) V^T."""
    left, values, right = np.linalg.svd(a)
    sign = np.round(np.linalg.det(left) * np.linalg.det(right)).astype(values.dtype)
    return np.swapaxes(left, -1, -2), values, np.swapaxes(right, -1, -2), sign[..., None, None]


def adjugate(a: Array) -> Array:
    """The transposed cofactors, of singular matrices too, to what rounding of the matrix changes in them.

    With a = U S V^T it is adj(V^T) adj(S) adj(U); an orthogonal matrix has its transpose times its determinant for
    adjugate, a diagonal one the products of the others' entries (Horn and Johnson, Matrix Analysis, section 0.8.2).
    """
    left, values, right, sign = _singular(a)
    result: Array = sign * (right @ (_without(values, 1)[..., None] * left))
    return result


def adjugate_along(a: Array, e: Array) -> Array:
    """The derivative of the adjugate of a along e: what of the minors of S + E is linear in E.  n^3 memory."""
    left, values, right, sign = _singular(a)
    inside = left @ e @ right
    products = _without(values, 2)
    diagonal = products @ np.einsum("...ii->...i", inside)[..., None]
    result: Array = sign * (right @ (diagonal_matrix(diagonal, a.shape[-1]) - products * inside) @ left)
    return result


def adjugate_twice(a: Array, e: Array, f: Array) -> Array:
    """The second derivative of the adjugate of a along e and f: what of the minors of S + E + F is linear in both.

    n^4 memory.
    """
    left, values, right, sign = _singular(a)
    first, second = (left @ x @ right for x in (e, f))
    one, two = (np.einsum("...ii->...i", x) for x in (first, second))
    products = _without(values, 3)
    cross = one[..., :, None] * two[..., None, :] - first * np.swapaxes(second, -1, -2)
    change = diagonal_matrix(np.einsum("...ijk,...jk->...i", products, cross)[..., None], a.shape[-1])
    for x, y, entries in ((first, second, two), (second, first, one)):
        change = change - x * np.einsum("...ijk,...k->...ij", products, entries)
        change = change + np.einsum("...ijk,...ik,...kj->...ij", products, x, y)
    result: Array = sign * (right @ change @ left)
    return result


def _along(function: Callable[[Array], Array], a: Array, e: Array) -> Array:
    """The derivative of a matrix function along e: the upper right block of its value at [[a, e], [0, a]]."""
    n = a.shape[-1]
    return function(block(a, e, np.zeros((n, n), a.dtype), a, width=2))[..., :n, n:]


def exponential_along(a: Array, e: Array) -> Array:
    """The derivative of e^a along e."""
    return _along(matrix_exponential, a, e)


def logarithm_along(a: Array, e: Array) -> Array:
    """The derivative of the logarithm of a along e."""
    return _along(matrix_logarithm, a, e)


def root_along(a: Array, e: Array) -> Array:
    """The derivative of the root of a along e."""
    return _along(matrix_root, a, e)


def called(function: Callable[..., Array], *arrays: Array, given: Any, shape: tuple[int, int]) -> Array:
    """The value of a given function of whole arrays (one instance at a time), or of entries."""
    if not given:
        return function(*arrays)
    batch = np.broadcast_shapes(*(np.shape(a)[:-2] for a in arrays))
    spread = [np.broadcast_to(a, (*batch, *np.shape(a)[-2:])) for a in arrays]
    found = []
    for place in np.ndindex(batch):
        value = function(*(a[place].reshape(natural)[()] for a, natural in zip(spread, given, strict=True)))
        found.append(np.reshape(value, shape, order="F"))
    return np.reshape(np.stack(found), (*batch, *shape))


def total_over(
    function: Callable[..., Array], count: int, looped: tuple[Array, ...], still: tuple[Array, ...]
) -> Array:
    """The sum of a function's values at every row of some arrays and at others that stay what they are."""
    result = None
    for row in _rows(count, looped):
        value = function(*row, *still)
        result = value if result is None else result + value
    return result


def stack_over(
    function: Callable[..., Array], count: int, looped: tuple[Array, ...], still: tuple[Array, ...]
) -> Array:
    """A function's values at every row of some arrays, and at others that stay what they are, one below the other."""
    return np.stack([np.atleast_1d(function(*row, *still)) for row in _rows(count, looped)])


def _rows(count: int, looped: tuple[Array, ...]) -> Iterator[tuple[Array, ...]]:
    """The rows of arrays: vectors, or numbers where they have one entry."""
    shaped = [np.reshape(a, (count, -1)) for a in looped]
    for k in range(count):
        yield tuple(a[k] if a.shape[1] > 1 else a[k, 0] for a in shaped)


@lru_cache(maxsize=8)
def normal_points(count: int, dimensions: int, reach: float) -> Array:
    """``count`` ** ``dimensions`` points at equal distances from -``reach`` to ``reach`` in each, one a row."""
    axis = np.linspace(-reach, reach, count)
    points = np.stack(np.meshgrid(*[axis] * dimensions, indexing="ij"), axis=-1).reshape(-1, dimensions)
    points.flags.writeable = False
    return points


@lru_cache(maxsize=8)
def normal_weights(count: int, dimensions: int, reach: float) -> Array:
    """The weights of those points for means over standard normal quantities, a column whose sum is 1."""
    weights = np.exp(-0.5 * (normal_points(count, dimensions, reach) ** 2).sum(axis=1, keepdims=True))
    weights /= weights.sum()
    weights.flags.writeable = False
    return weights


def masks(count: int) -> Array:
    """All vectors of so many zeros and ones, one a row."""
    return ((np.arange(2**count)[:, None] >> np.arange(count)) & 1).astype(np.float64)


def softmax(x: Array) -> Array:
    """Of all entries together, with the largest subtracted."""
    e = np.exp(x - x.max(axis=(-2, -1), keepdims=True))
    return e / e.sum(axis=(-2, -1), keepdims=True)


def log_sum_exp(x: Array) -> Array:
    """Of all entries together, with the largest subtracted."""
    m = x.max(axis=(-2, -1), keepdims=True)
    return m + np.log(np.exp(x - m).sum(axis=(-2, -1), keepdims=True))


def log_det(a: Array) -> Array:
    """log det(a), without the determinant, which may overflow; NaN where it is negative."""
    sign, logarithm = np.linalg.slogdet(a)
    return np.where(sign > 0, logarithm, np.where(sign == 0, -np.inf, np.nan))[..., None, None]


def rank(a: Array) -> Array:
    """The rank."""
    return np.linalg.matrix_rank(a)[..., None, None] * 1.0


def logistic(x: Array) -> Array:
    """1 / (1 + e^-x) as e^x / (1 + e^x); where e^x would overflow, x may be less, for the value is 1."""
    e = np.exp(np.minimum(x, 88.0 if getattr(x, "itemsize", 8) == 4 else 709.0))  # of float32, of float64
    return e / (1.0 + e)


def step(x: Array) -> Array:
    """1 where positive, else 0."""
    return np.heaviside(x, 0.0)


def largest(*arrays: Array, sign: int) -> Array:
    """The largest entry of all operands; the smallest for sign -1."""
    function = np.maximum if sign == 1 else np.minimum
    each = [function.reduce(a, axis=(-2, -1), keepdims=True) if np.ndim(a) >= 2 else a for a in arrays]
    result = each[0]
    for other in each[1:]:
        result = function(result, other)
    return result


def attained(*arrays: Array, sign: int, which: int) -> Array:
    """1 at the entry of one operand that alone is the largest of all (the smallest for sign -1), else 0."""
    best = largest(*arrays, sign=sign)
    found = [a == best for a in arrays]
    count = sum(f.sum(axis=(-2, -1), keepdims=True) for f in found)
    return (found[which] & (count == 1)).astype(np.result_type(*arrays))


FUNCTIONS: dict[str, Operation] = {
    "exp": Operation(np.exp, "np.exp({0})", True),
    "log": Operation(np.log, "np.log({0})", True),
    "logistic": Operation(logistic, "logistic({0})", True),
    "tanh": Operation(np.tanh, "np.tanh({0})", True),
    "softplus": Operation(lambda x: np.logaddexp(0.0, x), "np.logaddexp(0.0, {0})", True),
    "sin": Operation(np.sin, "np.sin({0})", True),
    "cos": Operation(np.cos, "np.cos({0})", True),
    "relu": Operation(lambda x: np.maximum(x, 0.0), "np.maximum({0}, 0.0)", True),
    "step": Operation(step, "np.heaviside({0}, 0.0)", True),
    "abs": Operation(np.abs, "np.abs({0})", True),
    "sign": Operation(np.sign, "np.sign({0})", True),
    "sqrt": Operation(np.sqrt, "np.sqrt({0})", True),
    "reciprocal": Operation(lambda x: 1.0 / x, "1.0 / {0}", True, level=FACTOR),
}
"""The known scalar functions, entry by entry; the names are those of :mod:`everystep.algebra.functions`."""

OPERATIONS: dict[str, Operation] = {
    **FUNCTIONS,
    # Those without a text are written by the rows of ``everystep.compiler.code.WRITERS``.
    "combine": Operation(combine, "", True),
    "multiply": Operation(np.multiply, "", True),
    "divide": Operation(np.divide, "", True),
    "power": Operation(np.power, "{0} ** {1}", True, level=FACTOR),
    "matmul": Operation(matmul, "", level=FACTOR),
    "transpose": Operation(lambda a: np.swapaxes(a, -1, -2), "{0}.T"),
    "solve": Operation(np.linalg.solve, "np.linalg.solve({0}, {1})"),
    "inverse": Operation(np.linalg.inv, "np.linalg.inv({0})"),
    "pseudo_inverse": Operation(np.linalg.pinv, "np.linalg.pinv({0})", flat=False),
    "add_diagonal": Operation(add_diagonal, "add_diagonal({0}, {1})", flat=False),
    "diagonal_matrix": Operation(diagonal_matrix, "np.diag({0})"),
    "diagonal": Operation(lambda a: np.einsum("...ii->...i", a)[..., None], "np.diagonal({0})"),
    "trace": Operation(lambda a: np.einsum("...ii->...", a)[..., None, None], "np.trace({0})"),
    "inner": Operation(inner, ""),
    "row_inner": Operation(row_inner, "np.vecdot({0}, {1})"),
    "total": Operation(lambda a: a.sum(axis=(-2, -1), keepdims=True), "np.sum({0})"),
    "masks": Operation(masks, "masks({p[0]})", flat=False),
    "normal_points": Operation(normal_points, "normal_points({p[0]}, {p[1]}, {p[2]})", flat=False),
    "normal_weights": Operation(normal_weights, "normal_weights({p[0]}, {p[1]}, {p[2]})", flat=False),
    "determinant": Operation(lambda a: np.linalg.det(a)[..., None, None], "np.linalg.det({0})"),
    "adjugate": Operation(adjugate, "adjugate({0})", flat=False),
    "adjugate_along": Operation(adjugate_along, "adjugate_along({0}, {1})", flat=False),
    "adjugate_twice": Operation(adjugate_twice, "adjugate_twice({0}, {1}, {2})", flat=False),
    "log_det": Operation(log_det, "log_det({0})", flat=False),
    "call": Operation(called, ""),
    "matrix_exponential": Operation(matrix_exponential, "matrix_exponential({0})", flat=False),
    "matrix_logarithm": Operation(matrix_logarithm, "matrix_logarithm({0})", flat=False),
    "matrix_root": Operation(matrix_root, "matrix_root({0})", flat=False),
    "logarithm_along": Operation(logarithm_along, "logarithm_along({0}, {1})", flat=False),
    "root_along": Operation(root_along, "root_along({0}, {1})", flat=False),
    "exponential_along": Operation(exponential_along, "exponential_along({0}, {1})", flat=False),
    "rank": Operation(rank, "rank({0})", flat=False),
    "einsum": Operation(
        lambda *given: einsum(
            *given[:-5], subscripts=given[-5], result=given[-4], lengths=given[-3], path=given[-2], shape=given[-1]
        ),
        "",
    ),
    "vec": Operation(vec, '{0}.reshape(-1, order="F")'),
    "unvec": Operation(unvec, '{0}.reshape({p[0]}, {p[1]}, order="F")'),
    "kron": Operation(kron, "kron({0}, {1})", flat=False),
    "kron_part": Operation(kron_part, "kron_part({0}, {1}, {p[0]}, {p[1]}, {p[2]})", flat=False),
    "placed": Operation(placed, "placed({0}, {p[0]}, {p[1]}, {p[2]}, {p[3]})", flat=False),
    "block": Operation(lambda *blocks: block(*blocks[:-1], width=blocks[-1]), "", flat=False),
    "columns": Operation(columns, ""),
    "part": Operation(lambda a, r0, r1, c0, c1: a[..., r0:r1, c0:c1], ""),
    "softmax": Operation(softmax, "softmax({0})", flat=False),
    "log_sum_exp": Operation(log_sum_exp, "log_sum_exp({0})", flat=False),
    "largest": Operation(lambda *operands: largest(*operands[:-1], sign=operands[-1]), ""),
    "attained": Operation(
        lambda *operands: attained(*operands[:-2], sign=operands[-2], which=operands[-1]), "", flat=False
    ),
    "eigenvector": Operation(
        lambda a, place: np.linalg.eigh(a)[1][..., place][..., None], "np.linalg.eigh({0})[1][:, {p[0]}]"
    ),
    "eigenvalue": Operation(
        lambda a, place: np.linalg.eigvalsh(a)[..., place, None, None], "np.linalg.eigvalsh({0})[{p[0]}]"
    ),
    "operator_norm": Operation(
        lambda a, kind: np.linalg.norm(a, kind, axis=(-2, -1), keepdims=True), 'np.linalg.norm({0}, float("{p[0]}"))'
    ),
    # Run by ``everystep.compiler.code``, which makes their functions.
    "total_over": Operation(total_over, ""),
    "stack_over": Operation(stack_over, ""),
    "spread": Operation(lambda a, rows, columns: np.broadcast_to(a, (*np.shape(a)[:-2], rows, columns)), ""),
}

HELPERS: dict[str, Callable[..., Array]] = {
    function.__name__: function
    for function in (
        add_diagonal,
        adjugate,
        adjugate_along,
        adjugate_twice,
        attained,
        block,
        exponential_along,
        inner,
        kron,
        kron_part,
        log_det,
        log_sum_exp,
        logarithm_along,
        logistic,
        matrix_exponential,
        matrix_logarithm,
        matrix_root,
        masks,
        normal_points,
        normal_weights,
        placed,
        rank,
        root_along,
        softmax,
        stack_over,
        total_over,
    )
}
"""What texts call beside NumPy, by name: the functions of this module."""
