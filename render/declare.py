r"""A context as the declarations of a document: what stands behind ``%!`` in LaTeX that Everystep reads.

The inverse of the reader's declarations, as far as their notation reaches.  May import SymPy, ``everystep`` and the
printing core.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sympy import Expr, Symbol

from everystep.algebra import expressions as e
from everystep.algebra.context import Context, Hypothesis, Predicate, Random, Relation
from everystep.algebra.functions import FUNCTIONS
from everystep.algebra.shapes import Shape
from render.latex import latex, latex_integer, latex_relation
from render.notation import free_indices
from render.precedence import UnprintableError

MACROS = r"\newcommand{\E}{\mathbb{E}}"
"""What a document with printed mathematics must define."""

LOGISTIC = r"\frac{1}{1 + e^{-z}}"


def declarations(context: Context, expressions: Iterable[e.Expression] = ()) -> tuple[str, ...]:
    """One declaration an entry, in an order in which they can be read: sizes, shapes, functions, laws, definitions,
    recurrences, hypotheses.  ``expressions`` are what else the document speaks of: their symbols are declared, too.

    Raises UnprintableError for what has no notation as a declaration.
    """
    nodes = [node for root in (*_roots(context), *expressions) for node in e.walk(root)]
    roots = [*_roots(context), *expressions]
    return (
        *_integers(roots, context),
        *_functions(nodes),
        *_families(nodes, context),
        *_symbols(nodes),
        *(line for law in context.random for line in _law(law)),
        *_independence(context),
        *(f"{latex(d.target)} := {latex(d.body, display=True)}" for d in context.definitions),
        *(
            f"{latex(r.target)} := {latex(r.body, display=True)}"
            + ("" if r.first == 1 else rf",\quad {latex_integer(r.target.at[-1])} \ge {r.first}")
            for r in context.recurrences
        ),
        *map(hypothesis, context.hypotheses),
    )


def _roots(context: Context) -> Iterator[e.Expression]:
    for definition in context.definitions:
        yield from (definition.target, definition.body)
    for recurrence in context.recurrences:
        yield from (recurrence.target, recurrence.body)
    for given in context.hypotheses:
        yield from (given.left, given.right) if isinstance(given, Relation) else (given.subject,)
    for law in context.random:
        yield from (law.target, *law.parameters)


def _integers(roots: list[e.Expression], context: Context) -> Iterator[str]:
    """Sizes, and the integers that no declaration binds."""
    bound = {s for d in context.definitions for s in getattr(d.target, "at", ())}
    bound |= {s for r in context.recurrences for s in r.target.at}
    found: set[Symbol] = set()
    for root in roots:
        found |= free_indices(root)
    for _, low, high in context.ranges:
        found |= {s for side in (low, high) for s in side.free_symbols if isinstance(s, Symbol)}
    sizes = sorted((s for s in found if s.is_positive), key=str)
    # A letter that is compared with 0 would be read as a number, whatever families it stands at.
    compared = {
        symbol
        for h in context.hypotheses
        if isinstance(h, Relation) and all(isinstance(side, e.Int | e.Num) for side in (h.left, h.right))
        for symbol in h.left.free_symbols | h.right.free_symbols
    }
    others = sorted((s for s in found if not s.is_positive and (s not in bound or s in compared)), key=str)
    for symbols, letter in ((sizes, "N"), (others, "Z")):
        if symbols:
            yield rf"{', '.join(map(latex_integer, symbols))} \in \mathbb{{{letter}}}"


def _set(shape: Shape) -> str:
    rows, columns = shape
    if rows == columns == 1:
        return r"\mathbb{R}"
    if columns == 1:
        return rf"\mathbb{{R}}^{{{latex_integer(rows)}}}"
    return rf"\mathbb{{R}}^{{{latex_integer(rows)} \times {latex_integer(columns)}}}"


def _functions(nodes: list[e.Expression]) -> Iterator[str]:
    opaque: dict[str, None] = {}
    calls: dict[str, e.Call] = {}
    for node in nodes:
        if isinstance(node, e.Apply) and node.function not in FUNCTIONS:
            opaque.setdefault(latex(e.Var(node.function)))
        elif isinstance(node, e.Call):
            calls.setdefault(node.function, node)
    if any(isinstance(node, e.Apply) and node.function == "logistic" for node in nodes):
        yield rf"{FUNCTIONS['logistic'].latex}(z) := {LOGISTIC}"
    for name in opaque:
        yield rf"{name} : \mathbb{{R}} \to \mathbb{{R}}"
    for call in calls.values():
        domain = r" \times ".join(_set(argument.shape) for argument in call.operands)
        yield rf"{latex(e.Var(call.function, *call.shape))} : {domain} \to {_set(call.shape)}"


def _symbols(nodes: list[e.Expression]) -> Iterator[str]:
    """The symbols by shape; a perturbation goes with what it perturbs."""
    changes = {c for node in nodes if isinstance(node, e.Differential) for _, c in node.perturbations}
    by_shape: dict[Shape, list[e.Var]] = {}
    for node in nodes:
        if isinstance(node, e.Var) and node not in changes and node not in by_shape.get(node.shape, ()):
            by_shape.setdefault(node.shape, []).append(node)
    for shape, symbols in by_shape.items():
        yield rf"{', '.join(map(latex, symbols))} \in {_set(shape)}"


def _families(nodes: list[e.Expression], context: Context) -> Iterator[str]:
    """The families by their general member."""
    ranges = {name: (low, high) for name, low, high in context.ranges}
    members: dict[str, e.Member] = {}
    for node in nodes:
        if isinstance(node, e.Member):
            known = members.get(node.name)
            if known is None or (not _is_general(known) and _is_general(node)):
                members[node.name] = node
    for name, member in members.items():
        at = member.at if _is_general(member) else _letters(len(member.at))
        general = e.Member(name, *member.shape, *at)
        line = rf"{latex(general)} \in {_set(member.shape)}"
        if name in ranges:
            low, high = (latex_integer(bound) for bound in ranges[name])
            line += rf", {latex_integer(at[-1])} = {low}, \dots, {high}"
        yield line


def _is_general(member: e.Member) -> bool:
    return all(isinstance(at, Symbol) and not at.is_positive for at in member.at)


def _letters(count: int) -> tuple[Expr, ...]:
    return tuple(Symbol(letter, integer=True) for letter in "tijkl"[:count])


def _independence(context: Context) -> Iterator[str]:
    """A context takes different random quantities as independent; a document has to say so."""
    targets = list(dict.fromkeys(latex(law.target) for law in context.random))
    if len(targets) > 1:
        yield rf"{', '.join(targets)} \text{{ independent}}"


def _law(random: Random) -> Iterator[str]:
    target, parameters = random.target, [latex(p) for p in random.parameters]
    if random.law == "gaussian":
        yield rf"{latex(target)} \sim \mathcal{{N}}({', '.join(parameters)})"
    elif random.law == "moments":
        mean, variance = parameters
        yield rf"\mathbb{{E}}[{latex(target)}] = {mean}"
        yield rf"\operatorname{{Var}}({latex(target)}) = {variance}"
    elif random.law == "bernoulli":
        rows, columns = target.shape
        places = [letter for letter, size in zip(_letters(3)[1:], (rows, columns), strict=True) if size != 1]
        entry = e.Entry(target, *places) if places else target
        yield rf"{latex(entry)} \sim \mathrm{{Bernoulli}}({parameters[0]})"
    elif random.law == "any":
        raise UnprintableError(f"no declaration says of {latex(target)} only that it is random")
    else:
        raise UnprintableError(f"no declaration says that the entries of {latex(target)} are independent and alike")


def hypothesis(given: Hypothesis) -> str:
    """A hypothesis as a declaration."""
    if isinstance(given, Relation):
        return latex_relation(given, display=True)
    return predicate(given)


def predicate(given: Predicate) -> str:
    """A property: a definite or symmetric matrix by a relation, the others in words."""
    subject = latex(given.subject)
    if given.kind == "symmetric":
        return rf"{latex(e.Transpose(given.subject))} = {subject}"
    sign = {"positive definite": r"\succ", "positive semidefinite": r"\succeq"}.get(given.kind)
    return rf"{subject} {sign} 0" if sign else rf"{subject} \text{{ {given.kind}}}"
