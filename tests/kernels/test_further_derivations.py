"""The kernels of the further topics against the right sides of their derivations, and that no kernel is left out."""

from __future__ import annotations

import inspect
import itertools
import math
from typing import Any

import numpy as np
import pytest

from everystep import kernels
from everystep.algebra import expressions as ex
from everystep.kernels import (
    activations,
    convolution,
    counts,
    decoding,
    hessian_vector,
    messages,
    normalisation,
    optimisers,
)
from everystep.kernels.convolution import Window
from everystep.kernels.optimisers import SGD, Adam, Momentum, RunningAverage
from tests.kernels.derived import HELD, against, rewritten, value

close = np.testing.assert_allclose


# activations ---------------------------------------------------------------------------------------


@against("activations", kernels="activations.swish activations.relu activations.logistic")
@pytest.mark.parametrize("beta", [0.5, 1.0, 7.0])
def test_swish_and_relu_are_their_derivation(beta: float) -> None:
    for x in (-3.0, -0.1, 0.0, 0.4, 5.0):
        at = {"x": x, "beta": beta}
        swish, other = activations.swish(x, beta), activations.swish(x, -beta)
        close(other, value("activations", "negative.result", at), rtol=1e-12, atol=1e-15)
        close(activations.relu(x) - swish, value("activations", "even.result", at), rtol=1e-10, atol=1e-14)
        close(x - activations.relu(x), value("activations", "minimum.result", at), rtol=1e-13)
        close(activations.swish(x, 0.0), value("activations", "zero.result", at), rtol=1e-15)
        close(activations.logistic(-beta * x), value("activations", "near.symmetry", at), rtol=1e-12)
        if x > 0:
            close(activations.relu(x) - swish, value("activations", "gap.result", at), rtol=1e-10, atol=1e-14)


@against("activations", kernels="activations.swish_slope")
def test_the_slope_of_swish_is_one_less_that_of_its_distance_from_relu() -> None:
    # For u > 0 and beta = 1 the distance is u / (1 + e^u), whose derivative is a step of the derivation.
    for u in (0.1, 1.0, 1.2785, 3.0, 20.0):
        close(1 - activations.swish_slope(u), value("activations", "slope.result", {"u": u}), rtol=1e-9, atol=1e-15)


@against("activations", kernels="activations.piecewise_linear")
def test_a_piecewise_linear_map_is_its_derivation() -> None:
    at = {"a": 1.5, "b": 0.25, "tau_1": -1.0, "tau_2": 2.0, "c": 0.75}
    shape = {"a": 1.5, "b": 0.25, "alpha": 2.0, "beta": -1.0, "c": 0.75}
    for x, step in ((3.5, "right.result"), (0.5, "flat.result"), (-4.0, "left.result")):
        close(activations.piecewise_linear(x, **shape), value("activations", step, {**at, "x": x}), rtol=1e-14)
        r = 0.01
        close(
            activations.piecewise_linear(x, a=1, b=-r),
            value("activations", "leaky.result", {"x": x, "r": r}),
            rtol=1e-14,
        )
        close(activations.piecewise_linear(x, a=1, b=1), value("activations", "absolute.result", {"x": x}), rtol=1e-14)


@against("activations", kernels="activations.softmax activations.log_softmax activations.log_sum_exp")
@pytest.mark.parametrize("d", [1, 2, 6])
def test_softmax_and_its_logarithm_are_their_derivation(d: int) -> None:
    z = np.random.default_rng(d).standard_normal(d)
    for i in range(1, d + 1):
        at = {"z": z, "t": 2.5, "i": i, "d": d}
        close(activations.softmax(z + 2.5)[i - 1], value("activations", "shifted.definition", at), rtol=1e-13)
        close(activations.softmax(z)[i - 1], value("activations", "shifted.result", at), rtol=1e-13)
        close(activations.log_softmax(z)[i - 1], value("activations", "logarithm.result", at), rtol=1e-13, atol=1e-15)
        difference = value("activations", "logarithm.quotient", at)
        close(z[i - 1] - activations.log_sum_exp(z), difference, rtol=1e-13, atol=1e-15)


