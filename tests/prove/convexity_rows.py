"""Rows for Jensen's inequality, means, Young's inequality and entropies, and for weights of definite matrices.

``test_normal_form`` and ``test_false_statements`` run them with their own; ``convexity_mutations`` breaks the rules.
"""

from __future__ import annotations

from everystep.algebra.context import EVERY, Predicate, Relation
from everystep.algebra.expressions import (
    Apply,
    Det,
    EigMin,
    Entry,
    Expression,
    Int,
    LogSumExp,
    Max,
    Min,
    Ones,
    Pow,
    ProdOver,
    Softmax,
    SumOver,
    Trace,
    norm,
    odot,
)
from everystep.algebra.shapes import index
from tests.prove.statements import PLAIN as plain
from tests.prove.statements import (
    A,
    B,
    FalseRow,
    Row,
    T,
    a,
    alpha,
    at_most,
    c,
    equal,
    g,
    h,
    half,
    i,
    j,
    less,
    n,
    r,
    t,
    third,
    u,
    v,
    x,
    y,
)

given = plain.given
ones = Ones(n, 1)
size = Int(n)
one_of = index(EVERY[0])
between = (at_most(0, alpha), at_most(alpha, 1))


def exp(e: Expression) -> Apply:
    return Apply("exp", e)


def log(e: Expression) -> Apply:
    return Apply("log", e)


def mix(first: Expression, second: Expression) -> Expression:
    return alpha * first + (1 - alpha) * second


def positive(*values: Expression) -> tuple[Relation, ...]:
    return tuple(less(0, value if value.is_number_shaped else Entry(value, one_of)) for value in values)


def weights(*vectors: Expression) -> tuple[Relation, ...]:
    """Entries that are not negative, with the sum 1."""
    return tuple(
        relation
        for vector in vectors
        for relation in (at_most(0, Entry(vector, one_of)), equal(SumOver(Entry(vector, i), i, 1, n), 1))
    )


def probabilities(*vectors: Expression) -> tuple[Relation, ...]:
    sums = (equal(SumOver(Entry(vector, i), i, 1, n), 1) for vector in vectors)
    return (*positive(*vectors), *sums)


def semidefinite(matrix: Expression) -> Predicate:
    return Predicate("positive semidefinite", matrix)


def definite(*matrices: Expression) -> tuple[Predicate, ...]:
    return tuple(Predicate("positive definite", matrix) for matrix in matrices)


def symmetric(*matrices: Expression) -> tuple[Predicate, ...]:
    return tuple(Predicate("symmetric", matrix) for matrix in matrices)


def sum_of(e: Expression) -> SumOver:
    return SumOver(e, i, 1, n)


def entropy(p: Expression) -> Expression:
    return -sum_of(Entry(p, i) * log(Entry(p, i)))


relative = sum_of(Entry(u, i) * log(Entry(u, i) / Entry(v, i)))
norms = norm(x), norm(y)
logs = log(Det(A)), log(Det(B))

