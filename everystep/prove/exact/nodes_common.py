"""What several builders share.  May import this package only."""

from __future__ import annotations

from everystep.prove.exact.arithmetic import singular
from everystep.prove.exact.errors import OutOfRange, Stopped, Undefined
from everystep.prove.exact.evaluator import Evaluator
from everystep.prove.exact.jets import Jet
from everystep.prove.exact.program import Node


def position(index: int, size: int) -> int:
    """A position counted from 1 as one counted from 0."""
    if not 1 <= index <= size:
        raise OutOfRange("an index outside of its range")
    return index - 1


def blame(ev: Evaluator, operand: Node, operation: str, reason: str = "") -> None:
    """Raise Undefined when an operand that looks singular in balls is singular in fact."""
    twin = ev.exact_twin()
    if twin is None:
        return
    try:
        base = twin.value(operand).base
    except Stopped:
        # Nothing is learnt; the caller reports what it saw.
        return
    rank = twin.ring.rank(base)
    if rank < base.nrows():
        raise Undefined(operation, reason or singular(base.nrows(), rank))


def stacked(ev: Evaluator, value: Jet) -> Jet:
    """The columns of a matrix, one below the other."""
    r, c = value.rows, value.columns
    if c == 1:
        return value
    return ev.jets.reshape(value, r * c, 1, [i * c + j for j in range(c) for i in range(r)])
