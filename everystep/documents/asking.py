"""Asks for the verdict of a claim under what is in force, and doubts it where the text leaves open what it assumes.

May import the engine.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from time import perf_counter

from everystep.algebra import expressions as ex
from everystep.algebra.conditioning import stated
from everystep.algebra.context import Context, Hypothesis, Relation
from everystep.algebra.expressions import Expression, Num, Var
from everystep.derivation import Claim
from everystep.documents.claims import not_equal
from everystep.documents.looking import checked, hinted
from everystep.documents.options import USUAL, Options
from everystep.documents.problems import Problem
from everystep.documents.relevance import bears_on, names_behind, spoken_of
from everystep.documents.result import Remark, StepReport
from everystep.documents.spoken import (
    all_in,
    are_alike,
    gives_pi,
    is_zero,
    said_of_every_argument,
    said_of_every_index,
    values_in,
)
from everystep.prove.verdict import Status, Verdict
from everystep.reader.document import OUT_OF_TIME
from everystep.reader.entities import Doubt
from everystep.reader.independence import Spoken
from everystep.reader.scope import Scope
from everystep.reader.signs import GREEK

READING, JUDGING, REPORTING = 0.5, 0.85, 0.93
"""The parts of a file's time after which no more is read, judged and reported.  In the rest the report is printed."""


