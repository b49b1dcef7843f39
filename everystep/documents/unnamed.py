"""What is said of something that a sentence does not name: "assume it is symmetric", "if the matrices commute".

Any name that can have the property may be meant, so that it is in doubt of each.  May import the reader.
"""

from __future__ import annotations

from itertools import combinations

from everystep.algebra.expressions import Var
from everystep.reader import patterns as re
from everystep.reader.cleaning import tokenize
from everystep.reader.declarations import Declarer
from everystep.reader.pieces import Piece
from everystep.reader.prose import Said, Sentence, Stance, said_of
from everystep.reader.scope import Symbolic
from everystep.reader.source import Tokens
from everystep.reader.trees import Unreadable
from everystep.reader.words import SIGN_KINDS, plain, properties

MOST = 20
"""The most names that are asked."""
_SUBJECT = re.compile(r"\b(it|they|both|these|elles?|ils?|the|our|la|les|le|ces|cette|in|by|under|en|par|sous)\b")
_PRONOUNS = frozenset(("it", "they", "both", "these", "elle", "elles", "il", "ils"))
_ASSUMING = re.compile(
    r"\b(if|when|whenever|since|because|as|provided|assum\w*|suppos\w*|being|restrict\w*|considered|under|by|in the|"
    r"si|lorsque|quand|comme|puisque|etant|par|sous|dans le)\b"
)
_NOUNS = (
    (r"\bsymm?etr(y|ie)\b", "symmetric"),
    (r"\b(orthogonality|orthogonalite)\b", "orthogonal"),
    (r"\b(normali[sz]ed|normee?s?|unit norm|de norme 1)\b", "unit"),
    (r"\b(invertibility|inversibilite)\b", "invertible"),
)
"""Words that speak of a property without its adjective."""


def in_doubt(declarer: Declarer, sentence: str) -> None:
    """Note what a sentence without a formula may assume of the names that are declared."""
    text = plain(sentence)
    if re.search(r"\b(only if|seulement si|que si)\b", text):
        return  # a condition that is claimed to be needed
    found = _SUBJECT.search(text)
    before, after = (text[: found.start()], text[found.end() :]) if found else ("", text)
    told = said_of(Sentence(before, after)) if found else []
    kinds = {said.kind for said in told if said.kind and not said.word}
    if _ASSUMING.search(text):
        kinds |= {*properties(text), *(kind for pattern, kind in _NOUNS if re.search(pattern, text))}
    if found is None or found[0] not in _PRONOUNS:
        kinds -= set(SIGN_KINDS)  # the negative log-likelihood
    commute = re.search(r"\bcommut", text) is not None
    known = _names(declarer) if kinds or commute else []
    for kind in sorted(kinds):
        for name in known:
            try:
                declarer.say(Said(Stance.DOUBTFUL, kind), name, Piece((name,), ()))
            except (Unreadable, ValueError, TypeError, LookupError):
                continue
    if commute:
        comma = tokenize(",", "")
        pairs = [Piece(((*one, *comma, *other),), ()) for one, other in combinations(known, 2)]
        for pair in pairs[: MOST * 2]:
            try:
                declarer.commuting([pair], Stance.DOUBTFUL)
            except (Unreadable, ValueError, TypeError, LookupError):
                continue


def _names(declarer: Declarer) -> list[Tokens]:
    """The declared symbols, as they are written."""
    found = []
    for key, entity in declarer.scope.names.items():
        if not isinstance(entity, Symbolic) or not isinstance(entity.value, Var):
            continue
        head, mark, rest = key.partition("_")
        written = (head if len(head) == 1 else f"\\{head}") + (f"_{{{rest}}}" if mark else "")
        if head.isalpha():
            found.append(tokenize(written, ""))
    return found[:MOST]
