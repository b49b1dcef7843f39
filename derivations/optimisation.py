r"""The quadratic model of a loss: its value after a gradient step, the best step, its minimum by Newton's step.

``hat f`` is the model of f at ``x_0`` with gradient g and Hessian H.  Whether a gradient step lowers it depends on two
numbers only, ``a`` for g^T g and ``c`` for g^T H g; the cases are proved for any numbers with these signs.
"""

from __future__ import annotations

from fractions import Fraction

from sympy import Rational

from everystep.algebra.context import Context, Definition, Predicate, Relation
from everystep.algebra.expressions import (
    Call,
    Div,
    EigMax,
    Expression,
    Eye,
    Gradient,
    Int,
    Num,
    Zeros,
    matrix,
    norm,
    scalar,
    sq,
    vector,
)
from everystep.algebra.shapes import size
from everystep.derivation import (
    Chain,
    Check,
    Derivation,
    Link,
    Mark,
    NumericResult,
    Outcome,
    Part,
    Problem,
    prose,
)

d = size("d")
zero, half = Num(0), Num(Rational(1, 2))
x, x_0, x_1, x_star = vector("x", d), vector("x_0", d), vector("x_1", d), vector("x_*", d)
g, H, direction = vector("g", d), matrix("H", d, d), vector("u", d)
f_0 = Call("f", 1, 1, x_0)
model, model_1, model_star = scalar("hat f"), scalar("hat f_1"), scalar("hat f_*")
eta, a, c, largest = scalar("eta"), scalar("a"), scalar("c"), scalar("lambda_max")
eigenvalue, scale, damping = scalar("lambda"), scalar("s"), scalar("rho")
identity = Eye(d)
slope, curvature = g.T * g, g.T * H * g


def quadratic(at: Expression) -> Expression:
    """The model at a point."""
    return f_0 + (at - x_0).T * g + half * (at - x_0).T * H * (at - x_0)


change = -eta * a + half * eta**2 * c

nonzero = Predicate("nonzero", g)
forward = Relation(eta, ">", zero)
downhill = Relation(a, ">", zero)
curved = Relation(c, ">", zero)
named = (Relation(a, "=", slope), Relation(c, "=", curvature))
invertible, definite = Predicate("invertible", H), Predicate("positive definite", H)
away = Relation(x, "=", x_star + direction)


CONTEXT = Context(
    definitions=(
        Definition(x_1, x_0 - eta * g),
        Definition(x_star, x_0 - H.I * g),
        Definition(model, quadratic(x)),
        Definition(model_1, quadratic(x_1)),
        Definition(model_star, quadratic(x_star)),
    ),
    hypotheses=(Predicate("symmetric", H),),
)

STEP = (
    Chain(
        "step",
        model_1,
        (
            Link("=", quadratic(x_1), "step.model"),
            Link("=", f_0 + (-eta * g).T * g + half * (-eta * g).T * H * (-eta * g), "step.insert"),
            Link("=", f_0 - eta * slope + half * eta**2 * curvature, "step.result"),
        ),
        boxed=True,
    ),
)

DECREASE = (
    Chain("slope", slope, (Link("=", norm(g) ** 2, "slope.norm"), Link(">", zero, "slope.result")), given=(nonzero,)),
    Chain(
        "change",
        model_1 - f_0,
        (Link("=", -eta * slope + half * eta**2 * curvature, "change.model"), Link("=", change, "change.result")),
        given=named,
    ),
    Chain(
        "flat",
        change,
        (Link("<=", -eta * a, "flat.curvature"), Link("<", zero, "flat.result")),
        given=(forward, downhill, Relation(c, "<=", zero)),
    ),
    Chain(
        "factored",
        change,
        (Link("=", -half * eta * c * (Div(2 * a, c) - eta), "factored.result"),),
        given=(curved,),
    ),
    Chain(
        "short",
        -half * eta * c * (Div(2 * a, c) - eta),
        (Link("<", zero, "short.result"),),
        given=(forward, curved, Relation(eta, "<", Div(2 * a, c))),
    ),
    Chain(
        "long",
        -half * eta * c * (Div(2 * a, c) - eta),
        (Link(">=", zero, "long.result"),),
        given=(forward, curved, Relation(eta, ">=", Div(2 * a, c))),
    ),
    Chain(
        "best",
        change,
        (
            Link("=", half * c * (eta - Div(a, c)) ** 2 - half * Div(a**2, c), "best.square"),
            Link(">=", -(half * Div(a**2, c)), "best.result"),
        ),
        given=(curved,),
        boxed=True,
    ),
    Chain(
        "rayleigh",
        curvature,
        (Link("<=", EigMax(H) * sq(g), "rayleigh.result"),),
    ),
    Chain(
        "safe",
        change,
        (
            Link("<=", -eta * a + half * eta**2 * (largest * a), "safe.eigenvalue"),
            Link("=", -half * eta * a * (2 - eta * largest), "safe.factor"),
            Link("<", zero, "safe.result"),
        ),
        given=(forward, downhill, Relation(c, "<=", largest * a), Relation(eta * largest, "<", Num(2))),
    ),
)

