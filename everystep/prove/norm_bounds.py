"""Norms of products and sums below what bounds their factors: ``||A B - C D|| <= ||A - C|| ||B|| + ||C|| ||B - D||``.

The larger side says how the matrix is to be factored: each of its norms is that of a factor, each of its numbers a
factor or the bound of one.  May import the normal form, the order and the lemmas; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice, pairwise, permutations, product

from everystep.algebra import expressions as ex
from everystep.algebra.context import Relation
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ONE, same_shape, same_size
from everystep.prove.as_written import Written, scale_of_unit
from everystep.prove.equations import head_of_every
from everystep.prove.lemmas import Lemmas
from everystep.prove.sides import addends_of, factors_of
from everystep.records import dataclass

MOST_FACTORS, MOST_TERMS, MOST_WAYS, MOST_NODES, MOST_CHOICES, MOST_PRODUCTS = 4, 4, 12, 6, 8, 256
ZERO, TWO = ex.Num(0), ex.Num(2)


@dataclass(frozen=True)
class Factor:
    """A matrix, or a number that scales, and which norm of it is bounded: empty for a number."""

    value: Expression
    kind: str


def kind_of(norm: ex.Norm) -> str:
    """Which norm: ``1`` and ``inf`` of columns and matrices; ``operator`` and ``frobenius``, both of a vector."""
    if norm.kind in ("1", "inf"):
        return norm.kind
    if ONE in norm.operands[0].shape:
        return "vector"
    return "frobenius" if norm.kind == "F" else "operator"


def factored(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """||M|| <= b_1 + ... + b_k where M = +-M_1 +- ... +- M_k and b_j is a product of bounds of the factors of M_j.

    One of the norms 2, F, 1 and inf; beside one Frobenius norm the operator norm may stand.  A number in b scales, and
    is not negative, or bounds the norm of a factor.  Squares on both sides are taken off; 1 is the norm of I, but for
    the Frobenius norm.
    """
    if isinstance(small, ex.Pow) and small.operands[1] == TWO and isinstance(small.operands[0], ex.Norm):
        root = _root(large)
        return root is not None and factored(lemmas, small.operands[0], root)
    if small == ex.Num(1):
        return _product_is_identity(lemmas, large) or _identity_below(lemmas, large)
    if not isinstance(small, ex.Norm) or small.operands[0].is_number_shaped:
        return False
    (whole,) = small.operands
    known = list(bounded_by_hypotheses(lemmas))
    choices: list[list[Expression]] = []
    for term in _terms(large):
        ways = list(_ways(lemmas, term, small, known))
        if not ways:
            return False
        choices.append(ways)
    if len(choices) > MOST_TERMS:
        return False
    # What stands first in its list is the likeliest.
    for places in sorted(product(*(range(len(ways)) for ways in choices)), key=sum):
        parts = [ways[place] for ways, place in zip(choices, places, strict=True)]
        for signs in product((False, True), repeat=len(parts)):
            total = [ex.Neg(part) if minus else part for part, minus in zip(parts, signs, strict=True)]
            if lemmas.equal(whole, total[0] if len(total) == 1 else ex.Add(*total)):
                return True
    return False


def reversed_bounds(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """||M|| - b <= c from ||M|| <= b + c by the rule for factors: ``(1 - g) ||x|| <= ||x - A x||`` where ||A|| <= g.

    The smaller side is multiplied out where it is a sum times a number.
    """
    terms = _multiplied_out(small)
    norms = [t for t in terms if isinstance(t, ex.Norm)]
    if len(terms) < 2 or len(norms) != 1 or not all(isinstance(t, ex.Neg) for t in terms if t is not norms[0]):
        return False
    return factored(lemmas, norms[0], ex.Add(large, *(t.operands[0] for t in terms if t is not norms[0])))


def _multiplied_out(e: Expression) -> list[Expression]:
    """The addends of a number, of one sum among the factors of a product each times the others."""
    sums = [f for f in factors_of(e) if isinstance(f, ex.Add)]
    if not isinstance(e, ex.Mul) or len(sums) != 1 or not all(f.is_number_shaped for f in e.operands):
        return list(addends_of(e))
    found: list[Expression] = []
    for addend in addends_of(sums[0]):
        bare = addend.operands[0] if isinstance(addend, ex.Neg) else addend
        factors = [g for f in e.operands for g in (factors_of(bare) if f is sums[0] else (f,))]
        factors = [f for f in factors if f != ex.Num(1)] or [ex.Num(1)]
        value = factors[0] if len(factors) == 1 else ex.Mul(*factors)
        found.append(ex.Neg(value) if isinstance(addend, ex.Neg) else value)
    return found


def _root(e: Expression) -> Expression | None:
    """b of b^2, factor by factor; None where a factor is written as no square."""
    roots: list[Expression] = []
    for factor in factors_of(e):
        if not isinstance(factor, ex.Pow) or factor.operands[1] != TWO:
            return None
        roots.append(factor.operands[0])
    return roots[0] if len(roots) == 1 else ex.Mul(*roots)


def _terms(e: Expression) -> list[Expression]:
    """The addends; 2 b as b + b."""
    found: list[Expression] = []
    for term in addends_of(e):
        if isinstance(term, ex.Mul) and term.operands[0] in (TWO, ex.Num(3)) and len(term.operands) > 1:
            rest = term.operands[1:]
            found += [rest[0] if len(rest) == 1 else ex.Mul(*rest)] * int(term.operands[0].value)
        else:
            found.append(term)
    return found


def _parts(e: Expression) -> list[Expression] | None:
    """The factors of a number; those of a quotient with 1 over what is below, those of a power one by one."""
    if isinstance(e, ex.Div):
        above = _parts(e.operands[0])
        return None if above is None else [*(f for f in above if f != ex.Num(1)), ex.Div(ex.Num(1), e.operands[1])]
    found: list[Expression] = []
    for factor in factors_of(e):
        exponent = factor.operands[1] if isinstance(factor, ex.Pow) else None
        if isinstance(exponent, ex.Num) and exponent.value.is_Integer and 0 < exponent.value <= MOST_FACTORS:
            found += [factor.operands[0]] * int(exponent.value)
        elif isinstance(factor, ex.Div):
            inner = _parts(factor)
            if inner is None:
                return None
            found += inner
        else:
            found.append(factor)
    return found if all(f.is_number_shaped for f in found) else None


def _ways(
    lemmas: Lemmas, term: Expression, small: ex.Norm, known: list[tuple[Expression, Expression, str]]
) -> Iterator[Expression]:
    """The matrices of the shape of the whole whose norm the term bounds."""
    (whole,) = small.operands
    parts = _parts(term)
    if parts is None:
        return
    choices = [list(dict.fromkeys(_candidates(lemmas, part, whole, known)))[:MOST_CHOICES] for part in parts]
    units = [Factor(m, kind) for m, b, kind in known if b == ex.Num(1) and m in set(ex.walk(whole))]
    if units:  # a factor with the norm 1 is not written in the bound
        choices.append([Factor(ex.Num(1), ""), *units[:MOST_CHOICES]])
    found: dict[Expression, int] = {}
    for chosen in islice(product(*choices), MOST_PRODUCTS):
        numbers = [c.value for c in chosen if not c.kind]
        matrices = [c for c in chosen if c.kind]
        if not matrices and numbers and _has_identity(small):
            yield ex.Mul(*numbers, ex.Eye(whole.shape[0]))
        if not 0 < len(matrices) <= MOST_FACTORS or not _allowed(kind_of(small), matrices):
            continue
        for order in dict.fromkeys(permutations([m.value for m in matrices])):
            value = _multiplied(order)
            if value is not None and same_shape(value.shape, whole.shape):
                found[ex.Mul(*numbers, value) if numbers else value] = _inverses_beside(order)
    # Of the same letters first, and then those with something between inverses, as in A^-1 - B^-1 = A^-1 (B - A) B^-1.
    yield from sorted(found, key=lambda e: (len(e.names ^ whole.names), found[e]))[:MOST_WAYS]


def _inverses_beside(factors: tuple[Expression, ...]) -> int:
    """How many neighbours both have an inverse in them."""
    return sum(left.has_kind(ex.Inverse) and right.has_kind(ex.Inverse) for left, right in pairwise(factors))


def _multiplied(factors: tuple[Expression, ...]) -> Expression | None:
    """The product, where neighbours fit as matrices."""
    if not all(same_size(left.shape[1], right.shape[0]) for left, right in pairwise(factors)):
        return None
    return factors[0] if len(factors) == 1 else ex.Mul(*factors)


def _allowed(whole: str, factors: list[Factor]) -> bool:
    """Whether the norm of a product is at most the product of these norms of its factors.

    The norm 1 or inf of a row is not that of the matrix that it is; the operator norm of two factors is less than the
    Frobenius norm of their product may be.
    """
    kinds = [f.kind for f in factors]
    if whole in ("1", "inf"):
        return all(kind == whole for kind in kinds) and all(f.value.shape[0] != ONE for f in factors)
    if not all(kind in ("operator", "frobenius", "vector") for kind in kinds):
        return False
    return whole != "frobenius" or any(kind in ("frobenius", "vector") for kind in kinds)


def _candidates(
    lemmas: Lemmas, part: Expression, whole: Expression, known: list[tuple[Expression, Expression, str]]
) -> Iterator[Factor]:
    """What a factor of the bound may stand for: the matrix in a norm, or its transpose; a number that is not negative;
    a matrix whose norm is at most that number.
    """
    if isinstance(part, ex.Norm):
        (inside,) = part.operands
        yield Factor(inside, kind_of(part))
        if part.kind in ("2", "F"):
            yield Factor(ex.Transpose(inside), kind_of(part))
    elif isinstance(part, ex.Apply) and part.function == "abs" and not part.order:
        yield Factor(part.operands[0], "")
    elif lemmas.nonnegative(part):
        yield Factor(part, "")
    for measured, bound, kind in known:
        if bound == part or (isinstance(bound, ex.Num) and not part.leaves and lemmas.equal(bound, part)):
            yield Factor(measured, kind)
            if kind in ("operator", "frobenius"):
                yield Factor(ex.Transpose(measured), kind)
    if not isinstance(part, (ex.Norm, ex.Num)):
        for node in _matrices_in(whole):
            if operator_at_most(lemmas, node, part):
                yield Factor(node, "operator")


def _matrices_in(e: Expression) -> list[Expression]:
    """The square matrices larger than a number that occur, inverses first; not the whole."""
    found = dict.fromkeys(
        n for n in ex.walk(e) if n != e and ONE not in n.shape and same_size(*n.shape) and not isinstance(n, ex.Eye)
    )
    return sorted(found, key=lambda n: not isinstance(n, ex.Inverse))[:MOST_NODES]


def bounded_by_hypotheses(lemmas: Lemmas) -> Iterator[tuple[Expression, Expression, str]]:
    """(M, b, kind) of the hypotheses ||M|| <= b, < b and = b; ||P||_inf <= 1 of a stochastic matrix P."""
    for matrix in stochastic_matrices(lemmas):
        yield matrix, ex.Num(1), "inf"
    for h in lemmas.form.context.hypotheses:
        if not isinstance(h, Relation) or h.op == "!=":
            continue
        sides = ((h.left, h.right), (h.right, h.left))
        pairs = sides if h.op == "=" else (sides[0] if h.op in ("<=", "<") else sides[1],)
        for measured, bound in pairs:
            if isinstance(measured, ex.Norm):
                yield measured.operands[0], bound, kind_of(measured)


def stochastic_matrices(lemmas: Lemmas) -> list[Expression]:
    """The matrices the entries of which hypotheses call not negative, and the rows of which add up to 1."""
    signed = [
        h.left.operands[0]
        for h in lemmas.form.context.hypotheses
        if isinstance(h, Relation) and h.op in (">=", ">") and h.right == ZERO
        if isinstance(h.left, ex.Entry) and len(h.left.at) == 2 and head_of_every(h.left)
    ]
    sums = ((m, ex.Mul(m, ex.Ones(m.shape[1], 1))) for m in dict.fromkeys(signed))
    return [m for m, total in sums if lemmas.equal(total, ex.Ones(m.shape[0], 1))]


def _has_identity(norm: ex.Norm) -> bool:
    """Whether a norm is one of square matrices in which the identity has the norm 1."""
    (inside,) = norm.operands
    return kind_of(norm) in ("operator", "1", "inf") and ONE not in inside.shape and same_size(*inside.shape)


def _identity_below(lemmas: Lemmas, large: Expression) -> bool:
    """1 <= b as ||I|| <= b, in the norm that occurs there, multiplied out."""
    terms = _multiplied_out(large)
    norms = dict.fromkeys(n for term in terms for n in ex.walk(term) if isinstance(n, ex.Norm) and _has_identity(n))
    if len(terms) < 2:
        return False
    whole = dict.fromkeys(ex.Norm(ex.Eye(n.operands[0].shape[0]), n.kind) for n in norms)
    return any(factored(lemmas, one, ex.Add(*terms)) for one in whole)


def _product_is_identity(lemmas: Lemmas, large: Expression) -> bool:
    """1 <= ||A|| ||B|| where A B = I in one of the norms 2, 1 and inf, or F beside 2."""
    parts = _parts(large) or []
    norms = [p for p in parts if isinstance(p, ex.Norm)]
    if not 1 < len(norms) <= MOST_FACTORS or len(norms) < len(parts):
        return False
    factors = [Factor(n.operands[0], kind_of(n)) for n in norms]
    kinds = {f.kind for f in factors}
    if not (kinds <= {"operator", "frobenius"} or kinds in ({"1"}, {"inf"})):
        return False
    for order in permutations([f.value for f in factors]):
        value = _multiplied(order)
        square = value is not None and same_size(*value.shape) and ONE not in value.shape
        if value is not None and square and lemmas.equal(value, ex.Eye(value.shape[0])):
            return True
    return False


# matrices -----------------------------------------------------------------------------------------


def operator_at_most(lemmas: Lemmas, matrix: Expression, bound: Expression) -> bool:
    """||M||_2 <= c from the order of matrices: c I - M and c I + M semidefinite for a symmetric M, c^2 I - M^T M or
    c^2 I - M M^T semidefinite and c >= 0 for any; or M is the inverse of what is near the identity.
    """
    if isinstance(matrix, ex.Inverse) and _inverse_near_identity(lemmas, matrix.operands[0], bound):
        return True
    written = Written(lemmas)
    rows, columns = matrix.shape
    if same_size(rows, columns) and lemmas.symmetric(matrix):
        unit = ex.Mul(bound, ex.Eye(rows))
        if written.definite(ex.Add(unit, ex.Neg(matrix)), False) and written.definite(ex.Add(unit, matrix), False):
            return True
    return lemmas.nonnegative(bound) and _grams_below(lemmas, matrix, ex.Pow(bound, TWO))


def _inverse_near_identity(lemmas: Lemmas, inside: Expression, bound: Expression) -> bool:
    """||(c I + M)^-1|| <= 1 / (c - b) where ||M|| <= b and c - b > 0: ||c x + M x|| >= (c - b) ||x||."""
    below = bound.operands[1] if isinstance(bound, ex.Div) and bound.operands[0] == ex.Num(1) else None
    units = [part for part in addends_of(inside) if scale_of_unit(part) is not None]
    if below is None or len(units) != 1 or not lemmas.positive(below):
        return False
    rest = [part for part in addends_of(inside) if part is not units[0]]
    scale = scale_of_unit(units[0])
    if not rest or scale is None:
        return False
    matrix = rest[0] if len(rest) == 1 else ex.Add(*rest)
    norm = ex.Norm(matrix.operands[0] if isinstance(matrix, ex.Neg) else matrix)
    left = ex.Add(scale, ex.Neg(below))
    return (
        lemmas.equal(norm, left)
        or lemmas.below(norm, left)
        or any(
            bound_ == left or lemmas.equal(bound_, left)
            for measured, bound_, kind in bounded_by_hypotheses(lemmas)
            if measured == norm.operands[0] and kind in ("operator", "frobenius")
        )
    )


def operator_norm(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """||M||_2 <= c as :func:`operator_at_most` has it, and ||M||_2^2 <= c where c I - M^T M or c I - M M^T is
    semidefinite.
    """
    if isinstance(small, ex.Pow) and small.operands[1] == TWO:
        (norm, _) = small.operands
        return (
            isinstance(norm, ex.Norm) and kind_of(norm) == "operator" and _grams_below(lemmas, norm.operands[0], large)
        )
    if not isinstance(small, ex.Norm) or kind_of(small) != "operator":
        return False
    return operator_at_most(lemmas, small.operands[0], large)


def _grams_below(lemmas: Lemmas, matrix: Expression, square: Expression) -> bool:
    """Whether c^2 I is above M^T M or M M^T."""
    rows, columns = matrix.shape
    return any(
        Written(lemmas).definite(ex.Add(ex.Mul(square, ex.Eye(size)), ex.Neg(gram)), False)
        for size, gram in (
            (columns, ex.Mul(ex.Transpose(matrix), matrix)),
            (rows, ex.Mul(matrix, ex.Transpose(matrix))),
        )
    )


def eigenvalue_bounds(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """lambda_max(S) <= c where c I - S is semidefinite, c <= lambda_min(S) where S - c I is, and lambda_min(S) <= c
    where c I - S is; for symmetric S, with the addends of both sides in any place.
    """
    addends = [*addends_of(large), *(ex.Neg(a) for a in addends_of(small))]
    for position, addend in enumerate(addends):
        others = [a for k, a in enumerate(addends) if k != position and a not in (ZERO, ex.Neg(ZERO))]
        minus = isinstance(addend, ex.Neg)
        node = addend.operands[0] if isinstance(addend, ex.Neg) else addend
        if not isinstance(node, (ex.EigMax, ex.EigMin)):
            continue
        (matrix,) = node.operands
        rest = ex.Add(*others) if len(others) > 1 else others[0] if others else ZERO
        unit = ex.Mul(rest, ex.Eye(matrix.shape[0]))
        if not lemmas.symmetric(matrix):
            continue
        # rest >= lambda, or lambda + rest >= 0
        if Written(lemmas).definite(ex.Add(unit, ex.Neg(matrix) if minus else matrix), False):
            return True
    return False


def eigenvalue_below_norm(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """lambda_max(S), -lambda_min(S) and ||S||_2 are at most ||S||_1 and ||S||_inf for a symmetric S; ||A||_2^2 is at
    most ||A||_1 ||A||_inf for any A: that is at least the norm 1 of A^T A.
    """
    if isinstance(small, ex.Pow) and small.operands[1] == TWO and isinstance(small.operands[0], ex.Norm):
        norms = factors_of(large)
        (inside,) = small.operands[0].operands
        measured = all(isinstance(n, ex.Norm) and n.operands == (inside,) for n in norms)
        return (
            measured
            and kind_of(small.operands[0]) in ("operator", "vector")
            and len(norms) == 2
            and {n.kind for n in norms if isinstance(n, ex.Norm)} == {"1", "inf"}
        )
    if not isinstance(large, ex.Norm) or large.kind not in ("1", "inf"):
        return False
    (matrix,) = large.operands
    if ONE in matrix.shape or not same_size(*matrix.shape):
        return False
    below = (
        ex.EigMax(matrix),
        ex.EigMin(matrix),
        ex.Neg(ex.EigMin(matrix)),
        ex.Neg(ex.EigMax(matrix)),
        ex.Norm(matrix),
    )
    return small in below and lemmas.symmetric(matrix)


# equivalence of norms -----------------------------------------------------------------------------


_OF_VECTOR = {
    ("1", "2"): 1,
    ("1", "inf"): 2,
    ("2", "inf"): 1,
    ("2", "1"): 0,
    ("inf", "1"): 0,
    ("inf", "2"): 0,
}
"""e of ``||x||_p <= n^(e / 2) ||x||_q`` for a vector with n entries, by (p, q)."""

_OF_MATRIX = {
    ("operator", "1"): (0, 1),
    ("operator", "inf"): (1, 0),
    ("frobenius", "1"): (0, 1),
    ("frobenius", "inf"): (1, 0),
    ("1", "operator"): (1, 0),
    ("1", "frobenius"): (1, 0),
    ("1", "inf"): (2, 0),
    ("inf", "operator"): (0, 1),
    ("inf", "frobenius"): (0, 1),
    ("inf", "1"): (0, 2),
    ("operator", "frobenius"): (0, 0),
}
"""(a, b) of ``||A||_p <= m^(a / 2) n^(b / 2) ||A||_q`` for an m x n matrix, by (p, q)."""


def equivalent_norms(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """||x||_p <= c ||x||_q and ||A||_p <= c ||A||_q with c at least the root of a product of sizes that the table has;
    also squared; and ||x||_2^2 <= ||x||_1 ||x||_inf.
    """
    squared = isinstance(small, ex.Pow) and small.operands[1] == TWO
    norm = small.operands[0] if squared else small
    if not isinstance(norm, ex.Norm) or norm.operands[0].is_number_shaped:
        return False
    (x,) = norm.operands
    factors = list(factors_of(large))
    column = norm.is_euclidean and ONE in x.shape
    if squared and column and len(factors) == 2 and set(factors) == {ex.Norm(x, "1"), ex.Norm(x, "inf")}:
        return True
    wanted = (
        f.operands[0] if squared and isinstance(f, ex.Pow) and f.operands[1] == TWO else (None if squared else f)
        for f in factors
    )
    places = [(k, n) for k, n in enumerate(wanted) if isinstance(n, ex.Norm) and n.operands == (x,)]
    if len(places) != 1:
        return False
    ((place, other),) = places
    scales = _least_constants(norm, other)
    rest = factors[:place] + factors[place + 1 :]
    number = (rest[0] if len(rest) == 1 else ex.Mul(*rest)) if rest else ex.Num(1)
    if not scales or not number.is_number_shaped or not lemmas.nonnegative(number):
        return False
    square = number if squared else ex.Pow(number, TWO)
    return any(lemmas.equal(square, scale) or lemmas.order.at_least(square, scale, False) for scale in scales)


def _least_constants(small: ex.Norm, large: Expression) -> list[Expression]:
    """Each c^2 of the tables, as a product of sizes; of the Frobenius and the operator norm also the rows, and the
    rank: so many singular values are not 0.
    """
    if not isinstance(large, ex.Norm):
        return []
    (matrix,) = small.operands
    rows, columns = map(ex.Int, matrix.shape)
    if ONE in matrix.shape:
        p, q = ("2" if n.kind == "F" else n.kind for n in (small, large))
        exponent = _OF_VECTOR.get((p, q))
        return [] if exponent is None else [_power(columns if matrix.shape[0] == ONE else rows, exponent)]
    kinds = kind_of(small), kind_of(large)
    if kinds == ("frobenius", "operator"):
        return [rows, columns, ex.Rank(matrix)]
    found = _OF_MATRIX.get(kinds)
    return [] if found is None else [ex.Mul(_power(rows, found[0]), _power(columns, found[1]))]


def _power(size: Expression, exponent: int) -> Expression:
    return ex.Pow(size, ex.Num(exponent)) if exponent else ex.Num(1)


# roots ------------------------------------------------------------------------------------------


def smoothed_norms(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """|sqrt(c + ||x||^2) - sqrt(c + ||y||^2)| <= ||x - y||, ||x + y|| for one c >= 0, also of numbers and without
    the bars: it is | ||(s, x)|| - ||(s, +-y)|| | with s^2 = c.
    """
    bare = small.operands[0] if isinstance(small, ex.Apply) and small.function == "abs" and not small.order else small
    terms = addends_of(lemmas.expanded(bare))
    gap = large.operands[0] if isinstance(large, ex.Norm) and large.is_euclidean else None
    if gap is None and isinstance(large, ex.Apply) and large.function == "abs" and not large.order:
        gap = large.operands[0]
    if len(terms) != 2 or gap is None or not isinstance(terms[1], ex.Neg):
        return False
    squares = [_square_of_root(lemmas, term) for term in (terms[0], terms[1].operands[0])]
    parts = addends_of(gap)
    if None in squares or len(parts) != 2:
        return False
    x, y = (p.operands[0] if isinstance(p, ex.Neg) else p for p in parts)
    first, second = (s for s in squares if s is not None)
    for a, b in ((x, y), (y, x)):
        rests = [
            ex.Add(whole, ex.Neg(ex.Pow(ex.Norm(v), TWO) if not v.is_number_shaped else ex.Pow(v, TWO)))
            for whole, v in ((first, a), (second, b))
        ]
        if lemmas.equal(rests[0], rests[1]) and lemmas.order.at_least(rests[0], ZERO, False):
            return True
    return False


def _square_of_root(lemmas: Lemmas, e: Expression) -> Expression | None:
    e = lemmas.expanded(e)
    if isinstance(e, ex.Apply) and e.function == "sqrt" and not e.order:
        return e.operands[0]
    return ex.Pow(e, TWO) if isinstance(e, ex.Norm) and e.is_euclidean else None


NORM_BOUNDS: dict[str, Callable[[Lemmas, Expression, Expression], bool]] = {
    "norms of factors": factored,
    "norms of factors, reversed": reversed_bounds,
    "operator norm and order": operator_norm,
    "eigenvalues and order": eigenvalue_bounds,
    "eigenvalues below a norm": eigenvalue_below_norm,
    "equivalence of norms": equivalent_norms,
    "smoothed norms": smoothed_norms,
}
