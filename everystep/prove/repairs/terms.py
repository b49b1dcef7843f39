"""The right side with one of its terms changed or one more.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Mul, Neg, Num, Transpose
from everystep.prove.repairs.claims import Faulty, Repair, equation, negative, places, shape_fails, times, with_right
from everystep.prove.repairs.right_side import scaled

MOST_PARTS = 16
_TERM_FACTORS = (Fraction(2), Fraction(1, 2), Fraction(-2), Fraction(-1, 2))


def one_term_changed(faulty: Faulty) -> Iterator[Repair]:
    """A term of a sum on the right with another sign or factor, or left out."""
    claim = equation(faulty)
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
    return lambda term: (scaled(number, term),)


def _dropped(term: Expression) -> tuple[Expression, ...]:
    return ()


_TERM_CHANGES: tuple[tuple[str, Callable[[Expression], tuple[Expression, ...]]], ...] = (
    ("the sign of the term {} on the right is wrong", _by(Fraction(-1))),
    ("the term {} on the right is too much", _dropped),
    *(("the term {} on the right should be {}", _by(number)) for number in _TERM_FACTORS),
)


def one_term_missing(faulty: Faulty) -> Iterator[Repair]:
    """The right side with one more term: one that occurs, or a part of the left side written out."""
    claim = equation(faulty)
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
    *ex.DERIVATIVES,
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
