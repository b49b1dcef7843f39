"""Matrices that words say to commute: "$A$ and $B$ commute", "$A$ commutes with $B$", "commuting matrices $A$ and $B$".

May import this package's vocabulary only.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TypeAlias

from everystep.reader import patterns as re
from everystep.reader.name_lists import is_names
from everystep.reader.pieces import pieces_of, trimmed
from everystep.reader.source import Tokens
from everystep.reader.trees import split
from everystep.reader.words import plain

Pair: TypeAlias = "tuple[Tokens, Tokens]"

_HOW = r"(?:(?:all|both|pairwise|mutually|also|then|toutes?|tous|deux a deux|aussi) )*"
_EACH_OTHER = r"(?: with (?:each other|one another)| entre (?:elles|eux)| pairwise| deux a deux)?"
_COMMUTE = re.compile(
    rf"\W*{_HOW}(?:(?:that|which|qui) )?(?:(?:are|be|being|sont|soient) )?{_HOW}"
    rf"(?:commuted?|commutent|commuting(?: \w+)?)\b{_EACH_OTHER}(?! with| avec| \w+ to\b)(?P<rest>[^.;:$]*)"
)
_THAT_COMMUTE = re.compile(
    rf"[^.;:$]*\b(?:(?:that|which|qui|they) (?:commuted?|commutent)|be commuting)\b{_EACH_OTHER}(?! with| avec)"
    r"(?P<rest>[^.;:$]*)"
)
_WITH = re.compile(rf"\W*{_HOW}(?:commutes?|commutent) (?:with|avec) \$(?P<rest>[^.;:$]*)")
_COMMUTING_ONES = re.compile(r"\bcommuting(?: [a-z-]+){0,4}\W*(?:\$\W*(?:(?:and|et)\b)?\W*)*$")
_JOINED = re.compile(r"\W*(?:and|et)?\W*")
_LIMITED = re.compile(
    r"\b(?:if|when|only|unless|or|up|almost|nearly|approximately|on|in|except|for|si|quand|lorsque|sauf|ou|presque|a|sur)\b"
)
_SPOKEN = re.compile(r"^(?![^$.;:]*(?:\bnot\b|n't|\bne\b|\bn'))[^$.;:]{0,80}\b\w*commut\w*")


def commuting_pairs(
    before: str, after: str, formula: Tokens, earlier: Sequence[Tokens], later: Sequence[Tokens]
) -> list[Pair]:
    """The pairs of matrices that the words around a formula say to commute, where the last one of the first kind
    stands; none where what stands behind limits what is said.
    """
    before, after = plain(before), plain(after)
    subjects = _names_up_to(before, formula, earlier)
    match = _WITH.match(after)
    if match is not None and later:
        others = _names(later[0])
        return [] if _LIMITED.search(match["rest"]) else [(a, b) for a in subjects for b in others]
    match = _COMMUTE.match(after) or _THAT_COMMUTE.match(after)
    if match is not None and _LIMITED.search(match["rest"]):
        return []
    ones = _COMMUTING_ONES.search(before) is not None
    return list(combinations(subjects, 2)) if match is not None or ones else []


def may_commute(before: str, after: str, formula: Tokens, earlier: Sequence[Tokens]) -> list[Tokens]:
    """The matrices of which words say something of this kind, "anticommute", "commute up to a sign"."""
    spoken = _SPOKEN.match(plain(after)) is not None
    return _names_up_to(plain(before), formula, earlier) if spoken else []


def _names_up_to(before: str, formula: Tokens, earlier: Sequence[Tokens]) -> list[Tokens]:
    """The names of a formula, behind those of the formulas that are joined to it: "$A$, $B$ and $C$"."""
    found = _names(formula)
    words = before.split("$")
    for k, other in enumerate(reversed(earlier), 1):
        if len(words) <= k or not _JOINED.fullmatch(words[-k]) or not _names(other):
            break
        found = [*_names(other), *found]
    return found


def _names(formula: Tokens) -> list[Tokens]:
    """The names that a formula lists, maybe with the set that they are in."""
    found: list[Tokens] = []
    for piece in pieces_of(trimmed(formula)):
        if piece.relations[:1] not in ((), ("in",)) or not is_names(trimmed(piece.sides[0])):
            return []
        found += [trimmed(name) for name in split(piece.sides[0], (",",)) if trimmed(name)]
    return found
