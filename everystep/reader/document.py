r"""A document as a list of events in reading order: declarations, orders, displays, and what could not be read.

``read_document`` reads a file with its includes, ``read_text`` a text.  Prose is passed over quickly; only mathematics
and macros are cut into tokens.  Files are read from the document's folder only.  No input raises anything but
``ReadError``, and nothing here calls itself on what the input nests.  May import ``everystep.reader.source``,
``.tokens``, ``.macros`` and ``.markdown`` only.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from math import inf
from pathlib import Path
from time import perf_counter
from typing import ClassVar, NoReturn

from everystep.reader.cleaning import TEXT_COMMANDS, clean
from everystep.reader.macro_bodies import Macros
from everystep.reader.macros import Stream, to_backslash
from everystep.reader.markdown import Mark, next_mark, without_quotes
from everystep.reader.source import Declaration, Display, Document, Event, Part, Place, Pragma, Token, Tokens, Trouble
from everystep.reader.tokens import Lexer, Source, Words, listed, words_of

# Bytes in a file with all its includes; tokens in one formula and in all; formulas; remarks.
OUT_OF_TIME = "not judged: the time for this file is used up"

MAX_BYTES = 32 * 1024 * 1024
MAX_FORMULA = 200_000
MAX_TOKENS = 2_000_000
MAX_FORMULAS = 300_000
MAX_TROUBLES = 1_000
MAX_INCLUDES = 300
MAX_INCLUDE_DEPTH = 16
# Words kept on each side of a piece of inline mathematics.
_WINDOW = 240

# Environments that are displays where they stand in prose (starred or not).
_DISPLAYS = listed(
    "equation align aligned alignat alignedat xalignat xxalignat gather gathered multline eqnarray split displaymath "
    "flalign dmath dgroup darray IEEEeqnarray"
)
# These begin a display of their own: within another one, that one's end is missing.
_OUTER = listed("equation displaymath dmath")
_LINES = listed("align gather multline eqnarray flalign alignat IEEEeqnarray")
_WITH_ARGUMENT = listed("alignat alignedat xalignat xxalignat IEEEeqnarray")
_SKIPPED = listed(
    "verbatim Verbatim BVerbatim LVerbatim lstlisting minted comment tikzpicture tikzcd pgfpicture picture forest "
    "thebibliography filecontents alltt"
)
_HEADINGS = {"chapter": 0, "section": 1, "subsection": 2, "subsubsection": 3, "paragraph": 4, "subparagraph": 5}
_BY_ENVIRONMENT = {
    "problem": "problem", "exercise": "exercise", "question": "question", "exercice": "exercice", "exo": "exercice",
    "probleme": "problème", "task": "task", "prob": "problem", "exer": "exercise", "ex": "exercise",
    "hwproblem": "problem", "homeworkProblem": "problem", "Problem": "problem", "Exercise": "exercise",
    "Question": "question", "Exercice": "exercice",
}  # fmt: skip
_QUESTIONS = listed("question titledquestion Question Problem Exercise Exercice")
# What stands in these arguments is no prose.
_WITHOUT_ARGUMENTS = {
    **dict.fromkeys(
        listed(
            "label ref eqref autoref cref Cref pageref cite citep citet url includegraphics vspace hspace color "
            "textcolor pagestyle thispagestyle bibliography bibliographystyle hypersetup pagenumbering vskip "
            "usetikzlibrary addcontentsline href hyperref graphicspath newcounter stepcounter refstepcounter "
            "footnotemark index"
        ),
        1,
    ),
    **dict.fromkeys(listed("setcounter addtocounter setlength addtolength fontsize rule definecolor"), 2),
}
_PACKAGES = listed("usepackage RequirePackage documentclass LoadClass")
# Files of the TeX distribution that documents name, and that hold no mathematics.
_DISTRIBUTION = listed("glyphtounicode glyphtounicode-cmr pdfpages epsf xy amstex pstricks")

_KIND = r"question|problem|problème|probleme|exercise|exercice|exo|task"
_NUMBER = r"\d+(?:\.\d+)*"
_HEADING = re.compile(
    rf"\W*(?P<kind>{_KIND})\b\.?\s*(?:no\.?|n°|nº|\#)?\s*(?P<number>{_NUMBER}|[IVX]+\b|[A-Z]\b)"
    r"(?:(?P<tight>[a-z])\b|[\s.,]*\((?P<round>[a-z]{1,4}|\d)\)|[\s.,:]*\b(?:part|partie)\s*\(?"
    r"(?P<named>[a-z]{1,4}|\d)\b)?",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\W*(?:(?:part|partie)\s*\(?(?P<named>[a-z\d]{1,4})\b"
    r"|\((?P<round>[a-z\d]{1,4})\)|(?P<half>[a-z])\)(?:\s|$))",
    re.IGNORECASE,
)
_BOLD_HEADING = re.compile(
    rf"\s*\{{\s*((?:{_KIND})\s*\#?\s*(?:{_NUMBER})\s*(?:\([a-z]{{1,4}}\)|[a-z])?)\s*[.:]?\s*\}}", re.IGNORECASE
)
_THEOREM = (
    r"(theorem|thm|th[eé]or[eè]me|lemma|lemme|lem|proposition|prop|corollary|corollaire|cor|claim|fact|remark|example|"
    r"exemple)\b"
)
# A paragraph that begins with (b) or b).
_LETTERED = re.compile(r"\W{0,3}\b([a-h])\)")
_TASK = re.compile(
    r"\b(show|prove|verify|compute|find|derive|calculate|determine|deduce|explain|what (is|are)|montrer|montrez|"
    r"prouver|prouvez|v[ée]rifier|v[ée]rifiez|calculer|calculez|trouver|trouvez|d[ée]terminer|d[ée]duire|exprimer)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\W*(\w{1,4}(?:\.\w{1,4}){0,2})\W*\Z")
_SHORT = re.compile(rf"\W*({_NUMBER}[a-z]?|[A-Z])\W*\Z")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv")

_PRAGMA = re.compile(
    r"\s*(?:(layout)\s*:\s*(.*?)|(problem)\b\s*:?\s*(.*?)|(skip|define|assume)\s*[.:]?)\s*\Z", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.?!][\"'»”)\]]*\s+(?=[^\Wa-zà-ÿ\d_]|[$(«“\"'])|\n")
_ABBREVIATION = re.compile(
    r"(?:\b(?:fig|eq|eqs|eqn|sec|thm|prop|def|cf|resp|vs|approx|dim|no|nr|ex|p|pp|ch|lem|cor|viz|mr|mme|dr|prof|et al|"
    r"i\.e|e\.g|p\.ex|c\.-à-d)|(?P<dotted>\b(?:[a-z]\.)+[a-z]))\Z",
    re.IGNORECASE,
)
# Where a blank line stands in a display: what tells whether its end still comes.
_AHEAD = re.compile(
    r"\\(?P<edge>begin|end)\s*\{(?P<env>[A-Za-z]+\*?)\}|\\(?P<sign>[\[\]])|(?P<dollars>\$\$)|(?P<dollar>(?<!\\)\$)"
    r"|\\(?P<word>(?:sub)*(?:section|part)|chapter|question|item)\b"
    r"|(?P<prose>(?<![\\\w])[^\W\d_]{3,}(?:[ \n][^\W\d_]{2,}){3})"
)


class ReadError(ValueError):
    """A file that cannot be read at all; the message names it."""


# ---------------------------------------------------------------------------------------------------------------------
# Files


def _decoded(data: bytes, name: str) -> tuple[str, str, Place]:
    """The text, a remark about it (or nothing) and the place of the remark.  Raises ReadError for what is no text."""
    zero = data.find(b"\0")
    if zero >= 0:
        line = data.count(b"\n", 0, zero) + 1
        column = zero - data.rfind(b"\n", 0, zero)
        raise ReadError(f"{name}:{line}:{column}: this is a binary file (it has a NUL byte), not a text")
    if data.startswith((b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\x1f\x8b")):
        raise ReadError(f"{name}: this is a binary file, not a text")
    remark, place = "", Place(name, 1, 1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        place = Place(name, line, error.start - data.rfind(b"\n", 0, error.start))
        remark = "the file is not UTF-8; it is read as Latin-1"
        text = data.decode("latin-1")
    return _lines(text), remark, place


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _bytes(path: Path, name: str) -> bytes:
    """What is in a file.  Raises ReadError."""
    if "\0" in name:
        raise ReadError(f"{name!r}: this is no name of a file")
    try:
        if path.is_dir():
            raise ReadError(f"{name}: this is a folder, not a file")
        if not path.exists():
            raise ReadError(f"{name}: there is no such file")
        if not path.is_file():
            raise ReadError(f"{name}: this is not a regular file")
        if path.stat().st_size > MAX_BYTES:
            raise ReadError(f"{name}: the file is larger than {MAX_BYTES // 2**20} MB")
        return path.read_bytes()
    except OSError as error:
        raise ReadError(f"{name}: the file cannot be read ({error.strerror or error})") from error


class _Folder:
    """The files that a document may read: those in its folder."""

    def __init__(self, folder: Path | None, path: Path | None) -> None:
        self.folder = folder
        self.root = None if folder is None else folder.resolve()
        self.main = None if path is None else path.resolve()
        # Where the files lie that are named so in places.
        self.paths: dict[str, Path] = {}
        self.packages: list[Path] = []
        self.count = 0
        self.size = 0

    def find(self, name: str, suffix: str) -> tuple[Path, str]:
        """The file of that name, and the name to show.  Raises ReadError."""
        if self.folder is None or self.root is None:
            raise ReadError(f"{name} is not read: this text stands in no folder")
        if not name or not name.isprintable() or "\\" in name or len(name) > 400:
            raise ReadError(f"{name[:60]!r} is no name of a file")
        for candidate in (name if name.endswith(suffix) else name + suffix, name):
            shown = self.folder / candidate
            try:
                path = shown.resolve()
                if not path.is_relative_to(self.root):
                    raise ReadError(f"{name} is not read: it lies outside of the document's folder")
                if path.is_file():
                    self.paths[str(shown)] = path
                    return path, str(shown)
            except (OSError, RuntimeError) as error:
                raise ReadError(f"{name} cannot be read") from error
        raise ReadError(f"the file {name} does not exist in the document's folder")

    def read(self, path: Path, shown: str) -> tuple[str, str, Place]:
        """The file's text as of ``_decoded``.  Raises ReadError."""
        self.count += 1
        if self.count > MAX_INCLUDES:
            raise ReadError(f"{shown} is not read: the document includes more than {MAX_INCLUDES} files")
        data = _bytes(path, shown)
        self.size += len(data)
        if self.size > MAX_BYTES:
            raise ReadError(f"{shown} is not read: the document and its files are larger than {MAX_BYTES // 2**20} MB")
        return _decoded(data, shown)


