"""Further determinants: differences of inverses, updates of a Gram matrix, Gaussian volumes, Jacobians of flows."""

from everystep.algebra.context import Predicate
from everystep.algebra.expressions import Eye, Int, Zeros, matrix, sq, sqrt
from tests.identities.notation import *

full = Predicate("full column rank", X)
dI = Eye(d)
B12, B21 = matrix("B_12", n, m), matrix("B_21", m, n)
flow = x + u * tanh(w.T * x + a)
inverse_gram = (X.T * X).I

ROWS = (
    identity("characteristic-of-product", det(a * I - A * B), det(a * I - B * A), det(a * I + B * A)),
    identity("of-commutator-of-group", det(A * B * A.I * B.I), 1, det(A * B), *inv(A, B)),
    identity("of-inverse-power", det(power(A, k).I), power(det(A), -k), power(det(A), k), *inv(A), le(0, Int(k))),
    identity("of-congruence", det(A.T * S * A), det(A) ** 2 * det(S), det(A) * det(S)),
    identity(
        "of-sum-of-inverses",
        det(A.I + B.I),
        det(A + B) / (det(A) * det(B)),
        det(A + B) * det(A) * det(B),
        *inv(A, B),
    ),
    identity(
        "of-parallel-sum",
        det(A * (A + B).I * B),
        det(A) * det(B) / det(A + B),
        det(A) * det(B) * det(A + B),
        *inv(A + B),
    ),
    identity(
        "of-symmetric-dyad-update",
        det(S + a * x * x.T),
        det(S) * (1 + a * x.T * S.I * x),
        det(S) * (1 + x.T * S.I * x),
        definite(S),
    ),
    identity("of-difference-of-dyads", det(A + u * v.T) - det(A), det(A) * (v.T * A.I * u), v.T * A.I * u, *inv(A)),
    identity("ratio-of-dyad-updates", det(A + u * v.T) / det(A), 1 + v.T * A.I * u, v.T * A.I * u, *inv(A)),
    identity(
        "of-scaled-identity-and-ones",
        det(a * I + c * ones * ones.T),
        power(a, n) * (1 + Int(n) * c / a),
        power(a, n) + Int(n) * c,
        *nonzero(a),
    ),
    identity(
        "of-diagonal-and-dyad",
        det(diag(exp(x)) + u * v.T),
        exp(ones.T * x) * (1 + total(entry(u, i) * entry(v, i) * exp(-entry(x, i)), i, 1, n)),
        exp(ones.T * x) * (1 + u.T * v),
    ),
    identity(
        "of-scaled-rows", det(diag(exp(x)) * A), exp(ones.T * x) * det(A), total(exp(entry(x, i)), i, 1, n) * det(A)
    ),
    identity("of-two-contractions-other-side", det(block(I, X, X.T, dI)), det(I - X * X.T), det(I + X * X.T)),
    identity(
        "of-antidiagonal-identity",
        det(block(A, I, -I, Zeros(n, n))),
        1,
        det(A),
    ),
    identity("of-kron-with-itself", det(kron(A, A)), power(det(A), 2 * n), det(A) ** 2),
    identity("root-of-gram", sqrt(det(A.T * A)), absolute(det(A)), det(A)),
    identity(
        "gram-with-one-more-row",
        det(X.T * X + beta * beta.T),
        det(X.T * X) * (1 + beta.T * inverse_gram * beta),
        det(X.T * X) + sq(beta),
        full,
    ),
    identity(
        "gram-without-a-row",
        det(X.T * X - row(X, i).T * row(X, i)),
        det(X.T * X) * (1 - row(X, i) * inverse_gram * row(X, i).T),
        det(X.T * X) * (1 + row(X, i) * inverse_gram * row(X, i).T),
        full,
        *within(i, n),
    ),
    identity(
        "of-gram-in-other-basis",
        det((X * K).T * X * K),
        det(K) ** 2 * det(X.T * X),
        det(K) * det(X.T * X),
    ),
    identity(
        "of-core-update",
        det(S + F.T * U * F),
        det(S) * det(U) * det(U.I + F * S.I * F.T),
        det(S) * det(U) * det(U + F * S.I * F.T),
        definite(S),
        definite(U),
    ),
    identity(
        "log-of-core-update",
        log(det(U + F * S * F.T)),
        log(det(U)) + log(det(S)) + log(det(S.I + F.T * U.I * F)),
        log(det(U)) + log(det(S.I + F.T * U.I * F)),
        definite(S),
        definite(U),
    ),
    identity("log-of-two-grams", log(det(I + X * X.T)), log(det(dI + X.T * X)), 2 * log(det(dI + X.T * X))),
    identity(
        "log-of-definite-ratio",
        log(det(S.I * P)),
        log(det(P)) - log(det(S)),
        log(det(S)) - log(det(P)),
        definite(S),
        definite(P),
    ),
    identity("log-of-squared", log(det(S * S)), 2 * log(det(S)), log(det(S)) ** 2, definite(S)),
    identity(
        "log-of-matrix-root",
        log(det(P)),
        half * log(det(S)),
        2 * log(det(S)),
        definite(S),
        definite(P),
        eq(P * P, S),
    ),
    identity(
        "log-of-factored",
        log(det(S)),
        2 * log(absolute(det(A))),
        log(absolute(det(A))),
        *inv(A),
        eq(S, A * A.T),
        definite(S),
    ),
    identity(
        "of-planar-flow",
        det(jac(flow, x)),
        1 + (1 - tanh(w.T * x + a) ** 2) * (w.T * u),
        1 + w.T * u,
    ),
    identity("of-affine-map", log(absolute(det(jac(A * x + b, x)))), log(absolute(det(A))), det(A), *inv(A)),
    identity("of-entrywise-map", det(jac(exp(x), x)), exp(ones.T * x), ones.T * exp(x)),
    identity("of-inverse-reflection", det((I - 2 * u * u.T / sq(u)) * A), -det(A), det(A), *nonzero(u)),
    identity("of-idempotent-shift", det(I + a * u * u.T / sq(u)), 1 + a, 1 + Int(n) * a, *nonzero(u)),
    identity(
        "of-orthogonal-sandwich", det(Q * S * Q.T - a * I), det(S - a * I), det(S + a * I), Predicate("orthogonal", Q)
    ),
    identity("of-nilpotent", det(A), 0, 1, eq(A**2, Zeros(n, n))),
    identity("of-nilpotent-shift", det(I + A), 1, 0, eq(A**2, Zeros(n, n))),
    identity("squared-of-involution", det(A) ** 2, 1, 2, eq(A**2, I)),
    identity("of-conjugates", det(A * B), 1, -1, eq(A * B, I)),
    identity("of-skew-shift", det(I + A), det(I - A), -det(I - A), eq(A.T, -A)),
    identity("exponential-of-half-log", exp(-half * log(det(S))), 1 / sqrt(det(S)), sqrt(det(S)), definite(S)),
    identity("normal-volume", log(det(2 * S)), Int(n) * log(two) + log(det(S)), log(two) + log(det(S)), definite(S)),
    identity("scaled-log-of-ratio", log(det(a * S) / det(S)), Int(n) * log(a), log(a), definite(S), *positive(a)),
    statement("sum-is-larger", le(det(S), det(S + P)), le(det(S + P), det(S)), definite(S), semidefinite(P)),
    statement("update-is-larger", le(det(S), det(S + x * x.T)), lt(det(S), det(S + x * x.T)), definite(S)),
    statement(
        "log-of-identity-update",
        le(0, log(det(dI + X.T * X))),
        lt(0, log(det(dI + X.T * X))),
    ),
    statement("gram-of-full-rank", lt(0, det(X.T * X)), lt(1, det(X.T * X)), full),
)
