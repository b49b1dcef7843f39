"""Names that are given anew: "Now let $f(x) = \\|x\\|^2$" after another f.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from dataclasses import replace

from everystep.algebra.context import Context, Definition, Hypothesis, Predicate, Recurrence, Relation
from everystep.algebra.expressions import Expression, Member, Var, walk
from everystep.algebra.functions import FUNCTIONS
from everystep.algebra.shapes import ShapeError
from everystep.reader.components import whole_of
from everystep.reader.declarations import Declarer
from everystep.reader.entities import (
    DefinedFunction,
    Doubt,
    FamilyName,
    ScalarFunctionName,
    Symbolic,
)
from everystep.reader.marks import plain_text
from everystep.reader.pieces import names_in, trimmed
from everystep.reader.scope import Scope
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, name_of, split, stripped
from everystep.reader.values import Values


def given_before(scope: Scope, left: Tokens, right: Tokens) -> str:
    """The name that the left side of an equation is, where it has a definition already; empty where it is none.

    Of a function: applied to names, each of which the right side speaks of.
    """
    left = trimmed(left)
    if not left:
        return ""
    try:
        node = parse(left, scope.words())
    except Unreadable:
        return ""
    if node.kind in ("letter", "word"):
        entity, rest = Values(scope).entity_of(node)
        if isinstance(entity, FamilyName):
            return entity.name if _rules_of_member(scope, node) else ""
        if rest or not isinstance(entity, Symbolic):
            return ""
        name = entity.value.name
        return name if any(d.target == entity.value for d in scope.context.definitions) else ""
    return _function_given_before(scope, node, right)


def is_last_member(scope: Scope, left: Tokens) -> bool:
    """Whether the left side of an equation is the last member of a family with a recurrence, ``h_T`` with t up to T, or
    one that is counted from there: its value gives no other one the recurrence.
    """
    try:
        member = Values(scope).value(parse(trimmed(left), scope.words()))
    except (Unreadable, ShapeError):
        return False
    families = [entity for entity in scope.names.values() if isinstance(entity, FamilyName)]
    ends = [family.high for family in families] + [end for family in families for _, end in family.sizes]
    bounds = {symbol for end in ends if end is not None for symbol in end.free_symbols}
    if not isinstance(member, Member) or not member.at[-1].free_symbols or member.at[-1].free_symbols - bounds:
        return False
    return any(rule.target.name == member.name for rule in scope.context.recurrences)


def _rules_of_member(scope: Scope, node: Node) -> list[Definition | Recurrence]:
    """The rules that give the members that the left side of an equation stands for: ``h_t``, ``h_{t+1}``, ``h_0``."""
    try:
        member = Values(scope).value(node)
    except (Unreadable, ShapeError):
        return []
    if not isinstance(member, Member):
        return []
    general = not member.at[-1].is_Integer
    rules: list[Definition | Recurrence] = [*scope.context.definitions, *scope.context.recurrences]
    return [
        rule
        for rule in rules
        if isinstance(rule.target, Member) and rule.target.name == member.name
        if general != rule.target.at[-1].is_Integer and (general or rule.target.at == member.at)
    ]


def _function_given_before(scope: Scope, node: Node, right: Tokens) -> str:
    node = whole_of(node, scope)
    if node.kind != "product" or len(node.parts) != 2 or any(node.separators):
        return ""
    head, group = node.parts
    if head.kind not in ("letter", "word") or group.kind != "group" or group.text != "(" or group.scripts:
        return ""
    entity, rest = Values(scope).entity_of(head)
    by_formula = isinstance(entity, ScalarFunctionName) and entity.name in FUNCTIONS and head.text not in FUNCTIONS
    if rest or not (isinstance(entity, DefinedFunction) or by_formula):
        return ""
    written = {name_of(t) for t in right}
    for piece in split(group.tokens, (",", ";", "mid", "|")):
        try:
            parameter = parse(stripped(piece))
        except Unreadable:
            return ""
        if parameter.kind != "letter" or parameter.text not in written:
            return ""
    return entity.name if isinstance(entity, DefinedFunction) else head.text


def part_given_before(scope: Scope, left: Tokens) -> str:
    r"""The name with a definition of which the left side of an equation is an entry, the transpose, the inverse or a
    derivative: ``c_i``, ``B^\top``, ``f'(x)``; empty where it is something else.
    """
    left = trimmed(left)
    try:
        node = parse(left, scope.words()) if left else None
    except Unreadable:
        return ""
    if node is not None and node.kind == "product" and len(node.parts) == 2 and node.parts[1].kind == "group":
        head = node.parts[0]
        primes = head.kind == "letter" and bool(head.scripts) and all(mark == "'" for mark, _ in head.scripts)
        return head.text if primes and isinstance(scope.find(head.text, head.style), DefinedFunction) else ""
    if node is None or node.kind not in ("letter", "word") or not node.scripts:
        return ""
    entity, rest = Values(scope).entity_of(node)
    if not isinstance(entity, Symbolic) or len(rest) != 1:
        return ""
    mark, written = rest[0]
    turned = mark == "^" and plain_text(written) in ("T", "top", "intercal", "-1")
    name = entity.value.name
    defined = any(d.target == entity.value for d in scope.context.definitions)
    return name if defined and (mark in ("_", "'") or turned) else ""


def given_backwards(scope: Scope, left: Tokens, right: Tokens) -> str:
    """The name c of ``b = c`` where c has been defined by b; empty where a side is something else."""
    name = given_before(scope, right, left)
    letter = trimmed(left)
    entity = scope.find(name_of(letter[0])) if name and len(letter) == 1 else None
    if not isinstance(entity, Symbolic):
        return ""
    bodies = [d.body for d in scope.context.definitions if d.target.name == name]
    return name if any(entity.value in walk(body) for body in bodies) else ""


def argument_of(scope: Scope, left: Tokens) -> str:
    """The letter of ``f(z)`` that nothing declares, where f is a function of one number; empty where there is none."""
    left = trimmed(left)
    if len(left) < 4 or name_of(left[1]) != "(" or name_of(left[-1]) != ")":
        return ""
    function, letter = scope.find(name_of(left[0])), stripped(left[2:-1])
    of_a_number = isinstance(function, ScalarFunctionName) or (
        isinstance(function, DefinedFunction) and function.entrywise
    )
    name = name_of(letter[0]) if of_a_number and len(letter) == 1 else ""
    return name if name.isalpha() and scope.find(name) is None else ""


def give_anew(declarer: Declarer, name: str, left: Tokens, right: Tokens, line: int) -> None:
    """Define a name anew.  What was assumed of it speaks of what it was before; what was defined by it is unclear.

    Raises Unreadable.
    """
    scope = declarer.scope
    before = scope.find(name, indexed=True) if name not in scope.names else scope.names[name]
    old = None
    if isinstance(before, Symbolic):
        old = next(d.body for d in scope.context.definitions if d.target == before.value)
    for other in defined_by(scope, name):
        scope.unclear[other] = f"{other} is defined by {name}, which line {line} gives anew"
    if isinstance(before, FamilyName):
        rules = _rules_of_member(scope, parse(trimmed(left), scope.words()))
        scope.drop(rules)
        scope.doubt(h for h in scope.context.hypotheses if name in names_in(h))
        scope.unclear.pop(name, None)
        declarer.define(left, right)
        return
    if isinstance(before, Symbolic) and old is not None:
        scope.context = _without(scope.context, before.value, old)
        scope.doubts = tuple(replace(d, hypothesis=_put_in(d.hypothesis, before.value, old)) for d in scope.doubts)
    del scope.names[name]
    for known in (scope.unsure, scope.pending, scope.unclear):
        known.pop(name, None)
    declarer.define(left, right)
    after = scope.names.get(name)
    if not isinstance(after, Symbolic):
        return
    new = next((d.body for d in scope.context.definitions if d.target == after.value), None)
    if isinstance(old, Expression) and isinstance(new, Expression) and old.shape == new.shape:
        scope.doubts += (Doubt(Relation(old, "=", new), f"{name} is still what it was before", line),)


def defined_by(scope: Scope, name: str) -> set[str]:
    """The names whose definitions speak of a name, or of such names."""
    uses = {
        other: written_in(entity.body) for other, entity in scope.names.items() if isinstance(entity, DefinedFunction)
    }
    rules: list[Definition | Recurrence] = [*scope.context.definitions, *scope.context.recurrences]
    for rule in rules:
        leaves = {n.name for n in walk(rule.body) if isinstance(n, Var | Member)}
        uses[rule.target.name] = uses.get(rule.target.name, set()) | leaves
    found = {name}
    while True:
        more = {other for other, used in uses.items() if used & found} - found
        if not more:
            return found - {name}
        found |= more


def _put_in(hypothesis: Hypothesis, name: Var, value: Expression) -> Hypothesis:
    rule = {name: value}
    if isinstance(hypothesis, Relation):
        return Relation(hypothesis.left.xreplace(rule), hypothesis.op, hypothesis.right.xreplace(rule))
    return Predicate(hypothesis.kind, hypothesis.subject.xreplace(rule))


def _without(context: Context, name: Var, value: Expression) -> Context:
    """The context with a name's definition put in for it everywhere."""
    rule = {name: value}
    return replace(
        context,
        definitions=tuple(Definition(d.target, d.body.xreplace(rule)) for d in context.definitions if d.target != name),
        recurrences=tuple(Recurrence(r.target, r.body.xreplace(rule), r.first) for r in context.recurrences),
        hypotheses=tuple(_put_in(h, name, value) for h in context.hypotheses),
        random=tuple(replace(r, parameters=tuple(p.xreplace(rule) for p in r.parameters)) for r in context.random),
    )


def written_in(node: Node) -> set[str]:
    """The letters that a formula is written with."""
    found = {node.text} | {name_of(t) for t in node.tokens}
    for part in node.parts:
        found |= written_in(part)
    for row in node.rows:
        for cell in row:
            found |= {name_of(t) for t in cell}
    for _, tokens in node.scripts:
        found |= {name_of(t) for t in tokens} | {plain_text(tokens)}
    return found
