r"""One-hot vectors whose class words name: "the one-hot vector of the true class $c$", "one-hot with $y_c = 1$".

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from dataclasses import replace

from everystep.algebra import expressions as ex
from everystep.algebra.context import Definition, Hypothesis, Relation
from everystep.algebra.expressions import Num, Var
from everystep.algebra.shapes import ONE
from everystep.reader import patterns as re
from everystep.reader.entities import Size, Symbolic
from everystep.reader.name_lists import is_names
from everystep.reader.pieces import trimmed
from everystep.reader.prose import Sentence, denies, is_question
from everystep.reader.scope import Scope
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Unreadable, name_of, relation_of
from everystep.reader.values import Values
from everystep.reader.words import plain

_VECTOR = r"(?: (?:vector|encoding|encoded vector|label vector|label|target|representation|indicator))?"
_VECTEUR = r"(?:(?:vecteur|encodage|codage|representation|etiquette) )?"
_OF = (
    r"(?:of|for|encoding|representing|associated (?:with|to)|corresponding to|with (?:a |its )?(?:single )?(?:one|1) "
    r"(?:at|in)|de|du|pour|associee? a|correspondant a)"
)
_CLASS = (
    r"(?:\b(?:the|its|a|la|le|l'|true|correct|target|actual|observed|given|outside|next|right|class|label|word|token|"
    r"index|position|category|entry|component|target|vraie?|bonne|correcte|cible|classe|etiquette|mot|jeton|indice|"
    r"categorie|suivant)\b[ ']*)*"
)
_ONE_HOT = rf"{_VECTEUR}(?:en )?one-?\s?hot{_VECTOR}(?: {_OF})? {_CLASS}"
_IS_ONE_HOT = re.compile(
    rf"\W*(?:(?:be|is|denotes?|being|soit|est|designe)\b)?\W*(?:(?:the|its|le|la|l'|un|une|a)\b\W*)?(?:corresponding )?"
    rf"{_VECTEUR}(?:en )?one-?\s?hot{_VECTOR} {_OF} {_CLASS}\$"
)
_OF_A_CLASS = re.compile(rf"one-?\s?hot{_VECTOR} {_OF} {_CLASS}$")


def is_of_a_class(words: str) -> bool:
    """Whether words before a formula say that it is the class of a one-hot vector, and not that it is one-hot."""
    return _OF_A_CLASS.search(f"{plain(words).rstrip()} ") is not None


def class_named(sentence: Sentence) -> Tokens:
    """The letter of the class of which the words behind a formula say that it is the one-hot vector; empty for none."""
    if _IS_ONE_HOT.match(plain(sentence.after)) is None or not sentence.later or denies(sentence):
        return ()
    formula = trimmed(sentence.later[0])
    letter = formula[:1]
    alone = len(formula) == 1 or relation_of(formula, 1)[0] == "in"
    return letter if alone and not is_question(sentence) and len(name_of(letter[0])) == 1 else ()


def is_one_hot(value: ex.Expression, scope: Scope) -> bool:
    """Whether a vector is assumed to be one-hot."""
    told = (
        Relation(ex.Hadamard(value, value), "=", value),
        Relation(ex.Mul(ex.Transpose(ex.Ones(value.shape[0])), value), "=", Num(1)),
    )
    return bool(value.shape[1] == ONE != value.shape[0]) and all(h in scope.context.hypotheses for h in told)


def of_class(scope: Scope, name: Tokens, letter: Tokens) -> Definition | None:
    """A vector without a value as the unit vector of its class, which is an index; None where they may be others."""
    entity, rest = Values(scope).entity_of(parse(name)) if is_names(name) else (None, [])
    known = scope.find(name_of(letter[0]))
    if not isinstance(entity, Symbolic) or rest or not (known is None or isinstance(known, Size)):
        return None
    try:
        at = Values(scope).integer(letter)
    except Unreadable:
        return None
    value = entity.value
    is_open = value.shape[1] == ONE != value.shape[0] and value not in {d.target for d in scope.context.definitions}
    return Definition(value, ex.Unit(value.shape[0], at)) if is_open else None


def give_classes(scope: Scope, held: tuple[Hypothesis, ...]) -> None:
    """``y_c = 1`` of a one-hot y, which has come to the hypotheses held before, says of which class it is."""
    defined = {d.target for d in scope.context.definitions}
    for said in scope.context.hypotheses:
        entry = said.left if isinstance(said, Relation) and said.op == "=" and said.right == Num(1) else None
        if said in held or not isinstance(entry, ex.Entry) or not entry.at[0].is_Symbol or entry.at[0].is_positive:
            continue
        value = entry.operands[0]
        if isinstance(value, Var) and is_one_hot(value, scope) and value not in defined:
            scope.define(Definition(value, ex.Unit(value.shape[0], entry.at[0])))
            kept = tuple(h for h in scope.context.hypotheses if h != said)
            scope.context = replace(scope.context, hypotheses=kept)
