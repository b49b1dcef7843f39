r"""Backpropagation through time: the adjoint recursion, the weights' gradients, truncation.

``h_t = s(W x_t + U h_{t-1})``, ``y_t = V h_t``, ``L_t = ||z_t - y_t||^2``, ``L`` their sum to T.
Gradients and Jacobians by ``h_t`` are total: later states depend on ``h_t``.  Two scalar units at
the end give the smallest numbers that show the bias of truncation.
"""

from __future__ import annotations

from typing import Any

from sympy import Rational

from everystep.algebra.context import Context, Definition, Recurrence, Relation
from everystep.algebra.expressions import (
    Apply,
    Entry,
    Expression,
    Family,
    Gradient,
    Int,
    Jacobian,
    Member,
    Mul,
    Num,
    Ones,
    ScalarDerivative,
    Zeros,
    diag,
    logistic,
    matrix,
    odot,
    scalar,
    sq,
    total,
    vector,
    walk,
)
from everystep.algebra.shapes import indices, size, sizes
from everystep.derivation import Chain, Check, Derivation, Link, Mark, NumericResult, Outcome, Part, Problem, prose

d, m, n = sizes("d m n")
T = size("T")
i, j, k = indices("i j k")
s, t = indices("s t")

W, U, V = matrix("W", n, d), matrix("U", n, n), matrix("V", m, n)
x, h, y, z, a = (
    Family("x", d),
    Family("h", n),
    Family("y", m),
    Family("z", m),
    Family("a", n),
)
step_loss = Family("L")
D = Family("D", n, n)
g = Family("g", n)
L = scalar("L")
ones = Ones(n)
half = Num(Rational(1, 2))
frozen, adjoint = vector("c", n), vector("v", n)
truncated_W, truncated_U = matrix("G_W", n, d), matrix("G_U", n, n)

# The two scalar units of part (d).
u = scalar("u")
linear, linear_input = Family("p"), Family("b")
sigmoid, sigmoid_input = Family("q"), Family("e")


def preactivation(at: Any) -> Expression:
    """W x_t + U h_{t-1}."""
    return W * x[at] + U * h[at - 1]


def gate(at: Any) -> Expression:
    """diag(h_t . (1 - h_t))."""
    return diag(odot(h[at], ones - h[at]))


def slope(at: Any) -> Expression:
    """s'(a_t), entry by entry."""
    return Apply("logistic", a[at], 1)


def grad(value: Expression, at: Any) -> Expression:
    """The gradient by h_t."""
    return Gradient(value, h[at])


transition = Jacobian(h[t + 1], h[t])
path = Jacobian(h[s], h[t]).T * grad(step_loss[s], s)

inside = (Relation(Int(1), "<=", Int(t)), Relation(Int(t), "<=", Int(T)))
before_end = (Relation(Int(1), "<=", Int(t)), Relation(Int(t), "<", Int(T)))
past = (
    Relation(Int(1), "<=", Int(s)),
    Relation(Int(s), "<", Int(t)),
    Relation(Int(t), "<=", Int(T)),
)
future = (
    Relation(Int(1), "<=", Int(t)),
    Relation(Int(t), "<", Int(s)),
    Relation(Int(s), "<=", Int(T)),
)
window_inside = (
    Relation(Int(0), "<=", Int(k)),
    Relation(Int(1), "<=", Int(t)),
    Relation(Int(t + k), "<", Int(T)),
)
window = (Relation(Int(0), "<=", Int(k)), Relation(Int(k), "<", Int(T)))
at_one = (Relation(u, "=", Num(1)),)