# ---------------------------------------------------------------------------------------------------------------------
# Where a display stands


class _Where:
    """The question and part that is being read."""

    def __init__(self) -> None:
        self.question = ""
        self.parts: list[str] = []
        self.lists: list[tuple[int, str] | None] = []
        self.counts: dict[str, int] = {}
        # How deep the heading stands that named the question: a deeper one belongs to it.
        self.level = 99
        # How many questions, items and theorems have begun: what tells one from the next of the same name.
        self.questions = 0
        self.items: list[int] = []
        self.theorems: list[int] = []
        self.letter = ""
        self.begun = 0

    def __str__(self) -> str:
        names = [self.question] if self.question else []
        levels = ["part", "subpart", "subsubpart"]
        for label, level in zip(self.parts, levels, strict=False):
            if label:
                names.append(f"{level} {label}")
        items = [entry for entry in self.lists if entry is not None and (entry[0] or entry[1])]
        free = levels[len(self.parts) :]
        if not self.question and items:
            free = ["item", *levels]
        for (count, label), level in zip(items, free, strict=False):
            names.append(f"{level} {label or _numbered(level, count)}")
        return ", ".join(names)

    def path(self) -> tuple[str, ...]:
        """A name for each question, part, item and theorem that is being read, outermost first."""
        return (
            *((f"question {self.questions}",) if self.questions else ()),
            *(f"part {label}" for label in self.parts if label),
            *((f"letter {self.letter}",) if self.letter else ()),
            *(f"item {number}" for number in self.items if number),
            *(f"theorem {number}" for number in self.theorems),
        )

    def lettered(self, letter: str) -> None:
        """A paragraph that begins with the next letter, or with (a), begins a part."""
        if letter and (letter == "a" or (self.letter and ord(letter) == ord(self.letter) + 1)):
            self.letter = letter

    def begins(self) -> int:
        self.begun += 1
        return self.begun

    def count(self, kind: str) -> int:
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return self.counts[kind]

    def new_question(self, name: str, level: int) -> None:
        self.question, self.level = name, level
        self.questions = self.begins()
        self.letter = ""
        self.parts = []
        self.lists = [None for _ in self.lists]

    def numbered(self, kind: str, label: str, level: int) -> None:
        """A question that counts itself, unless a short label numbers it."""
        number = self.count(kind)
        short = _SHORT.match(label)
        self.new_question(f"{kind} {short[1] if short else number}", level)

    def heading(self, title: str, level: int) -> None:
        match = _HEADING.match(title)
        if match is not None:
            self.new_question(f"{match['kind'].lower()} {match['number']}", level)
            part = match["tight"] or match["round"] or match["named"]
            if part:
                self.parts = [part.lower()]
            return
        match = _PART.match(title)
        if match is not None and self.question and level >= self.level:
            self.parts = [(match["named"] or match["round"] or match["half"]).lower()]
        elif level <= self.level:
            self.new_question("", 99)

    def part(self, depth: int) -> None:
        r"""The next ``\part`` (depth 0), ``\subpart``, ``\subsubpart``."""
        while len(self.parts) <= depth:
            self.parts.append("")
        del self.parts[depth + 1 :]
        number = self.count(f"part {depth}")
        self.counts.pop(f"part {depth + 1}", None)
        self.parts[depth] = _numbered("subpart" if depth == 1 else "part", number)

    def item(self, label: str) -> None:
        if self.items:
            self.items[-1] = self.begins()
        if self.lists and self.lists[-1] is not None:
            match = _LABEL.match(label)
            self.lists[-1] = (self.lists[-1][0] + (not label), match[1] if match else "")


