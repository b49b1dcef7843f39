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


def check_all(
    derivations: Sequence[Derivation], *, seed: int = 0, budget: float = 5.0, jobs: int | None = None
) -> list[list[Verdict]]:
    """The verdicts of every derivation, in the order of its steps.

    ``jobs``: how many processes (default: one a core).  What a process raises is raised here.
    """
    count = min(len(derivations), jobs if jobs is not None else (os.cpu_count() or 1))
    shares = _shares(derivations, max(count, 1))
    children = [_started(derivations, share, seed, budget) for share in shares[1:]]
    found = _verdicts(derivations, shares[0], seed, budget)
    for process, pipe in children:
        with pipe:
            found.update(pickle.load(pipe))
        os.waitpid(process, 0)
    result = []
    for number in range(len(derivations)):
        verdicts = found[number]
        if isinstance(verdicts, BaseException):
            raise verdicts
        result.append(verdicts)
    return result


def _shares(derivations: Sequence[Derivation], count: int) -> list[list[int]]:
    """The longest first, each to the process that has least to do; one share where nothing can be forked."""
    shares: list[list[int]] = [[] for _ in range(count if hasattr(os, "fork") else 1)]
    load = [0] * len(shares)
    order = sorted(range(len(derivations)), key=lambda k: -len(derivations[k].steps))
    for number in order:
        least = load.index(min(load))
        shares[least].append(number)
        load[least] += len(derivations[number].steps)
    return shares


def _verdicts(derivations: Sequence[Derivation], share: list[int], seed: int, budget: float) -> Share:
    collecting = gc.isenabled()
    gc.disable()  # a short run that frees little: collecting costs a tenth of the time
    try:
        found: Share = {}
        for number in share:
            try:
                steps = check_derivation(derivations[number], seed=seed, budget=budget)
                found[number] = [verdict for _, verdict in steps]
            except Exception as error:  # noqa: BLE001 - raised again by the parent
                found[number] = error
        return found
    finally:
        if collecting:
            gc.enable()


def _started(derivations: Sequence[Derivation], share: list[int], seed: int, budget: float) -> tuple[int, BinaryIO]:
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, os.fdopen(reading, "rb")
    status = 1
    try:
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(_verdicts(derivations, share, seed, budget), pipe)
        status = 0
    finally:
        os._exit(status)
