"""Nodes of calculus: gradients, Jacobians, Hessians, derivatives, differentials and limits.

May import SymPy and the rest of ``everystep.algebra`` only.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self, cast

from sympy import Expr
from sympy.core.symbol import Str

from everystep.algebra.nodes import Expression, as_expression
from everystep.algebra.shapes import Shape, ShapeError, integer, same_shape

# derivatives -----------------------------------------------------------------------------------


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


# limits ----------------------------------------------------------------------------------------


PARTIAL_DERIVATIVES = (Gradient, Jacobian, Hessian, ScalarDerivative)
"""Derivatives by their second operand."""

DERIVATIVES = (*PARTIAL_DERIVATIVES, Differential)
"""All that differentiates its first operand."""


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
