"""Documents that nobody should write (mutants of the corpus, soups of tokens), and what must hold of any input."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache
from time import process_time

from everystep.documents.check import Checker
from everystep.documents.options import Options
from everystep.documents.result import DocumentReport
from everystep.reader.document import ReadError, read_text
from everystep.reader.source import Display, Place, Pragma
from everystep.reader.trees import depths, relation_of
from tests.documents.corpus import HOME, files

BUDGET, FILE_BUDGET = 0.05, 1.0
PATIENCE = 10.0
"""Seconds of the processor that a small document may take: a step that has begun is ended, hints have their own."""

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\n|[ \t]+|[A-Za-z]+|\d+|.", re.DOTALL)
_PROBLEM = re.compile(r"(?m)^(?=%!\s*problem\b|<!--!\s*problem\b)")
_WORDS = (
    r"\[ \] $$ $ $ { } { } ( ) [ ] ^ _ & \\ = = + - , ; . : := \le < \in \to \Rightarrow \text{where} \text{and} % %! "
    r"\frac \sum_{i=1}^n \nabla \nabla_x \partial \mathbb{R} \mathbb{R}^{n\times d} ^\top ^{-1} ^2 ' _i _{ij} _{t+1} "
    r"\begin{align} \end{align} \begin{cases} \end{cases} \begin{pmatrix} \end{pmatrix} \left( \right) \left. \right| "
    r"\| | \det \operatorname{tr} \mathbb{E} \operatorname{Var} \log \exp \max \sqrt \lambda \sigma \mu \Sigma \odot "
    r"\otimes d e I 0 1 2 A B X w x y n \hat \bar \mathbf \newcommand{\a} \def\a \a \let \input{x} \quad \dots \infty "
    r"\cdot \prod \lim_{k\to\infty} \bm \mathrm{d} \langle \rangle \arg\min \sim \mathcal{N} \succ \ne \intertext "
    "é − θ \u202e \ufeff \U0001d400 \t"
)
VOCABULARY = tuple(_WORDS.split(" "))


@cache
def sources() -> tuple[tuple[bool, str], ...]:
    """The problems of the corpus with what stands before the first, and whether they are Markdown."""
    found = []
    for file in files():
        head, *problems = _PROBLEM.split((HOME / file).read_text(encoding="utf-8"))
        if not problems:
            pieces = head.split("\n\n")
            problems, head = ["\n\n".join(pieces[k : k + 6]) for k in range(0, len(pieces), 6)], ""
        found += [(file.endswith(".md"), head[-2000:] + problem) for problem in problems]
    return tuple(found)


# mutations -----------------------------------------------------------------------------------------------


def _delete(tokens: list[str], rng: random.Random) -> None:
    at = rng.randrange(len(tokens))
    del tokens[at : at + rng.choice((1, 1, 1, 3))]


def _duplicate(tokens: list[str], rng: random.Random) -> None:
    at = rng.randrange(len(tokens))
    tokens[at:at] = tokens[at : at + rng.choice((1, 2, 5, 40))]


def _swap(tokens: list[str], rng: random.Random) -> None:
    a, b = rng.randrange(len(tokens)), rng.randrange(len(tokens))
    tokens[a], tokens[b] = tokens[b], tokens[a]


def _insert(tokens: list[str], rng: random.Random) -> None:
    tokens.insert(rng.randrange(len(tokens) + 1), rng.choice(VOCABULARY))


def _replace(tokens: list[str], rng: random.Random) -> None:
    tokens[rng.randrange(len(tokens))] = rng.choice(VOCABULARY)


def _unbalance(tokens: list[str], rng: random.Random) -> None:
    tokens.insert(rng.randrange(len(tokens) + 1), rng.choice("{}()[]$&"))


def _cut(tokens: list[str], rng: random.Random) -> None:
    at = rng.randrange(len(tokens))
    if rng.random() < 0.5:
        del tokens[at:]
    else:
        del tokens[: at // 2]


def _random_character(tokens: list[str], rng: random.Random) -> None:
    tokens.insert(rng.randrange(len(tokens) + 1), chr(rng.choice((rng.randrange(1, 128), rng.randrange(1, 0xD7FF)))))


MUTATIONS: tuple[Callable[[list[str], random.Random], None], ...] = (
    _delete, _duplicate, _swap, _insert, _replace, _unbalance, _cut, _random_character,
)  # fmt: skip


def mutant(seed: int) -> tuple[bool, str]:
    """A document: whether it is Markdown, and its text."""
    rng = random.Random(seed)
    markdown, text = rng.choice(sources())
    kind = rng.random()
    if kind < 0.15:
        words = [rng.choice(VOCABULARY) for _ in range(rng.randrange(1, 60))]
        return markdown, rng.choice(("", " ")).join(words)
    if kind < 0.2:
        return markdown, "".join(chr(rng.randrange(1, 256)) for _ in range(rng.randrange(200)))
    tokens = _TOKEN.findall(text)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        if tokens:
            rng.choice(MUTATIONS)(tokens, rng)
    return markdown, "".join(tokens)


# what must hold ------------------------------------------------------------------------------------------


def complaints(text: str, markdown: bool = False) -> list[str]:
    """What is wrong with the way a text was checked; raises what the checker raises."""
    started = process_time()
    name = "document.md" if markdown else "document.tex"
    try:
        document = read_text(text, name, markdown)
    except ReadError as error:
        return [] if name in str(error) else [f"a message without the file's name: {error}"]
    checker = Checker(Options(BUDGET, FILE_BUDGET))
    found: list[str] = []
    skipped = False
    for event in document.events:
        before = checker.problem.scope.copy()
        counts = len(checker.steps), len(checker.remarks)
        checker.take(event)
        silent = counts == (len(checker.steps), len(checker.remarks)) and before == checker.problem.scope
        if isinstance(event, Pragma):
            skipped = event.name in ("skip", "define", "assume")
        elif isinstance(event, Display):
            if silent and not skipped and _states_something(event):
                found.append(f"line {event.place.line}: a display with a relation is not reported")
            skipped = False
    report = DocumentReport(document.file, tuple(checker.steps), tuple(checker.remarks))
    found += misplaced(report, text)
    seconds = process_time() - started
    if seconds > PATIENCE:
        found.append(f"{seconds:.1f} s")
    return found


def _states_something(display: Display) -> bool:
    """Whether a display has an equality or an inequality between two things, outside of brackets and words."""
    tokens = display.tokens
    levels = depths(tokens)
    for k in range(1, len(tokens) - 1):
        if levels[k] == 0 and relation_of(tokens, k)[0] in ("=", "<=", ">=", "<", ">", "!="):
            sides = (tokens[:k], tokens[k + relation_of(tokens, k)[1] :])
            if all(any(t.kind == "char" and t.text.isalnum() for t in side) for side in sides):
                return True
    return False


def misplaced(report: DocumentReport, text: str) -> list[str]:
    """Places of a report that are outside of its text."""
    lines = re.split(r"\r\n|\r|\n", text)
    found = []

    def look(place: Place, what: str) -> None:
        inside = 1 <= place.line <= len(lines) and 1 <= place.column <= len(lines[place.line - 1]) + 1
        if not inside or place.file != report.file:
            found.append(f"{what} at {place}, outside of {len(lines)} lines")

    for step in report.steps:
        look(step.place, f"step {step.problem} {step.number}")
    for remark in report.remarks:
        look(remark.place, f"remark {remark.message!r}")
    numbers: dict[str, int] = {}
    for step in report.steps:
        if step.number == 0:
            numbers[step.problem] = 0
        if step.number != numbers.get(step.problem, 0):
            found.append(f"step {step.problem} {step.number} is out of order")
        numbers[step.problem] = step.number + 1
    return found
