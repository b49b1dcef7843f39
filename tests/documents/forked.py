"""``everystep`` for many files: one process loads it and then forks for each command, with limits of its own.

``python -m tests.documents.forked`` reads requests, a JSON object a line, and answers each with the exit status (minus
the signal that ended it) and the most memory in bytes.  What the command prints goes to the files of the request.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Commands:
    """Runs commands; each in a process that ends after ``seconds`` and gets no more than ``memory`` bytes."""

    def __init__(self, folder: Path, seconds: int, memory: int) -> None:
        self.folder = folder
        self.limits = {"seconds": seconds, "memory": memory}
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
        self.server = subprocess.Popen(
            [sys.executable, "-m", "tests.documents.forked"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )

    def run(self, *arguments: str) -> tuple[int, str, str, int]:
        """Exit status, output, errors, and the most memory in bytes."""
        out, err = self.folder / "out", self.folder / "err"
        request = {"arguments": arguments, "out": str(out), "err": str(err), **self.limits}
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.write(json.dumps(request) + "\n")
        self.server.stdin.flush()
        status, peak = json.loads(self.server.stdout.readline())
        return status, out.read_text(errors="replace"), err.read_text(errors="replace"), peak

    def close(self) -> None:
        with self.server as server:
            assert server.stdin is not None
            server.stdin.close()


def _command(request: dict[str, Any]) -> int:
    """In the forked process: the exit status of the command line."""
    from render.cli import main

    for number, name in ((0, os.devnull), (1, request["out"]), (2, request["err"])):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC), number)
    resource.setrlimit(resource.RLIMIT_AS, (request["memory"], request["memory"]))
    signal.alarm(request["seconds"])
    try:
        main(request["arguments"], prog_name="everystep")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(bool(ended.code))
    except BaseException:  # noqa: BLE001 - as the interpreter does
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def serve() -> None:
    import render.check_documents
    import render.cli
    import render.reading  # noqa: F401 - loaded once for all

    for line in sys.stdin:
        child = os.fork()
        if not child:
            status = 1
            try:
                status = _command(json.loads(line))
            finally:
                os._exit(status)
        _, ended, usage = os.wait4(child, 0)
        sys.stdout.write(json.dumps([os.waitstatus_to_exitcode(ended), usage.ru_maxrss * 1024]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
