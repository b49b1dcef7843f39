"""True rewritings: each rule replaces one node by an equal one, or answers None where it does not apply."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from sympy import Basic, Expr, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.context import Predicate
from everystep.algebra.expressions import Expression, Num
from everystep.algebra.shapes import SCALAR, ShapeError
from tests.campaign.worlds import Maker, n

Path: TypeAlias = tuple[int, ...]
Rule: TypeAlias = Callable[[Expression, Maker], Expression | None]

BINDERS = (ex.Gradient, ex.Jacobian, ex.Hessian, ex.ScalarDerivative, ex.Differential)
MEANS = (ex.Expectation, ex.Variance, ex.Covariance)


def rebuilt(node: Basic, arguments: list[Basic]) -> Expression:
    """The node with other arguments, nothing evaluated."""
    result: Expression = Basic.__new__(type(node), *arguments)
    return result


def places(expression: Expression, path: Path = ()) -> Iterator[tuple[Path, Expression]]:
    """All sub-expressions with their places; the variables of derivatives and exponents are none."""
    yield path, expression
    for position, argument in enumerate(expression.args):
        if isinstance(argument, Expression) and not (position and isinstance(expression, (*BINDERS, ex.Pow))):
            yield from places(argument, (*path, position))


def replaced(expression: Expression, path: Path, new: Expression) -> Expression:
    if not path:
        return new
    arguments = list(expression.args)
    arguments[path[0]] = replaced(arguments[path[0]], path[1:], new)
    return rebuilt(expression, arguments)


def with_index(node: Basic, index: Symbol, value: Expr) -> Basic:
    """The node with a free index replaced; the value names no index that is bound inside."""
    if not isinstance(node, Expression):
        return node.xreplace({index: value})
    if isinstance(node, ex.SumOver) and node.index == index:
        return rebuilt(node, [*node.args[:2], *(with_index(end, index, value) for end in node.range)])
    return rebuilt(node, [with_index(argument, index, value) for argument in node.args])


def rewritten(expression: Expression, maker: Maker, attempts: int = 12) -> tuple[Expression, str]:
    """The expression with one random rule applied at a random place, and the rule's name; itself if none applies."""
    spots = list(places(expression))
    for _ in range(attempts):
        path, node = maker.dice.choice(spots)
        rule = maker.dice.choice(RULES_OF.get(type(node), ()) + ANYWHERE)
        try:
            new = rule(node, maker)
            if new is None or new == node or new.shape != node.shape:
                continue
            result = replaced(expression, path, new)
            if result.shape == expression.shape:
                return result, rule.__name__.strip("_")
        except ShapeError:
            continue
    return expression, ""


def has(kind: str, matrix: Expression, maker: Maker) -> bool:
    return Predicate(kind, matrix) in maker.world.context.hypotheses


def _symmetric(matrix: Expression, maker: Maker) -> bool:
    return any(has(kind, matrix, maker) for kind in ("symmetric", "positive definite", "diagonal"))


def _sum(terms: list[Expression]) -> Expression:
    return terms[0] if len(terms) == 1 else ex.Add(*terms)


def _product(factors: list[Expression]) -> Expression:
    return factors[0] if len(factors) == 1 else ex.Mul(*factors)


# algebra -----------------------------------------------------------------------------------------------


def _transpose_of_product(node: Expression, maker: Maker) -> Expression | None:
    inside = node.operands[0]
    if not isinstance(inside, ex.Mul):
        return None
    groups = [[inside.operands[position] for position in group] for group in inside.segments]
    return _product([ex.Transpose(factor) for group in groups for factor in reversed(group)])


def _transpose_of_sum(node: Expression, maker: Maker) -> Expression | None:
    inside = node.operands[0]
    if isinstance(inside, ex.Add | ex.Hadamard | ex.Neg | ex.Expectation):
        return rebuilt(inside, [ex.Transpose(part) for part in inside.operands])
    if isinstance(inside, ex.Transpose | ex.Diag):
        return inside.operands[0] if isinstance(inside, ex.Transpose) else inside
    return inside if _symmetric(inside, maker) else None


def _distribute(node: Expression, maker: Maker) -> Expression | None:
    sums = [position for position, factor in enumerate(node.operands) if isinstance(factor, ex.Add)]
    if not sums:
        return None
    at = maker.dice.choice(sums)
    factors = node.operands
    return ex.Add(*(rebuilt(node, [*factors[:at], term, *factors[at + 1 :]]) for term in factors[at].operands))


