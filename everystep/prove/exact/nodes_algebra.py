"""Evaluation of leaves, arithmetic, matrices and sums over an index: one builder a class.

May import ``everystep.algebra`` and this package only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from everystep.algebra import expressions as ex
from everystep.prove.exact.errors import Inadmissible, Inconclusive, Undefined, Unsupported
from everystep.prove.exact.evaluator import Evaluator
from everystep.prove.exact.integers import compiled
from everystep.prove.exact.jets import Jet, add, multiply, negative, scale
from everystep.prove.exact.nodes_common import blame, position
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
    (name, _), (rows, columns) = name_of(node), map(compiled, node.shape)
    return lambda ev: ev.lookup(name, (), rows, columns)


@builds(ex.Member)
def _member(program: Program, node: Any) -> Run:
    (name, _), (rows, columns) = name_of(node), map(compiled, node.shape)
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

    def run(ev: Evaluator) -> Jet:
        top, bottom = ev.value(numerator), ev.value(denominator)
        try:
            inverse = ev.jets.inverse(bottom)
        except Undefined:
            raise Undefined(plain(node), f"the denominator {plain(node.operands[1])} is 0") from None
        except Inconclusive:
            blame(ev, denominator, plain(node), f"the denominator {plain(node.operands[1])} is 0")
            raise
        return scale(top, inverse)

    return run


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
