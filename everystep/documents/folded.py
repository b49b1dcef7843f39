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

    Raises Unreadable where it cannot be: the derivative would be 0 by the words, which no author means.  Also where
    more is written with what the name is made of, as in ``L = \\|x\\|^2 + x^\\top x`` for ``z = x^\\top x``.
    """
    written: set[Var] = set()
    for _ in range(8):
        wanting = next(_unwritten(claim, context), None)
        if wanting is None:
            _refuse_the_rest(claim, context, written)
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
        written.add(name)
    raise Unreadable(f"a derivative by {name.name}, with which nothing is written that is differentiated")


def _refuse_the_rest(claim: Claim, context: Context, written: set[Var]) -> None:
    """Raise Unreadable for a derivative by a name of which something is left that is not written with the name.

    Of a name that was put in (``written``) it is any symbol that the name is made of; of one that the author writes
    it is the formula that the name stands for: the other symbols are held, as a partial derivative holds them.
    """
    bodies = {d.target: d.body for d in context.definitions}
    for node in _derivatives(claim):
        name = node.operands[1]
        if not isinstance(name, Var) or name not in bodies or isinstance(bodies[name], Var):
            continue
        rest = _parts({d: body for d, body in bodies.items() if d != name}, node.operands[0])
        own = _parts(bodies, bodies[name])
        others = {d: body for d, body in bodies.items() if d != name}
        shared = (
            any(isinstance(part, Var) for part in rest & own)
            if name in written
            else _written_out(bodies[name], others) in set(ex.walk(_written_out(node.operands[0], others)))
        )
        if shared:
            raise Unreadable(f"a derivative by {name.name}, beside which what it stands for is written too")


def _written_out(value: Expression, bodies: dict[Expression, Expression]) -> Expression:
    """A value with the definitions put in, to any depth that definitions have."""
    for _ in range(len(bodies)):
        after: Expression = value.xreplace(bodies)
        if after == value:
            break
        value = after
    return value


def _parts(bodies: dict[Expression, Expression], value: Expression) -> set[Expression]:
    """A value's parts, those of the definitions written out."""
    found: set[Expression] = set()
    todo = [value]
    while todo:
        fresh = {n for n in ex.walk(todo.pop()) if isinstance(n, Expression)} - found
        found |= fresh
        todo += [bodies[n] for n in fresh if n in bodies]
    return found


def _derivatives(claim: Claim) -> Iterator[Expression]:
    for part in (claim.left, claim.right) if isinstance(claim, Relation) else (claim.subject,):
        if part.has_kind(*_BY):
            yield from (node for node in ex.walk(part) if isinstance(node, _BY))


def _replaced(claim: Claim, rule: dict[Expression, Var]) -> Claim:
    if isinstance(claim, Relation):
        return replace(claim, left=claim.left.xreplace(rule), right=claim.right.xreplace(rule))
    return replace(claim, subject=claim.subject.xreplace(rule))


def _unwritten(claim: Claim, context: Context) -> Iterator[tuple[Var, Expression]]:
    """Names that stand for something, by which a derivative is taken of what is not written with them."""
    bodies = {d.target: d.body for d in context.definitions}
    for node in _derivatives(claim):
        name = node.operands[1]
        if isinstance(name, Var) and name in bodies and not _is_written(node.operands[0], name, bodies):
            yield name, bodies[name]


def _is_written(value: Expression, name: Var, bodies: dict[Expression, Expression]) -> bool:
    """Whether a name occurs in a value, or in what it is defined by; of a family, in what all members are."""
    families = {d.name: body for d, body in bodies.items() if isinstance(d, ex.Member)}
    seen: set[Expression] = set()
    todo = [value]
    while todo:
        for node in ex.walk(todo.pop()):
            if node == name:
                return True
            if isinstance(node, Var | ex.Member) and node not in seen:
                seen.add(node)
                body = bodies.get(node, families.get(node.name) if isinstance(node, ex.Member) else None)
                todo += [body] if body is not None else []
    return False
