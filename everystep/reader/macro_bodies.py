"""What a macro stands for, the definitions of a document, and which bodies are left alone.

May import ``everystep.reader.source`` and ``everystep.reader.tokens``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import inf
from typing import TypeAlias

from everystep.reader.source import Place, Token
from everystep.reader.tokens import listed
from everystep.records import dataclass, field

# A body: tokens, and numbers for the arguments.
Body: TypeAlias = "tuple[Token | int, ...]"

# Who programs with these is not expanded.
_PROGRAMMING = listed(
    "expandafter csname futurelet afterassignment aftergroup catcode mathpalette mathchoice ooalign halign vcenter "
    "setbox ifthenelse ifx ifnum ifdim ifcase ifodd ifcat romannumeral numexpr toks advance read write "
    "ExplSyntaxOn tikz includegraphics raisebox scalebox rotatebox resizebox"
)
# What a local package may not redefine: the reader knows better what these mean.
STRUCTURE = listed(
    "question part subpart subsubpart titledquestion section subsection subsubsection paragraph subparagraph chapter "
    "item label ref eqref cite tag text frac tfrac dfrac sqrt left right ensuremath operatorname mathbb mathbf "
    "mathrm mathcal boldsymbol bm vec hat bar tilde caption footnote title author maketitle"
)
FIXED = listed(
    "begin end def newcommand renewcommand providecommand let documentclass usepackage input include [ ] ( )"
)


@dataclass(frozen=True)
class Macro:
    """What a macro stands for.

    ``delimiters``: what stands before the first parameter and behind each (empty tuples but for ``\\def`` with a
    parameter text).  ``default``: of the first argument where that is optional.  ``fences``: of a paired delimiter.
    """

    body: Body
    parameters: int = 0
    default: tuple[Token, ...] | None = None
    delimiters: tuple[tuple[Token, ...], ...] = ()
    fences: tuple[tuple[Token, ...], tuple[Token, ...]] | None = None


class Commands(dict[str, Macro]):
    """Macros by name; what is defined in a group (braces, an environment) is forgotten at its end."""

    def __init__(self) -> None:
        super().__init__()
        # The groups that are open, with the length of the log at their beginnings; what names meant before.
        self._groups: list[tuple[str, int]] = []
        self._open: Counter[str] = Counter()
        self._log: list[tuple[str, Macro | None]] = []
        self.is_global = False

    def __setitem__(self, name: str, macro: Macro) -> None:
        self._note(name)
        super().__setitem__(name, macro)

    def drop(self, name: str) -> None:
        """Forget a macro, if it is known."""
        self._note(name)
        self.pop(name, None)

    def open(self, group: str) -> None:
        """A group begins."""
        self._groups.append((group, len(self._log)))
        self._open[group] += 1

    def close(self, group: str) -> None:
        """A group ends, and with it those in it that have no end; an end without a beginning is none."""
        if group == "{" and (not self._groups or self._groups[-1][0] != "{"):
            return
        if not self._open[group]:
            return
        name = ""
        while name != group:
            name, length = self._groups.pop()
            self._open[name] -= 1
            while len(self._log) > length:
                known, before = self._log.pop()
                if before is None:
                    self.pop(known, None)
                else:
                    super().__setitem__(known, before)

    def _note(self, name: str) -> None:
        if self.is_global:
            self._log = [entry for entry in self._log if entry[0] != name]
            self._groups = [(group, min(length, len(self._log))) for group, length in self._groups]
        elif self._groups:
            self._log.append((name, self.get(name)))
        self.is_global = False


@dataclass
class Macros:
    """The definitions of a document, and what their expansion has cost so far."""

    commands: Commands = field(default_factory=Commands)
    environments: dict[str, tuple[Macro, Macro]] = field(default_factory=dict)
    # Environments of \newtheorem, with the word that they print.
    theorems: dict[str, str] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)
    runaway: set[str] = field(default_factory=set)
    calls: int = 0
    tokens: int = 0
    failures: int = 0
    wasted: int = 0
    # Raw tokens that were read, and until when more are, by ``perf_counter``.
    reads: int = 0
    until: float = inf


def fenced(macro: Macro, arguments: Sequence[Sequence[Token]], token: Token) -> list[Token]:
    left, right = macro.fences or ((), ())
    place = token.place
    return [
        Token("command", "left", place),
        *placed(left, place),
        Token("space", " ", place),
        *arguments[0],
        Token("command", "right", place),
        *placed(right, place),
    ]


def placed(tokens: Sequence[Token], place: Place) -> list[Token]:
    """Tokens of a definition, at the place of the call; orders among them are dropped."""
    return [Token(token.kind, token.text, place) for token in tokens if token.kind != "order"]


def body_of(tokens: Sequence[Token], parameters: int) -> Body:
    """The body of a macro: ``#1`` becomes the number 1, ``##`` one sign; orders in it are dropped."""
    result: list[Token | int] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        index += 1
        if token.kind == "order":
            continue
        if token.kind == "char" and token.text == "#" and index < len(tokens):
            following = tokens[index].text
            if following in "123456789" and int(following) <= parameters:
                result.append(int(following))
                index += 1
                continue
            if following == "#":
                index += 1
        result.append(token)
    return tuple(result)


def programs(body: Body) -> bool:
    return any(
        not isinstance(part, int) and part.kind == "command" and part.text in _PROGRAMMING for part in body
    ) or any(not isinstance(part, int) and part.kind == "command" and part.text.startswith("@if") for part in body)


def internal(part: Token | int) -> bool:
    return not isinstance(part, int) and part.kind == "command" and "@" in part.text


def is_one_group(tokens: Sequence[Token]) -> bool:
    level = 0
    for index, token in enumerate(tokens):
        level += (token.kind == "open") - (token.kind == "close")
        if level == 0:
            return index == len(tokens) - 1
    return False


def shown(token: Token) -> str:
    return f"\\{token.text}"
