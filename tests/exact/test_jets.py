"""Derivatives of eigenvalues in intervals: what cannot be told apart is no claim that there is none."""

import pytest

from everystep.prove.exact.arithmetic import BALLS, RATIONALS, Ring
from everystep.prove.exact.errors import Inconclusive, Undefined
from everystep.prove.exact.jets import Jet, Jets, key


def moving(ring: Ring, entries: list[int]) -> Jet:
    """A symmetric 2 x 2 matrix that moves along diag(1, 0)."""
    base, step = ring.matrix(2, 2, entries), ring.matrix(2, 2, [1, 0, 0, 0])
    return Jet(base, {key(0, 0): step}, 1)


def test_a_simple_eigenvalue_has_a_derivative() -> None:
    found = Jets(RATIONALS).eigenvalue(moving(RATIONALS, [3, 0, 0, 1]), 1)
    assert found.base[0, 0] == 3
    assert (found.parts or {})[key(0, 0)][0, 0] == 1


def test_a_double_eigenvalue_has_none() -> None:
    with pytest.raises(Undefined, match="not simple"):
        Jets(RATIONALS).eigenvalue(moving(RATIONALS, [1, 0, 0, 1]), 1)


def test_intervals_that_may_hold_one_eigenvalue_or_two_are_inconclusive() -> None:
    jet = moving(BALLS, [1, 0, 0, 1])
    wide = BALLS.matrix(2, 2, [BALLS.element(1) + (BALLS.element(1, 3) - BALLS.element(1, 3)), 0, 0, 1])
    with pytest.raises(Inconclusive):
        Jets(BALLS).eigenvalue(Jet(wide, jet.parts, jet.levels), 1)
