"""Definiteness of matrices as they are written: sums, congruences, inverses, Schur complements.

The normal form expands ``C^T (A - B) C`` to two words neither of which is semidefinite; as it is written it is a
congruence.  One function a rule, each True only on a proof; what is shown semidefinite is symmetric as well.  May
import the normal form, the order and the lemmas; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations
from math import isqrt

from everystep.algebra import expressions as ex
from everystep.algebra.context import Predicate, Relation
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import same_size
from everystep.calculus.networks import Exhausted, Undecided
from everystep.prove.lemmas import Lemmas
from everystep.prove.matrix_squares import is_sum_of_squares
from everystep.prove.sides import addends_of

MOST_PARTS, MOST_DEPTH = 5, 6
FULL_COLUMN = ("full column rank", "invertible", "positive definite", "orthogonal")


class Written:
    """The rules under one context, for one claim."""

    def __init__(self, lemmas: Lemmas) -> None:
        self.lemmas = lemmas
        self.depth = 0

    def definite(self, e: Expression, strict: bool) -> bool:
        """Whether a matrix is symmetric and positive semidefinite, or definite."""
        if self.depth >= MOST_DEPTH:
            return False
        self.depth += 1
        try:
            for name, rule in RULES.items():
                if rule(self, e, strict):
                    self.lemmas.form.core.used(name)
                    return True
            return False
        except (Undecided, Exhausted):
            return False
        finally:
            self.depth -= 1

    def number(self, e: Expression, strict: bool) -> bool:
        """Whether a number is >= 0, or > 0."""
        return self.lemmas.positive(e) if strict else self.lemmas.nonnegative(e)

    def transposed(self, a: Expression, b: Expression) -> bool:
        """Whether a = b^T: as written, or a = b for a symmetric matrix."""
        return a == ex.Transpose(b) or b == ex.Transpose(a) or (a == b and self.lemmas.symmetric(a))

    def full_column_rank(self, e: Expression) -> bool:
        """Full column rank as hypotheses say it, of the matrix or of its Gram matrix."""
        if self.lemmas.has(ex.Mul(ex.Transpose(e), e), "invertible", "positive definite"):
            return True
        if isinstance(e, ex.Transpose):
            (inside,) = e.operands
            return self.lemmas.has(inside, "full row rank", *FULL_COLUMN[1:]) or isinstance(inside, ex.Inverse)
        return self.lemmas.has(e, *FULL_COLUMN) or isinstance(e, ex.Inverse)


def _product(factors: tuple[Expression, ...]) -> Expression:
    return factors[0] if len(factors) == 1 else ex.Mul(*factors)


def _is_matrix(e: Expression) -> bool:
    return not e.is_number_shaped


def given(written: Written, e: Expression, strict: bool) -> bool:
    """A hypothesis says so; or the normal form is a sum of what is semidefinite."""
    lemmas = written.lemmas
    if lemmas.has(e, "positive definite") or (not strict and lemmas.has(e, "positive semidefinite")):
        return True
    try:
        return lemmas.equal(e, ex.Transpose(e)) and lemmas.order.definite(lemmas.form.poly(e), strict)
    except (Undecided, Exhausted):
        return False


def hypotheses_added(written: Written, e: Expression, strict: bool) -> bool:
    """A sum of positive multiples of matrices that hypotheses call semidefinite: A - C = (A - B) + (B - C).

    That they are symmetric is said with it, so that A and C need not be.
    """
    return written.lemmas.order.sum_of_known(written.lemmas.form.poly(e), strict)


def multiple(written: Written, e: Expression, strict: bool) -> bool:
    """c M and M / c for a number c >= 0, c > 0 where M has to be definite; -(-M)."""
    if isinstance(e, ex.Neg) and isinstance(e.operands[0], ex.Neg):
        return written.definite(e.operands[0].operands[0], strict)
    if isinstance(e, ex.Div):
        return written.number(e.operands[1], True) and written.definite(e.operands[0], strict)
    if not isinstance(e, ex.Mul) or len(e.segments) < 2:
        return False
    parts = [_product(tuple(e.operands[k] for k in segment)) for segment in e.segments]
    matrices = [part for part in parts if _is_matrix(part)]
    numbers = [part for part in parts if not _is_matrix(part)]
    return (
        len(matrices) == 1
        and all(written.number(number, strict) for number in numbers)
        and written.definite(matrices[0], strict)
    )


def congruence(written: Written, e: Expression, strict: bool) -> bool:
    """W^T M W and W^T W with M semidefinite; definite with M definite and W of full column rank."""
    if not isinstance(e, ex.Mul) or len(e.segments) != 1 or len(e.operands) < 2:
        return False
    first, *middle, last = e.operands
    if not written.transposed(first, last) or (strict and not written.full_column_rank(last)):
        return False
    return not middle or written.definite(_product(tuple(middle)), strict)


def square(written: Written, e: Expression, strict: bool) -> bool:
    """An even power of a symmetric matrix, and any power of a semidefinite one; definite where the base is definite."""
    if not isinstance(e, ex.Pow) or not isinstance(e.operands[1], ex.Num) or not e.operands[1].value.is_Integer:
        return False
    base, exponent = e.operands[0], int(e.operands[1].value)
    if exponent < 0:
        return False
    if not strict and exponent % 2 == 0 and written.lemmas.symmetric(base):
        return True
    return written.definite(base, strict)


def inverse(written: Written, e: Expression, strict: bool) -> bool:
    """The inverse of a semidefinite matrix: it exists, so both are definite."""
    return isinstance(e, ex.Inverse) and written.definite(e.operands[0], False)


def entrywise(written: Written, e: Expression, strict: bool) -> bool:
    """The Hadamard and the Kronecker product of (semi)definite matrices: Schur's theorem."""
    return isinstance(e, (ex.Hadamard, ex.Kron)) and all(written.definite(f, strict) for f in e.operands)


