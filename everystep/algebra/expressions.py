"""The surface: what an author writes, as SymPy expression trees that nothing evaluates.

Every node is a ``sympy.Basic`` whose arguments are kept exactly as given: ``A * A.I`` stays a product of two
factors, ``(A*B).T`` stays a transpose, the terms of a sum stay in the author's order.  Sizes and indices are plain
SymPy integer expressions (:mod:`everystep.algebra.shapes`); everything else is an :class:`Expression`.

A node can be built with operands that do not fit: its :attr:`~Expression.shape` then raises
:class:`~everystep.algebra.shapes.ShapeError`, which names the operation and the two shapes.  Vectors are columns
``(n, 1)``, numbers have shape ``(1, 1)``.  A product that is 1 x 1 is a number and may scale what stands beside it.

May import SymPy and the rest of ``everystep.algebra`` only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import islice
from typing import Any, ClassVar, Self, cast
from weakref import WeakValueDictionary

from sympy import Basic, Expr, Integer, Rational, Symbol
from sympy.core.symbol import Str

from everystep.algebra.shapes import (
    ONE,
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
        """The classes of its nodes."""
        if self._cached_kinds is None:
            self._cached_kinds = frozenset(map(type, walk(self)))
        return self._cached_kinds

    def has_kind(self, *kinds: type[Expression]) -> bool:
        """Whether a node is an instance of one of the classes."""
        return any(issubclass(kind, kinds) for kind in self.kinds)

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


def _terms(expression: Expression, kind: type[Expression]) -> tuple[Expression, ...]:
    return expression.operands if isinstance(expression, kind) else (expression,)


def _named(name: Any) -> Str:
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
        return super().__new__(cls, _named(name), integer(rows), integer(columns))

    @property
    def name(self) -> str:
        return cast("str", self.args[0].name)

    def _shape(self) -> Shape:
        return (self.args[1], self.args[2])


class Member(Expression):
    """A member of a family over integer indices: ``h_t``, ``x_i``."""

    def __new__(cls, name: Any, rows: Any, columns: Any, *at: Any) -> Self:
        return super().__new__(cls, _named(name), integer(rows), integer(columns), *map(integer, at))

    @property
    def name(self) -> str:
        return cast("str", self.args[0].name)

    @property
    def at(self) -> tuple[Expr, ...]:
        return tuple(self.args[3:])

    def _shape(self) -> Shape:
        return (self.args[1], self.args[2])


class Family:
    """A family of equal shapes; ``h[t]`` is its member at ``t``."""

    def __init__(self, name: str, rows: Any = 1, columns: Any = 1) -> None:
        self.name = name
        self.shape: Shape = (integer(rows), integer(columns))

    def __getitem__(self, at: Any) -> Member:
        return Member(self.name, *self.shape, *(at if isinstance(at, tuple) else (at,)))


class Eye(Expression):
    """The identity matrix of size n."""

    def __new__(cls, n: Any) -> Self:
        return super().__new__(cls, integer(n))

    def _shape(self) -> Shape:
        return (self.args[0], self.args[0])


class Ones(Expression):
    """A vector or matrix of ones."""

    def __new__(cls, rows: Any, columns: Any = 1) -> Self:
        return super().__new__(cls, integer(rows), integer(columns))

    def _shape(self) -> Shape:
        return (self.args[0], self.args[1])


class Zeros(Expression):
    """A vector or matrix of zeros."""

    def __new__(cls, rows: Any, columns: Any = 1) -> Self:
        return super().__new__(cls, integer(rows), integer(columns))

    def _shape(self) -> Shape:
        return (self.args[0], self.args[1])


class Unit(Expression):
    """The i-th unit vector of length n, counted from 1."""

    def __new__(cls, n: Any, i: Any) -> Self:
        return super().__new__(cls, integer(n), integer(i))

    def _shape(self) -> Shape:
        return (self.args[0], ONE)


# arithmetic ------------------------------------------------------------------------------------


class Add(Expression):
    """A sum of terms of one shape, in the author's order."""

    def _shape(self) -> Shape:
        return _common_shape("sum", self.operands)


