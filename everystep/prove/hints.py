"""The smallest remark on a faulty step that is certain: what would make it hold.

A remark is a repaired claim, or the claim under one more hypothesis, put into words.  It is made only when
:func:`~everystep.prove.checker.check_step` says ``proved`` of the repaired step; that an order of factors or a
transpose fits is read off the shapes.  Repairs are tried from the smallest up, in a fixed order, one function a family;
the first that is certain is the hint.  Nothing here decides a verdict.
May import ``everystep.algebra``, ``everystep.derivation``, the checker, the exact judge (to pass quickly over repairs
that fail) and what a formula presupposes; never the reader or a printer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain, combinations, permutations
from time import perf_counter

from sympy import Expr, Rational

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Expression, Int, Mul, Neg, Num, Transpose, Var
from everystep.algebra.shapes import ShapeError, same_shape, same_size
from everystep.calculus.indices import NotAffine
from everystep.calculus.networks import Exhausted, Undecided
from everystep.derivation import Claim, Step
from everystep.prove.checker import Prover, check_step
from everystep.prove.exact import plausible
from everystep.prove.presuppositions import Presupposition, positions
from everystep.prove.verdict import Status, Table, Verdict

Show = Callable[[Expression], str]

ONE_LOOK, ONE_CHECK = 0.1, 0.3
"""Seconds for one repair: to see whether it fails on an instance, and for the exact judge where it does not."""

MOST_WORK = 50_000
"""The work of the normal form on one repair; a small part of what a step may cost."""

MOST_FACTORS = 4
MOST_PARTS = 16
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
OPPOSITE = {"<": ">=", "<=": ">=", ">": "<=", ">=": "<="}
WEAKER = {"<": "<=", ">": ">="}
SAID = {"<": "less than", "<=": "at most", ">": "greater than", ">=": "at least"}


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
        return sides(self.step.claim)

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


def hint(step: Step, context: Context, verdict: Verdict, *, budget: float = 1.0, show: Show = str) -> str:
    """The smallest remark that is certain on a step that is refuted, ill-typed or not defined where it has to be.

    Empty when there is none, or none is found within ``budget`` seconds.  ``show`` prints an expression.
    A defect that comes to light on the way raises :class:`~everystep.prove.checker.Contradiction`, as the checker does.
    """
    faulty = Faulty(step, context, verdict, show)
    deadline = perf_counter() + budget
    try:
        for repair in _repairs(faulty):
            if perf_counter() >= deadline:
                break
            if repair.by_shapes or _certain(repair, step, context, deadline):
                return repair.words
    except (RecursionError, Undecided, NotAffine, Exhausted):
        return ""
    return ""


def _repairs(faulty: Faulty) -> Iterator[Repair]:
    """All repairs worth trying, from the smallest up."""
    status, claim = faulty.verdict.status, faulty.claim
    families: tuple[Callable[[Faulty], Iterator[Repair]], ...] = ()
    if status is Status.ILL_TYPED:
        families = (reordered, turned, fits_only)
    elif status in (Status.TESTED, Status.UNDEFINED):
        families = (missing_hypotheses,)
    elif status is not Status.REFUTED:
        families = ()
    elif isinstance(claim, Predicate):
        families = (hypotheses_needed, weaker_property)
    elif claim.op == "=":
        families = EQUATIONS
    elif claim.op in OPPOSITE:
        families = (other_relations, hypotheses_needed)
    repairs = chain.from_iterable(family(faulty) for family in families)
    return (r for r in _unlike(faulty, repairs) if r.by_shapes or fits(r.claim))


def _unlike(faulty: Faulty, repairs: Iterable[Repair]) -> Iterator[Repair]:
    """Each repair once, and none that repairs nothing."""
    seen: set[tuple[Claim, tuple[Hypothesis, ...]]] = {(faulty.claim, ())}
    for repair in repairs:
        key = (repair.claim, repair.given)
        if repair.by_shapes or key not in seen:
            seen.add(key)
            yield repair


def _certain(repair: Repair, step: Step, context: Context, deadline: float) -> bool:
    """Whether the repaired step is proved; most repairs fail on some instance, which is seen at once."""
    repaired = replace(step, claim=repair.claim, given=step.given + repair.given)
    here = context.given(*repaired.given).with_implied()
    look = min(ONE_LOOK, deadline - perf_counter())
    if look <= 0 or not plausible(repair.claim, here, by=step.by, budget=look):
        return False
    if not _within_reach(repaired, here):
        return False
    rest = min(ONE_CHECK, deadline - perf_counter())
    return rest > 0 and check_step(repaired, context, budget=rest).status is Status.PROVED


def _within_reach(step: Step, context: Context) -> bool:
    """Whether the normal form comes to an end soon: its work, unlike the exact judge's, is not bounded by a time."""
    prover = Prover(context)
    prover.form.core.limit = min(prover.form.core.limit, MOST_WORK)
    try:
        prover.form.see(*sides(step.claim))
        if prover.prove(step.claim):
            return True
    except (Undecided, NotAffine, RecursionError):
        pass  # it may be proved another way, by induction
    except Exhausted:
        return False
    return prover.form.core.work <= MOST_WORK


