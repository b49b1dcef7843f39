"""A small course of one made-up derivation, a prover that says what a test wants, and PDF text."""

import re
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import pytest

import derivations
import render.assets
import render.templates
from everystep.algebra.context import Context, Definition, Predicate, Relation
from everystep.algebra.expressions import (
    Gradient,
    Int,
    Num,
    matrix,
    scalar,
    sq,
    vector,
)
from everystep.algebra.shapes import sizes
from everystep.derivation import (
    Assignment,
    Chain,
    Check,
    Derivation,
    Link,
    Mark,
    NumericResult,
    Outcome,
    Part,
    Problem,
    Step,
    WrongAnswer,
    WrongStep,
    prose,
    question,
)
from everystep.prove.verdict import Counterexample, Status, Trial, Verdict

n, d = sizes("n d")
X, y, w = matrix("X", n, d), vector("y", n), vector("w", d)
f, A = scalar("f"), matrix("A", d, d)

DERIVATION = Derivation(
    id="toy",
    context=Context(
        definitions=(Definition(f, sq(y - X * w)), Definition(A, 2 * X.T * X)),
        hypotheses=(Relation(Int(n), "<", Int(d)),),
    ),
    chains=(
        Chain(
            "gradient",
            Gradient(f, w),
            (
                Link("=", Gradient(sq(y - X * w), w), "gradient.definition"),
                Link("=", -2 * X.T * (y - X * w), "gradient.result"),
            ),
            boxed=True,
        ),
        Chain("curvature", A, predicate=Predicate("positive semidefinite", A)),
        Chain(
            "normal",
            w,
            (Link("=", (X.T * X).I * X.T * y, "normal.undefined", expect="undefined"),),
        ),
    ),
    notation=(("X", X), ("y", y), ("f", f), ("f_body", sq(y - X * w)), ("half", f / Num(2))),
    numeric=lambda: (NumericResult("gradient against differences", 2e-9, 1e-6),),
)
HALF = Check(
    "half",
    "numeric",
    lambda: Outcome(True, {"en": "one half: 50%", "fr": "un demi : 50%"}, {"value": Fraction(1, 2)}),
)
PROBLEM = Problem(
    "toy",
    DERIVATION,
    (
        Part(
            "a",
            2,
            ("gradient",),
            ("half",),
            (Mark(1.5, "gradient"), Mark(0.5, words={"en": "a clear sketch", "fr": "un croquis clair"})),
            ("Z1",),
        ),
        Part("b", 1, ("curvature", "normal"), ("words",), (Mark(1, "curvature"),), ("Z2",)),
    ),
    {"en": "A toy & more", "fr": "Un jouet & plus"},
    (HALF, prose("words", {"en": "It is so.", "fr": "C'est ainsi."}, references=("A book, 1999",))),
)
ASSIGNMENT = Assignment(
    "week1",
    (question(PROBLEM),),
    {"en": "Week 1", "fr": "Semaine 1"},
    {"en": "Course 50%", "fr": "Cours 50%"},
    {"en": "Autumn 2026", "fr": "Automne 2026"},
)
TWIN = WrongStep(
    "sign-lost",
    "gradient.result",
    Relation(Gradient(f, w), "=", 2 * X.T * (y - X * w)),
    "refuted",
    {"en": "The sign is lost: why?", "fr": "Le signe est perdu : pourquoi ?"},
)

ANSWER = WrongAnswer(
    "upside-down",
    "half",
    {"en": "The fraction is upside down.", "fr": "La fraction est renversée."},
    "value",
    lambda: Fraction(2),
)

TEMPLATES = {
    "problems/toy.en.tex.j2": r"""
((* macro statement() *))
Let $((( m("f") ))) = ((( m("f_body") )))$ and half of it $((( m("half") )))$.
((* endmacro *))
((* macro question_a() *))
Compute the slope.
\[ ((( m("half") ))) \]
((* endmacro *))
((* macro solution_a() *))
We find
((( chain("gradient") )))
See~((( ref("gradient.result") ))), and $((( num(value("half", "value")) )))$.
((* endmacro *))
((* macro question_b() *))
Show curvature: $((( claim("curvature") )))$.
((* endmacro *))
((* macro solution_b() *))
((( chain("curvature") )))
((( chain("normal") )))
((* endmacro *))
""",
    "problems/toy.fr.tex.j2": r"""
((* macro statement() *))
Soit $((( m("f") ))) = ((( m("f_body") )))$ : une perte.
((* endmacro *))
((* macro question_a() *))
Que vaut le gradient ? Et « la pente » ; merci !
((* endmacro *))
((* macro solution_a() *))
On trouve
((( chain("gradient") )))
Voir~((( ref("gradient.result") ))).
((* endmacro *))
((* macro question_b() *))
Montrez-le.
((* endmacro *))
((* macro solution_b() *))
((( chain("curvature") )))
((( chain("normal") )))
((* endmacro *))
""",
}

