"""What the tables are written in: symbols with fixed shapes, short names, and the two ways to write a row.

Shapes: ``A B C D M P Q S`` are n x n, ``K L`` are d x d, ``U W`` are m x m, ``X Y Z`` are n x d, ``F G`` are m x n;
``b u v w x y z`` have n entries, ``beta theta`` have d, ``tau nu`` have m; ``a c g r alpha eta lam`` are numbers;
``h f`` are families of numbers, ``H V`` of vectors with n entries.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Rational

from everystep.algebra.context import Context, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import (
    Apply,
    Block,
    Col,
    Covariance,
    Det,
    Diag,
    DiagPart,
    Differential,
    Entry,
    Expectation,
    Expression,
    Eye,
    Family,
    Gradient,
    Hessian,
    Int,
    Jacobian,
    Kron,
    LimitAt,
    LogSumExp,
    Norm,
    Num,
    Ones,
    Rank,
    ScalarDerivative,
    Softmax,
    SumOver,
    Trace,
    Unit,
    Variance,
    Vec,
    as_expression,
    matrix,
    scalar,
    vector,
)
from everystep.algebra.expressions import Row as MatrixRow
from everystep.algebra.shapes import indices, sizes
from everystep.derivation import Claim, Induction

n, m, d, T, N = sizes("n m d T N")
i, j, k, s, t = indices("i j k s t")

A, B, C, D, M, P, Q, S = (matrix(name, n, n) for name in ("A", "B", "C", "D", "M", "P", "Q", "S"))
K, L = matrix("K", d, d), matrix("L", d, d)
U, W = matrix("U", m, m), matrix("W", m, m)
X, Y, Z = (matrix(name, n, d) for name in ("X", "Y", "Z"))
F, G = matrix("F", m, n), matrix("G", m, n)
b, u, v, w, x, y, z = (vector(name, n) for name in ("b", "u", "v", "w", "x", "y", "z"))
beta, theta = vector("beta", d), vector("theta", d)
tau, nu = vector("tau", m), vector("nu", m)
a, c, g, r, alpha, eta, lam = (scalar(name) for name in ("a", "c", "g", "r", "alpha", "eta", "lambda"))
dA, dX, dx = matrix("dA", n, n), matrix("dX", n, d), vector("dx", n)
h, f = Family("h"), Family("f")
H, V = Family("H", n), Family("V", n)

I = Eye(n)  # noqa: E741 - what the identity matrix is called
ones = Ones(n)
zero, one, two = Num(0), Num(1), Num(2)
half = Num(Rational(1, 2))
PLAIN = Context()

tr, det, rank, diag, diagonal, vec, kron = Trace, Det, Rank, Diag, DiagPart, Vec, Kron
entry, row, col, unit, total = Entry, MatrixRow, Col, Unit, SumOver
grad, jac, hess, by_number, differential = Gradient, Jacobian, Hessian, ScalarDerivative, Differential
mean, var, cov = Expectation, Variance, Covariance
softmax, lse = Softmax, LogSumExp


def apply(name: str, argument: object, order: int = 0) -> Apply:
    return Apply(name, argument, order)


def exp(argument: object) -> Apply:
    return Apply("exp", argument)


def log(argument: object) -> Apply:
    return Apply("log", argument)


def logistic(argument: object) -> Apply:
    return Apply("logistic", argument)


def tanh(argument: object) -> Apply:
    return Apply("tanh", argument)


def softplus(argument: object) -> Apply:
    return Apply("softplus", argument)


def relu(argument: object) -> Apply:
    return Apply("relu", argument)


def absolute(argument: object) -> Apply:
    return Apply("abs", argument)


def reciprocal(argument: object) -> Apply:
    return Apply("reciprocal", argument)


def block(*blocks: Expression) -> Block:
    """A 2 x 2 block matrix, row by row."""
    return Block(2, *blocks)


def frobenius(argument: Expression) -> Norm:
    return Norm(argument, "F")


def power(base: Expression, exponent: object) -> Expression:
    """A power with a symbolic exponent."""
    return base ** Int(exponent)


def eq(left: object, right: object) -> Relation:
    return Relation(as_expression(left), "=", as_expression(right))


def le(left: object, right: object) -> Relation:
    return Relation(*_compared(left, right, "<="))


def lt(left: object, right: object) -> Relation:
    return Relation(*_compared(left, right, "<"))


def _compared(left: object, right: object, op: str) -> tuple[Expression, str, Expression]:
    """A number beside an integer expression is one too: relations between integers have Int on both sides."""
    if isinstance(left, Int) and isinstance(right, int):
        return left, op, Int(right)
    if isinstance(right, Int) and isinstance(left, int):
        return Int(left), op, right
    return as_expression(left), op, as_expression(right)


def differ(left: object, right: object) -> Relation:
    return Relation(as_expression(left), "!=", as_expression(right))


def inv(*matrices: Expression) -> tuple[Predicate, ...]:
    return tuple(Predicate("invertible", one_of_them) for one_of_them in matrices)


def sym(*matrices: Expression) -> tuple[Predicate, ...]:
    return tuple(Predicate("symmetric", one_of_them) for one_of_them in matrices)


def nonzero(*values: Expression) -> tuple[Predicate, ...]:
    return tuple(Predicate("nonzero", value) for value in values)


def positive(*values: Expression) -> tuple[Relation, ...]:
    return tuple(lt(0, value) for value in values)


def definite(subject: Expression) -> Predicate:
    return Predicate("positive definite", subject)


def semidefinite(subject: Expression) -> Predicate:
    return Predicate("positive semidefinite", subject)


def within(index: object, size: object, first: int = 1) -> tuple[Relation, ...]:
    """The index runs from ``first`` to ``size``."""
    return (le(Int(first), Int(index)), le(Int(index), Int(size)))


_p = scalar("p")


def lim(body: object, variable: Expression = _p, point: object = 0) -> LimitAt:
    """The limit as a number, p unless told otherwise, tends to a point."""
    return LimitAt(as_expression(body), variable, point)


def above(body: object, variable: Expression = _p, point: object = 0) -> LimitAt:
    """The limit from above."""
    return LimitAt(as_expression(body), variable, point, "above")


def below(body: object, variable: Expression = _p, point: object = 0) -> LimitAt:
    """The limit from below."""
    return LimitAt(as_expression(body), variable, point, "below")


def far(body: object, variable: Expression = _p) -> LimitAt:
    """The limit as a number tends to infinity."""
    return LimitAt(as_expression(body), variable, 0, "infinity")


def far_left(body: object, variable: Expression = _p) -> LimitAt:
    """The limit as a number tends to minus infinity."""
    return LimitAt(as_expression(body), variable, 0, "minus infinity")


@dataclass(frozen=True)
class Row:
    """A true statement with false twins: mistakes of the same shape.

    ``open_because``: why the true statement is not proved yet; the test fails as soon as it is proved, so that the mark
    goes.  ``twin_open_because``: likewise, why a twin is not refuted yet.
    """

    name: str
    true: Claim
    false: tuple[Claim, ...]
    context: Context = PLAIN
    by: Induction | None = None
    open_because: str = ""
    twin_open_because: str = ""


def statement(
    name: str,
    true: Claim,
    false: Claim | tuple[Claim, ...],
    *given: Hypothesis,
    context: Context = PLAIN,
    by: Induction | None = None,
    open_because: str = "",
    twin_open_because: str = "",
) -> Row:
    """A row from any claims."""
    twins = false if isinstance(false, tuple) else (false,)
    return Row(name, true, twins, context.given(*given), by, open_because, twin_open_because)


def identity(
    name: str,
    left: object,
    right: object,
    wrong: object,
    *given: Hypothesis,
    context: Context = PLAIN,
    by: Induction | None = None,
    open_because: str = "",
    twin_open_because: str = "",
) -> Row:
    """A row ``left = right`` with the twin ``left = wrong``, or one twin for each of a tuple of wrong right sides."""
    sides = wrong if isinstance(wrong, tuple) else (wrong,)
    twins = tuple(eq(left, side) for side in sides)
    return Row(name, eq(left, right), twins, context.given(*given), by, open_because, twin_open_because)
