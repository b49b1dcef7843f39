r"""Functions that are given by their i-th component: ``S(z)_i = e^{z_i} / \sum_j e^{z_j}``, ``[f(x)]_i``, ``f_i(x)``.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import Relation
from everystep.algebra.expressions import Expression, Var
from everystep.algebra.shapes import ONE, index, same_size
from everystep.reader.cleaning import tokenize
from everystep.reader.entities import DefinedFunction, OpaqueFunction, Size, Symbolic
from everystep.reader.functions import FUNCTION_WORDS
from everystep.reader.marks import is_unknown, plain_text
from everystep.reader.named_functions import IN_OTHER_WORDS, NAMED_IN_WORDS
from everystep.reader.scope import Scope
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, split, stripped
from everystep.reader.values import Values
from everystep.records import dataclass, replace


@dataclass(frozen=True)
class Component:
    """The left side of such a definition; ``below``: the index stands below the name, ``f_i(x)``."""

    name: str
    parameters: tuple[str, ...]
    index: str
    below: bool


def component(node: Node) -> Component | None:
    """What a tree is a component of: ``f(x)_i``, ``[f(x)]_i``, ``(f(x))_i`` or ``f_i(x)``; else None."""
    inner, scripts = node, node.scripts
    if node.kind == "group" and node.text in ("(", "["):
        try:
            inner = parse(stripped(node.tokens))
        except Unreadable:
            return None
        if inner.kind != "product" or any(part.scripts for part in inner.parts):
            return None
    if inner.kind != "product" or len(inner.parts) != 2 or any(inner.separators):
        return None
    head, group = inner.parts
    if head.kind not in ("letter", "word") or group.kind != "group" or group.text != "(":
        return None
    marks = [*head.scripts, *group.scripts, *(scripts if inner is not node else ())]
    if len(marks) != 1 or marks[0][0] != "_":
        return None
    letter = plain_text(marks[0][1])
    names = []
    for piece in split(group.tokens, (",", ";")):
        try:
            parameter = parse(stripped(piece))
        except Unreadable:
            return None
        if parameter.kind != "letter" or parameter.scripts:
            return None
        names.append(parameter.text)
    if len(letter) != 1 or not letter.islower() or letter in names or len(set(names)) < len(names):
        return None
    return Component(head.text, tuple(names), letter, bool(head.scripts))


def whole_of(node: Node, scope: Scope) -> Node:
    """``f(x)`` for a component of it; any other tree, and ``f_i(x)`` where ``f_i`` is a name, as it is."""
    found = component(node)
    if found is None:
        return node
    inner = node if node.kind == "product" else parse(stripped(node.tokens))
    head, group = inner.parts
    if found.below and not Values(scope).entity_of(head)[1]:
        return node
    return replace(inner, parts=[replace(head, scripts=[]), replace(group, scripts=[])], scripts=[])


def component_defined(scope: Scope, node: Node, right: Tokens) -> DefinedFunction | None:
    """The function whose component an equation gives; None where the equation is no such definition.

    The index runs over the entries that the formula has at it, all of one number.  ``f_i(x)`` may as well be one of
    several functions: it is a component where f is declared with values in a space of columns, or is a softmax,
    of which both readings are the same.
    """
    left = component(node)
    if left is None or not right or left.name in FUNCTION_WORDS or left.name in ("d", "I", "O", "o"):
        return None
    known = scope.find(left.name)
    free = isinstance(known, OpaqueFunction) and not is_spoken_of(left.name, scope)
    if not (known is None or free or isinstance(known, DefinedFunction)):
        return None
    counts = scope.find(left.index)
    if not (counts is None or (isinstance(counts, Size) and not counts.value.is_positive)):
        return None
    trial = scope.copy()
    if isinstance(known, OpaqueFunction):
        if len(known.arguments) != len(left.parameters) or known.columns != ONE:
            return None
        for name, shape in zip(left.parameters, known.arguments, strict=True):
            if trial.find(name) is None:
                trial.declare(name, Symbolic(Var(name, *shape), inferred=True), "")
    reader = Values(trial)
    symbol = index(left.index)
    reader.bound[left.index] = symbol
    try:
        body = reader.tree(right)
        value = reader.finished(reader.value(body), node.place)
    except Unreadable:
        return None
    size = upper(reader, left.index)
    others = {s for at in reader.uses for s in at.free_symbols if not s.is_positive} - {symbol}
    if size is None or is_unknown(size) or others or not value.is_number_shaped:
        return None
    if isinstance(known, OpaqueFunction) and not same_size(size, known.rows):
        return None
    if any(not isinstance(trial.find(name), Symbolic) for name in left.parameters):
        return None
    if _is_softmax(value, left, size, trial):
        place = right[0].place
        written = rf"\operatorname{{softmax}}({left.parameters[0]})"
        body, letter = parse(tokenize(written, place.file, place.line, place.column)), ""
    elif left.below and not isinstance(known, OpaqueFunction):
        return None
    else:
        letter = left.index
    scope.names |= {n: trial.names[n] for n in left.parameters if n not in scope.names}
    return DefinedFunction(left.name, left.parameters, body, component=letter)


def no_longer_in_words(name: str, scope: Scope) -> None:
    """A function that words name has its formula: nothing more is to be read of the words."""
    if scope.unclear.get(name, "").endswith(IN_OTHER_WORDS):
        del scope.unclear[name]
    if scope.unsure.get(name) == NAMED_IN_WORDS:
        del scope.unsure[name]


def upper(reader: Values, letter: str) -> Expr | None:
    """Where an index of what has been read runs to, if it runs from 1; None where that is not known."""
    ranges = reader.uses.get(index(letter), [])
    highs = {reader.settled(high) for low, high in ranges if low == ONE and high is not None}
    return highs.pop() if len(highs) == 1 and all(low == ONE for low, _ in ranges) else None


def _is_softmax(value: Expression, left: Component, size: Expr, scope: Scope) -> bool:
    r"""Whether a component is ``e^{z_i} / \sum_j e^{z_j}`` of the only argument z."""
    entity = scope.find(left.parameters[0])
    if len(left.parameters) != 1 or not isinstance(value, ex.Div) or not isinstance(entity, Symbolic):
        return False
    top, below = value.operands
    if not isinstance(below, ex.SumOver) or below.args[2:] != (ONE, size):
        return False
    entry = ex.Entry(entity.value, index(left.index))
    return top == ex.Apply("exp", entry) and below.operands[0] == top.xreplace({index(left.index): below.index})


def is_spoken_of(function: str, scope: Scope) -> bool:
    """Whether a hypothesis or a definition speaks of a function that is declared without a formula."""
    context = scope.context
    parts = [d.body for d in context.definitions] + [r.body for r in context.recurrences]
    for hypothesis in context.hypotheses:
        parts += [hypothesis.left, hypothesis.right] if isinstance(hypothesis, Relation) else [hypothesis.subject]
    return any(isinstance(n, ex.Call | ex.Apply) and n.function == function for part in parts for n in ex.walk(part))