TRIALS = (Trial((("n", 1), ("d", 2)), 0, "rationals"), Trial((("n", 2), ("d", 3)), 1, "rationals"))
EXAMPLE = Counterexample(
    (("n", 1), ("d", 2)),
    (("X", (("1", "2"),)), ("y", (("-1/2",),))),
    (("1",), ("2",)),
    (("-1",), ("-2",)),
    True,
    "smallest sizes",
)


class FakeProver(ModuleType):
    """Stands in for ``everystep.prove.checker``; ``verdicts`` by step name."""

    def __init__(self) -> None:
        super().__init__("everystep.prove.checker")
        self.verdicts: dict[str, Verdict] = {
            "sign-lost": Verdict(Status.REFUTED, "exact", "the sides differ", counterexample=EXAMPLE)
        }

    def check_step(self, step: Step, context: Context, *, seed: int = 0, budget: float = 5.0) -> Verdict:
        """The verdict that the test wants, else the expected one."""
        usual = Verdict(
            Status(step.expect),
            "normal form",
            rules=("chain rule",),
            conditions=("w nonzero",),
            trials=TRIALS,
        )
        return self.verdicts.get(step.name, usual)

    def check_derivation(
        self, derivation: Derivation, *, seed: int = 0, budget: float = 5.0
    ) -> Iterator[tuple[Step, Verdict]]:
        """All steps."""
        for step in derivation.steps:
            yield step, self.check_step(step, derivation.context, seed=seed, budget=budget)

    def check_all(
        self,
        derivations: Sequence[Derivation],
        checks: Sequence[Check] = (),
        *,
        seed: int = 0,
        budget: float = 5.0,
    ) -> list[list[Verdict]]:
        """The verdicts alone, of several derivations."""
        return [[v for _, v in self.check_derivation(d, seed=seed, budget=budget)] for d in derivations]


@pytest.fixture
def templates(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The prose of the made-up problem over the shipped layouts; a test may change it."""
    table = dict(TEMPLATES)
    real = render.assets.read_template
    monkeypatch.setattr(
        render.templates,
        "read_template",
        lambda name: table[name] if name in table else real(name),
    )
    render.templates.environment.cache_clear()
    yield table
    render.templates.environment.cache_clear()


@pytest.fixture
def problem(templates: dict[str, str]) -> Problem:
    """The made-up problem, its prose in place."""
    return PROBLEM


@pytest.fixture
def assignment(templates: dict[str, str]) -> Assignment:
    """The made-up assignment, its prose in place."""
    return ASSIGNMENT


@pytest.fixture
def twin() -> WrongStep:
    """A mistake in the made-up derivation."""
    return TWIN


@pytest.fixture
def answer() -> WrongAnswer:
    """A mistake in an answer of the made-up problem."""
    return ANSWER


@pytest.fixture
def prover(monkeypatch: pytest.MonkeyPatch) -> FakeProver:
    """The made-up prover in the place of the real one."""
    fake = FakeProver()
    monkeypatch.setitem(sys.modules, "everystep.prove.checker", fake)
    monkeypatch.setitem(sys.modules, "everystep.prove.parallel", fake)
    return fake


@pytest.fixture
def course(monkeypatch: pytest.MonkeyPatch, templates: dict[str, str], prover: FakeProver) -> FakeProver:
    """The made-up course in the place of the real one."""

    def problem(name: str) -> Problem:
        if name != "toy":
            raise LookupError(f"no derivation {name!r}; one of toy")
        return PROBLEM

    monkeypatch.setattr(derivations, "ids", lambda: ("toy",))
    monkeypatch.setattr(derivations, "problem", problem)
    monkeypatch.setattr(derivations, "problems", lambda: {"toy": PROBLEM})
    monkeypatch.setattr(derivations, "assignments", lambda: {"week1": ASSIGNMENT})
    monkeypatch.setattr(derivations, "wrong", lambda name=None: (("toy", TWIN),))
    monkeypatch.setattr(derivations, "wrong_answers", lambda name=None: (("toy", ANSWER),))
    return prover


def _pdf_text(path: Path) -> str:
    """The letters that a PDF of pdfTeX shows, words run together: enough to find a phrase."""
    letters: list[str] = []
    for match in re.finditer(rb"stream\r?\n(.*?)endstream", path.read_bytes(), re.DOTALL):
        try:
            content = zlib.decompress(match[1])
        except zlib.error:
            continue
        for array in re.findall(rb"\[((?:\((?:\\.|[^\\)])*\)|[^\]\(])*)\]\s*TJ", content):
            letters += [
                re.sub(rb"\\([0-7]{3})", lambda m: bytes([int(m[1], 8)]), s).decode("latin-1")
                for s in re.findall(rb"\(((?:\\.|[^\\)])*)\)", array)
            ]
    return "".join(letters)


@pytest.fixture
def pdf_text() -> Callable[[Path], str]:
    """Reads a PDF's letters back."""
    return _pdf_text
