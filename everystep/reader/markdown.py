"""Where the mathematics stands in a Markdown text.

``next_mark`` finds the next thing that is not prose: a heading, a formula's beginning, a ``<!--! -->`` comment, code
that is to be passed over.  Each search looks at a bounded stretch or at what it then passes over: the cost is linear.
Imports nothing of the engine.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.records import dataclass

_MARK = re.compile(
    r"""
    ^[ \t>]*(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^\n`]*)$
  | (?P<par>\n[ \t]*\n)
  | ^[ ]{0,3}(?P<heading>\#{1,6})[ \t]+(?P<title>[^\n]*)$
  | ^(?P<over>[^\n]{1,200})\n(?P<under>={3,}|-{3,})[ \t]*$
  | ^[ ]{0,3}(?:\*\*|__)(?P<bold>[^\n*_]{1,80})(?:\*\*|__)[ \t]*$
  | ^[ \t>]*(?:[-*+]|\d+[.)])[ \t]+(?P<ticked>\[[ xX]\])(?=[ \t])
  | <!--(?P<comment>!?)
  | (?P<struck>~~(?=[^\s~])|<(?:del|s|strike)>)
  | \$`(?P<quoted>[^`\n]{1,2000})`\$
  | (?P<code>`+)
  | (?P<dollars>\$\$)
  | (?P<dollar>\$)
  | (?P<bracket>\\\[)
  | (?P<paren>\\\()
  | \\begin[ ]?\{(?P<begin>[A-Za-z]+\*?)\}
  | \\(?P<definition>newcommand|renewcommand|providecommand|DeclareMathOperator|def|let)(?![A-Za-z])
  | (?P<escape>\\[^A-Za-z\s])
    """,
    re.MULTILINE | re.VERBOSE,
)
# An opening dollar has something at its right, a closing one at its left and no digit behind it: a price is no formula.
_INLINE = re.compile(r"\$(?![\s$])((?:[^$\\\n]|\\.|\n(?![ \t]*\n)){1,10000}?)(?<![\s])\$(?!\d)", re.DOTALL)
_CODE_LIMIT = 2_000
_QUOTE = re.compile(r"[ ]{0,3}(?:>[ ]?)+")


@dataclass(frozen=True, slots=True)
class Mark:
    """Something from ``start`` to ``end``; its inside from ``inner`` to ``inner_end``.

    ``kind``: ``"heading"`` (``text`` is the title, ``level`` its depth), ``"par"``, ``"order"`` (a ``<!--!`` comment),
    ``"fence"`` (of mathematics), ``"inline"``, ``"skip"``, ``"to do"``; of these the end is known.  ``"dollars"``,
    ``"bracket"``, ``"paren"``, ``"begin"`` (``text`` is the environment) begin a formula behind ``end``;
    ``"definition"`` a macro's definition at ``start``; ``"open"`` is a comment without end.
    """

    kind: str
    start: int
    inner: int
    inner_end: int
    end: int
    text: str = ""
    level: int = 0


def without_quotes(text: str) -> str:
    """Blanks for the signs that begin the lines of a block quote: in a formula they would be relations."""
    if ">" not in text:
        return text
    lines = text.split("\n")
    quoted = False
    blank = True
    for index, line in enumerate(lines):
        match = _QUOTE.match(line)
        quoted = match is not None and (quoted or blank)
        if match is not None and quoted:
            lines[index] = " " * match.end() + line[match.end() :]
        blank = not line.strip()
    return "\n".join(lines)


def next_mark(text: str, position: int) -> Mark | None:
    """The next mark at or behind the position, None where only prose follows."""
    while (match := _MARK.search(text, position)) is not None:
        mark = _of(text, match)
        if mark is not None:
            return mark
        position = match.end()
    return None


def _of(text: str, match: re.Match[str]) -> Mark | None:
    kind = match.lastgroup or ""
    start, end = match.span()
    if kind in ("info", "fence"):
        return _fence(text, match)
    if kind == "par":
        # The line end stays: a heading or a fence may begin behind it.
        return Mark("par", start, end, end, max(start + 1, end - 1))
    if kind == "title":
        return Mark("heading", start, end, end, end, match["title"].rstrip("# \t"), len(match["heading"]))
    if kind == "under":
        return _underlined(match)
    if kind == "bold":
        return Mark("heading", start, end, end, end, match["bold"], 7)
    if kind == "comment":
        close = text.find("-->", end)
        if close < 0:
            return Mark("open" if match["comment"] else "skip", start, end, len(text), len(text))
        return Mark("order" if match["comment"] else "skip", start, end, close, close + 3)
    if kind == "quoted":
        return Mark("inline", start, *match.span("quoted"), end)
    if kind == "code":
        return _code(text, match)
    if kind == "ticked":  # "- [x] $A = A^\\top$" is an item as any other, "- [ ]" one that is still to do
        done = "" if match["ticked"] == "[ ]" else "x"
        return Mark("skip" if done else "to do", match.start("ticked"), *match.span("ticked"), match.end("ticked"))
    if kind == "struck":
        return _struck(text, match)
    if kind == "dollar":
        inline = _INLINE.match(text, start)
        return None if inline is None else Mark("inline", start, *inline.span(1), inline.end())
    if kind == "escape":
        return None
    return Mark(kind, start, end, end, end, match["begin"] or match["definition"] or "")


def _underlined(match: re.Match[str]) -> Mark | None:
    title = match["over"]
    if not title.strip() or "$" in title or title.lstrip().startswith(("#", "|", "-")):
        return None
    return Mark(
        "heading", match.start(), match.end(), match.end(), match.end(), title, 1 if "=" in match["under"] else 2
    )


def _fence(text: str, match: re.Match[str]) -> Mark:
    ticks = match["fence"]
    close = re.compile(rf"^[ \t>]*{re.escape(ticks[0])}{{{len(ticks)},}}[ \t]*$", re.MULTILINE)
    found = close.search(text, min(match.end() + 1, len(text)))
    inner = min(match.end() + 1, len(text))
    inner_end, end = (found.start(), found.end()) if found else (len(text), len(text))
    info = match["info"].strip().lower()
    return Mark("fence" if info in ("math", "{math}") else "skip", match.start(), inner, max(inner, inner_end), end)


def _code(text: str, match: re.Match[str]) -> Mark | None:
    ticks = match["code"]
    closing = re.compile(rf"(?<!`){ticks}(?!`)").search(text, match.end(), match.end() + _CODE_LIMIT)
    if closing is None or "\n\n" in text[match.end() : closing.start()]:
        return None
    return Mark("skip", match.start(), match.end(), closing.start(), closing.end())


def _struck(text: str, match: re.Match[str]) -> Mark | None:
    """What is struck out, ``~~as here~~`` or ``<del>as here</del>``, in one paragraph: it is no longer said."""
    sign = match["struck"]
    closing = sign if sign == "~~" else f"</{sign[1:]}"
    close = text.find(closing, match.end(), match.end() + _CODE_LIMIT)
    if close < 0 or "\n\n" in text[match.end() : close]:
        return None
    return Mark("skip", match.start(), match.end(), close, close + len(closing))
