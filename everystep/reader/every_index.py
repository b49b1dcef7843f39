"""What is said of an entry at an index that nothing else speaks of is said of every entry: ``x_i > 0``, ``d_i \\ne 0``.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from collections.abc import Sequence

from everystep.algebra import expressions as ex
from everystep.algebra.context import EVERY, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Num, Var
from everystep.algebra.shapes import index, same_size
from everystep.reader import patterns as re
from everystep.reader.entities import FamilyName
from everystep.reader.hypotheses import bound_of_part, sign_of_part
from everystep.reader.pieces import Piece, subscripts, trimmed
from everystep.reader.prose import Sentence
from everystep.reader.scope import Scope
from everystep.reader.source import Tokens
from everystep.reader.trees import name_of, relation_of, split
from everystep.reader.words import folded, plain

_JOINED = re.compile(
    r"\$\W*((and|et|,) ?)?((with|where|avec|où)( (all |les |des )?(entries|weights|poids|coefficients))?)?\s*$"
)
_WHOLE = ("symmetric", "positive definite", "positive semidefinite", "invertible", "orthogonal")
"""Properties that are said of all matrices of a family."""
_ENDS = re.compile(r"\s*($|[,.;:])")


def of_every_index(hypothesis: Hypothesis, scope: Scope) -> tuple[Hypothesis, frozenset[str]] | None:
    """A sign of an entry, or of a number of a family, a number that bounds it, that it is not 0, what its row sums up
    to, or a property of a matrix of a family, as one of all of them; and its indices.

    An entry at twice the same index is one on the diagonal of a square matrix, and all of these are meant.
    None where the hypothesis says something else, or nothing may be said of all: the indices are no letters, or a
    member has another index than the family was declared with.
    """
    if scope.inducts == scope.part:
        return None  # "assume that it holds for k": of the next one this is to be shown
    whole = _sum_at_every_index(hypothesis, scope) or _property_of_every_member(hypothesis, scope)
    if whole is not None:
        return whole
    value, op, bound = _bound_or_nonzero(hypothesis)
    if not isinstance(value, (ex.Entry, ex.Member)) or not value.is_number_shaped:
        return None
    letters = frozenset(str(i) for i in value.at)
    if not all(i.is_Symbol for i in value.at) or any(i.is_positive for i in value.at):
        return None
    if len(letters) < len(value.at) and not is_on_diagonal(value):
        return None
    every = [index(name) for name in (EVERY[: len(value.at)] if len(letters) == len(value.at) else EVERY[:1] * 2)]
    general: ex.Expression
    if isinstance(value, ex.Entry) and isinstance(value.operands[0], Var):
        general = ex.Entry(value.operands[0], *every)
    elif isinstance(value, ex.Member) and len(value.at) == len(letters) and _is_declared_with(value, letters, scope):
        general = ex.Member(value.name, 1, 1, *every)
    else:
        return None
    return Predicate("nonzero", general) if not op else Relation(general, op, bound), letters


def _sum_at_every_index(hypothesis: Hypothesis, scope: Scope) -> tuple[Hypothesis, frozenset[str]] | None:
    r"""``\sum_k g_{nk} = 1`` as said of every n: of entries of matrices, and of numbers declared with that index."""
    if not isinstance(hypothesis, Relation) or hypothesis.op != "=" or not hypothesis.left.is_number_shaped:
        return None
    sums = [side for side in hypothesis.sides if isinstance(side, ex.SumOver) and not isinstance(side, ex.ProdOver)]
    bound = {n.index for side in hypothesis.sides for n in ex.walk(side) if isinstance(n, ex.SumOver)}
    free = {s for side in hypothesis.sides for s in side.free_symbols if not s.is_positive} - bound
    if len(sums) != 1 or len(free) != 1:
        return None
    (at,) = free
    letters = frozenset((str(at),))
    for node in (n for side in hypothesis.sides for n in ex.walk(side) if at in n.free_symbols):
        if isinstance(node, ex.Entry):
            known = isinstance(node.operands[0], Var) and at in node.at
        elif isinstance(node, ex.Member):
            known = at in node.at and any(
                str(at) in e.letters for e in scope.names.values() if isinstance(e, FamilyName) and e.name == node.name
            )
        else:
            known = True
        if not known or (isinstance(node, ex.SumOver) and any(at in end.free_symbols for end in node.range)):
            return None
    rule = {at: index(EVERY[0])}
    return Relation(hypothesis.left.xreplace(rule), "=", hypothesis.right.xreplace(rule)), letters


def _property_of_every_member(hypothesis: Hypothesis, scope: Scope) -> tuple[Hypothesis, frozenset[str]] | None:
    r"""``\Sigma_k \succ 0`` as said of every matrix of a family that was declared with that index; so are the equations
    ``P_k = P_k^\top`` and ``Q_k^\top Q_k = I`` of square matrices.
    """
    hypothesis = _property_of(hypothesis) or hypothesis
    if not isinstance(hypothesis, Predicate) or hypothesis.kind not in _WHOLE:
        return None
    matrix = hypothesis.subject
    if not isinstance(matrix, ex.Member) or 1 in matrix.shape or len(matrix.at) != 1:
        return None
    letters = frozenset(str(i) for i in matrix.at)
    if not matrix.at[0].is_Symbol or matrix.at[0].is_positive:
        return None
    listed = any(isinstance(e, FamilyName) and e.name == matrix.name and not e.letters for e in scope.names.values())
    if not listed and not _is_declared_with(matrix, letters, scope):
        return None
    return Predicate(hypothesis.kind, ex.Member(matrix.name, *matrix.shape, index(EVERY[0]))), letters


def _property_of(hypothesis: Hypothesis) -> Predicate | None:
    """That a matrix is symmetric or orthogonal, where an equation says so."""
    if not isinstance(hypothesis, Relation) or hypothesis.op != "=":
        return None
    for one, other in (hypothesis.sides, hypothesis.sides[::-1]):
        if one == ex.Transpose(other) and same_size(*other.shape):
            return Predicate("symmetric", other)
        if isinstance(other, ex.Eye) and isinstance(one, ex.Mul) and len(one.operands) == 2:
            first, last = one.operands
            matrix = next((m for m, twin in ((last, first), (first, last)) if twin == ex.Transpose(m)), None)
            if matrix is not None and same_size(*matrix.shape):
                return Predicate("orthogonal", matrix)
    return None


def extent_of(hypothesis: Hypothesis, scope: Scope) -> tuple[str, str] | None:
    """The first and the last value of an index at every value of which a hypothesis is said, as they are written; empty
    where they are not declared, None where the index counts several things or nothing.
    """
    every = index(EVERY[0])
    found: set[tuple[str, str]] = set()
    for node in (n for side in hypothesis.sides for n in ex.walk(side)):
        if isinstance(node, ex.Entry):
            sizes = node.operands[0].shape
            found |= {("1", str(size)) for at, size in zip(node.at, sizes, strict=False) if at == every}
        elif isinstance(node, ex.Member) and every in node.at:
            ranges = {(str(low), str(high)) for name, low, high in scope.context.ranges if name == node.name}
            found |= ranges if len(node.at) == 1 and ranges else {("", "")}
    return found.pop() if len(found) == 1 else None


def is_on_diagonal(value: ex.Expression) -> bool:
    """Whether something is an entry on the diagonal of a square matrix, at a letter."""
    if not isinstance(value, ex.Entry) or len(value.at) != 2 or value.at[0] != value.at[1]:
        return False
    return value.at[0].is_Symbol and same_size(*value.operands[0].shape)


def sign_on_diagonal(hypothesis: Hypothesis) -> tuple[ex.Entry | ex.Member, str] | None:
    """The entry on the diagonal and the relation, of a hypothesis such as ``L_ii > 0``."""
    found = sign_of_part(hypothesis)
    return found if found is not None and is_on_diagonal(found[0]) else None


def _bound_or_nonzero(hypothesis: Hypothesis) -> tuple[ex.Expression | None, str, Num]:
    """What is compared with a number, by which relation and with which; no relation where it is said not to be 0."""
    zero = Num(0)
    if isinstance(hypothesis, Predicate):
        return (hypothesis.subject if hypothesis.kind == "nonzero" else None), "", zero
    if hypothesis.op == "!=" and zero in hypothesis.sides:
        return hypothesis.sides[hypothesis.left == zero], "", zero
    return bound_of_part(hypothesis) or (None, "", zero)


def _is_declared_with(member: ex.Member, letters: frozenset[str], scope: Scope) -> bool:
    families = (e for e in scope.names.values() if isinstance(e, FamilyName) and e.name == member.name)
    return any(letters == set(family.letters) for family in families)


def is_quantifier(piece: Piece, pieces: list[Piece]) -> bool:
    """Whether a piece is the index that the others are said for: ``x_i > 0 \\text{ for all } i``."""
    letters = _letters_alone(piece) if not piece.relations and not piece.words else set()
    below = {name_of(t) for other in pieces for side in other.sides for t in subscripts(side)}
    return bool(letters) and letters <= below and len(split(piece.sides[0], (",",))) == len(letters)


def bounds_none(pieces: tuple[Piece, ...], letters: frozenset[str]) -> bool:
    """Whether a declaration says nothing else of these indices: no range of one, nothing in words."""
    return not any(piece.words or letters & _letters_alone(piece) for piece in pieces)


def _letters_alone(piece: Piece) -> set[str]:
    names = [trimmed(name) for side in piece.sides for name in split(side, (",",))]
    return {name_of(name[0]) for name in names if len(name) == 1}


def goes_on_plainly(sentence: Sentence) -> bool:
    """Whether a formula of the prose says more of the one before it: "$p \\in \\mathbb{R}^k$ with $p_i > 0$."."""
    return bool(_JOINED.search(folded(sentence.before)) and _ENDS.match(sentence.after))


_COUNTED = re.compile(
    r"\b(words?|tokens?|classe?s?|categor(y|ies)|labels?|items?|users?|nodes?|vert(ex|ices)|symbols?|characters?|"
    r"entit(y|ies)|topics?|positions?|ind(ex|ices)|mots?|jetons?|categories?|etiquettes?|utilisateurs?|noeuds?|"
    r"sommets?|symboles?|caracteres?|entites?|themes?|indices?)( (of|number|de numero|numero))?\W*$"
)
"""Words for what is counted, before a letter: "every word $w$"."""


def counted(formulas: Sequence[Tokens], words: str) -> frozenset[str]:
    r"""The letters that a sentence counts with: "every word $w$", ``w = 1, \dots, N``, ``w \in \{1, \dots, N\}``.

    ``words``: those of the sentence, with a ``$`` for each formula.
    """
    found: set[str] = set()
    for formula, ahead in zip(map(trimmed, formulas), words.split("$"), strict=False):
        letter = name_of(formula[0]) if formula else ""
        alone = len(formula) == 1 or relation_of(formula, 1)[0] == "in"
        ranges = any(name_of(t).endswith("dots") for t in formula) and len(formula) > 1
        if len(letter) != 1 or not letter.islower():
            continue
        if (alone and _COUNTED.search(plain(ahead))) or (ranges and relation_of(formula, 1)[0] in ("=", "in")):
            found.add(letter)
    return frozenset(found)


_INDUCTION = re.compile(r"\b(?:induction|inductive(?:ly)?|(?:par|de|une) recurrence|hypothese de recurrence)\b")


def speaks_of_induction(words: str) -> bool:
    """Whether a sentence belongs to a proof by induction: what it assumes of k it does not assume of k + 1."""
    return bool(_INDUCTION.search(plain(words)))


def is_spoken_of(letters: frozenset[str], scope: Scope, beside: tuple[Tokens, ...] = ()) -> bool:
    """Whether an index has a meaning of its own: it is declared, or prose speaks of it, here or before."""
    alone = {name_of(trimmed(formula)[0]) for formula in beside if trimmed(formula)}
    declared = {letter for letter in letters if scope.find(letter) is not None}
    return bool(declared or letters & alone or letters & (scope.spoken_in.keys() | scope.unsure.keys()))
