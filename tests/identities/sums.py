"""Sums and products over an index, recurrences, statements by induction."""

from everystep.algebra.context import Context, Definition, Predicate, Recurrence
from everystep.algebra.expressions import Family, Int, Ones, ProdOver, as_expression, sq
from everystep.derivation import Induction
from tests.identities.notation import *

AT = Family("A", n, n)
by_k = Induction(k, 0)
from_zero = le(0, Int(k))
from_one = le(1, Int(k))
by_k1 = Induction(k, 1)


def recurrence(body: object, start: object = None, family: Family = h) -> Context:
    """``family[t] := body`` from t = 1 on, with a given start."""
    given_start = () if start is None else (Definition(family[0], as_expression(start)),)
    return Context(definitions=given_start, recurrences=(Recurrence(family[t], as_expression(body)),))


momentum = recurrence(alpha * h[t - 1] + f[t])
average = recurrence(alpha * h[t - 1] + (1 - alpha) * f[t], 0)
affine = recurrence(alpha * h[t - 1] + c)
vectors = Context(recurrences=(Recurrence(H[t], A * H[t - 1] + V[t]),))
descent = Context(recurrences=(Recurrence(H[t], H[t - 1] - eta * (S * H[t - 1] - b)),))

ROWS = (
    identity(
        "linear",
        total(a * h[t] + f[t], t, 1, T),
        a * total(h[t], t, 1, T) + total(f[t], t, 1, T),
        a * total(h[t] + f[t], t, 1, T),
    ),
    identity(
        "matrix-factor-out", total(A * V[t], t, 1, T), A * total(V[t], t, 1, T), Int(T) * A * total(V[t], t, 1, T)
    ),
    identity(
        "factors-both-sides",
        total(A * V[t] * V[t].T * B, t, 1, T),
        A * total(V[t] * V[t].T, t, 1, T) * B,
        A * total(V[t], t, 1, T) * total(V[t], t, 1, T).T * B,
    ),
    identity("transpose-inside", total(V[t].T, t, 1, T), total(V[t], t, 1, T).T, total(V[t], t, 1, T).T / Int(T)),
    identity("trace-inside", tr(total(V[t] * V[t].T, t, 1, T)), total(sq(V[t]), t, 1, T), sq(total(V[t], t, 1, T))),
    identity("renamed", total(h[t], t, 1, T), total(h[s], s, 1, T), total(h[s], s, 0, T)),
    identity("shift-up", total(h[t], t, 1, T), total(h[t - 1], t, 2, T + 1), total(h[t - 1], t, 1, T)),
    identity("shift-by-two", total(h[t + 2], t, 1, T), total(h[t], t, 3, T + 2), total(h[t], t, 2, T + 1)),
    identity(
        "split-middle",
        total(h[t], t, 1, T),
        total(h[t], t, 1, s) + total(h[t], t, s + 1, T),
        total(h[t], t, 1, s) + total(h[t], t, s, T),
        le(1, Int(s)),
        le(Int(s), Int(T)),
    ),
    identity(
        "split-both-ends",
        total(h[t], t, 0, T),
        h[0] + total(h[t], t, 1, T - 1) + h[T],
        h[0] + total(h[t], t, 1, T) + h[T],
    ),
    identity("reversed", total(h[T + 1 - t], t, 1, T), total(h[t], t, 1, T), total(h[t - 1], t, 1, T)),
    identity(
        "product-of-sums",
        total(h[t], t, 1, T) * total(f[s], s, 1, T),
        total(total(h[t] * f[s], s, 1, T), t, 1, T),
        total(h[t] * f[t], t, 1, T),
    ),
    identity(
        "square-of-sum",
        total(h[t], t, 1, T) ** 2,
        total(total(h[s] * h[t], s, 1, T), t, 1, T),
        total(h[t] ** 2, t, 1, T),
    ),
    identity("sum-of-constant-vector", total(b, t, 1, T), Int(T) * b, b),
    identity("sum-of-ones", total(one, t, 1, T), Int(T), 1),
    identity("telescoping-vectors", total(V[t + 1] - V[t], t, 1, T), V[T + 1] - V[1], V[T] - V[1]),
    identity("telescoping-squares", total(sq(V[t]) - sq(V[t - 1]), t, 1, T), sq(V[T]) - sq(V[0]), sq(V[T] - V[0])),
    identity(
        "summation-by-parts",
        total(h[t] * (f[t] - f[t - 1]) + (h[t] - h[t - 1]) * f[t - 1], t, 1, T),
        h[T] * f[T] - h[0] * f[0],
        h[T] * f[T] - h[1] * f[1],
    ),
    identity("double-constant", total(total(a, s, 1, m), t, 1, n), Int(m) * Int(n) * a, (Int(m) + Int(n)) * a),
    identity(
        "exchange-dependent-free",
        total(total(h[i] * f[j], j, 1, m), i, 1, n),
        total(f[j], j, 1, m) * total(h[i], i, 1, n),
        Int(m) * total(h[i] * f[i], i, 1, n),
    ),
    identity(
        "triangle-exchange",
        total(total(h[i] * f[j], j, 1, i), i, 1, T),
        total(total(h[i] * f[j], i, j, T), j, 1, T),
        total(total(h[i] * f[j], i, 1, j), j, 1, T),
    ),
    identity(
        "triangle-and-diagonal",
        total(h[i], i, 1, T) ** 2,
        2 * total(total(h[i] * h[j], j, 1, i), i, 1, T) - total(h[i] ** 2, i, 1, T),
        2 * total(total(h[i] * h[j], j, 1, i), i, 1, T),
    ),
    identity("mean-deviation", total(h[t] - total(h[s], s, 1, T) / Int(T), t, 1, T), 0, total(h[t], t, 1, T)),
    identity(
        "variance-formula",
        total((h[t] - total(h[s], s, 1, T) / Int(T)) ** 2, t, 1, T),
        total(h[t] ** 2, t, 1, T) - total(h[t], t, 1, T) ** 2 / Int(T),
        total(h[t] ** 2, t, 1, T) - total(h[t], t, 1, T) ** 2,
    ),
    identity(
        "pairwise-distances",
        total(total(sq(V[s] - V[t]), s, 1, T), t, 1, T),
        2 * Int(T) * total(sq(V[t]), t, 1, T) - 2 * sq(total(V[t], t, 1, T)),
        Int(T) * total(sq(V[t]), t, 1, T) - sq(total(V[t], t, 1, T)),
    ),
    identity(
        "scatter",
        total((V[t] - b) * (V[t] - b).T, t, 1, T),
        total(V[t] * V[t].T, t, 1, T) - total(V[t], t, 1, T) * b.T - b * total(V[t], t, 1, T).T + Int(T) * b * b.T,
        total(V[t] * V[t].T, t, 1, T) - Int(T) * b * b.T,
    ),
    identity("samples-as-matrix", total(row(X, i).T * entry(y, i), i, 1, n), X.T * y, X.T * X * beta),
    identity(
        "residuals-as-sum",
        sq(y - X * beta),
        total((entry(y, i) - row(X, i) * beta) ** 2, i, 1, n),
        total(entry(y, i) - row(X, i) * beta, i, 1, n) ** 2,
    ),
    identity(
        "weighted-residuals",
        (y - X * beta).T * diag(w) * (y - X * beta),
        total(entry(w, i) * (entry(y, i) - row(X, i) * beta) ** 2, i, 1, n),
        total(entry(w, i) ** 2 * (entry(y, i) - row(X, i) * beta) ** 2, i, 1, n),
    ),
    identity("unit-in-sum", total(entry(x, i) * unit(n, i), i, 1, n), x, ones),
    identity("matrix-from-columns", total(col(X, j) * unit(d, j).T, j, 1, d), X, X * Ones(d, d)),
    identity(
        "gradient-through-sum",
        grad(total(h[t] * (b.T * x) ** 2, t, 1, T), x),
        2 * total(h[t], t, 1, T) * (b.T * x) * b,
        2 * total(h[t], t, 1, T) * b,
    ),
    identity(
        "gradient-of-average-loss",
        grad(total(sq(V[t] - A * x), t, 1, T) / Int(T), x),
        2 * A.T * A * x - 2 * A.T * total(V[t], t, 1, T) / Int(T),
        2 * A.T * A * x - 2 * A.T * total(V[t], t, 1, T),
    ),
    identity(
        "even-and-odd",
        total(h[t], t, 1, 2 * T),
        total(h[2 * t], t, 1, T) + total(h[2 * t - 1], t, 1, T),
        2 * total(h[2 * t], t, 1, T),
    ),
    identity("empty", total(h[t], t, 1, 0), 0, h[1]),
    identity("single", total(h[t], t, s, s), h[s], h[s + 1]),
    identity("next-term", total(h[t], t, 1, T + 1), total(h[t], t, 1, T) + h[T + 1], total(h[t], t, 1, T) + h[T]),
    identity(
        "weighted-mean-shift",
        total(h[t] * (f[t] - a), t, 1, T),
        total(h[t] * f[t], t, 1, T) - a * total(h[t], t, 1, T),
        total(h[t] * f[t], t, 1, T) - a,
    ),
    # products
    identity(
        "product-next",
        ProdOver(h[t], t, 1, T + 1),
        ProdOver(h[t], t, 1, T) * h[T + 1],
        ProdOver(h[t], t, 1, T) + h[T + 1],
    ),
    identity(
        "product-first",
        ProdOver(AT[t], t, 1, T),
        AT[1] * ProdOver(AT[t], t, 2, T),
        ProdOver(AT[t], t, 2, T) * AT[1],
    ),
    identity(
        "product-last",
        ProdOver(AT[t], t, 1, T + 1),
        ProdOver(AT[t], t, 1, T) * AT[T + 1],
        AT[T + 1] * ProdOver(AT[t], t, 1, T),
    ),
    identity("product-of-constant", ProdOver(a, t, 1, T), power(a, T), Int(T) * a),
    identity(
        "product-of-products",
        ProdOver(h[t] * f[t], t, 1, T),
        ProdOver(h[t], t, 1, T) * ProdOver(f[t], t, 1, T),
        ProdOver(h[t], t, 1, T) + ProdOver(f[t], t, 1, T),
    ),
    identity(
        "product-scaled",
        ProdOver(a * h[t], t, 1, T),
        power(a, T) * ProdOver(h[t], t, 1, T),
        a * ProdOver(h[t], t, 1, T),
    ),
    identity(
        "product-of-exp",
        ProdOver(exp(h[t]), t, 1, T),
        exp(total(h[t], t, 1, T)),
        total(exp(h[t]), t, 1, T),
    ),
    identity(
        "log-of-product",
        log(ProdOver(exp(h[t]), t, 1, T)),
        total(h[t], t, 1, T),
        ProdOver(h[t], t, 1, T),
    ),
    identity(
        "determinant-of-product",
        det(ProdOver(AT[t], t, 1, T)),
        ProdOver(det(AT[t]), t, 1, T),
        total(det(AT[t]), t, 1, T),
    ),
    identity(
        "product-shift",
        ProdOver(h[t + 1], t, 0, T - 1),
        ProdOver(h[t], t, 1, T),
        ProdOver(h[t], t, 0, T),
    ),
    identity("product-of-same-matrix", ProdOver(A, t, 1, T), power(A, T), Int(T) * A),
    # recurrences
    identity(
        "momentum-unrolled-twice",
        h[2],
        alpha**2 * h[0] + alpha * f[1] + f[2],
        alpha**2 * h[0] + f[1] + alpha * f[2],
        context=momentum,
    ),
    identity(
        "momentum-unrolled-thrice",
        h[3],
        alpha**3 * h[0] + alpha**2 * f[1] + alpha * f[2] + f[3],
        alpha * h[0] + f[1] + f[2] + f[3],
        context=momentum,
    ),
    identity(
        "momentum-later",
        h[t + 2],
        alpha**2 * h[t] + alpha * f[t + 1] + f[t + 2],
        alpha**2 * h[t] + f[t + 1] + f[t + 2],
        le(0, Int(t)),
        context=momentum,
    ),
    identity(
        "average-unrolled",
        h[2],
        (1 - alpha) * (alpha * f[1] + f[2]),
        (1 - alpha) * (f[1] + alpha * f[2]),
        context=average,
    ),
    identity("vectors-unrolled", H[2], A**2 * H[0] + A * V[1] + V[2], A**2 * H[0] + A * (V[1] + V[2]), context=vectors),
    identity("momentum-difference", h[t + 1] - alpha * h[t], f[t + 1], f[t], le(0, Int(t)), context=momentum),
    identity(
        "descent-step-error",
        A * (H[t + 1] - x),
        A * (I - eta * S) * (H[t] - x),
        A * (I + eta * S) * (H[t] - x),
        le(0, Int(t)),
        eq(S * x, b),
        context=descent,
    ),
    identity(
        "momentum-closed",
        h[k],
        power(alpha, k) * h[0] + total(power(alpha, k - s) * f[s], s, 1, k),
        power(alpha, k) * h[0] + total(power(alpha, k - s + 1) * f[s], s, 1, k),
        from_zero,
        context=momentum,
        by=by_k,
    ),
    identity(
        "average-closed",
        h[k],
        (1 - alpha) * total(power(alpha, k - s) * f[s], s, 1, k),
        total(power(alpha, k - s) * f[s], s, 1, k),
        from_zero,
        context=average,
        by=by_k,
    ),
    identity(
        "affine-closed",
        (1 - alpha) * h[k],
        (1 - alpha) * power(alpha, k) * h[0] + c * (1 - power(alpha, k)),
        (1 - alpha) * power(alpha, k) * h[0] + c,
        from_zero,
        context=affine,
        by=by_k,
    ),
    identity(
        "powers-closed",
        H[k],
        power(A, k) * H[0],
        power(A, k + 1) * H[0],
        from_zero,
        context=Context(recurrences=(Recurrence(H[t], A * H[t - 1]),)),
        by=by_k,
    ),
    identity(
        "descent-closed",
        H[k] - x,
        power(I - eta * S, k) * (H[0] - x),
        power(I + eta * S, k) * (H[0] - x),
        from_zero,
        eq(S * x, b),
        context=descent,
        by=by_k,
    ),
    identity(
        "vectors-closed",
        H[k],
        power(A, k) * H[0] + total(power(A, k - s) * V[s], s, 1, k),
        power(A, k) * H[0] + total(power(A, s) * V[s], s, 1, k),
        from_zero,
        context=vectors,
        by=by_k,
    ),
    identity("counting", h[k], Int(k), Int(k) + 1, from_zero, context=recurrence(h[t - 1] + 1, 0), by=by_k),
    identity(
        "accumulated",
        h[k],
        total(f[s], s, 1, k),
        total(f[s], s, 1, k - 1),
        from_one,
        context=recurrence(h[t - 1] + f[t], 0),
        by=by_k1,
    ),
    identity(
        "doubling", h[k], power(two, k) - 1, power(two, k), from_zero, context=recurrence(2 * h[t - 1] + 1, 0), by=by_k
    ),
    # by induction
    identity("arithmetic", 2 * total(Int(t), t, 0, k), Int(k) * (Int(k) + 1), Int(k) ** 2, from_zero, by=by_k),
    identity(
        "squares",
        6 * total(Int(t) ** 2, t, 1, k),
        Int(k) * (Int(k) + 1) * (2 * Int(k) + 1),
        Int(k) * (Int(k) + 1) * (Int(k) + 2),
        from_zero,
        by=by_k,
    ),
    identity(
        "cubes",
        4 * total(Int(t) ** 3, t, 1, k),
        Int(k) ** 2 * (Int(k) + 1) ** 2,
        Int(k) * (Int(k) + 1),
        from_zero,
        by=by_k,
    ),
    identity("odd-numbers", total(2 * Int(t) - 1, t, 1, k), Int(k) ** 2, Int(k), from_zero, by=by_k),
    identity(
        "powers-of-two", total(power(two, t), t, 0, k), power(two, k + 1) - 1, power(two, k + 1), from_zero, by=by_k
    ),
    identity(
        "geometric",
        total(power(a, t), t, 0, k),
        (1 - power(a, k + 1)) / (1 - a),
        (1 - power(a, k)) / (1 - a),
        from_zero,
        differ(a, 1),
        by=by_k,
    ),
    identity(
        "geometric-matrices",
        (I - A) * total(power(A, t), t, 0, k),
        I - power(A, k + 1),
        I - power(A, k),
        from_zero,
        by=by_k,
    ),
    identity(
        "geometric-matrices-right",
        total(power(A, t), t, 0, k) * (I - A),
        I - power(A, k + 1),
        I + power(A, k + 1),
        from_zero,
        by=by_k,
    ),
    identity(
        "geometric-without-first",
        (1 - a) * total(power(a, t), t, 1, k),
        a - power(a, k + 1),
        1 - power(a, k + 1),
        from_zero,
        by=by_k,
    ),
    identity(
        "weighted-powers",
        (1 - a) ** 2 * total(Int(t) * power(a, t), t, 0, k),
        a - (Int(k) + 1) * power(a, k + 1) + Int(k) * power(a, k + 2),
        a - power(a, k + 1),
        from_zero,
        by=by_k,
    ),
    identity(
        "power-of-commuting", power(A, k) * B, B * power(A, k), A * power(B, k), from_zero, eq(A * B, B * A), by=by_k
    ),
    identity(
        "power-of-idempotent",
        power(P, k),
        P,
        I,
        from_one,
        Predicate("idempotent", P),
        by=by_k1,
    ),
    identity(
        "power-of-similar",
        power(P * A * P.I, k),
        P * power(A, k) * P.I,
        P * A * P.I,
        from_zero,
        *inv(P),
        by=by_k,
    ),
    identity(
        "power-of-shear",
        power(I + u * v.T, k),
        I + Int(k) * u * v.T,
        I + power(two, k) * u * v.T,
        from_zero,
        eq(v.T * u, 0),
        by=by_k,
    ),
    identity(
        "power-of-transpose",
        power(A.T, k),
        power(A, k).T,
        power(A, k),
        from_zero,
        by=by_k,
    ),
    identity(
        "power-on-eigenvector", power(A, k) * x, power(lam, k) * x, lam * x, from_zero, eq(A * x, lam * x), by=by_k
    ),
    identity(
        "moving-average-closed",
        h[t],
        (1 - a) * total(power(a, t - i) * f[i], i, 1, t),
        (1 - a) * total(power(a, t - i + 1) * f[i], i, 1, t),
        eq(h[0], 0),
        *within(t, T),
        context=Context(recurrences=(Recurrence(h[t], a * h[t - 1] + (1 - a) * f[t]),)),
    ),
    identity(
        "moving-average-weights",
        (1 - a) * total(power(a, t - i), i, 1, t),
        1 - power(a, t),
        1 - power(a, t + 1),
        *within(t, T),
    ),
    identity(
        "linear-recurrence-closed",
        H[t],
        power(A, t) * H[0],
        power(A, t + 1) * H[0],
        *within(t, T),
        context=Context(recurrences=(Recurrence(H[t], A * H[t - 1]),)),
    ),
    identity(
        "geometric-matrices-to-size",
        (I - A) * total(power(A, k), k, 0, m - 1),
        I - power(A, m),
        I - power(A, m + 1),
    ),
    identity(
        "powers-of-one-matrix-commute",
        power(A, k) * power(A, j),
        power(A, j) * power(A, k),
        power(A, j) + power(A, k),
        le(0, Int(k)),
        le(0, Int(j)),
    ),
    identity(
        "power-of-scaled-matrix",
        power(a * A, k),
        power(a, k) * power(A, k),
        a * power(A, k),
        le(0, Int(k)),
    ),
)
