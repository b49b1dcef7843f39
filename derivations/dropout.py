r"""Dropout on the inputs of a linear model is ridge regression, in expectation.

``L(w) = ||y - (X . R) w||^2`` with an i.i.d. Bernoulli(p) mask R; the expectation is taken row by
row from the residuals ``Z_i``, then put back into matrix form.  The minimiser and the ridge form
follow.
"""

from __future__ import annotations

from everystep.algebra.context import (
    Context,
    Definition,
    Predicate,
    Random,
    Relation,
)
from everystep.algebra.expressions import (
    DiagPart,
    Div,
    Entry,
    Expectation,
    Expression,
    Family,
    Gradient,
    Hessian,
    Int,
    Num,
    Row,
    Variance,
    Zeros,
    diag,
    matrix,
    odot,
    scalar,
    sq,
    sqrt,
    total,
    vector,
)
from everystep.algebra.shapes import indices, sizes
from everystep.derivation import Chain, Derivation, Link, Mark, NumericResult, Part, Problem

n, d = sizes("n d")
i, j = indices("i j")
X, R = matrix("X", n, d), matrix("R", n, d)
y, w, v = vector("y", n), vector("w", d), vector("v", d)
p, L = scalar("p"), scalar("L")
gamma, A = matrix("Gamma", d, d), matrix("A", d, d)
minimiser = vector("w_*", d)
Z = Family("Z")
row = Family("x", d)

x_ij, r_ij = Entry(X, i, j), Entry(R, i, j)
y_i, w_j = Entry(y, i), Entry(w, j)
penalty = p * (1 - p) * sq(gamma * w)
mean_i = y_i - p * w.T * row[i]
squares_i = total(w_j**2 * x_ij**2, j, 1, d)
curvature = p**2 * X.T * X + p * (1 - p) * gamma**2


def rows(body: Expression) -> Expression:
    """The sum over the n rows."""
    return total(body, i, 1, n)


in_rows = (Relation(Int(1), "<=", Int(i)), Relation(Int(i), "<=", Int(n)))
in_columns = (Relation(Int(1), "<=", Int(j)), Relation(Int(j), "<=", Int(d)))
solvable = Predicate("invertible", A)
kept = Relation(p, ">", Num(0))
stationary = Relation(A * w, "=", p * X.T * y)

CONTEXT = Context(
    definitions=(
        Definition(L, sq(y - odot(X, R) * w)),
        Definition(row[i], Row(X, i).T),
        Definition(Z[i], y_i - total(x_ij * r_ij * w_j, j, 1, d)),
        Definition(gamma, diag(sqrt(DiagPart(X.T * X)))),
        Definition(A, curvature),
        Definition(minimiser, A.I * p * X.T * y),
        Definition(v, p * w),
    ),
    hypotheses=(Relation(Num(0), "<=", p), Relation(p, "<=", Num(1))),
    random=(Random(R, "bernoulli", (p,)),),
)

ROWS = (
    Chain(
        "residual",
        Entry(y - odot(X, R) * w, i),
        (
            Link("=", y_i - total(x_ij * r_ij * w_j, j, 1, d), "residual.entry"),
            Link("=", Z[i], "residual.name"),
        ),
        given=in_rows,
    ),
    Chain(
        "loss",
        Expectation(L),
        (
            Link("=", Expectation(rows(Z[i] ** 2)), "loss.rows"),
            Link("=", rows(Expectation(Z[i] ** 2)), "loss.linear"),
        ),
    ),
)

MOMENTS = (
    Chain(
        "variance-identity",
        Variance(Z[i]),
        (
            Link("=", Expectation((Z[i] - Expectation(Z[i])) ** 2), "variance-identity.definition"),
            Link(
                "=",
                Expectation(Z[i] ** 2) - 2 * Expectation(Z[i]) * Expectation(Z[i]) + Expectation(Z[i]) ** 2,
                "variance-identity.expand",
            ),
            Link("=", Expectation(Z[i] ** 2) - Expectation(Z[i]) ** 2, "variance-identity.result"),
        ),
        given=in_rows,
    ),
    Chain(
        "second-moment",
        Expectation(Z[i] ** 2),
        (Link("=", Variance(Z[i]) + Expectation(Z[i]) ** 2, "second-moment.result"),),
        given=in_rows,
        boxed=True,
    ),
    Chain(
        "mean",
        Expectation(Z[i]),
        (
            Link("=", y_i - total(x_ij * Expectation(r_ij) * w_j, j, 1, d), "mean.linear"),
            Link("=", y_i - p * total(x_ij * w_j, j, 1, d), "mean.mask"),
            Link("=", mean_i, "mean.result"),
        ),
        given=in_rows,
        boxed=True,
    ),
    Chain(
        "mask-variance",
        Variance(r_ij),
        (
            Link("=", Expectation(r_ij**2) - Expectation(r_ij) ** 2, "mask-variance.identity"),
            Link("=", p - p**2, "mask-variance.moments"),
            Link("=", p * (1 - p), "mask-variance.result"),
        ),
        given=in_rows + in_columns,
    ),
    Chain(
        "variance",
        Variance(Z[i]),
        (
            Link("=", Variance(total(x_ij * r_ij * w_j, j, 1, d)), "variance.shift"),
            Link("=", total(w_j**2 * x_ij**2 * Variance(r_ij), j, 1, d), "variance.independence"),
            Link("=", p * (1 - p) * squares_i, "variance.result"),
        ),
        given=in_rows,
        boxed=True,
    ),
)

