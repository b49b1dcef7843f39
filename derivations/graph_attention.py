r"""Graph networks: an update by summed messages, in numbers; attention as a graph network; how it grows with length.

Vertex i of a directed graph has the vector ``h[i]``; ``A[j, i]`` is 1 where an edge leads from j to i, else 0; row j of
``F[i]`` is the message ``f(h[i], h[j])``.  In attention, ``r[i, j]`` is the exponential of the score of token j for
token i, ``Z[i]`` the sum of those of i; only that they are positive is used.  The graph is ours but for the edges into
vertex 1.
"""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from itertools import permutations, product
from typing import Any

from everystep.algebra.context import Context, Definition, Relation
from everystep.algebra.expressions import (
    Apply,
    Call,
    Col,
    Div,
    Entry,
    Expression,
    Family,
    Int,
    Num,
    Ones,
    Softmax,
    Unit,
    matrix,
    scalar,
    total,
    vector,
)
from everystep.algebra.shapes import indices, sizes
from everystep.derivation import Chain, Check, Derivation, Link, Mark, NumericResult, Outcome, Part, Problem, prose

n, d, m, c = sizes("n d m c")
i, j, k = indices("i j k")
Q, K, V, A = matrix("Q", m, d), matrix("K", m, d), matrix("V", c, d), matrix("A", n, n)
h, updated, out, scores, F = Family("h", d), Family("h'", d), Family("o", c), Family("s", n), Family("F", n, c)
raw, weight, whole = Family("r"), Family("alpha"), Family("Z")
b, w, a = scalar("b"), vector("w", d), vector("a", c)
one, zero = Num(1), Num(0)


def message(to: Any, of: Any) -> Call:
    """What the edge from ``of`` to ``to`` carries."""
    return Call("f", c, 1, h[to], h[of])


def combined(gathered: Expression) -> Call:
    """The new vector of vertex i."""
    return Call("q", d, 1, h[i], gathered)


def inside(*numbers: Any) -> tuple[Relation, ...]:
    """Each is the number of a vertex."""
    return tuple(bound for x in numbers for bound in (Relation(Int(1), "<=", Int(x)), Relation(Int(x), "<=", Int(n))))


def others(body: Expression) -> Expression:
    """The sum over all j but i."""
    return total(body, j, 1, i - 1) + total(body, j, i + 1, n)


rows_along_edges = F[i].T * Col(A, i)
summed = total(Entry(A, j, i) * message(i, j), j, 1, n)
own_message = weight[i, i] * V * h[i]
denominator = others(raw[i, j]) + raw[i, i]
score = (Q * h[i]).T * (K * h[j])
all_edges = total(total(one, j, 1, n), i, 1, n)

CONTEXT = Context(
    definitions=(
        Definition(F[i], total(Unit(n, j) * message(i, j).T, j, 1, n)),
        Definition(updated[i], combined(rows_along_edges)),
        Definition(weight[i, j], Div(raw[i, j], whole[i])),
        Definition(whole[i], total(raw[i, k], k, 1, n)),
        Definition(out[i], total(weight[i, j] * V * h[j], j, 1, n)),
    )
)

UPDATE = (
    Chain(
        "update",
        updated[i],
        (
            Link("=", combined(rows_along_edges), "update.rows"),
            Link("=", combined(summed), "update.result"),
        ),
        given=inside(i),
        boxed=True,
    ),
)

EDGES_OF_ALL = (
    Chain(
        "edges",
        all_edges - total(one, i, 1, n),
        (Link("=", Int(n) ** 2 - Int(n), "edges.pairs"), Link("=", Int(n) * (Int(n) - 1), "edges.result")),
        boxed=True,
    ),
)

ATTENTION = (
    Chain(
        "weights",
        Entry(Softmax(scores[i]), j),
        (
            Link(
                "=",
                Div(Apply("exp", Entry(scores[i], j)), total(Apply("exp", Entry(scores[i], k)), k, 1, n)),
                "weights",
            ),
        ),
        given=inside(i, j),
    ),
    Chain(
        "messages",
        out[i],
        (
            Link("=", total(weight[i, j] * V * h[j], j, 1, n), "messages.attention"),
            Link("=", others(weight[i, j] * V * h[j]) + own_message, "messages.result"),
        ),
        given=inside(i),
        boxed=True,
    ),
    Chain(
        "pairs",
        out[i],
        (
            Link("=", Div(total(raw[i, j] * V * h[j], j, 1, n), total(raw[i, j], j, 1, n)), "pairs.quotient"),
            Link("=", Div(others(raw[i, j] * V * h[j]) + raw[i, i] * V * h[i], denominator), "pairs.result"),
        ),
        given=(*inside(i), Relation(denominator, ">", zero)),
        boxed=True,
    ),
)

