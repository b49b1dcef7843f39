"""Derivations as plain data: chains of steps, checks of other answers, and the problems and assignments made of them.

May import ``everystep.algebra`` only; proving and printing live elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from sympy import Expr

from everystep.algebra.context import Context, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Expression
from everystep.records import dataclass, field, replace

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
    """What a numeric check measured: ``error`` against ``tolerance`` (both in the units that ``what`` says).

    ``parts`` are the parts of the problem that it bears on; without any, it bears on all.
    """

    what: str
    error: float
    tolerance: float
    parts: tuple[str, ...] = ()

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


CHECK_KINDS = ("numeric", "algorithm", "complexity", "linear map", "count", "receptive field", "example", "prose")
"""How an answer that is no chain of steps is decided; ``prose`` is not decided by machine.

numeric: recomputed exactly from the data.  algorithm: run, and compared with exhaustive search.  complexity:
operations counted over growing sizes.  linear map: its matrix, built symbolically from the definition, against the
direct computation.  count: of a model object.  receptive field: from the gradients of a network.  example: a claim,
by an explicit example that is computed again.
"""


@dataclass(frozen=True)
class Outcome:
    """What a check found: ``values`` for the prose, and one sentence a language that says what was compared.

    In the sentences, names of the derivation's notation between backticks are printed as mathematics.
    ``passed`` is None when nothing was decided by machine (prose).
    """

    passed: bool | None
    evidence: Mapping[str, str]
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """An answer that is computed again whenever it is printed or checked.

    ``run`` takes no argument, is deterministic and quick (well under 50 ms), and imports what is heavy itself.
    ``name`` is unique among the checks of a problem that share a ``variant``; a check without a variant belongs to
    all of them.  Raises ValueError for an unknown ``kind``.
    """

    name: str
    kind: str
    run: Callable[[], Outcome]
    variant: str = ""

    def __post_init__(self) -> None:
        if self.kind not in CHECK_KINDS:
            raise ValueError(f"no kind of check {self.kind!r}; one of {', '.join(CHECK_KINDS)}")

    @property
    def outcome(self) -> Outcome:
        """What ``run`` finds; it runs once."""
        if self not in _OUTCOMES:
            self.remember(self.run())
        return _OUTCOMES[self]

    def remember(self, outcome: Outcome) -> None:
        """Take what ``run`` has found, in this process or another."""
        if (outcome.passed is None) != (self.kind == "prose"):
            raise ValueError(f"the check {self.name} is of the kind {self.kind}, but passed is {outcome.passed}")
        _OUTCOMES[self] = outcome


_OUTCOMES: dict[Check, Outcome] = {}


def prose(name: str, *claims: Mapping[str, str], references: tuple[str, ...] = (), variant: str = "") -> Check:
    """An answer in words, which no machine checks: its claims, in every language, and the texts they rest on."""
    values = {"claims": claims, "references": references}
    return Check(name, "prose", lambda: Outcome(None, {}, values), variant)


@dataclass(frozen=True)
class WrongStep:
    """A student's mistake: the claim, the step of the derivation it replaces, and the verdict it must get.

    ``verdict`` is ``"refuted"``, ``"ill-typed"`` or ``"undefined"``; ``why`` says what went wrong, in English
    and in French; ``cost`` is what it costs, in points of the part, a multiple of 1/2.
    """

    id: str
    instead_of: str
    claim: Claim
    verdict: str
    why: dict[str, str]
    given: tuple[Hypothesis, ...] = ()
    cost: float = 1


@dataclass(frozen=True)
class WrongAnswer:
    """A student's mistake in an answer that a check decides.

    ``value`` computes what the mistake gives in the place of the value ``key`` of the check ``instead_of``; it must
    differ from the right one.  Of an answer in words there is no value: ``key`` is empty then.  Fractions are printed
    with ``digits`` decimals, or exactly.
    """

    id: str
    instead_of: str
    why: dict[str, str]
    key: str = ""
    value: Callable[[], Any] | None = None
    cost: float = 1
    variant: str = ""
    digits: int | None = None

    def __post_init__(self) -> None:
        if bool(self.key) != (self.value is not None):
            raise ValueError(f"the mistake {self.id} needs both a key and a value, or neither")

    def differs(self, check: Check) -> bool:
        """Whether the mistake shows: its value is not the right one (always, when it has none)."""
        return self.value is None or self.value() != check.outcome.values[self.key]


@dataclass(frozen=True)
class Mark:
    """Points (a multiple of 1/2) for one thing in an answer: a chain or a step (``of``), or what ``words`` say.

    Raises ValueError when it has neither.
    """

    points: float
    of: str = ""
    words: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        if not self.of and self.words is None:
            raise ValueError("a mark needs a chain, a step, or words that say what it is given for")


@dataclass(frozen=True)
class Part:
    """A sub-question: its points, the chains and checks that answer it, and what the points are given for.

    The points of ``marks`` add up to those of the part.  ``entries`` names the rows of ``docs/catalogue.md`` that it
    answers.  A part with a ``variant`` is asked in that variant only.
    """

    id: str
    points: int
    chains: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    entries: tuple[str, ...] = ()
    variant: str = ""

    def worth(self, points: int) -> Part:
        """The same part for other points: those of the marks in proportion, in halves; marks of 0 points go."""
        weights = [mark.points for mark in self.marks]
        shares = apportioned(2 * points, weights) if weights else []
        pairs = zip(self.marks, shares, strict=True)
        marks = tuple(replace(mark, points=share / 2) for mark, share in pairs if share)
        return replace(self, points=points, marks=marks)


def apportioned(total: int, weights: list[float]) -> list[int]:
    """``total`` in whole shares in proportion to ``weights``, by largest remainders; none is 0 if that can be."""
    exact = [total * weight / sum(weights) for weight in weights]
    shares = [int(share) for share in exact]
    order = sorted(range(len(weights)), key=lambda i: (shares[i] - exact[i], i))
    for i in order[: total - sum(shares)]:
        shares[i] += 1
    while 0 in shares and max(shares) > 1:
        shares[shares.index(max(shares))] -= 1
        shares[shares.index(0)] += 1
    return shares


@dataclass(frozen=True)
class Problem:
    """A question of the catalogue; its prose is in ``templates/problems/<id>.<lang>.tex.j2``."""

    id: str
    derivation: Derivation
    parts: tuple[Part, ...]
    title: dict[str, str]
    checks: tuple[Check, ...] = ()

    @property
    def variants(self) -> tuple[str, ...]:
        """The variants of its data or wording, sorted; the one without a name if there is no other."""
        named = {*(part.variant for part in self.parts), *(check.variant for check in self.checks)}
        return tuple(sorted(named - {""})) or ("",)

    def check(self, name: str, variant: str = "") -> Check:
        """The check of that name in a variant; raises KeyError that lists the valid names."""
        there = [check for check in self.checks if check.variant in ("", variant)]
        for check in there:
            if check.name == name:
                return check
        names = ", ".join(check.name for check in there) or "(none)"
        raise KeyError(f"no check {name!r} in {self.id} (variant {variant!r}); one of {names}")


@dataclass(frozen=True)
class Question:
    """A problem as an assignment asks it: the parts in their order, for the points of the assignment."""

    problem: Problem
    parts: tuple[Part, ...]
    variant: str = ""

    @property
    def points(self) -> int:
        return sum(part.points for part in self.parts)


def question(problem: Problem, points: Mapping[str, int] | None = None, variant: str = "") -> Question:
    """A problem asked whole, or for ``points``: those of each entry of the catalogue, or each part, that is asked.

    The points of an entry that several parts answer are spread in the proportion of their own.  Raises ValueError
    when the variant or a name does not exist.
    """
    if variant not in (*problem.variants, ""):
        raise ValueError(f"{problem.id} has no variant {variant!r}; one of {', '.join(problem.variants)}")
    there = [part for part in problem.parts if part.variant in ("", variant)]
    if points is None:
        return Question(problem, tuple(there), variant)
    chosen: list[Part] = []
    for name, total in points.items():
        found = [part for part in there if name in (part.id, *part.entries)]
        if not found:
            names = dict.fromkeys(n for part in there for n in (part.id, *part.entries))
            raise ValueError(f"{problem.id} has no part or entry {name!r}; one of {', '.join(names)}")
        shares = apportioned(total, [part.points for part in found])
        chosen += [part.worth(share) for part, share in zip(found, shares, strict=True)]
    if len({part.id for part in chosen}) < len(chosen):
        raise ValueError(f"{problem.id} is asked for a part twice: {', '.join(part.id for part in chosen)}")
    return Question(problem, tuple(chosen), variant)


@dataclass(frozen=True)
class Assignment:
    """An ordered choice of questions with a title and so on, per language.

    ``instructions`` may be left out: then the documents print their usual ones.  ``missing`` names the problems
    that it asks for and that nobody has written yet.
    """

    id: str
    questions: tuple[Question, ...]
    title: dict[str, str]
    course: dict[str, str]
    term: dict[str, str]
    date: dict[str, str] = field(default_factory=dict)
    instructions: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems asked, each once."""
        return tuple({question.problem.id: question.problem for question in self.questions}.values())
