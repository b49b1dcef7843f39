"""Words that state no property state none together either."""

from __future__ import annotations

import re
from itertools import permutations

from everystep.reader.words import NOT_ENCODED, PROPERTIES, SILENT, properties


def test_silent_words_state_no_property_in_any_order() -> None:
    words = sorted({*SILENT, "0", "1", "2"})
    text = " . ".join(f"{one} {two}" for one, two in permutations(words, 2))
    for pattern, name in PROPERTIES:
        assert re.search(pattern, text) is None, name
    assert NOT_ENCODED.search(text) is None


def test_a_property_beside_silent_words_is_heard() -> None:
    assert properties("and let the matrix be symmetric") == ["symmetric"]
    assert properties("soit la matrice carrée inversible") == ["invertible"]
    assert properties("let the matrix be square") == []
