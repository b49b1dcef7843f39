"""Products over an index: of numbers, of matrices in the order of the index, of the Jacobians of a recurrence."""

from everystep.algebra.context import Context, Predicate, Recurrence
from everystep.algebra.expressions import Expression, Family, Int, ProdOver, norm, odot, sq
from tests.identities.notation import *

AT, BT = Family("A", n, n), Family("B", n, n)
from_zero = le(0, Int(k))
from_one = le(1, Int(k))
ordered = within(s, T, 0)


def prod(body: object, low: object = 1, high: object = T) -> ProdOver:
    """The product of ``body`` over t."""
    return ProdOver(body, t, low, high)


def recurrence(family: Family, body: object) -> Context:
    return Context(recurrences=(Recurrence(family[t], body),))  # type: ignore[arg-type]


def per_entry(body: Expression) -> Expression:
    """The product over i from 1 to n."""
    return ProdOver(body, i, 1, n)


factors = prod(AT[t])
gates = recurrence(H, AT[t] * H[t - 1])
driven = recurrence(H, AT[t] * H[t - 1] + V[t])
rnn = recurrence(H, tanh(A * H[t - 1] + V[t]))
residual_net = recurrence(H, H[t - 1] + AT[t] * apply("phi", H[t - 1]))
leaky = recurrence(h, f[t] * h[t - 1] + c)
rates = recurrence(H, H[t - 1] - h[t] * (S * H[t - 1] - b))

