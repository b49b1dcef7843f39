"""What all tests share: the seed of everything random, printed with every run."""

import gc
import os
from collections.abc import Iterator

import pytest

_SEED = int(os.environ.get("EVERYSTEP_SEED", "20261121"))


def pytest_report_header() -> str:
    return f"EVERYSTEP_SEED={_SEED}"


@pytest.fixture
def seed() -> int:
    """The seed of this run; set EVERYSTEP_SEED to repeat another one."""
    return _SEED


def pytest_configure() -> None:
    # A collection of all that thousands of tests have left takes about a second, and would be taken off the time of
    # whatever step is being checked at that moment: there is one between two modules instead.
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, 1_000_000)


@pytest.fixture(autouse=True, scope="module")
def _collected() -> Iterator[None]:
    yield
    gc.collect()
