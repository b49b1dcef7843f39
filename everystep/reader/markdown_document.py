"""A Markdown document as events.

May import what documents have in common.
"""

from __future__ import annotations

import re
from time import perf_counter

from everystep.reader.arguments import OutOfTime
from everystep.reader.events import Reader
from everystep.reader.formulas import DISPLAYS
from everystep.reader.headings import HEADING, PART
from everystep.reader.macros import Stream
from everystep.reader.markdown import Mark, next_mark
from everystep.reader.source import Place, Token
from everystep.reader.tokens import Lexer


class MarkdownReader(Reader):
    """A Markdown document."""

    def run(self) -> None:
        text = self.source.text
        position = 0
        while (mark := next_mark(text, position)) is not None:
            self._words(text[position : mark.start])
            position = max(self._mark(mark), position + 1)
            if perf_counter() > self.until:
                raise OutOfTime(self.source.place(position))
        self._words(text[position:])

    def _words(self, text: str) -> None:
        if text:
            self.prose.words.text(re.sub(r"\\(?=\W)|\$|[*`]+|(?<!\w)_+|_+(?!\w)", "", text))

    def _mark(self, mark: Mark) -> int:
        """Read what is marked; gives the offset behind it."""
        place = self.source.place(mark.start)
        if mark.kind == "par":
            self.prose.flush(self.events)
            self.prose.setting = ""
        elif mark.kind == "heading":
            self._heading(mark)
        elif mark.kind == "order":
            self._orders(mark)
        elif mark.kind == "open":
            self.trouble("<!--! has no end; what stands behind it is not read", place)
        elif mark.kind == "inline":
            if self._is_in_a_table(mark.start):
                self.prose.setting = "table"
            self.declare(self.expanded(self.source, mark.inner, mark.inner_end), place)
        elif mark.kind == "fence":
            self._fence(mark, place)
        elif mark.kind == "skip":
            self.prose.words.text(" ")
        elif mark.kind == "to do":  # what an item that is not ticked says may hold or not
            self.prose.words.text(" perhaps ")
        else:
            return self._formula(mark, place)
        return mark.end

    def _is_in_a_table(self, offset: int) -> bool:
        """Whether the line of an offset is a row of a table."""
        text = self.source.text
        return text[text.rfind("\n", 0, offset) + 1 : offset + 1].lstrip(" >").startswith("|")

    def _heading(self, mark: Mark) -> None:
        if mark.level == 7 and not HEADING.match(mark.text) and not PART.match(mark.text):
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
            if mark.text.removesuffix("*") not in DISPLAYS:
                return mark.end
            stopped = self.display(mark.text, mark.text, place)
        else:
            token = Token("command", mark.text, place)
            self.stream.primitive(token)
        if stopped is not None and stopped.place.file == self.source.file:
            # What stopped the formula is read again, as the beginning of what comes next.
            return self.source.offset(stopped.place)
        return lexer.position
