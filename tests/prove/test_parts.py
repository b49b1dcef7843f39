"""Parts of the prover that note no rule of their own are needed, each by a row: with no answer from it the row is open.

A part that looks for something is replaced by one that finds nothing.  ``test_mutations`` and ``test_guards`` break the
rules that evidence names.
"""

from __future__ import annotations

from typing import Any

import pytest

from everystep.prove.cases import Cases
from everystep.prove.definiteness import Definiteness
from everystep.prove.equations import Equations
from everystep.prove.lemmas import Lemmas
from everystep.prove.normal_form import NormalForm
from everystep.prove.order import Order
from everystep.prove.prover import Prover
from everystep.prove.words import Words
from tests.identities import test_identities
from tests.prove.statements import Row, proved_alone
from tests.prove.test_mutations import TABLES, always

IDENTITIES = {f"{table}:{row.name}": row for table, rows in test_identities.TABLES.items() for row in rows}


def the_same(_: Any, poly: Any) -> Any:
    return poly


NOTHING: dict[type, dict[str, tuple[Any, str]]] = {
    Order: {
        "_read_relation": (None, "limits:small-number"),
        "_read_nonzero": (None, "order:entry-that-is-not-zero"),
        "_sign": (False, "order:eigenvalue-bound"),
        "as_a_hypothesis_says": (False, "order:norm-of-an-inverse-as-the-hypothesis-says"),
        "_segment_nonnegative": (False, "convex steps:lipschitz-by-cocoercivity"),
        "_by_groups": (False, "order:sum-of-exponentials"),
        "sum_of_squares": (False, "whole forms:two-matrices"),
        "_sum_of_positive": (False, "order:sum-of-exponentials"),
        "_definite_diagonal": (False, "matrices in order:entry-below-a-quotient"),
        "_full_square": (False, "order:nonzero-norm"),
        "_whole": (False, "order:nonzero-norm"),
        "_scalar_nonnegative": (False, "order:sum-of-exponentials"),
        "_function_bounds": ((), "order:weights-of-a-gram-matrix"),
        "_softplus_of": (None, "more signs:softplus-above"),
        "_simple_sign": (False, "order:entry-that-is-not-zero"),
        "_integer_sign": (False, "products:power-below-factorial"),
        "_component_nonzero": (False, "determinants:invertible-has-nonzero-determinant"),
    },
    Definiteness: {
        "sum_of_known": (False, "as written:sum-of-hypotheses"),
        "_above_known": (False, "bounds of eigenvalues:norm-of-an-inverse"),
        "size_of": (None, "order:below-a-projection"),
        "_all_definite": (None, "order:eigenvalue-bound"),
        "_word_definite": (None, "order:eigenvalue-bound"),
        "_letter_definite": (None, "order:eigenvalue-bound"),
        "_weighted_gram": (None, "bounds:regularised-logistic-strictly-convex"),
        "_weighted": (None, "bounds:regularised-logistic-strictly-convex"),
        "_positive_entry": (False, "diagonal factors:hessian-of-exponentials"),
    },
    Cases: {
        "_combined": (False, "more signs:transitive"),
        "_known_sign": (None, "more signs:geometric-mean"),
        "steps_decided": ("the same", "cases:size-of-product"),
        "has_steps": (False, "cases:size-of-product"),
        "_kink_decided": ("the same", "functions:relu-twice"),
    },
    Equations: {
        "_read_sign": (None, "functions:log-product"),
        "_solved": (False, "closed:number-solved-for-within-a-vector"),
        "_occurs": (False, "hypotheses:idempotent"),
        "leaves_and_atoms": ((), "cases:size-of-product"),
        "_solved_as_written": (None, "inverses:left-cancels"),
        "_full_column_rank": (False, "inverses:full-rank-cancels"),
        "_invertible_as_written": (False, "inverses:left-cancels"),
    },
    NormalForm: {
        "grant": (None, "products:logarithm"),
        "holds_for_all": (False, "limits:equal-sequences"),
        "_joined_group": (None, "sums:split-first"),
        "_leaves_of": ((), "recurrences:unfolded"),
    },
    Lemmas: {
        "at_most": ("", "order:semidefinite-diagonal"),
        "below": (False, "bounds of products:norm"),
    },
    Words: {
        "add": (False, "special:form-with-two-inverses"),
        "exponential_rules": (None, "functions:matrix-exp-commutes"),
        "_permutes": (False, "algebra:commuting-symmetric-cube"),
    },
    Prover: {
        "_otherwise": (False, "rewritten:residual-as-a-letter"),
        "_as_written": (False, "rewritten:step-with-an-entrywise-product"),
        "equal_apart": (False, "triangular:trace-of-a-square"),
        "equal_by_sign": (False, "cases:size-of-product"),
        "equal_blocks": (False, "special:block-product"),
    },
}
"""What is there in the place of a part, and the row that is open then, of ``tests/prove`` or ``tests/identities``."""
PARTS = [
    pytest.param(owner, name, answer, row, id=f"{owner.__name__}.{name}")
    for owner, parts in NOTHING.items()
    for name, (answer, row) in parts.items()
]


@pytest.mark.parametrize(("owner", "name", "answer", "name_of_row"), PARTS)
def test_a_part_that_finds_nothing_is_missed_by_its_row(
    owner: type, name: str, answer: Any, name_of_row: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = TABLES[name_of_row] if name_of_row in TABLES else IDENTITIES[name_of_row]
    assert not isinstance(row, Row) or row.by is None
    assert proved_alone(row.true, row.context, row.by)
    monkeypatch.setattr(owner, name, the_same if answer == "the same" else always(answer))
    assert not proved_alone(row.true, row.context, row.by)
