"""What a derivation may use: declared hypotheses, definitions, recurrences and random quantities.

A :class:`Context` is plain, immutable data; both judges read it, neither changes it.
May import SymPy and the rest of ``everystep.algebra`` only.
"""

from __future__ import annotations

from typing import TypeAlias

from sympy import Expr, Symbol

from everystep.algebra.expressions import Entry, Expression, Eye, Member, Mul, Num, Transpose, Var, walk
from everystep.algebra.shapes import index
from everystep.records import dataclass, field, replace

RELATIONS = ("=", "<=", ">=", "<", ">", "!=")
PREDICATES = (
    "symmetric",
    "invertible",
    "positive definite",
    "positive semidefinite",
    "orthogonal",
    "diagonal",
    "lower triangular",
    "upper triangular",
    "idempotent",
    "full row rank",
    "full column rank",
    "nonzero",
)


EVERY = ("any i", "any j")
"""Names of indices that stand for every entry of a vector or a matrix in a hypothesis, and for nothing else: with a
space, so that no author has an index of that name.
"""


@dataclass(frozen=True)
class Relation:
    """``left op right`` between two values; ``op`` is one of ``RELATIONS``.

    Relations between integers (``t < T``, ``n < d``) have :class:`~everystep.algebra.expressions.Int` sides.
    """

    left: Expression
    op: str
    right: Expression

    def __post_init__(self) -> None:
        if self.op not in RELATIONS:
            raise ValueError(f"unknown relation {self.op!r}; one of {', '.join(RELATIONS)}")

    @property
    def sides(self) -> tuple[Expression, ...]:
        """The two values."""
        return self.left, self.right


@dataclass(frozen=True)
class Predicate:
    """A property of a matrix (or ``"nonzero"`` of anything); ``kind`` is one of ``PREDICATES``."""

    kind: str
    subject: Expression

    def __post_init__(self) -> None:
        if self.kind not in PREDICATES:
            raise ValueError(f"unknown property {self.kind!r}; one of {', '.join(PREDICATES)}")

    @property
    def sides(self) -> tuple[Expression, ...]:
        """The one value that the property is said of."""
        return (self.subject,)


Hypothesis: TypeAlias = Relation | Predicate


def of_every(name: str, rows: object, place: int = 0) -> Member:
    """The vector of ``rows`` entries (1: the number) of a family in a hypothesis that is one of every member."""
    return Member(name, rows, 1, index(EVERY[place]))


def is_of_every(member: Member) -> bool:
    """Whether a member in a hypothesis stands for every one of its family."""
    return {str(at) for at in member.at} <= set(EVERY)


def orthonormal(name: str, rows: object, count: object) -> Relation:
    """``u_i^T u_j = delta_ij`` for all i and j from 1 to ``count``, of a family of vectors of ``rows`` entries."""
    first, second = of_every(name, rows), of_every(name, rows, 1)
    return Relation(Mul(Transpose(first), second), "=", Entry(Eye(count), *(index(i) for i in EVERY)))


def orthonormal_family(hypothesis: Hypothesis) -> tuple[Member, Expr] | None:
    """The general member of a family and the number of members, where the hypothesis is that of :func:`orthonormal`."""
    if not isinstance(hypothesis, Relation) or hypothesis.op != "=":
        return None
    unit = hypothesis.right
    if not isinstance(unit, Entry) or not isinstance(unit.operands[0], Eye):
        return None
    member = next((n for n in walk(hypothesis.left) if isinstance(n, Member)), None)
    count = unit.operands[0].shape[0]
    if member is None or hypothesis != orthonormal(member.name, member.shape[0], count):
        return None
    return of_every(member.name, member.shape[0]), count


@dataclass(frozen=True)
class Definition:
    """``target := body``.  The target is a Var, or a Member whose indices are symbols (then for all indices),
    or a Member at a number (``h_0``).  Definitions are expanded; they do not refer to themselves.
    """

    target: Var | Member
    body: Expression

    def __post_init__(self) -> None:
        symbols = [s for s in getattr(self.target, "at", ()) if s.is_Symbol]
        if len(set(symbols)) < len(symbols):
            raise ValueError("a definition's indices are different symbols")


@dataclass(frozen=True)
class Recurrence:
    """``target := body`` for every index value from ``first`` on, where the body refers to earlier members.

    ``target`` is ``Member(name, ..., t)`` with a symbol t, the body refers to the family at ``t - 1``.
    The member at ``first - 1`` is free unless a :class:`Definition` fixes it.
    """

    target: Member
    body: Expression
    first: int = 1


