"""Gradient checks of claims: right derivatives agree, wrong ones differ, and what is doubtful is not said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Hypothesis, Predicate, Recurrence, Relation
from everystep.algebra.expressions import (
    Apply,
    Call,
    Differential,
    Expression,
    Gradient,
    Hessian,
    Jacobian,
    Num,
    ScalarDerivative,
    diag,
    matrix,
    scalar,
    sq,
    total,
    vector,
)
from everystep.algebra.shapes import index, sizes
from everystep.compiler.analytic import ANALYTIC
from everystep.compiler.lowering import BUILDERS
from everystep.derivation import Derivation, Step, chain
from everystep.documents.interface import check as check_text
from everystep.numeric import gradients, values
from everystep.numeric.gradients import check_claim
from everystep.prove import checker, prover
from everystep.prove.checker import Contradiction, check_step
from everystep.prove.exact.sampling import draw, realistic_sizes
from everystep.prove.exact.trials import Case
from everystep.prove.gradients import gradient_evidence
from everystep.prove.parallel import check_all
from everystep.prove.verdict import ExactReport, GradientEvidence, Status, Trial

n, d, m, P = sizes("n d m P")
i, j, t, T, s = index("i"), index("j"), index("t"), index("T"), index("s")
X, Y, A, S = matrix("X", n, d), matrix("Y", n, d), matrix("A", n, n), matrix("S", d, d)
y, w, v, x = vector("y", n), vector("w", d), vector("v", d), vector("x", d)
a, lam, r = scalar("a"), scalar("lambda"), scalar("r")
NONE = Context()
PLAIN_SUM = sq(y - X * w)


def checked(left: Expression, right: Expression, context: Context = NONE, op: str = "=") -> GradientEvidence:
    return check_claim(Relation(left, op, right), context)


RIGHT: dict[str, tuple[Expression, Expression, Context, str]] = {
    "least squares": (Gradient(PLAIN_SUM, w), -2 * X.T * (y - X * w), NONE, "complex step"),
    "by a matrix": (Gradient(sq(Y - X), X), -2 * (Y - X), NONE, "complex step"),
    "with more in the side": (
        Gradient(PLAIN_SUM, w) + 2 * lam * w,
        2 * lam * w - 2 * X.T * (y - X * w),
        NONE,
        "complex step",
    ),
    "the derivative on the right": (-2 * X.T * (y - X * w), Gradient(PLAIN_SUM, w), NONE, "complex step"),
    "on both sides": (Gradient(2 * PLAIN_SUM, w), 2 * Gradient(PLAIN_SUM, w), NONE, "complex step"),
    "matrix exponential": (
        Gradient(ex.Trace(ex.MatrixFunction("exp", S)), S),
        ex.MatrixFunction("exp", S).T,
        NONE,
        "complex step",
    ),
    "matrix exponential along a line": (
        ScalarDerivative(ex.MatrixFunction("exp", a * S) * v, a),
        S * ex.MatrixFunction("exp", a * S) * v,
        NONE,
        "complex step",
    ),
    "transposed": (Gradient(PLAIN_SUM, w).T, (-2 * X.T * (y - X * w)).T, NONE, "complex step"),
    "Jacobian": (Jacobian(Apply("tanh", X * w), w), diag(Apply("tanh", X * w, 1)) * X, NONE, "complex step"),
    "Hessian": (Hessian(PLAIN_SUM, w), 2 * X.T * X, NONE, "central differences and complex step"),
    "by a number": (ScalarDerivative(a * X + a**2 * Y, a), X + 2 * a * Y, NONE, "complex step"),
    "differential": (
        Differential(w.T * S * w, w, v, S, ex.Var("dS", d, d)),
        v.T * S * w + w.T * S * v + w.T * ex.Var("dS", d, d) * w,
        NONE,
        "complex step",
    ),
    "by an entry": (Gradient(sq(Y - X), ex.Entry(X, i, j)), -2 * ex.Entry(Y - X, i, j), NONE, "complex step"),
    "by a row": (Gradient(sq(Y - X), ex.Row(X, i)), -2 * ex.Row(Y - X, i), NONE, "complex step"),
    "by a transpose": (Gradient(sq(Y - X), ex.Transpose(X)), -2 * (Y - X).T, NONE, "complex step"),
    "softmax": (
        Jacobian(ex.Softmax(w), w),
        diag(ex.Softmax(w)) - ex.Softmax(w) * ex.Softmax(w).T,
        NONE,
        "complex step",
    ),
    "determinant": (
        Gradient(Apply("log", ex.Det(S)), S),
        S.I.T,
        Context(hypotheses=(Predicate("positive definite", S),)),
        "complex step",
    ),
    "logarithm of a matrix": (
        Gradient(ex.Trace(ex.MatrixFunction("log", S)), S),
        S.I,
        Context(hypotheses=(Predicate("positive definite", S),)),
        "complex step",
    ),
    "adjugate": (Gradient(ex.Det(S), S), ex.Adjugate(S).T, NONE, "complex step"),
    "trace of an adjugate": (
        Gradient(ex.Trace(ex.Adjugate(S)), S),
        (ex.Det(S) * (ex.Trace(S.I) * S.I - S.I * S.I)).T,
        Context(hypotheses=(Predicate("invertible", S),)),
        "complex step",
    ),
    "sine of a matrix": (
        Gradient(ex.Trace(ex.MatrixFunction("sin", S)), S),
        ex.MatrixFunction("cos", S).T,
        NONE,
        "complex step",
    ),
    "tanh of a matrix": (
        Gradient(ex.Trace(ex.MatrixFunction("tanh", S)), S),
        (ex.Eye(d) - ex.MatrixFunction("tanh", S) ** 2).T,
        Context(hypotheses=(Predicate("symmetric", S),)),
        "complex step",
    ),
    "largest eigenvalue": (
        Gradient(ex.EigMax(ex.diag(w) + v * v.T), w),
        ex.DiagPart(Gradient(ex.EigMax(S), S)),
        Context(hypotheses=(Relation(S, "=", ex.diag(w) + v * v.T),)),
        "central differences",
    ),
    "kink of relu": (
        Gradient(ex.Trace(diag(Apply("relu", w))), w),
        Apply("step", w),
        NONE,
        "central differences",
    ),
    "kink of abs": (Gradient(ex.norm(w, "1"), w), Apply("sign", w), NONE, "central differences"),
    "kink of max": (
        Gradient(ex.Max(a, lam), a),
        Apply("step", a - lam),
        NONE,
        "central differences",
    ),
    "unknown function": (
        Jacobian(Apply("phi", X * w), w),
        diag(Apply("phi", X * w, 1)) * X,
        NONE,
        "complex step",
    ),
    "unknown function that is a matrix": (
        ScalarDerivative(ex.Trace(S * Call("F", d, d, a)), a),
        ex.Trace(S * ScalarDerivative(Call("F", d, d, a), a)),
        NONE,
        "complex step",
    ),
    "unknown function of a vector": (
        ScalarDerivative(Call("f", 1, 1, w + r * v), r),
        ScalarDerivative(Call("f", 1, 1, v * r + w), r),
        NONE,
        "complex step",
    ),
    "nothing that depends on it": (Gradient(sq(y), w), 0 * w, NONE, "complex step"),
    "a sum": (
        Gradient(total(ex.Entry(w, i) ** 3 / 3, i, 1, d), w),
        ex.odot(w, w),
        NONE,
        "complex step",
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_derivatives_agree_and_by_which_differences_is_said(name: str) -> None:
    left, right, context, method = RIGHT[name]
    found = checked(left, right, context)
    assert (found.outcome, found.method) == ("agrees", method)
    assert found.error < 1e-7
    assert found.evaluations > 0


@pytest.mark.parametrize("name", RIGHT)
def test_wrong_derivatives_differ(name: str) -> None:
    left, right, context, _ = RIGHT[name]
    shift = 1 if right.is_number_shaped else ex.Ones(*right.shape)
    found = checked(left, right + Num("1/4") * shift, context)
    assert found.outcome == "differs"
    assert found.error > 1e-3


@pytest.mark.parametrize(
    "wrong",
    [
        -X.T * (y - X * w),
        2 * X.T * (y - X * w),
        -2 * X.T * (y - X * w) + lam * w,
        -2 * X.T * (y - 2 * X * w),
    ],
)
def test_mistakes_of_a_least_squares_gradient_differ(wrong: Expression) -> None:
    found = checked(Gradient(PLAIN_SUM, w), wrong)
    assert found.outcome == "differs"
    assert found.error > 0.01
    assert found.uncertainty < 1e-10


def test_one_wrong_entry_of_many_is_found() -> None:
    right = 2 * X.T * X
    wrong = right + Num("1/4") * ex.Unit(d, 2) * ex.Unit(d, 3).T
    assert checked(Hessian(PLAIN_SUM, w), right).outcome == "agrees"
    assert checked(Hessian(PLAIN_SUM, w), wrong).outcome == "differs"


def test_more_entries_than_are_differenced_one_by_one_are_compared_along_directions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(values, "ENTRIES", 3)
    for left, right in ((Gradient(sq(Y - X), X), -2 * (Y - X)), (Jacobian(X * w, w), X)):
        found = checked(left, right)
        assert found.outcome == "agrees"
        assert found.evaluations == values.DIRECTIONS
        assert checked(left, right + Num("1/50") * ex.Unit(n, 2) * ex.Unit(d, 3).T).outcome == "differs"


# sizes and hypotheses --------------------------------------------------------------------------


def sizes_of(claim: Relation, context: Context = NONE) -> dict[str, int]:
    return realistic_sizes(Case(claim, context, {}, False))[0]


def ints(left: Any, op: str, right: Any) -> Relation:
    return Relation(ex.Int(left), op, ex.Int(right))


@pytest.mark.parametrize(
    "hypotheses",
    [(), (ints(n, "<", d),), (ints(d, "<", n),), (ints(d, "<=", n),), (ints(n, "<=", d),), (ints(d + 3, "<", n),)],
)
def test_sizes_are_realistic_and_no_two_are_equal(hypotheses: tuple[Relation, ...]) -> None:
    found = sizes_of(Relation(Gradient(PLAIN_SUM, w), "=", -2 * X.T * (y - X * w)), Context(hypotheses=hypotheses))
    assert len(set(found.values())) == 2
    assert all(4 <= size <= 40 for size in found.values())
    for h in hypotheses:
        (left, right) = (int(side.value.subs({n: found["n"], d: found["d"]})) for side in (h.left, h.right))  # type: ignore[attr-defined]
        assert left < right or (h.op == "<=" and left == right)


def test_equal_sizes_are_used_only_where_a_hypothesis_makes_them_equal() -> None:
    claim = Relation(Gradient(PLAIN_SUM, w), "=", -2 * X.T * (y - X * w))
    found = sizes_of(claim, Context(hypotheses=(ints(n, "=", d),)))
    assert found["n"] == found["d"]


def test_a_formula_that_holds_for_equal_sizes_only_differs() -> None:
    # d tr(X^T X) / dX = 2 X; with n / d in it only where n = d.
    wrong = ex.Int(n) / ex.Int(d) * (2 * X)
    assert checked(Gradient(ex.Trace(X.T * X), X), wrong).outcome == "differs"


def test_indices_are_inside_and_differ() -> None:
    claim = Relation(Gradient(sq(X), ex.Entry(X, i, j)), "=", 2 * ex.Entry(X, i, j))
    found = sizes_of(claim)
    assert found["i"] != found["j"]
    assert 1 <= found["i"] <= found["n"]
    assert 1 <= found["j"] <= found["d"]


def test_values_meet_the_hypotheses() -> None:
    given = Context(
        hypotheses=(
            Predicate("symmetric", S),
            Predicate("orthogonal", A),
            Relation(lam, ">", Num(0)),
            Relation(lam, "<", Num(1)),
            Relation(y, "=", X * w),
        )
    )
    claim = Relation(Gradient(w.T * S * w + lam * sq(A * y), w), "=", 2 * S * w)
    drawn = draw(claim, given)
    k, c = drawn.sizes["d"], drawn.sizes["n"]

    def value(name: str, rows: int, columns: int) -> Any:
        return np.array(drawn.entries((name, ()), rows, columns)).reshape(rows, columns)

    symmetric, turn = value("S", k, k), value("A", c, c)
    np.testing.assert_array_equal(symmetric, symmetric.T)
    np.testing.assert_allclose(turn @ turn.T, np.eye(c), atol=1e-12)
    number = value("lambda", 1, 1)[0, 0]
    assert 0 < number < 1
    assert number not in (0.5, 0.25)
    np.testing.assert_allclose(value("y", c, 1), value("X", c, k) @ value("w", k, 1), rtol=1e-12)


def test_a_derivative_by_a_symmetric_matrix_is_the_unstructured_one() -> None:
    given = Context(hypotheses=(Predicate("symmetric", S),))
    assert checked(Gradient(w.T * S * v, S), w * v.T, given).outcome == "agrees"
    structured = w * v.T + v * w.T - diag(ex.DiagPart(w * v.T))
    assert checked(Gradient(w.T * S * v, S), structured, given).outcome == "differs"
    # What needs the symmetry is right because of it.
    assert checked(Gradient(w.T * S * w, w), 2 * S * w, given).outcome == "agrees"
    assert checked(Gradient(w.T * S * w, w), 2 * S * w).outcome == "differs"


def test_a_positive_number_is_positive_and_an_integer_whole() -> None:
    given = Context(hypotheses=(Relation(a, ">", Num(0)),))
    assert checked(ScalarDerivative(Apply("log", a), a), 1 / a, given).outcome == "agrees"
    assert checked(ScalarDerivative(Apply("sqrt", a), a), 1 / (2 * Apply("sqrt", a)), given).outcome == "agrees"
    assert checked(ScalarDerivative(a ** ex.Int(P), a), ex.Int(P) * a ** ex.Int(P - 1)).outcome == "agrees"
    assert checked(ScalarDerivative(a ** ex.Int(P), a), ex.Int(P - 1) * a ** ex.Int(P - 1)).outcome == "differs"


# names, recurrences ----------------------------------------------------------------------------


def test_a_defined_name_is_free_where_it_is_differentiated_by() -> None:
    z = vector("z", n)
    given = Context(definitions=(Definition(z, X * w),))
    assert checked(Gradient(sq(y - z), z), -2 * (y - X * w), given).outcome == "agrees"
    assert checked(Gradient(sq(y - z), w), -2 * X.T * (y - z), given).outcome == "agrees"
    assert checked(Gradient(sq(y - z), z), -2 * X * X.T * (y - X * w), given).outcome == "differs"


def test_a_derivative_in_a_definition_is_one_of_the_claim() -> None:
    g = vector("g", d)
    given = Context(definitions=(Definition(g, Gradient(PLAIN_SUM, w)),))
    right, wrong = Relation(g, "=", -2 * X.T * (y - X * w)), Relation(g, "=", -X.T * (y - X * w))
    for claim, outcome in ((right, "agrees"), (wrong, "differs")):
        found = gradient_evidence(claim, given, by=None, seed=0)
        assert found is not None
        assert found.outcome == outcome
    assert gradient_evidence(Relation(w, "=", w), given, by=None, seed=0) is None


def test_total_derivatives_go_through_the_later_members_of_a_recurrence() -> None:
    h, U = ex.Family("h", d), matrix("U", d, d)
    given = Context(
        recurrences=(Recurrence(h[t], Apply("tanh", U * h[t - 1])),), hypotheses=(ints(1, "<=", t), ints(t, "<", T))
    )
    step = diag(Apply("tanh", U * h[t], 1)) * U
    assert checked(Jacobian(h[t + 1], h[t]), step, given).outcome == "agrees"
    assert (
        checked(Jacobian(h[t + 1], h[t - 1]), step * diag(Apply("tanh", U * h[t - 1], 1)) * U, given).outcome
        == "agrees"
    )
    assert checked(Jacobian(h[t + 1], h[t - 1]), step, given).outcome == "differs"
    losses = total(sq(h[s]), s, 1, t + 1)
    right = 2 * h[t] + 2 * step.T * h[t + 1]
    assert checked(Gradient(losses, h[t]), right, given).outcome == "agrees"
    assert checked(Gradient(losses, h[t]), 2 * h[t], given).outcome == "differs"


# where nothing is said -------------------------------------------------------------------------


def test_at_a_kink_it_is_not_conclusive() -> None:
    given = Context(hypotheses=(Relation(w, "=", ex.Zeros(d, 1)),))
    for claimed in (ex.Zeros(d, 1), ex.Ones(d, 1), Num("1/2") * ex.Ones(d, 1)):
        found = checked(Gradient(ex.Trace(diag(Apply("relu", w))), w), claimed, given)
        assert found.outcome in ("not conclusive", "agrees")
        if found.outcome == "agrees":  # the mean of both slopes is what central differences see
            assert claimed == Num("1/2") * ex.Ones(d, 1)


def test_a_badly_conditioned_matrix_is_no_false_alarm() -> None:
    eps = scalar("epsilon")
    given = Context(hypotheses=(Relation(eps, "=", Num("1/10000000000000")),))
    # (w w^T + eps I)^-1 has a condition number of 10^13.
    inverse = (w * w.T + eps * ex.Eye(d)).I
    right = -inverse * inverse * v
    found = checked(ScalarDerivative(inverse * v, eps), right, given)
    assert found.outcome != "differs"


def test_a_number_without_value_is_not_conclusive() -> None:
    given = Context(hypotheses=(Relation(a, "<", Num(0)),))
    found = checked(ScalarDerivative(Apply("log", a), a), 1 / a, given)
    assert (found.outcome, found.reason) == ("not conclusive", "no finite value")


def test_where_there_is_no_value_it_is_tried_with_what_is_positive() -> None:
    entropy = Gradient(x.T * Apply("log", x), x)
    assert checked(entropy, Apply("log", x) + ex.Ones(d, 1)).outcome == "agrees"
    assert checked(entropy, Apply("log", x)).outcome == "differs"


def test_a_hypothesis_that_needs_another_order_of_sizes_is_met() -> None:
    given = Context(hypotheses=(Predicate("invertible", X.T * X),))
    found = checked(Gradient(Apply("log", ex.Det(X.T * X)), X), 2 * X * (X.T * X).I, given)
    assert found.outcome == "agrees"
    assert dict(found.sizes)["n"] > dict(found.sizes)["d"]


def test_a_defect_of_the_check_changes_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradients, "draw", lambda *_, **__: {}["nothing"])
    right = Step("right", Relation(Gradient(PLAIN_SUM, w), "=", -2 * X.T * (y - X * w)))
    verdict = check_step(right, NONE)
    assert verdict.status is Status.PROVED
    assert verdict.gradient == GradientEvidence("not run", "a defect of Everystep: KeyError")


REFUSED: dict[str, tuple[Relation | Predicate, Context, str]] = {
    "random": (
        Relation(Gradient(ex.Expectation(sq(y - X * w)), w), "=", w),
        NONE,
        "random",
    ),
    "limit": (Relation(Gradient(ex.Limit(sq(w) / ex.Int(t), t), w), "=", 0 * w), NONE, "limit"),
    "unknown function": (
        Relation(ScalarDerivative(Apply("phi", a), a), "=", Num(1)),
        Context(hypotheses=(Relation(Apply("phi", a), "=", lam),)),
        "unknown function",
    ),
    "matrix function": (
        Relation(Gradient(ex.Trace(ex.MatrixFunction("relu", S)), S), "=", S.I),
        NONE,
        "matrix function",
    ),
    "a property": (Predicate("invertible", Hessian(PLAIN_SUM, w)), NONE, "no equation"),
    "no instance": (
        Relation(Gradient(sq(w), w), "=", 2 * w),
        Context(hypotheses=(Relation(sq(w), "=", Num(-1)),)),
        "no instance",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_run_says_why(name: str) -> None:
    claim, context, reason = REFUSED[name]
    found = gradient_evidence(claim, context, by=None, seed=0)
    assert found == GradientEvidence("not run", reason)


@pytest.mark.parametrize(
    ("left", "right", "hypothesis"),
    [
        (
            ScalarDerivative(Call("F", n, n, a).I, a),
            -Call("F", n, n, a).I * ScalarDerivative(Call("F", n, n, a), a) * Call("F", n, n, a).I,
            Predicate("invertible", Call("F", n, n, a)),
        ),
        (
            ScalarDerivative(Apply("phi", a * lam), a),
            lam * Apply("phi", a * lam, 1),
            Relation(Apply("phi", a), "<", lam),
        ),
        (ScalarDerivative(Apply("phi", a) / lam, a), Apply("phi", a, 1) / lam, Predicate("nonzero", Apply("phi", a))),
    ],
    ids=["invertible", "bounded", "nonzero"],
)
def test_a_hypothesis_about_an_unknown_function_is_met_by_the_one_that_is_tried(
    left: Expression, right: Expression, hypothesis: Hypothesis
) -> None:
    context = Context(hypotheses=(hypothesis,))
    found = checked(left, right, context)
    assert found.outcome == "agrees", found
    assert checked(left, Num("5/4") * right, context).outcome == "differs"


@pytest.mark.parametrize(
    ("kind", "of", "outcome"),
    [
        ("positive semidefinite", Hessian(PLAIN_SUM, w), "agrees"),
        ("positive definite", Hessian(PLAIN_SUM + sq(w), w), "agrees"),
        ("positive semidefinite", Hessian(PLAIN_SUM - 50 * sq(w), w), "differs"),
        ("positive definite", Hessian(-sq(w), w), "differs"),
        ("positive definite", Hessian((v.T * w) ** 2, w), "not conclusive"),
        ("positive semidefinite", Hessian(Call("f", 1, 1, w), w), "differs"),
        ("symmetric", Hessian(Call("f", 1, 1, w), w), "agrees"),
        ("symmetric", Jacobian(S * w, w), "differs"),
    ],
    ids=str,
)
def test_properties_of_derivatives(kind: str, of: Expression, outcome: str) -> None:
    found = gradient_evidence(Predicate(kind, of), NONE, by=None, seed=0)
    assert found is not None
    assert found.outcome == outcome, found


def test_a_difference_on_some_instances_only_is_not_conclusive(monkeypatch: pytest.MonkeyPatch) -> None:
    told = iter([GradientEvidence("differs"), GradientEvidence("differs"), GradientEvidence("agrees")])
    monkeypatch.setattr(gradients, "_on_instance", lambda *_: next(told))
    found = checked(Gradient(PLAIN_SUM, w), w)
    assert (found.outcome, found.reason) == ("not conclusive", "differs on some instances only")


def test_a_doubtful_instance_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    told = iter([GradientEvidence("not conclusive", "a kink or rounding"), GradientEvidence("agrees")])
    monkeypatch.setattr(gradients, "_on_instance", lambda *_: next(told))
    assert checked(Gradient(PLAIN_SUM, w), w).outcome == "agrees"


@pytest.mark.parametrize(("function", "value"), [("log", -1), ("sqrt", -2), ("power", -1)])
def test_complex_steps_make_no_value_where_there_is_none(function: str, value: int) -> None:
    of_a = a ** Num("3/2") if function == "power" else Apply(function, a)
    found = checked(ScalarDerivative(of_a, a), a, Context(hypotheses=(Relation(a, "=", Num(value)),)))
    assert (found.outcome, found.reason) == ("not conclusive", "no finite value")


def test_a_difference_by_complex_steps_must_show_in_central_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    # An operation whose complex form is wrong.
    monkeypatch.setitem(ANALYTIC, "tanh", lambda x: np.tanh(x).real + 2j * np.tanh(x).imag)
    monkeypatch.setattr(gradients, "_COMPILED", [])  # nothing that was compiled with the right one
    monkeypatch.setattr(gradients, "_PREPARED", {})
    right = Relation(Jacobian(Apply("tanh", X * w), w), "=", diag(Apply("tanh", X * w, 1)) * X)
    found = check_claim(right, NONE)
    assert (found.outcome, found.reason) == ("not conclusive", "complex steps and differences disagree")
    assert found.method == "complex step"


# the verdict -----------------------------------------------------------------------------------

WRONG = Step("wrong", Relation(Gradient(PLAIN_SUM, w), "=", -X.T * (y - X * w)))


def misled(monkeypatch: pytest.MonkeyPatch, proves: bool) -> None:
    """Both judges hold anything to be true, or the exact judge alone."""
    monkeypatch.setattr(checker, "judge", lambda *_, **__: ExactReport("agree", (Trial((), 0, "rationals"),)))
    monkeypatch.setattr(prover.Prover, "prove", lambda *_: proves)


def test_a_wrong_derivative_that_both_judges_pass_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    misled(monkeypatch, True)
    with pytest.raises(Contradiction, match=r"proved by .*, but in floating point the two sides differ by 0\.\d+"):
        check_step(WRONG, NONE)
    assert check_step(WRONG, NONE, gradients=False).status is Status.PROVED


def test_a_wrong_derivative_that_is_tested_only_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    misled(monkeypatch, False)
    verdict = check_step(WRONG, NONE)
    assert verdict.status is Status.TESTED
    assert "in floating point the two sides differ" in verdict.message
    assert verdict.gradient is not None
    assert verdict.gradient.outcome == "differs"


def test_in_a_document_it_is_a_defect_and_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    misled(monkeypatch, True)
    declared = r"X \in \mathbb{R}^{n \times d}; w \in \mathbb{R}^{d}; y \in \mathbb{R}^{n}"
    (step,) = check_text(r"\nabla_w \|y - Xw\|^2 = - X^\top (y - Xw)", declared).steps
    assert step.status is Status.TESTED
    assert "the judges disagree, which is a defect of Everystep" in step.verdict.message
    assert "in floating point the two sides differ" in step.verdict.message


@pytest.mark.parametrize("jobs", [1, 2])
def test_of_the_catalogue_it_is_raised_in_any_process(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    derivation = Derivation("wrong", NONE, (chain("gradient", WRONG.claim.left, ("=", WRONG.claim.right)),))  # type: ignore[union-attr]
    other = Derivation("right", NONE, (chain("gradient", Gradient(PLAIN_SUM, w), ("=", -2 * X.T * (y - X * w))),))
    assert check_all([other], jobs=jobs)[0][0].gradient is not None
    misled(monkeypatch, True)
    with pytest.raises(Contradiction, match="in floating point the two sides differ"):
        check_all([other, derivation], jobs=jobs)


def test_proved_steps_have_the_check_and_refuted_ones_do_not_need_it() -> None:
    step = Step("right", Relation(Gradient(PLAIN_SUM, w), "=", -2 * X.T * (y - X * w)))
    verdict = check_step(step, NONE)
    assert verdict.status is Status.PROVED
    assert verdict.gradient is not None
    assert verdict.gradient.outcome == "agrees"
    assert dict(verdict.gradient.sizes) == {"d": 7, "n": 5}
    assert check_step(WRONG, NONE).gradient is None
    assert check_step(Step("none", Relation(w, "=", w)), NONE).gradient is None


def test_no_rule_of_differentiation_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ex.DERIVATIVES:
        monkeypatch.setitem(BUILDERS, kind, refused)
    assert checked(Gradient(PLAIN_SUM, w), -2 * X.T * (y - X * w)).outcome == "agrees"


def refused(*_: object) -> Any:
    raise AssertionError("differentiated by rules")
