r"""How far an operator without brackets reaches: ``\frac{\partial}{\partial x} x^\top A x + a^\top x``, ``\log a/b``.

Shapes decide where they can.  Where two readings fit, custom decides if practically everybody follows it; else the
formula has two readings and is refused.  May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Num, Var
from everystep.reader.entities import DefinedFunction, OpaqueFunction, ScalarFunctionName
from everystep.reader.limits import bound_letter
from everystep.reader.marks import after_marker, nodes, written
from everystep.reader.operators import Operators
from everystep.reader.syntax import mentions
from everystep.reader.trees import Node, Unreadable, name_of, stripped

BY_SHAPES = frozenset(("tr", "Tr", "trace", "Trace", "det"))
AVERAGES = frozenset(("E", "Var", "V", "var"))
MOST_TERMS = 6


class Reach(Operators):
    """The part of the reader that knows how far operators reach."""

    def _settled_reach(self, parts: list[Node], signs: str) -> tuple[list[Node], str]:
        """The terms of a sum, those behind an operator that reaches over + and - put under it."""
        parts, signs = self._under_limits(parts, signs)
        k = 0
        while k < len(parts) - 1:
            at = self._open_operator(parts[k])
            if at is None or self._is_closed(parts[k].parts[at], parts[k + 1 :]):
                k += 1
                continue
            ends = range(k + 2, len(parts) + 1) if len(parts) <= MOST_TERMS else (len(parts),)
            wide = [_reaching(parts, signs, k, at, end) for end in ends]
            fitting = [reading for reading in wide if self._fits(*reading)]
            narrow = self._fits(parts, signs)
            if narrow and fitting and not self._prefers_narrow(parts[k].parts, at):
                fitting.insert(0, (parts, signs))
            if narrow and len(fitting) <= 1:
                fitting = []
            if len(fitting) > 1:
                first, last = (written(Node("sum", s, p)) for p, s in (_bracketed(parts, signs, k, at), fitting[-1]))
                if not narrow:
                    first = written(Node("sum", fitting[0][1], fitting[0][0]))
                raise Unreadable(f"two readings: {first}, or {last}? write brackets", parts[k].place)
            if fitting:
                parts, signs = fitting[0]
            k += 1
        return parts, signs

    def _under_limits(self, parts: list[Node], signs: str) -> tuple[list[Node], str]:
        r"""``\lim_{h \to 0} 2 x + h``: a limit reaches as far as its letter is written.

        Raises Unreadable where the letter has a meaning outside of the limit as well.
        """
        for k, part in enumerate(parts[:-1]):
            factors = part.parts if part.kind == "product" else []
            at = next((j for j, factor in enumerate(factors) if factor.kind == "sign" and factor.text == "lim"), None)
            letter = bound_letter(factors[at]) if at is not None else ""
            if at is None or not letter:
                continue
            behind = [j for j in range(k + 1, len(parts)) if mentions(parts[j], {letter})]
            if not behind:
                continue
            wide = _reaching(parts, signs, k, at, behind[-1] + 1)
            if self.scope.find(letter) is not None or letter in self.locals:
                first, last = (written(Node("sum", s, p)) for p, s in (_bracketed(parts, signs, k, at), wide))
                raise Unreadable(f"two readings: {first}, or {last}? write brackets", part.place)
            return self._under_limits(*wide)
        return parts, signs

    def _prefers_narrow(self, factors: list[Node], at: int) -> bool:
        r"""Whether an operator reaches over + only where the shapes ask for it: tr, and ``\nabla`` before a name."""
        name = len(factors) == at + 2 and factors[at + 1].kind in ("letter", "word")
        lone = name and not self.entity_of(factors[at + 1])[1]
        return factors[at].text in BY_SHAPES or (factors[at].text == "nabla" and lone)

    def _fits(self, parts: list[Node], signs: str) -> bool:
        """Whether a sum has a value; nothing of the trial is kept."""
        kept = self.kept()
        try:
            return self.shape(self._plain_sum(parts, signs)) is not None
        except Unreadable:
            return False
        finally:
            self.restore(kept)

    @abstractmethod
    def _plain_sum(self, parts: list[Node], signs: str) -> Expression:
        """The value of a sum whose operators reach as it is written."""

    def _open_operator(self, term: Node) -> int | None:
        """The first factor of a term that is an operator whose operand is not in brackets."""
        if term.kind != "product":
            return None
        for k, factor in enumerate(term.parts[:-1]):
            following = term.parts[k + 1]
            if term.separators[k + 1] or not self._is_operator(factor):
                continue
            if following.kind == "group" and following.text:
                continue
            function = following.kind in ("letter", "word") and isinstance(
                self.entity_of(following)[0], OpaqueFunction | DefinedFunction | ScalarFunctionName
            )
            if factor.text == "nabla" and function:
                continue  # \nabla f(x) + g(x)
            return k
        return None

    def _is_operator(self, node: Node) -> bool:
        if node.kind == "frac":
            top, bottom = stripped(node.rows[0][0]), stripped(node.rows[1][0])
            return self._derivative_marker(top, bottom, True) and not after_marker(top)[1]
        if node.kind == "sign":
            return node.text == "nabla" or (node.text == "partial" and any(m == "_" for m, _ in node.scripts))
        known = node.kind == "word" or (node.kind == "letter" and node.style == "double")
        return known and node.text in BY_SHAPES | AVERAGES and self.scope.find(node.text) is None

    def _is_derivative(self, node: Node) -> bool:
        if node.kind == "frac":
            return self._derivative_marker(stripped(node.rows[0][0]), stripped(node.rows[1][0]), True)
        if (node.kind == "sign" and node.text in ("nabla", "partial")) or any(m == "'" for m, _ in node.scripts):
            return True
        return not node.parts and any(name_of(t) in ("nabla", "partial", "'") for t in node.tokens)

    def _is_closed(self, operator: Node, later: Sequence[Node]) -> bool:
        """Whether the terms behind show that an operator does not reach over them."""
        if operator.text in BY_SHAPES:
            return False
        if operator.text in AVERAGES:
            return not any(self._is_random(term) for term in later)
        return any(self._is_derivative(node) for term in later for node in nodes(term))

    def _is_random(self, term: Node) -> bool:
        """Whether a term has something random in it that no expectation averages."""
        kept = self.kept()
        try:
            value = self.resolved(self.value(term))
        except Unreadable:
            return False
        finally:
            self.restore(kept)
        context = self.scope.context
        random = {law.target.name for law in context.random}
        seen: set[str] = set()
        todo: list[Expression] = [value]
        while todo:
            e = todo.pop()
            if isinstance(e, ex.Expectation | ex.Variance | ex.Covariance):
                continue
            if isinstance(e, Var | ex.Member):
                if e.name in random:
                    return True
                if e.name not in seen:
                    seen.add(e.name)
                    todo += [d.body for d in context.definitions if d.target.name == e.name]
                continue
            todo += getattr(e, "operands", ())
        return False

    # products --------------------------------------------------------------------------------------

    def _is_plain_number(self, node: Node) -> bool:
        """Whether a factor is a letter for a number."""
        if node.kind != "letter" or (node.text == "pi" and self.entity_of(node)[0] is None):
            return False
        kept = self.kept()
        try:
            return self.is_number(self.value(node))
        except Unreadable:
            return False
        finally:
            self.restore(kept)

    def _clear_function(self, factors: list[Node], separators: list[str], at: int, end: int) -> None:
        r"""Refuse ``\sin x y`` and ``\log a/b``: practically nobody agrees how far they reach."""
        name, operand = factors[at], factors[at + 1 : end]
        agreed = name.text in ("log", "ln") and not any(n.scripts for n in operand)  # log ab
        if len(operand) > 1 and not agreed and all(self._is_plain_number(n) for n in operand):
            head = written(operand[0])
            rest = written(Node("product", "", operand[1:], separators=[""] * (len(operand) - 1)))
            called = written(name)
            raise Unreadable(f"two readings: {called}({head} {rest}), or {called}({head}) {rest}?", name.place)
        if end >= len(factors) or separators[end] != "/" or self._is_head(factors[end]):
            return
        call = len(operand) == 2 and operand[1].kind == "group" and self._is_applied(operand[0])
        if call or all(self._is_plain_number(n) or n.kind == "number" for n in operand):
            inner = written(Node("product", "", operand, separators=[""] * len(operand)))
            below, called = written(factors[end]), written(name)
            raise Unreadable(f"two readings: {called}({inner}/{below}), or {called}({inner})/{below}?", name.place)

    def _clear_division(self, top: Expression, factors: list[Node], separators: list[str], at: int) -> None:
        r"""Refuse ``a/bc`` and ``a/\|b\|\|c\|``: is c below or beside the line?"""
        norm = factors[at].kind == "group" and factors[at].text in ("‖", "|")
        if not norm and factors[at].kind != "number" and not self._is_plain_number(factors[at]):
            return
        end = at + 1
        while end < len(factors) and not separators[end]:
            beside = factors[end].kind == "group" and factors[end].text in ("‖", "|") if norm else False
            if not beside and not self._is_plain_number(factors[end]):
                break
            end += 1
        goes_on = end < len(factors) and not separators[end]
        if end == at + 1 or (goes_on and isinstance(top, Num) and factors[at].kind == "number"):
            return  # 1/2 \lambda \|w\|^2
        below, rest = written(factors[at]), " ".join(written(n) for n in factors[at + 1 : end])
        raise Unreadable(f"two readings: division by {below} {rest}, or by {below}? write brackets", factors[at].place)


def _reaching(parts: list[Node], signs: str, k: int, at: int, end: int) -> tuple[list[Node], str]:
    """The terms, those behind term ``k`` and before ``end`` put under the operator at factor ``at`` of term ``k``."""
    term = parts[k]
    operand = term.parts[at + 1 :]
    separators = ["", *term.separators[at + 2 :]]
    first = operand[0] if len(operand) == 1 else Node("product", "", operand, term.place, separators=separators)
    inner = Node("sum", "+" + signs[k + 1 : end], [first, *parts[k + 1 : end]], term.place)
    group = Node("group", "", [inner], term.place)
    whole = Node("product", "", [*term.parts[: at + 1], group], term.place, separators=[*term.separators[: at + 1], ""])
    return [*parts[:k], whole, *parts[end:]], signs[: k + 1] + signs[end:]


def _bracketed(parts: list[Node], signs: str, k: int, at: int) -> tuple[list[Node], str]:
    """The terms as they are, with brackets around the operator and its operand."""
    term = parts[k]
    inner = Node("sum", "+", [Node("product", "", term.parts[at:], separators=term.separators[at:])])
    group = Node("group", "", [inner], term.place)
    whole = Node("product", "", [*term.parts[:at], group], term.place, separators=term.separators[: at + 1])
    return [*parts[:k], whole, *parts[k + 1 :]], signs
