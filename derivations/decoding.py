r"""Decoding a language model: Viterbi for a Markov chain, beam search, and greedy and beam search on a small tree.

Words are numbered from 1 to N, ``w_0`` is given, ``w_1 ... w_T`` is sought.  ``P[i, j]`` is the probability of word j
after word i, ``delta[t, j]`` the largest probability of a prefix of t words that ends in j.  A maximum over a set is
proved as two inequalities: no element exceeds the number, and one attains it.  What the checks run is in
``derivations/searches``.
"""

from __future__ import annotations

from itertools import chain
from math import exp
from random import Random
from typing import Any

from derivations.searches.beams import beam_cost
from derivations.searches.chains import algorithm, markov, markov_only, probability, sequences, viterbi, viterbi_cost
from derivations.searches.tree import LENGTH, TREE, beams, copies, tree, tree_beams, tree_markov, widths
from everystep.algebra.context import Context, Definition, Recurrence, Relation
from everystep.algebra.expressions import (
    Apply,
    Div,
    Entry,
    Expression,
    Family,
    Int,
    Num,
    ProdOver,
    matrix,
    scalar,
    total,
)
from everystep.algebra.shapes import indices, sizes
from everystep.derivation import (
    Chain,
    Check,
    Derivation,
    Induction,
    Link,
    Mark,
    NumericResult,
    Part,
    Problem,
    prose,
)

N, T, B, m = sizes("N T B m")
i, j, k, s, t = indices("i j k s t")
P = matrix("P", N, N)
delta, ell, back, factor, word, state = (Family(name) for name in ("delta", "ell", "a", "r", "w", "h"))
every, without = Family("c"), Family("g")
M, p, q, f = (scalar(name) for name in "Mpqf")
best_start, best = scalar("q^*"), scalar("p^*")
one, zero = Num(1), Num(0)

CONTEXT = Context(
    definitions=(Definition(every[0], one), Definition(without[0], one)),
    recurrences=(
        Recurrence(every[t], Int(N) * every[t - 1]),
        Recurrence(without[t], (Int(N) - 1) * without[t - 1]),
    ),
)


def words(*numbers: Any) -> tuple[Relation, ...]:
    """Each is the number of a word."""
    return tuple(bound for x in numbers for bound in (Relation(Int(1), "<=", Int(x)), Relation(Int(x), "<=", Int(N))))


P_ij, P_kj = Entry(P, i, j), Entry(P, k, j)
extended = P_ij * delta[t - 1, i]
swapped = delta[t, i] * P_ij * f
optimal = q * P_kj * f
pointed = delta[t, k] * P_kj * f
history = (Relation(Int(1), "<=", Int(t)), Relation(Int(t), "<", Int(T)))


def cut(low: Any, high: Any) -> ProdOver:
    """The probability of the words from ``low`` to ``high``, given those before."""
    return ProdOver(factor[s], s, low, high)


COUNT = (
    Chain(
        "count",
        every[T],
        (
            Link("=", Int(N) * every[T - 1], "count.choice"),
            Link("=", Int(N) ** Int(T), "count.result", by=Induction(T, 1)),
        ),
        boxed=True,
    ),
    Chain("count-without", without[T], (Link("=", (Int(N) - 1) ** Int(T), "count-without", by=Induction(T, 1)),)),
)

RECURSION = (
    Chain(
        "bound",
        P_ij * q,
        (Link("<=", extended, "bound.prefix"), Link("<=", M, "bound.result")),
        given=(
            *words(i, j),
            Relation(P_ij, ">=", zero),
            Relation(q, "<=", delta[t - 1, i]),
            Relation(extended, "<=", M),
        ),
    ),
    Chain(
        "attained",
        M,
        (
            Link("=", P_kj * delta[t - 1, k], "attained.word"),
            Link("=", P_kj * best_start, "attained.prefix"),
            Link("<=", delta[t, j], "attained.result"),
        ),
        given=(
            *words(k, j),
            Relation(M, "=", P_kj * delta[t - 1, k]),
            Relation(delta[t - 1, k], "=", best_start),
            Relation(P_kj * best_start, "<=", delta[t, j]),
        ),
    ),
)

