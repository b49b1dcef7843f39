"""Counterexamples on thin sets: singular and nilpotent matrices, equal names, vectors chosen from a form."""

from __future__ import annotations

import pytest

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Num, matrix, scalar, sq, vector
from everystep.algebra.shapes import sizes
from everystep.prove.exact import challenge
from everystep.prove.exact.arithmetic import RATIONALS
from everystep.prove.exact.forms import violating
from everystep.prove.exact.instances import GENERIC
from everystep.prove.exact.trials import Case

m, n = sizes("m n")
A, B, C, P, Q = (matrix(name, n, n) for name in "ABCPQ")
X = matrix("X", m, n)
x, y, z = vector("x", n), vector("y", n), vector("z", n)
a, b, c = scalar("a"), scalar("b"), scalar("c")
zero, eye, nothing = ex.Zeros(n, n), ex.Eye(n), ex.Zeros(n, 1)


def says(left: ex.Expression, op: str, right: ex.Expression) -> Relation:
    return Relation(left, op, right)


def definite(e: ex.Expression) -> Predicate:
    return Predicate("positive definite", e)


def semidefinite(e: ex.Expression) -> Predicate:
    return Predicate("positive semidefinite", e)


def idempotent(e: ex.Expression) -> Relation:
    return Relation(e * e, "=", e)


FALSE: dict[str, tuple[Relation, tuple[Hypothesis, ...]]] = {
    "rank of AB and of BA": (says(ex.Rank(A * B), "=", ex.Rank(B * A)), ()),
    "rank of a square": (says(ex.Rank(A * A), "=", ex.Rank(A)), ()),
    "rank of a product": (says(ex.Rank(A * B), "=", ex.Rank(B)), (Predicate("nonzero", A),)),
    "rank and trace": (says(ex.Rank(A * A), "<=", ex.Rank(A * A * A)), ()),
    "zero divisors": (says(B, "=", zero), (says(A * B, "=", zero), Predicate("nonzero", A))),
    "zero divisors commute": (says(B * A, "=", zero), (says(A * B, "=", zero),)),
    "cancelling": (says(B, "=", C), (says(A * B, "=", A * C), Predicate("nonzero", A))),
    "a product of idempotents": (says(P * Q * P * Q, "=", P * Q), (idempotent(P), idempotent(Q))),
    "idempotents that are 0": (says(Q * P, "=", zero), (idempotent(P), idempotent(Q), says(P * Q, "=", zero))),
    "a cube that is itself": (says(A * A, "=", eye), (says(A * A * A, "=", A),)),
    "commuting": (says(A, "=", A.T), (says(A * B, "=", B * A), Predicate("nonzero", B))),
    "squares of ordered matrices": (
        says(x.T * B * B * x, "<=", x.T * A * A * x),
        (definite(A), definite(B), semidefinite(A - B)),
    ),
    "cubes of ordered matrices": (
        says(x.T * B * B * B * x, "<=", x.T * A * A * A * x),
        (semidefinite(B), semidefinite(A - B)),
    ),
    "a product of definite matrices": (says(x.T * A * B * x, ">=", Num(0)), (definite(A), definite(B))),
    "a trace and a form": (
        says(x.T * A * x, ">=", Num(0)),
        (Predicate("symmetric", A), says(ex.Trace(A), ">", Num(0))),
    ),
    "a Hadamard product": (
        says(x.T * ex.Hadamard(A, B) * x, "<=", x.T * A * B * x),
        (definite(A), definite(B)),
    ),
    "a difference of forms": (
        says(sq(ex.Norm(A * x)), "<=", sq(ex.Norm(B * x))),
        (says(sq(ex.Norm(A, "F")), "<", sq(ex.Norm(B, "F"))),),
    ),
    "a strict inequality": (says((x.T * y) ** 2, "<", (x.T * x) * (y.T * y)), (Predicate("nonzero", x - y),)),
    "transitive": (says(x.T * z, "=", Num(0)), (says(x.T * y, "=", Num(0)), says(y.T * z, "=", Num(0)))),
    "a Gram matrix": (says(x, "=", nothing), (says(X.T * X * x, "=", nothing),)),
    "numbers": (says(b, "=", c), (says(a * b, "=", a * c),)),
    "a square below its number": (says(a * a, ">=", a), (says(a * b, "=", a),)),
}

