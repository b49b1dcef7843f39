r"""What stands in brackets: groups, inner products, norms, bars, evaluations, roots.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from sympy import Rational

from everystep.algebra import expressions as ex
from everystep.algebra.context import Relation
from everystep.algebra.expressions import Expression, Num
from everystep.reader.entities import Symbolic
from everystep.reader.from_zero import counts_from_zero
from everystep.reader.marks import marker_width, plain_text
from everystep.reader.piecewise import Piecewise
from everystep.reader.source import Tokens
from everystep.reader.trees import Node, Unreadable, name_of, split, stripped


class Brackets(Piecewise):
    """The part of the reader that knows what brackets mean."""

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
                iverson = self._iverson(node) if node.text != "[" else self._indicator_beside(node)
                if iverson is not None:
                    return self._scripted(iverson, node.scripts, node)
                pieces = split(node.tokens, (",", ";"))
                if len(pieces) > 1:
                    return self._scripted(self._listed(pieces, node), node.scripts, node)
                return self._scripted(self.read(node.tokens), node.scripts, node)
        raise Unreadable(f"the bracket '{node.text}' is not read", node.place)

    @abstractmethod
    def _dotted_row(self, pieces: Sequence[Tokens]) -> Expression | None:
        """``x_1, \\dots, x_n`` side by side; None where there are no dots."""

    def _listed(self, pieces: list[Tokens], node: Node) -> Expression:
        """``[a, b]``: values side by side; ``(a, b)`` of numbers: a column."""
        row = self._dotted_row(pieces)
        if row is not None:
            turned = any(m == "'" or (m == "^" and self._is_transpose(t)) for m, t in node.scripts)
            if node.text != "[" and not (turned and self.shape(row) is not None and row.shape[0] == 1):
                raise Unreadable("a list is a row or a column? write brackets, or a transpose", node.place)
            return row
        values = [self.read(p) for p in pieces]
        if node.text == "[" and len(values) == 2 and all(self.is_square(v) for v in values):
            self.unify_shapes(*values)
            a, b = values
            if self.shape(a) == self.shape(b) and self.scope.commutator:
                return ex.Add(ex.Mul(a, b), ex.Neg(ex.Mul(b, a)))
            if self.shape(a) == self.shape(b):
                raise Unreadable(
                    "two readings: the commutator, or both side by side? declare [A, B] := AB - BA", node.place
                )
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
        if any(not at.is_Symbol for at in pair) and counts_from_zero(self.scope):
            raise Unreadable("the text counts from 0: which entries are these?", node.place)
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
            self.bars_of_vector = True
            return ex.Apply("abs", value) if self.scope.bars_by_entry else ex.Norm(value)
        return ex.Det(value)

    def _evaluated(self, node: Node) -> Expression:
        """A derivative by a number at one of its values: the number is assumed to have that value."""
        subscript = next((t for m, t in node.scripts if m == "_"), None)
        pieces = split(stripped(subscript), ("=",)) if subscript is not None else []
        if len(pieces) != 2:
            raise Unreadable("an evaluation bar needs an equation: |_{t = 0}", node.place)
        letter = plain_text(pieces[0])
        if any(name_of(t) == letter and k and marker_width(node.tokens, k - 1) for k, t in enumerate(node.tokens)):
            self._guess_number(stripped(pieces[0]))
        variable, at = self.read(pieces[0]), self.read(pieces[1])
        if node.style == "bare":
            self._reaches_all(self.tree(node.tokens), plain_text(pieces[0]), node)
        value = self.read(node.tokens)
        once = self.resolved(variable) not in [other for other, _ in self.evaluated]
        self.evaluated.append((self.resolved(variable), self.resolved(value)))
        variable, at = self.relate(variable, at)
        hypothesis = Relation(variable, "=", at)
        if not once and hypothesis not in self.assumed:
            raise Unreadable(f"{plain_text(pieces[0])} has two values in one step", node.place)
        if hypothesis not in self.assumed:
            self.assumed.append(hypothesis)
        return self._scripted(value, [s for s in node.scripts if s[0] != "_"], node)

    def _reaches_all(self, inner: Node, variable: str, node: Node) -> None:
        r"""A bar without ``\left.`` belongs to the derivative or the call before it; what is in front must not vary."""
        parts = inner.parts if inner.kind == "product" else [inner]
        front = 0
        while front < len(parts) and parts[front].kind in ("number", "letter") and not parts[front].scripts:
            entity, _ = self.entity_of(parts[front])
            if parts[front].text == variable or not (entity is None or isinstance(entity, Symbolic)):
                break
            front += 1
        rest = parts[front:]
        derivative = bool(rest) and (
            rest[0].kind in ("frac", "sign") or any(mark == "'" for mark, _ in rest[0].scripts)
        )
        call = len(rest) == 2 and rest[1].kind == "group"
        if not (len(rest) <= 1 or derivative or call):
            raise Unreadable("how far does the bar reach? write \\left. and \\right|", node.place)

    def _root(self, node: Node) -> Expression:
        inside, degree = node.rows[0][0], node.rows[1][0]
        value = self.read(inside)
        if self.is_square(value):
            if degree:
                raise Unreadable("this root of a matrix is not read", node.place)
            return self._half_power(value, Num(Rational(1, 2)), node)
        if degree:
            return ex.Pow(value, ex.Div(Num(1), self.read(degree)))
        return ex.Apply("sqrt", value)
