r"""Brackets and products to which a text gives a meaning of its own: ``\langle x, y \rangle := x^\top M y``.

Norms and inner products with one or two letters inside are functions of these; a sign between two letters that gets a
meaning of its own is not read.  May import this package.
"""

from __future__ import annotations

from typing import NamedTuple

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Var
from everystep.algebra.shapes import ONE, size
from everystep.reader import patterns as re
from everystep.reader.entities import DefinedFunction, Notation, Symbolic
from everystep.reader.marks import key_of_bracket, plain_text
from everystep.reader.pieces import trimmed
from everystep.reader.prose import Sentence
from everystep.reader.scope import Scope
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, name_of, split
from everystep.reader.values import Values
from everystep.reader.words import plain

_NAMED = re.compile(
    r"\b(?:use|uses|using|with|equip\w*|endow\w*|consider|under|in|for|define|defines|introduce|work\w*|choose|take|fix|"
    r"munit|munissons|muni|utilis\w+|avec|pour|considerons|definissons|choisissons)\b[^$.;:]*"
    r"\b(?:(?:inner|scalar|dot) product|(?:semi-?)?norm|produit scalaire|(?:semi-?)?norme)"
    r"(?: (?:is |est )?(?:defined|given|induced|defini|definie|donne|donnee) (?:by|as|par))?\W*$"
)
_WRITES = re.compile(
    r"\b(?:write|writes|denote|denotes|define|defines|introduce|set|put|let|shorthand|abbreviate|notons|definissons|"
    r"posons|on (?:note|pose|definit|ecrit)|ecrivons)\b[^$]*$"
)
_CLAIMS = re.compile(
    r"\b(?:show|prove|verify|check|that|since|because|hence|thus|so|therefore|recall|note|where|has|have|with|if|suppose|"
    r"assume|satisf\w+|que|car|donc|puisque|ainsi|si|suppos\w+|verifi\w+|montr\w+|minimi\w*|maximi\w*)\b[^$]*$"
)


class Head(NamedTuple):
    """What the left side of a definition writes: the key of the notation, its letters, whether it is squared."""

    key: str
    letters: tuple[str, ...]
    squared: bool = False


def head_of(side: Tokens, body: Tokens, scope: Scope) -> Head | None:
    r"""The notation that ``side = body`` gives a meaning to, for whatever stands in the place of its letters: the body
    speaks of all of them.
    """
    try:
        node = parse(trimmed(side), scope.words())
        found = _head(node)
    except Unreadable:
        return None
    written = {name_of(token) for token in body}
    if found is None or len(set(found.letters)) < len(found.letters) or not set(found.letters) <= written:
        return None
    return found


def _head(node: Node) -> Head | None:
    if node.kind == "group" and node.text in ("<", "‖", "|"):
        pieces = split(node.tokens, (",", "|", "mid")) if node.text == "<" else [node.tokens]
        above = [plain_text(t) for mark, t in node.scripts if mark == "^"]
        letters = _letters([parse(trimmed(piece)) for piece in pieces])
        if len(letters) == (2 if node.text == "<" else 1) and above in ([], ["2"]):
            return Head(key_of_bracket(node), letters, bool(above))
    two = len(node.parts) == 2 and not node.scripts
    if node.kind == "tensor" and two:
        letters = _letters(node.parts)
        return Head(node.text, letters) if len(letters) == 2 else None
    if node.kind == "product" and two and node.separators[1]:
        letters = _letters(node.parts)
        return Head(node.separators[1], letters) if len(letters) == 2 else None
    return None


def _letters(parts: list[Node]) -> tuple[str, ...]:
    """The letters that parts are; none where one of them is something else."""
    plainly = all(part.kind == "letter" and not part.scripts for part in parts)
    return tuple(part.text for part in parts) if plainly else ()


def gives_notation(sentence: Sentence) -> bool:
    """Whether the words before ``\\|x\\| = ...`` give it this meaning: "with the norm", "we write"."""
    before = plain(sentence.before)
    clause = re.split(r"[.;:$]", before)[-1]
    if _NAMED.search(clause):
        return re.search(r"\b(?:show|prove|verify|check|montr\w+|has|is not|isn't)\b", clause) is None
    return _WRITES.search(clause) is not None and _CLAIMS.search(clause) is None


def define_notation(scope: Scope, head: Head, side: Tokens, right: Tokens) -> None:
    """Give a notation its meaning, if that is not the one that it has anyway."""
    if _agrees(scope, head, side, right):
        scope.notation.pop(head.key, None)
        return
    body = Values(scope).tree(right)
    is_bracket = head.key[0] in "<‖|"
    function = DefinedFunction(f"the bracket {head.key}", head.letters, body) if is_bracket else None
    scope.notation[head.key] = Notation(function, head.squared)


def _agrees(scope: Scope, head: Head, side: Tokens, right: Tokens) -> bool:
    """Whether the meaning is plainly the usual one: ``x^T y``, the root of ``x^T x``."""
    scope = scope.copy()
    scope.notation.pop(head.key, None)
    reader = Values(scope)
    known = [scope.find(letter) for letter in head.letters]
    shapes = [e.value.shape if isinstance(e, Symbolic) else (size("n"), ONE) for e in known]
    reader.locals = {letter: Var(letter, *shape) for letter, shape in zip(head.letters, shapes, strict=True)}
    try:
        left, body = (reader.finished(reader.read(trimmed(formula))) for formula in (side, right))
    except (Unreadable, ValueError):
        return False
    return body == left or body == _spelt_out(left)


def _spelt_out(value: Expression) -> Expression | None:
    """The Euclidean norm of a vector, or its square, by its entries' squares."""
    norm = value.operands[0] if isinstance(value, ex.Pow) else value
    if not isinstance(norm, ex.Norm) or norm.kind != "2" or norm.operands[0].shape[1] != ONE:
        return None
    square = ex.Mul(ex.Transpose(norm.operands[0]), norm.operands[0])
    return square if isinstance(value, ex.Pow) else ex.Apply("sqrt", square)
