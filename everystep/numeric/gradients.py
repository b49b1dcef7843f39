"""The gradient check of a step: a derivative that is claimed, beside differences, at one realistic size.

The two sides are evaluated on an instance that meets the hypotheses (:mod:`everystep.prove.exact.sampling`),
derivatives by differences (:mod:`everystep.numeric.values`).  Functions of which nothing is known are sines of random
combinations of their arguments.  That the sides differ is said only where it is certain: far beyond what differences
and rounding may be off, on several instances, and by central differences too.  May import the numeric part,
``everystep.algebra`` and ``everystep.prove.exact``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Expression
from everystep.algebra.functions import FUNCTIONS
from everystep.algebra.shapes import ONE, same_size
from everystep.derivation import Induction
from everystep.numeric.values import COEFFICIENT, DERIVATIVES, MOVED, Array, Formulas, NotRun, Values
from everystep.prove.exact.errors import Stopped
from everystep.prove.exact.program import Program
from everystep.prove.exact.sampling import Drawn, draw
from everystep.prove.verdict import GradientEvidence

AGREES = 1e-6
"""The largest deviation of sides that agree, relative to their magnitude."""
DIFFERS, BEYOND = 1e-3, 100.0
"""The least deviation of sides that differ, relative to their magnitude, and as a multiple of the estimated error."""
NOISE, TINY = 1e-12, 1e-9
"""A deviation that is always rounding; and one that may be, relative to the largest number on the way."""
NO_VALUE = "no finite value"
INSTANCES, DOUBTS = 3, 2
"""On so many instances must the sides differ; so many beside them may say nothing."""
SMOOTH = ("sin", "tanh", "exp", "logistic", "softplus", "cos")
"""What unknown functions of one number are, in turn."""
WIDTH = 3


def check_claim(claim: Relation, context: Context, *, by: Induction | None = None, seed: int = 0) -> GradientEvidence:
    """What differences say of an equation or an inequality with derivatives.

    ``context`` holds the hypotheses of the step.  Never raises for what a claim may hold; see
    :class:`~everystep.prove.verdict.GradientEvidence` for what is said.
    """
    differing: list[GradientEvidence] = []
    doubtful: list[GradientEvidence] = []
    for attempt in range(INSTANCES + DOUBTS):
        # Where there was no value, a root or a logarithm may want what is positive.
        positive = any(each.reason == NO_VALUE for each in doubtful)
        now = _on_instance(claim, context, by, (INSTANCES + DOUBTS) * seed + attempt, positive)
        if now.outcome == "differs":
            differing.append(now)
            if len(differing) == INSTANCES:
                return differing[0]
        elif now.outcome == "not conclusive":
            doubtful.append(now)
            if len(doubtful) > DOUBTS:
                return doubtful[0]
        elif differing:
            return replace(differing[0], outcome="not conclusive", reason="differs on some instances only")
        else:
            return now
    return doubtful[0]


def _on_instance(
    claim: Relation, context: Context, by: Induction | None, seed: int, positive: bool
) -> GradientEvidence:
    drawn: Drawn | None = None
    values: Values | None = None
    try:
        drawn = draw(claim, context, by=by, seed=seed, positive=positive)
        functions, values = _prepared(context, drawn)
        known = functions.in_claim(claim, drawn.hypotheses)
        with np.errstate(all="ignore"):
            outcome, reason, error, doubt = _compared(known, values)
            if outcome == "differs" and "complex step" in values.methods:
                outcome, reason = _confirmed(known, values)
    except NotRun as why:
        outcome, reason, error, doubt = "not run", str(why), 0.0, 0.0
    except Stopped:
        outcome, reason, error, doubt = "not run", "no instance", 0.0, 0.0
    except (ValueError, np.linalg.LinAlgError):
        outcome, reason, error, doubt = "not conclusive", NO_VALUE, 0.0, 0.0
    except RecursionError:
        outcome, reason, error, doubt = "not run", "nested too deeply", 0.0, 0.0
    if outcome == "not run" or drawn is None or values is None:
        return GradientEvidence("not run", reason)
    method = " and ".join(sorted(values.methods))
    sizes = tuple(sorted(drawn.sizes.items()))
    return GradientEvidence(outcome, reason, method, sizes, drawn.seed, error, doubt, values.evaluations)


_KEPT = 8
_COMPILED: list[tuple[Program, Functions, Formulas]] = []
_PREPARED: dict[int, tuple[Drawn, Functions, Values]] = {}


def _prepared(context: Context, drawn: Drawn) -> tuple[Functions, Values]:
    """What claims share that have an instance in common: the functions, and the values computed so far."""
    found = _PREPARED.get(id(drawn.instance))
    if found is None:
        if len(_PREPARED) >= _KEPT:
            del _PREPARED[next(iter(_PREPARED))]
        functions, formulas = _compiled(context, drawn)
        # The instance is kept with it, so that its number stays its own.
        found = _PREPARED[id(drawn.instance)] = (drawn, functions, Values(formulas, drawn))
    found[2].begin()
    return found[1], found[2]


def _compiled(context: Context, drawn: Drawn) -> tuple[Functions, Formulas]:
    """What claims share that have a program and the sizes in common.  Of a program every name has one shape."""
    program = drawn.instance.program
    for other, functions, formulas in _COMPILED:
        if other is program and formulas.take(drawn.sizes):
            return functions, formulas
    functions = Functions(context)
    formulas = Formulas(functions.context)
    formulas.take(drawn.sizes)
    _COMPILED.insert(0, (program, functions, formulas))
    del _COMPILED[_KEPT:]
    return functions, formulas


def _confirmed(claim: Relation, values: Values) -> tuple[str, str]:
    """What is said of sides that differ by complex steps: central differences must say the same."""
    methods, evaluations = set(values.methods), values.evaluations
    values.begin(central=True)
    again = _compared(claim, values)[0]
    values.begin()
    values.methods, values.evaluations = methods, evaluations
    return ("differs", "") if again == "differs" else ("not conclusive", "complex steps and differences disagree")


def _compared(claim: Relation, values: Values) -> tuple[str, str, float, float]:
    """Outcome, reason, deviation and estimated error, relative to the magnitude."""
    left, right, op = claim.left, claim.right, claim.op
    if isinstance(right, DERIVATIVES) and not isinstance(left, DERIVATIVES):
        left, right = right, left
        op = {"<=": ">=", ">=": "<=", "<": ">", ">": "<"}.get(op, op)
    second, doubt = values.side(right)
    if isinstance(left, DERIVATIVES) and not doubt.any():
        report = values.checked(left, second)
        # Along directions there is an axis of them in front of the variants.
        axis = 0 if report.directions is None else 1
        first, second = (np.moveaxis(a, axis, 0) for a in (report.numeric, report.claimed))
        uncertainty = report.uncertainty
    else:
        first, other = values.side(left)
        uncertainty = float((doubt + other)[0].max())
    deviation = first[0] - second[0]
    if op in ("<=", "<"):
        deviation = np.maximum(deviation, 0.0)
    elif op in (">=", ">"):
        deviation = np.maximum(-deviation, 0.0)
    error, size = float(np.abs(deviation).max()), max(_magnitude(first), _magnitude(second))
    if not np.isfinite(error) or not np.isfinite(size) or not np.isfinite(uncertainty):
        return "not conclusive", NO_VALUE, 0.0, 0.0
    if not values.methods:
        raise NotRun("no derivative")
    relative, doubtful = (x / size if size > 0.0 else x for x in (error, uncertainty))
    if relative <= AGREES or error <= NOISE:
        return "agrees", "", relative, doubtful
    if relative > DIFFERS and error > BEYOND * uncertainty and error > TINY * max(1.0, values.largest()):
        return "differs", "", relative, doubtful
    return "not conclusive", "a kink or rounding", relative, doubtful


def _magnitude(value: Array) -> float:
    """The largest entry, or what the entries would move by if every given number were as uncertain as it is large."""
    return max(float(np.abs(value[0]).max()), float(np.abs(value[1:] - value[0]).max()) / MOVED)


# functions of which nothing is known -----------------------------------------------------------


class Functions:
    """Known functions in the place of unknown ones; ``context`` is the given one with them."""

    def __init__(self, context: Context) -> None:
        self._chosen: dict[str, str] = {}
        self.context = replace(
            context,
            definitions=tuple(replace(d, body=self.known(d.body)) for d in context.definitions),
            recurrences=tuple(replace(r, body=self.known(r.body)) for r in context.recurrences),
        )

    def in_claim(self, claim: Relation, hypotheses: tuple[Hypothesis, ...]) -> Relation:
        """The claim with known functions; raises NotRun where hypotheses bind unknown ones."""
        known = Relation(self.known(claim.left), claim.op, self.known(claim.right))
        if self._chosen:
            sides = [h.subject if isinstance(h, Predicate) else h.left for h in hypotheses]
            sides += [h.right for h in hypotheses if isinstance(h, Relation)]
            if any(_unknown(node) for side in sides for node in ex.walk(side)):
                # Their values would have to suit the hypothesis.
                raise NotRun("unknown function")
        return known

    def known(self, expression: Expression) -> Expression:
        """The expression with known functions."""
        if not any(_unknown(node) for node in ex.walk(expression)):
            return expression
        arguments = tuple(self.known(a) if isinstance(a, Expression) else a for a in expression.args)
        rebuilt: Expression = expression if arguments == expression.args else expression.func(*arguments)
        return self._value(rebuilt) if _unknown(rebuilt) else rebuilt

    def _value(self, node: Expression) -> Expression:
        """In the place of an unknown function's value."""
        name = _unknown(node)
        if isinstance(node, ex.Apply):
            chosen = self._chosen.setdefault(name, SMOOTH[len(self._chosen) % len(SMOOTH)])
            return ex.Apply(chosen, node.operands[0], node.order)
        self._chosen[name] = "sin"
        rows, columns = node.shape
        parts: list[Expression] = []
        for number, argument in enumerate(node.operands):
            column = argument if same_size(argument.shape[1], ONE) else ex.Vec(argument)
            parts.append(ex.Mul(ex.Var(f"{COEFFICIENT}{name}.{number}", WIDTH, column.shape[0]), column))
        inside = parts[0] if len(parts) == 1 else ex.Add(*parts)
        column = ex.Apply("sin", inside)
        left = ex.Var(f"{COEFFICIENT}{name}", rows, WIDTH)
        if same_size(columns, ONE):
            return ex.Mul(left, column)
        # As large a rank as a matrix may have, which a sum of a few vectors alone has not.
        right, constant = (
            ex.Var(f"{COEFFICIENT}{name}.r", WIDTH, columns),
            ex.Var(f"{COEFFICIENT}{name}.c", rows, columns),
        )
        return ex.Add(constant, ex.Mul(left, ex.Diag(column), right))


def _unknown(node: Expression) -> str:
    """The name of the unknown function that a node is a value of; empty where it is none."""
    if isinstance(node, ex.Call):
        return node.function
    if isinstance(node, ex.Apply) and node.function not in FUNCTIONS:
        return node.function
    return ""
