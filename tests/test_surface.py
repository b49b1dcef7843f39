"""The surface keeps what was written, and SymPy can rebuild every node from its arguments."""

from __future__ import annotations

import pytest
from sympy import Basic

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Family, Num, matrix, vector
from everystep.algebra.nodes import MOST_REMEMBERED
from everystep.algebra.shapes import index, size

n, T = size("n"), size("T")
t = index("t")
x, y, A = vector("x", n), vector("y", n), matrix("A", n, n)
h = Family("h", n)

EXAMPLES: tuple[Expression, ...] = (
    Num(2),
    ex.Int(n),
    x,
    h[t],
    ex.Eye(n),
    ex.Ones(n),
    ex.Zeros(n),
    ex.Unit(n, 1),
    x + y,
    -x,
    A * x,
    x / 2,
    A**2,
    A.T,
    A.I,
    ex.PseudoInverse(A),
    ex.Trace(A),
    ex.Det(A),
    ex.Rank(A),
    ex.Diag(x),
    ex.DiagPart(A),
    ex.Hadamard(x, y),
    ex.Kron(A, A),
    ex.Vec(A),
    ex.Block(2, A, A, A, A),
    ex.Entry(A, 1, 2),
    ex.Row(A, 1),
    ex.Col(A, 1),
    ex.Apply("exp", x, 1),
    ex.Call("L", 1, 1, x),
    ex.MatrixFunction("exp", A),
    ex.Softmax(x),
    ex.LogSumExp(x),
    ex.Norm(x, "1"),
    ex.Max(Num(1), Num(2)),
    ex.Min(Num(1)),
    ex.EigMax(A),
    ex.Adjugate(A),
    ex.EigMin(A),
    ex.SumOver(h[t], t, 1, T),
    ex.ProdOver(A, t, 1, T),
    ex.Gradient(x.T * x, x),
    ex.Jacobian(x, x),
    ex.Hessian(x.T * x, x),
    ex.ScalarDerivative(x, Num(1)),
    ex.Differential(x, x, y),
    ex.Expectation(x),
    ex.Variance(x),
    ex.Covariance(x, y),
    ex.Given(ex.Expectation(x), y),
    ex.Limit(h[t], t),
    ex.LimitAt(x, ex.Var("r"), Num(1), "above"),
)


def nodes(kind: type[Basic]) -> set[type[Basic]]:
    return {kind} | {inner for sub in kind.__subclasses__() for inner in nodes(sub)}


def test_every_node_class_has_an_example() -> None:
    ours = {kind for kind in nodes(Expression) - {Expression} if kind.__module__.startswith("everystep.")}
    assert {type(e) for e in EXAMPLES} == ours


def test_a_tree_is_one_object() -> None:
    assert x.T * x is x.T * x
    assert ex.Apply("exp", x) is not ex.Apply("exp", x, 1)


def test_a_tree_knows_its_nodes() -> None:
    tree = ex.SumOver(h[t] * x.T, t, 1, 3)
    assert tree.names == {"h", "x"}
    assert tree.has_kind(ex.Transpose)
    assert not tree.has_kind(ex.Inverse)
    assert t in tree.symbols
    assert tree.xreplace({t: index("s")}) is ex.SumOver(h[index("s")] * x.T, index("s"), 1, 3)


def test_a_large_tree_is_walked_whole() -> None:
    tree: Expression = x
    for _ in range(MOST_REMEMBERED + 5):
        tree = -tree
    assert sum(1 for _ in ex.walk(tree)) == MOST_REMEMBERED + 6


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: type(e).__name__)
def test_a_node_is_rebuilt_from_its_arguments(example: Expression) -> None:
    assert example.func(*example.args) == example


def test_a_symbol_is_replaced_inside_a_function() -> None:
    assert ex.Apply("exp", x, 1).xreplace({x: y}) == ex.Apply("exp", y, 1)
