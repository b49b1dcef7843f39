"""Mutations of the rules of eigenvalues, contractions and functions of Bernoulli numbers.

``test_guards`` runs them.
"""

from __future__ import annotations

from everystep.calculus.two_values import TwoValues
from everystep.prove import eigenvalue_signs, prover, said_of_defined, skew
from everystep.prove.definiteness import Definiteness
from everystep.prove.limits import Limits
from tests.prove.statements import M
from tests.prove.test_mutations import Mutation, always, both, method

MUTATIONS = (
    Mutation(
        "signs of eigenvalues",
        "skipped",
        both(
            method(prover, "eigenvalue_signs", always(())),
            method(Definiteness, "read_eigenpairs", always(None)),
        ),
        "eigenvalues:positive",
    ),
    Mutation(
        "signs of eigenvalues",
        "of any vector",
        method(eigenvalue_signs, "_is_nonzero", always(True)),
        "false eigenvalues:vector-that-may-vanish",
    ),
    Mutation(
        "signs of eigenvalues",
        "of any matrix",
        method(eigenvalue_signs, "_is_gram", always(True)),
        "false eigenvalues:matrix-of-any-signs",
    ),
    Mutation(
        "powers of a contraction",
        "of any square",
        method(Limits, "_gram", lambda self, matrix, size: {}),
        "false contractions:norm-that-may-be-one",
    ),
    Mutation(
        "functions of a Bernoulli number",
        "the values are signs",
        method(TwoValues, "values", lambda self, factor: (-1, 1) if factor[0] in self.drawn else None),
        "functions of Bernoulli numbers:exponential",
    ),
    Mutation(
        "a number at each of its two values",
        "skipped",
        method(prover, "at_each_value", always([])),
        "numbers at each value:bound",
    ),
    Mutation(
        "square of a skew-symmetric matrix",
        "skipped",
        method(prover, "with_skew_squares", always(())),
        "skew squares:form",
    ),
    Mutation(
        "square of a skew-symmetric matrix",
        "of any matrix",
        method(skew, "_skew", lambda h: M),
        "false skew squares:square-with-another-hypothesis",
    ),
    Mutation(
        "property of a defined name",
        "skipped",
        method(prover, "said_of_values", always(())),
        "defined names:determinant",
    ),
    Mutation(
        "property of a defined name",
        "of the first part of its value",
        method(said_of_defined, "written_out", lambda subject, bodies: subject.xreplace(bodies).operands[0]),
        "false defined names:of-a-part-of-the-value",
    ),
)
