"""Conditional means: the tower rule, taking out what is known, what a stated conditional mean says, regression."""

from everystep.algebra.conditioning import conditioned
from everystep.algebra.context import Context, Hypothesis, Predicate, Random
from everystep.algebra.expressions import Call, Expression, Given, Int, Var, Zeros, sq
from tests.identities.notation import *


def given(value: Expression, *held: Expression) -> Given:
    return Given(mean(value), *(held or (x,)))


def law(*told: Hypothesis) -> Context:
    """x with a mean and a variance; g, y and z, of which no more is known than is told, may depend on it."""
    own = [(g, Var("mu_g"), Var("Sigma_g"))]
    own += [(e, Var(f"mu_{e.name}", n), Var(f"Sigma_{e.name}", n, n)) for e in (y, z)]
    laws = [Random(x, "moments", (u, S)), *(Random(e, "moments", (first, second)) for e, first, second in own)]
    spoken = mean(given(g * (y + z).T * x))
    return conditioned(eq(spoken, mean(g)), Context(random=tuple(laws), hypotheses=(semidefinite(S), *told)))


def regression(said: Expression, *told: Hypothesis) -> Context:
    """A random design X of which nothing is known, and noise z, as it is judged where ``said`` is written."""
    noise = Random(z, "moments", (Var("mu_z", n), Var("Sigma_z", n, n)))
    told = (eq(given(z, X), Zeros(n)), *told)
    return conditioned(eq(said, said), Context(random=(Random(X, "any", ()), noise), hypotheses=told))


joint, linear = law(), law(eq(given(g), w.T * x))
unbiased, mean_free = law(eq(given(y), x)), law(eq(given(g), zero))
mean_independent = law(eq(given(g), mean(g)))
steady = conditioned(
    eq(mean(g), mean(g)),
    Context(
        random=(Random(x, "moments", (u, S)), Random(g, "moments", (Var("mu_g"), Var("Sigma_g")))),
        hypotheses=(semidefinite(S), eq(given(g), w.T * x), eq(Given(var(g), x), c**2)),
    ),
)
plain_design, fixed_design = (regression(m) for m in (mean(X.T * z), given(z, X)))
design, known_design = (regression(m, eq(Given(var(z), X), c**2 * I)) for m in (mean(X.T * z), given(z, X)))
of_its_law = "what is assumed of a random design need not hold of the values of its law that is tried"
b_x, f_x = Call("b", 1, 1, x), Call("f", 1, 1, x)
best = given(g)
response = X * beta + z
estimate = (X.T * X).I * X.T * response
full = Predicate("full column rank", X)

