"""Normalisation: the tables of question E1 in fractions, passes against plain loops and complex steps, weight norm."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

from everystep.kernels import normalisation, weight_norm
from everystep.kernels.gradient_check import complex_step

# Question E1: the two printed tensors (batch, channel, feature) and their tables.
FIRST = [[[4, 3, 2], [1, 4, 3]], [[3, 4, 1], [4, 2, 2]], [[3, 2, 3], [4, 1, 2]], [[1, 1, 3], [4, 1, 2]]]
SECOND = [[[1, 3, 2], [1, 2, 3]], [[3, 3, 2], [2, 4, 4]], [[4, 2, 2], [1, 2, 4]], [[3, 3, 2], [3, 3, 2]]]
TABLES: list[tuple[Any, str, Any, Any]] = [
    (FIRST, "batch", [F(5, 2), F(5, 2)], [F(13, 12), F(17, 12)]),
    (FIRST, "layer", [F(17, 6), F(8, 3), F(5, 2), F(2)], [F(41, 36), F(11, 9), F(11, 12), F(4, 3)]),
    (
        FIRST,
        "instance",
        [[F(3), F(8, 3)], [F(8, 3), F(8, 3)], [F(8, 3), F(7, 3)], [F(5, 3), F(7, 3)]],
        [[F(2, 3), F(14, 9)], [F(14, 9), F(8, 9)], [F(2, 9), F(14, 9)], [F(8, 9), F(14, 9)]],
    ),
    (SECOND, "batch", [F(5, 2), F(31, 12)], [F(7, 12), F(155, 144)]),
    (SECOND, "layer", [F(2), F(3), F(5, 2), F(8, 3)], [F(2, 3), F(2, 3), F(5, 4), F(2, 9)]),
    (
        SECOND,
        "instance",
        [[F(2), F(2)], [F(8, 3), F(10, 3)], [F(8, 3), F(7, 3)], [F(8, 3), F(8, 3)]],
        [[F(2, 3), F(2, 3)], [F(2, 9), F(8, 9)], [F(8, 9), F(14, 9)], [F(2, 9), F(2, 9)]],
    ),
]


def groups(shape: tuple[int, ...], kind: str) -> dict[tuple[int, ...], list[tuple[int, ...]]]:
    """The places that share a mean, by the words of the question: a value a channel, an example, or both."""
    found: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
    for place in np.ndindex(*shape):
        example, channel = place[:2]
        key = {"batch": (channel,), "layer": (example,), "rms": (example,), "instance": (example, channel)}[kind]
        found.setdefault(key, []).append(place)
    return found


def by_loops(x: Any, kind: str, epsilon: float) -> Any:
    """x_hat from the definition, an entry at a time; complex entries pass through."""
    result = np.zeros_like(x)
    for places in groups(x.shape, kind).values():
        mean = 0.0 if kind == "rms" else sum(x[place] for place in places) / len(places)
        variance = sum((x[place] - mean) ** 2 for place in places) / len(places)
        for place in places:
            result[place] = (x[place] - mean) / np.sqrt(variance + epsilon)
    return result


@pytest.mark.parametrize(("tensor", "kind", "mean", "variance"), TABLES)
def test_the_tables_of_the_question_are_exact(tensor: Any, kind: str, mean: Any, variance: Any) -> None:
    exact = normalisation.exact_statistics(tensor, kind)
    assert exact.mean.tolist() == mean
    assert exact.variance.tolist() == variance
    assert all(isinstance(entry, F) for entry in exact.mean.flat)
    fast = normalisation.statistics(tensor, kind)
    np.testing.assert_allclose(fast.mean, exact.mean.astype(float), rtol=1e-15)
    np.testing.assert_allclose(fast.variance, exact.variance.astype(float), rtol=1e-14)


def test_the_mean_square_of_an_example_is_exact() -> None:
    exact = normalisation.exact_statistics(FIRST, "rms")
    assert exact.mean.tolist() == [0, 0, 0, 0]
    # 16 + 9 + 4 + 1 + 16 + 9 = 55 for the first example, of six entries.
    assert exact.variance[0] == F(55, 6)
    assert normalisation.exact_statistics([[F(1, 3), F(2, 3)]], "rms").variance.tolist() == [F(5, 18)]


SHAPES = [(4, 2, 3), (1, 3, 2), (5, 1, 4), (3, 2, 2, 3), (6, 4)]


@pytest.mark.parametrize(
    ("shape", "kind"),
    [(shape, kind) for shape in SHAPES for kind in normalisation.KINDS if kind != "instance" or len(shape) > 2],
)
def test_forward_is_the_definition(shape: tuple[int, ...], kind: str) -> None:
    x = 3 + np.random.default_rng(0).standard_normal(shape)
    done = normalisation.forward(x, kind, epsilon=1e-3)
    np.testing.assert_allclose(done.y, by_loops(x, kind, 1e-3), rtol=1e-12, atol=1e-14)


def test_statistics_of_random_decimals_agree_with_fractions() -> None:
    x = np.random.default_rng(5).standard_normal((3, 4, 5)).round(6)
    fractions = [[[F(str(entry)) for entry in row] for row in example] for example in x]
    for kind in normalisation.KINDS:
        exact, fast = normalisation.exact_statistics(fractions, kind), normalisation.statistics(x, kind)
        np.testing.assert_allclose(fast.mean, exact.mean.astype(float), rtol=1e-12)
        np.testing.assert_allclose(fast.variance, exact.variance.astype(float), rtol=1e-12)


@pytest.mark.parametrize("shape", [(4, 2, 3), (3, 2, 2, 2)])
@pytest.mark.parametrize("kind", normalisation.KINDS)
def test_gradients_agree_with_complex_steps_through_the_definition(shape: tuple[int, ...], kind: str) -> None:
    random = np.random.default_rng(1)
    x, c = random.standard_normal(shape), random.standard_normal(shape)
    affine = shape[1:] if kind in ("layer", "rms") else shape[1:2]
    gamma, beta = random.standard_normal(affine), random.standard_normal(affine)
    epsilon = 1e-3

    def output(x: Any, gamma: Any, beta: Any) -> Any:
        axes = [1] * (len(shape) - 2) if len(gamma.shape) == 1 else []
        return gamma.reshape(*gamma.shape, *axes) * by_loops(x, kind, epsilon) + beta.reshape(*beta.shape, *axes)

    def loss(x: Any, gamma: Any, beta: Any) -> Any:
        y = output(x, gamma, beta)
        return np.sum(c * y + y**3)

    done = normalisation.forward(x, kind, gamma, beta, epsilon=epsilon)
    np.testing.assert_allclose(done.y, output(x, gamma, beta), rtol=1e-11, atol=1e-13)
    gradients = normalisation.backward(done, c + 3 * done.y**2, gamma)
    np.testing.assert_allclose(gradients.x, complex_step(lambda v: loss(v, gamma, beta), x), rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(gradients.gamma, complex_step(lambda v: loss(x, v, beta), gamma), rtol=1e-11)
    np.testing.assert_allclose(gradients.beta, complex_step(lambda v: loss(x, gamma, v), beta), rtol=1e-11)


@pytest.mark.parametrize("kind", normalisation.KINDS)
def test_the_gradient_is_orthogonal_to_what_normalisation_forgets(kind: str) -> None:
    random = np.random.default_rng(2)
    x, g = random.standard_normal((6, 3, 5)), random.standard_normal((6, 3, 5))
    done = normalisation.forward(x, kind, epsilon=0.0)
    gradient = normalisation.backward(done, g).x
    for places in groups(x.shape, kind).values():
        index = tuple(np.array(places).T)
        assert gradient[index] @ done.x_hat[index] == pytest.approx(0.0, abs=1e-12)
        if kind != "rms":
            assert gradient[index].sum() == pytest.approx(0.0, abs=1e-12)


def test_on_whitened_inputs_batch_norm_of_a_projection_is_weight_norm() -> None:
    random = np.random.default_rng(3)
    X = weight_norm.whiten(random.standard_normal((40, 5)) @ random.standard_normal((5, 5)) + 2)
    u, g, b = random.standard_normal(5), 1.7, -0.3
    done = normalisation.forward((X @ u)[:, None], "batch", [g], [b], epsilon=0.0)
    np.testing.assert_allclose(done.y[:, 0], X @ weight_norm.weight(u, g) + b, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(done.y[:, 0], weight_norm.compare_batch_norm(X, u, g, b).batch_norm, rtol=1e-12)


def test_single_precision_stays_single_and_a_large_mean_does_not_cancel() -> None:
    x = (1000 + np.random.default_rng(4).standard_normal((50, 4, 30))).astype(np.float32)
    for kind in normalisation.KINDS:
        done = normalisation.forward(x, kind)
        gradients = normalisation.backward(done, done.y)
        assert {done.y.dtype, done.r.dtype, gradients.x.dtype, gradients.gamma.dtype} == {np.dtype(np.float32)}
        np.testing.assert_allclose(done.y, normalisation.forward(x.astype(np.float64), kind).y, atol=1e-4)


def test_a_sentence_that_is_alone_at_its_position_has_no_variance() -> None:
    # Question E2: lengths 3 and 10 in a batch of two; from position 4 on the batch is one sentence.
    assert normalisation.statistics(np.array([[2.0, 7.0]]), "batch").variance.tolist() == [0.0, 0.0]
    with pytest.raises(ValueError, match=r"x of shape \(1, 2\) has variance 0 somewhere"):
        normalisation.forward(np.array([[2.0, 7.0]]), "batch", epsilon=0.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: normalisation.forward(np.ones((2, 3)), "group"), "kind is 'group'; expected one of batch, layer"),
        (lambda: normalisation.forward(np.ones((2, 3)), "instance"), r"x has shape \(2, 3\); expected at least 3 axes"),
        (lambda: normalisation.statistics(np.ones(3), "layer"), r"x has shape \(3,\); expected at least 2 axes"),
        (lambda: normalisation.forward(np.ones((2, 0)), "layer"), r"x has shape \(2, 0\) and is empty"),
        (lambda: normalisation.forward([[np.nan, 1.0]], "layer"), r"holds nan at index \(0, 0\)"),
        (lambda: normalisation.forward(np.eye(2), "batch", [1.0]), r"gamma has shape \(1,\).*channels = 2 as in x"),
        (lambda: normalisation.forward(np.eye(2), "rms", None, [1.0]), r"beta has shape \(1,\); expected \(2,\) as an"),
        (lambda: normalisation.forward(np.eye(2), "batch", np.ones(2, np.float32)), "gamma.*float32; expected float64"),
        (lambda: normalisation.forward(np.eye(2), "batch", epsilon=-1), "epsilon is -1; expected a number in"),
        (
            lambda: normalisation.backward(normalisation.forward(np.eye(2), "batch"), np.eye(3)),
            r"grad_y has shape \(3, 3\); expected \(2, 2\)",
        ),
        (lambda: normalisation.exact_statistics([[1, 0.5]], "layer"), r"holds 0.5 at index \(0, 1\); expected whole"),
        (lambda: normalisation.exact_statistics([[1], [1, 2]], "layer"), "expected|ragged"),
        (lambda: normalisation.exact_statistics([], "layer"), r"x has shape \(0,\) and is empty"),
    ],
)
def test_bad_input_is_named(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
