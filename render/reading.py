"""What was read of a step of a document, in plain text, so that a misreading is seen.

May import ``everystep`` and the printing core, which it loads when there is something to print.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from everystep.algebra.context import Context, Predicate, Relation
from everystep.algebra.expressions import Expression, Member, Var, walk
from everystep.derivation import Claim
from everystep.documents.check import check_file as check
from everystep.documents.options import USUAL, Options
from everystep.documents.relevance import spoken_of
from everystep.documents.result import DocumentReport


def check_file(path: Path, options: Options = USUAL) -> DocumentReport:
    """The report of a file, its expressions printed in plain text."""
    return check(path, replace(options, show=shown, describe=reading))


def shown(expression: Expression) -> str:
    """The expression in plain text; a name that has no spelling as it is stored."""
    from everystep.reader.points import as_shown
    from render.text import text

    try:
        return text(as_shown(expression))
    except ValueError:
        return str(expression)


def reading(claim: Claim, context: Context) -> tuple[str, ...]:
    """The claim as it was read, the shapes of its symbols, their definitions, and what is assumed of them."""
    from everystep.reader.points import claim_as_shown, context_as_shown

    try:
        return tuple(_lines(claim_as_shown(claim), context_as_shown(context)))
    except ValueError:
        return (str(claim),)


def _lines(claim: Claim, context: Context) -> Iterator[str]:
    from render.explain import definition_lines, names_of, shape_text, symbol_lines
    from render.names import EVERY_INDEX
    from render.text import text_claim

    yield text_claim(claim)
    sides = (claim.subject,) if isinstance(claim, Predicate) else (claim.left, claim.right)
    for name, side in zip(("left side", "right side") if len(sides) == 2 else ("subject",), sides, strict=True):
        yield f"{name}: {shape_text(side)}"
    yield from symbol_lines(sides, (), context)
    yield from definition_lines(sides, (), context)
    names, integers = names_of(sides, context), spoken_of(claim, context)
    for hypothesis in context.hypotheses:
        parts = (hypothesis.left, hypothesis.right) if isinstance(hypothesis, Relation) else (hypothesis.subject,)
        own = {node.name for part in parts for node in walk(part) if isinstance(node, Var | Member)}
        about = {str(symbol) for part in parts for symbol in part.free_symbols}
        if own & names if own else about & integers:
            every = sorted(name.removeprefix(EVERY_INDEX) for name in about if name.startswith(EVERY_INDEX))
            yield f"given: {text_claim(hypothesis)}" + (f"  for all {', '.join(every)}" if every else "")
