r"""Signs of eigenvalues by what is known of sums of the matrix: ``I + t A \succ 0`` gives ``1 + t \lambda_i > 0``.

May import ``everystep.algebra`` and the reader.
"""

from __future__ import annotations

from everystep.algebra import expressions as ex
from everystep.algebra.context import EVERY, Context, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Expression, Num
from everystep.algebra.shapes import index
from everystep.reader.decompositions import EIGEN
from everystep.reader.entities import Decomposed
from everystep.reader.factors import is_symmetric, product_of

_SIGNS = {"positive definite": ">", "positive semidefinite": ">="}
_REGULAR = ("invertible", "positive definite", "orthogonal")
_ORTHOGONAL_FORM = ((0, ""), (1, ""), (0, "T"))


def signs_of_eigenvalues(decomposed: Decomposed, context: Context) -> list[Hypothesis]:
    r"""``\sum_k c_k \lambda_i^{(k)} > 0`` where ``\sum_k c_k B A_k B^T`` is assumed to be positive definite, and each
    ``A_k`` is the identity or ``A = Q \Lambda Q^T``.

    With ``x = B^{-T} q_i`` that matrix gives ``x^T P x = \sum_k c_k (1 or \lambda_i)``: B is a product of
    matrices that are known to be invertible, so that x is there and is not zero.  Semidefinite matrices give ``>=``.
    """
    if decomposed.kind != EIGEN or decomposed.form != _ORTHOGONAL_FORM:
        return []
    found: list[Hypothesis] = []
    for said in context.hypotheses:
        op = _SIGNS.get(said.kind, "") if isinstance(said, Predicate) else ""
        value = _at_an_eigenvector(said.sides[0], decomposed, context) if op else None
        if value is not None:
            found.append(Relation(value, op, Num(0)))
    return [h for h in found if h not in context.hypotheses]


def _at_an_eigenvector(e: Expression, decomposed: Decomposed, context: Context) -> Expression | None:
    """The value of a quadratic form at the i-th eigenvector, for any i; None where it is not known to be that."""
    terms = e.operands if isinstance(e, ex.Add) else (e,)
    around: tuple[Expression, ...] | None = None
    values: list[Expression] = []
    speaks = False
    for term in terms:
        negative = isinstance(term, ex.Neg)
        inner = term.operands[0] if isinstance(term, ex.Neg) else term
        factors = inner.operands if isinstance(inner, ex.Mul) else (inner,)
        numbers = [f for f in factors if f.is_number_shaped]
        parts = _written_out([f for f in factors if not f.is_number_shaped], context)
        split = _around(parts, decomposed)
        if split is None or (around is not None and split[0] != around) or not _mirrored(*split[:2], context):
            return None
        around, _, is_whole = split
        speaks = speaks or is_whole
        at = index(EVERY[0])
        number = [*numbers, *([ex.Entry(decomposed.factors[1], at, at)] if is_whole else [])]
        value = ex.Mul(*number) if len(number) > 1 else number[0] if number else Num(1)
        values.append(ex.Neg(value) if negative else value)
    if not speaks:
        return None
    return ex.Add(*values) if len(values) > 1 else values[0]


def _written_out(parts: list[Expression], context: Context) -> list[Expression]:
    """The factors of a product with the definitions of its names, and identities left out."""
    bodies = {d.target: d.body for d in context.definitions}
    result: list[Expression] = []
    for part in parts:
        body = bodies.get(part, part)
        flat = [f for p in (body.operands if isinstance(body, ex.Mul) else (body,)) for f in _factors(p)]
        result += [f for f in flat if not isinstance(f, ex.Eye)]
    return result


def _factors(e: Expression) -> tuple[Expression, ...]:
    return tuple(f for p in e.operands for f in _factors(p)) if isinstance(e, ex.Mul) else (e,)


def _around(
    parts: list[Expression], decomposed: Decomposed
) -> tuple[tuple[Expression, ...], tuple[Expression, ...], bool] | None:
    """What stands before and behind the decomposed matrix, and True; two halves of a product without it, and False."""
    middle = list(_factors(product_of(decomposed)))
    for k in range(len(parts) - len(middle) + 1):
        if parts[k : k + len(middle)] == middle:
            return tuple(parts[:k]), tuple(parts[k + len(middle) :]), True
    if set(parts) & set(decomposed.factors) or len(parts) % 2:
        return None
    return tuple(parts[: len(parts) // 2]), tuple(parts[len(parts) // 2 :]), False


def _mirrored(ahead: tuple[Expression, ...], behind: tuple[Expression, ...], context: Context) -> bool:
    """Whether the second product is the transpose of the first, of invertible matrices."""
    known = {h.subject for h in context.hypotheses if isinstance(h, Predicate) and h.kind in _REGULAR}
    pairs = zip(ahead, reversed(behind), strict=False)
    return len(ahead) == len(behind) and all(
        a in known and ((a == b and is_symmetric(a, context)) or b == ex.Transpose(a)) for a, b in pairs
    )
