"""Random matrices with declared properties, built by rational operations from free numbers.

A structure is a set of property names; the construction works in the prime field as well.
May import this package only.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm, prod
from typing import Any

from flint import fmpz_poly

from everystep.prove.exact.arithmetic import Matrix, Ring
from everystep.prove.exact.errors import Inadmissible, NoMember, Undefined
from everystep.prove.exact.instances import LOW_RANK, Instance
from everystep.prove.exact.patterns import NOT_NEGATIVE, OF_SQUARE_MINUS_ONE, ROOT_OF, SUM_ONE

_SCALES = (1, 4, 25)

TRIANGLES = ("lower triangular", "upper triangular")
LINEAR = ("symmetric", "skew", "diagonal", *TRIANGLES)
"""Structures whose matrices form a linear space, and which an equation may therefore move about in."""


def free_matrix(instance: Instance, name: str, rows: int, columns: int) -> Matrix:
    return instance.ring.matrix(rows, columns, instance.source(name, rows * columns))


def _inverse(ring: Ring, m: Matrix) -> Matrix:
    try:
        return ring.inverse(m)
    except Undefined:
        raise Inadmissible("an unlucky draw") from None


def orthogonal(instance: Instance, name: str, n: int) -> Matrix:
    """Cayley's transform of a skew matrix, with signs, so that both determinants occur."""
    ring = instance.ring
    free = free_matrix(instance, name, n, n)
    skew = free - free.transpose()
    one = ring.identity(n)
    turn = _inverse(ring, one + skew) * (one - skew)
    signs = [1 - 2 * instance.pick(f"{name} sign {i}", 2) for i in range(n)]
    # Both determinants occur in any two instances with seeds of different parity.
    signs[0] = (1 - 2 * (instance.seed % 2)) * prod(signs[1:])
    return turn * ring.matrix(n, n, [signs[i] if i == j else 0 for i in range(n) for j in range(n)])


def _triangular(instance: Instance, name: str, n: int, kinds: frozenset[str]) -> Matrix:
    """Free numbers on one side of the diagonal; with a further structure a diagonal matrix that has it."""
    if kinds - {*TRIANGLES}:
        return _diagonal(instance, name, n, kinds)
    free, lower = instance.source(name, n * n), "lower triangular" in kinds
    entries = [free[i * n + j] if (j <= i if lower else i <= j) else 0 for i in range(n) for j in range(n)]
    return instance.ring.matrix(n, n, entries)


def _idempotent_rank(instance: Instance, name: str, n: int) -> int:
    """Mostly a proper projection; now and then zero or the identity."""
    number = instance.pick(f"{name} rank", 60)
    if n > 1 and instance.pick(f"{name} proper", 4):
        return 1 + number % (n - 1)
    return (instance.seed + number % 2) % (n + 1)


def _diagonal(instance: Instance, name: str, n: int, kinds: frozenset[str]) -> Matrix:
    """Diagonal numbers that suit the properties."""
    ring = instance.ring
    values = list(instance.source(name, n))
    if "orthogonal" in kinds or "involution" in kinds:
        values = [1 - 2 * instance.pick(f"{name} {i}", 2) for i in range(n)]
    elif "idempotent" in kinds:
        rank = _idempotent_rank(instance, name, n)
        values = [1 if i < rank else 0 for i in range(n)]
    elif "positive definite" in kinds:
        values = [x * x + 1 for x in values]
    elif "positive semidefinite" in kinds:
        values = [x * x for x in values]
    return ring.matrix(n, n, [values[i] if i == j else 0 for i in range(n) for j in range(n)])


def _commuting_with_transpose(instance: Instance, name: str, n: int) -> Matrix:
    """A quadratic polynomial of a skew matrix, or a symmetric matrix."""
    free = free_matrix(instance, name, n, n)
    if not instance.pick(f"{name} symmetric", 3):
        return free + free.transpose()
    skew = free - free.transpose()
    first, second = instance.source(f"{name} coefficients", 2)
    diagonal = [[first if i == j else 0 for j in range(n)] for i in range(n)]
    scaled = [[second if i == j else 0 for j in range(n)] for i in range(n)]
    square = skew * skew * instance.ring.matrix(n, n, [x for line in scaled for x in line])
    return skew + square + instance.ring.matrix(n, n, [x for line in diagonal for x in line])