def _numbered(level: str, count: int) -> str:
    if level == "part" or level == "subsubpart":
        return chr(ord("a") + count - 1) if 0 < count <= 26 else str(count)
    if level == "subpart":
        return _ROMAN[count - 1] if 0 < count <= len(_ROMAN) else str(count)
    return str(count)


# ---------------------------------------------------------------------------------------------------------------------
# Sentences


def _sentence_bounds(text: str) -> list[int]:
    """Where sentences begin."""
    bounds = [0]
    for match in _SENTENCE_END.finditer(text):
        before = text[max(0, match.start() - 12) : match.start()]
        short = _ABBREVIATION.search(before)
        following = text[match.end() : match.end() + 1]
        if short is None or text[match.start()] != "." or (short["dotted"] and following.isupper()):
            bounds.append(match.end())
    return bounds


class _Prose:
    """The words of the paragraph that is being read, with the inline mathematics in it."""

    def __init__(self) -> None:
        self.words = Words()
        # For each mark in the paragraph: the index of its event, or nothing.
        self.pieces: list[tuple[int, Tokens, Place] | None] = []
        self.said: list[str] = []
        # Whether the part that is being read sets a task, and the letter that its last paragraph begins with.
        self.asked = False
        self.letter = ""

    def mark(self, piece: tuple[int, Tokens, Place] | None) -> None:
        self.words.mark()
        self.pieces.append(piece)

    def first_letter(self) -> str:
        """The letter of a part, such as (b), that this paragraph or one since the last call begins with."""
        found, self.letter = self.letter, ""
        if not self.pieces:
            lettered = _LETTERED.match(" ".join(self.words.value().split()))
            return lettered[1] if lettered else found
        return found

    def is_blank(self) -> bool:
        return not self.pieces and not self.words.value().strip()

    def flush(self, events: list[Event | None]) -> None:
        """End the paragraph: what stands in it is declared with the words of its sentence."""
        text = " ".join(self.words.value().split())
        self.words = Words()
        if text:
            self.said.append(text)
            lettered = _LETTERED.match(text)
            self.letter = lettered[1] if lettered else self.letter
            self.asked = self.asked or _TASK.search(text) is not None
        pieces, self.pieces = self.pieces, []
        if not any(pieces):
            return
        bounds = _sentence_bounds(text)
        at = -1
        for piece in pieces:
            at = text.find("$", at + 1)
            if piece is None:
                continue
            index = bisect_right(bounds, at) - 1
            end = bounds[index + 1] if index + 1 < len(bounds) else len(text)
            before = text[max(bounds[index], at - _WINDOW) : at].strip()
            after = text[at + 1 : min(end, at + 1 + _WINDOW)].strip()
            is_open = end == len(text) and not text.endswith((".", "!", "?"))
            events[piece[0]] = Declaration(piece[1], piece[2], True, before, after, is_open)

    def take(self) -> str:
        """The words since the last call; paragraphs are lines."""
        said, self.said = self.said, []
        return "\n".join(said)


