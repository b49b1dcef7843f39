"""Further inequalities, definiteness, convexity and limits."""

from everystep.algebra.context import Context, Predicate, Random
from everystep.algebra.expressions import Expression, Eye, Int, Limit, Max, Norm, norm, odot, sq, sqrt
from tests.identities.notation import (
    A,
    B,
    C,
    F,
    I,
    P,
    S,
    T,
    U,
    X,
    a,
    absolute,
    alpha,
    b,
    beta,
    by_number,
    c,
    d,
    definite,
    eta,
    exp,
    frobenius,
    g,
    h,
    half,
    hess,
    identity,
    k,
    lam,
    le,
    log,
    logistic,
    lt,
    mean,
    n,
    ones,
    positive,
    power,
    r,
    relu,
    semidefinite,
    softplus,
    statement,
    sym,
    t,
    total,
    tr,
    var,
    x,
    y,
    z,
)


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
    statement(
        "three-squares", le(a * c + c * g + g * a, a**2 + c**2 + g**2), lt(a * c + c * g + g * a, a**2 + c**2 + g**2)
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
    statement("log-of-one-plus", le(log(1 + a), a), le(a, log(1 + a)), lt(-1, a)),
    statement("exp-of-negative", le(1 - a, exp(-a)), le(exp(-a), 1 - a)),
    statement("square-above-tangent", le(1 + 2 * a, (1 + a) ** 2), lt(1 + 2 * a, (1 + a) ** 2)),
    statement(
        "logistic-variance", le(logistic(a) * (1 - logistic(a)), half**2), lt(logistic(a) * (1 - logistic(a)), half**2)
    ),
    statement("probability-variance", le(a * (1 - a), half**2), lt(a * (1 - a), half**2)),
    statement("mean-of-two-below-max", le((a + c) / 2, Max(a, c)), le(Max(a, c), (a + c) / 2)),
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
    statement("norm-difference", le(norm(x) - norm(y), norm(x - y)), le(norm(x - y), norm(x) - norm(y))),
    statement("norm-of-dyad", le(spectral(x * y.T), norm(x) * norm(y)), lt(spectral(x * y.T), norm(x) * norm(y))),
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
    statement("nearest-in-span", le(sq(y - hat * y), sq(y - X * beta)), lt(sq(y - hat * y), sq(y - X * beta)), full),
    statement(
        "projection-residual", le(sq(x - P * x), sq(x)), lt(sq(x - P * x), sq(x)), *sym(P), Predicate("idempotent", P)
    ),
    statement("trace-of-square", le(tr(A * A), sq(A)), le(sq(A), tr(A * A))),
    # definiteness
    statement("two-grams", semidefinite(A.T * A + B.T * B), definite(A.T * A + B.T * B)),
    statement("hadamard-square", semidefinite(odot(S, S)), definite(odot(S, S)), semidefinite(S)),
    statement(
        "ridge-gram-above",
        semidefinite(X.T * X + lam * Eye(d) - lam * Eye(d)),
        definite(X.T * X + lam * Eye(d) - lam * Eye(d)),
        *positive(lam),
    ),
    statement("trace-squared-of-semidefinite", le(tr(P * P), tr(P) ** 2), lt(tr(P * P), tr(P) ** 2), semidefinite(P)),
    statement("square-of-trace-below", le(tr(S) ** 2, Int(n) * tr(S * S)), le(tr(S) ** 2, tr(S * S)), *sym(S)),
    statement("kernel-with-noise", definite(X * X.T + lam * I), definite(X * X.T), *positive(lam)),
    statement(
        "posterior-precision", definite(P + F.T * U * F), definite(P - F.T * U * F), definite(P), semidefinite(U)
    ),
    statement("root-of-definite", definite(A * A), definite(A * A - I), definite(A)),
    statement("negative-gram", semidefinite(-(-X.T * X)), semidefinite(-X.T * X)),
    statement("hadamard-with-diagonal", semidefinite(odot(S, x * x.T)), definite(odot(S, x * x.T)), semidefinite(S)),
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
        "quadratic-over-number", semidefinite(hess(sq(x) / c, x)), semidefinite(-hess(sq(x) / c, x)), *positive(c)
    ),
    statement(
        "log-barrier-convex",
        semidefinite(hess(-log(c - b.T * x), x)),
        definite(hess(-log(c - b.T * x), x)),
        lt(0, c - b.T * x),
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
        "square-of-sum",
        le(total(h[t], t, 1, T) ** 2, Int(T) * total(h[t] ** 2, t, 1, T)),
        le(total(h[t], t, 1, T) ** 2, total(h[t] ** 2, t, 1, T)),
    ),
    statement(
        "average-of-exponentials",
        lt(0, total(exp(h[t]) + 1, t, 1, T) - Int(T)),
        lt(Int(T), total(exp(h[t]) + 1, t, 1, T) - Int(T)),
    ),
    statement("powers-below-one", le(power(a, k), 1), lt(power(a, k), 1), *small, from_zero),
    # limits
    identity("shifted-ratio", lim((a * Int(k) + c) / (Int(k) + g)), a, c / g, *positive(g), from_zero),
    identity("inverse-square", lim(c / (Int(k) + 1) ** 2), 0, c, from_zero),
    identity("linear-over-square", lim((Int(k) + 1) / (Int(k) ** 2 + 1)), 0, 1, from_zero),
    identity("decay-times-index", lim(Int(k) * power(a, k)), 0, 1, *small, from_zero),
    identity("exponential-against-index", lim(Int(k) * exp(-Int(k))), 0, 1, from_zero),
    identity("vector-approaches", lim(x + b / (Int(k) + 1)), x, x + b, from_zero),
    identity("weighted-limit", lim((1 - power(a, k)) * x + power(a, k) * y), x, y, *small, from_zero),
    identity("difference-of-decays", lim(power(a, k) - power(a, k + 1)), 0, 1 - a, *small, from_zero),
    identity("two-decays", lim(power(a, k) + power(c, k)), 0, 2, *small, lt(0, c), lt(c, 1), from_zero),
)
