"""Statements in the words of other tools: tensorgrad, SymPy's matrix expressions, SymPy entry by entry at size 3.

A converter raises :class:`Inexpressible` for what the tool (or the converter) has no word for.  Each ``decide``
returns whether the tool finds the two sides equal.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Predicate, Relation
from everystep.algebra.shapes import ShapeError

SYMMETRIC = ("symmetric", "positive definite", "positive semidefinite")
HARMLESS = ("invertible", "nonzero", "full row rank", "full column rank")
"""Properties without which a formula may have no value, but which no rewriting needs."""
SIZE = 3


class Inexpressible(Exception):
    """The tool has no word for a part of the statement."""


def symmetric_names(claim: object, context: Context) -> frozenset[str]:
    """The names that are declared symmetric; refuses contexts that say more than the tools can be told."""
    if not isinstance(claim, Relation) or claim.op != "=":
        raise Inexpressible("no equation")
    if context.definitions or context.recurrences or context.random:
        raise Inexpressible("a context with definitions")
    names = set()
    for hypothesis in context.hypotheses:
        if isinstance(hypothesis, Predicate):
            if hypothesis.kind in SYMMETRIC and isinstance(hypothesis.subject, ex.Var):
                names.add(hypothesis.subject.name)
            elif hypothesis.kind not in HARMLESS:
                raise Inexpressible(f"the hypothesis {hypothesis.kind}")
        elif hypothesis.op == "=":
            raise Inexpressible("a hypothesis that is an equation")
    return frozenset(names)


class Converter:
    """Dispatch on the class of a node; a tool's converter has a method ``on_<node>`` for what it can say."""

    def __init__(self, symmetric: frozenset[str]) -> None:
        self.symmetric = symmetric

    def __call__(self, node: Any) -> Any:
        method: Callable[[Any], Any] | None = getattr(self, f"on_{type(node).__name__}", None)
        if method is None:
            raise Inexpressible(type(node).__name__)
        return method(node)

    def groups(self, node: Any) -> list[tuple[bool, list[Any]]]:
        """The groups of a product, each with whether it is a number."""
        found = []
        for group in node.segments:
            factors = [node.operands[k] for k in group]
            number = factors[0].shape[0] == 1 and factors[-1].shape[1] == 1
            found.append((number, factors))
        return found


# tensorgrad ------------------------------------------------------------------------------------