GROWTH = (
    Chain(
        "double",
        2 * Int(n) * (2 * Int(n) - 1),
        (Link("=", 4 * (Int(n) * (Int(n) - 1)) + 2 * Int(n), "double"),),
    ),
    Chain(
        "spread",
        Div(b, b + total(one, j, 2, n)),
        (Link("=", Div(b, b + Int(n) - 1), "spread"),),
        given=(Relation(b, ">", zero),),
    ),
)

# One update in numbers -------------------------------------------------------------------------

VECTORS = {1: (1, -1), 2: (-1, 1), 3: (0, -1), 4: (1, 0)}
EDGES = ((2, 1), (3, 1), (4, 1), (1, 4), (2, 3), (3, 4))
WEIGHTS = {2: Fraction(3, 5), 3: Fraction(1, 5), 4: Fraction(1, 5)}
READOUT = (1, 1)
VERTEX = 1


def sources(vertex: int) -> list[int]:
    """The vertices from which an edge leads to the vertex."""
    return [start for start, end in EDGES if end == vertex]


def update() -> Outcome:
    """The new vector of vertex 1, from the edges and by whole numbers of fifths."""
    senders = sources(VERTEX)
    messages = {one: tuple(2 * x for x in VECTORS[one]) for one in senders}
    gathered = [sum(WEIGHTS[one] * messages[one][place] for one in senders) for place in range(2)]
    inner = sum(x * y for x, y in zip(READOUT, VECTORS[VERTEX], strict=True))
    new = [inner + max(x, Fraction(0)) for x in gathered]
    # The same by columns: fifths of the rows (h_2, h_3, h_4) against (3, 1, 1), doubled, and relu as (x + |x|) / 2.
    columns = zip(*(VECTORS[one] for one in (2, 3, 4)), strict=True)
    fifths = [2 * (3 * x + y + z) for x, y, z in columns]
    again = [Fraction(x + abs(x), 10) + VECTORS[VERTEX][0] + VECTORS[VERTEX][1] for x in fifths]
    return Outcome(
        senders == list(WEIGHTS) and sum(WEIGHTS.values()) == 1 and new == again,
        {
            "en": "the update from the edges of the graph, in exact fractions, against the product with the row of "
            "weights, in whole fifths",
            "fr": "la mise à jour d'après les arcs du graphe, en fractions exactes, comparée au produit par la ligne "
            "des poids, en cinquièmes entiers",
        },
        {
            "vectors": VECTORS,
            "readout": READOUT,
            "edges": [(start, end, end == VERTEX) for start, end in EDGES],
            "weights": WEIGHTS,
            "messages": messages,
            "gathered": gathered,
            "positive": [max(x, Fraction(0)) for x in gathered],
            "inner": inner,
            "updated": new,
        },
    )


# Edges, weights and lengths --------------------------------------------------------------------

TOKENS = 4


def complete() -> Outcome:
    """Directed edges between all tokens, listed."""
    agree = all(
        len(list(permutations(range(count), 2))) == count * (count - 1)
        and len(list(product(range(count), repeat=2))) == count**2
        for count in range(1, 9)
    )
    return Outcome(
        agree,
        {
            "en": "all ordered pairs listed, for up to 8 vertices, with and without loops",
            "fr": "tous les couples énumérés, jusqu'à 8 sommets, avec et sans boucles",
        },
        {
            "tokens": TOKENS,
            "edges": len(list(permutations(range(TOKENS), 2))),
            "with_loops": len(list(product(range(TOKENS), repeat=2))),
        },
    )


def normalised(exponentials: tuple[int, ...]) -> list[Fraction]:
    """The softmax of logarithms of whole numbers."""
    return [Fraction(one, sum(exponentials)) for one in exponentials]


