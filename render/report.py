"""The report of a check: verdicts as text lines and as JSON, and the exit status.

A verdict is *as expected* when the step is proved, or gets the verdict that its author announces
(a warning about a formula without a value).  What is tested or assumed is neither right nor wrong:
it does not fail, and is never shown as proved.  May import ``everystep`` and the printing core;
starts fast (no Jinja, no rich, no NumPy).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from everystep.algebra.context import Context, Predicate
from everystep.derivation import Check, Derivation, NumericResult, Problem, Step, WrongAnswer, WrongStep
from everystep.prove.verdict import Counterexample, Status, Verdict
from render.evidence_text import gradient_json, sizes_text
from render.latex import latex

CheckStep: TypeAlias = Callable[..., Verdict]
CheckDerivation: TypeAlias = Callable[..., Iterable[tuple[Step, Verdict]]]

OK, FAILED, BAD = 0, 1, 2
STATUS_WIDTH = len(Status.ILL_TYPED)


@dataclass(frozen=True)
class Finding:
    """A verdict with the place it belongs to; ``twin`` when the step is a known mistake."""

    derivation: str
    step: Step
    verdict: Verdict
    twin: WrongStep | None = None

    @property
    def expected(self) -> str:
        """The verdict that was announced."""
        return self.twin.verdict if self.twin else self.step.expect

    @property
    def as_expected(self) -> bool:
        """Whether it is the announced verdict."""
        return str(self.verdict.status) == self.expected

    @property
    def exit_code(self) -> int:
        """0 when it is as expected or undecided, 1 when it is wrong, 2 when it cannot be read."""
        if self.as_expected:
            return OK
        if self.verdict.status is Status.UNREADABLE:
            return BAD
        undecided = self.verdict.status in (Status.TESTED, Status.ASSUMED)
        return OK if undecided and self.expected == str(Status.PROVED) else FAILED


def findings(derivation: Derivation, checked: Iterable[tuple[Step, Verdict]]) -> Iterator[Finding]:
    """The verdicts of a derivation's steps, as they come."""
    for step, verdict in checked:
        yield Finding(derivation.id, step, verdict)


def twin_findings(
    twins: Iterable[tuple[str, WrongStep]],
    context: Callable[[str], Context],
    check: CheckStep,
    *,
    seed: int,
    budget: float,
) -> Iterator[Finding]:
    """The verdicts of known mistakes."""
    for name, twin in twins:
        step = Step(twin.id, twin.claim, twin.given)
        yield Finding(name, step, check(step, context(name), seed=seed, budget=budget), twin)


def exit_code(found: Iterable[Finding]) -> int:
    """The worst of all: unreadable is 2, wrong is 1."""
    return max((f.exit_code for f in found), default=OK)


def summary(found: Iterable[Finding]) -> dict[str, int]:
    """How many steps have each verdict."""
    counts = {str(status): 0 for status in Status}
    for finding in found:
        counts[str(finding.verdict.status)] += 1
    return counts


# text ------------------------------------------------------------------------------------------


def line(finding: Finding, width: int) -> str:
    """One line: the step's name, its verdict, how it was decided or why not."""
    verdict = finding.verdict
    words = str(verdict.status)
    if not finding.as_expected:
        words += f" (expected: {finding.expected})"
    how = []
    if finding.twin is not None:
        how.append(f"for {finding.twin.instead_of}")
    elif finding.as_expected and finding.expected != str(Status.PROVED):
        how.append("as expected")
    if verdict.status is Status.PROVED:
        how.append(", ".join(dict.fromkeys(verdict.rules)) or verdict.method)
    if verdict.message:
        how.append(verdict.message)
    if verdict.counterexample is not None:
        how.append("at " + sizes_text(verdict.counterexample.sizes))
    return f"  {finding.step.name:<{width}}  {words:<{STATUS_WIDTH}}  {'; '.join(how)}".rstrip()


def summary_text(found: list[Finding]) -> str:
    """``45 proved, 1 tested``, verdicts that do not occur left out."""
    counts = [f"{count} {status}" for status, count in summary(found).items() if count]
    return ", ".join(counts) or "no steps"


