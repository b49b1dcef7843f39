"""Is a side defined wherever it has to be?  Presuppositions are read off the surface and discharged by the hypotheses.

An author's formula presupposes that its inverses, quotients and logarithms exist.  The right side may
presuppose only what the hypotheses give or what the left side presupposes already; what is left over is
reported. May import the normal form and the order; never the exact judge.
"""

from __future__ import annotations

from dataclasses import dataclass

from everystep.algebra import expressions as ex
from everystep.algebra.context import Predicate
from everystep.algebra.expressions import Expression
from everystep.calculus.indices import NotAffine, Slot, difference, slot_of, symbols_of
from everystep.calculus.networks import ONE_POLY, Exhausted, Poly, Undecided
from everystep.prove.normal_form import NormalForm
from everystep.prove.order import Order


@dataclass(frozen=True)
class Presupposition:
    """``kind`` is ``"invertible"``, ``"nonzero"``, ``"positive"``, ``"nonnegative"``, or ``"away from 0"``.

    The last is said of the argument of sign and step: they have a value at 0, but the rules that decide them do not
    hold there, so that it is not granted by the left side's own sign or step.
    """

    kind: str
    subject: Expression


def presuppositions(expression: Expression, form: NormalForm) -> list[Presupposition]:
    """What must hold for the expression, with its definitions expanded, to have a value."""
    known = form.presuppositions.get(expression)
    if known is None:
        known = form.presuppositions[expression] = _read(expression, form)
    return known


def _read(expression: Expression, form: NormalForm) -> list[Presupposition]:
    result: list[Presupposition] = []
    facts = _bound_facts(expression, form)
    seen: set[Expression] = set()
    todo = [expression]
    while todo:
        node = todo.pop()
        if node in seen:
            continue
        seen.add(node)
        if isinstance(node, ex.Var) and node.name in form.lowering.constants:
            todo.append(form.lowering.constants[node.name].body)
        if isinstance(node, ex.Member) and node.name in form.lowering.families:
            todo += [d.body for d in form.lowering.families[node.name]]
        if isinstance(node, ex.Inverse):
            kind = "nonzero" if node.operands[0].is_number_shaped else "invertible"
            result.append(Presupposition(kind, node.operands[0]))
        elif isinstance(node, ex.Div):
            result += [Presupposition("nonzero", part) for part in _factors(node.operands[1])]
        elif isinstance(node, ex.Pow):
            result += _of_power(node, form, facts)
        elif isinstance(node, ex.Apply) and node.function == "log":
            result.append(Presupposition("positive", node.operands[0]))
        elif isinstance(node, ex.Apply) and node.function == "reciprocal":
            (operand,) = node.operands
            if operand.is_number_shaped:
                result.append(Presupposition("nonzero", operand))
            else:  # every entry: that the diagonal matrix has an inverse
                diagonal = operand if operand.shape[1] == 1 else ex.Vec(operand)
                result.append(Presupposition("invertible", ex.Diag(diagonal)))
        elif isinstance(node, ex.Apply) and node.function == "sqrt":
            result.append(Presupposition("nonnegative", node.operands[0]))
        elif isinstance(node, ex.Apply) and node.function in ("sign", "step"):
            result.append(Presupposition("away from 0", node.operands[0]))
        elif isinstance(node, (ex.Gradient, ex.Jacobian, ex.Hessian, ex.ScalarDerivative, ex.Differential)):
            result += _smoothness(node)
        todo += node.operands
    return result


def _bound_facts(expression: Expression, form: NormalForm) -> list[Slot]:
    """That the index of a sum is within its range, for indices of which no hypothesis speaks."""
    spoken = {s for fact in form.facts for s in symbols_of(fact)}
    facts: list[Slot] = []
    for node in ex.walk(expression):
        if isinstance(node, ex.SumOver) and node.index.name not in spoken:
            try:
                low, high = (slot_of(s) for s in node.range)
            except NotAffine:
                continue
            facts += [difference(node.index.name, low), difference(high, node.index.name)]
    return facts


def _factors(number: Expression) -> list[Expression]:
    """The numbers of which a product or a power is 0 exactly when one of them is."""
    if isinstance(number, ex.Pow) and isinstance(number.operands[1], ex.Num) and number.operands[1].value > 0:
        return _factors(number.operands[0])
    if isinstance(number, ex.Mul) and all(f.is_number_shaped for f in number.operands):
        return [part for f in number.operands for part in _factors(f)]
    return [number]


