"""Words that compare the indices of a display without a formula for it: "for distinct $i$ and $j$", "the off-diagonal
entries", "when the two indices differ".

What they say is in doubt: a step that it would make true is not called wrong.  May import the reader.
"""

from __future__ import annotations

from itertools import combinations, pairwise

from everystep.algebra import expressions as ex
from everystep.algebra.context import Relation
from everystep.algebra.shapes import index
from everystep.reader import patterns as re
from everystep.reader.entities import Doubt
from everystep.reader.scope import Scope
from everystep.reader.source import Tokens
from everystep.reader.words import plain

_INDICES = r"(?:indices|indexes|subscripts|index pairs?|positions|places)"
_APART = re.compile(
    r"\b(?:off|non)[- ]?diagonal|\boff the diagonal|\bhors (?:de la )?diagonale|\bnon diagona(?:le?s?|ux)\b|"
    rf"\b(?:distinct|different|unequal|differing|pairwise distinct) (?:\w+ )?(?:\$|{_INDICES})|"
    rf"\b{_INDICES} [^.;:$]{{0,25}}\b(?:distincte?s?|differente?s?|differs?|different|unequal|disagree)\b|"
    rf"\b{_INDICES} [^.;:$]{{0,12}}\b(?:not|n't|ne) [^.;:$]{{0,12}}\b(?:equal|coincide\w*|same|agree|match|egaux)\b|"
    r"\$ (?:and|et|,|from|de)? ?\$? ?(?:(?:are|being|be|is|sont|is|differs?|different) )?(?:\w+ )?"
    r"(?:distinct|different|differ|distincts|differents|unequal)\b"
)
_TOGETHER = re.compile(
    r"(?<!non[- ])(?<!off[- ])(?<!off the )\bdiagonal (?:entr|element|term|case|component|coefficient|part)|"
    r"\bon the diagonal\b|\bsur la diagonale\b|\b(?:termes|elements|coefficients) diagonaux\b|"
    rf"\b(?:equal|same|identical|coinciding|matching) {_INDICES}|"
    rf"\b{_INDICES} [^.;:$]{{0,25}}\b(?:equal|coincide\w*|same|agree|match|identical|egaux)\b|"
    r"\$ (?:and|et) \$ (?:are |sont )?(?:equal|the same|coincide\w*|agree|egaux|identical)\b"
)
_LETTERS = frozenset("ijklmnpqrstabcuv")
MOST = 4
"""The most letters that are compared."""


def indices_compared(scope: Scope, words: str, tokens: Tokens, line: int) -> tuple[Doubt, ...]:
    """What words say of the letters that stand below names in a display: that they are the same, or differ."""
    found = ((op, pattern.search(plain(words))) for op, pattern in (("!=", _APART), ("=", _TOGETHER)))
    kinds = [(op, match[0].strip(" $")) for op, match in found if match is not None]
    letters = _letters_below(tokens, scope) if kinds else []
    return tuple(
        Doubt(
            Relation(ex.Int(index(a)), op, ex.Int(index(b))),
            f"'{said}' is said of the indices",
            line,
            other=True,
        )
        for op, said in kinds
        for a, b in combinations(letters, 2)
    )


def _letters_below(tokens: Tokens, scope: Scope) -> list[str]:
    """The letters of indices in a formula that nothing declares."""
    found: list[str] = []
    depth: int | None = None  # of the braces of a subscript
    for before, token in pairwise(tokens):
        if depth is None and before.kind == "sub":
            depth = 1 if token.kind == "open" else 0
        elif depth and token.kind in ("open", "close"):
            depth += 1 if token.kind == "open" else -1
        if depth is not None and token.kind == "char" and token.text in _LETTERS and token.text not in found:
            found += [token.text] if scope.find(token.text) is None else []
        depth = depth or None
    return found[:MOST]
