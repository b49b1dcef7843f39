"""Functions of numbers that have two values: ``f(y) = (1 - y) f(0) + y f(1)`` where y is 0 or 1.

May import ``everystep.calculus.core`` and what it stands on.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from everystep.calculus.atoms import Leaf, transform
from everystep.calculus.core import Core
from everystep.calculus.differentials import inside_terms
from everystep.calculus.indices import Slot, symbols_of
from everystep.calculus.networks import Factor, Term, without

_KINDS = ("function", "power", "base", "exp", "abs", "max")
_MOST_NESTED = 6


class TwoValues:
    """Rewriter: a function of something with a number y that a hypothesis gives the values 0 and 1, or 1 and -1, is
    what it is at each of them, times what is 1 there and 0 at the other: y and 1 - y, or (1 + y) / 2 and (1 - y) / 2.

    Not while a derivative is taken, and not for a claim with a derivative by such a number: around its values the
    function is another one.
    """

    def __init__(self, core: Core, drawn: frozenset[str] = frozenset()) -> None:
        """``drawn``: heads whose entries are 0 or 1 by their law, whatever hypotheses say."""
        self.core = core
        self.drawn = drawn

    def __call__(self, term: Term) -> list[Term] | None:
        """One rewriting; None where no factor is such a function."""
        if not self.core.hypotheses and not self.drawn:
            return None
        for position, factor in enumerate(term.factors):
            number = self._number_in(factor)
            if number is not None:
                rest = without(term, position)
                return [rest.times(t) for t in self._taken_apart([Term(1, [factor])], number)]
        for component, exponent in term.scalars.items():
            factors, bound = component
            number = None if bound else next((n for f in factors if (n := self._number_in(f)) is not None), None)
            if number is not None:
                scalars = {c: e for c, e in term.scalars.items() if c != component}
                rest = Term(term.coefficient, term.factors, scalars, term.bound)
                return [rest.times(t) for t in self._taken_apart([Term(1, [], {component: exponent})], number)]
        return None

    def values(self, factor: Factor) -> tuple[int, int] | None:
        """The two values of a number; None of anything else."""
        if factor[0] in self.drawn:
            return 0, 1
        if not self.core.hypotheses:
            return None
        whole = (factor[0], ())
        if {factor, whole} & self.core.binary:
            return 0, 1
        return (-1, 1) if {factor, whole} & self.core.signs else None

    def _number_in(self, factor: Factor) -> Factor | None:
        """A number with two values in the inside of a function, also of those within."""
        return next(self._numbers(factor, _MOST_NESTED), None)

    def _numbers(self, factor: Factor, depth: int) -> Iterator[Factor]:
        info = self.core.heads.get(factor[0])
        if info is None or info.kind not in _KINDS or info.inside < 0 or depth == 0:
            return
        for term in inside_terms(self.core, info, factor[1]):
            scalars = (f for component, _ in term.scalars.items() if not component[1] for f in component[0])
            for inner in (*term.factors, *scalars):
                if any(s in term.bound for slot in inner[1] for s in symbols_of(slot)):
                    continue  # an entry that is summed over: there are many of them
                if self.values(inner) is not None:
                    yield inner
                yield from self._numbers(inner, depth - 1)

    def _taken_apart(self, terms: list[Term], number: Factor) -> list[Term]:
        """The terms with the number at each of its values, times what is 1 there and 0 at the other one."""
        low, high = self.values(number) or (0, 1)
        self.core.used("function of a number with two values")
        result: list[Term] = []
        for value, other in ((low, high), (high, low)):
            at = transform(self.core, terms, _constant(number, value))
            # (y - other) / (value - other)
            share = Fraction(1, value - other)
            for piece in at:
                result += [piece.times(Term(share, [number])), piece.scaled(-share * other)]
        return result


def _constant(number: Factor, value: int) -> Leaf:
    def leaf(head: str, slots: tuple[Slot, ...]) -> list[Term] | None:
        if (head, slots) != number:
            return None
        return [Term(value)] if value else []

    return leaf
