"""Conventions that a text announces without a formula: logarithms to base 2, gradients as rows.

May import this package's vocabulary only.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.reader.words import plain

_BASE = re.compile(
    r"\blog(?:arithm)?(?:e)?s?\b[^.;:]{0,40}\bbase[- ]?(?:2|10|two|ten|deux|dix|b|a)\b|\bbase[- ]?(?:2|10|two|ten) log"
)
_ROWS = re.compile(
    r"\bgradients?\b(?: \$)?,? (?:is|are|as|be|will be) (?:taken |written |treated |seen )?(?:as )?(?:an? )?row"
)


def signs_made_other(text: str) -> frozenset[str]:
    """The signs of which a paragraph says without a formula that they mean something else: logarithms to base 2."""
    said = plain(text)
    found = {"log"} if _BASE.search(said) else set()
    return frozenset(found | {"nabla"} if _ROWS.search(said) else found)
