r"""What is taken out of a formula before it is read.

``clean`` takes the raw tokens of one formula, macros expanded, and removes what does not change the mathematics:
labels, sizes, colours, small spaces; ``\text{...}`` becomes one token, Unicode signs become their commands.  Nothing
here calls itself: nesting costs no stack.  May import ``everystep.reader``'s tokens and characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from everystep.reader.bars import divided
from everystep.reader.characters import MARKS, SCRIPTS, piece_of
from everystep.reader.signs import RELATIONS, changes_relation
from everystep.reader.slashes import with_derivatives
from everystep.reader.source import Place, Token, Tokens
from everystep.reader.text_names import is_name
from everystep.reader.tokens import Lexer, Source, listed, spelled, words_of

TEXT_COMMANDS = listed(
    "text mbox hbox fbox textrm textnormal textit textbf textsf texttt textsc textup textmd textsl emph intertext "
    "shortintertext"
)
_DROPPED = listed(
    "displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits displaylimits nonumber notag ! negthinspace "
    "negmedspace negthickspace boxed cancel bcancel xcancel sout uline mathstrut strut hfil allowbreak nobreak break "
    "relax protect null leavevmode noindent centering small footnotesize scriptsize tiny normalsize large Large LARGE "
    "huge Huge qedhere allowdisplaybreaks hline boldmath unboldmath smash nonscript ignorespaces unskip xspace mit "
    "normalfont normalcolor bigskip medskip smallskip nopagebreak pagebreak displaybreak / IEEEyesnumber "
    "IEEEnonumber IEEEeqnarraynumspace IEEEyessubnumber IEEEnosubnumber"
)
_SMALL_SPACES = listed(", ; : > thinspace medspace thickspace enspace enskip space nobreakspace @ par") | {
    " ",
    "\n",
    "\t",
}
# How many arguments go with the command.
_DROPPED_WITH: Mapping[str, int] = {
    **dict.fromkeys(
        listed(
            "label tag color hspace vspace phantom hphantom vphantom footnote footnotemark footnotetext colorbox "
            "textcolor pagecolor cite citep citet mspace index vadjust cancelto"
        ),
        1,
    ),
    **dict.fromkeys(listed("setlength addtolength setcounter addtocounter rule fcolorbox"), 2),
}
_CONDITION = re.compile(
    r"\W*(?:for|if|when|whenever|where|since|because|as|with|assuming|provided|only|unless|not|never|false|wrong|"
    r"pour|si|lorsque|quand|car|puisque|comme|avec|faux|sauf)\b",
    re.IGNORECASE,
)
"""How a tag begins that is no number or name of its equation."""
_RENAMED: Mapping[str, str] = {
    "nicefrac": "frac", "tfrac": "frac", "dfrac": "frac", "cfrac": "frac", "sfrac": "frac", "flatfrac": "frac",
    "dbinom": "binom", "tbinom": "binom", "hfill": "quad",
}  # fmt: skip
_CHARACTERS: Mapping[str, str] = {
    "colon": ":",
    "vcentcolon": ":",
    "lbrack": "[",
    "rbrack": "]",
    "lparen": "(",
    "rparen": ")",
}
_SIZES = frozenset(
    f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")
) | {"left", "right", "middle"}  # fmt: skip
_BRACES = listed("underbrace overbrace underbracket overbracket")
_CLASSES = listed("mathop mathrel mathbin mathord mathopen mathclose mathpunct mathinner")
_OLD_FONTS: Mapping[str, str] = {
    "rm": "mathrm", "bf": "mathbf", "it": "mathit", "sf": "mathsf", "tt": "mathtt", "cal": "mathcal",
}  # fmt: skip
_NAMES = listed("operatorname mathrm mathit mathsf mathtt")
_STACKED = listed("overset stackrel underset")
_RELATIONS = listed(
    "le leq leqslant ge geq geqslant approx equiv propto Rightarrow implies iff Leftrightarrow to rightarrow ne neq "
    "coloneqq triangleq succeq preceq succ prec"
)
_ARROWS = listed("to rightarrow longrightarrow")
_DEFINING = frozenset({"def", "def.", "déf", "déf.", "Δ", "△", "delta", "\\Delta", "\\triangle"})
_WITH_ARGUMENT = listed(
    "array alignat alignat* xalignat xalignat* xxalignat alignedat subarray tabular IEEEeqnarray IEEEeqnarray* "
    "IEEEeqnarraybox IEEEeqnarraybox*"
)
_POSITION = re.compile(r"[tbclr]{1,2}\Z")
_DIMENSION = re.compile(r"\s*[-+]?\s*(?:[\d.,]*\s*(?:pt|em|ex|mm|cm|in|mu|sp|bp|pc|\\\w+\s*)|0)\s*\Z")
_BARS = frozenset({("char", "|"), ("command", "vert")})
_DOUBLE_BARS = frozenset({("command", "|"), ("command", "Vert")})
# No longer note or bracket is looked at: this keeps the cost linear.
_NOTE_LIMIT = 40
_ROOT_LIMIT = 300


class _Group:
    """An open brace: how it ends, and where in the output it begins."""

    __slots__ = ("closes", "mode", "start")

    def __init__(self, mode: str, start: int) -> None:
        self.mode = mode
        self.start = start
        self.closes = 0


class _Cleaner:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.out: list[Token] = []
        self.groups: list[_Group] = []
        self.mode = ""
        # The delimiters behind \left, \bigl and so on that are not yet closed: size and index in the output.
        self.fences: list[tuple[str, int]] = []
        # The notes that stand over relations so far: (a), (b).
        self.labels: frozenset[str] = frozenset()

    def run(self) -> Tokens:
        tokens = self.tokens
        while self.at < len(tokens):
            token = tokens[self.at]
            self.at += 1
            self._one(token)
        while self.out and self.out[-1].kind == "space":
            self.out.pop()
        return tuple(self.out)

    def _one(self, token: Token) -> None:
        kind = token.kind
        if kind == "command":
            self._command(token)
        elif kind == "char":
            if token.text == "~":
                self._space(token.place)
            elif token.text.isascii():
                self.out.append(token)
            else:
                self._beyond_ascii(token)
        elif kind == "open":
            self._open(token)
        elif kind == "close":
            self._close(token)
        elif kind in ("space", "par"):
            self._space(token.place)
        elif kind == "newline":
            self._newline(token)
        elif kind == "begin":
            self.out.append(token)
            self._drop_environment_arguments(token.text)
        else:
            self.out.append(token)

    # Looking ahead

    def _past_spaces(self, index: int) -> int:
        tokens = self.tokens
        while index < len(tokens) and tokens[index].kind in ("space", "par"):
            index += 1
        return index

    def _is(self, index: int, kind: str, text: str | None = None) -> bool:
        if index >= len(self.tokens):
            return False
        token = self.tokens[index]
        return token.kind == kind and (text is None or token.text == text)

    def _behind_argument(self, index: int) -> int:
        """The index behind the argument that begins at or after ``index``: a group, or one token."""
        index = self._past_spaces(index)
        if not self._is(index, "open"):
            if self._is(index, "command") and self._is(index + 1, "open"):
                return self._behind_argument(index + 1)
            return index if index >= len(self.tokens) or self._is(index, "close") else index + 1
        level = 0
        for here in range(index, len(self.tokens)):
            kind = self.tokens[here].kind
            if kind == "open":
                level += 1
            elif kind == "close":
                level -= 1
                if level == 0:
                    return here + 1
        return len(self.tokens)

    def _drop_optional(self, fits: Callable[[str], object]) -> None:
        """Pass over ``[...]`` when its inside fits."""
        start = self._past_spaces(self.at)
        if not self._is(start, "char", "["):
            return
        for here in range(start + 1, min(start + _NOTE_LIMIT, len(self.tokens))):
            if self._is(here, "char", "]"):
                if fits("".join(spelled(token) for token in self.tokens[start + 1 : here])):
                    self.at = here + 1
                return

    # Groups

    def _open(self, token: Token) -> None:
        group = _Group(self.mode, len(self.out))
        self.mode = ""
        self.groups.append(group)
        if group.mode != "unwrap":
            self.out.append(token)

    def _close(self, token: Token) -> None:
        if not self.groups:
            self.out.append(token)
            return
        group = self.groups.pop()
        self.out.extend(Token("close", "}", token.place) for _ in range(group.closes))
        if group.mode != "unwrap":
            self.out[group.start + 1 :] = divided(self.out[group.start + 1 :], self._follows_script(group.start))
        if group.mode != "unwrap":
            self.out.append(token)
        if group.mode == "class":
            self._unwrap(group.start)
        elif group.mode == "brace":
            self._drop_note()

    def _unwrap(self, start: int) -> None:
        """Take off the braces of the last group when one sign, or one command with one argument, stands in it."""
        inside = [token for token in self.out[start + 1 : start + _NOTE_LIMIT] if token.kind != "space"]
        if len(self.out) - start > _NOTE_LIMIT or not inside:
            return
        body = inside[:-1]
        opens = [index for index, token in enumerate(body) if token.kind == "open"]
        if len(body) == 1 or (body and body[0].kind == "command" and opens == [1] and body[-1].kind == "close"):
            self.out[start:] = body

    def _drop_note(self) -> None:
        """Pass over the script behind a brace over or under a formula."""
        start = self._past_spaces(self.at)
        if self._is(start, "sub") or self._is(start, "sup"):
            self.at = self._behind_argument(start + 1)

    # Single tokens

    def _space(self, place: Place) -> None:
        if self.out and self.out[-1].kind != "space":
            self.out.append(Token("space", " ", place))

    def _newline(self, token: Token) -> None:
        self.out.append(token)
        if self._is(self.at, "char", "*"):
            self.at += 1
        self._drop_optional(_DIMENSION.match)

    def _drop_environment_arguments(self, name: str) -> None:
        self._drop_optional(_POSITION.match)
        if name in _WITH_ARGUMENT:
            self.at = self._behind_argument(self.at)

    def _beyond_ascii(self, token: Token) -> None:
        character, place = token.text, token.place
        if character in SCRIPTS:
            self._scripts(token)
            return
        if character in MARKS:
            self._mark(token)
            return
        piece = piece_of(character)
        if piece is None:
            self.out.append(token)
            return
        for kind, text in piece:
            if kind == "space":
                self._space(place)
            else:
                self.out.append(Token(kind, text, place))
        if character == "√":
            self._root(place)

    def _scripts(self, token: Token) -> None:
        """A run of raised or lowered characters is one script."""
        kind, text = SCRIPTS[token.text]
        run = [Token("char", text, token.place)]
        while self._is(self.at, "char") and SCRIPTS.get(self.tokens[self.at].text, ("", ""))[0] == kind:
            here = self.tokens[self.at]
            run.append(Token("char", SCRIPTS[here.text][1], here.place))
            self.at += 1
        self.out.append(Token(kind, "_" if kind == "sub" else "^", token.place))
        if len(run) > 1:
            run = [Token("open", "{", token.place), *run, Token("close", "}", run[-1].place)]
        self.out.extend(run)

    def _mark(self, token: Token) -> None:
        """A combining mark stands behind its letter, its command before it."""
        if not self.out or self.out[-1].kind not in ("char", "command"):
            return
        base = self.out.pop()
        self.out += [
            Token("command", MARKS[token.text], base.place),
            Token("open", "{", base.place),
            base,
            Token("close", "}", token.place),
        ]

    def _root(self, place: Place) -> None:
        """A root sign before a parenthesis covers what is in it: LaTeX would take the parenthesis alone."""
        start = self._past_spaces(self.at)
        if not self._is(start, "char", "("):
            return
        level = 0
        for here in range(start, min(start + _ROOT_LIMIT, len(self.tokens))):
            level += self._is(here, "char", "(") - self._is(here, "char", ")")
            if level == 0:
                inside = _Cleaner(_without_roots(self.tokens[start + 1 : here])).run()
                end = self.tokens[here].place
                self.out += [Token("open", "{", place), *inside, Token("close", "}", end)]
                self.at = here + 1
                return

    # Commands

    def _command(self, token: Token) -> None:
        name = token.text
        if name in TEXT_COMMANDS:
            self._text(token)
        elif name in _DROPPED:
            pass
        elif name in _SMALL_SPACES:
            # The name in \operatorname{arg\,max} is one word.
            if not self.groups or self.groups[-1].mode != "name":
                self._space(token.place)
        elif name == "tag" and self._is_condition():
            self.out.append(Token("command", "quad", token.place))
            self._text(token)
        elif name in _DROPPED_WITH:
            self._drop_arguments(_DROPPED_WITH[name])
        elif name in _SIZES:
            self._sized(token)
        elif name in _RENAMED:
            self.out.append(Token("command", _RENAMED[name], token.place))
            if name == "cfrac":
                self._drop_optional(_POSITION.match)
        elif name in _CHARACTERS:
            self._character(token)
        else:
            self._structure(token)

    def _structure(self, token: Token) -> None:
        """Commands that change how the group behind them, or around them, is read."""
        name = token.text
        if name in _BRACES:
            self._next_group("brace")
        elif name in _CLASSES:
            self._next_group("class")
        elif name == "ensuremath":
            self._next_group("unwrap")
        elif name in _OLD_FONTS:
            self._old_font(token)
        elif name in _STACKED:
            self._stacked(token)
        elif name in ("cr", "newline", "tabularnewline"):
            self._newline(Token("newline", "\\\\", token.place))
        elif name in ("hskip", "kern", "mkern", "mskip", "vskip"):
            self._drop_dimension()
        elif name in ("eqno", "leqno"):
            while self.at < len(self.tokens) and self.tokens[self.at].kind not in ("newline", "end", "close"):
                self.at += 1
        elif name in RELATIONS and self.out and self.out[-1].kind in ("sub", "sup"):
            place = token.place  # x_\perp: a mark, which relates nothing
            self.out += [Token("open", "{", place), token, Token("close", "}", place)]
        else:
            self.out.append(token)
            if name == "operatorname" and self._is(self.at, "char", "*"):
                self.at += 1
            if name in _NAMES and self._is(self.at, "open"):
                self.mode = "name"

    def _next_group(self, mode: str) -> None:
        start = self._past_spaces(self.at)
        if self._is(start, "open"):
            self.at = start
            self.mode = mode
            token = self.tokens[self.at]
            self.at += 1
            self._open(token)

    def _drop_arguments(self, count: int) -> None:
        if self._is(self.at, "char", "*"):
            self.at += 1
        self._drop_optional(lambda _: True)
        for _ in range(count):
            self.at = self._behind_argument(self.at)

    def _is_condition(self) -> bool:
        """Whether the argument behind a tag says when its equation holds: ``\\tag{for symmetric $A$}``."""
        start = self._past_spaces(self.at)
        if not self._is(start, "open"):
            return False
        words = words_of(self.tokens[start + 1 : self._behind_argument(start) - 1])
        return _CONDITION.match(words) is not None

    def _drop_dimension(self) -> None:
        start = self._past_spaces(self.at)
        written = ""
        # The longest dimension there is, a stretch of letters and digits: at most a dozen characters.
        for here in range(start, min(start + 12, len(self.tokens))):
            written += spelled(self.tokens[here])
            if re.fullmatch(r"[-+]?\s*[\d.,]*\s*(?:pt|em|ex|mm|cm|in|mu|sp|bp|pc)", written):
                self.at = here + 1
                return

    def _text(self, token: Token) -> None:
        between = token.text in ("intertext", "shortintertext")
        if between and next((t.kind for t in reversed(self.out) if t.kind != "space"), "newline") != "newline":
            self.out.append(Token("newline", "\\\\", token.place))  # it stands between lines, also where none was ended
        start = self._past_spaces(self.at)
        self.at = self._behind_argument(start) if self._is(start, "open") else min(start + 1, len(self.tokens))
        inside = self.tokens[start : self.at]
        braced = bool(inside) and inside[0].kind == "open"
        if braced:
            inside = inside[1:-1] if inside[-1].kind == "close" else inside[1:]
        formula = _only_formula(inside) if braced and not between else None
        words = words_of(inside)
        if formula is not None:
            place = token.place
            self.out += [Token("open", "{", place), *clean(formula), Token("close", "}", place)]
        elif words and braced and not self._in_script() and self._is_name(words, token.text, inside):
            style = {"textbf": "mathbf", "textit": "mathit"}.get(token.text, "mathrm" if len(words) == 1 else "")
            self.out += [Token("command", style or "operatorname", token.place), Token("open", "{", token.place)]
            self.out += [Token("char", letter, token.place) for letter in words]
            self.out.append(Token("close", "}", token.place))
        elif words:
            self.out.append(Token("text", words, token.place))
        else:
            self._space(token.place)

    def _is_name(self, words: str, command: str, inside: Sequence[Token]) -> bool:
        """Whether the words of a text command are mathematics: a function, a bold letter, a name."""
        if any(t.kind == "command" for t in inside):
            return False
        start = self._past_spaces(self.at)
        while start < len(self.tokens) and self.tokens[start].text in _SIZES | _SMALL_SPACES:
            start = self._past_spaces(start + 1)
        spaced = self._is(self.at, "space") or (bool(inside) and inside[-1].kind == "space")
        return is_name(words, command, self.out, self.tokens[start : start + 2], not spaced)

    def _in_script(self) -> bool:
        """Whether what is read stands in a subscript or superscript."""
        return any(self._follows_script(start) for start in (len(self.out), *(group.start for group in self.groups)))

    def _follows_script(self, start: int) -> bool:
        return 0 < start <= len(self.out) and self.out[start - 1].kind in ("sub", "sup")

    def _character(self, token: Token) -> None:
        behind = self._past_spaces(self.at)
        if token.text == "vcentcolon" and self._is(behind, "char", "="):
            self.at = behind + 1
            self.out.append(Token("command", "coloneqq", token.place))
            return
        self.out.append(Token("char", _CHARACTERS[token.text], token.place))

    def _old_font(self, token: Token) -> None:
        r"""``{\rm tr}`` is ``{\mathrm{tr}}``: the new command's brace is closed where the group is."""
        if not self.groups or self.groups[-1].mode == "unwrap":
            return
        self.groups[-1].closes += 1
        self.out += [Token("command", _OLD_FONTS[token.text], token.place), Token("open", "{", token.place)]
        self.at = self._past_spaces(self.at)

    def _stacked(self, token: Token) -> None:
        """A relation with a note over or under it is that relation; with "def" over it, it defines."""
        behind_note = self._past_spaces(self._short_argument(self.at))
        behind_base = self._short_argument(behind_note)
        base = [t for t in self.tokens[behind_note:behind_base] if t.kind not in ("open", "close", "space")]
        if len(base) == 1 and self._tends(token, base[0], self.tokens[self.at : behind_note]):
            self.at = behind_base
            return
        if len(base) != 1 or not (base[0].text in _RELATIONS or (base[0].kind == "char" and base[0].text in "=<>")):
            self.out.append(token)
            return
        note = clean([t for t in self.tokens[self.at : behind_note] if t.kind not in ("open", "close")])
        said = "".join(spelled(t) if t.kind != "text" else t.text for t in note)
        said = re.sub(r"\\math\w+|\\operatorname|\s", "", said)
        earlier, self.labels = self.labels, self.labels | {said.strip("()")}
        if base[0].text == "=" and changes_relation(said, earlier):
            self.out.append(token)
            return
        defines = base[0].text == "=" and said in _DEFINING
        self.out.append(Token("command", "coloneqq", base[0].place) if defines else base[0])
        self.at = behind_base

    def _tends(self, token: Token, base: Token, note: Sequence[Token]) -> bool:
        r"""``\underset{h \to 0}{\lim}`` is ``\lim_{h \to 0}``; with a long arrow, it is an arrow with a note."""
        if base.kind != "command" or not any(t.kind == "command" and t.text in _ARROWS for t in note):
            return False
        place = base.place
        inside = clean([t for t in note if t.kind not in ("open", "close")])
        if base.text == "lim" and token.text == "underset":
            before, after = (Token("sub", "_", place), Token("open", "{", place)), (Token("close", "}", place),)
            self.out += [base, *before, *inside, *after]
            return True
        if base.text in _ARROWS:
            arrow, empty = (
                Token("command", "xrightarrow", place),
                (Token("open", "{", place), Token("close", "}", place)),
            )
            self.out += [arrow, Token("char", "[", place), *inside, Token("char", "]", place), *empty]
            return True
        return False

    def _short_argument(self, index: int) -> int:
        """Like ``_behind_argument``, but looks at a bounded stretch only (the index itself where that is too short)."""
        index = self._past_spaces(index)
        if not self._is(index, "open"):
            return min(index + 1, len(self.tokens))
        level = 0
        for here in range(index, min(index + _NOTE_LIMIT, len(self.tokens))):
            level += self._is(here, "open") - self._is(here, "close")
            if level == 0:
                return here + 1
        return index

    def _sized(self, token: Token) -> None:
        size = token.text
        start = self._past_spaces(self.at)
        if start >= len(self.tokens) or self.tokens[start].kind not in ("char", "command"):
            return
        delimiter = self.tokens[start]
        if delimiter.kind == "char" and delimiter.text == "." and size in ("left", "right"):
            delimiter = Token("command", f"{size}.", token.place)
        elif delimiter.kind == "char" and delimiter.text in "<>":
            delimiter = Token("command", "langle" if delimiter.text == "<" else "rangle", delimiter.place)
        elif (delimiter.kind, delimiter.text) == ("char", "~") or delimiter.text in _SIZES | TEXT_COMMANDS:
            return
        self.at = start + 1
        if not delimiter.text.isascii():
            self._beyond_ascii(delimiter)
            return
        self.out.append(delimiter)
        if size == "left" or size.endswith("l"):
            self.fences.append((size, len(self.out) - 1))
        elif size == "right" or size.endswith("r"):
            self._pair(size)

    def _pair(self, size: str) -> None:
        """A pair of bars that the author has marked as left and right says so: nested bars stay readable."""
        opening = "left" if size == "right" else f"{size[:-1]}l"
        if not self.fences or self.fences[-1][0] != opening:
            return
        index = self.fences.pop()[1]
        if index >= len(self.out) - 1:
            return
        if size == "right":
            self.out[index + 1 : -1] = divided(self.out[index + 1 : -1])
        first, last = self.out[index], self.out[-1]
        for bars, name in ((_BARS, "vert"), (_DOUBLE_BARS, "Vert")):
            if (first.kind, first.text) in bars and (last.kind, last.text) in bars:
                self.out[index] = Token("command", f"l{name}", first.place)
                self.out[-1] = Token("command", f"r{name}", last.place)


