"""Nodes: the base class with its operators and what it remembers, and the nodes that the operators build.

The operators make sums, products, powers, transposes and inverses, and of Python's numbers nodes; these classes know
the base class and the base class knows them, so that they are one module.

May import SymPy and ``everystep.algebra.shapes`` only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import islice
from typing import Any, Self, cast
from weakref import WeakValueDictionary

from sympy import Basic, Expr, Integer, Rational, Symbol
from sympy.core.symbol import Str

from everystep.algebra.shapes import (
    SCALAR,
    Shape,
    ShapeError,
    integer,
    is_scalar_shape,
    same_shape,
    same_size,
)

MOST_REMEMBERED = 1_000
"""The nodes of the largest expression of which a walk is remembered."""
_INTERNED: WeakValueDictionary[tuple[type[Expression], tuple[Basic, ...]], Expression] = WeakValueDictionary()
"""The nodes in use, by class and arguments."""


class Expression(Basic):
    """Base of all nodes.  ``shape`` is computed on first use; operators build nodes and evaluate nothing."""

    _cached_shape: Shape | ShapeError | None = None
    _cached_operands: tuple[Expression, ...] | None = None
    _cached_symbols: frozenset[Basic] | None = None
    _cached_nodes: int = 0
    _cached_walk: tuple[Expression, ...] | None = None
    _cached_kinds: frozenset[type[Expression]] | None = None
    _cached_names: frozenset[str] | None = None
    _cached_leaves: tuple[Var | Member, ...] | None = None

    def __new__(cls, *arguments: Any) -> Self:
        """The node, one object for one tree as long as it is in use: equality is then mostly identity."""
        key = (cls, arguments)
        known = _INTERNED.get(key)
        if known is None:
            _INTERNED[key] = known = Basic.__new__(cls, *arguments)
        return cast("Self", known)

    def __eq__(self, other: object) -> bool:
        """Whether the trees are the same; those whose hashes differ need not be walked."""
        if self is other:
            return True
        if isinstance(other, Expression) and hash(self) != hash(other):
            return False
        return cast("bool", super().__eq__(other))  # NotImplemented, for what is no tree

    __hash__ = Basic.__hash__

    @property
    def shape(self) -> Shape:
        """(rows, columns) as SymPy integer expressions; raises ShapeError where operands do not fit."""
        if self._cached_shape is None:
            try:
                self._cached_shape = self._shape()
            except ShapeError as error:
                self._cached_shape = error
        if isinstance(self._cached_shape, ShapeError):
            raise self._cached_shape
        return self._cached_shape

    def _shape(self) -> Shape:
        raise NotImplementedError(type(self).__name__)

    @property
    def is_number_shaped(self) -> bool:
        """Whether the shape is 1 x 1."""
        return is_scalar_shape(self.shape)

    @property
    def operands(self) -> tuple[Expression, ...]:
        """The arguments that are themselves values (not names, sizes or indices)."""
        if self._cached_operands is None:
            self._cached_operands = tuple(a for a in self.args if isinstance(a, Expression))
        return self._cached_operands

    @property
    def nodes(self) -> int:
        """How many nodes it has when it is written out, one that is shared counted each time."""
        if not self._cached_nodes:
            self._cached_nodes = 1 + sum(e.nodes for e in self.operands)
        return self._cached_nodes

    @property
    def outermost_first(self) -> Iterable[Expression]:
        """The node and all nodes below it, one that is shared each time; remembered where they are not too many."""
        if self._cached_walk is None:
            nodes = tuple(islice(_walked(self), MOST_REMEMBERED + 1))
            self._cached_walk = nodes if len(nodes) <= MOST_REMEMBERED else ()
        return self._cached_walk or _walked(self)

    @property
    def kinds(self) -> frozenset[type[Expression]]:
        """The classes of its nodes, and those that these are derived from."""
        if self._cached_kinds is None:
            kinds = {type(node) for node in walk(self)}
            self._cached_kinds = frozenset(k for kind in kinds for k in kind.mro() if issubclass(k, Expression))
        return self._cached_kinds

    def has_kind(self, *kinds: type[Expression]) -> bool:
        """Whether a node is an instance of one of the classes."""
        return not self.kinds.isdisjoint(kinds)

    @property
    def leaves(self) -> tuple[Var | Member, ...]:
        """The variables and members of families in it, each once, in the order of :func:`walk`."""
        if self._cached_leaves is None:
            self._cached_leaves = tuple(dict.fromkeys(e for e in walk(self) if isinstance(e, (Var, Member))))
        return self._cached_leaves

    @property
    def names(self) -> frozenset[str]:
        """The names of the variables, and of the families of which members are, in it."""
        if self._cached_names is None:
            self._cached_names = frozenset(e.name for e in self.leaves)
        return self._cached_names

    @property
    def symbols(self) -> frozenset[Basic]:
        """The integer symbols that occur, bound ones too."""
        if self._cached_symbols is None:
            parts = (a.symbols if isinstance(a, Expression) else a.free_symbols for a in self.args)
            self._cached_symbols = frozenset().union(*parts)
        return self._cached_symbols

    @property
    def free_symbols(self) -> set[Basic]:
        """The same as a set of their own, as SymPy has it."""
        return set(self.symbols)

    def xreplace(self, rule: Mapping[Any, Any]) -> Any:
        """SymPy's replacement of whole parts; one of integer symbols passes over the parts that have none of them."""
        if not all(isinstance(key, Symbol) for key in rule):
            return super().xreplace(rule)
        return self if self.symbols.isdisjoint(rule) else self.func(*(part.xreplace(rule) for part in self.args))

    def _sympystr(self, printer: Any) -> str:
        # SymPy's printers dispatch on class names, and some of ours are the same as its own.
        inner = ", ".join(printer.doprint(a) for a in self.args)
        return f"{type(self).__name__}({inner})"

    # operators ---------------------------------------------------------------------------------

    def __add__(self, other: object) -> Expression:
        return Add(*_terms(self, Add), *[as_expression(other)])

    def __radd__(self, other: object) -> Expression:
        return Add(as_expression(other), self)

    def __sub__(self, other: object) -> Expression:
        return Add(*_terms(self, Add), Neg(as_expression(other)))

    def __rsub__(self, other: object) -> Expression:
        return Add(as_expression(other), Neg(self))

    def __mul__(self, other: object) -> Expression:
        return Mul(*_terms(self, Mul), as_expression(other))

    def __rmul__(self, other: object) -> Expression:
        return Mul(as_expression(other), self)

    __matmul__ = __mul__

    def __truediv__(self, other: object) -> Expression:
        return Div(self, as_expression(other))

    def __rtruediv__(self, other: object) -> Expression:
        return Div(as_expression(other), self)

    def __pow__(self, exponent: object) -> Expression:
        return Pow(self, as_expression(exponent))

    def __neg__(self) -> Expression:
        return Neg(self)

    @property
    def T(self) -> Expression:
        return Transpose(self)

    @property
    def I(self) -> Expression:  # noqa: E743 - the field's name of the inverse, as in SymPy
        return Inverse(self)


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and all its sub-expressions, outermost first."""
    return iter(expression.outermost_first)


def _walked(expression: Expression) -> Iterator[Expression]:
    stack = [expression]
    while stack:
        node = stack.pop()
        yield node
        operands = node.operands
        stack.extend(reversed(operands) if len(operands) > 1 else operands)


def _terms(expression: Expression, kind: type[Expression]) -> tuple[Expression, ...]:
    return expression.operands if isinstance(expression, kind) else (expression,)


def kept_name(name: Any) -> Str:
    """A name as SymPy keeps it; nodes are rebuilt from their arguments, and to ask for its text is slow."""
    return name if isinstance(name, Str) else Str(str(name))


def as_expression(value: object) -> Expression:
    """Numbers become :class:`Num`, integer SymPy expressions :class:`Int`; raises TypeError for anything else."""
    if isinstance(value, Expression):
        return value
    if isinstance(value, Fraction):
        return Num(Rational(value.numerator, value.denominator))
    if isinstance(value, int):
        return Num(Integer(value))
    if isinstance(value, Rational):
        return Num(value)
    if isinstance(value, Expr) and value.is_integer:
        return Int(value)
    raise TypeError(f"not a mathematical expression: {value!r}")


def common_shape(operation: str, operands: tuple[Expression, ...]) -> Shape:
    """The shape of all operands; raises ShapeError, in the name of the operation, where they differ."""
    first = operands[0].shape
    for other in operands[1:]:
        if not same_shape(first, other.shape):
            raise ShapeError(operation, first, other.shape)
    return first


def square_shape(operation: str, operand: Expression) -> Shape:
    """The operand's shape; raises ShapeError, in the name of the operation, unless it is square."""
    shape = operand.shape
    if not same_size(*shape):
        raise ShapeError(operation, shape, detail="must be square")
    return shape


