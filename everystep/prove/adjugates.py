"""Adjugates: the matrix of cofactors, transposed, which every square matrix has, singular or not.

adj(M) = det(M) M^-1 where M is invertible.  Both sides of an equation that is continuous in the entries of M, wherever
it has a value, are equal for singular M as well, since these are limits of invertible ones - provided that M may be
moved: no hypothesis ties it.  May import ``everystep.algebra`` only.
"""

from __future__ import annotations

from collections.abc import Iterator

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Predicate, Relation
from everystep.algebra.expressions import Expression, Var
from everystep.algebra.shapes import same_size

_MOVABLE = ("symmetric", "diagonal", "positive definite", "positive semidefinite", "invertible", "nonzero")
"""Properties that a singular matrix shares with invertible ones as near to it as one likes, or that none has."""

_CONTINUOUS = (
    *(Var, ex.Member, ex.Num, ex.Int, ex.Add, ex.Neg, ex.Mul, ex.Div, ex.Transpose, ex.Inverse, ex.Trace, ex.Det),
    *(ex.Diag, ex.DiagPart, ex.Hadamard, ex.Kron, ex.Vec, ex.Entry, ex.Row, ex.Col, ex.SumOver, ex.Adjugate),
    *(ex.Block, ex.Eye, ex.Ones, ex.Zeros, ex.Unit, ex.Gradient, ex.Jacobian, ex.ScalarDerivative, ex.Differential),
)
"""Operations that are rational in the entries of what they are given, as are their derivatives."""


def with_determinants(claim: Relation, context: Context) -> Relation | None:
    """The equation with det(M) M^-1 in the place of every adj(M); None where there is none, or M may be singular and
    cannot be moved.

    Fails, by None, for an equation that is not rational in the entries (a rank jumps at singular matrices), for a
    matrix that an equation ties (M M = M: the singular ones are no limits of I) and for one that is made of others so
    that it is singular throughout (x y^T).
    """
    sides = (claim.left, claim.right)
    if claim.op != "=" or not any(side.has_kind(ex.Adjugate) for side in sides):
        return None
    operands = {node.operands[0] for side in sides for node in ex.walk(side) if isinstance(node, ex.Adjugate)}
    if not all(_said_invertible(m, context) for m in operands) and not (
        is_rational(claim, context) and all(_is_generic(m, context) for m in operands)
    ):
        return None
    return Relation(_replaced(claim.left), "=", _replaced(claim.right))


def names_inside(claim: Relation) -> tuple[Predicate, ...]:
    """That the names are invertible whose adjugates stand in an equation: a proof for these is one for all.

    To be asked only of an equation of which :func:`with_determinants` makes another one.
    """
    nodes = [node for side in (claim.left, claim.right) for node in ex.walk(side) if isinstance(node, ex.Adjugate)]
    names = {n for node in nodes for n in ex.walk(node) if isinstance(n, Var) and not n.is_number_shaped}
    return tuple(Predicate("invertible", name) for name in sorted(names, key=lambda name: name.name))


def with_invertible_blocks(claim: Relation, context: Context) -> Context | None:
    """The context in which the free names in determinants of blocks are invertible: a proof there is one for all.

    With A + s I in the place of every such A, the same s for all, all hypotheses stay, and but for a few s all of them
    are invertible; both sides are polynomials in s, so that they are equal at s = 0.  None where there is no such name,
    or the equation is no polynomial in its entries.
    """
    sides = (claim.left, claim.right)
    inside = [node for side in sides for node in ex.walk(side) if isinstance(node, ex.Det) and node.has_kind(ex.Block)]
    names = {n for node in inside for n in ex.walk(node) if isinstance(n, Var) and not n.is_number_shaped}
    square = {n for n in names if same_size(*n.shape) and not _said_invertible(n, context)}
    free = sorted((n for n in square if _is_free(n, context)), key=lambda name: name.name)
    if claim.op != "=" or not free or not is_rational(claim, context):
        return None
    moved = {name.name for name in free} | {made for name in free for made in _made_of(name, context)}
    if any(moved & _names(below) for node in _written_out(claim, context) for below in _divisors(node)):
        return None
    return context.given(*(Predicate("invertible", name) for name in free))


def _divisors(node: Expression) -> list[Expression]:
    """What is inverted, or divided by, in an operation; of powers those with an exponent that is no number >= 0."""
    if isinstance(node, (ex.Div, ex.Inverse)):
        return [node.operands[-1]]
    if isinstance(node, ex.Pow):
        base, exponent = node.operands
        return [] if isinstance(exponent, ex.Num) and exponent.value >= 0 else [base]
    return []


def is_rational(claim: Relation, context: Context) -> bool:
    """Whether both sides are rational in the entries of what occurs in them, with their names written out."""
    return all(_is_rational(node) for node in _written_out(claim, context))


