r"""Vectors that are given by their entries alone: ``y = (y_1, \dots, y_n)^\top`` where nothing else declares y.

May import the reader's tokens and trees.
"""

from __future__ import annotations

from everystep.reader.cleaning import tokenize
from everystep.reader.marks import bracketed, plain_text
from everystep.reader.pieces import trimmed
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, latex_of, name_of, split, stripped

_TRANSPOSES = ("^\\top", "^{\\top}", "^T", "^{T}", "^\\intercal", "^\\mathsf{T}", "^{\\mathsf{T}}")
_OPENING, _CLOSING = {"(": ")", "[": "]", "lbrack": "rbrack"}, {")", "]", "rbrack"}


def set_of_vector(left: Tokens, right: Tokens, turned: bool = True) -> Tokens | None:
    r"""``y \in \mathbb{R}^n`` for ``y = (y_1, \dots, y_n)^\top``; None of any other formula.

    ``turned``: only with the transpose.  Without it a list in brackets may be a sequence.
    """
    left, right = trimmed(left), stripped(trimmed(right))
    try:
        vector = parse(left)
    except Unreadable:
        return None
    listed = _listed(right, turned)
    if vector.kind != "letter" or vector.scripts or listed is None:
        return None
    parts = [stripped(part) for part in split(listed, (",",))]
    dots = [k for k, part in enumerate(parts) if len(part) == 1 and name_of(part[0]).endswith("dots")]
    if dots != [len(parts) - 2] or not 3 <= len(parts) <= 5:
        return None
    marks = [_mark(part, vector) for k, part in enumerate(parts) if k not in dots]
    if marks[:-1] != [str(k) for k in range(1, len(marks))] or not (marks[-1].isalpha() and len(marks[-1]) == 1):
        return None
    place = left[0].place
    return (*left, *tokenize(rf"\in \mathbb{{R}}^{{{marks[-1]}}}", place.file, place.line, place.column))


def _listed(right: Tokens, turned: bool) -> Tokens | None:
    """What stands between the brackets of the whole side."""
    written = tuple(token for token in right if token.kind != "space")
    closing = next((k for k in range(len(written) - 1, 0, -1) if name_of(written[k]) in _CLOSING), 0)
    behind = latex_of(written[closing + 1 :]).replace(" ", "")
    if not written or not closing or (behind not in _TRANSPOSES if behind or turned else False):
        return None
    opened = _OPENING.get(name_of(written[0]))
    return written[1:closing] if opened == name_of(written[closing]) else None


def _mark(part: Tokens, vector: Node) -> str:
    """The index of an entry of a vector; empty where the part is none."""
    try:
        node = parse(part)
    except Unreadable:
        return ""
    if (
        (node.kind, node.text) != ("letter", vector.text)
        or node.style not in ("", vector.style)
        or len(node.scripts) != 1
    ):
        return ""
    mark, at = node.scripts[0]
    return plain_text(stripped(bracketed(at) or at)) if mark == "_" else ""
