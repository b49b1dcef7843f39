"""Names introduced: sets, shapes, families, rows, ranges of indices and the types of functions.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from itertools import pairwise
from operator import mul
from typing import TypeAlias

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import EVERY, Definition, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Expression, Int, Num, Var
from everystep.algebra.shapes import ONE, index, same_shape, size
from everystep.reader import patterns as re
from everystep.reader.entities import (
    DefinedFunction,
    FamilyName,
    OpaqueFunction,
    Rows,
    SaidAt,
    ScalarFunctionName,
    Size,
    Symbolic,
)
from everystep.reader.marks import atoms, bracketed, left_out, name_with, plain_text
from everystep.reader.number_sets import MARKS, NOT_NEGATIVE, POSITIVE, SIGNED, UNSURE, relation_to_zero
from everystep.reader.pieces import Piece, trimmed
from everystep.reader.scope import Scope
from everystep.reader.signs import GREEK, STYLES
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, latex_of, name_of, relation_of, split, stripped
from everystep.reader.values import Values

INDEX_LETTERS = frozenset("ijklstuvabcdmnpqrT")
"""Letters that are indices by custom; ``W_{xh}`` and ``x_{new}`` are names."""
PAIRED_LETTERS = frozenset("ijklmnpqrst")
"""The same of several letters side by side: ``T_{ijk}``, but ``\\Sigma_{ab}`` and ``X_{train}`` are names."""
LABELS = frozenset(("init", "min", "max", "in", "out", "int", "prior", "src", "tar"))
MOST_SIZE = 64
SETS = {"R": "R", "RR": "R", "Reals": "R", "reals": "R", "N": "N", "NN": "N", "Z": "Z", "ZZ": "Z"}
"""Macros that documents use without a definition of their own."""
_SETS_OF_MATRICES = {
    "S": "symmetric",
    "S+": "positive semidefinite",
    "S++": "positive definite",
    "invertible": "invertible",
    "orthogonal": "orthogonal",
}
_A_VECTOR = re.compile(r"(collect|gather|stack|stor|put|arrang|assembl|group|regroup|rang|rassembl)\w*vect(or|eur)")
"""In a sentence without spaces."""
_LITERAL: dict[str, type[Expression]] = {"1": ex.Ones, "0": ex.Zeros}

Recognise: TypeAlias = Callable[[Expression, Var], str]
"""The function of the table that a formula in one number is; empty where it is not known to be one."""


class Introductions:
    """Gives names to a scope: their kinds, shapes and ranges."""

    def __init__(self, scope: Scope, recognise: Recognise = lambda value, variable: "") -> None:
        self.scope = scope
        self.recognise = recognise
        self.sentence = ""
        self.more = False
        self.supposes = False
        self.anew = self.as_well = False
        self.in_a_task = False
        self.constrains = False
        """Whether other formulas stand behind in the sentence: they may say what kind a name is of."""
        self.own_numbers = ""
        self.told_by_entries = False  # whether the words at hand apply a function entry by entry
        """The letter of numbers that words make the entries of the vector in hand: "the vector of the $y_i$"."""
        self.unit_told = False
        """Whether the words next to a formula speak of a one-hot vector, or of a basis vector."""
        self.is_unit = False
        """Whether the formula in hand has been read as a unit vector."""
        self.of_some = False
        """Whether the words behind a formula leave out some of what it speaks of: "for some", "unless"."""
        self.labelled: frozenset[str] = frozenset()
        """Names whose marks are no indices, though their letters may be."""
        self.given: list[Piece] = []
        """Pieces of a formula in the prose that have been read as definitions."""

    def _membership(self, piece: Piece) -> None:
        names = split(piece.sides[0], (",",))
        if len(piece.relations) > 1:
            raise Unreadable("more than one relation in a declaration", piece.place)
        if self._listed_family([trimmed(name) for name in names], trimmed(piece.sides[1])):
            return
        earlier = {n: e for n, e in self.scope.names.items() if isinstance(e, FamilyName)}
        self.labelled = _labelled([parse(trimmed(name), self.scope.words()) for name in names])
        for name in names:
            self._declare_in(trimmed(name), trimmed(piece.sides[1]))
        families = {n: e for n, e in self.scope.names.items() if isinstance(e, FamilyName)}
        self.scope.beside = frozenset(e.name for n, e in families.items() if earlier.get(n) is not e)

    def _listed_family(self, names: list[Tokens], where: Tokens, shape: tuple[Expr, Expr] | None = None) -> bool:
        r"""``x_1, \dots, x_n \in \mathbb{R}^d``: a family with its range; False where the names are no such list.

        With a ``shape``, that of each member, there is no set that they are in.
        """
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
        finite = bool(where) and name_of(where[0]) in ("{", "lbrace")
        signs = finite and self._is_pair_of_signs(where)
        between = bool(where) and name_of(where[0]) in ("(", "[")
        sign = ""
        if shape is None:
            kind, shape = "R", (ONE, ONE)
            if finite:
                shape = self._shape_of_power(where)
            elif not between:
                kind, shape, sign = self._set(where)
            if kind != "R":
                return False
        rows, columns = shape
        low, high = Values(self.scope).integer(marks[0][1]), self.size(marks[-1][1])
        name = listed[0].text
        key = self.scope.declare(name, FamilyName(name, rows, columns, low=low, high=high), listed[0].style)
        self._note_index(listed[0], name)
        self.scope.bound(key, low, high)
        if sign and columns != ONE:
            raise Unreadable("signs of the entries of several matrices are not read", where[0].place)
        number = (rows, columns) == (ONE, ONE)  # else the first of these indices is that of the entries
        every = ex.Member(name, rows, columns, index(EVERY[0 if number or finite else 1]))
        if finite:
            self._in_pair(every, signs)
        elif between:
            self._between(every, where)
        elif sign:
            self._assume_sign(every, sign)
        return True

    def _declare_in(self, name: Tokens, where: Tokens) -> None:
        node = parse(name, self.scope.words())
        first = name_of(where[0]) if where else ""
        if first in ("(", "[", "]"):
            self._interval(node, where)
            return
        if where and first in ("{", "lbrace"):
            self._finite_set(node, *_power(where))
            return
        kind, shape, sign = self._set(where)
        if where[0].kind == "char" and node.kind == "letter":
            self.scope.in_bare_sets.setdefault(where[0].text, set()).add(node.text)
        if kind == "N":
            self.scope.make_integer(node.text, size(node.text))
            return
        if kind == "Z":
            self.scope.make_integer(node.text, index(node.text))
            return
        if node.kind == "product" and len(node.parts) == 2 and node.parts[1].kind == "group":
            self._declare_function_values(node.parts[0], node.parts[1], shape)
            return
        if node.kind == "number" and node.text in _LITERAL and node.style and not node.scripts and shape[1] == ONE:
            self.scope.usual[_LITERAL[node.text]] = shape[0]
            return
        if self._is_unit_vector(node, shape):
            return
        value = self.introduce(node, *shape)
        if isinstance(value, Var) and value.name == "I" and shape[0] == shape[1] != ONE:
            self.scope.unclear["I"] = "I is declared as a square matrix: the identity (write I_n), or one of its own?"
        if sign and value is not None:
            self._assume_sign(value, sign)
        if kind in _SETS_OF_MATRICES and value is not None:
            self.scope.assume(Predicate(_SETS_OF_MATRICES[kind], value))

    def _assume_sign(self, value: Expression, relation: str) -> None:
        """What the marks of a set say of its numbers; where authors differ on 0, that they are not 0 is doubtful."""
        if relation != UNSURE:
            self.scope.assume(self.scope.signed(value, relation))
            return
        strictly = self.scope.signed(value, POSITIVE)
        self.scope.assume(self.scope.signed(value, NOT_NEGATIVE))
        self.scope.lines[strictly] = SaidAt("0 is no element of $\\mathbb{R}^+$", 0)
        self.scope.doubt([strictly])

    def _is_unit_vector(self, node: Node, shape: tuple[Expr, Expr]) -> bool:
        r"""Whether ``e_y \in \mathbb{R}^K`` is called one-hot, or a basis vector, for an index y that runs to K: it is
        the unit vector that it would be without a declaration.
        """
        if not self.unit_told or node.text != "e" or [mark for mark, _ in node.scripts] != ["_"]:
            return False
        at = index(plain_text(stripped(node.scripts[0][1])))
        ends = (Relation(Int(1), "<=", Int(at)), Relation(Int(at), "<=", Int(shape[0])))
        known = self.scope.context.hypotheses
        self.is_unit = (
            shape[1] == ONE and all(end in known for end in ends) and self.scope.find("e", indexed=True) is None
        )
        return self.is_unit

    def _declare_function_values(self, head: Node, group: Node, shape: tuple[Expr, Expr]) -> None:
        r"""``X(t) \in \mathbb{R}^{n \times n}``: a function of the names in the bracket, numbers where they are new."""
        if head.kind != "letter" or head.scripts or group.scripts or group.text != "(":
            raise Unreadable("this is not a name", head.place)
        arguments: list[tuple[Expr, Expr]] = []
        letters: list[str] = []
        for piece in split(group.tokens, (",", ";")):
            parameter = parse(stripped(piece))
            entity, rest = Values(self.scope).entity_of(parameter) if parameter.kind == "letter" else (None, [])
            if entity is None and parameter.kind == "letter" and not parameter.scripts:
                self.scope.declare(parameter.text, Symbolic(Var(parameter.text), inferred=True), "")
                entity = self.scope.find(parameter.text)
            if not isinstance(entity, Symbolic) or rest:
                raise Unreadable("the arguments of a function are names", head.place)
            arguments.append(entity.value.shape)
            letters += [parameter.text] if isinstance(entity.value, Var) and not parameter.scripts else []
        letters = letters if len(letters) == len(arguments) else []
        if arguments == [(1, 1)] and shape == (1, 1):
            self.scope.declare(head.text, ScalarFunctionName(head.text), "")
        else:
            self.scope.declare(head.text, OpaqueFunction(head.text, tuple(arguments), *shape, tuple(letters)), "")

    def shape_of_set(self, where: Tokens) -> tuple[Expr, Expr]:
        """The shape of what lies in a set of numbers, vectors or matrices; raises Unreadable."""
        kind, shape, sign = self._set(where)
        if kind != "R" or sign:
            raise Unreadable("this set says more than a shape", where[0].place)
        return shape

    def _set(self, where: Tokens) -> tuple[str, tuple[Expr, Expr], str]:
        """The set's letter, its shape, and the sign of its numbers."""
        if not where:
            raise Unreadable("a set is missing")
        matrices = self._matrices(where)
        if matrices is not None:
            return matrices
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
        if where[0].text in ("mathcal", "mathscr", "mathfrak", "cal") and letter in "RNZ":
            raise Unreadable(f"the set {latex_of(where)} is not known", where[0].place)
        bare = where[0].kind == "char" and where[0].text == letter
        if bare and (letter in self.scope.own_sets or isinstance(self.scope.find(letter), Symbolic | FamilyName)):
            raise Unreadable(f"{letter} is something of the text's own, or a set of numbers", where[0].place)
        if letter == "C":
            raise Unreadable("complex numbers are not read", where[0].place)
        if not letter:
            raise Unreadable(f"the set {latex_of(where)} is not known", where[0].place)
        shape: tuple[Expr, Expr] = (ONE, ONE)
        above = below = ""
        kind = letter
        while k < len(tokens):
            token = tokens[k]
            argument, k = _argument(tuple(tokens), k + 1)
            if token.kind == "sup":
                text = plain_text(argument)
                if MARKS.issuperset(text):
                    above += text
                    continue
                shape = self._shape(argument)
                if letter == "S" and "-" in text:
                    raise Unreadable(f"two readings: is {latex_of(where)} a sphere, or a set of matrices?", token.place)
            elif token.kind == "sub":
                text = plain_text(argument)
                if letter == "S":
                    kind = "S++" if "++" in text else "S+"
                elif text in SIGNED:
                    below = SIGNED[text]
                else:
                    raise Unreadable(f"the set {latex_of(where)} is not known", token.place)
            elif name_of(token) in ("setminus", "backslash"):
                break
            else:
                raise Unreadable(f"the set {latex_of(where)} is not known", token.place)
        if letter == "S":
            shape = (shape[0], shape[0])
        return ("R" if letter in "MK" else kind), shape, relation_to_zero(above, below)

    def _matrices(self, where: Tokens) -> tuple[str, tuple[Expr, Expr], str] | None:
        r"""``\mathcal{M}_{n,p}(\mathbb{R})``, ``S_n^{++}(\mathbb{R})``, ``GL_n(\mathbb{R})``, ``O_n(\mathbb{R})``.

        None where a set is written otherwise.
        """
        try:
            node = parse(where)
        except Unreadable:
            return None
        if node.kind != "product" or len(node.parts) < 2 or any(node.separators):
            return None
        *letters, field = node.parts
        head = letters[-1]
        name = "".join(part.text for part in letters).removeprefix("cal")
        real = field.kind == "group" and field.text == "(" and not field.scripts
        inside = parse(stripped(field.tokens)) if real and field.tokens else None
        real = inside is not None and (inside.text, inside.style, inside.scripts) == ("R", "double", [])
        scripts = dict(head.scripts)
        sign = plain_text(scripts.pop("^", ())) if "^" in scripts else ""
        bare = all(part.kind in ("letter", "word") for part in letters) and not any(p.scripts for p in letters[:-1])
        if not real or not bare or list(scripts) != ["_"] or len(head.scripts) > 2:
            return None
        shape = self._shape(scripts["_"])
        square = len(split(stripped(bracketed(scripts["_"]) or scripts["_"]), ("times", "×", ","))) == 1
        rows = shape[0]
        if name in ("M", "Mat") and not sign:
            return "R", ((rows, rows) if square else shape), ""
        kind = {"S": "S", "Sym": "S", "GL": "invertible", "O": "orthogonal"}.get(name, "")
        kind = f"S{sign}" if kind == "S" else kind
        if not square or (sign and name not in ("S", "Sym")) or kind not in (*_SETS_OF_MATRICES,):
            return None
        return kind, (rows, rows), ""

    def _shape(self, tokens: Tokens) -> tuple[Expr, Expr]:
        inner = bracketed(tokens) or tokens
        pieces = split(stripped(inner), ("times", "×", ","))
        sizes = [self.size(p) for p in pieces]
        if any(s.is_Integer and not 1 <= int(s) <= MOST_SIZE for s in sizes):
            raise Unreadable(f"a size is a number from 1 to {MOST_SIZE}, or a letter", tokens[0].place)
        if len(sizes) > 2:
            raise Unreadable("an array with more than two dimensions", tokens[0].place)
        if len(sizes) == 1 and "rows?" in self.scope.notation:
            raise Unreadable("the text makes vectors rows, and not all of them: this one?", tokens[0].place)
        if len(sizes) == 1 and "rows" in self.scope.notation:
            return (ONE, sizes[0])
        return (sizes[0], sizes[1] if len(sizes) == 2 else ONE)

    def size(self, tokens: Tokens) -> Expr:
        """A size: its letters are declared by being used as one."""
        for token in stripped(tokens):
            name = name_of(token)
            if (token.kind == "char" and name.isalpha()) or (token.kind == "command" and name in GREEK):
                entity = self.scope.find(name)
                if entity is None or (isinstance(entity, Size) and not entity.value.is_positive):
                    self.scope.names[name] = Size(size(name))
                elif self._was_a_matrix(name, entity):
                    self.scope.declare(name, Size(size(name)))
        whole = parse(tokens)
        if whole.kind == "letter" and whole.scripts:
            name = name_with(whole.text, whole.scripts)
            if name and not isinstance(self.scope.find(name), Size):
                self.scope.names[name] = Size(size(name))
        return Values(self.scope).integer(tokens)

    def _was_a_matrix(self, name: str, entity: object) -> bool:
        """Whether a letter stood for a matrix or a vector in a section that has ended: here it is a size."""
        shaped = isinstance(entity, Symbolic) and not entity.value.is_number_shaped
        return shaped and self.scope.introducing and self.scope.is_from_another_section(name)

    def introduce(self, node: Node, rows: Expr, columns: Expr) -> Expression | None:
        """Declare a name or a family of that shape; returns the symbol (of a family: its general member)."""
        name, letters = self.name_and_indices(node)
        style = node.style
        base, _, at = name.rpartition("_")
        for recurrence in self.scope.context.recurrences if at.isdigit() else ():
            if recurrence.target.name == base and recurrence.target.shape == (rows, columns):
                return ex.Member(base, rows, columns, int(at))  # where h_t begins
        if not letters:
            self._numbers_before(name, (rows, columns))
            key = self.scope.declare(name, Symbolic(Var(name, rows, columns)), style)
            return self._value_of(key)
        known = self.scope.find(name, style)
        before = self.scope.names.get(f"{name}[]")
        numbers = isinstance(before, FamilyName) and (before.rows, before.columns) == (ONE, ONE)
        if isinstance(known, Symbolic) and (rows, columns) == (1, 1) and not numbers:
            return None  # X_{ij} of a declared matrix
        together = self.scope.born.get(f"{name}[]") == self.scope.displays
        if isinstance(before, Rows) and len(letters) == 1 and together:
            width = before.matrix.shape[1 if before.by_rows else 0]
            if same_shape((rows, columns), (width, ONE)):
                return None  # the rows of a matrix, declared once more
        apart = isinstance(before, FamilyName) and before.letters and before.letters != tuple(letters)
        labels = isinstance(before, FamilyName) and _are_labels({*before.letters, *letters})
        differ = isinstance(before, FamilyName) and (before.rows, before.columns) != (rows, columns)
        if apart and isinstance(before, FamilyName) and (differ or labels):
            return self._named_apart(before, node, rows, columns)
        key = self.scope.declare(name, FamilyName(name, rows, columns, len(letters), letters=tuple(letters)), style)
        self._note_index(node, name)
        return ex.Member(key, rows, columns, *(self.scope.index(letter) for letter in letters))

    def _note_index(self, node: Node, name: str) -> None:
        """Note whether the index of a family is written above, in brackets."""
        above = any(mark == "^" and bracketed(tokens) is not None for mark, tokens in node.scripts)
        self.scope.raised = self.scope.raised | {name} if above else self.scope.raised - {name}

    def _numbers_before(self, name: str, shape: tuple[Expr, Expr]) -> None:
        r"""Numbers ``\lambda_i`` declared before the vector ``\lambda`` are its entries, if no more is said of them."""
        family = self.scope.names.get(f"{name}[]")
        if not isinstance(family, FamilyName) or (family.rows, family.columns) != (ONE, ONE) or shape == (ONE, ONE):
            return
        if family.count != (1 if shape[1] == ONE else 2) or self.scope.is_from_another_section(name):
            return
        told = name == self.own_numbers or self._are_its_entries(family, shape)
        if told and not self.scope.has_rule(family.name) and shape[1] == ONE:
            vector = Var(name, *shape)
            self.scope.rows_for_members(family.name, lambda at: ex.Entry(vector, at))
            self.scope.pairs_of_entries(vector)
            ranges = tuple(r for r in self.scope.context.ranges if r[0] != name)
            self.scope.context = replace(self.scope.context, ranges=ranges)
            self.scope.numbered.add(name)
            del self.scope.names[f"{name}[]"]
            return
        self.scope.numbered |= {name} if shape[1] == ONE else set()
        said = replace(self.scope.context, ranges=())
        self.scope.forget(family.name)
        if replace(self.scope.context, ranges=()) != said:
            raise Unreadable(f"{name} is declared twice, and something is said of it before")
        del self.scope.names[f"{name}[]"]

    def _are_its_entries(self, family: FamilyName, shape: tuple[Expr, Expr]) -> bool:
        """Whether numbers are counted as the entries of the vector of their name are, or words speak of a vector."""
        ranges = {(low, high) for name, low, high in self.scope.context.ranges if name == family.name}
        return ranges == {(ONE, shape[0])} or (not ranges and _A_VECTOR.search(self.sentence.lower()) is not None)

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
        if name_with(node.text, node.scripts) in self.labelled:
            return name_with(node.text, node.scripts), []
        apart = left_out(node)
        if apart is not None and not apart[2]:
            return apart[0], [name_of(apart[1][0])]
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
        counts = {name_of(t) for t in written} <= self.scope.counted and len(written) == 1
        if is_word(tokens) and not counts and not (indices and all(isinstance(entity, Size) for entity in indices)):
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

    def is_part_of_names(self, letters: list[str], right: Tokens) -> bool:
        r"""Whether the letter below a new name is no index: names in its value carry it, ``m_c := \Sigma_c a``."""
        if len(letters) != 1 or self.scope.find(letters[0]) is not None:
            return False
        (letter,) = letters
        alike = {key.removesuffix(f"_{letter}") for key, e in self.scope.names.items() if isinstance(e, Symbolic)}
        written = [token for token in right if token.kind not in ("space", "open", "close")]
        carrying = [
            name_of(written[k - 1])
            for k in range(1, len(written) - 1)
            if written[k].kind == "sub" and name_of(written[k + 1]) == letter
        ]
        return bool(carrying) and all(f"{name}_{letter}" in self.scope.names and name in alike for name in carrying)

    def _interval(self, node: Node, where: Tokens) -> None:
        if len(split(where[1:-1], (",",))) != 2:
            raise Unreadable(f"the set {latex_of(where)} is not known", node.place)
        self._between(self._number_named(node), where)

    def _between(self, value: Expression, where: Tokens) -> None:
        """A value lies between the ends of an interval."""
        pieces = split(where[1:-1], (",",))
        if len(pieces) != 2:
            raise Unreadable(f"the set {latex_of(where)} is not known", where[0].place)
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
        anew = self.scope.introducing and self.scope.is_from_another_section(node.text)
        if isinstance(known, Symbolic) and not anew:
            return known.value
        before = self.scope.find(node.text, node.style, indexed=True)
        if isinstance(before, Symbolic) and self._is_general_entry(node, before.value):
            return before.value
        value = self.introduce(node, ONE, ONE)
        if value is None:
            raise Unreadable("this is not a name", node.place)
        if isinstance(value, ex.Member) and before is None and not self.of_some and len(value.at) == 1:
            return ex.Member(value.name, ONE, ONE, index(EVERY[0]))
        return value

    def _is_general_entry(self, node: Node, vector: Var) -> bool:
        """Whether ``y_i``, or ``y^{(i)}`` where that is an entry, stands for every entry of a vector."""
        if vector.shape[1] != ONE or vector.is_number_shaped or self.of_some or len(node.scripts) != 1:
            return False
        mark, at = node.scripts[0]
        letter = plain_text(stripped(bracketed(at) or at))
        raised = mark == "^" and bracketed(at) is not None and vector.name in self.scope.numbered
        return (mark == "_" or raised) and len(letter) == 1 and letter.islower() and self.scope.find(letter) is None

    def _finite_set(self, node: Node, where: Tokens, power: Tokens) -> None:
        r"""``y \in \{-1, 1\}`` is ``y^2 = 1``; ``\{0, 1\}`` is ``y^2 = y``, and so is every entry of a y in
        ``\{0, 1\}^{n \times d}``; ``\{1, \dots, n\}`` an index; a number in ``\{-1, 0, 1\}`` is a root of
        ``(y + 1) y (y - 1)``.
        """
        inner = where[1:-1]
        if not power and any(name_of(t).endswith("dots") for t in inner):
            pieces = split(inner, ("dots", "ldots", "cdots"))
            reader = Values(self.scope)
            symbol = index(node.text)
            last = stripped(trimmed(pieces[-1]))
            if len(last) == 1 and last[0].kind == "char" and (last[0].text.isupper() or last[0].text in "dmn"):
                self.size(last)  # of what is declared later
            low, high = (reader.integer(trimmed(p)) for p in pieces)
            self.scope.assume(Relation(Int(low), "<=", Int(symbol)), Relation(Int(symbol), "<=", Int(high)))
            return
        values = [plain_text(trimmed(part)).replace("+", "") for part in split(inner, (",",))]
        several = not power and len(set(values)) > 2 and all(re.fullmatch(r"-?\d{1,3}", one) for one in values)
        signs = not several and self._is_pair_of_signs(where)
        value = self.introduce(node, *self._shape(power)) if power else self._number_named(node)
        if value is None:
            raise Unreadable("this is not a name", node.place)
        if several:
            roots = [value - Num(int(one)) for one in dict.fromkeys(values)]
            self.scope.assume(Relation(reduce(mul, roots), "=", Num(0)))
        else:
            self._in_pair(value, signs)

    def _shape_of_power(self, where: Tokens) -> tuple[Expr, Expr]:
        power = _power(where)[1]
        return self._shape(power) if power else (ONE, ONE)

    @staticmethod
    def _is_pair_of_signs(where: Tokens) -> bool:
        r"""Whether a set, or what it is a power of, is ``\{-1, 1\}``; False of ``\{0, 1\}``."""
        values = sorted(plain_text(p) for p in split(_power(where)[0][1:-1], (",",)))
        signs = values in (["+1", "-1"], ["-1", "1"])
        if not signs and values != ["0", "1"]:
            raise Unreadable(f"the set {latex_of(where)} is not known", where[0].place)
        return signs

    def _in_pair(self, value: Expression, signs: bool) -> None:
        """Every entry of a value is 1 or -1, or else 0 or 1.  Where the other pair was said of it before ("for the SVM,
        $y \\in \\{-1, 1\\}$ instead"), that may no longer hold: both together would leave the value 1 alone.
        """
        square = ex.Pow(value, Num(2)) if value.is_number_shaped else ex.Hadamard(value, value)
        ones = Num(1) if value.is_number_shaped else ex.Ones(*value.shape)
        self.scope.doubt(h for h in self.scope.context.hypotheses if _is_other_pair(h, value, signs))
        self.scope.assume(Relation(square, "=", ones if signs else value))

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
                low, high = self._range_behind(letters, tokens[arrows[0] + 1 :], node)
                if sources == [(1, 1)] or (ONE, ONE) in sources:
                    raise Unreadable("a family of functions of numbers is not read", node.place)
                self.scope.declare(
                    key, OpaqueFunction(key, tuple(sources), rows, columns, family=True, low=low, high=high), ""
                )
                continue
            before = self.scope.find(key)
            if sources == [(1, 1)] and (rows, columns) == (1, 1):
                self.scope.declare(key, ScalarFunctionName(key), "")
            else:
                self.scope.declare(key, OpaqueFunction(key, tuple(sources), rows, columns), "")
            if isinstance(before, DefinedFunction):
                self.scope.unclear[key] = f"{key} has a definition, and is declared behind it: is it another function?"
        return True

    def _range_behind(self, letters: list[str], target: Tokens, node: Node) -> tuple[Expr | None, Expr | None]:
        r"""The range in ``f_i : A \to B, i = 1, \dots, n``; None twice where there is none."""
        behind = split(target, (",",))[1:]
        if len(letters) != 1:
            raise Unreadable("a family of functions with several indices is not read", node.place)
        if not behind:
            return None, None
        marks = split(trimmed(behind[0]), ("=",))
        dots = len(behind) == 3 and len(behind[1]) == 1 and name_of(behind[1][0]).endswith("dots")
        if not dots or len(marks) != 2 or plain_text(marks[0]) != letters[0]:
            raise Unreadable("over which index does the family of functions run?", node.place)
        return Values(self.scope).integer(trimmed(marks[1])), self.size(trimmed(behind[2]))

    def _cartesian(self, tokens: Tokens) -> list[tuple[Expr, Expr]]:
        return [self._set(trimmed(part))[1] for part in split(tokens, ("times",))]

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
            if len(right.rows) > 1 and any(len(row) > 1 for row in right.rows):
                return False  # rows of several numbers: a diagonal, or a whole matrix
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
            count = self.size(bracketed(ends) or ends) + int(family.low == 0)
            shape = (count, family.rows) if turned else (family.rows, count)
            key = self.scope.declare(left.text, Symbolic(Var(left.text, *shape)), left.style)
            found = self._value_of(key)
            if not isinstance(found, Var):
                return False
            value = found
        else:
            return False
        if isinstance(family, FamilyName) and self.stacked(family, value, turned):
            return True
        if value.shape[1] == 1 and (family is None or (isinstance(family, FamilyName) and family.rows == 1)):
            if isinstance(family, FamilyName) and family.count == 1:
                self.scope.rows_for_members(family.name, lambda at: ex.Entry(value, at))
                self._gone_into(family, value)
            self.scope.declare(first.text, Rows(value, True), first.style)  # the entries of a vector
            return True
        if isinstance(family, FamilyName) and family.count == 1 and value.shape[1] != 1:
            self.scope.rows_for_members(
                family.name, lambda at: ex.Transpose(ex.Row(value, at)) if turned else ex.Col(value, at)
            )
            self._gone_into(family, value)
        self.scope.declare(first.text, Rows(value, turned), first.style)
        return True

    def _gone_into(self, family: FamilyName, value: Var) -> None:
        """Members that are the entries of a vector of the same letter: what has been said of them is now said of it,
        and is not forgotten with the family.
        """
        if family.name == value.name:
            self.scope.names.pop(f"{family.name}[]", None)

    def stacked(self, family: FamilyName, matrix: Var, turned: bool) -> bool:
        """Define a matrix by its rows (``turned``) or columns where these are random, or given by a rule: it is what
        they make it.  Of a matrix with a definition of its own the equation is a hypothesis.
        """
        random = {law.target.name for law in self.scope.context.random}
        known = {definition.target for definition in self.scope.context.definitions}
        ruled = self.scope.has_rule(family.name)
        if family.count != 1 or family.columns != 1 or not (ruled or (family.name in random and matrix not in known)):
            return False
        column = matrix.shape[1] == 1 and family.rows == 1
        count = matrix.shape[0] if turned or column else matrix.shape[1]
        at = self.scope.index(family.letters[0] if family.letters else "i")
        first = 0 if family.low == 0 else 1
        member, unit = ex.Member(family.name, family.rows, family.columns, at), ex.Unit(count, at + 1 - first)
        one = ex.Mul(unit, ex.Transpose(member)) if turned or column else ex.Mul(member, ex.Transpose(unit))
        whole = ex.SumOver(one, at, first, count - 1 + first)
        if matrix in known:
            self.scope.assume(Relation(matrix, "=", whole))
        else:
            self.scope.define(Definition(matrix, whole))
        return True

    @staticmethod
    def is_index_range(piece: Piece) -> bool:
        r"""Whether a piece is ``i = 1, \dots, n``."""
        return piece.relations == ("=",) and len(split(piece.sides[1], ("dots", "ldots", "cdots"))) == 2

    def _index_range(self, piece: Piece) -> bool:
        r"""``i = 1, \dots, n``; ``1 \le i \le n``: the range of an index (and of the families just declared)."""
        if self.is_index_range(piece):
            pieces = split(piece.sides[1], ("dots", "ldots", "cdots"))
            low = Values(self.scope).integer(trimmed(pieces[0]))
            high = self.size(trimmed(pieces[-1]))
            for letter in split(piece.sides[0], (",",)):
                self._range(plain_text(letter), low, high)
            return True
        return False

    def _range(self, letter: str, low: Expr, high: Expr) -> None:
        """The families without a range whose last index the declaration wrote with that letter."""
        if low.is_Integer:
            self.scope.starts[letter] = min(self.scope.starts.get(letter, int(low)), int(low))
        self.scope.ends[letter] = high if self.scope.ends.get(letter, high) == high else None
        latest = self.latest_family()
        for name, entity in list(self.scope.names.items()):
            if not isinstance(entity, FamilyName):
                continue
            spoken = entity.name in self.scope.beside or entity.name == latest
            if letter in entity.letters and spoken and low == ONE and letter not in dict(entity.sizes):
                entity = replace(entity, sizes=(*entity.sizes, (letter, high)))
                self.scope.names[name] = entity
            if entity.low is not None or letter in entity.letters[:-1]:
                continue
            beside = entity.letters[-1:] == (letter,) and entity.name in self.scope.beside
            if beside or entity.name == latest:
                self.scope.names[name] = replace(entity, low=low, high=high)
                self.scope.bound(entity.name, low, high)

    def latest_family(self) -> str:
        families = [e.name for e in self.scope.names.values() if isinstance(e, FamilyName)]
        return families[-1] if families else ""


