"""What a text says of all members of a family: that they are orthonormal, what a matrix does to each of them.

May import ``everystep.algebra``.
"""

from __future__ import annotations

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import EVERY, Context, Hypothesis, Relation, orthonormal
from everystep.algebra.expressions import Expression, Member, Var
from everystep.algebra.shapes import index


def count_of(context: Context, name: str) -> Expr | None:
    """How many members a family ``x_1, ..., x_n`` has; None where that, or that the first is ``x_1``, is not known."""
    return next((high for family, low, high in context.ranges if family == name and low == 1), None)


def every_pair(hypothesis: Hypothesis, context: Context) -> tuple[Relation, tuple[str, str], str] | None:
    r"""``u_i^T u_j = \delta_{ij}`` for all i and j of the family's range, with the two indices and the last value; None
    of other hypotheses.
    """
    if not isinstance(hypothesis, Relation) or hypothesis.op != "=":
        return None
    for left, right in ((hypothesis.left, hypothesis.right), (hypothesis.right, hypothesis.left)):
        if not isinstance(right, ex.Entry) or not isinstance(right.operands[0], ex.Eye) or not isinstance(left, ex.Mul):
            continue
        first, second = (left.operands[0], left.operands[1]) if len(left.operands) == 2 else (left, left)
        if not isinstance(first, ex.Transpose) or not isinstance(second, Member):
            continue
        first = first.operands[0]
        count = count_of(context, second.name)
        if not isinstance(first, Member) or first.name != second.name or count is None or len(right.at) != 2:
            continue
        at = [i for member in (first, second) for i in member.at if i.is_Symbol]
        if len(set(at)) == 2 and set(at) == set(right.at) and right.operands[0].shape[0] == count:
            return orthonormal(second.name, second.shape[0], count), (str(at[0]), str(at[1])), str(count)
    return None


def orthonormal_members(value: Expression, context: Context) -> Relation | None:
    """That the vectors of a family are orthonormal, said of its general member; None of anything else."""
    if not isinstance(value, Member) or value.is_number_shaped or value.shape[1] != 1:
        return None
    count = count_of(context, value.name)
    general = len(value.at) == 1 and value.at[0].is_Symbol
    return orthonormal(value.name, value.shape[0], count) if general and count is not None else None


def image_of_all(hypothesis: Hypothesis, context: Context) -> tuple[Relation, str, str] | None:
    r"""``A u_i = \lambda_i u_i`` said of every i, with the index and the last value of it; None of other equations.

    The equation is one of a matrix, and of members of families at that index that have the same range from 1 on.
    """
    if not isinstance(hypothesis, Relation) or hypothesis.op != "=" or not isinstance(hypothesis.left, ex.Mul):
        return None
    sides = (hypothesis.left, hypothesis.right)
    members = [n for side in sides for n in ex.walk(side) if isinstance(n, Member)]
    vector = hypothesis.left.operands[-1]
    if not isinstance(vector, Member) or len(vector.at) != 1 or not vector.at[0].is_Symbol:
        return None
    counts = {count_of(context, member.name) for member in members}
    at = vector.at[0]
    alone = all(member.at == (at,) for member in members) and len(counts) == 1 and None not in counts
    others = {s for side in sides for n in ex.walk(side) if not isinstance(n, (Member, Var)) for s in n.args if s == at}
    if not alone or others:
        return None
    rule = {at: index(EVERY[0])}
    every = Relation(hypothesis.left.xreplace(rule), "=", hypothesis.right.xreplace(rule))
    return every, str(at), str(counts.pop())
