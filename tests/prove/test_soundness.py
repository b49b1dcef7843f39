"""What must never happen: a false statement proved, a true one refuted, a bound that turns into a proof."""

from __future__ import annotations

import subprocess
import sys

import pytest

from everystep.algebra.context import Context, Definition, Hypothesis, Predicate, Recurrence, Relation
from everystep.algebra.expressions import (
    Add,
    Entry,
    Expression,
    Eye,
    Gradient,
    Int,
    Inverse,
    Mul,
    Neg,
    Num,
    Ones,
    SumOver,
    Trace,
    Transpose,
    Zeros,
    as_expression,
    diag,
    matrix,
    odot,
    vector,
)
from everystep.algebra.shapes import index, size
from everystep.derivation import Chain, Derivation, Induction, Link, Step, chain
from everystep.prove import checker
from everystep.prove.checker import Contradiction, check_derivation, check_step
from everystep.prove.normal_form import NormalForm
from everystep.prove.verdict import Counterexample, ExactReport, Status, Trial
from tests.prove.statements import (
    PLAIN,
    A,
    B,
    C,
    D,
    S,
    T,
    X,
    Y,
    a,
    c,
    d,
    equal,
    h,
    half,
    i,
    judged,
    k,
    n,
    proved_alone,
    t,
    u,
    x,
    y,
)

I = Eye(n)  # noqa: E741 - the identity


def commutator(left: Expression, right: Expression) -> Expression:
    return left * right - right * left


def standard_polynomial(*matrices: Expression) -> Expression:
    """The alternating sum over all orders of a product."""
    orders: list[tuple[tuple[int, ...], int]] = [((), 1)]
    for _ in matrices:
        orders = [
            ((*order[:place], len(order), *order[place:]), sign * (-1) ** (len(order) - place))
            for order, sign in orders
            for place in range(len(order) + 1)
        ]
    terms: list[Expression] = []
    for order, sign in orders:
        product = Mul(*(matrices[position] for position in order))
        terms.append(product if sign > 0 else Neg(product))
    return Add(*terms)


hall = commutator(A, B) * commutator(A, B)
quadratic = A * A - Trace(A) * A + half * (Trace(A) ** 2 - Trace(A * A)) * I

# name: the claim, the size of the matrices from which on it fails
FALSE_FROM_A_SIZE_ON = {
    # hold for all 1 x 1 matrices
    "products commute": (equal(A * B, B * A), 2),
    "the transpose keeps the order": (equal((A * B).T, A.T * B.T), 2),
    "the trace is multiplicative": (equal(Trace(A * B), Trace(A) * Trace(B)), 2),
    "the entrywise product is the product": (equal(odot(A, B), A * B), 2),
    # hold for all symmetric matrices
    "the transpose is the matrix": (equal(A, A.T), 2),
    "the gradient of a quadratic form is 2 A x": (equal(Gradient(x.T * A * x, x), 2 * A * x), 2),
    "the matrix is normal": (equal(A.T * A, A * A.T), 2),
    # hold for n <= 2
    "the theorem of Cayley and Hamilton for n = 2": (equal(quadratic, Zeros(n, n)), 3),
    "the standard polynomial of degree 4 vanishes": (equal(standard_polynomial(A, B, C, D), Zeros(n, n)), 3),
    "the square of a commutator commutes": (equal(hall * C, C * hall), 3),
}


@pytest.mark.parametrize("name", FALSE_FROM_A_SIZE_ON)
def test_a_statement_that_holds_for_small_sizes_only_is_refuted(name: str) -> None:
    claim, fails_from = FALSE_FROM_A_SIZE_ON[name]
    assert not proved_alone(claim, PLAIN)
    verdict = judged(claim, PLAIN)
    assert verdict.status is Status.REFUTED
    assert verdict.counterexample is not None
    assert dict(verdict.counterexample.sizes)["n"] >= fails_from


# name: the claim, the verdict; the two sizes n and d are different symbols
FALSE_UNLESS_SIZES_COINCIDE = {
    "a rectangular matrix and its transpose": (equal(X, X.T), Status.ILL_TYPED),
    "two vectors of two sizes": (equal(x, vector("beta", d)), Status.ILL_TYPED),
    "the trace of the identity counts columns": (equal(Trace(I), Int(d)), Status.REFUTED),
    "ones count rows": (equal(Ones(1, d) * Ones(d), Int(n)), Status.REFUTED),
    "a sum of n over d": (equal(Trace(X * Y.T) * Int(n), Trace(X * Y.T) * Int(d)), Status.REFUTED),
}


