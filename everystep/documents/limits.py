"""What a file may cost: time that an alarm enforces, and memory.

The engine bounds its work itself; this is for what slips through.  The alarm is the system's (SIGALRM), so that it is
set only where the process is there for the check alone: by the command line, in the main thread, where the system has
it.  May import the standard library only.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import inf
from pathlib import Path
from time import perf_counter
from types import FrameType, ModuleType

resource: ModuleType | None
try:
    import resource as _resource

    resource = _resource
except ImportError:  # not on Windows
    resource = None

MEGABYTE = 1 << 20
MOST_MEMORY = 900 * MEGABYTE
"""What a file may take beyond what the process had before."""
TICK = 0.1
"""Seconds between two looks at the clock."""
AGAIN = 0.5
"""Seconds after which TimeUp is raised again where it was lost, in a callback of the collector for instance."""


class TimeUp(BaseException):
    """Raised in the middle of anything: what was being computed is to be thrown away.

    No Exception: what catches all that may go wrong with a step must let it pass.
    """


class Alarm:
    """Raises TimeUp when a time has passed that is set by ``within``; without ``set`` it never does."""

    def __init__(self) -> None:
        self.until = inf

    @contextmanager
    def set(self, until: float) -> Iterator[None]:
        """In it the alarm goes off behind ``until`` (by ``perf_counter``), where the platform has one."""
        if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.signal(signal.SIGALRM, self._look)
        self.until = until
        signal.setitimer(signal.ITIMER_REAL, TICK, TICK)
        try:
            yield
        finally:
            self.until = inf
            signal.setitimer(signal.ITIMER_REAL, 0.0)
            signal.signal(signal.SIGALRM, before)

    def off(self) -> None:
        """No more of it until it is set again: to be called first by what catches TimeUp outside of ``set``."""
        self.until = inf

    @contextmanager
    def within(self, until: float) -> Iterator[None]:
        """In it TimeUp is raised at ``until``, if that comes before the end of ``set``."""
        whole = self.until
        self.until = min(whole, until)
        try:
            yield
        finally:
            self.until = whole

    def has_rung(self) -> bool:
        """Whether the time of ``set`` is over: what caught TimeUp lets it pass then."""
        return perf_counter() > self.until

    def _look(self, number: int, frame: FrameType | None) -> None:
        if perf_counter() > self.until:
            self.until = perf_counter() + AGAIN
            raise TimeUp


@contextmanager
def little_memory() -> Iterator[None]:
    """In it an allocation beyond MOST_MEMORY raises MemoryError, where the platform can count (Linux)."""
    if resource is None:
        yield
        return
    try:
        used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5]) * resource.getpagesize()
        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    except (OSError, ValueError, LookupError):
        yield
        return
    limit = used + MOST_MEMORY
    bounds = [b for b in (soft, hard) if b != resource.RLIM_INFINITY]
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (min([limit, *bounds]), hard))
    try:
        yield
    finally:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


ALARM = Alarm()
"""There is one in a process."""