class Asking:
    """The part of the checker that has claims judged; it keeps what is in force."""

    def __init__(self, options: Options = USUAL, started: float | None = None) -> None:
        self.options = options
        started = perf_counter() if started is None else started
        self.deadline = started + JUDGING * options.file_budget
        self.end = started + REPORTING * options.file_budget
        self.step_end = inf
        self.outer = Scope()
        self.dependence: Spoken | None = None
        self.following: dict[int, str] = {}  # the words behind each display, by its identity
        self.problem = Problem("", self.outer)
        self.steps: list[StepReport] = []
        self.remarks: list[Remark] = []

    def _judged_at_first(self, claim: Claim, context: Context) -> Verdict:
        """The verdict; of an inequality, first with what its left side was proved to be."""
        compared = isinstance(claim, Relation) and claim.op in ("<", "<=", ">", ">=")
        if compared and isinstance(claim, Relation) and self.problem.known:
            known = [k for k in self._proved_before(claim, context) if k.left == claim.left and k.op == "="]
            begun, kept = perf_counter(), self.step_end
            self.step_end = min(kept, begun + self.options.budget / 2)
            for value in known[-1:]:
                verdict = self._judged(Relation(value.right, claim.op, claim.right), context)
                if verdict.status in (Status.PROVED, Status.REFUTED):
                    return verdict
            self.step_end = kept + perf_counter() - begun  # the claim itself has the time that it always has
        return self._judged(claim, context)

    def _proved_before(self, claim: Claim, context: Context) -> tuple[Relation, ...]:
        """The equations that were proved before, where nothing that they rest on has changed."""
        held = set(context.hypotheses)
        return tuple(
            known
            for known, under in self.problem.known
            if under.recurrences == context.recurrences
            and (under.definitions, under.random, under.ranges) == (context.definitions, context.random, context.ranges)
            and all(h in held or _is_range_of(h, claim) or self._is_known_bound(h, context) for h in under.hypotheses)
        )

    def _with_lemmas(self, claim: Claim, context: Context, verdict: Verdict) -> Verdict:
        """The verdict with what has been proved of recurrences before."""
        if not context.recurrences or perf_counter() > self.deadline:
            return verdict
        lemmas = self._proved_before(claim, context)
        if not lemmas:
            return verdict
        again = self._checked(claim, context, lemmas)
        if again.status is Status.PROVED or not isinstance(claim, Relation) or claim.op != "=":
            return again if again.status is Status.PROVED else verdict
        for known in lemmas:  # with A = B proved, B = C by A = C
            whole = Relation(known.left, "=", claim.right)
            if known.right == claim.left and self._judged(whole, context).status is Status.PROVED:
                again = self._checked(claim, context, (*lemmas, whole))
                return again if again.status is Status.PROVED else verdict
        return verdict

    def _is_known_bound(self, hypothesis: Hypothesis, context: Context) -> bool:
        """Whether a hypothesis bounds an index, and follows from what is assumed now: ``0 <= t`` of ``0 <= t - 1``."""
        bound = isinstance(hypothesis, Relation) and all(isinstance(side, ex.Int) for side in hypothesis.sides)
        return bound and self._judged(hypothesis, context).status is Status.PROVED

    def _is_free_of_pi(self, claim: Claim, context: Context) -> bool:
        """Whether pi does not occur, or both sides are proved to be the same whatever stands for it: a counterexample
        then holds.
        """
        if self.problem.scope.find("pi") is not None:
            return True  # another number of this name
        if gives_pi(context):
            return False
        if Var("pi") not in all_in(claim, context):
            return True
        if not isinstance(claim, Relation) or any(Var("pi") in ex.walk(d.body) for d in context.definitions):
            return False
        other = Var("pi_other")
        given = context.given(Relation(Num(0), "<", other))
        same = [Relation(side, "=", side.xreplace({Var("pi"): other})) for side in (claim.left, claim.right)]
        return all(self._judged(relation, given).status is Status.PROVED for relation in same)

    def _varies_too(self, claim: Claim, context: Context, scope: Scope) -> str:
        """What a differential takes as constant, where a name like those it varies may be meant to vary as well and the
        step is then not proved: ``d(XY) = dX Y``; empty where there is nothing.
        """
        constant: set[Var] = set()
        for node in values_in(claim):
            if isinstance(node, ex.Differential):
                varied = {v.name for v, _ in node.perturbations if isinstance(v, Var)}
                others = [n for n in ex.walk(node.operands[0]) if isinstance(n, Var) and n.name not in varied]
                constant |= {
                    n for n in others if n.name not in scope.constants and any(are_alike(n.name, v) for v in varied)
                }
        if not constant or not isinstance(claim, Relation):
            return ""

        def varying(e: Expression) -> Expression:
            parts = [varying(a) if isinstance(a, Expression) else a for a in e.args]
            if isinstance(e, ex.Differential):
                more = [v for v in sorted(constant, key=str) if v not in parts and v in ex.walk(e.operands[0])]
                parts += [part for v in more for part in (v, Var(f"d{v.name}", *v.shape))]
            return e.func(*parts) if e.args else e

        wider = Relation(varying(claim.left), claim.op, varying(claim.right))
        if self._judged(wider, context).status is Status.PROVED:
            return ""
        names = ", ".join(f"\\{v.name}" if v.name in GREEK else v.name for v in sorted(constant, key=str))
        said = f"%! {names} \\text{{ constant}}"
        return f"whether {names} varies too is not said, and the step holds only if not (to say so: {said})"

    def _converse(self, verdict: Verdict, claim: Claim, context: Context) -> Verdict:
        """Of an equivalence the other direction: what was given follows from the claim."""
        for premise in self.problem.consequence:
            back = self._judged(premise, context.given(claim))
            if back.status.is_wrong:
                return replace(back, message=f"the converse does not hold {back.message}".strip())
            if back.status is not Status.PROVED:
                return replace(verdict, status=Status.TESTED, message="only one direction is proved")
        return verdict

    def _judged(self, claim: Claim, context: Context) -> Verdict:
        verdict = self._beyond_doubt(claim, context)
        if isinstance(claim, Relation) and claim.op == "!=" and verdict.status is Status.REFUTED:
            return not_equal(verdict, self._checked(Relation(claim.left, "=", claim.right), context))
        return verdict

    def _beyond_doubt(self, claim: Claim, context: Context) -> Verdict:
        """The verdict, unless it hangs on what the text may or may not assume."""
        if perf_counter() > self.deadline:
            return Verdict(Status.TESTED, "none", OUT_OF_TIME)
        verdict = self._checked(claim, context)
        function = said_of_every_argument(claim, context) if verdict.status is Status.REFUTED else ""
        if function:
            said = f"not decided: what is assumed of {function} may be meant for every argument"
            return Verdict(Status.TESTED, "none", said)
        others = said_of_every_index(claim, context) if verdict.status is Status.REFUTED else []
        others = [h for h in others if stated(h) is None]  # a conditional mean is one of every member
        if others and self._checked(claim, context.given(*others)).status is not Status.REFUTED:
            said = "not decided: an equation that is assumed at an index may be meant for every one"
            return Verdict(Status.TESTED, "none", said)
        valued = [d for d in self.problem.scope.doubts if verdict.status in _DECIDED and _may_depend(d, claim, context)]
        if valued:
            said = f"{valued[0].words} (line {valued[0].line}) may say what is differentiated here"
            return Verdict(Status.TESTED, "none", f"not decided: {said}")
        told = _depends(self.problem.scope, claim, context) if verdict.status in _DECIDED else ""
        if told:
            return Verdict(Status.TESTED, "none", f"not decided: the text says that {told} depends on it, and not how")
        doubts: tuple[Doubt, ...] = ()
        if verdict.status in (Status.REFUTED, Status.UNDEFINED):
            doubts = _bearing(self.problem.scope.doubts, claim, context)
        if not doubts:
            return verdict

        def changes(*given: Doubt) -> bool:
            found = self._checked(claim, context.given(*(d.hypothesis for d in given)))
            return found.status is not verdict.status

        def words(doubt: Doubt) -> str:
            return f"{doubt.words} (line {doubt.line})" if doubt.line else doubt.words

        alone: list[str] = []  # one sentence may give many doubts: once it is known to matter, the others are not asked
        for doubt in doubts:
            if words(doubt) not in alone and changes(doubt):
                alone.append(words(doubt))
        if not alone and not changes(*(d for d in doubts if not d.other)):
            return verdict
        said = "; ".join(alone or dict.fromkeys(map(words, doubts)))
        return Verdict(Status.TESTED, "none", f"not decided: the text may assume here, or not, that {said}")

    def _checked(self, claim: Claim, context: Context, lemmas: tuple[Hypothesis, ...] = ()) -> Verdict:
        return checked(claim, context, self.problem.scope, self.options, self.step_end, lemmas)

    def _hint(self, claim: Claim, context: Context, verdict: Verdict) -> str:
        return "" if perf_counter() > self.deadline else hinted(claim, context, verdict, self.options)