def _regroup(node: Expression, maker: Maker) -> Expression | None:
    if not isinstance(node, ex.Mul):
        return None
    factors = list(node.operands)
    nested = [position for position, factor in enumerate(factors) if isinstance(factor, ex.Mul)]
    if nested:
        at = maker.dice.choice(nested)
        return ex.Mul(*factors[:at], *factors[at].operands, *factors[at + 1 :])
    groups = [group for group in node.segments if len(group) > 2]
    if not groups:
        return None
    start = maker.dice.randrange(len(groups[0]) - 1)
    first, second = groups[0][start : start + 2]
    if second != first + 1:
        return None
    return ex.Mul(*factors[:first], ex.Mul(factors[first], factors[second]), *factors[second + 1 :])


def _scalars_commute(node: Expression, maker: Maker) -> Expression | None:
    if any(len(group) > 1 and node.operands[group[0]].shape[0] == 1 for group in getattr(node, "segments", ())):
        return None
    numbers = [factor for factor in node.operands if factor.shape == SCALAR]
    rest = [factor for factor in node.operands if factor.shape != SCALAR]
    return _product([*rest, *reversed(numbers)])


def _reverse_terms(node: Expression, maker: Maker) -> Expression | None:
    return rebuilt(node, list(reversed(node.operands)))


def _collect_sign(node: Expression, maker: Maker) -> Expression | None:
    return ex.Neg(ex.Add(*(t.operands[0] if isinstance(t, ex.Neg) else ex.Neg(t) for t in node.operands)))


def _negative_as_product(node: Expression, maker: Maker) -> Expression | None:
    return ex.Mul(Num(-1), node.operands[0])


def _square_as_product(node: Expression, maker: Maker) -> Expression | None:
    base, exponent = node.operands
    if exponent != Num(2):
        return None
    if isinstance(base, ex.Norm) and base.operands[0].shape[1] == 1:
        return ex.Mul(ex.Transpose(base.operands[0]), base.operands[0])
    if isinstance(base, ex.Norm):
        return ex.Trace(ex.Mul(ex.Transpose(base.operands[0]), base.operands[0]))
    return ex.Mul(base, base)


def _square_of_sum(node: Expression, maker: Maker) -> Expression | None:
    base, exponent = node.operands
    if exponent != Num(2) or not isinstance(base, ex.Add) or len(base.operands) != 2 or base.shape != SCALAR:
        return None
    first, second = base.operands
    return ex.Add(ex.Pow(first, Num(2)), ex.Mul(Num(2), first, second), ex.Pow(second, Num(2)))


def _double_transpose(node: Expression, maker: Maker) -> Expression | None:
    return ex.Transpose(node) if node.shape == SCALAR else ex.Transpose(ex.Transpose(node))


def _unit_factor(node: Expression, maker: Maker) -> Expression | None:
    if node.shape == SCALAR or node.shape[0] == 1:
        return None
    eye: Expression = ex.Eye(node.shape[0])
    if node.shape[0] == n and maker.world.invertible and maker.dice.random() < 0.8:
        unit = maker.unit_of_ring(1)
        eye = ex.Mul(unit, ex.Inverse(unit)) if maker.dice.random() < 0.5 else ex.Mul(ex.Inverse(unit), unit)
    return ex.Mul(eye, node)


def _add_and_take_away(node: Expression, maker: Maker) -> Expression | None:
    extra = maker.leaf(node.shape)
    return ex.Add(node, extra, ex.Neg(extra))


def _declared_symmetry(node: Expression, maker: Maker) -> Expression | None:
    return ex.Transpose(node) if _symmetric(node, maker) else None


# traces, diagonals, entrywise products -----------------------------------------------------------------------


def _cyclic(node: Expression, maker: Maker) -> Expression | None:
    inside = node.operands[0]
    if not isinstance(inside, ex.Mul) or len(inside.segments) != 1:
        return None
    factors = list(inside.operands)
    at = maker.dice.randrange(1, len(factors))
    return ex.Trace(ex.Mul(*factors[at:], *factors[:at]))


def _trace_as_number(node: Expression, maker: Maker) -> Expression | None:
    inside = node.operands[0]
    if inside.shape == SCALAR:
        return inside
    if isinstance(inside, ex.Mul) and len(inside.segments) == 1:
        first, rest = inside.operands[0], _product(list(inside.operands[1:]))
        rows, columns = first.shape
        return ex.Mul(ex.Ones(1, rows), ex.Hadamard(first, ex.Transpose(rest)), ex.Ones(columns))
    return ex.Mul(ex.Ones(1, inside.shape[0]), ex.DiagPart(inside))


