"""What statements are about: contexts with their symbols, and random well-typed expressions over them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random as Dice
from typing import TypeAlias

from sympy import Expr, Rational, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Predicate, Random, Relation
from everystep.algebra.expressions import Expression, Family, Num, matrix, scalar, sq, vector
from everystep.algebra.shapes import ONE, SCALAR, Shape, indices, sizes

n, m, T = sizes("n m T")
i, j, k = indices("i j k")
A, B, C, P, R, S, D, Q, Sigma, Omega = (
    matrix(name, n, n) for name in ("A", "B", "C", "P", "R", "S", "D", "Q", "Sigma", "Omega")
)
X, Y = matrix("X", n, m), matrix("Y", n, m)
x, y, z, w, delta, mu, b = (vector(name, n) for name in ("x", "y", "z", "w", "delta", "mu", "b"))
u, v = vector("u", m), vector("v", m)
a, c, g, r, p = (scalar(name) for name in "acgrp")
h, f = Family("h"), Family("f")
V, W = Family("V", n), Family("W", n)

Index: TypeAlias = tuple[Symbol, Expr]
"""A bound index and the size that its range stays below."""


def _all(kind: str, *subjects: Expression) -> tuple[Predicate, ...]:
    return tuple(Predicate(kind, subject) for subject in subjects)


def _above(bound: int, *subjects: Expression) -> tuple[Relation, ...]:
    return tuple(Relation(subject, ">", Num(bound)) for subject in subjects)


@dataclass(frozen=True)
class World:
    """A context, its symbols by shape, and which kinds of expression belong to it."""

    name: str
    context: Context
    symbols: tuple[Expression, ...]
    invertible: tuple[Expression, ...] = ()
    positive: tuple[Expression, ...] = ()
    random: tuple[Expression, ...] = ()
    uses: frozenset[str] = field(default=frozenset())


PLAIN = World("plain", Context(), (A, B, C, X, Y, x, y, u, v, a, c), uses=frozenset({"entrywise"}))
STRUCTURED = World(
    "symmetric, diagonal and orthogonal matrices",
    Context(hypotheses=(*_all("symmetric", S, R), *_all("diagonal", D), *_all("orthogonal", Q))),
    (A, S, R, D, Q, X, x, y, u, a, c),
    (Q,),
    uses=frozenset({"entrywise"}),
)
INVERTIBLE = World(
    "invertible and positive definite matrices",
    Context(hypotheses=(*_all("invertible", A, B), *_all("positive definite", P, R), *_above(0, c))),
    (A, B, P, R, X, Y, x, y, u, c, a),
    (A, B, P, R),
    (c,),
)
SIGNED = World(
    "numbers of known sign",
    Context(hypotheses=(*_above(0, c, g), Predicate("nonzero", r))),
    (A, X, x, y, u, v, a, c, g, r),
    positive=(c, g),
    uses=frozenset({"entrywise", "functions"}),
)
FAMILIES = World(
    "families and sums",
    Context(),
    (A, B, X, Y, x, y, u, v, a, c),
    uses=frozenset({"sums"}),
)
CHANCE = World(
    "random vectors",
    Context(
        hypotheses=(*_all("positive definite", Sigma, Omega), *_above(0, p), Relation(p, "<", Num(1))),
        random=(
            Random(z, "gaussian", (mu, Sigma)),
            Random(delta, "bernoulli", (p,)),
            Random(w, "moments", (b, Omega)),
        ),
    ),
    (A, B, x, y, mu, b, a),
    random=(z, delta, w),
)


class Maker:
    """Random expressions over a world."""

    def __init__(self, world: World, dice: Dice) -> None:
        self.world = world
        self.dice = dice
        self.excluded: frozenset[Expression] = frozenset()

    def without(self, *symbols: Expression) -> Maker:
        """A maker of expressions in which these symbols do not occur."""
        other = Maker(self.world, self.dice)
        other.excluded = self.excluded | set(symbols)
        return other

    def uses(self, kind: str) -> bool:
        return kind in self.world.uses

    def pick(self, *choices: Expression) -> Expression:
        allowed = [choice for choice in choices if choice not in self.excluded] or [Num(2)]
        return self.dice.choice(allowed)

    def number(self) -> Num:
        return Num(self.dice.choice((2, 3, -1, -2, 5, Rational(1, 2), Rational(-3, 2))))

    def leaf(self, shape: Shape, bound: tuple[Index, ...] = ()) -> Expression:
        rows, columns = shape
        named = [s for s in self.world.symbols if s.shape == shape and s not in self.excluded]
        named += [s.T for s in self.world.symbols if s.shape == (columns, rows) and s not in self.excluded][:2]
        if shape == SCALAR:
            named.append(self.number())
            for index, below in bound:
                named += [h[index], f[index + self.dice.choice((-1, 0, 1))]]
                named += [ex.Entry(s, index) for s in self.world.symbols if s.shape == (below, ONE)]
        elif columns == 1 and rows == n:
            named += [V[index] for index, _ in bound] + [ex.Unit(n, index) for index, below in bound if below == n]
            named += [ex.Col(X, index) for index, below in bound if below == m and X not in self.excluded]
        if rows == columns and rows != 1:
            named.append(ex.Eye(rows))
        elif shape != SCALAR:
            named.append(ex.Ones(rows, columns))
        return self.dice.choice(named)

    def make(self, shape: Shape, depth: int, bound: tuple[Index, ...] = ()) -> Expression:
        """A random expression of the shape, of at most the depth; ``bound`` are the indices in force."""
        if depth <= 0 or self.dice.random() < 0.15:
            return self.leaf(shape, bound)
        rows, columns = shape
        less = depth - 1

        def inner(other: Shape) -> Expression:
            return self.make(other, less, bound)

        choices: list[Callable[[], Expression]] = [
            lambda: ex.Add(inner(shape), inner(shape)),
            lambda: ex.Add(inner(shape), ex.Neg(inner(shape))),
            lambda: ex.Mul(inner(SCALAR), inner(shape)),
            lambda: self.product(rows, columns, less, bound),
            lambda: self.product(rows, columns, less, bound),
            lambda: ex.Transpose(inner((columns, rows))),
        ]
        if self.uses("entrywise") and shape != SCALAR:
            choices += [lambda: ex.Hadamard(inner(shape), inner(shape))] * 2
        if self.uses("functions"):
            name = self.dice.choice(("exp", "logistic", "tanh", "sin", "softplus", "relu", "phi"))
            choices += [lambda: ex.Apply(name, self.make(shape, min(less, 1), bound))] * 2
        if self.uses("sums") and len(bound) < 2:
            choices += [lambda: self.sum(shape, less, bound)] * 3
        if shape == SCALAR:
            choices += [
                lambda: ex.Trace(inner((n, n))),
                lambda: sq(inner((n, ONE))),
                lambda: ex.Mul(ex.Transpose(inner((n, ONE))), inner((n, n)), inner((n, ONE))),
                lambda: ex.Pow(inner(SCALAR), Num(2)),
            ]
        elif rows == columns:
            choices.append(lambda: ex.Diag(inner((rows, ONE))))
            if rows == n and self.world.invertible:
                choices += [lambda: ex.Inverse(self.unit_of_ring(less))] * 3
        elif columns == 1:
            choices.append(lambda: ex.DiagPart(inner((rows, rows))))
        return self.dice.choice(choices)()

    def product(self, rows: Expr, columns: Expr, depth: int, bound: tuple[Index, ...]) -> Expression:
        middle = self.dice.choice((n, n, m))
        return ex.Mul(self.make((rows, middle), depth, bound), self.make((middle, columns), depth, bound))

    def sum(self, shape: Shape, depth: int, bound: tuple[Index, ...]) -> Expression:
        free = [index for index in (i, j, k) if index not in [taken for taken, _ in bound]]
        index, high = self.dice.choice(free), self.dice.choice((n, m, T))
        return ex.SumOver(self.make(shape, depth, (*bound, (index, high))), index, 1, high)

    def unit_of_ring(self, depth: int = 1) -> Expression:
        """A matrix that the hypotheses make invertible."""
        allowed = [s for s in self.world.invertible if s not in self.excluded]
        if depth <= 0 or self.dice.random() < 0.4:
            return self.dice.choice(allowed)
        choices: list[Callable[[], Expression]] = [
            lambda: ex.Mul(self.unit_of_ring(depth - 1), self.unit_of_ring(depth - 1)),
            lambda: ex.Transpose(self.unit_of_ring(depth - 1)),
            lambda: ex.Inverse(self.unit_of_ring(depth - 1)),
            lambda: ex.Mul(self.number(), self.unit_of_ring(depth - 1)),
        ]
        if P in allowed:
            choices += [lambda: ex.Add(P, ex.Mul(X, ex.Transpose(X))), lambda: ex.Add(P, R)]
        return self.dice.choice(choices)()

    def matrix(self, depth: int = 1) -> Expression:
        return self.make((n, n), depth)

    def vector(self, depth: int = 1) -> Expression:
        return self.make((n, ONE), depth)

    def scalar(self, depth: int = 1) -> Expression:
        return self.make(SCALAR, depth)
