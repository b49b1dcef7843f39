r"""What typed reading shares: the unknown sizes of a statement, and the sides of its relations.

Sizes that the author leaves out (of I, of ones and zeros) are unknowns that sums, products and relations determine.
May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from sympy import Basic, Expr, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.context import Definition, Hypothesis
from everystep.algebra.expressions import Expression, Num, Var
from everystep.algebra.shapes import ONE, Shape, ShapeError, index, same_size, size
from everystep.reader.entities import Entity, ScalarFunctionName, Size
from everystep.reader.marks import is_unknown, numbered_name
from everystep.reader.scope import Scope
from everystep.reader.sign_letters import is_last_step, letters_of_sizes, upper_letters
from everystep.reader.source import Place, Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, latex_of, name_of

PLAIN_WORDS = frozenset(
    [
        "tr",
        "Tr",
        "trace",
        "det",
        "diag",
        "vec",
        "rank",
        "exp",
        "log",
        "softmax",
        "sigmoid",
        "relu",
        "ReLU",
        "max",
        "min",
        "Var",
        "Cov",
        "cov",
        "var",
        "softplus",
    ]
)
LETTERS_OF_WORDS = frozenset("".join(PLAIN_WORDS))
MOST_TRIALS = 1000
MOST_NODES = 20_000
"""Of an expression when it is written out: what repeats its argument, a binomial coefficient say, doubles it."""


OWN_WORDS = frozenset(("log", "ln", "det", "tr", "Tr", "trace", "nabla", "vec", "sum", "sin", "cos", "tan"))
"""Words and signs to which a text may give a meaning of its own, which is not read."""


class Typed(ABC):
    """Reads the trees of one statement in a scope; the unknown sizes are shared by all sides of the statement.

    ``varied``: the names whose perturbations (``dX``) the display writes.
    """

    def __init__(self, scope: Scope, varied: frozenset[str] = frozenset()) -> None:
        self.scope = scope
        self.varied = varied
        self.locals: dict[str, Expression] = {}
        self.bound: dict[str, Expr] = {}
        self.within: set[Expr] = set()  # indices in ``bound`` of sums whose ends are written
        self.counted: set[Expr] = set()  # indices in ``bound`` that nothing binds: T of h_T
        self.uses: dict[Expr, list[tuple[Expr, Expr | None]]] = {}
        self.seen: dict[Expr, Expr] = {}  # the first size that an index runs to, whichever side it stands on
        self.declared_ranges: set[tuple[Expr, Expr, Expr]] = set()  # those that are of a declared family
        self.wholes: set[str] = set()  # families of numbers that stand without an index, as a vector
        self.lengths: dict[str, Symbol] = {}  # of such families of which no range is told
        self.sizes: dict[Symbol, Expr] = {}
        self.guesses: dict[str, Var] = {}
        self.assumed: list[Hypothesis] = []
        self.defined: list[Definition] = []
        self.stops_at_bracket = False  # whether a derivative of a number in brackets has further factors behind it
        self.bars_of_vector = False  # whether bars stand around a vector: its length, or the sizes of its entries
        self.evaluated: list[tuple[Expression, Expression]] = []  # a number with a given value, and where it has it
        self.elsewhere: set[str] = set()  # letters of free indices in the other sides of the statement
        self.side: Node | None = None  # the side of the statement that is being read
        self.indicators: dict[Expression, tuple[Expression, Expression, bool]] = {}
        """Values that are 1 above (below) a threshold of a number, and 0 on its other side."""
        self.point: Var | None = None  # where sides that are functions are compared
        self.expansions = 0
        self.trials = 0
        self._unknowns = 0

    @abstractmethod
    def value(self, node: Node) -> Expression:
        """The expression of a node; raises Unreadable."""

    @abstractmethod
    def multiplied(self, values: list[Expression]) -> Expression:
        """A product; unknown sizes of neighbours are made to fit."""

    @abstractmethod
    def take(self, factors: list[Node], separators: list[str], at: int) -> tuple[Expression, int]:
        """The value that begins at a factor, and where the next one begins."""

    @abstractmethod
    def entity_of(self, node: Node) -> tuple[Entity | None, list[tuple[str, Tokens]]]:
        """What a letter with its scripts names, and the scripts that are left over."""

    @abstractmethod
    def moving(self, node: Node) -> tuple[str, Entity] | None:
        r"""The letter under the dot of ``\\dot x`` and what it stands for, where the two are no name of their own."""

    @abstractmethod
    def _counts(self, text: str) -> bool:
        """Whether a letter without a declaration is the index of a family."""

    @abstractmethod
    def _product(self, factors: list[Node], separators: list[str]) -> Expression:
        """The value of factors side by side."""

    @abstractmethod
    def _entrywise(self, name: str, value: Expression, order: int = 0) -> Expression:
        """A function of the table of a value."""

    # sizes that are not written ---------------------------------------------------------------------

    def unknown(self) -> Symbol:
        self._unknowns += 1
        return Symbol(f"?{self._unknowns}", integer=True, positive=True)

    def settled(self, size: Expr) -> Expr:
        """A size with what is known of the unknowns put in."""
        if not self.sizes or (isinstance(size, Symbol) and size not in self.sizes):
            return size
        for _ in range(len(self.sizes) + 1):
            after = size.xreplace(self.sizes)
            if after == size:
                break
            size = after
        return size

    def resolved(self, e: Expression) -> Expression:
        """The expression with what is known of unknown sizes put in."""
        if e.symbols.isdisjoint(self.sizes):
            return e
        result: Expression = e.xreplace({s: self.settled(v) for s, v in self.sizes.items() if s in e.symbols})
        return result

    def unify(self, a: Expr, b: Expr) -> bool:
        """Make two sizes equal; False when they are not.  Of n r = n s with known n it follows that r = s."""
        a, b = self.settled(a), self.settled(b)
        if same_size(a, b):
            return True
        for one, other in ((a, b), (b, a)):
            if is_unknown(one) and one not in other.free_symbols:
                self.sizes[one] = other
                return True
        gap = (a - b).expand()
        for symbol in sorted(gap.free_symbols, key=str):
            if is_unknown(symbol):
                coefficient = gap.coeff(symbol, 1)
                rest = gap - coefficient * symbol
                if symbol in rest.free_symbols or not coefficient.is_polynomial() or coefficient.is_Add:
                    continue
                value = (-rest / coefficient).expand()
                if coefficient in (1, -1) or (coefficient.free_symbols and value.is_polynomial()):
                    self.sizes[symbol] = value
                    return True
        return False

    def shape(self, e: Expression) -> Shape | None:
        """The shape as far as it is known; None where the operands do not fit."""
        try:
            rows, columns = self.resolved(e).shape
        except ShapeError:
            return None
        return self.settled(rows), self.settled(columns)

    def is_number(self, e: Expression) -> bool:
        shape = self.shape(e)
        return shape is not None and shape == (1, 1)

    def kept(self) -> tuple[Any, ...]:
        """What reading changes, to be restored after a trial; raises Unreadable where there were too many."""
        self.trials += 1
        if self.trials > MOST_TRIALS:
            raise Unreadable("too much is written without brackets")
        uses = {k: list(v) for k, v in self.uses.items()}
        state = (
            dict(self.bound),
            uses,
            dict(self.seen),
            set(self.declared_ranges),
            dict(self.sizes),
            dict(self.guesses),
        )
        return (*state, list(self.assumed), list(self.defined), list(self.evaluated), self.scope.transposes)

    def restore(self, kept: tuple[Any, ...]) -> None:
        """Undo what a trial has changed."""
        self.bound, self.uses, self.seen, self.declared_ranges, self.sizes, self.guesses = kept[:6]
        self.assumed, self.defined, self.evaluated, self.scope.transposes = kept[6:]

    def is_square(self, e: Expression) -> bool:
        """Whether a value is a square matrix, and no number."""
        shape = self.shape(e)
        return shape is not None and shape[0] == shape[1] != 1

    def unify_shapes(self, a: Expression, b: Expression) -> bool:
        left, right = self._promised(a), self._promised(b)
        if left is None or right is None:
            return False
        return self.unify(left[0], right[0]) and self.unify(left[1], right[1])

    def _promised(self, e: Expression) -> Shape | None:
        """The shape; of a gradient of what does not fit it is still that of its variable."""
        shape = self.shape(e)
        return self.shape(e.operands[1]) if shape is None and isinstance(e, ex.Gradient) else shape

    def finished(self, e: Expression, place: Place | None = None, *, claimed: bool = False) -> Expression:
        """The expression with all sizes known; raises Unreadable where one is not.

        ``claimed``: it is a side of a claim, where a size that nothing tells is the one size that is declared at all.
        """
        e = self.resolved(e)
        for name, length in self.lengths.items():
            if self.settled(length) == ONE:
                raise Unreadable(f"{name} has an index: write {name}_i", place)
        for variable in dict.fromkeys(variable for variable, _ in self.evaluated):
            if _occurs_outside(variable, [self.resolved(v) for other, v in self.evaluated if other == variable], e):
                name = getattr(variable, "name", "a number")
                raise Unreadable(f"{name} has a value at the bar, and is written elsewhere too", place)
        unknown = [s for s in e.free_symbols if is_unknown(s)]
        if unknown and any(self._never_fits(node) for node in ex.walk(e)):
            filled: Expression = e.xreplace(dict.fromkeys(unknown, ONE))
            return filled  # whatever the sizes are, the shapes do not fit
        e = e.xreplace(self._usual_sizes(e))
        left = [s for s in e.free_symbols if is_unknown(s)] if claimed or _is_averaged(e) else []
        only = ((claimed and self.scope.only_size()) or self._size_of_ones(e, left)) if left else None
        if only is not None:
            e = e.xreplace(dict.fromkeys(left, only))
            for open_size in left:
                self.unify(open_size, only)  # of what else is read with it
        for node in ex.walk(e):
            if any(is_unknown(s) for s in node.args if isinstance(s, Symbol)):
                what = {ex.Eye: "I", ex.Ones: "1", ex.Zeros: "0", ex.Unit: "e_i"}.get(type(node), str(node))
                if isinstance(node, Var):
                    raise Unreadable(f"{node.name} has no declaration", place)
                raise Unreadable(f"the size of {what} is not determined; write it as an index, as in I_n", place)
        return e

    def _size_of_ones(self, e: Expression, left: list[Symbol]) -> Expr | None:
        r"""The one size of a declared name that is written in a formula whose columns of ones have no known length, as
        in ``I - \frac1n \mathbf{1} \mathbf{1}^T``; None where there is another one, or something else is open.
        """
        ones = {s for node in ex.walk(e) if isinstance(node, ex.Ones) for s in node.args if isinstance(s, Symbol)}
        known = [s for s in e.free_symbols if s.is_positive and not is_unknown(s)]
        fits = len(known) == 1 and set(left) <= ones and self.scope.is_extent(known[0])
        return known[0] if fits else None

    def _usual_sizes(self, e: Expression) -> dict[Basic, Expr]:
        """The sizes of ones, zeros and identities that no formula determines, where the author told them."""
        return {
            size: self.scope.usual[type(node)]
            for node in (ex.walk(e) if self.scope.usual else ())
            if type(node) in self.scope.usual
            for size in node.args
            if is_unknown(size)
        }

    def _never_fits(self, e: Expression) -> bool:
        """Whether operands whose sizes are all known do not fit."""
        return self.shape(e) is None and not any(is_unknown(s) for s in e.free_symbols)

    # statements ------------------------------------------------------------------------------------

    def tree(self, tokens: Tokens) -> Node:
        node = parse(tokens, self.words())
        for word in sorted(OWN_WORDS & self.scope.notation.keys()):
            if _stands_alone(word, tokens) or f"{{{word}}}" in latex_of(tokens):
                raise Unreadable(f"{word} has a meaning of its own in the text, which is not read", node.place)
        if self.side is None:
            self.side = node
            self.count_to(tokens)
        return node

    def count_to(self, tokens: Tokens) -> None:
        r"""A letter without a declaration above a sum sign is a size: n of ``\sum_{i=1}^n x_i``.

        It is an index where it is one elsewhere: T of ``h_T = \sum_{t=1}^T``.  The n of ``I_n`` is a size, too.
        """
        self._count_as_defined(tokens)
        sizes, indices = upper_letters(tokens)
        if self.scope.find("I") is None:
            sizes |= letters_of_sizes(tokens) - indices
        if "T" not in sizes and is_last_step(tokens):
            indices = indices | {"T"}
        for letter in sorted(sizes | indices):
            known = letter in self.bound or letter in self.locals or self._counts(letter)
            if not known and self.scope.find(letter) is None:
                self.bound[letter] = size(letter) if letter in sizes else index(letter)
                self.counted |= {self.bound[letter]} if letter in indices else set()

    def _count_as_defined(self, tokens: Tokens) -> None:
        r"""The size T of a definition, ``L := \sum_{t=1}^T c^\top h_t``, is that of a step that speaks of ``h_T``."""
        context = self.scope.context
        bodies = [*(d.body for d in context.definitions), *(r.body for r in context.recurrences)]
        letters = {t.text for t in tokens if t.kind == "char" and t.text.isalpha()} if bodies else set[str]()
        letters = {a for a in letters if a not in self.bound and a not in self.locals and self.scope.find(a) is None}
        if not letters:
            return
        ends = [end for body in bodies for n in ex.walk(body) if isinstance(n, ex.SumOver) for end in n.range]
        counted = set().union(*(end.free_symbols for end in ends))
        counted = counted.union(*(end.free_symbols for d in context.definitions for end in d.target.shape))
        for letter in sorted(letters):
            if size(letter) in counted and index(letter) not in counted:
                self.bound[letter] = size(letter)

    def words(self) -> set[str]:
        declared = {letter for letter in LETTERS_OF_WORDS if self._declared(letter)}
        plain = {word for word in PLAIN_WORDS if not declared.issuperset(word)}
        return plain | self.scope.words()

    def _declared(self, letter: str) -> bool:
        entity = self.scope.find(letter)
        return entity is not None and not isinstance(entity, (Size, ScalarFunctionName))

    def read(self, tokens: Tokens, *, guess: bool = False) -> Expression:
        """The expression that tokens stand for (with unknown sizes); raises Unreadable."""
        return self.whole(self.tree(tokens), guess)

    def whole(self, node: Node, guess: bool = False) -> Expression:
        """A side of a relation: where ``guess`` is set, an undeclared symbol may be one whose shape follows."""
        name = numbered_name(node) if guess else ""
        if name and self.entity_of(node)[0] is None and self.moving(node) is None:
            guessed = self._guess(node, name)
            if guessed is not None:
                return guessed
        result = self.value(node)
        if result.nodes > MOST_NODES:
            raise Unreadable("this is too long when it is written out", node.place)
        return result

    def _guess(self, node: Node, name: str) -> Expression | None:
        if (
            node.text in ("I", "e", "d", "pi")
            or node.text in self.locals
            or node.text in self.bound
            or node.style == "double"
            or self._counts(node.text)
        ):
            return None
        if name in self.scope.parameters and not node.style:
            return self.guesses.setdefault(name, Var(name))
        if name not in self.guesses:
            column = name != node.text and name[0].islower()  # b_1, a bias among matrices W_1
            self.guesses[name] = Var(name, self.unknown(), ONE if column else self.unknown())
        return self.guesses[name]

    def relate(self, left: Expression, right: Expression) -> tuple[Expression, Expression]:
        """The two sides of a relation with zeros and unknown sizes made to fit where they can."""
        left, right = self._zero_like(left, right), self._zero_like(right, left)
        self.unify_shapes(left, right)
        return self.resolved(left), self.resolved(right)

    def _zero_like(self, e: Expression, other: Expression) -> Expression:
        shape = self.shape(other)
        if e == Num(0) and shape is not None and shape != (1, 1):
            return ex.Zeros(*shape)
        if e == Num(1) and self.scope.plain_ones and shape is not None and shape[0] != 1 and shape[1] == 1:
            return ex.Ones(shape[0])
        return e


def _occurs_outside(variable: Expression, inside: list[Expression], e: Expression) -> bool:
    """Whether a symbol stands in an expression outside of some parts of it."""
    if e in inside:
        return False
    if e == variable:
        return True
    return any(_occurs_outside(variable, inside, part) for part in getattr(e, "operands", ()))


def _is_averaged(e: Expression) -> bool:
    r"""Whether a formula with columns of ones divides by a size, as ``I - \frac1n \mathbf{1} \mathbf{1}^T`` does."""
    nodes = list(ex.walk(e))
    ones = any(isinstance(node, ex.Ones) for node in nodes)
    return ones and any(isinstance(node, ex.Div) and isinstance(node.operands[1], ex.Int) for node in nodes)


def _stands_alone(word: str, tokens: Tokens) -> bool:
    r"""Whether a word stands among tokens as it is; with its base, ``\log_2`` means what it always does."""
    based = [nxt.kind == "sub" for nxt in tokens[1:]] + [False]
    return any(name_of(t) == word and not (word == "log" and below) for t, below in zip(tokens, based, strict=True))