def sums(written: Written, e: Expression, strict: bool) -> bool:
    """A sum of semidefinite parts, definite where one of them is; addends that are not may make up one part."""
    parts = addends_of(e)
    if not 1 < len(parts) <= MOST_PARTS:
        return False
    good = [p for p in parts if written.definite(p, False)]
    rest = [p for p in parts if p not in good]
    if not rest:
        return not strict or any(written.definite(p, True) for p in good)
    if not good:
        return False
    for count in range(min(len(good), 2)):
        for beside in combinations(good, count):
            together = [p for p in parts if p in rest or p in beside]
            if len(together) == len(parts) or len(together) < 2:
                continue
            others = [p for p in good if p not in beside]
            if written.definite(ex.Add(*together), False) and (
                not strict or any(written.definite(p, True) for p in others)
            ):
                return True
    return False


def sum_over_index(written: Written, e: Expression, strict: bool) -> bool:
    """sum_i M_i from M_i semidefinite for every i: the sum may be empty, so never definite by this alone."""
    if strict or not isinstance(e, ex.SumOver):
        return False
    with written.lemmas.held(e) as (_, body):
        return written.definite(body, False)


def cancelled(written: Written, e: Expression, strict: bool) -> bool:
    """(A + M) - A: what is added and taken away again is left out."""
    parts = _flat(e)
    left = list(parts)
    for part in parts:
        opposite = part.operands[0] if isinstance(part, ex.Neg) else ex.Neg(part)
        if part in left and opposite in left:
            left.remove(part)
            left.remove(opposite)
    if not left or len(left) == len(parts):
        return False
    return written.definite(left[0] if len(left) == 1 else ex.Add(*left), strict)


def _flat(e: Expression) -> list[Expression]:
    """The addends of a sum, those of sums in it as well."""
    if isinstance(e, ex.Add):
        return [part for operand in e.operands for part in _flat(operand)]
    if isinstance(e, ex.Neg) and isinstance(e.operands[0], (ex.Add, ex.Neg)):
        return [p.operands[0] if isinstance(p, ex.Neg) else ex.Neg(p) for p in _flat(e.operands[0])]
    return [e]


