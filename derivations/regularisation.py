r"""Weight decay and the squared penalty: the same under plain descent, different under Adam.

``theta`` are the weights, ``L(theta, x_j)`` the loss of example j of a minibatch of m.  The penalty adds
``gamma ||theta||^2`` to every loss; decay subtracts ``lambda theta`` in every step.  Adam works entry by entry:
``s_i`` and ``r_i`` are its averages for the entry ``theta_i``.  One weight is ``w``, and its gradient ``xi`` fluctuates
about 0.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt as root
from typing import Any

from everystep.algebra.context import Context, Definition, Predicate, Random, Recurrence, Relation
from everystep.algebra.expressions import (
    Call,
    Div,
    Entry,
    Expectation,
    Expression,
    Family,
    Gradient,
    Int,
    Num,
    Zeros,
    scalar,
    sq,
    sqrt,
    total,
    vector,
)
from everystep.algebra.shapes import indices, sizes
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
    prose,
)

d, m = sizes("d m")
i, j, t = indices("i j t")
zero = Num(0)
theta, g = vector("theta", d), vector("g", d)
x = Family("x", d)
eta, gamma, decay, scale = scalar("eta"), scalar("gamma"), scalar("lambda"), scalar("c")

# Plain descent: the two new weights.
decayed, penalised = vector("theta_dec", d), vector("theta_pen", d)
loss = Call("L", 1, 1, theta, x[j])
mean_loss = Div(total(loss, j, 1, m), Int(m))
penalty = gamma * sq(theta)
penalised_loss = Div(total(loss + penalty, j, 1, m), Int(m))
mean_gradient = Div(total(Gradient(loss, theta), j, 1, m), Int(m))
decay_body = theta - eta * mean_gradient - decay * theta
penalised_body = theta - eta * Gradient(penalised_loss, theta)
gap, kappa = 2 * eta * gamma - decay, scalar("kappa")

# Adam, for the entry i.
s, r, s_hat, r_hat = vector("s", d), vector("r", d), vector("hat s", d), vector("hat r", d)
rho_1, rho_2, epsilon, delta = scalar("rho_1"), scalar("rho_2"), scalar("epsilon"), scalar("delta")
g_i, theta_i, s_i, r_i = (Entry(v, i) for v in (g, theta, s, r))
first_plain = rho_1 * s_i + (1 - rho_1) * g_i
second_plain = rho_2 * r_i + (1 - rho_2) * g_i**2
changed = g_i + 2 * gamma * theta_i
adam_step = Div(epsilon * Entry(s_hat, i), sqrt(Entry(r_hat, i)) + delta)
in_range = (Relation(Int(1), "<=", Int(i)), Relation(Int(i), "<=", Int(d)))

# One weight w, the variance of its gradient small (v_1) or large (v_2).
w, xi, v, v_1, v_2 = scalar("w"), scalar("xi"), scalar("v"), scalar("v_1"), scalar("v_2")
q_1, q_2, direction = scalar("q_1"), scalar("q_2"), scalar("u")
W = Family("w")


def spread(variance: Expression) -> Expression:
    """The root of the mean square of the penalised gradient."""
    return sqrt(variance + 4 * gamma**2 * w**2)


def shrink(of: Expression) -> Expression:
    """By how much Adam shrinks w in a step because of the penalty, in relation to w."""
    return Div(2 * epsilon * gamma, of + delta)


def positive(*numbers: Expression) -> tuple[Relation, ...]:
    """The numbers are > 0."""
    return tuple(Relation(number, ">", zero) for number in numbers)


CONTEXT = Context(
    definitions=(Definition(decayed, decay_body), Definition(penalised, penalised_body)),
    recurrences=(Recurrence(W[t], (1 - decay) * W[t - 1]),),
    random=(Random(xi, "moments", (zero, v)),),
)

SAME = (
    Chain(
        "gradient",
        Gradient(penalised_loss, theta),
        (
            Link("=", Div(total(Gradient(loss, theta) + 2 * gamma * theta, j, 1, m), Int(m)), "gradient.terms"),
            Link("=", mean_gradient + 2 * gamma * theta, "gradient.result"),
        ),
    ),
    Chain(
        "step",
        penalised,
        (
            Link("=", penalised_body, "step.descent"),
            Link("=", theta - eta * mean_gradient - 2 * eta * gamma * theta, "step.result"),
        ),
    ),
    Chain(
        "difference",
        decayed - penalised,
        (
            Link("=", 2 * eta * gamma * theta - decay * theta, "difference.cancel"),
            Link("=", gap * theta, "difference.result"),
        ),
    ),
    Chain(
        "same",
        decayed,
        (
            Link("=", theta - eta * mean_gradient - 2 * eta * gamma * theta, "same.insert"),
            Link("=", penalised, "same.result"),
        ),
        given=(Relation(decay, "=", 2 * eta * gamma),),
        boxed=True,
    ),
    Chain(
        "only",
        sq(kappa * theta),
        (
            Link("=", kappa**2 * sq(theta), "only.norm"),
            Link(">", zero, "only.result"),
        ),
        given=(Predicate("nonzero", theta), Relation(kappa, "!=", zero)),
    ),
)

ADAM = (
    Chain(
        "line",
        Gradient(mean_loss + penalty, theta),
        (Link("=", mean_gradient + 2 * gamma * theta, "line.result"),),
        boxed=True,
    ),
    Chain(
        "first",
        rho_1 * s_i + (1 - rho_1) * changed,
        (Link("=", first_plain + 2 * (1 - rho_1) * gamma * theta_i, "first.result"),),
        given=in_range,
    ),
    Chain(
        "second",
        rho_2 * r_i + (1 - rho_2) * changed**2,
        (
            Link(
                "=",
                second_plain + (1 - rho_2) * (4 * gamma * theta_i * g_i + 4 * gamma**2 * theta_i**2),
                "second.result",
            ),
        ),
        given=in_range,
    ),
)

GROUPS = (
    Chain(
        "mean",
        Expectation(xi + 2 * gamma * w),
        (
            Link("=", Expectation(xi) + 2 * gamma * w, "mean.linear"),
            Link("=", 2 * gamma * w, "mean.result"),
        ),
    ),
    Chain(
        "square",
        Expectation((xi + 2 * gamma * w) ** 2),
        (
            Link("=", Expectation(xi**2) + 4 * gamma * w * Expectation(xi) + 4 * gamma**2 * w**2, "square.expand"),
            Link("=", v + 4 * gamma**2 * w**2, "square.result"),
        ),
    ),
    Chain(
        "roots",
        spread(v_1),
        (Link("<", spread(v_2), "roots.result"),),
        given=(*positive(gamma, v_1), Relation(v_1, "<", v_2)),
    ),
    Chain(
        "rates",
        shrink(q_1) - shrink(q_2),
        (
            Link("=", Div(2 * epsilon * gamma * (q_2 - q_1), (q_1 + delta) * (q_2 + delta)), "rates.difference"),
            Link(">", zero, "rates.result"),
        ),
        given=(*positive(epsilon, gamma, delta, q_1), Relation(q_1, "<", q_2)),
    ),
    Chain(
        "decoupled",
        w - (epsilon * direction + decay * w),
        (Link("=", (1 - decay) * w - epsilon * direction, "decoupled.result"),),
        boxed=True,
    ),
    Chain(
        "shrunk",
        W[t],
        (Link("=", (1 - decay) ** Int(t) * W[0], "shrunk.result", by=Induction(t, 0)),),
        given=(Relation(Int(0), "<=", Int(t)),),
    ),
)

COUPLING = (
    Chain(
        "scaled",
        scale * g + 2 * gamma * theta,
        (Link("=", scale * (g + 2 * Div(gamma, scale) * theta), "scaled.result"),),
        given=positive(scale),
    ),
)

STEPS, RATE, PENALTY, FACTOR = 500, 1 / 500, 1 / 20, 10
DECAY = 2 * RATE * PENALTY
NOISE = {"small": 0.05, "large": 5.0}
RHO_1, RHO_2, DELTA = 0.9, 0.999, 1e-8


def alternating(size: float, at: int) -> float:
    """The gradient of step t = 1, 2, ...: of one size, with alternating signs."""
    return size if at % 2 else -size


def by_sums(size: float, penalty: float, decay: float) -> float:
    """A weight that starts at 1, after Adam's steps: the averages are kept as sums and corrected at the end."""
    weight, s, r = 1.0, 0.0, 0.0
    for at in range(1, STEPS + 1):
        gradient = alternating(size, at) + 2 * penalty * weight
        s = RHO_1 * s + (1 - RHO_1) * gradient
        r = RHO_2 * r + (1 - RHO_2) * gradient**2
        weight -= RATE * (s / (1 - RHO_1**at)) / (root(r / (1 - RHO_2**at)) + DELTA) + decay * weight
    return weight


