r"""Equations that a sentence says of the names which it declares: "$W \in \mathbb{R}^{d \times k}$, $W^\top W = I$".

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from everystep.algebra.context import Hypothesis, Relation
from everystep.algebra.expressions import Num
from everystep.reader import patterns as re
from everystep.reader.entities import FamilyName, Symbolic
from everystep.reader.pieces import Piece, letters_in, pieces_of, trimmed
from everystep.reader.prose import Sentence, is_unreserved
from everystep.reader.scope import Scope
from everystep.reader.trees import name_of, split
from everystep.reader.words import plain

THAT_IS = r"(?:c'est-a-dire(?: que)?|c\.-a-d\.|i\.e\.|that is(?: to say)?|meaning(?: that)?|autrement dit)"
_WITH_IT = re.compile(
    rf"[\s,(]*(?:with|avec|satisfying|verifiant|such that|tels? que|telles? que|(?:[^$.;:]*\W)?{THAT_IS}[\s,]*)\s*"
)
_ALSO = re.compile(r"\s*(?:,|,?\s*(?:and|et))(?: (?:also|moreover|aussi))?\s*")
_IT_SATISFIES = re.compile(
    r"(?:[^$.;:]*[;,])?\s*(?:and |et )?(?:which|that|they|it|elles?|ils?|qui)(?: all| each| tous| toutes)? "
    r"(?:satisf(?:y|ies|ont|ait)|verifient|verifie|obeys?)\s*"
)
_SIGNS = ("<", ">", "<=", ">=", "!=")


def says_what_is_declared(scope: Scope, piece: Piece, sentence: Sentence) -> bool:
    r"""Whether an equation is joined by "with", or "that is", to the declaration of a name that it speaks of,
    whatever title stands ahead: "Tied weights: $W \in \mathbb{R}^{d \times k}$ with $W^\top W = I_k$".
    """
    words = plain(sentence.before)
    if piece.relations != ("=",) or not sentence.earlier or not is_unreserved(sentence, words):
        return False
    if _IT_SATISFIES.fullmatch(words.rsplit("$", 1)[-1]):
        return _is_all_that_is_said(scope, piece, sentence)
    between, at = words.split("$"), 1
    while at < min(len(between), len(sentence.earlier)) and _ALSO.fullmatch(between[-at]):
        if [p.relations for p in pieces_of(trimmed(sentence.earlier[-at]))] != [("=",)]:
            return False
        at += 1  # "that is $P^2 = P$ and $P^\top = P$": the second is said as the first is
    if not _WITH_IT.fullmatch(between[-at]):
        return False
    pieces = pieces_of(trimmed(sentence.earlier[-at]))
    declared = {n for p in pieces for n in letters_in(p.sides[0])}
    member = [p.relations for p in pieces] == [("in",)]
    defined = {rule.target.name for rule in scope.context.definitions}
    letters = {name_of(token) for side in piece.sides for token in side}
    return member and bool(declared & letters) and not declared & defined


def _is_all_that_is_said(scope: Scope, piece: Piece, sentence: Sentence) -> bool:
    r"""Whether an equation speaks only of names that its sentence declares, and of which nothing else is known but
    signs, so that it follows from nothing: "the weights $p_i > 0$ are fixed; they satisfy $\sum_{i=1}^n p_i = 1$".
    """
    pieces = [p for tokens in sentence.earlier for p in pieces_of(trimmed(tokens))]
    subjects = [p.sides[0] for p in pieces if p.relations[:1] in (("in",), (">",), (">=",))]
    declared = {name_of(trimmed(name)[0]) for side in subjects for name in split(side, (",",)) if trimmed(name)}
    written = {name_of(token) for side in piece.sides for token in side}
    names = {n for n in written if isinstance(scope.find(n, indexed=True), Symbolic | FamilyName)}
    valued = [d.target for d in scope.context.definitions] + [law.target for law in scope.context.random]
    valued += [rule.target for rule in scope.context.recurrences]
    taken = {target.name for target in valued} | scope.unsure.keys() | scope.unclear.keys()
    said = [*scope.context.hypotheses, *(doubt.hypothesis for doubt in scope.doubts)]
    taken = taken.union(*(_names(h) for h in said if not _is_sign(h)))
    return bool(names) and names <= declared - taken


def _names(hypothesis: Hypothesis) -> set[str]:
    return {name for side in hypothesis.sides for name in side.names}


def _is_sign(hypothesis: Hypothesis) -> bool:
    """Whether a hypothesis compares something with 0."""
    return isinstance(hypothesis, Relation) and hypothesis.op in _SIGNS and Num(0) in hypothesis.sides
