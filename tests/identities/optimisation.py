"""Stationarity, solutions, Lagrange conditions, completing the square, Newton's step, line search."""

from everystep.algebra.context import Predicate
from everystep.algebra.expressions import Call, Eye, Int, Zeros, sq
from tests.identities.notation import *

dI = Eye(d)
tall = Predicate("full column rank", X)
best = (X.T * X).I * X.T * y
ridge = (X.T * X + lam * dI).I * X.T * y
loss = sq(y - X * beta)
ridge_loss = loss + lam * sq(beta)
quadratic = half * x.T * S * x - b.T * x
residual = S * x - b
multiplier = (F * S.I * F.T).I * (F * S.I * b - tau)
constrained = S.I * (b - F.T * multiplier)
full_row = Predicate("full row rank", F)
mu = (S + P).I * (S * u + P * v)
share = S.I * ones / (ones.T * S.I * ones)

ROWS = (
    # stationarity
    identity("normal-equations", X.T * X * beta, X.T * y, 2 * X.T * y, eq(grad(loss, beta), Zeros(d))),
    identity("least-squares-solution", beta, best, X.T * y, tall, eq(grad(loss, beta), Zeros(d))),
    identity("ridge-solution", beta, ridge, best, tall, *positive(lam), eq(grad(ridge_loss, beta), Zeros(d))),
    identity(
        "ridge-solution-dual",
        beta,
        X.T * (X * X.T + lam * I).I * y,
        X.T * y,
        *positive(lam),
        eq(grad(ridge_loss, beta), Zeros(d)),
    ),
    identity(
        "ridge-averaged",
        beta,
        (X.T * X + Int(n) * lam * dI).I * X.T * y,
        ridge,
        *positive(lam),
        eq(grad(loss / Int(n) + lam * sq(beta), beta), Zeros(d)),
    ),
    identity(
        "weighted-solution",
        beta,
        (X.T * S * X).I * X.T * S * y,
        best,
        tall,
        definite(S),
        eq(grad((y - X * beta).T * S * (y - X * beta), beta), Zeros(d)),
    ),
    identity(
        "tikhonov-solution",
        beta,
        (X.T * X + K).I * X.T * y,
        (X.T * X - K).I * X.T * y,
        definite(K),
        *inv(X.T * X - K),
        eq(grad(loss + beta.T * K * beta, beta), Zeros(d)),
    ),
    identity("quadratic-solution", x, S.I * b, S * b, definite(S), eq(grad(quadratic, x), Zeros(n))),
    identity(
        "quadratic-general",
        x,
        -((A + A.T).I * b),
        -(A.I * b),
        *inv(A, A + A.T),
        eq(grad(x.T * A * x + b.T * x, x), Zeros(n)),
    ),
    identity(
        "mean-minimises",
        u,
        total(V[t], t, 1, T) / Int(T),
        total(V[t], t, 1, T),
        eq(grad(total(sq(V[t] - u), t, 1, T), u), Zeros(n)),
    ),
    identity(
        "weighted-mean-minimises",
        a,
        total(h[t] * f[t], t, 1, T) / total(h[t], t, 1, T),
        total(h[t] * f[t], t, 1, T),
        *positive(total(h[t], t, 1, T)),
        eq(by_number(total(h[t] * (f[t] - a) ** 2, t, 1, T), a), 0),
    ),
    identity(
        "prior-and-data",
        x,
        mu,
        half * (u + v),
        definite(S),
        definite(P),
        eq(grad((x - u).T * S * (x - u) + (x - v).T * P * (x - v), x), Zeros(n)),
    ),
    identity(
        "scale-of-vector",
        a,
        x.T * y / sq(x),
        x.T * y,
        *nonzero(x),
        eq(by_number(sq(y - a * x), a), 0),
    ),
    identity(
        "intercept",
        a,
        ones.T * (y - X * beta) / Int(n),
        ones.T * y / Int(n),
        eq(by_number(sq(y - X * beta - a * ones), a), 0),
    ),
    identity(
        "proximal-point",
        x,
        (v + eta * u) / (1 + eta),
        v + eta * u,
        *positive(eta),
        eq(grad(half * sq(x - v) + half * eta * sq(x - u), x), Zeros(n)),
    ),
    identity(
        "proximal-quadratic",
        x,
        (I + eta * S).I * (v + eta * b),
        (I + eta * S).I * v,
        definite(S),
        *positive(eta),
        eq(grad(half * sq(x - v) + eta * quadratic, x), Zeros(n)),
    ),
    identity(
        "matrix-regression", W, G * F.T * (F * F.T).I, G * F.T, *inv(F * F.T), eq(grad(sq(G - W * F), W), Zeros(m, m))
    ),
    identity(
        "matrix-ridge",
        W,
        G * F.T * (F * F.T + lam * Eye(m)).I,
        G * F.T * (F * F.T).I,
        *positive(lam),
        *inv(F * F.T),
        eq(grad(sq(G - W * F) + lam * sq(W), W), Zeros(m, m)),
    ),
    identity(
        "covariance-of-gaussian",
        S,
        (x - u) * (x - u).T + P,
        (x - u) * (x - u).T,
        definite(S),
        definite(P),
        eq(grad(log(det(S)) + tr(S.I * ((x - u) * (x - u).T + P)), S), Zeros(n, n)),
    ),
    identity(
        "variance-of-gaussian",
        c,
        sq(x - u) / Int(n),
        sq(x - u),
        *positive(c),
        eq(by_number(Int(n) * log(c) + sq(x - u) / c, c), 0),
    ),
    identity("stationary-residual", X.T * (y - X * beta), Zeros(d), X.T * y, eq(grad(loss, beta), Zeros(d))),
    identity(
        "stationary-ridge-residual",
        X.T * (y - X * beta),
        lam * beta,
        -lam * beta,
        *positive(lam),
        eq(grad(ridge_loss, beta), Zeros(d)),
    ),
    # at the solution
    identity("gradient-vanishes", grad(sq(y - X * theta), theta), Zeros(d), X.T * y, tall, eq(theta, best)),
    identity("fitted-values", X * best, X * (X.T * X).I * X.T * y, X * X.T * y, tall),
    identity("least-value", sq(y - X * best), sq(y) - y.T * X * best, sq(y) + y.T * X * best, tall),
    identity(
        "ridge-least-value",
        sq(y - X * ridge) + lam * sq(ridge),
        sq(y) - y.T * X * ridge,
        sq(y) - sq(X * ridge),
        *positive(lam),
    ),
    identity("ridge-residual", X.T * (y - X * ridge), lam * ridge, ridge, *positive(lam)),
    identity(
        "ridge-residual-dual", y - X * ridge, lam * (X * X.T + lam * I).I * y, (X * X.T + lam * I).I * y, *positive(lam)
    ),
    identity(
        "quadratic-least-value",
        half * (S.I * b).T * S * (S.I * b) - b.T * (S.I * b),
        -half * b.T * S.I * b,
        half * b.T * S.I * b,
        definite(S),
    ),
    # completing the square
    identity(
        "square-of-number", a * c**2 + 2 * r * c, a * (c + r / a) ** 2 - r**2 / a, a * (c + r / a) ** 2, *nonzero(a)
    ),
    identity(
        "square",
        quadratic,
        half * (x - S.I * b).T * S * (x - S.I * b) - half * b.T * S.I * b,
        half * (x - S.I * b).T * S * (x - S.I * b) + half * b.T * S.I * b,
        definite(S),
    ),
    identity(
        "square-plus-linear",
        x.T * S * x + 2 * b.T * x + c,
        (x + S.I * b).T * S * (x + S.I * b) + c - b.T * S.I * b,
        (x + S.I * b).T * S * (x + S.I * b) + c,
        *sym(S),
        *inv(S),
    ),
    identity(
        "square-of-residual",
        loss,
        (beta - best).T * X.T * X * (beta - best) + sq(y - X * best),
        (beta - best).T * X.T * X * (beta - best),
        tall,
    ),
    identity(
        "square-of-ridge",
        ridge_loss,
        (beta - ridge).T * (X.T * X + lam * dI) * (beta - ridge) + sq(y) - y.T * X * ridge,
        (beta - ridge).T * X.T * X * (beta - ridge) + sq(y) - y.T * X * ridge,
        *positive(lam),
    ),
    identity(
        "two-quadratics",
        (x - u).T * S * (x - u) + (x - v).T * P * (x - v),
        (x - mu).T * (S + P) * (x - mu) + (u - v).T * (S.I + P.I).I * (u - v),
        (x - mu).T * (S + P) * (x - mu),
        definite(S),
        definite(P),
    ),
    identity(
        "two-numbers",
        (a - c) ** 2 / r + (a - g) ** 2 / lam,
        (1 / r + 1 / lam) * (a - (c / r + g / lam) / (1 / r + 1 / lam)) ** 2 + (c - g) ** 2 / (r + lam),
        (1 / r + 1 / lam) * (a - (c / r + g / lam) / (1 / r + 1 / lam)) ** 2,
        *positive(r, lam),
    ),
    identity(
        "conditional-gaussian",
        Call("q", 1, 1, x) + (x + S.I * F.T * tau).T * S * (x + S.I * F.T * tau),
        Call("q", 1, 1, x) + x.T * S * x + 2 * tau.T * F * x + tau.T * F * S.I * F.T * tau,
        Call("q", 1, 1, x) + x.T * S * x + tau.T * F * x,
        definite(S),
    ),
    # constraints
    identity("constraint-met", F * constrained, tau, F * b, definite(S), full_row),
    identity("lagrange-stationary", S * constrained + F.T * multiplier, b, b + F.T * tau, definite(S), full_row),
    identity(
        "lagrange-solved",
        nu,
        (F * S.I * F.T).I * (F * S.I * b - tau),
        (F * S.I * F.T).I * (F * S.I * b + tau),
        definite(S),
        full_row,
        eq(S * x + F.T * nu, b),
        eq(F * x, tau),
    ),
    identity("lagrange-point", x, S.I * (b - F.T * nu), S.I * (b + F.T * nu), definite(S), eq(S * x + F.T * nu, b)),
    identity(
        "lagrange-gradient", grad(quadratic + nu.T * (F * x - tau), x), S * x - b + F.T * nu, S * x - b + F * x, *sym(S)
    ),
    identity("lagrange-by-multiplier", grad(quadratic + nu.T * (F * x - tau), nu), F * x - tau, tau - F * x),
    identity("least-norm-feasible", F * (F.T * (F * F.T).I * tau), tau, F * F.T * tau, full_row),
    identity(
        "least-norm-from-conditions", x, F.T * (F * F.T).I * tau, F.T * tau, full_row, eq(x, F.T * nu), eq(F * x, tau)
    ),
    identity("projection-on-affine", F * (x - F.T * (F * F.T).I * (F * x - tau)), tau, F * x, full_row),
    identity("projection-on-plane", b.T * (x - (b.T * x - c) / sq(b) * b), c, 0, *nonzero(b)),
    identity("portfolio-budget", ones.T * share, 1, Int(n), definite(S)),
    identity("portfolio-variance", share.T * S * share, 1 / (ones.T * S.I * ones), ones.T * S.I * ones, definite(S)),
    identity(
        "eigenvector-of-principal",
        S * x,
        lam * x,
        S.I * x,
        definite(S),
        eq(grad(x.T * S * x - lam * (x.T * x - 1), x), Zeros(n)),
    ),
    identity("principal-value", x.T * S * x, lam, sq(S * x), eq(S * x, lam * x), eq(x.T * x, 1)),
    identity(
        "orthogonal-eigenvectors",
        x.T * y,
        0,
        1,
        *sym(S),
        eq(S * x, a * x),
        eq(S * y, c * y),
        differ(a, c),
    ),
    # steps
    identity("newton-reaches", x - hess(quadratic, x).I * grad(quadratic, x), S.I * b, x - S.I * b, definite(S)),
    identity("newton-least-squares", beta - hess(loss, beta).I * grad(loss, beta), best, beta - best, tall),
    identity(
        "newton-ridge", beta - hess(ridge_loss, beta).I * grad(ridge_loss, beta), ridge, best, tall, *positive(lam)
    ),
    identity("newton-at-any-start", (x + u) - S.I * (S * (x + u) - b), S.I * b, S.I * b + u, definite(S)),
    identity(
        "gradient-step", x - eta * grad(quadratic, x), (I - eta * S) * x + eta * b, (I + eta * S) * x - eta * b, *sym(S)
    ),
    identity(
        "gradient-step-error",
        x - eta * residual - S.I * b,
        (I - eta * S) * (x - S.I * b),
        (I + eta * S) * (x - S.I * b),
        definite(S),
    ),
    identity(
        "descent-along-gradient",
        by_number(half * (x - a * residual).T * S * (x - a * residual) - b.T * (x - a * residual), a),
        a * residual.T * S * residual - sq(residual),
        a * residual.T * S * residual + sq(residual),
        *sym(S),
    ),
    identity(
        "best-step",
        a,
        sq(u) / (u.T * S * u),
        u.T * S * u / sq(u),
        definite(S),
        *nonzero(u),
        eq(a * (u.T * S * u) - sq(u), 0),
    ),
    identity(
        "best-step-stationary",
        eta,
        -(u.T * (S * x - b)) / (u.T * S * u),
        u.T * (S * x - b) / (u.T * S * u),
        definite(S),
        *nonzero(u),
        *nonzero(u.T * (S * x - b)),
        eq(by_number(half * (x + eta * u).T * S * (x + eta * u) - b.T * (x + eta * u), eta), 0),
    ),
    identity(
        "exact-search-orthogonal",
        u.T * (S * (x - (u.T * residual) / (u.T * S * u) * u) - b),
        0,
        u.T * u,
        definite(S),
        *nonzero(u),
    ),
    identity(
        "expansion-exact",
        half * (x + u).T * S * (x + u) - b.T * (x + u),
        quadratic + u.T * residual + half * u.T * S * u,
        quadratic + u.T * residual + u.T * S * u,
        *sym(S),
    ),
    identity(
        "decrease-of-step",
        quadratic - (half * (x - eta * residual).T * S * (x - eta * residual) - b.T * (x - eta * residual)),
        eta * sq(residual) - half * eta**2 * residual.T * S * residual,
        eta * sq(residual),
        *sym(S),
    ),
    identity(
        "momentum-step",
        x - eta * residual + alpha * (x - u),
        (1 + alpha) * x - alpha * u - eta * residual,
        x - alpha * u - eta * residual,
    ),
    identity(
        "secant-update",
        (P + (y - P * u) * (y - P * u).T / ((y - P * u).T * u)) * u,
        y,
        P * u,
        *sym(P),
        *nonzero((y - P * u).T * u),
    ),
    identity(
        "rank-two-update",
        (P - P * u * u.T * P / (u.T * P * u) + y * y.T / (y.T * u)) * u,
        y,
        P * u + y,
        definite(P),
        *nonzero(u, y.T * u),
    ),
    identity("broyden-update", (A + (y - A * u) * u.T / sq(u)) * u, y, A * u, *nonzero(u)),
    # minima
    statement(
        "least-squares-minimum",
        le(sq(y - X * best), sq(y - X * beta)),
        lt(sq(y - X * best), sq(y - X * beta)),
        tall,
    ),
    statement(
        "mean-is-minimum",
        le(sq(x - ones * (ones.T * x) / Int(n)), sq(x - a * ones)),
        lt(sq(x - ones * (ones.T * x) / Int(n)), sq(x - a * ones)),
    ),
    statement(
        "quadratic-minimum",
        le(-half * b.T * S.I * b, quadratic),
        lt(-half * b.T * S.I * b, quadratic),
        definite(S),
    ),
    statement(
        "ridge-minimum",
        le(sq(y) - y.T * X * ridge, ridge_loss),
        lt(sq(y) - y.T * X * ridge, ridge_loss),
        *positive(lam),
    ),
    statement("hessian-certifies", definite(hess(quadratic, x)), semidefinite(-hess(quadratic, x)), definite(S)),
    statement(
        "descent-direction",
        lt(-(sq(residual)), 0),
        lt(0, -(sq(residual))),
        *nonzero(residual),
    ),
    statement(
        "newton-direction-descends",
        lt(0, residual.T * S.I * residual),
        lt(residual.T * S.I * residual, 0),
        definite(S),
        *nonzero(residual),
    ),
    statement(
        "step-decreases",
        le(0, eta * sq(residual) - half * eta**2 * lam * sq(residual)),
        lt(0, eta * sq(residual) - half * eta**2 * lam * sq(residual)),
        *positive(eta, lam),
        le(eta * lam, 2),
    ),
)
