"""Rows for norms of Jacobians and of diagonal factors, layer by layer; covariances of weights below the identity.

``test_normal_form`` and ``test_false_statements`` run them with their own; ``layer_mutations`` breaks the rules.
"""

from __future__ import annotations

from everystep.algebra.context import EVERY, Context, Definition, Predicate, Recurrence
from everystep.algebra.expressions import (
    Apply,
    Diag,
    Entry,
    Expression,
    Eye,
    Hadamard,
    Hessian,
    Int,
    Jacobian,
    LogSumExp,
    Norm,
    Ones,
    Pow,
    ProdOver,
    Softmax,
    matrix,
    norm,
)
from everystep.algebra.expressions import Family as FamilyOf
from everystep.algebra.shapes import index
from tests.identities.notation import logistic, tanh
from tests.prove.statements import (
    PLAIN,
    A,
    B,
    FalseRow,
    H,
    P,
    Q,
    Row,
    V,
    a,
    at_most,
    b,
    c,
    d,
    equal,
    half,
    invertible,
    k,
    less,
    n,
    s,
    t,
    u,
    x,
    y,
    z,
)

given = PLAIN.given
eye = Eye(n)
quarter = half * half
F = matrix("F", d, n)
Ws = FamilyOf("Ws", n, n)
p = Softmax(z)
slopes = Ones(n) - Hadamard(tanh(x), tanh(x))
steps = (at_most(0, Int(k)), at_most(Int(k), Int(t)))
network = Context(recurrences=(Recurrence(H[t], tanh(A * H[t - 1] + b)),)).given(*steps)
varying = Context(
    recurrences=(Recurrence(H[t], logistic(V[t])),), definitions=(Definition(V[t], Ws[t] * H[t - 1] + x),)
).given(*steps)
residual = Context(recurrences=(Recurrence(H[t], H[t - 1] - P * tanh(A * H[t - 1])),)).given(*steps)
delayed = Context(recurrences=(Recurrence(H[t], A * H[t - 1] + B * H[t - 2], 2),)).given(
    at_most(1, Int(k)), at_most(Int(k), Int(t))
)
fed_back = Context(
    recurrences=(Recurrence(H[t], A * H[t - 1] + B * V[t - 1]), Recurrence(V[t], P * H[t - 1])),
).given(*steps)


def semidefinite(e: Expression) -> Predicate:
    return Predicate("positive semidefinite", e)


def covariance(w: Expression) -> Expression:
    return Diag(w) - w * w.T


i_any = index(EVERY[0])


def weights(w: Expression) -> Context:
    return given(at_most(0, Entry(w, i_any)), equal(Ones(n).T * w, 1))


