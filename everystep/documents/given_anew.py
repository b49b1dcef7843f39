"""Names that are given a value for the second time: in the same text, in another part, in a section that starts over.

May import the engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Recurrence, Relation
from everystep.algebra.expressions import Expression, Var
from everystep.algebra.shapes import same_shape
from everystep.derivation import Step
from everystep.documents.constant_families import is_one_value
from everystep.documents.judging import Judging
from everystep.documents.looking import DEFECTS
from everystep.documents.spoken import free_name
from everystep.prove.checker import check_step
from everystep.prove.verdict import Status
from everystep.reader import patterns as re
from everystep.reader.anew import (
    argument_of,
    give_anew,
    given_backwards,
    given_before,
    is_last_member,
    part_given_before,
)
from everystep.reader.components import whole_of
from everystep.reader.declarations import Declarer
from everystep.reader.entities import DefinedFunction, ScalarFunctionName, Symbolic
from everystep.reader.givings import Giving, announces, display_sentence, giving, is_joined, puts_updates
from everystep.reader.implicit_equations import is_open
from everystep.reader.models import model
from everystep.reader.own_notation import gives_notation, head_of
from everystep.reader.pieces import is_value, names_in, pieces_of, takes_several_values, trimmed
from everystep.reader.prose import Sentence, is_for_a_case, is_start
from everystep.reader.recurrent import gives_recurrence
from everystep.reader.reservations import refers_to_a_part
from everystep.reader.rival_suppositions import gives_a_value, key_of
from everystep.reader.scope import Scope
from everystep.reader.second_values import may_give_anew, tells_of_a_change
from everystep.reader.sections import (
    fit,
    given_by_a_later_section,
    goes_on,
    is_another_function,
    is_told_later,
    leave_behind,
    leave_e,
)
from everystep.reader.source import Display, Place, Token, Tokens
from everystep.reader.statements import Statement
from everystep.reader.syntax import parse
from everystep.reader.trees import Unreadable, latex_of, name_of, split, stripped
from everystep.reader.values import Values
from everystep.reader.words import plain


class GivenAnew(Judging):
    """The part of the checker that tells second values from claims."""

    def _goes_on(self, words: str) -> None:
        """Note where words tie the section that is being read to an earlier one."""
        if goes_on(words):
            scope = self.problem.scope
            scope.starts_over, scope.goes_on = False, True
            for name, line in self.problem.given_without_words.items():
                scope.unclear[name] = f"line {line} may define {name} anew or not (to say so, write \\coloneqq)"

    def _refers_back(self, words: str) -> None:
        """Note where words go back to a part of a question ("Solution to (a):") after several parts have given a name
        a value: which of them is meant is not clear.
        """
        if refers_to_a_part(words):
            for name, line in self.problem.given_without_words.items():
                self.problem.scope.unclear[name] = (
                    f"line {line} may define {name} anew or not: the text goes back to a part"
                )

    def _given_anew_inline(self, declarer: Declarer, tokens: Tokens, sentence: Sentence) -> None:
        """Definitions in the prose of names that have one already."""
        pieces = pieces_of(trimmed(tokens))
        for piece in () if takes_several_values(pieces) else pieces:
            if piece.relations[:1] not in (("=",), (":=",)) or not piece.sides[0] or declarer.is_index_range(piece):
                continue
            left, right = piece.sides[:2]
            special = is_value(right) or is_for_a_case(sentence, right)
            how = Giving.DEFINES if piece.relations[0] == ":=" else giving(sentence, special)
            if declarer.for_some_values(piece, sentence) or declarer.compares_indices(piece, sentence):
                continue
            if is_start(sentence, left):
                continue
            if declarer.scope.waits and is_told_later(declarer.scope, right, sentence.later):
                raise Unreadable("names of an earlier section that are declared behind it", left[0].place)
            self._leave_behind(left, right, how)
            if piece.relations == ("=",) and self._gives_notation(declarer.scope, left, right, sentence):
                declarer.define_from(left, right)
                declarer.given.append(piece)
                continue
            if how is Giving.CLAIMS:
                continue
            if piece.relations == ("=",) and self._makes_it_another(left, right, how):
                declarer.define_from(left, right)
                declarer.given.append(piece)
                continue
            if piece.relations == ("=",) and is_one_value(declarer.scope, left, right, sentence):
                declarer.define_from(left, right)
                declarer.given.append(piece)
                continue
            name = given_before(declarer.scope, left, right)
            part = ""
            if not name and how in (Giving.DEFINES, Giving.UNCLEAR) and not declarer.is_new(left, right):
                part = part_given_before(declarer.scope, left) or given_backwards(declarer.scope, left, right)
            if part:
                self._given_anew(declarer, part, left, right, Giving.UNCLEAR)
                declarer.given.append(piece)  # what is known already, "i.e. $p_k = \\dots$", is nothing to assume
                continue
            told = how is not Giving.UNCLEAR and piece.relations == ("=",)
            if not name and told and model(declarer.scope, left, right):
                declarer.define_from(left, right)  # "suppose now that $y = X w + e$", of declared data
                declarer.given.append(piece)
                continue
            if not name and piece.relations == ("=",) and gives_a_value(sentence):
                self._doubt_properties(left, right, key_of(sentence, declarer.scope.displays))
            puts = how is Giving.DEFINES or (how is Giving.UNCLEAR and is_joined(sentence))
            if not name and puts and piece.relations == ("=",) and self._is_free(left, right):
                declarer.define_from(left, right)
                declarer.given.append(piece)
                continue
            function = isinstance(declarer.scope.names.get(name), DefinedFunction | ScalarFunctionName)
            if not name or (how is Giving.SUPPOSES and not function):
                continue
            again = self.problem.begins and name in self.problem.begun and not declarer.scope.goes_on
            self._wait_for_argument(declarer.scope, name, left)
            if how is Giving.UNCLEAR and again:
                how = Giving.DEFINES  # (b) f(x) = ...
                self.problem.given_without_words[name] = left[0].place.line
            elif not self._gives_plainly(name, sentence, piece.relations[0] == ":="):
                how = Giving.UNCLEAR
            if self._given_anew(declarer, name, left, right, how):
                declarer.given.append(piece)

    @staticmethod
    def _wait_for_argument(scope: Scope, name: str, left: Tokens) -> None:
        """Raises Unreadable where the argument of a vector function may be declared behind it: "for $z \\in"."""
        function = scope.names.get(name)
        if not scope.waits or not isinstance(function, DefinedFunction) or function.entrywise:
            return
        node = whole_of(parse(trimmed(left), scope.words()), scope)
        for written in split(node.parts[1].tokens, (",", ";")) if len(node.parts) == 2 else ():
            letter = name_of(stripped(written)[0]) if len(stripped(written)) == 1 else ""
            if letter.isalpha() and scope.find(letter) is None:
                raise Unreadable(f"{letter} has no declaration", left[0].place)

    def _given_anew_in_display(self, statements: list[Statement], display: Display, order: str) -> None:
        """Statements that give a name another definition become definitions, those that may do so are unclear."""
        sentence = display_sentence(display.prose)
        how = giving(sentence)
        self._recurrences_in_display(statements, how, order)
        if how in (Giving.DEFINES, Giving.UNCLEAR) and order != "assume":
            for statement in (s for s in statements if self._is_given_among(s, statements)):
                statement.relations[0] = ":="
        if how is Giving.UNCLEAR and not announces(display.prose):
            how = Giving.CLAIMS
        for statement in statements:
            if order == "assume" or statement.leads or statement.constant or len(statement.sides) < 2:
                continue
            left, right = (tuple(side) for side in statement.sides[:2])
            relation = statement.relations[0]
            if relation in ("=", ":="):
                self._leave_behind(left, right, Giving.DEFINES if relation == ":=" else how)
            name = given_before(self.problem.scope, left, right) if relation in ("=", ":=") else ""
            if not name:
                if relation == "=" and self._makes_it_another(left, right, how):
                    statement.relations[0] = ":="
                    continue
                if how is Giving.DEFINES and relation == "=" and gives_a_value(sentence):
                    self._doubt_properties(left, right, key_of(sentence, self.problem.scope.displays))
                if relation == "=" and self._gives_notation(self.problem.scope, left, right, sentence):
                    statement.relations[0] = ":="
                    continue
                puts = how is Giving.DEFINES or puts_updates(display.prose)
                if puts and relation == "=" and (self._is_free(left, right) or self._is_beside(left, right)):
                    statement.relations[0] = ":="
                continue
            explicit = relation == ":=" or order == "define"
            put = Giving.DEFINES if explicit else how
            if _is_behind(self.problem.given_at.get(name), display.place):
                put = Giving.UNCLEAR  # where $c = b$, behind the display of c = 2b
            if put is Giving.DEFINES and not self._gives_plainly(name, sentence, explicit):
                put = Giving.UNCLEAR
            fresh = self.problem.begins and not display.prose.strip(" \n.:()abcdefghi") and name in self.problem.begun
            if put is Giving.CLAIMS and fresh:
                put = Giving.UNCLEAR
            if put not in (Giving.DEFINES, Giving.UNCLEAR):
                continue
            if (
                put is how is Giving.UNCLEAR
                and is_last_member(self.problem.scope, left)
                and not _AT_AN_END.search(plain(sentence.before))
            ):
                continue
            declarer = Declarer(self.problem.scope, recognised)
            if self._given_anew(declarer, name, left, right, put) and put is Giving.DEFINES:
                statement.relations[0] = ":="

    def _recurrences_in_display(self, statements: list[Statement], how: Giving, order: str) -> None:
        """Equations that give declared families a recurrence become definitions; not behind words that claim them."""
        if order == "assume" or how not in (Giving.DEFINES, Giving.UNCLEAR):
            return
        plain_ones = [s for s in statements if not s.leads and not s.constant and s.relations[:1] in (["="], [":="])]
        equations = [(tuple(s.sides[0]), tuple(s.sides[1])) for s in plain_ones]
        for k, statement in enumerate(plain_ones):
            if gives_recurrence(self.problem.scope, k, equations):
                statement.relations[0] = ":="

    def _leave_behind(self, left: Tokens, right: Tokens, how: Giving) -> None:
        """Make a name of an earlier section new where this one gives it a value, or has another shape for it."""
        scope = self.problem.scope
        name = given_by_a_later_section(scope, left, right, how)
        other = "" if name else is_another_function(scope, left)
        if other:
            leave_behind(scope, other, left[0].place.line)
        if name and not self._is_known(scope, left, right):
            leave_behind(scope, name, left[0].place.line)
            if how is Giving.UNCLEAR:
                self.problem.given_without_words[name] = left[0].place.line
        leave_e(scope, trimmed(right))
        with suppress(Unreadable, *DEFECTS):
            if how is Giving.DEFINES or Declarer(scope, recognised).is_new(left, right):
                fit(scope, trimmed(right))

    def _second_value(self, sides: Sequence[Sequence[Token]], relations: Sequence[str]) -> dict[str, str]:
        """The name to which an equation gives another value in the same breath as the first, and why it is unclear."""
        if relations[:1] not in (("=",), (":=",)) or not sides[0]:
            return {}
        scope, left, right = self.problem.scope, tuple(sides[0]), tuple(sides[1])
        name = given_before(scope, left, right)
        same_breath = scope.given.get(name) == (scope.displays, scope.part)
        if not name or not same_breath or self._is_known(scope, left, right):
            return {}
        said = f"{latex_of(left)} = {latex_of(right)}"
        return {name: f"line {left[0].place.line} gives {name} a second value: ${said}$"}

    def _gives_plainly(self, name: str, sentence: Sentence, explicit: bool) -> bool:
        """Whether a name that has a value plainly gets another one: ``explicit``, or by the words, and not in the same
        breath as the first ("let $c = 2b$ and $c = b$") unless they tell of a change.
        """
        scope = self.problem.scope
        if tells_of_a_change(sentence.before, sentence.after):
            return True
        function = isinstance(scope.names.get(name), DefinedFunction | ScalarFunctionName)
        same_breath = scope.given.get(name) == (scope.displays, scope.part)
        return not same_breath and (explicit or may_give_anew(sentence.before, function))

    def _is_a_value_of(self, name: str, right: Tokens) -> bool:
        """Whether a right side is a value of the function itself and nothing else, as in ``D(p, q) = D(q, p)``: that
        claims something of it.
        """
        written = [name_of(token) for token in trimmed(right)]
        function = isinstance(self.problem.scope.names.get(name), DefinedFunction)
        return function and written[:2] == [name, "("] and not {"+", "-"} & set(written)

    def _given_anew(self, declarer: Declarer, name: str, left: Tokens, right: Tokens, how: Giving) -> bool:
        """Give a name another definition, or note that the text may do so; False where it says the same as before."""
        scope = declarer.scope
        if name not in scope.unclear and self._is_known(scope, left, right):
            return False
        line = left[0].place.line
        if how is Giving.UNCLEAR and self._is_a_value_of(name, right):
            return False
        if how is Giving.UNCLEAR:
            said = f"{latex_of(left)} = {latex_of(right)}"
            scope.unclear[name] = f"line {line} may define {name} anew or not: ${said}$ (to say so, write \\coloneqq)"
            return True
        kept = scope.copy()
        try:
            give_anew(declarer, name, left, right, line)
        except (Unreadable, *DEFECTS) as error:
            for key in vars(kept):
                setattr(scope, key, getattr(kept, key))
            scope.unclear[name] = f"{name} is given anew in line {line}, and that was not read: {error}"
        return True

    def _is_given_among(self, statement: Statement, statements: Sequence[Statement]) -> bool:
        r"""Whether an equation gives a declared name of which nothing else is known its value, among others that give
        new names theirs: "$x$ is mapped to $z \in \mathbb{R}^c$", ``a = \tanh(W x), z = V a, L = \|z - y\|^2``.

        One of them has to be made of it, or it of one of them.
        """
        scope = self.problem.scope
        if statement.leads or statement.constant or statement.relations != ["="]:
            return False
        left, right = (trimmed(tuple(side)) for side in statement.sides)
        with suppress(Unreadable):
            entity, rest = Values(scope).entity_of(parse(left, scope.words()))
            if rest or not isinstance(entity, Symbolic) or not isinstance(entity.value, Var) or _occurs(left, right):
                return False
            return is_open(self.problem.scope, entity.value.name) and self._is_beside_new_names(statement, statements)
        return False

    def _is_beside_new_names(self, statement: Statement, statements: Sequence[Statement]) -> bool:
        """Whether another equation gives a new name a value that is made of the left side of this one, or the other way
        round.
        """
        left, right = (trimmed(tuple(side)) for side in statement.sides)
        declarer = Declarer(self.problem.scope, recognised)
        for other in statements:
            if other is statement or other.relations[:1] not in (["="], [":="]) or other.leads:
                continue
            new, body = (trimmed(tuple(side)) for side in other.sides[:2])
            if new and body and declarer.is_new(new, body) and (_occurs(left, body) or _occurs(new, right)):
                return True
        return False

    def _doubt_properties(self, left: Tokens, right: Tokens, sentence: str) -> None:
        """What earlier sentences say of a name that this one gives a value of declared names, "let $A$ be symmetric …
        Let $A = B + C$", may be meant of another one of that name.
        """
        scope = self.problem.scope
        with suppress(Unreadable, *DEFECTS):
            entity, rest = Values(scope).entity_of(parse(trimmed(left), scope.words()))
            if rest or not isinstance(entity, Symbolic) or not isinstance(entity.value, Var):
                return
            name = entity.value.name
            body = Values(scope).read(trimmed(right))
            others = {node.name for node in ex.walk(body) if isinstance(node, Var | ex.Member)}
            if not others or name in others or self._is_known(scope, left, right):
                return
            said = [h for h in scope.context.hypotheses if h in scope.lines and name in names_in(h)]
            scope.doubt(h for h in said if scope.lines[h].sentence != sentence)

    def _gives_notation(self, scope: Scope, left: Tokens, right: Tokens, sentence: Sentence) -> bool:
        r"""Whether words give a norm or an inner product a meaning of its own, ``\|x\|^2 = x^\top M x``, other than
        the usual one.
        """
        if head_of(left, right, scope) is None or not gives_notation(sentence):
            return False
        with suppress(Unreadable, *DEFECTS):
            return not self._is_known(scope, left, right)
        return True

    def _is_free(self, left: Tokens, right: Tokens) -> bool:
        """Whether the left side is a declared name of which nothing else is known, and of the shape of the right."""
        scope = self.problem.scope
        values = Values(scope)
        sides = self._related([self._side(values, trimmed(left)), self._side(values, trimmed(right))], values)
        claim = self._claim(sides[0], "=", sides[1], values, Statement([list(left), list(right)], ["="]), 0)
        if not isinstance(claim, Relation) or not free_name(claim, scope.context):
            return False
        return self._judged(claim, scope.context).status is Status.REFUTED

    def _is_beside(self, left: Tokens, right: Tokens) -> bool:
        r"""Whether a new name stands beside a declared one, as ``x'`` and ``x_c`` beside a vector x of their shape."""
        node = parse(trimmed(left), self.problem.scope.words())
        if node.kind != "letter" or any(mark == "^" for mark, _ in node.scripts) or not node.scripts:
            return False
        return Declarer(self.problem.scope.copy(), recognised).misfits(node, trimmed(right))

    def _makes_it_another(self, left: Tokens, right: Tokens, how: Giving) -> bool:
        """Whether words define a name whose declared shape the right side does not have: then it is another one.

        In a later section, where no words tell, it may be: nothing is said of it from there on.
        """
        scope = self.problem.scope
        name = _of_another_shape(scope, trimmed(left), trimmed(right))
        line = left[0].place.line if name else 0
        if name and how is Giving.DEFINES:
            leave_behind(scope, name, line)
            return True
        if name and how is Giving.UNCLEAR and scope.is_from_another_section(name):
            said = f"{latex_of(left)} = {latex_of(right)}"
            scope.unclear[name] = f"line {line} may define {name} anew or not: ${said}$ (to say so, write \\coloneqq)"
        return False

    def _is_known(self, scope: Scope, left: Tokens, right: Tokens) -> bool:
        """Whether an equation is proved from what is known already; of ``f(z)`` with a new letter z for all numbers."""
        fresh = argument_of(scope, left)
        if fresh:
            scope = scope.copy()
            scope.declare(fresh, Symbolic(Var(fresh)), "")
        values = Values(scope)
        sides = self._related([self._side(values, trimmed(left)), self._side(values, trimmed(right))], values)
        claim = self._claim(sides[0], "=", sides[1], values, Statement([list(left), list(right)], ["="]), 0)
        if isinstance(claim, Unreadable):
            return False
        if isinstance(claim, Relation) and _is_rule(claim, scope):
            return True
        return self._judged(claim, scope.context.given(*values.assumed)).status is Status.PROVED


