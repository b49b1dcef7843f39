"""Mutations of the rules for convex functions, means, entropies and weights.  ``test_guards`` runs them."""

from __future__ import annotations

from everystep.prove import (
    as_written,
    convexity_lemmas,
    definiteness,
    determinant_lemmas,
    entropy_lemmas,
    lemmas,
    prover,
    weighted_hypotheses,
)
from everystep.prove.blocks import Blocks
from everystep.prove.lemmas import Lemmas
from everystep.prove.order import Order
from everystep.prove.prover import Prover
from tests.prove.test_mutations import Mutation, always, both, item, method


def skipped(name: str, row: str) -> Mutation:
    return Mutation(name, "skipped", item(lemmas.LEMMAS, name, always(False)), row)


MUTATIONS = (
    Mutation(
        "Jensen's inequality",
        "skipped, with norms of factors",
        both(*(item(lemmas.LEMMAS, name, always(False)) for name in ("Jensen's inequality", "norms of factors"))),
        "jensen:two-points",
    ),
    skipped("mean below the largest entry", "means of numbers:weights-below-the-largest"),
    skipped("change of the largest entry", "means of numbers:change-of-log-sum-exp"),
    skipped("weighted geometric mean", "means of numbers:young"),
    skipped("geometric mean over a range", "means of numbers:root-of-a-product"),
    skipped("Cauchy-Schwarz for weighted sums", "means of numbers:quotients"),
    skipped("tangent of exp at a logarithm", "means of numbers:conjugate-of-exp"),
    skipped("Gibbs' inequality", "entropies:loss-of-logits"),
    skipped("log-determinant and logarithm of the trace", "determinants and definiteness:log-determinant-and-trace"),
    skipped("tangent of the log-determinant", "determinants and definiteness:tangent-of-log-determinant"),
    skipped("logarithms on the diagonal", "determinants and definiteness:logs-on-the-diagonal"),
    skipped("determinant and columns", "determinants and definiteness:columns"),
    skipped("determinant of a Hadamard product", "determinants and definiteness:oppenheim"),
    skipped("trace of a product and determinants", "determinants and definiteness:trace-and-roots"),
    skipped("entries below their sum", "determinants and definiteness:entry-below-the-sum"),
    Mutation(
        "Fischer's inequality",
        "skipped",
        both(
            item(lemmas.LEMMAS, "Fischer's inequality", always(False)),
            method(prover, "fischer", always(False)),
        ),
        "determinants and definiteness:fischer",
    ),
    Mutation(
        "Fischer's inequality",
        "of any blocks",
        method(Lemmas, "has", always(True)),
        "false convex steps:fischer-of-any",
    ),
    Mutation(
        "block by block",
        "no inverse by sums",
        both(method(Blocks, "_known_invertible", always(False)), method(Prover, "_as_written", always(False))),
        "blocks by sums:inverse-by-sums",
    ),
    Mutation(
        "block by block",
        "no definite blocks",
        method(Prover, "block_has_property", always(False)),
        "blocks by sums:definite-by-sums",
    ),
    Mutation(
        "block by block",
        "invertible by any factors of the determinant",
        method(Prover, "is_invertible", always(True)),
        "false convex steps:invertible-corners",
    ),
    Mutation(
        "hypotheses times numbers",
        "skipped",
        method(prover, "by_weighted_hypotheses", always(False)),
        "convex steps:gradient-domination",
    ),
    Mutation(
        "hypotheses times numbers",
        "of any sign",
        method(weighted_hypotheses._Search, "sign", always(True)),
        "false convex steps:times-a-number-of-any-sign",
    ),
    Mutation(
        "hypotheses times numbers",
        "divided by what may be 0",
        method(weighted_hypotheses._Search, "nonzero", always(True)),
        "false convex steps:divided-by-what-may-be-zero",
    ),
    *(
        Mutation(rule, "of any matrices", method(Lemmas, name, always(True)), f"false convex steps:{row}")
        for rule, name, row in (
            ("log-determinant and logarithm of the trace", "definite", "log-determinant-and-trace-of-any"),
            ("tangent of the log-determinant", "definite", "tangent-of-any-log-determinant"),
            ("logarithms on the diagonal", "definite", "logs-on-the-diagonal-of-any"),
            ("determinant of a Hadamard product", "semidefinite", "oppenheim-of-any"),
            ("trace of a product and determinants", "semidefinite", "trace-and-roots-of-any"),
            ("entries below their sum", "nonnegative_entries", "entry-below-a-signed-sum"),
        )
    ),
    Mutation(
        "determinant and columns",
        "over any range",
        method(determinant_lemmas, "same_size", always(True)),
        "false convex steps:columns-but-one",
    ),
    Mutation(
        "weights of definite matrices",
        "skipped",
        item(definiteness.WHOLE, "weights of definite matrices", always(False)),
        "weights of definite:weights",
    ),
    Mutation(
        "inverse of a mean",
        "skipped",
        both(
            item(as_written.RULES, "inverse of a mean", always(False)),
            item(as_written.RULES, "inverse of a sum", always(False)),
        ),
        "weights of definite:inverse-of-a-mean",
    ),
    *(
        Mutation("Jensen's inequality", how, method(owner, name, always(True)), f"false convexity:{row}")
        for how, owner, name, row in (
            ("with any weights", Lemmas, "nonnegative", "jensen-with-any-weight"),
            ("with any vector of weights", Lemmas, "nonnegative_entries", "jensen-with-signed-entries"),
            ("anywhere", convexity_lemmas, "in_domain", "jensen-of-any-log-determinant"),
            ("anywhere, of a reciprocal", convexity_lemmas, "in_domain", "jensen-of-a-reciprocal"),
            ("of any sum of the weights", Lemmas, "equal", "jensen-with-less-weight"),
        )
    ),
    Mutation(
        "mean below the largest entry",
        "with any weights",
        method(Lemmas, "nonnegative_entries", always(True)),
        "false convexity:signed-weights-below-the-largest",
    ),
    Mutation(
        "change of the largest entry",
        "by any vector",
        method(Lemmas, "equal", always(True)),
        "false convexity:change-of-the-largest-by-a-sum",
    ),
    Mutation(
        "weighted geometric mean",
        "with any weights",
        method(Lemmas, "nonnegative", always(True)),
        "false convexity:geometric-mean-with-any-weight",
    ),
    Mutation(
        "weighted geometric mean",
        "of numbers of any sign",
        method(Lemmas, "positive", always(True)),
        "false convexity:three-cubes-of-any-sign",
    ),
    Mutation(
        "geometric mean over a range",
        "of numbers of any sign",
        method(Lemmas, "nonnegative", always(True)),
        "false convexity:power-of-a-mean-of-any-sign",
    ),
    Mutation(
        "Cauchy-Schwarz for weighted sums",
        "of numbers of any sign",
        method(Lemmas, "nonnegative", always(True)),
        "false convexity:sum-of-any-reciprocals",
    ),
    Mutation(
        "Gibbs' inequality",
        "of any sum",
        method(Lemmas, "equal", always(True)),
        "false convexity:entropy-of-any-numbers",
    ),
    Mutation(
        "Gibbs' inequality",
        "of weights of any sign",
        method(Lemmas, "nonnegative", always(True)),
        "false convexity:loss-of-any-weights",
    ),
    Mutation(
        "Gibbs' inequality",
        "with gaps of any sign",
        method(entropy_lemmas, "_is_sum", always(True)),
        "false convexity:gibbs-turned-around",
    ),
    Mutation(
        "weights of definite matrices",
        "of any sign",
        method(Order, "nonnegative", always(True)),
        "false convexity:weights-of-any-sign",
    ),
    Mutation(
        "inverse of a mean",
        "of any matrices",
        method(Lemmas, "definite", always(True)),
        "false convexity:inverse-of-a-mean-of-any",
    ),
    Mutation(
        "inverse of a mean",
        "with any weights",
        method(Lemmas, "equal", always(True)),
        "false convexity:inverse-of-another-mean",
    ),
    Mutation(
        "a sum of nonnegative terms",
        "with weights that may all be 0",
        method(Order, "_sign", always(True)),
        "false convexity:numbers-whose-weights-may-be-zero",
    ),
)
