"""Words of a later sentence that take back what was assumed: "we drop this assumption", "that is absurd".

May import this package's vocabulary only.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.reader.words import PROPERTIES, plain

_WITHDRAWING = re.compile(
    r"\b(no longer|not necessarily|need not|drop(s|ped|ping)?|relax(es|ed|ing)?|lift(s|ed|ing)?|discard\w*|"
    r"remov(e|es|ed|ing) (the|this|that)|"
    r"without (the |this |that |any )?(assum\w+|hypothes[ie]s|conditions?|constraints?|supposing)|"
    r"ignor\w+ (the|this|that|la|cette) (constraint|contrainte)|sans (la |cette )?contrainte|"
    r"not (be )?(assume|assumed|suppose|supposed|require|required)|don't assume|(is|are)(n't| not)|"
    r"n'est (plus|pas)|ne sont (plus|pas)|non-?\s?symm?etri\w+|asymm?etri\w+|"
    r"dissymetri\w+|non-?\s?(orthogonal|diagonal|invertible|inversible|independ[ea]nt)\w*|"
    r"(may|might|can|could) (also )?be|peu(t|vent) (aussi )?etre|"
    r"ne (\w+ )?(suppos\w+|demand\w+) (plus|pas)|"
    r"n'(\w+ )(plus|pas)|pas necessairement|non necessairement|sans (supposer|hypothese|l'hypothese|cette hypothese)|"
    r"abandonn\w+|on leve|(?:without|sans) (?:the |this |that |la |cette )?normali[sz]\w+|"
    r"(?:un|non-?\s?)-?normali[sz]ed|non[- ]normalisee?s?|"
    r"(without|sans|dropping) (the |la |l')?\w*(symm?etr|invertib|inversib|orthogonal|independ)\w*)\b"
)
_INSTEAD = re.compile(
    r"\bsuppos\w* plutot\b|"
    r"\b(suppos\w*|assum\w*|let|if|when|consider|soit|soient|si|lorsque|quand|considerons)\b[^.;:]*"
    r"\b(instead(?! of\b)|plutot(?! que?\b)|cette fois|this time|a la place(?! d)|au contraire|on the contrary)\b"
)
_ANY_VALUE = re.compile(r"\b(general|generale?s?|arbitrary|arbitraires?|quelconques?|(is|be|est|soit) any|n'importe)\b")
_NOUNS_OF_KINDS = (
    ("symm?etr(y|ie)", "symmetric"),
    ("(non-?\\s?|a|dis)symm?etri\\w+", "symmetric"),
    ("non-?\\s?diagonal\\w*", "diagonal"),
    ("negati(ve|f|ves|fs)", "positive"),
    ("(non-?singularity|invertibili\\w+|inversibilite)", "invertible"),
    ("orthogonali\\w+", "orthogonal"),
    ("(definiteness|positivi\\w+)", "positive definite"),
    ("independence|independance", "independent"),
    ("(?:un|non-?\\s?)?-?normali[sz]\\w+|unit[- ](?:norm|length)", "unit"),
)
_IMPLYING = {
    "symmetric": ("positive definite", "positive semidefinite", "diagonal"),
    "invertible": ("positive definite",),
}

_SAID = (
    r"(?:assumptions?|hypothes[ie]s|hypotheses?|conditions?|constraints?|contraintes?|restrictions?|requirements?|"
    r"suppositions?|premises?|exigences?)"
)
_KINDS = ("symmetric", "orthogonal", "invertible", "positive definite", "positive semidefinite", "idempotent")
_OF_A_KIND = rf"(?:{'|'.join(pattern for pattern, kind in (*_NOUNS_OF_KINDS, *PROPERTIES) if kind in _KINDS)})"
_GIVEN_UP = (
    r"(?:drop(?:s|ped|ping)?|remov\w+|relax\w*|lift\w*|waiv\w+|forget\w*|forgot\w*|discard\w*|omit\w*|withdraw\w*|"
    r"retract\w*|revok\w+|suspend\w*|giv(?:e|es|ing) up|gave up|do(?:es|ing)? without|dispens\w+ with|rid of|"
    r"abandon\w*|los(?:e|es|t|ing)|leav(?:e|es|ing) (?:aside|behind)|no more|not? (?:\w+ )?"
    r"(?:needed|required|necessary|used|available|satisfied|met|fulfilled|true)|"
    r"superfluous|unnecessary|redundant|violat\w+|breaks? down|broken|"
    r"oubli\w+|on leve|levons|retir\w+|supprim\w+|renonc\w+|se passe\w* d[e']|passons-nous|affranchi\w+|relach\w+|"
    r"inutiles?|superflue?s?|violee?s?|n'est (?:plus|pas))"
)
_GIVES_UP = re.compile(
    rf"\b{_GIVEN_UP}\b[^$.;:]{{0,60}}\b(?:{_SAID}|{_OF_A_KIND})\b|\b(?:{_SAID}|{_OF_A_KIND})\b[^$.;:]{{0,60}}\b{_GIVEN_UP}\b"
)
"""What is given up is named: "forget this hypothesis", "the symmetry is lost"."""
_IT = r"(?:(?:all|both|any|each|tout) (?:of )?)?(?:this|that|it|them|these|those|cela|ceci)"
_GIVES_IT_UP = re.compile(
    rf"\b{_GIVEN_UP} {_IT}(?: (?:now|here|again|from (?:now|here) on|below|altogether|maintenant|ici))?\W*(?:$|[,;:.])|"
    rf"(?:^|[,;:.]|\band|\bet)\W*{_IT} (?:is|are|was|will be|can be|must be|est|sera|peut etre) "
    rf"(?:now |then |here )?{_GIVEN_UP}\b|"
    r"\b(?:this|that|it) (?:is|will be|need be)(?: not|n't)(?: (?:so|the case)(?! (?:that|for)\b)\b)?\W*(?:$|[,;:.])|"
    r"\b(?:ce|cela|ceci) (?:n'est|ne sera) (?:pas|plus) (?:le cas|vrai)\W*(?:$|[,;:.])"
)
"""What is given up is what was said before: "we now drop this", "this is relaxed"."""
_PUTS_LESS = re.compile(
    rf"\b(?:weaken\w*|loosen\w*|replac\w+|exchang\w+|trad(?:e|es|ing)|affaibli\w+|remplac\w+|echange\w*)\b[^$.;:]{{0,60}}"
    rf"\b(?:{_SAID}|{_OF_A_KIND})\b|"
    r"\b(?:only|merely|just|seulement|simplement)(?: \w+){0,2}? (?:ask|asks|asked|assum\w*|suppos\w*|requir\w*|"
    r"demand\w*|exig\w*|impos\w*)\b|"
    r"\b(?:suppos\w*|exig\w*|demand\w*|impos\w*) (?:plus )?(?:seulement|simplement|uniquement)\b"
)
"""Less is assumed than before: "weaken the assumption to invertibility", "if we only ask that"."""
_ALLOWS_MORE = re.compile(
    r"\b(?:are|is|sont|est) (?:now |also |aussi )?(?:allowed|permitted|admitted|permise?s?|admise?s?|autorisee?s?)\b"
)
"""More values are meant than before: "negative values are allowed, too"."""
_ARE_DEPENDENT = re.compile(r"\b(?:are|is|sont|est) (?:\w+ ){0,2}?(?:correlated|dependent|correlee?s?|dependante?s?)\b")
_LEAVES_A_CASE = re.compile(
    r"\b(?:back|return\w*|turn\w*|com(?:e|es|ing)|pass\w*|mov(?:e|es|ing)|"
    r"go(?:es|ing)?)\b[^$.;:]{0,30}\b(?:general|other|remaining|original) (?:\w+ )?"
    r"(?:cases?|settings?|situations?|matri\w+)\b|\b(?:revenons|revient|retour\w*|passons|venons-en)\b[^$.;:]{0,30}"
    r"\b(?:cas|cadre) (?:\w+ )?(?:general|suivant|restant)\b|"
    r"\b(?:treat|consider|study|studi|handl|tackl|address|discuss|prov|show|do|take|examin)\w*\b[^$.;:]{0,20}\bgeneral "
    r"(?:\w+ )?(?:cases?|settings?|situations?|matri\w+)\b|\b(?:trait|consider|etudi|demontr|examin)\w*\b"
    r"[^$.;:]{0,20}\b(?:cas|cadre) general\b|^\W*(?:the|le) (?:general case|cas general)\W*$|"
    r"\bcase (?:is|has been|being) (?:now )?(?:done|finished|settled|treated|over|complete\w*|closed|"
    r"understood|solved)\b|"
    r"\b(?:complet|conclud|finish|settl|end|clos)\w* (?:the|our|this) [^$.;:]{0,40}\bcase\b|"
    r"\bcas [^$.;:]{0,40}\b(?:termine|acheve|traite|regle|clos|fini)\b|"
    r"\b(?:termin|achev|clot|conclu|fini)\w*[^$.;:]{0,20}\b(?:le|ce|du) cas\b"
)
"""A case ends: "this completes the symmetric case", "returning to the general case", "we treat the general case"."""
_IS_WRONG = (
    r"(?:contradict\w*|absurde?s?|absurdity|impossib\w*|false|untrue|wrong\w*|mistak\w+|erron\w+|incorrect\w*|invalid|"
    r"faux|fausse|erreur|unrealistic|irrealiste|untenable|intenable|unjustified|injustifiee?)"
)
_AGAIN = (
    r"^\W*(?:(?:and|but|however|yet|then|so|now|unfortunately|clearly|mais|or|cependant|alors|donc|et|malheureusement)"
    r"\b\W*)*"
)
_FALSE_ASSUMPTION = re.compile(
    rf"{_AGAIN}(?:this|that|the|our|such an?|cette|l'|la|notre) ?{_SAID}\b[^$.;:]*\b{_IS_WRONG}\b"
)
_THAT_IS_FALSE = re.compile(
    rf"{_AGAIN}(?:this|that|which|cela|ceci|c'|ce)\b ?(?:is|was|would be|leads?|turns? out|cannot|gives?|est|etait|"
    rf"serait|conduit|mene|contredit|contradicts)\b[^$.;:]*\b{_IS_WRONG}\b|"
    rf"{_AGAIN}(?:this|that|which|cela|ceci) contradi\w+\b"
)
_ASKED_OF_DEFINITE = re.compile(
    r"\b(?:need not|needn't|not (?:be )?(?:assumed?|required?|supposed?|necessarily|demand(?:ed)?|"
    r"imposed?|imply|include)|"
    r"(?:symmetry|symetrie) is not|(?:does|do) not (?:assume|require|imply|include|mean)|without (?:\w+ )?symm|"
    r"sans (?:\w+ )*symetri|n'(?:est|exige|impose|implique|inclut)|ne (?:suppose|demande|requiert)|"
    r"pas (?:supposee?s?|forcement|necessairement|exigee?))"
)
_OF_OTHER_MATRICES = re.compile(r"\b(?:product|produit|sums?|somme|differences?|commut\w*)\b")

_NOT_SYMMETRIC = re.compile(
    r"\b(?:not|never|nor|non|pas|ni|possibly|without|sans)\b[\W_]*(?:\w+\W+){0,3}symm?etr|\b(?:a|dis|non)symm?etri"
)

_USED = re.compile(
    r"\b(?:using|us(?:e|es) of|by|thanks to|owing to|because of|due to|exploiting|from|via|invoking|par|grace a|vu|"
    rf"d'apres|en utilisant|utilisant)\W+(?:(?:the|la|l'|this|that|cette|our|cet|same)\W*)*(?:{_SAID}|{_OF_A_KIND})\b"
)
"""What is made use of is not taken back: "using the symmetry of A, we drop the transpose"."""


def denies_symmetry(words: str) -> bool:
    """Whether words deny that something is symmetric: "positive definite but not symmetric"."""
    return bool(_NOT_SYMMETRIC.search(plain(words)))


_NORMAL = r"(?:gaussian\w*|gaussien\w*|normality|normalite|normal(?:ly)? (?:law|distribut\w+))"
_LAW_GIVEN_UP = re.compile(
    rf"\b{_GIVEN_UP}\b[^$.;:]{{0,60}}\b{_NORMAL}\b|\b{_NORMAL}\b[^$.;:]{{0,60}}\b{_GIVEN_UP}\b|"
    rf"\b(?:no longer|not|need not be|plus|pas)\b (?:\w+ ){{0,2}}{_NORMAL}\b"
)


def leaves_the_law(words: str) -> bool:
    """Whether a sentence that takes something back speaks of a normal law: "we drop the Gaussian assumption"."""
    return bool(_LAW_GIVEN_UP.search(plain(words)))


def is_said_to_be_false(words: str) -> bool:
    """Whether a sentence says of the one before it that it is wrong: "that is absurd", "this was a mistake"."""
    return bool(_THAT_IS_FALSE.search(plain(words)))


def needs_no_symmetry(words: str) -> bool:
    """Whether words say that what they call definite need not be symmetric."""
    text = plain(words)
    asked = re.search(r"\bdefini", text) and re.search(r"symm?etr", text) and _ASKED_OF_DEFINITE.search(text)
    return bool(asked) and not _OF_OTHER_MATRICES.search(text)


_WHOLLY = (_INSTEAD, _PUTS_LESS, _ALLOWS_MORE, _LEAVES_A_CASE, _FALSE_ASSUMPTION, _GIVES_IT_UP)
"""What takes back all that was assumed."""


def withdrawn(words: str) -> frozenset[str]:
    """The properties that a sentence no longer assumes; ``"*"`` stands for all; empty where it withdraws nothing."""
    text = _USED.sub(" ", plain(words))
    if any(pattern.search(text) for pattern in _WHOLLY):
        return frozenset("*")
    withdrawing = _WITHDRAWING.search(text) or _GIVES_UP.search(text) or _ARE_DEPENDENT.search(text)
    any_value = "$" in text and _ANY_VALUE.search(text) and not re.search(r"\b(in general|en general)\b", text)
    if not withdrawing and not any_value:
        return frozenset()
    found = {kind for pattern, kind in PROPERTIES if re.search(pattern, text)}
    found |= {kind for pattern, kind in _NOUNS_OF_KINDS if re.search(rf"\b({pattern})\b", text)}
    if re.search(r"\bindepend[ea]nt", text) or _ARE_DEPENDENT.search(text):
        found.add("independent")
    if "symmetric" in found and not re.search(r"(?<!skew-)(?<!anti)symm?etr", text):
        found.discard("symmetric")
    if withdrawing:
        nouns = re.search(rf"\b{_SAID}\b", text)
        wide = nouns or re.search(r"\b(no longer|plus|assum\w+|suppos\w+)\b", text)
        found = found or ({"*"} if wide else set())
    else:
        found = set() if found else {"*"}
    return frozenset(found.union(*(_IMPLYING.get(kind, ()) for kind in found)))