# reading and rebuilding --------------------------------------------------------------------------


def sides(claim: Claim) -> tuple[Expression, ...]:
    return (claim.left, claim.right) if isinstance(claim, Relation) else (claim.subject,)


def fits(claim: Claim) -> bool:
    """Whether the claim is well-typed."""
    try:
        shapes = [side.shape for side in sides(claim)]
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


_BY_A_VARIABLE = (ex.Gradient, ex.Jacobian, ex.Hessian, ex.ScalarDerivative, ex.Differential)


def places(node: Expression, path: tuple[int, ...] = (), above: tuple[Expression, ...] = ()) -> Iterator[Place]:
    """All places, outermost first, from left to right; not the variables of a derivative."""
    yield Place(node, path, above)
    for position, argument in enumerate(node.args):
        if isinstance(argument, Expression) and not (position and isinstance(node, _BY_A_VARIABLE)):
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


def _equation(faulty: Faulty) -> Relation | None:
    return faulty.claim if isinstance(faulty.claim, Relation) else None


# hypotheses --------------------------------------------------------------------------------------


def one_property(kind: str) -> Callable[[Faulty], Iterator[Repair]]:
    """The family of "holds if A is ..." for one property of square matrices."""

    def family(faulty: Faulty) -> Iterator[Repair]:
        nodes = [node for side in faulty.sides for node in ex.walk(side)]
        for a in faulty.squares:
            # An idempotent matrix with an inverse is the identity: true, and of no use.
            inverted = ex.Inverse(a) in nodes or faulty.states("invertible", a)
            if not faulty.states(kind, a) and not (kind == "idempotent" and inverted):
                yield Repair(f"holds if {faulty.show(a)} is {kind}", faulty.claim, (Predicate(kind, a),))

    return family


def two_symmetric(faulty: Faulty) -> Iterator[Repair]:
    for a, b in combinations(faulty.squares, 2):
        given = (Predicate("symmetric", a), Predicate("symmetric", b))
        yield Repair(f"holds if {faulty.show(a)} and {faulty.show(b)} are symmetric", faulty.claim, given)


def commuting(faulty: Faulty) -> Iterator[Repair]:
    for a, b in combinations(faulty.squares, 2):
        if same_shape(a.shape, b.shape):
            given = (Relation(Mul(a, b), "=", Mul(b, a)),)
            yield Repair(f"holds if {faulty.show(a)} and {faulty.show(b)} commute", faulty.claim, given)


def rank_or_length(faulty: Faulty) -> Iterator[Repair]:
    """Full rank, orthonormal columns or rows, a unit vector, two orthogonal vectors."""
    for a in faulty.variables:
        name = faulty.show(a)
        if a.is_number_shaped or (same_size(*a.shape) and a.shape[0] != 1):
            continue
        if a.shape[1] == 1:
            given = Relation(Mul(Transpose(a), a), "=", Num(1))
            yield Repair(f"holds if {name} has norm 1", faulty.claim, (given,))
            continue
        for kind in ("full column rank", "full row rank"):
            yield Repair(f"holds if {name} has {kind}", faulty.claim, (Predicate(kind, a),))
        gram = Relation(Mul(Transpose(a), a), "=", ex.Eye(a.shape[1]))
        yield Repair(f"holds if the columns of {name} are orthonormal", faulty.claim, (gram,))
        gram = Relation(Mul(a, Transpose(a)), "=", ex.Eye(a.shape[0]))
        yield Repair(f"holds if the rows of {name} are orthonormal", faulty.claim, (gram,))
    vectors = [v for v in faulty.variables if v.shape[1] == 1 and not v.is_number_shaped]
    for x, y in combinations(vectors, 2):
        if same_shape(x.shape, y.shape):
            given = Relation(Mul(Transpose(x), y), "=", Num(0))
            words = f"holds if {faulty.show(x)} and {faulty.show(y)} are orthogonal to each other"
            yield Repair(words, faulty.claim, (given,))


def signs(faulty: Faulty) -> Iterator[Repair]:
    """Nonnegative, positive or nonzero numbers; definite or invertible matrices; means that vanish."""
    claim, show, nought = faulty.claim, faulty.show, Num(0)
    for a in faulty.variables:
        if a.is_number_shaped:
            yield Repair(f"holds if {show(a)} is nonnegative", claim, (Relation(a, ">=", nought),))
            yield Repair(f"holds if {show(a)} is nonzero", claim, (Predicate("nonzero", a),))
            yield Repair(f"holds if {show(a)} is positive", claim, (Relation(a, ">", nought),))
    for kind in ("invertible", "positive semidefinite", "positive definite"):
        yield from one_property(kind)(faulty)
    for law in faulty.context.random:
        mean = law.parameters[0]
        if law.law != "bernoulli" and isinstance(mean, Var):
            given = Relation(mean, "=", ex.Zeros(*mean.shape) if not mean.is_number_shaped else nought)
            yield Repair(f"holds if {show(mean)} is zero", claim, (given,))


