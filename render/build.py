"""Building documents: check, source, PDF, with a progress bar and a table at the end.

Every output is made beside its place and then moved there, so that a failure leaves earlier files
as they were. May import everything of ``render`` but the command line, and rich.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from everystep.derivation import Assignment, Check, Problem, WrongAnswer, WrongStep
from everystep.prove.verdict import Status
from render import plots
from render.assets import read_template
from render.documents import FORMULARY, Evidence, document_name, document_source
from render.files import replace_text
from render.pages import PAGED, LayoutError, Place, common, ensure_kept, measured, page_map
from render.report import (
    CheckDerivation,
    CheckStep,
    Finding,
    check_line,
    checks_text,
    exit_code,
    findings,
    line,
    summary_text,
    twin_findings,
    unseen_mistakes,
)
from render.strings import languages as all_languages
from render.tex import Engine, TexError, TexResult, compile_tex


class BuildError(Exception):
    """One sentence that says what could not be built, and where."""


@dataclass(frozen=True)
class Checked:
    """Everything found out about one problem."""

    evidence: Evidence
    found: tuple[Finding, ...]
    checks: tuple[Check, ...] = ()
    unseen: tuple[WrongAnswer, ...] = ()
    """Known mistakes in answers whose value is the right one."""


def check_problem(
    problem: Problem,
    twins: Iterable[tuple[str, WrongStep]],
    answers: Iterable[tuple[str, WrongAnswer]],
    check_derivation: CheckDerivation,
    check_step: CheckStep,
    *,
    seed: int,
    budget: float,
    advance: Callable[[], None] = lambda: None,
) -> Checked:
    """All verdicts of a problem: its steps, its wrong twins, its numeric and other checks."""
    derivation = problem.derivation
    steps = []
    for finding in findings(derivation, check_derivation(derivation, seed=seed, budget=budget)):
        steps.append(finding)
        advance()
    mistakes = []
    for finding in twin_findings(twins, lambda _: derivation.context, check_step, seed=seed, budget=budget):
        mistakes.append(finding)
        advance()
    numeric = derivation.numeric() if derivation.numeric is not None else ()
    evidence = Evidence(
        {f.step.name: f.verdict for f in steps},
        numeric,
        tuple((f.twin, f.verdict) for f in mistakes if f.twin is not None),
        tuple(answer for _, answer in answers),
    )
    return Checked(evidence, (*steps, *mistakes), problem.checks, unseen_mistakes(problem, evidence.answers))


def write_document(
    assignment: Assignment,
    kind: str,
    language: str,
    evidence: dict[str, Evidence],
    out: Path,
    engine: Engine,
    layout: tuple[Place, ...] = (),
) -> TexResult:
    """One document: ``<out>/<name>.tex`` and ``<out>/<name>.pdf``; TeX runs only when something
    changed.  With a ``layout`` each part has the pages that it says."""
    name = document_name(assignment, kind, language)
    source = document_source(assignment, kind, language, evidence, own_pages=bool(layout), layout=layout)
    return _typeset(name, source, out, out / ".aux" / name, engine)


def measured_layout(
    assignment: Assignment, languages: Sequence[str], evidence: dict[str, Evidence], out: Path, engine: Engine
) -> tuple[Place, ...]:
    """The pages that hold every version of each part: all are typeset once to see what they need."""
    found = []
    for kind in PAGED:
        for language in languages:
            name = document_name(assignment, kind, language)
            source = document_source(assignment, kind, language, evidence, own_pages=True)
            measuring = out / ".aux" / f"{name}-measured"
            result = _typeset(name, source, measuring, measuring, engine)
            found.append(measured(result.log.read_text(encoding="utf-8", errors="replace")))
    return common(found)


def _typeset(name: str, source: str, out: Path, aux: Path, engine: Engine) -> TexResult:
    try:
        aux.mkdir(parents=True, exist_ok=True)
        working = aux / f"{name}.tex"
        # Beside the source that TeX reads, and beside the one that an instructor edits.
        for folder in (aux, out):
            _put(folder / CLASS, read_template(CLASS))
        lacking = _put_plots(source, aux, out)
        # What says that plots are lacking makes another source: with the plots TeX runs again.
        _put(working, source + f"% {lacking}\n" if lacking else source)
        result = compile_tex(working, out / f"{name}.pdf", engine=engine, aux_dir=aux)
        if out != aux:
            _put(out / f"{name}.tex", source)
    except TexError as error:
        first = next((str(e).strip().splitlines()[0] for e in error.errors), "")
        because = error.reason + (f": {first}" if first else "")
        raise BuildError(f"{name}: {because}; the log is {error.log}") from error
    except plots.PlotError as error:
        raise BuildError(f"{name}: {error}") from error
    except OSError as error:
        raise BuildError(f"cannot write in {out}: {error.strerror or error}") from error
    return replace(result, warnings=(*result.warnings, lacking)) if lacking else result


def _put_plots(source: str, *folders: Path) -> str:
    """Draw the plots of a source beside it, as far as they have changed; why that cannot be done here, or nothing."""
    try:
        for plot, language in plots.named_in(source):
            for folder in folders:
                plots.write(plot, language, folder / plots.file_name(plot, language))
    except plots.CannotDrawError as error:
        return str(error)
    return ""


CLASS = "everystep.cls"


def _put(target: Path, text: str) -> None:
    """Write a file unless it holds that text."""
    if not target.is_file() or target.read_text(encoding="utf-8") != text:
        replace_text(target, text)


def build(
    assignments: Sequence[Assignment],
    kinds: Sequence[str],
    languages: Sequence[str],
    out: Path,
    engine: Engine,
    *,
    formulary: Assignment,
    twins: Callable[[str], tuple[tuple[str, WrongStep], ...]],
    answers: Callable[[str], tuple[tuple[str, WrongAnswer], ...]],
    check_derivation: CheckDerivation,
    check_step: CheckStep,
    seed: int,
    budget: float,
    console: Console,
    own_pages: bool = False,
) -> int:
    """Check and write all documents; the exit status of the checks.

    With ``own_pages`` each part has pages of its own, the same in every version and language, and
    ``<assignment>-pages.json`` says which.
    ``formulary`` asks the whole catalogue; it is written where that kind is among ``kinds``.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BuildError(f"cannot write in {out}: {error.strerror or error}") from error
    if not os.access(out, os.W_OK):
        raise BuildError(f"cannot write in {out}: Permission denied")
    there = [a for a in assignments if a.questions]
    jobs = [(a, k, lang) for a in there for k in kinds if k != FORMULARY for lang in languages]
    jobs += [(formulary, FORMULARY, lang) for lang in languages if FORMULARY in kinds]
    problems = {problem.id: problem for job in jobs for problem in job[0].problems}
    checking = own_pages or any(kind != "assignment" for kind in kinds)
    checked: dict[str, Checked] = {}
    built: list[TexResult] = []
    mistakes = {name: twins(name) if checking else () for name in problems}
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        transient=True,
    ) as progress:
        if checking:
            total = sum(len(p.derivation.steps) + len(mistakes[p.id]) for p in problems.values())
            bar = progress.add_task("checking", total=total)
            for name, problem in problems.items():
                progress.update(bar, description=f"checking {name}")
                checked[name] = check_problem(
                    problem,
                    mistakes[name],
                    answers(name),
                    check_derivation,
                    check_step,
                    seed=seed,
                    budget=budget,
                    advance=lambda: progress.advance(bar),
                )
        bar = progress.add_task("typesetting", total=len(jobs))
        evidence = {name: c.evidence for name, c in checked.items()}
        layouts: dict[str, tuple[Place, ...]] = {}
        for assignment in there if own_pages else ():
            progress.update(bar, description=f"measuring {assignment.id}")
            try:
                layouts[assignment.id] = measured_layout(assignment, all_languages(), evidence, out, engine)
            except LayoutError as error:
                raise BuildError(f"{assignment.id}: {error}") from error
            _put(out / f"{assignment.id}-pages.json", page_map(assignment, layouts[assignment.id]))
        for assignment, kind, language in jobs:
            name = document_name(assignment, kind, language)
            progress.update(bar, description=f"typesetting {name}")
            layout = layouts.get(assignment.id, ()) if kind in PAGED else ()
            result = write_document(assignment, kind, language, evidence, out, engine, layout)
            try:
                if layout:
                    ensure_kept(name, layout, measured(result.log.read_text(encoding="utf-8", errors="replace")))
            except LayoutError as error:
                raise BuildError(str(error)) from error
            built.append(result)
            progress.advance(bar)
    _report(problems, checked, built, engine, console)
    for assignment in assignments:
        if assignment.missing:
            text = f"{assignment.id}: not written yet: {', '.join(assignment.missing)}"
            console.print(text, markup=False, highlight=False, soft_wrap=True)
    code = exit_code(f for c in checked.values() for f in c.found)
    failed = any(
        c.unseen or not all(r.passed for r in c.evidence.numeric) or any(k.outcome.passed is False for k in c.checks)
        for c in checked.values()
    )
    return max(code, 1 if failed else 0)


