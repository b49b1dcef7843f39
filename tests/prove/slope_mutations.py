"""Mutations of the rules for slopes, expectations of convex functions, traces and estimators.

``test_guards`` runs them.
"""

from __future__ import annotations

from everystep.calculus import differentials
from everystep.calculus.deltas import Deltas
from everystep.prove import as_written, lemmas, ordered_lemmas, prover, slope_lemmas
from everystep.prove.as_written import Written
from everystep.prove.lemmas import Lemmas
from tests.prove.test_mutations import Mutation, always, both, item, method

SKIPPED = (
    ("bounded slope", "slopes:tanh"),
    ("Jensen's inequality for expectations", "convex functions of expectations:exponential"),
)
MUTATIONS = (
    Mutation(
        "norms multiplied out",
        "skipped, with norms of factors",
        both(*(item(lemmas.LEMMAS, name, always(False)) for name in ("norms multiplied out", "norms of factors"))),
        "squares of sums of norms:sum-of-matrices",
    ),
    *(Mutation(name, "skipped", item(lemmas.LEMMAS, name, always(False)), row) for name, row in SKIPPED),
    Mutation(
        "trace of a definite matrix",
        "skipped",
        item(ordered_lemmas.ORDERED, "trace of a definite matrix", always(False)),
        "signs of traces:turned",
    ),
    Mutation(
        "trace of a definite matrix",
        "of any matrices",
        method(Written, "definite", always(True)),
        "false slopes:trace-of-any-symmetric-matrix",
    ),
    Mutation(
        "least squares among unbiased estimators",
        "skipped",
        item(as_written.RULES, "least squares among unbiased estimators", always(False)),
        "unbiased estimators:traces",
    ),
    Mutation(
        "least squares among unbiased estimators",
        "with any weights",
        method(Lemmas, "equal", always(True)),
        "false slopes:estimator-with-other-weights",
    ),
    Mutation(
        "rank of a factor of an invertible product",
        "skipped",
        method(prover, "full_ranks", always(())),
        "unbiased estimators:rank-of-a-left-inverse",
    ),
    Mutation(
        "bounded slope",
        "of any function",
        item(slope_lemmas.SLOPES, "exp", "1"),
        "false slopes:slope-of-any-function",
    ),
    Mutation(
        "Jensen's inequality for expectations",
        "anywhere else",
        method(Lemmas, "equal", always(True)),
        "false slopes:jensen-at-another-point",
    ),
    Mutation(
        "derivative of an exponential",
        "of any matrices",
        method(differentials, "_commute", always(True)),
        "false slopes:exponential-of-any-matrices",
    ),
    Mutation(
        "deltas",
        "beside numbers they change nothing",
        method(Deltas, "_identified", always(None)),
        "deltas of free indices:beside-a-number",
    ),
)
