"""What all tests share: the seed of everything random, printed with every run."""

import os

import pytest

_SEED = int(os.environ.get("EVERYSTEP_SEED", "20261121"))


def pytest_report_header() -> str:
    return f"EVERYSTEP_SEED={_SEED}"


@pytest.fixture
def seed() -> int:
    """The seed of this run; set EVERYSTEP_SEED to repeat another one."""
    return _SEED
