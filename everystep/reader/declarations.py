"""Declarations: what ``%!`` lines, inline mathematics and definitions say of names, and what they assume.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import product

from sympy import Integer

from everystep.algebra import expressions as ex
from everystep.algebra.context import EVERY, Relation
from everystep.algebra.expressions import Int, Num, Var
from everystep.algebra.functions import FUNCTIONS
from everystep.algebra.shapes import ONE, index
from everystep.reader import patterns as re
from everystep.reader import words
from everystep.reader.at_large import at_large
from everystep.reader.beside_numbers import is_unknown_name
from everystep.reader.chance_words import draws_once, is_an_outcome, may_be_random
from everystep.reader.cleaning import tokenize
from everystep.reader.components import whole_of
from everystep.reader.data_sets import members_listed
from everystep.reader.decomposed_letters import names_something_else
from everystep.reader.descriptions import (
    depends_on,
    is_made_of,
    is_orthogonal_to_another,
    is_replaced,
    property_of_function,
    unknown_description,
)
from everystep.reader.entities import DefinedFunction, FamilyName, OpaqueFunction, ScalarFunctionName, Size, Symbolic
from everystep.reader.every_index import bounds_none, counted, is_quantifier, of_every_index
from everystep.reader.generality import called_any, called_vector, is_general
from everystep.reader.givings import Giving, concludes_of_a_thing, giving, names_a_thing
from everystep.reader.implicit_equations import is_governing
from everystep.reader.independence import named
from everystep.reader.kinds import speaks_of_basis
from everystep.reader.lines import is_ordinal, vector_of_numbers
from everystep.reader.marks import bracketed, plain_text
from everystep.reader.name_lists import general_member, is_names
from everystep.reader.named_functions import (
    APPLIED,
    IN_OTHER_WORDS,
    NAMED_IN_WORDS,
    OPAQUE,
    UNKNOWN,
    named_function,
)
from everystep.reader.one_hot import class_named, give_classes, of_class
from everystep.reader.pieces import (
    UNCLEAR,
    Piece,
    is_value,
    letters_in,
    letters_of,
    pieces_of,
    takes_several_values,
    trimmed,
)
from everystep.reader.prose import (
    Sentence,
    Stance,
    by_entries,
    denies,
    is_constraint,
    is_example,
    is_for_a_case,
    is_hypothetical,
    is_solved,
    is_start,
    stance,
    supposes,
)
from everystep.reader.reservations import begins_task, introduces, introduces_another, speaks_of_any
from everystep.reader.rival_suppositions import key_of, supposes_anew, supposes_as_well
from everystep.reader.said import said_of
from everystep.reader.said_of_declared import THAT_IS, says_what_is_declared
from everystep.reader.second_values import tells_of_a_change
from everystep.reader.settling import Settling, independent_in
from everystep.reader.signs import GREEK
from everystep.reader.source import Tokens
from everystep.reader.stated_moments import is_moment
from everystep.reader.stationarity import is_set_to_zero, is_slope, sets_to_zero
from everystep.reader.sums_to_one import sum_to_one
from everystep.reader.syntax import parse
from everystep.reader.tokens import listed
from everystep.reader.trees import Unreadable, latex_of, name_of, note_above, relation_of, split, stripped
from everystep.reader.upstream import named_gradient, told_loss, upstream_loss
from everystep.reader.values import Values
from everystep.reader.words import plain

NOT_SAID = (
    r"this declares nothing; write a relation (X \in \mathbb{R}^{n \times d}), words (A \text{ symmetric}) "
    r"or an order (problem, skip, define, assume, layout)"
)


_EXCEPT = re.compile(
    r"\b(except|save|apart|other than|but|unless|only|some|if|when|whenever|sauf|hormis|excepte|seulement|si|lorsque|"
    r"quand|quelque|quelques|certains)\b"
)
_LETS = re.compile(r"\b(let|soit|consider|considerons|take|prenons)( now| maintenant)?\W*$")
_JOINING = listed("and et where with ou avec")
_WHEN = re.compile(
    r"\b(for|when|whenever|if|where|case|pour|si|lorsque|quand|cas)( that| the case)?\W*$|\bif \$ and\W*$"
)
_BOTH = re.compile(r"\b(both|whether|tant|que ce soit)\b[^.;:]*$")
_AND_NOT = re.compile(r"\W*(and|as well as|or|et|comme|ou)( (for|when|if|pour|si|lorsque|quand))? \$")
_ONE_HOT = re.compile(r"\bone[- ]hot\b|\bindicat(?:or|rice)\b")
"""What one-hot vectors are is known: "so that $y_k = \\delta_{kc}$" adds nothing."""
_SO_THAT = re.compile(
    r"(?:\b(?:so that|de sorte que|si bien que)|\((?:so|hence|thus|therefore|donc|ainsi))\b[ ,;]*"
    r"(?:\$[ ,;]*(?:(?:and|et)\b ?)?)*$"
)
_AGAIN = re.compile(r"^\W*(now|here|this time|maintenant|ici|cette fois)\b[^;:]*$")
_AGAIN_BEHIND = re.compile(r"^\W*(again|now|this time|a nouveau|de nouveau|maintenant|cette fois)\b")
"""Words by which a section says anew what a name is: "now $y_i \\in \\{0, 1\\}$ again"."""
_UNIT = re.compile(
    r"\b(one-?\s?hot|(unit|basis|standard|canonical|indicator|coordinate) vectors?|"
    r"vecteurs? (de (la )?base|canonique))\b|\b(standard|canonical) basis\b|\bbase canonique\b"
)
_SUPPOSED = re.compile(
    r"\b(suppose|assume|assuming|supposing|supposons|supposez|suppose|supposant)( (that|now|further|also|que|de plus|"
    r"maintenant|the matrix|la matrice|moreover|here|throughout))*\W*$"
)
"""What is made of defined names has a property by such words only: "$B$ is symmetric" is a claim then."""
_SATISFIES = re.compile(
    r"\$,? (?:also )?(?:satisf(?:y|ies|ying)|fulfil(?:s|ls)?|obeys?|solves?|verifie(?:nt)?|satisfait|satisfont|resout)"
    r"(?: (?:the|a|this|same|linear|normal|matrix|la|le|l'|les|une?))*"
    r"(?: ?(?:systems?|equations?|relations?|conditions?|systemes?))?(?: (?:lineaires?|normales?))?\W*$"
)
_EQUALS = re.compile(
    r"\s?(?:is |est |be )?(?:equals?|egale? a|equal to|vaut|is|est) (?:to )?(\d{1,3}|one|un|two|deux)\b"
)
_UPRIGHT: dict[str, tuple[int, ...]] = {"orthogonal": (2,), "orthonormal": (2, 3, 4)}
"""What is said of several vectors together, and of how many of them."""
_WITH = re.compile(r"\b(with|avec)\W*$")
"""By these it is supposed to be invertible: "let $S := D - C$ with $S$ invertible"; "where $S$ is" may be a claim."""
_ALSO = re.compile(
    r"\b(?:so (?:has|have|is|are|does|do|will)|(?:likewise|similarly)(?: for)?|the same (?:holds|is true) (?:for|of)|"
    r"de meme (?:pour|que)|il en va de meme (?:pour|de))\W*$"
)
"""What stands before is said of what follows, too: "and so has $b$"."""
_EXPLAINED = re.compile(rf"[^$.;:]*\W{THAT_IS}[\s,]*\$")
"""What words call a name is said by a formula as well: "another solution, that is, $A x = b$"."""
_NUMBERS = re.compile(
    r"\b(?:for|let|given|pour|soient|soit) (?:all |any |two |tous |deux )?(?:real numbers?|reals|scalars|reels)\W*$"
)
_LISTED = re.compile(r"^\W*(?:,|and|et)\W*$")


_LIST_AHEAD = re.compile(r"(?:\s*\$\s*(?:,\s*(?:and|et)\b|,|and\b|et\b))+\s*$")


def _ahead_of_list(before: str) -> str:
    """The words before the first formula of the list that ends with the one at hand: "let" of "let $X$ and $Y$"."""
    return _LIST_AHEAD.sub("", before)


class Declarer(Settling):
    """Reads declarations into a scope.  All methods raise Unreadable where a declaration cannot be read."""

    def declare(self, tokens: Tokens) -> None:
        """One declaration of a ``%!`` line."""
        self.scope.introducing = self.scope.afresh = True
        tokens = trimmed(tokens)
        if not tokens:
            return
        said = " ".join(words.plain(t.text) for t in tokens if t.kind == "text")
        if "ndepend" in said and "linear" not in said:
            self._declared_independent(tokens, said)
            if not any(relation_of(tokens, k)[0] for k in range(len(tokens))):
                return
        if any(t.kind == "text" and words.is_iid(t.text) for t in tokens) or words.is_iid(note_above(tokens)):
            self.scope.iid |= {name_of(t) for t in tokens if t.kind != "text" and name_of(t).isalpha()}
        function = self._function_type(tokens)
        if function:
            return
        pieces = pieces_of(tokens)
        self.beside = tuple(pieces)
        held = self.scope.context.hypotheses
        quantified = [piece for piece in pieces if is_quantifier(piece, pieces)]
        pieces = [piece for piece in pieces if piece not in quantified]
        for piece in self._ordered(pieces):
            if not piece.relations and not piece.words:
                raise Unreadable(NOT_SAID, tokens[0].place)
            self._piece(piece)
        self._at_every_pair(held)
        for piece in self.beside:
            if self.is_index_range(piece):
                self._at_every_index(held, piece)
        fresh = [h for h in self.scope.context.hypotheses if h not in held]
        found = ((h, of_every_index(h, self.scope)) for h in fresh)
        self.scope.at_an_index += tuple(h for h, every in found if every and bounds_none(tuple(pieces), every[1]))

    def _declared_independent(self, tokens: Tokens, said: str) -> None:
        r"""``x, y \text{ independent}``, ``x \text{ independent of } y``."""
        groups, names = independent_in(tokens)
        if not groups and not re.search(r"\b(not|non|pas)\b", said):
            raise Unreadable(f"{said.strip()!r}: of what these are independent is not understood", tokens[0].place)
        if any(name_of(t) in ("+", "-", "(", "*") for t in tokens):
            raise Unreadable("independence is said of names", tokens[0].place)
        for group in groups:
            self.scope.independent += tuple(named(group, names))
            self.scope.crosswise |= frozenset(() if group.within else named(group, names))

    def _chance_told(self, pieces: list[Piece], subjects: list[Piece], sentence: Sentence) -> None:
        """What words say of chance beside a formula where no law is read from them."""
        if may_be_random(sentence.before, sentence.after) and not words.says_random(sentence.before, sentence.after):
            self.scope.lawless |= self._names_of(subjects)
        if is_an_outcome(sentence.before, sentence.after):
            self.scope.outcomes |= self._names_of(subjects)
        drawn = [p for p in pieces if p.relations[:1] == ("sim",)]
        if drawn and draws_once(f"{sentence.before} $ {sentence.after}", True):
            self.scope.doubt_entries(self._names_of(drawn))

    def _names_of(self, pieces: list[Piece]) -> set[str]:
        """The names that pieces speak of: ``w`` of a hat on it, and the letter in it."""
        found = {n for p in pieces for n in letters_of(p.sides[0])}
        for name in (name for p in pieces for name in split(p.sides[0], (",",)) if trimmed(name)):
            with suppress(Unreadable):
                value = Values(self.scope).read(trimmed(name))
                found |= value.names if len(value.names) == 1 else set()
        return found

    def mention(self, tokens: Tokens, sentence: Sentence) -> None:
        """Inline mathematics of the prose: it may declare, or be what words speak of."""
        tokens = trimmed(tokens)
        if not tokens or is_ordinal(tokens, sentence.after) or self.only_solved(tokens, sentence):
            return
        listed = members_listed(tokens, sentence)
        if listed:
            self._piece(Piece(tuple(trimmed(side) for side in pieces_of(listed)[0].sides), ("in",)))
            return
        if self._function_type(tokens):
            for said in said_of(sentence):
                self.scope.unsure.update(dict.fromkeys(letters_of(tokens[:1]), said.word or said.kind))
            if called := unknown_description(sentence, function=True) or property_of_function(sentence):
                self.scope.unsure.update(dict.fromkeys(letters_of(tokens[:1]), called))
            self._called_function(tokens[:1], sentence)
            return
        if len(tokens) > 2 and tokens[1].kind == "sub" and names_something_else(sentence.before, sentence.after):
            letter = name_of(tokens[0])
            self.scope.unclear.setdefault(f"{letter}[]", f"what {letter} stands for with an index was not read")
        function = isinstance(self.scope.find(name_of(tokens[0])), ScalarFunctionName | OpaqueFunction)
        self._called_numbers(tokens, sentence)
        if function and len(tokens) == 1 and (called := property_of_function(sentence)):
            self.scope.unsure.setdefault(name_of(tokens[0]), called)
        if told_loss(self.scope, tokens, sentence) or self._called_function(tokens, sentence):
            return
        formulas = (*sentence.earlier, tokens, *sentence.later)
        self.scope.counted |= counted(formulas, f"{sentence.before}${sentence.after}")
        upstream_loss(self.scope, tokens, sentence)
        gradient = named_gradient(tokens, sentence)
        if gradient is not None and self._has_no_value(gradient[0]):
            self.define_from(*gradient)
            return
        pieces = [p for p in self._ordered(pieces_of(tokens)) if p not in self.given]
        ranges = sentence.later if re.match(r"[\s,(]*(for|with|where|when|pour|avec|si|if)\b", sentence.after) else ()
        self.beside = (*pieces_of(tokens), *(p for tokens_ in ranges[:1] for p in pieces_of(trimmed(tokens_))))
        if words.says_identity(sentence.before, sentence.after):
            pieces = [p for p in pieces if not self._is_identity(p)]
        self.more = "$" in sentence.after
        self.supposes = supposes(sentence)
        self.anew = supposes_anew(f"{sentence.before} {sentence.after}")
        self.as_well = supposes_as_well(f"{sentence.before} {sentence.after}")
        self.of_some = _EXCEPT.search(re.split(r"[.;:](?:\s|$)", plain(sentence.after))[0]) is not None
        self.is_unit = False
        near = f"{plain(sentence.before).rsplit('$', 1)[-1]} {plain(sentence.after).split('$')[0]}"
        self.unit_told = _UNIT.search(near) is not None and not denies(sentence)
        self.own_numbers = vector_of_numbers(sentence)
        self.told_by_entries = by_entries(sentence)
        self.in_a_task = begins_task(sentence.before)
        self.constrains = is_constraint(sentence)
        self.sentence = key_of(sentence, self.scope.displays)
        held = self.scope.context.hypotheses
        taken = self.decomposed(tokens, sentence) or self.eigen(tokens, sentence)
        if taken is not None:
            self._settle(held, taken, Piece((tokens,), ()), f"${latex_of(tokens)}$")
            return
        subjects = [p for p in pieces if not p.relations or p.relations[0] in ("in", ":=")]
        for piece in subjects:
            if not piece.relations:
                self.speaks_of_a_function(trimmed(piece.sides[0]))
            self.scope.spoken_in.update(dict.fromkeys(letters_of(piece.sides[0]), self.scope.section))
        if is_general(sentence):
            self._any_value(subjects)
        elif _LETS.search(plain(sentence.before)):
            for name in (trimmed(p.sides[0]) for p in subjects if not p.relations):
                self.scope.let_again(name_of(name[0]) if len(name) == 1 else "")
        for letter in letters_of(tokens):
            self.scope.arbitrary.pop(letter, None)
        self._called_any(subjects, called_any(sentence))
        if called_vector(sentence):
            self._is_no_number(subjects)
        by = frozenset(n for formula in depends_on(sentence) for n in letters_of(formula))
        self._depends_on(subjects, by)
        if is_replaced(sentence):
            replaced = (n for piece in subjects if not piece.relations for n in letters_of(piece.sides[0]))
            self.scope.unclear.update({n: f"the text may put something else in the place of {n}" for n in replaced})
        if is_orthogonal_to_another(sentence):
            lists = (letters_in(piece.sides[0]) for piece in subjects)
            together = set[str]().union(*(letters for letters in lists if len(letters) > 1))
            self.scope.unsure.update(dict.fromkeys(together, "orthogonal to others"))
        data = is_made_of(sentence)
        if not data & {law.target.name for law in self.scope.context.random}:  # the mean of a law is a parameter
            open_ones = [p for p in subjects if p.relations[:1] != (":=",) and not _is_marked(p.sides[0])]
            self._depends_on(open_ones, data)
            unread = {n for piece in open_ones for n in letters_of(piece.sides[0])} if data else set()
            self.scope.unsure.update(dict.fromkeys(unread, "a statistic of the data"))
        self._independence(tokens, sentence)
        held, laws = self.scope.context.hypotheses, self.scope.context.random
        known = set(self.scope.names)
        self.scope.afresh = self.scope.afresh or introduces(_ahead_of_list(sentence.before), sentence.after)
        put = self.kinds(tokens, sentence)
        self._settle(held, put, Piece((tokens,), ()), f"what the words say of ${latex_of(tokens)}$ holds")
        self._settle_laws(laws, put)
        how = stance(sentence)
        plainly = stance(sentence, needs_verb=False, any_words=True)
        hypothetical = is_hypothetical(sentence)
        several = takes_several_values(pieces)
        elsewhere = [self.scope.is_from_another_section(n) for piece in subjects for n in letters_of(piece.sides[0])]
        another = introduces_another(sentence.before, sentence.after) and not denies(sentence)
        self.scope.afresh = (
            introduces(sentence.before, sentence.after)
            or another
            or (any(elsewhere) and speaks_of_any(sentence.before, sentence.after))
        )
        anew = _AGAIN.search(plain(sentence.before)) or _AGAIN_BEHIND.match(plain(sentence.after))
        again = bool(anew and pieces) and plainly is Stance.ASSUMED and pieces[0].relations == ("in",)
        put_forward = self.scope.afresh or how in (Stance.ASSUMED, Stance.CASE, Stance.WITHIN)
        self.scope.introducing = put_forward or again
        for piece in pieces:
            held, laws = self.scope.context.hypotheses, self.scope.context.random
            if self.compares_indices(piece, sentence):
                self._of_indices(piece, sentence)
                continue
            if piece.relations[:1] in (("in",), ("sim",)):
                fresh = not any(name_of(t) in self.scope.names for t in piece.sides[0])
                put = plainly
                if put is Stance.NOTHING:  # "compute the mean of x ~ N(0, 1)" says what x is
                    put = Stance.ASSUMED if fresh and not denies(sentence) else Stance.DOUBTFUL
                self._piece(piece)
                if piece is pieces[0] and piece.relations == ("in",) and put is Stance.ASSUMED:
                    self.named_together(piece.sides[1], sentence)
                self._settle(held, put, piece)
                self._settle_laws(laws, put)
            elif piece.relations[:1] == (":=",):
                self._piece(piece)
                self._settle(held, Stance.ASSUMED if how in (Stance.NOTHING, Stance.DOUBTFUL) else how, piece)
            elif piece.relations:
                ordinary = not self._is_typing(piece)
                put = how if ordinary else plainly
                if put is Stance.ASSUMED and is_solved(sentence) and not self._speaks_of(piece, sentence.earlier):
                    put = Stance.DOUBTFUL  # "let $\\hat x$ be the solution of $A x = b$": of which letter?
                if put is not Stance.NOTHING and self._is_of_another(piece, sentence):
                    put = Stance.DOUBTFUL  # "suppose that $z$ satisfies $A x = b$"
                right = piece.sides[1] if ordinary and piece.relations == ("=",) and len(piece.sides[0]) == 1 else ()
                if right and (is_value(right) or is_for_a_case(sentence, right)):
                    put = stance(sentence, special=True)
                if put is Stance.NOTHING:
                    put = plainly if self._is_listed(piece, sentence) else self._of_one_name(piece, sentence)
                if put is Stance.NOTHING and ordinary and piece.relations == ("=",):
                    put = Stance.DOUBTFUL if self._is_of_a_size(piece) and not denies(sentence) else at_large(sentence)
                unsettled = put in (Stance.NOTHING, Stance.DOUBTFUL) and not denies(sentence)
                if (
                    unsettled
                    and _SO_THAT.search(plain(sentence.before))
                    and not _ONE_HOT.search(plain(sentence.before))
                ):
                    # A moment does not follow from words: "the counts $c$, so that $\\mathbb{E}[c] = m$" gives it.
                    put = Stance.ASSUMED if self._is_moment(piece) else Stance.DOUBTFUL
                if put is Stance.DOUBTFUL and ordinary and says_what_is_declared(self.scope, piece, sentence):
                    put = Stance.ASSUMED
                if not denies(sentence) and piece.relations == ("=",) and is_start(sentence, piece.sides[0]):
                    put = Stance.DOUBTFUL
                partial = self._at_one_index(piece, sentence) or self.for_some_values(piece, sentence)
                hypothetical = hypothetical or partial
                if put is not Stance.NOTHING and (several or partial):
                    put = Stance.DOUBTFUL
                if several and piece.relations == ("=",) and self.is_new(*piece.sides):
                    self.scope.unsure.update(dict.fromkeys(letters_of(piece.sides[0]), latex_of(tokens)))
                    continue
                own = {name_of(t) for t in piece.sides[1]} & set(
                    letters_of(piece.sides[0])
                )  # "A = A^T" defines nothing
                if hypothetical and piece.relations[0] == "=" and not own and self.is_new(*piece.sides[:2]):
                    if self._is_passed_over(piece, put, is_example(sentence)):
                        continue
                elif put is Stance.NOTHING and self._is_given(piece, sentence):
                    put = Stance.ASSUMED
                elif self._is_stationarity(piece) and sets_to_zero(sentence.before, sentence.after):
                    put = Stance.WITHIN
                elif put is Stance.NOTHING and piece.relations == ("=",) and concludes_of_a_thing(sentence):
                    put = Stance.DOUBTFUL  # "hence the residual $r = b - A x$": a conclusion that is not checked
                if put is not Stance.ASSUMED and is_governing(self.scope, piece, sentence):
                    put = Stance.ASSUMED
                if put is not Stance.ASSUMED and piece.relations == ("=",) and self._is_defined_by(sentence):
                    put = Stance.ASSUMED
                if put is Stance.ASSUMED and self._gives_entries(piece, sentence):
                    continue
                if put is not Stance.NOTHING:
                    self._piece(piece)
                    self._of_every_entry(held, sentence)
                    self._of_any_entry(held, sentence)
                    if not self.of_some:
                        self._at_every_pair(held)
                    if put is Stance.ASSUMED and not self.supposes:
                        give_classes(self.scope, held)
                    self._settle(held, put, piece)
                    self._settle_laws(laws, put)
            elif is_set_to_zero(sentence.before, sentence.after) and self._is_slope(piece.sides[0]):
                place = piece.sides[0][0].place
                self.relation(piece.sides[0], "=", tokenize("0", place.file, place.line, place.column))
                self._settle(held, Stance.WITHIN, piece)
            elif piece.words and plainly is not Stance.NOTHING:
                self._piece(piece)
                self._settle(held, plainly, piece)
        held = self.scope.context.hypotheses
        self.scope.assume(*sum_to_one(self.scope, pieces, sentence))
        self._settle(held, plainly, Piece((tokens,), ()), f"${latex_of(tokens)}$ sum to one")
        self._of_its_class(subjects, sentence, plainly)
        introduced = {name for p in pieces if p.relations == ("in",) for name in letters_in(p.sides[0])} - known
        self.lines(tokens, sentence)
        solved = self.least_squares(tokens, sentence)
        if not self.projected(tokens, sentence):
            self.in_subspace(tokens, sentence)
        self.said_by_a_matrix(tokens, sentence)
        self.called_upon(tokens, sentence)
        self._size_told(tokens, sentence)
        if words.says_random(sentence.before, sentence.after) and plainly is not Stance.NOTHING:
            law = words.says_law(sentence.before, sentence.after)
            self._called_random(subjects, words.says_centred(sentence.after), law)
        self._chance_told(pieces, subjects, sentence)
        self.commuting(tokens, sentence)
        explained = solved or _EXPLAINED.match(plain(sentence.after)) is not None
        called = ("" if explained else unknown_description(sentence)) or (_ALSO.search(plain(sentence.before)) or [""])[
            0
        ]
        for piece in subjects if called else ():
            self._called_something([n for n in self._subjects(piece) if not self.is_read(called, n)], called)
        for said in said_of(sentence):
            for piece in pieces_of(tokens) if said.stance is not Stance.NOTHING else ():
                if piece.relations[:1] == ("=",) and "in" in piece.relations:
                    self.scope.unsure.update(dict.fromkeys(letters_of(piece.sides[0]), said.word or said.kind))
            if "orthonorm" in said.kind + said.word and speaks_of_basis(sentence.before):
                continue  # the vectors are what stands before "an orthonormal basis of"
            if self.is_unit and said.kind in ("one-hot", "unit"):
                continue
            if said.general and introduced:
                said = replace(said, stance=Stance.ASSUMED)  # for nonzero u in R^d
            for piece in subjects:
                names = self._subjects(piece)
                if said.kind in _UPRIGHT and len(names) == 1 and len(pieces_of(tokens)) == 1:
                    names = self._pair_with(names[0], sentence)
                    if not names:
                        continue  # the pair is said where its second name stands
                if len(names) in _UPRIGHT.get(said.kind, ()) and self._are_vectors(names):
                    self._upright(names, said, piece)
                    continue
                for name in names if not (said.joined and piece.relations) else ():
                    if said.joined:
                        with suppress(Unreadable):
                            self.say(said, name, piece)
                    elif (
                        piece.relations
                        or said.stance is not Stance.ASSUMED
                        or _SUPPOSED.search(plain(sentence.before))
                        or (said.kind == "invertible" and _WITH.search(plain(sentence.before)))
                        or not self._is_derived(name)
                    ):
                        self.say(said, name, piece)

    def compares_indices(self, piece: Piece, sentence: Sentence) -> bool:
        """Whether a formula is the condition that two indices are equal, or that they are not: "when $i = j$"."""
        letters = [name_of(side[0]) for side in piece.sides if len(side) == 1]
        said = piece.relations in (("=",), ("!=",)) and len(letters) == 2 and _WHEN.search(plain(sentence.before))
        return bool(said) and all(map(self.is_index, letters))

    def _of_indices(self, piece: Piece, sentence: Sentence) -> None:
        """What two indices are compared for; "both for $i = j$ and for $i \\ne j$" is for all."""
        if _BOTH.search(plain(sentence.before)) or _AND_NOT.match(plain(sentence.after)):
            return
        held = self.scope.context.hypotheses
        left, right = (index(name_of(side[0])) for side in piece.sides)
        self.scope.assume(Relation(Int(left), piece.relations[0], Int(right)))
        within = sentence.is_open and stance(sentence) not in (Stance.NOTHING, Stance.DOUBTFUL)
        self._settle(held, Stance.WITHIN if within else Stance.DOUBTFUL, piece)

    def _speaks_of(self, piece: Piece, earlier: Sequence[Tokens]) -> bool:
        """Whether the last name before an equation stands in it."""
        subject = self._subject(earlier[-1]) if earlier else ()
        entity = Values(self.scope).entity_of(parse(subject))[0] if subject else None
        if not isinstance(entity, Symbolic):
            return False
        return any(entity.value in ex.walk(Values(self.scope).read(side)) for side in piece.sides)

    def _is_of_a_size(self, piece: Piece) -> bool:
        """Whether an equation gives a size a value, as in "the plane ($n = 2$)"."""
        left, right = (trimmed(side) for side in piece.sides[:2])
        return len(left) == 1 and is_value(right) and isinstance(self.scope.find(name_of(left[0])), Size)

    def _size_told(self, tokens: Tokens, sentence: Sentence) -> None:
        """Words that give a size a value, "when $n$ equals 1", may be meant as an assumption for what follows."""
        size = self.scope.find(name_of(tokens[0])) if len(tokens) == 1 else None
        told = _EQUALS.match(plain(sentence.after)) if isinstance(size, Size) else None
        if told is None or not isinstance(size, Size):
            return
        held = self.scope.context.hypotheses
        value = {"one": 1, "un": 1, "two": 2, "deux": 2}.get(told[1]) or int(told[1])
        self.scope.assume(Relation(Int(index(name_of(tokens[0]))), "=", Int(value)))
        self._settle(held, Stance.DOUBTFUL, Piece((tokens,), ()), f"${latex_of(tokens)}$ {told[0].strip()}")

    def _is_of_another(self, piece: Piece, sentence: Sentence) -> bool:
        """Whether words give an equation to a name that does not stand in it, as one of another unknown."""
        if piece.relations != ("=",) or not sentence.earlier or not _SATISFIES.search(plain(sentence.before)):
            return False
        subject = self._subject(sentence.earlier[-1])
        letters = {letter.lower() for letter in letters_of(subject)}
        entity = Values(self.scope).entity_of(parse(subject))[0] if len(letters) == 1 else None
        if not isinstance(entity, Symbolic) or not isinstance(entity.value, Var):
            return False
        return not letters & {name_of(token).lower() for side in piece.sides for token in side}

    def _of_its_class(self, subjects: list[Piece], sentence: Sentence, put: Stance) -> None:
        """The vectors that words call the one-hot vector of a class: its definition, or what is supposed of it."""
        letter = class_named(sentence)
        for piece in subjects if letter else ():
            rule = of_class(self.scope, trimmed(piece.sides[0]), letter)
            held = self.scope.context.hypotheses
            if rule is not None and put is Stance.ASSUMED and not self.supposes:
                self.scope.define(rule)
            elif rule is not None:
                self.scope.assume(Relation(rule.target, "=", rule.body))
                self._settle(held, Stance.DOUBTFUL if put is Stance.NOTHING else put, piece)

    def _is_stationarity(self, piece: Piece) -> bool:
        r"""Whether a formula is ``\nabla f(w) = 0``, by names that have no value of their own."""
        zero = len(piece.sides) == 2 and plain_text(stripped(trimmed(piece.sides[1]))).removeprefix("mathbf") == "0"
        return piece.relations == ("=",) and zero and self._is_slope(piece.sides[0])

    def _is_slope(self, tokens: Tokens) -> bool:
        """Whether a formula is a derivative by names that are not defined."""
        if not any(name_of(t) in ("nabla", "partial", "frac", "dfrac", "tfrac", "grad") for t in tokens):
            return False
        try:
            value = Values(self.scope).read(trimmed(tokens))
        except Unreadable:
            return False
        return is_slope(value, self.scope.context)

    def _called_function(self, name: Tokens, sentence: Sentence) -> bool:
        """Whether words say which function a name is; nothing is claimed of a named one that is not known."""
        name = _without_dot(name)
        if not is_names(name) or len(split(name, (",",))) > 1:
            return False
        called = named_function(sentence.before, sentence.after)
        node = parse(name, self.scope.words())
        if not called or node.kind != "letter":
            return False
        key, letters = self.name_and_indices(node)
        entity = Values(self.scope).entity_of(node)[0]
        if letters or (entity is not None and not isinstance(entity, (ScalarFunctionName, OpaqueFunction))):
            return False
        if called == APPLIED:
            if entity is None and not denies(sentence):
                self.scope.declare(key, ScalarFunctionName(key), "")
                self.scope.unsure[key] = "a function, and not which one"
            return entity is None
        put = stance(sentence, needs_verb=False, any_words=True)
        if put not in (Stance.ASSUMED, Stance.CASE) or called == UNKNOWN:
            text = f"the text says which function {node.text} is, {IN_OTHER_WORDS}"
            if entity is None or (isinstance(entity, ScalarFunctionName) and entity.name in FUNCTIONS):
                self.scope.unclear[node.text] = text
            else:
                self.scope.unsure[node.text] = NAMED_IN_WORDS
            return entity is None
        known = isinstance(entity, ScalarFunctionName) and entity.name in FUNCTIONS and key in self.scope.given
        if known and entity != ScalarFunctionName(called) and not tells_of_a_change(sentence.before, sentence.after):
            at = (self.scope.displays, self.scope.part)
            if self.scope.given[key] == at or not _LETS.search(plain(sentence.before)):
                self.scope.unclear[node.text] = f"the text calls {node.text} two different functions"
                return True
        self.scope.given[key] = (self.scope.displays, self.scope.part)
        if called == "softmax":
            place = name[0].place
            body = parse(tokenize(r"\operatorname{softmax}(z)", place.file, place.line, place.column))
            self.scope.names[key] = DefinedFunction(key, ("z",), body)
        elif called != OPAQUE:
            self.scope.declare(key, ScalarFunctionName(called), "")
        elif entity is None:
            self.scope.declare(key, ScalarFunctionName(key), "")
        elif is_general(sentence) or _LETS.search(plain(sentence.before)):
            self.scope.open(key)
        return True

    @staticmethod
    def _subjects(piece: Piece) -> list[Tokens]:
        r"""The names that words are said of; ``x_1, \dots, x_n`` is said of ``x_i``, the member at hand."""
        side = trimmed(piece.sides[0])
        # The commas around dots have been taken out of a declaration.
        member = general_member(side) if any(name_of(t).endswith("dots") for t in side) else ()
        return [member] if member else split(side, (",",))

    def _is_passed_over(self, piece: Piece, put: Stance, example: bool) -> bool:
        """Whether a definition that is given for a while, or not at all, is none; its name is then not claimed of.

        A new name has no other meaning, so that "if $c = 3$, then" gives it one, and so does an example.
        """
        node = whole_of(parse(piece.sides[0], self.scope.words()), self.scope)
        head = node.parts[0] if node.kind == "product" else node
        if Values(self.scope).entity_of(head)[0] is None:
            passed = put in (Stance.NOTHING, Stance.DOUBTFUL) and not example
            self.scope.passed_over |= {head.text} if passed else set()
            return passed
        self.scope.unsure[head.text] = latex_of(piece.sides[0]) + " = " + latex_of(piece.sides[1])
        return True

    def _is_identity(self, piece: Piece) -> bool:
        r"""Whether ``I \in \mathbb{R}^{n \times n}`` is declared, of which the words say that it is the identity."""
        if piece.relations != ("in",) or [name_of(t) for t in piece.sides[0]] != ["I"]:
            return False
        _, (rows, columns), _ = self._set(trimmed(piece.sides[1]))
        if rows == columns:
            self.scope.usual[ex.Eye] = rows
        return bool(rows == columns)

    def _is_given(self, piece: Piece, sentence: Sentence) -> bool:
        """Whether a task names what it is about: "compute the gradient of $f(x) = ...$"."""
        defines = giving(sentence) is Giving.DEFINES or names_a_thing(sentence)
        return piece.relations[0] == "=" and defines and self.is_new(*piece.sides[:2])

    def _is_listed(self, piece: Piece, sentence: Sentence) -> bool:
        r"""Whether a comparison stands in a list of declarations, that no verb introduces ("$a \in \mathbb{R}^n$,
        $a \ne 0$"), or is the first that is said of its names: "a step size $\rho > 0$".
        """
        if not all(r in ("<", ">", "<=", ">=", "!=") for r in piece.relations):
            return False
        names = [side for side in piece.sides if not is_value(side)]
        if not names or not all(is_names(side) for side in names):
            return False
        letters = [parse(name) for side in names for name in split(trimmed(side), (",",))]
        if all(node.kind == "letter" and is_unknown_name(self.scope, node) for node in letters):
            return len(names) < len(piece.sides)
        if not sentence.earlier or not _LISTED.match(plain(sentence.before).rsplit("$", 1)[-1]):
            return False
        return any(name_of(t) == "in" for t in sentence.earlier[-1])

    def _of_one_name(self, piece: Piece, sentence: Sentence) -> Stance:
        r"""How an equation is meant that stands among declarations which no words introduce: as a property of the one
        name that it speaks of, "$A \in \mathbb{R}^{n \times n}$, $A^\top = A$"; of several it may be a claim.
        """
        if piece.relations != ("=",) or not set(re.findall(r"\w+", plain(sentence.before))) <= _JOINING:
            return Stance.NOTHING
        if not re.match(r"\W*($|(and|et)\b)", plain(sentence.after).split("$")[0]):
            return Stance.NOTHING
        ahead, behind = (
            {
                name
                for tokens in formulas
                for p in pieces_of(trimmed(tokens))
                if p.relations == ("in",)
                for name in letters_in(p.sides[0])
            }
            for formulas in (sentence.earlier, sentence.later)
        )
        declared = ahead | behind | {n for p in self.beside if p.relations == ("in",) for n in letters_in(p.sides[0])}
        defined = {rule.target.name for rule in self.scope.context.definitions}
        letters = {name_of(token) for side in piece.sides for token in side}
        names = {name for name in letters if isinstance(self.scope.find(name), Symbolic)}
        if not names or not names <= declared - defined:
            return Stance.NOTHING
        return Stance.ASSUMED if len(names) == 1 and names <= ahead else Stance.DOUBTFUL

    def _is_typing(self, piece: Piece) -> bool:
        """Whether a relation says of what kind a name is, as declarations do, so that no verb has to introduce it."""
        return (
            piece.relations[0] in ("succ", "succeq")
            or self._is_moment(piece)
            or self._is_range(piece)
            or any(name_of(t).endswith("dots") for t in piece.sides[-1])
            or self._is_new_list(piece)
            or (piece.relations[0] == "=" and self.is_new(*piece.sides[:2]))
        )

    def _depends_on(self, subjects: list[Piece], by: frozenset[str]) -> None:
        """Note that words call names functions of others, and do not say which."""
        for called in {n for piece in subjects for n in letters_of(piece.sides[0])} if by else ():
            self.scope.depends[called] = by | self.scope.depends.get(called, by)

    def _called_numbers(self, tokens: Tokens, sentence: Sentence) -> None:
        """Vectors of an earlier section that this one calls numbers: "for real numbers $a, b$"."""
        if not is_names(tokens) or not _NUMBERS.search(plain(sentence.before)) or denies(sentence):
            return
        for part in split(tokens, (",",)):
            name = name_of(trimmed(part)[0]) if len(trimmed(part)) == 1 else ""
            entity = self.scope.names.get(name)
            vector = isinstance(entity, Symbolic) and not entity.value.is_number_shaped
            if vector and self.scope.is_from_another_section(name):
                self.scope.introducing = True
                self.scope.declare(name, Symbolic(Var(name)), "")

    def _is_new_list(self, piece: Piece) -> bool:
        r"""Whether a relation says the sign of a list of new numbers: ``a_1, \\dots, a_n > 0``."""
        left = piece.sides[0]
        new = bool(left) and not {name_of(left[0]), f"{name_of(left[0])}[]"} & self.scope.names.keys()
        signed = piece.relations in ((">",), (">=",)) and plain_text(trimmed(piece.sides[1])) == "0"
        return new and signed and any(name_of(t).endswith("dots") for t in left)

    def _fraction(self, piece: Piece) -> None:
        """The new letter of ``0 < q < 1`` is a number: no integer is between."""
        ends = [plain_text(side) for side in (piece.sides[0], piece.sides[-1])]
        up, down = {"<", "<="}, {">", ">="}
        chain = set(piece.relations)
        fits = (ends == ["0", "1"] and chain <= up) or (ends == ["1", "0"] and chain <= down)
        if len(piece.sides) != 3 or not fits or chain <= {"<=", ">="} or len(piece.sides[1]) != 1:
            return
        name = name_of(piece.sides[1][0])
        if len(name) == 1 and name.isalpha() and self.scope.find(name) is None:
            self.scope.declare(name, Symbolic(Var(name)), "")

    def define_from(self, left: Tokens, right: Tokens) -> None:
        """A definition that a display makes."""
        self._piece(Piece((trimmed(left), trimmed(right)), (":=",)))

    def state(self, sides: tuple[Tokens, ...], relations: tuple[str, ...]) -> None:
        """A membership or a law that a display states."""
        self._piece(Piece(tuple(trimmed(s) for s in sides), relations))

    def _has_no_value(self, name: Tokens) -> bool:
        """Whether a name is new, or declared without a definition."""
        entity = Values(self.scope).entity_of(parse(trimmed(name)))[0]
        targets = {d.target for d in self.scope.context.definitions}
        return entity is None or (isinstance(entity, Symbolic) and entity.value not in targets)

    def _called_something(self, names: Sequence[Tokens], called: str) -> None:
        """No mistake is claimed of names that words call something that is not known; a definition tells all."""
        for name in names:
            told = any(token.kind == "sup" for token in name)  # A^+ is not A
            with suppress(Unreadable):
                told = told or self._is_derived(name)
            for letter in letters_of(name) if not told else ():
                self.scope.unsure.setdefault(letter, called)

    def _is_derived(self, names: Tokens) -> bool:
        """Whether something is made of defined names: that it has a property is then a claim, not an assumption."""
        value = Values(self.scope).read(trimmed(names))
        defined = {d.target for d in self.scope.context.definitions}
        return any(node in defined for node in ex.walk(value))

    @staticmethod
    def _ordered(pieces: list[Piece]) -> list[Piece]:
        """Memberships first: the rest may speak of what they declare."""
        return sorted(pieces, key=lambda p: 0 if p.relations[:1] == ("in",) else 1)

    def _names_entries(self, left: Tokens, right: Tokens) -> bool:
        """Whether ``A = (a_{ij})`` says what the entries of A are called, which they are anyway."""
        inner, name = bracketed(trimmed(right)), trimmed(left)
        if inner is None or len(inner) < 2 or inner[1].kind != "sub" or len(name) != 1:
            return False
        letter, capital = name_of(inner[0]), name_of(name[0])
        entries = letter != capital and letter.lower() == capital.lower() and self.scope.find(letter) is None
        return entries and isinstance(self.scope.find(capital), Symbolic) and len(stripped(trimmed(inner))) <= 7

    def _piece(self, piece: Piece) -> None:
        relation = piece.relations[0] if piece.relations else ""
        if relation == UNCLEAR:
            raise Unreadable("words between the formulas may turn what they say", piece.place)
        if piece.relations == ("=",) and self._names_entries(*piece.sides):
            return
        entries = self.lists_entries(piece) if relation in ("=", ":=") else 0
        if entries and piece.relations[1:] == ("in",):  # k = (k_1, k_2) \\in \\mathbb{R}^2
            self._membership(Piece((piece.sides[0], piece.sides[2]), ("in",)))
            return
        if entries and len(piece.relations) == 1:
            self.introduce(parse(trimmed(piece.sides[0]), self.scope.words()), Integer(entries), ONE)
            return
        if relation in ("=", ":=") and piece.relations[1:] == ("in",):  # z = W x \in \mathbb{R}^m
            new = relation == ":=" or self.is_new(*piece.sides[:2])
            if len(piece.sides[1]) == 1 and self.is_new(piece.sides[1]):  # h_0 = x \in \mathbb{R}^d
                self._membership(Piece((piece.sides[1], piece.sides[2]), ("in",)))
            if new:
                self._membership(Piece((piece.sides[0], piece.sides[2]), ("in",)))
            own = {name_of(t) for t in piece.sides[0]} & {name_of(t) for t in piece.sides[1]}
            own = {name for name in own if name in GREEK or (len(name) == 1 and name.isalpha())}
            self._piece(Piece(piece.sides[:2], (":=" if new and not own else "=",), piece.words))
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
            held = self.scope.context.hypotheses
            for side in piece.sides[2:]:
                self.relation(piece.sides[1], "=", side)
            if self.sentence:  # let $r = b - A x = A (z - x)$: a conclusion that is not checked
                self._settle(held, Stance.DOUBTFUL, piece)
        elif relation == "perp":
            if self._perpendicular(piece):
                return
            if any(name_of(t) in ("mid", "|", "vert", "given") for side in piece.sides for t in side):
                raise Unreadable("conditional independence is not read", piece.place)
            groups = [[letters_of(name) for name in split(side, (",",))] for side in piece.sides]
            pairs = product(*groups) if len(groups) == 2 else [[name for side in groups for name in side]]
            told = tuple(frozenset[str]().union(*pair) for pair in pairs)
            self.scope.independent += told
            self.scope.crosswise |= frozenset(told)
            return
        elif relation:
            if (relation == "=" and self._rows(piece)) or self._positive_list(piece):
                return
            self._fraction(piece)
            *sides, last = piece.sides
            moments = len(sides) > 1 and all(map(is_moment, sides)) and not is_moment(last)  # E[x] = E[y] = m
            valued = set(piece.relations) == {"="} and (moments or is_value(last))  # a = b = 1: each of them is
            for k, op in enumerate(piece.relations):
                for left in split(piece.sides[k], (",",)) if k == 0 else [piece.sides[k]]:
                    self.relation(left, op, piece.sides[-1 if valued else k + 1])
        if piece.words:
            self._said(piece)

    def _positive_list(self, piece: Piece) -> bool:
        r"""``a_1, \dots, a_n > 0``: a family of numbers, each with that sign; False of anything else."""
        if piece.relations not in ((">",), (">=",), ("<",), ("<=",)) or plain_text(trimmed(piece.sides[1])) != "0":
            return False
        place = piece.sides[0][0].place
        numbers = tokenize(r"\mathbb{R}", place.file, place.line, place.column)
        if not self._listed_family([trimmed(name) for name in split(piece.sides[0], (",",))], numbers):
            return False
        family = Values(self.scope).entity_of(parse(general_member(trimmed(piece.sides[0])), self.scope.words()))[0]
        if not isinstance(family, FamilyName) or (family.rows, family.columns) != (1, 1):
            raise Unreadable("a list of names that are no numbers", piece.place)
        self.scope.assume(Relation(ex.Member(family.name, 1, 1, index(EVERY[0])), piece.relations[0], Num(0)))
        return True

    def _said(self, piece: Piece) -> None:
        text = words.plain(piece.words)
        if words.puts_alternative(piece.words):
            raise Unreadable(f"the words {piece.words.strip()!r} put an alternative", piece.place)
        subjects = self._subjects(piece)
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
        other = words.unencoded(text)
        if words.properties(text) and not words.sign(text):
            for subject in subjects if other else ():
                self.scope.unsure.update(dict.fromkeys(letters_of(subject), other or text))
            return False
        relation = words.sign(text)
        for subject in subjects if relation or other else ():
            reader = Values(self.scope)
            value = reader.finished(reader.read(trimmed(subject)))
            if relation and value.is_number_shaped:
                self.scope.assume(Relation(value, relation, Num(0)))
            else:
                self.scope.unsure.update(dict.fromkeys(letters_of(subject), other or text))
        return bool(relation or other)

    def _are_vectors(self, names: Sequence[Tokens]) -> bool:
        reader = Values(self.scope)
        shapes = [reader.shape(reader.read(trimmed(name))) for name in names]
        return all(shape is not None and shape[1] == 1 and shape[0] != 1 for shape in shapes)

    def _pair_with(self, name: Tokens, sentence: Sentence) -> list[Tokens]:
        """The two vectors of "$u$ and $v$ are orthogonal" where the second one stands, none where the first one does;
        only the name itself where it is no such vector.
        """
        before, after = plain(sentence.before), plain(sentence.after)
        second = re.search(r"(?<!\$)(\W*\band|\W*\bet|^|\w|,)\s*\$\s*(?:and|et)\s*$", before) is not None
        first = re.match(r"\s*(?:and|et)\s*\$", after) is not None
        if re.match(r"\s*(?:is|has|est|a|soit)\b", after) or first == second:
            return [name]
        others = pieces_of(trimmed(sentence.earlier[-1] if second else sentence.later[0]))
        if len(others) != 1 or not others[0].sides or not is_names(others[0].sides[0]):
            return [name]
        other = trimmed(others[0].sides[0])
        if len(split(other, (",",))) > 1:
            return [name]
        try:
            alike = self._are_vectors([name, other])
        except Unreadable:
            alike = first and self._are_vectors([name])  # the second one is declared where it stands
        return ([other, name] if second else []) if alike else [name]

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


def _without_dot(tokens: Tokens) -> Tokens:
    r"""``f`` of ``f(\cdot)``."""
    tokens = trimmed(tokens)
    dotted = len(tokens) > 3 and [name_of(t) for t in tokens[-3:]] == ["(", "cdot", ")"]
    return tokens[:-3] if dotted else tokens


def _is_marked(name: Tokens) -> bool:
    r"""Whether a name has a mark above it: ``\bar x``, which is usually given by a formula where it is a mean."""
    return bool(trimmed(name)) and name_of(trimmed(name)[0]) in (
        "bar",
        "hat",
        "tilde",
        "overline",
        "widehat",
        "widetilde",
    )
