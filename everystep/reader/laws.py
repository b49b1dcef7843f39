"""Laws of random quantities: what they are drawn from, and the parameters of the laws.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Integer

from everystep.algebra import expressions as ex
from everystep.algebra.context import Random, Relation
from everystep.algebra.expressions import Expression, Num, Var
from everystep.algebra.shapes import ONE, same_shape
from everystep.reader.cleaning import tokenize
from everystep.reader.definitions import Definitions
from everystep.reader.entities import FamilyName, Symbolic
from everystep.reader.functions import condition_of
from everystep.reader.marks import name_with, nodes, plain_text
from everystep.reader.name_lists import general_member
from everystep.reader.pieces import Piece, trimmed
from everystep.reader.random_lines import definition_of_signs, family_of_lines, finite_law
from everystep.reader.signs import GREEK, STYLES, VARIANTS
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, latex_of, name_of, split, stripped
from everystep.reader.values import Values

NORMAL = ("n", "normal", "gauss", "gaussian")
"""Names of the normal law."""


class Laws(Definitions):
    """Gives a scope random quantities."""

    def _called_random(self, subjects: list[Piece], centred: bool, law: str) -> None:
        """Names that are random, of which no law is told: they have a mean (0 if ``centred``) and a variance.

        ``law``: one that the words name, "standard normal" or "other", which is not known.
        """
        for name in (name for piece in subjects for name in split(piece.sides[0], (",",))):
            value = Values(self.scope).read(trimmed(name))
            if not isinstance(value, Var | ex.Member) or self._is_made_of_others(value.name):
                continue
            if value.name in {law.target.name for law in self.scope.context.random}:
                continue
            if isinstance(value, Var) and value.shape[1] == 1 and law == "standard normal":
                rows = value.shape[0]
                mean, variance = (ex.Zeros(rows, ONE), ex.Eye(rows)) if rows != ONE else (Num(0), Num(1))
                self.scope.define(Random(value, "gaussian", (mean, variance)))
            elif isinstance(value, Var) and value.shape[1] == 1 and not law:
                rows, own = value.shape[0], value.name.replace(" ", "")
                zero = ex.Zeros(rows, ONE) if rows != ONE else Num(0)
                mean = zero if centred else Var(f"mu_{own}", rows)
                self.scope.define(Random(value, "moments", (mean, Var(f"Sigma_{own}", rows, rows))))
                if centred:
                    self.scope.pending.setdefault(value.name, {})["mean"] = mean
            else:
                self.scope.lawless.add(value.name)

    def _random(self, piece: Piece) -> None:
        law = trimmed(piece.sides[1])
        text = latex_of(law)
        finite = finite_law(law)
        if finite == "unknown":
            raise Unreadable(f"the law {text} is not known", piece.place)
        if finite and condition_of(piece.sides[0]) is None:
            half = (tokenize("1/2", piece.place.file, piece.place.line, piece.place.column) if piece.place else (),)
            for side in split(piece.sides[0], (",",)):
                self._draw(trimmed(side), "signs" if finite == "signs" else "bernoulli", list(half), text)
            return
        node = parse(law, self.scope.words() | {"Bernoulli", "Ber", "Bern", "Unif", "Uniform", "Normal"})
        if node.kind != "product" or len(node.parts) < 2 or node.parts[-1].kind != "group":
            raise Unreadable(f"the law {text} is not known", piece.place)
        name = node.parts[0].text.lower().removeprefix("cal")
        arguments = split(node.parts[-1].tokens, (",", ";"))
        if len(node.parts) == 3 and node.parts[1].kind == "group":  # N_d(mu, Sigma)
            arguments = split(node.parts[2].tokens, (",", ";"))
        bar = condition_of(piece.sides[0])
        if bar is not None:
            self._draw_given(*bar, name, arguments, text)
            return
        if any(name_of(t).endswith("dots") for t in piece.sides[0]):
            self._draw_listed(trimmed(piece.sides[0]), name, arguments, text)
            return
        for side in split(piece.sides[0], (",",)):
            self._draw(trimmed(side), name, arguments, text)

    def _draw_listed(self, names: Tokens, law: str, arguments: list[Tokens], text: str) -> None:
        r"""``x_1, \dots, x_n \sim \mathcal{N}(\mu, \Sigma)``: a family with its range, each of which has the law."""
        member = general_member(names)
        if not member:
            raise Unreadable(f"of what {text} is the law was not read", names[0].place)
        node = parse(member, self.scope.words())
        if Values(self.scope).entity_of(node)[0] is None and not self.scope.waits:
            if law in NORMAL and len(arguments) == 2:
                self._scale_of_law(stripped(arguments[1]))
            listed = [trimmed(name) for name in split(names, (",",))]
            if not self._listed_family(listed, (), self._shape_of_drawn(node, arguments)):
                raise Unreadable(f"of what {text} is the law was not read", names[0].place)
        self._draw(member, law, arguments, text)

    def _draw_given(self, side: Tokens, held: Tokens, law: str, arguments: list[Tokens], text: str) -> None:
        r"""``y \mid x \sim \mathcal{N}(f(x), V)``: the mean and the variance of y given x, and that y is normal then.

        What is given may be a parameter that is no random quantity where it stands beside others.
        """
        place = side[0].place
        if law not in NORMAL or len(arguments) != 2:
            raise Unreadable(f"the law {text} is not read of what is given something", place)
        if any(len(split(part, (",", ";"))) > 1 for part in (side, held)):
            raise Unreadable("a law given several names, or of several, is not read", place)

        def moment(name: str, closing: str) -> Tokens:
            at = (place.file, place.line, place.column)
            return (*tokenize(name, *at), *side, *tokenize(r"\mid ", *at), *held, *tokenize(closing, *at))

        variance = moment(r"\operatorname{Var}(", ")")
        self.relation(moment(r"\mathbb{E}[", "]"), "=", stripped(arguments[0]))
        self.relation(variance, "=", stripped(arguments[1]))
        self.scope.normal |= {Values(self.scope).read(variance)}

    def _draw(self, side: Tokens, law: str, arguments: list[Tokens], text: str) -> None:
        reader = Values(self.scope)
        node = parse(side, self.scope.words())
        entity, _ = reader.entity_of(node) if node.kind in ("letter", "word") else (None, [])
        if entity is None and self.scope.waits:
            raise Unreadable(f"{node.text} has no declaration", node.place)
        if law in NORMAL and len(arguments) == 2:
            self._scale_of_law(stripped(arguments[1]))
        if entity is None:
            if not self._is_in_a_definition(node.text, node.style):
                self._introduce_random(node, law, arguments)
                self._range_of_drawn(node)
            reader = Values(self.scope)
        value = reader.value(node)
        lines = family_of_lines(self.scope, value)
        if lines is not None:
            self._draw(side, law, arguments, text)
            self.stacked(lines[1], lines[2].matrix, lines[2].by_rows)
            return
        own = {str(i) for i in value.at} if isinstance(value, ex.Entry | ex.Member) else set()
        if value.is_number_shaped:
            for k, argument in enumerate(arguments):
                if plain_text(stripped(argument)) not in own:
                    self._parameter_of_law(stripped(argument), law, k)
        entries = isinstance(value, ex.Entry)
        target = value.operands[0] if entries else value
        if not isinstance(target, (Var, ex.Member)):
            raise Unreadable("only symbols and families are random", node.place)
        self._same_for_all(value)
        if law.startswith("ber") or law == "b":
            (parameter,) = (reader.read(stripped(a)) for a in arguments)
            self._define(target, "bernoulli", (reader.finished(parameter),), value, node)
            return
        if law == "signs":
            for said in definition_of_signs(target):
                self.scope.define(said)
            return
        if law.startswith("unif") or law == "u":
            low, high = (reader.read(stripped(a)) for a in arguments)
            mean = ex.Div(ex.Add(low, high), Num(2))
            variance = ex.Div(ex.Pow(ex.Add(high, ex.Neg(low)), Num(2)), Num(12))
            self._define(target, "uniform entries", (reader.finished(mean), reader.finished(variance)), value, node)
            return
        if law not in NORMAL:
            raise Unreadable(f"the law {text} is not known", node.place)
        if len(arguments) == 2 and value.is_number_shaped:
            self._no_deviation(stripped(arguments[1]))
        if len(arguments) != 2:
            raise Unreadable("a normal law has a mean and a variance", node.place)
        mean, variance = (reader.whole(reader.tree(stripped(a)), True) for a in arguments)
        if entries:
            self._define(target, "normal entries", (reader.finished(mean), reader.finished(variance)), value, node)
            return
        target_, mean = reader.relate(target, mean)
        del target_
        centre = reader.shape(mean)
        if centre is None or not same_shape(centre, target.shape):
            raise Unreadable(f"the mean of {text} has another shape than what is drawn", node.place)
        rows = target.shape[0]
        shape = reader.shape(variance)
        if rows != 1 and shape is not None:
            reader.unify(shape[0], rows)
            reader.unify(shape[1], rows)
        law_ = (reader.finished(mean), reader.finished(variance))
        self._inferred(reader)
        self.scope.define(Random(target, "gaussian", law_))

    def _no_deviation(self, tokens: Tokens) -> None:
        r"""Raises Unreadable for a lone letter sigma, or one beside words on standard deviations, as the second
        parameter of the law of a number: ``\mathcal{N}(\mu, \sigma)`` has two readings.
        """
        node = parse(tokens, self.scope.words())
        lone = node.kind == "letter" and not any(mark == "^" for mark, _ in node.scripts)
        if lone and (node.text == "sigma" or ("deviation" in self.scope.notation and node.text.islower())):
            raise Unreadable("a variance or a standard deviation? write the square", node.place)

    def _define(
        self, target: Var | ex.Member, law: str, parameters: tuple[Expression, ...], value: Expression, node: Node
    ) -> None:
        """A law of the entries of ``target``, which ``value`` is or is an entry of: the same for all of them."""
        own = set(value.at) if isinstance(value, ex.Entry) else set()
        if own & set().union(*(p.free_symbols for p in parameters)):
            raise Unreadable("entries that have laws of their own are not read", node.place)
        if law == "normal entries" and target.shape[1] == 1:  # a normal vector, which more is known of
            (mean, variance), rows = parameters, target.shape[0]
            centre = ex.Zeros(rows) if mean == Num(0) else ex.Mul(mean, ex.Ones(rows))
            self.scope.define(Random(target, "gaussian", (centre, ex.Mul(variance, ex.Eye(rows)))))
            return
        self.scope.define(Random(target, law, parameters))

    def _scale_of_law(self, tokens: Tokens) -> None:
        r"""The undeclared letter of ``\sigma^2 I`` in the law of a vector is a positive number, or its square is."""
        try:
            node = parse(tokens)
        except Unreadable:
            return
        if node.kind != "product" or len(node.parts) != 2 or self.scope.waits or node.parts[1].text != "I":
            return
        head = node.parts[0]
        if head.kind != "letter" or head.style or Values(self.scope).entity_of(head)[0] is not None:
            return
        squared = any(mark == "^" and plain_text(t) == "2" for mark, t in head.scripts)
        if head.scripts and not (squared and len(head.scripts) == 1):
            return
        self.scope.declare(head.text, Symbolic(Var(head.text), inferred=True), "")
        self.scope.assume(Relation(Num(0), "<", Var(head.text)))

    def _parameter_of_law(self, tokens: Tokens, law: str, position: int) -> None:
        """An undeclared letter in the law of a number is a number: a mean, a variance, a probability."""
        try:
            node = parse(tokens)
        except Unreadable:
            return
        known = node.kind == "letter" and Values(self.scope).entity_of(node)[0] is not None
        if node.kind != "letter" or node.text in ("I", "e") or known or self.scope.waits:
            return
        name = name_with(node.text, node.scripts) if node.scripts else node.text
        if not name:
            return
        self.scope.declare(name, Symbolic(Var(name), inferred=True), "")
        if law.startswith("ber") or law == "b":
            self.scope.assume(Relation(Num(0), "<=", Var(name)), Relation(Var(name), "<=", Num(1)))
        elif position == 1 and not law.startswith("u"):
            self.scope.assume(Relation(Num(0), "<=", Var(name)))

    def _introduce_random(self, node: Node, law: str, arguments: list[Tokens]) -> None:
        self.introduce(node, *self._shape_of_drawn(node, arguments))

    def _range_of_drawn(self, node: Node) -> None:
        r"""A family that its law has introduced is over the one range that was said of its letter: the law of
        ``$\epsilon_i \sim \mathcal{N}(0, 1)$ for $i = 1, \dots, n$`` is read behind that.
        """
        name, letters = self.name_and_indices(node)
        entity = self.scope.names.get(f"{name}[]")
        letter = letters[-1] if letters else ""
        low, high = self.scope.starts.get(letter), self.scope.ends.get(letter)
        if isinstance(entity, FamilyName) and entity.low is None and low is not None and high is not None:
            self.scope.names[f"{name}[]"] = replace(entity, low=Integer(low), high=high)
            self.scope.bound(entity.name, Integer(low), high)

    def _shape_of_drawn(self, node: Node, arguments: list[Tokens]) -> tuple[Expr, Expr]:
        """The shape of what has a law, by that of its parameters: a number, unless they are a vector's."""
        reader = Values(self.scope)
        shape: tuple[Expr, Expr] = (ONE, ONE)
        for argument in arguments:
            self._sizes_of_identities(argument)
            try:
                found = reader.shape(reader.read(stripped(argument)))
            except Unreadable:
                continue
            if found is not None and found != (1, 1) and not any(str(s).startswith("?") for s in found):
                shape = (found[0], ONE)
                break
        if shape == (ONE, ONE) and self._has_a_covariance(arguments):
            shape = (self.scope.size("d"), ONE)  # of any size
        elif shape == (ONE, ONE) and (node.style == "bold" or any(_is_of_vectors(a) for a in arguments)):
            raise Unreadable("the size of a random vector is not known: declare it or its mean", node.place)
        return shape

    def _sizes_of_identities(self, argument: Tokens) -> None:
        r"""The letter d of ``I_d`` in a law is a size, if it is nothing else."""
        try:
            found = [node for node in nodes(parse(stripped(argument))) if node.kind == "letter" and node.text == "I"]
        except Unreadable:
            return
        for node in found if self.scope.find("I") is None else ():
            for mark, tokens in node.scripts:
                letter = plain_text(tokens)
                if mark == "_" and len(letter) == 1 and letter.isalpha() and self.scope.find(letter) is None:
                    self.size(tokens)

    def _has_a_covariance(self, arguments: list[Tokens]) -> bool:
        r"""Whether the second parameter of a law is a ``\Sigma`` without a declaration, and d has no meaning yet."""
        letters = [t for t in arguments[1] if t.kind in ("char", "command")] if len(arguments) == 2 else []
        plain = [t for t in letters if t.text not in STYLES and t.text not in VARIANTS]
        free = all(self.scope.find(name) is None for name in ("d", "Sigma"))
        return free and len(plain) == 1 and plain[0].text == "Sigma"


def _is_of_vectors(tokens: Tokens) -> bool:
    """Whether a parameter of a law is written as a matrix or a vector is: a capital or a bold letter."""
    letters = [t for t in tokens if t.kind in ("char", "command") and (len(t.text) == 1 or t.text in GREEK)]
    bold = any(t.kind == "command" and STYLES.get(t.text) == "bold" for t in tokens)
    return bold or any(t.text[0].isupper() for t in letters)
