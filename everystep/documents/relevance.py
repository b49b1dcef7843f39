"""The part of a context that a claim can depend on.

A document states much that a step does not use.  Leaving a hypothesis out never makes more claims provable; a
counterexample has to meet what is left out too, so that only such hypotheses go that can always be met besides: of
other symbols, and without a say in the sizes.  May import ``everystep.algebra`` and ``everystep.derivation``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Basic

from everystep.algebra.context import Context, Definition, Hypothesis, Predicate, Recurrence, Relation
from everystep.algebra.expressions import (
    Covariance,
    Expectation,
    Expression,
    Hadamard,
    Int,
    Member,
    Num,
    Var,
    Variance,
    walk,
)
from everystep.derivation import Claim

MEETABLE = ("symmetric", "positive definite", "positive semidefinite", "orthogonal", "diagonal", "invertible")
"""Properties of a matrix that is a symbol: some matrix of every size has them."""


def relevant(context: Context, claim: Claim) -> Context:
    """The context without what has nothing to do with the claim."""
    parts = (claim.left, claim.right) if isinstance(claim, Relation) else (claim.subject,)
    names: set[str] = set().union(*(_names(part) for part in parts))
    hypotheses = {hypothesis: _names_behind(hypothesis, context) for hypothesis in context.hypotheses}
    chance = any(part.has_kind(Expectation, Variance, Covariance) for part in parts)
    kept: set[Hypothesis] = set()
    while True:
        before = len(names)
        names = names.union(*map(_names, _said_of(names, context)))
        # What is the variance of something is positive semidefinite.
        names |= {law.target.name for law in context.random if any(_names(p) & names for p in law.parameters)}
        for hypothesis, own in hypotheses.items():
            if hypothesis not in kept and (own & names or not _is_apart(hypothesis)):
                kept.add(hypothesis)
                names |= own
        if len(names) == before:
            break
    return replace(
        context,
        definitions=tuple(d for d in context.definitions if d.target.name in names),
        recurrences=tuple(r for r in context.recurrences if r.target.name in names),
        hypotheses=tuple(h for h in context.hypotheses if h in kept and not (chance and _is_in_a_law(h, context))),
        random=tuple(r for r in context.random if r.target.name in names),
        ranges=tuple(r for r in context.ranges if r[0] in names),
    )


def _is_in_a_law(hypothesis: Hypothesis, context: Context) -> bool:
    r"""Whether a law says a hypothesis as well: ``m \\odot m = m`` of Bernoulli variables, in a claim about means."""
    if not isinstance(hypothesis, Relation) or hypothesis.op != "=":
        return False
    name = hypothesis.right
    masks = (law.target for law in context.random if law.law == "bernoulli")
    return hypothesis.left == Hadamard(name, name) and name in masks


def bears_on(hypothesis: Hypothesis, claim: Claim, context: Context) -> bool:
    """Whether a hypothesis speaks of a symbol that a claim depends on."""
    return bool(_names_behind(hypothesis, context) & names_behind(claim, context))


def names_behind(claim: Claim, context: Context) -> set[str]:
    """The names that a claim depends on, through definitions, laws and hypotheses, too."""
    kept = relevant(context, claim)
    parts: list[Expression] = [claim.left, claim.right] if isinstance(claim, Relation) else [claim.subject]
    parts += [part for d in kept.definitions for part in (d.target, d.body)]
    parts += [part for r in kept.recurrences for part in (r.target, r.body)]
    parts += [part for law in kept.random for part in (law.target, *law.parameters)]
    return set[str]().union(*map(_names, parts), *map(_names_of, kept.hypotheses))


def spoken_of(claim: Claim, context: Context) -> frozenset[str]:
    """The names of the sizes and indices in a claim and in the definitions of what it is made of."""
    parts = (claim.left, claim.right) if isinstance(claim, Relation) else (claim.subject,)
    seen: set[Expression] = set()
    new = set(parts)
    while new:
        seen |= new
        names: set[str] = set().union(*map(_names, new))
        new = set(_said_of(names, context)) - seen
    return frozenset(str(symbol) for part in seen for symbol in part.free_symbols)


def _said_of(names: set[str], context: Context) -> Iterator[Expression]:
    """What defines the symbols with these names, and the parameters of the laws of those that are random."""
    rules: tuple[Definition | Recurrence, ...] = (*context.definitions, *context.recurrences)
    for rule in rules:
        if rule.target.name in names:
            yield from (rule.target, rule.body)
    for law in context.random:
        if law.target.name in names:
            yield from law.parameters


def _is_apart(hypothesis: Hypothesis) -> bool:
    """Whether a hypothesis can be met whatever the sizes and the other symbols are."""
    if isinstance(hypothesis, Predicate):
        return isinstance(hypothesis.subject, Var) and hypothesis.kind in MEETABLE
    number = (hypothesis.left, hypothesis.right)
    # A number compared with a constant: 0 < lambda.
    return (
        hypothesis.op in ("<", "<=", ">", ">=", "!=")
        and sum(isinstance(side, Var) and side.is_number_shaped for side in number) == 1
        and sum(isinstance(side, Num) for side in number) == 1
    )


def _names_behind(hypothesis: Hypothesis, context: Context) -> set[str]:
    """The names in a hypothesis and in the definitions of what it speaks of: ``S > 0`` says something of A and B where
    ``S := A + B``.
    """
    names = _names_of(hypothesis)
    rules: tuple[Definition | Recurrence, ...] = (*context.definitions, *context.recurrences)
    while True:
        further = set[str]().union(*(_names(rule.body) for rule in rules if rule.target.name in names))
        if further <= names:
            return names
        names |= further


def _names_of(hypothesis: Hypothesis) -> set[str]:
    if isinstance(hypothesis, Predicate):
        return _names(hypothesis.subject)
    return _names(hypothesis.left) | _names(hypothesis.right)


def _names(expression: Expression) -> set[str]:
    """The names of the symbols and families of an expression; of an integer its own symbols."""
    names: set[str] = set()
    for node in walk(expression):
        if isinstance(node, (Var, Member)):
            names.add(node.name)
        elif isinstance(node, Int):
            names |= {_symbol(s) for s in node.free_symbols}
    return names


def _symbol(symbol: Basic) -> str:
    return f"#{symbol}"