CONTEXT = Context(
    definitions=(
        Definition(a[t], preactivation(t)),
        Definition(y[t], V * h[t]),
        Definition(step_loss[t], sq(z[t] - y[t])),
        Definition(L, total(step_loss[t], t, 1, T)),
        Definition(D[t], gate(t)),
        Definition(g[t], total(path, s, t, t + k)),
        Definition(
            truncated_W,
            total(D[t] * g[t] * x[t].T, t, 1, T - k - 1) + total(D[t] * grad(L, t) * x[t].T, t, T - k, T),
        ),
        Definition(
            truncated_U,
            total(D[t] * g[t] * h[t - 1].T, t, 1, T - k - 1) + total(D[t] * grad(L, t) * h[t - 1].T, t, T - k, T),
        ),
        Definition(linear[0], Num(0)),
        Definition(linear_input[1], Num(1)),
        Definition(linear_input[2], Num(0)),
        Definition(linear_input[3], Num(0)),
        Definition(sigmoid[0], Num(1)),
        Definition(sigmoid_input[1], Num(-1)),
        Definition(sigmoid_input[2], -half),
    ),
    recurrences=(
        Recurrence(h[t], logistic(preactivation(t))),
        Recurrence(linear[t], u * linear[t - 1] + linear_input[t]),
        Recurrence(sigmoid[t], logistic(u * sigmoid[t - 1] + sigmoid_input[t])),
    ),
)

RECURSION = (
    Chain(
        "past",
        grad(step_loss[s], t),
        (Link("=", Zeros(n), "past.result"),),
        given=past,
    ),
    Chain(
        "through-next",
        grad(step_loss[s], t),
        (Link("=", transition.T * grad(step_loss[s], t + 1), "through-next.chain-rule"),),
        given=future,
    ),
    Chain(
        "recursion",
        grad(L, t),
        (
            Link("=", total(grad(step_loss[s], t), s, 1, T), "recursion.linear"),
            Link("=", total(grad(step_loss[s], t), s, t, T), "recursion.past"),
            Link(
                "=",
                grad(step_loss[t], t) + total(grad(step_loss[s], t), s, t + 1, T),
                "recursion.split",
            ),
            Link(
                "=",
                grad(step_loss[t], t) + total(transition.T * grad(step_loss[s], t + 1), s, t + 1, T),
                "recursion.chain-rule",
            ),
            Link(
                "=",
                grad(step_loss[t], t) + transition.T * total(grad(step_loss[s], t + 1), s, t + 1, T),
                "recursion.factor",
            ),
            Link("=", grad(step_loss[t], t) + transition.T * grad(L, t + 1), "recursion.result"),
        ),
        given=before_end,
        boxed=True,
    ),
    Chain(
        "end",
        grad(L, T),
        (
            Link("=", total(grad(step_loss[s], T), s, 1, T), "end.linear"),
            Link("=", grad(step_loss[T], T), "end.result"),
        ),
        boxed=True,
    ),
)

LOCAL = (
    Chain(
        "immediate",
        grad(step_loss[t], t),
        (
            Link("=", grad(sq(z[t] - V * h[t]), t), "immediate.definition"),
            Link("=", -2 * V.T * (z[t] - V * h[t]), "immediate.differentiate"),
            Link("=", -2 * V.T * (z[t] - y[t]), "immediate.result"),
        ),
        given=inside,
        boxed=True,
    ),
    Chain(
        "slope",
        slope(t),
        (
            Link("=", odot(logistic(a[t]), ones - logistic(a[t])), "slope.logistic"),
            Link("=", odot(h[t], ones - h[t]), "slope.state"),
        ),
        given=inside,
    ),
    Chain(
        "transition",
        transition,
        (
            Link("=", diag(slope(t + 1)) * Jacobian(a[t + 1], h[t]), "transition.chain-rule"),
            Link("=", diag(slope(t + 1)) * U, "transition.linear"),
            Link("=", gate(t + 1) * U, "transition.result"),
        ),
        given=before_end,
        boxed=True,
    ),
)

copied = adjoint.T * logistic(W * x[t] + U * frozen)

