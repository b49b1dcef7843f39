"""Counts against arrays that are really made, and the facts of questions C1, D3 and G7."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from everystep.kernels import counts
from everystep.kernels.counts import Affine, Convolution, Dense, Recurrent


def test_the_perceptron_of_the_question_has_its_parameters_and_hessian_entries() -> None:
    found = counts.count_parameters(counts.perceptron((32, 512, 512, 10)))
    assert found.layers == (16896, 262656, 5130)
    assert found.total == 284_682
    assert found.hessian_entries == 81_043_841_124
    assert found.distinct_entries == 40_522_062_903


@pytest.mark.parametrize("bias", [True, False])
def test_layers_count_the_entries_of_their_arrays(bias: bool) -> None:
    def entries(*shapes: tuple[int, ...]) -> int:
        return sum(np.empty(shape).size for shape in shapes)

    assert Dense(3, 5, bias).parameters == entries((5, 3), *([(5,)] if bias else []))
    assert Convolution(3, 4, (5, 2), bias).parameters == entries((4, 3, 5, 2), *([(4,)] if bias else []))
    assert Recurrent(3, 7, 2, bias).parameters == entries((7, 3), (7, 7), (2, 7), *([(7,), (2,)] if bias else []))
    assert Affine(6).parameters == entries((6,), (6,))


def test_a_model_is_the_sum_of_its_layers() -> None:
    model = (Convolution(1, 16, (3, 3)), Affine(16), Convolution(16, 16, (3, 3)), Dense(16, 10))
    assert counts.count_parameters(model).total == 160 + 32 + 2320 + 170


def test_whole_numbers_of_numpy_do_not_wrap_around() -> None:
    n = np.int32(2**20)
    assert Dense(n, n).parameters == 2**40 + 2**20
    assert Convolution(n, n, (3, np.int8(3))).parameters == 9 * 2**40 + 2**20
    assert Recurrent(n, n, n).parameters == 3 * 2**40
    assert Affine(np.int8(100)).parameters == 200


def test_edges_are_all_ordered_pairs() -> None:
    assert counts.count_edges(4) == 12
    assert counts.count_edges(4, self_loops=True) == 16
    for n in (1, 2, 5):
        pairs = set(itertools.permutations(range(n), 2))
        edges = counts.complete_graph(n)
        assert {tuple(edge) for edge in edges.tolist()} == pairs
        assert len(edges) == len(pairs) == counts.count_edges(n)
        assert len(counts.complete_graph(n, self_loops=True)) == n * n == counts.count_edges(n, self_loops=True)
        assert (np.diff(edges[:, 1]) >= 0).all()


def test_sequences_are_those_of_itertools() -> None:
    for n, t in ((2, 5), (3, 4), (4, 0), (1, 3)):
        every = list(itertools.product(range(n), repeat=t))
        assert counts.count_sequences(n, t) == len(every)
        assert counts.count_sequences(n, t, first_returns=False) == sum(0 not in words for words in every)
    assert counts.count_sequences(10_000, 50) == 10**200


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Dense(0, 1), "inputs is 0; expected a whole number of at least 1"),
        (lambda: Convolution(1, 1, (3, 0)), "kernel_width is 0; expected"),
        (lambda: Recurrent(1, 2.5, 1), "hidden is 2.5; expected a whole number"),  # type: ignore[arg-type]
        (lambda: counts.count_parameters([]), "layers is empty"),
        (lambda: counts.count_parameters([Dense(2, 3), Dense(4, 1)]), r"layers\[1\] takes 4; expected 3"),
        (lambda: counts.perceptron([5]), r"sizes is \[5\]; expected 2 or more"),
        (lambda: counts.complete_graph(0), "vertices is 0; expected"),
        (lambda: counts.count_edges(-1), "vertices is -1; expected"),
        (lambda: counts.count_sequences(2, -1), "length is -1; expected"),
    ],
)
def test_bad_input_is_named(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
