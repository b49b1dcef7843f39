"""Further facts of linear algebra: commutators, dyads, Hadamard and Kronecker products, centring, distances, blocks."""

from everystep.algebra.context import Predicate
from everystep.algebra.expressions import Eye, Int, Zeros, matrix, odot, sq
from tests.identities.notation import *

centring = I - ones * ones.T / Int(n)
swap = total(total(kron(unit(m, i) * unit(n, j).T, unit(n, j) * unit(m, i).T), j, 1, n), i, 1, m)
B12, B21, C12, C21 = (
    matrix(name, *shape) for name, shape in (("B_12", (n, m)), ("B_21", (m, n)), ("C_12", (n, m)), ("C_21", (m, n)))
)
hat = X * (X.T * X).I * X.T
oblique = X * (Y.T * X).I * Y.T
full = Predicate("full column rank", X)
squares = diagonal(X * X.T)
distances = squares * ones.T + ones * squares.T - 2 * X * X.T
mirror = I - 2 * (x - y) * (x - y).T / sq(x - y)

ROWS = (
    identity("commutator-squared", tr((A * B - B * A) ** 2), 2 * tr(A * B * A * B) - 2 * tr(A**2 * B**2), 0),
    identity("anticommutator", (A * B + B * A) * A - A * (A * B + B * A), B * A * A - A * A * B, Zeros(n, n)),
    identity("dyad-cubed", (x * y.T) ** 3, (y.T * x) ** 2 * x * y.T, (x.T * x) ** 2 * x * y.T),
    identity("dyad-products", (x * y.T) * (u * v.T), (y.T * u) * x * v.T, (x.T * v) * y * u.T),
    identity("trace-moves-hadamard", tr(A.T * odot(B, C)), tr(odot(A, B).T * C), tr(odot(A, B) * C)),
    identity(
        "hadamard-form-as-trace", x.T * odot(A, B) * y, tr(diag(x) * A * diag(y) * B.T), tr(diag(x) * A * diag(y) * B)
    ),
    identity("diagonal-of-scaled-product", diagonal(A * diag(x) * B), odot(A, B.T) * x, odot(A, B) * x),
    identity("hadamard-of-dyads", odot(x * y.T, u * v.T), odot(x, u) * odot(y, v).T, odot(x, v) * odot(y, u).T),
    identity("hadamard-square-sum", ones.T * odot(A, A) * ones, sq(A), (ones.T * A * ones) ** 2),
    identity(
        "trace-of-weighted-gram",
        tr(X.T * diag(x) * X),
        total(entry(x, i) * sq(row(X, i).T), i, 1, n),
        (ones.T * x) * sq(X),
    ),
    identity("kron-of-vectors-inner", kron(x, tau).T * kron(u, nu), (x.T * u) * (tau.T * nu), x.T * u + tau.T * nu),
    identity(
        "kronecker-sum-squared",
        (kron(A, Eye(m)) + kron(I, U)) ** 2,
        kron(A**2, Eye(m)) + 2 * kron(A, U) + kron(I, U**2),
        kron(A**2, Eye(m)) + kron(I, U**2),
    ),
    identity("kron-factors-commute", kron(A, Eye(m)) * kron(I, U), kron(I, U) * kron(A, Eye(m)), kron(A * A, U)),
    identity("kron-inner-product", tr(kron(A, U).T * kron(B, W)), tr(A.T * B) * tr(U.T * W), tr(A.T * B) + tr(U.T * W)),
    identity("kron-frobenius", sq(kron(X, F)), sq(X) * sq(F), sq(X) + sq(F)),
    identity(
        "kron-form",
        kron(x, tau).T * kron(A, U) * kron(x, tau),
        (x.T * A * x) * (tau.T * U * tau),
        (x.T * A * x) + (tau.T * U * tau),
    ),
    identity("vec-of-three-left", vec(F * A * X), kron(Eye(d), F * A) * vec(X), kron(F * A, Eye(d)) * vec(X)),
    identity("vec-of-three-right", vec(F * A * X), kron((A * X).T, Eye(m)) * vec(F), kron(A * X, Eye(m)) * vec(F)),
    identity("vec-of-hadamard", vec(odot(X, Y)), odot(vec(X), vec(Y)), vec(X)),
    identity("trace-by-vec", tr(A * B * C * D), vec(D.T).T * kron(C.T, A) * vec(B), vec(D).T * kron(C.T, A) * vec(B)),
    identity("commutation-of-vectors", swap * kron(x, tau), kron(tau, x), kron(x, tau)),
    identity("commutation-orthogonal", swap.T * swap, Eye(m * n), 2 * Eye(m * n)),
    identity(
        "shear-undone",
        (I + a * unit(n, i) * unit(n, j).T) * (I - a * unit(n, i) * unit(n, j).T),
        I,
        (1 - a**2) * I,
        *within(i, n),
        *within(j, n),
        differ(Int(i), Int(j)),
    ),
    identity("double-centring-kills-ones", centring * S * centring * ones, Zeros(n), S * ones),
    identity(
        "double-centring-entry",
        entry(centring * A * centring, i, j),
        entry(A, i, j) - row(A, i) * ones / Int(n) - ones.T * col(A, j) / Int(n) + ones.T * A * ones / Int(n) ** 2,
        entry(A, i, j) - row(A, i) * ones / Int(n) - ones.T * col(A, j) / Int(n),
        *within(i, n),
        *within(j, n),
    ),
    identity(
        "distance-entry",
        entry(distances, i, j),
        sq(row(X, i).T - row(X, j).T),
        sq(row(X, i).T + row(X, j).T),
        *within(i, n),
        *within(j, n),
    ),
    identity("classical-scaling", -half * centring * distances * centring, centring * X * X.T * centring, X * X.T),
    identity(
        "weighted-scatter",
        (X - ones * w.T * X).T * diag(w) * (X - ones * w.T * X),
        X.T * diag(w) * X - X.T * w * w.T * X,
        X.T * diag(w) * X,
        eq(ones.T * w, 1),
    ),
    identity(
        "covariance-of-two-samples",
        x.T * centring * y,
        total((entry(x, i) - ones.T * x / Int(n)) * (entry(y, i) - ones.T * y / Int(n)), i, 1, n),
        x.T * y,
    ),
    identity("orthogonalised", u.T * (v - (u.T * v) / (u.T * u) * u), 0, u.T * v, *nonzero(u)),
    identity("mirror-exchanges", mirror * x, y, -y, eq(sq(x), sq(y)), *nonzero(x - y)),
    identity(
        "trace-of-block-product",
        tr(block(A, B12, B21, U) * block(B, C12, C21, W)),
        tr(A * B) + tr(B12 * C21) + tr(B21 * C12) + tr(U * W),
        tr(A * B) + tr(U * W),
    ),
    identity(
        "block-triangular-square",
        block(A, B12, Zeros(m, n), U) ** 2,
        block(A**2, A * B12 + B12 * U, Zeros(m, n), U**2),
        block(A**2, 2 * A * B12, Zeros(m, n), U**2),
    ),
    identity(
        "block-diagonal-square",
        block(A, Zeros(n, m), Zeros(m, n), U) ** 2,
        block(A**2, Zeros(n, m), Zeros(m, n), U**2),
        block(A, Zeros(n, m), Zeros(m, n), U),
    ),
    identity(
        "projection-of-another-basis",
        X * K * (K.T * X.T * X * K).I * K.T * X.T,
        hat,
        X * K * K.T * X.T,
        full,
        *inv(K),
    ),
    identity("oblique-idempotent", oblique * oblique, oblique, 2 * oblique, *inv(Y.T * X)),
    identity("oblique-keeps", oblique * X, X, Y, *inv(Y.T * X)),
    identity("oblique-trace", tr(oblique), Int(d), Int(n), *inv(Y.T * X)),
    identity("nested-projections", hat * (X * beta * beta.T * X.T), X * beta * beta.T * X.T, hat, full),
    identity("projections-along", (I - hat) * hat, Zeros(n, n), hat, full),
    identity("skew-form", x.T * A * x, 0, x.T * x, eq(A.T, -A)),
    identity("skew-moves", x.T * A * y, -y.T * A * x, y.T * A * x, eq(A.T, -A)),
    identity("idempotent-trace-powers", tr(P**3), tr(P), tr(P) ** 3, Predicate("idempotent", P)),
    identity("nilpotent-cube", (I + A) ** 3, I + 3 * A, I + A, eq(A**2, Zeros(n, n))),
    identity("orthogonal-keeps-angles", (Q * x).T * (Q * y), x.T * y, x.T * Q * y, Predicate("orthogonal", Q)),
    identity(
        "procrustes-distance",
        sq(A - Q),
        sq(A) + Int(n) - 2 * tr(Q.T * A),
        sq(A) + 1 - 2 * tr(Q.T * A),
        Predicate("orthogonal", Q),
    ),
    identity("trace-over-basis", total(unit(n, i).T * A * unit(n, i), i, 1, n), tr(A), ones.T * A * ones),
    identity("matrix-from-entries", total(total(entry(A, i, j) * unit(n, i) * unit(n, j).T, j, 1, n), i, 1, n), A, A.T),
    identity(
        "product-as-dyads", F * X, total(col(F, i) * row(X, i), i, 1, n), total(col(F, i) * row(X, i), i, 1, n) / Int(n)
    ),
    identity(
        "entry-of-three",
        entry(A * B * C, i, j),
        total(total(entry(A, i, k) * entry(B, k, s) * entry(C, s, j), s, 1, n), k, 1, n),
        total(entry(A, i, k) * entry(B, k, k) * entry(C, k, j), k, 1, n),
        *within(i, n),
        *within(j, n),
    ),
    identity(
        "weighted-moments",
        X.T * diag(w) * y,
        total(entry(w, i) * entry(y, i) * row(X, i).T, i, 1, n),
        total(entry(w, i) * row(X, i).T, i, 1, n),
    ),
    identity("parallelogram", sq(x + y) + sq(x - y), 2 * sq(x) + 2 * sq(y), sq(x) + sq(y)),
    identity("sum-of-all-entries-of-gram", ones.T * X * X.T * ones, sq(X.T * ones), sq(X)),
    identity("cayley-hamilton-of-dyad", (x * y.T) ** 2 - (x.T * y) * x * y.T, Zeros(n, n), x * y.T),
)
