"""What LaTeX and Markdown documents have in common: includes, orders, formulas, remarks, and where they stand.

May import the parts of the reader that read files, tokens, macros and paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from time import perf_counter
from typing import NoReturn

from everystep.reader.arguments import OutOfTime
from everystep.reader.cleaning import clean
from everystep.reader.files import Folder, ReadError
from everystep.reader.formulas import MAX_FORMULA, Gathering, put_runaway
from everystep.reader.french_signs import with_usual_signs
from everystep.reader.headings import BY_ENVIRONMENT, Where
from everystep.reader.independence import lines_on_dependence
from everystep.reader.loss_words import lines_with_more
from everystep.reader.macro_bodies import Macros
from everystep.reader.macros import Stream, to_backslash
from everystep.reader.over_signs import over_signs
from everystep.reader.paragraphs import Prose
from everystep.reader.prefix_transposes import with_marks_behind
from everystep.reader.softmaxes import softmaxes
from everystep.reader.source import Declaration, Display, Document, Event, Part, Place, Pragma, Token, Trouble
from everystep.reader.tokens import Lexer, Source, listed

OUT_OF_TIME = "not judged: the time for this file is used up"
NOT_READ = f"{OUT_OF_TIME}; what follows is not read"
# Tokens in all formulas; formulas; remarks; files that include each other.
MAX_TOKENS = 2_000_000
MAX_FORMULAS = 300_000
MAX_TROUBLES = 1_000
MAX_INCLUDE_DEPTH = 16
_WITH_ARGUMENT = listed("alignat alignedat xalignat xxalignat IEEEeqnarray")
_PACKAGES = listed("usepackage RequirePackage documentclass LoadClass")
# Files of the TeX distribution that documents name, and that hold no mathematics.
_DISTRIBUTION = listed("glyphtounicode glyphtounicode-cmr pdfpages epsf xy amstex pstricks")
_PRAGMA = re.compile(
    r"\s*(?:(layout)\s*:\s*(.*?)|(problem)\b\s*:?\s*(.*?)|(skip|define|assume)\s*[.:]?)\s*\Z", re.IGNORECASE
)

_PLAIN_ONES = re.compile(
    r"(?P<before>\\[a-zA-Z]+\s*\{?)?(?<![\w.])1\s*(?:_\s*(?:\w|\{\w+\})\s*)?"
    r"(?:\^\s*\{?\s*(?:\\top\b|\\intercal\b|\\mathsf\b|T(?!\w))|\\T(?![a-zA-Z]))"
)


def has_plain_ones(text: str) -> bool:
    r"""Whether a text writes a column of ones as a plain 1, as in ``1^T x``, and not as ``\mathbf 1^T x``."""
    return any(not match["before"] for match in _PLAIN_ONES.finditer(text))


def _pieces(tokens: Sequence[Token]) -> list[list[Token]]:
    """Split at the semicolons outside of braces and parentheses (of braces only, where a parenthesis stays open)."""
    for parentheses in (True, False):
        pieces: list[list[Token]] = [[]]
        braces = rounds = 0
        for token in tokens:
            braces += (token.kind == "open") - (token.kind == "close")
            if token.kind == "char" and parentheses:
                if token.text == "(" or (token.text == "[" and rounds):
                    rounds += 1
                elif token.text in ")]" and rounds:
                    rounds -= 1
            if token.kind == "char" and token.text == ";" and braces <= 0 and rounds == 0:
                pieces.append([])
            else:
                pieces[-1].append(token)
        if rounds == 0:
            break
    return pieces


class Stopped(Exception):
    """The document is longer than is read."""


class Reader:
    """What LaTeX and Markdown documents have in common: formulas, orders, troubles."""

    def __init__(self, source: Source, folder: Folder, until: float) -> None:
        self.until = until
        self.source = source
        self.folder = folder
        self.events: list[Event | None] = []
        self.troubles = 0
        self.formulas = 0
        self.tokens = 0
        self.macros = Macros(until=until)
        self.where = Where()
        self.prose = Prose()
        self.path: tuple[str, ...] = ()
        self.ended_theorem = False
        self.stream = Stream(Lexer(source), self.macros, self.trouble, self.open)
        self.stream.kept = BY_ENVIRONMENT
        # Up to where a display has been found to have its end: file and offset.
        self.sure: tuple[str, int] = ("", 0)

    def read(self) -> Document:
        try:
            self.run()
        except Stopped:
            pass
        except OutOfTime as stop:
            self.events.append(Trouble(NOT_READ, stop.place))
        self.prose.flush(self.events)
        text = self.source.text
        events = with_marks_behind([event for event in self.events if event is not None])
        events = with_usual_signs(events, text)
        ones = has_plain_ones(text)
        by = softmaxes(text) if "softmax" in text else ""
        more = lines_with_more(text)
        told, denied = self.prose.entrywise, self.prose.denies_entrywise
        others = self.prose.other_geometry, self.prose.other_signs, " ".join(self.prose.passing()[:1])
        return Document(self.source.file, events, told, lines_on_dependence(text), ones, by, more, denied, *others)

    def run(self) -> None:
        raise NotImplementedError

    def trouble(self, message: str, place: Place) -> None:
        self.troubles += 1
        if self.troubles <= MAX_TROUBLES:
            self.events.append(Trouble(message, place))
        elif self.troubles == MAX_TROUBLES + 1:
            self.events.append(Trouble(f"there are more than {MAX_TROUBLES} remarks; no more are shown", place))

    # Files

    def open(self, command: str, name: str, place: Place) -> list[Lexer]:
        """The text behind an include; packages are read at once, for their definitions."""
        if command not in _PACKAGES:
            return self._included(name.strip('"'), place)
        for lexer in self._packages(command, name, place):
            stream = Stream(lexer, self.macros, _ignored, self._open_in_package)
            stream.is_package = True
            while True:
                if stream.lexer is not None:
                    to_backslash(stream.lexer)
                if stream.next() is None:
                    break
        return []

    def _open_in_package(self, command: str, name: str, place: Place) -> list[Lexer]:
        if command in _PACKAGES:
            return self._packages(command, name, place)
        return self._included(name.strip('"'), place)

    def _included(self, name: str, place: Place) -> list[Lexer]:
        try:
            path, shown = self.folder.find(name, ".tex")
            active = [self.folder.paths.get(frame.source.file) for frame in self.stream.files()]
            if path in active or path == self.folder.main:
                raise ReadError(f"{name} is not read again: it includes itself")
            if len(active) > MAX_INCLUDE_DEPTH:
                raise ReadError(f"{name} is not read: files include each other more than {MAX_INCLUDE_DEPTH} deep")
            text, remark, where = self.folder.read(path, shown)
        except ReadError as error:
            if name not in _DISTRIBUTION:
                self.trouble(str(error), place)
            return []
        if remark:
            self.trouble(remark, where)
        lexer = Lexer(Source(text, shown))
        body = body_of(text)
        if body is not None:
            lexer.position, lexer.end = body
        return [lexer]

    def _packages(self, command: str, names: str, place: Place) -> list[Lexer]:
        """The packages, or the class, that stand in the document's folder and have not been read."""
        suffix = ".cls" if command in ("documentclass", "LoadClass") else ".sty"
        found: list[Lexer] = []
        for name in names.split(",")[:50] if self.folder.root is not None else ():
            try:
                path, shown = self.folder.find(name.strip(), suffix)
                if path in self.folder.packages or path.suffix != suffix:
                    continue
                text, _, _ = self.folder.read(path, shown)
            except ReadError as error:
                # A package that is not here is one of the TeX distribution.
                if "outside" in str(error):
                    self.trouble(str(error), place)
                continue
            self.folder.packages.append(path)
            lexer = Lexer(Source(text, shown))
            lexer.at_is_letter = True
            found.append(lexer)
        return found

    # Orders

    def order(self, text: str, place: Place) -> None:
        """What stands behind ``%!``."""
        match = _PRAGMA.match(text)
        if match is not None:
            name = (match[1] or match[3] or match[5]).lower()
            self._count(0, place)
            self.events.append(Pragma(name, (match[2] or match[4] or "").strip(), place))
            return
        for piece in _pieces(self.expanded(Source(text, place.file, place.line, place.column))):
            tokens = clean(piece)
            if tokens:
                self._count(len(tokens), place)
                self.events.append(Declaration(tokens, tokens[0].place))

    def expanded(self, source: Source, start: int = 0, end: int | None = None) -> list[Token]:
        """The tokens of a piece of mathematics that stands alone, macros expanded, dollars taken off."""
        stream = Stream(Lexer(source, start, end), self.macros, self.trouble)
        tokens: list[Token] = []
        while (token := stream.next()) is not None and len(tokens) < MAX_FORMULA:
            if token.kind == "runaway":
                put_runaway(tokens, token)
            elif token.kind == "order" or (token.kind == "char" and token.text == "$"):
                continue
            elif token.kind != "command" or token.text not in "()[]":
                tokens.append(token)
        return tokens

    # Formulas

    def _count(self, tokens: int, place: Place) -> None:
        self.formulas += 1
        self.tokens += tokens
        if self.formulas > MAX_FORMULAS or self.tokens > MAX_TOKENS:
            self._stop("the document holds more mathematics than is read; what follows is not read", place)
        if perf_counter() > self.until:
            self._stop(NOT_READ, place)

    def _stop(self, message: str, place: Place) -> NoReturn:
        """The last event: it is said however many remarks there were."""
        self.events.append(Trouble(message, place))
        raise Stopped

    def enter(self, place: Place) -> None:
        """Say where what follows stands, if that has changed."""
        self._leave_theorem()
        for label in self.prose.labels():
            self.where.labelled(label)
        path = (*self.where.path(), *(f"branch {number}" for number in self.stream.branches()))
        if path != self.path:
            asked = self.prose.asked
            self.prose.asked = False
            self.path = path
            self.events.append(Part(path, place, asked))

    def _leave_theorem(self) -> None:
        """A theorem's assumptions hold in the proof that follows it, and no further."""
        if self.ended_theorem and self.where.theorems:
            self.where.theorems.pop()
        self.ended_theorem = False

    def inline(self, closer: str, place: Place) -> Token | None:
        """Mathematics of the prose; gives the token that ended it before its time, if one did."""
        tokens, stopped = self.gather(closer, place, self.stream)
        self.declare(tokens, place)
        return stopped

    def declare(self, tokens: list[Token], place: Place) -> None:
        cleaned = clean(tokens)
        self._count(len(cleaned), place)
        if not cleaned:
            self.prose.mark(None)
            return
        self.enter(place)
        self.prose.mark((len(self.events), cleaned, place))
        self.events.append(None)

    def display(self, environment: str, closer: str, place: Place) -> Token | None:
        self.prose.flush(self.events)
        base = environment.removesuffix("*")
        if base in _WITH_ARGUMENT or base in ("dmath", "dgroup"):
            self.stream.optional()
        if base in _WITH_ARGUMENT:
            self.stream.argument()
        tokens, stopped = self.gather(closer, place, self.stream)
        self.show(environment, tokens, place, self.stream.place() if stopped is None else stopped.place)
        return stopped

    def show(self, environment: str, tokens: list[Token], place: Place, end: Place) -> None:
        cleaned = clean(tokens)
        self._count(len(cleaned), place)
        if cleaned:
            prose, ahead = self.prose.take(), self.prose.passing()
            self.enter(place)
            where = str(self.where)
            self.events.append(Display(environment, cleaned, place, end, where, prose, ahead, over_signs(tokens)))

    def gather(self, closer: str, place: Place, stream: Stream) -> tuple[list[Token], Token | None]:
        """The tokens up to ``closer``, and the token at which reading stopped because the end is missing."""
        gathering = Gathering(self, closer, place, stream)
        stopped = gathering.run()
        if gathering.too_long:
            self.trouble(f"this formula has more than {MAX_FORMULA} tokens; it is not read", place)
            return [], stopped
        return gathering.tokens, stopped


def _ignored(message: str, place: Place) -> None:
    """Remarks about a package's inside are of no use to the author."""


def body_of(text: str) -> tuple[int, int] | None:
    """What stands between ``\\begin{document}`` and ``\\end{document}`` of a file that is a document of its own."""
    begin = begins_document(text)
    if begin is None:
        return None
    end = text.find("\\end{document}", begin.end())
    return begin.end(), end if end >= 0 else len(text)


def begins_document(text: str) -> re.Match[str] | None:
    if re.search(r"^[^%\n]*\\document(?:class|style)\b", text, re.MULTILINE) is None:
        return None
    return re.search(r"^[^%\n]*\\begin\s*\{document\}", text, re.MULTILINE)
