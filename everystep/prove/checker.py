"""The verdict of a step: shapes, definedness, the exact judge, the normal form - and agreement of the two.

``proved`` is said only when the normal form has a proof and the exact judge, which shares no code with it,
agreed on instances. ``refuted`` is said only on a counterexample of the exact judge.  A proof against a
counterexample is a defect of Everystep and raises :class:`Contradiction`, as is one against differences in floating
point (:mod:`everystep.prove.gradients`).  May import everything of the engine but the reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache, partial
from time import perf_counter, thread_time

from sympy import Basic, Expr, sympify

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Hypothesis, Predicate, Recurrence, Relation
from everystep.algebra.expressions import Expression, Int
from everystep.algebra.shapes import ONE, ShapeError, same_shape, same_size, show_shape
from everystep.calculus.clock import until
from everystep.calculus.indices import Integers, NotAffine, constant, difference, slot_of, unpack
from everystep.calculus.networks import Exhausted, Undecided
from everystep.derivation import Chain, Claim, Derivation, Induction, Step
from everystep.prove.adjugates import names_inside, with_determinants
from everystep.prove.as_written import definite_as_written
from everystep.prove.blocks import Blocks, NoBlocks, has_blocks, with_blocks
from everystep.prove.bound import claim_apart, context_apart, spoken_of
from everystep.prove.definedness import Definedness, surely_not_empty
from everystep.prove.determined import with_determinants_apart
from everystep.prove.entries import entry_claims
from everystep.prove.equations import integer_facts
from everystep.prove.exact import judge
from everystep.prove.exact.plain import plain
from everystep.prove.exact.program import forget_programs
from everystep.prove.families import by_bases
from everystep.prove.further_lemmas import monotone
from everystep.prove.gradients import gradient_evidence
from everystep.prove.lemmas import Lemmas, semidefinite_difference
from everystep.prove.letters import with_letters, with_solved_letter
from everystep.prove.limits import Limits
from everystep.prove.normal_form import NormalForm, OtherShape
from everystep.prove.order import Order
from everystep.prove.presuppositions import Presupposition, positive_products, presuppositions
from everystep.prove.real_variables import claim_with_limits_apart, is_apart, limits_apart
from everystep.prove.rewritten import (
    Known,
    eliminated,
    taken_apart,
    with_names_as_letters,
    with_symmetric_for_diagonal,
    without_common_ends,
    without_inverses,
)
from everystep.prove.short_sums import with_short_sums_apart
from everystep.prove.solved import solutions
from everystep.prove.triangular import triangular, without_triangles
from everystep.prove.verdict import ExactReport, GradientEvidence, Obligations, Status, Verdict

FIRST_SHARE, LAST_SHARE = 0.7, 0.1
"""The parts of a step's time that the first search for a proof may take, and, beyond its end, whether a side that was
proved is defined.  The exact judge is asked in any case."""

SECOND_LOOKS = 4
DIFFERENCED = (Status.PROVED, Status.TESTED)
"""The verdicts beside which differences say something: others have shown already what is wrong."""
NO_VALUE = Obligations(definedness="no value")
UNFORESEEN = (ShapeError, ValueError, TypeError, KeyError)


class Contradiction(Exception):
    """The two judges disagree, or differences disagree with both: a defect of Everystep, never a verdict."""


class Prover:
    """The normal form, the order and the definedness of one context, shared by the steps of a chain."""

    def __init__(self, context: Context, lemmas: tuple[Hypothesis, ...] = (), form: NormalForm | None = None) -> None:
        self.taken = spoken_of(context)
        self._apart: dict[Claim, Claim] = {}
        context = context_apart(context, self.taken)
        pairs = [claim_with_limits_apart(h, context) for h in context.hypotheses]
        bodies = [limits_apart(d.body, context) for d in context.definitions]
        own = [replace(d, body=body) for d, (body, _) in zip(context.definitions, bodies, strict=True)]
        definitions = tuple(dict.fromkeys((*own, *(d for _, further in (*pairs, *bodies) for d in further))))
        self.context = context = replace(context, hypotheses=tuple(h for h, _ in pairs), definitions=definitions)
        self.given = lemmas
        self.other_ways = form is None  # whether further normal forms of the same context are worth trying
        self.as_written = self.other_ways  # and claims that are rewritten as they are written
        self.form = NormalForm(context, lemmas=lemmas, attach=Limits) if form is None else form
        self.order = Order(self.form)
        self.definedness = Definedness(self.form, self.order)
        self.lemmas = Lemmas(self.form, self.order)

    def apart(self, claim: Claim) -> Claim:
        """The claim in which whatever a sum, a product or a limit binds has a name of its own."""
        known = self._apart.get(claim)
        if known is None:
            known = self._apart[claim] = self._taken_apart(claim)
        return known

    def _taken_apart(self, claim: Claim) -> Claim:
        claim, definitions = claim_with_limits_apart(claim_apart(claim, self.taken), self.context)
        new = tuple(d for d in definitions if d not in self.context.definitions)
        if new:
            self.context = replace(self.context, definitions=self.context.definitions + new)
            self.form.lowering.constants.update((str(d.target.args[0]), d) for d in new)
            self.form.see(*(side for d in new for side in (d.target, d.body)))
        return claim

    def prove(self, claim: Claim) -> bool:
        """Whether the claim follows; False means undecided.

        Raises Undecided or Exhausted where it cannot be expressed.
        """
        claim = self.apart(claim)
        written = claim
        rewritten = with_determinants(claim, self.context) if isinstance(claim, Relation) else None
        claim = rewritten or claim
        self.form.start(*_sides(claim))
        if rewritten is not None:
            self.form.core.used("adjugate")
        self.form.grant(positive_products(_sides(claim), self.form))
        try:
            proved = self._follows(claim)
        finally:
            self.form.grant(frozenset())
        if proved and self.form.lowering.conditions:
            raise Undecided("a sum's upper limit may lie below its lower limit less 1, which nothing excludes")
        if proved or (self.other_ways and self._otherwise(claim)):
            return True
        return rewritten is not None and isinstance(written, Relation) and self._where_invertible(written, claim)

    def _where_invertible(self, written: Relation, rewritten: Claim) -> bool:
        """An equation with adjugates, proved for invertible matrices: it then holds for their limits as well."""
        context = self.context.given(*names_inside(written))
        prover = Prover(context, self.given, NormalForm(context, lemmas=self.given))
        prover.form.see(*_sides(rewritten))
        proved = prover.prove(rewritten)
        self.form.core.rules_used |= prover.form.core.rules_used
        return proved

    def _otherwise(self, claim: Claim) -> bool:
        """The claim rewritten as it is written, with vectors in brackets as letters, or with an equation solved for a
        name.
        """
        if self.as_written and self._as_written(claim):
            return True
        ways: list[tuple[Prover, Claim, str]] = []
        if isinstance(claim, Relation) and claim.op != "=":
            lettered = with_letters(claim, self.context)
            if lettered is not None:
                general, context = lettered
                ways.append(
                    (Prover(context, self.given, NormalForm(context, lemmas=self.given)), general, "vectors as letters")
                )
            for general in with_solved_letter(claim):
                form = NormalForm(self.context, lemmas=self.given)
                ways.append((Prover(self.context, self.given, form), general, "a letter for a vector"))
        new_form = partial(NormalForm, self.context, lemmas=self.given, attach=Limits)
        forms = (*by_bases(self.context, new_form), *solutions(self.context, self.given, Limits))
        ways.extend((Prover(self.context, self.given, form), claim, "solved for a name") for form in forms)
        for prover, stated, rule in ways:
            try:
                prover.form.see(*_sides(stated))
                if prover.prove(stated):
                    self.form.core.used(rule)
                    self.form.core.rules_used |= prover.form.core.rules_used
                    return True
            except (Undecided, NotAffine, Exhausted):
                continue
        return False

    def _as_written(self, claim: Claim) -> bool:
        """Whether a claim follows from one that ``everystep.prove.rewritten`` makes of it."""
        known = self.known()
        ways: list[tuple[Claim, Context, tuple[str, ...]]] = [
            (stated, self.context, ("equation times an inverted matrix",)) for stated in without_inverses(claim)
        ]
        ways += [(stated, self.context, ("common ends of all terms",)) for stated in without_common_ends(claim)]
        apart = taken_apart(claim, known)
        ways += [(apart[0], self.context, apart[1])] if apart is not None else []
        ways += [(*way, ("name replaced by its value",)) for way in eliminated(claim, self.context)]
        ways += [(*way, ("defined name as a letter",)) for way in with_names_as_letters(claim, self.context)]
        weaker = with_symmetric_for_diagonal(self.context)
        ways += [(claim, weaker, ("diagonal matrix as a symmetric one",))] if weaker is not None else []
        for stated, context, rules in ways:
            try:
                self.form.see(*_sides(stated))
                if context is self.context:
                    proved = self._follows(stated)
                else:
                    prover = Prover(context, self.given)
                    prover.as_written = False
                    proved = prover.prove(stated) or prover.proves_apart(stated)
                    self.form.core.rules_used |= prover.form.core.rules_used
                if proved:
                    for rule in rules:
                        self.form.core.used(rule)
                    return not self.form.lowering.conditions
            except (Undecided, NotAffine, Exhausted, ShapeError):
                continue
        return False

    def known(self) -> Known:
        """What the rules that rewrite claims as they are written ask."""
        return Known(self.is_invertible, self.lemmas.has, self.lemmas.expanded, self.lemmas.equal)

    def proves_apart(self, claim: Claim) -> bool:
        """Whether a claim follows with determinants and pseudo-inverses taken apart as they are written."""
        apart = taken_apart(claim, self.known())
        if apart is None:
            return False
        stated, rules = apart
        self.form.see(*_sides(stated))
        if not self._follows(stated) or self.form.lowering.conditions:
            return False
        for rule in rules:
            self.form.core.used(rule)
        return True

    def holds_by_entries(self, claim: Claim) -> bool:
        """Whether a claim about matrices of stated small sizes follows entry by entry; it is then written out."""
        written = entry_claims(self.apart(claim), self.context)
        if written is None:
            return False
        claims, context = written
        prover = Prover(context, self.given, NormalForm(context, lemmas=self.given))
        try:
            for one in claims:
                prover.form.see(one.left, one.right)
                if not prover.prove(one):
                    return False
        except (Undecided, NotAffine, Exhausted):
            return False
        self.form.core.used("entry by entry")
        self.form.core.rules_used |= prover.form.core.rules_used
        return True

    def _follows(self, claim: Claim) -> bool:
        """The relation of a claim, one way for each: = by the normal form, < and <= by the order and the lemmas, != by
        a sign.
        """
        if isinstance(claim, Predicate):
            return self.has_property(claim)
        left, right = (with_blocks(side, self.context) for side in (claim.left, claim.right))
        if claim.op == "=":
            return self.equal(left, right)
        if has_blocks(left) or has_blocks(right):
            left, right = self.without_blocks(left, right)
        if claim.op in ("<", "<="):
            left, right = right, left
        if claim.op == "!=":
            return self.order.nonzero_number(self.form.difference(left, right))
        strict = claim.op in ("<", ">")
        try:
            if self.order.at_least(left, right, strict):
                return True
        except Undecided:
            if strict:
                raise
        if strict:
            if monotone(self.lemmas, right, left, True):
                self.form.core.used("monotone function")
                return True
            return False
        if self.lemmas.at_most(right, left) or self.at_most_squared(right, left):
            return True
        return right == ex.Num(0) and self.is_form_of_semidefinite(left)

    def is_form_of_semidefinite(self, e: Expression) -> bool:
        """Whether a number is ``x^T M x`` with M, as it is written, positive semidefinite."""
        if not isinstance(e, ex.Mul) or len(e.operands) < 3 or len(e.segments) > 1:
            return False
        first, *middle, last = e.operands
        if first != ex.Transpose(last) or last.shape[1] != ONE or last.is_number_shaped:
            return False
        matrix = middle[0] if len(middle) == 1 else ex.Mul(*middle)
        if not same_size(*matrix.shape) or not self.has_property(Predicate("positive semidefinite", matrix)):
            return False
        self.form.core.used("quadratic form of a semidefinite matrix")
        return True

    def at_most_squared(self, small: Expression, large: Expression) -> bool:
        """a <= b from a^2 <= b^2 for b >= 0: where norms are compared that are not of one vector."""
        if not (small.is_number_shaped and _has_root(small, large) and self.order.surface_nonnegative(large)):
            return False
        squares = [ex.Pow(side, ex.Num(2)) for side in (large, small)]
        self.form.see(*squares)
        try:
            if not self.order.at_least(squares[0], squares[1], False):
                return False
        except Undecided:
            return False
        self.form.core.used("squares of what is not negative, compared")
        return True

    def equal(self, left: Expression, right: Expression) -> bool:
        """Whether two sides are equal: limits of equal sequences, block by block, by the normal form, by cases of a
        sign, with determinants of products taken apart.
        """
        if has_blocks(left) or has_blocks(right):
            return self.equal_blocks(left, right)
        # Equal sequences have equal limits.
        limits = isinstance(left, ex.Limit) and isinstance(right, ex.Limit) and left.index == right.index
        if limits and self.form.holds_for_all(left.index) and self.form.equal(left.operands[0], right.operands[0]):
            self.form.core.used("limits of equal sequences")
            return True
        if isinstance(left, ex.LimitAt) and left.args[1:] == right.args[1:] and self._have_equal_limits(left, right):
            return True
        return (
            self.form.equal(left, right)
            or self.equal_by_sign(left, right)
            or self.equal_apart(left, right)
            or self.equal_squares(left, right)
        )

    def _have_equal_limits(self, left: ex.LimitAt, right: Expression) -> bool:
        """Whether two functions are equal near the point that the variable tends to."""
        if not is_apart(left):
            return False
        try:
            equal = self.form.equal(left.operands[0], right.operands[0])
        except (Undecided, Exhausted):
            return False
        if equal:
            self.form.core.used("limits of equal functions")
        return equal

    def equal_squares(self, left: Expression, right: Expression) -> bool:
        """a = b from a^2 = b^2 for two numbers of which neither is negative, as they are written: norms, and what
        is made of them; roots; ||c v|| = |c| ||v||.
        """
        if not (left.is_number_shaped and right.is_number_shaped and _has_root(left, right)):
            return False
        if not (self.order.surface_nonnegative(left) and self.order.surface_nonnegative(right)):
            return False
        squares = [ex.Pow(side, ex.Num(2)) for side in (left, right)]
        self.form.see(*squares)
        if not self.form.equal(*squares):
            return False
        self.form.core.used("equal squares of what is not negative")
        return True

    def equal_apart(self, left: Expression, right: Expression) -> bool:
        """An equation in which determinants of products are taken apart as they are written."""
        known = triangular(self.form.context)
        integers = self.form.core.integers
        sides = (with_determinants_apart(left), with_determinants_apart(right))
        if known:
            sides = (without_triangles(left, known, integers), without_triangles(right, known, integers))
        if sides == (left, right):
            return False
        self.form.see(*sides)
        if not self.form.equal(*sides):
            return False
        self.form.core.used("triangular matrix" if known else "determinant of a product")
        return True

    def equal_by_sign(self, left: Expression, right: Expression) -> bool:
        """An equation in which the sign of an argument decides a case: step(z) = 1 for z > 0, and 0 for z < 0."""
        poly = self.form.difference(left, right)
        return self.order.has_steps(poly) and self.order.zero_by_cases(poly)

    def sent_to_zero(self, matrix: Expression) -> str:
        """A vector that hypotheses say is not zero and that a matrix sends to zero, in words; empty where none is."""
        for h in self.context.hypotheses:
            if not isinstance(h, Predicate) or h.kind != "nonzero" or h.subject.is_number_shaped:
                continue
            if same_shape(h.subject.shape, (matrix.shape[0], ONE)):
                self.form.see(ex.Mul(matrix, h.subject))
                if self.form.equal(ex.Mul(matrix, h.subject), ex.Zeros(*h.subject.shape)):
                    return f"it sends {plain(h.subject)}, which is not zero, to zero"
        return ""

    def is_invertible(self, matrix: Expression) -> bool:
        """Whether a matrix is known to be invertible by the hypotheses."""
        return self.definedness.holds(Presupposition("invertible", matrix), self.definedness.atoms)

    def without_blocks(self, *sides: Expression) -> Iterator[Expression]:
        """Numbers with the blocks in them taken apart; raises Undecided where some stay."""
        blocks = Blocks(self.form.context, self.is_invertible)
        try:
            apart = [blocks.scalar(side) for side in sides]
        except NoBlocks as error:
            raise Undecided(f"blocks: {error}") from error
        if any(map(has_blocks, apart)):
            raise Undecided("blocks that are not taken apart")
        self.form.core.used("block by block")
        self.form.see(*apart)
        return iter(apart)

    def equal_blocks(self, left: Expression, right: Expression) -> bool:
        """An equation of block matrices, block by block, by either Schur complement where there is a choice."""
        several = any(isinstance(n, ex.Inverse) and has_blocks(n) for side in (left, right) for n in ex.walk(side))
        for last_first in (False, True)[: 1 + several]:
            blocks = Blocks(self.form.context, self.is_invertible, last_first=last_first)
            try:
                pairs = blocks.pairs(blocks.scalar(left), blocks.scalar(right))
            except NoBlocks as error:
                raise Undecided(f"blocks: {error}") from error
            self.form.core.used("block by block")
            self.form.see(*(side for pair in pairs for side in pair))
            if all(not has_blocks(a) and not has_blocks(b) and self.form.equal(a, b) for a, b in pairs):
                return True
        return False

    def has_property(self, claim: Predicate) -> bool:
        """A property of a matrix, reduced to equations and definiteness."""
        a = claim.subject
        if claim.kind == "symmetric":
            return self.equal(a, ex.Transpose(a))
        if claim.kind == "idempotent":
            return self.equal(ex.Mul(a, a), a)
        if claim.kind == "orthogonal":
            return self.equal(ex.Mul(ex.Transpose(a), a), ex.Eye(a.shape[0]))
        if claim.kind in ("positive definite", "positive semidefinite"):
            strict = claim.kind == "positive definite"
            if isinstance(a, (ex.Hadamard, ex.Kron)) and all(self.is_definite(f, strict) for f in a.operands):
                self.form.core.used("Schur product")
                return True
            symmetric = self.equal(a, ex.Transpose(a))
            if symmetric and self.order.definite(self.form.poly(a), strict):
                return True
            if symmetric and not strict and semidefinite_difference(self.lemmas, a):
                self.form.core.used("weights of a semidefinite difference")
                return True
            # An orthogonal projection: A = A^T A.
            projection = symmetric and not strict and self.equal(ex.Mul(a, a), a)
            return projection or definite_as_written(self.lemmas, claim)
        if claim.kind == "invertible":
            return self.definedness.holds(Presupposition("invertible", a), self.definedness.atoms)
        if claim.kind == "nonzero" and a.is_number_shaped:
            return self.definedness.holds(Presupposition("nonzero", a), self.definedness.atoms)
        if claim.kind == "diagonal":
            return self.equal(a, ex.Diag(ex.DiagPart(a)))
        return False

    def is_definite(self, factor: Expression, strict: bool) -> bool:
        """Whether a matrix is symmetric and positive (semi)definite."""
        return self.equal(factor, ex.Transpose(factor)) and self.order.definite(self.form.poly(factor), strict)


@lru_cache(maxsize=8)
def _prover(context: Context, lemmas: tuple[Hypothesis, ...]) -> Prover:
    return Prover(context, lemmas)


@lru_cache(maxsize=16)
def _within(context: Context, given: tuple[Hypothesis, ...]) -> Context:
    """The context of the steps of a chain."""
    return context.given(*given).with_implied()


def forget() -> None:
    """Drop what is kept for the claims to come: a check that was broken off may have left it half made."""
    _prover.cache_clear()
    _within.cache_clear()
    forget_programs()


def _has_root(*sides: Expression) -> bool:
    """Whether a Euclidean norm occurs, or all sides are roots."""
    norms = any(isinstance(n, ex.Norm) and n.is_euclidean for side in sides for n in ex.walk(side))
    return norms or all(isinstance(side, ex.Apply) and side.function == "sqrt" for side in sides)


def _sides(claim: Claim) -> tuple[Expression, ...]:
    return (claim.left, claim.right) if isinstance(claim, Relation) else (claim.subject,)


def check_step(
    step: Step,
    context: Context,
    *,
    lemmas: tuple[Hypothesis, ...] = (),
    seed: int = 0,
    budget: float = 5.0,
    gradients: bool = True,
) -> Verdict:
    """The verdict of one step.

    ``lemmas`` are proved consequences of the hypotheses: the normal form may use them, the exact judge does not
    see them.  ``budget``: seconds of computing after which both judges stop, but for the instance or the rewriting at
    hand; one instance at least is tried.  Mostly the normal form reaches an end, or its bound on the work, before.
    ``gradients``: whether a derivative that is claimed is compared with differences; a disagreement with a proof raises
    Contradiction.
    """
    started = perf_counter()
    within = _within(context, step.given)
    try:
        verdict = _check(step, within, lemmas, seed, budget)
    except RecursionError:
        verdict = Verdict(Status.TESTED, "none", "not decided: the expression is nested too deeply")
    if gradients and verdict.status in DIFFERENCED:
        verdict = with_gradient(step, verdict, gradient_evidence(step.claim, within, by=step.by, seed=seed))
    return replace(verdict, seconds=perf_counter() - started)


def gradient_checks(derivation: Derivation, *, seed: int = 0) -> list[GradientEvidence | None]:
    """What differences say of the steps, whatever their verdicts are; None where no derivative is claimed."""
    return [
        gradient_evidence(step.claim, _within(derivation.context, step.given), by=step.by, seed=seed)
        for step in derivation.steps
    ]


def with_gradient(step: Step, verdict: Verdict, found: GradientEvidence | None) -> Verdict:
    """The verdict with what differences say of a derivative that the step claims.

    Raises Contradiction where they are certain that a proved step is wrong.
    """
    if found is None or verdict.status not in DIFFERENCED:
        return verdict
    if found.outcome == "differs":
        at = ", ".join(f"{name}={value}" for name, value in found.sizes)
        said = f"in floating point the two sides differ by {found.error:.1g}, relatively ({found.method}, {at})"
        if verdict.status is Status.PROVED:
            raise Contradiction(f"{step.name}: proved by {', '.join(verdict.rules)}, but {said}")
        verdict = replace(verdict, message="; ".join(part for part in (verdict.message, said) if part))
    return replace(verdict, gradient=found)


def _check(step: Step, context: Context, lemmas: tuple[Hypothesis, ...], seed: int, budget: float) -> Verdict:
    claim, begun = step.claim, thread_time()
    first_end, end, last_end = (begun + share * budget for share in (FIRST_SHARE, 1.0, 1.0 + LAST_SHARE))
    try:
        message = _shapes(claim) or next((f"a hypothesis: {m}" for h in context.hypotheses if (m := _shapes(h))), "")
    except ShapeError as error:
        message = str(error)
    if message:
        return Verdict(Status.ILL_TYPED, "shapes", message, obligations=Obligations(shapes="do not fit"))
    proved, prover, reason = False, None, ""
    provided: tuple[str, ...] = ()
    try:
        with until(first_end):
            prover = _prover(context, lemmas)
            try:
                prover.form.see(*_sides(claim))
            except OtherShape:
                # The same names stood for other symbols in an earlier claim under this context.
                prover = Prover(context, lemmas)
                prover.form.see(*_sides(claim))
            undefined = _undefined(_sides(prover.apart(claim)), prover)
            if undefined:
                return Verdict(Status.UNDEFINED, "definedness", undefined, obligations=NO_VALUE)
            proved = _by_method(step, context.given(*lemmas), prover)
    except (Undecided, NotAffine) as error:
        reason = f"not decided: {error}"
    except RecursionError:
        reason = "not decided: the expression is nested too deeply"
    except UNFORESEEN as error:
        reason = f"not decided: the normal form met what it does not foresee ({type(error).__name__}: {error})"
    except Exhausted as error:
        reason = f"not decided within bounds: {error}"
    report = judge(claim, context, by=step.by, seed=seed, budget=end - thread_time())
    if report.outcome == "agree" and not proved and prover is not None and step.by is None:
        with until(end):
            wider = context.given(*lemmas)
            found = next((by for by in inductions(claim, context) if _attempted(claim, by, wider, prover)), None)
            proved = found is not None
            known = Integers(prover.form.facts, prover.form.core.integers.sizes)
            if found is not None and not known.at_least(str(found.index), constant(found.start)):
                provided = (f"{found.index} ≥ {found.start}",)  # where the sum on the left has a value
            proved = proved or prover.holds_by_entries(claim) or _proved_apart(claim, prover)
    for further in range(1, 1 + (SECOND_LOOKS if report.outcome == "agree" and not proved else 0)):
        # Without a proof it is worth looking longer for a counterexample.
        left = end - thread_time()
        if left <= 0:
            break
        again = judge(claim, context, by=step.by, seed=seed + further, budget=min(left, budget / SECOND_LOOKS))
        if again.outcome != "agree":
            report = again if again.outcome == "counterexample" else report
            break
        report = replace(report, trials=report.trials + again.trials)
    if not proved and thread_time() > end:
        reason = reason or f"no proof found in the time of the step, {budget:g} s"
    if thread_time() > first_end:
        _prover.cache_clear()  # what it has noted may be what it had no time for
    rules = tuple(sorted(prover.form.core.rules_used)) if prover is not None else ()
    if report.outcome == "undefined":
        return Verdict(Status.UNDEFINED, "exact", report.message, trials=report.trials, obligations=NO_VALUE)
    if report.outcome == "counterexample":
        if proved:
            raise Contradiction(f"{step.name}: proved by {', '.join(rules)}, refuted by {report.counterexample}")
        return Verdict(
            Status.REFUTED,
            "exact",
            report.message,
            counterexample=report.counterexample,
            trials=report.trials,
            obligations=Obligations(values="differ"),
        )
    if not proved or prover is None:
        return _undecided(report, reason, rules)
    with until(last_end):
        verdict = _proved(claim, step.by, prover, report, rules)
    return replace(verdict, conditions=verdict.conditions + provided) if verdict.status is Status.PROVED else verdict


def _shapes(claim: Claim) -> str:
    """Why the claim, or a hypothesis, is ill-typed; empty when it is not."""
    if isinstance(claim, Predicate):
        shape = claim.subject.shape
        if claim.kind not in ("nonzero", "full row rank", "full column rank") and not same_size(*shape):
            return f"{claim.kind} is said of square matrices, not of {show_shape(shape)}"
        return ""
    left, right = claim.left.shape, claim.right.shape
    if not same_shape(left, right):
        return f"the left side is {show_shape(left)}, the right side {show_shape(right)}"
    if claim.op not in ("=", "!=") and not claim.left.is_number_shaped:
        return f"{claim.op} compares numbers, not {show_shape(left)}"
    return ""


def _undefined(sides: tuple[Expression, ...], prover: Prover) -> str:
    """Why a side has no value whatever the symbols are; empty when that is not known."""
    known = Integers(prover.form.facts, prover.form.core.integers.sizes)
    for side in sides:
        for p in presuppositions(side, prover.form):
            if p.kind == "invertible" and p.unless is None and surely_not_empty(p.scope, known):
                why = prover.order.singular(p.subject) or (prover.sent_to_zero(p.subject) if not p.scope else "")
                if why:
                    return f"the inverse of a singular matrix: {why}"
    return ""


def _by_method(step: Step, context: Context, prover: Prover) -> bool:
    if step.by is None:
        return prover.prove(step.claim)
    return prove_by_induction(step.claim, step.by, context, prover)


def prove_by_induction(claim: Claim, by: Induction, context: Context, prover: Prover) -> bool:
    """The claim at the start, and from k to k + 1, without any hypothesis about k.

    What is shown for every k from the start on holds for those that the hypotheses admit as well: they may bound k
    from above, or start later.  One that lets k lie before the start is refused.
    """
    if not isinstance(claim, Relation):
        return False
    k = by.index
    inner = [node for side in (claim.left, claim.right) for node in ex.walk(side)]
    if any(isinstance(node, (ex.SumOver, ex.Limit)) and node.index == k for node in inner):
        return False  # the index is bound inside the claim
    if k.is_positive and by.start < 1:
        return False  # a size is at least 1
    if any(k in symbols for symbols in _fixed_symbols(context)):
        return False  # the step would be shown only for the k that a definition is written with
    about = [h for h in context.hypotheses if k in _symbols_of(h)]
    facts = Integers(integer_facts(replace(context, hypotheses=tuple(about))).facts, prover.form.core.integers.sizes)
    bounded_below = any(unpack(fact)[1].get(str(k), 0) > 0 for fact in facts.facts)
    if bounded_below and not facts.at_least(str(k), constant(by.start)):
        return False
    base = _substituted(claim, k, by.start)
    without = replace(context, hypotheses=tuple(h for h in context.hypotheses if h not in about))
    start = Prover(without)
    if not start.prove(base) and not _proved_apart(base, start):
        return False
    above = Relation(Int(by.start), "<=", Int(k))
    step = Prover(without.given(above, claim))
    done = step.prove(_substituted(claim, k, k + 1))
    prover.form.core.rules_used |= step.form.core.rules_used | {"induction"}
    return done


def _proved_apart(claim: Claim, prover: Prover) -> bool:
    """Whether a claim is proved with its sums over a few numbers written out."""
    apart = with_short_sums_apart(claim) if isinstance(claim, Relation) else None
    if apart is None:
        return False
    try:
        return prover.prove(apart)
    except (Undecided, NotAffine, Exhausted, RecursionError, *UNFORESEEN):
        return False


def _fixed_symbols(context: Context) -> Iterator[set[Basic]]:
    """The integer symbols that definitions, recurrences and laws are written with, other than their own indices."""
    rules: tuple[Definition | Recurrence, ...] = (*context.definitions, *context.recurrences)
    for rule in rules:
        own = set(rule.target.at) if isinstance(rule.target, ex.Member) else set()
        yield (rule.target.free_symbols | rule.body.free_symbols) - own
    for law in context.random:
        own = set(law.target.at) if isinstance(law.target, ex.Member) else set()
        yield law.target.free_symbols.union(*(p.free_symbols for p in law.parameters)) - own


def _symbols_of(hypothesis: Hypothesis) -> set[Basic]:
    """The integer symbols of a hypothesis."""
    parts = (hypothesis.left, hypothesis.right) if isinstance(hypothesis, Relation) else (hypothesis.subject,)
    return {symbol for part in parts for symbol in part.free_symbols}


def _attempted(claim: Claim, by: Induction, context: Context, prover: Prover) -> bool:
    try:
        return prove_by_induction(claim, by, context, prover)
    except (Undecided, NotAffine, Exhausted, RecursionError, *UNFORESEEN):
        return False


def inductions(claim: Claim, context: Context) -> Iterator[Induction]:
    """The inductions worth trying where the author names none: on the number of terms of a sum, on an exponent.

    A size starts at 1, an index where a hypothesis or the empty sum says: a sum of the left side, which has no value
    below, and of the right side where the index is only there.  Not on the size of a matrix: what holds for one matrix
    says nothing about the next.
    """
    decisive = [n for n in _unbound(_sides(claim)[0]) if isinstance(n, ex.SumOver)]
    if isinstance(claim, Relation):
        free = claim.left.free_symbols
        decisive += [n for n in _unbound(claim.right) if isinstance(n, ex.SumOver) and n.range[1] not in free]
    nodes = [node for side in _sides(claim) for node in ex.walk(side)]
    extents = {s for n in nodes if isinstance(n, (ex.Var, ex.Member)) for e in n.shape for s in e.free_symbols}
    starts: dict[Expr, int] = {}
    for node in nodes:
        ends: tuple[Expr, ...] = ()
        if isinstance(node, ex.SumOver):
            low, high = node.range
            ends = (high,)
            if node in decisive and high.is_Symbol and not high.is_positive and low.is_Integer:
                starts[high] = max(starts.get(high, int(low) - 1), int(low) - 1)
        elif isinstance(node, ex.Pow) and isinstance(node.operands[1], Int):
            ends = (node.operands[1].value,)
        elif isinstance(node, ex.Member) and any(r.target.name == node.name for r in context.recurrences):
            ends = node.at[-1:]
        for symbol in sorted((s for end in ends for s in end.free_symbols), key=str):
            if symbol.is_positive:
                starts[symbol] = 1
            for hypothesis in context.hypotheses:
                stated = _stated_start(hypothesis, symbol)
                if stated is not None:
                    starts[symbol] = max(stated, starts.get(symbol, stated))
    for symbol, start in starts.items():
        if symbol not in extents:
            yield Induction(symbol, start)


def _unbound(expression: Expression) -> Iterator[Expression]:
    """The nodes of an expression that stand under no sum, product or limit: they have a value where it has one."""
    todo = [expression]
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, (ex.SumOver, ex.Limit)):
            todo += node.operands


def _stated_start(hypothesis: Hypothesis, index: Expr) -> int | None:
    """The number that a hypothesis gives as the least value of an index."""
    starts = []
    for fact in integer_facts(Context(hypotheses=(hypothesis,))).facts:
        total, parts = unpack(fact)
        if parts == {str(index): 1}:
            starts.append(-total)
    return max(starts, default=None)


def _from_start(hypothesis: Hypothesis, by: Induction) -> bool:
    """Whether a hypothesis says that the index is at least the start."""
    return _stated_start(hypothesis, by.index) == by.start


def _substituted(claim: Relation, index: object, value: object) -> Relation:
    rule = {index: sympify(value)}
    return Relation(claim.left.xreplace(rule), claim.op, claim.right.xreplace(rule))


def _undecided(report: ExactReport, reason: str, rules: tuple[str, ...]) -> Verdict:
    agreed = "both sides agree on every instance tried" if report.outcome == "agree" else report.message
    message = "; ".join(part for part in (reason or "no proof found", agreed) if part)
    values = "agree where tested" if report.outcome == "agree" else "open"
    return Verdict(Status.TESTED, "exact", message, rules, trials=report.trials, obligations=Obligations(values=values))


def _proved(claim: Claim, by: Induction | None, prover: Prover, report: ExactReport, rules: tuple[str, ...]) -> Verdict:
    if report.outcome != "agree":
        return Verdict(
            Status.TESTED,
            "normal form",
            f"proved by the normal form alone; the exact judge: {report.message}",
            rules,
        )
    facts = () if by is None else (difference(slot_of(by.index), constant(by.start)),)
    claim = prover.apart(claim)
    # A property is said of a formula that has to have a value: nothing stands on the left that would grant it.
    sides = (claim.left, claim.right) if isinstance(claim, Relation) else (ex.Num(0), claim.subject)
    missing = prover.definedness.left_over(*sides, facts)
    if missing:
        names = tuple(f"{p.kind}: {p.subject}" for p in missing)
        return Verdict(
            Status.TESTED,
            "normal form",
            "proved where the right side is defined, which the left side and the hypotheses do not ensure",
            rules,
            names,
            report.trials,
            obligations=Obligations(definedness="not ensured", values="agree"),
        )
    met = Obligations(definedness="ensured", values="agree")
    # A kink that the left side may have is granted to the right side; where that is needed, the verdict says so.
    definedness = prover.definedness
    kinks = definedness.left_over(*sides, facts, certain=True) if definedness.has_kinks(*sides) else []
    provided = tuple(dict.fromkeys(f"{plain(p.subject)} {p.kind}" for p in kinks))
    return Verdict(Status.PROVED, "normal form and exact", "", rules, provided, report.trials, obligations=met)


def check_derivation(
    derivation: Derivation, *, seed: int = 0, budget: float = 5.0, gradients: bool = True
) -> Iterator[tuple[Step, Verdict]]:
    """The verdicts of all steps, in order.  A step may use earlier chains only when every step of them is proved.

    ``gradients``: as for :func:`check_step`.
    """
    done: dict[str, Verdict] = {}
    chains = {chain.name: chain for chain in derivation.chains}
    for chain in derivation.chains:
        for step in chain.steps:
            lemmas: list[Hypothesis] = []
            refusal = ""
            for name in step.uses:
                lemma, why = _lemma(chains.get(name), done, step)
                refusal = refusal or why
                lemmas += lemma
            if refusal:
                verdict = Verdict(Status.TESTED, "uses", refusal)
            else:
                verdict = check_step(
                    step, derivation.context, lemmas=tuple(lemmas), seed=seed, budget=budget, gradients=gradients
                )
            done[step.name] = verdict
            yield step, verdict


def _lemma(chain: Chain | None, done: dict[str, Verdict], step: Step) -> tuple[list[Hypothesis], str]:
    """What an earlier chain has shown, from its first to its last expression; or why it may not be used here."""
    if chain is None or any(s.name not in done for s in chain.steps):
        raise ValueError(f"{step.name} uses a chain that is not an earlier one; it names {', '.join(step.uses)}")
    for earlier in chain.steps:
        if done[earlier.name].status is not Status.PROVED:
            return [], f"it uses {chain.name}, where {earlier.name} is {done[earlier.name].status}"
    if not set(chain.given) <= set(step.given):
        return [], f"it uses {chain.name}, whose hypotheses are not all given here"
    for link in chain.links:
        if link.by is not None and not any(_from_start(h, link.by) for h in step.given):
            return [], f"it uses {chain.name}, proved from {link.by.start} on only; that is not given here"
    if chain.predicate is not None:
        return [chain.predicate], ""
    if any(link.op != "=" for link in chain.links):
        return [], f"it uses {chain.name}, which is not a chain of equations"
    return [Relation(chain.start, "=", chain.links[-1].to)], ""