def _of_another_shape(scope: Scope, left: Tokens, right: Tokens) -> str:
    """The declared name without a value that the left side is, where the right side, made of other names, has another
    shape; else empty.
    """
    with suppress(Unreadable, *DEFECTS):
        entity, rest = Values(scope).entity_of(parse(left, scope.words()))
        name = next((key for key, known in scope.names.items() if known is entity), "")
        values = Values(scope)
        value = values.finished(values.read(right), None)
        if not name or rest or not isinstance(entity, Symbolic) or values.guesses or _occurs(left, right):
            return ""
        return "" if same_shape(entity.value.shape, value.shape) else name
    return ""


def _occurs(inner: Tokens, outer: Tokens) -> bool:
    """Whether a formula stands, sign for sign, in another one."""
    small, large = ([(t.kind, t.text) for t in tokens if t.kind != "space"] for tokens in (inner, outer))
    return any(large[k : k + len(small)] == small for k in range(len(large) - len(small) + 1))


_AT_AN_END = re.compile(
    r"\b(conditions?|constraints?|contraintes?|boundary|bord|terminal|terminale|initial|initiale)\b"
)
"""What a first or last member has to meet: "the terminal condition"."""
KNOWN_SCALAR = ("logistic", "tanh", "relu", "softplus", "exp", "sin", "cos")


