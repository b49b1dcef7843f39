"""Comparing values and testing properties of matrices, in each arithmetic.

A check answers True or False when that is certain and raises Inconclusive (wide balls) or NeedsReals (an
ordering asked of the prime field) when it is not.  May import this package and ``everystep.algebra.context`` only.
"""

from __future__ import annotations

from collections.abc import Callable

from everystep.algebra.context import PREDICATES, RELATIONS
from everystep.prove.exact.arithmetic import Element, Matrix, Ring
from everystep.prove.exact.errors import Inconclusive, NeedsReals, Unsupported

TIGHT, LOOSE = 2.0**-60, 2.0**-24
"""Relative radius up to which overlapping balls count as equal: rigorous values, values with a limit in them."""


def equal(ring: Ring, a: Matrix, b: Matrix, tolerance: float = TIGHT) -> bool:
    """Whether two matrices of one shape are equal."""
    if a.nrows() != b.nrows() or a.ncols() != b.ncols():
        shapes = f"{a.nrows()} x {a.ncols()} and {b.nrows()} x {b.ncols()}"
        raise Unsupported(f"a comparison of shapes {shapes}")
    if ring.exact:
        return bool(a == b)
    open_question = False
    for x, y in zip(a.entries(), b.entries(), strict=True):
        if not x.is_finite() or not y.is_finite():
            open_question = True
            continue
        difference = x - y
        if not difference.contains(0):
            if tolerance == TIGHT or abs(float(difference.mid())) > 1e-3 * (1 + abs(float(x.mid()))):
                return False
            open_question = True
        elif float(difference.rad()) > tolerance * (1 + abs(float(x.mid()))):
            open_question = True
    if open_question:
        raise Inconclusive("balls that overlap but are wide")
    return True


def _ordered(ring: Ring, a: Element, b: Element, tolerance: float) -> int:
    """The sign of ``a - b``; a tight ball around 0 counts as 0."""
    difference = a - b
    if not ring.exact and difference.contains(0):
        if float(difference.rad()) <= tolerance * (1 + abs(float(a.mid()))):
            return 0
        raise Inconclusive("an ordering of balls that overlap")
    return ring.sign(difference)


def holds(ring: Ring, a: Matrix, op: str, b: Matrix, tolerance: float = TIGHT) -> bool:
    """Whether ``a op b``."""
    if op not in RELATIONS:
        raise Unsupported(f"the relation {op}")
    if op == "=":
        return equal(ring, a, b, tolerance)
    if op == "!=":
        return not equal(ring, a, b, tolerance)
    if a.nrows() * a.ncols() * b.nrows() * b.ncols() != 1:
        raise Unsupported("an ordering of matrices")
    sign = _ordered(ring, a[0, 0], b[0, 0], tolerance)
    if sign == 0 and not ring.exact and op in ("<", ">"):
        raise Inconclusive("a strict inequality between balls that overlap")
    return {"<=": sign <= 0, ">=": sign >= 0, "<": sign < 0, ">": sign > 0}[op]


# properties ------------------------------------------------------------------------------------


def _symmetric(ring: Ring, a: Matrix) -> bool:
    return equal(ring, a, a.transpose())


def _rank_is(ring: Ring, a: Matrix, wanted: int) -> bool:
    if ring.exact:
        return ring.rank(a) == wanted
    gram = a * a.transpose() if a.nrows() == wanted else a.transpose() * a
    if gram.det().contains(0):
        raise Inconclusive("the rank of a matrix of balls")
    return True


def _invertible(ring: Ring, a: Matrix) -> bool:
    return _rank_is(ring, a, a.nrows())


def _pivots(ring: Ring, a: Matrix) -> list[int] | None:
    """The signs of the pivots of ``L D L^T``; None where a zero pivot stands over something that is not 0."""
    n = a.nrows()
    rest = [[a[i, j] for j in range(n)] for i in range(n)]
    signs = []
    for k in range(n):
        pivot = rest[k][k]
        sign = ring.sign(pivot)
        signs.append(sign)
        if sign == 0:
            if any(ring.sign(rest[i][k]) != 0 for i in range(k + 1, n)):
                return None
            continue
        for i in range(k + 1, n):
            factor = rest[i][k] / pivot
            for j in range(k + 1, n):
                rest[i][j] = rest[i][j] - factor * rest[k][j]
    return signs


def _positive(least: int) -> Callable[[Ring, Matrix], bool]:
    def check(ring: Ring, a: Matrix) -> bool:
        if not _symmetric(ring, a):
            return False
        signs = _pivots(ring, a)
        return signs is not None and all(s >= least for s in signs)

    return check


def _orthogonal(ring: Ring, a: Matrix) -> bool:
    n, m = a.nrows(), a.ncols()
    one = equal(ring, a.transpose() * a, ring.identity(m))
    return one and (n != m or equal(ring, a * a.transpose(), ring.identity(n)))


def _diagonal(ring: Ring, a: Matrix) -> bool:
    n, m = a.nrows(), a.ncols()
    entries = [a[i, j] if i == j else 0 for i in range(n) for j in range(m)]
    return equal(ring, a, ring.matrix(n, m, entries))


def _triangular(lower: bool) -> Callable[[Ring, Matrix], bool]:
    def check(ring: Ring, a: Matrix) -> bool:
        n, m = a.nrows(), a.ncols()
        entries = [a[i, j] if (j <= i if lower else i <= j) else 0 for i in range(n) for j in range(m)]
        return equal(ring, a, ring.matrix(n, m, entries))

    return check


def _nonzero(ring: Ring, a: Matrix) -> bool:
    try:
        return not equal(ring, a, ring.zeros(a.nrows(), a.ncols()))
    except Inconclusive:
        if any(not x.contains(0) for x in a.entries()):
            return True
        raise


_CHECKS: dict[str, Callable[[Ring, Matrix], bool]] = {
    "symmetric": _symmetric,
    "invertible": _invertible,
    "positive definite": _positive(1),
    "positive semidefinite": _positive(0),
    "orthogonal": _orthogonal,
    "diagonal": _diagonal,
    "lower triangular": _triangular(True),
    "upper triangular": _triangular(False),
    "idempotent": lambda ring, a: equal(ring, a * a, a),
    "full row rank": lambda ring, a: _rank_is(ring, a, a.nrows()),
    "full column rank": lambda ring, a: _rank_is(ring, a, a.ncols()),
    "nonzero": _nonzero,
}

ORDERED = ("positive definite", "positive semidefinite")
"""Properties that mean something in an ordered field only."""


def has_property(ring: Ring, kind: str, a: Matrix) -> bool:
    """Whether a matrix has a property of ``PREDICATES``."""
    if kind not in PREDICATES or kind not in _CHECKS:
        raise Unsupported(f"the property {kind}")
    if kind in ORDERED and not ring.ordered:
        raise NeedsReals("an ordering")
    return _CHECKS[kind](ring, a)
