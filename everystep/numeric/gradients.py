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
from everystep.compiler.quadrature import Rule
from everystep.derivation import Claim, Induction
from everystep.numeric.samples import Unsampled
from everystep.numeric.values import COEFFICIENT, MOVED, Array, Formulas, NotRun, Values
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
UNSUITED = "unknown function"
"""What is said where no function that was tried meets the hypotheses about it."""
MARGIN = 1e-6
"""By how much, relatively, such a hypothesis has to hold."""
INSTANCES, DOUBTS = 3, 2
"""On so many instances must the sides differ; so many beside them may say nothing."""
SMOOTH = ("sin", "tanh", "exp", "logistic", "softplus", "cos")
"""What unknown functions of one number are, in turn."""
WIDTH = 3
SAMPLED, INTEGRATED = ", means over samples", ", means by quadrature"
"""What the method says of means."""
RULES = (Rule({1: 401}, 9.0), Rule({1: 551}, 12.0))
"""Two rules that resolve functions alike in the middle and not in the tails: where they differ neither is believed."""


def check_claim(claim: Claim, context: Context, *, by: Induction | None = None, seed: int = 0) -> GradientEvidence:
    """What differences say of an equation, an inequality or the symmetry or definiteness of a matrix, with derivatives.

    ``context`` holds the hypotheses of the step.  Never raises for what a claim may hold; see
    :class:`~everystep.prove.verdict.GradientEvidence` for what is said.
    """
    context = context.with_implied()
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
        elif now.outcome == "not conclusive" or now.reason == UNSUITED:
            doubtful.append(now)
            if len(doubtful) > DOUBTS:
                return doubtful[0]
        elif differing:
            return replace(differing[0], outcome="not conclusive", reason="differs on some instances only")
        else:
            return now
    return doubtful[0]


def _on_instance(claim: Claim, context: Context, by: Induction | None, seed: int, positive: bool) -> GradientEvidence:
    drawn: Drawn | None = None
    values: Values | None = None
    sampled, means = False, SAMPLED
    try:
        drawn = draw(claim, context, by=by, seed=seed, positive=positive)
        functions, values = _prepared(context, drawn)
        known = functions.in_claim(claim)
        with np.errstate(all="ignore"):
            if functions.chosen and not all(_met(h, values) for h in functions.bound(drawn.hypotheses)):
                raise NotRun(UNSUITED)
            values.begin()
            outcome, reason, error, doubt = _compared(known, values)
            sampled = values.sampled
            if outcome == "differs" and "complex step" in values.methods:
                outcome, reason = _confirmed(known, values)
            if outcome != "agrees" and sampled and not _decided_by_two_moments(known, values):
                outcome, reason, error, doubt = _integrated(known, values)
                means = INTEGRATED
    except (NotRun, Unsampled) as why:
        outcome, reason, error, doubt = "not run", str(why), 0.0, 0.0
    except Stopped:
        outcome, reason, error, doubt = "not run", "no instance", 0.0, 0.0
    except (ValueError, np.linalg.LinAlgError):
        outcome, reason, error, doubt = "not conclusive", NO_VALUE, 0.0, 0.0
    except RecursionError:
        outcome, reason, error, doubt = "not run", "nested too deeply", 0.0, 0.0
    if outcome == "not run" or drawn is None or values is None:
        return GradientEvidence("not run", reason)
    method = " and ".join(sorted(values.methods)) + (means if sampled else "")
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


def _confirmed(claim: Claim, values: Values) -> tuple[str, str]:
    """What is said of sides that differ by complex steps: central differences must say the same."""
    methods, evaluations = set(values.methods), values.evaluations
    values.begin(central=True)
    again = _compared(claim, values)[0]
    values.begin()
    values.methods, values.evaluations = methods, evaluations
    return ("differs", "") if again == "differs" else ("not conclusive", "complex steps and differences disagree")


