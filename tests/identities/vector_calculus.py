"""Further derivatives: losses, ratios, Hessians, Jacobians, matrix arguments, differentials, the chain rule."""

from everystep.algebra.context import Context, Definition, Predicate
from everystep.algebra.expressions import Call, Expression, Eye, Int, MatrixFunction, matrix, norm, odot, sq, sqrt
from tests.identities.notation import *


def ell(argument: Expression) -> Call:
    """The value of a function of which only its argument is known."""
    return Call("L", 1, 1, argument)


dI = Eye(d)
phi1 = apply("phi", A * x, 1)
probabilities = softmax(A * x)
D_ = matrix("Delta", n, n)
Zd = matrix("Z", n, d)
full = Predicate("full column rank", X)
misfit = M - P * Q.T

ROWS = (
    identity("log-logistic", grad(log(logistic(b.T * x)), x), logistic(-b.T * x) * b, logistic(b.T * x) * b),
    identity(
        "logistic-margin",
        grad(log(1 + exp(-a * (b.T * x))), x),
        -a * logistic(-a * (b.T * x)) * b,
        -a * logistic(a * (b.T * x)) * b,
    ),
    identity(
        "squared-hinge",
        grad(half * relu(1 - a * (b.T * x)) ** 2, x),
        -a * relu(1 - a * (b.T * x)) * b,
        a * relu(1 - a * (b.T * x)) * b,
    ),
    identity("cube-of-norm", grad(norm(x) ** 3, x), 3 * norm(x) * x, 3 * sq(x) * x, *nonzero(x)),
    identity("norm-of-map", grad(norm(A * x), x), A.T * A * x / norm(A * x), A.T * x / norm(A * x), *nonzero(A * x)),
    identity(
        "norm-of-residual",
        grad(norm(A * x - b), x),
        A.T * (A * x - b) / norm(A * x - b),
        (A * x - b) / norm(A * x - b),
        *nonzero(A * x - b),
    ),
    identity("student-loss", grad(log(1 + sq(x) / c), x), 2 * x / (c + sq(x)), 2 * x / (1 + sq(x)), *positive(c)),
    identity("fraction-of-squares", grad(sq(x) / (1 + sq(x)), x), 2 * x / (1 + sq(x)) ** 2, 2 * x / (1 + sq(x))),
    identity(
        "three-linear-forms",
        grad((b.T * x) * (u.T * x) * (v.T * x), x),
        (u.T * x) * (v.T * x) * b + (b.T * x) * (v.T * x) * u + (b.T * x) * (u.T * x) * v,
        (u.T * x) * (v.T * x) * b,
    ),
    identity(
        "ratio-of-linear-forms",
        grad((b.T * x) / (u.T * x), x),
        b / (u.T * x) - (b.T * x) / (u.T * x) ** 2 * u,
        b / (u.T * x),
        *nonzero(u.T * x),
    ),
    identity(
        "generalised-rayleigh",
        grad((x.T * S * x) / (x.T * P * x), x),
        2 / (x.T * P * x) * (S * x - (x.T * S * x) / (x.T * P * x) * P * x),
        2 / (x.T * P * x) * (S * x - P * x),
        *sym(S),
        definite(P),
        *nonzero(x),
    ),
    identity("log-sum-exp-of-map", grad(lse(A * x), x), A.T * probabilities, A * probabilities),
    identity("free-energy", grad(lse(a * x) / a, x), softmax(a * x), softmax(x), *nonzero(a)),
    identity("entropy-of-logits", grad(ones.T * odot(exp(x), x), x), odot(exp(x), x + ones), exp(x)),
    identity(
        "gaussian-prior-on-logs",
        grad(half * total(exp(entry(x, i)) + entry(u, i) ** 2 - 1 - entry(x, i), i, 1, n), x),
        half * (exp(x) - ones),
        half * exp(x),
    ),
    identity("squared-distance-of-maps", grad(sq(A * x - B * x), x), 2 * (A - B).T * (A - B) * x, 2 * (A - B) * x),
    identity(
        "log-of-weighted-sum",
        grad(log(w.T * exp(x)), x),
        odot(w, exp(x)) / (w.T * exp(x)),
        exp(x) / (w.T * exp(x)),
        lt(0, w.T * exp(x)),
    ),
    identity(
        "by-scalar-in-distance",
        by_number(norm(x + a * u), a),
        u.T * (x + a * u) / norm(x + a * u),
        u.T * x / norm(x),
        *nonzero(x + a * u, x),
    ),
    # Hessians
    identity("hessian-log-sum-exp", hess(lse(x), x), diag(softmax(x)) - softmax(x) * softmax(x).T, diag(softmax(x))),
    identity(
        "hessian-log-sum-exp-of-map",
        hess(lse(A * x), x),
        A.T * (diag(probabilities) - probabilities * probabilities.T) * A,
        A.T * diag(probabilities) * A,
    ),
    identity(
        "hessian-student",
        hess(log(1 + sq(x)), x),
        2 * I / (1 + sq(x)) - 4 * x * x.T / (1 + sq(x)) ** 2,
        2 * I / (1 + sq(x)),
    ),
    identity(
        "hessian-pseudo-huber",
        hess(sqrt(1 + sq(x)), x),
        I / sqrt(1 + sq(x)) - x * x.T / sqrt(1 + sq(x)) ** 3,
        I / sqrt(1 + sq(x)),
    ),
    identity(
        "hessian-of-squared-form",
        hess((x.T * S * x) ** 2, x),
        8 * S * x * x.T * S + 4 * (x.T * S * x) * S,
        8 * S * x * x.T * S,
        *sym(S),
    ),
    identity(
        "hessian-of-poisson", hess(ones.T * exp(A * x) - b.T * A * x, x), A.T * diag(exp(A * x)) * A, A.T * diag(b) * A
    ),
    identity(
        "hessian-of-composition",
        hess(apply("phi", half * sq(x)), x),
        apply("phi", half * sq(x), 2) * x * x.T + apply("phi", half * sq(x), 1) * I,
        apply("phi", half * sq(x), 2) * x * x.T,
    ),
    identity(
        "hessian-of-gaussian-bump",
        hess(exp(-half * sq(x)), x),
        exp(-half * sq(x)) * (x * x.T - I),
        exp(-half * sq(x)) * x * x.T,
    ),
    identity(
        "hessian-of-log-linear",
        hess(-log(c - b.T * x), x),
        b * b.T / (c - b.T * x) ** 2,
        b * b.T / (c - b.T * x),
        lt(0, c - b.T * x),
    ),
    # Jacobians
    identity(
        "jacobian-of-layer",
        jac(logistic(A * x + b), x),
        diag(odot(logistic(A * x + b), ones - logistic(A * x + b))) * A,
        A * diag(logistic(A * x + b)),
    ),
    identity(
        "jacobian-two-layers", jac(A * tanh(B * x), x), A * diag(ones - odot(tanh(B * x), tanh(B * x))) * B, A * B
    ),
    identity(
        "jacobian-of-proportions",
        jac(x / (ones.T * x), x),
        I / (ones.T * x) - x * ones.T / (ones.T * x) ** 2,
        I / (ones.T * x),
        *nonzero(ones.T * x),
    ),
    identity("jacobian-of-scaled", jac(norm(x) * x, x), norm(x) * I + x * x.T / norm(x), norm(x) * I, *nonzero(x)),
    identity("jacobian-of-swish-layer", jac(odot(x, exp(x)), x), diag(odot(exp(x), ones + x)), diag(exp(x))),
    identity("jacobian-of-reflection", jac(x - 2 * (u.T * x) * u, x), I - 2 * u * u.T, I - 2 * u.T * u * I),
    identity(
        "jacobian-of-gated",
        jac(odot(A * x, logistic(B * x)), x),
        diag(logistic(B * x)) * A + diag(odot(A * x, logistic(B * x), ones - logistic(B * x))) * B,
        diag(logistic(B * x)) * A,
    ),
    identity("jacobian-of-inverse-map", jac((A + a * I).I * (x + b), x), (A + a * I).I, A + a * I, *inv(A + a * I)),
    # by a matrix
    identity(
        "inverse-sandwich",
        grad(tr(A.I * B * A.I * C), A),
        -(A.I * B * A.I * C * A.I + A.I * C * A.I * B * A.I).T,
        -(A.I * B * A.I * C * A.I).T,
        *inv(A),
    ),
    identity(
        "wide-log-determinant",
        grad(log(det(X * X.T)), X),
        2 * (X * X.T).I * X,
        (X * X.T).I * X,
        Predicate("full row rank", X),
    ),
    identity(
        "log-determinant-of-evidence",
        grad(log(det(S + X * X.T)), X),
        2 * (S + X * X.T).I * X,
        (S + X * X.T).I * X,
        definite(S),
    ),
    identity(
        "determinant-to-a-power",
        grad(power(det(A), k), A),
        Int(k) * power(det(A), k) * A.I.T,
        Int(k) * power(det(A), k - 1) * A.I.T,
        *inv(A),
        le(1, Int(k)),
        lt(0, det(A)),
    ),
    identity("regression-of-many-outputs", grad(sq(Y - X * K), K), -2 * X.T * (Y - X * K), 2 * X.T * (Y - X * K)),
    identity(
        "masked-factorisation", grad(sq(odot(B, misfit)), P), -2 * odot(B, B, misfit) * Q, -2 * odot(B, misfit) * Q
    ),
    identity("orthogonality-penalty", grad(sq(A.T * A - I), A), 4 * A * (A.T * A - I), 4 * (A.T * A - I)),
    identity(
        "learned-distance",
        grad((x - u).T * A.T * A * (x - u), A),
        2 * A * (x - u) * (x - u).T,
        2 * (x - u) * (x - u).T * A,
    ),
    identity(
        "bilinear-score",
        grad(logistic(x.T * A * y), A),
        logistic(x.T * A * y) * (1 - logistic(x.T * A * y)) * x * y.T,
        logistic(x.T * A * y) * x * y.T,
    ),
    identity("bilinear-softmax", grad(lse(A * x), A), softmax(A * x) * x.T, x * softmax(A * x).T),
    identity("trace-of-power-in-product", grad(tr(A**2 * B**2), A), (A * B**2 + B**2 * A).T, 2 * (A * B**2).T),
    identity("quartic-trace", grad(tr(A.T * A * A.T * A), A), 4 * A * A.T * A, 4 * A.T * A * A.T),
    identity("laplacian-smoothness", grad(tr(X.T * S * X), X), 2 * S * X, S * X, *sym(S)),
    identity("kernel-alignment", grad(tr(S * X * X.T), X), 2 * S * X, 2 * X, *sym(S)),
    identity(
        "ridge-with-matrix",
        grad(sq(Y - X * K) + lam * sq(K), K),
        2 * (X.T * X + lam * dI) * K - 2 * X.T * Y,
        2 * X.T * X * K - 2 * X.T * Y,
    ),
    identity(
        "ratio-of-traces",
        grad(tr(A.T * S * A) / sq(A), A),
        2 * S * A / sq(A) - 2 * tr(A.T * S * A) * A / sq(A) ** 2,
        2 * S * A / sq(A),
        *sym(S),
        *nonzero(A),
    ),
    identity("linear-in-transpose", grad(tr(B * A.T * C * A), A), C * A * B + C.T * A * B.T, 2 * C * A * B),
    # differentials
    identity("d-of-solve", differential(A.I * B, A, dA), -A.I * dA * A.I * B, -A.I * dA * B, *inv(A)),
    identity("d-of-congruence", differential(X.T * A * X, X, dX), dX.T * A * X + X.T * A * dX, 2 * X.T * A * dX),
    identity(
        "d-of-log-gram",
        differential(log(det(X.T * X)), X, dX),
        2 * tr((X.T * X).I * X.T * dX),
        tr((X.T * X).I * X.T * dX),
        full,
    ),
    identity("d-of-hadamard-cube", differential(odot(A, A, A), A, dA), 3 * odot(A, A, dA), 3 * odot(A, dA)),
    identity("d-of-kron-square", differential(kron(A, A), A, dA), kron(dA, A) + kron(A, dA), 2 * kron(A, dA)),
    identity("d-of-outer", differential(x * x.T, x, dx), dx * x.T + x * dx.T, 2 * x * dx.T),
    identity("d-of-vector-norm", differential(norm(x), x, dx), x.T * dx / norm(x), x.T * dx, *nonzero(x)),
    identity(
        "d-of-inverse-square",
        differential(A**-2, A, dA),
        -A.I * dA * A**-2 - A**-2 * dA * A.I,
        -2 * A**-2 * dA * A.I,
        *inv(A),
    ),
    identity("d-of-trace-inverse", differential(tr(A.I), A, dA), -tr(A**-2 * dA), -tr(A.I * dA), *inv(A)),
    identity(
        "d-of-softmax",
        differential(softmax(x), x, dx),
        odot(softmax(x), dx) - softmax(x) * (softmax(x).T * dx),
        odot(softmax(x), dx),
    ),
    identity("d-of-two-vectors", differential(x.T * A * y, x, dx, y, u), dx.T * A * y + x.T * A * u, dx.T * A * u),
    # by a number
    identity(
        "number-log-determinant",
        by_number(log(det(S + a * P)), a),
        tr((S + a * P).I * P),
        tr(P),
        definite(S),
        definite(P),
        *positive(a),
    ),
    identity(
        "number-inverse-twice",
        by_number(by_number((A + a * B).I, a), a),
        2 * (A + a * B).I * B * (A + a * B).I * B * (A + a * B).I,
        (A + a * B).I * B * (A + a * B).I * B * (A + a * B).I,
        *inv(A + a * B),
    ),
    identity(
        "number-characteristic",
        by_number(det(a * I - A), a),
        det(a * I - A) * tr((a * I - A).I),
        tr((a * I - A).I),
        *inv(a * I - A),
    ),
    identity(
        "number-flow",
        by_number(MatrixFunction("exp", a * A) * x, a),
        A * MatrixFunction("exp", a * A) * x,
        a * MatrixFunction("exp", a * A) * x,
    ),
    identity(
        "number-ridge-path",
        by_number((X.T * X + lam * dI).I * X.T * y, lam),
        -(X.T * X + lam * dI).I * (X.T * X + lam * dI).I * X.T * y,
        (X.T * X + lam * dI).I * X.T * y,
        *positive(lam),
    ),
    identity("number-softmax-temperature", by_number(lse(a * x), a), softmax(a * x).T * x, ones.T * x),
    # the chain rule for any function
    identity(
        "chain-through-product",
        grad(ell(X * K), K),
        X.T * grad(ell(Zd), Zd),
        Y.T * grad(ell(Zd), Zd),
        context=Context(definitions=(Definition(Zd, X * K),)),
    ),
    identity(
        "chain-through-inverse",
        grad(ell(A.I), A),
        -A.I.T * grad(ell(D_), D_) * A.I.T,
        A.I.T * grad(ell(D_), D_) * A.I.T,
        *inv(A),
        context=Context(definitions=(Definition(D_, A.I),)),
    ),
    identity(
        "chain-through-transpose",
        grad(ell(A.T), A),
        grad(ell(D_), D_).T,
        grad(ell(D_), D_),
        context=Context(definitions=(Definition(D_, A.T),)),
    ),
    identity(
        "chain-through-square",
        grad(ell(A * A), A),
        grad(ell(D_), D_) * A.T + A.T * grad(ell(D_), D_),
        2 * A.T * grad(ell(D_), D_),
        context=Context(definitions=(Definition(D_, A * A),)),
    ),
    identity(
        "chain-through-diagonal",
        grad(ell(diag(x) * A), x),
        diagonal(grad(ell(D_), D_) * A.T),
        diagonal(grad(ell(D_), D_).T * A),
        context=Context(definitions=(Definition(D_, diag(x) * A),)),
    ),
    identity(
        "chain-through-entrywise",
        grad(ell(apply("phi", A * x)), x),
        A.T * odot(phi1, grad(ell(z), z)),
        A * odot(phi1, grad(ell(z), z)),
        context=Context(definitions=(Definition(z, apply("phi", A * x)),)),
    ),
    identity(
        "chain-through-softmax",
        grad(ell(softmax(x)), x),
        odot(softmax(x), grad(ell(z), z)) - softmax(x) * (softmax(x).T * grad(ell(z), z)),
        odot(softmax(x), grad(ell(z), z)),
        context=Context(definitions=(Definition(z, softmax(x)),)),
    ),
    identity(
        "chain-through-normalised",
        grad(ell(x / norm(x)), x),
        (I - x * x.T / sq(x)) * grad(ell(z), z) / norm(x),
        grad(ell(z), z) / norm(x),
        *nonzero(x),
        context=Context(definitions=(Definition(z, x / norm(x)),)),
    ),
)
