"""Relations that are stated: equations, orders, ranks, moments and properties, as hypotheses of the scope.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from sympy import Expr, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.conditioning import stated
from everystep.algebra.context import EVERY, Definition, Hypothesis, Predicate, Random, Relation
from everystep.algebra.expressions import Expression, Int, Num, Var
from everystep.algebra.shapes import ONE, ShapeError, index, same_shape, show_shape
from everystep.reader.beside_numbers import is_beside_number
from everystep.reader.counting import INTEGER_LETTERS
from everystep.reader.entities import FamilyName, Pair, Size, Symbolic
from everystep.reader.families import orthonormal_members
from everystep.reader.introductions import Introductions
from everystep.reader.marks import is_unknown, name_with, plain_text, written
from everystep.reader.pieces import COMPARISONS, Piece, letters_of, trimmed, without_index
from everystep.reader.random_lines import DRAWN, family_of_lines
from everystep.reader.signs import GREEK
from everystep.reader.source import Place, Token, Tokens
from everystep.reader.stated_moments import is_variance, moment_named
from everystep.reader.syntax import parse
from everystep.reader.trees import Unreadable, latex_of, name_of, split
from everystep.reader.two_readings import refuse_two_readings
from everystep.reader.values import Values
from everystep.reader.words import SIGN_KINDS

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}

_OF_EVERY = re.compile(
    r"^(?!.*(scalar|number|real|reel|nombre|constant|integer|entier)).*(every|forall|forany|each|pourtout)"
)
"""In a sentence without spaces."""


class Hypotheses(Introductions):
    """Puts what is stated of names that have a meaning into a scope."""

    beside: tuple[Piece, ...] = ()
    """The other statements of the declaration or the sentence that is being read."""

    def _same_for_all(self, value: Expression) -> None:
        """Fails where a law or a moment of a member or an entry is said of some of them only: of one, of those on the
        diagonal, of a part of the range.
        """
        if not isinstance(value, (ex.Entry, ex.Member)):
            return
        place = next((p.place for p in self.beside), None)
        if not all(i.is_Symbol for i in value.at) or len(set(value.at)) < len(value.at):
            raise Unreadable("what is said of the law of some entries or members alone is not read", place)
        if isinstance(value, ex.Entry):
            ends = [("1", str(n)) for n in value.operands[0].shape[: len(value.at)]]
        else:
            known = [(str(low), str(high)) for name, low, high in self.scope.context.ranges if name == value.name]
            ends = known if len(value.at) == 1 else []
        for position, at in enumerate(value.at):
            for piece in self.beside:
                sides = [plain_text(trimmed(side)) for side in piece.sides]
                if str(at) not in sides or not piece.relations:
                    continue
                low, high = ends[position] if position < len(ends) else ("", "")
                if not is_whole_range(sides, piece.relations, str(at), low, high):
                    raise Unreadable("what is said of the law of a part of a family is not read", place)

    def _is_moment(self, piece: Piece) -> bool:
        text = latex_of(piece.sides[0])
        written = (
            "mathbb{E}" in text or "mathbb{V}" in text or "Var" in text or "Cov" in text or moment_named(piece.sides[0])
        )
        return piece.relations == ("=",) and bool(written)

    def _is_range(self, piece: Piece) -> bool:
        """A comparison of one letter with numbers: ``\\lambda > 0``."""
        return all(r in ("<", "<=", ">", ">=") for r in piece.relations) and all(len(s) <= 2 for s in piece.sides)

    def _calls_a_value(self, left: Tokens) -> bool:
        r"""Whether ``\sigma(z) = 1/(1 + e^{-z})`` gives a function the name of a value: unclear which one is meant."""
        marked = len(left) > 3 and name_of(left[-1]) == ")" and name_of(left[-3]) == "("
        if not marked or (len(name_of(left[-2])) != 1 and name_of(left[-2]) not in GREEK):
            return False
        name = plain_text(left[:-3])
        if not isinstance(self.scope.find(name), Symbolic):
            return False
        self.scope.unclear[name] = f"{name} is declared as a value, and line {left[0].place.line} gives {name}(...)"
        return True

    def speaks_of_a_function(self, tokens: Tokens) -> None:
        r"""Note a number whose name words give to a function of a matrix too: "$\rho(A)$ is the spectral radius"."""
        held = self.scope.find(plain_text(tokens[:-3])) if len(tokens) > 3 else None
        argument = self.scope.find(name_of(tokens[-2])) if held is not None else None
        if not (isinstance(held, Symbolic) and isinstance(argument, Symbolic)):
            return
        if held.value.is_number_shaped and not argument.value.is_number_shaped:
            self._calls_a_value(tokens)

    def _undeclared_eigenvector(self, left: Tokens, right: Tokens) -> None:
        r"""Declare v, and lambda, of ``A v = \lambda v`` for a square matrix A where nothing has declared them."""
        sides = [parse(side, self.scope.words()) for side in (left, right)]
        if any(side.kind != "product" or len(side.parts) != 2 or side.separators[1] for side in sides):
            return
        (matrix, column), (number, other) = (side.parts for side in sides)
        if any(part.kind != "letter" for part in (matrix, column, number, other)) or written(column) != written(other):
            return
        reader = Values(self.scope)
        entity, rest = reader.entity_of(matrix)
        shape = entity.value.shape if isinstance(entity, Symbolic) and not rest else (ONE, ONE)
        if shape[0] == ONE or not same_shape(shape, shape[::-1]):
            return
        fresh = [reader.entity_of(part)[0] is None for part in (column, number)]
        for part, new, wanted in zip((column, number), fresh, ((shape[0], ONE), (ONE, ONE)), strict=True):
            if new:
                self.introduce(part, *wanted)
        if all(fresh):
            values = [Values(self.scope).value(part) for part in (matrix, column, number)]
            self.scope.pairs = (*self.scope.pairs, Pair(values[0], values[1], values[2], real=False, nonzero=False))

    def relation(self, left: Tokens, op: str, right: Tokens) -> None:
        left, right = trimmed(left), trimmed(right)
        place = left[0].place if left else None
        if op in ("succ", "succeq", "prec", "preceq"):
            self._definite(left, op, right)
            return
        if op not in COMPARISONS:
            raise Unreadable("this relation is not a hypothesis that is read", place)
        if not (op == "!=" and plain_text(right) == "0" and _OF_EVERY.search(self.sentence.lower())):
            self._undeclared_numbers(left, op, right)  # "for every $v \\ne 0$": a vector as well as a number
        if op == "=" and self._calls_a_value(left):
            return
        if op == "=":
            self._undeclared_eigenvector(left, right)
        integers = self._integers(left, right)
        if integers is not None:
            integers = self._from_zero(integers[0], op, integers[1])
            self.scope.assume(Relation(Int(integers[0]), op, Int(integers[1])))
            return
        if op == "=" and not self.scope.waits and self._is_moment(Piece((left, right), ("=",))):
            self._undeclared_square(right)
            self._undeclared_random(left, right)
        if op == "=" and self.sentence:
            refuse_two_readings(self.scope, left, right)
        reader = Values(self.scope)
        equation = op == "="
        a, b = reader.relate(reader.whole(reader.tree(left), equation), reader.whole(reader.tree(right), equation))
        a, b = reader.finished(a, place), reader.finished(b, place)
        self._inferred(reader)
        self._fit(a, b, place)
        for hypothesis in reader.assumed:
            self.scope.assume(hypothesis)
        if op == "=":
            self._assume_equation(*self._conjugates(a, b))
            return
        if op == "!=" and isinstance(b, ex.Zeros):
            self.scope.assume(Predicate("nonzero", a))
            return
        if op == "!=" and isinstance(a, ex.Det) and b == Num(0):
            self.scope.assume(Predicate("invertible", a.operands[0]))
            return
        if isinstance(b, Int) and not isinstance(a, Int):
            b = Num(int(b.value)) if b.value.is_Integer else b
        if op in (">", ">=") and not a.is_number_shaped and (isinstance(b, ex.Zeros) or b == Num(0)):
            self.scope.assume(self.scope.signed(a, op))
            return
        self.scope.assume(Relation(a, op, b))

    @staticmethod
    def _fit(a: Expression, b: Expression, place: Place | None) -> None:
        try:
            fits = same_shape(a.shape, b.shape)
        except ShapeError as error:
            raise Unreadable(str(error), place) from error
        if not fits:
            raise Unreadable(f"the left side is {show_shape(a.shape)}, the right side {show_shape(b.shape)}", place)

    def _inferred(self, reader: Values, besides: Collection[str] = ()) -> None:
        """Symbols that were not declared, and whose shape is the only one that fits, are declared now."""
        for name, guess in reader.guesses.items():
            value = reader.resolved(guess)
            if isinstance(value, Var) and name not in besides:
                self.scope.declare(name, Symbolic(value, inferred=True), "")
        self._keep_inverses(reader)

    def _keep_inverses(self, reader: Values) -> None:
        r"""The names of inverses by which derivatives are taken, ``\nabla_{X^{-1}} f``, keep what they are."""
        known = {d.target for d in self.scope.context.definitions}
        fresh = [d for d in reader.defined if d.target not in known and d.target.name.endswith(("^-1", "^+"))]
        self.scope.context = replace(self.scope.context, definitions=(*self.scope.context.definitions, *fresh))

    def _integers(self, left: Tokens, right: Tokens) -> tuple[Expr, Expr] | None:
        reader = Values(self.scope)
        try:
            a, b = reader.integer(left, strict=True), reader.integer(right, strict=True)
        except Unreadable:
            return None
        return (a, b) if a.free_symbols or b.free_symbols else None

    def _from_zero(self, a: Expr, op: str, b: Expr) -> tuple[Expr, Expr]:
        r"""``T \in \mathbb{N}; T \ge 0``: for this author 0 is natural, so that T is no size but an index from 0 on."""
        if op == "<=":
            b, a = self._from_zero(b, ">=", a)
            return a, b
        if op != ">=" or b != 0 or not (isinstance(a, Symbol) and a.is_positive):
            return a, b
        if self.scope.names.get(str(a)) != Size(a) or self.scope.is_extent(a):
            return a, b
        self.scope.names[str(a)] = Size(index(str(a)))
        return index(str(a)), b

    def _undeclared_numbers(self, left: Tokens, op: str, right: Tokens) -> None:
        """A letter that is first seen in a comparison: an index beside integers, else a number."""
        if op == "=":
            return
        for side, other in ((left, right), (right, left)):
            if len(side) > 1 and side[0].kind in ("char", "command") and plain_text(other).isdigit():
                self._undeclared_with_marks(side)
            if len(side) != 1 or not other:
                continue
            name = name_of(side[0])
            if not (name in GREEK or (len(name) == 1 and name.isalpha())) or self.scope.find(name) is not None:
                continue
            sized = any(isinstance(self.scope.find(name_of(t)), Size) for t in other)
            literal = all(t.kind == "char" and t.text.isdigit() for t in other)
            families = [e for e in self.scope.names.values() if isinstance(e, FamilyName)]
            if (
                sized
                or (len(other) == 1 and self.is_index(name) and self.is_index(name_of(other[0])))
                or (literal and any(name in family.letters for family in families))
                or (literal and name in INTEGER_LETTERS and not self._is_any_number(side[0], other))
                or (len(other) == 1 and name_of(other[0]) in INTEGER_LETTERS and name in INTEGER_LETTERS)
            ):
                self.scope.names[name] = Size(index(name))
            else:
                self.scope.declare(name, Symbolic(Var(name)), "")

    def _is_any_number(self, letter: Token, other: Tokens) -> bool:
        """Whether a letter that is compared with 0 is no number of things: nothing in its problem counts with it."""
        if plain_text(other) != "0":
            return False
        counting = self.scope.counting.get(letter.text)
        return letter.text in "st" or (counting is not None and not counting.bears_on(letter.place.line))

    def is_index(self, name: str) -> bool:
        r"""Whether a letter is an index: by custom, as words count with it, or as ``c \in \{1, \dots, K\}`` or a
        definition says, ``J = -\log p_c``.
        """
        entity = self.scope.find(name)
        if isinstance(entity, Size):
            return not entity.value.is_positive
        if entity is not None or name in INTEGER_LETTERS or name in self.scope.counted:
            return entity is None
        context = self.scope.context
        bounded = Int(index(name)) in {side for h in context.hypotheses for side in h.sides}
        return bounded or any(index(name) in d.body.free_symbols for d in context.definitions)

    def _undeclared_square(self, side: Tokens) -> None:
        r"""The letter of a variance ``\sigma^2``, ``\sigma^2 I`` or ``\sigma^2 V`` is a number that is not negative."""
        node = parse(side)
        if node.kind == "product" and len(node.parts) == 2 and not any(s.strip() for s in node.separators):
            known = node.parts[1].text == "I" or (
                node.parts[0].text in GREEK and Values(self.scope).entity_of(node.parts[1])[0] is not None
            )
            node = node.parts[0] if known else node
        square = node.kind == "letter" and [(m, plain_text(t)) for m, t in node.scripts] == [("^", "2")]
        if square and not node.style and Values(self.scope).entity_of(node)[0] is None:
            self.scope.declare(node.text, Symbolic(Var(node.text), inferred=True), "")
            self.scope.assume(Relation(Num(0), "<=", Var(node.text)))

    def _undeclared_random(self, left: Tokens, right: Tokens) -> None:
        r"""The letter of which a moment is given is the one in a definition, as the noise of ``y = X b + \varepsilon``,
        or else as long as a square variance: of ``\operatorname{Var}(y) = \sigma^2 I_n``.
        """
        name = moment_named(left)
        if not name or self.scope.find(name) is not None or self._is_in_a_definition(name):
            return
        reader = Values(self.scope)
        try:
            shape = reader.shape(reader.whole(reader.tree(right), True)) if is_variance(left) else None
        except Unreadable:
            return
        if shape is not None and shape[0] == shape[1] != ONE and not is_unknown(shape[0]):
            self.scope.declare(name, Symbolic(Var(name, shape[0], ONE), inferred=True), "")

    def _is_in_a_definition(self, name: str, style: str = "") -> bool:
        r"""Whether a definition was written with the letter, which nothing declares, and so says what it is.

        After ``y = X \\beta + \\varepsilon`` the numbers ``\\varepsilon_i`` are entries of that vector.
        """
        bodies = [d.body for d in self.scope.context.definitions]
        found = {n for body in bodies for n in ex.walk(body) if isinstance(n, Var) and n.name == name}
        if len(found) != 1 or self.scope.find(name) is not None:
            return False
        self.scope.declare(name, Symbolic(found.pop(), inferred=True), style)
        return True

    def _undeclared_with_marks(self, side: Tokens) -> None:
        r"""``\sigma^2 > 0`` declares a number of that name where sigma is not declared, as does ``\bar\alpha > 0``;
        ``w_i > 0`` declares a family.
        """
        try:
            node = parse(side)
        except Unreadable:
            return
        barred = " " in node.text and not node.style  # a bold letter is no number
        if node.kind != "letter" or not (node.scripts or barred):
            return
        entity, rest = Values(self.scope).entity_of(node)
        if entity is not None and not is_beside_number(entity, rest):
            return
        name = name_with(node.text, node.scripts)
        if self.name_and_indices(node)[1]:
            self.introduce(node, ONE, ONE)
        elif name:
            self.scope.declare(name, Symbolic(Var(name)), "")

    def _definite(self, left: Tokens, op: str, right: Tokens) -> None:
        reader = Values(self.scope)
        if op in ("prec", "preceq"):
            left, right, op = right, left, {"prec": "succ", "preceq": "succeq"}[op]
        kind = "positive definite" if op == "succ" else "positive semidefinite"
        for subject in split(left, (",",)):
            value = reader.read(trimmed(subject))
            if plain_text(right) != "0":
                value, other = reader.relate(value, reader.read(right))
                value = ex.Add(value, ex.Neg(other))
            self.scope.assume(Predicate(kind, reader.finished(value)))

    def _conjugates(self, a: Expression, b: Expression) -> tuple[Expression, Expression]:
        """An equation whose letters are numbers where their reciprocals sum to a number, ``1/p + 1/q = 1``, and only a
        comparison with numbers had made them integers: ``p > 1``.
        """
        terms = a.operands if isinstance(a, ex.Add) else ()
        below = [t.operands[1] for t in terms if isinstance(t, ex.Div) and isinstance(t.operands[0], Num)]
        letters = [e.value for e in below if isinstance(e, Int) and e.value.is_Symbol and not e.value.is_positive]
        if not isinstance(b, Num) or len(letters) < 2 or len(letters) < len(terms):
            return a, b
        names = [str(at) for at in letters]
        if any(self.scope.names.get(name) != Size(at) for name, at in zip(names, letters, strict=True)):
            return a, b
        for name, at in zip(names, letters, strict=True):
            self.scope.make_number(name, at)
        return a.xreplace({Int(at): Var(name) for name, at in zip(names, letters, strict=True)}), b

    def _assume_equation(self, a: Expression, b: Expression) -> None:
        """An equation as a hypothesis: moments, transposes and unit vectors have a form of their own."""
        if self._conditional(a, b) or self._moment(a, b) or self._full_rank(a, b):
            return
        a, b = self._of_every_member(a, b)
        self._covary(a)
        if isinstance(a, ex.Transpose) and not isinstance(b, ex.Transpose):
            a, b = b, a
        if b == ex.Transpose(a) and isinstance(a, Var):
            self.scope.assume(Predicate("symmetric", a))
            return
        if (
            isinstance(a, ex.Entry)
            and isinstance(b, ex.Entry)
            and isinstance(b.operands[0], ex.Eye)
            and isinstance(a.operands[0], ex.Member)
            and len(a.at) == 1
            and set(b.at) == {a.at[0], a.operands[0].at[-1]}
        ):
            member = a.operands[0]
            self.scope.define(Definition(member, ex.Unit(member.shape[0], member.at[-1])))
            return
        self.scope.assume(Relation(a, "=", b))

    def _full_rank(self, a: Expression, b: Expression) -> bool:
        """``rank X = d`` for X with d columns (or rows) says that it has full rank."""
        if not isinstance(a, ex.Rank) or not isinstance(b, Int):
            return False
        rows, columns = a.operands[0].shape
        for size_, kind in ((columns, "full column rank"), (rows, "full row rank")):
            if b.value == size_:
                self.scope.assume(Predicate(kind, a.operands[0]))
                return True
        return False

    def _conditional(self, a: Expression, b: Expression) -> bool:
        """``E[y | x] = f(x)``, ``Var(y | x) = S`` of a symbol or a family; what it speaks of is then random."""
        if not any(isinstance(node, ex.Given) for side in (a, b) for node in ex.walk(side)):
            return False
        found = stated(Relation(a, "=", b))
        if found is None:
            raise Unreadable("a conditional mean is a hypothesis about one symbol: E[y | x] = ...", None)
        given, value = found
        (target,) = given.mean.operands
        if target.shape[1] != 1:
            raise Unreadable("the conditional mean of a matrix is not read", None)
        stepping = {r.target.name for r in self.scope.context.recurrences}
        for name in (target, *given.held):
            if not (isinstance(name, ex.Member) and name.name in stepping and name != target):
                self._is_random_too(name)
        self.scope.assume(Relation(given, "=", value))
        return True

    def _is_random_too(self, value: Expression) -> None:
        """Give a symbol or a family a law of which nothing is told, unless it has one."""
        if not isinstance(value, Var | ex.Member) or self._is_made_of_others(value.name):
            raise Unreadable("a conditional mean of, or given, what is defined is no hypothesis", None)
        if value.name in {law.target.name for law in self.scope.context.random}:
            return
        self._same_for_all(value)
        if value.shape[1] != 1:
            self.scope.define(Random(value, "any", ()))
            return
        rows, own = value.shape[0], value.name.replace(" ", "")
        moments = Var(f"mu_{own}", rows), Var(f"Sigma_{own}", rows, rows)
        self.scope.define(Random(value, "moments", moments))

    def _moment(self, a: Expression, b: Expression) -> bool:
        """``E[x] = mu``, ``Var(x) = Sigma``, ``Cov(x) = Sigma``, ``E[x x^T] = S`` of a symbol or a family."""
        target: Expression | None
        if isinstance(a, (ex.Expectation, ex.Variance)) and isinstance(a.operands[0], (Var, ex.Member)):
            target = a.operands[0]
            part = "mean" if isinstance(a, ex.Expectation) else "variance"
        elif isinstance(a, ex.Expectation) and _outer_square(a.operands[0]) is not None:
            target = _outer_square(a.operands[0])
            part = "second"
        else:
            return self._moment_of_lines(a, b)
        if not isinstance(target, (Var, ex.Member)) or self._is_made_of_others(target.name):
            return False
        self._same_for_all(target)
        self.scope.pending.setdefault(target.name, {})[part] = b
        self._moments_known(target)
        return True

    def _moment_of_lines(self, a: Expression, b: Expression) -> bool:
        """A moment of the rows or columns of a matrix: they are a random family, and the matrix is made of them."""
        if not isinstance(a, (ex.Expectation, ex.Variance)):
            return False
        found = family_of_lines(self.scope, a.operands[0])
        if found is None:
            return False
        member, family, lines = found
        self._moment(type(a)(member), b)
        self.stacked(family, lines.matrix, lines.by_rows)
        return True

    def _of_every_member(self, a: Expression, b: Expression) -> tuple[Expression, Expression]:
        """``E[x_i^3] = c`` of a random family is said of every member, as mean and variance are, where these are
        the same for all, and i is the letter of the family.
        """
        members = {n for n in ex.walk(a) if isinstance(n, ex.Member)}
        if not isinstance(a, ex.Expectation) or not a.is_number_shaped or len(members) != 1:
            return a, b
        (member,) = members
        law = next((r for r in self.scope.context.random if r.target.name == member.name), None)
        if law is None or len(member.at) != 1 or not member.at[0].is_Symbol or self._is_made_of_others(member.name):
            return a, b
        (letter,) = member.at
        letters = getattr(law.target, "at", ())
        alike = not any(at in p.free_symbols for p in law.parameters for at in letters)
        if not alike or letter.is_positive or letter in b.free_symbols or letters != member.at:
            return a, b
        self._same_for_all(member)
        return a.xreplace({letter: index(EVERY[0])}), b

    def _moments_known(self, target: Var | ex.Member) -> None:
        """The law of a quantity of which what is known of its mean and its variance is told, and nothing else."""
        known = self.scope.pending.get(target.name, {})
        rows = target.shape[0]
        mean = known.get("mean")
        name = target.name.replace(" ", "")
        if mean is None:
            mean = Var(f"mu_{name}", rows)
        variance = known.get("variance")
        if variance is None and "second" in known:
            square = known["second"]
            zero = isinstance(mean, ex.Zeros) or mean == Num(0)
            variance = square if zero else ex.Add(square, ex.Neg(ex.Mul(mean, ex.Transpose(mean))))
        if variance is None:
            variance = Var(f"Sigma_{name}", rows, rows)
        if target.shape[1] != 1:
            if set(known) != {"mean"}:
                raise Unreadable("the moments of a matrix are not read", None)
            self._matrix_with_mean(target, mean)
            return
        self.scope.define(Random(target, "moments", (mean, variance)))

    def _matrix_with_mean(self, target: Var | ex.Member, mean: Expression) -> None:
        """A random matrix of which the mean alone is told: it is the mean and what any random matrix is off its own."""
        own = f"{DRAWN}{target.name}"
        at = target.at if isinstance(target, ex.Member) else ()
        drawn = ex.Member(own, *target.shape, *at) if at else Var(own, *target.shape)
        self.scope.define(Random(drawn, "any", ()))
        self.scope.define(Definition(target, ex.Add(mean, drawn, ex.Neg(ex.Expectation(drawn)))))

    def _covary(self, a: Expression) -> None:
        """``Cov(x, y) = C`` makes x and y random where nothing else has."""
        if not isinstance(a, ex.Covariance):
            return
        known = {law.target.name for law in self.scope.context.random}
        for target in a.operands:
            fresh = isinstance(target, Var) and target.name not in known and not self._is_made_of_others(target.name)
            if isinstance(target, Var) and fresh and target.shape[1] == 1:
                self._moments_known(target)

    def _is_made_of_others(self, name: str) -> bool:
        """Whether a name is defined: its mean is then a consequence, not a law."""
        context = self.scope.context
        return name in {d.target.name for d in context.definitions} | {r.target.name for r in context.recurrences}

    def _property(self, kind: str, subject: Tokens) -> None:
        subject = trimmed(subject)
        if not subject:
            return
        reader = Values(self.scope)
        if kind in SIGN_KINDS:
            self._signed(kind, subject)
            return
        if kind == "permutation":  # more than its orthogonality may make right what looks wrong
            self.scope.unsure.update(dict.fromkeys(letters_of(subject), kind))
            kind = "orthogonal"
        value = reader.finished(reader.read(subject))
        square = value.shape[0] == value.shape[1]
        number = value.shape == (1, 1)
        if kind == "constant":
            self.scope.constants |= {value.name} if isinstance(value, Var) else set()
        elif kind == "full rank" and not square:
            self.scope.unsure.update(dict.fromkeys(letters_of(subject), "of full rank"))
        elif kind == "full rank":
            self.scope.assume(Predicate("invertible", value))
        elif kind in ("full row rank", "full column rank", "nonzero"):
            self.scope.assume(Predicate(kind, value))
        elif kind == "unit":
            if value.shape[1] == 1 and not number:
                self.scope.assume(Relation(ex.Mul(ex.Transpose(value), value), "=", Num(1)))
            else:
                self.scope.unsure.update(dict.fromkeys(letters_of(subject), "of norm 1"))
        elif kind in ("orthonormal columns", "orthonormal rows"):
            turned = (ex.Transpose(value), value) if kind.endswith("columns") else (value, ex.Transpose(value))
            self.scope.assume(Relation(ex.Mul(*turned), "=", ex.Eye(value.shape[kind.endswith("columns")])))
        elif kind == "orthonormal":
            said = orthonormal_members(value, self.scope.context)
            if said is not None:
                self.scope.assume(said)
            elif not number and not (isinstance(value, Var) and self._is_made_of_others(value.name)):
                self.scope.unsure.update(dict.fromkeys(_called(subject, value), kind))
        elif kind == "orthogonal" and value.shape[1] == 1:
            self.scope.unsure.update(dict.fromkeys(_called(subject, value), "orthogonal"))
        elif kind == "orthogonal" and not square:
            self.scope.assume(Relation(ex.Mul(ex.Transpose(value), value), "=", ex.Eye(value.shape[1])))
        elif kind in ("one-hot", "probability vector"):
            self._of_sum_one(kind, value, subject)
        elif square and not number:
            self._square_property(kind, value)
        elif kind == "invertible" and number:
            self.scope.assume(Predicate("nonzero", value))

    def _signed(self, kind: str, subject: Tokens) -> None:
        """A number is positive, negative or zero; what the words say of anything else is not known."""
        if isinstance(self.scope.find(name_of(subject[0])) if len(subject) == 1 else None, Size):
            return
        reader = Values(self.scope)
        try:
            value = reader.finished(reader.read(subject))
        except Unreadable:
            return
        if value.is_number_shaped:
            self.scope.assume(Relation(value, SIGN_KINDS[kind], Num(0)))
        else:
            self.scope.unsure.update(dict.fromkeys(letters_of(subject), kind))

    def _of_sum_one(self, kind: str, value: Expression, subject: Tokens) -> None:
        """Entries 0 or 1, or nonnegative, that sum to 1; what the words say of a matrix is not known."""
        if value.shape[1] != 1 or value.is_number_shaped:
            self.scope.unsure.update(dict.fromkeys(letters_of(subject), kind))
            return
        ones = ex.Ones(value.shape[0])
        self.scope.assume(Relation(ex.Mul(ex.Transpose(ones), value), "=", Num(1)))
        if kind == "one-hot":
            self.scope.assume(Relation(ex.Hadamard(value, value), "=", value))
        else:
            self.scope.assume(self.scope.signed(value, ">="))

    def _square_property(self, kind: str, value: Expression) -> None:
        if kind == "skew-symmetric":
            self.scope.assume(Relation(ex.Transpose(value), "=", ex.Neg(value)))
        elif kind == "singular":
            self.scope.assume(Relation(ex.Det(value), "=", Num(0)))
        elif kind.startswith("nilpotent"):
            index = Num(int(kind[-1])) if kind[-1].isdigit() else ex.Int(value.shape[0])
            self.scope.assume(Relation(ex.Pow(value, index), "=", ex.Zeros(*value.shape)))
        elif kind == "involutory":
            self.scope.assume(Relation(ex.Mul(value, value), "=", ex.Eye(value.shape[0])))
        elif kind == "orthogonal projection":
            self.scope.assume(Predicate("symmetric", value), Predicate("idempotent", value))
        elif kind == "positive diagonal":
            self.scope.assume(Predicate("diagonal", value), Predicate("positive definite", value))
        else:
            self.scope.assume(Predicate(kind, value))


def sign_of_entry(hypothesis: Hypothesis) -> tuple[ex.Entry | ex.Member, str] | None:
    """The entry or the member and the relation, of a hypothesis such as ``x_i > 0`` or ``0 <= x_i`` with one index."""
    found = sign_of_part(hypothesis)
    return found if found is not None and len(found[0].at) == 1 and found[0].at[0].is_Symbol else None


def sign_of_part(hypothesis: Hypothesis) -> tuple[ex.Entry | ex.Member, str] | None:
    """The entry or the member that a hypothesis says the sign of, and the relation to 0; None where it says no such."""
    found = bound_of_part(hypothesis)
    return found[:2] if found is not None and found[2] == Num(0) else None


def bound_of_part(hypothesis: Hypothesis) -> tuple[ex.Entry | ex.Member, str, Num] | None:
    """The entry or the member that a hypothesis compares with a number, the relation and the number; None where it says
    no such.
    """
    if not isinstance(hypothesis, Relation) or hypothesis.op not in _MIRRORED:
        return None
    left, op, right = hypothesis.left, hypothesis.op, hypothesis.right
    if isinstance(left, Num):
        left, op, right = right, _MIRRORED[op], left
    entry = isinstance(left, ex.Entry) and isinstance(left.operands[0], Var)
    if not (entry or (isinstance(left, ex.Member) and left.is_number_shaped)) or not isinstance(right, Num):
        return None
    return left, op, right


def is_whole_range(sides: list[str], relations: tuple[str, ...], at: str, low: str, high: str) -> bool:
    r"""Whether ``i = 1, \dots, n`` or ``1 <= i <= n`` says that an index is within these ends; where they are not
    known, that it is in one range.
    """
    dots = re.fullmatch(r"[{\\]*(\w+?),?[lc]?dots,?(\w+?)[\\}]*", sides[1])
    if relations in (("=",), ("in",)) and sides[0] == at and dots:
        return dots.groups() == (low, high) or not high
    place = sides.index(at)
    if not set(relations) <= {"<=", ">="} or len(set(relations)) > 1:
        return False
    up = relations[0] == "<="
    below, above = (sides[:place], sides[place + 1 :]) if up else (sides[place + 1 :], sides[:place])
    return (below in ([], [low]) and above in ([], [high])) or not high


def _outer_square(e: Expression) -> Expression | None:
    """x where the expression is x x^T."""
    if isinstance(e, ex.Mul) and len(e.operands) == 2 and e.operands[1] == ex.Transpose(e.operands[0]):
        return e.operands[0]
    return None


def _called(subject: Tokens, value: Expression) -> set[str]:
    """What a name with an index may stand as: the family, and a symbol of its own."""
    return set(letters_of(without_index(subject))) | ({value.name} if isinstance(value, Var) else set())
