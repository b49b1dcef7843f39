"""A LaTeX document as events.

May import what documents have in common.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar

from everystep.reader.events import Reader, begins_document
from everystep.reader.formulas import DISPLAYS
from everystep.reader.headings import BOLD_HEADING, BY_ENVIRONMENT, DEFINITION, PROOFS, THEOREM, kind_of
from everystep.reader.macros import to_backslash
from everystep.reader.source import Place, Token
from everystep.reader.tokens import listed, words_of

_SKIPPED = listed(
    "verbatim Verbatim BVerbatim LVerbatim lstlisting minted comment tikzpicture tikzcd pgfpicture picture forest "
    "thebibliography filecontents alltt"
)
_HEADINGS = {"chapter": 0, "section": 1, "subsection": 2, "subsubsection": 3, "paragraph": 4, "subparagraph": 5}
_QUESTIONS = listed("question titledquestion Question Problem Exercise Exercice")
# What stands in these arguments is no prose.
_WITHOUT_ARGUMENTS = {
    **dict.fromkeys(
        listed(
            "label ref eqref autoref cref Cref pageref cite citep citet url includegraphics vspace hspace color "
            "textcolor pagestyle thispagestyle bibliography bibliographystyle hypersetup pagenumbering vskip "
            "usetikzlibrary addcontentsline href hyperref graphicspath newcounter "
            "footnotemark index sout st xout phantom hphantom vphantom todo title author date thanks"
        ),
        1,
    ),
    **dict.fromkeys(listed("setcounter addtocounter setlength addtolength fontsize rule definecolor"), 2),
}
_TABLES = listed("tabular tabularx tabulary tabularray tblr longtable supertabular array")
_COUNTER = re.compile(
    r"(?:hw|homework|devoir)?(?P<kind>questions?|q|problems?|prob|exercises?|exercices?|exer|exo|ex|tasks?)"
    r"(?:num|no|nb|number|count|counter|cnt|ctr|c|s)?",
    re.IGNORECASE,
)
"""A counter of the author's own that numbers questions: ``\\stepcounter{qnum}`` in a macro that heads each."""
# Environments whose formulas are shown and not used.
_CAPTIONS = listed("caption captionof subcaption")
_PART_LISTS = ("parts", "subparts", "subsubparts")
# Braces are nothing in prose; ties and tabs are blanks.
_PLAIN_PROSE = str.maketrans({"{": None, "}": None, "~": " ", "&": " "})


