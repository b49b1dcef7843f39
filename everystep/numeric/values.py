"""Values of expressions on one instance in floating point, derivatives by differences of what they differentiate.

An expression is compiled (``everystep.compiler``) for the instance's sizes.  A derivative in it is an argument, whose
value the kernel ``gradient_check`` computes: from the function, compiled as it is, at neighbouring points.  The claim
is what is checked, so no rule of differentiation is used.

All arrays have an axis of variants in front: the instance itself and two in which every given number is moved by a
relative ``2^-24``, which tells how sensitive a value is to rounding.  A derivative adds an axis, of points.
May import ``everystep.algebra``, ``everystep.compiler``, ``everystep.kernels`` and ``everystep.prove.exact``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Integer, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import index, size
from everystep.compiler.graph import Graph
from everystep.compiler.lowering import Lowering, NotCompiled, Place
from everystep.compiler.points import Points
from everystep.compiler.products import Terms
from everystep.compiler.quadrature import Rule, mean_of
from everystep.kernels.gradient_check import Differences, GradientCheck, check_gradient, differences
from everystep.numeric.samples import Inside, Laws
from everystep.prove.exact.sampling import Drawn
from everystep.records import dataclass, replace

Array: TypeAlias = NDArray[Any]
Given: TypeAlias = "Mapping[Place, Array]"

APART = frozenset((*ex.DERIVATIVES, *ex.MEANS, ex.Given, ex.Call, ex.Limit, ex.LimitAt))
"""What the compiler would leave to the calculus."""
VARIANTS = 3
MOVED = 2.0**-24
"""By how much, relatively, the given numbers of the second and the third variant are moved."""
MOST = 1500
"""Expressions up to which a formula is written out at these sizes."""
KEPT = 256
"""Formulas, and derivatives on one instance, that are kept."""
MOST_NESTED = 3
"""Derivatives in each other: every one takes the value of the next at many points."""
ENTRIES = 64
"""Entries up to which a claimed derivative is compared entry by entry; beyond, along directions."""
DIRECTIONS = 8
STEP, LEVELS = 1e-4, 2
"""The largest central step, relative to the variable, and the rows of its table: small, for kinks are then far off."""
OUTER_STEP, OUTER_LEVELS = 1e-2, 4
"""The same for a function that is itself made of differences, whose noise a small step would magnify."""
MEAN_OF_DIFFERENCES = 1e-6
"""How far, relatively, a mean of derivatives is taken to be off."""
COEFFICIENT = "##"
"""What the names of coefficients begin with that are drawn here, and not by the sampler."""
FLOAT = np.dtype(np.float64)


class NotRun(Exception):
    """The claim cannot be evaluated in floating point; the message says why in a word or two."""


@dataclass(frozen=True)
class Formula:
    """A compiled expression, and the derivatives that some of its arguments stand for."""

    points: Points
    outside: Mapping[str, Expression]

    @property
    def is_analytic(self) -> bool:
        """Whether complex steps can go through it."""
        return not self.outside and self.points.is_analytic


@dataclass(frozen=True)
class Variable:
    """What is differentiated by: entries of a name, at ``rows`` and ``columns`` of it, laid out in ``shape``."""

    base: ex.Var | ex.Member
    place: Place
    shape: tuple[int, int]
    rows: Array
    columns: Array
    whole: bool


@dataclass(frozen=True)
class Moved:
    """A derivative as that of a function of a displacement from 0, in the array form that the kernel wants.

    ``function`` takes displacements (k, \\*shape) and returns values (k, \\*axes, rows, columns); ``arranged`` turns
    derivatives (\\*axes, rows, columns, \\*shape) into those of the node's shape, ``spread`` is its inverse.
    """

    function: Callable[[Array], Array]
    shape: tuple[int, int]
    options: dict[str, Any]
    arranged: Callable[[Array], Array]
    spread: Callable[[Array], Array]


class Lowered(Lowering):
    """What has been lowered in which some names are arguments, and the derivatives that arguments stand for."""

    def __init__(
        self,
        context: Context,
        sizes: dict[Symbol, Integer],
        free: frozenset[Place],
        bodies: dict[Expression, Expression | None],
        rule: Rule | None = None,
    ) -> None:
        """``sizes`` may get more later.  ``bodies``: what names are defined to be where none is free; filled here.

        ``rule``: means are taken by it, and are no arguments.
        """
        self.rule = rule
        self._random = {law.target.name for law in context.random}
        super().__init__(Graph(FLOAT), context, {}, free=free, outside=self._named, apart=APART)
        self.sizes = sizes
        self._shared_bodies = bodies
        self.names: dict[Expression, str] = {}
        self.nodes: dict[str, Expression] = {}

    def terms(self, expression: Expression) -> Terms:
        """The sum of products that an expression is; a mean by quadrature, where there is a rule.

        What is given is not random where all means are given it, and has then no law.
        """
        if isinstance(expression, ex.Given) and not self._random & set().union(*(o.names for o in expression.held)):
            return self.terms(expression.mean)
        if self.rule is not None and isinstance(expression, ex.MEANS) and expression not in self._done:
            if expression.has_kind(*ex.DERIVATIVES):
                raise NotRun("higher moments")  # derivatives are arguments, and would not move with what is random
            try:
                self._done[expression] = self.value(mean_of(self, expression, self.rule))
            except NotCompiled as error:
                raise NotRun("higher moments") from error
        return super().terms(expression)

    def _named(self, node: Expression) -> str:
        if not isinstance(node, ex.DERIVATIVES + ex.MEANS) or (isinstance(node, ex.MEANS) and not self.context.random):
            raise NotRun(_word(node))
        name = self.names.setdefault(node, f"#{len(self.names)}")
        self.nodes[name] = node
        return name

    def body(self, target: ex.Var | ex.Member) -> Expression | None:
        """What a name is defined to be; None if it is given."""
        if target in self._shared_bodies:
            at = tuple(int(i) for i in target.at) if isinstance(target, ex.Member) else ()
            return None if (target.name, at) in self.free else self._shared_bodies[target]
        found = super().body(target)
        if found is not None:
            self._shared_bodies[target] = found
        return found

    def formula(self, expression: Expression) -> Formula:
        """The plan of an expression."""
        self.most = len(self._done) + MOST
        try:
            points = Points(expression, self)
        except NotCompiled as error:
            large = "more than" in str(error) or "a sum over" in str(error)
            raise NotRun("too large" if large else str(error)) from error
        return Formula(points, {name: self.nodes[name] for name, _ in points.inputs if name in self.nodes})


class Formulas:
    """What has been compiled under one context for one assignment of sizes, whatever the values are."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.sizes: dict[Symbol, Integer] = {}
        self._bodies: dict[Expression, Expression | None] = {}
        self._lowered: dict[tuple[frozenset[Place], float], Lowered] = {}
        self._formulas: dict[tuple[Expression, frozenset[Place], float], Formula] = {}

    def take(self, sizes: Mapping[str, int]) -> bool:
        """Whether the sizes fit with those so far; then they are among them."""
        named = {symbol: n for name, n in sizes.items() for symbol in (size(name), cast("Symbol", index(name)))}
        if any(self.sizes.get(symbol, n) != n for symbol, n in named.items()):
            return False
        self.sizes |= {symbol: Integer(n) for symbol, n in named.items()}
        return True

    def formula(self, expression: Expression, free: frozenset[Place], rule: Rule | None = None) -> Formula:
        """The plan of an expression in which some names are arguments, whatever they are defined to be; ``rule``: by
        which means are taken, if they are no arguments.
        """
        reach = 0.0 if rule is None else rule.reach
        key = (expression, free, reach)
        found = self._formulas.get(key)
        if found is None:
            if len(self._formulas) >= KEPT:
                self._formulas.clear()
                self._lowered.clear()
            lowered = self._lowered.get((free, reach))
            if lowered is None:
                lowered = Lowered(self.context, self.sizes, free, self._bodies, rule)
                self._lowered[free, reach] = lowered
            found = self._formulas[key] = lowered.formula(expression)
        return found


