r"""Declarations: what ``%!`` lines, inline mathematics and definitions say of names, and what they assume.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import Definition, Hypothesis, Predicate, Random, Recurrence, Relation
from everystep.algebra.expressions import Expression, Int, Num, Var
from everystep.algebra.functions import FUNCTIONS
from everystep.algebra.shapes import ONE, ShapeError, index, same_shape, show_shape, size
from everystep.algebra.substitution import instance
from everystep.reader import words
from everystep.reader.functions import FUNCTION_WORDS
from everystep.reader.marks import atoms, bracketed, name_with, plain_text
from everystep.reader.prose import Giving, Said, Sentence, Stance, giving, is_general, said_of, stance
from everystep.reader.scope import (
    DefinedFunction,
    FamilyName,
    OpaqueFunction,
    Rows,
    ScalarFunctionName,
    Scope,
    Size,
    Symbolic,
)
from everystep.reader.source import Place, Token, Tokens
from everystep.reader.syntax import (
    GREEK,
    STYLES,
    Node,
    Unreadable,
    depths,
    latex_of,
    name_of,
    parse,
    relation_of,
    split,
    stripped,
)
from everystep.reader.values import Values

COMPARISONS = {"=", "<=", ">=", "<", ">", "!="}
INDEX_LETTERS = frozenset("ijklstuvabcdmnpqrT")
"""Letters that are indices by custom; ``W_{xh}`` and ``x_{new}`` are names."""
PAIRED_LETTERS = frozenset("ijklmnpqrst")
"""The same of several letters side by side: ``T_{ijk}``, but ``\\Sigma_{ab}`` and ``X_{train}`` are names."""
LABELS = frozenset(("init", "min", "max", "in", "out", "int", "prior", "src", "tar"))
INTEGER_LETTERS = frozenset("ijklmnstdTNKMpq")
MOST_SIZE = 64
SETS = {"R": "R", "RR": "R", "Reals": "R", "reals": "R", "N": "N", "NN": "N", "Z": "Z", "ZZ": "Z"}
"""Macros that documents use without a definition of their own."""

NOT_SAID = (
    r"this declares nothing; write a relation (X \in \mathbb{R}^{n \times d}), words (A \text{ symmetric}) "
    r"or an order (problem, skip, define, assume, layout)"
)

Recognise: TypeAlias = Callable[[Expression, Var], str]
"""The function of the table that a formula in one number is; empty where it is not known to be one."""


@dataclass(frozen=True)
class Piece:
    """A statement without commas: sides and the relations between them, and the words at its end."""

    sides: tuple[Tokens, ...]
    relations: tuple[str, ...]
    words: str = ""

    @property
    def place(self) -> Place | None:
        return next((t.place for side in self.sides for t in side), None)


def pieces_of(tokens: Tokens) -> list[Piece]:
    r"""A list with commas as statements: ``A, B \in S`` and ``i = 1, \dots, n`` stay together."""
    parts = [trimmed(p) for p in split(tokens, (",", ";", "quad", "qquad"))]
    parts = [p for p in parts if p]
    groups: list[list[Tokens]] = []
    k = 0
    while k < len(parts):
        part = parts[k]
        groups.append([part])
        # i = 1, \dots, n
        if k + 2 < len(parts) and name_of(parts[k + 1][0]).endswith("dots") and len(parts[k + 1]) == 1:
            groups[-1] = [(*part, *parts[k + 1], *parts[k + 2])]
            k += 3
            continue
        k += 1
    result: list[Piece] = []
    waiting: list[Tokens] = []
    for (part,) in groups:
        piece = piece_of(part)
        if not piece.relations and not piece.words:
            waiting.append(piece.sides[0])
            continue
        if waiting:
            first = piece.sides[0]
            joined: list[Tokens] = [w for w in (*waiting, first) if w]
            commas: list[Token] = []
            for j, names in enumerate(joined):
                if j:
                    commas.append(_comma(names))
                commas.extend(names)
            piece = replace(piece, sides=(tuple(commas), *piece.sides[1:]))
            waiting = []
        result.append(piece)
    result += [Piece((names,), ()) for names in waiting]
    return result


def _comma(names: Tokens) -> Token:
    return replace(names[0], kind="char", text=",")


def trimmed(tokens: Tokens) -> Tokens:
    """Without space, relations' punctuation and final full stops at the ends."""
    result = list(stripped(tokens))
    while result and name_of(result[-1]) in (".", ",", ";", ":", "quad", "qquad", "align"):
        result.pop()
    while result and (name_of(result[0]) in (",", ";", "quad", "qquad") or result[0].kind == "align"):
        result.pop(0)
    return tuple(result)


def piece_of(tokens: Tokens) -> Piece:
    """A statement cut at its relations; words at its ends are taken off."""
    said: list[str] = []
    body = list(stripped(tokens))
    while body and body[-1].kind == "text":
        said.insert(0, body.pop().text)
    while body and body[0].kind == "text":
        body.pop(0)
    levels = depths(tuple(body))  # words in a subscript are part of a name
    sides, relations = cut(tuple(t for t, level in zip(body, levels, strict=True) if t.kind != "text" or level))
    return Piece(tuple(sides), tuple(relations), " ".join(said))


def cut(tokens: Tokens) -> tuple[list[Tokens], list[str]]:
    """The sides between the relations that stand outside of brackets."""

    sides: list[list[Token]] = [[]]
    relations: list[str] = []
    levels = depths(tokens)
    k = 0
    while k < len(tokens):
        found, width = relation_of(tokens, k) if levels[k] == 0 else ("", 0)
        if found:
            relations.append(found)
            sides.append([])
            k += width
        else:
            sides[-1].append(tokens[k])
            k += 1
    return [tuple(s) for s in sides], relations


