"""The words, in English and in French, that say something of the mathematics beside them.

May import nothing of the engine.
"""

from __future__ import annotations

import re
import unicodedata

_NOT_PART = r"(?<![-\w])"
_WHOLE = r"(?!\w)(?! (part|entries|entry|elements?|blocks?))"
PROPERTIES: tuple[tuple[str, str], ...] = tuple(
    (f"{_NOT_PART}({pattern}){_WHOLE}", name)
    for pattern, name in (
        (r"positive semi-?\s?definite|semi-?\s?definie?s? positives?|psd", "positive semidefinite"),
        (r"positive[- ]definite|definie?s? positives?|spd|pd", "positive definite"),
        (r"full row rank|rang plein (en|par) lignes?|linearly independent rows|lignes independantes", "full row rank"),
        (
            r"full column rank|rang plein (en|par) colonnes?|linearly independent columns|colonnes independantes",
            "full column rank",
        ),
        (r"non-?\s?singular|nonsingular|invertible|inversibles?|regulieres?", "invertible"),
        (r"symmetric|symetriques?", "symmetric"),
        (r"orthogonal|orthogonale|orthogonales|orthogonaux", "orthogonal"),
        (r"idempotente?s?", "idempotent"),
        (r"diagonal|diagonales?|diagonaux", "diagonal"),
        (r"non-?\s?zero|nonzero|non nulle?s?|differente?s? de zero", "nonzero"),
    )
)
"""Patterns for words without accents, the longest property first, and the property that they state."""

_OF_SOMETHING_ELSE = re.compile(r"\b(with|of|to an?|skew|block|quasi|anti|its)\W*$")
_VETO = re.compile(
    r"\b(not|isn't|no|ne|n'est|pas|without|neither|nor|unless|whether|either|mistakes?|wrong|false|were|would|could|"
    r"which|sans|sinon|wanted|mistaken|unlike|one of|at least one|product of|sum of|difference of|inverse of|"
    r"similar to|conditionally|block|skew|triangular|upper|lower|almost|approximately|hypothetical|faux|ni|soit que|"
    r"contrairement)\b"
)
_VETO_AFTER = re.compile(r"\b(only if|if and only if|iff|when does|so is|si et seulement si|does it|seulement)\b|\?")
_CONDITIONAL = re.compile(r"\b(if|when|whenever|si|lorsque|lorsqu'|quand|des que)\b")


_ASSUMING_WORDS = (
    "let take taking choose choosing pick fix assume assuming assumed suppose supposing given with where when "
    "whenever if for denote consider provided under satisfy satisfies satisfying be fixed soit soient supposons "
    "suppose supposant sachant avec ou lorsque quand si pour notons prenons choisissons fixons considerons donne "
    "donnes donnee donnees hypothese verifie verifient satisfait satisfont"
)
_ASSUMING_PHRASES = ("such that", "tels? que", "telles? que", "on note", "of length", "de norme")
_CONCLUDING_WORDS = (
    "claim claims whether question observe clearly affirme affirmons remarquons remarque think might hope guess "
    "show prove then hence thus therefore so follow follows conclude deduce verify check derive obtain get find "
    "compute means implies recall montrer montrez montre prouver prouvez prouve alors donc ainsi deduire deduit "
    "verifier verifiez obtient calculer calculez calcule trouver trouvez trouve conclure conclut minimise minimize "
    "minimiser minimizes minimises maximise maximize maximiser maximizes maximises"
)
_CONCLUDING_PHRASES = ("we have", "note that", "verifie que", "d'ou")


def _any_of(words: str, phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"\b(" + "|".join([*words.split(), *phrases]) + r")\b")


_ASSUMING = _any_of(_ASSUMING_WORDS, _ASSUMING_PHRASES)
_CONCLUDING = _any_of(_CONCLUDING_WORDS, _CONCLUDING_PHRASES)
_NEGATED = re.compile(r"\b(not|isn't|no longer|never|pas|n'est pas|non)\b\W*(\w+\W+){0,2}$")


