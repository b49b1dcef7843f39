"""The right side with one change: a factor, a transpose, an inverse, an order, an exponent, an index.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import chain

from sympy import Expr, Rational

from everystep.algebra import expressions as ex
from everystep.algebra.context import Predicate
from everystep.algebra.expressions import Expression, Int, Mul, Num, Transpose, Var
from everystep.algebra.shapes import same_size
from everystep.prove.repairs.claims import (
    Faulty,
    Place,
    Repair,
    equation,
    fits,
    negative,
    places,
    shape_fails,
    times,
    transposed,
    with_right,
)
from everystep.prove.verdict import Table

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")

# the right side as a whole -----------------------------------------------------------------------

_FACTORS = tuple(Fraction(f) for f in ("2", "1/2", "-1", "-2", "-1/2", "4", "1/4"))


def literal_factors(faulty: Faulty) -> Iterator[Repair]:
    """The left side is a rational number times the right side: on the counterexample too, if it is exact."""
    claim, seen = equation(faulty), faulty.verdict.counterexample
    if claim is None:
        return
    numbers = _FACTORS
    if seen is not None and seen.exact:
        ratio = _ratio(seen.left, seen.right)
        numbers = () if ratio is None else (ratio,)
    for number in numbers:
        yield Repair(_factor_words(number), with_right(claim, scaled(number, claim.right)))


def zero(faulty: Faulty) -> Iterator[Repair]:
    claim = equation(faulty)
    if claim is not None and fits(claim):
        nought = Num(0) if claim.left.is_number_shaped else ex.Zeros(*claim.left.shape)
        yield Repair("the left side is zero", with_right(claim, nought))


def factor_if_symmetric(faulty: Faulty) -> Iterator[Repair]:
    """A factor that is there under a hypothesis: the gradient of x^T A x is 2 A x for symmetric A."""
    claim = equation(faulty)
    if claim is None:
        return
    for a in faulty.squares:
        for number in _FACTORS:
            words = f"if {faulty.show(a)} is symmetric, {_factor_words(number)}"
            yield Repair(words, with_right(claim, scaled(number, claim.right)), (Predicate("symmetric", a),))


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


def scaled(number: Fraction, e: Expression) -> Expression:
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
    claim, seen = equation(faulty), faulty.verdict.counterexample
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
    claim = equation(faulty)
    if claim is not None and not claim.right.is_number_shaped:
        words = "the left side is the transpose of the right side"
        yield Repair(words, with_right(claim, transposed(claim.right)))


# one place of the right side ---------------------------------------------------------------------


def instead(faulty: Faulty, root: Expression, place: Place, node: Expression) -> str:
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
    claim = equation(faulty)
    if claim is None:
        return
    for place in places(claim.right):
        if not place.path and not whole:
            continue
        for node in change(place):
            right = place.with_node(claim.right, node)
            words = instead(faulty, claim.right, place, node)
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
    claim = equation(faulty)
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
