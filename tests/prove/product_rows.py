"""Products over an index: what holds, what is a mistake of the same shape, and what has no value.

``ROWS``: true statements, each with a false twin (the order, an end of the range, an empty range, a factor too many).
``FALSE``: statements that a rule without its side condition would prove.  ``UNDEFINED``: right sides without a value
somewhere.  ``test_normal_form``, ``test_false_statements`` and ``test_guards`` run them with their own.
"""

from __future__ import annotations

from everystep.algebra.context import Context, Hypothesis, Predicate, Random, Recurrence
from everystep.algebra.expressions import (
    Apply,
    Det,
    Diag,
    Entry,
    Expectation,
    Expression,
    Eye,
    Family,
    Gradient,
    Int,
    Jacobian,
    Norm,
    ProdOver,
    ScalarDerivative,
    Unit,
    Zeros,
    norm,
    total,
)
from everystep.derivation import Induction
from tests.prove.statements import (
    PLAIN,
    A,
    B,
    FalseRow,
    H,
    Q,
    Row,
    T,
    V,
    a,
    at_most,
    c,
    equal,
    f,
    g,
    h,
    half,
    i,
    invertible,
    k,
    n,
    s,
    t,
    two,
)

AT, BT = Family("A", n, n), Family("B", n, n)
I = Eye(n)  # noqa: E741 - what the identity matrix is called
from_zero = Context(hypotheses=(at_most(Int(0), Int(k)),))
between = Context(hypotheses=(at_most(Int(1), Int(s)), at_most(Int(s), Int(T))))
started = Context(hypotheses=(at_most(Int(0), Int(s)), at_most(Int(s), Int(T))))


def prod(body: object, low: object = 1, high: object = T) -> ProdOver:
    """The product of ``body`` over t."""
    return ProdOver(body, t, low, high)


def exp(argument: object) -> Apply:
    return Apply("exp", argument)


def log(argument: object) -> Apply:
    return Apply("log", argument)


def power(base: Expression, exponent: object) -> Expression:
    return base ** Int(exponent)


def given(*hypotheses: Hypothesis, context: Context = PLAIN) -> Context:
    return context.given(*hypotheses)


rnn = started + Context(recurrences=(Recurrence(H[t], Apply("phi", A * H[t - 1] + V[t])),))
linear = started + Context(recurrences=(Recurrence(H[t], A * H[t - 1] + V[t]),))
gated = started + Context(recurrences=(Recurrence(H[t], AT[t] * H[t - 1] + V[t]),))
gated_from_zero = from_zero + Context(recurrences=(Recurrence(H[t], AT[t] * H[t - 1] + V[t]),))
numbers = started + Context(recurrences=(Recurrence(h[t], Apply("phi", a * h[t - 1] + f[t])),))

