"""Every node of the surface: its value, its derivative, its gradient check, and instances along a first axis."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from sympy import Basic

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Hypothesis, Predicate, Random, Relation
from everystep.algebra.expressions import Expression, Family, Num, matrix, norm, scalar, sq, vector
from everystep.algebra.shapes import index, size
from everystep.compiler.compiled import Compiled
from everystep.compiler.lowering import BUILDERS
from everystep.kernels.gradient_check import central_differences
from everystep.prove.gradients import gradient_evidence
from everystep.prove.prover import Prover

n, T = size("n"), size("T")
i, j, t = index("i"), index("j"), index("t")
A, B = matrix("A", n, n), matrix("B", n, n)
x, y, b = vector("x", n), vector("y", n), vector("b", n)
g, r, p = scalar("g"), scalar("r"), scalar("p")
h = Family("h", n)
NORMAL = (Random(y, "gaussian", (b, A)),)
POSITIVE: tuple[Hypothesis, ...] = (Predicate("positive definite", A),)
ROOM = A * A.T + ex.Eye(n)


@dataclass(frozen=True)
class Example:
    """An expression of one class, and what it is differentiated by; ``check``: what a gradient check of it says."""

    of: Expression
    by: ex.Var
    hypotheses: tuple[Hypothesis, ...] = ()
    random: tuple[Random, ...] = ()
    check: str = "agrees"
    definitions: tuple[Definition, ...] = field(default=())

    @property
    def context(self) -> Context:
        return Context(hypotheses=self.hypotheses, random=self.random, definitions=self.definitions)

    @property
    def number(self) -> Expression:
        """A number that rests on all entries."""
        entries = self.of if self.of.is_number_shaped else sq(self.of + self.of)
        return entries + g * sq(norm(self.by, "F"))


EXAMPLES: tuple[Example, ...] = (
    Example(Num("3/7"), x),
    Example(ex.Int(n), x),
    Example(x, x),
    Example(h[2] + x, x),
    Example(ex.Eye(n), A),
    Example(ex.Ones(n), x),
    Example(ex.Zeros(n), x),
    Example(ex.Unit(n, 1), x),
    Example(x + y, x),
    Example(-x, x),
    Example(A * x, A),
    Example(x / (1 + sq(y)), y),
    Example((1 + sq(x)) ** g, x),
    Example(ROOM ** Num("-1/2"), A),
    Example(A.T, A),
    Example(ROOM.I, A),
    Example(ex.PseudoInverse(A), A),
    Example(ex.Trace(A * A), A),
    Example(ex.Det(A), A),
    Example(ex.Adjugate(A), A),
    Example(ex.Rank(A), A),
    Example(ex.Diag(x), x),
    Example(ex.DiagPart(A * A), A),
    Example(ex.Hadamard(x, y), y),
    Example(ex.Kron(A, x), A),
    Example(ex.Vec(A * B), A),
    Example(ex.Block(2, A, x, y.T, g), y),
    Example(ex.Entry(A * A, 1, 2), A),
    Example(ex.Row(A * A, 1), A),
    Example(ex.Col(A * A, 2), A),
    Example(ex.Apply("tanh", x, 1), x),
    Example(ex.Call("f", 1, 1, x), x),
    Example(ex.MatrixFunction("exp", A / 4), A),
    Example(ex.Softmax(x), x),
    Example(ex.LogSumExp(x), x),
    Example(norm(A), A),
    Example(ex.Max(g, sq(x)), x),
    Example(ex.Min(g, sq(x)), x),
    Example(ex.EigMax(A * A.T), A),
    Example(ex.EigMin(A * A.T + ex.diag(x)), x),
    Example(ex.SumOver(ex.Entry(x, i) ** Num(2), i, 1, n), x),
    Example(ex.ProdOver(A, t, 1, 3), A),
    Example(ex.Gradient(ex.Apply("exp", sq(x)), x), x),
    Example(ex.Jacobian(ex.Apply("tanh", A * x), x), A),
    Example(ex.Hessian(ex.Apply("exp", x.T * y), x), y),
    Example(ex.ScalarDerivative(ex.Apply("tanh", g * x), g), x),
    Example(ex.Differential(A * A * x, A, B, x, y), A),
    Example(ex.Expectation((x.T * y) ** Num(2)), x, POSITIVE, NORMAL),
    Example(ex.Variance(ex.diag(x) * y), x, POSITIVE, NORMAL),
    Example(ex.Covariance(ex.diag(x) * y, A * y), x, POSITIVE, NORMAL),
    Example(ex.Given(ex.Expectation((x.T * y) ** Num(2)), x), x, POSITIVE, NORMAL),
    Example(ex.Limit(x * (1 + g / ex.Int(t)), t), x, check="limit"),
    Example(ex.LimitAt(x * (1 + r), r, Num(0)), x, check="limit"),
)


def kinds(kind: type[Basic]) -> set[type[Basic]]:
    return {kind} | {inner for sub in kind.__subclasses__() for inner in kinds(sub)}


def test_every_node_is_compiled() -> None:
    ours = {kind for kind in kinds(Expression) - {Expression} if kind.__module__.startswith("everystep.")}
    assert set(BUILDERS) == ours
    assert {node_type(e) for e in EXAMPLES} == ours


def node_type(example: Example) -> type[Expression]:
    """The class that an example stands for: its own, or that of the part that gives it a variable."""
    inside = example.of.operands[0] if isinstance(example.of, ex.Add) and example.of.operands[0] == h[2] else example.of
    return type(inside)


def compiled(expression: Expression, context: Context) -> Any:
    """With the prover that says what limits are, as ``everystep.compile`` has it."""
    if not expression.has_kind(ex.Limit, ex.LimitAt):
        return Compiled(expression, context)
    prover = Prover(context)
    claim = prover.apart(Relation(expression, "=", expression))
    prover.form.start(expression)
    assert isinstance(claim, Relation)
    return Compiled(claim.left, prover.context, (prover.form.core, prover.form.lowering))


def drawn(compiled_: Compiled, seed: int) -> dict[str, Any]:
    generator = np.random.default_rng(seed)
    found: dict[str, Any] = dict.fromkeys(compiled_.integers, 3)
    shapes: dict[str, tuple[int, ...]] = {"A": (3, 3), "B": (3, 3), "x": (3,), "y": (3,), "b": (3,)}
    for name in compiled_.arguments:
        if name == "h":
            found["h"] = {2: generator.uniform(0.2, 1.2, 3)}
        else:
            found[name] = generator.uniform(0.2, 1.2, shapes.get(name, ()))
    if "A" in found:
        found["A"] = found["A"] + found["A"].T + 2 * np.eye(3)  # a covariance in some
    for order, name in enumerate(("f", "D1f", "D11f")):
        if compiled_.functions:
            at = [np.sin, lambda v: np.cos(v.sum()) * np.ones(3), lambda v: -np.sin(v.sum()) * np.ones((3, 3))]
            found[name] = at[order] if order else (lambda v: np.sin(v.sum()))
    return found


def stacked(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: stacked(v) for k, v in value.items()}
    return value if callable(value) or isinstance(value, int) else np.stack([value, value])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: node_type(e).__name__)
def test_a_node_has_a_value_and_a_derivative_for_one_instance_and_for_many(example: Example) -> None:
    value, slope = (compiled(e, example.context) for e in (example.of, ex.Gradient(example.number, example.by)))
    number = compiled(example.number, example.context)
    for seed in range(3):
        for function in (value, slope):
            given = drawn(function, seed)
            one = function(**given)
            assert np.isfinite(one).all()
            if not any(isinstance(v, np.ndarray | dict) for v in given.values()):
                continue
            many = function(**stacked(given))
            np.testing.assert_allclose(many, np.stack([one, one]), rtol=1e-9, atol=1e-10)
        given = drawn(number, seed)
        moving = example.by.name
        wanted = central_differences(
            lambda at, given=given, moving=moving: number(**{**given, moving: at}), given[moving], step=1e-3
        )
        found = slope(**{name: v for name, v in drawn(number, seed).items() if name in known(slope)})
        np.testing.assert_allclose(found, wanted, rtol=2e-6, atol=2e-6 * np.abs(wanted).max())


def known(function: Compiled) -> set[str]:
    return {*function.arguments, *function.integers, *(("f", "D1f", "D11f") if function.functions else ())}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: node_type(e).__name__)
def test_a_derivative_of_a_node_has_a_gradient_check(example: Example) -> None:
    """Of a claim that is right, and of one that is wrong by a quarter."""
    slope = ex.Gradient(example.number, example.by)
    for right, outcome in ((slope, "agrees"), (Num("5/4") * slope, "differs")):
        found = gradient_evidence(Relation(slope, "=", right), example.context, by=None, seed=0)
        assert found is not None
        if example.check == "agrees":
            assert found.outcome == outcome, found
        else:
            assert (found.outcome, found.reason) == ("not run", example.check)