def depends() -> Outcome:
    """The weight of one neighbour after the score of another has changed."""
    before, after = normalised((1, 1, 1)), normalised((1, 1, 2))
    return Outcome(
        before[1] != after[1] and sum(before) == sum(after) == 1,
        {
            "en": "softmax weights of three tokens before and after one exponential is doubled, as fractions",
            "fr": "poids softmax de trois jetons avant et après le doublement d'une exponentielle, en fractions",
        },
        {"before": before[1], "after": after[1]},
    )


def hops(count: int, reach: int) -> int:
    """Steps from the first vertex to the last in a path of ``count`` where each sees ``reach`` on both sides."""
    distance, queue = {0: 0}, deque([0])
    while count - 1 not in distance:
        at = queue.popleft()
        for then in range(max(0, at - reach), min(count, at + reach + 1)):
            if then not in distance:
                distance[then] = distance[at] + 1
                queue.append(then)
    return distance[count - 1]


def length() -> Outcome:
    """Scores counted while the length doubles, the weight of one token among many, hops in a sparse graph."""
    counts = {count: sum(1 for _ in product(range(count), repeat=2)) for count in (8, 16, 32, 64)}
    agree = all(counts[2 * count] == 4 * counts[count] for count in (8, 16, 32))
    agree = agree and all(
        hops(count, reach) == -(-(count - 1) // reach) for count, reach in ((7, 1), (10, 3), (31, 5), (20, 19))
    )
    factor, short, long, reach = 8, 4, 1000, 10
    share = {count: normalised((factor, *[1] * (count - 1)))[0] for count in (short, long)}
    agree = agree and all(value == Fraction(factor, factor + count - 1) for count, value in share.items())
    return Outcome(
        agree and hops(long, long - 1) == 1,
        {
            "en": "scores counted for 8 to 64 tokens; the weight of one token among 4 and among 1000, as fractions; "
            "hops found by search in graphs in which each token sees a few neighbours",
            "fr": "scores comptés pour 8 à 64 jetons ; poids d'un jeton parmi 4 et parmi 1000, en fractions ; nombre "
            "de pas trouvé par un parcours de graphes où chaque jeton ne voit que quelques voisins",
        },
        {
            "short": short,
            "long": long,
            "factor": factor,
            "short_weight": share[short],
            "long_weight": share[long],
            "edges": long * (long - 1),
            "twice": 2 * long,
            "twice_edges": 2 * long * (2 * long - 1),
            "reach": reach,
            "hops": hops(long, reach),
        },
    )


LONG_DEPENDENCIES = prose(
    "long_dependencies",
    {
        "en": "The graph of attention is complete: the edges, hence the time and the memory for the weights, grow as "
        "the square of the length; the number of parameters does not grow.",
        "fr": "Le graphe de l'attention est complet : le nombre d'arcs, donc le temps et la mémoire pour les poids, "
        "croît comme le carré de la longueur ; le nombre de paramètres ne croît pas.",
    },
    {
        "en": "The weights add up to 1 over more and more tokens, so that one of them stands out less; a sparse graph "
        "costs less, but information needs several layers to cross it.",
        "fr": "Les poids, de somme 1, se répartissent sur de plus en plus de jetons, et chacun ressort moins ; un "
        "graphe creux coûte moins, mais l'information a besoin de plusieurs couches pour le traverser.",
    },
    references=(
        "A. Vaswani et al., Attention is all you need, 2017",
        "P. Battaglia et al., Relational inductive biases, deep learning, and graph networks, 2018",
        "R. Child et al., Generating long sequences with sparse transformers, 2019",
    ),
)


def numeric() -> tuple[NumericResult, ...]:
    """Attention as products of matrices against attention by messages on the complete graph."""
    import numpy as np

    from everystep.kernels.counts import complete_graph
    from everystep.kernels.messages import attention, attention_by_messages

    random = np.random.default_rng(2017)
    tokens = random.normal(size=(24, 8))
    by_keys = [random.normal(size=(6, 8)) for _ in range(2)]
    values = random.normal(size=(5, 8))
    direct = attention(tokens, *by_keys, values)
    by_messages = attention_by_messages(tokens, *by_keys, values, complete_graph(24))
    error = float(np.max(np.abs(direct - by_messages)))
    return (
        NumericResult("attention to 24 tokens, as products of matrices and by messages", error, 1e-12, ("attention",)),
    )


NOTATION = (
    ("n", Int(n)),
    ("d", Int(d)),
    ("m", Int(m)),
    ("c", Int(c)),
    ("i", Int(i)),
    ("j", Int(j)),
    ("n2", Int(n) ** 2),
    ("Q", Q),
    ("K", K),
    ("V", V),
    ("A", A),
    ("A_ji", Entry(A, j, i)),
    ("A_i", Col(A, i)),
    ("h_i", h[i]),
    ("h_j", h[j]),
    *((f"h_{number}", h[number]) for number in VECTORS),
    ("new_i", updated[i]),
    ("new_1", updated[VERTEX]),
    ("F_i", F[i]),
    ("q", vector("q", d)),
    ("f", vector("f", c)),
    ("message", message(i, j)),
    ("message_row", message(i, j).T),
    ("combined", combined(a)),
    ("w", w),
    ("a", a),
    ("combined_body", (w.T * h[VERTEX]) * Ones(c) + Apply("relu", a)),
    ("inner", w.T * h[VERTEX]),
    ("doubled", 2 * h[j]),
    ("s_i", scores[i]),
    ("s_ij", Entry(scores[i], j)),
    ("score", score),
    ("o_i", out[i]),
    ("o_body", total(Entry(Softmax(scores[i]), j) * V * h[j], j, 1, n)),
    ("softmax", Entry(Softmax(scores[i]), j)),
    ("r_ij", raw[i, j]),
    ("r_body", Apply("exp", Entry(scores[i], j))),
    ("Z_i", whole[i]),
    ("Z_body", total(raw[i, j], j, 1, n)),
    ("alpha", weight[i, j]),
    ("alpha_ii", weight[i, i]),
    ("alpha_body", Div(raw[i, j], whole[i])),
    ("weighted", weight[i, j] * V * h[j]),
    ("first", raw[i, j] * V * h[j]),
    ("own_update", own_message + a),
    ("b", b),
    ("one", one),
    ("zero", zero),
)

PROBLEM = Problem(
    id="graph_attention",
    derivation=Derivation(
        id="graph_attention",
        context=CONTEXT,
        chains=UPDATE + EDGES_OF_ALL + ATTENTION + GROWTH,
        notation=NOTATION,
        numeric=numeric,
    ),
    parts=(
        Part(
            "sum",
            5,
            ("update",),
            marks=(
                Mark(3, "update"),
                Mark(
                    2, words={"en": "edges into the vertex, not out of it", "fr": "arcs qui arrivent, non qui partent"}
                ),
            ),
            entries=("D1",),
        ),
        Part(
            "vertex",
            5,
            checks=("vertex",),
            marks=(
                Mark(1, words={"en": "the vertices with an edge into 1", "fr": "les sommets d'où un arc va vers 1"}),
                Mark(1, words={"en": "their messages", "fr": "leurs messages"}),
                Mark(1.5, words={"en": "aggregate", "fr": "agrégat"}),
                Mark(1.5, words={"en": "new vector", "fr": "nouveau vecteur"}),
            ),
            entries=("D2",),
        ),
        Part(
            "edges",
            3,
            ("edges",),
            ("complete",),
            (Mark(2, "edges"), Mark(1, words={"en": "with loops", "fr": "avec boucles"})),
            ("D3",),
        ),
        Part(
            "attention",
            5,
            tuple(chain.name for chain in ATTENTION),
            ("depends",),
            (Mark(1, "weights"), Mark(2, "messages"), Mark(2, "pairs")),
            ("D4",),
        ),
        Part(
            "length",
            2,
            tuple(chain.name for chain in GROWTH),
            ("length", "long_dependencies"),
            (
                Mark(1, words={"en": "quadratic growth", "fr": "croissance quadratique"}),
                Mark(
                    1,
                    words={
                        "en": "of time and memory, or weights that spread",
                        "fr": "temps et mémoire, ou poids dilués",
                    },
                ),
            ),
            ("D5",),
        ),
    ),
    title={"en": "Attention as a graph network", "fr": "L'attention comme réseau sur un graphe"},
    checks=(
        Check("vertex", "numeric", update),
        Check("complete", "count", complete),
        Check("depends", "example", depends),
        Check("length", "complexity", length),
        LONG_DEPENDENCIES,
    ),
)
