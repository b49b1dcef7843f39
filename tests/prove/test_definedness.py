"""Presuppositions inside of sums and of indices: what the left side gives, and what it does not.

Rows that must not be proved although the values agree are in ``test_false_statements.UNDEFINED`` too; here are the
ones about scopes and ranges, each beside a statement of the same shape that is proved.
"""

from __future__ import annotations

import pytest
from sympy import Integer

from everystep.algebra.context import EVERY, Context, Definition, Predicate, Recurrence, Relation
from everystep.algebra.expressions import (
    Apply,
    Col,
    Det,
    Diag,
    Entry,
    Expression,
    Eye,
    Gradient,
    Int,
    Inverse,
    Jacobian,
    Limit,
    LimitAt,
    Member,
    Mul,
    Num,
    Ones,
    ScalarDerivative,
    Unit,
    Var,
    Zeros,
    norm,
    total,
)
from everystep.algebra.shapes import index
from everystep.prove.verdict import Status
from tests.prove.statements import (
    A,
    B,
    C,
    FalseRow,
    H,
    Row,
    T,
    V,
    X,
    a,
    at_most,
    c,
    d,
    equal,
    f,
    h,
    i,
    j,
    judged,
    k,
    less,
    m,
    n,
    t,
    x,
    y,
)

DIAGONAL, DIAGONAL_OF_C = (Entry(M, index(EVERY[0]), index(EVERY[0])) for M in (A, C))
samples = Context(ranges=(("V", Integer(1), T),))
recurrent = Context(recurrences=(Recurrence(H[t], Mul(A, H[t - 1]), 1),))
# D_i := sum over j of f_i / h_j: at j, an index j outside meets the index j inside.
captured = Context(definitions=(Definition(Member("D", 1, 1, i), total(f[i] / h[j], j, 1, T)),))


r = Var("r")


def above(body: Expression) -> LimitAt:
    """The limit as r tends to 0 from above."""
    return LimitAt(body, r, 0, "above")


def log(argument: Expression) -> Expression:
    return Apply("log", argument)


def nothing(term: Expression, *about: object) -> Expression:
    """A sum of 0 that has no value where the term has none."""
    return total(term - term, *about)


entries = total(Entry(y, j), j, 1, n)
spread = total((Entry(y, j) - entries / n) ** 2, j, 1, n)  # a sum of squares as it is written, not multiplied out
ONE_STEP = (at_most(2, Int(T)),)

