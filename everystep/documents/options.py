"""How a document is checked: times, seed, and what prints the report lends.  Plain data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from everystep.algebra.context import Context
from everystep.algebra.expressions import Expression
from everystep.derivation import Claim
from everystep.documents.result import StepReport
from everystep.records import dataclass

Describe: TypeAlias = Callable[[Claim, Context], tuple[str, ...]]
"""What was read of a step, in words: given by what prints the report."""


def _no_words(claim: Claim, context: Context) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True)
class Options:
    """``budget`` and ``file_budget`` are seconds a step and for the file; ``on_step`` is called with each step as it is
    judged; ``show`` prints the expressions of hints.  To go to another process, functions must be those of a module.
    ``alarm``: what takes longer is broken off by an alarm of the system, and memory is bounded (``documents.limits``);
    for a process that is there for the check alone.
    """

    budget: float = 2.0
    file_budget: float = 60.0
    seed: int = 0
    on_step: Callable[[StepReport], None] | None = None
    show: Callable[[Expression], str] | None = None
    describe: Describe = _no_words
    alarm: bool = False


USUAL = Options()
