"""Evaluation of the operations on matrices and of their parts: one builder a class.

May import ``everystep.algebra`` and this package only.
"""

from __future__ import annotations

from typing import Any

from everystep.algebra import expressions as ex
from everystep.prove.exact.errors import Inconclusive, NeedsReals, Singular, Undefined, Unsupported
from everystep.prove.exact.evaluator import Evaluator
from everystep.prove.exact.integers import IntegerFunction, compiled
from everystep.prove.exact.jets import Jet, add, multiply, negative, transpose
from everystep.prove.exact.nodes_common import blame, position, stacked
from everystep.prove.exact.plain import plain
from everystep.prove.exact.program import Program, Run, builds, name_of

# matrices --------------------------------------------------------------------------------------


@builds(ex.Transpose)
def _transpose(program: Program, node: Any) -> Run:
    operand = program.compile(node.operands[0])
    return lambda ev: transpose(ev.value(operand))


@builds(ex.Inverse)
def _inverse(program: Program, node: Any) -> Run:
    operand = program.compile(node.operands[0])

    def singular(error: Undefined) -> Singular:
        return Singular(plain(node), error.reason.replace("it is", f"{plain(node.operands[0])} is", 1))

    def run(ev: Evaluator) -> Jet:
        value = ev.value(operand)
        try:
            return ev.jets.inverse(value)
        except Undefined as error:
            raise singular(error) from None
        except Inconclusive:
            try:
                blame(ev, operand, plain(node))
            except Undefined as error:
                raise singular(error) from None
            raise

    return run


@builds(ex.PseudoInverse)
def _pseudo_inverse(program: Program, node: Any) -> Run:
    operand = program.compile(node.operands[0])

    def run(ev: Evaluator) -> Jet:
        twin = ev.exact_twin()  # beside what needs real numbers: balls have no rank
        if twin is not None:
            try:
                return Jet(ev.ring.convert(twin.jets.pseudo_inverse(twin.value(operand)).base))
            except NeedsReals:
                pass
        return ev.jets.pseudo_inverse(ev.value(operand))

    return run


@builds(ex.Trace)
def _trace(program: Program, node: Any) -> Run:
    operand = program.compile(node.operands[0])
    return lambda ev: ev.jets.trace(ev.value(operand))


@builds(ex.Det)
def _det(program: Program, node: Any) -> Run:
    operand = program.compile(node.operands[0])
    return lambda ev: ev.jets.determinant(ev.value(operand))


@builds(ex.Adjugate)
def _adjugate(program: Program, node: Any) -> Run:
    """By the recursion of Faddeev and Le Verrier, which divides by 1, ..., n - 1 only."""
    operand = program.compile(node.operands[0])

    def run(ev: Evaluator) -> Jet:
        value = ev.value(operand)
        n = value.rows
        one = ev.jets.identity(n)
        result = one
        for k in range(1, n):
            product = multiply(value, result)
            share = multiply(ev.jets.trace(product), ev.jets.constant(-1, k))
            result = add(product, ev.jets.kron(share, one))
        return result if n % 2 else negative(result)

    return run


@builds(ex.Rank)
def _rank(program: Program, node: Any) -> Run:
    operand = program.compile(node.operands[0])

    def run(ev: Evaluator) -> Jet:
        base = ev.value(operand).base
        if not ev.ring.exact:
            twin = ev.exact_twin()
            if twin is None:
                raise Unsupported("a rank of real balls")
            base = twin.value(operand).base
            return ev.jets.constant(twin.ring.rank(base))
        return ev.jets.constant(ev.ring.rank(base))

    return run


@builds(ex.Diag)
def _diag(program: Program, node: Any) -> Run:
    operand = program.compile(node.operands[0])

    def run(ev: Evaluator) -> Jet:
        value = ev.value(operand)
        n = value.rows
        source = [i if i == j else -1 for i in range(n) for j in range(n)]
        return ev.jets.reshape(value, n, n, source)

    return run


