"""For how long what a sentence says holds: properties, laws and independence, as firmly as they are put.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import combinations

from everystep.algebra import expressions as ex
from everystep.algebra.context import Hypothesis, Random, Relation
from everystep.algebra.expressions import Expression, Num
from everystep.algebra.shapes import ONE
from everystep.reader import patterns as re
from everystep.reader.commuting import commuting_pairs, may_commute
from everystep.reader.entities import SaidAt, Symbolic, Told
from everystep.reader.every_index import is_spoken_of, of_every_index
from everystep.reader.independence import Group, groups_of, is_drawn_alike, named
from everystep.reader.least_squares import called_least_squares, is_system_solved, system
from everystep.reader.marks import plain_text
from everystep.reader.name_lists import is_dotted, is_names
from everystep.reader.pieces import Piece, letters_of, names_in, random_names, trimmed, without_index
from everystep.reader.projections import projection, speaks_of_projection
from everystep.reader.prose import Sentence, Stance, is_question, stance
from everystep.reader.quantified import Quantified
from everystep.reader.rival_suppositions import is_rival
from everystep.reader.said import Said
from everystep.reader.source import Token, Tokens
from everystep.reader.subspaces import equation, is_orthogonal_to_others, is_part_of, is_subspace, of_columns
from everystep.reader.syntax import parse
from everystep.reader.trees import Unreadable, latex_of, name_of, note_above, relation_of, split
from everystep.reader.values import Values
from everystep.reader.words import is_iid, plain

_BY_A_MATRIX = re.compile(
    r"\s?-\s?(?:orthogonal|orthonorm|conjugate|conjugu|unitary|unitaire|symmetric|symetrique|self-?adjoint|auto-?adjoint|"
    r"invariant|isometr)\w*"
)


_PROPERTY_NOUNS = (
    (r"symm?etr", "symmetric"),
    (r"orthogonal", "orthogonal"),
    (r"inver", "invertible"),
    (r"idempot", "idempotent"),
)
_CALLED_UPON = re.compile(
    r"\b(?P<noun>symmetry|symetrie|orthogonality|orthogonalite|invertibility|inversibilite|idempotence|idempotency) "
    r"(?:of|de)(?: (?:the|our|la|les|both|matrix|matrices|matrice))*\W*$"
)


def _names_listed(tokens: Tokens) -> list[Tokens]:
    """The names of a list, none where it is something else."""
    return split(trimmed(tokens), (",",)) if is_names(trimmed(tokens)) else []


class Settling(Quantified):
    """Keeps what has been said for as long as the sentence means it."""

    def commuting(self, tokens: Tokens, sentence: Sentence) -> None:
        """Of square matrices: they commute with each other, as firmly as the sentence says it."""
        around = (sentence.before, sentence.after, tokens, sentence.earlier)
        pairs = commuting_pairs(*around, sentence.later)
        how = stance(sentence, needs_verb=False)
        if how is Stance.NOTHING:
            return
        spoken = {letter for name in may_commute(*around) if not pairs for letter in letters_of(name)}
        self.scope.unsure.update(dict.fromkeys(spoken - self.scope.unsure.keys(), "commuting, or the like"))
        told = [h for h in self.scope.context.hypotheses if isinstance(h, Relation) and is_commutation(h)]
        self.scope.doubt(h for h in told if spoken & names_in(h))
        for pair in pairs:
            self.commute(pair, how)

    def commute(self, pair: tuple[Tokens, Tokens], how: Stance) -> None:
        """Of two square matrices: they commute."""
        held = self.scope.context.hypotheses
        reader = Values(self.scope)
        a, b = (reader.finished(reader.read(name)) for name in pair)
        if a.shape == b.shape and a.shape[0] == a.shape[1]:
            self.scope.assume(Relation(ex.Mul(a, b), "=", ex.Mul(b, a)))
            self._settle(held, how, Piece(pair, ("=",)), "they commute")

    def say(self, said: Said, name: Tokens, piece: Piece) -> None:
        """Give a property to a name, as firmly as the sentence does."""
        if said.word:
            if self.is_read(said.word, name):
                return
            self.scope.unsure.update(dict.fromkeys(letters_of(without_index(name)), said.word))
            return
        held = self.scope.context.hypotheses
        try:
            self._property(said.kind, name)
        except Unreadable:
            letters = [letter for letter in letters_of(name) if letter != "I" or self.scope.find("I") is not None]
            if said.stance is Stance.DOUBTFUL and not letters:
                return  # "with covariance $\sigma^2 I$": of what has no size of its own nothing is in doubt
            raise
        for h in self.scope.context.hypotheses if piece.relations in (("in",), ()) and not self.of_some else ():
            found = of_every_index(h, self.scope) if h not in held else None
            if found is not None and not is_spoken_of(found[1], self.scope):  # said of the general member of a family
                self.scope.assume(found[0])
        self._settle(held, said.stance, piece, f"${latex_of(trimmed(name))}$ is {said.kind}")
        if said.stance is Stance.ASSUMED and piece.relations == ("in",) and not self.supposes:
            fresh = [h for h in self.scope.context.hypotheses if h not in held]
            self.scope.introduced.update(dict.fromkeys(fresh, frozenset(letters_of(without_index(name)))))

    def _settle(self, held: tuple[Hypothesis, ...], how: Stance, piece: Piece, said: str = "") -> None:
        """Keep the hypotheses that have come to those held before for as long as the sentence means them."""
        before = set(held)
        fresh = [h for h in self.scope.context.hypotheses if h not in before]
        if not fresh:
            return
        if not said:
            signs = [*map(_sign, piece.relations), ""]
            said = " ".join(f"{latex_of(side)} {sign}" for side, sign in zip(piece.sides, signs, strict=True))
            said = f"${said.strip()}$"
        line = piece.place.line if piece.place is not None else 0
        self.scope.lines.update(dict.fromkeys(fresh, SaidAt(said, line, self.sentence)))
        if how is Stance.ASSUMED and self.supposes and self.in_a_task:
            how = Stance.CASE  # "show that for $A$ symmetric"
        if how is Stance.WITHIN:
            self.scope.temporary += fresh
        elif how is Stance.CASE:
            if self.scope.case_sentence != self.sentence:
                self.scope.drop_case()
            self.scope.case_sentence = self.sentence
            self.scope.case += fresh
        elif how is not Stance.ASSUMED:
            self.scope.doubt(fresh)
        elif self.constrains:  # of another problem than the last constraint
            if self.scope.constraint_sentence != self.sentence:
                self.scope.doubt(h for h in self.scope.constraints if h in self.scope.context.hypotheses)
                self.scope.constraints.clear()
            self.scope.constraint_sentence = self.sentence
            self.scope.constraints += fresh
        elif self.supposes:
            self._suppose(fresh)

    def _suppose(self, fresh: list[Hypothesis]) -> None:
        """Keep what a sentence supposes; what an earlier one has supposed in its place is in doubt from here on."""
        lines = self.scope.lines
        earlier = [h for h in self.scope.supposed if h in lines and lines[h].sentence != self.sentence]
        rivals = [h for h in earlier if any(is_rival(h, new, self.anew) for new in fresh)] if not self.as_well else []
        self.scope.doubt(h for h in rivals if h in self.scope.context.hypotheses)
        self.scope.supposed += fresh

    def _settle_laws(self, before: tuple[Random, ...], how: Stance) -> None:
        """Keep the laws that have come to those before for as long as the sentence means them."""
        old = {law.target.name: law for law in before}
        if how is Stance.DOUBTFUL:
            fresh = [law for law in self.scope.context.random if law not in before]
            self.scope.unsure.update(dict.fromkeys((law.target.name for law in fresh), "as words say in doubt"))
        self._tell([Told(r, old.get(r.target.name)) for r in self.scope.context.random if r not in before], how)

    def _tell(self, told: list[Told], how: Stance) -> None:
        """What has been said of chance holds for as long as the sentence means it."""
        if how is Stance.ASSUMED:
            self.scope.told += told
            self.scope.told_supposed += told if self.supposes else []
        elif how is Stance.WITHIN:
            self.scope.told_within += told
        elif how is Stance.CASE:
            if told and self.scope.case_sentence != self.sentence:
                self.scope.drop_case()
                self.scope.case_sentence = self.sentence
            self.scope.told_case += told
        else:
            self.scope.unsay(told)

    def _independence(self, tokens: Tokens, sentence: Sentence) -> None:
        """Random names that a sentence calls independent of each other, or i.i.d."""
        names, alone = self._names_spoken_of(tokens)
        text = f"{sentence.before} $ {sentence.after}"
        key, seen = self.scope.sentence
        seen = {**(seen if key == self.sentence else {}), sentence.before.count("$"): alone}
        if sentence.before.count("$") == len(sentence.earlier):  # also names that a later formula declares
            ahead = {k: self._names_spoken_of(formula)[1] for k, formula in enumerate(sentence.earlier)}
            seen = {**ahead, **seen}
        self.scope.sentence = (self.sentence, seen)
        how = stance(sentence, needs_verb=False, any_words=True)
        if how in (Stance.NOTHING, Stance.DOUBTFUL):
            return
        groups = [group for group in groups_of(text) if group.places <= seen.keys()]
        told = [
            Told(group=together)
            for group in groups
            if all(seen[k] for k in group.places)
            for together in named(group, seen)
        ]
        across = [
            together for g in groups if not g.within and all(seen[k] for k in g.places) for together in named(g, seen)
        ]
        within, parts = independent_in(tokens)  # $x \text{ independent of } y$
        if all(parts):
            told += [Told(group=together) for group in within for together in named(group, parts)]
            across += [together for group in within if not group.within for together in named(group, parts)]
        if is_drawn_alike(sentence.before, sentence.after) or is_iid(note_above(tokens)):
            told.append(Told(iid=names - self.scope.iid))
        told = [said for said in told if said.iid or said.group not in self.scope.independent]
        self.scope.independent += tuple(said.group for said in told if said.group)
        self.scope.crosswise |= set(across)
        self.scope.iid = self.scope.iid.union(*(said.iid for said in told))
        self._tell(told, how)

    def in_subspace(self, tokens: Tokens, sentence: Sentence) -> None:
        """The vector before, or the columns of the matrix before, in a subspace of a matrix, as an equation."""
        subject = self._subject(sentence.earlier[-1]) if sentence.earlier else ()
        matrix = self._subject(tokens)
        *before, near = plain(sentence.before).split("$")
        sides = equation(near, "$".join(before), subject, matrix) if subject and matrix else None
        how = stance(sentence, needs_verb=False, any_words=True)
        if subject and how is not Stance.NOTHING and sides is None and is_orthogonal_to_others(near):
            self.scope.unsure.update(dict.fromkeys(letters_of(subject), "orthogonal"))
        if sides is None or how is Stance.NOTHING:
            return
        entity, space = (Values(self.scope).entity_of(parse(name))[0] for name in (subject, matrix))
        is_vector = isinstance(entity, Symbolic) and entity.value.shape[1] == ONE
        if not isinstance(space, Symbolic) or space.value.shape[1] == ONE:
            return  # the image of a function
        of_lines = of_columns(near, "$".join(before))
        if is_part_of("$".join(before)) if is_vector else not of_lines:
            return
        held = self.scope.context.hypotheses
        self.relation(sides[0], "=", sides[1])
        self._settle(held, how, Piece(sides, ("=",)))
        for name in letters_of(subject):
            if is_subspace(self.scope.unsure.get(name, "")):
                del self.scope.unsure[name]

    def called_upon(self, tokens: Tokens, sentence: Sentence) -> None:
        """A property that words call upon, "using the symmetry of $A$", may be assumed of the name."""
        found = _CALLED_UPON.search(plain(sentence.before))
        if found is None:
            return
        for kind in (kind for noun, kind in _PROPERTY_NOUNS if re.match(noun, found["noun"])):
            for name in _names_listed(tokens):
                with suppress(Unreadable):
                    self.say(Said(Stance.DOUBTFUL, kind), name, Piece((name,), ()))

    def said_by_a_matrix(self, tokens: Tokens, sentence: Sentence) -> None:
        """ "$A$-orthogonal", "$M$-orthonormal", "$H$-conjugate": of what is called so no mistake is claimed."""
        called = _BY_A_MATRIX.match(plain(sentence.after))
        if called is None:
            return
        for name in {name for formula in sentence.earlier for name in random_names(formula)} - random_names(tokens):
            self.scope.unsure.setdefault(name, f"${latex_of(tokens)}${called.group().strip()}")

    def projected(self, tokens: Tokens, sentence: Sentence) -> bool:
        """Take what words call the orthogonal projection of a vector onto a subspace of the matrix before; False where
        they call nothing so.
        """
        space = self._subject(tokens)
        found = projection(sentence.before, sentence.after, sentence.earlier, space, sentence.later) if space else None
        how = stance(sentence, needs_verb=False, any_words=True)
        if found is None or self.scope.other_geometry or self.scope.notation.keys() & {"<", "‖"}:
            return False
        name = self._subject(found.name)
        named = found.names_it and not is_question(sentence) and self.is_new(name)
        if how is not Stance.ASSUMED and not named:
            return True
        entity = Values(self.scope).entity_of(parse(space))[0]
        if not name or not isinstance(entity, Symbolic) or (found.onto_a_line and entity.value.shape[1] != ONE):
            return True
        known = Values(self.scope).entity_of(parse(name))[0]
        if isinstance(known, Symbolic) and any(d.target == known.value for d in self.scope.context.definitions):
            self._may_be_another(known.value, found.value, name)
            return True
        self.define(name, found.value)
        for letter in letters_of(name):
            if speaks_of_projection(self.scope.unsure.get(letter, "")):
                del self.scope.unsure[letter]
        return True

    def least_squares(self, tokens: Tokens, sentence: Sentence) -> bool:
        """Take what words call the least-squares solution: it solves the normal equations of the system that they name,
        else of the one matrix and the one vector of its length that are declared.  Whether it is known of which.
        """
        name = self._subject(tokens)
        called = called_least_squares(sentence.before, sentence.after) if name else None
        if called is None or stance(sentence, needs_verb=False, any_words=True) is not Stance.ASSUMED:
            return False
        data = self._system(sentence.later[0]) if called else self._only_data()
        known = Values(self.scope).entity_of(parse(name))[0]
        if data is None or not (known is None or (isinstance(known, Symbolic) and not self._is_spoken_of(known.value))):
            return False
        matrix, target = data
        if known is None:
            self.introduce(parse(name), matrix.shape[1], ONE)
        value = Values(self.scope).read(name)
        if value.shape != (matrix.shape[1], ONE):
            return False
        normal = Relation(ex.Mul(ex.Transpose(matrix), matrix, value), "=", ex.Mul(ex.Transpose(matrix), target))
        self.scope.assume(normal)
        return True

    def only_solved(self, tokens: Tokens, sentence: Sentence) -> bool:
        """Whether a formula is a system that is solved in the sense of least squares, and so no equation that holds;
        its letter is a column where nothing declares it.
        """
        data = self._system(tokens) if is_system_solved(sentence.before) else None
        found = system(trimmed(tokens)) if data is not None else None
        if data is None or found is None:
            return False
        letter = parse(found[1])
        if Values(self.scope).entity_of(letter)[0] is None:
            self.introduce(letter, data[0].shape[1], ONE)
        return True

    def _system(self, formula: Tokens) -> tuple[Expression, Expression] | None:
        """The matrix and the right side of a linear system, where both are declared and fit."""
        found = system(trimmed(formula))
        if found is None:
            return None
        matrix, _, right = found
        known = [Values(self.scope).entity_of(parse(side))[0] for side in (matrix, right)]
        if not all(isinstance(entity, Symbolic) for entity in known):
            return None
        values = [entity.value for entity in known if isinstance(entity, Symbolic)]
        fits = ONE not in values[0].shape and values[1].shape == (values[0].shape[0], ONE)
        return (values[0], values[1]) if fits else None

    def _only_data(self) -> tuple[Expression, Expression] | None:
        """The one matrix that is not square and the one vector that has its length; None where there are others."""
        values = [entity.value for entity in self.scope.names.values() if isinstance(entity, Symbolic)]
        tables = {value for value in values if ONE not in value.shape}
        if len(tables) != 1:
            return None
        (table,) = tables
        columns = {value for value in values if value.shape == (table.shape[0], ONE)}
        if table.shape[0] == table.shape[1] or len(columns) != 1:
            return None
        return table, columns.pop()

    def _is_spoken_of(self, value: Expression) -> bool:
        """Whether something is given of a name."""
        context = self.scope.context
        said = {name for hypothesis in context.hypotheses for name in names_in(hypothesis)}
        return bool(value.names & (said | {d.target.name for d in context.definitions}))

    def _may_be_another(self, known: Expression, value: Tokens, name: Tokens) -> None:
        """Words some way behind may give a name that has a value another one: "now let $p$ be the projection"."""
        given = self.scope.given.get(plain_text(name))
        if given == (self.scope.displays, self.scope.part):
            return
        bodies = [d.body for d in self.scope.context.definitions if d.target == known]
        reader = Values(self.scope)
        if reader.finished(reader.read(value)) not in bodies:
            line = name[0].place.line
            self.scope.unclear[plain_text(name)] = f"line {line} may make {plain_text(name)} another projection or not"

    def _names_spoken_of(self, tokens: Tokens) -> tuple[frozenset[str], frozenset[str]]:
        """The names in a formula, and those that what is said of it is said of: none for one that is no list."""
        names = frozenset(name for t in tokens if (name := name_of(t)).isalpha() and t.kind != "text")
        return names, names | random_names(tokens) if self._names_alone(tokens) else frozenset[str]()

    @staticmethod
    def _names_alone(tokens: Tokens) -> bool:
        """Whether a formula is made of names, maybe with what they are.  "u + v" may be independent of w, and not u."""
        end = next((k for k in range(len(tokens)) if relation_of(tokens, k)[0]), len(tokens))
        return is_names(tokens[:end]) or is_dotted(tokens[:end])

    def _upright(self, names: Sequence[Tokens], said: Said, piece: Piece) -> None:
        """Of some vectors: any two are orthogonal to each other, and of orthonormal ones each is of length one."""
        held = self.scope.context.hypotheses
        reader = Values(self.scope)
        vectors = [reader.finished(reader.read(trimmed(name))) for name in names]
        for a, b in combinations(vectors, 2):
            self.scope.assume(Relation(ex.Mul(ex.Transpose(a), b), "=", Num(0)))
        for a in vectors if said.kind == "orthonormal" else ():
            self.scope.assume(Relation(ex.Mul(ex.Transpose(a), a), "=", Num(1)))
        self._settle(held, said.stance, piece)


def is_commutation(said: Relation) -> bool:
    """Whether an equation says that two matrices commute."""
    left, right = said.left, said.right
    return said.op == "=" and isinstance(left, ex.Mul) and right == ex.Mul(*reversed(left.operands))


def independent_in(tokens: Tokens) -> tuple[list[Group], list[frozenset[str]]]:
    r"""What the words of a formula call independent, ``x \text{ independent of } y``, and the names of its parts:
    none for one that is no list of names.
    """
    parts: list[list[Token]] = []
    text = ""
    for token in tokens:
        if token.kind == "text" or name_of(token) == ",":
            text += f" {token.text} "
        elif token.kind != "space":
            if not text.endswith("$"):
                text += "$"
                parts.append([])
            parts[-1].append(token)
    names = []
    for part in parts:
        end = next((k for k in range(len(part)) if relation_of(tuple(part), k)[0]), len(part))
        names.append(random_names(tuple(part)) if is_names(tuple(part[:end])) else frozenset[str]())
    return groups_of(text), names


def _sign(relation: str) -> str:
    return {"<=": "\\le", ">=": "\\ge", "!=": "\\ne", "succ": "\\succ", "succeq": "\\succeq"}.get(relation, relation)