class Tensorgrad(Converter):
    """Tensors with the edges ``r`` and ``c``; an extent of 1 has no edge."""

    FUNCTIONS = ("exp", "log", "tanh", "relu", "abs", "sqrt", "sign")

    def __init__(self, symmetric: frozenset[str]) -> None:
        super().__init__(symmetric)
        import tensorgrad
        from tensorgrad import functions

        self.tg, self.f = tensorgrad, functions
        self.count = 0

    def shape(self, node: Any) -> dict[str, Any]:
        extents = {}
        for edge, extent in zip("rc", node.shape, strict=True):
            if extent != 1:
                if not extent.is_Symbol:
                    raise Inexpressible("a compound size")
                extents[edge] = sympy.Symbol(extent.name)
        return extents

    def number(self, value: Any) -> Any:
        return self.tg.Sum([self.tg.Product([])], [Fraction(int(value.p), int(value.q))])

    def product(self, left: Any, right: Any) -> Any:
        """Matrix product: the left's columns against the right's rows."""
        self.count += 1
        inner = f"k{self.count}"
        left = left.rename(c=inner) if "c" in left.edges else left
        right = right.rename(r=inner) if "r" in right.edges else right
        return self.tg.Product([left, right])

    def on_Num(self, node: Any) -> Any:
        return self.number(node.value)

    def on_Int(self, node: Any) -> Any:
        if not node.value.is_Symbol or not node.value.is_positive:
            raise Inexpressible("an integer expression")
        return self.tg.Delta(sympy.Symbol(node.value.name))

    def on_Var(self, node: Any) -> Any:
        shape = self.shape(node)
        found = self.tg.Variable(node.name, **shape)
        return found.with_symmetries("r c") if node.name in self.symmetric and len(shape) == 2 else found

    def on_Eye(self, node: Any) -> Any:
        return self.tg.Delta(self.shape(node)["r"], "r", "c") if self.shape(node) else self.number(sympy.Integer(1))

    def on_Ones(self, node: Any) -> Any:
        return self.tg.Ones(**self.shape(node))

    def on_Zeros(self, node: Any) -> Any:
        return self.tg.Zero(**self.shape(node))

    def on_Add(self, node: Any) -> Any:
        return self.tg.Sum([self(o) for o in node.operands])

    def on_Neg(self, node: Any) -> Any:
        return self.tg.Sum([self(node.operands[0])], [-1])

    def on_Mul(self, node: Any) -> Any:
        parts = []
        for _, factors in self.groups(node):
            found = self(factors[0])
            for factor in factors[1:]:
                found = self.product(found, self(factor))
            parts.append(found)
        return self.tg.Product(parts)

    def on_Div(self, node: Any) -> Any:
        return self.tg.Product([self(node.operands[0]), self.f.pow(self(node.operands[1]), -1)])

    def on_Pow(self, node: Any) -> Any:
        base, exponent = node.operands
        if not isinstance(exponent, ex.Num):
            raise Inexpressible("a symbolic power")
        if base.is_number_shaped:
            return self.f.pow(self(base), Fraction(int(exponent.value.p), int(exponent.value.q)))
        if not exponent.value.is_Integer or exponent.value < 1:
            raise Inexpressible("a power of a matrix that is not positive")
        found = self(base)
        for _ in range(int(exponent.value) - 1):
            found = self.product(found, self(base))
        return found

    def on_Transpose(self, node: Any) -> Any:
        found = self(node.operands[0])
        return found.rename(**{a: b for a, b in (("r", "c"), ("c", "r")) if a in found.edges})

    def on_Inverse(self, node: Any) -> Any:
        found = self(node.operands[0])
        return self.f.inverse(found) if found.edges else self.f.pow(found, -1)

    def on_Trace(self, node: Any) -> Any:
        return self.f.trace(self(node.operands[0]))

    def on_Det(self, node: Any) -> Any:
        return self.f.det(self(node.operands[0]))

    def on_Diag(self, node: Any) -> Any:
        found = self(node.operands[0])
        return self.tg.Product([found.rename(r="k"), self.tg.Delta(self.shape(node)["r"], "k", "r", "c")])

    def on_DiagPart(self, node: Any) -> Any:
        found = self(node.operands[0]).rename(r="k", c="l")
        return self.tg.Product([found, self.tg.Delta(self.shape(node)["r"], "k", "l", "r")])

    def on_Hadamard(self, node: Any) -> Any:
        found = self(node.operands[0])
        for operand in node.operands[1:]:
            found = found * self(operand)
        return found

    def on_Norm(self, node: Any) -> Any:
        if not node.is_euclidean:
            raise Inexpressible("a norm")
        found = self(node.operands[0])
        return self.f.pow(self.tg.Product([found, found]), Fraction(1, 2))

    def on_Apply(self, node: Any) -> Any:
        found = self(node.operands[0])
        if node.order == 0 and node.function in self.FUNCTIONS:
            return getattr(self.f, node.function)(found)
        if node.order == 0 and node.function == "logistic":
            return self.f.sigmoid(found)
        if node.order == 0 and node.function == "reciprocal":
            return self.f.pow(found, -1)
        raise Inexpressible(node.function)

    def on_Softmax(self, node: Any) -> Any:
        return self.f.softmax(self(node.operands[0]), {"r"})

    def on_LogSumExp(self, node: Any) -> Any:
        return self.f.log(self.f.sum(self.f.exp(self(node.operands[0]))))

    def derivative(self, value: Any, variable: Any, edges: dict[str, str]) -> Any:
        if not isinstance(variable, ex.Var):
            raise Inexpressible("a derivative by what is no variable")
        return value.grad(self.on_Var(variable), {e: edges[e] for e in self.shape(variable)})

    def on_Gradient(self, node: Any) -> Any:
        value, variable = node.operands
        if isinstance(variable, ex.Var) and variable.name in self.symmetric:
            raise Inexpressible("a derivative by a symmetric matrix")
        return self.derivative(self(value), variable, {"r": "r", "c": "c"})

    def on_Jacobian(self, node: Any) -> Any:
        return self.derivative(self(node.operands[0]), node.operands[1], {"r": "c"})

    def on_Hessian(self, node: Any) -> Any:
        value, variable = node.operands
        return self.derivative(self.derivative(self(value), variable, {"r": "r"}), variable, {"r": "c"})

    def on_ScalarDerivative(self, node: Any) -> Any:
        return self.derivative(self(node.operands[0]), node.operands[1], {})

    def decide(self, left: Any, right: Any) -> bool:
        difference = self.tg.Sum([left, right], [1, -1]).full_simplify()
        if isinstance(difference, self.tg.Zero) or (isinstance(difference, self.tg.Sum) and not difference.terms):
            return True
        return bool(left.full_simplify().is_isomorphic(right.full_simplify(), match_edges=True))


# SymPy -----------------------------------------------------------------------------------------


