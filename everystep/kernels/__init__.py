"""Numeric kernels: the heavy computations beside the proofs, one file a topic.

Imports NumPy and the standard library only, so that it loads fast and shares nothing with what it
checks. A topic is loaded when it is first used. Every refusal of an argument is a ``ValueError`` that names it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
