"""Every public function of the kernels against a computation that shares no code with it, and where that stands."""

from __future__ import annotations

import inspect
import itertools
import math
import re
import statistics
from fractions import Fraction
from importlib import import_module
from typing import Any

import mpmath
import numpy as np
import pytest

from everystep import kernels
from everystep.kernels import (
    activations,
    bptt,
    convolution,
    decoding,
    dropout,
    hessian_vector,
    least_squares,
    normalisation,
    optimisers,
    weight_norm,
)
from everystep.kernels.convolution import Window
from tests.kernels import plain

HERE = "test_independent"
PLACES: dict[str, dict[str, str]] = {
    "activations": {
        "softmax log_softmax log_sum_exp": "test_activations.test_softmax_and_its_logarithms_agree_with_sixty_digits",
        "logistic": "test_activations.test_the_logistic_agrees_with_many_digits_on_both_sides",
        "piecewise_linear": "test_activations.test_piecewise_linear_maps_are_those_of_the_cases",
        "swish swish_slope relu": f"{HERE}.test_swish_and_its_slope_agree_with_fifty_digits",
    },
    "bptt": {
        "bptt": "test_plain.test_the_recurrent_network_and_its_gradients_are_those_of_loops",
        "loss forward backward": f"{HERE}.test_the_passes_one_by_one_are_those_of_loops",
    },
    "convolution": {
        "convolve convolution_matrix": "test_convolution.test_the_direct_convolution_and_the_matrix_are_the_loops",
        "backward": "test_convolution.test_gradients_are_those_of_the_loops",
        "max_pool": "test_convolution.test_max_pooling_is_the_loop",
        "output_size output_sizes least_size transposed_output_size": f"{HERE}.test_sizes_are_counted",
        "receptive_field receptive_field_by_gradient": f"{HERE}.test_receptive_fields_are_followed_back",
        "convolution_pattern transposed": f"{HERE}.test_a_transposed_convolution_puts_a_kernel_at_every_entry",
    },
    "counts": {
        "count_parameters": "test_counts.test_a_model_is_the_sum_of_its_layers",
        "perceptron": "test_counts.test_the_perceptron_of_the_question_has_its_parameters_and_hessian_entries",
        "complete_graph count_edges": "test_counts.test_edges_are_all_ordered_pairs",
        "count_sequences": "test_counts.test_sequences_are_those_of_itertools",
    },
    "decoding": {
        "viterbi exhaustive": "test_decoding.test_viterbi_and_enumeration_find_what_itertools_finds",
        "beam": "test_decoding.test_beams_are_those_of_a_sorted_list",
        "greedy log_probability": f"{HERE}.test_greedy_takes_the_likeliest_word_and_its_score_is_the_sum",
    },
    "dropout": {
        "exact_expectation expected_loss": f"{HERE}.test_the_expected_loss_is_that_of_all_masks_one_by_one",
        "monte_carlo": "test_dropout.test_sampling_agrees_within_four_standard_errors_on_a_large_problem",
        "minimiser": "test_dropout.test_the_minimiser_has_no_better_neighbour_and_is_ridge_regression",
    },
    "gradient_check": {
        "complex_step central_differences": (
            "test_gradient_check.test_both_differences_find_the_gradient_for_any_shape"
        ),
        "differences": "test_gradient_check.test_the_estimated_error_covers_the_error_and_is_not_far_above",
        "check_gradient": "test_gradient_check.test_a_right_gradient_passes_and_a_wrong_one_is_found",
        "sweep_steps": "test_gradient_check.test_central_error_has_a_valley_and_the_complex_step_has_none",
    },
    "hessian_vector": {
        "loss gradient hessian_vector": "test_plain.test_the_perceptron_its_gradient_and_hessian_are_those_of_loops",
        "full_hessian forward_difference central_difference difference_errors": (
            f"{HERE}.test_hessians_and_differences_are_those_of_loops"
        ),
        "random_weights": f"{HERE}.test_random_weights_have_their_spread",
    },
    "least_squares": {
        "minimum_norm_solution gradient_descent step_bound": f"{HERE}.test_descent_is_a_loop_to_the_pseudoinverse",
        "compare_lstsq": "test_least_squares.test_the_comparison_with_lstsq_measures_how_far_a_point_is",
    },
    "messages": {
        "attention attention_by_messages": (
            "test_messages.test_attention_is_its_formula_and_is_message_passing_on_the_complete_graph"
        ),
        "gather": "test_messages.test_messages_along_repeated_targets_add_up",
    },
    "normalisation": {
        "forward": "test_normalisation.test_forward_is_the_definition",
        "backward": "test_normalisation.test_gradients_agree_with_complex_steps_through_the_definition",
        "exact_statistics statistics": f"{HERE}.test_statistics_are_those_of_the_standard_library",
    },
    "optimisers": {
        "run begin average_weights": f"{HERE}.test_momentum_is_a_loop_and_an_average_has_its_weights",
        "newton_step descent_model": f"{HERE}.test_newton_and_the_quadratic_model_are_those_of_two_numbers",
    },
    "weight_norm": {
        "gradients": "test_weight_norm.test_gradients_agree_with_complex_steps_through_the_weight",
        "weight descend": f"{HERE}.test_descent_in_both_parts_is_a_loop",
        "whiten compare_batch_norm": f"{HERE}.test_whitened_columns_have_the_moments_of_the_standard_library",
    },
}
"""For each kernel, which functions a test holds against another implementation."""


