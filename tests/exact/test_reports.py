"""What the judge reports can be repeated: counterexamples, trials, undefined operations, unknown outcomes."""

from __future__ import annotations

import random
import subprocess
import sys
from fractions import Fraction

import pytest
from sympy import Rational

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Predicate, Random, Recurrence, Relation
from everystep.algebra.expressions import Expression, Family, Num, matrix, norm, odot, scalar, sq, vector
from everystep.algebra.shapes import ShapeError, index, sizes
from everystep.derivation import Induction
from everystep.prove.exact import evaluate, judge, replay
from everystep.prove.exact.errors import Stopped
from everystep.prove.verdict import Table

n, d, m = sizes("n d m")
t, k = index("t"), index("k")
T = index("T")
A, B = matrix("A", n, n), matrix("B", n, n)
X = matrix("X", n, d)
x, y, w = vector("x", n), vector("y", n), vector("w", d)
a, b, p = scalar("a"), scalar("b"), scalar("p")


def equation(left: object, right: object, op: str = "=") -> Relation:
    return Relation(ex.as_expression(left), op, ex.as_expression(right))


wide = equation(ex.Int(n), ex.Int(d), "<")


# counterexamples -------------------------------------------------------------------------------


def test_a_counterexample_is_small_enough_to_be_redone_by_hand() -> None:
    found = judge(equation(A * B, B * A), Context()).counterexample
    assert found is not None
    entries = [Fraction(e) for _, table in found.symbols for row in table for e in row]
    assert set(entries) <= {0, 1}
    assert sum(entries) <= 2
    assert found.exact


def test_an_opaque_function_is_printed_as_a_formula() -> None:
    claim = equation(ex.Apply("f", a + b), ex.Apply("f", a) + ex.Apply("f", b))
    found = judge(claim, Context()).counterexample
    assert found is not None
    assert found.note.startswith("f(z) = ")


def test_a_function_of_several_arguments_is_printed_as_a_formula() -> None:
    claim = equation(ex.Gradient(ex.Call("f", 1, 1, x), x), x)
    found = judge(claim, Context()).counterexample
    assert found is not None
    assert "f(z) = " in found.note or "f(x1) = " in found.note


def test_a_law_is_printed_with_its_atoms() -> None:
    context = Context(random=(Random(x, "moments", (ex.Zeros(n), ex.Eye(n))),))
    found = judge(equation(ex.Expectation(ex.Trace(x * x.T) ** 2), 3), context).counterexample
    assert found is not None
    assert "x is 2 with probability 1/5, -1/2 with probability 4/5" in found.note


def test_a_normal_law_is_printed_by_its_mean_and_covariance() -> None:
    """The nodes that stand for it have weights of either sign: they are no probabilities."""
    context = Context(random=(Random(x, "gaussian", (ex.Zeros(n), 2 * ex.Eye(n))),))
    found = judge(equation(ex.Expectation(ex.Trace(x * x.T) ** 2), 3), context).counterexample
    assert found is not None
    assert found.note == "x is normal with mean 0 and variance 2"


def test_a_normal_law_within_an_exponential_is_printed_by_its_mean_and_covariance() -> None:
    context = Context(random=(Random(a, "gaussian", (Num(0), Num(1))),))
    found = judge(equation(ex.Expectation(ex.Apply("exp", a)), 2), context).counterexample
    assert found is not None
    assert found.note.startswith("a is normal with mean 0 and variance 1.000")


def test_a_value_that_is_never_taken_is_not_printed() -> None:
    context = Context(random=(Random(X, "bernoulli", (Num(1),)),))
    found = judge(equation(ex.Expectation(X), 2 * ex.Ones(n, d)), context).counterexample
    assert found is not None
    assert found.note == "each entry of X is 1 with probability 1"


def test_a_mask_is_printed_entry_by_entry() -> None:
    context = Context(
        random=(Random(X, "bernoulli", (p,)),),
        hypotheses=(equation(0, p, "<"), equation(p, 1, "<")),
    )
    found = judge(equation(ex.Expectation(X), ex.Ones(n, d)), context).counterexample
    assert found is not None
    assert found.note == "each entry of X is 0 with probability 1/2, 1 with probability 1/2"


