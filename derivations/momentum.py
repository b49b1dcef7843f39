r"""Momentum and running averages: when they are the same, the average written out, its bias and the correction.

Gradients ``g_t``, t = 1, 2, ...; the buffer ``m_t`` of momentum with its step ``p_t = -m_t``, the running average
``v_t`` with its step ``q_t = -delta v_t``.  For the mean, ``tilde v_t`` is the running average of random gradients
``tilde g_t``, written out: the normal form has no mean of a recurrence that is random.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from everystep.algebra.context import Context, Definition, Random, Recurrence, Relation
from everystep.algebra.expressions import (
    Div,
    Expectation,
    Expression,
    Family,
    Int,
    Num,
    Zeros,
    matrix,
    scalar,
    total,
    vector,
)
from everystep.algebra.shapes import indices, size
from everystep.derivation import (
    Chain,
    Check,
    Derivation,
    Induction,
    Link,
    Mark,
    NumericResult,
    Outcome,
    Part,
    Problem,
)

d = size("d")
t, i = indices("t i")
zero = Num(0)
g, m, v = Family("g", d), Family("m", d), Family("v", d)
p, q = Family("p", d), Family("q", d)
noisy, noisy_average = Family("tilde g", d), Family("tilde v", d)
alpha, beta, epsilon, delta = scalar("alpha"), scalar("beta"), scalar("epsilon"), scalar("delta")
mu, covariance = vector("mu", d), matrix("Sigma", d, d)
rest = 1 - beta


def weights(family: Family) -> Expression:
    """(1 - beta) times the sum of beta^(t - i) times the members 1 to t."""
    return rest * total(beta ** Int(t - i) * family[i], i, 1, t)


def powers(extra: int = 0) -> Expression:
    """The sum of beta^(t - i + extra) for i from 1 to t."""
    return total(beta ** Int(t - i + extra), i, 1, t)


from_start = (Relation(Int(0), "<=", Int(t)),)
from_one = (Relation(Int(1), "<=", Int(t)),)
from_two = (Relation(Int(2), "<=", Int(t)),)
empty = (Relation(m[0], "=", Zeros(d)), Relation(v[0], "=", Zeros(d)))
same_rate = Relation(epsilon, "=", delta * rest)
same = (Relation(alpha, "=", beta), same_rate)
unrolled_at_t = Relation(v[t], "=", beta ** Int(t) * v[0] + weights(g))


CONTEXT = Context(
    definitions=(
        Definition(p[t], -m[t]),
        Definition(q[t], -delta * v[t]),
        Definition(noisy_average[t], weights(noisy)),
    ),
    recurrences=(
        Recurrence(m[t], alpha * m[t - 1] + epsilon * g[t]),
        Recurrence(v[t], beta * v[t - 1] + rest * g[t]),
    ),
    hypotheses=(
        Relation(zero, "<", alpha),
        Relation(alpha, "<", Num(1)),
        Relation(zero, "<", beta),
        Relation(beta, "<", Num(1)),
        Relation(zero, "<", epsilon),
        Relation(zero, "<", delta),
    ),
    random=(Random(noisy[t], "moments", (mu, covariance)),),
)

MOMENTUM = (
    Chain(
        "momentum",
        p[t],
        (
            Link("=", -m[t], "momentum.definition"),
            Link("=", -(alpha * m[t - 1] + epsilon * g[t]), "momentum.buffer"),
            Link("=", alpha * p[t - 1] - epsilon * g[t], "momentum.result"),
        ),
        given=from_one,
        boxed=True,
    ),
    Chain(
        "average",
        q[t],
        (
            Link("=", -delta * v[t], "average.definition"),
            Link("=", -delta * (beta * v[t - 1] + rest * g[t]), "average.buffer"),
            Link("=", beta * q[t - 1] - delta * rest * g[t], "average.result"),
        ),
        given=from_one,
        boxed=True,
    ),
    Chain(
        "buffers",
        m[t],
        (Link("=", delta * v[t], "buffers.result", by=Induction(t, 0)),),
        given=(*from_start, *empty, *same),
    ),
    Chain(
        "same",
        p[t],
        (
            Link("=", -m[t], "same.definition"),
            Link("=", -delta * v[t], "same.buffers"),
            Link("=", q[t], "same.result"),
        ),
        given=(*from_start, *empty, *same),
        uses=("buffers",),
    ),
    Chain(
        "first",
        q[1] - p[1],
        (
            Link("=", -delta * rest * g[1] + epsilon * g[1], "first.steps"),
            Link("=", (epsilon - delta * rest) * g[1], "first.result"),
        ),
        given=empty,
    ),
    Chain(
        "second",
        q[2] - p[2],
        (
            Link("=", -epsilon * (beta * g[1] + g[2]) + epsilon * (alpha * g[1] + g[2]), "second.steps"),
            Link("=", epsilon * (alpha - beta) * g[1], "second.result"),
        ),
        given=(*empty, same_rate),
    ),
)

UNROLLED = (
    Chain(
        "twice",
        v[t],
        (
            Link("=", beta * v[t - 1] + rest * g[t], "twice.once"),
            Link("=", beta * (beta * v[t - 2] + rest * g[t - 1]) + rest * g[t], "twice.insert"),
            Link("=", beta**2 * v[t - 2] + rest * (beta * g[t - 1] + g[t]), "twice.result"),
        ),
        given=from_two,
    ),
    Chain(
        "unrolled-step",
        v[t + 1],
        (
            Link("=", beta * v[t] + rest * g[t + 1], "unrolled-step.update"),
            Link(
                "=",
                beta * (beta ** Int(t) * v[0] + weights(g)) + rest * g[t + 1],
                "unrolled-step.hypothesis",
            ),
            Link(
                "=",
                beta ** Int(t + 1) * v[0] + rest * total(beta ** Int(t + 1 - i) * g[i], i, 1, t) + rest * g[t + 1],
                "unrolled-step.inside",
            ),
            Link(
                "=",
                beta ** Int(t + 1) * v[0] + rest * total(beta ** Int(t + 1 - i) * g[i], i, 1, t + 1),
                "unrolled-step.result",
            ),
        ),
        given=(*from_start, unrolled_at_t),
    ),
    Chain(
        "unrolled",
        v[t],
        (
            Link("=", beta ** Int(t) * v[0] + weights(g), "unrolled.induction", by=Induction(t, 0)),
            Link("=", weights(g), "unrolled.result"),
        ),
        given=(*from_start, *empty),
        boxed=True,
    ),
)

BIAS = (
    Chain(
        "geometric",
        rest * powers(),
        (
            Link("=", powers() - powers(1), "geometric.expand"),
            Link("=", 1 - beta ** Int(t), "geometric.telescope"),
        ),
        given=from_one,
    ),
    Chain(
        "mean",
        Expectation(noisy_average[t]),
        (
            Link("=", rest * total(beta ** Int(t - i) * Expectation(noisy[i]), i, 1, t), "mean.linear"),
            Link("=", rest * powers() * mu, "mean.same"),
            Link("=", (1 - beta ** Int(t)) * mu, "mean.result"),
        ),
        given=from_one,
        uses=("geometric",),
        boxed=True,
    ),
    Chain(
        "bias",
        Expectation(noisy_average[t]) - mu,
        (
            Link("=", (1 - beta ** Int(t)) * mu - mu, "bias.mean"),
            Link("=", -(beta ** Int(t)) * mu, "bias.result"),
        ),
        given=from_one,
        uses=("mean", "geometric"),
    ),
    Chain(
        "corrected",
        Expectation(Div(noisy_average[t], 1 - beta ** Int(t))),
        (
            Link("=", Div(Expectation(noisy_average[t]), 1 - beta ** Int(t)), "corrected.linear"),
            Link("=", Div((1 - beta ** Int(t)) * mu, 1 - beta ** Int(t)), "corrected.mean"),
            Link("=", mu, "corrected.result"),
        ),
        given=from_one,
        uses=("mean", "geometric"),
        boxed=True,
    ),
)


def zero_start() -> Outcome:
    """A running average with beta = 9/10 of gradients that are all 1: by its recurrence, and by 1 - beta^t."""
    decay, average, values = Fraction(9, 10), Fraction(0), []
    while not values or values[-1] < Fraction(99, 100):
        average = decay * average + (1 - decay)
        values.append(average)
    closed = [1 - decay**k for k in range(1, len(values) + 1)]
    return Outcome(
        values == closed,
        {
            "en": f"{len(values)} steps of the recurrence with `beta` = 9/10 and constant gradients, as exact "
            "fractions, against the closed form",
            "fr": f"{len(values)} pas de la récurrence avec `beta` = 9/10 et des gradients constants, en fractions "
            "exactes, comparés à la formule",
        },
        {"decay": decay, "first": values[0], "tenth": values[9], "close": len(values)},
    )


def numeric() -> tuple[NumericResult, ...]:
    """The two update rules of the kernels on the same gradients, and the weights of the average."""
    import numpy as np

    from everystep.kernels.optimisers import Momentum, RunningAverage, average_weights, run

    random = np.random.default_rng(6135)
    gradients, start = random.normal(size=(51, 4)), random.normal(size=4)

    def recorded(_: Any, at: int) -> Any:
        return gradients[at]

    rate, decay = 0.3, 0.9
    averaged = run(RunningAverage(rate, decay), recorded, start, steps=50)
    moved = run(Momentum(rate * (1 - decay), decay), recorded, start, steps=50)
    unrolled = average_weights(50, decay) @ gradients[1:]
    return (
        NumericResult(
            "momentum against the running average, 50 steps",
            float(np.abs(averaged.state.theta - moved.state.theta).max()),
            1e-13,
            ("momentum",),
        ),
        NumericResult(
            "running average against the weighted sum of 50 gradients",
            float(np.abs(averaged.state.first - unrolled).max()),
            1e-13,
            ("unrolled",),
        ),
    )


DERIVATION = Derivation(
    id="momentum",
    context=CONTEXT,
    chains=MOMENTUM + UNROLLED + BIAS,
    notation=(
        ("t", Int(t)),
        ("g_t", g[t]),
        ("g_1", g[1]),
        ("g_i", g[i]),
        ("m_t", m[t]),
        ("m_0", m[0]),
        ("m_body", alpha * m[t - 1] + epsilon * g[t]),
        ("p_t", p[t]),
        ("p_body", -m[t]),
        ("p_previous", p[t - 1]),
        ("v_t", v[t]),
        ("v_0", v[0]),
        ("v_body", beta * v[t - 1] + rest * g[t]),
        ("q_t", q[t]),
        ("q_body", -delta * v[t]),
        ("q_previous", q[t - 1]),
        ("zero", Zeros(d)),
        ("alpha", alpha),
        ("beta", beta),
        ("epsilon", epsilon),
        ("delta", delta),
        ("rate", delta * rest),
        ("weight", rest * beta ** Int(t - i)),
        ("noisy_t", noisy[t]),
        ("average_t", noisy_average[t]),
        ("mu", mu),
        ("corrected", Div(noisy_average[t], 1 - beta ** Int(t))),
        ("mean", Expectation(noisy_average[t])),
        ("mean_g", Expectation(noisy[t])),
    ),
    numeric=numeric,
)

PROBLEM = Problem(
    id="momentum",
    derivation=DERIVATION,
    parts=(
        Part(
            "momentum",
            8,
            tuple(chain.name for chain in MOMENTUM),
            marks=(Mark(2, "momentum"), Mark(2, "average"), Mark(2, "same"), Mark(1, "first"), Mark(1, "second")),
            entries=("G1",),
        ),
        Part(
            "unrolled",
            8,
            tuple(chain.name for chain in UNROLLED),
            marks=(Mark(2, "twice"), Mark(4, "unrolled-step"), Mark(2, "unrolled")),
            entries=("G2",),
        ),
        Part(
            "bias",
            9,
            tuple(chain.name for chain in BIAS),
            checks=("zero_start",),
            marks=(Mark(2, "geometric"), Mark(3, "mean"), Mark(1, "bias"), Mark(3, "corrected")),
            entries=("G3",),
        ),
    ),
    title={"en": "Momentum and running averages", "fr": "Inertie et moyennes mobiles"},
    checks=(Check("zero_start", "example", zero_start),),
)
