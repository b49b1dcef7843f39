r"""Equations of a display that give a declared family a recurrence, each alone or through the others of the display:
``s_t = W x_t + U h_{t-1} + b`` and ``h_t = \tanh(s_t)`` of declared ``h_t \in \mathbb{R}^n``.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from everystep.algebra.context import Definition, Recurrence, Relation
from everystep.algebra.expressions import Member, walk
from everystep.reader.entities import FamilyName
from everystep.reader.marks import plain_text
from everystep.reader.pieces import trimmed
from everystep.reader.scope import Scope
from everystep.reader.signs import ACCENTS, VARIANTS
from everystep.reader.source import Token, Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, name_of
from everystep.reader.updates import is_step
from everystep.reader.values import Values


def gives_recurrence(scope: Scope, k: int, equations: Sequence[tuple[Tokens, Tokens]]) -> bool:
    """Whether the k-th equation gives a declared family of which no rule is known a recurrence.

    Its left side is the general member, ``h_t`` or ``x_{k+1}``, and its right side leads back to members at another
    index, through the families that the other equations give.  Of a family of which nothing is known such an equation
    follows from nothing, so that it can only say what the members are.  It fails where something is said of the
    members that was not read.
    """
    lefts = {n: node for n, (left, _) in enumerate(equations) if (node := _general(scope, left)) is not None}
    if k not in lefts or not _is_open(scope, lefts[k]):
        return False
    names = {node.text: n for n, node in lefts.items()}
    if len(names) < len(lefts):
        return False
    return _leads_back(lefts[k].text, lefts[k].text, names, lefts, equations, frozenset(), False)


def _leads_back(
    goal: str,
    name: str,
    names: dict[str, int],
    lefts: dict[int, Node],
    equations: Sequence[tuple[Tokens, Tokens]],
    seen: frozenset[str],
    moved: bool,
) -> bool:
    """Whether the equation of a name leads to members of a goal, at another index than it began with."""
    own = plain_text(lefts[names[name]].scripts[0][1])
    for other, at in members_in(equations[names[name]][1]):
        shifted = moved or at != own
        if other == goal and shifted:
            return True
        further = other in names and other not in seen | {name, goal}
        if further and _leads_back(goal, other, names, lefts, equations, seen | {name}, shifted):
            return True
    return False


def members_in(tokens: Tokens) -> Iterator[tuple[str, str]]:
    r"""The letters of a formula that have an index below, with their accents, and the index: ``\hat y`` and ``t-1``."""
    written: list[Token] = [t for t in tokens if t.kind != "space"]
    for k, token in enumerate(written):
        if token.kind not in ("char", "command") or not name_of(token).isalpha() or name_of(token) in ACCENTS:
            continue
        ahead = [name_of(t) for t in written[max(0, k - 2) : k] if t.kind != "open"]
        accent = f"{ACCENTS[ahead[-1]]} " if ahead and ahead[-1] in ACCENTS else ""
        behind = k + 1
        while accent and behind < len(written) and written[behind].kind == "close":
            behind += 1
        if behind + 1 >= len(written) or written[behind].kind != "sub":
            continue
        end = behind + 2
        if written[behind + 1].kind == "open":
            end = next((j for j in range(behind, len(written)) if written[j].kind == "close"), len(written) - 1) + 1
        letter = VARIANTS.get(name_of(token), name_of(token))
        yield f"{accent}{letter}", plain_text(tuple(written[behind + 1 : end]))


def _general(scope: Scope, left: Tokens) -> Node | None:
    """The general member that a side is, of a family with one index below; None where it is something else."""
    try:
        node = parse(trimmed(left), scope.words())
    except Unreadable:
        return None
    below = node.kind == "letter" and [mark for mark, _ in node.scripts] == ["_"]
    return node if below and is_step(node.scripts[0][1]) else None


def _is_open(scope: Scope, node: Node) -> bool:
    """Whether a family is declared, and nothing is known of its general member or said of it that was not read."""
    entity = Values(scope).entity_of(node)[0]
    if not isinstance(entity, FamilyName) or entity.count != 1:
        return False
    context = scope.context
    rules: list[Definition | Recurrence] = [*context.definitions, *context.recurrences]
    general = [r.target for r in rules if isinstance(r.target, Member) and not r.target.at[-1].is_Integer]
    ruled = {target.name for target in general} | {law.target.name for law in context.random}
    assumed = (*context.hypotheses, *(doubt.hypothesis for doubt in scope.doubts))
    said = (h for h in assumed if isinstance(h, Relation) and h.op == "=")
    parts = (n for h in said for side in (h.left, h.right) for n in walk(side) if isinstance(n, Member))
    if any(n.name == entity.name and not n.at[-1].is_Integer for n in parts):
        return False
    unread = {node.text, entity.name} & (scope.unsure.keys() | scope.unclear.keys() | scope.lawless)
    return not unread and entity.name not in ruled