def hypotheses_needed(faulty: Faulty) -> Iterator[Repair]:
    """For an inequality or a property: one hypothesis, then two."""
    for family in (signs, one_property("symmetric"), rank_or_length):
        yield from family(faulty)
    for kind in ("orthogonal", "diagonal", "idempotent"):
        yield from one_property(kind)(faulty)
    yield from commuting(faulty)
    yield from two_symmetric(faulty)
    yield from _definite_and_nonzero(faulty)
    yield from _all_nonnegative(faulty)


def _all_nonnegative(faulty: Faulty) -> Iterator[Repair]:
    numbers = [v for v in faulty.variables if v.is_number_shaped]
    for a, b in combinations(numbers, 2):
        words = f"holds if {faulty.show(a)} and {faulty.show(b)} are nonnegative"
        yield Repair(words, faulty.claim, (Relation(a, ">=", Num(0)), Relation(b, ">=", Num(0))))


def _definite_and_nonzero(faulty: Faulty) -> Iterator[Repair]:
    """What a strict inequality for a quadratic form needs."""
    vectors = [v for v in faulty.variables if v.shape[1] == 1 and not v.is_number_shaped]
    for a in faulty.squares:
        for x in vectors:
            given = (Predicate("positive definite", a), Predicate("nonzero", x))
            words = f"holds if {faulty.show(a)} is positive definite and {faulty.show(x)} is nonzero"
            yield Repair(words, faulty.claim, given)


# the right side as a whole -----------------------------------------------------------------------


_FACTORS = tuple(Fraction(f) for f in ("2", "1/2", "-1", "-2", "-1/2", "4", "1/4"))


def literal_factors(faulty: Faulty) -> Iterator[Repair]:
    """The left side is a rational number times the right side: on the counterexample too, if it is exact."""
    claim, seen = _equation(faulty), faulty.verdict.counterexample
    if claim is None:
        return
    numbers = _FACTORS
    if seen is not None and seen.exact:
        ratio = _ratio(seen.left, seen.right)
        numbers = () if ratio is None else (ratio,)
    for number in numbers:
        yield Repair(_factor_words(number), with_right(claim, _scaled(number, claim.right)))


def zero(faulty: Faulty) -> Iterator[Repair]:
    claim = _equation(faulty)
    if claim is not None and fits(claim):
        nought = Num(0) if claim.left.is_number_shaped else ex.Zeros(*claim.left.shape)
        yield Repair("the left side is zero", with_right(claim, nought))


def factor_if_symmetric(faulty: Faulty) -> Iterator[Repair]:
    """A factor that is there under a hypothesis: the gradient of x^T A x is 2 A x for symmetric A."""
    claim = _equation(faulty)
    if claim is None:
        return
    for a in faulty.squares:
        for number in _FACTORS:
            words = f"if {faulty.show(a)} is symmetric, {_factor_words(number)}"
            yield Repair(words, with_right(claim, _scaled(number, claim.right)), (Predicate("symmetric", a),))


def _ratio(left: Table, right: Table) -> Fraction | None:
    """The number by which every entry of one table is the other's; None when there is none, or it is 0."""
    found: set[Fraction] = set()
    try:
        for one, other in zip(chain(*left), chain(*right), strict=True):
            a, b = Fraction(one), Fraction(other)
            if (a == 0) != (b == 0):
                return None
            if b:
                found.add(a / b)
    except ValueError:
        return None
    return found.pop() if len(found) == 1 else None


def _scaled(number: Fraction, e: Expression) -> Expression:
    if number == -1:
        return negative(e)
    return times(Num(Rational(number.numerator, number.denominator)), e)


def _factor_words(number: Fraction) -> str:
    if number == -1:
        return "the sign is wrong: the left side is minus the right side"
    if number == Fraction(1, 2):
        return "the left side is half the right side"
    return f"the left side is {number} times the right side"


def symbolic_factors(faulty: Faulty) -> Iterator[Repair]:
    """The left side is a size, or a number that occurs, times the right side; powers of them for determinants."""
    claim, seen = _equation(faulty), faulty.verdict.counterexample
    if claim is None or (seen is not None and seen.exact and _ratio(seen.left, seen.right) is None):
        return
    for words, factor in chain(_size_factors(faulty), _number_factors(faulty), _determinant_factors(faulty)):
        right = claim.right
        changed = ex.Div(right, factor.operands[1]) if isinstance(factor, ex.Div) else times(factor, right)
        yield Repair(f"the left side is {words} times the right side", with_right(claim, changed))


