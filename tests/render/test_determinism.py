"""The documents of the real catalogue do not depend on the hash seed, and are typeset once."""

import os
import subprocess
import sys
from pathlib import Path

import derivations

ROOT = Path(__file__).resolve().parent.parent.parent


def build(out: Path, hash_seed: int) -> str:
    """What a build of all documents with verdicts prints, in a process of its own."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "render.cli", "build", "--out", str(out), "--engine", "embedded"),
            *("--kind", "solutions", "--kind", "certificate"),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_another_hash_seed_gives_the_same_documents_and_no_tex_run(tmp_path: Path) -> None:
    first = build(tmp_path, 1)
    assert "warning" not in first
    sources = {path.name: path.read_bytes() for path in tmp_path.glob("*.tex")}
    assert len(sources) == 4 * sum(bool(a.questions) for a in derivations.assignments().values())
    assert "no TeX run" in build(tmp_path, 2)
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.tex")} == sources
