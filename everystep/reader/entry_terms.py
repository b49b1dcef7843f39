r"""Names that a definition by entries adds and nothing declares: the bias b of ``a_j = \sum_i W_{ji} x_i + b_j``.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Var
from everystep.algebra.shapes import ONE, ShapeError
from everystep.reader.components import upper
from everystep.reader.entities import FamilyName, Symbolic
from everystep.reader.marks import is_unknown, name_with, plain_text
from everystep.reader.scope import Scope
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, split, stripped
from everystep.reader.values import Values


def declare_terms(scope: Scope, letter: str, right: Tokens) -> None:
    """Declare the names that stand with the index of a definition as terms of its right side, beside a number of which
    that index is one: they are columns as long as the index runs.

    The other term has to be a number that is made of declared names, so that ``b_j`` is one, too; and it has to say how
    far the index runs.  Names that are declared, or that stand for something else, are left as they are.
    """
    terms = [trimmed for term in split(stripped(right), ("+", "-")) if (trimmed := stripped(term))]
    if len(terms) < 2:
        return
    names = [node for node in _single(terms, scope) if _index(node) == letter]
    fresh = [node for node in names if Values(scope).entity_of(node)[0] is None and node.text not in ("e", "delta")]
    length = next(_lengths(scope, letter, terms), None) if fresh else None
    for node in fresh if length is not None else ():
        name = name_with(node.text, node.scripts[:-1]) or node.text
        if scope.find(name, indexed=True) is None:
            scope.declare(name, Symbolic(Var(name, length, ONE), inferred=True), node.style)


def _single(terms: list[Tokens], scope: Scope) -> Iterator[Node]:
    """The terms that are one letter with its scripts."""
    for term in terms:
        with suppress(Unreadable):
            node = parse(term, scope.words())
            if node.kind == "letter" and node.scripts and node.scripts[-1][0] == "_":
                yield node


def _index(node: Node) -> str:
    return plain_text(node.scripts[-1][1])


def _lengths(scope: Scope, letter: str, terms: list[Tokens]) -> Iterator[Expr]:
    """How far an index runs in the terms that are numbers and are read."""
    for term in terms:
        reader = Values(scope)
        reader.bound[letter] = scope.index(letter)
        with suppress(Unreadable, ShapeError):
            value = reader.finished(reader.read(term))
            length = upper(reader, letter)
            if value.is_number_shaped and length is not None and not is_unknown(length) and _is_made(value):
                yield length


def _is_made(value: Expression) -> bool:
    return any(isinstance(n, Var | ex.Member) for n in ex.walk(value))


def declare_inputs(scope: Scope, left: Tokens, right: Tokens) -> None:
    """Declare the families that stand as terms of a recurrence and that nothing declares: ``w_t`` of
    ``x_{t+1} = A x_t + w_t`` has the shape of ``x_t``.
    """
    terms = [trimmed for term in split(stripped(right), ("+", "-")) if (trimmed := stripped(term))]
    with suppress(Unreadable):
        node = parse(stripped(left), scope.words())
        family = Values(scope).entity_of(node)[0] if node.kind == "letter" else None
        if len(terms) < 2 or not isinstance(family, FamilyName) or family.count != 1 or family.columns != ONE:
            return
        for term in _single(terms, scope):
            letter = next((c for c in _index(term) if c.isalpha()), "")
            known = Values(scope).entity_of(term)[0] is not None or scope.find(term.text) is not None
            if letter in family.letters and len(term.scripts) == 1 and not known and term.text not in ("e", "delta"):
                fresh = FamilyName(term.text, family.rows, family.columns, letters=(letter,))
                scope.declare(term.text, fresh, term.style)