def test_every_public_function_is_held_against_an_independent_implementation() -> None:
    for name in kernels.__all__:
        public = {
            label
            for label, value in vars(getattr(kernels, name)).items()
            if inspect.isfunction(value) and value.__module__.endswith(f".{name}") and not label.startswith("_")
        }
        listed = [label for labels in PLACES[name] for label in labels.split()]
        assert sorted(listed) == sorted(public), name
        for labels, place in PLACES[name].items():
            module, _, test = place.partition(".")
            source = inspect.getsource(getattr(import_module(f"tests.kernels.{module}"), test))
            for label in labels.split():
                assert re.search(rf"\b{label}\b", source), f"{place} does not call {label}"


@pytest.mark.parametrize("beta", [-3.0, 0.0, 1.0, 7.0])
def test_swish_and_its_slope_agree_with_fifty_digits(beta: float) -> None:
    x = [-800.0, -40.0, -1.5, -1e-8, 0.0, 0.3, 2.0, 60.0, 900.0]
    with mpmath.workdps(50):

        def swish(v: Any) -> Any:
            return v / (1 + mpmath.exp(-mpmath.mpf(beta) * v))

        wanted = [float(swish(mpmath.mpf(v))) for v in x]
        slopes = [float(mpmath.diff(swish, mpmath.mpf(v))) for v in x]
    np.testing.assert_allclose(activations.swish(x, beta), wanted, rtol=1e-13)
    np.testing.assert_allclose(activations.swish_slope(x, beta), slopes, rtol=1e-12, atol=1e-14)
    assert activations.relu(x).tolist() == [max(v, 0.0) for v in x]


@pytest.mark.parametrize("activation", ["logistic", "tanh", "relu", "linear"])
def test_the_passes_one_by_one_are_those_of_loops(activation: str) -> None:
    random = np.random.default_rng(1)
    shapes = {"x": (4, 2, 3), "z": (4, 2, 2), "h0": (2, 3), "W": (3, 3), "U": (3, 3), "V": (2, 3)}
    arrays = {name: random.standard_normal(shape) for name, shape in shapes.items()}
    lists = {name: array.tolist() for name, array in arrays.items()}
    wanted = plain.recurrent_loss(**lists, activation=activation).real
    assert bptt.loss(**arrays, activation=activation) == pytest.approx(wanted, rel=1e-12)
    trajectory = bptt.forward(**arrays, activation=activation)
    assert trajectory.loss == pytest.approx(wanted, rel=1e-12)
    found = bptt.backward(trajectory, *(arrays[name] for name in "xUV"))

    def of_first_state(entries: list[complex]) -> complex:
        moved = np.array(entries).reshape(2, 3).tolist()
        return plain.recurrent_loss(**{**lists, "h0": moved}, activation=activation)

    expected = np.reshape(plain.gradient(of_first_state, arrays["h0"].ravel().tolist()), (2, 3))
    np.testing.assert_allclose(found.h0, expected, rtol=1e-10, atol=1e-11)


WINDOWS = [Window(k, s, p) for k in (1, 2, 3, 5) for s in (1, 2, 3) for p in (0, 1, 2)]


def starts(size: int, window: Window) -> list[int]:
    """Where a kernel may stand on a padded line."""
    return [
        at
        for at in range(-window.padding, size + window.padding, window.stride)
        if at + window.kernel <= size + window.padding
    ]


