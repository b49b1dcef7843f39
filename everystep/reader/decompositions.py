r"""Decompositions that words name: "let $A = U \Sigma V^\top$ be the thin SVD", "factorisation de Cholesky".

Only what words say is read here: which decomposition a formula is, and which of its sizes it has.
May import this package's vocabulary and tokens only.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.reader.prose import Sentence
from everystep.reader.signs import GREEK
from everystep.reader.source import Tokens
from everystep.reader.trees import name_of, split
from everystep.reader.words import plain
from everystep.records import dataclass, replace

SVD, EIGEN, QR, CHOLESKY, LU, POLAR = "svd", "eigen", "qr", "cholesky", "lu", "polar"

_FACTORED = r"(?:decompositions?|factori[sz]ations?)"
_NOUNS: tuple[tuple[str, str], ...] = (
    (
        rf"singular[- ]value {_FACTORED}(?: \(svd\))?|{_FACTORED} en valeurs singulieres(?: \((?:svd|dvs)\))?|svd|dvs",
        SVD,
    ),
    (
        (
            rf"eigen-?\s?(?:value )?{_FACTORED}(?: \(evd\))?|spectral {_FACTORED}|evd|{_FACTORED} spectrale|"
            rf"{_FACTORED} en (?:valeurs|vecteurs|elements) propres|(?:orthogonal )?diagonali[sz]ation|"
            r"diagonalisation(?: orthogonale| dans une base orthonorm\w+)?|spectral theorem|theoreme spectral"
        ),
        EIGEN,
    ),
    (rf"qr[- ]{_FACTORED}|{_FACTORED} qr", QR),
    (rf"cholesky[- ]{_FACTORED}|{_FACTORED} de cholesky", CHOLESKY),
    (rf"lu[- ]{_FACTORED}|{_FACTORED} lu", LU),
    (rf"polar {_FACTORED}|{_FACTORED} polaire", POLAR),
)
_KINDS_OF = "|".join(f"(?P<{kind}>{words})" for words, kind in _NOUNS)

_THIN = r"thin|reduced|economy(?:[- ]sized?)?|economic(?:al)?|skinny|mince|reduite|fine|economique|economie"
_COMPACT = r"compact|compacte"
_FULL = r"full|complete|pleine"
_PLAIN = r"usual|real|exact|standard|usuelle|reelle|exacte|own"
_SIZES = rf"(?:(?:{_THIN}|{_COMPACT}|{_FULL}|{_PLAIN})(?: |, ))*"
_BEHIND = rf"(?: (?:{_THIN}|{_COMPACT}|{_FULL}|{_PLAIN}))*"
_PHRASE = rf"(?P<size>{_SIZES})(?:{_KINDS_OF})(?P<behind>{_BEHIND})(?![-\w])"
_OF = r"(?P<of> (?:of|for|de)(?: (?:the|our|this|la|notre))?(?: [\w-]+){0,2} \$)?"
_OPENING = (
    r"(?:^|[\s(,;:])(?:the|a|an|its|with|by|using|from|via|through|consider|admits|has|have|having|take|compute|recall|"
    r"denote|write|let|any|la|une|sa|avec|par|le|d'apres|du|considerons|admet|possede|soit|on considere|"
    r"de|d'une|l')\s?$|"
    r"^\W*$"
)
"""What may stand before the name of a decomposition; "approximate", "truncated" and "block" may not."""
_LINK = (
    r"(?: ?(?:is|be|reads|as|given by|denoted by|est|donnee par|s'ecrit|notee|,|:|\(|we|one|on|can|may|peut|have|has|"
    r"get|obtain|write|a|ecrit|ecrire|obtient))*\W*$"
)
_AHEAD = re.compile(rf"(?P<first>.*?)(?<![-\w]){_PHRASE}{_OF}{_LINK}")
_AFTER = re.compile(
    rf"^(?P<link>[\s,(]*(?:(?:be|is|denotes?|denote|for|as|being|soit|est|designe|comme|pour|represents?)\b)?[\s,(]*)"
    rf"(?P<article>(?:(?:the|a|an|its|any|la|une|sa)\b|l')[ ]?)?{_PHRASE}{_OF}(?P<rest>.*)$"
)
_ARTICLE = re.compile(r"(?:\b(?:the|an?|its|la|une|sa|le)|l')\W*$")
_NO_MORE = re.compile(
    r"^\s*(?:$|[.,;:)](?! (?:but|mais|up to|except|if|si|unless|when|quand)\b)|(?:and|where|with|so|then|et|ou|avec|"
    r"donc|alors|here|for which|in which|dont|telle)\b)"
)
_DOUBTED = re.compile(
    r"\b(?:approximate\w*|approche\w*|truncated|tronquee?|randomi[sz]ed|generali[sz]ed|generalisee?|incomplete|partial|"
    r"partielle|block|low-rank|best|complex|numerical|wrong|false|not|no|never|pas|aucune?|unless|would|might|"
    r"could|may|were|suppose we had|wrongly|mistaken\w*|instead|rather|either|or|"
    r"inverse of|transpose of|square of|almost|roughly|presque|environ|perhaps|maybe|believes?|thinks?|guess\w*|"
    r"contradiction|absurde?|peut-etre|croit|pense)\b|n't\b|\bn'"
)
"""Words of a sentence with which nothing is made of a decomposition: they deny it, doubt it or make it another one."""


_BY_ITS_FACTOR = re.compile(
    r"(?P<name>\bcholesky) factor \$,?(?: (?:so that|that is|i\.e\.|such that|with|where))?,? ?$"
)
"""« with Cholesky factor $L$, $A = L L^\\top$ »."""


@dataclass(frozen=True)
class Called:
    """Which decomposition words call a formula; ``size``: "thin", "compact", "full", or "" where they do not say.

    ``of``: the formula before (negative) or behind that it is said to be one of, counted from the formula; 0 if none.
    ``sentence``: the sentence without these words.
    """

    kind: str
    size: str
    of: int
    sentence: Sentence


def called_decomposition(sentence: Sentence) -> Called | None:
    """The decomposition that the words just before or behind a formula call it; None where they call it none."""
    before, after = plain(sentence.before), plain(sentence.after)
    before = _BY_ITS_FACTOR.sub(r"\g<name> factorization ", before)
    ahead = _AHEAD.match(re.split(r"[.;](?:\s+|$)", before)[-1])
    if ahead is not None and re.search(_OPENING, ahead["first"]) and not _DOUBTED.search(_clause(ahead["first"])):
        if _DOUBTED.search(re.split(r"[.;:](?:\s|$)", after)[0].split("$")[0]):
            return None
        at = -1 if ahead["of"] else 0
        return Called(_kind(ahead), _size(ahead), at, replace(sentence, before=_ARTICLE.sub("", ahead["first"])))
    behind = _AFTER.match(re.split(r"[.;](?:\s+|$)", after)[0])
    if behind is None or not (behind["link"].strip() or behind["article"]) or not _NO_MORE.match(behind["rest"]):
        return None
    if _DOUBTED.search(_clause(before)) or _DOUBTED.search(behind["rest"].split(",")[0]):
        return None
    at = 1 if behind["of"] else 0
    return Called(_kind(behind), _size(behind), at, replace(sentence, after=behind["rest"]))


_WRITTEN = re.compile(
    r"(?:^|(?<=[\s,;:(]))(?:(?:we|one|you|on|l'on|nous|let us|us)\s+)?(?:(?:can|may|now|then|also|peut|donc|alors)\s+)*"
    r"(?:write|decompose|factor(?:i[sz]e)?|écrire|écrit|écrivons|décompose|décomposons|factorise|factorisons)"
    r"(?:\s+(?:it|this|\$)\s+(?:as|en|sous la forme))?\s*$",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(r"^[\s,]*(?:where|with|in which|for (?:some|an?)|où|avec)\b", re.IGNORECASE)


def put_as_factors(sentence: Sentence, tokens: Tokens) -> Sentence:
    """A sentence that writes a name as a product of letters that it then introduces, said with "let".

    "We write $X = U D V^\\top$ where $U$ has orthonormal columns": what is said of the factors behind the equation is
    assumed of X.  With letters of which the sentence says nothing more, it may be a claim.
    """
    written = _WRITTEN.search(sentence.before)
    if written is None or not _INTRODUCED.match(sentence.after):
        return sentence
    sides = split(tokens, ("=",))
    if len(sides) != 2 or len(_names(sides[0])) != 1 or any(t.kind in ("sub", "sup") for t in sides[0]):
        return sentence
    left, right = (_names(side) for side in sides)
    introduced = set[str]().union(*map(_names, sentence.later))
    if not right or left & right or not right <= introduced:
        return sentence
    return replace(sentence, before=f"{sentence.before[: written.start()]}let ")


def _names(tokens: Tokens) -> set[str]:
    """The letters of a formula that stand for something: not those of its scripts."""
    level = 0
    found: set[str] = set()
    raised = -1
    for k, token in enumerate(tokens):
        behind_mark = k > 0 and tokens[k - 1].kind in ("sub", "sup")
        if token.kind == "open":
            level += 1
            raised = level if behind_mark and raised < 0 else raised
        elif token.kind == "close":
            raised = -1 if level == raised else raised
            level -= 1
        elif raised < 0 and not behind_mark:
            name = name_of(token)
            found |= {name} if name in GREEK or (token.kind == "char" and name.isalpha()) else set()
    return found


def without_decompositions(words: str) -> str:
    """Plain words without the names of decompositions: that a matrix has one says no more of it."""
    return re.sub(_PHRASE, " ", words)


def _clause(words: str) -> str:
    """The words since the last comma that ends a clause."""
    return re.split(r"[;:]|, (?:so|and|but|then|donc|et|mais|alors) ", words)[-1]


def _kind(found: re.Match[str]) -> str:
    return next(kind for _, kind in _NOUNS if found[kind])


def _size(found: re.Match[str]) -> str:
    words = f"{found['size']} {found['behind']}"
    for pattern, size in ((_THIN, "thin"), (_COMPACT, "compact"), (_FULL, "full")):
        if re.search(rf"\b(?:{pattern})\b", words):
            return size
    return ""