def schur_complement(written: Written, e: Expression, strict: bool) -> bool:
    """M - B N^-1 B^T from N - B^T M^-1 B, for M and N definite: both are complements in one symmetric block matrix."""
    parts = addends_of(e)
    for position, part in enumerate(parts):
        others = parts[:position] + parts[position + 1 :]
        found = _around_inverse(part) if isinstance(part, ex.Neg) and others else None
        if found is None:
            continue
        before, matrix, after = found
        whole = others[0] if len(others) == 1 else ex.Add(*others)
        if not written.lemmas.equal(before, ex.Transpose(after)):
            continue
        if not written.definite(whole, True) or not written.definite(matrix, True):
            continue
        between = () if isinstance(whole, ex.Eye) else (ex.Inverse(whole),)
        inner = ex.Add(matrix, ex.Neg(ex.Mul(after, *between, ex.Transpose(after))))
        if written.definite(inner, strict):
            return True
    return False


def _around_inverse(part: Expression) -> tuple[Expression, Expression, Expression] | None:
    """(B, N, C) of -(B N^-1 C)."""
    (inside,) = part.operands
    if not isinstance(inside, ex.Mul) or len(inside.segments) != 1:
        return None
    factors = inside.operands
    places = [k for k, f in enumerate(factors) if isinstance(f, ex.Inverse)]
    if len(places) != 1 or not 0 < places[0] < len(factors) - 1:
        return None
    (place,) = places
    return _product(factors[:place]), factors[place].operands[0], _product(factors[place + 1 :])


def inverses_reversed(written: Written, e: Expression, strict: bool) -> bool:
    """B^-1 - A^-1 from A - B, for B definite (and so A): the inverse turns the order of definite matrices around."""
    parts = addends_of(e)
    if len(parts) != 2 or not isinstance(parts[1], ex.Neg):
        parts = parts[::-1]
    if len(parts) != 2 or not isinstance(parts[1], ex.Neg):
        return False
    smaller, larger = parts[0], parts[1].operands[0]
    if not isinstance(smaller, ex.Inverse) or not isinstance(larger, ex.Inverse):
        return False
    b, a = smaller.operands[0], larger.operands[0]
    return written.definite(b, True) and written.definite(ex.Add(a, ex.Neg(b)), strict)


def inverse_and_unit(written: Written, e: Expression, strict: bool) -> bool:
    """c I - a A^-1 from A - (a / c) I for c > 0 and a > 0, and a A^-1 - c I from a I - c A for a definite A and a > 0:
    congruences by a root of A, which is definite in the first case, too, as it is above a multiple of I.

    Of an A that is not definite nothing follows: -1 is below c = 1, and so is its inverse, while -1 is not above 1.
    """
    parts = addends_of(e)
    if len(parts) != 2:
        return False
    for part, other in (parts, parts[::-1]):
        minus = isinstance(part, ex.Neg)
        found = _multiple_of_inverse(part.operands[0] if isinstance(part, ex.Neg) else part)
        number = scale_of_unit(other.operands[0] if isinstance(other, ex.Neg) else other)
        if found is None or number is None or isinstance(other, ex.Neg) == minus:
            continue
        scale, matrix = found
        unit = ex.Eye(matrix.shape[0])
        if not written.number(scale, True):
            return False
        if minus and written.number(number, True):
            return written.definite(ex.Add(matrix, ex.Neg(ex.Mul(ex.Div(scale, number), unit))), strict)
        if not minus and written.definite(matrix, False):
            return written.definite(ex.Add(ex.Mul(scale, unit), ex.Neg(ex.Mul(number, matrix))), strict)
    return False


def _multiple_of_inverse(e: Expression) -> tuple[Expression, Expression] | None:
    """(a, A) of a A^-1."""
    if isinstance(e, ex.Inverse):
        return ex.Num(1), e.operands[0]
    if isinstance(e, ex.Div):
        inner = _multiple_of_inverse(e.operands[0])
        return None if inner is None else (ex.Div(inner[0], e.operands[1]), inner[1])
    if isinstance(e, ex.Mul) and len(e.operands) > 1 and all(f.is_number_shaped for f in e.operands[:-1]):
        inner = _multiple_of_inverse(e.operands[-1])
        return None if inner is None else (ex.Mul(*e.operands[:-1], inner[0]), inner[1])
    return None


