r"""The Python interface: one derivation, or one formula, given as a string.

>>> import everystep
>>> report = everystep.check(
...     r"\nabla_w \|y - Xw\|^2 = -2 X^\top (y - Xw) = 2 X^\top (y - Xw)",
...     declarations=r"X \in \mathbb{R}^{n \times d}; w \in \mathbb{R}^{d}; y \in \mathbb{R}^{n}",
... )
>>> for step in report.steps:
...     print(step.number, step.status)
0 proved
1 refuted
>>> report.steps[1].verdict.counterexample.sizes
(('d', 1), ('n', 1))

May import the engine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from everystep.algebra.context import Context, Definition, Predicate, Relation
from everystep.algebra.expressions import Expression, Limit, LimitAt, Num, Pow, Var, walk
from everystep.algebra.shapes import ShapeError
from everystep.compiler.compiled import Compiled
from everystep.documents.check import Checker
from everystep.documents.coupled import for_derivatives
from everystep.documents.means import with_laws
from everystep.documents.options import Options
from everystep.documents.result import DocumentReport, StepReport
from everystep.documents.spoken import varied_names
from everystep.prove.prover import Prover
from everystep.reader.document import ReadError, read_text
from everystep.reader.entities import Symbolic
from everystep.reader.environments import flattened
from everystep.reader.independence import lines_on_dependence
from everystep.reader.names import ROOT
from everystep.reader.pieces import trimmed
from everystep.reader.points import with_points
from everystep.reader.scope import Scope
from everystep.reader.source import Declaration, Display, Document, Event, Place, Pragma, Token, Trouble
from everystep.reader.statements import statements_of
from everystep.reader.trees import Unreadable, latex_of
from everystep.reader.values import Values
from everystep.records import dataclass, replace

TEXT = "<text>"
DECLARATIONS = "<declarations>"
_DISPLAY = re.compile(
    r"\\\[|\$\$|\\begin\s*\{(?:document|equation|align|alignat|x?xalignat|flalign|gather|multline|eqnarray|displaymath|"
    r"dmath|dgroup|darray|IEEEeqnarray)\*?\}"
)
_INLINE = re.compile(r"(?s)\s*(?:\$(?P<dollar>[^$]+)\$|\\\((?P<round>.+)\\\))\s*\Z")


class ReadingError(ValueError):
    """A declaration or a formula that cannot be read; ``line`` and ``column`` count from 1 in the string that was given
    (``column`` 0: somewhere in that line).
    """

    def __init__(self, message: str, line: int = 1, column: int = 0, source: str = TEXT) -> None:
        self.message = message
        self.line = line
        self.column = column
        self.source = source
        super().__init__(f"{source}:{line}:{column}: {message}" if column else f"{source}:{line}: {message}")


@dataclass(frozen=True)
class Declared:
    """What declarations say: the names, and what is assumed of them.  Made by :func:`context`."""

    scope: Scope

    @property
    def context(self) -> Context:
        """Definitions, hypotheses, recurrences and random quantities."""
        return self.scope.context

    @property
    def symbols(self) -> dict[str, Expression]:
        """The declared matrices, vectors and numbers by name."""
        return {name: e.value for name, e in self.scope.names.items() if isinstance(e, Symbolic)}


Declarations: TypeAlias = str | Sequence[str] | Declared


def context(declarations: Declarations = ()) -> Declared:
    r"""The names that declarations introduce and the hypotheses that they state.

    ``declarations`` is what stands behind ``%!`` in a document: several, separated by ``;`` or on lines of their own,
    in one string or in a sequence of strings.  Raises :class:`ReadingError`, with the line and the column.

    >>> import everystep
    >>> declared = everystep.context(r"X \in \mathbb{R}^{n \times d}; \lambda > 0")
    >>> declared.symbols["X"].shape
    (n, d)
    >>> len(declared.context.hypotheses)
    1
    >>> everystep.context(r"X \in \mathbb{Q}^{n}")
    Traceback (most recent call last):
    ...
    everystep.documents.interface.ReadingError: <declarations>:1:7: the set \mathbb{Q}^{n} is not known
    """
    if isinstance(declarations, Declared):
        return declarations
    lines = declarations if isinstance(declarations, str) else "\n".join(declarations)
    _refuse_zero(lines, DECLARATIONS)
    events, shifts = [], {}
    text = []
    for number, line in enumerate(lines.splitlines(), 1):
        bare = line.lstrip().startswith("%!")
        shifts[number] = 0 if bare or not line.strip() else 3
        text.append(line if bare or not line.strip() else f"%! {line}")
    for event in _events("\n".join(text), DECLARATIONS) if any(map(str.strip, text)) else ():
        event = _moved(event, shifts)
        if isinstance(event, Trouble):
            raise _error(event.message, event.place)
        if isinstance(event, Display) or (isinstance(event, Pragma) and event.name != "layout"):
            raise _error("only declarations and the order layout may stand here", event.place)
        events.append(event)
    checker = Checker()
    checker.run(Document(DECLARATIONS, tuple(events)))
    for declaration in checker.problem.waiting:
        remark = checker.problem.troubles[latex_of(declaration.tokens)]
        raise _error(remark.message.rpartition(" (in the declaration")[0] or remark.message, remark.place)
    for remark in checker.remarks:
        raise _error(remark.message, remark.place)
    return Declared(checker.problem.scope)


def check(
    text: str,
    declarations: Declarations = (),
    *,
    budget: float = 2.0,
    file_budget: float = 60.0,
    seed: int = 0,
    on_step: Callable[[StepReport], None] | None = None,
    show: Callable[[Expression], str] | None = None,
) -> DocumentReport:
    r"""The report of a derivation: ``.steps`` holds one entry a step, ``.remarks`` what belongs to no step.

    ``text`` is LaTeX: one formula with or without its delimiters, or a document with displays, prose and ``%!`` lines.
    ``declarations`` hold for all of it (see :func:`context`).  ``budget`` and ``file_budget`` are seconds a step and in
    all, ``on_step`` is called with each step as it is judged, ``show`` prints the expressions of hints.
    A step that cannot be read is a step of the report; declarations given apart that cannot be read raise
    :class:`ReadingError`, and so does a text that is no text (NUL bytes, or too long).

    >>> import everystep
    >>> report = everystep.check("(A B)^T = A^T B^T = B^T A^T", r"A, B \in \mathbb{R}^{n \times n}")
    >>> [str(step.status) for step in report.steps]
    ['refuted', 'refuted']
    >>> report.summary()["refuted"]
    2
    """
    declared = context(declarations)
    events = _text_events(text)
    checker = Checker(Options(budget, file_budget, seed, on_step, show))
    checker.problem.scope = declared.scope.copy()
    given = [declarations] if isinstance(declarations, str) else declarations
    looked = not isinstance(given, Declared) and not any(lines_on_dependence(line) != () for line in given)
    document = Document(TEXT, tuple(events), dependence=lines_on_dependence(text) if looked else None)
    checker.run(document)
    return DocumentReport(TEXT, tuple(checker.steps), tuple(checker.remarks))


def parse(latex: str, declarations: Declarations = ()) -> Expression:
    r"""The expression that a formula stands for: a tree of :mod:`everystep.algebra.expressions` (SymPy ``Basic``).

    ``declarations`` is a string of declarations or what :func:`context` gave.  Nothing is evaluated.  Raises
    :class:`ReadingError`, with the line and the column, where the formula cannot be read or its shapes do not fit.

    >>> import everystep
    >>> names = everystep.context(r"X \in \mathbb{R}^{n \times d}; w \in \mathbb{R}^{d}")
    >>> everystep.parse(r"X^\top X w", names)
    Mul(Transpose(Var(X, n, d)), Var(X, n, d), Var(w, d, 1))
    >>> everystep.parse(r"X w", names).shape
    (n, 1)
    >>> everystep.parse(r"X z", names)
    Traceback (most recent call last):
    ...
    everystep.documents.interface.ReadingError: <text>:1:3: z has no declaration
    """
    declared = context(declarations)
    displays = []
    for event in _text_events(latex):
        if isinstance(event, Trouble):
            raise _error(event.message, event.place)
        if isinstance(event, Display):
            displays.append(event)
    if len(displays) != 1:
        raise ReadingError("one formula is expected" if displays else "there is no formula")
    (display,) = displays
    if statements_of(display.environment, display.tokens):
        raise _error("this is a statement; an expression is expected (check judges statements)", display.place)
    tokens = trimmed(flattened(display.tokens))
    if not tokens:
        raise ReadingError("there is no formula")
    scope = declared.scope.copy()
    values = Values(scope, varied_names(tokens, scope))
    try:
        expression = values.finished(values.value(values.tree(tokens)), tokens[0].place)
        expression.shape  # noqa: B018 - raises where the shapes do not fit
    except Unreadable as error:
        raise _error(error.message, error.place or tokens[0].place) from None
    except RecursionError:
        raise _error("nested too deeply", tokens[0].place) from None
    except (ShapeError, ValueError, TypeError) as error:
        raise _error(str(error), tokens[0].place) from None
    return expression


def compile(expression: Expression | str, declarations: Declarations = ()) -> Compiled:  # noqa: A001 - everystep.compile
    r"""An expression as a function of NumPy arrays, evaluated in a sensible order; see :class:`Compiled`.

    ``expression`` is LaTeX or a tree, as :func:`parse` gives it; ``declarations`` as there: definitions and recurrences
    in them are expanded, derivatives are taken, limits have the value that the prover finds under the declarations.
    What is only declared as a function is given as one of Python, and its derivatives by the names that the message of
    a call without them says.  A mean or a covariance of x that is not stated is the argument ``mu_x`` or ``Sigma_x``.
    Raises :class:`ReadingError` where the formula cannot be read, ``ShapeError`` where its shapes do not fit, and
    ``ValueError``, at the latest at the first call, for what has no code (limits that the prover does not find, means
    that the laws do not tell, conditional means that are not stated).

    >>> import everystep
    >>> names = r"X \in \mathbb{R}^{n \times d}; y \in \mathbb{R}^{n}; \lambda > 0"
    >>> ridge = everystep.compile(r"(X^\top X + \lambda I)^{-1} X^\top y", names)
    >>> ridge.arguments
    ('X', 'lambda', 'y')
    >>> ridge(X=[[1, 0], [0, 2]], y=[1, 1], **{"lambda": 1.0}).tolist()
    [0.5, 0.4]
    >>> slope = everystep.compile(r"\nabla_x f(\|x\|^2)", r"f : \mathbb{R} \to \mathbb{R}; x \in \mathbb{R}^{n}")
    >>> slope(x=[1, 2])
    Traceback (most recent call last):
        ...
    ValueError: f' is not given; expected a function of an array, entry by entry, the derivative of order 1 of f
    >>> slope(x=[1, 2], **{"f'": lambda s: 1 / s}).tolist()
    [0.4, 0.8]
    >>> noise = r"x, y \in \mathbb{R}; \mathbb{E}[y \mid x] = 3 x; \operatorname{Var}(y \mid x) = 2"
    >>> everystep.compile(r"\mathbb{E}[y^2 \mid x]", noise)(x=1.0).item()
    11.0
    """
    declared = context(declarations)
    tree = parse(expression, declared) if isinstance(expression, str) else expression
    try:
        known = with_points(Predicate("nonzero", tree), declared.context)
        named, known = for_derivatives(Predicate("nonzero", tree), known, declared.scope.between)
    except Unreadable as error:
        raise ReadingError(error.message) from None
    (tree,) = named.sides
    tree, known = with_laws(tree, _with_roots(tree, known), declared.scope)
    trees = (tree, *(d.body for d in known.definitions))
    if not any(one.has_kind(Limit, LimitAt) for one in trees):
        return Compiled(tree, known)
    prover = Prover(known)
    claim = prover.apart(Relation(tree, "=", tree))
    prover.form.start(tree)
    tree = claim.left if isinstance(claim, Relation) else tree
    return Compiled(tree, prover.context, (prover.form.core, prover.form.lowering))


def _with_roots(tree: Expression, known: Context) -> Context:
    """The context with the roots of matrices, which are names to the reader, as values of what they are roots of."""
    defined = {definition.target for definition in known.definitions}
    bodies = [*(d.body for d in known.definitions), *(r.body for r in known.recurrences)]
    found: dict[Expression, Definition] = {}
    for node in (node for e in (tree, *bodies) for node in walk(e)):
        if isinstance(node, Var) and node.name.endswith(ROOT) and node not in defined:
            base = Var(node.name.removesuffix(ROOT), *node.shape)
            # The reader has the matrix defined by its root; here the matrix is what is given.
            found[base] = Definition(node, Pow(base, Num("1/2")))
    kept = tuple(d for d in known.definitions if d.target not in found)
    return replace(known, definitions=(*kept, *found.values())) if found else known


# places ------------------------------------------------------------------------------------------------


def _error(message: str, place: Place) -> ReadingError:
    return ReadingError(message, place.line, place.column, place.file)


def _refuse_zero(text: str, file: str) -> None:
    """Raises ReadingError where a text is none."""
    zero = text.find("\0")
    if zero >= 0:
        line, column = text.count("\n", 0, zero) + 1, zero - text.rfind("\n", 0, zero)
        raise ReadingError("this is no text (it has a NUL character)", line, column, file)


def _events(text: str, file: str) -> tuple[Event, ...]:
    try:
        return read_text(text, file, False).events
    except ReadError as error:
        raise ReadingError(str(error), source=file) from error


def _text_events(text: str) -> list[Event]:
    """The events of a text; a formula without delimiters is one display."""
    _refuse_zero(text, TEXT)
    if _DISPLAY.search(text):
        return list(_events(text, TEXT))
    inline = _INLINE.match(text)
    if inline is not None:
        # The delimiters become those of a display, of the same length or one longer.
        group = "dollar" if inline["dollar"] is not None else "round"
        start, end = inline.span(group)
        if group == "dollar":
            text = f"{text[:start]}${text[start:end]}$${text[end + 1 :]}"
        else:
            text = f"{text[: start - 2]}\\[{text[start:end]}\\]{text[end + 2 :]}"
        shift = 1 if group == "dollar" else 0
        line = text.count("\n", 0, start) + 1
        return [_moved(event, {line: shift}) for event in _events(text, TEXT)]
    lines = text.splitlines(keepends=True)
    first = next((k for k, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("%")), None)
    if first is None:
        return list(_events(text, TEXT))
    wrapped = "".join([*lines[:first], "\\[", *lines[first:]]).rstrip() + "\n\\]"
    return [_moved(event, {first + 1: 2}) for event in _events(wrapped, TEXT)]


def _moved(event: Event, shifts: dict[int, int]) -> Event:
    """An event with its places where the author sees them: columns of some lines less by what was put before."""

    def moved(place: Place) -> Place:
        shift = shifts.get(place.line, 0)
        return replace(place, column=max(1, place.column - shift)) if shift else place

    def token(t: Token) -> Token:
        return replace(t, place=moved(t.place))

    if isinstance(event, Display):
        tokens = tuple(token(t) for t in event.tokens)
        return replace(event, tokens=tokens, place=moved(event.place), end=moved(event.end))
    if isinstance(event, Declaration):
        return replace(event, tokens=tuple(token(t) for t in event.tokens), place=moved(event.place))
    return replace(event, place=moved(event.place))
