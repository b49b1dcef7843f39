r"""Weight normalisation: the gradients, their projector, the growing norm, batch norm.

The weight vector is ``w = g u / ||u||``.  Differentiation by a defined name (``w``) holds
everything but that name fixed; differentiation by ``u`` or ``g`` goes through it.  The loss is an
arbitrary function of w.
"""

from __future__ import annotations

from typing import Any

from everystep.algebra.context import Context, Definition, Predicate, Random
from everystep.algebra.expressions import (
    Call,
    Div,
    Expectation,
    Eye,
    Gradient,
    Jacobian,
    Num,
    Variance,
    Zeros,
    matrix,
    norm,
    scalar,
    sq,
    sqrt,
    vector,
)
from everystep.algebra.shapes import size
from everystep.derivation import Chain, Derivation, Link, Mark, NumericResult, Part, Problem

d = size("d")
u, w, x = vector("u", d), vector("w", d), vector("x", d)
raw, raw_mean, C = vector("z", d), vector("m", d), matrix("C", d, d)
g, b, c, epsilon = scalar("g"), scalar("b"), scalar("c"), scalar("epsilon")
mu, sigma, L = scalar("mu"), scalar("sigma"), scalar("L")
updated = vector("u'", d)
P = matrix("P", d, d)

identity = Eye(d)
length = norm(u)
grad_u, grad_g, grad_w = Gradient(L, u), Gradient(L, g), Gradient(L, w)
slope = Jacobian(w, u)
projector = identity - u * u.T / sq(u)
batch_normalised = g * Div(u.T * x - mu, sigma) + b
biased = u.T * x + c

CONTEXT = Context(
    definitions=(
        Definition(w, Div(g * u, length)),
        Definition(L, Call("f", 1, 1, w)),
        Definition(P, projector),
        Definition(updated, u - epsilon * grad_u),
        Definition(mu, Expectation(u.T * x)),
        Definition(sigma, sqrt(Variance(u.T * x))),
    ),
    hypotheses=(
        Predicate("nonzero", u),
        Predicate("symmetric", C),
        Predicate("positive semidefinite", C),
    ),
    random=(
        Random(x, "moments", (Zeros(d), identity)),
        Random(raw, "moments", (raw_mean, C)),
    ),
)

DIRECTION = (
    Chain(
        "length",
        Gradient(length, u),
        (
            Link("=", Gradient(sqrt(u.T * u), u), "length.root"),
            Link("=", Div(Num(1), 2 * sqrt(u.T * u)) * (2 * u), "length.chain-rule"),
            Link("=", Div(u, length), "length.result"),
        ),
    ),
    Chain(
        "jacobian",
        slope,
        (
            Link(
                "=",
                g * Div(length * identity - u * Gradient(length, u).T, sq(u)),
                "jacobian.quotient-rule",
            ),
            Link("=", g * Div(length * identity - u * u.T / length, sq(u)), "jacobian.length"),
            Link(
                "=",
                g * (Div(identity, length) - Div(u * u.T, length**3)),
                "jacobian.divide",
            ),
            Link("=", Div(g, length) * projector, "jacobian.factor"),
            Link("=", Div(g, length) * P, "jacobian.projector"),
        ),
    ),
    Chain(
        "gradient-u",
        grad_u,
        (
            Link("=", slope.T * grad_w, "gradient-u.chain-rule"),
            Link("=", (Div(g, length) * projector).T * grad_w, "gradient-u.jacobian"),
            Link("=", Div(g, length) * projector * grad_w, "gradient-u.result"),
        ),
        boxed=True,
    ),
    Chain(
        "gradient-g",
        grad_g,
        (
            Link("=", Jacobian(w, g).T * grad_w, "gradient-g.chain-rule"),
            Link("=", Div(u, length).T * grad_w, "gradient-g.jacobian"),
            Link("=", Div(u.T * grad_w, length), "gradient-g.result"),
        ),
        boxed=True,
    ),
)

