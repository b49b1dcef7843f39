"""Random formulas in random spelling are read as what they say; ``tests/soundness_pairs.py`` runs more of them."""

from __future__ import annotations

from itertools import islice

from tests.campaign.styles import complaint, formulas

COUNT = 300


def test_what_is_read_is_what_is_written(seed: int) -> None:
    unread = 0
    for formula in islice(formulas(seed), COUNT):
        wrong = complaint(formula)
        assert not wrong, f"{formula.latex}: {wrong}"
        unread += wrong is None
    assert unread < COUNT / 20
