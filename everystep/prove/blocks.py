"""Block matrices, taken apart before anything is lowered.

A block expression becomes a table of ordinary expressions: products multiply block by block where the
partitions fit, an identity or a zero matrix is partitioned as its neighbour is, the inverse and the determinant of
two by two blocks go by the Schur complement of a diagonal block that a hypothesis makes invertible, or at once where
the blocks are triangular.
May import ``everystep.algebra`` and ``everystep.prove.block_operations`` only.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TypeAlias

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import integer, same_size
from everystep.prove.block_operations import (
    alone,
    complement,
    copies_on_diagonal,
    exponential,
    of_triangular,
    with_more_zeros,
    without,
)

Table: TypeAlias = "tuple[tuple[Expression, ...], ...]"
Sizes: TypeAlias = tuple[Expr, ...]


MOST_COPIES = 6
"""The largest exponent with which a power of blocks is written out."""


class NoBlocks(Exception):
    """An expression that cannot be taken apart into blocks."""


def has_blocks(e: Expression) -> bool:
    return e.has_kind(ex.Block)


def with_blocks(e: Expression, context: Context) -> Expression:
    """The expression with every name that is defined as something with blocks written out.

    A name by which something is differentiated stays: it is a variable there.
    """
    bodies = {d.target: d.body for d in context.definitions if isinstance(d.target, ex.Var)}
    if not bodies:
        return e
    varied = {v for n in ex.walk(e) if isinstance(n, ex.PARTIAL_DERIVATIVES) for v in n.operands[1:]}
    for _ in range(len(bodies)):
        if has_blocks(e) and not any(n in bodies for n in e.leaves):
            break
        found = {n: bodies[n] for n in e.leaves if n in bodies and n not in varied}
        shown = {n: body for n, body in found.items() if _with_blocks_in(body, bodies)}
        if not shown:
            break
        e = e.xreplace(shown)
    return e


def _with_blocks_in(body: Expression, bodies: dict[Expression, Expression]) -> bool:
    """Whether blocks are in a body, or in that of a name in it."""
    todo, seen = [body], {body}
    while todo:
        e = todo.pop()
        if has_blocks(e):
            return True
        inner = [bodies[n] for n in e.leaves if n in bodies]
        todo += [b for b in inner if b not in seen]
        seen.update(inner)
    return False


def principal_blocks(context: Context) -> tuple[Hypothesis, ...]:
    """What a hypothesis that a block matrix is positive (semi)definite says of its blocks: the diagonal ones are, and
    of a definite one [[A, B], [C, D]] the complements D - C A^-1 B and A - B D^-1 C are as well; of numbers, the
    determinant is > 0.

    They are its forms at vectors that are 0 elsewhere, and the inverses of the diagonal blocks of its inverse.
    """
    found: dict[Hypothesis, None] = {}
    for h in context.hypotheses:
        if not isinstance(h, Predicate) or h.kind not in ("positive definite", "positive semidefinite"):
            continue
        whole = with_blocks(h.subject, context) if isinstance(h.subject, ex.Var) else h.subject
        rows = whole.rows if isinstance(whole, ex.Block) else ()
        diagonal = [row[k] for k, row in enumerate(rows) if k < len(row)]
        if not diagonal or any(len(row) != len(rows) for row in rows) or not all(same_size(*d.shape) for d in diagonal):
            continue
        if any(has_blocks(e) for row in rows for e in row):
            continue
        definite = h.kind == "positive definite"
        found[Predicate(h.kind, whole)] = None
        for d in diagonal:
            if d.is_number_shaped:
                found[Relation(d, ">" if definite else ">=", ex.Num(0))] = None
            else:
                found[Predicate(h.kind, d)] = None
        if definite and len(rows) == 2:
            (a, b), (c, d) = rows
            if a.is_number_shaped and d.is_number_shaped:
                found[Relation(a * d, ">", b * c)] = None
                continue
            for complement in (d - c * ex.Inverse(a) * b, a - b * ex.Inverse(d) * c):
                if not complement.is_number_shaped:
                    found[Predicate(h.kind, complement)] = None
    return tuple(h for h in found if h not in context.hypotheses)


class Blocks:
    """Takes block expressions apart under one context."""

    def __init__(
        self,
        context: Context,
        invertible: Callable[[Expression], bool] | None = None,
        *,
        first: str = "first",
        is_zero: Callable[[Expression], bool] | None = None,
    ) -> None:
        self.context = context
        # Of which diagonal block the complement is taken where there is a choice, or of the "sums", or of the "least".
        self.first = first
        self.invertible = invertible  # whether a matrix without blocks is known to be
        self.is_zero = is_zero  # whether a matrix without blocks is known to be 0

    def scalar(self, e: Expression) -> Expression:
        """The expression with every determinant and trace of blocks, and every product that is 1 x 1, written out."""
        if isinstance(e, ex.Det) and has_blocks(e):
            return self.determinant(e.operands[0])
        if isinstance(e, ex.Trace) and has_blocks(e):
            table = self.table(e.operands[0])
            if len(table) != len(table[0]) or not all(same_size(*table[k][k].shape) for k in range(len(table))):
                raise NoBlocks("diagonal blocks that are not square")
            return ex.Add(*(ex.Trace(table[k][k]) for k in range(len(table))))
        if isinstance(e, ex.Norm) and e.is_euclidean and has_blocks(e):
            entries = [b for row in self.table(e.operands[0]) for b in row]
            return ex.Apply("sqrt", ex.Add(*(ex.Pow(ex.Norm(b, "F"), ex.Num(2)) for b in entries)))
        if not has_blocks(e):
            return e
        if isinstance(e, ex.Rank):
            table = self.table(e.operands[0])
            if any(not isinstance(b, ex.Zeros) for i, row in enumerate(table) for j, b in enumerate(row) if i != j):
                apart = self._rank_by_complement(table)
                if apart is not None:
                    return apart
                raise NoBlocks("the rank of blocks beside the diagonal")
            return ex.Add(*(ex.Rank(row[k]) for k, row in enumerate(table) if k < len(row)))
        if isinstance(e, ex.Mul) and e.is_number_shaped and all(len(s) == len(e.operands) for s in e.segments):
            return self.table(e)[0][0]
        arguments = [self.scalar(a) if isinstance(a, Expression) else a for a in e.args]
        rebuilt: Expression = e.func(*arguments)
        return rebuilt

    def _rank_by_complement(self, t: Table) -> Expression | None:
        """rank [[A, B], [C, D]] = m + rank(D - C A^-1 B) for an invertible m x m block A, or n + rank(A - B D^-1 C) for
        an invertible n x n block D: rows and columns of blocks subtracted from others.
        """
        if len(t) != 2 or len(t[0]) != 2:
            return None
        (a, b), (c, d) = t
        if self._known_invertible(a):
            return ex.Int(a.shape[0]) + ex.Rank(d - c * a.I * b)
        return ex.Int(d.shape[0]) + ex.Rank(a - b * d.I * c) if self._known_invertible(d) else None

    def pairs(self, left: Expression, right: Expression) -> list[tuple[Expression, Expression]]:
        """The equations between blocks that an equation of block matrices stands for; raises NoBlocks."""
        rows = max(self.partition(left, 0), self.partition(right, 0), key=len)
        columns = max(self.partition(left, 1), self.partition(right, 1), key=len)
        a, b = self.table(left, rows, columns), self.table(right, rows, columns)
        return [(x, y) for r, s in zip(a, b, strict=True) for x, y in zip(r, s, strict=True)]

    # partitions --------------------------------------------------------------------------------

    def partition(self, e: Expression, axis: int) -> Sizes:
        """How an expression shows a dimension to be split."""
        if e.is_number_shaped:
            return (e.shape[axis],)
        if isinstance(e, ex.Block):
            line = [row[0] for row in e.rows] if axis == 0 else list(e.rows[0])
            return tuple(block.shape[axis] for block in line)
        if isinstance(e, ex.Transpose):
            return self.partition(e.operands[0], 1 - axis)
        if isinstance(e, (ex.Add, ex.Neg, ex.Hadamard, ex.Inverse, ex.Pow, ex.MatrixFunction)):
            return max((self.partition(o, axis) for o in e.operands if not o.is_number_shaped), key=len)
        if isinstance(e, ex.Kron) and isinstance(e.operands[0], ex.Block):
            times = e.operands[1].shape[axis]
            return tuple(integer(size * times) for size in self.partition(e.operands[0], axis))
        if copies_on_diagonal(e):
            return (e.operands[1].shape[axis],) * int(e.operands[0].shape[0])
        if isinstance(e, ex.Mul):
            for segment in e.segments:
                ends = e.operands[segment[0]], e.operands[segment[-1]]
                if ends[0].shape[0] != 1 or ends[1].shape[1] != 1:
                    return self.partition(ends[axis], axis)
        return (e.shape[axis],)

    # tables ------------------------------------------------------------------------------------

    def table(self, e: Expression, rows: Sizes | None = None, columns: Sizes | None = None) -> Table:
        """The blocks of an expression, for the given partitions."""
        rows = rows or self.partition(e, 0)
        columns = columns or self.partition(e, 1)
        if isinstance(e, ex.Block):
            self._fits(e, rows, columns)
            return e.rows
        if len(rows) == 1 and len(columns) == 1 and not has_blocks(e):
            return ((e,),)
        if isinstance(e, ex.Eye):
            return tuple(
                tuple(ex.Eye(n) if i == j else ex.Zeros(n, m) for j, m in enumerate(columns))
                for i, n in enumerate(rows)
            )
        if isinstance(e, (ex.Zeros, ex.Ones)):
            return tuple(tuple(e.func(n, m) for m in columns) for n in rows)
        if isinstance(e, ex.Transpose):
            inner = self.table(e.operands[0], columns, rows)
            return tuple(tuple(ex.Transpose(inner[j][i]) for j in range(len(columns))) for i in range(len(rows)))
        if isinstance(e, (ex.Add, ex.Hadamard)):
            tables = [self.table(o, rows, columns) for o in e.operands]
            return tuple(
                tuple(e.func(*(t[i][j] for t in tables)) for j in range(len(columns))) for i in range(len(rows))
            )
        if isinstance(e, ex.Neg):
            return tuple(tuple(ex.Neg(b) for b in row) for row in self.table(e.operands[0], rows, columns))
        if isinstance(e, ex.Mul):
            return self._product(e, rows, columns)
        if isinstance(e, ex.Inverse):
            return self._inverse(self.table(e.operands[0], rows, columns))
        if (
            isinstance(e, ex.Pow)
            and isinstance(e.operands[1], ex.Num)
            and e.operands[1].value in range(1, MOST_COPIES + 1)
        ):
            return self._copies(e.operands[0], int(e.operands[1].value), rows, columns)
        if isinstance(e, ex.Pow) and isinstance(e.operands[1], ex.Int):
            return self._power(e, rows, columns)
        if isinstance(e, ex.Kron) and isinstance(e.operands[0], ex.Block):
            # Block by block, whatever the sizes: the rows of a Kronecker product come in the order of the first factor.
            first, second = e.operands
            return tuple(
                tuple(ex.Mul(b, second) if b.is_number_shaped else ex.Kron(b, second) for b in row)
                for row in first.rows
            )
        if copies_on_diagonal(e):
            n, m = e.operands[1].shape
            for axis, have in enumerate((rows, columns)):
                own = self.partition(e, axis)
                if len(have) != len(own) or not all(map(same_size, have, own)):
                    raise NoBlocks("partitions that do not fit")
            return tuple(
                tuple(e.operands[1] if i == j else ex.Zeros(n, m) for j in range(len(columns)))
                for i in range(len(rows))
            )
        if isinstance(e, ex.MatrixFunction) and e.function == "exp":
            found = exponential(self.table(e.operands[0], rows, columns))
            if found is not None:
                return found
        raise NoBlocks(type(e).__name__)

    def _copies(self, base: Expression, count: int, rows: Sizes, columns: Sizes) -> Table:
        return self.table(base if count == 1 else ex.Mul(*[base] * count), rows, columns)

    def _power(self, e: ex.Pow, rows: Sizes, columns: Sizes) -> Table:
        """M^2 = M M, and M^(k + 1) = M R where a hypothesis, such as that of an induction, says that M^k = R."""
        base, exponent = e.operands[0], e.operands[1].args[0]
        if exponent in range(1, MOST_COPIES + 1):
            return self._copies(base, int(exponent), rows, columns)
        for h in self.context.hypotheses:
            if not isinstance(h, Relation) or h.op != "=":
                continue
            sides = [with_blocks(side, self.context) for side in (h.left, h.right)]
            for known, value in (sides, sides[::-1]):
                if not isinstance(known, ex.Pow) or known.operands[0] != base:
                    continue
                if not isinstance(known.operands[1], ex.Int) or known in set(ex.walk(value)):
                    continue
                more = integer(exponent - known.operands[1].value)
                if more in range(1, MOST_COPIES + 1):
                    return self.table(ex.Mul(*[base] * int(more), value), rows, columns)
        raise NoBlocks("a power of blocks")

    @staticmethod
    def _fits(e: ex.Block, rows: Sizes, columns: Sizes) -> None:
        mine = [row[0].shape[0] for row in e.rows], [block.shape[1] for block in e.rows[0]]
        for have, want in zip(mine, (rows, columns), strict=True):
            if len(have) != len(want) or not all(same_size(a, b) for a, b in zip(have, want, strict=True)):
                raise NoBlocks("partitions that do not fit")

    def _product(self, e: ex.Mul, rows: Sizes, columns: Sizes) -> Table:
        """A product of block matrices, block by block, where the partitions between the factors fit."""
        scale: list[Expression] = []
        result: Table | None = None
        for segment in e.segments:
            factors = [e.operands[k] for k in segment]
            if factors[0].shape[0] == 1 and factors[-1].shape[1] == 1 and len(e.segments) > 1:
                scale.append(self.scalar(ex.Mul(*factors) if len(factors) > 1 else factors[0]))
                continue
            inner = [rows]
            for left, right in pairwise(factors):
                inner.append(max(self.partition(left, 1), self.partition(right, 0), key=len))
            inner.append(columns)
            for k, factor in enumerate(factors):
                table = self.table(factor, inner[k], inner[k + 1])
                result = table if result is None else _times(result, table)
        if result is None:
            raise NoBlocks("a product of numbers")
        return tuple(tuple(ex.Mul(*scale, b) if scale else b for b in row) for row in result)

    def _known_invertible(self, e: Expression) -> bool:
        if isinstance(e, ex.Neg):
            return self._known_invertible(e.operands[0])
        if isinstance(e, ex.Eye) or any(
            isinstance(h, Predicate) and h.kind in ("invertible", "positive definite", "orthogonal") and h.subject == e
            for h in self.context.hypotheses
        ):
            return True
        return self.invertible is not None and not has_blocks(e) and self.invertible(e)

    def _inverse(self, t: Table) -> Table:
        """[[A, B], [C, D]]^-1 by the Schur complement of A, or of D; [[0, B], [C, 0]]^-1 = [[0, C^-1], [B^-1, 0]].

        [[A, B], [B, A]]^-1 = [[P + M, P - M], [P - M, P + M]] / 2 with P = (A + B)^-1 and M = (A - B)^-1, both of which
        have to exist; A itself may be singular.
        """
        if len(t) == len(t[0]) == 1:
            return ((t[0][0].I,),)
        if len(t) != 2 or len(t[0]) != 2:
            raise NoBlocks("the inverse of other than two by two blocks")
        (a, b), (c, d) = t
        if not same_size(*a.shape) or not same_size(*d.shape):
            raise NoBlocks("diagonal blocks that are not square")
        if isinstance(b, ex.Zeros) and isinstance(c, ex.Zeros):
            return ((a.I, b), (c, d.I))
        if isinstance(a, ex.Zeros) and isinstance(d, ex.Zeros) and same_size(*b.shape):
            return ((a, c.I), (b.I, d))
        triangular = isinstance(b, ex.Zeros) or isinstance(c, ex.Zeros)
        diagonal = self._known_invertible(a) or self._known_invertible(d) or triangular
        sums = (self.first == "sums" or not diagonal) and a == d and b == c
        if sums and all(map(self._known_invertible, (a + b, a - b))):
            half = ex.Num("1/2")
            same, other = half * ((a + b).I + (a - b).I), half * ((a + b).I - (a - b).I)
            return ((same, other), (other, same))
        first = not (self.first == "last" and not triangular and self._known_invertible(d))
        if first and (self._known_invertible(a) or (triangular and same_size(*a.shape))):
            s = d if isinstance(b, ex.Zeros) or isinstance(c, ex.Zeros) else d - c * a.I * b
            return (
                (a.I + a.I * b * s.I * c * a.I, -(a.I * b * s.I)),
                (-(s.I * c * a.I), s.I),
            )
        if self._known_invertible(d):
            s = a if isinstance(b, ex.Zeros) or isinstance(c, ex.Zeros) else a - b * d.I * c
            return (
                (s.I, -(s.I * b * d.I)),
                (-(d.I * c * s.I), d.I + d.I * c * s.I * b * d.I),
            )
        raise NoBlocks("the inverse of blocks none of which is known to be invertible")

    def _of_commuting(self, t: Table) -> Expression | None:
        """det [[A, B], [C, D]] of blocks of one size where a hypothesis says that two neighbours commute.

        A D - C B for A C = C A, A D - B C for C D = D C, D A - B C for B D = D B, D A - C B for A B = B A.
        No inverse is needed: A + s I has one for nearly all s, and both sides are continuous in s.
        """
        (a, b), (c, d) = t
        if not same_size(*b.shape):
            return None
        for one, other, value in (
            (a, c, a * d - c * b),
            (c, d, a * d - b * c),
            (b, d, d * a - b * c),
            (a, b, d * a - c * b),
        ):
            if self._said_to_commute(one, other):
                return ex.Det(value)
        return None

    def _said_to_commute(self, one: Expression, other: Expression) -> bool:
        products = {ex.Mul(one, other), ex.Mul(other, one)}
        return one != other and any(
            isinstance(h, Relation) and h.op == "=" and {h.left, h.right} == products for h in self.context.hypotheses
        )

    def determinant(self, e: Expression) -> Expression:
        """det [[A, B], [C, D]] = det(A) det(D - C A^-1 B) = det(D) det(A - B D^-1 C).

        det [[A, B], [B, A]] = det(A + B) det(A - B), whatever is invertible.  With blocks of one size n, exchanging the
        two columns (or rows) of blocks gives a factor (-1)^n, so that B (or C) may be the invertible one.
        """
        if isinstance(e, ex.Mul) and all(f.shape[0] == f.shape[1] != 1 for f in e.operands):
            return ex.Mul(*(self.determinant(f) if has_blocks(f) else ex.Det(f) for f in e.operands))
        if isinstance(e, ex.Transpose):
            return self.determinant(e.operands[0])
        return self._determinant(self.table(e))

    def _beside_the_diagonal(self, t: Table) -> Expression:
        """det [[0, B], [C, 0]] = (-1)^(m n) det(B) det(C) for B of size m and C of size n: each column of the one is
        exchanged with each of the other.  Fails where B or C is not square, or where a diagonal block is not 0.
        """
        (a, b), (c, d) = t
        if not (isinstance(a, ex.Zeros) and isinstance(d, ex.Zeros) and same_size(*b.shape) and same_size(*c.shape)):
            raise NoBlocks("diagonal blocks that are not square")
        return ex.Pow(ex.Num(-1), ex.Int(b.shape[0] * c.shape[0])) * ex.Det(b) * ex.Det(c)

    def _determinant(self, t: Table) -> Expression:
        if len(t) == len(t[0]) == 1:
            return ex.Det(t[0][0])
        if len(t) != len(t[0]):
            raise NoBlocks("the determinant of a table of blocks that is not square")
        if len(t) > 2:
            return self._of_many(t)
        (a, b), (c, d) = t
        if all(block.is_number_shaped for block in (a, b, c, d)):
            return a * d - b * c
        if self.first == "least" and same_size(*a.shape) and same_size(*b.shape) and same_size(*c.shape):
            least = self._by_the_least(t)
            if least is not None:
                return least
        if not same_size(*a.shape) or not same_size(*d.shape):
            return self._beside_the_diagonal(t)
        if isinstance(b, ex.Zeros) or isinstance(c, ex.Zeros):
            return ex.Det(a) * ex.Det(d)
        if same_size(*b.shape) and (isinstance(a, ex.Zeros) or isinstance(d, ex.Zeros)):
            return ex.Pow(ex.Num(-1), ex.Int(b.shape[0])) * ex.Det(b) * ex.Det(c)  # the columns of blocks exchanged
        if a == d and b == c:
            return ex.Det(a + b) * ex.Det(a - b)  # add the second rows to the first, then subtract the first columns
        commuting = self._of_commuting(t)
        if commuting is not None and self.first == "first":
            return commuting
        if self._known_invertible(d) and self.first == "last":
            return ex.Det(d) * ex.Det(a - b * d.I * c)
        if self._known_invertible(a):
            return ex.Det(a) * ex.Det(d - c * a.I * b)
        if self._known_invertible(d):
            return ex.Det(d) * ex.Det(a - b * d.I * c)
        if commuting is not None:
            return commuting
        if same_size(*b.shape):
            sign = ex.Pow(ex.Num(-1), ex.Int(b.shape[0]))
            if self._known_invertible(b):
                return sign * ex.Det(b) * ex.Det(c - d * b.I * a)
            if self._known_invertible(c):
                return sign * ex.Det(c) * ex.Det(b - a * c.I * d)
        return self._by_operations(t)

    def _by_the_least(self, t: Table) -> Expression | None:
        """By the complement of the invertible block that comes first by its name, in whatever place: tables with
        exchanged rows or columns then meet.
        """
        (a, b), (c, d) = t
        sign = ex.Pow(ex.Num(-1), ex.Int(a.shape[0]))
        ways = ((a, b, c, d, ex.Num(1)), (b, a, d, c, sign), (c, d, a, b, sign), (d, c, b, a, ex.Num(1)))
        known = [way for way in ways if self._known_invertible(way[0])]
        if not known:
            return None
        pivot, right, under, opposite, factor = min(known, key=lambda way: str(way[0]))
        return factor * ex.Det(pivot) * ex.Det(opposite - under * pivot.I * right)

    def _of_many(self, t: Table) -> Expression:
        """Of three and more rows of blocks: triangular ones, by the complement of the first or the last block."""
        if not all(same_size(*t[k][k].shape) for k in range(len(t))):
            raise NoBlocks("diagonal blocks that are not square")
        if any(t[k][k].is_number_shaped for k in range(len(t))):
            raise NoBlocks("the determinant of other than two by two blocks")
        triangular = of_triangular(t)
        if triangular is not None:
            return triangular
        single = alone(t)
        if single is not None:  # its row and its column first, by exchanges of neighbours
            sign = ex.Pow(ex.Num(-1), ex.Int(t[0][0].shape[0])) if sum(single) % 2 else ex.Num(1)
            return sign * ex.Det(t[single[0]][single[1]]) * self._determinant(without(t, single))
        for pivot in (0, len(t) - 1):
            if self._known_invertible(t[pivot][pivot]):
                return ex.Det(t[pivot][pivot]) * self._determinant(complement(t, pivot))
        return self._by_operations(t)

    def _by_operations(self, t: Table) -> Expression:
        """Rows and columns of blocks added to others until blocks are 0."""
        simpler = with_more_zeros(t, self.is_zero) if self.is_zero is not None else None
        if simpler is None:
            raise NoBlocks("the determinant of blocks none of which is known to be invertible")
        return self._determinant(simpler)


def _times(a: Table, b: Table) -> Table:
    """The product of two tables of blocks: sums of products over the inner blocks."""
    if len(a[0]) != len(b):
        raise NoBlocks("partitions that do not fit")
    return tuple(
        tuple(
            ex.Add(*(ex.Mul(row[k], b[k][j]) for k in range(len(b)))) if len(b) > 1 else ex.Mul(row[0], b[0][j])
            for j in range(len(b[0]))
        )
        for row in a
    )
