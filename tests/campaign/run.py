"""One statement after another: made, judged by both judges, and compared with NumPy.

A statement is known by the seed of its run and its number. Even numbers are true statements, the odd number that
follows is the same statement with a mistake in it.
"""

from __future__ import annotations

import re
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from random import Random as Dice
from time import perf_counter
from types import FrameType

import numpy as np

from everystep.algebra import expressions as ex
from everystep.algebra.context import Relation
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ShapeError
from everystep.derivation import Step
from everystep.prove import checker
from everystep.prove.checker import Contradiction, check_step
from everystep.prove.exact.plain import plain
from everystep.prove.verdict import Counterexample, Status, Verdict
from tests.campaign import closed
from tests.campaign.mutations import mutated
from tests.campaign.numbers import DERIVATIVES, Misfit, NoOpinion, Numbers, Undefined
from tests.campaign.rules import rewritten
from tests.campaign.templates import FAMILIES_OF_STATEMENTS
from tests.campaign.worlds import Maker, World

BUDGET = 1.0
MOST_SECONDS = 60
LARGEST_EXPRESSION = 60
LARGEST_CONFIRMED = 1e100

DIFFERENT = ((3, 2, 4), (2, 3, 1))
"""Sizes (n, m, T), all different: what holds for square matrices only is seen there."""
ONES = ((1, 2, 3), (2, 1, 1))
MORE = ((2, 3, 4), (3, 1, 2), (1, 3, 2), (2, 2, 2), (3, 2, 1), (1, 1, 1), (3, 3, 3), (2, 1, 3))


@dataclass(frozen=True)
class Statement:
    """An equation, and how it was made: ``mistake`` is empty for a true one."""

    number: int
    family: str
    world: World
    left: Expression
    right: Expression
    mistake: str = ""
    rules: tuple[str, ...] = ()


@dataclass
class Tally:
    """What became of the statements; ``counts`` by (family, "true" or "mutant", outcome).

    ``unseen`` counts the proved ones of which NumPy could not say that the sides are equal.
    """

    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    mistakes: Counter[tuple[str, str]] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    unseen: int = 0
    failures: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def __iadd__(self, other: Tally) -> Tally:
        self.counts += other.counts
        self.mistakes += other.mistakes
        self.rules += other.rules
        self.unseen += other.unseen
        self.failures += other.failures
        self.slowest = max(self.slowest, other.slowest)
        return self

    @property
    def statements(self) -> int:
        return sum(self.counts.values())

    def count(self, kind: str, outcome: str, family: str | None = None) -> int:
        return sum(c for (f, k, o), c in self.counts.items() if k == kind and o == outcome and family in (None, f))


# making ------------------------------------------------------------------------------------------------------


def statement(seed: int, number: int) -> Statement:
    """The statement of this number, the same on every machine."""
    dice = Dice(f"{seed}/{number // 2}")
    while True:
        family = dice.choice(list(FAMILIES_OF_STATEMENTS))
        world, templates = FAMILIES_OF_STATEMENTS[family]
        maker = Maker(world, dice)
        left, right = dice.choice(templates)(maker)
        rules = []
        for _ in range(dice.randint(1, 4)):
            if dice.random() < 0.3:
                left, name = rewritten(left, maker)
            else:
                right, name = rewritten(right, maker)
            rules += [name] if name else []
        if left == right or max(_length(left), _length(right)) > LARGEST_EXPRESSION:
            continue
        if number % 2 == 0:
            return Statement(number, family, world, left, right, "", tuple(rules))
        side, mistake = mutated(right, maker)
        if mistake and side != left and _length(side) <= LARGEST_EXPRESSION:
            return Statement(number, family, world, left, side, mistake, tuple(rules))


def _length(expression: Expression) -> int:
    return sum(1 for _ in ex.walk(expression))


# NumPy's opinion ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def instance(world: World, sizes: tuple[int, int, int], seed: int, degenerate: bool = False) -> Numbers:
    return Numbers(world.context, dict(zip(("n", "m", "T"), sizes, strict=True)), seed, degenerate)


def compared(left: Expression, right: Expression, numbers: Numbers) -> str:
    """``equal``, ``differ``, ``misfit``, ``no value`` (of the left side), ``right undefined``, or ``no opinion``."""
    try:
        first, scale = numbers.value(left)
    except Undefined:
        return "no value"
    except Misfit:
        return "misfit"
    except NoOpinion:
        return "no opinion"
    try:
        second, other_scale = numbers.value(right)
    except Undefined:
        return "right undefined"
    except Misfit:
        return "misfit"
    except NoOpinion:
        return "no opinion"
    if first.shape[-2:] != second.shape[-2:]:
        return "misfit"
    nested = any(
        isinstance(node, ex.Hessian)
        or (isinstance(node, DERIVATIVES) and any(isinstance(q, DERIVATIVES) for q in ex.walk(node.operands[0])))
        for side in (left, right)
        for node in ex.walk(side)
    )
    tolerance = (1e-4 if nested else 1e-8) * (1 + max(scale, other_scale))
    return "equal" if float(np.abs(first - second).max()) <= tolerance else "differ"


def opinions(made: Statement, sizes: tuple[tuple[int, int, int], ...], seed: int, degenerate: bool = False) -> set[str]:
    return {compared(made.left, made.right, instance(made.world, s, seed, degenerate)) for s in sizes}


def seen_equal(made: Statement) -> bool:
    """Whether NumPy finds both sides equal somewhere."""
    return any("equal" in opinions(made, (sizes,), 0) for sizes in (*DIFFERENT, *ONES, *MORE))