def _linear(node: Expression, maker: Maker) -> Expression | None:
    """Traces, diagonals, expectations and sums of a sum or a multiple."""
    inside, rest = node.args[0], list(node.args[1:])
    if isinstance(inside, ex.Add | ex.Neg):
        return rebuilt(inside, [rebuilt(node, [part, *rest]) for part in inside.operands])
    if isinstance(inside, ex.Mul) and isinstance(inside.operands[0], Num):
        return ex.Mul(inside.operands[0], rebuilt(node, [_product(list(inside.operands[1:])), *rest]))
    return None


def _trace_of_transpose(node: Expression, maker: Maker) -> Expression | None:
    return rebuilt(node, [ex.Transpose(node.operands[0])])


def _number_as_trace(node: Expression, maker: Maker) -> Expression | None:
    if node.shape != SCALAR or not isinstance(node, ex.Mul) or len(node.segments) != 1 or len(node.operands) < 2:
        return None
    return ex.Trace(ex.Mul(*node.operands[1:], node.operands[0]))


def _diagonal_of_product(node: Expression, maker: Maker) -> Expression | None:
    inside = node.operands[0]
    if isinstance(inside, ex.Diag):
        return inside.operands[0]
    if isinstance(inside, ex.Mul) and len(inside.segments) == 1:
        first, rest = inside.operands[0], _product(list(inside.operands[1:]))
        return ex.Mul(ex.Hadamard(first, ex.Transpose(rest)), ex.Ones(first.shape[1]))
    return ex.Mul(ex.Hadamard(inside, ex.Eye(inside.shape[0])), ex.Ones(inside.shape[0]))


def _entrywise_as_diagonal(node: Expression, maker: Maker) -> Expression | None:
    first, *rest = node.operands
    if node.shape[1] != 1 or node.shape[0] == 1:
        return None
    return ex.Mul(ex.Diag(first), rest[0] if len(rest) == 1 else ex.Hadamard(*rest))


def _diagonal_factor(node: Expression, maker: Maker) -> Expression | None:
    if len(node.operands) == 2 and isinstance(node.operands[0], ex.Diag):
        vector, right = node.operands[0].operands[0], node.operands[1]
        if right.shape[1] == 1:
            return ex.Hadamard(vector, right)
        return ex.Hadamard(ex.Mul(vector, ex.Ones(1, right.shape[1])), right)
    return None


def _diagonal_matrix(node: Expression, maker: Maker) -> Expression | None:
    inside = node.operands[0]
    if isinstance(inside, ex.Hadamard):
        return ex.Mul(*(ex.Diag(part) for part in inside.operands))
    return ex.Hadamard(ex.Mul(inside, ex.Ones(1, inside.shape[0])), ex.Eye(inside.shape[0]))


# inverses and determinants ----------------------------------------------------------------------------------


def _inverse_inwards(node: Expression, maker: Maker) -> Expression | None:
    inside = node.operands[0]
    if isinstance(inside, ex.Mul) and isinstance(inside.operands[0], Num):
        return ex.Mul(Num(1 / inside.operands[0].value), ex.Inverse(_product(list(inside.operands[1:]))))
    if isinstance(inside, ex.Mul) and all(factor.shape == node.shape for factor in inside.operands):
        return ex.Mul(*(ex.Inverse(factor) for factor in reversed(inside.operands)))
    if isinstance(inside, ex.Transpose | ex.Inverse):
        inner = inside.operands[0]
        return ex.Transpose(ex.Inverse(inner)) if isinstance(inside, ex.Transpose) else inner
    if has("orthogonal", inside, maker):
        return ex.Transpose(inside)
    return None


def _determinant_inwards(node: Expression, maker: Maker) -> Expression | None:
    inside = node.operands[0]
    if isinstance(inside, ex.Mul) and inside.operands[0].shape == SCALAR:
        rest = _product(list(inside.operands[1:]))
        return ex.Mul(ex.Pow(inside.operands[0], ex.Int(node.operands[0].shape[0])), ex.Det(rest))
    if isinstance(inside, ex.Mul) and all(factor.shape == inside.shape for factor in inside.operands):
        return ex.Mul(*(ex.Det(factor) for factor in inside.operands))
    if isinstance(inside, ex.Inverse):
        return ex.Div(Num(1), ex.Det(inside.operands[0]))
    return ex.Det(ex.Transpose(inside))