def _only_formula(inside: Sequence[Token]) -> Sequence[Token] | None:
    r"""The formula that is all that stands in ``\fbox{$x = y$}``; None where there is more, or none."""
    written = [k for k, token in enumerate(inside) if token.kind not in ("space", "par")]
    dollars = [k for k in written if inside[k].kind == "char" and inside[k].text == "$"]
    if len(dollars) != 2 or len(written) < 3 or dollars != [written[0], written[-1]]:
        return None
    return inside[dollars[0] + 1 : dollars[1]]


def _without_roots(tokens: Sequence[Token]) -> list[Token]:
    """Root signs as commands: what stands in one root is not searched again for parentheses."""
    return [Token("command", "sqrt", t.place) if t.text == "√" else t for t in tokens]


def _with_cases(tokens: Tokens) -> Tokens:
    r"""``\left\{ \begin{array} ... \end{array} \right.`` as cases."""
    if not any((t.kind, t.text) == ("command", "right.") for t in tokens):
        return tokens
    result = list(tokens)
    written = [k for k, t in enumerate(tokens) if t.kind != "space"]
    opened: list[int] = []
    for at, k in enumerate(written):
        if tokens[k].kind == "begin":
            opened.append(at)
        if tokens[k].kind != "end" or not opened:
            continue
        first = opened.pop()
        if not first or at + 1 == len(written) or tokens[k].text not in ("array", "aligned", "matrix"):
            continue
        brace, right = tokens[written[first - 1]], tokens[written[at + 1]]
        if brace.kind == "command" and brace.text in ("{", "lbrace") and right.text == "right.":
            result[written[first - 1]] = Token("space", " ", brace.place)
            result[written[at + 1]] = Token("space", " ", right.place)
            result[written[first]] = Token("begin", "cases", tokens[written[first]].place)
            result[k] = Token("end", "cases", tokens[k].place)
    return tuple(result)


