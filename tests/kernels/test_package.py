"""What the kernels may load, and that their results are values."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
import types

from everystep import kernels


def test_importing_the_kernels_loads_numpy_and_nothing_else_of_weight() -> None:
    program = (
        "import sys, everystep.kernels\n"
        "all(getattr(everystep.kernels, name) for name in everystep.kernels.__all__)\n"
        "roots = {name.partition('.')[0] for name in sys.modules}\n"
        "engine = {name for name in sys.modules if name.startswith('everystep.')}\n"
        "print(sorted(roots & {'sympy', 'flint', 'torch', 'scipy', 'jinja2', 'numpy'}))\n"
        "print(all(name.startswith('everystep.kernels') for name in engine))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "['numpy']\nTrue\n"


def test_all_results_are_frozen_dataclasses() -> None:
    found = 0
    for name in kernels.__all__:
        module = getattr(kernels, name)
        assert isinstance(module, types.ModuleType)
        for value in vars(module).values():
            if isinstance(value, type) and dataclasses.is_dataclass(value):
                found += 1
                assert value.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert found >= 8


COST = re.compile(
    r"flops|O\(|\bcosts?\b|an? entry|a comparison|a layer|operations?|additions|calls of f|multiplication",
    re.IGNORECASE,
)


MEMORY = re.compile(r"memory|numbers|arrays of|O\(", re.IGNORECASE)


def test_every_public_function_says_what_it_costs_and_every_kernel_where_its_formulas_are() -> None:
    for name in kernels.__all__:
        module = getattr(kernels, name)
        head = " ".join((module.__doc__ or "").split())
        assert "derivation" in head or "catalogue" in head
        assert "float32" in head or name in ("counts", "gradient_check")  # whole numbers; f and x are float64
        assert COST.search(head), name
        assert re.search(r"\bunits?\b", head, re.IGNORECASE), name
        for label, value in vars(module).items():
            own = isinstance(value, types.FunctionType) and value.__module__ == module.__name__
            if own and not label.startswith("_"):
                text = value.__doc__ or ""
                assert COST.search(text), f"{name}.{label}"
                assert MEMORY.search(text) or MEMORY.search(head), f"{name}.{label}"


def test_every_public_function_says_what_it_raises() -> None:
    for name in kernels.__all__:
        module = getattr(kernels, name)
        assert "Imports NumPy only." in (module.__doc__ or "")
        for label, value in vars(module).items():
            own = isinstance(value, types.FunctionType) and value.__module__ == module.__name__
            if own and not label.startswith("_"):
                assert "Raises:" in (value.__doc__ or ""), f"{name}.{label}"
