"""Products of two members of random recurrences, as they are written: what their mean takes is one matrix of second
moments.

A formula is taken apart into terms in which each member is a factor of its own, and the two of a term are brought
together: ``x^T B x`` is ``tr(B x x^T)``, and ``(a^T x) x`` is ``x x^T a``.  May import ``everystep.algebra`` only.
"""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Member
from everystep.algebra.shapes import ONE
from everystep.records import dataclass, replace

MOST_TERMS = 60


class NotLinear(Exception):
    """A mean that linearity and second moments alone do not give."""


@dataclass(frozen=True)
class Term:
    """A product of numbers, each a chain of matrices that is 1 x 1, and of one chain that need not be; summed over
    ``sums``.
    """

    numbers: tuple[tuple[Expression, ...], ...] = ()
    chain: tuple[Expression, ...] = ()
    sums: tuple[tuple[Expr, Expr, Expr], ...] = ()

    def times(self, other: Term) -> Term:
        """The product of two terms whose chains fit."""
        return Term(self.numbers + other.numbers, self.chain + other.chain, self.sums + other.sums)

    def closed(self) -> Term:
        """A term whose chain is 1 x 1, as one of numbers alone."""
        return replace(self, numbers=(*self.numbers, self.chain), chain=()) if self.chain else self

    @property
    def groups(self) -> tuple[tuple[Expression, ...], ...]:
        return (*self.numbers, self.chain) if self.chain else self.numbers

    def written(self) -> Expression:
        """The term as an expression."""
        parts = [_product(group) for group in self.groups]
        whole = _product(tuple(parts)) if parts else ex.Num(1)
        for index, low, high in self.sums:
            whole = ex.SumOver(whole, index, low, high)
        return whole


def _product(factors: tuple[Expression, ...]) -> Expression:
    return factors[0] if len(factors) == 1 else ex.Mul(*factors)


class Apart:
    """Takes formulas apart.  ``held``: whether a formula has none of the members in it, so that it is one factor;
    ``constant``: what a mean inside is.
    """

    def __init__(self, held: Callable[[Expression], bool], constant: Callable[[Expression], Expression]) -> None:
        self.held, self.constant = held, constant
        self.sums = 0

    def terms(self, e: Expression) -> list[Term]:
        """The terms of a formula; raises NotLinear where it is no polynomial in the members, or has too many."""
        found = self._terms(e)
        if len(found) > MOST_TERMS:
            raise NotLinear
        return found

    def _terms(self, e: Expression) -> list[Term]:
        if isinstance(e, ex.Expectation):
            return [_single(self.constant(e))]
        if self.held(e) or isinstance(e, Member):
            return [_single(e)]
        if isinstance(e, ex.Add):
            return [term for part in e.operands for term in self.terms(part)]
        if isinstance(e, ex.Neg):
            return [_single(ex.Num(-1)).times(term) for term in self.terms(e.operands[0])]
        if isinstance(e, ex.Mul):
            return self._of_product(e)
        if isinstance(e, ex.Transpose):
            return [
                replace(term, chain=tuple(map(_transposed, reversed(term.chain)))) for term in self.terms(e.operands[0])
            ]
        if isinstance(e, ex.Div) and self.held(e.operands[1]):
            below = _single(ex.Div(ex.Num(1), e.operands[1]))
            return [below.times(term) for term in self.terms(e.operands[0])]
        if isinstance(e, ex.Trace):
            return [self._turned(term) for term in self.terms(e.operands[0])]
        if isinstance(e, ex.Entry) and len(e.at) == 1:
            (base,) = e.operands
            return self.terms(ex.Mul(ex.Transpose(ex.Unit(base.shape[0], e.at[0])), base))
        if isinstance(e, ex.Pow) and e.operands[1] == ex.Num(2):
            (base, _) = e.operands
            if isinstance(base, ex.Norm) and base.is_euclidean and base.operands[0].shape[1] == ONE:
                (vector,) = base.operands
                return self.terms(ex.Mul(ex.Transpose(vector), vector))
            return self.terms(ex.Mul(base, base))
        if isinstance(e, ex.SumOver) and not isinstance(e, ex.ProdOver):
            self.sums += 1
            index = Symbol(f"{e.index} of sum {self.sums}", integer=True)
            body = e.operands[0].xreplace({e.index: index})
            return [replace(term, sums=(*term.sums, (index, *e.range))) for term in self.terms(body)]
        raise NotLinear

    def _of_product(self, e: ex.Mul) -> list[Term]:
        """The terms of a product, its groups one by one: one that is 1 x 1 is a number."""
        result = [Term()]
        for segment in e.segments:
            grown = [Term()]
            for position in segment:
                grown = [a.times(b) for a in grown for b in self.terms(e.operands[position])]
            number = e.operands[segment[0]].shape[0] == e.operands[segment[-1]].shape[1] == ONE
            grown = [term.closed() for term in grown] if number else grown
            result = [a.times(b) for a in result for b in grown]
            if len(result) > MOST_TERMS:
                raise NotLinear
        return result

    def _turned(self, term: Term) -> Term:
        """The trace of a term: the chain begins behind a column, or with a row, so that it is a number."""
        if not term.chain:
            return term
        for place, factor in enumerate(term.chain):
            cut = place + 1 if factor.shape[1] == ONE else place if factor.shape[0] == ONE else None
            if cut is not None:
                return replace(term, chain=term.chain[cut:] + term.chain[:cut]).closed()
        return replace(term, numbers=(*term.numbers, (ex.Trace(_product(term.chain)),)), chain=())