def _met(hypothesis: Hypothesis, values: Values) -> bool:
    """Whether a hypothesis holds on the instance, by more than rounding."""
    if isinstance(hypothesis, Relation):
        left, right = (values.side(side)[0][0] for side in (hypothesis.left, hypothesis.right))
        gap, size = right - left, MARGIN * max(float(np.abs(left).max()), float(np.abs(right).max()))
        if hypothesis.op == "=":
            return bool(np.abs(gap).max() <= NOISE)
        if hypothesis.op == "!=":
            return bool(np.abs(gap).max() > size)
        return bool((gap if hypothesis.op in ("<", "<=") else -gap).min() > size)
    value = values.side(hypothesis.subject)[0][0]
    if not np.isfinite(value).all():
        return False
    if hypothesis.kind == "nonzero":
        return bool(np.abs(value).max() > MARGIN)
    if hypothesis.kind in ("invertible", "full row rank", "full column rank"):
        singular = np.linalg.svd(value, compute_uv=False)
        return bool(singular[-1] > MARGIN * singular[0])
    return False


def _decided_by_two_moments(claim: Claim, values: Values) -> bool:
    """Whether the means in the sides are the same over other points with the same first and second moments."""
    methods, evaluations = set(values.methods), values.evaluations
    sides = (claim.left, claim.right) if isinstance(claim, Relation) else (claim.subject,)
    first = [values.side(side)[0][0] for side in sides]
    values.begin(scheme=1)
    second = [values.side(side)[0][0] for side in sides]
    values.begin()
    values.methods, values.evaluations, values.sampled = methods, evaluations, True
    return all(
        float(np.abs(a - b).max()) <= AGREES * float(np.abs(a).max(initial=1.0))
        for a, b in zip(first, second, strict=True)
    )


def _integrated(claim: Claim, values: Values) -> tuple[str, str, float, float]:
    """What is said when means are taken by quadrature, of smooth functions that two rules give one value.

    Differences go through the rule, so that a kink would be a jump between its points.
    """
    sides = (claim.left, claim.right) if isinstance(claim, Relation) else (claim.subject,)
    found = []
    for rule in RULES:
        values.begin(rule=rule)
        found.append([values.side(side)[0][0] for side in sides])
        if not values.is_smooth:
            raise NotRun("higher moments")
    for first, second in zip(*found, strict=True):
        size = float(np.abs(first).max(initial=0.0))
        if not float(np.abs(first - second).max(initial=0.0)) <= AGREES * 1e-2 * size + NOISE:
            raise NotRun("higher moments")
    values.begin(rule=RULES[0])
    outcome = _compared(claim, values)
    methods, evaluations = set(values.methods), values.evaluations
    if outcome[0] == "differs" and "complex step" in methods:
        values.begin(central=True, rule=RULES[0])
        if _compared(claim, values)[0] != "differs":
            outcome = ("not conclusive", "complex steps and differences disagree", *outcome[2:])
    values.begin()
    values.methods, values.evaluations = methods, evaluations
    return outcome


def _compared(claim: Claim, values: Values) -> tuple[str, str, float, float]:
    """Outcome, reason, deviation and estimated error, relative to the magnitude."""
    if isinstance(claim, Predicate):
        return _property(claim, values)
    left, right, op = claim.left, claim.right, claim.op
    if isinstance(right, ex.DERIVATIVES) and not isinstance(left, ex.DERIVATIVES):
        left, right = right, left
        op = {"<=": ">=", ">=": "<=", "<": ">", ">": "<"}.get(op, op)
    second, doubt = values.side(right)
    if isinstance(left, ex.DERIVATIVES) and not doubt.any():
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
    return _judged(float(np.abs(deviation).max()), max(_magnitude(first), _magnitude(second)), uncertainty, values)


