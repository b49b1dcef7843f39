"""Random expressions, compiled, against direct evaluation, alone and along an axis of instances."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Eye, Num, Ones, Unit, matrix, odot, scalar, sq, vector
from everystep.algebra.shapes import sizes
from everystep.compiler.compiled import Compiled
from tests.compiler.direct import Direct

n, d = sizes("n d")
NUMBER, COLUMN, ROW, SQUARE, TALL = (1, 1), (n, 1), (1, n), (n, n), (n, d)
SHORT = (d, 1)
LEAVES: dict[Any, tuple[Expression, ...]] = {
    NUMBER: (scalar("g"), scalar("c"), Num(2), -Num(1), Num(3) / 2, ex.Int(n)),
    COLUMN: (vector("u", n), vector("v", n), Ones(n), Unit(n, 1)),
    ROW: (vector("u", n).T, vector("v", n).T),
    SQUARE: (matrix("A", n, n), matrix("B", n, n), Eye(n), ex.diag(vector("u", n))),
    TALL: (matrix("X", n, d), matrix("Y", n, d)),
    SHORT: (vector("w", d), ex.Zeros(d, 1), vector("w", d)),
}


class Grower:
    """Expressions of a given shape and depth, from a generator."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def grow(self, shape: Any, depth: int) -> Expression:
        if depth == 0:
            return self.random.choice(LEAVES[shape])
        return self.random.choice(self.rules(shape))(depth - 1)

    def rules(self, shape: Any) -> list[Any]:
        grow = self.grow

        def same(k: int) -> Expression:
            return grow(shape, k)

        rules = [
            same,
            lambda k: same(k) + same(k),
            lambda k: same(k) - same(k) - grow(shape, 0),
            lambda k: -same(k),
            lambda k: grow(NUMBER, k) * same(k),
            lambda k: same(k) / (sq(grow(NUMBER, k)) + 1),
            lambda k: odot(same(k), same(k)),
            lambda k: ex.Apply(self.random.choice(("tanh", "logistic", "sin", "relu")), same(k)),
        ]
        rules += {
            NUMBER: [
                lambda k: grow(ROW, k) * grow(COLUMN, k),
                lambda k: grow(COLUMN, k).T * grow(SQUARE, k) * grow(COLUMN, k),
                lambda k: ex.Trace(grow(SQUARE, k)),
                lambda k: ex.Trace(grow(SQUARE, k) * grow(SQUARE, k)),
                lambda k: ex.Trace(grow(TALL, k).T * grow(TALL, k)),
                lambda k: sq(grow(self.random.choice((COLUMN, SHORT, TALL)), k)),
                lambda k: ex.norm(grow(COLUMN, k)),
                lambda k: ex.Entry(grow(SQUARE, k), 1, n),
            ],
            COLUMN: [
                lambda k: grow(SQUARE, k) * grow(COLUMN, k),
                lambda k: grow(SQUARE, k) * grow(SQUARE, k) * grow(COLUMN, k),
                lambda k: grow(TALL, k) * grow(SHORT, k),
                lambda k: grow(ROW, k).T,
                lambda k: ex.DiagPart(grow(SQUARE, k)),
                lambda k: ex.DiagPart(grow(TALL, k) * grow(TALL, k).T),
                lambda k: self.inverse(k) * grow(COLUMN, k),
                lambda k: ex.Softmax(grow(COLUMN, k)),
                lambda k: ex.Col(grow(SQUARE, k), n),
                lambda k: grow(COLUMN, k) * (grow(ROW, k) * grow(COLUMN, k)),
            ],
            ROW: [
                lambda k: grow(ROW, k) * grow(SQUARE, k),
                lambda k: grow(COLUMN, k).T,
                lambda k: grow(ROW, k) * self.inverse(k),
                lambda k: ex.Row(grow(SQUARE, k), 1),
            ],
            SQUARE: [
                lambda k: grow(SQUARE, k) * grow(SQUARE, k),
                lambda k: grow(SQUARE, k) * grow(SQUARE, k).T,
                lambda k: grow(TALL, k) * grow(TALL, k).T,
                lambda k: grow(COLUMN, k) * grow(ROW, k),
                lambda k: grow(SQUARE, k).T,
                lambda k: ex.diag(grow(COLUMN, k)),
                lambda k: ex.diag(grow(COLUMN, k)) * grow(SQUARE, k) * ex.diag(grow(COLUMN, k)),
                lambda k: grow(NUMBER, k) * Eye(n) + grow(SQUARE, k),
                lambda k: Eye(n) - grow(COLUMN, k) * grow(ROW, k),
                self.inverse,
                lambda k: grow(SQUARE, k) ** 2,
                lambda k: odot(grow(COLUMN, k) * grow(ROW, k), grow(SQUARE, k)),
            ],
            TALL: [
                lambda k: grow(SQUARE, k) * grow(TALL, k),
                lambda k: self.inverse(k) * grow(TALL, k),
                lambda k: grow(COLUMN, k) * grow(SHORT, k).T,
                lambda k: ex.diag(grow(COLUMN, k)) * grow(TALL, k) * ex.diag(grow(SHORT, k)),
            ],
            SHORT: [
                lambda k: grow(TALL, k).T * grow(COLUMN, k),
                lambda k: grow(TALL, k).T * (grow(COLUMN, k) - grow(TALL, k) * grow(SHORT, k)),
            ],
        }[shape]
        return rules

    def inverse(self, k: int) -> Expression:
        """An inverse of something that has one: a bounded matrix and a multiple of the identity."""
        return (ex.Apply("tanh", self.grow(SQUARE, k)) + 5 * Eye(n)).I