# ---------------------------------------------------------------------------------------------------------------------
# Orders


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


class _Stopped(Exception):
    """The document is longer than is read."""


# ---------------------------------------------------------------------------------------------------------------------
# The reader


class _Reader:
    """What LaTeX and Markdown documents have in common: formulas, orders, troubles."""

    def __init__(self, source: Source, folder: _Folder, until: float) -> None:
        self.until = until
        self.source = source
        self.folder = folder
        self.events: list[Event | None] = []
        self.troubles = 0
        self.formulas = 0
        self.tokens = 0
        self.macros = Macros()
        self.where = _Where()
        self.prose = _Prose()
        self.path: tuple[str, ...] = ()
        self.ended_theorem = False
        self.stream = Stream(Lexer(source), self.macros, self.trouble, self.open)
        self.stream.kept = _BY_ENVIRONMENT
        # Up to where a display has been found to have its end: file and offset.
        self.sure: tuple[str, int] = ("", 0)

    def read(self) -> Document:
        try:
            self.run()
        except _Stopped:
            pass
        self.prose.flush(self.events)
        return Document(self.source.file, tuple(event for event in self.events if event is not None))

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
        body = _body_of(text)
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
                _put_runaway(tokens, token)
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
            self._stop(f"{OUT_OF_TIME}; what follows is not read", place)

    def _stop(self, message: str, place: Place) -> NoReturn:
        """The last event: it is said however many remarks there were."""
        self.events.append(Trouble(message, place))
        raise _Stopped

    def enter(self, place: Place) -> None:
        """Say where what follows stands, if that has changed."""
        self._leave_theorem()
        self.where.lettered(self.prose.first_letter())
        path = self.where.path()
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
            prose = self.prose.take()
            self.enter(place)
            self.events.append(Display(environment, cleaned, place, end, str(self.where), prose))

    def gather(self, closer: str, place: Place, stream: Stream) -> tuple[list[Token], Token | None]:
        """The tokens up to ``closer``, and the token at which reading stopped because the end is missing."""
        gathering = _Gathering(self, closer, place, stream)
        stopped = gathering.run()
        if gathering.too_long:
            self.trouble(f"this formula has more than {MAX_FORMULA} tokens; it is not read", place)
            return [], stopped
        return gathering.tokens, stopped


