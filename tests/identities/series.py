"""Further sums, products and recurrences: convolutions, Lagrange's identity, running means, discounted sums."""

from everystep.algebra.context import Context, Definition, Predicate, Recurrence
from everystep.algebra.expressions import Int, Num, ProdOver, Zeros, as_expression, sq
from everystep.derivation import Induction
from tests.identities.notation import *

by_k, by_k1 = Induction(k, 0), Induction(k, 1)
from_zero, from_one = le(0, Int(k)), le(1, Int(k))
mean_h, mean_f = total(h[s], s, 1, T) / Int(T), total(f[s], s, 1, T) / Int(T)


def recurrence(body: object, start: object | None = None) -> Context:
    """h[t] = body, with h[0] given or free."""
    definitions = () if start is None else (Definition(h[0], as_expression(start)),)
    return Context(definitions=definitions, recurrences=(Recurrence(h[t], as_expression(body)),))


descent = Context(recurrences=(Recurrence(H[t], H[t - 1] - eta * (S * H[t - 1] - b + lam * H[t - 1])),))
vectors = Context(recurrences=(Recurrence(H[t], A * H[t - 1] + b),))
averages = Context(recurrences=(Recurrence(H[t], H[t - 1] + (V[t] - H[t - 1]) / Int(t)),))