def _definite(instance: Instance, name: str, n: int, strict: bool) -> Matrix:
    ring = instance.ring
    if strict and instance.style in (LOW_RANK, 2) and n > 1:
        # Little beside a dyad: products of three of these have traces of any sign.
        column = free_matrix(instance, name, n, 1)
        little = ring.matrix(n, n, [_SCALES[-1] if i == j else 0 for i in range(n) for j in range(n)])
        return column * column.transpose() + _inverse(ring, little)
    if strict:
        free = free_matrix(instance, name, n, n)
        large = free * free.transpose() + ring.identity(n)
        # Not every definite matrix is above the identity.
        scale = _SCALES[instance.pick(f"{name} scale", len(_SCALES))]
        if scale == 1:
            return large
        return large * _inverse(ring, ring.matrix(n, n, [scale if i == j else 0 for i in range(n) for j in range(n)]))
    rank = 1 + instance.pick(f"{name} rank", n)
    free = free_matrix(instance, name, n, rank)
    return free * free.transpose()


def _nilpotent(instance: Instance, name: str, n: int, orders: list[str]) -> list[int]:
    """The entries of a matrix N with N^k = 0 for the least of the orders, "?" for one that is not known here.

    A block of zeros and ones below the diagonal for k = 2, Jordan blocks of at most k rows for other k.
    """
    known = [int(order) for order in orders if order != "?"]
    order = min(known) if known else 2 + instance.pick(f"{name} order", max(1, n - 1))
    if order == 2:
        half = n // 2
        return [1 if j < half <= i else 0 for i in range(n) for j in range(n)]
    return [1 if i == j + 1 and i % order else 0 for i in range(n) for j in range(n)]


def _of_square_minus_one(instance: Instance, name: str, n: int, kinds: frozenset[str]) -> Matrix:
    """Quarter turns of planes, in another basis: an orthonormal one for a matrix that is orthogonal or skew."""
    if n % 2:
        raise Inadmissible("no matrix of odd size has the square -I")
    turn = [1 if j == i + 1 and j % 2 else -1 if i == j + 1 and i % 2 else 0 for i in range(n) for j in range(n)]
    inner = instance.ring.matrix(n, n, turn)
    if kinds & {"orthogonal", "skew"}:
        basis = orthogonal(instance, name, n)
        return basis * inner * basis.transpose()
    basis = free_matrix(instance, name, n, n)
    return basis * inner * _inverse(instance.ring, basis)


def _root(instance: Instance, name: str, n: int, kind: str) -> Matrix:
    """A matrix at which a polynomial with rational coefficients vanishes: companion matrices of powers of its
    irreducible factors, as many as fill the diagonal, in another basis.
    """
    given = [Fraction(c) for c in kind.removeprefix(ROOT_OF).split()]
    scale = lcm(*(c.denominator for c in given))
    _, factors = fmpz_poly([int(c * scale) for c in given]).factor()
    powers = [factor**k for factor, most in factors for k in range(1, most + 1)]
    ring = instance.ring
    inner = [[ring.element(0)] * n for _ in range(n)]
    start = 0
    while start < n:
        fitting = [p for p in powers if p.degree() <= n - start]
        if not fitting:
            raise Inadmissible("no matrix of this size found at which the polynomial vanishes")
        block = fitting[instance.pick(f"{name} factor {start}", len(fitting))]
        size = block.degree()
        for i in range(size):
            if i:
                inner[start + i][start + i - 1] = ring.element(1)
            inner[start + i][start + size - 1] = ring.element(-int(block[i]), int(block[size]))
        start += size
    basis = free_matrix(instance, name, n, n)
    return basis * ring.matrix(n, n, [x for line in inner for x in line]) * _inverse(ring, basis)