def _size_factors(faulty: Faulty) -> Iterator[tuple[str, Expression]]:
    symbols = {s for side in faulty.sides for s in side.free_symbols if s.is_integer and s.is_positive}
    for n in sorted((s for s in symbols if isinstance(s, Expr)), key=str):
        for size in (n, n - 1, n**2):
            yield (str(size) if size.is_Atom else f"({size})"), Int(size)
            yield (f"1/{size}" if size.is_Atom else f"1/({size})"), ex.Div(Num(1), Int(size))
        yield f"{n}/({n - 1})", Mul(ex.Div(Int(n), Int(n - 1)))
        yield f"({n - 1})/{n}", Mul(ex.Div(Int(n - 1), Int(n)))


def _number_factors(faulty: Faulty) -> Iterator[tuple[str, Expression]]:
    nodes = dict.fromkeys(node for side in faulty.sides for node in ex.walk(side))
    law_numbers = [p for law in faulty.context.random for p in law.parameters if p.is_number_shaped]
    for a in dict.fromkeys((*(v for v in nodes if isinstance(v, Var)), *law_numbers)):
        if isinstance(a, Var) and a.is_number_shaped:
            yield faulty.show(a), a
            yield f"1/{faulty.show(a)}", ex.Div(Num(1), a)
            yield faulty.show(ex.Pow(a, Num(2))), ex.Pow(a, Num(2))


def _determinant_factors(faulty: Faulty) -> Iterator[tuple[str, Expression]]:
    """What scaling a matrix does to its determinant: powers of the numbers that occur."""
    nodes = dict.fromkeys(node for side in faulty.sides for node in ex.walk(side))
    orders = dict.fromkeys(node.operands[0].shape[0] for node in nodes if isinstance(node, ex.Det))
    bases = [b for b in nodes if isinstance(b, Num) and b.value not in (0, 1)]
    bases += [b for b in nodes if isinstance(b, Var) and b.is_number_shaped]
    for n in orders:
        for base in (*bases, Num(-1)):
            for exponent in (n, n - 1):
                power = ex.Pow(base, Int(exponent))
                yield faulty.show(power), power


def whole_transposed(faulty: Faulty) -> Iterator[Repair]:
    claim = _equation(faulty)
    if claim is not None and not claim.right.is_number_shaped:
        words = "the left side is the transpose of the right side"
        yield Repair(words, with_right(claim, transposed(claim.right)))


# one place of the right side ---------------------------------------------------------------------


def _instead(faulty: Faulty, root: Expression, place: Place, node: Expression) -> str:
    """That a node stands in place of "the second A on the right"; the number only where there are several."""
    alike = [p.path for p in places(root) if p.node == place.node]
    old = faulty.show(place.node)
    if len(alike) > 1:
        position = alike.index(place.path)
        if position >= len(ORDINALS):
            return ""
        old = f"the {ORDINALS[position]} {old}"
    return f"holds with {faulty.show(node)} in place of {old} on the right"


def _at_places(
    faulty: Faulty, change: Callable[[Place], Iterable[Expression]], *, whole: bool = False
) -> Iterator[Repair]:
    """The right side with one place changed; ``whole``: the right side itself is a place."""
    claim = _equation(faulty)
    if claim is None:
        return
    for place in places(claim.right):
        if not place.path and not whole:
            continue
        for node in change(place):
            right = place.with_node(claim.right, node)
            words = _instead(faulty, claim.right, place, node)
            # That the right side be replaced by the left one is no remark.
            if right is not None and words and (place.path or right != claim.left):
                yield Repair(words, with_right(claim, right))


def one_transpose(faulty: Faulty) -> Iterator[Repair]:
    """A transpose added or dropped; an entry with its indices exchanged."""

    def change(place: Place) -> Iterator[Expression]:
        node = place.node
        if isinstance(node, ex.Entry) and len(node.at) == 2:
            yield ex.Entry(node.operands[0], *reversed(node.at))
        elif not shape_fails(node) and not node.is_number_shaped and not isinstance(place.parent, Transpose):
            yield transposed(node)

    return _at_places(faulty, change)


def one_inverse(faulty: Faulty) -> Iterator[Repair]:
    """An inverse added, dropped, or put in place of a transpose."""

    def change(place: Place) -> Iterator[Expression]:
        node = place.node
        if isinstance(node, ex.Inverse):
            yield node.operands[0]
            yield Transpose(node.operands[0])
        elif isinstance(node, Transpose) and not isinstance(place.parent, ex.Inverse):
            yield ex.Inverse(node.operands[0])
        elif isinstance(node, Var) and node in faulty.squares and not isinstance(place.parent, ex.Inverse):
            yield ex.Inverse(node)
        elif isinstance(node, ex.Det):
            yield ex.Div(Num(1), node)

    return _at_places(faulty, change)