def scale_of_unit(e: Expression) -> Expression | None:
    """c of c I; None of anything else."""
    if isinstance(e, ex.Eye):
        return ex.Num(1)
    if isinstance(e, ex.Div):
        inner = scale_of_unit(e.operands[0])
        return None if inner is None else ex.Div(inner, e.operands[1])
    if (
        isinstance(e, ex.Mul)
        and isinstance(e.operands[-1], ex.Eye)
        and all(f.is_number_shaped for f in e.operands[:-1])
    ):
        return _product(e.operands[:-1])
    return None


def inverse_of_mean(written: Written, e: Expression, strict: bool) -> bool:
    """sum w_k A_k^-1 - (sum w_k A_k)^-1 for definite A_k and weights w_k >= 0 with the sum 1: the inverse is convex.

    It is 0 where all A_k are equal, so never definite by this alone.
    """
    lemmas = written.lemmas
    parts = addends_of(e)
    below = [p.operands[0] for p in parts if isinstance(p, ex.Neg) and isinstance(p.operands[0], ex.Inverse)]
    if strict or len(below) != 1 or len(parts) < 2:
        return False
    weights, matrices = [], []
    for part in parts:
        if isinstance(part, ex.Neg) and part.operands[0] is below[0]:
            continue
        inside, over = (part.operands[0], [part.operands[1]]) if isinstance(part, ex.Div) else (part, [])
        factors = inside.operands if isinstance(inside, ex.Mul) else (inside,)
        numbers = [f for f in factors if f.is_number_shaped]
        inverses = [f for f in factors if isinstance(f, ex.Inverse) and not f.is_number_shaped]
        if len(inverses) != 1 or len(numbers) + 1 != len(factors):
            return False
        weight = _product(tuple(numbers)) if numbers else ex.Num(1)
        weights.append(ex.Div(weight, over[0]) if over else weight)
        matrices.append(inverses[0].operands[0])
    if len(weights) < 2 or not all(map(lemmas.nonnegative, weights)) or not all(map(lemmas.definite, matrices)):
        return False
    mean = ex.Add(*(ex.Mul(w, a) for w, a in zip(weights, matrices, strict=True)))
    return lemmas.equal(ex.Add(*weights), ex.Num(1)) and lemmas.equal(mean, below[0].operands[0])


def inverse_of_sum(written: Written, e: Expression, strict: bool) -> bool:
    """sum c_k A_k^-1 - c (sum d_k A_k)^-1 for definite A_k and rational c_k, d_k > 0 with c <= (sum sqrt(c_k d_k))^2,
    definite where c is less: 4 (A + B)^-1 is at most A^-1 + B^-1.

    By Cauchy-Schwarz for forms, with x as a sum of parts of any sizes.  Taken only where the roots are rational.
    """
    parts = _weights(e)
    if parts is None or not all(isinstance(m, ex.Inverse) for _, m in parts):
        return False
    below = [(c, m.operands[0]) for c, m in parts if c < 0]
    above = {m.operands[0]: c for c, m in parts if c > 0}
    inside = _weights(below[0][1]) if len(below) == 1 and 1 < len(above) == len(parts) - 1 else None
    if inside is None or len(inside) != len(above) or {m for _, m in inside} != set(above):
        return False
    roots = [_rational_root(above[m] * d) if d > 0 else None for d, m in inside]
    total = sum((root for root in roots if root is not None), Fraction(0)) ** 2
    least = -below[0][0]
    if None in roots or total < least or (strict and total == least):
        return False
    return all(written.definite(m, True) for m in above)


