"""Raw tokens of a text and of what is read again, and the arguments that stand in them.

An argument has a bound, and what is read in vain in search of a closing brace is counted: the cost stays linear.
May import of this package: source, tokens, macro bodies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import perf_counter

from everystep.reader.macro_bodies import Macros
from everystep.reader.source import Place, Token
from everystep.reader.tokens import Lexer

# An argument is no longer than this; where braces have been found open before, much shorter.
MAX_ARGUMENT = 300_000
MAX_ARGUMENT_AFTER_FAILURES = 2_000
_FAILURES = 3
# So much is read in vain in search of closing braces and brackets; then no more is.
WASTE = 2_000_000
DELIMITED_LIMIT = 5_000

SPACES = ("space", "par")
# The clock is looked at once in so many tokens, a power of two.
_TOKENS_A_LOOK = 1024


class OutOfTime(Exception):
    """The time for reading is used up; ``place`` is how far it went."""

    def __init__(self, place: Place) -> None:
        super().__init__(str(place))
        self.place = place


class Replay:
    """Tokens that are read (again): the body of a macro, or what was read too early."""

    __slots__ = ("depth", "index", "tokens")

    def __init__(self, tokens: Sequence[Token], depth: int) -> None:
        self.tokens = tokens
        self.index = 0
        self.depth = depth

    def read(self) -> Token | None:
        if self.index >= len(self.tokens):
            return None
        self.index += 1
        return self.tokens[self.index - 1]


class Arguments:
    """The tokens of ``lexer``'s text as they stand there, what is put back, and arguments; nothing is expanded."""

    def __init__(self, lexer: Lexer, macros: Macros) -> None:
        self.frames: list[Lexer | Replay] = [lexer]
        self.macros = macros
        self._depth = 0
        self._root = Token("command", "", lexer.place(lexer.position))

    # Raw tokens

    @property
    def lexer(self) -> Lexer | None:
        """The text that is being read, when no macro's body is; else None."""
        self._drop_finished()
        frame = self.frames[-1]
        return frame if isinstance(frame, Lexer) else None

    def _drop_finished(self) -> None:
        while len(self.frames) > 1:
            frame = self.frames[-1]
            if isinstance(frame, Lexer) or frame.index < len(frame.tokens):
                return
            self.frames.pop()

    def place(self) -> Place:
        """Where the author's text is being read."""
        for frame in reversed(self.frames):
            if isinstance(frame, Lexer):
                return frame.place(frame.position)
        return self._root.place

    def files(self) -> Iterable[Lexer]:
        return (frame for frame in self.frames if isinstance(frame, Lexer))

    def raw(self) -> Token | None:
        """The next token without expansion, None at the end.  Raises OutOfTime."""
        macros = self.macros
        macros.reads += 1
        if not macros.reads % _TOKENS_A_LOOK and perf_counter() > macros.until:
            raise OutOfTime(self.place())
        while True:
            frame = self.frames[-1]
            token = frame.read()
            if token is not None:
                self._depth = frame.depth
                return token
            if len(self.frames) == 1:
                return None
            self.frames.pop()

    def plain(self) -> str:
        """The prose up to the next token that means something."""
        frame = self.frames[-1]
        return frame.plain() if isinstance(frame, Lexer) else ""

    def unread(self, *tokens: Token) -> None:
        """Put tokens back, so that they are read next."""
        if tokens:
            self.frames.append(Replay(tokens, self._depth))

    def stop(self) -> None:
        """Read nothing more."""
        for frame in self.frames:
            if isinstance(frame, Lexer):
                frame.position = frame.end
            else:
                frame.index = len(frame.tokens)

    # Arguments

    def past_spaces(self) -> Token | None:
        """The next token that is no white space, without expansion."""
        token = self.raw()
        while token is not None and token.kind in SPACES:
            token = self.raw()
        return token

    def argument(self) -> list[Token] | None:
        """The next argument, without its braces; None (and nothing read) where there is none."""
        token = self.past_spaces()
        if token is None or token.kind in ("close", "align", "end", "newline"):
            if token is not None:
                self.unread(token)
            return None
        if token.kind != "open":
            return [token]
        inside = self._balanced()
        if inside is None:
            self.unread(token)
        return inside

    def _balanced(self) -> list[Token] | None:
        """What stands up to the brace that closes; None (and nothing read) where there is none within bounds."""
        macros = self.macros
        limit = MAX_ARGUMENT if macros.failures < _FAILURES else MAX_ARGUMENT_AFTER_FAILURES
        if macros.wasted > WASTE:
            return None
        depth = self._depth
        inside: list[Token] = []
        level = 1
        while len(inside) < limit:
            token = self.raw()
            if token is None:
                break
            if token.kind == "open":
                level += 1
            elif token.kind == "close":
                level -= 1
                if level == 0:
                    self._depth = depth
                    return inside
            inside.append(token)
        macros.failures += 1
        macros.wasted += len(inside)
        self._depth = depth
        self.unread(*inside)
        return None

    def optional(self) -> list[Token] | None:
        """What stands in brackets, if that comes next."""
        token = self.past_spaces()
        if token is None:
            return None
        if token.kind != "char" or token.text != "[" or self.macros.wasted > WASTE:
            self.unread(token)
            return None
        inside: list[Token] = []
        level = 0
        while len(inside) < DELIMITED_LIMIT:
            here = self.raw()
            if here is None or here.kind == "par":
                break
            if here.kind == "char" and here.text == "]" and level <= 0:
                return inside
            level += (here.kind == "open") - (here.kind == "close")
            inside.append(here)
        self.macros.wasted += len(inside)
        self.unread(token, *inside)
        return None

    def star(self) -> bool:
        """Whether a star comes next; it is passed over."""
        token = self.raw()
        if token is not None and token.kind == "char" and token.text == "*":
            return True
        if token is not None:
            self.unread(token)
        return False

    def name(self) -> str:
        """The command that is named next, in braces or not; empty where none is."""
        inside = [token for token in self.argument() or () if token.kind not in SPACES]
        if len(inside) == 1 and inside[0].kind in ("command", "frozen"):
            return inside[0].text
        return ""
