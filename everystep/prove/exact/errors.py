"""Why an evaluation stops.  May import nothing of the engine."""

from __future__ import annotations


class Stopped(Exception):
    """Base of all reasons; on one instance none of them means anything for the claim."""


class Undefined(Stopped):
    """An operation has no value: ``operation`` names it, ``reason`` says why on this instance."""

    def __init__(self, operation: str, reason: str) -> None:
        self.operation = operation
        self.reason = reason
        super().__init__(f"{operation}: {reason}")


class Singular(Undefined):
    """A matrix that is inverted has no inverse on this instance."""


class NeedsReals(Stopped):
    """The value is not in the field that is computed in: a root, an exponential, an ordering."""


class Inconclusive(Stopped):
    """The real balls are too wide to decide; more precision may help."""


class Inadmissible(Stopped):
    """The sizes, indices or values lie outside of what the claim speaks about; another instance may do."""


class OutOfRange(Inadmissible):
    """An index lies outside of what it is an index of."""


class TooLarge(Stopped):
    """The instance is too large to evaluate; smaller sizes may do."""


class Unsupported(Stopped):
    """What this judge cannot evaluate on any instance."""


class NoMember(Inadmissible):
    """A family is asked for a member outside of its range."""
