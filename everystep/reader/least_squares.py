r"""Least squares in words: "let $\hat w$ be the least-squares solution of $X w = y$".

It solves the normal equations (Legendre 1805, Gauss 1809), whatever the rank.  May import this package's vocabulary
only.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.reader.source import Tokens
from everystep.reader.trees import name_of, split, stripped
from everystep.reader.words import plain

_CALLED = re.compile(
    r"\W*(?:be|is|are|denotes?|denote by|being|soit|est|designe|:|=|,)?\W*(?:the|an?|la|le|l'|une?)?\s?"
    r"(?:(?:ordinary|usual|unique|linear) )*"
    r"(?:(?:least[- ]squares|ols)(?: (?:linear|regression))*"
    r" (?:solution|estimators?|estimates?|fit|coefficients?|coefficient vector|weights?|parameters?|minimi[sz]er)|"
    r"(?:solution|estimateur|estimation|estimee) (?:aux|des|par) moindres carres(?: ordinaires?)?)"
    r"(?P<of> (?:of|for|to|de|du|pour)(?: the| le| la)?(?: linear| overdetermined| lineaire| surdetermine)*"
    r"(?: systems?| equations?| problem| systeme| equation| probleme)? ?)?"
    r"(?P<rest>\W.*)?"
)
_OTHERWISE = re.compile(
    r"weight|pondere|ridge|regulari|penali|constrain|contraint|subject to|sous |intercept|bias|biais|ordonnee|"
    r"generali|robust|non-?linear|non-?lineaire|total least|recursive|\bnot\b|\bpas\b|without|sans"
)


def called_least_squares(before: str, after: str) -> str | None:
    """What words behind a name call a least-squares solution: "of" where the system is the next formula, "" where it is
    left to the data of the text; None where they call it nothing of the kind.
    """
    first = plain(after).split("$")[0]
    found = _CALLED.fullmatch(re.split(r"[.;:]", first)[0])
    if found is None or _OTHERWISE.search(f"{plain(before).rsplit('.', 1)[-1]} {plain(after)}"):
        return None
    if found["of"]:
        return "of" if "$" in after and not (found["rest"] or "").strip() else None
    words = re.sub(r"[^\w]+", " ", found["rest"] or "").split()
    return "" if not words or words[0] in ("and", "et", "where", "ou", "so", "then") else None


_OF_A_SYSTEM = re.compile(
    r"(?:least[- ]squares|\bols)\b[^$.;]*\b(?:of|for|to)\b[^$.;]*$|moindres carres\b[^$.;]*\b(?:de|du|pour)\b[^$.;]*$"
)


def is_system_solved(before: str) -> bool:
    """Whether a formula is the system of a least-squares solution: it says nothing of its letters."""
    return _OF_A_SYSTEM.search(plain(before)) is not None


def system(formula: Tokens) -> tuple[Tokens, Tokens, Tokens] | None:
    r"""The matrix, the letter and the right side of ``X w = y`` or ``X w \approx y``."""
    sides = next((parts for sign in ("=", "approx", "simeq") if len(parts := split(formula, (sign,))) == 2), None)
    if sides is None:
        return None
    left, right = (stripped(side) for side in sides)
    left = tuple(token for token in left if token.kind != "space")
    if len(left) != 2 or not all(name_of(token).isalpha() for token in left):
        return None
    return (left[0],), (left[1],), right
