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


def called_column(sentence: Sentence) -> bool:
    """Whether words call a name what is a vector by its nature: one-hot, a probability vector, a mask, logits."""
    ahead, behind = plain(sentence.before), plain(sentence.after)
    found = called_vector(sentence) or _IS_A_COLUMN.match(behind) or _COLUMN_AHEAD.search(ahead)
    return bool(found) and not denies(sentence) and not _IN_ALTERNATIVE.match(behind)


def kind_of_all(sentence: Sentence) -> str:
    r"""Of what a formula gives the set or the size: "column" of "all vectors in $\mathbb{R}^n$", "matrix" of "all
    matrices are $n \times n$"; empty where it gives none.
    """
    behind = re.split(r"[.;:](?:\s|$)", plain(sentence.after))[0]
    ahead = re.split(r"[.;:](?:\s|$)", plain(sentence.before))[-1]
    found = _OF_ALL.search(ahead)
    more = behind.split("$")[0].strip(" ,()") and not _GOES_ON.match(behind)
    if found is None or denies(sentence) or more or _NOT_OF_ALL.search(f"{ahead} {behind}"):
        return ""
    return "matrix" if found["noun"] in ("matrices", "matrice") else "column"


_GOES_ON = re.compile(r"[\s,)]*(and |et )?(then|we|let|consider|the loss|alors|on|soit|nous)\b")
_NOT_OF_ALL = re.compile(
    r"\b(except|save|apart|other|but|unless|only|some|if|when|whenever|not|sauf|hormis|excepte|autres?|seulement|si|"
    r"lorsque|quand|pas|or|ou bien|same|unit|random|aleatoires?)\b"
)
_OF_ALL = re.compile(
    r"(?:^|[,(]|\b(?:with|where|let|and|assume|suppose|that|here|throughout|avec|ou|soit|soient|et|que|ici))\W*"
    r"(?:(?:we )?(?:assume|suppose)(?: that)? |on suppose que )?(?:all|every|tous|toutes)(?: of)?(?: the| les)? "
    r"(?P<noun>vectors?|vecteurs?|matrices|matrice)"
    r"(?: (?:above|below|here|involved|are|lie|live|be|being|is|sont|vivent|appartiennent|etant|belong|to|taken|in|of|"
    r"size|shape|dans|a|de|taille|real|square|reels|reelles|carrees))*\W*$"
)
_COLUMNS_BY_NATURE = (
    r"one-?\s?hot|(discrete )?probability (vectors?|distributions?)|(vecteurs?|lois?|distributions?) de probabilites?|"
    r"(binary |dropout |random )?mask\b|masque|logits|embedding|plongement|query\b|requete"
)
_BEING = r"(be|is|are|being|denotes?|denote|est|soit|etant|designe)"
_IS_A_COLUMN = re.compile(
    rf"^[^\w$]*({_BEING} )?((an?|the|some|its|une?|la|le|l'|our) ?)?([\w'-]+ ){{0,2}}?({_COLUMNS_BY_NATURE})(?!\w)"
)
_COLUMN_AHEAD = re.compile(rf"({_COLUMNS_BY_NATURE})( (labels?|targets?|vectors?|vecteurs?|encoding))?\W*$")
_IN_ALTERNATIVE = re.compile(r"[^.;$]*\b(or|ou)\b(?! bien sur)")
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