class Values:
    """The values of all expressions under one context on one instance.

    ``methods`` and ``evaluations`` are of the derivatives since the last call of :meth:`begin`; ``central``: central
    differences only.
    """

    def __init__(self, formulas: Formulas, drawn: Drawn) -> None:
        self.context = formulas.context
        self.rule: Rule | None = None
        self._formulas = formulas
        self.sizes = formulas.sizes
        self.drawn = drawn
        self.central = False
        self.laws = Laws(formulas.context, 0)
        self.sampled = False
        self.methods: set[str] = set()
        self.evaluations = 0
        self._base: dict[Place, Array] = {}
        self._derivatives: dict[Expression, tuple[Array, Array, str, int]] = {}
        self._seen: list[tuple[Points, Mapping[Place, Array]]] = []

    def formula(self, expression: Expression, free: frozenset[Place]) -> Formula:
        """The plan of an expression, as means are taken now."""
        return self._formulas.formula(expression, free, self.rule)

    def begin(self, *, central: bool = False, scheme: int = 0, rule: Rule | None = None) -> None:
        """Count from here.  Means are taken over samples of a scheme, or by a rule of quadrature."""
        if central != self.central or scheme != self.laws.scheme or rule is not self.rule:
            self._derivatives.clear()
            self.central = central
            self.rule = rule
        if scheme != self.laws.scheme:
            self.laws = Laws(self.context, scheme)
        self.sampled = False
        self.methods.clear()
        self._seen.clear()
        self.evaluations = 0
        if len(self._derivatives) >= KEPT:
            self._derivatives.clear()

    # values ----------------------------------------------------------------------------------------

    def value(self, expression: Expression, given: Given, axes: int) -> Array:
        """(variants, \\*points, rows, columns), in all ``axes`` axes before the last two."""
        formula = self.formula(expression, frozenset(given))
        arguments = self._arguments(formula, given, axes)
        for name, node in formula.outside.items():
            arguments[name, ()] = self.derivative(node, given, axes)[0]
        return self._run(formula, arguments, axes)

    def side(self, expression: Expression) -> tuple[Array, Array]:
        """A side of a claim, (variants, rows, columns), and how far its differences may be off, in the same shape."""
        formula = self.formula(expression, frozenset())
        arguments = self._arguments(formula, {}, 1)
        if not formula.outside:
            value = self._run(formula, arguments, 1)
            return value, np.zeros(value.shape)
        off = dict(arguments)
        for name, node in formula.outside.items():
            value, doubt = self.derivative(node, {}, 1)
            arguments[name, ()], off[name, ()] = value, value + doubt * _scattered(value.shape, 1.0)
        value = self._run(formula, arguments, 1)
        return value, np.abs(self._run(formula, off, 1) - value)

    def _run(self, formula: Formula, arguments: Mapping[Place, Array], axes: int) -> Array:
        if not any(array.dtype.kind == "c" for array in arguments.values()):
            self._seen.append((formula.points, arguments))
        result = np.asarray(formula.points(arguments))
        if result.ndim < 2:
            result = result.reshape(1, 1)
        points = [1] * axes
        for array in arguments.values():
            points = [max(a, b) for a, b in zip(points, array.shape[:-2], strict=True)]
        points[0] = VARIANTS
        return np.broadcast_to(result, (*points, *formula.points.shape))

    @property
    def is_smooth(self) -> bool:
        """Whether all formulas evaluated so far are analytic functions of what they are made of."""
        return all(points.is_analytic for points, _ in self._seen)

    def largest(self) -> float:
        """The largest magnitude of all numbers on the way to the values computed so far: it bounds their rounding."""
        return max((points.largest(arguments) for points, arguments in self._seen), default=0.0)

    def _arguments(self, formula: Formula, given: Given, axes: int) -> dict[Place, Array]:
        found = {}
        for place, shape in formula.points.inputs.items():
            if place[0] not in formula.outside:
                array = given.get(place)
                found[place] = _padded(self.base(place, shape) if array is None else array, axes)
        return found

    def base(self, place: Place, shape: tuple[int, int]) -> Array:
        """The given value of a name, (variants, rows, columns)."""
        found = self._base.get(place)
        if found is None:
            if place[0].startswith(COEFFICIENT):
                random = Random(f"{place[0]}/{self.drawn.seed}")
                entries = [random.uniform(-1.0, 1.0) for _ in range(shape[0] * shape[1])]
            else:
                entries = self.drawn.entries(place, *shape)
            one = np.array(entries).reshape(1, *shape)
            found = self._base[place] = one * (1.0 + MOVED * _scattered((VARIANTS, *shape), 0.0))
        return found

    # derivatives -----------------------------------------------------------------------------------

    def derivative(self, node: Expression, given: Given, axes: int) -> tuple[Array, Array]:
        """The derivative that a node is, (variants, \\*points, rows, columns), and its estimated error."""
        if isinstance(node, ex.MEANS):
            return self.mean(node, given, axes)
        kept = None if given else self._derivatives.get(node)
        if kept is not None:
            self._note(*kept[2:])
            return kept[:2]
        if axes > MOST_NESTED:
            raise NotRun("too large")
        moved = self.moved(node, given, axes)
        found: Differences = differences(moved.function, np.zeros(moved.shape), vectorised=True, **moved.options)
        self._note(found.method, found.evaluations)
        values, doubt = moved.arranged(found.values), moved.arranged(found.uncertainty)
        if not given:
            self._derivatives[node] = values, doubt, found.method, found.evaluations
        return values, doubt

    def mean(self, node: Expression, given: Given, axes: int) -> tuple[Array, Array]:
        """The mean that a node is, as a derivative; of derivatives inside, the error is a guess on the safe side."""
        self.sampled = True
        inside = Inside(given, self.laws, self.sizes, lambda e: self.value(e, given, axes))
        parts = [self.value(part, inside, axes + 1) for part in node.operands]
        if not isinstance(node, ex.Expectation):
            left, right = (part - part.mean(axis=axes, keepdims=True) for part in (parts[0], parts[-1]))
            parts = [left @ np.swapaxes(right, -1, -2)]
        found: Array = parts[0].mean(axis=axes)
        differenced = any(operand.has_kind(*ex.DERIVATIVES) for operand in node.operands)
        return found, np.full(found.shape, float(np.abs(found).max()) * MEAN_OF_DIFFERENCES if differenced else 0.0)

    def checked(self, node: Expression, claimed: Array) -> GradientCheck:
        """The kernel's report of a derivative and what it is claimed to be, (variants, rows, columns)."""
        moved = self.moved(node, {}, 1)
        directions = None if math.prod(moved.shape) <= ENTRIES else DIRECTIONS
        report = check_gradient(
            moved.function,
            moved.spread(claimed),
            np.zeros(moved.shape),
            directions=directions,
            seed=self.drawn.seed,
            vectorised=True,
            **moved.options,
        )
        self._note(report.method, report.evaluations)
        return report

    def _note(self, method: str, evaluations: int) -> None:
        self.methods.add("complex step" if method == "complex" else "central differences")
        self.evaluations += evaluations

    def moved(self, node: Expression, given: Given, axes: int) -> Moved:
        """The function whose derivative a node is."""
        body = node.operands[0]
        if isinstance(node, ex.Hessian):
            body = ex.Gradient(*node.operands)
        if isinstance(node, ex.Differential):
            pairs: list[tuple[Variable, Expression | None]]
            pairs = [(self.variable(x), change) for x, change in node.perturbations]
            shape = (1, 1)
        else:
            pairs = [(self.variable(node.operands[1]), None)]
            shape = pairs[0][0].shape
        starts: dict[Place, Array] = {}
        changes = []
        for variable, change in pairs:
            start = starts.setdefault(variable.place, self.value(variable.base, given, axes))
            changes.append(None if change is None else _placed(self.value(change, given, axes), variable, start))
        formula = self.formula(body, frozenset(given) | frozenset(starts))

        def function(points: Array) -> Array:
            places: dict[Place, Array] = {}
            for (variable, _), change in zip(pairs, changes, strict=True):
                base = places.get(variable.place)
                base = starts[variable.place][..., None, :, :] if base is None else base
                if change is not None:
                    step = change[..., None, :, :] * points
                elif variable.whole:
                    step = points
                else:
                    step = _placed(points, variable, base)
                places[variable.place] = base + step
            values = np.moveaxis(self.value(body, _with(given, places), axes + 1), axes, 0)
            # A value that does not depend on the variable is the same at all points, and real.
            values = np.broadcast_to(values, (len(points), *values.shape[1:]))
            return values.astype(np.complex128, copy=False) if points.dtype.kind == "c" else values

        if any(start.dtype.kind == "c" for start in starts.values()):
            raise NotRun("nested derivatives")
        options: dict[str, Any] = {"method": "complex"}
        if self.central or not formula.is_analytic:
            step, levels = (OUTER_STEP, OUTER_LEVELS) if formula.outside else (STEP, LEVELS)
            scale = max(math.sqrt(float(np.mean(start**2))) for start in starts.values())
            options = {"method": "central", "step": step * (scale or 1.0), "levels": levels}
        return Moved(function, shape, options, *_arrangement(node))

    def variable(self, expression: Expression) -> Variable:
        """What can be differentiated by: a name, a family's member, an entry, a row, a column, a transpose."""
        if isinstance(expression, ex.Var | ex.Member):
            rows, columns = (self.integer(n) for n in expression.shape)
            at = tuple(self.integer(i) for i in expression.at) if isinstance(expression, ex.Member) else ()
            grid = np.indices((rows, columns))
            return Variable(expression, (expression.name, at), (rows, columns), grid[0], grid[1], True)
        if not isinstance(expression, ex.Entry | ex.Row | ex.Col | ex.Transpose):
            raise NotRun(f"by {type(expression).__name__}")
        inner = self.variable(expression.operands[0])
        if isinstance(expression, ex.Transpose):
            return replace(inner, shape=inner.shape[::-1], rows=inner.rows.T, columns=inner.columns.T, whole=False)
        places = [self.integer(i) - 1 for i in expression.args[1:]]
        every = slice(None)
        if isinstance(expression, ex.Row):
            where = (slice(places[0], places[0] + 1), every)
        elif isinstance(expression, ex.Col):
            where = (every, slice(places[0], places[0] + 1))
        else:
            i, j = places if len(places) == 2 else (places[0], 0)
            where = (slice(i, i + 1), slice(j, j + 1))
        of_rows, of_columns = inner.rows[where], inner.columns[where]
        return replace(inner, shape=of_rows.shape, rows=of_rows, columns=of_columns, whole=False)

    def integer(self, value: Expr) -> int:
        """The value of a size or an index."""
        result = value if value.is_Integer else value.xreplace(self.sizes)
        if not result.is_Integer:
            raise NotRun(f"the index {value}")
        return int(result)


