"""Several derivations at once, one process a core; where processes cannot be forked, one after another.

May import the checker.
"""

from __future__ import annotations

import gc
import os
import pickle
from collections.abc import Sequence
from typing import BinaryIO, TypeAlias

from everystep.derivation import Derivation
from everystep.prove.checker import check_derivation
from everystep.prove.verdict import Verdict

Share: TypeAlias = dict[int, "list[Verdict] | BaseException"]
WIDTH = 2  # bytes of a number in the queue


def check_all(
    derivations: Sequence[Derivation], *, seed: int = 0, budget: float = 5.0, jobs: int | None = None
) -> list[list[Verdict]]:
    """The verdicts of every derivation, in the order of its steps.

    ``jobs``: how many processes (default: one a core).  What a process raises is raised here.
    """
    count = min(len(derivations), jobs if jobs is not None else (os.cpu_count() or 1))
    queue = _queue(derivations)
    children = [_started(derivations, queue, seed, budget) for _ in range(count - 1)] if hasattr(os, "fork") else []
    found = _verdicts(derivations, queue, seed, budget)
    for process, pipe in children:
        with pipe:
            found.update(pickle.load(pipe))
        os.waitpid(process, 0)
    os.close(queue)
    result = []
    for number in range(len(derivations)):
        verdicts = found[number]
        if isinstance(verdicts, BaseException):
            raise verdicts
        result.append(verdicts)
    return result


def _queue(derivations: Sequence[Derivation]) -> int:
    """A pipe that holds the numbers of the derivations, the longest first; who is idle reads the next one."""
    reading, writing = os.pipe()
    for number in sorted(range(len(derivations)), key=lambda k: -len(derivations[k].steps)):
        os.write(writing, number.to_bytes(WIDTH, "big"))
    os.close(writing)
    return reading


def _verdicts(derivations: Sequence[Derivation], queue: int, seed: int, budget: float) -> Share:
    collecting = gc.isenabled()
    gc.disable()  # a short run that frees little: collecting costs a tenth of the time
    try:
        found: Share = {}
        while number := os.read(queue, WIDTH):
            here = int.from_bytes(number, "big")
            try:
                steps = check_derivation(derivations[here], seed=seed, budget=budget)
                found[here] = [verdict for _, verdict in steps]
            except Exception as error:  # noqa: BLE001 - raised again by the parent
                found[here] = error
        return found
    finally:
        if collecting:
            gc.enable()


def _started(derivations: Sequence[Derivation], queue: int, seed: int, budget: float) -> tuple[int, BinaryIO]:
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, os.fdopen(reading, "rb")
    status = 1
    try:
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(_verdicts(derivations, queue, seed, budget), pipe)
        status = 0
    finally:
        os._exit(status)
