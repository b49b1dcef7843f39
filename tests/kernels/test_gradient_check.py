"""Differences against derivatives that are known."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from everystep.kernels import gradient_check
from everystep.kernels.gradient_check import (
    central_differences,
    check_gradient,
    complex_step,
    differences,
    sweep_steps,
)

A = np.random.default_rng(0).standard_normal((3, 2))


def smooth(x: Any) -> Any:
    return np.sum(np.exp(A * x)) + np.sum(x**3)


def smooth_gradient(x: Any) -> Any:
    return A * np.exp(A * x) + 3 * x**2


@pytest.mark.parametrize("shape", [(), (1,), (3, 2), (1, 3, 2)])
def test_both_differences_find_the_gradient_for_any_shape(shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(1).standard_normal(shape)
    np.testing.assert_allclose(complex_step(lambda v: np.sum(np.sin(v)), x), np.cos(x), rtol=1e-15)
    numeric = central_differences(lambda v: np.sum(np.sin(v)), x)
    assert numeric.shape == shape
    np.testing.assert_allclose(numeric, np.cos(x), rtol=1e-11)


def test_extrapolation_removes_error_and_is_exact_for_polynomials() -> None:
    x = np.random.default_rng(2).standard_normal((3, 2))
    errors = [np.abs(central_differences(smooth, x, step=0.1, levels=m) - smooth_gradient(x)).max() for m in (1, 2, 3)]
    assert errors[0] > 1e3 * errors[1] > 1e5 * errors[2]
    quartic = central_differences(lambda v: np.sum(v**4), np.array([1.0, 2.0]), step=0.5, levels=2)
    np.testing.assert_allclose(quartic, [4.0, 32.0], rtol=1e-13)


@pytest.mark.parametrize("method", ["complex", "central"])
@pytest.mark.parametrize("directions", [None, 4])
def test_a_right_gradient_passes_and_a_wrong_one_is_found(method: str, directions: int | None) -> None:
    x = np.random.default_rng(3).standard_normal((3, 2))
    right = smooth_gradient(x)
    options: dict[str, Any] = {"method": method, "directions": directions}
    report = check_gradient(smooth, right, x, **options)
    assert report.relative_error < 1e-11
    assert report.evaluations == (6 if directions is None else 4) * (1 if method == "complex" else 8) + (
        method == "central"
    )
    wrong = right.copy()
    wrong[2, 1] += 1e-3
    report = check_gradient(smooth, wrong, x, **options)
    assert report.error > 1e-5
    if directions is None:
        assert report.worst == (2, 1)
        assert report.error == pytest.approx(1e-3, rel=1e-6)
    else:
        assert report.directions is not None
        np.testing.assert_allclose(np.sum(report.directions**2, axis=(1, 2)), 1.0)


@pytest.mark.parametrize(
    ("f", "method"),
    [
        (smooth, "complex"),
        (lambda x: np.sum(np.abs(x) ** 3) + np.sum(x), "central"),  # abs drops a part of the imaginary part
        (lambda x: float(np.sum(np.real(x) ** 3)), "central"),  # a real number comes back
        (lambda x: sum(math.exp(entry) for entry in x.reshape(-1)), "central"),  # refuses complex numbers
        (lambda x: np.sum(x.astype(np.float64) ** 3), "central"),  # NumPy warns of the lost part
    ],
)
def test_the_method_is_chosen_by_what_the_function_allows(f: Any, method: str) -> None:
    x = np.random.default_rng(5).uniform(0.5, 1.5, (3, 2)) * np.array([1, -1])
    numeric = central_differences(f, x)
    report = check_gradient(f, numeric, x, method="auto")
    assert report.method == method
    assert report.relative_error < 1e-8
    assert report.evaluations == (6 if method == "complex" else 49) + 10
    assert check_gradient(f, numeric, x).method == method  # the method is chosen where none is named


def jacobian_of(x: Any) -> Any:
    """That of x -> (A x)^2, one row an entry of the value."""
    return 2 * (A @ x)[:, None] * A


@pytest.mark.parametrize("method", ["complex", "central"])
def test_a_jacobian_is_checked_like_a_gradient(method: str) -> None:
    x = np.array([0.7, -1.3])
    for directions in (None, 3):
        report = check_gradient(lambda v: (A @ v) ** 2, jacobian_of(x), x, method=method, directions=directions)
        assert report.relative_error < 1e-11
        assert report.numeric.shape == ((3, 2) if directions is None else (3, 3))
        wrong = jacobian_of(x).T.reshape(3, 2)
        assert check_gradient(lambda v: (A @ v) ** 2, wrong, x, method=method, directions=directions).error > 0.1


@pytest.mark.parametrize("method", ["complex", "central", "auto"])
@pytest.mark.parametrize("directions", [None, 4])
def test_many_points_at_once_give_what_one_at_a_time_gives(
    method: str, directions: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    x = np.random.default_rng(6).standard_normal((3, 2))
    options: dict[str, Any] = {"method": method, "directions": directions}
    calls: list[int] = []

    def at_once(points: Any) -> Any:
        calls.append(len(points))
        return np.sum(np.exp(A * points), axis=(1, 2)) + np.sum(points**3, axis=(1, 2))

    one = check_gradient(smooth, smooth_gradient(x), x, **options)
    many = check_gradient(at_once, smooth_gradient(x), x, vectorised=True, **options)
    np.testing.assert_allclose(many.numeric, one.numeric, rtol=1e-12)
    assert many.evaluations == one.evaluations == sum(calls)
    assert len(calls) < one.evaluations
    monkeypatch.setattr(gradient_check, "MOST_AT_ONCE", 12)
    calls.clear()
    few = check_gradient(at_once, smooth_gradient(x), x, vectorised=True, **options)
    np.testing.assert_allclose(few.numeric, many.numeric, rtol=1e-12)
    assert max(calls) <= 2


def test_the_estimated_error_covers_the_error_and_is_not_far_above() -> None:
    x = np.random.default_rng(7).standard_normal((3, 2))
    for step in (0.3, 1e-2, 1e-4):
        found = differences(smooth, x, method="central", step=step, levels=3)
        error = np.abs(found.values - smooth_gradient(x))
        assert (error <= found.uncertainty).all()
        assert found.uncertainty.max() < 0.1 * step**2 + 1e-9
    exact = differences(smooth, x, method="complex")
    assert (np.abs(exact.values - smooth_gradient(x)) <= exact.uncertainty + 1e-15).all()


@pytest.mark.parametrize("kink", [0.0, 1e-9, 3e-5, -6e-5])
def test_a_kink_at_the_point_or_within_the_step_is_seen_in_the_estimated_error(kink: float) -> None:
    def f(x: Any) -> Any:
        return np.sum(np.maximum(x - kink, 0.0)) + np.sum(x**2)

    x = np.array([0.0, 1.0])
    found = differences(f, x, method="central", step=1e-4, levels=2)
    assert found.uncertainty[0] > 0.1
    assert found.uncertainty[1] < 1e-6
    assert check_gradient(f, 2 * x + (x > 0), x, method="central", step=1e-4, levels=2).uncertainty > 0.1


def test_the_report_holds_the_error_against_the_step() -> None:
    x = np.random.default_rng(8).standard_normal((3, 2))
    report = check_gradient(smooth, smooth_gradient(x), x, method="central", step=0.1, levels=5)
    assert report.sweep.method == "central"
    np.testing.assert_allclose(report.sweep.steps, 0.1 / 2.0 ** np.arange(5))
    np.testing.assert_allclose(report.sweep.errors[:-1] / report.sweep.errors[1:], 4.0, rtol=0.05)
    plain = np.abs(central_differences(smooth, x, step=0.1, levels=1) - smooth_gradient(x)).max()
    assert report.sweep.errors[0] == pytest.approx(plain, rel=1e-9)
    single = check_gradient(smooth, smooth_gradient(x), x, method="complex").sweep
    assert single.steps.tolist() == [1e-30]
    assert single.errors[0] < 1e-13


def test_directions_are_those_of_the_seed() -> None:
    x = np.ones((3, 2))
    first, again, other = (
        check_gradient(smooth, smooth_gradient(x), x, directions=2, seed=seed).directions for seed in (5, 5, 6)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_central_error_has_a_valley_and_the_complex_step_has_none() -> None:
    x = np.random.default_rng(4).standard_normal((3, 2))
    steps = 10.0 ** -np.arange(1, 13)
    central = sweep_steps(smooth, smooth_gradient(x), x, steps, method="central").errors
    assert 2 < np.argmin(central) < 9
    assert central[1] / central[2] == pytest.approx(100, rel=0.05)
    stepped = sweep_steps(smooth, smooth_gradient(x), x, steps).errors
    assert stepped[-4:].max() < 1e-13


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: complex_step(lambda v: np.sum(v).real, np.ones(2)), "expected one complex number"),
        (lambda: check_gradient(lambda v: v, np.ones(2), np.ones(2)), r"f returned shape \(2,\)"),
        (lambda: sweep_steps(lambda v: v, np.ones(2), np.ones(2), [0.1]), r"f returned shape \(2,\)"),
        (lambda: differences(smooth, np.ones(2), directions=np.ones((1, 3))), r"directions has shape \(1, 3\)"),
        (
            lambda: central_differences(lambda v: np.ones(1 + (v[0] > 1)), np.ones(2)),
            r"f returned values of shapes \(1,\), \(2,\)",
        ),
        (
            lambda: central_differences(lambda v: np.sum(v), np.ones(2), vectorised=True),
            r"f returned shape \(\) for points of shape \(1, 2\)",
        ),
        (lambda: complex_step(smooth, np.ones((3, 2)), step=0.0), r"step is 0; .* \(0, inf\)"),
        (lambda: complex_step(smooth, np.ones(2, complex)), "x has shape .* expected float32 or float64"),
        (lambda: complex_step(smooth, np.ones((0, 2))), "x has shape .* is empty"),
        (lambda: complex_step(smooth, [np.inf]), "x of shape .* holds (nan|inf) at index .*; expected finite numbers"),
        (lambda: central_differences(lambda v: v * 1j, np.ones(2)), "expected one finite real number"),
        (lambda: central_differences(lambda v: v * np.nan, np.ones(2)), "f returned NaN or infinity"),
        (lambda: central_differences(smooth, np.ones((3, 2)), levels=0), "levels is 0"),
        (lambda: check_gradient(smooth, np.ones(2), np.ones((3, 2))), "gradient has shape"),
        (
            lambda: check_gradient(smooth, np.ones((3, 2)), np.ones((3, 2)), method="forward"),
            "method is 'forward'; expected one of complex, central",
        ),
        (
            lambda: check_gradient(smooth, np.ones((3, 2)), np.ones((3, 2)), directions=0),
            "directions is 0; expected a whole number of at least 1",
        ),
        (
            lambda: sweep_steps(smooth, np.ones((3, 2)), np.ones((3, 2)), [0.1, -1.0]),
            "steps has shape .* positive numbers",
        ),
    ],
)
def test_bad_input_is_named(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("unit", [1e-200, 1.0, 1e200])
@pytest.mark.parametrize("method", ["auto", "complex", "central"])
def test_points_whose_squares_leave_the_range_have_their_gradient(unit: float, method: str) -> None:
    x = unit * np.array([0.3, -1.2, 2.0, 0.7])
    # The step of differences is no smaller for a small x; a linear function bears any.
    found = check_gradient(lambda v: (v / unit).sum(), np.full(4, 1 / unit), x, method=method)
    assert found.relative_error < 1e-9
