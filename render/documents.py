r"""Documents: an assignment and its evidence to LaTeX source.

Decides what a document contains and in which order; the layouts in ``templates/`` decide how it
looks and decide nothing else.  No clock, no machine name, no unordered set goes into a source:
equal input gives equal text. May import ``everystep`` and the rest of ``render`` (not the command
line, not TeX).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from everystep.algebra.context import Relation
from everystep.derivation import Assignment, NumericResult, Problem, WrongStep
from everystep.prove.verdict import Status, Trial, Verdict
from render.display import formula
from render.latex import latex
from render.names import GREEK
from render.strings import Strings
from render.templates import Prose, render
from render.typography import decimal, french, tex

KINDS = ("assignment", "solutions", "certificate")


@dataclass(frozen=True)
class Evidence:
    """What was found out about a problem before it is printed."""

    verdicts: Mapping[str, Verdict]
    numeric: tuple[NumericResult, ...] = ()
    wrong: tuple[tuple[WrongStep, Verdict], ...] = ()


@dataclass(frozen=True)
class PartView:
    """A sub-question as the layouts see it."""

    letter: str
    points: int
    question: str
    solution: str
    space: str


@dataclass(frozen=True)
class CheckView:
    """A numeric check, its numbers in LaTeX."""

    what: str
    error: str
    tolerance: str
    passed: bool


@dataclass(frozen=True)
class TrialsView:
    """Exact evaluations of a step that name the same sizes, in LaTeX."""

    arithmetic: str
    sizes: str
    seeds: str


@dataclass(frozen=True)
class StepView:
    """A row of the certificate."""

    number: str
    name: str
    status: str
    rules: str
    trials: tuple[TrialsView, ...]


@dataclass(frozen=True)
class WrongView:
    """A mistake that was found."""

    id: str
    number: str
    claim: str
    status: str
    why: str
    sizes: str


@dataclass(frozen=True)
class ProblemView:
    """A problem as the layouts see it."""

    number: int
    title: str
    points: int
    statement: str = ""
    parts: tuple[PartView, ...] = ()
    checks: tuple[CheckView, ...] = ()
    steps: tuple[StepView, ...] = ()

    def count(self, status: str) -> int:
        """How many steps have that verdict."""
        return sum(step.status == status for step in self.steps)


@dataclass(frozen=True)
class Document:
    """A whole document as the layouts see it."""

    language: str
    kind_word: str
    title: str
    course: str
    term: str
    points: int
    colon: str
    instructions: str
    notation_note: str
    legend: str
    certificate_intro: str
    statuses: tuple[str, ...]
    problems: tuple[ProblemView, ...]
    wrong: tuple[WrongView, ...] = field(default=())

    @property
    def step_count(self) -> int:
        """The number of steps of all problems."""
        return sum(len(problem.steps) for problem in self.problems)

    def count(self, status: str) -> int:
        """How many steps of all problems have that verdict."""
        return sum(problem.count(status) for problem in self.problems)


def document_name(assignment: Assignment, kind: str, language: str) -> str:
    """The name of the file, without its ending."""
    return f"{assignment.id}-{kind}-{language}"


def document_source(assignment: Assignment, kind: str, language: str, evidence: Mapping[str, Evidence]) -> str:
    """The LaTeX source of a document; ``evidence`` by problem id (an assignment needs none).

    Raises :class:`render.templates.TemplateError` when a template does not fit the derivation.
    """
    if kind not in KINDS:
        raise ValueError(f"no document of the kind {kind!r}; one of {', '.join(KINDS)}")
    words = Strings(language)
    prose = french if language == "fr" else str
    views = {
        "assignment": _assignment_problem,
        "solutions": _solved_problem,
        "certificate": _certified_problem,
    }
    problems = tuple(
        views[kind](problem, number, language, evidence) for number, problem in enumerate(assignment.problems, 1)
    )
    statuses = {v.status for e in evidence.values() for v in e.verdicts.values()}
    document = Document(
        language=language,
        kind_word=words[f"kind.{kind}"],
        title=assignment.title[language],
        course=assignment.course[language],
        term=assignment.term[language],
        points=0 if kind == "certificate" else sum(problem.points for problem in problems),
        colon="~:" if language == "fr" else ":",
        instructions=prose(words["instructions.body"]),
        notation_note=prose(words["notation.note"]),
        legend=prose(words["legend"]),
        certificate_intro=prose(words["certificate.intro"]),
        statuses=tuple(str(s) for s in Status if s in statuses or s is Status.PROVED),
        problems=problems,
        wrong=_mistakes(assignment, language, evidence) if kind == "certificate" else (),
    )
    source = words.operators(render(f"{kind}.tex.j2", {"doc": document, "s": words}))
    return re.sub(r"[ \t]+\n", "\n", re.sub(r"\n{3,}", "\n\n", source)).strip() + "\n"


def _points(problem: Problem) -> int:
    return sum(part.points for part in problem.parts)


def _letter(position: int) -> str:
    return "abcdefghijklmnopqrstuvwxyz"[position]


def _assignment_problem(problem: Problem, number: int, language: str, evidence: Mapping[str, Evidence]) -> ProblemView:
    prose = Prose(problem, language, "assignment", number, None)
    parts = tuple(
        PartView(_letter(i), p.points, text, "", _space(p.points, text))
        for i, p in enumerate(problem.parts)
        for text in (prose.question(p.id),)
    )
    return ProblemView(number, problem.title[language], _points(problem), prose.statement(), parts)


def _space(points: int, question: str) -> str:
    """The least room for an answer, by its points; none where a blank figure takes it."""
    if r"\begin{tikzpicture}" in question:
        return ""
    return f"{min(1.6 + 0.95 * points, 7.5):.1f}cm"


def _solved_problem(problem: Problem, number: int, language: str, evidence: Mapping[str, Evidence]) -> ProblemView:
    found = evidence[problem.id]
    prose = Prose(problem, language, "solutions", number, found.verdicts)
    parts = tuple(
        PartView(_letter(i), p.points, prose.question(p.id), prose.solution(p.id), "")
        for i, p in enumerate(problem.parts)
    )
    view = ProblemView(
        number,
        problem.title[language],
        _points(problem),
        prose.statement(),
        parts,
        tuple(_check(result, prose, language) for result in found.numeric),
    )
    prose.check_complete()
    return view


def _check(result: NumericResult, prose: Prose, language: str) -> CheckView:
    return CheckView(
        prose.check(result.what),
        scientific(result.error, language),
        scientific(result.tolerance, language),
        result.passed,
    )


def scientific(value: float, language: str) -> str:
    """A measured number in LaTeX: ``2.3 \\cdot 10^{-9}``."""
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    if -3 <= int(exponent) < 4:
        return decimal(f"{value:.2g}", language)
    return rf"{decimal(mantissa, language)} \cdot 10^{{{int(exponent)}}}"


def _certified_problem(problem: Problem, number: int, language: str, evidence: Mapping[str, Evidence]) -> ProblemView:
    words = Strings(language)
    verdicts = evidence[problem.id].verdicts
    steps = tuple(
        StepView(
            f"{number}.{position}",
            _breakable(step.name),
            str(verdicts[step.name].status),
            _rules(verdicts[step.name], words),
            trial_views(verdicts[step.name].trials, words),
        )
        for position, step in enumerate(problem.derivation.steps, 1)
    )
    return ProblemView(number, problem.title[language], _points(problem), steps=steps)


def _breakable(name: str) -> str:
    """A step's name that may break after its hyphens and dots."""
    return re.sub(r"([.\-])", r"\1\\allowbreak{}", tex(name).replace(r"\_", r"\_\allowbreak{}"))


