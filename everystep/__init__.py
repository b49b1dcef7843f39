"""Everystep: checks every step of a matrix-calculus derivation.

The engine knows nothing of courses, templates or PDF.  Imports run one way:
``reader``, ``prove`` -> ``calculus`` -> ``algebra``.
"""

__version__ = "0.1.0"
