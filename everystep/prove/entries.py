"""Statements about matrices of a stated small size, such as 2 x 2, written out entry by entry.

A determinant becomes Leibniz' sum, an inverse the adjugate over the determinant, a product sums of products:
what is left is about numbers.  May import ``everystep.algebra`` only.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from math import prod
from typing import TypeAlias

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Predicate, Relation
from everystep.algebra.expressions import Expression
from everystep.algebra.substitution import instance

Table: TypeAlias = "tuple[tuple[Expression, ...], ...]"
MOST_ROWS = 4
MOST_INVERTED = 3
MOST_MONOMIALS = 4000
ENTRYWISE = (ex.Add, ex.Neg, ex.Hadamard)
NUMBERS = (ex.Apply, ex.Pow, ex.Div, ex.Max, ex.Min)


class NoEntries(Exception):
    """A part whose entries cannot be written out."""


def entry_claims(claim: Relation | Predicate, context: Context) -> tuple[list[Relation], Context] | None:
    """A relation between matrices of stated sizes as one relation an entry, under the hypotheses so written as well.

    None where a size is a letter or larger than ``MOST_ROWS``, or where nothing is a matrix.
    """
    if not isinstance(claim, Relation):
        return None
    sides = (claim.left, claim.right)
    if not any(_is_matrix(node) for side in sides for node in ex.walk(side)):
        return None
    writer = _Writer(context)
    try:
        claims = writer.relations(claim)
    except NoEntries:
        return None
    if sum(_monomials(side) for one in claims for side in (one.left, one.right)) > MOST_MONOMIALS:
        return None
    further: list[Relation] = []
    for hypothesis in context.hypotheses:
        try:
            further += writer.consequences(hypothesis)
        except NoEntries:
            continue
    return claims, context.given(*further)


def entry_determinant(matrix: Expression, context: Context) -> Expression | None:
    """The determinant of a square matrix of a stated size, as Leibniz' sum; None where it cannot be written out."""
    if not _is_matrix(matrix):
        return None
    try:
        return _determinant(_Writer(context).table(matrix))
    except NoEntries:
        return None


def _is_open(h: Relation | Predicate) -> bool:
    """Whether a hypothesis leaves a neighbourhood of every matrix that meets it, as invertibility does."""
    return h.kind == "invertible" if isinstance(h, Predicate) else h.op == "!="


def _monomials(e: Expression) -> int:
    """How many monomials an expression in numbers has when it is multiplied out, at most."""
    counts = [_monomials(o) for o in e.operands]
    if isinstance(e, ex.Add):
        return sum(counts)
    if isinstance(e, ex.Pow) and isinstance(e.operands[1], (ex.Num, ex.Int)):
        return int(counts[0] ** max(1, abs(e.operands[1].value)))
    if isinstance(e, (ex.Mul, ex.Div)):
        return prod(counts)
    return max([1, *counts])


def _is_matrix(e: Expression) -> bool:
    rows, columns = e.shape
    return bool(rows.is_Integer and columns.is_Integer and max(rows, columns) > 1)