class Sympy(Converter, ABC):
    """What both SymPy converters share: numbers are scalars, 1 x 1 products become numbers."""

    @abstractmethod
    def scalar(self, matrix: Any) -> Any:
        """A 1 x 1 matrix as a number."""

    @abstractmethod
    def leaf(self, name: str, rows: Any, columns: Any) -> Any:
        """A matrix of symbols."""

    def inverse(self, matrix: Any) -> Any:
        return matrix.inv()

    def on_Num(self, node: Any) -> Any:
        return node.value

    def on_Var(self, node: Any) -> Any:
        if node.is_number_shaped:
            return sympy.Symbol(node.name)
        if node.name in self.symmetric:
            raise Inexpressible("a symmetric matrix")
        return self.leaf(node.name, *node.shape)

    def on_Add(self, node: Any) -> Any:
        found = self(node.operands[0])
        for operand in node.operands[1:]:
            found = found + self(operand)
        return found

    def on_Neg(self, node: Any) -> Any:
        return -self(node.operands[0])

    def on_Mul(self, node: Any) -> Any:
        found: Any = sympy.Integer(1)
        for number, factors in self.groups(node):
            part = self(factors[0])
            for factor in factors[1:]:
                part = part * self(factor)
            found = found * (self.scalar(part) if number and len(factors) > 1 else part)
        return found

    def on_Div(self, node: Any) -> Any:
        return self(node.operands[0]) * (1 / self(node.operands[1]))

    def on_Pow(self, node: Any) -> Any:
        return self(node.operands[0]) ** self(node.operands[1])

    def on_Transpose(self, node: Any) -> Any:
        found = self(node.operands[0])
        return found if node.is_number_shaped else found.T

    def on_Inverse(self, node: Any) -> Any:
        found = self(node.operands[0])
        return 1 / found if node.is_number_shaped else self.inverse(found)

    def on_Trace(self, node: Any) -> Any:
        found = self(node.operands[0])
        return found if node.operands[0].is_number_shaped else sympy.trace(found)

    def on_Det(self, node: Any) -> Any:
        found = self(node.operands[0])
        return found if node.operands[0].is_number_shaped else sympy.det(found)

    def function(self, node: Any) -> Callable[[Any], Any]:
        known = {"exp": sympy.exp, "log": sympy.log, "tanh": sympy.tanh, "sin": sympy.sin, "cos": sympy.cos}
        more: dict[str, Callable[[Any], Any]] = {
            "sqrt": sympy.sqrt,
            "abs": sympy.Abs,
            "logistic": lambda z: 1 / (1 + sympy.exp(-z)),
            "softplus": lambda z: sympy.log(1 + sympy.exp(z)),
            "reciprocal": lambda z: 1 / z,
        }
        if node.order or node.function not in (known | more):
            raise Inexpressible(node.function)
        return (known | more)[node.function]

    def on_Apply(self, node: Any) -> Any:
        found = self(node.operands[0])
        return self.function(node)(found) if node.is_number_shaped else found.applyfunc(self.function(node))

    @abstractmethod
    def decide(self, left: Any, right: Any) -> bool:
        """Whether both sides are found to be equal."""


class SympyMatrices(Sympy):
    """Matrix expressions of symbolic size."""

    def scalar(self, matrix: Any) -> Any:
        return sympy.trace(matrix)

    def leaf(self, name: str, rows: Any, columns: Any) -> Any:
        return sympy.MatrixSymbol(name, rows, columns)

    def on_Int(self, node: Any) -> Any:
        return node.value

    def on_Eye(self, node: Any) -> Any:
        return sympy.Identity(node.args[0])

    def on_Ones(self, node: Any) -> Any:
        return sympy.OneMatrix(*node.shape)

    def on_Zeros(self, node: Any) -> Any:
        return sympy.ZeroMatrix(*node.shape)

    def on_Hadamard(self, node: Any) -> Any:
        return sympy.HadamardProduct(*map(self, node.operands))

    def on_Diag(self, node: Any) -> Any:
        from sympy.matrices.expressions.diagonal import DiagMatrix

        return DiagMatrix(self(node.operands[0]))

    def on_Norm(self, node: Any) -> Any:
        if not node.is_euclidean:
            raise Inexpressible("a norm")
        found = self(node.operands[0])
        return sympy.sqrt(sympy.trace(found.T * found))

    def on_Gradient(self, node: Any) -> Any:
        return self(node.operands[0]).diff(self(node.operands[1]))

    def on_ScalarDerivative(self, node: Any) -> Any:
        return self(node.operands[0]).diff(self(node.operands[1]))

    def decide(self, left: Any, right: Any) -> bool:
        difference = self.normal(sympy.expand((left - right).doit()).doit())
        if self.nought(difference):
            return True
        return self.nought(self.normal(sympy.simplify(difference)))

    def nought(self, value: Any) -> bool:
        return bool(value == 0 or isinstance(value, sympy.ZeroMatrix) or getattr(value, "is_zero_matrix", False))

    def normal(self, value: Any) -> Any:
        """Traces in SymPy's own normal form, which it does not apply by itself."""
        return value.replace(lambda e: isinstance(e, sympy.Trace), lambda e: e._normalize())  # noqa: SLF001


