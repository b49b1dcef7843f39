"""Expressions evaluated as they are written, node by node, every matrix formed: what compiled code must agree with."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
from sympy import Integer

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context
from everystep.algebra.substitution import instance

SCALAR_FUNCTIONS: dict[str, tuple[Any, ...]] = {
    # The function, its first and its second derivative.
    "exp": (np.exp, np.exp, np.exp),
    "log": (np.log, lambda z: 1 / z, lambda z: -1 / z**2),
    "logistic": (
        lambda z: 1 / (1 + np.exp(-z)),
        lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
        lambda z: np.exp(-z) * (np.exp(-z) - 1) / (1 + np.exp(-z)) ** 3,
    ),
    "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2, lambda z: -2 * np.sinh(z) / np.cosh(z) ** 3),
    "softplus": (
        lambda z: np.log(1 + np.exp(z)),
        lambda z: 1 / (1 + np.exp(-z)),
        lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
    ),
    "sin": (np.sin, np.cos, lambda z: -np.sin(z)),
    "cos": (np.cos, lambda z: -np.sin(z), lambda z: -np.cos(z)),
    "relu": (lambda z: np.where(z > 0, z, 0), lambda z: np.where(z > 0, 1.0, 0), lambda z: 0 * z),
    "step": (lambda z: np.where(z > 0, 1.0, 0), lambda z: 0 * z, lambda z: 0 * z),
    "abs": (abs, np.sign, lambda z: 0 * z),
    "sign": (np.sign, lambda z: 0 * z, lambda z: 0 * z),
    "sqrt": (np.sqrt, lambda z: 0.5 * z**-0.5, lambda z: -0.25 * z**-1.5),
    "reciprocal": (lambda z: 1 / z, lambda z: -1 / z**2, lambda z: 2 / z**3),
}


class Direct:
    """Values of names (two axes each; members by name and indices) and sizes; ``value`` of an expression."""

    def __init__(self, values: dict[Any, Any], sizes: dict[Any, int], context: Context | None = None) -> None:
        self.values = values
        self.sizes = sizes
        self.context = context or Context()

    def integer(self, e: Any) -> int:
        return int(e.subs(self.sizes))

    def value(self, e: Any) -> Any:
        return getattr(self, type(e).__name__)(e)

    def all(self, e: Any) -> list[Any]:
        return [self.value(o) for o in e.operands]

    def defined(self, e: Any) -> Any:
        for d in self.context.definitions:
            if type(d.target) is not type(e) or d.target.name != e.name or len(d.target.args) != len(e.args):
                continue
            pairs = dict(zip(d.target.args[3:], e.args[3:], strict=True))
            if all(k.is_Symbol or k == v for k, v in pairs.items()):
                return self.value(instance(d.body, {k: v for k, v in pairs.items() if k.is_Symbol}))
        for r in self.context.recurrences:
            if isinstance(e, ex.Member) and r.target.name == e.name and self.integer(e.at[0]) >= r.first:
                return self.value(instance(r.body, {r.target.at[0]: e.at[0]}))
        return None

    def Var(self, e: Any) -> Any:
        found = self.defined(e)
        return self.values[e.name] if found is None else found

    def Member(self, e: Any) -> Any:
        at = tuple(self.integer(i) for i in e.at)
        found = self.defined(ex.Member(e.name, *e.args[1:3], *at))
        return self.values[(e.name, *at)] if found is None else found

    def Num(self, e: Any) -> Any:
        return np.array([[float(e.value)]])

    def Int(self, e: Any) -> Any:
        return np.array([[float(self.integer(e.value))]])

    def Eye(self, e: Any) -> Any:
        return np.eye(self.integer(e.args[0]))

    def Ones(self, e: Any) -> Any:
        return np.ones([self.integer(s) for s in e.args])

    def Zeros(self, e: Any) -> Any:
        return np.zeros([self.integer(s) for s in e.args])

    def Unit(self, e: Any) -> Any:
        return np.eye(self.integer(e.args[0]))[:, [self.integer(e.args[1]) - 1]]

    def Add(self, e: Any) -> Any:
        return sum(self.all(e))

    def Neg(self, e: Any) -> Any:
        return -self.value(e.operands[0])

    def Mul(self, e: Any) -> Any:
        values, result = self.all(e), np.ones((1, 1))
        for segment in e.segments:
            group = reduce(np.matmul, [values[k] for k in segment])
            result = result * group if 1 in (result.size, group.size) else result @ group
        return result

    def Div(self, e: Any) -> Any:
        a, b = self.all(e)
        return a / b

    def Pow(self, e: Any) -> Any:
        a, b = self.all(e)
        return a ** b[0, 0] if a.shape == (1, 1) else np.linalg.matrix_power(a, round(b[0, 0]))

    def Transpose(self, e: Any) -> Any:
        return self.value(e.operands[0]).T

    def Inverse(self, e: Any) -> Any:
        inside = self.value(e.operands[0])
        if np.linalg.cond(inside) > 1e7:
            raise np.linalg.LinAlgError("singular, or nearly: two ways to round it need not agree")
        return np.linalg.inv(inside)

    def MatrixFunction(self, e: Any) -> Any:
        inside = self.value(e.operands[0]).astype(np.longdouble) / 2**10
        term = total = np.eye(len(inside), dtype=np.longdouble)
        for k in range(1, 40):
            term = term @ inside / k
            total = total + term
        for _ in range(10):
            total = total @ total
        return total.astype(float)

    def PseudoInverse(self, e: Any) -> Any:
        return np.linalg.pinv(self.value(e.operands[0]))

    def Trace(self, e: Any) -> Any:
        return np.array([[np.trace(self.value(e.operands[0]))]])

    def Det(self, e: Any) -> Any:
        return np.array([[np.linalg.det(self.value(e.operands[0]))]])

    def Adjugate(self, e: Any) -> Any:
        inside = self.value(e.operands[0])
        places = range(len(inside))
        cofactors = [
            [(-1) ** (i + j) * np.linalg.det(np.delete(np.delete(inside, i, 0), j, 1)) for j in places] for i in places
        ]
        return np.array(cofactors).T

    def Rank(self, e: Any) -> Any:
        return np.array([[float(np.linalg.matrix_rank(self.value(e.operands[0])))]])

    def Diag(self, e: Any) -> Any:
        return np.diag(self.value(e.operands[0])[:, 0])

    def DiagPart(self, e: Any) -> Any:
        return np.diag(self.value(e.operands[0]))[:, None]

    def Hadamard(self, e: Any) -> Any:
        return reduce(np.multiply, self.all(e))

    def Kron(self, e: Any) -> Any:
        return np.kron(*self.all(e))

    def Vec(self, e: Any) -> Any:
        return self.value(e.operands[0]).reshape(-1, 1, order="F")

    def Block(self, e: Any) -> Any:
        return np.block([[self.value(b) for b in row] for row in e.rows])

    def Entry(self, e: Any) -> Any:
        at = [self.integer(i) - 1 for i in e.at]
        base = self.value(e.operands[0])
        row, column = at if len(at) == 2 else (*at, 0)
        return np.array([[base[row, column]]])

    def Row(self, e: Any) -> Any:
        return self.value(e.operands[0])[[self.integer(e.args[1]) - 1]]

    def Col(self, e: Any) -> Any:
        return self.value(e.operands[0])[:, [self.integer(e.args[1]) - 1]]

    def Apply(self, e: Any) -> Any:
        return SCALAR_FUNCTIONS[e.function][e.order](self.value(e.operands[0]))

    def Softmax(self, e: Any) -> Any:
        z = np.exp(self.value(e.operands[0]))
        return z / z.sum()

    def LogSumExp(self, e: Any) -> Any:
        return np.array([[np.log(np.exp(self.value(e.operands[0])).sum())]])

    def Norm(self, e: Any) -> Any:
        x = self.value(e.operands[0])
        if e.kind == "F" or 1 in x.shape:
            kind = {"2": 2, "F": 2, "1": 1, "inf": np.inf}[e.kind]
            return np.array([[np.linalg.norm(x.reshape(-1), kind)]])
        return np.array([[np.linalg.norm(x, {"2": 2, "1": 1, "inf": np.inf}[e.kind])]])

    def Max(self, e: Any) -> Any:
        return np.array([[max(v.max() for v in self.all(e))]])

    def Min(self, e: Any) -> Any:
        return np.array([[min(v.min() for v in self.all(e))]])

    def EigMax(self, e: Any) -> Any:
        return np.array([[np.linalg.eigvalsh(self.value(e.operands[0])).max()]])

    def EigMin(self, e: Any) -> Any:
        return np.array([[np.linalg.eigvalsh(self.value(e.operands[0])).min()]])

    def written_out(self, e: Any) -> list[Any]:
        low, high = (self.integer(b) for b in e.range)
        return [self.value(instance(e.operands[0], {e.index: Integer(k)})) for k in range(low, high + 1)]

    def SumOver(self, e: Any) -> Any:
        return sum(self.written_out(e), np.zeros([self.integer(s) for s in e.shape]))

    def ProdOver(self, e: Any) -> Any:
        return reduce(np.matmul, self.written_out(e), np.eye(self.integer(e.shape[0])))
