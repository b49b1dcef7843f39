"""From the surface to sums of products, for the sizes at hand: one builder a class of expression.

Definitions and recurrences of the context are expanded; a sum over an index is written out.  What has no row in
``BUILDERS`` raises :class:`NotCompiled`; here are the rows of leaves, sums and products, others are entered by
``matrices``, ``applied`` and ``derivatives``.
May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from sympy import Expr, Integer, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Recurrence
from everystep.algebra.substitution import instance
from everystep.compiler.graph import Graph, Node, Size
from everystep.compiler.products import Factor, Planner, Term, Terms

if TYPE_CHECKING:
    from everystep.calculus.core import Core
    from everystep.calculus.lowering import Lowering as Calculus

MOST_NODES = 20_000
"""Expressions up to which sums over an index are written out."""

Place: TypeAlias = tuple[str, tuple[int, ...]]
"""A name with its indices: what an argument of a plan is called."""
Outside: TypeAlias = "Callable[[ex.Expression], str]"
Limits: TypeAlias = "tuple[Core, Calculus] | None"
Builder: TypeAlias = "Callable[[Lowering, Any], Terms]"
BUILDERS: dict[type[ex.Expression], Builder] = {}


class NotCompiled(ValueError):
    """An expression that the compiler has no code for."""


def builds(*kinds: type[ex.Expression]) -> Callable[[Builder], Builder]:
    """Enter a builder in the table."""

    def enter(builder: Builder) -> Builder:
        for kind in kinds:
            BUILDERS[kind] = builder
        return builder

    return enter


class Lowering:
    """The expressions lowered so far, for one assignment of sizes.

    ``free``: names that are arguments whatever the context says of them.  ``outside``: names an argument for an
    expression of a class in ``apart``, or that has no builder, where bound indices have their values; without it such
    an expression is refused.  ``most``: expressions up to which sums over an index are written out.  ``limits``: the
    core and the calculus by which limits have values.
    """

    def __init__(
        self,
        graph: Graph,
        context: Context,
        sizes: Mapping[Symbol, int],
        *,
        free: frozenset[Place] = frozenset(),
        outside: Outside | None = None,
        apart: frozenset[type[ex.Expression]] = frozenset(),
        most: int = MOST_NODES,
        limits: Limits = None,
    ) -> None:
        self.graph = graph
        self.limits = limits
        self.context = context
        self.free = free
        self.outside = outside
        self.apart = apart
        self.most = most
        self.planner = Planner(graph)
        self.sizes = {symbol: Integer(n) for symbol, n in sizes.items()}
        self._done: dict[ex.Expression, Terms] = {}
        self._bodies = {d.target: d.body for d in context.definitions}
        self._general = [d for d in context.definitions if any(s.is_Symbol for s in getattr(d.target, "at", ()))]
        self._recurrences: dict[str, Recurrence] = {r.target.name: r for r in context.recurrences}
        self._reached: dict[str, int] = {}
        self._open: list[ex.Expression] = []
        self._within: dict[frozenset[Place], Lowering] = {}
        self._told: dict[frozenset[str], Lowering] = {}

    def within(self, free: frozenset[Place]) -> Lowering:
        """The lowering on the same graph in which these names are arguments, too."""
        found = self._within.get(free)
        if found is None:
            found = Lowering(
                self.graph, self.context, self.sizes, free=self.free | free, most=self.most, limits=self.limits
            )
            found.planner = self.planner
            self._within[free] = found
        return found

    def given(self, names: frozenset[str]) -> Lowering:
        """The lowering on the same graph in which these names are not random."""
        found = self._told.get(names)
        if found is None:
            kept = tuple(law for law in self.context.random if law.target.name not in names)
            found = Lowering(
                self.graph,
                replace(self.context, random=kept),
                self.sizes,
                free=self.free,
                outside=self.outside,
                apart=self.apart,
                most=self.most,
                limits=self.limits,
            )
            found.planner = self.planner
            self._told[names] = found
        return found

    def integer(self, value: Expr) -> int:
        """The value of an integer expression."""
        result = value if value.is_Integer else value.xreplace(self.sizes)
        if not result.is_Integer:
            raise NotCompiled(f"the size or index {value} has no value here")
        return int(result)

    def shape(self, expression: ex.Expression) -> Size:
        """(rows, columns)."""
        rows, columns = expression.shape
        return self.integer(rows), self.integer(columns)

    def natural(self, expression: ex.Expression) -> tuple[int, ...]:
        """The axes that arrays of this expression's shape are given with: none for a number, one for a column."""
        return self.shape(expression)[: declared_axes(expression)]

    def terms(self, expression: ex.Expression) -> Terms:
        """The sum of products that an expression is."""
        found = self._done.get(expression)
        if found is None:
            if len(self._done) > self.most:
                raise NotCompiled(f"more than {self.most} expressions when sums over an index are written out")
            builder = BUILDERS.get(type(expression))
            if self.outside is not None and (builder is None or type(expression) in self.apart):
                builder = argument
            if builder is None:
                raise NotCompiled(f"{type(expression).__name__} is not compiled: give its value as an expression")
            found = self._done[expression] = builder(self, expression)
        return found

    def node(self, expression: ex.Expression) -> Node:
        """The array of an expression."""
        return self.planner.form(self.terms(expression))[0]

    def factor(self, factor: Factor, shape: Size) -> Terms:
        """A sum of one factor."""
        return Terms(shape, (Term(1, None, (factor,)),))

    def number(self, node: Node) -> Terms:
        """A sum that is one number."""
        if node.constant is not None and node.constant in (1.0, -1.0):
            return Terms((1, 1), (Term(int(node.constant), None, ()),))
        return Terms((1, 1), (Term(1, node, ()),))

    def value(self, node: Node) -> Terms:
        """A sum that is one array."""
        return self.number(node) if node.is_number else self.factor(node, node.shape)

    def body(self, target: ex.Var | ex.Member) -> ex.Expression | None:
        """What a name is defined to be; None if it is given."""
        if self.free and _place(target) in self.free:
            return None
        found = self._bodies.get(target)
        if found is not None or isinstance(target, ex.Var):
            return found
        for definition in self._general:
            if definition.target.name == target.name and len(definition.target.args) == len(target.args):
                pairs = list(zip(definition.target.args[3:], target.at, strict=True))
                if all(symbol.is_Symbol or symbol == at for symbol, at in pairs):
                    return instance(definition.body, {symbol: at for symbol, at in pairs if symbol.is_Symbol})
        recurrence = self._recurrences.get(target.name)
        if recurrence is not None and len(target.at) == 1 and self.integer(target.at[0]) >= recurrence.first:
            return instance(recurrence.body, {recurrence.target.at[0]: target.at[0]})
        return None

    def prepare(self, name: str, at: tuple[int, ...]) -> None:
        """The earlier members of a recurrence, in their order: none then waits for a long row of others."""
        recurrence = self._recurrences.get(name)
        if recurrence is not None and len(at) == 1:
            for k in range(max(recurrence.first, self._reached.get(name, recurrence.first)), at[0]):
                self._reached[name] = k + 1
                self.terms(ex.Member(name, *recurrence.target.args[1:3], k))

    def expanded(self, target: ex.Var | ex.Member, body: ex.Expression) -> Terms:
        """The value of a defined name."""
        if target in self._open:
            raise NotCompiled(f"{target.name} is defined by itself")
        self._open.append(target)
        try:
            # As one array: a name is what an author computes once.
            return self.value(self.node(body)) if not _is_light(body) else self.terms(body)
        finally:
            self._open.pop()

    def scaled(self, value: Terms, scale: Node | None, sign: int = 1) -> Terms:
        """Every term times a number."""
        if scale is None and sign == 1:
            return value
        terms = []
        for term in value.terms:
            both = [s for s in (term.scale, scale) if s is not None]
            product = both[0] if len(both) == 1 else self.graph.multiply(*both) if both else None
            terms.append(Term(term.sign * sign, product, term.chain))
        return Terms(value.shape, tuple(terms))

    def opened(self, value: Terms) -> Terms:
        """Without brackets around what is only scaled: ``2 (A + B)`` as ``2 A + 2 B``."""
        terms: list[Term] = []
        for term in value.terms:
            if len(term.chain) == 1 and isinstance(term.chain[0], Terms):
                terms += self.opened(self.scaled(term.chain[0], term.scale, term.sign)).terms
            else:
                terms.append(term)
        return Terms(value.shape, tuple(terms))

    def product(self, factors: list[Terms], shape: Size) -> Terms:
        """A product of matrices: single terms are spliced into one chain, sums stay in brackets."""
        sign, scale = 1, None
        chain: list[Factor] = []
        for value in factors:
            if len(value.terms) > 1:
                # A vector is added up once, whoever needs it; a matrix may be cheaper to apply term by term.
                chain.append(self.planner.form(value)[0] if 1 in value.shape else value)
                continue
            (term,) = value.terms
            sign *= term.sign
            if term.scale is not None:
                scale = term.scale if scale is None else self.graph.multiply(scale, term.scale)
            chain += term.chain
        return Terms(shape, (Term(sign, scale, tuple(chain)),))


