r"""Functions made of functions, and operators: ``(fg)'(x)``, ``(g \circ f)(x)``, ``J_f(x)``, ``Df(x)[h]``, ``f_x``.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from collections.abc import Sequence

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Var
from everystep.algebra.functions import FUNCTIONS
from everystep.reader.derivatives import Derivatives
from everystep.reader.entities import DefinedFunction, OpaqueFunction, ScalarFunctionName
from everystep.reader.marks import atoms, nodes, plain_text
from everystep.reader.points import moved
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, name_of, split, stripped

JACOBIANS, HESSIANS = ("J", "D"), ("H",)


class Operators(Derivatives):
    """The part of the reader that knows operators on functions."""

    def _take_operator(self, factors: list[Node], separators: list[str], at: int) -> tuple[Expression, int] | None:
        """The value of an operator on functions at a point that begins at a factor; None where there is none."""
        node = factors[at]
        if node.kind == "group" and node.text == "(":
            return self._take_made(factors, separators, at)
        if node.kind == "sign" and node.text == "nabla" and not node.scripts:
            return self._take_gradient(factors, separators, at)
        if node.kind not in ("letter", "word") or self.entity_of(node)[0] is not None:
            return None
        below = next((stripped(t) for m, t in node.scripts if m == "_"), ())
        if node.text in JACOBIANS + HESSIANS and len(node.scripts) == 1 and below:
            function = self._function_tree(below)
            points = self._points(factors, separators, at + 1)
            if function is None or points is None:
                return None
            read = self._second if node.text in HESSIANS else self._jacobian
            return self._scripted(read(function, points, node), factors[at + 1].scripts, node), at + 2
        if node.text == "D" and not below:
            return self._take_directional(factors, separators, at)
        return None

    # sides that are functions ----------------------------------------------------------------------------

    def compare_functions(self, sides: Sequence[Tokens]) -> None:
        """``(fg)' = f'g + fg'``: where all sides are made of functions alone, they are compared at one point."""
        primed = any(name_of(t) in ("'", "’", "prime") for side in sides for t in side)
        if not primed or any(not stripped(side) or self._function_tree(stripped(side)) is None for side in sides):
            return
        free = [name for name in "xtsuz" if self.scope.find(name) is None and name not in self.bound]
        self.point = Var(free[0] if free else "point")

    def side_of(self, tokens: Tokens, guess: bool) -> Expression:
        """A side of a statement."""
        made = self._function_tree(stripped(tokens)) if self.point is not None else None
        if made is not None and self.point is not None:
            self._no_two_products(made)
            return self._at(made, [self.point])
        return self.whole(self.tree(tokens), guess)

    def _no_two_products(self, node: Node) -> None:
        r"""``f(g)`` is a product or a composition; ``\\sigma(1 - \\sigma)`` is a product for everybody."""
        parts = node.parts if node.kind == "product" else []
        for k, group in enumerate(parts[1:], 1):
            head = parts[k - 1]
            if group.kind != "group" or node.separators[k] or head.kind not in ("letter", "word"):
                continue
            inner = parse(group.tokens, self.words()) if group.tokens else group.parts[0]
            own = any(part.text == head.text for part in nodes(inner) if part.kind == head.kind)
            if inner.kind != "sum" or not own or not any(part.kind == "number" for part in inner.parts):
                raise Unreadable(
                    f"two readings: {head.text} times this bracket, or of it? write \\cdot or \\circ", group.place
                )
        for part in node.parts:
            self._no_two_products(part)
        if node.kind == "group" and node.tokens:
            self._no_two_products(parse(node.tokens, self.words()))
        for row in node.rows:
            for cell in row:
                self._no_two_products(parse(cell, self.words()))

    # functions made of functions -------------------------------------------------------------------------

    def _take_made(self, factors: list[Node], separators: list[str], at: int) -> tuple[Expression, int] | None:
        r"""``(fg)(x)``, ``(g \circ f)'(x)``."""
        group = factors[at]
        primes = sum(mark == "'" for mark, _ in group.scripts)
        points = self._points(factors, separators, at + 1)
        function = self._function_tree(group.tokens) if points is not None else None
        if points is None or function is None or primes != len(group.scripts):
            return None
        if primes and not (len(points) == 1 and self.is_number(points[0])):
            raise Unreadable("a prime is read on functions of one number", group.place)
        behind = factors[at + 1].scripts
        point, variable = self._free_argument(points[0]) if primes else (points[0], points[0])
        value = self._at(function, [point, *points[1:]])
        for _ in range(primes):
            value = ex.ScalarDerivative(value, variable)
        return self._scripted(value, behind, factors[at + 1]), at + 2

    def _take_gradient(self, factors: list[Node], separators: list[str], at: int) -> tuple[Expression, int] | None:
        r"""``\nabla (fg)(x)``; ``\nabla f(x, y)`` of numbers: a column."""
        following = factors[at + 1] if at + 1 < len(factors) and not separators[at + 1] else None
        if following is None or following.scripts:
            return None
        if following.kind == "group" and following.text == "(":
            points = self._points(factors, separators, at + 2)
            function = self._function_tree(following.tokens) if points is not None else None
            if points is None or function is None or len(points) != 1 or factors[at + 2].scripts:
                return None
            point, variable = self._free_argument(points[0])
            return ex.Gradient(self._at(function, [point]), variable), at + 3
        entity = self.entity_of(following)[0] if following.kind == "letter" else None
        if not isinstance(entity, DefinedFunction) or len(entity.parameters) < 2:
            return None
        points = self._points(factors, separators, at + 2)
        after = at + 2 if points is None else at + 3
        if points is not None and factors[at + 2].scripts:
            return None
        points = points if points is not None else [self._parameter(p, following) for p in entity.parameters]
        if not all(isinstance(p, Var) and self.is_number(p) for p in points) or len(set(points)) != len(points):
            return None
        value = self._called(entity, points, following)
        return ex.Block(1, *(ex.ScalarDerivative(value, point) for point in points)), after

    def _points(self, factors: list[Node], separators: list[str], at: int) -> list[Expression] | None:
        """The arguments in brackets at a position; None where no brackets stand there."""
        if at >= len(factors) or separators[at] or factors[at].kind != "group" or factors[at].text != "(":
            return None
        kept = self.kept()
        try:
            return [self.resolved(value) for value in self.arguments(factors[at])]
        except Unreadable:
            self.restore(kept)
            return None

    def _function_tree(self, tokens: Tokens) -> Node | None:
        """The tree of what is made of functions alone; None where something else stands in it."""
        try:
            node = parse(tokens, self.words())
        except Unreadable:
            return None
        if any(name_of(t) in ("odot", "otimes", "ast", "bullet") for t in tokens):
            return None
        try:
            return node if self._names_function(node) and self._is_function(node) else None
        except Unreadable:
            return None  # a list in brackets

    def _names_function(self, node: Node) -> bool:
        """Whether a name stands in a tree: numbers alone are no function, ``(1/2)(x + 1)`` is a product."""
        match node.kind:
            case "sum" | "product" | "tensor":
                return any(self._names_function(part) for part in node.parts)
            case "frac":
                return any(self._names_function(parse(row[0], self.words())) for row in node.rows)
            case "group":
                return self._names_function(node.parts[0] if node.parts else parse(node.tokens, self.words()))
        return node.kind in ("letter", "word")

    def _is_function(self, node: Node) -> bool:
        match node.kind:
            case "number":
                return not node.scripts
            case "letter" | "word":
                entity, rest = self.entity_of(node)
                powers = all(mark == "'" or (mark == "^" and plain_text(t).isdigit()) for mark, t in rest)
                return isinstance(entity, OpaqueFunction | DefinedFunction | ScalarFunctionName) and powers
            case "sum" | "product" | "tensor":
                return all(self._is_function(part) for part in node.parts)
            case "frac" if not node.scripts:
                return all(self._is_function(parse(row[0], self.words())) for row in node.rows)
            case "group" if node.text in ("", "(") and all(mark == "'" for mark, _ in node.scripts):
                return self._is_function(node.parts[0] if node.parts else parse(node.tokens, self.words()))
        return False

    def _at(self, node: Node, points: list[Expression]) -> Expression:
        """The value of a function at a point."""
        match node.kind:
            case "number":
                return self.value(node)
            case "letter" | "word":
                entity, scripts = self.entity_of(node)
                rest = [s for s in scripts if s[0] != "'"]
                order = len(scripts) - len(rest)
                if isinstance(entity, ScalarFunctionName):
                    if len(points) != 1:
                        raise Unreadable(f"{node.text} takes one argument, not {len(points)}", node.place)
                    known = order and entity.name in FUNCTIONS
                    applied = ex.Apply(entity.name, points[0], 0 if known else order)
                    value = self._known_derivative(entity.name, points[0], order) if known else applied
                    return self._scripted(value, rest, node)
                if isinstance(entity, OpaqueFunction | DefinedFunction):
                    value = self._derived(entity, points, order, node) if order else self._called(entity, points, node)
                    return self._scripted(value, rest, node)
            case "sum":
                values = [self._at(part, points) for part in node.parts]
                return ex.Add(*(ex.Neg(v) if s == "-" else v for v, s in zip(values, node.text, strict=True)))
            case "product":
                result = self._at(node.parts[0], points)
                for part, sign in zip(node.parts[1:], node.separators[1:], strict=True):
                    value = self._at(part, points)
                    result = ex.Div(result, value) if sign == "/" else self.multiplied([result, value])
                return result
            case "tensor":
                value = self._at(node.parts[-1], points)
                for part in reversed(node.parts[:-1]):
                    value = self._at(part, [self.resolved(value)])
                return value
            case "frac":
                top, bottom = (self._at(parse(row[0], self.words()), points) for row in node.rows)
                return self._quotient(top, bottom, node.place)
            case "group":
                inner = node.parts[0] if node.parts else parse(node.tokens, self.words())
                if not node.scripts:
                    return self._at(inner, points)
                if len(points) != 1 or not self.is_number(points[0]):
                    raise Unreadable("a prime is read on functions of one number", node.place)
                point, variable = self._free_argument(points[0])
                value = self._at(inner, [point])
                for _ in node.scripts:
                    value = ex.ScalarDerivative(value, variable)
                return value
        raise Unreadable("this is not a function", node.place)

    def _free_argument(self, value: Expression) -> tuple[Expression, Expression]:
        """The argument at which a derivative is taken, and what it is taken by (``moved``)."""
        return (value, value) if isinstance(value, Var | ex.Member) else moved(value, self.scope)

    # operators -------------------------------------------------------------------------------------------

    def _jacobian(self, function: Node, points: Sequence[Expression], node: Node) -> Expression:
        if len(points) != 1:
            raise Unreadable(f"{node.text} of a function of several arguments is not read", node.place)
        point, variable = self._free_argument(points[0])
        value = self.resolved(self._at(function, [point]))
        shape = self.shape(value)
        if self.scope.layout == "denominator" or shape is None or shape[1] != 1 or variable.shape[1] != 1:
            raise Unreadable("this Jacobian is not read: which layout has it?", node.place)
        if shape == (1, 1):
            gradient: Expression = ex.Gradient(value, variable)
            return ex.ScalarDerivative(value, variable) if variable.is_number_shaped else ex.Transpose(gradient)
        return ex.Jacobian(value, variable)

    def _second(self, function: Node, points: Sequence[Expression], node: Node) -> Expression:
        if len(points) != 1 or points[0].shape[1] != 1:
            raise Unreadable("a Hessian is read of a function of one vector", node.place)
        point, variable = self._free_argument(points[0])
        value = self.resolved(self._at(function, [point]))
        if self.shape(value) != (1, 1):
            raise Unreadable("a Hessian is read of a number", node.place)
        return ex.Hessian(value, variable)

    def _take_directional(self, factors: list[Node], separators: list[str], at: int) -> tuple[Expression, int] | None:
        r"""``Df(x)[h]``, ``D^2 f(x)[h, k]``, and ``Df(x)``, the Jacobian."""
        node = factors[at]
        order = {(): 1, ("2",): 2}.get(tuple(plain_text(t) for m, t in node.scripts if m == "^"))
        head = factors[at + 1] if at + 1 < len(factors) and not separators[at + 1] else None
        if order is None or len(node.scripts) != order - 1 or head is None:
            return None
        function = head if head.kind == "letter" and self._is_function(head) else None
        if head.kind == "group" and head.text == "(" and not head.scripts:
            function = self._function_tree(head.tokens)
        points = self._points(factors, separators, at + 2)
        if function is None or points is None or len(points) != 1 or factors[at + 2].scripts:
            return None
        along = factors[at + 3] if at + 3 < len(factors) and not separators[at + 3] else None
        if along is None or along.kind != "group" or along.text != "[":
            return (self._jacobian(function, points, node), at + 3) if order == 1 else None
        argument, point = self._free_argument(points[0])
        value = self.resolved(self._at(function, [argument]))
        changes = [self.read(piece) for piece in split(along.tokens, (",",))]
        if len(changes) != order or any(not self.unify_shapes(point, change) for change in changes):
            raise Unreadable("the directions of the derivative do not fit", along.place)
        changes = [self.resolved(change) for change in changes]
        if order == 1:
            result: Expression = ex.Differential(value, point, changes[0])
        elif self.shape(value) == (1, 1) and point.shape[1] == 1 and not point.is_number_shaped:
            result = ex.Mul(ex.Transpose(changes[0]), ex.Hessian(value, point), changes[1])
        else:
            raise Unreadable("this second derivative is not read", node.place)
        return self._scripted(result, along.scripts, along), at + 4

    def _partial(
        self,
        entity: DefinedFunction | OpaqueFunction,
        rest: list[tuple[str, Tokens]],
        following: Node | None,
        node: Node,
    ) -> tuple[Expression, int] | None:
        """``f_x``, ``f_{xy}(x, y)``: derivatives by numbers that a function is given with; None where they are none."""
        if not isinstance(entity, DefinedFunction) or len(rest) != 1 or rest[0][0] != "_" or entity.name in self.locals:
            return None
        by = [name_of(piece[0]) for piece in atoms(stripped(rest[0][1])) if len(piece) == 1]
        if not by or len(by) > 3 or any(name not in entity.parameters for name in by):
            return None
        points = self._points([node, following], ["", ""], 1) if following is not None else None
        used = points is not None
        if points is None:
            points = [self._parameter(p, node) for p in entity.parameters]
        named = dict(zip(entity.parameters, points, strict=False))
        if len(points) != len(entity.parameters) or len(set(points)) != len(points):
            return None
        if not all(isinstance(p, Var) and self.is_number(p) for p in points):
            return None
        value = self._called(entity, points, node)
        for name in by:
            value = ex.ScalarDerivative(value, named[name])
        return (self._scripted(value, following.scripts, node), 2) if used and following is not None else (value, 1)
