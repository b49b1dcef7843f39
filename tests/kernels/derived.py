"""Right sides of the encoded derivations, compiled to functions of arrays; and which kernels are held against them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

import derivations
from everystep.algebra import expressions as ex
from everystep.algebra.context import Context
from everystep.compiler.compiled import Compiled

Rule = Callable[[ex.Expression], ex.Expression | None]
HELD: dict[str, set[str]] = {}
"""Kernel, as ``module.function``, to the derivations that a test holds it against."""


def against(*ids: str, kernels: str) -> Callable[[Any], Any]:
    """Note that a test holds the kernels (names between blanks) against these derivations."""

    def noted(test: Any) -> Any:
        for kernel in kernels.split():
            HELD.setdefault(kernel, set()).update(ids)
        return test

    return noted


def right_side(derivation: str, step: str) -> ex.Expression:
    """The right side of the step of that name."""
    chains = derivations.problem(derivation).derivation.chains
    (found,) = (link.to for chain in chains for link in chain.links if link.name == step)
    return found


def rewritten(tree: ex.Expression, rule: Rule) -> ex.Expression:
    """The tree with every node replaced for which the rule gives another."""
    other = rule(tree)
    if other is not None:
        return other
    arguments = [rewritten(a, rule) if isinstance(a, ex.Expression) else a for a in tree.args]
    return tree if list(tree.args) == arguments else tree.func(*arguments)


def compiled(derivation: str, step: str, rule: Rule | None = None, values: Collection[str] = ()) -> Compiled:
    """The right side as a function of arrays.

    Args:
        derivation: its id.
        step: the name of the step.
        rule: other nodes for some, in the right side and in what it rests on.
        values: names that are given as arrays, whatever the derivation defines them to be.
    """
    expression, context = right_side(derivation, step), derivations.problem(derivation).derivation.context
    definitions = tuple(d for d in context.definitions if d.target.name not in values)
    recurrences = tuple(r for r in context.recurrences if r.target.name not in values)
    if rule is not None:
        definitions = tuple(replace(d, body=rewritten(d.body, rule)) for d in definitions)
        expression = rewritten(expression, rule)
    return Compiled(expression, Context(definitions, recurrences))


def given(function: Compiled, values: dict[str, Any]) -> Any:
    """Its value with the arguments that it wants out of ``values``."""
    return function(**{name: values[name] for name in (*function.arguments, *function.integers)})


def value(derivation: str, step: str, values: dict[str, Any], rule: Rule | None = None) -> Any:
    """A right side with the given values in place of whatever the derivation defines."""
    return given(compiled(derivation, step, rule, values), values)