def _common_shape(operation: str, operands: tuple[Expression, ...]) -> Shape:
    first = operands[0].shape
    for other in operands[1:]:
        if not same_shape(first, other.shape):
            raise ShapeError(operation, first, other.shape)
    return first


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
        return _square("power", base)


def _square(operation: str, operand: Expression) -> Shape:
    shape = operand.shape
    if not same_size(*shape):
        raise ShapeError(operation, shape, detail="must be square")
    return shape


# matrices --------------------------------------------------------------------------------------


class Transpose(Expression):
    """The transpose."""

    def _shape(self) -> Shape:
        rows, columns = self.operands[0].shape
        return (columns, rows)


class Inverse(Expression):
    """The inverse of a square matrix."""

    def _shape(self) -> Shape:
        return _square("inverse", self.operands[0])


class PseudoInverse(Expression):
    """The Moore-Penrose inverse."""

    def _shape(self) -> Shape:
        rows, columns = self.operands[0].shape
        return (columns, rows)


class Trace(Expression):
    """The trace of a square matrix."""

    def _shape(self) -> Shape:
        _square("trace", self.operands[0])
        return SCALAR


class Det(Expression):
    """The determinant of a square matrix."""

    def _shape(self) -> Shape:
        _square("determinant", self.operands[0])
        return SCALAR


class Adjugate(Expression):
    """The adjugate of a square matrix: its cofactors, transposed; of a number 1."""

    def _shape(self) -> Shape:
        _square("adjugate", self.operands[0])
        return self.operands[0].shape


class Rank(Expression):
    """The rank, as a number."""

    def _shape(self) -> Shape:
        self.operands[0].shape  # noqa: B018 - the operand must be well-typed
        return SCALAR


class Diag(Expression):
    """The diagonal matrix of a vector."""

    def _shape(self) -> Shape:
        rows, columns = self.operands[0].shape
        if columns != 1:
            raise ShapeError("diag", (rows, columns), detail="must be a column vector")
        return (rows, rows)


class DiagPart(Expression):
    """The diagonal of a square matrix, as a vector."""

    def _shape(self) -> Shape:
        return (_square("diag", self.operands[0])[0], ONE)


class Hadamard(Expression):
    """The entrywise product of operands of one shape."""

    def _shape(self) -> Shape:
        return _common_shape("Hadamard product", self.operands)


class Kron(Expression):
    """The Kronecker product of two matrices."""

    def _shape(self) -> Shape:
        (a, b), (c, d) = (f.shape for f in self.operands)
        return (integer(a * c), integer(b * d))


class Vec(Expression):
    """The columns of a matrix stacked into one vector."""

    def _shape(self) -> Shape:
        rows, columns = self.operands[0].shape
        return (integer(rows * columns), ONE)


class Block(Expression):
    """A block matrix, given row by row: ``Block(2, A, B, C, D)`` has two blocks in a row."""

    def __new__(cls, width: Any, *blocks: Expression) -> Self:
        return super().__new__(cls, integer(width), *blocks)

    @property
    def rows(self) -> tuple[tuple[Expression, ...], ...]:
        width = int(self.args[0])
        return tuple(self.operands[i : i + width] for i in range(0, len(self.operands), width))

    def _shape(self) -> Shape:
        for row in self.rows:
            for block in row[1:]:
                if not same_size(block.shape[0], row[0].shape[0]):
                    raise ShapeError("block row", row[0].shape, block.shape)
            for block, above in zip(row, self.rows[0], strict=True):
                if not same_size(block.shape[1], above.shape[1]):
                    raise ShapeError("block column", above.shape, block.shape)
        height = integer(sum(row[0].shape[0] for row in self.rows))
        return (height, integer(sum(block.shape[1] for block in self.rows[0])))