def declared_axes(sample: ex.Expression) -> int:
    """The axes of an argument: none for a number, one for a column."""
    rows, columns = sample.shape
    return 0 if rows == 1 and columns == 1 else 1 if columns == 1 else 2


def _is_light(body: ex.Expression) -> bool:
    """Whether a definition only renames or restructures: then its factors may take part in a chain."""
    return isinstance(body, (ex.Transpose, ex.Inverse, ex.Diag, ex.Eye, ex.Neg)) or not body.operands


def _place(target: ex.Var | ex.Member) -> Place:
    """The name and the indices, which are numbers."""
    return target.name, tuple(int(i) for i in target.at) if isinstance(target, ex.Member) else ()


def argument(low: Lowering, expression: ex.Expression) -> Terms:
    """What is computed outside, as an argument."""
    if low.outside is None:
        raise NotCompiled(f"{type(expression).__name__} is not compiled")
    return low.value(low.graph.argument(low.outside(expression), (), low.shape(expression)))


# leaves ----------------------------------------------------------------------------------------


@builds(ex.Num)
def _num(low: Lowering, expression: ex.Num) -> Terms:
    return low.number(low.graph.number(float(Fraction(int(expression.value.p), int(expression.value.q)))))


@builds(ex.Int)
def _int(low: Lowering, expression: ex.Int) -> Terms:
    return low.number(low.graph.number(low.integer(expression.value)))