# decoding -------------------------------------------------------------------------------------------


@against("decoding", kernels="decoding.viterbi decoding.exhaustive decoding.log_probability")
def test_viterbi_attains_the_recursion_along_its_pointers() -> None:
    random = np.random.default_rng(4)
    n, length = 4, 6
    P = random.random((n, n))
    P /= P.sum(axis=1, keepdims=True)
    # delta_t(j) by enumeration: the largest probability of a sequence of t words that ends in j.
    delta = {}
    for t in range(1, length + 1):
        for j in range(n):
            every = itertools.product(range(n), repeat=t - 1)
            delta[t, j + 1] = max(math.prod(P[a, b] for a, b in itertools.pairwise((0, *words, j))) for words in every)
    found = decoding.viterbi(np.log(P), 0, length)
    for t in range(2, length + 1):
        k, j = (int(word) + 1 for word in found.words[t - 2 : t])
        at = {"P": P, "delta": delta, "t": t, "k": k, "j": j, "N": n}
        close(delta[t, j], value("decoding", "attained.word", at), rtol=1e-13)
        close(delta[t, j], value("decoding", "attained.result", at), rtol=1e-13)
    end = {"delta": delta, "T": length, "j": int(found.words[-1]) + 1}
    close(math.exp(found.score), value("decoding", "last.result", end), rtol=1e-13)
    r = {s: P[a, b] for s, (a, b) in enumerate(itertools.pairwise((0, *found.words)), start=1)}
    for t in range(1, length - 1):
        product = value("decoding", "split", {"r": r, "t": t, "T": length})
        close(math.exp(decoding.log_probability(np.log(P), 0, found.words)), product, rtol=1e-13)
        close(math.exp(decoding.exhaustive(np.log(P), 0, length).score), product, rtol=1e-13)


@against(
    "decoding", kernels="decoding.viterbi decoding.exhaustive decoding.beam decoding.greedy counts.count_sequences"
)
@pytest.mark.parametrize(("n", "length", "width"), [(2, 5, 2), (4, 3, 3), (7, 4, 1)])
def test_what_decoding_counts_is_its_derivation(n: int, length: int, width: int) -> None:
    model = np.log(np.full((n, n), 1 / n))
    at = {"N": n, "T": length, "B": width}
    viterbi, enumerated = (search(model, 0, length) for search in (decoding.viterbi, decoding.exhaustive))
    assert viterbi.operations.extensions == value("decoding", "viterbi-cost", at)
    assert enumerated.operations.extensions == value("decoding", "enumeration-cost", at)
    # The derivation counts N candidates at the first step and B N at each of the others.
    assert decoding.beam(model, 0, length, width).operations.extensions == value("decoding", "beam-cost", at)
    greedy = decoding.greedy(model, 0, length).operations.extensions
    assert greedy == value("decoding", "beam-cost", {**at, "B": 1})
    assert counts.count_sequences(n, length) == value("decoding", "count.result", at)
    assert counts.count_sequences(n, length, first_returns=False) == value("decoding", "count-without", at)


# attention on graphs --------------------------------------------------------------------------------


def by_value(node: ex.Expression) -> ex.Expression | None:
    """A message f(h_i, h_j) is a member of a family; q passes on what was gathered."""
    if isinstance(node, ex.Call) and node.function == "f":
        (i,), (j,) = (h.at for h in node.operands)
        return ex.Member("message", *node.shape, i, j)
    if isinstance(node, ex.Call) and node.function == "q":
        return rewritten(node.operands[1], by_value)
    return None


