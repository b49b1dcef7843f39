"""Weight normalisation: gradients by differences, the growth of u, batch normalisation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from everystep.kernels import weight_norm
from everystep.kernels.gradient_check import complex_step


@pytest.mark.parametrize("d", [1, 2, 5])
@pytest.mark.parametrize("g", [2.0, -0.5, 0.0])
def test_gradients_agree_with_complex_steps_through_the_weight(d: int, g: float) -> None:
    generator = np.random.default_rng(d)
    u, c = generator.standard_normal(d), generator.standard_normal(d)

    def loss(u: Any, g: Any) -> Any:
        w = g * u / np.sqrt(np.sum(u * u))
        return np.sum(np.sin(w) * c) + np.sum(w**4)

    w = weight_norm.weight(u, g)
    grad_u, grad_g = weight_norm.gradients(u, g, np.cos(w) * c + 4 * w**3)
    np.testing.assert_allclose(grad_u, complex_step(lambda v: loss(v, g), u), atol=1e-14)
    np.testing.assert_allclose(grad_g, complex_step(lambda v: loss(u, v), g), rtol=1e-12)
    assert grad_u @ u == pytest.approx(0.0, abs=1e-13)
    assert np.linalg.norm(w) == pytest.approx(abs(g))


def test_the_norm_of_u_never_shrinks_over_a_thousand_steps_and_grows_by_pythagoras() -> None:
    generator = np.random.default_rng(0)
    X, y = np.linalg.qr(generator.standard_normal((30, 12)))[0], generator.standard_normal(30)
    u = 0.3 * generator.standard_normal(12)
    run = weight_norm.descend(u, 0.5, lambda w: -2 * X.T @ (y - X @ w), step=0.1, steps=1000)
    assert run.u_norms.shape == (1001,)
    before, after = run.u_norms[:-1], run.u_norms[1:]
    assert (after >= before * (1 - 1e-15)).all()
    assert run.u_norms[-1] > run.u_norms[0] * 1.001
    np.testing.assert_allclose(after**2, before**2 + run.step**2 * run.grad_u_norms**2, rtol=1e-14)
    np.testing.assert_allclose(run.w, X.T @ y, atol=1e-9)


def test_one_step_is_the_formula() -> None:
    u, g, c = np.array([3.0, 4.0]), 10.0, np.array([1.0, 0.0])
    run = weight_norm.descend(u, g, lambda w: c, step=0.5, steps=1)
    # P c = (16, -12)/25, grad_u = 2 P c, grad_g = 3/5.
    np.testing.assert_allclose(run.u, u - 0.5 * np.array([32.0, -24.0]) / 25.0, rtol=1e-15)
    assert run.g == pytest.approx(10.0 - 0.5 * 0.6)


def test_no_steps_leave_the_start() -> None:
    run = weight_norm.descend([1.0, 2.0], 3.0, lambda w: w, step=0.1, steps=0)
    np.testing.assert_array_equal(run.u, [1.0, 2.0])
    assert run.u_norms.shape == (1,)
    assert run.grad_u_norms.shape == (0,)


@pytest.mark.parametrize("shape", [(2, 1), (7, 3), (50, 10)])
def test_on_whitened_inputs_both_normalisations_agree(shape: tuple[int, int]) -> None:
    generator = np.random.default_rng(1)
    X = generator.standard_normal(shape) @ generator.standard_normal((shape[1], shape[1])) + 3.0
    u = generator.standard_normal(shape[1])
    white = weight_norm.whiten(X)
    np.testing.assert_allclose(white.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(white.T @ white / shape[0], np.eye(shape[1]), atol=1e-12)
    same = weight_norm.compare_batch_norm(white, u, 1.7, -0.3)
    assert same.mean == pytest.approx(0.0, abs=1e-12)
    assert same.variance == pytest.approx(same.u_norm_squared, rel=1e-12)
    assert same.difference < 1e-12
    assert weight_norm.compare_batch_norm(X, u, 1.7, -0.3).difference > 0.1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: weight_norm.weight([0.0, 0.0], 1.0), r"u of shape \(2,\) is zero"),
        (
            lambda: weight_norm.weight([[1.0]], 1.0),
            r"u has shape \(1, 1\); expected 1 axes, \(d,\)",
        ),
        (lambda: weight_norm.weight([1.0], float("inf")), "g is inf; expected a number"),
        (lambda: weight_norm.gradients([1.0, 2.0], 1.0, [1.0]), r"grad_w has shape \(1,\).* d = 2"),
        (
            lambda: weight_norm.descend([1.0], 1.0, lambda w: w, step=0.0, steps=1),
            r"step is 0; expected a number in \(0, inf\)",
        ),
        (
            lambda: weight_norm.descend([1.0], 1.0, lambda w: w, step=0.1, steps=-1),
            "steps is -1; expected",
        ),
        (lambda: weight_norm.whiten(np.ones((4, 2))), "covariance of rank 0; expected 2"),
        (
            lambda: weight_norm.compare_batch_norm(np.ones((4, 2)), [1.0, 1.0], 1.0),
            "same u.T x for every row",
        ),
        (
            lambda: weight_norm.compare_batch_norm(np.ones((4, 2)), [1.0], 1.0),
            r"u has shape \(1,\).* d = 2",
        ),
    ],
)
def test_bad_input_is_named(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
