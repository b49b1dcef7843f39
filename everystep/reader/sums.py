r"""Sums and products over an index, and limits: which letter is bound, and over which range.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from sympy import Expr, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ONE, index, same_size
from everystep.reader.entities import DefinedFunction, FamilyName, OpaqueFunction, ScalarFunctionName, Size
from everystep.reader.from_zero import counts_from_zero
from everystep.reader.marks import atoms, is_unknown, plain_text, trim, written
from everystep.reader.names import Names
from everystep.reader.sign_letters import apart_letters, bound_letters
from everystep.reader.source import Tokens
from everystep.reader.syntax import mentions
from everystep.reader.trees import Node, Unreadable, name_of, relation_of, split, stripped

Binder: TypeAlias = tuple[str, Symbol, "Expr | None", "Expr | None", "Expr | None"]
"""An index that a sum sign binds: its name and symbol, the least and the greatest value, one that is left out."""


def conditions_below(below: Tokens) -> list[Tokens]:
    r"""What stands below a sum sign, condition by condition: lines of ``\substack``, and parts between commas."""
    below = stripped(below)
    if below and name_of(below[0]) == "substack" and below[-1].kind == "close":
        lines = [stripped(line) for line in split(below[2:-1], ("newline",)) if stripped(line)]
    else:
        lines = [below]
    found: list[Tokens] = []
    for line in lines:
        parts = [stripped(part) for part in split(line, (",",))]
        kinds = [[relation_of(part, k)[0] for k in range(len(part)) if relation_of(part, k)[0]] for part in parts]
        named = sum(not kind for kind in kinds[:-1])
        if len(parts) - named > 1 and kinds[named] == ["="] and all(kinds[named + 1 :]):  # i, j = 1, i \ne j
            end = sum(len(part) + 1 for part in parts[: named + 1]) - 1
            found += [line[:end], *parts[named + 1 :]]
        else:
            found.append(line)
    return found or [()]


class Sums(Names):
    """The part of the reader that binds indices."""

    def _take_sum(self, factors: list[Node], separators: list[str], at: int) -> tuple[Expression, int]:
        node = factors[at]
        end = len(factors)
        if node.text == "prod":  # it ends where the next one begins; a sum of sums is the same either way
            signs = [k for k in range(at + 2, end) if factors[k].kind == "sign" and factors[k].text in ("sum", "prod")]
            end = signs[0] if signs else end
            end = self._end_of_product(factors, separators, at, end)
        body_node = self._rest(factors[:end], separators[:end], at + 1)
        subscript = next((t for m, t in node.scripts if m == "_"), ())
        above = next((t for m, t in node.scripts if m == "^"), ())
        value = self._sum_over(subscript, above, body_node, node)
        return value, end

    def _end_of_product(self, factors: list[Node], separators: list[str], at: int, end: int) -> int:
        r"""``\prod_i A_i x`` ends where its index does, if the shapes say so; else it has two readings."""
        letters = bound_letters(factors[at])
        last = max((k for k in range(at + 1, end) if mentions(factors[k], letters)), default=end - 1)
        while last + 1 < end and factors[last + 1].kind == "group" and self._is_applied(factors[last]):
            last += 1
        dot = next((k for k in range(last + 1, end) if separators[k]), end)
        if last + 1 == dot:
            return dot
        short = self._rest(factors[: last + 1], separators[: last + 1], at + 1)
        narrow = self._trial(short, factors[at])
        if narrow and self._trial(self._rest(factors[:dot], separators[:dot], at + 1), factors[at]):
            behind = written(self._rest(factors[:dot], separators[:dot], last + 1))
            message = f"two readings: does the product end behind {written(short)}, or behind {behind}?"
            raise Unreadable(message, factors[at].place)
        return last + 1 if narrow else dot

    def _is_applied(self, node: Node) -> bool:
        """Whether brackets behind a name are the arguments of a function."""
        if node.kind not in ("letter", "word"):
            return False
        return isinstance(self.entity_of(node)[0], OpaqueFunction | DefinedFunction | ScalarFunctionName)

    def _trial(self, body: Node, node: Node) -> bool:
        """Whether a body of a product over an index has a value there: a number or a square matrix."""
        below = next((t for m, t in node.scripts if m == "_"), ())
        above = next((t for m, t in node.scripts if m == "^"), ())
        kept = self.kept()
        try:
            return self.shape(self._sum_over(below, above, body, node)) is not None
        except Unreadable:
            return False
        finally:
            self.restore(kept)

    def lengths_of_families(self, body: Expression, symbol: Expr) -> list[tuple[Expr, Expr]]:
        """From where to where families are defined whose members a body has at an index: the one range of all."""
        found: set[Expr] = set()
        for member in (n for n in ex.walk(body) if isinstance(n, ex.Member) and n.at == (symbol,)):
            family = self.scope.names.get(f"{member.name}[]", self.scope.names.get(member.name))
            if not isinstance(family, FamilyName) or len(family.sizes) != 1:
                return []
            found.add(family.sizes[0][1])
        return [(ONE, length) for length in found] if len(found) == 1 else []

    def _sum_over(self, below: Tokens, above: Tokens, body_node: Node, node: Node) -> Expression:
        below = stripped(below)
        if not below:
            raise Unreadable("a sum without an index is not read", node.place)
        if [name_of(t) for t in above if t.kind not in ("open", "close", "space")] in (["infty"], ["+", "infty"]):
            return self._infinite(below, above, body_node, node)
        binders = self._bound_here(below, above, body_node, node)
        outer, uses = dict(self.bound), dict(self.uses)
        seen_before, declared = dict(self.seen), self.declared_ranges
        bound = {symbol for _, symbol, _, _, _ in binders}
        self.declared_ranges = {known for known in declared if known[0] not in bound}
        ends = self.within
        self.within = (ends - bound) | {s for _, s, low, high, _ in binders if low is not None and high is not None}
        for name, symbol, _, _, _ in binders:
            self.bound[name] = symbol
            self.uses.pop(symbol, None)
            self.seen.pop(symbol, None)
        try:
            self._not_all(*(end for *_, low, high, _ in binders for end in (low, high) if end is not None))
            if any((low is None) != (high is None) for *_, low, high, _ in binders) and counts_from_zero(self.scope):
                raise Unreadable("the text counts from 0: where does this sum begin, and end?", node.place)
            body = self.value(body_node)
            ranges = []
            for name, symbol, low, high, _ in binders:
                if low is None or high is None:
                    known = [
                        (least, most)
                        for least, most in self.uses.get(symbol, [])
                        if most is not None and not is_unknown(self.settled(most))
                    ]
                    known = known or self.lengths_of_families(body, symbol)
                    if not known:
                        raise Unreadable(f"the range of the summed index {name} is not known", node.place)
                    least, most = self._one_range(name, symbol, known, low is None, node)
                    low = least if low is None else low
                    high = self.settled(most) if high is None else high
                ranges.append((symbol, low, high))
        finally:
            self.bound, self.within = outer, ends
            inner_uses = self.uses
            self.uses = uses
            self.declared_ranges |= declared
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
                    if not self.is_number(body):
                        raise Unreadable("a product of matrices that leaves out an index is not read", node.place)
                    self._use(excluded, low, high)
                    before, behind = maker(body, symbol, low, excluded - 1), maker(body, symbol, excluded + 1, high)
                    body = ex.Mul(before, behind)
                    continue
                full = ex.Add(full, ex.Neg(body.xreplace({symbol: excluded})))
            body = full
        return body

    def _infinite(self, below: Tokens, above: Tokens, body: Node, node: Node) -> Expression:
        r"""``\sum_{k=0}^\infty`` is the limit of its partial sums."""
        if node.text != "sum":
            raise Unreadable("an infinite product is not read", node.place)
        used = {t.text for t in below} | {*self.bound, *self.locals}
        name = next(c for c in "NMKLPQ" if c not in used and self.scope.find(c) is None and not mentions(body, {c}))
        last = index(name)
        self.bound[name] = last
        try:
            partial = self._sum_over(below, (replace(below[0], kind="char", text=name),), body, node)
        finally:
            del self.bound[name]
        return ex.Limit(partial, last)

    def _one_range(
        self, name: str, symbol: Symbol, known: Sequence[tuple[Expr, Expr]], needs_low: bool, node: Node
    ) -> tuple[Expr, Expr]:
        """The range of a summed index that has no limits: the one of all that it indexes, or of a declared family."""
        declared = [pair for pair in known if (symbol, *pair) in self.declared_ranges]
        candidates = declared or list(known)
        least, most = candidates[0]
        for low, high in candidates[1:]:
            if not same_size(self.settled(high), self.settled(most)) or (needs_low and low != least):
                raise Unreadable(
                    f"two readings: does {name} run from {least} to {self.settled(most)}, or from {low} to "
                    f"{self.settled(high)}? write the limits of the sum",
                    node.place,
                )
        return least, most

    def _bound_here(self, below: Tokens, above: Tokens, body: Node, node: Node) -> list[Binder]:
        r"""The indices that a sum sign binds, of several conditions below it: ``i, j = 1``, ``i \ne j``."""
        first, *others = conditions_below(below)
        binders = self._pair_apart(first, above, body, node) or self._binders(first, above, node)
        for condition in others:
            marks = [(k, *relation_of(condition, k)) for k in range(len(condition)) if relation_of(condition, k)[0]]
            if len(marks) != 1 or marks[0][1] not in ("!=", "<", ">"):
                raise Unreadable("this range of a sum is not read", node.place)
            at, op, width = marks[0]
            sides = [plain_text(condition[:at]), plain_text(condition[at + width :])]
            if op == ">":
                sides.reverse()
            names = [name for name, *_ in binders]
            if op != "!=" and sides[0] in names and sides[1] in names:  # i < j
                smaller, larger = (binders[names.index(side)] for side in sides)
                rest = [binder for binder in binders if binder[0] not in sides]
                binders = [*rest, larger, (*smaller[:3], larger[1] - 1, None)]
                continue
            if op != "!=" or not set(sides) & set(names):
                raise Unreadable("this range of a sum is not read", node.place)
            mine = max((side for side in sides if side in names), key=names.index)  # the index that is bound later
            other = condition[at + width :] if mine == sides[0] else condition[:at]
            outer = dict(self.bound)
            self.bound |= {name: symbol for name, symbol, *_ in binders}
            try:
                excluded = self.integer(other)
            finally:
                self.bound = outer
            position = names.index(mine)
            name, symbol, low, high, before = binders[position]
            if before is not None:
                raise Unreadable("a sum that leaves out two values is not read", node.place)
            binders[position] = (name, symbol, low, high, excluded)
        return binders

    def _pair_apart(self, below: Tokens, above: Tokens, body: Node, node: Node) -> list[Binder]:
        r"""Both indices of ``\sum_{i \ne j}`` and ``\sum_{1 \le i \ne j \le n}``; none where j has a meaning.

        By custom ``i \ne j`` in the order of the alphabet is a sum over both, and ``j \ne i`` one over j.
        """
        marks = [(k, *relation_of(below, k)) for k in range(len(below)) if relation_of(below, k)[0]]
        low: Expr | None = None
        high: Expr | None = None
        if [op for _, op, _ in marks] in (["<=", "!=", "<="], ["<=", "!=", "<"], ["<", "!=", "<="], ["<", "!=", "<"]):
            (a, first, v), (middle, _, width), (b, last, w) = marks
            low = self.integer(below[:a]) + int(first == "<")
            high = self.integer(below[b + w :]) - int(last == "<")
            below, marks = below[a + v : b], [(middle - a - v, "!=", width)]
        if [op for _, op, _ in marks] != ["!="]:
            return []
        at, _, width = marks[0]
        sides = [stripped(below[:at]), stripped(below[at + width :])]
        names = [name_of(side[0]) if len(side) == 1 else "" for side in sides]
        ordered = low is not None or names[0] < names[1]
        if not all(name.isalpha() for name in names) or not ordered or names[0] == names[1]:
            return []
        for name in names:
            if name in self.bound or name in self.locals or self.scope.find(name) is not None or name in self.elsewhere:
                return []
        both = all(mentions(body, {name}) for name in names)
        if not both or (self.side is not None and self._occurs_beside(self.side, names[1], node)):
            return []
        (name, i), (other, j) = (self._binder(side, node) for side in sides)
        if stripped(above):
            low, high = ONE, self.integer(above)
        return [(name, i, low, high, None), (other, j, low, high, i)]

    @staticmethod
    def _occurs_beside(side: Node, letter: str, node: Node) -> bool:
        """Whether an index occurs free in a side of a relation outside of a sum sign and what stands behind it."""
        return mentions(side, {letter}, lambda big: big.place == node.place or letter in apart_letters(big))

    def _binders(self, below: Tokens, above: Tokens, node: Node) -> list[Binder]:
        """The indices that a sum sign with one condition binds."""
        relations = [(k, *relation_of(below, k)) for k in range(len(below))]
        marks = [(k, op, width) for k, op, width in relations if op]
        if not marks:
            names = [p for piece in split(below, (",",)) for p in atoms(stripped(piece))]
            found = [self._binder(p, node) for p in names]
            high = self.integer(above) if stripped(above) else None
            return [(n, s, ONE if high is not None else None, high, None) for n, s in found]
        if len(marks) == 2 and marks[0][1] in ("<=", "<") and marks[1][1] in ("<=", "<"):
            (k, first, w), (m, second, v) = marks
            low = self.integer(below[:k]) + int(first == "<")
            high = self.integer(below[m + v :]) - int(second == "<")
            found = [self._binder(piece, node) for piece in split(below[k + w : m], (",",))]
            return [(name, symbol, low, high, None) for name, symbol in found]
        at, op, width = marks[0]
        left, right = below[:at], below[at + width :]
        if op == "=":
            found = [self._binder(piece, node) for piece in split(left, (",",))]
            pieces = split(right, ("dots", "ldots", "cdots"))
            if len(pieces) == 2:
                low, high = (self.integer(trim(piece)) for piece in pieces)
                return [(name, symbol, low, high, None) for name, symbol in found]
            if not stripped(above):
                raise Unreadable("the sum has no upper limit", node.place)
            if any(name_of(t) == "infty" for t in above):
                raise Unreadable("this infinite sum is not read", node.place)
            return [(name, symbol, self.integer(right), self.integer(above), None) for name, symbol in found]
        if op == "!=":
            names = split(left, (",",))
            if len(names) == 1 and len(atoms(stripped(left))) == 1:
                name, symbol = self._binder(left, node)
                other = plain_text(right)
                known = other in self.bound or isinstance(self.scope.find(other), Size) or other.isdigit()
                beside = self.side is not None and self._occurs_beside(self.side, other, node)
                if not known and other not in self.elsewhere and not beside:
                    raise Unreadable(f"a sum over {name} only, or over {name} and {other}?", node.place)
                excluded = self.integer(right)
                high = self.integer(above) if stripped(above) else None
                return [(name, symbol, ONE if high is not None else None, high, excluded)]
        pair = self._ordered_pair(below, marks, node)
        if pair is not None:
            return pair
        if op in ("<", "<=") and len(atoms(stripped(left))) == 1 and plain_text(right) in self.bound:
            name, symbol = self._binder(left, node)
            return [(name, symbol, ONE, self.integer(right) - int(op == "<"), None)]
        if op in (">", ">=") and plain_text(right) in self.bound:
            name, symbol = self._binder(left, node)
            return [(name, symbol, self.integer(right) + int(op == ">"), None, None)]
        if op == "in":
            return self._binder_in(left, right, node)
        raise Unreadable("this range of a sum is not read", node.place)

    def _ordered_pair(
        self, below: Tokens, marks: Sequence[tuple[int, str, int]], node: Node
    ) -> list[tuple[str, Symbol, Expr | None, Expr | None, Expr | None]] | None:
        r"""The indices of ``\sum_{i<j}`` and ``\sum_{1 \le i < j \le n}``; None where one has a meaning."""
        low: Expr | None = None
        high: Expr | None = None
        if len(marks) == 3 and all(op in ("<", "<=") for _, op, _ in marks):
            (a, first, v), middle, (b, last, w) = marks
            low = self.integer(below[:a]) + int(first == "<")
            high = self.integer(below[b + w :]) - int(last == "<")
            below, marks = below[a + v : b], [(middle[0] - a - v, middle[1], middle[2])]
        if len(marks) != 1 or marks[0][1] not in ("<", "<=", ">", ">="):
            return None
        at, op, width = marks[0]
        smaller, larger = stripped(below[:at]), stripped(below[at + width :])
        if op[0] == ">":
            smaller, larger = larger, smaller
        for side in (smaller, larger):
            name = name_of(side[0]) if len(side) == 1 else ""
            if not name.isalpha() or name in self.bound or self.scope.find(name) is not None:
                return None
            if low is None and name in self.elsewhere:
                return None
        (name, i), (other, j) = self._binder(smaller, node), self._binder(larger, node)
        return [(other, j, low, high, None), (name, i, low, j - int(op in ("<", ">")), None)]

    def _binder_in(self, left: Tokens, right: Tokens, node: Node) -> list[Binder]:
        name, symbol = self._binder(left, node)
        right = stripped(right)
        if right and name_of(right[0]) == "[" and name_of(right[-1]) == "]":
            return [(name, symbol, ONE, self.integer(right[1:-1]), None)]
        if right and name_of(right[0]) in ("{", "lbrace") and name_of(right[-1]) in ("}", "rbrace"):
            pieces = split(right[1:-1], ("dots", "ldots", "cdots"))
            if len(pieces) == 2:
                return [(name, symbol, self.integer(trim(pieces[0])), self.integer(trim(pieces[1])), None)]
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

    def _limit_of_index(
        self, factors: list[Node], separators: list[str], at: int, letter: Tokens
    ) -> tuple[Expression, int]:
        node = factors[at]
        name, symbol = self._binder(letter, node)
        entity = self.scope.find(name)
        if isinstance(entity, Size) and self.scope.is_extent(entity.value):
            raise Unreadable(f"{name} is the size of something: a limit over it is not read", node.place)
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
