"""Equations that say that a matrix has a structure: ``A = A^T``, ``Q^T Q = I``, ``A A = A``, ``y . y = y``.

May import ``everystep.algebra`` only.
"""

from __future__ import annotations

from fractions import Fraction

from everystep.algebra import expressions as ex
from everystep.algebra.context import EVERY, Hypothesis, Predicate, orthonormal_family

_STRUCTURAL = (
    "symmetric",
    "positive definite",
    "positive semidefinite",
    "orthogonal",
    "diagonal",
    "lower triangular",
    "upper triangular",
    "idempotent",
)


OF_SQUARE_MINUS_ONE = "of square -1"
ROOT_OF = "root of "
_MOST_POWERS = 6
SUM_ONE, NOT_NEGATIVE = "sum one", "entries not negative"
ORTHONORMAL_FAMILY = "orthonormal family"
WEAK = frozenset((SUM_ONE, NOT_NEGATIVE))
"""Structures that are built only where another one is said of the same vector: equations and bounds do otherwise."""


def left_to_equations(kinds: set[str]) -> set[str]:
    """The structures of one name that are not built, so that equations and bounds are solved in their place: one of
    those that need another beside them, and a polynomial equation where there is any other.
    """
    if kinds <= WEAK and kinds != WEAK:
        return set(kinds)
    roots = {kind for kind in kinds if kind.startswith(ROOT_OF)}
    return roots if roots < kinds or len(roots) > 1 else set()


def structure_of(hypothesis: Hypothesis) -> tuple[ex.Expression, str] | None:
    """The name and the structure that a hypothesis gives it, if it is one of the usual forms."""
    if isinstance(hypothesis, Predicate):
        if hypothesis.kind in _STRUCTURAL:
            return hypothesis.subject, hypothesis.kind
        return None
    if hypothesis.op in (">", ">="):
        return _signed_entries(hypothesis.left, hypothesis.right)
    if hypothesis.op != "=":
        return None
    family = orthonormal_family(hypothesis)
    if family is not None:
        return family[0], ORTHONORMAL_FAMILY
    normal = _normal(hypothesis.left, hypothesis.right)
    if normal is not None:
        return normal, "normal"
    for left, right in (
        (hypothesis.left, hypothesis.right),
        (hypothesis.right, hypothesis.left),
    ):
        found = _one_way(left, right)
        if found is not None:
            return found
    return _root(hypothesis.left, hypothesis.right)


def _root(left: ex.Expression, right: ex.Expression) -> tuple[ex.Expression, str] | None:
    """A and "root of c_0 ... c_k" of an equation ``c_0 I + ... + c_k A^k = 0`` with rational numbers, k > 1."""
    if left.is_number_shaped:
        return None
    names = {e for side in (left, right) for e in ex.walk(side) if isinstance(e, ex.Var | ex.Member)}
    sides = [_polynomial(side) for side in (left, right)]
    if len(names) != 1 or sides[0] is None or sides[1] is None:
        return None
    degrees = range(max((*sides[0], *sides[1]), default=0) + 1)
    coefficients = [sides[0].get(k, 0) - sides[1].get(k, 0) for k in degrees]
    while coefficients and not coefficients[-1]:
        coefficients.pop()
    return (names.pop(), f"{ROOT_OF}{' '.join(map(str, coefficients))}") if len(coefficients) > 2 else None


def _polynomial(e: ex.Expression) -> dict[int, Fraction] | None:
    """The coefficients of a polynomial in one square matrix, each power with its own; None of anything else."""
    if isinstance(e, ex.Zeros):
        return {}
    if isinstance(e, ex.Eye):
        return {0: Fraction(1)}
    if isinstance(e, ex.Var | ex.Member):
        return {1: Fraction(1)}
    if isinstance(e, ex.Pow):
        base, exponent = e.operands
        whole = isinstance(exponent, ex.Num) and exponent.value.is_Integer and 0 <= exponent.value <= _MOST_POWERS
        return {int(exponent.value): Fraction(1)} if whole and isinstance(base, ex.Var | ex.Member) else None
    if isinstance(e, ex.Neg | ex.Add):
        total: dict[int, Fraction] = {}
        sign = -1 if isinstance(e, ex.Neg) else 1
        for part in map(_polynomial, e.operands):
            if part is None:
                return None
            for k, c in part.items():
                total[k] = total.get(k, Fraction(0)) + sign * c
        return total
    if not isinstance(e, ex.Mul):
        return None
    number, power = Fraction(1), 0
    for factor in e.operands:
        if isinstance(factor, ex.Num) and factor.value.is_Rational:
            number *= Fraction(int(factor.value.p), int(factor.value.q))
            continue
        own = _polynomial(factor)
        if own is None or len(own) != 1:
            return None
        ((k, c),) = own.items()
        number, power = number * c, power + k
    return {power: number}


