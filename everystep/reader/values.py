r"""Typed reading: a tree and a scope -> an expression of the surface.

Types settle what the notation leaves open: a juxtaposition is a product or an application, a superscript T a
transpose or an exponent, bars a determinant or an absolute value.  Sizes that the author leaves out (of I, of ones and
zeros) are unknowns that sums, products and relations determine.  May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import combinations

from sympy import Expr, Integer, Rational, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.context import Definition, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Expression, Int, Num, Var
from everystep.algebra.functions import FUNCTIONS
from everystep.algebra.shapes import ONE, Shape, ShapeError, index, same_size
from everystep.reader.scope import (
    DefinedFunction,
    Entity,
    FamilyName,
    Held,
    OpaqueFunction,
    Rows,
    ScalarFunctionName,
    Scope,
    Size,
    Symbolic,
)
from everystep.reader.source import Place, Token, Tokens
from everystep.reader.syntax import (
    STYLES,
    Node,
    Unreadable,
    latex_of,
    name_of,
    parse,
    relation_of,
    split,
    stripped,
)

ENTRYWISE = {
    "exp": "exp",
    "log": "log",
    "ln": "log",
    "sin": "sin",
    "cos": "cos",
    "tanh": "tanh",
    "sigmoid": "logistic",
    "sigm": "logistic",
    "logistic": "logistic",
    "expit": "logistic",
    "softplus": "softplus",
    "relu": "relu",
    "ReLU": "relu",
    "sign": "sign",
    "sgn": "sign",
    "abs": "abs",
}
OPERATORS = frozenset(
    [
        "tr",
        "Tr",
        "trace",
        "Trace",
        "det",
        "diag",
        "Diag",
        "vec",
        "rank",
        "rang",
        "rk",
        "softmax",
        "logsumexp",
        "lse",
        "LSE",
        "max",
        "min",
        "E",
        "Var",
        "Cov",
        "V",
        "cov",
        "var",
        "adj",
        "Adj",
        "mean",
        "arg",
    ]
)
FUNCTION_WORDS = OPERATORS | frozenset(ENTRYWISE)
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
MOST_EXPANSIONS = 200
MOST_SCRIPTS = 8
MOST_EXPONENT = 64
TOO_LONG = 4000


class Values:
    """Reads the trees of one statement in a scope; the unknown sizes are shared by all sides of the statement.

    ``varied``: the names whose perturbations (``dX``) the display writes.
    """

    def __init__(self, scope: Scope, varied: frozenset[str] = frozenset()) -> None:
        self.scope = scope
        self.varied = varied
        self.locals: dict[str, Expression] = {}
        self.bound: dict[str, Symbol] = {}
        self.uses: dict[Expr, list[tuple[Expr, Expr | None]]] = {}
        self.seen: dict[Expr, Expr] = {}  # the first size that an index runs to, whichever side it stands on
        self.sizes: dict[Symbol, Expr] = {}
        self.guesses: dict[str, Var] = {}
        self.assumed: list[Hypothesis] = []
        self.defined: list[Definition] = []
        self.elsewhere: set[str] = set()  # letters of free indices in the other sides of the statement
        self.expansions = 0
        self._unknowns = 0

    # sizes that are not written ---------------------------------------------------------------------

    def unknown(self) -> Symbol:
        self._unknowns += 1
        return Symbol(f"?{self._unknowns}", integer=True, positive=True)

    def settled(self, size: Expr) -> Expr:
        """A size with what is known of the unknowns put in."""
        if not self.sizes:
            return size
        for _ in range(len(self.sizes) + 1):
            after = size.xreplace(self.sizes)
            if after == size:
                break
            size = after
        return size

    def resolved(self, e: Expression) -> Expression:
        if not self.sizes:
            return e
        result: Expression = e.xreplace({s: self.settled(v) for s, v in self.sizes.items()})
        return result

    def unify(self, a: Expr, b: Expr) -> bool:
        """Make two sizes equal; False when they are not."""
        a, b = self.settled(a), self.settled(b)
        if same_size(a, b):
            return True
        for one, other in ((a, b), (b, a)):
            if _is_unknown(one) and one not in other.free_symbols:
                self.sizes[one] = other
                return True
        gap = (a - b).expand()
        for symbol in sorted(gap.free_symbols, key=str):
            if _is_unknown(symbol):
                coefficient = gap.coeff(symbol, 1)
                rest = gap - coefficient * symbol
                if coefficient in (1, -1) and symbol not in rest.free_symbols:
                    self.sizes[symbol] = (-rest / coefficient).expand()
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

    def unify_shapes(self, a: Expression, b: Expression) -> bool:
        left, right = self.shape(a), self.shape(b)
        if left is None or right is None:
            return False
        return self.unify(left[0], right[0]) and self.unify(left[1], right[1])

    def finished(self, e: Expression, place: Place | None = None) -> Expression:
        """The expression with all sizes known; raises Unreadable where one is not."""
        e = self.resolved(e)
        for node in ex.walk(e):
            if any(_is_unknown(s) for s in node.args if isinstance(s, Symbol)):
                what = {ex.Eye: "I", ex.Ones: "1", ex.Zeros: "0", ex.Unit: "e_i"}.get(type(node), str(node))
                if isinstance(node, Var):
                    raise Unreadable(f"{node.name} has no declaration", place)
                raise Unreadable(f"the size of {what} is not determined; write it as an index, as in I_n", place)
        return e

    # statements ------------------------------------------------------------------------------------

    def tree(self, tokens: Tokens) -> Node:
        if len(tokens) > TOO_LONG:
            raise Unreadable(f"a formula of more than {TOO_LONG} tokens", tokens[0].place)
        return parse(tokens, self.words())

    def words(self) -> set[str]:
        plain = {w for w in PLAIN_WORDS if not all(self._declared(c) for c in w)}
        return plain | self.scope.words()

    def _declared(self, letter: str) -> bool:
        entity = self.scope.find(letter)
        return entity is not None and not isinstance(entity, (Size, ScalarFunctionName))

    def read(self, tokens: Tokens, *, guess: bool = False) -> Expression:
        """The expression that tokens stand for (with unknown sizes); raises Unreadable."""
        return self.whole(self.tree(tokens), guess)

    def whole(self, node: Node, guess: bool = False) -> Expression:
        """A side of a relation: where ``guess`` is set, an undeclared symbol may be one whose shape follows."""
        if guess and node.kind == "letter" and not node.scripts and self.entity_of(node)[0] is None:
            guessed = self._guess(node)
            if guessed is not None:
                return guessed
        return self.value(node)

    def _guess(self, node: Node) -> Expression | None:
        if (
            node.text in ("I", "e", "d")
            or node.text in self.locals
            or node.text in self.bound
            or node.style == "double"
        ):
            return None
        if node.text not in self.guesses:
            self.guesses[node.text] = Var(node.text, self.unknown(), self.unknown())
        return self.guesses[node.text]

    def relate(self, left: Expression, right: Expression) -> tuple[Expression, Expression]:
        """The two sides of a relation with zeros and unknown sizes made to fit where they can."""
        left, right = self._zero_like(left, right), self._zero_like(right, left)
        self.unify_shapes(left, right)
        return self.resolved(left), self.resolved(right)

    def _zero_like(self, e: Expression, other: Expression) -> Expression:
        shape = self.shape(other)
        if e == Num(0) and shape is not None and shape != (1, 1):
            return ex.Zeros(*shape)
        return e

    # dispatch --------------------------------------------------------------------------------------

    def value(self, node: Node) -> Expression:
        """The expression of a node; raises Unreadable."""
        match node.kind:
            case "number":
                return self._number(node)
            case "letter" | "word" | "sign" | "frac":
                return self._single(node)
            case "group":
                return self._group(node)
            case "sqrt":
                return self._scripted(self._root(node), node.scripts, node)
            case "sum":
                return self._sum(node)
            case "tensor":
                return self._tensor(node)
            case "product":
                return self._product(node.parts, node.separators)
            case "matrix":
                return self._scripted(self._matrix(node), node.scripts, node)
            case "cases":
                return self._cases(node)
        raise Unreadable(f"cannot read {latex_of(node.tokens)!r}", node.place)

    def _number(self, node: Node) -> Expression:
        special = node.style in ("bold", "double")
        base: Expression
        subscript = next((t for m, t in node.scripts if m == "_"), None)
        scripts = node.scripts
        if node.text == "1" and (special or subscript is not None):
            if subscript is not None and stripped(subscript) and name_of(stripped(subscript)[0]) in ("[", "{"):
                raise Unreadable("an indicator is not read here", node.place)
            sizes = self._sizes(subscript) if subscript is not None else [self.unknown()]
            base = ex.Ones(*sizes)
            scripts = [s for s in scripts if s[0] != "_"]
        elif node.text == "0" and (special or subscript is not None):
            sizes = self._sizes(subscript) if subscript is not None else [self.unknown(), self.unknown()]
            base = ex.Zeros(*sizes)
            scripts = [s for s in scripts if s[0] != "_"]
        else:
            base = Num(Rational(node.text))
        return self._scripted(base, scripts, node)

    def _sizes(self, tokens: Tokens) -> list[Expr]:
        """The sizes of a subscript: ``n``, ``m \\times n``, ``m, n``."""
        pieces = split(stripped(tokens), (",", "times"))
        return [self.integer(piece) for piece in pieces]

    # sums and products -----------------------------------------------------------------------------

    def _sum(self, node: Node) -> Expression:
        values = [self.whole(part, guess=True) for part in node.parts]
        return ex.Add(*self._signed(self._alike(values), node.text))

    @staticmethod
    def _signed(values: Sequence[Expression], signs: str) -> list[Expression]:
        return [ex.Neg(v) if s == "-" else v for v, s in zip(values, signs, strict=True)]

    def _alike(self, values: list[Expression]) -> list[Expression]:
        """The terms of a sum with literal numbers beside vectors read as multiples of ones, and sizes made to fit."""
        shapes = [self.shape(v) for v in values]
        target = next(
            (v for v, s in zip(values, shapes, strict=True) if s is not None and s != (1, 1) and not _free(s)), None
        )
        target = target or next((v for v, s in zip(values, shapes, strict=True) if s is not None and s != (1, 1)), None)
        if target is None:
            return values
        result = []
        for value in values:
            shape = self.shape(target)
            if value == Num(0) and shape is not None:
                value = ex.Zeros(*shape)
            elif _is_literal(value) and shape is not None and shape[1] == 1:
                ones = ex.Ones(shape[0])
                value = ones if value == Num(1) else ex.Mul(value, ones)
            elif not self.is_number(value) or (isinstance(value, Var) and value.name in self.guesses):
                self.unify_shapes(value, target)
            result.append(value)
        return [self.resolved(v) for v in result]

    def _tensor(self, node: Node) -> Expression:
        values = [self.value(part) for part in node.parts]
        if node.text == "otimes":
            result = values[0]
            for value in values[1:]:
                result = ex.Kron(result, value)
            return result
        values = self._alike(values)
        if all(self.is_number(v) for v in values):
            return ex.Mul(*values)
        if any(self.is_number(v) for v in values):
            numbers = [v for v in values if self.is_number(v)]
            rest = [v for v in values if not self.is_number(v)]
            return ex.Mul(*numbers, rest[0] if len(rest) == 1 else ex.Hadamard(*rest))
        return ex.Hadamard(*values)

    def _product(self, factors: list[Node], separators: list[str]) -> Expression:
        segments: list[list[Expression]] = [[]]
        at = 0
        while at < len(factors):
            separator = separators[at]
            value, after = self.take(factors, separators, at)
            if separator == "/":
                if not segments[-1]:
                    raise Unreadable("nothing to divide", factors[at].place)
                segments[-1][-1] = self._quotient(segments[-1][-1], value, factors[at].place)
            elif separator == "·":
                segments.append([value])
            else:
                segments[-1].append(value)
            at = after
        return self._dotted([self.multiplied(s) for s in segments], segments)

    def _dotted(self, products: list[Expression], segments: list[list[Expression]]) -> Expression:
        """Products joined by dots: the inner product where both sides are column vectors of one length."""
        if len(products) == 1:
            return products[0]
        flat: list[Expression] = list(segments[0])
        current = products[0]
        for product, segment in zip(products[1:], segments[1:], strict=True):
            a, b = self.shape(current), self.shape(product)
            vectors = a is not None and b is not None and a[1] == 1 and b[1] == 1 and a[0] != 1 and b[0] != 1
            if vectors and a is not None and b is not None and self.unify(a[0], b[0]):
                flat = [ex.Transpose(current), product]
            else:
                flat += segment
            current = self.multiplied(flat)
        return current

    def multiplied(self, values: list[Expression]) -> Expression:
        """A product; unknown sizes of neighbours are made to fit, as a stack machine groups the factors."""
        if len(values) == 1:
            return values[0]
        stack: list[Shape] = []
        for value in values:
            shape = self.shape(value)
            if shape is None:
                return ex.Mul(*values)
            if shape == (1, 1):
                continue
            if stack and self.unify(stack[-1][1], shape[0]):
                shape = (self.settled(stack.pop()[0]), self.settled(shape[1]))
            stack.append(shape)
            if stack[-1] == (1, 1):
                stack.pop()
        return ex.Mul(*(self.resolved(v) for v in values))

    def _quotient(self, top: Expression, bottom: Expression, place: Place | None) -> Expression:
        shape = self.shape(bottom)
        if shape is not None and shape != (1, 1):
            above = self.shape(top)
            rows, columns = shape
            if columns == 1 or rows == 1:
                if above is not None and (above == shape or above == (1, 1)):
                    raise Unreadable("a quotient by a vector: entrywise or not? write it with \\odot or diag", place)
                raise Unreadable("a quotient by a vector is not defined", place)
            raise Unreadable(
                "a fraction of matrices: A B^{-1} or B^{-1} A? write the inverse on the side where it belongs", place
            )
        return ex.Div(top, bottom)

    # heads: what takes the following factors as its argument -------------------------------------------------

    def take(self, factors: list[Node], separators: list[str], at: int) -> tuple[Expression, int]:
        """The value that begins at a factor, and where the next one begins."""
        node = factors[at]
        match node.kind:
            case "sign":
                return self._take_sign(factors, separators, at)
            case "frac":
                return self._take_fraction(factors, separators, at)
            case "word" if node.text in FUNCTION_WORDS and self.scope.find(node.text) is None:
                return self._take_function(factors, separators, at)
            case "letter" | "word":
                return self._take_name(factors, separators, at)
        return self.value(node), at + 1

    def _single(self, node: Node) -> Expression:
        value, _ = self.take([node], [""], 0)
        return value

    def _take_name(self, factors: list[Node], separators: list[str], at: int) -> tuple[Expression, int]:
        node = factors[at]
        following = factors[at + 1] if at + 1 < len(factors) and not separators[at + 1] else None
        applied = following is not None and following.kind == "group" and following.text in ("(", "[", "{")
        entity, rest = self.entity_of(node)
        upright = node.style == "upright" and not isinstance(entity, Symbolic)
        if node.text == "d" and not node.scripts and (upright or (entity is None and node.style != "bold")):
            return self._take_differential(factors, separators, at)
        if (
            entity is None
            and node.text in ("E", "V")
            and (applied or (node.style == "double" and following is not None))
        ):
            return self._take_function(factors, separators, at)
        if node.text == "lambda" and following is not None and applied and _word(node.scripts) in ("max", "min"):
            return self._eigenvalue(node, following), at + 2
        if isinstance(entity, Size) and node.text == "d" and self._is_differential(factors, separators, at):
            return self._take_differential(factors, separators, at)
        if isinstance(entity, ScalarFunctionName):
            return self._take_scalar_function(entity, rest, factors, separators, at)
        if isinstance(entity, (OpaqueFunction, DefinedFunction)):
            primes = sum(mark == "'" for mark, _ in rest)
            if applied and following is not None and primes:
                arguments = self._arguments(following)
                value = self._derived(entity, arguments, primes, node)
                rest = [s for s in rest if s[0] != "'"]
                return self._scripted(self._scripted(value, rest, node), following.scripts, node), at + 2
            if applied and following is not None and any(m == "^" and plain_text(t) == "-1" for m, t in rest):
                raise Unreadable(f"{node.text}^{{-1}}: the inverse function or the reciprocal?", node.place)
            if applied and following is not None:
                value = self._called(entity, self._arguments(following), node)
                value = self._scripted(value, rest, node)
                return self._scripted(value, following.scripts, node), at + 2
            return self._scripted(self._called(entity, None, node), rest, node), at + 1
        return self._named(node, entity, rest), at + 1

    def _take_function(self, factors: list[Node], separators: list[str], at: int) -> tuple[Expression, int]:
        node = factors[at]
        following = factors[at + 1] if at + 1 < len(factors) else None
        if following is None:
            raise Unreadable(f"{node.text} has no argument", node.place)
        own = [s for s in node.scripts if s[0] != "_"]
        index_script = next((t for m, t in node.scripts if m == "_"), None)
        if any(mark == "'" for mark, _ in own) and node.text in ENTRYWISE:
            rest = list(own)
            known = ScalarFunctionName(ENTRYWISE[node.text])
            return self._take_scalar_function(known, rest, factors, separators, at)
        if node.text in ("max", "min") and index_script is not None:
            return self._largest_entry(node, index_script, self._rest(factors, separators, at + 1)), len(factors)
        if any(mark == "^" and plain_text(t) == "-1" for mark, t in own):
            raise Unreadable(f"{node.text}^{{-1}}: the inverse function or the reciprocal?", node.place)
        if node.text in ("E", "V") and following.kind == "group" and following.text == "(":
            more = at + 2 < len(factors) and not separators[at + 2] and factors[at + 2].kind == "group"
            if following.scripts or more:
                raise Unreadable("how far does the expectation reach? write it with square brackets", node.place)
        if following.kind == "group" and following.text in ("(", "[", "{") and not separators[at + 1]:
            arguments = self._arguments(following, node)
            value = self._applied(node, arguments, index_script)
            value = self._scripted(value, own, node)
            return self._scripted(value, following.scripts, node), at + 2
        end = at + 2
        while end < len(factors) and not separators[end]:
            if self._is_head(factors[end]) and not self._is_head(factors[end - 1]):
                break
            end += 1
        inner = self._product(factors[at + 1 : end], ["", *separators[at + 2 : end]])
        value = self._applied(node, [inner], index_script)
        return self._scripted(value, own, node), end

    def _is_head(self, node: Node) -> bool:
        if node.kind == "word":
            return node.text in FUNCTION_WORDS and self.scope.find(node.text) is None
        if node.kind == "sign":
            return node.text in ("nabla", "sum", "prod", "lim")
        return node.kind == "letter" and isinstance(self.entity_of(node)[0], ScalarFunctionName)

    def _arguments(self, group: Node, head: Node | None = None) -> list[Expression]:
        """The values in brackets, separated by commas (or by a bar, as in p(x | mu))."""
        pieces = split(group.tokens, (",", ";"))
        if len(pieces) == 1 and head is not None and head.text in ("E", "V", "Var"):
            return [self.read(group.tokens)]
        if len(pieces) == 1:
            barred = split(group.tokens, ("mid",))
            if len(barred) == 2:
                return [self.read(p) for b in barred for p in split(b, (",", ";"))]
        return [self.read(p) for p in pieces]

    def _applied(self, node: Node, arguments: list[Expression], subscript: Tokens | None) -> Expression:
        """A known function of its arguments."""
        name = node.text
        if name in ("max", "min"):
            return self._extremum(name, arguments, subscript, node)
        if name in ("Cov", "cov") and len(arguments) == 2:
            return ex.Covariance(*arguments)
        if len(arguments) != 1:
            if name in ("diag", "Diag"):
                return ex.Diag(ex.Block(1, *arguments))
            raise Unreadable(f"{name} takes one argument, not {len(arguments)}", node.place)
        (value,) = arguments
        if name in ENTRYWISE:
            if name == "log" and subscript is not None:
                return ex.Div(ex.Apply("log", value), ex.Apply("log", self.read(subscript)))
            return self._entrywise(ENTRYWISE[name], value)
        match name:
            case "tr" | "Tr" | "trace" | "Trace":
                return ex.Trace(value)
            case "det":
                return ex.Det(value)
            case "diag" | "Diag":
                shape = self.shape(value)
                if shape is not None and shape[0] == 1 and shape[1] != 1:
                    return ex.Diag(ex.Transpose(value))
                return ex.Diag(value) if shape is None or shape[1] == 1 or name == "Diag" else ex.DiagPart(value)
            case "vec":
                return ex.Vec(value)
            case "rank" | "rang" | "rk":
                return ex.Rank(value)
            case "softmax":
                return ex.Softmax(value)
            case "logsumexp" | "lse" | "LSE":
                return ex.LogSumExp(value)
            case "E":
                self._all_is_averaged(value, subscript, node)
                return ex.Expectation(value)
            case "Var" | "V" | "var" | "Cov" | "cov":
                return ex.Variance(value)
            case "adj" | "Adj":
                if self._known(value, "invertible", "positive definite", "orthogonal"):
                    return ex.Mul(ex.Det(value), ex.Inverse(value))
                raise Unreadable("the adjugate is read for a matrix that is declared invertible only", node.place)
        raise Unreadable(f"{name} is not known here", node.place)

    def _all_is_averaged(self, value: Expression, subscript: Tokens | None, node: Node) -> None:
        """``E_x`` is the expectation over all that is random only where nothing else is."""
        if subscript is None:
            return
        named = {name_of(t) for t in subscript}
        leaves = {n.name for n in ex.walk(value) if isinstance(n, (Var, ex.Member))}
        for law in self.scope.context.random:
            if law.target.name in leaves and law.target.name not in named:
                raise Unreadable(
                    f"an expectation over a part of what is random: {law.target.name} is random too", node.place
                )

    def _known(self, value: Expression, *kinds: str) -> bool:
        return any(
            isinstance(h, Predicate) and h.kind in kinds and h.subject == value for h in self.scope.context.hypotheses
        )

    def _entrywise(self, name: str, value: Expression, order: int = 0) -> Expression:
        shape = self.shape(value)
        if name == "exp" and shape is not None and shape[0] == shape[1] != 1:
            return ex.MatrixFunction("exp", value)
        return ex.Apply(name, value, order)

    def _extremum(self, name: str, arguments: list[Expression], subscript: Tokens | None, node: Node) -> Expression:
        kind = ex.Max if name == "max" else ex.Min
        if subscript is not None:
            raise Unreadable(f"{name} over an index is not read", node.place)
        shapes = [self.shape(a) for a in arguments]
        vector = next((s for s in shapes if s is not None and s != (1, 1)), None)
        if vector is not None and len(arguments) == 2 and Num(0) in arguments:
            other = next(a for a in arguments if a != Num(0))
            return ex.Apply("relu", other) if kind is ex.Max else ex.Neg(ex.Apply("relu", ex.Neg(other)))
        return kind(*arguments)

    def _largest_entry(self, node: Node, below: Tokens, body: Node) -> Expression:
        r"""``\max_j z_j``: the largest entry of a vector."""
        name, symbol = self._binder(below, node)
        outer = dict(self.bound)
        self.bound[name] = symbol
        try:
            value = self.value(body)
        finally:
            self.bound = outer
            self.uses.pop(symbol, None)
            self.seen.pop(symbol, None)
        if isinstance(value, ex.Entry) and value.at == (symbol,) and symbol not in value.operands[0].free_symbols:
            return (ex.Max if node.text == "max" else ex.Min)(value.operands[0])
        raise Unreadable(f"{node.text} over an index is read of the entries of a vector only", node.place)

    def _eigenvalue(self, node: Node, group: Node | None) -> Expression:
        if group is None:
            raise Unreadable("an eigenvalue of what?", node.place)
        (value,) = self._arguments(group)
        return ex.EigMax(value) if _word(node.scripts) == "max" else ex.EigMin(value)

    def _take_scalar_function(
        self,
        entity: ScalarFunctionName,
        rest: list[tuple[str, Tokens]],
        factors: list[Node],
        separators: list[str],
        at: int,
    ) -> tuple[Expression, int]:
        node = factors[at]
        order = sum(mark == "'" for mark, _ in rest)
        if any(mark == "^" and plain_text(t) == "-1" for mark, t in rest):
            raise Unreadable(f"{node.text}^{{-1}}: the inverse function or the reciprocal?", node.place)
        scripts = [s for s in rest if s[0] != "'"]
        following = factors[at + 1] if at + 1 < len(factors) and not separators[at + 1] else None
        if following is None:
            raise Unreadable(f"the function {node.text} has no argument", node.place)
        after = at + 2
        behind: list[tuple[str, Tokens]] = []
        if following.kind == "group" and following.text in ("(", "[", "{"):
            arguments = self._arguments(following)
            if len(arguments) != 1:
                raise Unreadable(f"{node.text} takes one argument, not {len(arguments)}", node.place)
            argument, behind = arguments[0], following.scripts
        else:
            argument = self.value(following)
        if order and entity.name in FUNCTIONS:
            value = self._known_derivative(entity.name, argument, order)
        else:
            value = ex.Apply(entity.name, argument, order)
        return self._scripted(self._scripted(value, scripts, node), behind, node), after

    def _known_derivative(self, name: str, argument: Expression, order: int) -> Expression:
        """A derivative of a function of the table is written out by its row, as a polynomial in known functions."""
        if order > 1 or not self.is_number(argument):
            return ex.Apply(name, argument, order)
        terms: list[Expression] = []
        for coefficient, factors in FUNCTIONS[name].derivative:
            parts: list[Expression] = [Num(Rational(coefficient.numerator, coefficient.denominator))]
            for function, power in factors:
                base = argument if function == "id" else ex.Apply(function, argument)
                parts.append(base if power == 1 else ex.Pow(base, Num(power)))
            terms.append(parts[0] if len(parts) == 1 else ex.Mul(*parts))
        return terms[0] if len(terms) == 1 else ex.Add(*terms)

    def _called(
        self, entity: OpaqueFunction | DefinedFunction, arguments: list[Expression] | None, node: Node
    ) -> Expression:
        if isinstance(entity, OpaqueFunction):
            if arguments is None:
                raise Unreadable(f"{node.text} is a function; write its argument", node.place)
            if len(arguments) != len(entity.arguments):
                raise Unreadable(
                    f"{node.text} takes {len(entity.arguments)} arguments, not {len(arguments)}", node.place
                )
            for argument, (rows, columns) in zip(arguments, entity.arguments, strict=True):
                shape = self.shape(argument)
                if shape is not None:
                    fits = self.unify(shape[0], rows) and self.unify(shape[1], columns)
                    if not fits and shape == (columns, rows):
                        raise Unreadable(f"{node.text} takes a column, here is a row", node.place)
            return ex.Call(entity.name, entity.rows, entity.columns, *arguments)
        self.expansions += 1
        if self.expansions > MOST_EXPANSIONS:
            raise Unreadable(f"{node.text} is defined by itself, or its definition grows too large", node.place)
        if arguments is None:
            arguments = [self._parameter(p, node) for p in entity.parameters]
        if len(arguments) != len(entity.parameters):
            raise Unreadable(f"{node.text} takes {len(entity.parameters)} arguments, not {len(arguments)}", node.place)
        if entity.entrywise and not self.is_number(arguments[0]):
            raise Unreadable(f"{node.text} is defined for a number; here it is applied to a vector", node.place)
        with self._with_locals(dict(zip(entity.parameters, arguments, strict=True))):
            return self.value(entity.body)

    def _derived(
        self, entity: OpaqueFunction | DefinedFunction, arguments: list[Expression], order: int, node: Node
    ) -> Expression:
        """``f'(x)``, ``f''(x)`` of a function of one number."""
        if len(arguments) != 1 or not self.is_number(arguments[0]):
            raise Unreadable("a prime is read on functions of one number", node.place)
        point = self._free_name(self.resolved(arguments[0]), entity, node)
        value = self._called(entity, [point], node)
        for _ in range(order):
            value = ex.ScalarDerivative(value, point)
        return value

    def _parameter(self, name: str, node: Node) -> Expression:
        entity = self.scope.names.get(name)
        if isinstance(entity, Symbolic):
            return entity.value
        raise Unreadable(f"{node.text} is a function; write its argument", node.place)

    def reading(self, name: str, value: Expression) -> AbstractContextManager[None]:
        """A name stands for a value for a while."""
        return self._with_locals({name: value})

    @contextmanager
    def _with_locals(self, values: dict[str, Expression]) -> Iterator[None]:
        outer = self.locals
        self.locals = {**outer, **values}
        try:
            yield
        finally:
            self.locals = outer

    # names -----------------------------------------------------------------------------------------

    def entity_of(self, node: Node) -> tuple[Entity | None, list[tuple[str, Tokens]]]:
        """What a letter with its scripts names, and the scripts that are left over.

        The longest declared name wins: ``w^*`` over ``w`` with an exponent.
        """
        if node.text in self.locals:
            return Held(self.locals[node.text]), list(node.scripts)
        if node.text in self.bound and not node.scripts:
            return Size(self.bound[node.text]), []
        best = self._longest(node)
        if best is not None:
            return best
        indexed = any(mark == "_" or (mark == "^" and bracketed(t) is not None) for mark, t in node.scripts)
        entity = self.scope.find(node.text, node.style, indexed)
        if entity is None and node.text in self.bound:
            return Size(self.bound[node.text]), list(node.scripts)
        return entity, list(node.scripts)

    def _longest(self, node: Node) -> tuple[Entity, list[tuple[str, Tokens]]] | None:
        scripts = node.scripts
        if len(scripts) > MOST_SCRIPTS:
            raise Unreadable("too many marks on one letter", node.place)
        for count in range(len(scripts), 0, -1):
            for chosen in _choices(len(scripts), count):
                name = name_with(node.text, [scripts[k] for k in chosen])
                entity = self.scope.find(name, node.style) if name else None
                if entity is not None:
                    return entity, [s for k, s in enumerate(scripts) if k not in chosen]
        return None

    def _named(self, node: Node, entity: Entity | None, rest: list[tuple[str, Tokens]]) -> Expression:
        if entity is None:
            return self._undeclared(node)
        if isinstance(entity, Symbolic):
            kronecker = self._kronecker(entity.value, rest, node)
            return kronecker if kronecker is not None else self._scripted(entity.value, rest, node)
        if isinstance(entity, Held):
            return self._scripted(entity.value, rest, node)
        if isinstance(entity, Size):
            return self._scripted(Int(entity.value), rest, node)
        if isinstance(entity, Rows):
            return self._row_of(entity, rest, node)
        if isinstance(entity, FamilyName):
            return self._member(entity, rest, node)
        raise Unreadable(f"{node.text} is a function; write its argument", node.place)

    def _kronecker(self, value: Var, rest: list[tuple[str, Tokens]], node: Node) -> Expression | None:
        """Kronecker's delta beside a vector (or number) of the same letter: it alone has two indices."""
        if node.text != "delta" or 1 not in value.shape or len(rest) != 1 or rest[0][0] != "_":
            return None
        pair = self._index_list(rest[0][1], 2)
        if len(pair) != 2 or any(isinstance(at, str) for at in pair):
            return None
        return ex.Entry(ex.Eye(self._common_range(pair)), *pair)

    def _undeclared(self, node: Node) -> Expression:
        name, scripts = node.text, list(node.scripts)
        subscript = next((t for m, t in scripts if m == "_"), None)
        others = [s for s in scripts if s[0] != "_"]
        if name == "I" or (name == "1" and node.style == "double"):
            size = self.integer(subscript) if subscript is not None else self.unknown()
            return self._scripted(ex.Eye(size), others, node)
        if name == "e" and subscript is not None:
            return self._scripted(ex.Unit(self.unknown(), self.integer(subscript)), others, node)
        if name == "e" and others and others[0][0] == "^":
            exponent = self.read(others[0][1])
            return self._scripted(self._entrywise("exp", exponent), others[1:], node)
        if name == "e" and not scripts:
            return ex.Apply("exp", Num(1))
        if name == "pi" and not scripts:
            # Of the number pi nothing is used but its sign; the checker makes no counterexample of its value.
            self.assumed += [h for h in (Relation(Num(0), "<", Var("pi")),) if h not in self.assumed]
            return Var("pi")
        if name == "delta" and subscript is not None:
            pair = self._index_list(subscript, 2)
            if len(pair) == 2:
                return self._scripted(ex.Entry(ex.Eye(self._common_range(pair)), *pair), others, node)
        if name == "delta" and len(scripts) == 2 and subscript is None:
            raise Unreadable("which delta is meant?", node.place)
        if name in self.guesses:
            return self._scripted(self.guesses[name], scripts, node)
        shown = name_with(name, scripts[:1]) or name
        raise Unreadable(f"{_pretty(shown)} has no declaration", node.place)

    def _common_range(self, pair: list[Expr]) -> Expr:
        """The size that an index of a Kronecker delta runs to; an unknown where nothing has been said yet."""
        size: Expr = next((self.seen[at] for at in pair if at in self.seen), self.unknown())
        for at in pair:
            if isinstance(at, Symbol):
                self._use(at, ONE, size)
        return size

    def _use(self, at: Expr, low: Expr, high: Expr | None) -> None:
        """Note the range of an index; of a shifted one outside of sums, which may be empty."""
        if not isinstance(at, Symbol):
            if at.free_symbols and not self.bound:
                self.uses.setdefault(at, []).append((low, high))
        elif high is None:
            if at not in self.bound.values():
                self.uses.setdefault(at, []).append((low, high))
        else:
            before = self.seen.setdefault(at, high)
            if _is_unknown(self.settled(before)) or _is_unknown(self.settled(high)):
                self.unify(before, high)
            self.uses.setdefault(at, []).append((low, high))

    def _member(self, entity: FamilyName, rest: list[tuple[str, Tokens]], node: Node) -> Expression:
        at = next((k for k, (mark, t) in enumerate(rest) if mark == "^" and bracketed(t)), None)
        if at is None:
            at = next((k for k, (mark, _) in enumerate(rest) if mark == "_"), None)
        if at is None:
            at = next(
                (k for k, (m, t) in enumerate(rest) if m == "^" and len(t) == 1 and not self._is_transpose(t)), None
            )
        if at is None:
            raise Unreadable(f"{_pretty(node.text)} has an index: write {_pretty(node.text)}_t", node.place)
        tokens = rest[at][1]
        others = [s for k, s in enumerate(rest) if k != at]
        inner = bracketed(tokens)
        if inner is not None and rest[at][0] == "^":
            tokens = inner
        extra = (entity.rows != 1) + (entity.columns != 1)
        places = self._index_list(tokens, entity.count, extra)
        own, entries = places[: entity.count], places[entity.count :]
        if len(own) < entity.count:
            raise Unreadable(f"{_pretty(node.text)} has {entity.count} indices", node.place)
        member: Expression = ex.Member(entity.name, entity.rows, entity.columns, *own)
        if entity.low is not None and entity.high is not None:
            self._use(own[-1], entity.low, entity.high)
        for recurrence in self.scope.context.recurrences:
            if recurrence.target.name == entity.name:
                self._use(own[-1], Integer(recurrence.first - 1), None)
        if entries:
            member = self._entry(member, entries, node)
        return self._scripted(member, others, node)

    def _row_of(self, entity: Rows, rest: list[tuple[str, Tokens]], node: Node) -> Expression:
        at = next((k for k, (mark, _) in enumerate(rest) if mark == "_" or bracketed(_) is not None), None)
        if at is None:
            raise Unreadable(f"{node.text} has an index: write {node.text}_i", node.place)
        tokens = bracketed(rest[at][1]) or rest[at][1]
        places = self._index_list(tokens, 1, 1)
        rows, columns = entity.matrix.shape
        self._use(places[0], ONE, rows if entity.by_rows else columns)
        value: Expression
        if len(places) == 2:
            pair = places if entity.by_rows else [places[1], places[0]]
            value = self._entry(entity.matrix, list(pair), node)
        elif entity.by_rows:
            value = ex.Transpose(ex.Row(entity.matrix, places[0]))
        else:
            value = ex.Col(entity.matrix, places[0])
        return self._scripted(value, [s for k, s in enumerate(rest) if k != at], node)

    # scripts ---------------------------------------------------------------------------------------

    def _scripted(self, value: Expression, scripts: Sequence[tuple[str, Tokens]], node: Node) -> Expression:
        """A value with subscripts (entries, rows, columns), superscripts (powers, transposes, inverses) and primes."""
        position = 0
        while position < len(scripts):
            mark, tokens = scripts[position]
            following = scripts[position + 1] if position + 1 < len(scripts) else None
            if mark == "_" and following is not None and following[0] in ("^", "'"):
                whole = self._entry_of_power(value, tokens, following, node)
                if whole is not None:
                    value, position = whole, position + 2
                    continue
            if mark == "_":
                value = self._subscripted(value, tokens, node)
            elif mark == "'":
                value = self._primed(value, node)
            else:
                value = self._raised(value, tokens, node)
            position += 1
        return value

    def _entry_of_power(
        self, value: Expression, subscript: Tokens, following: tuple[str, Tokens], node: Node
    ) -> Expression | None:
        """``W_{ij}^T`` is an entry of the transpose; ``A_{ij}^{-1}`` has two readings."""
        shape = self.shape(value)
        if shape is None or 1 in shape or isinstance(value, Num):
            return None
        mark, tokens = following
        if mark == "'" or self._is_transpose(tokens):
            places = self._index_list(subscript, 2)
            if len(places) == 2 and not any(isinstance(at, str) for at in places):
                return self._entry(ex.Transpose(value), places, node)
        if plain_text(tokens) == "-1":
            raise Unreadable(
                "an entry of the inverse, or the reciprocal of an entry? write (A^{-1})_{ij} or 1/A_{ij}", node.place
            )
        return None

    def _subscripted(self, value: Expression, tokens: Tokens, node: Node) -> Expression:
        shape = self.shape(value)
        if shape is None:
            raise Unreadable("an index of something whose factors do not fit", node.place)
        if shape == (1, 1):
            raise Unreadable(f"{_pretty(node.text) or 'this'} is a number: it has no entries", node.place)
        if isinstance(value, ex.Norm):
            return value
        places = self._index_list(tokens, 1 if 1 in shape else 2)
        return self._entry(value, places, node)

    def _entry(self, value: Expression, places: Sequence[Expr | str], node: Node) -> Expression:
        shape = self.shape(value)
        if shape is None:
            raise Unreadable("an index of something whose factors do not fit", node.place)
        rows, columns = shape
        value = self.resolved(value)
        if len(places) == 1:
            at = places[0]
            if isinstance(at, str):
                return value
            if columns == 1:
                self._use(at, ONE, rows)
                return ex.Entry(value, at)
            if rows == 1:
                self._use(at, ONE, columns)
                return ex.Entry(value, 1, at)
            raise Unreadable(
                f"{_pretty(node.text) or 'a matrix'} with one index: its row or its column? write both indices, "
                "or declare the rows: X = [x_1, \\dots, x_n]^\\top",
                node.place,
            )
        if len(places) != 2 or 1 in (rows, columns):
            raise Unreadable(f"{len(places)} indices are too many", node.place)
        first, second = places
        if isinstance(first, str) and isinstance(second, str):
            return value
        if isinstance(second, str) and not isinstance(first, str):
            self._use(first, ONE, rows)
            return ex.Row(value, first)
        if isinstance(first, str) and not isinstance(second, str):
            self._use(second, ONE, columns)
            return ex.Col(value, second)
        if not isinstance(first, str) and not isinstance(second, str):
            self._use(first, ONE, rows)
            self._use(second, ONE, columns)
            return ex.Entry(value, first, second)
        raise Unreadable("this index is not read", node.place)

    def _primed(self, value: Expression, node: Node) -> Expression:
        shape = self.shape(value)
        if shape == (1, 1):
            raise Unreadable(
                f"a prime on the number {_pretty(node.text)}: a name of its own needs a declaration", node.place
            )
        self.scope.transposes = True
        return ex.Transpose(value)

    def _is_transpose(self, tokens: Tokens) -> bool:
        text = plain_text(tokens)
        return text in ("T", "top", "intercal", "t", "Tr", "tr") or (text == "prime")

    def _raised(self, value: Expression, tokens: Tokens, node: Node) -> Expression:
        text = plain_text(tokens)
        shape = self.shape(value)
        number = shape == (1, 1)
        if text in ("top", "intercal", "prime"):
            return ex.Transpose(value)
        if text in ("T", "t") and not (text == "t" and number):
            declared = isinstance(self.scope.find(text), Size) or text in self.bound or self._is_index(text)
            if not declared:
                return ex.Transpose(value)
            if not number and (shape is None or shape[0] != shape[1]):
                return ex.Transpose(value)
            if not number and text == "T":
                raise Unreadable(
                    f"the transpose of a square matrix, or its power with exponent {text}? write \\top for a transpose",
                    node.place,
                )
        if text in ("-T", "-top", "-t", "-intercal"):
            return ex.Inverse(ex.Transpose(value))
        if text in ("+", "dagger", "ddagger"):
            return ex.PseudoInverse(value)
        if text == "-1":
            return ex.Inverse(value)
        if text in ("*", "star"):
            raise Unreadable(f"{_pretty(node.text)}^* has no declaration", node.place)
        first = name_of(stripped(tokens)[0]) if stripped(tokens) else ""
        if bracketed(tokens) is not None:
            raise Unreadable(f"{_pretty(node.text)} with a number in brackets has no declaration", node.place)
        if first in ("odot", "circ"):
            return self._hadamard_power(value, stripped(tokens)[1:], node)
        exponent = self.exponent(tokens)
        if isinstance(value, Num) and isinstance(exponent, (ex.Pow, Int)) and _is_tower(exponent):
            raise Unreadable("a number of this size is not read", node.place)
        if isinstance(exponent, (Num, Int)) and exponent.value.is_number and abs(exponent.value) > MOST_EXPONENT:
            raise Unreadable("an exponent of this size is not read", node.place)
        if number:
            return ex.Pow(value, exponent)
        if shape is not None and shape[0] != shape[1] and not _free(shape):
            # A power of what is not square: the shapes do not fit, which the checker says.
            return ex.Pow(value, exponent)
        if isinstance(exponent, Num) and not exponent.value.is_integer:
            return self._half_power(value, exponent, node)
        return ex.Pow(value, exponent)

    def _is_index(self, text: str) -> bool:
        """Whether a letter is the index that definitions and recurrences are written with."""
        targets = [rule.target for rule in self.scope.context.definitions]
        targets += [rule.target for rule in self.scope.context.recurrences]
        return any(str(at) == text for target in targets if isinstance(target, ex.Member) for at in target.at)

    def _hadamard_power(self, value: Expression, tokens: Tokens, node: Node) -> Expression:
        exponent = self.exponent(tokens)
        if isinstance(exponent, Num) and exponent.value.is_Integer and 1 < int(exponent.value) < 9:
            return ex.Hadamard(*[value] * int(exponent.value))
        if exponent == Num(Rational(1, 2)):
            return ex.Apply("sqrt", value)
        if exponent == Num(-1):
            return ex.Apply("reciprocal", value)
        raise Unreadable("this entrywise power is not read", node.place)

    def _half_power(self, value: Expression, exponent: Num, node: Node) -> Expression:
        """The root of a positive (semi)definite matrix: a matrix of its own, of which just that is assumed."""
        definite = self._known(value, "positive definite")
        if not isinstance(value, Var) or not (definite or self._known(value, "positive semidefinite")):
            raise Unreadable("a root of a matrix that is not declared positive (semi)definite", node.place)
        twice = exponent.value * 2
        if not twice.is_Integer or (twice < 0 and not definite):
            raise Unreadable("this power of a matrix is not read", node.place)
        root = Var(f"{value.name}^(1/2)", *value.shape)
        kind = "positive definite" if definite else "positive semidefinite"
        # Every such matrix is the square of one root of its kind, so that it may be defined by the root.
        if Predicate(kind, root) not in self.assumed:
            self.assumed.append(Predicate(kind, root))
            self.defined.append(Definition(value, ex.Mul(root, root)))
        count = int(twice)
        if count == -1:
            return ex.Inverse(root)
        return root if count == 1 else ex.Pow(root, Num(count))

    def exponent(self, tokens: Tokens) -> Expression:
        """An exponent: a number, an integer expression, or any number."""
        tokens = stripped(tokens)
        rational = _rational(tokens)
        if rational is not None:
            return Num(rational)
        try:
            return Int(self.integer(tokens, strict=True))
        except Unreadable:
            return self.read(tokens)

    # integers --------------------------------------------------------------------------------------

    def _index_list(self, tokens: Tokens, wanted: int, extra: int = 0) -> list[Expr | str]:
        """The indices of a subscript; ``":"`` stands for all.  ``extra``: how many more there may be."""
        tokens = stripped(tokens)
        pieces = split(tokens, (",", ";"))
        if len(pieces) == 1 and wanted + extra > 1 and not any(name_of(t) in ("+", "-") for t in tokens):
            pieces = atoms(tokens)
            if len(pieces) > wanted + extra:
                pieces = [tokens]
        elif len(pieces) == 1 and wanted + extra > 1:
            pieces = [tokens]
        result: list[Expr | str] = []
        for piece in pieces:
            piece = stripped(piece)
            if len(piece) == 1 and name_of(piece[0]) in (":", "cdot", "bullet", "*"):
                result.append(":")
            else:
                result.append(self.integer(piece))
        return result

    def integer(self, tokens: Tokens, strict: bool = False) -> Expr:
        """An integer expression in sizes and indices; ``strict``: of declared ones and bound ones only.

        Raises Unreadable.
        """
        tokens = stripped(tokens)
        if not tokens:
            raise Unreadable("an index is missing")
        return self._integer(parse(tokens), strict)

    def _integer(self, node: Node, strict: bool) -> Expr:
        match node.kind:
            case "number" if node.text.isdigit() and not node.scripts:
                return Integer(node.text)
            case "letter" | "word" if not node.scripts:
                if node.text in self.bound:
                    return self.bound[node.text]
                held = self.locals.get(node.text)
                if isinstance(held, Int):
                    return held.value
                entity = self.scope.find(node.text, node.style)
                if isinstance(entity, Size):
                    return entity.value
                if entity is None and not strict and len(node.text) == 1:
                    return index(node.text)
                if entity is None and not strict and node.text in ("ell", "alpha", "beta", "mu", "nu"):
                    return index(node.text)
                raise Unreadable(f"{_pretty(node.text)} is not an index or a size", node.place)
            case "letter":
                name = name_with(node.text, node.scripts)
                entity = self.scope.find(name) if name else None
                if isinstance(entity, Size):
                    return entity.value
            case "sum":
                total: Expr = Integer(0)
                for part, sign in zip(node.parts, node.text, strict=True):
                    total += (1 if sign == "+" else -1) * self._integer(part, strict)
                return total
            case "product" if all(s in ("", "·", "×") for s in node.separators):
                result: Expr = Integer(1)
                for part in node.parts:
                    result *= self._integer(part, strict)
                return result.expand()
            case "group" if node.text in ("(", "[", "") and not node.scripts:
                return self._integer(node.parts[0] if node.parts else parse(node.tokens), strict)
        raise Unreadable("this is not an integer", node.place)

    # groups ----------------------------------------------------------------------------------------

    def _group(self, node: Node) -> Expression:
        if node.text == "" and node.parts:
            return self._scripted(self.value(node.parts[0]), node.scripts, node)
        match node.text:
            case "<":
                return self._scripted(self._inner_product(node), [s for s in node.scripts if s[0] != "_"], node)
            case "‖":
                return self._norm(node)
            case "|":
                return self._scripted(self._bars(node), node.scripts, node)
            case "at":
                return self._evaluated(node)
            case "(" | "[" | "{":
                iverson = self._iverson(node)
                if iverson is not None:
                    return self._scripted(iverson, node.scripts, node)
                pieces = split(node.tokens, (",", ";"))
                if len(pieces) > 1:
                    return self._scripted(self._listed(pieces, node), node.scripts, node)
                return self._scripted(self.read(node.tokens), node.scripts, node)
        raise Unreadable(f"the bracket {node.text!r} is not read", node.place)

    def _listed(self, pieces: list[Tokens], node: Node) -> Expression:
        """``[a, b]``: values side by side; ``(a, b)`` of numbers: a column."""
        values = [self.read(p) for p in pieces]
        if node.text == "[":
            return ex.Block(len(values), *values)
        raise Unreadable("a list is not read here", node.place)

    def _iverson(self, node: Node) -> Expression | None:
        if node.text not in ("[", "{"):
            return None
        pieces = split(node.tokens, ("=",))
        if len(pieces) != 2:
            return None
        pair = [self.integer(p) for p in pieces]
        return ex.Entry(ex.Eye(self._common_range(pair)), *pair)

    def _inner_product(self, node: Node) -> Expression:
        pieces = split(node.tokens, (",", "|", "mid"))
        if len(pieces) != 2:
            raise Unreadable("an inner product has two arguments", node.place)
        a, b = (self.read(p) for p in pieces)
        self.unify_shapes(a, b)
        shape = self.shape(a)
        weight = next((t for m, t in node.scripts if m == "_"), None)
        if weight is not None and plain_text(weight) not in ("F", "2"):
            return self.multiplied([ex.Transpose(a), self.read(weight), b])
        if shape is not None and shape[1] != 1:
            return ex.Trace(self.multiplied([ex.Transpose(a), b]))
        return self.multiplied([ex.Transpose(a), b])

    def _norm(self, node: Node) -> Expression:
        inner = self.tree(node.tokens)
        value = self.whole(inner)
        subscript = next((t for m, t in node.scripts if m == "_"), None)
        others = [s for s in node.scripts if s[0] != "_"]
        squared = any(m == "^" and plain_text(t) == "2" for m, t in others)
        kind = "2"
        if subscript is not None:
            text = plain_text(subscript)
            kinds = {"2": "2", "F": "F", "1": "1", "infty": "inf", "Fro": "F", "text{F}": "F", "HS": "F", "op": "2"}
            if text in kinds:
                kind = kinds[text]
            else:
                weight = self.read(subscript)
                if self.is_number(weight):
                    raise Unreadable(f"the norm with index {text} is not read", node.place)
                form = self.multiplied([ex.Transpose(value), weight, value])
                if squared:
                    rest = [s for s in others if not (s[0] == "^" and plain_text(s[1]) == "2")]
                    return self._scripted(form, rest, node)
                return self._scripted(ex.Apply("sqrt", form), others, node)
        else:
            shape = self.shape(value)
            vector = shape is None or 1 in shape
            if not vector and squared and inner.kind == "sum":
                kind = "F"
        return self._scripted(ex.Norm(value, kind), others, node)

    def _bars(self, node: Node) -> Expression:
        value = self.read(node.tokens)
        shape = self.shape(value)
        if shape == (1, 1):
            return ex.Apply("abs", value)
        if shape is not None and shape[1] == 1:
            return ex.Norm(value)
        return ex.Det(value)

    def _evaluated(self, node: Node) -> Expression:
        """A derivative by a number at one of its values: the number is assumed to have that value."""
        subscript = next((t for m, t in node.scripts if m == "_"), None)
        pieces = split(stripped(subscript), ("=",)) if subscript is not None else []
        if len(pieces) != 2:
            raise Unreadable("an evaluation bar needs an equation: |_{t = 0}", node.place)
        variable, at = self.read(pieces[0]), self.read(pieces[1])
        value = self.read(node.tokens)
        variable, at = self.relate(variable, at)
        hypothesis = Relation(variable, "=", at)
        if hypothesis not in self.assumed:
            self.assumed.append(hypothesis)
        return self._scripted(value, [s for s in node.scripts if s[0] != "_"], node)

    def _root(self, node: Node) -> Expression:
        inside, degree = node.rows[0][0], node.rows[1][0]
        value = self.read(inside)
        if degree:
            return ex.Pow(value, ex.Div(Num(1), self.read(degree)))
        return ex.Apply("sqrt", value)

    def _matrix(self, node: Node) -> Expression:
        rows = node.rows
        if len(rows) == 1 and len(rows[0]) == 1:
            rows = [split(rows[0][0], (",",))]
        width = len(rows[0])
        if any(len(row) != width for row in rows):
            raise Unreadable("the rows of the matrix have different lengths", node.place)
        if any(name_of(t).endswith("dots") for row in rows for cell in row for t in cell):
            raise Unreadable("a matrix with dots is not read", node.place)
        cells = [[self._block(cell, node) for cell in row] for row in rows]
        blocks = any(not self.is_number(c) and c != Num(0) for row in cells for c in row)
        if blocks:
            cells = [[ex.Zeros(self.unknown(), self.unknown()) if c == Num(0) else c for c in row] for row in cells]
            for row in cells:
                shapes = [self.shape(c) for c in row]
                first = shapes[0]
                for other in shapes[1:]:
                    if first is not None and other is not None:
                        self.unify(first[0], other[0])
            for column in zip(*cells, strict=True):
                shapes = [self.shape(c) for c in column]
                top = shapes[0]
                for other in shapes[1:]:
                    if top is not None and other is not None:
                        self.unify(top[1], other[1])
        flat = [self.resolved(c) for row in cells for c in row]
        result: Expression = ex.Block(width, *flat)
        return ex.Det(result) if node.text == "vmatrix" else result

    def _block(self, cell: Tokens, node: Node) -> Expression:
        if not stripped(cell):
            raise Unreadable("an empty cell of a matrix", node.place)
        return self.read(cell)

    def _cases(self, node: Node) -> Expression:
        """Two cases that are relu, abs or a maximum; others have no expression here."""
        rows = [[stripped(cell) for cell in row] for row in node.rows]
        if len(rows) == 2 and all(len(row) == 2 for row in rows):
            condition = tuple(t for t in rows[0][1] if t.kind != "text")
            marks = [(k, *relation_of(condition, k)) for k in range(len(condition))]
            marks = [m for m in marks if m[1] in ("<", "<=", ">", ">=")]
            if len(marks) == 1:
                at, op, width = marks[0]
                more, less = self.read(condition[:at]), self.read(condition[at + width :])
                if op in ("<", "<="):
                    more, less = less, more
                first, second = (self.read(_trim(row[0])) for row in rows)
                zero = less == Num(0)
                if (first, second) == (more, less):
                    return ex.Apply("relu", more) if zero else ex.Max(more, less)
                if zero and first == more and second in (ex.Neg(more), ex.Mul(Num(-1), more)):
                    return ex.Apply("abs", more)
                if more == Num(0) and (first, second) == (Num(0), less):
                    return ex.Apply("relu", less)
                if more == Num(0) and second == less and first == ex.Neg(less):
                    return ex.Apply("abs", less)
        raise Unreadable("these cases are not read", node.place)

    # signs: nabla, sums, limits, derivatives ------------------------------------------------------------------

    def _take_sign(self, factors: list[Node], separators: list[str], at: int) -> tuple[Expression, int]:
        node = factors[at]
        match node.text:
            case "sum" | "prod":
                return self._take_sum(factors, separators, at)
            case "nabla":
                return self._take_nabla(factors, separators, at)
            case "partial":
                return self._take_differential(factors, separators, at)
            case "lim":
                return self._take_limit(factors, separators, at)
        raise Unreadable(f"\\{node.text} is not read here", node.place)

    def _rest(self, factors: list[Node], separators: list[str], at: int) -> Node:
        """The factors behind a position as one node."""
        parts = factors[at:]
        if not parts:
            raise Unreadable("something is missing at the end", factors[at - 1].place)
        if len(parts) == 1:
            return parts[0]
        return Node("product", "", parts, parts[0].place, separators=["", *separators[at + 1 :]])

    def _take_sum(self, factors: list[Node], separators: list[str], at: int) -> tuple[Expression, int]:
        node = factors[at]
        end = len(factors)
        if node.text == "prod":  # it ends where the next one begins; a sum of sums is the same either way
            signs = [k for k in range(at + 2, end) if factors[k].kind == "sign" and factors[k].text in ("sum", "prod")]
            end = signs[0] if signs else end
        body_node = self._rest(factors[:end], separators[:end], at + 1)
        subscript = next((t for m, t in node.scripts if m == "_"), ())
        above = next((t for m, t in node.scripts if m == "^"), ())
        value = self._sum_over(subscript, above, body_node, node)
        return value, end

    def _sum_over(self, below: Tokens, above: Tokens, body_node: Node, node: Node) -> Expression:
        below = stripped(below)
        if not below:
            raise Unreadable("a sum without an index is not read", node.place)
        binders = self._binders(below, above, node)
        outer, uses = dict(self.bound), dict(self.uses)
        seen_before = dict(self.seen)
        for name, symbol, _, _, _ in binders:
            self.bound[name] = symbol
            self.uses.pop(symbol, None)
            self.seen.pop(symbol, None)
        try:
            body = self.value(body_node)
            ranges = []
            for name, symbol, low, high, _ in binders:
                if low is None or high is None:
                    known = [
                        (least, most)
                        for least, most in self.uses.get(symbol, [])
                        if most is not None and not _is_unknown(self.settled(most))
                    ]
                    if not known:
                        raise Unreadable(f"the range of the summed index {name} is not known", node.place)
                    least, most = known[0]
                    low = least if low is None else low
                    high = self.settled(most) if high is None else high
                ranges.append((symbol, low, high))
        finally:
            self.bound = outer
            inner_uses = self.uses
            self.uses = uses
            for _, symbol, _, _, _ in binders:
                self.seen.pop(symbol, None)
                if symbol in seen_before:
                    self.seen[symbol] = seen_before[symbol]
            for symbol, seen in inner_uses.items():
                if all(symbol != s for _, s, _, _, _ in binders):
                    self.uses[symbol] = seen
        maker = ex.SumOver if node.text == "sum" else ex.ProdOver
        for (symbol, low, high), (_, _, _, _, excluded) in zip(reversed(ranges), reversed(binders), strict=True):
            full: Expression = maker(body, symbol, low, high)
            if excluded is not None:
                if node.text != "sum":
                    raise Unreadable("a product that leaves out an index is not read", node.place)
                full = ex.Add(full, ex.Neg(body.xreplace({symbol: excluded})))
            body = full
        return body

    def _binders(
        self, below: Tokens, above: Tokens, node: Node
    ) -> list[tuple[str, Symbol, Expr | None, Expr | None, Expr | None]]:
        """(name, symbol, low, high, excluded value) of each index that a sum sign binds."""
        relations = [(k, *relation_of(below, k)) for k in range(len(below))]
        marks = [(k, op, width) for k, op, width in relations if op]
        if not marks:
            names = [p for piece in split(below, (",",)) for p in atoms(stripped(piece))]
            found = [self._binder(p, node) for p in names]
            high = self.integer(above) if stripped(above) else None
            return [(n, s, ONE if high is not None else None, high, None) for n, s in found]
        if len(marks) == 2 and marks[0][1] in ("<=", "<") and marks[1][1] in ("<=", "<"):
            (k, first, w), (m, second, v) = marks
            name, symbol = self._binder(below[k + w : m], node)
            low = self.integer(below[:k]) + (first == "<")
            high = self.integer(below[m + v :]) - (second == "<")
            return [(name, symbol, low, high, None)]
        at, op, width = marks[0]
        left, right = below[:at], below[at + width :]
        if op == "=":
            name, symbol = self._binder(left, node)
            pieces = split(right, ("dots", "ldots", "cdots"))
            if len(pieces) == 2:
                return [(name, symbol, self.integer(_trim(pieces[0])), self.integer(_trim(pieces[1])), None)]
            if not stripped(above):
                raise Unreadable("the sum has no upper limit", node.place)
            if any(name_of(t) == "infty" for t in above):
                raise Unreadable("an infinite sum is not read", node.place)
            return [(name, symbol, self.integer(right), self.integer(above), None)]
        if op == "!=":
            names = split(left, (",",))
            if len(names) == 1 and len(atoms(stripped(left))) == 1:
                name, symbol = self._binder(left, node)
                other = plain_text(right)
                known = other in self.bound or isinstance(self.scope.find(other), Size) or other.isdigit()
                if not known and other not in self.elsewhere:
                    raise Unreadable(f"a sum over {name} only, or over {name} and {other}?", node.place)
                excluded = self.integer(right)
                high = self.integer(above) if stripped(above) else None
                return [(name, symbol, ONE if high is not None else None, high, excluded)]
        if op in ("<", "<=") and len(atoms(stripped(left))) == 1 and plain_text(right) in self.bound:
            name, symbol = self._binder(left, node)
            return [(name, symbol, ONE, self.integer(right) - (op == "<"), None)]
        if op in (">", ">=") and plain_text(right) in self.bound:
            name, symbol = self._binder(left, node)
            return [(name, symbol, self.integer(right) + (op == ">"), None, None)]
        if op == "in":
            return self._binder_in(left, right, node)
        raise Unreadable("this range of a sum is not read", node.place)

    def _binder_in(
        self, left: Tokens, right: Tokens, node: Node
    ) -> list[tuple[str, Symbol, Expr | None, Expr | None, Expr | None]]:
        name, symbol = self._binder(left, node)
        right = stripped(right)
        if right and name_of(right[0]) == "[" and name_of(right[-1]) == "]":
            return [(name, symbol, ONE, self.integer(right[1:-1]), None)]
        if right and name_of(right[0]) in ("{", "lbrace") and name_of(right[-1]) in ("}", "rbrace"):
            pieces = split(right[1:-1], ("dots", "ldots", "cdots"))
            if len(pieces) == 2:
                return [(name, symbol, self.integer(_trim(pieces[0])), self.integer(_trim(pieces[1])), None)]
        raise Unreadable("a sum over a set is not read", node.place)

    def _binder(self, tokens: Tokens, node: Node) -> tuple[str, Symbol]:
        tokens = stripped(tokens)
        if len(tokens) != 1 or not name_of(tokens[0]).isalpha():
            raise Unreadable("an index of a sum is a letter", node.place)
        name = name_of(tokens[0])
        entity = self.scope.find(name)
        if isinstance(entity, Size) and entity.value.is_positive:
            return name, index(f"{name}_")  # a size of that name stays what it is
        return name, index(name)

    def _take_limit(self, factors: list[Node], separators: list[str], at: int) -> tuple[Expression, int]:
        node = factors[at]
        below = stripped(next((t for m, t in node.scripts if m == "_"), ()))
        marks = [k for k in range(len(below)) if relation_of(below, k)[0] == "to"]
        if len(marks) != 1 or plain_text(below[marks[0] + 1 :]) not in ("infty", "+infty"):
            raise Unreadable("only limits for an index that tends to infinity are read", node.place)
        name, symbol = self._binder(below[: marks[0]], node)
        if isinstance(self.scope.find(name), Symbolic):
            raise Unreadable("a limit for a real number that tends to infinity is not read", node.place)
        outer = dict(self.bound)
        self.bound[name] = symbol
        try:
            body = self.value(self._rest(factors, separators, at + 1))
        finally:
            self.bound = outer
            for known in [e for e in self.uses if symbol in e.free_symbols]:
                del self.uses[known]
            self.seen.pop(symbol, None)
        return ex.Limit(body, symbol), len(factors)

    def _take_nabla(self, factors: list[Node], separators: list[str], at: int) -> tuple[Expression, int]:
        node = factors[at]
        subscript = next((t for m, t in node.scripts if m == "_"), None)
        superscripts = [t for m, t in node.scripts if m == "^"]
        second = any(plain_text(t) == "2" for t in superscripts)
        if any(not self._is_transpose(t) and plain_text(t) != "2" for t in superscripts):
            raise Unreadable("this power of nabla is not read", node.place)
        if at + 1 >= len(factors):
            raise Unreadable("the gradient of what?", node.place)
        at_point = self._gradient_at(factors, separators, at + 1, subscript, second, node)
        if at_point is not None:
            result_, behind = at_point
            if any(self._is_transpose(t) for t in superscripts):
                result_ = ex.Transpose(result_)
            return self._scripted(result_, behind, node), at + 3
        value, after, behind = self._operand(factors, separators, at + 1)
        inverse = self._by_inverse(value, subscript) if subscript is not None and not second else None
        if inverse is not None:
            return self._scripted(inverse, behind, node), after
        if subscript is None:
            variable = self._own_variable(factors[at + 1], value, node)
        else:
            names = split(stripped(subscript), (",",))
            if (
                second
                and len(names) == 1
                and len(atoms(names[0])) == 2
                and plain_text(names[0][:1]) == plain_text(names[0][1:])
            ):
                names = [names[0][:1]]
            if len(names) == 2 and second:
                first, other = (self.variable(n) for n in names)
                return ex.Jacobian(ex.Gradient(value, first), other), after
            variable = self.variable(stripped(subscript) if not second else names[0])
        result: Expression = ex.Hessian(value, variable) if second else ex.Gradient(value, variable)
        if any(self._is_transpose(t) for t in superscripts):
            result = ex.Transpose(result)
        return self._scripted(result, behind, node), after

    def _gradient_at(
        self,
        factors: list[Node],
        separators: list[str],
        at: int,
        subscript: Tokens | None,
        second: bool,
        nabla: Node,
    ) -> tuple[Expression, list[tuple[str, Tokens]]] | None:
        r"""``\nabla F(v)`` of a function of one argument is the gradient of F at v, and scripts behind are of that.

        With a subscript that v is written with, it is the gradient of the composite, which is left to others.
        """
        head = factors[at]
        if head.kind not in ("letter", "word") or at + 1 >= len(factors) or separators[at + 1]:
            return None
        group = factors[at + 1]
        entity, rest = self.entity_of(head)
        single = isinstance(entity, DefinedFunction) and len(entity.parameters) == 1
        single = single or (isinstance(entity, OpaqueFunction) and len(entity.arguments) == 1)
        if not single or rest or group.kind != "group" or group.text not in ("(", "[", "{"):
            return None
        if not isinstance(entity, (DefinedFunction, OpaqueFunction)):
            return None
        behind = [s for s in group.scripts if s[0] == "'" or (s[0] == "^" and self._is_transpose(s[1]))]
        if len(behind) != len(group.scripts):
            return None
        (argument,) = self._arguments(group)
        variable = self.resolved(argument)
        if subscript is not None:
            by = self.variable(stripped(subscript))
            base = by.operands[0] if isinstance(by, (ex.Transpose, ex.Entry)) else by
            inside = set(ex.walk(variable))
            if base in inside or isinstance(entity, OpaqueFunction):
                value = self._called(entity, [argument], head)
                return (ex.Hessian(value, by) if second else ex.Gradient(value, by)), behind
            if not isinstance(by, Var) or by.name not in entity.parameters:
                return None
        point = self._free_name(variable, entity, head)
        value = self._called(entity, [point], head)
        return (ex.Hessian(value, point) if second else ex.Gradient(value, point)), behind

    def _free_name(self, value: Expression, entity: DefinedFunction | OpaqueFunction, node: Node) -> Expression:
        """A symbol for the point of a derivative: the point itself where it is one, else a name defined as it."""
        if isinstance(value, (Var, ex.Member)) and not self._occurs_in(value, entity):
            return value
        shape = self.shape(value)
        if shape is None:
            raise Unreadable("the shapes of the argument do not fit", node.place)
        name = Var(f"{node.text}_at{len(self.defined) + 1}", *shape)
        for definition in self.defined:
            if definition.body == value and isinstance(definition.target, Var):
                return definition.target
        self.defined.append(Definition(name, value))
        return name

    def _occurs_in(self, value: Expression, entity: DefinedFunction | OpaqueFunction) -> bool:
        """Whether a symbol stands in the formula of a function other than as its argument."""
        if isinstance(entity, OpaqueFunction) or not isinstance(value, Var):
            return False
        if value.name in entity.parameters:
            return False
        return any(part.kind == "letter" and part.text == value.name for part in _nodes(entity.body)) or any(
            name_of(t) == value.name for part in _nodes(entity.body) for t in part.tokens
        )

    def _by_inverse(self, value: Expression, subscript: Tokens) -> Expression | None:
        """The gradient by an inverse: the inverse gets a name, and the matrix is the inverse of that."""
        by = self.resolved(self.read(stripped(subscript)))
        if not isinstance(by, ex.Inverse) or not isinstance(by.operands[0], Var):
            return None
        matrix = by.operands[0]
        name = Var(f"{matrix.name}^-1", *matrix.shape)
        value = self.resolved(value).xreplace({by: name}).xreplace({matrix: ex.Inverse(name)})
        definition = Definition(name, ex.Inverse(matrix))
        if definition not in self.defined:
            self.defined.append(definition)
        return ex.Gradient(value, name)

    def _operand(
        self, factors: list[Node], separators: list[str], at: int
    ) -> tuple[Expression, int, list[tuple[str, Tokens]]]:
        """What a gradient is taken of: a bracket, or the longest product of the following factors that is a number."""
        first = factors[at]
        if first.kind == "group" and first.text in ("(", "[", "{"):
            inner = self.value(first.bare())
            behind: list[tuple[str, Tokens]] = []
            value = inner
            for position, (mark, tokens) in enumerate(first.scripts):
                if self.is_number(value) and (mark == "'" or (mark == "^" and self._is_transpose(tokens))):
                    behind = first.scripts[position:]
                    break
                value = self._scripted(value, [(mark, tokens)], first)
            if self.is_number(value) or at + 1 >= len(factors) or separators[at + 1]:
                return value, at + 1, behind
        ends = range(len(factors), at, -1)
        plain_end = next((k for k in range(at + 1, len(factors)) if separators[k]), len(factors))
        fallback: tuple[Expression, int] | None = None
        for end in sorted(ends, key=lambda e: (e > plain_end, -e)):
            try:
                value = self._product(factors[at:end], ["", *separators[at + 1 : end]])
            except Unreadable:
                if end == at + 1 and fallback is None:
                    raise
                continue
            if self.is_number(value):
                return value, end, []
            fallback = fallback or (value, end)
        if fallback is None:
            raise Unreadable("the gradient of what?", first.place)
        return fallback[0], fallback[1], []

    def _own_variable(self, node: Node, value: Expression, nabla: Node) -> Expression:
        """The variable of a gradient without one: what the function is declared with."""
        if self.scope.nabla is not None:
            return self.scope.nabla
        entity, _ = self.entity_of(node) if node.kind in ("letter", "word") else (None, [])
        if isinstance(entity, DefinedFunction) and len(entity.parameters) == 1:
            return self._parameter(entity.parameters[0], node)
        if isinstance(value, ex.Call) and len(value.operands) == 1:
            return value.operands[0]
        raise Unreadable("the gradient by what? write \\nabla_x", nabla.place)

    def variable(self, tokens: Tokens) -> Expression:
        """What is differentiated by: a symbol, a member, an entry, or a transposed one."""
        value = self.resolved(self.read(tokens))
        inner = value.operands[0] if isinstance(value, ex.Transpose) else value
        base = inner.operands[0] if isinstance(inner, ex.Entry) else inner
        if not isinstance(base, (ex.Var, ex.Member)):
            raise Unreadable("a derivative is taken by a symbol, not by an expression", tokens[0].place)
        return value

    # derivatives -----------------------------------------------------------------------------------

    def _take_fraction(self, factors: list[Node], separators: list[str], at: int) -> tuple[Expression, int]:
        node = factors[at]
        top, bottom = stripped(node.rows[0][0]), stripped(node.rows[1][0])
        marker = self._derivative_marker(top, bottom, at + 1 < len(factors))
        if not marker:
            return self._scripted(self._fraction(top, bottom, node), node.scripts, node), at + 1
        order, rest = _after_marker(top)
        variables = self._variables(bottom, node)
        after = at + 1
        behind: list[tuple[str, Tokens]] = list(node.scripts)
        if rest:
            value = self.read(rest)
        else:
            if at + 1 >= len(factors):
                raise Unreadable("the derivative of what?", node.place)
            following = factors[at + 1]
            if following.kind == "group" and following.text in ("(", "[", "{"):
                value, after, extra = self._operand(factors, separators, at + 1)
                behind += extra
            else:
                value, after = self.value(self._rest(factors, separators, at + 1)), len(factors)
        if sum(n for _, n in variables) != order:
            raise Unreadable("the order of the derivative does not match its variables", node.place)
        result = self._derivative(value, variables, node)
        return self._scripted(result, behind, node), after

    def _fraction(self, top: Tokens, bottom: Tokens, node: Node) -> Expression:
        return self._quotient(self.read(top), self.read(bottom), node.place)

    def _derivative_marker(self, top: Tokens, bottom: Tokens, more: bool) -> bool:
        """Whether a fraction is a derivative: both parts begin with the same d or partial."""
        if len(bottom) < 2 or not top:
            return False
        if name_of(top[0]) == "partial" and name_of(bottom[0]) == "partial":
            return True
        upright = top[0].kind == "command" and top[0].text in ("mathrm", "operatorname", "rm")
        if upright:
            return (
                bottom[0].kind == "command" and bottom[0].text == top[0].text and plain_text(top[1:4])[:1] in ("d", "D")
            )
        if name_of(top[0]) != "d" or name_of(bottom[0]) != "d":
            return False
        entity = self.scope.find("d")
        if entity is None:
            return True
        try:
            self.variable(bottom[1:])
        except Unreadable:
            return False
        return more or len(top) > 1

    def _variables(self, bottom: Tokens, node: Node) -> list[tuple[Expression, int]]:
        """The variables below a derivative with how often each is derived by."""
        pieces: list[list[Token]] = []
        k = 0
        while k < len(bottom):
            width = _marker_width(bottom, k)
            if width and (name_of(bottom[k]) == "partial" or not pieces or pieces[-1]):
                pieces.append([])
                k += width
                continue
            if not pieces:
                raise Unreadable("the variable of the derivative is missing", node.place)
            pieces[-1].append(bottom[k])
            k += 1
        result: list[tuple[Expression, int]] = []
        for piece in pieces:
            tokens = tuple(piece)
            power = 1
            if self._is_name(tokens):
                result.append((self.variable(tokens), 1))
                continue
            if len(tokens) >= 3 and tokens[-2].kind == "sup" and tokens[-1].text.isdigit():
                power, tokens = int(tokens[-1].text), tokens[:-2]
            elif len(tokens) >= 5 and tokens[-4].kind == "sup" and tokens[-3].kind == "open" and tokens[-2].text == "2":
                power, tokens = 2, tokens[:-4]
            if not tokens:
                raise Unreadable("the variable of the derivative is missing", node.place)
            result.append((self.variable(_unwrapped(tokens)), power))
        return result

    def _is_name(self, tokens: Tokens) -> bool:
        r"""Whether tokens with all their marks are one declared name, such as ``\sigma^2``."""
        if not any(t.kind == "sup" for t in tokens):
            return False
        node = parse(tokens, self.words())
        if node.kind not in ("letter", "word"):
            return False
        entity, rest = self.entity_of(node)
        return isinstance(entity, Symbolic) and not rest

    def _derivative(self, value: Expression, variables: list[tuple[Expression, int]], node: Node) -> Expression:
        if len(variables) == 1 and variables[0][1] == 1:
            return self._first_derivative(value, variables[0][0], node)
        flat = [v for v, n in variables for _ in range(n)]
        if len(flat) > 3:
            raise Unreadable("a derivative of this order is not read", node.place)
        plain = [v.operands[0] if isinstance(v, ex.Transpose) else v for v in flat]
        if all(self.is_number(v) for v in plain):
            for variable in plain:
                value = self._first_derivative(value, variable, node)
            return value
        if len(plain) == 2 and self.is_number(value):
            if plain[0] == plain[1]:
                return ex.Hessian(value, plain[0])
            return ex.Jacobian(ex.Gradient(value, plain[0]), plain[1])
        raise Unreadable("this second derivative is not read", node.place)

    def _first_derivative(self, value: Expression, variable: Expression, node: Node) -> Expression:
        layout = self.scope.layout
        value = self.resolved(value)
        turned = isinstance(variable, ex.Transpose)
        plain = variable.operands[0] if turned else variable
        shape, by = self.shape(value), self.shape(plain)
        if shape is None or by is None:
            return ex.Gradient(value, plain)
        if by == (1, 1):
            if shape == (1, 1) and isinstance(plain, ex.Entry):
                return ex.Gradient(value, plain)
            result: Expression = ex.ScalarDerivative(value, plain)
            return ex.Transpose(result) if layout == "denominator" and shape[1] == 1 != shape[0] else result
        if shape == (1, 1):
            gradient: Expression = ex.Gradient(value, plain)
            return ex.Transpose(gradient) if turned != (layout == "numerator") else gradient
        if 1 in shape and by[1] == 1:
            column = value if shape[1] == 1 else ex.Transpose(value)
            jacobian: Expression = ex.Jacobian(column, plain)
            return ex.Transpose(jacobian) if layout == "denominator" and not turned else jacobian
        raise Unreadable(
            "a derivative of a matrix by a vector or a matrix has no matrix form; use vec or entries", node.place
        )

    def _is_differential(self, factors: list[Node], separators: list[str], at: int) -> bool:
        """Whether d is a perturbation although it is a declared size: it stands before a varied name."""
        if at + 1 >= len(factors) or separators[at + 1]:
            return False
        following = factors[at + 1]
        return (
            following.kind == "letter"
            and isinstance(self.entity_of(following)[0], Symbolic)
            and not self.scope.find("d")
        )

    def _take_differential(self, factors: list[Node], separators: list[str], at: int) -> tuple[Expression, int]:
        """``dX``, ``d(XY)``, ``d\\tr(X)``."""
        node = factors[at]
        if at + 1 >= len(factors) or separators[at + 1]:
            raise Unreadable(f"{_pretty(node.text)} has no declaration", node.place)
        subscript = next((t for m, t in node.scripts if m == "_"), None)
        if subscript is not None and node.kind == "sign":
            value, after, behind = self._operand(factors, separators, at + 1)
            return self._scripted(self._first_derivative(value, self.variable(subscript), node), behind, node), after
        if node.scripts:
            raise Unreadable("this differential is not read", node.place)
        following = factors[at + 1]
        if following.kind in ("letter", "word") and not self._is_head(following):
            entity, rest = self.entity_of(following)
            power = any(mark == "^" and not self._is_transpose(t) for mark, t in rest)
            if isinstance(entity, Symbolic) and not self._is_defined(entity.value) and not power:
                change = Var(f"d{entity.value.name}", *entity.value.shape)
                return self._scripted(change, rest, following), at + 2
        if following.kind == "group" and following.text in ("(", "[", "{", ""):
            inner = self.value(following.bare())
            return self._scripted(self._differential(inner, node), following.scripts, node), at + 2
        value, after = self.take(factors, separators, at + 1)
        if after < len(factors) and separators[after] == "·":  # df(x) \cdot h
            direction = self.value(factors[after])
            variable = self._argument_of(following, value, factors, at + 1)
            if variable is not None and self.unify_shapes(variable, direction):
                return ex.Differential(self.resolved(value), variable, self.resolved(direction)), after + 1
        return self._differential(value, node), after

    def _argument_of(self, head: Node, value: Expression, factors: list[Node], at: int) -> Expression | None:
        """The symbol that a function of one symbol is applied to."""
        entity, _ = self.entity_of(head) if head.kind in ("letter", "word") else (None, [])
        if isinstance(value, ex.Call) and len(value.operands) == 1 and isinstance(value.operands[0], Var):
            return value.operands[0]
        if isinstance(entity, DefinedFunction) and len(entity.parameters) == 1 and at + 1 < len(factors):
            argument = self._arguments(factors[at + 1]) if factors[at + 1].kind == "group" else []
            return argument[0] if len(argument) == 1 and isinstance(argument[0], Var) else None
        return None

    def _is_defined(self, value: Var) -> bool:
        return any(d.target == value for d in self.scope.context.definitions)

    def _differential(self, value: Expression, node: Node) -> Expression:
        value = self.resolved(value)
        leaves: list[Var] = []
        todo: list[Expression] = [value]
        definitions = {d.target: d.body for d in self.scope.context.definitions}
        while todo:
            for leaf in ex.walk(todo.pop()):
                if leaf in definitions:
                    todo.append(definitions[leaf])
                elif isinstance(leaf, Var) and leaf not in leaves:
                    leaves.append(leaf)
        varied = [v for v in leaves if v.name in self.varied] or leaves
        if not varied:
            return ex.Zeros(*value.shape)
        pairs = [e for v in sorted(varied, key=lambda v: v.name) for e in (v, Var(f"d{v.name}", *v.shape))]
        return ex.Differential(value, *pairs)


