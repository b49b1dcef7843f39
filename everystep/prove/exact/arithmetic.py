"""The three arithmetics: a prime field, the rationals, real balls; matrices are FLINT's.

A ring makes matrices and elements, and answers what FLINT's types do not answer by their operators.  Nothing
here rounds: what a ring cannot decide raises.  May import python-flint and the errors only.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isqrt
from typing import Any, TypeAlias
from zlib import crc32

from flint import acb_mat, arb, arb_mat, fmpq, fmpq_mat, nmod, nmod_mat

from everystep.prove.exact.errors import Inadmissible, Inconclusive, NeedsReals, TooLarge, Undefined

# FLINT's matrices and elements of one ring at a time; they share their operators but no common type.
Matrix: TypeAlias = Any
Element: TypeAlias = Any

PRIME = (1 << 61) - 1
MOST_BITS = 1 << 17
"""Of a rational number: what is larger takes long, and a person would not read it."""


class Ring:
    """What all arithmetics have in common."""

    name: str
    exact: bool
    ordered: bool = True
    grows: bool = False  # whether numbers take more room the longer they are computed with
    stand_in: int = 0  # while it is not 0, logarithms have stand-ins: see ``log``

    def matrix(self, rows: int, columns: int, entries: Iterable[Any]) -> Matrix:
        raise NotImplementedError

    def zeros(self, rows: int, columns: int) -> Matrix:
        raise NotImplementedError

    def element(self, numerator: int, denominator: int = 1) -> Element:
        raise NotImplementedError

    def convert(self, rational: fmpq_mat) -> Matrix:
        """A rational matrix in this ring."""
        raise NotImplementedError

    def bounded(self, m: Matrix) -> None:
        """Raises TooLarge where the numbers in a matrix have become too large to go on with."""

    def power_bounded(self, m: Matrix, exponent: int) -> None:
        """The same of a power that is still to be computed."""

    def sign(self, x: Element) -> int:
        raise NeedsReals("an ordering")

    def is_zero(self, x: Element) -> bool:
        return bool(x == 0)

    def sqrt(self, x: Element) -> Element:
        raise NeedsReals("a square root")

    def exp(self, x: Element) -> Element:
        if self.is_zero(x):
            return self.element(1)
        raise NeedsReals("an exponential")

    def log(self, x: Element) -> Element:
        if self.is_zero(x - 1):
            return self.element(0)
        if self.ordered and self.sign(x) <= 0:
            raise Undefined("log", f"the argument is {show(x)}")
        if self.stand_in:
            # Equal arguments have equal stand-ins: enough for a derivative, in which the value itself does not occur.
            return self.element(crc32(f"{self.stand_in}/{x}".encode()))
        raise NeedsReals("a logarithm")

    def sin_cos(self, x: Element) -> tuple[Element, Element]:
        if self.is_zero(x):
            return self.element(0), self.element(1)
        raise NeedsReals("a sine")

    def inverse(self, m: Matrix) -> Matrix:
        try:
            return m.inv()
        except ZeroDivisionError:
            raise Undefined("inverse", singular(m.nrows(), m.rank())) from None

    def rank(self, m: Matrix) -> int:
        return int(m.rank())

    def reduced(self, m: Matrix) -> tuple[Matrix, int]:
        """Reduced row echelon form and rank."""
        echelon, rank = m.rref()
        return echelon, int(rank)

    def eigenvalues(self, m: Matrix) -> list[Element]:
        """The eigenvalues of a symmetric matrix."""
        n = m.nrows()
        if all(m[i, j] == 0 for i in range(n) for j in range(n) if i != j):
            return [m[i, i] for i in range(n)]
        raise NeedsReals("an eigenvalue")

    def identity(self, n: int) -> Matrix:
        result = self.zeros(n, n)
        for i in range(n):
            result[i, i] = 1
        return result


def singular(size: int, rank: int) -> str:
    """Why a square matrix has no inverse."""
    if size == 1:
        return "it is 0"
    return f"it is {size} x {size} and has rank {rank}"


class PrimeField(Ring):
    """Integers modulo a prime near 2^61: fast, and agreement at random values is no accident."""

    name = "prime field"
    exact = True
    ordered = False

    def __init__(self, roots: bool = False) -> None:
        self.roots = roots

    def matrix(self, rows: int, columns: int, entries: Iterable[Any]) -> nmod_mat:
        return nmod_mat(rows, columns, list(entries), PRIME)

    def zeros(self, rows: int, columns: int) -> nmod_mat:
        return nmod_mat(rows, columns, PRIME)

    def element(self, numerator: int, denominator: int = 1) -> nmod:
        if denominator == 1:
            return nmod(numerator, PRIME)
        return nmod(numerator, PRIME) / nmod(denominator, PRIME)

    def convert(self, rational: fmpq_mat) -> nmod_mat:
        entries = [self.element(int(x.p), int(x.q)) for x in rational.entries()]
        return self.matrix(rational.nrows(), rational.ncols(), entries)

    def sqrt(self, x: nmod) -> nmod:
        """With ``roots``: the root that is itself a square, so that roots of products are products of roots.

        Squares play the part of the positive numbers, which sums do not respect: good for agreement only.
        """
        if not self.roots:
            raise NeedsReals("a square root")
        root = self.root(x)
        if root is None:
            raise Inadmissible("a number without a root in the prime field")
        return root if self.root(root) is not None else -root

    def root(self, x: nmod) -> nmod | None:
        """A square root in the field, if there is one."""
        candidate = x ** ((PRIME + 1) // 4)
        return candidate if candidate * candidate == x else None


class Rationals(Ring):
    """Exact rationals."""

    name = "rationals"
    exact = True
    grows = True

    def matrix(self, rows: int, columns: int, entries: Iterable[Any]) -> fmpq_mat:
        return fmpq_mat(rows, columns, list(entries))

    def zeros(self, rows: int, columns: int) -> fmpq_mat:
        return fmpq_mat(rows, columns)

    def element(self, numerator: int, denominator: int = 1) -> fmpq:
        return fmpq(numerator, denominator)

    def convert(self, rational: fmpq_mat) -> fmpq_mat:
        return rational

    def bounded(self, m: fmpq_mat) -> None:
        """Raises TooLarge for large numbers; of a matrix the corners are looked at: enough to stop a growth."""
        if m[0, 0].height_bits() > MOST_BITS or m[m.nrows() - 1, m.ncols() - 1].height_bits() > MOST_BITS:
            raise TooLarge("a number of many digits")

    def power_bounded(self, m: fmpq_mat, exponent: int) -> None:
        """Raises TooLarge where the power of a square matrix may have large numbers."""
        n = m.nrows()
        if n == 1 and m[0, 0] in (0, 1, -1):
            return
        if exponent * (max(x.height_bits() for x in m.entries()) + n.bit_length() - 1) > MOST_BITS:
            raise TooLarge("a power of many digits")

    def sign(self, x: fmpq) -> int:
        return (x > 0) - (x < 0)

    def sqrt(self, x: fmpq) -> fmpq:
        if x < 0:
            raise Undefined("sqrt", f"the argument is {show(x)}")
        root = self.root(x)
        if root is None:
            raise NeedsReals("a square root")
        return root

    def root(self, x: fmpq) -> fmpq | None:
        """The rational square root, if there is one."""
        if x < 0:
            return None
        p, q = int(x.p), int(x.q)
        a, b = isqrt(p), isqrt(q)
        return fmpq(a, b) if a * a == p and b * b == q else None


class Balls(Ring):
    """Real balls: every result is an interval that contains the true value."""

    name = "balls"
    exact = False

    def matrix(self, rows: int, columns: int, entries: Iterable[Any]) -> arb_mat:
        return arb_mat(rows, columns, list(entries))

    def zeros(self, rows: int, columns: int) -> arb_mat:
        return arb_mat(rows, columns)

    def element(self, numerator: int, denominator: int = 1) -> arb:
        return arb(numerator) if denominator == 1 else arb(fmpq(numerator, denominator))

    def convert(self, rational: fmpq_mat) -> arb_mat:
        return arb_mat(rational)

    def sign(self, x: arb) -> int:
        if x > 0:
            return 1
        if x < 0:
            return -1
        if x.is_zero():
            return 0
        raise Inconclusive("the sign of a ball that contains 0")

    def is_zero(self, x: arb) -> bool:
        return bool(x.is_zero())

    def sqrt(self, x: arb) -> arb:
        if self.sign(x) < 0:
            raise Undefined("sqrt", f"the argument is {show(x)}")
        return x.sqrt()

    def exp(self, x: arb) -> arb:
        return x.exp()

    def log(self, x: arb) -> arb:
        if self.sign(x) <= 0:
            raise Undefined("log", f"the argument is {show(x)}")
        return x.log()

    def sin_cos(self, x: arb) -> tuple[arb, arb]:
        return x.sin(), x.cos()

    def inverse(self, m: arb_mat) -> arb_mat:
        try:
            return m.inv()
        except ZeroDivisionError:
            if m.nrows() == 1 and m[0, 0].is_zero():
                raise Undefined("inverse", singular(1, 0)) from None
            raise Inconclusive("the inverse of a matrix of balls") from None

    def rank(self, m: arb_mat) -> int:
        raise Inconclusive("the rank of a matrix of balls")

    def eigenvalues(self, m: arb_mat) -> list[arb]:
        n = m.nrows()
        if all(m[i, j].is_zero() for i in range(n) for j in range(n) if i != j):
            return [m[i, i] for i in range(n)]
        # FLINT isolates them where entries are near 1; a power of 2 is exact.
        scale = arb(2) ** max(_exponent(x) for x in m.entries())
        try:
            return [value.real * scale for value in acb_mat(m / scale).eig(multiple=True)]
        except ValueError as error:
            raise Inconclusive("an eigenvalue") from error


def _exponent(x: arb) -> int:
    """The least e with ``|m| < 2^e`` for the middle m of a ball; of one around 0 that of 1, of an infinite one none."""
    if not x.is_finite():
        raise Inconclusive("an eigenvalue of what is not bounded")
    middle, exponent = x.mid().man_exp()
    return int(middle).bit_length() + int(exponent)


FIELD, FIELD_WITH_ROOTS, RATIONALS, BALLS = PrimeField(), PrimeField(True), Rationals(), Balls()


def show(x: Element) -> str:
    """An element as a person writes it."""
    if isinstance(x, arb):
        return str(x.str(12))
    return str(x)