MATRIX = (
    Chain(
        "means",
        rows(mean_i**2),
        (Link("=", sq(y - p * X * w), "means.result"),),
    ),
    Chain(
        "penalty",
        rows(squares_i),
        (
            Link("=", total(w_j**2 * rows(x_ij**2), j, 1, d), "penalty.exchange"),
            Link("=", total(w_j**2 * Entry(X.T * X, j, j), j, 1, d), "penalty.gram"),
            Link("=", total(Entry(gamma, j, j) ** 2 * w_j**2, j, 1, d), "penalty.gamma"),
            Link("=", sq(gamma * w), "penalty.result"),
        ),
    ),
    Chain(
        "expected-loss",
        Expectation(L),
        (
            Link("=", rows(Expectation(Z[i]) ** 2 + Variance(Z[i])), "expected-loss.second-moment"),
            Link("=", rows(mean_i**2 + p * (1 - p) * squares_i), "expected-loss.moments"),
            Link("=", rows(mean_i**2) + p * (1 - p) * rows(squares_i), "expected-loss.split"),
            Link("=", sq(y - p * X * w) + penalty, "expected-loss.result"),
        ),
        boxed=True,
    ),
)

MINIMUM = (
    Chain(
        "gradient",
        Gradient(Expectation(L), w),
        (
            Link("=", Gradient(sq(y - p * X * w) + penalty, w), "gradient.expected-loss"),
            Link(
                "=",
                -2 * p * X.T * (y - p * X * w) + 2 * p * (1 - p) * gamma**2 * w,
                "gradient.differentiate",
            ),
            Link("=", 2 * (A * w - p * X.T * y), "gradient.result"),
        ),
    ),
    Chain(
        "hessian",
        Hessian(Expectation(L), w),
        (Link("=", 2 * A, "hessian.result"),),
    ),
    Chain("curvature", A, predicate=Predicate("positive semidefinite", A)),
    Chain(
        "minimiser",
        w,
        (
            Link("=", A.I * (A * w), "minimiser.insert"),
            Link("=", A.I * p * X.T * y, "minimiser.stationary"),
            Link("=", (p**2 * X.T * X + p * (1 - p) * gamma**2).I * p * X.T * y, "minimiser.result"),
        ),
        given=(solvable, stationary),
        boxed=True,
    ),
    Chain(
        "stationary",
        2 * (A * minimiser - p * X.T * y),
        (
            Link("=", 2 * (A * A.I * p * X.T * y - p * X.T * y), "stationary.insert"),
            Link("=", Zeros(d), "stationary.result"),
        ),
        given=(solvable,),
    ),
    Chain(
        "complete-square",
        sq(y - p * X * w) + penalty,
        (
            Link(
                "=",
                sq(y) - 2 * p * y.T * X * w + w.T * A * w,
                "complete-square.expand",
            ),
            Link(
                "=",
                sq(y) - p * y.T * X * minimiser + (w - minimiser).T * A * (w - minimiser),
                "complete-square.result",
            ),
            Link(">=", sq(y) - p * y.T * X * minimiser, "complete-square.minimum"),
        ),
        given=(solvable,),
    ),
)

RIDGE = (
    Chain(
        "rescaled-fit",
        y - p * X * w,
        (Link("=", y - X * v, "rescaled-fit.result"),),
    ),
    Chain(
        "rescaled-penalty",
        penalty,
        (
            Link("=", Div(1 - p, p) * (p**2 * sq(gamma * w)), "rescaled-penalty.factor"),
            Link("=", Div(1 - p, p) * sq(gamma * v), "rescaled-penalty.result"),
        ),
        given=(kept,),
    ),
    Chain(
        "ridge",
        Expectation(L),
        (
            Link("=", sq(y - p * X * w) + penalty, "ridge.expected-loss"),
            Link("=", sq(y - X * v) + Div(1 - p, p) * sq(gamma * v), "ridge.result"),
        ),
        given=(kept,),
        boxed=True,
    ),
)


