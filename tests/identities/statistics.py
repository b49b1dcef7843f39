"""Further means and variances: noise, averages, pooling, Gaussian moments, trace estimators, walks, dependent sums."""

from everystep.algebra.context import Context, Random
from everystep.algebra.expressions import Int, Zeros, odot, scalar, sq
from tests.identities.notation import *


def law(*random: Random) -> Context:
    return Context(random=random)


moments = law(Random(x, "moments", (u, S)))
gaussian = law(Random(x, "gaussian", (u, S)))
centred = law(Random(x, "gaussian", (Zeros(n), S)))
standard = law(Random(x, "gaussian", (Zeros(n), I)))
white = law(Random(x, "moments", (Zeros(n), I)))
two = law(Random(x, "moments", (u, S)), Random(y, "moments", (v, P)))
observed = law(Random(x, "moments", (u, S)), Random(z, "moments", (Zeros(n), P)))
number = law(Random(a, "gaussian", (r, c**2)))
numbers = law(Random(a, "moments", (r, c)), Random(g, "moments", (lam, eta)))
samples = law(Random(V[i], "moments", (u, S)))
draws = law(Random(h[i], "iid", (a, c)))
coins = law(Random(h[i], "bernoulli", (r,)))
weights = law(Random(w, "iid", (zero, c)), Random(x, "iid", (zero, eta)))
mask = law(Random(z, "bernoulli", (r,)))
omega, guess = scalar("omega"), scalar("guess")
average = total(V[i], i, 1, N) / Int(N)
output = A * x + z

