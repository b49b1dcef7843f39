"""Rows for definiteness as it is written, forms as a whole, polynomials in one number, and the lemmas of analysis.

``test_normal_form`` and ``test_false_statements`` run them with their own; ``order_mutations`` drops the guards.
"""

from __future__ import annotations

from everystep.algebra.context import Context, Definition, Hypothesis, Predicate, Random
from everystep.algebra.expressions import (
    Apply,
    Covariance,
    Diag,
    EigMax,
    EigMin,
    Entry,
    Expectation,
    Expression,
    Eye,
    Hessian,
    Int,
    Limit,
    LogSumExp,
    Norm,
    Ones,
    Softmax,
    Trace,
    Variance,
    norm,
    odot,
    sq,
    sqrt,
    total,
)
from tests.prove.statements import (
    PLAIN,
    A,
    B,
    C,
    FalseRow,
    M,
    P,
    Row,
    S,
    T,
    V,
    X,
    Y,
    a,
    at_most,
    b,
    beta,
    c,
    d,
    equal,
    h,
    half,
    i,
    k,
    less,
    n,
    r,
    t,
    x,
    y,
    z,
)

given = PLAIN.given
eye = Eye(n)
ones = Ones(n)
full = Predicate("full column rank", X)
inner = X.T * X + r * Eye(d)
smoother = X * inner.I * X.T
slope = S * x - b
two_rows = Softmax(X * beta)
# a and c, two numbers that depend on each other in any way
together = Context(definitions=(Definition(a, y.T * x), Definition(c, b.T * x)), random=(Random(x, "moments", (z, S)),))


def definite(subject: Expression) -> Predicate:
    return Predicate("positive definite", subject)


def semidefinite(subject: Expression) -> Predicate:
    return Predicate("positive semidefinite", subject)


def symmetric(*matrices: Expression) -> tuple[Hypothesis, ...]:
    return tuple(Predicate("symmetric", matrix) for matrix in matrices)


def absolute(e: Expression) -> Apply:
    return Apply("abs", e)


def exp(e: Expression) -> Apply:
    return Apply("exp", e)


def log(e: Expression) -> Apply:
    return Apply("log", e)


def quadratic(at: Expression) -> Expression:
    return half * at.T * S * at - b.T * at


