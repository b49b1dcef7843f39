"""Signs of polynomials in numbers: sums of squares, combinations of what is known, cleared denominators.

Each function answers True only on a proof.  What is known of single numbers comes from
:class:`everystep.prove.order.Order`.  May import the core only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations, combinations_with_replacement, islice, product
from typing import TypeAlias

from everystep.calculus.core import Core
from everystep.calculus.networks import INTEGER, Component, Exponent, Key, Poly, Term, monomial_key

MAX_KNOWN, MAX_STEPS, MAX_WAYS, MAX_TERMS = 6, 3, 16, 12
Sign = Callable[[Component], bool]


def is_simple(component: Component) -> bool:
    """A variable, a function of something, a symbolic power or an index, as one number: its indices are held fixed."""
    (head, _), *others = component[0]
    return not others and not component[1] and (head[:2] in ("v:", "m:", "f:", "e:", "p:", "w:") or head == INTEGER)


def squares(poly: Poly, nonnegative: Sign) -> bool:
    """Whether a polynomial in numbers is a sum of squares of monomials' combinations: its Gram matrix is semidefinite.

    The monomials are the roots of those with a positive coefficient.  A root of an odd power is taken only of a
    number that is known not to be negative.
    """
    if len(poly) > MAX_TERMS or not all(is_simple(c) for key in poly for c, _ in key):
        return False
    roots: list[Key] = []
    for key, coefficient in poly.items():
        half = tuple((c, Fraction(e) / 2) for c, e in key)
        if coefficient > 0 and all(e.denominator == 1 or nonnegative(c) for c, e in half):
            roots.append(half)
    places: list[list[tuple[int, int]]] = []
    for key in poly:
        powers = {c: Fraction(e) for c, e in key}
        own = [(k, k) for k, root in enumerate(roots) if {c: 2 * e for c, e in root} == powers]
        pairs = [(i, j) for i, j in combinations(range(len(roots)), 2) if _product(roots[i], roots[j]) == powers]
        if not own and not pairs:
            return False
        places.append(own or pairs)
    for chosen in islice(product(*places), MAX_WAYS):
        gram = [[Fraction(0)] * len(roots) for _ in roots]
        for (i, j), coefficient in zip(chosen, poly.values(), strict=True):
            gram[i][j] += Fraction(coefficient) / 2
            gram[j][i] += Fraction(coefficient) / 2
        if semidefinite(gram):
            return True
    return False


def _product(a: Key, b: Key) -> dict[Component, Fraction]:
    powers = {c: Fraction(e) for c, e in a}
    for c, e in b:
        powers[c] = powers.get(c, Fraction(0)) + Fraction(e)
    return {c: e for c, e in powers.items() if e}


def semidefinite(matrix: list[list[Fraction]]) -> bool:
    """Whether a symmetric rational matrix is positive semidefinite, by symmetric elimination."""
    rows = [row[:] for row in matrix]
    for k in range(len(rows)):
        if rows[k][k] < 0:
            return False
        if rows[k][k] == 0:
            if any(rows[k][j] for j in range(k + 1, len(rows))):
                return False
            continue
        for i in range(k + 1, len(rows)):
            ratio = rows[i][k] / rows[k][k]
            for j in range(k, len(rows)):
                rows[i][j] -= ratio * rows[k][j]
    return True


def combination(
    core: Core, poly: Poly, known: list[tuple[Poly, bool]], signed: Callable[[Poly], bool | None]
) -> bool | None:
    """Whether a polynomial is a sum of known numbers, and of products of two, with positive coefficients.

    ``known``: polynomials that are >= 0, each with whether it is > 0.  ``signed``: the same of what is left (True when
    it is > 0, False when it is >= 0, None when that is not known).  The answer is of the same kind.
    """
    forms = [(p, firm) for p, firm in known if p and all(is_simple(c) for key in p for c, _ in key)]
    if not forms or len(forms) > MAX_KNOWN or len(poly) > MAX_TERMS:
        return None
    forms += [(core.product(p, q), a and b) for (p, a), (q, b) in combinations_with_replacement(forms, 2)]
    covered = {key for form, _ in forms for key in form}

    def search(rest: Poly, steps: int, firm: bool) -> bool | None:
        last = signed(rest)
        if last is not None:
            return last or firm
        if not steps:
            return None
        keys = sorted(covered.intersection(rest), key=monomial_key)  # the others are left to what is signed
        keys = keys if steps == MAX_STEPS else keys[-1:]
        found: bool | None = None
        for key in keys:
            for form, strict in forms:
                ratio = Fraction(rest[key]) / Fraction(form[key]) if key in form else Fraction(0)
                if ratio <= 0:
                    continue
                answer = search(_less(rest, form, ratio), steps - 1, firm or strict)
                if answer:
                    return True
                found = found if answer is None else answer
        return found

    return search(poly, MAX_STEPS, False)


def _less(poly: Poly, form: Poly, ratio: Fraction) -> Poly:
    """poly - ratio * form."""
    rest = dict(poly)
    for key, coefficient in form.items():
        left = Fraction(rest.get(key, 0)) - ratio * Fraction(coefficient)
        if left:
            rest[key] = left
        else:
            rest.pop(key, None)
    return rest


def cleared(core: Core, poly: Poly, positive: Sign) -> Poly:
    """The polynomial times positive powers of its denominators: of numbers that are known to be > 0, else even ones.

    A denominator is not 0, and what a root of it is taken of is positive.
    """
    for _ in range(3):
        lowest: dict[Component, Exponent] = {}
        for component, exponent in denominators(poly):
            lowest[component] = min(lowest.get(component, 0), exponent)
        if not lowest:
            return poly
        factor = Term(1)
        for component, exponent in lowest.items():
            power = -exponent
            if isinstance(power, int) and power % 2 and not positive(component):
                power += 1
            factor = factor.times(Term(1, [], {component: power}))
        poly = core.normal(factor.times(t) for t in core.terms(poly))
    return poly


def denominators(poly: Poly) -> Iterator[tuple[Component, Exponent]]:
    """The numbers with negative exponents."""
    for key in poly:
        for component, exponent in key:
            if exponent < 0 and is_simple(component):
                yield component, exponent


# intervals ----------------------------------------------------------------------------------------

Interval: TypeAlias = tuple[Fraction, bool, Fraction, bool]
"""Least value, whether it is not attained, greatest value, whether it is not attained."""
BOUNDS: dict[str, Interval] = {
    "logistic": (Fraction(0), True, Fraction(1), True),
    "tanh": (Fraction(-1), True, Fraction(1), True),
    "sin": (Fraction(-1), False, Fraction(1), False),
    "cos": (Fraction(-1), False, Fraction(1), False),
    "step": (Fraction(0), False, Fraction(1), False),
}


def interval_times(a: Interval, b: Interval) -> Interval:
    """The bounds of a product; an end counts as attained when a pair of ends that gives it is, or a factor 0."""

    def missed(x: Fraction, p: bool, y: Fraction, q: bool) -> bool:
        return (p or q) and not (x == 0 and not p) and not (y == 0 and not q)

    ends = [(x * y, missed(x, p, y, q)) for x, p in (a[:2], a[2:]) for y, q in (b[:2], b[2:])]
    low, high = min(x for x, _ in ends), max(x for x, _ in ends)
    return low, all(p for x, p in ends if x == low), high, all(p for x, p in ends if x == high)


def interval_power(a: Interval, exponent: int) -> Interval:
    """The bounds of a power with an exponent >= 0: of an even power 0 is the least where the base may be 0."""
    if exponent == 0:
        return Fraction(1), False, Fraction(1), False
    low, low_open, high, high_open = a
    if exponent % 2 or low >= 0:
        return low**exponent, low_open, high**exponent, high_open
    far, far_open = max((-low, low_open), (high, high_open), key=lambda end: (end[0], not end[1]))
    least = (Fraction(0), False) if high >= 0 else ((-high) ** exponent, high_open)
    return *least, far**exponent, far_open