@against("graph_attention", kernels="messages.gather counts.complete_graph counts.count_edges")
def test_summed_messages_are_their_derivation() -> None:
    random = np.random.default_rng(5)
    n, c = 5, 3
    A = (random.random((n, n)) < 0.5).astype(float)
    edges = np.argwhere(A > 0)
    message = {(i, j): random.standard_normal(c) for i in range(1, n + 1) for j in range(1, n + 1)}
    found = messages.gather([message[to + 1, source + 1] for source, to in edges], edges, n)
    for i in range(1, n + 1):
        at = {"A": A, "message": message, "i": i, "n": n}
        close(found[i - 1], value("graph_attention", "update.result", at, by_value), rtol=1e-13, atol=1e-14)
    number = value("graph_attention", "edges.result", {"n": n})
    assert number == counts.count_edges(n) == len(counts.complete_graph(n))


@against("graph_attention", kernels="messages.attention messages.attention_by_messages")
def test_attention_is_its_derivation() -> None:
    random = np.random.default_rng(6)
    n, d, e, c = 4, 3, 2, 5
    h, Q, K, V = (random.standard_normal(shape) for shape in ((n, d), (e, d), (e, d), (c, d)))
    r = {(i, j): math.exp((Q @ h[i - 1]) @ (K @ h[j - 1])) for i in range(1, n + 1) for j in range(1, n + 1)}
    everything = messages.attention(h, Q, K, V)
    by_messages = messages.attention_by_messages(h, Q, K, V, counts.complete_graph(n))
    for i in range(1, n + 1):
        at = {"h": dict(enumerate(h, start=1)), "V": V, "r": r, "i": i, "n": n}
        close(everything[i - 1], value("graph_attention", "messages.attention", at), rtol=1e-12)
        close(by_messages[i - 1], value("graph_attention", "pairs.result", at), rtol=1e-12)


# normalisation --------------------------------------------------------------------------------------


@against("normalisation", kernels="normalisation.statistics normalisation.exact_statistics")
def test_a_variance_is_its_derivation() -> None:
    x = np.random.default_rng(7).integers(-5, 9, 6)
    at = {"x": dict(enumerate(x.astype(float), start=1)), "n": len(x)}
    for step in ("shortcut.definition", "shortcut.result"):
        variance = value("normalisation", step, at)
        close(normalisation.statistics(x[:, None], "batch").variance, [variance], rtol=1e-12)
        exact = normalisation.exact_statistics([[int(entry)] for entry in x], "batch")
        close(float(exact.variance[0]), variance, rtol=1e-12)


# optimisation ---------------------------------------------------------------------------------------


@against("optimisation", kernels="optimisers.descent_model optimisers.newton_step")
def test_the_quadratic_model_and_its_steps_are_their_derivation() -> None:
    random = np.random.default_rng(8)
    d = 4
    B, g, x_0 = random.standard_normal((d, d)), random.standard_normal(d), random.standard_normal(d)
    H = B @ B.T + np.eye(d)
    model = optimisers.descent_model(g, H)
    at = {"H": H, "g": g, "x_0": x_0, "a": model.slope, "c": model.curvature, "d": d}
    close(model.slope, value("optimisation", "slope.norm", at), rtol=1e-13)
    assert model.best is not None
    assert model.decrease is not None
    close(-model.decrease, value("optimisation", "best.result", at), rtol=1e-13)
    close(-model.decrease, value("optimisation", "change.result", {**at, "eta": model.best}), rtol=1e-12)
    assert value("optimisation", "factored.result", {**at, "eta": model.bound}) == pytest.approx(0.0, abs=1e-12)
    close(optimisers.newton_step(x_0, g, H), value("optimisation", "solve.result", at), rtol=1e-10)
    eta = 0.3
    step = value("optimisation", "descent.result", {**at, "eta": eta})
    close(optimisers.newton_step(x_0, g, np.eye(d) / eta), step, rtol=1e-12)
    close(SGD(eta).step(optimisers.begin(x_0), g).theta, step, rtol=1e-12)


