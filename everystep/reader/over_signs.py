r"""What stands over or under the signs of a display, ``\overset{S = S^\top}{=}``: a reason for the relation, mostly.

May import this package's grammar only.
"""

from __future__ import annotations

from collections.abc import Sequence

from everystep.reader.cleaning import clean
from everystep.reader.source import Token, Tokens

_OVER = frozenset(("overset", "underset", "stackrel"))
MOST = 12
"""The most notes of one display that are kept."""
_LONGEST = 60
"""The most tokens of a note."""


def over_signs(tokens: Sequence[Token]) -> tuple[Tokens, ...]:
    """The notes over and under the signs of a display, as they are written in it."""
    found: list[Tokens] = []
    for at, token in enumerate(tokens):
        if token.kind == "command" and token.text in _OVER and len(found) < MOST:
            inside = _braced(tokens, at + 1)
            found += [clean(inside)] if len(inside) > 2 else []  # a letter alone is a mark
    return tuple(found)


def _braced(tokens: Sequence[Token], at: int) -> Sequence[Token]:
    """What stands in the braces that open at a token, or at the next one behind a space; nothing where none do."""
    at += at < len(tokens) and tokens[at].kind == "space"
    depth = 0
    for end in range(at, min(len(tokens), at + _LONGEST)):
        depth += {"open": 1, "close": -1}.get(tokens[end].kind, 0)
        if depth <= 0:
            return tokens[at + 1 : end]
    return ()
