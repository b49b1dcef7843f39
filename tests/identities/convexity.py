"""Convexity by its definition, Jensen's and Young's inequalities, means, entropies and cross-entropies."""

from everystep.algebra.context import EVERY, Hypothesis, Relation
from everystep.algebra.expressions import EigMax, EigMin, Expression, Max, Min, Pow, ProdOver, norm, odot, sqrt
from everystep.algebra.shapes import index
from tests.identities.notation import *

one_of = index(EVERY[0])
between = (le(0, alpha), le(alpha, 1))
p, q = scalar("p"), scalar("q")
both = (definite(A), definite(B))


def mix(first: Expression, second: Expression) -> Expression:
    return alpha * first + (1 - alpha) * second


def every_positive(*vectors: Expression) -> tuple[Relation, ...]:
    return tuple(lt(0, entry(vector, one_of)) for vector in vectors)


def weights(vector: Expression) -> tuple[Relation, ...]:
    return le(0, entry(vector, one_of)), eq(ones.T * vector, 1)


def probabilities(*vectors: Expression) -> tuple[Relation, ...]:
    return (*every_positive(*vectors), *(eq(total(entry(vector, i), i, 1, n), 1) for vector in vectors))


def entries(e: Expression) -> Expression:
    return total(e, i, 1, n)


def convex(name: str, value: object, mean: object, *given: Hypothesis) -> Row:
    """Jensen's inequality for two points, with the twin that is turned around."""
    return statement(name, le(value, mean), le(mean, value), *between, *given)


def reached(name: str, small: object, large: object, *given: Hypothesis) -> Row:
    """An inequality with equality somewhere: the twin is the strict one."""
    return statement(name, le(small, large), lt(small, large), *given)


relative = entries(entry(u, i) * log(entry(u, i) / entry(v, i)))
entropy = -entries(entry(u, i) * log(entry(u, i)))
cross = -entries(entry(u, i) * log(entry(v, i)))
of_v = -entries(entry(v, i) * log(entry(v, i)))
between_both = half * entry(u, i) + half * entry(v, i)
halfway = -entries(between_both * log(between_both))
samples = total(h[t], t, 1, T)
every_sample = lt(0, h[one_of])

