r"""Signs that French authors write in a way of their own: open intervals, ranges of whole numbers, decimal commas.

``]0, 1[`` is written as ``(0, 1)``, ``[0, 1[`` as ``[0, 1)``, ``\llbracket 1, n \rrbracket`` as ``\{1, \dots, n\}``,
whatever the language of the text.  Only in a text in French is ``0,5`` one number; in English it is two, and
where it may be a list in French, too (``k = 0,1``, ``\{0,1\}``, ``f(0,5)``), it stays as it is.
May import the reader's tokens and signs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from everystep.reader.source import Declaration, Display, Event, Token, Tokens
from everystep.reader.trees import name_of, relation_of

_LONGEST = 80
"""Tokens of an interval."""
_OPENING, _CLOSING = frozenset("(") | {"{", "lbrace"}, frozenset(")") | {"}", "rbrace"}
_COUNTING = ("i", "j", "k", "l", "m", "n", "p", "q", "r", "s", "t", "h", "y", "z", "c")
"""Letters that may run through several values: ``k = 0,1``."""

_IN_FRENCH = re.compile(
    r"\\usepackage\s*\[[^\]]*\bfrench(?:b)?\b[^\]]*\]\s*\{babel\}|\\documentclass\s*\[[^\]]*\bfrench\b|"
    r"\\(?:setmainlanguage|setdefaultlanguage|selectlanguage)\s*(?:\[[^\]]*\]\s*)?\{french\}|"
    r"^lang:\s*[\"']?fr\b",
    re.MULTILINE,
)
_FRENCH = re.compile(
    r"(?<![\\\w])(?:soit|soient|est|sont|une|le|la|les|des|donc|avec|pour|où|dans|que|sur|alors|et)\b", re.IGNORECASE
)
_ENGLISH = re.compile(r"(?<![\\\w])(?:let|is|are|the|of|and|with|for|where|that|then|we|in|by|be)\b", re.IGNORECASE)


_MOST = 200_000
"""Characters by which the language of a text is told."""


def is_french(text: str) -> bool:
    """Whether a text says that it is in French, or has far more of its small words than of English ones."""
    text = text[:_MOST]
    if _IN_FRENCH.search(text):
        return True
    french, english = len(_FRENCH.findall(text)), len(_ENGLISH.findall(text))
    return french > 2 * english and french > 1


def with_usual_signs(events: Sequence[Event], text: str) -> tuple[Event, ...]:
    """The events with intervals, ranges and decimal numbers in the usual way of writing."""
    decimal = "," in text and is_french(text)
    return tuple(_event(event, decimal) for event in events)


def _event(event: Event, decimal: bool) -> Event:
    if isinstance(event, Display):
        tokens = _written(event.tokens, decimal)
        return event if tokens is event.tokens else replace(event, tokens=tokens)
    if isinstance(event, Declaration) and any(_is_touched(t) for t in (event.tokens, *event.earlier, *event.later)):
        earlier, later = (tuple(_written(t, decimal) for t in pieces) for pieces in (event.earlier, event.later))
        return replace(event, tokens=_written(event.tokens, decimal), earlier=earlier, later=later)
    return event


_TOUCHED = frozenset(("[", "]", "llbracket", ","))


def _is_touched(tokens: Tokens) -> bool:
    return not _TOUCHED.isdisjoint([token.text for token in tokens])


def _written(tokens: Tokens, decimal: bool) -> Tokens:
    if not _is_touched(tokens):
        return tokens
    if any(token.text in ("[", "]", "llbracket") for token in tokens):
        tokens = _with_round_ends(_with_counted(tokens))
    return _with_points(tokens) if decimal and any(token.text == "," for token in tokens) else tokens


# Intervals


def _with_round_ends(tokens: Tokens) -> Tokens:
    r"""``\in ]a, b[`` and ``]a, b[`` at the beginning of a formula, with round brackets at open ends; beside a
    semicolon between the ends, a comma is one of a number.
    """
    instead: dict[int, list[Token]] = {}
    for at, token in enumerate(tokens):
        if token.text not in ("[", "]") or token.kind != "char" or not _begins_a_set(tokens, at):
            continue
        between, end = _ends_of_interval(tokens, at)
        if not end:
            continue
        if token.text == "]":
            instead[at] = [replace(token, text="(")]
        if tokens[end].text == "[":
            instead[end] = [replace(tokens[end], text=")")]
        if tokens[between].text == ";":
            commas = (k for k in range(at, end) if tokens[k].kind == "char" and tokens[k].text == ",")
            instead |= {k: _decimal(tokens[k]) for k in commas}
            instead[between] = [replace(tokens[between], text=",")]
    return tuple(t for k, token in enumerate(tokens) for t in instead.get(k, [token]))


def _decimal(comma: Token) -> list[Token]:
    return [Token("open", "{", comma.place), comma, Token("close", "}", comma.place)]


def _begins_a_set(tokens: Tokens, at: int) -> bool:
    r"""Whether a bracket stands behind ``\in``, or outwards at the beginning of a formula."""
    before = next((t for t in reversed(tokens[:at]) if t.kind not in ("space", "open")), None)
    if before is None:
        return tokens[at].text == "]"
    return before.kind == "command" and before.text in ("in", "subset", "subseteq")


def _ends_of_interval(tokens: Tokens, at: int) -> tuple[int, int]:
    """The places of the comma, or semicolon, and of the closing bracket; zeros where there is no interval."""
    level = 0
    found: list[int] = []
    for k in range(at + 1, min(at + _LONGEST, len(tokens))):
        token = tokens[k]
        name = name_of(token)
        if level == 0 and token.kind == "char" and token.text in ("[", "]"):
            between = [j for j in found if tokens[j].text == ";"] or found
            return (between[0], k) if len(between) == 1 else (0, 0)
        level += token.kind == "open" or name in _OPENING
        level -= token.kind == "close" or name in _CLOSING
        if level < 0 or (level == 0 and relation_of(tokens, k)[0]):
            break
        if level == 0 and name in (",", ";"):
            found.append(k)
    return 0, 0


def _with_counted(tokens: Tokens) -> Tokens:
    r"""``\llbracket 1, n \rrbracket``, also ``[\![1, n]\!]``, as ``\{1, \dots, n\}``."""
    result: list[Token] = []
    k = 0
    while k < len(tokens):
        width = _doubled(tokens, k, "[", "llbracket")
        comma, end, last = _ends_of_count(tokens, k + width) if width else (0, 0, 0)
        if not end:
            result.append(tokens[k])
            k += 1
            continue
        place = tokens[k].place
        dots = [Token("char", ",", place), Token("command", "dots", place), Token("char", ",", place)]
        inside = [*tokens[k + width : comma], *dots, *tokens[comma + 1 : end]]
        result += [Token("command", "{", place), *inside, Token("command", "}", place)]
        k = last
    return tuple(result)


def _doubled(tokens: Tokens, at: int, bracket: str, command: str) -> int:
    """How many tokens a double bracket that begins here has: one sign, or two brackets side by side; 0 for none."""
    if tokens[at].kind == "command" and tokens[at].text == command:
        return 1
    if tokens[at].kind != "char" or tokens[at].text != bracket:
        return 0
    k = at + 1
    while k < len(tokens) and tokens[k].kind == "space":
        k += 1
    second = k < len(tokens) and tokens[k].kind == "char" and tokens[k].text == bracket
    return k + 1 - at if second and (bracket == "]" or _begins_a_set(tokens, at)) else 0


def _ends_of_count(tokens: Tokens, at: int) -> tuple[int, int, int]:
    """The places of the comma, of the closing double bracket and of what is behind it; zeros where there is none."""
    comma = 0
    for k in range(at, min(at + _LONGEST, len(tokens))):
        width = _doubled(tokens, k, "]", "rrbracket")
        if width:
            return (comma, k, k + width) if comma else (0, 0, 0)
        if tokens[k].text in (",", ";"):
            if comma:
                return 0, 0, 0
            comma = k
    return 0, 0, 0


# Decimal commas


def _with_points(tokens: Tokens) -> Tokens:
    """Braces around the commas of decimal numbers, by which the grammar knows them."""
    places = _inside(tokens)
    result: list[Token] = []
    for k, token in enumerate(tokens):
        if token.text == "," and token.kind == "char" and _is_decimal(tokens, k, places):
            result += _decimal(token)
        else:
            result.append(token)
    return tuple(result)


def _inside(tokens: Tokens) -> list[str]:
    """Of each token what it stands in: the nearest bracket, ``script``, ``argument``, ``cell``; nothing outside."""
    result: list[str] = []
    stack: list[str] = []
    for k, token in enumerate(tokens):
        name = name_of(token)
        if (token.kind in ("close", "end") or name in (")", "]", "}", "rbrace", "rangle")) and stack:
            stack.pop()
        result.append(stack[-1] if stack else "")
        if token.kind == "open":
            below = k > 0 and tokens[k - 1].kind == "sub"
            stack.append("below" if below else "argument")
        elif token.kind == "begin":
            stack.append("cell" if "matrix" in token.text or token.text in ("array", "cases") else "")
        elif name in ("(", "[", "{", "lbrace", "langle"):
            stack.append("bracket")
    return result


def _is_decimal(tokens: Tokens, comma: int, places: Sequence[str]) -> bool:
    """Whether a comma stands in a number: between digits, and not in a list."""
    low, high = comma, comma + 1
    while low and _is_digit(tokens[low - 1]):
        low -= 1
    while high < len(tokens) and _is_digit(tokens[high]):
        high += 1
    if low == comma or high == comma + 1:
        return False
    if (_is_comma(tokens, low - 1) and _is_digit(tokens[low - 2])) or (
        _is_comma(tokens, high) and high + 1 < len(tokens) and _is_digit(tokens[high + 1])
    ):
        return False  # 0,1,2
    if low and tokens[low - 1].text == "." and tokens[low - 1].kind == "char":
        return False
    place = places[comma]
    if place in ("argument", "cell"):
        return True
    if place == "below":
        return False
    if place == "bracket":
        return _is_decimal_in_brackets(tokens, low, comma, high)
    return not _counts(tokens, low, comma, high)


def _is_digit(token: Token) -> bool:
    return token.kind == "char" and token.text.isdigit()


def _is_comma(tokens: Tokens, at: int) -> bool:
    return 0 < at < len(tokens) and tokens[at].kind == "char" and tokens[at].text == ","


def _is_decimal_in_brackets(tokens: Tokens, low: int, comma: int, high: int) -> bool:
    """In a bracket, a number with a comma is one only where it could not be two: behind ``x -``, beside semicolons."""
    before = next((k for k in range(low - 1, -1, -1) if tokens[k].kind != "space"), -1)
    behind = next((t for t in tokens[high:] if t.kind != "space"), None)
    first = "".join(t.text for t in tokens[low:comma])
    if before > 0 and name_of(tokens[before]) in ("+", "-") and first == "0":
        ahead = next((t for t in reversed(tokens[:before]) if t.kind != "space"), None)
        if ahead is not None and name_of(ahead) not in ("(", "[", "{", "lbrace", ",", ";"):
            return True
    beside = tokens[before].text if before >= 0 else ""
    return beside == ";" or (behind is not None and behind.text == ";")


def _counts(tokens: Tokens, low: int, comma: int, high: int) -> bool:
    """Whether a number with a comma, outside of brackets, may be two values: ``k = 0,1`` and ``k = 1,2``."""
    first, second = ("".join(t.text for t in tokens[a:b]) for a, b in ((low, comma), (comma + 1, high)))
    if second != str(int(first) + 1):
        return False
    before = [t for t in tokens[:low] if t.kind not in ("space", "align")]
    if not before or relation_of((before[-1],), 0)[0] not in ("=", "in"):
        return False
    behind = next((t for t in tokens[high:] if t.kind not in ("space", "align")), None)
    if behind is not None and not (behind.kind in ("newline", "end", "text") or name_of(behind) in _ENDING):
        return False
    return len(before) < 2 or name_of(before[-2]) in _COUNTING


_ENDING = frozenset((".", ",", ";", "quad", "qquad"))
