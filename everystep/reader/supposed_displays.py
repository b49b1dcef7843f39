r"""Words before a display that suppose what it says: "suppose that", "let $x$ be such that", "if".

May import this package's vocabulary.
"""

from __future__ import annotations

from dataclasses import replace

from everystep.reader import patterns as re
from everystep.reader.givings import display_sentence
from everystep.reader.governing import NEGATION
from everystep.reader.phrases import clause_of
from everystep.reader.prose import Sentence, Stance, stance
from everystep.reader.words import plain

_EXTENT = (
    r"(?:[ ,]*(?:that|now|further|also|moreover|additionally|in addition|throughout|que|de plus|maintenant|en outre))*"
    r"(?:[ ,]*(?:for|pour) (?:all|every|each|any|tout|toute|tous|toutes|chaque)(?: [\w-]+){0,2}"
    r"(?: \$(?:[ ,]*(?:and|et)?[ ,]*\$)*)?)?(?:,? (?:one has|we have|it holds that|on a))?"
)
_SUPPOSES = re.compile(
    rf"\b(?:suppose|assume|supposing|assuming|supposons|supposant|on suppose){_EXTENT}[ ,:]*$|"
    r"\b(?:under|sous) (?:the |l'|la )(?:assumption|hypothesis|condition|hypothese)s?(?: that| que)?[ :]*$|"
    r"\b(?:if|si)[ ,:]*$"
)
_INTRODUCES = re.compile(
    rf"\b(?:(?:be )?such that|tels? que|telles? que|satisf(?:y|ies|ying)|satisfait|satisfaisant|verifiant|obeying|"
    rf"with|avec){_EXTENT}[ ,:]*$"
)
"""Where the sentence introduces a name: "let $U$ satisfy", "let $x \\in \\mathbb{R}^n$ be a vector with"."""
_LETS = re.compile(r"\b(?:let|given|consider|take|suppose|assume|soit|soient|considerons|on considere|where|ou)\b")
_CLAIMS = re.compile(
    r"\b(?:then|thus|hence|therefore|so|show|prove|verify|check|see|find|follows|alors|donc|ainsi|montrer|montrez|"
    r"montrons|obtain|get|derive|compute|gradient|derivative|hessian|jacobian|gradients|derivees?|"
    r"minimi[sz]\w*|maximi[sz]\w*|optim\w*|estimat\w*|argmin|least[- ]squares|ridge|moindres carres)\b"
)
_TAKES_BACK = re.compile(
    r"^\W*(?:for (?:some|at least|one|an?|certain)|pour (?:un|une|certains?)|unless|except|sauf|only|or\b|ou\b|would|"
    r"does not|fails|is (?:false|wrong|not)|cannot|were|approximately|almost|in (?:expectation|mean))|"
    r"^[^.;$]*\b(?:only|seulement|in (?:a|the|some|this|certain|special) (?:\w+ )?cases?)\b"
)
_MAY_SUPPOSE = re.compile(
    r"\b(?:suppose|assume|supposing|assuming|supposons|supposant|pretend)"
    r"(?! (?:we want|we wish|it is enough))(?:\W+[\w'-]+){0,5}[ ,:]*$|"
    r"\b(?:si|if) (?:l'on|on|we) (?:avait|had|a|have)[ ,:]*$"
)
_OF_ALL = re.compile(
    r"\b(?:(?:for|pour) (?:all|any|every|each|arbitrary|tout|toute|tous|toutes|chaque)|whatever|quel que soit)\b"
)
_ASKS_WHEN = re.compile(
    r"\b(?:for (?:which|what)|when|under (?:which|what)|pour (?:quel|quels|quelle|quelles)|quand|sous quelles?)\b"
    r"[^.;:?!]*$"
)
_IS_ASKED = re.compile(
    r"^\W*(?:do|does|did|is|are|can|must|should|will|would|has|have we|a-t-on|a-t-il|est-ce|est-il|peut-on|doit-on)\b"
)
_THEN = re.compile(r"^\W*(?:then|alors)\b")
_GOES_ON = re.compile(r"^\W*(?:then|alors|we (?:have|get|obtain|find)|on (?:a|obtient|trouve)|it (?:follows|holds))\b")


def supposed(words: str, behind: str, ended: bool) -> Sentence | None:
    """The sentence by which the words before a display suppose what it says; None where they do not.

    ``behind``: the words that follow the display; ``ended``: whether a full stop ends it.
    """
    sentence = display_sentence(words)
    clause = clause_of(sentence.before)
    strong = _SUPPOSES.search(clause)
    lets = _INTRODUCES.search(clause) and _LETS.search(clause) and not _CLAIMS.search(clause)
    if not (strong or lets) or (not ended and _TAKES_BACK.search(plain(behind))):
        return None
    if _ASKS_WHEN.search(plain(sentence.before)) and not ended and _IS_ASKED.search(plain(behind)):
        return None  # "for which $A$, assuming $A^2 = I$, do we have": it is put for the question
    return sentence if stance(sentence) in (Stance.ASSUMED, Stance.CASE, Stance.WITHIN) else None


def may_suppose(words: str) -> bool:
    """Whether words before a display may suppose it, however doubtful that is: "one might assume that"."""
    clause = clause_of(display_sentence(words).before)
    return _MAY_SUPPOSE.search(clause) is not None and not NEGATION.search(clause)


def holds_for_all(words: str, behind: str, ended: bool) -> bool:
    """Whether the words around a display say that what it supposes holds for all values: "for every $x$"."""
    near = f"{clause_of(display_sentence(words).before)}|{'' if ended else re.split(r'[.?!;]', plain(behind))[0]}"
    return _OF_ALL.search(near) is not None


def introduces(words: str) -> bool:
    """Whether words before a display say with it what a name is: "let $x$ be such that"."""
    return _SUPPOSES.search(clause_of(display_sentence(words).before)) is None


def holds_for_the_next(behind: str, ended: bool) -> bool:
    """Whether the words behind a display of an if-clause lead to what holds then; after a full stop, only "then" does:
    "equality holds if $a$. We have $b$".
    """
    return (_THEN if ended else _GOES_ON).search(plain(behind)) is not None


def as_inline(sentence: Sentence, behind: str) -> Sentence:
    """The sentence with the words that follow the display, as far as they belong to it."""
    return replace(sentence, after=re.split(r"[.?!](?:\s|$)", behind)[0] if behind else "")
