r"""Extremes over vectors: ``\max_{\|x\| = 1} x^\top A x``, the largest eigenvalue of A; that of ``\|Ax\|``, its norm.

Of other suprema and infima nothing is read.  May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from everystep.algebra import expressions as ex
from everystep.algebra.context import Predicate
from everystep.algebra.expressions import Expression, Num, Var
from everystep.algebra.shapes import ONE
from everystep.reader.entities import Symbolic
from everystep.reader.marks import plain_text
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, name_of, relation_of, stripped

if TYPE_CHECKING:
    from everystep.reader.functions import Functions

SYMMETRIC = ("symmetric", "positive definite", "positive semidefinite", "diagonal")


def over_vectors(reader: Functions, node: Node, below: Tokens, body: Node) -> Expression | None:
    """The value of an extreme over vectors; None where what stands below is no set of vectors; raises Unreadable."""
    found = _domain(below)
    if found is None:
        return None
    letter, domain = found
    entity = reader.scope.find(letter)
    if entity is None and len(stripped(below)) == 1:
        return None  # an index
    if entity is not None and not (isinstance(entity, Symbolic) and entity.value.shape[1] == ONE):
        return None
    if entity is not None and entity.value.is_number_shaped:
        return None
    if reader.side is None or _count(reader.side, letter) != _count(body, letter) + _in_tokens(below, letter):
        raise Unreadable(f"how far does {node.text} reach? write it in brackets", node.place)
    x = entity.value if entity is not None else Var(letter, reader.unknown(), 1)
    with reader.reading(letter, x):
        value = reader.resolved(reader.value(body))
    x = next((n for n in ex.walk(value) if isinstance(n, Var) and n.name == x.name), x)
    largest = node.text in ("max", "sup")
    result = _extreme(reader, value, x, domain, largest)
    if result is None:
        raise Unreadable(f"{node.text} over vectors is read of x^T A x and of ||Ax|| for ||x|| = 1 only", node.place)
    return result


def _domain(below: Tokens) -> tuple[str, str] | None:
    r"""The letter, and where it runs: ``"sphere"``, ``"ball"``, or ``"nonzero"``; None where it is no vector."""
    said = stripped(below)
    marks = [(k, *relation_of(said, k)) for k in range(len(said)) if relation_of(said, k)[0]]
    if not marks and len(said) == 1 and name_of(said[0]).isalpha():
        return name_of(said[0]), "nonzero"
    if len(marks) != 1:
        return None
    at, op, width = marks[0]
    left, right = said[:at], plain_text(said[at + width :])
    if len(left) == 1 and (op, right) == ("!=", "0"):
        return name_of(left[0]), "nonzero"
    if right != "1" or op not in ("=", "<="):
        return None
    try:
        node = parse(left)
    except Unreadable:
        return None
    euclidean = all(plain_text(t) == "2" for _, t in node.scripts)
    if node.kind == "group" and node.text == "‖" and euclidean and len(stripped(node.tokens)) == 1:
        return name_of(stripped(node.tokens)[0]), "sphere" if op == "=" else "ball"
    return None


def _extreme(reader: Functions, value: Expression, x: Var, domain: str, largest: bool) -> Expression | None:
    """The extreme of a value over a set of vectors x; None where it is not known."""
    if isinstance(value, ex.Div):
        top, bottom = value.operands
        if bottom == ex.Norm(x) and isinstance(top, ex.Norm):
            return _extreme(reader, top, x, "sphere", largest)
        if bottom in (ex.Mul(ex.Transpose(x), x), ex.Pow(ex.Norm(x), Num(2))) and not isinstance(top, ex.Norm):
            return _extreme(reader, top, x, "sphere", largest)
        return None
    if domain == "nonzero" or (domain == "ball" and not largest):
        return None
    if isinstance(value, ex.Norm) and value.kind == "2":
        inside = _applied_to(reader, value.operands[0], x)
        if inside is None:
            return None
        return ex.Norm(inside) if largest else ex.Apply("sqrt", ex.EigMin(ex.Mul(ex.Transpose(inside), inside)))
    if isinstance(value, ex.Pow) and isinstance(value.operands[0], ex.Norm) and value.operands[1] == Num(2):
        inside = _applied_to(reader, value.operands[0].operands[0], x)
        if inside is None or value.operands[0].kind != "2":
            return None
        return (ex.EigMax if largest else ex.EigMin)(ex.Mul(ex.Transpose(inside), inside))
    factors = value.operands if isinstance(value, ex.Mul) else ()
    if domain != "sphere" or len(factors) < 3 or factors[0] != ex.Transpose(x):
        return None
    inside = _applied_to(reader, ex.Mul(*factors[1:]), x)
    if inside is None:
        return None
    known = [h.subject for h in reader.scope.context.hypotheses if isinstance(h, Predicate) and h.kind in SYMMETRIC]
    gram = isinstance(inside, ex.Mul) and len(inside.operands) == 2
    if inside not in known and not (gram and inside.operands[0] == ex.Transpose(inside.operands[1])):
        inside = ex.Div(ex.Add(inside, ex.Transpose(inside)), Num(2))
    return (ex.EigMax if largest else ex.EigMin)(inside)


def _applied_to(reader: Functions, value: Expression, x: Var) -> Expression | None:
    """The matrix A of ``A x``, which does not depend on x; None where there is none."""
    if not isinstance(value, ex.Mul) or value.operands[-1] != x:
        return None
    factors = value.operands[:-1]
    matrix = factors[0] if len(factors) == 1 else ex.Mul(*factors)
    shape = reader.shape(matrix)
    if shape is None or shape[1] != x.shape[0] or x.name in reader.leaves(matrix):
        return None
    return matrix


def _in_tokens(tokens: Tokens, letter: str) -> int:
    return sum(name_of(t) == letter for t in tokens)


def _count(node: Node, letter: str) -> int:
    """How often a letter is written in a tree."""
    own = int(node.kind == "letter" and node.text == letter)
    inside = sum(_count(part, letter) for part in node.parts) if node.parts else _in_tokens(node.tokens, letter)
    cells: Sequence[Tokens] = [cell for row in node.rows for cell in row]
    return own + inside + sum(_in_tokens(t, letter) for t in (*cells, *(t for _, t in node.scripts)))
