"""Words that speak of chance where no law is read from them: what is no constant, and what is not drawn one by one.

May import this package's words only.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.reader.words import plain

_CHANCE = r"(?:random|stochastic|noisy|aleatoires?|stochastiques?|bruitee?s?)"
_BEHIND_CHANCE = re.compile(
    rf"\W*(?:(?:itself|also|now|here|lui-meme|aussi|is|are|be|being|was|as|est|sont|soit|soient|an?|the|une?|le|la|des?)\W+"
    rf"(?:and\W+)?){{1,4}}(?:\w+ ){{0,2}}"
    rf"(?:{_CHANCE}\b(?! seeds?\b)|(?:correlated|dependent|correlee?s?) (?:with|on|a|avec)\b)"
)
_AHEAD_CHANCE = re.compile(r"\b(?:random|stochastic|noisy|aleatoires?) (?:\w+ )?$")


_LIKE_ANOTHER = re.compile(
    r"\W*(?:(?:\w+ ){0,3}(?:same|meme) (?:law|distribution|loi)\b|(?:\w+ ){0,2}(?:distributed|distribuee?s?) |"
    r"(?:\w+ ){0,3}(?:copy|copies|copie|replica) (?:of|de|d')(?!\w))"
)
"""Behind a name: "have the same law as $x$"."""
_OUTCOMES = (
    r"(?:outputs?|predictions?|predicted|labels?|responses?|estimat\w+|trained|learn(?:ed|t)|fitted|states?|observed|"
    r"observations?|measurements?|measured|sorted|residuals?|reponses?|etiquettes?|sorties?|estimee?s?|estimations?|etats?|"
    r"observee?s?|mesures?|mesuree?s?|predite?s?|appris\w*|entrainee?s?|triee?s?|residus?)"
)
_IS_AN_OUTCOME = re.compile(
    r"\W*(?:(?:be|is|are|denotes?|as|est|sont|soit|designe|comme)\W+(?:(?:the|our|its|an?|le|la|les|l'|un|une|des)\W*)?|"
    r"(?:le|la|les|l'|un|une)\W*)"
    rf"(?:\w+ ){{0,3}}?{_OUTCOMES}\b|"
    r"[^.;:$]*\b(?:computed|obtained|derived|built|formed|constructed|calculated|generated|produced|determined|"
    r"found|sorting|calculee?s?|obtenue?s?|construite?s?|produite?s?|deduite?s?)\b[^.;:$]*\$"
)
_OUTCOME_IS = re.compile(rf"\b{_OUTCOMES}\b[^.;:,]*\b(?:is|are|be|est|sont)\W*$")
_CERTAIN = re.compile(
    r"\b(?:fixed|constant|deterministic|known|given|true|unknown|independent\w*|not random|fixee?s?|constante?s?|"
    r"connue?s?|deterministe|donnee?s?|independante?s?|vraie?s?|inconnue?s?)\b"
)


def is_an_outcome(before: str, after: str) -> bool:
    """Whether words call what is in a formula the outcome of something that chance may have a part in."""
    behind = plain(after)
    if _CERTAIN.search(re.split(r"[.;:]", behind)[0]):
        return False
    return bool(_IS_AN_OUTCOME.match(behind) or _OUTCOME_IS.search(plain(before)))


_ONE_FOR_ALL = re.compile(
    r"\b(?:same|single|shared?|common|identical|equal|tied|repeated|copied|partagee?s?|communs?|communes?|identiques?|"
    r"memes?)\b(?! (?:law|distribution|mean|variance|probabilit\w+|parameters?|size|dimension|shape|loi|moyenne|"
    r"taille))"
)
_DRAWN_ONCE = re.compile(
    r"\b(?:same|single|shared|common|one|meme|seul|commun) (?:random )?(?:mask|masque|noise|bruit|draw|tirage|"
    r"reali[sz]ation|perturbation)\b[^.;:]*\b(?:each|every|all|across|rows?|columns?|lines?|layers?|steps?|both|chaque|tous|toutes|lignes?|"
    r"colonnes?|couches?)\b"
)


def draws_once(words: str, named: bool) -> bool:
    """Whether words say that entries with a law are not drawn one by one: "the same mask for each row".

    ``named``: it is the sentence that gives the law.
    """
    text = plain(words)
    return bool(_DRAWN_ONCE.search(text) or (named and _ONE_FOR_ALL.search(text)))


def may_be_random(before: str, after: str) -> bool:
    """Whether the words next to a formula speak of chance, also where no law is read from them: "a random $x_0$"."""
    close = re.split(r"[,;:$]", plain(after))[0]
    behind = _BEHIND_CHANCE.match(close) or _LIKE_ANOTHER.match(close + " ")
    return bool(_AHEAD_CHANCE.search(f"{plain(before).rstrip()} ") or behind)