NEWTON = (
    Chain(
        "gradient",
        Gradient(model, x),
        (
            Link("=", g + half * (H + H.T) * (x - x_0), "gradient.differentiate"),
            Link("=", g + H * (x - x_0), "gradient.result"),
        ),
    ),
    Chain(
        "solve",
        x,
        (
            Link("=", x_0 + H.I * (H * (x - x_0)), "solve.insert"),
            Link("=", x_0 - H.I * g, "solve.result"),
        ),
        given=(invertible, Relation(g + H * (x - x_0), "=", Zeros(d))),
        boxed=True,
    ),
    Chain(
        "stationary",
        g + H * (x_star - x_0),
        (
            Link("=", g - H * H.I * g, "stationary.insert"),
            Link("=", Zeros(d), "stationary.result"),
        ),
        given=(invertible,),
    ),
    Chain(
        "distance",
        model - model_star,
        (
            Link(
                "=",
                (g + H * (x_star - x_0)).T * direction + half * direction.T * H * direction,
                "distance.expand",
            ),
            Link("=", half * direction.T * H * direction, "distance.result"),
        ),
        given=(invertible, away),
        boxed=True,
    ),
    Chain(
        "minimum",
        half * direction.T * H * direction,
        (Link(">", zero, "minimum.result"),),
        given=(definite, Predicate("nonzero", direction)),
    ),
    Chain(
        "lowest",
        model_star - f_0,
        (
            Link("=", -half * g.T * H.I * g, "lowest.insert"),
            Link("<", zero, "lowest.result"),
        ),
        given=(definite, nonzero),
    ),
    Chain(
        "eigenvector",
        direction.T * H * direction,
        (
            Link("=", eigenvalue * direction.T * direction, "eigenvector.insert"),
            Link("<", zero, "eigenvector.result"),
        ),
        given=(
            Relation(H * direction, "=", eigenvalue * direction),
            Relation(eigenvalue, "<", zero),
            Predicate("nonzero", direction),
        ),
    ),
    Chain(
        "unbounded",
        model - model_star,
        (Link("=", half * scale**2 * (direction.T * H * direction), "unbounded.result"),),
        given=(invertible, Relation(x, "=", x_star + scale * direction)),
    ),
    Chain(
        "damped",
        H + damping * identity,
        given=(Relation(EigMax(-H), "<", damping),),
        predicate=Predicate("positive definite", H + damping * identity),
    ),
    Chain(
        "descent",
        x_0 - (identity / eta).I * g,
        (Link("=", x_0 - eta * g, "descent.result"),),
        given=(forward,),
    ),
)


Vector = tuple[Fraction, Fraction]


def value_of(gradient: Vector, diagonal: Vector, step: Vector) -> Fraction:
    """g^T s + s^T H s / 2 for a diagonal H: by how much a step s changes the model."""
    return sum((gi * si + hi * si * si / 2 for gi, hi, si in zip(gradient, diagonal, step, strict=True)), Fraction(0))


