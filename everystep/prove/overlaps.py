"""What two equations between products of matrices say of the words in which they overlap.

From ``u w = p`` and ``w v = q`` follows ``p v = u q``: both are ``u w v``.  A rule that rewrites in one direction uses
one of the two only.  May import ``everystep.algebra`` only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from everystep.algebra import expressions as ex
from everystep.algebra.context import Hypothesis, Relation
from everystep.algebra.expressions import Expression, Var

Word: TypeAlias = "tuple[Expression, ...]"

MOST_LETTERS, MOST_EQUATIONS, MOST_FOUND = 5, 8, 12


def overlapping(hypotheses: Iterable[Hypothesis]) -> Iterator[Relation]:
    """The equations ``p v = u q`` for two of the given equations and their transposes, at least one of which makes a
    product of three or more shorter: ``A G A = A``.

    Only of products of names and their transposes, without numbers, and only short ones.
    """
    pairs = dict.fromkeys(pair for h in hypotheses for pair in _oriented(h))
    if not any(_shortens(*pair) for pair in pairs) or len(pairs) > 2 * MOST_EQUATIONS:
        return
    found: set[frozenset[Word]] = set()
    for one in pairs:
        for other in pairs:
            if one == other or not (_shortens(*one) or _shortens(*other)):
                continue
            for left, right in _overlaps(one, other):
                key = frozenset((left, right))
                if left == right or key in found or frozenset((_turned(left), _turned(right))) in found:
                    continue
                if max(len(left), len(right)) > MOST_LETTERS or len(found) == MOST_FOUND:
                    continue
                found.add(key)
                yield Relation(_product(left), "=", _product(right))


def of_kernels(hypothesis: Relation) -> Iterator[Relation]:
    """A^T A X = A^T A Y gives A X = A Y: the trace of (X - Y)^T A^T A (X - Y) is the sum of the squares of the
    entries of A (X - Y).  Either side may be 0; also X A A^T = Y A A^T.

    Fails where the factors next to each other are not transposes of one another as they are written.
    """
    sides = (hypothesis.left, hypothesis.right)
    given = [side for side in sides if not isinstance(side, ex.Zeros)]
    words = [_factors(side) for side in given]
    if hypothesis.op != "=" or hypothesis.left.is_number_shaped or any(len(word) < 2 for word in words):
        return
    for turned in (False, True):
        pairs = {word[-2:] if turned else word[:2] for word in words}
        if len(pairs) != 1:
            continue
        ((first, second),) = pairs
        if first == ex.Transpose(second) or second == ex.Transpose(first):
            left = [_product(word[:-1] if turned else word[1:]) for word in words]
            yield Relation(left[0], "=", left[1] if len(left) == 2 else ex.Zeros(*left[0].shape))


def _factors(e: Expression) -> Word:
    """The factors of a product of matrices without numbers; none where numbers stand with them."""
    if not isinstance(e, ex.Mul):
        return (e,)
    return e.operands if len(e.segments) == 1 else ()


def _oriented(h: Hypothesis) -> Iterator[tuple[Word, Word]]:
    """An equation of two words with the longer one in front, and its transpose; of equally long ones both ways."""
    if not isinstance(h, Relation) or h.op != "=" or h.left.is_number_shaped:
        return
    left, right = _word(h.left), _word(h.right)
    if not left or not right:
        return
    for one, other in ((left, right), (right, left)):
        if len(one) >= len(other) and len(one) > 1:
            yield one, other
            yield _turned(one), _turned(other)


def _shortens(one: Word, other: Word) -> bool:
    return len(one) > 2 and len(other) < len(one)


def _overlaps(one: tuple[Word, Word], other: tuple[Word, Word]) -> Iterator[tuple[Word, Word]]:
    """Both ways to write a word that ends with one left side, begins with the other, and has them overlap."""
    (first, value), (second, other_value) = one, other
    for size in range(1, min(len(first), len(second))):
        if first[-size:] == second[:size]:
            yield (*value, *second[size:]), (*first[:-size], *other_value)


def _word(e: Expression) -> Word:
    """The letters of a product of names and transposed names; none of anything else."""
    if isinstance(e, ex.Mul):
        letters = [_word(factor) for factor in e.operands] if len(e.segments) == 1 else []
        return tuple(x for letter in letters for x in letter) if letters and all(letters) else ()
    if isinstance(e, ex.Transpose):
        return _turned(_word(e.operands[0]))
    return (e,) if isinstance(e, Var) else ()


def _turned(word: Word) -> Word:
    return tuple(e.operands[0] if isinstance(e, ex.Transpose) else ex.Transpose(e) for e in reversed(word))


def _product(word: Word) -> Expression:
    return word[0] if len(word) == 1 else ex.Mul(*word)
