"""Hypotheses in which a logarithm is derived are met exactly: the value of the logarithm does not occur in them."""

from __future__ import annotations

from everystep.algebra.context import Context, Relation
from everystep.algebra.expressions import Apply, Expression, Num, ScalarDerivative, as_expression, scalar, sq, vector
from everystep.algebra.shapes import size
from everystep.prove.exact import judge
from everystep.prove.exact.arithmetic import BALLS, FIELD, RATIONALS

n = size("n")
x, a, c, g = vector("x", n), scalar("a"), scalar("c"), scalar("g")


def log(e: Expression) -> Apply:
    return Apply("log", e)


def equal(left: object, right: object) -> Relation:
    return Relation(as_expression(left), "=", as_expression(right))


def above(*numbers: Expression) -> tuple[Relation, ...]:
    return tuple(Relation(Num(0), "<", number) for number in numbers)


stationary = Context(hypotheses=(*above(c), equal(ScalarDerivative(3 * log(c) + sq(x) / c, c), 0)))
likelihood = Context(hypotheses=(*above(a, c, g), equal(ScalarDerivative(c * log(a) - g * a, a), 0)))


def test_a_stationarity_condition_with_a_logarithm_is_met() -> None:
    assert judge(equal(c, sq(x) / 3), stationary).outcome == "agree"
    assert judge(equal(c, sq(x)), stationary).outcome == "counterexample"
    assert judge(equal(a, c / g), likelihood).outcome == "agree"


def test_a_logarithm_whose_value_counts_has_no_stand_in() -> None:
    context = Context(hypotheses=(*above(a), equal(log(a), c)))
    assert judge(equal(a, Apply("exp", c)), context).outcome != "counterexample"
    assert judge(equal(log(a * a), 2 * c), context).outcome != "counterexample"


def test_no_ring_keeps_its_stand_ins() -> None:
    judge(equal(c, sq(x) / 3), stationary)
    assert not any(ring.stand_in for ring in (FIELD, RATIONALS, BALLS))
