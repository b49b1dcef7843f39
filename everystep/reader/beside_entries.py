r"""Numbers beside what is taken entry by entry: ``1 - H \odot H`` of a matrix H, and ``H \odot (1 - H)``.

``1 - A`` of a matrix A has no meaning that all authors share: some write 1 for the identity.  Beside an entrywise
product or function, or as a factor of such a product, only a matrix of ones fits.
May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from collections.abc import Callable

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Num
from everystep.algebra.shapes import Shape
from everystep.reader.marks import is_literal, is_open


def is_written_by_entries(value: Expression) -> bool:
    """Whether a term is an entrywise product or function of something, with or without a sign or a number before it."""
    if isinstance(value, ex.Neg):
        return is_written_by_entries(value.operands[0])
    if isinstance(value, ex.Mul) and len(value.operands) == 2 and is_signed_literal(value.operands[0]):
        return is_written_by_entries(value.operands[1])
    return isinstance(value, (ex.Hadamard, ex.Apply))


def is_signed_literal(value: Expression) -> bool:
    """Whether a value is a number that is written out, with or without a minus before it."""
    return is_literal(value.operands[0] if isinstance(value, ex.Neg) else value)


def times_ones(number: Expression, shape: Shape) -> Expression:
    """A number as the value of every entry."""
    if isinstance(number, ex.Neg):
        return ex.Neg(times_ones(number.operands[0], shape))
    ones = ex.Ones(*shape)
    return ones if number == Num(1) else ex.Mul(number, ones)


def shifted_by_entries(value: Expression, shape_of: Callable[[Expression], Shape | None]) -> Expression:
    r"""``1 - A``, as a factor of an entrywise product, with the 1 as a matrix of ones where A is a matrix."""
    terms = list(value.operands) if isinstance(value, ex.Add) else []
    shapes = [shape_of(term) for term in terms if not is_signed_literal(term)]
    if len(shapes) == len(terms) or not shapes:
        return value
    if any(isinstance(term, ex.Pow) for term in terms):
        return value  # of a square matrix: a product of matrices, or by entries?
    first = shapes[0]
    if first is None or is_open(first) or 1 in first or any(shape != first for shape in shapes):
        return value
    return ex.Add(*(times_ones(term, first) if is_signed_literal(term) else term for term in terms))