class SympyEntries(Sympy):
    """Matrices of symbols, all sizes 3."""

    def extent(self, size: Any) -> int:
        value = sympy.sympify(size).subs(dict.fromkeys(size.free_symbols, SIZE))
        return int(value)

    def scalar(self, matrix: Any) -> Any:
        return matrix[0, 0]

    def leaf(self, name: str, rows: Any, columns: Any) -> Any:
        r, c = self.extent(rows), self.extent(columns)
        return sympy.Matrix(r, c, lambda i, j: sympy.Symbol(f"{name}_{i}_{j}"))

    def on_Var(self, node: Any) -> Any:
        if node.name in self.symmetric and not node.is_number_shaped:
            n = self.extent(node.shape[0])
            return sympy.Matrix(n, n, lambda i, j: sympy.Symbol(f"{node.name}_{min(i, j)}_{max(i, j)}"))
        return super().on_Var(node)

    def on_Int(self, node: Any) -> Any:
        if not all(s.is_positive for s in node.value.free_symbols):
            raise Inexpressible("an index")
        return sympy.Integer(self.extent(node.value))

    def on_Eye(self, node: Any) -> Any:
        return sympy.eye(self.extent(node.args[0]))

    def on_Ones(self, node: Any) -> Any:
        return sympy.ones(*map(self.extent, node.shape))

    def on_Zeros(self, node: Any) -> Any:
        return sympy.zeros(*map(self.extent, node.shape))

    def on_Hadamard(self, node: Any) -> Any:
        found = self(node.operands[0])
        for operand in node.operands[1:]:
            found = found.multiply_elementwise(self(operand))
        return found

    def on_Diag(self, node: Any) -> Any:
        return sympy.diag(*self(node.operands[0]))

    def on_DiagPart(self, node: Any) -> Any:
        found = self(node.operands[0])
        return sympy.Matrix([found[i, i] for i in range(found.rows)])

    def on_Kron(self, node: Any) -> Any:
        return sympy.kronecker_product(*map(self, node.operands))

    def on_Vec(self, node: Any) -> Any:
        return self(node.operands[0]).vec()

    def on_Norm(self, node: Any) -> Any:
        if not node.is_euclidean:
            raise Inexpressible("a norm")
        return sympy.sqrt(sum(x**2 for x in sympy.Matrix([self(node.operands[0])])))

    def on_Softmax(self, node: Any) -> Any:
        grown = self(node.operands[0]).applyfunc(sympy.exp)
        return grown / sum(grown)

    def on_LogSumExp(self, node: Any) -> Any:
        return sympy.log(sum(self(node.operands[0]).applyfunc(sympy.exp)))

    def on_Gradient(self, node: Any) -> Any:
        value, variable = self(node.operands[0]), node.operands[1]
        if isinstance(variable, ex.Var) and variable.name in self.symmetric:
            raise Inexpressible("a derivative by a symmetric matrix")
        by = self(variable)
        return sympy.diff(value, by) if node.is_number_shaped else by.applyfunc(lambda s: sympy.diff(value, s))

    def on_Jacobian(self, node: Any) -> Any:
        return self(node.operands[0]).jacobian(self(node.operands[1]))

    def on_Hessian(self, node: Any) -> Any:
        return sympy.hessian(self(node.operands[0]), list(self(node.operands[1])))

    def on_ScalarDerivative(self, node: Any) -> Any:
        return sympy.diff(self(node.operands[0]), self(node.operands[1]))

    def decide(self, left: Any, right: Any) -> bool:
        difference = sympy.Matrix([left - right])
        return all(sympy.expand(x) == 0 or sympy.simplify(x) == 0 for x in difference)


PEERS: dict[str, type[Any]] = {
    "tensorgrad": Tensorgrad,
    "SymPy, matrix expressions": SympyMatrices,
    "SymPy, entries at n = 3": SympyEntries,
}


def decide(peer: str, claim: Any, context: Context) -> bool:
    """Whether a tool finds the sides of a claim equal; raises Inexpressible, and whatever the tool raises."""
    convert = PEERS[peer](symmetric_names(claim, context))
    try:
        left, right = convert(claim.left), convert(claim.right)
    except ShapeError as error:
        raise Inexpressible("shapes") from error
    return bool(convert.decide(left, right))
