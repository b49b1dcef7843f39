"""What a beam search costs: scores, and comparisons to keep the best of them, counted."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from itertools import product
from math import log2
from random import Random

from everystep.derivation import Outcome


class Counted:
    """A number whose comparisons are counted."""

    comparisons = 0

    def __init__(self, value: float) -> None:
        self.value = value

    def __lt__(self, other: Counted) -> bool:
        Counted.comparisons += 1
        return self.value < other.value


def comparisons(work: Callable[[list[Counted]], object], values: Sequence[float]) -> int:
    """How often ``work`` compares two of the values."""
    Counted.comparisons = 0
    work([Counted(value) for value in values])
    return Counted.comparisons


def by_heap(width: int) -> Callable[[list[Counted]], list[Counted]]:
    """Keeps the largest seen so far in a heap."""

    def work(values: list[Counted]) -> list[Counted]:
        kept = values[:width]
        heapq.heapify(kept)
        for value in values[width:]:
            if kept[0] < value:
                heapq.heapreplace(kept, value)
        return kept

    return work


def by_selection(width: int) -> Callable[[list[Counted]], None]:
    """Quickselect: splits at an element and goes on in the part that holds the boundary."""

    def work(values: list[Counted]) -> None:
        random, wanted = Random(1), width
        while len(values) > 1:
            pivot = values.pop(random.randrange(len(values)))
            above: list[Counted] = []
            below: list[Counted] = []
            for value in values:
                (above if pivot < value else below).append(value)
            if len(above) == wanted - 1:
                return
            if len(above) >= wanted:
                values = above
            else:
                values, wanted = below, wanted - len(above) - 1

    return work


def beam_cost() -> Outcome:
    """Scores of a beam search, counted, and comparisons of three ways to keep the best of them."""
    random, agree, runs = Random(7), True, 0
    for n, width, length in product((4, 8), (1, 2, 4), (1, 3, 6)):
        rows = [[random.random() for _ in range(n)] for _ in range(n)]
        beams: list[tuple[float, tuple[int, ...]]] = [(0.0, (0,))]
        scored = held = 0
        for _ in range(length):
            longer = [(score + rows[path[-1]][then], path, then) for score, path in beams for then in range(n)]
            scored += len(longer)
            beams = [(score, (*path, then)) for score, path, then in sorted(longer, reverse=True)[:width]]
            held = max(held, len(longer) + sum(len(path) - 1 for _, path in beams))
        agree = agree and scored == n + (length - 1) * width * n and held <= width * n + width * length
        runs += 1
    for width, n in ((4, 32), (8, 32), (8, 64), (16, 64)):
        size = width * n
        # Increasing numbers are the worst for a heap: each replaces the least one kept.
        heap = comparisons(by_heap(width), range(size)) / size
        mixed = random.sample(range(size), size)
        sort = comparisons(lambda values: values.sort(), mixed) / (size * log2(size))
        selection = comparisons(by_selection(width), mixed) / size
        agree = agree and 0.7 < sort < 1 and log2(width) < heap < 2 * log2(width) + 2 and selection < 4
    return Outcome(
        agree,
        {
            "en": f"scores and words held counted in {runs} runs, against the formulas; comparisons of sorting, of a "
            "heap and of selection counted for up to 1024 scores",
            "fr": f"scores et mots gardés comptés dans {runs} essais, comparés aux formules ; comparaisons d'un tri, "
            "d'un tas et d'une sélection comptées jusqu'à 1024 scores",
        },
    )