PAIRS: tuple[Row, ...] = (
    Row("constant-index", equal(Entry(Ones(n), 1), 1), equal(1, Entry(Ones(n), 2))),
    Row("unit-vector", equal(x, x - Unit(n, 1) + Unit(n, 1)), equal(x, x - Unit(n, 2) + Unit(n, 2))),
    Row("column", equal(X * Unit(d, 2), Col(X, 2)), equal(Col(X, 1) - Col(X, 1), Col(X, 2) - Col(X, 2))),
    Row("index-of-another-size", equal(1, Entry(Ones(n), i)), equal(Entry(x, i), Entry(x, i) * Entry(Ones(m), i))),
    Row(
        "shifted-index",
        equal(Entry(x, i) * Entry(Ones(n), i + 1), Entry(x, i)),
        equal(Entry(x, i), Entry(x, i) * Entry(Ones(n), i + 1)),
    ),
    Row("size-as-index", equal(Entry(x, n), Entry(x, n) * Entry(Ones(n), n)), equal(1, Entry(Ones(m), n))),
    Row(
        "vectors-that-differ",
        equal(Gradient(norm(A * x - y, "2"), x), A.T * (A * x - y) / norm(A * x - y, "2")),
        equal(Gradient(norm(A * x + y, "2"), x), A.T * (A * x + y) / norm(A * x + y, "2")),
        Context(hypotheses=(Relation(A * x, "!=", y),)),
    ),
    Row(
        "diagonal-of-not-square",
        equal(total(Entry(A, i, i), i, 1, n) - total(Entry(A, i, i), i, 1, n), 0),
        equal(0, nothing(Entry(X, i, i), i, 1, n)),
    ),
    Row(
        "sum-may-be-empty",
        equal(total(1 / a, t, 1, T), Int(T) / a),
        equal(total(1 / a, t, 1, T - 1), Int(T - 1) / a),
    ),
    Row(
        "constant-denominator",
        equal(total(h[t], t, 1, T - 1) / a, total(h[t] / a, t, 1, T - 1)),
        equal(total(h[t] / a, t, 1, T - 1), total(h[t], t, 1, T - 1) / a),
    ),
    Row(
        "inverse-in-empty-sum",
        equal(total(Inverse(A), t, 1, T), Int(T) * Inverse(A)),
        equal(total(Inverse(A), t, 1, T - 1), Int(T - 1) * Inverse(A)),
    ),
    Row(
        "longer-range",
        equal(total(1 / h[t], t, 1, T), total(1 / h[t], t, 1, T) + nothing(1 / h[t], t, 1, T - 1)),
        equal(total(1 / h[t], t, 1, T - 1), total(1 / h[t], t, 1, T - 1) + nothing(1 / h[t], t, 1, T)),
    ),
    Row(
        "bound-and-free",
        equal(total(1 / h[t], t, 1, T), total(1 / h[j], j, 1, T)),
        equal(1 / h[t], 1 / h[t] + nothing(1 / h[t], t, 1, T)),
    ),
    Row(
        "free-and-bound",
        equal(total(1 / h[t], t, 1, T), total(1 / h[t], t, 1, T) + 1 / h[1] - 1 / h[1]),
        equal(total(1 / h[t], t, 1, T), total(1 / h[t], t, 1, T) + 1 / h[t] - 1 / h[t]),
    ),
    Row(
        "captured-index",
        equal(Member("D", 1, 1, i), Member("D", 1, 1, i) + 1 / h[1] - 1 / h[1]),
        equal(total(1 / h[t], t, 1, T - 1), total(1 / h[t], t, 1, T - 1) + Member("D", 1, 1, j) - Member("D", 1, 1, j)),
        captured,
    ),
    Row(
        "positive-triangle",
        equal(B, A.I * A * B),
        equal(B, C.I * C * B),
        Context(
            hypotheses=(
                *(Predicate("lower triangular", M) for M in (A, C)),
                less(0, DIAGONAL),
                at_most(0, DIAGONAL_OF_C),
            )
        ),
    ),
    Row(
        "triangle-without-zeros",
        equal(B, (A * A.T).I * A * A.T * B),
        equal(B, (C * C.T).I * C * C.T * B),
        Context(
            hypotheses=(
                Predicate("upper triangular", A),
                Predicate("nonzero", DIAGONAL),
                Predicate("nonzero", DIAGONAL_OF_C),
            )
        ),
    ),
    Row("limit", equal(Limit(h[k] / a, k), Limit(h[k], k) / a), equal(0, Limit(h[k] / a, k) * 0)),
    Row(
        "weighted-mean-of-positive",
        equal(0, log(c * a + (1 - c) * r) - log(c * a + (1 - c) * r)),
        equal(0, log(c * a - (1 - c) * r) - log(c * a - (1 - c) * r)),
        Context(hypotheses=(*(Relation(Num(0), "<", e) for e in (a, r)), at_most(0, c), at_most(c, 1))),
    ),
    Row("near-a-point", equal(1, above(log(1 - r) / log(1 - r))), equal(1, above(log(a + r) / log(a + r)))),
    Row("body-of-a-limit", equal(above(1 / a + r), above(1 / a + 2 * r)), equal(0, above(0 / a + 2 * r))),
    Row("last-sample", equal(0 * V[T], V[T] - V[T]), equal(Zeros(n), V[t + 1] - V[t + 1]), samples),
    Row("before-the-start", equal(0 * H[t - 1], H[t - 1] - H[t - 1]), equal(Zeros(n), H[t - 1] - H[t - 1]), recurrent),
    Row(
        "two-of-one-sample",
        equal(V[1], V[1] + total(V[t], t, 2, T) - total(V[t], t, 2, T)),
        equal(V[1], V[1] + V[2] - V[2]),
        samples,
    ),
    Row(
        "spread-in-a-sum",
        equal(total(Entry(x, k), k, 1, n), total(Entry(x, k) * (spread + c) / (spread + c), k, 1, n)),
        equal(total(Entry(x, k), k, 1, n), total(Entry(x, k) * (entries + c) / (entries + c), k, 1, n)),
        Context(hypotheses=(Relation(Num(0), "<", c),)),
    ),
)