def numeric_line(result: NumericResult) -> str:
    """One numeric check."""
    sign = "<=" if result.passed else ">"
    word = "passed" if result.passed else "FAILED"
    return f"  numeric: {result.what}: {result.error:.2g} {sign} {result.tolerance:.2g}  {word}"


def check_status(check: Check) -> str:
    """``confirmed``, ``failed``, or ``unchecked`` where no machine decides."""
    return {True: "confirmed", False: "failed", None: "unchecked"}[check.outcome.passed]


def check_line(check: Check, width: int = 0) -> str:
    """One answer that is no chain of steps: its name, how it came out, the kind of check and what was compared."""
    name = f"{check.name}@{check.variant}" if check.variant else check.name
    said = ": ".join(text for text in (check.kind, check.outcome.evidence.get("en", "")) if text)
    return f"  {name:<{width}}  {check_status(check):<{STATUS_WIDTH}}  {said}"


def checks_text(checks: Iterable[Check]) -> str:
    """``3 confirmed, 1 unchecked``."""
    counts: dict[str, int] = {}
    for check in checks:
        counts[check_status(check)] = counts.get(check_status(check), 0) + 1
    return ", ".join(f"{counts[status]} {status}" for status in sorted(counts)) or "none"


def unseen_mistakes(problem: Problem, answers: Iterable[WrongAnswer]) -> tuple[WrongAnswer, ...]:
    """The known mistakes in answers that do not show: their value is the right one."""
    return tuple(a for a in answers if not a.differs(problem.check(a.instead_of, a.variant or problem.variants[0])))


# JSON ------------------------------------------------------------------------------------------


def as_json(finding: Finding) -> dict[str, Any]:
    """One step for ``--json``."""
    claim, verdict = finding.step.claim, finding.verdict
    example = verdict.counterexample
    sides: dict[str, Any]
    if isinstance(claim, Predicate):
        sides = {
            "relation": f"is {claim.kind}",
            "lhs": latex(claim.subject, display=True),
            "rhs": None,
        }
    else:
        sides = {
            "relation": claim.op,
            "lhs": latex(claim.left, display=True),
            "rhs": latex(claim.right, display=True),
        }
    sizes = example.sizes if example else verdict.trials[-1].sizes if verdict.trials else ()
    result = {"derivation": finding.derivation, "step": finding.step.name, **sides}
    if finding.twin is not None:
        result["instead_of"] = finding.twin.instead_of
    return result | {
        "verdict": str(verdict.status),
        "expected": finding.expected,
        "method": verdict.method,
        "obligations": {
            "shapes": verdict.obligations.shapes,
            "definedness": verdict.obligations.definedness,
            "values": verdict.obligations.values,
        },
        "rules": list(verdict.rules),
        "conditions": list(verdict.conditions),
        "sizes": dict(sizes),
        "message": verdict.message,
        "counterexample": None if example is None else _example_json(example),
        "gradient": gradient_json(verdict.gradient),
    }


def _example_json(example: Counterexample) -> dict[str, Any]:
    return {
        "symbols": {name: [list(row) for row in table] for name, table in example.symbols},
        "lhs": [list(row) for row in example.left],
        "rhs": [list(row) for row in example.right],
        "exact": example.exact,
        "note": example.note,
    }


def report_json(
    found: list[Finding], checks: Iterable[tuple[str, Check]], numeric: Iterable[tuple[str, NumericResult]] | None
) -> dict[str, Any]:
    """The whole report; ``numeric`` is None when the numeric checks were not run."""
    report: dict[str, Any] = {"steps": [as_json(f) for f in found], "summary": summary(found)}
    report["checks"] = [
        {
            "problem": name,
            "check": check.name,
            "variant": check.variant,
            "kind": check.kind,
            "status": check_status(check),
            "evidence": dict(check.outcome.evidence),
        }
        for name, check in checks
    ]
    if numeric is not None:
        report["numeric"] = [
            {
                "derivation": name,
                "what": r.what,
                "error": r.error,
                "tolerance": r.tolerance,
                "passed": r.passed,
            }
            for name, r in numeric
        ]
    return report
