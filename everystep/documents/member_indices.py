r"""Letters that nothing declares and that members have as their index: n of ``v_n = \beta^n v_0``.

May import the reader.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from everystep.reader.entities import FamilyName
from everystep.reader.scope import Scope
from everystep.reader.source import Token
from everystep.reader.statements import Statement
from everystep.reader.trees import Unreadable, name_of

_BINDING_SIGNS = frozenset(("sum", "prod", "lim", "max", "min", "inf", "sup", "bigcup", "bigcap", "int"))


def member_index(statement: Statement, sides: Sequence[object], guesses: Collection[str], scope: Scope) -> str:
    r"""The one letter without a declaration in a statement, where members of a family have it as their index and no
    sign binds it: n of ``v_n = \beta^n v_0``.  Empty where there is none.
    """
    troubles = {side.message for side in sides if isinstance(side, Unreadable)}
    letters = {message.split()[0] for message in troubles if message.endswith(" has no declaration")} | set(guesses)
    if len(letters) != 1:
        return ""
    letter = letters.pop()
    if len(letter) != 1 or not letter.isalpha() or letter in ("d", "e", "i"):
        return ""
    found = False
    for side in statement.sides:
        written = [t for t in side if t.kind != "space"]
        for k, (before, token) in enumerate(pairwise(written)):
            below = _script_behind(written, k + 1) if token.kind == "sub" else []
            if not any(name_of(t) == letter for t in below):
                continue
            if name_of(before) in _BINDING_SIGNS:
                return ""
            found = found or isinstance(scope.names.get(f"{name_of(before)}[]"), FamilyName)
    return letter if found else ""


def _script_behind(written: Sequence[Token], at: int) -> list[Token]:
    """The tokens of the script whose sign stands at a place."""
    level, script = 0, []
    for token in written[at + 1 :]:
        level += (token.kind == "open") - (token.kind == "close")
        script.append(token)
        if level <= 0:
            break
    return script