@pytest.mark.parametrize("name", FALSE_UNLESS_SIZES_COINCIDE)
def test_a_statement_that_needs_equal_sizes_is_not_proved(name: str) -> None:
    claim, expected = FALSE_UNLESS_SIZES_COINCIDE[name]
    assert judged(claim, PLAIN).status is expected


# the two judges -----------------------------------------------------------------------------------


def modules_after_import(name: str) -> set[str]:
    code = f"import sys, {name}; print(*(m for m in sys.modules if m.split('.')[0] == 'everystep'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


def test_the_two_judges_load_no_common_code() -> None:
    exact = modules_after_import("everystep.prove.exact")
    proofs = set().union(*(modules_after_import(f"everystep.prove.{m}") for m in ("order", "limits", "definedness")))
    packages = {"everystep", "everystep.prove"}
    data = {"everystep.derivation", "everystep.prove.verdict", "everystep.records"}
    shared = {m for m in exact & proofs if not m.startswith("everystep.algebra")} - packages - data
    assert not shared
    assert any(m.startswith("everystep.calculus") for m in proofs)
    assert any(m.startswith("everystep.prove.exact.") for m in exact)


TRUE = Step("true", equal((A * B).T, B.T * A.T))
WITNESS = Counterexample((("n", 1),), (), (("1",),), (("2",),), True)
TRIAL = Trial((("n", 2),), 0, "rationals")


def use_judge(monkeypatch: pytest.MonkeyPatch, report: ExactReport) -> None:
    monkeypatch.setattr(checker, "judge", lambda *_, **__: report)


def test_a_proof_against_a_counterexample_is_an_error_and_not_a_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    use_judge(monkeypatch, ExactReport("counterexample", counterexample=WITNESS))
    with pytest.raises(Contradiction, match="true"):
        check_step(TRUE, PLAIN)


@pytest.mark.parametrize("outcome", ["unknown", "something new"])
def test_a_proof_alone_is_tested(monkeypatch: pytest.MonkeyPatch, outcome: str) -> None:
    use_judge(monkeypatch, ExactReport(outcome, message="out of time"))
    assert check_step(TRUE, PLAIN).status is Status.TESTED


def test_agreement_alone_is_tested(monkeypatch: pytest.MonkeyPatch) -> None:
    use_judge(monkeypatch, ExactReport("agree", (TRIAL,)))
    monkeypatch.setattr(checker, "challenge", lambda *_, **__: None)
    assert check_step(Step("false", equal(A * B, B * A)), PLAIN).status is Status.TESTED


def test_both_together_are_proved_with_evidence() -> None:
    verdict = check_step(TRUE, PLAIN)
    assert verdict.status is Status.PROVED
    assert verdict.rules
    assert verdict.trials


def test_a_judge_out_of_time_is_tested() -> None:
    assert check_step(TRUE, PLAIN, budget=0.0).status in (Status.TESTED, Status.PROVED)
    false = Step("false", equal(A * B, B * A))
    assert check_step(false, PLAIN, budget=0.0).status in (Status.TESTED, Status.REFUTED)