def _with(given: Given, places: Mapping[Place, Array]) -> Given:
    return given.moved(places) if isinstance(given, Inside) else {**given, **places}


def _arrangement(node: Expression) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
    """From derivatives (..., rows, columns, \\*shape of the variable) to the node's shape, and back."""
    if isinstance(node, ex.Gradient):
        return lambda a: a[..., 0, 0, :, :], lambda a: a[..., None, None, :, :]
    if isinstance(node, ex.Jacobian | ex.Hessian):
        return lambda a: a[..., :, 0, :, 0], lambda a: a[..., :, None, :, None]
    return lambda a: a[..., :, :, 0, 0], lambda a: a[..., None, None]


def _placed(change: Array, variable: Variable, like: Array) -> Array:
    """A change of the variable as one of the named matrix that holds it."""
    if variable.whole:
        return change
    result = np.zeros((*change.shape[:-2], *like.shape[-2:]), change.dtype)
    result[..., variable.rows, variable.columns] = change
    return result


def _padded(array: Array, axes: int) -> Array:
    """With axes of one point behind those that there are."""
    missing = axes - (array.ndim - 2)
    return array if not missing else array.reshape(*array.shape[:-2], *(1,) * missing, *array.shape[-2:])


def _scattered(shape: tuple[int, ...], first: float) -> Array:
    """Numbers from -1 to 1 without a pattern, for each entry and variant another; ``first``: a factor of variant 0."""
    count = math.prod(shape)
    numbers = (2.0 * ((np.arange(1, count + 1) * 0.6180339887498949) % 1.0) - 1.0).reshape(shape)
    numbers[0] *= first
    return numbers


def _word(node: Expression) -> str:
    """Why a node is not evaluated."""
    if isinstance(node, (*ex.MEANS, ex.Given)):
        return "random"
    words = {ex.Limit: "limit", ex.LimitAt: "limit", ex.MatrixFunction: "matrix function", ex.Call: "unknown function"}
    return words.get(type(node), type(node).__name__)