def _labelled(names: list[Node]) -> frozenset[str]:
    r"""The names of a list such as ``a_f, a_i, a_o`` or ``W_q, W_k, W_v``, whose marks tell them apart: some of the
    letters below one name are no indices by custom, or they are those of queries, keys and values.
    """
    found: set[str] = set()
    for text in {node.text for node in names}:
        alike = [node for node in names if node.text == text and [mark for mark, _ in node.scripts] == ["_"]]
        below = [plain_text(node.scripts[0][1]) for node in alike]
        if len(set(below)) < 2 or not all(len(letter) == 1 and letter.islower() for letter in below):
            continue
        if _are_labels(set(below)):
            found |= {name_with(text, node.scripts) for node in alike}
    return frozenset(found)


def _are_labels(letters: set[str]) -> bool:
    """Whether the letters below one name tell names apart, and are no indices."""
    others = letters - INDEX_LETTERS
    return len(letters) > 1 and bool(others or ("q" in letters and letters <= set("qkvo")))


def is_word(tokens: Tokens) -> bool:
    r"""Whether a subscript is a word that makes a name: ``\text{new}``, ``\mathrm{old}``, ``new``, ``xx``, ``hh``."""
    tokens = stripped(tokens)
    if not tokens:
        return False
    if any(t.kind == "text" for t in tokens):
        return True
    text = plain_text(tokens)
    if text in ("+", "-"):
        return True
    styled = tokens[0].kind == "command" and STYLES.get(tokens[0].text) == "upright"
    letters = all(t.kind == "char" and t.text.isalpha() for t in (tokens if not styled else tokens[1:2]))
    if styled:
        return len(text) > 1 and text.isalpha()
    custom = INDEX_LETTERS if len(text) == 1 else PAIRED_LETTERS
    return letters and text.islower() and (text in LABELS or any(c not in custom for c in text))


