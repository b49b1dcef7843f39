"""The command line.

Exit status: 0 when every step has the verdict that its author announces (or is undecided), 1 when
one has not, 2 when the input or the options cannot be used.  Bad input gets one sentence.
``check`` and ``explain`` take derivations of the catalogue, or documents: the latter are for
``render.check_documents``, which says what their exit status is.
``check`` starts fast: each command imports what it needs (SymPy, the catalogue, Jinja, rich, TeX, NumPy), and no more.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from everystep import __version__

if TYPE_CHECKING:
    from everystep.derivation import Assignment, Problem, WrongAnswer, WrongStep

KINDS = ("assignment", "solutions", "marking", "certificate", "formulary")
GREEN = "proved"


class Fault(click.ClickException):
    """Bad use or bad input: one sentence, exit status 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(f"everystep: {self.format_message()}", file=file or sys.stderr)


class Seconds(click.FloatRange):
    """A time; no NaN, which no clock ever reaches."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        seconds = float(super().convert(value, param, ctx))
        if seconds != seconds:
            self.fail(f"{value!r} is no number of seconds.", param, ctx)
        return seconds


SECONDS = Seconds(0, min_open=True)


@contextmanager
def _loading() -> Iterator[None]:
    """While modules are imported the collector of cycles rests, and later it passes over what they made.

    Nothing that they make is garbage, and looking for some is a tenth of the time that SymPy takes to load.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _problem(name: str) -> Problem:
    import derivations

    try:
        return derivations.problem(name)
    except LookupError as error:
        raise Fault(str(error)) from error


def _twins(name: str) -> tuple[tuple[str, WrongStep], ...]:
    import derivations

    return derivations.wrong(name)


def _wrong_answers(name: str) -> tuple[tuple[str, WrongAnswer], ...]:
    import derivations

    return derivations.wrong_answers(name)


