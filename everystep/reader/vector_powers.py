r"""Powers of column vectors that nothing explains: ``g^2`` is taken entry by entry where no other reading fits.

A vector has no power as a matrix has.  Authors of networks write ``1 - h^2`` entry by entry, others ``(y - Xw)^2`` for
a squared length; shapes decide, and where they leave both open nothing is decided.
May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from dataclasses import replace

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ONE, ShapeError
from everystep.reader.scope import Scope
from everystep.reader.source import Tokens
from everystep.reader.trees import Unreadable
from everystep.reader.values import Values


def has_power_of_a_vector(value: Expression) -> bool:
    """Whether a part of an expression is a power of a column, which no shape fits."""
    for node in ex.walk(value):
        if isinstance(node, ex.Pow):
            try:
                rows, columns = node.operands[0].shape
            except ShapeError:
                continue
            if columns == ONE != rows:
                return True
    return False


def has_one_of_ones(value: Expression) -> bool:
    """Whether a column of ones is as long as a number, ``1^T x^2`` with a squared length for ``x^2``, or a diagonal is
    made of one: ``diag(1 - h^2)``.
    """
    nodes = (node for node in ex.walk(value) if isinstance(node, (ex.Ones, ex.Diag)))
    return any(node.shape == (ONE, ONE) for node in nodes)


def by_entries(scope: Scope) -> Scope:
    """The scope in which powers of vectors are taken entry by entry."""
    return replace(scope.copy(), entrywise=True)


def by_length(scope: Scope) -> Scope:
    """The scope in which the square of a vector is that of its length."""
    return replace(scope.copy(), squared_lengths=True)


def is_defined_by_entries(scope: Scope, body: Tokens) -> bool:
    """Whether a formula that gives a name a value holds powers of vectors, and has a shape only entry by entry."""
    if scope.entrywise or scope.denies_entrywise or not any(token.kind == "sup" for token in body):
        return False
    try:
        plain = Values(scope.copy())
        if not has_power_of_a_vector(plain.read(body)):
            return False
        entries, length = Values(by_entries(scope)), Values(by_length(scope))
        fits = entries.shape(entries.read(body)) is not None
        return fits and length.shape(length.read(body)) is None
    except (Unreadable, ShapeError):
        return False