ROWS = (
    identity("difference-with-sum", cov(x + y, x - y), S - P, S + P, context=two),
    identity("sum-with-part", cov(x + y, y), P, S, context=two),
    identity("three-maps", cov(A * x + b, B * x - v), A * S * B.T, A * S * B, context=moments),
    identity("scaled-entries", var(odot(b, x)), diag(b) * S * diag(b), odot(b, b) * ones.T, context=moments),
    identity(
        "variance-of-difference-of-forms",
        var(b.T * x - w.T * x),
        (b - w).T * S * (b - w),
        b.T * S * b - w.T * S * w,
        context=moments,
    ),
    identity("total-variance", mean(sq(x - u)), tr(S), ones.T * S * ones, context=moments),
    identity(
        "distance-of-two-maps",
        mean(sq(A * x - B * x)),
        tr((A - B) * S * (A - B).T) + sq((A - B) * u),
        tr((A - B) * S * (A - B).T),
        context=moments,
    ),
    identity("trace-of-second-moment", tr(mean(A * x * x.T * A.T)), mean(sq(A * x)), tr(A * S * A.T), context=moments),
    identity("output-variance", var(output), A * S * A.T + P, A * S * A.T, context=observed),
    identity("output-with-input", cov(output, x), A * S, S * A, context=observed),
    identity("residual-of-output", var(output - A * x), P, A * S * A.T + P, context=observed),
    identity("best-linear-map", cov(output, x) * S.I, A, A.T, definite(S), context=observed),
    identity(
        "filter-error-covariance",
        var(x - B * output),
        (I - B * A) * S * (I - B * A).T + B * P * B.T,
        (I - B * A) * S * (I - B * A).T,
        context=observed,
    ),
    identity(
        "gradient-of-population-loss",
        grad(mean(sq(output - B * x)), B),
        2 * (B - A) * (S + u * u.T),
        2 * (B - A) * S,
        context=observed,
    ),
    identity(
        "second-moment-of-output",
        mean(output * output.T),
        A * (S + u * u.T) * A.T + P,
        A * S * A.T + P,
        context=observed,
    ),
    identity("autoregression", var(alpha * a + g), alpha**2 * c + eta, alpha * c + eta, context=numbers),
    identity("autocovariance", cov(alpha * a + g, a), alpha * c, alpha**2 * c, context=numbers),
    identity(
        "precision-weighted",
        var((a / c + g / eta) / (1 / c + 1 / eta)),
        1 / (1 / c + 1 / eta),
        c + eta,
        *positive(c, eta),
        context=numbers,
    ),
    identity("control-variate", var(a - alpha * (g - lam)), c + alpha**2 * eta, c - alpha**2 * eta, context=numbers),
    identity("square-of-difference", mean((a - g) ** 2), c + eta + (r - lam) ** 2, c + eta, context=numbers),
    identity(
        "variance-of-linear-combination",
        var(alpha * a - omega * g),
        alpha**2 * c + omega**2 * eta,
        alpha**2 * c - omega**2 * eta,
        context=numbers,
    ),
    identity("error-decomposition", mean((a - guess) ** 2), var(a) + (mean(a) - guess) ** 2, var(a), context=numbers),
    # samples
    identity("sample-with-average", cov(V[1], average), S / Int(N), S, le(1, Int(N)), context=samples),
    identity("deviation-variance", var(V[1] - average), (1 - 1 / Int(N)) * S, S, le(1, Int(N)), context=samples),
    identity(
        "deviation-uncorrelated", cov(V[1] - average, average), Zeros(n, n), S / Int(N), le(1, Int(N)), context=samples
    ),
    identity("average-outer", mean(average * average.T), S / Int(N) + u * u.T, S + u * u.T, context=samples),
    identity("average-error", mean(sq(average - u)), tr(S) / Int(N), tr(S), context=samples),
    identity(
        "sum-of-forms",
        mean(total(V[i].T * A * V[i], i, 1, N)),
        Int(N) * (tr(A * S) + u.T * A * u),
        Int(N) * tr(A * S),
        context=samples,
    ),
    identity(
        "sum-of-pairs",
        mean(total(total(V[i].T * V[j], j, 1, N), i, 1, N)),
        Int(N) * tr(S) + Int(N) ** 2 * sq(u),
        Int(N) ** 2 * sq(u),
        context=samples,
    ),
    identity("difference-outer", mean((V[1] - V[2]) * (V[1] - V[2]).T), 2 * S, S, context=samples),
    identity(
        "mean-of-data-gram", mean(total((V[i] - u) * (V[i] - u).T, i, 1, N) / Int(N)), S, Int(N) * S, context=samples
    ),
    identity("random-walk-variance", var(total(h[i], i, 1, T)), Int(T) * c, Int(T) ** 2 * c, context=draws),
    identity(
        "random-walk-covariance",
        cov(total(h[i], i, 1, s), total(h[i], i, 1, T)),
        Int(s) * c,
        Int(T) * c,
        *within(s, T),
        context=draws,
    ),
    identity("moving-average-variance", var((h[1] + h[2] + h[3]) / 3), c / 3, c, context=draws),
    identity("overlapping-averages", cov(h[1] + h[2], h[2] + h[3]), c, 2 * c, context=draws),
    identity("sum-of-coins-variance", var(total(h[i], i, 1, N)), Int(N) * r * (1 - r), Int(N) * r, context=coins),
    identity(
        "sum-of-coins-square",
        mean(total(h[i], i, 1, N) ** 2),
        Int(N) * r * (1 - r) + Int(N) ** 2 * r**2,
        Int(N) ** 2 * r**2,
        context=coins,
    ),
    identity("coin-third-moment", mean((h[1] - r) ** 3), r * (1 - r) * (1 - 2 * r), r * (1 - r), context=coins),
    identity(
        "proportion-variance", var(total(h[i], i, 1, N) / Int(N)), r * (1 - r) / Int(N), r * (1 - r), context=coins
    ),
    # Gaussians
    identity("sixth-central", mean((a - r) ** 6), 15 * c**6, 5 * c**6, context=number),
    identity("square-with-itself", cov(a, a**2), 2 * r * c**2, c**2, context=number),
    identity("hermite-two", mean(((a - r) ** 2 - c**2) ** 2), 2 * c**4, c**4, context=number),
    identity(
        "weighted-outer",
        mean((b.T * x) ** 2 * x * x.T),
        (b.T * S * b) * S + 2 * S * b * b.T * S,
        (b.T * S * b) * S,
        context=centred,
    ),
    identity(
        "product-of-forms",
        mean((x.T * A * x) * (x.T * B * x)),
        tr(A * S) * tr(B * S) + 2 * tr(A * S * B * S),
        tr(A * S) * tr(B * S),
        *sym(A, B),
        context=centred,
    ),
    identity("linear-with-square", mean((b.T * x) * (v.T * x) ** 2), 0, (b.T * S * v) ** 2, context=centred),
    identity(
        "squares-covariance",
        cov((b.T * x) ** 2, (v.T * x) ** 2),
        2 * (b.T * S * v) ** 2,
        (b.T * S * v) ** 2,
        context=centred,
    ),
    identity(
        "norm-times-vector", mean(sq(x) * x), (tr(S) + sq(u)) * u + 2 * S * u, (tr(S) + sq(u)) * u, context=gaussian
    ),
    identity("trace-estimator", mean(x.T * A * x), tr(A), sq(A), context=standard),
    identity("trace-estimator-variance", var(x.T * A * x), 2 * sq(A), sq(A), *sym(A), context=standard),
    identity("random-direction", mean((b.T * x) * x), b, 2 * b, context=white),
    identity(
        "smoothed-gradient",
        mean((half * (b + alpha * x).T * S * (b + alpha * x)) * x),
        alpha * S * b,
        S * b,
        *sym(S),
        *nonzero(alpha),
        context=standard,
    ),
    identity("reparametrised-variance", var(u + A * x), A * A.T, A.T * A, context=white),
    identity(
        "stein-for-tanh",
        mean(a * tanh(a)),
        r * mean(tanh(a)) + c**2 * mean(1 - tanh(a) ** 2),
        r * mean(tanh(a)) + c**2,
        context=number,
        open_because="the exact judge has means of polynomials and exponentials only",
        twin_open_because="the exact judge has means of polynomials and exponentials only",
    ),
    identity(
        "exponential-tilted-square",
        mean(exp(a) * a**2),
        exp(r + half * c**2) * ((r + c**2) ** 2 + c**2),
        exp(r + half * c**2) * (r + c**2) ** 2,
        context=number,
    ),
    identity(
        "product-of-exponentials",
        mean(exp(b.T * x) * exp(v.T * x)),
        exp((b + v).T * u + half * (b + v).T * S * (b + v)),
        exp((b + v).T * u + half * b.T * S * b + half * v.T * S * v),
        context=gaussian,
    ),
    # layers
    identity("unit-variance", var(w.T * x), Int(n) * c * eta, c * eta, context=weights),
    identity("unit-mean", mean(w.T * x), 0, Int(n) * c, context=weights),
    identity("masked-mean", mean(odot(z, b) / r), b, r * b, *positive(r), context=mask),
    identity("masked-variance", var(b.T * z), r * (1 - r) * sq(b), r * sq(b), context=mask),
    identity(
        "masked-square",
        mean((b.T * z) ** 2),
        r * (1 - r) * sq(b) + r**2 * (ones.T * b) ** 2,
        r * (1 - r) * sq(b),
        context=mask,
    ),
    identity("masked-outer", mean(z * z.T), r * (1 - r) * I + r**2 * ones * ones.T, r * I, context=mask),
    # dependent quantities
    identity(
        "variance-of-product-with-constant", var(x * (b.T * v)), (b.T * v) ** 2 * S, (b.T * v) * S, context=moments
    ),
    identity("centred-product", mean((a - r) * (g - lam)), 0, c, context=numbers),
    identity("variance-by-moments", var(a), mean(a**2) - mean(a) ** 2, mean(a**2), context=number),
    identity("covariance-linear-first", cov(A * x + B * y, x), A * S, A * S + B * P, context=two),
    identity(
        "sum-of-outputs", var(ones.T * x / Int(n)), ones.T * S * ones / Int(n) ** 2, tr(S) / Int(n), context=moments
    ),
)
