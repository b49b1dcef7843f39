"""Each kernel against the right side of the derivation that it implements, compiled by the engine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from derivations import bptt as encoded_bptt
from derivations import dropout as encoded_dropout
from derivations import min_norm as encoded_min_norm
from derivations import weight_norm as encoded_weight_norm
from everystep.algebra import expressions as ex
from everystep.algebra.context import Context
from everystep.compiler.compiled import Compiled
from everystep.derivation import Derivation
from everystep.kernels import bptt, dropout, least_squares, normalisation, weight_norm


def right_side(derivation: Derivation, step: str) -> ex.Expression:
    """The right side of the step of that name."""
    (found,) = (link.to for chain in derivation.chains for link in chain.links if link.name == step)
    return found


def rewritten(tree: ex.Expression, rule: Any) -> ex.Expression:
    """The tree with every node replaced for which the rule gives another."""
    other = rule(tree)
    if other is not None:
        return other
    arguments = [rewritten(a, rule) if isinstance(a, ex.Expression) else a for a in tree.args]
    return tree if list(tree.args) == arguments else tree.func(*arguments)


def compiled(derivation: Derivation, step: str, rule: Any = None) -> Compiled:
    expression, context = right_side(derivation, step), derivation.context
    if rule is not None:
        definitions = tuple(replace(d, body=rewritten(d.body, rule)) for d in context.definitions)
        expression, context = rewritten(expression, rule), replace(context, definitions=definitions)
    return Compiled(expression, Context(context.definitions, context.recurrences))


def given(function: Compiled, values: dict[str, Any]) -> Any:
    return function(**{name: values[name] for name in (*function.arguments, *function.integers)})


# weight normalisation ----------------------------------------------------------------------------


def by_weight(node: ex.Expression) -> ex.Expression | None:
    """The gradient of the loss in w, which the kernel is given."""
    if isinstance(node, ex.Gradient) and isinstance(node.operands[1], ex.Var) and node.operands[1].name == "w":
        return ex.Var("grad", *node.shape)
    return None


@pytest.mark.parametrize("d", [1, 2, 17])
def test_weight_norm_is_its_derivation(d: int) -> None:
    random = np.random.default_rng(d)
    u, grad, x = (random.standard_normal(d) for _ in range(3))
    values = {"u": u, "grad": grad, "g": 1.7, "x": x, "b": 0.3}
    derivation = encoded_weight_norm.DERIVATION
    grad_u, grad_g = weight_norm.gradients(u, 1.7, grad)
    np.testing.assert_allclose(
        given(compiled(derivation, "gradient-u.result", by_weight), values), grad_u, rtol=1e-12, atol=1e-14
    )
    np.testing.assert_allclose(given(compiled(derivation, "gradient-g.result", by_weight), values), grad_g, rtol=1e-12)
    outputs = given(compiled(derivation, "batch-norm.result"), values)
    assert outputs == pytest.approx(weight_norm.weight(u, 1.7) @ x + 0.3, rel=1e-12)


def test_normalisation_of_whitened_inputs_is_the_derivation_of_batch_norm() -> None:
    random = np.random.default_rng(0)
    X = weight_norm.whiten(random.standard_normal((60, 4)) + 1.0)
    u = random.standard_normal(4)
    function = compiled(encoded_weight_norm.DERIVATION, "batch-norm.result")
    # All rows at once: instances along the first axis.
    expected = given(function, {"u": u, "g": 0.7, "b": -1.5, "x": X})
    found = normalisation.forward((X @ u)[:, None], "batch", [0.7], [-1.5], epsilon=0.0)
    np.testing.assert_allclose(found.y[:, 0], expected, rtol=1e-10)


# least squares and dropout ------------------------------------------------------------------------


def test_least_squares_is_its_derivation() -> None:
    random = np.random.default_rng(1)
    X, y = random.standard_normal((5, 12)), random.standard_normal(5)
    derivation = encoded_min_norm.DERIVATION
    limit = given(compiled(derivation, "limit.result"), {"X": X, "y": y})
    np.testing.assert_allclose(least_squares.minimum_norm_solution(X, y), limit, rtol=1e-10)
    run = least_squares.gradient_descent(X, y, iterations=6)
    # The residual after k steps, M^k y, and the iterate that it leaves.
    for k in range(7):
        residual = given(compiled(derivation, "residual-power.start"), {"X": X, "y": y, "eta": run.step, "k": k})
        assert np.linalg.norm(residual) == pytest.approx(run.residual_norms[k], rel=1e-11)
    iterate = given(compiled(derivation, "row-space.result"), {"X": X, "y": y, "eta": run.step, "k": 6})
    np.testing.assert_allclose(run.w, iterate, rtol=1e-10)


@pytest.mark.parametrize("p", [0.2, 0.5, 1.0])
def test_dropout_is_its_derivation(p: float) -> None:
    random = np.random.default_rng(2)
    X, y, w = random.standard_normal((4, 3)), random.standard_normal(4), random.standard_normal(3)
    values = {"X": X, "y": y, "w": w, "p": p}
    derivation = encoded_dropout.DERIVATION
    expected = given(compiled(derivation, "expected-loss.result"), values)
    assert dropout.expected_loss(X, y, w, p) == pytest.approx(expected, rel=1e-12)
    assert dropout.exact_expectation(X, y, w, p).mean == pytest.approx(expected, rel=1e-11)
    if p < 1.0:
        minimum = given(compiled(derivation, "minimiser.result"), values)
        np.testing.assert_allclose(dropout.minimiser(X, y, p), minimum, rtol=1e-10)
        assert given(compiled(derivation, "ridge.result"), values) == pytest.approx(expected, rel=1e-11)


# backpropagation through time -----------------------------------------------------------------------


def adjoint(node: ex.Expression) -> ex.Expression | None:
    """Total gradients, which the kernel returns, become a family; immediate gradients and transitions their values."""
    derivation = encoded_bptt.DERIVATION
    if isinstance(node, ex.Gradient) and isinstance(node.operands[1], ex.Member):
        loss, state = node.operands
        if isinstance(loss, ex.Var):
            return ex.Member("adjoint", *state.shape, *state.at)
        (t,) = [s for s in right_side(derivation, "immediate.result").free_symbols if str(s) == "t"]
        immediate: ex.Expression = right_side(derivation, "immediate.result").xreplace({t: state.at[0]})
        return immediate
    if isinstance(node, ex.Jacobian):
        later, earlier = node.operands
        return ex.Member("transition", later.shape[0], earlier.shape[0], *later.at, *earlier.at)
    return None


def network(steps: int) -> tuple[dict[str, Any], dict[str, Any], Any]:
    """The kernel's arguments, the derivation's, and the kernel's result."""
    random = np.random.default_rng(3)
    d, n, m = 3, 4, 2
    x, z, h0 = (
        random.standard_normal((steps, 1, d)),
        random.standard_normal((steps, 1, m)),
        random.uniform(0.1, 0.9, (1, n)),
    )
    W, U, V = random.standard_normal((n, d)), random.standard_normal((n, n)), random.standard_normal((m, n))
    kernel = {"x": x, "z": z, "h0": h0, "W": W, "U": U, "V": V}
    states = bptt.forward(**kernel).h[:, 0]
    transitions = {}
    for t in range(steps + 1):
        transitions[t, t] = np.eye(n)
        for s in range(t + 1, steps + 1):
            transitions[s, t] = (states[s] * (1 - states[s]))[:, None] * (U @ transitions[s - 1, t])
    result = bptt.bptt(**kernel, keep_h=True)
    assert result.h is not None
    values = {
        "x": {t: x[t - 1, 0] for t in range(1, steps + 1)},
        "z": {t: z[t - 1, 0] for t in range(1, steps + 1)},
        "h": {0: h0[0]},
        "W": W,
        "U": U,
        "V": V,
        "T": steps,
        "adjoint": {t: result.h[t - 1, 0] for t in range(1, steps + 1)},
        "transition": transitions,
    }
    return kernel, values, result


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_backpropagation_is_its_derivation(steps: int) -> None:
    _, values, result = network(steps)
    derivation = encoded_bptt.DERIVATION
    for name in ("W", "U", "V"):
        function = compiled(derivation, f"gradient-{name}.result", adjoint)
        np.testing.assert_allclose(given(function, values), getattr(result, name), rtol=1e-10, atol=1e-13)
    for t in range(1, steps + 1):
        step = "recursion.result" if t < steps else "end.result"
        function = compiled(derivation, step, adjoint)
        np.testing.assert_allclose(given(function, {**values, "t": t}), values["adjoint"][t], rtol=1e-10)


@pytest.mark.parametrize("k", [0, 1, 2])
def test_what_truncation_leaves_out_is_the_derivation_of_its_bias(k: int) -> None:
    kernel, values, result = network(5)
    truncated = bptt.bptt(**kernel, truncation=k)
    for name in ("W", "U"):
        function = compiled(encoded_bptt.DERIVATION, f"bias-{name}.result", adjoint)
        bias = given(function, {**values, "k": k})
        np.testing.assert_allclose(getattr(result, name) - getattr(truncated, name), bias, rtol=1e-9, atol=1e-12)
        assert np.abs(bias).max() > 1e-6