class TexReader(Reader):
    """A LaTeX document."""

    def run(self) -> None:
        self.in_preamble = begins_document(self.source.text) is not None
        self.notes: list[list[Token]] = []
        # The settings that tables and captions have interrupted.
        self.settings: list[str] = []
        while True:
            if self.in_preamble:
                if self.stream.lexer is not None:
                    to_backslash(self.stream.lexer)
            else:
                text = self.stream.plain()
                if text:
                    self._groups(text)
                    self.prose.words.text(text.translate(_PLAIN_PROSE))
            token = self.stream.next()
            if token is not None:
                self._token(token)
            elif not self._footnotes():
                return

    def _groups(self, text: str) -> None:
        """The braces of prose: what is defined in them is forgotten at their end."""
        if "{" in text or "}" in text:
            for brace in text:
                if brace == "{":
                    self.macros.commands.open("{")
                elif brace == "}":
                    self.macros.commands.close("{")

    def _footnotes(self) -> bool:
        """Read the notes of a paragraph behind it."""
        if not self.notes:
            return False
        place = self.stream.place()
        tokens = [token for note in self.notes for token in (*note, Token("par", "\n\n", place))]
        self.notes = []
        self.stream.unread(*tokens)
        return True

    def _token(self, token: Token) -> None:
        kind = token.kind
        if kind == "order":
            self.order(token.text, token.place)
        elif kind == "begin":
            self._begin(token)
        elif kind == "end":
            self._end(token)
        elif self.in_preamble:
            return
        elif kind == "command":
            self._command(token)
        elif kind == "par":
            self.prose.flush(self.events)
            self._footnotes()
        elif kind == "char" and token.text == "$":
            self._dollar(token)
        else:
            if kind in ("open", "close"):
                self._groups(token.text)
            self.prose.words.token(token)

    def _dollar(self, token: Token) -> None:
        following = self.stream.raw()
        if following is not None and following.kind == "char" and following.text == "$":
            self.display("$$", "$$", token.place)
            return
        if following is not None:
            self.stream.unread(following)
        self.inline("$", token.place)

    # Environments

    def _begin(self, token: Token) -> None:
        name = token.text
        base = name.removesuffix("*")
        if name == "document":
            self.in_preamble = False
        elif base in _SKIPPED:
            self._skip(name, token.place)
        elif self.in_preamble:
            return
        elif base in DISPLAYS:
            self.display(name, name, token.place)
        elif name == "math":
            self.inline(name, token.place)
        else:
            self.prose.flush(self.events)
            self.macros.commands.open(name)
            self._structure(name)

    def _structure(self, name: str) -> None:
        where = self.where
        if name.removesuffix("*") in _TABLES or name == "caption":
            self.settings.append(self.prose.setting)
            self.prose.setting = "caption" if name == "caption" else "table"
            return
        kind = BY_ENVIRONMENT.get(name) or kind_of(self.macros.theorems.get(name, ""))
        label = words_of(self.stream.optional() or ()) if name not in self.macros.environments else ""
        if kind:
            self.prose.take()
            where.numbered(kind, label, 9)
        elif name == "questions":
            where.counts.pop("question", None)
        elif name in _PART_LISTS:
            where.counts.pop(f"part {_PART_LISTS.index(name)}", None)
        elif name == "enumerate":
            where.lists.append((0, ""))
            where.items.append(0)
        elif name in ("itemize", "description"):
            where.lists.append(None)
            where.items.append(0)
        elif self._is_theorem(name):
            self._leave_theorem()
            where.begin_theorem(self._title(name))
            self.prose.setting = "" if re.match(DEFINITION, self._title(name), re.IGNORECASE) else "theorem"
        elif name.removesuffix("*") in PROOFS:
            self.ended_theorem = False
            self.where.proofs.append(self.where.begins())
            self.prose.setting = "proof" if name == "proof" else ""

    def _end(self, token: Token) -> None:
        name = token.text
        self.macros.commands.close(name)
        if name == "document":
            self.stream.stop()
        elif self.in_preamble:
            return
        elif name.removesuffix("*") in _TABLES or name == "caption":
            self.prose.flush(self.events)
            self.prose.setting = self.settings.pop() if self.settings else ""
        elif name in _PART_LISTS:
            self.prose.flush(self.events)
            del self.where.parts[_PART_LISTS.index(name) :]
        elif name in ("enumerate", "itemize", "description"):
            self.prose.flush(self.events)
            if self.where.lists:
                self.where.lists.pop()
                self.where.items.pop()
        elif name.removesuffix("*") in PROOFS or self._is_theorem(name):
            self.prose.flush(self.events)
            self.prose.setting = ""
            if name.removesuffix("*") in PROOFS:
                self.where.proofs = self.where.proofs[:-1]
            self.ended_theorem = bool(self.where.theorems)
        elif name.removesuffix("*") in DISPLAYS:
            self.trouble(f"\\end{{{name}}} ends what was not begun", token.place)

    def _is_theorem(self, name: str) -> bool:
        """Whether an environment holds a statement with assumptions of its own."""
        return re.match(THEOREM, self._title(name), re.IGNORECASE) is not None

    def _title(self, name: str) -> str:
        """What the author prints for an environment."""
        return self.macros.theorems.get(name, name).strip()

    def _skip(self, name: str, place: Place) -> None:
        lexer = self.stream.lexer
        if lexer is not None:
            end = f"\\end{{{name}}}"
            found = lexer.source.text.find(end, lexer.position, lexer.end)
            if found < 0:
                self.trouble(f"\\begin{{{name}}} has no end; what stands behind it is not read", place)
            lexer.position = found + len(end) if found >= 0 else lexer.end
            return
        token = self.stream.raw()
        while token is not None and not (token.kind == "end" and token.text == name):
            token = self.stream.raw()

    # Commands

    def _command(self, token: Token) -> None:
        handler = self._commands.get(token.text)
        if handler is not None:
            handler(self, token)
        elif token.text in _WITHOUT_ARGUMENTS:
            self.stream.star()
            self.stream.optional()
            for _ in range(_WITHOUT_ARGUMENTS[token.text]):
                self.stream.argument()
        elif token.text in _QUESTIONS:
            self._question(token)
        elif token.text in _HEADINGS:
            self._heading(token)
        elif token.text != "$":
            self.prose.words.token(token)

    def _bracket(self, token: Token) -> None:
        self.display("\\[", "\\]", token.place)

    def _paren(self, token: Token) -> None:
        self.inline("\\)", token.place)

    def _stray(self, token: Token) -> None:
        self.trouble("\\] ends what was not begun", token.place)

    def _question(self, token: Token) -> None:
        self.prose.flush(self.events)
        self.prose.take()
        self.stream.optional()
        name = token.text.removeprefix("titled").lower()
        label = ""
        if token.text != "question":
            label = words_of(self.stream.argument() or ()) if self._brace_follows() else ""
        self.where.numbered(name, label, 10)
        self.where.counts.pop("part 0", None)

    def _step(self, token: Token) -> None:
        """A counter is stepped: at a paragraph's beginning, one of questions begins the next."""
        counter = _COUNTER.fullmatch(words_of(self.stream.argument() or ()).strip())
        if counter is None or not self.prose.is_blank():
            return
        self.prose.flush(self.events)
        self.prose.take()
        short = {"q": "question", "prob": "problem", "ex": "exercise", "exer": "exercise", "exo": "exercice"}
        kind = counter["kind"].lower()
        self.where.numbered(short.get(kind, kind.removesuffix("s")), "", 10)

    def _brace_follows(self) -> bool:
        token = self.stream.past_spaces()
        if token is not None:
            self.stream.unread(token)
        return token is not None and token.kind == "open"

    def _part(self, token: Token) -> None:
        depth = token.text.count("sub")
        if depth == 0 and self._brace_or_star_follows():
            self._heading(token)
            return
        self.prose.flush(self.events)
        self.prose.take()
        self.stream.optional()
        self.where.part(depth)

    def _brace_or_star_follows(self) -> bool:
        token = self.stream.raw()
        if token is not None:
            self.stream.unread(token)
        return token is not None and (token.kind == "open" or token.text == "*")

    def _heading(self, token: Token) -> None:
        self.prose.flush(self.events)
        self.prose.take()
        self.stream.star()
        self.stream.optional()
        self.where.heading(words_of(self.stream.argument() or ()), _HEADINGS.get(token.text, 0))

    def _item(self, token: Token) -> None:
        self.prose.flush(self.events)
        self.where.item(words_of(self.stream.optional() or ()))

    def _verb(self, token: Token) -> None:
        lexer = self.stream.lexer
        if lexer is None or lexer.position >= lexer.end:
            return
        text, start = lexer.source.text, lexer.position
        line_end = text.find("\n", start)
        close = text.find(text[start], start + 1, line_end if line_end >= 0 else lexer.end)
        if close >= 0:
            lexer.position = close + 1

    def _ensuremath(self, token: Token) -> None:
        inside = self.stream.argument()
        if inside is not None:
            dollar = Token("char", "$", token.place)
            self.stream.unread(dollar, *inside, dollar)

    def _footnote(self, token: Token) -> None:
        self.stream.optional()
        note = self.stream.argument()
        if note:
            self.notes.append(note)

    def _caption(self, token: Token) -> None:
        """What a caption says is said of what it stands under."""
        self.stream.star()
        if token.text == "captionof":
            self.stream.argument()
        self.stream.optional()
        inside = self.stream.argument()
        if inside:
            place = token.place
            self.stream.unread(Token("begin", "caption", place), *inside, Token("end", "caption", place))

    def _bold(self, token: Token) -> None:
        """``\\textbf{Question 3.}`` at a paragraph's beginning is a heading."""
        lexer = self.stream.lexer
        if lexer is None or lexer.source.text[lexer.position : lexer.position + 1] != "{":
            return
        match = BOLD_HEADING.match(lexer.source.text, lexer.position, min(lexer.end, lexer.position + 80))
        if match is not None and self.prose.is_blank():
            self.prose.take()
            self.where.heading(match[1], 8)
            lexer.position = match.end()

    def _paragraph_end(self, token: Token) -> None:
        self.prose.flush(self.events)

    _commands: ClassVar[dict[str, Callable[[TexReader, Token], None]]] = {
        "[": _bracket,
        "(": _paren,
        "]": _stray,
        **dict.fromkeys(("part", "subpart", "subsubpart"), _part),
        "item": _item,
        **dict.fromkeys(("stepcounter", "refstepcounter"), _step),
        **dict.fromkeys(("verb", "lstinline"), _verb),
        "ensuremath": _ensuremath,
        **dict.fromkeys(("footnote", "footnotetext", "marginpar", "marginnote", "sidenote"), _footnote),
        **dict.fromkeys(_CAPTIONS, _caption),
        **dict.fromkeys(("textbf", "underline", "textsc"), _bold),
        "par": _paragraph_end,
    }