LAYERS = (
    Row(
        "one-step",
        at_most(Norm(Jacobian(H[k + 1], H[k])), Norm(A)),
        at_most(Norm(Jacobian(H[k + 1], H[k])), half * Norm(A)),
        network,
    ),
    Row(
        "all-steps",
        at_most(Norm(Jacobian(H[t], H[k])), Pow(Norm(A), Int(t - k))),
        at_most(Norm(Jacobian(H[t], H[k])), Pow(half * Norm(A), Int(t - k))),
        network,
    ),
    Row(
        "all-steps-below-a-bound",
        at_most(Norm(Jacobian(H[t], H[k])), Pow(a, Int(t - k))),
        at_most(Norm(Jacobian(H[t], H[k])), Pow(a, Int(t - k + 1))),
        network.given(at_most(Norm(A), a)),
        refuted=False,  # at few instances is the norm of a product that of its factors
    ),
    Row(
        "other-weights-at-each-step",
        at_most(Norm(Jacobian(H[t], H[k])), ProdOver(quarter * Norm(Ws[s]), s, k + 1, t)),
        at_most(Norm(Jacobian(H[t], H[k])), ProdOver(quarter * quarter * Norm(Ws[s]), s, k + 1, t)),
        varying,
    ),
    Row(
        "residual",
        at_most(Norm(Jacobian(H[t], H[k])), Pow(1 + Norm(P) * Norm(A), Int(t - k))),
        at_most(Norm(Jacobian(H[t], H[k])), Pow(Norm(P) * Norm(A), Int(t - k))),
        residual,
    ),
    Row(
        "two-layers",
        at_most(Norm(Jacobian(P * tanh(A * x + b), x)), Norm(P) * Norm(A)),
        at_most(Norm(Jacobian(P * tanh(A * x + b), x)), quarter * Norm(P) * Norm(A)),
    ),
    Row(
        "softmax-layer",
        at_most(Norm(Jacobian(Softmax(A * x), x)), half * Norm(A)),
        at_most(Norm(Jacobian(Softmax(A * x), x)), quarter * Norm(A)),
    ),
    Row(
        "numbers-before-a-layer",
        at_most(Norm(Jacobian(c * A * x + (b.T * y) * x, x)), Apply("abs", c) * Norm(A) + Apply("abs", b.T * y)),
        at_most(Norm(Jacobian(c * A * x + (b.T * y) * x, x)), c * Norm(A) + Apply("abs", b.T * y)),
    ),
)
DIAGONALS = (
    Row(
        "hessian-of-exponentials",
        Predicate("positive definite", Hessian(Ones(n).T * Apply("exp", x), x)),
        Predicate("positive definite", Hessian(Ones(n).T * Apply("sin", x), x)),
    ),
    Row("slopes", at_most(Norm(Diag(slopes)), 1), at_most(Norm(Diag(slopes)), half)),
    Row(
        "slopes-before-a-matrix",
        at_most(Norm(Diag(slopes) * A), Norm(A)),
        at_most(Norm(Diag(slopes) * A), half * Norm(A)),
    ),
    Row(
        "between-two-matrices",
        at_most(Norm(A * Diag(Apply("logistic", x, 1)) * B), quarter * Norm(A) * Norm(B)),
        at_most(Norm(A * Diag(Apply("logistic", x, 1)) * B), quarter * Norm(A * B)),
    ),
    Row(
        "in-the-norm-of-columns",
        at_most(Norm(Diag(logistic(x)) * A, "1"), Norm(A, "1")),
        at_most(Norm(Diag(logistic(x)) * A, "1"), half * Norm(A, "1")),
    ),
    Row(
        "as-a-matrix",
        semidefinite(eye - Diag(slopes)),
        semidefinite(half * eye - Diag(slopes)),
    ),
    Row(
        "products-of-diagonals",
        semidefinite(2 * eye - Diag(tanh(x)) * Diag(slopes) / 2 - Diag(logistic(x))),
        semidefinite(eye - Diag(tanh(x)) * Diag(slopes) - Diag(logistic(x))),
    ),
)
WEIGHTS = (
    Row("half-the-identity", semidefinite(half * eye - covariance(p)), semidefinite(quarter * eye - covariance(p))),
    Row(
        "declared-weights",
        semidefinite(half * eye - covariance(x)),
        semidefinite(quarter * eye - covariance(x)),
        weights(x),
    ),
    Row(
        "hessian-of-log-sum-exp",
        at_most(y.T * Hessian(LogSumExp(z), z) * y, half * norm(y) ** 2),
        at_most(y.T * Hessian(LogSumExp(z), z) * y, quarter * norm(y) ** 2),
    ),
    Row("added", semidefinite(eye + 3 * covariance(p)), semidefinite(3 * covariance(p) - quarter * eye)),
    Row(
        "definite", Predicate("positive definite", eye - covariance(p)), Predicate("positive definite", -covariance(p))
    ),
    Row("norm", at_most(Norm(covariance(p)), half), at_most(Norm(covariance(p)), quarter)),
)
INVERSES = (
    Row(
        "inverse-near-the-identity",
        at_most(Norm((eye - A).I), 1 / (1 - Norm(A))),
        at_most(Norm((eye - A).I), 1 / (1 + Norm(A))),
        given(less(Norm(A), 1)),
    ),
    Row(
        "from-below",
        at_most(1 / (1 + Norm(A)), Norm((eye - A).I)),
        at_most(1 / (1 - Norm(A)), Norm((eye - A).I)),
        given(less(Norm(A), 1)),
    ),
    Row(
        "in-the-norm-of-rows",
        at_most(Norm((eye - A).I, "inf"), 1 / (1 - Norm(A, "inf"))),
        at_most(Norm((eye - A).I, "inf"), 1 / (1 + Norm(A, "inf"))),
        given(less(Norm(A, "inf"), 1)),
    ),
    Row(
        "inverse-of-a-sum",
        at_most(Norm((P + Q).I), Norm(P.I) / (1 - Norm(P.I) * Norm(Q))),
        at_most(Norm((P + Q).I), Norm(P.I) / (1 + Norm(P.I) * Norm(Q))),
        given(*invertible(P, P + Q), less(Norm(P.I) * Norm(Q), 1)),
        refuted=False,  # few instances have such norms
    ),
    Row(
        "moved-inverse",
        at_most(Norm((P + Q).I - P.I), Norm(P.I) ** 2 * Norm(Q) / (1 - Norm(P.I) * Norm(Q))),
        at_most(Norm((P + Q).I - P.I), Norm(P.I) ** 2 * Norm(Q)),
        given(*invertible(P, P + Q), less(Norm(P.I) * Norm(Q), 1)),
        refuted=False,  # few instances have such norms
    ),
    Row("inverse-of-a-norm", less(0, Norm(A)), less(Norm(A), 0), given(*invertible(A))),
)
UNTRUE = (
    FalseRow(
        "before-the-start",
        at_most(Norm(Jacobian(H[t], H[k])), Pow(Norm(A), Int(t - k))),
        Context(recurrences=(Recurrence(H[t], tanh(A * H[t - 1] + b)),)).given(at_most(Int(k), Int(t))),
        "of k < 0 there is no step",
    ),
    FalseRow(
        "two-steps-back",
        at_most(Norm(Jacobian(H[t], H[k])), Pow(Norm(A), Int(t - k))),
        delayed,
        "h_(t-2) counts as well",
    ),
    FalseRow(
        "through-another-recurrence",
        at_most(Norm(Jacobian(H[t], H[k])), Pow(Norm(A), Int(t - k))),
        fed_back,
        "v rests on h",
    ),
    FalseRow(
        "slope-of-exp",
        at_most(Norm(Jacobian(Apply("exp", A * x), x)), Norm(A)),
        PLAIN,
        "exp has slopes of any size",
    ),
    FalseRow(
        "matrix-of-the-variable",
        at_most(Norm(Jacobian(Diag(x) * A * x, x)), Norm(Diag(x)) * Norm(A)),
        PLAIN,
        "diag(x) moves with x",
    ),
    FalseRow(
        "frobenius-norm-of-slopes",
        at_most(Norm(Diag(logistic(x)), "F"), 1),
        PLAIN,
        "it grows with the root of n",
    ),
    FalseRow(
        "slopes-of-any-size",
        at_most(Norm(Diag(u) * A), Norm(A)),
        PLAIN,
        "u may be long",
    ),
    FalseRow(
        "diagonal-of-any-sign",
        semidefinite(eye - Diag(u)),
        PLAIN,
        "u may be more than 1",
    ),
    FalseRow(
        "weights-of-any-sum",
        semidefinite(half * eye - covariance(x)),
        given(at_most(0, Entry(x, i_any))),
        "2 e_1 has the variance 2 - 4",
    ),
    FalseRow(
        "identity-in-the-frobenius-norm",
        at_most(Norm((eye - A).I, "F"), 1 / (1 - Norm(A, "F"))),
        given(less(Norm(A, "F"), 1)),
        "at A = 0 it is the root of n",
    ),
    FalseRow(
        "norm-of-any-matrix",
        less(0, Norm(A)),
        PLAIN,
        "A may be 0",
    ),
)
CLASSES = {
    "bounds through layers": LAYERS,
    "diagonal factors": DIAGONALS,
    "covariances of weights": WEIGHTS,
    "norms of inverses": INVERSES,
}
FALSE = {"false bounds through layers": UNTRUE}