def by_means(size: float, penalty: float, decay: float) -> float:
    """The same by corrected averages only: each moves towards the new value by its share (1 - rho) / (1 - rho^t)."""
    weight, mean, square = 1.0, 0.0, 0.0
    power_1, power_2 = 1.0, 1.0
    for at in range(1, STEPS + 1):
        power_1, power_2 = power_1 * RHO_1, power_2 * RHO_2
        gradient = alternating(size, at) + 2 * penalty * weight
        mean += (gradient - mean) * (1 - RHO_1) / (1 - power_1)
        square += (gradient * gradient - square) * (1 - RHO_2) / (1 - power_2)
        weight = (1 - decay) * weight - RATE * mean / (square**0.5 + DELTA)
    return weight


def compared(factor: float) -> tuple[dict[str, tuple[float, float]], bool]:
    """What is left of the weights, small and large gradients times ``factor``; whether both computations agree."""
    rules = {"penalty": (PENALTY, 0.0), "decoupled": (0.0, DECAY)}
    left, agree = {}, True
    for name, (penalty, decay) in rules.items():
        scaled = [factor * size for size in NOISE.values()]
        found = [(by_sums(size, penalty, decay), by_means(size, penalty, decay)) for size in scaled]
        agree = agree and all(abs(a - b) < 1e-9 for a, b in found)
        left[name] = (found[0][0], found[1][0])
    return left, agree


