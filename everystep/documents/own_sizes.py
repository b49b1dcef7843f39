r"""Sizes that a display is the first to speak of: n of ``I_n`` and ``\\mathbf{1}_n``.

May import ``everystep.algebra`` and the reader.
"""

from __future__ import annotations

from itertools import pairwise

from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import size
from everystep.reader.entities import FamilyName, Size, Symbolic
from everystep.reader.scope import Scope
from everystep.reader.source import Token, Tokens
from everystep.reader.trees import name_of

_BARE = ("I", "1")


def declare_own_sizes(scope: Scope, tokens: Tokens) -> None:
    """Letters below an identity matrix, or a vector of ones, that have no declaration and count nothing are sizes."""
    written = [t for t in tokens if t.kind != "space"]
    taken = {a.text for a, b in pairwise(written) if b.text in ("=", "in")} | {*"ijt"} | _spoken_of(scope)
    for k, token in enumerate(written[:-1]):
        if token.kind != "sub" or not _is_of_a_size(written[:k], scope):
            continue
        letter = next((t for t in written[k + 1 : k + 3] if t.kind != "open"), written[k + 1])
        alone = written[k + 1].kind != "open" or (k + 3 < len(written) and written[k + 3].kind == "close")
        name = name_of(letter)
        if alone and letter.kind == "char" and name.isalpha() and name not in taken and scope.find(name) is None:
            scope.names[name] = Size(size(name))


def _spoken_of(scope: Scope) -> set[str]:
    """The letters of the integers that what the text has told is written with: of ``P = I_n / 2`` in prose, n."""
    context = scope.context
    told: list[Expression] = [part for h in context.hypotheses for part in h.sides]
    told += [part for rule in context.definitions for part in (rule.target, rule.body)]
    told += [part for rule in context.recurrences for part in (rule.target, rule.body)]
    told += [part for law in context.random for part in (law.target, *law.parameters)]
    shapes = [e.value.shape for e in scope.names.values() if isinstance(e, Symbolic)]
    shapes += [(e.rows, e.columns) for e in scope.names.values() if isinstance(e, FamilyName)]
    extents = {str(s) for shape in shapes for extent in shape for s in extent.free_symbols}
    return extents | {str(s) for part in told for s in part.symbols}


def _is_of_a_size(before: list[Token], scope: Scope) -> bool:
    """Whether what stands before a subscript is I or 1, and no name of the author's, nor the end of a number."""
    while before and before[-1].kind == "close":
        before = before[:-1]
    name = name_of(before[-1]) if before else ""
    digits = len(before) > 1 and before[-2].kind == "char" and before[-2].text.isdigit()
    return name in _BARE and not digits and scope.find(name) is None