ROWS = (
    Row(
        "next",
        equal(prod(AT[t], 1, T + 1), prod(AT[t]) * AT[T + 1]),
        equal(prod(AT[t], 1, T + 1), AT[T + 1] * prod(AT[t])),
    ),
    Row("first", equal(prod(AT[t]), AT[1] * prod(AT[t], 2)), equal(prod(AT[t]), prod(AT[t], 2) * AT[1])),
    Row(
        "cut",
        equal(prod(AT[t]), prod(AT[t], 1, s) * prod(AT[t], s + 1)),
        equal(prod(AT[t]), prod(AT[t], s + 1) * prod(AT[t], 1, s)),
        between,
        refuted=False,  # the factors commute unless there are three of them
    ),
    Row(
        "cut-at-the-right-place",
        equal(prod(h[t]), prod(h[t], 1, s) * prod(h[t], s + 1)),
        equal(prod(h[t]), prod(h[t], 1, s) * prod(h[t], s)),
        between,
    ),
    Row("transpose", equal(prod(AT[t]).T, prod(AT[T + 1 - t].T)), equal(prod(AT[t]).T, prod(AT[t].T))),
    Row("turned-around", equal(prod(AT[T + 1 - t]), prod(AT[t].T).T), equal(prod(AT[T + 1 - t]), prod(AT[t]))),
    Row("turned-numbers", equal(prod(h[T + 1 - t]), prod(h[t])), equal(prod(h[T - t]), prod(h[t]))),
    Row("shifted", equal(prod(AT[t + 1], 0, T - 1), prod(AT[t])), equal(prod(AT[t + 1]), prod(AT[t]))),
    Row("inverse", equal(prod(AT[t]).I, prod(AT[T + 1 - t].I)), equal(prod(AT[t]).I, prod(AT[t].I))),
    Row("times-its-inverse", equal(prod(AT[t]) * prod(AT[T + 1 - t].I), I), equal(prod(AT[t]) * prod(AT[t].I), I)),
    Row("inverse-of-member", equal(AT[t].I * AT[t], I), equal(AT[t].I * AT[s], I)),
    Row("determinant", equal(Det(prod(AT[t])), prod(Det(AT[t]))), equal(Det(prod(AT[t])), total(Det(AT[t]), t, 1, T))),
    Row(
        "determinant-of-multiples",
        equal(Det(prod(c * AT[t])), power(c, n * T) * prod(Det(AT[t]))),
        equal(Det(prod(c * AT[t])), power(c, T) * prod(Det(AT[t]))),
    ),
    Row("constant", equal(prod(A), power(A, T)), equal(prod(A), Int(T) * A)),
    Row("constant-number", equal(prod(a, 2), power(a, T - 1)), equal(prod(a, 2), power(a, T))),
    Row(
        "scalars-out",
        equal(prod(h[t] * AT[t]), prod(h[t]) * prod(AT[t])),
        equal(prod(h[t] * AT[t]), h[T] * prod(AT[t])),
    ),
    Row(
        "sum-is-not-taken-apart",
        equal(prod(2 * h[t] + 2), power(two, T) * prod(h[t] + 1)),
        equal(prod(h[t] + 1), prod(h[t]) + 1),
    ),
    Row("powers", equal(prod(h[t] ** 2 / f[t]), prod(h[t]) ** 2 / prod(f[t])), equal(prod(h[t] ** 2), prod(h[t]))),
    Row(
        "of-exponentials",
        equal(prod(exp(h[t] + a)), exp(total(h[t], t, 1, T) + Int(T) * a)),
        equal(prod(exp(h[t] + a)), exp(total(h[t], t, 1, T) + a)),
    ),
    Row(
        "diagonal",
        equal(prod(Diag(exp(V[t]))), Diag(exp(total(V[t], t, 1, T)))),
        equal(prod(Diag(exp(V[t]))), Diag(total(exp(V[t]), t, 1, T))),
    ),
    Row(
        "similar",
        equal(prod(Q * AT[t] * Q.I), Q * prod(AT[t]) * Q.I),
        equal(prod(Q * AT[t] * Q.I), Q.I * prod(AT[t]) * Q),
        given(*invertible(Q)),
    ),
    Row(
        "similar-by-orthogonal",
        equal(prod(Q * AT[t] * Q.T), Q * prod(AT[t]) * Q.T),
        equal(prod(Q * AT[t] * Q), Q * prod(AT[t]) * Q),
        given(Predicate("orthogonal", Q)),
    ),
    Row("telescoping", equal(prod(h[t + 1] / h[t]), h[T + 1] / h[1]), equal(prod(h[t + 1] / h[t]), h[T] / h[1])),
    Row(
        "telescoping-to-an-index",
        equal(prod(Int(t) / (Int(t) + 1), 1, k), 1 / (Int(k) + 1)),
        equal(prod(Int(t) / (Int(t) + 1), 1, k), 1 / (Int(k) + 2)),
        from_zero,
        Induction(k, 0),
    ),
    Row(
        "logarithm",
        equal(total(log(h[t]), t, 1, T), log(prod(h[t]))),
        equal(total(log(h[t]), t, 1, T), prod(log(h[t]))),
    ),
    Row(
        "logarithm-of-squares",
        equal(log(prod(h[t] ** 2)), total(log(h[t] ** 2), t, 1, T)),
        equal(log(prod(h[t] ** 2)), total(h[t] ** 2, t, 1, T)),
    ),
    Row(
        "logarithm-of-positive-functions",
        equal(log(prod(c * Apply("logistic", h[t]))), Int(T) * log(c) + total(log(Apply("logistic", h[t])), t, 1, T)),
        equal(log(prod(c * Apply("logistic", h[t]))), log(c) + total(log(Apply("logistic", h[t])), t, 1, T)),
        given(at_most(Int(1), c)),
    ),
    Row("none", equal(prod(AT[t], 1, 0), I), equal(prod(AT[t], 1, 0), Zeros(n, n))),
    Row("two", equal(prod(AT[t], 1, 2), AT[1] * AT[2]), equal(prod(AT[t], 1, 2), AT[2] * AT[1])),
    Row(
        "chosen-by-a-unit",
        equal(total(Entry(Unit(n, 1), i) * prod(h[t], 1, i), i, 1, n), h[1]),
        equal(total(Entry(Unit(n, 1), i) * prod(h[t], 1, i), i, 1, n), h[1] * h[2]),
    ),
    Row(
        "gradient-by-a-factor",
        equal(Gradient(prod(h[t]), h[s]), prod(h[t], 1, s - 1) * prod(h[t], s + 1)),
        equal(Gradient(prod(h[t]), h[s]), prod(h[t], 1, s - 1)),
        between,
    ),
    Row(
        "derivative-of-numbers",
        equal(ScalarDerivative(prod(a - h[t]), a), total(prod(a - h[t], 1, s - 1) * prod(a - h[t], s + 1), s, 1, T)),
        equal(ScalarDerivative(prod(a - h[t]), a), total(prod(a - h[t]), s, 1, T)),
    ),
    Row(
        "derivative-of-matrices",
        equal(
            ScalarDerivative(prod(AT[t] + a * BT[t]), a),
            total(prod(AT[t] + a * BT[t], 1, s - 1) * BT[s] * prod(AT[t] + a * BT[t], s + 1), s, 1, T),
        ),
        equal(
            ScalarDerivative(prod(AT[t] + a * BT[t]), a),
            total(prod(AT[t] + a * BT[t], s + 1) * BT[s] * prod(AT[t] + a * BT[t], 1, s - 1), s, 1, T),
        ),
    ),
    Row(
        "jacobian-of-steps",
        equal(Jacobian(H[T], H[s]), prod(Jacobian(H[T + s + 1 - t], H[T + s - t]), s + 1)),
        equal(Jacobian(H[T], H[s]), prod(Jacobian(H[t], H[t - 1]), s + 1)),
        rnn,
    ),
    Row(
        "jacobian-written-out",
        equal(Jacobian(H[T], H[s]), prod(Diag(Apply("phi", A * H[T + s - t] + V[T + s + 1 - t], 1)) * A, s + 1)),
        equal(Jacobian(H[T], H[s]), prod(A * Diag(Apply("phi", A * H[T + s - t] + V[T + s + 1 - t], 1)), s + 1)),
        rnn,
    ),
    Row(
        "jacobian-as-power",
        equal(Jacobian(H[T], H[s]), power(A, T - s)),
        equal(Jacobian(H[T], H[s]), power(A, T - s + 1)),
        linear,
    ),
    Row(
        "jacobian-of-a-gate",
        equal(Gradient(norm(H[T]) ** 2, H[s]), 2 * prod(AT[t].T, s + 1) * H[T]),
        equal(Gradient(norm(H[T]) ** 2, H[s]), 2 * prod(AT[t], s + 1) * H[T]),
        gated,
    ),
    Row(
        "jacobian-of-numbers",
        equal(ScalarDerivative(h[T], h[s]), power(a, T - s) * prod(Apply("phi", a * h[t - 1] + f[t], 1), s + 1)),
        equal(ScalarDerivative(h[T], h[s]), power(a, T) * prod(Apply("phi", a * h[t - 1] + f[t], 1), s + 1)),
        numbers,
    ),
)

