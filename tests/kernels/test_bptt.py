"""The recurrent kernel against differences of the loss, and truncation against explicit sums."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from everystep.kernels import bptt
from everystep.kernels.gradient_check import central_differences, check_gradient, complex_step

ANALYTIC = ("logistic", "tanh", "linear")
ALL = (*ANALYTIC, "relu")
# T, batch, d, n, k: none square, each 1 somewhere.
SIZES = ((1, 1, 1, 1, 1), (1, 3, 2, 4, 5), (4, 1, 3, 2, 1), (3, 2, 1, 5, 2), (6, 4, 5, 1, 3))


def problem(size: tuple[int, ...], dtype: type = np.float64, seed: int = 0) -> dict[str, Any]:
    steps, batch, d, n, k = size
    generator = np.random.default_rng(seed)

    def normal(*shape: int, scale: float = 1.0) -> Any:
        return (scale * generator.standard_normal(shape)).astype(dtype)

    return {
        "x": normal(steps, batch, d),
        "z": normal(steps, batch, k),
        "h0": normal(batch, n, scale=0.5),
        "W": normal(n, d, scale=d**-0.5),
        "U": normal(n, n, scale=0.9 * n**-0.5),
        "V": normal(k, n, scale=n**-0.5),
    }


def loss_in(arrays: dict[str, Any], name: str, activation: str) -> Any:
    return lambda value: bptt.loss(**{**arrays, name: value}, activation=activation)


def tail_loss(arrays: dict[str, Any], t: int, h: Any, activation: str) -> Any:
    """L as a function of h_t, all before it fixed: the losses L_t .. L_T, by the definition."""
    total = np.sum((arrays["z"][t - 1] - h @ arrays["V"].T) ** 2) if t > 0 else 0.0
    if t == len(arrays["x"]):
        return total
    rest = {**arrays, "x": arrays["x"][t:], "z": arrays["z"][t:], "h0": h}
    return total + bptt.loss(**rest, activation=activation)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("activation", ANALYTIC)
def test_gradients_of_parameters_and_first_state_agree_with_complex_steps(
    size: tuple[int, ...], activation: str
) -> None:
    arrays = problem(size)
    gradients = bptt.bptt(**arrays, activation=activation)
    for name in ("W", "U", "V", "h0"):
        numeric = complex_step(loss_in(arrays, name, activation), arrays[name])
        np.testing.assert_allclose(getattr(gradients, name), numeric, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("size", SIZES)
def test_relu_gradients_agree_with_central_differences_away_from_kinks(
    size: tuple[int, ...],
) -> None:
    arrays = problem(size, seed=3)
    h = bptt.forward(**arrays, activation="relu").h
    a = np.einsum("tbd,nd->tbn", arrays["x"], arrays["W"]) + h[:-1] @ arrays["U"].T
    assert np.abs(a).min() > 1e-3  # so that differences with steps below 1e-4 do not meet a kink
    gradients = bptt.bptt(**arrays, activation="relu")
    for name in ("W", "U", "V", "h0"):
        numeric = central_differences(loss_in(arrays, name, "relu"), arrays[name], step=5e-5, levels=2)
        np.testing.assert_allclose(getattr(gradients, name), numeric, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("activation", ANALYTIC)
def test_total_gradient_of_each_state_agrees_with_complex_steps(size: tuple[int, ...], activation: str) -> None:
    arrays = problem(size, seed=1)
    h = bptt.forward(**arrays, activation=activation).h
    gradients = bptt.bptt(**arrays, activation=activation, keep_h=True, norms=True)
    assert gradients.h is not None
    assert gradients.norms is not None
    for t in range(size[0] + 1):
        numeric = complex_step(lambda value, t=t: np.asarray(tail_loss(arrays, t, value, activation)), h[t])
        claimed = gradients.h0 if t == 0 else gradients.h[t - 1]
        np.testing.assert_allclose(claimed, numeric, rtol=1e-11, atol=1e-12)
        assert gradients.norms[t] == pytest.approx(np.linalg.norm(numeric), rel=1e-10)


def test_a_real_network_agrees_with_complex_steps_and_central_differences() -> None:
    arrays = problem((50, 2, 8, 32, 4), seed=2)
    gradients = bptt.bptt(**arrays)
    for name in ("W", "U", "V", "h0"):
        f, claim = loss_in(arrays, name, "logistic"), getattr(gradients, name)
        entries = check_gradient(f, claim, arrays[name])
        assert entries.relative_error < 1e-13
        random = check_gradient(f, claim, arrays[name], method="central", directions=5, seed=4)
        assert random.relative_error < 1e-9


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("activation", ALL)
def test_the_tuned_forward_pass_agrees_with_the_definition(size: tuple[int, ...], activation: str) -> None:
    arrays = problem(size, seed=5)
    trajectory = bptt.forward(**arrays, activation=activation)
    assert trajectory.loss == pytest.approx(bptt.loss(**arrays, activation=activation), rel=1e-13)
    assert trajectory.loss == pytest.approx(trajectory.step_losses.sum(), rel=1e-14)
    assert trajectory.h.shape == (size[0] + 1, size[1], size[3])
    np.testing.assert_allclose(trajectory.residual, arrays["z"] - trajectory.h[1:] @ arrays["V"].T, atol=1e-14)


@pytest.mark.parametrize("activation", ALL)
@pytest.mark.parametrize("truncation", [None, 2])
def test_backward_along_a_kept_trajectory_gives_the_same(activation: str, truncation: int | None) -> None:
    arrays = problem((6, 3, 4, 5, 2), seed=6)
    options: dict[str, Any] = {"truncation": truncation, "keep_h": True, "norms": True}
    once = bptt.bptt(**arrays, activation=activation, **options)
    trajectory = bptt.forward(**arrays, activation=activation)
    twice = bptt.backward(trajectory, arrays["x"], arrays["U"], arrays["V"], **options)
    assert once.loss == twice.loss
    for name in ("W", "U", "V", "h0", "h", "norms", "step_losses"):
        np.testing.assert_array_equal(getattr(once, name), getattr(twice, name))


def truncated_by_definition(arrays: dict[str, Any], activation: str, k: int) -> dict[str, Any]:
    """The explicit double sums over s and t with s - k <= t <= s, one product a path."""
    x, U, V = arrays["x"], arrays["U"], arrays["V"]
    trajectory = bptt.forward(**arrays, activation=activation)
    h, error = trajectory.h, trajectory.residual
    steps, batch, _ = x.shape
    slope = {
        "logistic": lambda v: v * (1 - v),
        "tanh": lambda v: 1 - v * v,
        "relu": lambda v: (v > 0).astype(v.dtype),
        "linear": np.ones_like,
    }[activation]
    sums = {name: np.zeros_like(arrays[name]) for name in ("W", "U", "V", "h0")}
    grad_h = np.zeros_like(h)
    for b in range(batch):
        for s in range(1, steps + 1):
            immediate = -2 * V.T @ error[s - 1, b]
            sums["V"] += -2 * np.outer(error[s - 1, b], h[s, b])
            for t in range(max(s - k, 0), s + 1):
                path = np.eye(len(U))  # dh_s/dh_t
                for r in range(t + 1, s + 1):
                    path = np.diag(slope(h[r, b])) @ U @ path
                part = path.T @ immediate
                grad_h[t, b] += part
                if t == 0:
                    sums["h0"][b] += part
                else:
                    local = slope(h[t, b]) * part
                    sums["W"] += np.outer(local, x[t - 1, b])
                    sums["U"] += np.outer(local, h[t - 1, b])
    return {**sums, "h": grad_h[1:], "norms": np.sqrt((grad_h**2).sum(axis=(1, 2)))}


@pytest.mark.parametrize("size", [*SIZES, (7, 2, 3, 4, 2)])
@pytest.mark.parametrize("activation", ALL)
def test_truncated_gradients_are_the_explicit_double_sums(size: tuple[int, ...], activation: str) -> None:
    arrays = problem(size, seed=7)
    for k in range(size[0] + 2):
        gradients = bptt.bptt(**arrays, activation=activation, truncation=k, keep_h=True, norms=True)
        assert gradients.truncation == k
        for name, expected in truncated_by_definition(arrays, activation, k).items():
            np.testing.assert_allclose(
                getattr(gradients, name), expected, rtol=1e-11, atol=1e-13, err_msg=f"{name}, k={k}"
            )


def test_truncation_after_all_steps_is_the_full_gradient_and_before_that_it_is_not() -> None:
    arrays = problem((5, 2, 3, 4, 2), seed=8)
    full = bptt.bptt(**arrays)
    for k in (5, 6, 100):
        same = bptt.bptt(**arrays, truncation=k)
        np.testing.assert_array_equal(same.U, full.U)
        np.testing.assert_array_equal(same.h0, full.h0)
    np.testing.assert_allclose(bptt.bptt(**arrays, truncation=4).U, full.U, rtol=1e-12)
    assert np.abs(bptt.bptt(**arrays, truncation=3).h0 - full.h0).max() > 1e-6


def test_truncation_gives_half_the_gradient_in_the_smallest_example() -> None:
    # Question A5: h_t = u h_{t-1} + x_t, x = (1, 0, 0), L = h_3^2 = u^4; 4 u^3 against 2 u^3.
    u = 1.5
    arrays = {
        "x": np.array([1.0, 0.0, 0.0]).reshape(3, 1, 1),
        "h0": np.zeros((1, 1)),
        "W": np.ones((1, 1)),
        "U": np.full((1, 1), u),
        "V": np.ones((1, 1)),
    }
    # The targets of the first two steps are their outputs, so that L = L_3.
    arrays["z"] = np.array([1.0, u, 0.0]).reshape(3, 1, 1)
    assert bptt.bptt(**arrays, activation="linear").U.item() == 4 * u**3
    assert bptt.bptt(**arrays, activation="linear", truncation=0).U.item() == 2 * u**3


@pytest.mark.parametrize("activation", ALL)
@pytest.mark.parametrize("truncation", [None, 3])
def test_single_precision_agrees_with_double_and_stays_single(activation: str, truncation: int | None) -> None:
    single = problem((20, 3, 4, 8, 2), dtype=np.float32, seed=9)
    double = {name: array.astype(np.float64) for name, array in single.items()}
    options: dict[str, Any] = {"truncation": truncation, "keep_h": True, "norms": True}
    ours = bptt.bptt(**single, activation=activation, **options)
    reference = bptt.bptt(**double, activation=activation, **options)
    assert ours.loss == pytest.approx(reference.loss, rel=1e-5)
    for name in ("W", "U", "V", "h0", "h"):
        value, expected = getattr(ours, name), getattr(reference, name)
        assert value.dtype == np.float32
        assert np.abs(value - expected).max() < 1e-4 * np.abs(expected).max()


def test_blocks_of_the_backward_pass_do_not_change_the_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arrays = problem((11, 2, 3, 4, 2), seed=10)
    whole = bptt.bptt(**arrays, keep_h=True, norms=True)
    for rows in (1, 2, 3, 8, 21, 22, 23):
        monkeypatch.setattr(bptt, "BLOCK_ROWS", rows)
        blocked = bptt.bptt(**arrays, keep_h=True, norms=True)
        for name in ("W", "U", "V", "h0", "h", "norms", "step_losses"):
            np.testing.assert_allclose(getattr(blocked, name), getattr(whole, name), rtol=1e-12)


@pytest.mark.parametrize("activation", ALL)
@pytest.mark.parametrize("options", [{}, {"checkpoints": 3}, {"truncation": 2}, {"truncation": 0}])
def test_transposed_products_of_a_few_rows_do_not_change_the_result(
    activation: str, options: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    arrays = problem((11, 2, 3, 4, 2), seed=20)
    workspace = bptt.Workspace()
    plain = bptt.bptt(**arrays, activation=activation, keep_h=True, norms=True, **options)
    monkeypatch.setattr(bptt, "NARROW", 1)
    for rows in (2, 8, 1024):
        monkeypatch.setattr(bptt, "BLOCK_ROWS", rows)
        for space in (None, workspace):
            turned = bptt.bptt(**arrays, activation=activation, keep_h=True, norms=True, workspace=space, **options)
            for name in ("W", "U", "V", "h0", "h", "norms", "step_losses"):
                np.testing.assert_allclose(getattr(turned, name), getattr(plain, name), rtol=1e-11, atol=1e-13)
            assert turned.h0.flags.c_contiguous


@pytest.mark.parametrize("activation", ALL)
@pytest.mark.parametrize("steps", [1, 2, 7, 16, 17])
def test_checkpoints_do_not_change_the_result(steps: int, activation: str) -> None:
    arrays = problem((steps, 2, 3, 4, 2), seed=18)
    whole = bptt.bptt(**arrays, activation=activation, keep_h=True, norms=True)
    workspace = bptt.Workspace()
    for segment in (0, 1, 2, 3, 5, steps, 2 * steps):
        for space in (None, workspace):
            found = bptt.bptt(
                **arrays, activation=activation, keep_h=True, norms=True, checkpoints=segment, workspace=space
            )
            for name in ("W", "U", "V", "h0", "h", "norms", "step_losses"):
                np.testing.assert_allclose(getattr(found, name), getattr(whole, name), rtol=1e-11, atol=1e-13)


def peak_memory(steps: int, checkpoints: int | None) -> int:
    arrays = problem((steps, 8, 1, 64, 1), seed=19)
    bptt.bptt(**arrays, checkpoints=checkpoints)
    tracemalloc.start()
    bptt.bptt(**arrays, checkpoints=checkpoints)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_checkpoints_make_memory_grow_with_the_root_of_the_steps() -> None:
    state = 8 * 64 * 8  # bytes
    assert peak_memory(1600, None) > 1600 * state
    # Checkpoints, a segment of states and one of gradients; the rest does not grow.
    less, more = peak_memory(400, 0), peak_memory(1600, 0)
    assert more < 2.5 * less
    assert more < 4 * 40 * state + 300_000
    assert 1600 * state / more > 8


def test_a_workspace_is_reused_without_touching_earlier_results() -> None:
    workspace = bptt.Workspace()
    for size in ((6, 3, 4, 5, 2), (3, 2, 1, 4, 1), (9, 3, 4, 6, 2)):
        for truncation in (None, 2):
            for dtype in (np.float64, np.float32):
                arrays = problem(size, dtype=dtype, seed=11)
                options: dict[str, Any] = {"truncation": truncation, "keep_h": True}
                fresh = bptt.bptt(**arrays, **options)
                reused = bptt.bptt(**arrays, **options, workspace=workspace)
                other = problem(size, dtype=dtype, seed=12)
                bptt.bptt(**other, **options, workspace=workspace)
                for name in ("W", "U", "V", "h0", "h"):
                    np.testing.assert_array_equal(getattr(reused, name), getattr(fresh, name))


def test_arguments_are_not_modified() -> None:
    arrays = problem((4, 2, 3, 5, 2), seed=13)
    copies = {name: array.copy() for name, array in arrays.items()}
    bptt.bptt(**arrays)
    bptt.bptt(**arrays, truncation=1)
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, copies[name])


def test_strided_arguments_give_the_same() -> None:
    arrays = problem((4, 2, 3, 5, 2), seed=14)
    strided = {name: np.asfortranarray(array) for name, array in arrays.items()}
    np.testing.assert_allclose(bptt.bptt(**strided).U, bptt.bptt(**arrays).U, rtol=1e-12)


def test_saturated_units_overflow_nowhere() -> None:
    for dtype in (np.float32, np.float64):
        arrays = problem((3, 2, 3, 5, 2), dtype=dtype, seed=15)
        arrays["W"] = arrays["W"] * dtype(1e4)
        gradients = bptt.bptt(**arrays)
        assert all(np.isfinite(g).all() for g in (gradients.W, gradients.U, gradients.h0))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": np.ones((3, 2))}, "x has shape (3, 2); expected 3 axes, (T, batch, d)"),
        (
            {"z": np.ones((5, 2, 2))},
            "z has shape (5, 2, 2); expected (T, batch, k) with T = 4 as in x",
        ),
        (
            {"h0": np.ones((1, 5))},
            "h0 has shape (1, 5); expected (batch, n) with batch = 2 as in x",
        ),
        ({"W": np.ones((5, 4))}, "W has shape (5, 4); expected (n, d) with d = 3 as in x"),
        ({"U": np.ones((5, 4))}, "U has shape (5, 4); expected (n, n) with n = 5 as in h0"),
        ({"V": np.ones((3, 5))}, "V has shape (3, 5); expected (k, n) with k = 2 as in z"),
        (
            {"U": np.ones((5, 5), np.float32)},
            "U of shape (5, 5) has dtype float32; expected float64 as x has",
        ),
        (
            {"V": np.ones((2, 5), complex)},
            "V has shape (2, 5) and dtype complex128; expected float32 or float64",
        ),
        (
            {"h0": np.full((2, 5), np.nan)},
            "h0 of shape (2, 5) holds nan at index (0, 0); expected finite numbers",
        ),
        (
            {"x": np.ones((0, 2, 3))},
            "x has shape (0, 2, 3) and is empty; expected (T, batch, d), every size at least 1",
        ),
        (
            {"activation": "sigmoid"},
            "activation is 'sigmoid'; expected one of logistic, tanh, relu, linear",
        ),
        ({"truncation": -1}, "truncation is -1; expected a whole number of at least 0"),
        ({"truncation": 1.5}, "truncation is 1.5; expected a whole number of at least 0"),
        ({"checkpoints": -1}, "checkpoints is -1; expected a whole number of at least 0"),
        ({"checkpoints": 2, "truncation": 1}, "checkpoints is 2 and truncation 1; expected one of them"),
    ],
)
def test_bad_input_is_named_with_its_shape_and_what_was_expected(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="expected") as caught:
        bptt.bptt(**{**problem((4, 2, 3, 5, 2)), **change})
    assert str(caught.value) == message


def test_a_trajectory_without_its_first_state_is_refused() -> None:
    arrays = problem((4, 2, 3, 5, 2))
    trajectory = bptt.forward(**arrays)
    cut = replace(trajectory, h=trajectory.h[1:])
    with pytest.raises(ValueError, match=r"trajectory\.h has shape \(4, 2, 5\).* 5 states"):
        bptt.backward(cut, arrays["x"], arrays["U"], arrays["V"])
