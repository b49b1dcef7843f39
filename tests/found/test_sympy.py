"""What FOUND.md says of SymPy 1.14, shown: its matrix derivatives are wrong, and Everystep gives the right ones."""

from __future__ import annotations

import pytest
import sympy
from sympy import MatrixSymbol, Symbol, Trace, ZeroMatrix, exp, log, sqrt
from sympy.matrices.expressions.determinant import Determinant

from everystep.algebra.context import Context, Predicate, Relation
from everystep.algebra.expressions import (
    Add,
    Expression,
    Eye,
    Gradient,
    Jacobian,
    Mul,
    Norm,
    Num,
    Zeros,
    matrix,
    sq,
    vector,
)
from everystep.algebra.expressions import Trace as OurTrace
from everystep.algebra.shapes import size
from everystep.derivation import Step
from everystep.prove.checker import check_step
from everystep.prove.verdict import Status

N = Symbol("n", integer=True, positive=True)
SX, SY = MatrixSymbol("X", N, N), MatrixSymbol("x", N, 1)
n = size("n")
X, x = matrix("X", n, n), vector("x", n)
NOTHING = Context()
NONZERO = Context(hypotheses=(Predicate("nonzero", x),))


def verdict(left: Expression, right: Expression, context: Context = NOTHING) -> Status:
    return check_step(Step("found", Relation(left, "=", right)), context).status


@pytest.mark.skipif(not sympy.__version__.startswith("1.14"), reason="FOUND.md speaks of SymPy 1.14")
class TestSympyIsWrong:
    def test_the_derivative_of_a_trace_plus_one_is_said_to_be_zero(self) -> None:
        assert (Trace(SX) + 1).diff(SX) == ZeroMatrix(*SX.shape)
        assert verdict(Gradient(Add(OurTrace(X), Num(1)), X), Zeros(n, n)) is Status.REFUTED
        assert verdict(Gradient(Add(OurTrace(X), Num(1)), X), Eye(n)) is Status.PROVED

    def test_the_derivative_of_a_norm_plus_one_is_said_to_be_zero(self) -> None:
        length = sqrt((SY.T * SY)[0, 0])
        assert (length + 1).diff(SY) == ZeroMatrix(*SY.shape)
        value = Gradient(Add(Norm(x), Num(1)), x)
        assert verdict(value, Zeros(n), NONZERO) is Status.REFUTED
        assert verdict(value, x / Norm(x), NONZERO) is Status.PROVED

    def test_the_derivative_of_the_logarithm_of_a_determinant_is_said_to_be_zero(self) -> None:
        assert log(Determinant(SX)).diff(SX) == ZeroMatrix(*SX.shape)

    def test_the_derivative_of_the_exponential_of_a_trace_is_said_to_be_zero(self) -> None:
        assert exp(Trace(SX)).diff(SX) == ZeroMatrix(*SX.shape)

    def test_the_derivative_of_a_number_times_a_vector_loses_a_term(self) -> None:
        wrong = ((SY.T * SY)[0, 0] * SY).diff(SY)
        assert not wrong.has(SY * SY.T)
        value = Jacobian(Mul(sq(x), x), x)
        assert verdict(value, sq(x) * Eye(n)) is Status.REFUTED
        assert verdict(value, sq(x) * Eye(n) + 2 * x * x.T) is Status.PROVED
