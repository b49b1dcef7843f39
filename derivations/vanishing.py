r"""Where the activation of a recurrent network sits, and when its gradients vanish.

Two recurrences, ``h_t = W s(h_{t-1}) + U x_t + b`` and ``g_t = s(W g_{t-1} + U x_t + b)``, with an arbitrary
differentiable activation s whose slope is bounded.  Matrix norms are operator norms, so the norm of W is the root of
the largest eigenvalue of W^T W.
"""

from __future__ import annotations

from fractions import Fraction
from math import sqrt as root
from math import tanh
from typing import Any

from everystep.algebra.context import Context, Definition, Recurrence, Relation
from everystep.algebra.expressions import (
    Apply,
    EigMax,
    Expression,
    Family,
    Int,
    Jacobian,
    Limit,
    Num,
    diag,
    matrix,
    norm,
    scalar,
    sqrt,
    vector,
)
from everystep.algebra.shapes import indices, sizes
from everystep.derivation import Chain, Check, Derivation, Induction, Link, Mark, Outcome, Part, Problem, prose

n, d = sizes("n d")
t = indices("t")[0]
W, U, b = matrix("W", n, n), matrix("U", n, d), vector("b", n)
x, h, g, a = Family("x", d), Family("h", n), Family("g", n), Family("a", n)
gamma, delta = scalar("gamma"), scalar("delta")


def activation(z: Expression) -> Expression:
    """s(z), entry by entry."""
    return Apply("sigma", z)


def slope(z: Expression) -> Expression:
    """s'(z), entry by entry."""
    return Apply("sigma", z, 1)


def preactivation(at: Any) -> Expression:
    """W g_{t-1} + U x_t + b."""
    return W * g[at - 1] + U * x[at] + b


def hidden(at: Any) -> Expression:
    """W s(h_{t-1}) + U x_t + b."""
    return W * activation(h[at - 1]) + U * x[at] + b


largest = EigMax(W.T * W)
power = delta ** Int(t)
next_power = delta ** Int(t + 1)
small_weights = Relation(largest, "<=", delta**2 / gamma**2)

CONTEXT = Context(
    definitions=(Definition(g[0], activation(h[0])), Definition(a[t], preactivation(t))),
    recurrences=(Recurrence(h[t], hidden(t)), Recurrence(g[t], activation(preactivation(t)))),
)

from_start = (Relation(Int(0), "<=", Int(t)),)
constants = (
    Relation(Num(0), "<", gamma),
    Relation(Num(0), "<=", delta),
    Relation(delta, "<", Num(1)),
)

EQUIVALENT = (
    Chain(
        "equivalent-step",
        g[t + 1],
        (
            Link("=", activation(W * g[t] + U * x[t + 1] + b), "equivalent-step.definition"),
            Link("=", activation(W * activation(h[t]) + U * x[t + 1] + b), "equivalent-step.hypothesis"),
            Link("=", activation(h[t + 1]), "equivalent-step.result"),
        ),
        given=(*from_start, Relation(g[t], "=", activation(h[t]))),
    ),
    Chain(
        "equivalent",
        g[t],
        (Link("=", activation(h[t]), "equivalent.result", by=Induction(t, 0)),),
        given=from_start,
        boxed=True,
    ),
)


