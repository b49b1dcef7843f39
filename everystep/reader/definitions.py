"""Definitions: which equations give a name a value, of names, members, entries, recurrences and functions.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import Definition
from everystep.algebra.expressions import Expression, Int, Num, Var
from everystep.algebra.functions import FUNCTIONS
from everystep.algebra.shapes import ONE, ShapeError, same_shape
from everystep.reader.beside_numbers import is_beside_number
from everystep.reader.cleaning import tokenize
from everystep.reader.components import component_defined, is_spoken_of, no_longer_in_words, upper
from everystep.reader.entities import (
    DefinedFunction,
    FamilyName,
    Held,
    OpaqueFunction,
    Rows,
    ScalarFunctionName,
    Size,
    Symbolic,
)
from everystep.reader.entry_terms import declare_terms
from everystep.reader.functions import FUNCTION_WORDS
from everystep.reader.marks import bracketed, is_unknown, name_with, nodes, plain_text, script_word
from everystep.reader.models import NAMED_NOISE
from everystep.reader.own_notation import define_notation, head_of
from everystep.reader.parameters import ends_behind_a_matrix, infer_parameters
from everystep.reader.pieces import trimmed
from everystep.reader.recurrences import Recurrences
from everystep.reader.scope import Scope
from everystep.reader.sign_letters import upper_letters
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, name_of, split, stripped
from everystep.reader.updates import is_label, is_step
from everystep.reader.upstream import forget_told
from everystep.reader.values import Values
from everystep.reader.vector_powers import is_defined_by_entries


def _behind_log(node: Node, side: Tokens) -> Tokens:
    r"""What stands behind the logarithm of ``\log p(x)``; empty where a side is something else."""
    logarithm = node.kind == "product" and node.parts[0].kind == "word" and node.parts[0].text in ("log", "ln")
    if not logarithm or node.parts[0].scripts or any(node.separators):
        return ()
    return trimmed(side[1:]) if name_of(side[0]) in ("log", "ln") else ()


def _at(tokens: Tokens) -> tuple[str, int, int]:
    place = tokens[0].place
    return place.file, place.line, place.column


class Definitions(Recurrences):
    """Reads definitions into a scope."""

    def is_new(self, side: Tokens, body: Tokens = ()) -> bool:
        """Whether a side is a name that is not declared, or a function of names that is not.

        ``body``: the other side, which may say what a function is that is declared without a formula.
        """
        side = trimmed(side)
        if not side:
            return False
        if body and inverted(side):
            return self._is_unknown_matrix(inverted(side))
        try:
            node = parse(side, self.scope.words())
        except Unreadable:
            return False
        reader = Values(self.scope)
        marked = node.parts[0] if node.kind == "product" else node
        spoken_of = marked.text in self.scope.passed_over or marked.text in self.scope.unsure
        if marked.scripts and reader.entity_of(marked)[0] is None and (spoken_of or _is_power_in(marked, body)):
            return False  # c^2 = 9 behind "unless $c = 3$" is no name of its own, nor is what x^2 = x is about
        if node.kind in ("letter", "word"):
            if node.text in ("I", "e") and node.kind == "letter" and (node.text == "I" or node.scripts):
                indexed = [mark for mark, _ in node.scripts] == ["_"] and is_step(node.scripts[0][1])
                if node.text == "I" or not indexed or reader.entity_of(node)[0] is not None:
                    return False  # e_k = x_k - x gives e_k; e_1 and e^x have a meaning
            if node.kind == "word" and node.text in FUNCTION_WORDS:
                return False
            if self._is_operator(node) or self._is_moved(node):
                return False
            entity, rest = reader.entity_of(node)
            if self._iterates(node, body) or (isinstance(entity, DefinedFunction) and entity.told and not node.scripts):
                return True
            if self._leaves_one_out(node):
                return True
            if isinstance(entity, FamilyName) and not node.scripts:
                if entity.count == 2:
                    return not self._has_value(node)  # L beside L_t, but not K beside K_{ij}
                return not self._is_whole(entity, node, body)
            labelled = isinstance(entity, Symbolic) and is_label(rest) and not self._has_value(node)
            labelled = labelled or (_marks_part(entity, rest) and plain_text(rest[0][1]) not in "ijklmnpqrtv")
            labelled = labelled or self.is_updated(node, body) or self.is_intercept(node, body)
            labelled = labelled or is_beside_number(entity, rest)
            if entity is not None and not labelled:
                return False
            try:
                self.name_and_indices(node)
            except Unreadable:
                return False
            return True
        if self._is_commutator(node, body):
            return not self.scope.commutator
        by_component = component_defined(self.scope, node, trimmed(body))
        if by_component is not None:
            return not isinstance(self.scope.find(by_component.name), DefinedFunction)
        if _behind_log(node, side):
            return self.is_new(_behind_log(node, side))
        head = self._at_powers(node)
        if head is not None:
            return reader.entity_of(head)[0] is None
        found = self._function_head(node)
        if found is not None:
            return self._is_another_function(*found)
        declared = self._redefined(node) if node.kind == "product" else None
        return declared is not None and self._gives_formula(*declared, trimmed(body))

    def _is_commutator(self, node: Node, body: Tokens) -> bool:
        """Whether ``[A, B] = A B - B A`` says what such brackets mean."""
        pieces = [stripped(p) for p in split(node.tokens, (",",))] if node.kind == "group" and node.text == "[" else []
        if len(pieces) != 2 or node.scripts or not body:
            return False
        reader = Values(self.scope)
        try:
            a, b = (reader.read(piece) for piece in pieces)
            return reader.read(trimmed(body)) == ex.Add(ex.Mul(a, b), ex.Neg(ex.Mul(b, a)))
        except Unreadable:
            return False

    def _gives_formula(self, head: Node, group: Node, body: Tokens) -> bool:
        """Whether ``f(x) = body`` says what a function is that is declared without one, for every x and by others."""
        entity = self.scope.find(head.text, head.style)
        if not body or head.scripts or group.scripts or group.text != "(":
            return False
        if isinstance(entity, ScalarFunctionName) and entity.name not in FUNCTIONS:
            shapes, target = [(ONE, ONE)], (ONE, ONE)
        elif isinstance(entity, OpaqueFunction):
            shapes, target = list(entity.arguments), (entity.rows, entity.columns)
        else:
            return False
        try:
            parameters = [parse(stripped(p)) for p in split(group.tokens, (",", ";", "mid", "|"))]
            tree = Values(self.scope).tree(body)
        except Unreadable:
            return False
        names = [p.text for p in parameters if p.kind == "letter" and not p.scripts]
        written = {name_of(t) for t in body}
        if len(names) != len(parameters) or len(set(names)) != len(shapes) or head.text in written:
            return False
        if not written & set(names) or is_spoken_of(head.text, self.scope):
            return False  # f(x) = 0 states a condition
        for name, shape in zip(names, shapes, strict=True):
            known = self.scope.find(name)
            if known is not None and not (isinstance(known, Symbolic) and same_shape(known.value.shape, shape)):
                return False
        reader = Values(self.scope.copy())
        reader.locals = {n: Var(n, *shape) for n, shape in zip(names, shapes, strict=True)}
        try:
            value = reader.value(tree)
            found = reader.shape(value)
        except Unreadable:
            return False
        if found is None or not same_shape(found, target):
            return False
        return not any(isinstance(n, ex.Call | ex.Apply) and n.function == head.text for n in ex.walk(value))

    def _function_head(self, node: Node) -> tuple[Node, Node] | None:
        """A new function with names as its arguments: (name, bracket)."""
        if node.kind != "product" or len(node.parts) != 2 or any(node.separators):
            return None
        head, group = node.parts
        if head.kind not in ("letter", "word") or group.kind != "group" or group.text != "(" or group.scripts:
            return None
        if head.text in FUNCTION_WORDS and (head.text not in ("E", "V") or head.style == "double"):
            return None
        if head.text in ("d", "I", "O", "o") and not head.scripts:
            return None  # a differential, an order of magnitude
        if self._is_operator(head) or self._is_moved(head):
            return None  # J_f(x), H_f(x), \dot x(t)
        if head.text == "lambda" and script_word(head.scripts) in ("max", "min"):
            return None  # the extreme eigenvalues have a meaning
        entity, _ = Values(self.scope).entity_of(head)
        if entity is not None and not isinstance(entity, DefinedFunction):
            return None
        for piece in split(group.tokens, (",", ";", "mid", "|")):
            try:
                parameter = parse(stripped(piece))
            except Unreadable:
                return None
            power = any(mark == "^" and plain_text(t).lstrip("-").isdigit() for mark, t in parameter.scripts)
            if parameter.kind != "letter" or power:
                return None
        return head, group

    def _at_powers(self, node: Node) -> Node | None:
        r"""The name of ``\\ell(\\mu, \\sigma^2)``, whose arguments are declared: it is the value at them."""
        if node.kind != "product" or len(node.parts) != 2 or any(node.separators):
            return None
        head, group = node.parts
        if head.kind != "letter" or head.scripts or group.kind != "group" or group.text != "(" or group.scripts:
            return None
        pieces, powers = split(group.tokens, (",", ";")), 0
        if len(pieces) < 2 or head.text in ("d", "I", "O", "o"):
            return None
        for piece in pieces:
            try:
                argument = parse(stripped(piece))
            except Unreadable:
                return None
            known = argument.kind == "letter" and self.scope.find(argument.text, argument.style) is not None
            power = [mark for mark, _ in argument.scripts] == ["^"] and plain_text(argument.scripts[0][1]) == "2"
            known = known or (power and self.scope.find(f"{argument.text}^2") is not None)
            if not known or (argument.scripts and not power):
                return None
            powers += power
        return head if powers else None

    def _is_operator(self, head: Node) -> bool:
        """Whether a name is the Jacobian or the Hessian of a known function: ``J_f``, ``H_f``; or ``f_x``."""
        if [mark for mark, _ in head.scripts] != ["_"]:
            return False
        below = plain_text(head.scripts[0][1])
        functions = OpaqueFunction | DefinedFunction | ScalarFunctionName
        if head.text in ("J", "H"):
            made = any(name_of(t) == "circ" for t in head.scripts[0][1])
            return made or isinstance(self.scope.find(below), functions)
        entity = self.scope.find(head.text, head.style)
        return isinstance(entity, DefinedFunction) and all(c in entity.parameters for c in below)

    def _is_moved(self, head: Node) -> bool:
        r"""Whether ``\\dot x`` is the derivative of a function or of a defined value x, and no new name."""
        found = Values(self.scope).moving(head)
        if found is None:
            return False
        known = found[1]
        return not isinstance(known, Symbolic) or any(d.target == known.value for d in self.scope.context.definitions)

    def _is_unknown_matrix(self, name: Tokens) -> bool:
        """Whether nothing declares a name that is written as a matrix is, with a capital letter."""
        node = parse(name, self.scope.words())
        capital = node.kind == "letter" and node.text.rpartition(" ")[2][:1].isupper() and node.text != "I"
        return capital and all(mark == "_" for mark, _ in node.scripts) and self.is_new(name)

    def define(self, left: Tokens, right: Tokens) -> None:
        """``left := right``: a name, a member of a family (maybe a recurrence), a function of names."""
        left, right = trimmed(left), trimmed(right)
        if inverted(left) and self._is_unknown_matrix(inverted(left)):  # S^{-1} = A gives S
            opened, closed = tokenize("(", *_at(left)), tokenize(")^{-1}", *_at(left))
            self.define(inverted(left), (*opened, *right, *closed))
            return
        node = parse(left, self.scope.words())
        if node.kind == "sign" and node.text == "nabla" and not node.scripts:
            below = [t for mark, t in parse(right).scripts if mark == "_"]
            if len(below) == 1:
                self.scope.nabla = Values(self.scope).variable(below[0])
                return
        if self._is_commutator(node, right):
            self.scope.commutator = True
            return
        if _behind_log(node, left):  # log p(x) := ... gives p(x)
            opened = tokenize(r"\exp(", *_at(left))
            self.define(_behind_log(node, left), (*opened, *right, *tokenize(")", *_at(left))))
            return
        notation = head_of(left, right, self.scope)
        if notation is not None:
            define_notation(self.scope, notation, left, right)
            return
        value = self._at_powers(node)
        if value is not None:
            self._define_name(value, right)
            return
        by_component = component_defined(self.scope, node, right)
        if by_component is not None:
            self.scope.names[by_component.name] = by_component
            self._has_formula(by_component.name)
            return
        function = self._function_head(node)
        head = node if function is None else function[0]
        loss = Values(self.scope).entity_of(head)[0] if head.kind == "letter" and not head.scripts else None
        if isinstance(loss, DefinedFunction) and loss.told:
            forget_told(self.scope, loss.name)
        if function is None and node.kind == "product":
            function = self._redefined(node)
        if function is not None:
            self._define_function(*function, right)
            return
        if node.kind == "group" or (node.kind in ("letter", "word") and self._is_entry(node, right)):
            value = Values(self.scope).read(left)
            if not self._define_entries(value, right, node):
                self._equation(value, right, node)
            return
        if node.kind not in ("letter", "word"):
            self.relation(left, "=", right)
            return
        before = self.scope.entrywise
        self.scope.entrywise = before or is_defined_by_entries(self.scope, right)
        try:
            self._define_name(node, right)
        finally:
            self.scope.entrywise = before

    def _redefined(self, node: Node) -> tuple[Node, Node] | None:
        head = node.parts[0]
        if len(node.parts) == 2 and head.kind == "letter" and node.parts[1].kind == "group":
            entity = self.scope.find(head.text, head.style)
            if isinstance(entity, (OpaqueFunction, ScalarFunctionName)):
                return head, node.parts[1]
        return None

    def _is_entry(self, node: Node, body: Tokens) -> bool:
        """An entry, a power or an inverse of what is declared, and not a name that is defined as ``body``."""
        if not node.scripts or self._iterates(node, body):
            return False
        entity, rest = Values(self.scope).entity_of(node)
        if rest and all(mark == "'" for mark, _ in rest):
            return False  # theta' := theta - ... gives a new name, whatever a prime means elsewhere
        return (
            isinstance(entity, Symbolic)
            and bool(rest)
            and self._has_value(node)
            and not self._gives_new_name(node, body)
        )

    def _gives_new_name(self, node: Node, body: Tokens) -> bool:
        return self.misfits(node, body) or self.is_updated(node, body) or self.is_intercept(node, body)

    def _is_whole(self, family: FamilyName, node: Node, body: Tokens) -> bool:
        """Whether a letter is the vector of numbers that have been given one by one, and a formula has its shape."""
        rules = (rule for rule in self.scope.context.definitions if isinstance(rule.target, ex.Member))
        if not any(rule.target.name == family.name for rule in rules):
            return False
        reader = Values(self.scope.copy())
        try:
            whole = reader.shape(reader.value(node))
            return whole is not None and whole == reader.shape(reader.read(body)) and whole != (ONE, ONE)
        except (Unreadable, ShapeError):
            return False

    def _has_value(self, node: Node) -> bool:
        """Whether a declared name with these scripts can be read: an entry or a power, not a new name."""
        try:
            Values(self.scope).value(node)
        except Unreadable:
            return False
        return True

    def _equation(self, value: Expression, right: Tokens, node: Node) -> None:
        reader = Values(self.scope)
        left, body = reader.relate(value, reader.read(right))
        self._fit(left, body, node.place)
        self._assume_equation(reader.finished(left, node.place), reader.finished(body, node.place))

    def _define_entries(self, value: Expression, right: Tokens, node: Node) -> bool:
        r"""``K_{ij} := k(x_i, x_j)`` for all entries of a declared K defines K; False for another left side."""
        if not isinstance(value, ex.Entry) or not isinstance(value.operands[0], Var):
            return False
        target, places = value.operands[0], value.args[1:]
        free = [at for at in places if at.is_Symbol and not at.is_positive]
        shape = target.shape[: len(places)]
        matching = [at for at, size in zip(places, shape, strict=True) if not (size == ONE and at == ONE)]
        if free != matching or len(set(free)) != len(free):
            return False
        if any(d.target == target for d in self.scope.context.definitions):
            return False
        reader = Values(self.scope)
        reader.bound |= {str(at): at for at in free}
        reader.seen |= dict(zip(matching, (s for s in shape if s != ONE), strict=False))  # of delta_{ij}
        body = reader.finished(reader.read(right), node.place)
        if not body.is_number_shaped or any(leaf == target for leaf in ex.walk(body)):
            return False
        sizes = dict(zip(places, shape, strict=True))
        units = [ex.Unit(sizes[at], at) for at in free]
        whole: Expression = ex.Mul(body, units[0], *(ex.Transpose(unit) for unit in units[1:]))
        for at in reversed(free):
            whole = ex.SumOver(whole, at, ONE, sizes[at])
        self.scope.define(Definition(target, whole))
        return True

    def _define_name(self, node: Node, right: Tokens) -> None:
        reader = Values(self.scope)
        entity, rest = reader.entity_of(node)
        if (isinstance(entity, FamilyName) and not node.scripts) or is_beside_number(entity, rest):
            entity = None
        if entity is None and self._from_numbered(node, right) and self._define_at_last(node, right):
            return
        if entity is None and self._of_itself(node, right):
            self._define_recurrence(node, right)
            return
        if isinstance(entity, Symbolic) and self._iterates(node, right):
            letters = (name_of(stripped(node.scripts[0][1])[0]),)
            family = FamilyName(node.text, *entity.value.shape, letters=letters)
            self.scope.declare(node.text, family, node.style)
            for number in self.step_sizes(right):
                self.scope.declare(number, Symbolic(Var(number), inferred=True), "")
            self.take_starts(node, family)
            self._define_member(node, right)
            return
        if entity is None and self.is_part_of_names(self.name_and_indices(node)[1], right):
            self.labelled = frozenset((name_with(node.text, node.scripts),))
        indexed = entity is None and self.name_and_indices(node)[1]
        if isinstance(entity, FamilyName) or indexed or self._leaves_one_out(node):
            self._define_member(node, right)
            return
        other = isinstance(entity, FamilyName | Rows | OpaqueFunction | ScalarFunctionName | Size)
        if isinstance(entity, FamilyName) or (other and not rest):
            raise Unreadable(f"{node.text} is declared as something else", node.place)
        body = reader.read(right)
        awaited = sorted(reader.guesses.keys() & self.scope.awaited - {node.text})
        if awaited:
            raise Unreadable(f"{awaited[0]} has no declaration", node.place)
        if isinstance(entity, Symbolic) and not rest:
            target, body = reader.relate(entity.value, body)
            body = reader.finished(body, node.place)
            self._fit(target, body, node.place)
            if any(leaf == target for leaf in ex.walk(body)):
                raise Unreadable(f"{node.text} is defined by itself", node.place)
            self.scope.define(Definition(entity.value, body))
            self._inferred(reader, NAMED_NOISE)
            return
        if isinstance(entity, Symbolic):
            name = name_with(node.text, node.scripts)  # A_s beside a matrix A
            if not name:
                raise Unreadable(f"{node.text} with these marks is not a name that is read", node.place)
        else:
            name, _ = self.name_and_indices(node)
        body = reader.resolved(body)
        if self._is_sized_by_use(body) and entity is None:
            self.scope.declare(name, Held(body, sized_by_use=True), node.style)
            return
        body = reader.finished(body, node.place)
        for hypothesis in reader.assumed:
            self.scope.assume(hypothesis)
        if isinstance(body, Int) and body.value.is_Integer:
            body = Num(int(body.value))
        rows, columns = body.shape
        key = self.scope.declare(name, Symbolic(Var(name, rows, columns)), node.style)
        symbol = self._value_of(key)
        if not isinstance(symbol, Var):
            raise Unreadable(f"{node.text} is declared as something else", node.place)
        self.scope.define(Definition(symbol, body))
        self._inferred(reader, NAMED_NOISE)

    def introduce(self, node: Node, rows: Expr, columns: Expr) -> Expression | None:
        """The same; a name that was defined before it is declared keeps its definition, in the sizes now told."""
        before = self.scope.names.get(self.name_and_indices(node)[0])
        value = super().introduce(node, rows, columns)
        if isinstance(before, Held) and isinstance(value, Var):
            reader = Values(self.scope)
            target, body = reader.relate(value, before.value)
            body = reader.finished(body, node.place)
            self._fit(target, body, node.place)
            self.scope.define(Definition(value, body))
        if isinstance(value, ex.Member) and len(node.scripts) == 1 and isinstance(before, FamilyName | None):
            self.take_starts(node, FamilyName(value.name, rows, columns), defined=True)
        return value

    def _is_sized_by_use(self, body: Expression) -> bool:
        """Whether only sizes of I, of ones and of zeros are open: their use tells them, here nothing does."""
        kinds = {type(node) for node in ex.walk(body) if any(is_unknown(a) for a in node.args)}
        return bool(kinds) and kinds <= {ex.Eye, ex.Ones, ex.Zeros} - set(self.scope.usual)

    def _define_member(self, node: Node, right: Tokens) -> None:
        reader = Values(self.scope)
        entity = reader.entity_of(node)[0]
        if isinstance(entity, FamilyName):
            target = reader.value(node)
            if not isinstance(target, ex.Member):
                self._equation(target, right, node)
                return
            reader.bound |= {str(at): at for at in target.at if at.is_Symbol and not at.is_positive}
            target, body = reader.relate(target, reader.read(right))
            self._fit(target, reader.finished(body, node.place), node.place)
        else:
            name, letters = self.name_and_indices(node)
            # The body may speak of the family itself only where its shape is declared.
            indices = [self.scope.index(letter) for letter in letters]
            if len(letters) == 1 and not self.scope.waits:
                declare_terms(self.scope, letters[0], right)
            reader.bound |= {str(at): at for at in indices if not at.is_positive}
            body = reader.read(right)
            body = reader.finished(body, node.place)
            rows, columns = body.shape
            sizes = tuple((letter, size) for letter in letters if (size := upper(reader, letter)) is not None)
            family = FamilyName(name, rows, columns, len(letters), letters=tuple(letters), sizes=sizes)
            key = self.scope.declare(name, family, node.style)
            target = ex.Member(key, rows, columns, *(self.scope.index(letter) for letter in letters))
        body = reader.finished(body, node.place)
        if not isinstance(target, ex.Member):
            raise Unreadable("this is not a name", node.place)
        self._rule(target, body, node)

    def _of_itself(self, node: Node, right: Tokens) -> bool:
        """Whether the right side of a definition of ``x_{k+1}`` speaks of members of x."""
        if [mark for mark, _ in node.scripts] != ["_"] or not is_step(node.scripts[0][1]):
            return False
        marked = [k for k, t in enumerate(right) if name_of(t) == node.text and k + 1 < len(right)]
        return any(right[k + 1].kind == "sub" for k in marked) and not self._from_numbered(node, right)

    def _iterates(self, node: Node, right: Tokens) -> bool:
        """Whether ``x_{k+1} = x_k - r (A x_k - b)`` is an iteration in the space of a declared vector x: with entries
        of x it does not fit, with vectors x_k it does.
        """
        if node.kind != "letter" or not right or not self._of_itself(node, right) or node.text in self.scope.unclear:
            return False
        entity = self.scope.find(node.text, node.style)
        taken = self.scope.names.get(f"{node.text}[]") is not None
        if not isinstance(entity, Symbolic) or taken or entity.value.is_number_shaped or entity.value.shape[1] != ONE:
            return False
        if self._reads_as(self.scope, right, (ONE, ONE)) and not self.is_argument(node.text, right):
            return False
        scope = self.scope.copy()
        letters = (name_of(stripped(node.scripts[0][1])[0]),)
        scope.declare(node.text, FamilyName(node.text, *entity.value.shape, letters=letters), node.style)
        if self.scope.waits:
            self._wait_for_names(scope, right)
        for number in self.step_sizes(right):
            scope.declare(number, Symbolic(Var(number), inferred=True), "")
        return self._reads_as(scope, right, entity.value.shape)

    @staticmethod
    def _wait_for_names(scope: Scope, side: Tokens) -> None:
        """Raises Unreadable where a name has no declaration: it may get one behind the formula, "with $\\eta > 0$"."""
        try:
            Values(scope.copy()).read(side)
        except Unreadable as error:
            if error.message.endswith(" has no declaration"):
                raise

    def _define_function(self, head: Node, group: Node, right: Tokens) -> None:

        parameters = [parse(stripped(p)) for p in split(group.tokens, (",", ";", "mid", "|"))]
        names = [name_with(p.text, p.scripts) or p.text for p in parameters]
        reader = Values(self.scope)
        body = reader.tree(right)
        name, _ = self.name_and_indices(head) if not head.scripts else (name_with(head.text, head.scripts), [])
        families = {n for n in names if isinstance(self.scope.names.get(f"{n}[]"), FamilyName)}  # L(p, c) of all p_k
        undeclared = [n for n in names if self.scope.names.get(n) is None and (len(names) == 1 or n not in families)]
        if undeclared and self.more and self.scope.waits:
            raise Unreadable(f"{undeclared[0]} has no declaration", head.place)
        self._has_formula(name)
        before = self.scope.find(head.text, head.style)
        if isinstance(before, ScalarFunctionName | OpaqueFunction) and len(undeclared) == len(names):
            shapes = before.arguments if isinstance(before, OpaqueFunction) else ((ONE, ONE),)
            for parameter, shape in zip(names, shapes, strict=True):
                self.scope.declare(parameter, Symbolic(Var(parameter, *shape), inferred=True), "")
            undeclared = []
        if len(names) == 1 and (undeclared or self._is_number(names[0])):
            known = self._recognised(body, names[0])
            if known:
                self.scope.parameters |= set(undeclared)
                self.scope.declare(name, ScalarFunctionName(known), "")
                return
        of_number = len(names) == 1 and (bool(undeclared) or self._is_number(names[0]))
        column = bool(undeclared) and ends_behind_a_matrix(names[0], right)
        entrywise = of_number and not column and self._is_entrywise(body, names[0])
        if entrywise:
            self.scope.parameters |= set(undeclared)
        elif undeclared:
            infer_parameters(self.scope, undeclared, body, len(names) > 1)
        sizes = tuple(sorted(letter for letter in upper_letters(right)[0] if self.scope.find(letter) is None))
        told = self.told_by_entries or isinstance(before, ScalarFunctionName) or _is_of_numbers(before)
        self.scope.names[name] = DefinedFunction(
            name, tuple(names), body, entrywise, sizes=sizes, applied_by_entries=entrywise and told
        )
        self.scope.unclear.pop(name, None)

    def _has_formula(self, function: str) -> None:
        """Note where a function is given by a formula."""
        self.scope.given[function] = (self.scope.displays, self.scope.part)
        self.scope.declared_in[function] = self.scope.section
        no_longer_in_words(function, self.scope)

    def _is_entrywise(self, body: Node, parameter: str) -> bool:
        """Whether a formula makes a number of a number, so that it is one of numbers only: softmax is not meant to."""
        if any(inner.text in ("softmax", "logsumexp") for inner in nodes(body)):
            return False
        reader = Values(self.scope.copy())
        reader.locals = {parameter: Var(parameter)}
        try:
            return reader.is_number(reader.value(body))
        except Unreadable:
            return False

    def _is_number(self, name: str) -> bool:
        entity = self.scope.names.get(name)
        return isinstance(entity, Symbolic) and entity.value.shape == (1, 1)

    def _recognised(self, body: Node, parameter: str) -> str:
        """The function of the table that a formula in one number is, if it is known to be one."""
        reader = Values(self.scope.copy())
        variable = Var(parameter)
        reader.locals = {parameter: variable}
        try:
            value = reader.finished(reader.value(body))
        except Unreadable:
            return ""
        leaves = {n for n in ex.walk(value) if isinstance(n, (Var, ex.Member))}
        return self.recognise(value, variable) if leaves == {variable} else ""


def _is_of_numbers(entity: object) -> bool:
    """Whether a function is declared as one that makes a number of a number."""
    return isinstance(entity, OpaqueFunction) and {(entity.rows, entity.columns), *entity.arguments} == {(ONE, ONE)}


def inverted(side: Tokens) -> Tokens:
    r"""``S_N`` of ``S_N^{-1}``; empty for another formula."""
    at = next((k for k in range(len(side) - 1, 0, -1) if side[k].kind == "sup"), 0)
    return side[:at] if at and plain_text(side[at + 1 :]) == "-1" else ()


def _is_power_in(node: Node, body: Tokens) -> bool:
    """Whether a power of a letter, ``x^2``, stands beside a body in which that letter stands without it."""
    (mark, at), *others = node.scripts
    power = mark == "^" and not others and plain_text(bracketed(at) or at).isdigit()
    return power and any(
        token.text == node.text and (k + 1 == len(body) or name_of(body[k + 1]) not in ("^", "_", "'"))
        for k, token in enumerate(body)
    )


def _marks_part(entity: object, scripts: list[tuple[str, Tokens]]) -> bool:
    """Whether one letter below a matrix, which has two indices, makes a name of its own: the symmetric part ``A_s``."""
    if not isinstance(entity, Symbolic) or 1 in entity.value.shape or len(scripts) != 1:
        return False
    text = plain_text(scripts[0][1])
    return scripts[0][0] == "_" and len(text) == 1 and text.isalpha()
