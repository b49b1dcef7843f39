r"""Bounds of all eigenvalues in words: "the eigenvalues of $A$ lie in $[\mu, L]$", « comprises entre $\mu$ et $L$ ».

Of a symmetric matrix they say ``\mu I \preceq A \preceq L I``; of others, whose eigenvalues may be complex, nothing is
taken.  May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from everystep.algebra import expressions as ex
from everystep.algebra.context import Predicate
from everystep.algebra.expressions import Expression, Num, Var
from everystep.reader import patterns as re
from everystep.reader.entities import Symbolic
from everystep.reader.factors import Factors, is_symmetric
from everystep.reader.marks import plain_text
from everystep.reader.pieces import trimmed
from everystep.reader.prose import Sentence
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Unreadable, name_of, split
from everystep.reader.values import Values
from everystep.records import dataclass

_VALUES = r"(?:real )?(?:eigenvalues|valeurs propres(?: reelles)?)"
_LIE = (
    r"(?: (?:all|are|lie|lying|belong|be|contained|sont|toutes|tous|appartiennent|comprises?|contenues?|situees?|"
    r"strictement|strictly))*"
)
_IN = (
    r" (?:(?:in|to|within|inside|dans|a)(?: (?:the (?:open |closed )?interval|l'intervalle|l'ensemble))?|"
    r"(?P<between>between|entre))"
)
_OF_A_MATRIX = re.compile(
    rf"^(?P<first>.*?)\b(?:(?:all|the|les|toutes|of|that|que) )*{_VALUES} (?:of|de)(?: (?:the|la) (?:[\w-]+ )*?"
    rf"(?:matrix|matrice))? \${_LIE}{_IN}\s*$"
)
_WITH_VALUES = re.compile(
    rf"^(?P<first>.*\$)(?P<words>[^$]*?),?\b(?:with|having|has|whose|dont|a|avec|ayant|ont)"
    rf"(?: (?:all|its|les|des|ses|toutes))*? {_VALUES}{_LIE}{_IN}\s*$"
)
_UP_TO = re.compile(r"^\s*(?:and|et) \$")


@dataclass(frozen=True)
class Bounds:
    """What words bound: the matrix, the ends (empty for none), whether these are taken; what stands around."""

    matrix: Tokens
    low: Tokens
    high: Tokens
    strict: tuple[bool, bool]
    first: str
    words: str
    rest: str


def bounds_of(tokens: Tokens, sentence: Sentence, clause: str, behind: str) -> Bounds | None:
    """The bounds of eigenvalues of which a formula is the interval, or the lower end; None where it is neither."""
    found = _OF_A_MATRIX.match(clause) or _WITH_VALUES.match(clause)
    if found is None or not sentence.earlier:
        return None
    words, matrix = found.groupdict().get("words") or "", sentence.earlier[-1]
    if found["between"]:
        if not _UP_TO.match(behind) or not sentence.later:
            return None
        strict = "strict" in clause.rpartition("$")[2]
        rest = behind.partition("$")[2]
        return Bounds(matrix, tokens, sentence.later[0], (strict, strict), found["first"], words, rest)
    tokens = trimmed(tokens)
    opening, closing = (name_of(tokens[k]) for k in (0, -1)) if tokens else ("", "")
    ends = split(tokens[1:-1], (",", ";"))
    if opening not in ("[", "(") or closing not in ("]", ")") or len(ends) != 2:
        return None
    low, high = (() if "infty" in plain_text(end) else trimmed(end) for end in ends)
    return Bounds(matrix, low, high, (opening == "(", closing == ")"), found["first"], words, behind)


class SpectralBounds(Factors):
    """Takes bounds of eigenvalues as bounds of a symmetric matrix in the order of such matrices."""

    def _new_number(self, end: Tokens) -> None:
        """A letter that nothing declares, as the bound of an eigenvalue, is a number."""
        node = parse(end, self.scope.words()) if end else None
        if node is not None and node.kind == "letter" and not node.scripts and self.scope.find(node.text) is None:
            if self.scope.waits:
                raise Unreadable(f"{node.text} has no declaration", end[0].place)
            self.scope.declare(node.text, Symbolic(Var(node.text)), node.style)

    def _take_bounds(self, matrix: Tokens, bounds: Bounds) -> None:
        reader = Values(self.scope)
        whole = reader.finished(reader.read(matrix))
        rows, columns = whole.shape
        if rows != columns or not is_symmetric(whole, self.scope.context.given(*reader.assumed)):
            raise Unreadable("the eigenvalues of a matrix that is not symmetric may be complex", matrix[0].place)
        ends: list[Expression | None] = []
        for end in (bounds.low, bounds.high):
            self._new_number(end)
            value = reader.finished(reader.read(end)) if end else None
            if value is not None and not value.is_number_shaped:
                raise Unreadable("an eigenvalue is a number", end[0].place)
            ends.append(value)
        for value, above, strict in zip(ends, (False, True), bounds.strict, strict=True):
            if value is None:
                continue
            scaled = ex.Mul(value, ex.Eye(rows))
            both = ex.Add(scaled, ex.Neg(whole)) if above else ex.Add(whole, ex.Neg(scaled))
            kind = "positive definite" if strict else "positive semidefinite"
            self.scope.assume(Predicate(kind, whole if value == Num(0) and not above else both))