PROJECTOR = (
    Chain("projector-symmetric", P, predicate=Predicate("symmetric", P)),
    Chain(
        "projector-idempotent",
        P * P,
        (
            Link(
                "=",
                identity - 2 * (u * u.T / sq(u)) + Div(u * (u.T * u) * u.T, length**4),
                "projector-idempotent.expand",
            ),
            Link("=", identity - u * u.T / sq(u), "projector-idempotent.collect"),
            Link("=", P, "projector-idempotent.result"),
        ),
    ),
    Chain(
        "projector-kernel",
        P * u,
        (
            Link("=", u - Div(u * (u.T * u), sq(u)), "projector-kernel.expand"),
            Link("=", Zeros(d), "projector-kernel.result"),
        ),
    ),
    Chain(
        "orthogonal",
        u.T * grad_u,
        (
            Link("=", Div(g, length) * u.T * P * grad_w, "orthogonal.gradient"),
            Link("=", Div(g, length) * (P * u).T * grad_w, "orthogonal.symmetry"),
            Link("=", Num(0), "orthogonal.result"),
        ),
        boxed=True,
    ),
)

GROWTH = (
    Chain(
        "growth",
        sq(updated),
        (
            Link("=", sq(u - epsilon * grad_u), "growth.update"),
            Link(
                "=",
                sq(u) - 2 * epsilon * u.T * grad_u + epsilon**2 * sq(grad_u),
                "growth.expand",
            ),
            Link("=", sq(u) + epsilon**2 * sq(grad_u), "growth.pythagoras"),
            Link(">=", sq(u), "growth.result"),
        ),
        boxed=True,
    ),
)

BATCH_NORM = (
    Chain(
        "mean",
        mu,
        (
            Link("=", u.T * Expectation(x), "mean.linear"),
            Link("=", Num(0), "mean.result"),
        ),
    ),
    Chain(
        "variance",
        Variance(u.T * x),
        (
            Link("=", u.T * Variance(x) * u, "variance.quadratic-form"),
            Link("=", u.T * identity * u, "variance.whitened"),
            Link("=", sq(u), "variance.result"),
        ),
    ),
    Chain(
        "deviation",
        sigma,
        (
            Link("=", sqrt(sq(u)), "deviation.variance"),
            Link("=", length, "deviation.result"),
        ),
    ),
    Chain(
        "batch-norm",
        batch_normalised,
        (
            Link("=", g * Div(u.T * x - 0, length) + b, "batch-norm.statistics"),
            Link("=", Div(g * u, length).T * x + b, "batch-norm.regroup"),
            Link("=", w.T * x + b, "batch-norm.result"),
        ),
        boxed=True,
    ),
    Chain(
        "bias",
        Div(biased - Expectation(biased), sqrt(Variance(biased))),
        (
            Link("=", Div(u.T * x + c - (mu + c), sigma), "bias.statistics"),
            Link("=", Div(u.T * x - mu, sigma), "bias.cancel"),
            Link("=", Div(u, length).T * x, "bias.result"),
        ),
    ),
    Chain(
        "unwhitened",
        sqrt(Variance(u.T * raw)),
        (
            Link("=", sqrt(u.T * Variance(raw) * u), "unwhitened.quadratic-form"),
            Link("=", sqrt(u.T * C * u), "unwhitened.result"),
        ),
    ),
)


