"""What may be the name of something new, or an equation of what is known: neither is chosen.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from everystep.algebra.expressions import Int, Num
from everystep.reader.marks import plain_text
from everystep.reader.scope import Scope
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, latex_of, name_of, split, stripped
from everystep.reader.values import Values


def refuse_two_readings(scope: Scope, left: Tokens, right: Tokens) -> None:
    r"""Raises Unreadable where "let $A' = A - B$" may say what the transpose of A is, or what a new name is; so with
    ``A^\dagger`` and its pseudo-inverse, with a bold letter beside a plain one, with a number called I, and with a
    number 1 above a letter, which no power has.
    """
    node = parse(left, scope.words())
    if node.kind != "letter":
        return
    place = left[0].place
    marks = [mark if mark == "'" else plain_text(tokens) for mark, tokens in node.scripts]
    if is_made_of_itself(node, right):
        if marks in (["dagger"], ["prime"]) or (marks and set(marks) == {"'"}):
            raise Unreadable(f"two readings: is {latex_of(left)} a new name, or made of {node.text}? write :=", place)
        if not marks and node.style:
            raise Unreadable(f"two readings: is a bold {node.text} the same as a plain one?", place)
    if marks == ["1"] and node.scripts[0][0] == "^":
        raise Unreadable(
            f"two readings: is {latex_of(left)} a power, or one of several? write {node.text}^{{(1)}}", place
        )
    if node.text == "I" and not marks and scope.find("I") is None and left != right:
        value = Values(scope)
        read = value.read(right)
        if value.is_number(read) and not isinstance(read, (Num, Int)):
            raise Unreadable("two readings: is I the identity, or a number? declare it", place)


def is_made_of_itself(node: Node, right: Tokens) -> bool:
    """Whether the letter of a name stands alone as one of several terms of what it shall be."""
    terms = [stripped(term) for term in split(right, ("+", "-")) if stripped(term)]
    return len(terms) > 1 and any(name_of(term[0]) == node.text and len(term) == 1 for term in terms)
