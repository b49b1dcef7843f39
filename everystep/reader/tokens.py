"""From characters to tokens: the lexer, and the words that tokens spell.

``Lexer`` cuts a text into raw tokens with one regular expression; besides the kinds of ``Token`` it knows two that
never leave the reader: ``"par"`` (a blank line) and ``"order"`` (the text behind ``%!``).  Nothing here calls itself:
nesting costs no stack.  May import ``everystep.reader.source`` only.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from sys import intern

from everystep.reader.source import Place, Token


def listed(words: str) -> frozenset[str]:
    """The words of a table written as one string."""
    return frozenset(words.split())


_KINDS: Mapping[str, str] = {"{": "open", "}": "close", "_": "sub", "^": "sup", "&": "align"}
_EDGE = r"\\(?P<edge>begin|end)[ \t]*\{(?P<env>[A-Za-z0-9@*: _-]{1,64})\}"
_REST = r"|\\(?P<sign>.)|(?P<space>\s+)|%(?P<comment>[^\n]*)\n?|(?P<char>.)"
_PATTERN = re.compile(_EDGE + r"|\\(?P<word>[A-Za-z]+)" + _REST, re.DOTALL)
# Between \makeatletter and \makeatother, and in packages, @ is a letter.
_PATTERN_AT = re.compile(_EDGE + r"|\\(?P<word>[A-Za-z@]+)" + _REST, re.DOTALL)
# Prose up to the next character that means something there: braces do not.  A line break counts as prose unless a blank
# line or a comment follows.
_PLAIN = re.compile(r"(?:[^\\$%\n]+|\n(?![ \t]*(?:\n|%|\Z)))+")
# What an editor is told in a comment is no order to us.
_FOR_THE_EDITOR = re.compile(r"!\s*(?:TEX|TeX|tex|BIB)\b")


class Source:
    """A text with the name of its file, which knows the place of each of its characters."""

    __slots__ = ("_column", "_line", "_starts", "file", "text")

    def __init__(self, text: str, file: str, line: int = 1, column: int = 1) -> None:
        self.text = text
        self.file = file
        self._line = line
        self._column = column
        # Of machine integers: a file of empty lines must not cost forty times its size.
        self._starts = array("L", [0])
        self._starts.extend(match.end() for match in re.finditer("\n", text))

    def span(self, offset: int) -> tuple[int, int, int]:
        """The line's number, and where that line begins and the next one does."""
        index = bisect_right(self._starts, offset) - 1
        after = self._starts[index + 1] if index + 1 < len(self._starts) else len(self.text) + 1
        return index, self._starts[index], after

    def place(self, offset: int) -> Place:
        index, start, _ = self.span(offset)
        return Place(self.file, self._line + index, offset - start + (1 if index else self._column))

    def offset(self, place: Place) -> int:
        """Where in the text a place lies."""
        index = min(max(place.line - self._line, 0), len(self._starts) - 1)
        return self._starts[index] + place.column - (1 if index else self._column)


class Lexer:
    """Raw tokens of ``source`` from ``position`` up to ``end``, one at a time.

    The position may be moved from outside, forwards or backwards.  ``depth`` counts macro calls and is 0 here.
    """

    __slots__ = (
        "_after",
        "_commented",
        "_line",
        "_shift",
        "_start",
        "at_is_letter",
        "depth",
        "end",
        "position",
        "source",
    )

    def __init__(self, source: Source, position: int = 0, end: int | None = None) -> None:
        self.source = source
        self.position = position
        self.end = len(source.text) if end is None else end
        self.at_is_letter = False
        self.depth = 0
        self._commented = False
        self._start, self._after, self._line, self._shift = 0, 0, 0, 1

    def place(self, offset: int) -> Place:
        """The place of an offset; cheap when it lies on the same line as the last one."""
        if not self._start <= offset < self._after:
            _, self._start, self._after = self.source.span(offset)
            first = self.source.place(self._start)
            self._line, self._shift = first.line, first.column
        return Place(self.source.file, self._line, offset - self._start + self._shift)

    def plain(self) -> str:
        """The prose that begins at the position, passed over; empty where a sign with a meaning stands there."""
        match = _PLAIN.match(self.source.text, self.position, self.end)
        if match is None:
            return ""
        self.position = match.end()
        self._commented = False
        return match.group()

    def read(self) -> Token | None:
        """The next raw token, None at the end."""
        pattern = _PATTERN_AT if self.at_is_letter else _PATTERN
        while self.position < self.end:
            start = self.position
            match = pattern.match(self.source.text, start, self.end)
            if match is None:
                return None
            self.position = match.end()
            group = match.lastgroup or ""
            text = match[group]
            commented, self._commented = self._commented, group == "comment"
            if group == "char":
                return Token(_KINDS.get(text, "char"), text, self.place(start))
            if group == "word":
                return Token("command", intern(text), self.place(start))
            if group == "space":
                return self._space(text, commented, start)
            if group == "sign":
                if text == "\\":
                    return Token("newline", "\\\\", self.place(start))
                return Token("command", text, self.place(start))
            if group == "env":
                return Token(match["edge"], intern(text.strip()), self.place(start))
            if text.startswith("!") and not _FOR_THE_EDITOR.match(text):
                return Token("order", text[1:], self.place(start + 2))
        return None

    def _space(self, text: str, commented: bool, start: int) -> Token:
        # A comment has eaten the end of its own line: one more line end makes a blank line.
        blank = text.count("\n") + commented >= 2
        return Token("par" if blank else "space", "\n\n" if blank else " ", self.place(start))