def _ignored(message: str, place: Place) -> None:
    """Remarks about a package's inside are of no use to the author."""


def _put_runaway(tokens: list[Token], token: Token) -> None:
    """Take back what came from a macro that does not end; the macro's name stands for it."""
    while tokens and tokens[-1].place == token.place:
        tokens.pop()
    tokens.append(Token("command", token.text, token.place))


class _Gathering:
    r"""Reads one formula up to its end: ``\]``, ``$$``, ``$``, ``\)``, an environment's, or none (all there is)."""

    def __init__(self, reader: _Reader, closer: str, place: Place, stream: Stream) -> None:
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
            _put_runaway(self.tokens, token)
        return False

    def _begin(self, token: Token) -> bool:
        base = token.text.removesuffix("*")
        mine = self.closer.removesuffix("*")
        outer = base in _OUTER or (base in _LINES and (mine in _LINES or self.closer in ("$", "\\)")))
        if (
            self.closer
            and (outer or base in _BY_ENVIRONMENT or base == "document")
            and not self._is_wrapped(base, mine)
        ):
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


_STOPS = listed("[ ] ( ) question part subpart item chapter section subsection subsubsection paragraph titledquestion")


def _body_of(text: str) -> tuple[int, int] | None:
    """What stands between ``\\begin{document}`` and ``\\end{document}`` of a file that is a document of its own."""
    begin = _begins_document(text)
    if begin is None:
        return None
    end = text.find("\\end{document}", begin.end())
    return begin.end(), end if end >= 0 else len(text)


