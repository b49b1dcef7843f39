"""From the surface to sums of products, for the sizes at hand: one builder a class of expression.

Definitions and recurrences of the context are expanded; a sum over an index is written out.  What has no row in
``BUILDERS`` raises :class:`NotCompiled`; the rows of derivatives, means and limits are entered by ``derivatives``.
May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from sympy import Expr, Integer, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Recurrence
from everystep.algebra.functions import FUNCTIONS
from everystep.algebra.substitution import instance
from everystep.compiler.calls import entrywise, whole
from everystep.compiler.functions import derivative_of, derivative_values
from everystep.compiler.graph import Graph, Node, Size
from everystep.compiler.products import (
    Diagonal,
    Factor,
    Inverted,
    Kronecker,
    Planner,
    Term,
    Terms,
    transposed_terms,
)

if TYPE_CHECKING:
    from everystep.calculus.core import Core
    from everystep.calculus.lowering import Lowering as Calculus

MOST_NODES = 20_000
"""Expressions up to which sums over an index are written out."""
_MOST_POWERS = 16
"""The largest power of a matrix that takes part in a chain."""

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
                builder = _argument
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


def _argument(low: Lowering, expression: ex.Expression) -> Terms:
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


@builds(ex.Pow)
def _pow(low: Lowering, expression: ex.Pow) -> Terms:
    base, exponent = expression.operands
    power = low.node(exponent)
    k = power.constant
    shape = low.shape(base)
    if shape != (1, 1):
        return _matrix_power(low, base, power)
    if isinstance(base, ex.Norm) and base.is_euclidean and k is not None and k == 2 * int(k / 2) and 0 < k <= 8:
        inside = low.node(base.operands[0])
        number = low.graph.inner(inside, inside)
        k /= 2
    else:
        number = low.node(base)
    graph = low.graph
    if k == 1:
        return low.number(number)
    if k == 2:
        return low.number(graph.multiply(number, number))
    if k == -1:
        return low.number(graph.divide(graph.number(1.0), number))
    if k == 0.5:
        return low.number(graph.node("sqrt", (number,), (1, 1)))
    return low.number(graph.node("power", (number, power if k is None else graph.number(k)), (1, 1)))


def _matrix_power(low: Lowering, base: ex.Expression, power: Node) -> Terms:
    """A chain for a small whole exponent, squares for a large one, a root, or the exponential of p log A."""
    graph, shape, k = low.graph, low.shape(base), power.constant
    if k is None or k != int(k):
        inside = low.node(base)
        if k is not None and 2 * k == int(2 * k):
            root = graph.node("matrix_root", (inside,), shape)
            return low.product([_whole_power(low, low.value(root), int(2 * k))], shape)
        logarithm = graph.node("matrix_logarithm", (inside,), shape)
        return low.value(graph.node("matrix_exponential", (graph.multiply(power, logarithm),), shape))
    return _whole_power(low, low.terms(base), int(k))


def _whole_power(low: Lowering, base: Terms, k: int) -> Terms:
    if k == 0:
        return Terms(base.shape, (Term(1, None, ()),))
    one = base if k > 0 else inverse_of(low, base)
    if abs(k) <= _MOST_POWERS:
        return low.product([one] * abs(k), base.shape)
    # Squares: a chain would be as long as the exponent.
    square, result = low.planner.form(one)[0], None
    for digit in reversed(f"{abs(k):b}"):
        if digit == "1":
            result = square if result is None else low.planner.matmul(result, square)[0]
        square = low.planner.matmul(square, square)[0]
    return low.value(square if result is None else result)


# matrices --------------------------------------------------------------------------------------


@builds(ex.Transpose)
def _transpose(low: Lowering, expression: ex.Transpose) -> Terms:
    return transposed_terms(low.graph, low.terms(expression.operands[0]))


@builds(ex.Inverse)
def _inverse(low: Lowering, expression: ex.Inverse) -> Terms:
    return inverse_of(low, low.terms(expression.operands[0]))


def inverse_of(low: Lowering, value: Terms) -> Terms:
    """The inverse of a sum of products, as one term."""
    value = low.opened(value)
    graph, shape = low.graph, value.shape
    if shape == (1, 1):
        return low.number(graph.divide(graph.number(1.0), low.planner.form(value)[0]))
    if len(value.terms) == 1:
        (term,) = value.terms
        scale = None if term.scale is None else graph.divide(graph.number(1.0), term.scale)
        # (c A D B^-1)^-1 = B D^-1 A^-1 / c, if all factors are square.
        if all(factor.shape == shape for factor in term.chain):
            chain = tuple(_inverted(low, factor) for factor in reversed(term.chain))
            return Terms(shape, (Term(term.sign, scale, chain),))
    diagonals = [low.planner.diagonal_of(term) for term in value.terms]
    if all(d is not None for d in diagonals):
        column = low.planner.form(diagonal_part(low, value))[0]
        return low.factor(Diagonal(graph.node("reciprocal", (column,), column.shape)), shape)
    return low.factor(Inverted(low.planner.form(value)[0]), shape)


def _inverted(low: Lowering, factor: Factor) -> Factor:
    if isinstance(factor, Diagonal):
        return Diagonal(low.graph.node("reciprocal", (factor.of,), factor.of.shape))
    if isinstance(factor, Inverted):
        return factor.of
    if isinstance(factor, Node):
        return Inverted(factor)
    return Inverted(low.planner.chain((factor,), factor.shape)[0])


@builds(ex.PseudoInverse)
def _pseudo_inverse(low: Lowering, expression: ex.PseudoInverse) -> Terms:
    return low.value(low.graph.node("pseudo_inverse", (low.node(expression.operands[0]),), low.shape(expression)))


@builds(ex.Trace)
def _trace(low: Lowering, expression: ex.Trace) -> Terms:
    value = low.opened(low.terms(expression.operands[0]))
    if value.shape == (1, 1):
        return value
    parts = [(term.sign, trace_of(low, term, value.shape)) for term in value.terms]
    return low.number(low.graph.combine(parts))


def trace_of(low: Lowering, term: Term, shape: Size) -> Node:
    """The trace of a term, with its number and without its sign."""
    graph, planner, chain = low.graph, low.planner, term.chain
    if planner.diagonal_of(Term(1, None, chain)) is not None:
        column = planner.form(diagonal_part(low, Terms(shape, (Term(1, None, chain),))))[0]
        result = graph.node("total", (column,), (1, 1))
    elif len(chain) == 1:
        result = graph.node("trace", (planner.chain(chain, shape)[0],), (1, 1))
    else:
        # tr(A B) = sum of A . B^T; turned round so that a product of numbers stays one.
        turns = [(*chain[k:], *chain[:k]) for k in range(len(chain))]
        best: tuple[float, Node] | None = None
        for turn in turns:
            size = (turn[0].shape[0], turn[-1].shape[1])
            if size == (1, 1):
                node, cost = planner.chain(turn, size)
            else:
                left, cost = planner.chain(turn[:-1], (size[0], turn[-2].shape[1]))
                right, extra = planner.chain(turn[-1:], turn[-1].shape)
                node = graph.inner(left, graph.transpose(right))
                cost += extra + 2.0 * left.shape[0] * left.shape[1]
            if best is None or cost < best[0]:
                best = cost, node
        if best is None:
            raise NotCompiled("a trace of nothing")
        result = best[1]
    return result if term.scale is None else graph.multiply(term.scale, result)


@builds(ex.DiagPart)
def _diag_part(low: Lowering, expression: ex.DiagPart) -> Terms:
    value = low.terms(expression.operands[0])
    return value if value.shape == (1, 1) else diagonal_part(low, value)


def diagonal_part(low: Lowering, value: Terms) -> Terms:
    """The diagonal as a column, without the products of which only that is wanted."""
    n = value.shape[0]
    graph, planner = low.graph, low.planner
    value = low.opened(value)
    parts = []
    for term in value.terms:
        diagonal = planner.diagonal_of(Term(1, None, term.chain))
        if diagonal is not None:
            column = planner.spread(diagonal, (n, 1))
        elif len(term.chain) == 1:
            column = graph.node("diagonal", (planner.chain(term.chain, value.shape)[0],), (n, 1))
        else:
            splits = []
            for k in range(1, len(term.chain)):
                inside = term.chain[k].shape[0]
                left, first = planner.chain(term.chain[:k], (n, inside))
                right, second = planner.chain(term.chain[k:], (inside, n))
                splits.append((first + second + 2.0 * n * inside, k, left, graph.transpose(right)))
            _, _, left, right = min(splits)
            column = graph.multiply(left, right) if 1 in left.shape else graph.node("row_inner", (left, right), (n, 1))
        parts.append(Term(term.sign, term.scale, (column,)))
    return Terms((n, 1), tuple(parts))


@builds(ex.Diag)
def _diag(low: Lowering, expression: ex.Diag) -> Terms:
    column = low.node(expression.operands[0])
    return low.number(column) if column.is_number else low.factor(Diagonal(column), low.shape(expression))


@builds(ex.Hadamard)
def _hadamard(low: Lowering, expression: ex.Hadamard) -> Terms:
    shape, graph, planner = low.shape(expression), low.graph, low.planner
    values = [low.opened(low.terms(operand)) for operand in expression.operands]
    if shape == (1, 1):
        result = graph.number(1.0)
        for value in values:
            result = graph.multiply(result, planner.form(value)[0])
        return low.number(result)
    if shape[0] == shape[1]:
        flat = [all(planner.diagonal_of(t) is not None for t in value.terms) for value in values]
        if any(flat):
            # A diagonal matrix takes the diagonals of the others.
            columns = [planner.form(diagonal_part(low, value))[0] for value in values]
            result = columns[0]
            for column in columns[1:]:
                result = graph.multiply(result, column)
            return low.factor(Diagonal(result), shape)
    scale, sign = None, 1
    factors: list[Node] = []
    for value in values:
        if len(value.terms) == 1 and value.terms[0].chain:
            (term,) = value.terms
            sign *= term.sign
            if term.scale is not None:
                scale = term.scale if scale is None else graph.multiply(scale, term.scale)
            chain = term.chain
            outer = len(chain) == 2 and chain[0].shape[1] == 1
            if outer:
                # An outer product is a column and a row that spread.
                factors += [planner.chain((f,), f.shape)[0] for f in chain]
            else:
                factors.append(planner.chain(chain, shape)[0])
        else:
            factors.append(planner.form(value)[0])
    result = factors[0]
    for node in factors[1:]:
        result = graph.multiply(result, node)
    return low.scaled(low.factor(planner.spread(result, shape), shape), scale, sign)


@builds(ex.Kron)
def _kron(low: Lowering, expression: ex.Kron) -> Terms:
    left, right = (low.node(operand) for operand in expression.operands)
    if left.is_number or right.is_number:
        return low.value(low.graph.multiply(left, right))
    return low.factor(Kronecker(left, right), low.shape(expression))


@builds(ex.Vec)
def _vec(low: Lowering, expression: ex.Vec) -> Terms:
    inside = low.node(expression.operands[0])
    shape = low.shape(expression)
    return low.value(inside if inside.shape == shape else low.graph.node("vec", (inside,), shape))


@builds(ex.Block)
def _block(low: Lowering, expression: ex.Block) -> Terms:
    blocks = tuple(low.node(operand) for operand in expression.operands)
    return low.value(low.graph.node("block", blocks, low.shape(expression), int(expression.args[0])))


@builds(ex.Entry, ex.Row, ex.Col)
def _part(low: Lowering, expression: Any) -> Terms:
    base = low.node(expression.operands[0])
    rows, columns = base.shape
    first, second = (0, rows), (0, columns)
    at = [low.integer(i) for i in expression.args[1:]]
    if isinstance(expression, (ex.Row, ex.Entry)):
        first = (at[0] - 1, at[0])
    if isinstance(expression, ex.Col):
        second = (at[0] - 1, at[0])
    if isinstance(expression, ex.Entry) and len(at) == 2:
        second = (at[1] - 1, at[1])
    if min(first[0], second[0]) < 0 or first[1] > rows or second[1] > columns:
        raise NotCompiled(f"the index {', '.join(map(str, at))} lies outside a matrix of {rows} x {columns}")
    if base.is_number:
        return low.number(base)
    return low.value(low.graph.node("part", (base,), low.shape(expression), *first, *second))


# functions -------------------------------------------------------------------------------------


@builds(ex.Apply)
def _apply(low: Lowering, expression: ex.Apply) -> Terms:
    name, order = expression.function, expression.order
    operand = expression.operands[0]
    if name not in FUNCTIONS:
        if low.outside is not None:
            raise NotCompiled(f"the function {name} is not known: define it")
        return low.value(entrywise(low.graph, name, order, low.node(operand)))
    if name == "log" and order == 0 and isinstance(operand, ex.Det):
        inside = low.node(operand.operands[0])
        if not inside.is_number:
            return low.number(low.graph.node("log_det", (inside,), (1, 1)))
    if name == "log" and order == 0 and isinstance(operand, ex.Softmax):
        # z_i - log of the sum of e^z_j: the softmax may be 0 in floating point.
        logits = low.node(operand.operands[0])
        if not logits.is_number:
            total = low.graph.node("log_sum_exp", (logits,), (1, 1))
            return low.value(low.graph.combine([(1, logits), (-1, total)]))
    argument = low.node(operand)
    if order == 0:
        return low.value(low.graph.node(name, (argument,), argument.shape))
    return low.value(derivative_values(low.planner, derivative_of(name, order), argument))


@builds(ex.Call)
def _call(low: Lowering, expression: ex.Call) -> Terms:
    value, given = low.natural(expression), [low.natural(operand) for operand in expression.operands]
    arguments = [low.node(operand) for operand in expression.operands]
    return low.value(whole(low.graph, expression.function, (), arguments, value, given))


_MATRIX_FUNCTIONS = {"exp": "matrix_exponential", "log": "matrix_logarithm", "sqrt": "matrix_root"}


@builds(ex.MatrixFunction)
def _matrix_function(low: Lowering, expression: ex.MatrixFunction) -> Terms:
    name = _MATRIX_FUNCTIONS.get(expression.function)
    if name is None:
        if low.outside is not None:
            return _argument(low, expression)
        raise NotCompiled(f"the matrix function {expression.function} is not compiled")
    inside = low.node(expression.operands[0])
    if inside.is_number:
        return low.number(low.graph.node(expression.function, (inside,), (1, 1)))
    return low.value(low.graph.node(name, (inside,), inside.shape))


@builds(ex.Softmax)
def _softmax(low: Lowering, expression: ex.Softmax) -> Terms:
    inside = low.node(expression.operands[0])
    return low.value(low.graph.node("softmax", (inside,), inside.shape))


@builds(ex.LogSumExp)
def _log_sum_exp(low: Lowering, expression: ex.LogSumExp) -> Terms:
    return low.number(low.graph.node("log_sum_exp", (low.node(expression.operands[0]),), (1, 1)))


@builds(ex.Norm)
def _norm(low: Lowering, expression: ex.Norm) -> Terms:
    inside, graph = low.node(expression.operands[0]), low.graph
    if inside.is_number:
        return low.number(graph.node("abs", (inside,), (1, 1)))
    vector = 1 in inside.shape
    if expression.kind == "F" or (expression.kind == "2" and vector):
        return low.number(graph.node("sqrt", (graph.inner(inside, inside),), (1, 1)))
    if vector:
        sizes = graph.node("abs", (inside,), inside.shape)
        name, parameters = ("total", ()) if expression.kind == "1" else ("largest", (1,))
        return low.number(graph.node(name, (sizes,), (1, 1), *parameters))
    kind: float = {"1": 1, "2": 2, "inf": float("inf")}[expression.kind]
    return low.number(graph.node("operator_norm", (inside,), (1, 1), kind))


@builds(ex.Max, ex.Min)
def _extremum(low: Lowering, expression: Any) -> Terms:
    operands = tuple(low.node(operand) for operand in expression.operands)
    return low.number(low.graph.node("largest", operands, (1, 1), 1 if isinstance(expression, ex.Max) else -1))


@builds(ex.EigMax, ex.EigMin)
def _eigenvalue(low: Lowering, expression: Any) -> Terms:
    inside = low.node(expression.operands[0])
    if inside.is_number:
        return low.number(inside)
    place = -1 if isinstance(expression, ex.EigMax) else 0
    return low.number(low.graph.node("eigenvalue", (inside,), (1, 1), place))


@builds(ex.Det)
def _det(low: Lowering, expression: ex.Det) -> Terms:
    inside = low.node(expression.operands[0])
    return low.number(inside if inside.is_number else low.graph.node("determinant", (inside,), (1, 1)))


@builds(ex.Rank)
def _rank(low: Lowering, expression: ex.Rank) -> Terms:
    return low.number(low.graph.node("rank", (low.node(expression.operands[0]),), (1, 1)))


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