def _of_power(node: Expression, form: NormalForm, facts: list[Slot]) -> list[Presupposition]:
    """A power with a negative exponent, a fractional one, or one whose sign is not known."""
    base, exponent = node.operands
    if isinstance(exponent, ex.Neg) and isinstance(exponent.operands[0], ex.Num):
        exponent = ex.Num(-exponent.operands[0].value)
    kind = "nonzero" if base.is_number_shaped else "invertible"
    if isinstance(exponent, ex.Num):
        if not exponent.value.is_integer:
            return [Presupposition("positive" if exponent.value < 0 else "nonnegative", base)]
        return [Presupposition(kind, base)] if exponent.value < 0 else []
    if isinstance(exponent, ex.Int):
        try:
            known = form.core.integers.with_facts(facts).at_least(slot_of(exponent.value), (0, ()))
        except NotAffine:
            known = False
        return [] if known else [Presupposition(kind, base)]
    return [Presupposition("positive", base)]


def _smoothness(node: Expression) -> list[Presupposition]:
    """Where what is differentiated has a kink: norms, roots, absolute values and relu away from 0."""
    value, *variables = node.operands
    leaves = {v for v in variables if isinstance(v, (ex.Var, ex.Member))} | {
        v.operands[0] for v in variables if isinstance(v, ex.Entry)
    }
    result = []
    for inner in ex.walk(value):
        moving = bool(leaves & set(ex.walk(inner)))
        if not moving:
            continue
        if isinstance(inner, ex.Norm) and not _squared(inner, value):
            result.append(Presupposition("nonzero", inner))
        elif isinstance(inner, ex.Apply) and inner.function in ("sqrt", "abs", "relu"):
            kind = "positive" if inner.function == "sqrt" else "nonzero"
            result.append(Presupposition(kind, inner.operands[0]))
        elif isinstance(inner, (ex.Max, ex.Min)):
            first, *others = inner.operands
            result += [Presupposition("nonzero", ex.Add(first, ex.Neg(o))) for o in others]
    return result


def _squared(norm: Expression, value: Expression) -> bool:
    return norm != value and all(
        isinstance(node, ex.Pow) and node.operands[1] == ex.Num(2) for node in ex.walk(value) if norm in node.operands
    )