def test_sizes_are_counted() -> None:
    for window in WINDOWS:
        for size in range(1, 12):
            counted = len(starts(size, window))
            if size + 2 * window.padding >= window.kernel:
                assert convolution.output_size(size, window) == counted
                # Every entry of the output spreads over a kernel's width; the padding is cut off.
                reached = {window.stride * k + j - window.padding for k in range(size) for j in range(window.kernel)}
                width = max(reached) + 1 - window.padding
                if width >= 1:
                    assert convolution.transposed_output_size(size, window) == width
    layers = (Window(3, 2, 1), Window(2, 2), Window(3))
    for size in range(1, 40):
        sizes = [size]
        for window in layers:
            sizes.append(len(starts(sizes[-1], window)) if sizes[-1] else 0)
        if min(sizes) > 0:
            assert list(convolution.output_sizes(size, layers))[-3:] == sizes[1:]
            assert convolution.least_size(layers) <= size
        else:
            assert convolution.least_size(layers) > size


def test_receptive_fields_are_followed_back() -> None:
    for layers in (
        (Window(3),),
        (Window(3, 2), Window(3)),
        (Window(2, 2), Window(3), Window(2, 3)),
        (Window(5, 3),) * 2,
    ):
        seen = {0}
        for window in reversed(layers):
            seen = {window.stride * at + offset for at in seen for offset in range(window.kernel)}
        extent = max(seen) - min(seen) + 1
        assert convolution.receptive_field(layers) == extent
        found = convolution.receptive_field_by_gradient(layers)
        assert (found.height, found.width) == (extent, extent)
        assert int(found.support.sum()) == len(seen) ** 2


def test_a_transposed_convolution_puts_a_kernel_at_every_entry() -> None:
    random = np.random.default_rng(2)
    x, kernel = random.standard_normal((2, 4, 3, 2)), random.standard_normal((4, 3, 3, 2))
    for stride, padding in ((1, 0), (2, 0), (2, 1)):
        height, width = 2 * stride + 3, stride + 2
        full = np.zeros((2, 3, height, width))
        for b, c, i, j in np.ndindex(x.shape):
            full[b, :, stride * i : stride * i + 3, stride * j : stride * j + 2] += x[b, c, i, j] * kernel[c]
        cut = full[:, :, padding : height - padding, padding : width - padding]
        if 0 in cut.shape:
            continue
        np.testing.assert_allclose(convolution.transposed(x, kernel, stride=stride, padding=padding), cut, rtol=1e-12)
    pattern = convolution.convolution_pattern((1, 1, 2, 2), (3, 4))
    places = {(int(r), int(c)): int(e) for r, c, e in zip(pattern.rows, pattern.columns, pattern.entries, strict=True)}
    wanted = {
        (3 * a + b, 4 * (a + i) + b + j): 2 * i + j
        for a in range(2)
        for b in range(3)
        for i in range(2)
        for j in range(2)
    }
    assert places == wanted


def test_greedy_takes_the_likeliest_word_and_its_score_is_the_sum() -> None:
    random = np.random.default_rng(3)
    p = random.dirichlet(np.ones(5), size=5)
    for start in range(5):
        word, words, score = start, [], 0.0
        for _ in range(6):
            row = p[word].tolist()
            word = row.index(max(row))
            words.append(word)
            score += math.log(max(row))
        found = decoding.greedy(np.log(p), start, 6)
        assert found.words.tolist() == words
        assert found.score == pytest.approx(score, rel=1e-13)
        assert decoding.log_probability(np.log(p), start, words) == pytest.approx(score, rel=1e-13)