def _begins_document(text: str) -> re.Match[str] | None:
    if re.search(r"^[^%\n]*\\document(?:class|style)\b", text, re.MULTILINE) is None:
        return None
    return re.search(r"^[^%\n]*\\begin\s*\{document\}", text, re.MULTILINE)


class _TexReader(_Reader):
    """A LaTeX document."""

    def run(self) -> None:
        self.in_preamble = _begins_document(self.source.text) is not None
        self.notes: list[list[Token]] = []
        while True:
            if self.in_preamble:
                if self.stream.lexer is not None:
                    to_backslash(self.stream.lexer)
            else:
                text = self.stream.plain()
                if text:
                    self.prose.words.text(text.translate(_PLAIN_PROSE))
            token = self.stream.next()
            if token is not None:
                self._token(token)
            elif not self._footnotes():
                return

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
        elif base in _DISPLAYS:
            self.display(name, name, token.place)
        elif name == "math":
            self.inline(name, token.place)
        else:
            self.prose.flush(self.events)
            self._structure(name)

    def _structure(self, name: str) -> None:
        where = self.where
        kind = _BY_ENVIRONMENT.get(name) or _kind_of(self.macros.theorems.get(name, ""))
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
            where.theorems.append(where.begins())
        elif name == "proof":
            self.ended_theorem = False

    def _end(self, token: Token) -> None:
        name = token.text
        if name == "document":
            self.stream.stop()
        elif self.in_preamble:
            return
        elif name in _PART_LISTS:
            self.prose.flush(self.events)
            del self.where.parts[_PART_LISTS.index(name) :]
        elif name in ("enumerate", "itemize", "description"):
            self.prose.flush(self.events)
            if self.where.lists:
                self.where.lists.pop()
                self.where.items.pop()
        elif self.where.theorems and (name == "proof" or self._is_theorem(name)):
            self.prose.flush(self.events)
            self.ended_theorem = True
        elif name.removesuffix("*") in _DISPLAYS:
            self.trouble(f"\\end{{{name}}} ends what was not begun", token.place)

    def _is_theorem(self, name: str) -> bool:
        """Whether an environment holds a statement with assumptions of its own."""
        title = self.macros.theorems.get(name, name)
        return re.match(_THEOREM, title.strip(), re.IGNORECASE) is not None

    def _skip(self, name: str, place: Place) -> None:
        lexer = self.stream.lexer
        if lexer is not None:
            end = f"\\end{{{name}}}"
            found = lexer.source.text.find(end, lexer.position, lexer.end)
            if found < 0:
                self.trouble(f"\\begin{{{name}}} has no end; nothing behind it is read", place)
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

    def _bold(self, token: Token) -> None:
        """``\\textbf{Question 3.}`` at a paragraph's beginning is a heading."""
        lexer = self.stream.lexer
        if lexer is None or lexer.source.text[lexer.position : lexer.position + 1] != "{":
            return
        match = _BOLD_HEADING.match(lexer.source.text, lexer.position, min(lexer.end, lexer.position + 80))
        if match is not None and self.prose.is_blank():
            self.prose.take()
            self.where.heading(match[1], 8)
            lexer.position = match.end()

    def _paragraph_end(self, token: Token) -> None:
        self.prose.flush(self.events)

    _commands: ClassVar[dict[str, Callable[[_TexReader, Token], None]]] = {
        "[": _bracket,
        "(": _paren,
        "]": _stray,
        **dict.fromkeys(("part", "subpart", "subsubpart"), _part),
        "item": _item,
        **dict.fromkeys(("verb", "lstinline"), _verb),
        "ensuremath": _ensuremath,
        "footnote": _footnote,
        **dict.fromkeys(("textbf", "underline", "textsc"), _bold),
        "par": _paragraph_end,
    }


