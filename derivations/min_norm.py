r"""Gradient descent on an underdetermined least-squares problem finds the minimum-norm solution.

``X`` has fewer rows than columns.  The iterates ``w_k`` stay in the row space of X (a witness ``a_k`` is carried
along).  The variant ``full`` takes X of full row rank: the residual dies out, so that the iterates converge to the one
interpolating solution in the row space, and the Lagrangian finds the same point.  The variant ``short`` takes it as
given that they converge, to ``hat w``, and that the targets can be fitted, by some ``v``; it needs no rank.
"""

from __future__ import annotations

from sympy import Rational

from everystep.algebra.context import Context, Definition, Predicate, Recurrence, Relation
from everystep.algebra.expressions import (
    EigMax,
    Eye,
    Family,
    Gradient,
    Int,
    Limit,
    Num,
    Rank,
    Zeros,
    matrix,
    norm,
    scalar,
    sq,
    vector,
)
from everystep.algebra.shapes import index, sizes
from everystep.derivation import Chain, Derivation, Induction, Link, Mark, NumericResult, Part, Problem

n, d = sizes("n d")
k = index("k")
X, y = matrix("X", n, d), vector("y", n)
w, v, multiplier = vector("w", d), vector("v", d), vector("lambda", n)
optimum = vector("w_*", d)
found, weights = vector("hat w", d), vector("b", n)
eta, f, lagrangian = scalar("eta"), scalar("f"), scalar("Lambda")
M = matrix("M", n, n)
iterate = Family("w", d)
witness = Family("a", n)
residual = Family("r", n)

identity = Eye(n)
half = Num(Rational(1, 2))
gram = X * X.T
gram_inverse = (X * X.T).I
solution = X.T * gram_inverse * y
wrong_formula = (X.T * X).I * X.T * y

full_rank = (Predicate("full row rank", X),)
small_step = (
    *full_rank,
    Relation(Num(0), "<", eta),
    Relation(eta, "<", 1 / EigMax(gram)),
)
from_start = (Relation(Int(0), "<=", Int(k)),)
stationary = Relation(2 * w + X.T * multiplier, "=", Zeros(d))
feasible_w = Relation(X * w, "=", y)
feasible_v = Relation(X * v, "=", y)
same_norm = Relation(sq(v), "=", sq(optimum))
at_rest = Relation(found, "=", found + 2 * eta * X.T * (y - X * found))
found_stationary = Relation(X.T * (y - X * found), "=", Zeros(d))
found_fits = Relation(X * found, "=", y)
found_in_rows = Relation(found, "=", X.T * weights)

CONTEXT = Context(
    definitions=(
        Definition(f, sq(y - X * w)),
        Definition(iterate[0], Zeros(d)),
        Definition(witness[0], Zeros(n)),
        Definition(residual[k], y - X * iterate[k]),
        Definition(M, identity - 2 * eta * X * X.T),
        Definition(lagrangian, sq(w) + multiplier.T * (X * w - y)),
        Definition(optimum, solution),
    ),
    recurrences=(
        Recurrence(iterate[k], iterate[k - 1] + 2 * eta * X.T * (y - X * iterate[k - 1])),
        Recurrence(witness[k], witness[k - 1] + 2 * eta * (y - X * iterate[k - 1])),
    ),
    hypotheses=(Relation(Int(n), "<", Int(d)),),
)

DESCENT = (
    Chain(
        "gradient",
        Gradient(f, w),
        (
            Link("=", Gradient(sq(y - X * w), w), "gradient.definition"),
            Link("=", -2 * X.T * (y - X * w), "gradient.result"),
        ),
        boxed=True,
    ),
    Chain(
        "update",
        iterate[k] - eta * Gradient(sq(y - X * iterate[k]), iterate[k]),
        (
            Link("=", iterate[k] - eta * (-2 * X.T * (y - X * iterate[k])), "update.gradient"),
            Link("=", iterate[k] + 2 * eta * X.T * residual[k], "update.residual"),
            Link("=", iterate[k + 1], "update.result"),
        ),
        given=from_start,
    ),
)

