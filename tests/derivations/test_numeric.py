"""The numeric checks of each derivation, on the kernels."""

from __future__ import annotations

import pytest

import derivations
from everystep.derivation import NumericResult

WITH_KERNELS = [name for name, p in derivations.problems().items() if p.derivation.numeric is not None]


def test_the_first_derivations_have_kernels() -> None:
    assert {"bptt", "dropout", "min_norm", "weight_norm"} <= set(WITH_KERNELS)


@pytest.mark.parametrize("name", WITH_KERNELS)
def test_the_numeric_checks_pass(name: str) -> None:
    numeric = derivations.problem(name).derivation.numeric
    assert numeric is not None
    results = numeric()
    assert results
    assert len({result.what for result in results}) == len(results)
    parts = {part.id for part in derivations.problem(name).parts}
    for result in results:
        assert isinstance(result, NumericResult)
        assert result.passed, result
        assert set(result.parts) <= parts


@pytest.mark.parametrize("name", WITH_KERNELS)
def test_the_numeric_checks_are_reproducible(name: str) -> None:
    numeric = derivations.problem(name).derivation.numeric
    assert numeric is not None
    assert numeric() == numeric()
