"""The verdict of a step: shapes, definedness, the exact judge, the normal form - and agreement of the two.

``proved`` is said only when the normal form has a proof and the exact judge, which shares no code with it,
agreed on instances. ``refuted`` is said only on a counterexample of the exact judge.  A proof against a
counterexample is a defect of Everystep and raises :class:`Contradiction`, as is one against differences in floating
point (:mod:`everystep.prove.gradients`).  May import everything of the engine but the reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from time import perf_counter, thread_time

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ShapeError, same_shape, same_size, show_shape
from everystep.calculus.clock import until
from everystep.calculus.indices import Integers, NotAffine, constant, difference, slot_of
from everystep.calculus.networks import Exhausted, Undecided
from everystep.derivation import Chain, Claim, Derivation, Induction, Step
from everystep.prove.definedness import surely_not_empty
from everystep.prove.exact import challenge, judge
from everystep.prove.exact.plain import plain
from everystep.prove.exact.program import forget_programs
from everystep.prove.gradients import gradient_evidence
from everystep.prove.induction import UNFORESEEN, attempted, inductions, prove_by_induction, proved_apart, starts_at
from everystep.prove.normal_form import OtherShape
from everystep.prove.presuppositions import presuppositions
from everystep.prove.prover import Prover
from everystep.prove.verdict import ExactReport, GradientEvidence, Obligations, Status, Verdict

FIRST_SHARE, LAST_SHARE = 0.7, 0.1
"""The parts of a step's time that the first search for a proof may take, and, beyond its end, whether a side that was
proved is defined.  The exact judge is asked in any case."""

SECOND_LOOKS = 4
CHALLENGED = 0.1
"""The part of a step's time for values that chance does not meet, where there is no proof."""
DIFFERENCED = (Status.PROVED, Status.TESTED)
"""The verdicts beside which differences say something: others have shown already what is wrong."""
NO_VALUE = Obligations(definedness="no value")
STOPPED = (Undecided, NotAffine, Exhausted, RecursionError, *UNFORESEEN)
"""Ways in which the normal form comes to no end: nothing is known of the claim then, whatever it was doing."""


class Contradiction(Exception):
    """The two judges disagree, or differences disagree with both: a defect of Everystep, never a verdict."""


@lru_cache(maxsize=8)
def _prover(context: Context, lemmas: tuple[Hypothesis, ...]) -> Prover:
    return Prover(context, lemmas)


@lru_cache(maxsize=16)
def _within(context: Context, given: tuple[Hypothesis, ...]) -> Context:
    """The context of the steps of a chain."""
    return context.given(*given).with_implied()


def forget() -> None:
    """Drop what is kept for the claims to come: a check that was broken off may have left it half made."""
    _prover.cache_clear()
    _within.cache_clear()
    forget_programs()


def check_step(
    step: Step,
    context: Context,
    *,
    lemmas: tuple[Hypothesis, ...] = (),
    seed: int = 0,
    budget: float = 5.0,
    gradients: bool = True,
) -> Verdict:
    """The verdict of one step.

    ``lemmas`` are proved consequences of the hypotheses: the normal form may use them, the exact judge does not
    see them.  ``budget``: seconds of computing after which both judges stop, but for the instance or the rewriting at
    hand; one instance at least is tried.  Mostly the normal form reaches an end, or its bound on the work, before.
    ``gradients``: whether a derivative that is claimed is compared with differences; a disagreement with a proof raises
    Contradiction.
    """
    started = perf_counter()
    within = _within(context, step.given)
    try:
        verdict = _check(step, within, lemmas, seed, budget)
    except RecursionError:
        verdict = Verdict(Status.TESTED, "none", "not decided: the expression is nested too deeply")
    if gradients and verdict.status in DIFFERENCED:
        verdict = with_gradient(step, verdict, gradient_evidence(step.claim, within, by=step.by, seed=seed))
    return replace(verdict, seconds=perf_counter() - started)


def gradient_checks(derivation: Derivation, *, seed: int = 0) -> list[GradientEvidence | None]:
    """What differences say of the steps, whatever their verdicts are; None where no derivative is claimed."""
    return [
        gradient_evidence(step.claim, _within(derivation.context, step.given), by=step.by, seed=seed)
        for step in derivation.steps
    ]


def with_gradient(step: Step, verdict: Verdict, found: GradientEvidence | None) -> Verdict:
    """The verdict with what differences say of a derivative that the step claims.

    Raises Contradiction where they are certain that a proved step is wrong.
    """
    if found is None or verdict.status not in DIFFERENCED:
        return verdict
    if found.outcome == "differs":
        at = ", ".join(f"{name}={value}" for name, value in found.sizes)
        said = f"in floating point the two sides differ by {found.error:.1g}, relatively ({found.method}, {at})"
        if verdict.status is Status.PROVED:
            raise Contradiction(f"{step.name}: proved by {', '.join(verdict.rules)}, but {said}")
        verdict = replace(verdict, message="; ".join(part for part in (verdict.message, said) if part))
    return replace(verdict, gradient=found)


