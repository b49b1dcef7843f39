"""Known functions: what is true of them beyond their derivatives.

exp of a sum is a product; log takes positive factors apart; odd and even functions fix the sign of their argument;
relu, abs, max and min are written with the step function, ``relu(z) = z step(z)``, which decides them by cases.
May import ``everystep.algebra`` and the core.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from everystep.algebra.functions import FUNCTIONS
from everystep.calculus.core import Core, factorised
from everystep.calculus.differentials import inside_terms
from everystep.calculus.indices import Slot
from everystep.calculus.networks import (
    INTEGER,
    ONE_POLY,
    Component,
    Exponent,
    Factor,
    Key,
    Poly,
    Term,
    Undecided,
    monomial_key,
    subtract,
)
from everystep.calculus.squares import square_root

# f(-z) in terms of f(z): (sign of f(z), constant, coefficient of z)
REFLECTIONS: dict[str, tuple[int, int, int]] = {
    "logistic": (-1, 1, 0),
    "tanh": (-1, 0, 0),
    "sin": (-1, 0, 0),
    "cos": (1, 0, 0),
    "softplus": (1, 0, -1),
}


LOGARITHMS: dict[str, Callable[[Core, str, tuple[Slot, ...], Exponent], list[Term] | None]] = {}
"""The logarithms of powers of atoms that other modules define; None where it does not come apart."""


def logarithm(core: Core, poly: Poly) -> list[Term]:
    """log of a polynomial that is positive by presupposition: positive factors come out, exponentials cancel."""
    if not poly:
        raise Undecided("the logarithm of zero")
    if poly == ONE_POLY:
        return []
    softplus = _log_of_logistic(core, poly)
    if softplus is not None:
        return softplus
    size = _size_of(core, poly)
    if size is not None:
        return [t.scaled(Fraction(1, 2)) for t in logarithm(core, core.product(size, size))]
    fraction = _single_fraction(core, poly)
    if fraction is not None:
        above, (below, count) = fraction
        core.used("logarithm of a single fraction")
        return [*logarithm(core, above), *(t.scaled(count) for t in logarithm(core, below))]
    result: list[Term] = []
    outside, poly = core.without_exponentials(poly, 1)
    taken_out = [*outside.scalars.items(), *((((factor,), ()), 1) for factor in outside.factors)]
    for component, exponent in taken_out:
        inner = _log_of_component(core, component, exponent)
        if inner is None:
            raise Undecided("the logarithm of a factor of unknown sign")
        result += inner
    if poly == ONE_POLY:
        return result
    first = min(poly, key=monomial_key)
    lead = abs(Fraction(poly[first]))
    common: Key = first
    if len(poly) > 1:
        shared = dict(first)
        for key in poly:
            have = dict(key)
            for component in list(shared):
                if component in have:
                    shared[component] = min(shared[component], have[component])
                else:
                    del shared[component]
        common = tuple(shared.items())
    taken: dict[Component, int | Fraction] = {}
    for component, exponent in common:
        inner = _log_of_component(core, component, exponent)
        if inner is not None:
            result.extend(inner)
            taken[component] = exponent
    rest: Poly = {}
    for key, coefficient in poly.items():
        left = tuple((c, e - taken.get(c, 0)) for c, e in key)
        rest[tuple((c, e) for c, e in left if e)] = Fraction(coefficient) / lead
    for part, sign in ((lead.numerator, 1), (lead.denominator, -1)):
        for prime, count in factorised(part):
            result += [t.scaled(sign * count) for t in core.function("log", 0, {(): prime})]
    if rest == ONE_POLY:
        return result
    if len(rest) == 1:
        # One factor of unknown sign is left; its own positivity is presupposed.
        ((key, coefficient),) = rest.items()
        if coefficient == 1 and len(key) == 1 and Fraction(key[0][1]).numerator % 2:
            component, exponent = key[0]
            head, slots = component[0][0]
            info = core.heads.get(head)
            if info is not None and info.kind == "base" and not component[1]:
                inner = logarithm(core, core.normal(inside_terms(core, info, slots)))
            elif info is not None and info.kind == "power" and len(component[0]) == 1 and not component[1]:
                exponent *= info.exponent
                inner = logarithm(core, core.normal(inside_terms(core, info, slots)))
            else:
                inner = core.function("log", 0, {((component, 1),): 1})
            return result + [t.scaled(exponent) for t in inner]
    return result + core.function("log", 0, rest)


def _size_of(core: Core, poly: Poly) -> Poly | None:
    """The monomial m of |m| = m (2 step(m) - 1); None for anything else.  log|m| = log(m^2) / 2."""
    if len(poly) != 2:
        return None
    (first, second) = sorted(poly, key=len)
    inside: Poly = {first: 1}
    steps = [c for c, e in second if (c, e) not in first]
    if len(steps) != 1 or len(steps[0][0]) != 1 or steps[0][0][0][0][:7] != "f:step:" or steps[0][0][0][1]:
        return None
    head = steps[0][0][0][0]
    same = core.inside(head) == {first: 1} and poly == {first: -1, second: 2}
    return inside if same and set(second) == {*first, (steps[0], 1)} else None


def _single_fraction(core: Core, poly: Poly) -> tuple[Poly, tuple[Poly, int]] | None:
    """(m, (b, -k)) of a sum that is ``m / b^k`` with one monomial m: ``1 - 1/(1 + e^z) = e^z / (1 + e^z)``.

    Only for b that is known to be positive, so that m, as the sum, is positive by presupposition.
    """
    if len(poly) < 2:
        return None
    powers = [_powers_of_sums(core, key) for key in poly]
    for base in dict.fromkeys(b for have in powers for b in have):
        exponents = [have.get(base, (0, None))[0] for have in powers]
        least = min(exponents)
        head, slots = base
        if least >= 0 or not core.is_positive((((head, slots),), ())):
            continue
        below = core.normal(inside_terms(core, core.heads[head], slots))
        terms: list[Term] = []
        for (key, coefficient), have, exponent in zip(poly.items(), powers, exponents, strict=True):
            own = have.get(base, (0, None))[1]
            rest = core.terms({tuple(pair for pair in key if pair[0] != own): coefficient})
            raised = core.power(below, exponent - least)
            terms += [r.times(t) for r in rest for t in raised]
        above = core.normal(terms)
        if len(above) == 1:
            return above, (below, least)
    return None


def _powers_of_sums(core: Core, key: Key) -> dict[tuple[str, tuple[Slot, ...]], tuple[int, Component]]:
    """The whole powers of sums in a monomial, with the component in which each stands."""
    result: dict[tuple[str, tuple[Slot, ...]], tuple[int, Component]] = {}
    for component, power in key:
        factors, bound = component
        info = core.heads.get(factors[0][0]) if len(factors) == 1 and not bound else None
        if info is None:
            continue
        head, slots = factors[0]
        exponent = Fraction(power)
        if info.kind == "power":
            head, exponent = info.base, exponent * Fraction(info.exponent)
        if core.heads[head].kind == "base" and exponent.denominator == 1 and (head, slots) not in result:
            result[(head, slots)] = (int(exponent), component)
    return result


def _log_of_logistic(core: Core, poly: Poly) -> list[Term] | None:
    """log(logistic(z)) = z - softplus(z), log(1 - logistic(z)) = -softplus(z); None for anything else."""
    single = [key for key in poly if key]
    if len(single) != 1 or len(single[0]) != 1 or single[0][0][1] != 1:
        return None
    component = single[0][0][0]
    info = core.heads.get(component[0][0][0])
    if info is None or info.kind != "function" or info.name != "logistic" or info.order:
        return None
    if len(component[0]) != 1 or component[1] or poly not in ({single[0]: 1}, {(): 1, single[0]: -1}):
        return None
    inside = inside_terms(core, info, component[0][0][1])
    softplus = [t.scaled(-1) for t in _value(core, "softplus", core.normal(inside))]
    core.used("logarithm of the logistic function")
    return softplus if () in poly else [*inside, *softplus]


def _log_of_component(core: Core, component: Component, exponent: int | Fraction) -> list[Term] | None:
    """log(c^e): the exponent of an exponential, e log c for c >= 0, (e/2) log(c^2) for an even e and any sign.

    None for a negative or unknown c and an odd e: log(c^3) is 3 log c for c > 0 only.
    """
    factors, bound = component
    if len(factors) == 1 and not bound:
        head, slots = factors[0]
        info = core.heads.get(head)
        if head.startswith("q:"):  # the root of a prime
            return [t.scaled(exponent) for t in core.function("log", 0, {(): int(head[2:])})]
        if info is not None and info.kind == "exp":
            return [t.scaled(exponent) for t in inside_terms(core, info, slots)]
        if info is not None and info.kind in LOGARITHMS:
            return LOGARITHMS[info.kind](core, head, slots, exponent)
        if info is not None and info.kind == "symbolic power":
            inside = core.normal(inside_terms(core, info, slots[:-1]))
            if len(inside) == 1 and all(core.is_nonnegative(c) for key in inside for c, _ in key):
                count = Term(exponent, [(INTEGER, (slots[-1],))])
                return [count.times(t) for t in logarithm(core, inside)]
        if info is not None and info.kind == "power":
            base = core.heads[info.base]
            if base.kind == "exp":
                return [t.scaled(exponent * info.exponent) for t in inside_terms(core, base, slots)]
    logistic = _log_of_logistic(core, {((component, 1),): 1})
    if logistic is not None:
        return [t.scaled(exponent) for t in logistic]
    if core.is_nonnegative(component):
        return [t.scaled(exponent) for t in core.function("log", 0, {((component, 1),): 1})]
    if isinstance(exponent, int) and exponent % 2 == 0:
        # log(c^(2 k)) = k log(c^2), whatever the sign of c is.
        return [t.scaled(exponent // 2) for t in core.function("log", 0, {((component, 2),): 1})]
    return None


def known_or_opaque(core: Core, name: str, order: int, inside: Poly) -> list[Term]:
    """The ``order``-th derivative of an entrywise function at a polynomial."""
    if name not in FUNCTIONS:
        return core.function(name, order, inside)
    polynomial: dict[tuple[tuple[str, int], ...], Fraction] = {((name, 1),): Fraction(1)}
    for _ in range(order):
        polynomial = _formal_derivative(polynomial)
    result: list[Term] = []
    for factors, coefficient in polynomial.items():
        pieces = [Term(coefficient)]
        for factor, power in factors:
            if factor == "id":
                pieces = [p.times(t) for p in pieces for t in core.power(inside, power)]
                continue
            if power < 0:
                value = core.normal(_value(core, factor, inside))
                pieces = [p.times(t) for p in pieces for t in core.power(value, power)]
                continue
            for _ in range(power):
                pieces = [p.times(t) for p in pieces for t in _value(core, factor, inside)]
        result += pieces
    return result


def _formal_derivative(
    polynomial: dict[tuple[tuple[str, int], ...], Fraction],
) -> dict[tuple[tuple[str, int], ...], Fraction]:
    """The derivative of a polynomial in known functions of one argument, by the table."""
    result: dict[tuple[tuple[str, int], ...], Fraction] = {}
    for factors, coefficient in polynomial.items():
        for position, (name, power) in enumerate(factors):
            rest = dict(factors)
            rest[name] = power - 1
            inner = ((1, ()),) if name == "id" else FUNCTIONS[name].derivative
            for c, more in inner:
                powers = dict(rest)
                for other, p in more:
                    powers[other] = powers.get(other, 0) + p
                key = tuple(sorted((n, p) for n, p in powers.items() if p))
                result[key] = result.get(key, Fraction(0)) + coefficient * power * c
            del position
    return {k: c for k, c in result.items() if c}


def _value(core: Core, name: str, inside: Poly) -> list[Term]:
    """A known function at a polynomial: its value at 0, relu(z) = z step(z), |z| = z sign(z), and f(-z) by f(z).

    |u| = 1 holds under hypotheses only, so not before a derivative is taken.
    """
    if name == "exp":
        return core.exponential(inside)
    if name == "log":
        return logarithm(core, inside)
    if name == "sqrt":
        root = square_root(core, inside)
        if root is not None:
            core.used("root of a square")
            return _value(core, "abs", root)
        return core.power(inside, Fraction(1, 2))
    if name == "reciprocal":
        return core.power(inside, -1)
    if name in ("relu", "abs") and not inside:
        return []
    if name == "abs" and core.hypotheses and _is_unit(core, inside):
        return [Term(1)]
    if name in ("relu", "abs") and core.hypotheses and _is_nonnegative(core, inside):
        core.used("a number that is not negative")
        return core.terms(inside)
    if name == "relu":
        return _times(core, core.terms(inside), step(core, inside))
    if name == "abs":
        return _times(core, core.terms(inside), _value(core, "sign", inside))
    if name == "sign":
        return [*(t.scaled(2) for t in step(core, inside)), Term(-1)]
    if name == "step":
        return step(core, inside)
    if not inside:
        at_zero: dict[str, int | Fraction] = {
            "tanh": 0,
            "sin": 0,
            "cos": 1,
            "abs": 0,
            "relu": 0,
            "logistic": Fraction(1, 2),
        }
        if name in at_zero:
            return [Term(at_zero[name])]
    elif name in REFLECTIONS and inside[min(inside, key=monomial_key)] < 0:
        sign, offset, slope = REFLECTIONS[name]
        opposite = {k: -c for k, c in inside.items()}
        result = [t.scaled(sign) for t in core.function(name, 0, opposite)]
        if offset:
            result.append(Term(offset))
        if slope:
            result += [t.scaled(slope) for t in core.terms(opposite)]
        return result
    return core.function(name, 0, inside)


def _is_unit(core: Core, inside: Poly) -> bool:
    """Whether a number is 1 or -1: up to the sign, one whose square is known to be 1."""
    if len(inside) != 1:
        return False
    ((key, coefficient),) = inside.items()
    if abs(coefficient) != 1 or len(key) != 1 or key[0][1] != 1 or len(key[0][0][0]) != 1 or key[0][0][1]:
        return False
    head, slots = key[0][0][0][0]
    if slots or not core.hypotheses or head not in core.unit_squares:
        return False
    core.used("a number whose square is 1")
    return True


def _is_nonnegative(core: Core, inside: Poly) -> bool:
    """Whether a number is a monomial whose factors are all >= 0: said of a point, which is no rule for a derivative."""
    if len(inside) != 1:
        return False
    ((key, coefficient),) = inside.items()
    return coefficient > 0 and all(core.is_nonnegative(c) for c, _ in key)


def step(core: Core, inside: Poly) -> list[Term]:
    """1 where the argument is positive, 0 where it is negative; at 0 it is only ever used times its argument.

    A positive scale does not matter, and step(-z) = 1 - step(z).
    """
    if not inside:
        raise Undecided("the step function at 0")
    first = min(inside, key=monomial_key)
    if inside[first] < 0:
        opposite = {k: -c for k, c in inside.items()}
        return [Term(1), *(t.scaled(-1) for t in step(core, opposite))]
    lead = Fraction(inside[first])
    common = dict(first)
    for key in inside:
        have = dict(key)
        common = {c: min(e, have[c]) for c, e in common.items() if c in have}
    positive = {c: e for c, e in common.items() if core.is_positive(c)}
    rest: Poly = {core.divided(k, positive): Fraction(c) / lead for k, c in inside.items()}
    if rest == ONE_POLY:
        return [Term(1)]
    return core.function("step", 0, rest)


def maximum(core: Core, values: list[Poly]) -> list[Term]:
    """max(a, b) = b + (a - b) step(a - b), one after another."""
    result = values[0]
    for value in values[1:]:
        gap = subtract(result, value)
        if not gap:
            continue
        result = core.normal([*core.terms(value), *_times(core, core.terms(gap), step(core, gap))])
    return core.terms(result)


def _times(core: Core, left: list[Term], right: list[Term]) -> list[Term]:
    core.spend(len(left) * len(right))
    return [a.times(b) for a in left for b in right]


def idempotents(core: Core, term: Term) -> list[Term] | None:
    """Rewriter: step(z)^2 = step(z), cos(z)^2 = 1 - sin(z)^2, and the squares of numbers that are 1 or -1, 0 or 1.

    That a hypothesis makes a number one of these holds at a point, not around it: it is not used while a derivative is
    taken.
    """
    units, projectors, binary, signs = (
        (core.unit_squares, core.idempotent, core.binary, core.signs)
        if core.hypotheses
        else (set[str](), set[str](), set[Factor](), set[Factor]())
    )
    if not (units or projectors or binary or signs) and all(head[0] != "f" for head, _ in term.factors):
        return None
    seen: set[tuple[str, tuple[object, ...]]] = set()
    for position, (head, slots) in enumerate(term.factors):
        of_bits = any((head, slots[:k]) in binary for k in range(len(slots))) if binary else False
        of_signs = any((head, slots[:k]) in signs for k in range(len(slots))) if signs else False
        whole = of_bits or of_signs
        if slots and head[:2] != "f:" and not whole:
            continue
        name = head[:7]
        if name not in ("f:step:", "f:cos:0") and head not in units and head not in projectors and not whole:
            continue
        if (head, slots) not in seen:
            seen.add((head, slots))
            continue
        rest = Term(term.coefficient, term.factors[:position] + term.factors[position + 1 :], term.scalars, term.bound)
        if name == "f:step:" or (head in projectors and not slots) or of_bits:
            return [rest]
        if head in units or of_signs:
            rest.factors.remove((head, slots))
            return [rest]
        rest.factors.remove((head, slots))
        number = head.rpartition(":")[2]
        sine = f"f:sin:0:{number}"
        info = core.heads[head]
        core.heads.setdefault(sine, type(info)("function", "sin", inside=info.inside, arity=info.arity))
        return [rest, rest.times(Term(-1, [(sine, slots), (sine, slots)]))]
    return None