def _normal(left: ex.Expression, right: ex.Expression) -> ex.Expression | None:
    """A when the sides are ``A A^T`` and ``A^T A``."""
    if not (isinstance(left, ex.Mul) and isinstance(right, ex.Mul) and left.operands == right.operands[::-1]):
        return None
    for name in left.operands if len(left.operands) == 2 else ():
        if isinstance(name, ex.Var | ex.Member) and ex.Transpose(name) in left.operands:
            return name
    return None


def _one_way(left: ex.Expression, right: ex.Expression) -> tuple[ex.Expression, str] | None:
    if isinstance(left, ex.Var | ex.Member):
        if right == ex.Transpose(left):
            return left, "symmetric"
        if right in (ex.Neg(ex.Transpose(left)), ex.Transpose(ex.Neg(left))):
            return left, "skew"
        if _square_of(right) == left:
            return left, "idempotent"
        if isinstance(right, ex.Inverse):
            inner = right.operands[0]
            if inner == left:
                return left, "involution"
            if inner == ex.Transpose(left):
                return left, "orthogonal"
    if isinstance(left, ex.Transpose) and right == ex.Inverse(left.operands[0]):
        return left.operands[0], "orthogonal"
    if isinstance(left, ex.Transpose) and right == ex.Neg(left.operands[0]):
        return left.operands[0], "skew"
    if isinstance(left, ex.Hadamard) and len(set(left.operands)) == 1 and len(left.operands) == 2:
        return _own_square(left.operands[0], right)
    if isinstance(left, ex.Pow) and left.operands[1] == ex.Num(2) and left.operands[0].is_number_shaped:
        return _own_square(left.operands[0], right)
    if right == ex.Num(1) and isinstance(left, ex.Mul | ex.SumOver):
        return _sum(left)
    if isinstance(right, ex.Eye):
        return _of_identity(left)
    if isinstance(right, ex.Neg) and isinstance(right.operands[0], ex.Eye):
        base = _square_of(left)
        return None if base is None else (base, OF_SQUARE_MINUS_ONE)
    return _nilpotent(left) if isinstance(right, ex.Zeros) else None


def _own_square(base: ex.Expression, right: ex.Expression) -> tuple[ex.Expression, str] | None:
    """y and "binary" of ``y . y = y``, "signs" of ``y . y = 1``."""
    if not isinstance(base, ex.Var | ex.Member):
        return None
    if right == base:
        return base, "binary"
    ones = ex.Num(1) if base.is_number_shaped else ex.Ones(*base.shape)
    return (base, "signs") if right == ones else None


def _sum(left: ex.Expression) -> tuple[ex.Expression, str] | None:
    """The vector whose entries ``left`` adds up."""
    if isinstance(left, ex.SumOver) and not isinstance(left, ex.ProdOver):
        (entry,) = left.operands
        if isinstance(entry, ex.Entry) and entry.at == (left.index,) and left.range == (1, entry.operands[0].shape[0]):
            return entry.operands[0], SUM_ONE
        return None
    for factor, turned in (left.operands, left.operands[::-1]) if len(left.operands) == 2 else ():
        if isinstance(factor, ex.Ones) and factor.shape[1] == 1 and isinstance(turned, ex.Transpose):
            return turned.operands[0], SUM_ONE
        if isinstance(turned, ex.Transpose) and isinstance(turned.operands[0], ex.Ones) and factor.shape[1] == 1:
            return factor, SUM_ONE
    return None


def _signed_entries(left: ex.Expression, right: ex.Expression) -> tuple[ex.Expression, str] | None:
    """The vector of which every entry is said to be at least 0."""
    every = isinstance(left, ex.Entry) and len(left.at) == 1 and str(left.at[0]) in EVERY
    return (left.operands[0], NOT_NEGATIVE) if every and right == ex.Num(0) else None


