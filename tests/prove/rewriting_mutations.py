"""Mutations of the rules that rewrite claims as they are written, and of those beside diagonal matrices.

``test_guards`` runs them with its own.
"""

from __future__ import annotations

from typing import Any

from everystep.calculus import atoms, determinants
from everystep.prove import as_written, determined, lemmas, ordered_lemmas, prover, rewritten
from everystep.prove.blocks import Blocks
from everystep.prove.definedness import Definedness
from everystep.prove.order import Order
from everystep.prove.prover import Prover
from tests.prove.test_mutations import Mutation, always, both, item, method

made = Blocks.__init__


def first_complement(blocks: Blocks, context: Any, invertible: Any = None, **_: Any) -> None:
    made(blocks, context, invertible)


def skipped(rule: str, function: str, row: str, answer: Any = ()) -> Mutation:
    return Mutation(rule, "skipped", method(prover, function, always(answer)), f"rewritten:{row}")


MUTATIONS = (
    Mutation(
        "equation times an inverted matrix",
        "skipped",
        method(prover, "without_inverses", always(())),
        "rewritten:step-with-an-entrywise-product",
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
        "rank of a product with a matrix of full rank",
        "skipped",
        both(
            item(rewritten.RULES, "rank of a product with a matrix of full rank", always(None)),
            method(Prover, "equal_by_bounds", always(False)),
        ),
        "rewritten:rank-beside-an-invertible-matrix",
    ),
    Mutation(
        "rank of a product with a matrix of full rank",
        "of any matrix",
        method(rewritten, "_has_rank", always(True)),
        "false rewritten:rank-of-any-product",
    ),
    Mutation(
        "squares of what is not negative, compared",
        "skipped",
        both(
            method(Prover, "at_most_squared", always(False)),
            item(lemmas.LEMMAS, "projection and what is left", always(False)),
            item(lemmas.LEMMAS, "contractions left out", always(False)),
        ),
        "rewritten:shorter-when-projected",
    ),
    Mutation(
        "squares of what is not negative, compared",
        "also of what is negative",
        method(Order, "surface_nonnegative", always(True)),
        "false rewritten:longer-than-minus-a-norm",
    ),
    Mutation(
        "quadratic form of a semidefinite matrix",
        "skipped",
        both(
            method(Prover, "is_form_of_semidefinite", always(False)),
            item(ordered_lemmas.ORDERED, "quadratic forms of ordered matrices", always(False)),
        ),
        "rewritten:form-of-a-schur-product",
    ),
    Mutation(
        "quadratic form of a semidefinite matrix",
        "of any matrix",
        method(Prover, "has_property", always(True)),
        "false rewritten:form-of-any-matrix",
    ),
    Mutation(
        "name replaced by its value",
        "skipped",
        method(prover, "eliminated", always(())),
        "rewritten:name-replaced-in-a-logarithm",
    ),
    Mutation(
        "name replaced by its value",
        "under a derivative",
        method(rewritten, "BINDING", (rewritten.ex.SumOver,)),
        "false rewritten:derivative-where-a-name-has-a-value",
    ),
    skipped("common ends of all terms", "without_common_ends", "common-ends"),
    Mutation(
        "common ends of all terms",
        "of one side only",
        method(rewritten, "_without_end", lambda e, factor, last: rewritten.ex.Eye(e.shape[0])),
        "false rewritten:common-end-on-one-side",
    ),
    skipped("defined name as a letter", "with_names_as_letters", "residual-as-a-letter"),
    skipped(
        "diagonal matrix as a symmetric one",
        "with_symmetric_for_diagonal",
        "diagonal-matrix-between-orthogonal-ones",
        None,
    ),
    Mutation(
        "determinant lemma for a quotient",
        "skipped",
        item(rewritten.RULES, "determinant lemma for a quotient", always(None)),
        "rewritten:determinant-of-a-quotient",
    ),
    Mutation(
        "pseudo-inverse between orthonormal columns",
        "skipped",
        both(
            item(rewritten.RULES, "pseudo-inverse between orthonormal columns", always(None)),
            method(prover, "full_ranks", always(())),
        ),
        "rewritten:pseudo-inverse-between-orthonormal-columns",
    ),
    Mutation(
        "pseudo-inverse between orthonormal columns",
        "of any columns",
        method(rewritten, "_orthonormal", always(True)),
        "false rewritten:pseudo-inverse-between-any-columns",
    ),
    Mutation(
        "block by block",
        "names are not written out",
        method(prover, "with_blocks", lambda e, context: e),
        "rewritten:stacked-and-named",
    ),
    Mutation(
        "block by block",
        "a bound is not taken apart",
        method(prover.Prover, "without_blocks", lambda prover, *sides: iter(sides)),
        "rewritten:stacked-and-named-below-a-bound",
    ),
    Mutation(
        "block by block",
        "by the first complement only",
        method(Blocks, "__init__", first_complement),
        "rewritten:form-by-the-second-complement",
    ),
    Mutation(
        "the other Schur complement",
        "always there",
        method(Definedness, "_other_complement_exists", always(True)),
        "undefined:inverse-of-another-sum",
    ),
    Mutation(
        "entries on the diagonal",
        "skipped",
        item(lemmas.LEMMAS, "entries on the diagonal", always(False)),
        "rewritten:entry-on-the-diagonal-of-a-projection",
    ),
    Mutation(
        "common addends",
        "skipped",
        both(*(item(lemmas.LEMMAS, name, always(False)) for name in ("common addends", "norms multiplied out"))),
        "rewritten:addends-on-both-sides",
    ),
    Mutation(
        "addends that cancel",
        "skipped, with the squares",
        both(
            item(as_written.RULES, "addends that cancel", always(False)),
            item(as_written.RULES, "sum of squares of matrices", always(False)),
        ),
        "rewritten:addends-that-cancel",
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
