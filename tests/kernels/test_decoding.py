"""Decoding against loops and itertools, ties, the tree of question C4, and counts that grow as said."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from everystep.kernels import decoding

NEVER = -math.inf

# Question C4: words, and the tree with our completion. A branch that is not drawn is less likely than its siblings.
WORDS = ["BOS", "the", "a", "red", "green", "blue", "rectangle", "circle", "square", "ellipse"]
TREE: dict[tuple[str, ...], dict[str, float]] = {
    (): {"the": -1.5, "a": -1.6},
    ("the",): {"red": -3.1, "green": -3.4},
    ("a",): {"blue": -2.7, "red": -2.9},
    ("the", "green"): {"rectangle": -3.3, "square": -5.2},
    ("the", "red"): {"rectangle": -4.5, "circle": -5.3},
    ("a", "blue"): {"square": -5.0, "ellipse": -5.4},
    ("a", "red"): {"circle": -4.9, "square": -5.1},
}


def tree(prefix: tuple[int, ...]) -> Any:
    drawn = TREE.get(tuple(WORDS[word] for word in prefix[1:]), {})
    return np.array([drawn.get(word, -30.0) for word in WORDS])


def named(words: Any) -> str:
    return " ".join(WORDS[word] for word in words)


def chain(n: int, seed: int, zeros: float = 0.0) -> Any:
    random = np.random.default_rng(seed)
    p = random.random((n, n)) * (random.random((n, n)) >= zeros)
    p[:, 0] += 1e-3  # no row of zeros
    with np.errstate(divide="ignore"):
        return np.log(p / p.sum(axis=1, keepdims=True))


def history_model(n: int, seed: int) -> Any:
    """A model that looks at the whole prefix."""

    def model(prefix: tuple[int, ...]) -> Any:
        row = np.random.default_rng([seed, *prefix]).random(n)
        return np.log(row / row.sum())

    return model


def by_product(row_of: Any, n: int, start: int, length: int) -> tuple[tuple[int, ...], float]:
    """The first of all sequences, compared from the last word, whose score nothing exceeds."""
    best: tuple[tuple[int, ...], float] | None = None
    for backwards in itertools.product(range(n), repeat=length):
        words, score = backwards[::-1], 0.0
        for t in range(length):
            score += float(row_of((start, *words[:t]))[words[t]])
        if best is None or score > best[1]:
            best = (words, score)
    assert best is not None
    return best


@pytest.mark.parametrize("zeros", [0.0, 0.5])
@pytest.mark.parametrize(("n", "length"), [(1, 1), (1, 4), (2, 1), (2, 7), (3, 5), (5, 4)])
def test_viterbi_and_enumeration_find_what_itertools_finds(n: int, length: int, zeros: float) -> None:
    for seed in range(5):
        log_p = chain(n, seed, zeros)
        words, score = by_product(lambda prefix, p=log_p: p[prefix[-1]], n, 0, length)
        for found in (decoding.viterbi(log_p, 0, length), decoding.exhaustive(log_p, 0, length)):
            assert tuple(found.words) == words
            assert found.score == score
            assert decoding.log_probability(log_p, 0, found.words) == score


def test_enumeration_of_a_model_of_the_whole_prefix_finds_what_itertools_finds() -> None:
    for n, length in ((2, 6), (4, 3)):
        model = history_model(n, 3)
        words, score = by_product(model, n, 1, length)
        found = decoding.exhaustive(model, 1, length, vocabulary=n)
        assert (tuple(found.words), found.score) == (words, score)


def by_position(n: int, seed: int) -> Any:
    """A model that looks at the length of the prefix and its last word."""
    steps = [chain(n, seed + t) for t in range(9)]
    return lambda prefix: steps[len(prefix) - 1][prefix[-1]]


@pytest.mark.parametrize(("n", "length"), [(1, 3), (2, 6), (3, 5), (5, 4)])
def test_viterbi_over_a_function_of_the_position_and_the_last_word_finds_what_itertools_finds(
    n: int, length: int
) -> None:
    for seed in range(5):
        model = by_position(n, seed)
        words, score = by_product(model, n, 0, length)
        found = decoding.viterbi(model, 0, length, vocabulary=n)
        assert (tuple(found.words), found.score) == (words, score)
        assert found.operations.model_calls == 1 + (length - 1) * n
        markov = chain(n, seed, zeros=0.5)
        plain = decoding.viterbi(markov, 0, length)
        called = decoding.viterbi(lambda prefix, p=markov: p[prefix[-1]], 0, length, vocabulary=n)
        assert (called.words.tolist(), called.score) == (plain.words.tolist(), plain.score)
        assert called.operations.extensions == plain.operations.extensions


def test_viterbi_asks_a_function_with_the_likeliest_beginnings_and_never_with_impossible_ones() -> None:
    asked = []

    def model(prefix: tuple[int, ...]) -> Any:
        asked.append(prefix)
        return [NEVER, -1.0, -2.0] if prefix[-1] == 0 else [NEVER, -3.0, -1.0]

    found = decoding.viterbi(model, 0, 3, vocabulary=3)
    assert (found.words.tolist(), found.score) == ([1, 2, 2], -3.0)
    assert asked == [(0,), (0, 1), (0, 2), (0, 1, 1), (0, 1, 2)]


def test_viterbi_may_miss_the_likeliest_sequence_of_a_model_of_the_whole_prefix() -> None:
    def model(prefix: tuple[int, ...]) -> Any:
        if len(prefix) == 3:  # what follows depends on the first word, not on the last
            return [-0.1, -5.0] if prefix[1] == 1 else [-5.0, -5.0]
        return [-0.5, -0.9]

    best, found = decoding.exhaustive(model, 0, 3, vocabulary=2), decoding.viterbi(model, 0, 3, vocabulary=2)
    assert best.words.tolist() == [1, 0, 0]
    assert found.score < best.score


def test_of_equally_likely_sequences_the_one_with_the_smallest_last_word_is_taken() -> None:
    flat = np.full((3, 3), -1.0)
    assert decoding.viterbi(flat, 2, 4).words.tolist() == [0, 0, 0, 0]
    # 0 -> 1 -> 0 and 0 -> 0 -> 1 are equally likely and best: the last words decide.
    log_p = np.array([[-1.0, -1.0], [-1.0, -4.0]])
    assert decoding.viterbi(log_p, 0, 2).words.tolist() == [0, 0]
    only = np.array([[-4.0, -1.0, -2.0], [-3.0, -4.0, -4.0], [-4.0, -2.0, -4.0]])
    # From 0: "1 0", "2 1" score -4; the smaller last word is that of "1 0".
    for found in (decoding.viterbi(only, 0, 2), decoding.exhaustive(only, 0, 2)):
        assert (found.words.tolist(), found.score) == ([1, 0], -4.0)
    whole = np.random.default_rng(0).integers(-2, 1, (4, 4)).astype(float)
    for length in range(1, 7):
        assert decoding.viterbi(whole, 0, length).words.tolist() == decoding.exhaustive(whole, 0, length).words.tolist()


def test_greedy_and_beam_break_ties_by_beam_and_then_by_word() -> None:
    flat = np.full((3, 3), -1.0)
    assert decoding.greedy(flat, 1, 3).words.tolist() == [0, 0, 0]
    assert decoding.beam(flat, 1, 2, 4).words.tolist() == [[0, 0], [0, 1], [0, 2], [1, 0]]


def test_the_maximum_of_the_tree_is_not_what_greedy_and_narrow_beams_find() -> None:
    best = decoding.exhaustive(tree, 0, 3, vocabulary=10)
    assert named(best.words) == "the green rectangle"
    assert best.score == pytest.approx(-8.2)
    greedy = decoding.greedy(tree, 0, 3, vocabulary=10)
    assert named(greedy.words) == "the red rectangle"
    assert greedy.score == pytest.approx(-9.1)
    scores = [decoding.beam(tree, 0, 3, width, vocabulary=10).best.score for width in (1, 2, 3, 4)]
    assert scores == pytest.approx([-9.1, -9.3, -9.1, -8.2])


def test_two_beams_on_the_tree_are_those_of_the_question() -> None:
    beams = decoding.beam(tree, 0, 3, 2, vocabulary=10)
    kept = [[(named(words), round(float(score), 12)) for words, score in zip(*at, strict=True)] for at in beams.history]
    assert kept == [
        [("the", -1.5), ("a", -1.6)],
        [("a blue", -4.3), ("a red", -4.5)],
        [("a blue square", -9.3), ("a red circle", -9.4)],
    ]


def test_the_printed_start_from_copies_is_greedy_for_ever() -> None:
    for seed in range(5):
        log_p = chain(6, seed)
        greedy = decoding.greedy(log_p, 0, 8)
        for width in (2, 3, 5):
            beams = decoding.beam(log_p, 0, 8, width, copies=True)
            assert beams.words.tolist() == [greedy.words.tolist()] * width
            assert beams.scores == pytest.approx(greedy.score)
            assert len({tuple(words) for words in decoding.beam(log_p, 0, 8, width).words}) == width
    printed = decoding.beam(tree, 0, 3, 2, vocabulary=10, copies=True)
    assert [named(words) for words in printed.words] == ["the red rectangle"] * 2


def plain_beam(row_of: Any, n: int, start: int, length: int, width: int) -> list[tuple[tuple[int, ...], float]]:
    beams: list[tuple[tuple[int, ...], float]] = [((start,), 0.0)]
    for _ in range(length):
        found = [((*words, j), score + float(row_of(words)[j])) for words, score in beams for j in range(n)]
        found.sort(key=lambda beam: -beam[1])  # stable
        beams = found[:width]
    return beams


@pytest.mark.parametrize("width", [1, 2, 3, 7, 200])
def test_beams_are_those_of_a_sorted_list(width: int) -> None:
    n, length = 5, 4
    markov = chain(n, 4)
    for model, row_of in ((markov, lambda prefix: markov[prefix[-1]]), (history_model(n, 5), history_model(n, 5))):
        beams = decoding.beam(model, 2, length, width, vocabulary=n)
        expected = plain_beam(row_of, n, 2, length, width)
        assert [(2, *words) for words in beams.words.tolist()] == [words for words, _ in expected]
        assert beams.scores.tolist() == [score for _, score in expected]
    if width >= n ** (length - 1):
        assert beams.best.score == decoding.exhaustive(history_model(n, 5), 2, length, vocabulary=n).score


def test_one_beam_is_greedy() -> None:
    model = history_model(7, 8)
    greedy, one = decoding.greedy(model, 0, 9, vocabulary=7), decoding.beam(model, 0, 9, 1, vocabulary=7).best
    assert (greedy.words.tolist(), greedy.score) == (one.words.tolist(), one.score)


def test_words_that_cannot_follow_are_avoided_and_a_dead_end_has_score_minus_infinity() -> None:
    log_p = np.array([[NEVER, -0.1, -2.0], [NEVER, NEVER, NEVER], [NEVER, NEVER, 0.0]])
    found = decoding.viterbi(log_p, 0, 3)
    assert (found.words.tolist(), found.score) == ([2, 2, 2], -2.0)
    assert decoding.greedy(log_p, 0, 3).score == NEVER
    assert decoding.beam(log_p, 0, 3, 2).words.tolist() == [[2, 2, 2]]
    assert decoding.viterbi(log_p, 1, 2).score == NEVER


@pytest.mark.parametrize(("n", "length", "width"), [(2, 3, 1), (4, 5, 3), (8, 4, 20), (6, 7, 2)])
def test_the_counts_are_those_of_the_formulas(n: int, length: int, width: int) -> None:
    log_p = chain(n, 0)
    assert decoding.viterbi(log_p, 0, length).operations.extensions == n + (length - 1) * n * n
    assert decoding.greedy(log_p, 0, length).operations.extensions == length * n
    enumerated = decoding.exhaustive(log_p, 0, length)
    assert enumerated.operations.extensions == sum(n**t for t in range(1, length + 1))
    assert enumerated.operations.model_calls == sum(n**t for t in range(length))
    beams = decoding.beam(log_p, 0, length, width)
    assert beams.operations.extensions == sum(min(width, n**t) * n for t in range(length))


def exponent(sizes: list[int], counts: list[int]) -> float:
    return float(np.polyfit(np.log(sizes), np.log(counts), 1)[0])


def test_the_counts_grow_with_the_exponents_of_the_question() -> None:
    sizes = [50, 100, 200, 400]
    by_n = [chain(n, 1) for n in sizes]
    assert exponent(sizes, [decoding.viterbi(p, 0, 20).operations.extensions for p in by_n]) == pytest.approx(
        2, abs=0.01
    )
    assert exponent(sizes, [decoding.beam(p, 0, 20, 5).operations.extensions for p in by_n]) == pytest.approx(
        1, abs=0.01
    )
    by_t = [decoding.viterbi(by_n[0], 0, t).operations for t in sizes]
    assert exponent(sizes, [c.extensions for c in by_t]) == pytest.approx(1, abs=0.02)
    assert exponent(sizes, [c.numbers_held for c in by_t]) == pytest.approx(1, abs=0.02)
    ratio = [decoding.exhaustive(by_n[0][:3, :3], 0, t).operations.extensions for t in (10, 11)]
    assert ratio[1] / ratio[0] == pytest.approx(3, rel=1e-4)


def test_viterbi_in_blocks_is_the_plain_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    log_p = chain(37, 2)
    whole = decoding.viterbi(log_p, 3, 25)
    delta, back = log_p[3].copy(), []
    for _ in range(24):
        sums = delta[:, None] + log_p
        back.append(sums.argmax(axis=0))
        delta = sums.max(axis=0)
    words = [int(delta.argmax())]
    for pointers in reversed(back):
        words.insert(0, int(pointers[words[0]]))
    assert (whole.words.tolist(), whole.score) == (words, delta.max())
    for block in (1, 40, 37 * 10, 37 * 37):
        monkeypatch.setattr(decoding, "_BLOCK", block)
        assert decoding.viterbi(log_p, 3, 25).words.tolist() == words


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: decoding.viterbi(np.zeros((2, 3)), 0, 1), r"model has shape \(2, 3\); expected \(N, N\) with N = 2"),
        (lambda: decoding.viterbi(np.zeros((0, 0)), 0, 1), r"model has shape \(0, 0\) and is empty"),
        (
            lambda: decoding.viterbi([[0.5]], 0, 1),
            r"holds 0.5 at index \(0, 0\); expected log-probabilities, at most 0",
        ),
        (lambda: decoding.viterbi([[np.nan]], 0, 1), r"model of shape \(1, 1\) holds nan"),
        (lambda: decoding.viterbi([["x"]], 0, 1), "model has shape .* dtype <U1; expected real numbers"),
        (lambda: decoding.viterbi([[0.0]], 1, 1), "start is 1; expected a whole number from 0 to 0"),
        (lambda: decoding.viterbi([[0.0]], 0, 0), "length is 0; expected a whole number of at least 1"),
        (lambda: decoding.greedy(tree, 0, 3), "vocabulary is None; expected the number of words"),
        (lambda: decoding.greedy([[0.0]], 0, 3, vocabulary=2), "vocabulary is 2; expected 1"),
        (
            lambda: decoding.greedy(lambda _: [0.0], 0, 1, vocabulary=2),
            r"model\(\(0,\)\) has shape \(1,\).*expected real numbers .* of shape \(2,\)",
        ),
        (lambda: decoding.beam([[0.0]], 0, 1, 0), "width is 0; expected a whole number of at least 1"),
        (lambda: decoding.exhaustive(np.zeros((2, 2)), 0, 25), "length is 25 with 2 words; expected at most 16777216"),
        (lambda: decoding.exhaustive(np.zeros((2, 2)), 0, 10**9), "length is 1000000000 with 2 words"),
        (lambda: decoding.log_probability([[0.0]], 0, [1]), r"words of shape \(1,\) leaves the vocabulary"),
        (lambda: decoding.log_probability([[0.0]], 0, [0.5]), r"words has shape \(1,\) and dtype float64"),
        (lambda: decoding.log_probability([[0.0]], 0, np.array([], int)), r"words has shape \(0,\) and is empty"),
    ],
)
def test_bad_input_is_named(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
