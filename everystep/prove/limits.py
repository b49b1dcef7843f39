"""Limits of sequences in the normal form.

``Limit(e, k)`` is read term by term.  A term without k is its own limit.  A term with a power ``M^k`` of a contraction
(symmetric with I - M and I + M positive definite, or a number with absolute value below 1), times anything
without k, tends to 0.  A term that is linear in one member ``x_k`` of a family keeps the symbol "limit of x_k":
this stands for a linear extension of the limit to all sequences (a Banach limit), so an equation that follows
holds whenever both limits exist. May import the normal form and the order; never the exact judge.
"""

from __future__ import annotations

from everystep.algebra.expressions import Limit
from everystep.calculus.indices import symbols_of, unpack
from everystep.calculus.lowering import Environment, Index
from everystep.calculus.networks import Poly, Term, Undecided, delta, subtract
from everystep.prove.normal_form import NormalForm
from everystep.prove.order import Order


class Limits:
    """Gives a normal form its rule for limits."""

    def __init__(self, form: NormalForm) -> None:
        self.form = form
        self.core = form.core
        self._order: Order | None = None
        form.lowering.limit_rule = self.lower
        form.consequences = self.consequences

    @property
    def order(self) -> Order:
        """Built on first use, when the hypotheses have been read."""
        if self._order is None:
            self._order = Order(self.form)
        return self._order

    def lower(self, e: Limit, row: Index, column: Index, env: Environment) -> list[Term]:
        """The limit of a body, term by term; raises Undecided for a term it cannot place."""
        index = str(e.index)
        if not self.form.holds_for_all(e.index):
            raise Undecided(f"the limit over {index}, of which a hypothesis speaks")
        if index in self.core.integers.sizes:
            raise Undecided(f"the limit over the size {index}")
        lowering = self.form.lowering
        poly = self.core.normal(lowering.terms(e.operands[0], row, column, env))
        return self.image(poly, index)

    def _free_to_grow(self, index: str) -> bool:
        """Whether the hypotheses bound the index from below only."""
        return all(unpack(fact)[1].get(index, 0) >= 0 for fact in self.core.integers.facts)

    def consequences(self, poly: Poly) -> list[Poly]:
        """The limits of an equation ``poly = 0`` that holds for every index."""
        symbols = {
            str(slots[0])
            for key in poly
            for c, _ in key
            for head, slots in c[0]
            if head[:2] == "m:" and isinstance(slots[0], str) and slots[0][0] not in "#_~"
        }
        result = []
        for index in sorted(symbols):
            if index in self.core.integers.sizes or not self._free_to_grow(index) or self.form.speaks_of(index):
                continue
            try:
                result.append(self.core.normal(self.image(poly, index)))
            except Undecided:
                continue
        return result

    def image(self, poly: Poly, index: str) -> list[Term]:
        """The limit of a polynomial, term by term."""
        result: list[Term] = []
        for term in self.core.terms(poly):
            moving = [k for k, (_, slots) in enumerate(term.factors) if any(index in symbols_of(s) for s in slots)]
            if any(index in symbols_of(s) for pair in term.bound.values() for s in pair) or any(
                index in symbols_of(s) for c in term.scalars for _, ss in c[0] for s in ss
            ):
                raise Undecided("the limit of a sum whose range moves")
            if not moving:
                result.append(term)
                continue
            if len(moving) > 1:
                raise Undecided("the limit of a product of two sequences")
            head, slots = term.factors[moving[0]]
            if head[:2] == "k:" and slots[-1] == index:
                if not self.contraction(head):
                    raise Undecided("the limit of the powers of a matrix that is not known to be a contraction")
                self.core.used("powers of a contraction")
                continue
            if head[:2] == "w:" and slots[-1] == index:
                if not self._small(head):
                    raise Undecided("the limit of the powers of a number that is not known to be below 1")
                self.core.used("powers of a contraction")
                continue
            if head[:2] == "m:" and slots[0] == index:
                factors = list(term.factors)
                limit = f"v:lim {head[2:]}"
                self.core.dimensions[limit] = self.core.dimensions.get(head, ())
                factors[moving[0]] = (limit, slots[1:])
                result.append(Term(term.coefficient, factors, term.scalars, term.bound))
                continue
            raise Undecided("the limit of a nonlinear term")
        return result

    def contraction(self, head: str) -> bool:
        """Whether M (of the atom M^k) is symmetric with I - M and I + M positive definite."""
        info = self.core.heads[head]
        if info.arity != 2 or head not in self.core.symmetric:
            return False
        matrix = self.core.poly(info.inside)
        identity: Poly = self.core.normal([Term(1, [(delta(self.core.dimensions[head][0]), ("#0", "#1"))])])
        above = dict(identity)
        for key, coefficient in matrix.items():
            above[key] = above.get(key, 0) + coefficient
        above = {k: c for k, c in above.items() if c}
        return self.order.definite(subtract(identity, matrix), True) and self.order.definite(above, True)

    def _small(self, head: str) -> bool:
        info = self.core.heads[head]
        if info.arity:
            return False
        inside = self.core.poly(info.inside)
        below = subtract({(): 1}, inside)
        above = subtract(inside, {(): -1})
        return self.order.nonnegative(below, True) and (
            self.order.nonnegative(inside, False) or self.order.nonnegative(above, True)
        )
