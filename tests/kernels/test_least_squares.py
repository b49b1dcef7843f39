"""Gradient descent and the solution of least norm against ``numpy.linalg.lstsq``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from everystep.kernels import least_squares


def problem(n: int, d: int, seed: int = 0) -> tuple[Any, Any]:
    generator = np.random.default_rng(seed)
    return generator.standard_normal((n, d)), generator.standard_normal(n)


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (3, 7), (5, 20), (20, 200)])
def test_descent_and_the_solve_both_find_the_solution_of_least_norm(shape: tuple[int, int]) -> None:
    X, y = problem(*shape)
    reference = np.linalg.lstsq(X, y)[0]
    np.testing.assert_allclose(least_squares.minimum_norm_solution(X, y), reference, rtol=1e-9)
    run = least_squares.gradient_descent(X, y, tolerance=1e-12)
    assert run.converged
    np.testing.assert_allclose(run.w, reference, rtol=1e-8, atol=1e-10)


def test_iterates_stay_in_the_row_space_and_residuals_shrink_by_the_contraction() -> None:
    X, y = problem(6, 15, seed=1)
    run = least_squares.gradient_descent(X, y, iterations=100)
    assert run.iterations == 100
    assert run.row_space_distances.shape == (101,)
    assert run.row_space_distances.max() < 1e-13 * max(1.0, float(np.linalg.norm(run.w)))
    assert run.contraction < 1.0
    assert run.residual_norms[0] == pytest.approx(np.linalg.norm(y))
    ratios = run.residual_norms[1:] / run.residual_norms[:-1]
    assert (ratios <= run.contraction * (1 + 1e-9)).all()


def test_the_residual_recursion_holds() -> None:
    X, y = problem(4, 9, seed=2)
    run = least_squares.gradient_descent(X, y, iterations=7)
    shrink = np.eye(4) - 2 * run.step * X @ X.T
    residual = np.linalg.matrix_power(shrink, 7) @ y
    np.testing.assert_allclose(y - X @ run.w, residual, rtol=1e-10)


def test_a_step_just_below_the_bound_converges_and_one_above_diverges_if_allowed() -> None:
    X, y = problem(3, 8, seed=3)
    bound = least_squares.step_bound(X)
    assert bound == pytest.approx(1 / np.linalg.eigvalsh(X @ X.T)[-1])
    below = least_squares.gradient_descent(X, y, step=0.999 * bound, iterations=20_000)
    assert below.residual_norms[-1] < 1e-9
    for step in (bound, 1.1 * bound):
        with pytest.raises(ValueError, match=r"step is .*; expected a number in \(0, .*1/lambda"):
            least_squares.gradient_descent(X, y, step=step)
    above = least_squares.gradient_descent(X, y, step=1.1 * bound, iterations=200, allow_divergence=True)
    assert above.contraction > 1.0
    assert above.residual_norms[-1] > 1e6


def test_descent_finds_the_pseudo_inverse_where_the_rank_is_not_full() -> None:
    X, y = problem(4, 7, seed=4)
    X[3] = X[0]
    run = least_squares.gradient_descent(X, y, tolerance=1e-13)
    np.testing.assert_allclose(run.w, np.linalg.pinv(X) @ y, atol=1e-9)
    with pytest.raises(ValueError, match=r"X of shape \(4, 7\) has rank 3; expected full row rank"):
        least_squares.minimum_norm_solution(X, y)


def test_a_matrix_of_large_condition_has_its_solution() -> None:
    # X X^T has no inverse in double precision; X has.
    X, y = np.array([[1.0, 1.0], [1.0, 1.0 + 1e-9]]), np.array([1.0, 2.0])
    w = least_squares.minimum_norm_solution(X, y)
    np.testing.assert_allclose(w, [1 - 1e9, 1e9], rtol=1e-6)
    for power in (3, 6, 9):
        left, right = (np.linalg.qr(np.random.default_rng(k).standard_normal((n, 5)))[0] for k, n in ((1, 5), (2, 12)))
        X = left @ np.diag(np.geomspace(1.0, 10.0**-power, 5)) @ right.T
        y = left @ np.geomspace(1.0, 10.0**-power, 5)
        np.testing.assert_allclose(
            least_squares.minimum_norm_solution(X, y), right.sum(axis=1), atol=10.0 ** (power - 14)
        )


def test_more_rows_than_columns_are_least_squares() -> None:
    X, y = problem(9, 4, seed=5)
    run = least_squares.gradient_descent(X, y, tolerance=1e-12)
    np.testing.assert_allclose(run.w, np.linalg.lstsq(X, y)[0], atol=1e-9)
    with pytest.raises(ValueError, match="rank 4; expected full row rank 9"):
        least_squares.minimum_norm_solution(X, y)


def test_every_feasible_point_is_longer_by_pythagoras() -> None:
    X, y = problem(3, 8, seed=6)
    w = least_squares.minimum_norm_solution(X, y)
    kernel = np.linalg.svd(X)[2][3:]
    for combination in np.random.default_rng(7).standard_normal((10, 5)):
        v = w + combination @ kernel
        assert v @ v == pytest.approx(w @ w + (v - w) @ (v - w), rel=1e-12)


@pytest.mark.parametrize(("shape", "rank"), [((3, 8), 3), ((9, 4), 4), ((6, 6), 2)])
def test_the_comparison_with_lstsq_measures_how_far_a_point_is(shape: tuple[int, int], rank: int) -> None:
    X, y = problem(*shape, seed=8)
    if rank == 2:
        X = X[:, :2] @ X[:2]
    run = least_squares.gradient_descent(X, y, iterations=200_000, tolerance=1e-12)
    same = least_squares.compare_lstsq(X, y, run.w)
    assert same.rank == rank
    assert same.distance < 1e-7
    assert same.excess_residual == pytest.approx(0.0, abs=1e-9)
    assert same.excess_norm == pytest.approx(0.0, abs=1e-7)
    if rank < shape[1]:
        off = np.linalg.svd(X)[2][-1]  # in the kernel of X
        other = least_squares.compare_lstsq(X, y, run.w + 3.0 * off)
        assert other.distance == pytest.approx(3.0, abs=1e-7)
        assert other.excess_residual == pytest.approx(0.0, abs=1e-9)
        assert other.excess_norm > 0.1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda X, y: least_squares.gradient_descent(X, y[:2]), r"y has shape \(2,\).* n = 3"),
        (lambda X, y: least_squares.gradient_descent(X[0], y), r"X has shape \(5,\).* 2 axes"),
        (lambda X, y: least_squares.gradient_descent(0 * X, y), "X of shape .* is zero"),
        (lambda X, y: least_squares.gradient_descent(X, y, step=-1.0), "step is -1; expected"),
        (lambda X, y: least_squares.gradient_descent(X, y, iterations=-1), "iterations is -1"),
        (lambda X, y: least_squares.gradient_descent(X, y, tolerance=-1), "tolerance is -1"),
        (lambda X, y: least_squares.compare_lstsq(X, y, y), r"w has shape \(3,\).* d = 5"),
        (lambda X, y: least_squares.minimum_norm_solution(X * np.nan, y), r"X .* holds nan"),
    ],
)
def test_bad_input_is_named(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call(*problem(3, 5))
