"""Nodes of probability: expectations, variances, covariances, and these with values given.

May import the rest of ``everystep.algebra`` only.
"""

from __future__ import annotations

from everystep.algebra.nodes import Expression
from everystep.algebra.shapes import Shape, ShapeError


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


MEANS = (Expectation, Variance, Covariance)
"""The nodes that take a mean over what is random."""


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
