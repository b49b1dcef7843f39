"""The time that a step may take: the normal form, which counts its work, looks at the clock now and then.

The clock is the processor's time of the thread: a machine that is busy with something else, or asleep, takes no proof
away.  Nor does a pause: what passes between two looks beyond ``LONGEST`` is no work of the step, but a collection of
all garbage, say, and is not counted.  May import nothing of the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from threading import local
from time import thread_time

LONGEST = 0.1
"""Seconds between two looks at work; they are a few milliseconds apart."""


class _Clock(local):
    end = inf  # the moment at which the normal form of this thread has to stop
    seen = 0.0  # the last look
    paused = 0.0  # all pauses so far


_CLOCK = _Clock()


@contextmanager
def until(moment: float) -> Iterator[None]:
    """Within it the normal form stops at that reading of ``thread_time``, or at an earlier one set around it."""
    before, paused = _CLOCK.end, _CLOCK.paused
    _CLOCK.end, _CLOCK.seen = min(moment, before), thread_time()
    try:
        yield
    finally:
        _CLOCK.end = before + _CLOCK.paused - paused
        _CLOCK.seen = thread_time()


def is_over() -> bool:
    """Whether the normal form has to stop."""
    now = thread_time()
    pause = now - _CLOCK.seen - LONGEST
    if pause > 0:
        _CLOCK.paused += pause
        _CLOCK.end += pause
    _CLOCK.seen = now
    return now > _CLOCK.end
