"""Limits of sequences in the normal form.

``Limit(e, k)`` is read term by term.  A term without k is its own limit.  A term with a power ``M^k`` of a contraction
(symmetric with I - M and I + M positive definite, or a number with absolute value below 1), times anything
without k, tends to 0; so does such a power times a power of k or a bounded function, and a rational function of k with
a greater degree below.  One with equal degrees tends to the quotient of the leading coefficients.  A term that is
linear in one member ``x_k`` of a family keeps the symbol "limit of x_k":
this stands for a linear extension of the limit to all sequences (a Banach limit), so an equation that follows
holds whenever both limits exist. May import the normal form and the order; never the exact judge.
"""

from __future__ import annotations

from fractions import Fraction

from everystep.algebra.expressions import Limit
from everystep.calculus.differentials import inside_terms
from everystep.calculus.expectation import exponent_of
from everystep.calculus.indices import Slot, constant, shifted, symbols_of, unpack
from everystep.calculus.leaves import Environment, Index
from everystep.calculus.networks import INTEGER, Component, Exponent, Poly, Term, Undecided, delta, subtract
from everystep.prove.closed_sums import in_closed_form
from everystep.prove.normal_form import NormalForm
from everystep.prove.order import Order
from everystep.prove.real_limits import RealLimits, of_real_variable
from everystep.prove.scalars import BOUNDS

LATE = 1000
"""The index of a limit may be taken to be at least this large."""