class _Writer:
    """Writes expressions out under the definitions of one context."""

    def __init__(self, context: Context) -> None:
        self.bodies = {d.target: d.body for d in context.definitions if isinstance(d.target, ex.Var)}
        self.tied = {  # of their entries a hypothesis may say that two are one letter
            leaf for h in context.hypotheses if not _is_open(h) for side in h.sides for leaf in side.leaves
        }

    def relations(self, relation: Relation) -> list[Relation]:
        left, right = self.table(relation.left), self.table(relation.right)
        return [
            Relation(a, relation.op, b)
            for left_row, right_row in zip(left, right, strict=True)
            for a, b in zip(left_row, right_row, strict=True)
        ]

    def consequences(self, hypothesis: Relation | Predicate) -> list[Relation]:
        """What a hypothesis says of entries; of a definite matrix, that its leading minors are positive."""
        if isinstance(hypothesis, Relation):
            parts = [node for side in (hypothesis.left, hypothesis.right) for node in ex.walk(side)]
            return self.relations(hypothesis) if hypothesis.op == "=" and any(map(_is_matrix, parts)) else []
        if hypothesis.kind not in ("positive definite", "positive semidefinite") or not _is_matrix(hypothesis.subject):
            return []
        table = self.table(hypothesis.subject)
        sign = ">" if hypothesis.kind == "positive definite" else ">="
        minors = [_determinant(tuple(row[:k] for row in table[:k])) for k in range(1, len(table) + 1)]
        return [Relation(minor, sign, ex.Num(0)) for minor in minors]

    def number(self, e: Expression) -> Expression:
        return self.table(e)[0][0]

    def table(self, e: Expression) -> Table:
        """The entries of an expression, row by row; raises NoEntries."""
        rows, columns = e.shape
        if not (rows.is_Integer and columns.is_Integer and max(rows, columns) <= MOST_ROWS):
            raise NoEntries
        if isinstance(e, ex.Var) and e in self.bodies:
            return self.table(self.bodies[e])
        if isinstance(e, (ex.Var, ex.Member, ex.Eye, ex.Ones, ex.Zeros, ex.Unit)):
            return self._leaf(e, int(rows), int(columns))
        if isinstance(e, ex.Mul):
            return self._product(e)
        if isinstance(e, ENTRYWISE):
            tables = [self.table(o) for o in e.operands]
            return _each(int(rows), int(columns), lambda i, j: e.func(*(t[i][j] for t in tables)))
        if isinstance(e, ex.Transpose):
            return tuple(zip(*self.table(e.operands[0]), strict=True))
        if isinstance(e, ex.Adjugate):
            return _adjugate(self.table(e.operands[0]))
        if isinstance(e, ex.Inverse):
            return _inverse(self.table(e.operands[0]))
        if isinstance(e, ex.Pow) and not e.is_number_shaped:
            return self._power(e)
        if isinstance(e, ex.Div):
            below = self.number(e.operands[1])
            return tuple(tuple(a / below for a in row) for row in self.table(e.operands[0]))
        if isinstance(e, ex.Apply):
            return tuple(tuple(e.func(e.function, a, e.order) for a in row) for row in self.table(e.operands[0]))
        if isinstance(e, ex.Diag):
            (entries,) = zip(*self.table(e.operands[0]), strict=True)
            return _each(int(rows), int(rows), lambda i, j: entries[i] if i == j else ex.Num(0))
        if isinstance(e, ex.DiagPart):
            return tuple((row[k],) for k, row in enumerate(self.table(e.operands[0])))
        if isinstance(e, ex.Block):
            return self._block(e)
        by_number = isinstance(e, (ex.Gradient, ex.ScalarDerivative)) and e.operands[1].is_number_shaped
        if isinstance(e, (ex.Gradient, ex.Jacobian, ex.Hessian)) and not by_number:
            return self._derivative(e, int(rows), int(columns))
        if by_number:
            return tuple(tuple(self._by_number(a, e) for a in row) for row in self.table(e.operands[0]))
        if isinstance(e, ex.SumOver):
            return self._sum(e)
        if isinstance(e, ex.Softmax):
            powers = [ex.Apply("exp", row[0]) for row in self.table(e.operands[0])]
            return tuple((power / ex.Add(*powers),) for power in powers)
        if e.is_number_shaped:
            return ((self._number(e),),)
        raise NoEntries

    def _leaf(self, e: Expression, rows: int, columns: int) -> Table:
        """A letter of a stated size as the table of its entries."""
        if e.is_number_shaped:
            return ((e,),)
        if isinstance(e, ex.Eye):
            return _each(rows, columns, lambda i, j: ex.Num(int(i == j)))
        if columns == 1:
            return tuple((ex.Entry(e, i + 1),) for i in range(rows))
        return _each(rows, columns, lambda i, j: ex.Entry(e, i + 1, j + 1))

    def _product(self, e: ex.Mul) -> Table:
        """A matrix product entry by entry."""
        result: Table = ((ex.Num(1),),)
        for segment in e.segments:
            tables = [self.table(e.operands[k]) for k in segment]
            whole = tables[0]
            for table in tables[1:]:
                whole = _times(whole, table)
            result = _scaled(result, whole) if len(result) == len(result[0]) == 1 else _scaled(whole, result)
        return result

    def _power(self, e: ex.Pow) -> Table:
        """M^k for k = 1, 2, ... as a product."""
        base, exponent = e.operands
        if not isinstance(exponent, (ex.Num, ex.Int)) or exponent.value not in range(1, MOST_ROWS + 1):
            raise NoEntries
        table = self.table(base)
        whole = table
        for _ in range(int(exponent.value) - 1):
            whole = _times(whole, table)
        return whole

    def _block(self, e: ex.Block) -> Table:
        result: list[tuple[Expression, ...]] = []
        for row in e.rows:
            tables = [self.table(block) for block in row]
            result += [tuple(a for table in tables for a in table[k]) for k in range(len(tables[0]))]
        return tuple(result)

    def _derivative(self, e: Expression, rows: int, columns: int) -> Table:
        """By the entries of a vector, or of a matrix of which nothing is said: a symmetric one has two that are one."""
        body, by = e.operands
        if not isinstance(by, ex.Var) or by in self.bodies:
            raise NoEntries
        if by.shape[1] != 1:
            if by in self.tied or not isinstance(e, ex.Gradient):
                raise NoEntries
            value = self.number(body)
            return tuple(tuple(ex.ScalarDerivative(value, entry) for entry in row) for row in self.table(by))
        at = [row[0] for row in self.table(by)]
        table = self.table(body)
        if isinstance(e, ex.Hessian):
            value = table[0][0]
            return _each(rows, columns, lambda i, j: ex.ScalarDerivative(ex.ScalarDerivative(value, at[i]), at[j]))
        if isinstance(e, ex.Gradient):
            return _each(rows, columns, lambda i, j: ex.ScalarDerivative(table[0][0], at[i]))
        return _each(rows, columns, lambda i, j: ex.ScalarDerivative(table[i][0], at[j]))

    def _by_number(self, value: Expression, e: Expression) -> Expression:
        """The derivative of an entry; not by a defined name, which is free there and is written out elsewhere, nor by
        an entry of a matrix that may be symmetric.
        """
        by = e.operands[1]
        if any(leaf in self.bodies or (leaf.shape[1] != 1 and leaf in self.tied) for leaf in by.leaves):
            raise NoEntries
        return ex.ScalarDerivative(value, by)

    def _sum(self, e: ex.SumOver) -> Table:
        """A sum or product over an index with numbers as limits, written out."""
        low, high = e.range
        if isinstance(e, ex.ProdOver) and not e.is_number_shaped:
            raise NoEntries
        if not (low.is_Integer and high.is_Integer and 0 <= high - low < MOST_ROWS):
            raise NoEntries
        tables = [self.table(instance(e.operands[0], {e.index: k})) for k in range(int(low), int(high) + 1)]
        joined = ex.Mul if isinstance(e, ex.ProdOver) else ex.Add
        return _each(len(tables[0]), len(tables[0][0]), lambda i, j: joined(*(t[i][j] for t in tables)))

    def _number(self, e: Expression) -> Expression:
        """A number with the tables of what it is made of: determinant, trace, norm, entry, arithmetic."""
        if isinstance(e, ex.Det):
            return _determinant(self.table(e.operands[0]))
        if isinstance(e, ex.Trace):
            return ex.Add(*(row[k] for k, row in enumerate(self.table(e.operands[0]))))
        if isinstance(e, ex.Norm) and e.is_euclidean:
            squares = [a**2 for row in self.table(e.operands[0]) for a in row]
            return ex.Apply("sqrt", ex.Add(*squares))
        if isinstance(e, ex.LogSumExp):
            return ex.Apply("log", ex.Add(*(ex.Apply("exp", row[0]) for row in self.table(e.operands[0]))))
        if isinstance(e, ex.Entry) and all(a.is_Integer for a in e.at):
            at = [int(a) - 1 for a in e.at]
            table = self.table(e.operands[0])
            if not (0 <= at[0] < len(table) and 0 <= at[-1] < len(table[0]) + (len(at) == 1) * MOST_ROWS):
                raise NoEntries
            return table[at[0]][at[1] if len(at) == 2 else 0]
        if isinstance(e, (ex.Num, ex.Int)):
            return e
        if isinstance(e, NUMBERS) and all(o.is_number_shaped for o in e.operands):
            rebuilt: Expression = e.func(*(self.number(a) if isinstance(a, Expression) else a for a in e.args))
            return rebuilt
        raise NoEntries


