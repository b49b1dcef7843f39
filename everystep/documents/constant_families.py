r"""Families that are said to be one value: "suppose that $g_t = g$ for all $t$".

May import the reader.
"""

from __future__ import annotations

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Var
from everystep.reader import patterns as re
from everystep.reader.entities import FamilyName, Symbolic
from everystep.reader.prose import Sentence, Stance, is_question, stance
from everystep.reader.scope import Scope
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Unreadable, name_of, stripped
from everystep.reader.values import Values
from everystep.reader.words import plain

_FOR_ALL = re.compile(
    r"^\W*(?:for|pour) (?:all|every|each|any|tout|toute|tous les|toutes les|chaque)"
    r"(?: (?:times?|steps?|ind(?:ex|ices)|iterations?|instants?|temps|pas))? \$"
    r"(?=\W*(?:$|[.,;:]|and\b|et\b|then\b|alors\b))"
)


def is_one_value(scope: Scope, left: Tokens, right: Tokens, sentence: Sentence) -> bool:
    """Whether an equation says of every member of a family, of which nothing is known, that it is one value.

    A letter without a declaration that is that value, ``g`` of ``g_t = g``, gets the shape of the members.
    """
    if stance(sentence) not in (Stance.ASSUMED, Stance.CASE, Stance.WITHIN) or is_question(sentence):
        return False
    if not _FOR_ALL.match(plain(sentence.after)) or not sentence.later:
        return False
    try:
        node = parse(stripped(left), scope.words())
    except Unreadable:
        return False
    if node.kind != "letter" or [mark for mark, _ in node.scripts] != ["_"]:
        return False
    at = stripped(node.scripts[0][1])
    family = Values(scope).entity_of(node)[0]
    if not isinstance(family, FamilyName) or family.count != 1 or len(at) != 1 or not name_of(at[0]).isalpha():
        return False
    letter = name_of(at[0])
    if [name_of(t) for t in stripped(sentence.later[0])] != [letter] or letter in {name_of(t) for t in right}:
        return False
    if family.name in scope.one_valued:
        _is_unclear(scope, family.name, f"{family.name} is said to be one value, and then another one")
        return False
    if _is_spoken_of(scope, family.name):
        return False
    scope.one_valued.add(family.name)
    value = stripped(right)
    alone = name_of(value[0]) if len(value) == 1 else ""
    if len(alone) == 1 and alone.isalpha() and scope.names.get(alone) is None:
        scope.declare(alone, Symbolic(Var(alone, family.rows, family.columns), inferred=True), "")
    return True


def part_has_ended(scope: Scope) -> None:
    """Nothing is claimed any more of families that a part that has ended supposed to be one value."""
    for name in scope.one_valued:
        _is_unclear(scope, name, f"{name} was supposed to be one value in a part that has ended")
    scope.one_valued.clear()


def _is_unclear(scope: Scope, name: str, why: str) -> None:
    """Nothing is claimed of a family, and of what is made of it."""
    names = {name}
    rules = [(d.target.name, d.body) for d in scope.context.definitions]
    rules += [(r.target.name, r.body) for r in scope.context.recurrences]
    while more := {target for target, body in rules if body.names & names} - names:
        names |= more
    scope.unclear.update(dict.fromkeys(names, why))


def _is_spoken_of(scope: Scope, name: str) -> bool:
    """Whether a family has a value or a law, or something is assumed of it."""
    context = scope.context
    targets = [
        *(d.target for d in context.definitions),
        *(r.target for r in context.recurrences),
        *(law.target for law in context.random),
    ]
    sides = [side for hypothesis in context.hypotheses for side in hypothesis.sides]
    assumed = any(isinstance(n, ex.Member) and n.name == name for side in sides for n in ex.walk(side))
    return assumed or name in scope.lawless or any(target.name == name for target in targets)