ROWS = (
    identity(
        "lagrange",
        total(h[t] ** 2, t, 1, T) * total(f[t] ** 2, t, 1, T) - total(h[t] * f[t], t, 1, T) ** 2,
        half * total(total((h[t] * f[s] - h[s] * f[t]) ** 2, s, 1, T), t, 1, T),
        total(total((h[t] * f[s] - h[s] * f[t]) ** 2, s, 1, T), t, 1, T),
    ),
    identity(
        "covariance-formula",
        total((h[t] - mean_h) * (f[t] - mean_f), t, 1, T),
        total(h[t] * f[t], t, 1, T) - Int(T) * mean_h * mean_f,
        total(h[t] * f[t], t, 1, T) - mean_h * mean_f,
    ),
    identity(
        "centring-one-is-enough",
        total((h[t] - mean_h) * (f[t] - mean_f), t, 1, T),
        total((h[t] - mean_h) * f[t], t, 1, T),
        total(h[t] * f[t], t, 1, T),
    ),
    identity(
        "about-another-point",
        total(sq(V[t] - b), t, 1, T),
        total(sq(V[t] - total(V[s], s, 1, T) / Int(T)), t, 1, T) + Int(T) * sq(b - total(V[s], s, 1, T) / Int(T)),
        total(sq(V[t] - total(V[s], s, 1, T) / Int(T)), t, 1, T) + sq(b - total(V[s], s, 1, T) / Int(T)),
    ),
    identity(
        "convolution-commutes",
        total(h[s] * f[k - s], s, 0, k),
        total(h[k - s] * f[s], s, 0, k),
        total(h[s] * f[s], s, 0, k),
        from_zero,
    ),
    identity(
        "partial-sums-summed",
        total(total(h[s], s, 1, t), t, 1, T),
        total(Int(T + 1 - s) * h[s], s, 1, T),
        total(Int(T - s) * h[s], s, 1, T),
    ),
    identity(
        "later-sums-summed",
        total(total(h[s], s, t, T), t, 1, T),
        total(Int(s) * h[s], s, 1, T),
        total(Int(s - 1) * h[s], s, 1, T),
    ),
    identity(
        "by-parts-with-partial-sums",
        total(h[t] * (f[t + 1] - f[t]), t, 1, T),
        h[T + 1] * f[T + 1] - h[1] * f[1] - total(f[t + 1] * (h[t + 1] - h[t]), t, 1, T),
        h[T + 1] * f[T + 1] - h[1] * f[1] - total(f[t] * (h[t + 1] - h[t]), t, 1, T),
    ),
    identity(
        "second-differences",
        total(h[t + 1] - 2 * h[t] + h[t - 1], t, 1, T),
        h[T + 1] - h[T] - h[1] + h[0],
        h[T + 1] - h[0],
    ),
    identity(
        "square-split",
        total((h[t] + f[t]) ** 2, t, 1, T),
        total(h[t] ** 2, t, 1, T) + 2 * total(h[t] * f[t], t, 1, T) + total(f[t] ** 2, t, 1, T),
        total(h[t] ** 2, t, 1, T) + total(f[t] ** 2, t, 1, T),
    ),
    identity(
        "strict-triangle",
        total(total(h[i] * h[j], j, 1, i - 1), i, 1, T),
        half * (total(h[i], i, 1, T) ** 2 - total(h[i] ** 2, i, 1, T)),
        half * total(h[i], i, 1, T) ** 2,
    ),
    identity(
        "trace-of-sum-of-dyads",
        tr(A * total(f[t] * V[t] * V[t].T, t, 1, T)),
        total(f[t] * V[t].T * A * V[t], t, 1, T),
        total(f[t], t, 1, T) * total(V[t].T * A * V[t], t, 1, T),
    ),
    identity(
        "attention-sum",
        X.T * softmax(x),
        total(exp(entry(x, i)) * row(X, i).T, i, 1, n) / total(exp(entry(x, i)), i, 1, n),
        total(exp(entry(x, i)) * row(X, i).T, i, 1, n),
    ),
    identity(
        "weighted-mean-minimum",
        total(f[t] * (V[t] - total(f[s] * V[s], s, 1, T) / total(f[s], s, 1, T)), t, 1, T),
        Zeros(n),
        total(f[t] * V[t], t, 1, T),
        differ(total(f[s], s, 1, T), 0),
    ),
    identity(
        "double-geometric",
        (1 - a) * (1 - c) * total(total(power(a, i) * power(c, j), j, 0, m), i, 0, k),
        (1 - power(a, k + 1)) * (1 - power(c, m + 1)),
        (1 - power(a, k + 1)) * (1 - power(a, m + 1)),
        from_zero,
    ),
    identity(
        "pronic",
        3 * total(Int(t) * (Int(t) + 1), t, 1, k),
        Int(k) * (Int(k) + 1) * (Int(k) + 2),
        Int(k) * (Int(k) + 1) ** 2,
        from_zero,
        by=by_k,
    ),
    identity(
        "telescoping-fractions",
        total(1 / (Int(t) * (Int(t) + 1)), t, 1, k),
        Int(k) / (Int(k) + 1),
        1 / (Int(k) + 1),
        from_zero,
        by=by_k,
    ),
    identity(
        "odd-squares",
        3 * total((2 * Int(t) - 1) ** 2, t, 1, k),
        Int(k) * (2 * Int(k) - 1) * (2 * Int(k) + 1),
        Int(k) * (2 * Int(k) + 1) ** 2,
        from_zero,
        by=by_k,
    ),
    identity(
        "powers-of-two-weighted",
        total(Int(t) * power(Num(2), t), t, 1, k),
        (Int(k) - 1) * power(Num(2), k + 1) + 2,
        Int(k) * power(Num(2), k + 1),
        from_zero,
        by=by_k,
    ),
    identity(
        "alternating",
        2 * total(power(Num(-1), t), t, 0, k),
        1 + power(Num(-1), k),
        1 - power(Num(-1), k),
        from_zero,
        by=by_k,
    ),
    identity(
        "fourth-powers-start",
        total(Int(t) ** 3, t, 1, k),
        total(Int(t), t, 1, k) ** 2,
        total(Int(t) ** 2, t, 1, k) ** 2,
        from_zero,
    ),
    identity(
        "difference-of-matrix-powers",
        total(power(A, t) * (A - B) * power(B, k - 1 - t), t, 0, k - 1),
        power(A, k) - power(B, k),
        power(A, k) + power(B, k),
        from_one,
        by=by_k1,
    ),
    identity(
        "difference-of-powers",
        (a - c) * total(power(a, t) * power(c, k - 1 - t), t, 0, k - 1),
        power(a, k) - power(c, k),
        power(a, k) + power(c, k),
        from_one,
    ),
    identity(
        "neumann-with-remainder",
        (I - A).I,
        total(power(A, t), t, 0, k) + power(A, k + 1) * (I - A).I,
        total(power(A, t), t, 0, k) + power(A, k) * (I - A).I,
        from_zero,
        *inv(I - A),
    ),
    identity(
        "geometric-of-two-sides",
        total(power(a, k - t), t, 0, k),
        total(power(a, t), t, 0, k),
        total(power(a, t), t, 1, k),
        from_zero,
    ),
    identity(
        "geometric-split",
        total(power(a, t), t, 0, k + s),
        total(power(a, t), t, 0, k) + power(a, k + 1) * total(power(a, t), t, 0, s - 1),
        total(power(a, t), t, 0, k) + power(a, k) * total(power(a, t), t, 0, s - 1),
        from_zero,
        le(1, Int(s)),
    ),
    identity(
        "power-of-nilpotent-shift", power(I + A, k), I + Int(k) * A, I + A, from_zero, eq(A**2, Zeros(n, n)), by=by_k
    ),
    identity(
        "power-of-dyad",
        power(x * y.T, k + 1),
        power(x.T * y, k) * x * y.T,
        power(x.T * y, k + 1) * x * y.T,
        from_zero,
        by=by_k,
    ),
    identity(
        "power-of-projection-shift",
        power(I + P, k),
        I + (power(Num(2), k) - 1) * P,
        I + Int(k) * P,
        from_zero,
        Predicate("idempotent", P),
        by=by_k,
    ),
    identity(
        "power-of-scaled-projection",
        power(I - a * P, k),
        I - P + power(1 - a, k) * P,
        I + power(1 - a, k) * P,
        from_zero,
        Predicate("idempotent", P),
        by=by_k,
    ),
    identity(
        "power-of-block-diagonal-vector",
        power(diag(x), k) * ones,
        power(diag(x), k + 1) * diag(x).I * ones,
        power(diag(x), k + 1) * ones,
        from_zero,
        *inv(diag(x)),
    ),
    identity("powers-applied-to-shifted", power(A, k) * (A - lam * I) * x, Zeros(n), x, from_zero, eq(A * x, lam * x)),
    # recurrences
    identity(
        "running-mean",
        Int(k) * H[k],
        total(V[t], t, 1, k),
        total(V[t], t, 1, k) / Int(k),
        from_one,
        context=averages,
        by=by_k1,
    ),
    identity(
        "ridge-descent-step",
        H[k] - x,
        power(I - eta * (S + lam * I), k) * (H[0] - x),
        power(I - eta * S, k) * (H[0] - x),
        from_zero,
        eq((S + lam * I) * x, b),
        context=descent,
        by=by_k,
    ),
    identity(
        "affine-vectors-closed",
        H[k],
        power(A, k) * H[0] + total(power(A, t), t, 0, k - 1) * b,
        power(A, k) * H[0] + total(power(A, t), t, 0, k) * b,
        from_zero,
        context=vectors,
        by=by_k,
    ),
    identity(
        "affine-vectors-fixed-point",
        H[k] - x,
        power(A, k) * (H[0] - x),
        power(A, k) * H[0] - x,
        from_zero,
        eq(x, A * x + b),
        context=vectors,
        by=by_k,
    ),
    identity(
        "compound-interest",
        h[k],
        power(1 + r, k) * a,
        (1 + Int(k) * r) * a,
        from_zero,
        context=recurrence((1 + r) * h[t - 1], a),
        by=by_k,
    ),
    identity(
        "weight-decay",
        h[k],
        power(1 - eta * lam, k) * h[0],
        (1 - Int(k) * eta * lam) * h[0],
        from_zero,
        context=recurrence(h[t - 1] - eta * lam * h[t - 1]),
        by=by_k,
    ),
    identity(
        "constant-input-average",
        h[k],
        c * (1 - power(a, k)),
        c * power(a, k),
        from_zero,
        context=recurrence(a * h[t - 1] + (1 - a) * c, 0),
        by=by_k,
    ),
    identity(
        "bias-corrected",
        h[k] / (1 - power(a, k)),
        c,
        c / (1 - a),
        from_one,
        *nonzero(1 - power(a, k)),
        context=recurrence(a * h[t - 1] + (1 - a) * c, 0),
    ),
    identity(
        "triangular-numbers",
        2 * h[k],
        Int(k) * (Int(k) + 1),
        Int(k) ** 2,
        from_zero,
        context=recurrence(h[t - 1] + Int(t), 0),
        by=by_k,
    ),
    identity(
        "two-steps-of-momentum",
        h[t + 1],
        a**2 * h[t - 1] + a * f[t] + f[t + 1],
        a * h[t - 1] + f[t] + f[t + 1],
        le(1, Int(t)),
        context=recurrence(a * h[t - 1] + f[t]),
    ),
    identity(
        "discounted-return",
        total(power(a, s - t) * f[s], s, t, T),
        f[t] + a * total(power(a, s - t - 1) * f[s], s, t + 1, T),
        f[t] + total(power(a, s - t - 1) * f[s], s, t + 1, T),
        *within(t, T),
    ),
    identity(
        "discounted-values",
        total(power(a, t) * (f[t] + a * h[t + 1] - h[t]), t, 0, k),
        total(power(a, t) * f[t], t, 0, k) + power(a, k + 1) * h[k + 1] - h[0],
        total(power(a, t) * f[t], t, 0, k) - h[0],
        from_zero,
    ),
    identity(
        "weights-of-average-sum", power(a, k) + (1 - a) * total(power(a, k - t), t, 1, k), 1, power(a, k), from_zero
    ),
    # products
    identity(
        "product-of-affine",
        ProdOver(a * h[t] + a, t, 1, k),
        power(a, k) * ProdOver(h[t] + 1, t, 1, k),
        a * ProdOver(h[t] + 1, t, 1, k),
        from_zero,
    ),
    identity("product-telescopes", ProdOver((Int(t) + 1) / Int(t), t, 1, k), Int(k) + 1, Int(k), from_zero),
    identity("product-of-geometric", ProdOver(power(a, t), t, 1, 3), a**6, a**5),
    identity(
        "log-likelihood-of-coins",
        log(ProdOver(exp(f[t] * a) / (1 + exp(a)), t, 1, T)),
        a * total(f[t], t, 1, T) - Int(T) * log(1 + exp(a)),
        a * total(f[t], t, 1, T) - log(1 + exp(a)),
    ),
    identity(
        "gradient-of-log-product",
        by_number(log(ProdOver(1 + exp(a + h[t]), t, 1, T)), a),
        total(logistic(a + h[t]), t, 1, T),
        ProdOver(logistic(a + h[t]), t, 1, T),
    ),
)