def _check(step: Step, context: Context, lemmas: tuple[Hypothesis, ...], seed: int, budget: float) -> Verdict:
    claim, begun = step.claim, thread_time()
    first_end, end, last_end = (begun + share * budget for share in (FIRST_SHARE, 1.0, 1.0 + LAST_SHARE))
    try:
        message = _shapes(claim) or next((f"a hypothesis: {m}" for h in context.hypotheses if (m := _shapes(h))), "")
    except ShapeError as error:
        message = str(error)
    if message:
        return Verdict(Status.ILL_TYPED, "shapes", message, obligations=Obligations(shapes="do not fit"))
    proved, prover, reason = False, None, ""
    provided: tuple[str, ...] = ()
    try:
        with until(first_end):
            prover = _prover(context, lemmas)
            try:
                prover.form.see(*claim.sides)
            except OtherShape:
                # The same names stood for other symbols in an earlier claim under this context.
                prover = Prover(context, lemmas)
                prover.form.see(*claim.sides)
            undefined = _undefined(prover.apart(claim).sides, prover)
            if undefined:
                return Verdict(Status.UNDEFINED, "definedness", undefined, obligations=NO_VALUE)
            proved = _by_method(step, context.given(*lemmas), prover)
    except STOPPED as error:
        reason = _why_stopped(error)
    report = judge(claim, context, by=step.by, seed=seed, budget=end - thread_time())
    if report.outcome == "agree" and not proved and prover is not None and step.by is None:
        try:
            with until(end):
                wider = context.given(*lemmas)
                found = next((by for by in inductions(claim, context) if attempted(claim, by, wider, prover)), None)
                known = Integers(prover.form.facts, prover.form.core.integers.sizes)
                if found is not None and not known.at_least(str(found.index), constant(found.start)):
                    provided = (f"{found.index} ≥ {found.start}",)  # where the sum on the left has a value
                proved = found is not None or prover.holds_by_entries(claim) or proved_apart(claim, prover)
        except STOPPED as error:
            reason = reason or _why_stopped(error)
    for further in range(1, 1 + (SECOND_LOOKS if report.outcome == "agree" and not proved else 0)):
        # Without a proof it is worth looking longer for a counterexample.
        left = end - thread_time()
        if left <= 0:
            break
        again = judge(claim, context, by=step.by, seed=seed + further, budget=min(left, budget / SECOND_LOOKS))
        if again.outcome != "agree":
            report = again if again.outcome == "counterexample" else report
            break
        report = replace(report, trials=report.trials + again.trials)
    if report.outcome == "agree" and not proved and thread_time() < end:
        against = challenge(claim, context, by=step.by, seed=seed, budget=min(end - thread_time(), CHALLENGED * budget))
        report = report if against is None else replace(against, trials=report.trials)
    if not proved and thread_time() > end:
        reason = reason or f"no proof found in the time of the step, {budget:g} s"
    if thread_time() > first_end:
        _prover.cache_clear()  # what it has noted may be what it had no time for
    rules = tuple(sorted(prover.form.core.rules_used)) if prover is not None else ()
    if report.outcome == "undefined":
        return Verdict(Status.UNDEFINED, "exact", report.message, trials=report.trials, obligations=NO_VALUE)
    if report.outcome == "counterexample":
        if proved:
            raise Contradiction(f"{step.name}: proved by {', '.join(rules)}, refuted by {report.counterexample}")
        return Verdict(
            Status.REFUTED,
            "exact",
            report.message,
            counterexample=report.counterexample,
            trials=report.trials,
            obligations=Obligations(values="differ"),
        )
    if not proved or prover is None:
        return _undecided(report, reason, rules)
    try:
        with until(last_end):
            verdict = _proved(claim, step.by, prover, report, rules)
    except STOPPED as error:
        return _undecided(report, f"whether the right side is defined: {_why_stopped(error)}", rules)
    return replace(verdict, conditions=verdict.conditions + provided) if verdict.status is Status.PROVED else verdict


def _why_stopped(error: Exception) -> str:
    """Why the normal form came to no end."""
    if isinstance(error, RecursionError):
        return "not decided: the expression is nested too deeply"
    if isinstance(error, (Undecided, NotAffine)):
        return f"not decided: {error}"
    if isinstance(error, Exhausted):
        return f"not decided within bounds: {error}"
    return f"not decided: the normal form met what it does not foresee ({type(error).__name__}: {error})"


def _shapes(claim: Claim) -> str:
    """Why the claim, or a hypothesis, is ill-typed; empty when it is not."""
    if isinstance(claim, Predicate):
        shape = claim.subject.shape
        if claim.kind not in ("nonzero", "full row rank", "full column rank") and not same_size(*shape):
            return f"{claim.kind} is said of square matrices, not of {show_shape(shape)}"
        return ""
    left, right = claim.left.shape, claim.right.shape
    if not same_shape(left, right):
        return f"the left side is {show_shape(left)}, the right side {show_shape(right)}"
    if claim.op not in ("=", "!=") and not claim.left.is_number_shaped:
        return f"{claim.op} compares numbers, not {show_shape(left)}"
    return ""


