"""Expectation, variance and covariance; Gaussian moments; samples; masks."""

from everystep.algebra.context import Context, Predicate, Random
from everystep.algebra.expressions import Eye, Int, Ones, Zeros, odot, sq, sqrt
from tests.identities.notation import *


def law(*random: Random) -> Context:
    return Context(random=random)


moments = law(Random(x, "moments", (u, S)))
gaussian = law(Random(x, "gaussian", (u, S)))
centred = law(Random(x, "gaussian", (Zeros(n), S)))
standard = law(Random(x, "gaussian", (Zeros(n), I)))
white = law(Random(x, "moments", (Zeros(n), I)))
two_vectors = law(Random(x, "moments", (u, S)), Random(y, "moments", (v, P)))
number = law(Random(a, "gaussian", (r, c**2))).given(lt(0, c))
numbers = law(Random(a, "moments", (r, c)), Random(g, "moments", (lam, eta)))
samples = law(Random(V[i], "moments", (u, S)))
draws = law(Random(h[i], "iid", (a, c)))
entries = law(Random(X, "iid", (zero, c)))
normal_entries = law(Random(X, "normal entries", (zero, c)))
uniform_entry = law(Random(a, "uniform entries", (r, c)))
mask = law(Random(X, "bernoulli", (r,)))
coin = law(Random(a, "bernoulli", (r,)))
average = total(V[i], i, 1, N) / Int(N)
mean_draw = total(h[i], i, 1, N) / Int(N)
noise = law(Random(z, "moments", (Zeros(n), c * I))).given(lt(0, c))
fit = (X.T * X).I * X.T * (X * beta + z)
full = Predicate("full column rank", X)
positive_definite = definite(S)

