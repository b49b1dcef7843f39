"""The campaign on a small scale, and that it would notice: NumPy's opinion on known truths and known mistakes."""

from __future__ import annotations

import numpy as np
import pytest

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Num, sq
from everystep.prove.verdict import Status, Verdict
from tests.campaign import closed
from tests.campaign.numbers import Misfit, NoOpinion, Numbers, Undefined
from tests.campaign.run import Statement, campaign, compared, complaint, instance, statement
from tests.campaign.worlds import (
    CHANCE,
    INVERTIBLE,
    PLAIN,
    A,
    B,
    P,
    Sigma,
    World,
    X,
    a,
    delta,
    i,
    m,
    mu,
    n,
    p,
    u,
    x,
    y,
    z,
)

STATEMENTS = 2000
BATCH = 250


@pytest.mark.parametrize("first", range(0, STATEMENTS, BATCH), ids=lambda first: f"statements_from_{first}")
def test_no_wrong_verdict(first: int, seed: int) -> None:
    tally = campaign(seed, range(first, first + BATCH))
    assert not tally.failures, f"EVERYSTEP_SEED={seed}\n" + "\n\n".join(tally.failures[:5])
    assert tally.statements == BATCH
    assert tally.count("true", "proved") > 0.8 * BATCH / 2
    assert tally.count("mutant", "refuted") > 0.5 * BATCH / 2


def test_a_statement_is_known_by_its_seed_and_number(seed: int) -> None:
    assert [statement(seed, number) for number in range(20)] == [statement(seed, number) for number in range(20)]
    assert statement(seed, 0) != statement(seed + 1, 0)
    assert not statement(seed, 6).mistake
    assert statement(seed, 7).mistake


TRUE = [
    (PLAIN, ex.Transpose(A * B), B.T * A.T),
    (PLAIN, ex.Gradient(x.T * A * x, x), (A + A.T) * x),
    (PLAIN, ex.Gradient(sq(X * u - y), X), 2 * (X * u - y) * u.T),
    (PLAIN, ex.Hessian(ex.LogSumExp(x), x), ex.Diag(ex.Softmax(x)) - ex.Softmax(x) * ex.Softmax(x).T),
    (PLAIN, ex.SumOver(ex.Unit(n, i) * ex.Entry(x, i), i, 1, n), x),
    (PLAIN, ex.ScalarDerivative(a**3 * x, a), 3 * a**2 * x),
    (INVERTIBLE, ex.Gradient(ex.Apply("log", ex.Det(P)), P), P.I),
    (INVERTIBLE, ex.Differential(A.I, A, x * y.T), -(A.I * x * y.T * A.I)),
    (CHANCE, ex.Expectation(z.T * A * z), ex.Trace(A * Sigma) + mu.T * A * mu),
    (CHANCE, ex.Expectation(ex.Hadamard(delta, delta)), p * ex.Ones(n)),
    (CHANCE, ex.Covariance(A * z, B * z), A * Sigma * B.T),
]
FALSE = [
    (PLAIN, ex.Transpose(A * B), A.T * B.T),
    (PLAIN, ex.Gradient(x.T * A * x, x), 2 * A * x),
    (PLAIN, ex.Trace(A * B), ex.Trace(A) * ex.Trace(B)),
    (INVERTIBLE, ex.Gradient(ex.Trace(A), A), A.I),
    (CHANCE, ex.Variance(A * z), A * Sigma * A),
    (CHANCE, ex.Expectation(z * z.T), Sigma),
]


@pytest.mark.parametrize(("world", "left", "right"), TRUE)
def test_numpy_sees_that_true_statements_are_true(world: World, left: Expression, right: Expression) -> None:
    for sizes in ((3, 2, 4), (2, 3, 1), (1, 2, 3), (2, 2, 2)):
        assert compared(left, right, instance(world, sizes, 0)) == "equal"


@pytest.mark.parametrize(("world", "left", "right"), FALSE)
def test_a_wrong_verdict_would_be_noticed(world: World, left: Expression, right: Expression) -> None:
    made = Statement(1, "", world, left, right, "by hand")
    assert complaint(made, Verdict(Status.PROVED))
    assert not complaint(made, Verdict(Status.REFUTED))
    assert complaint(Statement(1, "", world, left, left, "by hand"), Verdict(Status.REFUTED))
    assert complaint(made, Verdict(Status.ILL_TYPED))
    assert complaint(made, Verdict(Status.UNDEFINED))


def test_a_division_that_nothing_allows_would_be_noticed() -> None:
    assert complaint(Statement(1, "", PLAIN, x, a * x / a, "by hand"), Verdict(Status.PROVED))
    assert complaint(Statement(1, "", PLAIN, x, A.I * A * x, "by hand"), Verdict(Status.PROVED))


def test_numpy_has_no_value_where_there_is_none() -> None:
    numbers = Numbers(PLAIN.context, {"n": 3, "m": 2, "T": 2}, 0)
    with pytest.raises(Undefined):
        numbers.value(ex.Inverse(x * y.T))
    with pytest.raises(Undefined):
        numbers.value(ex.Div(Num(1), Num(0)))
    with pytest.raises(Misfit):
        numbers.value(ex.Mul(X, x))
    assert numbers.value(ex.Eye(m))[0].shape == (2, 2)


def test_a_kink_is_one_where_the_argument_moves() -> None:
    numbers = Numbers(PLAIN.context, {"n": 3, "m": 2, "T": 2}, 0)
    still = ex.Gradient(ex.Apply("relu", a + ex.Neg(a)) * x.T * x, x)
    assert not numbers.value(still)[0].any()
    numbers.values[("x", ())] = np.zeros((3, 1), complex)
    with pytest.raises(NoOpinion):
        numbers.value(ex.Gradient(ex.Apply("relu", x.T * y), x))


def test_numbers_without_letters_are_compared_beyond_the_digits_of_a_float() -> None:
    tanh_of_20, tanh_of_25 = ex.Apply("tanh", Num(4) * Num(5)), ex.Apply("tanh", Num(5) ** 2)
    assert closed.differ(tanh_of_20, tanh_of_25)
    assert not closed.differ(tanh_of_25, ex.Apply("tanh", Num(5) * Num(5)))
    assert not closed.differ(ex.Apply("exp", Num(2)) * ex.Apply("exp", Num(3)), ex.Apply("exp", Num(5)))
    assert not closed.differ(ex.Apply("tanh", ex.Trace(A)), tanh_of_20)  # a letter: no opinion