class Entry(Expression):
    """An entry: ``Entry(X, i, j)``, or ``Entry(x, i)`` of a vector; counted from 1."""

    def __new__(cls, base: Expression, *at: Any) -> Self:
        return super().__new__(cls, base, *map(integer, at))

    @property
    def at(self) -> tuple[Expr, ...]:
        return tuple(self.args[1:])

    def _shape(self) -> Shape:
        shape = self.operands[0].shape
        if len(self.at) == 1 and shape[1] != 1:
            raise ShapeError("entry", shape, detail="one index given, not a column vector")
        if len(self.at) not in (1, 2):
            raise ShapeError("entry", shape, detail="one or two indices")
        return SCALAR


class Row(Expression):
    """The i-th row of a matrix as a row vector."""

    def __new__(cls, base: Expression, i: Any) -> Self:
        return super().__new__(cls, base, integer(i))

    def _shape(self) -> Shape:
        return (ONE, self.operands[0].shape[1])


class Col(Expression):
    """The j-th column of a matrix as a vector."""

    def __new__(cls, base: Expression, j: Any) -> Self:
        return super().__new__(cls, base, integer(j))

    def _shape(self) -> Shape:
        return (self.operands[0].shape[0], ONE)


# functions -------------------------------------------------------------------------------------


class Apply(Expression):
    """A scalar function, or its ``order``-th derivative, applied entry by entry."""

    def __new__(cls, function: Any, argument: Any, order: int = 0) -> Self:
        if order < 0:
            raise ValueError(f"the order of a derivative is {order}")
        return super().__new__(cls, _named(function), as_expression(argument), Integer(order))

    @property
    def function(self) -> str:
        return cast("str", self.args[0].name)

    @property
    def order(self) -> int:
        return int(self.args[2])

    def _shape(self) -> Shape:
        return self.operands[0].shape


class Call(Expression):
    """The value of an arbitrary differentiable function of its arguments (not entrywise): ``L(w)``."""

    def __new__(cls, function: Any, rows: Any, columns: Any, *arguments: Expression) -> Self:
        return super().__new__(cls, _named(function), integer(rows), integer(columns), *arguments)

    @property
    def function(self) -> str:
        return cast("str", self.args[0].name)

    def _shape(self) -> Shape:
        for argument in self.operands:
            argument.shape  # noqa: B018 - the arguments must be well-typed
        return (self.args[1], self.args[2])


class MatrixFunction(Expression):
    """A function of a square matrix by its power series: ``exp``."""

    def __new__(cls, function: Any, argument: Expression) -> Self:
        return super().__new__(cls, _named(function), argument)

    @property
    def function(self) -> str:
        return cast("str", self.args[0].name)

    def _shape(self) -> Shape:
        return _square("matrix function", self.operands[0])


class Softmax(Expression):
    """exp(x) / sum(exp(x)) of a vector."""

    def _shape(self) -> Shape:
        return self.operands[0].shape


class LogSumExp(Expression):
    """log(sum(exp(x))) of a vector."""

    def _shape(self) -> Shape:
        self.operands[0].shape  # noqa: B018 - the operand must be well-typed
        return SCALAR


class Norm(Expression):
    """A norm: ``kind`` is ``"2"`` (vectors: Euclidean; matrices: the operator 2-norm), ``"F"``, ``"1"``, ``"inf"``."""

    KINDS: ClassVar[tuple[str, ...]] = ("2", "F", "1", "inf")

    def __new__(cls, argument: Expression, kind: Any = "2") -> Self:
        kind = str(getattr(kind, "name", kind))  # SymPy rebuilds nodes from their arguments
        if kind not in cls.KINDS:
            raise ValueError(f"unknown norm {kind!r}; one of {', '.join(cls.KINDS)}")
        return super().__new__(cls, argument, Str(kind))

    @property
    def kind(self) -> str:
        return cast("str", self.args[1].name)

    @property
    def is_euclidean(self) -> bool:
        """Whether it is the square root of the sum of squared entries."""
        return self.kind == "F" or (self.kind == "2" and 1 in self.operands[0].shape)

    def _shape(self) -> Shape:
        self.operands[0].shape  # noqa: B018 - the operand must be well-typed
        return SCALAR


class Max(Expression):
    """The largest of several numbers, or the largest entry of one vector."""

    def _shape(self) -> Shape:
        _common_shape("maximum", self.operands)
        return SCALAR


