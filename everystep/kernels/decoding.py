"""Decoding: the likeliest sequence of words by Viterbi, by enumeration, greedily and by beam search.

Words are 0..N-1, ``start`` is the word w_0 before the first; w_1..w_T is sought (questions C1 to C4 of the catalogue)::

    log p(w_1..w_T | w_0) = sum_t log p(w_t | w_0..w_{t-1})

A model is either an array ``log_p`` (N, N) of log-probabilities, log_p[i, j] = log p(w_t = j | w_{t-1} = i) at every t
(a Markov chain), or a function from the prefix (w_0, ..., w_{t-1}) to the N log-probabilities of the next word. Entries
are at most 0; minus infinity is the logarithm of 0. Rows need not sum to 1: unlikely branches may be left out. Viterbi
(derivation decoding)::

    delta_1(j) = log_p[start, j]     delta_t(j) = max_i delta_{t-1}(i) + log_p[i, j]     a_t(j) = argmax_i of the same
    w_T = argmax_j delta_T(j)        w_t = a_{t+1}(w_{t+1})

A function is asked, for each word i, with the likeliest beginning that ends in i. The sequence is the likeliest of all
where the function looks at the length of the prefix and its last word alone; a model of the whole prefix may have a
likelier one.

Ties: Viterbi takes the smallest index at every argmax, so of equally likely sequences that with the smallest last
word, then the smallest word before it, and so on; enumeration takes the same one (where the sums are exact: Viterbi
sees ties of rounded sums earlier). Greedy takes the smallest word. Beam search ranks by score, then by the rank of the
beam that is extended, then by the word.

Cost, in extensions (one addition and one comparison each) and numbers held; the cost of calling a model is not in it::

    viterbi       N + (T - 1) N^2        T N back-pointers, 2 N scores; for a function T N words too
    exhaustive    N + N^2 + ... + N^T    N^T scores, T N^(T-1) words
    greedy        T N                    T words
    beam          at most N + (T - 1) B N, selected in linear time    B N scores, B T words (copied at every step)

``Decoded.operations`` counts what was done, not what the table says. Models are float32, float64 or whole numbers;
scores are float64. Units: logarithms are natural ones, scores in nats.

Imports NumPy only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from everystep.kernels._checks import Sizes, any_array, flag, room, whole

Vector = NDArray[np.float64]
Words = NDArray[np.intp]
Model = ArrayLike | Callable[[tuple[int, ...]], ArrayLike]

MOST_SEQUENCES = 1 << 24
"""Sequences up to which all are enumerated."""
_ROUNDING = 1e-9
"""How far above 0 a log-probability may lie: a sum of probabilities is 1 only up to rounding."""
_BLOCK = 1 << 16
"""Numbers of a block of Viterbi's sums: it stays in cache."""


@dataclass(frozen=True)
class Operations:
    """What a search did.

    Attributes:
        extensions: how many sums score + log-probability were formed and compared.
        model_calls: how many prefixes the model was asked about (rows looked up, for an array).
        numbers_held: the largest number of scores, words and back-pointers held at a time, without the model.
    """

    extensions: int
    model_calls: int
    numbers_held: int


@dataclass(frozen=True)
class Decoded:
    """A sequence and its score.

    Attributes:
        words: w_1..w_T, shape (T,).
        score: log p(w_1..w_T | w_0); minus infinity if the search found no sequence of positive probability.
        operations: the counts.
    """

    words: Words
    score: float
    operations: Operations


@dataclass(frozen=True)
class Beams:
    """The beams of a beam search, best first.

    Attributes:
        words: shape (beams, T); at most ``width`` beams.
        scores: shape (beams,), not increasing.
        history: for each t = 1..T the prefixes kept, shape (beams at t, t), and their scores.
        operations: the counts.
    """

    words: Words
    scores: Vector
    history: tuple[tuple[Words, Vector], ...]
    operations: Operations

    @property
    def best(self) -> Decoded:
        """The first beam."""
        return Decoded(self.words[0], float(self.scores[0]), self.operations)


