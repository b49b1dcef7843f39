"""Inequalities of ranks: what follows from those of products, sums and sizes by adding them up.

May import the normal form, the order and the lemmas; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations, permutations, product

from everystep.algebra import expressions as ex
from everystep.algebra.context import Predicate, Relation
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import same_shape, same_size
from everystep.calculus.networks import Key, Poly, monomial_key, subtract
from everystep.prove.lemmas import Lemmas
from everystep.prove.linear_programs import nonnegative_combination
from everystep.prove.sides import addends_of, matrix_factors

MOST_FACTORS, MOST_MATRICES, MOST_WORDS, MOST_EQUATIONS, MOST_LETTERS = 4, 6, 16, 3, 3


def ranks(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """An inequality of ranks and sizes that is a sum of nonnegative multiples of these: 0 <= rank(M) <= its rows and
    columns; rank(A B) <= rank(A), rank(B); Sylvester's rank(A) + rank(B) - n <= rank(A B); Frobenius'
    rank(A B) + rank(B C) <= rank(B) + rank(A B C); rank(A + B) <= rank(A) + rank(B); rank(0) = 0; equal products have
    equal ranks; what :func:`_of_pairs` and :func:`_of_steps` say.

    Of the products of neighbouring factors that occur, in the claim and in products that hypotheses call 0.
    """
    if isinstance(large, ex.Min) or isinstance(small, ex.Max):
        cases = [(small, part) for part in large.operands] if isinstance(large, ex.Min) else []
        cases = cases or [(part, large) for part in small.operands]
        return all(part.is_number_shaped and ranks(lemmas, *pair) for pair in cases for part in pair)
    inside = dict.fromkeys(n.operands[0] for e in (small, large) for n in ex.walk(e) if isinstance(n, ex.Rank))
    if not 0 < len(inside) <= MOST_MATRICES:
        return False
    form = lemmas.form
    gap = subtract(form.poly(large), form.poly(small))
    known = [form.poly(number) for number in _nonnegative(lemmas, list(inside))]
    keys = sorted({key for poly in (gap, *known) for key in poly}, key=monomial_key)
    return nonnegative_combination([_row(poly, keys) for poly in known], _row(gap, keys))


def _row(poly: Poly, keys: list[Key]) -> list[Fraction]:
    return [Fraction(poly.get(key, 0)) for key in keys]


def _nonnegative(lemmas: Lemmas, inside: list[Expression]) -> Iterator[Expression]:
    """The numbers that are known not to be negative, of the matrices whose ranks occur."""
    zeros = [
        product_
        for h in lemmas.form.context.hypotheses
        if isinstance(h, Relation) and h.op == "="
        for product_, zero in ((h.left, h.right), (h.right, h.left))
        if isinstance(zero, ex.Zeros) and isinstance(product_, (ex.Mul, ex.Pow))
    ]
    equal = [
        (h.left, h.right)
        for h in lemmas.form.context.hypotheses
        if isinstance(h, Relation) and h.op == "=" and not h.left.is_number_shaped
    ]
    equal = [pair for pair in equal if not any(map(_is_scaled, pair)) and not any(isinstance(s, _KNOWN) for s in pair)]
    words: dict[tuple[Expression, ...], None] = {}
    for matrix in (*inside, *zeros, *(side for pair in equal[:MOST_EQUATIONS] for side in pair)):
        letters = _letters(matrix)
        if len(letters) <= MOST_FACTORS:
            spans = combinations(range(len(letters) + 1), 2)
            words.update(dict.fromkeys(letters[start:end] for start, end in spans))
    yield ex.Num(1)
    for word in list(words)[:MOST_WORDS]:
        yield from _of_word(lemmas, word)
    for pair in equal[:MOST_EQUATIONS]:
        one, other = (_rank(_letters(side)) for side in pair)
        yield from (ex.Add(one, ex.Neg(other)), ex.Add(other, ex.Neg(one)))
    if 1 < len(inside) <= MOST_FACTORS:
        yield from _of_pairs(lemmas, inside)
        yield from _of_steps(lemmas, inside)
    sums = [h.subject for h in lemmas.form.context.hypotheses if isinstance(h, Predicate) and h.kind in _FULL]
    yield from _of_sums(lemmas, [*inside, *(m for m in sums if isinstance(m, ex.Add) and m not in inside)])


def _of_pairs(lemmas: Lemmas, inside: list[Expression]) -> Iterator[Expression]:
    """rank(A) + rank(B) <= n where A B = 0, and n <= rank(A) + rank(B) where A + B, or A - B, is a multiple of I other
    than 0, for n x n matrices; rank(I - A B) - m = rank(I - B A) - n for an m x n matrix A: x to B x and y to A y
    take the kernels to each other.
    """
    for a, b in combinations(inside, 2):
        if _turns(lemmas, a, b):
            gap = (ex.Rank(a), ex.Neg(ex.Int(a.shape[0])), ex.Neg(ex.Rank(b)), ex.Int(b.shape[0]))
            yield from (ex.Add(*gap), ex.Neg(ex.Add(*gap)))
        if not same_shape(a.shape, b.shape) or not same_size(*a.shape):
            continue
        size, both = ex.Int(a.shape[0]), ex.Add(ex.Rank(a), ex.Rank(b))
        if lemmas.equal(ex.Mul(a, b), ex.Zeros(*a.shape)):
            yield ex.Add(size, ex.Neg(both))
        if any(lemmas.equal(ex.Add(a, sign * b), ex.Mul(c, ex.Eye(a.shape[0]))) for sign, c in _SCALES):
            yield ex.Add(both, ex.Neg(size))


def _is_scaled(e: Expression) -> bool:
    """Whether a product has factors that are numbers, which may be 0."""
    return isinstance(e, ex.Mul) and len(e.segments) > 1


def _turns(lemmas: Lemmas, one: Expression, other: Expression) -> bool:
    """Whether two matrices are I + c A B and I + c B A for some cut of a product into A and B."""
    parts = addends_of(one)
    if len(parts) != 2 or not any(isinstance(part, ex.Eye) for part in parts) or not same_size(*other.shape):
        return False
    rest = [part for part in parts if not isinstance(part, ex.Eye)]
    if len(rest) != 1:
        return False
    minus = isinstance(rest[0], ex.Neg)
    product_ = rest[0].operands[0] if minus else rest[0]
    letters = () if _is_scaled(product_) else _letters(product_)
    for cut in range(1, len(letters) if len(letters) <= MOST_FACTORS else 0):
        turned = ex.Mul(*letters[cut:], *letters[:cut])
        whole = ex.Add(ex.Eye(turned.shape[0]), ex.Neg(turned) if minus else turned)
        if same_shape(whole.shape, other.shape) and lemmas.equal(whole, other):
            return True
    return False


def _of_steps(lemmas: Lemmas, inside: list[Expression]) -> Iterator[Expression]:
    """rank(C) <= rank(A) + rank(B) where C = A + X B, or A + B X, with a letter X: I - A B = (I - A) + A (I - B)."""
    names = dict.fromkeys(n for m in inside for n in ex.walk(m) if isinstance(n, ex.Var) and not n.is_number_shaped)
    for a, b, c in permutations(inside, 3):
        if not all(same_shape(m.shape, a.shape) for m in (b, c)) or not same_size(*a.shape):
            continue
        for x in list(names)[:MOST_LETTERS]:
            if same_shape(x.shape, a.shape) and any(
                lemmas.equal(c, ex.Add(a, step)) for step in (ex.Mul(x, b), ex.Mul(b, x))
            ):
                yield ex.Add(ex.Rank(a), ex.Rank(b), ex.Neg(ex.Rank(c)))
                break


_KNOWN = (ex.Zeros, ex.Eye)
_SCALES = tuple((ex.Num(sign), ex.Num(c)) for sign in (1, -1) for c in (1, 2, -1, -2))
_FULL = ("invertible", "full row rank", "full column rank", "positive definite", "orthogonal")


def _letters(matrix: Expression) -> tuple[Expression, ...]:
    """The factors of a product of matrices; those of a power one by one."""
    found: list[Expression] = []
    for factor in matrix_factors(matrix) or (matrix,):
        exponent = factor.operands[1] if isinstance(factor, ex.Pow) else None
        if isinstance(exponent, ex.Num) and exponent.value.is_Integer and 1 < exponent.value <= MOST_FACTORS:
            found += [factor.operands[0]] * int(exponent.value)
        else:
            found.append(factor)
    return tuple(found)


def _rank(word: tuple[Expression, ...]) -> Expression:
    return ex.Rank(word[0] if len(word) == 1 else ex.Mul(*word))


def _of_word(lemmas: Lemmas, word: tuple[Expression, ...]) -> Iterator[Expression]:
    """Of a product: sizes, factors, Sylvester's and Frobenius' inequalities."""
    whole = _rank(word)
    (matrix,) = whole.operands
    if lemmas.equal(matrix, ex.Zeros(*matrix.shape)):
        yield ex.Neg(whole)
    yield whole
    for size in matrix.shape:
        yield ex.Int(size)
        yield ex.Add(ex.Int(size), ex.Neg(whole))
    for first in range(1, len(word)):
        before, after = word[:first], word[first:]
        for part in (before, after):
            yield ex.Add(_rank(part), ex.Neg(whole))
        yield ex.Add(whole, ex.Int(after[0].shape[0]), ex.Neg(_rank(before)), ex.Neg(_rank(after)))
        for last in range(first + 1, len(word)):
            parts = (word[:last], word[first:])
            yield ex.Add(_rank(word[first:last]), whole, *(ex.Neg(_rank(part)) for part in parts))


def _of_sums(lemmas: Lemmas, inside: list[Expression]) -> Iterator[Expression]:
    """rank(A + B) <= rank(A) + rank(B), for the addends of each matrix, and where one is such a sum of two others."""
    for matrix in inside:
        parts = [p.operands[0] if isinstance(p, ex.Neg) else p for p in addends_of(matrix)]
        if 1 < len(parts) <= MOST_FACTORS:
            every = [matrix, *parts]
            for one in every:
                yield ex.Add(*(ex.Rank(m) for m in every if m is not one), ex.Neg(ex.Rank(one)))
    if len(inside) > MOST_FACTORS:
        return
    for three in combinations(inside, 3):
        a, b, c = three
        if not all(same_shape(m.shape, a.shape) for m in three):
            continue
        for signs in product((False, True), repeat=2):
            total = [ex.Neg(m) if minus else m for m, minus in zip((b, c), signs, strict=True)]
            if lemmas.equal(a, ex.Add(*total)):
                for one in three:
                    yield ex.Add(*(ex.Rank(m) for m in three if m is not one), ex.Neg(ex.Rank(one)))
                break


RANKS: dict[str, Callable[[Lemmas, Expression, Expression], bool]] = {"ranks of products and sums": ranks}