class Min(Expression):
    """The smallest of several numbers, or the smallest entry of one vector."""

    def _shape(self) -> Shape:
        _common_shape("minimum", self.operands)
        return SCALAR


class EigMax(Expression):
    """The largest eigenvalue of a symmetric matrix."""

    def _shape(self) -> Shape:
        _square("eigenvalue", self.operands[0])
        return SCALAR


class EigMin(Expression):
    """The smallest eigenvalue of a symmetric matrix."""

    def _shape(self) -> Shape:
        _square("eigenvalue", self.operands[0])
        return SCALAR


# sums and products over an index ---------------------------------------------------------------


class SumOver(Expression):
    """The sum of ``body`` for ``index`` from ``low`` to ``high``; empty when ``high = low - 1``."""

    def __new__(cls, body: Any, index: Any, low: Any, high: Any) -> Self:
        return super().__new__(cls, as_expression(body), integer(index), integer(low), integer(high))

    @property
    def index(self) -> Expr:
        return self.args[1]

    @property
    def range(self) -> tuple[Expr, Expr]:
        return (self.args[2], self.args[3])

    def _shape(self) -> Shape:
        return self.operands[0].shape


class ProdOver(SumOver):
    """The product over an index, factors of increasing index from left to right."""

    def _shape(self) -> Shape:
        return _square("product over an index", self.operands[0])


# calculus --------------------------------------------------------------------------------------


class Gradient(Expression):
    """The gradient of a number by a variable (Var, Member, Entry or a defined name), in the variable's shape.

    By a family member with a recurrence it is the total gradient: later members depend on it.
    """

    def _shape(self) -> Shape:
        value, variable = self.operands
        if not value.is_number_shaped:
            raise ShapeError("gradient", value.shape, detail="must be a number")
        return variable.shape


class Jacobian(Expression):
    """The Jacobian of a vector by a vector: one row per entry of the value, one column per entry of the variable."""

    def _shape(self) -> Shape:
        value, variable = self.operands
        for side in (value, variable):
            if side.shape[1] != 1:
                raise ShapeError("Jacobian", side.shape, detail="must be a column vector")
        return (value.shape[0], variable.shape[0])


class Hessian(Expression):
    """The matrix of second derivatives of a number by a vector."""

    def _shape(self) -> Shape:
        value, variable = self.operands
        if not value.is_number_shaped:
            raise ShapeError("Hessian", value.shape, detail="must be a number")
        if variable.shape[1] != 1:
            raise ShapeError("Hessian", variable.shape, detail="must be a column vector")
        return (variable.shape[0], variable.shape[0])


class ScalarDerivative(Expression):
    """The derivative of anything by a number, in the shape of what is derived."""

    def _shape(self) -> Shape:
        value, variable = self.operands
        if not variable.is_number_shaped:
            raise ShapeError("derivative", variable.shape, detail="the variable must be a number")
        return value.shape


class Differential(Expression):
    """The differential of an expression under perturbations ``dX`` of the listed variables.

    ``Differential(f, X, dX, Y, dY, ...)``: the directional derivative of f at (X, Y, ...) along (dX, dY, ...).
    """

    @property
    def perturbations(self) -> tuple[tuple[Expression, Expression], ...]:
        rest = self.operands[1:]
        return tuple(zip(rest[::2], rest[1::2], strict=True))

    def _shape(self) -> Shape:
        for variable, change in self.perturbations:
            if not same_shape(variable.shape, change.shape):
                raise ShapeError("differential", variable.shape, change.shape)
        return self.operands[0].shape


# probability -----------------------------------------------------------------------------------


class Expectation(Expression):
    """The expectation over everything that the context declares random."""

    def _shape(self) -> Shape:
        return self.operands[0].shape


class Variance(Expression):
    """The variance of a number, or the covariance matrix of a vector."""

    def _shape(self) -> Shape:
        rows, columns = self.operands[0].shape
        if columns != 1:
            raise ShapeError("variance", (rows, columns), detail="must be a number or a column vector")
        return (rows, rows)


