"""Evaluation of leaves, arithmetic, matrices and sums over an index: one builder a class.

May import ``everystep.algebra`` and this package only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from everystep.algebra import expressions as ex
from everystep.prove.exact.arithmetic import singular
from everystep.prove.exact.errors import Inadmissible, Inconclusive, Undefined, Unsupported
from everystep.prove.exact.evaluator import Evaluator
from everystep.prove.exact.integers import IntegerFunction, compiled
from everystep.prove.exact.jets import Jet, add, multiply, negative, scale, transpose
from everystep.prove.exact.plain import plain
from everystep.prove.exact.program import Node, Program, Run, bound_index, builds, name_of
from everystep.prove.exact.series import EVALUATIONS

_LONGEST_SUM = 2000

# leaves ----------------------------------------------------------------------------------------


@builds(ex.Num)
def _num(program: Program, node: Any) -> Run:
    p, q = int(node.value.p), int(node.value.q)
    return lambda ev: ev.jets.constant(p, q)


@builds(ex.Int)
def _int(program: Program, node: Any) -> Run:
    value = compiled(node.value)
    return lambda ev: ev.jets.constant(value(ev.env))


@builds(ex.Var)
def _var(program: Program, node: Any) -> Run:
    (name, _), (rows, columns) = name_of(node), node.shape
    return lambda ev: ev.lookup(name, (), rows, columns)


@builds(ex.Member)
def _member(program: Program, node: Any) -> Run:
    (name, _), (rows, columns) = name_of(node), node.shape
    at = [compiled(i) for i in node.at]
    return lambda ev: ev.lookup(name, tuple([i(ev.env) for i in at]), rows, columns)


@builds(ex.Eye)
def _eye(program: Program, node: Any) -> Run:
    size = node.args[0]
    return lambda ev: ev.jets.identity(ev.size(size))


@builds(ex.Ones)
def _ones(program: Program, node: Any) -> Run:
    rows, columns = node.shape

    def run(ev: Evaluator) -> Jet:
        r, c = ev.size(rows), ev.size(columns)
        return Jet(ev.ring.matrix(r, c, [1] * (r * c)))

    return run


@builds(ex.Zeros)
def _zeros(program: Program, node: Any) -> Run:
    rows, columns = node.shape
    return lambda ev: ev.jets.zeros(ev.size(rows), ev.size(columns))


@builds(ex.Unit)
def _unit(program: Program, node: Any) -> Run:
    size, index = node.args[0], compiled(node.args[1])

    def run(ev: Evaluator) -> Jet:
        n = ev.size(size)
        i = position(index(ev.env), n)
        return Jet(ev.ring.matrix(n, 1, [1 if k == i else 0 for k in range(n)]))

    return run


def position(index: int, size: int) -> int:
    """A position counted from 1 as one counted from 0."""
    if not 1 <= index <= size:
        raise Inadmissible("an index outside of its range")
    return index - 1


# arithmetic ------------------------------------------------------------------------------------


@builds(ex.Add)
def _add(program: Program, node: Any) -> Run:
    terms = [program.compile(t) for t in node.operands]

    def run(ev: Evaluator) -> Jet:
        result = ev.value(terms[0])
        for term in terms[1:]:
            result = add(result, ev.value(term))
        return result

    return run


@builds(ex.Neg)
def _neg(program: Program, node: Any) -> Run:
    operand = program.compile(node.operands[0])
    return lambda ev: negative(ev.value(operand))


@builds(ex.Mul)
def _mul(program: Program, node: Any) -> Run:
    factors = [program.compile(f) for f in node.operands]
    groups = [[factors[i] for i in segment] for segment in node.segments]

    def run(ev: Evaluator) -> Jet:
        result: Jet | None = None
        scalar: Jet | None = None
        for group in groups:
            product = ev.value(group[0])
            for factor in group[1:]:
                product = multiply(product, ev.value(factor))
            if product.rows == 1 and product.columns == 1:
                scalar = product if scalar is None else multiply(scalar, product)
            elif result is None:
                result = product
            else:
                # Sizes that are 1 on this instance only: the groups were not numbers for all sizes.
                result = multiply(result, product)
        if result is None:
            return scalar if scalar is not None else ev.jets.constant(1)
        return result if scalar is None else scale(result, scalar)

    return run


@builds(ex.Div)
def _div(program: Program, node: Any) -> Run:
    numerator, denominator = (program.compile(o) for o in node.operands)
    text = plain(node)

    def run(ev: Evaluator) -> Jet:
        top, bottom = ev.value(numerator), ev.value(denominator)
        try:
            inverse = ev.jets.inverse(bottom)
        except Undefined:
            raise Undefined(text, f"the denominator {plain(node.operands[1])} is 0") from None
        except Inconclusive:
            _blame(ev, denominator, text, f"the denominator {plain(node.operands[1])} is 0")
            raise
        return scale(top, inverse)

    return run


def _blame(ev: Evaluator, operand: Node, operation: str, reason: str = "") -> None:
    """Raise Undefined when an operand that looks singular in balls is singular in fact."""
    twin = ev.exact_twin()
    if twin is None:
        return
    try:
        base = twin.value(operand).base
    except Exception as error:  # noqa: BLE001 - nothing is learnt; the caller reports what it saw
        del error
        return
    rank = twin.ring.rank(base)
    if rank < base.nrows():
        raise Undefined(operation, reason or singular(base.nrows(), rank))


@builds(ex.Pow)
def _pow(program: Program, node: Any) -> Run:
    base, exponent = node.operands
    if isinstance(exponent, ex.Neg) and isinstance(exponent.operands[0], ex.Num):
        exponent = ex.Num(-exponent.operands[0].value)
    if isinstance(exponent, ex.Num | ex.Int) and exponent.value.is_integer:
        return _integer_power(program, base, compiled(exponent.value))
    if isinstance(exponent, ex.Num) and exponent.value.q == 2:
        return _half_power(program, base, int(exponent.value.p))
    return _real_power(program, base, exponent)


def _integer_power(program: Program, base: Any, exponent: Callable[[Any], int]) -> Run:
    square = _squared(program, base)
    plain_base = program.compile(base)

    def run(ev: Evaluator) -> Jet:
        n = exponent(ev.env)
        if square is not None and n % 2 == 0:
            return ev.jets.power(square(ev), n // 2)
        return ev.jets.power(ev.value(plain_base), n)

    return run


def _squared(program: Program, base: Any) -> Run | None:
    """The square of a Euclidean norm or of a root, without taking the root."""
    if isinstance(base, ex.Norm) and base.is_euclidean:
        inner = program.compile(base.operands[0])
        return lambda ev: ev.jets.square_sum(ev.value(inner))
    if isinstance(base, ex.Apply) and base.function == "sqrt" and not base.order:
        if not base.is_number_shaped:
            return None
        radicand = program.compile(base.operands[0])

        def run(ev: Evaluator) -> Jet:
            value = ev.value(radicand)
            if ev.ring.ordered and ev.ring.sign(value.base[0, 0]) < 0:
                raise Undefined(plain(base), "the argument is negative")
            return value

        return run
    return None


def _half_power(program: Program, base: Any, twice: int) -> Run:
    inner = program.compile(base)

    def run(ev: Evaluator) -> Jet:
        value = ev.value(inner)
        _number(value, "a fractional power of a matrix")
        root = ev.jets.apply(value, lambda x, n: EVALUATIONS["sqrt"](ev.ring, x, n))
        return ev.jets.power(root, twice)

    return run


def _real_power(program: Program, base: Any, exponent: Any) -> Run:
    inner, power = program.compile(base), program.compile(exponent)

    def run(ev: Evaluator) -> Jet:
        value = ev.value(inner)
        _number(value, "a real power of a matrix")
        p = ev.value(power)
        if p.parts is None and ev.ring.name == "rationals" and p.base[0, 0].q == 1:
            return ev.jets.power(value, int(p.base[0, 0].p))
        log = ev.jets.apply(value, lambda x, n: EVALUATIONS["log"](ev.ring, x, n))
        product = multiply(p, log)
        return ev.jets.apply(product, lambda x, n: EVALUATIONS["exp"](ev.ring, x, n))

    return run


def _number(value: Jet, what: str) -> None:
    if value.rows != 1 or value.columns != 1:
        raise Unsupported(what)


# matrices --------------------------------------------------------------------------------------


@builds(ex.Transpose)
def _transpose(program: Program, node: Any) -> Run:
    operand = program.compile(node.operands[0])
    return lambda ev: transpose(ev.value(operand))


@builds(ex.Inverse)
def _inverse(program: Program, node: Any) -> Run:
    operand = program.compile(node.operands[0])
    text, inside = plain(node), plain(node.operands[0])

    def run(ev: Evaluator) -> Jet:
        value = ev.value(operand)
        try:
            return ev.jets.inverse(value)
        except Undefined as error:
            raise Undefined(text, error.reason.replace("it is", f"{inside} is", 1)) from None
        except Inconclusive:
            try:
                _blame(ev, operand, text)
            except Undefined as error:
                raise Undefined(text, error.reason.replace("it is", f"{inside} is", 1)) from None
            raise

    return run


@builds(ex.PseudoInverse)
def _pseudo_inverse(program: Program, node: Any) -> Run:
    operand = program.compile(node.operands[0])
    return lambda ev: ev.jets.pseudo_inverse(ev.value(operand))


@builds(ex.Trace)
def _trace(program: Program, node: Any) -> Run:
    operand = program.compile(node.operands[0])
    return lambda ev: ev.jets.trace(ev.value(operand))


@builds(ex.Det)
def _det(program: Program, node: Any) -> Run:
    operand = program.compile(node.operands[0])
    return lambda ev: ev.jets.determinant(ev.value(operand))


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


def stacked(ev: Evaluator, value: Jet) -> Jet:
    """The columns of a matrix, one below the other."""
    r, c = value.rows, value.columns
    if c == 1:
        return value
    return ev.jets.reshape(value, r * c, 1, [i * c + j for j in range(c) for i in range(r)])


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
    (name, _), (rows, columns) = name_of(base), base.shape
    indices = [compiled(i) for i in base.at] if isinstance(base, ex.Member) else []

    def run(ev: Evaluator) -> Jet:
        i = position(at[0](ev.env), ev.size(rows))
        j = position(at[1](ev.env), ev.size(columns)) if len(at) == 2 else 0
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


# sums and products over an index ---------------------------------------------------------------


def _over(ev: Evaluator, index: str, low: int, high: int, body: Node) -> list[Jet]:
    if high < low - 1:
        raise Inadmissible("a sum whose end lies before its start")
    if high - low > _LONGEST_SUM:
        raise Unsupported("a sum of many terms")
    outer = ev.env
    ev.env = dict(outer)
    try:
        values = []
        for i in range(low, high + 1):
            ev.env[index] = i
            values.append(ev.value(body))
        return values
    finally:
        ev.env = outer


@builds(ex.SumOver)
def _sum_over(program: Program, node: Any) -> Run:
    body, index = program.compile(node.operands[0]), bound_index(node.index)
    low, high = (compiled(e) for e in node.range)
    rows, columns = node.shape

    def run(ev: Evaluator) -> Jet:
        values = _over(ev, index, low(ev.env), high(ev.env), body)
        if not values:
            return ev.jets.zeros(ev.size(rows), ev.size(columns))
        result = values[0]
        for value in values[1:]:
            result = add(result, value)
        return result

    return run


@builds(ex.ProdOver)
def _prod_over(program: Program, node: Any) -> Run:
    body, index = program.compile(node.operands[0]), bound_index(node.index)
    low, high = (compiled(e) for e in node.range)
    rows, _ = node.shape

    def run(ev: Evaluator) -> Jet:
        values = _over(ev, index, low(ev.env), high(ev.env), body)
        if not values:
            return ev.jets.identity(ev.size(rows))
        result = values[0]
        for value in values[1:]:
            result = multiply(result, value)
        return result

    return run