WEIGHTS = (
    Chain(
        "copy-W",
        Gradient(copied, W),
        (
            Link(
                "=",
                diag(Apply("logistic", W * x[t] + U * frozen, 1)) * adjoint * x[t].T,
                "copy-W.result",
            ),
        ),
        given=inside,
    ),
    Chain(
        "copy-U",
        Gradient(copied, U),
        (
            Link(
                "=",
                diag(Apply("logistic", W * x[t] + U * frozen, 1)) * adjoint * frozen.T,
                "copy-U.result",
            ),
        ),
        given=inside,
    ),
    Chain(
        "entries",
        Entry(Gradient(L, W), i, j),
        (
            Link(
                "=",
                total(Entry(grad(L, t), i) * Entry(slope(t), i) * Entry(x[t], j), t, 1, T),
                "entries.copies",
            ),
        ),
        given=(
            Relation(Int(1), "<=", Int(i)),
            Relation(Int(i), "<=", Int(n)),
            Relation(Int(1), "<=", Int(j)),
            Relation(Int(j), "<=", Int(d)),
        ),
    ),
    Chain(
        "gradient-W",
        Gradient(L, W),
        (
            Link("=", total(diag(slope(t)) * grad(L, t) * x[t].T, t, 1, T), "gradient-W.copies"),
            Link("=", total(gate(t) * grad(L, t) * x[t].T, t, 1, T), "gradient-W.result"),
        ),
        boxed=True,
    ),
    Chain(
        "gradient-U",
        Gradient(L, U),
        (
            Link("=", total(diag(slope(t)) * grad(L, t) * h[t - 1].T, t, 1, T), "gradient-U.copies"),
            Link("=", total(gate(t) * grad(L, t) * h[t - 1].T, t, 1, T), "gradient-U.result"),
        ),
        boxed=True,
    ),
    Chain(
        "gradient-V",
        Gradient(L, V),
        (
            Link("=", total(Gradient(step_loss[t], V), t, 1, T), "gradient-V.linear"),
            Link("=", total(-2 * (z[t] - V * h[t]) * h[t].T, t, 1, T), "gradient-V.differentiate"),
            Link("=", -2 * total((z[t] - y[t]) * h[t].T, t, 1, T), "gradient-V.result"),
        ),
        boxed=True,
    ),
)

missing_W = total(D[t] * total(path, s, t + k + 1, T) * x[t].T, t, 1, T - k - 1)
missing_U = total(D[t] * total(path, s, t + k + 1, T) * h[t - 1].T, t, 1, T - k - 1)
linear_loss, sigmoid_loss = linear[3] ** 2, sigmoid[2] ** 2

EXAMPLE = (
    Chain(
        "linear-states",
        linear[3],
        (
            Link("=", u * linear[2], "linear-states.last"),
            Link("=", u**2, "linear-states.result"),
        ),
    ),
    Chain(
        "linear-full",
        ScalarDerivative(linear_loss, u),
        (
            Link("=", ScalarDerivative(u**4, u), "linear-full.loss"),
            Link("=", 4 * u**3, "linear-full.result"),
        ),
    ),
    Chain(
        "linear-truncated",
        2 * linear[3] * linear[2],
        (Link("=", 2 * u**3, "linear-truncated.result"),),
    ),
    Chain(
        "linear-missing",
        ScalarDerivative(linear_loss, linear[2]) * linear[1],
        (
            Link("=", 2 * linear[3] * u * linear[1], "linear-missing.chain-rule"),
            Link("=", 4 * u**3 - 2 * u**3, "linear-missing.result"),
        ),
    ),
)

