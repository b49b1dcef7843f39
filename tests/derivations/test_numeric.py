"""The numeric checks of each derivation, on the kernels."""

from __future__ import annotations

import pytest

import derivations
from everystep.derivation import NumericResult


@pytest.mark.parametrize("name", derivations.ids())
def test_the_numeric_checks_pass(name: str) -> None:
    numeric = derivations.problem(name).derivation.numeric
    assert numeric is not None
    results = numeric()
    assert results
    assert len({result.what for result in results}) == len(results)
    for result in results:
        assert isinstance(result, NumericResult)
        assert result.passed, result


@pytest.mark.parametrize("name", derivations.ids())
def test_the_numeric_checks_are_reproducible(name: str) -> None:
    numeric = derivations.problem(name).derivation.numeric
    assert numeric is not None
    assert numeric() == numeric()
