"""Update rules against plain loops over numbers, and their equivalences over a thousand random steps (F3-F6, G1-G6)."""

from __future__ import annotations

import math
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

from everystep.kernels import optimisers
from everystep.kernels.optimisers import SGD, Adam, Momentum, RunningAverage

STEPS, D = 1000, 7


def noise(seed: int = 0) -> Any:
    """Gradients that pull towards 1 with random noise: they depend on theta and on t."""
    values = np.random.default_rng(seed).standard_normal((STEPS + 1, D))
    return lambda theta, t: 0.1 * (theta - 1.0) + values[t]


def start(seed: int = 1) -> Any:
    return np.random.default_rng(seed).standard_normal(D)


def path(rule: Any, gradient: Any = None) -> Any:
    result = optimisers.run(rule, gradient or noise(), start(), steps=STEPS, keep_path=True).path
    assert result is not None
    assert result.shape == (STEPS + 1, D)
    return result


def test_plain_descent_momentum_and_average_are_their_loops() -> None:
    rate, alpha = 0.05, 0.9
    gradient = noise()
    plain, heavy, average, corrected = ([float(e) for e in start()] for _ in range(4))
    v, mean, other = [0.0] * D, [0.0] * D, [0.0] * D
    for t in range(1, STEPS + 1):
        gs = [gradient(np.array(theta), t) for theta in (plain, heavy, average, corrected)]
        for i in range(D):
            plain[i] -= rate * gs[0][i]
            v[i] = alpha * v[i] + rate * gs[1][i]
            heavy[i] -= v[i]
            mean[i] = alpha * mean[i] + (1 - alpha) * gs[2][i]
            average[i] -= rate * mean[i]
            other[i] = alpha * other[i] + (1 - alpha) * gs[3][i]
            corrected[i] -= rate * other[i] / (1 - alpha**t)
    np.testing.assert_allclose(path(SGD(rate))[-1], plain, rtol=1e-12)
    np.testing.assert_allclose(path(Momentum(rate, alpha))[-1], heavy, rtol=1e-12)
    np.testing.assert_allclose(path(RunningAverage(rate, alpha))[-1], average, rtol=1e-12)
    np.testing.assert_allclose(path(RunningAverage(rate, alpha, corrected=True))[-1], corrected, rtol=1e-12)


def test_adam_is_its_loop_with_penalty_and_with_decay() -> None:
    rate, rho1, rho2, delta, gamma, decay = 0.01, 0.8, 0.95, 1e-6, 0.03, 0.002
    gradient = noise()
    theta, s, r = [float(e) for e in start()], [0.0] * D, [0.0] * D
    for t in range(1, STEPS + 1):
        gs = gradient(np.array(theta), t)
        for i in range(D):
            g = gs[i] + 2 * gamma * theta[i]
            s[i] = rho1 * s[i] + (1 - rho1) * g
            r[i] = rho2 * r[i] + (1 - rho2) * g**2
            adaptive = rate * (s[i] / (1 - rho1**t)) / (math.sqrt(r[i] / (1 - rho2**t)) + delta)
            theta[i] -= adaptive + decay * theta[i]
    np.testing.assert_allclose(path(Adam(rate, rho1, rho2, delta, gamma, decay))[-1], theta, rtol=1e-10)


def test_decay_and_penalty_are_the_same_for_plain_descent_and_not_for_adam() -> None:
    eta, gamma = 0.05, 0.1
    penalised = path(SGD(eta, penalty=gamma))
    np.testing.assert_allclose(path(SGD(eta, decay=2 * eta * gamma)), penalised, rtol=1e-12, atol=1e-13)
    # As printed in the question, with + lambda theta: the sign makes lambda negative.
    printed = -2 * eta * gamma
    gradient, theta = noise(), start()
    for t in range(1, STEPS + 1):
        theta = theta - eta * gradient(theta, t) + printed * theta
    np.testing.assert_allclose(penalised[-1], theta, rtol=1e-12)
    # Adam divides the penalty by the size of the gradients: a hundred times larger ones make it vanish.
    plain = noise()
    large = [path(rule, lambda theta, t: 100 * plain(theta, t)) for rule in (Adam(eta, penalty=gamma), Adam(eta))]
    assert np.abs(large[0] - large[1]).max() < 0.1
    assert np.abs(large[0] - path(Adam(eta, decay=2 * eta * gamma), lambda theta, t: 100 * plain(theta, t))).max() > 0.3


