r"""Reasons that a display gives for a relation: over its sign, ``\overset{S = S^\top}{=}``, or in words beside it, "by
symmetry".

They are in doubt for that display: a step that they would make true is not called wrong.  May import the engine.
"""

from __future__ import annotations

from contextlib import suppress

from everystep.documents.given_anew import recognised
from everystep.documents.looking import DEFECTS
from everystep.documents.unnamed import in_doubt
from everystep.reader import patterns as re
from everystep.reader.declarations import Declarer
from everystep.reader.entities import Doubt
from everystep.reader.scope import Scope
from everystep.reader.source import Display, Tokens
from everystep.reader.trees import Unreadable, latex_of, name_of, relation_of

_REASON = re.compile(r"\W*(?:by|since|as|because|using|from|par|car|puisque|comme|sym|\()", re.IGNORECASE)
MOST = 12
"""The most reasons of one display that are looked at."""


def reasons_in_doubt(scope: Scope, display: Display) -> tuple[Doubt, ...]:
    """What the reasons of a display would have its names be."""
    known = set(scope.context.hypotheses)
    found: list[Doubt] = []
    words = [token.text for token in display.tokens if token.kind == "text" and "$" not in token.text]
    words = [text for text in words if _REASON.match(text)]
    words += [f"by {_spelled(group)}" for group in display.notes if not _is_equation(group)]
    for text in words[:MOST]:
        other = scope.copy()
        with suppress(Unreadable, *DEFECTS):
            in_doubt(Declarer(other, recognised), text)
            found += [d for d in other.doubts if d not in scope.doubts]
    for group in filter(_is_equation, display.notes):
        other = scope.copy()
        with suppress(Unreadable, *DEFECTS):
            Declarer(other, recognised).declare(group)
            said = f"${latex_of(group)}$"
            found += [Doubt(h, said, display.place.line) for h in other.context.hypotheses if h not in known]
    return tuple(found)


def _is_equation(tokens: Tokens) -> bool:
    """Whether a formula has a relation between two sides, and no words."""
    words = any(token.kind == "text" for token in tokens)
    return not words and any(relation_of(tokens, k)[0] for k in range(1, len(tokens) - 1))


def _spelled(tokens: Tokens) -> str:
    """The words of a reason, with "sym." written out."""
    text = " ".join(token.text if token.kind == "text" else name_of(token) for token in tokens if token.kind != "space")
    return re.sub(r"\bsym(?:m)?\b\.?", "symmetry", text, flags=re.IGNORECASE)
