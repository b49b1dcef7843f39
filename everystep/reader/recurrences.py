r"""Recurrences: which rules for the members of a family lead back to members before, and where they begin.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from itertools import pairwise

from sympy import Expr, Integer

from everystep.algebra import expressions as ex
from everystep.algebra.context import Definition, Recurrence, Relation
from everystep.algebra.expressions import Expression, Num, Var
from everystep.algebra.shapes import ONE, Shape, ShapeError, index, same_shape, size
from everystep.algebra.substitution import instance
from everystep.reader.entities import Between, FamilyName, Symbolic
from everystep.reader.marks import bracketed, is_unknown, name_with
from everystep.reader.pieces import trimmed
from everystep.reader.scope import Scope
from everystep.reader.source import Tokens
from everystep.reader.trees import Node, Unreadable, name_of, stripped
from everystep.reader.updates import Updates
from everystep.reader.values import Values

_STEP_SIZES = frozenset(("eta", "alpha", "gamma", "lambda", "mu", "rho", "tau"))
"""Letters of step sizes and of strengths of decay."""


class Recurrences(Updates):
    """Reads the rules of families into a scope."""

    @abstractmethod
    def _define_member(self, node: Node, right: Tokens) -> None:
        """Give the members of a family their rule."""

    def _define_recurrence(self, node: Node, right: Tokens) -> None:
        """A recurrence of a family without a declaration, where its right side leaves the members one shape."""
        if self.scope.waits:
            raise Unreadable(f"{node.text} has no declaration", node.place)
        for number in self.step_sizes(right):
            self.scope.declare(number, Symbolic(Var(number), inferred=True), "")
        name, letters = node.text, [name_of(stripped(node.scripts[0][1])[0])]
        reader = Values(self.scope.copy())
        begins = (self.scope.names.get(f"{name}_{k}") for k in range(10))
        first = next((e for e in begins if isinstance(e, Symbolic) and not self._is_zero(e.value)), None)
        rows, columns = first.value.shape if first is not None else (reader.unknown(), reader.unknown())
        reader.scope.declare(name, FamilyName(name, rows, columns, letters=tuple(letters)), node.style)
        reader.relate(ex.Member(name, rows, columns, index("k")), reader.read(right))
        shape = reader.settled(rows), reader.settled(columns)
        if is_unknown(shape[1]) and not is_unknown(shape[0]) and name.islower():
            shape = (shape[0], ONE)
        if any(is_unknown(s) for size in shape for s in size.free_symbols):
            if not self._is_of_numbers_alone(node, right, tuple(letters)):
                raise Unreadable(f"{node.text} has no declaration", node.place)
            shape = (ONE, ONE)
        self.scope.declare(name, FamilyName(name, *shape, letters=tuple(letters)), node.style)
        self.take_starts(node, FamilyName(name, *shape))
        self._define_member(node, right)

    def step_sizes(self, right: Tokens) -> list[str]:
        r"""The letters of an update that nothing declares and that stand as factors of what is added: eta of
        ``x_k - \eta A x_k`` is a number, as no column fits there.  Only where nothing may be declared any more.
        """
        found: list[str] = []
        written = [t for t in right if t.kind != "space"]
        for k, (token, behind) in enumerate(pairwise(written)):
            name = name_of(token)
            if behind.kind == "close" and [t.kind for t in written[k + 2 : k + 3]] == ["open"]:
                behind = written[k + 2]  # the numerator of a fraction
            if name not in _STEP_SIZES or self.scope.waits or self.scope.find(name, indexed=True) is not None:
                continue
            if behind.kind in ("sub", "sup", "close") or name_of(behind) in ("+", "-", ",", "=", ")", "]"):
                return []
            found += [name] if name not in found else []
        return found

    def _is_of_numbers_alone(self, node: Node, right: Tokens, letters: tuple[str, ...]) -> bool:
        """Whether a recurrence fits numbers, and no vectors: ``m_t = b m_{t-1} + (1 - b) g_t`` beside numbers g_t."""

        def fits(rows: Expr, columns: Expr) -> bool:
            scope = self.scope.copy()
            scope.declare(node.text, FamilyName(node.text, rows, columns, letters=letters), node.style)
            return self._reads_as(scope, right, (rows, columns))

        return fits(ONE, ONE) and not fits(size("d_+"), ONE) and not fits(size("d_+"), size("d_+"))

    @staticmethod
    def _reads_as(scope: Scope, side: Tokens, shape: Shape) -> bool:
        """Whether a formula has a shape in a scope."""
        reader = Values(scope)
        try:
            target = Num(0) if shape == (ONE, ONE) else ex.Zeros(*shape)
            _, value = reader.relate(target, reader.read(trimmed(side)))
            return same_shape(reader.finished(value).shape, shape)
        except (Unreadable, ShapeError):
            return False

    def _is_zero(self, value: Expression) -> bool:
        """Whether a name is defined as the number 0, which stands for a vector of zeros, too."""
        return any(d.target == value and d.body == Num(0) for d in self.scope.context.definitions)

    def take_starts(self, node: Node, family: FamilyName, defined: bool = False) -> None:
        """A name such as ``h_0`` or ``a^{(0)}`` that was declared before the family is a member of it.

        ``defined``: only one that has a value.
        """
        ((mark, written),) = node.scripts
        tokens = stripped(written)
        around = (tokens[:1], tokens[-1:]) if bracketed(written) is not None else ((), ())
        for start in ("0", "1"):
            number = replace(tokens[0], kind="char", text=start)
            key = name_with(node.text, [(mark, (*around[0], number, *around[1]))])
            known = self.scope.names.get(key)
            if isinstance(known, Symbolic) and self._is_zero(known.value) and (family.rows, family.columns) != (1, 1):
                self.scope.forget(known.value.name)  # h_0 := 0 beside vectors h_t
                del self.scope.names[key]
                member = ex.Member(family.name, family.rows, family.columns, int(start))
                self.scope.define(Definition(member, ex.Zeros(family.rows, family.columns)))
            elif isinstance(known, Symbolic) and same_shape(known.value.shape, (family.rows, family.columns)):
                body = next((d.body for d in self.scope.context.definitions if d.target == known.value), known.value)
                if defined and body == known.value:
                    continue
                del self.scope.names[key]
                member = ex.Member(family.name, family.rows, family.columns, int(start))
                self.scope.define(Definition(member, body))

    def _rule(self, target: ex.Member, body: Expression, node: Node) -> None:
        last, given = target.at[-1], target
        written, body = body, self._through_definitions(target.name, body)
        same = [n for n in ex.walk(body) if isinstance(n, ex.Member) and n.name == target.name]
        if last.is_Integer and not same:
            self.scope.define(Definition(target, body))
            self._start(target.name, int(last))
            return
        symbols = sorted((s for s in last.free_symbols), key=str)
        if len(symbols) != 1 or not (last - symbols[0]).is_Integer:
            raise Unreadable("a definition of a member has an index such as t or t + 1", node.place)
        shift = int(last - symbols[0])
        symbol = index(str(symbols[0]))
        rule = {symbols[0]: symbol - shift}
        target = target.xreplace({symbols[0]: symbol}).func(target.name, *target.shape, *target.at[:-1], symbol)
        body = body.xreplace(rule)
        if not same:
            self.scope.define(Definition(target, body))
            return
        members = (n for n in ex.walk(body) if isinstance(n, ex.Member) and n.name == target.name)
        behind = {member.at[-1] - symbol for member in members}
        if behind != {Integer(-1)}:
            if not all(step.is_Integer and step < 0 for step in behind):
                raise Unreadable("a recurrence refers to members before only", node.place)
            self.scope.assume(Relation(given, "=", written))  # of a higher order: an equation at its index
            return
        for k in range(10):
            entity = self.scope.names.get(f"{target.name}_{k}")
            if isinstance(entity, Symbolic) and entity.value.shape == target.shape and len(target.at) == 1:
                self.scope.member_for_name(f"{target.name}_{k}", ex.Member(target.name, *target.shape, k))
        starts = [
            int(d.target.at[-1])
            for d in self.scope.context.definitions
            if isinstance(d.target, ex.Member) and d.target.name == target.name and d.target.at[-1].is_Integer
        ]
        self.scope.define(Recurrence(target, body, min(starts, default=0) + 1))
        placed = written.xreplace(rule)  # at the index of the target, as the body is
        for member in (n for n in ex.walk(placed) if isinstance(n, ex.Member) and n.name != target.name):
            if member not in ex.walk(body):
                self.scope.between[member.name] = Between(target, placed)

    def _through_definitions(self, name: str, body: Expression) -> Expression:
        """The body with those definitions put in that lead back to the family.

        So that h_t := s(a_t) with a_t := W x_t + U h_{t-1} is a recurrence.
        """
        for _ in range(8):
            for node in ex.walk(body):
                if not isinstance(node, ex.Member) or node.name == name:
                    continue
                rule = self._general_rule(node.name)
                if rule is None or not self._leads_to(rule.body, name, frozenset((node.name,))):
                    continue
                values = {p: v for p, v in zip(rule.target.at, node.at, strict=True) if p.is_Symbol}
                body = body.xreplace({node: instance(rule.body, values)})
                break
            else:
                return body
        return body

    def _general_rule(self, name: str) -> Definition | None:
        for definition in self.scope.context.definitions:
            target = definition.target
            if isinstance(target, ex.Member) and target.name == name and target.at[-1].is_Symbol:
                return definition
        return None

    def _leads_to(self, body: Expression, name: str, seen: frozenset[str]) -> bool:
        for node in ex.walk(body):
            if isinstance(node, ex.Member) and node.name == name:
                return True
            if isinstance(node, ex.Member) and node.name not in seen:
                rule = self._general_rule(node.name)
                if rule is not None and self._leads_to(rule.body, name, seen | {node.name}):
                    return True
        return False

    def _start(self, name: str, first: int) -> None:
        for recurrence in self.scope.context.recurrences:
            if recurrence.target.name == name:
                self.scope.define(replace(recurrence, first=first + 1))
