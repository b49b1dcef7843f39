"""What is reported of a document: one entry a step, and remarks about what was not read.  Plain data."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from everystep.algebra.context import Context
from everystep.derivation import Claim
from everystep.prove.verdict import Status, Verdict
from everystep.reader.source import Place
from everystep.records import dataclass, field


@dataclass(frozen=True)
class StepReport:
    """One step as the author wrote it, with its verdict.

    ``place`` is where the right side begins, in the file that the author sees.  ``number`` counts the steps of
    ``problem`` from 0.  ``where`` names question and part.  ``lhs`` and ``rhs`` are in LaTeX.  ``hint`` is the
    smallest certain remark about a refuted or ill-typed step (empty where there is none).  ``reading`` says what was
    read (see ``read``); ``claim`` and ``context`` are the same as data, None where the step could not be read.
    """

    place: Place
    problem: str
    number: int
    relation: str
    lhs: str
    rhs: str
    verdict: Verdict
    where: str = ""
    hint: str = ""
    reading: Callable[[], tuple[str, ...]] = field(default=tuple, compare=False, repr=False)
    claim: Claim | None = field(default=None, compare=False)
    context: Context | None = field(default=None, compare=False)

    @cached_property
    def read(self) -> tuple[str, ...]:
        """What was read, in lines of text (the two sides, the shapes, the hypotheses), so that a misreading is seen.

        Printed when it is first asked for: most reports never show it.
        """
        return self.reading()

    @property
    def status(self) -> Status:
        return self.verdict.status


@dataclass(frozen=True)
class Remark:
    """Something about the document that belongs to no step."""

    message: str
    place: Place


@dataclass(frozen=True)
class DocumentReport:
    """All steps of a document in reading order.  ``failed``: why the file as a whole could not be read (else empty)."""

    file: str
    steps: tuple[StepReport, ...] = ()
    remarks: tuple[Remark, ...] = ()
    failed: str = ""
    seconds: float = field(default=0.0, compare=False)

    def summary(self) -> dict[str, int]:
        """How many steps have each verdict, in the order of the format page."""
        order = (
            Status.PROVED,
            Status.REFUTED,
            Status.TESTED,
            Status.ASSUMED,
            Status.ILL_TYPED,
            Status.UNDEFINED,
            Status.UNREADABLE,
        )
        return {str(status): sum(step.status is status for step in self.steps) for status in order}
