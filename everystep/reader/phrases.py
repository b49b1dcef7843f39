"""Phrases of prose that stand for others, and words that take powers entry by entry.

May import this package's vocabulary only.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.reader.words import plain

_GENERALITY = re.compile(
    r"\b(without (any )?loss of generality|w\.?l\.?o\.?g\b\.?|sans perte de generalite)\W*(we may\b)?|"
    r"\b(unless|except where|if not) ((explicitly )?(otherwise )?(stated|specified|noted|mentioned|indicated)"
    r"( otherwise)?|otherwise)\b,?|\bsauf (mention|indication|precision)s? (du |explicite du )?contraire\b,?"
)
"""What takes nothing back of what is said here: "unless stated otherwise"."""
_OF_DATA = re.compile(
    r"\b((?:training|labell?ed|data|input|test|positive|negative|each|every|per|one|single|"
    r"(?:on|over|of) (?:the|one|an?|all)|"
    r"sur l'|chaque |(?=exemples? (?:d'apprentissage|d'entrainement|positif|negatif)))\s*)ex[ae]mples?\b"
)
"""An example of the data: "the loss on the example $(x, y)$" is no loss given for example."""
_LEFT_OUT = re.compile(r"^\W*(?:without|sans) (?:the |any |a |le |la |les |l'|un |une )?[\w-]+(?: [\w-]+)?,(?= )")
"""What a sentence does without: "Without the softmax, for $q$ we have"."""
_DATUM_LEFT_OUT = re.compile(
    r"\b(?:without|leaving out|sans) (?:the |l'|la |le )?(?:\$ ?-? ?(?:th|e|eme|ieme) )?"
    r"(?:observation|sample|data point|point|example|row|datum|exemple|donnee|ligne)\b"
)
"""What an estimator leaves out denies nothing: "the estimator without observation $i$"."""
_SUMS_TO = re.compile(r"\b(?:sums? (?:up )?to|(?:de )?somme(?:nt a)?) (?:one|unity|1|un|zero|0)\b")
_NOUN_PAS = re.compile(
    r"\b(?<=\bun )pas\b|\b(?<=\ble )pas\b|\b(?<=\bdu )pas\b|\b(?<=\bce )pas\b|\b(?<=\bau )pas\b|\bpas(?= de taille\b)|"
    r"\bpas(?= (?:fixe|constant|variable|optimal|decroissant|de (?:gradient|descente|temps))s?\b)"
)
_NOUN_MEANS = re.compile(r"\b(?<=with )means\b|\b(?<=have )means\b|\b(?<=having )means\b|\b(?<=respective )means\b")


def without_generality(text: str) -> str:
    """A text without "without loss of generality"."""
    return _GENERALITY.sub(" ", text)


_NO_LOSS = re.compile(r"\b(without (any )?loss of generality|w\.?l\.?o\.?g\b\.?|sans perte de generalite)\W*$")


def loses_no_generality(before: str) -> bool:
    """Whether a formula is put without a verb: "without loss of generality, $a = 1$"."""
    return bool(_NO_LOSS.search(plain(before)))


_APPLIED = re.compile(
    r"\b(?:when|whenever|if|lorsque|quand|si) (?:it is |we |one |they are |its argument is |on |nous |elle est )?"
    r"(?:l'|la )?(?:appl(?:y|ies|ied)|applied|a vector|applique(?:e|es|ons)?)\b[^.;:$]*"
)


def without_application(after: str) -> str:
    """The words behind a function without those on how it is applied to vectors: "when applied to a vector"."""
    return _APPLIED.sub(" ", after)


_LACKS = re.compile(r"(?<=\$) ?\((?:no|without|with no|sans|pas de) [\w' -]+\)")


def without_lacks(words: str) -> str:
    """Words without what a formula in them is said to lack, "$W$ (no bias)": that denies nothing of the next one."""
    return _LACKS.sub(" ", words)


def clause_of(before: str) -> str:
    """The words before a formula in its own clause."""
    text = _NOUN_PAS.sub("step", _NOUN_MEANS.sub("mean", _GENERALITY.sub(" ", without_lacks(plain(before)))))
    text = _DATUM_LEFT_OUT.sub(" ", text)
    text = _LEFT_OUT.sub(" ", _SUMS_TO.sub("hold", _OF_DATA.sub(r"\1sample", text)))
    return re.split(r"[;:]|\((?=[^)]*$)", text)[-1]


_TO_SHOW = re.compile(
    r",?\s*\b(?:and|then|et|puis)\s+(?:show|prove|verify|check|deduce|conclude|explain|argue|montrer|montrez|prouver|"
    r"prouvez|verifier|verifiez|(?:en )?deduire|(?:en )?deduisez|conclure|demontrer|demontrez)\s+"
    r"(?:that|why|que|qu'|pourquoi)[^.;:]*|"
    r",?\s*\b(?:and|then|et|puis)\s+(?:derive|compute|calculate|find|determine|give|state|calculer|calculez|deriver|"
    r"derivez|trouver|trouvez|determiner|determinez|donner|donnez|etablir)\b[^.;:]*"
)
_FORM = re.compile(
    r"^\s*(?:in|using|as|en|sous) (?:matrix|vector|matrix-vector|compact|forme?|notation)"
    r"(?: (?:and|et) (?:matrix|vector))? (?:form|notation|matricielle|vectorielle|compacte)\b"
)


def without_task(words: str) -> str:
    """Words behind a formula, as :func:`plain` gives them, without the tasks in them: "in matrix form and derive".

    What is to be shown is not assumed.
    """
    return _FORM.sub("", _TO_SHOW.sub("", words))


_NOT_SO = re.compile(
    r"\b(not|never|cannot|ne|pas|jamais|if|when|unless|si|lorsque|quand|instead|mistake|wrong|wrongly|faux|erreur|would)\b"
)
_BY_ENTRIES = (
    r"(?:(?:element|entry|component|coordinate)-? ?wise|entry by entry|terme a terme|composante par composante)"
)
_OF_POWERS = r"(?:squares?|squaring|powers?|exponents?|carres?|puissances?)"
_ENTRYWISE = re.compile(
    rf"\b{_OF_POWERS}\b[^.;:$]{{0,40}}\b{_BY_ENTRIES}|\b{_BY_ENTRIES} {_OF_POWERS}\b|"
    rf"\b(?:all )?operations\b[^.;:$]{{0,40}}\b{_BY_ENTRIES}"
)


_OF_THIS_POWER = re.compile(
    rf"[^\w$.;:]*\b(?:is|are|means?|denotes?|est|sont|designe|signifie)\b[^.;:$]{{0,40}}\b{_BY_ENTRIES}|"
    rf"[^\w$.;:]*\b(?:taken|pris|prise|calculee?|understood|computed|applied) {_BY_ENTRIES}"
)
"""Behind a power: "here $x^2$ is taken elementwise", « $h^2$ est pris composante par composante »."""


def power_by_entries(after: str) -> bool:
    """Whether words behind a formula that is a power say that it is the power of the entries."""
    text = plain(after)
    found = _OF_THIS_POWER.match(text)
    return found is not None and not _NOT_SO.search(found[0])


def powers_by_entries(words: str) -> bool:
    """Whether words say that powers of vectors are those of their entries: "the square is taken elementwise"."""
    text = plain(words)
    found = _ENTRYWISE.search(text)
    return found is not None and not _NOT_SO.search(text[max(0, found.start() - 40) : found.end()])


def powers_told(text: str) -> str:
    """The words, as :func:`plain` gives them, that take powers by entries, with what stands around; else empty."""
    found = _ENTRYWISE.search(text)
    if found is None or found[0].startswith(("all operations", "operations")):
        return ""
    return (
        "" if _NOT_SO.search(text[max(0, found.start() - 40) : found.end()]) else text[found.start() : found.end() + 30]
    )


def denies_powers_by_entries(words: str) -> bool:
    """Whether words say that powers are not those of the entries, or only at times: "the square is not elementwise"."""
    text = plain(words)
    found = _ENTRYWISE.search(text)
    return found is not None and _NOT_SO.search(text[max(0, found.start() - 40) : found.end()]) is not None


def is_denied(after: str) -> bool:
    """Whether the words behind a power in its clause deny something of it: "here $s^2$ is not meant"."""
    return _NOT_SO.search(re.split(r"[.,;:$]", plain(after))[0]) is not None


_PUTTING = r"(?:set|sets|setting|put|putting|take|taking|choosing|posant|posons|prenant|prenons|choisissant|fixant)"
_PUT = re.compile(rf"\b{_PUTTING} \$(?=[^$]*$)")


def is_put(words: str) -> bool:
    """Whether words before a display say that the last formula in them is put so: "setting $a = 0$ gives"."""
    return _PUT.search(plain(words)) is not None
