"""Expressions as NumPy numbers: a third opinion, which shares nothing with the two judges but the nodes.

Every value is an array of shape (..., rows, columns). A derivative gives its variable one more leading axis, one
complex step for each entry; an expectation gives every random quantity one more leading axis, one atom each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import prod
from typing import Any, TypeAlias
from zlib import crc32

import numpy as np
import numpy.typing as npt

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Predicate, Random, Relation
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ShapeError

Array: TypeAlias = npt.NDArray[Any]
Key: TypeAlias = tuple[str, tuple[int, ...]]

STEP = 1e-30
DIFFERENCE = 1e-5
LARGEST = 1e7
WORST_CONDITION = 1e7
SAMPLE_POINTS = 5
MOST_ATOMS = 40_000


class Undefined(Exception):
    """The expression has no value here."""


class NoOpinion(Exception):
    """This evaluator cannot say: too large, on a kink, or not written."""


class Misfit(Exception):
    """Two shapes do not fit."""


def _smooth(order: int) -> Callable[[Array], Array]:
    """The function that stands for opaque ones: sin(1.3 z + 0.7) + 0.3 z^2, and its derivatives."""
    polynomial: tuple[Callable[[Array], Array], ...] = (
        lambda z: 0.3 * z * z,
        lambda z: 0.6 * z,
        lambda z: 0.6 + 0 * z,
        lambda z: 0 * z,
    )
    rest = polynomial[min(order, 3)]
    return lambda z: 1.3**order * np.sin(1.3 * z + 0.7 + order * np.pi / 2) + rest(z)


FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "exp": np.exp,
    "log": np.log,
    "logistic": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "softplus": lambda z: np.log(1 + np.exp(z)),
    "sin": np.sin,
    "cos": np.cos,
    "relu": lambda z: z * (z.real > 0),
    "step": lambda z: (z.real > 0) + 0 * z,
    "abs": lambda z: z * np.sign(z.real),
    "sign": lambda z: np.sign(z.real) + 0 * z,
    "sqrt": np.sqrt,
    "reciprocal": lambda z: 1 / z,
}
CONTINUOUS = frozenset({"relu", "abs"})
KINKED = frozenset({"relu", "step", "abs", "sign"})


class Numbers:
    """One instance of a context: values of all free symbols at given sizes, drawn from a seed.

    ``degenerate`` draws what the hypotheses leave free from the edge: zeros, singular matrices, equal columns.
    """

    def __init__(self, context: Context, sizes: dict[str, int], seed: int, degenerate: bool = False) -> None:
        self.context = context
        self.sizes = sizes
        self.seed = seed
        self.degenerate = degenerate
        self.values: dict[Key, Array] = {}
        self.axes = 0
        self.deriving = 0
        self.peak = 1.0
        self.largest = LARGEST
        self.laws: dict[str, Random] = {law.target.name: law for law in context.random}
        self.properties: dict[str, set[str]] = {}
        for hypothesis in context.hypotheses:
            if isinstance(hypothesis, Predicate) and isinstance(hypothesis.subject, ex.Var):
                self.properties.setdefault(hypothesis.subject.name, set()).add(hypothesis.kind)

    # values ----------------------------------------------------------------------------------------

    def value(self, expression: Expression) -> tuple[Array, float]:
        """The value and the scale of what was computed on the way; raises Undefined, NoOpinion or Misfit."""
        self.peak = 1.0
        with np.errstate(all="ignore"):
            try:
                result = self.at(expression, {}).real
            except np.linalg.LinAlgError:
                raise Undefined("singular") from None
        if not np.isfinite(result).all():
            raise NoOpinion("not finite")
        return result, self.peak

    def at(self, node: Expression, env: dict[str, int]) -> Array:
        result = EVALUATE[type(node)](self, node, env)
        size = float(np.abs(result).max()) if result.size else 0.0
        if not size <= self.largest:
            raise NoOpinion("too large")
        self.peak = max(self.peak, size)
        return result

    def integer(self, expression: Any, env: dict[str, int]) -> int:
        """The value of an integer expression."""
        if expression.is_Integer:
            return int(expression)
        if expression.is_Symbol:
            name = expression.name
            if name in env:
                return env[name]
            if name in self.sizes:
                return self.sizes[name]
            raise NoOpinion(f"free index {name}")
        parts = [self.integer(part, env) for part in expression.args]
        if expression.is_Add:
            return sum(parts)
        if expression.is_Mul:
            return prod(parts)
        raise NoOpinion(f"{expression} as an integer")

    def rng(self, name: str, at: tuple[int, ...]) -> np.random.Generator:
        return np.random.default_rng([self.seed, crc32(name.encode()), *(k + 1000 for k in at)])

    def symbol(self, name: str, rows: int, columns: int, at: tuple[int, ...] = ()) -> Array:
        """The value of a symbol, drawn on first use."""
        key = (name, at)
        if key not in self.values:
            if name in self.laws:
                raise NoOpinion(f"{name} outside of an expectation")
            drawn = self.draw(self.rng(name, at), name, rows, columns)
            self.values[key] = self.between(name, drawn).astype(complex)
        return self.values[key]

    def draw(self, rng: np.random.Generator, name: str, rows: int, columns: int) -> Array:
        free = rng.normal(size=(rows, columns))
        kinds = self.properties.get(name, set())
        if "positive definite" in kinds:
            return free @ free.T / rows + 0.5 * np.eye(rows)
        if "positive semidefinite" in kinds:
            return free @ free.T / rows
        if "orthogonal" in kinds:
            return np.linalg.qr(free)[0]
        if "invertible" in kinds:
            return free + 2 * np.eye(rows)
        if self.degenerate:
            free = np.round(free) if rows * columns > 1 else np.zeros((rows, columns))
            if rows > 1 and columns > 1:
                free[0] = free[-1]
        if "diagonal" in kinds:
            free = np.diag(np.diag(free))
        if "symmetric" in kinds:
            free = free + free.T
        if "nonzero" in kinds:
            free = free + np.sign(free) + (free == 0)
        return free

    def between(self, name: str, drawn: Array) -> Array:
        """The number moved between its declared bounds; they are numbers."""
        low, high = -np.inf, np.inf
        for h in self.context.hypotheses:
            if not isinstance(h, Relation) or not isinstance(h.left, ex.Var | ex.Num):
                continue
            left, right, op = (h.left, h.right, h.op) if isinstance(h.left, ex.Var) else (h.right, h.left, _turn(h.op))
            if isinstance(left, ex.Var) and left.name == name and isinstance(right, ex.Num):
                low, high = (float(right.value), high) if op in (">", ">=") else (low, float(right.value))
        if np.isinf(low) and np.isinf(high):
            return drawn
        if np.isinf(high):
            return low + 0.2 + np.abs(drawn)
        if np.isinf(low):
            return high - 0.2 - np.abs(drawn)
        return low + (high - low) * (0.5 + 0.4 * np.tanh(drawn))

    # more leading axes -------------------------------------------------------------------------------

    @contextmanager
    def axis(self, changed: dict[Key, Array]) -> Iterator[None]:
        """Symbols changed along one more leading axis."""
        old = {key: self.values.get(key) for key in changed}
        self.values.update(changed)
        self.axes += 1
        try:
            yield
        finally:
            self.axes -= 1
            for key, value in old.items():
                if value is None:
                    del self.values[key]
                else:
                    self.values[key] = value

    def spread(self, per_item: Array) -> Array:
        """Items of shape (N, rows, columns) along the next leading axis."""
        return per_item.reshape(per_item.shape[0], *(1,) * self.axes, *per_item.shape[1:])

    def key(self, variable: Expression, env: dict[str, int]) -> tuple[Key, Array]:
        value = self.at(variable, env)
        if isinstance(variable, ex.Var):
            return (variable.name, ()), value
        if isinstance(variable, ex.Member):
            return (variable.name, tuple(self.integer(i, env) for i in variable.at)), value
        raise NoOpinion(f"a derivative by {type(variable).__name__}")

    def along(self, value: Expression, changes: list[tuple[Expression, Array]], env: dict[str, int]) -> Array:
        """Directional derivatives: ``changes`` gives for each variable N directions (N, rows, columns)."""
        nested = any(isinstance(node, DERIVATIVES) for node in ex.walk(value))
        step = DIFFERENCE if nested else 1j * STEP
        if nested and self.deriving:
            raise NoOpinion("a third derivative")

        def moved(size: complex) -> Array:
            changed = {}
            for variable, directions in changes:
                key, base = self.key(variable, env)
                changed[key] = base + size * self.spread(directions)
            count = changes[0][1].shape[0]
            with self.axis(changed):
                result = self.at(value, env)
            return self.outer(result, count)

        self.deriving += 1
        try:
            if nested:
                return (moved(step) - moved(-step)) / (2 * DIFFERENCE)
            return (moved(step).imag / STEP).astype(complex)
        finally:
            self.deriving -= 1

    def outer(self, result: Array, count: int) -> Array:
        """The result with its leading axis, also where it does not depend on what was changed."""
        missing = self.axes + 3 - result.ndim
        if missing > 0:
            result = result.reshape(*(1,) * missing, *result.shape)
        return result if result.shape[0] == count else np.repeat(result, count, axis=0)

    def gradient(self, value: Expression, variable: Expression, env: dict[str, int]) -> tuple[Array, Array]:
        """Derivatives by all entries, one after another on the leading axis, and the variable's value."""
        base = self.key(variable, env)[1]
        rows, columns = base.shape[-2:]
        units = np.eye(rows * columns).reshape(rows * columns, rows, columns)
        return self.along(value, [(variable, units)], env), base

    def atoms(self, law: Random, env: dict[str, int]) -> tuple[Array, Array]:
        """A finite law with the moments that matter: nodes (N, rows, columns) and their weights (N,)."""
        rows, columns = (self.integer(size, env) for size in law.target.shape)
        first = self.at(law.parameters[0], env)
        if first.ndim > 2:
            raise NoOpinion("a law that depends on a varied symbol")
        if law.law == "bernoulli":
            chance = float(first.real[0, 0])
            points, weights = np.array([0.0, 1.0]), np.array([1 - chance, chance])
        elif law.law == "gaussian":
            points, weights = np.polynomial.hermite_e.hermegauss(SAMPLE_POINTS)
            weights = weights / weights.sum()
        else:  # two skewed points: what is known are two moments
            points, weights = np.array([2.0, -0.5]), np.array([0.2, 0.8])
        count = rows * columns
        if len(points) ** count > MOST_ATOMS:
            raise NoOpinion("too many atoms")
        grid = np.stack(np.meshgrid(*[points] * count, indexing="ij"), -1).reshape(-1, rows, columns)
        chances = np.stack(np.meshgrid(*[weights] * count, indexing="ij"), -1).reshape(-1, count).prod(axis=1)
        if law.law == "bernoulli":
            return grid, chances
        second = self.at(law.parameters[1], env).real
        if law.law == "iid":
            return first + np.sqrt(second) * grid, chances
        if self.deriving or second.ndim > 2:
            raise NoOpinion("the derivative of a law")
        eigenvalues, vectors = np.linalg.eigh(second)
        root = vectors * np.sqrt(np.clip(eigenvalues, 0, None))
        return first + root @ grid, chances

    def mean(self, bodies: list[Expression], function: Callable[..., Array], env: dict[str, int]) -> Array:
        """The mean of a function of the bodies over everything random in them."""
        names = {node.name for body in bodies for node in ex.walk(body) if isinstance(node, ex.Var)}
        laws = [law for name, law in self.laws.items() if name in names and (name, ()) not in self.values]
        if any(isinstance(law.target, ex.Member) for law in self.laws.values()):
            raise NoOpinion("random families")
        supports = [self.atoms(law, env) for law in laws]
        if not laws:
            return function(*(self.at(body, env) for body in bodies))
        counts = [len(weights) for _, weights in supports]
        if prod(counts) > MOST_ATOMS:
            raise NoOpinion("too many atoms")
        picks = np.indices(counts).reshape(len(counts), -1)
        weights = np.ones(prod(counts))
        changed: dict[Key, Array] = {}
        for law, (points, chances), pick in zip(laws, supports, picks, strict=True):
            weights = weights * chances[pick]
            changed[(law.target.name, ())] = self.spread(points[pick].astype(complex))
        with self.axis(changed):
            result = function(*(self.at(body, env) for body in bodies))
        return np.tensordot(weights, self.outer(result, len(weights)), axes=1)


