r"""Sets of data whose members a text names: the mini-batch ``\mathcal{B} = \{x_1, \dots, x_m\}`` of scalars.

May import this package's grammar and words.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.reader.cleaning import tokenize
from everystep.reader.marks import plain_text
from everystep.reader.pieces import trimmed
from everystep.reader.prose import Sentence
from everystep.reader.source import Tokens
from everystep.reader.trees import name_of, relation_of
from everystep.reader.words import plain

_NUMBERS = (
    r"(?:real |scalar )?(?:numbers|scalars|reals|scalar values|activations|measurements)|"
    r"(?:nombres )?reels|nombres|scalaires|valeurs reelles"
)
_OF_NUMBERS = re.compile(rf"\W*(?:of|consisting of|made of|de|des|formee? de) (?:[a-z]+ )?(?:{_NUMBERS})\b(?! in\b)")


def members_listed(tokens: Tokens, sentence: Sentence) -> Tokens:
    r"""``x_1, \dots, x_m \in \mathbb{R}`` for a capital letter that is the set of them; empty for another formula.

    The set that they are in is the one that follows, ``\subset \mathbb{R}^d``, or the words behind say that they are
    numbers: "of scalars".  Where nothing says it, nothing is listed.
    """
    tokens = trimmed(tokens)
    at = next((k for k in range(len(tokens)) if relation_of(tokens, k)[0] in ("=", ":=")), 0)
    letter = plain_text(tokens[:at])
    if not at or not (letter.removeprefix("cal").isupper() and len(letter.removeprefix("cal")) == 1):
        return ()
    behind = trimmed(tokens[at + relation_of(tokens, at)[1] :])
    if not behind or name_of(behind[0]) not in ("{", "lbrace"):
        return ()
    end = next((k for k, t in enumerate(behind) if name_of(t) in ("}", "rbrace")), 0)
    inner, rest = trimmed(behind[1:end]), trimmed(behind[end + 1 :])
    if not end or not any(name_of(t).endswith("dots") for t in inner) or any(name_of(t) == "(" for t in inner):
        return ()
    place = inner[0].place
    member = tokenize(r"\in ", place.file, place.line, place.column)
    if rest and name_of(rest[0]) in ("subset", "subseteq", "in"):
        return (*inner, *member, *trimmed(rest[1:]))
    if not rest and _OF_NUMBERS.match(plain(sentence.after)):
        return (*inner, *member, *tokenize(r"\mathbb{R}", place.file, place.line, place.column))
    return ()
