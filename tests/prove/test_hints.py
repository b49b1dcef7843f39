"""Wrong statements of students with the one remark that is made on each, and statements on which none is certain."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import pytest

from everystep.algebra.context import Context, Hypothesis, Predicate, Random
from everystep.algebra.expressions import Eye, Int, PseudoInverse, norm, sq, sqrt
from everystep.derivation import Claim, Step
from everystep.prove import hints
from everystep.prove.checker import check_step
from everystep.prove.hints import hint
from everystep.prove.verdict import Status, Verdict
from render.text import text
from tests.identities import notation as s
from tests.identities.notation import PLAIN, A, B, C, F, I, S, T, X, Y, a, beta, c, eq, h, lam, le, lt, n, t, u, x, y

LAW = Context(random=(Random(x, "moments", (u, S)),))
FULL_RANK = Predicate("full column rank", X)


@dataclass(frozen=True)
class Wrong:
    """A statement that is not proved, and the remark to expect (empty: none is certain)."""

    claim: Claim
    expected: str
    given: tuple[Hypothesis, ...] = ()
    context: Context = PLAIN


TRUE = Wrong(eq((A * B).T, B.T * A.T), "")
REFUTED = (
    # A factor or a sign.
    Wrong(eq(s.grad(sq(x), x), x), "the left side is 2 times the right side"),
    Wrong(eq(s.grad(s.half * sq(x), x), 2 * x), "the left side is half the right side"),
    Wrong(eq(s.grad(sq(F * x), x), 6 * F.T * F * x), "the left side is 1/3 times the right side"),
    Wrong(eq((A - B) * C, B * C - A * C), "the sign is wrong: the left side is minus the right side"),
    Wrong(eq(s.tr(s.diag(x)), s.ones.T * x * Int(n)), "the left side is 1/n times the right side"),
    Wrong(eq(s.var(a * s.ones.T * x), a * s.var(s.ones.T * x)), "the left side is a times the right side", (), LAW),
    Wrong(eq(s.det(2 * A), 2 * s.det(A)), "the left side is 2^(n - 1) times the right side"),
    Wrong(eq(s.det(-A), -s.det(A)), "the left side is (-1)^(n - 1) times the right side"),
    Wrong(eq(x.T * (A - A.T) * x, x.T * A * x), "the left side is zero"),
    # One hypothesis.
    Wrong(eq(s.grad(x.T * A * x, x), 2 * A * x), "holds if A is symmetric"),
    Wrong(eq(A.T, A), "holds if A is symmetric"),
    Wrong(eq(sq(A * x), sq(x)), "holds if A is orthogonal"),
    Wrong(eq(A.T * A, I), "holds if A is orthogonal"),
    Wrong(eq(s.diag(s.diagonal(A)), A), "holds if A is diagonal"),
    Wrong(eq(A * A, A), "holds if A is idempotent"),
    Wrong(eq(PseudoInverse(X) * X, Eye(s.d)), "holds if X has full column rank"),
    Wrong(eq(X * PseudoInverse(X), I), "holds if X has full row rank"),
    Wrong(eq(X.T * X, Eye(s.d)), "holds if the columns of X are orthonormal"),
    Wrong(eq((I - 2 * u * u.T) * (I - 2 * u * u.T), I), "holds if u has norm 1"),
    Wrong(eq(sq(x + y), sq(x) + sq(y)), "holds if x and y are orthogonal to each other"),
    Wrong(eq(sqrt(a**2), a), "holds if a is nonnegative"),
    Wrong(eq(s.absolute(a), a), "holds if a is nonnegative"),
    Wrong(eq(s.mean(x * x.T), S), "holds if u is zero", (), LAW),
    # Two hypotheses, or a factor under one.
    Wrong(eq((A + B) ** 2, A**2 + 2 * A * B + B**2), "holds if A and B commute"),
    Wrong(eq(A * B, B * A), "holds if A and B commute"),
    Wrong(eq(s.grad(x.T * A * x, x), A * x), "if A is symmetric, the left side is 2 times the right side"),
    # The right side as a whole, or one place of it.
    Wrong(eq(s.grad(x.T * A * y, A), y * x.T), "the left side is the transpose of the right side"),
    Wrong(eq(s.grad(y.T * A * B * x, A), y * x.T * B), "holds if B is symmetric"),
    Wrong(eq((A * B).T, A.T * B.T), "holds with Bᵀ Aᵀ in place of Aᵀ Bᵀ on the right"),
    Wrong(eq((A * B).I, A.I * B.I), "holds with B⁻¹ A⁻¹ in place of A⁻¹ B⁻¹ on the right", s.inv(A, B)),
    Wrong(eq(s.tr(A * B * C), s.tr(A * C * B)), "holds with C A B in place of A C B on the right"),
    Wrong(eq((A * B * C).T, C.T * B.T * A), "holds if A is symmetric"),
    Wrong(eq((A + C + A * B).T, A.T + C.T + B.T * A), "holds if A is symmetric"),
    Wrong(
        eq(s.jac(s.exp(A * x), x), A * s.diag(s.exp(A * x))),
        "holds with diag(exp(A x)) A in place of A diag(exp(A x)) on the right",
    ),
    Wrong(eq(s.det(A * B), s.det(A) * s.det(B) ** 2), "holds with det(B) in place of det(B)² on the right"),
    Wrong(eq(norm(x) ** 2 + norm(y) ** 2, norm(x) + sq(y)), "holds with ‖x‖² in place of ‖x‖ on the right"),
    Wrong(eq(x, A * y), "holds with A⁻¹ in place of A on the right", (*s.inv(A), eq(A * x, y))),
    # A term.
    Wrong(eq((A - B) * (A + B), A * A + A * B - B * A + B * B), "the sign of the term B B on the right is wrong"),
    Wrong(eq(sq(x - y), sq(x) - x.T * y + sq(y)), "the term xᵀ y on the right should be -2 xᵀ y"),
    Wrong(eq((A + B).T, A.T + B.T + I), "the term I on the right is too much"),
    Wrong(eq((A + B) * (A + B), A * A + A * B + B * B), "the right side lacks the term B A"),
    Wrong(
        eq(s.grad(sq(X * beta - y) + lam * sq(beta), beta), 2 * X.T * (X * beta - y)),
        "the right side lacks the term ∇_β (λ ‖β‖²)",
    ),
    # Integers off by one.
    Wrong(
        eq(s.total(h[t], t, 1, T), h[1] + s.total(h[t], t, 2, T - 1)),
        "holds with Σ_{t=2..T} h[t] in place of Σ_{t=2..T-1} h[t] on the right",
    ),
    Wrong(
        eq(s.total(h[t] - h[t - 1], t, 1, T), h[T] - h[1]),
        "holds with h[0] in place of h[1] on the right",
    ),
    # Inequalities and properties.
    Wrong(le(sq(x) * sq(y), (x.T * y) ** 2), "the opposite inequality holds: the left side is at least the right side"),
    Wrong(lt(0, sq(x)), "the two sides may be equal: the left side is at most the right side"),
    Wrong(le(0, x.T * A * x), "holds if A is positive semidefinite"),
    Wrong(lt(0, x.T * A * x), "holds if A is positive definite and x is nonzero"),
    Wrong(eq(norm(x + y), norm(x) + norm(y)), "only an inequality holds: the left side is at most the right side"),
    Wrong(s.definite(X.T * X), "holds if X has full column rank"),
    Wrong(s.definite(x * x.T), "x xᵀ is positive semidefinite, but not always positive definite"),
    Wrong(Predicate("symmetric", A + B), "holds if A and B are symmetric"),
)
ILL_TYPED = (
    Wrong(eq(X * beta, beta.T * X.T), "the right side is the transpose of the left side"),
    Wrong(
        eq(s.grad(sq(X * beta - y), beta), 2 * (X * beta - y).T * X), "the right side is the transpose of the left side"
    ),
    Wrong(eq(X * beta, beta.T * Y.T), "the transpose of the right side would fit"),
    Wrong(eq(F * x, x * F), "the shapes force the order F x in place of x F, and so the step holds"),
    Wrong(
        eq((F * A * X).T, A.T * X.T * F.T),
        "the shapes force the order Xᵀ Aᵀ Fᵀ in place of Aᵀ Xᵀ Fᵀ, and so the step holds",
    ),
    Wrong(eq(F * A * x, A * x * F), "the shapes force the order F A x in place of A x F, and so the step holds"),
    Wrong(
        eq(s.grad(sq(X * beta - y), beta), 2 * X * (X * beta - y)), "holds with Xᵀ in place of the first X on the right"
    ),
    Wrong(eq(beta, X * y), "the shapes would fit with Xᵀ in place of X on the right"),
    Wrong(eq(X.T * X, X * X.T * c), "the shapes force the order Xᵀ X c in place of X Xᵀ c"),
)
UNDEFINED = (
    Wrong(eq(x, A.I * A * x), "needs A invertible, which is stated nowhere"),
    Wrong(eq(I, A.I * B * B.I * A), "needs A and B invertible, which is stated nowhere"),
    Wrong(eq(PseudoInverse(X), (X.T * X).I * X.T), "needs Xᵀ X invertible, which is stated nowhere"),
    Wrong(eq(X * (X.T * X).I * X.T * X, X), "needs Xᵀ X invertible, which is stated nowhere"),
    Wrong(eq(a, a * c / c), "needs c nonzero, which is stated nowhere"),
    Wrong(eq(x, norm(x) * (x / norm(x))), "needs x nonzero, which is stated nowhere"),
    Wrong(eq(a, s.exp(s.log(a))), "needs a positive, which is stated nowhere"),
    Wrong(eq(a, sqrt(a) ** 2), "needs a nonnegative, which is stated nowhere"),
    Wrong(eq(s.log(a * c), s.log(a) + s.log(c)), "needs a and c positive, which is stated nowhere"),
    Wrong(eq(a * c * x, c * x * a / lam * lam), "needs λ nonzero, which is stated nowhere"),
)
SILENT = (
    Wrong(eq(x, y), ""),
    Wrong(eq(A, B), ""),
    Wrong(eq(a, c), ""),
    Wrong(eq((A + B).I, A.I + B.I), ""),
    Wrong(eq(s.tr(A * B), s.tr(A) * s.tr(B)), ""),
    Wrong(eq(s.exp(a + c), s.exp(a) + s.exp(c)), ""),
    Wrong(le(a * c, a * lam), ""),
    Wrong(s.definite(A - A.T), ""),
    Wrong(Predicate("invertible", A + B), ""),
)


TABLES = ((Status.REFUTED, REFUTED + SILENT), (Status.ILL_TYPED, ILL_TYPED), (Status.TESTED, UNDEFINED))
ROWS = [pytest.param(row, status, id=f"{status}-{k}") for status, rows in TABLES for k, row in enumerate(rows)]


def judged(row: Wrong) -> tuple[Step, Verdict]:
    step = Step("claim", row.claim, row.given)
    return step, check_step(step, row.context, budget=1.0)


@pytest.mark.parametrize(("row", "status"), ROWS)
def test_the_remark_is_the_expected_one(row: Wrong, status: Status) -> None:
    step, verdict = judged(row)
    assert verdict.status is status
    # Generous: a slow machine must not change the answer.
    assert hint(step, row.context, verdict, budget=20.0, show=text) == row.expected


@pytest.mark.parametrize("row", [row for row in (*REFUTED, *UNDEFINED) if row.expected])
def test_nothing_is_said_of_values_that_the_checker_has_not_proved(row: Wrong, monkeypatch: pytest.MonkeyPatch) -> None:
    step, verdict = judged(row)
    monkeypatch.setattr(hints, "check_step", lambda *_, **__: Verdict(Status.TESTED))
    assert hint(step, row.context, verdict, show=text) == ""


@pytest.mark.parametrize("row", ILL_TYPED)
def test_of_shapes_it_says_only_what_would_fit(row: Wrong, monkeypatch: pytest.MonkeyPatch) -> None:
    step, verdict = judged(row)
    monkeypatch.setattr(hints, "check_step", lambda *_, **__: Verdict(Status.TESTED))
    said = hint(step, row.context, verdict, show=text)
    assert "holds" not in said
    assert said == "" or "fit" in said or "shapes force" in said


def test_no_remark_on_a_step_that_is_proved() -> None:
    step, verdict = judged(TRUE)
    assert verdict.status is Status.PROVED
    assert hint(step, PLAIN, verdict) == ""


def test_no_remark_where_the_right_side_has_no_value_whatever_is_added() -> None:
    step, verdict = judged(Wrong(eq(A, (x * x.T).I * A), "", (lt(Int(1), Int(n)),)))
    assert verdict.status is Status.UNDEFINED
    assert hint(step, PLAIN, verdict) == ""


def test_a_repair_has_to_hold_under_the_hypotheses_of_the_step() -> None:
    """P x = -x for an idempotent P with P x = x: the sign, which the hypotheses give."""
    given = (Predicate("idempotent", s.P), eq(s.P * x, x))
    step, verdict = judged(Wrong(eq(s.P * x, -x), "", given))
    assert hint(step, PLAIN, verdict) == "the sign is wrong: the left side is minus the right side"


def test_the_printer_is_the_callers() -> None:
    step, verdict = judged(Wrong(eq(A.T, A), ""))
    assert hint(step, PLAIN, verdict) == "holds if A is symmetric"
    assert hint(step, PLAIN, verdict, show=lambda _: "THIS") == "holds if THIS is symmetric"


def test_without_a_budget_nothing_is_said() -> None:
    step, verdict = judged(REFUTED[0])
    assert hint(step, PLAIN, verdict, budget=0.0) == ""


def test_the_budget_bounds_the_whole_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row on which nothing is certain, with an exact judge that takes all the time it is given."""
    step, verdict = judged(Wrong(eq((A + B + C).I, A.I + B.I + C.I), ""))
    given: list[float] = []

    def slow(*_: object, budget: float, **__: object) -> bool:
        given.append(budget)
        start = perf_counter()
        while perf_counter() - start < budget:
            pass
        return False

    monkeypatch.setattr(hints, "plausible", slow)
    start = perf_counter()
    assert hint(step, PLAIN, verdict, budget=0.3, show=text) == ""
    assert perf_counter() - start < 0.6
    assert sum(given) <= 0.3


def test_a_product_of_symmetric_matrices_is_symmetric_if_they_commute() -> None:
    """The rule that they commute is read from both ends of a word; it must come to an end."""
    step, verdict = judged(Wrong(Predicate("symmetric", A * B), "", s.sym(A, B)))
    start = perf_counter()
    assert hint(step, PLAIN, verdict, budget=5.0, show=text) == "holds if A and B commute"
    assert perf_counter() - start < 2.0


def test_the_same_step_gets_the_same_remark() -> None:
    for row in REFUTED[::7]:
        step, verdict = judged(row)
        assert len({hint(step, row.context, verdict, budget=20.0, show=text) for _ in range(3)}) == 1