def vanishing(
    name: str, state: Family, factors: tuple[Expression, Expression], slopes: Expression
) -> tuple[Chain, ...]:
    """The bound of one factor, the induction and the limit, for the states ``g`` or ``h``."""
    step, all_steps = Jacobian(state[t + 1], state[t]), Jacobian(state[t], state[0])
    further = Jacobian(state[t + 1], state[0])
    left, right = factors
    norms = norm(left) * norm(right)
    largest_slope = norm(slopes, "inf")
    at_slopes, at_bound = (
        (largest_slope * norm(W), gamma * norm(W)) if right == W else (norm(W) * largest_slope, norm(W) * gamma)
    )
    return (
        Chain(
            f"product-{name}",
            norm(step),
            (
                Link("=", norm(left * right), f"product-{name}.jacobian"),
                Link("<=", norms, f"product-{name}.norms"),
                Link("<=", at_slopes, f"product-{name}.result"),
            ),
            given=from_start,
        ),
        Chain(
            f"slope-{name}",
            at_slopes,
            (Link("<=", at_bound, f"slope-{name}.result"),),
            given=(*from_start, Relation(largest_slope, "<=", gamma)),
        ),
        Chain(
            f"norm-{name}",
            norm(W),
            (Link("=", sqrt(largest), f"norm-{name}.result"),),
        ),
        Chain(
            f"weights-{name}",
            at_bound,
            (
                Link("=", gamma * sqrt(largest), f"weights-{name}.eigenvalue"),
                Link("<=", gamma * sqrt(delta**2 / gamma**2), f"weights-{name}.bound"),
                Link("=", delta, f"weights-{name}.result"),
            ),
            given=(*constants, small_weights),
        ),
        Chain(
            f"factor-{name}",
            norm(step),
            (
                Link("<=", at_slopes, f"factor-{name}.product"),
                Link("<=", at_bound, f"factor-{name}.slope"),
                Link("<=", delta, f"factor-{name}.result"),
            ),
            given=(
                *from_start,
                Relation(norm(step), "<=", at_slopes),
                Relation(largest_slope, "<=", gamma),
                Relation(at_bound, "<=", delta),
            ),
            boxed=True,
        ),
        Chain(
            f"start-{name}",
            norm(Jacobian(state[0], state[0])),
            (
                Link("=", Num(1), f"start-{name}.one"),
                Link("=", delta**0, f"start-{name}.result"),
            ),
        ),
        Chain(
            f"step-{name}",
            norm(further),
            (
                Link("=", norm(step * all_steps), f"step-{name}.chain-rule"),
                Link("<=", norm(step) * norm(all_steps), f"step-{name}.product"),
            ),
            given=from_start,
        ),
        Chain(
            f"shorter-{name}",
            norm(step) * norm(all_steps),
            (Link("<=", delta * norm(all_steps), f"shorter-{name}.result"),),
            given=(*from_start, Relation(norm(step), "<=", delta)),
        ),
        Chain(
            f"power-{name}",
            delta * norm(all_steps),
            (
                Link("<=", delta * power, f"power-{name}.hypothesis"),
                Link("=", next_power, f"power-{name}.result"),
            ),
            given=(*from_start, Relation(Num(0), "<=", delta), Relation(norm(all_steps), "<=", power)),
        ),
        Chain(
            f"limit-{name}",
            Limit(power, t),
            (Link("=", Num(0), f"limit-{name}.result"),),
            given=constants,
        ),
    )


slopes_g, slopes_h = slope(a[t + 1]), slope(h[t])
BOUND_G = (
    Chain(
        "jacobian-g",
        Jacobian(g[t + 1], g[t]),
        (
            Link("=", diag(slopes_g) * Jacobian(a[t + 1], g[t]), "jacobian-g.chain-rule"),
            Link("=", diag(slopes_g) * W, "jacobian-g.result"),
        ),
        given=from_start,
    ),
    *vanishing("g", g, (diag(slopes_g), W), slopes_g),
)
BOUND_H = (
    Chain(
        "jacobian-h",
        Jacobian(h[t + 1], h[t]),
        (
            Link("=", W * Jacobian(activation(h[t]), h[t]), "jacobian-h.linear"),
            Link("=", W * diag(slopes_h), "jacobian-h.result"),
        ),
        given=from_start,
    ),
    *vanishing("h", h, (W, diag(slopes_h)), slopes_h),
)

Square = tuple[tuple[Fraction, ...], ...]
NILPOTENT = ((0, 10), (0, 0))
PROJECTOR = ((1, 0), (0, 0))