def test_an_exhausted_bound_is_tested(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = NormalForm.__init__

    def bounded(self: NormalForm, *args: object, **options: object) -> None:
        plain(self, *args, **options)  # type: ignore[arg-type]
        self.core.limit = 3

    monkeypatch.setattr(NormalForm, "__init__", bounded)
    checker._prover.cache_clear()
    verdict = check_step(Step("true", equal((A + B) * (A + B) * C, C)), Context(hypotheses=(equal(a, c),)))
    checker._prover.cache_clear()
    assert verdict.status in (Status.TESTED, Status.REFUTED)
    verdict = check_step(TRUE, Context(hypotheses=(equal(a, c + 1),)))
    checker._prover.cache_clear()
    assert verdict.status is Status.TESTED
    assert "bound" in verdict.message


def test_a_long_sum_ends_with_a_verdict() -> None:
    deep: Expression = a
    for _ in range(3000):
        deep = Neg(deep)
    assert check_step(Step("deep", equal(deep, a)), PLAIN).status in (Status.TESTED, Status.PROVED)


def test_what_cannot_be_expressed_is_not_proved() -> None:
    # the lengths 1, 3, 6, ... are not affine in n
    half_vector = vector("v_h", n * (n + 1) / 2)
    assert check_step(Step("half", equal(half_vector.T * half_vector, 0)), PLAIN).status is not Status.PROVED


def test_contradictory_hypotheses_prove_nothing() -> None:
    nonsense = Context(hypotheses=(equal(a, 1), equal(a, 2)))
    assert check_step(Step("nonsense", equal(c, 0)), nonsense).status is not Status.PROVED
    assert check_step(Step("nonsense", equal(x, y)), nonsense).status is not Status.PROVED


def test_a_step_knows_nothing_of_the_step_before_it() -> None:
    context = Context(hypotheses=(Predicate("symmetric", S),))
    first, second = Step("first", equal(S.T, S)), Step("second", equal(A.T, A))
    assert check_step(first, context).status is Status.PROVED
    assert check_step(second, context).status is Status.REFUTED
    assert check_step(Step("other", equal(S.T, S)), PLAIN).status is Status.REFUTED


def test_the_order_of_steps_does_not_matter() -> None:
    context = Context(hypotheses=(Predicate("symmetric", S), Predicate("invertible", S)))
    gradient = Gradient(Trace(S.I * A), S)
    claims = (equal(S.I.T, S.I), equal(gradient, -(S.I * A.T * S.I)), equal(gradient, -(S.I * A * S.I)))
    expected = [Status.PROVED, Status.PROVED, Status.REFUTED]
    for order in ((0, 1, 2), (2, 1, 0), (1, 0, 2)):
        checker._prover.cache_clear()
        found = {at: check_step(Step(f"step {at}", claims[at]), context).status for at in order}
        assert [found[at] for at in range(3)] == expected


# lemmas --------------------------------------------------------------------------------------------


def verdicts(*chains: Chain, context: Context = PLAIN) -> dict[str, Status]:
    derivation = Derivation("test", context, chains)
    return {step.name: verdict.status for step, verdict in check_derivation(derivation)}


def test_a_step_may_use_only_what_is_proved() -> None:
    false = chain("false", A * B, ("=", B * A))
    user = Chain("user", A * B * C, (Link("=", B * A * C, "user.1"),), uses=("false",))
    assert verdicts(false, user) == {"false.1": Status.REFUTED, "user.1": Status.TESTED}


def test_a_step_may_use_a_chain_under_its_hypotheses_only() -> None:
    given = (Predicate("symmetric", S),)
    lemma = chain("lemma", S, ("=", S.T), given=given)
    with_it = Chain("with", S * A, (Link("=", S.T * A, "with.1"),), given=given, uses=("lemma",))
    without = Chain("without", S * A, (Link("=", S.T * A, "without.1"),), uses=("lemma",))
    assert verdicts(lemma, with_it, without) == {
        "lemma.1": Status.PROVED,
        "with.1": Status.PROVED,
        "without.1": Status.TESTED,
    }


def test_a_lemma_by_induction_says_nothing_below_its_start() -> None:
    context = Context(
        definitions=(Definition(h[0], Num(1)),),
        recurrences=(Recurrence(h[t], a * h[t - 1]),),
        hypotheses=(Predicate("nonzero", a),),
    )
    lemma = Chain("lemma", h[k], (Link("=", a ** Int(k), "lemma.1", Induction(k, 0)),))
    user = Chain("user", 2 * h[k], (Link("=", 2 * a ** Int(k), "user.1"),), uses=("lemma",))
    found = verdicts(lemma, user, context=context)
    assert found["user.1"] is not Status.PROVED


# nothing is evaluated behind the author's back ---------------------------------------------------------


def test_operators_build_and_evaluate_nothing() -> None:
    assert Mul(A, Inverse(A)) == A * A.I
    assert Transpose(Mul(A, B)) == (A * B).T
    assert (B + A).operands == (B, A)
    assert (B + A) != (A + B)
    assert Add(A, Neg(A)) == A - A
    assert (0 * A).operands == (Num(0), A)
    assert (A * Eye(n)).operands == (A, Eye(n))
    assert Transpose(Transpose(A)) == A.T.T
    assert Transpose(diag(x)) == diag(x).T
    assert SumOver(a, t, 1, T).operands == (a,)
    assert as_expression(2) + 3 == Add(Num(2), Num(3))


def test_a_step_keeps_both_sides_as_written() -> None:
    left, right = A * A.I * x + 0 * x, (B.T * A.T).T.T.T * u
    step = Step("kept", Relation(left, "=", right))
    check_step(step, PLAIN)
    assert isinstance(step.claim, Relation)
    assert step.claim.left.args == (A * A.I * x + 0 * x).args
    assert isinstance(step.claim.left, Add)
    assert step.claim.left.operands == (Mul(A, Inverse(A), x), Mul(Num(0), x))
    assert isinstance(step.claim.right.operands[0], Transpose)


def test_a_range_presupposed_by_one_step_is_forgotten() -> None:
    context = Context(hypotheses=(Predicate("symmetric", S),))
    entry = Step("entry", equal(Entry(x, i) + Entry(y, i), Entry(y, i) + Entry(x, i)))
    gradient = Step("gradient", equal(Gradient(SumOver(h[t] ** 2, t, 1, n), h[i]), 2 * h[i]))
    assert check_step(entry, context).status is Status.PROVED
    assert check_step(gradient, context).status is not Status.PROVED


def test_the_three_obligations_are_reported_apart() -> None:
    def duties(claim: Relation, *given: Predicate) -> tuple[str, str, str]:
        found = check_step(Step("s", claim, given), Context()).obligations
        return found.shapes, found.definedness, found.values

    assert duties(equal((A * B).T, B.T * A.T)) == ("fit", "ensured", "agree")
    assert duties(equal(X * X, X)) == ("do not fit", "open", "open")
    assert duties(equal(A, A.I * A * A)) == ("fit", "not ensured", "agree")
    assert duties(equal(A, A.I * A * A), Predicate("invertible", A)) == ("fit", "ensured", "agree")
    assert duties(equal(A * B, B * A)) == ("fit", "open", "differ")


HAT = X * (X.T * X).I * X.T
TALL = "full column rank"


@pytest.mark.parametrize(
    ("claim", "status", "given"),
    [
        (equal(HAT * X, X), Status.TESTED, ()),
        (equal(HAT * X, X), Status.PROVED, (Predicate(TALL, X),)),
        (equal(HAT * X, X), Status.PROVED, (Predicate("invertible", X.T * X),)),
        (equal(HAT * X, X), Status.PROVED, (Relation(Int(d), "<=", Int(n)),)),
        (equal(HAT * X, X), Status.TESTED, (Relation(Int(n), "<=", Int(d)),)),
        (equal(Trace(HAT), Int(d)), Status.TESTED, ()),
        (equal(Gradient(x.T * HAT * x, x), 2 * HAT * x), Status.TESTED, ()),
        (equal(HAT * X, 2 * X), Status.REFUTED, ()),
        (equal(A * A.I, Eye(n)), Status.PROVED, ()),
        (equal(A * A.I, Eye(n)), Status.TESTED, (equal(A.T, -A),)),
        (equal(X * (X.T * X + Eye(d)).I * X.T, X * X.T * (X * X.T + Eye(n)).I), Status.PROVED, ()),
    ],
)
def test_an_inverse_that_exists_for_no_values_at_some_sizes_is_not_proved_for_all(
    claim: Relation, status: Status, given: tuple[Hypothesis, ...]
) -> None:
    assert check_step(Step("s", claim, given), Context()).status is status


def test_a_letter_may_stand_for_other_things_in_the_next_statement() -> None:
    number, count = index("q"), size("q")
    first = Step("index", equal(h[number] + 1, 1 + h[number]))
    second = Step("size", equal(Eye(count) * Eye(count), Eye(count)))
    wide, square = matrix("M", n, count), matrix("M", n, n)
    third = Step("wide", equal((wide.T * wide).T, wide.T * wide))
    fourth = Step("square", equal((square * square).T, square.T * square.T))
    for step in (first, second, third, fourth, first):
        assert check_step(step, Context()).status is Status.PROVED
