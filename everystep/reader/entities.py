"""What a name may stand for: values, families, functions, sizes; and what a scope notes of names beside them.

May import ``everystep.algebra`` and this package's trees only.
"""

from __future__ import annotations

from typing import NamedTuple

from sympy import Expr, Symbol

from everystep.algebra.context import Definition, Hypothesis, Random, Recurrence
from everystep.algebra.expressions import Expression, Member, Var
from everystep.algebra.functions import FUNCTIONS
from everystep.reader.trees import Node
from everystep.records import dataclass


@dataclass(frozen=True)
class Symbolic:
    """A declared matrix, vector or number; ``inferred``: its shape was not declared but is the only one that fits."""

    value: Var
    inferred: bool = False


@dataclass(frozen=True)
class FamilyName:
    """A family over ``count`` indices, with the range of the last one and the letters where they are declared.

    ``sizes``: of the indices that run from 1, by their letters, up to where.
    """

    name: str
    rows: Expr
    columns: Expr
    count: int = 1
    low: Expr | None = None
    high: Expr | None = None
    letters: tuple[str, ...] = ()
    sizes: tuple[tuple[str, Expr], ...] = ()


@dataclass(frozen=True)
class ScalarFunctionName:
    """A function of one number, applied entry by entry: ``name`` in the table of functions, or opaque."""

    name: str


@dataclass(frozen=True)
class OpaqueFunction:
    """An arbitrary differentiable function: the shapes of its arguments and of its value.

    ``letters``: the names that it was declared at, ``C(\\theta)``, where C alone means the value at them.
    ``family``: it is one of ``f_i``, functions of an index and of the arguments, where ``low`` and ``high`` are told up
    to the last; ``at``: the one that is meant.
    """

    name: str
    arguments: tuple[tuple[Expr, Expr], ...]
    rows: Expr
    columns: Expr
    letters: tuple[str, ...] = ()
    family: bool = False
    low: Expr | None = None
    high: Expr | None = None
    at: Expr | None = None


@dataclass(frozen=True)
class DefinedFunction:
    """``f(x, y) := body``; the parameters by name, and whether ``f`` alone means the value at them.

    ``component``: the index where the body is one of the entries of the value, as in ``f(x)_i = e^{x_i}``.
    ``sizes``: letters that nothing declares and that are sizes in the body, n of ``\\sum_{i=1}^n``.  ``told``: it has
    no formula, words call it a function of its parameters.  ``entrywise``: it makes a number of a number;
    ``applied_by_entries``: and the text applies it to vectors and matrices, entry by entry.
    """

    name: str
    parameters: tuple[str, ...]
    body: Node
    entrywise: bool = False
    component: str = ""
    sizes: tuple[str, ...] = ()
    told: bool = False
    applied_by_entries: bool = False


@dataclass(frozen=True)
class Notation:
    r"""What a text makes of a bracket or a sign, ``\|x\| := \sqrt{x^\top M x}``, by a function, or by its square; no
    function: it has a meaning of its own that is not read.
    """

    function: DefinedFunction | None
    squared: bool = False


@dataclass(frozen=True)
class Rows:
    """``x_i`` as the i-th row (as a column vector) or column of a declared matrix."""

    matrix: Var
    by_rows: bool


@dataclass(frozen=True)
class Size:
    """A size (at least 1) or an integer index."""

    value: Symbol


@dataclass(frozen=True)
class Held:
    """A name for a value that is put in where the name is written (a constant copy, an operator's shorthand).

    ``sized_by_use``: the sizes in it that are still to be determined are so at each use, apart from the others: of
    ``H := I - \\mathbf{1} \\mathbf{1}^T / n``.
    """

    value: Expression
    sized_by_use: bool = False


class SaidAt(NamedTuple):
    """The author's words for a hypothesis, the line where they stand, and what tells their sentence from others."""

    words: str
    line: int
    sentence: str = ""


@dataclass(frozen=True)
class Doubt:
    """What an author may have assumed, the words for it, and the line where they stand.

    ``other``: it is another reading of those words, and is not meant together with the rest.
    """

    hypothesis: Hypothesis
    words: str
    line: int = 0
    other: bool = False


@dataclass(frozen=True)
class Told:
    """What prose has said of chance: the law of a name and the law before it, a group that is independent, or i.i.d."""

    law: Random | None = None
    before: Random | None = None
    group: frozenset[str] = frozenset()
    iid: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Decomposed:
    """``whole = form of factors``, as words name it: ``A = U S V^T``, the thin singular value decomposition.

    ``form``: the places of the factors in the product, with "T" and "-1" behind those that are transposed or inverted.
    ``size``: "thin", "compact", "full", "" where the words leave it open, "square" where all that may be meant agree.
    ``real``: the text declares one of the factors, so that all of them are real.  ``rules``: what a decomposition of
    what is no name says of names in it; for steps that speak of the factors.
    """

    kind: str
    form: tuple[tuple[int, str], ...]
    size: str
    whole: Expression
    factors: tuple[Var, ...]
    words: str
    line: int = 0
    given: tuple[Hypothesis, ...] = ()
    real: bool = False
    rules: tuple[Definition, ...] = ()


@dataclass(frozen=True)
class Pair:
    """``matrix vector = value vector``, of an eigenvector; ``real``: the text says that one of both is real;
    ``nonzero``: words call it an eigenvector, so that it is not zero.
    """

    matrix: Expression
    vector: Expression
    value: Expression
    real: bool
    nonzero: bool = True


Entity = Symbolic | FamilyName | ScalarFunctionName | OpaqueFunction | DefinedFunction | Rows | Size | Held


@dataclass(frozen=True)
class Between:
    """A rule ``outer := body`` as it is written, before the families between it and itself were put in."""

    outer: Member
    body: Expression


LINES = "rows, or columns"
"""What the text calls members whose shape its words leave open."""
ENDED = "what it was before, in a part or a case that has ended"
"""Why a name is ``unsure`` whose meaning has been taken back."""


@dataclass(frozen=True)
class Meanings:
    """What names stood for at one place of the text: their entities, and what was defined of them."""

    names: dict[str, Entity]
    rules: tuple[Definition | Recurrence, ...]

    def of(self, name: str) -> tuple[Entity | None, tuple[Definition | Recurrence, ...]]:
        """What one name stood for."""
        entity = self.names.get(name)
        called = _symbol_of(entity)
        indexed = isinstance(entity, FamilyName)  # w_{t+1} = w_t - g says nothing of a vector w
        return entity, tuple(
            rule for rule in self.rules if rule.target.name == called and isinstance(rule.target, Member) == indexed
        )

    def is_open(self, name: str) -> bool:
        """Whether a name was declared, and nothing said of its value: any matrix, any function."""
        entity, rules = self.of(name)
        if rules or (isinstance(entity, Symbolic) and entity.inferred):
            return False
        known = isinstance(entity, ScalarFunctionName) and entity.name in FUNCTIONS
        return isinstance(entity, Symbolic | FamilyName | ScalarFunctionName | OpaqueFunction) and not known


def _symbol_of(entity: Entity | None) -> str:
    """The name that definitions have of a symbol or a family; empty for what has none."""
    return entity.value.name if isinstance(entity, Symbolic) else entity.name if isinstance(entity, FamilyName) else ""
