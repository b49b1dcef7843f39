"""Judges the steps of a statement: what is claimed, under which conditions, and what is reported of it.

May import the engine.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from time import perf_counter

from everystep.algebra import expressions as ex
from everystep.algebra.conditioning import is_conditional
from everystep.algebra.context import Context, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Expression, Num, Var
from everystep.algebra.shapes import ShapeError
from everystep.derivation import Claim
from everystep.documents.argument_letters import as_arguments
from everystep.documents.circle import refuted_at_pi
from everystep.documents.claims import (
    Judge,
    Minimiser,
    Part,
    is_constant,
    is_factor,
    is_remainder,
    judged,
    minimises,
    remainder,
)
from everystep.documents.coupled import for_derivatives
from everystep.documents.data import in_motion, with_data_given
from everystep.documents.decomposed import looked_at, with_implied, with_rules
from everystep.documents.doubting import Side
from everystep.documents.entries import counted_as_entries, with_fitting_indices
from everystep.documents.fixed_indices import inputs_begun, places_fixed, sums_begun, with_equal_indices
from everystep.documents.folded import folded
from everystep.documents.joint import crossed, has_noise, jointly, says_uncorrelated
from everystep.documents.looking import DEFECTS, LOOKS
from everystep.documents.loosened import loosened
from everystep.documents.matrix_roots import with_roots_tied, with_roots_varied
from everystep.documents.options import Describe
from everystep.documents.readings import Read, Readings
from everystep.documents.relevance import relevant
from everystep.documents.result import StepReport
from everystep.documents.roots import with_roots
from everystep.documents.solved_names import name_solved, with_names_solved
from everystep.documents.spoken import (
    DERIVATIVES,
    Uses,
    equal_sizes,
    free_function,
    free_name,
    guessed_by,
    guessed_within,
    index_ranges,
    is_stationarity,
    is_zero,
    order_meant,
    positions_derived,
    ranges_of_the_chain,
    sign_shown,
    slopes_at,
    tied_by_an_equation,
    together,
    undeclared_side,
    unstated,
)
from everystep.documents.starts import with_starts_defined
from everystep.documents.summed_conditions import summed
from everystep.documents.unit_vectors import with_unit_vectors
from everystep.prove.descending import Descending, counted_upwards
from everystep.prove.verdict import Status, Verdict
from everystep.reader.givings import display_sentence
from everystep.reader.implicit_equations import governs, is_implicit
from everystep.reader.marks import plain_text
from everystep.reader.points import with_points
from everystep.reader.scope import Scope
from everystep.reader.source import Display, Trouble
from everystep.reader.statements import Statement
from everystep.reader.stationarity import is_slope, speaks_of_zero
from everystep.reader.trees import Unreadable, latex_of, name_of, split, stripped
from everystep.reader.upstream import doubt_loss
from everystep.reader.values import Values

MOST_KNOWN = 4
"""Equations that have been proved and are kept."""
MENDED = "the right side does equal the beginning of the chain: the mistake is in a step before"
OTHERWISE = ({Status.PROVED, Status.REFUTED}, {Status.TESTED, Status.REFUTED})
"""Verdicts of two readings of which one says that the author is wrong, and the other does not."""


class Judging(Readings):
    """The part of the checker that judges the steps of a statement."""

    def _lost(self, trouble: Trouble) -> None:
        """Mathematics that was given up is a step that cannot be read: nothing is left out of the report."""
        statement = Statement([[], []], ["="])
        end = Display("", (), trouble.place, trouble.place)
        self._report(statement, 0, end, Verdict(Status.UNREADABLE, "reader", trouble.message))

    def _unreadable(self, statement: Statement, k: int, error: Exception, display: Display) -> None:
        place = getattr(error, "place", None)
        message = getattr(error, "message", str(error))
        if place is not None:
            message = f"{message} (line {place.line}, column {place.column})"
        if k == 0 and statement.relations[0] in ("=", ":="):
            doubt_loss(self.problem.scope, tuple(statement.sides[0]), tuple(statement.sides[1]))
        self._report(statement, k, display, Verdict(Status.UNREADABLE, "reader", message))

    # steps -----------------------------------------------------------------------------------------

    def _steps(
        self,
        statement: Statement,
        sides: list[Side],
        uses: list[Uses],
        values: Values,
        scope: Scope,
        first: int,
        display: Display,
    ) -> None:
        related = self._related(sides, values)
        hypotheses = [*self.problem.consequence] if statement.leads else []
        kept = [] if statement.leads else [*self.problem.consequence]  # further premises of the same arrow
        drawn: list[Hypothesis] = []
        broken = False  # whether a step of the chain is refuted
        plain = Read(values, scope, related)
        for k in range(first, len(statement.relations)):
            values, scope, related = plain
            self.step_end = perf_counter() + LOOKS * self.options.budget
            op = statement.relations[k]
            if op == ":=" and k > 0:
                continue  # a definition of the side before
            if statement.unclear:
                words_ = f"the words {statement.unclear!r} may change what is said"
                self._unreadable(statement, k, Unreadable(words_, statement.place), display)
                continue
            if statement.leads == "<==":
                arrow = "an implication to the left: write it with \\Rightarrow"
                self._unreadable(statement, k, Unreadable(arrow, statement.place), display)
                continue
            powers = self._with_powers(statement, k, plain, display)
            if isinstance(powers, Unreadable):
                self._unreadable(statement, k, powers, display)
                continue
            values, scope, related = powers
            left, right = related[k], related[k + 1]
            unclear = self._unclear(statement, k, (left, right), scope)
            if unclear:
                self._unreadable(statement, k, Unreadable(unclear, statement.place), display)
                continue
            ranges = index_ranges(uses[k], uses[k + 1], values)
            ranges += (r for r in ranges_of_the_chain(uses, (left, right), values) if r not in ranges)
            premises = slopes_at((left, right), (*hypotheses, *scope.context.hypotheses))
            positions = positions_derived((left, right, *premises), scope.context.given(*hypotheses))
            ranges += (r for r in (positions[0] if len(positions) == 1 else ()) if r not in ranges)
            special = self._special(statement, k, left, right, values, (*hypotheses, *ranges), scope)
            if special is not None:
                doubt = self._doubt(statement, k, scope) if special.status.is_wrong else None
                if doubt is not None:
                    self._unreadable(statement, k, doubt, display)
                else:
                    self._report(statement, k, display, special)
                continue
            claim = self._claim(left, op, right, values, statement, k)
            if isinstance(claim, Unreadable):
                self._unreadable(statement, k, claim, display)
                continue
            if k == 0 and isinstance(claim, Relation) and claim.op == "=" and is_slope(claim.left, scope.context):
                shown, slopes = self.problem.slopes
                slopes = slopes if shown >= scope.displays - 1 else ()
                if not any(slope in ex.walk(claim.left) for slope in slopes):  # a second derivative is not set to zero
                    self.problem.slopes = scope.displays, (*slopes, claim.left)
            context = scope.context.given(*values.assumed, *hypotheses, *ranges)
            context = replace(context, definitions=context.definitions + tuple(values.defined))
            context = with_names_solved(with_roots_tied(claim, context), self.problem.solved)
            context = with_rules(claim, context, scope)
            begun = (*inputs_begun(claim, context), *sums_begun(claim, context))
            context = context.given(*places_fixed(claim, context), *begun)
            claim = with_equal_indices(claim, context)
            try:
                claim = in_motion(claim, context, scope.names)
                claim, context = for_derivatives(claim, with_roots(context, scope.constants), scope.between)
                claim, context = folded(with_roots_varied(claim, context), context)
                context = with_implied(with_data_given(claim, context), scope)
            except Unreadable as error:
                self._unreadable(statement, k, Unreadable(error.message, statement.place), display)
                continue
            conditional = is_conditional(claim, context)
            crossing = () if conditional else crossed(context, scope.independent)
            if crossing:  # nothing here may take them for independent
                context = replace(context, hypotheses=tuple(h for h in context.hypotheses if h not in crossing))
            sufficient = bool(self.problem.made_zero) and k == first == 0 and not statement.leads
            verdict = (self._sufficing if sufficient else self._judged_at_first)(claim, context)
            verdict = self._not_by_zero_alone(verdict, claim, context, scope)
            several = positions if len(positions) > 1 else []
            within = (self._judged(claim, context.given(*ends)) for ends in several)
            if verdict.status is Status.REFUTED and any(v.status is not Status.REFUTED for v in within):
                verdict = Verdict(Status.TESTED, "none", "not decided: it holds at some of the positions in the sum")
            started = with_starts_defined(context)
            unproved = verdict.status is Status.TESTED and verdict.message.startswith("no proof found")
            if unproved and started != context and self._judged(claim, started).status is Status.PROVED:
                context, unproved, verdict = started, False, self._judged(claim, started)
            if unproved:
                verdict = self._with_lemmas(claim, context, verdict)
            order = order_meant(claim, context) if verdict.status is Status.REFUTED else []
            if order:
                verdict = self._judged(claim, context.given(*order))
                if verdict.status is Status.PROVED:
                    said = "it holds where no exponent is negative, which is not said"
                    verdict = Verdict(Status.TESTED, "none", f"not decided: {said}")
            if scope.decompositions or scope.pairs:
                again = partial(self._elsewhere, statement, k, display, (*hypotheses, *ranges))
                verdict = looked_at(claim, context, verdict, scope, again, self._checked)
            if verdict.status is Status.REFUTED and not self._is_free_of_pi(claim, context):
                unsure = Verdict(Status.TESTED, "none", "not decided: it depends on the value of pi")
                verdict = refuted_at_pi(claim, context, self._judged) or unsure
            if verdict.status is Status.ILL_TYPED and values.wholes and self._fits_as_rows(claim, context):
                name = min(values.wholes)
                self._unreadable(
                    statement, k, Unreadable(f"{name} has an index: write {name}_t", statement.place), display
                )
                continue
            counted = counted_as_entries(claim, scope) if verdict.status is Status.ILL_TYPED else claim
            if counted != claim:
                claim, verdict = counted, self._judged(counted, context)
            plain_scope = as_arguments(statement, k, scope) if verdict.status is Status.ILL_TYPED else None
            of_numbers = (
                self._read_anew(statement, k, plain_scope, display, (*hypotheses, *ranges)) if plain_scope else None
            )
            if of_numbers is not None:
                claim, context = of_numbers
                verdict = self._judged(claim, context)
                if verdict.status is not Status.PROVED:
                    letters = "a letter is the argument of a function of numbers, and a vector in an earlier section"
                    self._unreadable(statement, k, Unreadable(f"two readings: {letters}", statement.place), display)
                    continue
            entry = self._read_as_entries(claim, context, scope) if verdict.status.is_wrong else ""
            if entry:
                both = f"{entry} with an index is one of several {entry}, or an entry of the vector {entry}"
                self._unreadable(statement, k, Unreadable(f"two readings: {both}", statement.place), display)
                continue
            units = with_unit_vectors(claim, context) if verdict.status is Status.REFUTED else None
            if units is not None and not self._judged(*units).status.is_wrong:
                both = "e_i are any vectors, or the unit vectors? write (e_i)_k = \\delta_{ik}"
                self._unreadable(statement, k, Unreadable(f"two readings: {both}", statement.place), display)
                continue
            if values.stops_at_bracket and isinstance(claim, Relation):
                further = replace(scope.copy(), reaches_over_brackets=True)
                wide = self._read_anew(statement, k, further, display, (*hypotheses, *ranges))
                if wide is not None:
                    far = self._judged(*wide)
                    if verdict.status is Status.ILL_TYPED:
                        (claim, context), verdict = wide, far  # if one reading fits, it is this one
                    elif {verdict.status, far.status} in OTHERWISE:
                        reach = "two readings: does the derivative reach over what stands behind the bracket?"
                        self._unreadable(statement, k, Unreadable(f"{reach} write brackets", statement.place), display)
                        continue
            if values.bars_of_vector and verdict.status is not Status.TESTED:
                entries = replace(scope.copy(), bars_by_entry=True)
                narrow = self._read_anew(statement, k, entries, display, (*hypotheses, *ranges))
                by_entry = Status.ILL_TYPED if narrow is None else self._judged(*narrow).status
                if narrow is not None and verdict.status is Status.ILL_TYPED:
                    (claim, context), verdict = narrow, self._judged(*narrow)  # if one reading fits, it is this one
                elif {verdict.status, by_entry} in OTHERWISE:
                    bars = "two readings: do the bars of a vector stand for its length, or for those of its entries?"
                    self._unreadable(statement, k, Unreadable(bars, statement.place), display)
                    continue
            last = k == len(statement.relations) - 1
            if statement.leads == "<=>" and verdict.status is Status.PROVED:
                verdict = self._converse(verdict, claim, scope.context.given(*values.assumed, *ranges))
            if verdict.status in (Status.PROVED, Status.REFUTED):
                other = tied_by_an_equation(claim, context, self.problem.scope.constraints)
                if verdict.status is Status.PROVED:
                    other = other or self._varies_too(claim, context, scope)
                if other:
                    self._unreadable(statement, k, Unreadable(f"two readings: {other}", statement.place), display)
                    continue
            if verdict.status in (Status.PROVED, Status.REFUTED, Status.TESTED):
                pair = together(claim, context, scope)
                silent = self.dependence is not None and not self.dependence.bears_on(display.place.line)
                if conditional and not silent and not scope.independent and verdict.status is Status.REFUTED:
                    pair = "the law that all have together"
                if pair.endswith(" are independent") or (crossing and verdict.status is not Status.PROVED):
                    told = context.given(*crossing)
                    certain = silent and not says_uncorrelated(claim)
                    if verdict.status is not Status.REFUTED and has_noise(claim, told):
                        certain = False
                    joint = jointly(claim, told, scope.independent, self._judged, certain)
                    if joint is not None:
                        (verdict, context), pair = joint, ""
                    elif not pair and set(crossing) & set(relevant(told, claim).hypotheses):
                        pair = "the law that random quantities have together"
                if pair and verdict.status is not Status.TESTED:
                    self._unreadable(statement, k, Unreadable(unstated(pair), statement.place), display)
                    continue
            read = [side for side in related if isinstance(side, Expression)]
            derived = any(isinstance(node, DERIVATIVES) for side in read for node in ex.walk(side))
            about_zero = derived or speaks_of_zero(display.prose)
            sought = isinstance(claim, Relation) and is_stationarity(claim)  # whatever else is said of the function
            sought = sought and self._is_condition(statement, k, last, claim, verdict, about_zero)
            verdict = with_fitting_indices(verdict, claim)
            shapes = verdict.status is Status.ILL_TYPED  # which no property of a name changes
            doubt = self._doubt(statement, k, scope, shapes) if verdict.status.is_wrong and not sought else None
            equal = equal_sizes(context) if verdict.status is Status.ILL_TYPED and doubt is None else ""
            if equal:
                doubt = Unreadable(f"not judged: {equal}, and shapes are those of letters: write one", statement.place)
            if doubt is None and verdict.status is Status.REFUTED:
                behind = self.following.get(id(display), "")
                loose = loosened(claim, context, display, behind, self.problem.beside, "=" in scope.notation)
                doubt = Unreadable(f"not judged: {loose}", statement.place) if loose else None
            if doubt is not None:
                self._unreadable(statement, k, doubt, display)
                continue
            unnamed = undeclared_side(claim, values.guesses) if verdict.status.is_wrong else ""
            unnamed = unnamed or (guessed_by(claim, values.guesses) if shapes and not self.problem.tries_shapes else "")
            if verdict.status is Status.REFUTED and not unnamed:
                written = {name_of(token) for side in statement.sides[k : k + 2] for token in side}
                unnamed = guessed_within(claim, (values.guesses.keys() & written) - scope.arbitrary.keys())
            if unnamed and unnamed not in scope.parameters and f"{unnamed}^2" not in scope.names:
                self._unreadable(statement, k, Unreadable(f"{unnamed} has no declaration", statement.place), display)
                continue
            free = ""
            if verdict.status is Status.REFUTED and k == 0 and not sufficient:
                free = free_name(claim, context) or free_function(claim, context)
            if verdict.status is Status.REFUTED and not hypotheses and self._is_implicit(statement, display, scope):
                verdict = Verdict(Status.ASSUMED, "assumed", "says of its name what it is; it is taken as given")
                scope.assume(claim)
                self.problem.scope.assume(claim)
                self._report(statement, k, display, verdict, claim, context)
                continue
            if free and not hypotheses and not self._is_condition(statement, k, last, claim, verdict, about_zero):
                said = f"nothing is said of {free} but its shape: is this its definition? (to say so, write \\coloneqq)"
                if not statement.leads:
                    scope.unclear[free] = self.problem.scope.unclear[free] = (
                        f"line {(statement.place or display.place).line}: {said}"
                    )
                self._unreadable(statement, k, Unreadable(said, statement.place), display)
                continue
            if self._is_condition(statement, k, last, claim, verdict, about_zero):
                verdict = Verdict(Status.ASSUMED, "assumed", "states a condition; what follows is judged under it")
                if isinstance(claim, Relation):
                    begins = isinstance(related[0], DERIVATIVES) and set(statement.relations) == {"="}
                    self._take_as_given(claim, statement, scope, begins)
                    total = summed(related[0], claim, scope.context)
                    if total is not None:
                        self._take_as_given(total, statement, scope, begins)
                    drawn.append(claim)
            elif verdict.status is Status.PROVED and isinstance(claim, Relation) and statement.leads:
                drawn.append(claim)
            broken = broken or (verdict.status is Status.REFUTED and k < len(statement.relations) - 1)
            mended = broken and k > first and verdict.status is Status.REFUTED
            mended = mended and set(statement.relations[first : k + 1]) == {"="}
            if mended:
                whole = self._claim(related[first], "=", right, values, statement, k)
                mended = not isinstance(whole, Unreadable) and self._judged(whole, context).status is Status.PROVED
            self._report(statement, k, display, verdict, claim, context, MENDED if mended else "")
            if verdict.status is Status.PROVED and isinstance(claim, Relation) and claim.op == "=":
                self.problem.known = [*self.problem.known[1 - MOST_KNOWN :], (claim, context)]
                self._keep_solved(claim)
        self.problem.consequence = [*kept, *hypotheses, *drawn]

    def _keep_solved(self, claim: Relation) -> None:
        """Keep what a proved equation says of a name that other equations are assumed of: where the gradient is zero
        is then told once and for all.
        """
        scope = self.problem.scope
        others = [h for h in scope.temporary if not any(claim.left in ex.walk(side) for side in h.sides)]
        standing = tuple(h for h in scope.context.hypotheses if h not in others)
        solved = name_solved(claim, replace(scope.context, hypotheses=standing), self._judged)
        if solved is not None:
            self.problem.solved.append(solved)
            scope.temporary = [h for h in scope.temporary if h not in solved.said]

    def _not_by_zero_alone(self, verdict: Verdict, claim: Claim, context: Context, scope: Scope) -> Verdict:
        """A formula for a gradient that was set to zero is not proved where it is right at that point alone."""
        if verdict.status is not Status.PROVED or not isinstance(claim, Relation) or is_zero(claim.right):
            return verdict
        zero = [h for h in scope.temporary if isinstance(h, Relation) and is_stationarity(h) and h.left in claim.sides]
        if not zero:
            return verdict
        without = replace(context, hypotheses=tuple(h for h in context.hypotheses if h not in zero))
        if self._judged(claim, without).status is Status.PROVED:
            return verdict
        return Verdict(
            Status.TESTED, "none", "not decided: it holds where the gradient is zero, and perhaps only there"
        )

    def _sufficing(self, claim: Claim, context: Context) -> Verdict:
        """Whether what is said to be zero where the claim holds is zero there."""

        def judge(zero: Claim, given: tuple[Hypothesis, ...]) -> Verdict:
            return self._judged(zero, context.given(*given))

        parts = [Part(zero, (claim,), "the gradient is zero there") for zero in self.problem.made_zero]
        return judged(parts, judge, "sufficient")

    def _special(
        self,
        statement: Statement,
        k: int,
        left: Side,
        right: Side,
        values: Values,
        given: tuple[Hypothesis, ...],
        scope: Scope,
    ) -> Verdict | None:
        """The verdict of a claim that is not one relation; None where it is one."""
        op = statement.relations[k]
        small = statement.remainders[k] or statement.remainders[k + 1]
        special = isinstance(left, Minimiser) or isinstance(right, Minimiser)
        if not special and not small and not statement.constant and op != "propto":
            return None
        for side in (left, right):
            if isinstance(side, Unreadable):
                return None

        def judge(claim: Claim, further: tuple[Hypothesis, ...]) -> Verdict:
            context = scope.context.given(*values.assumed, *given, *further)
            context = replace(context, definitions=context.definitions + tuple(values.defined))
            context = with_roots_tied(claim, context)
            verdict = self._judged(claim, context)
            pair = together(claim, context, scope) if verdict.status in (Status.PROVED, Status.REFUTED) else ""
            if pair:
                raise Unreadable(unstated(pair), statement.place)
            return verdict

        try:
            if special:
                everything = (*scope.context.hypotheses, *values.assumed, *given)
                return self._minimised(left, right, values, judge, statement, everything)
            if not isinstance(left, Expression) or not isinstance(right, Expression):
                return None
            left, right = values.finished(left), values.finished(right)
            if small:
                found = [remainder(s, values) for s in statement.remainders[k : k + 2] if s]
                variable, order = min(found, key=lambda pair: pair[1])
                return judged(is_remainder(left, right, variable, order), judge, "Taylor remainder")
            by = self._argument(statement, values)
            if statement.constant:
                return judged(is_constant(left, right, by), judge, "up to a constant")
            return judged(is_factor(left, right, by), judge, "up to a factor")
        except Unreadable as error:
            return Verdict(Status.UNREADABLE, "reader", error.message)
        except ShapeError as error:
            return Verdict(Status.ILL_TYPED, "shapes", str(error))
        except DEFECTS as error:
            return Verdict(Status.TESTED, "none", f"not judged, a defect of Everystep: {type(error).__name__}: {error}")

    @staticmethod
    def _minimised(
        left: Side, right: Side, values: Values, judge: Judge, statement: Statement, given: tuple[Hypothesis, ...]
    ) -> Verdict | None:
        found, point = (left, right) if isinstance(left, Minimiser) else (right, left)
        if not isinstance(found, Minimiser) or not isinstance(point, Expression):
            raise Unreadable("two arg min side by side are not judged", statement.place)
        return judged(minimises(found, point, values, given), judge, "stationary and convex")

    @staticmethod
    def _argument(statement: Statement, values: Values) -> Expression:
        """The argument of the function that a statement is about: x of ``p(x) = ... + const``."""
        first = values.tree(tuple(statement.sides[0]))
        if first.kind == "product" and len(first.parts) == 2 and first.parts[1].kind == "group":
            arguments = split(first.parts[1].tokens, (",", ";", "mid"))
            return values.variable(stripped(arguments[0]))
        if first.kind == "product" and first.parts[0].kind in ("word", "letter") and first.parts[-1].kind == "group":
            arguments = split(first.parts[-1].tokens, (",", ";", "mid"))
            return values.variable(stripped(arguments[0]))
        raise Unreadable("up to what does not depend on which variable? write the left side as f(x)", statement.place)

    def _elsewhere(
        self, statement: Statement, k: int, display: Display, given: tuple[Hypothesis, ...], scope: Scope
    ) -> Verdict | None:
        """The verdict of a step as it is read in another scope, whatever is in doubt; None where it is not read."""
        found = self._read_anew(statement, k, scope, display, given)
        return None if found is None else self._checked(found[0], with_implied(found[1], scope))

    def _take_as_given(self, claim: Relation, statement: Statement, scope: Scope, stationary: bool) -> None:
        """A stationarity condition holds from here on; the premise of an arrow only for what is drawn from it."""
        if not statement.followed or stationary or is_stationarity(claim):
            self.problem.scope.assume(claim)
            if scope is not self.problem.scope:
                scope.assume(claim)

    def _is_condition(
        self, statement: Statement, k: int, last: bool, claim: Claim, verdict: Verdict, sought: bool
    ) -> bool:
        """Whether a step that does not follow says what is to hold.  ``sought``: its chain has a derivative, or the
        words before speak of a zero.
        """
        if verdict.status not in (Status.REFUTED, Status.TESTED) or not last or not isinstance(claim, Relation):
            return False
        if claim.op == "!=" and len(statement.relations) == 1 and self._is_about_a_sign(statement):
            return True  # x \ne 0
        if claim.op != "=":
            return statement.followed and len(statement.relations) == 1
        if is_zero(claim.right) and is_stationarity(claim):
            return True
        if is_zero(claim.right) and k > 0 and sought:
            return True  # grad f = ... = 0; but u^T v = ... = 0 is claimed
        return statement.followed and (len(statement.relations) == 1 or is_zero(claim.right))

    @staticmethod
    def _is_implicit(statement: Statement, display: Display, scope: Scope) -> bool:
        """Whether words call a statement the equation that says implicitly what a name is of which nothing is known."""
        if statement.relations != ["="] or statement.leads or statement.followed:
            return False
        left, right = (tuple(side) for side in statement.sides)
        return governs(display_sentence(display.prose).before, displayed=True) and is_implicit(scope, left, right)

    def _is_claimed_sign(self, statement: Statement) -> bool:
        r"""Whether the sign of a name is no new condition: the hypotheses tell it, ``\lambda > 0`` of an eigenvalue of
        ``A \succ 0``, or it is one of an entry of a matrix that is declared definite, be it right or wrong.
        """
        scope = self.problem.scope
        values = Values(scope)
        try:
            value = values.read(tuple(statement.sides[0]))
            claim = Relation(
                values.finished(value), statement.relations[0], Num(int(plain_text(tuple(statement.sides[1]))))
            )
        except (Unreadable, *DEFECTS):
            return False
        definite = {h.subject for h in scope.context.hypotheses if isinstance(h, Predicate) and "definite" in h.kind}
        if isinstance(claim.left, ex.Entry) and claim.left.operands[0] in definite:
            return True
        context = with_implied(scope.context.given(*values.assumed), scope)
        self.step_end = perf_counter() + self.options.budget / 2
        return self._checked(claim, context).status is Status.PROVED

    def _is_about_a_sign(self, statement: Statement) -> bool:
        """A name compared with a number, such as x != 0: nobody claims it of a name that is not defined."""
        if len(statement.sides) != 2 or statement.relations[0] not in ("!=", "<", ">", "<=", ">="):
            return False
        left, right = (tuple(side) for side in statement.sides)
        if not plain_text(right).isdigit():
            return False
        values = Values(self.problem.scope)
        try:
            value = values.read(left)
        except Unreadable:
            return False
        base = value.operands[0] if isinstance(value, ex.Entry) else value
        if not isinstance(base, (Var, ex.Member)):
            return False
        return not any(d.target.name == base.name for d in self.problem.scope.context.definitions)

    def _report(
        self,
        statement: Statement,
        k: int,
        display: Display,
        verdict: Verdict,
        claim: Claim | None = None,
        context: Context | None = None,
        remark: str = "",
    ) -> None:
        if claim is not None and context is not None:
            with suppress(Descending):  # what is kept can be judged again as it is
                claim, context = counted_upwards(claim, context)
            with suppress(Unreadable):
                context = with_points(claim, context)
        left, right = tuple(statement.sides[k]), tuple(statement.sides[k + 1])
        left = tuple(statement.named) if statement.named and not k else left
        place = right[0].place if right else (left[-1].place if left else display.place)
        report = StepReport(
            place=place,
            problem=self.problem.name,
            number=self.problem.steps,
            relation=sign_shown(statement.relations[k]),
            lhs=latex_of(left),
            rhs=latex_of(right),
            verdict=verdict,
            where=display.where,
            hint=remark or (self._hint(claim, context, verdict) if claim is not None and context is not None else ""),
            reading=partial(described, self.options.describe, claim, context)
            if claim is not None and context is not None
            else tuple,
            claim=claim,
            context=context,
        )
        self.problem.steps += 1
        self.steps.append(report)
        if self.options.on_step is not None:
            self.options.on_step(report)


def described(describe: Describe, claim: Claim, context: Context) -> tuple[str, ...]:
    """What was read, or that it cannot be printed: a report does not break off for it."""
    try:
        return describe(claim, context)
    except DEFECTS as error:
        return (f"what was read cannot be printed: {type(error).__name__}: {error}",)
