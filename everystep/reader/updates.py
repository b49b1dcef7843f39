r"""Names made of declared ones by an update: ``\theta^+ := \theta - g``, ``x_t := x_0 + e``.

What stands on the left has another meaning as it is written (a pseudo-inverse, an entry); the right side tells.
May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import Definition
from everystep.algebra.expressions import Expression, Var
from everystep.algebra.shapes import ONE, ShapeError, same_shape
from everystep.reader.entities import DefinedFunction, OpaqueFunction, Size, Symbolic
from everystep.reader.hypotheses import Hypotheses
from everystep.reader.introductions import is_word
from everystep.reader.marks import left_out, name_with, plain_text
from everystep.reader.pieces import Piece, is_value, trimmed
from everystep.reader.signs import GREEK, STYLES
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, name_of, split, stripped
from everystep.reader.values import Values


class Updates(Hypotheses):
    """Tells a definition of a new state from a statement about entries and inverses of the old one."""

    def misfits(self, node: Node, body: Tokens) -> bool:
        r"""Whether what a declared name with scripts means has another shape than its definition, and the name itself
        has the same: ``x_1 := x_0 + \alpha r`` beside a vector x, ``v^+ := \beta v + g``.  The scripts are then part
        of a new name; not where the body depends on them, as that of a family does.
        """
        entity, _ = Values(self.scope).entity_of(node)
        reader = Values(self.scope)
        try:
            meant = reader.shape(reader.value(node))
            value = reader.read(body)
            given = reader.shape(value)
        except Unreadable:
            return False
        if _indices(value) & {name_of(t) for mark, tokens in node.scripts for t in tokens if mark == "_"}:
            return False
        if meant is None or given is None or not isinstance(entity, Symbolic) or same_shape(meant, given):
            return False
        return same_shape(given, entity.value.shape)

    def _leaves_one_out(self, node: Node) -> bool:
        r"""Whether a name such as ``\hat\beta_{(i)}`` is a new one beside ``\hat\beta``, and no entry of it."""
        apart = left_out(node)
        if apart is None or apart[2] or self.scope.find(apart[0], node.style, True) is not None:
            return False
        index_of = self.scope.find(name_of(apart[1][0]))
        before = self.scope.find(node.text, node.style, True)
        return isinstance(index_of, Size | None) and isinstance(before, Symbolic | None)

    def _is_another_function(self, head: Node, group: Node) -> bool:
        r"""Whether a head with its arguments is no function that is defined: ``J_\\lambda(w)`` beside ``J(w)``, too."""
        reader = Values(self.scope)
        function, marks = reader.entity_of(head)
        if not isinstance(function, DefinedFunction) or function.told:
            return True
        if [mark for mark, _ in marks] != ["_"] or plain_text(marks[0][1]) in function.parameters:
            return False
        if is_label(marks):
            return True
        try:  # a number has no entries, so that L_2 is another function
            plain = Node("product", "", [head.bare(), group], head.place, separators=["", ""])
            value = reader.value(plain)
        except (Unreadable, ShapeError):
            return False
        return reader.is_number(value)

    def is_intercept(self, node: Node, body: Tokens) -> bool:
        r"""Whether ``v_0 = \log a + b`` beside a vector v gives a number of its own: entries count from 1.

        Not where the text counts from 0, nor of ``x_0 = 1``, which may make x longer by one entry.
        """
        below = [plain_text(at) for mark, at in node.scripts if mark == "_"]
        entity, rest = Values(self.scope).entity_of(node)
        if below != ["0"] or len(node.scripts) != 1 or len(rest) != 1 or 0 in self.scope.starts.values():
            return False
        if not isinstance(entity, Symbolic) or entity.value.is_number_shaped or entity.value.shape[1] != ONE:
            return False
        indexed = any(t.kind == "sub" and name_of(body[k]) == node.text for k, t in enumerate(body[1:]))
        if is_value(body) or len(trimmed(body)) < 2 or indexed:
            return False
        reader = Values(self.scope)
        try:
            return reader.is_number(reader.read(body))
        except Unreadable:
            return False

    def lists_entries(self, piece: Piece) -> int:
        r"""How many entries ``k = (k_1, k_2, k_3)^\top`` lists, all those of a new name; 0 where it is no list."""
        name = trimmed(piece.sides[0])
        if len(piece.sides) < 2 or len(name) != 1 or self.scope.find(name_of(name[0]), indexed=True) is not None:
            return 0
        try:
            node = parse(trimmed(piece.sides[1]), self.scope.words())
            listed = [parse(trimmed(part)) for part in split(node.tokens, (",",))] if node.kind == "group" else []
        except Unreadable:
            return 0
        turned = all(mark == "'" or plain_text(t) in ("T", "top", "intercal") for mark, t in node.scripts)
        letter = name_of(name[0])
        own = [
            letter == entry.text and plain_text(entry.scripts[0][1]) == str(k) if len(entry.scripts) == 1 else False
            for k, entry in enumerate(listed, 1)
        ]
        return len(listed) if len(listed) > 1 and turned and len(node.scripts) == 1 and all(own) else 0

    def is_updated(self, node: Node, body: Tokens) -> bool:
        r"""Whether ``x^+ = body`` gives a new state of x, and says nothing of its pseudo-inverse.

        The body is a sum then, and x is one of its terms, or the sum has the shape of x and not that of the other.
        """
        primed = bool(self.sentence) and all(mark == "'" for mark, _ in node.scripts)  # h' of the prose is no transpose
        if [(mark, plain_text(tokens)) for mark, tokens in node.scripts] != [("^", "+")] and not primed:
            return False
        terms = [stripped(term) for term in split(stripped(body), ("+", "-"))]
        if len([term for term in terms if term]) < 2:
            return False
        entity, rest = Values(self.scope).entity_of(node)
        if self.scope.waits and rest and isinstance(entity, Symbolic):
            Values(self.scope).read(body)  # what has no declaration yet may get one
        own = any(len(stripped(term)) <= 4 and _bare(term) == (node.text,) for term in terms)
        return isinstance(entity, Symbolic) and bool(rest) and ((own and not primed) or self.misfits(node, body))

    def is_argument(self, name: str, body: Tokens) -> bool:
        """Whether a member stands alone in the brackets of a function of vectors: ``f(x_k)``."""
        for k, token in enumerate(body[:-2]):
            function = self.scope.find(name_of(token))
            opened = name_of(body[k + 1]) in ("(", "bigl(", "left(") and name_of(body[k + 2]) == name
            if opened and isinstance(function, OpaqueFunction | DefinedFunction):
                return True
        return False

    def _from_numbered(self, node: Node, right: Tokens) -> bool:
        r"""Whether all that the right side of ``x_t`` says of x are declared names with numbers: ``\alpha x_0 + e``."""
        if [mark for mark, _ in node.scripts] != ["_"] or not is_step(node.scripts[0][1]):
            return False
        marked = [k for k, t in enumerate(right) if name_of(t) == node.text and right[k + 1 : k + 2]]
        below = [stripped(right[k + 2 : k + 3]) if right[k + 1].kind == "sub" else () for k in marked]
        names = [f"{node.text}_{plain_text(tokens)}" if plain_text(tokens).isdigit() else "" for tokens in below]
        return bool(names) and all(isinstance(self.scope.find(name, node.style), Symbolic) for name in names)

    def _define_at_last(self, node: Node, right: Tokens) -> bool:
        r"""Define ``x_t := \alpha x_0 + e`` as one name; False where the right side depends on t."""
        reader = Values(self.scope)
        letter = name_of(stripped(node.scripts[0][1])[0])
        reader.bound |= {letter: self.scope.index(letter)} if self.scope.find(letter) is None else {}
        body = reader.finished(reader.read(right), node.place)
        name = name_with(node.text, node.scripts)
        if letter in _indices(body) or not name:
            return False
        symbol = self._value_of(self.scope.declare(name, Symbolic(Var(name, *body.shape)), node.style))
        if not isinstance(symbol, Var):
            return False
        self.scope.define(Definition(symbol, body))
        return True


def _bare(tokens: Tokens) -> tuple[str, ...]:
    """The letters of a formula without its styles and braces."""
    return (plain_text(tokens),)


def _indices(value: Expression) -> set[str]:
    """The sizes and indices that a value depends on, other than by the shapes of its names."""
    sizes = (a for node in ex.walk(value) if not isinstance(node, Var) for a in node.args if isinstance(a, Expr))
    return {str(symbol) for size in sizes for symbol in size.free_symbols}


def is_step(tokens: Tokens) -> bool:
    """Whether an index is a letter, or a letter and a number: ``t``, ``k+1``."""
    tokens = stripped(tokens)
    letter = bool(tokens) and len(name_of(tokens[0])) == 1 and name_of(tokens[0]).islower()
    return letter and (len(tokens) == 1 or (len(tokens) == 3 and tokens[1].text in "+-" and tokens[2].text.isdigit()))


def is_label(scripts: list[tuple[str, Tokens]]) -> bool:
    r"""Whether marks make a name of their own: ``w_\lambda``, ``x_{new}``, ``x_*``; not an index, a power or a T."""
    for mark, tokens in scripts:
        text = plain_text(tokens)
        if mark == "_" and (text in GREEK or is_word(tokens) or (len(text) > 2 and text.isalpha())):
            return True
        if text in ("*", "star", "ast") or (mark == "^" and _is_raised_word(tokens)):
            return True
    return False


_OPERATIONS = frozenset(("inv", "tr", "trans", "transpose", "op", "pinv", "adj", "inverse", "half", "prime", "herm"))
"""Words above a name that are operations on it."""


def _is_raised_word(tokens: Tokens) -> bool:
    r"""Whether a superscript is an upright word of several letters, which is part of a name: ``w^{\mathrm{new}}``."""
    written = [t for t in tokens if t.kind not in ("space", "open", "close")]
    upright = bool(written) and (written[0].kind == "text" or STYLES.get(written[0].text) == "upright")
    text = plain_text(tokens)
    return upright and is_word(tokens) and len(text) > 2 and text.isalpha() and text.lower() not in _OPERATIONS
