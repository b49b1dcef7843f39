"""The calculus of networks and losses: layers, softmax, cross-entropy, attention, normalisation, backpropagation."""

from everystep.algebra.context import Context, Definition, Recurrence
from everystep.algebra.expressions import Call, Int, Zeros, norm, odot, sq, sqrt
from tests.identities.notation import *

s1 = logistic(X * beta)
centring = I - ones * ones.T / Int(n)
center = centring * x
spread = sq(center) / Int(n)
hidden = apply("phi", A * x + b)
residual = F * hidden - tau
simplex = eq(ones.T * y, 1)
query, keys, values = beta, X, Y
weights = softmax(X * beta)
plain_rnn = Context(recurrences=(Recurrence(H[t], tanh(A * H[t - 1] + V[t])),))
residual_net = Context(recurrences=(Recurrence(H[t], H[t - 1] + apply("phi", A * H[t - 1])),))
linear_rnn = Context(recurrences=(Recurrence(H[t], A * H[t - 1] + V[t]),))
loss = total(half * sq(H[t]), t, 1, T)


def ell(argument: object) -> Call:
    """An arbitrary differentiable loss."""
    return Call("L", 1, 1, argument)


ROWS = (
    # layers
    identity(
        "dense-weight",
        grad(ell(F * x + tau), F),
        grad(ell(nu), nu) * x.T,
        x * grad(ell(nu), nu).T,
        context=Context(definitions=(Definition(nu, F * x + tau),)),
    ),
    identity(
        "dense-bias",
        grad(ell(F * x + tau), tau),
        grad(ell(nu), nu),
        F.T * grad(ell(nu), nu),
        context=Context(definitions=(Definition(nu, F * x + tau),)),
    ),
    identity(
        "dense-input",
        grad(ell(F * x + tau), x),
        F.T * grad(ell(nu), nu),
        F * grad(ell(nu), nu),
        context=Context(definitions=(Definition(nu, F * x + tau),)),
    ),
    identity("output-weight", grad(half * sq(residual), F), residual * hidden.T, hidden * residual.T),
    identity(
        "hidden-weight",
        grad(half * sq(residual), A),
        odot(apply("phi", A * x + b, 1), F.T * residual) * x.T,
        F.T * residual * x.T,
    ),
    identity(
        "hidden-bias",
        grad(half * sq(residual), b),
        odot(apply("phi", A * x + b, 1), F.T * residual),
        odot(hidden, F.T * residual),
    ),
    identity(
        "hidden-input",
        grad(half * sq(residual), x),
        A.T * odot(apply("phi", A * x + b, 1), F.T * residual),
        A * odot(apply("phi", A * x + b, 1), F.T * residual),
    ),
    identity(
        "hidden-jacobian",
        jac(F * apply("phi", A * x), x),
        F * diag(apply("phi", A * x, 1)) * A,
        F * A * diag(apply("phi", A * x, 1)),
    ),
    identity(
        "three-layers",
        jac(apply("phi", B * apply("phi", A * x)), x),
        diag(apply("phi", B * apply("phi", A * x), 1)) * B * diag(apply("phi", A * x, 1)) * A,
        diag(apply("phi", A * x, 1)) * A * diag(apply("phi", B * apply("phi", A * x), 1)) * B,
    ),
    identity(
        "skip-connection",
        jac(x + apply("phi", A * x), x),
        I + diag(apply("phi", A * x, 1)) * A,
        diag(apply("phi", A * x, 1)) * A,
    ),
    identity(
        "gate",
        jac(odot(logistic(A * x), B * x), x),
        diag(B * x) * diag(odot(logistic(A * x), ones - logistic(A * x))) * A + diag(logistic(A * x)) * B,
        diag(B * x) * diag(logistic(A * x)) * A + diag(logistic(A * x)) * B,
    ),
    identity(
        "swish",
        jac(odot(x, logistic(x)), x),
        diag(logistic(x) + odot(x, logistic(x), ones - logistic(x))),
        diag(logistic(x) + odot(logistic(x), ones - logistic(x))),
    ),
    identity("softplus-layer", jac(softplus(A * x), x), diag(logistic(A * x)) * A, diag(softplus(A * x)) * A),
    identity("relu-layer", jac(relu(A * x), x), diag(apply("step", A * x)) * A, diag(relu(A * x)) * A),
    identity(
        "linear-network", grad(half * sq(B * A * x - y), A), B.T * (B * A * x - y) * x.T, (B * A * x - y) * x.T * B.T
    ),
    identity(
        "tied-autoencoder",
        grad(half * sq(A.T * A * x - x), A),
        A * x * (A.T * A * x - x).T + A * (A.T * A * x - x) * x.T,
        2 * A * (A.T * A * x - x) * x.T,
    ),
    identity(
        "weight-decay",
        grad(ell(w) + half * lam * sq(w), w),
        grad(ell(w), w) + lam * w,
        grad(ell(w), w) + half * lam * w,
    ),
    # losses
    identity(
        "logistic-loss",
        grad(softplus(-c * b.T * x), x),
        -c * logistic(-c * b.T * x) * b,
        c * logistic(-c * b.T * x) * b,
    ),
    identity(
        "logistic-loss-hessian",
        hess(softplus(b.T * x), x),
        logistic(b.T * x) * (1 - logistic(b.T * x)) * b * b.T,
        logistic(b.T * x) * b * b.T,
    ),
    identity(
        "binary-cross-entropy",
        grad(-a * log(logistic(b.T * x)) - (1 - a) * log(1 - logistic(b.T * x)), x),
        (logistic(b.T * x) - a) * b,
        (a - logistic(b.T * x)) * b,
    ),
    identity(
        "cross-entropy-by-logit",
        grad(-a * log(logistic(r)) - (1 - a) * log(logistic(-r)), r),
        logistic(r) - a,
        logistic(r) * (1 - logistic(r)) - a,
    ),
    identity(
        "logistic-regression", grad(ones.T * softplus(X * beta) - y.T * X * beta, beta), X.T * (s1 - y), X.T * (y - s1)
    ),
    identity(
        "logistic-regression-hessian",
        hess(ones.T * softplus(X * beta), beta),
        X.T * diag(odot(s1, ones - s1)) * X,
        X.T * diag(s1) * X,
    ),
    identity(
        "poisson-regression",
        grad(ones.T * exp(X * beta) - y.T * X * beta, beta),
        X.T * (exp(X * beta) - y),
        X.T * (X * beta - y),
    ),
    identity(
        "squared-loss-of-logistic",
        grad(half * (logistic(b.T * x) - a) ** 2, x),
        (logistic(b.T * x) - a) * logistic(b.T * x) * (1 - logistic(b.T * x)) * b,
        (logistic(b.T * x) - a) * b,
    ),
    identity("cross-entropy", grad(lse(x) - y.T * x, x), softmax(x) - y, y - softmax(x)),
    identity(
        "cross-entropy-by-softmax",
        grad(-y.T * log(softmax(x)), x),
        softmax(x) - y,
        softmax(x) - odot(y, softmax(x)),
        simplex,
    ),
    identity(
        "cross-entropy-unnormalised", grad(-y.T * log(softmax(x)), x), (ones.T * y) * softmax(x) - y, softmax(x) - y
    ),
    identity(
        "cross-entropy-weights",
        grad(lse(A * x) - y.T * A * x, A),
        (softmax(A * x) - y) * x.T,
        x * (softmax(A * x) - y).T,
    ),
    identity(
        "cross-entropy-hessian",
        hess(lse(x) - y.T * x, x),
        diag(softmax(x)) - softmax(x) * softmax(x).T,
        diag(softmax(x)) - softmax(x) * y.T,
    ),
    identity("log-softmax-jacobian", jac(log(softmax(x)), x), I - ones * softmax(x).T, I - softmax(x) * ones.T),
    identity("log-softmax", log(softmax(x)), x - lse(x) * ones, x - lse(x) * x),
    identity(
        "softmax-entry-derivative",
        grad(entry(softmax(x), i), x),
        entry(softmax(x), i) * (unit(n, i) - softmax(x)),
        entry(softmax(x), i) * (ones - softmax(x)),
        *within(i, n),
    ),
    identity("softmax-jacobian-kills-ones", jac(softmax(x), x) * ones, Zeros(n), ones),
    identity("softmax-jacobian-symmetric", jac(softmax(x), x).T, jac(softmax(x), x), -jac(softmax(x), x)),
    identity(
        "softmax-linear",
        jac(softmax(A * x), x),
        (diag(softmax(A * x)) - softmax(A * x) * softmax(A * x).T) * A,
        diag(softmax(A * x)) * A,
    ),
    identity(
        "softmax-temperature",
        jac(softmax(x / c), x),
        (diag(softmax(x / c)) - softmax(x / c) * softmax(x / c).T) / c,
        diag(softmax(x / c)) - softmax(x / c) * softmax(x / c).T,
        *positive(c),
    ),
    identity(
        "softmax-energy",
        grad(b.T * softmax(x), x),
        odot(softmax(x), b) - (b.T * softmax(x)) * softmax(x),
        odot(softmax(x), b),
    ),
    identity("entropy-of-softmax", softmax(x).T * log(softmax(x)), softmax(x).T * x - lse(x), softmax(x).T * x),
    identity("log-sum-exp-affine", grad(lse(A * x + b), x), A.T * softmax(A * x + b), softmax(A * x + b)),
    # attention
    identity(
        "attention-by-query",
        jac(values.T * weights, query),
        values.T * (diag(weights) - weights * weights.T) * keys,
        values.T * diag(weights) * keys,
    ),
    identity("attention-by-values", grad(theta.T * values.T * weights, values), weights * theta.T, weights * beta.T),
    identity("attention-score", grad(beta.T * X.T * A * y, X), A * y * beta.T, A.T * y * beta.T),
    identity(
        "attention-scaled",
        jac(Y.T * softmax(X * beta / c), beta),
        Y.T * (diag(softmax(X * beta / c)) - softmax(X * beta / c) * softmax(X * beta / c).T) * X / c,
        Y.T * (diag(softmax(X * beta / c)) - softmax(X * beta / c) * softmax(X * beta / c).T) * X,
        *positive(c),
    ),
    identity(
        "attention-by-keys",
        grad(theta.T * Y.T * softmax(X * beta), X),
        (diag(weights) - weights * weights.T) * Y * theta * beta.T,
        diag(weights) * Y * theta * beta.T,
    ),
    # normalisation
    identity("centre-jacobian", jac(x - ones * ones.T * x / Int(n), x), centring, ones * ones.T),
    identity("variance-gradient", grad(spread, x), 2 * center / Int(n), 2 * x / Int(n)),
    identity(
        "layer-norm",
        jac(center / sqrt(spread + c), x),
        (centring - center * center.T / (Int(n) * (spread + c))) / sqrt(spread + c),
        (I - center * center.T / (Int(n) * (spread + c))) / sqrt(spread + c),
        *positive(c),
    ),
    identity(
        "layer-norm-gain",
        jac(odot(u, center / sqrt(spread + c)), u),
        diag(center / sqrt(spread + c)),
        diag(u),
        *positive(c),
    ),
    identity(
        "rms-norm",
        jac(x / sqrt(sq(x) / Int(n) + c), x),
        (I - x * x.T / (Int(n) * (sq(x) / Int(n) + c))) / sqrt(sq(x) / Int(n) + c),
        I / sqrt(sq(x) / Int(n) + c),
        *positive(c),
    ),
    identity(
        "weight-norm-gain",
        grad(ell(g * u / norm(u)), g),
        grad(ell(w), w).T * u / norm(u),
        grad(ell(w), w).T * u,
        *nonzero(u),
        context=Context(definitions=(Definition(w, g * u / norm(u)),)),
    ),
    identity(
        "weight-norm-direction",
        grad(ell(g * u / norm(u)), u),
        g / norm(u) * (I - u * u.T / sq(u)) * grad(ell(w), w),
        g / norm(u) * grad(ell(w), w),
        *nonzero(u),
        context=Context(definitions=(Definition(w, g * u / norm(u)),)),
    ),
    identity("weight-norm-orthogonal", u.T * grad(ell(g * u / norm(u)), u), 0, 1, *nonzero(u)),
    identity("scale-invariance", x.T * grad(ell(x / norm(x)), x), 0, ell(x), *nonzero(x)),
    identity(
        "cosine-similarity",
        grad(x.T * y / (norm(x) * norm(y)), x),
        y / (norm(x) * norm(y)) - (x.T * y) * x / (norm(x) ** 3 * norm(y)),
        y / (norm(x) * norm(y)),
        *nonzero(x, y),
    ),
    identity("batch-statistic", jac(odot(u, centring * x) + v, x), diag(u) * centring, centring * diag(u)),
    # recurrent
    identity(
        "tanh-step",
        jac(H[t + 1], H[t]),
        diag(ones - odot(H[t + 1], H[t + 1])) * A,
        A * diag(ones - odot(H[t + 1], H[t + 1])),
        le(0, Int(t)),
        context=plain_rnn,
    ),
    identity(
        "residual-step",
        jac(H[t + 1], H[t]),
        I + diag(apply("phi", A * H[t], 1)) * A,
        diag(apply("phi", A * H[t], 1)) * A,
        le(0, Int(t)),
        context=residual_net,
    ),
    identity("linear-two-steps", jac(H[t + 2], H[t]), A * A, 2 * A, le(0, Int(t)), context=linear_rnn),
    identity("input-to-later-state", jac(H[t + 1], V[t]), A, A * A, le(1, Int(t)), context=linear_rnn),
    identity("last-loss", grad(loss, H[T]), H[T], A * H[T], context=linear_rnn),
    identity(
        "adjoint-linear",
        grad(loss, H[t]),
        H[t] + A.T * grad(loss, H[t + 1]),
        H[t] + A * grad(loss, H[t + 1]),
        le(1, Int(t)),
        lt(Int(t), Int(T)),
        context=linear_rnn,
    ),
    identity(
        "recurrent-weight",
        grad(loss, A),
        total(grad(loss, H[t]) * H[t - 1].T, t, 1, T),
        total(H[t - 1] * grad(loss, H[t]).T, t, 1, T),
        context=linear_rnn,
    ),
)
