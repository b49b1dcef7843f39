"""Whether a sentence calls what it speaks of any one of its kind: "for every vector $v$", "let $f$ be any function".

May import ``prose`` and this package's vocabulary.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.reader.prose import Sentence, denies
from everystep.reader.words import plain


def is_general(sentence: Sentence) -> bool:
    """Whether a formula is introduced as any one of its kind: "for every matrix $A$", "let $f$ be any function"."""
    return bool(_ANY_OF_A_KIND.search(plain(sentence.before)) or _BE_ANY.match(plain(sentence.after)))


def called_any(sentence: Sentence) -> str:
    """What a formula is any one of: "number", "column", "matrix" ("for every vector $v$"), or "any" ("for all $v$").

    Empty where the words do not call it any.
    """
    found = _ANY_ONE.search(plain(sentence.before))
    if found is None or denies(sentence) or not sentence.is_open or not _NO_MORE_OF_IT.match(plain(sentence.after)):
        return ""
    if not _NO_CONDITION.match(plain(sentence.before)[: found.start()]):
        return ""
    return next((shape for shape, words_ in _SHAPES if re.search(words_, found[0])), "any")


def called_vector(sentence: Sentence) -> bool:
    """Whether words call a name a vector: "let $y$ be a one-hot vector", "the vector $y$"."""
    behind = _IS_A_VECTOR.match(plain(sentence.after))
    return behind is not None or re.search(r"\b(vector|vecteur)\W*$", plain(sentence.before)) is not None


_IS_A_VECTOR = re.compile(
    r"^[^\w$]*((be|is|denotes?|denote|est|soit|designe) )?(an?|the|some|any|une?|le) ([\w-]+ ){0,3}(vector|vecteur)\b"
)
_SHAPES = (
    ("number", r"\b(numbers?|nombres?|scalars?|scalaires?|reals?|reels?|constants?|constantes?)\W*$"),
    ("column", r"\b(vectors?|vecteurs?)\W*$"),
    ("matrix", r"\b(matrix|matrices|matrice)\W*$"),
)
_NO_CONDITION = re.compile(
    r"(.*\b(because|since|car|puisque)\W*|[^\w$]*((and|so|then|thus|hence|therefore|now|indeed|also|moreover|finally|"
    r"that|we|have|get|et|or|donc|alors|ainsi|de plus|en effet|enfin|on|a|que)[^\w$]+)*)$"
)
"""Before "for every $v$": nothing that the display may be a condition of, or hold under ("assume", "on the sphere")."""
_NO_MORE_OF_IT = re.compile(r"[^\w$]*((we|one|it|on|nous) (have|has|get|obtain|holds|a|avons)( that)?)?[^\w$]*$")
_ANY_ONE = re.compile(
    r"\b((for|pour|over|with|given|avec) )?(every|any|all|arbitrary|each|tout|toute|tous|toutes|chaque)"
    r"( (real|arbitrary|given|fixed|reel|reels|two|three|the|les))*"
    r"( (vectors?|vecteurs?|scalars?|scalaires?|numbers?|nombres?( reels?)?|constants?|constantes?|matrix|matrices|"
    r"matrice|reals?|reels?))?\W*$"
)
_EVERY = "every|any|all|arbitrary|tout|toute|tous|toutes"
_KINDS = (
    "matrix|matrices|matrice|vectors?|vecteurs?|numbers?|nombres?|scalars?|scalaires?|functions?|fonctions?|"
    "nonlinearity|non-linearity|activation|non-linearite"
)
_ANY_OF_A_KIND = re.compile(
    rf"\b({_EVERY})\b ([\w'-]+ ){{0,3}}?({_KINDS})\W*$|\bfor (every|any|all|arbitrary|(an? )?(general|arbitrary))\W*$"
)
_BE_ANY = re.compile(
    rf"^\W*(now |maintenant )?(be|denote|denotes|is|est|etre)? ?"
    rf"(({_EVERY}|an? (arbitrary|general))\b ([\w'-]+ ){{0,3}}?({_KINDS})\b|"
    rf"une? ([\w'-]+ ){{0,3}}?({_KINDS}) ([\w'-]+ ){{0,3}}?(quelconque|arbitraire|generale?)\b)"
)