def _weights(e: Expression) -> list[tuple[Fraction, Expression]] | None:
    """The rational numbers and the matrices that a sum is made of; None where a number is another."""
    if isinstance(e, ex.Add):
        parts = [_weights(operand) for operand in e.operands]
        return None if None in parts else [pair for part in parts if part is not None for pair in part]
    scale, inside = Fraction(1), e
    if isinstance(e, ex.Neg):
        scale, inside = Fraction(-1), e.operands[0]
    elif isinstance(e, ex.Div) and isinstance(e.operands[1], ex.Num) and e.operands[1].value.is_Rational:
        scale, inside = 1 / Fraction(str(e.operands[1].value)), e.operands[0]
    elif isinstance(e, ex.Mul) and isinstance(e.operands[0], ex.Num) and e.operands[0].value.is_Rational:
        scale, inside = Fraction(str(e.operands[0].value)), _product(e.operands[1:])
    if inside is e:
        return [(scale, e)]
    inner = _weights(inside)
    return None if inner is None else [(scale * weight, m) for weight, m in inner]


def _rational_root(value: Fraction) -> Fraction | None:
    """The square root of a rational number that is not negative, where it is rational."""
    root = Fraction(isqrt(value.numerator), isqrt(value.denominator))
    return root if root**2 == value else None


def common_congruence(written: Written, e: Expression, strict: bool) -> bool:
    """W^T A W - W^T B W, which is W^T (A - B) W; also with more addends, and with W^T W for A = I."""
    parts = addends_of(e)
    bare = [p.operands[0] if isinstance(p, ex.Neg) else p for p in parts]
    if not 1 < len(parts) <= MOST_PARTS:
        return False
    if not all(isinstance(p, ex.Mul) and len(p.segments) == 1 and len(p.operands) > 1 for p in bare):
        return False
    ends = {(p.operands[0], p.operands[-1]) for p in bare}
    first, last = next(iter(ends))
    if len(ends) > 1 or not written.transposed(first, last) or (strict and not written.full_column_rank(last)):
        return False
    inner: list[Expression] = []
    for part, product in zip(parts, bare, strict=True):
        middle = _product(product.operands[1:-1]) if len(product.operands) > 2 else ex.Eye(first.shape[1])
        inner.append(ex.Neg(middle) if isinstance(part, ex.Neg) else middle)
    return written.definite(ex.Add(*inner), strict)


def above_least_squares(written: Written, e: Expression, strict: bool) -> bool:
    """c (A S A^T - (X^T S^-1 X)^-1) where a hypothesis says A X = I, for S definite and c >= 0: it is c D S D^T with
    D = A - (X^T S^-1 X)^-1 X^T S^-1; with S = I where it is not written.  No linear unbiased estimator has less
    variance than weighted least squares.  0 where A is that estimator, so never definite by this alone.
    """
    lemmas = written.lemmas
    addends = addends_of(e)
    if strict or not 1 < len(addends) <= MOST_PARTS:
        return False
    for h in lemmas.form.context.hypotheses:
        if not isinstance(h, Relation) or h.op != "=":
            continue
        for side, one in ((h.left, h.right), (h.right, h.left)):
            if not isinstance(one, ex.Eye) or not isinstance(side, ex.Mul) or len(side.operands) != 2:
                continue
            a, x = side.operands
            for factors in (p.operands for p in addends if isinstance(p, ex.Mul)):
                if a not in factors or ex.Transpose(a) != factors[-1]:
                    continue
                place = factors.index(a)
                numbers, between = factors[:place], factors[place + 1 : -1]
                if not all(n.is_number_shaped and lemmas.nonnegative(n) for n in numbers):
                    continue
                if between and not lemmas.definite(_product(between)):
                    continue
                weights = (ex.Inverse(_product(between)),) if between else ()
                gram = ex.Inverse(ex.Mul(ex.Transpose(x), *weights, x))
                gap = ex.Add(a, ex.Neg(ex.Mul(gram, ex.Transpose(x), *weights)))
                if lemmas.equal(e, ex.Mul(*numbers, gap, *between, ex.Transpose(gap))):
                    return True
    return False


def diagonal_matrix(written: Written, e: Expression, strict: bool) -> bool:
    """A matrix made of diag(v) and I whose diagonal has no negative entry, or positive ones only."""
    entries = _diagonal_of(e, written.lemmas)
    if entries is None:
        return False
    form = written.lemmas.form
    form.see(entries)
    return written.lemmas.order.nonnegative(form.poly(written.lemmas.unrolled(entries)), strict)