@against("momentum", kernels="optimisers.run optimisers.average_weights optimisers.begin")
def test_momentum_and_running_averages_are_their_derivation() -> None:
    random = np.random.default_rng(9)
    d, steps, beta, delta = 3, 7, 0.8, 0.3
    g = {t: random.standard_normal(d) for t in range(1, steps + 1)}
    at = {"beta": beta, "delta": delta, "alpha": 0.7, "epsilon": 0.1, "g": g, "d": d}
    for t in range(1, steps + 1):
        heavy = [optimisers.run(Momentum(0.1, 0.7), lambda _, s: g[s], np.zeros(d), steps=s).state for s in (t - 1, t)]
        update = value("momentum", "momentum.result", {**at, "p": {t - 1: -heavy[0].first}, "t": t})
        close(heavy[1].theta - heavy[0].theta, update, rtol=1e-11)
        average = [
            optimisers.run(RunningAverage(delta, beta), lambda _, s: g[s], np.zeros(d), steps=s).state
            for s in (t - 1, t)
        ]
        update = value("momentum", "average.result", {**at, "q": {t - 1: -delta * average[0].first}, "t": t})
        close(average[1].theta - average[0].theta, update, rtol=1e-11)
        close(average[1].first, value("momentum", "unrolled.result", {**at, "t": t}), rtol=1e-12)
        weights = optimisers.average_weights(t, beta)
        close(weights.sum(), value("momentum", "geometric.telescope", {**at, "t": t}), rtol=1e-12)
        close(weights @ np.array([g[s] for s in range(1, t + 1)]), average[1].first, rtol=1e-12)
        # A constant gradient: uncorrected, the average has the mean of the derivation; corrected, none of its bias.
        mu = g[1]
        still = [
            optimisers.run(RunningAverage(delta, beta, corrected), lambda _, s, mu=mu: mu, np.zeros(d), steps=s).state
            for corrected, s in ((False, t), (True, t - 1), (True, t))
        ]
        close(still[0].first, value("momentum", "mean.result", {**at, "mu": mu, "t": t}), rtol=1e-12)
        corrected = value("momentum", "corrected.mean", {**at, "mu": mu, "t": t})
        close(still[2].theta - still[1].theta, -delta * corrected, rtol=1e-10)


def data_gradient(node: ex.Expression) -> ex.Expression | None:
    """The gradient of the loss at example j is a member of a family."""
    if isinstance(node, ex.Gradient) and isinstance(node.operands[0], ex.Call):
        (j,) = node.operands[0].operands[1].at
        return ex.Member("grad", *node.shape, j)
    return None


@against("regularisation", kernels="optimisers.run")
def test_penalty_and_decay_are_their_derivation() -> None:
    random = np.random.default_rng(10)
    d, m = 4, 3
    theta, s, r = random.standard_normal(d), random.standard_normal(d), random.random(d)
    grad = {j: random.standard_normal(d) for j in range(1, m + 1)}
    g = sum(grad.values()) / m
    gamma, eta, decay, rho_1, rho_2 = 0.2, 0.1, 0.03, 0.8, 0.9
    at = {"theta": theta, "grad": grad, "gamma": gamma, "eta": eta, "lambda": decay, "m": m, "d": d}
    at |= {"rho_1": rho_1, "rho_2": rho_2, "g": g, "s": s, "r": r, "c": 5.0}
    penalised = SGD(eta, penalty=gamma).step(optimisers.begin(theta), g).theta
    decayed = SGD(eta, decay=decay).step(optimisers.begin(theta), g).theta
    close(penalised, value("regularisation", "step.result", at, data_gradient), rtol=1e-12)
    close(decayed - penalised, value("regularisation", "difference.result", at), rtol=1e-11)
    same = SGD(eta, decay=2 * eta * gamma).step(optimisers.begin(theta), g).theta
    close(same, value("regularisation", "same.insert", {**at, "lambda": 2 * eta * gamma}, data_gradient), rtol=1e-12)
    # The buffers of Adam with a penalty.
    state = optimisers.State(4, theta, s, r)
    after = Adam(eta, rho_1, rho_2, penalty=gamma).step(state, g)
    for i in range(1, d + 1):
        close(after.first[i - 1], value("regularisation", "first.result", {**at, "i": i}), rtol=1e-12)
        close(after.second[i - 1], value("regularisation", "second.result", {**at, "i": i}), rtol=1e-12)
    # Decoupled decay: what Adam adds, and every weight times 1 - lambda.
    plain, coupled = (Adam(eta, rho_1, rho_2, decay=share).step(state, g).theta for share in (0.0, decay))
    for i in range(d):
        update = {"w": theta[i], "u": (theta[i] - plain[i]) / eta, "epsilon": eta, "lambda": decay}
        close(coupled[i], value("regularisation", "decoupled.result", update), rtol=1e-12)
    shrunk = optimisers.run(SGD(eta, decay=decay), lambda w, _: 0 * w, theta, steps=9).state.theta
    expected = value("regularisation", "shrunk.result", {"w": {0: theta[0]}, "lambda": decay, "t": 9})
    close(shrunk[0], expected, rtol=1e-12)


