"""What is assumed of something that a sentence does not name: "assume it is symmetric", "if the matrices commute".

Any name that can have the property may be meant, so that it is in doubt of each.  May import the reader.
"""

from __future__ import annotations

from itertools import combinations

from everystep.algebra.expressions import Var
from everystep.reader import patterns as re
from everystep.reader import words
from everystep.reader.cleaning import tokenize
from everystep.reader.declarations import Declarer
from everystep.reader.pieces import Piece
from everystep.reader.prose import Said, Sentence, Stance, said_of
from everystep.reader.scope import Symbolic
from everystep.reader.source import Tokens
from everystep.reader.trees import Unreadable
from everystep.reader.words import plain

MOST = 20
"""The most names that are asked."""
_THINGS = (
    "matrix|matrices|matrice|vectors?|vecteurs?|columns?|colonnes?|rows?|lignes?|numbers?|nombres?|scalars?|scalaires?|"
    "coefficients?|weights|poids"
)
_UNNAMED = re.compile(
    rf"\b(it|they|both|these|all of them|elles?|ils?|"
    rf"(the|all|our|these|this|such|la|les|le|ces|cette|toutes les|tous les) ([\w-]+ ){{0,2}}?({_THINGS}))\b"
)
_ASSUMING = re.compile(
    r"\b(if|when|whenever|where|since|because|as|provided|assum\w*|suppos\w*|given|let|consider|with|recall|here|si|"
    r"lorsque|quand|comme|puisque|soient?|on rappelle|rappelons)\b"
)


def in_doubt(declarer: Declarer, sentence: str) -> None:
    """Note what a sentence without a formula may assume of the names that are declared."""
    text = plain(sentence)
    found = _UNNAMED.search(text)
    if found is None or not _ASSUMING.search(text):
        return
    before, after = text[: found.start()], re.sub(r"^ (commute|commutent)", r" \1 with each other", text[found.end() :])
    known = _names(declarer)
    kinds = {said.kind for said in said_of(Sentence(before, after)) if said.kind and not said.word}
    for kind in sorted(kinds):
        for name in known:
            try:
                declarer.say(Said(Stance.DOUBTFUL, kind), name, Piece((name,), ()))
            except (Unreadable, ValueError, TypeError, LookupError):
                continue
    if words.says_commuting(after) or "commut" in after:
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