ROW_SPACE = (
    Chain(
        "row-space-start",
        iterate[0],
        (
            Link("=", Zeros(d), "row-space-start.zero"),
            Link("=", X.T * witness[0], "row-space-start.result"),
        ),
    ),
    Chain(
        "row-space-step",
        iterate[k + 1],
        (
            Link("=", iterate[k] + 2 * eta * X.T * residual[k], "row-space-step.update"),
            Link("=", X.T * witness[k] + 2 * eta * X.T * residual[k], "row-space-step.hypothesis"),
            Link("=", X.T * (witness[k] + 2 * eta * residual[k]), "row-space-step.factor"),
            Link("=", X.T * witness[k + 1], "row-space-step.result"),
        ),
        given=(*from_start, Relation(iterate[k], "=", X.T * witness[k])),
    ),
    Chain(
        "row-space",
        iterate[k],
        (Link("=", X.T * witness[k], "row-space.result", by=Induction(k, 0)),),
        given=from_start,
        boxed=True,
    ),
)

CONVERGENCE = (
    Chain(
        "residual",
        residual[k + 1],
        (
            Link("=", y - X * iterate[k + 1], "residual.definition"),
            Link("=", y - X * (iterate[k] + 2 * eta * X.T * residual[k]), "residual.update"),
            Link("=", residual[k] - 2 * eta * X * X.T * residual[k], "residual.expand"),
            Link("=", (identity - 2 * eta * X * X.T) * residual[k], "residual.factor"),
        ),
        given=from_start,
    ),
    Chain(
        "residual-start",
        residual[0],
        (
            Link("=", y - X * iterate[0], "residual-start.definition"),
            Link("=", y, "residual-start.result"),
        ),
    ),
    Chain(
        "residual-power",
        residual[k],
        (
            Link("=", M ** Int(k) * residual[0], "residual-power.induction", by=Induction(k, 0)),
            Link("=", M ** Int(k) * y, "residual-power.start"),
        ),
        given=from_start,
    ),
    Chain("gram", gram, given=full_rank, predicate=Predicate("positive definite", gram)),
    Chain(
        "below-one",
        identity - M,
        (Link("=", 2 * eta * X * X.T, "below-one.gram"),),
    ),
    Chain(
        "below-one-definite",
        identity - M,
        given=small_step,
        predicate=Predicate("positive definite", identity - M),
    ),
    Chain(
        "above-minus-one",
        identity + M,
        (Link("=", 2 * (identity - eta * X * X.T), "above-minus-one.gram"),),
    ),
    Chain(
        "above-minus-one-definite",
        identity + M,
        given=small_step,
        predicate=Predicate("positive definite", identity + M),
    ),
    Chain(
        "residual-limit",
        Limit(residual[k], k),
        (
            Link("=", Limit(M ** Int(k) * y, k), "residual-limit.power"),
            Link("=", Zeros(n), "residual-limit.result"),
        ),
        given=(*from_start, *small_step),
        uses=("residual-power",),
        boxed=True,
    ),
    Chain(
        "recover",
        iterate[k],
        (
            Link(
                "=",
                X.T * gram_inverse * (X * X.T) * witness[k],
                "recover.insert",
            ),
            Link(
                "=",
                X.T * gram_inverse * (X * iterate[k]),
                "recover.row-space",
            ),
            Link("=", X.T * gram_inverse * (y - residual[k]), "recover.residual"),
        ),
        given=(*from_start, *full_rank),
        uses=("row-space",),
    ),
    Chain(
        "limit",
        Limit(iterate[k], k),
        (
            Link("=", Limit(X.T * gram_inverse * (y - residual[k]), k), "limit.recover"),
            Link("=", X.T * gram_inverse * (y - Limit(residual[k], k)), "limit.linear"),
            Link("=", solution, "limit.result"),
        ),
        given=(*from_start, *small_step),
        uses=("recover", "residual-limit"),
        boxed=True,
    ),
)

