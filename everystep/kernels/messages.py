"""Message passing on directed graphs, and attention as a case of it.

A vertex i gathers the messages along the edges into it and updates itself; attention does so on the complete graph of
the tokens (derivation graph_attention; questions D1 to D5 of the catalogue)::

    h_i <- q(h_i, sum over edges j -> i of f_ji(h_j))
    attention:  h_i <- sum_j alpha_ij V h_j      alpha_ij = exp(Q h_i . K h_j) / sum_m exp(Q h_i . K h_m)

With messages that hide nothing, f_ji = (e^(Q h_i . K h_j) V h_j, e^(Q h_i . K h_j)), summed; q adds the pair of vertex
i itself and divides the first part by the second. Both forms subtract the largest exponent of each i.

    h (n, d), a token a row      Q, K (e, d)      V (c, d)      edges (m, 2): from, to

float32 input is accepted; the arithmetic is in float64. Attention is 2 n d (2 e + c) + 2 n^2 (e + c) flops and n^2
numbers; by messages 2 m (e + c) flops and m (e + c) numbers in place of the second part. Units: exponents have none,
the result is in those of V h.

Imports NumPy only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from everystep.kernels._checks import Sizes, any_array, real_array, room, whole
from everystep.kernels.activations import softmax

Matrix = NDArray[np.float64]


def gather(messages: ArrayLike, edges: ArrayLike, vertices: int) -> Matrix:
    """The sum of the messages into each vertex, shape (vertices, c); m c additions.

    Args:
        messages: a row an edge, shape (m, c).
        edges: (from, to) in rows, whole numbers, shape (m, 2).
        vertices: n.

    Raises:
        ValueError: shapes that do not fit, NaN or infinity, or an edge that leaves the graph.
    """
    n, sizes = whole("vertices", vertices, low=1), Sizes()
    messages = real_array("messages", messages, ("m", "c"), sizes).astype(np.float64)
    room("vertices", vertices, n * messages.shape[1])
    _, targets = _ends(edges, n, sizes)
    return _sums(messages, targets, n)


def attention(h: ArrayLike, Q: ArrayLike, K: ArrayLike, V: ArrayLike) -> Matrix:
    """Attention of all tokens to all tokens, themselves too, as matrix products; shape (n, c). Cost as above, O(n^2).

    Raises:
        ValueError: shapes that do not fit, NaN or infinity, or numbers whose products leave the range of float64.
    """
    h, Q, K, V = _problem(h, Q, K, V)
    with np.errstate(over="ignore", invalid="ignore"):
        exponents, values = (h @ Q.T) @ (h @ K.T).T, h @ V.T
    _in_range(h, exponents, values)
    mixed: Matrix = softmax(exponents, axis=1) @ values
    return mixed


def attention_by_messages(h: ArrayLike, Q: ArrayLike, K: ArrayLike, V: ArrayLike, edges: ArrayLike) -> Matrix:
    """Attention of every token to itself and to those with an edge into it, by summed messages; shape (n, c).

    Cost as above: O(m) in place of O(n^2).
    On the complete graph without self-loops this is ``attention``.

    Args:
        h, Q, K, V: as in the module's docstring.
        edges: (from, to) in rows, without self-loops, no edge twice; shape (m, 2), m may be 0.

    Raises:
        ValueError: as ``attention``; an edge that leaves the graph, is a self-loop or comes twice.
    """
    h, Q, K, V = _problem(h, Q, K, V)
    n = len(h)
    given = any_array("edges", edges)
    sources, targets = (np.zeros(0, np.intp),) * 2 if given.shape == (0, 2) else _ends(given, n, Sizes())
    if (sources == targets).any() or len(np.unique(sources * n + targets)) < len(sources):
        raise ValueError(f"edges of shape {given.shape} has a self-loop or an edge twice; expected neither")
    with np.errstate(over="ignore", invalid="ignore"):
        queries, keys, values = h @ Q.T, h @ K.T, h @ V.T
        own = np.einsum("ie,ie->i", queries, keys)
        exponents = np.einsum("me,me->m", queries[targets], keys[sources])
    _in_range(h, own, exponents, values)
    largest = own.copy()
    np.maximum.at(largest, targets, exponents)
    weights = np.exp(exponents - largest[targets])
    pairs = np.column_stack([weights[:, None] * values[sources], weights])
    own_weights = np.exp(own - largest)
    gathered = _sums(pairs, targets, n) + np.column_stack([own_weights[:, None] * values, own_weights])
    updated: Matrix = gathered[:, :-1] / gathered[:, -1:]
    return updated


def _in_range(h: Matrix, *found: Matrix) -> None:
    if not all(np.isfinite(array).all() for array in found):
        raise ValueError(
            f"h of shape {h.shape} with these Q, K, V takes an exponent or a value beyond the range of float64; "
            "expected smaller numbers"
        )


def _sums(messages: Matrix, targets: NDArray[np.intp], n: int) -> Matrix:
    sums = np.zeros((n, messages.shape[1]))
    np.add.at(sums, targets, messages)
    return sums


def _ends(edges: ArrayLike, n: int, sizes: Sizes) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    array = any_array("edges", edges)
    sizes.bind("edges", array.shape, ("m", "2"))
    if array.shape[1] != 2 or array.dtype.kind not in "iu":
        raise ValueError(f"edges has shape {array.shape} and dtype {array.dtype}; expected whole numbers, (m, 2)")
    if array.min() < 0 or array.max() >= n:
        raise ValueError(f"edges of shape {array.shape} leaves the graph; expected numbers from 0 to {n - 1}")
    ends = array.astype(np.intp)
    return ends[:, 0], ends[:, 1]


def _problem(h: ArrayLike, Q: ArrayLike, K: ArrayLike, V: ArrayLike) -> tuple[Matrix, Matrix, Matrix, Matrix]:
    sizes = Sizes()
    return (
        real_array("h", h, ("n", "d"), sizes).astype(np.float64),
        real_array("Q", Q, ("e", "d"), sizes).astype(np.float64),
        real_array("K", K, ("e", "d"), sizes).astype(np.float64),
        real_array("V", V, ("c", "d"), sizes).astype(np.float64),
    )