def _is_tower(exponent: Expression) -> bool:
    """Whether a power of numbers stands in the exponent of a number."""
    return isinstance(exponent, ex.Pow) and all(isinstance(n, (Num, Int, ex.Pow)) for n in ex.walk(exponent))


def _nodes(node: Node) -> Iterator[Node]:
    """A tree and all its parts that are parsed."""
    yield node
    for part in node.parts:
        yield from _nodes(part)


# small helpers -----------------------------------------------------------------------------------------


def _is_unknown(symbol: object) -> bool:
    return isinstance(symbol, Symbol) and symbol.name.startswith("?")


def _free(shape: Shape) -> bool:
    return any(_is_unknown(s) for size in shape for s in size.free_symbols)


def _is_literal(value: Expression) -> bool:
    return isinstance(value, Num) or (isinstance(value, ex.Div) and all(isinstance(o, Num) for o in value.operands))


def plain_text(tokens: Tokens) -> str:
    """The tokens as a word: letters, digits and names of commands; braces and styles left out."""
    parts = []
    for token in tokens:
        if token.kind in ("open", "close", "space"):
            continue
        if token.kind == "command" and (token.text in STYLES or token.text in ("operatorname", "scriptstyle")):
            continue
        parts.append(token.text)
    return "".join(parts)


