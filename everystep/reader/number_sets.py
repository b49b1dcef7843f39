r"""Sets of numbers with marks, as French authors write them: ``\mathbb{R}_+^*`` are the positive numbers.

May import nothing of the engine.
"""

from __future__ import annotations

MARKS = frozenset("*+")
"""Marks that say which numbers a set has, and are no power of it."""
SIGNED = {text: text for text in ("+", "++", "*", "+*", "*+")} | {">0": "++", "geq0": "+", "ge0": "+", ">=0": "+"}
"""What may stand below the letter of a set, and the marks that it means."""
POSITIVE, NONZERO, NOT_NEGATIVE, UNSURE = ">", "!=", ">=", ">=?"
"""The relation to 0 of a set's numbers; the last where authors differ on whether 0 is one of them."""


def relation_to_zero(above: str, below: str) -> str:
    r"""The relation of the numbers of a set with these marks to 0, empty where there are none.

    0 is in ``\mathbb{R}_+``, and in no set with a star; about ``\mathbb{R}^+`` authors differ.
    """
    marks = above + below
    if "++" in (above, below) or ("+" in marks and "*" in marks):
        return POSITIVE
    if "*" in marks:
        return NONZERO
    return UNSURE if above else NOT_NEGATIVE if below else ""
