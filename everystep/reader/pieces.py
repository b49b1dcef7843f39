"""Pieces of declarations: a list of statements cut at its commas and at its relations.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from everystep.algebra import expressions as ex
from everystep.algebra.context import Hypothesis, Relation
from everystep.algebra.expressions import Var
from everystep.reader import patterns as re
from everystep.reader.marks import name_with
from everystep.reader.signs import GREEK
from everystep.reader.source import Place, Token, Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Unreadable, depths, name_of, relation_of, split, stripped
from everystep.reader.words import folded
from everystep.records import dataclass, replace

COMPARISONS = {"=", "<=", ">=", "<", ">", "!="}
UNCLEAR = "unclear"
"""In the place of the relations of a statement that words in it may turn."""


@dataclass(frozen=True)
class Piece:
    """A statement without commas: sides and the relations between them, and the words at its end."""

    sides: tuple[Tokens, ...]
    relations: tuple[str, ...]
    words: str = ""

    @property
    def place(self) -> Place | None:
        return next((t.place for side in self.sides for t in side), None)


_JOINING = re.compile(r"\W*(and|et|with|avec|where|où|such that|tels? que|telles? que)( (also|that|aussi|que))?\W*$")
_RANGING = re.compile(r"\W*(for|pour)( (all|every|each|any|tout|toute|tous|toutes|chaque))?\W*$")
_BENDING = re.compile(
    r"\b(or|ou|not|never|unless|if|when|whenever|except|but|iff|only|otherwise|else|neither|nor|without|no longer|"
    r"non|pas|jamais|sauf|si|sinon|lorsque|quand|hormis|ni|sans|for|pour)\b"
)
"""Words between formulas that make of what they say something else than both."""
_DENYING = re.compile(r"\b(not|never|unless|except|neither|nor|without|no longer|non|pas|jamais|sauf|hormis|ni|sans)\b")


def _joined(tokens: Tokens) -> Tokens:
    """With commas in the place of words such as "and" between formulas, and of "for all" before an index."""
    joints = [k for k, t in enumerate(tokens) if t.kind == "text" or name_of(t) == "forall"]
    if not joints:
        return tokens
    levels = depths(tokens)
    result = list(tokens)
    for k in joints:
        if not 0 < k < len(tokens) - 1 or levels[k]:
            continue
        said = folded(tokens[k].text) if tokens[k].kind == "text" else "for all"
        ranged = _RANGING.match(said) is not None and _is_of_an_index(tokens[:k], stripped(tokens[k + 1 :]))
        if ranged or _JOINING.match(said):
            result[k] = replace(tokens[k], kind="char", text=",")
    return tuple(result)


def _is_of_an_index(before: Tokens, behind: Tokens) -> bool:
    """Whether a formula gives the range of an index of the one before."""
    dotted = any(name_of(t).endswith("dots") for t in behind)
    return bool(behind) and (dotted or name_of(behind[0]) in {name_of(t) for t in subscripts(before)})


def pieces_of(tokens: Tokens) -> list[Piece]:
    r"""A list with commas as statements: ``A, B \in S`` and ``i = 1, \dots, n`` stay together."""
    tokens = _joined(tokens)
    parts = [trimmed(p) for p in split(tokens, (",", ";", "quad", "qquad"))]
    parts = [p for p in parts if p]
    groups: list[list[Tokens]] = []
    k = 0
    while k < len(parts):
        part = parts[k]
        groups.append([part])
        # i = 1, \dots, n
        dots = _counted_to(part, parts, k + 1)
        if dots + 1 < len(parts) and _are_dots(parts[dots]):
            groups[-1] = [(*part, *parts[dots], *parts[dots + 1])]
            k = dots + 2
            continue
        if dots < len(parts) and dots > k + 1 and _are_dots(parts[dots]):  # t = 1, 2, \dots
            at = next(j for j in range(len(part)) if relation_of(part, j)[0])
            groups[-1] = [(*part[:at], replace(part[at], kind="command", text="geq"), *part[at + 1 :])]
            k = dots + 1
            continue
        k += 1
    result: list[Piece] = []
    waiting: list[Tokens] = []
    for (part,) in groups:
        piece = piece_of(part)
        if not piece.relations and not piece.words:
            waiting.append(piece.sides[0])
            continue
        if waiting:
            first = piece.sides[0]
            joined: list[Tokens] = [w for w in (*waiting, first) if w]
            commas: list[Token] = []
            for j, names in enumerate(joined):
                if j:
                    commas.append(_comma(names))
                commas.extend(names)
            piece = replace(piece, sides=(tuple(commas), *piece.sides[1:]))
            waiting = []
        result.append(piece)
    result += [Piece((names,), ()) for names in waiting]
    return result


def _are_dots(part: Tokens) -> bool:
    return len(part) == 1 and name_of(part[0]).endswith("dots")


def _counted_to(part: Tokens, parts: list[Tokens], k: int) -> int:
    r"""Where the numbers end that go on counting from ``t = 1``: behind 2 and 3 of ``t = 1, 2, 3, \dots, n``."""
    at = next((j for j in range(len(part)) if relation_of(part, j)[0]), len(part))
    first = "".join(t.text for t in part[at + 1 :])
    if at == len(part) or relation_of(part, at) != ("=", 1) or not first.isdigit():
        return k
    number = int(first)
    while k < len(parts) and "".join(t.text for t in parts[k]) == str(number + 1):
        number, k = number + 1, k + 1
    return k


def _comma(names: Tokens) -> Token:
    return replace(names[0], kind="char", text=",")


def trimmed(tokens: Tokens) -> Tokens:
    """Without space, relations' punctuation and final full stops at the ends."""
    result = list(stripped(tokens))
    while result and name_of(result[-1]) in (".", ",", ";", ":", "quad", "qquad", "align"):
        result.pop()
    while result and (name_of(result[0]) in (",", ";", "quad", "qquad") or result[0].kind == "align"):
        result.pop(0)
    return tuple(result)