_ACCENTS: Mapping[str, str] = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "k": "\u0328", "r": "\u030a", "d": "\u0323",
}  # fmt: skip
_LETTERS: Mapping[str, str] = {
    "oe": "œ", "OE": "Œ", "ae": "æ", "AE": "Æ", "o": "ø", "O": "Ø", "aa": "å", "AA": "Å", "ss": "ß", "l": "ł", "L": "Ł",
    "i": "i", "j": "j", "og": "«", "fg": "»", "dots": "…", "ldots": "…", "textendash": "–", "textemdash": "—",
}  # fmt: skip
_SIGNS = "%&#_{}"
_SPACES = frozenset({" ", "\n", "\t", ",", ";", ":", "quad", "qquad", "newline", "par", "enspace", "space"})


class Words:
    """Collects words: accents are put on their letters, other commands are stripped, mathematics is left as it is."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._accent = ""
        self._tight = False
        self._math = False

    def text(self, text: str) -> None:
        if self._tight or self._accent:
            text = text.lstrip()
            if not text:
                return
        if self._accent:
            text = unicodedata.normalize("NFC", text[0] + self._accent) + text[1:]
        self._accent, self._tight = "", False
        self._parts.append(text)

    def mark(self) -> None:
        """Note that mathematics stands here."""
        self._accent, self._tight = "", False
        self._parts.append("$")

    def behind_mark(self) -> str:
        """What has been collected since mathematics was last noted; empty where none was."""
        last = next((k for k in range(len(self._parts) - 1, -1, -1) if self._parts[k] == "$"), None)
        return "" if last is None else "".join(self._parts[last + 1 :])

    def token(self, token: Token) -> None:
        kind, text = token.kind, token.text
        if kind == "char" and text == "$":
            self._math = not self._math
            self._parts.append("$")
        elif self._math:
            self._parts.append(spelled(token))
        elif kind == "command":
            self._command(text)
        elif kind == "char":
            self.text(" " if text in "~\u00a0" else text)
        elif kind in ("sub", "sup", "text"):
            self.text(text)
        elif kind in ("space", "newline", "par", "align"):
            self.text(" ")

    def _command(self, name: str) -> None:
        if name in _ACCENTS:
            self._accent, self._tight = _ACCENTS[name], False
        elif name in _LETTERS:
            self.text(_LETTERS[name])
            self._tight = True
        elif name in _SPACES:
            self.text(" ")
        elif name in _SIGNS:
            self.text(name)

    def value(self) -> str:
        """The words so far, white space as it came."""
        return "".join(self._parts)


def words_of(tokens: Iterable[Token]) -> str:
    words = Words()
    for token in tokens:
        words.token(token)
    return " ".join(words.value().split())


def spelled(token: Token) -> str:
    """The LaTeX of one token; a blank ends a command's name."""
    if token.kind == "command":
        return f"\\{token.text} " if token.text.isalpha() else f"\\{token.text}"
    if token.kind in ("begin", "end"):
        return f"\\{token.kind}{{{token.text}}}"
    if token.kind == "text":
        return f"\\text{{{token.text}}}"
    return {"newline": "\\\\", "space": " ", "par": " "}.get(token.kind, token.text)