LAST = (
    Chain(
        "last",
        delta[T, k],
        (Link("<=", best, "last.best"), Link("<=", delta[T, j], "last.result")),
        given=(*words(j, k), Relation(delta[T, k], "<=", best), Relation(best, "<=", delta[T, j])),
    ),
)

POINTERS = (
    Chain(
        "split",
        cut(1, T),
        (Link("=", cut(1, t) * factor[t + 1] * cut(t + 2, T), "split"),),
        given=history,
    ),
    Chain(
        "exchange",
        swapped,
        (Link("<=", optimal, "exchange"),),
        given=(*words(i, j, k), Relation(swapped, "<=", optimal)),
    ),
    Chain(
        "pointer",
        optimal,
        (Link("<=", pointed, "pointer"),),
        given=(
            *words(j, k),
            Relation(f, ">", zero),
            Relation(P_kj, ">=", zero),
            Relation(q, "<=", delta[t, k]),
        ),
    ),
)

COST = (
    Chain(
        "viterbi-cost",
        Int(N) + total(Int(N) ** 2, t, 2, T),
        (Link("=", Int(N) + (Int(T) - 1) * Int(N) ** 2, "viterbi-cost"),),
        boxed=True,
    ),
    Chain(
        "enumeration-cost",
        total(Int(N) ** Int(t), t, 1, T),
        (Link("=", Div(Int(N) * (Int(N) ** Int(T) - 1), Int(N) - 1), "enumeration-cost", by=Induction(T, 1)),),
        given=(Relation(Int(2), "<=", Int(N)),),
    ),
)

BEAM = (
    Chain(
        "beam-cost",
        Int(N) + total(Int(B) * Int(N), t, 2, T),
        (Link("=", Int(N) + (Int(T) - 1) * Int(B) * Int(N), "beam-cost"),),
        boxed=True,
    ),
)

# Words -----------------------------------------------------------------------------------------

HISTORY = prose(
    "history",
    {
        "en": "In a recurrent model the next word depends on the hidden state, hence on all words before; two "
        "prefixes with the same last word have different futures, and neither may be dropped for the other.",
        "fr": "Dans un modèle récurrent, le mot suivant dépend de l'état caché, donc de tous les mots précédents ; "
        "deux préfixes de même dernier mot ont des avenirs différents, et aucun ne peut être écarté pour l'autre.",
    },
    {
        "en": "The algorithm serves every model with a short memory: a bigram model as it is, a model that looks back "
        "over m - 1 words with the tuples of m - 1 words in the place of words.",
        "fr": "L'algorithme convient à tout modèle à mémoire courte : un modèle bigramme tel quel, un modèle qui "
        "regarde m - 1 mots en arrière avec les (m - 1)-uplets de mots à la place des mots.",
    },
    references=(
        "A. J. Viterbi, Error bounds for convolutional codes and an asymptotically optimum decoding algorithm, 1967",
        "L. R. Rabiner, A tutorial on hidden Markov models, 1989",
    ),
)

REMEDIES = prose(
    "remedies",
    {
        "en": "Both methods drop a prefix for good because of its probability so far; a larger beam can keep one "
        "that is better now and worse later, so quality is not monotone in the width.",
        "fr": "Les deux méthodes écartent définitivement un préfixe d'après sa probabilité actuelle ; un faisceau plus "
        "large peut en garder un qui est meilleur maintenant et moins bon ensuite : la qualité n'est pas monotone en "
        "la largeur.",
    },
    {
        "en": "Remedies: a larger width, beams that are pushed apart, sampling, and a normalisation by length where "
        "lengths differ.",
        "fr": "Remèdes : une plus grande largeur, des faisceaux que l'on force à différer, l'échantillonnage, et une "
        "normalisation par la longueur quand les longueurs diffèrent.",
    },
    references=(
        "A. K. Vijayakumar et al., Diverse beam search for improved description of complex scenes, 2018",
        "A. Holtzman et al., The curious case of neural text degeneration, 2020",
    ),
)