ROWS = (
    # entries of a normal matrix, a uniform number
    identity(
        "fourth-moment-of-normal-matrix",
        var(sq(X * beta)),
        2 * Int(n) * c**2 * sq(beta) ** 2,
        Int(n) * c**2 * sq(beta) ** 2,
        context=normal_entries,
    ),
    identity(
        "third-moment-of-normal-entries",
        mean((v.T * X * beta) ** 3),
        zero,
        c**2 * sq(beta) * sq(v),
        context=normal_entries,
    ),
    identity("third-moment-of-uniform", mean((a - r) ** 3), zero, c * r, context=uniform_entry),
    identity("fourth-moment-of-uniform", mean((a - r) ** 4), (Int(9) / Int(5)) * c**2, 3 * c**2, context=uniform_entry),
    identity(
        "sixth-moment-of-uniform", mean((a - r) ** 6), (Int(27) / Int(7)) * c**3, 15 * c**3, context=uniform_entry
    ),
    # linear maps
    identity("mean-linear", mean(a * x + b), a * u + b, a * u, context=moments),
    identity("mean-of-inner-product", mean(b.T * x), b.T * u, b.T * S * u, context=moments),
    identity("mean-of-constant", mean(A * b), A * b, A * u, context=moments),
    identity("mean-twice", mean(mean(x)), mean(x), x, context=moments),
    identity("mean-centred", mean(x - mean(x)), Zeros(n), u, context=moments),
    identity("mean-of-trace", mean(tr(A * x * x.T)), tr(A * mean(x * x.T)), tr(A) * tr(mean(x * x.T)), context=moments),
    identity("variance-of-form", var(b.T * x), b.T * S * b, (b.T * S * b) ** 2, context=moments),
    identity("variance-shift", var(x + b), var(x), var(x) + b * b.T, context=moments),
    identity("variance-scale", var(a * x), a**2 * S, a * S, context=moments),
    identity("variance-negative", var(-x), S, -S, context=moments),
    identity("variance-as-moments", var(x), mean(x * x.T) - mean(x) * mean(x).T, mean(x * x.T), context=moments),
    identity(
        "covariance-as-moments",
        cov(A * x, B * x),
        mean(A * x * x.T * B.T) - A * u * u.T * B.T,
        mean(A * x * x.T * B.T),
        context=moments,
    ),
    identity("covariance-transposed", cov(A * x, B * x).T, cov(B * x, A * x), cov(A * x, B * x), context=moments),
    identity("covariance-self", cov(x, x), var(x), x * x.T, context=moments),
    identity("covariance-shift", cov(x + b, A * x + v), S * A.T, S * A.T + b * v.T, context=moments),
    identity("covariance-of-sum", cov(A * x + B * x, x), (A + B) * S, A * S * B.T, context=moments),
    identity("variance-of-sum-of-entries", var(ones.T * x), ones.T * S * ones, tr(S), context=moments),
    identity("second-moment", mean(x * x.T), S + u * u.T, S, context=moments),
    identity(
        "second-moment-affine",
        mean((A * x + b) * (A * x + b).T),
        A * S * A.T + (A * u + b) * (A * u + b).T,
        A * S * A.T + b * b.T,
        context=moments,
    ),
    identity("outer-with-form", mean(x * b.T * x), (S + u * u.T) * b, S * b, context=moments),
    identity("norm-squared", mean(sq(x)), tr(S) + sq(u), tr(S), context=moments),
    identity("distance-squared", mean(sq(x - b)), tr(S) + sq(u - b), tr(S) + sq(b), context=moments),
    identity("norm-of-map", mean(sq(A * x)), tr(A * S * A.T) + sq(A * u), tr(A * S) + sq(A * u), context=moments),
    identity(
        "bilinear-forms",
        mean((A * x + b).T * (B * x + v)),
        tr(A * S * B.T) + (A * u + b).T * (B * u + v),
        tr(A * S * B) + (A * u + b).T * (B * u + v),
        context=moments,
    ),
    identity(
        "form-around-point",
        mean((x - b).T * A * (x - b)),
        tr(A * S) + (u - b).T * A * (u - b),
        tr(A * S),
        context=moments,
    ),
    identity("white-form", mean(x.T * A * x), tr(A), ones.T * A * ones, context=white),
    identity("white-map", var(A * x), A * A.T, A.T * A, context=white),
    identity("whitening", var(A.I * (x - u)), I, A * A.T, eq(S, A * A.T), *inv(A), context=moments),
    identity("mahalanobis", mean((x - u).T * S.I * (x - u)), Int(n), 1, positive_definite, context=moments),
    identity("mean-of-diag", mean(diag(x)), diag(u), diag(diagonal(S)), context=moments),
    identity("mean-of-square-entries", mean(odot(x, x)), diagonal(S) + odot(u, u), odot(u, u), context=moments),
    identity("entry-variance", var(entry(x, i)), entry(S, i, i), entry(S, i, i) ** 2, *within(i, n), context=moments),
    identity(
        "entry-covariance",
        cov(entry(x, i), entry(x, j)),
        entry(S, i, j),
        entry(S, i, i),
        *within(i, n),
        *within(j, n),
        context=moments,
    ),
    # independent quantities
    identity("independent-covariance", cov(x, y), Zeros(n, n), S, context=two_vectors),
    identity("independent-sum", var(x + y), S + P, S, context=two_vectors),
    identity("independent-difference", var(x - y), S + P, S - P, context=two_vectors),
    identity(
        "independent-combination",
        var(A * x + B * y),
        A * S * A.T + B * P * B.T,
        A * S * A.T + B * P * B.T + A * S * B.T,
        context=two_vectors,
    ),
    identity("independent-inner-product", mean(x.T * y), u.T * v, tr(S * P), context=two_vectors),
    identity("independent-outer", mean(x * y.T), u * v.T, S * P, context=two_vectors),
    identity(
        "independent-distance",
        mean(sq(x - y)),
        tr(S) + tr(P) + sq(u - v),
        tr(S) - tr(P) + sq(u - v),
        context=two_vectors,
    ),
    identity("independent-form", mean(x.T * A * y), u.T * A * v, tr(A * S) + u.T * A * v, context=two_vectors),
    identity(
        "independent-square-of-inner-product",
        mean((x.T * y) ** 2),
        tr((S + u * u.T) * (P + v * v.T)),
        (u.T * v) ** 2,
        context=two_vectors,
    ),
    identity("variance-of-product", var(a * g), c * eta + c * lam**2 + eta * r**2, c * eta, context=numbers),
    identity("square-of-number", mean(a**2), c + r**2, r**2, context=numbers),
    identity("mean-of-product", mean(a * g), r * lam, c * eta, context=numbers),
    # Gaussians
    identity("fourth-power", mean(a**4), r**4 + 6 * r**2 * c**2 + 3 * c**4, r**4 + 3 * c**4, context=number),
    identity("third-power", mean(a**3), r**3 + 3 * r * c**2, r**3, context=number),
    identity("central-fourth", mean((a - r) ** 4), 3 * c**4, c**4, context=number),
    identity("central-third", mean((a - r) ** 3), 0, c**3, context=number),
    identity("variance-of-square", var(a**2), 2 * c**4 + 4 * r**2 * c**2, 2 * c**4, context=number),
    identity("odd-moment", mean((b.T * x) ** 3), 0, (b.T * S * b) ** 2, context=centred),
    identity("even-moment", mean((b.T * x) ** 4), 3 * (b.T * S * b) ** 2, (b.T * S * b) ** 2, context=centred),
    identity("sixth-moment", mean((b.T * x) ** 6), 15 * (b.T * S * b) ** 3, 6 * (b.T * S * b) ** 3, context=centred),
    identity(
        "isserlis",
        mean((b.T * x) * (v.T * x) * (w.T * x) * (y.T * x)),
        (b.T * S * v) * (w.T * S * y) + (b.T * S * w) * (v.T * S * y) + (b.T * S * y) * (v.T * S * w),
        (b.T * S * v) * (w.T * S * y),
        context=centred,
    ),
    identity("form-variance-centred", var(x.T * A * x), tr(A * S * (A + A.T) * S), tr(A * S * A * S), context=centred),
    identity(
        "form-variance-symmetric",
        var(x.T * A * x),
        2 * tr(A * S * A * S) + 4 * u.T * A * S * A * u,
        2 * tr(A * S * A * S),
        *sym(A),
        context=gaussian,
    ),
    identity(
        "form-covariance",
        cov(x.T * A * x, x.T * B * x),
        2 * tr(A * S * B * S),
        tr(A * S) * tr(B * S),
        *sym(A, B),
        context=centred,
    ),
    identity("linear-with-form", cov(x, x.T * A * x), 2 * S * A * u, S * A * u, *sym(A), context=gaussian),
    identity(
        "cubic",
        mean(x * (x.T * A * x)),
        tr(A * S) * u + (u.T * A * u) * u + S * (A + A.T) * u,
        tr(A * S) * u,
        context=gaussian,
    ),
    identity("norm-fourth", mean(sq(x) ** 2), Int(n) ** 2 + 2 * Int(n), Int(n) ** 2, context=standard),
    identity("norm-variance", var(sq(x)), 2 * Int(n), Int(n), context=standard),
    identity(
        "outer-of-outer", mean((x * x.T) * A * (x * x.T)), S * (A + A.T) * S + tr(A * S) * S, S * A * S, context=centred
    ),
    identity("standard-outer-square", mean((x * x.T) ** 2), (Int(n) + 2) * I, Int(n) * I, context=standard),
    identity(
        "stein",
        mean((x - u) * apply("phi", b.T * x)),
        mean(apply("phi", b.T * x, 1)) * S * b,
        mean(apply("phi", b.T * x)) * S * b,
        context=gaussian,
    ),
    identity("stein-polynomial", mean((x - u) * (b.T * x) ** 2), 2 * (b.T * u) * S * b, 2 * S * b, context=gaussian),
    identity(
        "exponential",
        mean(exp(b.T * x)),
        exp(b.T * u + half * b.T * S * b),
        exp(b.T * u + b.T * S * b),
        context=gaussian,
    ),
    identity(
        "log-normal",
        mean(exp(a)),
        exp(r + half * c**2),
        exp(r),
        context=number,
    ),
    identity(
        "tilted-mean",
        mean(exp(b.T * x) * x),
        exp(half * b.T * S * b) * S * b,
        exp(half * b.T * S * b) * b,
        context=centred,
    ),
    identity("moment-generating", mean(exp(lam * a)), exp(lam * r + lam**2 * c**2 / 2), exp(lam * r), context=number),
    identity("log-normal-square", mean(exp(2 * a)), exp(2 * r + 2 * c**2), exp(2 * r + c**2), context=number),
    identity(
        "log-normal-variance",
        var(exp(a)),
        (exp(c**2) - 1) * exp(2 * r + c**2),
        (exp(c**2) - 1) * exp(r + c**2),
        context=number,
    ),
    identity("log-normal-inverse", mean(1 / exp(a)), exp(-r + half * c**2), 1 / exp(r + half * c**2), context=number),
    identity("log-normal-with-itself", cov(exp(a), a), c**2 * exp(r + half * c**2), c**2, context=number),
    identity(
        "tilted-second-moment",
        mean(exp(b.T * x) * x * x.T),
        exp(half * b.T * S * b) * (S + S * b * b.T * S),
        exp(half * b.T * S * b) * S,
        context=centred,
    ),
    identity(
        "exponential-of-entries",
        mean(exp(x)),
        exp(u + half * diagonal(S)),
        exp(u + diagonal(S)),
        context=gaussian,
    ),
    identity(
        "exponential-of-two",
        mean(exp(a - g) * g),
        exp(r - lam + half * c**2 + half * eta**2) * (lam - eta**2),
        exp(r - lam + half * c**2 + half * eta**2) * (lam + eta**2),
        context=law(Random(a, "gaussian", (r, c**2)), Random(g, "gaussian", (lam, eta**2))),
    ),
    identity(
        "exponential-of-sum-of-draws",
        mean(exp(total(h[i], i, 1, N))),
        exp(Int(N) * (r + half * c**2)),
        exp(Int(N) * r + half * Int(N) ** 2 * c**2),
        context=law(Random(h[i], "gaussian", (r, c**2))),
    ),
    identity(
        "log-density-mean",
        mean(-half * (x - u).T * S.I * (x - u) - half * log(det(S))),
        -half * Int(n) - half * log(det(S)),
        -half - half * log(det(S)),
        positive_definite,
        context=gaussian,
    ),
    identity(
        "relative-entropy",
        mean((x - v).T * P.I * (x - v) - (x - u).T * S.I * (x - u)),
        tr(P.I * S) + (u - v).T * P.I * (u - v) - Int(n),
        tr(P.I * S) + (u - v).T * P.I * (u - v),
        positive_definite,
        definite(P),
        context=gaussian,
    ),
    identity(
        "positive-variance",
        var(b.T * x / sqrt(var(b.T * x))),
        1,
        var(b.T * x),
        lt(0, var(b.T * x)),
        context=moments,
    ),
    identity("score-mean", mean(S.I * (x - u)), Zeros(n), u, positive_definite, context=gaussian),
    identity("score-covariance", var(S.I * (x - u)), S.I, S, positive_definite, context=gaussian),
    identity("reparametrised", mean(sq(u + A * x)), sq(u) + sq(A), sq(u) + tr(A), context=standard),
    # samples
    identity("average-mean", mean(average), u, Int(N) * u, context=samples),
    identity("average-variance", var(average), S / Int(N), S, context=samples),
    identity("sum-variance", var(total(V[i], i, 1, N)), Int(N) * S, Int(N) ** 2 * S, context=samples),
    identity("sample-second-moment", mean(total(V[i] * V[i].T, i, 1, N) / Int(N)), S + u * u.T, S, context=samples),
    identity(
        "scatter-unbiased",
        mean(total((V[i] - average) * (V[i] - average).T, i, 1, N)),
        (Int(N) - 1) * S,
        Int(N) * S,
        context=samples,
    ),
    identity(
        "scatter-number", mean(total((h[i] - mean_draw) ** 2, i, 1, N)), (Int(N) - 1) * c, Int(N) * c, context=draws
    ),
    identity("draw-average-variance", var(mean_draw), c / Int(N), c, context=draws),
    identity(
        "weighted-average-variance",
        var(total(f[i] * h[i], i, 1, N)),
        c * total(f[i] ** 2, i, 1, N),
        c * total(f[i], i, 1, N) ** 2,
        context=draws,
    ),
    identity("draw-with-average", cov(h[1], mean_draw), c / Int(N), c, context=draws),
    identity("bias-and-variance", mean((mean_draw - r) ** 2), c / Int(N) + (a - r) ** 2, c / Int(N), context=draws),
    identity("antithetic", var(h[1] - h[2]), 2 * c, 0, context=draws),
    identity(
        "square-of-sum", mean(total(h[i], i, 1, N) ** 2), Int(N) * c + Int(N) ** 2 * a**2, Int(N) * c, context=draws
    ),
    identity("estimator-decomposition", mean(sq(x - b)), tr(var(x)) + sq(mean(x) - b), tr(var(x)), context=moments),
    # regression
    identity("least-squares-unbiased", mean(fit), beta, Zeros(d), full, context=noise),
    identity("least-squares-variance", var(fit), c * (X.T * X).I, c * X.T * X, full, context=noise),
    identity(
        "residual-sum-of-squares",
        mean(sq((I - X * (X.T * X).I * X.T) * z)),
        c * (Int(n) - Int(d)),
        c * Int(n),
        full,
        context=noise,
    ),
    identity(
        "ridge-mean",
        mean((X.T * X + lam * Eye(d)).I * X.T * (X * beta + z)),
        (X.T * X + lam * Eye(d)).I * X.T * X * beta,
        beta,
        *positive(lam),
        context=noise,
    ),
    identity(
        "ridge-bias",
        mean((X.T * X + lam * Eye(d)).I * X.T * (X * beta + z)) - beta,
        -lam * (X.T * X + lam * Eye(d)).I * beta,
        lam * (X.T * X + lam * Eye(d)).I * beta,
        *positive(lam),
        context=noise,
    ),
    identity(
        "ridge-variance",
        var((X.T * X + lam * Eye(d)).I * X.T * (X * beta + z)),
        c * (X.T * X + lam * Eye(d)).I * X.T * X * (X.T * X + lam * Eye(d)).I,
        c * (X.T * X + lam * Eye(d)).I,
        *positive(lam),
        context=noise,
    ),
    identity("prediction-error", mean(sq(y - (x + z))), sq(y - x) + Int(n) * c, sq(y - x) + c, context=noise),
    identity(
        "noise-injection",
        mean(sq(y - A * (x + z))),
        sq(y - A * x) + c * sq(A),
        sq(y - A * x) + c * tr(A),
        context=noise,
    ),
    # masks and random matrices
    identity("coin-square", mean(a**2), r, r**2, context=coin),
    identity("coin-variance", var(a), r * (1 - r), r, context=coin),
    identity("mask-mean", mean(X), r * Ones(n, d), r * X, context=mask),
    identity("mask-keeps-scale", mean(odot(X, Y) / r), Y, r * Y, *nonzero(r), context=mask),
    identity(
        "mask-variance",
        var(odot(X, Y) * beta),
        r * (1 - r) * diag(odot(Y, Y) * odot(beta, beta)),
        r * diag(odot(Y, Y) * odot(beta, beta)),
        context=mask,
    ),
    identity(
        "mask-loss",
        mean(sq(y - odot(X, Y) * beta)),
        sq(y - r * Y * beta) + r * (1 - r) * ones.T * odot(Y, Y) * odot(beta, beta),
        sq(y - r * Y * beta) + r * ones.T * odot(Y, Y) * odot(beta, beta),
        context=mask,
    ),
    identity("random-gram", mean(X * X.T), c * Int(d) * I, c * I, context=entries),
    identity("random-gram-small", mean(X.T * X), c * Int(n) * Eye(d), c * Eye(d), context=entries),
    identity("random-projection", mean(sq(X * beta)), c * Int(n) * sq(beta), c * sq(beta), context=entries),
    identity("random-sandwich", mean(X * K * X.T), c * tr(K) * I, 2 * c * tr(K) * I, context=entries),
    identity("random-frobenius", mean(sq(X)), c * Int(n) * Int(d), c * Int(n), context=entries),
    identity(
        "random-layer-variance", var(X * beta), c * sq(beta) * I, c * beta.T * beta * ones * ones.T, context=entries
    ),
    identity(
        "gradient-of-risk",
        grad(mean(sq(b - A * x)), A),
        -2 * (b * u.T - A * (S + u * u.T)),
        -2 * (b * u.T - A * S),
        context=moments,
    ),
    statement("variance-semidefinite", semidefinite(var(A * x)), definite(var(A * x)), context=moments),
    statement("variance-nonnegative", le(0, var(b.T * x)), lt(0, var(b.T * x)), context=moments),
    statement(
        "jensen-square",
        le(mean(b.T * x) ** 2, mean((b.T * x) ** 2)),
        le(mean((b.T * x) ** 2), mean(b.T * x) ** 2),
        context=moments,
    ),
    statement(
        "jensen-norm",
        le(sq(u), mean(sq(x))),
        lt(sq(u), mean(sq(x))),
        context=moments,
    ),
)
