"""Further optimisation: maximum likelihood, constrained problems, line search, Newton's steps, dual values."""

from everystep.algebra.context import Predicate
from everystep.algebra.expressions import Eye, Int, Zeros, norm, odot, sq
from tests.identities.notation import *

dI = Eye(d)
tall = Predicate("full column rank", X)
slope = S * x - b
quadratic = half * x.T * S * x - b.T * x
probability = logistic(X * beta)
W_ = diag(odot(probability, ones - probability))
centring = I - ones * ones.T / Int(n)
gram = X.T * X
ridge = (X.T * X + lam * dI).I * X.T * y
score = X.T * (y - probability)
multiplier = (F * S.I * F.T).I * (F * S.I * b - tau)
best = S.I * (b - F.T * multiplier)
direction = -slope + alpha * u

ROWS = (
    # maximum likelihood
    identity(
        "exponential-rate",
        lam,
        Int(T) / total(h[t], t, 1, T),
        total(h[t], t, 1, T) / Int(T),
        *positive(lam, total(h[t], t, 1, T)),
        eq(by_number(Int(T) * log(lam) - lam * total(h[t], t, 1, T), lam), 0),
    ),
    identity(
        "poisson-rate",
        lam,
        total(h[t], t, 1, T) / Int(T),
        total(h[t], t, 1, T),
        *positive(lam),
        eq(by_number(total(h[t], t, 1, T) * log(lam) - Int(T) * lam, lam), 0),
    ),
    identity(
        "coin-probability",
        a,
        c / (c + g),
        c / g,
        *positive(a, c, g),
        lt(a, 1),
        eq(by_number(c * log(a) + g * log(1 - a), a), 0),
    ),
    identity(
        "normal-mean",
        a,
        total(h[t], t, 1, T) / Int(T),
        total(h[t], t, 1, T),
        *positive(c),
        eq(by_number(-total((h[t] - a) ** 2, t, 1, T) / (2 * c), a), 0),
    ),
    identity(
        "vector-normal-mean",
        u,
        total(V[t], t, 1, T) / Int(T),
        total(V[t], t, 1, T),
        definite(S),
        eq(grad(-half * total((V[t] - u).T * S.I * (V[t] - u), t, 1, T), u), Zeros(n)),
    ),
    identity(
        "logistic-score",
        score,
        Zeros(d),
        X.T * y,
        eq(grad(ones.T * softplus(X * beta) - y.T * X * beta, beta), Zeros(d)),
        open_because="the exact judge meets no equation with a transcendental function",
    ),
    identity(
        "poisson-score",
        X.T * exp(X * beta),
        X.T * y,
        X.T * X * beta,
        eq(grad(ones.T * exp(X * beta) - y.T * X * beta, beta), Zeros(d)),
        open_because="the exact judge meets no equation with a transcendental function",
    ),
    identity("softmax-moments", softmax(x), y, exp(y), eq(grad(lse(x) - y.T * x, x), Zeros(n))),
    identity(
        "prior-shrinks-mean",
        a,
        (g * total(h[t], t, 1, T) + c * r) / (Int(T) * g + c),
        total(h[t], t, 1, T) / Int(T),
        *positive(c, g),
        eq(by_number(total((h[t] - a) ** 2, t, 1, T) / c + (a - r) ** 2 / g, a), 0),
    ),
    # least squares
    identity(
        "slope-of-line",
        c,
        x.T * centring * y / (x.T * centring * x),
        x.T * y / (x.T * x),
        *nonzero(x.T * centring * x, x.T * x),
        eq(by_number(sq(y - a * ones - c * x), a), 0),
        eq(by_number(sq(y - a * ones - c * x), c), 0),
    ),
    identity(
        "line-through-means",
        a,
        ones.T * y / Int(n) - c * (ones.T * x / Int(n)),
        ones.T * y / Int(n),
        eq(by_number(sq(y - a * ones - c * x), a), 0),
    ),
    identity(
        "residuals-sum-to-zero",
        ones.T * (y - a * ones - c * x),
        0,
        ones.T * y,
        eq(by_number(sq(y - a * ones - c * x), a), 0),
    ),
    identity(
        "ridge-towards-point",
        beta,
        (gram + lam * dI).I * (X.T * y + lam * theta),
        ridge,
        *positive(lam),
        eq(grad(sq(y - X * beta) + lam * sq(beta - theta), beta), Zeros(d)),
    ),
    identity(
        "weighted-ridge",
        beta,
        (X.T * S * X + K).I * X.T * S * y,
        (X.T * X + K).I * X.T * y,
        definite(S),
        definite(K),
        eq(grad((y - X * beta).T * S * (y - X * beta) + beta.T * K * beta, beta), Zeros(d)),
    ),
    identity("many-outputs", K, (X.T * X).I * X.T * Y, X.T * Y, tall, eq(grad(sq(Y - X * K), K), Zeros(d, d))),
    identity(
        "many-outputs-ridge",
        K,
        (X.T * X + lam * dI).I * X.T * Y,
        (X.T * X + lam * dI).I * X.T * X,
        *positive(lam),
        eq(grad(sq(Y - X * K) + lam * sq(K), K), Zeros(d, d)),
    ),
    identity(
        "alternating-step",
        P,
        A * Q * (Q.T * Q).I,
        A * Q,
        *inv(Q.T * Q),
        eq(grad(sq(A - P * Q.T), P), Zeros(n, n)),
    ),
    identity(
        "kernel-coefficients",
        x,
        (S + lam * I).I * y,
        S * y,
        definite(S),
        *positive(lam),
        eq(S * (S + lam * I) * x, S * y),
    ),
    identity(
        "ridge-path-derivative",
        by_number(ridge, lam),
        -(gram + lam * dI).I * ridge,
        (gram + lam * dI).I * ridge,
        *positive(lam),
    ),
    identity("hat-fit-orthogonal", (X * ridge).T * (y - X * ridge), lam * sq(ridge), 0, *positive(lam)),
    identity("consensus", x, (u + v) / 2, u + v, eq(grad(sq(x - u) + sq(x - v), x), Zeros(n))),
    identity(
        "three-terms",
        x,
        (a * u + c * v + g * w) / (a + c + g),
        a * u + c * v + g * w,
        *positive(a, c, g),
        eq(grad(a * sq(x - u) + c * sq(x - v) + g * sq(x - w), x), Zeros(n)),
    ),
    identity(
        "shrinkage",
        x,
        v / (1 + lam),
        v / lam,
        *positive(lam),
        eq(grad(half * sq(x - v) + half * lam * sq(x), x), Zeros(n)),
    ),
    # constraints
    identity(
        "nearest-with-given-sum",
        x,
        b + (1 - ones.T * b) / Int(n) * ones,
        b,
        eq(x - b + a * ones, Zeros(n)),
        eq(ones.T * x, 1),
    ),
    identity(
        "nearest-on-plane",
        x,
        u - (b.T * u - c) / sq(b) * b,
        u - (b.T * u - c) * b,
        *nonzero(b),
        eq(x - u + a * b, Zeros(n)),
        eq(b.T * x, c),
    ),
    identity(
        "portfolio-from-conditions",
        x,
        S.I * ones / (ones.T * S.I * ones),
        S.I * ones,
        definite(S),
        eq(S * x, a * ones),
        eq(ones.T * x, 1),
    ),
    identity(
        "smallest-variance-value",
        a,
        1 / (ones.T * S.I * ones),
        ones.T * S.I * ones,
        definite(S),
        eq(S * x, a * ones),
        eq(ones.T * x, 1),
    ),
    identity(
        "portfolio-with-return",
        S * x,
        a * u,
        a * ones,
        definite(S),
        eq(grad(half * x.T * S * x - a * (u.T * x - c), x), Zeros(n)),
    ),
    identity(
        "kkt-solution",
        x,
        best,
        S.I * b,
        definite(S),
        Predicate("full row rank", F),
        eq(S * x + F.T * nu, b),
        eq(F * x, tau),
    ),
    identity(
        "constrained-least-squares",
        X.T * (y - X * beta),
        theta * a,
        Zeros(d),
        eq(grad(half * sq(y - X * beta) + a * (theta.T * beta - c), beta), Zeros(d)),
    ),
    identity(
        "dual-value",
        half * (S.I * (b - F.T * nu)).T * S * (S.I * (b - F.T * nu))
        - b.T * (S.I * (b - F.T * nu))
        + nu.T * (F * (S.I * (b - F.T * nu)) - tau),
        -half * (b - F.T * nu).T * S.I * (b - F.T * nu) - nu.T * tau,
        -half * (b - F.T * nu).T * S.I * (b - F.T * nu),
        definite(S),
    ),
    identity(
        "margin-from-dual",
        x,
        total(h[t] * f[t] * V[t], t, 1, T),
        total(h[t] * V[t], t, 1, T),
        eq(grad(half * sq(x) - total(h[t] * (f[t] * (V[t].T * x) - 1), t, 1, T), x), Zeros(n)),
    ),
    identity("sphere-quadratic", lam, x.T * A * x, x.T * x, eq(A * x, lam * x), eq(sq(x), 1)),
    identity(
        "rayleigh-stationary",
        S * x,
        (x.T * S * x) / sq(x) * x,
        x,
        *sym(S),
        *nonzero(x),
        eq(grad((x.T * S * x) / sq(x), x), Zeros(n)),
    ),
    identity(
        "linear-on-sphere",
        x,
        b / norm(b),
        b,
        *nonzero(b),
        eq(b, 2 * a * x),
        eq(sq(x), 1),
        lt(0, a),
    ),
    identity(
        "discriminant-direction",
        x,
        S.I * (u - v),
        u - v,
        definite(S),
        eq(grad(half * x.T * S * x - (u - v).T * x, x), Zeros(n)),
    ),
    # steps
    identity(
        "newton-logistic",
        beta + (X.T * W_ * X).I * score,
        (X.T * W_ * X).I * X.T * (W_ * X * beta + y - probability),
        (X.T * W_ * X).I * X.T * (W_ * X * beta + y),
        *inv(X.T * W_ * X),
    ),
    identity("newton-root", a - (a**2 - c) / by_number(a**2 - c, a), (a + c / a) / 2, a + c / a, *nonzero(a)),
    identity("newton-reciprocal", a * (2 - c * a) - 1 / c, -c * (a - 1 / c) ** 2, c * (a - 1 / c) ** 2, *nonzero(c)),
    identity("newton-inverse-residual", I - A * (B * (2 * I - A * B)), (I - A * B) ** 2, (I - B * A) ** 2),
    identity(
        "damped-step",
        (gram + lam * dI) * (ridge - beta),
        X.T * (y - X * beta) - lam * beta,
        X.T * (y - X * beta) + lam * beta,
        *positive(lam),
    ),
    identity(
        "line-search",
        a,
        sq(slope) / (slope.T * S * slope),
        slope.T * S * slope,
        definite(S),
        *nonzero(slope),
        eq(by_number(half * (x - a * slope).T * S * (x - a * slope) - b.T * (x - a * slope), a), 0),
    ),
    identity(
        "conjugate-direction",
        u.T * S * direction,
        0,
        u.T * u,
        definite(S),
        *nonzero(u),
        eq(alpha, u.T * S * slope / (u.T * S * u)),
    ),
    identity(
        "residual-after-step", b - S * (x - eta * slope), (I - eta * S) * (b - S * x), (I + eta * S) * (b - S * x)
    ),
    identity(
        "gap-of-quadratic",
        quadratic + half * b.T * S.I * b,
        half * slope.T * S.I * slope,
        half * slope.T * S * slope,
        definite(S),
    ),
    identity(
        "gap-by-distance",
        quadratic + half * b.T * S.I * b,
        half * (x - S.I * b).T * S * (x - S.I * b),
        half * sq(x - S.I * b),
        definite(S),
    ),
    identity(
        "best-decrease",
        quadratic
        - (
            half
            * (x - sq(slope) / (slope.T * S * slope) * slope).T
            * S
            * (x - sq(slope) / (slope.T * S * slope) * slope)
            - b.T * (x - sq(slope) / (slope.T * S * slope) * slope)
        ),
        sq(slope) ** 2 / (2 * slope.T * S * slope),
        sq(slope) / (2 * slope.T * S * slope),
        definite(S),
        *nonzero(slope),
    ),
    identity(
        "bfgs-inverse",
        ((I - u * y.T / (y.T * u)) * P * (I - y * u.T / (y.T * u)) + u * u.T / (y.T * u)) * y,
        u,
        P * y,
        *nonzero(y.T * u),
    ),
    identity(
        "square-in-three",
        half * sq(x - u) / c + b.T * x,
        half * sq(x - u + c * b) / c + b.T * u - half * c * sq(b),
        half * sq(x - u + c * b) / c + b.T * u,
        *positive(c),
    ),
    identity(
        "product-of-normals",
        (a - r) ** 2 / c + (a - lam) ** 2 / g,
        (a - (g * r + c * lam) / (c + g)) ** 2 / (c * g / (c + g)) + (r - lam) ** 2 / (c + g),
        (a - (g * r + c * lam) / (c + g)) ** 2 / (c * g / (c + g)),
        *positive(c, g),
    ),
    identity(
        "conditional-mean-square",
        (x - u).T * S * (x - u) + 2 * (x - u).T * F.T * (tau - nu) + (tau - nu).T * U * (tau - nu),
        (x - u + S.I * F.T * (tau - nu)).T * S * (x - u + S.I * F.T * (tau - nu))
        + (tau - nu).T * (U - F * S.I * F.T) * (tau - nu),
        (x - u + S.I * F.T * (tau - nu)).T * S * (x - u + S.I * F.T * (tau - nu)) + (tau - nu).T * U * (tau - nu),
        definite(S),
    ),
    statement(
        "projection-is-nearest",
        le(sq(u - (u - (b.T * u - c) / sq(b) * b)), sq(u - x)),
        lt(sq(u - (u - (b.T * u - c) / sq(b) * b)), sq(u - x)),
        *nonzero(b),
        eq(b.T * x, c),
    ),
    statement("gap-nonnegative", le(0, half * slope.T * S.I * slope), lt(0, half * slope.T * S.I * slope), definite(S)),
    statement(
        "scalar-vertex", le(-(r**2) / (4 * a), a * c**2 + r * c), lt(-(r**2) / (4 * a), a * c**2 + r * c), *positive(a)
    ),
)
