"""Steps of convex optimisation from stated inequalities, determinants of definite matrices, blocks by sums."""

from everystep.algebra.context import EVERY, Hypothesis, Predicate
from everystep.algebra.expressions import Col, Expression, Pow, ProdOver, Zeros, norm, odot, sq
from everystep.algebra.shapes import index
from tests.identities.notation import *

one_of = index(EVERY[0])
ell, mu = scalar("L"), scalar("mu")
step = y - x
smooth = le(g, a + u.T * step + ell / 2 * sq(step))
strong = le(a + u.T * step + mu / 2 * sq(step), c)
strong_back = le(c + v.T * (x - y) + mu / 2 * sq(x - y), a)
convex = le(a + u.T * step, c)
convex_back = le(c + v.T * (x - y), a)
lipschitz = le(norm(u - v), ell * norm(x - y))
cocoercive = le(sq(u - v) / ell, (u - v).T * (x - y))
after = x - eta * u
nothing = Zeros(n, n)
swapped = block(A, B, B, A)
joint = block(S, G.T, G, W)
same, other = half * ((A + B).I + (A - B).I), half * ((A + B).I - (A - B).I)
root = one / Int(n)
both = (definite(A), definite(B))
weights = (le(0, entry(u, one_of)), eq(ones.T * u, 1))


def diagonal_product(matrix: Expression) -> ProdOver:
    return ProdOver(entry(matrix, i, i), i, 1, n)


def turned(name: str, small: object, large: object, *given: Hypothesis) -> Row:
    """An inequality with the twin that is turned around."""
    return statement(name, le(small, large), le(large, small), *given)


def reached(name: str, small: object, large: object, *given: Hypothesis) -> Row:
    """An inequality with equality somewhere: the twin is the strict one."""
    return statement(name, le(small, large), lt(small, large), *given)


