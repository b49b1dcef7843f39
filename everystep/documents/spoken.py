"""What claims and displays speak of: free indices, random names, names that vary, names that nothing is said of.

May import the engine.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, product
from typing import TypeAlias

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.conditioning import is_conditional
from everystep.algebra.context import EVERY, Context, Definition, Hypothesis, Predicate, Recurrence, Relation
from everystep.algebra.expressions import Expression, Int, Num, Var
from everystep.algebra.functions import FUNCTIONS
from everystep.algebra.shapes import ONE, ShapeError
from everystep.algebra.substitution import instance
from everystep.derivation import Claim
from everystep.reader.components import component
from everystep.reader.entities import FamilyName, ScalarFunctionName, Size, Symbolic
from everystep.reader.marks import plain_text
from everystep.reader.random_lines import DRAWN
from everystep.reader.scope import Scope
from everystep.reader.sign_letters import script_letters
from everystep.reader.signs import ACCENTS, GREEK
from everystep.reader.source import Tokens
from everystep.reader.statements import Statement
from everystep.reader.syntax import Parser, parse
from everystep.reader.trees import Unreadable, name_of, relation_of, stripped
from everystep.reader.values import Values

ALIKE = (
    *(tuple(letters) for letters in ("ABC", "PQ", "ST", "UVW", "XYZ", "abc", "pq", "uvw", "xyz")),
    ("Phi", "Psi"),
    ("alpha", "beta", "gamma"),
)
"""Letters that an author gives to quantities of the same standing."""
DERIVATIVES = (ex.Gradient, ex.ScalarDerivative, ex.Jacobian)
Uses: TypeAlias = dict[Expr, list[tuple[Expr, Expr | None]]]


def free_name(claim: Claim, context: Context) -> str:
    """The name that a claim equates with something else, where nothing is known of it but its shape."""
    if not isinstance(claim, Relation) or claim.op != "=":
        return ""
    base = claim.left
    if isinstance(base, ex.Entry) and _steps_on(base, claim.right):
        base = base.operands[0]  # x_{k+1} = x_k - g_k: of iterates, or of the entries of x?
    if not isinstance(base, Var | ex.Member):
        return ""
    name = base.name
    before = not isinstance(claim.left, Var) and claim.left not in ex.walk(claim.right)  # a recurrence
    parts: list[Expression] = [] if before else [claim.right]
    for hypothesis in context.hypotheses:
        if not (before and _is_start(hypothesis, name)):
            parts += [side for side in hypothesis.sides if not isinstance(side, Int)]
    rules: list[Definition | Recurrence] = [*context.definitions, *context.recurrences]
    for rule in rules:
        start = isinstance(rule, Definition) and _is_start(Relation(rule.target, "=", rule.body), name)
        if not (before and start and rule.target != claim.left):
            # The value of a new name, such as the loss L of an output v, says nothing of what it is made of.
            parts += [rule.target] if isinstance(rule, Definition) else [rule.target, rule.body]
    parts += [law.target for law in context.random]
    known = {node.name for part in parts for node in ex.walk(part) if isinstance(node, Var | ex.Member)}
    return "" if name in known else name


def _is_start(hypothesis: Hypothesis, name: str) -> bool:
    """Whether a hypothesis says what a family begins with, ``v_0 = 0``, and nothing else of it."""
    if not isinstance(hypothesis, Relation) or hypothesis.op != "=" or not isinstance(hypothesis.left, ex.Member):
        return False
    member = hypothesis.left
    return member.name == name and member.at[-1].is_Integer is True and name not in hypothesis.right.names


def free_function(claim: Claim, context: Context) -> str:
    """The function whose derivative a claim equates with something else, where nothing is known of it."""
    if not isinstance(claim, Relation) or claim.op != "=":
        return ""
    function = _derived_function(claim.left)
    return "" if function in _functions_known(context) else function


def _derived_function(e: Expression) -> str:
    """The function of which nothing is known by itself and whose derivative at a point an expression is; else empty."""
    if isinstance(e, ex.Apply) and e.order and e.function not in FUNCTIONS:
        return e.function if isinstance(e.operands[0], Var | ex.Member) else ""
    value = e.operands[0] if isinstance(e, DERIVATIVES) else None
    if not isinstance(value, ex.Call | ex.Apply) or value.operands != e.operands[1:]:
        return ""
    return "" if isinstance(value, ex.Apply) and (value.order or value.function in FUNCTIONS) else value.function


def _functions_known(context: Context) -> set[str]:
    """The functions that a hypothesis or a definition speaks of."""
    parts = [d.body for d in context.definitions] + [r.body for r in context.recurrences]
    for hypothesis in context.hypotheses:
        parts += (hypothesis.left, hypothesis.right) if isinstance(hypothesis, Relation) else (hypothesis.subject,)
    return {n.function for part in parts for n in ex.walk(part) if isinstance(n, ex.Call | ex.Apply)}


def said_of_every_argument(claim: Claim, context: Context) -> str:
    """A function of a claim of which a hypothesis says something at a plain letter, ``f(-x) = f(x)``; else empty.

    A counterexample meets such a hypothesis at one value of the letter only.
    """
    written = {n.function for n in all_in(claim, context) if isinstance(n, ex.Call | ex.Apply)}
    for hypothesis in context.hypotheses:
        if not isinstance(hypothesis, Relation):
            continue
        for node in (n for side in (hypothesis.left, hypothesis.right) for n in ex.walk(side)):
            if not isinstance(node, ex.Call | ex.Apply) or node.function not in written or node.function in FUNCTIONS:
                continue
            if any(isinstance(n, Var) and len(n.name) == 1 for o in node.operands for n in ex.walk(o)):
                return node.function
    return ""


MOST_PLACES = 12
"""Equations at other places than the one they are said at, that are looked at."""


def said_of_every_index(claim: Claim, context: Context) -> list[Relation]:
    """Equations that are assumed at a free index, ``x_{t+1} = x_t - g_t``, at the other places that a claim speaks of.

    They may be meant for every t, and a counterexample meets them at one.
    """
    written = {n for part in all_in(claim, context) for n in ex.walk(part) if isinstance(n, ex.Member)}
    found: dict[Relation, None] = {}
    for hypothesis in context.hypotheses:
        if not isinstance(hypothesis, Relation) or hypothesis.op != "=":
            continue
        sides = (hypothesis.left, hypothesis.right)
        said = sorted({n for side in sides for n in ex.walk(side) if isinstance(n, ex.Member)}, key=str)
        for node in sorted(written.difference(said), key=str):
            for member in said:
                free = [i for i in member.at[-1].free_symbols if str(i) not in EVERY and not i.is_positive]
                if member.name == node.name and len(member.at) == 1 and len(free) == 1:
                    place = {free[0]: free[0] + node.at[-1] - member.at[-1]}
                    found[Relation(sides[0].xreplace(place), "=", sides[1].xreplace(place))] = None
    return [h for h in found if h not in context.hypotheses][:MOST_PLACES]


def _steps_on(entry: ex.Entry, other: Expression) -> bool:
    """Whether another entry at an index of the same letter occurs: ``x_k`` beside ``x_{k+1}``."""
    letters = set().union(*(at.free_symbols for at in entry.at))
    entries = (n for n in ex.walk(other) if isinstance(n, ex.Entry) and n.operands[0] == entry.operands[0])
    return any(n.at != entry.at and letters & set().union(*(at.free_symbols for at in n.at)) for n in entries)


def undeclared_side(claim: Claim, guesses: Mapping[str, Var]) -> str:
    """The name without a declaration that one side of a claim is; empty where there is none."""
    if not isinstance(claim, Relation):
        return ""
    for side, other in ((claim.left, claim.right), (claim.right, claim.left)):
        if isinstance(side, Var) and side.name in guesses and side not in ex.walk(other):
            return side.name
    return ""


def guessed_by(claim: Claim, guesses: Mapping[str, Var]) -> str:
    """The name without a declaration by which a claim differentiates, taken for a number, or that stands in a sum with
    what does not fit it; empty where there is none.

    The shape of such a derivative is that of the name, so that with another shape the claim may be right; so may a sum.
    """
    for node in values_in(claim):
        terms = [term.operands[0] if isinstance(term, ex.Neg) else term for term in node.operands]
        for term in terms if isinstance(node, ex.Add) and not _fits(node) else ():
            if isinstance(term, Var) and term.name in guesses:
                return term.name
        variables = node.operands[1:] if isinstance(node, DERIVATIVES) else ()
        for variable in variables:
            if isinstance(variable, Var) and variable.name in guesses and variable.shape == (ONE, ONE):
                return variable.name
    return ""


def guessed_within(claim: Claim, names: Collection[str]) -> str:
    r"""A name without a declaration that a claim speaks of, in a sum beside numbers: what it is, another place may say,
    as of ``\mu`` in ``\sum_i (x_i - \mu) = 0``; empty where there is none.  What it is differentiated by is
    any number.
    """
    nodes = list(values_in(claim))
    moving = {name for node in nodes if isinstance(node, DERIVATIVES) for name in node.operands[1:]}
    numbers = (node for node in nodes if isinstance(node, Var) and node.is_number_shaped and node not in moving)
    return next((node.name for node in numbers if node.name in names), "")


def _fits(value: Expression) -> bool:
    try:
        return bool(value.shape)
    except ShapeError:
        return False


def equal_sizes(context: Context) -> str:
    """Two sizes that are said to be equal; empty where there are none."""
    for hypothesis in context.hypotheses:
        if isinstance(hypothesis, Relation) and hypothesis.op == "=":
            sides = (hypothesis.left, hypothesis.right)
            if all(isinstance(s, Int) and all(i.is_positive for i in s.value.free_symbols) for s in sides):
                return " and ".join(str(s.value) for s in sides if isinstance(s, Int)) + " are equal"
    return ""


def index_ranges(left: Uses, right: Uses, values: Values) -> list[Relation]:
    """A free index stands for all positions that there are: those of the left side, or of the right where it alone
    has the index.
    """
    result: list[Relation] = []
    spoken = {symbol for at in left for symbol in at.free_symbols}
    alone = [(at, seen) for at, seen in right.items() if at.is_Symbol and at not in spoken]
    for at, seen in [*left.items(), *alone]:
        if all(symbol.is_positive for symbol in at.free_symbols):
            continue  # a size
        for low, high in seen:
            ends = [Relation(Int(values.settled(low)), "<=", Int(at))]
            if high is not None:
                ends.append(Relation(Int(at), "<=", Int(values.settled(high))))
            result += [relation for relation in ends if relation not in result]
    for symbol in sorted(spoken, key=str):  # "t = 1, ..., T" says what t stands for
        start = values.scope.starts.get(str(symbol), 0)
        if start > 0 and not symbol.is_positive and not _is_bounded_below(symbol, values.scope.context):
            result.append(Relation(Int(start), "<=", Int(symbol)))
        end = values.scope.ends.get(str(symbol))
        places = [(at, seen) for at, seen in [*left.items(), *right.items()] if symbol in at.free_symbols]
        highs = {values.settled(high) for _, seen in places for _, high in seen if high is not None}
        if end is not None and not symbol.is_positive and highs <= {values.settled(end)}:
            for at in dict.fromkeys((symbol, *(at for at, _ in places))):  # of what no declaration bounds
                result.append(Relation(Int(at), "<=", Int(values.settled(end))))
    for at, seen in right.items():  # where a recurrence begins, its members before do not exist
        before = [at + 1] == list(left)  # h_t = f(h_{t-1}), and no more on the left
        before = before or (at + 1 in right and not at.free_symbols & spoken)  # e_t = h_t - h_{t-1}
        if (before or (at.is_Symbol and at in spoken)) and at not in left:
            starts = [Relation(Int(values.settled(low)), "<=", Int(at)) for low, high in seen if high is None]
            result += [start for start in starts if start not in result]
    return result


def ranges_of_the_chain(uses: Sequence[Uses], sides: Sequence[object], values: Values) -> list[Relation]:
    """What the first side of a chain says of a free index holds in its later steps, too: t of ``u_t = f(t) = g(t)``."""
    free = {symbol for side in sides if isinstance(side, Expression) for symbol in side.free_symbols}
    said = index_ranges(uses[0], {}, values) if uses else []
    return [r for r in said if {s for part in r.sides for s in part.free_symbols if not s.is_positive} <= free]


MOST_BELOW_A_SUM = 200
"""Tokens behind a sum sign in which its index stands."""


def _is_bounded_below(symbol: object, context: Context) -> bool:
    """Whether a hypothesis says from where on an index counts: "for t >= 0"."""
    for h in context.hypotheses:
        if isinstance(h, Relation):
            low, high = (h.left, h.right) if h.op in ("<=", "<") else (h.right, h.left)
            if (
                h.op in ("<=", "<", ">=", ">")
                and isinstance(high, Int)
                and high.value == symbol
                and isinstance(low, Int)
            ):
                return True
    return False


def free_letters(side: Tokens) -> set[str]:
    """The letters of a side that no sum in it binds."""
    bound: set[str] = set()
    for k, token in enumerate(side):
        if name_of(token) in ("sum", "prod"):
            bound |= _bound_by(side[k + 1 : k + 1 + MOST_BELOW_A_SUM])
    return {t.text for t in side if t.kind == "char" and t.text.isalpha()} - bound


def _bound_by(behind: Tokens) -> set[str]:
    r"""The letters that a sum sign binds: both of ``i, j``, ``i < j``, ``i \ne j``; the first of ``j \ne i``."""
    if len(behind) < 2 or behind[0].kind != "sub":
        return set()
    found: set[str] = set()
    level = 0
    for k, token in enumerate(behind[1:], 1):
        level += (token.kind == "open") - (token.kind == "close")
        if token.kind == "char" and token.text.isalpha():
            found.add(token.text)
        if found and relation_of(behind, k)[0] == "!=":
            return found | {t.text for t in behind[k + 1 : k + 3] if t.text.isalpha() and t.text > max(found)}
        if level == 0 or (found and relation_of(behind, k)[0] in ("=", "in", "<=>")):
            break
    return found


FUNCTION_LETTERS = frozenset(("f", "g", "h", "sigma", "phi", "varphi", "psi"))
"""The letters that are functions where brackets stand behind them, whatever the text says or not."""


def lone_number(statement: Statement, sides: Sequence[object], scope: Scope) -> str:
    """The one letter without a declaration in a statement about declared numbers: it is a number, too; else empty."""
    troubles = {side.message for side in sides if isinstance(side, Unreadable)}
    if len(troubles) != 1 or not (message := troubles.pop()).endswith(" has no declaration"):
        return ""
    letter = message.split()[0]
    if not (letter in GREEK or len(letter) == 1) or not letter[0].islower():
        return ""
    names = {name_of(t) for side in statement.sides for t in side if t.kind in ("char", "command")}
    written = [[t for t in side if t.kind != "space"] for side in statement.sides]
    pairs = [(name_of(a), name_of(b)) for side in written for a, b in pairwise(side)]
    if letter in FUNCTION_LETTERS and (letter, "(") in pairs:
        return ""  # a function that is not declared
    if ("partial", letter) in pairs or ("d", letter) in pairs or ("nabla", letter) in pairs:
        return ""  # what is differentiated is no number that varies with nothing
    styled = {t.text for side in statement.sides for t in side} & {"mathbf", "bm", "boldsymbol", "vec"}
    entities = [e for n in names if n.isalpha() for e in (scope.find(n), scope.names.get(f"{n}[]")) if e is not None]
    entities += [e for key, e in scope.names.items() if "^" in key and key.partition("^")[0].split()[-1] in names]
    kinds = Symbolic | FamilyName
    numbers = [e for e in entities if isinstance(e, kinds)]
    shapes = {e.value.shape if isinstance(e, Symbolic) else (e.rows, e.columns) for e in numbers}
    others = any(not isinstance(e, kinds | Size | ScalarFunctionName) for e in entities)
    return letter if numbers and not others and not styled and shapes == {(ONE, ONE)} else ""


def is_kronecker(statement: Statement, k: int) -> bool:
    r"""Whether every delta in a step has two indices: ``\\delta_{ij}``."""
    sides = [[t for t in side if t.kind != "space"] for side in statement.sides[k : k + 2]]
    places = [(side, at) for side in sides for at, t in enumerate(side) if name_of(t) == "delta"]
    behind = (side[at + 1 : at + 6] for side, at in places)
    kinds = ["sub", "open", "char", "char", "close"]
    return bool(places) and all([t.kind for t in written] == kinds for written in behind)


def counts_members(letter: str, statement: Statement) -> bool:
    """Whether a letter stands in a subscript somewhere in a statement: there it is an index."""
    for side in statement.sides:
        level = 0
        for before, token in pairwise(side):
            if before.kind == "sub" or level:
                level += (token.kind == "open") - (token.kind == "close")
                if name_of(token) == letter:
                    return True
    return False


def power_or_transpose(statement: Statement, k: int) -> str:
    """Why an exponent T is no certain transpose: T is an index in the step, too; empty where it is none."""
    _, below, raised = script_letters(tuple(t for side in statement.sides[k : k + 2] for t in side))
    return "T is an index here, so that an exponent T may be a power or a transpose" if "T" in below & raised else ""


def order_meant(claim: Claim, context: Context) -> list[Relation]:
    """That exponents such as ``T - t`` are not negative, which authors mean, and that what enters a recurrence has an
    index from its start on; empty where no free index stands in such a difference.
    """
    nodes = values_in(claim)
    bound = {node.index for node in nodes if isinstance(node, ex.SumOver)}
    powers = [n.operands[1] for n in nodes if isinstance(n, ex.Pow) and isinstance(n.operands[1], Int)]
    falling = [
        power
        for power in powers
        if not power.value.free_symbols & bound
        and len({term.could_extract_minus_sign() for term in power.value.as_ordered_terms() if term.free_symbols}) == 2
    ]
    found = [Relation(Int(0), "<=", power) for power in falling]
    for recurrence in context.recurrences if falling else ():
        inputs = {
            n.name: n.at[-1] - recurrence.target.at[-1] for n in ex.walk(recurrence.body) if _is_input(n, recurrence)
        }
        for node in nodes:
            shift = inputs.get(node.name) if isinstance(node, ex.Member) else None
            if not isinstance(node, ex.Member) or shift is None or node.at[-1].free_symbols & bound:
                continue
            if shift.is_Integer:
                found.append(Relation(Int(recurrence.first + shift), "<=", Int(node.at[-1])))
    return list(dict.fromkeys(found))


def _is_input(node: Expression, recurrence: Recurrence) -> bool:
    return isinstance(node, ex.Member) and node.name != recurrence.target.name


def together(claim: Claim, context: Context, scope: Scope) -> str:
    """Random symbols whose joint law a claim depends on although nothing is said of it, or symbols of which it is not
    said that they are random; empty where there are none.
    """
    known = {law.target.name for law in context.random}
    valued = {d.target.name for d in context.definitions} | {r.target.name for r in context.recurrences}
    behind = {name for name, others in scope.depends.items() if others & (known | scope.lawless) and name not in valued}
    lawless = scope.lawless | behind
    random = known | lawless
    families = {law.target.name for law in context.random if isinstance(law.target, ex.Member)}
    certain = _not_called_random(claim, context, random)
    if certain:
        return f"{' or '.join(sorted(certain))} is random"
    if is_conditional(claim, context):
        return ""  # a law was found that covers all that they may have together, or none
    for node in all_in(claim, context):
        if not isinstance(node, ex.MEANS):
            continue
        names: set[str] = set()
        products = not isinstance(node, ex.Expectation)
        tied = _meets_chance(node, random, scope.outcomes - valued - known, products)
        if tied:
            return f"{tied} is constant"
        seen: set[Expression] = set()
        todo = list(node.operands)
        recurrent = {rule.target.name for rule in context.recurrences}
        many = False  # whether members at several places may stand in it, as in a state that noise drives
        while todo:
            for inner in ex.walk(todo.pop()):
                if inner in seen:
                    continue
                seen.add(inner)
                many = (
                    many or isinstance(inner, ex.SumOver) or (isinstance(inner, ex.Member) and inner.name in recurrent)
                )
                if isinstance(inner, (ex.Mul, ex.Hadamard, ex.Kron)):
                    products = products or sum(is_random(o, random, context) for o in inner.operands) > 1
                elif isinstance(inner, (ex.Norm, ex.Pow, ex.Apply, ex.Call, ex.Inverse, ex.Det)):
                    products = products or any(is_random(o, random, context) for o in inner.operands)
                if isinstance(inner, (Var, ex.Member)):
                    names |= {inner.name} & random
                    todo += _meanings(inner, context)
        names = {name.removeprefix(DRAWN) for name in names}
        if names & lawless - known:
            return f"the law of {min(names & lawless - known)}"
        if not products:
            continue
        if len(names) > 1 and not any(names <= group for group in scope.independent):
            first, second = sorted(names)[:2]
            return f"{first} and {second} are independent"
        said = scope.iid.union(*(group for group in scope.independent if group not in scope.crosswise))
        for name in sorted(n for n in names & families if n not in said):
            members = {i.at for i in seen if isinstance(i, ex.Member) and i.name == name}
            if len(members) > 1 or many:
                return f"the {name} are independent of each other"
    return ""


def _meets_chance(mean: Expression, random: set[str], outcomes: frozenset[str], all_of_it: bool) -> str:
    """A name that words call an outcome, and that a mean multiplies by something random; empty where there is none.

    ``all_of_it``: a variance, in which it need not be a factor.
    """
    for inner in ex.walk(mean) if outcomes & mean.names and random & mean.names else ():
        is_one = isinstance(inner, (ex.Mul, ex.Hadamard, ex.Kron, ex.Norm, ex.Pow, ex.Apply, ex.Call)) or all_of_it
        if is_one and inner.names & outcomes and inner.names & random:
            return min(inner.names & outcomes)
    return ""


def tied_by_an_equation(claim: Claim, context: Context, constraints: Collection[Hypothesis] = ()) -> str:
    """What a derivative takes as constant, where an equation among the hypotheses gives it by the variable: ``y = A x``
    beside a gradient by x may be meant as the definition of y.  Empty where nothing is.

    ``constraints``: equations that are said to be those of a problem, which define nothing.
    """
    equations = [h for h in context.hypotheses if isinstance(h, Relation) and h.op == "=" and h not in constraints]
    for node in values_in(claim):
        if not isinstance(node, (*DERIVATIVES, ex.Hessian)):
            continue
        value, *variables = node.operands
        by = {_base(v) for v in variables}
        inside = {_base(n) for part in [value, *_expanded(value, context)] for n in ex.walk(part)} - by
        for h in equations:
            for alone, other in ((h.left, h.right), (h.right, h.left)):
                name = _base(alone)
                if name in inside and name is not None and by & {_base(n) for n in ex.walk(other)} - {None}:
                    return f"{name} is constant, or depends on what is differentiated by, as an equation says"
    return ""


def positions_derived(sides: Sequence[object], context: Context) -> list[list[Relation]]:
    r"""The ranges of the free indices of ``\nabla_{h_T} L`` where L sums over the members h_t: h_T is one of them.

    Those of the left side, or of the right where it alone has such a derivative; several where the sum takes members at
    several positions, ``h_t^\top h_{t-1}``, and any of them may be meant.
    """
    bounded = {s for h in context.hypotheses if isinstance(h, Relation) for s in _index_symbols(h)}
    for side in sides:
        found: dict[Expr, set[tuple[Expr, Expr]]] = {}
        for node in ex.walk(side) if isinstance(side, Expression) else ():
            if not isinstance(node, DERIVATIVES):
                continue
            value, *variables = node.operands
            inside = {n for part in [value, *_expanded(value, context)] for n in ex.walk(part)}
            sums = [n for n in inside if isinstance(n, ex.SumOver)]
            for variable in variables:
                for slot, at in enumerate(variable.at if isinstance(variable, ex.Member) else ()):
                    if at.free_symbols and not at.free_symbols & bounded:
                        ends = {pair for n in sums for pair in _positions(n, variable, slot, context)}
                        found.setdefault(at, set()).update(ends)
        ranges = [
            [_within(low, at, high) for low, high in sorted(ends, key=str) if _may_hold(low, at, high)]
            for at, ends in found.items()
        ]
        if any(ranges):
            return [[end for ends in chosen for end in ends] for chosen in product(*filter(None, ranges))]
    return []


def slopes_at(sides: Sequence[object], hypotheses: Sequence[Hypothesis]) -> list[Expression]:
    """The derivatives that are assumed to be something at an index that a claim speaks of, too."""
    free = {s for side in sides if isinstance(side, Expression) for s in side.free_symbols if not s.is_positive}
    found = [n for h in hypotheses for side in h.sides for n in ex.walk(side) if isinstance(n, DERIVATIVES)]
    return [n for n in found if free & set().union(*(v.free_symbols for v in n.operands[1:]))]


def _may_hold(low: Expr, at: Expr, high: Expr) -> bool:
    return not ((at - low).is_negative or (high - at).is_negative)


def _within(low: Expr, at: Expr, high: Expr) -> list[Relation]:
    ends = (Relation(Int(low), "<=", Int(at)), Relation(Int(at), "<=", Int(high)))
    return [end for end in ends if end.left != end.right]


def _index_symbols(relation: Relation) -> set[object]:
    """The indices that a comparison of integers bounds."""
    sides = [side for side in (relation.left, relation.right) if isinstance(side, Int)]
    return {symbol for side in sides for symbol in side.free_symbols}


def _positions(total: ex.SumOver, member: Expression, slot: int, context: Context) -> set[tuple[Expr, Expr]]:
    """From where to where a sum takes the members of the family that a member is of, by the index in one slot; also
    those that stand behind the names in the sum.
    """
    found = set()
    for node in _written_out(total.operands[0], context):
        if isinstance(node, ex.Member) and isinstance(member, ex.Member) and node.name == member.name:
            shift = node.at[slot] - total.index
            if shift.is_Integer:
                low, high = total.range
                found.add((low + shift, high + shift))
    return found


MOST_WRITTEN_OUT = 500
"""Nodes that are looked at behind the names of a sum."""


def _written_out(e: Expression, context: Context) -> Iterator[Expression]:
    """The nodes of an expression and of what the members in it are defined as, each at its own indices."""
    todo, seen = [e], set[Expression]()
    while todo and len(seen) < MOST_WRITTEN_OUT:
        for node in ex.walk(todo.pop()):
            yield node
            if isinstance(node, ex.Member) and node not in seen:
                seen.add(node)
                todo += _meanings(node, replace(context, recurrences=()))


def _base(e: Expression) -> str | None:
    """The name of a symbol, or of that of which an entry or a member is taken."""
    e = e.operands[0] if isinstance(e, ex.Entry) else e
    return e.name if isinstance(e, Var | ex.Member) else None


def _expanded(e: Expression, context: Context) -> list[Expression]:
    return all_in(Relation(e, "=", e), context)


def unstated(what: str) -> str:
    """The sentence for what :func:`together` has found."""
    return f"{what} was not read" if what.startswith("the law") else f"whether {what} is not stated"


def without_chance_unsaid(context: Context, scope: Scope) -> Context:
    """The context without hypotheses about means and variances in which nothing is said to be random: they would be
    read as hypotheses about numbers that do not vary.
    """
    random = {law.target.name for law in context.random} | scope.lawless

    def speaks(hypothesis: Hypothesis) -> bool:
        return any(_is_of_nothing_random(node, random, context) for node in values_in(hypothesis))

    return replace(context, hypotheses=tuple(h for h in context.hypotheses if not speaks(h)))


def _is_of_nothing_random(node: Expression, random: set[str], context: Context) -> bool:
    """Whether a node is a mean or a variance of symbols none of which is random."""
    if not isinstance(node, ex.MEANS) or any(is_random(o, random, context) for o in node.operands):
        return False
    return any(o.names for o in node.operands)


def _meanings(name: Var | ex.Member, context: Context) -> list[Expression]:
    """What a name stands for, a member of a family at its own indices."""
    rules: list[Definition | Recurrence] = [*context.definitions, *context.recurrences]
    found = [rule for rule in rules if rule.target.name == name.name]
    if not isinstance(name, ex.Member):
        return [rule.body for rule in found]
    result = []
    for rule in found:
        own = rule.target.at if isinstance(rule.target, ex.Member) else ()
        values = {at: value for at, value in zip(own, name.at, strict=False) if at.is_Symbol}
        # A recurrence goes on to earlier members: two steps of it show that there are others.
        result.append(instance(rule.body, values) if isinstance(rule, Definition) else rule.body)
    return result


def _not_called_random(claim: Claim, context: Context, random: set[str]) -> set[str]:
    """The names in a mean or a variance in which nothing is said to be random, where a claim rests on it: one of the
    claim, of its definitions, or of a hypothesis that has names in common with it.
    """
    nodes = set(all_in(claim, context))
    hypotheses = list(context.hypotheses)
    while True:
        names = {n.name for n in nodes if isinstance(n, Var | ex.Member)}
        near = [h for h in hypotheses if any(names & side.names for side in h.sides)]
        if not near:
            break
        nodes = nodes.union(*(values_in(h) for h in near))
        found = set(near)
        hypotheses = [h for h in hypotheses if h not in found]
    for node in nodes:
        if _is_of_nothing_random(node, random, context):
            return set().union(*(o.names for o in node.operands))
    return set()


def is_random(e: Expression, random: set[str], context: Context) -> bool:
    """Whether an expression, its definitions expanded, has something random in it."""
    todo, seen = [e], set()
    while todo:
        for node in ex.walk(todo.pop()):
            if isinstance(node, (Var, ex.Member)) and node.name not in seen:
                seen.add(node.name)
                if node.name in random:
                    return True
                todo += [d.body for d in context.definitions if d.target.name == node.name]
                todo += [r.body for r in context.recurrences if r.target.name == node.name]
    return False


def letters_in(statement: Statement, k: int) -> set[str]:
    """The names that two sides of a statement are written with."""
    return {name_of(t) for side in statement.sides[k : k + 2] for t in side if name_of(t).isalpha()}


def is_applied(name: str, statement: Statement, k: int) -> bool:
    """Whether a bracket or a prime stands behind a name in two sides of a statement, maybe behind a power of it."""
    for side in statement.sides[k : k + 2]:
        for at, token in enumerate(side):
            behind = side[at + 3 :] if side[at + 1 : at + 2] and side[at + 1].kind == "sup" else side[at + 1 :]
            marks = [name_of(t).removeprefix("left").removeprefix("big") for t in (*side[at + 1 : at + 2], *behind[:1])]
            if name_of(token) == name and any(mark in ("(", "[", "'", "prime") for mark in marks):
                return True
    return False


def letters_of(tokens: Tokens) -> set[str]:
    return {name_of(t) for t in tokens if t.kind in ("char", "command") and t.text.isalpha()}


def unmarked_letters(tokens: Tokens) -> set[str]:
    r"""The letters that stand without an accent: x and y of ``\hat y + x - y``, and x of ``\hat y + x``."""
    accented, written = False, set[str]()
    for token in tokens:
        if not accented and token.kind in ("char", "command") and token.text.isalpha():
            written.add(name_of(token))
        accented = token.text in ACCENTS or (accented and token.kind in ("open", "space", "command"))
    return written


def names_given(left: Tokens) -> set[str]:
    r"""The letters that the left side of a definition gives a meaning to, ``\bar x``, ``x_1`` and f of ``f(x)_i``."""
    left = stripped(left)
    try:
        node = parse(left)
    except Unreadable:
        return set()
    entry = component(node)
    return {entry.name} if entry is not None else {node.text} if node.kind == "letter" else set()


def defined_letters(tokens: Tokens) -> set[str]:
    """The letters on the left of a definition; empty where a declaration is none."""
    for k in range(len(tokens)):
        if relation_of(tokens, k)[0] in (":=", "="):
            return letters_of(tokens[:k])
    return set()


def is_change(node: Expression) -> bool:
    """Whether a node is a perturbation such as dX."""
    return isinstance(node, Var) and len(node.name) > 1 and node.name[0] == "d" and node.name[1:].isalpha()


def is_whole_family(node: Expression) -> bool:
    """Whether a node is the vector of all numbers of a family, as its letter alone is read."""
    if not isinstance(node, ex.SumOver) or not isinstance(node.operands[0], ex.Mul):
        return False
    factors = node.operands[0].operands
    return len(factors) == 2 and isinstance(factors[0], ex.Member) and isinstance(factors[1], ex.Unit)


def values_in(claim: Claim) -> set[Expression]:
    """All that a claim is made of."""
    return {node for side in claim.sides for node in ex.walk(side)}


def gives_pi(context: Context) -> bool:
    """Whether a hypothesis speaks of the number pi: an angle up to pi / 2."""
    positive = Relation(Num(0), "<", Var("pi"))
    others = (h for h in context.hypotheses if h != positive)
    return any(Var("pi") in ex.walk(side) for h in others for side in h.sides if "pi" in side.names)


def all_in(claim: Claim, context: Context) -> list[Expression]:
    """What a claim is made of, with the definitions of its names."""
    parts = list(values_in(claim))
    names = {node.name for node in parts if isinstance(node, Var | ex.Member)}
    while True:
        bodies = [d.body for d in context.definitions if d.target.name in names and d.body not in parts]
        if not bodies:
            return parts
        parts += dict.fromkeys(node for body in bodies for node in ex.walk(body))
        names = names.union(*(body.names for body in bodies))


def sign_shown(relation: str) -> str:
    return {"<=": "\\le", ">=": "\\ge", "!=": "\\ne", "succ": "\\succ", "succeq": "\\succeq"}.get(relation, relation)


def is_zero(e: Expression) -> bool:
    return isinstance(e, ex.Zeros) or e == Num(0)


def is_stationarity(claim: Relation) -> bool:
    return is_zero(claim.right) and isinstance(claim.left, DERIVATIVES)


def definite(left: Expression, op: str, right: Expression) -> Predicate:
    if op in ("prec", "preceq"):
        left, right = right, left
    kind = "positive definite" if op in ("succ", "prec") else "positive semidefinite"
    return Predicate(kind, left if is_zero(right) else ex.Add(left, ex.Neg(right)))


def compared(left: Expression, op: str, right: Expression) -> Relation:
    """A number beside an integer expression is one too: relations between integers have Int on both sides."""
    if op != "=":
        if isinstance(left, Int) and isinstance(right, Num) and right.value.is_Integer:
            right = Int(right.value)
        elif isinstance(right, Int) and isinstance(left, Num) and left.value.is_Integer:
            left = Int(left.value)
    return Relation(left, op, right)


def are_alike(name: str, other: str) -> bool:
    """Whether an author gives two names to quantities of the same standing: ``X`` and ``Y``, ``W_1`` and ``W_2``."""
    letter, _, number = name.rpartition(" ")[2].partition("_")
    second, _, its = other.rpartition(" ")[2].partition("_")
    if letter == second:
        return number.isdigit() and its.isdigit() and int(number) * int(its) > 0
    return any(letter in group and second in group for group in ALIKE)


def varied_names(tokens: Tokens, scope: Scope) -> frozenset[str]:
    r"""The names whose perturbations a display writes: X of dX, W_1 of ``d W_1``, not x of d/dx."""
    items = stripped(tokens)
    values = Values(scope)
    found: set[str] = set()
    k = 0
    while k < len(items):
        token = items[k]
        if name_of(token) == "frac":
            k = _behind_fraction(items, k)
            continue
        width = 0
        if (token.kind == "char" and token.text == "d") or name_of(token) == "partial":
            width = 1
        elif name_of(token) in ("mathrm", "mathsf") and plain_text(items[k + 1 : k + 4])[:1] == "d":
            width = 4 if k + 1 < len(items) and items[k + 1].kind == "open" else 2
            if k > 0 and items[k - 1].kind == "open" and k + width < len(items) and items[k + width].kind == "close":
                width += 1  # {\rm d} X
        if width:
            found |= _varied_name(items[k + width :], values)
        k += 1
    return frozenset(found)


def _varied_name(items: Tokens, values: Values) -> set[str]:
    """The name that stands behind a d, with the marks that belong to it: one at most."""
    if not items or (items[0].kind == "char" and not items[0].text.isalpha()):
        return set()
    if items[0].kind not in ("char", "open", "command") or items[0].text == "left":
        return set()
    try:
        node = Parser(items).factor()
        while node.kind == "group" and not node.text and len(node.parts) == 1:
            node = node.parts[0]
        if node.kind != "letter":
            return set()
        entity, _ = values.entity_of(node)
    except (Unreadable, RecursionError):
        return set()
    return {entity.value.name if isinstance(entity, Symbolic) else node.text}


def _behind_fraction(items: Tokens, at: int) -> int:
    """Behind the two arguments of a fraction that is a derivative; else just behind the command."""
    k = at + 1
    if (
        k + 1 < len(items)
        and items[k].kind == "open"
        and (name_of(items[k + 1]) in ("partial", "d") or items[k + 1].text == "mathrm")
    ):
        depth = groups = 0
        for j in range(k, len(items)):
            depth += (items[j].kind == "open") - (items[j].kind == "close")
            if depth == 0:
                groups += 1
                if groups == 2:
                    return j + 1
    return at + 1
