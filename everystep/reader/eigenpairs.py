r"""Eigenvectors and eigenvalues in words: "let $v$ be a unit eigenvector of $A$ with eigenvalue $\lambda$".

Names that nothing declares get the shape that they have by it.  All eigenvalues of a symmetric matrix are the diagonal
of the middle factor of its spectral decomposition, whose factors have no name that an author could write.
May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import EVERY, Definition, Predicate, Relation
from everystep.algebra.expressions import Expression, Num, Var
from everystep.algebra.shapes import ONE, index
from everystep.reader import patterns as re
from everystep.reader.decompositions import EIGEN
from everystep.reader.entities import Decomposed, FamilyName, Pair
from everystep.reader.factors import is_symmetric, product_of
from everystep.reader.marks import bracketed, plain_text
from everystep.reader.name_lists import is_names
from everystep.reader.names import ROOT
from everystep.reader.pieces import trimmed
from everystep.reader.prose import Sentence, Stance, denies, is_question, stance
from everystep.reader.signs import GREEK
from everystep.reader.source import Tokens
from everystep.reader.spectral_bounds import SpectralBounds, bounds_of
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, latex_of, name_of, relation_of, split, stripped
from everystep.reader.values import Values
from everystep.reader.words import plain, properties, puts_alternative

_UNIT = r"(?:unit(?:[- ](?:norm|length))?|normali[sz]ed|unitaire|norme|de norme (?:1|un))"
_JOINED = r"(?:associated|corresponding|associee?|correspondante?)"
_VECTOR = (
    rf"(?:(?:{_UNIT}|nonzero|non-zero|real|right|{_JOINED}) )*eigenvector|"
    rf"vecteur propre(?: (?:{_UNIT}|non nul|reel|{_JOINED}))*"
)
_VALUE = rf"(?:(?:real|simple|{_JOINED}) )*eigenvalue|valeur propre(?: (?:reelle|simple|{_JOINED}))*"
_BE = r"\s*(?:(?:be|is|denotes?|denote|est|soit|designe)\b)?\s*(?:(?:an?|the|some|un|une|le|la)\b)?\s*"
_MATRIX = (
    r"(?: (?:of|for|de)(?: (?:the|la|our|notre|a|une))?(?: (?!eigen)(?:[\w-]+ ){0,4}(?:matrix|matrice)"
    r"(?: (?:symetrique|definie positive|reelle))*)? \$)"
)
_LINK = (
    rf"(?:,? (?:(?:{_JOINED}) (?:with|to|a)|with|of|for|belonging to|de|pour|avec|relatif a)"
    r"(?: (?:the|its|an?|la|sa|une|un|le))?)"
)
_END = r"\s*(?:$|[.,;:)].*|(?:and|where|with|so|then|et|ou|avec|donc|alors|i\.e\.)\b.*)"

_WITH_VALUE = rf"{_MATRIX}(?:{_LINK} (?:{_VALUE}) \$)"
_IS_VECTOR = re.compile(rf"^(?P<words>{_BE}(?:{_VECTOR}){_WITH_VALUE})(?P<rest>{_END})$")
"""Behind a vector: "is a unit eigenvector of $A$ with eigenvalue $\\lambda$"."""
_OF_VECTOR = re.compile(rf"^(?P<words>{_WITH_VALUE})(?P<rest>{_END})$")
"""Behind "an eigenvector $v$": "of $A$ with eigenvalue $\\lambda$"."""
_IS_VALUE = re.compile(
    rf"^(?P<words>{_BE}(?:{_VALUE}){_MATRIX}(?:{_LINK} (?:{_VECTOR}) \$|"
    rf",? (?:and|et) \${_BE}(?:{_VECTOR})(?: (?:for it|to it))?))(?P<rest>{_END})$"
)
"""Behind a number: "is an eigenvalue of $A$ with eigenvector $v$"."""
_IS_PAIR = re.compile(
    rf"^(?P<words>{_BE}(?:(?:real|normali[sz]ed) )*(?:eigenpair|couple propre|element propre){_MATRIX})"
    rf"(?P<rest>{_END})$"
)
_NOUN_AHEAD = re.compile(rf"(?P<first>.*?)\b(?:an?|the|any|some|un|le|du|its|let|with|for) (?:{_VECTOR}) ?$")
_NO_VALUES = (
    r"(?!.*\b(?:nonzero|non nulles?|distinct|distinctes|largest|smallest|top|leading|complex|first|plus grandes)\b)"
)
_VALUES = r"(?:real )?eigenvalues|valeurs propres(?: reelles)?"
_ARE_VALUES = re.compile(
    rf"^(?P<words>\s*(?:(?:be|are|denote|denotes|sont|designent)\b)?\s*(?:(?:the|its|les|ses|des)\b)?\s*(?:{_VALUES}){_MATRIX})"
    rf"(?P<rest>{_END})$"
)
_VALUES_AHEAD = re.compile(
    rf"^{_NO_VALUES}(?P<first>.*?)(?:\b(?:with|has|have|having|the|let|its|denote|avec|a|ayant|les|de|by|soient|ses) )"
    rf"(?:{_VALUES})(?P<of>{_MATRIX})?(?: (?:be|are|is|by|sont|,|:))*\s*$"
)
_ITS_VALUES = re.compile(rf"^\s*(?:(?:be|are|denote|sont)\b)?\s*(?:its|ses) (?:{_VALUES})(?P<rest>{_END})$")
_HAS = re.compile(r"\$[^$]*\b(?:with|has|have|having|avec|a|ayant|de)\b[^$]*$")
_OF_MATRIX = re.compile(rf"^(?P<words>{_MATRIX})(?P<rest>{_END})$")
_DOUBTED = re.compile(
    r"\b(?:not|no|never|pas|aucune?|unless|would|might|could|may|approximate\w*|generali[sz]ed|left|either|or|perhaps|"
    r"maybe|possibly|if|si|believes?|complex|complexe|almost|wrong|false)\b|n't\b"
)
_SYMMETRIC = frozenset(("symmetric", "positive definite", "positive semidefinite"))


_ITS_RANGE = re.compile(r"^\W*(?:ou|where|with|avec)\b(?=\s*\$)")
"""Behind bounds: what is said of them, "where $0 < a$"; ``ou`` is the word with an accent."""


class Eigenpairs(SpectralBounds):
    """Reads what words say of eigenvalues and eigenvectors."""

    def eigen(self, tokens: Tokens, sentence: Sentence) -> Stance | None:
        """Take what a sentence says of eigenvalues or an eigenvector in a formula; how the sentence puts it.

        None, and nothing taken, where it says nothing of the kind, or not plainly.
        """
        before, after = plain(sentence.before), plain(sentence.after)
        if "eigen" not in before + after and "propre" not in before + after:
            return None
        if denies(sentence) or is_question(sentence):
            return None
        clause = re.split(r"[.;](?:\s+|$)", before)[-1]
        behind = " " + re.split(r"[.;](?:\s+|$)", after)[0]
        if _DOUBTED.search(clause) or _DOUBTED.search(behind):
            return None
        return (
            self._pair(tokens, sentence, clause, behind)
            or self._all_values(tokens, sentence, clause, behind)
            or self._bounded(tokens, sentence, clause, behind)
        )

    def is_read(self, word: str, name: Tokens) -> bool:
        """Whether words about eigenvalues, said of a name, have been read."""
        if not re.search(r"eigen|propre", word):
            return False
        parts = [e for pair in self.scope.pairs for e in (pair.matrix, pair.vector, pair.value)]
        parts += [d.whole for d in self.scope.decompositions if d.kind == EIGEN]
        known = {node.name.removesuffix(ROOT) for part in parts for node in ex.walk(part) if isinstance(node, Var)}
        letters = _letters(name)
        return bool(letters) and letters <= {*known, "I", "T"}

    # one of them -----------------------------------------------------------------------------------

    def _pair(self, tokens: Tokens, sentence: Sentence, clause: str, behind: str) -> Stance | None:
        ahead = _NOUN_AHEAD.search(clause)
        of = _OF_VECTOR.match(behind) if ahead is not None else None
        vector, value, pair = _IS_VECTOR.match(behind), _IS_VALUE.match(behind), _IS_PAIR.match(behind)
        found = of or vector or value or pair
        if found is None:
            return None
        matrix = sentence.later[0]
        words = found["words"] + (ahead[0] if of is not None and ahead is not None else "")
        if pair is not None:
            inner = bracketed(trimmed(tokens))
            names = split(inner, (",",)) if inner is not None else []
            if len(names) != 2:
                return None
            number, column = (trimmed(name) for name in names)
            if name_of(column[0]) in GREEK and name_of(number[0]) not in GREEK:
                number, column = column, number
        elif value is not None:
            number, column = trimmed(tokens), trimmed(sentence.later[1])
        else:
            number, column = trimmed(sentence.later[1]), trimmed(tokens)
        first = ahead["first"] + " " if of is not None and ahead is not None else clause
        how = stance(Sentence(first, found["rest"], sentence.is_open, sentence.label), needs_verb=False, any_words=True)
        if how in (Stance.NOTHING, Stance.DOUBTFUL) or not (is_names(number) and is_names(column)):
            return None
        subject = trimmed(self._subject(matrix) or matrix)
        self._take_pair(subject, number, column, bool(re.search(rf"\b{_UNIT}\b", words)))
        self._said_of_matrix(subject, words)
        self._is_said(subject, number, column)
        return how

    def _take_pair(self, matrix: Tokens, number: Tokens, column: Tokens, unit: bool) -> None:
        """``A v = \\lambda v`` of a vector that is not zero."""
        nodes = parse(column, self.scope.words()), parse(number, self.scope.words())
        fresh = [self._is_fresh(node) for node in nodes]
        if any(fresh) and self.scope.waits:
            raise Unreadable(f"{latex_of(column)} has no declaration", column[0].place)
        reader = Values(self.scope)
        whole = reader.finished(reader.read(matrix))
        rows, columns = whole.shape
        if rows != columns:
            raise Unreadable("an eigenvector of what is not square", matrix[0].place)
        v = self._named(nodes[0], fresh[0], (rows, ONE))
        scalar = self._named(nodes[1], fresh[1], (ONE, ONE))
        self.scope.assume(Relation(ex.Mul(whole, v), "=", ex.Mul(scalar, v)), Predicate("nonzero", v))
        if unit:
            self.scope.assume(Relation(ex.Mul(ex.Transpose(v), v), "=", Num(1)))
        self.scope.pairs = (*self.scope.pairs, Pair(whole, v, scalar, not all(fresh)))

    def _is_fresh(self, node: Node) -> bool:
        return Values(self.scope).entity_of(node)[0] is None

    def _named(self, node: Node, new: bool, shape: tuple[Expr, Expr]) -> Expression:
        value = self.introduce(node, *shape) if new else Values(self.scope).value(node)
        if value is None or value.shape != shape:
            raise Unreadable(f"{node.text} has another shape", node.place)
        return value

    # all of them -----------------------------------------------------------------------------------

    def _all_values(self, tokens: Tokens, sentence: Sentence, clause: str, behind: str) -> Stance | None:
        listed = _listed(tokens)
        if listed is None:
            return None
        are, ahead, of = _ARE_VALUES.match(behind), _VALUES_AHEAD.match(clause), _OF_MATRIX.match(behind)
        its = _ITS_VALUES.match(behind)
        rest = behind
        if are is not None:
            matrix, rest, first = sentence.later[0], are["rest"], clause
        elif ahead is not None and ahead["of"]:
            matrix, first = sentence.earlier[-1], ahead["first"]
        elif ahead is not None and of is not None:
            matrix, rest, first = sentence.later[0], of["rest"], ahead["first"]
        elif sentence.earlier and ((ahead is not None and _HAS.search(clause)) or its is not None):
            matrix, first = sentence.earlier[-1], ahead["first"] if ahead is not None else clause
            rest = its["rest"] if its is not None else behind
        else:
            return None
        how = stance(Sentence(first, rest, sentence.is_open, sentence.label), needs_verb=False, any_words=True)
        if how in (Stance.NOTHING, Stance.DOUBTFUL):
            return None
        subject = trimmed(self._subject(matrix) or matrix)
        if not self.scope.waits:
            self._said_of_matrix(
                subject, are["words"] if are else of["words"] if of else ahead["of"] or "" if ahead else ""
            )
        self._take_all(subject, *listed, tokens)
        self._is_said(subject)
        return how

    def _bounded(self, tokens: Tokens, sentence: Sentence, clause: str, behind: str) -> Stance | None:
        """All eigenvalues lie between two numbers."""
        bounds = bounds_of(tokens, sentence, clause, behind)
        if bounds is None:
            return None
        if puts_alternative(sentence.after):
            return None
        rest = _ITS_RANGE.sub("", bounds.rest)
        around = Sentence(bounds.first.rstrip(" $"), rest, sentence.is_open, sentence.label)
        how = stance(around, needs_verb=False, any_words=True)
        if how in (Stance.NOTHING, Stance.DOUBTFUL):
            return None
        subject = trimmed(self._subject(bounds.matrix) or bounds.matrix)
        self._said_of_matrix(subject, bounds.words)
        self._take_bounds(subject, bounds)
        self._is_said(subject)
        return how

    def _said_of_matrix(self, matrix: Tokens, words: str) -> None:
        """Symmetry that is said in passing: "an eigenvalue of the symmetric matrix $A$"."""
        reader = Values(self.scope)
        whole = reader.finished(reader.read(matrix))
        for kind in properties(words.split("$")[0] if "$" in words else words):
            if kind in _SYMMETRIC and isinstance(whole, Var):
                self.scope.assume(Predicate(kind, whole))

    def _is_said(self, *names: Tokens) -> None:
        """What words say of eigenvalues has been read: nothing more is meant by them."""
        for letter in set[str]().union(*map(_letters, names)):
            if re.search(r"eigen|propre|^(?:dans|in|comprises?)$", self.scope.unsure.get(letter, "")):
                del self.scope.unsure[letter]

    def _take_all(self, matrix: Tokens, node: Node, last: Tokens, sign: str, tokens: Tokens) -> None:
        """The eigenvalues of a symmetric matrix, in a list of as many as it has rows."""
        place = tokens[0].place
        if self.scope.find(node.text, node.style, indexed=True) is not None and f"{node.text}[]" in self.scope.names:
            raise Unreadable(f"{node.text} has a declaration", place)
        if self.scope.waits:
            raise Unreadable(f"{node.text} has no declaration", place)
        reader = Values(self.scope)
        whole = reader.finished(reader.read(matrix))
        rows, columns = whole.shape
        if rows != columns or self.size(last) != rows:
            raise Unreadable("these are not all the eigenvalues", place)
        context = self.scope.context
        if not is_symmetric(whole, context.given(*reader.assumed)):
            raise Unreadable("the eigenvalues of a matrix that is not symmetric may be complex", place)
        name = whole.name if isinstance(whole, Var) and whole.name.isalnum() else f"{len(self.scope.decompositions)}"
        basis, inner = Var(f"eigenvectors_{name}", rows, rows), Var(f"eigenvalues_{name}", rows, rows)
        key = self.scope.declare(node.text, FamilyName(node.text, ONE, ONE, low=ONE, high=rows), node.style)
        self.scope.bound(key, ONE, rows)
        at = index("i")
        self.scope.define(Definition(ex.Member(key, 1, 1, at), ex.Entry(inner, at, at)))
        form = ((0, ""), (1, ""), (0, "T"))
        line = place.line if place is not None else 0
        self.scope.assume(*reader.assumed)
        taken = Decomposed(EIGEN, form, "square", whole, (basis, inner), latex_of(tokens), line)
        solved = self._solved(taken)
        rules = (*reader.defined, *((solved,) if solved is not None else ()))  # a matrix by its root
        self.take(replace(taken, rules=rules))
        if sign:
            self.scope.assume(Relation(ex.Member(key, 1, 1, index(EVERY[0])), sign, Num(0)))

    def _solved(self, decomposed: Decomposed) -> Definition | None:
        """The matrix in the middle of ``B^{-1} A B^{-1}``, which any symmetric matrix of that form is one for; None
        where what stands around it has no inverse that is written, or the matrix has a value.
        """
        parts = decomposed.whole.operands if isinstance(decomposed.whole, ex.Mul) else ()
        middle = parts[len(parts) // 2] if len(parts) % 2 else None
        ahead, behind = parts[: len(parts) // 2], parts[len(parts) // 2 + 1 :]
        taken = {d.target for d in self.scope.context.definitions} | {r.target for r in self.scope.context.random}
        if (
            not isinstance(middle, Var)
            or middle in taken
            or not all(isinstance(p, ex.Inverse) for p in (*ahead, *behind))
        ):
            return None
        if middle in {node for part in (*ahead, *behind) for node in ex.walk(part)}:
            return None
        left, right = (tuple(p.operands[0] for p in reversed(side)) for side in (ahead, behind))
        return Definition(middle, ex.Mul(*left, product_of(decomposed), *right))


def _letters(tokens: Tokens) -> set[str]:
    """The names that a formula is written with."""
    names = {name_of(t) for t in tokens if t.kind in ("char", "command")}
    return {name for name in names if name in GREEK or (len(name) == 1 and name.isalpha())}


def _listed(tokens: Tokens) -> tuple[Node, Tokens, str] | None:
    r"""The name, the last index and the sign of ``\lambda_1 \ge \dots \ge \lambda_n > 0``, also with commas."""
    parts: list[Tokens] = [()]
    marks: list[str] = []
    tokens = trimmed(tokens)
    k, depth = 0, 0
    while k < len(tokens):
        depth += (tokens[k].kind == "open") - (tokens[k].kind == "close")
        found, width = relation_of(tokens, k) if depth == 0 else ("", 0)
        if found or (depth == 0 and name_of(tokens[k]) == ","):
            marks.append(found or ",")
            parts.append(())
            k += width or 1
            continue
        parts[-1] = (*parts[-1], tokens[k])
        k += 1
    parts = [stripped(trimmed(part)) for part in parts]
    sign = ""
    if marks and marks[-1] in (">", ">=") and plain_text(parts[-1]) == "0":
        sign = marks.pop()
        parts.pop()
    dots = [k for k, part in enumerate(parts) if len(part) == 1 and name_of(part[0]).endswith("dots")]
    if (
        len(dots) != 1
        or dots[0] != len(parts) - 2
        or dots[0] == 0
        or set(marks) not in ({">="}, {"<="}, {","}, {">"}, {"<"})
    ):
        return None
    try:
        nodes = [parse(part) for k, part in enumerate(parts) if k != dots[0]]
    except Unreadable:
        return None
    if any(n.kind != "letter" or [m for m, _ in n.scripts] != ["_"] or n.text != nodes[0].text for n in nodes):
        return None
    if [plain_text(n.scripts[0][1]) for n in nodes[:-1]] != [str(k + 1) for k in range(len(nodes) - 1)]:
        return None
    return nodes[0].bare(), trimmed(nodes[-1].scripts[0][1]), sign
