r"""Factors of decompositions: ``A = U \Sigma V^\top``, which words call the thin singular value decomposition of A.

Names that nothing declares get the shapes and the properties that such factors have.  Where the words do not say which
decomposition is meant (thin or full), the factors have what holds in the smaller one, and what only holds in one is in
doubt; ``everystep.documents.decomposed`` looks at the others.  May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import EVERY, Context, Definition, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Expression, Int, Num, Var
from everystep.algebra.shapes import index, size
from everystep.reader.decompositions import CHOLESKY, EIGEN, LU, POLAR, QR, SVD, Called, called_decomposition
from everystep.reader.entities import Decomposed, SaidAt, Symbolic
from everystep.reader.kinds import Kinds
from everystep.reader.marks import plain_text
from everystep.reader.pieces import Piece, pieces_of, trimmed
from everystep.reader.prose import Sentence, Stance, denies, is_question, stance
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, latex_of
from everystep.reader.values import Values
from everystep.reader.words import plain

_TRANSPOSED = frozenset(("top", "T", "intercal"))
_FORMS: dict[str, tuple[tuple[tuple[int, str], ...], ...]] = {
    SVD: (((0, ""), (1, ""), (2, "T")), ((0, ""), (1, ""), (0, "T"))),
    EIGEN: (((0, ""), (1, ""), (0, "T")), ((0, "T"), (1, ""), (0, "")), ((0, ""), (1, ""), (0, "-1"))),
    QR: (((0, ""), (1, "")),),
    CHOLESKY: (((0, ""), (0, "T")), ((0, "T"), (0, ""))),
    LU: (((0, ""), (1, "")),),
    POLAR: (((0, ""), (1, "")),),
}
"""The products that decompositions are written as, by the numbers of their factors."""
_ORTHOGONAL, _DEFINITE = frozenset("UQWO"), frozenset("PHS")
"""Letters of the factors of a polar decomposition, which is written in both orders."""


def product_of(decomposed: Decomposed) -> Expression:
    """The product of the factors that the decomposition states."""
    marked = {"": lambda e: e, "T": ex.Transpose, "-1": ex.Inverse}
    return ex.Mul(*(marked[mark](decomposed.factors[k]) for k, mark in decomposed.form))


def _columns(value: Expression) -> Relation:
    """Orthonormal columns."""
    return Relation(ex.Mul(ex.Transpose(value), value), "=", ex.Eye(value.shape[1]))


def _rows(value: Expression) -> Relation:
    return Relation(ex.Mul(value, ex.Transpose(value)), "=", ex.Eye(value.shape[0]))


def _on_diagonal(value: Expression, op: str, number: int) -> Relation:
    """What holds of every entry on the diagonal."""
    at = index(EVERY[0])
    return Relation(ex.Entry(value, at, at), op, Num(number))


def facts(decomposed: Decomposed) -> tuple[list[Hypothesis], list[tuple[Hypothesis, str]]]:
    """What holds of the factors in the sizes that they have, and what may be meant as well, in words."""
    given: list[Hypothesis] = []
    doubts: list[tuple[Hypothesis, str]] = []
    factors, kind = decomposed.factors, decomposed.kind
    first = factors[0]
    if kind == SVD:
        middle = factors[1]
        given += [_columns(f) for f in (first, *factors[2:])]
        if middle.shape[0] == middle.shape[1]:
            given += [Predicate("diagonal", middle), Predicate("positive semidefinite", middle)]
            if decomposed.size == "compact":
                given.append(Predicate("invertible", middle))
            else:
                doubts.append((Predicate("invertible", middle), f"no entry on the diagonal of {middle.name} is 0"))
    elif kind == EIGEN:
        given += [Predicate("diagonal", factors[1])]
        if any(mark == "-1" for _, mark in decomposed.form):
            given.append(Predicate("invertible", first))
            doubts.append((Predicate("orthogonal", first), f"{first.name} is orthogonal"))
        elif decomposed.form[0][1] == "T":
            given.append(_rows(first))
        else:
            given.append(_columns(first))
    elif kind == QR:
        upper = factors[1]
        given.append(_columns(first))
        if upper.shape[0] == upper.shape[1]:
            given.append(Predicate("upper triangular", upper))
            doubts.append((_on_diagonal(upper, ">", 0), f"the diagonal of {upper.name} is positive"))
    elif kind == CHOLESKY:
        given.append(Predicate("lower triangular" if decomposed.form[0][1] == "" else "upper triangular", first))
        doubts.append((_on_diagonal(first, ">", 0), f"the diagonal of {first.name} is positive"))
    elif kind == LU:
        given += [Predicate("lower triangular", first), Predicate("upper triangular", factors[1])]
        doubts.append((_on_diagonal(first, "=", 1), f"the diagonal of {first.name} is 1"))
        doubts.append((_on_diagonal(factors[1], "=", 1), f"the diagonal of {factors[1].name} is 1"))
    elif kind == POLAR:
        turns = first if first.name in _ORTHOGONAL else factors[1]
        other = factors[1] if turns == first else first
        given += [_columns(turns), Predicate("positive semidefinite", other)]
        doubts.append((Predicate("positive definite", other), f"{other.name} is positive definite"))
    return given, doubts


def implied(decomposed: Decomposed, context: Context) -> list[Hypothesis]:
    """What the factors have by what is known of the whole: R is invertible where ``A = Q R`` has full column rank."""
    whole, factors, kind = decomposed.whole, decomposed.factors, decomposed.kind
    has, tall, wide = known_of(whole, context)
    regular = tall and wide
    definite = "positive definite" in has
    found: list[Hypothesis] = []
    if kind == SVD and factors[1].shape[0] == factors[1].shape[1]:
        right = factors[decomposed.form[2][0]]
        found += [_rows(right)] if tall else []
        found += [_rows(factors[0])] if wide else []
        found += [Predicate("invertible", factors[1])] if tall or wide else []
    elif kind == SVD:
        found += [Predicate("full column rank", factors[1])] if tall else []
        found += [Predicate("full row rank", factors[1])] if wide else []
    elif kind == EIGEN:
        inner = factors[1]
        if not any(mark == "-1" for _, mark in decomposed.form):
            found += [Predicate("positive definite", inner), _on_diagonal(inner, ">", 0)] if definite else []
            found += [Predicate("positive semidefinite", inner)] if "positive semidefinite" in has else []
        found += [Predicate("invertible", inner)] if regular else []
        found += [_rows(factors[0])] if regular and factors[0].shape[0] != factors[0].shape[1] else []
    elif kind == QR and factors[1].shape[0] == factors[1].shape[1]:
        found += [Predicate("invertible", factors[1])] if tall else []
    elif kind == QR:
        found += [Predicate("full column rank", factors[1])] if tall else []
    elif kind == CHOLESKY and regular:
        found.append(Predicate("invertible", factors[0]))
        found += [_on_diagonal(factors[0], ">", 0)] if definite else []
    elif kind == LU and regular:
        found += [Predicate("invertible", f) for f in factors]
    elif kind == POLAR and regular:
        other = factors[1] if factors[0].name in _ORTHOGONAL else factors[0]
        found.append(Predicate("positive definite", other))
    return [h for h in found if h not in context.hypotheses]


def known_of(whole: Expression, context: Context) -> tuple[set[str], bool, bool]:
    """The properties of a matrix, and whether its columns, and its rows, are known to be independent."""
    has = {h.kind for h in context.hypotheses if isinstance(h, Predicate) and h.subject == whole}
    either = {"invertible", "positive definite", "full column rank", "full row rank"}
    regular = whole.shape[0] == whole.shape[1] and bool(has & either)
    tall = regular or "full column rank" in has or _is_regular(ex.Mul(ex.Transpose(whole), whole), context)
    wide = regular or "full row rank" in has or _is_regular(ex.Mul(whole, ex.Transpose(whole)), context)
    return has, tall, wide


def _is_regular(gram: Expression, context: Context) -> bool:
    kinds = ("invertible", "positive definite")
    return any(isinstance(h, Predicate) and h.kind in kinds and h.subject == gram for h in context.hypotheses)


_SYMMETRIC = frozenset(("symmetric", "positive definite", "positive semidefinite"))


def is_gram(value: Expression, context: Context) -> bool:
    """Whether a value is symmetric as it is written: ``X^T X``, ``B A B^T`` with a symmetric A, sums of such."""
    value = next((d.body for d in context.definitions if d.target == value), value)
    if isinstance(value, ex.Neg | ex.Transpose | ex.Inverse | ex.Pow | ex.Div):
        return is_symmetric(value.operands[0], context)
    if isinstance(value, ex.Add):
        return all(is_symmetric(part, context) for part in value.operands)
    if not isinstance(value, ex.Mul):
        return False
    parts = [p for p in value.operands if not p.is_number_shaped]
    pairs = [(parts[k], parts[-1 - k]) for k in range((len(parts) + 1) // 2)]
    return bool(parts) and all(
        a == ex.Transpose(b) or b == ex.Transpose(a) or (a == b and is_symmetric(a, context)) for a, b in pairs
    )


def is_symmetric(value: Expression, context: Context) -> bool:
    """Whether a matrix is known to be symmetric, or is so as it is written; the root of a matrix is."""
    if isinstance(value, ex.Eye | ex.Zeros | ex.Diag):
        return bool(value.shape[0] == value.shape[1])
    return bool(known_of(value, context)[0] & _SYMMETRIC) or is_gram(value, context)


class Factors(Kinds):
    """Reads decompositions that words name."""

    def decomposed(self, tokens: Tokens, sentence: Sentence) -> Stance | None:
        """Take a formula of the prose as a decomposition, where its sentence calls it one; how the sentence puts it.

        None, and nothing taken, where it does not call it one, or not plainly.
        """
        called = called_decomposition(sentence)
        pieces = pieces_of(trimmed(tokens)) if called is not None else []
        if called is None or len(pieces) != 1:
            return None
        piece = pieces[0]
        spoken = self._spoken_of(called, sentence)
        if not piece.relations and spoken and not piece.words:
            piece = Piece((spoken, piece.sides[0]), ("=",))  # "let $U S V^T$ be the SVD of $A$"
        if piece.relations not in (("=",), (":=",)):
            return None
        if called.of and plain_text(spoken) != plain_text(trimmed(piece.sides[0])):
            return None
        found = _matched(piece.sides[1], called.kind)
        if found is None:
            return None
        form, nodes = found
        fresh = [Values(self.scope).entity_of(node)[0] is None for node in nodes]
        if denies(sentence) or is_question(sentence):
            return None
        if any(fresh) and self.scope.waits:
            raise Unreadable("a factor has no declaration", tokens[0].place)
        reader = Values(self.scope)
        whole = reader.finished(reader.read(trimmed(piece.sides[0])))
        always = called.kind not in (EIGEN, CHOLESKY)
        how = stance(called.sentence, needs_verb=not always, any_words=True)
        if all(fresh) and self._exists(called.kind, form, whole):
            how = Stance.ASSUMED  # "show that if $A = U S V^T$ is the SVD": new names for what every matrix has
        elif how is Stance.NOTHING or how is Stance.DOUBTFUL:
            return None
        shapes, extent = self._shapes(called, form, nodes, whole, sentence)
        if extent == "":
            self._is_left_open(nodes)
        factors = [self._factor(node, new, *shape) for node, new, shape in zip(nodes, fresh, shapes, strict=True)]
        line = piece.place.line if piece.place is not None else 0
        real = not all(fresh)
        self.take(Decomposed(called.kind, form, extent, whole, tuple(factors), latex_of(tokens), line, real=real))
        return how

    def _exists(self, kind: str, form: tuple[tuple[int, str], ...], whole: Expression) -> bool:
        """Whether a matrix has such a decomposition by what is known of it, for good."""
        has, _, _ = known_of(whole, self.scope.context)
        passing = (*self.scope.temporary, *self.scope.case, *self.scope.supposed)
        if any(h.subject == whole for h in passing if isinstance(h, Predicate)):
            return False
        if kind == EIGEN and form[1][1] == "" and form[2][1] != "-1":
            return bool(has & {"symmetric", "positive definite", "positive semidefinite"}) or is_gram(
                whole, self.scope.context
            )
        if kind == CHOLESKY:
            return "positive definite" in has
        return (kind == SVD and len({k for k, _ in form}) == 3) or kind in (QR, POLAR)

    def _spoken_of(self, called: Called, sentence: Sentence) -> Tokens:
        """What a decomposition is said to be one of; empty where the words do not say so."""
        formulas = sentence.later if called.of > 0 else sentence.earlier if called.of < 0 else ()
        if not formulas:
            return ()
        formula = formulas[0 if called.of > 0 else -1]
        return trimmed(self._subject(formula) or formula)

    def _shapes(
        self,
        called: Called,
        form: tuple[tuple[int, str], ...],
        nodes: list[Node],
        whole: Expression,
        sentence: Sentence,
    ) -> tuple[list[tuple[Expr, Expr]], str]:
        """The shapes of the factors, and which of the sizes they have that a decomposition of the kind may have."""
        rows, columns = whole.shape
        place = nodes[0].place
        square = rows == columns
        if called.kind in (EIGEN, CHOLESKY, LU, POLAR) and not square:
            raise Unreadable("what is decomposed is not square", place)
        known = [self._known(node) for node in nodes]
        inner = (rows, rows)
        if called.kind in (CHOLESKY, LU, POLAR):
            text = plain(f"{sentence.before} {sentence.after}")
            lower = called.kind == CHOLESKY and form[0][1] == ""
            if called.kind == CHOLESKY and _speaks_of_other(text, lower):
                raise Unreadable("which triangle is meant?", place)
            if called.kind == POLAR and len({node.text in _ORTHOGONAL for node in nodes}) < 2:
                raise Unreadable("which factor is orthogonal?", place)
            if called.kind == POLAR and not any(node.text in _DEFINITE for node in nodes):
                raise Unreadable("which factor is positive semidefinite?", place)
            return [inner] * len(nodes), "square"
        if called.kind == EIGEN:
            told = next((shape[0] for shape in known[1:2] if shape), None)
            if called.size in ("", "full") and told in (None, rows):
                return [inner, inner], "square"
            if form != _FORMS[EIGEN][0]:
                raise Unreadable("which sizes the factors have is not clear", place)
            narrow = told if told is not None else self._rank_of(whole)
            return [(rows, narrow), (narrow, narrow)], called.size or "thin"
        if called.kind == QR:
            told = known[0][1] if known[0] else known[1][0] if known[1] else None
            if square:
                return [inner, inner], "square"
            middle = told if told is not None else rows if called.size == "full" else columns
            extent = "full" if middle == rows else "thin" if told is not None or called.size else ""
            return [(rows, middle), (middle, columns)], extent
        left = known[0][1] if known[0] else known[1][0] if known[1] else None
        last = known[form[2][0]]
        right = last[1] if last else known[1][1] if known[1] else None
        full = called.size == "full" or (left == rows and right in (None, columns) and not square and called.size == "")
        if full or (square and called.size == "thin"):
            return self._svd(rows, columns, rows, columns, len(nodes)), "square" if square else "full"
        told = left if left is not None else right
        _, tall, wide = known_of(whole, self.scope.context)
        narrow = told if told is not None else columns if tall else rows if wide else self._rank_of(whole)
        extent = called.size or ("thin" if told is not None or square else "")
        if left is not None and right is not None and left != right:
            return self._svd(rows, columns, left, right, len(nodes)), "full"
        return self._svd(rows, columns, narrow, narrow, len(nodes)), extent

    @staticmethod
    def _svd(rows: Expr, columns: Expr, left: Expr, right: Expr, count: int) -> list[tuple[Expr, Expr]]:
        return [(rows, left), (left, right), (columns, right)][:count]

    def _known(self, node: Node) -> tuple[Expr, Expr] | None:
        entity = Values(self.scope).entity_of(node)[0]
        return entity.value.shape if isinstance(entity, Symbolic) else None

    def _rank_of(self, whole: Expression) -> Expr:
        """The number of columns of the factors: the rank where it has a name, else a size of its own."""
        for h in self.scope.context.hypotheses:
            if isinstance(h, Relation) and h.op == "=" and h.left == ex.Rank(whole) and isinstance(h.right, Int):
                return h.right.value
        free = "r" not in self.scope.names
        return size("r" if free else f"r_{len(self.scope.decompositions) + 1}")

    def _is_left_open(self, nodes: list[Node]) -> None:
        """Nothing is made of factors that have a definition, where the words leave open which sizes they have."""
        for node in nodes:
            entity = Values(self.scope).entity_of(node)[0]
            if isinstance(entity, Symbolic) and any(d.target == entity.value for d in self.scope.context.definitions):
                raise Unreadable(f"{node.text} has a definition", node.place)

    def _factor(self, node: Node, new: bool, rows: Expr, columns: Expr) -> Var:
        """A factor of that shape: a new name is declared, another one has to have it."""
        value = self.introduce(node, rows, columns) if new else Values(self.scope).value(node)
        if not isinstance(value, Var) or value.shape != (rows, columns):
            raise Unreadable(f"{node.text} has another shape", node.place)
        return value

    def take(self, decomposed: Decomposed) -> None:
        """Keep a decomposition, what it says of its factors, and what it may say."""
        held, scope = self.scope.context.hypotheses, self.scope
        given, doubts = facts(decomposed)
        scope.assume(*given)
        whole, body = decomposed.whole, product_of(decomposed)
        bound = {d.target for d in scope.context.definitions} | {law.target for law in scope.context.random}
        if isinstance(whole, Var) and whole not in bound and whole not in decomposed.factors:
            scope.define(Definition(whole, body))
        elif not any(set(ex.walk(rule.body)) & set(decomposed.factors) for rule in decomposed.rules):
            scope.assume(Relation(whole, "=", body))
        fresh = tuple(h for h in scope.context.hypotheses if h not in held)
        for h, words in doubts:
            if h not in scope.context.hypotheses:
                scope.lines[h] = SaidAt(words, decomposed.line)
                scope.doubt([h])
        scope.decompositions = (
            *scope.decompositions,
            Decomposed(**{**vars(decomposed), "given": fresh}),
        )


def _speaks_of_other(text: str, lower: bool) -> bool:
    """Whether a sentence speaks of the other triangle than that of the usual form."""
    return ("upper" in text or "superieure" in text) if lower else ("lower" in text or "inferieure" in text)


def _matched(right: Tokens, kind: str) -> tuple[tuple[tuple[int, str], ...], list[Node]] | None:
    """The form of a product and its different factors, without marks; None where it is no product of the kind."""
    try:
        node = parse(trimmed(right))
    except Unreadable:
        return None
    if node.kind != "product" or node.scripts or any(node.separators):
        return None
    names: list[str] = []
    nodes: list[Node] = []
    form: list[tuple[int, str]] = []
    for part in node.parts:
        mark = _mark(part)
        if part.kind != "letter" or mark is None or part.text in ("I", "e"):
            return None
        if part.text not in names:
            names.append(part.text)
            nodes.append(part.bare())
        form.append((names.index(part.text), mark))
    return (tuple(form), nodes) if tuple(form) in _FORMS[kind] else None


def _mark(node: Node) -> str | None:
    """ "T", "-1", or "" without a script; None for any other script."""
    if not node.scripts:
        return ""
    if len(node.scripts) > 1 or node.scripts[0][0] != "^":
        return None
    text = plain_text(node.scripts[0][1]).strip("{}")
    return "T" if text.lstrip("\\") in _TRANSPOSED else "-1" if text == "-1" else None