INDUCTION = (
    Row(
        "unrolled",
        equal(H[k], prod(AT[k + 1 - t], 1, k) * H[0] + total(prod(AT[k + s + 1 - t], s + 1, k) * V[s], s, 1, k)),
        equal(H[k], prod(AT[k + 1 - t], 1, k) * H[0] + total(prod(AT[t], s + 1, k) * V[s], s, 1, k)),
        gated_from_zero,
        Induction(k, 0),
    ),
    Row(
        "telescoping-matrices",
        equal(prod(AT[t].I * AT[t + 1], 1, k), AT[1].I * AT[k + 1]),
        equal(prod(AT[t].I * AT[t + 1], 1, k), AT[k + 1] * AT[1].I),
        given(at_most(Int(1), Int(k))),
        Induction(k, 1),
    ),
)

BOUNDS = (
    Row("norm", at_most(norm(prod(AT[t])), prod(norm(AT[t]))), at_most(norm(prod(AT[t])), prod(norm(AT[t]), 1, T + 1))),
    Row(
        "frobenius-norm",
        at_most(Norm(prod(AT[t]), "F"), prod(Norm(AT[t], "F"))),
        at_most(Norm(prod(AT[t], 1, k), "F"), prod(Norm(AT[t], "F"), 1, k)),
        from_zero,
    ),
    Row(
        "decay",
        at_most(norm(power(A, k)), power(a, k)),
        at_most(norm(power(A, k)), power(a, k + 1)),
        given(at_most(norm(A), a), context=from_zero),
    ),
    Row(
        "factor-by-factor",
        at_most(prod(h[t] ** 2), prod(h[t] ** 2 + f[t] ** 2)),
        at_most(prod(h[t]), prod(h[t] + f[t] ** 2)),
    ),
    Row(
        "bounded-functions",
        at_most(0, 1 - Apply("tanh", a) * Apply("tanh", c)),
        at_most(0, Apply("tanh", a) * Apply("tanh", c)),
    ),
    Row("above-one", at_most(1, prod(1 + h[t] ** 2)), at_most(1, prod(h[t] ** 2))),
    Row("positive", at_most(0, prod(exp(h[t]))), at_most(0, prod(h[t]))),
)