LAGRANGIAN = (
    Chain(
        "kkt-primal",
        Gradient(lagrangian, w),
        (Link("=", 2 * w + X.T * multiplier, "kkt-primal.result"),),
    ),
    Chain(
        "kkt-dual",
        Gradient(lagrangian, multiplier),
        (Link("=", X * w - y, "kkt-dual.result"),),
    ),
    Chain(
        "kkt-w",
        w,
        (Link("=", -half * X.T * multiplier, "kkt-w.solve"),),
        given=(stationary,),
    ),
    Chain(
        "kkt-y",
        y,
        (
            Link("=", X * w, "kkt-y.feasible"),
            Link("=", -half * X * X.T * multiplier, "kkt-y.substitute"),
        ),
        given=(stationary, feasible_w),
    ),
    Chain(
        "kkt-lambda",
        multiplier,
        (
            Link("=", gram_inverse * (X * X.T) * multiplier, "kkt-lambda.insert"),
            Link("=", -2 * gram_inverse * y, "kkt-lambda.result"),
        ),
        given=(*full_rank, stationary, feasible_w),
        boxed=True,
    ),
    Chain(
        "kkt-solution",
        w,
        (
            Link("=", -half * X.T * (-2 * gram_inverse * y), "kkt-solution.insert"),
            Link("=", solution, "kkt-solution.collect"),
            Link("=", optimum, "kkt-solution.name"),
        ),
        given=(*full_rank, stationary, feasible_w),
        boxed=True,
    ),
)

OPTIMALITY = (
    Chain(
        "feasible",
        X * optimum,
        (
            Link("=", X * X.T * gram_inverse * y, "feasible.definition"),
            Link("=", y, "feasible.result"),
        ),
        given=full_rank,
    ),
    Chain(
        "orthogonal",
        optimum.T * (v - optimum),
        (
            Link("=", y.T * gram_inverse * X * (v - optimum), "orthogonal.definition"),
            Link("=", y.T * gram_inverse * (y - y), "orthogonal.feasible"),
            Link("=", Num(0), "orthogonal.result"),
        ),
        given=(
            *full_rank,
            feasible_v,
        ),
    ),
    Chain(
        "pythagoras",
        sq(v),
        (
            Link("=", sq(optimum + (v - optimum)), "pythagoras.insert"),
            Link(
                "=",
                sq(optimum) + 2 * optimum.T * (v - optimum) + sq(v - optimum),
                "pythagoras.expand",
            ),
            Link("=", sq(optimum) + sq(v - optimum), "pythagoras.orthogonal"),
            Link(">=", sq(optimum), "pythagoras.result"),
        ),
        given=(
            *full_rank,
            feasible_v,
        ),
        boxed=True,
    ),
    Chain(
        "unique-distance",
        sq(v - optimum),
        (
            Link("=", sq(v) - sq(optimum), "unique-distance.pythagoras"),
            Link("=", Num(0), "unique-distance.result"),
        ),
        given=(*full_rank, feasible_v, same_norm),
    ),
    Chain(
        "unique",
        v,
        (Link("=", optimum, "unique.result"),),
        given=(*full_rank, feasible_v, same_norm),
        boxed=True,
    ),
)

# The same without an assumption on the rank: whatever fits the targets, the limit has the smallest norm.
SHORT_LIMIT = (
    Chain(
        "at-rest",
        X.T * (y - X * found),
        (
            Link("=", (found + 2 * eta * X.T * (y - X * found) - found) / (2 * eta), "at-rest.step"),
            Link("=", Zeros(d), "at-rest.result"),
        ),
        given=(Relation(eta, ">", Num(0)), at_rest),
    ),
    Chain(
        "fits",
        sq(y - X * found),
        (
            Link("=", (X * v - X * found).T * (y - X * found), "fits.insert"),
            Link("=", (v - found).T * (X.T * (y - X * found)), "fits.move"),
            Link("=", Num(0), "fits.result"),
        ),
        given=(feasible_v, found_stationary),
    ),
)

