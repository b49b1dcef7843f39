"""What is said for all or some indices, pairs and values: "$w_i > 0$ for all $i$", names that stand for any.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import EVERY, Hypothesis, Relation
from everystep.algebra.expressions import Expression, Num, Var
from everystep.algebra.shapes import ONE, index
from everystep.reader import patterns as re
from everystep.reader.eigenpairs import Eigenpairs
from everystep.reader.entities import Symbolic
from everystep.reader.every_index import extent_of, goes_on_plainly, is_spoken_of, of_every_index, sign_on_diagonal
from everystep.reader.families import every_pair, image_of_all
from everystep.reader.hypotheses import is_whole_range, sign_of_entry
from everystep.reader.marks import plain_text
from everystep.reader.one_hot import is_one_hot
from everystep.reader.pieces import Piece, is_value, letters_of, names_in, pieces_of, subscripts, trimmed
from everystep.reader.prose import Sentence, denies, is_question
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Unreadable, name_of, relation_of, split
from everystep.reader.values import Values
from everystep.reader.words import plain

_FOR_ALL = re.compile(
    r"\W*(for( (all|every|each|any))?|pour( (tout|tous|toute|toutes|chaque))?)"
    r"( (indices|index|entries|entry|classes|class|components?|indice|composantes?|classe))? \$"
)
_NO_MORE = re.compile(r"\s*($|[,)]|(and|then|so|we|et|alors|on|donc)\b)")
_BUT_SOME = re.compile(
    r"\b(except|save|apart|other than|but|unless|only|outside|within|such|where|whose|with|if|when|sauf|hormis|excepte|"
    r"autre|tel|telle|tels|telles|seulement|si|lorsque|quand|ou|dont|in|dans|of|de)\b"
)
_ENTRIES = re.compile(
    r"\b(entries|components|coordinates|elements|coefficients|composantes|coordonnees|entrees)"
    r"( (are )?(given|defined) by| are| donnees par| definies par)?\W*$"
)
_GIVES = re.compile(
    r"\b(?:with|where|by|given by|defined by|define|and|et|set|put|let|i\.e\.?|that is|such that|avec|ou|par|donne par|"
    r"definie? par|c'est-a-dire|soit|a savoir|namely|via)[ ,:]*$"
)
_DEFINED_BY = re.compile(r"\b(?:define|definissons|on definit)\b[^.;:]*\$ (?:by|par|via)[ ,:]*$")
_FOR_EACH = re.compile(r"^[ ,]*(?:for|pour) (?:all |each |every |any |tout |tous |chaque )?\$")
_SOME = re.compile(r"\W*(for|pour) (some|certain|quelque|un|une)\b|\W*(if|si|when|unless|except|sauf|for) ")
_FOR_SOME = re.compile(r"\W*(for|pour|at|when|if|si|en) \$")
_FOR_WHICH = re.compile(r"\W*((for|pour|at|when|if|si|with|avec|en) )?\$")


class Quantified(Eigenpairs):
    """Reads for which indices and values what is said holds."""

    @staticmethod
    def _at_one_index(piece: Piece, sentence: Sentence) -> bool:
        """Whether the formula behind says that an index of this one has one value, or lies in a set: "for $i = 2$"."""
        if not sentence.later or _FOR_WHICH.match(plain(sentence.after)) is None:
            return False
        behind = trimmed(sentence.later[0])
        if len(behind) < 3 or relation_of(behind, 1)[0] not in ("=", "in"):
            return False
        below = {name_of(t) for side in piece.sides for t in subscripts(side)}
        is_range = name_of(behind[2]) == "[" or any(name_of(t).endswith("dots") for t in behind)
        return name_of(behind[0]) in below and not is_range

    def _of_every_entry(self, held: tuple[Hypothesis, ...], sentence: Sentence) -> None:
        """A sign that a sentence says of an entry "for all i", or in the whole range, is one of every entry."""
        said = _FOR_ALL.match(plain(sentence.after))
        behind = "" if said is None else re.split(r"[.;:](?:\s|$)", plain(sentence.after)[said.end() :])[0]
        if not sentence.later or said is None or not _NO_MORE.match(behind) or _BUT_SOME.search(behind):
            return
        (quantified, *_) = pieces_of(trimmed(sentence.later[0])) or (None,)
        if quantified is not None:
            self._at_every_index(held, quantified)

    def _of_any_entry(self, held: tuple[Hypothesis, ...], sentence: Sentence) -> None:
        """A sign of an entry that follows on what it is an entry of, where its index is spoken of nowhere."""
        if not goes_on_plainly(sentence):
            return
        for h in self.scope.context.hypotheses:
            found = of_every_index(h, self.scope) if h not in held else None
            if found is not None and not is_spoken_of(found[1], self.scope, (*sentence.earlier, *sentence.later)):
                self.scope.assume(found[0])

    def _gives_entries(self, piece: Piece, sentence: Sentence) -> bool:
        r"""Whether a formula gives a name without a value all of its entries: "with entries ``d_i = 1 / c_i``".

        They are its definition then.  Not where the index, which the right side has too, is spoken of or has a value.
        """
        for_all = _FOR_EACH.match(plain(sentence.after)) is not None and bool(sentence.later)
        if piece.relations != ("=",) or (_SOME.search(sentence.after) and not for_all):
            return False
        try:
            value = Values(self.scope).read(trimmed(piece.sides[0]))
        except Unreadable:
            return False
        units = {d.target for d in self.scope.context.definitions if isinstance(d.body, ex.Unit)}
        known = isinstance(value, ex.Entry) and value.operands[0] in units
        one_hot = known or (isinstance(value, ex.Entry) and is_one_hot(value.operands[0], self.scope))
        letters = {str(i) for i in value.at if i.is_Symbol} if isinstance(value, ex.Entry) else set[str]()
        told = _ENTRIES.search(plain(sentence.before)) or (
            _GIVES.search(plain(sentence.before)) and not self.supposes and self._is_open_vector(value)
        )
        if not one_hot and not told:
            return False
        if for_all and not self._is_said_of_all(sentence.later[0], value, letters):
            return False
        others = (*sentence.earlier, *sentence.later[1 if for_all else 0 :])
        beside = tuple(f for f in others if not any(map(self.is_index_range, pieces_of(f))))
        if not letters or is_spoken_of(frozenset(letters), self.scope, beside):
            return False
        if not letters <= {name_of(t) for t in piece.sides[1]}:
            return False
        if known:
            return True  # "of class $c$, that is ``y_k = \\delta_{kc}``": told before
        return self._define_entries(value, piece.sides[1], parse(trimmed(piece.sides[0]), self.scope.words()))

    @staticmethod
    def _is_defined_by(sentence: Sentence) -> bool:
        """Whether the formula at hand is what something is defined by: "define $p \\in \\mathbb{R}^K$ by"."""
        return (
            _DEFINED_BY.search(plain(sentence.before)) is not None
            and not denies(sentence)
            and not is_question(sentence)
        )

    def _is_open_vector(self, value: Expression) -> bool:
        """Whether an entry is one of a vector of which nothing else is known."""
        if not isinstance(value, ex.Entry) or not isinstance(value.operands[0], Var):
            return False
        if value.operands[0].shape[1] != ONE:
            return False
        name = value.operands[0].name
        random = {law.target.name for law in self.scope.context.random}
        return name not in random and not any(name in names_in(h) for h in self.scope.context.hypotheses)

    def _is_said_of_all(self, formula: Tokens, value: Expression, letters: set[str]) -> bool:
        r"""Whether a formula behind "for" is the index of an entry, or the whole range of it: ``k = 1, \dots, K``."""
        pieces = pieces_of(trimmed(formula))
        if len(pieces) != 1 or len(letters) != 1 or not isinstance(value, ex.Entry):
            return False
        sides = [plain_text(trimmed(side)) for side in pieces[0].sides]
        (letter,) = letters
        if not pieces[0].relations:
            return sides == [letter]
        return is_whole_range(sides, pieces[0].relations, letter, "1", str(value.operands[0].shape[0]))

    def _at_every_pair(self, held: tuple[Hypothesis, ...]) -> None:
        r"""``u_i^T u_j = \delta_{ij}`` that has come to those held before is said of all i and j, unless a formula
        beside it bounds one of them: nobody writes it of one pair.
        """
        for h in self.scope.context.hypotheses:
            found = every_pair(h, self.scope.context) if h not in held else None
            if found is not None and all(_leaves_open(piece, *found[1:]) for piece in self.beside):
                self.scope.assume(found[0])

    def _at_every_index(self, held: tuple[Hypothesis, ...], quantified: Piece) -> None:
        """Signs of entries and members that have come to those held before, said for an index or all of its range."""
        sides = [plain_text(trimmed(side)) for side in quantified.sides]
        for h in self.scope.context.hypotheses:
            image = image_of_all(h, self.scope.context) if h not in held else None
            if image is not None and (
                (not quantified.relations and sides == [image[1]])
                or (
                    (bool(quantified.relations) and image[1] in sides)
                    and is_whole_range(sides, quantified.relations, image[1], "1", image[2])
                )
            ):
                self.scope.assume(image[0])
            sign = (sign_of_entry(h) or sign_on_diagonal(h)) if h not in held else None
            if sign is None and h not in held:
                self._said_at_every_index(h, sides, quantified)
            if sign is None:
                continue
            value, op = sign
            at = str(value.at[0])
            if isinstance(value, ex.Member):
                known = [(str(low), str(high)) for name, low, high in self.scope.context.ranges if name == value.name]
                told = None if known else self._told_range(quantified)
                low, high = known[0] if known else ("1", str(told)) if told is not None else ("", "")
                every: Expression = ex.Member(value.name, 1, 1, index(EVERY[0]))
            else:
                low, high, every = "1", str(value.operands[0].shape[0]), value.operands[0]
                if len(value.at) == 2:
                    every = ex.Entry(every, *[index(EVERY[0])] * 2)
            alone = not quantified.relations and sides == [at]
            within = bool(quantified.relations and high) and at in sides
            whole = within and is_whole_range(sides, quantified.relations, at, low, high)
            if whole and isinstance(value, ex.Member) and told is not None:
                self.scope.bound(value.name, ONE, told)  # w_i > 0 for i = 1, ..., n is all that is said of w
            if alone or whole:
                self.scope.assume(
                    Relation(every, op, Num(0)) if every.is_number_shaped else self.scope.signed(every, op)
                )

    def _said_at_every_index(self, h: Hypothesis, sides: list[str], quantified: Piece) -> None:
        """``d_i \\ne 0`` of an entry, or what its row sums up to, said for an index or all of its range, is said of
        every entry.
        """
        found = of_every_index(h, self.scope)
        extent = extent_of(found[0], self.scope) if found is not None else None
        if found is None or extent is None or len(found[1]) != 1:
            return
        (at,) = found[1]
        whole = bool(quantified.relations) and at in sides
        if (not quantified.relations and sides == [at]) or (
            whole and is_whole_range(sides, quantified.relations, at, *extent)
        ):
            self.scope.assume(found[0])

    def _told_range(self, quantified: Piece) -> Expr | None:
        r"""n of ``i = 1, \dots, n``; None where a piece does not say so."""
        if not self.is_index_range(quantified):
            return None
        first, last = split(quantified.sides[1], ("dots", "ldots", "cdots"))
        return self.size(trimmed(last)) if plain_text(trimmed(first)) == "1" else None

    @staticmethod
    def for_some_values(piece: Piece, sentence: Sentence) -> bool:
        """Whether the formula behind says for which arguments this one holds: "$f(x) = x$ for $x > 0$"."""
        if piece.relations != ("=",) or not sentence.later or _FOR_WHICH.match(plain(sentence.after)) is None:
            return False
        behind = trimmed(sentence.later[0])
        compared = len(behind) > 2 and relation_of(behind, 1)[0] in ("<", "<=", ">", ">=", "!=", "=")
        if not compared or any(name_of(t).endswith("dots") for t in behind):
            return False
        left = piece.sides[0]
        opened = next((k for k, t in enumerate(left) if name_of(t) == "("), len(left))
        said = _FOR_SOME.match(plain(sentence.after)) is not None  # "m_0 = 0, 0 < b < 1" says two things
        return (said and is_value(piece.sides[1])) or name_of(behind[0]) in {name_of(t) for t in left[opened:]}

    def _any_value(self, subjects: list[Piece]) -> None:
        """What the prose has assumed of names, or made of them, that now stand for any of their kind is in doubt."""
        names = {letter for piece in subjects for name in split(piece.sides[0], (",",)) for letter in letters_of(name)}
        self.scope.doubt(h for h in self.scope.context.hypotheses if h in self.scope.lines and names & names_in(h))
        for piece in subjects:
            for name in split(piece.sides[0], (",",)):
                if len(trimmed(name)) == 1:
                    self.scope.open(name_of(trimmed(name)[0]))

    def _is_no_number(self, subjects: list[Piece]) -> None:
        """Names of numbers that words call vectors: which ones are meant, is not clear."""
        for piece in subjects:
            for name in map(trimmed, split(piece.sides[0], (",",)) if not piece.relations else ()):
                known = self.scope.find(name_of(name[0])) if len(name) == 1 else None
                if isinstance(known, Symbolic) and known.value.shape == (1, 1):
                    self.scope.unclear[known.value.name] = f"{known.value.name} is a number before, and called a vector"

    def _called_any(self, subjects: list[Piece], kind: str) -> None:
        """Names that nothing declares and that words call any: "for every vector $v$"."""
        for piece in subjects if kind else ():
            for name in map(trimmed, split(piece.sides[0], (",",)) if not piece.relations else ()):
                if len(name) == 1 and self.scope.find(name_of(name[0])) is None:
                    self.scope.arbitrary[name_of(name[0])] = kind.removeprefix("any"), self.scope.displays


def _leaves_open(piece: Piece, pair: tuple[str, str], last: str) -> bool:
    r"""Whether a formula beside ``u_i^T u_j = \delta_{ij}`` bounds neither index: it is that equation, speaks of
    something else, or gives the whole range: ``i, j = 1, \dots, k``, ``1 <= i, j <= k``.
    """
    names = {name_of(t) for side in piece.sides for t in side}
    if not piece.relations or "delta" in names or not names & set(pair):
        return True
    sides = [plain_text(trimmed(side)) for side in piece.sides]
    both = {",".join(pair), ",".join(reversed(pair))}
    dots = re.fullmatch(r"[{\\]*(\w+?),?[lc]?dots,?(\w+?)[\\}]*", sides[1])
    if piece.relations in (("=",), ("in",)):
        return sides[0] in both and dots is not None and dots.groups() == ("1", last)
    return piece.relations == ("<=", "<=") and sides[0] == "1" and sides[1] in both and sides[2] == last
