"""Which sizes and indices an instance has: all integers that the claim leaves free, small and in range.

May import ``everystep.algebra``, SymPy and this package only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeAlias

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import Hypothesis, Predicate, Relation, orthonormal_family
from everystep.algebra.shapes import ONE, integer
from everystep.prove.exact.errors import Inadmissible, Unsupported
from everystep.prove.exact.integers import IntegerFunction, Test, compiled, symbols_of
from everystep.prove.exact.program import Name, Program, name_of, varying

EXTENT, LENGTH, INDEX = range(3)
"""What an integer is: an extent of a matrix, another length (time steps, an exponent), an index."""

Pattern: TypeAlias = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]
"""Wanted values, each taken in turn, of the extents of matrices, of other lengths, and of indices."""

Sizes: TypeAlias = dict[str, int]

_PLACED = (ex.Entry, ex.Row, ex.Col, ex.Unit, ex.Member)
"""The nodes with indices that must lie within a range."""

_MOST_EXCESS = 9
_FARTHEST = 5
_NEAR = (0, 1, -1, 2, -2, 3)
_BELOW = (0, -1, -2)
_STARTS = 4
_MOST_COINCIDING = 4

_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def integer_test(relation: Relation) -> Test:
    """A relation between integer expressions as a test of sizes; what it does not know it lets pass."""
    left, right = (_integer(side) for side in (relation.left, relation.right))
    compare = _COMPARE[relation.op]

    def test(sizes: Sizes) -> bool:
        try:
            return compare(left(sizes), right(sizes))
        except Unsupported:
            return True
        except Inadmissible:
            return False

    return test


def _integer(side: ex.Expression) -> IntegerFunction:
    if isinstance(side, ex.Int):
        return compiled(side.value)
    if isinstance(side, ex.Num) and side.value.is_integer:
        return compiled(side.value)
    raise Unsupported("a relation between integers with a fraction in it")


def lower_bounds(relations: list[Relation], starts: dict[str, int]) -> dict[str, int]:
    """The least values that the relations state for single symbols; without one an index is tried from 1 up first."""
    bounds = dict(starts)
    for relation in relations:
        for small, op, large in (
            (relation.left, relation.op, relation.right),
            (relation.right, {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(relation.op, ""), relation.left),
        ):
            if op not in ("<", "<=") or not isinstance(large, ex.Int):
                continue
            value = small.args[0]
            if large.value.is_Symbol and value.is_Integer:
                name = str(large.value.name)
                least = int(value) + (op == "<")
                bounds[name] = min(least, bounds.get(name, least))
    return bounds


class Symbols:
    """Collects the integer symbols that values depend on."""

    @classmethod
    def of(cls, program: Program, expressions: Iterable[ex.Expression]) -> Symbols:
        """The symbols of some expressions; what was collected of one is kept with the program."""
        total = cls(program)
        for expression in expressions:
            found = program.symbols.get(expression)
            if found is None:
                found = program.symbols[expression] = cls(program)
                found.visit(expression)
            total._add(found)
        total.ranges()
        return total

    def __init__(self, program: Program) -> None:
        self.program = program
        self.names: set[str] = set()
        self.shapes: set[str] = set()
        self.places: set[str] = set()
        self.ends: set[str] = set()
        self.tests: dict[tuple[str, Expr, Expr], Test] = {}
        self.indices: set[str] = set()  # symbols that are no sizes
        self._seen: set[Name] = set()

    def _add(self, other: Symbols) -> None:
        self.names |= other.names
        self.shapes |= other.shapes
        self.places |= other.places
        self.ends |= other.ends
        self.tests |= other.tests
        self.indices |= other.indices
        self._seen |= other._seen

    def visit(self, expression: ex.Expression, bound: frozenset[str] = frozenset(), inside: bool = False) -> None:
        """Collect from an expression; ``inside``: its free symbols are among those of what stands around it."""
        if isinstance(expression, ex.SumOver | ex.Limit):
            inner = bound | symbols_of(expression.index)
            for argument in expression.args[2:]:
                self.names |= symbols_of(argument) - bound
            if isinstance(expression, ex.SumOver):
                low, high = expression.range
                self.ends |= symbols_of(high) - bound
                self._test("<=", low - 1, high, bound)
            self.visit(expression.operands[0], inner)
            return
        placed = isinstance(expression, _PLACED)
        if placed:
            self._positions(expression, bound)
        if not inside:
            self.indices |= varying(expression)
        for argument in expression.args:
            if isinstance(argument, ex.Expression):
                self.visit(argument, bound, True)
            elif isinstance(argument, Expr) and not argument.is_Integer:
                self.names |= symbols_of(argument) - bound
        if placed and not isinstance(expression, ex.Unit):
            for argument in expression.args[1:]:
                if not isinstance(argument, ex.Expression):
                    self.places |= varying(argument) - bound
        if isinstance(expression, (ex.Var, ex.Member)):
            for extent in expression.shape:
                if not extent.is_Integer:
                    self.shapes |= symbols_of(extent)
            if self.program.meanings or self.program.ranges:
                self._visit_name(name_of(expression))

    def _positions(self, expression: ex.Expression, bound: frozenset[str]) -> None:
        """Indices that are free must lie within their range."""
        if isinstance(expression, ex.Entry | ex.Row | ex.Col):
            rows, columns = expression.operands[0].shape
            ends = (columns,) if isinstance(expression, ex.Col) else (rows, columns)
            for index, end in zip(expression.args[1:], ends, strict=False):
                self._test("<=", ONE, index, bound)
                self._test("<=", index, end, bound)
        elif isinstance(expression, ex.Unit):
            self._test("<=", ONE, expression.args[1], bound)
            self._test("<=", expression.args[1], expression.args[0], bound)
        elif isinstance(expression, ex.Member):
            name, count = name_of(expression)
            meaning = self.program.meanings.get((name, count))
            if meaning is not None and meaning.recurrence is not None:
                self._test("<=", integer(meaning.recurrence.first - 1), expression.at[-1], bound)
            for family, low, high in self.program.context.ranges:
                if family == name and meaning is None:
                    self._test("<=", low, expression.at[-1], bound)
                    self._test("<=", expression.at[-1], high, bound)

    def _test(self, op: str, left: Expr, right: Expr, bound: frozenset[str]) -> None:
        if left.is_Integer and right.is_Integer:
            return
        if bound and (symbols_of(left) | symbols_of(right)) & bound:
            return
        if (op, left, right) not in self.tests:
            self.tests[op, left, right] = integer_test(Relation(ex.Int(left), op, ex.Int(right)))

    def _visit_name(self, name: Name) -> None:
        if name in self._seen:
            return
        self._seen.add(name)
        meaning = self.program.meanings.get(name)
        if meaning is None:
            return
        for rule in (*meaning.at_numbers.values(), meaning.general, meaning.recurrence):
            if rule is not None:
                self.visit(rule.body, _parameters(rule.target))
        if meaning.law is not None:
            for parameter in meaning.law.parameters:
                self.visit(parameter, _parameters(meaning.law.target))

    def ranges(self) -> None:
        """The ends of the ranges of the families that occur."""
        for name, low, high in self.program.context.ranges:
            if any(name == seen for seen, _ in self._seen):
                self.names |= symbols_of(low) | symbols_of(high)


def _parameters(target: ex.Expression) -> frozenset[str]:
    names: frozenset[str] = frozenset()
    if isinstance(target, ex.Member):
        for index in target.at:
            names |= symbols_of(index)
    return names


class Space:
    """The admissible choices of the integers that occur."""

    def __init__(
        self,
        symbols: Symbols,
        relations: list[Relation],
        starts: dict[str, int],
    ) -> None:
        names = symbols.names
        bounds = lower_bounds(relations, starts)
        for relation in relations:
            for side in (relation.left, relation.right):
                value = side.args[0]
                if isinstance(value, Expr):
                    names = names | symbols_of(value)
        self.names = sorted(names)
        self.low = [bounds.get(name, 1) for name in self.names]
        # Indices whose least value nothing states: they may be 0 or negative, where the claim has a value there.
        self.open = [n for n in self.names if n in symbols.indices and n not in bounds and n not in symbols.shapes]
        self.stated = [integer_test(r) for r in relations]
        self.slack = [integer_test(Relation(r.left, "!=", r.right)) for r in relations if r.op in ("<=", ">=")]
        self.tests = [*self.stated, *symbols.tests.values()]
        indices = symbols.places - symbols.ends
        self.kinds = [EXTENT if n in symbols.shapes else INDEX if n in indices else LENGTH for n in self.names]

    def admits(self, sizes: Sizes) -> bool:
        return all(test(sizes) for test in self.tests)

    def ascending(self) -> Iterator[Sizes]:
        """Admissible sizes from the smallest sum up."""
        count = len(self.names)
        if not count:
            if self.admits({}):
                yield {}
            return
        for excess in range(_MOST_EXCESS + 1):
            for parts in _compositions(excess, count):
                values = [low + part for low, part in zip(self.low, parts, strict=True)]
                sizes = dict(zip(self.names, values, strict=True))
                if self.admits(sizes):
                    yield sizes

    def loose(self, found: list[Sizes]) -> Iterator[Sizes]:
        """The smallest sizes at which a relation that is stated is not an equality, where it is one at all that were
        found: two matrices with columns orthogonal to each other may fill the space, and mostly do not.
        """
        for test in self.slack:
            if found and not any(map(test, found)):
                yield from islice(filter(test, self.ascending()), 1)

    def below(self) -> Iterator[Sizes]:
        """Small admissible sizes with 0 or a negative number for indices of which no least value is stated."""
        if not self.open:
            return
        for value in _BELOW:
            for start in islice(self.ascending(), _STARTS):
                for names in [self.open] if len(self.open) == 1 else [self.open, *([n] for n in self.open)]:
                    sizes = {**start, **dict.fromkeys(names, value)}
                    if self.admits(sizes):
                        yield sizes

    def coinciding(self) -> Iterator[Sizes]:
        """Admissible sizes for every way in which up to four indices may be equal or not: a Kronecker delta is 1 only
        where two of them are.
        """
        places = [n for n, kind in zip(self.names, self.kinds, strict=True) if kind == INDEX]
        if not 2 <= len(places) <= _MOST_COINCIDING:
            return
        for blocks in _partitions(len(places)):
            largest = max(blocks) + 1
            sizes = dict(zip(places, (block + 1 for block in blocks), strict=True))
            turn = 0
            for name, kind, low in zip(self.names, self.kinds, self.low, strict=True):
                if kind != INDEX:
                    sizes[name] = max(low, largest + turn % 2)
                    turn += 1
            if self.admits(sizes):
                yield sizes

    def chosen(self, pattern: Pattern, least: int = 0, only: Test | None = None) -> Sizes | None:
        """Admissible sizes near a pattern, else the smallest; ``only``: None where none near it pass that test, too."""
        count = len(self.names)
        if not count:
            return {} if self.admits({}) else None
        wanted = []
        turns = [0, 0, 0]
        for kind, low in zip(self.kinds, self.low, strict=True):
            of_kind = pattern[kind]
            value = of_kind[turns[kind] % len(of_kind)]
            turns[kind] += 1
            wanted.append(max(value, low, least if kind == 0 else low))
        for distance in range(_FARTHEST + 1):
            for parts in _compositions(distance, count):
                values = [w + _NEAR[part] for w, part in zip(wanted, parts, strict=True)]
                if any(v < low for v, low in zip(values, self.low, strict=True)):
                    continue
                sizes = dict(zip(self.names, values, strict=True))
                if self.admits(sizes) and (only is None or only(sizes)):
                    return sizes
        return next(iter(self.ascending()), None) if only is None else None


def _partitions(count: int) -> Iterator[tuple[int, ...]]:
    """The block of each of ``count`` things, for every partition of them; blocks are numbered as they appear."""
    if not count:
        yield ()
        return
    for blocks in _partitions(count - 1):
        for block in range(max(blocks, default=-1) + 2):
            yield (*blocks, block)


def _compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _compositions(total - first, parts - 1):
            yield (first, *rest)


def relations_of(hypotheses: tuple[Hypothesis, ...]) -> list[Relation]:
    """The hypotheses that relate integers only, that there are no more orthonormal vectors than dimensions, and what
    the ranks that are given say of extents.
    """
    stated = [
        h
        for h in hypotheses
        if isinstance(h, Relation) and all(isinstance(side, ex.Int | ex.Num) for side in (h.left, h.right))
    ]
    families = [f for h in hypotheses if (f := orthonormal_family(h)) is not None]
    of_families = [Relation(ex.Int(count), "<=", ex.Int(member.shape[0])) for member, count in families]
    return stated + of_families + list(dict.fromkeys(_room(hypotheses)))


def _room(hypotheses: tuple[Hypothesis, ...]) -> Iterator[Relation]:
    """What the ranks that hypotheses give say of extents: an invertible product is no larger than what its factors
    join, and of ``A B = 0`` with independent rows of A and columns of B there is room for all of them.
    """
    independent: set[ex.Expression] = set()  # matrices of which the columns are
    for h in hypotheses:
        product = _invertible_product(h)
        if product is not None:
            independent |= {product[-1], _turned(product[0])}
            for factor in product[1:]:
                yield from _at_most(product[0].shape[0], factor.shape[0])
        elif isinstance(h, Predicate) and h.kind in ("full column rank", "full row rank"):
            matrix = h.subject if h.kind == "full column rank" else _turned(h.subject)
            independent.add(matrix)
            yield from _at_most(matrix.shape[1], matrix.shape[0])
    for h in hypotheses:
        for side, other in ((h.left, h.right), (h.right, h.left)) if isinstance(h, Relation) and h.op == "=" else ():
            factors = side.operands if isinstance(side, ex.Mul) and isinstance(other, ex.Zeros) else ()
            if len(factors) == 2 and _turned(factors[0]) in independent and factors[1] in independent:
                yield from _at_most(side.shape[0] + side.shape[1], factors[1].shape[0])


def _invertible_product(h: Hypothesis) -> tuple[ex.Expression, ...] | None:
    """The factors of a product of matrices that is said to be invertible, or the identity."""
    if isinstance(h, Predicate):
        product = h.subject if h.kind in ("invertible", "positive definite") else None
    elif isinstance(h.right, ex.Eye) and h.op == "=":
        product = h.left
    else:
        product = None
    if not isinstance(product, ex.Mul) or len(product.segments) != 1 or product.is_number_shaped:
        return None
    return product.operands


def _turned(matrix: ex.Expression) -> ex.Expression:
    return matrix.operands[0] if isinstance(matrix, ex.Transpose) else ex.Transpose(matrix)


def _at_most(small: Expr, large: Expr) -> Iterator[Relation]:
    if symbols_of(small) | symbols_of(large) and small != large:
        yield Relation(ex.Int(small), "<=", ex.Int(large))
