"""Mutations of the rules of eigenvalues and norms of products, of values of eigenvalues and of sums of squares.

``test_guards`` runs them.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from everystep.prove import as_written, eigenvalue_products, eigenvalue_signs, matrix_squares, prover, rewritten
from everystep.prove.order import Order
from everystep.prove.prover import Prover
from tests.prove.test_mutations import Mutation, Patch, always, both, item, method

known = Prover.known


def generous(**answers: Any) -> Patch:
    """What is known of matrices, with some questions always answered by yes."""

    def known_of(self: Prover) -> rewritten.Known:
        found = known(self)
        values = {name: getattr(found, name) for name in found.__dataclass_fields__}
        return rewritten.Known(**{**values, **dict.fromkeys(answers, always(True))})

    return method(Prover, "known", known_of)


def skipped(*rules: str) -> Patch:
    return both(*(item(rewritten.RULES, rule, always(None)) for rule in rules))


SKIPPED = (
    ("extreme eigenvalue of a multiple", "multiple"),
    ("extreme eigenvalue of an inverse", "inverse"),
    ("extreme eigenvalue of a power", "square"),
    ("extreme eigenvalue of a congruence", "congruence"),
    ("extreme eigenvalue of a Kronecker product", "kronecker"),
    ("largest eigenvalue of a Gram matrix", "gram"),
    ("norm of a semidefinite matrix", "norm"),
    ("norm of a Kronecker product", "norm-of-kronecker"),
    ("determinant at an extreme eigenvalue", "determinant"),
)
MUTATIONS = (
    *(Mutation(rule, "skipped", skipped(rule), f"eigenvalues of products:{row}") for rule, row in SKIPPED),
    Mutation(
        "extreme eigenvalue of a multiple",
        "of any sign",
        generous(nonnegative=True),
        "false eigenvalues of products:multiple-of-any-sign",
    ),
    *(
        Mutation(rule, "of any signs", generous(definite=True), f"false eigenvalues of products:{row}-of-any-signs")
        for rule, row in (
            ("extreme eigenvalue of an inverse", "inverse"),
            ("extreme eigenvalue of a power", "square"),
            ("extreme eigenvalue of a Kronecker product", "kronecker"),
            ("norm of a semidefinite matrix", "norm"),
        )
    ),
    Mutation(
        "extreme eigenvalue of a congruence",
        "by any matrix",
        generous(has=True),
        "false eigenvalues of products:congruence-by-any",
    ),
    Mutation(
        "determinant at an extreme eigenvalue",
        "of any matrix with one",
        generous(equal=True),
        "false eigenvalues of products:determinant-elsewhere",
    ),
    Mutation(
        "signs of extreme eigenvalues",
        "of any matrix",
        method(Order, "_eigenvalue_has_sign", lambda self, head, sign, strict: sign < 0),
        "false eigenvalues of products:least-of-a-semidefinite-one",
    ),
    Mutation(
        "defined eigenvalue",
        "skipped",
        method(prover, "with_eigenvalues_written", always(None)),
        "eigenvalues of products:defined",
    ),
    *(
        Mutation(
            "signs of eigenvalues",
            f"without their values, {row}",
            method(eigenvalue_signs, "_values", always(())),
            f"values of eigenvalues:{row}",
        )
        for row in ("projection", "orthogonal", "involution", "nilpotent", "norm", "between-extremes")
    ),
    Mutation(
        "signs of eigenvalues",
        "values for any vector",
        method(eigenvalue_signs, "_is_nonzero", always(True)),
        "false values of eigenvalues:projection-of-a-vector-that-may-vanish",
    ),
    *(
        Mutation(rule, "skipped", item(as_written.RULES, rule, always(False)), f"roots and exponentials:{row}")
        for rule, row in (("exponential of a symmetric matrix", "exponential"), ("roots in order", "roots"))
    ),
    Mutation(
        "exponential of a symmetric matrix",
        "of any matrix",
        item(
            as_written.RULES,
            "exponential of a symmetric matrix",
            lambda written, e, strict: isinstance(e, as_written.ex.MatrixFunction),
        ),
        "false roots and exponentials:exponential-of-any",
    ),
    Mutation(
        "sum of squares of matrices",
        "skipped",
        item(as_written.RULES, "sum of squares of matrices", always(False)),
        "sums of squares:two",
    ),
    Mutation(
        "sum of squares of matrices",
        "of any table",
        method(matrix_squares, "_is_semidefinite", always(True)),
        "false sums of squares:table-with-a-zero",
    ),
    Mutation(
        "sum of squares of matrices",
        "every letter is symmetric",
        method(matrix_squares, "_letter", lambda e, symmetric: e.operands[0] if hasattr(e, "T") and e.operands else e),
        "false sums of squares:square-of-any-matrix",
    ),
    Mutation(
        "sum of squares of matrices",
        "numbers of any sign",
        method(matrix_squares, "_number", lambda e: (Fraction(1), (), ())),
        "false sums of squares:number-of-any-sign",
    ),
)
assert {rule for rule, _ in SKIPPED} == set(eigenvalue_products.OF_EIGENVALUES)
