r"""Claims that are not one relation between two values: a minimiser, a Taylor remainder, an equality up to a constant.

Each is reduced to relations that the prover judges; it is proved when all of them are.  May import
``everystep.algebra``, ``everystep.derivation``, ``everystep.prove`` and ``everystep.reader``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from everystep.algebra import expressions as ex
from everystep.algebra.context import Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Expression, Num, Var
from everystep.derivation import Claim
from everystep.prove.verdict import Status, Verdict
from everystep.reader.marks import plain_text
from everystep.reader.source import Token, Tokens
from everystep.reader.trees import Unreadable, depths, name_of, stripped
from everystep.reader.values import Values
from everystep.records import dataclass, replace

Judge: TypeAlias = Callable[[Claim, tuple[Hypothesis, ...]], Verdict]


@dataclass(frozen=True)
class Part:
    """A relation that a claim is reduced to, the further hypotheses under which it is judged, and what it says."""

    claim: Claim
    given: tuple[Hypothesis, ...] = ()
    says: str = ""
    necessary: bool = True


def judged(parts: Sequence[Part], judge: Judge, method: str) -> Verdict:
    """Proved when every part is; refuted as soon as one is."""
    verdicts: list[Verdict] = []
    for part in parts:
        verdict = judge(part.claim, part.given)
        if verdict.status.is_wrong and not part.necessary:
            verdict = replace(verdict, status=Status.TESTED, counterexample=None)
        if verdict.status.is_wrong:
            message = f"{part.says}: {verdict.message}" if verdict.message else f"not so: {part.says}"
            return replace(verdict, message=message, method=f"{method}: {verdict.method}")
        verdicts.append(verdict)
    rules = tuple(sorted({rule for v in verdicts for rule in v.rules}))
    undecided = [(p, v) for p, v in zip(parts, verdicts, strict=True) if v.status is not Status.PROVED]
    if undecided:
        part, verdict = undecided[0]
        return replace(verdict, status=Status.TESTED, message=f"{part.says}: {verdict.message}", rules=rules)
    return replace(verdicts[-1], method=f"{method}: {verdicts[-1].method}", rules=rules)


def not_equal(equal_somewhere: Verdict, equal_everywhere: Verdict) -> Verdict:
    r"""The verdict of ``a \ne b`` whose sides agree somewhere: it may mean that they differ in general.

    ``equal_everywhere`` is the verdict of ``a = b``: only where it is proved is the author wrong in either sense.
    """
    if equal_everywhere.status is Status.PROVED:
        return equal_somewhere
    if equal_everywhere.status is Status.REFUTED:
        message = "the sides differ for some values and agree for others: true in general, not for all values"
    else:
        message = "not decided whether the sides ever differ"
    return Verdict(Status.TESTED, equal_everywhere.method, message)


# minimisers --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Minimiser:
    r"""``\arg\min_v f``, or of ``-f`` for ``\arg\max``: the tokens of v and of f."""

    variable: Tokens
    objective: Tokens
    smallest: bool = True


def minimiser(side: Tokens) -> Minimiser | None:
    """The parts of a side that is an arg min; None where it is something else."""
    tokens = stripped(side)
    word, at = _arg(tokens)
    if not word or at >= len(tokens) or tokens[at].kind != "sub":
        return None
    at += 1
    if at >= len(tokens):
        return None
    if tokens[at].kind == "open":
        level = 0
        end = at
        for end in range(at, len(tokens)):
            level += (tokens[end].kind == "open") - (tokens[end].kind == "close")
            if level == 0:
                break
        variable, rest = tokens[at + 1 : end], tokens[end + 1 :]
    else:
        variable, rest = tokens[at : at + 1], tokens[at + 1 :]
    for k, token in enumerate(variable):
        if name_of(token) == "in":
            variable = variable[:k]
            break
    return Minimiser(variable, rest, word.endswith("min")) if variable and rest else None


def _arg(tokens: Tokens) -> tuple[str, int]:
    """``argmin`` or ``argmax`` at the beginning, and where it ends."""
    if not tokens:
        return "", 0
    first = name_of(tokens[0])
    if first in ("argmin", "argmax"):
        return first, 1
    if first == "arg" and len(tokens) > 1 and name_of(tokens[1]) in ("min", "max"):
        return first + name_of(tokens[1]), 2
    if first in ("operatorname", "mathrm", "operatorname*") and len(tokens) > 1 and tokens[1].kind == "open":
        end = next((k for k in range(1, len(tokens)) if tokens[k].kind == "close"), 0)
        word = plain_text(tokens[1 : end + 1]).replace(" ", "")
        return (word, end + 1) if word in ("argmin", "argmax") else ("", 0)
    return "", 0


def minimises(found: Minimiser, point: Expression, values: Values, given: Sequence[Hypothesis]) -> list[Part]:
    """That the point is the minimiser: the gradient vanishes there, the Hessian is positive definite.

    ``given``: the hypotheses; of the variable they may say on which side of a number it lies, and so does the point.
    """
    variable = values.variable(found.variable)
    objective = values.read(found.objective)
    if not found.smallest:
        objective = ex.Neg(objective)
    variable, point = values.relate(variable, point)
    objective = values.finished(values.resolved(objective))
    point = values.finished(point)
    if not isinstance(variable, Var):
        raise Unreadable("the minimum is over a symbol", found.variable[0].place)
    if variable.shape[1] != 1:
        raise Unreadable("a minimum over a matrix is not judged", found.variable[0].place)
    zero: Expression = Num(0) if variable.is_number_shaped else ex.Zeros(*variable.shape)
    bounds = [h for h in given if variable in {n for side in h.sides for n in ex.walk(side)}]
    if not all(_is_bound(h, variable) for h in bounds):
        said = f"something is assumed of {variable.name}: over which values the minimum is taken is not clear"
        raise Unreadable(said, found.variable[0].place)
    gradient = Relation(ex.Gradient(objective, variable), "=", zero)
    at_point = Relation(variable, "=", point)
    parts = [Part(gradient, (at_point,), "the gradient vanishes there", not bounds)]
    if variable.is_number_shaped:
        second = ex.ScalarDerivative(ex.ScalarDerivative(objective, variable), variable)
        parts.append(Part(Relation(Num(0), "<", second), (), "the second derivative is positive", False))
    else:
        # Semidefinite and invertible: definite.
        hessian = ex.Hessian(objective, variable)
        parts.append(
            Part(Predicate("positive semidefinite", hessian), (), "the Hessian is positive semidefinite", False)
        )
        parts.append(Part(Predicate("invertible", hessian), (), "the Hessian is invertible", False))
    for h in bounds:
        if isinstance(h, Relation):
            there = Relation(h.left.xreplace({variable: point}), h.op, h.right.xreplace({variable: point}))
            parts.append(Part(there, (), "the point is admitted", False))
    return parts


def _is_bound(hypothesis: Hypothesis, variable: Var) -> bool:
    """Whether a hypothesis says that a variable is above or below what does not depend on it."""
    if not isinstance(hypothesis, Relation) or hypothesis.op in ("=", "!=") or variable not in hypothesis.sides:
        return False
    return sum(variable in set(ex.walk(side)) for side in hypothesis.sides) == 1


# remainders --------------------------------------------------------------------------------------------


LITTLE = "little"
"""The kind of a token before what stands in the brackets of ``o(h)``."""


def without_remainder(side: Tokens, little: bool = False) -> tuple[Tokens, Tokens]:
    r"""A side without its last term ``+ O(...)``, and what stands in the brackets (empty where there is none).

    ``little``: whether ``o(...)`` is such a term, too: then a token of its own kind stands before it.
    """
    tokens = stripped(side)
    levels = depths(tokens)
    for k in range(len(tokens) - 1, -1, -1):
        if levels[k] == 0 and tokens[k].kind == "char" and tokens[k].text in "+-" and k + 2 < len(tokens):
            head = [t for t in tokens[k + 1 :] if not (t.kind == "command" and t.text in ("mathcal", "mathrm"))]
            head = [t for t in head if t.kind not in ("open", "close")] if head and head[0].kind == "open" else head
            bracket = next((j for j in range(k + 1, len(tokens)) if name_of(tokens[j]) == "("), None)
            if head and name_of(head[0]) == "O" and bracket is not None and name_of(tokens[-1]) == ")":
                return tokens[:k], tokens[bracket + 1 : -1]
            plain = little and name_of(tokens[k + 1]) == "o" and bracket == k + 2
            if plain and name_of(tokens[-1]) == ")":
                return tokens[:k], (replace(tokens[k + 1], kind=LITTLE), *tokens[k + 3 : -1])
            return tokens, ()
    return tokens, ()


def remainder(inside: Tokens, values: Values) -> tuple[Var, int]:
    r"""The small quantity of ``O(\epsilon^2)`` or ``O(\|h\|^2)`` and the order.

    For smooth functions ``o(h^k)`` is ``O(h^{k+1})``.
    """
    tokens = stripped(inside)
    little = bool(tokens) and tokens[0].kind == LITTLE
    tokens = tokens[1:] if little else tokens
    order = 1
    if len(tokens) >= 3 and tokens[-2].kind == "sup" and tokens[-1].text.isdigit():
        order, tokens = int(tokens[-1].text), tokens[:-2]
    elif len(tokens) >= 5 and tokens[-4].kind == "sup" and tokens[-2].text.isdigit():
        order, tokens = int(tokens[-2].text), tokens[:-4]
    value = values.read(tokens)
    if isinstance(value, (ex.Norm, ex.Apply)):
        value = value.operands[0]
    order += little
    if not isinstance(value, Var) or not 1 <= order <= 4:
        raise Unreadable("the order of the remainder is not read", inside[0].place if inside else None)
    return value, order


def is_remainder(left: Expression, right: Expression, small: Var, order: int) -> list[Part]:
    """That the difference of two smooth functions is O(small^order): its derivatives below that order vanish at 0."""
    difference: Expression = ex.Add(left, ex.Neg(right))
    zero_at: Expression = Num(0) if small.is_number_shaped else ex.Zeros(*small.shape)
    at_zero = Relation(small, "=", zero_at)
    parts = []
    for k in range(order):
        rows, columns = difference.shape
        zero: Expression = Num(0) if (rows, columns) == (1, 1) else ex.Zeros(rows, columns)
        says = "the two sides agree at 0" if k == 0 else f"the derivatives of order {k} agree at 0"
        parts.append(Part(Relation(difference, "=", zero), (at_zero,), says))
        if k + 1 < order:
            if small.is_number_shaped:
                difference = ex.ScalarDerivative(difference, small)
            elif difference.is_number_shaped and k == 0:
                difference = ex.Gradient(difference, small)
            elif difference.shape[1] == 1:
                difference = ex.Jacobian(difference, small)
            else:
                raise Unreadable("a remainder of this order is not judged")
    return parts


# up to a constant or a factor ----------------------------------------------------------------------------


def is_constant(left: Expression, right: Expression, variable: Expression) -> list[Part]:
    """That the difference does not depend on the variable: its gradient is 0."""
    gradient = ex.Gradient(ex.Add(left, ex.Neg(right)), variable)
    zero: Expression = Num(0) if variable.is_number_shaped else ex.Zeros(*variable.shape)
    return [Part(Relation(gradient, "=", zero), (), "the difference does not depend on the variable")]


def is_factor(left: Expression, right: Expression, variable: Expression) -> list[Part]:
    """That the quotient of two positive functions does not depend on the variable."""
    return [
        replace(part, says="the quotient does not depend on the variable")
        for part in is_constant(ex.log(left), ex.log(right), variable)
    ]


def without_constant(side: Sequence[Token]) -> Tokens:
    """A side without the sign that stood before "const"."""
    tokens = list(stripped(side))
    while tokens and tokens[-1].kind == "char" and tokens[-1].text in "+-":
        tokens.pop()
    return tuple(tokens)
