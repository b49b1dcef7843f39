"""What a text takes back of what it has said: from there on it is in doubt.

May import the engine and the reader.
"""

from __future__ import annotations

from collections.abc import Iterable

from everystep.algebra import expressions as ex
from everystep.algebra.context import Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Num, Var
from everystep.documents.problems import Problem
from everystep.documents.spoken import is_stationarity
from everystep.reader.chance_words import draws_once
from everystep.reader.every_index import speaks_of_induction
from everystep.reader.minimisers import restricts
from everystep.reader.pieces import names_in
from everystep.reader.reservations import turns_to_the_general
from everystep.reader.taken_back import (
    denies_symmetry,
    is_said_to_be_false,
    leaves_the_law,
    needs_no_symmetry,
    withdrawn,
)

_DEFINITE = ("positive definite", "positive semidefinite")


def withdraw(problem: Problem, words: str, names: set[str] | None) -> None:
    """What a sentence no longer assumes of names (of all of them where it has none) is in doubt from here on.

    What the sentence itself says is kept, and so is what lines for the checker have said since the last display.
    """
    kinds = withdrawn(words)
    scope = problem.scope
    if speaks_of_induction(words):
        scope.inducts = scope.part
    if restricts(words):  # the minimiser of what is allowed now may be another one
        problem.restricted = scope.part
        scope.doubt(h for h in scope.context.hypotheses if isinstance(h, Relation) and is_stationarity(h))
    problem.definite_alone = problem.definite_alone or needs_no_symmetry(words)
    if not kinds:
        return

    def gone(hypothesis: Hypothesis) -> bool:
        spoken = not names or bool(names & names_in(hypothesis))
        if "unit" in kinds and _is_of_unit_length(hypothesis):
            return spoken
        alike = "*" in kinds or (hypothesis.kind in kinds if isinstance(hypothesis, Predicate) else True)
        return spoken and alike and (names is not None or isinstance(hypothesis, Predicate) or "*" in kinds)

    since = scope.context.hypotheses if names is None else problem.said_before
    told = [h for h in since if h in scope.lines and h not in problem.standing]
    held = (*problem.standing, *told, *scope.constraints)
    scope.doubt(h for h in held if h in scope.context.hypotheses and gone(h))
    scope.no_longer(kinds, names)
    taken = {law.target for law in scope.context.random if law.law == "gaussian"} if leaves_the_law(words) else set()
    if names is not None and len(names) == 1 and "*" in kinds:  # "now let $a$ be arbitrary": it has no value any more
        taken |= {rule.target for rule in scope.context.definitions if rule.target.name in names}
    scope.unclear.update({target.name: f"the text takes back what it has said of {target.name}" for target in taken})
    if kinds & {"independent", "*"}:
        scope.independent = tuple(g for g in scope.independent if names and not names & g)
        scope.iid -= names or scope.iid


def _is_of_unit_length(hypothesis: Hypothesis) -> bool:
    """Whether a hypothesis says that a vector is of length one."""
    if not isinstance(hypothesis, Relation) or hypothesis.op != "=" or Num(1) not in hypothesis.sides:
        return False
    other = hypothesis.right if hypothesis.left == Num(1) else hypothesis.left
    if isinstance(other, ex.Norm):
        return True
    return (
        isinstance(other, ex.Mul) and len(other.operands) == 2 and other.operands[0] == ex.Transpose(other.operands[1])
    )


def generally(problem: Problem, words: str) -> None:
    """Where a text turns to the general case, a matrix or a vector that was given a value without letters before
    ("warm-up: let $A = I$") may be any one again.
    """
    if not turns_to_the_general(words):
        return
    for rule in problem.scope.context.definitions:
        target = rule.target
        special = isinstance(target, Var) and not target.is_number_shaped and rule.body != target
        if special and not any(isinstance(node, Var | ex.Member) for node in ex.walk(rule.body)):
            problem.scope.unclear[target.name] = (
                f"{target.name} may be any again where the text turns to the general case"
            )


def passed_over(problem: Problem, sentences: Iterable[str]) -> None:
    """What sentences without formulas take back of all that was said before them."""
    for words in sentences:
        withdraw(problem, words, None)
        generally(problem, words)
        if draws_once(words, False):
            problem.scope.doubt_entries(None)
        if is_said_to_be_false(words):
            scope, last = problem.scope, problem.said_before
            scope.doubt(h for h in scope.context.hypotheses if h in scope.lines and h not in last)


def doubt_definite(problem: Problem, words: str, held: tuple[Hypothesis, ...]) -> None:
    """What a sentence calls positive definite is in doubt where it says that it need not be symmetric, or where the
    text has said so of all that it calls definite: here the word implies symmetry.
    """
    if problem.definite_alone or denies_symmetry(words):
        fresh = (h for h in problem.scope.context.hypotheses if h not in held and h in problem.scope.lines)
        problem.scope.doubt([h for h in fresh if isinstance(h, Predicate) and h.kind in _DEFINITE])
