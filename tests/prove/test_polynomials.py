"""Signs of polynomials in one number, against values on a grid and against known roots."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from everystep.prove.polynomials import MAX_DEGREE, Coefficients, nonnegative


def with_roots(*roots: Fraction | int, lead: int = 1) -> Coefficients:
    """lead times the product of (t - r)."""
    p: Coefficients = [Fraction(lead)]
    for root in roots:
        p = [a - root * b for a, b in zip([Fraction(0), *p], [*p, Fraction(0)], strict=True)]
    return p


def value(p: Coefficients, t: Fraction) -> Fraction:
    return sum((c * t**k for k, c in enumerate(p)), Fraction(0))


@pytest.mark.parametrize("seed", range(60))
def test_the_sign_is_that_between_the_roots(seed: int) -> None:
    rng = random.Random(seed)
    roots = [Fraction(rng.randint(-6, 6), 2) for _ in range(rng.randint(0, 5))]
    lead = rng.choice((-2, 1, 3))
    p = with_roots(*roots, lead=lead)
    low = rng.choice((None, Fraction(rng.randint(-8, 4), 2)))
    high = rng.choice((None, (Fraction(-4) if low is None else low) + Fraction(rng.randint(1, 12), 2)))
    left, right = (Fraction(-9) if low is None else low), (Fraction(9) if high is None else high)
    grid = [left + (right - left) * Fraction(k, 720) for k in range(721)]
    assert nonnegative(p, low, high) == all(value(p, t) >= 0 for t in grid)
    at_roots = any(left <= root <= right for root in roots)
    assert nonnegative(p, low, high, strict=True) == (not at_roots and all(value(p, t) > 0 for t in grid))


def test_roots_that_are_not_rational_are_seen() -> None:
    double = [Fraction(c) for c in (4, 0, -4, 0, 1)]  # (t^2 - 2)^2
    assert nonnegative(double)
    assert not nonnegative(double, strict=True)
    assert nonnegative(double, Fraction(-1), Fraction(1), strict=True)
    assert not nonnegative([Fraction(c) for c in (-2, 0, 1)])
    assert nonnegative([Fraction(c) for c in (-2, 0, 1)], Fraction(3, 2), None)
    assert not nonnegative([Fraction(c) for c in (-2, 0, 1)], Fraction(7, 5), None)


def test_what_is_not_decided_is_not_called_nonnegative() -> None:
    assert not nonnegative([Fraction(1)] + [Fraction(0)] * MAX_DEGREE + [Fraction(1)] * 2)
    assert not nonnegative([Fraction(1)], Fraction(1), Fraction(1))


def test_zero_is_nonnegative_and_not_positive() -> None:
    assert nonnegative([])
    assert nonnegative([Fraction(0)] * 3)
    assert not nonnegative([Fraction(0)], strict=True)
