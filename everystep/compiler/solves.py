"""Systems with one matrix and several right sides, solved together.

LU takes 2 n^3 / 3 flops a matrix and 2 n^2 a right side.  May import this package.
"""

from __future__ import annotations

from everystep.compiler.graph import Graph, Node, below


def together(graph: Graph, output: Node) -> Node:
    """The output with the right sides of each matrix in one solve, as far as none rests on another's solution.

    One group at a time: after it, what rests on one of its solutions rests on all of them.
    """
    while True:
        group = _group(below(output))
        if group is None:
            return output
        output = _merged(graph, output, group)


def _group(nodes: list[Node]) -> list[Node] | None:
    """Solves with one matrix of which none rests on another; None if there are not two."""
    matrices: dict[int, int] = {}
    for node in nodes:
        if node.name == "solve":
            matrices[node.args[0].uid] = matrices.get(node.args[0].uid, 0) + 1
    for matrix in [uid for uid, count in matrices.items() if count > 1]:
        # How many solves with this matrix stand below a node, one in another: equal numbers are independent.
        below: dict[int, int] = {}
        levels: dict[int, list[Node]] = {}
        for node in nodes:
            level = max((below[a.uid] for a in node.args), default=0)
            if node.name == "solve" and node.args[0].uid == matrix:
                level += 1
                levels.setdefault(level, []).append(node)
            below[node.uid] = level
        for group in levels.values():
            if len(group) > 1:
                return group
    return None


def _merged(graph: Graph, output: Node, group: list[Node]) -> Node:
    """The output with this group as one solve."""
    members = {node.uid for node in group}
    new: dict[int, Node] = {}

    def made(node: Node) -> Node:
        args = tuple(new[a.uid] for a in node.args)
        same = all(a is b for a, b in zip(args, node.args, strict=True))
        return node if same else graph.node(node.name, args, node.shape, *node.parameters)

    nodes = below(output)
    # What the right sides rest on comes first; it does not rest on the group.
    for node in (part for member in group for part in below(member)):
        if node.uid not in members and node.uid not in new:
            new[node.uid] = made(node)
    sides = [new[node.args[1].uid] for node in group]
    rows, width = sides[0].shape[0], sum(side.shape[1] for side in sides)
    right = graph.node("columns", tuple(sides), (rows, width))
    solved = graph.node("solve", (new[group[0].args[0].uid], right), right.shape)
    start = 0
    for node in group:
        stop = start + node.shape[1]
        new[node.uid] = graph.node("part", (solved,), node.shape, 0, rows, start, stop)
        start = stop
    for node in nodes:
        if node.uid not in new:
            new[node.uid] = made(node)
    return new[output.uid]