ROWS = (
    # whatever the joint law is
    identity("tower-rule", mean(given(g)), mean(g), (best, zero), context=joint),
    identity("tower-rule-of-form", mean(given(z.T * A * y)), mean(z.T * A * y), tr(A * cov(y, z)), context=joint),
    identity(
        "taking-out-what-is-known", given(f_x * g), f_x * given(g), (mean(f_x) * given(g), g * f_x), context=joint
    ),
    identity("taking-out-a-matrix", given(x * y.T * A), x * given(y).T * A, given(y) * x.T * A, context=joint),
    identity("known-beside-unknown", given(x.T * y + sq(x)), x.T * given(y) + sq(x), x.T * y + sq(x), context=joint),
    identity("known-under-the-mean", mean(b_x * g), mean(b_x * best), mean(b_x) * mean(g), context=joint),
    identity("linear", given(a * y + B * z), a * given(y) + B * given(z), a * given(y) + B * z, context=joint),
    identity("given-twice", given(given(g)), given(g), mean(g), context=joint),
    identity("mean-given", given(mean(g)), mean(g), best, context=joint),
    identity("known-function-of-unknown", mean(given(tanh(g))), mean(tanh(g)), mean(tanh(best)), context=joint),
    identity("square", given(g**2), best**2 + Given(var(g), x), best**2, context=joint),
    identity(
        "total-variance", var(g), mean(Given(var(g), x)) + var(best), (mean(Given(var(g), x)), var(best)), context=joint
    ),
    identity(
        "total-covariance",
        cov(y, z),
        mean(Given(cov(y, z), x)) + cov(given(y), given(z)),
        (mean(Given(cov(y, z), x)), cov(given(y), given(z))),
        context=joint,
    ),
    identity("covariance-with-condition", cov(x, y), cov(x, given(y)), Given(cov(x, y), x), context=joint),
    identity("covariance-of-what-is-known", Given(cov(x, y), x), Zeros(n, n), cov(x, y), context=joint),
    identity(
        "variance-with-factor", Given(var(f_x * g), x), f_x**2 * Given(var(g), x), f_x * Given(var(g), x), context=joint
    ),
    identity("residual-is-orthogonal", mean((g - best) * f_x), zero, mean(f_x), context=joint),
    identity("residual-and-its-function", mean((g - best) * g), mean(Given(var(g), x)), zero, context=joint),
    identity(
        "best-predictor",
        mean((g - f_x) ** 2),
        mean((g - best) ** 2) + mean((best - f_x) ** 2),
        (mean((best - f_x) ** 2), mean((g - best) ** 2)),
        context=joint,
    ),
    identity(
        "product-of-two-unknown",
        given(g * y),
        given(g) * given(y) + Given(cov(y, g), x),
        given(g) * given(y),
        context=joint,
    ),
    # what is stated
    identity("stated-mean", mean(g), w.T * mean(x), w.T * x, context=linear),
    identity("stated-mean-of-product", mean(x * g), mean(x * x.T) * w, mean(x) * mean(x).T * w, context=linear),
    identity("stated-mean-given", given(g * x), x * x.T * w, mean(x * x.T) * w, context=linear),
    identity(
        "stated-and-square",
        mean(g**2),
        mean((w.T * x) ** 2) + mean(Given(var(g), x)),
        mean((w.T * x) ** 2),
        context=linear,
    ),
    identity("normal-equations", mean(x * (g - x.T * w)), Zeros(n), mean(x), context=linear),
    identity(
        "risk",
        mean((g - v.T * x) ** 2),
        mean((g - w.T * x) ** 2) + (v - w).T * mean(x * x.T) * (v - w),
        mean((g - w.T * x) ** 2),
        context=linear,
    ),
    identity(
        "slope-of-the-risk", grad(mean((g - v.T * x) ** 2), v), 2 * mean(x * x.T) * (v - w), 2 * (v - w), context=linear
    ),
    identity("unbiased-of-vector", mean(x * y.T), mean(x * x.T), mean(x) * mean(x).T, context=unbiased),
    identity("noise-adds", mean(sq(y)), mean(sq(x)) + mean(sq(y - x)), mean(sq(x)), context=unbiased),
    identity("baseline", mean(b_x * g), zero, mean(b_x), context=mean_free),
    identity("mean-free-square", mean(g**2), var(g), zero, context=mean_free),
    identity("mean-free-given", given((g + b_x) ** 2), given(g**2) + b_x**2, b_x**2, context=mean_free),
    identity("mean-independent", cov(x, g), Zeros(n), mean(x * g), context=mean_independent),
    identity(
        "mean-independent-is-not-independent", mean(g * x), mean(g) * mean(x), mean(g**2 * x), context=mean_independent
    ),
    identity("stated-variance", given(g**2), (w.T * x) ** 2 + c**2, (w.T * x) ** 2, context=steady),
    identity("stated-variance-in-all", var(g), w.T * S * w + c**2, (c**2, w.T * S * w), context=steady),
    # a random design
    identity("exogenous", mean(X.T * z), Zeros(d), mean(X.T * X) * beta, context=plain_design),
    identity(
        "moment-condition", mean(X.T * response), mean(X.T * X) * beta, mean(X).T * mean(X) * beta, context=plain_design
    ),
    identity("unbiased-given-the-design", given(estimate, X), beta, zero * beta, full, context=fixed_design),
    identity("unbiased", mean(estimate), beta, zero * beta, full, context=plain_design, twin_open_because=of_its_law),
    identity(
        "variance-given-the-design",
        Given(var(estimate), X),
        c**2 * (X.T * X).I,
        c**2 * X.T * X,
        full,
        context=known_design,
    ),
    identity(
        "variance",
        var(estimate),
        c**2 * mean((X.T * X).I),
        c**2 * mean(X.T * X),
        full,
        context=design,
        twin_open_because=of_its_law,
    ),
    identity(
        "residual-sum-of-squares",
        given(sq(response - X * estimate), X),
        c**2 * (Int(n) - Int(d)),
        c**2 * Int(n),
        full,
        context=known_design,
    ),
)