TRUNCATION = (
    Chain(
        "unrolled",
        grad(L, t),
        (
            Link("=", total(grad(step_loss[s], t), s, t, T), "unrolled.past"),
            Link("=", total(path, s, t, T), "unrolled.result"),
        ),
        given=inside,
    ),
    Chain(
        "state-bias",
        grad(L, t) - g[t],
        (
            Link("=", total(path, s, t, T) - total(path, s, t, t + k), "state-bias.unrolled"),
            Link("=", total(path, s, t + k + 1, T), "state-bias.result"),
        ),
        given=window_inside,
        boxed=True,
    ),
    Chain(
        "bias-W",
        Gradient(L, W) - truncated_W,
        (
            Link(
                "=",
                total(D[t] * (grad(L, t) - g[t]) * x[t].T, t, 1, T - k - 1),
                "bias-W.cancel",
            ),
            Link("=", missing_W, "bias-W.result"),
        ),
        given=window,
        boxed=True,
    ),
    Chain(
        "bias-U",
        Gradient(L, U) - truncated_U,
        (
            Link(
                "=",
                total(D[t] * (grad(L, t) - g[t]) * h[t - 1].T, t, 1, T - k - 1),
                "bias-U.cancel",
            ),
            Link("=", missing_U, "bias-U.result"),
        ),
        given=window,
        boxed=True,
    ),
    Chain(
        "sigmoid-first",
        sigmoid[1],
        (
            Link("=", logistic(u * 1 - 1), "sigmoid-first.definition"),
            Link("=", half, "sigmoid-first.result"),
        ),
        given=at_one,
    ),
    Chain(
        "sigmoid-second",
        sigmoid[2],
        (
            Link(
                "=",
                logistic(u * sigmoid[1] - half),
                "sigmoid-second.definition",
            ),
            Link("=", half, "sigmoid-second.result"),
        ),
        given=at_one,
    ),
    Chain(
        "sigmoid-full",
        ScalarDerivative(sigmoid_loss, u),
        (
            Link(
                "=",
                2 * sigmoid[2] * ScalarDerivative(sigmoid[2], u),
                "sigmoid-full.square",
            ),
            Link(
                "=",
                2
                * sigmoid[2]
                * sigmoid[2]
                * (1 - sigmoid[2])
                * (sigmoid[1] + u * sigmoid[1] * (1 - sigmoid[1]) * sigmoid[0]),
                "sigmoid-full.chain-rule",
            ),
            Link("=", Num(Rational(3, 16)), "sigmoid-full.result"),
        ),
        given=at_one,
    ),
    Chain(
        "sigmoid-truncated",
        2 * sigmoid[2] * sigmoid[2] * (1 - sigmoid[2]) * sigmoid[1],
        (Link("=", Num(Rational(1, 8)), "sigmoid-truncated.result"),),
        given=at_one,
    ),
)


def numeric() -> tuple[NumericResult, ...]:
    """The gradients of a real network against complex steps, and the numbers of the two units."""
    import numpy as np

    from everystep.kernels.bptt import bptt, loss
    from everystep.kernels.gradient_check import check_gradient

    random = np.random.default_rng(6135)
    steps, inputs, units, outputs = 50, 8, 32, 4
    x_all = random.normal(size=(steps, 1, inputs))
    z_all = random.normal(size=(steps, 1, outputs))
    start = random.random((1, units))
    point = {
        "W": random.normal(size=(units, inputs)) / np.sqrt(inputs),
        "U": 2 * random.normal(size=(units, units)) / np.sqrt(units),
        "V": random.normal(size=(outputs, units)) / np.sqrt(units),
    }
    found = bptt(x_all, z_all, start, **point)
    results = []
    for name, value in point.items():
        check = check_gradient(
            lambda changed, name=name: loss(x_all, z_all, start, **{**point, name: changed}),
            getattr(found, name),
            value,
            method="complex",
            directions=16,
        )
        what = f"gradient by {name} of a network with 50 steps and 32 units, against complex steps"
        results.append(NumericResult(what, check.relative_error, 1e-10, ("weights",)))

    def scalar_unit(
        weight: float, start: float, inputs: list[float], targets: list[float], kind: str, cut: int
    ) -> float:
        # A target equal to the output switches a loss off: only the last one is left.
        series = [np.array(values).reshape(-1, 1, 1) for values in (inputs, targets)]
        one = np.ones((1, 1))
        gradients = bptt(*series, start * one, one, weight * one, one, kind, truncation=cut)
        return float(gradients.U[0, 0])

    at = 1.3
    linear_unit = (at, 0.0, [1.0, 0.0, 0.0], [1.0, at, 0.0], "linear")
    logistic_unit = (1.0, 1.0, [-1.0, -0.5], [0.5, 0.0], "logistic")
    for what, error in (
        ("linear unit, full derivative", scalar_unit(*linear_unit, 3) - 4 * at**3),
        ("linear unit, truncated derivative", scalar_unit(*linear_unit, 0) - 2 * at**3),
        ("logistic unit, full derivative", scalar_unit(*logistic_unit, 3) - 3 / 16),
        ("logistic unit, truncated derivative", scalar_unit(*logistic_unit, 0) - 1 / 8),
    ):
        results.append(
            NumericResult(what, abs(error), 1e-13, ("example" if what.startswith("linear") else "truncation",))
        )
    return tuple(results)