class Declarer:
    """Reads declarations into a scope.  All methods raise Unreadable where a declaration cannot be read."""

    def __init__(self, scope: Scope, recognise: Recognise = lambda value, variable: "") -> None:
        self.scope = scope
        self.recognise = recognise
        self.sentence = ""
        self.more = False
        """Whether other formulas stand behind in the sentence: they may say what kind a name is of."""
        self.given: list[Piece] = []
        """Pieces of a formula in the prose that have been read as definitions."""

    # entry points ----------------------------------------------------------------------------------

    def declare(self, tokens: Tokens) -> None:
        """One declaration of a ``%!`` line."""
        self.scope.introducing = True
        tokens = trimmed(tokens)
        if not tokens:
            return
        if any(t.kind == "text" and "ndepend" in words.plain(t.text) for t in tokens):
            group = frozenset(name_of(t) for t in tokens if t.kind != "text" and name_of(t).isalpha())
            self.scope.independent = (*self.scope.independent, group)
            if not any(relation_of(tokens, k)[0] for k in range(len(tokens))):
                return
        if any(t.kind == "text" and words.is_iid(t.text) for t in tokens):
            self.scope.iid |= {name_of(t) for t in tokens if t.kind != "text" and name_of(t).isalpha()}
        function = self._function_type(tokens)
        if function:
            return
        for piece in self._ordered(pieces_of(tokens)):
            if not piece.relations and not piece.words:
                raise Unreadable(NOT_SAID, tokens[0].place)
            self._piece(piece)

    def mention(self, tokens: Tokens, sentence: Sentence) -> None:
        """Inline mathematics of the prose: it may declare, or be what words speak of."""
        tokens = trimmed(tokens)
        if not tokens or self._function_type(tokens):
            return
        pieces = [p for p in self._ordered(pieces_of(tokens)) if p not in self.given]
        self.more = "$" in sentence.after
        words_alone = f"{sentence.before} {sentence.after}".replace(" ", "").replace("$", "")[:160]
        self.sentence = f"{self.scope.displays} {words_alone}"
        self._independence(tokens, sentence)
        how = stance(sentence)
        plainly = stance(sentence, needs_verb=False, any_words=True)
        self.scope.introducing = how in (Stance.ASSUMED, Stance.CASE, Stance.WITHIN)
        for piece in pieces:
            held = self.scope.context.hypotheses
            if piece.relations[:1] in (("in",), ("sim",), (":=",)):
                self._piece(piece)
                self._settle(held, Stance.ASSUMED if how in (Stance.NOTHING, Stance.DOUBTFUL) else how, piece)
            elif piece.relations:
                ordinary = not self._is_typing(piece)
                put = how if ordinary else plainly
                if put is Stance.NOTHING and self._is_given(piece, sentence):
                    put = Stance.ASSUMED
                if put is not Stance.NOTHING:
                    self._piece(piece)
                    self._settle(held, put, piece)
            elif piece.words and plainly is not Stance.NOTHING:
                self._piece(piece)
                self._settle(held, plainly, piece)
        subjects = [p for p in pieces if not p.relations or p.relations[0] in ("in", ":=")]
        if is_general(sentence):
            self._any_value(subjects)
        if words.says_random(sentence.before, sentence.after) and plainly is not Stance.NOTHING:
            self._called_random(subjects, words.says_centred(sentence.after))
        if words.says_commuting(sentence.after):
            self._commuting(subjects, stance(sentence, needs_verb=False))
        for said in said_of(sentence):
            for piece in subjects:
                names = split(piece.sides[0], (",",))
                if said.kind == "orthogonal" and len(names) == 2 and self._are_vectors(names):
                    self._orthogonal_pair(names, said, piece)
                    continue
                for name in names:
                    if piece.relations or said.stance is not Stance.ASSUMED or not self._is_derived(name):
                        self._say(said, name, piece)

    def _is_given(self, piece: Piece, sentence: Sentence) -> bool:
        """Whether a task names what it is about: "compute the gradient of $f(x) = ...$"."""
        return piece.relations[0] == "=" and self.is_new(*piece.sides[:2]) and giving(sentence) is Giving.DEFINES

    def _any_value(self, subjects: list[Piece]) -> None:
        """What the prose has assumed of names that now stand for any of their kind is in doubt."""
        names = {letter for piece in subjects for name in split(piece.sides[0], (",",)) for letter in _letters_of(name)}
        self.scope.doubt(h for h in self.scope.context.hypotheses if h in self.scope.lines and names & names_in(h))

    def _called_random(self, subjects: list[Piece], centred: bool) -> None:
        """Names that are random, of which no law is told: they have a mean (0 if ``centred``) and a variance."""
        for name in (name for piece in subjects for name in split(piece.sides[0], (",",))):
            value = Values(self.scope).read(trimmed(name))
            if not isinstance(value, Var | ex.Member) or self._is_made_of_others(value.name):
                continue
            if value.name in {law.target.name for law in self.scope.context.random}:
                continue
            if isinstance(value, Var) and value.shape[1] == 1:
                rows, own = value.shape[0], value.name.replace(" ", "")
                zero = ex.Zeros(rows, ONE) if rows != ONE else Num(0)
                mean = zero if centred else Var(f"mu_{own}", rows)
                self.scope.define(Random(value, "moments", (mean, Var(f"Sigma_{own}", rows, rows))))
                if centred:
                    self.scope.pending.setdefault(value.name, {})["mean"] = mean
            else:
                self.scope.lawless.add(value.name)

    def _commuting(self, subjects: list[Piece], how: Stance) -> None:
        """Of two square matrices: they commute with each other."""
        for piece in subjects:
            names = split(piece.sides[0], (",",))
            if len(names) != 2 or how is Stance.NOTHING:
                continue
            held = self.scope.context.hypotheses
            reader = Values(self.scope)
            a, b = (reader.finished(reader.read(trimmed(name))) for name in names)
            if a.shape == b.shape and a.shape[0] == a.shape[1]:
                self.scope.assume(Relation(ex.Mul(a, b), "=", ex.Mul(b, a)))
                self._settle(held, how, piece, "they commute")

    def _is_typing(self, piece: Piece) -> bool:
        """Whether a relation says of what kind a name is, as declarations do, so that no verb has to introduce it."""
        return (
            piece.relations[0] in ("succ", "succeq")
            or self._is_moment(piece)
            or self._is_range(piece)
            or any(name_of(t).endswith("dots") for t in piece.sides[-1])
            or (piece.relations[0] == "=" and self.is_new(*piece.sides[:2]))
        )

    def _say(self, said: Said, name: Tokens, piece: Piece) -> None:
        """Give a property to a name, as firmly as the sentence does."""
        if said.word:
            self.scope.unsure.update(dict.fromkeys(_letters_of(name), said.word))
            return
        held = self.scope.context.hypotheses
        self._property(said.kind, name)
        self._settle(held, said.stance, piece, f"${latex_of(trimmed(name))}$ is {said.kind}")

    def _settle(self, held: tuple[Hypothesis, ...], how: Stance, piece: Piece, said: str = "") -> None:
        """Keep the hypotheses that have come to those held before for as long as the sentence means them."""
        fresh = [h for h in self.scope.context.hypotheses if h not in held]
        if not fresh:
            return
        if not said:
            signs = [*map(_sign, piece.relations), ""]
            said = " ".join(f"{latex_of(side)} {sign}" for side, sign in zip(piece.sides, signs, strict=True))
            said = f"${said.strip()}$"
        line = piece.place.line if piece.place is not None else 0
        self.scope.lines.update(dict.fromkeys(fresh, (said, line)))
        if how is Stance.WITHIN:
            self.scope.temporary += fresh
        elif how is Stance.CASE:
            if self.scope.case_sentence != self.sentence:
                self.scope.drop_case()
            self.scope.case_sentence = self.sentence
            self.scope.case += fresh
        elif how is not Stance.ASSUMED:
            self.scope.doubt(fresh)

    def _independence(self, tokens: Tokens, sentence: Sentence) -> None:
        """Random names that a sentence calls independent of each other, or i.i.d."""
        text = f"{sentence.before} $ {sentence.after}"
        names = frozenset(name for t in tokens if (name := name_of(t)).isalpha() and t.kind != "text")
        if words.is_iid(text):
            self.scope.iid |= names
        if not words.says_independent(text) or stance(sentence, needs_verb=False, any_words=True) is not Stance.ASSUMED:
            return
        before, group = self.scope.sentence
        group = names | (group if before == self.sentence else frozenset())
        self.scope.sentence = (self.sentence, group)
        self.scope.independent = (*self.scope.independent, group)

    def define_from(self, left: Tokens, right: Tokens) -> None:
        """A definition that a display makes."""
        self._piece(Piece((trimmed(left), trimmed(right)), (":=",)))

    def state(self, sides: tuple[Tokens, ...], relations: tuple[str, ...]) -> None:
        """A membership or a law that a display states."""
        self._piece(Piece(tuple(trimmed(s) for s in sides), relations))

    def _is_derived(self, names: Tokens) -> bool:
        """Whether something is made of defined names: that it has a property is then a claim, not an assumption."""
        value = Values(self.scope).read(trimmed(names))
        defined = {d.target for d in self.scope.context.definitions}
        return any(node in defined for node in ex.walk(value))

    def _is_moment(self, piece: Piece) -> bool:
        text = latex_of(piece.sides[0])
        return piece.relations == ("=",) and ("mathbb{E}" in text or "Var" in text or "Cov" in text)

    def _is_range(self, piece: Piece) -> bool:
        """A comparison of one letter with numbers: ``\\lambda > 0``."""
        return all(r in ("<", "<=", ">", ">=") for r in piece.relations) and all(len(s) <= 2 for s in piece.sides)

    @staticmethod
    def _ordered(pieces: list[Piece]) -> list[Piece]:
        """Memberships first: the rest may speak of what they declare."""
        return sorted(pieces, key=lambda p: 0 if p.relations[:1] == ("in",) else 1)

    def _piece(self, piece: Piece) -> None:
        relation = piece.relations[0] if piece.relations else ""
        if relation in ("=", ":=") and piece.relations[1:] == ("in",):  # z = W x \in \mathbb{R}^m
            new = relation == ":=" or self.is_new(*piece.sides[:2])
            if new:
                self._membership(Piece((piece.sides[0], piece.sides[2]), ("in",)))
            self._piece(Piece(piece.sides[:2], (":=" if new else "=",), piece.words))
            return
        if relation == "in":
            self._membership(piece)
        elif relation == "sim":
            self._random(piece)
        elif len(piece.sides) >= 2 and self._index_range(piece):
            pass
        elif relation == ":=" or (relation == "=" and self.is_new(*piece.sides[:2])):
            if self._rows(piece):
                return
            self.define(piece.sides[0], piece.sides[1])
            for side in piece.sides[2:]:
                self.relation(piece.sides[1], "=", side)
        elif relation == "perp":
            if self._perpendicular(piece):
                return
            group = frozenset(name_of(t) for side in piece.sides for t in side if name_of(t).isalpha())
            self.scope.independent = (*self.scope.independent, group)
            return
        elif relation:
            if relation == "=" and self._rows(piece):
                return
            for k, op in enumerate(piece.relations):
                for left in split(piece.sides[k], (",",)) if k == 0 else [piece.sides[k]]:
                    self.relation(left, op, piece.sides[k + 1])
        if piece.words:
            self._said(piece)

    # membership ------------------------------------------------------------------------------------

    def _membership(self, piece: Piece) -> None:
        names = split(piece.sides[0], (",",))
        if len(piece.relations) > 1:
            raise Unreadable("more than one relation in a declaration", piece.place)
        if self._listed_family([trimmed(name) for name in names], trimmed(piece.sides[1])):
            return
        earlier = {n: e for n, e in self.scope.names.items() if isinstance(e, FamilyName)}
        for name in names:
            self._declare_in(trimmed(name), trimmed(piece.sides[1]))
        families = {n: e for n, e in self.scope.names.items() if isinstance(e, FamilyName)}
        self.scope.beside = frozenset(e.name for n, e in families.items() if earlier.get(n) is not e)

    def _listed_family(self, names: list[Tokens], where: Tokens) -> bool:
        r"""``x_1, \dots, x_n \in \mathbb{R}^d``: a family with its range; False where the names are no such list."""
        parts: list[Tokens] = []
        for written in names:  # the commas around dots have been taken out
            dots = [k for k, t in enumerate(written) if name_of(t).endswith("dots")]
            ends = [-1, *(j for k in dots for j in (k - 1, k)), len(written) - 1]
            parts += [trimmed(written[a + 1 : b + 1]) for a, b in pairwise(ends)]
        names = [part for part in parts if part]
        at = [k for k, part in enumerate(names) if len(part) == 1 and name_of(part[0]).endswith("dots")]
        if len(at) != 1 or at[0] == 0 or at[0] != len(names) - 2:
            return False
        listed = [parse(part, self.scope.words()) for k, part in enumerate(names) if k != at[0]]
        if any(node.kind != "letter" or len(node.scripts) != 1 or node.text != listed[0].text for node in listed):
            return False
        marks = [(mark, stripped(bracketed(tokens) or tokens)) for mark, tokens in (n.scripts[0] for n in listed)]
        starts = [plain_text(tokens) for _, tokens in marks[:-1]]
        first = int(starts[0]) if starts[0] in ("0", "1") else -1
        if first < 0 or starts != [str(first + k) for k in range(len(starts))] or len({mark for mark, _ in marks}) > 1:
            return False
        if marks[0][0] == "^" and bracketed(listed[0].scripts[0][1]) is None:
            return False
        kind, (rows, columns), _ = self._set(where)
        if kind != "R":
            return False
        low, high = Values(self.scope).integer(marks[0][1]), self.size(marks[-1][1])
        name = listed[0].text
        key = self.scope.declare(name, FamilyName(name, rows, columns, low=low, high=high), listed[0].style)
        self.scope.bound(key, low, high)
        return True

    def _declare_in(self, name: Tokens, where: Tokens) -> None:
        node = parse(name, self.scope.words())
        first = name_of(where[0]) if where else ""
        if first in ("(", "[", "]"):
            self._interval(node, where)
            return
        if where and first in ("{", "lbrace"):
            self._finite_set(node, where)
            return
        kind, shape, sign = self._set(where)
        if kind == "N":
            for letter in [node.text]:
                self.scope.names[letter] = Size(size(letter))
            return
        if kind == "Z":
            self.scope.names[node.text] = Size(index(node.text))
            return
        if node.kind == "product" and len(node.parts) == 2 and node.parts[1].kind == "group":
            self._declare_function_values(node.parts[0], node.parts[1], shape)
            return
        value = self.introduce(node, *shape)
        if sign and value is not None:
            self.scope.assume(Relation(Num(0), "<" if sign == "+" else "<=", value))
        if kind.startswith("S") and value is not None:
            self.scope.assume(
                Predicate({"S": "symmetric", "S+": "positive semidefinite", "S++": "positive definite"}[kind], value)
            )

    def _declare_function_values(self, head: Node, group: Node, shape: tuple[Expr, Expr]) -> None:
        r"""``X(t) \in \mathbb{R}^{n \times n}``: a function of the names in the bracket, numbers where they are new."""
        if head.kind != "letter" or head.scripts or group.scripts or group.text != "(":
            raise Unreadable("this is not a name", head.place)
        arguments: list[tuple[Expr, Expr]] = []
        for piece in split(group.tokens, (",", ";")):
            parameter = parse(stripped(piece))
            entity, rest = Values(self.scope).entity_of(parameter) if parameter.kind == "letter" else (None, [])
            if entity is None and parameter.kind == "letter" and not parameter.scripts:
                self.scope.declare(parameter.text, Symbolic(Var(parameter.text), inferred=True), "")
                entity = self.scope.find(parameter.text)
            if not isinstance(entity, Symbolic) or rest:
                raise Unreadable("the arguments of a function are names", head.place)
            arguments.append(entity.value.shape)
        if arguments == [(1, 1)] and shape == (1, 1):
            self.scope.declare(head.text, ScalarFunctionName(head.text), "")
        else:
            self.scope.declare(head.text, OpaqueFunction(head.text, tuple(arguments), *shape), "")

    def _set(self, where: Tokens) -> tuple[str, tuple[Expr, Expr], str]:
        """The set's letter, its shape, and the sign of its numbers."""
        if not where:
            raise Unreadable("a set is missing")
        tokens = list(where)
        letter = ""
        k = 0
        while k < len(tokens) and tokens[k].kind in ("command", "open", "close", "char"):
            token = tokens[k]
            if token.kind == "command" and token.text in SETS and not letter:
                letter = SETS[token.text]
                k += 1
                break
            if token.kind == "char" and token.text in "RNZSCMK" and not letter:
                letter = token.text
            elif token.kind == "char":
                break
            k += 1
        if letter == "C":
            raise Unreadable("complex numbers are not read", where[0].place)
        if not letter:
            raise Unreadable(f"the set {latex_of(where)} is not known", where[0].place)
        shape: tuple[Expr, Expr] = (ONE, ONE)
        sign = ""
        kind = letter
        while k < len(tokens):
            token = tokens[k]
            argument, k = _argument(tuple(tokens), k + 1)
            if token.kind == "sup":
                text = plain_text(argument)
                if text in ("*", "+", "++"):
                    sign = "+" if text != "*" else sign
                    continue
                shape = self._shape(argument)
            elif token.kind == "sub":
                text = plain_text(argument)
                if letter == "S":
                    kind = "S++" if "++" in text else "S+"
                elif text in ("++", ">0"):
                    sign = "+"
                elif text in ("+", "geq0", "ge0", ">=0"):
                    sign = "0"
                else:
                    raise Unreadable(f"the set {latex_of(where)} is not known", token.place)
            elif name_of(token) in ("setminus", "backslash"):
                break
            else:
                raise Unreadable(f"the set {latex_of(where)} is not known", token.place)
        if letter == "S":
            shape = (shape[0], shape[0])
        return ("R" if letter in "MK" else kind), shape, sign

    def _shape(self, tokens: Tokens) -> tuple[Expr, Expr]:
        inner = bracketed(tokens) or tokens
        pieces = split(stripped(inner), ("times", "×", ","))
        sizes = [self.size(p) for p in pieces]
        if any(s.is_Integer and not 1 <= int(s) <= MOST_SIZE for s in sizes):
            raise Unreadable(f"a size is a number from 1 to {MOST_SIZE}, or a letter", tokens[0].place)
        if len(sizes) > 2:
            raise Unreadable("an array with more than two dimensions", tokens[0].place)
        return (sizes[0], sizes[1] if len(sizes) == 2 else ONE)

    def size(self, tokens: Tokens) -> Expr:
        """A size: its letters are declared by being used as one."""
        for token in stripped(tokens):
            name = name_of(token)
            if (token.kind == "char" and name.isalpha()) or (token.kind == "command" and name in GREEK):
                entity = self.scope.find(name)
                if entity is None or (isinstance(entity, Size) and not entity.value.is_positive):
                    self.scope.names[name] = Size(size(name))
        whole = parse(tokens)
        if whole.kind == "letter" and whole.scripts:
            name = name_with(whole.text, whole.scripts)
            if name and not isinstance(self.scope.find(name), Size):
                self.scope.names[name] = Size(size(name))
        return Values(self.scope).integer(tokens)

    def introduce(self, node: Node, rows: Expr, columns: Expr) -> Expression | None:
        """Declare a name or a family of that shape; returns the symbol (of a family: its general member)."""
        name, letters = self.name_and_indices(node)
        style = node.style
        if not letters:
            key = self.scope.declare(name, Symbolic(Var(name, rows, columns)), style)
            return self._value_of(key)
        known = self.scope.find(name, style)
        if isinstance(known, Symbolic) and (rows, columns) == (1, 1):
            return None  # X_{ij} of a declared matrix
        before = self.scope.names.get(f"{name}[]")
        together = self.scope.born.get(f"{name}[]") == self.scope.displays
        if isinstance(before, Rows) and len(letters) == 1 and together:
            width = before.matrix.shape[1 if before.by_rows else 0]
            if same_shape((rows, columns), (width, ONE)):
                return None  # the rows of a matrix, declared once more
        apart = isinstance(before, FamilyName) and before.letters and before.letters != tuple(letters)
        if apart and isinstance(before, FamilyName) and (before.rows, before.columns) != (rows, columns):
            return self._named_apart(before, node, rows, columns)
        key = self.scope.declare(name, FamilyName(name, rows, columns, len(letters), letters=tuple(letters)), style)
        return ex.Member(key, rows, columns, *(self.scope.index(letter) for letter in letters))

    def _named_apart(self, before: FamilyName, node: Node, rows: Expr, columns: Expr) -> Expression | None:
        r"""``\mu_a`` and ``\mu_b`` of two shapes are two names, not members of one family."""
        context = self.scope.context
        self.scope.forget(before.name)
        if self.scope.context != context:
            raise Unreadable(f"{node.text} is declared with two shapes, and something is said of it", node.place)
        del self.scope.names[f"{before.name}[]"]
        first = f"{before.name}_{''.join(before.letters)}"
        self.scope.declare(first, Symbolic(Var(first, before.rows, before.columns)), node.style)
        own = name_with(node.text, node.scripts)
        if not own:
            raise Unreadable(f"{node.text} with these marks is not a name that is read", node.place)
        return self._value_of(self.scope.declare(own, Symbolic(Var(own, rows, columns)), node.style))

    def _value_of(self, key: str) -> Expression | None:
        entity = self.scope.names.get(key)
        return entity.value if isinstance(entity, Symbolic) else None

    def name_and_indices(self, node: Node) -> tuple[str, list[str]]:
        """A name to be declared, and the letters of its indices where it is a family."""
        if node.kind not in ("letter", "word", "sign"):
            if node.kind == "group" and node.text == "" and node.parts and not node.scripts:
                return self.name_and_indices(node.parts[0])
            raise Unreadable("this is not a name", node.place)
        letters: list[str] = []
        kept: list[tuple[str, Tokens]] = []
        for mark, tokens in node.scripts:
            found = self._index_letters(mark, tokens)
            if found and not letters:
                letters = found
            else:
                kept.append((mark, tokens))
        name = name_with(node.text, kept) if kept else node.text
        if not name:
            raise Unreadable(f"{node.text} with these marks is not a name that is read", node.place)
        return name, letters

    def _index_letters(self, mark: str, tokens: Tokens) -> list[str]:
        """The letters of an index: ``t``, ``ij``, ``t, i``, ``(i)``; nothing where the script is part of the name."""
        if mark == "'":
            return []
        inner = bracketed(tokens)
        written = stripped(tokens)
        if mark == "^" and inner is None and not (len(written) == 1 and name_of(written[0]) in "ijkltn"):
            return []
        indices = [self.scope.find(name_of(t)) for t in written]
        if _is_word(tokens) and not (indices and all(isinstance(entity, Size) for entity in indices)):
            return []
        letters = [a for p in split(stripped(inner or tokens), (",",)) for a in atoms(stripped(p))]
        names = []
        for atom in letters:
            if len(atom) != 1:
                return []
            name = name_of(atom[0])
            if not (name == "ell" or (len(name) == 1 and name.isalpha() and name.islower())):
                return []
            entity = self.scope.find(name)
            if entity is not None and not isinstance(entity, Size):
                return []
            names.append(name)
        return names

    def _interval(self, node: Node, where: Tokens) -> None:
        pieces = split(where[1:-1], (",",))
        if len(pieces) != 2:
            raise Unreadable(f"the set {latex_of(where)} is not known", node.place)
        value = self._number_named(node)
        reader = Values(self.scope)
        for piece, op, opening in ((pieces[0], ">", name_of(where[0])), (pieces[1], "<", name_of(where[-1]))):
            if "infty" in plain_text(piece):
                continue
            closed = opening == ("[" if op == ">" else "]")
            bound = reader.read(stripped(piece))
            if op == ">":
                self.scope.assume(Relation(bound, "<=" if closed else "<", value))
            else:
                self.scope.assume(Relation(value, "<=" if closed else "<", bound))

    def _number_named(self, node: Node) -> Expression:
        known = self.scope.find(node.text, node.style) if not node.scripts else None
        if isinstance(known, Symbolic):
            return known.value
        value = self.introduce(node, ONE, ONE)
        if value is None:
            raise Unreadable("this is not a name", node.place)
        return value

    def _finite_set(self, node: Node, where: Tokens) -> None:
        r"""``y \in \{-1, 1\}`` is ``y^2 = 1``; ``\{0, 1\}`` is ``y^2 = y``; ``\{1, \dots, n\}`` an index."""
        inner = where[1:-1]
        if any(name_of(t).endswith("dots") for t in inner):
            pieces = split(inner, ("dots", "ldots", "cdots"))
            reader = Values(self.scope)
            symbol = index(node.text)
            low, high = (reader.integer(trimmed(p)) for p in pieces)
            self.scope.assume(Relation(Int(low), "<=", Int(symbol)), Relation(Int(symbol), "<=", Int(high)))
            return
        values = sorted(plain_text(p) for p in split(inner, (",",)))
        value = self._number_named(node)
        if values in (["+1", "-1"], ["-1", "1"]):
            self.scope.assume(Relation(ex.Pow(value, Num(2)), "=", Num(1)))
        elif values == ["0", "1"]:
            self.scope.assume(Relation(ex.Pow(value, Num(2)), "=", value))
        else:
            raise Unreadable(f"the set {latex_of(where)} is not known", node.place)

    # functions -------------------------------------------------------------------------------------

    def _function_type(self, tokens: Tokens) -> bool:
        r"""``f : \mathbb{R}^d \to \mathbb{R}``."""
        colon = next(
            (
                k
                for k, t in enumerate(tokens)
                if name_of(t) in (":", "colon") and not (k + 1 < len(tokens) and name_of(tokens[k + 1]) == "=")
            ),
            None,
        )
        if colon is None or colon == 0:
            return False
        arrows = [k for k in range(colon + 1, len(tokens)) if relation_of(tokens, k)[0] == "to"]
        if len(arrows) != 1:
            return False
        target = split(tokens[arrows[0] + 1 :], (",",))[0]
        for name in split(tokens[:colon], (",",)):
            node = parse(trimmed(name), self.scope.words())
            domain = split(trimmed(tokens[colon + 1 : arrows[0]]), ())
            sources = self._cartesian(domain[0])
            _, (rows, columns), _ = self._set(trimmed(target))
            key, letters = self.name_and_indices(node)
            if letters:
                raise Unreadable("a family of functions is not read", node.place)
            if sources == [(1, 1)] and (rows, columns) == (1, 1):
                self.scope.declare(key, ScalarFunctionName(key), "")
            else:
                self.scope.declare(key, OpaqueFunction(key, tuple(sources), rows, columns), "")
        return True

    def _cartesian(self, tokens: Tokens) -> list[tuple[Expr, Expr]]:
        return [self._set(trimmed(part))[1] for part in split(tokens, ("times",))]

    # definitions -----------------------------------------------------------------------------------

    def is_new(self, side: Tokens, body: Tokens = ()) -> bool:
        """Whether a side is a name that is not declared, or a function of names that is not.

        ``body``: the other side, which may say what a function is that is declared without a formula.
        """
        side = trimmed(side)
        if not side:
            return False
        try:
            node = parse(side, self.scope.words())
        except Unreadable:
            return False
        reader = Values(self.scope)
        if node.kind in ("letter", "word"):
            if node.text in ("I", "e") and node.kind == "letter" and (node.text == "I" or node.scripts):
                return False
            if node.kind == "word" and node.text in FUNCTION_WORDS:
                return False
            entity, rest = reader.entity_of(node)
            if isinstance(entity, FamilyName) and not node.scripts:
                return True  # L beside L_t
            labelled = isinstance(entity, Symbolic) and _is_label(rest) and not self._has_value(node)
            if entity is not None and not labelled:
                return False
            try:
                self.name_and_indices(node)
            except Unreadable:
                return False
            return True
        found = self._function_head(node)
        if found is not None:
            return not isinstance(reader.entity_of(found[0])[0], DefinedFunction)
        declared = self._redefined(node) if node.kind == "product" else None
        return declared is not None and self._gives_formula(*declared, trimmed(body))

    def _gives_formula(self, head: Node, group: Node, body: Tokens) -> bool:
        """Whether ``f(x) = body`` says what a function is that is declared without one, for every x and by others."""
        entity = self.scope.find(head.text, head.style)
        if not body or head.scripts or group.scripts or group.text != "(":
            return False
        if isinstance(entity, ScalarFunctionName) and entity.name not in FUNCTIONS:
            shapes, target = [(ONE, ONE)], (ONE, ONE)
        elif isinstance(entity, OpaqueFunction):
            shapes, target = list(entity.arguments), (entity.rows, entity.columns)
        else:
            return False
        try:
            parameters = [parse(stripped(p)) for p in split(group.tokens, (",", ";", "mid", "|"))]
            tree = Values(self.scope).tree(body)
        except Unreadable:
            return False
        names = [p.text for p in parameters if p.kind == "letter" and not p.scripts]
        written = {name_of(t) for t in body}
        if len(names) != len(parameters) or len(set(names)) != len(shapes) or head.text in written:
            return False
        if not written & set(names) or self._is_spoken_of(head.text):
            return False  # f(x) = 0 states a condition
        for name, shape in zip(names, shapes, strict=True):
            known = self.scope.find(name)
            if known is not None and not (isinstance(known, Symbolic) and same_shape(known.value.shape, shape)):
                return False
        reader = Values(self.scope.copy())
        reader.locals = {n: Var(n, *shape) for n, shape in zip(names, shapes, strict=True)}
        try:
            value = reader.value(tree)
            found = reader.shape(value)
        except Unreadable:
            return False
        if found is None or not same_shape(found, target):
            return False
        return not any(isinstance(n, ex.Call | ex.Apply) and n.function == head.text for n in ex.walk(value))

    def _function_head(self, node: Node) -> tuple[Node, Node] | None:
        """A new function with names as its arguments: (name, bracket)."""
        if node.kind != "product" or len(node.parts) != 2 or any(node.separators):
            return None
        head, group = node.parts
        if head.kind not in ("letter", "word") or group.kind != "group" or group.text != "(" or group.scripts:
            return None

        if head.text in FUNCTION_WORDS and head.text not in ("E", "V"):
            return None
        if head.text in ("d", "I", "O", "o") and not head.scripts:
            return None  # a differential, an order of magnitude
        entity, _ = Values(self.scope).entity_of(head)
        if entity is not None and not isinstance(entity, DefinedFunction):
            return None
        for piece in split(group.tokens, (",", ";", "mid", "|")):
            try:
                parameter = parse(stripped(piece))
            except Unreadable:
                return None
            power = any(mark == "^" and plain_text(t).isdigit() for mark, t in parameter.scripts)
            if parameter.kind != "letter" or power:
                return None
        return head, group

    def _is_spoken_of(self, function: str) -> bool:
        """Whether a hypothesis or a definition speaks of a function that is declared without a formula."""
        context = self.scope.context
        parts = [d.body for d in context.definitions] + [r.body for r in context.recurrences]
        for hypothesis in context.hypotheses:
            if isinstance(hypothesis, Relation):
                parts += [hypothesis.left, hypothesis.right]
            else:
                parts.append(hypothesis.subject)
        return any(
            isinstance(n, ex.Call | ex.Apply) and n.function == function for part in parts for n in ex.walk(part)
        )

    def define(self, left: Tokens, right: Tokens) -> None:
        """``left := right``: a name, a member of a family (maybe a recurrence), a function of names."""
        left, right = trimmed(left), trimmed(right)
        node = parse(left, self.scope.words())
        if node.kind == "sign" and node.text == "nabla" and not node.scripts:
            below = [t for mark, t in parse(right).scripts if mark == "_"]
            if len(below) == 1:
                self.scope.nabla = Values(self.scope).variable(below[0])
                return
        function = self._function_head(node)
        if function is None and node.kind == "product":
            function = self._redefined(node)
        if function is not None:
            self._define_function(*function, right)
            return
        if node.kind == "group" or (node.kind in ("letter", "word") and self._is_entry(node)):
            value = Values(self.scope).read(left)
            self._equation(value, right, node)
            return
        if node.kind not in ("letter", "word"):
            self.relation(left, "=", right)
            return
        self._define_name(node, right)

    def _redefined(self, node: Node) -> tuple[Node, Node] | None:
        head = node.parts[0]
        if len(node.parts) == 2 and head.kind == "letter" and node.parts[1].kind == "group":
            entity = self.scope.find(head.text, head.style)
            if isinstance(entity, (OpaqueFunction, ScalarFunctionName)):
                return head, node.parts[1]
        return None

    def _is_entry(self, node: Node) -> bool:
        """An entry of what is declared as a matrix or vector."""
        if not node.scripts:
            return False
        entity, rest = Values(self.scope).entity_of(node)
        if rest and all(mark == "'" for mark, _ in rest):
            return False  # theta' := theta - ... gives a new name, whatever a prime means elsewhere
        return isinstance(entity, Symbolic) and bool(rest) and self._has_value(node)

    def _has_value(self, node: Node) -> bool:
        """Whether a declared name with these scripts can be read: an entry or a power, not a new name."""
        try:
            Values(self.scope).value(node)
        except Unreadable:
            return False
        return True

    def _equation(self, value: Expression, right: Tokens, node: Node) -> None:
        reader = Values(self.scope)
        left, body = reader.relate(value, reader.read(right))
        self._fit(left, body, node.place)
        self._assume_equation(reader.finished(left, node.place), reader.finished(body, node.place))

    def _define_name(self, node: Node, right: Tokens) -> None:
        reader = Values(self.scope)
        entity, rest = reader.entity_of(node)
        if isinstance(entity, FamilyName) and not node.scripts:
            entity = None
        if isinstance(entity, FamilyName) or (entity is None and self.name_and_indices(node)[1]):
            self._define_member(node, right)
            return
        other = isinstance(entity, FamilyName | Rows | OpaqueFunction | ScalarFunctionName | Size)
        if isinstance(entity, FamilyName) or (other and not rest):
            raise Unreadable(f"{node.text} is declared as something else", node.place)
        body = reader.read(right)
        if isinstance(entity, Symbolic) and not rest:
            target, body = reader.relate(entity.value, body)
            body = reader.finished(body, node.place)
            self._fit(target, body, node.place)
            if any(leaf == target for leaf in ex.walk(body)):
                raise Unreadable(f"{node.text} is defined by itself", node.place)
            self.scope.define(Definition(entity.value, body))
            return
        name, _ = self.name_and_indices(node)
        body = reader.finished(body, node.place)
        for hypothesis in reader.assumed:
            self.scope.assume(hypothesis)
        if isinstance(body, Int) and body.value.is_Integer:
            body = Num(int(body.value))
        rows, columns = body.shape
        key = self.scope.declare(name, Symbolic(Var(name, rows, columns)), node.style)
        symbol = self._value_of(key)
        if not isinstance(symbol, Var):
            raise Unreadable(f"{node.text} is declared as something else", node.place)
        self.scope.define(Definition(symbol, body))

    def _define_member(self, node: Node, right: Tokens) -> None:
        reader = Values(self.scope)
        entity = reader.entity_of(node)[0]
        if isinstance(entity, FamilyName):
            target = reader.value(node)
            if not isinstance(target, ex.Member):
                self._equation(target, right, node)
                return
            reader.bound |= {str(at): at for at in target.at if at.is_Symbol and not at.is_positive}
            target, body = reader.relate(target, reader.read(right))
            self._fit(target, reader.finished(body, node.place), node.place)
        else:
            name, letters = self.name_and_indices(node)
            # The body may speak of the family itself only where its shape is declared.
            indices = [self.scope.index(letter) for letter in letters]
            reader.bound |= {str(at): at for at in indices if not at.is_positive}
            body = reader.read(right)
            body = reader.finished(body, node.place)
            rows, columns = body.shape
            key = self.scope.declare(name, FamilyName(name, rows, columns, len(letters)), node.style)
            target = ex.Member(key, rows, columns, *(self.scope.index(letter) for letter in letters))
        body = reader.finished(body, node.place)
        if not isinstance(target, ex.Member):
            raise Unreadable("this is not a name", node.place)
        self._rule(target, body, node)

    def _rule(self, target: ex.Member, body: Expression, node: Node) -> None:
        last = target.at[-1]
        body = self._through_definitions(target.name, body)
        same = [n for n in ex.walk(body) if isinstance(n, ex.Member) and n.name == target.name]
        if last.is_Integer and not same:
            self.scope.define(Definition(target, body))
            self._start(target.name, int(last))
            return
        symbols = sorted((s for s in last.free_symbols), key=str)
        if len(symbols) != 1 or not (last - symbols[0]).is_Integer:
            raise Unreadable("a definition of a member has an index such as t or t + 1", node.place)
        shift = int(last - symbols[0])
        symbol = index(str(symbols[0]))
        rule = {symbols[0]: symbol - shift}
        target = target.xreplace({symbols[0]: symbol}).func(target.name, *target.shape, *target.at[:-1], symbol)
        body = body.xreplace(rule)
        if not same:
            self.scope.define(Definition(target, body))
            return
        for member in (n for n in ex.walk(body) if isinstance(n, ex.Member) and n.name == target.name):
            if member.at[-1] != symbol - 1:
                raise Unreadable("a recurrence refers to the member before only", node.place)
        starts = [
            int(d.target.at[-1])
            for d in self.scope.context.definitions
            if isinstance(d.target, ex.Member) and d.target.name == target.name and d.target.at[-1].is_Integer
        ]
        self.scope.define(Recurrence(target, body, min(starts, default=0) + 1))

    def _through_definitions(self, name: str, body: Expression) -> Expression:
        """The body with those definitions put in that lead back to the family.

        So that h_t := s(a_t) with a_t := W x_t + U h_{t-1} is a recurrence.
        """
        for _ in range(8):
            for node in ex.walk(body):
                if not isinstance(node, ex.Member) or node.name == name:
                    continue
                rule = self._general_rule(node.name)
                if rule is None or not self._leads_to(rule.body, name, frozenset((node.name,))):
                    continue
                values = {p: v for p, v in zip(rule.target.at, node.at, strict=True) if p.is_Symbol}
                body = body.xreplace({node: instance(rule.body, values)})
                break
            else:
                return body
        return body

    def _general_rule(self, name: str) -> Definition | None:
        for definition in self.scope.context.definitions:
            target = definition.target
            if isinstance(target, ex.Member) and target.name == name and target.at[-1].is_Symbol:
                return definition
        return None

    def _leads_to(self, body: Expression, name: str, seen: frozenset[str]) -> bool:
        for node in ex.walk(body):
            if isinstance(node, ex.Member) and node.name == name:
                return True
            if isinstance(node, ex.Member) and node.name not in seen:
                rule = self._general_rule(node.name)
                if rule is not None and self._leads_to(rule.body, name, seen | {node.name}):
                    return True
        return False

    def _start(self, name: str, first: int) -> None:
        for recurrence in self.scope.context.recurrences:
            if recurrence.target.name == name:
                self.scope.define(replace(recurrence, first=first + 1))

    def _define_function(self, head: Node, group: Node, right: Tokens) -> None:

        parameters = [parse(stripped(p)) for p in split(group.tokens, (",", ";", "mid", "|"))]
        names = [name_with(p.text, p.scripts) or p.text for p in parameters]
        reader = Values(self.scope)
        body = reader.tree(right)
        name, _ = self.name_and_indices(head) if not head.scripts else (name_with(head.text, head.scripts), [])
        undeclared = [n for n in names if self.scope.names.get(n) is None]
        if undeclared and self.more and self.scope.waits:
            raise Unreadable(f"{undeclared[0]} has no declaration", head.place)
        before = self.scope.find(head.text, head.style)
        if isinstance(before, ScalarFunctionName | OpaqueFunction) and len(undeclared) == len(names):
            shapes = before.arguments if isinstance(before, OpaqueFunction) else ((ONE, ONE),)
            for parameter, shape in zip(names, shapes, strict=True):
                self.scope.declare(parameter, Symbolic(Var(parameter, *shape), inferred=True), "")
        if len(names) == 1 and (undeclared or self._is_number(names[0])):
            known = self._recognised(body, names[0])
            if known:
                self.scope.declare(name, ScalarFunctionName(known), "")
                return
        of_number = len(names) == 1 and (bool(undeclared) or self._is_number(names[0]))
        entrywise = of_number and self._is_entrywise(body, names[0])
        self.scope.names[name] = DefinedFunction(name, tuple(names), body, entrywise)

    def _is_entrywise(self, body: Node, parameter: str) -> bool:
        """Whether a formula makes a number of a number, so that it is one of numbers only."""
        reader = Values(self.scope.copy())
        reader.locals = {parameter: Var(parameter)}
        try:
            return reader.is_number(reader.value(body))
        except Unreadable:
            return False

    def _is_number(self, name: str) -> bool:
        entity = self.scope.names.get(name)
        return isinstance(entity, Symbolic) and entity.value.shape == (1, 1)

    def _recognised(self, body: Node, parameter: str) -> str:
        """The function of the table that a formula in one number is, if it is known to be one."""
        reader = Values(self.scope.copy())
        variable = Var(parameter)
        reader.locals = {parameter: variable}
        try:
            value = reader.finished(reader.value(body))
        except Unreadable:
            return ""
        leaves = {n for n in ex.walk(value) if isinstance(n, (Var, ex.Member))}
        return self.recognise(value, variable) if leaves == {variable} else ""

    # rows and columns --------------------------------------------------------------------------------

    def _rows(self, piece: Piece) -> bool:
        r"""``X = [x_1, \dots, x_n]^\top``: the samples are the rows of X, or without the transpose its columns."""
        if len(piece.sides) != 2 or not any(name_of(t).endswith("dots") for t in piece.sides[1]):
            return False
        try:
            left = parse(trimmed(piece.sides[0]), self.scope.words())
            right = parse(trimmed(piece.sides[1]), self.scope.words())
        except Unreadable:
            return False
        if left.kind != "letter":
            return False
        if right.kind == "group":
            cells = [stripped(c) for c in split(right.tokens, (",", "|", "mid", "align"))]
            turned = any(m == "'" or plain_text(t) in ("T", "top", "intercal", "t") for m, t in right.scripts)
        elif right.kind == "matrix":
            cells = [stripped(c) for row in right.rows for cell in row for c in split(cell, (",",))]
            turned = len(right.rows) > 1
        else:
            return False
        cells = [c for c in cells if c and not name_of(c[0]).endswith("dots")]
        if not cells:
            return False
        first = parse(cells[0])
        if first.kind == "group" and first.parts:
            first = first.parts[0]
        if first.kind != "letter" or not first.scripts:
            return False
        family = self.scope.find(first.text, first.style, indexed=True)
        matrix = self.scope.find(left.text, left.style)
        last = parse(cells[-1])
        ends = next((t for m, t in last.scripts if m == "_" or bracketed(t) is not None), None)
        if isinstance(matrix, Symbolic):
            value = matrix.value
        elif isinstance(family, FamilyName) and ends is not None:
            count = self.size(bracketed(ends) or ends)
            shape = (count, family.rows) if turned else (family.rows, count)
            key = self.scope.declare(left.text, Symbolic(Var(left.text, *shape)), left.style)
            found = self._value_of(key)
            if not isinstance(found, Var):
                return False
            value = found
        else:
            return False
        if value.shape[1] == 1 and (family is None or (isinstance(family, FamilyName) and family.rows == 1)):
            self.scope.declare(first.text, Rows(value, True), first.style)  # the entries of a vector
            return True
        self.scope.declare(first.text, Rows(value, turned), first.style)
        return True

    @staticmethod
    def _is_dotted_range(piece: Piece) -> bool:
        return piece.relations == ("=",) and len(split(piece.sides[1], ("dots", "ldots", "cdots"))) == 2

    def _index_range(self, piece: Piece) -> bool:
        r"""``i = 1, \dots, n``; ``1 \le i \le n``: the range of an index (and of the families just declared)."""
        if self._is_dotted_range(piece):
            pieces = split(piece.sides[1], ("dots", "ldots", "cdots"))
            low = Values(self.scope).integer(trimmed(pieces[0]))
            high = self.size(trimmed(pieces[-1]))
            for letter in split(piece.sides[0], (",",)):
                self._range(plain_text(letter), low, high)
            return True
        return False

    def _range(self, letter: str, low: Expr, high: Expr) -> None:
        """The families without a range whose last index the declaration wrote with that letter."""
        latest = self.latest_family()
        for name, entity in list(self.scope.names.items()):
            if not isinstance(entity, FamilyName) or entity.low is not None:
                continue
            beside = entity.letters[-1:] == (letter,) and entity.name in self.scope.beside
            if beside or entity.name == latest:
                self.scope.names[name] = replace(entity, low=low, high=high)
                self.scope.bound(entity.name, low, high)

    def latest_family(self) -> str:
        families = [e.name for e in self.scope.names.values() if isinstance(e, FamilyName)]
        return families[-1] if families else ""

    # relations -------------------------------------------------------------------------------------

    def relation(self, left: Tokens, op: str, right: Tokens) -> None:
        left, right = trimmed(left), trimmed(right)
        place = left[0].place if left else None
        if op in ("succ", "succeq", "prec", "preceq"):
            self._definite(left, op, right)
            return
        if op not in COMPARISONS:
            raise Unreadable("this relation is not a hypothesis that is read", place)
        self._undeclared_numbers(left, op, right)
        integers = self._integers(left, right)
        if integers is not None:
            self.scope.assume(Relation(Int(integers[0]), op, Int(integers[1])))
            return
        if op == "=" and not self.scope.waits and self._is_moment(Piece((left, right), ("=",))):
            self._undeclared_square(right)
        reader = Values(self.scope)
        equation = op == "="
        a, b = reader.relate(reader.whole(reader.tree(left), equation), reader.whole(reader.tree(right), equation))
        a, b = reader.finished(a, place), reader.finished(b, place)
        self._inferred(reader)
        self._fit(a, b, place)
        for hypothesis in reader.assumed:
            self.scope.assume(hypothesis)
        if op == "=":
            self._assume_equation(a, b)
            return
        if op == "!=" and isinstance(b, ex.Zeros):
            self.scope.assume(Predicate("nonzero", a))
            return
        if op == "!=" and isinstance(a, ex.Det) and b == Num(0):
            self.scope.assume(Predicate("invertible", a.operands[0]))
            return
        if isinstance(b, Int) and not isinstance(a, Int):
            b = Num(int(b.value)) if b.value.is_Integer else b
        self.scope.assume(Relation(a, op, b))

    @staticmethod
    def _fit(a: Expression, b: Expression, place: Place | None) -> None:
        try:
            fits = same_shape(a.shape, b.shape)
        except ShapeError as error:
            raise Unreadable(str(error), place) from error
        if not fits:
            raise Unreadable(f"the left side is {show_shape(a.shape)}, the right side {show_shape(b.shape)}", place)

    def _inferred(self, reader: Values) -> None:
        """Symbols that were not declared, and whose shape is the only one that fits, are declared now."""
        for name, guess in reader.guesses.items():
            value = reader.resolved(guess)
            if isinstance(value, Var):
                self.scope.declare(name, Symbolic(value, inferred=True), "")

    def _integers(self, left: Tokens, right: Tokens) -> tuple[Expr, Expr] | None:
        reader = Values(self.scope)
        try:
            a, b = reader.integer(left, strict=True), reader.integer(right, strict=True)
        except Unreadable:
            return None
        return (a, b) if a.free_symbols or b.free_symbols else None

    def _undeclared_numbers(self, left: Tokens, op: str, right: Tokens) -> None:
        """A letter that is first seen in a comparison: an index beside integers, else a number."""
        if op == "=":
            return
        for side, other in ((left, right), (right, left)):
            if len(side) > 1 and side[0].kind in ("char", "command") and plain_text(other).isdigit():
                self._undeclared_with_marks(side)
            if len(side) != 1 or not other:
                continue
            name = name_of(side[0])
            if not (name in GREEK or (len(name) == 1 and name.isalpha())) or self.scope.find(name) is not None:
                continue
            sized = any(isinstance(self.scope.find(name_of(t)), Size) for t in other)
            literal = all(t.kind == "char" and t.text.isdigit() for t in other)
            families = [e for e in self.scope.names.values() if isinstance(e, FamilyName)]
            if (
                sized
                or (literal and any(name in family.letters for family in families))
                or (literal and name in INTEGER_LETTERS and not (name in "st" and plain_text(other) == "0"))
                or (len(other) == 1 and name_of(other[0]) in INTEGER_LETTERS and name in INTEGER_LETTERS)
            ):
                self.scope.names[name] = Size(index(name))
            else:
                self.scope.declare(name, Symbolic(Var(name)), "")

    def _undeclared_square(self, side: Tokens) -> None:
        r"""The letter of a variance ``\sigma^2`` is a number that is not negative."""
        node = parse(side)
        square = node.kind == "letter" and [(m, plain_text(t)) for m, t in node.scripts] == [("^", "2")]
        if square and not node.style and Values(self.scope).entity_of(node)[0] is None:
            self.scope.declare(node.text, Symbolic(Var(node.text), inferred=True), "")
            self.scope.assume(Relation(Num(0), "<=", Var(node.text)))

    def _undeclared_with_marks(self, side: Tokens) -> None:
        r"""``\sigma^2 > 0`` declares a number of that name where sigma is not declared."""
        try:
            node = parse(side)
        except Unreadable:
            return
        if node.kind != "letter" or not node.scripts or Values(self.scope).entity_of(node)[0] is not None:
            return
        name = name_with(node.text, node.scripts)
        if name:
            self.scope.declare(name, Symbolic(Var(name)), "")

    def _definite(self, left: Tokens, op: str, right: Tokens) -> None:
        reader = Values(self.scope)
        if op in ("prec", "preceq"):
            left, right, op = right, left, {"prec": "succ", "preceq": "succeq"}[op]
        kind = "positive definite" if op == "succ" else "positive semidefinite"
        for subject in split(left, (",",)):
            value = reader.read(trimmed(subject))
            if plain_text(right) != "0":
                value, other = reader.relate(value, reader.read(right))
                value = ex.Add(value, ex.Neg(other))
            self.scope.assume(Predicate(kind, reader.finished(value)))

    def _assume_equation(self, a: Expression, b: Expression) -> None:
        """An equation as a hypothesis: moments, transposes and unit vectors have a form of their own."""
        if self._moment(a, b) or self._full_rank(a, b):
            return
        if isinstance(a, ex.Transpose) and not isinstance(b, ex.Transpose):
            a, b = b, a
        if b == ex.Transpose(a) and isinstance(a, Var):
            self.scope.assume(Predicate("symmetric", a))
            return
        if (
            isinstance(a, ex.Entry)
            and isinstance(b, ex.Entry)
            and isinstance(b.operands[0], ex.Eye)
            and isinstance(a.operands[0], ex.Member)
            and len(a.at) == 1
            and set(b.at) == {a.at[0], a.operands[0].at[-1]}
        ):
            member = a.operands[0]
            self.scope.define(Definition(member, ex.Unit(member.shape[0], member.at[-1])))
            return
        self.scope.assume(Relation(a, "=", b))

    def _full_rank(self, a: Expression, b: Expression) -> bool:
        """``rank X = d`` for X with d columns (or rows) says that it has full rank."""
        if not isinstance(a, ex.Rank) or not isinstance(b, Int):
            return False
        rows, columns = a.operands[0].shape
        for size_, kind in ((columns, "full column rank"), (rows, "full row rank")):
            if b.value == size_:
                self.scope.assume(Predicate(kind, a.operands[0]))
                return True
        return False

    def _moment(self, a: Expression, b: Expression) -> bool:
        """``E[x] = mu``, ``Var(x) = Sigma``, ``Cov(x) = Sigma``, ``E[x x^T] = S`` of a symbol or a family."""
        target: Expression | None
        if isinstance(a, (ex.Expectation, ex.Variance)) and isinstance(a.operands[0], (Var, ex.Member)):
            target = a.operands[0]
            part = "mean" if isinstance(a, ex.Expectation) else "variance"
        elif isinstance(a, ex.Expectation) and _outer_square(a.operands[0]) is not None:
            target = _outer_square(a.operands[0])
            part = "second"
        else:
            return False
        if not isinstance(target, (Var, ex.Member)) or self._is_made_of_others(target.name):
            return False
        known = self.scope.pending.setdefault(target.name, {})
        known[part] = b
        rows = target.shape[0]
        mean = known.get("mean")
        name = target.name.replace(" ", "")
        if mean is None:
            mean = Var(f"mu_{name}", rows)
        variance = known.get("variance")
        if variance is None and "second" in known:
            square = known["second"]
            zero = isinstance(mean, ex.Zeros) or mean == Num(0)
            variance = square if zero else ex.Add(square, ex.Neg(ex.Mul(mean, ex.Transpose(mean))))
        if variance is None:
            variance = Var(f"Sigma_{name}", rows, rows)
        if target.shape[1] != 1:
            raise Unreadable("the moments of a matrix are not read", None)
        self.scope.define(Random(target, "moments", (mean, variance)))
        return True

    def _is_made_of_others(self, name: str) -> bool:
        """Whether a name is defined: its mean is then a consequence, not a law."""
        context = self.scope.context
        return name in {d.target.name for d in context.definitions} | {r.target.name for r in context.recurrences}

    # random quantities -----------------------------------------------------------------------------

    def _random(self, piece: Piece) -> None:
        law = trimmed(piece.sides[1])
        text = latex_of(law)
        node = parse(law, self.scope.words() | {"Bernoulli", "Ber", "Bern", "Unif", "Uniform", "Normal"})
        if node.kind != "product" or len(node.parts) < 2 or node.parts[-1].kind != "group":
            raise Unreadable(f"the law {text} is not known", piece.place)
        name = node.parts[0].text.lower().removeprefix("cal")
        arguments = split(node.parts[-1].tokens, (",", ";"))
        if len(node.parts) == 3 and node.parts[1].kind == "group":  # N_d(mu, Sigma)
            arguments = split(node.parts[2].tokens, (",", ";"))
        for side in split(piece.sides[0], (",",)):
            self._draw(trimmed(side), name, arguments, text)

    def _draw(self, side: Tokens, law: str, arguments: list[Tokens], text: str) -> None:
        reader = Values(self.scope)
        node = parse(side, self.scope.words())
        entity, _ = reader.entity_of(node) if node.kind in ("letter", "word") else (None, [])
        if entity is None and self.scope.waits:
            raise Unreadable(f"{node.text} has no declaration", node.place)
        if law in ("n", "normal", "gauss", "gaussian") and len(arguments) == 2:
            self._scale_of_law(stripped(arguments[1]))
        if entity is None:
            self._introduce_random(node, law, arguments)
            reader = Values(self.scope)
        value = reader.value(node)
        if value.is_number_shaped:
            for k, argument in enumerate(arguments):
                self._parameter_of_law(stripped(argument), law, k)
        entries = isinstance(value, ex.Entry)
        target = value.operands[0] if entries else value
        if not isinstance(target, (Var, ex.Member)):
            raise Unreadable("only symbols and families are random", node.place)
        if law.startswith("ber") or law == "b":
            (parameter,) = (reader.read(stripped(a)) for a in arguments)
            self.scope.define(Random(target, "bernoulli", (reader.finished(parameter),)))
            return
        if law.startswith("unif") or law == "u":
            low, high = (reader.read(stripped(a)) for a in arguments)
            mean = ex.Div(ex.Add(low, high), Num(2))
            variance = ex.Div(ex.Pow(ex.Add(high, ex.Neg(low)), Num(2)), Num(12))
            self.scope.define(Random(target, "iid", (mean, variance)))
            return
        if law not in ("n", "normal", "gauss", "gaussian"):
            raise Unreadable(f"the law {text} is not known", node.place)
        if len(arguments) != 2:
            raise Unreadable("a normal law has a mean and a variance", node.place)
        mean, variance = (reader.whole(reader.tree(stripped(a)), True) for a in arguments)
        if entries:
            self.scope.define(Random(target, "iid", (reader.finished(mean), reader.finished(variance))))
            return
        target_, mean = reader.relate(target, mean)
        del target_
        rows = target.shape[0]
        shape = reader.shape(variance)
        if rows != 1 and shape is not None:
            reader.unify(shape[0], rows)
            reader.unify(shape[1], rows)
        law_ = (reader.finished(mean), reader.finished(variance))
        self._inferred(reader)
        self.scope.define(Random(target, "gaussian", law_))

    def _scale_of_law(self, tokens: Tokens) -> None:
        r"""The undeclared letter of ``\sigma^2 I`` in the law of a vector is a positive number, or its square is."""
        try:
            node = parse(tokens)
        except Unreadable:
            return
        if node.kind != "product" or len(node.parts) != 2 or self.scope.waits or node.parts[1].text != "I":
            return
        head = node.parts[0]
        if head.kind != "letter" or head.style or Values(self.scope).entity_of(head)[0] is not None:
            return
        squared = any(mark == "^" and plain_text(t) == "2" for mark, t in head.scripts)
        if head.scripts and not (squared and len(head.scripts) == 1):
            return
        self.scope.declare(head.text, Symbolic(Var(head.text), inferred=True), "")
        self.scope.assume(Relation(Num(0), "<", Var(head.text)))

    def _parameter_of_law(self, tokens: Tokens, law: str, position: int) -> None:
        """An undeclared letter in the law of a number is a number: a mean, a variance, a probability."""
        try:
            node = parse(tokens)
        except Unreadable:
            return
        known = node.kind == "letter" and Values(self.scope).entity_of(node)[0] is not None
        if node.kind != "letter" or node.text in ("I", "e") or known or self.scope.waits:
            return
        name = name_with(node.text, node.scripts) if node.scripts else node.text
        if not name:
            return
        self.scope.declare(name, Symbolic(Var(name), inferred=True), "")
        if law.startswith("ber") or law == "b":
            self.scope.assume(Relation(Num(0), "<=", Var(name)), Relation(Var(name), "<=", Num(1)))
        elif position == 1 and not law.startswith("u"):
            self.scope.assume(Relation(Num(0), "<=", Var(name)))

    def _introduce_random(self, node: Node, law: str, arguments: list[Tokens]) -> None:
        reader = Values(self.scope)
        shape: tuple[Expr, Expr] = (ONE, ONE)
        for argument in arguments:
            try:
                found = reader.shape(reader.read(stripped(argument)))
            except Unreadable:
                continue
            if found is not None and found != (1, 1) and not any(str(s).startswith("?") for s in found):
                shape = (found[0], ONE)
                break
        if shape == (ONE, ONE) and (node.style == "bold" or any(_is_of_vectors(a) for a in arguments)):
            raise Unreadable("the size of a random vector is not known: declare it or its mean", node.place)
        self.introduce(node, *shape)

    # words -----------------------------------------------------------------------------------------

    def _said(self, piece: Piece) -> None:
        text = words.plain(piece.words)
        subjects = split(piece.sides[0], (",",))
        for kind in words.properties(text):
            for subject in subjects:
                self._property(kind, subject)
        if "commut" in text and len(subjects) >= 2:
            reader = Values(self.scope)
            a, b = (reader.read(trimmed(s)) for s in subjects[:2])
            self.scope.assume(Relation(ex.Mul(a, b), "=", ex.Mul(b, a)))
        if "held constant" in text or "constante" in text:
            return
        if self._said_in_vain(text, subjects):
            return
        known = words.properties(text) or words.says_nothing(text)
        if not known:
            raise Unreadable(f"the words {piece.words.strip()!r} are not understood", piece.place)

    def _said_in_vain(self, text: str, subjects: list[Tokens]) -> bool:
        """Signs of numbers become hypotheses; of what says something else, no mistake is claimed of its names."""
        other = words.NOT_ENCODED.search(text)
        if words.properties(text):
            for subject in subjects if other else ():
                self.scope.unsure.update(dict.fromkeys(_letters_of(subject), other[0] if other else text))
            return False
        relation = words.sign(text)
        for subject in subjects if relation or other else ():
            reader = Values(self.scope)
            value = reader.finished(reader.read(trimmed(subject)))
            if relation and value.is_number_shaped:
                self.scope.assume(Relation(value, relation, Num(0)))
            else:
                self.scope.unsure.update(dict.fromkeys(_letters_of(subject), other[0] if other else text))
        return bool(relation or other)

    def _property(self, kind: str, subject: Tokens) -> None:
        subject = trimmed(subject)
        if not subject:
            return
        reader = Values(self.scope)
        value = reader.finished(reader.read(subject))
        square = value.shape[0] == value.shape[1]
        number = value.shape == (1, 1)
        if kind == "constant":
            self.scope.constants |= {value.name} if isinstance(value, Var) else set()
        elif kind == "full rank" and not square:
            self.scope.unsure.update(dict.fromkeys(_letters_of(subject), "of full rank"))
        elif kind == "full rank":
            self.scope.assume(Predicate("invertible", value))
        elif kind in ("full row rank", "full column rank", "nonzero"):
            self.scope.assume(Predicate(kind, value))
        elif kind == "unit":
            if value.shape[1] == 1 and not number:
                self.scope.assume(Relation(ex.Mul(ex.Transpose(value), value), "=", Num(1)))
        elif kind == "orthogonal" and value.shape[1] == 1:
            self.scope.unsure.update(dict.fromkeys(_letters_of(subject), "orthogonal"))
        elif kind == "orthogonal" and not square:
            self.scope.assume(Relation(ex.Mul(ex.Transpose(value), value), "=", ex.Eye(value.shape[1])))
        elif square and not number:
            self._square_property(kind, value)
        elif kind == "invertible" and number:
            self.scope.assume(Predicate("nonzero", value))

    def _square_property(self, kind: str, value: Expression) -> None:
        if kind == "skew-symmetric":
            self.scope.assume(Relation(ex.Transpose(value), "=", ex.Neg(value)))
        elif kind == "singular":
            self.scope.assume(Relation(ex.Det(value), "=", Num(0)))
        elif kind == "involutory":
            self.scope.assume(Relation(ex.Mul(value, value), "=", ex.Eye(value.shape[0])))
        elif kind == "orthogonal projection":
            self.scope.assume(Predicate("symmetric", value), Predicate("idempotent", value))
        else:
            self.scope.assume(Predicate(kind, value))

    def _are_vectors(self, names: Sequence[Tokens]) -> bool:
        reader = Values(self.scope)
        shapes = [reader.shape(reader.read(trimmed(name))) for name in names]
        return all(shape is not None and shape[1] == 1 and shape[0] != 1 for shape in shapes)

    def _perpendicular(self, piece: Piece) -> bool:
        r"""``a \perp b`` of vectors that are not random says that they are orthogonal; False where it does not."""
        if len(piece.sides) != 2:
            return False
        random = {law.target.name for law in self.scope.context.random}
        try:
            reader = Values(self.scope)
            sides = [reader.finished(reader.read(trimmed(side))) for side in piece.sides]
        except Unreadable:
            return False
        names = {n.name for side in sides for n in ex.walk(side) if isinstance(n, Var | ex.Member)}
        if names & random or any(side.shape != sides[0].shape or side.shape[1] != 1 for side in sides):
            return False
        if sides[0].is_number_shaped:
            return False
        self.scope.put_upright(Relation(ex.Mul(ex.Transpose(sides[0]), sides[1]), "=", Num(0)), frozenset(names))
        return True

    def _orthogonal_pair(self, names: Sequence[Tokens], said: Said, piece: Piece) -> None:
        """Of two vectors: they are orthogonal to each other."""
        held = self.scope.context.hypotheses
        reader = Values(self.scope)
        a, b = (reader.finished(reader.read(trimmed(name))) for name in names)
        self.scope.assume(Relation(ex.Mul(ex.Transpose(a), b), "=", Num(0)))
        self._settle(held, said.stance, piece)


