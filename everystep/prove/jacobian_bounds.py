"""Further named inequalities: norms of Jacobians, layer by layer and through the steps of a recurrence.

One function a lemma, matched like those of :mod:`everystep.prove.lemmas`.  May import the normal form, the order and
the lemmas; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.context import Recurrence
from everystep.algebra.expressions import Expression, Member
from everystep.algebra.shapes import ONE, integer
from everystep.algebra.substitution import instance
from everystep.calculus.indices import constant, difference, shifted, slot_of
from everystep.prove.lemmas import Lemmas
from everystep.prove.slope_lemmas import SLOPES

MOST_LAYERS, MOST_PATHS = 12, 6
Bounds = list[list[Expression]]
"""A sum of products of numbers: each product bounds the Jacobian along one path from the variable to the value."""


class Unbounded(Exception):
    """A layer of which no bound is known."""


class Layers:
    """What bounds the Jacobian of a value as it is written, by one variable: the chain rule, layer by layer.

    ``||diag(f'(u)) W J|| <= c ||W|| ||J||`` for a function f with slopes of at most c, and the sum over all paths.
    """

    def __init__(self, lemmas: Lemmas, variable: Expression, head: str) -> None:
        self.lemmas, self.variable, self.head = lemmas, variable, head
        self.depth = 0

    def of(self, e: Expression) -> Bounds:
        """The bounds for a column; raises Unbounded."""
        self.depth += 1
        try:
            found = self._of(e) if self.depth <= MOST_LAYERS else None
        finally:
            self.depth -= 1
        if found is None or len(found) > MOST_PATHS:
            raise Unbounded
        return found

    def _of(self, e: Expression) -> Bounds | None:
        if e == self.variable:
            return [[]]
        if not self.lemmas.form.lowering.mentions(e, self.head):
            return []
        if isinstance(e, ex.Add):
            return [path for part in e.operands for path in self.of(part)]
        if isinstance(e, ex.Neg):
            return self.of(e.operands[0])
        if isinstance(e, ex.Mul):
            return self._of_product(e)
        if isinstance(e, ex.Apply) and not e.order and e.function in SLOPES:
            slope = SLOPES[e.function]
            before = [] if slope == "1" else [ex.Num(slope)]
            return [[*before, *path] for path in self.of(e.operands[0])]
        if isinstance(e, ex.Softmax):  # diag(p) - p p^T has no eigenvalue above 1/2
            return [[ex.Num("1/2"), *path] for path in self.of(e.operands[0])]
        body = self._defined(e)
        return None if body is None else self.of(body)

    def _of_product(self, e: ex.Mul) -> Bounds | None:
        """Of ``c A B u`` with a column u; the numbers and matrices before it have nothing of the variable."""
        *before, last = e.operands
        matrices = e.segments[-1]
        if last.shape[1] != ONE or last.is_number_shaped or matrices[-1] != len(before):
            return None
        if any(self.lemmas.form.lowering.mentions(f, self.head) for f in before):
            return None
        factors: list[Expression] = []
        for place, factor in enumerate(before):
            if place in matrices:
                factors.append(ex.Norm(factor, "2"))
            elif not factor.is_number_shaped:
                return None  # part of a number, such as a^T b
            else:
                factors.append(factor if self.lemmas.nonnegative(factor) else ex.Apply("abs", factor))
        return [[*factors, *path] for path in self.of(last)]

    def _defined(self, e: Expression) -> Expression | None:
        """What a definition says of a name, or of a member of a family."""
        if isinstance(e, (ex.Var, Member)):
            for definition in self.lemmas.form.context.definitions:
                target = definition.target
                if target == e:
                    return definition.body
                if not isinstance(target, Member) or not isinstance(e, Member) or target.name != e.name:
                    continue
                if all(s.is_Symbol for s in target.at) and len(target.at) == len(e.at):
                    return instance(definition.body, dict(zip(target.at, e.at, strict=True)))
        return None


def _added(paths: Bounds) -> Expression:
    products = [p[0] if len(p) == 1 else ex.Mul(*p) if p else ex.Num(1) for p in paths]
    return products[0] if len(products) == 1 else ex.Add(*products) if products else ex.Num(0)


def norm_of_jacobian(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """||dy/dx||_2 <= b_1 ... b_k for the layers between x and y, and ||dh_T/dh_k||_2 <= b_(k+1) ... b_T through the
    steps of a recurrence, with the bound b_s of one step.

    The members that come before h_(s-1), and other recurrences that rest on h, must not occur in the step.
    """
    inside = small.operands[0] if isinstance(small, ex.Norm) and small.kind == "2" else None
    inside = inside.operands[0] if isinstance(inside, ex.Transpose) else inside
    if not isinstance(inside, ex.Jacobian):
        return False
    value, variable = inside.operands
    if not isinstance(variable, (ex.Var, Member)) or value.is_number_shaped or variable.is_number_shaped:
        return False
    head = f"{'v' if isinstance(variable, ex.Var) else 'm'}:{variable.name}"
    try:
        if isinstance(value, Member) and isinstance(variable, Member) and value.name == variable.name:
            bound = _through_steps(lemmas, value, variable, head)
        else:
            bound = _added(Layers(lemmas, variable, head).of(value))
    except Unbounded:
        return False
    if bound is None:
        return False
    lemmas.form.see(bound)
    return lemmas.below(bound, large)


def _through_steps(lemmas: Lemmas, value: Member, variable: Member, head: str) -> Expression | None:
    """The product of the bounds of the steps from h_k to h_T; None where they are not known to be steps."""
    rule = next((r for r in lemmas.form.context.recurrences if r.target.name == value.name), None)
    if rule is None or len(value.at) != 1:
        return None
    integers = lemmas.form.core.integers
    first, last = integer(variable.at[0] + 1), value.at[0]
    if not integers.at_least(slot_of(first), constant(rule.first)):
        return None
    if not integers.at_least(slot_of(last), shifted(slot_of(first), -1)):
        return None
    at = Symbol(f"·s{lemmas.inside}", integer=True)
    outer = list(integers.facts)
    integers.add(difference(slot_of(at), slot_of(first)), difference(slot_of(last), slot_of(at)))
    try:
        step = _added(_one_step(lemmas, rule, at, head))
    finally:
        integers.restore(outer)
    count = integer(last - first + 1)
    if at not in step.free_symbols:
        return step if count == 1 else ex.Pow(step, ex.Int(count))
    return instance(step, {at: last}) if count == 1 else ex.ProdOver(step, at, first, last)


def _one_step(lemmas: Lemmas, rule: Recurrence, at: Expr, head: str) -> Bounds:
    """The bounds of the step from h_(s-1) to h_s."""
    target = rule.target
    body = instance(rule.body, {target.at[0]: at})
    lemmas.form.see(body)
    return Layers(lemmas, Member(target.name, *target.shape, integer(at - 1)), head).of(body)


JACOBIANS: dict[str, Callable[[Lemmas, Expression, Expression], bool]] = {
    "norms of Jacobians": norm_of_jacobian,
}