def swapped_neighbours(faulty: Faulty) -> Iterator[Repair]:
    """Two neighbouring factors in the other order."""
    claim = _equation(faulty)
    if claim is None:
        return
    for place in places(claim.right):
        factors = place.node.operands
        if not isinstance(place.node, Mul | ex.Kron):
            continue
        for at in range(len(factors) - 1):
            one, two = factors[at : at + 2]
            swapped = place.node.func(*factors[:at], two, one, *factors[at + 2 :])
            right = place.with_node(claim.right, swapped)
            if one == two or right is None or (not place.path and right == claim.left):
                continue
            if not (one.is_number_shaped or two.is_number_shaped):
                words = f"holds with {faulty.show(swapped)} in place of {faulty.show(place.node)} on the right"
                yield Repair(words, with_right(claim, right))


_SQUARED = (ex.Norm, Var, ex.Apply, ex.Det)


def one_exponent(faulty: Faulty) -> Iterator[Repair]:
    """An exponent off by one; a square left out or too much."""

    def change(place: Place) -> Iterator[Expression]:
        node = place.node
        if isinstance(node, ex.Pow):
            base, exponent = node.operands
            if exponent == Num(2):
                yield base
            elif isinstance(exponent, Num | Int):
                yield ex.Pow(base, type(exponent)(exponent.value - 1))
            if isinstance(exponent, Num | Int):
                yield ex.Pow(base, type(exponent)(exponent.value + 1))
        elif isinstance(node, _SQUARED) and not isinstance(place.parent, ex.Pow) and same_size(*node.shape):
            # The whole right side squared, where it is a matrix, is what the left side says: A A = A.
            yield from [ex.Pow(node, Num(2))] if place.path or node.is_number_shaped else []

    return _at_places(faulty, change, whole=True)


def one_limit(faulty: Faulty) -> Iterator[Repair]:
    """A limit of a sum off by one."""

    def change(place: Place) -> Iterator[Expression]:
        node = place.node
        if isinstance(node, ex.SumOver):
            low, high = node.range
            for by in (1, -1):
                yield node.func(node.operands[0], node.index, low, high + by)
                yield node.func(node.operands[0], node.index, low + by, high)

    return _at_places(faulty, change, whole=True)


def one_index(faulty: Faulty) -> Iterator[Repair]:
    """The index of a member of a family, or of an entry, off by one."""

    def change(place: Place) -> Iterator[Expression]:
        node = place.node
        if isinstance(node, ex.Member | ex.Entry):
            start = len(node.args) - len(node.at)
            for position in range(start, len(node.args)):
                for by in (1, -1):
                    moved = list(node.args)
                    moved[position] = moved[position] + by
                    yield node.func(*moved)

    return _at_places(faulty, change, whole=True)


# one term of the right side ----------------------------------------------------------------------

_TERM_FACTORS = (Fraction(2), Fraction(1, 2), Fraction(-2), Fraction(-1, 2))


def one_term_changed(faulty: Faulty) -> Iterator[Repair]:
    """A term of a sum on the right with another sign or factor, or left out."""
    claim = _equation(faulty)
    if claim is None:
        return
    sums = [p for p in places(claim.right) if isinstance(p.node, ex.Add)]
    for words, change in _TERM_CHANGES:
        for place in sums:
            terms = place.node.operands
            for at, term in enumerate(terms):
                rest = (*terms[:at], *change(term), *terms[at + 1 :])
                node = rest[0] if len(rest) == 1 else ex.Add(*rest)
                right = place.with_node(claim.right, node)
                if right is not None:
                    new = faulty.show(change(term)[0]) if change(term) else ""
                    yield Repair(words.format(faulty.show(_unsigned(term)), new), with_right(claim, right))


def _unsigned(term: Expression) -> Expression:
    return term.operands[0] if isinstance(term, Neg) else term


def _by(number: Fraction) -> Callable[[Expression], tuple[Expression, ...]]:
    return lambda term: (_scaled(number, term),)


def _dropped(term: Expression) -> tuple[Expression, ...]:
    return ()


_TERM_CHANGES: tuple[tuple[str, Callable[[Expression], tuple[Expression, ...]]], ...] = (
    ("the sign of the term {} on the right is wrong", _by(Fraction(-1))),
    ("the term {} on the right is too much", _dropped),
    *(("the term {} on the right should be {}", _by(number)) for number in _TERM_FACTORS),
)


def one_term_missing(faulty: Faulty) -> Iterator[Repair]:
    """The right side with one more term: one that occurs, or a part of the left side written out."""
    claim = _equation(faulty)
    if claim is None:
        return
    terms = claim.right.operands if isinstance(claim.right, ex.Add) else (claim.right,)
    parts = dict.fromkeys(_unsigned(p) for p in (*parts_of(claim.left), *parts_of(claim.right)))
    for part in list(parts)[:MOST_PARTS]:
        if shape_fails(part) or part in (_unsigned(claim.left), _unsigned(claim.right)):
            continue  # that says no more than that the sides differ
        for more in (part, Neg(part), times(Num(2), part), Neg(times(Num(2), part))):
            words = f"the right side lacks the term {faulty.show(more)}"
            yield Repair(words, with_right(claim, ex.Add(*terms, more)))