def _power(where: Tokens) -> tuple[Tokens, Tokens]:
    r"""A set in braces and its power: ``\{0, 1\}`` and ``n`` of ``\{0, 1\}^n``."""
    at = next(
        (k for k, t in enumerate(where) if k and t.kind == "sup" and name_of(where[k - 1]) in ("}", "rbrace")), None
    )
    if at is None:
        return where, ()
    power, end = _argument(where, at + 1)
    if end != len(where):
        raise Unreadable(f"the set {latex_of(where)} is not known", where[0].place)
    return where[:at], power


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


def _is_other_pair(hypothesis: Hypothesis, value: Expression, signs: bool) -> bool:
    """Whether a hypothesis says of a value, or of another member of its family, that it is 0 or 1 where it is now 1 or
    -1 (``signs``), or the other way round.
    """
    if not isinstance(hypothesis, Relation) or hypothesis.op != "=" or len(hypothesis.left.operands) != 2:
        return False
    square, right = hypothesis.left, hypothesis.right
    before = square.operands[0]
    if square not in (ex.Pow(before, Num(2)), ex.Hadamard(before, before)):
        return False
    if getattr(before, "name", "") != getattr(value, "name", None):
        return False
    return right == before if signs else right in (Num(1), ex.Ones(*before.shape))
