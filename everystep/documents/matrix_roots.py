r"""Derivatives by a positive definite X of what is written with its root: ``\nabla_X \operatorname{tr}(X^{1/2})``.

The reader makes of ``X^{1/2}`` a matrix R of its own and defines X as R R, so that R would be held where X varies.
Near a positive definite X the two vary together, by dX = dR R + R dR, and each dX, symmetric or not, is that of one dR.
So what is claimed for every dX is claimed for every dR, and a matrix H is the gradient by X where H R + R H is the one
by R.  May import ``everystep.algebra`` and the reader's errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Predicate, Relation
from everystep.algebra.expressions import Expression, Num, Var
from everystep.algebra.shapes import ShapeError
from everystep.derivation import Claim
from everystep.reader.names import ROOT
from everystep.reader.trees import Unreadable

_DEFINITE = ("positive definite", "positive semidefinite")


def with_roots_tied(claim: Claim, context: Context) -> Context:
    """The context in which a matrix is the square of its root also where a definition or a hypothesis alone has it.

    What else gives the matrix, a formula or a law, stays; that it is the square is then a hypothesis.
    """
    known = {
        rule.subject: rule.kind for rule in context.hypotheses if isinstance(rule, Predicate) and rule.kind in _DEFINITE
    }
    if not known:
        return context
    bodies = [definition.body for definition in context.definitions]
    written = [*_sides_of(claim), *bodies, *(rule.body for rule in context.recurrences)]
    # What is said of a name is said of a root where the root itself is definite; an equation has the root.
    said = [rule for rule in context.hypotheses if isinstance(rule, Relation) or rule.subject not in known]
    written += [side for rule in said for side in rule.sides]
    written += [value for law in context.random for value in law.parameters]
    roots = {n for side in written for n in ex.walk(side) if isinstance(n, Var) and n.name.endswith(ROOT)}
    taken = {d.target for d in context.definitions} | {law.target for law in context.random}
    for root in sorted(roots, key=str):
        matrix, square = Var(root.name.removesuffix(ROOT), *root.shape), ex.Mul(root, root)
        kind = known.get(root, known.get(matrix))
        if kind is None or square in bodies:
            continue
        if root not in known:
            context = context.given(Predicate(kind, root))
        if matrix in taken:
            context = context.given(Relation(matrix, "=", square))
        else:
            context = replace(context, definitions=(*context.definitions, Definition(matrix, square)))
    return context


def with_roots_varied(claim: Claim, context: Context) -> Claim:
    """The claim in which the roots of matrices vary with these.

    Raises Unreadable where a derivative of a root is written in another form than a gradient or a differential, and
    where the matrix is not said to be positive definite: the root of a singular one has no derivative.
    """
    for definition in context.definitions:
        matrix = definition.target
        root = Var(f"{matrix.name}{ROOT}", *matrix.shape) if isinstance(matrix, Var) else None
        if not isinstance(matrix, Var) or root is None or definition.body != ex.Mul(root, root):
            continue
        if not any(_is_concerned(node, root, matrix, context) for node in _derivatives(claim)):
            continue
        if Predicate("positive definite", root) not in context.hypotheses:
            raise Unreadable(f"a derivative of a root of {matrix.name}, which may be singular")
        claim = _varied(claim, matrix, root, context)
    return claim


def _sides_of(claim: Claim) -> tuple[Expression, ...]:
    return claim.sides if isinstance(claim, Relation) else (claim.subject,)


def _derivatives(claim: Claim) -> Iterator[Expression]:
    for side in _sides_of(claim):
        yield from (node for node in ex.walk(side) if isinstance(node, ex.DERIVATIVES))


def _is_concerned(node: Expression, root: Var, matrix: Var, context: Context) -> bool:
    """Whether a derivative by a matrix, or by its root, is one of what is written with its root, or with both."""
    written = _written_with(node.operands[0], matrix, context)
    if isinstance(node, ex.Differential):
        varied = {variable for variable, _ in node.perturbations}
        return root in written and bool(varied & {matrix, root})
    return root in written and matrix.name in node.operands[1].names


def _written_with(value: Expression, matrix: Var, context: Context) -> set[Expression]:
    """The parts of a value, definitions other than that of the matrix written out."""
    bodies = {d.target: d.body for d in context.definitions if d.target != matrix}
    found: set[Expression] = set()
    todo = [value]
    while todo:
        fresh = {n for n in ex.walk(todo.pop()) if isinstance(n, Expression)} - found
        found |= fresh
        todo += [bodies[n] for n in fresh if n in bodies]
    return found


def _varied(claim: Claim, matrix: Var, root: Var, context: Context) -> Claim:
    refused = Unreadable(f"a derivative of a root of {matrix.name} in a form that is not read")
    inner = [n for node in _derivatives(claim) for n in ex.walk(node.operands[0]) if isinstance(n, ex.DERIVATIVES)]
    if not isinstance(claim, Relation) or inner:  # where dX stays as it is, dR does not
        raise refused
    square = ex.Mul(root, root)
    concerned = [node for node in _derivatives(claim) if _is_concerned(node, root, matrix, context)]
    if all(isinstance(node, ex.Differential) for node in concerned):
        change, own = Var(f"d{matrix.name}", *matrix.shape), Var(f"d{root.name}", *root.shape)
        if any(
            change in ex.walk(side) for rule in (*context.hypotheses, *context.definitions) for side in _sides(rule)
        ):
            raise refused
        moved = ex.Add(ex.Mul(own, root), ex.Mul(root, own))

        def moving(value: Expression) -> Expression:
            if value == change:
                return moved
            if isinstance(value, ex.Differential):
                pairs = [(v, c) for v, c in value.perturbations if v not in (matrix, root)]
                if len(pairs) == len(value.perturbations):
                    return value
                first = moving(value.operands[0]).xreplace({matrix: square})
                rest = [part for pair in [*pairs, (root, own)] for part in pair]
                return ex.Differential(first, *rest)
            parts = [moving(part) if isinstance(part, Expression) else part for part in value.args]
            return value.func(*parts) if parts else value

        return replace(claim, left=moving(claim.left), right=moving(claim.right))
    by_matrix = [n for n in _derivatives(claim) if matrix.name in n.operands[1].names or isinstance(n, ex.Differential)]
    gradients = {n for n in by_matrix if isinstance(n, ex.Gradient) and n.operands[1] == matrix}
    if claim.op != "=" or len(gradients) < len(set(by_matrix)) or not _alike(claim):
        raise refused

    def turned(value: Expression) -> Expression:
        """H R + R H for a matrix H that is linear in gradients."""
        if isinstance(value, ex.Gradient) and value in gradients:
            return ex.Gradient(value.operands[0].xreplace({matrix: square}), root)
        if value == Num(0) or not gradients & set(ex.walk(value)):
            return value if value == Num(0) else ex.Add(ex.Mul(value, root), ex.Mul(root, value))
        if isinstance(value, ex.Add | ex.Neg | ex.Transpose):
            whole: Expression = value.func(*map(turned, value.operands))
            return whole
        if isinstance(value, ex.Mul):
            matrices = [k for k, factor in enumerate(value.operands) if not factor.is_number_shaped]
            if len(matrices) == 1 and not any(
                gradients & set(ex.walk(f)) for f in value.operands if f.is_number_shaped
            ):
                return ex.Mul(*(turned(f) if k in matrices else f for k, f in enumerate(value.operands)))
        raise refused

    return replace(claim, left=turned(claim.left), right=turned(claim.right))


def _sides(rule: object) -> tuple[Expression, ...]:
    found = getattr(rule, "sides", None) or (getattr(rule, "body", None), getattr(rule, "target", None))
    return tuple(side for side in found if isinstance(side, Expression))


def _alike(claim: Relation) -> bool:
    try:
        return Num(0) in claim.sides or claim.left.shape == claim.right.shape
    except ShapeError:
        return False