class Covariance(Expression):
    """Cov(a, b) = E[(a - E a)(b - E b)^T]."""

    def _shape(self) -> Shape:
        left, right = self.operands
        for side in (left, right):
            if side.shape[1] != 1:
                raise ShapeError("covariance", side.shape, detail="must be a number or a column vector")
        return (left.shape[0], right.shape[0])


class Given(Expression):
    """A mean, a variance or a covariance with the values of some names given: ``E[y | x]``.

    ``Given(Expectation(y), x, ...)``.  It is a function of what is given, so that a mean may be taken of it again.
    """

    @property
    def mean(self) -> Expression:
        return self.operands[0]

    @property
    def held(self) -> tuple[Expression, ...]:
        """The names whose values are given."""
        return self.operands[1:]

    def _shape(self) -> Shape:
        for name in self.held:
            name.shape  # noqa: B018 - what is given must be well-typed
        return self.mean.shape


# limits ----------------------------------------------------------------------------------------


class Limit(Expression):
    """The limit of ``body`` as an integer ``index`` tends to infinity."""

    def __new__(cls, body: Expression, index: Any) -> Self:
        return super().__new__(cls, body, integer(index))

    @property
    def index(self) -> Expr:
        return self.args[1]

    def _shape(self) -> Shape:
        return self.operands[0].shape


class LimitAt(Expression):
    """The limit of ``body`` as a real ``variable`` tends to a number, from both sides or from one, or to infinity.

    ``approach`` is one of :attr:`WAYS`; for the two infinities the ``point`` is 0 and means nothing.  The variable is
    bound: within the body, and in definitions that the body rests on, its name means the number that moves, whatever is
    said of the name elsewhere; the point itself it does not take, and there the body need not have a value.  Where the
    body has no values on one side of the point (``x log x`` below 0), the limit from both sides is that from the other.
    """

    WAYS: ClassVar[tuple[str, ...]] = ("both sides", "above", "below", "infinity", "minus infinity")

    def __new__(cls, body: Any, variable: Expression, point: Any = 0, approach: Any = "both sides") -> Self:
        approach = str(getattr(approach, "name", approach))  # SymPy rebuilds nodes from their arguments
        if approach not in cls.WAYS:
            raise ValueError(f"unknown way to approach a point {approach!r}; one of {', '.join(cls.WAYS)}")
        return super().__new__(cls, as_expression(body), variable, as_expression(point), Str(approach))

    @property
    def variable(self) -> Expression:
        return self.operands[1]

    @property
    def point(self) -> Expression:
        return self.operands[2]

    @property
    def approach(self) -> str:
        return cast("str", self.args[3].name)

    @property
    def is_infinite(self) -> bool:
        """Whether the variable tends to one of the infinities."""
        return "infinity" in self.approach

    def _shape(self) -> Shape:
        for side in (self.variable, self.point):
            if not side.is_number_shaped:
                raise ShapeError("limit", side.shape, detail="what tends to what must be numbers")
        return self.operands[0].shape


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


# what authors write ----------------------------------------------------------------------------


def matrix(name: str, rows: Any, columns: Any) -> Var:
    return Var(name, rows, columns)


def vector(name: str, rows: Any) -> Var:
    return Var(name, rows, 1)


def scalar(name: str) -> Var:
    return Var(name)


def odot(*factors: Any) -> Hadamard:
    return Hadamard(*map(as_expression, factors))


def diag(x: Expression) -> Diag:
    return Diag(x)


def norm(x: Expression, kind: str = "2") -> Norm:
    return Norm(x, kind)


def sq(x: Expression) -> Pow:
    """The squared Euclidean (Frobenius) norm of a vector (a matrix)."""
    return Pow(Norm(x, "2" if x.shape[1] == 1 or x.shape[0] == 1 else "F"), Num(2))


def sqrt(x: Any) -> Apply:
    return Apply("sqrt", x)


def logistic(x: Expression) -> Apply:
    return Apply("logistic", x)


def total(body: Any, index: Any, low: Any, high: Any) -> SumOver:
    """The sum of ``body`` for ``index`` from ``low`` to ``high``."""
    return SumOver(body, index, low, high)