dependent = Context(random=(Random(c, "bernoulli", (g,)),))
unordered = Context(recurrences=linear.recurrences)

FALSE = (
    FalseRow(
        "first-of-none",
        equal(prod(AT[t], 1, k), AT[1] * prod(AT[t], 2, k)),
        from_zero,
        "for k = 0 the right side is no product",
    ),
    FalseRow("cut-outside", equal(prod(h[t]), prod(h[t], 1, s) * prod(h[t], s + 1)), PLAIN, "s may lie beyond T"),
    FalseRow("zeros", equal(prod(0 * h[t], 1, k), 0), from_zero, "the empty product is 1"),
    FalseRow("zero-matrices", equal(prod(Zeros(n, n), 1, k), Zeros(n, n)), from_zero, "the empty product is I"),
    FalseRow("taken-apart", equal(prod(AT[t] * BT[t]), prod(AT[t]) * prod(BT[t])), PLAIN, "matrices do not commute"),
    FalseRow(
        "symmetric-factors",
        equal(prod(AT[t] + AT[t].T), prod(AT[t] + AT[t].T).T),
        PLAIN,
        "a product of symmetric matrices is not symmetric",
    ),
    FalseRow(
        "letters-that-move",
        equal(prod(AT[t] * B * AT[t].I), AT[1] * power(B, T) * AT[1].I),
        PLAIN,
        "the outer letters depend on the index",
    ),
    FalseRow("root", equal(prod(h[t] ** 2) ** half, prod(h[t])), PLAIN, "the root is not negative"),
    FalseRow(
        "jacobian-by-a-later-member",
        equal(Jacobian(H[T], H[s]), power(A, T - s)),
        unordered,
        "for s > T the Jacobian is 0",
    ),
    FalseRow(
        "factors-of-any-sign",
        at_most(prod(h[t]), prod(h[t] + 1)),
        PLAIN,
        "negative factors turn the relation around",
    ),
    FalseRow(
        "bound-at-one-index",
        at_most(norm(ProdOver(AT[s], s, 1, T)), power(a, T)),
        given(at_most(norm(AT[t]), a)),
        "the hypothesis is said of one t",
    ),
    FalseRow(
        "value-at-one-index",
        equal(ProdOver(h[s], s, 1, T), power(a, T)),
        given(equal(h[t], a)),
        "the hypothesis is said of one t",
    ),
    FalseRow(
        "zero-at-one-index", equal(ProdOver(h[s], s, 1, T), 0), given(equal(h[t], 0)), "t may lie outside of the range"
    ),
    FalseRow(
        "mean-of-dependent-factors",
        equal(Expectation(prod(c + h[t])), prod(g + h[t])),
        dependent,
        "the factors are not independent",
    ),
    FalseRow(
        "index-of-an-outer-product",
        equal(ProdOver(prod(h[t] * f[s], 1, s), s, 1, T), ProdOver(prod(h[s] * f[s], 1, s), s, 1, T)),
        PLAIN,
        "the inner index is another",
    ),
)

UNDEFINED = (
    FalseRow(
        "inverse-of-another-member",
        equal(AT[s].I - AT[s].I, AT[t].I - AT[t].I),
        PLAIN,
        "another member need not be invertible",
    ),
    FalseRow(
        "factor-before-the-range",
        equal(prod(AT[t]).I * prod(AT[t]), AT[0].I * AT[0]),
        PLAIN,
        "a factor that is not there need not be invertible",
    ),
    FalseRow(
        "factor-of-none",
        equal(prod(h[t], 1, k) / prod(h[t], 1, k), h[1] / h[1]),
        from_zero,
        "for k = 0 there is no h_1",
    ),
    FalseRow(
        "longer-product",
        equal(prod(h[t], 1, k) / prod(h[t], 1, k), prod(h[t], 0, k) / prod(h[t], 0, k)),
        from_zero,
        "h_0 may be 0",
    ),
    FalseRow(
        "logarithm-of-more-factors",
        equal(0 * total(log(h[t]), t, 1, T), 0 * log(prod(h[t], 0, T))),
        PLAIN,
        "h_0 need not be positive",
    ),
    FalseRow("logarithm-of-factors", equal(log(prod(h[t])), total(log(h[t]), t, 1, T)), PLAIN, "two may be negative"),
    FalseRow("logarithm-of-a-square", equal(log(prod(h[t]) ** 2), 2 * log(prod(h[t]))), PLAIN, "it may be negative"),
    FalseRow("range", equal(0 * h[k], 0 * prod(h[t], 1, k)), PLAIN, "k may be below 0"),
)
