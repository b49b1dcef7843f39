r"""Typed reading: a tree and a scope -> an expression of the surface.

Types settle what the notation leaves open: a juxtaposition is a product or an application, a superscript T a
transpose or an exponent, bars a determinant or an absolute value.  Sizes that the author leaves out (of I, of ones and
zeros) are unknowns that sums, products and relations determine.  May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import factorial

from sympy import Expr, Rational

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Num, Var
from everystep.algebra.shapes import ONE, Shape, ShapeError, index, size
from everystep.reader.beside_entries import is_written_by_entries, shifted_by_entries, times_ones
from everystep.reader.brackets import Brackets
from everystep.reader.derivatives import is_second_differential
from everystep.reader.dots import Reads, Run, is_dots, run_of
from everystep.reader.entities import DefinedFunction, OpaqueFunction, ScalarFunctionName, Size, Symbolic
from everystep.reader.functions import FUNCTION_WORDS
from everystep.reader.grids import Grids
from everystep.reader.marks import is_literal, is_open, key_of_bracket, nodes, plain_text, script_word, written_out
from everystep.reader.reach import Reach
from everystep.reader.source import Place, Tokens
from everystep.reader.trees import Node, Unreadable, latex_of, name_of, relation_of, split, stripped


class Values(Reach, Brackets, Grids):
    """Reads the trees of one statement in a scope; the unknown sizes are shared by all sides of the statement."""

    # dispatch --------------------------------------------------------------------------------------

    def value(self, node: Node) -> Expression:
        """The expression of a node; raises Unreadable."""
        match node.kind:
            case "number":
                return self._number(node)
            case "letter" | "word" | "sign" | "frac":
                return self._single(node)
            case "group":
                own = self._in_own_notation(node) if self.scope.notation else None
                return self._group(node) if own is None else own
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
            case "binom":
                return self._scripted(self._binomial(node), node.scripts, node)
        raise Unreadable(f"cannot read '{latex_of(node.tokens)}'", node.place)

    def _in_own_notation(self, node: Node) -> Expression | None:
        """A norm or an inner product to which the text gives a meaning of its own; None for another bracket."""
        key = key_of_bracket(node)
        own = self.scope.notation.get(key)
        if own is None:
            self._beside_own_notation(node, key)
            return None
        if own.function is None:
            raise Unreadable("this bracket has a meaning of its own in the text, which was not read", node.place)
        pieces = split(node.tokens, (",", "|", "mid")) if node.text == "<" else [node.tokens]
        value = self._called(own.function, [self.read(piece) for piece in pieces], node)
        rest = [script for script in node.scripts if script[0] != "_"]
        squares = [script for script in rest if script[0] == "^" and plain_text(script[1]) == "2"]
        if own.squared and squares:
            rest.remove(squares[0])
        elif own.squared:
            value = ex.Apply("sqrt", value)
        return self._scripted(value, rest, node)

    def _beside_own_notation(self, node: Node, key: str) -> None:
        """Raises Unreadable for a norm beside an inner product, or a norm with another matrix below it, to which the
        text gives a meaning of its own.
        """
        if node.text == "‖" and key == "‖" and "<" in self.scope.notation:
            raise Unreadable("the norm of the inner product that the text defines, or another one?", node.place)
        below = key[2:]
        for other in self.scope.notation if below and node.text in ("‖", "<") else ():
            named = [self.scope.find(name) for name in (below, other[2:])]
            if other[0] == node.text and all(isinstance(e, Symbolic) for e in named):
                raise Unreadable(f"the text defines this bracket with {other[2:]} below it", node.place)

    def _no_own_sign(self, sign: str, place: Place | None) -> None:
        if sign in self.scope.notation:
            raise Unreadable("this product has a meaning of its own in the text, which is not read", place)

    def _number(self, node: Node) -> Expression:
        # A number has no transpose: what is transposed is a column of ones or zeros.
        turned = any(m == "^" and self.turns_a_number(plain_text(t)) for m, t in node.scripts)
        special = node.style in ("bold", "double") or turned
        base: Expression
        if node.text == "11" and turned and node.style in ("bold", "double", ""):
            ones = ex.Ones(self.unknown())  # 1 1^T, whose digits are one number
            return ex.Mul(ones, self._scripted(ex.Ones(self.unknown()), node.scripts, node))
        subscript = next((t for m, t in node.scripts if m == "_"), None)
        scripts = node.scripts
        if node.text == "1" and (special or subscript is not None):
            said = None
            if subscript is not None:
                said = self._indicator_beside(Node("group", "[", place=node.place, tokens=stripped(subscript)))
            if said is not None:
                return self._scripted(said, [s for s in scripts if s[0] != "_"], node)
            if subscript is not None and stripped(subscript) and name_of(stripped(subscript)[0]) in ("[", "{"):
                raise Unreadable("an indicator is not read here", node.place)
            sizes = self._sizes(subscript) if subscript is not None else [self.unknown()]
            base = ex.Ones(*sizes)
            scripts = [s for s in scripts if s[0] != "_"]
        elif node.text == "0" and (special or subscript is not None):
            columns = ONE if turned else self.unknown()
            sizes = self._sizes(subscript) if subscript is not None else [self.unknown(), columns]
            base = ex.Zeros(*sizes)
            scripts = [s for s in scripts if s[0] != "_"]
        else:
            base = Num(Rational(node.text))
        return self._scripted(base, scripts, node)

    def _binomial(self, node: Node) -> Expression:
        r"""``\binom{n}{2}``: with a number below it is a polynomial in what stands above."""
        below = stripped(node.rows[1][0])
        if not below or len(below) > 1 or not below[0].text.isdigit() or below[0].text > "6":
            raise Unreadable("a binomial coefficient is read with a small number below", node.place)
        top, count = self.read(node.rows[0][0]), int(below[0].text)
        if not self.is_number(top):
            raise Unreadable("a binomial coefficient of numbers only", node.place)
        factors = [ex.Add(top, ex.Neg(Num(k))) if k else top for k in range(count)]
        return ex.Div(ex.Mul(*factors) if count > 1 else factors[0], Num(factorial(count))) if count else Num(1)

    def _sizes(self, tokens: Tokens) -> list[Expr]:
        """The sizes of a subscript: ``n``, ``m \\times n``, ``m, n``."""
        pieces = split(stripped(tokens), (",", "times"))
        return [self.integer(piece) for piece in pieces]

    # sums and products -----------------------------------------------------------------------------

    def _sum(self, node: Node) -> Expression:
        parts, signs = list(node.parts), node.text
        runs: dict[int, Expression] = {}
        while any(is_dots(part) for part in parts):
            run = self._run(parts, signs)
            runs[run.start] = self._over_run(run, ex.SumOver)
            parts[run.start : run.end] = [Node("run", place=run.body.place)]
            signs = signs[: run.start + 1] + signs[run.end :]
        if runs:
            values = [runs[k] if part.kind == "run" else self.whole(part, guess=True) for k, part in enumerate(parts)]
            return self._added(values, signs)
        return self._plain_sum(*self._settled_reach(parts, signs))

    def _plain_sum(self, parts: list[Node], signs: str) -> Expression:
        return self._added([self.whole(part, guess=True) for part in parts], signs)

    def _added(self, values: list[Expression], signs: str) -> Expression:
        signed = self._signed(self._alike(values), signs)
        return signed[0] if len(signed) == 1 else ex.Add(*signed)

    def _run(self, terms: list[Node], signs: Sequence[str]) -> Run:
        """The terms around the first dots, with an index that nothing else uses."""
        written = {part.text for term in terms for part in nodes(term)}
        for term in terms:
            for part in nodes(term):
                cells = [cell for row in part.rows for cell in row]
                written |= {t.text for tokens in (part.tokens, *cells, *(s for _, s in part.scripts)) for t in tokens}
        free = [c for c in "kijlrst" if c not in written and c not in self.bound and self.scope.find(c) is None]
        if not free:
            raise Unreadable("dots are not read here; write the sum or product with an index", terms[0].place)
        reads = Reads(lambda node: self._integer(node, strict=False), self._is_member)
        run = run_of(terms, signs, free[0], reads)
        for symbol in sorted(run.high.free_symbols, key=str):
            letter = str(symbol)
            known = letter in self.bound or letter in self.locals or self._counts(letter)
            if not symbol.is_positive and not known and self.scope.find(letter) is None:
                self.bound[letter] = size(letter)  # x_1 + \dots + x_n says that n is a size
                run = replace(run, high=run.high.xreplace({symbol: self.bound[letter]}))
        return run

    def _is_member(self, term: Node, body: Node, letter: str, at: Expr) -> bool:
        """Whether a term is what a body is at a value of its index, as ``r`` and 1 are powers of r."""
        if is_dots(term) or (at.is_number and at < 0):
            return False
        kept = self.kept()
        try:
            value = written_out(self.resolved(self.value(term)))
            self.bound[letter] = at.expand()
            member = written_out(self.resolved(self.value(body)))
            return value == member or (isinstance(value, ex.Eye) and isinstance(member, ex.Eye))
        except (Unreadable, ShapeError):
            return False
        finally:
            self.restore(kept)

    def _dotted_row(self, pieces: Sequence[Tokens]) -> Expression | None:
        terms = [self.tree(p) for p in pieces] if all(stripped(p) for p in pieces) else []
        if not any(is_dots(term) for term in terms):
            return None
        run = self._run(terms, ["+"] * len(terms))
        if (run.start, run.end) != (0, len(terms)):
            raise Unreadable("which terms do the dots stand for? write the list with an index", terms[0].place)
        if run.high.is_Symbol and not run.high.is_positive and self.scope.find(str(run.high)) is None:
            run = replace(run, high=self.scope.size(str(run.high)))  # the list says how long it is
        unit = self._place_in(run)
        return self._over_run(run, ex.SumOver, lambda body: ex.Mul(body, ex.Transpose(unit)))

    def _place_in(self, run: Run) -> Expression:
        """The unit vector of the place that a term of a run has."""
        symbol = index(run.letter)
        at = run.high - symbol + 1 if run.falls else symbol - run.low + 1
        return ex.Unit((run.high - run.low + 1).expand(), at.expand())

    def _over_run(
        self, run: Run, maker: type[ex.SumOver], placed: Callable[[Expression], Expression] = lambda body: body
    ) -> Expression:
        """A sum or product that the author has written with dots."""
        outer, symbol = dict(self.bound), index(run.letter)
        counts_down = run.falls and maker is not ex.SumOver
        self.bound[run.letter] = (run.low + run.high - symbol).expand() if counts_down else symbol
        try:
            body = self.value(run.body)
        finally:
            self.bound = outer
            self.uses.pop(symbol, None)
            self.seen.pop(symbol, None)
        return maker(placed(body), symbol, run.low, run.high)

    @staticmethod
    def _signed(values: Sequence[Expression], signs: str) -> list[Expression]:
        return [ex.Neg(v) if s == "-" else v for v, s in zip(values, signs, strict=True)]

    def _alike(self, values: list[Expression]) -> list[Expression]:
        """The terms of a sum with literal numbers beside vectors read as multiples of ones, and sizes made to fit."""
        shapes = [self.shape(v) for v in values]
        target = next(
            (v for v, s in zip(values, shapes, strict=True) if s is not None and s != (1, 1) and not is_open(s)),
            None,
        )
        if target is None:
            target = self._number_beside_guesses(values)  # w^T x + b: what nothing declares is a number, too
        target = target or next((v for v, s in zip(values, shapes, strict=True) if s is not None and s != (1, 1)), None)
        if target is None:
            return values
        by_entries = all(self.is_number(v) or is_written_by_entries(v) for v in values)
        result = []
        for value in values:
            shape = self.shape(target)
            if value == Num(0) and shape is not None:
                value = ex.Zeros(*shape)
            elif is_literal(value) and shape is not None and (shape[1] == 1 or by_entries):
                value = times_ones(value, shape)
            elif not self.is_number(value) or (isinstance(value, Var) and value.name in self.guesses):
                self.unify_shapes(value, target)
            result.append(value)
        return [self.resolved(v) for v in result]

    def _number_beside_guesses(self, values: list[Expression]) -> Expression | None:
        """A number among the terms of a sum whose other terms are letters that nothing declares."""
        guessed = [v for v in values if isinstance(v, Var) and v.name in self.guesses]
        numbers = [v for v in values if self.is_number(v) and v not in guessed and not is_literal(v)]
        written = [
            v
            for v in numbers
            if not self._may_be_a_vector(v) and not (isinstance(v, Var) and self._is_inferred(v.name))
        ]
        rest = len(values) - len(numbers) - sum(v in guessed and not self.is_number(v) for v in values)
        return written[0] if written and guessed and rest == 0 else None

    def _may_be_a_vector(self, value: Expression) -> bool:
        """Whether a number with an index may come out as a vector yet, as w_k where w_{k+1} is given; not the entry
        of a vector over whose entries a sum runs.
        """
        if isinstance(value, ex.Entry) and isinstance(value.operands[0], Var):
            return not set(value.at) <= set(self.bound.values())
        return isinstance(value, (ex.Entry, ex.Member))

    def _is_inferred(self, name: str) -> bool:
        entity = self.scope.find(name)
        return isinstance(entity, Symbolic) and entity.inferred

    def _tensor(self, node: Node) -> Expression:
        self._no_own_sign(node.text, node.place)
        values = [self.value(part) for part in node.parts]
        if node.text == "otimes":
            result = values[0]
            for value in values[1:]:
                result = ex.Kron(result, value)
            return result
        if node.text == "oslash":
            values = [values[0], *(ex.Apply("reciprocal", value) for value in values[1:])]
        values = self._alike([shifted_by_entries(v, self.shape) for v in values])
        if all(self.is_number(v) for v in values):
            return ex.Mul(*values)
        if any(self.is_number(v) for v in values):
            if self.scope.squared_lengths:
                raise Unreadable("a length beside an entrywise product", node.place)
            numbers = [v for v in values if self.is_number(v)]
            rest = [v for v in values if not self.is_number(v)]
            return ex.Mul(*numbers, rest[0] if len(rest) == 1 else ex.Hadamard(*rest))
        return self._with_indicators(ex.Hadamard(*values))

    def _product(self, factors: list[Node], separators: list[str]) -> Expression:
        segments: list[list[Expression]] = [[]]
        at = 0
        dotted = any(is_dots(factor) for factor in factors)
        run = self._run(factors, ["" if s == "·" else s for s in separators]) if dotted else None
        while at < len(factors):
            separator = separators[at]
            if at:
                self._no_own_sign(separator, factors[at].place)
            if run is not None and at == run.start:
                value, after = self._over_run(run, ex.ProdOver), run.end
            else:
                value, after = self.take(factors, separators, at)
            reaches = after >= run.end and factors[at].kind in ("frac", "sign") if run is not None else False
            if run is not None and at < run.start < after and not reaches:
                raise Unreadable("how far do the dots reach? use brackets", factors[at].place)
            if separator == "×" and segments[-1]:
                self._no_cross_product(segments[-1][-1], value, factors[at].place)
            if separator == "/":
                if not segments[-1]:
                    raise Unreadable("nothing to divide", factors[at].place)
                self._clear_division(segments[-1][-1], factors, separators, at)
                segments[-1][-1] = self._quotient(segments[-1][-1], value, factors[at].place)
            elif separator == "·":
                segments.append([value])
            else:
                segments[-1].append(value)
            at = after
        return self._with_indicators(self._dotted([self.multiplied(s) for s in segments], segments))

    def _no_cross_product(self, left: Expression, right: Expression, place: Place | None) -> None:
        a, b = self.shape(left), self.shape(right)
        if a is not None and a == b and 1 in a and a != (1, 1):
            raise Unreadable("\\times or * between two vectors: which product is meant is not clear", place)

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
            elif self._is_column(flat[-1], segment[0]) and self.shape(self.multiplied([*flat, *segment])) is None:
                flat[-1:] = [self.multiplied([ex.Transpose(flat[-1]), segment[0]])]  # A x \cdot y z
                flat += segment[1:]
            else:
                flat += segment
            current = self.multiplied(flat)
        return current

    def _is_column(self, left: Expression, right: Expression) -> bool:
        """Whether both are column vectors of one length."""
        a, b = self.shape(left), self.shape(right)
        return a is not None and a == b and a[1] == 1 and a[0] != 1

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

    # heads: what takes the following factors as its argument -------------------------------------------------

    def take(self, factors: list[Node], separators: list[str], at: int) -> tuple[Expression, int]:
        """The value that begins at a factor, and where the next one begins."""
        node = factors[at]
        operator = self._take_operator(factors, separators, at)
        if operator is not None:
            return operator
        match node.kind:
            case "sign":
                return self._take_sign(factors, separators, at)
            case "group" if (apart := self._in_brackets(factors, separators, at)) is not None:
                value, after = self._take_nabla(*apart, at)
                return value, after - 1
            case "frac":
                return self._take_fraction(factors, separators, at)
            case "word" if node.text in FUNCTION_WORDS and self.scope.find(node.text) is None:
                return self._take_function(factors, separators, at)
            case "letter" | "word":
                return self._take_name(factors, separators, at)
            case "number" if self._is_column_of_ones(factors, separators, at):
                return ex.Ones(self.unknown()), at + 1
            case "number" if node.text == "1" and node.style in ("bold", "double") and not node.scripts:
                beside = factors[at + 1] if at + 1 < len(factors) and not separators[at + 1] else None
                indicator = self._indicator_beside(beside) if beside is not None else None
                if beside is not None and indicator is not None:
                    return self._scripted(indicator, beside.scripts, beside), at + 2
        return self.value(node), at + 1

    def _is_column_of_ones(self, factors: list[Node], separators: list[str], at: int) -> bool:
        """Whether a plain 1 beside another factor is a column of ones, as in ``x^T 1``: nobody writes the number there.

        The text must have the column in ``1^T`` as well.
        """
        beside = (at > 0 and not separators[at]) or (at + 1 < len(factors) and not separators[at + 1])
        node = factors[at]
        return self.scope.plain_ones and beside and node.text == "1" and not node.style and not node.scripts

    def _single(self, node: Node) -> Expression:
        value, _ = self.take([node], [""], 0)
        return value

    def _take_name(self, factors: list[Node], separators: list[str], at: int) -> tuple[Expression, int]:
        following = factors[at + 1] if at + 1 < len(factors) and not separators[at + 1] else None
        by_time = self._by_time(factors[at], following)
        if by_time is not None:
            return by_time[0], at + by_time[1]
        node = self._of_time(factors[at], following)
        if node is not factors[at]:
            factors = [*factors[:at], node, *factors[at + 1 :]]
        applied = following is not None and following.kind == "group" and following.text in ("(", "[", "{")
        entity, rest = self.entity_of(node)
        if entity is None and self._is_probability(node, following):
            raise Unreadable("the probability of an event is not read", node.place)
        if node.text in ("E", "V") and node.style == "double" and self.scope.declared_style.get(node.text) != "double":
            entity = None  # \mathbb{E} beside a matrix E
        upright = node.style == "upright" and not isinstance(entity, Symbolic)
        plain = not node.scripts or (is_second_differential(node) and following is not None)
        if node.text == "d" and plain and (upright or (entity is None and node.style != "bold")):
            return self._take_differential(factors, separators, at)
        if self.scope.differentials and node.text == "d" and plain and self._may_vary(following):
            return self._take_differential(factors, separators, at)
        if (
            entity is None
            and node.text in ("E", "V")
            and (applied or (node.style == "double" and following is not None))
        ):
            return self._take_function(factors, separators, at)
        if node.text == "lambda" and following is not None and applied and script_word(rest) in ("max", "min"):
            return self._eigenvalue(node, following), at + 2
        if isinstance(entity, Size) and node.text == "d" and self._is_differential(factors, separators, at):
            return self._take_differential(factors, separators, at)
        if isinstance(entity, ScalarFunctionName):
            return self._take_scalar_function(entity, rest, factors, separators, at)
        if isinstance(entity, (OpaqueFunction, DefinedFunction)):
            partial = self._partial(entity, rest, following, node)
            if partial is not None:
                return partial[0], at + partial[1]
            primes = sum(mark == "'" for mark, _ in rest)
            if applied and following is not None and primes:
                arguments = self.arguments(following)
                value = self._derived(entity, arguments, primes, node)
                rest = [s for s in rest if s[0] != "'"]
                return self._scripted(self._scripted(value, rest, node), following.scripts, node), at + 2
            if applied and following is not None and any(m == "^" and plain_text(t) == "-1" for m, t in rest):
                raise Unreadable(f"{node.text}^{{-1}}: the inverse function or the reciprocal?", node.place)
            if applied and following is not None:
                value = self._called(entity, self.arguments(following), node)
                value = self._scripted(value, rest, node)
                return self._scripted(value, following.scripts, node), at + 2
            return self._scripted(self._called(entity, None, node), rest, node), at + 1
        if following is not None and following.text == "[" and isinstance(entity, Symbolic):
            self._no_index(node, following)
        return self._named(node, entity, rest), at + 1

    def _no_index(self, node: Node, group: Node) -> None:
        """Refuse ``x[1]``, which is no product, and the brackets of ``E[x]`` where E is declared and x is random."""
        inside = [name_of(t) for t in stripped(group.tokens)]
        if len(inside) == 1 and (inside[0].isdigit() or self._is_index(inside[0])):
            raise Unreadable(f"{node.text}[{inside[0]}]: an entry, or a product?", node.place)
        random = {law.target.name for law in self.scope.context.random if isinstance(law.target, Var)}
        if node.text in ("E", "V") and not node.scripts and random & set(inside):
            raise Unreadable(f"two readings: {node.text} is declared, and what is in brackets is random", node.place)

    @staticmethod
    def _is_probability(node: Node, following: Node | None) -> bool:
        r"""``\mathbb{P}``, ``\Pr``, and ``P(X > t)`` with a relation in its brackets."""
        if node.text == "Pr" or (node.text == "P" and node.style == "double"):
            return True
        said = following.tokens if following is not None and following.kind == "group" else ()
        return node.text in ("P", "Prob", "Proba") and any(
            relation_of(said, k)[0] in ("=", "<", "<=", ">", ">=", "in") for k in range(len(said))
        )

    def _of_time(self, node: Node, following: Node | None) -> Node:
        r"""``\dot x`` without a declaration: the derivative of a function x of a number, a new name like another x."""
        base = self.moving(node)
        if base is None:
            return node
        letter, entity = base
        if isinstance(entity, Symbolic):
            self.guesses.setdefault(node.text, Var(node.text, *entity.value.shape))
            return node
        told = stripped(following.tokens) if following is not None and following.text == "(" else ()
        if len(told) == 1 and told[0].text.isalpha() and self.scope.find(told[0].text) is None:
            self.guesses.setdefault(told[0].text, Var(told[0].text))
        primes: list[tuple[str, Tokens]] = [("'", ())] * (2 if node.text.startswith("ddot") else 1)
        return Node("letter", letter, place=node.place, style=node.style, scripts=[*primes, *node.scripts])

    def _by_time(self, node: Node, following: Node | None) -> tuple[Expression, int] | None:
        r"""``\dot V`` of a value that is written with what moves: its derivative by t; None for other names."""
        base = self.moving(node)
        if base is None or node.text.startswith("ddot") or node.scripts:
            return None
        letter, entity = base
        if isinstance(entity, Symbolic) and any(d.target == entity.value for d in self.scope.context.definitions):
            return ex.ScalarDerivative(entity.value, Var("t")), 1
        if not isinstance(entity, DefinedFunction) or entity.parameters == ("t",):
            return None
        applied = following is not None and following.kind == "group" and following.text == "("
        arguments = self.arguments(following) if applied and following is not None else None
        value = self._called(entity, arguments, Node("letter", letter, place=node.place))
        return ex.ScalarDerivative(value, Var("t")), 2 if applied else 1

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