ROWS = (
    # convexity by its definition
    convex("norm", norm(mix(x, y)), mix(norm(x), norm(y))),
    convex("one-norm", norm(mix(x, y), "1"), mix(norm(x, "1"), norm(y, "1"))),
    convex("largest-absolute-entry", norm(mix(x, y), "inf"), mix(norm(x, "inf"), norm(y, "inf"))),
    convex("operator-norm", Norm(mix(A, B)), mix(Norm(A), Norm(B))),
    convex("distance", norm(mix(x, y) - b), mix(norm(x - b), norm(y - b))),
    convex("largest-entry", Max(mix(x, y)), mix(Max(x), Max(y))),
    convex("log-sum-exp", lse(mix(x, y)), mix(lse(x), lse(y))),
    convex("largest-eigenvalue", EigMax(mix(A, B)), mix(EigMax(A), EigMax(B)), *sym(A, B)),
    convex("least-eigenvalue-concave", mix(EigMin(A), EigMin(B)), EigMin(mix(A, B)), *sym(A, B)),
    convex("exponential", exp(mix(a, c)), mix(exp(a), exp(c))),
    convex("softplus", softplus(mix(a, c)), mix(softplus(a), softplus(c))),
    convex("logarithm-concave", mix(log(a), log(c)), log(mix(a, c)), *positive(a, c)),
    convex("root-concave", mix(sqrt(a), sqrt(c)), sqrt(mix(a, c)), *positive(a, c)),
    convex("reciprocal", 1 / mix(a, c), alpha / a + (1 - alpha) / c, *positive(a, c)),
    convex("x-log-x", mix(a, c) * log(mix(a, c)), alpha * a * log(a) + (1 - alpha) * c * log(c), *positive(a, c)),
    convex("log-determinant-concave", mix(log(det(A)), log(det(B))), log(det(mix(A, B))), *both),
    convex("trace-of-the-inverse", tr(mix(A, B).I), mix(tr(A.I), tr(B.I)), *both),
    statement(
        "log-determinant-halfway",
        le(half * (log(det(A)) + log(det(B))), log(det(half * (A + B)))),
        le(log(det(half * (A + B))), half * (log(det(A)) + log(det(B)))),
        *both,
    ),
    statement(
        "inverse-halfway",
        semidefinite(half * A.I + half * B.I - (half * A + half * B).I),
        semidefinite((half * A + half * B).I - half * A.I - half * B.I),
        *both,
    ),
    statement("mean-of-definite", definite(mix(A, B)), definite(mix(A, -B)), *between, *both),
    # Jensen's inequality
    reached("exponential-of-a-mean", exp(samples / Int(T)), total(exp(h[t]), t, 1, T) / Int(T)),
    reached("logarithm-of-a-mean", total(log(h[t]), t, 1, T) / Int(T), log(samples / Int(T)), every_sample),
    reached("logarithm-with-weights", u.T * log(x), log(u.T * x), *probabilities(u), *every_positive(x)),
    reached("exponential-with-weights", exp(u.T * x), u.T * exp(x), *weights(u)),
    reached("square-with-weights", (u.T * x) ** 2, u.T * odot(x, x), *weights(u)),
    # means and the largest entry
    reached("weighted-mean-below-the-largest", u.T * x, Max(x), *weights(u)),
    reached("softmax-mean-below-the-largest", softmax(x).T * x, Max(x)),
    reached("mean-below-the-largest", ones.T * x / Int(n), Max(x)),
    reached("least-below-the-mean", Min(x), ones.T * x / Int(n)),
    statement(
        "change-of-log-sum-exp",
        le(lse(x) - lse(y), norm(x - y, "inf")),
        le(norm(x - y, "inf"), lse(x) - lse(y)),
    ),
    # geometric means and Young's inequality
    convex("weighted-geometric", Pow(a, alpha) * Pow(c, 1 - alpha), mix(a, c), *positive(a, c)),
    statement(
        "young",
        le(a * c, Pow(a, p) / p + Pow(c, q) / q),
        (le(Pow(a, p) / p + Pow(c, q) / q, a * c), le(a * c, Pow(a, p) / q + Pow(c, q) / p)),
        *positive(a, c),
        lt(1, p),
        lt(1, q),
        eq(1 / p + 1 / q, 1),
    ),
    statement(
        "young-with-a-cube",
        le(a * c, a**3 / 3 + 2 * Pow(c, Num("3/2")) / 3),
        le(a * c, a**3 / 3 + Pow(c, Num("3/2")) / 3),
        *positive(a, c),
    ),
    statement(
        "young-with-exp", le(a * c, exp(a) + c * log(c) - c), le(a * c, exp(a) + c * log(c) - 2 * c), *positive(c)
    ),
    reached("three-cubes", a * c * g, (a**3 + c**3 + g**3) / 3, *positive(a, c, g)),
    statement(
        "geometric-below-arithmetic-of-many",
        le(ProdOver(h[i], i, 1, n) ** (one / Int(n)), total(h[i], i, 1, n) / Int(n)),
        le(total(h[i], i, 1, n) / Int(n), ProdOver(h[i], i, 1, n) ** (one / Int(n))),
        every_sample,
    ),
    reached(
        "product-below-power-of-mean",
        ProdOver(entry(x, i), i, 1, n),
        (entries(entry(x, i)) / Int(n)) ** Int(n),
        *every_positive(x),
    ),
    reached("sum-and-reciprocals", Int(n) ** 2, entries(entry(x, i)) * entries(1 / entry(x, i)), *every_positive(x)),
    reached(
        "squares-over-numbers",
        entries(entry(x, i)) ** 2 / entries(entry(y, i)),
        entries(entry(x, i) ** 2 / entry(y, i)),
        *every_positive(y),
    ),
    # entropies
    statement("relative-entropy", le(0, relative), (lt(0, relative), le(relative, 0)), *probabilities(u, v)),
    statement(
        "relative-entropy-of-vectors",
        le(0, u.T * log(u) - u.T * log(v)),
        le(u.T * log(u) - u.T * log(v), 0),
        *every_positive(u, v),
        eq(ones.T * u, 1),
        eq(ones.T * v, 1),
    ),
    statement("cross-entropy-above-entropy", le(entropy, cross), le(cross, entropy), *probabilities(u, v)),
    reached("relative-entropy-of-measures", entries(entry(u, i) - entry(v, i)), relative, *every_positive(u, v)),
    identity(
        "relative-entropy-of-equals", entries(entry(u, i) * log(entry(u, i) / entry(u, i))), 0, 1, *probabilities(u)
    ),
    identity("cross-entropy-apart", cross, entropy + relative, entropy - relative, *probabilities(u, v)),
    reached("entropy-not-negative", 0, entropy, *probabilities(u)),
    reached("entropy-at-most-log-of-size", entropy, log(Int(n)), *probabilities(u)),
    reached("entropy-of-softmax-not-negative", 0, -softmax(x).T * log(softmax(x))),
    reached("entropy-of-softmax-at-most", -softmax(x).T * log(softmax(x)), log(Int(n))),
    statement(
        "loss-of-logits-above-entropy",
        le(-u.T * log(u), lse(x) - u.T * x),
        le(lse(x) - u.T * x, -u.T * log(u)),
        *probabilities(u),
    ),
    reached("loss-of-logits-not-negative", 0, lse(x) - u.T * x, *weights(u)),
    reached("mean-below-log-sum-exp", ones.T * x / Int(n) + log(Int(n)), lse(x)),
    statement(
        "entropy-concave",
        le(half * entropy + half * of_v, halfway),
        le(halfway, half * entropy + half * of_v),
        *probabilities(u, v),
    ),
)