def exact(rows: tuple[tuple[int, ...], ...]) -> Square:
    """A matrix of fractions."""
    return tuple(tuple(Fraction(entry) for entry in row) for row in rows)


def times(left: Any, right: Any) -> Any:
    """The product of two matrices."""
    return tuple(
        tuple(sum(p * q for p, q in zip(row, column, strict=True)) for column in zip(*right, strict=True))
        for row in left
    )


def largest_eigenvalue(symmetric: Any) -> Any:
    """Of a symmetric 2 x 2 matrix, by its trace and determinant."""
    (p, q), (_, s) = symmetric
    return (p + s + root((p - s) ** 2 + 4 * q * q)) / 2


def operator_norm(square: Any) -> float:
    """Of a 2 x 2 matrix."""
    return float(root(largest_eigenvalue(times(tuple(zip(*square, strict=True)), square))))


def not_sufficient() -> Outcome:
    """A large eigenvalue without explosion: a nilpotent matrix, a projector, saturated units."""
    nilpotent, projector = exact(NILPOTENT), exact(PROJECTOR)
    square = times(nilpotent, nilpotent)
    powers = projector
    stays = True
    for _ in range(50):
        powers = times(powers, projector)
        stays = stays and powers == projector
    # One saturated unit: g_t = tanh(w g_{t-1}) with w = 10; its slope at the state it tends to is below 1/10.
    weight, state, gradient = 10.0, 0.5, 1.0
    for _ in range(20):
        state = tanh(weight * state)
        gradient *= weight * (1 - state**2)
    eigenvalue = largest_eigenvalue(times(tuple(zip(*nilpotent, strict=True)), nilpotent))
    return Outcome(
        eigenvalue == 100
        and square == exact(((0, 0), (0, 0)))
        and stays
        and operator_norm(projector) == 1
        and 0 < gradient < 1e-9,
        {
            "en": "a nilpotent matrix with largest eigenvalue 100 whose square is 0, a projector whose powers have "
            "norm 1, and a saturated unit of weight 10 whose gradient is below one billionth after 20 steps",
            "fr": "une matrice nilpotente de plus grande valeur propre 100 dont le carré est nul, un projecteur dont "
            "les puissances sont de norme 1, et une unité saturée de poids 10 dont le gradient est inférieur à un "
            "milliardième après 20 pas",
        },
        {"nilpotent": NILPOTENT, "square": square, "projector": PROJECTOR, "eigenvalue": int(eigenvalue)},
    )


STEPS = 40


def bound_holds() -> Outcome:
    """A network of two tanh units: the norm of the Jacobian against the bound, and both going to 0."""
    weights = ((0.5, -0.6), (0.4, 0.3))
    bound = operator_norm(weights)  # tanh has slopes of at most 1
    state: tuple[float, float] = (0.3, -0.8)
    product: Any = ((1.0, 0.0), (0.0, 1.0))
    below = bound < 1
    for step in range(1, STEPS + 1):
        inputs = [sum(w * s for w, s in zip(row, state, strict=True)) + 0.1 * (-1) ** step for row in weights]
        state = (tanh(inputs[0]), tanh(inputs[1]))
        product = times(
            tuple(tuple((1 - s * s) * w for w in row) for s, row in zip(state, weights, strict=True)), product
        )
        below = below and operator_norm(product) <= bound**step
    return Outcome(
        below and operator_norm(product) < 1e-6,
        {
            "en": f"two tanh units over {STEPS} steps: the norm of the Jacobian stays below the bound and falls below "
            "one millionth",
            "fr": f"deux unités tanh sur {STEPS} pas : la norme de la jacobienne reste sous la borne et descend sous "
            "un millionième",
        },
        {"bound": bound, "steps": STEPS},
    )