_LINEAR = (
    *(ex.Gradient, ex.Jacobian, ex.Hessian, ex.ScalarDerivative, ex.Differential),
    *(Transpose, ex.Trace, ex.DiagPart, ex.Diag, ex.Vec, ex.Expectation, ex.SumOver, ex.Entry, ex.Div),
)


def parts_of(e: Expression) -> list[Expression]:
    """The terms of an expression with sums taken out of what is linear, and out of products and squares."""
    if isinstance(e, ex.Add):
        return [p for term in e.operands for p in parts_of(term)][:MOST_PARTS]
    if isinstance(e, Neg):
        return [negative(p) for p in parts_of(e.operands[0])]
    if isinstance(e, _LINEAR) and not isinstance(e, ex.ProdOver):
        inner = parts_of(e.operands[0])
        return [e] if len(inner) < 2 else [_outside(e, p) for p in inner]
    if isinstance(e, Mul | ex.Hadamard):
        return _product_parts(e)
    if isinstance(e, ex.Pow) and e.operands[1] == Num(2):
        return _square_parts(e)
    return [e]


def _outside(e: Expression, part: Expression) -> Expression:
    """A linear operation on one term, its sign in front."""
    built: Expression = e.func(_unsigned(part), *e.args[1:])
    return Neg(built) if isinstance(part, Neg) else built


def _product_parts(e: Expression) -> list[Expression]:
    for at, factor in enumerate(e.operands):
        terms = parts_of(factor) if isinstance(factor, ex.Add | Neg) else []
        if len(terms) > 1:
            before, after = e.operands[:at], e.operands[at + 1 :]
            found: list[Expression] = []
            for term in terms:
                parts = parts_of(e.func(*before, _unsigned(term), *after))
                found += [negative(part) for part in parts] if isinstance(term, Neg) else parts
            return found[:MOST_PARTS]
    return [e]


def _square_parts(e: Expression) -> list[Expression]:
    """The squares and products of a square of a sum, or of its Euclidean norm."""
    base = e.operands[0]
    inside = base.operands[0] if isinstance(base, ex.Norm) and base.is_euclidean else base
    terms = [_unsigned(t) for t in parts_of(inside)]
    if len(terms) < 2:
        return [e]
    if inside is base:
        return [Mul(a, b) for a in terms for b in terms]
    squares: list[Expression] = [ex.Pow(base.func(t, *base.args[1:]), Num(2)) for t in terms]
    if inside.shape[1] == 1:
        return squares + [Mul(Transpose(a), b) for a, b in combinations(terms, 2)]
    return squares + [ex.Trace(Mul(Transpose(a), b)) for a, b in combinations(terms, 2)]


# relations and properties ------------------------------------------------------------------------


def other_relations(faulty: Faulty) -> Iterator[Repair]:
    """For an inequality: the same without strictness, the equation, the opposite."""
    claim = _equation(faulty)
    if claim is None:
        return
    yield Repair("the two sides are equal", Relation(claim.left, "=", claim.right))
    if claim.op in WEAKER:
        weaker = WEAKER[claim.op]
        words = f"the two sides may be equal: the left side is {SAID[weaker]} the right side"
        yield Repair(words, Relation(claim.left, weaker, claim.right))
    opposite = OPPOSITE[claim.op]
    words = f"the opposite inequality holds: the left side is {SAID[opposite]} the right side"
    yield Repair(words, Relation(claim.left, opposite, claim.right))


def only_an_inequality(faulty: Faulty) -> Iterator[Repair]:
    claim = _equation(faulty)
    if claim is not None and fits(claim) and claim.left.is_number_shaped and not isinstance(claim.right, Num | Int):
        for op in ("<=", ">="):
            words = f"only an inequality holds: the left side is {SAID[op]} the right side"
            yield Repair(words, Relation(claim.left, op, claim.right))


def weaker_property(faulty: Faulty) -> Iterator[Repair]:
    claim = faulty.claim
    if isinstance(claim, Predicate) and claim.kind == "positive definite":
        words = f"{faulty.show(claim.subject)} is positive semidefinite, but not always positive definite"
        yield Repair(words, Predicate("positive semidefinite", claim.subject))


EQUATIONS: tuple[Callable[[Faulty], Iterator[Repair]], ...] = (
    literal_factors,
    zero,
    one_property("symmetric"),
    whole_transposed,
    symbolic_factors,
    one_property("orthogonal"),
    one_transpose,
    swapped_neighbours,
    one_term_changed,
    one_exponent,
    one_property("diagonal"),
    one_property("idempotent"),
    one_inverse,
    commuting,
    rank_or_length,
    signs,
    one_limit,
    one_index,
    one_term_missing,
    two_symmetric,
    factor_if_symmetric,
    _all_nonnegative,
    only_an_inequality,
)
"""The repairs of an equation, from the smallest up.

Factors come first: where both sides vanish under a hypothesis, the factor is what there is to say.  That a matrix is
diagonal or idempotent is a strong demand: it comes after the repairs of one place.
"""