ROWS = (
    # smoothness: a, c, g are the values at x, y and after a step, u and v the gradients at x and y
    statement(
        "descent",
        le(g, a - sq(u) / (2 * ell)),
        le(a - sq(u) / (2 * ell), g),
        *positive(ell),
        smooth,
        eq(y, x - u / ell),
    ),
    statement(
        "descent-with-a-step",
        le(g, a - eta * (1 - ell * eta / 2) * sq(u)),
        le(g, a - eta * sq(u)),
        *positive(ell, eta),
        smooth,
        eq(y, after),
    ),
    statement(
        "descent-with-a-short-step",
        le(g, a - eta / 2 * sq(u)),
        le(g, a - eta * sq(u)),
        *positive(ell, eta),
        le(eta * ell, 1),
        smooth,
        eq(y, after),
    ),
    turned("difference-of-gradients", sq(u - v), ell**2 * sq(x - y), *positive(ell), lipschitz),
    turned("lipschitz-along-the-difference", (u - v).T * (x - y), ell * sq(x - y), *positive(ell), lipschitz),
    turned("lipschitz-from-cocoercivity", norm(u - v), ell * norm(x - y), *positive(ell), cocoercive),
    # convexity and strong convexity
    turned("monotone-gradient", 0, (u - v).T * (x - y), convex, convex_back),
    turned("strongly-monotone-gradient", mu * sq(x - y), (u - v).T * (x - y), *positive(mu), strong, strong_back),
    turned("gradient-domination", 2 * mu * (a - c), sq(u), *positive(mu), strong),
    turned("gap-below-gradient", a - c, sq(u) / (2 * mu), *positive(mu), strong),
    turned("growth-at-the-minimum", a + mu / 2 * sq(y - x), c, strong, eq(u, Zeros(n))),
    turned("minimum-of-convex", a, c, convex, eq(u, Zeros(n))),
    turned(
        "distance-to-the-minimum",
        sq(after - y),
        sq(x - y) - 2 * eta * (a - c) + eta**2 * sq(u),
        *positive(eta),
        convex,
    ),
    turned(
        "distance-with-a-bound",
        sq(after - y),
        sq(x - y) - 2 * eta * (a - c) + eta**2 * r**2,
        *positive(eta, r),
        convex,
        le(norm(u), r),
    ),
    turned(
        "contraction-of-a-step",
        sq(z - eta * w),
        (1 - eta * mu) * sq(z),
        *positive(eta, mu, ell),
        le(eta * ell, 1),
        le(sq(w), ell * w.T * z),
        le(mu * sq(z), w.T * z),
    ),
    turned("projection-is-firm", sq(u - v), (u - v).T * (x - y), le(0, (x - u - (y - v)).T * (u - v))),
    turned("firm-is-nonexpansive", norm(u - v), norm(x - y), le(sq(u - v), (u - v).T * (x - y))),
    turned("projection-is-nearer", sq(u - z), sq(x - z), le((x - u).T * (z - u), 0)),
    # determinants of definite matrices
    reached("log-determinant-and-trace", log(det(A)), Int(n) * log(tr(A) / Int(n)), definite(A)),
    reached("mean-log-eigenvalue", log(det(A)) / Int(n), log(tr(A) / Int(n)), definite(A)),
    turned("tangent-of-log-determinant", log(det(B)), log(det(A)) + tr(A.I * (B - A)), *both),
    reached("trace-of-a-product-and-roots", Int(n) * Pow(det(A), root) * Pow(det(B), root), tr(A * B), *both),
    reached("logs-on-the-diagonal", log(det(A)), total(log(entry(A, i, i)), i, 1, n), definite(A)),
    reached("squared-columns", det(A) ** 2, ProdOver(sq(col(A, i)), i, 1, n)),
    reached("squared-rows", det(A) ** 2, ProdOver(sq(row(A, i)), i, 1, n)),
    reached("lengths-of-columns", absolute(det(A)), ProdOver(norm(Col(A, i)), i, 1, n)),
    reached("oppenheim", det(A) * diagonal_product(B), det(odot(A, B)), semidefinite(A), semidefinite(B)),
    reached("hadamard-product", det(A) * det(B), det(odot(A, B)), semidefinite(A), semidefinite(B)),
    reached("fischer", det(joint), det(S) * det(W), semidefinite(joint)),
    # blocks
    identity(
        "inverse-by-sums",
        swapped.I,
        block(same, other, other, same),
        block(other, same, same, other),
        *inv(A + B, A - B),
    ),
    identity(
        "determinant-of-inverse-by-sums",
        det(swapped.I),
        1 / (det(A + B) * det(A - B)),
        1 / (det(A) ** 2 - det(B) ** 2),
        *inv(A + B, A - B),
    ),
    identity(
        "trace-of-inverse-by-sums",
        tr(swapped.I),
        tr((A + B).I) + tr((A - B).I),
        2 * tr((A + B).I),
        *inv(A + B, A - B),
    ),
    identity(
        "empty-corner",
        det(block(nothing, B, C, D)),
        power(Num(-1), n) * det(B) * det(C),
        det(B) * det(C),
    ),
    identity("empty-last-corner", det(block(A, B, C, nothing)), power(Num(-1), n) * det(B) * det(C), det(A) * det(C)),
    statement(
        "triangular-is-invertible",
        Predicate("invertible", block(A, B, nothing, C)),
        Predicate("invertible", block(A, B, C, nothing)),
        *inv(A, C),
    ),
    statement("definite-by-sums", definite(swapped), definite(block(A, B, B, -A)), definite(A + B), definite(A - B)),
    statement(
        "semidefinite-by-sums",
        semidefinite(swapped),
        definite(swapped),
        semidefinite(A + B),
        semidefinite(A - B),
    ),
    statement(
        "definite-by-a-complement",
        definite(joint),
        definite(block(S, G.T, G, -W)),
        definite(W),
        definite(S - G.T * W.I * G),
    ),
    # weights
    reached("weight-below-one", entry(u, i), 1, *weights, *within(i, n)),
    reached("gini-impurity", 0, 1 - sq(u), *weights),
    reached("least-sum-of-squares", 1 / Int(n), sq(u), eq(ones.T * u, 1)),
)