def numeric() -> tuple[NumericResult, ...]:
    """The expectation against all masks and against sampled ones, the minimiser against NumPy."""
    import numpy as np

    from everystep.kernels.dropout import exact_expectation, expected_loss, minimiser, monte_carlo

    random = np.random.default_rng(6135)
    worst = 0.0
    for examples, features in ((1, 3), (3, 1), (3, 5), (4, 4), (2, 8)):
        inputs = random.normal(size=(examples, features))
        targets, weights = random.normal(size=examples), random.normal(size=features)
        for keep in (0.2, 0.5, 0.9):
            exact = exact_expectation(inputs, targets, weights, keep).mean
            closed = expected_loss(inputs, targets, weights, keep)
            worst = max(worst, abs(closed - exact) / exact)
    inputs = random.normal(size=(200, 50))
    targets, weights, keep = random.normal(size=200), random.normal(size=50), 0.8
    sampled = monte_carlo(inputs, targets, weights, keep, samples=2_000, seed=1)
    deviation = abs(sampled.mean - expected_loss(inputs, targets, weights, keep))
    # The minimiser solves a least-squares problem with the penalty as further rows.
    scales = np.sqrt(keep * (1 - keep)) * np.diag(np.sqrt((inputs**2).sum(axis=0)))
    stacked = np.vstack([keep * inputs, scales])
    reference = np.linalg.lstsq(stacked, np.append(targets, np.zeros(50)))[0]
    distance = np.linalg.norm(minimiser(inputs, targets, keep) - reference)
    return (
        NumericResult("expected loss against all masks of up to 16 entries", worst, 1e-12, ("matrix",)),
        NumericResult(
            "expected loss of 200 examples with 50 features against 2000 masks, in standard errors",
            deviation / sampled.standard_error,
            4.0,
            ("matrix",),
        ),
        NumericResult(
            "minimiser against an augmented least-squares problem",
            float(distance / np.linalg.norm(reference)),
            1e-10,
            ("minimum",),
        ),
    )


DERIVATION = Derivation(
    id="dropout",
    context=CONTEXT,
    chains=ROWS + MOMENTS + MATRIX + MINIMUM + RIDGE,
    notation=(
        ("n", Int(n)),
        ("d", Int(d)),
        ("i", Int(i)),
        ("j", Int(j)),
        ("X", X),
        ("R", R),
        ("y", y),
        ("w", w),
        ("v", v),
        ("p", p),
        ("L", L),
        ("loss_body", sq(y - odot(X, R) * w)),
        ("Gamma", gamma),
        ("Gamma_jj", Entry(gamma, j, j)),
        ("Gamma_body", sqrt(Entry(X.T * X, j, j))),
        ("A", A),
        ("A_body", curvature),
        ("Z_i", Z[i]),
        ("x_i", row[i]),
        ("x_ij", x_ij),
        ("r_ij", r_ij),
        ("w_star", minimiser),
        ("expected", Expectation(L)),
        ("expected_body", sq(y - p * X * w) + penalty),
        ("ridge_body", sq(y - X * v) + Div(1 - p, p) * sq(gamma * v)),
        ("Z_squared", Expectation(Z[i] ** 2)),
        ("mean_Z", Expectation(Z[i])),
        ("variance_Z", Variance(Z[i])),
        ("mask_square", r_ij**2),
        ("minimiser_body", A.I * p * X.T * y),
        ("gram", X.T * X),
        ("mean_R", Expectation(r_ij)),
        ("v_body", p * w),
        ("weight", Div(1 - p, p)),
    ),
    numeric=numeric,
)

PROBLEM = Problem(
    id="dropout",
    derivation=DERIVATION,
    parts=(
        Part(
            "rows",
            1,
            tuple(c.name for c in ROWS),
            marks=(Mark(0.5, "residual"), Mark(0.5, "loss")),
            entries=("F1",),
        ),
        Part(
            "moments",
            3,
            tuple(c.name for c in MOMENTS),
            marks=(Mark(0.5, "second-moment"), Mark(1, "mean"), Mark(0.5, "mask-variance"), Mark(1, "variance")),
            entries=("F1",),
        ),
        Part(
            "matrix",
            2,
            tuple(c.name for c in MATRIX),
            marks=(Mark(0.5, "means"), Mark(1, "penalty"), Mark(0.5, "expected-loss")),
            entries=("F1",),
        ),
        Part(
            "minimum",
            4,
            tuple(c.name for c in MINIMUM),
            marks=(
                Mark(1, "gradient"),
                Mark(1, "curvature"),
                Mark(1, "minimiser"),
                Mark(0.5, "stationary"),
                Mark(0.5, "complete-square"),
            ),
        ),
        Part(
            "ridge",
            2,
            tuple(c.name for c in RIDGE),
            marks=(Mark(0.5, "rescaled-fit"), Mark(0.5, "rescaled-penalty"), Mark(1, "ridge")),
        ),
    ),
    title={
        "en": "Dropout as ridge regression",
        "fr": "L'abandon (dropout) comme régression de crête",
    },
)
