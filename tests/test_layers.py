"""Imports run one way, and the two judges share no code.

The rules are data below; the checker reads the syntax tree of every module that there is, so a new
module falls under them without being named here.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("everystep", "derivations", "render")

# The parts, by module prefix (the longest that fits counts), and what each may import of the
# others. A part may always import itself.
PARTS: Mapping[str, frozenset[str]] = {
    "everystep.records": frozenset(),
    "everystep.algebra": frozenset(),
    "everystep.kernels": frozenset(),
    "everystep.calculus": frozenset({"everystep.algebra"}),
    # Plain data that both judges speak in.
    "everystep.prove.verdict": frozenset(),
    "everystep.prove.exact": frozenset({"everystep.algebra", "everystep.derivation", "everystep.prove.verdict"}),
    "everystep.prove.normal": frozenset({"everystep.algebra", "everystep.calculus", "everystep.prove"}),
    "everystep.prove": frozenset(
        {
            "everystep.algebra",
            "everystep.calculus",
            "everystep.derivation",
            "everystep.numeric",
            "everystep.prove.exact",
            "everystep.prove.normal",
            "everystep.prove.verdict",
        }
    ),
    "everystep.reader": frozenset({"everystep.algebra", "everystep.calculus", "everystep.derivation"}),
    # Where the reader and the prover meet.
    "everystep.documents": frozenset(
        {
            "everystep.algebra",
            "everystep.compiler",
            "everystep.derivation",
            "everystep.prove",
            "everystep.prove.verdict",
            "everystep.reader",
        }
    ),
    "everystep.derivation": frozenset({"everystep.algebra"}),
    # Expressions as functions of NumPy arrays; derivatives are taken by the calculus.
    "everystep.compiler": frozenset({"everystep.algebra", "everystep.calculus"}),
    # Claims in floating point.
    "everystep.numeric": frozenset(
        {
            "everystep.algebra",
            "everystep.compiler",
            "everystep.derivation",
            "everystep.kernels",
            "everystep.prove.exact",
            "everystep.prove.verdict",
        }
    ),
    # Saved evidence, and the exact judge asked about it again: nothing of the normal form.
    "everystep.evidence": frozenset({"everystep.algebra", "everystep.derivation", "everystep.prove.verdict"}),
    "everystep.replay": frozenset(
        {
            "everystep.algebra",
            "everystep.derivation",
            "everystep.evidence",
            "everystep.prove.exact",
            "everystep.prove.verdict",
        }
    ),
    # What else lies at the top of the engine: its front door. No part of the engine imports it.
    "everystep": frozenset({"everystep.*"}),
    "derivations": frozenset({"everystep", "everystep.*"}),
    "render": frozenset({"everystep", "everystep.*", "derivations"}),
}
# What every part may stand on: how a class of plain data is defined.
BELOW_ALL = "everystep.records"
# What comes from outside, where that is restricted.
THIRD_PARTY: Mapping[str, frozenset[str]] = {"everystep.kernels": frozenset({"numpy"}), BELOW_ALL: frozenset()}
# Heavy modules that may be loaded where they are first needed (the kernels bring NumPy with them, the interface SymPy).
LAZY = (
    "rich",
    "numpy",
    "jinja2",
    "matplotlib",
    "fontTools",
    "everystep.kernels",
    "everystep.numeric",
    "everystep.documents.interface",
)
# Where a command may load what only it, or only some of its options, need: a check in the terminal starts fast.
LAZY_MODULES = ("render.cli", "render.check_documents", "render.reading")
# Packages that load their own modules when they are asked for.
REGISTRIES = frozenset({"derivations", "everystep.kernels"})
# What the exact judge may stand on: the surface, and data without behaviour.
PLAIN_DATA = (BELOW_ALL, "everystep.algebra", "everystep.derivation", "everystep.prove.verdict")
BY_A_CALL = "(by a call: __import__ or import_module)"


@dataclass(frozen=True)
class Import:
    """One import: the module that is named (and, for `from`, the name), where, how deep."""

    target: str
    line: int
    in_function: bool


def part_of(module: str) -> str | None:
    """The part that a module belongs to; None for what is not ours.

    A part's name also covers modules that begin with it: prove.exact_values is of prove.exact.
    """
    fitting = [
        part
        for part in PARTS
        if module == part or module.startswith(f"{part}.") or (part.count(".") == 2 and module.startswith(part))
    ]
    return max(fitting, key=len, default=None)


def imports_of(source: str, module: str, is_package: bool) -> Iterator[Import]:
    """Every import of a source, relative ones resolved; those for type checkers alone included."""
    tree = ast.parse(source)
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in _full_names(node, module, is_package):
                # `from a.b import c` may name the module a.b.c: then that is what is imported.
                base = name if isinstance(node, ast.Import) else name.rpartition(".")[0]
                target = name if part_of(name) != part_of(base) else base
                yield Import(target, node.lineno, id(node) in inside)
        elif isinstance(node, ast.Call) and _names_import(node.func):
            yield Import(BY_A_CALL, node.lineno, True)


def _full_names(node: ast.Import | ast.ImportFrom, module: str, is_package: bool) -> Iterator[str]:
    """`a.b` for `import a.b`; `a.b.c` for `from a.b import c`, with leading dots resolved."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    base = [node.module] if node.module else []
    if node.level:
        parents = module.split(".")
        base = parents[: len(parents) - node.level + (1 if is_package else 0)] + base
    yield from (".".join([*base, alias.name]) for alias in node.names)


