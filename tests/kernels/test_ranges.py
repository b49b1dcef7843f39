"""Numbers near the ends of the range of their dtype: what is in other units by a power of 2 has the same digits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from everystep.kernels import (
    activations,
    bptt,
    convolution,
    dropout,
    hessian_vector,
    least_squares,
    messages,
    normalisation,
    optimisers,
    weight_norm,
)

EXPONENTS = [-1060, -1000, -600, -520, -9, 0, 9, 520, 600, 1000]
"""Of powers of 2. The squares of 2^520 and 2^-520 are beyond float64; the draws are multiples of 2^-8, so exact."""


def draw(*shape: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).integers(-300, 300, shape) / 256 + 1 / 256


def scaled(value: Any, k: int) -> Any:
    return np.ldexp(value, k)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("k", EXPONENTS)
def test_the_direction_of_a_weight_does_not_depend_on_its_units(k: int) -> None:
    u, c, X = draw(5), draw(5, seed=1), draw(9, 5, seed=2)
    np.testing.assert_array_max_ulp(weight_norm.weight(scaled(u, k), 2.0), weight_norm.weight(u, 2.0), 4)
    grad_u, grad_g = weight_norm.gradients(u, 2.0, c)
    found_u, found_g = weight_norm.gradients(scaled(u, k), 2.0, c)
    assert found_g == pytest.approx(grad_g, rel=1e-14)
    if k > -1000:  # 2^1000 is still a number
        np.testing.assert_allclose(found_u, scaled(grad_u, -k), rtol=1e-13, atol=5e-324)
    np.testing.assert_allclose(weight_norm.whiten(scaled(X, k)), weight_norm.whiten(X), rtol=1e-13)
    plain = weight_norm.compare_batch_norm(X, u, 2.0, 0.5)
    for found in (
        weight_norm.compare_batch_norm(scaled(X, k), u, 2.0, 0.5),
        weight_norm.compare_batch_norm(X, scaled(u, k), 2.0, 0.5),
    ):
        np.testing.assert_allclose(found.batch_norm, plain.batch_norm, rtol=1e-13)
        assert found.mean == pytest.approx(scaled(plain.mean, k), rel=1e-13)
        with np.errstate(over="ignore", under="ignore"):
            variance = float(scaled(plain.variance, 2 * k))
        assert found.variance == pytest.approx(variance, rel=1e-13)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("k", EXPONENTS)
def test_least_squares_in_other_units(k: int) -> None:
    X, y = draw(3, 6), draw(3, seed=1)
    w = least_squares.minimum_norm_solution(X, y)
    if k > -1000:
        np.testing.assert_allclose(least_squares.minimum_norm_solution(scaled(X, k), y), scaled(w, -k), rtol=1e-13)
    if k < 1000:
        np.testing.assert_allclose(
            least_squares.minimum_norm_solution(X, scaled(y, k)), scaled(w, k), rtol=1e-13, atol=1e-321
        )
        run = least_squares.gradient_descent(X, scaled(y, k), iterations=20)
        plain = least_squares.gradient_descent(X, y, iterations=20)
        np.testing.assert_allclose(run.residual_norms, scaled(plain.residual_norms, k), rtol=1e-10, atol=1e-318)
        same = least_squares.compare_lstsq(X, scaled(y, k), scaled(w + 1.0, k))
        assert same.distance == pytest.approx(math.ldexp(6**0.5, k), rel=1e-10)
    same = least_squares.compare_lstsq(scaled(X, k), scaled(y, k), w)
    assert same.distance == pytest.approx(0.0, abs=1e-10)
    if abs(k) > 512:
        with pytest.raises(
            ValueError, match=r"X of shape \(3, 6\) has the largest singular value .*; expected a matrix"
        ):
            least_squares.step_bound(scaled(X, k))
    else:
        assert least_squares.step_bound(scaled(X, k)) == pytest.approx(least_squares.step_bound(X) * 4.0**-k)


@pytest.mark.filterwarnings("error")
def test_a_descent_that_diverges_ends_while_its_record_is_finite() -> None:
    X, y = draw(3, 6), draw(3, seed=1)
    step = 1.5 * least_squares.step_bound(X)
    run = least_squares.gradient_descent(X, y, step=step, iterations=100_000, allow_divergence=True)
    assert 100 < run.iterations < 100_000
    assert not run.converged
    assert np.isfinite(run.w).all()
    assert np.isfinite(run.residual_norms).all()
    assert run.residual_norms[-1] > 1e300


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("k", EXPONENTS)
def test_dropout_in_other_units(k: int) -> None:
    X, y, w, p = draw(3, 4), draw(3, seed=1), draw(4, seed=2), 0.4
    with np.errstate(over="ignore", under="ignore"):
        for big in ((scaled(X, k), scaled(y, k), w), (X, scaled(y, k), scaled(w, k))):
            loss = float(scaled(dropout.expected_loss(X, y, w, p), 2 * k))
            assert dropout.expected_loss(*big, p) == pytest.approx(loss, rel=1e-14)
            exact, found = (dropout.exact_expectation(*given, p) for given in ((X, y, w), big))
            for name in ("mean", "least", "largest"):
                assert getattr(found, name) == pytest.approx(float(scaled(getattr(exact, name), 2 * k)), rel=1e-14)
            assert found.variance == pytest.approx(float(scaled(exact.variance, 4 * k)), rel=1e-14)
            plain, sampled = (dropout.monte_carlo(*given, p, samples=50) for given in ((X, y, w), big))
            assert sampled.mean == pytest.approx(float(scaled(plain.mean, 2 * k)), rel=1e-14)
            assert sampled.standard_error == pytest.approx(float(scaled(plain.standard_error, 2 * k)), rel=1e-14)
    best = dropout.minimiser(X, y, p)
    np.testing.assert_allclose(dropout.minimiser(scaled(X, k), scaled(y, k), p), best, rtol=1e-12)
    columns = X * np.array([1.0, 2.0**k, 1.0, 1.0])
    if k > -1000:
        np.testing.assert_allclose(
            dropout.minimiser(columns, y, p), best / np.array([1.0, 2.0**k, 1.0, 1.0]), rtol=1e-12, atol=5e-324
        )


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", normalisation.KINDS)
@pytest.mark.parametrize(
    ("dtype", "exponents"), [(np.float64, EXPONENTS), (np.float32, [-135, -120, -64, 0, 63, 70, 126])]
)
def test_what_is_normalised_does_not_depend_on_its_units(kind: str, dtype: Any, exponents: list[int]) -> None:
    x = draw(4, 3, 5).astype(dtype)
    plain = normalisation.forward(x, kind, epsilon=0.0)
    g = draw(4, 3, 5, seed=1).astype(dtype)
    before = normalisation.backward(plain, g)
    with pytest.raises(ValueError, match=r"has variance 0 somewhere, or one so small that its root has no reciprocal"):
        normalisation.forward(scaled(x, exponents[0]), kind, epsilon=0.0)
    for k in exponents[1:]:
        found = normalisation.forward(scaled(x, k), kind, epsilon=0.0)
        np.testing.assert_allclose(found.x_hat, plain.x_hat, rtol=8 * np.finfo(dtype).eps)
        after = normalisation.backward(found, g)
        np.testing.assert_allclose(after.gamma, before.gamma, rtol=64 * np.finfo(dtype).eps)
        with np.errstate(over="ignore", under="ignore"):
            one, other = (normalisation.statistics(a, kind) for a in (x, scaled(x, k)))
            np.testing.assert_allclose(other.mean, scaled(one.mean, k), rtol=8 * np.finfo(dtype).eps)
            np.testing.assert_allclose(other.variance, scaled(one.variance, 2 * k), rtol=8 * np.finfo(dtype).eps)
        # One example, or channel, in other units beside the others.
        mixed = x.copy()
        mixed[1] = scaled(mixed[1], k)
        if kind != "batch":
            np.testing.assert_allclose(
                normalisation.forward(mixed, kind, epsilon=0.0).x_hat, plain.x_hat, rtol=8 * np.finfo(dtype).eps
            )
    largest = np.finfo(dtype).max
    ends = np.array([[[largest, -largest, largest]], [[largest, largest, -largest]]], dtype)
    assert np.isfinite(normalisation.forward(ends, kind).y).all()
    # With an epsilon above it, a variance below the range counts as 0, and entries are only divided by its root.
    tiny = scaled(x, exponents[1])
    small = normalisation.forward(tiny, kind, epsilon=0.25).x_hat
    kept = [1 if axis in normalisation._axes(x, kind) else size for axis, size in enumerate(x.shape)]
    centred = tiny - scaled(one.mean, exponents[1]).reshape(kept)
    np.testing.assert_allclose(small, 2 * centred, rtol=1e-5)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("k", EXPONENTS)
def test_the_model_along_the_gradient_in_other_units(k: int) -> None:
    g, H = draw(4), np.eye(4) + 0.25
    plain = optimisers.descent_model(g, H)
    found = optimisers.descent_model(scaled(g, k), H)
    assert found.best == pytest.approx(plain.best, rel=1e-14)
    assert found.bound == pytest.approx(plain.bound, rel=1e-14)
    with np.errstate(over="ignore", under="ignore"):
        assert found.slope == pytest.approx(float(scaled(plain.slope, 2 * k)), rel=1e-14)
        assert found.decrease == pytest.approx(float(scaled(plain.decrease, 2 * k)), rel=1e-14)
    curved = optimisers.descent_model(g, scaled(H, k))
    if k > -1000:
        assert curved.best == pytest.approx(float(scaled(plain.best, -k)), rel=1e-13)


def test_attention_beyond_the_range_is_refused_by_name() -> None:
    h, W = draw(4, 3), draw(2, 3)
    edges = [(0, 1)]
    for large in ((1e200 * h, W, W, W), (h, 1e300 * W, 1e300 * W, W), (1e150 * h, 0 * W, W, 1e200 * W)):
        with pytest.raises(ValueError, match=r"h of shape \(4, 3\) .* beyond the range of float64; expected smaller"):
            messages.attention(*large)
        with pytest.raises(ValueError, match=r"h of shape \(4, 3\) .* beyond the range of float64; expected smaller"):
            messages.attention_by_messages(*large, edges)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("activation", ["logistic", "tanh"])
def test_units_saturate_without_a_warning(activation: str, dtype: Any) -> None:
    large = dtype(np.finfo(dtype).max / 1e6)
    arrays = {
        name: draw(*shape).astype(dtype)
        for name, shape in {"x": (3, 2, 4), "z": (3, 2, 2), "h0": (2, 5), "W": (5, 4), "U": (5, 5), "V": (2, 5)}.items()
    }
    arrays["W"] *= large
    with np.errstate(all="raise", under="ignore", over="warn" if activation == "logistic" else "raise"):
        found = bptt.bptt(**arrays, activation=activation, keep_h=True)
    assert all(np.isfinite(getattr(found, name)).all() for name in ("loss", "W", "U", "V", "h0", "h"))


def test_gradients_that_explode_or_vanish_in_single_precision_have_their_norms() -> None:
    steps, n = 60, 4
    for factor in (2.0, 0.5):
        arrays = {
            "x": np.zeros((steps, 1, 1), np.float32),
            "z": np.zeros((steps, 1, 1), np.float32),
            "h0": np.zeros((1, n), np.float32),
            "W": np.zeros((n, 1), np.float32),
            "U": factor * np.eye(n, dtype=np.float32),
            "V": np.ones((1, n), np.float32),
        }
        # Only the last step has a loss: its gradient in h_T is 2^17 times the ones, or 2^-59.
        arrays["z"][-1] = -(2.0**16) if factor > 1 else -(2.0**-60)
        norms = bptt.bptt(**arrays, activation="linear", norms=True).norms
        assert norms is not None
        expected = 2 * (2.0**17 if factor > 1 else 2.0**-59) * factor ** np.arange(steps, -1, -1.0)
        np.testing.assert_allclose(norms, expected, rtol=1e-6)
    arrays["z"][0] = 1e30
    found = bptt.bptt(**arrays, activation="linear")
    assert found.loss == pytest.approx(1e60, rel=1e-6)
    assert bptt.forward(**arrays, activation="linear").step_losses[0] == pytest.approx(1e60, rel=1e-6)


def test_millions_of_numbers_of_single_precision_add_up() -> None:
    m = 2_000_000
    tenth = np.full((m, 2), 0.1, np.float32)
    exact = float(np.float32(0.1)) * m
    # Behind one larger entry the exponentials are 0.09, and not exact.
    x = tenth.copy()
    x[0] = 2.5
    logarithm = np.log(np.exp(x[:, 0].astype(float)).sum())
    np.testing.assert_allclose(activations.log_sum_exp(x, axis=0), logarithm, rtol=1e-6)
    np.testing.assert_allclose(activations.log_softmax(x, axis=0), x - logarithm, rtol=1e-6)
    for rows in (np.ascontiguousarray(x.T), x.T, x[::-1].T):
        np.testing.assert_allclose(activations.softmax(rows), np.exp(rows - logarithm), rtol=3e-6)
    sign = np.where(np.arange(m) % 2 == 0, 1, -1).astype(np.float32)[:, None]
    for kind, shape in (("batch", (m, 2)), ("instance", (1, 2, m))):
        x = (sign * np.ones((1, 2), np.float32)).T.reshape(shape) if kind == "instance" else np.repeat(sign, 2, axis=1)
        grad_y = np.full(shape, 0.1, np.float32)
        done = normalisation.forward(x, kind, epsilon=0.0)
        np.testing.assert_allclose(normalisation.backward(done, grad_y).beta, exact, rtol=1e-6)
        np.testing.assert_allclose(normalisation.backward(done, done.y * grad_y).gamma, exact, rtol=1e-6)
        assert np.abs(normalisation.backward(done, grad_y).x).max() < 1e-7
    image = tenth.T.reshape(1, 2, 1000, m // 1000)
    one = np.ones((2, 2, 1, 1), np.float32)
    np.testing.assert_allclose(convolution.backward(image, one, image).bias, exact, rtol=1e-6)


def test_differences_of_gradients_measure_errors_in_any_units() -> None:
    network = hessian_vector.Network((2, 3, 2))
    w, v = hessian_vector.random_weights(network), draw(network.parameters)
    x, y = draw(5, 2), draw(5, 2, seed=1)
    plain = hessian_vector.difference_errors(network, w, v, x, scaled(y, 300), [1e-3])
    large = hessian_vector.difference_errors(network, w, v, x, scaled(y, 900), [1e-3])
    assert large.forward == pytest.approx(plain.forward, rel=1e-6)
