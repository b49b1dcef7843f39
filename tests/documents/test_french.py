"""How authors write in French, and what words say in English as well (``french.txt``): the verdicts of the steps."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from everystep.documents.check import check_text


def blocks() -> Iterator[tuple[list[str], str]]:
    """(the verdicts of the steps, text)."""
    text = (Path(__file__).parent / "french.txt").read_text(encoding="utf-8")
    for block in text.split("\n\n"):
        first, _, rest = block.strip("\n").partition("\n")
        if first.startswith(">"):
            yield first[1:].split(), rest
        else:
            assert not first or first.startswith("#"), first


@pytest.mark.parametrize(("expected", "text"), list(blocks()))
def test_words_and_signs_are_read_as_they_are_meant(expected: list[str], text: str) -> None:
    assert [str(step.status) for step in check_text(text).steps] == expected