# shapes that do not fit --------------------------------------------------------------------------


def _right_transposed(claim: Relation) -> Relation | None:
    turned_claim = with_right(claim, transposed(claim.right))
    return turned_claim if not shape_fails(claim.right) and fits(turned_claim) else None


def _orders(claim: Claim) -> Iterator[tuple[Expression, list[tuple[Expression, Claim]]]]:
    """The products of which another order of the factors makes the claim fit, each with those orders."""
    failing = [number for number, side in enumerate(sides(claim)) if shape_fails(side)]
    # Where both sides have a shape, the left one is taken as it is.
    for number in failing or [len(sides(claim)) - 1]:
        side = sides(claim)[number]
        for place in places(side):
            node = place.node
            if not isinstance(node, Mul):
                continue
            found: dict[Expression, Claim] = {}
            for product in _products(node):
                changed = place.with_node(side, product)
                if product != node and changed is not None:
                    other = _with_side(claim, number, changed)
                    if fits(other):
                        found[product] = other
            if found:
                yield node, list(found.items())


def _products(node: Mul) -> Iterator[Expression]:
    """The factors that are no numbers in all orders; none where there are many, or one has no shape itself."""
    factors = node.operands
    if any(shape_fails(f) for f in factors):
        return
    moving = [at for at, factor in enumerate(factors) if not factor.is_number_shaped]
    for order in permutations(moving) if len(moving) <= MOST_FACTORS else ():
        put = dict(zip(moving, order, strict=True))
        yield Mul(*(factors[put.get(at, at)] for at in range(len(factors))))


def _with_side(claim: Claim, number: int, side: Expression) -> Claim:
    if isinstance(claim, Predicate):
        return Predicate(claim.kind, side)
    return Relation(side, claim.op, claim.right) if number == 0 else Relation(claim.left, claim.op, side)


def reordered(faulty: Faulty) -> Iterator[Repair]:
    """The right side turned, or the factors of one product in another order, where the step then holds."""
    claim = faulty.claim
    if isinstance(claim, Relation):
        whole = _right_transposed(claim)
        if whole is not None and claim.op == "=":
            yield Repair("the right side is the transpose of the left side", whole)
    products = list(_orders(claim))
    for node, orders in products:
        for product, repaired in orders:
            old, new = faulty.show(node), faulty.show(product)
            if len(products) == 1 and len(orders) == 1:
                yield Repair(f"the shapes force the order {new} in place of {old}, and so the step holds", repaired)
            else:
                yield Repair(f"holds with the order {new} in place of {old}", repaired)


def turned(faulty: Faulty) -> Iterator[Repair]:
    """One transpose added or dropped, on either side, where the step then holds."""
    for number, side in enumerate(faulty.sides):
        for place in places(side):
            if isinstance(place.parent, Transpose) or shape_fails(place.node):
                continue
            other = transposed(place.node)
            changed = place.with_node(side, other)
            words = _instead(faulty, side, place, other)
            if changed is not None and words:
                if number == 0 and isinstance(faulty.claim, Relation):
                    words = words.removesuffix("right") + "left"
                if isinstance(faulty.claim, Predicate):
                    words = words.removesuffix(" on the right")
                yield Repair(words, _with_side(faulty.claim, number, changed))


def fits_only(faulty: Faulty) -> Iterator[Repair]:
    """What the shapes alone say, whether or not the step then holds: the one order or transpose that fits."""
    claim = faulty.claim
    if isinstance(claim, Relation):
        whole = _right_transposed(claim)
        if whole is not None:
            yield Repair("the transpose of the right side would fit", whole, by_shapes=True)
    orders = [(node, product, repaired) for node, found in _orders(claim) for product, repaired in found]
    # The left side is taken as it is, if it has a shape.
    kept = isinstance(claim, Relation) and not shape_fails(claim.left)
    transposes = [r for r in turned(faulty) if fits(r.claim) and not (kept and sides(r.claim)[0] != sides(claim)[0])]
    if len(orders) == 1 and not transposes:
        node, product, repaired = orders[0]
        words = f"the shapes force the order {faulty.show(product)} in place of {faulty.show(node)}"
        yield Repair(words, repaired, by_shapes=True)
    if len(transposes) == 1 and not orders:
        words = f"the shapes would fit with {transposes[0].words.removeprefix('holds with ')}"
        yield Repair(words, transposes[0].claim, by_shapes=True)


# what is presupposed and stated nowhere ----------------------------------------------------------


def missing_hypotheses(faulty: Faulty) -> Iterator[Repair]:
    """The claim with what its right side presupposes: one of these, then all; as they stand, then of their symbols."""
    missing = _left_over(faulty)
    for need in chain(*(_needs(faulty, p) for p in missing), *(_needs_of_symbols(faulty, p) for p in missing)):
        yield Repair(f"needs {_grouped([need])}, which is stated nowhere", faulty.claim, need.given)
    for needs in (_needs, _needs_of_symbols):
        found = [next(iter(needs(faulty, p)), None) for p in missing]
        if len(found) > 1 and all(f is not None for f in found):
            needed = list(dict.fromkeys(f for f in found if f is not None))
            given = tuple(dict.fromkeys(h for n in needed for h in n.given))
            yield Repair(f"needs {_grouped(needed)}, which is stated nowhere", faulty.claim, given)


