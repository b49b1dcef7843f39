"""One more hypothesis under which a claim would hold, and what is presupposed and stated nowhere.

May import ``everystep.algebra``, this package, the checker's prover, and what a formula presupposes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, combinations

from everystep.algebra import expressions as ex
from everystep.algebra.context import Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Expression, Int, Mul, Num, Transpose, Var
from everystep.algebra.shapes import same_shape, same_size
from everystep.prove.presuppositions import Presupposition, positions
from everystep.prove.prover import Prover
from everystep.prove.repairs.claims import Faulty, Repair, transposed
from everystep.records import dataclass


def one_property(kind: str) -> Callable[[Faulty], Iterator[Repair]]:
    """The family of "holds if A is ..." for one property of square matrices."""

    def family(faulty: Faulty) -> Iterator[Repair]:
        nodes = [node for side in faulty.sides for node in ex.walk(side)]
        for a in faulty.squares:
            # An idempotent matrix with an inverse is the identity: true, and of no use.
            inverted = ex.Inverse(a) in nodes or faulty.states("invertible", a)
            if not faulty.states(kind, a) and not (kind == "idempotent" and inverted):
                yield Repair(f"holds if {faulty.show(a)} is {kind}", faulty.claim, (Predicate(kind, a),))

    return family


def two_symmetric(faulty: Faulty) -> Iterator[Repair]:
    for a, b in combinations(faulty.squares, 2):
        given = (Predicate("symmetric", a), Predicate("symmetric", b))
        yield Repair(f"holds if {faulty.show(a)} and {faulty.show(b)} are symmetric", faulty.claim, given)


def commuting(faulty: Faulty) -> Iterator[Repair]:
    for a, b in combinations(faulty.squares, 2):
        if same_shape(a.shape, b.shape):
            given = (Relation(Mul(a, b), "=", Mul(b, a)),)
            yield Repair(f"holds if {faulty.show(a)} and {faulty.show(b)} commute", faulty.claim, given)


def rank_or_length(faulty: Faulty) -> Iterator[Repair]:
    """Full rank, orthonormal columns or rows, a unit vector, two orthogonal vectors."""
    for a in faulty.variables:
        name = faulty.show(a)
        if a.is_number_shaped or (same_size(*a.shape) and a.shape[0] != 1):
            continue
        if a.shape[1] == 1:
            given = Relation(Mul(Transpose(a), a), "=", Num(1))
            yield Repair(f"holds if {name} has norm 1", faulty.claim, (given,))
            continue
        for kind in ("full column rank", "full row rank"):
            yield Repair(f"holds if {name} has {kind}", faulty.claim, (Predicate(kind, a),))
        gram = Relation(Mul(Transpose(a), a), "=", ex.Eye(a.shape[1]))
        yield Repair(f"holds if the columns of {name} are orthonormal", faulty.claim, (gram,))
        gram = Relation(Mul(a, Transpose(a)), "=", ex.Eye(a.shape[0]))
        yield Repair(f"holds if the rows of {name} are orthonormal", faulty.claim, (gram,))
    vectors = [v for v in faulty.variables if v.shape[1] == 1 and not v.is_number_shaped]
    for x, y in combinations(vectors, 2):
        if same_shape(x.shape, y.shape):
            given = Relation(Mul(Transpose(x), y), "=", Num(0))
            words = f"holds if {faulty.show(x)} and {faulty.show(y)} are orthogonal to each other"
            yield Repair(words, faulty.claim, (given,))


def signs(faulty: Faulty) -> Iterator[Repair]:
    """Nonnegative, positive or nonzero numbers; definite or invertible matrices; means that vanish."""
    claim, show, nought = faulty.claim, faulty.show, Num(0)
    for a in faulty.variables:
        if a.is_number_shaped:
            yield Repair(f"holds if {show(a)} is nonnegative", claim, (Relation(a, ">=", nought),))
            yield Repair(f"holds if {show(a)} is nonzero", claim, (Predicate("nonzero", a),))
            yield Repair(f"holds if {show(a)} is positive", claim, (Relation(a, ">", nought),))
    for kind in ("invertible", "positive semidefinite", "positive definite"):
        yield from one_property(kind)(faulty)
    for law in faulty.context.random:
        mean = law.parameters[0] if law.law not in ("bernoulli", "any") else None
        if isinstance(mean, Var):
            given = Relation(mean, "=", ex.Zeros(*mean.shape) if not mean.is_number_shaped else nought)
            yield Repair(f"holds if {show(mean)} is zero", claim, (given,))


def hypotheses_needed(faulty: Faulty) -> Iterator[Repair]:
    """For an inequality or a property: one hypothesis, then two."""
    for family in (signs, one_property("symmetric"), rank_or_length):
        yield from family(faulty)
    for kind in ("orthogonal", "diagonal", "idempotent"):
        yield from one_property(kind)(faulty)
    yield from commuting(faulty)
    yield from two_symmetric(faulty)
    yield from _definite_and_nonzero(faulty)
    yield from all_nonnegative(faulty)


def all_nonnegative(faulty: Faulty) -> Iterator[Repair]:
    numbers = [v for v in faulty.variables if v.is_number_shaped]
    for a, b in combinations(numbers, 2):
        words = f"holds if {faulty.show(a)} and {faulty.show(b)} are nonnegative"
        yield Repair(words, faulty.claim, (Relation(a, ">=", Num(0)), Relation(b, ">=", Num(0))))


def _definite_and_nonzero(faulty: Faulty) -> Iterator[Repair]:
    """What a strict inequality for a quadratic form needs."""
    vectors = [v for v in faulty.variables if v.shape[1] == 1 and not v.is_number_shaped]
    for a in faulty.squares:
        for x in vectors:
            given = (Predicate("positive definite", a), Predicate("nonzero", x))
            words = f"holds if {faulty.show(a)} is positive definite and {faulty.show(x)} is nonzero"
            yield Repair(words, faulty.claim, given)


# what is presupposed and stated nowhere ----------------------------------------------------------


def missing_hypotheses(faulty: Faulty) -> Iterator[Repair]:
    """The claim with what its right side presupposes: one of these, then all; as they stand, then of their symbols."""
    missing = _left_over(faulty)
    for need in chain(*(_needs(faulty, p) for p in missing), *(_needs_of_symbols(faulty, p) for p in missing)):
        yield Repair(f"needs {_grouped([need])}, which is stated nowhere", faulty.claim, need.given)
    for needs in (_needs, _needs_of_symbols):
        found = [next(iter(needs(faulty, p)), None) for p in missing]
        if len(found) > 1 and all(f is not None for f in found):
            needed = list(dict.fromkeys(f for f in found if f is not None))
            given = tuple(dict.fromkeys(h for n in needed for h in n.given))
            yield Repair(f"needs {_grouped(needed)}, which is stated nowhere", faulty.claim, given)


def _left_over(faulty: Faulty) -> list[Presupposition]:
    """What the right side presupposes and nothing gives, outside of sums; else the inverses of the left side."""
    claim = faulty.claim
    if not isinstance(claim, Relation):
        return []
    prover = Prover(faulty.context.given(*faulty.step.given).with_implied())
    prover.form.see(claim.left, claim.right)
    prover.form.start(claim.left, claim.right)
    found = prover.definedness.left_over(claim.left, claim.right) or [
        p for p in prover.definedness.left_over(Num(0), claim.left) if p.kind == "invertible"
    ]
    unbound = [p for p in found if not any(b.index in p.subject.free_symbols for b in p.scope)]
    return unbound[::-1] if len(unbound) == len(found) else []


@dataclass(frozen=True)
class Need:
    """Hypotheses, and the words for them: of what (``"A"``), and what (``"invertible"``)."""

    names: tuple[str, ...]
    what: str
    given: tuple[Hypothesis, ...]


def _grouped(needs: list[Need]) -> str:
    """``A and B invertible and c nonzero``."""
    names: dict[str, dict[str, None]] = {}
    for need in needs:
        names.setdefault(need.what, {}).update(dict.fromkeys(need.names))
    return " and ".join(f"{_listed(list(group))} {what}".rstrip() for what, group in names.items())


def _needs(faulty: Faulty, p: Presupposition) -> Iterator[Need]:
    """A presupposition as it stands."""
    name, nought = faulty.show(p.subject), Num(0)
    if isinstance(p.subject, ex.Norm):
        yield from _needs_of_symbols(faulty, p)
    elif p.kind == "invertible":
        yield Need((name,), "invertible", (Predicate("invertible", p.subject),))
    elif p.kind in ("nonzero", "away from 0"):
        yield Need((name,), "nonzero", (Predicate("nonzero", p.subject),))
    elif p.kind == "positive":
        yield Need((name,), "positive", (Relation(p.subject, ">", nought),))
    elif p.kind == "nonnegative":
        yield Need((name,), "nonnegative", (Relation(p.subject, ">=", nought),))
    elif p.kind in ("in range", "range"):
        yield from _needs_range(faulty, p)


def _needs_range(faulty: Faulty, p: Presupposition) -> Iterator[Need]:
    prover = Prover(faulty.context.given(*faulty.step.given))
    given: list[Hypothesis] = []
    words = []
    if isinstance(p.subject, ex.SumOver):
        low, high = p.subject.range
        yield Need((f"{low - 1} <= {high}",), "", (Relation(Int(low - 1), "<=", Int(high)),))
        return
    for low, at, high in positions(p.subject, prover.form):
        if at.is_Integer and low is not None:
            low = None
        given += [Relation(Int(low), "<=", Int(at))] if low is not None else []
        given += [Relation(Int(at), "<=", Int(high))] if high is not None else []
        words.append(" <= ".join(str(bound) for bound in (low, at, high) if bound is not None))
    if given:
        yield Need(tuple(words), "", tuple(given))


def _needs_of_symbols(faulty: Faulty, p: Presupposition) -> Iterator[Need]:
    """What would give a presupposition, said of the symbols in it."""
    subject, show = p.subject, faulty.show
    if p.kind == "invertible":
        x = _gram_of(subject)
        if x is not None:
            yield Need((show(x),), "to have full column rank", (Predicate("full column rank", x),))
        x = _gram_of(Mul(*reversed(subject.operands))) if isinstance(subject, Mul) else None
        if x is not None:
            yield Need((show(transposed(x)),), "to have full row rank", (Predicate("full row rank", transposed(x)),))
        for a in faulty.squares:
            if a in ex.walk(subject):
                yield Need((show(a),), "invertible", (Predicate("invertible", a),))
    elif p.kind in ("nonzero", "away from 0") and isinstance(subject, ex.Norm):
        inner = subject.operands[0]
        yield Need((show(inner),), "nonzero", (Predicate("nonzero", inner),))
    elif p.kind in ("nonzero", "positive", "nonnegative"):
        numbers = [a for a in faulty.variables if a.is_number_shaped and a in ex.walk(subject)]
        if numbers:
            word = "nonnegative" if p.kind == "nonnegative" else "positive"
            op = ">=" if p.kind == "nonnegative" else ">"
            given = tuple(Relation(a, op, Num(0)) for a in numbers)
            yield Need(tuple(show(a) for a in numbers), word, given)


def _gram_of(e: Expression) -> Expression | None:
    """X, where the expression is X^T X."""
    if isinstance(e, Mul) and len(e.operands) == 2 and e.operands[0] == transposed(e.operands[1]):
        return e.operands[1]
    return None


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