def _names_import(function: ast.expr) -> bool:
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    return name in {"__import__", "import_module"}


def offences(source: str, module: str, is_package: bool = False) -> list[str]:
    """What is wrong with the imports of a module, a sentence each."""
    here = part_of(module)
    if here is None:
        return [f"{module} belongs to no part"]
    found = []
    for item in imports_of(source, module, is_package):
        place = f"{module}:{item.line}"
        there = part_of(item.target)
        top = item.target.split(".")[0]
        late = (
            f"{item.target}.".startswith(tuple(f"{name}." for name in LAZY))
            or module.startswith(LAZY_MODULES)
            or (item.target == BY_A_CALL and module in REGISTRIES)
        )
        if item.in_function and not late:
            found.append(f"{place} imports {item.target} inside a function")
        if there is None and not (item.target == BY_A_CALL and late):
            allowed = THIRD_PARTY.get(here)
            if allowed is not None and top not in allowed and top not in sys.stdlib_module_names:
                found.append(f"{place}: {here} may not import {item.target}")
        elif there is not None and there != here and not _may(here, there):
            found.append(f"{place}: {here} may not import {item.target}")
    return found


def _may(here: str, there: str) -> bool:
    allowed = PARTS[here]
    return there in (*allowed, BELOW_ALL) or f"{there.split('.')[0]}.*" in allowed


def modules() -> dict[str, Path]:
    """Every module of the three packages as it stands: name and file."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            names = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(names[:-1] if names[-1] == "__init__" else names)] = path
    return found


def reached_from(graph: Mapping[str, frozenset[str]], start: str) -> frozenset[str]:
    """Every module that `start` imports, directly or through others."""
    seen: set[str] = set()
    todo = list(graph.get(start, ()))
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            todo.extend(graph.get(node, ()))
    return frozenset(seen)


def cycles(graph: Mapping[str, frozenset[str]]) -> list[list[str]]:
    """The groups of modules that import each other, each group sorted."""
    reached = {module: reached_from(graph, module) for module in graph}
    groups = {
        tuple(sorted(other for other in reached[module] if module in reached.get(other, ())))
        for module in graph
        if module in reached[module]
    }
    return [list(group) for group in sorted(groups)]


def named_modules(source: str, module: str, known: Mapping[str, Path]) -> frozenset[str]:
    """The modules of `known` that a source imports when it runs, without its own packages.

    An import under `if TYPE_CHECKING:` is left out: it names a type and makes no cycle.
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = [ast.Pass()]
    is_package = module in known and known[module].name == "__init__.py"
    targets = {
        target
        for item in ast.walk(tree)
        if isinstance(item, ast.Import | ast.ImportFrom)
        for target in _full_names(item, module, is_package)
    }
    # `from a.b import c`: the module a.b.c if there is one, else a.b.
    found = {target if target in known else target.rpartition(".")[0] for target in targets}
    return frozenset(name for name in found & known.keys() if not f"{module}.".startswith(f"{name}."))