@builds(ex.Var)
def _var(low: Lowering, expression: ex.Var) -> Terms:
    body = low.body(expression)
    if body is not None:
        return low.expanded(expression, body)
    return low.value(low.graph.argument(expression.name, (), low.shape(expression)))


@builds(ex.Member)
def _member(low: Lowering, expression: ex.Member) -> Terms:
    at = tuple(low.integer(i) for i in expression.at)
    fixed = ex.Member(expression.name, *expression.args[1:3], *at)
    if fixed != expression:
        return low.terms(fixed)
    low.prepare(expression.name, at)
    body = low.body(expression)
    if body is not None:
        return low.expanded(expression, body)
    return low.value(low.graph.argument(expression.name, at, low.shape(expression)))


@builds(ex.Eye)
def _eye(low: Lowering, expression: ex.Eye) -> Terms:
    return Terms(low.shape(expression), (Term(1, None, ()),))


@builds(ex.Ones)
def _ones(low: Lowering, expression: ex.Ones) -> Terms:
    return low.value(low.graph.array("ones", low.shape(expression)))


@builds(ex.Zeros)
def _zeros(low: Lowering, expression: ex.Zeros) -> Terms:
    return low.value(low.graph.array("zeros", low.shape(expression)))


@builds(ex.Unit)
def _unit(low: Lowering, expression: ex.Unit) -> Terms:
    n, i = low.integer(expression.args[0]), low.integer(expression.args[1])
    if not 1 <= i <= n:
        raise NotCompiled(f"the unit vector {i} of {n} does not exist")
    return low.value(low.graph.array("unit", (n, 1), i - 1))


