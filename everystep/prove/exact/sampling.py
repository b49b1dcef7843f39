"""Instances of a realistic size that meet the hypotheses, for checks in floating point.

The same sampler as that of the trials draws them; the sizes are larger and differ from each other, so that no formula
holds because two of them happen to be equal, and the values are moderate and never zero.  May import
``everystep.algebra``, ``everystep.derivation`` and this package only.
"""

from __future__ import annotations

from flint import ctx

from everystep.algebra.context import Context, Hypothesis, Predicate, Relation
from everystep.algebra.shapes import integer
from everystep.derivation import Induction
from everystep.prove.exact.arithmetic import BALLS, RATIONALS
from everystep.prove.exact.errors import Inadmissible, Inconclusive, NeedsReals, Stopped, TooLarge
from everystep.prove.exact.evaluator import Cell
from everystep.prove.exact.instances import MODERATE, MODERATE_POSITIVE, Instance
from everystep.prove.exact.integers import compiled
from everystep.prove.exact.sizes import EXTENT, Pattern, Sizes
from everystep.prove.exact.trials import PRECISIONS, Case
from everystep.records import dataclass

PATTERNS: tuple[Pattern, ...] = (
    ((7, 5, 9, 6, 11, 8), (5, 2, 3), (2, 3, 4)),
    ((5, 7, 6, 9, 8, 11), (5, 2, 3), (3, 2, 4)),
    ((5, 8, 11, 6, 9, 7), (6, 3, 2), (2, 1, 3)),
)
"""Wanted sizes: extents of matrices from 5 to 40, lengths and indices; one of them meets most orders of sizes."""

_ATTEMPTS = 5


@dataclass(frozen=True)
class Drawn:
    """An instance; ``sizes`` are those of all sizes and indices of the claim, ``hypotheses`` those that it meets."""

    sizes: Sizes
    seed: int
    instance: Instance
    hypotheses: tuple[Hypothesis, ...]

    def entries(self, cell: Cell, rows: int, columns: int) -> list[float]:
        """The value of a name that is free, row by row; raises Stopped where there is none."""
        name, at = cell
        for ring in (RATIONALS, BALLS):
            try:
                with ctx.workprec(PRECISIONS[0]):
                    value = self.instance.evaluator(ring).lookup(
                        name, at, compiled(integer(rows)), compiled(integer(columns))
                    )
                break
            except NeedsReals:
                if ring is BALLS:
                    raise
        if (value.rows, value.columns) != (rows, columns):
            raise Inadmissible(f"{name} has the shape {value.rows} x {value.columns}")
        entries = value.base.entries()
        return [int(x.p) / int(x.q) if ring is RATIONALS else float(x.mid()) for x in entries]


def draw(
    claim: Relation | Predicate,
    context: Context,
    *,
    by: Induction | None = None,
    seed: int = 0,
    positive: bool = False,
) -> Drawn:
    """An instance of a realistic size for a claim; raises Stopped where none was found.

    ``positive``: what is free is positive, also at the first attempt.
    """
    case = Case.of(claim, context, {} if by is None else {str(by.index): by.start}, judged=False)
    choices = realistic_sizes(case)
    failure: Stopped = Inadmissible("no sizes meet the hypotheses")
    for attempt in range(_ATTEMPTS if choices else 0):
        # Some hypotheses hold for an order of the sizes only, or where no number is negative.
        sizes = choices[attempt % len(choices)]
        style = MODERATE_POSITIVE if positive or attempt >= len(choices) else MODERATE
        number = _ATTEMPTS * seed + attempt
        try:
            instance = case.instance(sizes, number, RATIONALS, style)
        except (Inadmissible, Inconclusive, TooLarge) as error:
            failure = error
            continue
        return Drawn(sizes, number, instance, tuple(h.hypothesis for h in case.hypotheses))
    raise failure


def realistic_sizes(case: Case) -> list[Sizes]:
    """Admissible sizes near the patterns; extents differ wherever the hypotheses let them."""
    space = case.space
    extents = [name for name, kind in zip(space.names, space.kinds, strict=True) if kind == EXTENT]

    def differ(sizes: Sizes) -> bool:
        return len({sizes[name] for name in extents}) == len(extents)

    found: list[Sizes] = []
    for pattern in PATTERNS:
        sizes = space.chosen(pattern, only=differ)
        if sizes is not None and sizes not in found:
            found.append(sizes)
    if found:
        return found
    sizes = space.chosen(PATTERNS[0])
    return [] if sizes is None else [sizes]