def cases() -> Outcome:
    """Two models with g = (1, 1): which steps of a grid lower them, against the signs of a and c."""
    gradient = (Fraction(1), Fraction(1))
    convex, mixed = (Fraction(4), Fraction(1)), (Fraction(1), Fraction(-3))
    grid = [Fraction(k, 100) for k in range(1, 301)]

    def along(diagonal: Vector) -> list[Fraction]:
        return [value_of(gradient, diagonal, (-step, -step)) for step in grid]

    squared = sum(gradient)
    bent, turned = sum(convex), sum(mixed)  # g^T H g for g = (1, 1)
    bound, best = 2 * squared / bent, squared / bent
    decrease = squared**2 / bent / 2
    values = along(convex)
    return Outcome(
        [step for step, value in zip(grid, values, strict=True) if value < 0] == [s for s in grid if s < bound]
        and grid[values.index(min(values))] == best
        and -min(values) == decrease
        and 2 / max(convex) <= bound
        and all(value < 0 for value in along(mixed)),
        {
            "en": f"the model at {len(grid)} steps, as exact fractions, for two matrices `H`, against the bounds",
            "fr": f"le modèle en {len(grid)} pas, en fractions exactes, pour deux matrices `H`, comparé aux bornes",
        },
        {
            "gradient": [[1], [1]],
            "convex": [[4, 0], [0, 1]],
            "mixed": [[1, 0], [0, -3]],
            "a": squared,
            "c": bent,
            "bound": bound,
            "best": best,
            "decrease": decrease,
            "safe": 2 / max(convex),
            "negative": turned,
        },
    )


def saddle() -> Outcome:
    """f = (x^2 - y^2) / 2 from (1/2, 1): Newton's step climbs to the saddle, a gradient step descends."""

    def f(at: Vector) -> Fraction:
        return (at[0] ** 2 - at[1] ** 2) / 2

    start = (Fraction(1, 2), Fraction(1))
    gradient, diagonal = (start[0], -start[1]), (Fraction(1), Fraction(-1))
    newton = (start[0] - gradient[0] / diagonal[0], start[1] - gradient[1] / diagonal[1])
    rate = Fraction(1, 2)
    descent = (start[0] - rate * gradient[0], start[1] - rate * gradient[1])
    # f is its own model: its value at Newton's point by f itself, and by f(x_0) - g^T H^{-1} g / 2.
    predicted = f(start) - sum((gi * gi / hi for gi, hi in zip(gradient, diagonal, strict=True)), Fraction(0)) / 2
    sideways = [f((newton[0], newton[1] + side)) for side in (Fraction(1, 2), Fraction(-1, 2))]
    return Outcome(
        f(newton) == predicted and f(descent) < f(start) < f(newton) and all(value < f(newton) for value in sideways),
        {
            "en": "the value at Newton's point, by the function and by the formula, as exact fractions",
            "fr": "la valeur au point de Newton, par la fonction et par la formule, en fractions exactes",
        },
        {
            "hessian": [[1, 0], [0, -1]],
            "start": [[start[0]], [start[1]]],
            "gradient": [[gradient[0]], [gradient[1]]],
            "newton": [[newton[0]], [newton[1]]],
            "descent": [[descent[0]], [descent[1]]],
            "rate": rate,
            "before": f(start),
            "after_newton": f(newton),
            "after_descent": f(descent),
        },
    )


TERMS = prose(
    "terms",
    {
        "en": "The first-order term is the gain that the slope promises; it is proportional to the step size.",
        "fr": "Le terme du premier ordre est le gain promis par la pente ; il est proportionnel au pas.",
    },
    {
        "en": "The second-order term accounts for the change of the slope on the way and grows with the square of the "
        "step size: where the curvature is positive, it wins when the step is too long.",
        "fr": "Le terme du second ordre tient compte du changement de la pente en chemin et croît comme le carré du "
        "pas : là où la courbure est positive, il l'emporte quand le pas est trop long.",
    },
    {
        "en": "Without positive curvature, only the range in which the model can be trusted limits the step.",
        "fr": "Sans courbure positive, seul le domaine où l'on peut se fier au modèle limite le pas.",
    },
    references=("I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, MIT Press, 2016, §\u00a04.3.1",),
)

RATE = prose(
    "rate",
    {
        "en": "Newton's method has no learning rate to choose: the inverse Hessian sets the length of the step in "
        "every direction.",
        "fr": "La méthode de Newton n'a pas de taux d'apprentissage à choisir : l'inverse de la hessienne fixe la "
        "longueur du pas dans chaque direction.",
    },
    {
        "en": "Gradient descent has one rate for all directions, as if the curvature were the same in all of them.",
        "fr": "La descente de gradient a un seul taux pour toutes les directions, comme si la courbure y était "
        "partout la même.",
    },
    {
        "en": "On a quadratic function with a positive definite Hessian one step reaches the minimum; elsewhere the "
        "step is damped or shortened.",
        "fr": "Pour une fonction quadratique à hessienne définie positive, un pas atteint le minimum ; ailleurs, on "
        "amortit le pas ou on le raccourcit.",
    },
    references=(
        "J. Nocedal, S. J. Wright, Numerical Optimization, Springer, 2006, §§\u00a02–3",
        "I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, MIT Press, 2016, §\u00a08.6.1",
    ),
)


