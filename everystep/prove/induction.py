"""Proof by induction on an integer: the start and the step are claims of their own, with nothing assumed of the index.

May import the prover; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Basic, Expr, sympify

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Hypothesis, Recurrence, Relation
from everystep.algebra.expressions import Expression, Int
from everystep.algebra.shapes import ShapeError, integer
from everystep.calculus.indices import Integers, NotAffine, constant, unpack
from everystep.calculus.networks import Exhausted, Undecided
from everystep.derivation import Claim, Induction
from everystep.prove.prover import Prover
from everystep.prove.said import integer_facts
from everystep.prove.short_sums import with_short_sums_apart

UNFORESEEN = (ShapeError, ValueError, TypeError, KeyError)
"""What a proof that is tried may meet in a claim that it does not foresee."""


def prove_by_induction(claim: Claim, by: Induction, context: Context, prover: Prover) -> bool:
    """The claim at the start, and from k to k + 1, without any hypothesis about k.

    What is shown for every k from the start on holds for those that the hypotheses admit as well: they may bound k
    from above, or start later.  One that lets k lie before the start is refused.
    """
    if not isinstance(claim, Relation):
        return False
    k = by.index
    inner = [node for side in (claim.left, claim.right) for node in ex.walk(side)]
    if any(isinstance(node, (ex.SumOver, ex.Limit)) and node.index == k for node in inner):
        return False  # the index is bound inside the claim
    if k.is_positive and by.start < 1:
        return False  # a size is at least 1
    if any(k in symbols for symbols in _fixed_symbols(context)):
        return False  # the step would be shown only for the k that a definition is written with
    about = [h for h in context.hypotheses if k in _symbols_of(h)]
    facts = Integers(integer_facts(replace(context, hypotheses=tuple(about))).facts, prover.form.core.integers.sizes)
    bounded_below = any(unpack(fact)[1].get(str(k), 0) > 0 for fact in facts.facts)
    if bounded_below and not facts.at_least(str(k), constant(by.start)):
        return False
    base = _substituted(claim, k, by.start)
    without = replace(context, hypotheses=tuple(h for h in context.hypotheses if h not in about))
    start = Prover(without)
    if not start.prove(base) and not proved_apart(base, start):
        return False
    above = Relation(Int(by.start), "<=", Int(k))
    step = Prover(without.given(above, claim))
    done = step.prove(_substituted(claim, k, k + 1))
    prover.form.core.rules_used |= step.form.core.rules_used | {"induction"}
    return done


def proved_apart(claim: Claim, prover: Prover) -> bool:
    """Whether a claim is proved with its sums over a few numbers written out."""
    apart = with_short_sums_apart(claim) if isinstance(claim, Relation) else None
    if apart is None:
        return False
    try:
        return prover.prove(apart)
    except (Undecided, NotAffine, Exhausted, RecursionError, *UNFORESEEN):
        return False


def _fixed_symbols(context: Context) -> Iterator[set[Basic]]:
    """The integer symbols that definitions, recurrences and laws are written with, other than their own indices."""
    rules: tuple[Definition | Recurrence, ...] = (*context.definitions, *context.recurrences)
    for rule in rules:
        own = set(rule.target.at) if isinstance(rule.target, ex.Member) else set()
        yield (rule.target.free_symbols | rule.body.free_symbols) - own
    for law in context.random:
        own = set(law.target.at) if isinstance(law.target, ex.Member) else set()
        yield law.target.free_symbols.union(*(p.free_symbols for p in law.parameters)) - own


def _symbols_of(hypothesis: Hypothesis) -> set[Basic]:
    """The integer symbols of a hypothesis."""
    parts = (hypothesis.left, hypothesis.right) if isinstance(hypothesis, Relation) else (hypothesis.subject,)
    return {symbol for part in parts for symbol in part.free_symbols}


def attempted(claim: Claim, by: Induction, context: Context, prover: Prover) -> bool:
    try:
        return prove_by_induction(claim, by, context, prover)
    except (Undecided, NotAffine, Exhausted, RecursionError, *UNFORESEEN):
        return False


def inductions(claim: Claim, context: Context) -> Iterator[Induction]:
    """The inductions worth trying where the author names none: on the number of terms of a sum, on an exponent.

    A size starts at 1, an index where a hypothesis or the empty sum says: a sum of the left side, which has no value
    below, and of the right side where the index is only there.  Not on the size of a matrix: what holds for one matrix
    says nothing about the next.
    """
    decisive = [n for n in _unbound(claim.sides[0]) if isinstance(n, ex.SumOver)]
    if isinstance(claim, Relation):
        free = claim.left.free_symbols
        decisive += [
            n for n in _unbound(claim.right) if isinstance(n, ex.SumOver) and not n.range[1].free_symbols & free
        ]
    nodes = [node for side in claim.sides for node in ex.walk(side)]
    extents = {s for n in nodes if isinstance(n, (ex.Var, ex.Member)) for e in n.shape for s in e.free_symbols}
    starts: dict[Expr, int] = {}
    for node in nodes:
        ends: tuple[Expr, ...] = ()
        if isinstance(node, ex.SumOver):
            low, high = node.range
            ends = (high,)
            symbol, beyond = _index_and_number(high)
            if node in decisive and symbol is not None and not symbol.is_positive and low.is_Integer:
                start = int(low) - 1 - beyond
                starts[symbol] = max(starts.get(symbol, start), start)
        elif isinstance(node, ex.Pow) and isinstance(node.operands[1], Int):
            ends = (node.operands[1].value,)
        elif isinstance(node, ex.Member) and any(r.target.name == node.name for r in context.recurrences):
            ends = node.at[-1:]
        for symbol in sorted((s for end in ends for s in end.free_symbols), key=str):
            if symbol.is_positive:
                starts[symbol] = 1
            for hypothesis in context.hypotheses:
                stated = _stated_start(hypothesis, symbol)
                if stated is not None:
                    starts[symbol] = max(stated, starts.get(symbol, stated))
    for symbol, start in starts.items():
        if symbol not in extents:
            yield Induction(symbol, start)


def _index_and_number(end: Expr) -> tuple[Expr | None, int]:
    """k and c of an end k + c of a range; no k for any other end."""
    symbols = sorted(end.free_symbols, key=str)
    beyond = integer(end - symbols[0]) if len(symbols) == 1 else None
    return (symbols[0], int(beyond)) if beyond is not None and beyond.is_Integer else (None, 0)


def _unbound(expression: Expression) -> Iterator[Expression]:
    """The nodes of an expression that stand under no sum, product or limit: they have a value where it has one."""
    todo = [expression]
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, (ex.SumOver, ex.Limit)):
            todo += node.operands


def _stated_start(hypothesis: Hypothesis, index: Expr) -> int | None:
    """The number that a hypothesis gives as the least value of an index."""
    starts = []
    for fact in integer_facts(Context(hypotheses=(hypothesis,))).facts:
        total, parts = unpack(fact)
        if parts == {str(index): 1}:
            starts.append(-total)
    return max(starts, default=None)


def starts_at(hypothesis: Hypothesis, by: Induction) -> bool:
    """Whether a hypothesis says that the index is at least the start."""
    return _stated_start(hypothesis, by.index) == by.start


def _substituted(claim: Relation, index: object, value: object) -> Relation:
    rule = {index: sympify(value)}
    return Relation(claim.left.xreplace(rule), claim.op, claim.right.xreplace(rule))