def _word(scripts: Sequence[tuple[str, Tokens]]) -> str:
    return next((plain_text(t) for m, t in scripts if m == "_"), "")


def bracketed(tokens: Tokens) -> Tokens | None:
    """What stands in a superscript's brackets: ``(i)``, ``[l]``."""
    tokens = stripped(tokens)
    if len(tokens) >= 3 and (name_of(tokens[0]), name_of(tokens[-1])) in (("(", ")"), ("[", "]")):
        return tokens[1:-1]
    return None


def _choices(count: int, chosen: int) -> Iterator[tuple[int, ...]]:
    yield from combinations(range(count), chosen)


def name_with(base: str, scripts: Sequence[tuple[str, Tokens]]) -> str:
    """The name of a letter with scripts in the convention of the printer; empty where it would not be a name."""
    sub = sup = primes = ""
    for mark, tokens in scripts:
        if mark == "'":
            primes += "'"
        elif mark == "_":
            if sub:
                return ""
            sub = "_" + _script_text(tokens)
        else:
            if sup:
                return ""
            sup = "^" + _script_text(tokens)
    if sub == "_" or sup == "^":
        return ""
    return f"{base}{primes}{sub}{sup}"


def _script_text(tokens: Tokens) -> str:
    text = plain_text(tokens).replace("star", "*").replace(" ", "").replace(",", "")
    return text if all(c.isalnum() or c in "*+-()[]" for c in text) else ""