# leaves ----------------------------------------------------------------------------------------


class Num(Expression):
    """A rational number."""

    def __new__(cls, value: Any) -> Self:
        return super().__new__(cls, Rational(value))

    @property
    def value(self) -> Rational:
        return self.args[0]

    def _shape(self) -> Shape:
        return SCALAR


class Int(Expression):
    """The number that an integer expression stands for: ``n - d``, ``T``."""

    def __new__(cls, value: Any) -> Self:
        return super().__new__(cls, integer(value))

    @property
    def value(self) -> Expr:
        return self.args[0]

    def _shape(self) -> Shape:
        return SCALAR


class Var(Expression):
    """A named matrix, vector or number."""

    def __new__(cls, name: Any, rows: Any = 1, columns: Any = 1) -> Self:
        return super().__new__(cls, kept_name(name), integer(rows), integer(columns))

    @property
    def name(self) -> str:
        return cast("str", self.args[0].name)

    def _shape(self) -> Shape:
        return (self.args[1], self.args[2])


class Member(Expression):
    """A member of a family over integer indices: ``h_t``, ``x_i``."""

    def __new__(cls, name: Any, rows: Any, columns: Any, *at: Any) -> Self:
        return super().__new__(cls, kept_name(name), integer(rows), integer(columns), *map(integer, at))

    @property
    def name(self) -> str:
        return cast("str", self.args[0].name)

    @property
    def at(self) -> tuple[Expr, ...]:
        return tuple(self.args[3:])

    def _shape(self) -> Shape:
        return (self.args[1], self.args[2])


