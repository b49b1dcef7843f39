r"""Letters of a function's formula that nothing declares: x and b of ``f(x) = \frac12 x^\top A x - b^\top x``.

Where A is declared, and the value is a number, mostly one choice of columns and numbers fits.  May import the reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Var
from everystep.algebra.shapes import ONE
from everystep.documents.looking import DEFECTS
from everystep.documents.problems import Problem
from everystep.reader.entities import DefinedFunction, FamilyName, Symbolic
from everystep.reader.scope import Scope
from everystep.reader.signs import GREEK
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, split, stripped
from everystep.reader.values import Values

MOST_LETTERS, MOST_SIZES = 3, 3
"""The most letters of one formula whose shapes are sought, and the most sizes that they may have."""
_OTHERS = frozenset(("d", "e", "i", "j", "k", "l", "m", "n", "t", "T", "pi"))
"""Letters that mostly stand for an index, a size, a sign or a constant."""


def declare_letters(problem: Problem) -> None:
    """Declare the letters of the functions of a section that nothing declares, where one choice of shapes fits; in
    another section they are letters that nothing declares again.

    Only small letters without a style or an index, one of them a parameter, beside a matrix or a vector that is
    declared; the function's value is then a number.
    """
    scope = problem.scope
    for name in [n for n in problem.letters if scope.is_from_another_section(n)]:
        value = problem.letters.pop(name)
        if scope.names.get(name) == value:
            del scope.names[name]
    for function in [e for e in scope.names.values() if isinstance(e, DefinedFunction)]:
        if not _is_plain(function) or scope.is_from_another_section(function.name):
            continue
        try:
            written = [*letters_within(function.body)]
        except Unreadable:
            continue
        unknown = sorted({n.text for n in written if not _is_known(scope, n.text)} - _OTHERS)
        if not set(unknown) & set(function.parameters) or len(unknown) > MOST_LETTERS:
            continue
        sizes = _sizes(scope, {n.text for n in written})
        if not all(_is_small(node) for node in written if node.text in unknown) or not 0 < len(sizes) <= MOST_SIZES:
            continue
        choices = product((ONE, *sizes), repeat=len(unknown))
        fitting = [rows for rows in choices if _fits(scope, function, unknown, rows)]
        for name, count in zip(unknown, fitting[0], strict=True) if len(fitting) == 1 else ():
            entity = Symbolic(Var(name, count), inferred=True)
            problem.letters[scope.declare(name, entity, "")] = entity


def _is_plain(function: DefinedFunction) -> bool:
    """Whether a function is given by the formula of its value."""
    return not (function.told or function.component or function.entrywise or function.sizes)


def letters_within(node: Node) -> Iterator[Node]:
    """The letters of a formula, in its brackets as well; raises Unreadable where one cannot be parsed."""
    if node.kind == "letter":
        yield node
    for part in node.parts:
        yield from letters_within(part)
    for inside in split(stripped(node.tokens), (",",)) if node.kind == "group" and not node.parts else ():
        yield from letters_within(parse(inside))


def _is_known(scope: Scope, name: str) -> bool:
    return scope.find(name) is not None or f"{name}[]" in scope.names or name in scope.unclear


def _is_small(node: Node) -> bool:
    """Whether a letter is written as vectors and numbers are, by itself."""
    small = node.text in GREEK or (len(node.text) == 1 and node.text.islower())
    return small and not node.style and all(mark != "_" for mark, _ in node.scripts)


def _sizes(scope: Scope, names: set[str]) -> list[Expr]:
    """The lengths of columns that go with the declared matrices and vectors of a formula."""
    found: dict[Expr, None] = {}
    for name in sorted(names):
        for entity in (scope.find(name), scope.names.get(f"{name}[]")):
            if isinstance(entity, Symbolic):
                found |= dict.fromkeys(entity.value.shape)
            elif isinstance(entity, FamilyName):
                found |= dict.fromkeys((entity.rows, entity.columns))
    return [size for size in found if size != ONE]


def _fits(scope: Scope, function: DefinedFunction, names: list[str], rows: tuple[Expr, ...]) -> bool:
    """Whether a formula is a number where the names are columns of these lengths."""
    trial = scope.copy()
    for name, count in zip(names, rows, strict=True):
        trial.declare(name, Symbolic(Var(name, count), inferred=True), "")
    reader = Values(trial)
    try:
        value = reader.finished(reader.value(function.body))
        return all(node.shape for node in ex.walk(value)) and value.shape == (ONE, ONE)
    except (Unreadable, *DEFECTS):
        return False
