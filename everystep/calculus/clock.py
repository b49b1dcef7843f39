"""The time that a step may take: the normal form, which counts its work, looks at the clock now and then.

The clock is the processor's time of the thread: a machine that is busy with something else, or asleep, takes no proof
away.  May import nothing of the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from time import thread_time

_END: ContextVar[float] = ContextVar("the moment at which the normal form has to stop", default=inf)


@contextmanager
def until(moment: float) -> Iterator[None]:
    """Within it the normal form stops at that reading of ``thread_time``, or at an earlier one set around it."""
    token = _END.set(min(moment, _END.get()))
    try:
        yield
    finally:
        _END.reset(token)


def is_over() -> bool:
    return thread_time() > _END.get()