def test_adam_with_penalty_is_adam_on_the_penalised_loss() -> None:
    gamma, plain = 0.02, noise()
    by_gradient = path(Adam(0.01), lambda theta, t: plain(theta, t) + 2 * gamma * theta)
    np.testing.assert_array_equal(path(Adam(0.01, penalty=gamma)), by_gradient)


def test_decoupled_decay_shrinks_all_weights_alike_and_adam_with_penalty_those_with_small_gradients() -> None:
    sizes = np.repeat([0.05, 5.0], 50)
    values = np.random.default_rng(5).standard_normal((3001, 100)) * sizes
    penalised = optimisers.run(Adam(penalty=0.01), lambda _, t: values[t], np.ones(100), steps=3000).state.theta
    decoupled = optimisers.run(Adam(decay=2e-5), lambda _, t: values[t], np.ones(100), steps=3000).state.theta
    unpenalised = optimisers.run(Adam(), lambda _, t: values[t], np.ones(100), steps=3000).state.theta
    small, large = (penalised - unpenalised)[:50].mean(), (penalised - unpenalised)[50:].mean()
    assert small < -0.3
    assert -0.05 < large < 0.0
    shrunk = (1 - 2e-5) ** 3000
    for half in (slice(0, 50), slice(50, 100)):
        assert decoupled[half].mean() == pytest.approx(shrunk + unpenalised[half].mean() - 1, abs=0.01)


