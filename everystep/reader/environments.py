"""The layout of a display taken out of it: environments inside, systems of equations, halves of brackets.

May import this package's grammar only.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile

from everystep.reader.signs import RELATIONS
from everystep.reader.source import Token, Tokens
from everystep.reader.trees import name_of, relation_of

LAYOUT = frozenset(
    [
        "aligned",
        "align",
        "alignat",
        "alignedat",
        "split",
        "gathered",
        "gather",
        "multline",
        "multlined",
        "eqnarray",
        "flalign",
        "equation",
        "displaymath",
        "IEEEeqnarray",
        "subequations",
        "dmath",
        "array",
    ]
)


def flattened(tokens: Tokens) -> Tokens:
    """Without the layout environments around lines; matrices and cases stay, but for a system of relations."""
    systems = _systems(tokens)
    if systems:
        tokens = tuple(t for k, t in enumerate(tokens) if k not in systems)
    layout_of_lines = [t for t in tokens if t.kind == "begin" and t.text.rstrip("*") == "array"]
    keep_arrays = bool(layout_of_lines) and not _arrays_hold_relations(tokens)
    return tuple(
        t
        for t in tokens
        if not (
            t.kind in ("begin", "end")
            and t.text.rstrip("*") in LAYOUT
            and not (keep_arrays and t.text.rstrip("*") == "array")
        )
    )


def balanced(tokens: Tokens) -> Tokens:
    r"""``\right.`` closes the bracket that ``\left(`` has opened; the author has left its mate out."""
    if not any(t.kind == "command" and t.text == "right." for t in tokens):
        return tokens
    result: list[Token] = []
    opened: list[str] = []
    for token in tokens:
        name = name_of(token)
        if token.kind == "command" and token.text == "left.":
            opened.append("left.")
        elif name in ("(", "[") or (token.kind == "command" and token.text in ("{", "lbrace")):
            opened.append(name)
        elif name in (")", "]") or (token.kind == "command" and token.text in ("}", "rbrace")):
            if opened:
                opened.pop()
        elif token.kind == "command" and token.text == "right." and opened:
            closing = {"(": ")", "[": "]"}.get(opened.pop(), "")
            if closing:
                result.append(replace(token, kind="char", text=closing))
                continue
        result.append(token)
    return tuple(result)


def broken_brackets_joined(tokens: Tokens) -> Tokens:
    r"""A bracket goes on over alignment marks and line breaks: ``\Big[ & a \\ & + b \Big]``, and
    ``\left( a \right. \\ & \left. + b \right)``. Those in braces and in environments inside keep their meaning.
    """
    breaks = ("align", "newline")
    if not any(t.kind in breaks for t in tokens):
        return tokens
    kept: list[Token] = []
    for token in tokens:
        if token.kind == "command" and token.text == "left.":
            at = len(kept)
            while at and kept[at - 1].kind in (*breaks, "space"):
                at -= 1
            if at < len(kept) and (kept[at - 1].kind, kept[at - 1].text) == ("command", "right."):
                del kept[at - 1]
                continue
        kept.append(token)
    inside = [token for token, within in zip(kept, _in_brackets_alone(kept), strict=True) if not within]
    return tuple(inside) if len(inside) < len(tokens) else tokens


def _in_brackets_alone(tokens: list[Token]) -> list[bool]:
    """Of each token whether it is a break inside a bracket that is closed, and in no brace or environment in it."""
    mates: dict[int, int] = {}
    opened: list[tuple[str, int]] = []
    for k, token in enumerate(tokens):
        if token.kind in ("open", "begin") or name_of(token) in ("(", "["):
            opened.append((token.kind if token.kind in ("open", "begin") else "bracket", k))
        elif token.kind in ("close", "end") or name_of(token) in (")", "]"):
            wanted = {"close": "open", "end": "begin"}.get(token.kind, "bracket")
            if opened and opened[-1][0] == wanted:
                mates[opened.pop()[1]] = k
            elif wanted != "bracket":
                while opened and opened.pop()[0] != wanted:
                    pass
    found = [False] * len(tokens)
    stack: list[tuple[bool, int]] = []  # whether it is a bracket with a mate, and where it ends
    for k, token in enumerate(tokens):
        while stack and stack[-1][1] == k:
            stack.pop()
        breaks = token.kind in ("align", "newline") or (k > 0 and found[k - 1] and name_of(token) in ("quad", "qquad"))
        found[k] = breaks and bool(stack) and all(bracket for bracket, _ in stack)
        if k in mates:
            stack.append((token.kind not in ("open", "begin"), mates[k]))
    return found


def _systems(tokens: Tokens) -> set[int]:
    r"""Where a ``cases`` begins and ends that stands alone, or behind an arrow, and holds relations line by line."""
    found: set[int] = set()
    starts: list[tuple[int, bool]] = []
    for k, token in enumerate(tokens):
        if token.text.rstrip("*") != "cases" or token.kind not in ("begin", "end"):
            continue
        if token.kind == "begin":
            free = k == 0 or tokens[k - 1].kind in ("newline", "align", "begin")
            free = free or RELATIONS.get(name_of(tokens[k - 1]), "") in ("=>", "<=>")
            starts.append((k, free and _begins_with_a_relation(tokens, k + 1)))
        elif starts:
            start, holds = starts.pop()
            found |= {start, k} if holds else set()
    return found


def _begins_with_a_relation(tokens: Tokens, start: int) -> bool:
    """Whether the line that begins at a token is a relation: ``a = b`` or ``a &= b``, not ``a & b > 0``."""
    cell = list(takewhile(lambda k: tokens[k].kind not in ("align", "newline", "end"), range(start, len(tokens))))
    if any(relation_of(tokens, k)[0] for k in cell):
        return True
    behind = start + len(cell) + 1
    aligned = behind < len(tokens) and tokens[behind - 1].kind == "align"
    return aligned and bool(cell) and bool(relation_of(tokens, behind)[0])


def _arrays_hold_relations(tokens: Tokens) -> bool:
    inside = 0
    for k, token in enumerate(tokens):
        if token.kind in ("begin", "end") and token.text.rstrip("*") == "array":
            inside += 1 if token.kind == "begin" else -1
        elif inside and relation_of(tokens, k)[0]:
            return True
    return False
