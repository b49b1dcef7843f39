"""Conventions that a text announces without a formula: logarithms to base 2, gradients as rows, layouts.

May import this package's vocabulary only.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.reader.layouts_shown import says_one_row_for_each_input
from everystep.reader.loosely import is_loose_throughout
from everystep.reader.phrases import powers_told
from everystep.reader.words import plain

_BASE = re.compile(
    r"\blog(?:arithm)?(?:e)?s?\b[^.;:]{0,40}\bbase[- ]?(?:2|10|two|ten|deux|dix|b|a|\$)(?!\w)|"
    r"\bbase[- ]?(?:2|10|two|ten) log|\b(?:binary|decimal|common) log|"
    r"\b(?:entrop\w+|information|divergences?|capacit\w+|code ?lengths?|quantit\w+|logarithme?s?)\b[^.;:]{0,40}"
    r"\b(?:in|en) (?:bits|shannons?|hartleys?|decibels?)\b"
)
_ROWS = re.compile(
    r"\bgradients?\b(?: \$)?,? (?:is|are|as|be|will be|est|sont) (?:taken |written |treated |seen )?(?:as )?"
    r"(?:an? |une? |des )?(?:row|(?:vecteurs? )?lignes?)"
)
_BY_ROWS = re.compile(
    r"\bvec(?:tori[sz]\w+|torisation)?\b[^.;:$]{0,60}\b(?:stack\w*|concaten\w*|row-?\s?(?:major|wise)|row by row|"
    r"empil\w*|lists?|reads?|by rows|par lignes?)\b|\brow-?\s?(?:major|wise) vec"
)
_OF_COLUMNS = re.compile(r"\b(?:columns?|colonnes?)\b")
_PRIME = re.compile(
    r"\b(?:primes?|apostrophes?)\b[^.;:]{0,30}\b(?:denot\w*|is|are|stands? for|means?|indicat\w*|designent?|notent?)\b"
    r"[^.;:]{0,30}\b(?:deriv\w+|differentiat\w+|inver\w+)"
)
_DEVIATION = re.compile(r"\b(?:standard deviations?|ecarts?[- ]types?|std)\b")
_AVERAGES = re.compile(r"\b(?:sums?|summations?) (?:\w+ )?(?:are|is|denotes?|means?) (?:\w+ )?averages?\b")
_DEGREES = re.compile(r"\bangles?\b[^.;:]{0,40}\b(?:degrees|degres)\b")
_PRODUCTS = re.compile(
    r"\bproducts? (?:of|between) (?:two )?vectors (?:are|is) (?:\w+ )?(?:element|entry|component|coordinate)-?\s?wise"
)
_VECTORS_ARE_ROWS = re.compile(
    r"(?:^|\b(?:all|our|the|that|tous les|les|convention:?|here,?|below,?|assume|where) )vect(?:or|eur)s? "
    r"(?:in this [^.;:$]{0,20})?(?:is|are|will be|sont|seront) (?:\w+ ){0,3}(?:row vectors?|vecteurs? lignes?)\b|"
    r"\bwe (?:write|treat|take|regard) (?:all )?vectors as row(?:s|\s?vectors)?\b"
)
_BUT_FOR = re.compile(r"\b(?:unless|except|but|save|sauf|mais)\b")
_LAYOUT = re.compile(
    r"\b(?P<part>numerator|denominator)s?[- ]?(?:layout|convention|form)|"
    r"\b(?:layout|convention|disposition)s? (?:of the |du |au |de )?(?P<named>numerat\w+|denominat\w+)"
)
_NOT_PLAINLY = re.compile(
    r"\b(?:not|no|never|unlike|instead|rather|if|some|others?|either|or|whether|versus|vs|would|were|many|often|both|"
    r"authors?|textbooks?|books?|sometimes|literature|avoid\w*|pas|ni|si|ou|parfois|souvent|certains|auteurs?)\b|n'"
)


def signs_made_other(text: str) -> frozenset[str]:
    """The signs of which a paragraph says without a formula that they mean something else: logarithms to base 2.

    ``partial`` are the fractions of derivatives by vectors, ``power`` powers of matrices that are taken by entries,
    ``power?`` where the text does not say of what, ``deviation`` the second parameter of a normal law.
    """
    said = plain(text)
    found = {"log"} if _BASE.search(said) else set[str]()
    if _ROWS.search(said):
        found |= {"nabla", "partial"}
    by_rows = _BY_ROWS.search(said)
    if by_rows is not None and _OF_COLUMNS.search(said, by_rows.start(), by_rows.end() + 40) is None:
        found.add("vec")
    found |= rows_told(said)
    if _PRIME.search(said):
        found.add("'")
    if _DEVIATION.search(said):
        found.add("deviation")
    if is_loose_throughout(text):
        found.add("=")
    if _AVERAGES.search(said):
        found.add("sum")
    if _DEGREES.search(said):
        found |= {"sin", "cos", "tan"}
    if _PRODUCTS.search(said):
        found.add("")
    powers = powers_told(said)
    if powers and "vect" not in powers:
        found.add("power" if "matri" in powers else "power?")
    return frozenset(found | layouts(said))


def rows_told(said: str) -> set[str]:
    """``rows`` where words make all vectors rows; ``rows?`` where they do not say so of all."""
    found: set[str] = set()
    for sentence in re.split(r"[.;!?](?:\s|$)", said):
        if _VECTORS_ARE_ROWS.search(sentence) is not None:
            found.add("rows?" if _NOT_PLAINLY.search(sentence) or _BUT_FOR.search(sentence) else "rows")
    return found


def layouts(said: str) -> set[str]:
    """The layouts of derivatives that words announce, ``layout=numerator``; ``partial`` where they may not."""
    found: set[str] = set()
    for sentence in re.split(r"[.;!?](?:\s|$)", said):
        for match in _LAYOUT.finditer(sentence):
            part = "numerator" if (match["part"] or match["named"]).startswith("num") else "denominator"
            found.add("partial" if _NOT_PLAINLY.search(sentence) else f"layout={part}")
        if says_one_row_for_each_input(sentence):
            found.add("partial" if _NOT_PLAINLY.search(sentence) else "layout=denominator")
    return found
