"""Limits of a real variable: difference quotients, values far out, rates of growth, regularised inverses."""

from everystep.algebra.context import Definition, Predicate
from everystep.algebra.expressions import (
    Call,
    EigMax,
    Expression,
    Int,
    MatrixFunction,
    Max,
    Norm,
    Ones,
    Pow,
    PseudoInverse,
    Zeros,
    as_expression,
    scalar,
    sqrt,
)
from tests.identities.notation import *

p, q = scalar("p"), scalar("q")  # what tends to something


def phi(argument: object, order: int = 0) -> Expression:
    return apply("phi", argument, order)


def loss(argument: Expression) -> Call:
    return Call("loss", 1, 1, argument)


def sin(argument: object) -> Expression:
    return apply("sin", argument)


def cos(argument: object) -> Expression:
    return apply("cos", argument)


def power_of(base: object, exponent: object) -> Pow:
    return Pow(as_expression(base), as_expression(exponent))


full = Predicate("full column rank", X)
ridge = (X.T * X + p * Eye(d)).I
kernel_ridge = (X * X.T + p * I).I
estimator = Context(definitions=(Definition(beta, ridge * X.T * y),), hypotheses=(full,))
temperature = eta

ROWS = (
    # difference quotients
    identity("derivative", lim((phi(a + p) - phi(a)) / p), phi(a, 1), phi(a)),
    identity("derivative-from-the-left", lim((phi(a) - phi(a - p)) / p), phi(a, 1), -phi(a, 1)),
    identity("symmetric-quotient", lim((phi(a + p) - phi(a - p)) / (2 * p)), phi(a, 1), 2 * phi(a, 1)),
    identity("symmetric-quotient-without-two", lim((phi(a + p) - phi(a - p)) / p), 2 * phi(a, 1), phi(a, 1)),
    identity("second-difference", lim((phi(a + p) - 2 * phi(a) + phi(a - p)) / p**2), phi(a, 2), half * phi(a, 2)),
    identity("scaled-step", lim((phi(a + c * p) - phi(a)) / p), c * phi(a, 1), phi(a, 1)),
    identity("derivative-at-a-point", lim((phi(p) - phi(a)) / (p - a), p, a), phi(a, 1), phi(0, 1)),
    identity(
        "directional-derivative", lim((loss(x + p * v) - loss(x)) / p), grad(loss(x), x).T * v, grad(loss(x), x).T * x
    ),
    identity(
        "hessian-vector-product",
        lim((grad(loss(x + p * v), x) - grad(loss(x), x)) / p),
        hess(loss(x), x) * v,
        grad(loss(x), x),
    ),
    identity(
        "curvature-along-a-direction",
        lim((loss(x + p * v) - 2 * loss(x) + loss(x - p * v)) / p**2),
        v.T * hess(loss(x), x) * v,
        2 * v.T * hess(loss(x), x) * v,
    ),
    identity(
        "quadratic-form", lim(((x + p * v).T * A * (x + p * v) - x.T * A * x) / p), v.T * (A + A.T) * x, 2 * v.T * A * x
    ),
    identity("slope-of-a-square", lim(((a + p) ** 2 - a**2) / p), 2 * a, a),
    identity("slope-of-a-cube", lim((p**3 - a**3) / (p - a), p, a), 3 * a**2, 2 * a**2),
    identity("slope-of-a-reciprocal", lim((1 / (a + p) - 1 / a) / p), -1 / a**2, 1 / a**2, *nonzero(a)),
    identity("slope-of-a-root", lim((sqrt(a + p) - sqrt(a)) / p), 1 / (2 * sqrt(a)), 1 / sqrt(a), *positive(a)),
    identity(
        "slope-of-the-logistic",
        lim((logistic(a + p) - logistic(a)) / p),
        logistic(a) * (1 - logistic(a)),
        logistic(a) * (1 + logistic(a)),
    ),
    identity("slope-of-an-inverse", lim(((A + p * B).I - A.I) / p), -A.I * B * A.I, A.I * B * A.I, *inv(A)),
    identity("slope-of-a-determinant", lim((det(A + p * B) - det(A)) / p), det(A) * tr(A.I * B), tr(A.I * B), *inv(A)),
    identity("slope-of-a-log-determinant", lim(log(det(I + p * B)) / p), tr(B), det(B)),
    identity("slope-of-a-norm", lim((Norm(x + p * v) - Norm(x)) / p), x.T * v / Norm(x), x.T * v, *nonzero(x)),
    identity("slope-of-a-matrix-exponential", lim((MatrixFunction("exp", p * A) - I) / p), A, 2 * A),
    identity("derivative-of-a-limit-of-quotients", lim(by_number(phi(a + p), a)), phi(a, 1), phi(a)),
    # at a point
    identity("by-cancelling", lim((p**2 - 1) / (p - 1), p, 1), 2, 1),
    identity("continuous", lim(exp(p) * (1 + p)), 1, 0),
    identity("sine-over-angle", lim(sin(p) / p), 1, 0),
    identity("sine-of-a-multiple", lim(sin(a * p) / p), a, 1),
    identity("one-minus-cosine", lim((1 - cos(p)) / p**2), half, 1),
    identity("exponential-minus-one", lim((exp(p) - 1) / p), 1, 0),
    identity("exponential-to-second-order", lim((exp(p) - 1 - p) / p**2), half, 1),
    identity("logarithm-of-one-and-a-little", lim(log(1 + p) / p), 1, 0),
    identity("power-as-a-logarithm", lim((power_of(a, p) - 1) / p), log(a), a, *positive(a)),
    identity("softplus-at-0", lim(softplus(p)), log(2), log(1) + 1),
    identity("entropy-at-0", above(p * log(p)), 0, 1),
    identity("entropy-from-the-only-side", lim(p * log(p)), 0, -1),
    identity("binary-entropy", lim(-p * log(p) - (1 - p) * log(1 - p), p, 1), 0, log(2)),
    identity("power-of-itself", above(power_of(p, p)), 1, 0),
    identity("flat-at-0", above(exp(-1 / p)), 0, 1),
    identity("size-over-number-above", above(absolute(p) / p), 1, -1),
    identity("size-over-number-below", below(absolute(p) / p), -1, 1),
    identity("squeezed", lim(p * sin(1 / p)), 0, 1),
    identity("relu-is-continuous", lim(relu(a + p)), relu(a), a),
    identity("norm-is-continuous", lim(Norm(x + p * v)), Norm(x), Norm(v)),
    identity("maximum-is-continuous", lim(Max(a + p, c - p)), Max(a, c), a),
    identity("largest-eigenvalue-is-continuous", lim(EigMax(S + p * S)), EigMax(S), 2 * EigMax(S), *sym(S)),
    identity("inverse-is-continuous", lim((A + p * I).I * b), A.I * b, A * b, *inv(A)),
    identity("determinant-is-continuous", lim(det(A + p * B)), det(A), det(B)),
    identity("quotient-at-a-nonzero-number", lim(a / (a + p)), 1, 0, *nonzero(a)),
    # far out
    identity("logistic-far-out", far(logistic(p)), 1, 0),
    identity("logistic-far-left", far_left(logistic(p)), 0, 1),
    identity("tanh-far-out", far(tanh(p)), 1, -1),
    identity("tanh-far-left", far_left(tanh(p)), -1, 1),
    identity("logistic-saturates", far(apply("logistic", p, 1)), 0, 1),
    identity("tanh-saturates", far_left(apply("tanh", p, 1)), 0, 1),
    identity("scaled-tanh", far(tanh(a * p)), 1, 0, *positive(a)),
    identity("softplus-beside-relu", far(softplus(p) - relu(p)), 0, 1),
    identity("softplus-beside-the-line", far(softplus(p) - p), 0, 1),
    identity("softplus-left", far_left(softplus(p)), 0, 1),
    identity("swish-beside-the-line", far(p * logistic(p) - p), 0, 1),
    identity("swish-left", far_left(p * logistic(p)), 0, -1),
    identity("exponential-decays", far(exp(-p)), 0, 1),
    identity("exponential-beats-a-power", far(p**5 * exp(-a * p)), 0, 1, *positive(a)),
    identity("gaussian-tail", far(p * exp(-(p**2) / 2)), 0, 1),
    identity("power-beats-a-logarithm", far(log(p) / p), 0, 1),
    identity("equal-degrees", far((3 * p**2 + p) / (2 * p**2 - 1)), Num(Rational(3, 2)), 3),
    identity("greater-degree-below", far((3 * p + 1) / (p**2 + 1)), 0, 3),
    identity("leading-coefficients", far((a * p + c) / (g * p + r)), a / g, c / r, *nonzero(g)),
    identity("sine-over-what-grows", far(sin(p) / p), 0, 1),
    identity("compound-interest", far(power_of(1 + 1 / p, p)), exp(1), 1),
    identity("compound-interest-at-a-rate", far(power_of(1 + a / p, p)), exp(a), a),
    identity("difference-of-roots", far(sqrt(p**2 + p) - p), half, 0),
    identity("quotient-of-exponentials", far((exp(p) - exp(-p)) / (exp(p) + exp(-p))), 1, 0),
    identity("log-of-an-exponential", far(log(1 + exp(p)) / p), 1, 0),
    identity("ratio-of-exponentials", far(exp(a * p) / (exp(a * p) + exp(c * p))), 1, half, lt(c, a)),
    # temperatures
    identity("hot-softmax", far(softmax(x / p)), Ones(n) / Int(n), Ones(n)),
    identity("cold-logistic", above(logistic((a - c) / p)), 1, half, lt(c, a)),
    identity("cold-log-sum-exp", above(p * log(exp(a / p) + exp(c / p))), a, c, lt(c, a)),
    identity("hot-mean", lim(log((exp(a * p) + exp(c * p)) / 2) / p), (a + c) / 2, a + c),
    # regularised inverses
    identity("ridge-to-least-squares", above(ridge * X.T * y), (X.T * X).I * X.T * y, X.T * y, full),
    identity("ridge-to-minimum-norm", above(ridge * X.T * y), PseudoInverse(X) * y, X.T * y),
    identity("kernel-ridge-to-minimum-norm", above(X.T * kernel_ridge * y), PseudoInverse(X) * y, X.T * y),
    identity(
        "ridge-with-a-count",
        above((X.T * X + Int(n) * p * Eye(d)).I * X.T * y),
        PseudoInverse(X) * y,
        Int(n) * PseudoInverse(X) * y,
    ),
    identity("ridge-vanishes", far(ridge * X.T * y), Zeros(d), X.T * y),
    identity("scaled-ridge", far(p * ridge * X.T * y), X.T * y, Zeros(d)),
    statement("defined-estimator", eq(lim(beta), (X.T * X).I * X.T * y), (eq(lim(beta), beta),), context=estimator),
    # limits of limits, names, chains
    identity("the-letter-does-not-matter", lim(a * p + 1), lim(a * q + 1, q), lim(a * q + 2, q)),
    identity("equal-functions", lim((2 * a * p + p**2) / p), lim(2 * a + p), lim(a + p)),
    identity("inner-first", lim(a * q + q * lim((c * p + p) / p), q), 0, 1),
    identity("a-hypothesis-speaks-of-another-letter", lim(p + 1), 1, 6, eq(p, 5)),
    identity("free-beside-bound", p + lim(p + a), p + a, a),
)