# arithmetic ------------------------------------------------------------------------------------


@builds(ex.Add)
def _add(low: Lowering, expression: ex.Add) -> Terms:
    shape = low.shape(expression)
    return Terms(shape, tuple(term for operand in expression.operands for term in low.terms(operand).terms))


@builds(ex.Neg)
def _neg(low: Lowering, expression: ex.Neg) -> Terms:
    return low.scaled(low.terms(expression.operands[0]), None, -1)


@builds(ex.Mul)
def _mul(low: Lowering, expression: ex.Mul) -> Terms:
    shape = low.shape(expression)
    groups: list[Terms] = []
    scale: Node | None = None
    sign = 1
    for segment in expression.segments:
        factors = [low.terms(expression.operands[k]) for k in segment]
        rows, columns = factors[0].shape[0], factors[-1].shape[1]
        product = low.product(factors, (rows, columns))
        ends = expression.operands[segment[0]].shape[0], expression.operands[segment[-1]].shape[1]
        if ends[0] == 1 and ends[1] == 1:
            (term,) = product.terms
            sign *= term.sign
            number = low.planner.term(Term(1, term.scale, term.chain), (1, 1))[0]
            if number.constant != 1.0:
                scale = number if scale is None else low.graph.multiply(scale, number)
        else:
            groups.append(product)
    if not groups:
        return low.scaled(low.number(low.graph.number(1.0) if scale is None else scale), None, sign)
    (matrix,) = groups
    return low.scaled(Terms(shape, matrix.terms), scale, sign)


@builds(ex.Div)
def _div(low: Lowering, expression: ex.Div) -> Terms:
    numerator, denominator = low.terms(expression.operands[0]), low.node(expression.operands[1])
    if numerator.shape == (1, 1):
        return low.number(low.graph.divide(low.planner.form(numerator)[0], denominator))
    if len(numerator.terms) > 1:
        # In brackets: one division when all is added up, or one by each vector that the sum is applied to.
        numerator = low.factor(numerator, numerator.shape)
    (term,) = numerator.terms
    scale = low.graph.divide(low.graph.number(1.0) if term.scale is None else term.scale, denominator)
    return Terms(numerator.shape, (Term(term.sign, scale, term.chain),))


# sums and products over an index ---------------------------------------------------------------


def _written_out(low: Lowering, expression: ex.SumOver) -> list[Terms]:
    first, last = (low.integer(bound) for bound in expression.range)
    (body,) = expression.operands
    if last - first >= low.most:
        raise NotCompiled(f"a sum over {last - first + 1} values of {expression.index}; at most {low.most}")
    index = expression.index
    return [low.terms(instance(body, {index: Integer(k)})) for k in range(first, last + 1)]


@builds(ex.SumOver)
def _sum_over(low: Lowering, expression: ex.SumOver) -> Terms:
    parts = _written_out(low, expression)
    shape = low.shape(expression.operands[0]) if not parts else parts[0].shape
    if not parts:
        return low.value(low.graph.array("zeros", shape))
    return Terms(shape, tuple(term for part in parts for term in part.terms))


@builds(ex.ProdOver)
def _prod_over(low: Lowering, expression: ex.ProdOver) -> Terms:
    parts = _written_out(low, expression)
    shape = low.shape(expression.operands[0]) if not parts else parts[0].shape
    if shape == (1, 1):
        result = low.graph.number(1.0)
        for part in parts:
            result = low.graph.multiply(result, low.planner.form(part)[0])
        return low.number(result)
    return low.product(parts, shape) if parts else Terms(shape, (Term(1, None, ()),))
