"""Gathers the tokens of one formula up to its end, or to where the missing end should have been.

May import the tokens and macros of the reader.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from everystep.reader.cleaning import TEXT_COMMANDS
from everystep.reader.headings import BY_ENVIRONMENT
from everystep.reader.macros import Stream
from everystep.reader.source import Place, Token
from everystep.reader.tokens import listed

if TYPE_CHECKING:
    from everystep.reader.events import Reader

# Environments that are displays where they stand in prose (starred or not).
DISPLAYS = listed(
    "equation align aligned alignat alignedat xalignat xxalignat gather gathered multline eqnarray split displaymath "
    "flalign dmath dgroup darray IEEEeqnarray"
)
# Tokens in one formula.
MAX_FORMULA = 200_000
# These begin a display of their own: within another one, that one's end is missing.
_OUTER = listed("equation displaymath dmath")
_LINES = listed("align gather multline eqnarray flalign alignat IEEEeqnarray")
# Where a blank line stands in a display: what tells whether its end still comes.
_AHEAD = re.compile(
    r"\\(?P<edge>begin|end)\s*\{(?P<env>[A-Za-z]+\*?)\}|\\(?P<sign>[\[\]])|(?P<dollars>\$\$)|(?P<dollar>(?<!\\)\$)"
    r"|\\(?P<word>(?:sub)*(?:section|part)|chapter|question|item)\b"
    r"|(?P<prose>(?<![\\\w])[^\W\d_]{3,}(?:[ \n][^\W\d_]{2,}){3})"
)
_STOPS = listed("[ ] ( ) question part subpart item chapter section subsection subsubsection paragraph titledquestion")


def put_runaway(tokens: list[Token], token: Token) -> None:
    """Take back what came from a macro that does not end; the macro's name stands for it."""
    while tokens and tokens[-1].place == token.place:
        tokens.pop()
    tokens.append(Token("command", token.text, token.place))