def numeric() -> tuple[NumericResult, ...]:
    """The kernels against the exact searches: Viterbi on random chains, beam search on the tree."""
    import numpy as np

    from everystep.kernels import decoding as kernels

    random, worst = Random(17), 0.0
    for n, length in ((4, 6), (6, 5), (8, 4)):
        rows, start = markov(random, n), random.randrange(n)
        path, _, _ = viterbi(rows, start, length)
        with np.errstate(divide="ignore"):
            found = kernels.viterbi(np.log(np.array(rows, dtype=float)), start, length)
        worst = max(worst, abs(exp(found.score) - float(probability(rows, start, path))))
    vocabulary_ = ["", *dict.fromkeys(chain.from_iterable(TREE.values()))]

    def model(prefix: tuple[int, ...]) -> list[float]:
        following = TREE[tuple(vocabulary_[number] for number in prefix[1:])]
        return [following[one] / 10 if one in following else float("-inf") for one in vocabulary_]

    searched = max(
        abs(float(kernels.beam(model, 0, LENGTH, width, vocabulary=len(vocabulary_)).scores[0]) - score / 10)
        for width, ((_, score), *_) in enumerate((beams(width)[-1] for width in range(1, 5)), start=1)
    )
    return (
        NumericResult("Viterbi by logarithms on random chains, against exact fractions", worst, 1e-12, ("algorithm",)),
        NumericResult(
            "beam search of the kernel on the tree, against the exact one", searched, 1e-12, ("beams", "widths")
        ),
    )


log_P: Expression = Apply("log", P_ij)

NOTATION = (
    ("N", Int(N)),
    ("T", Int(T)),
    ("B", Int(B)),
    ("i", Int(i)),
    ("j", Int(j)),
    ("k", Int(k)),
    ("t", Int(t)),
    ("s", Int(s)),
    ("T_less", Int(T - 1)),
    ("t_less", Int(t - 1)),
    ("t_next", Int(t + 1)),
    ("two", Num(2)),
    ("p", p),
    ("q", q),
    ("f", f),
    ("M", M),
    ("P", P),
    ("P_ij", P_ij),
    ("P_kj", P_kj),
    ("q_best", best_start),
    ("p_best", best),
    ("w_0", word[0]),
    ("w_1", word[1]),
    ("w_t", word[t]),
    ("w_less", word[t - 1]),
    ("w_next", word[t + 1]),
    ("w_later", word[t + 2]),
    ("w_T", word[T]),
    ("w_T_less", word[T - 1]),
    ("r_s", factor[s]),
    ("r_next", factor[t + 1]),
    ("first", cut(1, t)),
    ("rest", cut(t + 2, T)),
    ("delta", delta[t, j]),
    ("delta_i", delta[t, i]),
    ("delta_k", delta[t, k]),
    ("delta_0", delta[0, j]),
    ("delta_less", delta[t - 1, i]),
    ("delta_less_k", delta[t - 1, k]),
    ("delta_T", delta[T, j]),
    ("delta_T_k", delta[T, k]),
    ("extended", extended),
    ("following", Entry(P, i, j) * delta[t, i]),
    ("a", back[t, j]),
    ("a_next", back[t + 1, j]),
    ("ell", ell[t, j]),
    ("ell_1", ell[1, j]),
    ("ell_T", ell[T, j]),
    ("log_step", ell[t - 1, i] + log_P),
    ("log_first", Apply("log", Entry(P, k, j))),
    ("log_delta", Apply("log", delta[t, j])),
    ("c_t", every[t]),
    ("c_T", every[T]),
    ("c_body", Int(N) * every[t - 1]),
    ("c_0", every[0]),
    ("g_t", without[t]),
    ("g_body", (Int(N) - 1) * without[t - 1]),
    ("g_0", without[0]),
    ("one", one),
    ("zero", zero),
    ("TN2", Int(T) * Int(N) ** 2),
    ("N2", Int(N) ** 2),
    ("TN", Int(T) * Int(N)),
    ("NT", Int(N) ** Int(T)),
    ("pointers", (Int(T) - 1) * Int(N)),
    ("m", Int(m)),
    ("m_less", Int(m - 1)),
    ("TNm", Int(T) * Int(N) ** Int(m)),
    ("BN", Int(B) * Int(N)),
    ("BT", Int(B) * Int(T)),
    ("TBN", Int(T) * Int(B) * Int(N)),
    ("log_BN", Apply("log", Int(B) * Int(N))),
    ("log_B", Apply("log", Int(B))),
    ("h_t", state[t]),
    ("h_0", state[0]),
    ("h_body", Div(state[t - 1], Num(2)) + word[t]),
    ("h_answer", Div(one, one + 3 * (state[t] - Div(one, Num(2))) ** 2)),
)

