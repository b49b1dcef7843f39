"""Matrices with infinitesimals: the arithmetic that takes derivatives by calculating with the function itself.

A :class:`Jet` is ``base + sum of parts[key] * (product of infinitesimals of the key)``.  Every
differentiation has a *level* of its own, with one infinitesimal a direction; the product of two
infinitesimals of one level is 0.  A key is an integer: its low bits say which levels occur, above them stands the
direction of each level.  May import the arithmetic and the functions' series only.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, product
from typing import TypeAlias

from everystep.prove.exact.arithmetic import Element, Matrix, Ring
from everystep.prove.exact.errors import Undefined, Unsupported

LEVELS = 16
_MASK = (1 << LEVELS) - 1
_WIDTH = 16
_MANY_PARTS = 8
"""From so many parts on their squares are taken all at once."""

Series: TypeAlias = Callable[[Element, int], list[Element]]
"""Taylor coefficients of a function at a point, up to an order."""


def key(level: int, direction: int) -> int:
    """The key of one infinitesimal."""
    return (1 << level) | (direction << (LEVELS + _WIDTH * level))


def split_key(value: int, level: int) -> tuple[int, int]:
    """The direction at ``level``, and the key of what remains (0 for the base)."""
    shift = LEVELS + _WIDTH * level
    direction = (value >> shift) & ((1 << _WIDTH) - 1)
    return direction, value & ~((direction << shift) | (1 << level))


class Jet:
    """``levels`` is the mask of all levels that occur in ``parts``."""

    __slots__ = ("base", "levels", "parts")

    def __init__(self, base: Matrix, parts: dict[int, Matrix] | None = None, levels: int = 0) -> None:
        self.base = base
        self.parts = parts
        self.levels = levels if parts else 0

    @property
    def rows(self) -> int:
        return int(self.base.nrows())

    @property
    def columns(self) -> int:
        return int(self.base.ncols())


def linear(a: Jet, f: Callable[[Matrix], Matrix]) -> Jet:
    """A linear map, applied to the base and to every part."""
    if a.parts is None:
        return Jet(f(a.base))
    return Jet(f(a.base), {k: f(m) for k, m in a.parts.items()}, a.levels)


def add(a: Jet, b: Jet) -> Jet:
    if b.parts is None:
        return Jet(a.base + b.base, a.parts, a.levels)
    if a.parts is None:
        return Jet(a.base + b.base, b.parts, b.levels)
    parts = dict(a.parts)
    for k, m in b.parts.items():
        parts[k] = parts[k] + m if k in parts else m
    return Jet(a.base + b.base, parts, a.levels | b.levels)


def negative(a: Jet) -> Jet:
    return linear(a, lambda m: -m)


def subtract(a: Jet, b: Jet) -> Jet:
    return add(a, negative(b))


def bilinear(a: Jet, b: Jet, f: Callable[[Matrix, Matrix], Matrix]) -> Jet:
    """A bilinear product of two jets."""
    base = f(a.base, b.base)
    if a.parts is None and b.parts is None:
        return Jet(base)
    parts: dict[int, Matrix] = {}
    if a.parts is not None:
        right = b.base
        for k, m in a.parts.items():
            parts[k] = f(m, right)
    if b.parts is not None:
        left = a.base
        for k, m in b.parts.items():
            product = f(left, m)
            parts[k] = parts[k] + product if k in parts else product
    if a.parts is not None and b.parts is not None:
        _mixed(parts, a, b, f)
    return Jet(base, parts, a.levels | b.levels)


def _mixed(parts: dict[int, Matrix], a: Jet, b: Jet, f: Callable[[Matrix, Matrix], Matrix]) -> None:
    """The products of two infinitesimal parts; they vanish within one level."""
    if a.levels == b.levels and not a.levels & (a.levels - 1):
        return
    for k, m in (a.parts or {}).items():
        for j, n in (b.parts or {}).items():
            if not k & j & _MASK:
                product = f(m, n)
                both = k | j
                parts[both] = parts[both] + product if both in parts else product


def _times(a: Matrix, b: Matrix) -> Matrix:
    return a * b


def multiply(a: Jet, b: Jet) -> Jet:
    """The matrix product."""
    if a.parts is None and b.parts is None:
        return Jet(a.base * b.base)
    return bilinear(a, b, _times)


def _scaled(a: Matrix, s: Matrix) -> Matrix:
    return a * s[0, 0]


def scale(a: Jet, s: Jet) -> Jet:
    """``a`` times the 1 x 1 jet ``s``."""
    if a.parts is None and s.parts is None:
        return Jet(a.base * s.base[0, 0])
    return bilinear(a, s, _scaled)


def transpose(a: Jet) -> Jet:
    return linear(a, lambda m: m.transpose())


class Jets:
    """The operations on jets that need to know their ring."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self._constants: dict[tuple[int, int], Jet] = {}

    def constant(self, numerator: int, denominator: int = 1) -> Jet:
        """A rational number as a 1 x 1 jet."""
        found = self._constants.get((numerator, denominator))
        if found is None:
            found = Jet(self.ring.matrix(1, 1, [self.ring.element(numerator, denominator)]))
            self._constants[numerator, denominator] = found
        return found

    def scalar(self, x: Element) -> Jet:
        return Jet(self.ring.matrix(1, 1, [x]))

    def identity(self, n: int) -> Jet:
        return Jet(self.ring.identity(n))

    def zeros(self, rows: int, columns: int) -> Jet:
        return Jet(self.ring.zeros(rows, columns))

    # linear maps -----------------------------------------------------------------------------------

    def reshape(self, a: Jet, rows: int, columns: int, source: list[int]) -> Jet:
        """A matrix whose entries, row by row, are those of ``a`` at the positions in ``source`` (-1 for 0)."""
        ring = self.ring

        def pick(m: Matrix) -> Matrix:
            entries = m.entries()
            return ring.matrix(rows, columns, [entries[p] if p >= 0 else 0 for p in source])

        return linear(a, pick)

    def trace(self, a: Jet) -> Jet:
        ring = self.ring
        n = a.rows
        return linear(a, lambda m: ring.matrix(1, 1, [_sum(ring, [m[i, i] for i in range(n)])]))

    def entry(self, a: Jet, i: int, j: int) -> Jet:
        ring = self.ring
        return linear(a, lambda m: ring.matrix(1, 1, [m[i, j]]))

    # products --------------------------------------------------------------------------------------

    def hadamard(self, a: Jet, b: Jet) -> Jet:
        ring = self.ring
        rows, columns = a.rows, a.columns

        def entrywise(m: Matrix, n: Matrix) -> Matrix:
            products = [x * y for x, y in zip(m.entries(), n.entries(), strict=True)]
            return ring.matrix(rows, columns, products)

        return bilinear(a, b, entrywise)

    def kron(self, a: Jet, b: Jet) -> Jet:
        ring = self.ring
        ra, ca, rb, cb = a.rows, a.columns, b.rows, b.columns

        def kronecker(m: Matrix, n: Matrix) -> Matrix:
            entries = [m[i, j] * n[k, o] for i in range(ra) for k in range(rb) for j in range(ca) for o in range(cb)]
            return ring.matrix(ra * rb, ca * cb, entries)

        return bilinear(a, b, kronecker)

    def square_sum(self, a: Jet) -> Jet:
        """The sum of the squared entries."""
        if a.parts is not None and len(a.parts) >= _MANY_PARTS:
            return self._gram(a, a.parts)
        if a.columns == 1:
            return multiply(transpose(a), a)
        if a.rows == 1:
            return multiply(a, transpose(a))
        return self.trace(multiply(transpose(a), a))

    def _gram(self, a: Jet, parts: dict[int, Matrix]) -> Jet:
        """The sum of the squared entries from products of all parts at once, each written as a row: those of one
        level with the base, and with those of the other levels.
        """
        width = a.rows * a.columns
        levels: dict[int, list[int]] = {}
        for k in parts:
            levels.setdefault(k & _MASK, []).append(k)
        rows = {
            level: self.ring.matrix(len(keys), width, [x for k in keys for x in parts[k].entries()])
            for level, keys in levels.items()
        }
        base = self.ring.matrix(1, width, list(a.base.entries()))
        found: dict[int, Element] = {}
        for level, keys in levels.items():
            found |= zip(keys, ((rows[level] * base.transpose()) * 2).entries(), strict=True)
        for one, other in combinations(levels, 2):
            if one & other:
                continue  # products within one level vanish
            products = ((rows[one] * rows[other].transpose()) * 2).entries()
            for (k, n), x in zip(product(levels[one], levels[other]), products, strict=True):
                found[k | n] = found[k | n] + x if k | n in found else x
        square = base * base.transpose()
        return Jet(square, {k: self.ring.matrix(1, 1, [x]) for k, x in found.items()}, a.levels)

    # functions -------------------------------------------------------------------------------------

    def apply(self, a: Jet, series: Series) -> Jet:
        """A scalar function entry by entry, from its Taylor coefficients at the entries of the base."""
        order = a.levels.bit_count()
        rows, columns = a.rows, a.columns
        ring = self.ring
        if not order:
            return Jet(ring.matrix(rows, columns, [series(x, 0)[0] for x in a.base.entries()]))
        coefficients = [series(x, order) for x in a.base.entries()]
        nilpotent = Jet(ring.zeros(rows, columns), a.parts, a.levels)
        result = Jet(ring.matrix(rows, columns, [c[0] for c in coefficients]))
        power = nilpotent
        for k in range(1, order + 1):
            factor = Jet(ring.matrix(rows, columns, [c[k] for c in coefficients]))
            result = add(result, self.hadamard(factor, power))
            if k < order:
                power = self.hadamard(power, nilpotent)
        return result

    def reciprocal(self, s: Jet, name: str = "division") -> Jet:
        """One over a 1 x 1 jet."""
        return self.inverse(s, name)

    def inverse(self, a: Jet, name: str = "inverse") -> Jet:
        """The inverse of a square jet, by Newton's iteration from the inverse of the base."""
        try:
            result = Jet(self.ring.inverse(a.base))
        except Undefined as error:
            raise Undefined(name, error.reason) from None
        order = a.levels.bit_count()
        reached = 0
        while reached < order:
            reached = 2 * reached + 1
            correction = subtract(self.identity(a.rows), multiply(a, result))
            result = add(result, multiply(result, correction))
        return result

    def power(self, a: Jet, exponent: int) -> Jet:
        """An integer power of a square jet; the 0-th is the identity."""
        if exponent < 0:
            a, exponent = self.inverse(a, "a negative power"), -exponent
        if self.ring.grows:
            self.ring.power_bounded(a.base, exponent)
        result: Jet | None = None
        while exponent:
            if exponent & 1:
                result = a if result is None else multiply(result, a)
            exponent >>= 1
            if exponent:
                a = multiply(a, a)
        return self.identity(a.rows) if result is None else result

    def determinant(self, a: Jet) -> Jet:
        """The determinant; with infinitesimals by expansion along rows, which needs no division."""
        n = a.rows
        if a.parts is None:
            return self.scalar(a.base.det())
        if n > 8:
            raise Unsupported("the derivative of a determinant of size above 8")
        minors: dict[int, Jet] = {0: self.constant(1)}
        for row in range(n):
            entries = [self._nonzero_entry(a, row, column) for column in range(n)]
            following: dict[int, Jet] = {}
            for used, minor in minors.items():
                for column in range(n):
                    if used >> column & 1:
                        continue
                    term = multiply(minor, entries[column])
                    if (used >> (column + 1)).bit_count() & 1:
                        term = negative(term)
                    both = used | 1 << column
                    following[both] = add(following[both], term) if both in following else term
            minors = following
        total = minors[(1 << n) - 1]
        # A derivative that vanishes is one nevertheless.
        zero = self.ring.zeros(1, 1)
        return Jet(total.base, {**dict.fromkeys(a.parts, zero), **(total.parts or {})}, a.levels)

    def _nonzero_entry(self, a: Jet, i: int, j: int) -> Jet:
        """An entry without the parts that are exactly 0."""
        ring = self.ring
        entries = ((k, m[i, j]) for k, m in (a.parts or {}).items())
        parts = {k: ring.matrix(1, 1, [x]) for k, x in entries if not x == 0}  # noqa: SIM201 - of balls != is another
        return Jet(ring.matrix(1, 1, [a.base[i, j]]), parts or None, a.levels)

    def pseudo_inverse(self, a: Jet) -> Jet:
        """The Moore-Penrose inverse, by a full-rank factorisation of the base."""
        ring = self.ring
        rank = ring.rank(a.base)
        if rank == a.columns:
            at = transpose(a)
            return multiply(self.inverse(multiply(at, a)), at)
        if rank == a.rows:
            at = transpose(a)
            return multiply(at, self.inverse(multiply(a, at)))
        if a.parts is not None:
            raise Undefined("derivative", "the Moore-Penrose inverse is not differentiable here")
        if rank == 0:
            return self.zeros(a.columns, a.rows)
        echelon, _ = ring.reduced(a.base)
        pivots = [next(j for j in range(a.columns) if echelon[i, j] != 0) for i in range(rank)]
        left = ring.matrix(a.rows, rank, [a.base[i, j] for i in range(a.rows) for j in pivots])
        right = ring.matrix(rank, a.columns, [echelon[i, j] for i in range(rank) for j in range(a.columns)])
        lt, rt = left.transpose(), right.transpose()
        return Jet(rt * ring.inverse(right * rt) * ring.inverse(lt * left) * lt)

    def largest(self, a: Jet, direction: int) -> Jet:
        """The largest (``direction`` 1) or smallest (-1) entry."""
        ring = self.ring
        rows, columns = a.rows, a.columns
        best = (0, 0)
        tie = False
        for i in range(rows):
            for j in range(columns):
                if (i, j) == best:
                    continue
                difference = a.base[i, j] - a.base[best]
                if not ring.exact and a.parts is None and difference.contains(0):
                    return self._hull(a, direction)
                sign = ring.sign(difference) * direction
                if sign > 0:
                    best, tie = (i, j), False
                elif sign == 0:
                    tie = True
        if tie and a.parts is not None:
            raise Undefined("derivative", "the maximum is reached twice")
        return self.entry(a, *best)

    def _hull(self, a: Jet, direction: int) -> Jet:
        entries = a.base.entries()
        result = entries[0]
        for x in entries[1:]:
            result = result.max(x) if direction > 0 else result.min(x)
        return self.scalar(result)

    def eigenvalue(self, a: Jet, direction: int) -> Jet:
        """The largest or smallest eigenvalue of a symmetric matrix."""
        n = a.rows
        for i in range(n):
            for j in range(i):
                difference = a.base[i, j] - a.base[j, i]
                if difference != 0 and not (not self.ring.exact and difference.contains(0)):
                    raise Undefined("eigenvalue", "the matrix is not symmetric")
        values = self.ring.eigenvalues(a.base)
        if n == 1:
            return a
        best = self.largest(Jet(self.ring.matrix(n, 1, values)), direction)
        if a.parts is None:
            return best
        return self._moving_eigenvalue(a, best)

    def _moving_eigenvalue(self, a: Jet, best: Jet) -> Jet:
        """Newton's iteration for the root of the characteristic polynomial near a simple eigenvalue."""
        level = LEVELS - 1
        if a.levels >> level & 1:
            raise Unsupported("too many nested derivatives")
        step = Jet(self.ring.zeros(1, 1), {key(level, 0): self.ring.identity(1)}, 1 << level)
        value = best
        for _ in range(a.levels.bit_count()):
            moved = add(value, step)
            polynomial = self.determinant(subtract(scale(self.identity(a.rows), moved), a))
            slope, rest = separate(polynomial, level)
            try:
                quotient = multiply(rest, self.reciprocal(slope))
            except Undefined:
                # Balls that cannot tell two eigenvalues apart show nothing: that stays inconclusive.
                raise Undefined("derivative", "the eigenvalue is not simple") from None
            value = subtract(value, Jet(self.ring.zeros(1, 1), quotient.parts, quotient.levels))
        return value


def separate(a: Jet, level: int) -> tuple[Jet, Jet]:
    """The coefficient of the single infinitesimal of ``level``, and what is free of it."""
    inside: dict[int, Matrix] = {}
    outside: dict[int, Matrix] = {}
    bit = 1 << level
    base = a.base - a.base
    for k, m in (a.parts or {}).items():
        if k & bit:
            _, rest = split_key(k, level)
            if rest:
                inside[rest] = m
            else:
                base = m
        else:
            outside[k] = m
    levels = a.levels & ~bit
    return Jet(base, inside or None, levels), Jet(a.base, outside or None, levels)


def _sum(ring: Ring, entries: list[Element]) -> Element:
    total = ring.element(0)
    for x in entries:
        total = total + x
    return total
