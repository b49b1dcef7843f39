"""What a proved step is proved provided of, where neither a hypothesis nor a size says it."""

import pytest

from everystep.algebra.context import Context, Relation
from everystep.algebra.expressions import Int, SumOver
from everystep.prove.verdict import Status
from tests.prove.statements import equal, i, judged, k, n

SUM = equal(SumOver(Int(i), i, 1, k), Int(k) * (Int(k) + 1) / 2)


def test_a_sum_without_a_value_is_excluded_by_the_verdict() -> None:
    verdict = judged(SUM, Context())
    assert (verdict.status, verdict.conditions) == (Status.PROVED, ("k ≥ 0",))


@pytest.mark.parametrize("start", [0, 1, 3])
def test_a_stated_start_needs_no_condition(start: int) -> None:
    verdict = judged(SUM, Context().given(Relation(Int(start), "<=", Int(k))))
    assert (verdict.status, verdict.conditions) == (Status.PROVED, ())


def test_a_size_needs_no_condition() -> None:
    verdict = judged(equal(SumOver(Int(i), i, 1, n), Int(n) * (Int(n) + 1) / 2), Context())
    assert (verdict.status, verdict.conditions) == (Status.PROVED, ())