def _turn(op: str) -> str:
    return {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(op, op)


DERIVATIVES = (ex.Gradient, ex.Jacobian, ex.Hessian, ex.ScalarDerivative, ex.Differential)

# one evaluation a node ---------------------------------------------------------------------------------

Evaluation: TypeAlias = Callable[[Numbers, Any, dict[str, int]], Array]
EVALUATE: dict[type[Expression], Evaluation] = {}


def evaluates(*kinds: type[Expression]) -> Callable[[Evaluation], Evaluation]:
    def register(function: Evaluation) -> Evaluation:
        for kind in kinds:
            EVALUATE[kind] = function
        return function

    return register


def simple(kind: type[Expression], function: Callable[..., Array]) -> None:
    """A node whose value is a function of its operands' values."""
    EVALUATE[kind] = lambda o, node, env: function(*(o.at(operand, env) for operand in node.operands))


def same(a: Array, b: Array) -> None:
    if a.shape[-2:] != b.shape[-2:]:
        raise Misfit(f"{a.shape[-2:]} and {b.shape[-2:]}")


def is_number(a: Array) -> bool:
    return a.shape[-2:] == (1, 1)


def add(*terms: Array) -> Array:
    result = terms[0]
    for term in terms[1:]:
        same(result, term)
        result = result + term
    return result


def entrywise(*factors: Array) -> Array:
    result = factors[0]
    for factor in factors[1:]:
        same(result, factor)
        result = result * factor
    return result


def multiply(*factors: Array) -> Array:
    """A product by juxtaposition: what has become a number is set aside and scales the rest."""
    number: Array = np.ones((1, 1), complex)
    stack: list[Array] = []
    for factor in factors:
        fits = bool(stack) and not is_number(factor) and stack[-1].shape[-1] == factor.shape[-2]
        value = stack.pop() @ factor if fits else factor
        if is_number(value):
            number = number * value
        else:
            stack.append(value)
    if len(stack) > 1:
        raise Misfit(f"{stack[-2].shape[-2:]} times {stack[-1].shape[-2:]}")
    return number * stack[0] if stack else number


def transpose(a: Array) -> Array:
    return np.swapaxes(a, -1, -2)


def square(a: Array) -> Array:
    if a.shape[-1] != a.shape[-2]:
        raise Misfit(f"{a.shape[-2:]} is not square")
    return a


def column(a: Array) -> Array:
    if a.shape[-1] != 1:
        raise Misfit("not a column")
    return a


def number(a: Array) -> Array:
    if not is_number(a):
        raise Misfit("not a number")
    return a


def invert(a: Array) -> Array:
    if np.linalg.cond(square(a).real).max() > WORST_CONDITION:
        raise Undefined("a singular inverse")
    return np.linalg.inv(a)


def divide(a: Array, b: Array) -> Array:
    if np.abs(number(b)).min() < 1 / WORST_CONDITION:
        raise Undefined("a division by 0")
    return a / b


def diagonal(a: Array) -> Array:
    result: Array = np.diagonal(square(a), axis1=-2, axis2=-1)[..., None]
    return result


def trace(a: Array) -> Array:
    result: Array = np.asarray(np.trace(square(a), axis1=-2, axis2=-1))[..., None, None]
    return result


def sum_entries(a: Array) -> Array:
    result: Array = np.sum(a, axis=(-1, -2), keepdims=True)
    return result


simple(ex.Add, add)
simple(ex.Neg, lambda a: -a)
simple(ex.Mul, multiply)
simple(ex.Div, divide)
simple(ex.Hadamard, entrywise)
simple(ex.Transpose, transpose)
simple(ex.Inverse, invert)
simple(ex.Trace, trace)
simple(ex.Det, lambda a: np.linalg.det(square(a))[..., None, None])
simple(ex.Diag, lambda a: column(a) * np.eye(a.shape[-2]))
simple(ex.DiagPart, diagonal)
simple(ex.LogSumExp, lambda a: np.log(sum_entries(np.exp(a))))
simple(ex.Softmax, lambda a: np.exp(column(a)) / sum_entries(np.exp(a)))


@evaluates(ex.Num, ex.Int)
def _number(o: Numbers, node: Any, env: dict[str, int]) -> Array:
    value = float(node.value) if isinstance(node, ex.Num) else o.integer(node.value, env)
    return np.array([[complex(value)]])


@evaluates(ex.Var)
def _var(o: Numbers, node: ex.Var, env: dict[str, int]) -> Array:
    return o.symbol(node.name, o.integer(node.args[1], env), o.integer(node.args[2], env))


@evaluates(ex.Member)
def _member(o: Numbers, node: ex.Member, env: dict[str, int]) -> Array:
    rows, columns = (o.integer(size, env) for size in node.args[1:3])
    return o.symbol(node.name, rows, columns, tuple(o.integer(i, env) for i in node.at))


@evaluates(ex.Eye)
def _eye(o: Numbers, node: ex.Eye, env: dict[str, int]) -> Array:
    return np.eye(o.integer(node.args[0], env), dtype=complex)


@evaluates(ex.Ones, ex.Zeros)
def _constant(o: Numbers, node: Expression, env: dict[str, int]) -> Array:
    rows, columns = (o.integer(size, env) for size in node.args)
    return np.full((rows, columns), complex(isinstance(node, ex.Ones)))


def _position(o: Numbers, index: Any, env: dict[str, int], length: int) -> int:
    position = o.integer(index, env)
    if not 1 <= position <= length:
        raise Undefined("an index out of range")
    return position - 1


@evaluates(ex.Unit)
def _unit(o: Numbers, node: ex.Unit, env: dict[str, int]) -> Array:
    n = o.integer(node.args[0], env)
    k = _position(o, node.args[1], env, n)
    return np.eye(n, dtype=complex)[:, k : k + 1]


@evaluates(ex.Entry, ex.Row, ex.Col)
def _part(o: Numbers, node: Any, env: dict[str, int]) -> Array:
    value = o.at(node.operands[0], env)
    rows, columns = value.shape[-2:]
    if isinstance(node, ex.Entry) and len(node.at) == 1:
        column(value)
    at = node.args[1:]
    if not isinstance(node, ex.Col):
        i = _position(o, at[0], env, rows)
        value = value[..., i : i + 1, :]
    if isinstance(node, ex.Col) or len(at) == 2:
        j = _position(o, at[-1], env, columns)
        value = value[..., :, j : j + 1]
    return value


@evaluates(ex.Pow)
def _pow(o: Numbers, node: ex.Pow, env: dict[str, int]) -> Array:
    if isinstance(node.operands[0], ex.Norm) and node.operands[1] == ex.Num(2):
        value = o.at(node.operands[0].operands[0], env)
        if _is_euclidean(node.operands[0], value):
            return sum_entries(value * value)  # smooth at 0, where the norm alone has no derivative
    base, exponent = (o.at(operand, env) for operand in node.operands)
    k = float(number(exponent).real.flat[0])
    if np.ptp(exponent.real) or np.abs(exponent.imag).max():
        raise NoOpinion("a varied exponent")
    if not is_number(base):
        if k != int(k):
            raise NoOpinion("a root of a matrix")
        return np.linalg.matrix_power(invert(base) if k < 0 else square(base), abs(int(k)))
    if k < 0 and np.abs(base).min() < 1 / WORST_CONDITION:
        raise Undefined("a division by 0")
    if k != int(k) and base.real.min() <= 1e-9:
        if base.real.min() < -1e-9:
            raise Undefined("a root of a negative number")
        raise NoOpinion("a root of 0")
    if k == 0 and np.abs(base).min() < 1 / WORST_CONDITION:
        raise NoOpinion("a power 0 of 0")
    return base ** (int(k) if k == int(k) else k)


@evaluates(ex.Norm)
def _norm(o: Numbers, node: ex.Norm, env: dict[str, int]) -> Array:
    value = o.at(node.operands[0], env)
    if node.kind == "2" and 1 not in value.shape[-2:] and not o.deriving:
        largest: Array = np.linalg.norm(value.real, 2, axis=(-2, -1), keepdims=True)
        return largest
    if not _is_euclidean(node, value):
        raise NoOpinion("not a Euclidean norm")
    squares = sum_entries(value * value)
    if o.deriving and squares.real.min() < 1e-9:
        raise NoOpinion("the derivative of a norm at 0")
    return np.sqrt(squares)


def _is_euclidean(node: ex.Norm, value: Array) -> bool:
    return node.kind == "F" or (node.kind == "2" and 1 in value.shape[-2:])


@evaluates(ex.Apply)
def _apply(o: Numbers, node: ex.Apply, env: dict[str, int]) -> Array:
    z = o.at(node.operands[0], env)
    name = node.function
    if name not in FUNCTIONS:
        return _smooth(node.order)(z)
    if node.order:
        raise NoOpinion("the derivative of a known function as a node")
    # At 0 exactly, relu and abs are 0; their derivatives are asked for only where the argument moves.
    near = np.abs(z.real) < 1e-9
    if name in CONTINUOUS and (not o.deriving or not z.any()):
        near &= z != 0
    if name in KINKED and near.any():
        raise NoOpinion("on a kink")
    if name == "log" and z.real.min() < 1e-9:
        raise Undefined("a logarithm of no positive number")
    if name == "reciprocal" and np.abs(z).min() < 1 / WORST_CONDITION:
        raise Undefined("a division by 0")
    if name == "sqrt" and z.real.min() < 1e-9:
        if z.real.min() < -1e-9:
            raise Undefined("a root of a negative number")
        if o.deriving or z.real.any():
            raise NoOpinion("a root near 0")
    return FUNCTIONS[name](z)


@evaluates(ex.SumOver)
def _sum(o: Numbers, node: ex.SumOver, env: dict[str, int]) -> Array:
    low, high = (o.integer(end, env) for end in node.range)
    if high < low - 1:
        raise NoOpinion("a sum that runs backwards")
    try:
        rows, columns = (o.integer(size, env) for size in node.shape)
    except ShapeError as error:
        raise Misfit(str(error)) from None
    terms = [o.at(node.operands[0], {**env, node.index.name: k}) for k in range(low, high + 1)]
    return add(np.zeros((rows, columns), complex), *terms)


@evaluates(ex.Gradient)
def _gradient(o: Numbers, node: ex.Gradient, env: dict[str, int]) -> Array:
    value, variable = node.operands
    rates, base = o.gradient(value, variable, env)
    moved = np.moveaxis(number(rates)[..., 0, 0], 0, -1)
    return moved.reshape(*moved.shape[:-1], *base.shape[-2:])


@evaluates(ex.Jacobian)
def _jacobian(o: Numbers, node: ex.Jacobian, env: dict[str, int]) -> Array:
    value, variable = node.operands
    rates, _ = o.gradient(value, variable, env)
    return np.moveaxis(column(rates)[..., 0], 0, -1)


@evaluates(ex.Hessian)
def _hessian(o: Numbers, node: ex.Hessian, env: dict[str, int]) -> Array:
    value, variable = node.operands
    return o.at(ex.Jacobian(ex.Gradient(value, variable), variable), env)


@evaluates(ex.ScalarDerivative)
def _scalar_derivative(o: Numbers, node: ex.ScalarDerivative, env: dict[str, int]) -> Array:
    value, variable = node.operands
    first: Array = o.gradient(value, variable, env)[0][0]
    return first


@evaluates(ex.Differential)
def _differential(o: Numbers, node: ex.Differential, env: dict[str, int]) -> Array:
    changes = []
    for variable, change in node.perturbations:
        direction = o.at(change, env)
        if direction.ndim > 2:
            raise NoOpinion("a varied direction")
        changes.append((variable, direction.real[None]))
    rate: Array = o.along(node.operands[0], changes, env)[0]
    return rate


@evaluates(ex.Expectation)
def _expectation(o: Numbers, node: ex.Expectation, env: dict[str, int]) -> Array:
    return o.mean(list(node.operands), lambda a: a, env)


@evaluates(ex.Variance, ex.Covariance)
def _covariance(o: Numbers, node: Expression, env: dict[str, int]) -> Array:
    a, b = node.operands[0], node.operands[-1]
    product = o.mean([a, b], lambda p, q: column(p) @ transpose(column(q)), env)
    first, second = (o.mean([side], lambda p: p, env) for side in (a, b))
    result: Array = product - first @ transpose(second)
    return result