def groups() -> Outcome:
    """Two weights that the loss does not pull, small and large gradients: what Adam leaves of them."""
    left, agree = compared(1)
    small, large = left["penalty"]
    even = left["decoupled"]
    return Outcome(
        agree and small < even[0] < large and abs(even[0] - even[1]) < 1e-3,
        {
            "en": f"{STEPS} steps of Adam with gradients of alternating signs, by two ways to keep its averages",
            "fr": f"{STEPS} pas d'Adam avec des gradients de signes alternés, par deux façons de tenir ses moyennes",
        },
        {
            "steps": STEPS,
            "small_gradient": NOISE["small"],
            "large_gradient": NOISE["large"],
            "rate": RATE,
            "penalty": PENALTY,
            "decay": DECAY,
            "penalty_small": small,
            "penalty_large": large,
            "decoupled_small": even[0],
            "decoupled_large": even[1],
            "pure": (1 - DECAY) ** STEPS,
        },
    )


def rescaled() -> Outcome:
    """The same with a loss ten times as large: the penalty acts more weakly, decoupled decay as before."""
    left, agree = compared(1)
    scaled, agree_scaled = compared(FACTOR)
    return Outcome(
        agree
        and agree_scaled
        and scaled["penalty"][0] > left["penalty"][0]
        and abs(scaled["decoupled"][0] - left["decoupled"][0]) < 1e-3,
        {
            "en": f"the same steps with gradients {FACTOR} times as large, by two ways to keep the averages",
            "fr": f"les mêmes pas avec des gradients {FACTOR} fois plus grands, par deux façons de tenir les moyennes",
        },
        {
            "factor": FACTOR,
            "steps": STEPS,
            "gradient": NOISE["small"],
            "before": left["penalty"][0],
            "after": scaled["penalty"][0],
            "decoupled_before": left["decoupled"][0],
            "decoupled_after": scaled["decoupled"][0],
        },
    )


CENTRES, LINES, FASTER = (0.5, -1.5, 2.5), 100, 1 / 100


def adam_on_quadratic(slope: Callable[[float], float], decay: float = 0.0) -> float:
    """Adam from the weight 1, with the gradient ``slope``."""
    weight, s, r = 1.0, 0.0, 0.0
    for at in range(1, LINES + 1):
        gradient = slope(weight)
        s, r = RHO_1 * s + (1 - RHO_1) * gradient, RHO_2 * r + (1 - RHO_2) * gradient**2
        weight -= FASTER * (s / (1 - RHO_1**at)) / (root(r / (1 - RHO_2**at)) + DELTA) + decay * weight
    return weight


def mean_slope(at: float) -> float:
    """The mean gradient of (at - centre)^2 / 2 over the examples, without the penalty."""
    return sum(at - centre for centre in CENTRES) / len(CENTRES)