def is_value(tokens: Tokens) -> bool:
    """Whether a formula is made of digits alone: the value of a number in one case."""
    return bool(tokens) and not any(t.text.isalpha() and (t.kind == "char" or name_of(t) in GREEK) for t in tokens)


def subscripts(tokens: Tokens) -> Tokens:
    """The tokens of all subscripts."""
    found: list[Token] = []
    inside: list[bool] = []
    below = False
    for token in tokens:
        if token.kind == "open":
            inside.append(below or inside[-1:] == [True])
            below = False
        elif token.kind == "close":
            del inside[-1:]
        elif token.kind == "sub":
            below = True
        elif token.kind != "space":
            found += [token] if below or inside[-1:] == [True] else []
            below = False
    return tuple(found)


def piece_of(tokens: Tokens) -> Piece:
    """A statement cut at its relations; words at its ends are taken off."""
    said: list[str] = []
    body = list(stripped(tokens))
    while body and body[-1].kind == "text":
        said.insert(0, body.pop().text)
    unclear = False
    while body and body[0].kind == "text":
        unclear = _DENYING.search(folded(body.pop(0).text)) is not None or unclear
    levels = depths(tuple(body))  # words in a subscript are part of a name
    between = [t.text for t, level in zip(body, levels, strict=True) if t.kind == "text" and not level]
    unclear = unclear or any(_BENDING.search(folded(text)) for text in between)
    sides, relations = cut(tuple(t for t, level in zip(body, levels, strict=True) if t.kind != "text" or level))
    if unclear and (relations or said):
        return Piece((tuple(body), ()), (UNCLEAR,), " ".join(said))
    return Piece(tuple(sides), tuple(relations), " ".join(said))


def cut(tokens: Tokens) -> tuple[list[Tokens], list[str]]:
    """The sides between the relations that stand outside of brackets."""

    sides: list[list[Token]] = [[]]
    relations: list[str] = []
    levels = depths(tokens)
    k = 0
    while k < len(tokens):
        found, width = relation_of(tokens, k) if levels[k] == 0 else ("", 0)
        if found:
            relations.append(found)
            sides.append([])
            k += width
        else:
            sides[-1].append(tokens[k])
            k += 1
    return [tuple(s) for s in sides], relations


def names_in(hypothesis: Hypothesis) -> set[str]:
    """The names that a hypothesis speaks of."""
    sides = (hypothesis.left, hypothesis.right) if isinstance(hypothesis, Relation) else (hypothesis.subject,)
    return {node.name for side in sides for node in ex.walk(side) if isinstance(node, (Var, ex.Member))}


def without_index(name: Tokens) -> Tokens:
    """``x`` of ``x_i``, the member at hand of a family; of a name without an index, the name."""
    mark = next((k for k, t in enumerate(name) if t.kind in ("sub", "sup")), len(name))
    return name[:mark]


def random_names(tokens: Tokens) -> frozenset[str]:
    r"""The names in a list, each as it is declared: ``\hat f``, ``\varepsilon``, ``x_1``; of members the family."""
    end = next((k for k in range(len(tokens)) if relation_of(tokens, k)[0]), len(tokens))
    found: set[str] = set()
    for name in split(trimmed(tokens[:end]), (",",)):
        try:
            node = parse(name)
        except Unreadable:
            continue
        while node.kind == "group" and node.parts:
            node = node.parts[0]
        if node.kind == "letter":
            found |= {node.text, name_with(node.text, node.scripts) or node.text}
    return frozenset(found)


def letters_of(name: Tokens) -> list[str]:
    """The names that a subject is written with; none for one made of several."""
    letters = [name_of(t) for t in name if name_of(t).isalpha() and t.kind in ("char", "command")]
    kept = [letter for letter in letters if len(letter) == 1 or letter in GREEK]
    return kept if len(kept) == 1 else []


def letters_in(names: Tokens) -> set[str]:
    """The names of a list of bare letters."""
    return {letter for name in split(names, (",",)) for letter in letters_of(name)}


def takes_several_values(pieces: list[Piece]) -> bool:
    """Whether a list gives a name several values, and so none: ``a = 0, 2``."""
    return any(not p.relations and is_value(p.sides[0]) for p in pieces)