@dataclass(frozen=True)
class Random:
    """A random quantity.  ``law`` is one of

    - ``"bernoulli"``: entries i.i.d., 1 with probability ``parameters[0]``, else 0;
    - ``"moments"``: mean ``parameters[0]`` and covariance matrix ``parameters[1]``, nothing else known;
    - ``"two moments"``: the same, but what else there is to its law may depend on other random quantities;
    - ``"gaussian"``: normal with mean ``parameters[0]`` and covariance ``parameters[1]``;
    - ``"iid"``: entries i.i.d. with mean ``parameters[0]`` and variance ``parameters[1]``;
    - ``"normal entries"``, ``"uniform entries"``: the same, and that the entries are normal, or uniform on an interval;
    - ``"any"``: nothing is known; no parameters.

    Members of one random family at different indices, and different random quantities, are independent.
    """

    target: Var | Member
    law: str
    parameters: tuple[Expression, ...]

    LAWS = ("bernoulli", "moments", "two moments", "gaussian", "iid", "normal entries", "uniform entries", "any")
    ALIKE = ("iid", "normal entries", "uniform entries")
    """Laws of entries that are independent and have one mean and one variance."""

    def __post_init__(self) -> None:
        if self.law not in self.LAWS:
            raise ValueError(f"unknown law {self.law!r}; one of {', '.join(self.LAWS)}")
        if any(not s.is_Symbol for s in getattr(self.target, "at", ())):
            raise ValueError("a law is one of all members of a family: its indices are symbols")


@dataclass(frozen=True)
class Context:
    """Everything in force at a step.  ``ranges`` gives the values of a family's index: ``{"x": (1, n)}``."""

    definitions: tuple[Definition, ...] = ()
    recurrences: tuple[Recurrence, ...] = ()
    hypotheses: tuple[Hypothesis, ...] = ()
    random: tuple[Random, ...] = ()
    ranges: tuple[tuple[str, Expr, Expr], ...] = field(default=())

    def __post_init__(self) -> None:
        bodies: dict[Expression, Expression] = {}
        for definition in self.definitions if len(self.definitions) > 1 else ():
            # D_i and D_j are one definition: the letter of an index does not matter.
            symbols = [s for s in getattr(definition.target, "at", ()) if s.is_Symbol]
            target, body = definition.target, definition.body
            if symbols:
                letters = {s: Symbol(f"#{k}", integer=True) for k, s in enumerate(symbols)}
                target, body = target.xreplace(letters), body.xreplace(letters)
            if bodies.setdefault(target, body) != body:
                raise ValueError(f"two definitions of {definition.target}")
        laws: dict[tuple[str, int], Random] = {}
        for law in self.random:
            name = law.target.name, len(getattr(law.target, "at", ()))
            if laws.setdefault(name, law) != law:
                raise ValueError(f"two laws of {law.target.name}")

    def given(self, *hypotheses: Hypothesis) -> Context:
        """This context with further hypotheses."""
        return replace(self, hypotheses=self.hypotheses + hypotheses) if hypotheses else self

    def with_implied(self) -> Context:
        """This context with what its laws presuppose: covariances are positive semidefinite, variances not negative,
        probabilities between 0 and 1.
        """
        if not self.random:
            return self
        implied: list[Hypothesis] = []
        zero, one = Num(0), Num(1)
        for law in self.random:
            if law.law in ("moments", "two moments", "gaussian") and isinstance(law.parameters[1], Var):
                if law.parameters[1].is_number_shaped:
                    implied.append(Relation(law.parameters[1], ">=", zero))
                else:
                    implied.append(Predicate("positive semidefinite", law.parameters[1]))
            elif law.law in law.ALIKE and isinstance(law.parameters[1], Var):
                implied.append(Relation(law.parameters[1], ">=", zero))
            elif law.law == "bernoulli" and isinstance(law.parameters[0], Var):
                implied += [Relation(zero, "<=", law.parameters[0]), Relation(law.parameters[0], "<=", one)]
        return self.given(*(h for h in implied if h not in self.hypotheses))

    def __add__(self, other: Context) -> Context:
        return Context(
            self.definitions + other.definitions,
            self.recurrences + other.recurrences,
            self.hypotheses + other.hypotheses,
            self.random + other.random,
            self.ranges + other.ranges,
        )
