r"""Words that say of the numbers in a list that they sum to one: "weights $q_1, \dots, q_m > 0$ that sum to one".

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from everystep.algebra import expressions as ex
from everystep.algebra.context import Relation
from everystep.algebra.expressions import Num
from everystep.algebra.shapes import index
from everystep.reader import patterns as re
from everystep.reader.entities import FamilyName
from everystep.reader.governing import CONDITIONAL, NEGATION
from everystep.reader.marks import plain_text
from everystep.reader.pieces import Piece
from everystep.reader.prose import Sentence, Stance, stance
from everystep.reader.scope import Scope
from everystep.reader.trees import name_of
from everystep.reader.words import plain

_ONE = (
    r"(?:one|unity|1|un|\$)(?![\w/+-])(?! with respect\b)"
    r"(?= ?(?:[.,;:()$]|$|(?:and|et|with|where|that|which|be|are|let|avec|qui|soient|sont|we|then|alors)\b))"
)
"""One, and nothing behind it that makes it another number or sum: "one half", "one or less", "one if", "one over"."""
_NOT_ALWAYS = re.compile(
    rf"{CONDITIONAL}|\b(?:or|ou|at most|at least|less|more|au plus|au moins|approximately|almost)\b"
)
_SUM = (
    rf"(?:(?:that|which|all|qui) )*(?:sum(?:ming|s)?|add(?:ing|s)?)(?: up)? to {_ONE}|"
    rf"(?:with|of|having) (?:(?:unit|total) sum|sum (?:equal to )?{_ONE})|"
    rf"(?:qui )?somm(?:ent|ant) a {_ONE}|(?:dont la somme (?:vaut|est(?: egale a)?)|de somme(?: egale a)?) {_ONE}"
)
_ENDS = r"(?= ?(?:[.,;:(]|$|with\b|on\b|over\b|sur\b))"
_LAW = "(?:(?:probability )?distribution|loi de probabilite)"
_LAWS = "(?:(?:probability )?distributions|lois de probabilite)"
_DISTRIBUTION = rf"(?:an? |une? )?(?:discrete |finite )?{_LAW}{_ENDS}"
_SEVERAL = rf"(?:(?:two|both|three|all|deux|trois) )?(?:discrete )?{_LAWS}{_ENDS}"
_NOUN = (
    r"(?:(?:be|are|is|soient|sont|the|a|some|any|des|les|real|positive|nonnegative|non-negative|fixed|given|mixing|"
    r"mixture|numbers|weights|coefficients|scalars|proportions|probabilities|responsibilities|reels|positifs|nombres|"
    r"poids|coefficients|probabilites|and|et|,) ?)*"
)
_OF_THIS = re.compile(rf"^\W*{_NOUN}(?P<said>{_SUM}|(?<=be ){_DISTRIBUTION}|(?<=is ){_DISTRIBUTION})")
_OF_ALL = re.compile(rf"^(?:\W*(?:and|et|,)? ?\$)*\W*(?:be|are|soient|sont) (?P<said>{_SEVERAL})")
_MAY_SAY = re.compile(
    r"\b(?:sums?|summing|adds?|adding)(?: up)? to\b|\bsomm\w+ a\b|\bsomme\b|"
    r"\b(?:unit|total) sum\b|\bsum one\b|"
    r"\b(?:be|is|are|form|forms|soient|sont|est) (?:[\w-]+ ){0,3}"
    r"(?:distributions?|lois? de probabilite|probabilities)\b"
)


_OF_THESE = re.compile(r"^(?:(?:[\s,]|and\b|et\b|for\b|pour\b|be \w+\b)*\$)*[^$]*")
"""The words that may be said of a formula, behind others that are listed with it or say what its index is."""


def sum_to_one(scope: Scope, pieces: list[Piece], sentence: Sentence) -> list[Relation]:
    """What such words say of the lists of numbers that a formula declares, as firmly as they put it; where they may say
    it, and that is not certain, no mistake is claimed of the numbers.
    """
    names = {name_of(piece.sides[0][0]) for piece in pieces if piece.sides and piece.sides[0]}
    families = [e for n in sorted(names) if isinstance(e := scope.names.get(f"{n}[]"), FamilyName)]
    families = [f for f in families if (f.rows, f.columns, f.count) == (1, 1, 1)]
    behind = re.split(r"[.;:](?:\s|$)", plain(sentence.after))[0]
    near = _OF_THESE.match(behind)
    if not families or near is None or not _MAY_SAY.search(near[0]):
        return []
    said = _OF_THIS.match(behind) or _OF_ALL.match(behind)
    known = said is not None and _is_one(said, sentence) and not NEGATION.search(behind[: said.end()])
    known = known and said is not None and not _NOT_ALWAYS.search(behind[said.end("said") :])
    known = known and stance(sentence, needs_verb=False, any_words=True) is Stance.ASSUMED
    ends = {f.name: (f.low, f.high) for f in families}
    if not known or any(None in pair for pair in ends.values()):
        for name in ends if not NEGATION.search(behind) else ():
            scope.unsure.setdefault(name, "of sum one")
        return []
    at = index("i")
    return [Relation(ex.SumOver(ex.Member(name, 1, 1, at), at, *pair), "=", Num(1)) for name, pair in ends.items()]


def _is_one(said: re.Match[str], sentence: Sentence) -> bool:
    """Whether the number that the words name is one, also where it is a formula: "that sum to $1$"."""
    if not said["said"].endswith("$"):
        return True
    at = said[0].count("$") - 1
    return at < len(sentence.later) and plain_text(sentence.later[at]) == "1"
