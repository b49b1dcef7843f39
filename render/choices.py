"""The valid choices of a message about a name that is none of them.

May import the standard library only.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

ALL, NEAR = 30, 5
"""So many names are listed; of more, those that are likely to be meant, else the first."""


def one_of(valid: Iterable[str], wanted: str) -> str:
    """The valid choices for a message, the likeliest first when there are many."""
    names = list(valid)
    if len(names) > ALL:
        near = get_close_matches(wanted, names, NEAR, 0.3) or names[:NEAR]
        names = [*near, f"... ({len(names)} in all)"]
    return ", ".join(names) or "(none)"
