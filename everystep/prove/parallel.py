"""Several derivations, and checks of answers, at once, one process a core; where processes cannot be forked, one after
another.

May import the checker.
"""

from __future__ import annotations

import gc
import os
import pickle
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO, TypeAlias

from everystep.derivation import Check, Derivation, Outcome
from everystep.prove.checker import check_derivation, gradient_checks, with_gradient
from everystep.prove.verdict import GradientEvidence, Verdict

Numbers: TypeAlias = "tuple[dict[int, Outcome], list[list[GradientEvidence | None]]]"
"""Outcomes of checks by their places, and what differences say of the steps of every derivation."""
Share: TypeAlias = "dict[int, Any]"
"""By task: the verdicts of a derivation, behind these the numbers; or what was raised."""
Task: TypeAlias = "Callable[[], list[Verdict] | Numbers]"
WIDTH = 2  # bytes of a number in the queue


def check_all(
    derivations: Sequence[Derivation],
    checks: Sequence[Check] = (),
    *,
    seed: int = 0,
    budget: float = 5.0,
    jobs: int | None = None,
) -> list[list[Verdict]]:
    """The verdicts of every derivation, in the order of its steps; afterwards the outcomes of ``checks`` are known.

    ``jobs``: how many processes (default: one a core).  What a process raises is raised here.
    """

    def verdicts(derivation: Derivation) -> Task:
        def work() -> list[Verdict]:
            return [v for _, v in check_derivation(derivation, seed=seed, budget=budget, gradients=False)]

        return work

    def numbers() -> Numbers:
        return _outcomes(checks), [gradient_checks(d, seed=seed) for d in derivations]

    # What computes in floating point is one task, so that one process alone imports what it needs.
    tasks: list[Task] = [verdicts(derivation) for derivation in derivations]
    weights = [len(derivation.steps) for derivation in derivations]
    tasks.append(numbers)
    weights.append(sum(weights))
    count = min(len(tasks), jobs if jobs is not None else _cores())
    queue = _queue(weights)
    children = [_started(tasks, queue) for _ in range(count - 1)] if hasattr(os, "fork") else []
    found = _done(tasks, queue)
    for process, pipe in children:
        with pipe:
            found.update(pickle.load(pipe))
        os.waitpid(process, 0)
    os.close(queue)
    for number in range(len(tasks)):
        share = found[number]
        if isinstance(share, BaseException):
            raise share
    outcomes, gradients = found[len(derivations)]
    for place, outcome in outcomes.items():
        checks[place].remember(outcome)
    return [
        [with_gradient(*each) for each in zip(derivation.steps, found[number], gradients[number], strict=True)]
        for number, derivation in enumerate(derivations)
    ]


def _cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _queue(weights: Sequence[int]) -> int:
    """A pipe that holds the numbers of the tasks, the longest first; who is idle reads the next one."""
    reading, writing = os.pipe()
    for number in sorted(range(len(weights)), key=lambda k: -weights[k]):
        os.write(writing, number.to_bytes(WIDTH, "big"))
    os.close(writing)
    return reading


def _outcomes(checks: Sequence[Check]) -> dict[int, Outcome]:
    """The outcomes of the checks, by their places; without those that no other process can be told."""
    found = {}
    for place, check in enumerate(checks):
        outcome = check.outcome
        try:
            pickle.dumps(outcome)
        except (pickle.PicklingError, TypeError, AttributeError):
            continue
        found[place] = outcome
    return found


def _done(tasks: Sequence[Task], queue: int) -> Share:
    collecting = gc.isenabled()
    gc.disable()  # a short run that frees little: collecting costs a tenth of the time
    try:
        found: Share = {}
        while number := os.read(queue, WIDTH):
            here = int.from_bytes(number, "big")
            try:
                found[here] = tasks[here]()
            except Exception as error:  # noqa: BLE001 - raised again by the parent
                found[here] = error
        return found
    finally:
        if collecting:
            gc.enable()


def _started(tasks: Sequence[Task], queue: int) -> tuple[int, BinaryIO]:
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, os.fdopen(reading, "rb")
    status = 1
    try:
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(_done(tasks, queue), pipe)
        status = 0
    finally:
        os._exit(status)