# functions ---------------------------------------------------------------------------------------------------


def _function(node: Expression, maker: Maker) -> Expression | None:
    """Identities of known functions, entry by entry."""
    if not isinstance(node, ex.Apply):
        return None
    name, z = node.function, node.operands[0]
    ones = Num(1) if z.shape == SCALAR else ex.Ones(*z.shape)
    negative, double = ex.Neg(z), ex.Mul(Num(2), z)

    def apply(other: str, argument: Expression) -> Expression:
        return ex.Apply(other, argument)

    forms: dict[str, list[Expression]] = {
        "logistic": [
            ones - apply("logistic", negative),
            ex.Mul(Num(1) / Num(2), ones + apply("tanh", ex.Div(z, Num(2)))),
        ],
        "tanh": [ex.Mul(Num(2), apply("logistic", double)) - ones, ex.Neg(apply("tanh", negative))],
        "softplus": [z + apply("softplus", negative), apply("log", ones + apply("exp", z))],
        "sin": [ex.Neg(apply("sin", negative))],
        "cos": [apply("cos", negative)],
        "relu": [z + apply("relu", negative), ex.Div(z + apply("abs", z), Num(2))],
        "exp": [ex.Hadamard(apply("exp", ex.Div(z, Num(2))), apply("exp", ex.Div(z, Num(2))))],
    }
    if name == "exp" and isinstance(z, ex.Add):
        return ex.Hadamard(*(apply("exp", term) for term in z.operands))
    return maker.dice.choice(forms[name]) if name in forms else None


def _softmax(node: Expression, maker: Maker) -> Expression | None:
    z = node.operands[0]
    if maker.dice.random() < 0.5:
        return ex.Softmax(ex.Add(z, ex.Mul(maker.leaf(SCALAR), ex.Ones(z.shape[0]))))
    return ex.Div(ex.Apply("exp", z), ex.Mul(ex.Ones(1, z.shape[0]), ex.Apply("exp", z)))


def _log_sum_exp(node: Expression, maker: Maker) -> Expression | None:
    z, shift = node.operands[0], maker.leaf(SCALAR)
    return ex.Add(shift, ex.LogSumExp(ex.Add(z, ex.Neg(ex.Mul(shift, ex.Ones(z.shape[0]))))))


# sums over an index ------------------------------------------------------------------------------------------


def _shift(node: Expression, maker: Maker) -> Expression | None:
    body, index, low, high = node.args
    by = maker.dice.choice((-2, -1, 1, 2))
    return ex.SumOver(with_index(body, index, index - by), index, low + by, high + by)


def _reverse(node: Expression, maker: Maker) -> Expression | None:
    body, index, low, high = node.args
    return ex.SumOver(with_index(body, index, low + high - index), index, low, high)


def _split(node: Expression, maker: Maker) -> Expression | None:
    body, index, low, high = node.args
    if low != 1 or not high.is_Symbol:
        return None
    if maker.dice.random() < 0.5:
        return ex.Add(with_index(body, index, low), ex.SumOver(body, index, low + 1, high))
    return ex.Add(ex.SumOver(body, index, low, high - 1), with_index(body, index, high))


def _rename(node: Expression, maker: Maker) -> Expression | None:
    body, index, low, high = node.args
    fresh = Symbol("l", integer=True)
    if node.has(fresh):
        return None
    return ex.SumOver(with_index(body, index, fresh), fresh, low, high)


def _exchange(node: Expression, maker: Maker) -> Expression | None:
    body, index, low, high = node.args
    if not isinstance(body, ex.SumOver) or index in body.args[2].free_symbols | body.args[3].free_symbols:
        return None
    inner, other, first, last = body.args
    return ex.SumOver(ex.SumOver(inner, index, low, high), other, first, last)


def _out_of_sum(node: Expression, maker: Maker) -> Expression | None:
    body, index, low, high = node.args
    if isinstance(body, ex.Mul) and len(body.segments) == 1 and not body.operands[0].has(index):
        rest = _product(list(body.operands[1:]))
        return ex.Mul(body.operands[0], ex.SumOver(rest, index, low, high))
    if not body.has(index) and low == 1:
        return ex.Mul(ex.Int(high), body)
    return None