def _nilpotent(left: ex.Expression) -> tuple[ex.Expression, str] | None:
    """N and "nilpotent k" when the expression is ``N^k``; k is ``?`` where it is an integer expression."""
    factors = left.operands if isinstance(left, ex.Mul) else (left,)
    base, order = factors[0], str(len(factors))
    if isinstance(left, ex.Pow):
        base, exponent = left.operands
        if isinstance(exponent, ex.Int):
            order = str(exponent.value) if exponent.value.is_Integer else "?"
        elif isinstance(exponent, ex.Num) and exponent.value.is_Integer:
            order = str(exponent.value)
        else:
            return None
    if len(set(factors)) > 1 or not isinstance(base, ex.Var | ex.Member) or base.shape == (1, 1):
        return None
    return (base, f"nilpotent {order}") if order == "?" or int(order) > 1 else None


def _of_identity(left: ex.Expression) -> tuple[ex.Expression, str] | None:
    if isinstance(left, ex.Mul) and len(left.operands) == 2:
        first, second = left.operands
        if first == ex.Transpose(second):
            return second, "orthogonal"
        if second == ex.Transpose(first):
            square = first.shape[0] == first.shape[1]
            return first, "orthogonal" if square else "orthonormal rows"
    base = _square_of(left)
    return None if base is None else (base, "involution")


def _square_of(expression: ex.Expression) -> ex.Expression | None:
    """A when the expression is ``A A`` or ``A^2``."""
    if isinstance(expression, ex.Mul) and len(expression.operands) == 2:
        first, second = expression.operands
        base = first if first == second else None
    elif isinstance(expression, ex.Pow) and expression.operands[1] == ex.Num(2):
        base = expression.operands[0]
    else:
        base = None
    return base if isinstance(base, ex.Var | ex.Member) and base.shape != (1, 1) else None


def frames_of(hypotheses: tuple[Hypothesis, ...]) -> list[tuple[ex.Var, ...]]:
    """The columns that are said, one by one and two by two, to have length 1 and to be orthogonal: ``u^T u = 1``,
    ``v^T v = 1`` and ``u^T v = 0``.
    """
    units: dict[ex.Var, set[ex.Var]] = {}
    pairs: list[tuple[ex.Var, ex.Var]] = []
    for hypothesis in hypotheses:
        if isinstance(hypothesis, Predicate) or hypothesis.op != "=":
            continue
        for left, value in ((hypothesis.left, hypothesis.right), (hypothesis.right, hypothesis.left)):
            found = inner_product(left)
            if found is not None and found[0] == found[1] and value == ex.Num(1):
                units.setdefault(found[0], set())
            elif found is not None and found[0] != found[1] and value == ex.Num(0):
                pairs.append(found)
    for u, v in pairs:
        if u in units and v in units:
            units[u].add(v)
            units[v].add(u)
    frames: list[tuple[ex.Var, ...]] = []
    for u in units:
        group = {u, *units[u]}
        if len(group) > 1 and all({v, *units[v]} == group for v in group) and all(u not in f for f in frames):
            frames.append(tuple(sorted(group, key=str)))
    return frames


def inner_product(e: ex.Expression) -> tuple[ex.Var, ex.Var] | None:
    """The columns u and v of ``u^T v``; of ``||u||`` and its square, u twice."""
    if isinstance(e, ex.Pow) and e.operands[1] == ex.Num(2) and isinstance(e.operands[0], ex.Norm):
        e = e.operands[0]
    if isinstance(e, ex.Norm) and e.is_euclidean and isinstance(e.operands[0], ex.Var):
        return (e.operands[0], e.operands[0]) if e.operands[0].shape[1] == 1 else None
    if not isinstance(e, ex.Mul) or len(e.operands) != 2 or not isinstance(e.operands[0], ex.Transpose):
        return None
    u, v = e.operands[0].operands[0], e.operands[1]
    if not isinstance(u, ex.Var) or not isinstance(v, ex.Var) or u.shape[1] != 1 or u.is_number_shaped:
        return None
    return u, v


def image_of(
    hypothesis: Hypothesis, bases: dict[str, ex.Expression]
) -> tuple[ex.Expression, str, ex.Expression] | None:
    """(M, u, value) where the hypothesis says ``M u_i = value`` for all i, of a name M and a family among ``bases``."""
    if isinstance(hypothesis, Predicate) or hypothesis.op != "=":
        return None
    for left, value in ((hypothesis.left, hypothesis.right), (hypothesis.right, hypothesis.left)):
        if isinstance(left, ex.Mul) and len(left.operands) == 2 and isinstance(left.operands[0], ex.Var):
            matrix, vector = left.operands
            known = isinstance(vector, ex.Member) and bases.get(vector.name) == vector
            if known and all(n != matrix for n in ex.walk(value)):
                return matrix, vector.name, value
    return None
