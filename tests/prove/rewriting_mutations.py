"""Mutations of the rules that rewrite claims as they are written, and of those beside diagonal matrices.

``test_guards`` runs them with its own.
"""

from __future__ import annotations

from everystep.calculus import atoms, determinants
from everystep.prove import checker, determined, rewritten
from everystep.prove.blocks import Blocks
from tests.prove.test_mutations import Mutation, always, item, method

MUTATIONS = (
    Mutation(
        "equation times an inverted matrix",
        "skipped",
        method(checker, "without_inverses", always(())),
        "rewritten:step-with-a-weighted-gram-matrix",
    ),
    Mutation(
        "equation times an inverted matrix",
        "also where the inverse is not at the end",
        method(rewritten, "_times", lambda inverse, e, last: e.xreplace({inverse: rewritten.ex.Eye(e.shape[0])})),
        "false rewritten:one-side-only",
    ),
    Mutation(
        "determinant lemma",
        "skipped",
        item(rewritten.RULES, "determinant lemma", always(None)),
        "rewritten:gram-with-a-row",
    ),
    Mutation(
        "inverse of a power",
        "skipped",
        item(rewritten.RULES, "inverse of a power", always(None)),
        "rewritten:inverse-of-a-symbolic-power",
    ),
    Mutation(
        "pseudo-inverse of full rank factors",
        "skipped",
        item(rewritten.RULES, "pseudo-inverse of full rank factors", always(None)),
        "rewritten:pseudo-inverse-of-full-rank-factors",
    ),
    Mutation(
        "pseudo-inverse of full rank factors",
        "of any factors",
        method(rewritten, "_full_rank", always(True)),
        "false rewritten:pseudo-inverse-of-another-rank",
    ),
    Mutation(
        "name replaced by its value",
        "skipped",
        method(checker, "eliminated", always(())),
        "rewritten:name-replaced-in-a-logarithm",
    ),
    Mutation(
        "name replaced by its value",
        "under a derivative",
        method(rewritten, "BINDING", (rewritten.ex.SumOver,)),
        "false rewritten:derivative-where-a-name-has-a-value",
    ),
    Mutation(
        "block by block",
        "any blocks commute",
        method(Blocks, "_said_to_commute", always(True)),
        "false rewritten:commuting-in-part",
    ),
    Mutation(
        "block by block",
        "commuting blocks are not seen",
        method(Blocks, "_of_commuting", always(None)),
        "rewritten:blocks-that-commute",
    ),
    Mutation(
        "diagonal matrix and a dyad",
        "the determinant stays",
        method(determinants, "_beside_diagonal", lambda core, rest, size, *_: determinants._atom(core, rest, size)),
        "rewritten:diagonal-and-a-dyad",
    ),
    Mutation(
        "inverse",
        "a diagonal matrix is taken for a number",
        method(atoms, "is_open_component", always(False)),
        "false rewritten:diagonal-and-ones-as-a-multiple",
    ),
    Mutation(
        "determinant of a skew-symmetric matrix of odd size",
        "skipped",
        method(determined, "_without_odd_skew", lambda form, poly: poly),
        "rewritten:skew-of-odd-size",
    ),
)
