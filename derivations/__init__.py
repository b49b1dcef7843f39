"""The encoded course: one module a topic, one file an assignment, one file of mistakes a topic.

Nothing is registered by hand: a module ``derivations/<id>.py`` that defines ``PROBLEM`` is a
problem, ``derivations/assignments/<id>.py`` that defines ``ASSIGNMENT`` is an assignment, and
``derivations/wrong/<id>.py`` that defines ``WRONG`` (steps) and ``ANSWERS`` (values of checks), or one
of the two, holds the mistakes that belong to ``<id>``.
Modules are imported when they are asked for.  May import the engine; loads no NumPy.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from everystep.derivation import Assignment, Problem, Question, WrongAnswer, WrongStep, question

_HOME = Path(__file__).parent

# A sub-package binds its name in its parent when it is first imported.  These two are imported now,
# so that the functions below, of the same names, are defined later and stay.
for _folder in ("assignments", "wrong"):
    import_module(f"{__name__}.{_folder}")


@cache
def _modules(folder: str = "") -> tuple[str, ...]:
    """The names of the modules in a folder of this package, sorted; sub-packages are left out."""
    found = pkgutil.iter_modules([str(_HOME / folder)])
    return tuple(sorted(module.name for module in found if not module.ispkg))


def _load(folder: str, name: str, attribute: str) -> Any:
    module = import_module(".".join(part for part in (__name__, folder, name) if part))
    try:
        return getattr(module, attribute)
    except AttributeError:
        raise AttributeError(f"{module.__name__} must define {attribute}") from None


def ids() -> tuple[str, ...]:
    """The ids of all problems, sorted."""
    return _modules()


def _known(name: str) -> str:
    if name not in ids():
        raise LookupError(f"no derivation {name!r}; one of {', '.join(ids())}")
    return name


def problem(name: str) -> Problem:
    """The problem of that id; raises LookupError that lists the valid ones."""
    found: Problem = _load("", _known(name), "PROBLEM")
    return found


def problems() -> dict[str, Problem]:
    """All problems by id."""
    return {name: problem(name) for name in ids()}


def assignments() -> dict[str, Assignment]:
    """All assignments by id."""
    return {name: _load("assignments", name, "ASSIGNMENT") for name in _modules("assignments")}


def asked(
    *wanted: tuple[str, Mapping[str, int], str],
) -> tuple[tuple[Question, ...], tuple[str, ...]]:
    """Questions from (problem id, points by entry or part, variant), and the ids of the problems that are missing.

    A problem that nobody has written yet is left out and named; one that exists must have what is asked.
    """
    there = [(problem(name), points, variant) for name, points, variant in wanted if name in ids()]
    return (
        tuple(question(found, points, variant) for found, points, variant in there),
        tuple(name for name, _, _ in wanted if name not in ids()),
    )


def _mistakes(name: str | None, attribute: str) -> tuple[tuple[str, Any], ...]:
    chosen = _modules("wrong")
    if name is not None:
        chosen = tuple(found for found in chosen if found == _known(name))
    modules = {found: import_module(f"{__name__}.wrong.{found}") for found in chosen}
    for module in modules.values():
        if not (hasattr(module, "WRONG") or hasattr(module, "ANSWERS")):
            raise AttributeError(f"{module.__name__} must define WRONG or ANSWERS")
    return tuple((found, one) for found, module in modules.items() for one in getattr(module, attribute, ()))


def wrong(name: str | None = None) -> tuple[tuple[str, WrongStep], ...]:
    """The wrong twins of one derivation, or of all, each with the derivation's id.

    Raises LookupError that lists the valid ids when there is no such derivation.
    """
    return _mistakes(name, "WRONG")


def wrong_answers(name: str | None = None) -> tuple[tuple[str, WrongAnswer], ...]:
    """The known mistakes in answers that a check decides, of one problem or of all, as :func:`wrong`."""
    return _mistakes(name, "ANSWERS")
