"""What a sentence says, without a formula, of the lines, entries and values of something that it does not name: "its
columns are orthonormal", "the labels are plus or minus one", "its trace vanishes".

Any name that can have them may be meant; what is refuted of it is then not judged.  May import the reader.
"""

from __future__ import annotations

from everystep.algebra.shapes import ONE
from everystep.reader import patterns as re
from everystep.reader.entities import FamilyName, Symbolic
from everystep.reader.scope import Scope
from everystep.reader.words import plain

_WHOSE = r"(?:its|their|the|our|all(?: the| its)?|each|every|ses|leurs|sa|son|leur|les|le|la|l'|toutes (?:ses|les))\s?"
_OF_MATRICES = (
    r"rows?|columns?|lignes?|colonnes?|determinant|trace|rank|rang|eigenvalues?|valeurs propres|singular values?|"
    r"valeurs singulieres|diagonal(?: entries| elements)?|(?:coefficients |elements )?diagona(?:le|ux)|spectral norm"
)
_OF_ANY = (
    r"entries|components|coordinates|elements|coefficients|composantes|coordonnees|labels?|targets?|classes|etiquettes?|"
    r"norms?|normes?|lengths?|longueurs?|probabilities|probabilites|weights|poids|signs?|signes?"
)
_THING = r"(?: (?:of|de) (?:the|this|these|its|our|la|cette|ce|ces) \w+)?"
_VERB = (
    r"(?: (?:all|each|both|only|entry|vector|vectors|entries))*,? (?:are|is|sums?|adds?|equals?|vanish(?:es)?|have|has|"
    r"take|takes|lie|lies|sont|est|ont|a|somment|vaut|valent|prennent|s'annulent?)\b"
)
_WITHOUT_ARTICLE = r"(?:^|\b(?:since|because|as|recall|remember|note|car|puisque|comme|that))\W*"
_SAID = re.compile(
    rf"(?:\b{_WHOSE}(?:\w+ )?|{_WITHOUT_ARTICLE})(?P<part>(?P<matrix>{_OF_MATRICES})|{_OF_ANY}){_THING}{_VERB}"
    r"(?P<what>[^.;:$]*)"
)
_VALUE = re.compile(
    r"(?<![\w.])[-+±]?[012](?![\w.])|\b(?:one|zero|unity|two|unit|vanish\w*|nulle?s?|une?|equal|identical|same|"
    r"egale?s?|orthonorm\w+|orthogonal\w*|independ\w+|normali[sz]ed|normalisee?s?|positi(?:ve|f)\w*|negati(?:ve|f)\w*|"
    r"distinct\w*|binary|binaires?|signs?)\b|s'annulent?\b|\bvanish"
)
_CLAIMED = re.compile(
    r"\b(?:show|prove|verify|check|that|hence|thus|therefore|so|then|claim|whether|why|if|"
    r"montr\w+|prouv\w+|verifi\w+|que|donc|ainsi|alors|si)\b"
)
_REMINDS = re.compile(r"\b(?:recall|remember|keep in mind|note|notice|rappelons|on rappelle|notons) (?:that|que)\b")
"""What is recalled is assumed, and no claim."""
_DENIED = re.compile(r"\b(?:not|never|no|pas|ne|jamais)\b|n't\b|\bn'")
_REFERS = re.compile(
    r"\W*(?:and |where |with |but |et |ou )?(?:"
    rf"(?:the|all|les|tous les|toutes les) (?:{_OF_MATRICES}|{_OF_ANY})|"
    r"the (?:former|latter|first|second|third|last|others?|two|columns|rows|"
    r"entries|matrix|matrices|vectors?)|"
    rf"(?:{_OF_MATRICES}|{_OF_ANY}) (?:all |each )?(?:sum|add|are|is|have|sont|ont|somment)\b|"
    r"both|all|one|two|it|they|its|their|these|"
    r"la (?:premiere|seconde|deuxieme|derniere)|"
    r"le (?:premier|second|dernier)|l'une?|l'autre|les deux|elles?|ils?|ses|leurs?)\b"
)


def clauses_without_formulas(sentence: str) -> list[str]:
    """A sentence without a formula, or its clauses behind the last formula that speak of something of before: "; the
    former is symmetric".
    """
    if "$" not in sentence:
        return [sentence]
    clauses = re.split(r"[;:(]", sentence.rpartition("$")[2])[1:]
    return [clause for clause in clauses if _REFERS.match(plain(clause))]


def values_in_doubt(scope: Scope, sentence: str) -> None:
    """Note what a sentence without a formula says of the rows, the entries or the trace of something that is declared.

    Not what it claims, denies or asks for.
    """
    text = _REMINDS.sub("since", plain(sentence))
    found = _SAID.search(text)
    said = found["what"] if found is not None else ""
    if found is not None and re.search(r"\b(?:mean|average|moyenne|centr|cent(?:er|re)ed)", found[0]):
        return  # that data are centred is looked at by itself
    if found is None or not (_VALUE.search(said) or re.search(r"vanish|annul", found[0])):
        return
    if _CLAIMED.search(text[: found.start("part")]) or _DENIED.search(found[0]):
        return
    for name, entity in scope.names.items():
        if isinstance(entity, Symbolic):
            fits = ONE not in entity.value.shape if found["matrix"] else not entity.value.is_number_shaped
        else:
            fits = isinstance(entity, FamilyName) and not found["matrix"]
        if fits:
            scope.unsure.setdefault(name.removesuffix("[]"), found[0].strip())