@builds(ex.DiagPart)
def _diag_part(program: Program, node: Any) -> Run:
    operand = program.compile(node.operands[0])

    def run(ev: Evaluator) -> Jet:
        value = ev.value(operand)
        n = value.rows
        return ev.jets.reshape(value, n, 1, [i * n + i for i in range(n)])

    return run


@builds(ex.Hadamard)
def _hadamard(program: Program, node: Any) -> Run:
    factors = [program.compile(f) for f in node.operands]

    def run(ev: Evaluator) -> Jet:
        result = ev.value(factors[0])
        for factor in factors[1:]:
            result = ev.jets.hadamard(result, ev.value(factor))
        return result

    return run


@builds(ex.Kron)
def _kron(program: Program, node: Any) -> Run:
    left, right = (program.compile(f) for f in node.operands)
    return lambda ev: ev.jets.kron(ev.value(left), ev.value(right))


@builds(ex.Vec)
def _vec(program: Program, node: Any) -> Run:
    operand = program.compile(node.operands[0])
    return lambda ev: stacked(ev, ev.value(operand))


@builds(ex.Block)
def _block(program: Program, node: Any) -> Run:
    grid = [[program.compile(b) for b in row] for row in node.rows]

    def run(ev: Evaluator) -> Jet:
        values = [[ev.value(b) for b in row] for row in grid]
        widths, heights = [b.columns for b in values[0]], [row[0].rows for row in values]
        width, height = sum(widths), sum(heights)
        result: Jet | None = None
        for i, row in enumerate(values):
            for j, block in enumerate(row):
                source = [-1] * (width * height)
                top, left = sum(heights[:i]), sum(widths[:j])
                for r in range(block.rows):
                    for c in range(block.columns):
                        source[(top + r) * width + left + c] = r * block.columns + c
                placed = ev.jets.reshape(block, height, width, source)
                result = placed if result is None else add(result, placed)
        if result is None:
            raise Unsupported("a block matrix without blocks")
        return result

    return run


@builds(ex.Entry)
def _entry(program: Program, node: Any) -> Run:
    operand = program.compile(node.operands[0])
    at = [compiled(i) for i in node.at]
    base = node.operands[0]
    if isinstance(base, ex.Var | ex.Member):
        meaning = program.meanings.get(name_of(base))
        if meaning is not None and meaning.law is not None:
            return _random_entry(base, at)

    def run(ev: Evaluator) -> Jet:
        value = ev.value(operand)
        i = position(at[0](ev.env), value.rows)
        j = position(at[1](ev.env), value.columns) if len(at) == 2 else 0
        return ev.jets.entry(value, i, j)

    return run


def _random_entry(base: Any, at: list[IntegerFunction]) -> Run:
    """An entry of a random quantity: where entries are independent, no other need be drawn."""
    (name, _), (rows, columns) = name_of(base), map(compiled, base.shape)
    indices = [compiled(i) for i in base.at] if isinstance(base, ex.Member) else []

    def run(ev: Evaluator) -> Jet:
        i = position(at[0](ev.env), ev.extent(rows))
        j = position(at[1](ev.env), ev.extent(columns)) if len(at) == 2 else 0
        cell = (name, tuple([index(ev.env) for index in indices]))
        return ev.lookup_entry(cell, (i, j), rows, columns)

    return run


@builds(ex.Row)
def _row(program: Program, node: Any) -> Run:
    operand, at = program.compile(node.operands[0]), compiled(node.args[1])

    def run(ev: Evaluator) -> Jet:
        value = ev.value(operand)
        i, c = position(at(ev.env), value.rows), value.columns
        return ev.jets.reshape(value, 1, c, [i * c + j for j in range(c)])

    return run


@builds(ex.Col)
def _col(program: Program, node: Any) -> Run:
    operand, at = program.compile(node.operands[0]), compiled(node.args[1])

    def run(ev: Evaluator) -> Jet:
        value = ev.value(operand)
        j, c = position(at(ev.env), value.columns), value.columns
        return ev.jets.reshape(value, value.rows, 1, [i * c + j for i in range(value.rows)])

    return run
