"""Nodes of functions: known and arbitrary ones, norms, extremes, and sums and products over an index.

May import SymPy and the rest of ``everystep.algebra`` only.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self, cast

from sympy import Expr, Integer
from sympy.core.symbol import Str

from everystep.algebra.nodes import Expression, as_expression, common_shape, kept_name, square_shape
from everystep.algebra.shapes import SCALAR, Shape, integer

# functions -------------------------------------------------------------------------------------


class Apply(Expression):
    """A scalar function, or its ``order``-th derivative, applied entry by entry."""

    def __new__(cls, function: Any, argument: Any, order: int = 0) -> Self:
        if order < 0:
            raise ValueError(f"the order of a derivative is {order}")
        return super().__new__(cls, kept_name(function), as_expression(argument), Integer(order))

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
        return super().__new__(cls, kept_name(function), integer(rows), integer(columns), *arguments)

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
        return super().__new__(cls, kept_name(function), argument)

    @property
    def function(self) -> str:
        return cast("str", self.args[0].name)

    def _shape(self) -> Shape:
        return square_shape("matrix function", self.operands[0])


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
        common_shape("maximum", self.operands)
        return SCALAR


class Min(Expression):
    """The smallest of several numbers, or the smallest entry of one vector."""

    def _shape(self) -> Shape:
        common_shape("minimum", self.operands)
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
        return square_shape("product over an index", self.operands[0])
