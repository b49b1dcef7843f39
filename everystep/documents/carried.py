r"""What one part of a question says of the names that it introduces, for the parts behind it.

"Let $P \in \mathbb{R}^{n \times n}$ be positive definite" tells what P is, as its shape does, and the next parts speak
of the same P until one of them says otherwise.  May import the reader.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from everystep.algebra.context import Hypothesis
from everystep.documents.problems import Frame, Problem
from everystep.reader import patterns as re
from everystep.reader.words import plain

_SUBPARTS = ("part", "subpart", "label", "item")
"""Parts of one question."""
_CARRYING = (*_SUBPARTS, "proof")
_WIDER = (
    r"general\w*|any|arbitrary|case|cases|instead|another|other|without|not|no longer|drop\w*|different|now|if|suppose|"
    r"assume|quelconque|autre|sans|pas|cas|si|maintenant"
)
_SPEAKS_WIDELY = re.compile(rf"\b(?:{_WIDER})\b")
"""Words of a sentence without formulas that may leave what the part before has said."""
_SPEAKS_ANEW = re.compile(
    rf"\b(?:{_WIDER}|let|when|every|consider|take|for|where|with|be|soit|soient|given|donnee?s?|"
    rf"(?:an?|une?|some|each|chaque) (?:[\w-]+ ){{0,3}}"
    r"(?:matri\w+|vect\w+|numbers?|scalars?|nombres?|scalaires?|reels?))\b"
)
"""Words beside a name that may make it another one than that of the part before."""


def note_first_part(problem: Problem, ended: Sequence[Frame], begun: Sequence[str]) -> None:
    """Note which names stand around the parts of a question, as the first of them begins."""
    if begun and begun[0].startswith(_SUBPARTS) and not (ended and ended[0].name.startswith(_SUBPARTS)):
        problem.before_parts = frozenset(problem.scope.names)


def is_carried(problem: Problem, said: Hypothesis, over: Sequence[Frame]) -> bool:
    """Whether what parts that end have said stays true behind them; only of names that no text around the parts
    declares, to which the next part may go back.
    """
    names = problem.scope.introduced.get(said, frozenset())
    new = bool(names) and not (names | {f"{n}[]" for n in names}) & problem.before_parts
    kept = new and over[0].name.startswith(_SUBPARTS) and all(frame.name.startswith(_CARRYING) for frame in over)
    if kept:
        problem.carried[said] = names
    return kept


def speaks_again(problem: Problem, words: str, names: Collection[str]) -> None:
    """Doubt what was carried of names of which a part says again what they are; of all, where it speaks widely."""
    if not problem.carried or not (_SPEAKS_ANEW if names else _SPEAKS_WIDELY).search(plain(words)):
        return
    gone = [h for h, own in problem.carried.items() if not names or own & set(names)]
    problem.scope.doubt(h for h in gone if h in problem.scope.context.hypotheses)
    for h in gone:
        del problem.carried[h]