class Gathering:
    r"""Reads one formula up to its end: ``\]``, ``$$``, ``$``, ``\)``, an environment's, or none (all there is)."""

    def __init__(self, reader: Reader, closer: str, place: Place, stream: Stream) -> None:
        self.reader = reader
        self.closer = closer
        self.place = place
        self.stream = stream
        self.tokens: list[Token] = []
        self.too_long = False
        self.inner: list[Token] = []
        self.level = 0
        # The brace level of the \text{...} that is being read; -1 where its brace is still to come.
        self.text_level: int | None = None
        self.is_environment = closer not in ("", "$", "$$", "\\]", "\\)")

    def run(self) -> Token | None:
        while True:
            token = self.stream.next()
            if token is None:
                if self.closer:
                    self._missing("the end of the file")
                return None
            kind = token.kind
            if kind in ("char", "space", "sub", "sup", "align", "newline"):
                if token.text == "$" and self.text_level is None:
                    if self._dollar(token):
                        return self.stopped
                    continue
            elif kind == "command":
                if token.text in _STOPS and self._command(token):
                    return self.stopped
                if token.text in TEXT_COMMANDS and self.text_level is None:
                    self.text_level = -1
            elif self._other(token):
                return self.stopped
            if kind not in ("order", "runaway", "par"):
                self._add(token)

    stopped: Token | None = None

    def _add(self, token: Token) -> None:
        if self.text_level == -1 and token.kind not in ("command", "space", "open"):
            self.text_level = None
        self.tokens.append(token)
        if len(self.tokens) > MAX_FORMULA:
            self.too_long = True
            self.tokens.clear()
            self._to_end()

    def _to_end(self) -> None:
        """Pass quickly over a formula that is too long."""
        lexer = self.stream.lexer
        if lexer is None:
            return
        end = f"\\end{{{self.closer}}}" if self.is_environment else self.closer
        found = lexer.source.text.find(end, lexer.position, lexer.end) if end else -1
        lexer.position = found if found >= 0 else lexer.end
        self.inner.clear()
        self.text_level = None

    def _missing(self, where: str) -> None:
        opener = {"$": "$", "$$": "$$", "\\]": "\\[", "\\)": "\\("}.get(self.closer, f"\\begin{{{self.closer}}}")
        self.reader.trouble(f"{opener} has no end; it is read up to {where}", self.place)

    def _stop(self, token: Token, where: str) -> bool:
        self._missing(where)
        self.stream.unread(token)
        self.stopped = token
        return True

    def _unended(self) -> None:
        for token in self.inner[:20]:
            self.reader.trouble(f"\\begin{{{token.text}}} has no end", token.place)

    def _dollar(self, token: Token) -> bool:
        """Whether a dollar ends the formula; one that does not is kept."""
        if self.closer == "$":
            self._unended()
            return True
        following = self.stream.raw()
        double = following is not None and following.kind == "char" and following.text == "$"
        if double and self.closer == "$$":
            self._unended()
            return True
        if following is not None:
            self.stream.unread(following)
        if double and self.closer:
            return self._stop(token, f"$$ in line {token.place.line}")
        self._add(token)
        return False

    def _command(self, token: Token) -> bool:
        name = token.text
        if name in ("]", ")"):
            if self.closer == f"\\{name}":
                self._unended()
                return True
            if name == "]" and self.closer:
                self.reader.trouble(f"\\] ends what \\[ has not begun (line {self.place.line} has)", token.place)
                return True
            return False
        if name == "(" or not self.closer or (name == "item" and self.inner):
            return False
        if name == "[" and self.text_level is not None and self.text_level >= 0:
            return False
        return self._stop(token, f"\\{name} in line {token.place.line}")

    def _other(self, token: Token) -> bool:
        kind = token.kind
        if kind == "open":
            self.level += 1
            if self.text_level == -1:
                self.text_level = self.level
        elif kind == "close":
            if self.text_level == self.level:
                self.text_level = None
            self.level -= 1
        elif kind == "begin":
            return self._begin(token)
        elif kind == "end":
            return self._end(token)
        elif kind == "par":
            return self._blank_line(token)
        elif kind == "order":
            self.reader.order(token.text, token.place)
        elif kind == "runaway":
            put_runaway(self.tokens, token)
        return False

    def _begin(self, token: Token) -> bool:
        base = token.text.removesuffix("*")
        mine = self.closer.removesuffix("*")
        outer = base in _OUTER or (base in _LINES and (mine in _LINES or self.closer in ("$", "\\)")))
        if self.closer and (outer or base in BY_ENVIRONMENT or base == "document") and not self._is_wrapped(base, mine):
            return self._stop(token, f"\\begin{{{token.text}}} in line {token.place.line}")
        self.inner.append(token)
        return False

    def _is_wrapped(self, base: str, mine: str) -> bool:
        r"""``\[ \begin{equation}`` with nothing between, as some write."""
        return base in _OUTER and mine not in _OUTER | _LINES and all(token.kind == "space" for token in self.tokens)

    def _end(self, token: Token) -> bool:
        name = token.text
        if self.inner and self.inner[-1].text == name:
            self.inner.pop()
            return False
        if self.is_environment and name == self.closer:
            self._unended()
            return True
        if any(begun.text == name for begun in self.inner[-20:]):
            while self.inner and self.inner[-1].text != name:
                begun = self.inner.pop()
                self.reader.trouble(f"\\begin{{{begun.text}}} has no end", begun.place)
                self.tokens.append(Token("end", begun.text, token.place))
            self.inner.pop()
            return False
        if not self.closer:
            return False
        return self._stop(token, f"\\end{{{name}}} in line {token.place.line}")

    # Blank lines

    def _blank_line(self, token: Token) -> bool:
        if self.closer and not self._end_comes():
            self._missing(f"the blank line behind line {token.place.line}")
            self.stopped = token
            self.stream.unread(token)
            return True
        self._add(Token("space", " ", token.place))
        return False

    def _end_comes(self) -> bool:
        """Whether the end stands ahead, with nothing before it that cannot stand in a formula."""
        lexer = self.stream.lexer
        if lexer is None or self.closer in ("$", "\\)"):
            return False
        file, offset = self.reader.sure
        if file == lexer.source.file and lexer.position <= offset:
            return True
        inner = len(self.inner)
        for match in _AHEAD.finditer(lexer.source.text, lexer.position, lexer.end):
            kind = match.lastgroup
            if kind == "env":
                if match["edge"] == "end" and match["env"] == self.closer:
                    break
                if match["edge"] == "begin" and match["env"].removesuffix("*") in _OUTER | _LINES:
                    return False
                inner += 1 if match["edge"] == "begin" else -1
                if inner < 0:
                    return False
            elif match.group() == self.closer:
                break
            else:
                return False
        else:
            return False
        self.reader.sure = (lexer.source.file, match.start())
        return True