def _with_dots(tokens: Tokens) -> Tokens:
    """``1..n`` and ``1...n`` with dots between commas."""
    result: list[Token] = []
    k = 0
    while k < len(tokens):
        end = k
        while end < len(tokens) and tokens[end].kind == "char" and tokens[end].text == ".":
            end += 1
        between = result and result[-1].kind == "char" and result[-1].text.isdigit() and end < len(tokens)
        if 2 <= end - k <= 3 and between and tokens[end].kind == "char" and tokens[end].text.isalpha():
            comma = Token("char", ",", tokens[k].place)
            result += [comma, Token("command", "dots", tokens[k].place), comma]
        else:
            result += tokens[k : max(end, k + 1)]
        k = max(end, k + 1)
    return tuple(result)


def clean(tokens: Sequence[Token]) -> Tokens:
    """The tokens of one formula, without what does not change the mathematics.

    Of a pair of bars behind ``\\left`` and ``\\right`` the sides are kept (``\\lvert``, ``\\rvert``); small spaces
    become space tokens, so that ``A\\,B`` is not taken for a name.
    """
    return with_derivatives(_with_dots(_with_cases(_Cleaner(tokens).run())))


def tokenize(text: str, file: str, line: int = 1, column: int = 1) -> Tokens:
    """The tokens of one piece of mathematics that begins at that line and column; macros are not expanded."""
    lexer = Lexer(Source(text, file, line, column))
    raw: list[Token] = []
    while (token := lexer.read()) is not None:
        if token.kind != "order":
            raw.append(token)
    return clean(raw)
