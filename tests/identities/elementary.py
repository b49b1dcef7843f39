"""Further identities of known functions: exponentials, logistic and tanh, logarithms, roots, extremes, angles."""

from everystep.algebra.expressions import Apply, Int, MatrixFunction, Max, Min, odot, sqrt
from tests.identities.notation import *


def sin(argument: object) -> Apply:
    return Apply("sin", argument)


def cos(argument: object) -> Apply:
    return Apply("cos", argument)


ROWS = (
    identity("logistic-of-double", logistic(2 * a), (1 + tanh(a)) / 2, (1 + tanh(2 * a)) / 2),
    identity("tanh-slope-by-exp", 1 - tanh(a) ** 2, 4 / (exp(a) + exp(-a)) ** 2, 2 / (exp(a) + exp(-a)) ** 2),
    identity("tanh-odd", tanh(-a), -tanh(a), tanh(a)),
    identity("tanh-of-half", tanh(a / 2), 2 * logistic(a) - 1, logistic(a) - 1),
    identity(
        "tanh-of-difference",
        tanh(a - c),
        (tanh(a) - tanh(c)) / (1 - tanh(a) * tanh(c)),
        (tanh(a) - tanh(c)) / (1 + tanh(a) * tanh(c)),
    ),
    identity("swish-reflected", a * logistic(a) - (-a) * logistic(-a), a, 2 * a),
    identity("swish-difference", a * logistic(a) + (-a) * logistic(-a), a * tanh(a / 2), a * tanh(a)),
    identity("softplus-inverse", log(exp(softplus(a)) - 1), a, -a),
    identity("softplus-of-negative", softplus(-a), softplus(a) - a, softplus(a) + a),
    identity("softplus-exponentiated", exp(-softplus(a)), 1 - logistic(a), logistic(a)),
    identity("logistic-of-log", logistic(log(a)), a / (1 + a), 1 / (1 + a), *positive(a)),
    identity(
        "logistic-with-prior", logistic(a + log(c)), c * exp(a) / (1 + c * exp(a)), exp(a) / (c + exp(a)), *positive(c)
    ),
    identity(
        "logistic-third-derivative",
        by_number(by_number(by_number(logistic(a), a), a), a),
        logistic(a) * (1 - logistic(a)) * (1 - 6 * logistic(a) + 6 * logistic(a) ** 2),
        logistic(a) * (1 - logistic(a)) * (1 - 2 * logistic(a)),
    ),
    identity(
        "logistic-square-slope",
        by_number(logistic(a) ** 2, a),
        2 * logistic(a) ** 2 * (1 - logistic(a)),
        2 * logistic(a) * (1 - logistic(a)),
    ),
    identity(
        "odds-multiply",
        logistic(a + c) / (1 - logistic(a + c)),
        logistic(a) / (1 - logistic(a)) * (logistic(c) / (1 - logistic(c))),
        logistic(a) / (1 - logistic(a)) + logistic(c) / (1 - logistic(c)),
    ),
    identity(
        "symmetric-log-sum",
        log(exp(a) + exp(c)),
        (a + c) / 2 + log(exp((a - c) / 2) + exp((c - a) / 2)),
        (a + c) / 2 + log(exp(a - c) + exp(c - a)),
    ),
    identity("log-sum-by-softplus", log(exp(a) + exp(c)), c + softplus(a - c), a + softplus(a - c)),
    identity("log-of-symbolic-power", log(power(a, k)), Int(k) * log(a), log(a) ** 2, *positive(a), le(0, Int(k))),
    identity("exp-of-integer-multiple", exp(Int(k) * a), power(exp(a), k), Int(k) * exp(a), le(0, Int(k))),
    identity("log-of-three", log(a * c / g), log(a) + log(c) - log(g), log(a) + log(c) + log(g), *positive(a, c, g)),
    identity("log-of-reciprocal-exp", log(1 / (1 + exp(-a))), -softplus(-a), softplus(-a)),
    identity("exp-of-scaled-log", exp(half * log(a)), sqrt(a), a / 2, *positive(a)),
    identity("exp-of-negative-log", exp(-log(a)), 1 / a, -a, *positive(a)),
    identity("root-of-product", sqrt(a) * sqrt(c), sqrt(a * c), sqrt(a + c), *positive(a, c)),
    identity(
        "root-of-binomial",
        sqrt(a**2 + 2 * a * c + c**2),
        absolute(a + c),
        a + c,
    ),
    identity(
        "inverse-of-sum-of-roots",
        1 / (sqrt(a) + sqrt(c)),
        (sqrt(a) - sqrt(c)) / (a - c),
        (sqrt(a) + sqrt(c)) / (a - c),
        *positive(a, c),
        differ(a, c),
    ),
    identity(
        "log-of-root-with-number", log(sqrt(2 * a)), half * log(2) + half * log(a), log(2) + half * log(a), *positive(a)
    ),
    identity(
        "log-of-number-over-root",
        log(exp(c) / sqrt(6 * a**2)),
        c - half * log(6) - log(a),
        c - log(6) - log(a),
        *positive(a),
    ),
    identity("root-cubed", sqrt(a) ** 3, a * sqrt(a), a**2, *positive(a)),
    identity("inverse-root-slope", by_number(1 / sqrt(a), a), -half / sqrt(a) ** 3, half / sqrt(a) ** 3, *positive(a)),
    identity("relu-parts", relu(a) - relu(-a), a, absolute(a)),
    identity("relu-parts-sum", relu(a) + relu(-a), absolute(a), a),
    identity("clipped-below-one", Min(relu(a), one), relu(a) - relu(a - 1), relu(a) - relu(1 - a)),
    identity(
        "leaky",
        Max(a, alpha * a),
        alpha * a + (1 - alpha) * relu(a),
        alpha * a + relu(a),
        *positive(alpha),
        lt(alpha, 1),
    ),
    identity("extremes-sum", Max(a, c) + Min(a, c), a + c, a - c),
    identity("positive-part-of-difference", a - Min(a, c), relu(a - c), relu(c - a)),
    identity("absolute-of-difference", absolute(a - c), Max(a, c) - Min(a, c), Max(a, c) + Min(a, c)),
    identity("absolute-of-square", absolute(a**2), a**2, absolute(a)),
    identity("triple-sine", sin(3 * a), 3 * sin(a) - 4 * sin(a) ** 3, 3 * sin(a) + 4 * sin(a) ** 3),
    identity("triple-cosine", cos(3 * a), 4 * cos(a) ** 3 - 3 * cos(a), 4 * cos(a) ** 3 + 3 * cos(a)),
    identity("cosines-to-sum", 2 * cos(a) * cos(c), cos(a - c) + cos(a + c), cos(a - c) - cos(a + c)),
    identity("sine-squared", sin(a) ** 2, (1 - cos(2 * a)) / 2, (1 + cos(2 * a)) / 2),
    identity("sine-and-cosine-squared", (sin(a) + cos(a)) ** 2, 1 + sin(2 * a), 1),
    identity(
        "rotary-inner-product",
        (cos(a) * g - sin(a) * r) * (cos(c) * g - sin(c) * r) + (sin(a) * g + cos(a) * r) * (sin(c) * g + cos(c) * r),
        cos(a - c) * (g**2 + r**2),
        cos(a + c) * (g**2 + r**2),
    ),
    identity(
        "softmax-of-sum-of-logits",
        softmax(x + y),
        odot(softmax(x), exp(y)) / (softmax(x).T * exp(y)),
        odot(softmax(x), softmax(y)),
    ),
    identity(
        "log-sum-exp-of-shifted-log",
        lse(x) - lse(y),
        log((ones.T * exp(x)) / (ones.T * exp(y))),
        log(ones.T * exp(x - y)),
    ),
    identity("softmax-from-log-sum-exp-gradient", grad(lse(x), x), exp(x - lse(x) * ones), exp(x) / lse(x)),
    identity(
        "matrix-exp-adds",
        MatrixFunction("exp", (a + c) * A),
        MatrixFunction("exp", a * A) * MatrixFunction("exp", c * A),
        MatrixFunction("exp", a * A) + MatrixFunction("exp", c * A),
    ),
    identity(
        "matrix-exp-of-shift",
        MatrixFunction("exp", A + a * I),
        exp(a) * MatrixFunction("exp", A),
        MatrixFunction("exp", A) + exp(a) * I,
    ),
    identity(
        "partial-fractions-of-square",
        1 / (a**2 - c**2),
        (1 / (a - c) - 1 / (a + c)) / (2 * c),
        (1 / (a - c) + 1 / (a + c)) / (2 * c),
        *nonzero(c, a - c, a + c),
    ),
    identity("harmonic-mean", 2 / (1 / a + 1 / c), 2 * a * c / (a + c), a * c / (a + c), *positive(a, c)),
    identity("odds-from-probability", 1 / (1 - a) - 1, a / (1 - a), 1 / (1 - a), differ(a, 1)),
    identity(
        "cross-entropy-of-logistic",
        -c * log(logistic(a)) - (1 - c) * log(1 - logistic(a)),
        softplus(a) - c * a,
        softplus(a) + c * a,
    ),
    identity(
        "entropy-of-logistic",
        -logistic(a) * log(logistic(a)) - (1 - logistic(a)) * log(1 - logistic(a)),
        softplus(a) - a * logistic(a),
        softplus(a) - a,
    ),
    identity("vector-tanh-by-logistic", tanh(x), 2 * logistic(2 * x) - ones, 2 * logistic(x) - ones),
    identity("cube-root-of-exp", exp(a / 3) ** 3, exp(a), exp(a / 9)),
    identity("difference-of-cubes", a**3 - c**3, (a - c) * (a**2 + a * c + c**2), (a - c) * (a**2 - a * c + c**2)),
)