def _report(
    problems: dict[str, Problem],
    checked: dict[str, Checked],
    built: list[TexResult],
    engine: Engine,
    console: Console,
) -> None:
    if checked:
        table = Table(box=None)
        for heading in ("derivation", "steps", "verdicts", "mistakes", "numeric"):
            table.add_column(heading, no_wrap=True)
        table.add_column("checks")
        for name in problems:
            found, evidence = checked[name].found, checked[name].evidence
            steps = [f for f in found if f.twin is None]
            twins = [f for f in found if f.twin is not None]
            passed = sum(r.passed for r in evidence.numeric)
            right = all(f.verdict.status is Status.PROVED or f.as_expected for f in steps)
            table.add_row(
                name,
                str(len(steps)),
                f"[green]{summary_text(steps)}[/]" if right else summary_text(steps),
                f"{sum(f.as_expected for f in twins)} of {len(twins)}",
                f"{passed} of {len(evidence.numeric)}",
                checks_text(checked[name].checks),
            )
        console.print(table)
    for name, outcome in checked.items():
        for finding in outcome.found:
            if not finding.as_expected:
                text = f"{name}:{line(finding, 0)}"
                console.print(text, markup=False, highlight=False, soft_wrap=True)
        for check in outcome.evidence.numeric:
            if not check.passed:
                console.print(f"{name}: numeric check failed: {check.what}", markup=False)
        for other in outcome.checks:
            if other.outcome.passed is False:
                console.print(f"{name}:{check_line(other)}", markup=False, highlight=False, soft_wrap=True)
        for answer in outcome.unseen:
            console.print(f"{name}: the mistake {answer.id} gives the right value", markup=False, highlight=False)
    lacking = plots.lacking()
    for result in built:
        state = "written" if result.ran else "up to date"
        console.print(f"{result.pdf}: {state}", markup=False, highlight=False, soft_wrap=True)
        for complaint in (*result.overfull, *(warning for warning in result.warnings if warning != lacking)):
            console.print(f"  warning: {complaint}", markup=False, highlight=False, soft_wrap=True)
    if lacking and any(lacking in result.warnings for result in built):
        console.print(f"{lacking}: there are frames in their places.", markup=False, highlight=False, soft_wrap=True)
    runs = sum(result.ran for result in built)
    if runs:
        console.print(f"{runs} of {len(built)} documents typeset with {engine.name}.")
    else:
        console.print("Nothing has changed: no TeX run.")
