"""Means of functions of something random: opaque atoms, and integration by parts for Gaussian quantities.

The mean of a product that holds a function of something random is an atom whose inside is that product: products that
are equal have equal means.  For a Gaussian x with covariance S a linear factor beside functions of the same x goes:
``E[x_i g(x)] = E[x_i] E[g(x)] + sum over j of S_ij E[dg / dx_j]`` (Stein's lemma), for every function that is smooth,
its mean and that of its derivative being presupposed.  May import ``everystep.algebra`` and the core.
"""

from __future__ import annotations

from collections.abc import Callable

from everystep.algebra.context import Random
from everystep.algebra.expressions import Member
from everystep.algebra.functions import FUNCTIONS
from everystep.calculus.atoms import REBUILT, Leaf, transform
from everystep.calculus.core import Core
from everystep.calculus.differentials import Target, depends, derivative, inside_terms
from everystep.calculus.indices import Slot, constant
from everystep.calculus.networks import Factor, Head, Term, Undecided

SMOOTH = ("logistic", "tanh", "softplus", "sin", "cos")
"""Known functions that are smooth on the whole line, and grow no faster than their argument."""

Cumulant = Callable[[list[Factor], Random], list[Term]]
MOST_PIECES = 200


def mean_of_functions(core: Core, factors: list[Factor], laws: dict[str, Random], cumulant: Cumulant) -> list[Term]:
    """The mean of a product of random entries and functions of them, each given as a factor.

    ``cumulant``: the joint cumulant of entries of one random quantity.
    """
    for law in laws.values():
        own = set(law.target.at) if isinstance(law.target, Member) else set()
        if any(not s.is_positive for p in law.parameters for s in p.free_symbols - own):
            raise Undecided("the mean of a function of something whose law depends on an index")
    result: list[Term] = []
    todo: list[Term] = [Term(1, list(factors))]
    while todo:
        if len(result) + len(todo) > MOST_PIECES:
            raise Undecided("the mean of a function with many derivatives")
        term = todo.pop()
        random = [f for f in term.factors if _is_random(core, f[0], laws)]
        rest = Term(term.coefficient, [f for f in term.factors if f not in random], term.scalars, term.bound)
        if any(_is_random(core, head, laws) for component in term.scalars for head, _ in component[0]):
            raise Undecided("the mean of a power of a function of something random")
        linear = next((f for f in random if _goes_by_parts(core, f, random, laws)), None)
        if linear is None:
            result += [rest.times(t) for t in _atoms(core, random, laws)]
            continue
        core.used("integration by parts")
        law = laws[linear[0]]
        others = list(random)
        others.remove(linear)
        pieces = [t.times(Term(1, others)) for t in cumulant([linear], law)]
        entry = tuple(core.fresh() for _ in linear[1])
        moved = derivative(core, [Term(1, others)], Target(linear[0], entry))
        joint = cumulant([linear, (linear[0], entry)], law)
        sizes = core.dimensions.get(linear[0], ())
        whole: dict[str, tuple[Slot, Slot]] = {e: (constant(1), s) for e, s in zip(entry, sizes, strict=True)}
        pieces += [Term(1, [], None, whole).times(a).times(b) for a in joint for b in moved]
        todo += [rest.times(p) for p in core.terms(core.normal(pieces))]
    return result


def _is_random(core: Core, head: str, laws: dict[str, Random]) -> bool:
    return head in laws or any(depends(core, head, Target(name, (), means=False)) for name in laws)


def _goes_by_parts(core: Core, factor: Factor, random: list[Factor], laws: dict[str, Random]) -> bool:
    """Whether a factor is an entry of a Gaussian vector or number that stands beside smooth functions of it only."""
    law = laws.get(factor[0])
    if law is None or law.law != "gaussian" or factor[0][:2] != "v:":
        return False
    beside = [h for h, _ in random if h not in laws and depends(core, h, Target(factor[0], (), means=False))]
    return bool(beside) and all(_is_smooth(core, h) for h in beside)


def _is_smooth(core: Core, head: str) -> bool:
    """Whether a factor is a leaf, or a smooth function of polynomials in such."""
    info = core.heads.get(head)
    if info is None:
        return head[:2] in ("v:", "m:", "I:", "in")
    if info.kind == "call":
        return all(_inside_is_smooth(core, number) for number, *_ in core.calls[head].arguments)
    known = info.name in FUNCTIONS
    smooth = info.kind == "function" and (not known or (info.name in SMOOTH and not info.order))
    return smooth and _inside_is_smooth(core, info.inside)


def _inside_is_smooth(core: Core, number: int) -> bool:
    keys = core.poly(number)
    return all(isinstance(e, int) and e > 0 and _is_smooth(core, h) for key in keys for c, e in key for h, _ in c[0])


def _atoms(core: Core, random: list[Factor], laws: dict[str, Random]) -> list[Term]:
    """The means of the independent parts of a product: factors that share nothing random belong to different parts."""
    groups: list[tuple[set[str], list[Factor]]] = []
    for factor in random:
        own = {name for name in laws if name == factor[0] or depends(core, factor[0], Target(name, (), means=False))}
        joined = [g for g in groups if g[0] & own]
        groups = [g for g in groups if not g[0] & own]
        groups.append((own.union(*(g[0] for g in joined)), [f for g in joined for f in g[1]] + [factor]))
    return [Term(1, [f for _, group in groups for f in _atom(core, group).factors])]


def _atom(core: Core, group: list[Factor]) -> Term:
    number, slots = core.parametrise(core.normal([Term(1, group)]))
    head = f"E:{number}"
    if head not in core.heads:
        core.heads[head] = Head("mean", inside=number, arity=len(slots))
    return Term(1, [(head, slots)])


def _rebuilt(core: Core, head: str, info: Head, slots: tuple[Slot, ...], leaf: Leaf) -> list[Term]:
    """Substitution through a mean: the product is the same, or the mean is not decided."""
    inside = core.normal(transform(core, inside_terms(core, info, slots), leaf))
    if inside != core.normal(inside_terms(core, info, slots)):
        raise Undecided("substitution into the mean of a function")
    return [Term(1, [(head, slots)])]


REBUILT["mean"] = _rebuilt
