r"""Names and their scripts: what a letter stands for, members of families, entries, powers, transposes; integers.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sympy import Expr, Integer, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.context import Definition, Predicate, Relation
from everystep.algebra.expressions import Expression, Int, Num, Var
from everystep.algebra.shapes import ONE, index, size
from everystep.reader.decomposed_letters import member_of
from everystep.reader.entities import (
    DefinedFunction,
    Entity,
    FamilyName,
    Held,
    OpaqueFunction,
    Rows,
    ScalarFunctionName,
    Size,
    Symbolic,
)
from everystep.reader.from_zero import counts_from_zero, is_given_by_entries, is_told_to_count_from_zero
from everystep.reader.marks import (
    atoms,
    bracketed,
    choices,
    is_open,
    is_tower,
    is_unknown,
    label_and_mark,
    left_out,
    name_with,
    numbered_name,
    plain_text,
    rational,
)
from everystep.reader.source import Token, Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, latex_of, name_of, split, stripped
from everystep.reader.typed import Typed

ROOT = "^(1/2)"
"""What the name of a matrix's root ends with."""
EXPONENTS = frozenset("kmnpqrs")
"""Letters that stand for a positive integer where a matrix is raised to them."""
MOST_SCRIPTS = 8
MOST_EXPONENT = 64


RAISED = frozenset(("top", "T", "intercal", "t", "prime", "-1", "-T", "-top", "2", "3", "+", "dagger"))
"""Superscripts that are more often an operation than part of a name."""


def _is_star(mark: str, tokens: Tokens) -> bool:
    """Whether a mark is the star of ``w^*``."""
    return mark == "^" and plain_text(tokens) in ("*", "star", "ast")


