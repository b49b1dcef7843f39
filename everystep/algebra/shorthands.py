"""What authors write: families of names, and short names for the nodes that stand most often.

May import the rest of ``everystep.algebra`` only.
"""

from __future__ import annotations

from typing import Any

from everystep.algebra.function_nodes import Apply, Norm, SumOver
from everystep.algebra.matrix_nodes import Diag, Hadamard
from everystep.algebra.nodes import Expression, Member, Num, Pow, Var, as_expression
from everystep.algebra.shapes import Shape, integer


class Family:
    """A family of equal shapes; ``h[t]`` is its member at ``t``."""

    def __init__(self, name: str, rows: Any = 1, columns: Any = 1) -> None:
        self.name = name
        self.shape: Shape = (integer(rows), integer(columns))

    def __getitem__(self, at: Any) -> Member:
        return Member(self.name, *self.shape, *(at if isinstance(at, tuple) else (at,)))


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


def log(x: Any) -> Apply:
    return Apply("log", x)


def logistic(x: Expression) -> Apply:
    return Apply("logistic", x)


def total(body: Any, index: Any, low: Any, high: Any) -> SumOver:
    """The sum of ``body`` for ``index`` from ``low`` to ``high``."""
    return SumOver(body, index, low, high)