def test_hessians_and_differences_are_those_of_loops() -> None:
    random = np.random.default_rng(4)
    sizes = (2, 3, 2)
    network = hessian_vector.Network(sizes)
    w, v = random.standard_normal(network.parameters), random.standard_normal(network.parameters)
    x, y = random.standard_normal((3, 2)), random.standard_normal((3, 2))

    def gradient(at: Any) -> Any:
        def loss(entries: list[complex]) -> complex:
            return plain.perceptron_loss(sizes, entries, x.tolist(), y.tolist(), "tanh", "squared")

        return np.array(plain.gradient(loss, np.asarray(at).tolist()))

    step = 1e-5
    columns = [(gradient(w + step * e) - gradient(w - step * e)) / (2 * step) for e in np.eye(len(w))]
    np.testing.assert_allclose(hessian_vector.full_hessian(network, w, x, y), np.transpose(columns), atol=1e-6)
    for r in (1e-2, 1e-4):
        forward = (gradient(w + r * v) - gradient(w)) / r
        central = (gradient(w + r * v) - gradient(w - r * v)) / (2 * r)
        np.testing.assert_allclose(hessian_vector.forward_difference(gradient, w, v, r), forward, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(hessian_vector.central_difference(gradient, w, v, r), central, rtol=1e-9, atol=1e-9)
        exact = np.transpose(columns) @ v
        errors = hessian_vector.difference_errors(network, w, v, x, y, [r])
        relative = np.linalg.norm(forward - exact) / np.linalg.norm(exact)
        assert errors.forward[0] == pytest.approx(relative, rel=1e-2)


def test_random_weights_have_their_spread() -> None:
    network = hessian_vector.Network((100, 300, 50))
    w = hessian_vector.random_weights(network, seed=5)
    first, biases = w[:30_000], w[30_000:30_300]
    assert statistics.pstdev(first.tolist()) == pytest.approx(0.1, rel=0.02)
    assert statistics.pstdev(biases.tolist()) == pytest.approx(0.1, rel=0.15)
    assert w.shape == (100 * 300 + 300 + 300 * 50 + 50,)


def test_descent_is_a_loop_to_the_pseudoinverse() -> None:
    random = np.random.default_rng(6)
    X, y = random.standard_normal((3, 5)), random.standard_normal(3)
    bound = 1 / float(np.linalg.eigvalsh(X @ X.T).max())
    assert least_squares.step_bound(X) == pytest.approx(bound, rel=1e-12)
    np.testing.assert_allclose(least_squares.minimum_norm_solution(X, y), np.linalg.pinv(X) @ y, rtol=1e-10)
    w = [0.0] * 5
    for _ in range(7):
        residual = [y[i] - sum(X[i, j] * w[j] for j in range(5)) for i in range(3)]
        w = [w[j] + 0.4 * bound * sum(X[i, j] * residual[i] for i in range(3)) for j in range(5)]
    found = least_squares.gradient_descent(X, y, step=0.2 * bound, iterations=7)
    np.testing.assert_allclose(found.w, w, rtol=1e-12)
    long = least_squares.gradient_descent(X, y, iterations=5000)
    np.testing.assert_allclose(long.w, np.linalg.pinv(X) @ y, rtol=1e-8)


def test_statistics_are_those_of_the_standard_library() -> None:
    table = [[3, 1, 4, 1], [5, 9, 2, 6], [5, 3, 5, 8]]
    columns, rows = list(zip(*table, strict=True)), table
    for kind, groups in (("batch", columns), ("layer", rows)):
        exact = normalisation.exact_statistics(table, kind)
        near = normalisation.statistics(table, kind)
        means = [statistics.mean(map(Fraction, group)) for group in groups]
        variances = [statistics.pvariance(list(map(Fraction, group))) for group in groups]
        assert np.ravel(exact.mean).tolist() == means
        assert np.ravel(exact.variance).tolist() == variances
        np.testing.assert_allclose(np.ravel(near.mean), [float(m) for m in means], rtol=1e-14)
        np.testing.assert_allclose(np.ravel(near.variance), [float(v) for v in variances], rtol=1e-14)


def test_newton_and_the_quadratic_model_are_those_of_two_numbers() -> None:
    a, b, c, mu = 3.0, 0.5, 2.0, 0.25
    g, theta = (1.0, -2.0), (0.3, 0.7)
    determinant = (a + mu) * (c + mu) - b * b
    moved = [
        theta[0] - ((c + mu) * g[0] - b * g[1]) / determinant,
        theta[1] - ((a + mu) * g[1] - b * g[0]) / determinant,
    ]
    H = [[a, b], [b, c]]
    np.testing.assert_allclose(optimisers.newton_step(theta, g, H, mu), moved, rtol=1e-13)
    model = optimisers.descent_model(g, H)
    slope = g[0] ** 2 + g[1] ** 2
    curvature = a * g[0] ** 2 + 2 * b * g[0] * g[1] + c * g[1] ** 2
    assert (model.slope, model.curvature) == pytest.approx((slope, curvature), rel=1e-13)
    # The parabola -e slope + e^2 curvature / 2 is lowest, and back at 0, where one computes it point by point.
    steps = np.linspace(0, 2, 400_001)
    values = -steps * slope + steps**2 * curvature / 2
    assert model.best == pytest.approx(steps[values.argmin()], abs=1e-5)
    assert model.decrease == pytest.approx(-values.min(), rel=1e-8)
    assert model.bound == pytest.approx(steps[np.flatnonzero(values < 0)[-1]], abs=1e-5)


def test_descent_in_both_parts_is_a_loop() -> None:
    target, u, g, step = [1.0, -0.5, 2.0], [0.6, 0.8, -1.0], 1.5, 0.1
    run = weight_norm.descend(u, g, lambda w: 2 * (w - np.array(target)), step=step, steps=5)
    for _ in range(5):
        length = math.hypot(*u)
        w = [g * entry / length for entry in u]
        np.testing.assert_allclose(weight_norm.weight(u, g), w, rtol=1e-14)
        grad = [2 * (p - q) for p, q in zip(w, target, strict=True)]
        along = sum(p * q for p, q in zip(u, grad, strict=True)) / length
        u, g = (
            [p - step * g / length * (q - along * p / length) for p, q in zip(u, grad, strict=True)],
            g - step * along,
        )
    np.testing.assert_allclose(run.u, u, rtol=1e-12)
    assert run.g == pytest.approx(g, rel=1e-12)


def test_whitened_columns_have_the_moments_of_the_standard_library() -> None:
    random = np.random.default_rng(7)
    white = weight_norm.whiten(random.standard_normal((40, 3)) @ random.standard_normal((3, 3)) + 2.0)
    for k in range(3):
        assert statistics.fmean(white[:, k].tolist()) == pytest.approx(0.0, abs=1e-12)
        for m in range(3):
            product = statistics.fmean((white[:, k] * white[:, m]).tolist())
            assert product == pytest.approx(1.0 if k == m else 0.0, abs=1e-12)
    u, g, b = [0.5, -1.0, 2.0], 1.2, 0.3
    outputs = [sum(p * q for p, q in zip(u, row, strict=True)) for row in white.tolist()]
    mean, deviation = statistics.fmean(outputs), statistics.pstdev(outputs)
    found = weight_norm.compare_batch_norm(white, u, g, b)
    np.testing.assert_allclose(found.batch_norm, [g * (o - mean) / deviation + b for o in outputs], rtol=1e-11)
    np.testing.assert_allclose(found.weight_norm, [g * o / math.hypot(*u) + b for o in outputs], rtol=1e-11)


def test_the_expected_loss_is_that_of_all_masks_one_by_one() -> None:
    random = np.random.default_rng(8)
    X, y, w, p = random.standard_normal((2, 3)), random.standard_normal(2), random.standard_normal(3), 0.3
    mean = square = 0.0
    for mask in itertools.product((0, 1), repeat=6):
        chance = math.prod(p if bit else 1 - p for bit in mask)
        loss = sum((y[i] - sum(mask[3 * i + j] * X[i, j] * w[j] for j in range(3))) ** 2 for i in range(2))
        mean += chance * loss
        square += chance * loss**2
    found = dropout.exact_expectation(X, y, w, p)
    assert (found.mean, found.variance) == pytest.approx((mean, square - mean**2), rel=1e-11)
    assert dropout.expected_loss(X, y, w, p) == pytest.approx(mean, rel=1e-12)


def test_momentum_is_a_loop_and_an_average_has_its_weights() -> None:
    random = np.random.default_rng(9)
    noise, theta, v = random.standard_normal((20, 3)).tolist(), [1.0, -2.0, 0.5], [0.0] * 3
    begun = optimisers.begin(theta)
    assert (begun.t, begun.theta.tolist(), begun.first.tolist()) == (0, theta, [0.0] * 3)
    run = optimisers.run(
        optimisers.Momentum(0.1, 0.9), lambda at, t: 0.5 * at + np.array(noise[t - 1]), theta, steps=20
    )
    for row in noise:
        v = [0.9 * a + 0.1 * (0.5 * b + c) for a, b, c in zip(v, theta, row, strict=True)]
        theta = [a - b for a, b in zip(theta, v, strict=True)]
    np.testing.assert_allclose(run.state.theta, theta, rtol=1e-12)
    average = Fraction(0)
    for value in (5, -3, 7, 2):
        average = Fraction(9, 10) * average + Fraction(1, 10) * value
    assert float(optimisers.average_weights(4, 0.9) @ [5, -3, 7, 2]) == pytest.approx(float(average), rel=1e-13)
