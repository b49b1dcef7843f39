"""The core: sums of contraction networks, and what acts on them: differentials, expectation, recurrences."""
