"""Mistakes of a student: one node is replaced by one that looks like it. The result may happen to be equal."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Num
from everystep.algebra.shapes import SCALAR, ShapeError
from tests.campaign.rules import BINDERS, places, rebuilt, replaced
from tests.campaign.worlds import Maker, T, h, i, j, k, m, n

Mutation: TypeAlias = Callable[[Expression, Maker], Expression | None]


def mutated(expression: Expression, maker: Maker, attempts: int = 40) -> tuple[Expression, str]:
    """The expression with one mistake and the mistake's name; itself when none was found.

    One in twenty may be ill-typed.
    """
    spots = list(places(expression))
    any_shape = maker.dice.random() < 0.05
    for _ in range(attempts):
        path, node = maker.dice.choice(spots)
        mutations = MUTATIONS.get(type(node), ())
        if not mutations:
            continue
        mutation = maker.dice.choice(mutations)
        new = mutation(node, maker)
        if new is None or new == node:
            continue
        result = replaced(expression, path, new)
        try:
            fits = result.shape == expression.shape
        except ShapeError:
            fits = False
        if fits or any_shape:
            return result, mutation.__name__.replace("_", " ")
    return expression, ""


def drop_transpose(node: Expression, maker: Maker) -> Expression | None:
    return node.operands[0]


def add_transpose(node: Expression, maker: Maker) -> Expression | None:
    return ex.Transpose(node) if node.shape != SCALAR else None


def swap_factors(node: Expression, maker: Maker) -> Expression | None:
    factors = list(node.operands)
    at = maker.dice.randrange(len(factors) - 1)
    factors[at], factors[at + 1] = factors[at + 1], factors[at]
    return rebuilt(node, factors)


def drop_factor(node: Expression, maker: Maker) -> Expression | None:
    factors = list(node.operands)
    factors.pop(maker.dice.randrange(len(factors)))
    return factors[0] if len(factors) == 1 else rebuilt(node, factors)


def change_coefficient(node: Expression, maker: Maker) -> Expression | None:
    return Num(node.args[0] + maker.dice.choice((1, -1))) if isinstance(node, Num) else ex.Int(node.args[0] + 1)


def double(node: Expression, maker: Maker) -> Expression | None:
    return ex.Mul(Num(2), node)


def drop_term(node: Expression, maker: Maker) -> Expression | None:
    return drop_factor(node, maker)


def change_sign(node: Expression, maker: Maker) -> Expression | None:
    terms = list(node.operands)
    if isinstance(node, ex.Neg):
        return terms[0]
    at = maker.dice.randrange(len(terms))
    terms[at] = terms[at].operands[0] if isinstance(terms[at], ex.Neg) else ex.Neg(terms[at])
    return ex.Add(*terms)


def rename_index(node: Expression, maker: Maker) -> Expression | None:
    if isinstance(node, ex.Member):
        shift = maker.dice.choice((1, -1))
        return rebuilt(node, [*node.args[:3], node.at[0] + shift])
    at = list(node.args[1:])
    position = maker.dice.randrange(len(at))
    others = [index for index in (i, j, k) if index in node.free_symbols and index != at[position]]
    at[position] = maker.dice.choice(others) if others else at[position] + 1
    return rebuilt(node, [node.args[0], *at])


def change_range(node: Expression, maker: Maker) -> Expression | None:
    body, index, low, high = node.args
    low, high = maker.dice.choice(
        ((low + 1, high), (low, high - 1), (low, high + 1), (low - 1, high), (low, T if high == n else n), (low, m))
    )
    return ex.SumOver(body, index, low, high)


def diagonal_for_trace(node: Expression, maker: Maker) -> Expression | None:
    if isinstance(node, ex.Trace):
        return ex.Mul(ex.Ones(1, node.operands[0].shape[0]), node.operands[0], ex.Ones(node.operands[0].shape[0]))
    return ex.Mul(node.operands[0], ex.Ones(node.operands[0].shape[0]))


def spread_for_diagonal(node: Expression, maker: Maker) -> Expression | None:
    return ex.Mul(node.operands[0], ex.Ones(1, node.operands[0].shape[0]))


def product_for_entrywise(node: Expression, maker: Maker) -> Expression | None:
    return ex.Mul(*node.operands)


def entrywise_for_product(node: Expression, maker: Maker) -> Expression | None:
    return ex.Hadamard(*node.operands)


def change_exponent(node: Expression, maker: Maker) -> Expression | None:
    base, exponent = node.operands
    return ex.Pow(base, ex.Add(exponent, Num(1)) if not isinstance(exponent, Num) else Num(exponent.value + 1))


def transpose_for_inverse(node: Expression, maker: Maker) -> Expression | None:
    return ex.Transpose(node.operands[0])


def drop_inverse(node: Expression, maker: Maker) -> Expression | None:
    return node.operands[0]


def inverse_of_anything(node: Expression, maker: Maker) -> Expression | None:
    return ex.Inverse(node) if node.shape == (n, n) and maker.dice.random() < 0.1 else None


def another_symbol(node: Expression, maker: Maker) -> Expression | None:
    same = [symbol for symbol in maker.world.symbols if symbol.shape == node.shape and symbol != node]
    return maker.dice.choice(same) if same and node not in maker.world.random else None


def another_function(node: Expression, maker: Maker) -> Expression | None:
    return ex.Apply(maker.dice.choice(("exp", "logistic", "tanh", "sin", "cos", "softplus", "phi")), node.operands[0])


def another_variable(node: Expression, maker: Maker) -> Expression | None:
    value, variable, *rest = node.operands
    same = [symbol for symbol in maker.world.symbols if symbol.shape == variable.shape and symbol != variable]
    return rebuilt(node, [value, maker.dice.choice(same), *rest]) if same else None


def mean_inside(node: Expression, maker: Maker) -> Expression | None:
    inside = node.operands[0]
    if isinstance(inside, ex.Mul) and len(inside.operands) > 1:
        return ex.Mul(*(ex.Expectation(factor) for factor in inside.operands))
    return None


def drop_covariance(node: Expression, maker: Maker) -> Expression | None:
    return ex.Expectation(ex.Mul(node.operands[0], ex.Transpose(node.operands[-1])))


def forget_denominator(node: Expression, maker: Maker) -> Expression | None:
    return node.operands[0]


def divide_by_anything(node: Expression, maker: Maker) -> Expression | None:
    extra = maker.leaf(SCALAR)
    return ex.Div(ex.Mul(extra, node), extra) if maker.dice.random() < 0.3 else None


def another_member(node: Expression, maker: Maker) -> Expression | None:
    return h[node.args[3]] if node.shape == SCALAR else None


MUTATIONS: dict[type[Expression], tuple[Mutation, ...]] = {
    ex.Transpose: (drop_transpose, drop_transpose),
    ex.Mul: (swap_factors, swap_factors, drop_factor, double, entrywise_for_product, divide_by_anything),
    ex.Add: (drop_term, change_sign, change_sign),
    ex.Neg: (change_sign, change_sign),
    ex.Num: (change_coefficient,),
    ex.Int: (change_coefficient,),
    ex.Var: (another_symbol, add_transpose, inverse_of_anything),
    ex.Member: (rename_index, another_member),
    ex.Entry: (rename_index,),
    ex.Row: (rename_index,),
    ex.Col: (rename_index,),
    ex.Unit: (rename_index,),
    ex.SumOver: (change_range, change_range),
    ex.Trace: (diagonal_for_trace,),
    ex.DiagPart: (diagonal_for_trace,),
    ex.Diag: (spread_for_diagonal,),
    ex.Hadamard: (product_for_entrywise, drop_factor),
    ex.Pow: (change_exponent,),
    ex.Inverse: (transpose_for_inverse, drop_inverse),
    ex.Div: (forget_denominator,),
    ex.Apply: (another_function, drop_inverse),
    ex.Det: (double,),
    ex.Softmax: (drop_inverse,),
    ex.LogSumExp: (double,),
    ex.Expectation: (mean_inside,),
    ex.Variance: (drop_covariance,),
    ex.Covariance: (drop_covariance,),
    **dict.fromkeys(BINDERS, (another_variable,)),
}
