"""Reverse accumulation: from the adjoint of an operation's value to those of its operands, one row an operation.

The adjoint of a value, as in Griewank and Walther, *Evaluating Derivatives*, chapter 3, is the gradient of one number
by it.  Going once through a graph from its end to its beginning costs a small multiple of the graph, in planning and in
evaluation, however many variables there are and however long a recurrence is.  The adjoints are nodes of the same
graph: they share what the value computes, and can be differentiated again.  May import this package.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from everystep.compiler.calls import derived
from everystep.compiler.contraction import contraction_path
from everystep.compiler.functions import derivative_of, derivative_values
from everystep.compiler.graph import Graph, Node, Size, below
from everystep.compiler.lowering import NotCompiled
from everystep.compiler.operations import FUNCTIONS
from everystep.compiler.products import Planner

Adjoint: TypeAlias = "Node | tuple[Node, Node]"
"""What one use of a value adds to its adjoint; a pair is an outer product of its column with the other one."""
Rule: TypeAlias = "Callable[[Planner, Node, Node], Sequence[Adjoint | NotCompiled | None]]"
"""From a node and its adjoint to what is added for each operand: None for nothing, an error where that is not known."""
ADJOINTS: dict[str, Rule] = {}


def of(*names: str) -> Callable[[Rule], Rule]:
    """Enter a rule in the table."""

    def enter(rule: Rule) -> Rule:
        for name in names:
            ADJOINTS[name] = rule
        return rule

    return enter


def adjoints(planner: Planner, output: Node, seed: Node, variables: Sequence[Node]) -> list[Node]:
    """The gradients of the sum of the entries of ``output * seed`` by arguments, each in its argument's shape.

    Raises:
        NotCompiled: an operation on the way whose derivative is not known.
    """
    wanted = {node.uid for node in variables}
    moved: dict[int, Node] = {}
    for node in below(output):
        if node.uid in wanted or any(a.uid in moved for a in node.args):
            moved[node.uid] = node
    parts: dict[int, list[Adjoint]] = {output.uid: [seed]} if output.uid in moved else {}
    for uid in sorted(moved, reverse=True):
        node = moved[uid]
        if node.uid in wanted or not parts.get(uid):
            continue
        rule = ADJOINTS.get(node.name)
        if rule is None:
            raise NotCompiled(f"the derivative of the operation {node.name} is not compiled")
        adjoint = _added(planner, node.shape, parts.pop(uid))
        for operand, part in zip(node.args, rule(planner, node, adjoint), strict=True):
            if operand.uid not in moved:
                continue
            if isinstance(part, NotCompiled):
                raise part
            if part is not None:
                parts.setdefault(operand.uid, []).append(part)
    return [_added(planner, node.shape, parts.get(node.uid, [])) for node in variables]


def _added(planner: Planner, shape: Size, parts: Sequence[Adjoint]) -> Node:
    """The sum of what uses have added; outer products are one product of two matrices."""
    graph = planner.graph
    outer = [part for part in parts if isinstance(part, tuple)]
    terms = [part for part in parts if isinstance(part, Node)]
    if len(outer) > 1:
        left, right = (
            graph.node("columns", tuple(columns), (columns[0].shape[0], len(columns)))
            for columns in zip(*outer, strict=True)
        )
        terms.append(planner.matmul(left, graph.transpose(right))[0])
    elif outer:
        terms.append(graph.multiply(outer[0][0], graph.transpose(outer[0][1])))
    if not terms:
        return graph.array("zeros", shape)
    counts: dict[int, int] = {}
    for term in terms:
        counts[term.uid] = counts.get(term.uid, 0) + 1
    once = {term.uid: term for term in terms}
    return graph.combine([(1, graph.multiply(graph.number(float(counts[uid])), term)) for uid, term in once.items()])


def reduced(planner: Planner, node: Node, shape: Size) -> Node:
    """The sum over the axes along which an operand of this shape was spread."""
    graph = planner.graph
    if node.shape == shape:
        return node
    if shape == (1, 1):
        return graph.node("total", (node,), shape)
    if shape[1] == 1:
        return planner.matmul(node, graph.array("ones", (node.shape[1], 1)))[0]
    return graph.transpose(reduced(planner, graph.transpose(node), shape[::-1]))


def spread(planner: Planner, node: Node, shape: Size) -> Node:
    """A number, a column or a row in every column or row of this shape."""
    return node if node.shape == shape else planner.graph.multiply(node, planner.graph.array("ones", shape))


def _product(planner: Planner, a: Node, b: Node, shape: Size) -> Node:
    """a . b, summed to the shape of the operand that it is the adjoint of."""
    graph = planner.graph
    full = (max(a.shape[0], b.shape[0]), max(a.shape[1], b.shape[1]))
    if shape == full:
        return graph.multiply(a, b)
    if shape == (1, 1):
        return graph.inner(spread(planner, a, full), spread(planner, b, full))
    if shape[1] == 1 and a.shape == full:
        # A column that was spread over columns: by another column, by a row, by a matrix.
        if b.shape[0] == 1:
            return planner.matmul(a, graph.transpose(b))[0]
        if b.shape == full:
            return graph.node("row_inner", (a, b), shape)
    if shape[0] == 1:
        return graph.transpose(_product(planner, graph.transpose(a), graph.transpose(b), shape[::-1]))
    return reduced(planner, graph.multiply(a, b), shape)


# entry by entry --------------------------------------------------------------------------------


@of(*FUNCTIONS)
def _function(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    (argument,) = node.args
    if node.name == "exp":
        slope = node
    elif node.name == "reciprocal":
        slope = planner.graph.multiply(planner.graph.number(-1.0), planner.graph.multiply(node, node))
    else:
        slope = derivative_values(planner, derivative_of(node.name, 1), argument)
    return [planner.graph.multiply(adjoint, slope)]


@of("combine")
def _combine(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    graph = planner.graph
    turned = graph.combine([(-1, adjoint)]) if -1 in node.parameters[0] else adjoint
    return [
        reduced(planner, adjoint if sign == 1 else turned, operand.shape)
        for sign, operand in zip(node.parameters[0], node.args, strict=True)
    ]


@of("multiply")
def _multiply(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    a, b = node.args
    if a.uid == b.uid:
        twice = planner.graph.multiply(planner.graph.number(2.0), planner.graph.multiply(adjoint, a))
        return [twice, planner.graph.array("zeros", a.shape)]
    return [_product(planner, adjoint, b, a.shape), _product(planner, adjoint, a, b.shape)]


@of("divide")
def _divide(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    a, b = node.args
    graph = planner.graph
    share = graph.divide(adjoint, b)
    return [reduced(planner, share, a.shape), graph.combine([(-1, graph.inner(share, node))])]


@of("power")
def _power(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint | None]:
    base, exponent = node.args
    graph = planner.graph
    less = graph.combine([(1, exponent), (-1, graph.number(1.0))])
    slope = graph.multiply(exponent, graph.node("power", (base, less), base.shape))
    first = graph.multiply(adjoint, slope)
    if exponent.constant is not None:
        return [first, None]
    logarithm = graph.multiply(node, graph.node("log", (base,), base.shape))
    return [first, graph.inner(adjoint, logarithm)]


@of("call")
def _call(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint | None]:
    """f'(x) entry by entry; of whole arrays, the transposed Jacobian of one vec by the other."""
    graph, (_, *arguments) = planner.graph, node.args
    if node.parameters[2] is None:
        return [None, graph.multiply(adjoint, derived(graph, node, 0))]
    column = _as_column(graph, adjoint)
    found: list[Adjoint | None] = [None]
    for k, argument in enumerate(arguments):
        back = planner.matmul(graph.transpose(derived(graph, node, k)), column)[0]
        if 1 in argument.shape:
            found.append(back if argument.shape[1] == 1 else graph.transpose(back))
        else:
            found.append(graph.node("unvec", (back,), argument.shape, *argument.shape))
    return found


