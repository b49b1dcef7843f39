"""Derivatives of eigenvalues in intervals, where what cannot be told apart is no claim that there is none; squares."""

import random

import pytest

from everystep.prove.exact.arithmetic import BALLS, FIELD, RATIONALS, Matrix, Ring
from everystep.prove.exact.errors import Inconclusive, Undefined
from everystep.prove.exact.jets import Jet, Jets, key, multiply, transpose


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


@pytest.mark.parametrize("seed", range(12))
def test_squares_of_many_parts_are_those_of_the_product(seed: int) -> None:
    """The sum of the squared entries, part by part, is the trace of ``a^T a`` by the product of jets."""
    draw = random.Random(seed)
    ring = (RATIONALS, FIELD)[seed % 2]
    rows, columns = draw.randrange(1, 4), draw.randrange(1, 4)

    def drawn() -> Matrix:
        return ring.matrix(rows, columns, [ring.element(draw.randrange(-9, 10)) for _ in range(rows * columns)])

    parts = {key(level, direction): drawn() for level in range(3) for direction in range(4)}
    parts |= {key(0, d) | key(1, draw.randrange(4)): drawn() for d in range(4)}
    jets, a = Jets(ring), Jet(drawn(), parts, 7)
    found, wanted = jets.square_sum(a), jets.trace(multiply(transpose(a), a))
    zero = ring.zeros(1, 1)
    assert found.base == wanted.base
    assert found.levels == wanted.levels
    assert found.parts is not None
    assert wanted.parts is not None
    assert any(k & (k - 1) for k in found.parts)
    for k in found.parts | wanted.parts:
        assert found.parts.get(k, zero) == wanted.parts.get(k, zero)