def _product_as_sum(node: Expression, maker: Maker) -> Expression | None:
    if len(node.operands) != 2 or len(getattr(node, "segments", ())) != 1:
        return None
    first, second = node.operands
    fresh = Symbol("s", integer=True)
    if node.has(fresh) or first.shape[1] == 1:
        return None
    return ex.SumOver(ex.Mul(ex.Col(first, fresh), ex.Row(second, fresh)), fresh, 1, first.shape[1])


def _trace_as_sum(node: Expression, maker: Maker) -> Expression | None:
    inside, fresh = node.operands[0], Symbol("s", integer=True)
    if node.has(fresh) or inside.shape == SCALAR:
        return None
    return ex.SumOver(ex.Entry(inside, fresh, fresh), fresh, 1, inside.shape[0])


# derivatives and expectation ---------------------------------------------------------------------------------


def _derivative_of_product(node: Expression, maker: Maker) -> Expression | None:
    value, variable = node.operands[:2]
    if not isinstance(value, ex.Mul) or len(value.operands) != 2 or len(value.segments) != 2:
        return None
    first, second = value.operands
    if first.shape != SCALAR or second.shape != SCALAR:
        return None
    return ex.Add(ex.Mul(first, ex.Gradient(second, variable)), ex.Mul(second, ex.Gradient(first, variable)))


def _derivative_of_value(node: Expression, maker: Maker) -> Expression | None:
    """The rewritten value has the same derivative."""
    value, name = rewritten(node.args[0], maker, 4)
    return rebuilt(node, [value, *node.args[1:]]) if name else None


def _random_part(expression: Expression, maker: Maker) -> bool:
    return any(symbol in maker.world.random for symbol in ex.walk(expression))


def _constants_out(node: Expression, maker: Maker) -> Expression | None:
    inside = node.operands[0]
    if isinstance(inside, ex.Trace):
        return ex.Trace(ex.Expectation(inside.operands[0]))
    if isinstance(inside, ex.Mul) and len(inside.segments) == 1:
        first, last = inside.operands[0], inside.operands[-1]
        if not _random_part(first, maker):
            return ex.Mul(first, ex.Expectation(_product(list(inside.operands[1:]))))
        if not _random_part(last, maker):
            return ex.Mul(ex.Expectation(_product(list(inside.operands[:-1]))), last)
    return None


def _variance(node: Expression, maker: Maker) -> Expression | None:
    first, second = node.operands[0], node.operands[-1]
    product = ex.Expectation(ex.Mul(first, ex.Transpose(second)))
    return product - ex.Mul(ex.Expectation(first), ex.Transpose(ex.Expectation(second)))


ANYWHERE: tuple[Rule, ...] = (_double_transpose, _unit_factor, _add_and_take_away)
RULES_OF: dict[type[Expression], tuple[Rule, ...]] = {
    ex.Var: (_declared_symmetry,),
    ex.Transpose: (_transpose_of_product, _transpose_of_product, _transpose_of_sum, _transpose_of_sum),
    ex.Mul: (_distribute, _distribute, _regroup, _scalars_commute, _number_as_trace, _diagonal_factor, _product_as_sum),
    ex.Add: (_reverse_terms, _collect_sign),
    ex.Neg: (_negative_as_product,),
    ex.Pow: (_square_as_product, _square_of_sum),
    ex.Trace: (_cyclic, _cyclic, _trace_as_number, _linear, _trace_of_transpose, _trace_as_sum),
    ex.Diag: (_diagonal_matrix, _linear),
    ex.DiagPart: (_diagonal_of_product, _linear, _trace_of_transpose),
    ex.Hadamard: (_distribute, _reverse_terms, _entrywise_as_diagonal),
    ex.Inverse: (_inverse_inwards,) * 3,
    ex.Det: (_determinant_inwards,) * 3,
    ex.Apply: (_function,) * 4,
    ex.Softmax: (_softmax,) * 2,
    ex.LogSumExp: (_log_sum_exp,) * 2,
    ex.SumOver: (_shift, _reverse, _split, _split, _rename, _exchange, _linear, _out_of_sum),
    ex.Gradient: (_linear, _derivative_of_product, _derivative_of_value),
    ex.Jacobian: (_linear, _derivative_of_value),
    ex.Hessian: (_linear, _derivative_of_value),
    ex.Differential: (_linear, _derivative_of_value),
    ex.Expectation: (_linear, _constants_out, _derivative_of_value),
    ex.Variance: (_variance, _derivative_of_value),
    ex.Covariance: (_variance, _derivative_of_value),
}
