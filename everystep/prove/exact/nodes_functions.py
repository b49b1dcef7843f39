"""Evaluation of functions: entrywise, of vectors, norms, extrema and eigenvalues; one builder a class.

May import ``everystep.algebra`` and this package only.
"""

from __future__ import annotations

from typing import Any

from flint import arb

from everystep.algebra import expressions as ex
from everystep.prove.exact.errors import NeedsReals, TooLarge, Undefined, Unsupported
from everystep.prove.exact.evaluator import Evaluator
from everystep.prove.exact.jets import Jet, add, linear, multiply, scale, transpose
from everystep.prove.exact.nodes_common import stacked
from everystep.prove.exact.plain import plain
from everystep.prove.exact.program import Program, Run, builds
from everystep.prove.exact.series import EVALUATIONS, Coefficients, derived, polynomial

DEGREE = 3
"""The degree of the polynomials that stand for opaque functions."""

_TERMS_OF_EXP, _MOST_TERMS = 32, 512
_SMALL = 2.0**-100


def entrywise(ev: Evaluator, value: Jet, name: str) -> Jet:
    """A known function of every entry."""
    evaluation = EVALUATIONS[name]
    return ev.jets.apply(value, lambda x, n: evaluation(ev.ring, x, n))


@builds(ex.Apply)
def _apply(program: Program, node: Any) -> Run:
    operand, name, order = program.compile(node.operands[0]), node.function, node.order
    if name not in EVALUATIONS:
        return _opaque(program, node)
    evaluation = derived(EVALUATIONS[name], order)

    def run(ev: Evaluator) -> Jet:
        value = ev.value(operand)
        try:
            return ev.jets.apply(value, lambda x, n: evaluation(ev.ring, x, n))
        except Undefined as error:
            reason = error.reason.replace("the argument", plain(node.operands[0]), 1)
            raise Undefined(plain(node), reason) from None

    return run


def _opaque(program: Program, node: Any) -> Run:
    operand, name, order = program.compile(node.operands[0]), node.function, node.order

    def run(ev: Evaluator) -> Jet:
        value = ev.value(operand)
        coefficients: Coefficients = ev.source.coefficients(ev.ring, name, 1, DEGREE + 1).entries()
        evaluation = derived(lambda ring, x, n: polynomial(ring, coefficients, x, n), order)
        return ev.jets.apply(value, lambda x, n: evaluation(ev.ring, x, n))

    return run


@builds(ex.Call)
def _call(program: Program, node: Any) -> Run:
    """An arbitrary function: in every output entry a constant, a linear form, a quadratic form and a cube."""
    arguments = [program.compile(a) for a in node.operands]
    name, (rows, columns) = node.function, node.shape

    def run(ev: Evaluator) -> Jet:
        x = _below(ev, [stacked(ev, ev.value(a)) for a in arguments])
        r, c = ev.size(rows), ev.size(columns)
        n = x.rows
        table = ev.source.coefficients(ev.ring, name, r * c, 1 + 2 * n + n * n)
        xt = transpose(x)
        outputs = []
        for row in range(r * c):
            entries = [table[row, k] for k in range(1 + 2 * n + n * n)]
            value = ev.jets.scalar(entries[0])
            value = add(value, multiply(Jet(ev.ring.matrix(1, n, entries[1 : n + 1])), x))
            form = multiply(Jet(ev.ring.matrix(1, n, entries[n + 1 : 2 * n + 1])), x)
            value = add(value, ev.jets.power(form, 3))
            square = Jet(ev.ring.matrix(n, n, entries[2 * n + 1 :]))
            outputs.append(add(value, multiply(xt, multiply(square, x))))
        return ev.jets.reshape(_below(ev, outputs), r, c, list(range(r * c)))

    return run


def _below(ev: Evaluator, columns: list[Jet]) -> Jet:
    """Column vectors, one below the other."""
    if len(columns) == 1:
        return columns[0]
    height = sum(c.rows for c in columns)
    result: Jet | None = None
    top = 0
    for column in columns:
        source = [-1] * height
        source[top : top + column.rows] = range(column.rows)
        top += column.rows
        placed = ev.jets.reshape(column, height, 1, source)
        result = placed if result is None else add(result, placed)
    if result is None:
        raise Unsupported("a function without arguments")
    return result


@builds(ex.MatrixFunction)
def _matrix_function(program: Program, node: Any) -> Run:
    operand, name = program.compile(node.operands[0]), node.function

    def run(ev: Evaluator) -> Jet:
        if name != "exp":
            raise Unsupported(f"the matrix function {name}")
        value = ev.value(operand)
        if not ev.ring.ordered:
            raise NeedsReals("a matrix exponential")
        if not ev.ring.exact:
            return Jet(value.base.exp()) if value.parts is None else _exp_series(ev, value)
        if any(x != 0 for x in ev.jets.power(value, value.rows).base.entries()):
            raise NeedsReals("a matrix exponential")
        # The base is nilpotent, and so is the whole after a power for each level.
        return _partial_sum(ev, value, value.rows * (value.levels.bit_count() + 1))

    return run