def viterbi(model: Model, start: int, length: int, *, vocabulary: int | None = None) -> Decoded:
    """The likeliest sequence of a Markov chain; cost as in the module's docstring.

    Args:
        model: shape (N, N), row = word before, column = word after; or a function of the prefix.
        start: w_0.
        length: T, at least 1.
        vocabulary: N; needed for a function, where it cannot be read off.

    Raises:
        ValueError: an array that is not square, empty, of another dtype, or holds NaN or an entry above 0; a function
            that returns anything but N log-probabilities; start or length out of range; vocabulary is not N.
    """
    source, start, length = _source(model, vocabulary, start, length)
    n = source.n
    room("length", length, length * n)
    rows = max(1, _BLOCK // n)
    sums = np.empty((min(rows, n), n))
    everyone = np.arange(n)
    delta, after = source.rows(np.full((1, 1), start))[0].copy(), np.empty(n)
    back = np.empty((length - 1, n), dtype=np.intp)
    extensions = n
    beginnings = np.column_stack([np.full(n, start), everyone])  # the likeliest prefix that ends in each word
    for pointers in back:
        by_columns = source.by_columns(beginnings, delta > -np.inf)
        for first in range(0, n, rows):
            block = by_columns[first : first + rows]
            part = sums[: len(block)]
            np.add(block, delta, out=part)
            np.argmax(part, axis=1, out=pointers[first : first + rows])
            after[first : first + rows] = part[everyone[: len(block)], pointers[first : first + rows]]
            extensions += part.size
        delta, after = after, delta
        if source.looks_back:
            beginnings = np.column_stack([beginnings[pointers], everyone])
    words = np.empty(length, dtype=np.intp)
    words[-1] = delta.argmax()
    for t in range(length - 1, 0, -1):
        words[t - 1] = back[t - 1][words[t]]
    held = back.size + delta.size + after.size + (beginnings.size if source.looks_back else 0)
    return Decoded(words, float(delta.max()), Operations(extensions, source.calls, held))


def exhaustive(model: Model, start: int, length: int, *, vocabulary: int | None = None) -> Decoded:
    """The likeliest sequence, words of shape (T,), by enumerating all N^T of them; cost as in the module's docstring.

    Args:
        model: an array or a function of the prefix, as in the module's docstring.
        start: w_0.
        length: T, at least 1.
        vocabulary: N; needed for a function, where it cannot be read off.

    Raises:
        ValueError: as ``viterbi``; a function that returns anything but N log-probabilities; N^T > 2^24.
    """
    source, start, length = _source(model, vocabulary, start, length)
    n = source.n
    # Compared by logarithms first: n^length may itself be too long a number to write.
    if (n > 1 and length > 64) or length * np.log2(n) > 64 or n**length > MOST_SEQUENCES:
        raise ValueError(f"length is {length} with {n} words; expected at most {MOST_SEQUENCES} sequences")
    prefixes = np.full((1, 1), start, dtype=np.intp)
    scores = np.zeros(1)
    extensions = held = 0
    for t in range(1, length + 1):
        scores = (scores[:, None] + source.rows(prefixes)).reshape(-1)
        extensions += scores.size
        held = max(held, scores.size + prefixes.size)
        if t < length:
            prefixes = _extend(prefixes, np.arange(scores.size), n)
    best = np.flatnonzero(scores == scores.max())
    words = _extend(prefixes, best, n)[:, 1:]
    # lexsort's last key counts most: the last word, as the ties demand.
    chosen = words[np.lexsort(words.T)[0]]
    return Decoded(chosen, float(scores.max()), Operations(extensions, source.calls, held))


def greedy(model: Model, start: int, length: int, *, vocabulary: int | None = None) -> Decoded:
    """The likeliest next word at every step, which need not give the likeliest sequence; words of shape (T,).

    T N additions and comparisons, T calls of the model.

    Raises:
        ValueError: as ``exhaustive``, for a sequence of any length.
    """
    source, start, length = _source(model, vocabulary, start, length)
    room("length", length, length)
    words = np.full((1, length + 1), start, dtype=np.intp)
    score = 0.0
    for t in range(1, length + 1):
        (row,) = source.rows(words[:, :t])
        words[0, t] = row.argmax()
        score += float(row.max())
    return Decoded(words[0, 1:], score, Operations(length * source.n, source.calls, length + source.n))


def beam(
    model: Model, start: int, length: int, width: int, *, vocabulary: int | None = None, copies: bool = False
) -> Beams:
    """Beam search: at every step the ``width`` best of all extensions of the beams; cost as in the module's docstring.

    It starts from one beam. With ``copies`` it starts as the algorithm is printed in question C3, from ``width`` copies
    of w_0 with log-likelihood 0: the best extensions are then copies of one word, at every step, and the search is
    greedy. An extension of probability 0 is kept only if there is no other. ``width`` = 1 is greedy;
    ``width`` >= N^(T-1) is exact.

    Args:
        model, start, length, vocabulary: as for ``exhaustive``.
        width: B, at least 1.
        copies: start from copies.

    Raises:
        ValueError: as ``greedy``; a width that is not a whole number of at least 1.
    """
    source, start, length = _source(model, vocabulary, start, length)
    width = whole("width", width, low=1)
    room("length", length, length)
    prefixes = np.full((width if flag("copies", copies) else 1, 1), start, dtype=np.intp)
    scores = np.zeros(len(prefixes))
    history = []
    extensions = held = 0
    for _ in range(length):
        extended = (scores[:, None] + source.rows(prefixes)).reshape(-1)
        extensions += extended.size
        held = max(held, extended.size + prefixes.size)
        chosen = _best(extended, width)
        prefixes, scores = _extend(prefixes, chosen, source.n), extended[chosen]
        history.append((prefixes[:, 1:], scores))
    return Beams(prefixes[:, 1:], scores, tuple(history), Operations(extensions, source.calls, held))


def log_probability(model: Model, start: int, words: ArrayLike, *, vocabulary: int | None = None) -> float:
    """log p(w_1..w_T | w_0) of one sequence; T additions.

    Raises:
        ValueError: as ``greedy``; words that are not a list of whole numbers from 0 to N - 1.
    """
    given = any_array("words", words)
    Sizes().bind("words", given.shape, ("T",))
    if given.dtype.kind not in "iu":
        raise ValueError(f"words has shape {given.shape} and dtype {given.dtype}; expected whole numbers")
    source, start, _ = _source(model, vocabulary, start, len(given))
    if given.min() < 0 or given.max() >= source.n:
        raise ValueError(
            f"words of shape {given.shape} leaves the vocabulary; expected numbers from 0 to {source.n - 1}"
        )
    path = np.concatenate([[start], given]).astype(np.intp)
    score = 0.0
    for t in range(1, len(path)):
        score += float(source.rows(path[None, :t])[0, path[t]])
    return score


class _Source:
    """Rows of log-probabilities of the next word for prefixes, from an array or a function; counts its calls."""

    def __init__(self, model: Model, vocabulary: int | None) -> None:
        self.calls = 0
        self.looks_back = callable(model)
        self._matrix: Vector | None = None
        self._function: Callable[[tuple[int, ...]], ArrayLike] | None = None
        if callable(model):
            if vocabulary is None:
                raise ValueError("vocabulary is None; expected the number of words, as the model is a function")
            self._function, self.n = model, whole("vocabulary", vocabulary, low=1)
        else:
            self._matrix = _matrix(model)
            self._columns = np.ascontiguousarray(self._matrix.T)
            self.n = len(self._matrix)
            if vocabulary is not None and whole("vocabulary", vocabulary, low=1) != self.n:
                raise ValueError(
                    f"vocabulary is {vocabulary}; expected {self.n}, as the model has shape {(self.n,) * 2}"
                )

    def rows(self, prefixes: Words) -> Vector:
        """The log-probabilities after each prefix: (beams, t) to (beams, N)."""
        self.calls += len(prefixes)
        if self._matrix is not None:
            found: Vector = self._matrix[prefixes[:, -1]]
            return found
        rows = np.empty((len(prefixes), self.n))
        for row, prefix in zip(rows, prefixes.tolist(), strict=True):
            key = tuple(prefix)
            row[...] = _log_probabilities(f"model({key})", self._call(key), (self.n,))
        return rows

    def by_columns(self, prefixes: Words, possible: NDArray[np.bool_]) -> Vector:
        """The log-probabilities of each next word (rows) after each of the N prefixes (columns), contiguous by row.

        A function is asked about the possible prefixes alone; the others have no next word.
        """
        if self._matrix is not None:
            self.calls += self.n
            return self._columns
        found = np.full((self.n, self.n), -np.inf)
        found[possible] = self.rows(prefixes[possible])
        return np.ascontiguousarray(found.T)

    def _call(self, prefix: tuple[int, ...]) -> ArrayLike:
        if self._function is None:
            raise TypeError("a source is an array or a function")
        return self._function(prefix)


def _source(model: Model, vocabulary: int | None, start: int, length: int) -> tuple[_Source, int, int]:
    source = _Source(model, vocabulary)
    return source, whole("start", start, high=source.n - 1), whole("length", length, low=1)


def _matrix(model: ArrayLike) -> Vector:
    given = any_array("model", model)
    Sizes().bind("model", given.shape, ("N", "N"))
    return _log_probabilities("model", given, given.shape)


def _log_probabilities(argument: str, value: ArrayLike, shape: tuple[int, ...]) -> Vector:
    given = any_array(argument, value)
    if given.shape != shape or (given.dtype.kind not in "iu" and given.dtype not in (np.float32, np.float64)):
        raise ValueError(
            f"{argument} has shape {given.shape} and dtype {given.dtype}; expected real numbers (float32, float64 or "
            f"whole) of shape {shape}"
        )
    array = given.astype(np.float64)
    wrong = ~(array <= _ROUNDING)
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise ValueError(
            f"{argument} of shape {shape} holds {array[place]} at index {place}; expected log-probabilities, at most 0"
        )
    return array


def _extend(prefixes: Words, chosen: Words, n: int) -> Words:
    """The extensions with the numbers ``chosen``: beam * n + word."""
    extended = np.empty((len(chosen), prefixes.shape[1] + 1), dtype=np.intp)
    extended[:, :-1] = prefixes[chosen // n]
    extended[:, -1] = chosen % n
    return extended


def _best(scores: Vector, width: int) -> Words:
    """The indices of the ``width`` largest scores, by score and then by index; linear time and a sort of the chosen."""
    if width < scores.size:
        least = np.partition(scores, scores.size - width)[scores.size - width]
        above = np.flatnonzero(scores > least)
        chosen = np.concatenate([above, np.flatnonzero(scores == least)[: width - len(above)]])
    else:
        chosen = np.arange(scores.size)
    possible = chosen[scores[chosen] > -np.inf]
    if len(possible) == 0:
        possible = chosen[:1]
    order: Words = possible[np.lexsort((possible, -scores[possible]))]
    return order
