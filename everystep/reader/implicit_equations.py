r"""Equations that say implicitly what a name is: "the value function satisfies $V = r + \gamma P V$".

The name stands on both sides, so that the equation defines nothing; nothing else is known of it, so that it follows
from nothing.  May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from contextlib import suppress

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Var
from everystep.reader import patterns as re
from everystep.reader.entities import Symbolic
from everystep.reader.governing import CONCLUDING, CONDITIONAL, EXERCISE, NEGATION
from everystep.reader.phrases import clause_of
from everystep.reader.pieces import Piece, trimmed
from everystep.reader.prose import Sentence, denies, is_hypothetical, is_question
from everystep.reader.scope import Scope
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Unreadable, stripped
from everystep.reader.values import Values
from everystep.reader.words import plain

_GOVERNS = re.compile(
    r"\b(?:equations?|recursions?|recurrences?|recursive relation|systems?|systeme|dynamics|consistency condition)"
    r"(?: (?:for|of|pour|de) (?:the |its |la |le )?(?:[\w-]+ ){0,2}[\w$-]+)?"
    r"(?: (?:is|are|reads?|est|s'ecrit|given by))+\W*$|"
    r"\b(?:satisf(?:y|ies|ying)|solves?|solving|obeys?|obeying|verifie|verifiant|satisfait|satisfaisant|"
    r"(?:solution|fixed point|point fixe) (?:of|to|de))(?: (?:the|of|la|le|l'))?(?: [\w'-]+){0,3}\W*$"
)
_SOUGHT = re.compile(r"\b(?:minimi[sz]\w*|maximi[sz]\w*|optim\w*|estimat\w*|argmin|least squares|moindres carres)\b")
"""What is sought by another condition has the property, if it has it, by that one: this is a claim."""


_VALUE = (
    r"(?:inverse|pseudo-?inverse|transpose[ed]?|exponential|exponentielle|logarithm|softmax|sigmoid|determinant|trace|"
    r"norme?|mean|average|moyenne|expectation|esperance|variance|covariance|projection|projete|gradient|derivative|"
    r"derivee|hessian|hessienne|jacobian|jacobienne|square root|racine carree|sum|somme|product|produit|rank|rang|"
    r"residual|residu|gain|square|carre|difference|distance|eigenvalue|eigenvector|valeur propre|vecteur propre|"
    r"kernel matrix|gram matrix|resolvent|adjugate|commutator|limit|limite)"
)
_MADE_OF_OTHERS = re.compile(
    rf"\b{_VALUE}s?(?: (?:matrix|vector|matrice|vecteur))?(?: \$)?(?: |$)"
    rf"(?:(?:of|de|du|des|to|a|onto|sur|between|entre|from|with|dans|in)\b|(?:itself |also |then |now )?"
    rf"(?:satisf|solv|obey|verif|sati))"
)
"""What words call by its name, "the inverse $B$ of $A$", has its value by that: an equation of it is claimed."""
_NAMED = re.compile(r"\b(?:equations?|recursions?|recurrences?|dynamics)[ ,:]*$")


def governs(words: str, displayed: bool = False) -> bool:
    """Whether the words before an equation say that what it speaks of is governed by it, and conclude nothing.

    ``displayed``: it is a display, so that to call it an equation is enough: "we use the Bellman equation".
    """
    clause = clause_of(words)
    turned = NEGATION.search(clause) or _SOUGHT.search(clause) or EXERCISE.search(clause)
    turned = (
        turned
        or _MADE_OF_OTHERS.search(plain(words))
        or re.search(CONDITIONAL, clause)
        or re.search(CONCLUDING, clause)
    )
    named = displayed and _NAMED.search(clause)
    return not turned and bool(named or _GOVERNS.search(clause))


def is_open(scope: Scope, name: str) -> bool:
    """Whether nothing is known of a declared name but its shape, and nothing was said of it that was not read."""
    said = (side for h in (*scope.context.hypotheses, *(d.hypothesis for d in scope.doubts)) for side in h.sides)
    ruled = {d.target.name for d in scope.context.definitions} | {r.target.name for r in scope.context.random}
    unread = scope.unsure.keys() | scope.unclear.keys() | scope.lawless | ruled
    return name not in unread and not any(name in side.names for side in said)


def is_implicit(scope: Scope, left: Tokens, right: Tokens) -> bool:
    """Whether an equation has a declared name on its left side alone, and on its right side again, of which nothing is
    known.
    """
    with suppress(Unreadable):
        entity, marks = Values(scope).entity_of(parse(stripped(left), scope.words()))
        if isinstance(entity, Symbolic) and isinstance(entity.value, Var) and not marks:
            value = entity.value
            others = Values(scope)
            whole = others.finished(others.read(trimmed(right)))
            if value not in ex.walk(whole) or whole.names == {value.name}:
                return False  # A = A^T says a property of A
            return is_open(scope, value.name)
    return False


def is_governing(scope: Scope, piece: Piece, sentence: Sentence) -> bool:
    """Whether an equation of the prose is the one that its name satisfies: "the solution $V$ of $V = r + P V$"."""
    if piece.relations != ("=",) or denies(sentence) or is_question(sentence) or is_hypothetical(sentence):
        return False
    if not governs(sentence.before):
        return False
    told = {name for name, called in scope.unsure.items() if _SOLUTION.fullmatch(called)}
    kept, scope.unsure = scope.unsure, {n: called for n, called in scope.unsure.items() if n not in told}
    found = is_implicit(scope, *piece.sides)
    scope.unsure = scope.unsure if found else kept
    return found


_SOLUTION = re.compile(
    r"(?:(?:the|a|its|la|le|un|une) )?(?:unique |only )?(?:solution|fixed point|point fixe) (?:of|to|de)"
)
"""What words call a name that solves an equation: the equation says it all."""
