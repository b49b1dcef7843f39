"""A repair, the step that it is for, and how a claim is taken apart and rebuilt.

May import ``everystep.algebra``, ``everystep.derivation`` and the verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Expression, Mul, Neg, Num, Transpose, Var
from everystep.algebra.shapes import ShapeError, same_shape, same_size
from everystep.derivation import Claim, Step
from everystep.prove.verdict import Verdict
from everystep.records import dataclass

Show = Callable[[Expression], str]


@dataclass(frozen=True)
class Repair:
    """A claim that may hold, perhaps under further hypotheses, and the remark to make if it does.

    ``by_shapes``: the remark speaks of shapes alone, which were looked at already.
    """

    words: str
    claim: Claim
    given: tuple[Hypothesis, ...] = ()
    by_shapes: bool = False


@dataclass(frozen=True)
class Faulty:
    """A step to be repaired, what is known of it, and how to print its parts."""

    step: Step
    context: Context
    verdict: Verdict
    show: Show

    @property
    def claim(self) -> Claim:
        return self.step.claim

    @property
    def sides(self) -> tuple[Expression, ...]:
        return self.step.claim.sides

    @cached_property
    def variables(self) -> tuple[Var, ...]:
        """The symbols of which a hypothesis could be stated, in the order of their first occurrence."""
        settled = {d.target for d in self.context.definitions} | {law.target for law in self.context.random}
        nodes = (node for side in self.sides for node in ex.walk(side))
        found = dict.fromkeys(node for node in nodes if isinstance(node, Var))
        return tuple(v for v in found if v not in settled)

    @property
    def squares(self) -> tuple[Var, ...]:
        return tuple(v for v in self.variables if not v.is_number_shaped and same_size(*v.shape))

    def states(self, kind: str, subject: Expression) -> bool:
        return Predicate(kind, subject) in (*self.context.hypotheses, *self.step.given)


def fits(claim: Claim) -> bool:
    """Whether the claim is well-typed."""
    try:
        shapes = [side.shape for side in claim.sides]
    except ShapeError:
        return False
    if isinstance(claim, Predicate):
        return claim.kind in ("nonzero", "full row rank", "full column rank") or same_size(*shapes[0])
    return same_shape(*shapes) and (claim.op in ("=", "!=") or claim.left.is_number_shaped)


def shape_fails(node: Expression) -> bool:
    try:
        node.shape  # noqa: B018 - only whether there is one
    except ShapeError:
        return True
    return False


@dataclass(frozen=True)
class Place:
    """A sub-expression and where it stands: its positions among the arguments of the nodes above it."""

    node: Expression
    path: tuple[int, ...]
    above: tuple[Expression, ...] = ()

    @property
    def parent(self) -> Expression | None:
        return self.above[-1] if self.above else None

    def with_node(self, root: Expression, node: Expression) -> Expression | None:
        """``root`` with another node at this place; None where that cannot be built."""
        try:
            return _rebuilt(root, self.path, node)
        except (ShapeError, TypeError, ValueError):
            return None


def places(node: Expression, path: tuple[int, ...] = (), above: tuple[Expression, ...] = ()) -> Iterator[Place]:
    """All places, outermost first, from left to right; not the variables of a derivative."""
    yield Place(node, path, above)
    for position, argument in enumerate(node.args):
        if isinstance(argument, Expression) and not (position and isinstance(node, ex.DERIVATIVES)):
            yield from places(argument, (*path, position), (*above, node))


def _rebuilt(root: Expression, path: tuple[int, ...], node: Expression) -> Expression:
    if not path:
        return node
    arguments = list(root.args)
    arguments[path[0]] = _rebuilt(arguments[path[0]], path[1:], node)
    built: Expression = root.func(*arguments)
    return built


def negative(e: Expression) -> Expression:
    return e.operands[0] if isinstance(e, Neg) else Neg(e)


def times(number: Expression, e: Expression) -> Expression:
    """The expression with a number before it; the number comes behind a sign, and takes in the number that is there."""
    if isinstance(e, Neg):
        return negative(times(number, e.operands[0]))
    if isinstance(number, Num) and number.value < 0:
        return Neg(times(Num(-number.value), e))
    if isinstance(number, Num) and isinstance(e, Num):
        return Num(number.value * e.value)
    factors = e.operands if isinstance(e, Mul) else (e,)
    if isinstance(number, Num) and isinstance(factors[0], Num) and len(factors) > 1:
        number, factors = Num(number.value * factors[0].value), factors[1:]
        if number == Num(1):
            return factors[0] if len(factors) == 1 else Mul(*factors)
    return Mul(number, *factors)


def transposed(e: Expression) -> Expression:
    return e.operands[0] if isinstance(e, Transpose) else Transpose(e)


def with_right(claim: Relation, right: Expression) -> Relation:
    return Relation(claim.left, claim.op, right)


def equation(faulty: Faulty) -> Relation | None:
    return faulty.claim if isinstance(faulty.claim, Relation) else None