# Hessian-vector products ----------------------------------------------------------------------------


def tanh(node: ex.Expression) -> ex.Expression | None:
    """The activation phi is tanh."""
    if isinstance(node, ex.Apply) and node.function == "phi":
        return ex.Apply("tanh", node.operands[0], node.order)
    return None


KERNELS = "hessian_vector.hessian_vector hessian_vector.full_hessian hessian_vector.gradient hessian_vector.loss"


@against("hessian_vector", kernels=KERNELS)
def test_the_product_for_two_layers_is_its_derivation() -> None:
    random = np.random.default_rng(11)
    n, m, k = 3, 4, 2
    x, y = random.standard_normal(n), random.standard_normal(k)
    W_1, V_1, W_2, V_2 = (random.standard_normal(shape) for shape in ((m, n), (m, n), (k, m), (k, m)))
    at = {"x": x, "y": y, "W_1": W_1, "V_1": V_1, "W_2": W_2, "V_2": V_2}
    first, second = (value("hessian_vector", f"{place}-layer.result", at, tanh) for place in ("first", "second"))
    network = hessian_vector.Network((n, m, k))
    # The derivation has no biases: they and their directions are 0.
    w, v = (np.concatenate([A.ravel(), np.zeros(m), B.ravel(), np.zeros(k)]) for A, B in ((W_1, W_2), (V_1, V_2)))
    found = hessian_vector.hessian_vector(network, w, v, x[None], y[None])
    full = hessian_vector.full_hessian(network, w, x[None], y[None]) @ v
    r = 1e-5
    steps = [hessian_vector.gradient(network, w + sign * r * v, x[None], y[None]) for sign in (1, -1)]
    for product, tolerance in ((found, 1e-11), (full, 1e-9), ((steps[0] - steps[1]) / (2 * r), 1e-6)):
        close(product[: m * n].reshape(m, n), first, rtol=tolerance, atol=tolerance)
        close(product[m * n + m : m * n + m + k * m].reshape(k, m), second, rtol=tolerance, atol=tolerance)
    # The loss itself is what the derivation differentiates.
    assert hessian_vector.loss(network, w, x[None], y[None]) == pytest.approx(
        float(np.sum((y - W_2 @ np.tanh(W_1 @ x)) ** 2)), rel=1e-13
    )