DERIVATION = Derivation(
    id="bptt",
    context=CONTEXT,
    chains=RECURSION + LOCAL + WEIGHTS + EXAMPLE + TRUNCATION,
    notation=(
        ("T", Int(T)),
        ("d", Int(d)),
        ("m", Int(m)),
        ("n", Int(n)),
        ("k", Int(k)),
        ("s", Int(s)),
        ("t", Int(t)),
        ("W", W),
        ("U", U),
        ("V", V),
        ("L", L),
        ("L_t", step_loss[t]),
        ("L_s", step_loss[s]),
        ("x_t", x[t]),
        ("h_t", h[t]),
        ("h_next", h[t + 1]),
        ("h_previous", h[t - 1]),
        ("h_0", h[0]),
        ("y_t", y[t]),
        ("z_t", z[t]),
        ("a_t", a[t]),
        ("D_t", D[t]),
        ("g_t", g[t]),
        ("state_body", logistic(a[t])),
        ("preactivation", preactivation(t)),
        ("gate", gate(t)),
        ("grad_h", grad(L, t)),
        ("grad_h_end", grad(L, T)),
        ("grad_immediate", grad(step_loss[t], t)),
        ("grad_W", Gradient(L, W)),
        ("grad_U", Gradient(L, U)),
        ("grad_V", Gradient(L, V)),
        ("truncated_W", truncated_W),
        ("truncated_U", truncated_U),
        ("transition", transition),
        ("loss_body", total(step_loss[t], t, 1, T)),
        ("step_loss_body", sq(z[t] - y[t])),
        ("output_body", V * h[t]),
        ("window_body", total(path, s, t, t + k)),
        ("frozen", frozen),
        ("adjoint", adjoint),
        ("copied", copied),
        ("G_full", total(path, s, t, T)),
        ("state", logistic(preactivation(t))),
        ("u", u),
        ("p_t", linear[t]),
        ("p_body", u * linear[t - 1] + linear_input[t]),
        ("p_0", linear[0]),
        ("p_1", linear[1]),
        ("p_2", linear[2]),
        ("p_3", linear[3]),
        ("p_loss", linear_loss),
        ("b_1", linear_input[1]),
        ("b_2", linear_input[2]),
        ("b_3", linear_input[3]),
        ("q_t", sigmoid[t]),
        ("q_body", logistic(u * sigmoid[t - 1] + sigmoid_input[t])),
        ("q_0", sigmoid[0]),
        ("q_1", sigmoid[1]),
        ("q_2", sigmoid[2]),
        ("q_loss", sigmoid_loss),
        ("e_1", sigmoid_input[1]),
        ("e_2", sigmoid_input[2]),
        ("minus_one", Num(-1)),
        ("minus_half", Num(Rational(-1, 2))),
    ),
    numeric=numeric,
)


def unrolled(steps: int = 3) -> set[tuple[str, str, str]]:
    """The arrows of the graph, (from, to, matrix), read off the definitions at the times 1 to ``steps``."""
    rules = {rule.target: rule.body for rule in (*CONTEXT.definitions, *CONTEXT.recurrences)}
    edges = set()
    for at in range(1, steps + 1):
        for target in (h[t], y[t], step_loss[t]):
            body = rules[target].xreplace({t: at})
            weights = {
                node.args[1]: node.args[0].name
                for node in walk(body)
                if isinstance(node, Mul) and isinstance(node.args[1], Member)
            }
            for node in walk(body):
                if isinstance(node, Member):
                    edges.add((str(node), str(target.xreplace({t: at})), weights.get(node, "")))
        edges.add((str(step_loss[at]), L.name, ""))
    return edges