def import_graph() -> dict[str, frozenset[str]]:
    known = modules()
    return {module: named_modules(path.read_text(encoding="utf-8"), module, known) for module, path in known.items()}


def shared_judges(graph: Mapping[str, frozenset[str]]) -> list[str]:
    """Ways, however long, on which one judge reaches the other, or the exact judge a calculus."""
    proof, exact = ("everystep.prove.normal", "everystep.calculus"), ("everystep.prove.exact",)
    return [
        f"{start} reaches {end}"
        for start in sorted(graph)
        for end in sorted(reached_from(graph, start))
        if (part_of(start) in proof and part_of(end) in exact)
        or (part_of(start) in exact and part_of(end) not in (*exact, *PLAIN_DATA))
    ]


# ---------------------------------------------------------------------------- the tree as it stands


def test_there_are_modules_to_look_at() -> None:
    names = modules()
    assert any(name.startswith("everystep.") for name in names)
    assert any(name.startswith("render.") for name in names)
    assert any(import_graph().values())


@pytest.mark.parametrize("module", sorted(modules()))
def test_imports_run_one_way(module: str) -> None:
    path = modules()[module]
    source = path.read_text(encoding="utf-8")
    assert offences(source, module, path.name == "__init__.py") == []


def test_no_two_modules_import_each_other() -> None:
    assert cycles(import_graph()) == []


def test_the_two_judges_share_no_code() -> None:
    assert shared_judges(import_graph()) == []


