"""The long search for wrong verdicts on pairs of random formulas (see tests/campaign/pairs.py), and for formulas in
random spelling that are read as something else (tests/campaign/styles.py).

Exit status 1 when a verdict is wrong.
"""

from __future__ import annotations

import argparse
import sys
from itertools import islice
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.campaign import styles
from tests.campaign.pairs import WORLDS, complaint, pairs


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=4000, help="how many pairs of each kind")
    parser.add_argument("--seed", type=int, default=20261121)
    options = parser.parse_args()
    failures = 0
    for name, world in WORLDS.items():
        started = perf_counter()
        for pair in islice(pairs(world, options.seed), options.count):
            wrong = complaint(pair, name)
            if wrong:
                failures += 1
                print(f"{pair.latex}: {wrong}", flush=True)
        print(f"{name}: {options.count} pairs, {perf_counter() - started:.0f} s", flush=True)
    started, unread = perf_counter(), 0
    for formula in islice(styles.formulas(options.seed), options.count):
        misread = styles.complaint(formula)
        unread += misread is None
        if misread:
            failures += 1
            print(f"{formula.latex}: {misread}", flush=True)
    print(f"spellings: {options.count} formulas, {unread} unread, {perf_counter() - started:.0f} s", flush=True)
    print(f"{failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
