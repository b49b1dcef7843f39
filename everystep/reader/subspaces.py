r"""Vectors that words put in a subspace of a matrix: "orthogonal to the columns of $U$", "in the null space of $A$".

The subspaces are those of Strang, Introduction to Linear Algebra (2016), chapter 3, as equations: v is orthogonal to
the columns of U iff ``U^T v = 0``, in the null space of A iff ``A v = 0``, in the column space iff ``A A^+ v = v``, and
in the row space iff ``A^+ A v = v``.  May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.reader.cleaning import tokenize
from everystep.reader.name_lists import place_of
from everystep.reader.source import Tokens

_THE = r"(?:(?:the|all|all the|all of the|each|every|both|both the|la|le|les|l'|toutes les) ?)?"
_COLUMNS = r"(?:columns?|colonnes?|column space|range|image|span of the columns|espace des colonnes)"
_ROWS = r"(?:rows?|lignes?|row space|espace des lignes)"
_OF = r" ?(?:of|de|du|d')(?: the| la)?(?: matrix| matrice)?\W*$"
_SUBSPACE = re.compile(
    r"^\W*(?P<columns>(?:(?:be|is|soit|est|denotes?|being) )?(?:an? |une )?(?:\w+ )?(?:matrix|matrice)?\W*"
    r"(?:whose|with|dont les|a) (?:columns|colonnes) )?"
    r"(?:(?:be|is|are|being|lies?|lie|live|lives|belongs?|all|both|which|that|also|qui|est|sont|soit|soient|appartient|"
    r"appartiennent|appartenant|vector|vecteur|any|some|an?|un|une|nonzero|unit|non nul|unitaire)\W+)*"
    r"(?:(?P<across>(?:orthogonal|orthogonale|orthogonales|orthogonaux|perpendicular)(?: to|(?= aux)| a) ?(?:aux )?"
    rf"{_THE}(?:{_COLUMNS}|(?P<rows>{_ROWS})|(?P<those>those|celles)))|"
    r"(?:in|to|of|inside|dans|au|a) ?(?:the |le |la |l')?"
    r"(?:(?P<kernel>null ?-?space|nullspace|kernel|noyau)|(?P<range>column space|range|image|espace des colonnes)|"
    rf"(?P<along>row space|espace des lignes))){_OF}"
)


def is_subspace(words: str) -> bool:
    """Whether a description of a name is that of a subspace, or of what is orthogonal to one."""
    return re.search(r"\b(orthogonal|space|kernel|noyau|range|image|span)", words) is not None


def of_columns(near: str, before: str) -> bool:
    """Whether the words speak of the columns of what stands before them."""
    found = _SUBSPACE.match(near)
    return found is not None and bool(found["columns"] or _COLUMNS_OF.search(before))


def is_part_of(before: str) -> bool:
    """Whether the words speak of a part of what stands behind them: "the component of"."""
    return re.search(r"\b(?:of|de|du|d'|in|from|onto|to)(?: the| la| le)?(?: vector| vecteur)?\W*$", before) is not None


def is_orthogonal_to_others(near: str) -> bool:
    """Whether the columns of what stands before the words are orthogonal to what stands behind them."""
    return (
        re.search(rf"\b(?:columns|colonnes)\b[^.;]*\borthogona(?:l|les|ux)(?: to|(?= aux)| a) ?{_THE}\W*$", near)
        is not None
    )


def equation(near: str, before: str, vector: Tokens, matrix: Tokens) -> tuple[Tokens, Tokens] | None:
    """The two sides of the equation that the words stand for; None where they say nothing of that kind."""
    pattern = _equation(near, before)
    if not pattern:
        return None
    at = place_of(matrix)
    marked = any(token.kind == "sup" for token in matrix)
    inside = {"A": (*tokenize("(", *at), *matrix, *tokenize(")", *at)) if marked else matrix, "v": vector}
    sides: list[Tokens] = []
    for side in pattern.split("="):
        parts: Tokens = ()
        for part in side.split():
            parts = (*parts, *(inside[part] if part in inside else tokenize(part, *at)))
        sides.append(parts)
    return sides[0], sides[1]


_COLUMNS_OF = re.compile(r"\b(?:columns|colonnes)(?: (?:\w+ )?(?:of|de|d'))(?: the matrix| la matrice)?\W*$")


def _equation(near: str, before: str) -> str:
    found = _SUBSPACE.match(near)
    if found is None:
        return ""
    if found["those"] and not of_columns(near, before):
        return ""  # "orthogonal to those of U": to what?
    if found["across"]:
        return "A v = 0" if found["rows"] else r"A ^\top v = 0"
    if found["kernel"]:
        return "A v = 0"
    return r"A A ^+ v = v" if found["range"] else r"A ^+ A v = v"
