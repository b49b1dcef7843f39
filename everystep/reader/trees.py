"""Tokens cut and joined, and the nodes of the trees that the grammar makes of them.

May import ``everystep.reader.source`` and the tables of the grammar.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from everystep.reader.signs import CLOSERS, OPENERS, RELATIONS, VARIANTS, changes_relation
from everystep.reader.source import Place, Token, Tokens
from everystep.records import dataclass, field

_SPACED = frozenset(("begin", "end"))
MOST_ABOVE, MOST_BELOW = 400, 30
r"""Tokens of a relation with something above it, ``\overset{...}{=}``, and of the relation in it."""


class Unreadable(Exception):
    """A piece of text that cannot be read, and where it stands."""

    def __init__(self, message: str, place: Place | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place


@dataclass(slots=True)
class Node:
    r"""A node of the tree.

    ``kind``: ``"number"``, ``"letter"`` (``text`` is the name: ``x``, ``alpha``, ``bar x``), ``"word"``, ``"sign"`` (a
    command such as ``nabla``, ``partial``, ``infty``), ``"group"`` (``text`` is the opening bracket, ``tokens`` what
    is inside), ``"frac"``, ``"sqrt"``, ``"sum"`` (``text`` holds the signs), ``"tensor"`` (``text`` is the operator),
    ``"product"`` (``separators`` stand before the factors), ``"matrix"`` (``rows``), ``"cases"``, ``"text"``.
    ``scripts`` are pairs of ``"_"``, ``"^"`` or ``"'"`` and the tokens of the script, in the author's order.
    """

    kind: str
    text: str = ""
    parts: list[Node] = field(default_factory=list)
    place: Place | None = None
    style: str = ""
    scripts: list[tuple[str, Tokens]] = field(default_factory=list)
    tokens: Tokens = ()
    separators: list[str] = field(default_factory=list)
    rows: list[list[Tokens]] = field(default_factory=list)

    def bare(self) -> Node:
        """The node without its scripts."""
        return Node(
            self.kind, self.text, self.parts, self.place, self.style, [], self.tokens, self.separators, self.rows
        )


def name_of(token: Token) -> str:
    """What a token is called in the tables: ``\\varepsilon`` is epsilon, and the escaped bar is ``\\|``."""
    if token.kind == "command":
        return "\\|" if token.text == "|" else VARIANTS.get(token.text, token.text)
    return token.text if token.kind == "char" else ""


def relation_of(tokens: Tokens, at: int) -> tuple[str, int]:
    """The relation that begins at a token and how many tokens it takes; ``("", 0)`` where there is none."""
    token = tokens[at]
    if token.kind not in ("char", "command"):
        return "", 0
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if token.kind == "char" and token.text == ":" and following is not None and following.text == "=":
        return ":=", 2
    if token.kind == "char" and token.text == "=" and following is not None and following.text == ":":
        return ":=", 2
    if token.kind == "command" and token.text in ("stackrel", "overset"):
        near = tokens[at : at + MOST_ABOVE]
        end = _argument_end(near, 1)
        last = _argument_end(near, end)
        if last - end > MOST_BELOW or last == len(near) < len(tokens) - at:
            return "", 0
        for k in range(end, last):
            found = relation_of(near, k)[0]
            if found:
                return ("noted" if changes_relation(latex_of(near[1:end])) else found), last
        return "", 0
    if token.kind == "command" and token.text in ("xrightarrow", "xlongrightarrow"):
        note, width = arrow_note(tokens, at)
        return ("to" if any(relation_of(note, k)[0] == "to" for k in range(len(note))) else "unjudged"), width
    if token.kind == "command" and token.text == "not" and following is not None:
        found = RELATIONS.get(name_of(following), "")
        return ("!=" if found == "=" else "notin" if found == "in" else "", 2 if found else 0)
    name = name_of(token)
    if name in ("{", "}"):
        return "", 0
    found = RELATIONS.get(name, "")
    if found in ("<", ">") and following is not None and following.text == "=" and token.kind == "char":
        return found + "=", 2
    return (found, 1) if found else ("", 0)


def note_above(tokens: Tokens) -> str:
    r"""What stands over a relation of a formula, ``\overset{iid}{\sim}``, as it is written; "" where nothing does."""
    for at, token in enumerate(tokens):
        if token.kind == "command" and token.text in ("stackrel", "overset") and relation_of(tokens, at)[0]:
            return latex_of(tokens[at + 1 : _argument_end(tokens[at : at + MOST_ABOVE], 1) + at])
    return ""


def arrow_note(tokens: Tokens, at: int) -> tuple[Tokens, int]:
    r"""What stands under and over an arrow that begins at a token, ``\xrightarrow[h \to 0]{}``, and its width."""
    end = at + 1
    note: Tokens = ()
    if end < len(tokens) and name_of(tokens[end]) == "[":
        close = next((k for k in range(end, len(tokens)) if name_of(tokens[k]) == "]"), end)
        note, end = tokens[end + 1 : close], close + 1
    if end < len(tokens) and tokens[end].kind == "open":
        last = _argument_end(tokens, end)
        note, end = (*note, *tokens[end + 1 : last - 1]), last
    return note, end - at


def _argument_end(tokens: Tokens, at: int) -> int:
    """Where the argument that begins at a token ends: behind the token, or behind the closing brace."""
    while at < len(tokens) and tokens[at].kind == "space":
        at += 1
    if at >= len(tokens):
        return at
    if tokens[at].kind != "open":
        return at + 1
    depth = 0
    for k in range(at, len(tokens)):
        depth += (tokens[k].kind == "open") - (tokens[k].kind == "close")
        if depth == 0:
            return k + 1
    return len(tokens)


def stripped(tokens: Iterable[Token]) -> Tokens:
    """The tokens that are not space."""
    return tuple(t for t in tokens if t.kind != "space")


def without_empty_braces(tokens: Tokens) -> Tokens:
    """Without ``{}`` that serves spacing only."""
    result: list[Token] = []
    k = 0
    while k < len(tokens):
        empty = tokens[k].kind == "open" and k + 1 < len(tokens) and tokens[k + 1].kind == "close"
        if empty and not (result and result[-1].kind in ("sub", "sup", "command", "close")):
            k += 2
            continue
        result.append(tokens[k])
        k += 1
    return tuple(result)


_ENDS = {"close": "open", "end": "begin"}


def depths(tokens: Tokens) -> list[int]:
    """How deep in braces, brackets and environments each token stands; a bracket itself counts as outside."""
    result: list[int] = []
    stack: list[str] = []
    counts = {"open": 0, "begin": 0, "bracket": 0}  # of what is on the stack
    for token in tokens:
        kind, name = token.kind, name_of(token)
        brace = token.text if kind == "command" and token.text in ("{", "}") else ""
        if kind in _ENDS or name in CLOSERS or brace == "}":
            wanted = _ENDS.get(kind, "bracket")
            left = ""
            while counts[wanted] and left != wanted:
                left = stack.pop()
                counts[left] -= 1
        result.append(len(stack))
        if kind in ("open", "begin") or name in OPENERS or brace == "{":
            stack.append(kind if kind in ("open", "begin") else "bracket")
            counts[stack[-1]] += 1
    return result


def environments_match(tokens: Tokens) -> bool:
    r"""Whether each ``\begin`` has its ``\end`` and none crosses another."""
    stack: list[str] = []
    for token in tokens:
        if token.kind == "begin":
            stack.append(token.text)
        elif token.kind == "end" and (not stack or stack.pop() != token.text):
            return False
    return not stack


def split(tokens: Tokens, separators: Collection[str]) -> list[Tokens]:
    """The pieces between separators (names of tokens) that stand outside of all brackets."""
    pieces: list[list[Token]] = [[]]
    for token, depth in zip(tokens, depths(tokens), strict=True):
        if depth == 0 and (name_of(token) in separators or token.kind in separators):
            pieces.append([])
        else:
            pieces[-1].append(token)
    return [tuple(p) for p in pieces]


def latex_of(tokens: Tokens) -> str:
    """The tokens as LaTeX again, with single spaces."""
    parts: list[str] = []
    for token in tokens:
        match token.kind:
            case "command":
                letters = token.text[-1:].isalpha()
                parts.append(f"\\{token.text} " if letters else f"\\{token.text}")
            case "open":
                parts.append("{")
            case "close":
                parts.append("}")
            case "sub":
                parts.append("_")
            case "sup":
                parts.append("^")
            case "align":
                parts.append("& ")
            case "newline":
                parts.append("\\\\ ")
            case "space":
                parts.append(" ")
            case "begin" | "end":
                parts.append(f"\\{token.kind}{{{token.text}}} ")
            case "text":
                parts.append(f"\\text{{{token.text}}}")
            case _:
                parts.append(token.text)
    text = "".join(parts)
    for mark in ("{", "}", "_", "^", ")", "]", ","):
        text = text.replace(f" {mark}", mark)
    return " ".join(text.split())