@against("hessian_vector", kernels=KERNELS)
@pytest.mark.parametrize("loss", hessian_vector.LOSSES)
def test_every_line_of_the_r_operator_is_its_derivation(loss: str) -> None:
    random = np.random.default_rng(12)
    sizes = (3, 5, 4, 2)
    network = hessian_vector.Network(sizes, "tanh", loss)
    w, v = random.standard_normal(network.parameters) / 2, random.standard_normal(network.parameters)
    x, y = random.standard_normal(sizes[0]), random.random(sizes[-1])
    y /= y.sum()
    layers, directions = (hessian_vector._layers(network, at) for at in (w, v))

    def line(step: str, **values: Any) -> Any:
        return value("hessian_vector", step, values, tanh)

    z, dz, das, zs, dzs, preactivations = x, np.zeros_like(x), [], [x], [np.zeros_like(x)], []
    for (W, b), (V, c) in zip(layers, directions, strict=True):
        da = line("affine.result", W=W, V=V, z=z, c=c, **{"dot z": dz})
        a = W @ z + b
        z, dz = np.tanh(a), line("activation.result", a=a, **{"dot a": da})
        das.append(da)
        preactivations.append(a)
        zs.append(z)
        dzs.append(dz)
    out = preactivations[-1]
    if loss == "squared":
        delta, ddelta = -2 * (y - out), line("squared.result", **{"dot o": das[-1]})
    else:
        s = np.exp(out) / np.exp(out).sum()
        delta, ddelta = s - y, line("softmax.result", s=s, **{"dot o": das[-1]})
    parts = []
    for place in range(len(layers) - 1, -1, -1):
        block = line("block.result", z=zs[place], delta=delta, **{"dot z": dzs[place], "dot delta": ddelta})
        parts += [ddelta, block.ravel()]
        if place:
            (W, _), (V, _), a = layers[place], directions[place], preactivations[place - 1]
            values = {"W'": W, "V'": V, "a": a, "dot a": das[place - 1], "e": delta, "dot e": ddelta}
            delta, ddelta = (1 - np.tanh(a) ** 2) * (W.T @ delta), line("backward.result", **values)
    close(hessian_vector.hessian_vector(network, w, v, x[None], y[None]), np.concatenate(parts[::-1]), rtol=1e-10)


@against("hessian_vector", kernels="hessian_vector.forward_difference hessian_vector.central_difference")
def test_differences_of_gradients_are_their_derivation() -> None:
    random = np.random.default_rng(13)
    P, r = 5, 0.25
    w, v = random.standard_normal(P), random.standard_normal(P)
    at = {"w": w, "v": v, "r": r, "P": P}
    # The loss sum w_i^3 / 3: its gradient is a step of the derivation, and so is the difference.
    found = hessian_vector.forward_difference(
        lambda at: value("hessian_vector", "cubic-gradient.result", {"w": at}), w, v, r
    )
    close(found, value("hessian_vector", "cubic-difference.result", at), rtol=1e-12)
    product = value("hessian_vector", "cubic-product.result", at)
    # g(w +- r v) = g +- r H v + r^2 p + r^3 t, with t = t' = 0 here: the central difference is exact.
    exact = {"H": 2 * np.diag(w), "v": v, "r": r, "t": np.zeros(P), "t'": np.zeros(P)}
    close(product, value("hessian_vector", "central.result", exact), rtol=1e-12)
    close(hessian_vector.central_difference(np.square, w, v, r), product, rtol=1e-12)
    # With w^4 / 4: g = w^3, t = v^3 and t' = -v^3.
    quartic = {"H": 3 * np.diag(w**2), "v": v, "r": r, "t": v**3, "t'": -(v**3)}
    close(
        hessian_vector.central_difference(lambda at: at**3, w, v, r),
        value("hessian_vector", "central.result", quartic),
        rtol=1e-12,
    )


@against("hessian_vector", kernels="hessian_vector.difference_errors")
def test_the_measured_error_is_that_of_the_derivation() -> None:
    random = np.random.default_rng(14)
    network = hessian_vector.Network((2, 3, 1))
    w, v = random.standard_normal(network.parameters), random.standard_normal(network.parameters)
    x, y = random.standard_normal((4, 2)), random.standard_normal((4, 1))
    product = hessian_vector.hessian_vector(network, w, v, x, y)
    r = 2.0**-10
    g = [hessian_vector.gradient(network, at, x, y) for at in (w, w + r * v)]
    q = (g[1] - g[0] - r * product) / r**2
    error = value("hessian_vector", "error.result", {"q": q, "r": r}) / np.linalg.norm(product)
    close(hessian_vector.difference_errors(network, w, v, x, y, [r]).forward, [error], rtol=1e-8)


