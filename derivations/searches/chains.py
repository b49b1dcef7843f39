"""Viterbi's algorithm against enumeration, and what it does to models that are no Markov chains.

Exact fractions; words are numbered from 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from random import Random

from everystep.derivation import Outcome

Row = tuple[Fraction, ...]
Words = tuple[int, ...]


def markov(random: Random, n: int) -> tuple[Row, ...]:
    """Transition probabilities with small denominators; about one in five is 0."""
    rows = [[random.choice((0, 1, 2, 3, 5)) for _ in range(n)] for _ in range(n)]
    return tuple(tuple(Fraction(x, sum(row) or 1) for x in row) for row in rows)


def viterbi(rows: Sequence[Row], start: int, length: int) -> tuple[Words, list[Row], tuple[int, int]]:
    """The likeliest words, the table of delta, and how many products were compared and pointers kept."""
    n = len(rows)
    table: list[Row] = [tuple(rows[start])]
    pointers: list[list[int]] = []
    done = n
    for _ in range(length - 1):
        scored = [[table[-1][a] * rows[a][b] for a in range(n)] for b in range(n)]
        done += n * n
        table.append(tuple(max(column) for column in scored))
        pointers.append([column.index(max(column)) for column in scored])
    last = table[-1].index(max(table[-1]))
    path = [last]
    for pointer in reversed(pointers):
        path.append(pointer[path[-1]])
    return tuple(reversed(path)), table, (done, sum(map(len, pointers)))


def probability(rows: Sequence[Row], start: int, path: Words) -> Fraction:
    """The probability of a sequence of words."""
    return prod((rows[a][b] for a, b in zip((start, *path), path, strict=False)), start=Fraction(1))


def sequences() -> Outcome:
    """All sequences of T words, listed for small N and T; and those in which the first word does not return."""
    agree = True
    for n, length in product(range(1, 5), range(1, 6)):
        listed = list(product(range(n), repeat=length))
        agree = agree and len(set(listed)) == n**length
        agree = agree and sum(0 not in one for one in listed) == (n - 1) ** length
    return Outcome(
        agree,
        {
            "en": "all sequences listed and counted, for vocabularies of up to 4 words and lengths of up to 5",
            "fr": "toutes les suites énumérées et comptées, pour un vocabulaire de 4 mots au plus et une longueur de 5 "
            "au plus",
        },
        {"words": 3, "length": 4, "all": len(list(product(range(3), repeat=4)))},
    )


def chains() -> Iterator[tuple[tuple[Row, ...], int, int]]:
    """Random chains, each with the number of its first word and how many words follow."""
    random = Random(6135)
    for n, length in product((2, 3), (1, 2, 3, 4)):
        for _ in range(4):
            yield markov(random, n), random.randrange(n), length


def algorithm() -> Outcome:
    """Viterbi's tables and sequences against enumeration, in exact fractions, zeros and ties included."""
    found, agree = [], True
    for rows, start, length in chains():
        path, table, _ = viterbi(rows, start, length)
        scores = {one: probability(rows, start, one) for one in product(range(len(rows)), repeat=length)}
        agree = agree and scores[path] == max(scores.values())
        ends = [max(score for one, score in scores.items() if one[-1] == last) for last in range(len(rows))]
        agree = agree and list(table[-1]) == ends
        found.append(scores[path])
    instances = len(found)
    return Outcome(
        agree,
        {
            "en": f"the sequence returned and the last row of the table on {instances} random chains, against "
            "enumeration, in exact fractions",
            "fr": f"la suite rendue et la dernière ligne de la table sur {instances} chaînes aléatoires, comparées à "
            "l'énumération, en fractions exactes",
        },
        {"instances": instances, "probabilities": found},
    )


