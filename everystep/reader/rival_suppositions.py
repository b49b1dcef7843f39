"""Suppositions that take the place of earlier ones: "suppose now that $AB = -BA$" behind "suppose that $AB = BA$".

May import ``everystep.algebra`` and this package's vocabulary.
"""

from __future__ import annotations

from everystep.algebra import expressions as ex
from everystep.algebra.context import Hypothesis, Predicate, Relation
from everystep.reader import patterns as re
from everystep.reader.phrases import clause_of
from everystep.reader.pieces import names_in
from everystep.reader.prose import Sentence
from everystep.reader.words import plain

_ANEW = re.compile(
    r"\b(?:now|next|instead|this time|alternatively|on the other hand|rather|in turn|second(?:ly)?|"
    r"maintenant|cette fois|a present|plutot|d'autre part|ensuite|au contraire)\b"
)
_AS_WELL = re.compile(
    r"\b(?:also|further|furthermore|moreover|additionally|in addition|as well|besides|too|on top|still|again|"
    r"de plus|en outre|aussi|egalement|par ailleurs|toujours|encore|en plus)\b"
)
_GIVES = re.compile(
    r"\b(?:let|set|put|define|take|choose|soit|soient|posons|on pose|definissons|on definit|prenons|on prend)"
    r"(?: (?:also|now|further|then|us|here|aussi|maintenant|alors))*(?:[ ,]*\$[ ,]*(?:and|et)?)*\W*$"
)
_FOR_SOME = re.compile(r"^[^.;]*\b(?:for some|for an?|for certain|pour un|pour une|pour certains?|pour certaines?)\b")
_EXCLUDED = {">": "<=,<,=", ">=": "<", "<": ">=,>,=", "<=": ">", "=": "<,>,!=", "!=": "="}


def key_of(sentence: Sentence, displays: int) -> str:
    """What tells a sentence from others, whichever of its formulas is read; ``displays``: how many stood before it."""
    words = re.sub(r"n x n|\bspace\b|[ $]", "", f"{sentence.before} {sentence.after}")[:160]
    return f"{displays} {words}"


def supposes_anew(words: str) -> bool:
    """Whether a sentence that supposes may begin another supposition: "now suppose that", not "suppose also that"."""
    text = plain(words)
    return _ANEW.search(text) is not None and not _AS_WELL.search(text)


def supposes_as_well(words: str) -> bool:
    """Whether a sentence says that it supposes more than was supposed before."""
    return _AS_WELL.search(plain(words)) is not None


def gives_a_value(sentence: Sentence) -> bool:
    """Whether a sentence gives the name before a sign of equality its value: "let $A = B + C$", "set", "define"; not
    "write", nor "for some $B$", which say that it has one of that kind.
    """
    return _GIVES.search(clause_of(sentence.before)) is not None and not _FOR_SOME.search(plain(sentence.after))


def is_rival(old: Hypothesis, new: Hypothesis, anew: bool) -> bool:
    """Whether a supposition may be meant in the place of an earlier one: it speaks of the same value and says
    something else of it; where it is supposed anew, also if it is an equation of the same names, or another property of
    the same matrix.
    """
    if old == new:
        return False
    if isinstance(old, Relation) and isinstance(new, Relation):
        if old.op == new.op == "=":
            return old.left == new.left or (anew and bool(names_in(old) & names_in(new)))
        return old.sides == new.sides and new.op in _EXCLUDED.get(old.op, "").split(",")
    if isinstance(old, Predicate) and isinstance(new, Predicate):
        return anew and old.subject == new.subject
    kind, equation = (old, new) if isinstance(old, Predicate) else (new, old)
    if not isinstance(kind, Predicate) or not isinstance(equation, Relation) or equation.op != "=":
        return False
    if kind.kind in ("symmetric", "diagonal") and equation.left == ex.Transpose(kind.subject):
        return True  # skew-symmetric
    return kind.kind in ("invertible", "positive definite", "orthogonal") and equation.left == ex.Det(kind.subject)
