r"""From characters to tokens: the lexer, and what is taken out of a formula before it is read.

Two passes.  ``Lexer`` cuts a text into raw tokens with one regular expression; besides the kinds of ``Token`` it knows
two that never leave the reader: ``"par"`` (a blank line) and ``"order"`` (the text behind ``%!``).  ``clean`` takes the
raw tokens of one formula, macros expanded, and removes what does not change the mathematics: labels, sizes, colours,
small spaces; ``\text{...}`` becomes one token, Unicode signs become their commands.  Nothing here calls itself: nesting
costs no stack.  May import ``everystep.reader.source`` only.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from sys import intern

from everystep.reader.source import Place, Token, Tokens


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


# ---------------------------------------------------------------------------------------------------------------------
# Words

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


# ---------------------------------------------------------------------------------------------------------------------
# Unicode

_GREEK = listed(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi "
    "psi omega"
)
# Capitals that LaTeX has no command for look like these Latin letters.
_LATIN_CAPITALS = {
    "alpha": "A", "beta": "B", "epsilon": "E", "zeta": "Z", "eta": "H", "iota": "I", "kappa": "K", "mu": "M", "nu": "N",
    "omicron": "O", "rho": "P", "tau": "T", "chi": "X",
}  # fmt: skip
_SIGN_COMMANDS = (
    "ϵ epsilon|ε varepsilon|ϑ vartheta|ϕ phi|φ varphi|ϱ varrho|ς varsigma|ϖ varpi|ϰ varkappa|ℓ ell|ℏ hbar|"
    "ı imath|ȷ jmath|⊤ top|⊥ bot|∇ nabla|∂ partial|∞ infty|∈ in|∉ notin|∋ ni|≤ le|⩽ le|≥ ge|⩾ ge|≠ ne|≡ equiv|"
    "≈ approx|∼ sim|≃ simeq|≅ cong|∝ propto|≪ ll|≫ gg|≺ prec|≻ succ|≼ preceq|≽ succeq|⪯ preceq|⪰ succeq|"
    "≔ coloneqq|≜ triangleq|× times|÷ div|· cdot|⋅ cdot|∙ cdot|⊙ odot|⊗ otimes|⊕ oplus|⊖ ominus|∘ circ|○ circ|"
    "± pm|∓ mp|∑ sum|∏ prod|∫ int|√ sqrt|→ to|⟶ to|← leftarrow|↦ mapsto|↔ leftrightarrow|⇒ Rightarrow|⟹ implies|"
    "⇐ Leftarrow|⇔ Leftrightarrow|⟺ iff|⟨ langle|⟩ rangle|〈 langle|〉 rangle|⌈ lceil|⌉ rceil|⌊ lfloor|⌋ rfloor|"
    "∀ forall|∃ exists|¬ neg|∧ wedge|∨ vee|⊂ subset|⊆ subseteq|⊃ supset|⊇ supseteq|∪ cup|∩ cap|∅ emptyset|"
    "∖ setminus|† dagger|‡ ddagger|⊺ intercal|… dots|⋯ cdots|⋮ vdots|⋱ ddots|∣ mid|∴ therefore|∵ because|⫫ perp|"
    "⟂ perp|⋆ star|★ star|∠ angle|△ triangle"
)
_SIGN_CHARACTERS = {
    "−": "-", "–": "-", "‐": "-", "‑": "-", "∗": "*", "′": "'", "’": "'", "″": "''", "∕": "/", "⁄": "/", "＝": "=",
    "（": "(", "）": ")", "，": ",", "：": ":", "；": ";", "∶": ":", "´": "'",
}  # fmt: skip
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff\u00ad\ufe0e\ufe0f")
_SCRIPTS = {
    **{sign: ("sup", plain) for sign, plain in zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀᵗᵏʲᵐᵈ", "0123456789+-=()niTtkjmd", strict=True)},
    **{
        sign: ("sub", plain)
        for sign, plain in zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+-=()aehijklmnoprstuvx", strict=True)
    },
}
_MARKS = {
    "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar", "\u0307": "dot", "\u0308": "ddot",
    "\u20d7": "vec",
}  # fmt: skip
_HALVES = {"½": "12", "⅓": "13", "⅔": "23", "¼": "14", "¾": "34", "⅕": "15", "⅙": "16", "⅛": "18"}

# A piece is what a character stands for: pairs of kind and text.
Piece = tuple[tuple[str, str], ...]


def _grouped(command: str, text: str) -> Piece:
    return (("command", command), ("open", "{"), ("char", text), ("close", "}"))


def _greek_letters() -> dict[str, Piece]:
    table: dict[str, Piece] = {}
    for name in _GREEK:
        # The character's own name has LAMDA for lambda.
        unicode_name = "LAMDA" if name == "lambda" else name.upper()
        capital = _LATIN_CAPITALS.get(name)
        small: Piece = (("char", "o"),) if name == "omicron" else (("command", name),)
        table[unicodedata.lookup(f"GREEK SMALL LETTER {unicode_name}")] = small
        table[unicodedata.lookup(f"GREEK CAPITAL LETTER {unicode_name}")] = (
            (("char", capital),) if capital else (("command", name.capitalize()),)
        )
    return table


def _signs() -> dict[str, Piece]:
    table = _greek_letters()
    for entry in re.findall(r"(\S) (\|(?=\||\Z)|[a-zA-Z]+)", _SIGN_COMMANDS):
        table[entry[0]] = (("command", entry[1]),)
    table["∥"] = table["‖"] = (("command", "|"),)
    for sign, text in _SIGN_CHARACTERS.items():
        table[sign] = tuple(("char", character) for character in text)
    for sign, digits in _HALVES.items():
        table[sign] = (*_grouped("frac", digits[0]), ("open", "{"), ("char", digits[1]), ("close", "}"))
    table["µ"] = (("command", "mu"),)
    return table


_UNICODE = _signs()


def _piece_of(character: str) -> Piece | None:
    """What a character beyond ASCII stands for in a formula; None where it stands for itself."""
    known = _UNICODE.get(character)
    if known is not None:
        return known
    if character in _INVISIBLE:
        return ()
    if character.isspace():
        return (("space", " "),)
    folded = unicodedata.normalize("NFKC", character)
    if folded != character and len(folded) == 1:
        _UNICODE[character] = _styled(character, folded)
        return _UNICODE[character]
    base = unicodedata.normalize("NFD", character)
    if len(base) == 2 and base[1] in _MARKS:
        return _grouped(_MARKS[base[1]], base[0])
    return None


def _styled(character: str, folded: str) -> Piece:
    """Bold and italic letters become plain; other styles, and bold digits, are kept."""
    name = unicodedata.name(character, "")
    plain = _UNICODE.get(folded, (("char", folded),))
    if "DOUBLE-STRUCK" in name:
        return _grouped("mathbb", folded)
    if "SCRIPT CAPITAL" in name:
        return _grouped("mathcal", folded)
    if "FRAKTUR" in name or "BLACK-LETTER" in name:
        return _grouped("mathfrak", folded)
    if "BOLD DIGIT" in name:
        return _grouped("mathbf", folded)
    return plain


# ---------------------------------------------------------------------------------------------------------------------
# What does not change the mathematics

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
    "IEEEnonumber"
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
        if character in _SCRIPTS:
            self._scripts(token)
            return
        if character in _MARKS:
            self._mark(token)
            return
        piece = _piece_of(character)
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
        kind, text = _SCRIPTS[token.text]
        run = [Token("char", text, token.place)]
        while self._is(self.at, "char") and _SCRIPTS.get(self.tokens[self.at].text, ("", ""))[0] == kind:
            here = self.tokens[self.at]
            run.append(Token("char", _SCRIPTS[here.text][1], here.place))
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
            Token("command", _MARKS[token.text], base.place),
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
        start = self._past_spaces(self.at)
        self.at = self._behind_argument(start) if self._is(start, "open") else min(start + 1, len(self.tokens))
        inside = self.tokens[start : self.at]
        if inside and inside[0].kind == "open":
            inside = inside[1:-1] if inside[-1].kind == "close" else inside[1:]
        words = words_of(inside)
        if words:
            self.out.append(Token("text", words, token.place))
        else:
            self._space(token.place)

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
        if len(base) != 1 or not (base[0].text in _RELATIONS or (base[0].kind == "char" and base[0].text in "=<>")):
            self.out.append(token)
            return
        note = clean([t for t in self.tokens[self.at : behind_note] if t.kind not in ("open", "close")])
        said = "".join(spelled(t) if t.kind != "text" else t.text for t in note)
        said = re.sub(r"\\math\w+|\\operatorname|\s", "", said)
        defines = base[0].text == "=" and said in _DEFINING
        self.out.append(Token("command", "coloneqq", base[0].place) if defines else base[0])
        self.at = behind_base

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
        first, last = self.out[index], self.out[-1]
        for bars, name in ((_BARS, "vert"), (_DOUBLE_BARS, "Vert")):
            if (first.kind, first.text) in bars and (last.kind, last.text) in bars:
                self.out[index] = Token("command", f"l{name}", first.place)
                self.out[-1] = Token("command", f"r{name}", last.place)


def _without_roots(tokens: Sequence[Token]) -> list[Token]:
    """Root signs as commands: what stands in one root is not searched again for parentheses."""
    return [Token("command", "sqrt", t.place) if t.text == "√" else t for t in tokens]


def clean(tokens: Sequence[Token]) -> Tokens:
    """The tokens of one formula, without what does not change the mathematics.

    Of a pair of bars behind ``\\left`` and ``\\right`` the sides are kept (``\\lvert``, ``\\rvert``); small spaces
    become space tokens, so that ``A\\,B`` is not taken for a name.
    """
    return _Cleaner(tokens).run()


def tokenize(text: str, file: str, line: int = 1, column: int = 1) -> Tokens:
    """The tokens of one piece of mathematics that begins at that line and column; macros are not expanded."""
    lexer = Lexer(Source(text, file, line, column))
    raw: list[Token] = []
    while (token := lexer.read()) is not None:
        if token.kind != "order":
            raw.append(token)
    return clean(raw)
