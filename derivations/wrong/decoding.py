"""Mistakes about counting sequences, Viterbi's algorithm, and beam search."""

from __future__ import annotations

from fractions import Fraction

from derivations.decoding import PROBLEM, N, T, best, cut, delta, extended, factor, j, k, pointed, t
from derivations.searches.chains import chains, probability, recurrent, viterbi
from derivations.searches.tree import LENGTH, TREE, level, shown, tenths
from derivations.wrong import twin
from everystep.algebra.expressions import Int
from everystep.derivation import WrongAnswer, WrongStep

WRONG: tuple[WrongStep, ...] = (
    twin(
        PROBLEM.derivation,
        "base-and-exponent-exchanged",
        "count.result",
        Int(T) ** Int(N),
        "refuted",
        en="There are `N` choices at each of `T` steps, not `T` choices for each of `N` words.",
        fr="Il y a `N` choix à chacun des `T` pas, non `T` choix pour chacun des `N` mots.",
        cost=0.5,
    ),
    twin(
        PROBLEM.derivation,
        "first-word-counted",
        "count.result",
        Int(N) ** Int(T + 1),
        "refuted",
        en="The first word is given; only the `T` words after it are chosen.",
        fr="Le premier mot est donné ; seuls les `T` mots suivants sont choisis.",
        cost=0.5,
    ),
    twin(
        PROBLEM.derivation,
        "bounded-from-below",
        "bound.prefix",
        extended,
        "refuted",
        op=">=",
        en="The value of `i` is the largest probability: it bounds that of a prefix from above.",
        fr="La valeur de `i` est la plus grande probabilité : elle majore celle d'un préfixe.",
    ),
    twin(
        PROBLEM.derivation,
        "transition-forgotten",
        "attained.word",
        delta[t - 1, k],
        "refuted",
        en="The probability of the last step is missing: the value of `k` is that of a prefix one word shorter.",
        fr="Il manque la probabilité du dernier pas : la valeur de `k` est celle d'un préfixe plus court d'un mot.",
    ),
    twin(
        PROBLEM.derivation,
        "last-word-strictly-best",
        "last.result",
        delta[T, j],
        "refuted",
        op="<",
        en="Several words may attain the largest value; then several sequences are likeliest.",
        fr="Plusieurs mots peuvent atteindre le maximum ; plusieurs suites sont alors les plus probables.",
        cost=0.5,
    ),
    twin(
        PROBLEM.derivation,
        "step-counted-twice",
        "split",
        cut(1, t) * factor[t + 1] * cut(t + 1, T),
        "refuted",
        en="The factor at the cut stands alone and again at the head of the rest.",
        fr="Le facteur à la coupure figure seul et encore en tête du reste.",
        cost=0.5,
    ),
    twin(
        PROBLEM.derivation,
        "exchange-turned-around",
        "pointer",
        pointed,
        "refuted",
        op=">=",
        en="The first words of the sequence have at most the largest probability of a prefix that ends in `k`.",
        fr="Les premiers mots de la suite ont au plus la plus grande probabilité d'un préfixe qui se termine par `k`.",
    ),
    twin(
        PROBLEM.derivation,
        "no-maximum-over-the-word-before",
        "viterbi-cost",
        Int(T) * Int(N),
        "refuted",
        en="For each word all `N` words before it are compared.",
        fr="Pour chaque mot, les `N` mots précédents sont tous comparés.",
    ),
    twin(
        PROBLEM.derivation,
        "one-beam",
        "beam-cost",
        Int(T) * Int(N),
        "refuted",
        en="From the second step on, each of the `B` beams is extended.",
        fr="À partir du deuxième pas, chacun des `B` faisceaux est prolongé.",
    ),
    twin(
        PROBLEM.derivation,
        "likeliest-word-left-out",
        "last.best",
        best,
        "refuted",
        op="<",
        en="One of the words ends the likeliest sequence; there the two are equal.",
        fr="L'un des mots termine la suite la plus probable ; les deux y sont égaux.",
        cost=0.5,
    ),
    twin(
        PROBLEM.derivation,
        "longest-sequences-only",
        "enumeration-cost",
        Int(N) ** Int(T),
        "refuted",
        en="The prefixes of all lengths are extended as well.",
        fr="Les préfixes de toutes les longueurs sont prolongés eux aussi.",
        cost=0.5,
    ),
    twin(
        PROBLEM.derivation,
        "every-pair-scored",
        "beam-cost",
        Int(N) + (Int(T) - 1) * Int(N) ** 2,
        "refuted",
        en="Only the beams are extended, not every word: that is Viterbi.",
        fr="Seuls les faisceaux sont prolongés, non tous les mots : ce serait Viterbi.",
    ),
)