def lines() -> Outcome:
    """Adam on a penalised quadratic loss: its gradient by differences of the loss, against the changed line."""

    def value(at: float) -> float:
        return sum((at - centre) ** 2 / 2 + PENALTY * at**2 for centre in CENTRES) / len(CENTRES)

    def difference(at: float) -> float:
        """The central difference of a quadratic function is its derivative, whatever the distance."""
        return value(at + 0.5) - value(at - 0.5)

    by_line = adam_on_quadratic(lambda at: mean_slope(at) + 2 * PENALTY * at)
    return Outcome(
        abs(by_line - adam_on_quadratic(difference)) < 1e-9,
        {
            "en": f"{LINES} steps of Adam with the changed line, against Adam on the penalised loss, whose gradient "
            "is taken by differences of its values",
            "fr": f"{LINES} pas d'Adam avec la ligne changée, comparés à Adam sur la perte pénalisée, dont le gradient "
            "est pris par différences de ses valeurs",
        },
        {"weight": by_line},
    )


REASONS = prose(
    "reasons",
    {
        "en": "Regularisation should limit all weights, above all those that the loss depends on most; the penalty "
        "under Adam spares exactly these, because their gradients are large.",
        "fr": "La régularisation doit limiter tous les poids, surtout ceux dont la perte dépend le plus ; sous Adam, "
        "la pénalité épargne justement ceux-là, car leurs gradients sont grands.",
    },
    {
        "en": "How strongly the penalty acts depends on the history of the gradients, on the scale of the loss and on "
        "the learning rate; decoupled decay has one rate, set by one number.",
        "fr": "La force de la pénalité dépend de l'histoire des gradients, de l'échelle de la perte et du taux "
        "d'apprentissage ; la décroissance découplée a un seul rythme, fixé par un seul nombre.",
    },
    {
        "en": "The penalty enters both averages of Adam and so changes the step that the loss alone would give.",
        "fr": "La pénalité entre dans les deux moyennes d'Adam et change ainsi le pas que donnerait la perte seule.",
    },
    {
        "en": "Under plain descent none of this arises: there, both are the same.",
        "fr": "Avec la descente ordinaire, rien de cela n'arrive : les deux y sont identiques.",
    },
    references=("I. Loshchilov, F. Hutter, Decoupled weight decay regularization, ICLR 2019",),
)


def numeric() -> tuple[NumericResult, ...]:
    """The rules of the kernels on the same gradients: descent both ways, and Adam against the loops here."""
    import numpy as np

    from everystep.kernels.optimisers import SGD, Adam, run

    random = np.random.default_rng(6135)
    recorded, start = random.normal(size=(STEPS + 1, 4)), random.normal(size=4)

    def noise(_: Any, at: int) -> Any:
        return recorded[at]

    def alternate(_: Any, at: int) -> Any:
        return [alternating(size, at) for size in NOISE.values()]

    ones = np.ones(2)
    both = [run(rule, noise, start, steps=STEPS) for rule in (SGD(RATE, penalty=PENALTY), SGD(RATE, decay=DECAY))]
    adam = [
        run(rule, alternate, ones, steps=STEPS).state.theta
        for rule in (Adam(RATE, penalty=PENALTY), Adam(RATE, decay=DECAY))
    ]
    left, _ = compared(1)
    return (
        NumericResult(
            "descent with the penalty against descent with decay",
            float(np.abs(both[0].state.theta - both[1].state.theta).max()),
            1e-12,
            ("descent",),
        ),
        NumericResult(
            "Adam with the penalty and with decoupled decay, two weights",
            float(max(np.abs(adam[0] - left["penalty"]).max(), np.abs(adam[1] - left["decoupled"]).max())),
            1e-9,
            ("adam", "groups"),
        ),
    )


