r"""Plain TeX's commands in the middle of a group, ``{a \over b}``, as the commands in front of their arguments.

May import this package's tokens only.
"""

from __future__ import annotations

from collections.abc import Sequence

from everystep.reader.source import Token

_BEFORE = {"over": "frac", "choose": "binom"}
_INFIX = (*_BEFORE, "atop", "above", "brace", "brack", "overwithdelims", "atopwithdelims", "abovewithdelims")


def divided(inside: Sequence[Token], lowered: bool = False) -> list[Token]:
    r"""What stands in a group, ``a \over b``, as ``\frac{a}{b}``; ``a \choose b`` as ``\binom{a}{b}``.

    ``lowered``: the group is a script, where ``a \atop b`` is ``\substack{a \\ b}``.  Elsewhere what stands over
    something may be a binomial coefficient or a column, and is left as it is, and so is a group with two such commands,
    which TeX refuses, or with lines.
    """
    depth = 0
    found: list[int] = []
    for k, token in enumerate(inside):
        depth += (token.kind in ("open", "begin")) - (token.kind in ("close", "end"))
        if depth == 0 and token.kind == "command" and token.text in _INFIX:
            found.append(k)
        elif depth == 0 and token.kind in ("align", "newline"):
            return list(inside)
    if len(found) != 1:
        return list(inside)
    (at,) = found
    place = inside[at].place
    above, below = _bare(inside[:at]), _bare(inside[at + 1 :])
    if not above or not below:
        return list(inside)
    opens, closes = Token("open", "{", place), Token("close", "}", place)
    if lowered and inside[at].text == "atop":
        return [Token("command", "substack", place), opens, *above, Token("newline", "\\\\", place), *below, closes]
    command = _BEFORE.get(inside[at].text)
    if command is None:
        return list(inside)
    return [Token("command", command, place), opens, *above, closes, opens, *below, closes]


def _bare(tokens: Sequence[Token]) -> list[Token]:
    written = [k for k, token in enumerate(tokens) if token.kind != "space"]
    return list(tokens[written[0] : written[-1] + 1]) if written else []