def test_a_kink_that_the_left_side_need_not_have_is_a_condition_of_the_verdict() -> None:
    layer = equal(Jacobian(Apply("relu", A * x), x), Diag(Apply("step", A * x)) * A)
    verdict = judged(layer, Context())
    assert verdict.status is Status.PROVED
    assert verdict.conditions == ("A x away from 0",)
    surely = equal(ScalarDerivative(Apply("abs", a), a), Apply("sign", a))
    assert judged(surely, Context()).conditions == ()


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in PAIRS])
def test_what_the_left_side_presupposes_is_granted_and_no_more(row: Row) -> None:
    assert judged(row.true, row.context).status is Status.PROVED
    verdict = judged(row.false, row.context)
    assert verdict.status is not Status.PROVED
    assert verdict.status is not Status.REFUTED


@pytest.mark.parametrize(
    "claim",
    [
        equal(1, Entry(Ones(n), 2)),
        equal(x, x - Unit(n, 2) + Unit(n, 2)),
    ],
)
def test_a_stated_size_makes_a_constant_index_right(claim: Relation) -> None:
    at_least_two = at_most(2, Int(n))
    assert judged(claim, Context(hypotheses=(at_least_two,))).status is Status.PROVED
    written = equal(Entry(x, 2), 5)  # a hypothesis about an entry says that there is one
    assert judged(claim, Context(hypotheses=(written,))).status is Status.PROVED
    for_all = equal(Entry(x, i + 1), 5)  # for the indices that there are
    assert judged(claim, Context(hypotheses=(for_all,))).status is not Status.PROVED


def test_a_sum_of_at_least_one_term_grants_what_its_terms_presuppose() -> None:
    claim = equal(total(h[t] / a, t, 1, T - 1), total(h[t], t, 1, T - 1) / a)
    assert judged(claim, Context(hypotheses=ONE_STEP)).status is Status.PROVED


UNDEFINED = tuple(
    FalseRow(row.name, row.false, row.context, "the right side has no value somewhere where the left has one")
    for row in PAIRS
)


@pytest.mark.parametrize("subject", [x * x.T, x * y.T * A, A * x * x.T])
def test_the_inverse_of_a_dyad_exists_at_size_one_only(subject: Expression) -> None:
    claim = equal(Inverse(subject) * subject, Eye(n))
    verdict = judged(claim, Context())
    assert verdict.status is Status.UNDEFINED
    assert "unless n = 1" in verdict.message
    for given in (at_most(Int(n), 1), Predicate("invertible", subject), Relation(Det(subject), "!=", Num(0))):
        assert judged(claim, Context(hypotheses=(given,))).status not in (Status.UNDEFINED, Status.REFUTED)


def test_the_inverse_of_a_dyad_of_numbers_exists() -> None:
    assert judged(equal(Inverse(a * a), 1 / a**2), Context()).status is Status.PROVED
    claim = equal(Inverse(X * X.T) * X * X.T, Eye(n))  # X may have as many columns as rows
    assert judged(claim, Context()).status is not Status.UNDEFINED