def numeric() -> tuple[NumericResult, ...]:
    """A thousand steps of descent: the gradients, their orthogonality to u, the norm of u."""
    import numpy as np

    from everystep.kernels.gradient_check import complex_step
    from everystep.kernels.weight_norm import compare_batch_norm, descend, gradients, weight, whiten

    random = np.random.default_rng(6135)
    inputs, targets = random.normal(size=(100, 10)), random.normal(size=100)
    direction, length_g = random.normal(size=10), 1.5

    def by_w(weights: Any) -> Any:
        return 2 * inputs.T @ (inputs @ weights - targets) / 100

    def loss_by_u(changed: Any) -> Any:
        residual = inputs @ (length_g * changed / np.sqrt(changed @ changed)) - targets
        return residual @ residual / 100

    by_u, _ = gradients(direction, length_g, by_w(weight(direction, length_g)))
    differences = complex_step(loss_by_u, direction)
    run = descend(direction, length_g, by_w, step=0.1, steps=1_000)
    squares = run.u_norms**2
    grown = squares[:-1] + (run.step * run.grad_u_norms) ** 2
    whitened = compare_batch_norm(whiten(inputs), direction, length_g, 0.3)
    return (
        NumericResult(
            "gradient by u against complex steps",
            float(np.abs(by_u - differences).max() / np.abs(by_u).max()),
            1e-12,
            ("gradient",),
        ),
        NumericResult(
            "gradient by u against the direction of u",
            abs(float(direction @ by_u)) / float(np.linalg.norm(direction) * np.linalg.norm(by_u)),
            1e-14,
            ("projector",),
        ),
        NumericResult(
            "squared norm of u over 1000 steps of descent",
            float((np.abs(squares[1:] - grown) / grown).max()),
            1e-13,
            ("growth",),
        ),
        NumericResult(
            "largest decrease of the norm of u in 1000 steps",
            max(0.0, float((run.u_norms[:-1] - run.u_norms[1:]).max())),
            1e-14,
            ("growth",),
        ),
        NumericResult(
            "batch against weight normalisation on whitened inputs", whitened.difference, 1e-12, ("batch_norm",)
        ),
        NumericResult(
            "variance of the projection on whitened inputs",
            abs(whitened.variance / whitened.u_norm_squared - 1),
            1e-12,
            ("batch_norm",),
        ),
    )


DERIVATION = Derivation(
    id="weight_norm",
    context=CONTEXT,
    chains=DIRECTION + PROJECTOR + GROWTH + BATCH_NORM,
    notation=(
        ("u", u),
        ("w", w),
        ("x", x),
        ("z", raw),
        ("C", C),
        ("identity", identity),
        ("mean_x", Expectation(x)),
        ("var_x", Variance(x)),
        ("projection", u.T * x),
        ("biased", biased),
        ("body", Div(g * u, length)),
        ("loss_body", Call("f", 1, 1, w)),
        ("P_body", projector),
        ("updated_body", u - epsilon * grad_u),
        ("mu_body", Expectation(u.T * x)),
        ("sigma_body", sqrt(Variance(u.T * x))),
        ("norm_u", sq(u)),
        ("preactivation", w.T * x + b),
        ("zero", Zeros(d)),
        ("batch", batch_normalised),
        ("g", g),
        ("b", b),
        ("c", c),
        ("epsilon", epsilon),
        ("mu", mu),
        ("sigma", sigma),
        ("L", L),
        ("P", P),
        ("updated", updated),
        ("length", length),
        ("grad_u", grad_u),
        ("grad_g", grad_g),
        ("grad_w", grad_w),
        ("jacobian", slope),
    ),
    numeric=numeric,
)

PROBLEM = Problem(
    id="weight_norm",
    derivation=DERIVATION,
    parts=(
        Part(
            "gradient",
            9,
            tuple(c.name for c in DIRECTION),
            marks=(Mark(1, "length"), Mark(4, "jacobian"), Mark(3, "gradient-u"), Mark(1, "gradient-g")),
            entries=("E4",),
        ),
        Part(
            "projector",
            4,
            tuple(c.name for c in PROJECTOR),
            marks=(
                Mark(1, "projector-symmetric"),
                Mark(1, "projector-idempotent"),
                Mark(1, "projector-kernel"),
                Mark(1, "orthogonal"),
            ),
            entries=("E4",),
        ),
        Part(
            "growth",
            8,
            tuple(c.name for c in GROWTH),
            marks=(
                Mark(2, "growth.update"),
                Mark(2, "growth.expand"),
                Mark(3, "growth.pythagoras"),
                Mark(1, "growth.result"),
            ),
            entries=("E5",),
        ),
        Part(
            "batch_norm",
            8,
            tuple(c.name for c in BATCH_NORM),
            marks=(
                Mark(2, "mean"),
                Mark(2, "variance"),
                Mark(1, "deviation"),
                Mark(1.5, "batch-norm"),
                Mark(1, "bias"),
                Mark(0.5, "unwhitened"),
            ),
            entries=("E3",),
        ),
    ),
    title={"en": "Weight normalisation", "fr": "Normalisation des poids"},
)