def numeric() -> tuple[NumericResult, ...]:
    """The best step and Newton's step of the kernels, on a random positive definite matrix."""
    import numpy as np

    from everystep.kernels.optimisers import descent_model, newton_step

    random = np.random.default_rng(6135)
    factor = random.normal(size=(6, 6))
    hessian, slope_at, start = factor @ factor.T + np.eye(6), random.normal(size=6), random.normal(size=6)
    line = descent_model(slope_at, hessian)
    step = -line.best * slope_at
    fallen = -float(slope_at @ step + step @ hessian @ step / 2)
    left = slope_at + hessian @ (newton_step(start, slope_at, hessian) - start)
    return (
        NumericResult(
            "decrease of the best step against the model", abs(fallen / line.decrease - 1), 1e-12, ("decrease",)
        ),
        NumericResult(
            "gradient of the model at Newton's point",
            float(np.linalg.norm(left) / np.linalg.norm(slope_at)),
            1e-12,
            ("newton",),
        ),
    )


DERIVATION = Derivation(
    id="optimisation",
    context=CONTEXT,
    chains=STEP + DECREASE + NEWTON,
    notation=(
        ("zero", Zeros(d)),
        ("d", Int(d)),
        ("f", scalar("f")),
        ("x", x),
        ("x_0", x_0),
        ("x_1", x_1),
        ("x_1_body", x_0 - eta * g),
        ("x_star", x_star),
        ("x_star_body", x_0 - H.I * g),
        ("g", g),
        ("H", H),
        ("model_at", Call("hat f", 1, 1, x)),
        ("model_body", quadratic(x)),
        ("model", model),
        ("model_1", model_1),
        ("model_1_at", Call("hat f", 1, 1, x_1)),
        ("model_star", model_star),
        ("model_star_at", Call("hat f", 1, 1, x_star)),
        ("f_0", f_0),
        ("eta", eta),
        ("a", a),
        ("a_body", slope),
        ("c", c),
        ("c_body", curvature),
        ("bound", Div(2 * a, c)),
        ("best", Div(a, c)),
        ("bound_body", Div(2 * slope, curvature)),
        ("best_body", Div(slope, curvature)),
        ("decrease_body", half * Div(slope**2, curvature)),
        ("largest", largest),
        ("safe", Div(Num(2), largest)),
        ("inverse", H.I),
        ("u", direction),
        ("s", scale),
        ("moved", x_star + direction),
        ("line", x_star + scale * direction),
        ("lambda", eigenvalue),
        ("rho", damping),
        ("damped", H + damping * identity),
        ("minus_H", -H),
        ("scaled", identity / eta),
    ),
    numeric=numeric,
)

PROBLEM = Problem(
    id="optimisation",
    derivation=DERIVATION,
    parts=(
        Part(
            "step",
            8,
            tuple(chain.name for chain in STEP),
            marks=(Mark(2, "step.model"), Mark(2, "step.insert"), Mark(4, "step.result")),
            entries=("G4",),
        ),
        Part(
            "decrease",
            8,
            tuple(chain.name for chain in DECREASE),
            checks=("cases", "terms"),
            marks=(
                Mark(0.5, "change"),
                Mark(1.5, "flat"),
                Mark(2, "short"),
                Mark(0.5, "long"),
                Mark(2, "best"),
                Mark(0.5, "rayleigh"),
                Mark(1, "safe"),
            ),
            entries=("G5",),
        ),
        Part(
            "newton",
            9,
            tuple(chain.name for chain in NEWTON),
            checks=("saddle", "rate"),
            marks=(
                Mark(1.5, "gradient"),
                Mark(2, "solve"),
                Mark(1, "distance"),
                Mark(1, "minimum"),
                Mark(1.5, "unbounded"),
                Mark(
                    2,
                    "rate",
                    {
                        "en": "no rate to choose: the inverse Hessian adapts the step to the curvature",
                        "fr": "pas de taux à choisir : l'inverse de la hessienne adapte le pas à la courbure",
                    },
                ),
            ),
            entries=("G6",),
        ),
    ),
    title={"en": "The quadratic model and Newton's method", "fr": "Modèle quadratique et méthode de Newton"},
    checks=(
        Check("cases", "example", cases),
        Check("saddle", "example", saddle),
        TERMS,
        RATE,
    ),
)
