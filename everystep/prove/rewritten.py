"""Claims that follow from others as they are written, before products are multiplied out.

The normal form knows words and sums of words.  As it is written, ``(X^T W X)^-1 X^T W y = b`` is
``X^T W y = X^T W X b``, whatever W is made of; ``det(M + u u^T)`` is ``det(M) det(I + M^-1 u u^T)`` for any M that
has an inverse; and a name can be replaced by what a hypothesis says it is equal to.  One function a rule.  May import
``everystep.algebra`` only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sympy import Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Expression, Var
from everystep.derivation import Claim

MOST_INVERSES, MOST_NAMES = 3, 3

BINDING = (
    ex.SumOver,
    ex.Limit,
    ex.Gradient,
    ex.Jacobian,
    ex.Hessian,
    ex.ScalarDerivative,
    ex.Differential,
    ex.Expectation,
    ex.Variance,
    ex.Covariance,
)
"""Nodes within which an index, or a name, does not stand for the value at hand."""


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
    """What is asked of matrices: whether one is known to be invertible, and what hypotheses call one."""

    invertible: Callable[[Expression], bool]
    has: Callable[..., bool]


def taken_apart(claim: Claim, known: Known) -> tuple[Claim, tuple[str, ...]] | None:
    """The claim with determinants of sums, inverses of powers and pseudo-inverses of products taken apart, and the
    names of the rules; None where none applies.

    Nothing is changed under a sum, a product or a limit over an index, a derivative or a mean: there a name or an index
    is not the one that the hypotheses speak of.
    """
    used: list[str] = []
    sides = [_rewritten(side, known, used) for side in _sides(claim)]
    if not used:
        return None
    changed = Relation(sides[0], claim.op, sides[1]) if isinstance(claim, Relation) else Predicate(claim.kind, sides[0])
    return changed, tuple(used)


def _rewritten(e: Expression, known: Known, used: list[str]) -> Expression:
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
    """(A B)^+ = B^+ A^+ where A has full column rank and B full row rank."""
    if not isinstance(e, ex.PseudoInverse) or not isinstance(e.operands[0], ex.Mul):
        return None
    numbers, matrices = _scale_and_matrices(e.operands[0])
    if numbers or len(matrices) != 2 or not _full_rank(matrices[0], known, "column"):
        return None
    if not _full_rank(matrices[1], known, "row"):
        return None
    inverses = [ex.PseudoInverse(m) for m in reversed(matrices)]
    return ex.Mul(*(pseudo_inverse_at_full_rank(p, known) or p for p in inverses))


def _full_rank(a: Expression, known: Known, of: str) -> bool:
    if isinstance(a, ex.Transpose):
        return _full_rank(a.operands[0], known, "row" if of == "column" else "column")
    return known.has(a, f"full {of} rank", "invertible", "positive definite", "orthogonal")


RULES: dict[str, Callable[[Expression, Known], Expression | None]] = {
    "determinant lemma": determinant_lemma,
    "inverse of a power": inverse_of_power,
    "pseudo-inverse of full rank factors": pseudo_inverse_of_factors,
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

    if not all(replaceable(side) for side in _sides(claim)) or any(isinstance(n, BINDING) for n in ex.walk(value)):
        return None
    if not any(n == name for side in _sides(claim) for n in ex.walk(side)):
        return None
    if any(n == name for pair in _defined(context) for part in pair for n in ex.walk(part)):
        return None
    mapping = {name: value}
    left: list[Hypothesis] = []
    for other in context.hypotheses:
        if other == hypothesis:
            continue
        if not any(n == name for part in _sides(other) for n in ex.walk(part)):
            left.append(other)
        elif all(map(replaceable, _sides(other))):
            left.append(_replaced(other, mapping))
    return _replaced(claim, mapping), replace(context, hypotheses=tuple(left))


def _replaced(claim: Claim, mapping: dict[Var, Expression]) -> Claim:
    if isinstance(claim, Predicate):
        return Predicate(claim.kind, claim.subject.xreplace(mapping))
    return Relation(claim.left.xreplace(mapping), claim.op, claim.right.xreplace(mapping))


def _sides(claim: Claim) -> tuple[Expression, ...]:
    return (claim.left, claim.right) if isinstance(claim, Relation) else (claim.subject,)
