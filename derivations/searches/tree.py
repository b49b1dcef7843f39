"""A small tree of words: the likeliest, the greedy and the beam-searched sequence.

Log-probabilities are whole tenths.  Those of the prefixes ``the`` and ``the red``, and of the sequences that answers
name, are the course's; the others are ours.  What is not drawn is less likely than all that is drawn of its length.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from math import ceil, exp

from everystep.derivation import Outcome

Path = tuple[str, ...]

TREE: dict[Path, dict[str, int]] = {
    (): {"the": -15, "a": -16},
    ("the",): {"red": -31, "green": -34},
    ("a",): {"blue": -27, "red": -29},
    ("the", "red"): {"rectangle": -45, "circle": -53},
    ("the", "green"): {"rectangle": -33, "square": -52},
    ("a", "blue"): {"square": -50, "ellipse": -54},
    ("a", "red"): {"circle": -49, "square": -51},
}
"""The words that follow a prefix, with the tenths of their log-probabilities."""

FRENCH = {
    "the": "le",
    "a": "un",
    "red": "carré",
    "green": "cercle",
    "blue": "triangle",
    "rectangle": "rouge",
    "circle": "vert",
    "square": "bleu",
    "ellipse": "gris",
}
"""In French the noun comes before the colour: other words in the same places of the tree."""

LENGTH = 3
VOCABULARY = 1000
"""Words that surely suffice for the probabilities that are not drawn."""


def shown(path: Path) -> dict[str, str]:
    """The words in each language."""
    return {"en": " ".join(path), "fr": " ".join(FRENCH[one] for one in path)}


def tenths(number: int) -> Fraction:
    return Fraction(number, 10)


def prefixes(path: Path = (), score: int = 0) -> Iterator[tuple[Path, int]]:
    """All prefixes that the tree shows, and their log-probabilities, depth first."""
    yield path, score
    for then, more in TREE.get(path, {}).items():
        yield from prefixes((*path, then), score + more)


def level(depth: int) -> dict[Path, int]:
    """The prefixes of that many words."""
    return {path: score for path, score in prefixes() if len(path) == depth}


def best_first() -> tuple[Path, int]:
    """The likeliest sequence by always extending the likeliest prefix: the first complete one is the best."""
    queue: list[tuple[int, Path]] = [(0, ())]
    while True:
        cost, path = heapq.heappop(queue)
        if len(path) == LENGTH:
            return path, -cost
        for then, more in TREE[path].items():
            heapq.heappush(queue, (cost - more, (*path, then)))


def greedy() -> tuple[Path, int]:
    """The likeliest next word at every step."""
    path: Path = ()
    score = 0
    while path in TREE:
        then = max(TREE[path], key=lambda one: TREE[path][one])
        path, score = (*path, then), score + TREE[path][then]
    return path, score


def beams(width: int, copies: int = 1) -> list[list[tuple[Path, int]]]:
    """The beams after each step, best first, started from that many copies of the empty prefix."""
    kept: list[tuple[Path, int]] = [((), 0)] * copies
    steps = []
    for _ in range(LENGTH):
        longer = [((*path, then), score + more) for path, score in kept for then, more in TREE[path].items()]
        kept = sorted(longer, key=lambda one: -one[1])[:width]
        steps.append(kept)
    return steps


def certified(width: int, steps: list[list[tuple[Path, int]]]) -> bool:
    """Whether each step's beams are extensions of those before, and no extension left out is better than one kept."""
    scores, good = dict(prefixes()), True
    before: set[Path] = {()}
    for depth, kept in enumerate(steps, start=1):
        paths = {path for path, _ in kept}
        candidates = {path for path in level(depth) if path[:-1] in before}
        good = good and paths <= candidates and len(paths) == min(width, len(candidates))
        good = good and all(scores[path] == score for path, score in kept)
        left = [scores[path] for path in candidates - paths]
        good = good and min(scores[path] for path in paths) > max(left, default=-(10**9))
        before = paths
    return good


def vocabulary() -> int:
    """How many words suffice for the probabilities that are not drawn: each below the bound of the question."""
    least = [min(level(depth).values()) for depth in range(LENGTH + 1)]
    most = 0
    for path, score in prefixes():
        if path in TREE:
            rest = 1 - sum(exp(more / 10) for more in TREE[path].values())
            bound = exp((least[len(path) + 1] - score) / 10)
            most = max(most, len(TREE[path]) + ceil(rest / bound + 1)) if rest > 0 else 10**9
    # A prefix that is not drawn has no drawn continuation, and is the least likely where its bound is attained.
    rest_of_tree = max(ceil(exp((above - below) / 10) + 1) for above, below in pairwise(least))
    return max(most, rest_of_tree)