def _each(rows: int, columns: int, entry: Callable[[int, int], Expression]) -> Table:
    return tuple(tuple(entry(i, j) for j in range(columns)) for i in range(rows))


def _times(a: Table, b: Table) -> Table:
    columns = list(zip(*b, strict=True))
    return tuple(tuple(ex.Add(*(x * y for x, y in zip(row, c, strict=True))) for c in columns) for row in a)


def _scaled(number: Table, table: Table) -> Table:
    return tuple(tuple(number[0][0] * a for a in row) for row in table)


def _determinant(table: Table) -> Expression:
    """Leibniz: the sum over permutations of sign times the product of one entry from each row."""
    n = len(table)
    terms = []
    for order in permutations(range(n)):
        inversions = sum(order[i] > order[j] for i in range(n) for j in range(i + 1, n))
        product = ex.Mul(*(table[i][j] for i, j in enumerate(order))) if n > 1 else table[0][0]
        terms.append(_signed(product, inversions % 2 == 1))
    return ex.Add(*terms) if n > 1 else terms[0]


def _signed(number: Expression, odd: bool) -> Expression:
    return -number if odd else number


def _adjugate(table: Table) -> Table:
    """The cofactors, transposed: at (i, j) the minor without row j and column i, with its sign."""
    n = len(table)
    if n > MOST_INVERTED:
        raise NoEntries
    if n == 1:
        return ((ex.Num(1),),)

    def cofactor(i: int, j: int) -> Expression:
        rows = [row[:i] + row[i + 1 :] for k, row in enumerate(table) if k != j]
        return _signed(_determinant(tuple(rows)), (i + j) % 2 == 1)

    return _each(n, n, cofactor)


def _inverse(table: Table) -> Table:
    """The adjugate over the determinant; where the inverse exists, which is asked elsewhere, that is not 0."""
    cofactors, below = _adjugate(table), _determinant(table)
    return _each(len(table), len(table), lambda i, j: cofactors[i][j] / below)
