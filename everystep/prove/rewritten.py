"""Claims that follow from others as they are written, before products are multiplied out.

The normal form knows words and sums of words.  As it is written, ``(X^T W X)^-1 X^T W y = b`` is
``X^T W y = X^T W X b``, whatever W is made of; ``det(M + u u^T)`` is ``det(M) det(I + M^-1 u u^T)`` for any M that
has an inverse; and a name can be replaced by what a hypothesis says it is equal to.  One function a rule.  May import
``everystep.algebra`` and what is known of small matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sympy import Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Expression, Var
from everystep.algebra.shapes import same_size
from everystep.derivation import Claim
from everystep.prove.eigenvalue_products import OF_EIGENVALUES
from everystep.prove.small_matrices import sum_of_powers
from everystep.records import dataclass, replace

MOST_INVERSES, MOST_NAMES, MOST_ENDS = 3, 3, 3

BINDING = (
    ex.SumOver,
    ex.Limit,
    ex.LimitAt,
    ex.Gradient,
    ex.Jacobian,
    ex.Hessian,
    ex.ScalarDerivative,
    ex.Differential,
    ex.Expectation,
    ex.Variance,
    ex.Covariance,
    ex.Given,
)
"""Nodes within which an index, or a name, does not stand for the value at hand."""
DERIVATIVES = (ex.Gradient, ex.Jacobian, ex.Hessian, ex.ScalarDerivative, ex.Differential)
AT_FULL_RANK = "pseudo-inverse at full rank"


# equations times what an inverse inverts --------------------------------------------------------


def without_inverses(claim: Claim) -> Iterator[Relation]:
    """An equation of matrices times M, from the side on which a term of it begins or ends with M^-1.

    M is invertible wherever the equation has a value, so that the new one says as much.  Fails to yield anything unless
    the inverse is the first or the last matrix of a term, as it is written, and M is larger than 1 x 1.
    """
    if not isinstance(claim, Relation) or claim.op != "=" or claim.left.is_number_shaped:
        return
    for last in (False, True):
        found = dict.fromkeys(n for side in (claim.left, claim.right) for n in _outer_inverses(side, last))
        for inverse in list(found)[:MOST_INVERSES]:
            sides = (_times(inverse, side, last) for side in (claim.left, claim.right))
            yield Relation(next(sides), "=", next(sides))


def without_common_ends(claim: Claim) -> Iterator[Relation]:
    """A = B for u^T A v = u^T B v: an equation without a matrix with which every term of it begins, or ends."""
    if not isinstance(claim, Relation) or claim.op != "=":
        return
    sides = claim.left, claim.right
    for _ in range(MOST_ENDS):
        stripped = next(
            (
                (left, right)
                for last in (False, True)
                for factor in dict.fromkeys(_ends(sides[0], last))
                if (left := _without_end(sides[0], factor, last)) is not None
                and (right := _without_end(sides[1], factor, last)) is not None
            ),
            None,
        )
        if stripped is None:
            return
        sides = stripped
        yield Relation(sides[0], "=", sides[1])


def with_determinants_together(claim: Claim) -> Iterator[Relation]:
    """det(M N), and det(N M), for det(M) det(N) on a side of an equation, whose matrices have one size: the product may
    be known where M and N are not taken apart, as (A - B) (A + B) of matrices that commute.
    """
    if not isinstance(claim, Relation) or claim.op != "=" or not claim.left.is_number_shaped:
        return
    for position, side in enumerate((claim.left, claim.right)):
        factors = side.operands if isinstance(side, ex.Mul) else ()
        found = [f for f in factors if isinstance(f, ex.Det)]
        if len(found) != 2 or not same_size(found[0].operands[0].shape[0], found[1].operands[0].shape[0]):
            continue
        rest = [f for f in factors if not isinstance(f, ex.Det)]
        for one, other in (found, found[::-1]):
            whole = ex.Det(ex.Mul(one.operands[0], other.operands[0]))
            joined = ex.Mul(*rest, whole) if rest else whole
            yield Relation(joined, "=", claim.right) if position == 0 else Relation(claim.left, "=", joined)


def _chains(e: Expression) -> list[list[Expression]]:
    """The factors of a product, those together that multiply as matrices."""
    if not isinstance(e, ex.Mul):
        return [[e]]
    return [[e.operands[k] for k in segment] for segment in e.segments]


def _ends(e: Expression, last: bool) -> list[Expression]:
    """The matrices with which the first term of a sum begins, or (``last``) ends."""
    while isinstance(e, (ex.Add, ex.Neg, ex.Div)):
        e = e.operands[0]
    return [c[-1 if last else 0] for c in _chains(e) if len(c) > 1]


def _without_end(e: Expression, factor: Expression, last: bool) -> Expression | None:
    """M of M F, or (not ``last``) of F M, for every term of a sum; None where a term does not end, or begin, so."""
    if isinstance(e, (ex.Add, ex.Neg)):
        terms = [_without_end(operand, factor, last) for operand in e.operands]
        left = [term for term in terms if term is not None]
        changed: Expression | None = e.func(*left) if len(left) == len(terms) else None
        return changed
    if isinstance(e, ex.Div):
        above = _without_end(e.operands[0], factor, last)
        return None if above is None else ex.Div(above, e.operands[1])
    chains = _chains(e)
    end = -1 if last else 0
    for position, chain in enumerate(chains):
        if len(chain) > 1 and chain[end] == factor:
            rest = chain[:-1] if last else chain[1:]
            numbers = [c[0] if len(c) == 1 else ex.Mul(*c) for c in chains[:position] + chains[position + 1 :]]
            if not all(number.is_number_shaped for number in numbers):
                return None
            return ex.Mul(*numbers, *rest) if numbers or len(rest) > 1 else rest[0]
    return None


def _outer_inverses(e: Expression, last: bool) -> Iterator[Expression]:
    """The inverses with which a term of a sum begins, or (``last``) ends."""
    if isinstance(e, ex.Inverse) and not e.is_number_shaped:
        yield e
    elif isinstance(e, (ex.Add, ex.Neg)):
        for operand in e.operands:
            yield from _outer_inverses(operand, last)
    elif isinstance(e, ex.Div):
        yield from _outer_inverses(e.operands[0], last)
    elif isinstance(e, ex.Mul):
        _, matrices = _scale_and_matrices(e)
        if matrices:
            yield from _outer_inverses(matrices[-1 if last else 0], last)


def _scale_and_matrices(e: ex.Mul) -> tuple[list[Expression], list[Expression]]:
    """The numbers that a product is scaled by, and the factors that multiply as matrices."""
    numbers: list[Expression] = []
    matrices: list[Expression] = []
    for segment in e.segments:
        factors = [e.operands[k] for k in segment]
        if factors[0].shape[0] == 1 and factors[-1].shape[1] == 1:
            numbers.append(factors[0] if len(factors) == 1 else ex.Mul(*factors))
        else:
            matrices = factors
    return numbers, matrices


def _times(inverse: Expression, e: Expression, last: bool) -> Expression:
    """M e, or e M, for the inverse of M; where e begins, or ends, with it, the two cancel."""
    if e == inverse:
        return ex.Eye(e.shape[0])
    if isinstance(e, (ex.Add, ex.Neg)):
        changed: Expression = e.func(*(_times(inverse, operand, last) for operand in e.operands))
        return changed
    if isinstance(e, ex.Div):
        return ex.Div(_times(inverse, e.operands[0], last), e.operands[1])
    if isinstance(e, ex.Mul):
        numbers, matrices = _scale_and_matrices(e)
        end = -1 if last else 0
        if matrices and inverse in _outer_inverses(matrices[end], last):
            matrices[end] = _times(inverse, matrices[end], last)
            return ex.Mul(*numbers, matrices[0] if len(matrices) == 1 else ex.Mul(*matrices))
    matrix = inverse.operands[0]
    return ex.Mul(e, matrix) if last else ex.Mul(matrix, e)


# determinants, inverses and pseudo-inverses that hypotheses take apart ---------------------------


@dataclass(frozen=True)
class Known:
    """What is asked of matrices: whether one is known to be invertible, what hypotheses call one, what a name
    is defined as, whether two are equal; the context; whether one is symmetric, or positive (semi)definite, and whether
    a number is >= 0.
    """

    invertible: Callable[[Expression], bool]
    has: Callable[..., bool]
    meaning: Callable[[Expression], Expression]
    equal: Callable[[Expression, Expression], bool]
    context: Context
    symmetric: Callable[[Expression], bool]
    definite: Callable[[Expression, bool], bool]
    nonnegative: Callable[[Expression], bool]


def taken_apart(claim: Claim, known: Known) -> tuple[Claim, tuple[str, ...]] | None:
    """The claim with determinants of sums, inverses of powers and pseudo-inverses of products taken apart, and the
    names of the rules; None where none applies.

    Nothing is changed under a sum, a product or a limit over an index, a derivative or a mean: there a name or an index
    is not the one that the hypotheses speak of.
    """
    used: list[str] = []
    sides = [_rewritten(side, known, used) for side in claim.sides]
    if not used:
        return None
    changed = Relation(sides[0], claim.op, sides[1]) if isinstance(claim, Relation) else Predicate(claim.kind, sides[0])
    return changed, tuple(used)


def definitions_taken_apart(claim: Claim, known: Known) -> tuple[Context, tuple[str, ...]] | None:
    """The context with the same done to what names are defined as; None where nothing changes.

    Fails where the claim or a definition binds anything: a name that is varied is not the one that hypotheses speak of.
    """
    context = known.context
    bodies = [d.body for d in context.definitions]
    if context.recurrences or any(isinstance(n, BINDING) for e in (*claim.sides, *bodies) for n in ex.walk(e)):
        return None
    used: list[str] = []
    single = [d for d in context.definitions if isinstance(d.target, Var)]
    apart = {d: replace(d, body=_rewritten(d.body, known, used)) for d in single}
    definitions = tuple(apart.get(d, d) for d in context.definitions)
    return (replace(context, definitions=definitions), tuple(used)) if used else None


def _rewritten(e: Expression, known: Known, used: list[str]) -> Expression:
    whole = sum_of_powers(e, known.context)
    if whole is not None:
        used.append("sum of the powers of a small matrix")
        return whole
    if isinstance(e, DERIVATIVES):
        return _with_full_ranks(e, known, used)
    if isinstance(e, BINDING) or not e.operands:
        return e
    changed = [_rewritten(a, known, used) if isinstance(a, Expression) else a for a in e.args]
    rebuilt: Expression = e if tuple(changed) == e.args else e.func(*changed)
    for name, rule in RULES.items():
        value = rule(rebuilt, known)
        if value is not None:
            used.append(name)
            return value
    return rebuilt


def _with_full_ranks(e: Expression, known: Known, used: list[str]) -> Expression:
    """What is derived with pseudo-inverses of matrices of full rank written out: a full rank stays one nearby.

    No other rule is used there, and none under what binds an index, or under a mean.
    """
    if (isinstance(e, BINDING) and not isinstance(e, DERIVATIVES)) or not e.operands:
        return e
    value = pseudo_inverse_at_full_rank(e, known)
    if value is not None:
        used.append(AT_FULL_RANK)
        return value
    derived = e.args[:1] if isinstance(e, DERIVATIVES) else e.args
    changed = [_with_full_ranks(a, known, used) if isinstance(a, Expression) else a for a in derived]
    return e if tuple(changed) == derived else e.func(*changed, *e.args[len(derived) :])


def determinant_lemma(e: Expression, known: Known) -> Expression | None:
    """det(M + W) = det(M) det(I + M^-1 W) for a term M of the sum that is known to be invertible and is no plain name
    (of which the normal form takes care).
    """
    if not isinstance(e, ex.Det) or not isinstance(e.operands[0], ex.Add) or e.operands[0].is_number_shaped:
        return None
    terms = e.operands[0].operands
    for position, term in enumerate(terms):
        if isinstance(term, (Var, ex.Eye, ex.Neg)) or not known.invertible(term):
            continue
        rest = [*terms[:position], *terms[position + 1 :]]
        others = rest[0] if len(rest) == 1 else ex.Add(*rest)
        return ex.Mul(ex.Det(term), ex.Det(ex.Add(ex.Eye(term.shape[0]), ex.Mul(ex.Inverse(term), others))))
    return None


def determinant_of_quotient(e: Expression, known: Known) -> Expression | None:
    """det(I + A S^-1 B) = det(S + B A) / det(S), also with a minus, and for a product the product of such.

    S^-1 may stand in a name that is defined as a product.
    """
    if not isinstance(e, ex.Det):
        return None
    (inside,) = e.operands
    if isinstance(inside, ex.Mul) and all(f.shape == inside.shape for f in inside.operands):
        parts = [(determinant_of_quotient(ex.Det(f), known), f) for f in inside.operands]
        if all(part is None for part, _ in parts):
            return None
        return ex.Mul(*(ex.Det(f) if part is None else part for part, f in parts))
    if not isinstance(inside, ex.Add) or len(inside.operands) != 2:
        return None
    for one, other in (inside.operands, inside.operands[::-1]):
        minus = isinstance(other, ex.Neg)
        numbers, factors = _written_out(other.operands[0] if minus else other, known)
        places = [k for k, f in enumerate(factors) if isinstance(f, ex.Inverse) and not f.is_number_shaped]
        if not isinstance(one, ex.Eye) or len(places) != 1:
            continue
        (place,) = places
        (matrix,) = factors[place].operands
        turned = [*numbers, *factors[place + 1 :], *factors[:place]]
        if len(turned) == len(numbers):
            turned.append(ex.Eye(matrix.shape[0]))
        rest = turned[0] if len(turned) == 1 else ex.Mul(*turned)
        return ex.Div(ex.Det(ex.Add(matrix, ex.Neg(rest) if minus else rest)), ex.Det(matrix))
    return None


def _written_out(e: Expression, known: Known) -> tuple[list[Expression], list[Expression]]:
    """The numbers and the matrices of a product, names in it that are defined as products written out."""
    if not isinstance(e, ex.Mul):
        e = known.meaning(e)
    if not isinstance(e, ex.Mul):
        return [], [e]
    numbers, matrices = _scale_and_matrices(e)
    found: list[Expression] = []
    for matrix in matrices:
        more, inner = _written_out(matrix, known)
        numbers += more
        found += inner
    return numbers, found


def inverse_of_power(e: Expression, known: Known) -> Expression | None:
    """(A^k)^-1 = (A^-1)^k for an invertible A: of another A, A^0 has an inverse and A has none."""
    if not isinstance(e, ex.Inverse) or not isinstance(e.operands[0], ex.Pow) or e.is_number_shaped:
        return None
    base, exponent = e.operands[0].operands
    return ex.Pow(ex.Inverse(base), exponent) if known.invertible(base) else None


def pseudo_inverse_at_full_rank(e: Expression, known: Known) -> Expression | None:
    """A^+ = (A^T A)^-1 A^T at full column rank, A^+ = A^T (A A^T)^-1 at full row rank."""
    if not isinstance(e, ex.PseudoInverse) or e.is_number_shaped:
        return None
    (a,) = e.operands
    twin = ex.Transpose(a)
    if _full_rank(a, known, "column"):
        return ex.Mul(ex.Inverse(ex.Mul(twin, a)), twin)
    if _full_rank(a, known, "row"):
        return ex.Mul(twin, ex.Inverse(ex.Mul(a, twin)))
    return None


def pseudo_inverse_of_factors(e: Expression, known: Known) -> Expression | None:
    """(A B)^+ = B^+ A^+ where A has full column rank and B full row rank; also of a name that is defined as A B."""
    product = known.meaning(e.operands[0]) if isinstance(e, ex.PseudoInverse) else e
    if not isinstance(e, ex.PseudoInverse) or not isinstance(product, ex.Mul):
        return None
    numbers, matrices = _scale_and_matrices(product)
    if numbers or len(matrices) != 2 or not _full_rank(matrices[0], known, "column"):
        return None
    if not _full_rank(matrices[1], known, "row"):
        return None
    inverses = [ex.PseudoInverse(m) for m in reversed(matrices)]
    return ex.Mul(*(pseudo_inverse_at_full_rank(p, known) or p for p in inverses))


def pseudo_inverse_between_orthonormal(e: Expression, known: Known) -> Expression | None:
    """(U M)^+ = M^+ U^T for U^T U = I, (M V^T)^+ = V M^+ for V^T V = I: the four conditions of Penrose are those of M.

    What is left over is inverted where it is known to be invertible.
    """
    if not isinstance(e, ex.PseudoInverse):
        return None
    numbers, matrices = _written_out(e.operands[0], known)
    before: list[Expression] = []
    after: list[Expression] = []
    if numbers:
        return None
    while len(matrices) > 1 and _orthonormal(matrices[0], known):
        after.insert(0, ex.Transpose(matrices.pop(0)))
    while len(matrices) > 1 and _orthonormal(ex.Transpose(matrices[-1]), known):
        before.append(ex.Transpose(matrices.pop()))
    if not before and not after:
        return None
    inner = matrices[0] if len(matrices) == 1 else ex.Mul(*matrices)
    square = same_size(*inner.shape)
    rest = ex.Inverse(inner) if square and known.invertible(inner) else ex.PseudoInverse(inner)
    return ex.Mul(*before, pseudo_inverse_at_full_rank(rest, known) or rest, *after)


def rank_of_product(e: Expression, known: Known) -> Expression | None:
    """rank(C A D) = rank(A) where C has full column rank and D full row rank; an invertible matrix has both."""
    if not isinstance(e, ex.Rank) or not isinstance(e.operands[0], ex.Mul):
        return None
    numbers, matrices = _scale_and_matrices(e.operands[0])
    left = list(matrices)
    if numbers:
        return None
    while len(left) > 1 and _has_rank(left[0], known, "column"):
        left.pop(0)
    while len(left) > 1 and _has_rank(left[-1], known, "row"):
        left.pop()
    if len(left) == len(matrices):
        return None
    return ex.Rank(left[0] if len(left) == 1 else ex.Mul(*left))


def exponential_of_kronecker_sum(e: Expression, known: Known) -> Expression | None:
    """exp(A (x) I + I (x) B) = exp(A) (x) exp(B), also of A (x) I and I (x) B alone, with numbers before them.

    The two terms commute; the identities must have the sizes of the other factors.
    """
    if not isinstance(e, ex.MatrixFunction) or e.function != "exp" or e.is_number_shaped:
        return None
    (inside,) = e.operands
    terms = inside.operands if isinstance(inside, ex.Add) else (inside,)
    parts = [_kronecker_with_identity(term) for term in terms]
    places = [part[0] for part in parts if part is not None]
    if len(places) != len(terms) or len(set(places)) != len(places):
        return None
    found = dict(part for part in parts if part is not None)
    products = [next(n for n in ex.walk(term) if isinstance(n, ex.Kron)) for term in terms]
    sizes = [kron.operands[0].shape[0] for kron in products]
    if not all(same_size(size, sizes[0]) for size in sizes):
        return None  # A (x) I_n + I_n (x) B for m x m matrices fits, and is no Kronecker sum
    factors = (
        ex.MatrixFunction("exp", found[k]) if k in found else ex.Eye(products[0].operands[k].shape[0]) for k in range(2)
    )
    return ex.Kron(*factors)


def _kronecker_with_identity(e: Expression) -> tuple[int, Expression] | None:
    """(0, c A) of c (A (x) I), (1, c B) of c (I (x) B); None of anything else."""
    if isinstance(e, ex.Neg):
        inner = _kronecker_with_identity(e.operands[0])
        return None if inner is None else (inner[0], ex.Neg(inner[1]))
    numbers, matrices = _scale_and_matrices(e) if isinstance(e, ex.Mul) else ([], [e])
    if len(matrices) != 1 or not isinstance(matrices[0], ex.Kron):
        return None
    units = [isinstance(f, ex.Eye) for f in matrices[0].operands]
    if not any(units):
        return None
    place = int(units[0])
    factor = matrices[0].operands[place]
    if not same_size(*factor.shape):
        return None
    return place, ex.Mul(*numbers, factor) if numbers else factor


def trace_of_turned_power(e: Expression, known: Known) -> Expression | None:
    """tr((A B)^k) = tr((B A)^k), the factors turned so that the first ones come first in the order of their names.

    For k = 0 the traces are those of identities: only turns that keep the size are made where k may be 0.
    """
    inside = e.operands[0] if isinstance(e, ex.Trace) else None
    if not isinstance(inside, ex.Pow) or not isinstance(inside.operands[0], ex.Mul) or inside.is_number_shaped:
        return None
    base, exponent = inside.operands
    if len(base.segments) != 1 or not isinstance(exponent, ex.Int):
        return None
    turns = [ex.Mul(*base.operands[k:], *base.operands[:k]) for k in range(len(base.operands))]
    if not exponent.value.is_positive:
        turns = [t for t in turns if same_size(t.operands[0].shape[0], base.shape[0])]
    least = min(turns, key=str)
    return None if least == base else ex.Trace(ex.Pow(least, exponent))


def _has_rank(a: Expression, known: Known, of: str) -> bool:
    """Full rank as a hypothesis says it, or because a square matrix is known to be invertible."""
    return _full_rank(a, known, of) or (not a.is_number_shaped and same_size(*a.shape) and known.invertible(a))


def _orthonormal(a: Expression, known: Known) -> bool:
    return not a.is_number_shaped and known.equal(ex.Mul(ex.Transpose(a), a), ex.Eye(a.shape[1]))


def with_symmetric_for_diagonal(context: Context) -> Context | None:
    """The context with no more said of diagonal matrices than that they are symmetric, which is weaker; None where
    none is. Products with a diagonal matrix are taken apart entry by entry, and then are no words.
    """
    diagonal = [h for h in context.hypotheses if isinstance(h, Predicate) and h.kind == "diagonal"]
    if not diagonal:
        return None
    symmetric = tuple(Relation(h.subject, "=", ex.Transpose(h.subject)) for h in diagonal)
    return replace(context, hypotheses=(*(h for h in context.hypotheses if h not in diagonal), *symmetric))


def _full_rank(a: Expression, known: Known, of: str) -> bool:
    if isinstance(a, ex.Transpose):
        return _full_rank(a.operands[0], known, "row" if of == "column" else "column")
    gram = ex.Mul(ex.Transpose(a), a) if of == "column" else ex.Mul(a, ex.Transpose(a))
    return known.has(a, f"full {of} rank", "invertible", "positive definite", "orthogonal") or known.has(
        gram, "invertible", "positive definite"
    )


RULES: dict[str, Callable[[Expression, Known], Expression | None]] = {
    "determinant lemma": determinant_lemma,
    "determinant lemma for a quotient": determinant_of_quotient,
    "inverse of a power": inverse_of_power,
    "pseudo-inverse of full rank factors": pseudo_inverse_of_factors,
    "pseudo-inverse between orthonormal columns": pseudo_inverse_between_orthonormal,
    "pseudo-inverse at full rank": pseudo_inverse_at_full_rank,
    "rank of a product with a matrix of full rank": rank_of_product,
    "exponential of a Kronecker sum": exponential_of_kronecker_sum,
    "trace of a turned power": trace_of_turned_power,
    **OF_EIGENVALUES,
}


# names that hypotheses say what they are equal to ------------------------------------------------


def eliminated(claim: Claim, context: Context) -> Iterator[tuple[Claim, Context]]:
    """Claims without one of the names (last: without as many as may be) that a hypothesis ``name = expression`` gives,
    each with the hypotheses that are left, the name replaced in all of them.

    Equals are put for equals: so nothing is replaced under a derivative, a mean or a limit, where a name varies; a
    hypothesis with one of these and the name is left out, which only weakens what is given.  An index of the expression
    must not be one that a sum in the claim or in a hypothesis runs over.  No name that has a definition, a law or a
    recurrence is replaced.
    """
    if context.random:
        return
    found = 0
    for hypothesis in context.hypotheses:
        if found == MOST_NAMES:
            return
        pair = _as_value(hypothesis, context)
        changed = None if pair is None else _without(claim, context, hypothesis, *pair)
        if changed is None:
            continue
        found += 1
        yield changed
        further = changed
        for _ in range(MOST_NAMES):
            nexts = ((h, p) for h in further[1].hypotheses if (p := _as_value(h, further[1])) is not None)
            nested = next((w for h, p in nexts if (w := _without(*further, h, *p)) is not None), None)
            if nested is None:
                break
            further = nested
        if further is not changed:
            yield further


def with_names_as_letters(claim: Claim, context: Context) -> Iterator[tuple[Claim, Context]]:
    """Claims about any value of a defined name, of which the given one is a special case: for ``g := A x - b``, with
    ``A x - g`` in the place of b.

    Not where something is random or varies in the claim, or in what names are defined as: a letter is constant.
    Hypotheses in which something varies are left out, which only weakens what is given.
    """
    if context.random or context.recurrences:
        return
    bodies = {d.target: d.body for d in context.definitions if isinstance(d.target, Var)}
    varying = tuple(b for b in BINDING if b is not ex.SumOver)

    def varies(*parts: Expression) -> bool:
        return any(isinstance(node, varying) for part in parts for node in ex.walk(part))

    here = dict.fromkeys(n for side in claim.sides for n in ex.walk(side) if isinstance(n, Var) and n in bodies)
    if not here or varies(*claim.sides, *(part for pair in _defined(context) for part in pair)):
        return
    kept = tuple(h for h in context.hypotheses if not varies(*h.sides))
    for name in list(here)[:MOST_NAMES]:
        definitions = tuple(d for d in context.definitions if d.target != name)
        for solved, value in _solved_for(name, bodies[name]):
            said = Relation(solved, "=", value)
            within = replace(context, definitions=definitions, hypotheses=(*kept, said))
            changed = _without(claim, within, said, solved, value)
            if changed is not None:
                yield changed


def with_eigenvalues_written(claim: Claim, context: Context) -> Claim | None:
    """The claim with the names of numbers that are defined by eigenvalues or norms replaced by what they are, so that
    the rules of these see them; None where there is none, or where something varies or is bound.
    """
    if any(isinstance(n, BINDING) for side in claim.sides for n in ex.walk(side)):
        return None
    found = {
        d.target: d.body
        for d in context.definitions
        if isinstance(d.target, Var)
        and d.target.is_number_shaped
        and any(isinstance(n, (ex.EigMax, ex.EigMin, ex.Norm)) for n in ex.walk(d.body))
        and not any(isinstance(n, BINDING) for n in ex.walk(d.body))
    }
    sides = [side.xreplace(found) for side in claim.sides]
    if tuple(sides) == claim.sides:
        return None
    return Relation(sides[0], claim.op, sides[1]) if isinstance(claim, Relation) else Predicate(claim.kind, sides[0])


def _solved_for(name: Var, body: Expression) -> Iterator[tuple[Var, Expression]]:
    """(b, A x - g) of ``g := A x - b``, for every plain letter that is one term of a sum and in no other."""
    if not isinstance(body, ex.Add):
        return
    for position, term in enumerate(body.operands):
        solved = term.operands[0] if isinstance(term, ex.Neg) else term
        rest = [*body.operands[:position], *body.operands[position + 1 :]]
        if not isinstance(solved, Var) or any(n == solved for t in rest for n in ex.walk(t)):
            continue
        others = rest[0] if len(rest) == 1 else ex.Add(*rest)
        yield solved, ex.Add(others, ex.Neg(name)) if isinstance(term, ex.Neg) else ex.Add(name, ex.Neg(others))


def _as_value(hypothesis: Hypothesis, context: Context) -> tuple[Var, Expression] | None:
    """(name, value) of a hypothesis that says what a name is."""
    if not isinstance(hypothesis, Relation) or hypothesis.op != "=":
        return None
    defined = {getattr(target, "name", "") for target, _ in _defined(context)}
    for name, value in ((hypothesis.left, hypothesis.right), (hypothesis.right, hypothesis.left)):
        if isinstance(name, Var) and name.name not in defined and name not in set(ex.walk(value)):
            return name, value
    return None


def _defined(context: Context) -> list[tuple[Expression, Expression]]:
    """What definitions and recurrences say: each target with its body."""
    return [(d.target, d.body) for d in context.definitions] + [(r.target, r.body) for r in context.recurrences]


def _without(
    claim: Claim, context: Context, hypothesis: Hypothesis, name: Var, value: Expression
) -> tuple[Claim, Context] | None:
    """The claim and the context with a value in the place of a name; None where that may not be done."""
    free = {s for s in value.free_symbols if isinstance(s, Symbol)}
    varying = tuple(b for b in BINDING if b is not ex.SumOver)

    def replaceable(part: Expression) -> bool:
        nodes = list(ex.walk(part))
        bound = {n.index for n in nodes if isinstance(n, ex.SumOver)}
        return not any(isinstance(n, varying) for n in nodes) and not bound & free

    if not all(replaceable(side) for side in claim.sides) or value.has_kind(*BINDING):
        return None
    if not any(n == name for side in claim.sides for n in ex.walk(side)):
        return None
    if any(n == name for pair in _defined(context) for part in pair for n in ex.walk(part)):
        return None
    mapping = {name: value}
    left: list[Hypothesis] = []
    for other in context.hypotheses:
        if other == hypothesis:
            continue
        if not any(n == name for part in other.sides for n in ex.walk(part)):
            left.append(other)
        elif all(map(replaceable, other.sides)):
            left.append(_replaced(other, mapping))
    return _replaced(claim, mapping), replace(context, hypotheses=tuple(left))


def _replaced(claim: Claim, mapping: dict[Var, Expression]) -> Claim:
    if isinstance(claim, Predicate):
        return Predicate(claim.kind, claim.subject.xreplace(mapping))
    return Relation(claim.left.xreplace(mapping), claim.op, claim.right.xreplace(mapping))