WRITTEN = (
    Row(
        "congruence",
        semidefinite(C.T * (A - B) * C),
        semidefinite(C.T * (A - B) * M),
        given(semidefinite(A - B)),
    ),
    Row(
        "congruence-of-full-rank",
        definite(X.T * (A - B) * X),
        definite(-X.T * (A - B) * X),
        given(definite(A - B), full),
    ),
    Row(
        "sum-of-hypotheses",
        semidefinite(A - C),
        definite(A - C),
        given(semidefinite(A - B), semidefinite(B - C)),
    ),
    Row(
        "multiple",
        semidefinite(c * (C.T * (A - B) * C)),
        semidefinite(a * (C.T * (A - B) * C)),
        given(semidefinite(A - B), at_most(0, c)),
    ),
    Row("even-power", semidefinite((A + A.T) ** 2), semidefinite((A + A.T) ** 3)),
    Row(
        "inverse",
        definite((C.T * (A - B) * C).I),
        definite((A - B).I - eye),
        given(definite(A - B), Predicate("invertible", C)),
    ),
    Row(
        "hadamard",
        semidefinite(odot(S, C.T * (A - B) * C)),
        definite(odot(S, C.T * (A - B) * C)),
        given(semidefinite(S), semidefinite(A - B)),
    ),
    Row(
        "sum",
        semidefinite(C.T * (A - B) * C + Diag(Softmax(x)) - Softmax(x) * Softmax(x).T),
        definite(C.T * (A - B) * C + Diag(Softmax(x)) - Softmax(x) * Softmax(x).T),
        given(semidefinite(A - B)),
    ),
    Row(
        "sum-over-an-index",
        semidefinite(total((V[t] - x) * (V[t] - x).T, t, 1, T)),
        semidefinite(total((V[t] - x) * (V[t] + x).T, t, 1, T)),
    ),
    Row(
        "schur-complement",
        semidefinite(eye - smoother),
        semidefinite(eye - 2 * smoother),
        given(less(0, r)),
    ),
    Row(
        "order-of-inverses",
        semidefinite(B.I - A.I),
        semidefinite(A.I - B.I),
        given(definite(A - B), definite(B)),
    ),
)
FORMS = (
    Row(
        "identity-and-a-dyad",
        semidefinite(Hessian(sqrt(1 + sq(x)), x)),
        semidefinite(Hessian(sqrt(1 + sq(x)) - sq(x), x)),
    ),
    Row(
        "covariance-of-rows",
        semidefinite(Hessian(LogSumExp(X * beta), beta)),
        definite(Hessian(LogSumExp(X * beta), beta)),
    ),
    Row(
        "matrix-and-its-inverse",
        semidefinite(S + S.I - 2 * eye),
        semidefinite(S + S.I - 3 * eye),
        given(definite(S)),
    ),
    Row(
        "trace-of-four",
        at_most(0, Trace(S.I * P * S.I * P)),
        less(0, Trace(S.I * P * S.I * P)),
        given(definite(S), *symmetric(P)),
    ),
    Row(
        "two-by-two",
        at_most(2 * x.T * y, c * sq(x) + sq(y) / c),
        at_most(3 * x.T * y, c * sq(x) + sq(y) / c),
        given(less(0, c)),
    ),
    Row(
        "one-matrix-between-vectors",
        at_most((x - y).T * (A - B) * (x - y), 2 * x.T * (A - B) * x + 2 * y.T * (A - B) * y),
        at_most((x - y).T * (A - B) * (x - y), x.T * (A - B) * x + y.T * (A - B) * y),
        given(semidefinite(A - B), *symmetric(A, B)),
    ),
    Row(
        "two-matrices",
        at_most(2 * Trace(X.T * Y), sq(X) + sq(Y)),
        at_most(3 * Trace(X.T * Y), sq(X) + sq(Y)),
    ),
    Row(
        "letter-for-a-vector",
        at_most(quadratic(x - c * slope), quadratic(x) - half * c * sq(slope)),
        at_most(quadratic(x - c * slope), quadratic(x) - c * sq(slope)),
        given(semidefinite(eye - c * S), *symmetric(S), less(0, c)),
    ),
)
NUMBERS = (
    Row("cubic-between-bounds", at_most(a**3, a**2), at_most(a**2, a**3), given(at_most(0, a), at_most(a, 1))),
    Row("quartic", at_most(a**3 + a, a**4 + 1), less(a**3 + a, a**4 + 1)),
    Row("homogeneous", at_most(a**3 * c + a * c**3, a**4 + c**4), less(a**3 * c + a * c**3, a**4 + c**4)),
    Row("strict-quartic", less(a, a**4 + 1), less(2 * a, a**4 + 1)),
    Row("logarithm-above", at_most(1 - 1 / a, log(a)), at_most(2 - 1 / a, log(a)), given(less(0, a))),
    Row("logarithm-within-a-sum", at_most(2 * log(a) + 2, a + a), less(2 * log(a) + 2, a + a), given(less(0, a))),
    Row(
        "denominators-compared",
        at_most(a / (1 + a), c / (1 + c)),
        at_most(c / (1 + c), a / (1 + a)),
        given(at_most(0, a), at_most(a, c)),
    ),
    Row(
        "square-of-a-cosine",
        at_most((x.T * y / (norm(x) * norm(y))) ** 2, 1),
        at_most((x.T * y / (norm(x) * norm(y))) ** 2, half),
        given(Predicate("nonzero", x), Predicate("nonzero", y)),
    ),
    Row(
        "one-less-the-square-of-a-cosine",
        at_most(0, 1 - (x.T * y / (norm(x) * norm(y))) ** 2),
        less(0, 1 - (x.T * y / (norm(x) * norm(y))) ** 2),
        given(Predicate("nonzero", x), Predicate("nonzero", y)),
    ),
    Row("difference-of-inverses", less(0, 1 / a - 1 / c), less(1, 1 / a - 1 / c), given(less(0, a), less(a, c))),
)
ANALYSIS = (
    Row(
        "sum-of-norms",
        at_most(norm(total(V[t], t, 1, T)), total(norm(V[t]), t, 1, T)),
        at_most(total(norm(V[t]), t, 1, T), norm(total(V[t], t, 1, T))),
    ),
    Row(
        "hoelder",
        at_most(absolute(x.T * y), norm(x, "1") * norm(y, "inf")),
        at_most(absolute(x.T * y), norm(x, "inf") * norm(y, "inf")),
    ),
    Row(
        "product-of-random-numbers",
        at_most(Expectation(a * c) ** 2, Expectation(a**2) * Expectation(c**2)),
        at_most(Expectation(a * c) ** 2, Expectation(a) ** 2 * Expectation(c**2)),
        together,
    ),
    Row(
        "covariance-of-random-numbers",
        at_most(absolute(Covariance(a, c)), sqrt(Variance(a) * Variance(c))),
        at_most(absolute(Covariance(a, c)), Variance(a) * Variance(c)),
        together,
    ),
    Row(
        "bilinear-form",
        at_most(x.T * A * y, norm(x) * Norm(A) * norm(y)),
        at_most(x.T * A * y, norm(x) * Norm(B) * norm(y)),
    ),
    Row(
        "largest-eigenvalue-of-sum",
        at_most(EigMax(A + B), EigMax(A) + EigMax(B)),
        at_most(EigMax(A) + EigMax(B), EigMax(A + B)),
        given(*symmetric(A, B)),
    ),
    Row(
        "least-eigenvalue-of-sum",
        at_most(EigMin(A) + EigMin(B), EigMin(A + B)),
        at_most(EigMin(A + B), EigMin(A) + EigMin(B)),
        given(*symmetric(A, B)),
    ),
    Row(
        "entry-below-eigenvalue",
        at_most(Entry(S, i, i), EigMax(S)),
        at_most(EigMax(S), Entry(S, i, i)),
        given(*symmetric(S), at_most(1, Int(i)), at_most(Int(i), Int(n))),
    ),
    Row(
        "reciprocal-of-exponential",
        at_most(exp(-a), 1 / (1 + a)),
        at_most(1 / (1 + a), exp(-a)),
        given(less(0, a)),
    ),
    Row(
        "limit-of-a-quotient",
        equal(Limit((1 - a ** Int(k)) / (1 - a ** Int(k + 1)), k), 1),
        equal(Limit((1 - a ** Int(k)) / (1 - a ** Int(k + 1)), k), a),
        given(less(0, a), less(a, 1)),
    ),
    Row(
        "logarithm-of-a-square",
        at_most(log(sq(x)), sq(x) - 1),
        at_most(log(sq(x)), sq(x) - 2),
        given(Predicate("nonzero", x)),
    ),
)
CLASSES = {"as written": WRITTEN, "whole forms": FORMS, "numbers": NUMBERS, "analysis": ANALYSIS}