ROWS = (
    # numbers
    identity(
        "cut",
        prod(h[t]),
        prod(h[t], 1, s) * prod(h[t], s + 1),
        (prod(h[t], 1, s) * prod(h[t], s), prod(h[t], 1, s) + prod(h[t], s + 1)),
        *ordered,
    ),
    identity(
        "one-in-the-middle",
        prod(h[t]),
        prod(h[t], 1, s - 1) * h[s] * prod(h[t], s + 1),
        prod(h[t], 1, s) * h[s] * prod(h[t], s + 1),
        *within(s, T),
    ),
    identity("both-ends", prod(h[t], 0, T + 1), h[0] * h[T + 1] * prod(h[t]), h[0] * prod(h[t])),
    identity("renamed", prod(h[t] + f[t]), ProdOver(h[s] + f[s], s, 1, T), ProdOver(h[s] + f[s], s, 0, T)),
    identity("turned-around", prod(h[T + 1 - t]), prod(h[t]), prod(h[T - t])),
    identity("from-another-start", prod(h[t + 2], 0, k), prod(h[t], 2, k + 2), prod(h[t], 2, k), from_zero),
    identity("of-none", prod(h[t], 1, 0), 1, 0),
    identity("of-one", prod(h[t], s, s), h[s], 1),
    identity("of-three", prod(h[t] + 1, 1, 3), (h[1] + 1) * (h[2] + 1) * (h[3] + 1), h[1] * h[2] * h[3] + 1),
    identity("of-reciprocals", prod(1 / h[t]), 1 / prod(h[t]), prod(h[t])),
    identity("of-quotients", prod(h[t] / f[t]), prod(h[t]) / prod(f[t]), prod(f[t]) / prod(h[t])),
    identity("of-squares", prod(h[t] ** 2 * f[t]), prod(h[t]) ** 2 * prod(f[t]), prod(h[t]) * prod(f[t])),
    identity("common-factor", prod(c * h[t] + c), power(c, T) * prod(h[t] + 1), c * prod(h[t] + 1)),
    identity("negatives", prod(-h[t], 1, 2 * T), power(-one, 2 * T) * prod(h[t], 1, 2 * T), -prod(h[t], 1, 2 * T)),
    identity("of-powers", prod(power(h[t], m)), power(prod(h[t]), m), prod(h[t]) * Int(m)),
    identity("telescoping", prod(h[t] / h[t - 1]), h[T] / h[0], (h[T] / h[1], h[T + 1] / h[0]), differ(h[0], 0)),
    identity(
        "telescoping-by-two",
        prod(Int(t) / (Int(t) + 2), 1, k),
        2 / ((Int(k) + 1) * (Int(k) + 2)),
        1 / ((Int(k) + 1) * (Int(k) + 2)),
        from_zero,
    ),
    identity(
        "telescoping-of-squares",
        prod(1 - 1 / Int(t) ** 2, 2, k),
        (Int(k) + 1) / (2 * Int(k)),
        (Int(k) + 1) / Int(k),
        from_one,
    ),
    identity("over-entries", det(diag(x)), per_entry(entry(x, i)), total(entry(x, i), i, 1, n)),
    identity("exponential-of-sum", exp(ones.T * x), per_entry(exp(entry(x, i))), total(exp(entry(x, i)), i, 1, n)),
    identity(
        "derivative-by-one-factor",
        grad(prod(h[t]), h[s]),
        prod(h[t], 1, s - 1) * prod(h[t], s + 1),
        prod(h[t]),
        *within(s, T),
    ),
    identity(
        "derivative-of-product",
        by_number(prod(a - h[t]), a),
        total(prod(a - h[t], 1, s - 1) * prod(a - h[t], s + 1), s, 1, T),
        total(prod(a - h[t], s + 1), s, 1, T),
    ),
    # logarithms and likelihoods
    identity(
        "logarithm-of-exp", log(prod(exp(h[t] + f[t]))), total(h[t], t, 1, T) + total(f[t], t, 1, T), prod(h[t] + f[t])
    ),
    identity("sum-of-logarithms", total(log(h[t]), t, 1, T), log(prod(h[t])), log(total(h[t], t, 1, T))),
    identity(
        "likelihood-of-labels",
        log(prod(logistic(h[t]) ** f[t] * (1 - logistic(h[t])) ** (1 - f[t]))),
        total(f[t] * h[t] - log(1 + exp(h[t])), t, 1, T),
        total(f[t] * h[t] + log(1 + exp(h[t])), t, 1, T),
    ),
    identity(
        "likelihood-of-normal-numbers",
        log(prod(exp(-((h[t] - a) ** 2) / (2 * c)) / c)),
        -total((h[t] - a) ** 2, t, 1, T) / (2 * c) - Int(T) * log(c),
        -total((h[t] - a) ** 2, t, 1, T) / (2 * c) - log(c),
        *positive(c),
    ),
    identity(
        "score-of-a-likelihood",
        by_number(log(prod(exp(a * h[t] - f[t]))), a),
        total(h[t], t, 1, T),
        prod(h[t]),
    ),
    # matrices
    identity("transposed", factors.T, prod(AT[T + 1 - t].T), (prod(AT[t].T), prod(AT[T - t].T))),
    identity("inverted", factors.I, prod(AT[T + 1 - t].I), prod(AT[t].I)),
    identity("inverted-steps", prod(AT[t] * B).I, prod(B.I * AT[T + 1 - t].I), prod(AT[T + 1 - t].I * B.I), *inv(B)),
    identity("and-its-inverse", prod(AT[T + 1 - t].I) * factors, I, factors * factors),
    identity(
        "determinant-of-steps",
        det(prod(c * AT[t] * B)),
        power(c, n * T) * power(det(B), T) * prod(det(AT[t])),
        power(c, T) * power(det(B), T) * prod(det(AT[t])),
    ),
    identity("determinant-of-inverse", det(factors.I), 1 / prod(det(AT[t])), prod(det(AT[t]))),
    identity("trace-turned", tr(factors * B), tr(AT[T] * B * prod(AT[t], 1, T - 1)), tr(factors) * tr(B)),
    identity("numbers-out", prod(h[t] * AT[t] / f[t]), prod(h[t]) / prod(f[t]) * factors, h[T] / f[T] * factors),
    identity("same-matrix", prod(A, s + 1), power(A, T - s), (power(A, T - s + 1), Int(T - s) * A), *ordered),
    identity("powers-of-one", prod(power(A, m)), power(A, m * T), power(A, m + T)),
    identity("change-of-basis", prod(P.I * AT[t] * P), P.I * factors * P, P * factors * P.I, *inv(P)),
    identity("rotated", prod(Q * AT[t] * Q.T), Q * factors * Q.T, Q.T * factors * Q, Predicate("orthogonal", Q)),
    identity(
        "diagonal-factors", prod(diag(exp(V[t]))), diag(exp(total(V[t], t, 1, T))), diag(total(exp(V[t]), t, 1, T))
    ),
    identity(
        "on-an-eigenvector",
        prod(A - h[t] * I, 1, k) * x,
        prod(lam - h[t], 1, k) * x,
        prod(lam + h[t], 1, k) * x,
        eq(A * x, lam * x),
        from_zero,
    ),
    identity("telescoping-inverses", prod(AT[t] * AT[t + 1].I), AT[1] * AT[T + 1].I, AT[T + 1].I * AT[1]),
    identity(
        "gradient-by-a-layer",
        grad(v.T * factors * w, AT[s]),
        prod(AT[t], 1, s - 1).T * v * (prod(AT[t], s + 1) * w).T,
        prod(AT[t], s + 1).T * v * (prod(AT[t], 1, s - 1) * w).T,
        *within(s, T),
    ),
    identity(
        "gradient-of-log-determinant",
        grad(log(det(factors)), AT[s]),
        AT[s].I.T,
        factors.I.T,
        *within(s, T),
    ),
    # recurrences
    identity(
        "unrolled",
        H[k],
        prod(AT[k + 1 - t], 1, k) * H[0],
        (prod(AT[t], 1, k) * H[0], prod(AT[k - t], 1, k) * H[0]),
        from_zero,
        context=gates,
    ),
    identity(
        "unrolled-with-inputs",
        H[k],
        prod(AT[k + 1 - t], 1, k) * H[0] + total(prod(AT[k + s + 1 - t], s + 1, k) * V[s], s, 1, k),
        prod(AT[k + 1 - t], 1, k) * H[0] + total(prod(AT[k + s - t], s, k) * V[s], s, 1, k),
        from_zero,
        context=driven,
    ),
    identity(
        "leaky-numbers",
        h[k],
        prod(f[t], 1, k) * h[0] + c * total(prod(f[t], s + 1, k), s, 1, k),
        prod(f[t], 1, k) * h[0] + c * total(prod(f[t], s, k), s, 1, k),
        from_zero,
        context=leaky,
    ),
    identity(
        "step-sizes",
        H[k] - x,
        prod(I - h[k + 1 - t] * S, 1, k) * (H[0] - x),
        prod(I - h[t] * S, 0, k) * (H[0] - x),
        eq(S * x, b),
        from_zero,
        context=rates,
    ),
    # Jacobians of a recurrence
    identity(
        "jacobian-as-product",
        jac(H[T], H[s]),
        prod(jac(H[T + s + 1 - t], H[T + s - t]), s + 1),
        prod(jac(H[t], H[t - 1]), s + 1),
        *ordered,
        context=rnn,
    ),
    identity(
        "jacobian-of-tanh-steps",
        jac(H[T], H[s]).T,
        prod(A.T * diag(ones - odot(H[t], H[t])), s + 1),
        (prod(diag(ones - odot(H[t], H[t])) * A.T, s + 1), prod(A.T * diag(ones - odot(H[t], H[t])), s)),
        *ordered,
        context=rnn,
    ),
    identity(
        "jacobian-of-residual-steps",
        jac(H[T], H[s]).T,
        prod(I + diag(apply("phi", H[t - 1], 1)) * AT[t].T, s + 1),
        prod(diag(apply("phi", H[t - 1], 1)) * AT[t].T, s + 1),
        *ordered,
        context=residual_net,
    ),
    identity(
        "jacobian-of-gates",
        jac(H[T], H[s]),
        prod(AT[T + s + 1 - t], s + 1),
        prod(AT[t], s + 1),
        *ordered,
        context=driven,
    ),
    identity(
        "loss-through-gates",
        grad(sq(H[T]), H[s]),
        2 * prod(AT[t].T, s + 1) * H[T],
        2 * prod(AT[t], s + 1) * H[T],
        *ordered,
        context=driven,
    ),
    identity("number-through-gates", by_number(h[T], h[s]), prod(f[t], s + 1), prod(f[t], s), *ordered, context=leaky),
    # inequalities
    statement("norm-of-product", le(norm(factors), prod(norm(AT[t]))), le(norm(factors), prod(norm(AT[t]), 0))),
    statement(
        "frobenius-norm-of-product",
        le(frobenius(factors), prod(frobenius(AT[t]))),
        le(frobenius(prod(AT[t], 1, k)), prod(frobenius(AT[t]), 1, k)),
        from_zero,
    ),
    statement(
        "norm-of-steps",
        le(norm(prod(A * diag(V[t]))), power(norm(A), T) * prod(norm(diag(V[t])))),
        le(norm(prod(A * diag(V[t]))), norm(A) * prod(norm(diag(V[t])))),
    ),
    statement(
        "norm-decays",
        le(norm(power(A, k)), power(alpha, k)),
        le(power(alpha, k), norm(power(A, k))),
        le(norm(A), alpha),
        from_zero,
    ),
    statement("factors-below-one", le(prod(logistic(h[t])), 1), le(1, prod(logistic(h[t])))),
    statement(
        "factors-compared", le(prod(h[t] ** 2), prod(h[t] ** 2 + f[t] ** 2)), le(prod(h[t]), prod(h[t] + f[t] ** 2))
    ),
    statement(
        "power-below-factorial",
        le(power(two, k), prod(Int(t) + 1, 1, k)),
        le(power(two, k), prod(Int(t), 1, k)),
        from_zero,
    ),
    statement("positive-factors", lt(0, prod(1 + exp(h[t]))), lt(0, prod(1 - exp(h[t])))),
)