def _pretty(name: str) -> str:
    return name


def atoms(tokens: Tokens) -> list[Tokens]:
    """A run of indices without commas: letters, digits and Greek letters one by one, brackets as they are."""
    result: list[Tokens] = []
    k = 0
    while k < len(tokens):
        token = tokens[k]
        if token.kind == "open" or name_of(token) == "(":
            closing = "close" if token.kind == "open" else ")"
            end = next(
                (m for m in range(k, len(tokens)) if tokens[m].kind == closing or name_of(tokens[m]) == closing), k
            )
            result.append(tokens[k + 1 : end])
            k = end + 1
            continue
        result.append((token,))
        k += 1
    return result


def _trim(tokens: Tokens) -> Tokens:
    """Without commas at the ends, and only what stands before the first comma."""
    pieces = [stripped(p) for p in split(stripped(tokens), (",",))]
    return next((p for p in pieces if p), ())


def _rational(tokens: Tokens) -> Rational | None:
    """A literal rational: ``-2``, ``1/2``, ``\\frac{1}{2}``, ``-\\frac12``."""
    sign = 1
    if tokens and name_of(tokens[0]) == "-":
        sign, tokens = -1, tokens[1:]
    text = "".join(t.text if t.kind in ("char", "command") else " " for t in tokens)
    if text.startswith("frac"):
        digits = text[4:].split() if " " in text[4:].strip() else list(text[4:].strip())
        if len(digits) == 2 and all(d.isdigit() for d in digits):
            return Rational(sign * int(digits[0]), int(digits[1]))
        return None
    parts = text.strip().split("/")
    if len(parts) == 2 and all(p.strip().isdigit() for p in parts) and int(parts[1]) != 0:
        return Rational(sign * int(parts[0]), int(parts[1]))
    return Rational(sign * int(text)) if text.strip().isdigit() else None


