"""Further inequalities, definiteness, convexity and limits."""

from everystep.algebra.context import Context, Predicate, Random
from everystep.algebra.expressions import EigMax, EigMin, Expression, Eye, Int, Limit, Max, Norm, norm, odot, sq, sqrt
from everystep.derivation import Induction
from tests.identities.notation import *


def lim(body: Expression) -> Limit:
    return Limit(body, k)


spectral = Norm
small = (lt(0, a), lt(a, 1))
from_zero = le(0, Int(k))
full = Predicate("full column rank", X)
centring = I - ones * ones.T / Int(n)
hat = X * (X.T * X).I * X.T
two_numbers = Context(random=(Random(a, "moments", (r, c)), Random(g, "moments", (lam, eta))))
quadratic = half * x.T * S * x - b.T * x
slope = S * x - b

ROWS = (
    # norms of different vectors
    statement("projection-shortens", le(norm(P * x), norm(x)), le(norm(x), norm(P * x)), *sym(P), eq(P * P, P)),
    statement("residual-is-shorter", le(norm(y - hat * y), norm(y)), lt(norm(y - hat * y), norm(y)), *inv(X.T * X)),
    statement("coordinates-are-shorter", le(norm(X.T * y), norm(y)), le(norm(y), norm(X.T * y)), eq(X.T * X, Eye(d))),
    statement("sum-of-two-norms", le(norm(x + y), sqrt(2) * sqrt(sq(x) + sq(y))), le(norm(x + y), sqrt(sq(x) + sq(y)))),
    statement(
        "form-of-schur-product",
        le(0, x.T * odot(A, B) * x),
        le(0, x.T * odot(A, C) * x),
        semidefinite(A),
        semidefinite(B),
    ),
    # two columns that are orthonormal
    statement(
        "plane-projected",
        eq((u * u.T + v * v.T) * (u * u.T + v * v.T), u * u.T + v * v.T),
        eq((u * u.T + v * v.T) * (u * u.T + v * v.T), 2 * (u * u.T + v * v.T)),
        eq(u.T * u, 1),
        eq(v.T * v, 1),
        eq(u.T * v, 0),
    ),
    # numbers
    statement("means-squared", le(a * c, ((a + c) / 2) ** 2), lt(a * c, ((a + c) / 2) ** 2)),
    statement(
        "geometric-below-arithmetic", le(sqrt(a * c), (a + c) / 2), le((a + c) / 2, sqrt(a * c)), *positive(a, c)
    ),
    statement(
        "harmonic-below-arithmetic",
        le(2 * a * c / (a + c), (a + c) / 2),
        le((a + c) / 2, 2 * a * c / (a + c)),
        *positive(a, c),
    ),
    statement(
        "harmonic-below-geometric",
        le(2 * a * c / (a + c), sqrt(a * c)),
        le(sqrt(a * c), 2 * a * c / (a + c)),
        *positive(a, c),
    ),
    statement("fourth-powers", le(a**3 * c + a * c**3, a**4 + c**4), le(a**4 + c**4, a**3 * c + a * c**3)),
    statement(
        "three-squares", le(a * c + c * g + g * a, a**2 + c**2 + g**2), lt(a * c + c * g + g * a, a**2 + c**2 + g**2)
    ),
    statement(
        "cosine-between-bounds",
        le(absolute(x.T * y / (norm(x) * norm(y))), 1),
        lt(absolute(x.T * y / (norm(x) * norm(y))), 1),
        *nonzero(x, y),
    ),
    statement(
        "reverse-triangle-of-numbers",
        le(absolute(a) - absolute(c), absolute(a - c)),
        le(absolute(a - c), absolute(a) - absolute(c)),
    ),
    statement(
        "relu-lipschitz",
        le(absolute(relu(a) - relu(c)), absolute(a - c)),
        le(absolute(a - c), absolute(relu(a) - relu(c))),
    ),
    statement(
        "maximum-lipschitz",
        le(absolute(Max(a, c) - Max(a, g)), absolute(c - g)),
        le(absolute(c - g), absolute(Max(a, c) - Max(a, g))),
    ),
    statement("log-above-reciprocal", le(1 - 1 / a, log(a)), le(log(a), 1 - 1 / a), *positive(a)),
    statement("log-of-one-plus", le(log(1 + a), a), le(a, log(1 + a)), lt(-1, a)),
    statement("exp-of-negative", le(1 - a, exp(-a)), le(exp(-a), 1 - a)),
    statement("exp-reciprocal", le(exp(-a), 1 / (1 + a)), le(1 / (1 + a), exp(-a)), *positive(a)),
    statement("square-above-tangent", le(1 + 2 * a, (1 + a) ** 2), lt(1 + 2 * a, (1 + a) ** 2)),
    statement(
        "softplus-below-relu",
        le(softplus(a), relu(a) + log(2 + 0 * a)),
        le(relu(a) + log(2 + 0 * a), softplus(a)),
    ),
    statement(
        "logistic-variance", le(logistic(a) * (1 - logistic(a)), half**2), lt(logistic(a) * (1 - logistic(a)), half**2)
    ),
    statement("probability-variance", le(a * (1 - a), half**2), lt(a * (1 - a), half**2)),
    statement("mean-of-two-below-max", le((a + c) / 2, Max(a, c)), le(Max(a, c), (a + c) / 2)),
    statement("quotient-increases", le(a / (1 + a), c / (1 + c)), le(c / (1 + c), a / (1 + a)), le(0, a), le(a, c)),
    statement(
        "contraction-factor",
        lt((1 - eta * lam) ** 2, 1),
        lt(1, (1 - eta * lam) ** 2),
        *positive(eta, lam),
        lt(eta * lam, 2),
    ),
    statement(
        "weighted-mean-below",
        le(alpha * a + (1 - alpha) * c, c),
        lt(alpha * a + (1 - alpha) * c, c),
        le(a, c),
        le(0, alpha),
        le(alpha, 1),
    ),
    # vectors and norms
    statement(
        "three-norms-squared", le(sq(x + y + z), 3 * (sq(x) + sq(y) + sq(z))), le(sq(x + y + z), sq(x) + sq(y) + sq(z))
    ),
    statement(
        "inner-product-by-squares", le(x.T * y, half * sq(x) + half * sq(y)), lt(x.T * y, half * sq(x) + half * sq(y))
    ),
    statement(
        "inner-product-with-weight",
        le(2 * x.T * y, c * sq(x) + sq(y) / c),
        lt(2 * x.T * y, c * sq(x) + sq(y) / c),
        *positive(c),
    ),
    statement("norm-difference", le(norm(x) - norm(y), norm(x - y)), le(norm(x - y), norm(x) - norm(y))),
    statement("norm-of-dyad", le(spectral(x * y.T), norm(x) * norm(y)), lt(spectral(x * y.T), norm(x) * norm(y))),
    statement(
        "form-below-norms",
        le(x.T * A * y, norm(x) * spectral(A) * norm(y)),
        le(norm(x) * spectral(A) * norm(y), x.T * A * y),
    ),
    statement(
        "three-factors",
        le(spectral(A * B * C), spectral(A) * spectral(B) * spectral(C)),
        le(spectral(A) * spectral(B) * spectral(C), spectral(A * B * C)),
    ),
    statement(
        "mixed-norms",
        le(frobenius(A * B), spectral(A) * frobenius(B)),
        le(spectral(A) * frobenius(B), frobenius(A * B)),
    ),
    statement(
        "frobenius-by-rank", le(frobenius(A), sqrt(Int(n)) * spectral(A)), le(sqrt(Int(n)) * spectral(A), frobenius(A))
    ),
    statement(
        "inner-by-one-and-max",
        le(absolute(x.T * y), norm(x, "1") * norm(y, "inf")),
        le(norm(x, "1") * norm(y, "inf"), absolute(x.T * y)),
    ),
    statement("nearest-in-span", le(sq(y - hat * y), sq(y - X * beta)), lt(sq(y - hat * y), sq(y - X * beta)), full),
    statement(
        "projection-of-difference", le(sq(hat * x - hat * y), sq(x - y)), lt(sq(hat * x - hat * y), sq(x - y)), full
    ),
    statement(
        "projection-residual", le(sq(x - P * x), sq(x)), lt(sq(x - P * x), sq(x)), *sym(P), Predicate("idempotent", P)
    ),
    statement("trace-of-square", le(tr(A * A), sq(A)), le(sq(A), tr(A * A))),
    statement("trace-product-by-frobenius", le(2 * tr(A.T * B), sq(A) + sq(B)), lt(2 * tr(A.T * B), sq(A) + sq(B))),
    # definiteness
    statement("two-grams", semidefinite(A.T * A + B.T * B), definite(A.T * A + B.T * B)),
    statement("hadamard-square", semidefinite(odot(S, S)), definite(odot(S, S)), semidefinite(S)),
    statement(
        "congruence-of-difference", semidefinite(C.T * (A - B) * C), definite(C.T * (A - B) * C), semidefinite(A - B)
    ),
    statement("order-transitive", semidefinite(A - C), definite(A - C), semidefinite(A - B), semidefinite(B - C)),
    statement("order-adds", semidefinite(A + P - B), semidefinite(A - P - B), semidefinite(A - B), semidefinite(P)),
    statement(
        "ridge-smoother-below-one",
        semidefinite(I - X * (X.T * X + lam * Eye(d)).I * X.T),
        definite(X * (X.T * X + lam * Eye(d)).I * X.T),
        *positive(lam),
    ),
    statement(
        "ridge-gram-above",
        semidefinite(X.T * X + lam * Eye(d) - lam * Eye(d)),
        definite(X.T * X + lam * Eye(d) - lam * Eye(d)),
        *positive(lam),
    ),
    statement("matrix-and-inverse", semidefinite(S + S.I - 2 * I), definite(S + S.I - 2 * I), definite(S)),
    statement(
        "form-and-inverse-form",
        le(2 * sq(x), x.T * S * x + x.T * S.I * x),
        lt(2 * sq(x), x.T * S * x + x.T * S.I * x),
        definite(S),
    ),
    statement("trace-squared-of-semidefinite", le(tr(P * P), tr(P) ** 2), lt(tr(P * P), tr(P) ** 2), semidefinite(P)),
    statement("square-of-trace-below", le(tr(S) ** 2, Int(n) * tr(S * S)), le(tr(S) ** 2, tr(S * S)), *sym(S)),
    statement("weighted-gram-definite", definite(X.T * diag(exp(w)) * X), definite(X.T * diag(w) * X), full),
    statement("kernel-with-noise", definite(X * X.T + lam * I), definite(X * X.T), *positive(lam)),
    statement(
        "posterior-precision", definite(P + F.T * U * F), definite(P - F.T * U * F), definite(P), semidefinite(U)
    ),
    statement("centred-gram", semidefinite(centring * X * X.T * centring), definite(centring * X * X.T * centring)),
    statement("covariance-minus-nothing", semidefinite(X.T * centring * X), definite(X.T * centring * X)),
    statement(
        "laplacian-of-weights",
        semidefinite(diag(softmax(x)) - softmax(x) * softmax(x).T + I),
        semidefinite(diag(softmax(x)) - softmax(x) * softmax(x).T - I),
    ),
    statement("root-of-definite", definite(A * A), definite(A * A - I), definite(A)),
    statement("negative-gram", semidefinite(-(-X.T * X)), semidefinite(-X.T * X)),
    statement("hadamard-with-diagonal", semidefinite(odot(S, x * x.T)), definite(odot(S, x * x.T)), semidefinite(S)),
    statement(
        "diagonal-below-largest", le(entry(S, i, i), EigMax(S)), le(EigMax(S), entry(S, i, i)), *sym(S), *within(i, n)
    ),
    statement(
        "smallest-below-diagonal", le(EigMin(S), entry(S, i, i)), le(entry(S, i, i), EigMin(S)), *sym(S), *within(i, n)
    ),
    # convexity
    statement(
        "softplus-convex",
        le(0, by_number(by_number(softplus(a), a), a)),
        le(1, by_number(by_number(softplus(a), a), a)),
    ),
    statement(
        "negative-log-convex",
        lt(0, by_number(by_number(-log(a), a), a)),
        lt(by_number(by_number(-log(a), a), a), 0),
        *positive(a),
    ),
    statement(
        "entropy-convex",
        lt(0, by_number(by_number(a * log(a), a), a)),
        lt(by_number(by_number(a * log(a), a), a), 0),
        *positive(a),
    ),
    statement(
        "log-logistic-concave",
        le(by_number(by_number(log(logistic(a)), a), a), 0),
        le(0, by_number(by_number(log(logistic(a)), a), a)),
    ),
    statement("pseudo-huber-convex", semidefinite(hess(sqrt(1 + sq(x)), x)), semidefinite(-hess(sqrt(1 + sq(x)), x))),
    statement(
        "regularised-logistic-strictly-convex",
        definite(hess(ones.T * softplus(X * beta) + lam * sq(beta), beta)),
        definite(hess(ones.T * softplus(X * beta) - lam * sq(beta), beta)),
        *positive(lam),
    ),
    statement(
        "poisson-convex",
        semidefinite(hess(ones.T * exp(X * beta) - y.T * X * beta, beta)),
        definite(hess(ones.T * exp(X * beta) - y.T * X * beta, beta)),
    ),
    statement(
        "cross-entropy-convex",
        semidefinite(hess(lse(X * beta) - y.T * X * beta, beta)),
        definite(hess(lse(X * beta) - y.T * X * beta, beta)),
    ),
    statement(
        "quadratic-over-number", semidefinite(hess(sq(x) / c, x)), semidefinite(-hess(sq(x) / c, x)), *positive(c)
    ),
    statement(
        "log-barrier-convex",
        semidefinite(hess(-log(c - b.T * x), x)),
        definite(hess(-log(c - b.T * x), x)),
        lt(0, c - b.T * x),
    ),
    statement(
        "log-determinant-concave",
        le(by_number(by_number(log(det(S + a * P)), a), a), 0),
        lt(0, by_number(by_number(log(det(S + a * P)), a), a)),
        definite(S),
        *sym(P),
        eq(a, 0),
    ),
    statement(
        "descent-lemma",
        le(
            half * (x - eta * slope).T * S * (x - eta * slope) - b.T * (x - eta * slope),
            quadratic - half * eta * sq(slope),
        ),
        le(
            quadratic - half * eta * sq(slope),
            half * (x - eta * slope).T * S * (x - eta * slope) - b.T * (x - eta * slope),
        ),
        semidefinite(I - eta * S),
        *sym(S),
        *positive(eta),
    ),
    # means
    statement("second-moment-above", le(mean(a) ** 2, mean(a**2)), lt(mean(a) ** 2, mean(a**2)), context=two_numbers),
    statement("variance-below-second-moment", le(var(a), mean(a**2)), lt(var(a), mean(a**2)), context=two_numbers),
    statement("independent-variance-grows", le(var(a), var(a + g)), lt(var(a), var(a + g)), context=two_numbers),
    statement(
        "mean-square-error", le(var(a), mean((a - alpha) ** 2)), lt(var(a), mean((a - alpha) ** 2)), context=two_numbers
    ),
    # sums
    statement(
        "sum-of-norms",
        le(norm(total(V[t], t, 1, T)), total(norm(V[t]), t, 1, T)),
        le(total(norm(V[t]), t, 1, T), norm(total(V[t], t, 1, T))),
    ),
    statement(
        "sum-of-absolutes",
        le(absolute(total(h[t], t, 1, T)), total(absolute(h[t]), t, 1, T)),
        le(total(absolute(h[t]), t, 1, T), absolute(total(h[t], t, 1, T))),
    ),
    statement(
        "square-of-sum",
        le(total(h[t], t, 1, T) ** 2, Int(T) * total(h[t] ** 2, t, 1, T)),
        le(total(h[t], t, 1, T) ** 2, total(h[t] ** 2, t, 1, T)),
    ),
    statement(
        "average-of-exponentials",
        lt(0, total(exp(h[t]) + 1, t, 1, T) - Int(T)),
        lt(Int(T), total(exp(h[t]) + 1, t, 1, T) - Int(T)),
    ),
    statement(
        "powers-of-two-above",
        le(Int(k) + 1, power(two, k)),
        le(power(two, k), Int(k) + 1),
        from_zero,
        by=Induction(k, 0),
    ),
    statement("powers-below-one", le(power(a, k), 1), lt(power(a, k), 1), *small, from_zero),
    # limits
    identity("shifted-ratio", lim((a * Int(k) + c) / (Int(k) + g)), a, c / g, *positive(g), from_zero),
    identity("inverse-square", lim(c / (Int(k) + 1) ** 2), 0, c, from_zero),
    identity("linear-over-square", lim((Int(k) + 1) / (Int(k) ** 2 + 1)), 0, 1, from_zero),
    identity("decay-times-index", lim(Int(k) * power(a, k)), 0, 1, *small, from_zero),
    identity(
        "partial-geometric-sum",
        lim(total(power(a, t), t, 0, k)),
        1 / (1 - a),
        1 / a,
        *small,
        from_zero,
        twin_open_because="the limit of a sum whose range moves",
    ),
    identity("exponential-against-index", lim(Int(k) * exp(-Int(k))), 0, 1, from_zero),
    identity("vector-approaches", lim(x + b / (Int(k) + 1)), x, x + b, from_zero),
    identity("weighted-limit", lim((1 - power(a, k)) * x + power(a, k) * y), x, y, *small, from_zero),
    identity("corrected-average", lim(c * (1 - power(a, k)) / (1 - power(a, k + 1))), c, a * c, *small, from_zero),
    identity("difference-of-decays", lim(power(a, k) - power(a, k + 1)), 0, 1 - a, *small, from_zero),
    identity("two-decays", lim(power(a, k) + power(c, k)), 0, 2, *small, lt(0, c), lt(c, 1), from_zero),
)
