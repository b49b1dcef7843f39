"""Orthonormal families, said for all pairs of indices: projections, bases, eigenvectors, singular vectors."""

from sympy import Expr, Integer

from everystep.algebra.context import of_every, orthonormal
from everystep.algebra.expressions import Zeros, sq
from tests.identities.notation import *

k = T  # the number of vectors is a size
q, e, p = Family("q", n), Family("e"), Family("p", m)
of_each = "q", "e", "p", "l"
every, number = of_every("q", n), of_every("e", 1)


def vectors(count: Expr) -> Context:
    """``q_1, ..., q_count`` orthonormal vectors with n entries."""
    ranges = tuple((name, Integer(1), count) for name in of_each)
    return Context(ranges=ranges).given(orthonormal("q", n, count))


def spread(body: object, count: Expr = n) -> Expression:
    return total(body, i, 1, count)


few, basis = vectors(k), vectors(n)
projection = spread(q[i] * q[i].T, k)
rest = total(q[i] * q[i].T, i, k + 1, n)
images = eq(A * every, number * every)
eigenvectors, eigenbasis = few.given(images), basis.given(images)
singular = basis.given(orthonormal("p", m, n), eq(F * every, number * of_every("p", m)))
below = le(Int(k), Int(n))

ROWS = (
    identity("unit-vector", q[j].T * q[j], one, two, *within(j, k), context=few),
    identity(
        "two-of-them", q[j].T * q[s], zero, one, *within(j, k), *within(s, k), differ(Int(j), Int(s)), context=few
    ),
    identity("projection-twice", projection * projection, projection, (I, 2 * projection), context=few),
    identity("trace-of-projection", tr(projection), Int(k), (Int(n), one), context=few),
    identity("complement-of-projection", projection * (I - projection), Zeros(n, n), projection, context=few),
    identity("complement-twice", (I - projection) * (I - projection), I - projection, projection, context=few),
    identity("trace-of-complement", tr(I - projection), Int(n) - Int(k), Int(k), context=few),
    identity("projection-of-member", projection * q[j], q[j], 2 * q[j], *within(j, k), context=few),
    identity(
        "distance-to-member",
        sq(q[j] - q[s]),
        two,
        one,
        *within(j, k),
        *within(s, k),
        differ(Int(j), Int(s)),
        context=few,
    ),
    identity("length-of-combination", sq(spread(e[i] * q[i], k)), spread(e[i] ** 2, k), spread(e[i], k), context=few),
    identity("coefficient", q[j].T * spread(e[i] * q[i], k), e[j], spread(e[i], k), *within(j, k), context=few),
    identity("length-of-projection", sq(projection * x), spread((q[i].T * x) ** 2, k), sq(x), context=few),
    identity("length-of-residual", sq(x - projection * x), sq(x) - spread((q[i].T * x) ** 2, k), sq(x), context=few),
    statement("bessel", le(spread((q[i].T * x) ** 2, k), sq(x)), le(sq(x), spread((q[i].T * x) ** 2, k)), context=few),
    statement("projection-semidefinite", semidefinite(projection), definite(projection), context=few),
    identity("sum-of-pairs", spread(total(q[i].T * q[j], j, 1, k), k), Int(k), Int(k**2), context=few),
    identity("identity-plus-projection", (I + projection).I, I - projection / 2, I - projection, context=few),
    identity("resolution-of-identity", spread(q[i] * q[i].T), I, (ones * ones.T, 2 * I), context=basis),
    identity("parseval", spread((q[i].T * x) ** 2), sq(x), spread(q[i].T * x), context=basis),
    identity("inner-product-in-basis", spread((q[i].T * x) * (q[i].T * y)), x.T * y, sq(x), context=basis),
    identity("expansion-in-basis", spread((q[i].T * x) * q[i]), x, spread(q[i].T * x) * x, context=basis),
    identity("trace-in-basis", spread(q[i].T * A * q[i]), tr(A), q[1].T * A * q[1], context=basis),
    identity("two-projections", projection + rest, I, projection, below, context=basis),
    identity("projections-apart", projection * rest, Zeros(n, n), rest, below, context=basis),
    identity("spectral-form", A, spread(e[i] * q[i] * q[i].T), spread(q[i] * q[i].T), context=eigenbasis),
    identity("symmetric-by-eigenbasis", A, A.T, -A.T, context=eigenbasis),
    identity(
        "square-by-eigenbasis",
        A * A,
        spread(e[i] ** 2 * q[i] * q[i].T),
        spread(e[i] * q[i] * q[i].T),
        context=eigenbasis,
    ),
    identity("trace-by-eigenvalues", tr(A), spread(e[i]), spread(e[i] ** 2), context=eigenbasis),
    identity("frobenius-by-eigenvalues", frobenius(A) ** 2, spread(e[i] ** 2), spread(e[i]) ** 2, context=eigenbasis),
    identity(
        "form-by-eigenvalues",
        x.T * A * x,
        spread(e[i] * (q[i].T * x) ** 2),
        spread((q[i].T * x) ** 2),
        context=eigenbasis,
    ),
    identity(
        "inverse-by-eigenvalues",
        A.I,
        spread(q[i] * q[i].T / e[i]),
        spread(e[i] * q[i] * q[i].T),
        *inv(A),
        lt(0, number),
        context=eigenbasis,
    ),
    identity(
        "ridge-in-eigenbasis",
        (A + c * I).I * x,
        spread((q[i].T * x) / (e[i] + c) * q[i]),
        spread((q[i].T * x) / e[i] * q[i]),
        definite(A),
        lt(0, number),
        lt(0, c),
        context=eigenbasis,
    ),
    identity("one-eigenvalue", A, c * I, I, context=basis.given(eq(A * every, c * every))),
    identity(
        "common-eigenbasis", A * B, B * A, -B * A, context=eigenbasis.given(eq(B * every, of_every("l", 1) * every))
    ),
    identity(
        "image-of-eigenvectors", A * projection, spread(e[i] * q[i] * q[i].T, k), projection, context=eigenvectors
    ),
    identity(
        "eigenvectors-of-symmetric", projection * A, A * projection, -A * projection, *sym(A), context=eigenvectors
    ),
    identity("deflation", (A - e[1] * q[1] * q[1].T) * q[1], Zeros(n, 1), q[1], context=eigenvectors),
    identity("singular-values", F, spread(e[i] * p[i] * q[i].T), spread(p[i] * q[i].T), context=singular),
    identity(
        "gram-by-singular-values",
        F.T * F,
        spread(e[i] ** 2 * q[i] * q[i].T),
        spread(e[i] * q[i] * q[i].T),
        context=singular,
    ),
    identity("norm-by-singular-values", frobenius(F) ** 2, spread(e[i] ** 2), spread(e[i]), context=singular),
    identity(
        "gradient-of-residual",
        grad(sq(x - projection * x), x),
        2 * (x - projection * x),
        2 * projection * x,
        context=few,
    ),
)
