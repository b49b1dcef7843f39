"""Hypotheses that are met together: two equations by one matrix, definite formulas, equations with quotients."""

from __future__ import annotations

import pytest

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Num, matrix, scalar, vector
from everystep.algebra.shapes import sizes
from everystep.prove.exact import judge
from everystep.prove.exact.arithmetic import FIELD, RATIONALS
from everystep.prove.exact.checks import has_property
from everystep.prove.exact.errors import Inadmissible
from everystep.prove.exact.instances import GENERIC
from everystep.prove.exact.trials import Case

m, n = sizes("m n")
A, B, D, S = matrix("A", n, n), matrix("B", n, m), matrix("D", m, m), matrix("S", n, n)
E, F = matrix("E", n, n), matrix("F", n, n)
v, w = vector("v", n), vector("w", n)
a, b, p, q, r = (scalar(name) for name in ["a", "b", "p", "q", "r"])


def equation(left: ex.Expression, right: ex.Expression, op: str = "=") -> Relation:
    return Relation(left, op, right)


eigenpairs = (equation(A * v, a * v), equation(A * w, b * w), Predicate("nonzero", a - b))
whole = ex.Block(2, A, B, B.T, D)


def test_a_matrix_with_two_given_eigenvectors_is_found() -> None:
    report = judge(equation(v.T * w, Num(0)), Context(hypotheses=eigenpairs))
    assert report.outcome == "counterexample"
    assert report.counterexample is not None
    assert report.counterexample.exact
    assert dict(report.counterexample.sizes) == {"n": 2}


def test_eigenvectors_of_a_symmetric_matrix_are_orthogonal() -> None:
    context = Context(hypotheses=(*eigenpairs, Predicate("symmetric", A)))
    assert judge(equation(v.T * w, Num(0)), context).outcome == "agree"


@pytest.mark.parametrize(
    ("claim", "hypotheses"),
    [
        # A B = I and B C = I: C is A.
        (equation(E, A), (equation(A * E, ex.Eye(n)), equation(E * F, ex.Eye(n)))),
        (equation(A, ex.Eye(n)), (equation(A * v, v), equation(A.T * w, w))),
        (equation(A, ex.Zeros(n, n)), (equation(A * v, ex.Zeros(n, 1)), equation(w.T * A, ex.Zeros(1, n)))),
    ],
)
def test_one_matrix_meets_several_equations(claim: Relation, hypotheses: tuple[Hypothesis, ...]) -> None:
    assert judge(claim, Context(hypotheses=hypotheses)).outcome == "counterexample"


@pytest.mark.parametrize("kind", ["positive definite", "positive semidefinite"])
@pytest.mark.parametrize(
    ("formula", "others"),
    [
        (whole, ()),
        (whole, (Predicate("positive definite", A), Predicate("positive definite", D))),
        (ex.Block(2, A, S, S.T, E), ()),
        (A + S, (Predicate("symmetric", S),)),
        (A.T * S + S * A, (Predicate("positive definite", S),)),
        (Num(2) * A - S * S.T, ()),
    ],
)
def test_a_formula_is_definite(formula: ex.Expression, others: tuple[Hypothesis, ...], kind: str) -> None:
    said = Predicate(kind, formula)
    case = Case(equation(ex.Trace(formula), Num(1)), Context(hypotheses=(said, *others)), {}, True)
    for extents in ({"n": 2, "m": 2}, {"n": 3, "m": 1}, {"n": 1, "m": 2}):
        for ring in (RATIONALS, FIELD):
            met = 0
            for seed in range(4):
                try:
                    instance = case.instance(extents, seed, ring, GENERIC)
                except Inadmissible:
                    continue
                value = instance.evaluator(ring).expression(formula).base
                met += ring is FIELD or has_property(ring, kind, value)
            assert met > 1


def test_blocks_of_a_definite_matrix_are_any_of_their_shape() -> None:
    context = Context(hypotheses=(Predicate("positive definite", whole),))
    assert judge(equation(ex.Det(whole), ex.Det(A) * ex.Det(D), "<="), context).outcome == "agree"
    assert judge(equation(ex.Det(whole), ex.Det(A) * ex.Det(D)), context).outcome == "counterexample"
    assert judge(equation(B, ex.Zeros(n, m)), context).outcome == "counterexample"


def test_a_small_matrix_meets_an_inequality_of_matrices() -> None:
    for formula in (ex.Eye(n) - A.T * A, ex.Block(2, ex.Eye(n), A, A.T, ex.Eye(n))):
        context = Context(hypotheses=(Predicate("positive definite", formula),))
        assert judge(equation(A, A.T), context).outcome == "counterexample"
        assert judge(equation(ex.Trace(A.T * A), ex.Int(n), "<"), context).outcome == "agree"


def test_a_matrix_of_square_minus_one_is_a_turn() -> None:
    turn = equation(A * A, -ex.Eye(n))
    assert judge(equation(ex.Trace(A), Num(0)), Context(hypotheses=(turn,))).outcome == "agree"
    assert judge(equation(ex.Det(A), Num(1)), Context(hypotheses=(turn,))).outcome == "agree"
    assert judge(equation(A.T, -A), Context(hypotheses=(turn,))).outcome == "counterexample"
    context = Context(hypotheses=(turn, equation(A.T * A, ex.Eye(n))))
    assert judge(equation(A.T, -A), context).outcome == "agree"
    assert judge(equation(A, ex.Eye(n)), context).outcome == "counterexample"


conjugate = (
    *(Relation(e, ">", Num(1)) for e in (p, q)),
    equation(Num(1) / p + Num(1) / q, Num(1)),
)


@pytest.mark.parametrize(
    ("claim", "outcome"),
    [
        (equation((p - Num(1)) * (q - Num(1)), Num(1)), "agree"),
        (equation(p * q, Num(4), ">="), "agree"),
        (equation(p * q, Num(4)), "counterexample"),
        (equation(p, q), "counterexample"),
        (equation(p, Num(2), ">="), "counterexample"),
    ],
)
def test_conjugate_exponents(claim: Relation, outcome: str) -> None:
    assert judge(claim, Context(hypotheses=conjugate)).outcome == outcome


def test_three_conjugate_exponents() -> None:
    quotients = equation(Num(1) / p + Num(1) / q + Num(1) / r, Num(1))
    context = Context(hypotheses=(*(Relation(e, ">", Num(1)) for e in (p, q, r)), quotients))
    assert judge(equation(p * q + q * r + p * r, p * q * r), context).outcome == "agree"
    assert judge(equation(p * q * r, Num(27)), context).outcome == "counterexample"


def test_an_equation_that_no_number_meets_settles_nothing() -> None:
    context = Context(hypotheses=(Relation(p, ">", Num(0)), equation((p + Num(2)) / (p + Num(3)), Num(2))))
    assert judge(equation(p, Num(1)), context).outcome == "unknown"
