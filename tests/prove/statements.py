"""What the tests of the provers share: a row of a table, the symbols that rows are written in, two ways to judge."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Rational

from everystep.algebra.context import Context, Predicate, Relation
from everystep.algebra.expressions import Expression, Family, Num, as_expression, matrix, scalar, vector
from everystep.algebra.shapes import indices, size, sizes
from everystep.calculus.networks import Exhausted, Undecided
from everystep.derivation import Claim, Induction, Step
from everystep.prove.checker import check_step
from everystep.prove.induction import prove_by_induction
from everystep.prove.prover import Prover
from everystep.prove.verdict import Verdict

n, m, d, T = sizes("n m d T")
p, q = sizes("p q")
i, j, k, s, t = indices("i j k s t")
SIZE_INDEX = size("k_+")  # an index that is declared as a size, hence at least 1

A, B, C, D, P, Q, S, M = (matrix(name, n, n) for name in "ABCDPQSM")
X, Y, W = matrix("X", n, d), matrix("Y", n, d), matrix("W", m, n)
x, y, z, u, v, w, b = (vector(name, n) for name in "xyzuvwb")
beta = vector("beta", d)
a, c, g, r, alpha = (scalar(name) for name in ("a", "c", "g", "r", "alpha"))
h, f, e = Family("h"), Family("f"), Family("e")  # families of numbers
H, V = Family("H", n), Family("V", n)  # families of vectors

half, third = Num(Rational(1, 2)), Num(Rational(1, 3))
zero, one, two = Num(0), Num(1), Num(2)


PLAIN = Context()


def equal(left: object, right: object) -> Relation:
    return Relation(as_expression(left), "=", as_expression(right))


def less(left: object, right: object) -> Relation:
    return Relation(as_expression(left), "<", as_expression(right))


def at_most(left: object, right: object) -> Relation:
    return Relation(as_expression(left), "<=", as_expression(right))


def invertible(*matrices: Expression) -> tuple[Predicate, ...]:
    return tuple(Predicate("invertible", matrix_) for matrix_ in matrices)


@dataclass(frozen=True)
class Row:
    """A true statement with a false twin: a mistake of the same shape.

    ``refuted`` is off where the exact judge cannot be expected to find a counterexample (say why on the row).
    """

    name: str
    true: Claim
    false: Claim
    context: Context = PLAIN
    by: Induction | None = None
    refuted: bool = True


@dataclass(frozen=True)
class FalseRow:
    """A false statement and why somebody might prove it."""

    name: str
    claim: Claim
    context: Context
    why: str
    by: Induction | None = None


def proved_alone(claim: Claim, context: Context, by: Induction | None = None) -> bool:
    """Whether the normal form alone proves the claim, or its entries; what it cannot express is not proved."""
    try:
        prover = Prover(context)
        if by is not None:
            return prove_by_induction(claim, by, context, prover)
        if prover.prove(claim):
            return True
    except (Undecided, Exhausted):
        pass
    return by is None and prover.holds_by_entries(claim)


def judged(claim: Claim, context: Context, by: Induction | None = None, budget: float = 2.0) -> Verdict:
    """The verdict of both judges."""
    return check_step(Step("row", claim, (), by), context, budget=budget)