def _property(claim: Predicate, values: Values) -> tuple[str, str, float, float]:
    """As ``_compared``: how far a matrix is from its transpose, or its least eigenvalue below 0."""
    value, doubt = values.side(claim.subject)
    uncertainty, size = float(np.abs(doubt[0]).max()), _magnitude(value)
    if not np.isfinite(value[0]).all():
        return "not conclusive", NO_VALUE, 0.0, 0.0
    turned = value[0].T
    error = float(np.abs(value[0] - turned).max())
    if claim.kind != "symmetric":
        least = float(np.linalg.eigvalsh((value[0] + turned) / 2.0)[0])
        if claim.kind == "positive definite" and 0.0 >= least > -DIFFERS * size:
            return "not conclusive", "a kink or rounding", 0.0, 0.0
        error = max(error, -least, 0.0)
    return _judged(error, size, uncertainty, values)


def _judged(error: float, size: float, uncertainty: float, values: Values) -> tuple[str, str, float, float]:
    """As ``_compared``, of a deviation and the magnitude of what deviates."""
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
        self.chosen: dict[str, str] = {}
        self.context = replace(
            context,
            definitions=tuple(replace(d, body=self.known(d.body)) for d in context.definitions),
            recurrences=tuple(replace(r, body=self.known(r.body)) for r in context.recurrences),
        )

    def in_claim(self, claim: Claim) -> Claim:
        """The claim with known functions."""
        if isinstance(claim, Predicate):
            return Predicate(claim.kind, self.known(claim.subject))
        return Relation(self.known(claim.left), claim.op, self.known(claim.right))

    def bound(self, hypotheses: tuple[Hypothesis, ...]) -> list[Hypothesis]:
        """The hypotheses about unknown functions, with the known ones: the instance was not drawn to meet them."""
        found: list[Hypothesis] = []
        for h in hypotheses:
            sides = (h.subject,) if isinstance(h, Predicate) else (h.left, h.right)
            if any(_unknown(node) for side in sides for node in ex.walk(side)):
                known = [self.known(side) for side in sides]
                found.append(
                    Predicate(h.kind, known[0]) if isinstance(h, Predicate) else Relation(known[0], h.op, known[1])
                )
        return found

    def known(self, expression: Expression) -> Expression:
        """The expression with known functions."""
        if not expression.has_kind(ex.Call, ex.Apply) or not any(_unknown(node) for node in ex.walk(expression)):
            return expression
        arguments = tuple(self.known(a) if isinstance(a, Expression) else a for a in expression.args)
        rebuilt: Expression = expression if arguments == expression.args else expression.func(*arguments)
        return self._value(rebuilt) if _unknown(rebuilt) else rebuilt

    def _value(self, node: Expression) -> Expression:
        """In the place of an unknown function's value."""
        name = _unknown(node)
        if isinstance(node, ex.Apply):
            chosen = self.chosen.setdefault(name, SMOOTH[len(self.chosen) % len(SMOOTH)])
            return ex.Apply(chosen, node.operands[0], node.order)
        self.chosen[name] = "sin"
        rows, columns = node.shape
        # Claims that share a program may have functions of one name and several shapes.
        prefix = f"{COEFFICIENT}{name}.{rows}.{columns}"
        parts: list[Expression] = []
        for number, argument in enumerate(node.operands):
            column = argument if same_size(argument.shape[1], ONE) else ex.Vec(argument)
            parts.append(ex.Mul(ex.Var(f"{prefix}.{number}.{column.shape[0]}", WIDTH, column.shape[0]), column))
        inside = parts[0] if len(parts) == 1 else ex.Add(*parts)
        column = ex.Apply("sin", inside)
        left = ex.Var(prefix, rows, WIDTH)
        if same_size(columns, ONE):
            return ex.Mul(left, column)
        # As large a rank as a matrix may have, which a sum of a few vectors alone has not.
        right, constant = (
            ex.Var(f"{prefix}.r", WIDTH, columns),
            ex.Var(f"{prefix}.c", rows, columns),
        )
        return ex.Add(constant, ex.Mul(left, ex.Diag(column), right))


def _unknown(node: Expression) -> str:
    """The name of the unknown function that a node is a value of; empty where it is none."""
    if isinstance(node, ex.Call):
        return node.function
    if isinstance(node, ex.Apply) and node.function not in FUNCTIONS:
        return node.function
    return ""