class Commands(click.Group):
    """The commands; a wrong use of any gets one sentence, too."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            raise _one_sentence(error) from error

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise _one_sentence(error) from error


def _one_sentence(error: click.UsageError) -> click.ClickException:
    help_asked = type(error).__name__ == "NoArgsIsHelpError"
    return error if help_asked else Fault(error.format_message().replace("\n", " "))


@click.group(cls=Commands)
@click.version_option(__version__, prog_name="everystep", message="%(prog)s %(version)s")
def main() -> None:
    """Check every step of a matrix-calculus derivation, and typeset the solution."""


seed_option = click.option("--seed", default=0, show_default=True, help="Seed of the exact check.")
budget_option = click.option(
    "--budget",
    default=5.0,
    show_default=True,
    type=SECONDS,
    help="Seconds for each step.",
)


@main.command(name="list")
def list_() -> None:
    """List the derivations and the assignments."""
    import derivations

    problems, assignments = derivations.problems(), derivations.assignments()
    width = max((len(name) for name in (*problems, *assignments)), default=0)
    click.echo("derivations")
    for name, problem in problems.items():
        steps, checks = len(problem.derivation.steps), len(problem.checks)
        click.echo(f"  {name:<{width}}  {steps:3} steps {checks:3} checks  {problem.title['en']}")
    click.echo("assignments")
    for name, assignment in assignments.items():
        listed = ", ".join(p.id for p in assignment.problems)
        missing = f"; not written yet: {', '.join(assignment.missing)}" if assignment.missing else ""
        click.echo(f"  {name:<{width}}  {assignment.title['en']}: {listed}{missing}")


@main.command()
@click.argument("ids", nargs=-1, metavar="[ID]... | PATH...")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON (as --format json).")
@click.option("--wrong", is_flag=True, help="Check the known mistakes instead (catalogue).")
@click.option("--numeric", is_flag=True, help="Run the numeric checks too (catalogue).")
@click.option(
    "--quiet",
    "--only-wrong",
    is_flag=True,
    help="Print only what is not as expected (of documents: what is wrong or unreadable), and the sums.",
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default=None,
    help="Form of the report (github and sarif: documents only).  [default: text]",
)
@click.option(
    "--fail-on",
    type=click.Choice(["never", "refuted", "unreadable", "tested"]),
    default=None,
    help="The mildest verdict of a document's step that makes the exit status other than 0.  never: none; refuted: "
    "refuted, ill-typed, undefined; unreadable: these and unreadable; tested: these and tested.  [default: unreadable]",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=None,
    help="Documents that are checked at a time, each in a process of its own.  [default: 1]",
)
@click.option("--watch", is_flag=True, help="Check the documents again whenever one changes, until Ctrl-C.")
@click.option("-o", "--output", default=None, type=click.Path(path_type=Path), help="Write the report to this file.")
@seed_option
@click.option(
    "--budget",
    default=None,
    type=SECONDS,
    help="Seconds for each step.  [default: 5, of a document 2]",
)
@click.option(
    "--file-budget",
    default=None,
    type=SECONDS,
    help="Seconds for each document; what is left then is reported as not judged.  [default: 60]",
)
def check(
    ids: tuple[str, ...],
    as_json: bool,
    wrong: bool,
    numeric: bool,
    quiet: bool,
    kind: str | None,
    fail_on: str | None,
    jobs: int | None,
    watch: bool,
    output: Path | None,
    seed: int,
    budget: float | None,
    file_budget: float | None,
) -> None:
    """Check documents, or derivations of the catalogue, step by step.

    PATH is a .tex or .md file, or a folder: then every such file below it is checked. An argument that exists on disk,
    ends in .tex or .md or holds a path separator is a PATH; any other is the ID of a derivation. Without an argument
    the whole catalogue is checked.

    Exit status of documents: 0 when every step is proved, tested or assumed; 1 when one is refuted, ill-typed or
    undefined; 2 when the worst is unreadable, or the input or the options cannot be used. --fail-on changes what counts
    (a step that counts and is only tested gives 1).
    """
    from render.document_paths import is_document

    # The matrices of gradient checks are small: threads for them take longer to start than they would work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if as_json and kind not in (None, "json"):
        raise Fault(f"--json and --format {kind} cannot go together")
    kind = "json" if as_json else kind
    paths = [name for name in ids if is_document(name)]
    if paths:
        if len(paths) < len(ids):
            name = next(name for name in ids if name not in paths)
            raise Fault(f"{name!r} is no file; documents and derivations of the catalogue cannot be checked together")
        if wrong or numeric:
            raise Fault(f"{'--wrong' if wrong else '--numeric'} is for the catalogue; {paths[0]} is a document")
        settings = {"seed": seed, "budget": budget or 2.0, "file_budget": file_budget or 60.0}
        report = {"kind": kind or "text", "only_wrong": quiet, "output": output, "fail_on": fail_on or "unreadable"}
        sys.exit(_check_documents([Path(path) for path in paths], settings, report, jobs or 1, watch))
    documents_only = {
        f"--format {kind}": kind in ("github", "sarif"),
        "--fail-on": fail_on is not None,
        "--jobs": jobs is not None,
        "--file-budget": file_budget is not None,
        "--watch": watch,
        "--output": output is not None,
    }
    for option, used in documents_only.items():
        if used:
            raise Fault(f"{option} is for documents: name a .tex or .md file, or a folder")
    _check_catalogue(ids, kind == "json", wrong, numeric, quiet, seed, budget or 5.0)


def _check_documents(
    paths: list[Path], settings: dict[str, Any], report: dict[str, Any], jobs: int, watch: bool
) -> int:
    with _loading():
        from render import check_documents as documents
        from render.reading import check_file

    several = len(paths) > 1 or paths[0].is_dir()
    kind, output, fail_on = report["kind"], report["output"], report["fail_on"]

    def checked(files: Any) -> Any:
        return documents.check_documents(files, check_file, documents.Options(**settings, alarm=True), jobs=jobs)

    def show(reports: Any, changed: Any = ()) -> None:
        width = documents.terminal_width() if output is None and sys.stdout.isatty() else documents.WIDTH
        lines = documents.formatted(reports, kind, several=several, only_wrong=report["only_wrong"], width=width)
        if output is not None:
            from render.files import replace_text

            try:
                replace_text(output, "".join(f"{line.text}\n" for line in lines))
            except OSError as error:  # which names the temporary file
                raise Fault(f"{output} cannot be written: {error.strerror or error}") from error
            return
        if changed:
            click.secho(documents.change_line(changed), bold=True)
        for line in lines:
            click.secho(line.text, fg=line.colour, bold=line.bold or None)

    try:
        if watch:
            if kind != "text" or output is not None:
                raise Fault("--watch prints to the terminal: not with --output or another --format than text")
            return documents.watch(paths, checked, show, fail_on=fail_on)
        reports = checked(documents.documents(paths))
        show(reports)
    except documents.DocumentError as error:
        raise Fault(str(error)) from error
    except OSError as error:
        raise Fault(f"{error.filename or output}: {error.strerror or error}") from error
    gc.freeze()  # nothing is collected at the end of the process
    return documents.exit_status(reports, fail_on)


def _check_catalogue(
    ids: tuple[str, ...], as_json: bool, wrong: bool, numeric: bool, quiet: bool, seed: int, budget: float
) -> None:
    with _loading():
        import derivations
        from everystep.prove.checker import check_step
        from everystep.prove.parallel import check_all
        from render import report

    problems = {name: _problem(name) for name in ids or derivations.ids()}
    chosen = [] if wrong else [problem.derivation for problem in problems.values()]
    answers = [] if wrong else [check for problem in problems.values() for check in problem.checks]
    verdicts = dict(zip(problems, check_all(chosen, answers, seed=seed, budget=budget), strict=False))
    everything: list[report.Finding] = []
    measured = []
    others = []
    failed = False
    for name, problem in problems.items():
        found = []
        if wrong:
            stream = report.twin_findings(
                _twins(name),
                lambda _, p=problem: p.derivation.context,  # type: ignore[misc]
                check_step,
                seed=seed,
                budget=budget,
            )
            names = [twin.id for _, twin in _twins(name)]
        else:
            steps = problem.derivation.steps
            stream = iter(report.findings(problem.derivation, zip(steps, verdicts[name], strict=True)))
            names = [*(step.name for step in steps), *(check.name for check in problem.checks)]
        width = max(map(len, names), default=0)
        if not as_json:
            click.echo(name)
        for finding in stream:
            found.append(finding)
            if as_json or (quiet and finding.as_expected):
                continue
            proved = str(finding.verdict.status) == GREEN and finding.as_expected
            colour = "red" if finding.exit_code else "green" if proved else None
            click.secho(report.line(finding, width), fg=colour)
        for check in () if wrong else problem.checks:
            others.append((name, check))
            status = report.check_status(check)
            failed = failed or status == "failed"
            if not as_json and not (quiet and status != "failed"):
                colour = {"failed": "red", "confirmed": "green"}.get(status)
                click.secho(report.check_line(check, width), fg=colour)
        for answer in report.unseen_mistakes(problem, (a for _, a in _wrong_answers(name))) if wrong else ():
            failed = True
            if not as_json:
                click.secho(f"  {answer.id}  NOT FOUND: it gives the right value", fg="red")
        if numeric and problem.derivation.numeric is not None:
            for result in problem.derivation.numeric():
                measured.append((name, result))
                if not as_json:
                    colour = None if result.passed else "red"
                    click.secho(report.numeric_line(result), fg=colour)
        everything += found
        if not as_json:
            checks = f"; checks: {report.checks_text(problem.checks)}" if problem.checks and not wrong else ""
            click.echo(f"  {report.summary_text(found)}{checks}")
    if as_json:
        whole = report.report_json(everything, others, measured if numeric else None)
        click.echo(json.dumps(whole, indent=1, ensure_ascii=False))
    elif len(problems) != 1:
        checks = f"; checks: {report.checks_text(check for _, check in others)}" if others else ""
        click.echo(f"in all: {report.summary_text(everything)}{checks}")
    failed = failed or any(not result.passed for _, result in measured)
    gc.freeze()  # nothing is collected at the end of the process
    sys.exit(max(report.exit_code(everything), int(failed)))


@main.command()
@click.argument("name", metavar="ID")
@click.argument("step_name", metavar="STEP", required=False)
@click.option("--evidence", is_flag=True, help="Print the record of the step as JSON, for replay (catalogue).")
@seed_option
@click.option(
    "--budget",
    default=None,
    type=SECONDS,
    help="Seconds for each step.  [default: 5, of a document 2]",
)
def explain(name: str, step_name: str | None, evidence: bool, seed: int, budget: float | None) -> None:
    """Print the evidence of a step, or the counterexample of a known mistake: ID STEP or ID:STEP.

    Of a document: FILE:LINE, the line on which the right side of the step begins. What was read is printed, too.
    """
    from render.document_paths import DocumentError, place_of

    try:
        place = place_of(name, step_name)
    except DocumentError as error:
        raise Fault(str(error)) from error
    if place is not None:
        if evidence:
            raise Fault("--evidence is for the catalogue")
        _explain_document(*place, {"seed": seed, "budget": budget or 2.0})
    _explain_catalogue(name, step_name, evidence, seed, budget or 5.0)


def _explain_document(path: Path, line: int, settings: dict[str, Any]) -> NoReturn:
    from render import check_documents as documents
    from render.reading import check_file

    if path.is_dir():
        raise Fault(f"{path} is a folder; name a file")
    try:
        files = documents.documents([path])
        (report,) = documents.check_documents(files, check_file, documents.Options(**settings, alarm=True))
        text, code = documents.explained(report, line)
    except documents.DocumentError as error:
        raise Fault(str(error)) from error
    click.echo(text, nl=False)
    sys.exit(code)


def _explain_catalogue(name: str, step_name: str | None, evidence: bool, seed: int, budget: float) -> None:
    from everystep.derivation import Step
    from everystep.prove.checker import check_derivation, check_step
    from render.choices import one_of
    from render.explain import explanation
    from render.report import Finding

    if step_name is None:
        name, _, step_name = name.partition(":")
    derivation = _problem(name).derivation
    steps = {step.name: step for step in derivation.steps}
    twins = {twin.id: twin for _, twin in _twins(name)}
    if step_name not in steps and step_name not in twins:
        wrong = f"no step {step_name!r} in {name}" if step_name else f"no step of {name} is named"
        mistakes = f"; or a known mistake: {one_of(twins, step_name)}" if twins else ""
        raise Fault(f"{wrong}; one of {one_of(steps, step_name)}{mistakes}")
    twin = None
    if step_name in steps:
        step = steps[step_name]
    else:
        twin = twins[step_name]
        step = Step(twin.id, twin.claim, twin.given)
    if step.uses:
        # What it uses must be shown first.
        found = check_derivation(derivation, seed=seed, budget=budget)
        verdict = next(verdict for checked, verdict in found if checked.name == step.name)
    else:
        verdict = check_step(step, derivation.context, seed=seed, budget=budget)
    finding = Finding(name, step, verdict, twin)
    if evidence:
        from everystep.evidence import to_record

        click.echo(json.dumps(to_record(step, derivation.context, verdict), indent=1, ensure_ascii=False))
        sys.exit(finding.exit_code)
    right = steps[twin.instead_of] if twin else None
    click.echo(explanation(finding, derivation.context, right), nl=False)
    sys.exit(finding.exit_code)


@main.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
def replay(path: Path) -> None:
    """Check saved evidence again (one record or a list), with the exact judge alone."""
    from everystep.evidence import from_record
    from everystep.replay import replay_record

    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Fault(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise Fault(f"{path} is not JSON: {error}") from error
    records = []
    for number, item in enumerate(data if isinstance(data, list) else [data], 1):
        try:
            records.append(from_record(item))
        except ValueError as error:
            place = f", record {number}" if isinstance(data, list) else ""
            raise Fault(f"{path}{place}: {error}") from error
    if not records:
        raise Fault(f"{path} holds no record")
    failed = False
    for record in records:
        found = replay_record(record)
        word = "confirmed" if found.confirmed else "NOT CONFIRMED"
        click.secho(f"{found.step}  {found.status}  {word}: {found.message}", fg=None if found.confirmed else "red")
        failed = failed or not found.confirmed
    sys.exit(int(failed))


@main.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--lang", "languages", multiple=True, metavar="en|fr", help="Language [default: all].")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    metavar="assignment|solutions|marking|certificate|formulary",
    help="Document [default: all].",
)
@click.option("--out", default="build", show_default=True, type=click.Path(path_type=Path), help="Folder.")
@click.option("--engine", default=None, help="TeX engine [default: the best one found].")
@click.option(
    "--one-problem-per-page",
    "own_pages",
    is_flag=True,
    help="Each part on pages of its own, the same in every version and language; a page map (JSON) says which.",
)
@seed_option
@budget_option
def build(
    ids: tuple[str, ...],
    languages: tuple[str, ...],
    kinds: tuple[str, ...],
    out: Path,
    engine: str | None,
    own_pages: bool,
    seed: int,
    budget: float,
) -> None:
    """Check and typeset assignments; all of them and the formulary, without ID."""
    from rich.console import Console

    import derivations
    from everystep.prove.checker import check_derivation, check_step
    from render import strings, tex
    from render.build import BuildError
    from render.build import build as build_documents
    from render.templates import TemplateError

    known = derivations.assignments()
    chosen = []
    for name in ids or known:
        if name not in known:
            raise Fault(f"no assignment {name!r}; one of {', '.join(known) or '(none)'}")
        chosen.append(known[name])
    for language in languages:
        if language not in strings.languages():
            raise Fault(f"no language {language!r}; one of {', '.join(strings.languages())}")
    for kind in kinds:
        if kind not in KINDS:
            raise Fault(f"no document of the kind {kind!r}; one of {', '.join(KINDS)}")
    try:
        found = tex.find_engine(engine, packages=PACKAGES)
        code = build_documents(
            chosen,
            tuple(dict.fromkeys(kinds)) or (KINDS[:-1] if ids else KINDS),
            tuple(dict.fromkeys(languages)) or strings.languages(),
            out,
            found,
            formulary=_formulary(),
            twins=_twins,
            answers=_wrong_answers,
            check_derivation=check_derivation,
            check_step=check_step,
            seed=seed,
            budget=budget,
            console=Console(),
            own_pages=own_pages,
        )
    except (BuildError, TemplateError, tex.EngineMissingError, ValueError) as error:
        raise Fault(str(error)) from error
    sys.exit(code)


def _formulary() -> Assignment:
    """The whole catalogue, as the formulary asks it."""
    import derivations
    from everystep.derivation import Assignment, Question
    from render.strings import Strings, languages

    titles = {language: Strings(language)["formulary.title"] for language in languages()}
    # The parts of all variants; their results differ where their questions do.
    asked = (Question(p, p.parts, p.variants[0]) for p in derivations.problems().values())
    return Assignment("catalogue", tuple(asked), titles, {}, {})


@main.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="OUT.tex|OUT.pdf|OUT.md",
    type=click.Path(path_type=Path),
    help="What to write.",
)
@click.option("--engine", default=None, help="TeX engine [default: the best one found].")
@seed_option
@click.option(
    "--budget",
    default=2.0,
    show_default=True,
    type=SECONDS,
    help="Seconds for each step.",
)
def annotate(path: Path, output: Path, engine: str | None, seed: int, budget: float) -> None:
    """Write a copy of a document with a note in the margin at each derivation. FILE stays as it is.

    A .tex file becomes a .tex or a .pdf file, a .md file a .md file. The exit status is that of check.
    """
    from render import annotate as annotating
    from render import check_documents as documents
    from render import tex
    from render.reading import check_file

    try:
        annotating.ensure_writable(path, output)
        (report,) = documents.check_documents(
            [path], check_file, documents.Options(budget=budget, seed=seed, alarm=True)
        )
        if report.failed:
            raise Fault(documents.failure_text(report))
        found = tex.find_engine(engine) if output.suffix.lower() == ".pdf" else None
        for sentence in annotating.write(report, path, output, found):
            click.echo(sentence)
    except (annotating.AnnotateError, documents.DocumentError, tex.EngineMissingError, ValueError) as error:
        raise Fault(str(error)) from error
    except OSError as error:
        raise Fault(f"{error.filename or output}: {error.strerror or error}") from error
    click.echo(documents.total_text(report))
    sys.exit(documents.exit_status([report]))


@main.command()
@click.argument("kind", type=click.Choice(["problem", "assignment"]))
@click.argument("name", metavar="ID")
def new(kind: str, name: str) -> None:
    """Make the files of a new problem or assignment from a skeleton that is ready to check and to build."""
    from render import new as making

    try:
        for path in making.make(kind, name, making.home()):
            click.echo(path)
        click.echo(making.NEXT[kind].format(id=name), err=True)
    except making.NewError as error:
        raise Fault(str(error)) from error
    except OSError as error:
        raise Fault(f"{error.filename}: {error.strerror or error}") from error


@main.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--lang", "languages", multiple=True, metavar="en|fr", help="Language [default: all].")
@click.option("--out", default="build", show_default=True, type=click.Path(path_type=Path), help="Folder.")
def plot(names: tuple[str, ...], languages: tuple[str, ...], out: Path) -> None:
    """Write plots of the solutions as OUT/plots/NAME-LANG.pdf; without NAME, list them."""
    from render import plots, strings

    if not names:
        width = max(map(len, plots.PLOTS))
        for name, found in plots.PLOTS.items():
            click.echo(f"{name:<{width}}  {found.about}")
        return
    try:
        for name in names:
            for language in languages or strings.languages():
                target = out / plots.file_name(name, language)
                click.echo(f"{target}: {'written' if plots.write(name, language, target) else 'up to date'}")
    except plots.PlotError as error:
        raise Fault(str(error)) from error
    except OSError as error:
        raise Fault(f"cannot write in {out}: {error.strerror or error}") from error


PACKAGES = ("bm.sty", "lmodern.sty", "tikz.sty", "microtype.sty", "enumitem.sty", "lastpage.sty")


@main.command()
def doctor() -> None:
    """Print versions, the TeX engine that would be used, and where the templates are."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    import derivations
    from render.assets import template_root
    from render.tex import EngineMissingError, find_engine

    click.echo(f"everystep      {__version__}")
    click.echo(f"python         {platform.python_version()}")
    for package in ("sympy", "python-flint", "numpy", "matplotlib", "jinja2", "click", "rich"):
        try:
            found = version(package)
        except PackageNotFoundError:
            found = "not installed"
        click.echo(f"{package:<14} {found}")
    click.echo(f"derivations    {', '.join(derivations.ids())}")
    click.echo(f"templates      {template_root()}")
    try:
        engine = find_engine(packages=PACKAGES)
    except EngineMissingError as error:
        raise Fault(str(error)) from error
    click.echo(f"TeX            {engine.name}: {engine.command} ({engine.version})")


if __name__ == "__main__":
    main()
