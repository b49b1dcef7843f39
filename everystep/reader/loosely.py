"""Words by which an equality is none: "up to an additive constant", "to first order", "neglecting constants".

May import this package's vocabulary only.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.reader.words import plain

_REST = r"(?:constants?|terms?|factors?|termes?|facteurs?|constantes?)"
_LOOSE = re.compile(
    rf"\b(?:up to|to within|modulo)\b[^.;:$]{{0,40}}\b(?:{_REST}|scal\w+|order|signs?|permutations?)\b|"
    r"\bto (?:first|second|leading|lowest|zeroth) order\b|\b(?:modulo|mod) \$|"
    rf"\b(?:neglect|ignor|drop(?:p|s\b|\b)|omit|discard|suppress)\w*\b[^.;:$]{{0,40}}\b{_REST}\b|"
    rf"\ba (?:une?|des?) (?:\w+ )?{_REST}[^.;:$]{{0,25}} pres\b|\bau (?:premier|second|deuxieme) ordre\b|"
    rf"\b(?:negligeant|on neglige|neglige\w*|omettant|ignorant|on ignore)\b[^.;:$]{{0,40}}\b{_REST}\b"
)
_CONDITION = re.compile(r"\b(?:conditions?|methods?|methodes?|algorithms?|necessary|necessaires?)\b")
_ALWAYS = re.compile(
    r"\b(?:equalit(?:y|ies)|equals? signs?|throughout|always|all|below|everywhere|we|in what follows|egalites?|"
    r"toujours|partout|on|nous|dans la suite)\b"
)
_REPEATED = re.compile(
    r"\b(?:einstein\w*|summation convention|convention (?:de sommation|d'einstein)|repeated ind\w+|indices repetes)\b"
)


def is_loose(words: str) -> bool:
    """Whether words say that equalities beside them hold up to something: none of them is wrong as it is written."""
    return any(
        _LOOSE.search(sentence) and not _CONDITION.search(sentence)
        for sentence in re.split(r"[.;!?](?:\s|$)|\n", plain(words))
    )


def is_loose_throughout(words: str) -> bool:
    """Whether words say so of all that follows, or that repeated indices are summed over."""
    sentences = re.split(r"[.;!?](?:\s|$)|\n", plain(words))
    return any(
        _REPEATED.search(sentence) is not None
        or ("$" not in sentence and _ALWAYS.search(sentence) is not None and is_loose(sentence))
        for sentence in sentences
    )
