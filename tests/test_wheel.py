"""The wheel works by itself: built, installed elsewhere, and run outside the checkout."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("everystep", "derivations", "render", "templates")


def _run(*command: str | Path, cwd: Path) -> str:
    """Run a command away from the checkout; what it printed, or a failure that shows it."""
    environment = {
        name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    }
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    if done.returncode != 0:
        pytest.fail(
            f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        )
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with the backend that the lock pins and no network."""
    folder = tmp_path_factory.mktemp("wheel")
    _run(
        *(sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", folder, ROOT),
        cwd=folder,
    )
    (built,) = folder.glob("everystep-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of programs of an environment that holds the wheel and its dependencies."""
    home = tmp_path_factory.mktemp("environment")
    _run(sys.executable, "-m", "venv", "--without-pip", home, cwd=home)
    python = home / "bin" / "python"
    _run(
        *(sys.executable, "-m", "pip", "--python", python, "install", "--quiet"),
        *("--disable-pip-version-check", "--no-deps", "--no-index", wheel),
        cwd=home,
    )
    # The dependencies come from this environment. A path file that is found through another one is
    # not read, so the editable install of the checkout does not come with them.
    site = Path(_run(python, "-c", "import site; print(site.getsitepackages()[0])", cwd=home).strip())
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin"


def test_every_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    files = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert "everystep/py.typed" in files
    assert any(name.startswith("templates/") for name in files)
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert files == inside


def test_the_installed_package_is_not_the_checkout(installed: Path, tmp_path: Path) -> None:
    for package in ("everystep", "derivations", "render"):
        place = _run(
            installed / "python",
            *("-c", f"import {package}; print({package}.__path__[0])"),
            cwd=tmp_path,
        )
        assert Path(place.strip()).is_relative_to(installed.parent)


def test_the_installed_check_proves_the_catalogue(installed: Path, tmp_path: Path) -> None:
    _run(installed / "everystep", "check", cwd=tmp_path)


def test_the_installed_build_writes_a_pdf(installed: Path, tmp_path: Path) -> None:
    out = tmp_path / "documents"
    _run(
        installed / "everystep",
        *("build", "--kind", "assignment", "--lang", "en", "--out", out),
        cwd=tmp_path,
    )
    pdfs = list(out.rglob("*.pdf"))
    assert pdfs
    assert all(pdf.read_bytes().startswith(b"%PDF-") for pdf in pdfs)