JENSEN = (
    Row("two-points", at_most(norm(mix(x, y)), mix(*norms)), at_most(mix(*norms), norm(mix(x, y))), given(*between)),
    Row(
        "norm-of-a-residual",
        at_most(norm(mix(x, y) - u, "1"), mix(norm(x - u, "1"), norm(y - u, "1"))),
        at_most(mix(norm(x - u, "1"), norm(y - u, "1")), norm(mix(x, y) - u, "1")),
        given(*between),
    ),
    Row("midpoint", at_most(exp((a + c) / 2), (exp(a) + exp(c)) / 2), less(exp((a + c) / 2), (exp(a) + exp(c)) / 2)),
    Row(
        "three-points",
        at_most(Max(third * (x + y + u)), third * (Max(x) + Max(y) + Max(u))),
        less(Max(third * (x + y + u)), third * (Max(x) + Max(y) + Max(u))),
    ),
    Row(
        "concave",
        at_most(mix(log(a), log(c)), log(mix(a, c))),
        at_most(log(mix(a, c)), mix(log(a), log(c))),
        given(*between, *positive(a, c)),
    ),
    Row(
        "log-determinant",
        at_most(mix(*logs), log(Det(mix(A, B)))),
        at_most(log(Det(mix(A, B))), mix(*logs)),
        given(*between, *definite(A, B)),
    ),
    Row(
        "trace-of-the-inverse",
        at_most(Trace(mix(A, B).I), mix(Trace(A.I), Trace(B.I))),
        at_most(mix(Trace(A.I), Trace(B.I)), Trace(mix(A, B).I)),
        given(*between, *definite(A, B)),
    ),
    Row(
        "least-eigenvalue",
        at_most(mix(EigMin(A), EigMin(B)), EigMin(mix(A, B))),
        at_most(EigMin(mix(A, B)), mix(EigMin(A), EigMin(B))),
        given(*between, *symmetric(A, B)),
    ),
    Row(
        "reciprocal",
        at_most(1 / mix(a, c), alpha / a + (1 - alpha) / c),
        at_most(alpha / a + (1 - alpha) / c, 1 / mix(a, c)),
        given(*between, *positive(a, c)),
    ),
    Row(
        "number-times-its-logarithm",
        at_most(mix(a, c) * log(mix(a, c)), alpha * a * log(a) + (1 - alpha) * c * log(c)),
        at_most(alpha * a * log(a) + (1 - alpha) * c * log(c), mix(a, c) * log(mix(a, c))),
        given(*between, *positive(a, c)),
    ),
    Row(
        "over-a-range",
        at_most(exp(SumOver(h[t], t, 1, T) / Int(T)), SumOver(exp(h[t]), t, 1, T) / Int(T)),
        less(exp(SumOver(h[t], t, 1, T) / Int(T)), SumOver(exp(h[t]), t, 1, T) / Int(T)),
    ),
    Row(
        "weights-of-entries", at_most(exp(u.T * x), u.T * exp(x)), less(exp(u.T * x), u.T * exp(x)), given(*weights(u))
    ),
    Row(
        "weights-of-squares",
        at_most((u.T * x) ** 2, u.T * odot(x, x)),
        less((u.T * x) ** 2, u.T * odot(x, x)),
        given(*weights(u)),
    ),
    Row(
        "fourth-power",
        at_most(mix(a, c) ** 4, mix(a**4, c**4)),
        at_most(mix(a**4, c**4), mix(a, c) ** 4),
        given(*between),
    ),
    Row(
        "power-of-a-norm",
        at_most(norm(mix(x, y), "inf") ** 2, mix(norm(x, "inf") ** 2, norm(y, "inf") ** 2)),
        at_most(mix(norm(x, "inf") ** 2, norm(y, "inf") ** 2), norm(mix(x, y), "inf") ** 2),
        given(*between),
    ),
)
MEANS = (
    Row("weights-below-the-largest", at_most(u.T * x, Max(x)), less(u.T * x, Max(x)), given(*weights(u))),
    Row("softmax-below-the-largest", at_most(Softmax(y).T * x, Max(x)), less(Softmax(y).T * x, Max(x))),
    Row("mean-above-the-least", at_most(Min(x), ones.T * x / size), less(Min(x), ones.T * x / size)),
    Row(
        "change-of-log-sum-exp",
        at_most(LogSumExp(x) - LogSumExp(y), norm(x - y, "inf")),
        at_most(norm(x - y, "inf"), LogSumExp(x) - LogSumExp(y)),
    ),
    Row(
        "weighted-geometric-mean",
        at_most(Pow(a, alpha) * Pow(c, 1 - alpha), mix(a, c)),
        at_most(mix(a, c), Pow(a, alpha) * Pow(c, 1 - alpha)),
        given(*between, *positive(a, c)),
    ),
    Row(
        "young",
        at_most(a * c, Pow(a, g) / g + Pow(c, r) / r),
        at_most(Pow(a, g) / g + Pow(c, r) / r, a * c),
        given(*positive(a, c), less(1, g), less(1, r), equal(1 / g + 1 / r, 1)),
    ),
    Row(
        "three-cubes",
        at_most(a * c * g, (a**3 + c**3 + g**3) / 3),
        less(a * c * g, (a**3 + c**3 + g**3) / 3),
        given(*positive(a, c, g)),
    ),
    Row(
        "root-of-a-product",
        at_most(Pow(ProdOver(h[i], i, 1, n), 1 / size), SumOver(h[i], i, 1, n) / size),
        at_most(SumOver(h[i], i, 1, n) / size, Pow(ProdOver(h[i], i, 1, n), 1 / size)),
        given(less(0, h[one_of])),
    ),
    Row(
        "power-of-a-mean",
        at_most(ProdOver(Entry(x, i), i, 1, n), (sum_of(Entry(x, i)) / size) ** size),
        less(ProdOver(Entry(x, i), i, 1, n), (sum_of(Entry(x, i)) / size) ** size),
        given(*positive(x)),
    ),
    Row(
        "sum-of-reciprocals",
        at_most(size**2, sum_of(Entry(x, i)) * sum_of(1 / Entry(x, i))),
        less(size**2, sum_of(Entry(x, i)) * sum_of(1 / Entry(x, i))),
        given(*positive(x)),
    ),
    Row(
        "quotients",
        at_most(sum_of(Entry(x, i)) ** 2 / sum_of(Entry(y, i)), sum_of(Entry(x, i) ** 2 / Entry(y, i))),
        less(sum_of(Entry(x, i)) ** 2 / sum_of(Entry(y, i)), sum_of(Entry(x, i) ** 2 / Entry(y, i))),
        given(*positive(y)),
    ),
    Row(
        "conjugate-of-exp",
        at_most(a * c, exp(a) + c * log(c) - c),
        at_most(a * c, exp(a) + c * log(c) - 2 * c),
        given(*positive(c)),
    ),
)
ENTROPIES = (
    Row("gibbs", at_most(0, relative), less(0, relative), given(*probabilities(u, v))),
    Row(
        "below-cross-entropy",
        at_most(-u.T * log(u), -u.T * log(v)),
        at_most(-u.T * log(v), -u.T * log(u)),
        given(*probabilities(u, v)),
    ),
    Row(
        "log-sum-inequality",
        at_most(sum_of(Entry(u, i) - Entry(v, i)), relative),
        less(sum_of(Entry(u, i) - Entry(v, i)), relative),
        given(*positive(u, v)),
    ),
    Row("not-negative", at_most(0, entropy(u)), less(0, entropy(u)), given(*probabilities(u))),
    Row("largest", at_most(entropy(u), log(size)), less(entropy(u), log(size)), given(*probabilities(u))),
    Row(
        "loss-of-logits",
        at_most(0, LogSumExp(x) - u.T * x),
        less(0, LogSumExp(x) - u.T * x),
        given(*weights(u)),
    ),
    Row(
        "mean-below-log-sum-exp",
        at_most(ones.T * x / size + log(size), LogSumExp(x)),
        less(ones.T * x / size + log(size), LogSumExp(x)),
    ),
    Row(
        "halfway",
        at_most(half * entropy(u) + half * entropy(v), entropy(half * u + half * v)),
        at_most(entropy(half * u + half * v), half * entropy(u) + half * entropy(v)),
        given(*probabilities(u, v)),
    ),
)
DEFINITE = (
    Row(
        "weights",
        *(Predicate("positive definite", m) for m in (mix(A, B), mix(A, -B))),
        given(*between, *definite(A, B)),
    ),
    Row(
        "weights-of-semidefinite",
        semidefinite(mix(A, B)),
        Predicate("positive definite", mix(A, B)),
        given(*between, semidefinite(A), semidefinite(B)),
    ),
    Row(
        "inverse-of-a-mean",
        semidefinite(half * A.I + half * B.I - (half * A + half * B).I),
        Predicate("positive definite", half * A.I + half * B.I - (half * A + half * B).I),
        given(*definite(A, B)),
    ),
)
UNTRUE = (
    FalseRow("jensen-with-any-weight", at_most(norm(mix(x, y)), mix(*norms)), plain, "alpha = 2"),
    FalseRow(
        "jensen-with-less-weight",
        at_most(exp(alpha * a + (half - alpha) * c), alpha * exp(a) + (half - alpha) * exp(c)),
        given(at_most(0, alpha), at_most(alpha, half)),
        "a = c = 0",
    ),
    FalseRow(
        "jensen-at-another-point",
        at_most(exp(mix(a, c)), mix(exp(a), exp(a))),
        given(*between),
        "c is large, alpha = 0",
    ),
    FalseRow(
        "jensen-of-a-reciprocal",
        at_most(1 / mix(a, c), alpha / a + (1 - alpha) / c),
        given(*between, Predicate("nonzero", a), Predicate("nonzero", c), Predicate("nonzero", mix(a, c))),
        "a = -1, c = 3, alpha = 1/4 and so on: a positive value below",
    ),
    FalseRow(
        "jensen-of-any-log-determinant",
        at_most(mix(*logs), log(Det(mix(A, B)))),
        given(*between, *symmetric(A, B), less(0, Det(A)), less(0, Det(B)), less(0, Det(mix(A, B)))),
        "A = I and B = -I, of size 2",
    ),
    FalseRow(
        "jensen-of-any-inverse",
        at_most(Trace(mix(A, B).I), mix(Trace(A.I), Trace(B.I))),
        given(*between, *symmetric(A, B), *(Predicate("invertible", m) for m in (A, B, mix(A, B)))),
        "A and B are negative",
    ),
    FalseRow("jensen-of-a-cube", at_most(mix(a, c) ** 3, mix(a**3, c**3)), given(*between), "a, c < 0"),
    FalseRow(
        "jensen-of-tanh",
        at_most(Apply("tanh", mix(a, c)), mix(Apply("tanh", a), Apply("tanh", c))),
        given(*between),
        "a, c > 0",
    ),
    FalseRow(
        "jensen-with-signed-entries", at_most(exp(u.T * x), u.T * exp(x)), given(equal(ones.T * u, 1)), "u = [2, -1]"
    ),
    FalseRow("jensen-without-a-sum", at_most(exp(u.T * x), u.T * exp(x)), given(at_most(0, Entry(u, one_of))), "u = 0"),
    FalseRow(
        "jensen-over-a-longer-range",
        at_most(exp(SumOver(h[t], t, 1, T) / Int(T)), SumOver(exp(h[t]), t, 1, T) / Int(T + 1)),
        plain,
        "h = 0",
    ),
    FalseRow("signed-weights-below-the-largest", at_most(u.T * x, Max(x)), given(equal(ones.T * u, 1)), "u = [2, -1]"),
    FalseRow("any-weights-below-the-largest", at_most(u.T * x, Max(x)), given(at_most(0, Entry(u, one_of))), "u = 2"),
    FalseRow("change-of-the-largest-by-a-sum", at_most(Max(x) - Max(y), norm(x + y, "inf")), plain, "y = -x"),
    FalseRow(
        "geometric-mean-with-any-weight",
        at_most(Pow(a, alpha) * Pow(c, 1 - alpha), mix(a, c)),
        given(*positive(a, c)),
        "alpha = 2, a = 1, c = 2",
    ),
    FalseRow(
        "geometric-mean-with-less-weight",
        at_most(Pow(a, half) * Pow(c, half), a / 2 + c / 4),
        given(*positive(a, c)),
        "a = c",
    ),
    FalseRow(
        "young-of-any-exponents",
        at_most(a * c, Pow(a, g) / g + Pow(c, r) / r),
        given(*positive(a, c, g, r)),
        "g = r = 4",
    ),
    FalseRow("three-cubes-of-any-sign", at_most(a * c * g, (a**3 + c**3 + g**3) / 3), plain, "a = c = -2, g = 1"),
    FalseRow(
        "power-of-a-mean-of-any-sign",
        at_most(ProdOver(Entry(x, i), i, 1, n), (sum_of(Entry(x, i)) / size) ** size),
        plain,
        "-1, -1 and 2",
    ),
    FalseRow(
        "sum-of-any-reciprocals",
        at_most(size**2, sum_of(Entry(x, i)) * sum_of(1 / Entry(x, i))),
        given(*(Predicate("nonzero", Entry(x, index(name))) for name in EVERY[:1])),
        "1 and -1",
    ),
    FalseRow(
        "sums-over-other-ranges",
        at_most(Int(n + 1) ** 2, sum_of(Entry(x, i)) * sum_of(1 / Entry(x, i))),
        given(*positive(x)),
        "x = 1",
    ),
    FalseRow(
        "gibbs-without-a-sum",
        at_most(0, relative),
        given(*positive(u, v), equal(sum_of(Entry(u, i)), 1)),
        "v = 2 u",
    ),
    FalseRow(
        "gibbs-turned-around", at_most(relative, 0), given(*probabilities(u, v)), "it is 0 for equal arguments only"
    ),
    FalseRow("entropy-of-any-numbers", at_most(0, entropy(u)), given(*positive(u)), "u = 2"),
    FalseRow("entropy-below-less", at_most(entropy(u), log(size) / 2), given(*probabilities(u)), "u = 1/n"),
    FalseRow(
        "cross-entropy-of-large-numbers",
        at_most(0, -u.T * log(v)),
        given(*weights(u), *positive(v), equal(ones.T * v, 2)),
        "n = 1, v = 2",
    ),
    FalseRow(
        "loss-of-any-weights",
        at_most(0, LogSumExp(x) - u.T * x),
        given(at_most(0, Entry(u, j)), equal(ones.T * u, 1)),
        "one entry is not negative, the others may be",
    ),
    FalseRow(
        "entropy-of-one-entry",
        at_most(0, entropy(u)),
        given(less(0, Entry(u, j)), equal(ones.T * u, 1)),
        "one entry > 0",
    ),
    FalseRow("weights-of-any-sign", semidefinite(mix(A, B)), given(*definite(A, B)), "alpha = 2, B = 3 A"),
    FalseRow(
        "weights-that-may-all-be-zero",
        Predicate("positive definite", a * A + c * B),
        given(*definite(A, B), at_most(0, a), at_most(0, c)),
        "a = c = 0",
    ),
    FalseRow(
        "weights-on-what-is-semidefinite",
        Predicate("positive definite", mix(A, B)),
        given(*between, *definite(A), semidefinite(B)),
        "alpha = 0 and B = 0",
    ),
    FalseRow(
        "numbers-whose-weights-may-be-zero",
        less(0, a * g + c * r),
        given(*positive(g, r), *(at_most(0, w) for w in (a, c))),
        "a = c = 0",
    ),
    FalseRow(
        "inverse-of-a-mean-of-any",
        semidefinite(half * A.I + half * B.I - (half * A + half * B).I),
        given(*symmetric(A, B), *(Predicate("invertible", m) for m in (A, B, half * A + half * B))),
        "A = 1, B = -3",
    ),
    FalseRow(
        "inverse-of-another-mean",
        semidefinite(half * A.I + half * B.I - (third * A + third * B).I),
        given(*definite(A, B)),
        "A = B = I",
    ),
)
CLASSES = {"jensen": JENSEN, "means of numbers": MEANS, "entropies": ENTROPIES, "weights of definite": DEFINITE}
FALSE = {"false convexity": UNTRUE}