def _left_over(faulty: Faulty) -> list[Presupposition]:
    """What the right side presupposes and nothing gives, outside of sums."""
    claim = faulty.claim
    if not isinstance(claim, Relation):
        return []
    prover = Prover(faulty.context.given(*faulty.step.given).with_implied())
    prover.form.see(claim.left, claim.right)
    prover.form.start(claim.left, claim.right)
    found = prover.definedness.left_over(claim.left, claim.right)
    unbound = [p for p in found if not any(b.index in p.subject.free_symbols for b in p.scope)]
    return unbound[::-1] if len(unbound) == len(found) else []


@dataclass(frozen=True)
class Need:
    """Hypotheses, and the words for them: of what (``"A"``), and what (``"invertible"``)."""

    names: tuple[str, ...]
    what: str
    given: tuple[Hypothesis, ...]


def _grouped(needs: list[Need]) -> str:
    """``A and B invertible and c nonzero``."""
    names: dict[str, dict[str, None]] = {}
    for need in needs:
        names.setdefault(need.what, {}).update(dict.fromkeys(need.names))
    return " and ".join(f"{_listed(list(group))} {what}".rstrip() for what, group in names.items())


def _needs(faulty: Faulty, p: Presupposition) -> Iterator[Need]:
    """A presupposition as it stands."""
    name, nought = faulty.show(p.subject), Num(0)
    if isinstance(p.subject, ex.Norm):
        yield from _needs_of_symbols(faulty, p)
    elif p.kind == "invertible":
        yield Need((name,), "invertible", (Predicate("invertible", p.subject),))
    elif p.kind in ("nonzero", "away from 0"):
        yield Need((name,), "nonzero", (Predicate("nonzero", p.subject),))
    elif p.kind == "positive":
        yield Need((name,), "positive", (Relation(p.subject, ">", nought),))
    elif p.kind == "nonnegative":
        yield Need((name,), "nonnegative", (Relation(p.subject, ">=", nought),))
    elif p.kind in ("in range", "range"):
        yield from _needs_range(faulty, p)


def _needs_range(faulty: Faulty, p: Presupposition) -> Iterator[Need]:
    prover = Prover(faulty.context.given(*faulty.step.given))
    given: list[Hypothesis] = []
    words = []
    if isinstance(p.subject, ex.SumOver):
        low, high = p.subject.range
        yield Need((f"{low - 1} <= {high}",), "", (Relation(Int(low - 1), "<=", Int(high)),))
        return
    for low, at, high in positions(p.subject, prover.form):
        if at.is_Integer and low is not None:
            low = None
        given += [Relation(Int(low), "<=", Int(at))] if low is not None else []
        given += [Relation(Int(at), "<=", Int(high))] if high is not None else []
        words.append(" <= ".join(str(bound) for bound in (low, at, high) if bound is not None))
    if given:
        yield Need(tuple(words), "", tuple(given))


def _needs_of_symbols(faulty: Faulty, p: Presupposition) -> Iterator[Need]:
    """What would give a presupposition, said of the symbols in it."""
    subject, show = p.subject, faulty.show
    if p.kind == "invertible":
        x = _gram_of(subject)
        if x is not None:
            yield Need((show(x),), "to have full column rank", (Predicate("full column rank", x),))
        x = _gram_of(Mul(*reversed(subject.operands))) if isinstance(subject, Mul) else None
        if x is not None:
            yield Need((show(transposed(x)),), "to have full row rank", (Predicate("full row rank", transposed(x)),))
        for a in faulty.squares:
            if a in ex.walk(subject):
                yield Need((show(a),), "invertible", (Predicate("invertible", a),))
    elif p.kind in ("nonzero", "away from 0") and isinstance(subject, ex.Norm):
        inner = subject.operands[0]
        yield Need((show(inner),), "nonzero", (Predicate("nonzero", inner),))
    elif p.kind in ("nonzero", "positive", "nonnegative"):
        numbers = [a for a in faulty.variables if a.is_number_shaped and a in ex.walk(subject)]
        if numbers:
            word = "nonnegative" if p.kind == "nonnegative" else "positive"
            op = ">=" if p.kind == "nonnegative" else ">"
            given = tuple(Relation(a, op, Num(0)) for a in numbers)
            yield Need(tuple(show(a) for a in numbers), word, given)


def _gram_of(e: Expression) -> Expression | None:
    """X, where the expression is X^T X."""
    if isinstance(e, Mul) and len(e.operands) == 2 and e.operands[0] == transposed(e.operands[1]):
        return e.operands[1]
    return None


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
