"""What must hold for an expression to have a value, read off the surface.

An author's formula presupposes that its inverses, quotients and logarithms exist and that its indices are within
range.  Inside of a sum this is said of the index from the lower to the upper limit, and of no index where the sum is
empty: a presupposition keeps the binders that it stands under, outermost first.  Whether it holds is the business of
:mod:`everystep.prove.definedness`.  May import the normal form; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from sympy import Expr, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ONE, integer
from everystep.algebra.substitution import BINDERS, instance
from everystep.calculus.indices import NotAffine, Slot, difference, shifted, slot_of, symbols_of
from everystep.prove.normal_form import NormalForm


@dataclass(frozen=True)
class Binder:
    """The index of a sum or product with its limits, or the index of a limit (``low`` and ``high`` are None)."""

    index: Expr
    low: Expr | None = None
    high: Expr | None = None

    def facts(self) -> list[Slot]:
        """That the index is within the range; nothing where a limit of the range is not affine.

        The index of a limit is as large as one likes.
        """
        if self.low is None or self.high is None:
            return [shifted(slot_of(self.index), -_LATE)]
        try:
            low, high = slot_of(self.low), slot_of(self.high)
        except NotAffine:
            return []
        return [difference(slot_of(self.index), low), difference(high, slot_of(self.index))]


_LATE = 1000
Scope: TypeAlias = tuple[Binder, ...]


def facts_of(scope: Scope) -> list[Slot]:
    """What is known of the integers inside of the binders."""
    return [fact for binder in scope for fact in binder.facts()]


@dataclass(frozen=True)
class Presupposition:
    """``kind`` is ``"invertible"``, ``"nonzero"``, ``"positive"``, ``"nonnegative"``, ``"away from 0"`` or
    ``"in range"``.

    ``"away from 0"`` is said of the argument of sign and step: they have a value at 0, but the rules that decide them
    do not hold there, so that it is not granted by the left side's own sign or step.  ``"in range"`` is said of the
    indices of an entry, row, column, unit vector or family member.
    """

    kind: str
    subject: Expression
    scope: Scope = ()


def presuppositions(
    expression: Expression, form: NormalForm, free: frozenset[str] = frozenset()
) -> list[Presupposition]:
    """What must hold for the expression, with its definitions expanded, to have a value.

    ``free``: names that a bound index must not have, because they stand for something else outside.
    """
    key = (expression, free)
    known: list[Presupposition] | None = form.presuppositions.get(key)
    if known is None:
        known = form.presuppositions[key] = _Reader(form, free).read(expression)
    return known


class _Reader:
    def __init__(self, form: NormalForm, free: frozenset[str]) -> None:
        self.form = form
        self.taken = free | {symbol for fact in form.facts for symbol in symbols_of(fact)}
        self.result: list[Presupposition] = []
        self.scope: Scope = ()

    def read(self, expression: Expression) -> list[Presupposition]:
        seen: set[tuple[Expression, Scope]] = set()
        # Names that are being expanded: one that is defined by its own earlier members is not expanded again.
        todo: list[tuple[Expression, Scope, frozenset[str]]] = [(expression, (), frozenset())]
        while todo:
            node, self.scope, within = todo.pop()
            if (node, self.scope) in seen:
                continue
            seen.add((node, self.scope))
            if isinstance(node, BINDERS):
                todo.append((*self._enter(node, self.scope), within))
                continue
            if isinstance(node, (ex.Var, ex.Member)) and node.name not in within:
                todo += [(inner, self.scope, within | {node.name}) for inner in self._meaning(node)]
            self._note(node)
            todo += [(operand, self.scope, within) for operand in node.operands]
        return self.result

    def _enter(self, node: ex.SumOver | ex.Limit, scope: Scope) -> tuple[Expression, Scope]:
        """The body of a binder and its scope, the index renamed where its name is taken."""
        index, body = node.index, node.operands[0]
        name = str(index)
        if name in self.taken or any(name == str(b.index) for b in scope):
            fresh = Symbol(f"{name}·{len(scope)}", integer=True, positive=index.is_positive)
            index, body = fresh, body.xreplace({index: fresh})
        ends = node.range if isinstance(node, ex.SumOver) else ()
        return body, (*scope, Binder(index, *ends))

    def _meaning(self, node: Expression) -> Iterator[Expression]:
        """The bodies of what a name stands for."""
        lowering = self.form.lowering
        if isinstance(node, ex.Var) and node.name in lowering.constants:
            yield lowering.constants[node.name].body
        elif isinstance(node, ex.Member):
            for definition in lowering.families.get(node.name, ()):
                target = definition.target
                if not isinstance(target, ex.Member) or len(target.at) != len(node.at):
                    continue
                values = {p: v for p, v in zip(target.at, node.at, strict=True) if p.is_Symbol}
                yield instance(definition.body, values)

    def _say(self, kind: str, subject: Expression) -> None:
        self.result.append(Presupposition(kind, subject, self.scope))

    def _note(self, node: Expression) -> None:
        """What this node alone presupposes."""
        if isinstance(node, ex.Inverse):
            self._say("nonzero" if node.operands[0].is_number_shaped else "invertible", node.operands[0])
        elif isinstance(node, ex.Div):
            for part in _factors(node.operands[1]):
                self._say("nonzero", part)
        elif isinstance(node, ex.Pow):
            self._note_power(node)
        elif isinstance(node, ex.Apply):
            self._note_function(node)
        elif isinstance(node, (ex.Gradient, ex.Jacobian, ex.Hessian, ex.ScalarDerivative, ex.Differential)):
            self._note_smoothness(node)
        elif isinstance(node, (ex.Entry, ex.Row, ex.Col, ex.Unit, ex.Member)) and any(
            not self._plain(low, at, high) for low, at, high in positions(node, self.form)
        ):
            self._say("in range", node)

    def _plain(self, low: Expr | None, at: Expr, high: Expr | None) -> bool:
        """Whether an index is in range by its looks: 1, or the index of a sum over just this range."""
        if low == 1 and high is not None and high.is_positive and (at == 1 or at == high):
            return True
        return any(b.index == at and b.low == low and b.high == high for b in self.scope)

    def _note_power(self, node: Expression) -> None:
        """A power with a negative exponent, a fractional one, or one whose sign is not known."""
        base, exponent = node.operands
        if isinstance(exponent, ex.Neg) and isinstance(exponent.operands[0], ex.Num):
            exponent = ex.Num(-exponent.operands[0].value)
        kind = "nonzero" if base.is_number_shaped else "invertible"
        if isinstance(exponent, ex.Num):
            if not exponent.value.is_integer:
                self._say("positive" if exponent.value < 0 else "nonnegative", base)
            elif exponent.value < 0:
                self._say(kind, base)
        elif isinstance(exponent, ex.Int):
            try:
                known = self.form.core.integers.with_facts(facts_of(self.scope)).at_least(
                    slot_of(exponent.value), (0, ())
                )
            except NotAffine:
                known = False
            if not known:
                self._say(kind, base)
        else:
            self._say("positive", base)

    def _note_function(self, node: ex.Apply) -> None:
        (operand,) = node.operands
        if node.function == "log":
            self._say("positive", operand)
        elif node.function == "reciprocal" and operand.is_number_shaped:
            self._say("nonzero", operand)
        elif node.function == "reciprocal":  # every entry: that the diagonal matrix has an inverse
            self._say("invertible", ex.Diag(operand if operand.shape[1] == 1 else ex.Vec(operand)))
        elif node.function == "sqrt":
            self._say("nonnegative", operand)
        elif node.function in ("sign", "step"):
            self._say("away from 0", operand)

    def _note_smoothness(self, node: Expression) -> None:
        """Where what is differentiated has a kink: norms, roots, absolute values and relu away from 0."""
        value, *variables = node.operands
        leaves = {v.operands[0] if isinstance(v, ex.Entry) else v for v in variables}
        heads = [
            f"{'v' if isinstance(v, ex.Var) else 'm'}:{v.name}" for v in leaves if isinstance(v, (ex.Var, ex.Member))
        ]
        outer = self.scope
        for inner, scope, parent in self._inside(value):
            self.scope = scope
            if not isinstance(inner, (ex.Norm, ex.Apply, ex.Max, ex.Min)):
                continue
            if not any(self.form.lowering.mentions(inner, head) for head in heads):
                continue
            if isinstance(inner, ex.Norm) and not (isinstance(parent, ex.Pow) and parent.operands[1] == ex.Num(2)):
                self._say("nonzero", inner)
            elif isinstance(inner, ex.Apply) and inner.function in ("sqrt", "abs", "relu"):
                self._say("positive" if inner.function == "sqrt" else "nonzero", inner.operands[0])
            elif isinstance(inner, (ex.Max, ex.Min)):
                first, *others = inner.operands
                for other in others:
                    self._say("nonzero", ex.Add(first, ex.Neg(other)))
        self.scope = outer

    def _inside(self, value: Expression) -> Iterator[tuple[Expression, Scope, Expression | None]]:
        """What an expression is made of, definitions expanded, each with its scope and what it stands in."""
        todo: list[tuple[Expression, Scope, Expression | None, frozenset[str]]]
        todo = [(value, self.scope, None, frozenset())]
        while todo:
            node, scope, parent, within = todo.pop()
            yield node, scope, parent
            if isinstance(node, BINDERS):
                todo.append((*self._enter(node, scope), node, within))
                continue
            if isinstance(node, (ex.Var, ex.Member)) and node.name not in within:
                todo += [(body, scope, parent, within | {node.name}) for body in self._meaning(node)]
            todo += [(operand, scope, node, within) for operand in node.operands]


def positions(node: Expression, form: NormalForm) -> Iterator[tuple[Expr | None, Expr, Expr | None]]:
    """The indices of a node, each with the least and the greatest value it may have (None: any)."""
    if isinstance(node, ex.Unit):
        yield ONE, node.args[1], node.args[0]
    elif isinstance(node, (ex.Entry, ex.Row, ex.Col)):
        rows, columns = node.operands[0].shape
        ends = (columns,) if isinstance(node, ex.Col) else (rows, columns)
        for at, end in zip(node.args[1:], ends, strict=False):
            yield ONE, at, end
    elif isinstance(node, ex.Member) and node.at:
        for recurrence in form.context.recurrences:
            if recurrence.target.name == node.name:
                yield integer(recurrence.first - 1), node.at[-1], None
                return
        if node.name not in form.lowering.families:
            for name, low, high in form.context.ranges:
                if name == node.name:
                    yield low, node.at[-1], high


def _factors(number: Expression) -> list[Expression]:
    """The numbers of which a product or a power is 0 exactly when one of them is."""
    if isinstance(number, ex.Pow) and isinstance(number.operands[1], ex.Num) and number.operands[1].value > 0:
        return _factors(number.operands[0])
    if isinstance(number, ex.Mul) and all(f.is_number_shaped for f in number.operands):
        return [part for f in number.operands for part in _factors(f)]
    return [number]


def integer_names(expression: Expression) -> tuple[frozenset[str], frozenset[str]]:
    """The names of the integer symbols of an expression: the free ones and the bound ones."""
    free: set[str] = set()
    bound: set[str] = set()
    seen: set[tuple[Expression, frozenset[str]]] = set()
    todo: list[tuple[Expression, frozenset[str]]] = [(expression, frozenset())]
    while todo:
        pair = todo.pop()
        if pair in seen:
            continue
        seen.add(pair)
        node, inside = pair
        for argument in node.args[2:] if isinstance(node, BINDERS) else node.args:
            if isinstance(argument, Expr) and not argument.is_Integer:
                free |= {s.name for s in argument.free_symbols} - inside
        if isinstance(node, BINDERS):
            bound.add(str(node.index))
            inside |= {str(node.index)}
        todo += [(operand, inside) for operand in node.operands]
    return frozenset(free), frozenset(bound)
