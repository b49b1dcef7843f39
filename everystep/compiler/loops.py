"""One graph run for every row of some arrays: its values added up, or one below the other.

A body is a graph of its own, whose arguments are rows of what is looped over (as columns) and arrays that stay what
they are.  A mean over the points of a rule is such a sum, a Jacobian of many rows such a stack: the graph is planned
once, however many rows there are.  The adjoint of a loop is one over the body's adjoint, so that loops can be
differentiated again.
May import this package's graph, planner and adjoints.
"""

from __future__ import annotations

from collections.abc import Sequence

from everystep.compiler.adjoints import adjoints, of
from everystep.compiler.graph import Body, Graph, Node, below, replaced
from everystep.compiler.products import Planner

TOTAL, STACK = "total_over", "stack_over"


def loop(graph: Graph, kind: str, output: Node, rows: Sequence[tuple[Node, Node]], shape: tuple[int, int]) -> Node:
    """The sum, or the stack, of ``output`` over rows.

    ``rows``: arguments that stand for a row in ``output``, and what the rows are of.  What does not rest on them is
    computed once.
    """
    moving = {argument.uid for argument, _ in rows}
    nodes = below(output)
    for node in nodes:
        if any(a.uid in moving for a in node.args):
            moving.add(node.uid)
    still: dict[int, Node] = {}
    for node in (*(a for n in nodes if n.uid in moving for a in n.args), output):
        if node.uid not in moving and node.name not in ("constant", "array"):
            still[node.uid] = node
    new: dict[int, Node] = {}
    for place, node in enumerate((*(argument for argument, _ in rows), *still.values())):
        # Functions that are given keep their nodes, which say what they are.
        new[node.uid] = node if node.name == "function" else graph.argument(f"#{place}", (), node.shape)
    body = Body(replaced(graph, output, new), tuple(new.values()), len(rows), rows[0][1].shape[0])
    return graph.node(kind, (*(of_all for _, of_all in rows), *still.values()), shape, body)


@of(TOTAL, STACK)
def _loop(planner: Planner, node: Node, adjoint: Node) -> list[Node | None]:
    """For what stays, the sum of the adjoints of all rows; for rows, one below the other."""
    graph, body = planner.graph, node.parameters[0]
    seed = graph.argument(f"#seed {node.uid}", (), body.output.shape)
    wanted = [a for a in body.arguments if a.name != "function"]
    back = dict(zip(wanted, adjoints(planner, body.output, seed, wanted), strict=True))
    rows = list(zip(body.arguments[: body.looped], node.args[: body.looped], strict=True))
    # What stays has its value here; rows, and the seed of a stack, are looped over.
    values = {a.uid: value for a, value in zip(body.arguments, node.args, strict=True) if a.name != "function"}
    for argument, _ in rows:
        del values[argument.uid]
    letters = {
        argument.uid: graph.argument(f"#row {k} {node.uid}", (), argument.shape) for k, (argument, _) in enumerate(rows)
    }
    looped = [(letters[argument.uid], of_all) for argument, of_all in rows]
    if node.name == STACK:
        looped.append((seed, adjoint))
    else:
        values[seed.uid] = adjoint
    found: list[Node | None] = []
    for place, (argument, operand) in enumerate(zip(body.arguments, node.args, strict=True)):
        if argument.name == "function":
            found.append(None)
            continue
        output = replaced(graph, back[argument], {**values, **letters})
        if output.name == "array" and output.parameters[0] == "zeros":
            found.append(None)
        else:
            kind = STACK if place < body.looped else TOTAL
            found.append(loop(graph, kind, output, looped, operand.shape))
    return found