# arithmetic ------------------------------------------------------------------------------------


class Add(Expression):
    """A sum of terms of one shape, in the author's order."""

    def _shape(self) -> Shape:
        return common_shape("sum", self.operands)


class Neg(Expression):
    """The negative."""

    def _shape(self) -> Shape:
        return self.operands[0].shape


class Mul(Expression):
    """A product written by juxtaposition: matrices multiply, 1 x 1 products scale what stands beside them."""

    _cached_segments: tuple[tuple[int, ...], ...] | None = None

    @property
    def segments(self) -> tuple[tuple[int, ...], ...]:
        """The factors' positions in groups, each a matrix product; all groups but at most one are 1 x 1.

        Raises ShapeError when neighbours neither fit nor are numbers.
        """
        if self._cached_segments is None:
            self._cached_segments = _segments([f.shape for f in self.operands])
        return self._cached_segments

    def _shape(self) -> Shape:
        for segment in self.segments:
            shape = (self.operands[segment[0]].shape[0], self.operands[segment[-1]].shape[1])
            if not is_scalar_shape(shape):
                return shape
        return SCALAR


def _segments(shapes: list[Shape]) -> tuple[tuple[int, ...], ...]:
    """Group the factors of a product: a stack machine that closes a group as soon as it is a number."""
    closed: list[tuple[int, ...]] = []
    stack: list[tuple[list[int], Shape]] = []
    for position, shape in enumerate(shapes):
        if is_scalar_shape(shape):
            closed.append((position,))
            continue
        if stack and same_size(stack[-1][1][1], shape[0]):
            group, (rows, _) = stack.pop()
            stack.append(([*group, position], (rows, shape[1])))
        else:
            stack.append(([position], shape))
        if is_scalar_shape(stack[-1][1]):
            closed.append(tuple(stack.pop()[0]))
    if len(stack) > 1:
        raise ShapeError("product", stack[-2][1], stack[-1][1])
    return (*closed, *(tuple(group) for group, _ in stack))


class Div(Expression):
    """A quotient; the denominator is a number."""

    def _shape(self) -> Shape:
        numerator, denominator = self.operands
        if not denominator.is_number_shaped:
            raise ShapeError("division", numerator.shape, denominator.shape)
        return numerator.shape


class Pow(Expression):
    """A power of a number, or an integer power of a square matrix; the exponent is a number."""

    def __new__(cls, base: Any, exponent: Any) -> Self:
        return super().__new__(cls, as_expression(base), as_expression(exponent))

    def _shape(self) -> Shape:
        base, exponent = self.operands
        if not exponent.is_number_shaped:
            raise ShapeError("exponent", exponent.shape)
        return square_shape("power", base)


class Transpose(Expression):
    """The transpose."""

    def _shape(self) -> Shape:
        rows, columns = self.operands[0].shape
        return (columns, rows)


class Inverse(Expression):
    """The inverse of a square matrix."""

    def _shape(self) -> Shape:
        return square_shape("inverse", self.operands[0])
