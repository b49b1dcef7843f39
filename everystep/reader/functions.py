r"""Functions and how far their arguments reach: known ones, declared ones, defined ones.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

from sympy import Expr, Rational, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Num, Var
from everystep.algebra.functions import FUNCTIONS
from everystep.algebra.shapes import ONE, index, size
from everystep.algebra.substitution import instance
from everystep.reader.dependence import at_values
from everystep.reader.diagonals import of_diagonal
from everystep.reader.entities import DefinedFunction, OpaqueFunction, ScalarFunctionName, Symbolic
from everystep.reader.extremes import over_vectors
from everystep.reader.limits import Limits
from everystep.reader.marks import is_unknown, nodes, plain_text, script_word
from everystep.reader.points import moved
from everystep.reader.softmaxes import softmax_of_matrix
from everystep.reader.source import Tokens
from everystep.reader.trees import Node, Unreadable, latex_of, name_of, relation_of, split, stripped

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
OF_MATRICES = frozenset(("log", "sin", "cos"))
"""Functions that a square matrix has as such; networks use the others entry by entry."""

OPERATORS = frozenset(
    [
        "sup",
        "inf",
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
        "rg",
        "Rang",
        "Rank",
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
CHANCE = frozenset(("E", "V", "Var", "var", "Cov", "cov"))
_NO_LIST = frozenset(("to", "rightarrow", "mapsto", ";", "/", "=", "!", "?", "cup", "cap", "setminus"))
"""What is no list of names below an expectation."""
COMPOSED = frozenset(("tan", "sinh", "cosh"))
FUNCTION_WORDS = OPERATORS | COMPOSED | frozenset(ENTRYWISE)
MOST_EXPANSIONS = 200
DIAGONALS = ("diag", "Diag")
EXTREMES = ("max", "min", "sup", "inf")


def condition_of(tokens: Tokens) -> tuple[Tokens, Tokens] | None:
    r"""What stands before and behind the bar of a condition: a ``\mid``, or the only ``|``; None without one."""
    for bars in (("mid",), ("|", "vert")):
        pieces = split(tokens, bars)
        if len(pieces) == 2 and all(map(stripped, pieces)):
            return pieces[0], pieces[1]
    return None


def outside_means(value: Expression) -> Iterator[Expression]:
    """The nodes that no mean is taken of; of a conditional one its condition."""
    todo = [value]
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, ex.Given):
            todo += node.held
        elif not isinstance(node, ex.Expectation | ex.Variance | ex.Covariance):
            todo += node.operands


def _zero_of(value: Expression, shape: tuple[Expr, Expr]) -> Expression:
    """A plain 0, or zeros whose size is not written, as the zero of a shape; anything else as it is."""
    zeros = value == ex.Num(0) or (isinstance(value, ex.Zeros) and any(is_unknown(s) for s in value.shape))
    return ex.Zeros(*shape) if zeros and shape != (ONE, ONE) else value


class Functions(Limits):
    """The part of the reader that applies functions."""

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
        if node.text in EXTREMES and index_script is not None:
            largest = self._largest_entry(node, index_script, self._rest(factors, separators, at + 1))
            return self._scripted(largest, own, node), len(factors)
        if any(mark == "^" and plain_text(t) == "-1" for mark, t in own):
            raise Unreadable(f"{node.text}^{{-1}}: the inverse function or the reciprocal?", node.place)
        if node.text in ("E", "V") and following.kind == "group" and following.text == "(":
            more = at + 2 < len(factors) and not separators[at + 2] and factors[at + 2].kind == "group"
            if following.scripts or more:
                raise Unreadable("how far does the expectation reach? write it with square brackets", node.place)
        if following.kind == "group" and following.text in ("(", "[", "{") and not separators[at + 1]:
            bar = condition_of(following.tokens) if node.text in CHANCE else None
            if bar is not None or (index_script is not None and condition_of(index_script) is not None):
                value = self._conditional(node, following.tokens if bar is None else bar[0], index_script, bar)
                value = self._scripted(value, own, node)
                return self._scripted(value, following.scripts, node), at + 2
            if node.text in DIAGONALS:
                arguments, index_script = of_diagonal(self, following, node, index_script), None
            else:
                arguments = self.arguments(following, node)
            value = self._applied(node, arguments, index_script)
            scripted = self._scripted_function if node.text in ENTRYWISE else self._scripted
            value = scripted(value, own, node)
            return self._scripted(value, following.scripts, node), at + 2
        end = at + 2
        while end < len(factors) and not separators[end]:
            if (
                self._is_head(factors[end])
                and not self._is_head(factors[end - 1])
                and not self._is_mean(factors, at, end)
            ):
                break
            end += 1
        if node.text in ENTRYWISE:
            self._clear_function(factors, separators, at, end)
        behind = following.scripts if following.kind == "matrix" and end == at + 2 else ()
        if behind:
            self._clear_scripts(node, behind)
            following = following.bare()
        inner = self._product([following, *factors[at + 2 : end]], ["", *separators[at + 2 : end]])
        value = self._applied(node, [inner], index_script)
        value = self._scripted(value, behind, node) if behind else value
        scripted = self._scripted_function if node.text in ENTRYWISE else self._scripted
        return scripted(value, own, node), end

    def _is_mean(self, factors: list[Node], at: int, end: int) -> bool:
        r"""``\log \frac1n \sum_i e^{x_i}``: one over a size and a sum behind it are one average, and the operand.

        ``\log \frac{p}{1 - p} \sum_i x_i`` and ``\log 2 \sum_i x_i`` are products: what stands before is no share.
        """
        share, behind = factors[at + 1], factors[end]
        if factors[at].text not in ENTRYWISE or end != at + 2 or (behind.kind, behind.text) != ("sign", "sum"):
            return False
        if share.kind != "frac" or share.scripts or plain_text(stripped(share.rows[0][0])) != "1":
            return False
        value = self.value(share)
        return bool(value.free_symbols) and not value.leaves

    def _scripted_function(self, value: Expression, scripts: list[tuple[str, Tokens]], node: Node) -> Expression:
        r"""``\tanh^2(z)`` of a vector or a matrix: the square of an entrywise function is one, too."""
        for script in scripts:
            power = script[0] == "^" and plain_text(script[1]).isdigit() and not self.is_number(value)
            value = (
                self._hadamard_power(value, stripped(script[1]), node)
                if power
                else self._scripted(value, [script], node)
            )
        return value

    def _clear_scripts(self, node: Node, scripts: Sequence[tuple[str, Tokens]]) -> None:
        r"""Raises Unreadable for ``\operatorname{tr}\begin{pmatrix} ... \end{pmatrix}^2``: a square of which of both?

        An entry is one of the value, as in ``\mathrm{softmax}(z)_1``; of determinants and diagonals both are the same.
        """
        if any(mark != "_" for mark, _ in scripts) and node.text not in ("det", "diag", "Diag"):
            raise Unreadable(f"what stands behind the matrix, is it that of {node.text}? write brackets", node.place)

    def _conditional(
        self, node: Node, body: Tokens, below: Tokens | None, bar: tuple[Tokens, Tokens] | None
    ) -> Expression:
        r"""``E[y \mid x]``, ``E_{y|x}[y]``, ``Cov(y, z | x)``: the condition stands within the brackets, or below."""
        averaged = condition_of(below) if below is not None else None
        given = bar or averaged
        if given is None or (bar is not None and averaged is not None and latex_of(bar[1]) != latex_of(averaged[1])):
            raise Unreadable("two conditions of one mean", node.place)
        given = given[0], self._named_value(given[1])
        if any(relation_of(given[1], k)[0] for k in range(len(given[1]))):
            raise Unreadable("a condition with a value or a relation is not read: write the name", node.place)
        held = [self.read(stripped(piece)) for piece in split(given[1], (",",))]
        if not all(isinstance(h, Var | ex.Member) for h in held):
            raise Unreadable("the condition of a mean is read where it is a name, or several", node.place)
        pieces = split(body, (",",)) if node.text in ("Cov", "cov") else [body]
        values = [self.read(piece) for piece in pieces]
        said = averaged[0] if averaged is not None else below
        if said is not None:
            named = {name_of(t) for t in said} | {h.name for h in held if isinstance(h, Var | ex.Member)}
            for value in values:
                self._averages(self.leaves(value, outside_means), named, node)
        return ex.Given(self._applied(node, values, None), *held)

    def _named_value(self, condition: Tokens) -> Tokens:
        """The x of ``X = x`` where X has no declaration: the mean is then a function of x as where x is given."""
        sides = [stripped(side) for side in split(condition, ("=",))]
        if len(sides) != 2 or not all(len(side) == 1 for side in sides):
            return condition
        (random,), (value,) = sides
        capital = name_of(random).isupper() and name_of(random).lower() == name_of(value)
        return sides[1] if capital and self.scope.find(name_of(random)) is None else condition

    @abstractmethod
    def _dotted_row(self, pieces: Sequence[Tokens]) -> Expression | None:
        """``x_1, \\dots, x_n`` side by side; None where there are no dots."""

    @abstractmethod
    def _clear_function(self, factors: list[Node], separators: list[str], at: int, end: int) -> None:
        """Refuse a function whose argument has two readings."""

    def _is_head(self, node: Node) -> bool:
        if node.kind == "word":
            return node.text in FUNCTION_WORDS and self.scope.find(node.text) is None
        if node.kind == "sign":
            return node.text in ("nabla", "sum", "prod", "lim")
        return node.kind == "letter" and isinstance(self.entity_of(node)[0], ScalarFunctionName)

    def arguments(self, group: Node, head: Node | None = None) -> list[Expression]:
        """The values in brackets, separated by commas (or by a bar, as in p(x | mu))."""
        pieces = split(group.tokens, (",", ";"))
        if len(pieces) == 1 and head is not None and head.text in ("E", "V", "Var"):
            return [self.read(group.tokens)]
        barred = split(group.tokens, ("mid", "|", "vert"))
        if len(barred) == 2:
            return [self.read(p) for b in barred for p in split(b, (",", ";"))]
        if self.scope.commutator and head is not None and group.text == "[" and len(pieces) == 2:
            return [self.value(group.bare())]
        row = self._dotted_row(pieces)
        if row is not None:
            if head is None or head.text not in ("diag", "Diag"):
                raise Unreadable("dots between arguments are not read", group.place)
            return [ex.Transpose(row)]
        return [self.read(p) for p in pieces]

    def _applied(self, node: Node, arguments: list[Expression], subscript: Tokens | None) -> Expression:
        """A known function of its arguments."""
        name = node.text
        if name in ("max", "min"):
            return self._extremum(name, arguments, subscript, node)
        if name in ("Cov", "cov") and len(arguments) == 2:
            for argument in arguments:
                self._all_is_averaged(argument, subscript, node)
            return ex.Covariance(*arguments)
        if len(arguments) != 1:
            if name in ("diag", "Diag"):
                return ex.Diag(ex.Block(1, *arguments))
            raise Unreadable(f"{name} takes one argument, not {len(arguments)}", node.place)
        (value,) = arguments
        if subscript is not None and name not in ("log", "E", "Var", "V", "var", "Cov", "cov"):
            return self._with_index(node, value, subscript)
        if name in COMPOSED:
            return self._composed(name, value, node)
        if name in ENTRYWISE:
            if name == "log" and subscript is not None:
                return ex.Div(ex.log(value), ex.log(self.read(subscript)))
            return self._known_function(ENTRYWISE[name], value, node)
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
            case "rank" | "rang" | "rk" | "rg" | "Rank" | "Rang":
                return ex.Rank(value)
            case "softmax":
                return self._softmax(value, node)
            case "logsumexp" | "lse" | "LSE":
                return ex.LogSumExp(value)
            case "E":
                self._all_is_averaged(value, subscript, node)
                return ex.Expectation(value)
            case "Var" | "V" | "var" | "Cov" | "cov":
                self._all_is_averaged(value, subscript, node)
                return ex.Variance(value)
            case "adj" | "Adj":
                return ex.Adjugate(value)
        raise Unreadable(f"{name} is not known here", node.place)

    def _softmax(self, value: Expression, node: Node) -> Expression:
        """Of a vector, or of each row or column of a matrix; raises Unreadable where the text does not say of which."""
        shape = self.shape(value)
        if shape is None or 1 in shape:
            return ex.Softmax(value)
        if not self.scope.softmaxes:
            raise Unreadable("softmax of a matrix: of each row, or of each column? say 'row by row'", node.place)
        return softmax_of_matrix(value, self.scope.softmaxes)

    def leaves(self, value: Expression, within: Callable[[Expression], Iterable[Expression]] = ex.walk) -> set[str]:
        """The names in a value, and those that they are defined by; ``within``: which of the nodes count."""
        found: set[str] = set()
        todo = [value]
        while todo:
            fresh = {n.name for n in within(todo.pop()) if isinstance(n, (Var, ex.Member))} - found
            found |= fresh
            todo += [d.body for d in self.scope.context.definitions if d.target.name in fresh]
        return found

    def _with_index(self, node: Node, value: Expression, subscript: Tokens) -> Expression:
        """``softmax_i(z)`` is an entry; no other function has an index."""
        plain = self._applied(node, [value], None)
        shape = self.shape(value)
        if node.text != "softmax" or shape is None or shape[1] != 1 or shape[0] == 1:
            raise Unreadable(f"the index of {node.text} is not understood", node.place)
        return ex.Entry(plain, self.integer(subscript))

    def _composed(self, name: str, value: Expression, node: Node) -> Expression:
        """A function of a number that is made of others."""
        if not self.is_number(value):
            raise Unreadable(f"{name} is read of numbers only", node.place)
        if name == "tan":
            return ex.Div(ex.Apply("sin", value), ex.Apply("cos", value))
        grows, falls = ex.Apply("exp", value), ex.Apply("exp", ex.Neg(value))
        return ex.Div(ex.Add(grows, falls if name == "cosh" else ex.Neg(falls)), Num(2))

    def _all_is_averaged(self, value: Expression, subscript: Tokens | None, node: Node) -> None:
        """``E_x`` is the expectation over all that is random only where nothing else is."""
        if subscript is None:
            return
        named = {name_of(t) for t in subscript}
        if named & {"mid", "|", "vert"}:
            raise Unreadable("a mean with a condition below it is read with brackets behind it", node.place)
        unknown = next((name_of(t) for t in subscript if name_of(t) in _NO_LIST), "")
        if unknown:
            raise Unreadable(f"{unknown} below the expectation is not read", node.place)
        drawn = split(subscript, ("sim",))
        if len(drawn) == 2 and any(name_of(t) in ("(", "left(") or t.text == "left." for t in drawn[1]):
            self._is_its_law(drawn[0], drawn[1], node)
        self._averages(self.leaves(value, outside_means), named, node)

    def _averages(self, leaves: set[str], named: set[str], node: Node) -> None:
        """Raises Unreadable where something that is random in a mean is not named below it."""
        for law in self.scope.context.random:
            if law.target.name in leaves and law.target.name not in named:
                raise Unreadable(
                    f"an expectation over a part of what is random: {law.target.name} is random too", node.place
                )

    def _is_its_law(self, name: Tokens, law: Tokens, node: Node) -> None:
        r"""``E_{x \sim N(0, 1)}`` is read where it repeats what is declared of x."""
        inside = law[next(k for k, t in enumerate(law) if name_of(t) == "(") + 1 : -1]
        said = [self.read(piece) for piece in split(inside, (",",))]
        known = next((r for r in self.scope.context.random if {r.target.name} == {name_of(t) for t in name}), None)
        pairs = list(zip(said, known.parameters, strict=False)) if known is not None else []
        if len(pairs) != len(said) or any(a != b and not _alike(a, b) for a, b in pairs):
            raise Unreadable("the law below the expectation is not the one that is declared", node.place)

    def _known_function(self, name: str, value: Expression, node: Node) -> Expression:
        """A function of the table; of a square matrix, log, sin and cos have two meanings."""
        if name in OF_MATRICES and self.is_square(value):
            if name == "log" and self._known(value, "positive definite"):
                return ex.MatrixFunction(name, value)
            raise Unreadable(
                f"two readings: {node.text} of the matrix, or of each of its entries? declare a function of a number "
                "to apply it entry by entry",
                node.place,
            )
        return self._entrywise(name, value)

    def _entrywise(self, name: str, value: Expression, order: int = 0) -> Expression:
        if name == "exp":
            self._blocks_squared(value)
            if self.is_square(value):
                return ex.MatrixFunction("exp", self.resolved(value))
            if self.shape(value) is None and any(map(is_unknown, self.resolved(value).free_symbols)):
                raise Unreadable("the exponential of what may be a square matrix; write the sizes of I as in I_n")
        return ex.Apply(name, value, order)

    def _blocks_squared(self, value: Expression) -> None:
        """Make the diagonal blocks square in as many rows of blocks as columns where a zero leaves their sizes open."""
        if not isinstance(value, ex.Block) or len(value.rows) != len(value.rows[0]):
            return
        for k, row in enumerate(value.rows):
            shape = self.shape(row[k])
            if shape is not None:
                self.unify(*shape)

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
        extreme = over_vectors(self, node, below, body)
        if extreme is not None:
            return extreme
        if node.text in ("sup", "inf"):
            raise Unreadable(f"\\{node.text} is read over vectors x with ||x|| = 1 only", node.place)
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
        arguments = self.arguments(group)
        if len(arguments) != 1:
            raise Unreadable("an eigenvalue of what?", node.place)
        value = (ex.EigMax if script_word(node.scripts) == "max" else ex.EigMin)(*arguments)
        value = self._scripted(value, [s for s in node.scripts if s[0] != "_"], node)
        return self._scripted(value, group.scripts, node)

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
            arguments = self.arguments(following)
            if len(arguments) != 1:
                raise Unreadable(f"{node.text} takes one argument, not {len(arguments)}", node.place)
            argument, behind = arguments[0], following.scripts
        elif node.kind == "letter" and (scripts or following.text == "I"):  # sigma^2 I beside a function sigma
            raise Unreadable(f"{node.text} is a function, and stands here without brackets", node.place)
        else:
            argument = self.value(following)
        if order and entity.name in FUNCTIONS:
            value = self._known_derivative(entity.name, argument, order)
        else:
            value = ex.Apply(entity.name, argument, order)
        return self._scripted(self._scripted_function(value, scripts, node), behind, node), after

    def _known_derivative(self, name: str, argument: Expression, order: int) -> Expression:
        """A derivative of a function of the table is written out by its row, as a polynomial in known functions."""
        if order > 1 or not self.is_number(argument):
            return ex.Apply(name, argument, order)
        if FUNCTIONS[name].kinks and isinstance(argument, Var | ex.Member):
            return ex.ScalarDerivative(ex.Apply(name, argument), argument)
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
            if arguments is None and not entity.letters:
                raise Unreadable(f"{node.text} is a function; write its argument", node.place)
            if arguments is None:
                arguments = [self._parameter(p, node) for p in entity.letters]
            if len(arguments) != len(entity.arguments):
                raise Unreadable(
                    f"{node.text} takes {len(entity.arguments)} arguments, not {len(arguments)}", node.place
                )
            arguments = [_zero_of(a, shape) for a, shape in zip(arguments, entity.arguments, strict=True)]
            for argument, (rows, columns) in zip(arguments, entity.arguments, strict=True):
                shape = self.shape(argument)
                if shape is not None:
                    fits = self.unify(shape[0], rows) and self.unify(shape[1], columns)
                    if not fits and shape == (columns, rows):
                        raise Unreadable(f"{node.text} takes a column, here is a row", node.place)
            if entity.family and entity.at is None:
                raise Unreadable(f"{node.text} has an index: which of the functions is meant?", node.place)
            plain, family = (self.scope.names.get(name) for name in (entity.name, f"{entity.name}[]"))
            if isinstance(family, OpaqueFunction) and isinstance(plain, OpaqueFunction | ScalarFunctionName):
                raise Unreadable(f"{node.text} is a function, and with an index it is others", node.place)
            own = () if entity.at is None else (ex.Int(entity.at),)
            return ex.Call(entity.name, entity.rows, entity.columns, *own, *arguments)
        self.expansions += 1
        if self.expansions > MOST_EXPANSIONS:
            raise Unreadable(f"{node.text} is defined by itself, or its definition grows too large", node.place)
        parameters = entity.parameters
        if arguments is None:
            parameters = tuple(p for p in parameters if p in self.scope.names or f"{p}[]" not in self.scope.names)
            arguments = [self._parameter(p, node) for p in parameters]
        if len(arguments) != len(parameters):
            raise Unreadable(f"{node.text} takes {len(parameters)} arguments, not {len(arguments)}", node.place)
        arguments = [self._fitting_zero(a, p) for a, p in zip(arguments, parameters, strict=True)]
        if entity.entrywise and not self.is_number(arguments[0]):
            if entity.applied_by_entries:
                return self._by_entries(entity, arguments[0], node)
            raise Unreadable(f"{node.text} is defined for a number; here it is applied to a vector", node.place)
        # The indices of the arguments are not those of the formula, whatever letters both have.
        indices = {s for a in arguments for s in a.symbols if not s.is_positive}
        apart = {s: Symbol(f"{s}*", integer=True) for s in sorted(indices, key=str)}
        arguments = [a.xreplace(apart) for a in arguments]
        for letter in entity.sizes:
            if letter not in self.bound and self.scope.find(letter) is None:
                self.bound[letter] = size(letter)
        with self._with_locals(dict(zip(parameters, arguments, strict=True))):
            value = self._from_components(entity, node) if entity.component else self.value(entity.body)
        value = self._through_definitions(value, replace(entity, parameters=parameters), arguments, node)
        return instance(value, {new: old for old, new in apart.items()})

    def _by_entries(self, entity: DefinedFunction, argument: Expression, node: Node) -> Expression:
        """The values of a function of one number at the entries of a vector or a matrix."""
        shape = self.shape(argument)
        if shape is None or any(map(is_unknown, shape)):
            raise Unreadable(f"the shape of what {node.text} is applied to is not known", node.place)
        rows, columns = shape
        used = {str(symbol) for symbol in argument.symbols} | {*self.bound, *self.locals}
        letters = [letter for letter in ("i", "j", "k", "l", "p", "q") if letter not in used]
        lengths = [length for length in (rows, columns) if length != ONE]
        at = {letter: index(letter) for letter in letters[: len(lengths)]}
        places = iter(at.values())
        row, column = (ONE if length == ONE else next(places) for length in (rows, columns))
        value = self._called(entity, [ex.Entry(argument, row, column)], node)
        units = [] if rows == ONE else [ex.Unit(rows, row)]
        units += [] if columns == ONE else [ex.Transpose(ex.Unit(columns, column))]
        value = ex.Mul(value, *units)
        for symbol, length in zip(at.values(), lengths, strict=True):
            value = ex.SumOver(value, symbol, ONE, length)
        return value

    def _fitting_zero(self, argument: Expression, parameter: str) -> Expression:
        """The zero vector, or matrix, for a plain 0 in the place of a parameter that is declared as one: ``J(0)``."""
        own = self.scope.names.get(parameter)
        return _zero_of(argument, own.value.shape) if isinstance(own, Symbolic) else argument

    def _from_components(self, entity: DefinedFunction, node: Node) -> Expression:
        """The value of a function that is given by its i-th component, its parameters being what they are here."""
        symbol = index(entity.component)
        bound, uses, seen = dict(self.bound), self.uses, dict(self.seen)
        self.bound, self.uses = {**self.bound, entity.component: symbol}, {}
        self.seen.pop(symbol, None)
        try:
            value = self.value(entity.body)
            highs = {self.settled(high) for _, high in self.uses.get(symbol, []) if high is not None}
        finally:
            self.bound, self.uses, self.seen = bound, uses, seen
        if len(highs) != 1 or not self.is_number(value):
            raise Unreadable(f"how many components {node.text} has is not known here", node.place)
        (size,) = highs
        return ex.SumOver(ex.Mul(value, ex.Unit(size, symbol)), symbol, ONE, size)

    def _through_definitions(
        self, value: Expression, entity: DefinedFunction, arguments: list[Expression], node: Node
    ) -> Expression:
        """The value of a function where its formula depends on its argument through defined names, too."""
        at: dict[Var, Expression] = {}
        for name, argument in zip(entity.parameters, arguments, strict=True):
            own = self.scope.names.get(name)
            if isinstance(own, Symbolic) and self.resolved(argument) != own.value:
                at[own.value] = self.resolved(argument)
        if not at:
            return value
        given = {n.name for a in at.values() for n in ex.walk(a) if isinstance(n, (Var, ex.Member))}
        kept = {name for name in given if not self._is_written(name, entity.body)}
        try:
            return at_values(self.resolved(value), at, self.scope.context, kept)
        except Unreadable as error:
            raise Unreadable(f"{node.text}: {error.message}", node.place) from None

    def _derived(
        self, entity: OpaqueFunction | DefinedFunction, arguments: list[Expression], order: int, node: Node
    ) -> Expression:
        """``f'(x)``, ``f''(x)`` of a function of one number."""
        if len(arguments) != 1 or not self.is_number(arguments[0]):
            raise Unreadable("a prime is read on functions of one number", node.place)
        point, variable = self._free_point(self.resolved(arguments[0]), entity, node)
        value = self._called(entity, [point], node)
        for _ in range(order):
            value = ex.ScalarDerivative(value, variable)
        return value

    def _free_point(
        self, value: Expression, entity: DefinedFunction | OpaqueFunction, node: Node
    ) -> tuple[Expression, Expression]:
        """The argument at which a derivative is taken, and what it is taken by (``moved``)."""
        if isinstance(entity, DefinedFunction) and len(entity.parameters) == 1:
            value = self._fitting_zero(value, entity.parameters[0])
        elif isinstance(entity, OpaqueFunction) and len(entity.arguments) == 1:
            value = _zero_of(value, entity.arguments[0])
        if isinstance(value, (Var, ex.Member)) and not self._occurs_in(value, entity):
            return value, value
        if self.shape(value) is None:
            raise Unreadable("the shapes of the argument do not fit", node.place)
        return moved(value, self.scope)

    def _occurs_in(self, value: Expression, entity: DefinedFunction | OpaqueFunction) -> bool:
        """Whether a symbol stands in the formula of a function other than as its argument."""
        if isinstance(entity, OpaqueFunction) or not isinstance(value, Var):
            return False
        if value.name in entity.parameters:
            return False
        return self._is_written(value.name, entity.body)

    @staticmethod
    def _is_written(name: str, body: Node) -> bool:
        """Whether a name stands in a formula."""
        return any(part.kind == "letter" and part.text == name for part in nodes(body)) or any(
            name_of(t) == name for part in nodes(body) for t in part.tokens
        )

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


def _alike(a: Expression, b: Expression) -> bool:
    """Whether both are 0, or both the identity, of sizes that need not be known."""
    return (isinstance(a, ex.Eye) and isinstance(b, ex.Eye)) or all(
        e == Num(0) or isinstance(e, ex.Zeros) for e in (a, b)
    )
