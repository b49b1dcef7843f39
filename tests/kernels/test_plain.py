"""The networks against an implementation that shares no code with them: plain loops over Python's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from everystep.kernels import _units as units
from everystep.kernels import bptt, hessian_vector, optimisers
from everystep.kernels.hessian_vector import Network
from tests.kernels import plain


def recurrent(seed: int, steps: int = 4, batch: int = 2, d: int = 3, n: int = 3, k: int = 2) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    shapes = {"x": (steps, batch, d), "z": (steps, batch, k), "h0": (batch, n), "W": (n, d), "U": (n, n), "V": (k, n)}
    return {name: random.standard_normal(shape) for name, shape in shapes.items()}


@pytest.mark.parametrize("activation", ["logistic", "tanh", "relu", "linear"])
@pytest.mark.parametrize("size", [{}, {"steps": 1}, {"batch": 1}, {"steps": 6, "batch": 1, "d": 1, "n": 1, "k": 1}])
def test_the_recurrent_network_and_its_gradients_are_those_of_loops(activation: str, size: dict[str, int]) -> None:
    arrays = recurrent(1, **size)
    lists = {name: array.tolist() for name, array in arrays.items()}
    found = bptt.bptt(**arrays, activation=activation)
    assert found.loss == pytest.approx(plain.recurrent_loss(**lists, activation=activation).real, rel=1e-12)
    steps = len(arrays["x"])
    losses = [plain.recurrent_loss(**lists, activation=activation, last=t).real for t in range(steps + 1)]
    np.testing.assert_allclose(found.step_losses, np.diff(losses), rtol=1e-9, atol=1e-11)
    for name in ("W", "U", "V", "h0"):

        def loss(entries: list[complex], name: str = name) -> complex:
            moved = np.array(entries).reshape(arrays[name].shape).tolist()
            return plain.recurrent_loss(**{**lists, name: moved}, activation=activation)

        expected = np.reshape(plain.gradient(loss, arrays[name].ravel().tolist()), arrays[name].shape)
        for options in ({}, {"checkpoints": 0}, {"truncation": steps}):
            gradients = bptt.bptt(**arrays, activation=activation, **options)
            np.testing.assert_allclose(getattr(gradients, name), expected, rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize(("steps", "segment"), [(1, 1), (16, 4), (17, 5), (30, 0), (30, 30)])
def test_checkpoints_compute_every_state_at_most_twice(
    steps: int, segment: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrays = recurrent(2, steps=steps)
    made = []
    tanh = units.ACTIVATIONS["tanh"]

    def advance(product: Any, inputs: Any, h_t: Any) -> None:
        made.append(1)
        tanh.advance(product, inputs, h_t)

    counted = units.Activation("tanh", tanh.definition, advance, tanh.times_slope)
    monkeypatch.setitem(units.ACTIVATIONS, "tanh", counted)
    bptt.bptt(**arrays, activation="tanh")
    assert len(made) == steps
    made.clear()
    bptt.bptt(**arrays, activation="tanh", checkpoints=segment)
    # The last segment is still there when the way back begins.
    length = segment or int(np.ceil(np.sqrt(steps)))
    last = steps - (steps - 1) // length * length
    assert len(made) == 2 * steps - last


@pytest.mark.parametrize("activation", ["logistic", "tanh", "relu", "linear"])
@pytest.mark.parametrize("loss", hessian_vector.LOSSES)
@pytest.mark.parametrize("sizes", [(2, 1), (1, 1, 1), (3, 4, 2), (2, 3, 3, 2)])
def test_the_perceptron_its_gradient_and_hessian_are_those_of_loops(
    sizes: tuple[int, ...], loss: str, activation: str
) -> None:
    random = np.random.default_rng(3)
    network = Network(sizes, activation, loss)
    w, v = random.standard_normal(network.parameters), random.standard_normal(network.parameters)
    x, y = random.standard_normal((3, sizes[0])), random.random((3, sizes[-1]))
    y /= y.sum(axis=1, keepdims=True)

    def plain_loss(at: list[complex]) -> complex:
        return plain.perceptron_loss(sizes, at, x.tolist(), y.tolist(), activation, loss)

    assert hessian_vector.loss(network, w, x, y) == pytest.approx(plain_loss(w.tolist()).real, rel=1e-12)
    expected = plain.gradient(plain_loss, w.tolist())
    np.testing.assert_allclose(hessian_vector.gradient(network, w, x, y), expected, rtol=1e-10, atol=1e-12)
    # H v by the central difference of the plain gradient, extrapolated once.
    r = 1e-3
    differences = [
        (np.array(plain.gradient(plain_loss, (w + s * v).tolist())) - plain.gradient(plain_loss, (w - s * v).tolist()))
        / (2 * s)
        for s in (r, r / 2)
    ]
    product = differences[1] + (differences[1] - differences[0]) / 3
    np.testing.assert_allclose(hessian_vector.hessian_vector(network, w, v, x, y), product, rtol=1e-6, atol=1e-8)


def test_newton_with_a_multiple_of_the_identity_is_gradient_descent_over_a_thousand_steps() -> None:
    random = np.random.default_rng(4)
    d, eta = 5, 0.05
    noise = random.standard_normal((1001, d))
    theta = random.standard_normal(d)
    run = optimisers.run(
        optimisers.SGD(eta), lambda at, t: 0.1 * (at - 1.0) + noise[t], theta, steps=1000, keep_path=True
    )
    assert run.path is not None
    for t in range(1, 1001):
        theta = optimisers.newton_step(theta, 0.1 * (theta - 1.0) + noise[t], np.eye(d) / eta)
        np.testing.assert_allclose(theta, run.path[t], rtol=1e-9, atol=1e-11)
