"""Total derivatives through a recurrence h[t] = F(h[t-1], ...), for a symbolic number of steps.

Two facts carry everything (both by induction on the later index s; ``J(s, t)`` is the Jacobian of h[s] by h[t]):

- ``J(t, t) = I``, ``J(s, t) = 0`` for s < t, ``J(s, t) = (dF_s/dh[s-1]) J(s-1, t)`` for s > t, hence
  ``J(s, u) J(u, t) = J(s, t)`` for s >= u >= t;
- the total derivative of h[s] by a parameter is the sum over ``t = first .. s`` of ``J(s, t)`` times the
  derivative of F_t with h[t-1] held fixed.

``J`` is the head ``t:<family>`` with slots (row, column, s, t).  May import ``everystep.algebra`` and the core.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from everystep.algebra.context import Context, Recurrence
from everystep.algebra.expressions import Apply
from everystep.calculus import products
from everystep.calculus.atoms import transform
from everystep.calculus.core import Core
from everystep.calculus.differentials import Target, derivative
from everystep.calculus.indices import (
    Slot,
    as_constant,
    constant,
    difference,
    shifted,
    slot_of,
    symbols_of,
    unpack,
)
from everystep.calculus.networks import Poly, Term, Undecided, at_value, delta
from everystep.calculus.whole_steps import follows

if TYPE_CHECKING:
    from everystep.calculus.lowering import Lowering


class Recurrences:
    """The recurrences of a context: their transition Jacobians and the folding of h[t]'s right side."""

    def __init__(self, core: Core, context: Context, lowering: Lowering) -> None:
        self.core = core
        self.lowering = lowering
        self.by_head: dict[str, Recurrence] = {f"m:{r.target.name}": r for r in context.recurrences}
        self.expand = False
        self._folds: dict[str, tuple[str, int, int, tuple[int, ...]]] | None = None
        self._first_order: dict[str, bool] = {}
        self._bodies: dict[object, Poly] = {}
        self._movers: dict[str, frozenset[str] | None] = {}
        for name, recurrence in self.by_head.items():
            rank = sum(1 for s in recurrence.target.shape if s != 1)
            size = tuple(slot_of(s) for s in recurrence.target.shape if s != 1)
            core.dimensions[f"t:{name[2:]}"] = size + size if rank == 1 else ()
        if self.by_head:
            core.add_rewriter(self.rewrite)

    # derivatives -------------------------------------------------------------------------------

    def target(self, head: str, slots: tuple[Slot, ...]) -> Target:
        """The target of a total derivative by a leaf."""
        if not self.by_head or (head[:2] == "m:" and f"m:{head[2:]}" not in self.by_head):
            moving = self._moving(head)
            if moving is None:
                return Target(head, slots)
        if head in self.by_head:
            moving = (self._moving(head) or frozenset()) | {head}
            return Target(
                "",
                (),
                lambda h, s: self._by_member(head, slots, h, s),
                lambda h: h in moving or (h[:2] == "t:" and f"m:{h[2:]}" in moving),
            )
        movers = self._moving(head)
        if not movers:
            return Target(head, slots)
        return Target(
            head,
            slots,
            lambda h, s: self._by_parameter(head, slots, h, s, movers),
            lambda h: h in movers or (h[:2] == "t:" and f"m:{h[2:]}" in movers),
        )

    def _moving(self, head: str) -> frozenset[str] | None:
        """The recurrent families that depend on a parameter, directly or through other families."""
        if head not in self._movers:
            self._movers[head] = self._closure(head)
        return self._movers[head]

    def _closure(self, head: str) -> frozenset[str] | None:
        """The families that move with one: whose recurrence mentions it, or mentions one that moves."""
        moving = {
            name
            for name, recurrence in self.by_head.items()
            if self._mentions(recurrence, head)
            or any(self.lowering.mentions(d.body, head) for d in self.lowering.families.get(name[2:], ()))
        }
        grown = True
        while grown:
            further = {
                name
                for name, recurrence in self.by_head.items()
                if name not in moving and any(self._mentions(recurrence, other) for other in moving)
            }
            grown = bool(further)
            moving |= further
        return frozenset(moving) or None

    def require_first_order(self, recurrence: Recurrence) -> None:
        """Raises Undecided unless the body mentions its own family at t - 1 only."""
        head = f"m:{recurrence.target.name}"
        known = self._first_order.get(head)
        if known is None:
            places: set[Slot] = set()

            def note(h: str, slots: tuple[Slot, ...]) -> None:
                if h == head:
                    places.add(slots[0])

            entries = tuple(f"#{k}" for k in range(self._rank(recurrence)))
            transform(self.core, self.body(recurrence, "#t", entries), note)
            known = self._first_order[head] = places <= {shifted("#t", -1)}
        if not known:
            raise Undecided(
                f"a total derivative through {recurrence.target.name}, which reaches back further than one step"
            )

    def _mentions(self, recurrence: Recurrence, head: str) -> bool:
        return self.lowering.mentions_directly(recurrence.body, head)

    @staticmethod
    def _rank(recurrence: Recurrence) -> int:
        return sum(1 for s in recurrence.target.shape if s != 1)

    def body(self, recurrence: Recurrence, at: Slot, entries: tuple[Slot, ...]) -> list[Term]:
        """F at one index, entry by entry, with the right side never folded."""
        # At a number the definitions of single members (h_0 := 0) count: it is lowered there, else once for all t.
        time = at if as_constant(at) is not None else "#t"
        kept_free = (frozenset(self.lowering.frozen), tuple(self.lowering.renamed))
        key = (recurrence.target.name, time, kept_free, self.core.hypotheses)
        poly = self._bodies.get(key)
        if poly is None:
            names = tuple(f"#e{k}" for k in range(len(entries)))
            row, column = self.lowering.split(recurrence.target.shape, names)
            with self.without_folding():
                symbol = str(recurrence.target.at[0])
                poly = self.core.normal(self.lowering.terms(recurrence.body, row, column, {symbol: time}))
            self._bodies[key] = poly
        mapping: dict[str, Slot] = {"#t": at} | {f"#e{k}": s for k, s in enumerate(entries)}
        return self.core.terms(poly, mapping)

    def _by_member(self, head: str, target: tuple[Slot, ...], h: str, slots: tuple[Slot, ...]) -> list[Term] | None:
        """The derivative of one family's member by another's: a transition Jacobian of its own family, 0 for one that
        does not move with it. Fails for coupled recurrences and second derivatives.
        """
        if h == head:
            at, *entries = slots
            origin, *by = target
            if at == origin:  # the variable itself, also where the body of its recurrence has such a derivative
                sizes = self.core.dimensions.get(head, ())
                pairs = zip(sizes, entries, by, strict=True)
                return [Term(1, [(delta(size), (a, b)) for size, a, b in pairs])]
            self.require_first_order(self.by_head[h])
            if len(entries) > 1:
                raise Undecided("a total derivative of a family of matrices")
            return [Term(1, [(f"t:{head[2:]}", (*entries, *by, at, origin))])]
        if h in self.by_head:
            if h in (self._moving(head) or ()):
                raise Undecided("a total derivative through coupled recurrences")
            return []
        if h[:2] == "t:":
            raise Undecided("a second derivative through a recurrence")
        return None

    def _by_parameter(
        self,
        head: str,
        target: tuple[Slot, ...],
        h: str,
        slots: tuple[Slot, ...],
        movers: frozenset[str],
    ) -> list[Term] | None:
        """dh[s] = sum over t = first .. s of J(s, t) dF_t, with F_t differentiated at fixed h[t-1]."""
        if h[:2] == "t:" and f"m:{h[2:]}" in movers:
            raise Undecided("a second derivative through a recurrence")
        if h not in movers:
            return None
        recurrence = self.by_head[h]
        self.require_first_order(recurrence)
        start = self.lowering.defined_member(h[2:], (constant(recurrence.first - 1),))
        if start is not None and self.lowering.mentions(start[0], head):
            raise Undecided("a total derivative through a recurrence whose start depends on the variable")
        if any(other != h and self._mentions(recurrence, other) for other in movers):
            raise Undecided("a total derivative through coupled recurrences")
        at, *entries = slots
        if len(entries) > 1:
            raise Undecided("a total derivative of a family of matrices")
        last = as_constant(at)
        if last is not None:
            times: list[tuple[Slot, dict[str, tuple[Slot, Slot]]]] = [
                (constant(s), {}) for s in range(recurrence.first, last + 1)
            ]
        else:
            time = self.core.fresh()
            times = [(time, {time: (constant(recurrence.first), at)})]
        result: list[Term] = []
        for moment, range_ in times:
            bound = dict(range_)
            inner: tuple[Slot, ...] = ()
            if entries:
                name = self.core.fresh()
                inner = (name,)
                bound[name] = (constant(1), slot_of(recurrence.target.shape[0]))
            transition = Term(1, [(f"t:{h[2:]}", (*entries, *inner, at, moment))], None, bound)
            immediate = derivative(self.core, self.body(recurrence, moment, inner), Target(head, target))
            result += [transition.times(t) for t in immediate]
        return result

    def step_jacobian(
        self, recurrence: Recurrence, at: Slot, row: tuple[Slot, ...], column: tuple[Slot, ...]
    ) -> list[Term]:
        """dF_at/dh[at - 1]."""
        head = f"m:{recurrence.target.name}"
        return derivative(self.core, self.body(recurrence, at, row), Target(head, (shifted(at, -1), *column)))

    def as_product(self, head: str, slots: tuple[Slot, ...]) -> list[Term] | None:
        """J(s, t) = (dF_s/dh[s-1]) ... (dF_{t+1}/dh[t]), the latest step on the left, where s >= t is known."""
        if head[:2] != "t:":
            return None
        *entries, late, early = slots
        recurrence = self.by_head[f"m:{head[2:]}"]
        after = shifted(early, 1)
        known = self.core.integers.at_least
        if not known(late, early) or not known(after, constant(recurrence.first)):
            return None
        index = products.new_index(self.core)
        row, column = (("#r",), ("#c",)) if entries else ((), ())
        step = self.core.normal(self.step_jacobian(recurrence, index, row, column))
        if not entries:
            return products.number_product(self.core, step, index, after, late)
        size = slot_of(recurrence.target.shape[0])
        ends = (entries[0], entries[1])
        return products.matrix_product(self.core, step, index, size, (after, late), ends, rising=False)

    # rewriting ---------------------------------------------------------------------------------

    def rewrite(self, term: Term) -> list[Term] | None:
        """J(t,t) = I, J(s,t) = 0 for s < t, clipped sums, J J = J, folding; with ``expand`` also one step of J."""
        for position, (head, slots) in enumerate(term.factors):
            if head[:2] == "t:":
                done = self._transition(term, position, head, slots)
                if done is not None:
                    return done
            elif head[:2] == "f:" and self.by_head and self.core.hypotheses:
                done = self._fold(term, position, head, slots)
                if done is not None:
                    return done
        return None

    def _known(self, term: Term, a: Slot, b: Slot) -> bool:
        """Whether a >= b is known, using the ranges of the summed indices."""
        return follows(self.core, term, a, b)

    def _transition(self, term: Term, position: int, head: str, slots: tuple[Slot, ...]) -> list[Term] | None:
        """J[late, early]: I if they are equal, 0 where late < early is known, otherwise composed or taken apart."""
        *entries, late, early = slots
        gap = difference(late, early)
        value = as_constant(gap)
        rest = Term(
            term.coefficient,
            term.factors[:position] + term.factors[position + 1 :],
            term.scalars,
            term.bound,
        )
        if value == 0:
            if not entries:
                return [rest]
            size = slot_of(self.by_head[f"m:{head[2:]}"].target.shape[0])
            return [rest.times(Term(1, [(delta(size), tuple(entries))]))]
        if self._known(term, early, shifted(late, 1)):
            return []
        clipped = self._clipped(term, late, early)
        if clipped is not None:
            return clipped
        composed = self._composed(term, position, head, slots)
        if composed is not None:
            return composed
        if self.expand:
            return self._expanded(rest, term, head, slots)
        return None

    def _clipped(self, term: Term, late: Slot, early: Slot) -> list[Term] | None:
        """Summed indices start where J stops being 0."""
        if isinstance(late, str) and late in term.bound:
            low, high = term.bound[late]
            if (
                low != early
                and late not in symbols_of(early)
                and self._known(term, early, low)
                and self._known(term, shifted(high, 1), early)
            ):
                return [
                    Term(
                        term.coefficient,
                        term.factors,
                        term.scalars,
                        {**term.bound, late: (early, high)},
                    )
                ]
        if isinstance(early, str) and early in term.bound:
            low, high = term.bound[early]
            if isinstance(late, str) and late in term.bound:
                # Both summed: the later one begins at the earlier one, so the earlier one need not end at it.
                start, stop = term.bound[late]
                if high == late and start == early and early not in symbols_of(stop):
                    return [
                        Term(
                            term.coefficient,
                            term.factors,
                            term.scalars,
                            {**term.bound, early: (low, stop)},
                        )
                    ]
                if high == late and early not in symbols_of(stop) and self._known(term, early, start):
                    bound = {**term.bound, early: (low, stop), late: (early, stop)}
                    return [Term(term.coefficient, term.factors, term.scalars, bound)]
            elif (
                high != late
                and early not in symbols_of(late)
                and self._known(term, high, late)
                and self._known(term, late, shifted(low, -1))
            ):
                return [
                    Term(
                        term.coefficient,
                        term.factors,
                        term.scalars,
                        {**term.bound, early: (low, late)},
                    )
                ]
        return None

    def _composed(self, term: Term, position: int, head: str, slots: tuple[Slot, ...]) -> list[Term] | None:
        """J(s, u) J(u, t) = J(s, t) where s >= u >= t."""
        *entries, late, early = slots
        for other, (h, ss) in enumerate(term.factors):
            if h != head or other == position:
                continue
            *inner, later, middle = ss
            if middle != late or not self._known(term, later, middle) or not self._known(term, late, early):
                continue
            if entries:
                joint = inner[1]
                if joint != entries[0] or joint not in term.bound or _occurrences(term, joint) != 2:
                    continue
                ends: tuple[Slot, ...] = (inner[0], entries[1])
                bound = {n: r for n, r in term.bound.items() if n != joint}
            else:
                ends = ()
                bound = term.bound
            factors = [f for k, f in enumerate(term.factors) if k not in (position, other)]
            return [Term(term.coefficient, [*factors, (head, (*ends, later, early))], term.scalars, bound)]
        return None

    def _expanded(self, rest: Term, term: Term, head: str, slots: tuple[Slot, ...]) -> list[Term] | None:
        """J(s, t) = J(s, t+1) dF_{t+1}/dh[t] where s >= t + 1 is known."""
        *entries, late, early = slots
        if not self._known(term, late, shifted(early, 1)):
            return self._split(term, late, early)
        recurrence = self.by_head[f"m:{head[2:]}"]
        after = shifted(early, 1)
        if not self._known(term, after, constant(recurrence.first)):
            return None
        if entries:
            name = self.core.fresh()
            bound: dict[str, tuple[Slot, Slot]] = {name: (constant(1), slot_of(recurrence.target.shape[0]))}
            front = Term(1, [(head, (entries[0], name, late, after))], None, bound)
            step = self.step_jacobian(recurrence, after, (name,), (entries[1],))
        else:
            front = Term(1, [(head, (late, after))])
            step = self.step_jacobian(recurrence, after, (), ())
        return [rest.times(front).times(t) for t in step]

    def _split(self, term: Term, late: Slot, early: Slot) -> list[Term] | None:
        """Take the first term, s = t, out of a sum over s >= t that surely has more."""
        if not isinstance(late, str) or late not in term.bound:
            return None
        low, high = term.bound[late]
        if low != early or not self._known(term, high, shifted(low, 1)):
            return None
        first = at_value(term, late, low)
        return [
            first,
            Term(
                term.coefficient,
                term.factors,
                term.scalars,
                {**term.bound, late: (shifted(low, 1), high)},
            ),
        ]

    # folding -----------------------------------------------------------------------------------

    @contextmanager
    def without_folding(self) -> Iterator[None]:
        """Right sides stay as they are meanwhile."""
        folding, self._folds = self._folds, {}
        try:
            yield
        finally:
            self._folds = folding

    def folds(self) -> dict[str, tuple[str, int, int, tuple[int, ...]]]:
        """For each recurrence whose right side is one function atom: head -> (family, time position, offset,
        entry positions).
        """
        if self._folds is None:
            self._folds = {}
            found = {}
            for name, recurrence in self.by_head.items():
                if not isinstance(recurrence.body, Apply):
                    continue
                entries = tuple(f"#e{k}" for k in range(self._rank(recurrence)))
                terms = self.body(recurrence, "#t", entries)
                if len(terms) != 1 or len(terms[0].factors) != 1 or terms[0].coefficient != 1 or terms[0].scalars:
                    continue
                head, slots = terms[0].factors[0]
                times = [k for k, s in enumerate(slots) if "#t" in symbols_of(s)]
                places = tuple(slots.index(e) for e in entries if e in slots)
                if len(times) == 1 and len(places) == len(entries) and len(slots) == 1 + len(entries):
                    found[head] = (name, times[0], unpack(slots[times[0]])[0], places)
            self._folds = found
        return self._folds

    def _fold(self, term: Term, position: int, head: str, slots: tuple[Slot, ...]) -> list[Term] | None:
        """The right side of a recurrence at t, recognised, is h[t]."""
        fold = self.folds().get(head)
        if fold is None:
            return None
        name, time, offset, places = fold
        at = shifted(slots[time], -offset)
        if not self._known(term, at, constant(self.by_head[name].first)):
            return None
        member = (name, (at, *(slots[k] for k in places)))
        factors = [f for k, f in enumerate(term.factors) if k != position]
        return [Term(term.coefficient, [*factors, member], term.scalars, term.bound)]


def _occurrences(term: Term, name: Slot) -> int:
    return sum(slots.count(name) for _, slots in term.factors)