_DECIDED = (Status.PROVED, Status.REFUTED)


def _bearing(doubts: tuple[Doubt, ...], claim: Claim, context: Context) -> tuple[Doubt, ...]:
    r"""The doubts that speak of what a claim depends on, or of what one of them speaks of: beside ``X = U D V^\top``,
    that V is orthogonal says something of X.
    """
    found: tuple[Doubt, ...] = ()
    while True:
        given = context.given(*(d.hypothesis for d in found))
        sizes = spoken_of(claim, given)
        further = tuple(
            d
            for d in doubts
            if d not in found and (bears_on(d.hypothesis, claim, given) or _is_of_sizes(d.hypothesis, sizes))
        )
        further = tuple(d for d in further if not _is_of_another_point(d, claim, given))
        if not further:
            return found
        found += further


def _is_of_sizes(hypothesis: Hypothesis, sizes: frozenset[str]) -> bool:
    """Whether a hypothesis compares sizes that a claim is written with, as "with $n = 2$" does."""
    if not isinstance(hypothesis, Relation) or not all(isinstance(side, ex.Int) for side in hypothesis.sides):
        return False
    return any(str(symbol) in sizes for side in hypothesis.sides for symbol in side.free_symbols)


def _is_of_another_point(doubt: Doubt, claim: Claim, context: Context) -> bool:
    """Whether a doubt is that a derivative is zero, by a name that a claim does not rest on: who sets it to zero solves
    for that name, and lets the others be what they are.
    """
    said = doubt.hypothesis
    slope = said.left if isinstance(said, Relation) and said.op == "=" and is_zero(said.right) else None
    if not isinstance(slope, ex.Gradient | ex.ScalarDerivative) or not isinstance(slope.operands[1], Var):
        return False
    return slope.operands[1].name not in names_behind(claim, context)


def _may_depend(doubt: Doubt, claim: Claim, context: Context) -> bool:
    """Whether an equation that may be assumed gives a free name a value in what a claim differentiates by: of
    ``h_t = z_t + n_t`` the derivative by n_t is that of the right side, and not that of any h_t.
    """
    said = doubt.hypothesis
    if not isinstance(said, Relation) or said.op != "=" or not isinstance(said.left, Var | ex.Member):
        return False
    by = _differentiated_by(claim)
    name, inside = said.left.name, said.right.names
    valued = {d.target.name for d in context.definitions} | {r.target.name for r in context.recurrences}
    return name not in valued | by and bool(inside & by) and name in names_behind(claim, context)


def _depends(scope: Scope, claim: Claim, context: Context) -> str:
    """A free name that words call a function of what is differentiated by in a claim; empty where there is none."""
    by = _differentiated_by(claim) if scope.depends else set()
    valued = {d.target.name for d in context.definitions} | {r.target.name for r in context.recurrences}
    told = [name for name, others in scope.depends.items() if others & by and name not in valued | by]
    behind = names_behind(claim, context) if told else set()
    return next((name for name in told if name in behind), "")


def _differentiated_by(claim: Claim) -> set[str]:
    """The names that a claim differentiates by."""
    nodes = [node for side in claim.sides for node in ex.walk(side)]
    return {name for node in nodes if isinstance(node, ex.PARTIAL_DERIVATIVES) for name in node.operands[1].names}


def _is_range_of(hypothesis: Hypothesis, claim: Claim) -> bool:
    """Whether a hypothesis bounds an index by no more than what a sum on the left side needs for a value: ``0 <= T`` of
    a sum from 0 to ``T - 1``.
    """
    if not isinstance(claim, Relation) or not isinstance(hypothesis, Relation) or hypothesis.op != "<=":
        return False
    low, high = hypothesis.sides
    if not isinstance(low, ex.Int) or not isinstance(high, ex.Int) or not isinstance(claim.left, ex.SumOver):
        return False
    begin, end = claim.left.range
    return bool((high.value - low.value) - (end - begin + 1) == 0)
