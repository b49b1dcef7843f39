"""How a number or matrix behaves as u > 0 tends to 0: its limit, its fastest terms, its sign.

A polynomial in u and atoms is read monomial by monomial as ``u^a log(u)^b exp(E) r`` (see
:mod:`everystep.prove.real_limits`).  May import the normal form; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from everystep.algebra.expressions import Expression
from everystep.algebra.functions import FUNCTIONS
from everystep.calculus.atoms import changed_inside, inverse, transform
from everystep.calculus.differentials import Target, depends, derivative, inside_terms
from everystep.calculus.functions import known_or_opaque, logarithm
from everystep.calculus.indices import Slot, symbols_of
from everystep.calculus.lowering import Lowering
from everystep.calculus.networks import Component, Exponent, Head, Key, Poly, Term, Undecided
from everystep.prove.real_points import AtPoint
from everystep.prove.scalars import BOUNDS
from everystep.records import dataclass, field

MOST_DERIVATIVES, DEEPEST = 6, 10

SMOOTH = frozenset(("exp", "logistic", "tanh", "softplus", "sin", "cos"))
"""Known functions that are smooth everywhere.  One that is not known is taken to be smooth, as everywhere."""

FAR_OUT: dict[tuple[str, int], int] = {
    ("logistic", 1): 1,
    ("logistic", -1): 0,
    ("tanh", 1): 1,
    ("tanh", -1): -1,
    ("softplus", -1): 0,
    ("step", 1): 1,
    ("step", -1): 0,
}
"""What a function tends to where its argument tends to infinity (1) or to minus infinity (-1)."""

LEAST = Fraction(0)


@dataclass
class Part:
    """One monomial: coefficient, ``u^a log(u)^b exp(E)``, and the other components."""

    coefficient: Exponent
    growth: Fraction = LEAST
    logs: int = 0
    exponent: Poly = field(default_factory=dict)
    rest: list[tuple[Component, Exponent]] = field(default_factory=list)
    limits: list[Poly] = field(default_factory=list)  # of factors that are given by what they tend to


@dataclass(frozen=True)
class Asymptote:
    """``exp(E) u^a log(u)^b (L + o(1))`` with a number L that is not 0."""

    exponent: Poly
    growth: Fraction
    logs: int
    lead: Poly


class Way:
    """One way of u to 0; ``one_sided``: u > 0."""

    def __init__(
        self, rules: AtPoint, held: Mapping[str, Expression], name: str, small: str, moved: list[Term], one_sided: bool
    ) -> None:
        """``held``: calls of the variable alone, and what they tend to.  ``moved``: the variable in terms of u."""
        self.rules = rules
        self.held = held
        self.core = rules.core
        self.name = name
        self.small = small
        self.moved = moved
        self.one_sided = one_sided
        self.target = Target(small, ())
        self.u: Component = (((small, ()),), ())
        self.depth = 0
        self._smooth: dict[str, bool] = {}
        (logarithm_of_u,) = self.core.function("log", 0, {((self.u, 1),): 1})
        self.log_u: Component = ((logarithm_of_u.factors[0],), ())

    def placed(self, body: Poly) -> Poly:
        """The body with the variable where it moves."""
        core = self.core

        def leaf(head: str, slots: tuple[Slot, ...]) -> list[Term] | None:
            return self.moved if head == self.name else None

        return core.normal(transform(core, core.terms(body), leaf))

    def moves(self, component: Component) -> bool:
        return any(self._depends(head) for head, _ in component[0])

    def _depends(self, head: str) -> bool:
        return depends(self.core, head, self.target)

    # the limit -----------------------------------------------------------------------------------

    def limit(self, poly: Poly) -> Poly:
        """What a polynomial tends to; Undecided where that is not known, or nothing."""
        if not any(self.moves(c) for key in poly for c, _ in key):
            return poly
        if self.depth >= DEEPEST:
            raise Undecided("a limit that is nested too deeply")
        self.depth += 1
        try:
            try:
                return self._limit(poly)
            except Undecided:
                other = self.with_exponentials(poly)
                if other != poly:
                    try:
                        return self._limit(other)
                    except Undecided:
                        poly = other
                return self._over_denominators(poly)
        finally:
            self.depth -= 1

    def _over_denominators(self, poly: Poly) -> Poly:
        """The limit of a sum of quotients as one quotient: the numerator over the leading terms of the denominators."""
        core = self.core
        lowest: dict[Component, int] = {}
        for key in poly:
            for component, exponent in key:
                if component in (self.u, self.log_u) or not self.moves(component):
                    continue
                if isinstance(exponent, int) and exponent < 0 and self._base(component, exponent):
                    lowest[component] = min(exponent, lowest.get(component, 0))
        if not lowest:
            raise Undecided("the limit of what grows")
        numerator = [Term(1, [], {c: -e for c, e in lowest.items()}).times(t) for t in core.terms(poly)]
        leads: list[Term] = [Term(1)]
        for component, exponent in lowest.items():
            leading = self.asymptote(self._base(component, exponent) or {})
            if leading.logs:
                raise Undecided("a logarithm below a fraction")
            scale = core.exponential({k: c * exponent for k, c in leading.exponent.items()})
            if leading.growth:
                scale = [t.times(Term(1, [], {self.u: _plain(leading.growth * exponent)})) for t in scale]
            numerator = [a.times(b) for a in numerator for b in scale]
            leads = [a.times(b) for a in leads for b in core.terms(self._raised(leading.lead, exponent))]
        expanded = core.normal(numerator)
        if expanded == poly:
            raise Undecided("the limit of what grows")
        core.used("limit over common denominators")
        value = self.limit(expanded)
        return core.normal(a.times(b) for a in leads for b in core.terms(value))

    def _limit(self, poly: Poly) -> Poly:
        """The sum of what the monomials tend to; those that are smooth but for a power of 1/u are taken together."""
        core = self.core
        taylor: list[tuple[int, Term]] = []
        fractional: dict[Fraction, list[Term]] = {}
        result: list[Term] = []
        for key, coefficient in poly.items():
            part = self.part(key, coefficient)
            if part.exponent and (self._vanishes(part) or self._vanishes_slowly(part)):
                continue
            if part.exponent:
                raise Undecided("the limit of what grows")
            whole = part.growth.denominator == 1
            if not part.logs and not part.limits and all(self.smooth(c, e) for c, e in part.rest):
                rest = Term(part.coefficient, [], {})
                for piece in part.rest:
                    rest = rest.times(core.term((piece,)))
                if whole:
                    taylor.append((int(part.growth), rest))
                else:
                    fractional.setdefault(part.growth % 1, []).append(rest.times(self._power_of_u(part.growth)))
            elif (part.growth > 0 and self.one_sided) or (part.growth > 0 and whole and not part.logs):
                self._require_bounded(part)
                core.used("limit of a power times what is bounded")
            elif part.growth == 0 and not part.logs:
                result += self._product(part)
            elif part.growth == 0 and part.logs < 0:
                self._require_bounded(part)
                core.used("limit of a power times what is bounded")
            else:
                raise Undecided("the limit of what grows")
        for terms in fractional.values():
            if min(dict(key)[self.u] for key in core.normal(terms)) < 0 and self._leading_power(terms) < 0:
                raise Undecided("the limit of what grows")
            core.used("limit of a power times what is bounded")
        return core.normal([*result, *self._by_taylor(taylor)])

    def _power_of_u(self, power: Fraction) -> Term:
        return Term(1, [], {self.u: _plain(power)})

    def _leading_power(self, terms: list[Term]) -> Fraction:
        """The lowest power of u in a sum of smooth factors times fractional powers of u, where they do not cancel."""
        return self._first_coefficient(self.core.normal(terms)).growth

    def _by_taylor(self, terms: list[tuple[int, Term]]) -> list[Term]:
        """The Taylor coefficient at u^m of g, for the terms of g(u) u^-m; those below m have to be 0."""
        core = self.core
        order = max((-growth for growth, _ in terms), default=0)
        if order > MOST_DERIVATIVES:
            raise Undecided("the limit of a quotient with a high power below")
        if order <= 0:
            if terms:
                core.used("limit by continuity")
            return core.terms(self.at_zero(core.normal(t for growth, t in terms if not growth)))
        # Not normalised in between: N B N, for N = (A + u B)^-1, would become (N - N A N) / u again.
        moved = [t.times(core.term(((self.u, growth + order),))) if growth + order else t for growth, t in terms]
        factorial = 1
        for k in range(1, order + 1):
            if not self.rules.is_zero(self._terms_at_zero(moved)):
                raise Undecided("the limit of a quotient whose denominator alone is known to tend to 0")
            moved = derivative(core, moved, self.target)
            factorial *= k
        core.used("limit by the Taylor coefficients of the numerator")
        return [t.scaled(Fraction(1, factorial)) for t in core.terms(self._terms_at_zero(moved))]

    def _product(self, part: Part) -> list[Term]:
        """The product of what the factors tend to."""
        result = [Term(part.coefficient)]
        for value in (*(self.of_component(c, e) for c, e in part.rest), *part.limits):
            result = [a.times(b) for a in result for b in self.core.terms(value)]
        self.core.used("limit of a continuous function")
        return result

    def _require_bounded(self, part: Part) -> None:
        """Raises Undecided for a factor that is not known to be bounded near the point."""
        for component, exponent in part.rest:
            if not self._bounded(component, exponent):
                self.of_component(component, exponent)

    def _bounded(self, component: Component, exponent: Exponent) -> bool:
        ((head, _), *others) = component[0]
        info = self.core.heads.get(head)
        known = info is not None and info.kind == "function" and not info.order and info.name in BOUNDS
        return known and not others and isinstance(exponent, int) and exponent > 0

    def _vanishes(self, part: Part) -> bool:
        """Whether exp(E) makes a monomial vanish: E below -c u^-k with c, k > 0 beats powers and logarithms."""
        if self._direction(part.exponent) != -1:
            return False
        self._require_bounded(part)
        self.core.used("limit of an exponential")
        return True

    def _vanishes_slowly(self, part: Part) -> bool:
        """Whether E is below -c log(1/u): exp(E) then beats powers of the logarithm, but no power of u."""
        if part.growth < 0 or self._tends_to_infinity(part.exponent) != -1:
            return False
        self._require_bounded(part)
        self.core.used("limit of an exponential")
        return True

    def part(self, key: Key, coefficient: Exponent) -> Part:
        """A monomial taken apart.  The exponents that are smooth or tend to a number stay with the other factors."""
        part = Part(coefficient)
        for component, exponent in key:
            if component == self.u:
                part.growth += Fraction(exponent)
            elif component == self.log_u:
                if not isinstance(exponent, int):
                    raise Undecided("a root of a logarithm")
                part.logs += exponent
            elif not self.moves(component) or self.smooth(component, exponent):
                part.rest.append((component, exponent))
            elif (inside := self._exponent(component, exponent)) is not None:
                _add(part.exponent, inside)
            elif (base := self._base(component, exponent)) is not None:
                self._power(part, base, exponent)
            else:
                part.rest.append((component, exponent))
        if part.growth.denominator != 1 and not self.one_sided:
            raise Undecided("a root of what tends to 0, from both sides")
        if part.exponent:
            try:
                value = self.limit(part.exponent)
            except Undecided:
                return part
            part.exponent = {}
            part.limits.append(self.core.normal(self.core.exponential(value)))
        return part

    def _power(self, part: Part, base: Poly, exponent: Exponent) -> None:
        """A power of a sum: by what the sum tends to, or else by the fastest of its terms."""
        try:
            part.limits.append(self._raised(self.limit(base), exponent))
        except Undecided:
            leading = self.asymptote(base)
            if leading.logs and not isinstance(exponent, int):
                raise
            part.growth += leading.growth * Fraction(exponent)
            part.logs += leading.logs * int(exponent) if leading.logs else 0
            _add(part.exponent, leading.exponent, exponent)
            part.limits.append(self._raised(leading.lead, exponent))

    def _raised(self, value: Poly, exponent: Exponent) -> Poly:
        """A power of a limit, where the power is continuous: of any number, of one that is not 0, of one above 0."""
        core = self.core
        if isinstance(exponent, int) and exponent > 0:
            return core.normal(core.power(value, exponent))
        if isinstance(exponent, int):
            if not self.rules.is_nonzero(value):
                raise Undecided("the limit of a quotient whose denominator may tend to 0")
        elif not self.rules.is_positive(value):
            raise Undecided("the limit of a root of what may tend to 0")
        return core.normal(core.power(value, exponent))

    def _exponent(self, component: Component, exponent: Exponent) -> Poly | None:
        """E of a closed factor exp(E); None for anything else."""
        ((head, slots), *others) = component[0]
        info = self.core.heads.get(head)
        if info is None or info.kind != "exp" or others or self.core.has_open(component):
            return None
        inside = self.core.normal(inside_terms(self.core, info, slots))
        return {k: c * Fraction(exponent) for k, c in inside.items()}

    def _base(self, component: Component, exponent: Exponent) -> Poly | None:
        """What a closed power is a power of: the inside of a sum, a factor below a fraction or under a root."""
        ((head, slots), *others) = component[0]
        if self.core.has_open(component):
            return None
        info = self.core.heads.get(head)
        if info is not None and info.kind == "base" and not others:
            return self.core.normal(inside_terms(self.core, info, slots))
        return None if isinstance(exponent, int) and exponent > 0 else {((component, 1),): 1}

    # growth --------------------------------------------------------------------------------------

    def asymptote(self, poly: Poly) -> Asymptote:
        """The fastest terms of a number together; Undecided where they may cancel or cannot be compared."""
        if not self.one_sided:
            raise Undecided("how fast something grows, from both sides")
        parts = [self.part(key, coefficient) for key, coefficient in poly.items()]
        if not parts:
            raise Undecided("how fast 0 grows")
        exponent: Poly = {}
        for candidate in parts:
            gaps = [_difference(p.exponent, candidate.exponent) for p in parts]
            if all(not gap or self._direction(gap) == -1 for gap in gaps):
                exponent = candidate.exponent
                break
        else:
            raise Undecided("exponentials that are not compared")
        level = [p for p in parts if not _difference(p.exponent, exponent)]
        for p in parts:
            if p not in level:
                self._require_bounded(p)
        growth = min(p.growth for p in level)
        logs = max(p.logs for p in level if p.growth == growth)
        lead: list[Term] = []
        for p in level:
            if (p.growth, p.logs) == (growth, logs):
                lead += self._product(p)
            else:
                self._require_bounded(p)
        value = self.core.normal(lead)
        if not self.rules.is_nonzero(value):
            return self._first_coefficient(poly)
        return Asymptote(exponent, growth, logs, value)

    def _first_coefficient(self, poly: Poly) -> Asymptote:
        """The leading term of a number whose fastest terms cancel: the first Taylor coefficient that is not 0."""
        least = min(Fraction(dict(key).get(self.u, 0)) for key in poly)
        moved = self.core.terms(self.times_power(poly, -least))
        if not self.smooth_poly(self.core.normal(moved)):
            raise Undecided("terms that may cancel")
        factorial = 1
        for k in range(MOST_DERIVATIVES + 1):
            value = self._terms_at_zero(moved)
            if not self.rules.is_zero(value):
                if not self.rules.is_nonzero(value):
                    raise Undecided("terms that may cancel")
                lead: Poly = {key: Fraction(c) / factorial for key, c in value.items()}
                return Asymptote({}, least + k, 0, lead)
            moved = derivative(self.core, moved, self.target)
            factorial *= k + 1
        raise Undecided("terms that may cancel")

    def _direction(self, poly: Poly) -> int:
        """1 or -1 where a number tends to infinity or minus infinity at least as fast as a power of 1/u; 0: unknown."""
        try:
            leading = self.asymptote(poly)
        except Undecided:
            return 0
        if leading.exponent:
            if self._direction(leading.exponent) != 1:
                return 0
        elif leading.growth >= 0:
            return 0
        sign = self._sign(leading.lead)
        return -sign if leading.logs % 2 else sign

    def _sign(self, poly: Poly) -> int:
        if self.rules.is_positive(poly):
            return 1
        return -1 if self.rules.is_positive({k: -c for k, c in poly.items()}) else 0

    def _tends_to_infinity(self, poly: Poly) -> int:
        """1 or -1 where a number tends to infinity or minus infinity, however slowly; 0 where that is not known."""
        try:
            leading = self.asymptote(poly)
        except Undecided:
            return 0
        if not leading.exponent and not leading.growth and leading.logs > 0:
            sign = self._sign(leading.lead)
            return -sign if leading.logs % 2 else sign
        return self._direction(poly)

    def times_power(self, poly: Poly, power: Fraction) -> Poly:
        """Times a power of u."""
        if not power:
            return poly
        return self.core.normal(self._power_of_u(power).times(t) for t in self.core.terms(poly))

    def scaled(self, poly: Poly) -> Poly:
        """Times the power of u that takes the lowest negative one away."""
        return self.times_power(
            poly, max(LEAST, -min((Fraction(dict(key).get(self.u, 0)) for key in poly), default=LEAST))
        )

    def sign(self, poly: Poly) -> int | None:
        """1, -1 or 0 (one of them) where a number is not 0 for all small u > 0; None where that is not known."""
        try:
            leading = self.asymptote(poly)
        except Undecided:
            return None
        sign = self._sign(leading.lead)
        return -sign if leading.logs % 2 else sign

    # atoms ---------------------------------------------------------------------------------------

    def at_zero(self, poly: Poly) -> Poly:
        """The value at u = 0 of what is smooth there."""
        return self._terms_at_zero(self.core.terms(poly))

    def _terms_at_zero(self, terms: list[Term]) -> Poly:
        def leaf(head: str, slots: tuple[Slot, ...]) -> list[Term] | None:
            return [] if head == self.small else None

        return self.core.normal(transform(self.core, terms, leaf))

    def smooth(self, component: Component, exponent: Exponent) -> bool:
        """Whether a power of a component is a smooth function of u near u = 0."""
        if not self.moves(component):
            return True
        if not all(self._smooth_head(head) for head, _ in component[0]):
            return False
        if isinstance(exponent, int) and exponent > 0:
            return True
        try:
            value = self.at_zero({((component, 1),): 1})
        except Undecided:
            return False
        return self.rules.is_nonzero(value) if isinstance(exponent, int) else self.rules.is_positive(value)

    def _smooth_head(self, head: str) -> bool:
        if not self._depends(head):
            return True
        if head not in self._smooth:
            self._smooth[head] = False
            self._smooth[head] = self._is_smooth(head)
        return self._smooth[head]

    def _is_smooth(self, head: str) -> bool:
        if head == self.small:
            return True
        core = self.core
        info = core.heads[head]
        if info.kind == "call":
            return " " not in info.name and all(self.smooth_poly(core.poly(a[0])) for a in core.calls[head].arguments)
        if info.kind not in _SMOOTH_KINDS or not self.smooth_poly(core.poly(info.inside)):
            return False
        return _SMOOTH_KINDS[info.kind](self, head, info)

    def smooth_poly(self, poly: Poly) -> bool:
        return all((isinstance(e, int) and e > 0) if c == self.u else self.smooth(c, e) for key in poly for c, e in key)

    def of_component(self, component: Component, exponent: Exponent) -> Poly:
        """What a power of a component tends to."""
        core = self.core
        if self.smooth(component, exponent):
            return self.at_zero({((component, exponent),): 1})
        value = core.normal(transform(core, [core.term(((component, 1),))], self._tends_to))
        return self._raised(value, exponent)

    def _tends_to(self, head: str, slots: tuple[Slot, ...]) -> list[Term] | None:
        """What one factor tends to; None for one that does not move."""
        core = self.core
        if not self._depends(head):
            return None
        if self._smooth_head(head):
            return core.terms(self.at_zero(core.normal([Term(1, [(head, slots)])])))
        info = core.heads[head]
        if info.kind == "call" and info.name in self.held and not info.order:
            value = self.held[info.name]
            return self.rules.form.lowering.terms(value, *Lowering.split(value.shape, slots), {})
        if info.kind == "inverse":
            size = core.ranges[head][1]
            inside = self.limit(changed_inside(core, info, slots, lambda h, s: None))
            if not self.rules.is_invertible(inside, size):
                raise Undecided("the limit of the inverse of a matrix that may become singular")
            return inverse(core, inside, size, slots[0], slots[1])
        if info.kind == "function" and not (info.order and info.name in FUNCTIONS):
            return self._of_function(info, core.normal(inside_terms(core, info, slots)))
        if info.kind == "base":
            return core.terms(self.limit(core.normal(inside_terms(core, info, slots))))
        if info.kind == "exp":
            return core.exponential(self.limit(core.normal(inside_terms(core, info, slots))))
        raise Undecided(f"the limit of a {info.kind}")

    def _of_function(self, info: Head, inside: Poly) -> list[Term]:
        """What f(z) tends to: f at the limit of z, or its value far out."""
        core = self.core
        sign = self._tends_to_infinity(inside) if (info.name, 1) in FAR_OUT or (info.name, -1) in FAR_OUT else 0
        if sign:
            far = FAR_OUT.get((info.name, sign))
            if far is None:
                raise Undecided(f"{info.name} grows without bound")
            core.used("limit of a function far out")
            return [Term(far)] if far else []
        value = self.limit(inside)
        if info.name == "log":
            if not self.rules.is_positive(value):
                raise Undecided("the limit of the logarithm of what may tend to 0")
            return logarithm(core, value)
        if info.name == "step" and not self.rules.is_nonzero(value):
            raise Undecided("the limit of a step at its jump")
        if info.name in FUNCTIONS and info.name not in SMOOTH and info.name != "step":
            raise Undecided(f"the limit of {info.name}")
        return known_or_opaque(core, info.name, info.order, value)

    def with_exponentials(self, poly: Poly) -> Poly:
        """Logistic, tanh and softplus by exponentials, and logarithms of what grows or vanishes taken apart."""
        core = self.core

        def leaf(head: str, slots: tuple[Slot, ...]) -> list[Term] | None:
            info = core.heads.get(head)
            if info is None or info.kind != "function" or info.name != "log" or not self._depends(head):
                return None
            inside = core.normal(inside_terms(core, info, slots))
            if inside == {((self.u, 1),): 1}:
                return None
            try:
                leading = self.asymptote(inside)
            except Undecided:
                return None
            if leading.logs or not (leading.exponent or leading.growth) or not self.rules.is_positive(leading.lead):
                return None
            scale = core.exponential({k: -c for k, c in leading.exponent.items()})
            if leading.growth:
                power = _plain(-leading.growth)
                scale = [t.times(Term(1, [], {self.u: power})) for t in scale]
            left = core.normal(s.times(t) for s in scale for t in core.terms(inside))
            log_u = Term(_plain(leading.growth), [self.log_u[0][0]])
            return [*core.terms(leading.exponent), *([log_u] if leading.growth else []), *core.function("log", 0, left)]

        poly = self.rules.form.exponentials(poly)
        return core.normal(transform(core, core.terms(poly), leaf))


def _function(way: Way, head: str, info: Head) -> bool:
    """Smooth everywhere, or at the value of the argument at u = 0: log of what is positive, step of what is not 0."""
    if info.name not in FUNCTIONS:
        return True
    if info.order:
        return False
    if info.name in SMOOTH:
        return True
    try:
        value = way.at_zero(way.core.poly(info.inside))
    except Undecided:
        return False
    if info.name == "log":
        return way.rules.is_positive(value)
    return info.name == "step" and way.rules.is_nonzero(value)


def _inverse(way: Way, head: str, info: Head) -> bool:
    """Where what is inverted is invertible at u = 0."""
    core = way.core
    try:
        value = way.at_zero(core.poly(info.inside))
    except Undecided:
        return False
    names = {"#0": "#r", "#1": "#c"}
    if any(s[0] == "#" and s not in names for key in value for c, _ in key for s in _symbols(c)):
        return False  # the inverse of a member of a family
    return way.rules.is_invertible(core.renamed(value, dict(names.items())), core.ranges[head][1])


def _power(way: Way, head: str, info: Head) -> bool:
    """A power of an exponential, or of what is a number other than 0 at u = 0."""
    if way.core.heads[info.base].kind == "exp":
        return True
    try:
        value = way.at_zero(way.core.poly(info.inside))
    except Undecided:
        return False
    if isinstance(info.exponent, int):
        return info.exponent > 0 or way.rules.is_nonzero(value)
    return way.rules.is_positive(value)


def _symbolic_power(way: Way, head: str, info: Head) -> bool:
    """A power of what is positive at u = 0, whatever the exponent is."""
    try:
        return way.rules.is_positive(way.at_zero(way.core.poly(info.inside)))
    except Undecided:
        return False


def _always(way: Way, head: str, info: Head) -> bool:
    return True


_SMOOTH_KINDS: dict[str, Callable[[Way, str, Head], bool]] = {
    "base": _always,  # that of a power: the exponent is looked at where it stands
    "exp": _always,
    "matrix exponential": _always,
    "determinant": _always,
    "function": _function,
    "inverse": _inverse,
    "power": _power,
    "symbolic power": _symbolic_power,
}


def _symbols(component: Component) -> Iterator[str]:
    return (s for _, slots in component[0] for slot in slots for s in symbols_of(slot))


def _plain(value: Fraction) -> Exponent:
    return int(value) if value.denominator == 1 else value


def _add(target: Poly, source: Poly, factor: Exponent = 1) -> None:
    for key, coefficient in source.items():
        total = target.get(key, 0) + Fraction(factor) * coefficient
        if total:
            target[key] = total
        else:
            target.pop(key, None)


def _difference(a: Poly, b: Poly) -> Poly:
    result = dict(a)
    _add(result, b, -1)
    return result