def _undefined(sides: tuple[Expression, ...], prover: Prover) -> str:
    """Why a side has no value whatever the symbols are; empty when that is not known."""
    known = Integers(prover.form.facts, prover.form.core.integers.sizes)
    for side in sides:
        for p in presuppositions(side, prover.form):
            if p.kind == "invertible" and p.unless is None and surely_not_empty(p.scope, known):
                why = prover.order.singular(p.subject) or prover.order.singular_but_at_one(p.subject)
                why = why or (prover.sent_to_zero(p.subject) if not p.scope else "")
                if why:
                    return f"the inverse of a singular matrix: {why}"
    return ""


def _by_method(step: Step, context: Context, prover: Prover) -> bool:
    if step.by is None:
        return prover.prove(step.claim)
    return prove_by_induction(step.claim, step.by, context, prover)


def _undecided(report: ExactReport, reason: str, rules: tuple[str, ...]) -> Verdict:
    agreed = "both sides agree on every instance tried" if report.outcome == "agree" else report.message
    message = "; ".join(part for part in (reason or "no proof found", agreed) if part)
    values = "agree where tested" if report.outcome == "agree" else "open"
    return Verdict(Status.TESTED, "exact", message, rules, trials=report.trials, obligations=Obligations(values=values))


def _proved(claim: Claim, by: Induction | None, prover: Prover, report: ExactReport, rules: tuple[str, ...]) -> Verdict:
    if report.outcome != "agree":
        return Verdict(
            Status.TESTED,
            "normal form",
            f"proved by the normal form alone; the exact judge: {report.message}",
            rules,
        )
    facts = () if by is None else (difference(slot_of(by.index), constant(by.start)),)
    claim = prover.apart(claim)
    # A property is said of a formula that has to have a value: nothing stands on the left that would grant it.
    sides = (claim.left, claim.right) if isinstance(claim, Relation) else (ex.Num(0), claim.subject)
    missing = prover.definedness.left_over(*sides, facts)
    if missing:
        names = tuple(f"{p.kind}: {plain(p.subject)}" for p in missing)
        return Verdict(
            Status.TESTED,
            "normal form",
            "proved where the right side is defined, which the left side and the hypotheses do not ensure",
            rules,
            names,
            report.trials,
            obligations=Obligations(definedness="not ensured", values="agree"),
        )
    if report.singular:
        return Verdict(
            Status.TESTED,
            "normal form",
            f"proved where it has a value, which it has not for all sizes: {report.singular}, whatever the values",
            rules,
            trials=report.trials,
            obligations=Obligations(definedness="not ensured", values="agree"),
        )
    met = Obligations(definedness="ensured", values="agree")
    # A kink that the left side may have is granted to the right side; where that is needed, the verdict says so.
    definedness = prover.definedness
    kinks = definedness.left_over(*sides, facts, certain=True) if definedness.has_kinks(*sides) else []
    provided = tuple(dict.fromkeys(f"{plain(p.subject)} {p.kind}" for p in kinks))
    return Verdict(Status.PROVED, "normal form and exact", "", rules, provided, report.trials, obligations=met)


def check_derivation(
    derivation: Derivation, *, seed: int = 0, budget: float = 5.0, gradients: bool = True
) -> Iterator[tuple[Step, Verdict]]:
    """The verdicts of all steps, in order.  A step may use earlier chains only when every step of them is proved.

    ``gradients``: as for :func:`check_step`.
    """
    done: dict[str, Verdict] = {}
    chains = {chain.name: chain for chain in derivation.chains}
    for chain in derivation.chains:
        for step in chain.steps:
            lemmas: list[Hypothesis] = []
            refusal = ""
            for name in step.uses:
                lemma, why = _lemma(chains.get(name), done, step)
                refusal = refusal or why
                lemmas += lemma
            if refusal:
                verdict = Verdict(Status.TESTED, "uses", refusal)
            else:
                verdict = check_step(
                    step, derivation.context, lemmas=tuple(lemmas), seed=seed, budget=budget, gradients=gradients
                )
            done[step.name] = verdict
            yield step, verdict


def _lemma(chain: Chain | None, done: dict[str, Verdict], step: Step) -> tuple[list[Hypothesis], str]:
    """What an earlier chain has shown, from its first to its last expression; or why it may not be used here."""
    if chain is None or any(s.name not in done for s in chain.steps):
        raise ValueError(f"{step.name} uses a chain that is not an earlier one; it names {', '.join(step.uses)}")
    for earlier in chain.steps:
        if done[earlier.name].status is not Status.PROVED:
            return [], f"it uses {chain.name}, where {earlier.name} is {done[earlier.name].status}"
    if not set(chain.given) <= set(step.given):
        return [], f"it uses {chain.name}, whose hypotheses are not all given here"
    for link in chain.links:
        if link.by is not None and not any(starts_at(h, link.by) for h in step.given):
            return [], f"it uses {chain.name}, proved from {link.by.start} on only; that is not given here"
    if chain.predicate is not None:
        return [chain.predicate], ""
    if any(link.op != "=" for link in chain.links):
        return [], f"it uses {chain.name}, which is not a chain of equations"
    return [Relation(chain.start, "=", chain.links[-1].to)], ""
