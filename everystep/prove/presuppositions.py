"""What must hold for an expression to have a value, read off the surface.

An author's formula presupposes that its inverses, quotients and logarithms exist and that its indices are within
range.  Inside of a sum this is said of the index from the lower to the upper limit, and of no index where the sum is
empty: a presupposition keeps the binders that it stands under, outermost first.  Whether it holds is the business of
:mod:`everystep.prove.definedness`.  May import the normal form; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations
from typing import TypeAlias

from sympy import Expr, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ONE, integer
from everystep.algebra.substitution import BINDERS, instance
from everystep.calculus.indices import Integers, NotAffine, Slot, difference, shifted, slot_of
from everystep.calculus.networks import Exhausted, Factor, Undecided
from everystep.prove.normal_form import NormalForm
from everystep.records import dataclass, replace


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
    """``kind`` is ``"invertible"``, ``"nonzero"``, ``"entries nonzero"``, ``"positive"``, ``"nonnegative"``,
    ``"symmetric"`` (of what has a largest eigenvalue), ``"limit"`` (that it exists), ``"away from 0"``, ``"in range"``
    or ``"range"``.

    ``"away from 0"`` is said of the argument of sign and step: they have a value at 0, but the rules that decide them
    do not hold there, so that it is not granted by the left side's own sign or step.  ``"in range"`` is said of the
    indices of an entry, row, column, unit vector or family member, ``"range"`` of a sum or product whose upper limit
    must not lie below its lower limit less 1.

    Most are necessary: where they fail, there is no value.  The others may be demanded of the right side, but the left
    side does not grant them: with ``unless`` there is a value also where this exponent is not negative; with ``source``
    the node may have a value all the same (a derivative at a kink that cancels).  ``kink``: it is said of a function
    that is not differentiable where it fails.
    """

    kind: str
    subject: Expression
    scope: Scope = ()
    unless: Expr | None = None
    source: Expression | None = None
    kink: bool = False


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


_PLACED = (ex.Entry, ex.Row, ex.Col, ex.Unit, ex.Member)
_PRESUPPOSING = (
    *(ex.LimitAt, ex.Inverse, ex.Div, ex.Pow, ex.Apply, ex.EigMax, ex.EigMin),
    *(*ex.DERIVATIVES, *_PLACED),
)
"""The nodes that presuppose something, besides sums and limits."""
_SPEAKING = (*BINDERS, *_PRESUPPOSING)


class _Reader:
    def __init__(self, form: NormalForm, free: frozenset[str]) -> None:
        self.form = form
        self.taken = free
        self.result: list[Presupposition] = []
        self.scope: Scope = ()

    def read(self, expression: Expression) -> list[Presupposition]:
        """All that an expression presupposes, in the scope of the sums around each node."""
        if not expression.has_kind(*_SPEAKING) and self.form.lowering.constants.keys().isdisjoint(expression.names):
            return self.result
        seen: set[tuple[Expression, Scope]] = set()
        # Names that are being expanded: one that is defined by its own earlier members is not expanded again.
        todo: list[tuple[Expression, Scope, frozenset[str]]] = [(expression, (), frozenset())]
        while todo:
            node, self.scope, within = todo.pop()
            if (node, self.scope) in seen:
                continue
            seen.add((node, self.scope))
            if isinstance(node, BINDERS):
                self._note_range(node)
                if isinstance(node, ex.Limit):
                    self._say("limit", node)
                todo.append((*self._enter(node, self.scope), within))
                continue
            if isinstance(node, (ex.Var, ex.Member)) and node.name not in within:
                todo += [(inner, self.scope, within | {node.name}) for inner in self._meaning(node)]
            if isinstance(node, _PRESUPPOSING):
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

    def _say(
        self,
        kind: str,
        subject: Expression,
        *,
        unless: Expr | None = None,
        source: Expression | None = None,
        kink: bool = False,
    ) -> None:
        """That the subject is such; a product is not 0, or is invertible, exactly when each of its factors is."""
        outer = self.scope
        while isinstance(subject, ex.ProdOver) and (
            kind == "invertible" or (kind == "nonzero" and subject.is_number_shaped)
        ):
            subject, self.scope = self._enter(subject, self.scope)
        self.result.append(Presupposition(kind, subject, self.scope, unless, source, kink))
        self.scope = outer

    def _note_range(self, node: Expression) -> None:
        """A sum has a value only where its upper limit is at least its lower limit less 1."""
        if isinstance(node, ex.SumOver) and not self._at_least_0(span(node)):
            self._say("range", node)

    def _at_least_0(self, value: Expr) -> bool:
        """Whether an integer is at least 0 in this scope, by the integer hypotheses alone."""
        try:
            known = Integers([*self.form.facts, *facts_of(self.scope)], self.form.core.integers.sizes)
            return known.at_least(slot_of(value), (0, ()))
        except NotAffine:
            return False

    def _note(self, node: Expression) -> None:
        """What this node alone presupposes."""
        if isinstance(node, ex.LimitAt):
            # What the body presupposes holds near the point: the name of the variable says of which one.
            if isinstance(node.variable, ex.Var):
                self.form.limits[node.variable.name] = node
            self._say("limit", node)
        elif isinstance(node, ex.Inverse):
            self._say("nonzero" if node.operands[0].is_number_shaped else "invertible", node.operands[0])
        elif isinstance(node, ex.Div):
            for part in _factors(node.operands[1]):
                self._say("nonzero", part)
        elif isinstance(node, ex.Pow):
            self._note_power(node)
        elif isinstance(node, ex.Apply):
            self._note_function(node)
        elif isinstance(node, (ex.EigMax, ex.EigMin)):
            self._say("symmetric", node.operands[0])
        elif isinstance(node, ex.DERIVATIVES):
            self._note_smoothness(node)
        elif isinstance(node, _PLACED) and any(
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
            if self._at_least_0(-1 - exponent.value):
                self._say(kind, base)
            elif not self._at_least_0(exponent.value):
                self._say(kind, base, unless=exponent.value)
        else:
            self._say("positive", base, source=node)

    def _note_function(self, node: ex.Apply) -> None:
        """log z: z > 0; sqrt z: z >= 0; 1/z: z != 0; derivatives of |z|, relu z, sqrt z: away from their kinks."""
        (operand,) = node.operands
        if node.order and node.function in ("abs", "relu"):
            self._say(_all_nonzero(operand), operand, kink=True)
        elif node.order and node.function == "sqrt":
            self._say("positive", operand, kink=True)
        elif node.function == "log" and (inside := _under_size(operand)) is not None:
            self._say("nonzero", inside)
        elif node.function == "log":
            self._say("positive", operand)
        elif node.function == "reciprocal" and operand.is_number_shaped:
            self._say("nonzero", operand)
        elif node.function == "reciprocal":  # every entry: that the diagonal matrix has an inverse
            self._say("invertible", ex.Diag(operand if operand.shape[1] == 1 else ex.Vec(operand)))
        elif node.function == "sqrt":
            self._say("nonnegative", operand)
        elif node.function in ("sign", "step") and not _is_between_integers(operand):
            self._say("away from 0", operand, kink=True)

    def _note_smoothness(self, node: Expression) -> None:
        """Where what is differentiated has a kink: norms, roots, absolute values and relu at 0, extremes at a tie.

        There the derivative may exist all the same: kinks cancel, or are multiplied by 0, or the variable does not
        reach them.  Only a single kink that is not hidden in anything is surely one.
        """
        value, *variables = node.operands
        leaves = {v.operands[0] if isinstance(v, ex.Entry) else v for v in variables}
        heads = [
            f"{'v' if isinstance(v, ex.Var) else 'm'}:{v.name}" for v in leaves if isinstance(v, (ex.Var, ex.Member))
        ]
        outer = self.scope
        plain = self._plain_kinks(value, variables, heads)
        for inner, scope, parent in self._inside(value):
            self.scope = scope
            if not any(self.form.lowering.mentions(inner, head) for head in heads):
                continue
            source = None if inner in plain else node
            for kind, subject in _kinks(inner, parent):
                self._say(kind, subject, source=source, kink=True)
        self.scope = outer

    def _plain_kinks(self, value: Expression, variables: list[Expression], heads: list[str]) -> list[Expression]:
        """The terms of a sum that are surely not differentiable at their kinks, whatever stands beside them.

        A term is a norm, a root, an absolute value or relu of the variable itself, moved or turned; no other term has
        a kink, or all of them are convex and come with one sign: convex kinks add up.
        """

        def depends(e: Expression) -> bool:
            return any(self.form.lowering.mentions(e, head) for head in heads)

        def moved(e: Expression) -> bool:
            parts = [part for _, part in _terms(e) if depends(part)]
            return len(parts) == 1 and (
                parts[0] in variables or (isinstance(parts[0], ex.Entry) and parts[0].operands[0] in variables)
            )

        kinked = [
            (sign, term)
            for sign, term in _terms(value)
            if any(_kinks(e, parent) and depends(e) for e, _, parent in self._inside(term))
        ]
        convex = all(
            isinstance(t, (ex.Norm, ex.Max)) or (isinstance(t, ex.Apply) and t.function in ("abs", "relu"))
            for _, t in kinked
        )
        if len(kinked) > 1 and not (convex and len({sign for sign, _ in kinked}) == 1):
            return []
        plain = [term for _, term in kinked if moved(_argument(term))]
        return plain if len(plain) == len(kinked) else []

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


def within_product(p: Presupposition) -> Presupposition:
    """The same of each factor of a product, the index with a name that nothing else has."""
    node = p.subject
    if not isinstance(node, ex.ProdOver):
        raise TypeError(f"not a product over an index: {node}")
    fresh = Symbol(f"{node.index}·{len(p.scope)}·", integer=True, positive=node.index.is_positive)
    body = instance(node.operands[0], {node.index: fresh})
    return replace(p, subject=body, scope=(*p.scope, Binder(fresh, *node.range)))


def positive_products(sides: Iterable[Expression], form: NormalForm) -> frozenset[Factor]:
    """The products over an index of numbers each of which is positive wherever all of the sides have a value."""
    found: set[Factor] = set()
    for p in (p for side in sides for p in presuppositions(side, form)):
        if p.kind != "positive" or p.source is not None or p.unless is not None or len(p.scope) != 1:
            continue
        (binder,) = p.scope
        if binder.low is None or binder.high is None:
            continue
        try:
            poly = form.lowering.poly(ex.ProdOver(p.subject, binder.index, binder.low, binder.high))
        except (Undecided, Exhausted):
            continue
        key, coefficient = next(iter(poly.items()), ((), 0))
        if len(poly) == len(key) == 1 == coefficient == key[0][1] and len(key[0][0][0]) == 1:
            found.add(key[0][0][0][0])
    return frozenset(found)


def span(node: ex.SumOver) -> Expr:
    """The number of terms of a sum, which is at least 0."""
    low, high = node.range
    return high - low + 1


def _under_size(e: Expression) -> Expression | None:
    """u of |u| or of an even power of u, which are positive exactly where the number u is not 0."""
    if not e.is_number_shaped:
        return None
    if isinstance(e, ex.Apply) and e.function == "abs" and not e.order:
        return e.operands[0]
    if isinstance(e, ex.Pow) and isinstance(e.operands[1], ex.Num) and e.operands[1].value.is_even:
        return e.operands[0] if e.operands[1].value else None
    return None


def _all_nonzero(operand: Expression) -> str:
    return "nonzero" if operand.is_number_shaped else "entries nonzero"


def _is_between_integers(e: Expression) -> bool:
    """Whether a number is written as a sum of integers and of one half: it is not 0."""
    halves, todo = 0, [e]
    while todo:
        part = todo.pop()
        if isinstance(part, (ex.Add, ex.Neg)):
            todo += part.operands
        elif isinstance(part, ex.Num) and part.value.is_Rational and part.value.q <= 2:
            halves += part.value.q == 2
        elif not isinstance(part, ex.Int):
            return False
    return halves == 1


def _kinks(node: Expression, parent: Expression | None) -> list[tuple[str, Expression]]:
    """What must hold for a node, as a function of what it is made of, to be differentiable."""
    if isinstance(node, ex.Norm) and node.kind == "1" and node.operands[0].shape[1] == 1:
        return [(_all_nonzero(node.operands[0]), node.operands[0])]
    if isinstance(node, ex.Norm):
        even = isinstance(parent, ex.Pow) and isinstance(parent.operands[1], ex.Num) and parent.operands[1].value
        return [] if even and even.is_even and even > 0 else [("nonzero", node)]
    if isinstance(node, ex.Apply) and node.function == "sqrt":
        return [("positive", node.operands[0])]
    if isinstance(node, ex.Apply) and node.function in ("abs", "relu", "sign", "step"):
        return [(_all_nonzero(node.operands[0]), node.operands[0])]
    if isinstance(node, ex.Pow) and isinstance(node.operands[1], ex.Num) and not node.operands[1].value.is_integer:
        return [("positive", node.operands[0])]
    if isinstance(node, (ex.Max, ex.Min)):
        return [("nonzero", ex.Add(a, ex.Neg(b))) for a, b in combinations(node.operands, 2)]
    return []


def _argument(node: Expression) -> Expression:
    """What is 0 where a node has its only kink; the node itself where that is not known."""
    if isinstance(node, ex.Norm) or (isinstance(node, ex.Apply) and node.function in ("abs", "relu")):
        return node.operands[0]
    if isinstance(node, ex.Max) and len(node.operands) == 2:
        return ex.Add(node.operands[0], ex.Neg(node.operands[1]))
    half = isinstance(node, ex.Pow) and node.operands[1] == ex.Num("1/2")
    if half or (isinstance(node, ex.Apply) and node.function == "sqrt"):
        (inside, *_) = node.operands
        if isinstance(inside, ex.Mul) and len(inside.operands) == 2 and inside.operands[0] == inside.operands[1].T:
            return inside.operands[1]  # sqrt(u^T u) is a norm
        if isinstance(inside, ex.Pow) and isinstance(inside.operands[0], ex.Norm) and inside.operands[1] == ex.Num(2):
            return inside.operands[0].operands[0]
        return inside
    return node


def _terms(e: Expression, sign: int = 1) -> Iterator[tuple[int, Expression]]:
    """The terms of a sum with their signs; numbers in front are left out."""
    if isinstance(e, ex.Add):
        for operand in e.operands:
            yield from _terms(operand, sign)
    elif isinstance(e, ex.Neg):
        yield from _terms(e.operands[0], -sign)
    elif isinstance(e, ex.Mul) and len(e.operands) == 2 and isinstance(e.operands[0], ex.Num) and e.operands[0].value:
        yield from _terms(e.operands[1], sign if e.operands[0].value > 0 else -sign)
    elif isinstance(e, ex.Div) and isinstance(e.operands[1], ex.Num) and e.operands[1].value:
        yield from _terms(e.operands[0], sign if e.operands[1].value > 0 else -sign)
    else:
        yield sign, e


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
    """The numbers of which a product, a power or a root is 0 exactly when one of them is."""
    if isinstance(number, ex.Pow) and isinstance(number.operands[1], ex.Num) and number.operands[1].value > 0:
        return _factors(number.operands[0])
    if isinstance(number, ex.Apply) and number.function in ("sqrt", "abs") and not number.order:
        return _factors(number.operands[0])
    if isinstance(number, ex.Mul) and all(f.is_number_shaped for f in number.operands):
        return [part for f in number.operands for part in _factors(f)]
    return [number]


@lru_cache(maxsize=1 << 10)
def free_names(expression: Expression) -> frozenset[str]:
    """The names of the free integer symbols of an expression."""
    free: set[str] = set()
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
            inside |= {str(node.index)}
        todo += [(operand, inside) for operand in node.operands]
    return frozenset(free)