def graph() -> Outcome:
    """The unrolled graph has the nodes and arrows of the figure."""
    edges = unrolled()
    nodes = {node for edge in edges for node in edge[:2]}
    weighted = sorted(matrix for _, _, matrix in edges if matrix)
    return Outcome(
        (len(nodes), len(edges)) == (17, 18) and weighted == ["U"] * 3 + ["V"] * 3 + ["W"] * 3,
        {
            "en": f"{len(nodes)} nodes, {len(edges)} arrows and their matrices, read off the definitions",
            "fr": f"{len(nodes)} nœuds, {len(edges)} flèches et leurs matrices, lus dans les définitions",
        },
        {"matrices": len(set(weighted))},
    )


CONSEQUENCES = prose(
    "consequences",
    {
        "en": "Truncation leaves out every path longer than the window, for all data: the gradient is biased, and "
        "averaging over more sequences does not help.",
        "fr": "La troncature omet tout chemin plus long que la fenêtre, quelles que soient les données : le gradient "
        "est biaisé, et une moyenne sur davantage de séquences n'y change rien.",
    },
    {
        "en": "Descent need not approach a stationary point of `L`; long dependencies are not learnt.",
        "fr": "La descente ne s'approche pas nécessairement d'un point stationnaire de `L` ; les longues dépendances "
        "ne sont pas apprises.",
    },
    {
        "en": "Random truncation lengths with weights, and real-time recurrent learning, are unbiased.",
        "fr": "Des longueurs de troncature aléatoires et repondérées, ou la propagation avant des dérivées, sont sans "
        "biais.",
    },
    references=(
        "C. Tallec, Y. Ollivier, Unbiasing truncated backpropagation through time, 2017",
        "R. J. Williams, D. Zipser, A learning algorithm for continually running fully recurrent neural networks, 1989",
    ),
)

PROBLEM = Problem(
    id="bptt",
    derivation=DERIVATION,
    parts=(
        Part(
            "graph",
            2,
            checks=("graph",),
            marks=(
                Mark(1, words={"en": "variables in the nodes", "fr": "variables dans les nœuds"}),
                Mark(1, words={"en": "matrices on the arrows", "fr": "matrices sur les flèches"}),
            ),
            entries=("A1",),
        ),
        Part(
            "recursion",
            5,
            tuple(c.name for c in RECURSION),
            marks=(Mark(1, "past"), Mark(1, "through-next"), Mark(2, "recursion"), Mark(1, "end")),
            entries=("A2",),
        ),
        Part(
            "local",
            5,
            tuple(c.name for c in LOCAL),
            marks=(Mark(2, "immediate"), Mark(1, "slope"), Mark(2, "transition")),
            entries=("A3",),
        ),
        Part(
            "weights",
            5,
            tuple(c.name for c in WEIGHTS),
            marks=(
                Mark(1, "copy-W"),
                Mark(0.5, "copy-U"),
                Mark(0.5, "entries"),
                Mark(1, "gradient-W"),
                Mark(1, "gradient-U"),
                Mark(1, "gradient-V"),
            ),
            entries=("A4",),
        ),
        Part(
            "example",
            3,
            tuple(c.name for c in EXAMPLE),
            ("consequences",),
            marks=(
                Mark(0.5, "linear-full"),
                Mark(0.5, "linear-truncated"),
                Mark(
                    1,
                    words={
                        "en": "biased: long paths are always missing, and averaging does not bring them back",
                        "fr": "biaisé : les longs chemins manquent toujours, et une moyenne ne les ramène pas",
                    },
                ),
                Mark(
                    1,
                    words={
                        "en": "long dependencies are not learnt, with an example",
                        "fr": "les longues dépendances ne sont pas apprises, avec un exemple",
                    },
                ),
            ),
            entries=("A5",),
        ),
        Part(
            "truncation",
            4,
            tuple(c.name for c in TRUNCATION),
            marks=(
                Mark(1, "state-bias"),
                Mark(1, "bias-W"),
                Mark(1, "bias-U"),
                Mark(0.5, "sigmoid-full"),
                Mark(0.5, "sigmoid-truncated"),
            ),
            entries=("A5",),
            variant="full",
        ),
    ),
    checks=(Check("graph", "count", graph), CONSEQUENCES),
    title={
        "en": "Backpropagation through time",
        "fr": "Rétropropagation à travers le temps",
    },
)