_PART_LISTS = ("parts", "subparts", "subsubparts")
# Braces are nothing in prose; ties and tabs are blanks.
_PLAIN_PROSE = str.maketrans({"{": None, "}": None, "~": " ", "&": " "})


def _kind_of(title: str) -> str:
    """The word of a theorem-like environment that numbers questions, empty for others."""
    match = re.match(rf"\W*({_KIND})\b", title, re.IGNORECASE)
    return match[1].lower() if match else ""


class _MarkdownReader(_Reader):
    """A Markdown document."""

    def run(self) -> None:
        text = self.source.text
        position = 0
        while (mark := next_mark(text, position)) is not None:
            self._words(text[position : mark.start])
            position = max(self._mark(mark), position + 1)
        self._words(text[position:])

    def _words(self, text: str) -> None:
        if text:
            self.prose.words.text(re.sub(r"\\(?=\W)|\$|[*`]+|(?<!\w)_+|_+(?!\w)", "", text))

    def _mark(self, mark: Mark) -> int:
        """Read what is marked; gives the offset behind it."""
        place = self.source.place(mark.start)
        if mark.kind == "par":
            self.prose.flush(self.events)
        elif mark.kind == "heading":
            self._heading(mark)
        elif mark.kind == "order":
            self._orders(mark)
        elif mark.kind == "open":
            self.trouble("<!--! has no end; nothing behind it is read", place)
        elif mark.kind == "inline":
            self.declare(self.expanded(self.source, mark.inner, mark.inner_end), place)
        elif mark.kind == "fence":
            self._fence(mark, place)
        elif mark.kind == "skip":
            self.prose.words.text(" ")
        else:
            return self._formula(mark, place)
        return mark.end

    def _heading(self, mark: Mark) -> None:
        if mark.level == 7 and not _HEADING.match(mark.text) and not _PART.match(mark.text):
            return
        self.prose.flush(self.events)
        self.prose.take()
        self.where.heading(mark.text, mark.level)

    def _orders(self, mark: Mark) -> None:
        """Each line of a comment is an order; a line that ends in a comma goes on."""
        begun, begun_at = "", 0
        offset = mark.inner
        for line in self.source.text[mark.inner : mark.inner_end].split("\n"):
            if not begun:
                begun_at = offset
            offset += len(line) + 1
            begun = f"{begun}\n{line}" if begun else line
            if line.rstrip().endswith(",") or begun.count("{") > begun.count("}"):
                continue
            if begun.strip():
                self.order(begun, self.source.place(begun_at))
            begun = ""
        if begun.strip():
            self.order(begun, self.source.place(begun_at))

    def _fence(self, mark: Mark, place: Place) -> None:
        self.prose.flush(self.events)
        stream = Stream(Lexer(self.source, mark.inner, mark.inner_end), self.macros, self.trouble, self.open)
        tokens, _ = self.gather("", place, stream)
        self.show("math", tokens, place, self.source.place(mark.end))

    def _formula(self, mark: Mark, place: Place) -> int:
        lexer = Lexer(self.source, mark.end)
        self.stream = Stream(lexer, self.macros, self.trouble, self.open)
        stopped: Token | None = None
        if mark.kind == "dollars":
            stopped = self.display("$$", "$$", place)
        elif mark.kind == "bracket":
            stopped = self.display("\\[", "\\]", place)
        elif mark.kind == "paren":
            stopped = self.inline("\\)", place)
        elif mark.kind == "begin":
            if mark.text.removesuffix("*") not in _DISPLAYS:
                return mark.end
            stopped = self.display(mark.text, mark.text, place)
        else:
            token = Token("command", mark.text, place)
            self.stream.primitive(token)
        if stopped is not None and stopped.place.file == self.source.file:
            # What stopped the formula is read again, as the beginning of what comes next.
            return self.source.offset(stopped.place)
        return lexer.position