def plain(words: str) -> str:
    """Lower case without accents."""
    folded = unicodedata.normalize("NFD", words.lower())
    return " ".join("".join(c for c in folded if not unicodedata.combining(c)).replace("’", "'").split())


def properties(words: str) -> list[str]:
    """The properties that words state, each once; a negated one is left out."""
    text = plain(words)
    found: list[str] = []
    for pattern, name in PROPERTIES:
        for match in re.finditer(pattern, text):
            if _OF_SOMETHING_ELSE.search(text[: match.start()]):
                continue
            if _NEGATED.search(text[: match.start()]) and "non-" not in match[0] and "non " not in match[0]:
                continue
            if name not in found:
                found.append(name)
        text = re.sub(pattern, " ", text)
    return found


def assumes(before: str) -> bool:
    """Whether the words before a formula introduce an assumption, and no conclusion stands between."""
    text = plain(before)
    starts = [match.start() for match in _ASSUMING.finditer(text)]
    return bool(starts) and not _CONCLUDING.search(text[starts[-1] :])


def concludes(before: str) -> bool:
    """Whether the words before a formula introduce a conclusion."""
    text = plain(before)
    if re.match(r"\W*(is|are|est|sont|est-ce que)\b", text):
        return True  # a question
    concluding = list(_CONCLUDING.finditer(text))
    if not concluding:
        return False
    return not any(m.start() > concluding[-1].start() for m in _ASSUMING.finditer(text))


_SAID = re.compile(
    r"^\W*((,|and|et|or|ou)?\s*\$\s*)*\W*(is|are|be|being|est|sont|soit|soient|has|have|a|ont|etant)?\s*"
    r"(both|all|each|also|assumed|supposed|an?|une?|des|de|tou(s|te|tes)|supposee?s?|deux|two|real|reelle?s?|matrix|matrices|matrice|"
    r"vectors?|vecteurs?|square|carrees?)*\s*(?P<words>[^$.;:]*)"
)


def said_after(after: str) -> str:
    """The words behind a formula that are said of it."""
    match = _SAID.match(plain(after))
    words = match["words"] if match else ""
    return re.split(r"\b(then|alors|donc|so|hence|show|montre|where|such|tel|telle|tels|if|si)\b", words)[0]


def vetoed(before: str, after: str) -> bool:
    """Whether the words around a formula deny, doubt or ask what it says."""
    return bool(_VETO.search(plain(before)) or _VETO_AFTER.search(plain(after)))


def is_conditional(before: str) -> bool:
    """Whether a formula stands in an if-clause."""
    return bool(_CONDITIONAL.search(plain(before)))


def is_iid(text: str) -> bool:
    """Whether words say that draws are independent and alike."""
    return bool(re.search(r"i\.\s?i\.\s?d|\biid\b", plain(text)))


def says_independent(text: str) -> bool:
    """Whether words say that random quantities are independent (and not that they are not)."""
    folded = plain(text)
    found = re.search(r"\bindependent(s|es|e|ly)?\b|\bindependamment\b", folded)
    return found is not None and not re.search(r"\b(not|non|pas|linearly|lineairement|terms?)\b", folded)


def said_before(before: str) -> str:
    """The words just before a formula that are said of it: "the symmetric matrix $A$"."""
    words = plain(before).split("$")[-1]
    clause = re.split(r"[.;:,]|\b(and|et|is|est|are|sont|that|que)\b", words)[-1] or ""
    return " ".join(clause.split()[-5:])


_HARMLESS = re.compile(
    r"i\.?i\.?d|independ|commut|random|aleatoire|constant|differenti|deriva|scala|vect|matri|for all|pour tou|"
    r"fixed|\band\b|"
    r"\bet\b|given|\ball\b|\bare\b|\bis\b|smooth|convex|\breal|\breel|known|connu|with|avec|where|\bou\b"
)


def says_nothing(text: str) -> bool:
    """Whether words state nothing that a proof could use: kinds of quantities, i.i.d., links."""
    return bool(_HARMLESS.search(text))
