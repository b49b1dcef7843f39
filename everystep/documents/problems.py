"""What is in force while the displays of one problem are read.

May import ``everystep.algebra`` and the reader.
"""

from __future__ import annotations

from everystep.algebra.context import Context, Hypothesis, Relation
from everystep.algebra.expressions import Expression, Var
from everystep.documents.result import Remark
from everystep.documents.solved_names import Solved
from everystep.reader.entities import Doubt, Meanings, Symbolic
from everystep.reader.scope import Scope
from everystep.reader.source import Declaration, Place, Tokens
from everystep.reader.statements import Statement
from everystep.records import dataclass, field


@dataclass(frozen=True)
class Frame:
    """A part of the text that has been entered: what was assumed, told of chance and meant then, and the steps read."""

    name: str
    held: tuple[Hypothesis, ...]
    told: int
    steps: int
    meant: Meanings


@dataclass
class Problem:
    """What is in force while the displays of one problem are read."""

    name: str
    scope: Scope
    steps: int = 0
    order: str = ""
    sibling: tuple[int, Frame] | None = None
    last: Statement | None = None
    last_side: Tokens = ()
    consequence: list[Hypothesis] = field(default_factory=list)
    lost_premise: bool = False
    waiting: list[Declaration] = field(default_factory=list)
    tries_shapes: bool = False  # whether a statement is judged with one shape of many for what nothing declares
    lost: list[tuple[Declaration, frozenset[str]]] = field(default_factory=list)
    """Constraints in the prose that could not be read, and their letters that nothing had declared."""
    troubles: dict[str, Remark] = field(default_factory=dict)
    unread: list[Remark] = field(default_factory=list)
    tainted: set[str] = field(default_factory=set)
    varied: frozenset[str] = frozenset()
    frames: list[Frame] = field(default_factory=list)
    begun: frozenset[str] = frozenset()
    """The names that had a meaning when the part began that is being read."""
    slopes: tuple[int, tuple[Expression, ...]] = (0, ())
    """The derivatives that the last displays in a row with any compute, and the number of the last one."""
    zeroed: tuple[Hypothesis, ...] = ()
    """What the words before the last display have set to zero."""
    sought: dict[Var, tuple[tuple[int, int], dict[str, str]]] = field(default_factory=dict)
    """Names that words call the minimiser, and not of which function: in which part and behind which display, and what
    that has put in doubt.
    """
    concluded: tuple[int, tuple[Hypothesis, ...]] = (0, ())
    """The line of the last display with a condition or an arrow; what it has put, and what it has drawn from that."""
    solved: list[Solved] = field(default_factory=list)
    """Names that equations are assumed of, and of which steps have shown the values."""
    made_zero: tuple[Hypothesis, ...] = ()
    """What is zero where the display that is being read says, and perhaps elsewhere: "the gradient vanishes at"."""
    standing: tuple[Hypothesis, ...] = ()
    """What was assumed when the display before was read."""
    definite_alone: bool = False
    """Whether the text says that definite matrices need not be symmetric."""
    restricted: int = -1
    """The part in which the text says that minima are taken over less than all values."""
    said_before: tuple[Hypothesis, ...] = ()
    """What was assumed when the sentence began that is being read."""
    before: tuple[Tokens, ...] = ()
    """The last formulas in the prose before the display that is being read."""
    given_at: dict[str, Place] = field(default_factory=dict)
    """Where the prose has given names their values."""
    given_without_words: dict[str, int] = field(default_factory=dict)
    """The names of earlier sections that this one has given a value in no certain words, and the lines."""
    carried: dict[Hypothesis, frozenset[str]] = field(default_factory=dict)
    """What an earlier part of the question has said of names that it has introduced, and these names."""
    supposed: set[Hypothesis] = field(default_factory=set)
    """What displays have supposed: a later one that is not read may take it back."""
    beside: tuple[Tokens, ...] = ()
    """The same of the display whose steps are being judged."""
    before_parts: frozenset[str] = frozenset()
    """The names that had a meaning when the first part of the question began."""
    premises: list[Hypothesis] = field(default_factory=list)
    """What an if-clause of the display before supposes for the next one."""
    put: tuple[Doubt, ...] = ()
    """What the words before the last display have put at a value for it."""
    general: list[tuple[str, int]] = field(default_factory=list)
    """Sentences that speak of all vectors or of the data, and their lines: later names are meant, too."""
    vectors: set[str] = field(default_factory=set)
    """Names that words call vectors, one-hot or probability vectors among them."""
    drawn: set[str] = field(default_factory=set)
    """Names that words call random vectors."""
    chance: set[str] = field(default_factory=set)
    """Names of which a formula of the text gives a mean, a variance or a law."""
    data: set[str] = field(default_factory=set)
    """Those of these names that depend on nothing: one-hot vectors and masks."""
    equations: list[Declaration] = field(default_factory=list)
    """The equations in the prose."""
    shown: set[str] = field(default_factory=set)
    """The letters of the displays before."""
    squares: set[str] = field(default_factory=set)
    r"""Names that stand as square matrices: of ``\Sigma \succ 0``."""
    tables: set[str] = field(default_factory=set)
    """Names that words call a matrix of data: one row an observation."""
    of_all: dict[str, tuple[Tokens, tuple[str, ...]]] = field(default_factory=dict)
    """The set of all vectors ("column"), of all matrices ("matrix"), and the section that says so."""
    begins: bool = False
    """Whether nothing has been said in this part before the display that is being read."""
    letters: dict[str, Symbolic] = field(default_factory=dict)
    """Letters of functions whose shape only their formula tells."""
    known: list[tuple[Relation, Context]] = field(default_factory=list)
    """The last equations that have been proved, and under what."""
    varies: bool = False
    """Whether a declared d has been the sign of a differential."""
