r"""Gradients, derivatives as fractions, and differentials: what is differentiated, by what, in which layout.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import replace

from everystep.algebra import expressions as ex
from everystep.algebra.context import Definition, Predicate
from everystep.algebra.expressions import Expression, Num, Var
from everystep.algebra.shapes import index
from everystep.reader.entities import DefinedFunction, OpaqueFunction, ScalarFunctionName, Size, Symbolic
from everystep.reader.evaluated import Evaluated
from everystep.reader.functions import FUNCTION_WORDS
from everystep.reader.marks import after_marker, atoms, line_of, marker_width, plain_text, unwrapped, written
from everystep.reader.source import Place, Token, Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, name_of, split, stripped

OF_HESSIANS = frozenset(("-1", "-T", "-top", "-1/2", "1/2", "+", "dagger", "dag", "-1top", "-1T"))
"""Superscripts that are said of a matrix of second derivatives, not of the number behind the sign."""


def _is_power_of_number(e: Expression) -> bool:
    r"""Whether a variable is a power of a number such as ``\sigma^2``."""
    if not isinstance(e, ex.Pow) or not isinstance(e.operands[0], Var) or e.operands[0].shape != (1, 1):
        return False
    exponent = e.operands[1]
    return isinstance(exponent, Num) and exponent.value.is_Integer and 1 < int(exponent.value) < 9


def is_second_differential(node: Node) -> bool:
    """Whether a letter d, or its sign, is written as ``d^2`` and with nothing else."""
    return [(mark, plain_text(t)) for mark, t in node.scripts] == [("^", "2")]


class Derivatives(Evaluated):
    """The part of the reader that knows derivatives."""

    def _take_nabla(self, factors: list[Node], separators: list[str], at: int) -> tuple[Expression, int]:
        node = factors[at]
        subscript = next((t for m, t in node.scripts if m == "_"), None)
        superscripts = [t for m, t in node.scripts if m == "^"]
        second = any(plain_text(t) == "2" for t in superscripts)
        if any(not self._is_transpose(t) and plain_text(t) != "2" for t in superscripts) or any(
            mark not in ("_", "^") for mark, _ in node.scripts
        ):
            raise Unreadable("this power of nabla is not read", node.place)
        if at + 1 >= len(factors):
            raise Unreadable("the gradient of what?", node.place)
        if not second and self._is_same_nabla(node, factors[at + 1]):
            # The second derivatives are symmetric, so that all ways to write them mean one matrix.
            squared = (Token("char", "2", node.place or Place("", 1, 1)),)
            twice = replace(node, scripts=[*(s for s in node.scripts if s[0] == "_"), ("^", squared)])
            fewer = [*factors[:at], twice, *factors[at + 2 :]]
            value, after = self._take_nabla(fewer, [*separators[: at + 1], *separators[at + 2 :]], at)
            return value, after + 1
        at_point = self._gradient_at(factors, separators, at + 1, subscript, second, node)
        if at_point is not None:
            result_, behind = at_point
            if any(self._is_transpose(t) for t in superscripts):
                result_ = ex.Transpose(result_)
            return self._scripted(result_, behind, node), at + 3
        value, after, behind = self._operand(factors, separators, at + 1, second)
        inverse = self._inverse_named(stripped(subscript)) if subscript is not None and not second else None
        if inverse is not None:
            return self._scripted(ex.Gradient(*self._by_inverse(value, inverse)), behind, node), after
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
                return self._scripted(ex.Jacobian(ex.Gradient(value, first), other), behind, node), after
            variable = self.variable(stripped(subscript) if not second else names[0])
        self._not_by_two_names(value, variable, node)
        inner = self.resolved(value)
        if not second and isinstance(inner, ex.Gradient) and inner.operands[1] == variable:
            second, value = True, inner.operands[0]  # the gradient of the gradient
        result: Expression = ex.Hessian(value, variable) if second else ex.Gradient(value, variable)
        if line_of(variable) is not None:
            result = self._by_line(value, variable, node, second)
        if any(self._is_transpose(t) for t in superscripts):
            result = ex.Transpose(result)
        return self._scripted(result, behind, node), after

    def _is_same_nabla(self, node: Node, following: Node) -> bool:
        r"""``\nabla\nabla^\top``, ``\nabla_x\nabla_x``: twice the same sign, up to transposes."""
        if following.kind != "sign" or following.text != "nabla":
            return False
        below = [[plain_text(t) for mark, t in n.scripts if mark == "_"] for n in (node, following)]
        above = [t for n in (node, following) for mark, t in n.scripts if mark != "_"]
        return below[0] == below[1] and all(self._is_transpose(t) for t in above)

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
        behind = group.scripts
        if not all(self._is_of_derivative(s, second) for s in behind):
            return None
        (argument,) = self.arguments(group)
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
        point, free = self._free_point(variable, entity, head)
        value = self._called(entity, [point], head)
        return (ex.Hessian(value, free) if second else ex.Gradient(value, free)), behind

    def _in_brackets(self, factors: list[Node], separators: list[str], at: int) -> tuple[list[Node], list[str]] | None:
        r"""``(\nabla f)(v)`` as ``\nabla f(v)``, the gradient of f at v; None where no such thing stands here.

        ``(\nabla_x f)(v)`` is the same where f has one argument, the x of its definition.
        """
        node = factors[at]
        following = factors[at + 1] if at + 1 < len(factors) and not separators[at + 1] else None
        if following is None or following.kind != "group" or following.text not in ("(", "[") or node.scripts:
            return None
        inside = stripped(node.tokens) if node.kind == "group" and node.text in ("(", "[") else ()
        if not inside or name_of(inside[0]) != "nabla":
            return None
        tree = parse(inside, self.words())
        if tree.kind != "product" or len(tree.parts) != 2:
            return None
        nabla, function = tree.parts
        entity, rest = self.entity_of(function) if function.kind == "letter" else (None, [])
        if nabla.kind != "sign" or nabla.text != "nabla" or rest:
            return None
        below = [plain_text(t) for mark, t in nabla.scripts if mark == "_"]
        if isinstance(entity, DefinedFunction):
            single = len(entity.parameters) == 1 and below in ([], [entity.parameters[0]])
        else:
            single = isinstance(entity, OpaqueFunction) and len(entity.arguments) == 1
        if not single:
            return None
        nabla = replace(nabla, scripts=[script for script in nabla.scripts if script[0] != "_"])
        return [*factors[:at], nabla, function, *factors[at + 1 :]], [*separators[: at + 1], "", *separators[at + 1 :]]

    def _inverse_named(self, tokens: Tokens) -> ex.Inverse | ex.PseudoInverse | None:
        """What is differentiated by where that is the inverse of a name, or its Moore-Penrose inverse."""
        by = self.resolved(self.read(tokens))
        known = isinstance(by, ex.Inverse | ex.PseudoInverse) and isinstance(by.operands[0], Var)
        return by if known and isinstance(by, ex.Inverse | ex.PseudoInverse) else None

    def _by_inverse(self, value: Expression, by: ex.Inverse | ex.PseudoInverse) -> tuple[Expression, Var]:
        """A value as a function of an inverse, and the name that this gets: the matrix is the inverse of that.

        The Moore-Penrose inverse P of X is (X^T X)^-1 X^T where X has full column rank, and X is then P^T (P P^T)^-1;
        where X has full row rank, the other way round.
        """
        (matrix,) = by.operands
        if not isinstance(matrix, Var):
            raise Unreadable("a derivative is taken by a symbol, not by an expression")
        turned = ex.Transpose(matrix)
        name = Var(f"{matrix.name}^-1", *by.shape)
        back = ex.Transpose(name)
        body, again = ex.Inverse(matrix), ex.Inverse(name)
        if isinstance(by, ex.PseudoInverse):
            tall, wide = ex.Mul(turned, matrix), ex.Mul(matrix, turned)
            name = Var(f"{matrix.name}^+", *by.shape)
            back = ex.Transpose(name)
            held = self.scope.context.hypotheses
            if Predicate("invertible", tall) in held or Predicate("full column rank", matrix) in held:
                gram = ex.Mul(name, back)
                body, again = ex.Mul(ex.Inverse(tall), turned), ex.Mul(back, ex.Inverse(gram))
            elif Predicate("invertible", wide) in held or Predicate("full row rank", matrix) in held:
                gram = ex.Mul(back, name)
                body, again = ex.Mul(turned, ex.Inverse(wide)), ex.Mul(ex.Inverse(gram), back)
            else:
                raise Unreadable(f"a derivative by a Moore-Penrose inverse: is {matrix.name} of full rank?")
            self.assumed.append(Predicate("invertible", gram))
        definition = Definition(name, body)
        if definition not in self.defined:
            self.defined.append(definition)
        written = self._written_with(matrix, self.resolved(value))
        return written.xreplace({by: name}).xreplace({matrix: again}), name

    def _written_with(self, name: Var, value: Expression) -> Expression:
        """A value in which the names that are made of this one are written out: ``L := \\log\\det S + ...``."""
        bodies = {d.target: d.body for d in self.scope.context.definitions if isinstance(d.target, Var)}
        for _ in range(len(bodies)):
            made = {t: b for t, b in bodies.items() if t != name and value.has(t) and self._is_made_of(b, name, bodies)}
            if not made:
                break
            value = value.xreplace(made)
        return value

    @staticmethod
    def _is_made_of(body: Expression, name: Var, bodies: Mapping[Expression, Expression]) -> bool:
        """Whether a name occurs in what a formula stands for."""
        seen: set[Expression] = set()
        todo = [body]
        while todo:
            fresh = {n for n in ex.walk(todo.pop()) if isinstance(n, Var)} - seen
            if name in fresh:
                return True
            seen |= fresh
            todo += [bodies[n] for n in fresh if n in bodies]
        return False

    def _is_of_derivative(self, script: tuple[str, Tokens], second: bool) -> bool:
        r"""Whether what stands behind ``\nabla f(x)`` is said of the gradient: f(x) is a number, and has no transpose;
        nor is the Hessian of 1/f(x) meant by ``\nabla^2 f(x)^{-1}``.
        """
        mark, tokens = script
        return mark == "'" or (
            mark == "^" and (self._is_transpose(tokens) or (second and plain_text(tokens) in OF_HESSIANS))
        )

    def _operand(
        self, factors: list[Node], separators: list[str], at: int, second: bool = False
    ) -> tuple[Expression, int, list[tuple[str, Tokens]]]:
        """What a gradient is taken of: a bracket, or the longest product of the following factors that is a number."""
        first = factors[at]
        if first.kind in ("letter", "word") and first.scripts:
            script = first.scripts[-1]
            base = replace(first, scripts=first.scripts[:-1])
            if self._is_of_derivative(script, second) and self._is_number_named(base):
                return self.value(base), at + 1, [script]  # \nabla_x L^\top v
        if first.kind == "group" and first.text in ("(", "[", "{"):
            inner = self.value(first.bare())
            behind: list[tuple[str, Tokens]] = []
            value = inner
            for position, (mark, tokens) in enumerate(first.scripts):
                if self.is_number(value) and (mark == "'" or (mark == "^" and self._is_transpose(tokens))):
                    behind = first.scripts[position:]
                    break
                value = self._scripted(value, [(mark, tokens)], first)
            alone = at + 1 >= len(factors) or bool(separators[at + 1])
            if alone or (self.is_number(value) and not self.scope.reaches_over_brackets):
                self.stops_at_bracket = self.stops_at_bracket or not alone
                return value, at + 1, behind
        ends = range(len(factors), at, -1)
        plain_end = next((k for k in range(at + 1, len(factors)) if separators[k]), len(factors))
        fallback: tuple[Expression, int] | None = None
        refused: Unreadable | None = None
        for end in sorted(ends, key=lambda e: (e > plain_end, -e)):
            try:
                value = self._product(factors[at:end], ["", *separators[at + 1 : end]])
            except Unreadable as error:
                # Of "tr(A X)" without an A it is the A that is missing, and no argument of the trace.
                refused = error if refused is None or not self.is_function(first) else refused
                if end == at + 1 and fallback is None:
                    raise refused from None
                continue
            if self.is_number(value):
                bare = self._without_last_scripts(factors, separators, at, end, second)
                return (value, end, []) if bare is None else (bare, end, factors[end - 1].scripts)
            fallback = fallback or (value, end)
        if fallback is None:
            raise Unreadable("the gradient of what?", first.place)
        return fallback[0], fallback[1], []

    def _without_last_scripts(
        self, factors: list[Node], separators: list[str], at: int, end: int, second: bool
    ) -> Expression | None:
        r"""``\log p(x)`` of ``\nabla \log p(x)^\top``, where the transpose is that of the gradient; else None."""
        last = factors[end - 1]
        if end - at < 2 or separators[end - 1] or last.kind != "group" or not last.scripts:
            return None
        called = factors[end - 2].kind in ("letter", "word") and self.is_function(factors[end - 2])
        if not called or not all(self._is_of_derivative(s, second) for s in last.scripts):
            return None
        bare = [*factors[at : end - 1], last.bare()]
        value = self._product(bare, ["", *separators[at + 1 : end]])
        return value if self.is_number(value) else None

    def is_function(self, node: Node) -> bool:
        """Whether a letter or a word is the name of a function, of which brackets behind it hold the argument."""
        entity = self.entity_of(node)[0]
        known = entity is None and node.text in FUNCTION_WORDS
        return known or isinstance(entity, (DefinedFunction, OpaqueFunction, ScalarFunctionName))

    def _is_number_named(self, node: Node) -> bool:
        """Whether a letter with its marks is the name of a number."""
        entity, rest = self.entity_of(node)
        if isinstance(entity, DefinedFunction):
            return not rest and self.is_number(self.value(node))
        return isinstance(entity, Symbolic) and not rest and self.is_number(entity.value)

    def _own_variable(self, node: Node, value: Expression, nabla: Node) -> Expression:
        """The variable of a gradient without one: what the function is declared with."""
        if self.scope.nabla is not None:
            return self.scope.nabla
        entity, _ = self.entity_of(node) if node.kind in ("letter", "word") else (None, [])
        if isinstance(entity, DefinedFunction) and len(entity.parameters) == 1:
            return self._parameter(entity.parameters[0], node)
        if isinstance(value, ex.Call) and len(value.operands) == 1:
            return value.operands[0]
        calls = {part.operands for part in ex.walk(value) if isinstance(part, ex.Call)}
        if len(calls) == 1 and len(points := next(iter(calls))) == 1 and isinstance(points[0], Var | ex.Member):
            return points[0]  # \nabla e^{f(x)}
        leaves = {part for part in ex.walk(self.resolved(value)) if isinstance(part, Var | ex.Member)}
        if len(leaves) == 1:
            return leaves.pop()  # \nabla \|x\|^2
        raise Unreadable("the gradient by what? write \\nabla_x", nabla.place)

    def variable(self, tokens: Tokens) -> Expression:
        """What is differentiated by: a symbol, a member, an entry, the vec of a matrix, or a transposed one."""
        value = self.resolved(self.read(tokens))
        while isinstance(value, ex.Transpose) and isinstance(value.operands[0], ex.Transpose):
            value = value.operands[0].operands[0]
        inner = value.operands[0] if isinstance(value, ex.Transpose) else value
        base = inner.operands[0] if isinstance(inner, ex.Entry | ex.Vec) else inner
        if not isinstance(base, (ex.Var, ex.Member)) and not _is_power_of_number(inner) and line_of(inner) is None:
            raise Unreadable("a derivative is taken by a symbol, not by an expression", tokens[0].place)
        return value

    # derivatives -----------------------------------------------------------------------------------

    def _take_fraction(self, factors: list[Node], separators: list[str], at: int) -> tuple[Expression, int]:
        node = factors[at]
        top, bottom = stripped(node.rows[0][0]), stripped(node.rows[1][0])
        marker = self._derivative_marker(top, bottom, at + 1 < len(factors))
        if not marker:
            return self._scripted(self._fraction(top, bottom, node), node.scripts, node), at + 1
        order, rest = after_marker(top)
        variables = self._variables(bottom, node)
        after = at + 1
        behind: list[tuple[str, Tokens]] = list(node.scripts)
        if order == 1 and len(variables) == 1 and variables[0][1] > 1 and self.is_number(variables[0][0]):
            variables = [(ex.Pow(variables[0][0], Num(variables[0][1])), 1)]  # by \sigma^2
        taken = self._at_arguments(rest, variables, factors, separators, at) if rest and not behind else None
        if taken is not None:
            value, variables = taken
            behind, after = list(factors[at + 1].scripts), at + 2
        elif rest:
            value = self._of_function(rest, variables)
        else:
            if at + 1 >= len(factors):
                raise Unreadable("the derivative of what?", node.place)
            following = factors[at + 1]
            bracket = following.kind == "group" and following.text in ("(", "[", "{")
            if bracket and not self.scope.reaches_over_brackets:
                value, after, extra = self._operand(factors, separators, at + 1)
                behind += extra
            else:
                after = self._end_of_operand(factors, separators, at, variables)
                value = self.value(self._rest(factors[:after], separators[:after], at + 1))
        if sum(n for _, n in variables) != order:
            raise Unreadable("the order of the derivative does not match its variables", node.place)
        result = self._derivative(value, variables, node)
        return self._scripted(result, behind, node), after

    def _of_function(self, top: Tokens, variables: list[tuple[Expression, int]]) -> Expression:
        r"""What stands above the line: of ``\frac{d\sigma}{da}`` the function at a."""
        node = self.tree(top)
        if node.kind == "letter" and len(variables) == 1:
            entity, rest = self.entity_of(node)
            if isinstance(entity, ScalarFunctionName) and not rest and self.is_number(variables[0][0]):
                return ex.Apply(entity.name, variables[0][0])
        if node.kind == "letter":
            entity, rest = self.entity_of(node)
            if isinstance(entity, OpaqueFunction) and not rest and len(entity.arguments) == 1:
                wanted = entity.arguments[0]
                whole = [v.operands[0] if isinstance(v, ex.Entry) and wanted != (1, 1) else v for v, _ in variables]
                if all(point == whole[0] for point in whole):  # \partial f / \partial x_i is taken at x
                    shape = self.shape(whole[0])
                    if shape is not None and not (self.unify(shape[0], wanted[0]) and self.unify(shape[1], wanted[1])):
                        raise Unreadable(f"{node.text} is a function of something of another shape", node.place)
                    return self._called(entity, [whole[0]], node)
        return self.read(top)

    def _end_of_operand(
        self, factors: list[Node], separators: list[str], at: int, variables: list[tuple[Expression, int]]
    ) -> int:
        r"""A derivative reaches over the product behind it, unless that has a derivative itself: the chain rule."""
        end = len(factors)
        later = [k for k in range(at + 2, end) if self._is_derivative(factors[k]) and not factors[k].scripts]
        if not later:
            return end

        def fits(split: int) -> bool:
            kept = self.kept()
            try:
                value = self.value(self._rest(factors[:split], separators[:split], at + 1))
                result = [self._derivative(value, variables, factors[at])]
                if split < end:
                    result.append(self._product(factors[split:], ["", *separators[split + 1 :]]))
                return self.shape(self.multiplied(result)) is not None
            except Unreadable:
                return False
            finally:
                self.restore(kept)

        narrow = fits(later[0])
        if narrow and fits(end):
            short = written(self._rest(factors[: later[0]], separators[: later[0]], at + 1))
            behind = written(factors[later[0]])
            message = f"two readings: is {behind} a factor, or under the derivative of {short}? write brackets"
            raise Unreadable(message, factors[at].place)
        return later[0] if narrow else end

    @abstractmethod
    def _is_derivative(self, node: Node) -> bool:
        """Whether a factor is a derivative."""

    def _fraction(self, top: Tokens, bottom: Tokens, node: Node) -> Expression:
        return self._quotient(self.read(top), self.read(bottom), node.place)

    def _quotient(self, top: Expression, bottom: Expression, place: Place | None) -> Expression:
        rooted = self._root_of_entries(bottom)
        if rooted is not None:  # m / (\sqrt v + \epsilon): such a root is one of each entry, and so is the quotient
            inverse, above = ex.Apply("reciprocal", rooted), self.shape(top)
            if above == (1, 1):
                return ex.Mul(top, inverse)
            if above is not None and above == self.shape(rooted):
                return ex.Hadamard(top, inverse)
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

    def _root_of_entries(self, bottom: Expression) -> Expression | None:
        r"""The root of every entry of a column, or such a root and numbers that are added to each entry; else None."""
        terms = list(bottom.operands) if isinstance(bottom, ex.Add) else [bottom]
        roots = [t for t in terms if isinstance(t, ex.Apply) and t.function == "sqrt" and not t.order]
        shape = self.shape(roots[0]) if len(roots) == 1 else None
        if shape is None or shape[1] != 1 or shape == (1, 1):
            return None
        if not all(term is roots[0] or self.is_number(term) for term in terms):
            return None
        parts = [t if t is roots[0] else ex.Mul(t, ex.Ones(*shape)) for t in terms]
        return parts[0] if len(parts) == 1 else ex.Add(*parts)

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
            width = marker_width(bottom, k)
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
            self._guess_number(tokens)
            if self._is_name(tokens):
                result.append((self.variable(tokens), 1))
                continue
            if len(tokens) >= 3 and tokens[-2].kind == "sup" and tokens[-1].text.isdigit():
                power, tokens = int(tokens[-1].text), tokens[:-2]
            elif len(tokens) >= 5 and tokens[-4].kind == "sup" and tokens[-3].kind == "open" and tokens[-2].text == "2":
                power, tokens = 2, tokens[:-4]
            if not tokens:
                raise Unreadable("the variable of the derivative is missing", node.place)
            inverse = self._inverse_named(unwrapped(tokens)) if power == 1 else None
            result.append((self.variable(unwrapped(tokens)) if inverse is None else inverse, power))
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
        if len(flat) > 3 or any(isinstance(v, ex.Inverse | ex.PseudoInverse) for v in flat):
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
        if isinstance(variable, ex.Inverse | ex.PseudoInverse):
            value, variable = self._by_inverse(value, variable)
        if isinstance(variable, ex.Pow) and _is_power_of_number(variable):  # by x^k: that by x, divided by k x^{k-1}
            base, exponent = variable.operands
            count = int(exponent.value) if isinstance(exponent, Num) else 0
            inner = self._first_derivative(value, base, node)
            below = ex.Mul(Num(count), base if count == 2 else ex.Pow(base, Num(count - 1)))
            return ex.Div(inner, below)
        self._not_by_two_names(value, variable, node)
        if line_of(variable) is not None:
            found = self._by_line(value, variable, node)
            return ex.Transpose(found) if layout == "numerator" else found
        turned = isinstance(variable, ex.Transpose)
        plain = variable.operands[0] if turned else variable
        if isinstance(plain, ex.Vec):
            return self._by_vec(value, plain.operands[0], turned, node)
        shape, by = self.shape(value), self.shape(plain)
        if shape is None or by is None:
            return ex.Gradient(value, plain)
        if by == (1, 1):
            if shape == (1, 1) and isinstance(plain, ex.Entry):
                return ex.Gradient(value, plain)
            result: Expression = ex.ScalarDerivative(value, plain)
            return ex.Transpose(result) if layout == "denominator" and shape[1] == 1 != shape[0] else result
        if "partial" in self.scope.notation:
            raise Unreadable("the text speaks of the layout of derivatives: which one has this?", node.place)
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

    def _by_line(self, value: Expression, variable: Expression, node: Node, second: bool = False) -> Expression:
        """The gradient of a number by a row or a column of a matrix: that row or column of the one by the matrix."""
        line = line_of(variable)
        if line is None or second or self.shape(value) != (1, 1):
            raise Unreadable("a derivative by a row or a column is read of a number", node.place)
        found: Expression = type(line)(ex.Gradient(self.resolved(value), line.operands[0]), line.args[1])
        return ex.Transpose(found) if isinstance(variable, ex.Transpose) else found

    def _by_vec(self, value: Expression, matrix: Expression, turned: bool, node: Node) -> Expression:
        r"""The derivative by ``\operatorname{vec} W``: one column for each entry of W, column by column."""
        shape, (rows, columns) = self.shape(value), matrix.shape
        if shape is None or shape[1] != 1:
            raise Unreadable("a derivative by vec is read of a number or of a column vector", node.place)
        denominator = self.scope.layout == "denominator" and not turned
        if shape == (1, 1):
            gradient = ex.Vec(ex.Gradient(value, matrix))
            return ex.Transpose(gradient) if turned != (self.scope.layout == "numerator") else gradient
        used = {str(s) for e in ex.walk(value) for s in e.free_symbols}
        i, j = (index(name) for name in [c for c in "ijklpqrst" if c not in used and c not in self.bound][:2])
        column = ex.ScalarDerivative(value, ex.Entry(matrix, i, j))
        place = ex.Kron(ex.Unit(columns, j), ex.Unit(rows, i))
        jacobian = ex.SumOver(ex.SumOver(ex.Mul(column, ex.Transpose(place)), i, 1, rows), j, 1, columns)
        return ex.Transpose(jacobian) if denominator else jacobian

    def _not_by_two_names(self, value: Expression, variable: Expression, node: Node) -> None:
        r"""Refuse a derivative by ``\sigma^2`` of what is written with ``\sigma`` too."""
        definitions = {d.target: d.body for d in self.scope.context.definitions}
        power = definitions.get(variable) if isinstance(variable, Var) and "^" in variable.name else None
        if not isinstance(power, ex.Pow):
            return
        base, seen, todo = power.operands[0], {variable}, [value]
        while todo:
            for leaf in ex.walk(todo.pop()):
                if leaf == base:
                    raise Unreadable(
                        f"a derivative by {variable.name} of what is written with {base.name}; give the square a name",
                        node.place,
                    )
                if leaf in definitions and leaf not in seen:
                    seen.add(leaf)
                    todo.append(definitions[leaf])

    def _may_vary(self, following: Node | None) -> bool:
        """Whether what stands behind a d can vary: no number, and no size."""
        if following is None or following.kind == "number":
            return False
        return following.kind != "letter" or not isinstance(self.entity_of(following)[0], Size)

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
        """``dX``, ``d(XY)``, ``d\\tr(X)``, and the second differential ``d^2 \\tr(X^3)``."""
        node = factors[at]
        if at + 1 >= len(factors) or separators[at + 1]:
            raise Unreadable(f"{node.text} has no declaration", node.place)
        subscript = next((t for m, t in node.scripts if m == "_"), None)
        if subscript is not None and node.kind == "sign":
            value, after, behind = self._operand(factors, separators, at + 1)
            return self._scripted(self._first_derivative(value, self.variable(subscript), node), behind, node), after
        if node.scripts:
            if not is_second_differential(node):
                raise Unreadable("this differential is not read", node.place)
            bare = [*factors[:at], replace(node, scripts=[]), *factors[at + 1 :]]
            first, after = self._take_differential(bare, separators, at)
            if not isinstance(first, ex.Differential):
                raise Unreadable("this second differential is not read; write brackets", node.place)
            return ex.Differential(first, *first.operands[1:]), after
        following = factors[at + 1]
        if following.kind in ("letter", "word") and not self._is_head(following):
            entity, rest = self.entity_of(following)
            power = any(mark == "^" and not self._is_transpose(t) for mark, t in rest)
            if isinstance(entity, Symbolic) and entity.value.name in self.scope.constants and not power:
                return self._scripted(ex.Zeros(*entity.value.shape), rest, following), at + 2
            if isinstance(entity, Symbolic) and not self._is_defined(entity.value) and not power:
                change = Var(f"d{entity.value.name}", *entity.value.shape)
                return self._scripted(change, rest, following), at + 2
        if following.kind == "group" and following.text in ("(", "[", "{", ""):
            inner = self.value(following.bare())
            within = sum(1 for mark, t in following.scripts if mark == "^" and plain_text(t)[:1] in ("-", "+"))
            if any(mark == "^" and plain_text(t).isdigit() for mark, t in following.scripts):
                raise Unreadable("two readings: the power of a differential, or of what it is taken of?", node.place)
            if within:  # d(A + B)^{-1} is nobody's inverse of a differential
                return self._differential(self._scripted(inner, following.scripts, following), node), at + 2
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
            argument = self.arguments(factors[at + 1]) if factors[at + 1].kind == "group" else []
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
        leaves = [v for v in leaves if v.name not in self.scope.constants]
        varied = [v for v in leaves if v.name in self.varied] or leaves
        if not varied:
            return ex.Zeros(*value.shape)
        pairs = [e for v in sorted(varied, key=lambda v: v.name) for e in (v, Var(f"d{v.name}", *v.shape))]
        return ex.Differential(value, *pairs)
