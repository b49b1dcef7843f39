"""Signs of the numbers in a monomial: what is known to be positive, not negative, or not 0.

True is said only of what is known; False means "not known".  May import the core's own modules only.
"""

from __future__ import annotations

from everystep.calculus.indices import Integers, Slot, symbols_of
from everystep.calculus.networks import INTEGER, Component, Exponent, Factor, Head, Poly, is_open


def on_diagonal(slots: tuple[Slot, ...]) -> bool:
    """Whether an entry of a matrix, at these two slots, stands on the diagonal."""
    return len(slots) == 2 and slots[0] == slots[1]


class Signs:
    """The part of :class:`everystep.calculus.core.Core` that knows signs."""

    integers: Integers
    heads: dict[str, Head]
    positive: set[str]
    nonnegative: set[str]
    positive_diagonals: set[str]
    nonnegative_diagonals: set[str]
    nonzero: set[str]
    constrained: set[str]

    def inside(self, head: str) -> Poly:
        raise NotImplementedError

    @staticmethod
    def has_open(component: Component) -> bool:
        """Whether a free or summed index of what is around occurs in a component."""
        return any(is_open(s) for _, ss in component[0] for slot in ss for s in symbols_of(slot) if s[0] != "_")

    @staticmethod
    def _even(power: Exponent) -> bool:
        return isinstance(power, int) and power % 2 == 0

    def factor_is_positive(self, head: str, slots: tuple[Slot, ...]) -> bool:
        """Whether a factor is known to be > 0 at these slots: everywhere, or as an entry on the diagonal."""
        return head in self.positive or (head in self.positive_diagonals and on_diagonal(slots))

    def factor_is_nonnegative(self, head: str, slots: tuple[Slot, ...]) -> bool:
        """Whether a factor is known to be >= 0 at these slots."""
        known = head in self.nonnegative or (head in self.nonnegative_diagonals and on_diagonal(slots))
        return known or self.factor_is_positive(head, slots)

    def is_positive(self, component: Component) -> bool:
        """Whether a scalar component is known to be > 0: a declared one, a size, a root of a prime, an exponential."""
        factors, bound = component
        if len(factors) != 1 or bound:
            return False
        head, slots = factors[0]
        if head == INTEGER:
            return slots[0] in self.integers.sizes
        return self.factor_is_positive(head, slots) or head.startswith(("q:", "e:")) or self._is_sum(head, True)

    def _is_sum(self, head: str, strict: bool) -> bool:
        """Whether an atom is a sum of terms that are not negative; ``strict``: with a number above 0 among them."""
        if head[:2] != "p:" or head not in self.heads or self.heads[head].kind != "base":
            return False
        inside = self.inside(head)
        return (not strict or () in inside) and all(
            coefficient > 0 and all(self._even(e) or self.is_nonnegative(c) for c, e in key)
            for key, coefficient in inside.items()
        )

    def is_nonzero(self, component: Component) -> bool:
        """Whether a scalar component is known not to be 0."""
        (head, slots), *others = component[0]
        if head[:2] == "w:" and not others:
            return set(self.inside(head)) == {()}  # a power of a number
        return self.is_positive(component) or (not others and not slots and head in self.nonzero)

    def is_generic(self, component: Component) -> bool:
        """Whether one may divide by a scalar in an identity: it is not 0, or not 0 on a dense set of instances.

        Both sides are continuous where they are defined, so an identity that holds for nearly all values of a scalar
        holds for all; but not where an equation among the hypotheses ties the scalar down.
        """
        if self.is_nonzero(component):
            return True
        return all(h[:2] == "v:" and h not in self.constrained for h, _ in component[0])

    def is_nonnegative(self, component: Component) -> bool:
        """Whether a scalar component is known to be >= 0: a known positive head, or a network times itself."""
        factors, bound = component
        if len(factors) == 1 and not bound:
            return (
                self.factor_is_nonnegative(*factors[0])
                or self.is_positive(component)
                or self._is_sum(factors[0][0], False)
            )
        if all(self.factor_is_nonnegative(head, slots) or head[:2] == "e:" for head, slots in factors):
            return True
        halves: dict[Factor, int] = {}
        for factor in factors:
            halves[factor] = halves.get(factor, 0) + 1
        # x_i x_i, X_ij X_ij: every factor occurs an even number of times at the same slots.
        return all(count % 2 == 0 for count in halves.values())