NECESSARY = prose(
    "necessary",
    {
        "en": "Necessary: if the largest eigenvalue does not exceed the bound, the gradient vanishes, by the previous "
        "part.",
        "fr": "Nécessaire : si la plus grande valeur propre ne dépasse pas la borne, le gradient s'évanouit, d'après "
        "la partie précédente.",
    },
    {
        "en": "Not sufficient: the inequalities bound the norm from above only.",
        "fr": "Non suffisante : les inégalités ne majorent la norme que par au-dessus.",
    },
    references=("R. Pascanu, T. Mikolov, Y. Bengio, On the difficulty of training recurrent neural networks, 2013",),
)


def bound_part(name: str, chains: tuple[Chain, ...], points: int, variant: str) -> Part:
    """The second part, for one of the two recurrences."""
    return Part(
        f"bound_{name}",
        points,
        tuple(c.name for c in chains),
        ("bound",),
        (
            Mark(2, f"jacobian-{name}"),
            Mark(1, f"product-{name}"),
            Mark(1, f"slope-{name}"),
            Mark(1.5, f"weights-{name}"),
            Mark(0.5, f"factor-{name}"),
            Mark(0.5, f"start-{name}"),
            Mark(0.5, f"step-{name}"),
            Mark(1, f"power-{name}"),
            Mark(1, f"limit-{name}"),
        ),
        ("B2",),
        variant,
    )


PROBLEM = Problem(
    id="vanishing",
    derivation=Derivation(
        id="vanishing",
        context=CONTEXT,
        chains=EQUIVALENT + BOUND_G + BOUND_H,
        notation=(
            ("t", Int(t)),
            ("W", W),
            ("U", U),
            ("b", b),
            ("x_t", x[t]),
            ("h_t", h[t]),
            ("g_t", g[t]),
            ("h_0", h[0]),
            ("g_0", g[0]),
            ("a_t", a[t]),
            ("h_body", hidden(t)),
            ("g_body", activation(preactivation(t))),
            ("a_body", preactivation(t)),
            ("start", activation(h[0])),
            ("claim", activation(h[t])),
            ("slopes_g", slope(a[t])),
            ("slopes_h", slope(h[t])),
            ("gamma", gamma),
            ("delta", delta),
            ("largest", largest),
            ("limit_of_largest", delta**2 / gamma**2),
            ("norm_W", norm(W)),
            ("norm_W_body", sqrt(largest)),
            ("gamma_norm", gamma * norm(W)),
            ("power", power),
            ("jacobian_g", Jacobian(g[t], g[0])),
            ("jacobian_h", Jacobian(h[t], h[0])),
            ("norm_g", norm(Jacobian(g[t], g[0]))),
            ("norm_h", norm(Jacobian(h[t], h[0]))),
        ),
    ),
    parts=(
        Part(
            "equivalent",
            8,
            tuple(c.name for c in EQUIVALENT),
            marks=(
                Mark(2, "equivalent-step.definition"),
                Mark(3, "equivalent-step.hypothesis"),
                Mark(2, "equivalent-step.result"),
                Mark(1, words={"en": "start of the induction", "fr": "initialisation de la récurrence"}),
            ),
            entries=("B1",),
        ),
        bound_part("g", BOUND_G, 9, "w23"),
        bound_part("h", BOUND_H, 9, "w21"),
        Part(
            "explosion",
            8,
            checks=("necessary", "not-sufficient"),
            marks=(
                Mark(4, words={"en": "necessary, with the reason", "fr": "nécessaire, avec la raison"}),
                Mark(
                    4,
                    words={
                        "en": "not sufficient, with the reason or an example",
                        "fr": "non suffisante, avec la raison ou un exemple",
                    },
                ),
            ),
            entries=("B3",),
        ),
    ),
    title={
        "en": "The place of the activation, and vanishing gradients",
        "fr": "La place de l'activation, et les gradients évanescents",
    },
    checks=(Check("bound", "example", bound_holds), NECESSARY, Check("not-sufficient", "example", not_sufficient)),
)
