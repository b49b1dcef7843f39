"""Inequalities that are sums of hypotheses, each times a number that is not negative: steps of convex optimisation.

``f(y) <= f(x) + g^T (y - x) + L/2 |y - x|^2`` and the like are hypotheses about numbers and vectors together; what
follows from them is found by taking them away, one after the other, until the order knows what is left.  May import
the core, the order and the lemmas; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from everystep.algebra import expressions as ex
from everystep.algebra.context import Relation
from everystep.algebra.expressions import Expression
from everystep.calculus.networks import Component, Exhausted, Exponent, Key, Poly, Term, Undecided, add_into, subtract
from everystep.prove.lemmas import Lemmas

MOST_HYPOTHESES, MOST_STEPS, MOST_TERMS, MOST_WAYS, MOST_FURTHER = 8, 3, 24, 10, 2
SHARES = (Fraction(1), Fraction(2), Fraction(1, 2))


class _Search:
    """The search for one claim."""

    def __init__(self, lemmas: Lemmas) -> None:
        self.lemmas = lemmas
        self.core = lemmas.form.core
        self.signs: dict[Key, bool] = {}

    def known(self, poly: Poly) -> bool:
        """Whether the order knows a number to be >= 0."""
        try:
            return self.lemmas.order.nonnegative(poly)
        except (Undecided, Exhausted):
            return False

    def found(self, rest: Poly, hypotheses: list[Poly], steps: int) -> bool:
        """Whether a number is >= 0, with so many of the hypotheses taken away; each is used once.

        What leaves the fewest monomials is tried first.
        """
        ways: list[tuple[int, int, Key, Poly]] = []
        for position, hypothesis in enumerate(hypotheses):
            for factor in self.factors(rest, hypothesis):
                taken = self.core.product(factor, hypothesis)
                for share in SHARES:
                    left = dict(rest)
                    add_into(left, taken, -share)
                    ways.append((len(left), position, next(iter(factor)), left))
        ways = sorted(ways, key=lambda way: way[0])[:MOST_WAYS]
        good = [(position, left) for _, position, factor, left in ways if self.sign(factor)]
        if any(not left or self.known(left) for _, left in good):
            return True
        return steps > 1 and any(
            self.found(left, hypotheses[:position] + hypotheses[position + 1 :], steps - 1)
            for position, left in good[:MOST_FURTHER]
            if len(hypotheses) > 1
        )

    def sign(self, factor: Key) -> bool:
        """Whether a monomial is known to be >= 0, and to have a value: what it is divided by is known not to be 0."""
        known = self.signs.get(factor)
        if known is None:
            below = [component for component, exponent in factor if not (isinstance(exponent, int) and exponent > 0)]
            known = self.known({factor: 1}) and all(map(self.nonzero, below))
            self.signs[factor] = known
        return known

    def nonzero(self, component: Component) -> bool:
        try:
            return self.lemmas.order.nonzero_number({((component, 1),): 1})
        except (Undecided, Exhausted):
            return False

    def factors(self, rest: Poly, hypothesis: Poly) -> Iterator[Poly]:
        """Monomials with a positive coefficient with which a term of the hypothesis becomes one of the number."""
        seen: set[Key] = set()
        for key, coefficient in rest.items():
            for own, value in hypothesis.items():
                ratio = Fraction(coefficient) / Fraction(value)
                if ratio <= 0:
                    continue
                powers: dict[Component, Exponent] = dict(key)
                for component, exponent in own:
                    power = powers.pop(component, 0) - exponent
                    if power:
                        powers[component] = power
                monomial = self.core.normal([Term(ratio, [], powers)])
                if len(monomial) == 1 and next(iter(monomial)) not in seen:
                    seen.add(next(iter(monomial)))
                    yield monomial


def _hypotheses(lemmas: Lemmas) -> list[Poly]:
    """The numbers that hypotheses say are >= 0; of two sides that both are, a <= b, also b^2 - a^2."""
    found = [poly for poly, _ in lemmas.order.known_scalars]
    for h in lemmas.form.context.hypotheses:
        if not isinstance(h, Relation) or h.op not in ("<=", "<", ">=", ">"):
            continue
        small, large = (h.left, h.right) if h.op in ("<=", "<") else (h.right, h.left)
        if any(isinstance(n, ex.Norm) for n in ex.walk(small)) and lemmas.order.surface_nonnegative(small):
            squares = ex.Pow(large, ex.Num(2)), ex.Pow(small, ex.Num(2))
            found.append(subtract(*map(lemmas.form.poly, squares)))
    return found


def by_weighted_hypotheses(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """``large - small = sum m_k h_k + r`` with hypotheses ``h_k >= 0``, monomials ``m_k >= 0`` and ``r >= 0``.

    The m_k are found by making a term of ``m_k h_k`` one of what is left, once, twice or half.  A factor whose sign is
    not known is none: from ``a >= 0`` nothing follows about ``c a``; nor does one that may divide by 0: from
    ``c a >= 0`` and ``c >= 0`` nothing follows about a.
    """
    form = lemmas.form
    try:
        hypotheses = [h for h in map(form.by_scalar_rules, _hypotheses(lemmas)) if len(h) > 1]
        difference = form.by_scalar_rules(subtract(form.poly(large), form.poly(small)))
    except (Undecided, Exhausted):
        return False
    if not 0 < len(hypotheses) <= MOST_HYPOTHESES or len(difference) > MOST_TERMS:
        return False
    return _Search(lemmas).found(difference, hypotheses, MOST_STEPS)
