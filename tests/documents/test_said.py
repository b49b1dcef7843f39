"""What words say of names, what updates define (``said.txt``), what is the row or the entry of what
(``rows.txt``), of what a loss is a function (``losses.txt``), how courses write (``courses.txt``), how names come in
(``openings.txt``), samples in words (``samples.txt``), systems and subspaces (``systems.txt``), projections onto them
(``projections.txt``), networks by units and recurrences (``networks.txt``), what goes on from one part to the next
(``problem_sets.txt``), which of several suppositions hold (``suppositions.txt``), matrices without a size
(``without_sizes.txt``), solutions of conditions (``solutions.txt``), which matrices commute (``commuting.txt``), to
which brackets a text gives a meaning of its own (``own_notation.txt``), gradients of layers and losses
(``gradients.txt``), derivatives of traces, determinants and small matrices (``derivatives.txt``), and letters of
decompositions (``decomposed_letters.txt``): the verdicts of the steps that rest on
it.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from everystep.documents.check import check_text

TABLES = (
    *("said", "rows", "losses", "courses", "openings", "networks", "samples", "systems", "projections", "problem_sets"),
    *("suppositions", "without_sizes", "solutions", "commuting", "own_notation", "gradients", "decomposed_letters"),
    *("by_entries", "conventions", "misread", "derivatives", "given_equations"),
)


def blocks() -> Iterator[tuple[list[str], str]]:
    """(the verdicts of the steps, text)."""
    here = Path(__file__).parent
    texts = [(here / f"{name}.txt").read_text(encoding="utf-8") for name in TABLES]
    for block in (block for text in texts for block in text.split("\n\n")):
        first, _, text = block.strip("\n").partition("\n")
        if first.startswith(">"):
            yield first[1:].split(), text
        else:
            assert not first or first.startswith("#"), first


@pytest.mark.parametrize(("expected", "text"), list(blocks()))
def test_what_is_said_is_read_as_it_is_meant(expected: list[str], text: str) -> None:
    assert [str(step.status) for step in check_text(text).steps] == expected
