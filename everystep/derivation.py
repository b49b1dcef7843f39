"""Derivations as plain data: chains of steps, and the problems and assignments made of them.

May import ``everystep.algebra`` only; proving and printing live elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from sympy import Expr

from everystep.algebra.context import Context, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Expression

Claim: TypeAlias = Relation | Predicate


@dataclass(frozen=True)
class Induction:
    """Prove a claim for every integer ``index >= start``: at ``start``, and from ``index`` to ``index + 1``."""

    index: Expr
    start: int = 0


@dataclass(frozen=True)
class Step:
    """One claim with the hypotheses that hold at it.

    ``expect`` is the verdict that the author wants to show: ``"proved"``, or ``"undefined"`` for a warning
    about a formula that has no value.  ``name`` is unique in its derivation.  ``uses`` names earlier chains
    whose first and last expression may be taken as equal; all their steps must be proved, under hypotheses that
    this step has too.
    """

    name: str
    claim: Claim
    given: tuple[Hypothesis, ...] = ()
    by: Induction | None = None
    expect: str = "proved"
    uses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """The next expression of a chain and the relation that leads to it."""

    op: str
    to: Expression
    name: str
    by: Induction | None = None
    expect: str = "proved"


@dataclass(frozen=True)
class Chain:
    """A display: ``start op to op to ...``; every link is a step.  ``boxed`` marks the last one as a result.

    A chain may instead hold one ``predicate`` (``H`` is positive definite) and no links.  ``uses`` names
    earlier chains that the whole chain may use.
    """

    name: str
    start: Expression
    links: tuple[Link, ...] = ()
    given: tuple[Hypothesis, ...] = ()
    boxed: bool = False
    predicate: Predicate | None = None
    uses: tuple[str, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        if self.predicate is not None:
            return (Step(self.name, self.predicate, self.given, uses=self.uses),)
        steps = []
        left = self.start
        for link in self.links:
            claim = Relation(left, link.op, link.to)
            steps.append(Step(link.name, claim, self.given, link.by, link.expect, self.uses))
            left = link.to
        return tuple(steps)


def chain(
    name: str,
    start: Expression,
    *links: tuple[str, Expression] | Link,
    given: tuple[Hypothesis, ...] = (),
    boxed: bool = False,
) -> Chain:
    """A chain from pairs ``(op, expression)``; the steps are named ``name.1``, ``name.2``, ... unless a Link
    names them.
    """
    full = tuple(
        link if isinstance(link, Link) else Link(link[0], link[1], f"{name}.{position}")
        for position, link in enumerate(links, start=1)
    )
    return Chain(name, start, full, given, boxed)


@dataclass(frozen=True)
class NumericResult:
    """What a numeric check measured: ``error`` against ``tolerance`` (both in the units that ``what`` says)."""

    what: str
    error: float
    tolerance: float

    @property
    def passed(self) -> bool:
        return self.error <= self.tolerance


@dataclass(frozen=True)
class Derivation:
    """An encoded derivation: a context and chains of steps.

    ``notation`` names further expressions that prose may print; ``numeric`` runs the numeric checks.
    """

    id: str
    context: Context
    chains: tuple[Chain, ...]
    notation: tuple[tuple[str, Expression], ...] = ()
    numeric: Callable[[], tuple[NumericResult, ...]] | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for chain in self.chains for step in chain.steps)

    def step(self, name: str) -> Step:
        """The step of that name; raises KeyError that lists the valid ones."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(f"no step {name!r} in {self.id}; one of {', '.join(s.name for s in self.steps)}")


@dataclass(frozen=True)
class WrongStep:
    """A student's mistake: the claim, the step of the derivation it replaces, and the verdict it must get.

    ``verdict`` is ``"refuted"``, ``"ill-typed"`` or ``"undefined"``; ``why`` says what went wrong, in English
    and in French.
    """

    id: str
    instead_of: str
    claim: Claim
    verdict: str
    why: dict[str, str]
    given: tuple[Hypothesis, ...] = ()


@dataclass(frozen=True)
class Part:
    """A sub-question: the chains that answer it, and its points."""

    id: str
    points: int
    chains: tuple[str, ...]


@dataclass(frozen=True)
class Problem:
    """A question of an assignment; its prose is in ``templates/problems/<id>.<lang>.tex.j2``."""

    id: str
    derivation: Derivation
    parts: tuple[Part, ...]
    title: dict[str, str]


@dataclass(frozen=True)
class Assignment:
    """An ordered choice of problems with a title, per language."""

    id: str
    problems: tuple[Problem, ...]
    title: dict[str, str]
    course: dict[str, str]
    term: dict[str, str]