def _diagonal_of(e: Expression, lemmas: Lemmas) -> Expression | None:
    """The diagonal of a matrix that is written with diag(v), letters that are said to be diagonal, I, sums, multiples
    and products; None of any other.
    """
    if lemmas.has(e, "diagonal"):
        return ex.DiagPart(e)
    if isinstance(e, ex.Eye):
        return ex.Ones(e.shape[0], 1)
    if isinstance(e, ex.Diag):
        return e.operands[0]
    if isinstance(e, (ex.Add, ex.Neg)):
        parts = [_diagonal_of(part, lemmas) for part in e.operands]
        return None if None in parts else e.func(*parts)
    if isinstance(e, ex.Div):
        above = _diagonal_of(e.operands[0], lemmas)
        return None if above is None else ex.Div(above, e.operands[1])
    if not isinstance(e, ex.Mul):
        return None
    numbers = [f for f in e.operands if f.is_number_shaped]
    diagonals = [_diagonal_of(f, lemmas) for f in e.operands if not f.is_number_shaped]
    found = [d for d in diagonals if d is not None]
    if not found or len(found) < len(diagonals):
        return None
    entries = found[0] if len(found) == 1 else ex.Hadamard(*found)
    return ex.Mul(*numbers, entries) if numbers else entries


def exponential(written: Written, e: Expression, strict: bool) -> bool:
    """exp(S) for a symmetric S: its eigenvalues are those of S, exponentiated."""
    return isinstance(e, ex.MatrixFunction) and e.function == "exp" and written.lemmas.symmetric(e.operands[0])


def roots_in_order(written: Written, e: Expression, strict: bool) -> bool:
    """R - S for names R and S of semidefinite matrices with R^2 - S^2 semidefinite, definite where that is: where
    (R - S) v = l v, v^T (R^2 - S^2) v is l (v^T R v + v^T S v).  The other way around it is false.
    """
    parts = addends_of(e)
    if len(parts) != 2:
        return False
    for larger, part in (parts, parts[::-1]):
        smaller = part.operands[0] if isinstance(part, ex.Neg) else part
        if not isinstance(part, ex.Neg) or not isinstance(larger, ex.Var) or not isinstance(smaller, ex.Var):
            continue
        gap = ex.Add(ex.Mul(larger, larger), ex.Neg(ex.Mul(smaller, smaller)))
        return all(written.definite(root, False) for root in (larger, smaller)) and written.definite(gap, strict)
    return False


def squares(written: Written, e: Expression, strict: bool) -> bool:
    """A sum of squares, A^T A - A^T B - B^T A + B^T B; it may be 0, so never definite by this alone."""
    lemmas = written.lemmas

    def symmetric(matrix: Expression) -> bool:
        return same_size(*matrix.shape) and lemmas.symmetric(matrix)

    return not strict and is_sum_of_squares(e, symmetric, lemmas.nonnegative)


RULES: dict[str, Callable[[Written, Expression, bool], bool]] = {
    "definite": given,
    "sum of hypotheses": hypotheses_added,
    "diagonal matrix": diagonal_matrix,
    "multiple of a semidefinite matrix": multiple,
    "congruence": congruence,
    "power of a symmetric matrix": square,
    "inverse of a definite matrix": inverse,
    "Schur product": entrywise,
    "addends that cancel": cancelled,
    "sum of semidefinite matrices": sums,
    "sum of semidefinite members": sum_over_index,
    "congruence of a sum": common_congruence,
    "Schur complement": schur_complement,
    "order of inverses": inverses_reversed,
    "inverse beside a multiple of I": inverse_and_unit,
    "inverse of a mean": inverse_of_mean,
    "inverse of a sum": inverse_of_sum,
    "least squares among unbiased estimators": above_least_squares,
    "exponential of a symmetric matrix": exponential,
    "roots in order": roots_in_order,
    "sum of squares of matrices": squares,
}


def definite_as_written(lemmas: Lemmas, claim: Predicate) -> bool:
    """Whether a claim of definiteness follows by the rules above."""
    return Written(lemmas).definite(claim.subject, claim.kind == "positive definite")