DERIVATION = Derivation(
    id="regularisation",
    context=CONTEXT,
    chains=SAME + ADAM + GROUPS + COUPLING,
    notation=(
        ("d", Int(d)),
        ("m", Int(m)),
        ("i", Int(i)),
        ("j", Int(j)),
        ("t", Int(t)),
        ("x_j", x[j]),
        ("theta", theta),
        ("theta_i", theta_i),
        ("loss", loss),
        ("penalty", penalty),
        ("with_penalty", loss + penalty),
        ("mean_gradient", mean_gradient),
        ("decayed", decayed),
        ("decay_body", decay_body),
        ("penalised", penalised),
        ("penalised_loss", penalised_loss),
        ("penalised_body", penalised_body),
        ("eta", eta),
        ("gamma", gamma),
        ("lambda", decay),
        ("twice", 2 * eta * gamma),
        ("kappa", kappa),
        ("gap", gap),
        ("kappa_theta", kappa * theta),
        ("factor", 1 - decay),
        ("kept", (1 - decay) * theta),
        ("g", g),
        ("g_i", g_i),
        ("g_body", mean_gradient),
        ("g_changed", mean_gradient + 2 * gamma * theta),
        ("extra", 2 * gamma * theta),
        ("s", s),
        ("s_i", s_i),
        ("s_body", first_plain),
        ("r", r),
        ("r_i", r_i),
        ("r_body", second_plain),
        ("s_hat", s_hat),
        ("s_hat_i", Entry(s_hat, i)),
        ("s_hat_body", Div(s_i, 1 - rho_1 ** Int(t))),
        ("r_hat", r_hat),
        ("r_hat_i", Entry(r_hat, i)),
        ("r_hat_body", Div(r_i, 1 - rho_2 ** Int(t))),
        ("adam_body", theta_i - adam_step),
        ("adam_decoupled", theta_i - (adam_step + decay * theta_i)),
        ("decay_term", decay * theta_i),
        ("rho_1", rho_1),
        ("rho_2", rho_2),
        ("epsilon", epsilon),
        ("delta", delta),
        ("w", w),
        ("w_t", W[t]),
        ("w_0", W[0]),
        ("xi", xi),
        ("noisy", xi + 2 * gamma * w),
        ("v", v),
        ("v_1", v_1),
        ("v_2", v_2),
        ("q_1", q_1),
        ("q_2", q_2),
        ("u", direction),
        ("root", spread(v)),
        ("rate_body", shrink(spread(v))),
        ("systematic", Div(2 * epsilon * gamma * w, spread(v) + delta)),
        ("c", scale),
        ("gamma_scaled", Div(gamma, scale)),
        ("zero", Zeros(d)),
    ),
    numeric=numeric,
)

PROBLEM = Problem(
    id="regularisation",
    derivation=DERIVATION,
    parts=(
        Part(
            "descent",
            2,
            tuple(chain.name for chain in SAME),
            marks=(Mark(1, "gradient"), Mark(0.5, "difference"), Mark(0.5, "same")),
            entries=("F3",),
        ),
        Part(
            "adam",
            3,
            tuple(chain.name for chain in ADAM),
            checks=("lines",),
            marks=(
                Mark(2, "line"),
                Mark(
                    1,
                    words={
                        "en": "no other line changes; the penalty is in both averages",
                        "fr": "aucune autre ligne ne change ; la pénalité est dans les deux moyennes",
                    },
                ),
            ),
            entries=("F4",),
        ),
        Part(
            "groups",
            4,
            tuple(chain.name for chain in GROUPS),
            checks=("groups",),
            marks=(
                Mark(
                    2,
                    words={
                        "en": "penalty: divided by the root of the squared gradients, so weak where they are large",
                        "fr": "pénalité : divisée par la racine des gradients au carré, donc faible où ils sont grands",
                    },
                ),
                Mark(2, "decoupled"),
            ),
            entries=("F5",),
        ),
        Part(
            "decoupled",
            4,
            tuple(chain.name for chain in COUPLING),
            checks=("reasons", "rescaled"),
            marks=(
                Mark(
                    2,
                    words={
                        "en": "the penalty spares the weights with large gradients, those that matter most",
                        "fr": "la pénalité épargne les poids à grands gradients, ceux qui comptent le plus",
                    },
                ),
                Mark(
                    1,
                    words={
                        "en": "decoupled decay has one rate, which depends neither on the gradients nor on the loss",
                        "fr": "la décroissance découplée a un seul rythme, qui ne dépend ni des gradients ni de la "
                        "perte",
                    },
                ),
                Mark(
                    1,
                    words={
                        "en": "plain descent divides by nothing: there the two are the same",
                        "fr": "la descente ordinaire ne divise par rien : les deux y coïncident",
                    },
                ),
            ),
            entries=("F6",),
        ),
    ),
    title={"en": "Weight decay and the squared penalty", "fr": "Décroissance des poids et pénalité quadratique"},
    checks=(
        Check("lines", "example", lines),
        Check("groups", "example", groups),
        REASONS,
        Check("rescaled", "example", rescaled),
    ),
)