# convolutions ---------------------------------------------------------------------------------------


def shifts(n: int, window: Window) -> dict[int, Any]:
    """S_i of the derivation: row a takes pixel s a + i - p (i from 1 on there)."""
    m = convolution.output_size(n, window)
    found = {}
    for i in range(window.kernel):
        S = np.zeros((m, n))
        for a in range(m):
            if 0 <= window.stride * a + i - window.padding < n:
                S[a, window.stride * a + i - window.padding] = 1.0
        found[i + 1] = S
    return found


KERNELS_OF_IMAGES = (
    "convolution.convolve convolution.convolution_matrix convolution.convolution_pattern convolution.backward "
    "convolution.transposed"
)


@against("convolution", kernels=KERNELS_OF_IMAGES)
@pytest.mark.parametrize(
    ("n", "window"), [(4, Window(2)), (5, Window(3, 2, 1)), (6, Window(3, 1, 2)), (4, Window(2, 2))]
)
def test_a_convolution_its_matrix_and_its_transpose_are_their_derivation(n: int, window: Window) -> None:
    random = np.random.default_rng(15)
    S, options = shifts(n, window), {"stride": window.stride, "padding": window.padding}
    m = len(S[1])
    X, G, K = (
        random.standard_normal((n, n)),
        random.standard_normal((m, m)),
        random.standard_normal((window.kernel,) * 2),
    )
    at = {"S": S, "X": X, "G": G, "K": K, "n": n, "m": m, "k": window.kernel}
    y = value("convolution", "flattened.result", at)
    image, kernel = X[None, None], K[None, None]
    close(convolution.convolve(image, kernel, **options).ravel(), y, rtol=1e-11, atol=1e-13)
    matrix = convolution.convolution_matrix(kernel, (n, n), **options)
    close(matrix.times(X.ravel()), y, rtol=1e-11, atol=1e-13)
    pattern = convolution.convolution_pattern((1, 1, *K.shape), (n, n), **options)
    dense = np.zeros(pattern.shape)
    dense[pattern.rows, pattern.columns] = K.ravel()[pattern.entries]
    close(dense @ X.ravel(), y, rtol=1e-11, atol=1e-13)
    back = value("convolution", "transpose.result", at)
    gradients = convolution.backward(image, kernel, G[None, None], **options)
    close(gradients.x.ravel(), back, rtol=1e-11, atol=1e-13)
    close(matrix.transpose.times(G.ravel()), back, rtol=1e-11, atol=1e-13)
    if convolution.transposed_output_size(m, window) == n:
        close(convolution.transposed(G[None, None], kernel, **options).ravel(), back, rtol=1e-11, atol=1e-13)
    # Linear in the kernel: the entry (i, j) of its gradient is the sum of G times the convolution with a unit.
    for i, j in np.ndindex(*K.shape):
        unit = np.zeros_like(K)
        unit[i, j] = 1.0
        by_entry = G.ravel() @ value("convolution", "flattened.result", {**at, "K": unit})
        close(gradients.kernel[0, 0, i, j], by_entry, rtol=1e-10, atol=1e-12)


@against("convolution", kernels=KERNELS_OF_IMAGES)
def test_the_convolutions_of_the_questions_are_their_derivation() -> None:
    random = np.random.default_rng(16)
    w, x, u, V = (random.standard_normal(shape) for shape in ((3, 3), (3, 3), (2, 2), (2, 2)))
    entries = {
        f"{name}_{i + 1}{j + 1}": A[i, j]
        for name, A in (("w", w), ("x", x), ("u", u), ("v", V))
        for i, j in np.ndindex(*A.shape)
    }
    y = convolution.convolve(x[None, None], w[None, None], stride=2, padding=1)[0, 0]
    for i, j in np.ndindex(2, 2):
        close(y[i, j], value("convolution", f"output-{i + 1}{j + 1}.result", entries), rtol=1e-12)
    close(y.ravel(), value("convolution", "matrix.result", entries).ravel(), rtol=1e-12)
    laid = convolution.transposed(u[None, None], V[None, None], stride=2)[0, 0]
    close(laid.ravel(), value("convolution", "transposed-matrix.result", entries).ravel(), rtol=1e-12)
    close(laid, value("convolution", "kronecker.result", {"U": u, "V": V}), rtol=1e-12)