def _sign(relation: str) -> str:
    return {"<=": "\\le", ">=": "\\ge", "!=": "\\ne", "succ": "\\succ", "succeq": "\\succeq"}.get(relation, relation)


def names_in(hypothesis: Hypothesis) -> set[str]:
    """The names that a hypothesis speaks of."""
    sides = (hypothesis.left, hypothesis.right) if isinstance(hypothesis, Relation) else (hypothesis.subject,)
    return {node.name for side in sides for node in ex.walk(side) if isinstance(node, (Var, ex.Member))}


def _letters_of(name: Tokens) -> list[str]:
    """The names that a subject is written with; none for one made of several."""
    letters = [name_of(t) for t in name if name_of(t).isalpha() and t.kind in ("char", "command")]
    kept = [letter for letter in letters if len(letter) == 1 or letter in GREEK]
    return kept if len(kept) == 1 else []


def _is_label(scripts: list[tuple[str, Tokens]]) -> bool:
    r"""Whether marks make a name of their own: ``w_\lambda``, ``x_{new}``, ``w^*``; not an index, a power or a T."""
    for mark, tokens in scripts:
        text = plain_text(tokens)
        if mark == "_" and (text in GREEK or _is_word(tokens) or (len(text) > 2 and text.isalpha())):
            return True
        if mark == "^" and text in ("*", "star"):
            return True
    return False