def _as_column(graph: Graph, node: Node) -> Node:
    rows, columns = node.shape
    if 1 in node.shape:
        return node if columns == 1 else graph.transpose(node)
    return graph.node("vec", (node,), (rows * columns, 1))


# products and solves ---------------------------------------------------------------------------


@of("matmul")
def _matmul(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    a, b = node.args
    graph = planner.graph
    left: Adjoint = planner.matmul(adjoint, graph.transpose(b))[0]
    if b.shape[1] == 1:
        left = (adjoint, b)
    return [left, planner.matmul(graph.transpose(a), adjoint)[0]]


@of("transpose")
def _transpose(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    return [planner.graph.transpose(adjoint)]


@of("solve")
def _solve(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    matrix, right = node.args
    graph = planner.graph
    back = graph.node("solve", (graph.transpose(matrix), adjoint), right.shape)
    turned = graph.combine([(-1, back)])
    if right.shape[1] == 1:
        return [(turned, node), back]
    return [planner.matmul(turned, graph.transpose(node))[0], back]


@of("inverse")
def _inverse(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    turned = planner.graph.transpose(node)
    product = planner.chain((turned, adjoint, turned), node.shape)[0]
    return [planner.graph.combine([(-1, product)])]


@of("pseudo_inverse")
def _pseudo_inverse(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    """Of a matrix whose rank does not change (Golub and Pereyra, 1973)."""
    (a,) = node.args
    graph, p = planner.graph, node
    turned, back = graph.transpose(p), graph.transpose(adjoint)
    shape = a.shape
    first = planner.chain((turned, adjoint, turned), shape)[0]
    second = planner.chain((back, p, turned), shape)[0]
    third = planner.chain((turned, p, back), shape)[0]
    away = planner.chain((a, p, second), shape)[0]
    beside = planner.chain((third, p, a), shape)[0]
    return [graph.combine([(-1, first), (1, second), (-1, away), (1, third), (-1, beside)])]


@of("inner")
def _inner(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    a, b = node.args
    graph = planner.graph
    if a.uid == b.uid:
        return [graph.multiply(graph.multiply(graph.number(2.0), adjoint), a), graph.array("zeros", a.shape)]
    return [graph.multiply(adjoint, b), graph.multiply(adjoint, a)]


@of("row_inner")
def _row_inner(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    a, b = node.args
    return [planner.graph.multiply(adjoint, b), planner.graph.multiply(adjoint, a)]


@of("total")
def _total(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    return [spread(planner, adjoint, node.args[0].shape)]


# diagonals and determinants --------------------------------------------------------------------


def _on_diagonal(planner: Planner, column: Node) -> Node:
    n = column.shape[0]
    return column if n == 1 else planner.graph.node("diagonal_matrix", (column,), (n, n), n)


@of("add_diagonal")
def _add_diagonal(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    graph, (_, added) = planner.graph, node.args
    name = "trace" if added.is_number else "diagonal"
    return [adjoint, graph.node(name, (adjoint,), added.shape)]


@of("diagonal_matrix")
def _diagonal_matrix(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    return [planner.graph.node("diagonal", (adjoint,), node.args[0].shape)]


@of("diagonal")
def _diagonal(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    return [_on_diagonal(planner, adjoint)]


@of("trace")
def _trace(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    return [_on_diagonal(planner, spread(planner, adjoint, (node.args[0].shape[0], 1)))]


@of("determinant", "log_det")
def _determinant(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    """det(A) A^-T, and A^-T; of a singular matrix there is no value."""
    (a,) = node.args
    graph = planner.graph
    scale = graph.multiply(adjoint, node) if node.name == "determinant" else adjoint
    return [graph.multiply(scale, graph.node("inverse", (graph.transpose(a),), a.shape))]


@of("adjugate")
def _adjugate(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    """tr(X adj(A)) is the derivative of det(A) along X, so that tr(X adj'(A)[E]) stays as it is when X and E change
    places; with X the transposed adjoint, the gradient is the transpose of adj'(A)[X].
    """
    (a,) = node.args
    graph = planner.graph
    along = graph.node("adjugate_along", (a, graph.transpose(adjoint)), a.shape)
    return [graph.transpose(along)]


@of("adjugate_along")
def _adjugate_along(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    a, e = node.args
    graph = planner.graph
    turned = graph.transpose(adjoint)
    twice = graph.node("adjugate_twice", (a, turned, e), a.shape)
    return [graph.transpose(part) for part in (twice, graph.node(node.name, (a, turned), a.shape))]


@of("adjugate_twice")
def _adjugate_twice(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint | NotCompiled]:
    a, *directions = node.args
    graph = planner.graph
    turned = graph.transpose(adjoint)
    e, f = (graph.transpose(graph.node(node.name, (a, turned, other), a.shape)) for other in reversed(directions))
    return [NotCompiled("the third derivative of an adjugate is not compiled"), e, f]


_ALONG = {
    "matrix_exponential": "exponential_along",
    "matrix_logarithm": "logarithm_along",
    "matrix_root": "root_along",
}


@of(*_ALONG)
def _matrix_function(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    """The derivative at A^T along the adjoint."""
    (a,) = node.args
    return [planner.graph.node(_ALONG[node.name], (planner.graph.transpose(a), adjoint), a.shape)]


@of(*_ALONG.values())
def _matrix_function_along(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    """That of the function at [[A, E], [0, A]] by its blocks."""
    a, e = node.args
    graph, n = planner.graph, a.shape[0]
    turned, whole = (graph.transpose(a), graph.transpose(e)), (2 * n, 2 * n)
    blocks = graph.node("block", (turned[0], graph.array("zeros", a.shape), turned[1], turned[0]), whole, 2)
    right = graph.node("placed", (adjoint,), whole, *whole, 0, n)
    by_blocks = graph.node(node.name, (blocks, right), whole)
    parts = [(1, _cut(planner, by_blocks, (k, k), a.shape)) for k in (0, n)]
    return [graph.combine(parts), graph.node(node.name, (turned[0], adjoint), a.shape)]


# places ----------------------------------------------------------------------------------------


@of("vec")
def _vec(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    shape = node.args[0].shape
    return [planner.graph.node("unvec", (adjoint,), shape, *shape)]


@of("unvec")
def _unvec(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    return [planner.graph.node("vec", (adjoint,), node.args[0].shape)]


@of("part")
def _part(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    shape, (r0, _, c0, _) = node.args[0].shape, node.parameters
    return [planner.graph.node("placed", (adjoint,), shape, *shape, r0, c0)]


@of("placed")
def _placed(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    _, _, r0, c0 = node.parameters
    return [_cut(planner, adjoint, (r0, c0), node.args[0].shape)]


@of("block")
def _block(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    found: list[Adjoint] = []
    width, row = node.parameters[0], 0
    for start in range(0, len(node.args), width):
        column = 0
        for operand in node.args[start : start + width]:
            found.append(_cut(planner, adjoint, (row, column), operand.shape))
            column += operand.shape[1]
        row += node.args[start].shape[0]
    return found


@of("columns")
def _columns(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    starts = [sum(a.shape[1] for a in node.args[:k]) for k in range(len(node.args))]
    return [_cut(planner, adjoint, (0, c), a.shape) for c, a in zip(starts, node.args, strict=True)]


def _cut(planner: Planner, node: Node, start: Size, shape: Size) -> Node:
    (r, c), (rows, columns) = start, shape
    return node if node.shape == shape else planner.graph.node("part", (node,), shape, r, r + rows, c, c + columns)


@of("kron")
def _kron(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    a, b = node.args
    graph = planner.graph
    return [
        graph.node("kron_part", (adjoint, b), a.shape, 0, *a.shape),
        graph.node("kron_part", (adjoint, a), b.shape, 1, *b.shape),
    ]


@of("kron_part")
def _kron_part(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    product, other = node.args
    side, graph = node.parameters[0], planner.graph
    pair = (other, adjoint) if side else (adjoint, other)
    shape = other.shape
    back = graph.node("kron_part", (product, adjoint), shape, 1 - side, *shape)
    return [graph.node("kron", pair, product.shape), back]


@of("einsum")
def _einsum(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    """The adjoint takes the operand's place; an index that is the operand's alone is spread over."""
    subscripts, result, lengths, _, shape = node.parameters
    if len(result) > 2:
        raise NotCompiled("the derivative of a contraction with more than two indices left is not compiled")
    graph = planner.graph
    sizes = dict(zip(result, lengths, strict=True))
    for letters, operand in zip(subscripts, node.args, strict=True):
        sizes |= dict(zip(letters, operand.shape, strict=False))
    if len(result) == 2 and shape != tuple(lengths):
        raise NotCompiled("the derivative of a contraction that is laid out anew is not compiled")
    adjoint = adjoint if len(result) != 1 or adjoint.shape[1] == 1 else graph.transpose(adjoint)
    found: list[Adjoint] = []
    for k, (letters, operand) in enumerate(zip(subscripts, node.args, strict=True)):
        operands = [adjoint, *(a for j, a in enumerate(node.args) if j != k)]
        others = [result, *(s for j, s in enumerate(subscripts) if j != k)]
        for letter in letters:
            if not any(letter in other for other in others):
                operands.append(graph.array("ones", (sizes[letter], 1)))
                others.append(letter)
        path = contraction_path(others, letters, sizes)
        own = tuple(sizes[letter] for letter in letters)
        found.append(
            graph.node("einsum", tuple(operands), operand.shape, tuple(others), letters, own, path, operand.shape)
        )
    return found


# largest values, norms, eigenvalues ------------------------------------------------------------


@of("softmax")
def _softmax(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    graph = planner.graph
    mean = spread(planner, graph.inner(adjoint, node), node.shape)
    return [graph.multiply(node, graph.combine([(1, adjoint), (-1, mean)]))]


@of("log_sum_exp")
def _log_sum_exp(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    (a,) = node.args
    return [planner.graph.multiply(adjoint, planner.graph.node("softmax", (a,), a.shape))]


@of("largest")
def _largest(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    return [
        planner.graph.multiply(adjoint, planner.graph.node("attained", node.args, a.shape, node.parameters[0], k))
        for k, a in enumerate(node.args)
    ]


@of("attained", "rank", "masks", "normal_points", "normal_weights")
def _constant(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint | None]:
    return [None for _ in node.args]


@of("eigenvalue")
def _eigenvalue(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    """v v^T of the unit eigenvector, where the eigenvalue is simple."""
    (a,) = node.args
    graph = planner.graph
    vector = graph.node("eigenvector", (a,), (a.shape[0], 1), *node.parameters)
    return [graph.multiply(graph.multiply(adjoint, vector), graph.transpose(vector))]


@of("eigenvector")
def _eigenvector(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    """(k - A)^+ dA v is the change of the unit eigenvector v of a simple eigenvalue k (Kato, Perturbation Theory for
    Linear Operators, section II.2).

    The pseudo-inverse of k - A acts beside v as the inverse of k - A + v v^T does.  The matrix counts as symmetric.
    """
    (a,) = node.args
    graph = planner.graph
    value = graph.node("eigenvalue", (a,), (1, 1), *node.parameters)
    across = graph.multiply(node, graph.transpose(node))
    apart = graph.node("add_diagonal", (graph.combine([(1, across), (-1, a)]), value), a.shape)
    beside = graph.combine([(1, adjoint), (-1, graph.multiply(graph.inner(adjoint, node), node))])
    change = graph.multiply(graph.number(0.5), graph.node("solve", (apart, beside), node.shape))
    outer = graph.multiply(change, graph.transpose(node))
    return [graph.combine([(1, outer), (1, graph.transpose(outer))])]


@of("operator_norm")
def _operator_norm(planner: Planner, node: Node, adjoint: Node) -> list[Adjoint]:
    """u v^T of the largest singular value; the signs in the column, or the row, whose sum is the largest."""
    (a,) = node.args
    (kind,) = node.parameters
    graph = planner.graph
    if kind == 2:
        square = planner.matmul(graph.transpose(a), a)[0]
        right = graph.node("eigenvector", (square,), (a.shape[1], 1), -1)
        left = planner.matmul(a, right)[0]
        scaled = graph.multiply(graph.divide(adjoint, node), left)
        return [graph.multiply(scaled, graph.transpose(right))]
    sizes, signs = graph.node("abs", (a,), a.shape), graph.node("sign", (a,), a.shape)
    by_row = sizes if kind == float("inf") else graph.transpose(sizes)
    sums = planner.matmul(by_row, graph.array("ones", (by_row.shape[1], 1)))[0]
    chosen = graph.node("attained", (sums,), sums.shape, 1, 0)
    chosen = chosen if kind == float("inf") else graph.transpose(chosen)
    return [graph.multiply(adjoint, graph.multiply(chosen, signs))]
