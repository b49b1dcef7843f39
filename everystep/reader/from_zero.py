r"""Texts that count entries from 0: "indices start at zero", ``y = (y_0, \dots, y_{n-1})``, ``x_i, i = 0, \dots, n-1``.

An index that is a number, or runs from one written end to another, is moved by one.  A letter that stands for every
index is the same in both ways of counting, as long as it is nowhere a number itself.  May import this package.
"""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Expr, Integer

from everystep.algebra.context import Relation
from everystep.algebra.expressions import Col, Entry, Int, Member, Row, walk
from everystep.algebra.shapes import ONE
from everystep.reader import patterns as re
from everystep.reader.entities import Rows, Symbolic
from everystep.reader.marks import is_unknown, plain_text
from everystep.reader.scope import Scope
from everystep.reader.source import Tokens
from everystep.reader.trees import Unreadable, name_of
from everystep.reader.words import plain

COUNTED = "from 0"
"""The sign, among those to which a text gives another meaning, for counting entries from 0."""
IN_DOUBT = "from 0?"
_ZERO = r"(?:0|zero)(?![.\d])"
_INDICES = r"(?:ind(?:ex|exes|exing|ices|exed|exes?|icees?)|count\w*|number(?:ed|ing)|numerot\w*|enumerat\w*)"
_FROM_ZERO = re.compile(
    rf"\b(?:zero|0)-?\s?(?:based|indexed|indexing|origin)\b|\b{_INDICES}\b[^.;:]{{0,50}}\b(?:from|at|with|a partir de|"
    rf"depuis|a|de|par) {_ZERO}|\b{_ZERO}-?\s?based\b"
)
_OF_MEMBERS = re.compile(
    r"\b(?:time|times|steps?|iterat\w+|layers?|epochs?|rounds?|stages?|states?|moments?|temps|pas|couches?|etapes?|"
    r"powers?|sums?|degrees?|coefficients?|samples?|observations?|sequences?)\b"
)
_NOT_PLAINLY = re.compile(
    r"\b(?:one|1)-?\s?(?:based|indexed|indexing)\b|\b(?:from|at|with|a partir de|depuis|a) (?:1|one|un)(?![.\d])|"
    r"\b(?:not|no|never|nor|pas|ni|rather than|instead of|unlike|contrairement|some|others?|either|or|whether|if|would|"
    r"often|sometimes|many|most|parfois|souvent|certains|si|ou)\b|n't\b|n'"
)
_DOTS = frozenset(("dots", "ldots", "cdots"))


def counting_told(text: str, numbers: Iterable[str]) -> frozenset[str]:
    """What a paragraph says of where entries are counted from; ``numbers``: its formulas, where they are a number."""
    given = iter(numbers)
    said = plain("".join((next(given, "") or "$") if c == "$" else c for c in text))
    found: set[str] = set()
    for sentence in re.split(r"[.;!?](?:\s|$)", said):
        if _FROM_ZERO.search(sentence) is not None and _OF_MEMBERS.search(sentence) is None:
            found.add(IN_DOUBT if _NOT_PLAINLY.search(sentence) is not None else COUNTED)
    return frozenset(found)


def note_lists_from_zero(scope: Scope, tokens: Tokens) -> None:
    r"""Keep the letters of lists ``y_0, \dots, y_{n-1}``, with the n of each."""
    for letter, size in _lists(tuple(t for t in tokens if t.kind != "space")):
        scope.from_zero[letter] = size


def _lists(tokens: Tokens) -> Iterable[tuple[str, str]]:
    for k, token in enumerate(tokens):
        if token.kind != "sub" or k == 0 or plain_text(_below(tokens, k)) != "0":
            continue
        letter = tokens[k - 1].text
        lasts = (j for j in range(k + 1, len(tokens)) if tokens[j].kind == "sub" and tokens[j - 1].text == letter)
        ends = [(j, plain_text(_below(tokens, j))) for j in lasts]
        last, end = next(((j, end) for j, end in ends if end not in ("1", "2")), (0, ""))
        dotted = any(name_of(t) in _DOTS or name_of(t) == "." for t in tokens[k:last])
        if dotted and end.endswith("-1") and end.removesuffix("-1").isalnum():
            yield letter, end.removesuffix("-1")


def _below(tokens: Tokens, at: int) -> Tokens:
    """What stands below, behind the mark at a place."""
    if at + 1 >= len(tokens) or tokens[at + 1].kind != "open":
        return tokens[at + 1 : at + 2]
    ends = [k for k in range(at + 2, len(tokens)) if tokens[k].kind == "close"]
    return tokens[at + 2 : ends[0]] if ends else ()


def counts_from_zero(scope: Scope) -> bool:
    """Whether the entries, rows and columns of a text count from 0.  Raises Unreadable where that is in doubt."""
    if IN_DOUBT in scope.notation:
        raise Unreadable("the text speaks of indices that start at 0: do these?")
    return COUNTED in scope.notation or any(size in _counts(scope, letter) for letter, size in scope.from_zero.items())


def _counts(scope: Scope, letter: str) -> set[str]:
    """How many entries a vector of that letter has, or how many lines the matrix whose lines have that letter."""
    found = scope.find(letter, indexed=True)
    if isinstance(found, Rows):
        return {str(found.matrix.shape[0 if found.by_rows or found.matrix.shape[1] == ONE else 1])}
    if isinstance(found, Symbolic) and found.value.shape[1] == ONE:
        return {str(found.value.shape[0])}
    return set()


def is_told_to_count_from_zero(scope: Scope, at: Expr, length: Expr) -> bool:
    r"""Whether the text lets the letter of an index of so many entries run ``i = 0, \dots, n-1``, or from 0 on."""
    letter = str(at)
    if Relation(Int(Integer(0)), "<=", Int(at)) in scope.context.hypotheses:
        return True
    end = scope.ends.get(letter)
    return scope.starts.get(letter) == 0 and end is not None and (end + 1 == length or is_unknown(length))


def is_given_by_entries(scope: Scope, name: str) -> bool:
    """Whether ``p_i := x_i^2`` makes the members of a family of entries, at the same index for every i."""
    rules = [d for d in scope.context.definitions if isinstance(d.target, Member) and d.target.name == name]
    return any(
        isinstance(part, Entry | Row | Col) and {*part.args[1:]} & {*rule.target.at}
        for rule in rules
        if isinstance(rule.target, Member)
        for part in walk(rule.body)
    )