# ---------------------------------------------------------------------------- the checker itself


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("everystep.algebra.sizes", "from everystep.calculus import gradient"),
        ("everystep.algebra.sizes", "import everystep.prove.verdict"),
        ("everystep.algebra.sizes", "from everystep import derivation"),
        ("everystep.algebra.sizes", "from .. import calculus"),
        ("everystep.algebra.sizes", "from ..prove import verdict"),
        ("everystep.calculus.rules", "from everystep import prove"),
        ("everystep.calculus.rules", "import render.tex"),
        ("everystep.prove.verdict", "import derivations.bptt"),
        ("everystep.prove.verdict", "from everystep.reader import latex"),
        ("everystep.prove.exact", "from everystep.prove.normal_form import normal"),
        ("everystep.prove.exact", "from everystep.calculus import gradient"),
        ("everystep.prove.exact.search", "from ..normal_form import normal"),
        ("everystep.prove.exact_values", "from . import normal_form"),
        ("everystep.prove.exact", "from everystep.prove.order import Order"),
        ("everystep.prove.normal_form", "from everystep.prove.exact import evaluate"),
        ("everystep.prove.normal_form", "from everystep.prove import exact_values"),
        ("everystep.kernels.bptt", "from everystep.algebra import sizes"),
        ("everystep.kernels.bptt", "import scipy"),
        ("everystep.records", "import sympy"),
        ("everystep.records", "from everystep.algebra import sizes"),
        ("everystep.kernels.bptt", "from everystep import derivation"),
        ("everystep.derivation", "from everystep.prove import verdict"),
        ("everystep.derivation", "from everystep import check"),
        ("everystep.prove.judge", "from everystep.check import check"),
        ("everystep.reader.latex", "from everystep.prove import verdict"),
        ("derivations.bptt", "from render import latex"),
        ("everystep.prove", "if True:\n    from render import latex"),
        ("everystep.prove.verdict", "def f():\n    import everystep.calculus"),
        ("everystep.prove.verdict", "def f():\n    import sympy"),
        ("everystep.prove.verdict", "class A:\n    async def f(self):\n        import re"),
        ("everystep.prove.verdict", "f = lambda: __import__('render')"),
        ("everystep.prove.verdict", "import importlib\nm = importlib.import_module('render')"),
        ("render.latex", "def f():\n    from derivations import bptt"),
        ("elsewhere", "import re"),
    ],
)
def test_the_checker_reports(module: str, line: str) -> None:
    assert len(offences(line, module)) >= 1


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("everystep.algebra.sizes", "import sympy\nfrom . import shapes"),
        ("everystep.calculus.rules", "from everystep.algebra.sizes import Size"),
        ("everystep.prove.exact_values", "import flint\nfrom everystep.algebra import sizes"),
        ("everystep.prove.normal_form", "from everystep.calculus import gradient"),
        ("everystep.prove.judge", "from everystep.prove import exact, normal_form"),
        ("everystep.prove.judge", "from everystep.derivation import Step"),
        ("everystep.kernels.bptt", "import math\nimport numpy as np\nfrom . import _checks"),
        (
            "derivations.bptt",
            "from everystep.kernels import bptt\nfrom everystep import derivation",
        ),
        ("render.latex", "import derivations\nfrom everystep.prove.verdict import Verdict"),
        ("derivations.bptt", "def f():\n    from everystep.kernels import bptt"),
        ("derivations", "import importlib\nm = importlib.import_module('derivations.bptt')"),
        (
            "everystep.check",
            "from everystep.prove import verdict\nfrom everystep import derivation",
        ),
        ("render.terminal", "def f():\n    import rich.table"),
        ("render.cli", "def build():\n    from render import tex"),
    ],
)
def test_the_checker_lets_pass(module: str, line: str) -> None:
    assert offences(line, module) == []


def test_a_relative_import_in_a_package_file_is_resolved_from_the_package() -> None:
    assert offences("from .sizes import Size", "everystep.algebra", is_package=True) == []
    assert offences("from ..calculus import x", "everystep.algebra", is_package=True) != []


def test_a_cycle_is_found_whatever_its_length() -> None:
    graph = {
        "a": frozenset({"b"}),
        "b": frozenset({"c"}),
        "c": frozenset({"a"}),
        "d": frozenset({"a", "e"}),
        "e": frozenset(),
    }
    assert cycles(graph) == [["a", "b", "c"]]
    assert cycles({"d": frozenset({"e"}), "e": frozenset()}) == []


def test_an_import_for_types_alone_makes_no_cycle() -> None:
    known = dict.fromkeys(("a.one", "a.two", "a"), Path("x.py"))
    line = "from a.one import X"
    assert named_modules(line, "a.two", known) == {"a.one"}
    assert named_modules("from . import one", "a.two", known) == {"a.one"}
    assert named_modules("import a.one", "a.two", known) == {"a.one"}
    assert named_modules(f"if TYPE_CHECKING:\n    {line}", "a.two", known) == frozenset()
    assert named_modules(f"def f():\n    {line}", "a.two", known) == {"a.one"}


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("everystep.prove.exact", "everystep.prove.normal_form"),
        ("everystep.prove.exact.search", "everystep.calculus.rules"),
        ("everystep.prove.normal_form", "everystep.prove.exact_values"),
        ("everystep.calculus.rules", "everystep.prove.exact"),
    ],
)
def test_code_that_the_judges_share_is_found_behind_other_modules(start: str, end: str) -> None:
    between = "everystep.algebra.between"
    assert shared_judges({start: frozenset({between}), between: frozenset({end})})
    assert not shared_judges({start: frozenset({between}), between: frozenset()})
