"""The corpus of documents: no wrong verdict, nearly all as expected, and a ledger of the rest that can only shrink."""

import pytest

from tests.documents import corpus

SHARE = 0.9
"""Of the steps of each folder; the aim is 0.95."""
FOLDERS = ("topics", "chapters", "wild", "homework")


@pytest.mark.parametrize("file", corpus.files())
def test_no_verdict_is_wrong(file: str) -> None:
    assert not corpus.report(file).failed
    assert [str(o) for o in corpus.outcomes(file) if o.is_wrong] == []


@pytest.mark.parametrize("file", corpus.files())
def test_every_step_is_reported_and_nothing_else(file: str) -> None:
    assert [str(o) for o in corpus.outcomes(file) if o.step is None] == []
    assert [f"{s.problem} {s.number}: {s.lhs} {s.relation} {s.rhs}" for s in corpus.unexpected_steps(file)] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_nearly_all_steps_are_as_expected(folder: str) -> None:
    found = [o for file in corpus.files() if file.startswith(folder) for o in corpus.outcomes(file)]
    right = sum(o.is_right for o in found)
    print(f"{folder}: {right} of {len(found)} as expected ({right / len(found):.1%})")
    assert right >= SHARE * len(found)


@pytest.mark.parametrize("file", corpus.files())
def test_what_is_open_stands_in_the_ledger(file: str) -> None:
    """A step that becomes right must leave the ledger: ``python -m tests.documents.corpus --ledger`` writes it anew."""
    still_open = {o.key for o in corpus.outcomes(file) if not o.is_right and not o.is_wrong}
    listed = {key for key in corpus.ledger() if key.file == file}
    assert sorted(map(str, listed - still_open)) == [], "right now: take it out of open.jsonl"
    assert sorted(map(str, still_open - listed)) == [], "not as expected, and not in open.jsonl"


def test_the_ledger_speaks_of_steps_that_are_expected_and_gives_reasons() -> None:
    assert set(corpus.ledger()) <= set(corpus.expected())
    assert all(reason.strip() for reason in corpus.ledger().values())


def test_the_documents_of_homework_length_have_enough_steps() -> None:
    homework = [file for file in corpus.files() if file.startswith("homework")]
    assert len(homework) >= 3
    for file in homework:
        assert len(corpus.outcomes(file)) >= 25
