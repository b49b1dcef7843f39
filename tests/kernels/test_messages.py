"""Message passing and attention against loops, and the facts of questions D1 to D4."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from everystep.kernels import counts, messages


def problem(n: int, d: int, e: int, c: int) -> tuple[Any, ...]:
    random = np.random.default_rng(n)
    return tuple(random.standard_normal(shape) for shape in ((n, d), (e, d), (e, d), (c, d)))


def by_loops(h: Any, Q: Any, K: Any, V: Any, neighbours: Any) -> Any:
    result = []
    for i in range(len(h)):
        exponents = {j: math.exp(float((Q @ h[i]) @ (K @ h[j]))) for j in neighbours(i)}
        total = sum(exponents.values())
        result.append(sum(weight / total * (V @ h[j]) for j, weight in exponents.items()))
    return np.array(result)


@pytest.mark.parametrize("sizes", [(1, 2, 1, 3), (4, 3, 2, 2), (6, 5, 4, 1)])
def test_attention_is_its_formula_and_is_message_passing_on_the_complete_graph(sizes: tuple[int, ...]) -> None:
    h, Q, K, V = problem(*sizes)
    n = sizes[0]
    expected = by_loops(h, Q, K, V, lambda _: range(n))
    np.testing.assert_allclose(messages.attention(h, Q, K, V), expected, rtol=1e-12)
    edges = counts.complete_graph(n)
    np.testing.assert_allclose(messages.attention_by_messages(h, Q, K, V, edges), expected, rtol=1e-12)


def test_on_a_ring_a_token_attends_to_itself_and_its_neighbour() -> None:
    h, Q, K, V = problem(5, 3, 2, 2)
    ring = [(i, (i + 1) % 5) for i in range(5)]
    expected = by_loops(h, Q, K, V, lambda i: (i, (i - 1) % 5))
    np.testing.assert_allclose(messages.attention_by_messages(h, Q, K, V, ring), expected, rtol=1e-12)


def test_large_exponents_overflow_nowhere() -> None:
    h, Q, K, V = problem(4, 3, 2, 2)
    edges = counts.complete_graph(4)
    with np.errstate(over="raise", invalid="raise"):
        one, other = messages.attention(h, 1e3 * Q, K, V), messages.attention_by_messages(h, 1e3 * Q, K, V, edges)
    np.testing.assert_allclose(one, other, rtol=1e-9)


def test_the_update_of_the_question() -> None:
    h = np.array([[1.0, -1.0], [-1.0, 1.0], [0.0, -1.0], [1.0, 0.0]])
    edges = [(1, 0), (2, 0), (3, 0)]
    weighted = np.array([[0.6], [0.2], [0.2]]) * (2 * h[1:])
    gathered = messages.gather(weighted, edges, 4)
    np.testing.assert_allclose(gathered[0], [-4 / 5, 4 / 5], atol=1e-15)
    assert not gathered[1:].any()
    own = np.array([1.0, 1.0]) @ h[0]
    assert own == 0
    np.testing.assert_allclose(own + np.maximum(gathered[0], 0), [0, 4 / 5], atol=1e-15)


def test_messages_along_repeated_targets_add_up() -> None:
    random = np.random.default_rng(0)
    edges, sent = random.integers(0, 6, (40, 2)), random.standard_normal((40, 3))
    expected = [sum((m for m, (_, to) in zip(sent, edges, strict=True) if to == i), np.zeros(3)) for i in range(6)]
    np.testing.assert_allclose(messages.gather(sent, edges, 6), expected, atol=1e-13)


EYE = np.eye(2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: messages.gather([[1.0]], [[0, 5]], 2), r"edges of shape \(1, 2\) leaves the graph"),
        (lambda: messages.gather([[1.0]], [[0, 1], [1, 0]], 2), r"edges has shape \(2, 2\).*m = 1"),
        (lambda: messages.gather([[1.0]], [[0.0, 1.0]], 2), r"edges has shape \(1, 2\) and dtype float64"),
        (lambda: messages.gather([[1.0]], [[0, 1]], 0), "vertices is 0; expected"),
        (lambda: messages.attention(EYE, EYE, np.eye(3), EYE), r"K has shape \(3, 3\).*e = 2"),
        (lambda: messages.attention([[np.inf, 0]], EYE, EYE, EYE), r"h of shape \(1, 2\) holds inf"),
        (lambda: messages.attention_by_messages(EYE, EYE, EYE, EYE, [[0, 0]]), "has a self-loop or an edge twice"),
        (lambda: messages.attention_by_messages(EYE, EYE, EYE, EYE, [[0, 1]] * 2), "has a self-loop or an edge twice"),
    ],
)
def test_bad_input_is_named(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
