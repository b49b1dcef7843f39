"""Runs the benchmarks and writes their sections of docs/benchmarks.md.

    python benchmarks/run.py             all of them
    python benchmarks/run.py bptt        some of them

A benchmark is a module beside this one with a ``TITLE`` and a ``run()`` that returns Markdown, and
a line in ``BENCHMARKS``. Its section stands between two markers; what stands outside any markers
is written by hand and stays, and so do the sections of benchmarks that were not run.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402  (after the path)

BENCHMARKS = ("check", "reader", "prover", "bptt", "compile", "kernels", "modular", "scaling", "gradients", "trusted")
"""Names of modules, in the order of their sections."""

PAGE = ROOT / "docs" / "benchmarks.md"
HEADER = """# Benchmarks

Written by `make bench`. Figures are ratios from one run, so that the machine matters less; each
section says what is compared and how.
"""


def machine() -> str:
    """A list of what the figures depend on."""
    config: Any = np.show_config(mode="dicts")
    blas = config["Build Dependencies"]["blas"]
    lines = [
        f"processor: {processor()}, {os.cpu_count()} cores",
        f"system: {platform.system()} {platform.machine()}",
        f"Python {platform.python_version()}",
        f"NumPy {np.__version__} with {blas['name']} {blas['version']}",
    ]
    for package in ("torch", "scipy", "sympy", "tensorgrad", "autograd"):
        try:
            lines.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            lines.append(f"{package}: not installed")
    return "\n".join(f"- {line}" for line in lines)


def processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or "unknown"
    fields = dict(line.split(":", 1) for line in text.split("\n\n")[0].splitlines() if ":" in line)
    named = {key.strip(): value.strip() for key, value in fields.items()}
    flags = named.get("flags", "").split()
    widest = next((kind for kind in ("avx512f", "avx2", "avx") if kind in flags), "no AVX")
    family = f"family {named.get('cpu family', '?')}, model {named.get('model', '?')}"
    return f"{named.get('model name', 'unknown')} ({family}, {widest})"


def with_section(page: str, name: str, title: str, body: str) -> str:
    """The page with the section of that name replaced, or added at its end.

    Raises:
        ValueError: only one of the two markers is there.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    section = f"{begin}\n## {title}\n\n{body}\n{end}"
    if (begin in page) != (end in page):
        raise ValueError(f"{PAGE.name} has one of the markers of {name} and not the other")
    if begin not in page:
        return f"{page.rstrip()}\n\n{section}\n"
    before, rest = page.split(begin, 1)
    return before + section + rest.split(end, 1)[1]


def write(text: str) -> None:
    """Replace the page as a whole, so that an interruption leaves the old one."""
    PAGE.parent.mkdir(exist_ok=True)
    draft = PAGE.with_suffix(".tmp")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, PAGE)


def main() -> None:
    parser = argparse.ArgumentParser(description="Runs the benchmarks, writes docs/benchmarks.md.")
    parser.add_argument("name", nargs="*", help=f"of {', '.join(BENCHMARKS)}; default: all")
    names = parser.parse_args().name or BENCHMARKS
    for name in names:
        if name not in BENCHMARKS:
            parser.error(f"no benchmark {name!r}; there are {', '.join(BENCHMARKS)}")
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else HEADER
    page = with_section(page, "machine", "The machine", machine())
    for name in names:
        benchmark: Any = importlib.import_module(f"benchmarks.{name}")
        print(f"{benchmark.TITLE} ...", file=sys.stderr, flush=True)
        page = with_section(page, name, benchmark.TITLE, benchmark.run())
        write(page)


if __name__ == "__main__":
    main()
