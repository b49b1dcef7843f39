"""What is reported of a step.  Plain data; may import nothing of the engine."""

from __future__ import annotations

from enum import StrEnum

from everystep.records import dataclass


class Status(StrEnum):
    """The verdicts.  ``REFUTED``, ``ILL_TYPED`` and ``UNDEFINED`` claim that the author is wrong."""

    PROVED = "proved"
    REFUTED = "refuted"
    TESTED = "tested"
    ASSUMED = "assumed"
    ILL_TYPED = "ill-typed"
    UNDEFINED = "undefined"
    UNREADABLE = "unreadable"

    @property
    def is_wrong(self) -> bool:
        return self in (Status.REFUTED, Status.ILL_TYPED, Status.UNDEFINED)


Table = tuple[tuple[str, ...], ...]
"""A value printed exactly: rows of entries (``"-3/2"``, or ``"[0.73105857 +/- 1e-9]"`` for a real ball)."""


NEAR = "a limit is given by values near its point"
"""The note of a counterexample in which a limit of a real variable occurs: its digits are seen, not proved."""


@dataclass(frozen=True)
class Counterexample:
    """An instance that meets the hypotheses and on which the two sides differ.

    ``sizes``: value of each size and index; ``symbols``: value of each symbol that occurs; ``left`` and
    ``right``: the two sides; ``exact``: whether the values are rationals (otherwise disjoint real balls);
    ``note``: anything a person needs to redo it (the functions chosen for opaque symbols, the atoms of a
    distribution).
    """

    sizes: tuple[tuple[str, int], ...]
    symbols: tuple[tuple[str, Table], ...]
    left: Table
    right: Table
    exact: bool
    note: str = ""


@dataclass(frozen=True)
class Trial:
    """One instance on which the exact judge agreed: sizes, seed and the arithmetic (rationals, prime field, balls)."""

    sizes: tuple[tuple[str, int], ...]
    seed: int
    arithmetic: str


@dataclass(frozen=True)
class ExactReport:
    """What the exact judge found.

    ``outcome``: ``"agree"`` (on every trial), ``"counterexample"``, ``"undefined"`` (a side has no value on any
    instance that meets the hypotheses; ``message`` says which operation and why), ``"unknown"`` (it could not
    evaluate; ``message`` says why).  ``singular``: where they agree, sizes at which an inverse exists for no values,
    in words; empty where none were seen.
    """

    outcome: str
    trials: tuple[Trial, ...] = ()
    counterexample: Counterexample | None = None
    message: str = ""
    singular: str = ""


@dataclass(frozen=True)
class Obligations:
    """What a step has to meet, each reported apart.

    ``shapes``: ``"fit"`` or ``"do not fit"``; ``definedness``: ``"ensured"`` (the right side has a value wherever the
    left has one), ``"not ensured"``, ``"no value"`` or ``"open"``; ``values``: ``"agree"``, ``"differ"``,
    ``"agree where tested"`` or ``"open"``.
    """

    shapes: str = "fit"
    definedness: str = "open"
    values: str = "open"


@dataclass(frozen=True)
class GradientEvidence:
    """What differences say, in floating point, of a step that claims a derivative.

    ``outcome``: ``"agrees"``; ``"differs"``, for certain and on several instances; ``"not conclusive"``; ``"not run"``.
    ``reason`` says of the last two why, in a word or two.  ``method``: ``"complex step"`` or ``"central differences"``,
    and whether means are those of samples;
    ``error``: the largest deviation of the two sides, relative to their magnitude, ``uncertainty``: what of it the
    differences may be off themselves; ``evaluations``: of the functions that are differentiated.  ``sizes`` and
    ``seed``: of the instance.
    """

    outcome: str
    reason: str = ""
    method: str = ""
    sizes: tuple[tuple[str, int], ...] = ()
    seed: int = 0
    error: float = 0.0
    uncertainty: float = 0.0
    evaluations: int = 0


@dataclass(frozen=True)
class Verdict:
    """The verdict of one step with its evidence.

    ``method`` names the way it was decided, ``rules`` the proof rules that were used, ``conditions`` what both
    sides presuppose and the hypotheses do not state (``"u nonzero"``).  ``gradient`` is None where the claim has no
    derivative, or where its verdict did not need the check.
    """

    status: Status
    method: str = ""
    message: str = ""
    rules: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    trials: tuple[Trial, ...] = ()
    counterexample: Counterexample | None = None
    seconds: float = 0.0
    obligations: Obligations = Obligations()
    gradient: GradientEvidence | None = None