def _is_word(tokens: Tokens) -> bool:
    r"""Whether a subscript is a word that makes a name: ``\text{new}``, ``\mathrm{old}``, ``new``, ``xx``, ``hh``."""
    tokens = stripped(tokens)
    if not tokens:
        return False
    if any(t.kind == "text" for t in tokens):
        return True
    text = plain_text(tokens)
    styled = tokens[0].kind == "command" and STYLES.get(tokens[0].text) == "upright"
    letters = all(t.kind == "char" and t.text.isalpha() for t in (tokens if not styled else tokens[1:2]))
    if styled:
        return len(text) > 1 and text.isalpha()
    custom = INDEX_LETTERS if len(text) == 1 else PAIRED_LETTERS
    return letters and text.islower() and (text in LABELS or any(c not in custom for c in text))


def _is_of_vectors(tokens: Tokens) -> bool:
    """Whether a parameter of a law is written as a matrix or a vector is: a capital or a bold letter."""
    letters = [t for t in tokens if t.kind in ("char", "command") and (len(t.text) == 1 or t.text in GREEK)]
    bold = any(t.kind == "command" and STYLES.get(t.text) == "bold" for t in tokens)
    return bold or any(t.text[0].isupper() for t in letters)


def _outer_square(e: Expression) -> Expression | None:
    """x where the expression is x x^T."""
    if isinstance(e, ex.Mul) and len(e.operands) == 2 and e.operands[1] == ex.Transpose(e.operands[0]):
        return e.operands[0]
    return None


def _argument(tokens: Tokens, at: int) -> tuple[Tokens, int]:
    """The argument that begins at a token, and where it ends."""
    if at >= len(tokens):
        raise Unreadable("something is missing at the end", tokens[-1].place if tokens else None)
    if tokens[at].kind != "open":
        return (tokens[at],), at + 1
    depth = 0
    for k in range(at, len(tokens)):
        depth += (tokens[k].kind == "open") - (tokens[k].kind == "close")
        if depth == 0:
            return tokens[at + 1 : k], k + 1
    raise Unreadable("a brace is not closed", tokens[at].place)