def _marker_width(tokens: Tokens, at: int) -> int:
    """How many tokens a d or partial takes at a position; 0 where there is none."""
    token = tokens[at]
    if name_of(token) == "partial" or (token.kind == "char" and token.text == "d"):
        return 1
    if token.kind == "command" and token.text in ("mathrm", "operatorname", "rm"):
        if at + 3 < len(tokens) and tokens[at + 1].kind == "open" and tokens[at + 2].text == "d":
            return 4
        if at + 1 < len(tokens) and tokens[at + 1].text == "d":
            return 2
    return 0


def _after_marker(top: Tokens) -> tuple[int, Tokens]:
    """The order of a derivative and what is differentiated above the line."""
    k = _marker_width(top, 0)
    order = 1
    if k < len(top) and top[k].kind == "sup":
        if top[k + 1].kind == "open":
            order, k = int(top[k + 2].text) if top[k + 2].text.isdigit() else 0, k + 4
        else:
            order, k = int(top[k + 1].text) if top[k + 1].text.isdigit() else 0, k + 2
    return order, top[k:]


def _unwrapped(tokens: Tokens) -> Tokens:
    """Without one pair of brackets around the whole: ``(Az)_l`` keeps its own."""
    inner = bracketed(tokens)
    return tokens if inner is None else inner
