"""Activations against many digits, at sizes where the plain formulas overflow, and the facts of questions H1 to H4."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest

from everystep.kernels import activations
from everystep.kernels.gradient_check import central_differences

EXTREMES = [0.0, 1.0, -1.0, 745.0, -745.0, 1e4, -1e4, 1e308, -1e308, 5e-324, np.finfo(float).max, np.finfo(float).min]


def many_digits(x: Any) -> tuple[list[Any], Any]:
    """e^(x_i) for each entry and the logarithm of their sum, in 60 digits and without any shift."""
    with mpmath.workdps(60):
        exponentials = [mpmath.exp(mpmath.mpf(float(entry))) for entry in x]
        return exponentials, mpmath.log(mpmath.fsum(exponentials))


@pytest.mark.parametrize("scale", [1e-3, 1.0, 30.0, 1e4])
@pytest.mark.parametrize("d", [1, 2, 17])
def test_softmax_and_its_logarithms_agree_with_sixty_digits(d: int, scale: float) -> None:
    x = scale * np.random.default_rng(d).standard_normal(d)
    exponentials, logarithm = many_digits(x)
    with mpmath.workdps(60):
        shares = [float(e / mpmath.fsum(exponentials)) for e in exponentials]
        logs = [float(mpmath.mpf(float(entry)) - logarithm) for entry in x]
    np.testing.assert_allclose(activations.log_sum_exp(x), float(logarithm), rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(activations.softmax(x), shares, rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(activations.log_softmax(x), logs, rtol=1e-14, atol=1e-14 * scale)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_entries_of_any_size_overflow_nowhere(dtype: Any) -> None:
    largest = float(np.finfo(dtype).max)
    values = np.array([e for e in EXTREMES if abs(e) <= largest] + [largest, -largest], dtype=dtype)
    pairs = np.stack(np.meshgrid(values, values), axis=-1)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        shares, total = activations.softmax(pairs), activations.log_sum_exp(pairs)
        logs = activations.log_softmax(pairs)
        for beta in (0.0, 1.0, -3.0, largest):
            assert np.isfinite(activations.swish(values, beta)).all()
            assert np.isfinite(activations.swish_slope(values, beta)).all()
        halves = activations.piecewise_linear(values, a=0.5, b=0.5, alpha=largest, beta=-largest, c=1.0)
        tenth = activations.piecewise_linear(values, a=0.1, b=0.0, alpha=-largest, beta=-largest)
    assert shares.dtype == total.dtype == logs.dtype == halves.dtype == dtype
    np.testing.assert_allclose(shares.sum(axis=-1), 1.0, rtol=1e-6)
    assert np.isfinite(total).all()
    # The logarithm is -inf only where the true value is not a number of the dtype.
    below = pairs.astype(np.longdouble) - pairs.max(axis=-1, keepdims=True).astype(np.longdouble)
    np.testing.assert_array_equal(np.isneginf(logs), below < -np.longdouble(largest))
    np.testing.assert_array_equal(halves, 1.0)
    # 0.1 (x + largest): the bracket overflows at the far end, the value does not.
    np.testing.assert_allclose(tenth[values == largest], 0.2 * largest, rtol=1e-6)


def test_the_axis_is_the_one_named() -> None:
    x = np.random.default_rng(0).standard_normal((2, 3, 4))
    for axis in range(-3, 3):
        moved = np.moveaxis(x, axis, -1)
        np.testing.assert_array_equal(activations.log_sum_exp(x, axis), activations.log_sum_exp(moved))
        np.testing.assert_array_equal(np.moveaxis(activations.softmax(x, axis), axis, -1), activations.softmax(moved))
        np.testing.assert_allclose(activations.softmax(x, axis), np.exp(activations.log_softmax(x, axis)), rtol=1e-14)


def test_softmax_is_unchanged_by_the_same_scalar_everywhere_and_by_no_other_shift() -> None:
    x = np.random.default_rng(1).standard_normal(5)
    np.testing.assert_allclose(activations.softmax(x + 123.0), activations.softmax(x), rtol=1e-12)
    np.testing.assert_array_equal(activations.softmax([0.0, 0.0]), [0.5, 0.5])
    np.testing.assert_allclose(activations.softmax([1.0, 0.0]), [0.731, 0.269], atol=5e-4)


def test_the_sum_of_shifted_exponentials_lies_between_one_and_d() -> None:
    x = np.random.default_rng(2).standard_normal((1000, 7)) * 50
    logarithm = x.max(axis=1) - activations.log_softmax(x).max(axis=1) - x.max(axis=1)
    assert (logarithm >= 0).all()
    assert (logarithm <= np.log(7)).all()


def test_swish_lies_between_half_the_identity_and_relu() -> None:
    x = np.linspace(-50, 50, 200_001)
    np.testing.assert_array_equal(activations.swish(x, 0.0), x / 2)
    for beta in (0.5, 1.0, 10.0):
        distance = np.abs(activations.swish(x, beta) - activations.relu(x))
        assert distance.max() == pytest.approx(0.2785 / beta, rel=1e-3)
        assert beta * abs(x[distance.argmax()]) == pytest.approx(1.2785, abs=beta * 1e-3)
    np.testing.assert_allclose(activations.swish(x, -1e9), np.minimum(x, 0), atol=1e-9)


@pytest.mark.parametrize("beta", [-2.0, 0.0, 1.0, 7.0])
def test_the_slope_of_swish_agrees_with_differences(beta: float) -> None:
    x = np.linspace(-5, 5, 41)
    differences = central_differences(lambda v: activations.swish(v, beta).sum(), x)
    np.testing.assert_allclose(activations.swish_slope(x, beta), differences, atol=1e-9)


def test_piecewise_linear_maps_are_those_of_the_cases() -> None:
    x = np.linspace(-4, 4, 801)
    a, b, alpha, beta, c = 1.5, 0.25, 2.0, -1.0, 0.75
    by_cases = [c + a * (e - alpha) if e >= alpha else c + b * (beta - e) if e <= beta else c for e in x]
    np.testing.assert_allclose(
        activations.piecewise_linear(x, a=a, b=b, alpha=alpha, beta=beta, c=c), by_cases, rtol=1e-14
    )
    np.testing.assert_array_equal(activations.piecewise_linear(x, a=1, b=0), np.maximum(x, 0))
    np.testing.assert_array_equal(activations.piecewise_linear(x, a=1, b=1), np.abs(x))
    np.testing.assert_allclose(activations.piecewise_linear(x, a=1, b=-0.01), np.where(x > 0, x, 0.01 * x), rtol=1e-14)


def test_coefficients_beyond_single_precision_do_not_spoil_single_precision() -> None:
    x = np.array([1.0, -1.0, 0.0], np.float32)
    with np.errstate(all="raise"):
        found = activations.piecewise_linear(x, a=1e300, b=1e300)
        flat = activations.piecewise_linear(x, a=1.0, b=1.0, alpha=1e300, beta=-1e300, c=0.25)
    np.testing.assert_array_equal(found, np.array([np.inf, np.inf, 0.0], np.float32))
    np.testing.assert_array_equal(flat, np.full(3, 0.25, np.float32))
    assert found.dtype == flat.dtype == np.float32


def test_the_logistic_agrees_with_many_digits_on_both_sides() -> None:
    x = np.array([-700.0, -40.0, -1.0, 0.0, 1.0, 40.0, 700.0])
    with mpmath.workdps(60):
        expected = [float(1 / (1 + mpmath.exp(-mpmath.mpf(float(e))))) for e in x]
    np.testing.assert_allclose(activations.logistic(x), expected, rtol=1e-15)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: activations.softmax([]), r"x has shape \(0,\) and is empty"),
        (lambda: activations.softmax(1.0), r"x has shape \(\); expected at least 1 axes"),
        (lambda: activations.log_sum_exp([1.0, np.nan]), r"x of shape \(2,\) holds nan at index \(1,\)"),
        (lambda: activations.log_softmax([[1.0]], axis=2), "axis is 2; expected a whole number from -2 to 1"),
        (lambda: activations.logistic(["a"]), r"x has shape \(1,\) and dtype <U1; expected float32 or float64"),
        (lambda: activations.swish([1.0], np.inf), "beta is inf; expected a number"),
        (lambda: activations.swish_slope([1j]), "dtype complex128; expected float32 or float64"),
        (lambda: activations.relu([[1.0], [1.0, 2.0]]), "x is ragged"),
        (lambda: activations.piecewise_linear([1.0], a=1, b=1, alpha=0, beta=1), "beta is 1; expected a number in"),
    ],
)
def test_bad_input_is_named(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(("dtype", "gaps"), [(np.float64, (1.0, 36.7, 300.0, 700.0)), (np.float32, (1.0, 16.6, 80.0))])
def test_the_logarithm_of_what_is_nearly_certain_keeps_its_digits(dtype: Any, gaps: tuple[float, ...]) -> None:
    """log(1 + e^-gap) and its opposite, beside which 1 is large."""
    for gap in gaps:
        with mpmath.workdps(400):
            wanted = float(mpmath.log1p(mpmath.exp(-mpmath.mpf(float(dtype(gap))))))
        for x in ([0.0, -gap], [-gap, 0.0]):
            array = np.array(x, dtype)
            tolerance = 4 * float(np.finfo(dtype).eps)
            assert activations.log_sum_exp(array) == pytest.approx(wanted, rel=tolerance, abs=0)
            assert activations.log_softmax(array).max() == pytest.approx(-wanted, rel=tolerance, abs=0)
            columns = np.stack([array, array[::-1]], axis=1)
            np.testing.assert_allclose(activations.log_sum_exp(columns, axis=0), [wanted] * 2, rtol=tolerance)
