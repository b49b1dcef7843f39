r"""Derivatives that are written with a slash: ``\partial L / \partial x`` as ``\frac{\partial L}{\partial x}``.

May import this package's tokens only.
"""

from __future__ import annotations

from collections.abc import Sequence

from everystep.reader.signs import STYLES
from everystep.reader.source import Token, Tokens

_SCRIPTS = ("sub", "sup")
_CLOSING = {"(": ")", "[": "]"}


def with_derivatives(tokens: Tokens) -> Tokens:
    r"""Tokens in which each quotient ``\partial^k y / \partial x`` of a name, of a function applied to arguments or of
    something in brackets, by a name, is a fraction.
    """
    if not any(_is_partial(t) for t in tokens) or not any(t.text == "/" for t in tokens):
        return tokens
    result: list[Token] = []
    start = 0
    while start < len(tokens):
        middle = _end_of_half(tokens, start, applied=True)
        middle = _behind_factors(tokens, middle) if middle > start else start
        slash = _past_spaces(tokens, middle)
        if middle == start or slash >= len(tokens) or tokens[slash].text != "/":
            result.append(tokens[start])
            start += 1
            continue
        below = _past_spaces(tokens, slash + 1)
        end = _end_of_half(tokens, below, applied=False)
        while end > below and _is_partial_at(tokens, _past_spaces(tokens, end)):  # \partial^2 f / \partial x \partial y
            end = _end_of_half(tokens, _past_spaces(tokens, end), applied=False)
        if end == below:
            result.append(tokens[start])
            start += 1
            continue
        place = tokens[start].place
        opens, closes = Token("open", "{", place), Token("close", "}", place)
        fraction = Token("command", "frac", place)
        result += [fraction, opens, *tokens[start:middle], closes, opens, *tokens[below:end], closes]
        start = end
    return tuple(result)


def _is_partial(token: Token) -> bool:
    return token.kind == "command" and token.text == "partial"


def _is_partial_at(tokens: Tokens, at: int) -> bool:
    return at < len(tokens) and _is_partial(tokens[at])


def _past_spaces(tokens: Sequence[Token], at: int) -> int:
    while at < len(tokens) and tokens[at].kind == "space":
        at += 1
    return at


def _end_of_half(tokens: Tokens, start: int, *, applied: bool) -> int:
    r"""Behind ``\partial^k`` and the atom that follows; ``applied``: with its arguments in brackets.  ``start`` where
    there is no such thing.
    """
    if not _is_partial_at(tokens, start):
        return start
    atom = _past_spaces(tokens, _behind_scripts(tokens, start + 1))
    end = _behind_atom(tokens, atom)
    if end == atom:
        return start
    end = _behind_scripts(tokens, end)
    opened = end < len(tokens) and tokens[end].text in _CLOSING and tokens[end].kind == "char"
    if applied and opened:
        end = _behind_bracket(tokens, end) or end
    return end


def _behind_factors(tokens: Tokens, end: int) -> int:
    r"""Behind further factors before a slash: ``\partial f g / \partial x`` is that of the product; else ``end``."""
    at = _past_spaces(tokens, end)
    while at < len(tokens) and tokens[at].text != "/":
        behind = _behind_atom(tokens, at)
        if behind == at or _is_partial(tokens[at]):
            return end
        at = _past_spaces(tokens, _behind_scripts(tokens, behind))
    return at


def _behind_scripts(tokens: Tokens, at: int) -> int:
    while at < len(tokens) and (tokens[at].kind in _SCRIPTS or tokens[at].text == "'"):
        at = at + 1 if tokens[at].text == "'" else _behind_atom(tokens, at + 1)
    return at


def _behind_atom(tokens: Tokens, at: int) -> int:
    r"""Behind a letter, a group, a bracket, or a styled letter such as ``\mathbf{x}``; ``at`` where there is none."""
    if at >= len(tokens):
        return at
    token = tokens[at]
    if token.kind == "open":
        depth = 0
        for k in range(at, len(tokens)):
            depth += (tokens[k].kind == "open") - (tokens[k].kind == "close")
            if depth == 0:
                return k + 1
        return at
    if token.kind == "char":
        if token.text in _CLOSING:
            return _behind_bracket(tokens, at) or at
        return at + 1 if token.text.isalnum() else at
    if token.kind == "command" and token.text != "frac":
        following = _past_spaces(tokens, at + 1)
        grouped = following < len(tokens) and tokens[following].kind == "open"
        return _behind_atom(tokens, following) if grouped or token.text in STYLES else at + 1
    return at


def _behind_bracket(tokens: Tokens, at: int) -> int:
    """Behind the bracket that closes the one at a place; 0 where none does."""
    depth = 0
    for k in range(at, len(tokens)):
        if tokens[k].kind == "char" and tokens[k].text in "([":
            depth += 1
        elif tokens[k].kind == "char" and tokens[k].text in ")]":
            depth -= 1
            if depth == 0:
                return k + 1
    return 0
