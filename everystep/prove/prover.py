"""What finds the proofs of one context: every way to prove a claim, over the normal form, the order and the lemmas.

False means undecided, never that a claim fails.  May import the normal form and what stands on it, and of the
exact judge's package what writes an expression as text for a message; nothing that evaluates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ONE, ShapeError, same_shape, same_size
from everystep.calculus.indices import NotAffine
from everystep.calculus.networks import Exhausted, Undecided
from everystep.derivation import Claim
from everystep.prove.adjugates import names_inside, with_determinants, with_invertible_blocks
from everystep.prove.as_written import Written, definite_as_written
from everystep.prove.blocks import Blocks, NoBlocks, has_blocks, principal_blocks, with_blocks
from everystep.prove.both_sides import both_bounds
from everystep.prove.bound import claim_apart, context_apart, spoken_of
from everystep.prove.definedness import Definedness
from everystep.prove.determinant_lemmas import fischer
from everystep.prove.determined import with_determinants_apart, with_powers_below
from everystep.prove.eigenvalue_signs import eigenvalue_signs
from everystep.prove.entries import entry_claims
from everystep.prove.exact.plain import plain
from everystep.prove.families import by_bases
from everystep.prove.fixed_members import with_members_as_letters, without_equations_elsewhere
from everystep.prove.further_lemmas import monotone
from everystep.prove.lemmas import Lemmas
from everystep.prove.letters import with_letters, with_solved_letter
from everystep.prove.limits import Limits
from everystep.prove.mean_recurrences import with_means_as_members
from everystep.prove.normal_form import NormalForm
from everystep.prove.order import Order
from everystep.prove.ordered_lemmas import ordered
from everystep.prove.presuppositions import Presupposition, positive_products
from everystep.prove.real_variables import claim_with_limits_apart, is_apart, limits_apart
from everystep.prove.rewritten import (
    Known,
    definitions_taken_apart,
    eliminated,
    taken_apart,
    with_determinants_together,
    with_eigenvalues_written,
    with_names_as_letters,
    with_symmetric_for_diagonal,
    without_common_ends,
    without_inverses,
)
from everystep.prove.said import full_ranks, symmetric_parts
from everystep.prove.said_of_defined import said_of_values
from everystep.prove.semidefinite_lemmas import semidefinite_difference
from everystep.prove.skew import with_skew_squares
from everystep.prove.solved import solutions
from everystep.prove.solved_recurrences import with_solutions
from everystep.prove.split_values import at_each_value, by_values
from everystep.prove.triangular import triangular, without_triangles
from everystep.prove.weighted_hypotheses import by_weighted_hypotheses

AT_ONE_INDEX = "members at one index as letters"


class Prover:
    """The normal form, the order and the definedness of one context, shared by the steps of a chain."""

    def __init__(self, context: Context, lemmas: tuple[Hypothesis, ...] = (), form: NormalForm | None = None) -> None:
        self.taken = spoken_of(context)
        self._apart: dict[Claim, Claim] = {}
        context = context_apart(context, self.taken)
        self.blocks = principal_blocks(context)
        self.ranks = full_ranks(context.hypotheses)
        self.of_values = said_of_values(context)
        self.symmetric = symmetric_parts((*context.hypotheses, *self.of_values))
        self.eigenvalues = eigenvalue_signs(context.hypotheses)
        context = context.given(*self.blocks, *self.ranks, *self.symmetric, *self.eigenvalues, *self.of_values)
        pairs = [claim_with_limits_apart(h, context) for h in context.hypotheses]
        bodies = [limits_apart(d.body, context) for d in context.definitions]
        own = [replace(d, body=body) for d, (body, _) in zip(context.definitions, bodies, strict=True)]
        definitions = tuple(dict.fromkeys((*own, *(d for _, further in (*pairs, *bodies) for d in further))))
        hypotheses = tuple(h for h, _ in pairs)
        if (hypotheses, definitions) != (context.hypotheses, context.definitions):
            context = replace(context, hypotheses=hypotheses, definitions=definitions)
        self.context = context
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
        self.form.start(*claim.sides)
        if rewritten is not None:
            self.form.core.used("adjugate")
        if self.blocks:
            self.form.core.used("principal blocks of a definite matrix")
        if self.ranks:
            self.form.core.used("rank of a factor of an invertible product")
        if self.symmetric:
            self.form.core.used("symmetric part of a symmetric sum")
        if self.eigenvalues:
            self.form.core.used("signs of eigenvalues")
        if self.of_values:
            self.form.core.used("property of a defined name")
        self.form.grant(positive_products(claim.sides, self.form))
        self.order.look_at(*claim.sides)
        proved, undecided = False, None
        try:
            proved = self._follows(claim)
        except Undecided as error:
            if not self.other_ways:
                raise
            undecided = error
        finally:
            self.form.grant(frozenset())
        if proved and self.form.lowering.conditions:
            raise Undecided("a sum's upper limit may lie below its lower limit less 1, which nothing excludes")
        if proved or (self.other_ways and self._otherwise(claim)):
            return True
        if rewritten is not None and isinstance(written, Relation):
            if self._proved_in(claim, self.context.given(*names_inside(written))):
                return True
        elif self.other_ways and isinstance(claim, Relation):
            dense = with_invertible_blocks(claim, self.context)
            if dense is not None and self._proved_in(claim, dense):
                self.form.core.used("determinant of blocks by nearby matrices")
                return True
        if undecided is not None:
            raise undecided
        return False

    def _proved_in(self, claim: Claim, context: Context) -> bool:
        """An equation proved for invertible matrices, where it then holds for their limits as well."""
        prover = Prover(context, self.given, NormalForm(context, lemmas=self.given))
        prover.form.see(*claim.sides)
        try:
            proved = prover.prove(claim)
        except (Undecided, NotAffine, Exhausted):
            return False
        self.form.core.rules_used |= prover.form.core.rules_used
        return proved

    def _otherwise(self, claim: Claim) -> bool:
        """The claim rewritten as it is written, with vectors in brackets as letters, or with an equation solved for a
        name.
        """
        if self.as_written and self._as_written(claim):
            return True
        if self.between_bounds(claim):
            return True
        ways: list[tuple[Prover, Claim, str]] = []
        if isinstance(claim, Relation) and claim.op != "=":
            for lettered in dict.fromkeys(with_letters(claim, self.context, given) for given in (False, True)):
                if lettered is None:
                    continue
                general, context = lettered
                ways.append(
                    (Prover(context, self.given, NormalForm(context, lemmas=self.given)), general, "vectors as letters")
                )
            for general in with_solved_letter(claim):
                form = NormalForm(self.context, lemmas=self.given)
                ways.append((Prover(self.context, self.given, form), general, "a letter for a vector"))
        if self._at_each_value(claim):
            return True
        new_form = partial(NormalForm, self.context, lemmas=self.given, attach=Limits)
        forms = (
            *by_values(claim, new_form),
            *by_bases(self.context, new_form),
            *solutions(self.context, self.given, Limits),
        )
        ways.extend((Prover(self.context, self.given, form), claim, "solved for a name") for form in forms)
        if isinstance(claim, Relation) and claim.op == "=" and any(map(_has_quotient_in_sum, claim.sides)):
            form = new_form()
            form.core.divides = True
            ways.append((Prover(self.context, self.given, form), claim, "division with remainder"))
        for prover, stated, rule in ways:
            try:
                prover.form.see(*stated.sides)
                if prover.prove(stated):
                    self.form.core.used(rule)
                    self.form.core.rules_used |= prover.form.core.rules_used
                    return True
            except (Undecided, NotAffine, Exhausted):
                continue
        return False

    def _at_each_value(self, claim: Claim) -> bool:
        """Whether the claim is proved at both values of a number that has two."""
        cases = at_each_value(claim, self.context)
        try:
            for stated, context in cases:
                prover = Prover(context, self.given)
                if not prover.prove(stated):
                    return False
                self.form.core.rules_used |= prover.form.core.rules_used
        except (Undecided, NotAffine, Exhausted):
            return False
        if cases:
            self.form.core.used("a number at each of its two values")
        return bool(cases)

    def between_bounds(self, claim: Claim) -> bool:
        """Whether a bound of an absolute value or of a square follows from one on either side."""
        parts = both_bounds(claim)
        prover = Prover(self.context, self.given, NormalForm(self.context, lemmas=self.given)) if parts else self
        try:
            for part in parts:
                prover.form.see(*part.sides)
                if not (prover.prove(part) or prover.between_bounds(part)):
                    return False
        except (Undecided, NotAffine, Exhausted):
            return False
        if parts:
            self.form.core.used("bounds on both sides")
            self.form.core.rules_used |= prover.form.core.rules_used
        return bool(parts)

    def _without_triangles(self, claim: Claim) -> list[Claim]:
        """An inequality with the determinants and traces of triangular matrices by their diagonals."""
        known = triangular(self.form.context) if isinstance(claim, Relation) and claim.op != "=" else {}
        if not known or not isinstance(claim, Relation):
            return []
        sides = [without_triangles(side, known, self.form.core.integers) for side in claim.sides]
        return [Relation(sides[0], claim.op, sides[1])] if tuple(sides) != claim.sides else []

    def _as_written(self, claim: Claim) -> bool:
        """Whether a claim follows from one that ``everystep.prove.rewritten`` makes of it."""
        known = self.known()
        ways: list[tuple[Claim, Context, tuple[str, ...]]] = [
            (stated, self.context, ("equation times an inverted matrix",)) for stated in without_inverses(claim)
        ]
        ways += [(stated, self.context, ("common ends of all terms",)) for stated in without_common_ends(claim)]
        ways += [(stated, self.context, ("determinants multiplied",)) for stated in with_determinants_together(claim)]
        apart = taken_apart(claim, known)
        ways += [(apart[0], self.context, apart[1])] if apart is not None else []
        inside = definitions_taken_apart(claim, known)
        ways += [(apart[0] if apart is not None else claim, *inside)] if inside is not None else []
        ways += [(*way, ("name replaced by its value",)) for way in eliminated(claim, self.context)]
        ways += [(stated, self.context, ("triangular matrix",)) for stated in self._without_triangles(claim)]
        ways += [(*way, ("defined name as a letter",)) for way in with_names_as_letters(claim, self.context)]
        spelt = with_eigenvalues_written(claim, self.context)
        # In a context of its own: a prover looks once at the eigenvalues of its claim.
        ways += [(spelt, replace(self.context), ("defined eigenvalue",))] if spelt is not None else []
        ways += [(*way, ("square of a skew-symmetric matrix",)) for way in with_skew_squares(claim, self.context)]
        linear = with_means_as_members(claim, self.context)
        ways += [(*linear, ("mean of a recurrence",))] if linear is not None else []
        closed = with_solutions(claim, self.context)
        ways += (
            [(claim_apart(closed, self.taken), self.context, ("solution of a linear recurrence",))] if closed else []
        )
        weaker = with_symmetric_for_diagonal(self.context)
        ways += [(claim, weaker, ("diagonal matrix as a symmetric one",))] if weaker is not None else []
        fewer = without_equations_elsewhere(claim, self.context)
        ways += [(claim, fewer, ("without equations at another index",))] if fewer is not None else []
        lettered = with_members_as_letters(claim, self.context)
        ways += [(*lettered, (AT_ONE_INDEX,))] if lettered is not None else []
        for stated, context, rules in ways:
            try:
                self.form.see(*stated.sides)
                if context is self.context:
                    proved = self._follows(stated)
                else:
                    prover = Prover(context, self.given)
                    prover.as_written = rules == (AT_ONE_INDEX,)
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
        lemmas = self.lemmas
        asked = lemmas.symmetric, Written(lemmas).definite, lemmas.nonnegative
        return Known(self.is_invertible, lemmas.has, lemmas.expanded, lemmas.equal, self.form.context, *asked)

    def proves_apart(self, claim: Claim) -> bool:
        """Whether a claim follows with determinants and pseudo-inverses taken apart as they are written."""
        apart = taken_apart(claim, self.known())
        if apart is None:
            return False
        stated, rules = apart
        self.form.see(*stated.sides)
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
            small, large = (left, right) if claim.op == "<=" else (right, left)
            if claim.op in ("<=", ">=") and fischer(self.lemmas, small, large):
                self.form.core.used("Fischer's inequality")
                return True
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
            if strict and not ordered(self.lemmas, right, left, True):
                raise
            if strict:
                return True
        if strict:
            if monotone(self.lemmas, right, left, True):
                self.form.core.used("monotone function")
                return True
            return ordered(self.lemmas, right, left, True)
        if self.lemmas.at_most(right, left) or self.at_most_squared(right, left):
            return True
        if ordered(self.lemmas, right, left, False):
            return True
        if by_weighted_hypotheses(self.lemmas, right, left):
            self.form.core.used("hypotheses times numbers")
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
                if by_weighted_hypotheses(self.lemmas, squares[1], squares[0]):
                    self.form.core.used("hypotheses times numbers")
                elif not self._traces_in_order(squares[1], squares[0]):
                    return False
        except Undecided:
            return False
        self.form.core.used("squares of what is not negative, compared")
        return True

    def _traces_in_order(self, small: Expression, large: Expression) -> bool:
        """||S||_F^2 <= b^2 as tr(S^T S) <= b^2."""
        base = small.operands[0]
        if not isinstance(base, ex.Norm) or base.kind != "F":
            return False
        (matrix,) = base.operands
        first = matrix if self.lemmas.symmetric(matrix) else ex.Transpose(matrix)
        trace = ex.Trace(ex.Mul(first, matrix))
        root = large.operands[0]
        ways = (large, ex.Mul(root, root))
        return any(self.lemmas.at_most(trace, way) or ordered(self.lemmas, trace, way, False) for way in ways)

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
            or self.equal_by_powers_below(left, right)
            or self.equal_by_bounds(left, right)
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

    def equal_by_powers_below(self, left: Expression, right: Expression) -> bool:
        """An equation in which 1 / (a + b)^2 is the square of 1 / (a + b), as it no longer is multiplied out."""
        sides = (with_powers_below(left), with_powers_below(right))
        if sides == (left, right):
            return False
        self.form.see(*sides)
        if not self.form.equal(*sides):
            return False
        self.form.core.used("quotient by a power")
        return True

    def equal_by_bounds(self, left: Expression, right: Expression) -> bool:
        """An equation of ranks, eigenvalues or operator norms of which neither side is more than the other."""
        nodes = [n for side in (left, right) for n in ex.walk(side)]
        if not left.is_number_shaped or not any(
            isinstance(n, (ex.Rank, ex.EigMax, ex.EigMin)) or (isinstance(n, ex.Norm) and not n.is_euclidean)
            for n in nodes
        ):
            return False
        if not (self.lemmas.at_most(left, right) and self.lemmas.at_most(right, left)):
            return False
        self.form.core.used("equal to what bounds it on both sides")
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
        if not self.form.equal(*sides) and not self.equal_squares(*sides):
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

    def is_zero(self, matrix: Expression) -> bool:
        """Whether the normal form of a matrix is 0."""
        self.form.see(matrix)
        try:
            return not self.form.poly(matrix)
        except (Undecided, Exhausted):
            return False

    def is_invertible(self, matrix: Expression) -> bool:
        """Whether a matrix is known to be invertible by the hypotheses."""
        return self.definedness.holds(Presupposition("invertible", matrix), self.definedness.atoms)

    def without_blocks(self, *sides: Expression) -> Iterator[Expression]:
        """Numbers with the blocks in them taken apart; raises Undecided where some stay."""
        blocks = Blocks(self.form.context, self.is_invertible, is_zero=self.is_zero)
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
        several = any(
            isinstance(n, (ex.Inverse, ex.Det)) and has_blocks(n) for side in (left, right) for n in ex.walk(side)
        )
        for first in ("first", "last", "sums", "least")[: 4 if several else 1]:
            blocks = Blocks(self.form.context, self.is_invertible, first=first, is_zero=self.is_zero)
            try:
                pairs = blocks.pairs(blocks.scalar(left), blocks.scalar(right))
            except NoBlocks as error:
                if first != "least" and several:
                    continue  # another way may be open
                raise Undecided(f"blocks: {error}") from error
            self.form.core.used("block by block")
            self.form.see(*(side for pair in pairs for side in pair))
            if all(not has_blocks(a) and not has_blocks(b) and self.form.equal(a, b) for a, b in pairs):
                return True
        return False

    def has_property(self, claim: Predicate) -> bool:
        """A property of a matrix, reduced to equations and definiteness."""
        a = claim.subject
        if isinstance(a, ex.Block):
            return self.block_has_property(claim.kind, a)
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

    def block_has_property(self, kind: str, matrix: ex.Block) -> bool:
        """A property of ((A, B), (C, D)): invertible where the determinant is not 0; positive (semi)definite by a Schur
        complement of a definite diagonal block, and by A + B and A - B where D = A and C = B.
        """
        rows = matrix.rows
        if len(rows) != 2 or len(rows[0]) != 2 or not all(same_size(*rows[k][k].shape) for k in (0, 1)):
            return False
        (a, b), (c, d) = rows
        if kind == "invertible":
            (value,) = self.without_blocks(ex.Det(matrix))
            factors = value.operands if isinstance(value, ex.Mul) else (value,)
            return all(
                self.is_invertible(f.operands[0])
                if isinstance(f, ex.Det)
                else self.definedness.holds(Presupposition("nonzero", f), self.definedness.atoms)
                for f in factors
            )
        if kind not in ("positive definite", "positive semidefinite"):
            return self.equal(matrix, ex.Transpose(matrix)) if kind == "symmetric" else False
        if a == d and b == c and all(self.has_property(Predicate(kind, e)) for e in (a + b, a - b)):
            return True
        if not self.equal(b, ex.Transpose(c)):
            return False  # the other two are symmetric as a definite matrix and what a definite complement leaves
        for corner, other, before, after in ((d, a, b, c), (a, d, c, b)):
            complement = ex.Add(other, ex.Neg(ex.Mul(before, ex.Inverse(corner), after)))
            if self.has_property(Predicate("positive definite", corner)):
                self.form.see(complement)
                if self.has_property(Predicate(kind, complement)):
                    return True
        return False

    def is_definite(self, factor: Expression, strict: bool) -> bool:
        """Whether a matrix is symmetric and positive (semi)definite."""
        return self.equal(factor, ex.Transpose(factor)) and self.order.definite(self.form.poly(factor), strict)


def _has_root(*sides: Expression) -> bool:
    """Whether a Euclidean norm occurs, or the absolute value of a determinant, or all sides are roots."""
    nodes = [n for side in sides for n in ex.walk(side)]
    norms = any(
        (isinstance(n, ex.Norm) and n.is_euclidean)
        or (isinstance(n, ex.Apply) and n.function == "abs" and n.operands[0].has_kind(ex.Det))
        for n in nodes
    )
    return norms or all(isinstance(side, ex.Apply) and side.function == "sqrt" for side in sides)


def _has_quotient_in_sum(e: Expression) -> bool:
    """Whether something in a sum over an index is divided by what has terms."""
    sums = (node for node in ex.walk(e) if isinstance(node, ex.SumOver))
    return any(isinstance(inner, (ex.Div, ex.Pow)) or _is_reciprocal(inner) for s in sums for inner in ex.walk(s))


def _is_reciprocal(e: Expression) -> bool:
    return isinstance(e, ex.Apply) and e.function == "reciprocal"
