r"""Diagonal matrices by the general entry of their diagonal: ``\\operatorname{diag}(x_i^2)``.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ONE
from everystep.reader.marks import is_unknown, plain_text
from everystep.reader.source import Tokens
from everystep.reader.trees import Node, Unreadable

if TYPE_CHECKING:
    from everystep.reader.functions import Functions


def of_diagonal(reader: Functions, group: Node, node: Node, subscript: Tokens | None) -> list[Expression]:
    r"""What a diagonal matrix is made of: the arguments in its brackets; of a number with one free index the vector of
    its values, as the matrix of a number would be that number.

    ``subscript``: the index that stands below the word.  Raises Unreadable where it is not known which index is meant,
    or up to where it runs.
    """
    uses, seen = {at: list(known) for at, known in reader.uses.items()}, dict(reader.seen)
    arguments = reader.arguments(group, node)
    if len(arguments) != 1 or not reader.is_number(arguments[0]):
        if subscript is not None:
            raise Unreadable("this index of a diagonal matrix is not read", node.place)
        return arguments
    (value,) = arguments
    bound = set(reader.bound.values())
    members = {at for node in ex.walk(value) if isinstance(node, ex.Member) for at in node.at}
    free = {at for at in value.free_symbols & {*reader.uses, *members} if not at.is_positive} - bound
    if subscript is not None:
        free = {at for at in free if str(at) == plain_text(subscript)}
    if len(free) != 1:
        if free or subscript is not None:
            raise Unreadable("which index do the entries of this diagonal matrix have?", node.place)
        return arguments
    (at,) = free
    ranges = reader.uses.get(at, [])[len(uses.get(at, [])) :] or reader.lengths_of_families(value, at)
    highs = {reader.settled(high) for _, high in ranges if high is not None}
    highs = highs or {high for _, high in reader.lengths_of_families(value, at)}
    if len(highs) != 1 or any(low != ONE for low, _ in ranges) or any(map(is_unknown, highs)):
        raise Unreadable(f"up to where does {at} run in this diagonal matrix?", node.place)
    for kept, before in ((reader.uses, uses), (reader.seen, seen)):
        kept.pop(at, None)
        if at in before:
            kept[at] = before[at]
    (high,) = highs
    if isinstance(value, ex.Entry) and value.at == (at,) and at not in value.operands[0].free_symbols:
        return [value.operands[0]]
    return [ex.SumOver(ex.Mul(value, ex.Unit(high, at)), at, ONE, high)]