@against(
    "receptive_field",
    "convolution",
    kernels="convolution.output_size convolution.output_sizes convolution.least_size convolution.receptive_field "
    "convolution.receptive_field_by_gradient convolution.transposed_output_size",
)
def test_sizes_and_receptive_fields_are_their_derivation() -> None:
    for n in (9, 10, 33):
        assert convolution.output_sizes(n, [Window(5), Window(5)])[-1] == value("convolution", "least.size", {"n": n})
        for p in (0, 1, 3):
            same = value("receptive_field", "odd-kernel.result", {"n": n, "p": p})
            assert convolution.output_size(n, Window(2 * p + 1, 1, p)) == same
            assert convolution.transposed_output_size(n, Window(2 * p + 1, 1, p)) == same
    assert convolution.least_size([Window(5), Window(5)]) == 9
    assert value("convolution", "least.size", {"n": 9}) == value("convolution", "least.result", {})
    random = np.random.default_rng(17)
    for _ in range(10):
        windows = [Window(*(int(n) for n in random.integers((1, 1, 0), (5, 4, 3)))) for _ in range(3)]
        t = len(windows)
        s, k = ({at: float(getattr(w, name)) for at, w in enumerate(windows, start=1)} for name in ("stride", "kernel"))
        jumps = {at: value("receptive_field", "jumps.result", {"s": s, "t": at}) for at in range(t + 1)}
        field = value("receptive_field", "field.result", {"k": k, "j": jumps, "t": t})
        assert field == convolution.receptive_field(windows)
        assert field == convolution.receptive_field_by_gradient(windows).height
    assert convolution.receptive_field([Window(3, padding=1)] * 4) == value("receptive_field", "four-layers.result", {})


# all kernels ----------------------------------------------------------------------------------------

WITHOUT = {
    "activations": (),
    "bptt": (),
    "convolution": ("max_pool",),  # a maximum of entries: the catalogue only counts its output's size
    "counts": ("perceptron", "count_parameters"),  # question G7 counts, it derives nothing
    "decoding": (),
    "dropout": ("monte_carlo",),  # random: within standard errors of the expectation, test_dropout.py
    "hessian_vector": ("random_weights",),  # a random start
    "least_squares": ("compare_lstsq",),  # against lstsq, not against a formula
    "messages": (),
    "normalisation": ("backward",),  # no question of the catalogue derives it; against complex steps
    "optimisers": (),
    "weight_norm": (),
}
"""The public functions of each kernel that implement no derivation, and why."""


def test_every_kernel_is_held_against_its_derivation() -> None:
    import tests.kernels.test_derivations  # noqa: F401 - its tests are noted too

    for name in kernels.__all__:
        module = getattr(kernels, name)
        if name == "gradient_check":  # differences of any function
            continue
        public = {
            label
            for label, function in vars(module).items()
            if inspect.isfunction(function) and function.__module__ == module.__name__ and not label.startswith("_")
        }
        held = {label for label in public if f"{name}.{label}" in HELD}
        assert public - held == set(WITHOUT[name]), name
        assert not held & set(WITHOUT[name])
        # What a module implements stands at its head.
        for derivation in sorted(set().union(*(HELD[f"{name}.{label}"] for label in held))):
            assert f"derivation {derivation}" in " ".join((module.__doc__ or "").split()), f"{name}: {derivation}"
