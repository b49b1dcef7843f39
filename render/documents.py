r"""Documents: an assignment and its evidence to LaTeX source.

Decides what a document contains and in which order; the layouts in ``templates/`` decide how it
looks and decide nothing else.  No clock, no machine name, no unordered set goes into a source:
equal input gives equal text. May import ``everystep`` and the rest of ``render`` (not the command
line, not TeX).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from everystep.algebra.context import Hypothesis, Relation
from everystep.derivation import (
    Assignment,
    Chain,
    Check,
    NumericResult,
    Part,
    Problem,
    Question,
    WrongAnswer,
    WrongStep,
)
from everystep.prove.verdict import GradientEvidence, Status, Trial, Verdict
from render.display import formula
from render.latex import latex, latex_op
from render.names import latex_label, latex_name, parse_name
from render.numbers import number as value_text
from render.numbers import points as points_text
from render.pages import Place
from render.report import check_status
from render.strings import Strings
from render.templates import Prose, render, step_numbers
from render.typography import decimal, french, tex

KINDS = ("assignment", "solutions", "marking", "certificate")
"""The documents of an assignment; the formulary is one of the whole catalogue."""
FORMULARY = "formulary"


@dataclass(frozen=True)
class Evidence:
    """What was found out about a problem before it is printed."""

    verdicts: Mapping[str, Verdict]
    numeric: tuple[NumericResult, ...] = ()
    wrong: tuple[tuple[WrongStep, Verdict], ...] = ()
    answers: tuple[WrongAnswer, ...] = ()


@dataclass(frozen=True)
class OutcomeView:
    """How an answer that is no chain of steps was decided."""

    name: str
    kind: str
    status: str
    evidence: str


@dataclass(frozen=True)
class MarkView:
    """Points in an answer, and what they are for."""

    points: str
    what: str


@dataclass(frozen=True)
class MistakeView:
    """A known mistake in an answer, and what it costs."""

    cost: str
    number: str
    claim: str
    why: str


@dataclass(frozen=True)
class ResultView:
    """A boxed result of the formulary, and when it holds."""

    claim: str
    status: str
    conditions: str


@dataclass(frozen=True)
class PartView:
    """A sub-question as the layouts see it."""

    letter: str
    points: int
    question: str = ""
    solution: str = ""
    space: str = ""
    checks: tuple[OutcomeView, ...] = ()
    marks: tuple[MarkView, ...] = ()
    mistakes: tuple[MistakeView, ...] = ()


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
    statement: str = ""
    parts: tuple[PartView, ...] = ()
    checks: tuple[CheckView, ...] = ()
    steps: tuple[StepView, ...] = ()
    results: tuple[ResultView, ...] = ()

    def count(self, status: str) -> int:
        """How many steps have that verdict, or how many answers were decided in that way."""
        steps = sum(step.status == status for step in self.steps)
        return steps + sum(check.status == status for part in self.parts for check in part.checks)


@dataclass(frozen=True)
class Document:
    """A whole document as the layouts see it."""

    language: str
    kind: str
    kind_word: str
    options: tuple[str, ...]
    layout: tuple[Place, ...]
    title: str
    short_title: str
    course: str
    term: str
    date: str
    instructions: str
    notation_note: str
    legend: str
    certificate_intro: str
    statuses: tuple[str, ...]
    check_statuses: tuple[str, ...]
    problems: tuple[ProblemView, ...]
    wrong: tuple[WrongView, ...] = field(default=())

    @property
    def step_count(self) -> int:
        """The number of steps of all problems."""
        return sum(len(problem.steps) for problem in self.problems)

    def count(self, status: str) -> int:
        """How many steps or answers of all problems have that verdict."""
        return sum(problem.count(status) for problem in self.problems)


def document_name(assignment: Assignment, kind: str, language: str) -> str:
    """The name of the file, without its ending."""
    return f"{kind}-{language}" if kind == FORMULARY else f"{assignment.id}-{kind}-{language}"


def document_source(
    assignment: Assignment,
    kind: str,
    language: str,
    evidence: Mapping[str, Evidence],
    *,
    own_pages: bool = False,
    layout: tuple[Place, ...] = (),
) -> str:
    """The LaTeX source of a document; ``evidence`` by problem id (an assignment needs none).

    With ``own_pages`` each part has pages of its own; ``layout`` then fixes which (see ``render.pages``).
    Raises :class:`render.templates.TemplateError` when a template does not fit the derivation.
    """
    views = {
        "assignment": _assignment_problem,
        "solutions": _solved_problem,
        "marking": _solved_problem,
        "certificate": _certified_problem,
        FORMULARY: _formulary_problem,
    }
    if kind not in views:
        raise ValueError(f"no document of the kind {kind!r}; one of {', '.join(views)}")
    words = Strings(language)
    prose = french if language == "fr" else str
    problems = tuple(
        views[kind](asked, number, language, kind, evidence) for number, asked in enumerate(assignment.questions, 1)
    )
    statuses = {
        evidence[asked.problem.id].verdicts[step].status
        for asked in assignment.questions
        if asked.problem.id in evidence
        for step in step_numbers(asked, 0)
    }
    outcomes = {check.status for problem in problems for part in problem.parts for check in part.checks}
    document = Document(
        language=language,
        kind=kind,
        kind_word=words[f"kind.{kind}"],
        options=("onepart",) if own_pages else (),
        layout=layout,
        title=assignment.title[language],
        short_title=re.split(r"\s*:", assignment.title[language])[0],
        course=assignment.course.get(language, ""),
        term=assignment.term.get(language, ""),
        date=assignment.date.get(language, "") if kind == "assignment" else "",
        instructions=prose(assignment.instructions.get(language, "") or words["instructions.body"]),
        notation_note=prose(words["notation.note"]),
        legend=prose(words["legend"]),
        certificate_intro=prose(words["certificate.intro"]),
        statuses=tuple(str(s) for s in Status if s in statuses or s is Status.PROVED),
        check_statuses=tuple(s for s in ("confirmed", "failed", "unchecked") if s in outcomes),
        problems=problems,
        wrong=_mistakes(assignment, language, evidence) if kind == "certificate" else (),
    )
    frame = "solutions" if kind == "marking" else kind
    source = render(f"{frame}.tex.j2", {"doc": document, "s": _Spaced(words)})
    # Blank lines that empty blocks leave behind.
    source = re.sub(r"[ \t]+$", "", source, flags=re.MULTILINE)
    return words.operators(re.sub(r"\n{3,}", "\n\n", source).strip() + "\n")


class _Spaced:
    """Words with the spacing of their language."""

    def __init__(self, words: Strings) -> None:
        self.words = words

    def __getitem__(self, key: str) -> str:
        return french(self.words[key]) if self.words.language == "fr" else self.words[key]


def _letter(position: int) -> str:
    return chr(ord("a") + position)


def _assignment_problem(
    asked: Question, number: int, language: str, kind: str, evidence: Mapping[str, Evidence]
) -> ProblemView:
    prose = Prose(asked, language, kind, number, None)
    parts = tuple(
        PartView(_letter(i), p.points, text, "", _space(p.points, text))
        for i, p in enumerate(asked.parts)
        for text in (prose.question(p.id),)
    )
    return ProblemView(number, asked.problem.title[language], prose.statement(), parts)


def _space(points: int, question: str) -> str:
    """The least room for an answer, by its points; none where a blank figure at the end of the question takes it."""
    if r"\begin{tikzpicture}" in question and question.endswith(r"\end{center}"):
        return ""
    return f"{min(1.6 + 0.95 * points, 7.5):.1f}cm"


def _solved_problem(
    asked: Question, number: int, language: str, kind: str, evidence: Mapping[str, Evidence]
) -> ProblemView:
    problem, found = asked.problem, evidence[asked.problem.id]
    prose = Prose(asked, language, kind, number, found.verdicts)
    if kind == "marking":
        prose.margin = _margin(asked, language)
    parts = []
    for i, part in enumerate(asked.parts):
        text = prose.question(part.id)
        view = PartView(
            _letter(i),
            part.points,
            text,
            prose.solution(part.id),
            _space(part.points, text),
            outcome_views(asked, part, language),
        )
        if kind == "marking":
            marks, mistakes = _mark_views(part, prose), _mistake_views(asked, part, prose, found)
            view = replace(view, marks=marks, mistakes=mistakes)
        parts.append(view)
    view = ProblemView(
        number, problem.title[language], prose.statement(), tuple(parts), _numeric_views(asked, found, prose)
    )
    prose.check_complete()
    return view


def _numeric_views(asked: Question, found: Evidence, prose: Prose) -> tuple[CheckView, ...]:
    """The numeric checks that bear on a part that is asked."""
    there = {part.id for part in asked.parts}
    return tuple(_check(result, prose) for result in found.numeric if not result.parts or there & set(result.parts))


def outcome_views(asked: Question, part: Part, language: str) -> tuple[OutcomeView, ...]:
    """How the checks of a part came out, in words."""
    words = Strings(language)
    prose = french if language == "fr" else str
    views = []
    for name in part.checks:
        check = asked.problem.check(name, asked.variant)
        outcome = check.outcome
        said = prose(explained(outcome.evidence.get(language, ""), asked.problem))
        if check.kind == "prose" and outcome.values.get("references"):
            # Titles keep the spacing of their own language.
            said = f"{words['check.references']} {prose('; ').join(tex(r) for r in outcome.values['references'])}"
        views.append(OutcomeView(name, prose(words[f"check.{check.kind}"]), check_status(check), said))
    return tuple(views)


def _steps_of(problem: Problem, name: str) -> tuple[str, ...]:
    """The steps of a chain, or the one step, of that name."""
    for chain in problem.derivation.chains:
        if chain.name == name:
            return tuple(step.name for step in chain.steps)
    return tuple(step.name for step in problem.derivation.steps if step.name == name)


def _margin(asked: Question, language: str) -> dict[str, str]:
    """The points at the margin, by the last step that they are given for."""
    table = {}
    for mark in (mark for part in asked.parts for mark in part.marks if mark.points):
        steps = _steps_of(asked.problem, mark.of)
        if steps:
            table[steps[-1]] = points_text(mark.points, language)
    return table


def _mark_views(part: Part, prose: Prose) -> tuple[MarkView, ...]:
    language, problem = prose.language, prose.problem
    typography = french if language == "fr" else str
    views = []
    for mark in part.marks:
        steps = _steps_of(problem, mark.of)
        places = list(dict.fromkeys([prose.ref(step) for step in (steps[0], steps[-1])])) if steps else []
        said = explained(mark.words[language], problem) if mark.words is not None else ""
        what = ", ".join(text for text in ("--".join(places), typography(said)) if text)
        views.append(MarkView(points_text(mark.points, language), what))
    return tuple(views)


def _mistake_views(asked: Question, part: Part, prose: Prose, found: Evidence) -> tuple[MistakeView, ...]:
    language, problem = prose.language, asked.problem
    typography = french if language == "fr" else str
    (base,) = (p for p in problem.parts if p.id == part.id)
    steps = {name for chain in part.chains for name in _steps_of(problem, chain)}

    def cost(points: float, of: str) -> str:
        halves = max(1, round(2 * points * part.points / base.points))
        return points_text(min(halves / 2, _worth(part, problem, of)), language)

    views = []
    for step, _ in _in_order((pair for pair in found.wrong if pair[0].instead_of in steps), prose.numbers):
        why = typography(explained(step.why[language], problem))
        number, claim = prose.ref(step.instead_of), claim_text(step, prose.strings)
        views.append(MistakeView(cost(step.cost, step.instead_of), number, claim, why))
    for answer in found.answers:
        if answer.instead_of in part.checks and answer.variant in ("", asked.variant):
            why = typography(explained(answer.why[language], problem))
            check = problem.check(answer.instead_of, asked.variant)
            claim = _swapped(answer, check, prose.strings)
            views.append(MistakeView(cost(answer.cost, answer.instead_of), "", claim, why))
    return tuple(views)


def _in_order(
    found: Iterable[tuple[WrongStep, Verdict]], numbers: Mapping[str, str]
) -> list[tuple[WrongStep, Verdict]]:
    """Mistakes in the order of the steps that they replace; ``numbers`` has these in their order."""
    places = list(numbers)
    return sorted(found, key=lambda pair: places.index(pair[0].instead_of))


def _worth(part: Part, problem: Problem, of: str) -> float:
    """The points for a step or a check: of the mark that it belongs to, else of the whole part."""
    found = [mark.points for mark in part.marks if of == mark.of or of in _steps_of(problem, mark.of)]
    return max(found, default=part.points)


def _swapped(answer: WrongAnswer, check: Check, words: Strings) -> str:
    """The value that a mistake gives, and the right one, where a question asks for it and both are short to print."""
    if answer.value is None or check.kind not in ("numeric", "algorithm", "count", "receptive field"):
        return ""
    wrong, right = (
        _brief(v, words.language, answer.digits) for v in (answer.value(), check.outcome.values[answer.key])
    )
    return rf"{wrong}\text{{ {words['mistake.for']} }}{right}" if wrong and right else ""


def _brief(value: object, language: str, digits: int | None) -> str:
    """A number, words, or a list of a few of these, as mathematics; nothing when it is none of them."""
    if isinstance(value, int | Fraction):
        return value_text(value, language, digits)
    if isinstance(value, float):
        return decimal(f"{value:.4g}", language)
    if isinstance(value, Mapping):
        return rf"\text{{\emph{{{tex(value[language])}}}}}" if language in value else ""
    if isinstance(value, list | tuple) and len(value) <= 6:
        if all(isinstance(item, int | Fraction) for item in value):
            return value_text(value, language, digits)
        parts = [_brief(item, language, digits) if isinstance(item, Mapping) else "" for item in value]
        return r",\ ".join(parts) if all(parts) else ""
    return ""


def _formulary_problem(
    asked: Question, number: int, language: str, kind: str, evidence: Mapping[str, Evidence]
) -> ProblemView:
    found = evidence[asked.problem.id]
    prose = Prose(asked, language, kind, number, found.verdicts)
    names = {name for part in asked.parts for name in part.chains}
    results = tuple(
        ResultView(
            prose.claim(chain.name),
            _worst(found.verdicts[step.name].status for step in chain.steps),
            ", ".join(_hypotheses(_premises(chain.given, asked.problem), prose.strings)),
        )
        for chain in asked.problem.derivation.chains
        if chain.boxed and chain.name in names
    )
    return ProblemView(number, asked.problem.title[language], prose.setting() if results else "", results=results)


def _worst(statuses: Iterable[Status]) -> str:
    """Proved when all are, else one that is not."""
    return next((str(s) for s in statuses if s is not Status.PROVED), str(Status.PROVED))


def _premises(given: tuple[Hypothesis, ...], problem: Problem) -> tuple[Hypothesis, ...]:
    """The hypotheses; what another chain shows is replaced by the hypotheses of that chain."""
    found: list[Hypothesis] = []
    for one in given:
        shown = [chain for chain in problem.derivation.chains if isinstance(one, Relation) and _shows(chain, one)]
        found += _premises(shown[0].given, problem) if shown else [one]
    return tuple(dict.fromkeys(found))


def _shows(chain: Chain, claim: Relation) -> bool:
    """Whether the inequality is what a chain shows from its first to its last expression."""
    ops = {link.op for link in chain.links}
    proved = all(link.expect == "proved" for link in chain.links)
    rises = claim.op == "<=" and "<=" in ops and ops <= {"=", "<=", "<"}
    return proved and rises and (chain.start, chain.links[-1].to) == (claim.left, claim.right)


def _hypotheses(given: tuple[Hypothesis, ...], words: Strings) -> Iterable[str]:
    """Each in LaTeX; inequalities that go on from one to the next make a chain."""
    chained: list[tuple[Hypothesis, ...]] = []
    for one in given:
        last = chained[-1][-1] if chained else None
        goes_on = isinstance(last, Relation) and isinstance(one, Relation) and last.right == one.left
        if goes_on and isinstance(one, Relation) and {one.op} <= {"<", "<="}:
            chained[-1] += (one,)
        else:
            chained.append((one,))
    for first, *others in chained:
        text = _hypothesis(first, words)
        for other in others:
            if isinstance(other, Relation):
                text = text[:-1] + f" {latex_op(other.op)} {latex(other.right)}$"
        yield text


def _hypothesis(given: Hypothesis, words: Strings) -> str:
    if isinstance(given, Relation):
        return f"${latex(given.left)} {latex_op(given.op)} {latex(given.right)}$"
    return f"${latex(given.subject)}$ {words[f'predicate.{given.kind}']}"


def _check(result: NumericResult, prose: Prose) -> CheckView:
    return CheckView(
        prose.check(result.what),
        scientific(result.error, prose.language),
        scientific(result.tolerance, prose.language),
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


def _certified_problem(
    asked: Question, number: int, language: str, kind: str, evidence: Mapping[str, Evidence]
) -> ProblemView:
    words = Strings(language)
    found = evidence[asked.problem.id]
    verdicts = found.verdicts
    steps = tuple(
        StepView(
            place,
            _breakable(name),
            str(verdicts[name].status),
            _rules(verdicts[name], words),
            (*trial_views(verdicts[name].trials, words), *gradient_views(verdicts[name].gradient, words)),
        )
        for name, place in step_numbers(asked, number).items()
    )
    parts = tuple(
        PartView(_letter(i), part.points, checks=outcome_views(asked, part, language))
        for i, part in enumerate(asked.parts)
    )
    checks = _numeric_views(asked, found, Prose(asked, language, kind, number, verdicts))
    return ProblemView(number, asked.problem.title[language], parts=parts, checks=checks, steps=steps)


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
            tuples = dict.fromkeys(
                "{,}".join(str(value) if value >= 0 else f"{{{value}}}" for _, value in trial.sizes)
                for trial in members
            )
            values = "$; $".join(tuples)
            sizes = f"${'{,}'.join(_size_symbol(name) for name in names)} = {values}$"
        seeds = _ranges(sorted({trial.seed for trial in members}))
        views.append(TrialsView(tex(arithmetic), sizes, seeds))
    return tuple(views)


def gradient_views(found: GradientEvidence | None, words: Strings) -> tuple[TrialsView, ...]:
    """The instance on which differences agreed with a claimed derivative."""
    if found is None or found.outcome != "agrees":
        return ()
    return trial_views((Trial(found.sizes, found.seed, found.method),), words)


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
    try:
        parts = parse_name(name)
    except ValueError:
        return rf"\text{{{tex(name)}}}"
    return latex_name(parts, bold=False) + "'" * parts.primes + (f"_{{{latex_label(parts.sub)}}}" if parts.sub else "")


def _mistakes(assignment: Assignment, language: str, evidence: Mapping[str, Evidence]) -> tuple[WrongView, ...]:
    prose = french if language == "fr" else str
    words = Strings(language)
    views = []
    for number, asked in enumerate(assignment.questions, 1):
        places = step_numbers(asked, number)
        asked_here = (pair for pair in evidence[asked.problem.id].wrong if pair[0].instead_of in places)
        for wrong, verdict in _in_order(asked_here, places):
            example = verdict.counterexample
            sizes = "" if example is None else _sizes(example.sizes)
            views.append(
                WrongView(
                    wrong.id,
                    places[wrong.instead_of],
                    claim_text(wrong, words),
                    str(verdict.status),
                    prose(explained(wrong.why[language], asked.problem)),
                    sizes,
                )
            )
    return tuple(views)


def claim_text(wrong: WrongStep, words: Strings) -> str:
    """What a mistake claims, without dollar signs."""
    claim = wrong.claim
    if isinstance(claim, Relation):
        return formula(claim.left, claim.op, claim.right)
    return rf"{latex(claim.subject, display=True)} \ \text{{{words[f'predicate.{claim.kind}']}}}"


def explained(why: str, problem: Problem) -> str:
    """Words for a reader, names of the derivation's notation between backticks printed as mathematics."""
    notation = dict(problem.derivation.notation)
    words = why.split("`")
    return "".join(f"${latex(notation[word])}$" if i % 2 else tex(word) for i, word in enumerate(words))


def _sizes(sizes: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"${_size_symbol(name)} = {value}$" for name, value in sizes)
