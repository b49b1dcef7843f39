"""Random pairs of formulas on a small scale, and that the oracle would notice."""

from itertools import islice

import pytest

from tests.campaign.pairs import WORLDS, complaint, pairs

COUNT = 40


@pytest.mark.parametrize("name", WORLDS)
def test_no_pair_of_formulas_gets_a_wrong_verdict(name: str) -> None:
    found = [(complaint(pair, name), pair.latex) for pair in islice(pairs(WORLDS[name], 7), COUNT)]
    assert [entry for entry in found if entry[0]] == []


def test_the_oracle_tells_what_holds_at_some_sizes_from_what_holds_at_all() -> None:
    made = list(islice(pairs(WORLDS["matrices"], 7), 400))
    assert any(pair.holds for pair in made)
    assert any(not pair.holds for pair in made)


def test_the_same_pairs_are_made_again() -> None:
    first, again = ([p.latex for p in islice(pairs(WORLDS["blocks"], 3), 20)] for _ in range(2))
    assert first == again