def _rules(verdict: Verdict, words: Strings) -> str:
    """How it was decided: of a proved step the rules, since the introduction names the method.

    Only words that ``strings.toml`` has in every language: the prover's free text stays in the
    terminal's report.
    """
    named = tuple(dict.fromkeys(verdict.rules))
    # Every proof ends in the normal form: it is named where it is all there is.
    rules = [words.evidence(rule) for rule in named if rule != NORMAL_FORM or len(named) == 1]
    if verdict.method and (verdict.status is not Status.PROVED or not rules):
        rules.insert(0, words.evidence(verdict.method))
    parts = [tex(", ".join(rules))] if rules else []
    if verdict.conditions:
        conditions = tex("; ".join(words.condition(c) for c in verdict.conditions))
        parts.append(rf"\emph{{{words['certificate.conditions']}}} {conditions}")
    return "; ".join(parts)


NORMAL_FORM = "normal form"


def trial_views(trials: tuple[Trial, ...], words: Strings) -> tuple[TrialsView, ...]:
    """Arithmetic, sizes and seeds, trials of equal size names together."""
    groups: dict[tuple[str, ...], list[Trial]] = {}
    for trial in trials:
        groups.setdefault(tuple(name for name, _ in trial.sizes), []).append(trial)
    views = []
    for names, members in groups.items():
        arithmetic = ", ".join(dict.fromkeys(words.evidence(trial.arithmetic) for trial in members))
        sizes = ""
        if names:
            tuples = dict.fromkeys("{,}".join(str(value) for _, value in trial.sizes) for trial in members)
            values = "$; $".join(tuples)
            sizes = f"${'{,}'.join(_size_symbol(name) for name in names)} = {values}$"
        seeds = _ranges(sorted({trial.seed for trial in members}))
        views.append(TrialsView(tex(arithmetic), sizes, seeds))
    return tuple(views)


RUNS = 3
"""So many runs of seeds are printed; of more, the first and the last."""


def _ranges(numbers: list[int]) -> str:
    """``0--4, 7``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    texts = [str(a) if a == b else f"{a}--{b}" for a, b in runs]
    if len(texts) > RUNS:
        texts = [texts[0], r"\dots", texts[-1]]
    return ", ".join(texts)


def _size_symbol(name: str) -> str:
    return GREEK[name][0] if name in GREEK else name if len(name) == 1 else rf"\text{{{tex(name)}}}"


def _mistakes(assignment: Assignment, language: str, evidence: Mapping[str, Evidence]) -> tuple[WrongView, ...]:
    prose = french if language == "fr" else str
    words = Strings(language)
    views = []
    for number, problem in enumerate(assignment.problems, 1):
        places = {s.name: f"{number}.{i}" for i, s in enumerate(problem.derivation.steps, 1)}
        for wrong, verdict in evidence[problem.id].wrong:
            claim = wrong.claim
            if isinstance(claim, Relation):
                line = formula(claim.left, claim.op, claim.right)
            else:
                word = words[f"predicate.{claim.kind}"]
                line = rf"{latex(claim.subject, display=True)} \ \text{{{word}}}"
            example = verdict.counterexample
            sizes = "" if example is None else _sizes(example.sizes)
            views.append(
                WrongView(
                    wrong.id,
                    places[wrong.instead_of],
                    line,
                    str(verdict.status),
                    prose(_explained(wrong.why[language], problem)),
                    sizes,
                )
            )
    return tuple(views)


def _explained(why: str, problem: Problem) -> str:
    """The reason of a mistake, names of the derivation's notation between backticks printed as mathematics."""
    notation = dict(problem.derivation.notation)
    words = why.split("`")
    return "".join(f"${latex(notation[word])}$" if i % 2 else tex(word) for i, word in enumerate(words))


def _sizes(sizes: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"${_size_symbol(name)} = {value}$" for name, value in sizes)