SHORT_SMALLEST = (
    Chain(
        "right-angle",
        found.T * (v - found),
        (
            Link("=", weights.T * (X * v - X * found), "right-angle.rows"),
            Link("=", weights.T * (y - y), "right-angle.fits"),
            Link("=", Num(0), "right-angle.result"),
        ),
        given=(found_in_rows, found_fits, feasible_v),
    ),
    Chain(
        "smallest",
        sq(v),
        (
            Link("=", sq(found + (v - found)), "smallest.insert"),
            Link("=", sq(found) + 2 * found.T * (v - found) + sq(v - found), "smallest.expand"),
            Link("=", sq(found) + sq(v - found), "smallest.orthogonal"),
            Link(">=", sq(found), "smallest.result"),
        ),
        given=(found_in_rows, found_fits, feasible_v),
        boxed=True,
    ),
    Chain(
        "multiplier",
        2 * found + X.T * multiplier,
        (
            Link("=", X.T * (2 * weights + multiplier), "multiplier.factor"),
            Link("=", Zeros(d), "multiplier.result"),
        ),
        given=(found_in_rows, Relation(multiplier, "=", -2 * weights)),
    ),
    Chain(
        "closed",
        found,
        (
            Link("=", X.T * gram_inverse * (X * X.T) * weights, "closed.insert"),
            Link("=", X.T * gram_inverse * (X * found), "closed.rows"),
            Link("=", solution, "closed.result"),
        ),
        given=(*full_rank, found_in_rows, found_fits),
    ),
)

WARNING = (
    Chain(
        "rank",
        Rank(X.T * X),
        (
            Link("=", Rank(X), "rank.gram"),
            Link("<=", Int(n), "rank.rows"),
            Link("<", Int(d), "rank.result"),
        ),
    ),
    Chain(
        "normal-equations",
        optimum,
        (Link("=", wrong_formula, "normal-equations.undefined", expect="undefined"),),
        given=full_rank,
    ),
)


def numeric() -> tuple[NumericResult, ...]:
    """Gradient descent from zero against ``numpy.linalg.lstsq``, and the row space on the way."""
    import numpy as np

    from everystep.kernels.least_squares import gradient_descent, minimum_norm_solution

    random = np.random.default_rng(6135)
    inputs, targets = random.normal(size=(20, 60)), random.normal(size=20)
    run = gradient_descent(inputs, targets, iterations=2_000)
    reference = np.linalg.lstsq(inputs, targets)[0]
    size = float(np.linalg.norm(reference))
    closed = minimum_norm_solution(inputs, targets)
    # ||r_k|| / (c^k ||r_0||), as long as rounding does not show.
    visible = run.residual_norms > 1e-10 * run.residual_norms[0]
    bound = run.residual_norms[0] * run.contraction ** np.arange(len(run.residual_norms))
    return (
        NumericResult(
            "limit of gradient descent against numpy.linalg.lstsq",
            float(np.linalg.norm(run.w - reference)) / size,
            1e-9,
            ("convergence",),
        ),
        NumericResult(
            "closed form against numpy.linalg.lstsq",
            float(np.linalg.norm(closed - reference)) / size,
            1e-12,
            ("convergence", "lagrangian"),
        ),
        NumericResult(
            "largest distance of an iterate from the row space",
            float(run.row_space_distances.max()) / size,
            1e-12,
            ("row_space",),
        ),
        NumericResult(
            "excess of a residual over its geometric bound",
            max(0.0, float((run.residual_norms / bound)[visible].max()) - 1),
            1e-9,
            ("convergence",),
        ),
    )