def _partial_sum(ev: Evaluator, value: Jet, terms: int) -> Jet:
    result = term = ev.jets.identity(value.rows)
    for k in range(1, terms + 1):
        term = scale(multiply(term, value), ev.jets.constant(1, k))
        result = add(result, term)
    return result


def _exp_series(ev: Evaluator, value: Jet) -> Jet:
    """The exponential series with a ball for its tail: ``s^(k+1) / (k+1)! e^s`` bounds it, where s sums the norms."""
    size = arb(0)
    for m in (value.base, *(value.parts or {}).values()):
        size += sum([abs(x) for x in m.entries()], arb(0))
    terms = _TERMS_OF_EXP
    while size ** (terms + 1) / arb(terms + 1).fac() * size.exp() > _SMALL:
        terms *= 2
        if terms > _MOST_TERMS:
            raise TooLarge("the exponential of a large matrix")
    tail = arb(0, float(_SMALL))
    wide = ev.ring.matrix(value.rows, value.columns, [tail] * (value.rows * value.columns))
    return linear(_partial_sum(ev, value, terms), lambda m: m + wide)


@builds(ex.Softmax)
def _softmax(program: Program, node: Any) -> Run:
    operand = program.compile(node.operands[0])

    def run(ev: Evaluator) -> Jet:
        grown = entrywise(ev, ev.value(operand), "exp")
        return scale(grown, ev.jets.reciprocal(_total(ev, grown)))

    return run


@builds(ex.LogSumExp)
def _log_sum_exp(program: Program, node: Any) -> Run:
    operand = program.compile(node.operands[0])

    def run(ev: Evaluator) -> Jet:
        return entrywise(ev, _total(ev, entrywise(ev, ev.value(operand), "exp")), "log")

    return run


def _total(ev: Evaluator, value: Jet) -> Jet:
    ring = ev.ring

    def total(m: Any) -> Any:
        result = ring.element(0)
        for x in m.entries():
            result = result + x
        return ring.matrix(1, 1, [result])

    return linear(value, total)


# norms -----------------------------------------------------------------------------------------


@builds(ex.Norm)
def _norm(program: Program, node: Any) -> Run:
    operand, kind = program.compile(node.operands[0]), node.kind
    vector = 1 in node.operands[0].shape  # a matrix of any size remains one where it has a single row

    def run(ev: Evaluator) -> Jet:
        value = ev.value(operand)
        if kind == "F" or (kind == "2" and vector):
            return _root_of_squares(ev, ev.jets.square_sum(value))
        if kind == "2":
            gram = multiply(transpose(value), value)
            return _root_of_squares(ev, ev.jets.eigenvalue(gram, 1))
        magnitudes = entrywise(ev, value, "abs")
        return _sum_norm(ev, magnitudes, kind, vector)

    return run


def _root_of_squares(ev: Evaluator, squares: Jet) -> Jet:
    """The root of a number that is known not to be negative."""
    if squares.parts is None and not ev.ring.exact:
        number: arb = squares.base[0, 0]
        return ev.jets.scalar(number.nonnegative_part().sqrt())
    try:
        return entrywise(ev, squares, "sqrt")
    except Undefined:
        raise Undefined("derivative", "a norm has none at 0") from None


def _sum_norm(ev: Evaluator, magnitudes: Jet, kind: str, vector: bool) -> Jet:
    r, c = magnitudes.rows, magnitudes.columns
    if vector:
        return _total(ev, magnitudes) if kind == "1" else ev.jets.largest(magnitudes, 1)
    ones = Jet(ev.ring.matrix(1, r, [1] * r)) if kind == "1" else Jet(ev.ring.matrix(c, 1, [1] * c))
    sums = multiply(ones, magnitudes) if kind == "1" else multiply(magnitudes, ones)
    return ev.jets.largest(sums, 1)


# extrema and eigenvalues -----------------------------------------------------------------------


@builds(ex.Max, ex.Min)
def _extremum(program: Program, node: Any) -> Run:
    operands = [program.compile(o) for o in node.operands]
    direction = 1 if isinstance(node, ex.Max) else -1

    def run(ev: Evaluator) -> Jet:
        values = [stacked(ev, ev.value(o)) for o in operands]
        return ev.jets.largest(_below(ev, values), direction)

    return run


@builds(ex.EigMax, ex.EigMin)
def _eigenvalue(program: Program, node: Any) -> Run:
    operand = program.compile(node.operands[0])
    direction = 1 if isinstance(node, ex.EigMax) else -1

    def run(ev: Evaluator) -> Jet:
        try:
            return ev.jets.eigenvalue(ev.value(operand), direction)
        except Undefined as error:
            raise Undefined(plain(node), error.reason) from None

    return run