PROBLEM = Problem(
    id="decoding",
    derivation=Derivation(
        id="decoding",
        context=CONTEXT,
        chains=COUNT + RECURSION + LAST + POINTERS + COST + BEAM,
        notation=NOTATION,
        numeric=numeric,
    ),
    parts=(
        Part(
            "count",
            1,
            tuple(c.name for c in COUNT),
            ("sequences",),
            (Mark(0.5, "count"), Mark(0.5, "count-without")),
            ("C1",),
        ),
        Part(
            "recursion",
            3,
            tuple(c.name for c in RECURSION),
            marks=(Mark(1.5, "bound"), Mark(1.5, "attained")),
            entries=("C2",),
        ),
        Part("last", 1, ("last",), marks=(Mark(1, "last"),), entries=("C2",)),
        Part(
            "pointers",
            3,
            tuple(c.name for c in POINTERS),
            marks=(Mark(1, "split"), Mark(1, "exchange"), Mark(1, "pointer")),
            entries=("C2",),
        ),
        Part(
            "algorithm",
            2,
            checks=("algorithm",),
            marks=(
                Mark(1, words={"en": "table and pointers, in order", "fr": "table et pointeurs, dans l'ordre"}),
                Mark(1, words={"en": "reads the words from the end", "fr": "lit les mots à partir de la fin"}),
            ),
            entries=("C2",),
        ),
        Part(
            "cost",
            2,
            tuple(c.name for c in COST),
            ("viterbi_cost",),
            (
                Mark(1, "viterbi-cost"),
                Mark(0.5, words={"en": "space", "fr": "mémoire"}),
                Mark(0.5, "enumeration-cost"),
            ),
            ("C2",),
        ),
        Part(
            "markov",
            1,
            checks=("history", "markov_only"),
            marks=(
                Mark(0.5, words={"en": "the whole history matters", "fr": "tout le passé compte"}),
                Mark(0.5, words={"en": "a model for which it works", "fr": "un modèle où cela marche"}),
            ),
            entries=("C2",),
        ),
        Part(
            "beam",
            2,
            tuple(c.name for c in BEAM),
            ("beam_cost", "copies"),
            (Mark(1, words={"en": "time", "fr": "temps"}), Mark(1, words={"en": "space", "fr": "mémoire"})),
            ("C3",),
        ),
        Part(
            "paths",
            3,
            checks=("tree",),
            marks=tuple(
                Mark(1, words={"en": f"{what}, with its log-probability", "fr": f"{quoi}, avec sa log-probabilité"})
                for what, quoi in (
                    ("likeliest sequence", "suite la plus probable"),
                    ("greedy sequence", "suite gloutonne"),
                    ("best beam", "meilleur faisceau"),
                )
            ),
            entries=("C4",),
        ),
        Part(
            "memory",
            1,
            checks=("tree_markov",),
            marks=(
                Mark(1, words={"en": "no, with a reason from the tree", "fr": "non, avec une raison tirée de l'arbre"}),
            ),
            entries=("C4",),
        ),
        Part(
            "beams",
            1,
            checks=("tree_beams",),
            marks=(Mark(1, words={"en": "two beams after each step", "fr": "deux faisceaux après chaque pas"}),),
            entries=("C4",),
        ),
        Part(
            "widths",
            1,
            checks=("widths", "remedies"),
            marks=(
                Mark(
                    0.5, words={"en": "a wider beam can be worse", "fr": "un faisceau plus large peut être moins bon"}
                ),
                Mark(0.5, words={"en": "the reason, or a remedy", "fr": "la raison, ou un remède"}),
            ),
            entries=("C4",),
        ),
    ),
    title={"en": "Decoding a language model", "fr": "Décodage d'un modèle de langue"},
    checks=(
        Check("sequences", "count", sequences),
        Check("algorithm", "algorithm", algorithm),
        Check("viterbi_cost", "complexity", viterbi_cost),
        HISTORY,
        Check("markov_only", "example", markov_only),
        Check("beam_cost", "complexity", beam_cost),
        Check("copies", "example", copies),
        Check("tree", "algorithm", tree),
        Check("tree_markov", "example", tree_markov),
        Check("tree_beams", "algorithm", tree_beams),
        Check("widths", "algorithm", widths),
        REMEDIES,
    ),
)
