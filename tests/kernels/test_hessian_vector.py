"""Hessian-vector products against the full Hessian, closed forms and orders of error (questions G7 to G11)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from everystep.kernels import hessian_vector as hv
from everystep.kernels.gradient_check import complex_step
from everystep.kernels.hessian_vector import Network


def problem(network: Network, batch: int = 5, seed: int = 0) -> tuple[Any, Any, Any, Any]:
    random = np.random.default_rng(seed)
    w, v = hv.random_weights(network, seed), random.standard_normal(network.parameters)
    x, y = random.standard_normal((batch, network.sizes[0])), random.standard_normal((batch, network.sizes[-1]))
    if network.loss == "cross_entropy":
        y = np.exp(y) / np.exp(y).sum(axis=1, keepdims=True)
    return w, v, x, y


NETWORKS = [
    Network(sizes, activation, loss)
    for sizes in ((3, 2), (1, 1, 1), (4, 5, 3), (3, 6, 4, 5, 2))
    for activation in ("logistic", "tanh", "linear")
    for loss in hv.LOSSES
]


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_gradient_and_product_agree_with_complex_steps(network: Network) -> None:
    w, v, x, y = problem(network)
    g = hv.gradient(network, w, x, y)
    np.testing.assert_allclose(g, complex_step(lambda at: hv.loss(network, at, x, y), w), rtol=1e-9, atol=1e-12)
    hessian = hv.full_hessian(network, w, x, y)
    np.testing.assert_allclose(hessian, hessian.T, atol=1e-11 * np.abs(hessian).max())
    product = hv.hessian_vector(network, w, v, x, y)
    np.testing.assert_allclose(product, hessian @ v, rtol=1e-9, atol=1e-11 * np.abs(product).max() + 1e-14)


@pytest.mark.parametrize("loss", hv.LOSSES)
def test_relu_agrees_with_differences_away_from_its_kinks(loss: str) -> None:
    network = Network((4, 8, 6, 3), "relu", loss)
    w, v, x, y = problem(network)
    exact = hv.hessian_vector(network, w, v, x, y)
    difference = hv.central_difference(lambda at: hv.gradient(network, at, x, y), w, v, 1e-6)
    np.testing.assert_allclose(difference, exact, rtol=1e-6, atol=1e-7 * np.abs(exact).max())


def test_one_linear_layer_has_the_hessian_of_least_squares() -> None:
    network = Network((4, 1), loss="squared")
    w, v, x, y = problem(network, batch=9)
    design = np.column_stack([x, np.ones(9)])
    np.testing.assert_allclose(hv.hessian_vector(network, w, v, x, y), 2 * design.T @ design @ v, rtol=1e-12)
    np.testing.assert_allclose(hv.gradient(network, w, x, y), 2 * design.T @ (design @ w - y[:, 0]), rtol=1e-12)


def test_logistic_regression_has_its_hessian() -> None:
    # Two classes: the softmax of (a, b) is the logistic function of a - b.
    network = Network((3, 2), loss="cross_entropy")
    w, _, x, y = problem(network, batch=6)
    logits = x @ w[:6].reshape(2, 3).T + w[6:]
    s = 1 / (1 + np.exp(logits[:, 1] - logits[:, 0]))
    blocks = np.einsum("m,mi,mj->ij", s * (1 - s), x, x)
    hessian = hv.full_hessian(network, w, x, y)
    np.testing.assert_allclose(hessian[:3, :3], blocks, rtol=1e-11)
    np.testing.assert_allclose(hessian[:3, 3:6], -blocks, rtol=1e-11)


def test_the_product_is_linear_and_symmetric() -> None:
    network = Network((5, 7, 4), "tanh", "cross_entropy")
    w, v, x, y = problem(network)
    u = np.random.default_rng(9).standard_normal(len(w))
    Hu, Hv = (hv.hessian_vector(network, w, d, x, y) for d in (u, v))
    np.testing.assert_allclose(hv.hessian_vector(network, w, 2 * u - 3 * v, x, y), 2 * Hu - 3 * Hv, atol=1e-11)
    assert u @ Hv == pytest.approx(v @ Hu, rel=1e-11)
    np.testing.assert_array_equal(hv.hessian_vector(network, w, 0 * v, x, y), np.zeros_like(w))


def test_the_forward_error_halves_with_the_step_and_the_central_one_quarters() -> None:
    network = Network((6, 10, 8, 3), "tanh", "cross_entropy")
    w, v, x, y = problem(network)
    steps = 2.0 ** -np.arange(6, 12)
    errors = hv.difference_errors(network, w, v, x, y, steps)
    np.testing.assert_allclose(errors.forward[:-1] / errors.forward[1:], 2.0, rtol=0.1)
    np.testing.assert_allclose(errors.central[:-1] / errors.central[1:], 4.0, rtol=0.1)
    tiny = hv.difference_errors(network, w, v, x, y, [1e-13, 1e-11])
    assert tiny.forward[0] > 10 * tiny.forward[1]  # rounding, eps / r
    assert hv.difference_errors(network, w, v, x, y, [1e-5]).central[0] < 1e-8


def test_a_network_of_real_size_agrees_with_differences() -> None:
    network = Network((32, 512, 512, 10), "tanh", "cross_entropy")
    assert network.parameters == 284_682
    w, v, x, y = problem(network, batch=4)
    v /= np.linalg.norm(v)
    assert hv.difference_errors(network, w, v, x, y, [1e-4]).central[0] < 1e-6


def test_saturated_units_overflow_nowhere() -> None:
    network = Network((2, 3, 2), "logistic", "cross_entropy")
    w, v, x, y = problem(network)
    assert np.isfinite(hv.hessian_vector(network, 1e5 * w, v, x, y)).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Network((3,)), r"sizes is \(3,\); expected 2 or more"),
        (lambda: Network((3, 0)), r"sizes\[1\] is 0; expected"),
        (lambda: Network((3, 1), "cosine"), "activation is 'cosine'; expected one of logistic"),
        (lambda: Network((3, 1), loss="hinge"), "loss is 'hinge'; expected one of squared, cross_entropy"),
        (lambda: hv.gradient(Network((1, 1)), [1.0], [[1.0]], [[1.0]]), r"w has shape \(1,\).*P = 2"),
        (lambda: hv.gradient(Network((1, 1)), [1.0, 1], [[1.0, 2]], [[1.0]]), r"x has shape \(1, 2\).*d_0 = 1"),
        (lambda: hv.gradient(Network((1, 1)), [1.0, 1], [[1.0]], [[1.0], [2]]), r"y has shape \(2, 1\).*batch = 1"),
        (
            lambda: hv.gradient(Network((1, 1), loss="cross_entropy"), [1.0, 1], [[1.0]], [[2.0]]),
            r"y of shape \(1, 1\) has a row that does not sum to 1",
        ),
        (lambda: hv.hessian_vector(Network((1, 1)), [1.0, 1], [1.0], [[1.0]], [[1.0]]), r"v has shape \(1,\).*P = 2"),
        (lambda: hv.loss(Network((1, 1)), [1.0], [[1.0]], [[1.0]]), r"w has shape \(1,\); expected \(P,\) with P = 2"),
        (
            lambda: hv.full_hessian(Network((64, 64)), np.ones(4160), np.ones((1, 64)), np.ones((1, 64))),
            "network has 4160 parameters; expected at most 2048",
        ),
        (lambda: hv.forward_difference(lambda w: w, [1.0], [1.0], 0.0), "step is 0; expected a number in"),
        (lambda: hv.central_difference(lambda w: w, [1.0], [1.0, 2.0], 0.1), r"v has shape \(2,\).*P = 1"),
        (lambda: hv.forward_difference(lambda w: [1.0, 2], [1.0], [1.0], 0.1), r"g\(w\) has shape \(2,\).*P = 1"),
        (lambda: hv.random_weights(Network((1, 1)), -1), "seed is -1; expected"),
        (
            lambda: hv.difference_errors(Network((1, 1)), [1.0, 1], [0.0, 0], [[1.0]], [[1.0]], [0.1]),
            "gives H v = 0",
        ),
    ],
)
def test_bad_input_is_named(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