FALSE = {
    "false as written": (
        FalseRow("congruence-without-rank", definite(X.T * (A - B) * X), given(definite(A - B)), "X may be 0"),
        FalseRow(
            "congruence-of-others", semidefinite(C * (A - B) * C), given(semidefinite(A - B)), "C is not its transpose"
        ),
        FalseRow(
            "multiple-of-any-sign", semidefinite(c * (C.T * (A - B) * C)), given(semidefinite(A - B)), "c may be -1"
        ),
        FalseRow("square-of-any-matrix", semidefinite(A**2), PLAIN, "a rotation by a quarter squares to -I"),
        FalseRow(
            "complement-of-another",
            semidefinite(eye - X * (2 * Eye(d)) * inner.I * X.T),
            given(less(0, r)),
            "what stands around the inverse is not transposed: 2 X and X",
        ),
        FalseRow(
            "complement-of-too-much",
            semidefinite(eye - X * (X.T * X - r * Eye(d)).I * X.T),
            given(less(0, r), definite(X.T * X - r * Eye(d))),
            "the eigenvalues are 1 - s / (s - r)",
        ),
        FalseRow(
            "sum-of-weights-of-any-sign", semidefinite(total(h[t] * (V[t] - x) * (V[t] - x).T, t, 1, T)), PLAIN, "h < 0"
        ),
        FalseRow(
            "sum-over-an-empty-range",
            definite(total(S + (V[t] - x) * (V[t] - x).T, t, 1, T - 1)),
            given(definite(S)),
            "it is 0 for T = 1",
        ),
        FalseRow(
            "inverses-of-indefinite",
            semidefinite(B.I - A.I),
            given(definite(A - B), Predicate("invertible", A), Predicate("invertible", B), *symmetric(A, B)),
            "A = 1 and B = -1",
        ),
        FalseRow(
            "sum-of-opposed-hypotheses",
            semidefinite(A - C),
            given(semidefinite(A - B), semidefinite(C - B)),
            "B may be far below both",
        ),
        FalseRow(
            "hypothesis-beside-what-is-not-symmetric",
            semidefinite(A - B + C),
            given(semidefinite(A - B)),
            "C is any matrix",
        ),
    ),
    "false whole forms": (
        FalseRow("dyad-above-the-identity", semidefinite(eye - x * x.T), PLAIN, "x may be long"),
        FalseRow(
            "weights-of-any-sum",
            semidefinite(X.T * Diag(exp(z)) * X - (X.T * exp(z)) * (X.T * exp(z)).T),
            PLAIN,
            "the weights do not sum to 1",
        ),
        FalseRow(
            "inverse-of-an-indefinite-matrix",
            semidefinite(S + S.I - 2 * eye),
            given(*symmetric(S), Predicate("invertible", S)),
            "S = -I",
        ),
        FalseRow(
            "trace-of-a-square-of-any-matrix",
            at_most(0, Trace(S * A * S * A)),
            given(definite(S)),
            "A may be a rotation",
        ),
        FalseRow(
            "two-by-two-with-a-large-middle",
            at_most(2 * x.T * y, c * sq(x) + c * sq(y)),
            given(less(0, c)),
            "c = 1/2",
        ),
    ),
    "false numbers": (
        FalseRow("cubic-beyond-its-bound", at_most(a**3, a**2), given(at_most(0, a), at_most(a, 2)), "a = 2"),
        FalseRow("root-of-odd-multiplicity", at_most(0, (a - 1) ** 3), given(at_most(0, a)), "a = 0"),
        FalseRow("homogeneous-of-odd-degree", at_most(0, a**3 - a**2 * c), PLAIN, "a = 1, c = 2"),
        FalseRow("root-at-an-end", less(0, a**2 - a**3), given(at_most(0, a), at_most(a, 1)), "a = 0 or a = 1"),
        FalseRow("square-bounded-on-one-side", at_most(a**2, 1), given(at_most(a, 1)), "a = -2"),
        FalseRow("two-numbers-of-two-degrees", at_most(a * c, a**4 + c**4), PLAIN, "a = c = 1/2"),
    ),
    "false analysis": (
        FalseRow(
            "difference-of-norms-in-a-sum",
            at_most(norm(total(V[t], t, 1, T)), total(norm(V[t]), t, 1, T - 1)),
            PLAIN,
            "the last is left out",
        ),
        FalseRow(
            "hoelder-of-a-matrix", at_most(x.T * y, norm(x, "1") * norm(x, "inf")), PLAIN, "the second vector is y"
        ),
        FalseRow(
            "means-of-other-squares",
            at_most(Expectation(a * c) ** 2, Expectation(a**2) * Expectation(a**2)),
            together,
            "the second number is larger",
        ),
        FalseRow(
            "bound-that-may-be-negative",
            at_most(Covariance(a, c), r),
            together.given(equal(r**2, Variance(a) * Variance(c))),
            "r is minus the root",
        ),
        FalseRow(
            "bilinear-form-and-a-norm-of-one-vector",
            at_most(x.T * A * y, norm(x) * Norm(A) * norm(x)),
            PLAIN,
            "y may be long",
        ),
        FalseRow(
            "eigenvalues-of-one-matrix",
            at_most(EigMax(A + B), EigMax(A) + EigMax(A)),
            given(*symmetric(A, B)),
            "B may be large",
        ),
        FalseRow(
            "entry-and-eigenvalue-of-another",
            at_most(Entry(A, i, i), EigMax(S)),
            given(*symmetric(S, A), at_most(1, Int(i)), at_most(Int(i), Int(n))),
            "A is another matrix",
        ),
        FalseRow("reciprocal-beyond-one", at_most(exp(a), 1 / (1 - a)), given(less(0, a)), "a = 2"),
        FalseRow(
            "limit-of-a-quotient-by-zero",
            equal(Limit(a ** Int(k) / a ** Int(k + 1), k), 0),
            given(less(0, a), less(a, 1)),
            "it is 1 / a",
        ),
    ),
}