class Limits:
    """Gives a normal form its rule for limits."""

    def __init__(self, form: NormalForm) -> None:
        self.form = form
        self.core = form.core
        self._order: Order | None = None
        form.lowering.limit_rule = self.lower
        self.real = RealLimits(form, lambda: self.order)
        form.consequences = self.consequences

    @property
    def order(self) -> Order:
        """Built on first use, when the hypotheses have been read."""
        if self._order is None:
            # What is open about the sums of a claim is not open about the hypotheses.
            lowering = self.form.lowering
            conditions, lowering.conditions = lowering.conditions, []
            try:
                self._order = Order(self.form)
            finally:
                lowering.conditions = conditions
        return self._order

    def lower(self, e: Limit, row: Index, column: Index, env: Environment) -> list[Term]:
        """The limit of a body, term by term; raises Undecided for a term it cannot place.

        What is said of the index up to some number does not matter: sums up to it make sense later on.
        """
        index = str(e.index)
        if not self.form.holds_for_all(e.index):
            raise Undecided(f"the limit over {index}, of which a hypothesis speaks")
        if index in self.core.integers.sizes:
            raise Undecided(f"the limit over the size {index}")
        try:
            return self._by_terms(e, row, column, env, index)
        except Undecided as error:
            real = of_real_variable(e)
            if real is None or not self.real.has_positive_bases(real):
                raise
            try:
                result = self.form.lowering.limit_at(real, row, column, env)
            except Undecided:
                raise error from None
            self.core.used("limit of a sequence by a real variable")
            return result

    def _by_terms(self, e: Limit, row: Index, column: Index, env: Environment, index: str) -> list[Term]:
        """The limit with the index a late integer, term by term."""
        lowering = self.form.lowering
        late = shifted(index, -LATE)
        known = late in self.core.integers.facts
        self.core.integers.add(late)
        try:
            poly = self.core.normal(lowering.terms(e.operands[0], row, column, env))
        finally:
            if not known:
                self.core.integers.restore(fact for fact in self.core.integers.facts if fact != late)
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
        """The limit of a polynomial, term by term, sums whose range moves in closed form."""
        if any(index in symbols_of(s) for key in poly for c, _ in key for b in c[1] for s in b[1:]):
            poly = in_closed_form(self.core, poly, self._nonzero)
        return [t for term in self.core.terms(poly) for t in self._of_term(term, index)]

    def _nonzero(self, poly: Poly) -> bool:
        """Whether a number is known not to be 0, or to be on one side of it."""
        signs = (self.order.nonnegative(p, True) for p in (poly, _negative(poly)))
        return any(signs) or self.order.nonzero_number(poly)

    def _of_recurrence(self, head: str) -> list[Term] | None:
        """The limit b / (1 - c) of numbers h_t = c h_(t-1) + b with |c| < 1, whatever the first is: the difference from
        it is multiplied by c in each step.  None for any other recurrence, and where c or b moves with t.
        """
        recurrences = self.form.lowering.recurrences
        recurrence = recurrences.by_head.get(head)
        if recurrence is None or self.core.dimensions.get(head):
            return None
        last: Component = (((head, ((-1, (("#t", 1),)),)),), ())
        slope: Poly = {}
        rest: Poly = {}
        for key, coefficient in self.core.normal(recurrences.body(recurrence, "#t", ())).items():
            others = tuple(p for p in key if p != (last, 1))
            if any("#t" in symbols_of(s) for c, _ in others for _, ss in c[0] for s in ss) or any(
                "#t" in symbols_of(s) for c, _ in others for b in c[1] for s in b[1:]
            ):
                return None
            (slope if len(others) < len(key) else rest)[others] = coefficient
        below = subtract({(): 1}, slope)
        if not slope or not self._within_one(slope):
            return None
        self.core.used("limit of a linear recurrence")
        return [t.times(r) for t in self.core.terms(rest) for r in self.core.power(below, -1)]

    def _of_term(self, term: Term, index: str) -> list[Term]:
        """A geometric decay, or a rational function of negative degree, times what is bounded tends to 0; a rational
        function of degree 0 to the quotient of its leading coefficients.
        """
        if any(index in symbols_of(s) for pair in term.bound.values() for s in pair):
            raise Undecided("the limit of a sum whose range moves")
        moving = [k for k, (_, slots) in enumerate(term.factors) if any(index in symbols_of(s) for s in slots)]
        powers = {c: e for c, e in term.scalars.items() if any(index in symbols_of(s) for _, ss in c[0] for s in ss)}
        if not moving and not powers:
            return [term]
        head, slots = term.factors[moving[0]] if moving else ("", ())
        if head[:2] == "m:" and len(moving) == 1 and not powers and slots[0] == index:
            factors = list(term.factors)
            value = self._of_recurrence(head)
            if value is not None:
                others = factors[: moving[0]] + factors[moving[0] + 1 :]
                return [Term(term.coefficient, others, term.scalars, term.bound).times(v) for v in value]
            limit = f"v:lim {head[2:]}"
            self.core.dimensions[limit] = self.core.dimensions.get(head, ())
            factors[moving[0]] = (limit, slots[1:])
            return [Term(term.coefficient, factors, term.scalars, term.bound)]
        pieces: list[tuple[Component, Exponent]] = [((((term.factors[k]),), ()), 1) for k in moving]
        pieces += powers.items()
        degree, decays, plain = Fraction(0), False, True
        left = [f for k, f in enumerate(term.factors) if k not in moving]
        result = [Term(term.coefficient, left, {c: e for c, e in term.scalars.items() if c not in powers}, term.bound)]
        for component, exponent in pieces:
            if self._decays(component, exponent, index):
                decays = True
            elif self._bounded(component, exponent):
                plain = False
            else:
                more, lead = self._rational(component, exponent, index)
                degree += more
                result = [r.times(t) for r in result for t in lead]
        if decays or degree < 0:
            self.core.used("powers of a contraction" if decays else "limit of a rational function")
            return []
        if degree > 0 or not plain:
            raise Undecided("the limit of a term that does not decay")
        self.core.used("limit of a rational function")
        return result

    def _decays(self, component: Component, exponent: Exponent, index: str) -> bool:
        """Whether a moving factor is at most a power of a contraction: M^(c k), a^(c k), exp(-c k) for c > 0."""
        if len(component[0]) != 1 or component[1]:
            return False
        ((head, slots),) = component[0]
        if head[:2] in ("k:", "w:"):
            parts = unpack(slots[-1])[1]
            grows = set(parts) == {index} and parts[index] > 0 and exponent > 0
            still = not any(index in symbols_of(s) for s in slots[:-1])
            return grows and still and (self.contraction(head) if head[:2] == "k:" else self._small(head))
        inside = exponent_of(self.core, component, exponent)
        if inside is None:
            return False
        parts_of = self._by_degree(self.core.normal(inside), index)
        # The exponent is linear in the index, with a coefficient below 0.
        return set(parts_of) <= {0, 1} and 1 in parts_of and self.order.nonnegative(_negative(parts_of[1]), True)

    def _bounded(self, component: Component, exponent: Exponent) -> bool:
        """Whether a moving factor is a bounded function of something."""
        ((head, _), *others) = component[0]
        info = self.core.heads.get(head)
        known = info is not None and info.kind == "function" and not info.order and info.name in BOUNDS
        return known and not others and isinstance(exponent, int) and exponent > 0

    def _rational(self, component: Component, exponent: Exponent, index: str) -> tuple[int, list[Term]]:
        """(degree, leading coefficient) of a whole power of the index or of a polynomial in it, or of what tends to a
        number that is not 0.
        """
        ((head, slots), *others) = component[0]
        info = self.core.heads.get(head)
        if info is not None and info.kind == "power":
            exponent, info = Fraction(exponent) * Fraction(info.exponent), self.core.heads[info.base]
        whole = Fraction(exponent)
        if others or component[1] or whole.denominator != 1:
            raise Undecided("the limit of a nonlinear term")
        if head == INTEGER:
            inside = self.core.normal([Term(1, [(head, slots)])])
        elif info is not None and info.kind == "base" and not any(s[0] in "#~" for x in slots for s in symbols_of(x)):
            inside = self.core.normal(inside_terms(self.core, info, slots))
        else:
            raise Undecided("the limit of a nonlinear term")
        try:
            parts = self._by_degree(inside, index)
        except Undecided:
            # A whole power is continuous where its base tends to a number other than 0.
            limit = self.core.normal(self.image(inside, index))
            if not self.order.nonzero_number(limit):
                raise
            return 0, self.core.power(limit, int(whole))
        degree = max(parts)
        if not self.order.nonzero_number(parts[degree]):
            raise Undecided("the limit of a quotient whose leading coefficient may be 0")
        return degree * int(whole), self.core.power(parts[degree], int(whole))

    def _by_degree(self, poly: Poly, index: str) -> dict[int, Poly]:
        """The coefficients of the powers of the index; raises Undecided where it occurs elsewhere."""
        atom: Component = (((INTEGER, (index,)),), ())
        parts: dict[int, Poly] = {}
        for key, coefficient in poly.items():
            power = dict(key).get(atom, 0)
            rest = tuple(p for p in key if p[0] != atom)
            slots = [s for c, _ in rest for _, ss in c[0] for s in ss] + [
                s for c, _ in rest for b in c[1] for s in b[1:]
            ]
            if not isinstance(power, int) or power < 0 or any(index in symbols_of(s) for s in slots):
                raise Undecided("the limit of a nonlinear term")
            parts.setdefault(power, {})[rest] = coefficient
        return parts

    def contraction(self, head: str) -> bool:
        """Whether M (of the atom M^k) is symmetric with I - M and I + M definite, or I - M^T M is: ||M|| < 1."""
        info = self.core.heads[head]
        if info.arity != 2:
            return False
        matrix = self.core.poly(info.inside)
        size = self.core.dimensions[head][0]
        identity: Poly = self.core.normal([Term(1, [(delta(size), ("#0", "#1"))])])
        if head not in self.core.symmetric:
            return self.order.definite(subtract(identity, self._gram(matrix, size)), True)
        above = dict(identity)
        for key, coefficient in matrix.items():
            above[key] = above.get(key, 0) + coefficient
        above = {k: c for k, c in above.items() if c}
        return self.order.definite(subtract(identity, matrix), True) and self.order.definite(above, True)

    def _gram(self, matrix: Poly, size: Slot) -> Poly:
        """M^T M of the entries of M at #0, #1."""
        joint = self.core.fresh()
        whole = Term(1, [], None, {joint: (constant(1), size)})
        left = self.core.terms(matrix, {"#0": joint, "#1": "#0"})
        right = self.core.terms(matrix, {"#0": joint, "#1": "#1"})
        return self.core.normal(whole.times(a).times(b) for a in left for b in right)

    def _small(self, head: str) -> bool:
        """Whether |z| < 1 for the number inside of a head, so that its powers vanish."""
        info = self.core.heads[head]
        if info.arity:
            return False
        return self._within_one(self.core.poly(info.inside))

    def _within_one(self, inside: Poly) -> bool:
        """Whether |z| < 1 for a number z."""
        below = subtract({(): 1}, inside)
        above = subtract(inside, {(): -1})
        return self.order.nonnegative(below, True) and (
            self.order.nonnegative(inside, False) or self.order.nonnegative(above, True)
        )


def _negative(poly: Poly) -> Poly:
    return {key: -coefficient for key, coefficient in poly.items()}
