"""Where the displays of a LaTeX or Markdown source stand, and which steps belong to which.

A light scan for those who put something beside a display; it expands no macros.  May import the report's data types.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from everystep.documents.result import StepReport


@dataclass(frozen=True)
class Span:
    """A display: from ``start`` to ``end``; ``boxed`` where a float cannot leave what stands around it."""

    start: int
    end: int
    boxed: bool = False


DISPLAYS = (
    *("equation", "align", "alignat", "gather", "multline", "eqnarray", "flalign", "displaymath", "math"),
    *("xalignat", "xxalignat", "dmath", "dgroup", "IEEEeqnarray"),
)
_OPEN_TEXT = frozenset(
    (
        *("document", "abstract", "appendix", "itemize", "enumerate", "description", "list", "trivlist"),
        *("quote", "quotation", "verse", "center", "flushleft", "flushright", "sloppypar", "small", "em"),
        *("proof", "theorem", "lemma", "proposition", "corollary", "definition", "remark", "example", "claim"),
        *("exercise", "subequations", "questions", "parts", "subparts"),
    )
)
_VERBATIM = ("verbatim", "Verbatim", "lstlisting", "minted", "comment", "alltt", "filecontents")
_TEX = re.compile(
    r"(?P<verbatim>\\begin\s*\{(?P<v>(?:" + "|".join(_VERBATIM) + r")\*?)\}.*?(?:\\end\s*\{(?P=v)\}|\Z))"
    r"|(?P<verb>\\verb\*?(?P<q>[^A-Za-z\s*])[^\n]*?(?P=q))"
    r"|(?P<comment>%[^\n]*)"
    r"|\\begin\s*\{(?P<begin>[^{}\n]*)\}"
    r"|\\end\s*\{(?P<end>[^{}\n]*)\}"
    r"|(?P<open>\\\[)|(?P<close>\\\])|(?P<dollars>\$\$)"
    r"|\\.|(?P<brace>[{}])",
    re.DOTALL,
)


def tex_displays(text: str, start: int = 0) -> Iterator[Span]:
    """The outermost displays behind ``start``, in order; what is commented out or verbatim holds none."""
    stack: list[str] = []
    depth = 0
    opened: tuple[int, str, bool] | None = None
    for match in _TEX.finditer(text, start):
        kind = match.lastgroup
        if match["begin"] is not None:
            name = match["begin"].rstrip("*")
            if opened is None and name in DISPLAYS:
                opened = (match.start(), match["begin"], depth > 0 or not _OPEN_TEXT.issuperset(stack))
            elif opened is None:
                stack.append(name)
        elif match["end"] is not None:
            if opened is not None and opened[1] == match["end"]:
                yield Span(opened[0], match.end(), opened[2])
                opened = None
            elif opened is None and match["end"].rstrip("*") in stack:
                while stack.pop() != match["end"].rstrip("*"):
                    pass
        elif match["brace"] is not None:
            depth = max(0, depth + (1 if match["brace"] == "{" else -1)) if opened is None else depth
        elif kind in ("open", "dollars") and opened is None:
            closing = r"\]" if kind == "open" else "$$"
            opened = (match.start(), closing, depth > 0 or not _OPEN_TEXT.issuperset(stack))
        elif kind in ("close", "dollars") and opened is not None and opened[1] == match.group():
            yield Span(opened[0], match.end(), opened[2])
            opened = None


_FENCE = re.compile(
    r"^[ \t]*(?P<fence>```+|~~~+)[ \t]*(?P<name>[^\n`]*)\n.*?(?:^[ \t]*(?P=fence)[ \t]*$|\Z)", re.MULTILINE | re.DOTALL
)
_MARKDOWN = re.compile(
    r"(?P<comment><!--.*?(?:-->|\Z))|(?P<code>(?P<tick>`+)(?!`)(?:[^\n]|\n(?!\s*\n))*?(?<!`)(?P=tick)(?!`))|\\\\.|(?P<escape>\\\$)"
    r"|(?P<dollars>\$\$.*?(?:\$\$|\Z))|(?P<bracket>\\\[.*?(?:\\\]|\Z))"
    r"|\\begin\s*\{(?P<begin>(?:" + "|".join(DISPLAYS) + r")\*?)\}.*?(?:\\end\s*\{(?P=begin)\}|\Z)",
    re.DOTALL,
)


def markdown_displays(text: str) -> Iterator[Span]:
    """The displays of a Markdown text, ``math`` fences among them; other fences hold none."""
    here = 0
    for fence in (*_FENCE.finditer(text), None):
        end = len(text) if fence is None else fence.start()
        for match in _MARKDOWN.finditer(text, here, end):
            if match["dollars"] or match["bracket"] or match["begin"]:
                yield Span(match.start(), match.end())
        if fence is not None:
            here = fence.end()
            if fence["name"].strip().lower() == "math":
                yield Span(fence.start(), fence.end())


def _offset(starts: Sequence[int], line: int, column: int, size: int) -> int:
    """The position of a place in the text, however far the place is out."""
    first = starts[min(max(line, 1), len(starts)) - 1]
    return min(first + max(column, 1) - 1, size)


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]


def grouped(
    text: str, spans: Sequence[Span], steps: Sequence[StepReport], first: int
) -> Iterator[tuple[Span, list[StepReport]]]:
    """The steps of each display.  What stands in no display that is known belongs to its paragraph."""
    starts = _line_starts(text)
    found: dict[Span, list[StepReport]] = {}
    for step in steps:
        place = _offset(starts, step.place.line, step.place.column, len(text))
        number = bisect_right(spans, place, key=lambda span: span.start) - 1
        inside = number >= 0 and place <= spans[number].end
        span = spans[number] if inside else _paragraph(text, place, first)
        found.setdefault(span, []).append(step)
    yield from sorted(found.items(), key=lambda item: item[0].start)


_BLANK = re.compile(r"\n[ \t\r]*(?=\n)")


def _paragraph(text: str, place: int, first: int) -> Span:
    """From the blank line above to the one below: neither is inside of a display."""
    start = first
    line = text.rfind("\n", first, place)
    while line >= 0:
        above = text.rfind("\n", first, line)
        if above >= 0 and not text[above:line].strip():
            start = line + 1
            break
        line = above
    below = _BLANK.search(text, place)
    return Span(start, max(first, len(text) if below is None else below.start()), True)