def viterbi_cost() -> Outcome:
    """Products compared by Viterbi and by enumeration while N and T double."""
    random, agree = Random(2021), True
    sizes = list(product((2, 4, 8), (3, 6, 12)))
    for n, length in sizes:
        counts = viterbi(markov(random, n), 0, length)[2]
        agree = agree and counts == (n + (length - 1) * n * n, (length - 1) * n)
    for n, length in product((2, 3, 4), (1, 2, 3, 4)):
        products = sum(1 for end in range(1, length + 1) for _ in product(range(n), repeat=end))
        agree = agree and products * (n - 1) == n * (n**length - 1)
    n, length = 10, 10
    return Outcome(
        agree,
        {
            "en": f"products and pointers counted in {len(sizes)} runs of Viterbi for `N` up to 8 and `T` up to 12, "
            "and all prefixes listed, against the formulas, exactly",
            "fr": f"produits et pointeurs comptés dans {len(sizes)} essais de Viterbi pour `N` jusqu'à 8 et `T` "
            "jusqu'à 12, et tous les préfixes énumérés, comparés aux formules, exactement",
        },
        {
            "words": n,
            "length": length,
            "viterbi": viterbi(markov(random, n), 0, length)[2][0],
            "enumeration": sum(n**end for end in range(1, length + 1)),
        },
    )


def recurrent(path: Words) -> Fraction:
    """A recurrent model of two words, 0 and 1: its state halves and adds the word, and decides about the next one."""
    hidden, result = Fraction(0), Fraction(1)
    for one in path:
        none = 1 / (1 + 3 * (hidden - Fraction(1, 2)) ** 2)
        result *= 1 - none if one else none
        hidden = hidden / 2 + one
    return result


def by_last(score: Callable[[Words], Fraction], length: int, kept: int) -> tuple[Words, int]:
    """The words 0 and 1 by a search that keeps one best prefix for each choice of the ``kept`` last words.

    Also returns how many prefixes were compared.
    """
    prefixes: list[Words] = [()]
    done = 0
    for _ in range(length):
        groups: dict[Words, Words] = {}
        for longer in ((*short, last) for short in prefixes for last in (0, 1)):
            done += 1
            group = longer[-kept:]
            if group not in groups or score(longer) > score(groups[group]):
                groups[group] = longer
        prefixes = list(groups.values())
    return max(prefixes, key=score), done


def markov_only() -> Outcome:
    """A recurrent model on which keeping one prefix a word fails; trigram models, where one a pair is right."""
    length = 3
    found, true = by_last(recurrent, length, 1)[0], max(product((0, 1), repeat=length), key=recurrent)
    random, trigrams, agree, missed = Random(3), 20, True, 0
    for _ in range(trigrams):
        table = {pair: Fraction(random.randrange(1, 8), 8) for pair in product((0, 1), repeat=2)}

        def score(path: Words, table: dict[Words, Fraction] = table) -> Fraction:
            padded = (0, 0, *path)
            ones = [(table[padded[at], padded[at + 1]], padded[at + 2]) for at in range(len(path))]
            return prod((share if last else 1 - share for share, last in ones), start=Fraction(1))

        most = max(map(score, product((0, 1), repeat=5)))
        path, done = by_last(score, 5, 2)
        # N^m in every step, once the prefixes have m - 1 words.
        agree = agree and score(path) == most and done == 2 + 4 + 3 * 2**3
        missed += score(by_last(score, 5, 1)[0]) < most
    values = {
        "found": found,
        "found_probability": recurrent(found),
        "best": true,
        "best_probability": recurrent(true),
        "short": found[:2],
        "short_probability": recurrent(found[:2]),
        "cut": true[:2],
        "cut_probability": recurrent(true[:2]),
    }
    return Outcome(
        recurrent(found) < recurrent(true) and agree and missed > 0 and found[1] == true[1],
        {
            "en": "a recurrent model with two words, all sequences of three words; and "
            f"{trigrams} random trigram models, where one prefix a pair of words suffices and one a word does not",
            "fr": "un modèle récurrent à deux mots, toutes les suites de trois mots ; et "
            f"{trigrams} modèles trigrammes aléatoires, où un préfixe par paire de mots suffit et un par mot non",
        },
        values,
    )