def _is_rule(claim: Relation, scope: Scope) -> bool:
    """Whether an equation is what a family was given by, whatever letter the index has."""
    member = claim.left
    if not isinstance(member, ex.Member):
        return False
    rules: list[Definition | Recurrence] = [*scope.context.definitions, *scope.context.recurrences]
    for rule in rules:
        target = rule.target
        if not isinstance(target, ex.Member) or target.name != member.name or len(target.at) != len(member.at):
            continue
        pairs = list(zip(target.at, member.at, strict=True))
        if all(own.is_Symbol or own == at for own, at in pairs):
            rest = {own: at for own, at in pairs if own.is_Symbol}
            if rule.body.xreplace(rest) == claim.right:
                return True
    return False


def _is_behind(place: Place | None, display: Place) -> bool:
    """Whether a place stands behind that of a display, in the same file."""
    same = place is not None and place.file == display.file
    return same and place is not None and (place.line, place.column) > (display.line, display.column)


def recognised(value: Expression, variable: Var) -> str:
    """The function of the table that a formula in one number is proved to be; empty where there is none."""
    for name in KNOWN_SCALAR:
        claim = Relation(value, "=", ex.Apply(name, variable))
        if check_step(Step("known", claim), Context(), budget=0.3).status is Status.PROVED:
            return name
    return ""
