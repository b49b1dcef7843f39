"""Known identities with random expressions in their places: where a statement starts, by family."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from sympy import Rational

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Num, sq
from everystep.algebra.shapes import ONE
from tests.campaign.worlds import (
    CHANCE,
    FAMILIES,
    INVERTIBLE,
    PLAIN,
    SIGNED,
    STRUCTURED,
    A,
    B,
    Maker,
    Omega,
    P,
    Sigma,
    World,
    X,
    a,
    b,
    c,
    delta,
    g,
    h,
    i,
    j,
    k,
    m,
    mu,
    n,
    p,
    r,
    u,
    w,
    x,
    y,
    z,
)

Sides: TypeAlias = tuple[Expression, Expression]
Template: TypeAlias = Callable[[Maker], Sides]

HALF = Num(Rational(1, 2))


def alike(*shapes: tuple[object, object]) -> Template:
    """A random expression, equal to itself."""

    def template(maker: Maker) -> Sides:
        expression = maker.make(maker.dice.choice(shapes), maker.dice.choice((2, 3, 3)))
        return expression, expression

    return template


def apply(name: str, argument: Expression) -> Expression:
    return ex.Apply(name, argument)


def T(matrix: Expression) -> Expression:
    return ex.Transpose(matrix)


# inverses and determinants ----------------------------------------------------------------------------------


def push_through(maker: Maker) -> Sides:
    M = maker.dice.choice((X, maker.number() * X, ex.Mul(P, X)))
    return M * (ex.Eye(m) + T(M) * M).I, (ex.Eye(n) + M * T(M)).I * M


def woodbury(maker: Maker) -> Sides:
    inner = (ex.Eye(m) + T(X) * P.I * X).I
    return (P + X * T(X)).I, P.I - P.I * X * inner * T(X) * P.I


def sherman_morrison(maker: Maker) -> Sides:
    s = maker.dice.choice((x, y, ex.Mul(A, x)))
    return (P + c * s * T(s)).I, P.I - ex.Div(c * P.I * s * T(s) * P.I, 1 + c * T(s) * P.I * s)


def difference_of_inverses(maker: Maker) -> Sides:
    first, second = maker.unit_of_ring(), maker.unit_of_ring()
    return ex.Inverse(first) - ex.Inverse(second), ex.Inverse(first) * (second - first) * ex.Inverse(second)


def solved(maker: Maker) -> Sides:
    unit, value = maker.unit_of_ring(2), maker.vector(2)
    return ex.Inverse(unit) * ex.Mul(unit, value), value


def determinant_of_product(maker: Maker) -> Sides:
    first, second = maker.unit_of_ring(), maker.matrix()
    return ex.Det(ex.Mul(first, second)), ex.Mul(ex.Det(first), ex.Det(second))


def determinant_lemma(maker: Maker) -> Sides:
    first, second = maker.vector(), maker.vector()
    return ex.Det(A + first * T(second)), ex.Det(A) * (1 + ex.Mul(T(second), A.I, first))


def sylvester(maker: Maker) -> Sides:
    other = maker.make((m, n), 1)
    return ex.Det(ex.Eye(n) + ex.Mul(X, other)), ex.Det(ex.Eye(m) + ex.Mul(other, X))


def determinant_of_multiple(maker: Maker) -> Sides:
    unit = maker.unit_of_ring(2)
    return ex.Det(c * unit), ex.Pow(c, ex.Int(n)) * ex.Det(unit)


def determinant(maker: Maker) -> Sides:
    value = ex.Det(maker.unit_of_ring(3))
    return value, value


# functions ---------------------------------------------------------------------------------------------------


def softmax_as_quotient(maker: Maker) -> Sides:
    s = maker.vector()
    return ex.Softmax(s), ex.Div(apply("exp", s), ex.Mul(ex.Ones(1, n), apply("exp", s)))


def log_sum_exp_shift(maker: Maker) -> Sides:
    s, shift = maker.vector(), maker.scalar()
    return ex.LogSumExp(s + shift * ex.Ones(n)), shift + ex.LogSumExp(s)


def log_of_product(maker: Maker) -> Sides:
    s = maker.scalar()
    return apply("log", c * g * apply("exp", s)), apply("log", c) + apply("log", g) + s


def powers_of_positive(maker: Maker) -> Sides:
    return apply("sqrt", c * c * g), c * apply("sqrt", g)


def reciprocal(maker: Maker) -> Sides:
    s = maker.vector()
    return ex.Div(r * s, r), s


def odds(maker: Maker) -> Sides:
    s = maker.scalar()
    q = apply("logistic", s)
    return apply("log", ex.Div(q, 1 - q)), s


# derivatives -------------------------------------------------------------------------------------------------


def gradient_of_linear(maker: Maker) -> Sides:
    value = maker.without(x).vector(2)
    return ex.Gradient(ex.Mul(T(value), x), x), value


def gradient_of_quadratic(maker: Maker) -> Sides:
    M = maker.without(x).matrix(2)
    return ex.Gradient(ex.Mul(T(x), M, x), x), ex.Mul(ex.Add(M, T(M)), x)


def gradient_of_least_squares(maker: Maker) -> Sides:
    value = maker.without(u).vector()
    return ex.Gradient(sq(X * u - value), u), Num(2) * T(X) * (X * u - value)


def gradient_of_trace(maker: Maker) -> Sides:
    M = maker.without(X).make((m, n), 2)
    return ex.Gradient(ex.Trace(ex.Mul(M, X)), X), T(M)


def gradient_of_gram(maker: Maker) -> Sides:
    M = maker.without(X).matrix(1)
    return ex.Gradient(ex.Trace(ex.Mul(T(X), M, X)), X), ex.Mul(ex.Add(M, T(M)), X)


def gradient_of_bilinear(maker: Maker) -> Sides:
    left, right = maker.without(X).vector(), maker.without(X).make((m, ONE), 1)
    return ex.Gradient(ex.Mul(T(left), X, right), X), ex.Mul(left, T(right))


def gradient_of_inverse(maker: Maker) -> Sides:
    M = maker.without(A).matrix(1)
    return ex.Gradient(ex.Trace(ex.Mul(A.I, M)), A), ex.Neg(T(ex.Mul(A.I, M, A.I)))


def gradient_of_log_det(maker: Maker) -> Sides:
    return ex.Gradient(apply("log", ex.Det(P)), P), P.I


def gradient_of_det(maker: Maker) -> Sides:
    return ex.Gradient(ex.Det(A), A), ex.Det(A) * T(A.I)


def differential_of_inverse(maker: Maker) -> Sides:
    change = maker.without(A).matrix(1)
    return ex.Differential(A.I, A, change), ex.Neg(ex.Mul(A.I, change, A.I))


def gradient_of_softplus(maker: Maker) -> Sides:
    loss = ex.Mul(ex.Ones(1, n), apply("softplus", X * u))
    return ex.Gradient(loss, u), T(X) * apply("logistic", X * u)


def gradient_of_log_sum_exp(maker: Maker) -> Sides:
    return ex.Gradient(ex.LogSumExp(X * u), u), T(X) * ex.Softmax(X * u)


def jacobian_of_function(maker: Maker) -> Sides:
    slopes: tuple[tuple[str, Callable[[Expression], Expression]], ...] = (
        ("exp", lambda s: apply("exp", s)),
        ("logistic", lambda s: ex.Hadamard(apply("logistic", s), ex.Ones(n) - apply("logistic", s))),
        ("tanh", lambda s: ex.Ones(n) - ex.Hadamard(apply("tanh", s), apply("tanh", s))),
        ("sin", lambda s: apply("cos", s)),
        ("phi", lambda s: ex.Apply("phi", s, 1)),
    )
    name, slope = maker.dice.choice(slopes)
    s = ex.Mul(A, x)
    return ex.Jacobian(apply(name, s), x), ex.Mul(ex.Diag(slope(s)), A)


def jacobian_of_softmax(maker: Maker) -> Sides:
    s = ex.Softmax(x)
    return ex.Jacobian(s, x), ex.Diag(s) - s * T(s)


def hessian_of_quadratic(maker: Maker) -> Sides:
    M = maker.without(x).matrix(1)
    return ex.Hessian(ex.Mul(T(x), M, x), x), ex.Add(M, T(M))


def gradient_of_anything(maker: Maker) -> Sides:
    variable = maker.dice.choice([s for s in (x, u, A, X, a) if s in maker.world.symbols])
    value = ex.Gradient(maker.scalar(3), variable)
    return value, value


# sums --------------------------------------------------------------------------------------------------------


def gram_as_sum(maker: Maker) -> Sides:
    return T(X) * X, ex.SumOver(T(ex.Row(X, i)) * ex.Row(X, i), i, 1, n)


def product_by_entries(maker: Maker) -> Sides:
    left, right = maker.leaf((n, ONE)), maker.matrix(1)
    value = ex.Mul(T(left), right, y)
    entries = ex.Mul(ex.Entry(left, i), ex.Entry(right, i, j), ex.Entry(y, j))
    return value, ex.SumOver(ex.SumOver(entries, j, 1, n), i, 1, n)


def telescope(maker: Maker) -> Sides:
    steps = maker.dice.choice((n, m))
    return ex.SumOver(h[i] - h[i - 1], i, 1, steps), h[steps] - h[0]


def product_of_sums(maker: Maker) -> Sides:
    first, second = maker.make((ONE, ONE), 1, ((i, n),)), maker.make((ONE, ONE), 1, ((j, m),))
    double = ex.SumOver(ex.SumOver(ex.Mul(first, second), j, 1, m), i, 1, n)
    return ex.Mul(ex.SumOver(first, i, 1, n), ex.SumOver(second, j, 1, m)), double


def gauss_sum(maker: Maker) -> Sides:
    steps = maker.dice.choice((n, m))
    return ex.SumOver(ex.Int(k), k, 1, steps), HALF * ex.Int(steps) * ex.Int(steps + 1)


# expectation -------------------------------------------------------------------------------------------------


def _mean_of(symbol: Expression) -> Expression:
    return {z: mu, w: b, delta: p * ex.Ones(n)}[symbol]


def _covariance_of(symbol: Expression) -> Expression:
    return {z: Sigma, w: Omega, delta: p * (1 - p) * ex.Eye(n)}[symbol]


def expectation_of_linear(maker: Maker) -> Sides:
    s = maker.dice.choice((z, w, delta))
    M, value = maker.matrix(1), maker.vector(1)
    return ex.Expectation(ex.Mul(M, s) + value), ex.Mul(M, _mean_of(s)) + value


def expectation_of_quadratic(maker: Maker) -> Sides:
    s, M = maker.dice.choice((z, w)), maker.matrix(1)
    mean = _mean_of(s)
    right = ex.Trace(ex.Mul(M, _covariance_of(s))) + ex.Mul(T(mean), M, mean)
    return ex.Expectation(ex.Mul(T(s), M, s)), right


def second_moment(maker: Maker) -> Sides:
    s = maker.dice.choice((z, w, delta))
    return ex.Expectation(s * T(s)), _covariance_of(s) + _mean_of(s) * T(_mean_of(s))


def variance_of_linear(maker: Maker) -> Sides:
    s, M = maker.dice.choice((z, w, delta)), maker.matrix(1)
    return ex.Variance(ex.Mul(M, s) + maker.vector(1)), ex.Mul(M, _covariance_of(s), T(M))


def covariance_of_linear(maker: Maker) -> Sides:
    s, M, N = maker.dice.choice((z, w)), maker.matrix(1), maker.matrix(1)
    return ex.Covariance(ex.Mul(M, s), ex.Mul(N, s)), ex.Mul(M, _covariance_of(s), T(N))


def independent_product(maker: Maker) -> Sides:
    M = maker.matrix(1)
    return ex.Expectation(ex.Mul(T(z), M, delta)), ex.Mul(T(mu), M, p * ex.Ones(n))


def masked(maker: Maker) -> Sides:
    value = maker.vector(1)
    return ex.Expectation(ex.Hadamard(delta, delta, value)), p * value


def cubic(maker: Maker) -> Sides:
    M = maker.leaf((n, n))
    left = ex.Expectation(ex.Mul(z, T(z), M, z))
    scale = ex.Trace(ex.Mul(M, Sigma)) + ex.Mul(T(mu), M, mu)
    return left, ex.Mul(scale, mu) + ex.Mul(Sigma, ex.Add(M, T(M)), mu)


def quartic(maker: Maker) -> Sides:
    centred = z - mu
    left = ex.Expectation(ex.Mul(T(centred), A, centred, T(centred), B, centred))
    traces = ex.Trace(A * Sigma) * ex.Trace(B * Sigma)
    return left, traces + ex.Trace(A * Sigma * B * Sigma) + ex.Trace(A * Sigma * T(B) * Sigma)


def expectation_of_anything(maker: Maker) -> Sides:
    s, t = maker.dice.choice((z, w, delta)), maker.dice.choice((z, delta))
    body = ex.Add(ex.Mul(maker.matrix(1), s, T(t), maker.matrix(1)), ex.Mul(maker.vector(1), T(s)))
    value = ex.Expectation(body)
    return value, value


SQUARE, COLUMN, NUMBER, TALL = (n, n), (n, ONE), (ONE, ONE), (n, m)
FAMILIES_OF_STATEMENTS: dict[str, tuple[World, tuple[Template, ...]]] = {
    "products, transposes, traces, diagonals": (PLAIN, (alike(SQUARE, COLUMN, NUMBER, TALL),)),
    "declared structure": (STRUCTURED, (alike(SQUARE, COLUMN, NUMBER),)),
    "inverses": (
        INVERTIBLE,
        (
            alike(SQUARE, COLUMN, NUMBER),
            alike(SQUARE),
            push_through,
            woodbury,
            sherman_morrison,
            difference_of_inverses,
            solved,
        ),
    ),
    "determinants": (
        INVERTIBLE,
        (determinant_of_product, determinant_lemma, sylvester, determinant_of_multiple, determinant, determinant),
    ),
    "functions": (
        SIGNED,
        (
            alike(COLUMN, NUMBER),
            alike(COLUMN, NUMBER),
            softmax_as_quotient,
            log_sum_exp_shift,
            log_of_product,
            powers_of_positive,
            reciprocal,
            odds,
        ),
    ),
    "derivatives of polynomials": (
        PLAIN,
        (
            gradient_of_linear,
            gradient_of_quadratic,
            gradient_of_least_squares,
            gradient_of_trace,
            gradient_of_gram,
            gradient_of_bilinear,
            hessian_of_quadratic,
            gradient_of_anything,
            gradient_of_anything,
        ),
    ),
    "derivatives through inverses": (
        INVERTIBLE,
        (gradient_of_inverse, gradient_of_log_det, gradient_of_det, differential_of_inverse, gradient_of_anything),
    ),
    "derivatives of functions": (
        SIGNED,
        (
            gradient_of_softplus,
            gradient_of_log_sum_exp,
            jacobian_of_function,
            jacobian_of_softmax,
            gradient_of_anything,
        ),
    ),
    "sums over an index": (
        FAMILIES,
        (
            alike(COLUMN, NUMBER),
            alike(COLUMN, NUMBER),
            gram_as_sum,
            product_by_entries,
            telescope,
            product_of_sums,
            gauss_sum,
        ),
    ),
    "expectation": (
        CHANCE,
        (
            expectation_of_linear,
            expectation_of_quadratic,
            second_moment,
            variance_of_linear,
            covariance_of_linear,
            independent_product,
            masked,
            cubic,
            quartic,
            expectation_of_anything,
            expectation_of_anything,
        ),
    ),
}
