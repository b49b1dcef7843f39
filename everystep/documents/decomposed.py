"""Steps about the factors of a decomposition of which the words leave open which sizes they have: thin, or full.

The scope has the factors in the sizes of the thin decomposition.  What is proved there has to hold in all sizes, and
what is refuted has to be wrong in all of them.  May import the engine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Predicate, Relation
from everystep.algebra.expressions import Expression, Num, Var
from everystep.algebra.shapes import size
from everystep.derivation import Claim
from everystep.documents.spoken import values_in
from everystep.prove.verdict import Status, Verdict
from everystep.reader.decompositions import CHOLESKY, EIGEN, QR, SVD
from everystep.reader.entities import Decomposed, Pair, Symbolic
from everystep.reader.factors import facts, implied, is_gram, known_of, product_of
from everystep.reader.scope import Scope

COMPLEX = "the eigenvalues of a matrix that is not known to be symmetric may be complex"
SYMMETRIC = frozenset(("symmetric", "positive definite", "positive semidefinite"))
OF_FIELDS = (
    *(ex.Num, ex.Int, ex.Var, ex.Member, ex.Eye, ex.Zeros, ex.Add, ex.Neg, ex.Mul, ex.Div, ex.Inverse),
    *(ex.Pow, ex.Trace, ex.Det, ex.SumOver),
)
"""What means the same of complex numbers."""
OF_MATRICES = (*OF_FIELDS, ex.Transpose, ex.Entry, ex.Row, ex.Col, ex.ProdOver, ex.Diag, ex.DiagPart, ex.MatrixFunction)
"""What does of the factors of ``A = P D P^-1``: transposes are ones without conjugates."""
TRIANGLES = ("lower triangular", "upper triangular")
WHICH = "which sizes the factors have is left open (thin or full), and the step depends on it"
ORDER = "in which order the entries stand is a convention of the decomposition that is not known"


def with_implied(context: Context, scope: Scope) -> Context:
    """A context with what the factors of decompositions have by what is known of what they decompose."""
    for decomposed in scope.decompositions:
        context = context.given(*implied(decomposed, context))
        if decomposed.kind == CHOLESKY:
            said = {h.kind for h in context.hypotheses if isinstance(h, Predicate) and h.subject in decomposed.factors}
            if set(TRIANGLES) <= said:  # the text says itself which one it is
                hypotheses = tuple(h for h in context.hypotheses if h not in decomposed.given)
                context = replace(context, hypotheses=hypotheses)
    for pair in (pair for pair in scope.pairs if pair.nonzero):
        has, tall, wide = known_of(pair.matrix, context)
        if "positive definite" in has:
            context = context.given(Relation(pair.value, ">", Num(0)))
        elif "positive semidefinite" in has:
            context = context.given(Relation(pair.value, ">=", Num(0)))
        elif tall and wide:
            context = context.given(Predicate("nonzero", pair.value))
    return context


def with_rules(claim: Claim, context: Context, scope: Scope) -> Context:
    """A context with what decompositions of what is no name say of names, for a claim that speaks of their factors."""
    for decomposed in scope.decompositions:
        if not decomposed.rules or not reached(claim, context) & set(decomposed.factors):
            continue
        fresh = tuple(rule for rule in decomposed.rules if rule not in context.definitions)
        targets = {rule.target for rule in fresh}
        symbols = {e.value for e in scope.names.values() if isinstance(e, Symbolic)}
        if targets <= symbols and not any(d.target in targets for d in context.definitions):
            context = replace(context, definitions=(*context.definitions, *fresh))
        else:
            context = context.given(Relation(decomposed.whole, "=", product_of(decomposed)))
    return context


def reached(claim: Claim, context: Context, decomposed: Decomposed | None = None) -> set[Expression]:
    """All nodes of a claim, and of the values of the names in it other than that of what is decomposed."""
    whole = decomposed.whole if decomposed is not None else None
    rules = [d for d in context.definitions if d.target != whole]
    bodies = {d.target: d.body for d in rules}
    families = {d.target.name: d for d in rules if isinstance(d.target, ex.Member)}
    found: set[Expression] = set()
    todo = list(values_in(claim))
    while todo:
        for node in ex.walk(todo.pop()):
            if node in found:
                continue
            found.add(node)
            if node in bodies:
                todo.append(bodies[node])
            elif isinstance(node, ex.Member) and node.name in families:
                rule = families[node.name]
                todo.append(rule.body.xreplace(dict(zip(rule.target.args[-len(node.at) :], node.at, strict=True))))
    return found


def looked_at(
    claim: Claim,
    context: Context,
    verdict: Verdict,
    scope: Scope,
    again: Callable[[Scope], Verdict | None],
    judge: Callable[[Claim, Context], Verdict],
) -> Verdict:
    """The verdict of a step, where it is that in all sizes that the factors in it may have.

    ``again``: the verdict of the step as it is read in another scope; None where it cannot be read there.  ``judge``:
    that of a claim, whatever is in doubt.
    """
    for decomposed in scope.decompositions:
        nodes = reached(claim, context, decomposed)
        if not nodes & set(decomposed.factors):
            continue
        if verdict.status is Status.REFUTED:
            if decomposed.kind in (SVD, EIGEN) and _picks(nodes, decomposed):
                return Verdict(Status.TESTED, "none", f"not decided: {ORDER}")
            verdict = _in_sizes(claim, context, verdict, decomposed, judge)
        elif verdict.status is Status.ILL_TYPED and _fits_in_some_size(decomposed, scope, again):
            verdict = Verdict(Status.TESTED, "none", f"not decided: {WHICH}")
        elif decomposed.size == "" and verdict.status in (Status.PROVED, Status.ILL_TYPED):
            wide = again(_wide(decomposed, scope))
            status = wide.status if wide is not None else Status.ILL_TYPED
            plain = verdict.status is Status.PROVED and status is Status.ILL_TYPED and not _is_turned(nodes, decomposed)
            if verdict.status is not status and not plain:  # plain: it has a meaning for a square factor only
                verdict = Verdict(Status.TESTED, "none", f"not decided: {WHICH}")
    if verdict.status is Status.PROVED and any(_may_be_complex(claim, context, pair, judge) for pair in scope.pairs):
        return Verdict(Status.TESTED, "none", f"not decided: {COMPLEX}")
    for decomposed in scope.decompositions if verdict.status is Status.PROVED else ():
        if _has_complex_factors(claim, context, decomposed) and not _without(claim, context, decomposed, judge):
            return Verdict(Status.TESTED, "none", f"not decided: {COMPLEX}")
    return verdict


def _fits_in_some_size(decomposed: Decomposed, scope: Scope, again: Callable[[Scope], Verdict | None]) -> bool:
    """Whether a step has a meaning with as many singular values as there are rows, or columns: "the SVD", "thin"."""
    if decomposed.kind != SVD or decomposed.real or decomposed.size not in ("", "thin"):
        return False
    rows, columns = decomposed.whole.shape
    ends = dict.fromkeys(((rows, rows), (columns, columns), *(((rows, columns),) if decomposed.size == "" else ())))
    for left, right in ends:
        shapes: list[tuple[object, object]] = [(rows, left), (left, right), (columns, right)]
        verdict = again(_with_shapes(decomposed, scope, shapes[: len(decomposed.factors)]))
        if verdict is not None and verdict.status is not Status.ILL_TYPED:
            return True
    return False


def _has_complex_factors(claim: Claim, context: Context, decomposed: Decomposed) -> bool:
    """Whether the factors of ``A = P D P^-1`` may be complex, and a proof may rest on their being real."""
    if decomposed.kind != EIGEN or decomposed.real or not any(mark == "-1" for _, mark in decomposed.form):
        return False
    whole, (basis, inner) = decomposed.whole, decomposed.factors
    if known_of(whole, context)[0] & SYMMETRIC or is_gram(whole, context):
        return False
    for h in context.hypotheses:
        compared = (isinstance(h, Relation) and h.op not in ("=", "!=")) or getattr(h, "kind", "") in SYMMETRIC
        if compared and inner in {node for side in h.sides for node in ex.walk(side)}:
            return False  # what has a sign is real
    nodes = reached(claim, context)
    if not nodes & {whole, basis, inner}:
        return False
    equation = isinstance(claim, Relation) and claim.op == "="
    return not equation or not all(isinstance(n, OF_MATRICES) for n in nodes) or _divides(nodes, {whole, basis, inner})


def _divides(nodes: set[Expression], names: set[Expression]) -> bool:
    """Whether something is divided by, or inverted, that real values alone may keep from being 0: ``1 + x^2``."""
    below = [n.operands[-1] for n in nodes if isinstance(n, ex.Div | ex.Inverse)]
    below += [n.operands[0] for n in nodes if isinstance(n, ex.Pow) and not _is_whole(n.operands[1])]
    return any(_is_bent(n, names) for b in below for n in ex.walk(b))


def _is_whole(exponent: Expression) -> bool:
    return isinstance(exponent, Num) and bool(exponent.value >= 0)


def _is_bent(e: Expression, names: set[Expression]) -> bool:
    """Whether a sum is one of more than the names themselves and their multiples."""
    if isinstance(e, ex.SumOver | ex.Trace) or (isinstance(e, ex.Mul) and e.is_number_shaped):
        factors = [o for o in e.operands if not o.is_number_shaped or not isinstance(e, ex.Mul)]
        return bool(factors) and any(names & set(ex.walk(o)) for o in factors)
    if not isinstance(e, ex.Add):
        return False
    products = [n for n in ex.walk(e) if isinstance(n, ex.Pow | ex.Mul)]
    touched = [sum(bool(names & set(ex.walk(o))) for o in n.operands) for n in products]
    return any((isinstance(n, ex.Pow) and k) or k > 1 for n, k in zip(products, touched, strict=True))


def _without(
    claim: Claim, context: Context, decomposed: Decomposed, judge: Callable[[Claim, Context], Verdict]
) -> bool:
    """Whether a claim that speaks of no factor is proved of every matrix, whatever its decomposition is."""
    if reached(claim, context, decomposed) & set(decomposed.factors):
        return False
    kept = [h for h in context.hypotheses if not _names_any(h, decomposed.factors)]
    rules = tuple(d for d in context.definitions if d.target != decomposed.whole)
    return judge(claim, replace(context, definitions=rules, hypotheses=tuple(kept))).status is Status.PROVED


def _names_any(hypothesis: Relation | Predicate, names: tuple[Var, ...]) -> bool:
    return any(node in names for side in hypothesis.sides for node in ex.walk(side))


def _may_be_complex(claim: Claim, context: Context, pair: Pair, judge: Callable[[Claim, Context], Verdict]) -> bool:
    """Whether a step speaks of an eigenvalue that may be complex, and its proof may rest on its being real.

    It does not where all that is written, and what is assumed, is made of sums, products, powers and inverses.
    """
    symmetric = known_of(pair.matrix, context)[0] & SYMMETRIC or is_gram(pair.matrix, context)
    nodes = reached(claim, context)
    if pair.real or symmetric or not _names({*nodes}) & _names({pair.vector, pair.value}):
        return False
    if (
        not isinstance(claim, Relation)
        or claim.op not in ("=", "!=")
        or not all(isinstance(n, OF_FIELDS) for n in nodes)
    ):
        return True
    if _divides(nodes, {pair.vector, pair.value, pair.matrix}):
        return True
    unit = Relation(ex.Mul(ex.Transpose(pair.vector), pair.vector), "=", Num(1))
    spoken = {node for node in nodes if isinstance(node, (ex.Var, ex.Member))}
    left = [h for h in context.hypotheses if h != unit]
    while True:  # what bears on the claim through the hypotheses, too: A of ``A v = a v`` in one about a alone
        near = [h for h in left if spoken & _parts(h)]
        if not near:
            return False
        if not all(_is_of_fields(h) for h in near):
            kept = tuple(h for h in context.hypotheses if h == unit or _is_of_fields(h))
            return judge(claim, replace(context, hypotheses=kept)).status is not Status.PROVED
        left = [h for h in left if h not in near]
        spoken |= {node for h in near for node in _parts(h) if isinstance(node, (ex.Var, ex.Member))}


def _names(nodes: set[Expression]) -> set[str]:
    """The names among them, of families whatever the index."""
    return {node.name for node in nodes if isinstance(node, (ex.Var, ex.Member))}


def _parts(hypothesis: Relation | Predicate) -> set[Expression]:
    return {node for side in hypothesis.sides for node in ex.walk(side)}


def _is_of_fields(hypothesis: Relation | Predicate) -> bool:
    """Whether a hypothesis means the same of complex numbers."""
    if isinstance(hypothesis, Predicate) and hypothesis.kind not in ("nonzero", "invertible", "idempotent", "diagonal"):
        return False
    equation = isinstance(hypothesis, Predicate) or hypothesis.op == "="
    return equation and all(isinstance(n, OF_FIELDS) for n in _parts(hypothesis))


def _in_sizes(
    claim: Claim,
    context: Context,
    verdict: Verdict,
    decomposed: Decomposed,
    judge: Callable[[Claim, Context], Verdict],
) -> Verdict:
    """What is refuted has to be so in the least and the greatest sizes that the words allow: of a square matrix with a
    full decomposition, or of one with independent columns, or rows, that has a thin one.
    """
    if decomposed.size in ("square", "compact"):
        return verdict
    rows, columns = decomposed.whole.shape
    middle = decomposed.factors[1].shape
    if decomposed.size == "thin":
        cases = [{size: end for size in set(middle) if size.is_Symbol and size != end} for end in (columns, rows)]
        cases = cases[:1] if decomposed.kind == QR else cases
    else:
        cases = [{size: columns for size in {rows, *middle} if size.is_Symbol and size != columns}]
    further = () if decomposed.kind != SVD else (decomposed.factors[1],)
    for case in cases:
        square = tuple(f.xreplace(case) for f in further)
        held = [Predicate(kind, f) for f in square for kind in ("diagonal", "positive definite")]
        found = judge(_put(claim, case), _put_in(context, case).given(*held))
        if found.status is Status.REFUTED and found.counterexample is not None:
            known = dict(found.counterexample.sizes)
            sizes = known | {str(size): known[str(end)] for size, end in case.items() if str(end) in known}
            return replace(found, counterexample=replace(found.counterexample, sizes=tuple(sorted(sizes.items()))))
    return Verdict(Status.TESTED, "none", f"not decided: {WHICH}")


def _put(claim: Claim, sizes: dict[Expr, Expr]) -> Claim:
    if isinstance(claim, Relation):
        return Relation(claim.left.xreplace(sizes), claim.op, claim.right.xreplace(sizes))
    return Predicate(claim.kind, claim.subject.xreplace(sizes))


def _put_in(context: Context, sizes: dict[Expr, Expr]) -> Context:
    """A context with other sizes."""

    def put(e: Expression) -> Expression:
        changed: Expression = e.xreplace(sizes)
        return changed

    return replace(
        context,
        definitions=tuple(replace(d, target=put(d.target), body=put(d.body)) for d in context.definitions),
        recurrences=tuple(replace(r, target=put(r.target), body=put(r.body)) for r in context.recurrences),
        hypotheses=tuple(_put(h, sizes) for h in context.hypotheses),
        random=tuple(
            replace(r, target=put(r.target), parameters=tuple(put(p) for p in r.parameters)) for r in context.random
        ),
        ranges=tuple((name, low.xreplace(sizes), high.xreplace(sizes)) for name, low, high in context.ranges),
    )


def _is_turned(nodes: set[Expression], decomposed: Decomposed) -> bool:
    """Whether the middle of a singular value decomposition is transposed, as only one that is not square has to be."""
    return decomposed.kind == SVD and ex.Transpose(decomposed.factors[1]) in nodes


def _picks(nodes: set[Expression], decomposed: Decomposed) -> bool:
    """Whether single entries, rows or columns are picked, other than by an index that a sum takes over all of them."""
    factors = set(decomposed.factors)
    extents = {extent for factor in factors for extent in factor.shape}
    sums = [n for n in nodes if isinstance(n, ex.SumOver)]
    whole = {n.index for n in sums if n.range[0] == 1 and n.range[1] in extents}
    bound = whole - {n.index for n in sums if n.range[0] != 1 or n.range[1] not in extents}
    for node in nodes:
        at = getattr(node, "at", None)
        if isinstance(node, ex.Unit):
            return True
        if at is None or not isinstance(node, ex.Entry | ex.Row | ex.Col):
            continue
        places = at if isinstance(at, tuple) else (at,)
        if not set(places) <= bound and factors & set(ex.walk(node)):
            return True
    return False


def _wide(decomposed: Decomposed, scope: Scope) -> Scope:
    """The scope with factors of sizes that are the thin ones as well as the full ones."""
    rows, columns = decomposed.whole.shape
    first, last = size("p"), size("q")
    while {str(first), str(last)} & scope.names.keys():
        first, last = size(f"{first}'"), size(f"{last}'")
    if decomposed.kind == QR:
        return _with_shapes(decomposed, scope, [(rows, first), (first, columns)])
    return _with_shapes(decomposed, scope, [(rows, first), (first, last), (columns, last)][: len(decomposed.factors)])


def _with_shapes(decomposed: Decomposed, scope: Scope, shapes: list[tuple[object, object]]) -> Scope:
    """A copy of the scope in which the factors have other shapes, and what goes with them."""
    found = scope.copy()
    factors = tuple(Var(f.name, *shape) for f, shape in zip(decomposed.factors, shapes, strict=True))
    put = dict(zip(decomposed.factors, factors, strict=True))
    for name, entity in scope.names.items():
        if isinstance(entity, Symbolic) and entity.value in put:
            found.names[name] = Symbolic(put[entity.value], entity.inferred)
    other = replace(decomposed, factors=factors, size="full")
    given, _ = facts(other)
    context = scope.context
    kept = [h for h in context.hypotheses if h not in decomposed.given]
    moved = [
        Relation(h.left.xreplace(put), h.op, h.right.xreplace(put))
        if isinstance(h, Relation)
        else Predicate(h.kind, h.subject.xreplace(put))
        for h in kept
    ]
    rules = tuple(
        Definition(d.target, product_of(other))
        if d.target == decomposed.whole
        else replace(d, body=d.body.xreplace(put))
        for d in context.definitions
    )
    found.context = replace(context, definitions=rules, hypotheses=tuple(moved))
    found.assume(*given)
    found.doubts = ()
    found.decompositions = tuple(other if d == decomposed else d for d in scope.decompositions)
    return found