class Definedness:
    """Discharges presuppositions under one context."""

    def __init__(self, form: NormalForm, order: Order) -> None:
        self.form = form
        self.order = order
        self.atoms: set[str] = set()
        self.matrices: list[Poly] = []
        for hypothesis in form.context.hypotheses:
            if isinstance(hypothesis, Predicate) and hypothesis.kind in (
                "invertible",
                "positive definite",
            ):
                self.atoms |= self._atoms(hypothesis.subject)
                value = self._value(hypothesis.subject)
                if value is not None:
                    self.matrices.append(value)

    def _atoms(self, matrix: Expression) -> set[str]:
        """The inverse atoms whose existence is the same as that of the matrix's inverse."""
        try:
            poly = self.form.poly(matrix if matrix.is_number_shaped else ex.Inverse(matrix))
        except (Undecided, Exhausted):
            return set()
        return {h for key in poly for c, _ in key for h, _ in c[0] if h[:2] == "i:"}

    def left_over(self, left: Expression, right: Expression) -> list[Presupposition]:
        """The right side's presuppositions that neither the hypotheses nor the left side give."""
        mine = presuppositions(left, self.form)
        granted = set(self.atoms)
        for p in mine:
            if p.kind == "invertible":
                granted |= self._atoms(p.subject)
        same = {(p.kind, p.subject) for p in mine}
        values = [self._value(p.subject) for p in mine if p.kind in ("nonzero", "positive")]
        matrices = [p.subject for p in mine if p.kind == "invertible"]
        known = self.nonzero_factors(matrices)
        result = []
        kinks = [p for p in mine if p.kind == "away from 0"]
        for p in [*kinks, *presuppositions(right, self.form)]:
            if p.kind == "away from 0":
                p = Presupposition("nonzero", p.subject)
            if (p.kind, p.subject) in same or self.holds(p, granted):
                continue
            value = self._value(p.subject)
            if p.kind == "invertible" and any(value is not None and value == self._value(m) for m in matrices):
                continue
            if p.kind == "nonzero" and value and self._divides_some(value, values):
                continue
            if p.kind == "nonzero" and value and self._known_factor(value, known):
                continue
            result.append(p)
        return result

    def nonzero_factors(self, matrices: list[Expression]) -> list[Poly]:
        """Numbers that are not 0 because an inverse exists, or because a hypothesis says so.

        The determinant of an invertible matrix is not 0, nor is what is left of it without its content.
        """
        stated = [
            h.subject if isinstance(h, Predicate) else ex.Add(h.left, ex.Neg(h.right))
            for h in self.form.context.hypotheses
            if (h.kind == "nonzero" if isinstance(h, Predicate) else h.op == "!=")
        ]
        inverted = [
            h.subject
            for h in self.form.context.hypotheses
            if isinstance(h, Predicate) and h.kind in ("invertible", "positive definite")
        ]
        numbers = [n for n in stated if n.is_number_shaped]
        numbers += [ex.Det(m) for m in (*matrices, *inverted) if not m.is_number_shaped]
        values = (self._value(n) for n in numbers)
        parts = (self.form.core.content(v, -1)[1] for v in values if v)
        return [part for part in parts if part != ONE_POLY]

    def _known_factor(self, value: Poly, known: list[Poly]) -> bool:
        """Whether a number is a known one times scalars that are themselves known not to be 0."""
        outside, rest = self.form.core.content(value, -1)
        return rest in known and self.order.nonzero_number(self.form.core.normal([outside]))

    def _value(self, e: Expression) -> Poly | None:
        try:
            return self.form.poly(e)
        except (Undecided, Exhausted):
            return None

    @staticmethod
    def _divides_some(value: Poly, others: list[Poly | None]) -> bool:
        """A factor of a nonzero monomial is nonzero."""
        if len(value) != 1:
            return value in others
        ((key, _),) = value.items()
        mine = {c for c, _ in key}
        return any(o is not None and len(o) == 1 and mine <= {c for c, _ in next(iter(o))} for o in others)

    def holds(self, p: Presupposition, granted: set[str]) -> bool:
        """Whether a presupposition follows from the hypotheses (and the granted inverses)."""
        try:
            if p.kind == "invertible":
                return self._invertible(p.subject, granted)
            poly = self.form.poly(p.subject)
        except (Undecided, Exhausted):
            return False
        if p.kind == "nonzero" and not p.subject.is_number_shaped:
            return self._nonzero_vector(p.subject)
        if p.kind == "nonnegative":
            return self.order.nonnegative(poly)
        if p.kind == "nonzero":
            return self.order.nonzero_number(poly)
        return self.order.nonnegative(poly, True)

    def _nonzero_vector(self, e: Expression) -> bool:
        return isinstance(e, ex.Norm) or any(
            isinstance(h, Predicate) and h.kind == "nonzero" and h.subject in (e, *e.operands)
            for h in self.form.context.hypotheses
        )

    def _invertible(self, matrix: Expression, granted: set[str]) -> bool:
        atoms = self._atoms(matrix)
        poly = self.form.poly(matrix)
        if isinstance(matrix, ex.Var) and f"v:{matrix.name}" in self.form.core.invertible:
            return True
        if poly in self.matrices or self.order.definite(poly, True):
            return True
        outside, _ = self.form.core.content(poly, 1) if poly else (None, None)
        if outside is None or not self.order.nonzero_number(self.form.core.normal([outside])):
            return False
        if not atoms:
            # The inverse has no atom: a diagonal matrix, or an inverse of an inverse.
            return isinstance(matrix, (ex.Inverse, ex.Eye)) or self._invertible_diagonal(matrix)
        return all(a in granted or self._definite_atom(a) for a in atoms)

    def _definite_atom(self, head: str) -> bool:
        return self.order.definite(self.form.core.inside(head), True)

    def _invertible_diagonal(self, matrix: Expression) -> bool:
        return any(
            isinstance(h, Predicate) and h.kind == "invertible" and h.subject == matrix
            for h in self.form.context.hypotheses
        )
