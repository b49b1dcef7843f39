"""Each kernel against the right side of the derivation that it implements, compiled by the engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from everystep.algebra import expressions as ex
from everystep.kernels import bptt, dropout, least_squares, normalisation, weight_norm
from tests.kernels.derived import against, compiled, given, right_side, value

# weight normalisation ----------------------------------------------------------------------------


def by_weight(node: ex.Expression) -> ex.Expression | None:
    """The gradient of the loss in w, which the kernel is given."""
    if isinstance(node, ex.Gradient) and isinstance(node.operands[1], ex.Var) and node.operands[1].name == "w":
        return ex.Var("grad", *node.shape)
    return None


@against("weight_norm", kernels="weight_norm.weight weight_norm.gradients")
@pytest.mark.parametrize("d", [1, 2, 17])
def test_weight_norm_is_its_derivation(d: int) -> None:
    random = np.random.default_rng(d)
    u, grad, x = (random.standard_normal(d) for _ in range(3))
    values = {"u": u, "grad": grad, "g": 1.7, "x": x, "b": 0.3}
    derivation = "weight_norm"
    grad_u, grad_g = weight_norm.gradients(u, 1.7, grad)
    np.testing.assert_allclose(
        given(compiled(derivation, "gradient-u.result", by_weight), values), grad_u, rtol=1e-12, atol=1e-14
    )
    np.testing.assert_allclose(given(compiled(derivation, "gradient-g.result", by_weight), values), grad_g, rtol=1e-12)
    outputs = given(compiled(derivation, "batch-norm.result"), values)
    assert outputs == pytest.approx(weight_norm.weight(u, 1.7) @ x + 0.3, rel=1e-12)


def by_direction(node: ex.Expression) -> ex.Expression | None:
    """The gradient of the loss in u, which another step of the derivation gives."""
    if isinstance(node, ex.Gradient) and isinstance(node.operands[1], ex.Var) and node.operands[1].name == "u":
        return ex.Var("grad_u", *node.shape)
    return None


@against("weight_norm", kernels="weight_norm.descend")
def test_descent_in_the_direction_is_the_derivation_of_its_growth() -> None:
    random = np.random.default_rng(4)
    u, g, grad, epsilon = random.standard_normal(5), 1.7, random.standard_normal(5), 0.2
    run = weight_norm.descend(u, g, lambda _: grad, step=epsilon, steps=1)
    at = {"u": u, "g": g, "grad": grad, "epsilon": epsilon}
    at["grad_u"] = given(compiled("weight_norm", "gradient-u.result", by_weight), at)
    for step in ("growth.update", "growth.pythagoras"):
        squared = value("weight_norm", step, at, by_direction)
        assert run.u_norms[1] ** 2 == pytest.approx(squared, rel=1e-12)
    assert run.u_norms[0] ** 2 == pytest.approx(value("weight_norm", "growth.result", at), rel=1e-12)


@against("weight_norm", kernels="weight_norm.whiten weight_norm.compare_batch_norm")
def test_the_statistics_of_a_projection_are_their_derivation() -> None:
    random = np.random.default_rng(5)
    X, u = random.standard_normal((50, 4)) + 2.0, random.standard_normal(4)
    white = weight_norm.compare_batch_norm(weight_norm.whiten(X), u, 1.3, 0.2)
    assert white.mean == pytest.approx(float(np.squeeze(value("weight_norm", "mean.result", {}))), abs=1e-13)
    assert white.variance == pytest.approx(value("weight_norm", "variance.result", {"u": u}), rel=1e-12)
    assert white.variance**0.5 == pytest.approx(value("weight_norm", "deviation.result", {"u": u}), rel=1e-12)
    # Not whitened: the quadratic form of the covariance.
    found = weight_norm.compare_batch_norm(X, u, 1.3, 0.2)
    at = {"u": u, "C": np.cov(X.T, bias=True)}
    assert found.variance**0.5 == pytest.approx(value("weight_norm", "unwhitened.result", at), rel=1e-12)


@against("weight_norm", kernels="normalisation.forward")
def test_normalisation_of_whitened_inputs_is_the_derivation_of_batch_norm() -> None:
    random = np.random.default_rng(0)
    X = weight_norm.whiten(random.standard_normal((60, 4)) + 1.0)
    u = random.standard_normal(4)
    function = compiled("weight_norm", "batch-norm.result")
    # All rows at once: instances along the first axis.
    expected = given(function, {"u": u, "g": 0.7, "b": -1.5, "x": X})
    found = normalisation.forward((X @ u)[:, None], "batch", [0.7], [-1.5], epsilon=0.0)
    np.testing.assert_allclose(found.y[:, 0], expected, rtol=1e-10)


# least squares and dropout ------------------------------------------------------------------------


@against("min_norm", kernels="least_squares.minimum_norm_solution least_squares.gradient_descent")
def test_least_squares_is_its_derivation() -> None:
    random = np.random.default_rng(1)
    X, y = random.standard_normal((5, 12)), random.standard_normal(5)
    derivation = "min_norm"
    limit = given(compiled(derivation, "limit.result"), {"X": X, "y": y})
    np.testing.assert_allclose(least_squares.minimum_norm_solution(X, y), limit, rtol=1e-10)
    run = least_squares.gradient_descent(X, y, iterations=6)
    # The residual after k steps, M^k y, and the iterate that it leaves.
    for k in range(7):
        residual = given(compiled(derivation, "residual-power.start"), {"X": X, "y": y, "eta": run.step, "k": k})
        assert np.linalg.norm(residual) == pytest.approx(run.residual_norms[k], rel=1e-11)
    iterate = given(compiled(derivation, "row-space.result"), {"X": X, "y": y, "eta": run.step, "k": 6})
    np.testing.assert_allclose(run.w, iterate, rtol=1e-10)


@against("min_norm", kernels="least_squares.step_bound least_squares.gradient_descent")
def test_one_step_of_descent_and_its_bound_are_their_derivation() -> None:
    random = np.random.default_rng(6)
    X, y = random.standard_normal((4, 9)), random.standard_normal(4)
    run = least_squares.gradient_descent(X, y, iterations=1)
    start = {"X": X, "y": y, "k": 0, "eta": run.step}
    for step in ("update.gradient", "update.residual", "update.result"):
        np.testing.assert_allclose(run.w, value("min_norm", step, start), rtol=1e-12)
    # Below the bound every eigenvalue of I - 2 eta X X^T lies in (-1, 1), and at the bound the least is -1.
    for share, least in ((0.999, -0.998), (1.0, -1.0)):
        at = {"X": X, "eta": share * least_squares.step_bound(X)}
        shrink = value("min_norm", "residual.factor", {**start, **at, "r": {0: np.ones(4)}})
        columns = [value("min_norm", "residual.factor", {**start, **at, "r": {0: e}}) for e in np.eye(4)]
        np.testing.assert_allclose(np.sum(columns, axis=0), shrink, rtol=1e-12)
        assert np.linalg.eigvalsh(np.array(columns)).min() == pytest.approx(least, abs=1e-9)


@against("dropout", kernels="dropout.expected_loss dropout.exact_expectation dropout.minimiser")
@pytest.mark.parametrize("p", [0.2, 0.5, 1.0])
def test_dropout_is_its_derivation(p: float) -> None:
    random = np.random.default_rng(2)
    X, y, w = random.standard_normal((4, 3)), random.standard_normal(4), random.standard_normal(3)
    values = {"X": X, "y": y, "w": w, "p": p}
    derivation = "dropout"
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
    derivation = "bptt"
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


@against("bptt", kernels="bptt.bptt bptt.forward bptt.backward bptt.loss")
@pytest.mark.parametrize("steps", [1, 2, 5])
def test_backpropagation_is_its_derivation(steps: int) -> None:
    _, values, result = network(steps)
    derivation = "bptt"
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
        function = compiled("bptt", f"bias-{name}.result", adjoint)
        bias = given(function, {**values, "k": k})
        np.testing.assert_allclose(getattr(result, name) - getattr(truncated, name), bias, rtol=1e-9, atol=1e-12)
        assert np.abs(bias).max() > 1e-6


@against("bptt", kernels="bptt.forward bptt.backward bptt.loss")
def test_the_passes_one_by_one_are_the_derivation() -> None:
    kernel, values, _ = network(4)
    trajectory = bptt.forward(**kernel)
    total = sum(float(np.sum((values["z"][t] - kernel["V"] @ trajectory.h[t, 0]) ** 2)) for t in range(1, 5))
    assert trajectory.loss == pytest.approx(total, rel=1e-12)
    assert bptt.loss(**kernel) == pytest.approx(total, rel=1e-12)
    states = {t: trajectory.h[t, 0] for t in range(5)}
    for t in range(1, 5):
        # The Jacobian of one step from the states: it takes the gradient of h_t back to h_{t-1}.
        jacobian = value("bptt", "transition.result", {**values, "h": states, "t": t - 1})
        np.testing.assert_allclose(jacobian, values["transition"][t, t - 1], rtol=1e-12)
    twice = bptt.backward(trajectory, kernel["x"], kernel["U"], kernel["V"])
    for name in ("W", "U", "V"):
        right = given(compiled("bptt", f"gradient-{name}.result", adjoint), values)
        np.testing.assert_allclose(getattr(twice, name), right, rtol=1e-10, atol=1e-13)


def by_tanh(node: ex.Expression) -> ex.Expression | None:
    """The activation sigma is tanh."""
    if isinstance(node, ex.Apply) and node.function == "sigma":
        return ex.Apply("tanh", node.operands[0], node.order)
    return None


@against("vanishing", kernels="bptt.bptt")
def test_one_step_back_is_the_jacobian_of_vanishing_gradients() -> None:
    random = np.random.default_rng(7)
    n, d, m = 4, 3, 2
    W, U, V = (random.standard_normal(shape) for shape in ((n, n), (n, d), (m, n)))
    x, z, g_0 = random.standard_normal((1, 1, d)), random.standard_normal((1, 1, m)), random.standard_normal((1, n))
    # The derivation calls the recurrent matrix W and that of the inputs U; it has a bias, 0 here.
    found = bptt.bptt(x, z, g_0, U, W, V, "tanh", keep_h=True)
    assert found.h is not None
    at = {"W": W, "U": U, "b": np.zeros(n), "x": {1: x[0, 0]}, "g": {0: g_0[0]}, "t": 0}
    jacobian = value("vanishing", "jacobian-g.result", at, by_tanh)
    np.testing.assert_allclose(found.h0[0], jacobian.T @ found.h[0, 0], rtol=1e-12)