def _single(e: Expression) -> Term:
    return Term(numbers=((e,),)) if e.is_number_shaped else Term(chain=(e,))


def _transposed(e: Expression) -> Expression:
    return e.operands[0] if isinstance(e, ex.Transpose) else ex.Transpose(e)


def brought_together(
    term: Term, is_member: Callable[[Expression], bool], moment: Callable[[Member, Member], Expression]
) -> Term:
    """A term with the matrix ``moment(h, k)`` of E[h k^T] for its two members h and k; raises NotLinear where they are
    not two columns, or two numbers, that can be brought beside each other.
    """
    groups = term.groups
    places = [(n, p) for n, group in enumerate(groups) for p, factor in enumerate(group) if is_member(_plain(factor))]
    if len(places) != 2:
        raise NotLinear
    (n, p), (m, q) = places
    if any(_member(groups[a][b]).shape[1] != ONE for a, b in places):
        raise NotLinear
    # The chain that need not be 1 x 1 is the last of the groups, so that the first member is in a number or in both.
    number, chain = _within(groups[n], p, q, moment) if n == m else _across(groups[n], p, groups[m], q, moment)
    rest = tuple(group for place, group in enumerate(term.numbers) if place not in (n, m))
    rest += (number,) if number else ()
    if term.chain and m == len(groups) - 1:
        return Term(rest, chain, term.sums)
    return Term((*rest, chain) if chain else rest, term.chain, term.sums)


def _within(
    group: tuple[Expression, ...], p: int, q: int, moment: Callable[[Member, Member], Expression]
) -> tuple[tuple[Expression, ...], tuple[Expression, ...]]:
    """A chain with both members in it, as a number and a chain: ``X h k^T Z`` with no number, and ``X h^T Y k Z`` as a
    trace beside X Z.
    """
    h, k = _member(group[p]), _member(group[q])
    if _is_column(group[p]) and not _is_column(group[q]) and q == p + 1:
        return (), (*group[:p], moment(h, k), *group[q + 1 :])
    if not _is_column(group[p]) and _is_column(group[q]):
        between = (*group[p + 1 : q], moment(k, h))
        return (ex.Trace(_product(between)),), group[:p] + group[q + 1 :]
    raise NotLinear


def _across(
    number: tuple[Expression, ...],
    p: int,
    chain: tuple[Expression, ...],
    q: int,
    moment: Callable[[Member, Member], Expression],
) -> tuple[tuple[Expression, ...], tuple[Expression, ...]]:
    """A chain that is 1 x 1 with one member at place p, and another with the other at place q, as one chain beside what
    stands behind the first member, a number again.
    """
    if not _is_column(number[p]):  # the transpose of a number is the number
        number, p = tuple(_transposed(e) for e in reversed(number)), len(number) - 1 - p
    before, h, behind = number[:p], _member(number[p]), number[p + 1 :]
    k = _member(chain[q])
    if _is_column(chain[q]):  # X k (before h)^T Z
        return behind, (*chain[:q], moment(k, h), *map(_transposed, reversed(before)), *chain[q + 1 :])
    return behind, (*chain[:q], *before, moment(h, k), *chain[q + 1 :])


def _member(e: Expression) -> Member:
    """The member of a factor; raises NotLinear for any other."""
    plain = _plain(e)
    if not isinstance(plain, Member):
        raise NotLinear
    return plain


def _plain(e: Expression) -> Expression:
    return e.operands[0] if isinstance(e, ex.Transpose) else e


def _is_column(e: Expression) -> bool:
    return not isinstance(e, ex.Transpose)
