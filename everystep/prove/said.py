"""What single hypotheses say as they are written: properties given as equations, integer facts, bounds by numbers.

May import ``everystep.algebra``, ``everystep.calculus``, ``everystep.prove.families`` and ``sides``; never the exact
judge.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Expression, Int, Var
from everystep.algebra.shapes import same_shape
from everystep.calculus.indices import Integers, NotAffine, Slot, as_constant, constant, difference, shifted, slot_of
from everystep.prove.families import dimension_facts
from everystep.prove.sides import addends_of


def named_properties(hypotheses: tuple[Hypothesis, ...]) -> dict[Hypothesis, Predicate]:
    """The properties of square matrices that are given as equations: ``Q^T Q = I``, ``Q^T = Q^-1``, ``P^2 = P``.

    Of symbols only, and only of square ones: of a tall matrix with Q^T Q = I the columns are orthonormal, not the rows.
    """
    found: dict[Hypothesis, Predicate] = {}
    for h in hypotheses:
        if not isinstance(h, Relation) or h.op != "=":
            continue
        for left, right in ((h.left, h.right), (h.right, h.left)):
            kind, subject = "", left
            if isinstance(right, ex.Eye) and isinstance(left, ex.Mul) and len(left.operands) == 2:
                a, b = left.operands
                subject, kind = (
                    (b, "orthogonal") if a == ex.Transpose(b) else (a, "orthogonal" * (b == ex.Transpose(a)))
                )
            elif isinstance(left, ex.Transpose) and right == ex.Inverse(left.operands[0]):
                subject, kind = left.operands[0], "orthogonal"
            elif left in (ex.Mul(right, right), ex.Pow(right, 2)) and not right.is_number_shaped:
                subject, kind = right, "idempotent"
            if kind and isinstance(subject, Var) and same_shape(subject.shape, ex.Transpose(subject).shape):
                found[h] = Predicate(kind, subject)
    return found


class Implied(Predicate):
    """A property that follows from other hypotheses."""


def full_ranks(hypotheses: tuple[Hypothesis, ...]) -> tuple[Predicate, ...]:
    """The ranks of symbols that other words give: where A^T A is invertible, or C A = I, A has full column rank; where
    A A^T is invertible, or A C = I, full row rank.
    """
    found: dict[Implied, None] = {}
    for h in hypotheses:
        if isinstance(h, Predicate) and h.kind in ("invertible", "positive definite"):
            products = [h.subject]
        elif isinstance(h, Relation) and h.op == "=":
            sides = ((h.left, h.right), (h.right, h.left))
            products = [product for product, one in sides if isinstance(one, ex.Eye)]
        else:
            continue
        for a, b in (p.operands for p in products if isinstance(p, ex.Mul) and len(p.operands) == 2):
            if isinstance(h, Predicate) and a != ex.Transpose(b) and b != ex.Transpose(a):
                continue
            for tall in (b, ex.Transpose(a)):
                name = tall.operands[0] if isinstance(tall, ex.Transpose) else tall
                kind = "full row rank" if isinstance(tall, ex.Transpose) else "full column rank"
                if isinstance(name, Var) and not name.is_number_shaped:
                    found[Implied(kind, name)] = None
    return tuple(p for p in found if p not in hypotheses and Predicate(p.kind, p.subject) not in hypotheses)


def symmetric_parts(hypotheses: tuple[Hypothesis, ...]) -> tuple[Predicate, ...]:
    """The symbols that are symmetric since a sum with symmetric matrices is said to be symmetric or definite, as A is
    where ``A - mu I`` is positive semidefinite; also of c A for a number c that is said to be > 0, or a rational one.

    Of ``c A`` nothing follows where c may be 0.
    """
    said = [h.subject for h in hypotheses if isinstance(h, Predicate) and h.kind in _SYMMETRIC]
    known = {subject for subject in said if isinstance(subject, Var)}
    found: dict[Implied, None] = {}
    for _ in said:
        for subject in said:
            open_ = [part for part in addends_of(subject) if not _is_symmetric(part, known)]
            name = _multiple_of(open_[0], hypotheses) if len(open_) == 1 else None
            if name is not None and name not in known and not name.is_number_shaped:
                known.add(name)
                found[Implied("symmetric", name)] = None
    return tuple(found)


_SYMMETRIC = ("symmetric", "positive definite", "positive semidefinite", "diagonal")


def _is_symmetric(e: Expression, known: set[Var]) -> bool:
    """Whether a matrix is symmetric by its looks: made of such ones by sums, numbers and inverses, or W^T M W."""
    if isinstance(e, (ex.Eye, ex.Diag)) or e in known or e.is_number_shaped:
        return True
    if isinstance(e, (ex.Neg, ex.Add, ex.Inverse, ex.Transpose)):
        return all(_is_symmetric(operand, known) for operand in e.operands)
    if isinstance(e, ex.Div):
        return _is_symmetric(e.operands[0], known)
    if not isinstance(e, ex.Mul):
        return False
    if len(e.segments) == 1:
        first, *middle, last = e.operands
        if first != ex.Transpose(last) and last != ex.Transpose(first):
            return False
        return not middle or (len(middle) == 1 and _is_symmetric(middle[0], known))
    parts = [[e.operands[k] for k in segment] for segment in e.segments]
    return all(_is_symmetric(part[0] if len(part) == 1 else ex.Mul(*part), known) for part in parts)


def _multiple_of(e: Expression, hypotheses: tuple[Hypothesis, ...]) -> Var | None:
    """A of c A, with c a rational number or one that is said to be > 0, and not 0; None of anything else."""
    if isinstance(e, ex.Neg):
        return _multiple_of(e.operands[0], hypotheses)
    if isinstance(e, ex.Div) and e.operands[1].is_number_shaped:
        return _multiple_of(e.operands[0], hypotheses)  # what is divided by is not 0
    if isinstance(e, Var):
        return e
    if not isinstance(e, ex.Mul) or not isinstance(e.operands[-1], Var):
        return None
    return e.operands[-1] if all(_is_nonzero(number, hypotheses) for number in e.operands[:-1]) else None


def _is_nonzero(number: Expression, hypotheses: tuple[Hypothesis, ...]) -> bool:
    if isinstance(number, ex.Num) or not number.is_number_shaped:
        return isinstance(number, ex.Num) and bool(number.value != 0)
    zero = ex.Num(0)
    return any(
        isinstance(h, Relation) and (h.left, h.op, h.right) in ((number, ">", zero), (zero, "<", number))
        for h in hypotheses
    )


def nilpotency(h: Relation) -> dict[str, int | None]:
    """The head of N where an equation says N^k = 0 of a square symbol, with k where it is a number of at least 1."""
    for power, zero in ((h.left, h.right), (h.right, h.left)):
        if not isinstance(zero, ex.Zeros):
            continue
        base, order = power, None
        if isinstance(power, ex.Mul) and len(set(power.operands)) == 1:
            base, order = power.operands[0], len(power.operands)
        elif isinstance(power, ex.Pow):
            base, exponent = power.operands
            known = integer_slot(exponent)
            order = None if known is None else as_constant(known)
            if order is None and not (isinstance(exponent, Int) and exponent.value.is_positive):
                continue
        square = isinstance(base, Var) and not base.is_number_shaped and same_shape(base.shape, base.shape[::-1])
        if square and isinstance(base, Var) and (order is None or order > 0):
            return {f"v:{base.name}": order}
    return {}


def integer_facts(context: Context) -> Integers:
    """The integer hypotheses (``t < T``, ``n <= d``, ``i != j``) and the sizes that occur, which are at least 1."""
    facts: list[Slot] = []
    nonzero: list[Slot] = []
    sizes: set[str] = set()
    for hypothesis in context.hypotheses:
        if not isinstance(hypothesis, Relation):
            continue
        left, op, right = hypothesis.left, hypothesis.op, hypothesis.right
        pair = [integer_slot(left), integer_slot(right)]
        if pair[0] is None or pair[1] is None:
            continue
        a, b = pair[0], pair[1]
        if op in ("<=", "="):
            facts.append(difference(b, a))
        if op in (">=", "="):
            facts.append(difference(a, b))
        if op == "<":
            facts.append(shifted(difference(b, a), -1))
        if op == ">":
            facts.append(shifted(difference(a, b), -1))
        if op == "!=":
            nonzero.append(difference(a, b))
    return Integers([*facts, *dimension_facts(context)], sizes, nonzero)


def integer_slot(e: Expression) -> Slot | None:
    """The number of an integer as an index; None of anything else."""
    try:
        if isinstance(e, Int):
            return slot_of(e.value)
        if isinstance(e, ex.Num) and e.value.is_Integer:
            return constant(int(e.value))
    except NotAffine:
        return None
    return None


def bound_of(relation: Relation) -> tuple[Var, bool, Expr] | None:
    """(variable, whether it is a lower bound, number) of a bound of one variable by a number."""
    for variable, number, lower in (
        (relation.left, relation.right, relation.op == ">="),
        (relation.right, relation.left, relation.op == "<="),
    ):
        if isinstance(variable, Var) and isinstance(number, (ex.Num, Int)) and number.value.is_number:
            return variable, lower, number.value
    return None


def are_opposite(a: tuple[Var, bool, Expr] | None, b: tuple[Var, bool, Expr] | None) -> bool:
    """Whether two bounds are of one variable by one number, from below and from above."""
    return a is not None and b is not None and a[0] == b[0] and a[1] != b[1] and a[2] == b[2]


def matrix_before(side: Expression, column: Var) -> Expression | None:
    """M where a side is ``M x``, with a number as that multiple of I; zeros as they are; None for any other side."""
    if isinstance(side, ex.Zeros):
        return side
    unit = ex.Eye(column.shape[0])
    if side == column:
        return unit
    if isinstance(side, ex.Neg):
        inner = matrix_before(side.operands[0], column)
        return None if inner is None else ex.Neg(inner)
    if not isinstance(side, ex.Mul) or side.operands[-1] != column or column in side.operands[:-1]:
        return None
    factors = side.operands[:-1]
    matrix = ex.Mul(*factors) if len(factors) > 1 else factors[0]
    return ex.Mul(matrix, unit) if matrix.is_number_shaped else matrix


def times_transpose(h: Relation, hypotheses: tuple[Hypothesis, ...]) -> Iterator[tuple[Expression, Expression]]:
    """(Q^T M, L) for an equation M = Q L where another says that Q^T Q = I: of A Q = Q L that Q^T A Q = L.

    It is the equation times Q^T, and says less than it does.  Fails to yield anything for numbers, and where M begins
    with Q as well.
    """
    units = [(k.left, k.right) for k in hypotheses if isinstance(k, Relation) and k.op == "=" and k != h]
    products = {one for pair in units for one, other in (pair, pair[::-1]) if isinstance(other, ex.Eye)}
    for whole, side in ((h.left, h.right), (h.right, h.left)):
        if not isinstance(side, ex.Mul) or len(side.segments) > 1 or side.is_number_shaped or side.shape[1] == 1:
            continue
        first, *rest = side.operands
        transposed = ex.Transpose(first)
        begins = isinstance(whole, ex.Mul) and whole.operands[0] == first
        if isinstance(first, Var) and not begins and ex.Mul(transposed, first) in products:
            yield ex.Mul(transposed, whole), rest[0] if len(rest) == 1 else ex.Mul(*rest)