def one_child_each() -> list[str]:
    """Two beams that each keep their own best extension."""
    paths: list[tuple[str, ...]] = [(first,) for first in TREE[()]]
    for _ in range(1, LENGTH):
        paths = [(*path, max(TREE[path], key=lambda one, path=path: TREE[path][one])) for path in paths]  # type: ignore[misc]
    return [shown(path)["en"] for path in sorted(paths, key=lambda path: -level(LENGTH)[path])]


def best_of_each_row() -> list[Fraction]:
    """The probabilities of the sequences that take the word of the largest value in each row of the table."""
    found = []
    for rows, start, length in chains():
        table = viterbi(rows, start, length)[1]
        found.append(probability(rows, start, tuple(row.index(max(row)) for row in table)))
    return found


def from_the_kept_prefix() -> dict[str, str]:
    """The best sequence that extends the likelier of the two prefixes with the same last word."""
    kept = max((path for path in level(2) if path[-1] == "red"), key=lambda path: level(2)[path])
    return shown((*kept, max(TREE[kept], key=lambda one: TREE[kept][one])))


def last_edge() -> dict[str, str]:
    """The sequence whose last edge alone is likeliest."""
    return shown(max(level(LENGTH), key=lambda path: TREE[path[:-1]][path[-1]]))


def from_the_best_pair() -> dict[str, str]:
    """The best sequence that extends the likeliest prefix of two words."""
    pair = max(level(2), key=lambda path: level(2)[path])
    return shown((*pair, max(TREE[pair], key=lambda one: TREE[pair][one])))


ANSWERS: tuple[WrongAnswer, ...] = (
    WrongAnswer(
        "first-word-also-chosen",
        "sequences",
        {
            "en": "The first word is given and not chosen.",
            "fr": "Le premier mot est donné, non choisi.",
        },
        "all",
        lambda: 3 ** (4 + 1),
        cost=0.5,
    ),
    WrongAnswer(
        "largest-value-of-each-step",
        "algorithm",
        {
            "en": "The word of the largest value at each step need not lie on the likeliest sequence; that is read "
            "off the pointers, from the end.",
            "fr": "Le mot de plus grande valeur à chaque pas n'est pas forcément sur la suite la plus probable, qui se "
            "lit dans les pointeurs à partir de la fin.",
        },
        "probabilities",
        best_of_each_row,
    ),
    WrongAnswer(
        "maximum-at-no-cost",
        "viterbi_cost",
        {
            "en": "A maximum over `N` words takes `N` products; it is not one operation.",
            "fr": "Un maximum sur `N` mots demande `N` produits ; ce n'est pas une opération.",
        },
        "viterbi",
        lambda: 10 * 10,
    ),
    WrongAnswer(
        "last-word-is-enough",
        "markov_only",
        {
            "en": "Keeping one prefix for each last word loses the likeliest sequence of the recurrent model.",
            "fr": "Garder un préfixe par dernier mot fait perdre la suite la plus probable du modèle récurrent.",
        },
        "best_probability",
        lambda: recurrent((0, 0, 0)),
        cost=0.5,
    ),
    WrongAnswer(
        "likeliest-last-step",
        "tree",
        {
            "en": "Greedy decoding begins with the likeliest first word; it does not look for the likeliest last one.",
            "fr": "Le décodage glouton commence par le premier mot le plus probable ; il ne cherche pas le dernier mot "
            "le plus probable.",
        },
        "greedy",
        last_edge,
    ),
    WrongAnswer(
        "likeliest-pair-extended",
        "tree",
        {
            "en": "The likeliest prefix of two words need not continue to the likeliest sequence.",
            "fr": "Le préfixe de deux mots le plus probable ne mène pas forcément à la suite la plus probable.",
        },
        "best",
        from_the_best_pair,
    ),
    WrongAnswer(
        "likelier-prefix-kept",
        "tree_markov",
        {
            "en": "Of two prefixes with the same last word neither may go: the tree continues them differently.",
            "fr": "De deux préfixes de même dernier mot, aucun ne peut être écarté : l'arbre les prolonge "
            "différemment.",
        },
        "continued",
        from_the_kept_prefix,
        cost=0.5,
    ),
    WrongAnswer(
        "one-extension-a-beam",
        "tree_beams",
        {
            "en": "The beams compete with one another: the best two of all extensions are kept, even of the same beam.",
            "fr": "Les faisceaux sont en concurrence : on garde les deux meilleurs de tous les prolongements, "
            "fussent-ils du même faisceau.",
        },
        "words",
        one_child_each,
        cost=0.5,
    ),
    WrongAnswer(
        "wider-is-never-worse",
        "widths",
        {
            "en": "A wider beam may find a less likely sequence: it keeps prefixes that are better now and worse "
            "later.",
            "fr": "Un faisceau plus large peut trouver une suite moins probable : il garde des préfixes meilleurs "
            "maintenant et moins bons ensuite.",
        },
        "scores",
        lambda: [tenths(score) for score in (-91, -91, -91, -82)],
        cost=0.5,
        digits=1,
    ),
)
