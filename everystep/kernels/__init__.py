"""Numeric kernels: the heavy computations beside the proofs, one file a topic.

Imports NumPy and the standard library only, so that it loads fast and shares nothing with what it
checks. Every refusal of an argument is a ``ValueError`` that names it.
"""

from everystep.kernels import (
    activations,
    bptt,
    convolution,
    counts,
    decoding,
    dropout,
    gradient_check,
    hessian_vector,
    least_squares,
    messages,
    normalisation,
    optimisers,
    weight_norm,
)

__all__ = [
    "activations",
    "bptt",
    "convolution",
    "counts",
    "decoding",
    "dropout",
    "gradient_check",
    "hessian_vector",
    "least_squares",
    "messages",
    "normalisation",
    "optimisers",
    "weight_norm",
]
