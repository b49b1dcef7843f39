"""What a formula that words speak of is: one name, a list of names, a member of a list, a pair of sizes.

May import this package's grammar only.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.reader.cleaning import tokenize
from everystep.reader.pieces import trimmed
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Unreadable, name_of, relation_of, split, stripped

LINK = re.compile(r"^\W*(?:and|et|or)?\W*$")
"""Words between two formulas that join them to one list."""


def shape_of(tokens: Tokens) -> tuple[Tokens, Tokens] | None:
    r"""The two sizes of ``n \times n``; None where a formula is something else."""
    pieces = split(stripped(trimmed(tokens)), ("times", "×"))
    if len(pieces) != 2 or not all(is_size(p) for p in pieces):
        return None
    return pieces[0], pieces[1]


def is_size(tokens: Tokens) -> bool:
    """Whether a formula may be a size: letters, digits, sums and indices, and not many."""
    if not tokens or len(tokens) > 6 or any(relation_of(tokens, k)[0] for k in range(len(tokens))):
        return False
    if not all(t.kind in ("char", "sub", "open", "close") for t in tokens):
        return False
    return all(t.text.isalnum() or t.text in "+-_{}()" for t in tokens)


def is_dotted(tokens: Tokens) -> bool:
    r"""Whether a formula is a list such as ``X_1, \dots, X_n``."""
    parts = [trimmed(part) for part in split(trimmed(tokens), (",",))]
    dots = [k for k, part in enumerate(parts) if len(part) == 1 and name_of(part[0]).endswith("dots")]
    if len(dots) != 1 or dots[0] == 0 or dots[0] != len(parts) - 2:
        return False
    return not any(relation_of(tokens, k)[0] for k in range(len(tokens))) and len(parts[0]) > 2


def general_member(tokens: Tokens) -> Tokens:
    r"""``x_i`` of the list ``x_1, \dots, x_n``, ``x^{(i)}`` of ``x^{(1)}, \dots, x^{(n)}``; () without an index."""
    mark = next((k for k, t in enumerate(tokens) if t.kind in ("sub", "sup")), None)
    if mark is None:
        return ()
    place = tokens[mark].place
    at = "_i" if tokens[mark].kind == "sub" else "^{(i)}"
    return (*tokens[:mark], *tokenize(at, place.file, place.line, place.column))


def is_names(tokens: Tokens) -> bool:
    """Whether a formula is one name, or a list of names."""
    tokens = trimmed(tokens)
    if not tokens or any(relation_of(tokens, k)[0] for k in range(len(tokens))):
        return False
    for name in split(tokens, (",",)):
        try:
            node = parse(trimmed(name))
        except Unreadable:
            return False
        if node.kind != "letter" and not (node.kind == "group" and node.text == "" and not node.scripts):
            return False
    return True


def place_of(tokens: Tokens) -> tuple[str, int, int]:
    """The file, the line and the column where a formula begins."""
    place = tokens[0].place
    return place.file, place.line, place.column


def members(formula: Tokens) -> Tokens:
    r"""The names in front of a membership or a sign: x, y of ``x, y \in \mathbb{R}^n``; a formula without one whole."""
    formula = trimmed(formula)
    at = next((k for k in range(len(formula)) if relation_of(formula, k)[0]), len(formula))
    kinds = ("in", ">", ">=", "succ", "succeq")
    return formula[:at] if at == len(formula) or relation_of(formula, at)[0] in kinds else ()
