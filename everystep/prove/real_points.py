"""What limits ask of numbers and matrices at the point: are they 0, positive, not 0, invertible?

Everything has to follow from the hypotheses.  May import the normal form and the order; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Callable

from everystep.algebra.context import Predicate
from everystep.calculus.core import Core
from everystep.calculus.indices import Slot, symbols_of
from everystep.calculus.networks import Poly, Undecided, is_delta, is_open
from everystep.calculus.word_letters import square_word
from everystep.prove.normal_form import NormalForm
from everystep.prove.order import Order


class AtPoint:
    """What is known under the hypotheses of one normal form."""

    def __init__(self, form: NormalForm, order: Callable[[], Order]) -> None:
        self.form = form
        self.core: Core = form.core
        self.order = order
        self._invertible: list[Poly] | None = None

    def is_zero(self, poly: Poly) -> bool:
        """Whether a polynomial is proved to be 0; by its form alone while a derivative is taken."""
        if not poly or not self.core.hypotheses:
            return not poly
        return self.form.is_zero(self.form.under_hypotheses(poly))

    def is_positive(self, poly: Poly) -> bool:
        """Whether a number is > 0.  What a hypothesis says does not count while a derivative is taken."""
        if set(poly) == {()}:
            return poly[()] > 0
        return bool(poly) and self._is_closed(poly) and self.order().nonnegative(poly, True)

    def is_nonzero(self, poly: Poly) -> bool:
        """Whether a number is not 0, likewise."""
        if set(poly) == {()}:
            return True
        if not poly or not self._is_closed(poly):
            return False
        product = len(poly) == 1 and all(self.core.is_nonzero(c) for key in poly for c, _ in key)
        return product or self.order().nonzero_number(poly)

    def _is_closed(self, poly: Poly) -> bool:
        slots = (s for key in poly for c, _ in key for _, ss in c[0] for slot in ss for s in symbols_of(slot))
        return self.core.hypotheses and not any(is_open(s) and s[0] != "_" for s in slots)

    def is_invertible(self, matrix: Poly, size: Slot) -> bool:
        """Whether a matrix with entries at #r, #c is invertible: definite, or a product of letters that are."""
        if not matrix or not self.core.hypotheses:
            return False
        numbered = self.core.renamed(matrix, {"#r": "#0", "#c": "#1"})
        if numbered in self._said_invertible() or _is_multiple_of_identity(numbered):
            return True
        negative = {k: -c for k, c in numbered.items()}
        if any(self.order().definite(m, True) for m in (numbered, negative)):
            return True
        letters = square_word(self.core, matrix, size)
        return letters is not None and all(head in self.core.invertible for head, _, _ in letters)

    def _said_invertible(self) -> list[Poly]:
        """The matrices that hypotheses say to be invertible."""
        if self._invertible is None:
            self._invertible = []
            for h in self.form.context.hypotheses:
                kinds = ("invertible", "positive definite", "orthogonal")
                if isinstance(h, Predicate) and h.kind in kinds and not h.subject.is_number_shaped:
                    try:
                        self._invertible.append(self.form.poly(h.subject))
                    except Undecided:
                        continue
        return self._invertible


def _is_multiple_of_identity(poly: Poly) -> bool:
    """Whether a matrix is a number other than 0 times I."""
    ((key, _), *others) = poly.items()
    return not others and len(key) == 1 and len(key[0][0][0]) == 1 and is_delta(key[0][0][0][0][0])
