"""Mutations of what equations say beyond their own.  ``test_guards`` runs them with its own."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from everystep.algebra.context import Relation
from everystep.algebra.expressions import Det, Expression, Eye, Mul, Var, Zeros, walk
from everystep.calculus import determinants, nilpotent
from everystep.calculus.core import Core
from everystep.calculus.lowering import Lowering
from everystep.calculus.networks import Poly, Term, monomial_key, subtract
from everystep.prove import equations, normal_form, overlaps, prover, words
from everystep.prove.definedness import Definedness
from everystep.prove.equations import Equations, free_symbols
from everystep.prove.overlaps import Word
from everystep.prove.prover import Prover
from everystep.prove.words import Words
from tests.prove.statements import a, c, y
from tests.prove.test_mutations import Mutation, always, both, method

entry_equation = Equations.scalar_equation
is_binary = Equations._binary
squares_gone = normal_form.idempotents


def of_numbers_alone(self: Equations, poly: Poly) -> None:
    if not free_symbols(poly):
        entry_equation(self, poly)


def every_matrix(h: Relation) -> dict[str, int | None]:
    return {f"v:{e.name}": 2 for e in walk(h.left) if isinstance(e, Var) and not e.is_number_shaped}


def bits_at_any_index(self: Equations, poly: Poly) -> bool:
    found = is_binary(self, poly)
    self.core.binary |= {(head, ()) for head, _ in self.core.binary}
    return found


def bits_of_squares(self: Equations, poly: Poly) -> bool:
    """Whatever the other side is."""
    heads = {head for key in poly for component, power in key if power == 2 for head, _ in component[0]}
    self.core.binary |= {(head, ()) for head in heads}
    return False


def bits_while_differentiating(core: Core, term: Term) -> list[Term] | None:
    held, core.hypotheses = core.hypotheses, True
    try:
        return squares_gone(core, term)
    finally:
        core.hypotheses = held


def of_any_monomial(self: Equations, poly: Poly) -> None:
    """The leading monomial need not mention the free indices."""
    lead = max(poly, key=monomial_key)
    self.scalar_rules.append(
        (lead, poly[lead], {k: Fraction(-c) / Fraction(poly[lead]) for k, c in poly.items() if k != lead})
    )


def of_any_shape(self: Equations, hypothesis: Relation) -> Iterator[Poly]:
    """A B = I gives tr(B A) = tr(I) = the number of rows of B, whatever the shapes are."""
    product, unit = hypothesis.left, hypothesis.right
    if isinstance(unit, Eye) and isinstance(product, Mul):
        turned = Mul(*product.operands[1:], product.operands[0])
        yield subtract(self.lowering.poly(turned), self.lowering.poly(Eye(turned.shape[0])))


def of_every_product(self: Equations, hypothesis: Relation) -> Iterator[Poly]:
    product = hypothesis.left
    if isinstance(product, Mul) and len(product.operands) == 3:
        yield self.lowering.poly(Mul(*product.operands[1:]))


def ends_struck_out(one: tuple[Word, Word], other: tuple[Word, Word]) -> Iterator[tuple[Word, Word]]:
    """Of words with one value and one last letter what stands before it, as if the letter were invertible."""
    if one[1] == other[1] and one[0][-1] == other[0][-1]:
        yield one[0][:-1], other[0][:-1]


def of_any_bound(self: Equations, side: Expression, bound: Expression, sign: int, strict: bool) -> None:
    if isinstance(side, Det) and isinstance(side.operands[0], Var):
        self.core.invertible.add(f"v:{side.operands[0].name}")


def of_singular_factors(self: Equations, hypothesis: Relation) -> Iterator[Poly]:
    for part in walk(hypothesis.left):
        if isinstance(part, Mul) and len(part.operands) == 2:
            yield subtract(self.lowering.poly(part), self.lowering.poly(Mul(*part.operands[::-1])))


def of_any_column(self: Equations, hypothesis: Relation) -> Iterator[Poly]:
    if isinstance(hypothesis.left, Mul) and isinstance(hypothesis.right, Zeros):
        yield self.lowering.poly(Det(hypothesis.left.operands[0]))


MUTATIONS = (
    Mutation(
        "hypothesis",
        "row sums are no words",
        method(words, "word_of_sums", always(None)),
        "equations:row-sums-of-a-product",
    ),
    Mutation(
        "hypothesis",
        "row sums of any part of a row",
        method(Words, "_is_whole", lambda self, term, name, size: name in term.bound),
        "false equations:row-sums-without-the-last",
    ),
    Mutation(
        "singular beside a column",
        "skipped",
        method(Equations, "_singular", always(())),
        "equations:eigenvalue-of-an-eigenvector",
    ),
    Mutation(
        "singular beside a column",
        "that may be 0",
        method(Equations, "_singular", of_any_column),
        "false equations:matrix-with-a-product-that-is-zero",
    ),
    Mutation(
        "factors that commute",
        "skipped",
        method(Equations, "_commuting", always(())),
        "equations:product-that-is-the-sum",
    ),
    Mutation(
        "factors that commute",
        "also singular ones",
        method(Equations, "_commuting", of_singular_factors),
        "false equations:product-of-factors-that-may-be-singular",
    ),
    Mutation(
        "invertible by its determinant",
        "skipped",
        method(Equations, "_read_determinant", always(None)),
        "equations:determinant-above-zero",
    ),
    Mutation(
        "invertible by its determinant",
        "above any number",
        method(Equations, "_read_determinant", of_any_bound),
        "false equations:determinant-above-minus-one",
    ),
    Mutation(
        "kernel of a Gram matrix",
        "skipped",
        method(Equations, "_kernels", always(())),
        "equations:kernel-of-a-gram-matrix",
    ),
    Mutation(
        "kernel of a Gram matrix",
        "of every product",
        method(Equations, "_kernels", of_every_product),
        "false equations:kernel-of-a-product",
    ),
    Mutation(
        "overlapping hypotheses",
        "skipped",
        method(Equations, "_read_overlaps", always(None)),
        "equations:symmetric-products-with-inner-inverses",
    ),
    Mutation(
        "overlapping hypotheses",
        "common ends struck out",
        method(overlaps, "_overlaps", ends_struck_out),
        "false equations:products-with-inner-inverses",
    ),
    Mutation("entries that are 0 or 1", "skipped", method(Equations, "_binary", always(False)), "binary:square"),
    Mutation(
        "entries that are 0 or 1",
        "at any index",
        method(Equations, "_binary", bits_at_any_index),
        "false binary:another-member",
    ),
    Mutation(
        "entries that are 0 or 1",
        "of every square",
        method(Equations, "_binary", bits_of_squares),
        "false binary:half",
    ),
    Mutation(
        "entries that are 0 or 1",
        "while a derivative is taken",
        method(normal_form, "idempotents", bits_while_differentiating),
        "false binary:derivative-of-bits",
    ),
    Mutation("trace of a nilpotent matrix", "skipped", method(normal_form, "traces", always(None)), "nilpotent:trace"),
    Mutation(
        "trace of a nilpotent matrix",
        "of every matrix of an equation",
        method(equations, "nilpotency", every_matrix),
        "false nilpotent:square-that-is-itself",
    ),
    Mutation(
        "determinant beside a nilpotent matrix",
        "skipped",
        method(determinants, "determinant_beside_identity", always(None)),
        "nilpotent:determinant",
    ),
    Mutation(
        "exponential of a nilpotent matrix",
        "skipped",
        method(nilpotent, "exponential", always(None)),
        "nilpotent:exponential-of-order-three",
    ),
    Mutation(
        "exponential of a nilpotent matrix",
        "of every order two",
        method(equations, "nilpotency", every_matrix),
        "false nilpotent:exponential-of-a-lower-order",
    ),
    Mutation(
        "determinant of a product",
        "skipped",
        both(
            method(prover, "with_determinants_apart", lambda e: e),
            method(prover, "with_determinants_together", always(())),
        ),
        "equations:determinant-of-factors-as-written",
    ),
    Mutation(
        "left inverse",
        "is not a right one",
        method(Equations, "_turned", always(())),
        "equations:left-inverse-of-a-square-matrix",
    ),
    Mutation(
        "left inverse",
        "of any shape",
        method(Equations, "_turned", of_any_shape),
        "false equations:product-of-wide-and-tall-is-the-identity",
    ),
    Mutation(
        "equations of entries",
        "at indices that are not in range",
        method(Equations, "scalar_equation", of_any_monomial),
        "false equations:equation-of-shorter-vectors",
    ),
    Mutation(
        "equations of entries",
        "skipped",
        method(Equations, "scalar_equation", of_numbers_alone),
        "equations:power-of-a-dyad",
    ),
    Mutation(
        "pseudo-inverse of a product",
        "skipped",
        both(
            method(Lowering, "reversed_by_pseudo_inverse", always(False)), method(Prover, "_as_written", always(False))
        ),
        "equations:pseudo-inverse-of-a-product",
    ),
    Mutation(
        "pseudo-inverse of a product",
        "of any matrices",
        method(Lowering, "reversed_by_pseudo_inverse", always(True)),
        "false equations:pseudo-inverse-of-any-product",
    ),
    Mutation(
        "pseudo-inverse of a product",
        "rows are taken for columns",
        method(Lowering, "full_column_rank", always(True)),
        "false equations:pseudo-inverse-of-a-tall-times-any",
    ),
    Mutation(
        "determinants of equal matrices",
        "skipped",
        method(normal_form, "by_determinants", lambda form, poly: poly),
        "equations:determinant-of-a-third-root",
    ),
    Mutation(
        "product with a number that is not zero",
        "skipped",
        method(normal_form, "by_nonzero_factor", always(False)),
        "equations:eigenvectors-of-two-eigenvalues",
    ),
    Mutation(
        "product with a number that is not zero",
        "of any number",
        method(normal_form, "said_nonzero", lambda form: [form.poly(a - c)]),
        "false equations:eigenvectors-of-one-eigenvalue",
    ),
    Mutation(
        "product with a number that is not zero",
        "a number that is not negative is not zero",
        method(normal_form, "said_nonzero", lambda form: [form.poly(a)]),
        "false equations:factor-that-may-be-zero",
    ),
    Mutation(
        "product with a number that is not zero",
        "a vector that is not zero has no zero entry",
        method(normal_form, "said_nonzero", lambda form: [form.poly(y)]),
        "false equations:vector-with-entries-that-are-zero",
    ),
    Mutation(
        "images under a symmetric matrix",
        "skipped",
        method(Equations, "_read_images", always(None)),
        "equations:eigenvectors-of-two-eigenvalues",
    ),
    Mutation(
        "images under a symmetric matrix",
        "of any matrix",
        method(Equations, "_said_symmetric", always(True)),
        "false equations:eigenvectors-of-any-matrix",
    ),
    Mutation(
        "equations without inverses",
        "skipped",
        method(Equations, "_without_inverses", lambda self, poly: poly),
        "equations:equation-within-inverses",
    ),
    Mutation(
        "definedness",
        "determinants are not looked at",
        method(Definedness, "_determinant_is_nonzero", always(False)),
        "equations:invertible-by-its-determinant",
    ),
)
