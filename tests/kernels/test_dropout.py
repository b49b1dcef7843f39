"""The closed form of the expected loss against all masks and against sampling."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from everystep.kernels import dropout


def problem(n: int, d: int, seed: int = 0) -> tuple[Any, Any, Any]:
    generator = np.random.default_rng(seed)
    return (
        generator.standard_normal((n, d)),
        generator.standard_normal(n),
        generator.standard_normal(d),
    )


@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (3, 1), (2, 3), (3, 2), (4, 4), (2, 8), (8, 2), (1, 16), (16, 1)])
@pytest.mark.parametrize("p", [0.0, 0.3, 0.5, 1.0])
def test_the_closed_form_is_the_expectation_over_all_masks(shape: tuple[int, int], p: float) -> None:
    X, y, w = problem(*shape)
    exact = dropout.exact_expectation(X, y, w, p)
    assert exact.masks == 2 ** (shape[0] * shape[1])
    assert dropout.expected_loss(X, y, w, p) == pytest.approx(exact.mean, rel=1e-12)
    assert exact.least <= exact.mean + 1e-12
    assert exact.mean <= exact.largest + 1e-12


@pytest.mark.parametrize("shape", [(1, 2), (2, 3), (3, 2)])
def test_the_enumeration_is_the_plain_one(shape: tuple[int, int]) -> None:
    X, y, w = problem(*shape, seed=1)
    p = 0.3
    mean = square = 0.0
    losses = []
    for bits in itertools.product((0, 1), repeat=X.size):
        mask = np.array(bits).reshape(shape)
        loss = float(np.sum((y - (X * mask) @ w) ** 2))
        weight = p ** mask.sum() * (1 - p) ** (mask.size - mask.sum())
        mean += weight * loss
        square += weight * loss**2
        losses.append(loss)
    exact = dropout.exact_expectation(X, y, w, p)
    assert exact.mean == pytest.approx(mean, rel=1e-13)
    assert exact.variance == pytest.approx(square - mean**2, rel=1e-10)
    assert exact.least == pytest.approx(min(losses), rel=1e-13)
    assert exact.largest == pytest.approx(max(losses), rel=1e-13)


@pytest.mark.parametrize(("shape", "low"), [((2, 4), 3), ((8, 1), 1), ((3, 3), 5), ((1, 7), 0)])
def test_the_masks_in_gray_order_are_all_masks(
    shape: tuple[int, int], low: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    X, y, w = problem(*shape, seed=12)
    whole = dropout.exact_expectation(X, y, w, 0.3)
    monkeypatch.setattr(dropout, "_BLOCK_BITS", low)
    seen: list[int] = []
    found = dropout.exact_expectation(X, y, w, 0.3, progress=lambda done, _: seen.append(done))
    assert len(seen) == 2 ** (X.size - low)
    for name in ("mean", "variance", "least", "largest"):
        assert getattr(found, name) == pytest.approx(getattr(whole, name), rel=1e-11)
    masks = [tuple((sums != 0).tolist()) for sums, _ in dropout._gray(np.ones(6), np.arange(6), 6)]
    assert len(set(masks)) == 64
    assert {sum(p != q for p, q in zip(a, b, strict=True)) for a, b in itertools.pairwise(masks)} == {1}
    for sums, count in dropout._gray(np.ones(6), np.arange(6), 6):
        assert sums.sum() == count


def test_progress_reaches_all_masks() -> None:
    X, y, w = problem(3, 5, seed=2)
    seen: list[tuple[int, int]] = []
    dropout.exact_expectation(X, y, w, 0.4, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(2**14, 2**15), (2**15, 2**15)]


def test_sampling_agrees_within_four_standard_errors_on_a_large_problem() -> None:
    X, y, w = problem(200, 50, seed=3)
    estimate = dropout.monte_carlo(X, y, w, 0.8, samples=4000, seed=11)
    assert estimate.samples == 4000
    expected = dropout.expected_loss(X, y, w, 0.8)
    assert abs(estimate.mean - expected) < 4 * estimate.standard_error
    assert estimate.standard_error < 0.01 * expected


def test_the_standard_error_is_that_of_the_exact_variance() -> None:
    X, y, w = problem(3, 4, seed=4)
    exact = dropout.exact_expectation(X, y, w, 0.6)
    estimate = dropout.monte_carlo(X, y, w, 0.6, samples=200_000, seed=5)
    assert estimate.standard_error == pytest.approx(np.sqrt(exact.variance / 200_000), rel=0.02)
    assert abs(estimate.mean - exact.mean) < 4 * estimate.standard_error


def test_sampling_repeats_with_its_seed_and_stops_at_the_tolerance() -> None:
    X, y, w = problem(200, 50, seed=6)
    first, again, other = (dropout.monte_carlo(X, y, w, 0.5, samples=500, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.mean != other.mean
    tolerance = 4 * first.standard_error
    early = dropout.monte_carlo(X, y, w, 0.5, samples=500, seed=1, tolerance=tolerance)
    assert early.samples < 500
    assert early.standard_error <= tolerance


def test_certain_masks_have_no_spread() -> None:
    X, y, w = problem(2, 3, seed=7)
    for p, loss in ((0.0, y @ y), (1.0, np.sum((y - X @ w) ** 2))):
        sampled = dropout.monte_carlo(X, y, w, p, samples=10)
        assert sampled.mean == pytest.approx(loss, rel=1e-13)
        assert sampled.standard_error == pytest.approx(0.0, abs=1e-12)
        exact = dropout.exact_expectation(X, y, w, p)
        assert exact.mean == pytest.approx(loss, rel=1e-13)
        assert exact.variance == pytest.approx(0.0, abs=1e-12)


def test_the_minimiser_has_no_better_neighbour_and_is_ridge_regression() -> None:
    X, y, _ = problem(4, 6, seed=8)
    p = 0.7
    w = dropout.minimiser(X, y, p)
    best = dropout.expected_loss(X, y, w, p)
    generator = np.random.default_rng(9)
    for _ in range(20):
        assert dropout.expected_loss(X, y, w + 1e-3 * generator.standard_normal(6), p) > best
    # v = p w solves ||y - X v||^2 + ((1 - p)/p) ||Gamma v||^2: as stacked least squares.
    gamma = np.sqrt(np.sum(X * X, axis=0))
    stacked = np.vstack([X, np.sqrt((1 - p) / p) * np.diag(gamma)])
    v = np.linalg.lstsq(stacked, np.concatenate([y, np.zeros(6)]))[0]
    np.testing.assert_allclose(p * w, v, rtol=1e-10)


@pytest.mark.parametrize("p", [1e-300, 1e-12, 0.5, 1 - 1e-9, 1 - 2**-53])
def test_the_minimiser_is_right_at_both_ends_of_the_probabilities(p: float) -> None:
    X, y = np.array([[1.0, 1.0], [2.0, 2.0]]), np.array([3.0, 6.0])
    # By symmetry w = (v, v), and p (2 v) + (1 - p) v = 3.
    np.testing.assert_allclose(dropout.minimiser(X, y, p), np.full(2, 3 / (1 + p)), rtol=1e-6 if p > 0.9 else 1e-13)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda X, y, w: dropout.expected_loss(X, y, w, 1.5), r"p is 1.5; .* \[0, 1\]"),
        (lambda X, y, w: dropout.expected_loss(X, y, w, float("nan")), r"p is nan; .* \[0, 1\]"),
        (lambda X, y, w: dropout.expected_loss(X, y, w, "half"), "p is 'half'; expected a real"),
        (lambda X, y, w: dropout.expected_loss(X, y[:1], w, 0.5), r"y has shape \(1,\).* n = 2"),
        (lambda X, y, w: dropout.expected_loss(X, y, w[:2], 0.5), r"w has shape \(2,\).* d = 3"),
        (lambda X, y, w: dropout.expected_loss([[1, 2], [3]], y, w, 0.5), "X is ragged"),
        (
            lambda X, y, w: dropout.exact_expectation(np.ones((5, 5)), np.ones(5), np.ones(5), 0.5),
            r"X has shape \(5, 5\), 25 entries; expected at most 24",
        ),
        (lambda X, y, w: dropout.monte_carlo(X, y, w, 0.5, samples=1), "samples is 1; expected"),
        (lambda X, y, w: dropout.monte_carlo(X, y, w, 0.5, seed=-1), "seed is -1; expected"),
        (lambda X, y, w: dropout.minimiser(X, y, 1.0), r"p is 1; .* \(0, 1\)"),
        (lambda X, y, w: dropout.minimiser(X * [1, 0, 1], y, 0.5), "X .* has zero column 1"),
    ],
)
def test_bad_input_is_named(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call(*problem(2, 3))