def _written_out(claim: Relation, context: Context) -> Iterator[Expression]:
    """All that stands in a claim, and in the definitions of its names."""
    bodies = {d.target.name: d.body for d in context.definitions}
    bodies.update({r.target.name: r.body for r in context.recurrences})
    todo, seen = [claim.left, claim.right], set[str]()
    while todo:
        for node in ex.walk(todo.pop()):
            yield node
            if isinstance(node, (Var, ex.Member)) and node.name in bodies and node.name not in seen:
                seen.add(node.name)
                todo.append(bodies[node.name])


def _names(e: Expression) -> set[str]:
    return {n.name for n in ex.walk(e) if isinstance(n, (Var, ex.Member))}


def _said_invertible(matrix: Expression, context: Context) -> bool:
    kinds = ("invertible", "positive definite", "orthogonal")
    return any(isinstance(h, Predicate) and h.subject == matrix and h.kind in kinds for h in context.hypotheses)


def _is_rational(node: Expression) -> bool:
    if isinstance(node, ex.ProdOver):
        return False
    if isinstance(node, ex.Pow):
        exponent = node.operands[1]
        return isinstance(exponent, ex.Int) or (isinstance(exponent, ex.Num) and bool(exponent.value.is_Integer))
    return isinstance(node, _CONTINUOUS)


def _is_generic(matrix: Expression, context: Context) -> bool:
    """Whether nearly all values of a square matrix are invertible: a name that is free or invertible, I, an inverse, a
    free name, or its negative, beside anything that does not rest on it (det(A + s I + R) is a polynomial in s that is
    not 0, and all that a free name has said of it A + s I has, too); products, transposes and adjugates of such
    matrices, and multiples by a free number.
    """
    if isinstance(matrix, Var):
        return _said_invertible(matrix, context) or _is_free(matrix, context)
    if isinstance(matrix, (ex.Eye, ex.Inverse)):
        return True
    if isinstance(matrix, (ex.Transpose, ex.Neg, ex.Adjugate)):
        return _is_generic(matrix.operands[0], context)
    if isinstance(matrix, ex.Num):
        return bool(matrix.value != 0)
    if isinstance(matrix, ex.Mul):
        square = all(f.is_number_shaped or f.shape == matrix.shape for f in matrix.operands)
        return square and all(_is_generic(f, context) for f in matrix.operands)
    if isinstance(matrix, ex.Add):
        parts = matrix.operands
        return any(
            _moves_alone(part, [*parts[:k], *parts[k + 1 :]], context)
            for k, part in enumerate(parts)
            if part.shape == matrix.shape
        )
    return False


def _moves_alone(part: Expression, rest: list[Expression], context: Context) -> bool:
    """Whether a term is a free name or its negative, of which the other terms are not made."""
    name = part.operands[0] if isinstance(part, ex.Neg) else part
    if not isinstance(name, Var) or not _is_free(name, context):
        return False
    moved = {name.name, *_made_of(name, context)}
    return not any(moved & _names(term) for term in rest)


def _is_free(name: Var, context: Context) -> bool:
    """Whether a name may be moved: it has no definition and no law, and no hypothesis but a property that leaves it so.

    Of a number, that it is above 0, or is not 0, leaves it so.
    """
    targets = {d.target.name for d in context.definitions} | {r.target.name for r in context.recurrences}
    if name.name in targets | {law.target.name for law in context.random}:
        return False
    made = _made_of(name, context)
    if any(made & _names(side) for side in _said(context)):
        return False
    for hypothesis in context.hypotheses:
        if isinstance(hypothesis, Predicate):
            known = hypothesis.subject == name and hypothesis.kind in _MOVABLE
            if not known and name in set(ex.walk(hypothesis.subject)):
                return False
        elif name in {*ex.walk(hypothesis.left), *ex.walk(hypothesis.right)}:
            zero = ex.Num(0) in (hypothesis.left, hypothesis.right) and name in (hypothesis.left, hypothesis.right)
            if not zero or hypothesis.op not in ("<", ">", "!=") or not name.is_number_shaped:
                return False
    return True


def _made_of(name: Var, context: Context) -> set[str]:
    """The names whose definitions mention a name, or one that does."""
    bodies = [(d.target.name, d.body) for d in context.definitions]
    bodies += [(r.target.name, r.body) for r in context.recurrences]
    made: set[str] = set()
    while True:
        known = {name.name, *made}
        more = {
            t for t, body in bodies if any(n.name in known for n in ex.walk(body) if isinstance(n, (Var, ex.Member)))
        }
        if more <= made:
            return made
        made |= more


def _said(context: Context) -> list[Expression]:
    """What the hypotheses and the laws of what is random speak of."""
    sides = [side for h in context.hypotheses for side in h.sides]
    return [*sides, *(p for law in context.random for p in law.parameters)]


def _replaced(e: Expression) -> Expression:
    parts = [_replaced(a) if isinstance(a, Expression) else a for a in e.args]
    if isinstance(e, ex.Adjugate):
        return ex.Mul(ex.Det(parts[0]), ex.Inverse(parts[0]))
    return e.func(*parts) if parts else e