DERIVATION = Derivation(
    id="min_norm",
    context=CONTEXT,
    chains=DESCENT + ROW_SPACE + CONVERGENCE + LAGRANGIAN + OPTIMALITY + SHORT_LIMIT + SHORT_SMALLEST + WARNING,
    notation=(
        ("X", X),
        ("y", y),
        ("w", w),
        ("v", v),
        ("k", Int(k)),
        ("n", Int(n)),
        ("d", Int(d)),
        ("eta", eta),
        ("f", f),
        ("f_body", sq(y - X * w)),
        ("zero", Zeros(d)),
        ("w_k", iterate[k]),
        ("w_0", iterate[0]),
        ("a_k", witness[k]),
        ("a_0", witness[0]),
        ("r_k", residual[k]),
        ("r_body", y - X * iterate[k]),
        ("M", M),
        ("gram", gram),
        ("gram_inverse", gram_inverse),
        ("gram_right", X.T * X),
        ("eigmax", EigMax(gram)),
        ("lambda", multiplier),
        ("lagrangian", lagrangian),
        ("w_star", optimum),
        ("w_star_body", solution),
        ("norm_w", sq(w)),
        ("norm_v", sq(v)),
        ("constraint", X * w),
        ("constraint_v", X * v),
        ("row_space", X.T * witness[k]),
        ("w_next", iterate[k + 1]),
        ("a_next", witness[k + 1]),
        ("a_body", witness[k] + 2 * eta * residual[k]),
        ("step_body", iterate[k] - eta * Gradient(sq(y - X * iterate[k]), iterate[k])),
        ("lagrangian_body", sq(w) + multiplier.T * (X * w - y)),
        ("I_minus_M", identity - M),
        ("I_plus_M", identity + M),
        ("M_body", identity - 2 * eta * X * X.T),
        ("bound", 1 / EigMax(gram)),
        ("difference", v - optimum),
        ("inverse_right", (X.T * X).I),
        ("wrong", wrong_formula),
        ("distance", norm(v - optimum)),
        ("found", found),
        ("b", weights),
        ("found_body", X.T * weights),
        ("found_step", found + 2 * eta * X.T * (y - X * found)),
        ("found_fit", X * found),
        ("found_gap", v - found),
        ("primal_body", 2 * w + X.T * multiplier),
        ("multiplier_body", -2 * weights),
    ),
    numeric=numeric,
)

PROBLEM = Problem(
    id="min_norm",
    derivation=DERIVATION,
    parts=(
        Part(
            "descent",
            3,
            tuple(c.name for c in DESCENT),
            marks=(Mark(2, "gradient"), Mark(1, "update")),
            entries=("F2",),
        ),
        Part(
            "row_space",
            4,
            tuple(c.name for c in ROW_SPACE),
            marks=(Mark(1, "row-space-start"), Mark(2, "row-space-step"), Mark(1, "row-space")),
            entries=("F2",),
        ),
        Part(
            "convergence",
            6,
            tuple(c.name for c in CONVERGENCE),
            marks=(
                Mark(1, "residual"),
                Mark(1, "residual-power"),
                Mark(1, "below-one"),
                Mark(1, "above-minus-one"),
                Mark(1, "residual-limit"),
                Mark(1, "limit"),
            ),
            entries=("F2",),
            variant="full",
        ),
        Part(
            "lagrangian",
            4,
            tuple(c.name for c in LAGRANGIAN),
            marks=(Mark(1, "kkt-primal"), Mark(1, "kkt-w"), Mark(1, "kkt-lambda"), Mark(1, "kkt-solution")),
            entries=("F2",),
            variant="full",
        ),
        Part(
            "optimality",
            4,
            tuple(c.name for c in OPTIMALITY),
            marks=(Mark(0.5, "feasible"), Mark(1, "orthogonal"), Mark(1.5, "pythagoras"), Mark(1, "unique")),
            entries=("F2",),
            variant="full",
        ),
        Part(
            "limit",
            2,
            tuple(c.name for c in SHORT_LIMIT),
            marks=(Mark(1, "at-rest"), Mark(1, "fits")),
            entries=("F2",),
            variant="short",
        ),
        Part(
            "smallest",
            2,
            tuple(c.name for c in SHORT_SMALLEST),
            marks=(
                Mark(1, "right-angle", {"en": "or the multiplier", "fr": "ou le multiplicateur"}),
                Mark(
                    1,
                    "smallest",
                    {
                        "en": "or convexity of the Lagrangian; in either case, uniqueness",
                        "fr": "ou convexité du lagrangien ; dans les deux cas, unicité",
                    },
                ),
            ),
            entries=("F2",),
            variant="short",
        ),
        Part(
            "warning",
            2,
            tuple(c.name for c in WARNING),
            marks=(Mark(1, "rank"), Mark(1, "normal-equations")),
            variant="full",
        ),
    ),
    title={
        "en": "Gradient descent and the minimum-norm solution",
        "fr": "Descente de gradient et solution de norme minimale",
    },
)