def test_momentum_is_the_running_average_for_matching_parameters_only() -> None:
    beta, delta = 0.9, 0.3
    average = optimisers.run(RunningAverage(delta, beta), noise(), start(), steps=STEPS, keep_path=True)
    heavy = optimisers.run(Momentum(delta * (1 - beta), beta), noise(), start(), steps=STEPS, keep_path=True)
    assert average.path is not None
    assert heavy.path is not None
    np.testing.assert_allclose(heavy.path, average.path, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(heavy.state.first, delta * average.state.first, rtol=1e-10)
    for other in (Momentum(delta * (1 - beta), 0.89), Momentum(delta, beta)):
        assert np.abs(path(other) - average.path).max() > 0.1


def test_the_average_is_the_weighted_sum_of_all_gradients() -> None:
    beta = 0.97
    values = np.random.default_rng(6).standard_normal((STEPS, D))
    state = optimisers.run(RunningAverage(0.1, beta), lambda _, t: values[t - 1], np.zeros(D), steps=STEPS).state
    weights = optimisers.average_weights(STEPS, beta)
    np.testing.assert_allclose(weights @ values, state.first, rtol=1e-11)
    exact, v = F(97, 100), F(0)
    for t in range(1, 30):
        v = exact * v + (1 - exact) * 1
        assert v == 1 - exact**t
        assert optimisers.average_weights(t, beta).sum() == pytest.approx(float(1 - exact**t), rel=1e-13)


def test_the_corrected_average_is_unbiased_from_the_first_step() -> None:
    g = np.array([1.0, -2.0, 0.5])
    for corrected, factor in ((False, lambda t: 1 - 0.9**t), (True, lambda _: 1.0)):
        theta = np.zeros(3)
        state = optimisers.begin(theta)
        rule = RunningAverage(1.0, 0.9, corrected=corrected)
        for t in range(1, STEPS + 1):
            after = rule.step(state, g)
            np.testing.assert_allclose(state.theta - after.theta, factor(t) * g, rtol=1e-9)
            state = after


def test_the_mean_of_the_average_over_many_runs_has_the_bias_of_the_formula() -> None:
    beta, t, runs = 0.9, 8, 200_000
    values = 3.0 + np.random.default_rng(7).standard_normal((t, runs))
    v = optimisers.average_weights(t, beta) @ values
    error = v.std(ddof=1) / math.sqrt(runs)
    assert abs(v.mean() - (1 - beta**t) * 3.0) < 4 * error
    assert abs(v.mean() - 3.0) > 100 * error


def quadratic(seed: int, eigenvalues: Any) -> Any:
    random = np.random.default_rng(seed)
    basis = np.linalg.qr(random.standard_normal((len(eigenvalues), len(eigenvalues))))[0]
    H = basis @ np.diag(eigenvalues) @ basis.T
    return 0.5 * (H + H.T), random.standard_normal(len(eigenvalues))


def test_one_step_of_newton_reaches_the_minimum_of_a_quadratic() -> None:
    H, b = quadratic(8, np.geomspace(1e-3, 1e3, 9))
    theta = np.random.default_rng(9).standard_normal(9)
    found = optimisers.newton_step(theta, H @ theta + b, H)
    np.testing.assert_allclose(H @ found + b, 0.0, atol=1e-9)
    # With H = I / eta it is gradient descent with the rate eta.
    g = np.arange(9.0)
    np.testing.assert_allclose(optimisers.newton_step(theta, g, np.eye(9) / 0.3), theta - 0.3 * g, rtol=1e-13)
    np.testing.assert_allclose(
        optimisers.newton_step(theta, g, H, damping=0.5),
        theta - np.linalg.inv(H + 0.5 * np.eye(9)) @ g,
        rtol=1e-9,
    )


def test_the_model_along_the_gradient_says_which_steps_descend() -> None:
    H, g = quadratic(10, np.array([5.0, 2.0, 0.5, -0.1]))
    model = optimisers.descent_model(g, H)

    def value(eps: float) -> float:
        return float(-eps * g @ g + 0.5 * eps**2 * g @ H @ g)

    assert model.best is not None
    assert model.decrease == pytest.approx(-value(model.best))
    assert value(0.999 * model.bound) < 0 < value(1.001 * model.bound)
    assert all(value(model.best) <= value(eps) for eps in np.linspace(0, 2 * model.bound, 101))
    assert model.bound >= 2 / 5.0
    falling = optimisers.descent_model(g, -np.eye(4))
    assert (falling.bound, falling.best, falling.decrease) == (np.inf, None, None)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: SGD(0.0), r"rate is 0; expected a number in \(0, inf\)"),
        (lambda: Momentum(0.1, 1.0), r"alpha is 1; expected a number in \[0, 1\)"),
        (lambda: RunningAverage(0.1, -0.5), r"beta is -0.5; expected a number in \[0, 1\)"),
        (lambda: Adam(rho2=1.5), r"rho2 is 1.5; expected a number in \[0, 1\)"),
        (lambda: Adam(delta=0.0), r"delta is 0; expected"),
        (lambda: Adam(decay=np.nan), "decay is nan; expected a number"),
        (lambda: optimisers.begin([[1.0]]), r"theta has shape \(1, 1\); expected 1 axes, \(d,\)"),
        (
            lambda: optimisers.run(SGD(0.1), lambda _, t: [1.0], [1.0, 2.0], steps=1),
            r"gradient\(theta, t\) has shape \(1,\); expected \(d,\) with d = 2",
        ),
        (lambda: optimisers.run(SGD(0.1), lambda x, t: x, [1.0], steps=-1), "steps is -1; expected"),
        (lambda: optimisers.newton_step([1.0], [1.0], [[0.0]]), r"H of shape \(1, 1\) with damping 0 is singular"),
        (lambda: optimisers.newton_step([1.0], [1.0], np.eye(2)), r"H has shape \(2, 2\).*d = 1"),
        (lambda: optimisers.newton_step([1.0, 2.0], [1.0, 1.0], [[1, 2], [3, 4]]), "H .* is not symmetric"),
        (lambda: optimisers.descent_model([0.0], [[1.0]]), r"g of shape \(1,\) is zero"),
        (lambda: optimisers.average_weights(0, 0.5), "t is 0; expected a whole number of at least 1"),
    ],
)
def test_bad_input_is_named(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