def test_a_transcendental_counterexample_has_disjoint_balls() -> None:
    found = judge(equation(ex.Apply("exp", a), ex.Apply("exp", a + 1)), Context()).counterexample
    assert found is not None
    assert not found.exact
    assert "[" in found.left[0][0] + found.right[0][0]


def random_expression(generator: random.Random, rows: int, columns: int, depth: int) -> Expression:
    """A well-typed expression; ``rows`` and ``columns`` say 0 for 1 and 1 for n."""
    if depth == 0:
        leaves = {(1, 1): [A, B, ex.Eye(n)], (1, 0): [x, y, ex.Ones(n)], (0, 0): [a, b, Num(2)], (0, 1): [x.T, y.T]}
        return generator.choice(leaves[rows, columns])

    def sub(r: int, c: int) -> Expression:
        return random_expression(generator, r, c, depth - 1)

    choices = [
        lambda: sub(rows, columns) + sub(rows, columns),
        lambda: sub(rows, columns) - sub(rows, columns),
        lambda: sub(0, 0) * sub(rows, columns),
        lambda: sub(rows, 1) * sub(1, columns),
        lambda: sub(columns, rows).T,
        lambda: odot(sub(rows, columns), sub(rows, columns)),
    ]
    if rows == columns == 1:
        choices += [lambda: ex.diag(sub(1, 0)), lambda: sub(1, 1).I, lambda: ex.Hessian(sub(0, 0), x)]
        choices += [lambda: ex.Jacobian(sub(1, 0), y), lambda: ex.Gradient(sub(0, 0), A)]
    if (rows, columns) == (1, 0):
        choices += [lambda: ex.DiagPart(sub(1, 1)), lambda: ex.Gradient(sub(0, 0), x), lambda: ex.Softmax(sub(1, 0))]
        choices += [lambda: ex.Apply("tanh", sub(1, 0)), lambda: ex.Col(sub(1, 1), 1)]
    if rows == columns == 0:
        choices += [lambda: ex.Trace(sub(1, 1)), lambda: ex.Det(sub(1, 1)), lambda: sq(sub(1, 0))]
        choices += [lambda: norm(sub(1, 0)), lambda: sub(0, 0) / sub(0, 0), lambda: ex.Entry(sub(1, 1), 1, 1)]
        choices += [lambda: ex.Max(sub(0, 0), sub(0, 0)), lambda: ex.SumOver(sub(0, 0) * ex.Int(k), k, 1, n)]
    return generator.choice(choices)()


def values_of(table: Table) -> list[list[Fraction]]:
    return [[Fraction(e) for e in row] for row in table]


@pytest.mark.parametrize("number", range(150))
def test_random_claims_are_judged_without_failing_and_counterexamples_repeat(number: int, seed: int) -> None:
    generator = random.Random(seed * 1000 + number)
    rows, columns = generator.choice([(0, 0), (1, 0), (1, 1)])
    left = random_expression(generator, rows, columns, generator.randint(1, 3))
    right = random_expression(generator, rows, columns, generator.randint(1, 3))
    found = judge(equation(left, right), Context(), budget=1.0).counterexample
    if found is not None and found.exact:
        given = {name: values_of(table) for name, table in found.symbols}
        assert evaluate(left, Context(), dict(found.sizes), given) == found.left
        assert evaluate(right, Context(), dict(found.sizes), given) == found.right
    for claim in (equation(left, left + right - right), equation(left, left.T.T), equation(left, 2 * left - left)):
        assert judge(claim, Context(), budget=1.0).outcome != "counterexample", claim


# trials ----------------------------------------------------------------------------------------

AGREEING: dict[str, Relation | Predicate] = {
    "prime field": equation(ex.Trace(A * B), ex.Trace(B * A)),
    "balls": equation(ex.Gradient(ex.LogSumExp(x), x), ex.Softmax(x)),
    "rationals": Predicate("positive semidefinite", X * X.T),
    "numeric": equation(ex.Limit(x / ex.Int(2**k), k), ex.Zeros(n)),
}


@pytest.mark.parametrize("arithmetic", AGREEING)
def test_a_trial_can_be_replayed(arithmetic: str) -> None:
    report = judge(AGREEING[arithmetic], Context())
    assert report.outcome == "agree"
    assert {trial.arithmetic for trial in report.trials} == {arithmetic}
    for trial in report.trials:
        assert replay(AGREEING[arithmetic], Context(), trial)
        false = equation(a, a + 1)
        assert not replay(false, Context(), trial)