def structured(instance: Instance, name: str, rows: int, columns: int, kinds: frozenset[str]) -> Matrix:
    """A random matrix of all the named kinds; kinds that are open conditions are left to be checked."""
    n = rows
    if kinds & {"binary", "signs", NOT_NEGATIVE}:
        return _listed(instance, name, rows, columns, kinds)
    if rows != columns:
        return _rectangular(instance, name, rows, columns, kinds)
    spectral = kinds & {"orthogonal", "idempotent", "involution"}
    symmetric = kinds & {"symmetric", "positive definite", "positive semidefinite"}
    triangles = kinds & {*TRIANGLES}
    if "diagonal" in kinds or len(triangles) == 2:
        return _diagonal(instance, name, n, kinds)
    if triangles:
        return _triangular(instance, name, n, kinds)
    roots = [kind for kind in kinds if kind.startswith(ROOT_OF)]
    if roots:
        return _root(instance, name, n, roots[0])
    if OF_SQUARE_MINUS_ONE in kinds:
        return _of_square_minus_one(instance, name, n, kinds)
    if "orthogonal" in kinds and not symmetric:
        return orthogonal(instance, name, n)
    if spectral:
        inner = _diagonal(instance, f"{name} eigenvalues", n, kinds)
        if symmetric:
            basis = orthogonal(instance, name, n)
            return basis * inner * basis.transpose()
        basis = free_matrix(instance, name, n, n)
        return basis * inner * _inverse(instance.ring, basis)
    orders = [kind.partition(" ")[2] for kind in kinds if kind.startswith("nilpotent")]
    if orders:
        basis = free_matrix(instance, name, n, n)
        inner = instance.ring.matrix(n, n, _nilpotent(instance, name, n, orders))
        return basis * inner * _inverse(instance.ring, basis)
    if "normal" in kinds and not symmetric and "skew" not in kinds:
        return _commuting_with_transpose(instance, name, n)
    if "positive definite" in kinds or "positive semidefinite" in kinds:
        return _definite(instance, name, n, "positive definite" in kinds)
    if "symmetric" in kinds and instance.style == LOW_RANK and n > 1:
        rank = n - 1 - instance.pick(f"{name} rank", 2)
        left = free_matrix(instance, f"{name} left", n, rank)
        return left * _diagonal(instance, f"{name} values", rank, frozenset()) * left.transpose()
    free = instance.source(name, n * n)
    if "symmetric" in kinds:
        entries = [free[min(i, j) * n + max(i, j)] for i in range(n) for j in range(n)]
    elif "skew" in kinds:
        entries = [0 if i == j else free[i * n + j] if i < j else -free[j * n + i] for i in range(n) for j in range(n)]
    else:
        entries = free
    return instance.ring.matrix(n, n, entries)


def _listed(instance: Instance, name: str, rows: int, columns: int, kinds: frozenset[str]) -> Matrix:
    """Entries 0 or 1, one of them 1 where they sum to 1; entries 1 or -1; squares divided by their sum."""
    count = rows * columns
    entries: list[Any]
    if "signs" in kinds:
        entries = [1 - 2 * instance.pick(f"{name} {i}", 2) for i in range(count)]
    elif "binary" in kinds and SUM_ONE in kinds:
        place = instance.pick(f"{name} place", count)
        entries = [int(i == place) for i in range(count)]
    elif "binary" in kinds:
        entries = [instance.pick(f"{name} {i}", 2) for i in range(count)]
    else:
        squares = [x * x for x in instance.source(name, count)]
        total = sum(squares)
        if not total:
            raise Inadmissible("an unlucky draw")
        entries = [x / total for x in squares]
    return instance.ring.matrix(rows, columns, entries)


def _rectangular(instance: Instance, name: str, rows: int, columns: int, kinds: frozenset[str]) -> Matrix:
    """Orthonormal columns (rows are handled by the transpose), or free."""
    if "orthogonal" in kinds or "orthonormal rows" in kinds:
        long = max(rows, columns)
        if ("orthonormal rows" in kinds) != (rows < columns):
            raise Inadmissible("more orthonormal vectors than dimensions")
        square = orthogonal(instance, name, long)
        entries = [square[i, j] for i in range(rows) for j in range(columns)]
        return instance.ring.matrix(rows, columns, entries)
    return free_matrix(instance, name, rows, columns)


def orthonormal_vector(instance: Instance, name: str, rows: int, at: int, count: int) -> Matrix:
    """The vector number ``at`` of an orthonormal family of ``count`` vectors: a column of an orthogonal matrix."""
    if not 1 <= at <= count:
        raise NoMember("a member of an orthonormal family beyond its last")
    if count > rows:
        raise Inadmissible("more orthonormal vectors than dimensions")
    square = orthogonal(instance, name, rows)
    return instance.ring.matrix(rows, 1, [square[i, at - 1] for i in range(rows)])


def mapping_of(
    instance: Instance, name: str, family: str, images: list[Matrix], columns: int, *, symmetric: bool
) -> Matrix:
    """A matrix M with given images of the first vectors of an orthonormal family; on what is orthogonal to them it is
    free, or symmetric and free.
    """
    ring = instance.ring
    square = orthogonal(instance, family, columns)
    rows, count = images[0].nrows(), len(images)
    free = free_matrix(instance, name, rows, columns - count)
    own = [[square[i, count + j] for j in range(columns - count)] for i in range(columns)]
    rest = ring.matrix(columns, columns - count, [x for line in own for x in line])
    if symmetric:
        inner = free_matrix(instance, name, columns - count, columns - count)
        free = rest * (inner + inner.transpose())
    total = free * rest.transpose()
    for j, image in enumerate(images):
        total = total + image * ring.matrix(1, columns, [square[i, j] for i in range(columns)])
    return total
