"""The long search for input that the reader cannot bear: mutants of the corpus of documents.

Of each: no exception, every display with a relation is reported, all places lie inside the text, bounded time.
Exit status 1 when one fails; ``--only SEED`` prints the document of a seed; ``--report`` puts a row for the slice
into docs/soundness.md, in the place of an earlier one of the same seed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import traceback
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.documents.hostile import complaints, mutant

REPORT = Path(__file__).parents[1] / "docs" / "soundness.md"
TITLE = "## Hostile documents"
ABOUT = """\
Mutants of the corpus of documents, soups of tokens and random text are read and checked, a twentieth of a second for a
step and a second for a document. Of each: no exception, every display with a relation is reported, all places lie
inside the text, and no document takes more than ten seconds of the processor. By slices, each with numbers of its own;
they were run one after another, on the code as it stood then."""
HEAD = "| first | documents | failures | a second |\n| ---: | ---: | ---: | ---: |"
BATCH = 100
QUIET_STEP = 5000
MOST_SHOWN = 100


def trouble(seed: int) -> str:
    """What is wrong with the checking of one mutant; empty where nothing is."""
    markdown, text = mutant(seed)
    try:
        return "; ".join(complaints(text, markdown))
    except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
        return traceback.format_exc(limit=-3)


def batch(work: tuple[int, int]) -> list[tuple[int, str]]:
    return [(seed, found) for seed in range(*work) if (found := trouble(seed))]


def with_row(text: str, first: int, count: int, failures: int, rate: float) -> str:
    """The report with a row for a slice; the section is added where there is none yet."""
    before, _, section = text.partition(f"\n{TITLE}\n")
    rows = [line for line in section.splitlines() if line[:3].strip("| ").isdigit()]
    rows = [row for row in rows if not row.startswith(f"| {first} |")]
    rows.append(f"| {first} | {count:,} | {failures} | {rate:.0f} |")
    return f"{before.rstrip()}\n\n{TITLE}\n\n{ABOUT}\n\n{HEAD}\n" + "\n".join(sorted(rows)) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="how many documents")
    parser.add_argument("--seed", type=int, default=20261121, help="the first document's number")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", type=int, help="the number of one document: print it")
    parser.add_argument("--report", action="store_true", help="put a row into docs/soundness.md")
    options = parser.parse_args()
    if options.only is not None:
        print(mutant(options.only)[1])
        print(trouble(options.only) or "nothing wrong")
        return 0
    last = options.seed + options.count
    work = [(first, min(first + BATCH, last)) for first in range(options.seed, last, BATCH)]
    started, done, failures = perf_counter(), 0, 0
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        for found in pool.imap_unordered(batch, work):
            for seed, text in found:
                failures += 1
                if failures <= MOST_SHOWN:
                    print(f"document {seed}: {text}", flush=True)
            done += BATCH
            if done % QUIET_STEP == 0:
                print(f"{done} documents, {failures} failures", flush=True)
    rate = options.count / (perf_counter() - started)
    print(f"{options.count} documents from {options.seed} on, {failures} failures, {rate:.0f} a second")
    if options.report:
        text = with_row(REPORT.read_text(encoding="utf-8"), options.seed, options.count, failures, rate)
        REPORT.write_text(text, encoding="utf-8")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