def test_the_trials_have_distinct_and_large_sizes() -> None:
    report = judge(equation((A * X).T, X.T * A.T), Context(), min_sizes=5)
    sizes_seen = [dict(trial.sizes) for trial in report.trials]
    assert any(s["n"] != s["d"] for s in sizes_seen)
    assert any(min(s.values()) >= 5 for s in sizes_seen)
    assert any(max(s.values()) == 1 for s in sizes_seen)


def test_the_same_question_has_the_same_answer_in_another_process() -> None:
    program = (
        "from tests.exact.test_reports import *\n"
        "print(judge(equation(A * B, B * A), Context(), seed=3))\n"
        "print(judge(equation(norm(x + y), norm(x)), Context(), seed=3))\n"
        "print(judge(equation(ex.Trace(A * B), ex.Trace(B * A)), Context(), seed=3))\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": ":".join(p for p in sys.path if p) + ":."},
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert len(outputs) == 1


# undefined and unknown -------------------------------------------------------------------------


def test_the_normal_equations_are_undefined_for_a_wide_matrix() -> None:
    context = Context(hypotheses=(wide, Predicate("full row rank", X)))
    report = judge(equation(w, (X.T * X).I * X.T * y), context)
    assert report.outcome == "undefined"
    assert report.message == "(X^T X)^-1: X^T X is 2 x 2 and has rank 1 at d = 2, n = 1"


def test_a_side_without_value_is_found_among_transcendental_ones() -> None:
    report = judge(equation(ex.Apply("exp", w), (X.T * X).I * w), Context(hypotheses=(wide,)))
    assert report.outcome == "undefined"
    assert report.message.startswith("(X^T X)^-1: X^T X is 2 x 2 and has rank 1")


def test_division_by_zero_is_undefined() -> None:
    report = judge(equation(a / (x.T * x - sq(x)), a), Context())
    assert report.outcome == "undefined"
    assert "the denominator x^T x - ||x||^2 is 0" in report.message


def test_the_logarithm_of_a_negative_number_is_undefined() -> None:
    report = judge(equation(ex.Apply("log", -sq(x) - 1), a), Context())
    assert report.outcome == "undefined"
    assert report.message.startswith("log(-||x||^2 - 1): -||x||^2 - 1 is ")


def test_what_has_a_value_on_some_instances_is_not_undefined() -> None:
    report = judge(equation((X.T * X).I * (X.T * X), ex.Eye(d)), Context())
    assert report.outcome == "agree"
    assert "no value on some instances: (X^T X)^-1" in report.message
    assert judge(equation(ex.Apply("log", a * b), ex.Apply("log", b * a)), Context()).outcome == "agree"


def test_what_cannot_be_evaluated_is_unknown() -> None:
    normal = Context(random=(Random(x, "gaussian", (ex.Zeros(n), ex.Eye(n))),))
    for claim, context in (
        (equation(ex.MatrixFunction("log", A), A), Context()),
        (equation(ex.Expectation(ex.Apply("exp", a * ex.Entry(x, 1) ** 2)), 1), normal),
        (equation(ex.Expectation(ex.Apply("exp", ex.Apply("exp", ex.Entry(x, 1)))), 1), normal),
        (equation(ex.Expectation(ex.Apply("tanh", ex.Entry(x, 1))), 0), normal),
        (equation(ex.Expectation(ex.Apply("relu", ex.Entry(x, 1))), 0), normal),
        (equation(ex.Gradient(sq(x + y), x + y), x), Context()),
        (equation(ex.Limit(ex.Int(k), k), 1), Context()),
    ):
        report = judge(claim, context)
        assert report.outcome == "unknown", report
        assert report.message


def test_the_mean_of_an_exponential_is_integrated() -> None:
    normal = Context(random=(Random(x, "gaussian", (ex.Zeros(n), ex.Eye(n))),))
    first = ex.Entry(x, 1)
    grown = ex.Expectation(ex.Apply("exp", a * first))
    half = ex.Apply("exp", a * a / 2)
    for mean, value, outcome in (
        (grown, half, "agree"),
        (grown, half + ex.Num(Rational(1, 10**12)), "counterexample"),
        (ex.Expectation(ex.Apply("exp", a * first) * first), a * half, "agree"),
        (ex.ScalarDerivative(grown, a), a * half, "agree"),
        (ex.Variance(ex.Apply("exp", first)), ex.Apply("exp", ex.Num(2)) - ex.Apply("exp", ex.Num(1)), "agree"),
    ):
        assert judge(equation(mean, value), normal).outcome == outcome


