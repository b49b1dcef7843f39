"""Matrices that are sums of squares: ``A^T A - A^T B - B^T A + B^T B`` is ``(A - B)^T (A - B)``.

Each word of the matrix, multiplied out, is cut in its middle as X^T Y; with its coefficient at (X, Y) the matrix is the
form of a table of numbers at the halves, and positive semidefinite where the table is.  May import
``everystep.algebra``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TypeAlias

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression

Word: TypeAlias = tuple[Expression, ...]
Addend: TypeAlias = tuple[Fraction, tuple[Expression, ...], Word]

MOST_ADDENDS, MOST_HALVES, MOST_LETTERS = 24, 6, 8


class NoSquares(Exception):
    """A matrix that is not cut into squares: too long, or with a word that has no middle."""


def is_sum_of_squares(
    e: Expression, symmetric: Callable[[Expression], bool], nonnegative: Callable[[Expression], bool]
) -> bool:
    """Whether a matrix is a sum of squares W^T W with weights >= 0.

    The table of coefficients must be symmetric; it is semidefinite by elimination where its numbers are rational, or
    has at most two rows, with diagonal entries and a determinant that are known to be >= 0.
    """
    try:
        addends = _multiplied_out(e, symmetric)
        halves: dict[Word, int] = {}
        table: dict[tuple[int, int], list[Expression]] = {}
        for coefficient, numbers, word in addends:
            for share, first, last in _cuts(word, symmetric):
                at = tuple(halves.setdefault(half, len(halves)) for half in (first, last))
                value: Expression = ex.Num(coefficient * share)
                table.setdefault((at[0], at[1]), []).append(ex.Mul(value, *numbers) if numbers else value)
    except NoSquares:
        return False
    if not 0 < len(halves) <= MOST_HALVES:
        return False
    return _is_semidefinite(table, len(halves), nonnegative)


def _cuts(word: Word, symmetric: Callable[[Expression], bool]) -> Iterator[tuple[Fraction, Word, Word]]:
    """(share, X, Y) with the word as the sum of share X^T Y: cut in its middle; one symmetric letter between I and
    itself on either side.  Raises NoSquares for other words of odd length.
    """
    half, odd = divmod(len(word), 2)
    if not odd:
        yield Fraction(1), _turned(word[:half], symmetric), word[half:]
    elif len(word) == 1 and symmetric(word[0]):
        yield Fraction(1, 2), (), word
        yield Fraction(1, 2), word, ()
    elif len(word) == 1 and isinstance(word[0], ex.Transpose):
        yield Fraction(1), _turned(word, symmetric), ()
    elif len(word) == 1:
        yield Fraction(1), (), word
    else:
        raise NoSquares


def _turned(word: Word, symmetric: Callable[[Expression], bool]) -> Word:
    """The transpose of a word."""
    return tuple(_letter(ex.Transpose(letter), symmetric) for letter in reversed(word))


def _letter(e: Expression, symmetric: Callable[[Expression], bool]) -> Expression:
    """A letter without two transposes, and without one where it is symmetric."""
    if isinstance(e, ex.Transpose):
        (inside,) = e.operands
        if isinstance(inside, ex.Transpose):
            return inside.operands[0]
        return inside if symmetric(inside) else e
    return e


def _multiplied_out(e: Expression, symmetric: Callable[[Expression], bool]) -> list[Addend]:
    """The words of a matrix, each with its rational coefficient and its other numbers; I is the empty word."""
    if isinstance(e, ex.Neg):
        return [(-c, numbers, word) for c, numbers, word in _multiplied_out(e.operands[0], symmetric)]
    if isinstance(e, ex.Add):
        parts = [a for operand in e.operands for a in _multiplied_out(operand, symmetric)]
        return _bounded(parts)
    if isinstance(e, ex.Div):
        factor: Addend = _number(ex.Div(ex.Num(1), e.operands[1]))
        return _product([[factor], _multiplied_out(e.operands[0], symmetric)])
    if isinstance(e, ex.Eye):
        return [(Fraction(1), (), ())]
    if isinstance(e, ex.Mul):
        chains = [[e.operands[k] for k in segment] for segment in e.segments]
        wholes = [chain[0] if len(chain) == 1 else ex.Mul(*chain) for chain in chains]
        matrices = [chain for chain, whole in zip(chains, wholes, strict=True) if not whole.is_number_shaped]
        if len(matrices) != 1:
            raise NoSquares
        numbers = [[_number(whole)] for whole in wholes if whole.is_number_shaped]
        return _product([*numbers, *(_multiplied_out(f, symmetric) for f in matrices[0])])
    if isinstance(e, ex.Pow) and e.operands[1] == ex.Num(2) and not e.is_number_shaped:
        inner = _multiplied_out(e.operands[0], symmetric)
        return _product([inner, inner])
    if isinstance(e, ex.Transpose) and not isinstance(e.operands[0], (ex.Var, ex.Transpose)):
        inner = _multiplied_out(e.operands[0], symmetric)
        return [(c, numbers, _turned(word, symmetric)) for c, numbers, word in inner]
    return [(Fraction(1), (), (_letter(e, symmetric),))]


def _number(e: Expression) -> Addend:
    if isinstance(e, ex.Num) and e.value.is_Rational:
        return Fraction(int(e.value.p), int(e.value.q)), (), ()
    if isinstance(e, ex.Div) and isinstance(e.operands[1], ex.Num) and e.operands[0] == ex.Num(1):
        value = e.operands[1].value
        if value.is_Rational and value != 0:
            return Fraction(int(value.q), int(value.p)), (), ()
    return Fraction(1), (e,), ()


def _product(factors: list[list[Addend]]) -> list[Addend]:
    result: list[Addend] = [(Fraction(1), (), ())]
    for factor in factors:
        result = _bounded([(a * b, m + n, v + w) for a, m, v in result for b, n, w in factor])
    return result


def _bounded(addends: list[Addend]) -> list[Addend]:
    if len(addends) > MOST_ADDENDS or any(len(word) > MOST_LETTERS for _, _, word in addends):
        raise NoSquares
    return addends


def _is_semidefinite(
    table: dict[tuple[int, int], list[Expression]], size: int, nonnegative: Callable[[Expression], bool]
) -> bool:
    def at(i: int, j: int) -> Expression:
        values = table.get((i, j), [])
        return ex.Num(0) if not values else values[0] if len(values) == 1 else ex.Add(*values)

    rational = [[_rational(table.get((i, j), [])) for j in range(size)] for i in range(size)]
    if all(value is not None for row in rational for value in row):
        return _eliminates([[value for value in row if value is not None] for row in rational])
    if size == 1:
        return nonnegative(at(0, 0))
    if size != 2:
        return False
    gap = ex.Add(at(0, 1), ex.Neg(at(1, 0)))
    if not (nonnegative(gap) and nonnegative(ex.Neg(gap))):
        return False
    determinant = ex.Add(ex.Mul(at(0, 0), at(1, 1)), ex.Neg(ex.Mul(at(0, 1), at(0, 1))))
    return nonnegative(at(0, 0)) and nonnegative(at(1, 1)) and nonnegative(determinant)


def _rational(values: list[Expression]) -> Fraction | None:
    if not all(isinstance(v, ex.Num) for v in values):
        return None
    return sum((Fraction(int(v.value.p), int(v.value.q)) for v in values if isinstance(v, ex.Num)), Fraction(0))


def _eliminates(rows: list[list[Fraction]]) -> bool:
    """Whether a table of rational numbers is symmetric and positive semidefinite."""
    size = len(rows)
    if any(rows[i][j] != rows[j][i] for i in range(size) for j in range(i)):
        return False
    for k in range(size):
        pivot = rows[k][k]
        if pivot < 0 or (pivot == 0 and any(rows[i][k] for i in range(k, size))):
            return False
        for i in range(k + 1, size):
            ratio = rows[i][k] / pivot if pivot else Fraction(0)
            rows[i] = [a - ratio * b for a, b in zip(rows[i], rows[k], strict=True)]
    return True
