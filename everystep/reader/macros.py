r"""The author's macros: definitions are remembered, calls are expanded, token by token, with places kept.

``Stream`` hands out the tokens of a text after expansion.  A token that comes from a macro's body carries the place of
the call, a token of an argument its own.  Definitions hold for the whole document from where they stand: braces do not
limit them.  A macro that programs TeX (``\expandafter``, ``\@ifnextchar``, ...) is left as it is where it is called.

Bounded: a call may expand to so many tokens, through so many calls, so deep, and a document to so many in all; a macro
that goes beyond is left as it is, with a remark.  May import of this package: source, tokens, arguments, macro bodies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import ClassVar, TypeAlias

from everystep.reader.arguments import DELIMITED_LIMIT, SPACES, WASTE, Arguments, Replay
from everystep.reader.macro_bodies import (
    FIXED,
    STRUCTURE,
    Macro,
    Macros,
    body_of,
    fenced,
    internal,
    is_one_group,
    placed,
    programs,
    shown,
)
from everystep.reader.source import Place, Token
from everystep.reader.tokens import Lexer, listed, spelled, words_of

# How deep macros may call each other, and what one call in the text, and one document, may cost.
MAX_DEPTH = 400
MAX_CALLS = 20_000
MAX_TOKENS = 1_000_000
MAX_CALLS_IN_ALL = 1_000_000
MAX_TOKENS_IN_ALL = 10_000_000

_BACKSLASH = re.compile(r"[\\%]")
# Conditionals whose test is the two tokens, or the one token, behind them.
MOST_BRANCHES = 16
"""The depth of conditionals up to which what a branch assumes ends with it."""
_TESTS: Mapping[str, int] = {"ifx": 2, "if": 2, "ifcat": 2, "ifdefined": 1, "ifundefined": 1}
_CONDITIONALS = listed(
    "iftrue iffalse ifprintanswers ifmmode ifhmode ifvmode ifinner ifpdf ifxetex ifluatex ifPDFTeX ifXeTeX ifLuaTeX "
    "ifnum ifdim ifodd ifcase ifcsname"
) | set(_TESTS)

Report: TypeAlias = Callable[[str, Place], None]
# Finds the text behind \input, \usepackage and their like: the command, the name, the place.
Opener: TypeAlias = Callable[[str, str, Place], list[Lexer]]


def _no_file(command: str, name: str, place: Place) -> list[Lexer]:
    return []


class Stream(Arguments):
    """The tokens of ``lexer``'s text after expansion.

    ``next`` gives, besides the kinds of ``Token``, ``"par"``, ``"order"`` and ``"runaway"`` (the macro named expanded
    without end: the tokens with the same place came from it).
    """

    def __init__(self, lexer: Lexer, macros: Macros, report: Report, opener: Opener = _no_file) -> None:
        super().__init__(lexer, macros)
        self.report = report
        self.opener = opener
        self.is_package = False
        # Environments whose beginning is handed out even where the author has defined them.
        self.kept: Collection[str] = ()
        self._calls = 0
        self._tokens = 0
        # For each conditional that is open: whether its other branch is passed over.
        self._skips_else: list[bool] = []
        # For each conditional that is open: the number of the branch that is read, 0 where only one is.
        self._branches: list[int] = []
        self._branched = 0

    # Expanded tokens

    def next(self) -> Token | None:
        """The next token that is no macro, definition or conditional; None at the end."""
        while True:
            token = self.raw()
            if token is None:
                return None
            kind = token.kind
            if kind == "command":
                macro = self.macros.commands.get(token.text)
                if macro is not None:
                    token = self._call(token, macro)
                elif token.text in self._handlers or token.text in self.macros.flags:
                    token = self.primitive(token)
            elif kind == "frozen":
                token = Token("command", token.text, token.place)
                if token.text in self._handlers:
                    token = self.primitive(token)
            elif kind in ("begin", "end") and token.text in self.macros.environments:
                token = self._environment(token)
            if token is not None:
                return token

    def primitive(self, token: Token) -> Token | None:
        """Carry out a definition or the like whose command has just been read; the token that is left of it."""
        if token.text in self.macros.flags:
            self._conditional(token)
            return None
        return self._handlers[token.text](self, token)

    def _call(self, token: Token, macro: Macro) -> Token | None:
        if token.text in self.macros.runaway:
            return token
        depth = self._depth
        if depth == 0:
            self._root, self._calls, self._tokens = token, 0, 0
        arguments = self._arguments(token, macro)
        self._depth = depth
        if arguments is None:
            return token
        if macro.fences is not None:
            self._push(fenced(macro, arguments, token), depth)
            return self._give_up() if self._too_much(len(arguments[0]), depth) else None
        return self._expand(token, macro, arguments, depth)

    def _expand(self, token: Token, macro: Macro, arguments: Sequence[Sequence[Token]], depth: int) -> Token | None:
        size = sum(len(arguments[part - 1]) if isinstance(part, int) else 1 for part in macro.body)
        if self._too_much(size, depth):
            return self._give_up()
        place = token.place
        result: list[Token] = []
        for part in macro.body:
            if isinstance(part, int):
                result.extend(arguments[part - 1])
            else:
                result.append(Token(part.kind, part.text, place))
        self._push(result, depth)
        return None

    def _push(self, tokens: Sequence[Token], depth: int) -> None:
        self.frames.append(Replay(tokens, depth + 1))

    def _too_much(self, size: int, depth: int) -> bool:
        macros = self.macros
        self._calls += 1
        self._tokens += size
        macros.calls += 1
        macros.tokens += size
        return (
            depth >= MAX_DEPTH
            or self._calls > MAX_CALLS
            or self._tokens > MAX_TOKENS
            or macros.calls > MAX_CALLS_IN_ALL
            or macros.tokens > MAX_TOKENS_IN_ALL
        )

    def _give_up(self) -> Token:
        """Forget all that has come from the outermost call, and hand that call out as it is."""
        root = self._root
        while len(self.frames) > 1 and self.frames[-1].depth > 0:
            self.frames.pop()
        in_all = self.macros.calls > MAX_CALLS_IN_ALL or self.macros.tokens > MAX_TOKENS_IN_ALL
        if in_all:
            message = f"the macros of this document expand to too much; {shown(root)} is left as it is"
        else:
            message = f"the macro {shown(root)} expands without end"
        self.macros.runaway.add(root.text)
        self.report(message, root.place)
        return Token("runaway", root.text, root.place)

    def _arguments(self, token: Token, macro: Macro) -> list[list[Token]] | None:
        """The arguments of a call; None, with a remark and nothing read, where one is missing."""
        if macro.fences is not None:
            self.star()
            self.optional()
        elif any(macro.delimiters):
            return self._delimited(token, macro)
        found: list[list[Token]] = []
        if macro.default is not None:
            given = self.optional()
            found.append(placed(macro.default, token.place) if given is None else given)
        while len(found) < macro.parameters:
            argument = self.argument()
            if argument is None:
                self.report(f"the macro {shown(token)} lacks its argument {len(found) + 1}", token.place)
                brace = Token("open", "{", token.place), Token("close", "}", token.place)
                for read in reversed(found[macro.default is not None :]):
                    self.unread(brace[0], *read, brace[1])
                return None
            found.append(argument)
        return found

    def _delimited(self, token: Token, macro: Macro) -> list[list[Token]] | None:
        read: list[Token] = []
        found: list[list[Token]] = []
        fits = self._up_to(macro.delimiters[0], read, []) if macro.delimiters[0] else True
        for delimiter in macro.delimiters[1:]:
            if not fits:
                break
            argument: list[Token] = []
            if delimiter:
                fits = self._up_to(delimiter, read, argument)
                if len(argument) > 1 and argument[0].kind == "open" and is_one_group(argument):
                    argument = argument[1:-1]
            else:
                given = self.argument()
                fits = given is not None
                argument = given or []
                read.extend(argument)
            found.append(argument)
        if fits:
            return found
        self.macros.wasted += len(read)
        self.report(f"the macro {shown(token)} is not called as it was defined", token.place)
        self.unread(*read)
        return None

    def _up_to(self, delimiter: Sequence[Token], read: list[Token], argument: list[Token]) -> bool:
        """Read up to ``delimiter``, outside of braces, into ``argument``; False where it does not come."""
        wanted = [(token.kind, token.text) for token in delimiter]
        level = 0
        while len(read) < DELIMITED_LIMIT and self.macros.wasted <= WASTE:
            token = self.raw()
            if token is None:
                return False
            read.append(token)
            if token.kind == "par":
                return False
            level += (token.kind == "open") - (token.kind == "close")
            argument.append(token)
            behind = [(t.kind, t.text) for t in argument[-len(wanted) :]]
            if behind == wanted and level <= 0:
                del argument[-len(wanted) :]
                return True
        return False

    def _environment(self, token: Token) -> Token | None:
        """An environment of the author's own stands for what was defined; one of ``kept`` also for itself."""
        begin, end = self.macros.environments[token.text]
        name = f"{token.kind}{{{token.text}}}"
        if name in self.macros.runaway:
            return token
        call = Token("command", name, token.place)
        expansion = self._call(call, begin if token.kind == "begin" else end)
        is_kept = token.kind == "begin" and token.text in self.kept
        return token if is_kept or (expansion is not None and expansion.kind == "runaway") else None

    # Definitions

    def define(self, name: str, macro: Macro) -> None:
        if not name or name in FIXED or (self.is_package and name in STRUCTURE):
            return
        self.macros.runaway.discard(name)
        if programs(macro.body) or (self.is_package and any(internal(part) for part in macro.body)):
            self.macros.commands.drop(name)
        else:
            self.macros.commands[name] = macro

    def _bad(self, token: Token) -> None:
        if not self.is_package:
            self.report(f"the definition that begins with {shown(token)} could not be read", token.place)

    def _new_command(self, token: Token) -> None:
        self.star()
        name = self.name()
        count = self.optional()
        default = self.optional() if count is not None else None
        body = self.argument()
        number = words_of(count or ())
        if not name or body is None or (number and number not in "123456789"):
            self._bad(token)
            return
        if token.text == "providecommand" and name in self.macros.commands:
            return
        parameters = int(number) if number else 0
        macro = Macro(body_of(body, parameters), parameters, None if default is None else tuple(default))
        self.define(name, macro)

    def _document_command(self, token: Token) -> None:
        r"""``\NewDocumentCommand``: mandatory arguments, and one optional argument before them."""
        name = self.name()
        pattern = self.argument()
        body = self.argument()
        if not name or pattern is None or body is None:
            self._bad(token)
            return
        default: tuple[Token, ...] | None = None
        letters = [part for part in pattern if part.kind not in SPACES]
        if letters and letters[0].text == "O":
            close = next((i for i, part in enumerate(letters) if part.kind == "close"), len(letters))
            default, letters = tuple(letters[2:close]), letters[close + 1 :]
        elif letters and letters[0].text == "o":
            default, letters = (), letters[1:]
        if any(part.text != "m" for part in letters):
            self.macros.commands.drop(name)
            return
        parameters = len(letters) + (default is not None)
        self.define(name, Macro(body_of(body, parameters), parameters, default))

    def _def(self, token: Token) -> None:
        name = self.past_spaces()
        if name is None or name.kind not in ("command", "frozen"):
            self._bad(token)
            return
        delimiters: list[list[Token]] = [[]]
        for _ in range(DELIMITED_LIMIT):
            here = self.raw()
            if here is None or here.kind == "par":
                self._bad(token)
                return
            if here.kind == "open":
                break
            if here.kind == "char" and here.text == "#":
                self.raw()
                delimiters.append([])
            elif here.kind != "space" or delimiters[-1]:
                delimiters[-1].append(here)
        body = self._balanced()
        if body is None or len(delimiters) > 10:
            self._bad(token)
            return
        if delimiters[-1] and delimiters[-1][-1].kind == "space":
            delimiters[-1].pop()
        parameters = len(delimiters) - 1
        self.macros.commands.is_global |= token.text in ("gdef", "xdef")
        self.define(
            name.text,
            Macro(body_of(body, parameters), parameters, delimiters=tuple(tuple(part) for part in delimiters)),
        )

    def _let(self, token: Token) -> None:
        name = self.past_spaces()
        meaning = self.past_spaces()
        if meaning is not None and meaning.kind == "char" and meaning.text == "=":
            meaning = self.past_spaces()
        if name is None or meaning is None or name.kind not in ("command", "frozen") or meaning.kind == "order":
            self._bad(token)
            return
        if meaning.kind not in ("command", "frozen"):
            self.define(name.text, Macro((meaning,)))
            return
        known = self.macros.commands.get(meaning.text)
        if known is not None and meaning.kind == "command":
            self.define(name.text, known)
        elif name.text == meaning.text:
            self.macros.commands.drop(name.text)
        else:
            # Frozen: a later definition of the meaning's name does not change it.
            self.define(name.text, Macro((Token("frozen", meaning.text, meaning.place),)))

    def _operator(self, token: Token) -> None:
        self.star()
        name = self.name()
        body = self.argument()
        if not name or body is None:
            self._bad(token)
            return
        place = token.place
        opening = (Token("command", "operatorname", place), Token("open", "{", place))
        self.define(name, Macro((*opening, *body_of(body, 0), Token("close", "}", place))))

    def _paired(self, token: Token) -> None:
        name = self.name()
        left, right = self.argument(), self.argument()
        if not name or left is None or right is None:
            self._bad(token)
            return
        self.define(name, Macro((), 1, fences=(tuple(left), tuple(right))))

    def _new_environment(self, token: Token) -> None:
        self.star()
        name = words_of(self.argument() or ())
        count = self.optional()
        default = self.optional() if count is not None else None
        begin, end = self.argument(), self.argument()
        number = words_of(count or ())
        if not name or begin is None or end is None or (number and number not in "123456789"):
            self._bad(token)
            return
        parameters = int(number) if number else 0
        opening = Macro(body_of(begin, parameters), parameters, None if default is None else tuple(default))
        closing = Macro(body_of(end, 0))
        if name == "document" or programs(opening.body) or programs(closing.body) or self.is_package:
            return
        self.macros.environments[name] = (opening, closing)

    def _theorem(self, token: Token) -> None:
        self.star()
        name = words_of(self.argument() or ())
        self.optional()
        title = words_of(self.argument() or ())
        self.optional()
        if name:
            self.macros.theorems[name] = title

    def _new_if(self, token: Token) -> None:
        name = self.name()
        if name.startswith("if") and len(name) > 2:
            self.macros.flags.update((name, f"{name[2:]}true", f"{name[2:]}false"))

    # Conditionals

    def _conditional(self, token: Token) -> None:
        """Both branches are read: a solution counts whether it is printed or not."""
        name = token.text
        if not name.startswith("if"):
            return
        for _ in range(_TESTS.get(name, 0)):
            self.past_spaces()
        if name == "iffalse":
            if self._skip_branch(stop_at_else=True) == "else":
                self._skips_else.append(False)
                self._branches.append(0)
        else:
            decided = name in ("iftrue", "ifmmode")
            self._skips_else.append(decided)
            self._branches.append(0 if decided else self._branch())

    def _branch(self) -> int:
        self._branched += 1
        return self._branched

    def branches(self) -> tuple[int, ...]:
        """The branches of conditionals that are being read although another one may be meant, outermost first."""
        return tuple(number for number in self._branches[:MOST_BRANCHES] if number)

    def _else(self, token: Token) -> None:
        if self._skips_else and self._skips_else[-1]:
            self._skip_branch(stop_at_else=False)
            self._fi(token)
        elif self._branches and self._branches[-1]:
            self._branches[-1] = self._branch()

    def _fi(self, token: Token) -> None:
        if self._skips_else:
            self._skips_else.pop()
            self._branches.pop()

    def _skip_branch(self, stop_at_else: bool) -> str:
        r"""Pass over text up to the ``\\fi`` (or ``\\else``) that belongs here; says which."""
        level = 0
        while True:
            lexer = self.lexer
            if lexer is not None:
                to_backslash(lexer)
            token = self.raw()
            if token is None:
                return ""
            if token.kind not in ("command", "frozen"):
                continue
            name = token.text
            if name == "fi":
                if level == 0:
                    return name
                level -= 1
            elif name == "else" and level == 0 and stop_at_else:
                return name
            elif name in _CONDITIONALS or (name in self.macros.flags and name.startswith("if")):
                level += 1

    # Everything else

    def _nothing(self, token: Token) -> None:
        return None

    def _globally(self, token: Token) -> None:
        self.macros.commands.is_global = True

    def _group(self, token: Token) -> None:
        if token.text == "begingroup":
            self.macros.commands.open(token.text)
        else:
            self.macros.commands.close("begingroup")

    def _make_at(self, token: Token) -> None:
        for frame in self.frames:
            if isinstance(frame, Lexer):
                frame.at_is_letter = token.text == "makeatletter"

    def _brace(self, token: Token) -> Token:
        return Token("open", "{", token.place) if token.text == "bgroup" else Token("close", "}", token.place)

    def _edge(self, token: Token) -> Token | None:
        """``\\begin`` whose name was not written out before expansion."""
        inside = self.argument()
        name = words_of(inside or ())
        if not name:
            return token
        self.unread(Token(token.text, name, token.place))
        return None

    def _file(self, token: Token) -> None:
        if token.text in ("usepackage", "RequirePackage", "documentclass", "LoadClass", "RequirePackageWithOptions"):
            self.optional()
        place = token.place
        first = self.past_spaces()
        if first is None:
            return
        if first.kind == "open":
            inside = self._balanced()
            if inside is None:
                self.report(f"the name behind {shown(token)} has no end", place)
                return
        else:
            inside = self._bare_name(first)
        found = self.opener(token.text, "".join(spelled(part) for part in inside).strip(), place)
        self.frames.extend(reversed(found))

    def _bare_name(self, first: Token) -> list[Token]:
        r"""The name behind ``\input`` without braces: up to the next blank."""
        inside = [first]
        while len(inside) < DELIMITED_LIMIT:
            token = self.raw()
            if token is None or token.kind in SPACES:
                break
            inside.append(token)
        return inside

    def _end_input(self, token: Token) -> None:
        for frame in reversed(self.frames):
            if isinstance(frame, Lexer):
                frame.position = frame.end
                return
            frame.index = len(frame.tokens)

    _handlers: ClassVar[dict[str, Callable[[Stream, Token], Token | None]]] = {
        **dict.fromkeys(("newcommand", "renewcommand", "providecommand", "DeclareRobustCommand"), _new_command),
        **dict.fromkeys(
            ("NewDocumentCommand", "RenewDocumentCommand", "ProvideDocumentCommand", "DeclareDocumentCommand"),
            _document_command,
        ),
        **dict.fromkeys(("def", "gdef", "edef", "xdef"), _def),
        **dict.fromkeys(("begingroup", "endgroup"), _group),
        "global": _globally,
        "let": _let,
        "DeclareMathOperator": _operator,
        "DeclarePairedDelimiter": _paired,
        **dict.fromkeys(("newenvironment", "renewenvironment"), _new_environment),
        **dict.fromkeys(("newtheorem", "newmdtheoremenv", "newtcbtheorem"), _theorem),
        "newif": _new_if,
        **dict.fromkeys(_CONDITIONALS, _conditional),
        "else": _else,
        "fi": _fi,
        **dict.fromkeys(("makeatletter", "makeatother"), _make_at),
        **dict.fromkeys(("bgroup", "egroup"), _brace),
        **dict.fromkeys(("begin", "end"), _edge),
        **dict.fromkeys(listed("input include subfile usepackage RequirePackage documentclass LoadClass"), _file),
        "endinput": _end_input,
        **dict.fromkeys(
            listed("long protected outer expandafter noexpand protect relax xspace leavevmode"),
            _nothing,
        ),
    }


def to_backslash(lexer: Lexer) -> None:
    """Move to the next backslash or comment: nothing else matters in a preamble or in what is not read."""
    match = _BACKSLASH.search(lexer.source.text, lexer.position, lexer.end)
    lexer.position = match.start() if match is not None else lexer.end