def read_text(
    text: str, file: str = "<text>", markdown: bool = False, folder: Path | None = None, until: float = inf
) -> Document:
    """The events of a text; ``folder`` is where its includes are looked for (nowhere without it).

    ``until``: when to stop reading, by ``perf_counter``; the rest is then one event that says so.
    Raises ReadError for a text with NUL characters, or longer than MAX_BYTES.
    """
    return _read(text, file, markdown, _Folder(folder, None), None, until)


def read_document(path: Path, until: float = inf) -> Document:
    """The events of a file; one that ends in ``.md`` or ``.markdown`` is Markdown, any other LaTeX.

    ``until``: as of :func:`read_text`.
    Raises ReadError for what cannot be read at all: no file, a folder, a binary or an empty file, one
    larger than MAX_BYTES.
    """
    name = str(path)
    text, remark, place = _decoded(_bytes(path, name), name)
    if not text.removeprefix("\ufeff").strip():
        raise ReadError(f"{name}:1:1: the file is empty")
    markdown = path.suffix.lower() in (".md", ".markdown")
    return _read(text, name, markdown, _Folder(path.parent, path), Trouble(remark, place) if remark else None, until)


def _read(text: str, file: str, markdown: bool, folder: _Folder, trouble: Trouble | None, until: float) -> Document:
    zero = text.find("\0")
    if zero >= 0:
        raise ReadError(f"{Source(text, file).place(zero)}: this is no text (it has a NUL character)")
    if len(text) > MAX_BYTES:
        raise ReadError(f"{file}: the text is larger than {MAX_BYTES // 2**20} MB")
    if not text.strip():
        return Document(file, (Trouble("the text is empty", Place(file, 1, 1)),))
    text = _lines(text.removeprefix("\ufeff"))
    source = Source(without_quotes(text) if markdown else text, file)
    reader = (_MarkdownReader if markdown else _TexReader)(source, folder, until)
    if trouble is not None:
        reader.events.append(trouble)
    return reader.read()
