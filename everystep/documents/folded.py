r"""Derivatives by a name that stands for a part of a formula: by a of ``a = W x + b``, beside ``h = \tanh(W x + b)``.

May import ``everystep.algebra`` and the reader's errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Relation
from everystep.algebra.expressions import Expression, Var
from everystep.derivation import Claim
from everystep.reader.trees import Unreadable

_BY = (ex.Gradient, ex.ScalarDerivative, ex.Jacobian, ex.Hessian)


def folded(claim: Claim, context: Context) -> tuple[Claim, Context]:
    """The claim and the context in which what a derivative is taken of is written with the name that it is taken by.

    Raises Unreadable where it cannot be: the derivative would be 0 by the words, which no author means.
    """
    for _ in range(8):
        wanting = next(_unwritten(claim, context), None)
        if wanting is None:
            return claim, context
        name, body = wanting
        rule = {body: name}
        definitions = tuple(
            d if d.target == name else Definition(d.target, d.body.xreplace(rule)) for d in context.definitions
        )
        after = _replaced(claim, rule), replace(context, definitions=definitions)
        if any(other == name for other, _ in _unwritten(*after)):
            break
        claim, context = after
    else:
        return claim, context
    raise Unreadable(f"a derivative by {name.name}, with which nothing is written that is differentiated")


def _replaced(claim: Claim, rule: dict[Expression, Var]) -> Claim:
    if isinstance(claim, Relation):
        return replace(claim, left=claim.left.xreplace(rule), right=claim.right.xreplace(rule))
    return replace(claim, subject=claim.subject.xreplace(rule))


def _unwritten(claim: Claim, context: Context) -> Iterator[tuple[Var, Expression]]:
    """Names that stand for something, by which a derivative is taken of what is not written with them."""
    bodies = {d.target: d.body for d in context.definitions}
    for part in (claim.left, claim.right) if isinstance(claim, Relation) else (claim.subject,):
        for node in ex.walk(part):
            if isinstance(node, _BY):
                name = node.operands[1]
                if isinstance(name, Var) and name in bodies and not _is_written(node.operands[0], name, bodies):
                    yield name, bodies[name]


def _is_written(value: Expression, name: Var, bodies: dict[Expression, Expression]) -> bool:
    """Whether a name occurs in a value, or in what it is defined by."""
    seen: set[Expression] = set()
    todo = [value]
    while todo:
        for node in ex.walk(todo.pop()):
            if node == name:
                return True
            if isinstance(node, Var | ex.Member) and node in bodies and node not in seen:
                seen.add(node)
                todo.append(bodies[node])
    return False
