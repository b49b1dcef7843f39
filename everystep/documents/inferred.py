r"""Names that nothing declares in the body of a definition: w of ``p_i = \sigma(w^\top x_i)``.

Such a name is declared by the definition where one shape fits: a number, a column, or a matrix (a capital letter).
Words may say more of it: "let $y$ be one-hot", "$\Sigma \succ 0$", "where all vectors are in $\mathbb{R}^n$".
May import the reader.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise, product
from math import prod

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Var
from everystep.algebra.shapes import ONE, Shape, ShapeError
from everystep.documents.candidates import MOST, is_no_number, is_plain, shapes_of, unsaid, without_marks
from everystep.reader.entities import FamilyName, Symbolic
from everystep.reader.marks import is_unknown, plain_text
from everystep.reader.parameters import ends_behind_a_matrix
from everystep.reader.scope import Scope
from everystep.reader.signs import GREEK
from everystep.reader.source import Token, Tokens
from everystep.reader.statements import Statement
from everystep.reader.trees import Unreadable, name_of, stripped
from everystep.reader.values import Values
from everystep.records import dataclass, field

_VECTORS = frozenset("uvwxyzh")
"""Letters that are no number where the text speaks of all vectors."""
_MOST_OF_ALL = 6
"""The most names of one formula that are of the size which all vectors have."""
_MOST_READINGS = 32
CHANGING = (*ex.DERIVATIVES, *ex.MEANS)
"""Where it matters whether a name depends on another one, or on chance."""
_ENTRYWISE = frozenset(("odot", "circledast", "oslash"))


@dataclass(frozen=True)
class ToldShapes:
    """What words say of the shapes of names that nothing declares."""

    columns: frozenset[str] = frozenset()
    """Names that words call vectors: "let $y$ be one-hot"."""
    squares: frozenset[str] = frozenset()
    r"""Names that stand as square matrices: of ``\Sigma \succ 0``."""
    data: frozenset[str] = frozenset()
    """Those of the columns that depend on nothing: one-hot vectors and masks."""
    taken: frozenset[str] = frozenset()
    """Letters that an equation of the prose, or of a display before, speaks of."""
    defined: frozenset[str] = frozenset()
    """Letters that stand alone on the left side of such an equation: its value, and nothing free."""
    of_all: dict[str, Shape] = field(default_factory=dict)
    """The shape of all vectors ("column"), of all matrices ("matrix")."""

    def __bool__(self) -> bool:
        return bool(self.columns or self.squares or self.of_all)


@dataclass(frozen=True)
class Guess:
    """One thing that a name may be: a symbol, or a family with the letter of its index."""

    name: str
    kind: str
    at: str = ""
    shape: Shape | None = None

    def declare(self, values: Values) -> Shape:
        """Declare the name for a reading; the shape that it has there, with sizes that the reading may settle."""
        rows, columns = self.shape or (
            ONE if self.kind == "number" else values.unknown(),
            values.unknown() if self.kind == "matrix" else ONE,
        )
        if self.kind == "square":
            columns = rows
        self.put(values.scope, (rows, columns))
        return rows, columns

    def put(self, scope: Scope, shape: Shape) -> None:
        """Declare the name with a shape."""
        if self.at:
            scope.declare(self.name, FamilyName(self.name, *shape, letters=(self.at,)), "")
        else:
            scope.declare(self.name, Symbolic(Var(self.name, *shape), inferred=True), "")


def declare_names(scope: Scope, left: Tokens, right: Tokens, told: ToldShapes, given: Collection[str] = ()) -> bool:
    """Declare the names that nothing declares in the right side of a definition; False where they leave a choice.

    ``given``: names that other definitions give, and this one does not tell.
    """
    statement = Statement([list(left), list(right)], ["="])
    return _declare(scope, statement, [right], told, told_alone=False, given=given)


def declare_told(
    scope: Scope, statement: Statement, sides: Sequence[Tokens], told: ToldShapes, step: bool = False
) -> bool:
    """Declare the names that nothing declares in sides of a statement, if words say of each what shape it has.

    ``step``: the statement is a claim.  A name that an equation of the text speaks of, and that is not declared with
    it, is not free there; and where something is differentiated or averaged, it may depend on what is varied.
    """
    return _declare(scope, statement, sides, told, told_alone=True, step=step)


def _declare(
    scope: Scope,
    statement: Statement,
    sides: Sequence[Tokens],
    told: ToldShapes,
    told_alone: bool,
    step: bool = False,
    given: Collection[str] = (),
) -> bool:
    choices: list[list[Guess]] = []
    arguments = _arguments(tuple(statement.sides[0])) if told_alone and len(sides) < len(statement.sides) else set()
    most = _MOST_OF_ALL if told.of_all else MOST
    while len(choices) <= most:
        written = _wanting(scope, sides, [guesses[-1] for guesses in choices])
        if written is None:
            break
        if written in given:
            return False
        found = _choices(written, statement, sides, told)
        if step and found and found[0].name in told.columns - told.data:
            return False  # "for every unit vector $v$": more may be said of it
        if found is None and told_alone and written not in arguments:
            return False
        if found is None:
            no_number = is_no_number(written, statement)
            no_number = no_number or any(ends_behind_a_matrix(written, side) for side in sides)
            family = _family(written, statement)
            kinds = ("column",) if no_number else ("number", "column")
            found = [Guess(family[0], kind, family[1]) for kind in kinds] if family else []
            found = found or [Guess(written, kind) for kind in shapes_of(written, "", no_number)]
        names = [guesses[0].name for guesses in choices]
        plain = found and is_plain(found[0].name, statement)
        if not found or not plain or found[0].name in names:
            return False
        own = name_of(stripped(tuple(statement.sides[0]))[:1][0]) if statement.sides[0] else ""
        bases = {without_marks(found[0].name), found[0].name}
        if told and (bases & told.taken if step else (bases - {own}) & told.defined):
            return False
        choices.append(found)
    if not choices or len(choices) > most or prod(map(len, choices)) > _MOST_READINGS:
        return False
    free = all(guesses[0].name in told.data for guesses in choices)
    fitting: list[tuple[tuple[Guess, ...], list[Shape]]] = []
    for guesses in product(*choices):
        values = Values(scope.copy())
        shapes = [guess.declare(values) for guess in guesses]
        try:
            read = [values.value(values.tree(side)) for side in sides]
            for one, other in pairwise(read):
                values.relate(one, other)
            fits = all(values.shape(value) is not None for value in read)
            settled = [(values.settled(rows), values.settled(columns)) for rows, columns in shapes]
        except ShapeError:
            continue
        except Unreadable:
            if any(guess.at for guess in guesses):
                continue
            return False
        if step and not free and any(isinstance(node, CHANGING) for value in read for node in ex.walk(value)):
            return False
        narrowed = any(now == (ONE, ONE) != before for now, before in zip(settled, shapes, strict=True))
        if not fits or narrowed:
            continue
        settled = [_summed(guess, shape, read) for guess, shape in zip(guesses, settled, strict=True)]
        if any(is_unknown(s) for shape in settled for size in shape for s in size.free_symbols):
            return False
        fitting.append((guesses, settled))
    if len(fitting) != 1:
        return False
    declared = [pair for pair in zip(*fitting[0], strict=True) if pair[0].name not in arguments]
    for guess, shape in declared:
        guess.put(scope, shape)
    return bool(declared)


def _summed(guess: Guess, shape: Shape, read: Sequence[Expression]) -> Shape:
    r"""The shape of a vector of which a formula sums the entries: t of ``\sum_{k=1}^K t_k \log y_k`` has K of them.

    A vector that is longer is summed in part only: where a text names no size but that of the sum, it has that one.
    """
    if guess.kind != "column" or not any(is_unknown(s) for s in shape[0].free_symbols):
        return shape
    highs = set()
    for node in (node for value in read for node in ex.walk(value)):
        entries = [n for n in ex.walk(node) if isinstance(n, ex.Entry) and _is_named(n.operands[0], guess.name)]
        if isinstance(node, ex.SumOver) and node.range[0] == ONE and any(e.at[0] == node.index for e in entries):
            highs.add(node.range[1])

    return (highs.pop(), shape[1]) if len(highs) == 1 else shape


def _is_named(node: Expression, name: str) -> bool:
    return isinstance(node, Var) and node.name == name


def _arguments(left: Tokens) -> set[str]:
    r"""The letters in the brackets of the left side of a definition: mu of ``Q(\mu)``."""
    written = [t for t in left if t.kind != "space"]
    if len(written) < 4 or name_of(written[1]) != "(":
        return set()
    return {name_of(t) for t in written[2:] if t.kind in ("char", "command") and name_of(t).isalpha()}


def _choices(written: str, statement: Statement, sides: Sequence[Tokens], told: ToldShapes) -> list[Guess] | None:
    """What a name may be by what the text says of its shape; None where it says nothing, [] where it may be more."""
    name = without_marks(written).partition("_")[0] if "_" in without_marks(written) else written
    if name in told.columns:
        return [Guess(name, "column")]
    if name in told.squares:
        return [Guess(name, "square")]
    letter = without_marks(name)
    if len(letter) > 1 and letter.lower() not in GREEK and " " not in letter:
        return None
    kind = "matrix" if letter[-1:].isupper() or letter[:1].isupper() else "column"
    if kind not in told.of_all:
        return None
    shape = told.of_all[kind]
    every = [tuple(side) for side in statement.sides]
    marks = _indices(letter, every)
    if kind == "matrix":
        return [Guess(name, kind, "", shape)]
    if name != written or any(mark and not mark.isdigit() for mark in marks):
        at = _index_of_family(marks)
        return [Guess(letter, kind, at, shape)] if at and _is_entrywise(letter, every) else []
    vector = name in _VECTORS or is_no_number(name, statement)
    return [*([] if vector else [Guess(name, "number")]), Guess(name, kind, "", shape)]


def _family(written: str, statement: Statement) -> tuple[str, str] | None:
    """The small letter of a family and that of its index, x and t of ``x_t`` and ``x_{t-1}``; None of another name."""
    letter = without_marks(written).partition("_")[0]
    at = _index_of_family(_indices(letter, [tuple(side) for side in statement.sides])) if "_" in written else ""
    return (letter, at) if at and len(letter) == 1 and letter.islower() else None


def _indices(letter: str, sides: Sequence[Tokens]) -> list[str]:
    """What stands below a letter, at each place in a formula; empty where nothing does."""
    found: list[str] = []
    for side in sides:
        written = [t for t in side if t.kind != "space"]
        for k, token in enumerate(written):
            if name_of(token) == letter and token.kind in ("char", "command"):
                found.append(_subscript(written, k)[0])
    return found


def _subscript(written: Sequence[Token], k: int) -> tuple[str, int]:
    """What stands below the letter at a place, and where it ends."""
    if k + 2 >= len(written) or written[k + 1].kind != "sub":
        return "", k + 1
    if written[k + 2].kind != "open":
        return plain_text((written[k + 2],)), k + 3
    end = next((j for j in range(k + 3, len(written)) if written[j].kind == "close"), len(written) - 1)
    return plain_text(tuple(written[k + 3 : end])), end + 1


def _index_of_family(marks: Sequence[str]) -> str:
    """The letter of an index that a name has at each place: t of ``c_t`` and ``c_{t-1}``; empty where there is none."""
    letters = {mark[:1] for mark in marks if not mark.isdigit()}
    shifted = all(len(mark) in (1, 3) and (len(mark) == 1 or (mark[1] in "+-" and mark[2] == "1")) for mark in marks)
    (letter,) = letters if len(letters) == 1 else ("",)
    return letter if shifted and letter.isalpha() else ""


def _is_entrywise(letter: str, sides: Sequence[Tokens]) -> bool:
    """Whether a letter with its index stands beside the sign of an entrywise product."""
    for side in sides:
        written = [t for t in side if t.kind != "space"]
        for k, token in enumerate(written):
            if name_of(token) == letter:
                end = _subscript(written, k)[1]
                ahead, behind = written[k - 1] if k else token, written[end : end + 1]
                if name_of(ahead) in _ENTRYWISE or (behind and name_of(behind[0]) in _ENTRYWISE):
                    return True
    return False


def _wanting(scope: Scope, sides: Sequence[Tokens], guesses: Sequence[Guess]) -> str | None:
    """The first name of formulas that nothing declares."""
    values = Values(scope.copy())
    for guess in guesses:
        guess.declare(values)
    for side in sides:
        try:
            values.value(values.tree(side))
        except Unreadable as error:
            found = next(iter(unsaid([error])), None)
            if found is not None:
                return found
        except ShapeError:
            return None
    return None