class Names(Typed):
    """The part of the reader that knows what letters, indices and scripts mean."""

    # names -----------------------------------------------------------------------------------------

    def entity_of(self, node: Node) -> tuple[Entity | None, list[tuple[str, Tokens]]]:
        """What a letter with its scripts names, and the scripts that are left over.

        The longest declared name wins: ``w^*`` over ``w`` with an exponent.
        """
        entity, rest = self._entity_and_rest(node)
        if isinstance(entity, OpaqueFunction) and entity.family:
            return self._function_at(entity, rest)
        return entity, rest

    def _function_at(
        self, entity: OpaqueFunction, rest: list[tuple[str, Tokens]]
    ) -> tuple[Entity | None, list[tuple[str, Tokens]]]:
        """The function of a family that the index of its letter means."""
        place = next((k for k, (mark, t) in enumerate(rest) if mark == "_" or bracketed(t)), None)
        if place is None:
            return None, rest
        written = rest[place][1]
        at = self.integer(bracketed(written) or written)
        if entity.low is not None and entity.high is not None:
            self._use(at, entity.low, entity.high)
            self.declared_ranges.add((at, entity.low, entity.high))
        return replace(entity, at=at), [s for k, s in enumerate(rest) if k != place]

    def _entity_and_rest(self, node: Node) -> tuple[Entity | None, list[tuple[str, Tokens]]]:
        node = self._with_label_apart(node)
        parameter = self._local(node)
        if parameter is not None:
            # Beside a parameter theta of a function, theta_0 and the family theta_t stay what they were declared to be.
            own = self._longest(node)
            if own is not None and len(own[1]) < len(parameter[1]):
                return own
            indexed = self._has_index_of_family(node.text, parameter[1], isinstance(parameter[0], Held))
            family = self.scope.find(node.text, node.style, True) if indexed else None
            if isinstance(family, FamilyName) and not isinstance(self.scope.find(node.text, node.style), FamilyName):
                return family, list(node.scripts)
            return parameter
        if node.text in self.bound and not node.scripts:
            return Size(self.bound[node.text]), []
        apart = left_out(node)
        family = self.scope.find(apart[0], node.style, True) if apart is not None else None
        if apart is not None and isinstance(family, FamilyName):
            return family, [("_", apart[1]), *apart[2]]
        best = self._longest(node)
        if best is not None:
            return best
        whole = self.scope.names.get(self.scope.key(node.text, node.style))
        vector = isinstance(whole, Symbolic) and whole.value.shape != (ONE, ONE)
        indexed = self._has_index_of_family(node.text, node.scripts, vector)
        entity = self.scope.find(node.text, node.style, indexed)
        if isinstance(entity, FamilyName) and node.scripts and all(_is_star(*script) for script in node.scripts):
            return None, list(node.scripts)  # w^* beside w_k
        if isinstance(entity, FamilyName) and self._is_at_a_number(node):
            return None, list(node.scripts)
        if entity is None:
            numbered = self._entry_of_numbered(node)
            if numbered is not None:
                return numbered
        if entity is None and node.text in self.bound:
            return Size(self.bound[node.text]), list(node.scripts)
        if entity is None:
            return self._power_of_square(node) or (None, list(node.scripts))
        return entity, list(node.scripts)

    def _power_of_square(self, node: Node) -> tuple[Entity, list[tuple[str, Tokens]]] | None:
        r"""``\sigma^4`` where ``\sigma^2`` is declared and ``\sigma`` is not: an even power is one of the square."""
        for k, (mark, written) in enumerate(node.scripts):
            power = rational(stripped(written)) if mark == "^" else None
            if power is None or power.q != 1 or power % 2 or not stripped(written):
                continue
            where = stripped(written)[0].place
            scripts = list(node.scripts)
            scripts[k] = ("^", (Token("char", "2", where),))
            name = name_with(node.text, scripts)
            square = self.scope.find(name, node.style) if name else None
            if isinstance(square, Symbolic) and square.value.is_number_shaped:
                return square, [("^", tuple(Token("char", sign, where) for sign in str(power / 2)))]
        return None

    def _is_at_a_number(self, node: Node) -> bool:
        r"""Whether the mark below a letter is a declared number, which counts nothing: ``w_\lambda`` beside ``w_t``."""
        if [mark for mark, _ in node.scripts] != ["_"]:
            return False
        name = plain_text(stripped(node.scripts[0][1]))
        number = None if name in self.bound or name in self.locals else self.scope.find(name)
        return isinstance(number, Symbolic) and number.value.is_number_shaped

    def _with_label_apart(self, node: Node) -> Node:
        r"""``W^{(2)\top}`` as ``W^{(2)}`` with a transpose, where ``W^{(2)}`` is a name or a member of a family."""
        for k, (mark, written) in enumerate(node.scripts):
            parts = label_and_mark(written) if mark == "^" else None
            if parts is None or self._whole_name(node) is not None:
                continue
            scripts = [*node.scripts[:k], ("^", parts[0]), ("^", parts[1]), *node.scripts[k + 1 :]]
            labelled = name_with(node.text, [s for s in scripts[: k + 1] if s[0] != "'"])
            named = labelled in self.locals or self.scope.find(labelled, node.style) is not None
            family = self.scope.find(node.text, node.style, True)
            power = (
                plain_text(parts[1]) == "T"
                and isinstance(family, FamilyName)
                and (family.rows, family.columns) == (1, 1)
            )
            if named or (isinstance(family, FamilyName) and not power):
                return replace(node, scripts=scripts)
        return node

    def _whole_name(self, node: Node) -> Entity | None:
        """What a letter with all of its scripts is the name of."""
        name = name_with(node.text, node.scripts)
        return self.scope.find(name, node.style) if name else None

    def _has_index_of_family(self, name: str, scripts: Sequence[tuple[str, Tokens]], beside: bool) -> bool:
        """Whether scripts have the index of a family; ``beside``: a vector has the same name, so that ``x_j`` is its
        entry where the family is written ``x^{(i)}``.
        """
        raised = any(mark == "^" and bracketed(t) is not None for mark, t in scripts)
        below = any(mark == "_" for mark, _ in scripts) and not (beside and name in self.scope.raised)
        return raised or below

    def moving(self, node: Node) -> tuple[str, Entity] | None:
        r"""The letter under the dot of ``\\dot x`` and what it stands for, where the two are no name of their own."""
        accent, _, letter = node.text.partition(" ")
        if node.kind != "letter" or accent not in ("dot", "ddot") or self.entity_of(node)[0] is not None:
            return None
        entity = self.scope.find(letter, node.style)
        kinds = ScalarFunctionName | OpaqueFunction | DefinedFunction | Symbolic
        return (letter, entity) if isinstance(entity, kinds) else None

    def _local(self, node: Node) -> tuple[Entity, list[tuple[str, Tokens]]] | None:
        """The parameter of a function that a letter with its scripts names, the longest one."""
        scripts = node.scripts
        if not self.locals or len(scripts) > MOST_SCRIPTS:
            return None
        for count in range(len(scripts), -1, -1):
            for chosen in choices(len(scripts), count):
                name = name_with(node.text, [scripts[k] for k in chosen]) if count else node.text
                if name in self.locals:
                    return Held(self.locals[name]), [s for k, s in enumerate(scripts) if k not in chosen]
        return None

    def _longest(self, node: Node) -> tuple[Entity, list[tuple[str, Tokens]]] | None:
        scripts = node.scripts
        if len(scripts) > MOST_SCRIPTS:
            raise Unreadable("too many marks on one letter", node.place)
        for count in range(len(scripts), 0, -1):
            for chosen in choices(len(scripts), count):
                name = name_with(node.text, [scripts[k] for k in chosen])
                entity = self.scope.find(name, node.style) if name else None
                if entity is None:
                    continue
                inside = {name_of(t) for k in chosen for t in scripts[k][1]} & set(self.bound)
                if inside and isinstance(entity, Symbolic):
                    raise Unreadable(f"{name} is one name, and {min(inside)} is an index of the sum here", node.place)
                return entity, [s for k, s in enumerate(scripts) if k not in chosen]
        return None

    def _entry_of_numbered(self, node: Node) -> tuple[Entity, list[tuple[str, Tokens]]] | None:
        """``z_{2,j}`` as an entry of a vector or a matrix that is declared as ``z_2``."""
        if len(node.scripts) != 1 or node.scripts[0][0] != "_":
            return None
        first, *rest = split(stripped(bracketed(node.scripts[0][1]) or node.scripts[0][1]), (",",))
        name = name_with(node.text, [("_", first)])
        entity = self.scope.find(name, node.style) if name and rest and plain_text(first).isdigit() else None
        if not isinstance(entity, Symbolic | Held):
            return None
        at = tuple(token for piece in rest for token in piece)
        return entity, [("_", at)]

    def _named(self, node: Node, entity: Entity | None, rest: list[tuple[str, Tokens]]) -> Expression:
        if entity is None:
            return self._undeclared(node)
        if isinstance(entity, Symbolic):
            if self._is_exponential(entity.value, rest, node):
                return self._undeclared(replace(node, scripts=rest))
            kronecker = self._kronecker(entity.value, rest, node)
            return kronecker if kronecker is not None else self._scripted(entity.value, rest, node)
        if isinstance(entity, Held):
            value = entity.value
            if entity.sized_by_use:
                value = value.xreplace({s: self.unknown() for s in value.free_symbols if is_unknown(s)})
            return self._scripted(value, rest, node)
        if isinstance(entity, Size):
            self._not_all(entity.value)
            return self._scripted(Int(entity.value), rest, node)
        if isinstance(entity, Rows):
            return self._row_of(entity, rest, node)
        if isinstance(entity, FamilyName):
            return self._member(entity, rest, node)
        raise Unreadable(f"{node.text} is a function; write its argument", node.place)

    def _is_exponential(self, value: Var, rest: list[tuple[str, Tokens]], node: Node) -> bool:
        """Whether ``e^{-a}`` stands beside a vector of errors e: a vector has no powers."""
        raised = node.text == "e" and [mark for mark, _ in rest] == ["^"]
        return raised and value.shape[0] != value.shape[1] == ONE and not self._is_transpose(rest[0][1])

    def _kronecker(self, value: Var, rest: list[tuple[str, Tokens]], node: Node) -> Expression | None:
        """Kronecker's delta beside a vector (or number) of the same letter: it alone has two indices."""
        if node.text != "delta" or 1 not in value.shape or len(rest) != 1 or rest[0][0] != "_":
            return None
        pair = self._index_list(rest[0][1], 2)
        if len(pair) != 2 or any(isinstance(at, str) for at in pair):
            return None
        return ex.Entry(ex.Eye(self._common_range(pair)), *pair)

    def _undeclared(self, node: Node) -> Expression:
        name, scripts = node.text, list(node.scripts)
        subscript = next((t for m, t in scripts if m == "_"), None)
        others = [s for s in scripts if s[0] != "_"]
        if name == "I" or (name == "1" and node.style == "double"):
            size = self.integer(subscript) if subscript is not None else self.unknown()
            return self._scripted(ex.Eye(size), others, node)
        if name == "e" and subscript is not None:
            size, at = self.unknown(), self._counted_from_one(self.integer(subscript), ONE)
            self._use(at, ONE, size)
            return self._scripted(ex.Unit(size, at), others, node)
        if name == "e" and others and others[0][0] == "^":
            exponent = self.read(others[0][1])
            return self._scripted(self._entrywise("exp", exponent), others[1:], node)
        if name == "e" and not scripts:
            return ex.Apply("exp", Num(1))
        if name == "pi" and subscript is None:
            # Of the number pi nothing is used but its sign; the checker makes no counterexample of its value.
            self.assumed += [h for h in (Relation(Num(0), "<", Var("pi")),) if h not in self.assumed]
            return self._scripted(Var("pi"), scripts, node)
        if name == "delta" and subscript is not None:
            pair = self._index_list(subscript, 2)
            if len(pair) == 2:
                return self._scripted(ex.Entry(ex.Eye(self._common_range(pair)), *pair), others, node)
        if name == "delta" and len(scripts) == 2 and subscript is None:
            raise Unreadable("which delta is meant?", node.place)
        matrix = self._matrix_of_entries(node, subscript)
        if matrix is not None:
            return self._scripted(matrix, scripts, node)
        member = self._in_decomposition(node, subscript)
        if member is not None:
            return self._scripted(member, others, node)
        if scripts and (numbered := numbered_name(node)) in self.guesses:
            return self.guesses[numbered]
        if name in self.guesses and not (scripts and f"{name}^2" in self.scope.names):  # the letter of a square
            return self._scripted(self.guesses[name], scripts, node)
        if subscript is None and not node.style and self._counts(name):
            self._not_all(index(name))
            return self._scripted(Int(index(name)), scripts, node)  # beside h_t, t is the index
        if name in self.scope.parameters and not node.style:
            return self._scripted(self.guesses.setdefault(name, Var(name)), scripts, node)
        raised = bool(scripts) and scripts[0][0] == "^" and plain_text(scripts[0][1]) in RAISED
        shown = name if raised else name_with(name, scripts[:1]) or name
        raise Unreadable(f"{shown} has no declaration", node.place)

    def _in_decomposition(self, node: Node, subscript: Tokens | None) -> Expression | None:
        r"""``\lambda_i`` and ``q_i`` of a decomposition that words name, where nothing declares them."""
        if subscript is None or node.style or not self.scope.decompositions or f"{node.text}[]" in self.scope.names:
            return None
        try:
            places = self._index_list(subscript, 1)
        except Unreadable:
            return None
        if len(places) != 1 or isinstance(places[0], str):
            return None
        found = member_of(node.text, places[0], self.scope.decompositions)
        if found is None:
            return None
        if f"{node.text}[]" in self.scope.unclear:
            raise Unreadable(self.scope.unclear[f"{node.text}[]"], node.place)
        self._use(places[0], ONE, found[1])
        return found[0]

    def _matrix_of_entries(self, node: Node, subscript: Tokens | None) -> Var | None:
        """The matrix A that ``a_{ij}`` is an entry of, where no other a is declared."""
        if subscript is None or node.style or len(self._index_list(subscript, 2)) != 2:
            return None
        capital = node.text.upper() if len(node.text) == 1 else node.text.capitalize()
        entity = self.scope.find(capital) if capital != node.text else None
        if isinstance(entity, Symbolic) and 1 not in entity.value.shape:
            return entity.value
        return None

    def _common_range(self, pair: list[Expr]) -> Expr:
        """The size that an index of a Kronecker delta runs to; an unknown where nothing has been said yet."""
        size: Expr = next((self.seen[at] for at in pair if at in self.seen), self.unknown())
        for at in pair:
            if isinstance(at, Symbol):
                self._use(at, ONE, size)
        return size

    def _use(self, at: Expr, low: Expr, high: Expr | None) -> None:
        """Note the range of an index; of a shifted one outside of sums, which may be empty."""
        if not isinstance(at, Symbol):
            if at.free_symbols and not self.bound:
                self.uses.setdefault(at, []).append((low, high))
        elif high is None:
            if at not in self.bound.values() or at in self.counted:
                self.uses.setdefault(at, []).append((low, high))
        else:
            before = self.seen.setdefault(at, high)
            if is_unknown(self.settled(before)) or is_unknown(self.settled(high)):
                self.unify(before, high)
            self.uses.setdefault(at, []).append((low, high))

    def _member(self, entity: FamilyName, rest: list[tuple[str, Tokens]], node: Node) -> Expression:
        at = next((k for k, (mark, t) in enumerate(rest) if mark == "^" and bracketed(t)), None)
        if at is None:
            at = next((k for k, (mark, _) in enumerate(rest) if mark == "_"), None)
        if at is None:
            at = next(
                (k for k, (m, t) in enumerate(rest) if m == "^" and len(t) == 1 and not self._is_transpose(t)), None
            )
        if at is None:
            return self._scripted(self._all_members(entity, node), rest, node)
        tokens = rest[at][1]
        others = [s for k, s in enumerate(rest) if k != at]
        inner = bracketed(tokens)
        if inner is not None and rest[at][0] == "^":
            tokens = inner
        elif inner is not None:
            raise self._two_families(node, inner)
        extra = (entity.rows != 1) + (entity.columns != 1)
        places = self._index_list(tokens, entity.count, extra)
        own, entries = places[: entity.count], places[entity.count :]
        if len(own) < entity.count:
            raise Unreadable(f"{node.text} has {entity.count} indices", node.place)
        if any(not at.is_Symbol or at in self.within for at in own if not isinstance(at, str)):
            self._not_by_entries(entity.name, node)
        member: Expression = ex.Member(entity.name, entity.rows, entity.columns, *own)
        if entity.low is not None and entity.high is not None:
            self._use(own[-1], entity.low, entity.high)
            self.declared_ranges.add((own[-1], entity.low, entity.high))
        for recurrence in self.scope.context.recurrences:
            if recurrence.target.name == entity.name:
                self._use(own[-1], Integer(recurrence.first - 1), None)
            for shift in self._shifts(entity.name, recurrence.target.name):
                self._use(own[-1], Integer(recurrence.first - 1) - shift, None)
        if entries:
            member = self._entry(member, entries, node)
        return self._scripted(member, others, node)

    def _all_members(self, entity: FamilyName, node: Node) -> Expression:
        r"""The vector of the numbers ``y_i``, the matrix of the numbers ``K_{ij}``, where their ranges are known.

        Of random numbers without a range, ``m_i \\sim P``, it is as long as what it stands beside asks for.
        What is defined with one index, such as ``L_t``, is not meant as a vector by its letter alone, unless it is
        made of the entries of vectors at that index, as ``p_i = e^{z_i} / \\sum_j e^{z_j}``, or of the rows of data.
        """
        sizes = dict(entity.sizes)
        context = self.scope.context
        targets = [*(d.target for d in context.definitions), *(r.target for r in context.recurrences)]
        defined = any(isinstance(target, ex.Member) and target.name == entity.name for target in targets)
        known = len(entity.letters) == entity.count and all(letter in sizes for letter in entity.letters)
        drawn = any(isinstance(r.target, ex.Member) and r.target.name == entity.name for r in context.random)
        open_ended = entity.count == 1 and entity.low is entity.high is None and not sizes and drawn
        entrywise = defined and (self._is_made_of_entries(entity.name) or self._is_made_of_data(entity.name, node.text))
        fits = (entity.count == 2 and node.text[:1].isupper()) or (entity.count == 1 and (entrywise or not defined))
        known = known or open_ended
        if (entity.rows, entity.columns) != (ONE, ONE) or not known or not fits:
            raise Unreadable(f"{node.text} has an index: write {node.text}_t", node.place)
        if entrywise or not defined:
            self.wholes.add(node.text)
        used = {node.text, *self.bound, *(str(s) for s in self.seen)}
        free = [letter for letter in "ijklmnpqrst" if letter not in used and self.scope.find(letter) is None]
        indices = [index(letter) for letter in free[: entity.count]]
        if len(indices) < entity.count:
            raise Unreadable(f"{node.text} has an index: write {node.text}_t", node.place)
        highs = (
            [self.lengths.setdefault(entity.name, self.unknown())]
            if open_ended
            else [sizes[letter] for letter in entity.letters]
        )
        units = [ex.Unit(high, at) for high, at in zip(highs, indices, strict=True)]
        body = ex.Mul(ex.Member(entity.name, ONE, ONE, *indices), units[0], *(ex.Transpose(u) for u in units[1:]))
        for at, high in reversed(list(zip(indices, highs, strict=True))):
            body = ex.SumOver(body, at, ONE, high)
        return body

    def _is_made_of_entries(self, name: str, seen: frozenset[str] = frozenset()) -> bool:
        """Whether the numbers of a family are defined by the entries at their index, or by other such families: the
        layers of a network that is written unit by unit.
        """
        context = self.scope.context
        rules = [d for d in context.definitions if isinstance(d.target, ex.Member) and d.target.name == name]
        if name in seen or len(rules) != 1 or any(r.target.name == name for r in context.recurrences):
            return False
        target, body = rules[0].target, rules[0].body
        if not isinstance(target, ex.Member) or len(target.at) != 1:
            return False
        parts = list(ex.walk(body))
        members = [node for node in parts if isinstance(node, ex.Member)]
        if not all(self._is_made_of_entries(n, seen | {name}) for n in {member.name for member in members}):
            return False
        entries = (n for n in parts if isinstance(n, ex.Entry) and n.operands[0].shape[0] != ONE)
        return any(target.at[0] in entry.at for entry in entries) or any(m.at == target.at for m in members)

    def _is_made_of_data(self, name: str, letter: str) -> bool:
        """Whether the numbers of a family with a small letter are defined by vectors at their index that nothing gives:
        the predictions or the residuals of examples.  Letters that are customary for losses are not meant.
        """
        context = self.scope.context
        rules = [d for d in context.definitions if isinstance(d.target, ex.Member) and d.target.name == name]
        given = {d.target.name for d in context.definitions} | {r.target.name for r in context.recurrences}
        drawn = {law.target.name for law in context.random}
        if len(rules) != 1 or name in drawn or not letter.islower() or letter in ("f", "g", "l", "ell"):
            return False
        body, at = rules[0].body, rules[0].target.args[-1]
        parts = list(ex.walk(body))
        if any(isinstance(node, ex.Member) and (node.name in given | drawn or node.at != (at,)) for node in parts):
            return False
        lines = [node for node in parts if isinstance(node, (ex.Row, ex.Col)) and node.args[-1] == at]
        return bool(lines) or any(isinstance(node, ex.Member) and not node.is_number_shaped for node in parts)

    def _shifts(self, name: str, recurrent: str) -> set[Expr]:
        """How far from its own index a defined family speaks of the members of a recurrence."""
        return {
            node.at[-1] - rule.target.at[-1]
            for rule in self.scope.context.definitions
            if isinstance(rule.target, ex.Member) and rule.target.name == name and rule.target.at[-1].is_Symbol
            for node in ex.walk(rule.body)
            if isinstance(node, ex.Member) and node.name == recurrent and (node.at[-1] - rule.target.at[-1]).is_Integer
        }

    def _counted_from_one(self, at: Expr, length: Expr) -> Expr:
        """An index of entries, or of lines, as one that counts from 1, of a text that may count from 0."""
        if not counts_from_zero(self.scope) and not (
            at.is_Symbol and at in self.within and is_told_to_count_from_zero(self.scope, at, length)
        ):
            return at
        moving = {s for s in at.free_symbols if not s.is_positive}
        if moving <= self.within:
            return at + 1
        if at.is_Symbol:
            return at  # all of them
        raise Unreadable("the text counts from 0: which entries are these?")

    def _not_all(self, *numbers: Expr) -> None:
        """Refuse a letter of a text that counts from 0 which is a number, and stands for every index too."""
        if any(not s.is_positive and s not in self.within for n in numbers for s in n.free_symbols) and (
            counts_from_zero(self.scope)
        ):
            raise Unreadable("the text counts from 0: is this letter an index, and from where?")

    def _not_by_entries(self, name: str, node: Node) -> None:
        """Refuse members at given places that are made of entries, where the text counts these from 0."""
        if is_given_by_entries(self.scope, name) and counts_from_zero(self.scope):
            raise Unreadable("the text counts from 0: which members are these?", node.place)

    def _row_of(self, entity: Rows, rest: list[tuple[str, Tokens]], node: Node) -> Expression:
        at = next((k for k, (mark, _) in enumerate(rest) if mark == "_" or bracketed(_) is not None), None)
        if at is None:
            raise Unreadable(f"{node.text} has an index: write {node.text}_i", node.place)
        tokens = bracketed(rest[at][1]) or rest[at][1]
        places = self._index_list(tokens, 1, 1)
        rows, columns = entity.matrix.shape
        if columns != ONE and len(places) == 1 and not isinstance(places[0], str):
            places = [self._counted_from_one(places[0], rows if entity.by_rows else columns)]
        self._use(places[0], ONE, rows if entity.by_rows else columns)
        value: Expression
        if columns == ONE:
            value = self._entry(entity.matrix, places, node)
        elif len(places) == 2:
            pair = places if entity.by_rows else [places[1], places[0]]
            value = self._entry(entity.matrix, list(pair), node)
        elif entity.by_rows:
            value = ex.Transpose(ex.Row(entity.matrix, places[0]))
        else:
            value = ex.Col(entity.matrix, places[0])
        return self._scripted(value, [s for k, s in enumerate(rest) if k != at], node)

    # scripts ---------------------------------------------------------------------------------------

    def _scripted(self, value: Expression, scripts: Sequence[tuple[str, Tokens]], node: Node) -> Expression:
        """A value with subscripts (entries, rows, columns), superscripts (powers, transposes, inverses) and primes."""
        for mark, tokens in scripts if self.scope.notation else ():
            if f"{mark}{plain_text(tokens)}" in self.scope.notation:
                raise Unreadable("this mark has a meaning of its own in the text, which is not read", node.place)
        position = 0
        while position < len(scripts):
            mark, tokens = scripts[position]
            following = scripts[position + 1] if position + 1 < len(scripts) else None
            if mark == "_" and following is not None and following[0] in ("^", "'"):
                whole = self._entry_of_power(value, tokens, following, node)
                if whole is not None:
                    value, position = whole, position + 2
                    continue
            if mark == "_":
                value = self._subscripted(value, tokens, node)
            elif mark == "'":
                value = self._primed(value, node)
            else:
                value = self._raised(value, tokens, node)
            position += 1
        return value

    def _entry_of_power(
        self, value: Expression, subscript: Tokens, following: tuple[str, Tokens], node: Node
    ) -> Expression | None:
        """``W_{ij}^T`` is an entry of the transpose; ``A_{ij}^{-1}`` has two readings."""
        shape = self.shape(value)
        if shape is None or 1 in shape or isinstance(value, Num):
            return None
        mark, tokens = following
        if mark == "'" or self._is_transpose(tokens):
            places = self._index_list(subscript, 2)
            if len(places) == 2 and not any(isinstance(at, str) for at in places):
                return self._entry(ex.Transpose(value), places, node)
        if plain_text(tokens) == "-1":
            raise Unreadable(
                "an entry of the inverse, or the reciprocal of an entry? write (A^{-1})_{ij} or 1/A_{ij}", node.place
            )
        return None

    def _subscripted(self, value: Expression, tokens: Tokens, node: Node) -> Expression:
        shape = self.shape(value)
        if shape is None:
            raise Unreadable("an index of something whose factors do not fit", node.place)
        if shape == (1, 1):
            raise Unreadable(f"{node.text or 'this'} is a number: it has no entries", node.place)
        if isinstance(value, ex.Norm):
            return value
        if isinstance(value, Var) and left_out(node) is not None:
            raise Unreadable(f"{latex_of(tokens)} below {node.text}: an entry, or a value without one of the data?")
        if plain_text(tokens) in ("*", "star", "ast", "cdot", "bullet"):
            # x_* is a name of its own; all entries of a vector are written x_:, or X_{i*} of a matrix.
            raise Unreadable(f"{node.text}_{plain_text(tokens)} has no declaration", node.place)
        if bracketed(tokens) is not None:
            raise self._two_families(node, bracketed(tokens) or ())
        places = self._index_list(tokens, 1 if 1 in shape else 2)
        return self._entry(value, places, node)

    @staticmethod
    def _two_families(node: Node, inner: Tokens) -> Unreadable:
        at = latex_of(inner)
        return Unreadable(f"two readings: is {node.text}_({at}) the same as {node.text}_{at}, or sorted?", node.place)

    def _entry(self, value: Expression, places: Sequence[Expr | str], node: Node) -> Expression:
        shape = self.shape(value)
        if shape is None:
            raise Unreadable("an index of something whose factors do not fit", node.place)
        rows, columns = shape
        value = self.resolved(value)
        lengths = shape if len(places) == 2 else (columns if rows == 1 else rows,)
        if len(places) <= 2 and not isinstance(value, Num):
            places = [
                at if isinstance(at, str) else self._counted_from_one(at, length)
                for at, length in zip(places, lengths, strict=True)
            ]
        if len(places) == 1:
            at = places[0]
            if isinstance(at, str):
                return value
            if columns == 1:
                self._use(at, ONE, rows)
                return ex.Entry(value, at)
            if rows == 1:
                self._use(at, ONE, columns)
                return ex.Entry(value, 1, at)
            raise Unreadable(
                f"{node.text or 'a matrix'} with one index: its row or its column? write both indices, "
                "or declare the rows: X = [x_1, \\dots, x_n]^\\top",
                node.place,
            )
        if len(places) != 2 or 1 in (rows, columns):
            raise Unreadable(f"{len(places)} indices are too many", node.place)
        first, second = places
        if isinstance(first, str) and isinstance(second, str):
            if any(name_of(t) in ("*", "star", "ast") for _, marked in node.scripts for t in marked):
                raise Unreadable(f"{node.text} with two stars below it has no declaration", node.place)
            return value
        if isinstance(second, str) and not isinstance(first, str):
            self._use(first, ONE, rows)
            return ex.Row(value, first)
        if isinstance(first, str) and not isinstance(second, str):
            self._use(second, ONE, columns)
            return ex.Col(value, second)
        if not isinstance(first, str) and not isinstance(second, str):
            self._use(first, ONE, rows)
            self._use(second, ONE, columns)
            return ex.Entry(value, first, second)
        raise Unreadable("this index is not read", node.place)

    def _primed(self, value: Expression, node: Node) -> Expression:
        shape = self.shape(value)
        if shape == (1, 1):
            raise Unreadable(f"a prime on the number {node.text}: a name of its own needs a declaration", node.place)
        self.scope.transposes = True
        return ex.Transpose(value)

    def _is_transpose(self, tokens: Tokens) -> bool:
        text = plain_text(tokens)
        return text in ("T", "top", "intercal", "t", "Tr", "tr") or (text == "prime")

    def turns_a_number(self, text: str) -> bool:
        """Whether a superscript of a number says that a column of ones or zeros is meant: the 1 of ``1^T x``.

        It does not where T is a number itself.
        """
        named = self.scope.find("T")
        is_number = isinstance(named, Symbolic) and named.value.is_number_shaped
        is_number = is_number or isinstance(named, Size) or "T" in self.bound or self._is_index("T")
        return text in ("top", "intercal") or (text == "T" and not is_number)

    def _raised(self, value: Expression, tokens: Tokens, node: Node) -> Expression:
        text = plain_text(tokens)
        shape = self.shape(value)
        number = shape == (1, 1)
        if text in ("top", "intercal", "prime"):
            return ex.Transpose(value)
        if text in ("T", "t") and not (text == "t" and number):
            entity = self.scope.find(text)
            declared = isinstance(entity, Size) or text in self.bound or self._is_index(text)
            if number and isinstance(entity, Symbolic) and entity.value.is_number_shaped:
                declared = True  # x^T of two numbers
            if not number and text == "t" and isinstance(entity, Symbolic) and entity.value.is_number_shaped:
                raise Unreadable("the transpose of a matrix, or its power with the number t? write \\top", node.place)
            if not declared:
                return ex.Transpose(value)
            if not number and (shape is None or shape[0] != shape[1]):
                return ex.Transpose(value)
            if not number and text == "T":
                raise Unreadable(
                    f"the transpose of a square matrix, or its power with exponent {text}? write \\top for a transpose",
                    node.place,
                )
        if text in ("-T", "-top", "-t", "-intercal"):
            return ex.Inverse(ex.Transpose(value))
        marked = self._power_and_transpose(tokens, number)
        if marked is not None:
            return ex.Transpose(self._raised(value, marked, node))
        if text in ("+", "dagger", "ddagger"):
            return ex.PseudoInverse(value)
        if text == "-1":
            return ex.Inverse(value)
        if isinstance(value, ex.Apply) and text.isdigit() and shape and ONE not in shape and shape[0] == shape[1]:
            # of a matrix that is not square only the power of each entry fits
            readings = "two readings: a product of matrices, or the power of each entry? write \\odot"
            raise Unreadable(readings, node.place)
        if text in ("*", "star"):
            raise Unreadable(f"{node.text}^* has no declaration", node.place)
        first = name_of(stripped(tokens)[0]) if stripped(tokens) else ""
        inner = bracketed(tokens)
        if inner is not None and isinstance(value, Var) and value.name in self.scope.numbered:
            return self._entry(value, self._index_list(inner, 1), node)
        if inner is not None:
            raise Unreadable(f"{node.text} with a number in brackets has no declaration", node.place)
        if first in ("odot", "circ"):
            return self._hadamard_power(value, stripped(tokens)[1:], node)
        if number:
            self._guess_step(tokens)
        else:
            self._guess_exponent(tokens)
        exponent = self.exponent(tokens)
        if isinstance(value, Num) and isinstance(exponent, (ex.Pow, Int)) and is_tower(exponent):
            raise Unreadable("a number of this size is not read", node.place)
        if isinstance(exponent, (Num, Int)) and exponent.value.is_number and abs(exponent.value) > MOST_EXPONENT:
            raise Unreadable("an exponent of this size is not read", node.place)
        if number:
            return ex.Pow(value, exponent)
        if self.scope.entrywise and shape is not None and shape[1] == 1 and tokens:
            return self._hadamard_power(value, stripped(tokens), node)
        if shape is not None and shape[1] != 1 and isinstance(exponent, Num) and exponent.value > 1:
            if "power" in self.scope.notation or ("power?" in self.scope.notation and shape[0] != shape[1]):
                return self._hadamard_power(value, stripped(tokens), node)
            if "power?" in self.scope.notation:
                raise Unreadable("powers are said to be those of the entries: of matrices, too?", node.place)
        if self.scope.squared_lengths and shape is not None and shape[1] == 1 and exponent == Num(2):
            return ex.Pow(ex.Norm(value), exponent)
        if shape is not None and shape[0] != shape[1] and not is_open(shape):
            if shape[1] != 1 and isinstance(value, ex.Apply) and exponent in (Num(2), Num(3)):
                return self._hadamard_power(value, stripped(tokens), node)  # \tanh(H)^2 by entries, as \tanh(H)
            # A power of what is not square: the shapes do not fit, which the checker says.
            return ex.Pow(value, exponent)
        if isinstance(exponent, Num) and not exponent.value.is_integer:
            return self._half_power(value, exponent, node)
        return ex.Pow(value, exponent)

    def _power_and_transpose(self, tokens: Tokens, number: bool) -> Tokens | None:
        r"""The power of ``X^{-2\top}``; None where the exponent is no power with the sign of a transpose."""
        tokens = stripped(tokens)
        if number or len(tokens) < 2 or name_of(tokens[-1]) not in ("top", "intercal", "T"):
            return None
        if name_of(tokens[-1]) == "T" and (isinstance(self.scope.find("T"), Size) or "T" in self.bound):
            return None
        power = tokens[:-1]
        return power if plain_text(power).lstrip("-").isdigit() else None

    def _guess_exponent(self, tokens: Tokens) -> None:
        """``X^k``, ``W^{T-t}`` of a matrix with letters that have no declaration: the exponent is an integer."""
        tokens = tuple(t for t in stripped(tokens) if t.kind not in ("open", "close"))
        signs = [k for k, t in enumerate(tokens) if t.kind == "char" and t.text in "+-"]
        plain = all(t.kind == "char" and (t.text.isalnum() or t.text in "+-") for t in tokens)
        if plain and any(k > 0 for k in signs):  # a sum or a difference is no transpose
            for letter in {t.text for t in tokens if t.text.isalpha()}:
                if self.scope.find(letter) is None and letter not in {*self.bound, *self.locals}:
                    self.bound[letter] = index(letter)
                    self.counted.add(self.bound[letter])
            return
        letter = name_of(tokens[0]) if len(tokens) == 1 and tokens[0].kind == "char" else ""
        known = letter in {*self.bound, *self.locals} or self._counts(letter)
        if letter in EXPONENTS and self.scope.find(letter) is None and not known:
            self.bound[letter] = size(letter)

    def _guess_step(self, tokens: Tokens) -> None:
        """``a^{k+1}``, ``a^{-k}`` of a number with one customary letter without a declaration: it is an integer."""
        written = [t for t in stripped(tokens) if t.kind not in ("open", "close", "space")]
        letters = {t.text for t in written if not (t.text.isdigit() or t.text in ("+", "-"))}
        letter = letters.pop() if len(letters) == 1 and len(written) > 1 else ""
        known = letter in {*self.bound, *self.locals} or self._counts(letter)
        if letter in EXPONENTS and self.scope.find(letter) is None and not known:
            self.bound[letter] = index(letter)
            self.counted.add(self.bound[letter])

    def _guess_number(self, tokens: Tokens) -> None:
        r"""``\frac{d}{dt}`` by a letter without a declaration: what is differentiated by is a number."""
        letter = name_of(tokens[0]) if len(tokens) == 1 and tokens[0].kind == "char" else ""
        if letter.isalpha() and self.scope.find(letter) is None and letter not in {*self.bound, *self.locals}:
            self.guesses.setdefault(letter, Var(letter))

    def _is_index(self, text: str) -> bool:
        """Whether a letter is the index that definitions and recurrences are written with."""
        targets = [rule.target for rule in self.scope.context.definitions]
        targets += [rule.target for rule in self.scope.context.recurrences]
        return any(str(at) == text for target in targets if isinstance(target, ex.Member) for at in target.at)

    def _counts(self, text: str) -> bool:
        """Whether a letter without a declaration is the index that a family was declared or defined with."""
        families = [entity for entity in self.scope.names.values() if isinstance(entity, FamilyName)]
        return self._is_index(text) or any(text in family.letters for family in families)

    def _hadamard_power(self, value: Expression, tokens: Tokens, node: Node) -> Expression:
        exponent = self.exponent(tokens)
        if isinstance(exponent, Num) and exponent.value.is_Integer and 1 < int(exponent.value) < 9:
            return ex.Hadamard(*[value] * int(exponent.value))
        twice = exponent.value * 2 if isinstance(exponent, Num) else None
        if twice is not None and twice.is_Integer and (twice.is_odd or twice < 0) and -9 < twice < 9:
            roots = [ex.Apply("sqrt", value)] if twice.is_odd else []
            factors = [*[value] * (abs(int(twice)) // 2), *roots]
            product = factors[0] if len(factors) == 1 else ex.Hadamard(*factors)
            return product if twice > 0 else ex.Apply("reciprocal", product)
        raise Unreadable("this entrywise power is not read", node.place)

    def _half_power(self, value: Expression, exponent: Num, node: Node) -> Expression:
        """The root of a positive (semi)definite matrix: a matrix of its own, of which just that is assumed; a power of
        the inverse of a definite one is that of the matrix itself, with the other sign, and that of a Kronecker
        product is the product of those of the factors.
        """
        if isinstance(value, ex.Inverse) and self._known(value.operands[0], "positive definite"):
            return self._half_power(value.operands[0], Num(-exponent.value), node)
        if isinstance(value, ex.Kron):
            return ex.Kron(*(self._half_power(factor, exponent, node) for factor in value.operands))
        definite = self._known(value, "positive definite") or self._is_above(value, "positive definite")
        semidefinite = definite or self._known(value, "positive semidefinite")
        if not isinstance(value, Var) or not (semidefinite or self._is_above(value, "positive semidefinite")):
            raise Unreadable("a root of a matrix that is not declared positive (semi)definite", node.place)
        twice = exponent.value * 2
        if not twice.is_Integer or (twice < 0 and not definite):
            raise Unreadable("this power of a matrix is not read", node.place)
        root = Var(f"{value.name}{ROOT}", *value.shape)
        kind = "positive definite" if definite else "positive semidefinite"
        # Every such matrix is the square of one root of its kind, so that it may be defined by the root.
        if Predicate(kind, root) not in self.assumed:
            self.assumed.append(Predicate(kind, root))
            self.defined.append(Definition(value, ex.Mul(root, root)))
        count = int(twice)
        if count == -1:
            return ex.Inverse(root)
        return root if count == 1 else ex.Pow(root, Num(count))

    def _is_above(self, value: Expression, kind: str) -> bool:
        """Whether hypotheses say that a matrix is above another one in the order of matrices, which is of a kind."""
        return any(
            isinstance(h, Predicate)
            and h.kind.startswith("positive")
            and any(h.subject == ex.Add(value, ex.Neg(below)) for below in h.subject.leaves if self._known(below, kind))
            for h in self.scope.context.hypotheses
        )

    def exponent(self, tokens: Tokens) -> Expression:
        """An exponent: a number, an integer expression, or any number."""
        tokens = stripped(tokens)
        literal = rational(tokens)
        if literal is not None:
            return Num(literal)
        try:
            return Int(self.integer(tokens, strict=True))
        except Unreadable:
            return self.read(tokens)

    # integers --------------------------------------------------------------------------------------

    def _index_list(self, tokens: Tokens, wanted: int, extra: int = 0) -> list[Expr | str]:
        """The indices of a subscript; ``":"`` stands for all.  ``extra``: how many more there may be."""
        tokens = stripped(tokens)
        pieces = split(tokens, (",", ";"))
        if len(pieces) == 1 and wanted + extra > 1 and not any(name_of(t) in ("+", "-") for t in tokens):
            pieces = atoms(tokens)
            if len(pieces) > wanted + extra:
                pieces = [tokens]
        elif len(pieces) == 1 and wanted + extra > 1:
            pieces = [tokens]
        result: list[Expr | str] = []
        for piece in pieces:
            piece = stripped(piece)
            if len(piece) == 1 and name_of(piece[0]) in (":", "cdot", "bullet", "*"):
                result.append(":")
            else:
                result.append(self.integer(piece))
        return result

    def integer(self, tokens: Tokens, strict: bool = False) -> Expr:
        """An integer expression in sizes and indices; ``strict``: of declared ones and bound ones only.

        Raises Unreadable.
        """
        tokens = stripped(tokens)
        if not tokens:
            raise Unreadable("an index is missing")
        return self._integer(parse(tokens), strict)

    def _is_integer_name(self, node: Node) -> bool:
        """Whether a letter is a size, or an index that something binds."""
        return node.text in self.bound or isinstance(self.scope.find(node.text, node.style), Size)

    def _integer(self, node: Node, strict: bool) -> Expr:
        match node.kind:
            case "number" if node.text.isdigit() and not node.scripts:
                return Integer(node.text)
            case "letter" | "word" if not node.scripts:
                if node.text in self.bound:
                    return self.bound[node.text]
                held = self.locals.get(node.text)
                if isinstance(held, Int):
                    return held.value
                entity = self.scope.find(node.text, node.style)
                if isinstance(entity, Size):
                    return entity.value
                if entity is None and len(node.text) == 1 and (not strict or self._counts(node.text)):
                    return index(node.text)
                if entity is None and not strict and node.text in ("ell", "alpha", "beta", "mu", "nu"):
                    return index(node.text)
                raise Unreadable(f"{node.text} is not an index or a size", node.place)
            case "letter":
                name = name_with(node.text, node.scripts)
                entity = self.scope.find(name) if name else None
                if isinstance(entity, Size):
                    return entity.value
            case "sum":
                total: Expr = Integer(0)
                for part, sign in zip(node.parts, node.text, strict=True):
                    total += (1 if sign == "+" else -1) * self._integer(part, strict)
                return total
            case "product" if all(s in ("", "·", "×") for s in node.separators):
                result: Expr = Integer(1)
                known = [p for p in node.parts if p.kind != "letter" or self._is_integer_name(p)]
                if len(node.parts) - len(known) > 1:
                    raise Unreadable("a product of indices is not read", node.place)
                for part in node.parts:
                    result *= self._integer(part, strict)
                return result.expand()
            case "group" if node.text in ("(", "[", "") and not node.scripts:
                return self._integer(node.parts[0] if node.parts else parse(node.tokens), strict)
        raise Unreadable("this is not an integer", node.place)

    def _known(self, value: Expression, *kinds: str) -> bool:
        return any(
            isinstance(h, Predicate) and h.kind in kinds and h.subject == value for h in self.scope.context.hypotheses
        )

    def _rest(self, factors: list[Node], separators: list[str], at: int) -> Node:
        """The factors behind a position as one node."""
        parts = factors[at:]
        if not parts:
            raise Unreadable("something is missing at the end", factors[at - 1].place)
        if len(parts) == 1:
            return parts[0]
        return Node("product", "", parts, parts[0].place, separators=["", *separators[at + 1 :]])