@pytest.mark.parametrize("variance", [Rational(1), Rational(85, 9), Rational(4), Rational(29, 3), Rational(1, 25)])
def test_the_ball_of_a_mean_of_an_exponential_holds_it(variance: Rational) -> None:
    normal = Context(random=(Random(b, "gaussian", (ex.Num(0), ex.Num(variance))),))
    for factor, mean in (
        (ex.Num(1), 1),
        (b, variance),
        (b * b, variance + variance**2),
        (b**4, 3 * variance**2 + 6 * variance**3 + variance**4),
    ):
        grown = ex.Expectation(ex.Apply("exp", b) * factor)
        value = ex.Apply("exp", ex.Num(variance / 2)) * ex.Num(mean)
        assert judge(equation(grown, value), normal).outcome == "agree"


def test_a_circular_definition_is_unknown() -> None:
    context = Context(definitions=(Definition(a, b + 1), Definition(b, a + 1)))
    assert judge(equation(a, 1), context).outcome == "unknown"


def test_an_ill_typed_claim_is_for_others_to_judge() -> None:
    with pytest.raises((ShapeError, Stopped)):
        evaluate(X * X, Context(), {"n": 2, "d": 3}, {})


# recurrences -----------------------------------------------------------------------------------

h, z, u = Family("h", m), Family("z", m), Family("u", d)
U, W = matrix("U", m, m), matrix("W", m, d)
loss, step_loss = scalar("L"), Family("l")
NETWORK = Context(
    definitions=(
        Definition(step_loss[t], sq(z[t] - h[t])),
        Definition(loss, ex.total(step_loss[t], t, 1, T)),
    ),
    recurrences=(Recurrence(h[t], ex.logistic(W * u[t] + U * h[t - 1])),),
    hypotheses=(equation(1, ex.Int(t), "<="), equation(ex.Int(t), ex.Int(T), "<")),
)
following = ex.Jacobian(h[t + 1], h[t])
gate = ex.diag(odot(h[t + 1], ex.Ones(m) - h[t + 1]))


def test_the_adjoint_recursion_holds() -> None:
    total = ex.Gradient(step_loss[t], h[t]) + following.T * ex.Gradient(loss, h[t + 1])
    assert judge(equation(ex.Gradient(loss, h[t]), total), NETWORK).outcome == "agree"
    assert judge(equation(following, gate * U), NETWORK).outcome == "agree"


@pytest.mark.parametrize(
    ("name", "wrong", "smallest"),
    [
        ("no transpose", ex.Gradient(step_loss[t], h[t]) + following * ex.Gradient(loss, h[t + 1]), 2),
        ("one loss only", ex.Gradient(step_loss[t], h[t]) + following.T * ex.Gradient(step_loss[t + 1], h[t + 1]), 1),
    ],
)
def test_a_wrong_adjoint_recursion_is_refuted(name: str, wrong: Expression, smallest: int) -> None:
    found = judge(equation(ex.Gradient(loss, h[t]), wrong), NETWORK).counterexample
    assert found is not None, name
    assert dict(found.sizes) == {"T": 3 if smallest == 1 else 2, "t": 1, "m": smallest, "d": 1}


def test_a_claim_by_induction_is_tried_from_its_start() -> None:
    s = Family("s")
    context = Context(recurrences=(Recurrence(s[k], 2 * s[k - 1]),))
    claim = equation(s[k], Num(2) ** ex.Int(k) * s[0])
    report = judge(claim, context, by=Induction(k, 0))
    assert report.outcome == "agree"
    assert any(dict(trial.sizes)["k"] == 0 for trial in report.trials)


def test_a_counterexample_beyond_small_numbers_is_kept() -> None:
    claim = equation(ex.Max(Num(2), a), ex.Max(Num(2), Num(2)))
    found = judge(claim, Context()).counterexample
    assert found is not None
    assert found.exact
