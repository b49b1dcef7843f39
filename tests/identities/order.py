"""Inequalities, definiteness, convexity, limits."""

from sympy import Rational

from everystep.algebra.context import Context, Definition, Predicate, Recurrence
from everystep.algebra.expressions import (
    Apply,
    EigMax,
    EigMin,
    Expression,
    Eye,
    Int,
    Limit,
    Max,
    Min,
    Num,
    Zeros,
    as_expression,
    norm,
    odot,
    sq,
    sqrt,
)
from everystep.derivation import Induction
from tests.identities.notation import *

quarter = Num(Rational(1, 4))
small = (lt(0, a), lt(a, 1))
unit_interval = (le(0, a), le(a, 1))
full = Predicate("full column rank", X)


def spectral(argument: Expression) -> Expression:
    return norm(argument, "2")


def lim(body: object) -> Limit:
    return Limit(as_expression(body), k)


ROWS = (
    # numbers
    statement("square-nonnegative", le(0, (a - c) ** 2), lt(0, (a - c) ** 2)),
    statement("two-products", le(2 * a * c, a**2 + c**2), le(3 * a * c, a**2 + c**2)),
    statement(
        "arithmetic-geometric",
        le(sqrt(a * c), half * (a + c)),
        le(half * (a + c), sqrt(a * c)),
        *positive(a, c),
    ),
    statement("sum-with-inverse", le(2, a + 1 / a), le(3, a + 1 / a), *positive(a)),
    statement("square-of-sum", le((a + c) ** 2, 2 * a**2 + 2 * c**2), le((a + c) ** 2, a**2 + c**2)),
    statement(
        "weighted-young",
        le(a * c, lam * a**2 / 2 + c**2 / (2 * lam)),
        le(a * c, lam * a**2 / 4 + c**2 / (4 * lam)),
        *positive(lam),
    ),
    statement("sum-of-positive", lt(0, a + c), lt(0, a - c), *positive(a, c)),
    statement("quotient-of-positive", lt(0, a / c), lt(0, c - a), *positive(a, c)),
    statement(
        "rates-in-order",
        lt(0, 2 * a * lam * (g - alpha) / ((alpha + c) * (g + c))),
        lt(0, 2 * a * lam * (alpha - g) / ((alpha + c) * (g + c))),
        *positive(a, c, lam, alpha),
        lt(alpha, g),
    ),
    statement("fraction-below-one", lt(a / (1 + a), 1), lt(a / (1 + a), half), *positive(a)),
    statement("square-smaller", lt(a**2, a), lt(a, a**2), *small),
    statement("product-of-probabilities", le(a * (1 - a), quarter), lt(a * (1 - a), quarter), *unit_interval),
    statement("transitive", lt(a, g), lt(g, a), lt(a, c), lt(c, g)),
    statement("scaled", lt(g * a, g * c), lt(g * c, g * a), lt(a, c), *positive(g)),
    statement("negated", lt(-c, -a), lt(-a, -c), lt(a, c)),
    statement("inverted", lt(1 / c, 1 / a), lt(1 / a, 1 / c), *positive(a), lt(a, c)),
    statement("squared", lt(a**2, c**2), lt(c**2, a**2), *positive(a), lt(a, c)),
    statement("square-zero", eq(a, 0), eq(a, 1), eq(a**2, 0)),
    statement("max-above", le(a, Max(a, c)), le(Max(a, c), a)),
    statement("min-below", le(Min(a, c), a), le(a, Min(a, c))),
    statement("max-below-sum", le(Max(a, c), a + c), le(a + c, Max(a, c)), *positive(a, c)),
    statement("mean-between", le(half * (a + c), Max(a, c)), le(Max(a, c), half * (a + c))),
    statement("absolute-nonnegative", le(0, absolute(a)), lt(0, absolute(a))),
    statement("absolute-above", le(a, absolute(a)), le(absolute(a), a)),
    statement(
        "triangle-of-numbers",
        le(absolute(a + c), absolute(a) + absolute(c)),
        le(absolute(a) + absolute(c), absolute(a + c)),
    ),
    statement("relu-nonnegative", le(0, relu(a)), lt(0, relu(a))),
    statement("relu-above", le(a, relu(a)), le(relu(a), a)),
    # functions
    statement("exp-above-tangent", le(1 + a, exp(a)), le(exp(a), 1 + a)),
    statement("exp-increasing", lt(exp(a), exp(c)), lt(exp(c), exp(a)), lt(a, c)),
    statement("log-below-tangent", le(log(a), a - 1), le(a - 1, log(a)), *positive(a)),
    statement(
        "log-increasing",
        lt(log(a), log(c)),
        lt(log(c), log(a)),
        *positive(a),
        lt(a, c),
    ),
    statement("logistic-positive", lt(0, logistic(a)), lt(half, logistic(a))),
    statement("logistic-below-one", lt(logistic(a), 1), lt(logistic(a), half)),
    statement(
        "logistic-slope", le(logistic(a) * (1 - logistic(a)), quarter), lt(logistic(a) * (1 - logistic(a)), quarter)
    ),
    statement(
        "logistic-increasing",
        lt(logistic(a), logistic(c)),
        lt(logistic(c), logistic(a)),
        lt(a, c),
    ),
    statement("tanh-below-one", lt(tanh(a), 1), lt(tanh(a), 0)),
    statement("tanh-above-minus-one", lt(-1, tanh(a)), lt(0, tanh(a))),
    statement("tanh-slope-positive", lt(0, 1 - tanh(a) ** 2), lt(1, 1 - tanh(a) ** 2)),
    statement("softplus-positive", lt(0, softplus(a)), lt(softplus(a), 0)),
    statement("softplus-above-relu", le(relu(a), softplus(a)), le(softplus(a), relu(a))),
    statement(
        "sine-bounded",
        le(Apply("sin", a) ** 2, 1),
        lt(Apply("sin", a) ** 2, 1),
        twin_open_because="no instance that is tried shows it",
    ),
    statement(
        "log-sum-exp-above-entry",
        le(entry(x, i), lse(x)),
        le(lse(x), entry(x, i)),
        *within(i, n),
    ),
    statement("log-sum-exp-above-max", le(Max(x), lse(x)), lt(lse(x), Max(x))),
    statement("log-sum-exp-below-max", le(lse(x), Max(x) + log(Int(n))), le(lse(x), Max(x))),
    statement(
        "softmax-positive",
        lt(0, entry(softmax(x), i)),
        lt(half, entry(softmax(x), i)),
        *within(i, n),
    ),
    statement(
        "softmax-below-one",
        le(entry(softmax(x), i), 1),
        le(entry(softmax(x), i), half),
        *within(i, n),
    ),
    # norms and inner products
    statement("norm-nonnegative", le(0, norm(x)), lt(0, norm(x))),
    statement("norm-positive", lt(0, norm(x)), lt(1, norm(x)), *nonzero(x)),
    statement("cauchy-schwarz", le((x.T * y) ** 2, sq(x) * sq(y)), le(sq(x) * sq(y), (x.T * y) ** 2)),
    statement("cauchy-schwarz-rooted", le(x.T * y, norm(x) * norm(y)), le(norm(x) * norm(y), x.T * y)),
    statement(
        "cauchy-schwarz-absolute", le(absolute(x.T * y), norm(x) * norm(y)), le(norm(x) * norm(y), absolute(x.T * y))
    ),
    statement(
        "cauchy-schwarz-weighted",
        le((x.T * S * y) ** 2, (x.T * S * x) * (y.T * S * y)),
        le((x.T * S * x) * (y.T * S * y), (x.T * S * y) ** 2),
        semidefinite(S),
    ),
    statement("cauchy-schwarz-trace", le(tr(X.T * Y) ** 2, sq(X) * sq(Y)), le(sq(X) * sq(Y), tr(X.T * Y) ** 2)),
    statement("triangle", le(norm(x + y), norm(x) + norm(y)), le(norm(x) + norm(y), norm(x + y))),
    statement(
        "triangle-of-difference",
        le(norm(x - z), norm(x - y) + norm(y - z)),
        le(norm(x - y) + norm(y - z), norm(x - z)),
    ),
    statement(
        "triangle-frobenius",
        le(frobenius(X + Y), frobenius(X) + frobenius(Y)),
        le(frobenius(X) + frobenius(Y), frobenius(X + Y)),
    ),
    statement(
        "triangle-operator",
        le(spectral(X + Y), spectral(X) + spectral(Y)),
        le(spectral(X) + spectral(Y), spectral(X + Y)),
    ),
    statement("norm-of-sum-squared", le(sq(x + y), 2 * sq(x) + 2 * sq(y)), le(sq(x + y), sq(x) + sq(y))),
    statement(
        "operator-norm-product",
        le(spectral(A * B), spectral(A) * spectral(B)),
        le(spectral(A) * spectral(B), spectral(A * B)),
    ),
    statement("operator-norm-vector", le(norm(A * x), spectral(A) * norm(x)), le(spectral(A) * norm(x), norm(A * x))),
    statement("operator-below-frobenius", le(spectral(X), frobenius(X)), le(frobenius(X), spectral(X))),
    statement(
        "frobenius-product",
        le(frobenius(A * B), frobenius(A) * frobenius(B)),
        le(frobenius(A) * frobenius(B), frobenius(A * B)),
    ),
    statement(
        "entry-below-norm",
        le(entry(x, i) ** 2, sq(x)),
        lt(entry(x, i) ** 2, sq(x)),
        *within(i, n),
    ),
    statement("sum-below-norm", le((ones.T * x) ** 2, Int(n) * sq(x)), le((ones.T * x) ** 2, sq(x))),
    statement("one-norm-above", le(norm(x), norm(x, "1")), le(norm(x, "1"), norm(x))),
    statement("maximum-norm-below", le(norm(x, "inf"), norm(x)), le(norm(x), norm(x, "inf"))),
    statement(
        "projection-shrinks",
        le(sq(P * x), sq(x)),
        lt(sq(P * x), sq(x)),
        *sym(P),
        Predicate("idempotent", P),
    ),
    statement(
        "centring-shrinks",
        le(sq(x - ones * (ones.T * x) / Int(n)), sq(x)),
        lt(sq(x - ones * (ones.T * x) / Int(n)), sq(x)),
    ),
    statement("trace-squared", le(tr(A) ** 2, Int(n) * sq(A)), le(tr(A) ** 2, sq(A))),
    statement(
        "bounded-product",
        le(norm(A * x), c * norm(x)),
        lt(norm(A * x), c * norm(x)),
        le(spectral(A), c),
    ),
    statement(
        "two-bounded-factors",
        le(spectral(A * B), c * c),
        lt(spectral(A * B), c * c),
        le(spectral(A), c),
        le(spectral(B), c),
    ),
    # definiteness
    statement("sum-semidefinite", semidefinite(A + B), semidefinite(A - B), semidefinite(A), semidefinite(B)),
    statement("sum-definite", definite(A + B), definite(A - B), definite(A), semidefinite(B)),
    statement("scaled-definite", definite(c * A), definite(-c * A), definite(A), *positive(c)),
    statement("inverse-definite", definite(A.I), definite(I - A.I), definite(A)),
    statement("square-of-symmetric", semidefinite(S * S), definite(S * S), *sym(S)),
    statement("gram", semidefinite(X.T * X), definite(X.T * X)),
    statement("gram-full-rank", definite(X.T * X), definite(X.T * X - Eye(d)), full),
    statement("ridge", definite(X.T * X + lam * Eye(d)), definite(X.T * X - lam * Eye(d)), *positive(lam)),
    statement("congruence", semidefinite(X.T * S * X), definite(X.T * S * X), semidefinite(S)),
    statement("congruence-full-rank", definite(X.T * S * X), definite(X.T * S * X - Eye(d)), definite(S), full),
    statement("congruence-invertible", definite(A.T * S * A), definite(A * S), definite(S), *inv(A)),
    statement("outer-product", semidefinite(x * x.T), definite(x * x.T)),
    statement("identity-plus-outer", definite(I + x * x.T), definite(I - x * x.T)),
    statement(
        "weighted-samples",
        semidefinite(total(f[t] ** 2 * V[t] * V[t].T, t, 1, T)),
        semidefinite(total(f[t] * V[t] * V[t].T, t, 1, T)),
    ),
    statement("centring", semidefinite(I - ones * ones.T / Int(n)), definite(I - ones * ones.T / Int(n))),
    statement("projection", semidefinite(P), definite(P), *sym(P), Predicate("idempotent", P)),
    statement("complement-of-projection", semidefinite(I - P), definite(I - P), *sym(P), Predicate("idempotent", P)),
    statement(
        "softmax-covariance",
        semidefinite(diag(softmax(x)) - softmax(x) * softmax(x).T),
        definite(diag(softmax(x)) - softmax(x) * softmax(x).T),
    ),
    statement("outer-below-square", semidefinite(sq(x) * I - x * x.T), semidefinite(sq(x) * I - 2 * x * x.T)),
    statement("semidefinite-diagonal", le(0, entry(P, i, i)), le(0, entry(A, i, i)), semidefinite(P), *within(i, n)),
    statement("trace-of-semidefinite", le(0, tr(P)), le(0, tr(A)), semidefinite(P)),
    statement("trace-of-congruence", le(0, tr(X.T * P * X)), le(0, tr(X.T * A * X)), semidefinite(P)),
    statement(
        "minor-of-semidefinite",
        le(entry(P, i, j) ** 2, entry(P, i, i) * entry(P, j, j)),
        le(entry(A, i, j) ** 2, entry(A, i, i) * entry(A, j, j)),
        semidefinite(P),
        *within(i, n),
        *within(j, n),
    ),
    statement(
        "cauchy-schwarz-dual",
        le((x.T * y) ** 2, (x.T * S * x) * (y.T * S.I * y)),
        le((x.T * y) ** 2, (x.T * S * x) * (y.T * S * y)),
        definite(S),
    ),
    statement("eigenvalue-below-trace", le(EigMax(P), tr(P)), le(tr(P), EigMax(P)), semidefinite(P)),
    statement("eigenvalue-of-semidefinite", le(0, EigMin(P)), lt(0, EigMin(P)), semidefinite(P)),
    statement("rank-of-outer-product", le(rank(x * y.T), Int(1)), le(rank(X), Int(1))),
    statement("diagonal-of-exp", definite(diag(exp(x))), definite(diag(x))),
    statement(
        "symmetric-part-of-gram", Predicate("symmetric", X * K * X.T), Predicate("symmetric", A * X * X.T), *sym(K)
    ),
    statement("definite-is-invertible", Predicate("invertible", S), Predicate("invertible", S - I), definite(S)),
    statement("form-positive", lt(0, x.T * S * x), lt(sq(x), x.T * S * x), definite(S), *nonzero(x)),
    statement("inverse-form-positive", lt(0, x.T * S.I * x), lt(1, x.T * S.I * x), definite(S), *nonzero(x)),
    statement("trace-of-definite", lt(0, tr(S)), lt(Int(n), tr(S)), definite(S)),
    statement("trace-of-two-semidefinite", le(0, tr(S * P)), lt(0, tr(S * P)), semidefinite(S), semidefinite(P)),
    statement(
        "diagonal-of-definite", lt(0, entry(S, i, i)), lt(0, entry(S, i, j)), definite(S), *within(i, n), *within(j, n)
    ),
    statement(
        "kron-of-definite",
        definite(kron(A, U)),
        definite(kron(A, U) - kron(A, Eye(m))),
        definite(A),
        definite(U),
    ),
    statement("eigenvalue-above", le(x.T * S * x, EigMax(S) * sq(x)), le(EigMax(S) * sq(x), x.T * S * x), *sym(S)),
    statement("eigenvalue-below", le(EigMin(S) * sq(x), x.T * S * x), le(x.T * S * x, EigMin(S) * sq(x)), *sym(S)),
    statement(
        "eigenvalues-ordered",
        le(EigMin(S), EigMax(S)),
        lt(EigMin(S), EigMax(S)),
        *sym(S),
    ),
    statement(
        "trace-below-eigenvalue",
        le(tr(S), Int(n) * EigMax(S)),
        le(tr(S), EigMax(S)),
        *sym(S),
    ),
    statement(
        "gradient-step-contracts",
        definite(I - alpha * S),
        definite(I - 3 * alpha * S),
        semidefinite(S),
        lt(0, alpha),
        lt(alpha, 1 / EigMax(S)),
    ),
    statement(
        "loewner",
        le(x.T * A * x, x.T * B * x),
        lt(x.T * A * x, x.T * B * x),
        semidefinite(B - A),
        *sym(A),
    ),
    # convexity
    statement(
        "least-squares-convex", semidefinite(hess(sq(y - X * beta), beta)), definite(hess(sq(y - X * beta), beta))
    ),
    statement(
        "ridge-strictly-convex",
        definite(hess(sq(y - X * beta) + lam * sq(beta), beta)),
        definite(hess(sq(y - X * beta) - lam * sq(beta), beta)),
        *positive(lam),
    ),
    statement(
        "log-sum-exp-convex",
        semidefinite(hess(lse(x), x)),
        definite(hess(lse(x), x)),
    ),
    statement(
        "logistic-loss-convex",
        semidefinite(hess(ones.T * softplus(X * beta), beta)),
        definite(hess(ones.T * softplus(X * beta), beta)),
    ),
    statement(
        "logistic-not-convex", semidefinite(hess(softplus(b.T * x), x)), semidefinite(hess(logistic(b.T * x), x))
    ),
    statement("exp-convex", semidefinite(hess(exp(b.T * x), x)), definite(hess(exp(b.T * x), x))),
    statement("quartic-convex", semidefinite(hess(sq(x) ** 2, x)), definite(hess(sq(x) ** 2, x))),
    statement(
        "norm-convex",
        semidefinite(hess(norm(x), x)),
        definite(hess(norm(x), x)),
        *nonzero(x),
    ),
    statement(
        "midpoint-convex",
        le(sq(half * (x + y)), half * (sq(x) + sq(y))),
        le(half * (sq(x) + sq(y)), sq(half * (x + y))),
    ),
    statement(
        "convex-combination",
        le(sq(a * x + (1 - a) * y), a * sq(x) + (1 - a) * sq(y)),
        lt(sq(a * x + (1 - a) * y), a * sq(x) + (1 - a) * sq(y)),
        *unit_interval,
    ),
    statement("tangent-below", le(sq(x) + 2 * x.T * (y - x), sq(y)), lt(sq(x) + 2 * x.T * (y - x), sq(y))),
    statement(
        "jensen-samples",
        le(sq(total(V[t], t, 1, T) / Int(T)), total(sq(V[t]), t, 1, T) / Int(T)),
        lt(sq(total(V[t], t, 1, T) / Int(T)), total(sq(V[t]), t, 1, T) / Int(T)),
    ),
    statement(
        "cauchy-schwarz-sums",
        le(total(h[t] * f[t], t, 1, T) ** 2, total(h[t] ** 2, t, 1, T) * total(f[t] ** 2, t, 1, T)),
        le(total(h[t] * f[t], t, 1, T) ** 2, total(h[t] ** 2 * f[t] ** 2, t, 1, T)),
    ),
    statement("sum-of-squares", le(0, total(h[t] ** 2, t, 1, T)), lt(0, total(h[t] ** 2, t, 1, T))),
    statement(
        "sum-of-exp",
        lt(0, total(exp(h[t]), t, 1, T)),
        lt(1, total(exp(h[t]), t, 1, T)),
    ),
    statement("rank-bound", le(rank(X), Int(n)), lt(rank(X), Int(n))),
    statement("rank-of-product", le(rank(A * B), rank(A)), lt(rank(A * B), rank(A))),
    statement("rank-of-product-right", le(rank(A * B), rank(B)), le(rank(B), rank(A * B))),
    statement("rank-of-sum", le(rank(A + B), rank(A) + rank(B)), le(rank(A) + rank(B), rank(A + B))),
    statement(
        "power-bound",
        lt(0, power(a, k)),
        lt(1, power(a, k)),
        *positive(a),
        le(0, Int(k)),
    ),
    statement(
        "bernoulli",
        le(1 + Int(k) * a, power(1 + a, k)),
        le(power(1 + a, k), 1 + Int(k) * a),
        *positive(a),
        le(0, Int(k)),
        by=Induction(k, 0),
    ),
    statement(
        "powers-decrease",
        lt(power(a, k + 1), power(a, k)),
        lt(power(a, k), power(a, k + 1)),
        *small,
        le(0, Int(k)),
    ),
    # limits
    identity("constant", lim(a + 0 * Int(k)), a, 0),
    identity(
        "inverse-index",
        lim(1 / (Int(k) + 1)),
        0,
        1,
        le(0, Int(k)),
    ),
    identity(
        "ratio",
        lim(Int(k) / (Int(k) + 1)),
        1,
        0,
        le(0, Int(k)),
    ),
    identity(
        "ratio-of-quadratics",
        lim((2 * Int(k) ** 2 + Int(k)) / (Int(k) ** 2 + 1)),
        2,
        3,
        le(0, Int(k)),
    ),
    identity("geometric-decay", lim(c * power(a, k)), 0, c, *small),
    identity("geometric-limit", lim((1 - power(a, k)) / (1 - a)), 1 / (1 - a), 1, *small),
    identity("geometric-vector", lim(power(a, k) * b), Zeros(n), b, *small),
    identity("shifted-decay", lim(x + power(a, k) * b), x, x + b, *small),
    identity("bias-correction", lim(g * (1 - power(a, k))), g, 0, *small),
    identity("negative-exponential", lim(exp(-Int(k))), 0, 1),
    identity(
        "average-converges",
        lim(h[k]),
        c,
        0,
        *small,
        context=Context(
            definitions=(Definition(h[0], zero),), recurrences=(Recurrence(h[t], a * h[t - 1] + (1 - a) * c),)
        ),
    ),
    identity(
        "bounded-decay",
        lim(power(a, k) * Apply("sin", Int(k))),
        0,
        1,
        *small,
    ),
    identity(
        "limit-of-product",
        lim((1 + power(a, k)) * (2 - power(a, k))),
        2,
        3,
        *small,
    ),
    statement(
        "largest-eigenvalue-of-sum",
        le(EigMax(A + B), EigMax(A) + EigMax(B)),
        le(EigMax(A) + EigMax(B), EigMax(A + B)),
        *sym(A, B),
    ),
    statement(
        "entrywise-product-of-semidefinite",
        semidefinite(odot(S, P)),
        semidefinite(S * P),
        semidefinite(S),
        semidefinite(P),
    ),
    statement(
        "inverse-reverses",
        semidefinite(B.I - A.I),
        semidefinite(A.I - B.I),
        definite(A - B),
        definite(B),
    ),
    statement("rank-nullity-bound", le(rank(F) + rank(X) - Int(n), rank(F * X)), le(rank(F) + rank(X), rank(F * X))),
    identity("powers-of-signed-number", lim(power(a, k)), 0, 1, lt(-1, a), lt(a, 1)),
    statement(
        "one-norm-by-dimension", le(norm(x, "1"), sqrt(Int(n)) * norm(x)), le(sqrt(Int(n)) * norm(x), norm(x, "1"))
    ),
    statement(
        "two-norm-by-dimension",
        le(norm(x), sqrt(Int(n)) * norm(x, "inf")),
        le(sqrt(Int(n)) * norm(x, "inf"), norm(x)),
    ),
    statement(
        "norms-times-a-norm",
        le(spectral(A) * norm(x), frobenius(A) * norm(x)),
        le(frobenius(A) * norm(x), spectral(A) * norm(x)),
    ),
    statement(
        "rayleigh-quotient",
        le((x.T * S * x) / (x.T * x), EigMax(S)),
        le(EigMax(S), (x.T * S * x) / (x.T * x)),
        *sym(S),
        *nonzero(x),
    ),
    statement(
        "log-determinant-below-trace",
        le(log(det(S)), tr(S) - Int(n)),
        le(tr(S) - Int(n), log(det(S))),
        definite(S),
    ),
    statement(
        "covariance-of-softmax",
        le(0, x.T * (diag(softmax(z)) - softmax(z) * softmax(z).T) * x),
        le(0, x.T * (softmax(z) * softmax(z).T - diag(softmax(z))) * x),
    ),
    statement(
        "tanh-shrinks-gradients",
        le(norm(diag(ones - odot(tanh(x), tanh(x))) * y), norm(y)),
        le(norm(y), norm(diag(ones - odot(tanh(x), tanh(x))) * y)),
    ),
    statement("quotient-positive", lt(0, a / (1 - a)), lt(1, a / (1 - a)), *small),
    statement("sum-of-exponentials", lt(0, total(exp(entry(x, i)), i, 1, n)), lt(1, total(exp(entry(x, i)), i, 1, n))),
    statement("entry-not-zero", lt(0, entry(x, 1) ** 2), lt(1, entry(x, 1) ** 2), *nonzero(entry(x, 1))),
)