def confirmed(made: Statement, found: Counterexample) -> bool:
    """Whether NumPy sees a difference of the sides on the counterexample itself."""
    numbers = Numbers(made.world.context, {"n": 1, "m": 1, "T": 1, **dict(found.sizes)}, 0)
    for name, table in found.symbols:
        member = re.fullmatch(r"(\w+?)_\(?(-?\d+)\)?", name)
        key = (member[1], (int(member[2]),)) if member else (name, ())
        numbers.values[key] = np.array([[complex(_entry(text)) for text in row] for row in table])
    numbers.largest = LARGEST_CONFIRMED
    try:
        first, second = numbers.value(made.left)[0], numbers.value(made.right)[0]
    except Undefined:
        return True
    except (Misfit, NoOpinion):
        return False
    return bool(np.abs(first - second).max() > 1e-6 * (1 + np.abs(first).max()))


def _entry(text: str) -> float:
    ball = re.match(r"\[(\S+)", text)
    return float(Fraction(text)) if ball is None else float(ball[1])


# judging -----------------------------------------------------------------------------------------------------


class _Overdue(Exception):
    pass


@contextmanager
def _alarm(seconds: int) -> Iterator[None]:
    def ring(number: int, frame: FrameType | None) -> None:
        raise _Overdue

    old = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, old)


def judged(made: Statement, seed: int, tally: Tally) -> None:
    """The statement's verdict, counted; what must never happen goes to ``tally.failures``."""
    kind = "mutant" if made.mistake else "true"

    def failure(text: str) -> None:
        tally.failures.append(describe(made, seed, text))

    started = perf_counter()
    try:
        with _alarm(MOST_SECONDS):
            step = Step("campaign", Relation(made.left, "=", made.right))
            verdict = check_step(step, made.world.context, seed=made.number, budget=BUDGET)
    except Contradiction as error:
        tally.counts[made.family, kind, "failure"] += 1
        return failure(f"the judges contradict each other: {error}")
    except _Overdue:
        tally.counts[made.family, kind, "failure"] += 1
        return failure(f"no verdict in {MOST_SECONDS} s")
    except Exception as error:  # noqa: BLE001 - any exception of the engine is what is looked for
        tally.counts[made.family, kind, "failure"] += 1
        return failure(f"{type(error).__name__}: {error}")
    tally.slowest = max(tally.slowest, perf_counter() - started)
    wrong = complaint(made, verdict)
    tally.counts[made.family, kind, "failure" if wrong else str(verdict.status)] += 1
    if made.mistake:
        tally.mistakes[made.mistake, str(verdict.status)] += 1
    tally.rules.update(made.rules)
    tally.unseen += verdict.status is Status.PROVED and not wrong and not seen_equal(made)
    return failure(wrong) if wrong else None


def complaint(made: Statement, verdict: Verdict) -> str:
    """What NumPy has against the verdict; empty when nothing."""
    seen = opinions(made, (*DIFFERENT, *ONES), 0)
    if not made.mistake and seen & {"differ", "misfit"}:
        return f"a rule of the campaign is wrong ({', '.join(sorted(seen))}); the verdict was {verdict.status}"
    against = _COMPLAINTS.get(verdict.status)
    return against(made, verdict, seen) if against is not None else ""


def _proved(made: Statement, verdict: Verdict, seen: set[str]) -> str:
    seen = seen | opinions(made, MORE[:2], 1) | opinions(made, (DIFFERENT[0], ONES[0]), 2, degenerate=True)
    bad = seen & {"differ", "misfit", "right undefined"}
    return f"proved by {', '.join(verdict.rules)}, but NumPy says: {', '.join(sorted(bad))}" if bad else ""


def _refuted(made: Statement, verdict: Verdict, seen: set[str]) -> str:
    if not made.mistake:
        return f"a true statement is refuted: {verdict.counterexample}"
    if "differ" in seen or (verdict.counterexample is not None and confirmed(made, verdict.counterexample)):
        return ""
    for seed in (3, 4):
        if opinions(made, MORE, seed) & {"differ"} or opinions(made, MORE, seed, degenerate=True) & {"differ"}:
            return ""
    if closed.differ(made.left, made.right):
        return ""
    return f"refuted, but NumPy sees no difference ({', '.join(sorted(seen))}): {verdict.counterexample}"


def _undefined(made: Statement, verdict: Verdict, seen: set[str]) -> str:
    values = seen & {"equal", "differ"}
    return f"undefined ({verdict.message}), but NumPy finds values" if values else ""


def _ill_typed(made: Statement, verdict: Verdict, seen: set[str]) -> str:
    try:
        unequal = made.left.shape != made.right.shape
    except ShapeError:
        unequal = True
    fits = not opinions(made, DIFFERENT, 0) & {"misfit", "no opinion", "no value", "right undefined"}
    return f"ill-typed ({verdict.message}), but the shapes fit" if fits or not unequal else ""


_COMPLAINTS: dict[Status, Callable[[Statement, Verdict, set[str]], str]] = {
    Status.PROVED: _proved,
    Status.REFUTED: _refuted,
    Status.UNDEFINED: _undefined,
    Status.ILL_TYPED: _ill_typed,
}


def describe(made: Statement, seed: int, text: str) -> str:
    """A failure with all that is needed to see it again."""
    mistake = f", mistake: {made.mistake}" if made.mistake else ""
    return (
        f"{text[:1500]}\n    {plain(made.left)}\n  = {plain(made.right)}\n"
        f"    [{made.world.name}; {made.family}; rules: {', '.join(made.rules) or 'none'}{mistake}]\n"
        f"    again: python tests/soundness.py --seed {seed} --only {made.number}"
    )


def campaign(seed: int, numbers: range) -> Tally:
    """The statements of these numbers, one after another, with provers of their own."""
    checker._prover.cache_clear()
    instance.cache_clear()
    tally = Tally()
    for number in numbers:
        judged(statement(seed, number), seed, tally)
    return tally
