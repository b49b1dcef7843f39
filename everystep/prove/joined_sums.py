"""Sums of one body over neighbouring ranges, joined: ``sum_a^b f + sum_(b+1)^c f`` is ``sum_a^c f``.

May import the core only.
"""

from __future__ import annotations

from fractions import Fraction

from everystep.calculus.core import Core
from everystep.calculus.indices import (
    Slot,
    as_constant,
    difference,
    shifted,
    slot_key,
    substitute,
    symbols_of,
    unpack,
)
from everystep.calculus.networks import Key, Poly, Term


class JoinedSums:
    """The part of :class:`everystep.prove.normal_form.NormalForm` that joins sums over an index."""

    core: Core

    def joined(self, poly: Poly) -> Poly:
        """Sums of one body over different ranges: sum_a^b f = F(b) - F(a-1), and F(e + c) - F(e) is c terms of f.

        Ends that are left over in a pair become one sum again.  A range may depend on one outer summed index,
        which then has to run over the same range in every member of the group.
        """
        # A sum over a whole dimension has a partner only where there is a sum over a part of one.
        every = any(not _whole(self.core, low, high) for key in poly for c, _ in key for _, low, high in c[1])
        groups: dict[tuple[Key, str], list[tuple[Key, Slot, Slot]]] = {}
        outer: dict[tuple[Key, str], tuple[Slot, Slot] | None] = {}
        for key in poly:
            for term, name in _ranged(self.core, key, every):
                low, high = term.bound.pop(name)
                around = {s for s in (*symbols_of(low), *symbols_of(high)) if s in term.bound}
                if len(around) > 1:
                    continue
                mapping: dict[str, Slot] = {name: "#s"}
                range_ = None
                for other in around:
                    mapping[other] = "#u"
                    range_ = term.bound.pop(other)
                body = self.core.normal([_renamed_term(term, mapping)])
                if len(body) == 1 and next(iter(body.values())) == 1:
                    ((body_key, _),) = body.items()
                    group = (body_key, repr(range_))
                    outer[group] = range_
                    ends = (substitute(low, mapping), substitute(high, mapping))
                    groups.setdefault(group, []).append((key, *ends))
        for group, members in groups.items():
            keys = {key for key, _, _ in members}
            if len({(slot_key(a), slot_key(b)) for _, a, b in members}) < 2 or len(keys) != len(members):
                continue
            terms = self._joined_group(poly, group[0], outer[group], members)
            if terms is not None:
                rest = {k: c for k, c in poly.items() if k not in keys}
                return self.joined(self.core.normal([*self.core.terms(rest), *terms]))
        return poly

    def _joined_group(
        self,
        poly: Poly,
        body: Key,
        outer: tuple[Slot, Slot] | None,
        members: list[tuple[Key, Slot, Slot]],
    ) -> list[Term] | None:
        """Sums of one body as one sum from the least to the largest limit: each is a difference of one antiderivative.

        None where the limits cannot be ordered by what is known.
        """
        ends: dict[str, list[tuple[Slot, int | Fraction]]] = {}
        for key, low, high in members:
            for slot, sign in ((high, 1), (shifted(low, -1), -1)):
                ends.setdefault(str(unpack(slot)[1]), []).append((slot, sign * poly[key]))
        name = self.core.fresh()
        bound = {name: outer} if outer is not None else {}
        facts = [difference("#u", outer[0]), difference(outer[1], "#u")] if outer is not None else []
        integers = self.core.integers.with_facts(facts)
        terms: list[Term] = []
        left: list[tuple[Slot, int | Fraction]] = []

        def placed(at: Slot, coefficient: int | Fraction, extra: dict[str, tuple[Slot, Slot]]) -> Term:
            term = self.core.term(body, coefficient, {"#s": substitute(at, {"#u": name}), "#u": name})
            return Term(term.coefficient, term.factors, term.scalars, {**term.bound, **bound, **extra})

        for group in ends.values():
            base = min(unpack(slot)[0] for slot, _ in group)
            for slot, coefficient in group:
                terms.extend(placed(shifted(slot, -back), coefficient, {}) for back in range(unpack(slot)[0] - base))
            total = sum(c for _, c in group)
            if total:
                left.append((shifted(group[0][0], base - unpack(group[0][0])[0]), total))
        if len(left) == 2 and len(members) > 1 and left[0][1] == -left[1][1]:
            (a, ca), (b, cb) = left
            if not integers.at_least(a, b):
                (a, ca), (b, cb) = (b, cb), (a, ca)
            if not integers.at_least(a, b):
                return None
            index = self.core.fresh()
            names: dict[str, Slot] = {"#u": name}
            range_ = (substitute(shifted(b, 1), names), substitute(a, names))
            terms.append(placed(index, ca, {index: range_}))
        elif left:
            return None
        return terms


def _renamed_term(term: Term, mapping: dict[str, Slot]) -> Term:
    return Term(
        1,
        [(h, tuple(substitute(s, mapping) for s in ss)) for h, ss in term.factors],
        term.scalars,
        {n: (substitute(a, mapping), substitute(b, mapping)) for n, (a, b) in term.bound.items()},
    )


def _whole(core: Core, low: Slot, high: Slot) -> bool:
    """Whether a range is that of a dimension: from 1 to a size."""
    return as_constant(low) == 1 and isinstance(high, str) and high in core.integers.sizes


def _ranged(core: Core, key: Key, every: bool) -> list[tuple[Term, str]]:
    """The monomial opened at each summed index, or only at those that run over an index of a family."""
    probe = core.term(key)
    shown: set[str] = set()  # in a position such as t + 1, or as the index of a family
    if not every:
        for head, slots in probe.factors:
            for place, slot in enumerate(slots):
                if not isinstance(slot, str) or (not place and head[:2] in ("m:", "w:")):
                    shown.update(symbols_of(slot))
    names = [name for name, (low, high) in probe.bound.items() if every or not _whole(core, low, high) or name in shown]
    return [(Term(1, probe.factors, probe.scalars, dict(probe.bound)), name) for name in names]