def tree() -> Outcome:
    """The likeliest sequence, by enumeration and best first; the greedy one; the best beam; and the drawing's data."""
    complete = level(LENGTH)
    likeliest = max(complete, key=lambda path: complete[path])
    # Greedy decoding takes the first word that is likeliest, then the second, ...: the lexicographic order.
    steps = {path: [TREE[path[:at]][path[at]] for at in range(LENGTH)] for path in complete}
    chosen = max(complete, key=lambda path: steps[path])
    kept = beams(2)
    beam, beam_score = kept[-1][0]
    agree = best_first() == (likeliest, complete[likeliest]) and greedy() == (chosen, complete[chosen])
    agree = agree and certified(2, kept) and vocabulary() <= VOCABULARY
    paths = {"best": likeliest, "greedy": chosen, "beam": beam}
    scores = {"best": complete[likeliest], "greedy": complete[chosen], "beam": beam_score}
    drawn = [path for path, _ in prefixes()]
    rows = {path: Fraction(row) for row, path in enumerate(complete)}
    for path in sorted(TREE, key=len, reverse=True):
        children = [rows[(*path, then)] for then in TREE[path]]
        rows[path] = sum(children, Fraction(0)) / len(children)
    name = {path: number for number, path in enumerate(drawn)}
    return Outcome(
        agree,
        {
            "en": f"all {len(complete)} sequences enumerated, against a best-first search; the greedy one also as the "
            "largest in lexicographic order; no extension left out is better than a beam kept",
            "fr": f"les {len(complete)} suites énumérées, comparées à une recherche du meilleur d'abord ; la suite "
            "gloutonne aussi comme la plus grande dans l'ordre lexicographique ; aucun prolongement écarté ne vaut "
            "mieux qu'un faisceau gardé",
        },
        {
            **{kind: shown(path) for kind, path in paths.items()},
            **{f"{kind}_score": tenths(score) for kind, score in scores.items()},
            **{f"{kind}_steps": [tenths(more) for more in steps[path]] for kind, path in paths.items()},
            "nodes": [(name[path], len(path), float(rows[path]), shown(path[-1:])) for path in drawn],
            "edges": [
                (
                    name[path],
                    name[(*path, then)],
                    tenths(more),
                    [kind for kind, way in paths.items() if way[: len(path) + 1] == (*path, then)],
                )
                for path in TREE
                for then, more in TREE[path].items()
            ],
        },
    )


def tree_beams() -> Outcome:
    """The two beams after each step, and what is cut after the second."""
    kept = beams(2)
    return Outcome(
        certified(2, kept),
        {
            "en": "beam search run with two beams, in exact tenths; at each step all extensions of the beams are "
            "compared with those kept",
            "fr": "la recherche exécutée avec deux faisceaux, en dixièmes exacts ; à chaque pas, tous les "
            "prolongements sont comparés à ceux qui sont gardés",
        },
        {
            "kept": [[(shown(path), tenths(score)) for path, score in step] for step in kept],
            "cut": [(shown(path), tenths(score)) for path, score in beams(4)[1][2:]],
            "words": [shown(path)["en"] for path, _ in kept[-1]],
        },
    )


def tree_markov() -> Outcome:
    """After one word, two prefixes with the same last word have different continuations; the better one is not it."""
    scores = dict(prefixes())
    last, then = "red", "rectangle"
    ending = {path: score for path, score in level(2).items() if path[-1] == last}
    ahead = max(ending, key=lambda path: ending[path])
    continued = {path: TREE[path].get(then) for path in ending}
    (behind,) = [path for path, more in continued.items() if more is not None]
    # What is not drawn is less likely than all that is drawn, hence than the continuation that is.
    agree = ahead != behind and continued[ahead] is None and set(TREE[ahead]) != set(TREE[behind])
    return Outcome(
        agree,
        {
            "en": "the two prefixes with the same last word: their log-probabilities, and where each is continued",
            "fr": "les deux préfixes de même dernier mot : leurs log-probabilités et leurs suites",
        },
        {
            "last": shown((last,)),
            "then": shown((then,)),
            "ahead": shown(ahead),
            "ahead_score": tenths(ending[ahead]),
            "behind": shown(behind),
            "behind_score": tenths(ending[behind]),
            "continued": shown((*behind, then)),
            "continued_score": tenths(scores[(*behind, then)]),
        },
    )


def widths() -> Outcome:
    """The best beam for every width up to that which is exact, and beams that start as copies."""
    found = [beams(width)[-1][0] for width in range(1, 5)]
    agree = all(certified(width, beams(width)) for width in range(1, 5))
    agree = agree and found[0] == greedy() and found[-1] == best_first()
    return Outcome(
        agree and found[1][1] < found[0][1],
        {
            "en": "beam search run with 1 to 4 beams; each time no extension left out is better than one kept; one "
            "beam is greedy decoding, four find the maximum",
            "fr": "la recherche exécutée avec 1 à 4 faisceaux ; chaque fois, aucun prolongement écarté ne vaut mieux "
            "qu'un gardé ; un faisceau revient au décodage glouton, quatre trouvent le maximum",
        },
        {"scores": [tenths(score) for _, score in found]},
    )


def copies() -> Outcome:
    """Beams that start as copies of the empty prefix stay copies: the search is greedy decoding."""
    steps = beams(2, copies=2)
    same = all(first == second for first, second in steps) and steps[-1][0] == greedy()
    return Outcome(
        same and steps[-1] != beams(2)[-1],
        {
            "en": "beam search with two beams on the tree, started from two copies: both beams are the greedy sequence",
            "fr": "la recherche à deux faisceaux dans l'arbre, lancée de deux copies : les deux faisceaux sont la "
            "suite gloutonne",
        },
        {"words": shown(steps[-1][0][0]), "score": tenths(steps[-1][0][1])},
    )