TRUE: dict[str, tuple[Relation, tuple[Hypothesis, ...]]] = {
    "rank of a product": (says(ex.Rank(A * B), "<=", ex.Rank(B)), ()),
    "Sylvester": (says(ex.Rank(A) + ex.Rank(B), "<=", ex.Rank(A * B) + ex.Int(n)), ()),
    "rank of a square": (says(ex.Rank(A) * Num(2), "<=", ex.Int(n)), (says(A * A, "=", zero),)),
    "rank of a Gram matrix": (says(ex.Rank(X.T * X), "=", ex.Rank(X)), ()),
    "a zero form": (says(A * x, "=", nothing), (semidefinite(A), says(x.T * A * x, "=", Num(0)))),
    "orthogonal projections": (
        says(Q * P, "=", zero),
        (*(Predicate("symmetric", e) for e in (P, Q)), idempotent(P), idempotent(Q), says(P * Q, "=", zero)),
    ),
    "idempotents that cancel": (
        says(P * Q, "=", zero),
        (idempotent(P), idempotent(Q), says(P * Q + Q * P, "=", zero)),
    ),
    "a left inverse": (says(B * A, "=", eye), (says(A * B, "=", eye),)),
    "ordered matrices": (
        says(x.T * B * x, "<=", x.T * A * x),
        (definite(A), definite(B), semidefinite(A - B)),
    ),
    "Cauchy and Schwarz": (says((x.T * y) ** 2, "<=", (x.T * x) * (y.T * y)), ()),
    "cancelling": (says(B, "=", C), (says(A * B, "=", A * C), Predicate("invertible", A))),
    "numbers": (says(b, "=", c), (says(a * b, "=", a * c), Predicate("nonzero", a))),
    "blocks of a semidefinite matrix": (
        says((x.T * B * y) ** 2, "<=", (x.T * A * x) * (y.T * C * y)),
        (semidefinite(ex.Block(2, A, B, B.T, C)),),
    ),
}


@pytest.mark.parametrize("name", FALSE)
def test_a_thin_set_has_a_counterexample(name: str) -> None:
    claim, hypotheses = FALSE[name]
    report = challenge(claim, Context(hypotheses=hypotheses), budget=2.0)
    assert report is not None
    assert report.counterexample is not None
    assert report.counterexample.exact


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", TRUE)
def test_what_is_true_has_none(name: str, seed: int) -> None:
    claim, hypotheses = TRUE[name]
    assert challenge(claim, Context(hypotheses=hypotheses), seed=seed, budget=0.2) is None


def test_a_counterexample_is_small() -> None:
    report = challenge(says(ex.Rank(A * B), "=", ex.Rank(B * A)), Context(), budget=2.0)
    assert report is not None
    assert report.counterexample is not None
    assert dict(report.counterexample.sizes) == {"n": 2}
    assert all(entry in ("0", "1") for _, table in report.counterexample.symbols for row in table for entry in row)


def test_derivatives_are_meant_for_nearly_all_values() -> None:
    claim = says(ex.Gradient(ex.Norm(x), x), "=", nothing)
    assert challenge(claim, Context(), budget=0.5) is None


@pytest.mark.parametrize("number", range(6))
def test_a_vector_is_chosen_where_a_form_is_negative(number: int) -> None:
    """x^T S x >= 0 of a symmetric matrix that is not semidefinite, however seldom a random vector shows it."""
    claim = says(Num(1000) * (x.T * x), ">=", (x.T * y) ** 2)
    case = Case(claim, Context(), {}, True)
    right, left = case.nodes
    instance = case.instance({"n": 3}, number, RATIONALS, GENERIC, {"y": [RATIONALS.element(k) for k in (30, 20, 1)]})
    case.judge(instance)
    found = violating(instance, (left, right), ("x", ()), strict=False)
    assert found is not None
    dot = sum(k * t for k, t in zip((30, 20, 1), found, strict=True))
    assert dot * dot > 1000 * sum(t * t for t in found)


def test_no_vector_is_chosen_where_a_form_is_semidefinite() -> None:
    case = Case(says(sq(ex.Norm(A * x)), ">=", Num(0)), Context(), {}, True)
    right, left = case.nodes
    instance = case.instance({"n": 3}, 1, RATIONALS, GENERIC, {})
    case.judge(instance)
    assert violating(instance, (left, right), ("x", ()), strict=False) is None
