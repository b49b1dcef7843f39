r"""Letters of a decomposition that nothing declares: ``\lambda_i`` and ``q_i`` beside ``A = Q \Lambda Q^\top``.

They are the entries of the middle factor and the columns of the outer ones (Golub and Van Loan, Matrix Computations,
2013, sections 2.4 and 8.1).  May import ``everystep.algebra`` and this package's entities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import Relation, of_every
from everystep.algebra.expressions import Expression, Var
from everystep.algebra.shapes import same_size
from everystep.reader import patterns as re
from everystep.reader.decompositions import EIGEN, SVD
from everystep.reader.entities import Decomposed, Entity, FamilyName
from everystep.reader.words import plain

_VALUES = {EIGEN: "lambda", SVD: "sigma"}


_SOMETHING_ELSE = re.compile(
    r"^\W*(?:(?:for|pour) (?:all|each|tout) \$\W*)?(?:be|is|are|denotes?|soit|soient|designent?|sont|est)\b"
)
_ITS_VALUES = re.compile(
    r"\b(?:eigen|valeurs? propres?|vecteurs? propres?|singul|diagonal|entr|column|colonne|element|coefficient|spectr)"
)


def member_of(letter: str, at: Expr, decompositions: Sequence[Decomposed]) -> tuple[Expression, Expr] | None:
    """What a letter with an index is in the one decomposition that has it, and how far its index goes; None where none
    has it, or several have: the entry on the diagonal of a square middle factor, a column of an outer one.
    """
    known = [d for d in decompositions if d.kind in _VALUES and len(d.form) == 3]
    found = {pair for d in known for pair in _members(d, letter, at)}
    found = found or {pair for d in known for pair in _values(d, letter, at)}
    return found.pop() if len(found) == 1 else None


def _members(decomposed: Decomposed, letter: str, at: Expr) -> list[tuple[Expression, Expr]]:
    left, middle, right = (decomposed.factors[place] for place, _ in decomposed.form)
    if letter == _small(middle) and same_size(*middle.shape):
        return [(ex.Entry(middle, at, at), middle.shape[0])]
    return [
        (ex.Mul(outer, ex.Unit(outer.shape[1], at)), outer.shape[1])
        for outer in dict.fromkeys((left, right))
        if letter == _small(outer)
    ]


def _values(decomposed: Decomposed, letter: str, at: Expr) -> list[tuple[Expression, Expr]]:
    """The usual letter of eigenvalues or singular values, whatever the middle factor is called."""
    middle = decomposed.factors[decomposed.form[1][0]]
    if letter != _VALUES[decomposed.kind] or not same_size(*middle.shape):
        return []
    return [(ex.Entry(middle, at, at), middle.shape[0])]


def _small(factor: Var) -> str:
    """The small letter beside a capital one."""
    return factor.name.lower() if factor.name[:1].isupper() else ""


def names_something_else(before: str, after: str) -> bool:
    """Whether words introduce a letter with an index, and not as an eigenvalue, an entry or a column."""
    near = f"{plain(before).rsplit('$', 1)[-1]} {plain(after).split('$')[0]}"
    return _SOMETHING_ELSE.search(plain(after)) is not None and _ITS_VALUES.search(near) is None


def tied_letters(names: Mapping[str, Entity], decompositions: Sequence[Decomposed]) -> list[Relation]:
    """That families which the text declares beside a decomposition are its entries or columns, as their letters have
    it: ``\\lambda_i > 0`` beside ``A = Q \\Lambda Q^T``.
    """
    found = []
    for entity in names.values():
        if isinstance(entity, FamilyName) and len(decompositions) > 0:
            member = of_every(entity.name, entity.rows)
            meant = member_of(entity.name, member.at[0], decompositions)
            if meant is not None and meant[0].shape == member.shape:
                found.append(Relation(member, "=", meant[0]))
    return found