def values(seed: int, rows: int, columns: int) -> dict[str, Any]:
    generator = np.random.default_rng(seed)
    shapes = {"g": (), "c": (), "u": (rows,), "v": (rows,), "w": (columns,)}
    shapes |= {"A": (rows, rows), "B": (rows, rows), "X": (rows, columns), "Y": (rows, columns)}
    return {name: generator.uniform(-1, 1, shape) for name, shape in shapes.items()}


def direct(expression: Expression, given: dict[str, Any], rows: int, columns: int) -> Any:
    with_axes = {name: np.reshape(a, (-1, 1)) if np.ndim(a) < 2 else a for name, a in given.items()}
    return Direct(with_axes, {n: rows, d: columns}).value(expression)


def assert_close(found: Any, wanted: Any) -> None:
    scale = 1.0 + float(np.abs(wanted).max())
    np.testing.assert_allclose(np.reshape(found, wanted.shape) / scale, wanted / scale, rtol=1e-8, atol=1e-10)


def disagreements(seed: int) -> None:
    """Raises AssertionError where the random expression of that seed has another value."""
    grower = Grower(seed)
    expression = grower.grow(grower.random.choice(list(LEAVES)), 2 + seed % 3)
    compiled = Compiled(expression)
    names = compiled.arguments
    for rows, columns in ((3, 2), (2, 4), (1, 1), (5, 1)):
        told = {name: {"n": rows, "d": columns}[name] for name in compiled.integers}
        each = [values(seed + 1000 * k, rows, columns) for k in range(3)]
        for given in each:
            assert_close(
                compiled(**{name: given[name] for name in names}, **told), direct(expression, given, rows, columns)
            )
        # As instances: all arguments differ, then one is shared.
        for shared in [set(), {names[seed % len(names)]}] if len(names) > 1 else []:
            together = {name: each[0][name] if name in shared else np.stack([e[name] for e in each]) for name in names}
            for one, given in zip(compiled(**together, **told), each, strict=True):
                mixed = {name: each[0][name] if name in shared else given[name] for name in given}
                assert_close(one, direct(expression, mixed, rows, columns))


@pytest.mark.parametrize("seed", range(300))
def test_a_random_expression_has_the_value_of_its_direct_evaluation(seed: int) -> None:
    disagreements(seed)
