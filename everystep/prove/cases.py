"""Signs by cases, and of polynomials in single numbers: the part of the order that knows nothing of matrices.

May import the core, the normal form and :mod:`everystep.prove.scalars`.
"""

from __future__ import annotations

from fractions import Fraction

from everystep.calculus.atoms import transform
from everystep.calculus.core import Core
from everystep.calculus.indices import Slot
from everystep.calculus.networks import Component, Poly, Term, add_into
from everystep.prove.normal_form import NormalForm
from everystep.prove.polynomials import MAX_DEGREE, nonnegative
from everystep.prove.scalars import cleared, combination, is_simple, squares

MAX_DEPTH = 3
MAX_CASES = 8
MAX_TERMS = 12
MAX_SUM = 4
"""Terms of a sum that is compared with known ones times a monomial."""


class Cases:
    """What :class:`everystep.prove.order.Order` knows of numbers beyond its groups of monomials."""

    form: NormalForm
    core: Core
    known_scalars: list[tuple[Poly, bool]]
    _within: bool  # whether denominators are being cleared: once is enough

    def nonnegative(self, poly: Poly, strict: bool = False) -> bool:
        raise NotImplementedError

    def _by_groups(self, poly: Poly, strict: bool = False) -> bool:
        raise NotImplementedError

    def _simple_sign(self, component: Component, exponent: object, strict: bool) -> bool:
        raise NotImplementedError

    def _function_bounds(self, poly: Poly) -> list[tuple[Poly, bool]]:
        raise NotImplementedError

    # single numbers ------------------------------------------------------------------------------

    def _by_numbers(self, poly: Poly, strict: bool) -> bool:
        """The same for a polynomial in single numbers, whose denominators are cleared first."""
        if self._within or len(poly) > MAX_TERMS:
            return False
        self._within = True
        try:
            whole = cleared(self.core, poly, self._positive_number)
            if whole != poly and self._by_groups(whole, strict):
                self.core.used("cleared positive denominators")
                return True
            if not strict and squares(whole, lambda c: self._known_sign(c) is not None):
                self.core.used("sum of squares")
                return True
            if self._combined(whole, strict):
                self.core.used("combination of known relations")
                return True
            if self._in_one_number(whole, strict):
                self.core.used("polynomial in one number")
                return True
        finally:
            self._within = False
        return False

    def _combined(self, poly: Poly, strict: bool) -> bool:
        """Whether a number is a positive combination of known ones."""
        known = [*self.known_scalars, *self._function_bounds(poly)]
        found = combination(self.core, poly, known, self._plain_sign)
        return found is not None and (found or not strict)

    def _in_one_number(self, poly: Poly, strict: bool) -> bool:
        """A polynomial in one number between its known bounds; a homogeneous one in two, as one in their ratio."""
        numbers = sorted({c for key in poly for c, _ in key}, key=repr)
        if not 1 <= len(numbers) <= 2 or not all(is_simple(c) for c in numbers):
            return False
        if not all(isinstance(e, int) and e > 0 for key in poly for _, e in key):
            return False
        degree = max(sum(int(e) for _, e in key) for key in poly)
        if degree < 2 or degree > MAX_DEGREE:
            return False
        coefficients = [Fraction(0)] * (degree + 1)
        for key, coefficient in poly.items():
            coefficients[int(dict(key).get(numbers[0], 0))] += Fraction(coefficient)
        if len(numbers) == 1:
            return nonnegative(coefficients, *self._ends(numbers[0]), strict)
        # p(x, y) = y^degree p(x / y, 1), where y = 0 by continuity.
        homogeneous = degree % 2 == 0 and all(sum(int(e) for _, e in key) == degree for key in poly)
        return homogeneous and not strict and nonnegative(coefficients)

    def _ends(self, component: Component) -> tuple[Fraction | None, Fraction | None]:
        """The greatest known lower and the least known upper bound of a number by a number."""
        atom = ((component, 1),)
        low: Fraction | None = None
        high: Fraction | None = None
        for known, _ in [*self.known_scalars, *self._function_bounds({atom: 1})]:
            if atom not in known or not set(known) <= {atom, ()}:
                continue
            end = -Fraction(known.get((), 0)) / Fraction(known[atom])
            if known[atom] > 0:
                low = end if low is None else max(low, end)
            else:
                high = end if high is None else min(high, end)
        return low, high

    def _plain_sign(self, poly: Poly) -> bool | None:
        """True when all monomials are >= 0 and one is > 0, False when all are >= 0, else None."""
        firm = False
        for key, coefficient in poly.items():
            if coefficient < 0 or not all(self._simple_sign(c, e, False) for c, e in key):
                return None
            firm = firm or all(self._simple_sign(c, e, True) for c, e in key)
        return firm

    def _known_sign(self, component: Component) -> bool | None:
        return self._plain_sign({((component, 1),): 1})

    def _positive_number(self, component: Component) -> bool:
        """Whether a single number is known to be > 0, also by combining what is known."""
        if self._known_sign(component) is True or self._combined({((component, 1),): 1}, True):
            return True
        (head, slots), *others = component[0]
        info = self.core.heads.get(head)
        # A sum that is taken as one number: a combination of what is known is found in the sum itself.
        is_sum = info is not None and info.kind == "base" and not (others or slots or component[1])
        return is_sum and self._combined(self.core.inside(head), True)

    # cases -----------------------------------------------------------------------------------------

    def _by_cases(self, poly: Poly, strict: bool) -> bool | None:
        """A number with a step function in it: its sign where the argument is >= 0 and where it is <= 0."""
        heads = [h for key in poly for c, _ in key for h, s in c[0] if h[:7] == "f:step:" and not s and not c[1]]
        if not heads or len(self.known_scalars) > MAX_CASES:
            return None
        head = min(heads)
        inside = self.core.inside(head)
        for value, known in ((1, inside), (0, {k: -c for k, c in inside.items()})):
            case: Poly = {}
            for key, coefficient in poly.items():
                left = tuple((c, e) for c, e in key if c[0][0][0] != head)
                if value or len(left) == len(key):
                    total = case.get(left, 0) + coefficient
                    case[left] = total
            self.known_scalars.append((known, False))
            try:
                if not self.nonnegative({k: c for k, c in case.items() if c}, strict):
                    return False
            finally:
                self.known_scalars.pop()
        self.core.used("by cases")
        return True

    def steps_decided(self, poly: Poly) -> Poly:
        """The number or matrix with step(z) = 1 where z > 0 is known, and 0 where z < 0 is.

        Only of numbers z, not of entries.
        """

        def leaf(head: str, slots: tuple[Slot, ...]) -> list[Term] | None:
            if head[:7] != "f:step:" or slots:
                return None
            inside = self.core.inside(head)
            if self.nonnegative(inside, True):
                return [Term(1)]
            return [] if self.nonnegative({k: -c for k, c in inside.items()}, True) else None

        if not self.has_steps(poly):
            return poly
        self.core.used("case decided by a sign")
        return self._kink_decided(self.core.normal(transform(self.core, self.core.terms(poly), leaf)))

    def has_steps(self, poly: Poly) -> bool:
        """Whether a step function occurs, at a number or at an entry, also inside of something."""
        return any(head[:7] == "f:step:" for head, _ in self.form.leaves_and_atoms(poly))

    def zero_by_cases(self, poly: Poly, depth: int = MAX_DEPTH) -> bool:
        """Whether a number or matrix is 0: for every sign of the arguments of its step functions.

        Where an argument is 0 nothing is shown: both sides are continuous there, or are not defined.  So each argument
        has to be other than 0 nearly everywhere: no hypothesis may tie its variables.
        """
        poly = self.steps_decided(poly)
        if self.form.is_zero(poly):
            return True
        heads = sorted({h for key in poly for c, _ in key for h, s in c[0] if h[:7] == "f:step:" and not s})
        free = [h for h in heads if all(self.core.is_generic(c) for key in self.core.inside(h) for c, _ in key)]
        # What is known of the factors of a product decides the product.
        free.sort(key=lambda h: max(sum(abs(Fraction(e)) for _, e in key) for key in self.core.inside(h)))
        if not free or not depth:
            return False
        inside = self.core.inside(free[0])
        for value, known in (([Term(1)], inside), ([], {k: -c for k, c in inside.items()})):

            def leaf(
                head: str, slots: tuple[Slot, ...], chosen: str = free[0], value: list[Term] = value
            ) -> list[Term] | None:
                return value if head == chosen else None

            self.known_scalars.append((known, True))
            try:
                case = self.core.normal(transform(self.core, self.core.terms(poly), leaf))
                if not self.zero_by_cases(case, depth - 1):
                    return False
            finally:
                self.known_scalars.pop()
        self.core.used("by cases")
        return True

    def _kink_decided(self, poly: Poly) -> Poly:
        """z step(z) = z for z >= 0, and 0 for z <= 0: at 0 both are 0, whatever the step is there."""
        for head in sorted({h for key in poly for c, _ in key for h, s in c[0] if h[:7] == "f:step:" and not s}):
            atom: Component = (((head, ()),), ())
            inside = self.core.inside(head)
            negative: Poly = {k: -c for k, c in inside.items()}
            with_step: Poly = {tuple(p for p in k if p[0] != atom): c for k, c in poly.items() if (atom, 1) in k}
            if not proportional(with_step, inside) and not proportional(with_step, negative):
                continue
            rest = {k: c for k, c in poly.items() if (atom, 1) not in k}
            if self.nonnegative(inside):
                add_into(rest, with_step)
            elif not self.nonnegative(negative):
                continue
            poly = rest
        return poly

    def _is_known(self, poly: Poly, strict: bool) -> bool:
        """Whether a sum is a number above 0 times one of which a hypothesis tells the sign."""
        if any(proportional(poly, known) and (firm or not strict) for known, firm in self.known_scalars):
            return True
        sums = [k for k, firm in self.known_scalars if 1 < len(k) == len(poly) <= MAX_SUM and (firm or not strict)]
        return any(self._is_positive_multiple(poly, known) for known in sums)

    def _is_positive_multiple(self, poly: Poly, known: Poly) -> bool:
        """Whether a sum is another one times a monomial that is known to be > 0."""
        first = next(iter(known))
        for key in poly:
            exponents = dict(key)
            for component, exponent in first:
                exponents[component] = exponents.get(component, 0) - exponent
            ratio: Poly = {tuple((c, e) for c, e in exponents.items() if e): 1}
            if proportional(poly, self.core.product(known, ratio)) and self.nonnegative(ratio, True):
                return True
        return False


def proportional(poly: Poly, known: Poly) -> bool:
    """Whether poly = c known with c > 0."""
    if poly.keys() != known.keys() or not poly:
        return False
    ratios = {Fraction(poly[k]) / Fraction(known[k]) for k in poly}
    return len(ratios) == 1 and ratios.pop() > 0
