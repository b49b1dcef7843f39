"""What a document declares, defines and assumes, and where: the part of the checker that keeps the scope.

May import the engine.
"""

from __future__ import annotations

from contextlib import suppress

from everystep.algebra import expressions as ex
from everystep.algebra.context import Relation
from everystep.algebra.expressions import Num, Var
from everystep.documents.carried import is_carried, note_first_part, speaks_again
from everystep.documents.claims import (
    Minimiser,
    minimiser,
)
from everystep.documents.constant_families import part_has_ended
from everystep.documents.function_letters import letters_within
from everystep.documents.given_anew import recognised
from everystep.documents.inferred import declare_names
from everystep.documents.looking import DEFECTS
from everystep.documents.minimised import Minimised
from everystep.documents.plain_numbers import numbers_among
from everystep.documents.problems import Frame, Problem
from everystep.documents.readings import COMPARED
from everystep.documents.result import Remark
from everystep.documents.said_before import doubt_definite, passed_over, withdraw
from everystep.documents.solved_names import end_assumptions
from everystep.documents.spoken import defined_letters, letters_of, names_given
from everystep.documents.told_shapes import note_shapes, told_shapes
from everystep.prove.verdict import Status
from everystep.reader.cleaning import tokenize
from everystep.reader.declarations import Declarer
from everystep.reader.decompositions import called_decomposition, put_as_factors
from everystep.reader.denoting import take_meaning
from everystep.reader.dependence import at_values
from everystep.reader.descriptions import is_domain
from everystep.reader.entities import DefinedFunction, ScalarFunctionName, Size, Symbolic, Told
from everystep.reader.entry_terms import declare_inputs
from everystep.reader.from_zero import note_lists_from_zero
from everystep.reader.functions import FUNCTION_WORDS
from everystep.reader.givings import Giving, giving
from everystep.reader.layers import define_together, general_member
from everystep.reader.layouts_shown import is_layout_turned
from everystep.reader.marks import name_with, plain_text
from everystep.reader.models import model
from everystep.reader.moments import is_unsaid, says_moments
from everystep.reader.own_entries import set_of_vector
from everystep.reader.parameters import with_parameter
from everystep.reader.pieces import Piece, names_in, pieces_of, trimmed
from everystep.reader.prose import Sentence, Stance, defines, denies, is_constraint, is_named_case, stance, supposes
from everystep.reader.reservations import begins_task, ends_suppositions, says_for_all
from everystep.reader.said import said_of
from everystep.reader.scope import Scope
from everystep.reader.sections import (
    begins_sample,
    forget_functions,
    is_as_before,
    meant_otherwise,
    starts_over,
)
from everystep.reader.signs import STYLES, VARIANTS
from everystep.reader.source import Declaration, Display, Part, Place, Pragma, Tokens
from everystep.reader.stated_moments import moment_named, puts_a_model
from everystep.reader.statements import Statement
from everystep.reader.syntax import parse
from everystep.reader.taken_back import withdrawn
from everystep.reader.trees import Unreadable, environments_match, latex_of, name_of, relation_of, split, stripped
from everystep.reader.upstream import other_gradient
from everystep.reader.values import Values
from everystep.records import replace

MOST_BEFORE = 6
"""Formulas in the prose before a display that are kept for it."""
_SECTIONS = ("section", "question")
"""Parts in which a name of an earlier one may mean something else without a word."""
_OF_THEIR_OWN = ("question", "part", "theorem", "proof", "aside", "branch")
"""Parts whose assumptions are theirs even where they have no step and set no task; an item may list assumptions."""


_GIVEN = frozenset(("|", "mid", "vert", "lvert", "given"))
"""What stands before the condition of a conditional mean or law, which is not read."""


UNREAD = ("<", ">", "<=", ">=", "!=", "succ", "succeq", "prec", "preceq")
"""Relations of which a name keeps nothing where they were not read."""


class Declaring(Minimised):
    """The part of the checker that reads declarations, definitions and conditions."""

    def _pragma(self, pragma: Pragma) -> None:
        if pragma.name == "problem":
            if self.problem.name == "" and not self.problem.steps:
                self.outer = self.problem.scope
            self._give_up_waiting()
            unread = self.problem.unread if self.problem.name == "" else []
            self.problem = Problem(pragma.argument.strip(), self.outer.copy(), unread=list(unread))
        elif pragma.name == "layout":
            if pragma.argument.strip() not in ("gradient", "numerator", "denominator"):
                self.remarks.append(Remark("the layout is one of gradient, numerator, denominator", pragma.place))
                return
            self.problem.scope.layout = pragma.argument.strip()
            self.problem.scope.notation.pop("partial", None)  # what words say of layouts no longer matters
        elif pragma.name in ("skip", "define", "assume"):
            self.problem.order = pragma.name
        else:
            self.remarks.append(Remark(f"the order {pragma.name!r} is not known", pragma.place))

    def _part(self, part: Part) -> None:
        """Another part begins: what those that end here have assumed is theirs, unless they only list assumptions."""
        problem = self.problem
        problem.begun = frozenset(problem.scope.names)
        problem.begins = True
        problem.concluded = 0, ()
        problem.scope.part += 1
        section = tuple(name for name in part.path if name.startswith(_SECTIONS))
        if section != problem.scope.section:
            for waiting in [d for d in problem.waiting if d.inline and called_decomposition(_sentence(d))]:
                if self._declared(waiting, waits=False):
                    problem.waiting.remove(waiting)
            problem.scope.section, problem.scope.earlier = section, frozenset(problem.scope.names)
            problem.scope.starts_over, problem.scope.goes_on = starts_over(section), False
            problem.given_without_words = {}
        common = 0
        while common < min(len(part.path), len(problem.frames)) and problem.frames[common].name == part.path[common]:
            common += 1
        ended, problem.frames = problem.frames[common:], problem.frames[:common]
        held = problem.scope.context.hypotheses
        if problem.frames and not ended and problem.waiting:
            self._infer_waiting()  # what a question says before its parts is said for all of them
        over = [f for f in ended if part.asked or f.steps < problem.steps or f.name.startswith(_OF_THEIR_OWN)]
        if over:
            self._give_up_waiting()
            problem.scope.drop_case()
            ending = [h for h in held if h not in over[0].held and h in problem.scope.lines]
            end_assumptions(problem, [h for h in ending if not is_carried(problem, h, over)])
            problem.scope.unsay(problem.scope.told[over[0].told :])
            part_has_ended(problem.scope)
            del problem.scope.told[over[0].told :]
        for frame in over:
            self._end_aside(frame)
            problem.scope.take_back(frame.meant, kept=problem.scope.lasting if frame.name.startswith("section") else ())
        kind = ended[0].name.split()[0] if ended and not over else ""
        if kind in ("item", "label") and part.path[common : common + 1] and part.path[common].split()[0] == kind:
            problem.sibling = problem.sibling or (common, ended[0])
        elif problem.sibling is not None and (over or len(part.path) <= problem.sibling[0]):
            problem.sibling = None
        note_first_part(problem, ended, part.path[common:])
        problem.frames += [self._frame(name) for name in part.path[common:]]

    def _end_siblings(self) -> None:
        """A step in an item: the items before it are parts of their own, and no list of what is assumed."""
        problem, scope = self.problem, self.problem.scope
        if problem.sibling is None or len(problem.frames) <= problem.sibling[0]:
            return
        (depth, first), problem.sibling = problem.sibling, None
        here = problem.frames[depth]
        scope.drop_case()
        scope.doubt(h for h in here.held if h not in first.held and h in scope.lines)
        scope.unsay(scope.told[first.told : here.told])
        scope.take_back(first.meant, here.meant)

    def _frame(self, name: str) -> Frame:
        scope = self.problem.scope
        return Frame(name, scope.context.hypotheses, len(scope.told), self.problem.steps, scope.meanings())

    def _end_aside(self, frame: Frame) -> None:
        """What an example or a remark makes of a name that was there before is not what the text means behind it."""
        if not frame.name.startswith("aside"):
            return
        scope = self.problem.scope
        meant = scope.meanings()
        for name in frame.meant.names:
            if meant.of(name) != frame.meant.of(name):
                scope.unclear[name] = f"{name} is given in an example or a remark that has ended"

    def _end_definitions(self, part: Part) -> None:
        """What a definition supposes of a name that was there before it ends with it; of its own names it stays."""
        problem = self.problem
        for frame in problem.frames:
            if frame.name.startswith("definition") and frame.name not in part.path:
                said = [h for h in problem.scope.context.hypotheses if h not in frame.held and h in problem.scope.lines]
                problem.scope.doubt(h for h in said if names_in(h) & frame.meant.names.keys())

    def _declaration(self, declaration: Declaration) -> None:
        """Read a declaration; one that speaks of what is declared later waits for it."""
        problem = self.problem
        note_shapes(problem, declaration)
        note_lists_from_zero(problem.scope, declaration.tokens)
        if problem.scope.layout == "gradient" and is_layout_turned(declaration.tokens):
            problem.scope.layout = "denominator"
        problem.before = (*problem.before[1 - MOST_BEFORE :], declaration.tokens) if declaration.inline else ()
        self._passed_over(declaration.ahead)
        if "$" not in declaration.before:
            problem.said_before = problem.scope.context.hypotheses
        if problem.waiting and declaration.inline:
            sentence, names = _sentence(declaration), letters_of(declaration.tokens)
            late = any(names & letters_of(waiting.tokens) for waiting in problem.waiting)
            if late and withdrawn(f"{sentence.before} $ {sentence.after}"):
                self._infer_waiting()  # what waits was said before
        if not self._declared(declaration):
            problem.waiting.append(declaration)
            return
        for earlier in sorted(problem.waiting, key=lambda waiting: not _gives_a_start(waiting.tokens)):
            if self._declared(earlier):
                problem.waiting.remove(earlier)

    def _passed_over(self, sentences: tuple[str, ...]) -> None:
        """What sentences without formulas take back of all that was said before them, also of what waits."""
        if self.problem.waiting and any(map(withdrawn, sentences)):
            self._infer_waiting()
        passed_over(self.problem, sentences)

    def _declared(self, declaration: Declaration, waits: bool = True) -> bool:
        """Whether a declaration is read; ``waits``: what it does not declare itself may still be declared."""
        self.problem.scope.waits = waits
        self.problem.scope.awaited = frozenset[str]().union(*map(_names_given, self.problem.waiting))
        if declaration.inline:
            self._own_set(declaration.tokens)
            begins_sample(self.problem.scope, declaration.tokens, _sentence(declaration))
            take_meaning(self.problem.scope, declaration.tokens, _sentence(declaration))
        kept = self.problem.scope.copy()
        declarer = Declarer(self.problem.scope, recognised)
        try:
            if not waits:
                self._model_told(declaration.tokens)
            if waits and self._starts_what_waits(declaration.tokens):
                raise Unreadable("the start of what is not declared yet", declaration.place)
            if waits and declaration.inline:
                self._wait_for_vectors(declaration)
            if declaration.inline:
                sentence = _sentence(declaration)
                if "$" not in sentence.before and (
                    _is_arrow(declaration.tokens)
                    or (ends_suppositions(sentence.before) and not self._ranges_over_others(declaration, sentence))
                ):
                    self.problem.scope.end_suppositions()
                elif "$" not in sentence.before and begins_task(sentence.before):
                    self.problem.scope.drop_case()
                withdraw(self.problem, f"{sentence.before} $ {sentence.after}", _spoken_of(declaration.tokens))
                speaks_again(self.problem, f"{sentence.before} $ {sentence.after}", _spoken_of(declaration.tokens))
                self._goes_on(sentence.before)
                introduced = any(
                    relation_of(declaration.tokens, k)[0] in ("in", "sim") for k in range(len(declaration.tokens))
                )
                if not introduced and is_as_before(sentence.before, sentence.after):
                    for name in letters_of(declaration.tokens):
                        self.problem.scope.say_again(VARIANTS.get(name, name))
                forget_functions(self.problem.scope, declaration.tokens)
                meant_otherwise(self.problem.scope, declaration.tokens)
                self._given_anew_inline(declarer, declaration.tokens, sentence)
                self._mentioned(declarer, declaration.tokens, sentence)
                self._meant_for_a_while(kept, sentence)
                doubt_definite(self.problem, f"{sentence.before} $ {sentence.after}", kept.context.hypotheses)
            else:
                pieces = pieces_of(trimmed(declaration.tokens))
                second = [self._second_value(piece.sides, piece.relations) for piece in pieces]
                declarer.declare(declaration.tokens)
                for said in second:
                    self.problem.scope.unclear.update(said)
        except (Unreadable, *DEFECTS) as error:
            self.problem.scope = kept
            place = getattr(error, "place", None) or declaration.place
            written = latex_of(declaration.tokens)
            self.problem.troubles[written] = Remark(f"{error} (in the declaration {written})", place)
            return False
        finally:
            self.problem.scope.waits = False
        self.problem.troubles.pop(latex_of(declaration.tokens), None)
        fresh = (name for name, at in self.problem.scope.given.items() if kept.given.get(name) != at)
        self.problem.given_at.update(dict.fromkeys(fresh, declaration.place))
        return True

    def _ranges_over_others(self, declaration: Declaration, sentence: Sentence) -> bool:
        """Whether a sentence says for all of what it is meant, and nothing is supposed of that: "suppose that $A$ is
        symmetric. For every $x$".
        """
        scope = self.problem.scope
        at = next((k for k in range(len(declaration.tokens)) if relation_of(declaration.tokens, k)[0]), None)
        supposed = (names_in(h) for h in (*scope.supposed, *scope.case))
        return says_for_all(sentence.before) and not letters_of(declaration.tokens[:at]) & set[str]().union(*supposed)

    def _own_set(self, tokens: Tokens) -> None:
        r"""Prose that speaks of ``R`` or ``N`` itself, "let $R$ be a set", ``R \subset``: it is no set of numbers."""
        scope, letters = self.problem.scope, trimmed(tokens)
        letter = name_of(letters[0]) if letters and letters[0].kind == "char" else ""
        behind = letters[1] if len(letters) > 1 else None
        spoken = behind is None or behind.kind == "sub" or relation_of(letters, 1)[0] or behind.kind == "command"
        if letter not in ("R", "N", "Z", "S", "K", "M", "C") or not spoken:
            return
        scope.own_sets.add(letter)
        for name in scope.in_bare_sets.pop(letter, ()):
            scope.unclear[name] = f"{name} is said to lie in {letter}, which is something of the text's own"

    def _wait_for_vectors(self, declaration: Declaration) -> None:
        """Raises Unreadable for what is said of the entries of a name that words call a vector: how long it is, a
        formula may still tell.
        """
        for piece in pieces_of(trimmed(declaration.tokens)):
            member = trimmed(piece.sides[0])
            letter = name_of(member[0]) if len(member) > 2 and member[1].kind == "sub" else ""
            if piece.relations != ("in",) or letter not in self.problem.vectors:
                continue
            if self.problem.scope.find(letter, indexed=True) is None:
                raise Unreadable(f"{letter} has no declaration", declaration.place)

    def _starts_what_waits(self, tokens: Tokens) -> bool:
        """Whether an equation gives the start of a rule that waits: ``v_0 = 0`` behind ``v_{t+1} = b v_t + g_t``."""
        if not _gives_a_start(tokens):
            return False
        ((letter, _),) = _members_given(tokens)
        if self.problem.scope.find(letter, indexed=True) is not None:
            return False
        rules = (member for waiting in self.problem.waiting for member in _members_given(waiting.tokens))
        return any(name == letter and at[:1].isalpha() for name, at in rules)

    def _model_told(self, tokens: Tokens) -> None:
        """The names that an equation of data and noise alone speaks of are declared by it."""
        for piece in (p for p in pieces_of(trimmed(tokens)) if p.relations == ("=",)):
            model(self.problem.scope, piece.sides[0], piece.sides[1], self.problem.chance)

    def _meant_for_a_while(self, before: Scope, sentence: Sentence) -> None:
        """Note what a sentence makes of names that were open before: under a condition, or in so many words."""
        scope = self.problem.scope
        if scope.names == before.names and scope.context == before.context:
            return
        change = before.meanings(), scope.meanings()
        if defines(sentence):
            scope.lasting |= {name for name in before.names if change[0].of(name) != change[1].of(name)}
        how, plainly = stance(sentence), stance(sentence, needs_verb=False, any_words=True)
        if how is Stance.WITHIN:
            scope.meant_within.append(change)
        elif Stance.CASE in (how, plainly) or is_named_case(sentence):
            scope.meant_case.append(change)
        elif supposes(sentence):
            scope.meant_supposed.append(change)

    def _infer_waiting(self) -> None:
        """Read what still waits: names that nothing declares are what they alone can be."""
        progress = True
        while progress:
            names = [d for d in self.problem.waiting if not _gives(d.tokens) and self._declared(d, waits=False)]
            for piece in (p for d in self.problem.waiting for p in pieces_of(trimmed(d.tokens))):
                if piece.relations in (("=",), (":=",)):
                    declare_inputs(self.problem.scope, *piece.sides)
            waiting = [d for d in self.problem.waiting if d not in names and not self._declared(d, waits=False)]
            waiting = self._without_coupled(waiting)
            progress = len(waiting) < len(self.problem.waiting) or any(self._inferred(d) for d in waiting)
            self.problem.waiting = waiting

    def _inferred(self, declaration: Declaration) -> bool:
        """Whether the names that a definition is written with, and that nothing declares, are declared by it."""
        for piece in pieces_of(trimmed(declaration.tokens)):
            given = piece.relations in (("=",), (":=",)) and bool(piece.sides[0])
            with suppress(Unreadable, *DEFECTS):
                others = [d for d in self.problem.waiting if d is not declaration and _gives(d.tokens)]
                names = set[str]().union(*map(_names_given, others))
                left, right = piece.sides[:2]
                if given and self._given_by_entries(declaration, left, right):
                    return True
                if given and declare_names(self.problem.scope, left, right, told_shapes(self.problem), names):
                    return True
        return False

    def _given_by_entries(self, declaration: Declaration, left: Tokens, right: Tokens) -> bool:
        """Whether a vector of which nothing but its list of entries is known is declared by that list."""
        words = f"{declaration.before.rsplit('.', 1)[-1]} {declaration.after.split('.')[0]}"
        found = set_of_vector(left, right, turned="vector" not in words and "vecteur" not in words)
        scope = self.problem.scope
        known = (scope.find(name, indexed=at) for name in letters_of(left) for at in (True, False))
        if found is None or any(entity is not None for entity in known):
            return False
        if len(pieces_of(trimmed(declaration.tokens))) == 1:  # what else its words say of it
            return self._declared(replace(declaration, tokens=found), waits=False)
        Declarer(scope, recognised).declare(found)
        return True

    def _without_coupled(self, waiting: list[Declaration]) -> list[Declaration]:
        """Read what defines families through each other; returns what still waits."""
        coupled: dict[int, tuple[Tokens, Tokens]] = {}
        for k, declaration in enumerate(waiting):
            pieces = pieces_of(trimmed(declaration.tokens))
            if len(pieces) != 1 or pieces[0].relations not in (("=",), (":=",)) or pieces[0].words:
                continue
            put = stance(_sentence(declaration), needs_verb=False, any_words=True)
            if put is Stance.ASSUMED and general_member(self.problem.scope, pieces[0].sides[0]) is not None:
                coupled[k] = (pieces[0].sides[0], pieces[0].sides[1])
        if not coupled or not self._defined_together(list(coupled.values())):
            return waiting
        for k in coupled:
            self.problem.troubles.pop(latex_of(waiting[k].tokens), None)
        return [declaration for k, declaration in enumerate(waiting) if k not in coupled]

    def _defined_together(self, equations: list[tuple[Tokens, Tokens]]) -> bool:
        """Whether equations define families through each other; nothing of them is kept where they do not."""
        kept = self.problem.scope.copy()
        try:
            define_together(Declarer(self.problem.scope, recognised), equations)
        except (Unreadable, *DEFECTS):
            self.problem.scope = kept
            return False
        return True

    def _give_up_waiting(self) -> None:
        """What a declaration of the problem says and could not be read makes claims of mistakes uncertain."""
        self._infer_waiting()
        for declaration in self.problem.waiting:
            self._lost_meaning(declaration)
            if declaration.inline:
                if is_constraint(_sentence(declaration)):
                    missing = frozenset[str]().union(*map(self._undeclared, pieces_of(trimmed(declaration.tokens))))
                    self.problem.lost.append((declaration, missing - STYLES.keys()))
                continue  # prose that is not a declaration
            remark = self.problem.troubles[latex_of(declaration.tokens)]
            self.remarks.append(remark)
            self.problem.unread.append(remark)
            self.problem.tainted |= defined_letters(declaration.tokens)
        self.problem.waiting.clear()

    def _found_again(self) -> None:
        """Read constraints of letters that were declared since: "subject to $u^\\top u = 1$", and then a Lagrangian
        that is a function of u.
        """
        scope = self.problem.scope
        for declaration, missing in [(d, names) for d, names in self.problem.lost if any(map(scope.find, names))]:
            self.problem.lost.remove((declaration, missing))
            if self._declared(declaration, waits=False):
                said = latex_of(declaration.tokens)
                for name in [n for n in missing if self.problem.scope.unsure.get(n) == said]:
                    del self.problem.scope.unsure[name]

    def _lost_meaning(self, declaration: Declaration) -> None:
        """A law or a definition that was not read leaves its names without a meaning that a step could rest on."""
        scope = self.problem.scope
        sentence = _sentence(declaration)
        loss = other_gradient(scope, declaration.tokens) if declaration.inline else ""
        if loss:
            scope.unclear[loss] = f"another gradient of {loss} is given in line {declaration.place.line}"
        if declaration.inline:
            for unread in said_of(sentence):  # a property that was not read may make right what looks wrong
                lost = (names_given(piece.sides[0]) for piece in pieces_of(trimmed(declaration.tokens)))
                scope.unsure.update(dict.fromkeys(set[str]().union(*lost), unread.word or unread.kind))
            conditional = any(name_of(t) in _GIVEN for t in declaration.tokens)
            if conditional and stance(sentence, needs_verb=False, any_words=True) is not Stance.NOTHING:
                names = letters_of(declaration.tokens) - {"E"}
                scope.unsure.update(dict.fromkeys(names, "of a given conditional mean"))
        if says_moments(sentence.before, sentence.after):
            names = {name for formula in (*sentence.earlier, *sentence.later) for name in letters_of(formula)}
            laws = [law for law in scope.context.random if law.target.name in names or is_unsaid(law)]
            scope.unsay([Told(law) for law in laws])
        for piece in pieces_of(trimmed(declaration.tokens)):
            relation = piece.relations[0] if piece.relations else ""
            if relation == "sim":
                scope.lawless |= letters_of(piece.sides[0])
                continue
            if relation == "in" and not is_domain(piece.sides[1]) and not denies(sentence):
                for letter in letters_of(piece.sides[0]):
                    scope.unsure.setdefault(letter, f"in {latex_of(piece.sides[1])}")
            if declaration.inline and relation in UNREAD:  # "with variances $a > 0$ and $b > 0$"
                unread_letters = {VARIANTS.get(n, n) for side in piece.sides for n in letters_of(side)} - STYLES.keys()
                unread_letters -= FUNCTION_WORDS  # that $1 - \\tanh^2 > 0$ says nothing of tanh that it has not
                scope.unsure.update(dict.fromkeys(unread_letters, latex_of(declaration.tokens)))
                continue
            given = not declaration.inline or giving(sentence) is Giving.DEFINES
            constraint = is_constraint(sentence)  # of what a minimum is taken over, not of the letters beside it
            assumed = (
                declaration.inline and not constraint and stance(sentence) not in (Stance.NOTHING, Stance.DOUBTFUL)
            )
            summed = any(name_of(t) == "sum" for t in piece.sides[0])  # "subject to $\\sum_k p_k = 1$"
            stated = assumed or (constraint and not denies(sentence))
            if relation == "=" and stated and not names_given(piece.sides[0]):  # "let $a > 0$ with $a b = 1$"
                open_ = self._undeclared(piece)  # of data beside the variable a constraint says nothing
                for letter in {letter for side in piece.sides for letter in letters_of(side)} - STYLES.keys():
                    if assumed or letter in open_ or (summed and scope.find(letter) is not None):
                        scope.unsure.setdefault(letter, latex_of(declaration.tokens))
            doubtful = declaration.inline and stance(sentence) is Stance.DOUBTFUL
            if relation == "=" and doubtful and not names_given(piece.sides[0]):  # "consider the plane $w^T x = b$"
                for letter in self._undeclared(piece):
                    scope.unsure.setdefault(letter, latex_of(declaration.tokens))
            if relation not in ("=", ":=") or not given or not isinstance(declaration.place, Place):
                if relation in ("=", ":=") and giving(sentence) in (Giving.SUPPOSES, Giving.UNCLEAR):
                    given_names = names_given(piece.sides[0])
                    self.problem.tainted |= given_names
                    # "If $A B = B A$" of names that nothing declares.
                    if not given_names and giving(sentence) is Giving.SUPPOSES:
                        letters = {letter for side in piece.sides for letter in letters_of(side)}
                        scope.unsure.update(dict.fromkeys(letters - STYLES.keys(), latex_of(declaration.tokens)))
                continue
            for name in names_given(piece.sides[0]):
                said = latex_of(declaration.tokens)
                if declaration.inline and self._is_beside_unknowns(name, piece):
                    scope.unsure[name] = said  # what it is said to be is made of letters that nothing else is made of
                    continue
                scope.unclear[name] = f"what line {declaration.place.line} says of {name} was not read: ${said}$"

    def _undeclared(self, piece: Piece) -> set[str]:
        """The letters of a formula that nothing declares; none of an update: it tells nothing of what it is made of."""
        known = self.problem.scope.names
        try:
            left, right = (parse(trimmed(side)) for side in piece.sides[:2])
            written = {node.text for side in (left, right) for node in letters_within(side)}
        except Unreadable:
            return set()
        if left.kind == "letter":
            return set()
        return {n for n in written - FUNCTION_WORDS if n not in known and f"{n}[]" not in known and n not in ("T", "e")}

    def _is_beside_unknowns(self, name: str, piece: Piece) -> bool:
        r"""Whether a declared name is said to be equal to what is written in names alone that nothing declares: beside
        ``$\Lambda = \Sigma^{-1}$`` with no Sigma, Lambda is what was declared, of which nothing more is known.
        """
        scope = self.problem.scope
        others = {VARIANTS.get(letter, letter) for side in piece.sides[1:] for letter in letters_of(side)}
        known = {n for n in others if scope.find(n) is not None or f"{n}[]" in scope.names} - {name}
        defined = {d.target.name for d in scope.context.definitions}
        unknown = others - STYLES.keys() - {name}
        return isinstance(scope.find(name), Symbolic) and name not in defined and not known and bool(unknown)

    def _unsplit(self, display: Display) -> None:
        """A display whose relations all stand in brackets that do not match: one step that cannot be read."""
        tokens = stripped(display.tokens)
        for k in range(len(tokens)):
            found, width = relation_of(tokens, k)
            if found in COMPARED:
                statement = Statement([list(tokens[:k]), list(tokens[k + width :])], [found])
                said = "the brackets do not match" if k else "nothing stands before the relation"
                error = Unreadable(said, tokens[0].place)
                if not any(t.kind in ("begin", "end") for t in tokens) or not environments_match(tokens):
                    self._unreadable(statement, 0, error, display)
                return

    def _models(self, statements: list[Statement], order: str) -> None:
        """Equations that say what noise is become definitions of the data; their own names are declared by them."""
        for statement in statements:
            if order or statement.leads or statement.constant or statement.relations[:1] != ["="]:
                continue
            left, right = (tuple(side) for side in statement.sides[:2])
            if model(self.problem.scope, left, right, self.problem.chance):
                statement.relations[0] = ":="

    def _moments_stated(self, statements: list[Statement], words: str, order: str) -> list[Statement]:
        r"""Take means and variances of names that a display gives as what is said of them; returns the others.

        ``y = X \beta + \varepsilon, \mathbb{E}[\varepsilon] = 0``: of a name that has no law yet, behind words that put
        it so, this is no claim.
        """
        stated = [s for s in statements if not order and self._states_a_moment(s)]
        laws = {law.target.name for law in self.problem.scope.context.random if not is_unsaid(law)}
        stated = [s for s in stated if moment_named(tuple(s.sides[0])) not in laws]
        others = [s for s in statements if s not in stated]
        defining = any(s.relations[:1] in (["sim"], [":="]) or self._is_definition(s, order) for s in others)
        sentence = puts_a_model(words, defining) if stated else None
        if sentence is None:
            return statements
        self.problem.chance |= {moment_named(tuple(s.sides[0])) for s in stated}
        self._models(others, order)
        waiting, before = stated, len(stated) + 1
        while waiting and len(waiting) < before:
            before = len(waiting)
            waiting = [s for s in waiting if not self._declared(_as_prose(s, sentence), waits=False)]
        return [s for s in statements if s not in stated or s in waiting]

    def _states_a_moment(self, statement: Statement) -> bool:
        """Whether a statement is an equation for the mean or the variance of a name that nothing defines."""
        if statement.relations != ["="] or statement.leads or statement.followed or statement.unclear:
            return False
        if statement.constant or statement.conditions or statement.reasons or statement.asides:
            return False
        name = moment_named(tuple(statement.sides[0]))
        entity = self.problem.scope.find(name) if name else None
        if not name or not isinstance(entity, Symbolic | None):
            return False
        known = self.problem.scope.context
        defined = {d.target.name for d in known.definitions} | {r.target.name for r in known.recurrences}
        return entity is None or entity.value.name not in defined

    def _defined_first(self, statements: list[Statement], order: str) -> list[Statement]:
        """Definitions of a display are read before its steps: a name may be used before it is defined in it."""
        done: list[Statement] = []
        if order == "assume":
            return done
        for last in (False, True):
            for statement in statements:
                if statement in done or not self._is_definition(statement, order):
                    continue
                kept = self.problem.scope.copy()
                for name in numbers_among(kept, tuple(statement.sides[1])) if last else ():
                    self.problem.scope.declare(name, Symbolic(Var(name), inferred=True), "")
                try:
                    second = self._second_value(statement.sides, tuple(statement.relations))
                    self._define(statement)
                    self.problem.scope.unclear.update(second)
                    done.append(statement)
                except (Unreadable, *DEFECTS):
                    self.problem.scope = kept
        coupled = {
            k: (tuple(statement.sides[0]), tuple(statement.sides[1]))
            for k, statement in enumerate(statements)
            if statement not in done and not statement.conditions and self._is_definition(statement, order)
            if general_member(self.problem.scope, tuple(statement.sides[0])) is not None
        }
        if coupled and self._defined_together(list(coupled.values())):
            done += [statements[k] for k in coupled]
        return done

    def _is_definition(self, statement: Statement, order: str) -> bool:
        if not statement.relations:
            return False
        if order == "define" or statement.relations[0] == ":=":
            return True
        if statement.relations[0] != "=" or statement.leads or statement.constant:
            return False
        left = stripped(statement.sides[0])
        if left and name_of(left[0]) in self.problem.scope.passed_over - self.problem.scope.names.keys():
            return False  # "c = 1 if a > 0" behind which the display says that c = 1
        try:
            return Declarer(self.problem.scope, recognised).is_new(*(tuple(side) for side in statement.sides[:2]))
        except (Unreadable, *DEFECTS):
            return False

    def _define(self, statement: Statement) -> None:
        declarer = Declarer(self.problem.scope, recognised)
        left, right = tuple(statement.sides[0]), tuple(statement.sides[1])
        found = minimiser(right)
        if found is not None:
            self._define_minimiser(left, found, statement)
            return
        declarer.define_from(left, right)
        for condition in statement.conditions:
            self._condition(declarer, condition, left)
        if statement.asides:
            self.problem.tainted |= letters_of(left)

    def _define_minimiser(self, left: Tokens, found: Minimiser, statement: Statement) -> None:
        r"""``w^* = \arg\min_w f``: what follows in the chain, or else a point where the gradient vanishes."""
        declarer = Declarer(self.problem.scope, recognised)
        if len(statement.sides) > 2 and statement.relations[1] == "=":
            declarer.define_from(left, tuple(statement.sides[2]))
            return
        values = Values(self.problem.scope)
        variable = values.variable(found.variable)
        point = declarer.introduce(values.tree(left), *variable.shape)
        if point is None or not isinstance(variable, Var):
            raise Unreadable("the minimum is over a symbol", found.variable[0].place)
        with values.reading(variable.name, point):
            objective = values.finished(values.read(found.objective))
        objective = at_values(objective, {variable: point}, self.problem.scope.context, ())
        zero = Num(0) if variable.is_number_shaped else ex.Zeros(*variable.shape)
        self.problem.scope.assume(Relation(ex.Gradient(objective, point), "=", zero))

    def _condition(self, declarer: Declarer, condition: Tokens, left: Tokens) -> None:
        """The condition of a definition; where it is not read, no mistake is claimed of what it speaks of."""
        try:
            declarer.declare(condition)
        except (Unreadable, *DEFECTS) as error:
            place = getattr(error, "place", None) or condition[0].place
            self.remarks.append(Remark(f"{error} (in the condition {latex_of(condition)})", place))
            self.problem.tainted |= letters_of(left) | letters_of(condition)

    def _declare_display(self, statement: Statement) -> None:
        tokens = [t for side in statement.sides[:1] for t in side]
        try:
            declarer = Declarer(self.problem.scope, recognised)
            declarer.state(tuple(tuple(s) for s in statement.sides), tuple(statement.relations))
        except (Unreadable, *DEFECTS) as error:
            place = tokens[0].place if tokens else Place("", 1, 1)
            self.remarks.append(Remark(str(error), place))
            self.problem.unread.append(self.remarks[-1])

    def _conditions(self, scope: Scope, statement: Statement) -> Unreadable | None:
        declarer = Declarer(scope, recognised)
        for names, numbers in statement.every:
            for name in split(names, (",",)) if numbers else ():
                letter = name_of(name[0]) if len(name) == 1 else ""
                if letter.isalpha() and scope.find(letter, indexed=True) is None:
                    scope.declare(letter, Symbolic(Var(letter)), "")
        for condition in statement.conditions:
            bare = not any(relation_of(condition, k)[0] for k in range(len(condition)))
            if bare and not any(t.kind == "text" for t in condition):
                return Unreadable("a condition that is not understood", condition[0].place)
            if _is_any_number(condition) and isinstance(scope.find(name_of(condition[0])), Size):
                continue  # of the letter that moves in a limit: a size is none of all numbers
            try:
                declarer.declare(condition)
            except Unreadable as error:
                return error
            except DEFECTS as error:
                return Unreadable(str(error), condition[0].place)
        for reason in statement.reasons:
            if not self._is_reason_proved(scope, reason):
                statement.asides.append(reason)
        return None

    def _is_reason_proved(self, scope: Scope, reason: Tokens) -> bool:
        """Whether what is said to be the reason of a step is true; it is then used, and else it is not."""
        if self._is_true_of_function(scope, reason):
            return True
        tried = scope.copy()
        try:
            Declarer(tried, recognised).declare(reason)
        except (Unreadable, *DEFECTS):
            return False
        fresh = [h for h in tried.context.hypotheses if h not in scope.context.hypotheses]
        if any(self._judged(claim, scope.context).status is not Status.PROVED for claim in fresh):
            return False
        for key in vars(tried):
            setattr(scope, key, getattr(tried, key))
        return True

    def _is_true_of_function(self, scope: Scope, reason: Tokens) -> bool:
        """Whether a reason compares a function of one number with numbers, and holds at all of them: ``0 < g < 1``."""
        functions = [k for k, t in enumerate(reason) if _is_function_of_a_number(scope.find(name_of(t)))]
        relations = {relation_of(reason, k)[0] for k in range(len(reason))} - {""}
        if len(functions) != 1 or not relations or not relations <= {"<", "<=", ">", ">="}:
            return False
        (at,) = functions
        if at + 1 < len(reason) and not relation_of(reason, at + 1)[0]:
            return False  # it is applied, or has an index
        letter = next((a for a in "zuvst" if scope.find(a) is None), "")
        place = reason[at].place
        argument = tokenize(f"({letter})", place.file, place.line, place.column)
        tried = scope.copy()
        tried.declare(letter, Symbolic(Var(letter)), "")
        held = tried.context.hypotheses
        try:
            Declarer(tried, recognised).declare((*reason[: at + 1], *argument, *reason[at + 1 :]))
        except (Unreadable, *DEFECTS):
            return False
        claims = [h for h in tried.context.hypotheses if h not in held]
        return bool(letter and claims) and all(
            self._judged(claim, scope.context).status is Status.PROVED for claim in claims
        )


def _is_function_of_a_number(entity: object) -> bool:
    """Whether a name stands for a function of one number."""
    return isinstance(entity, ScalarFunctionName) or (isinstance(entity, DefinedFunction) and entity.entrywise)


def _sentence(declaration: Declaration) -> Sentence:
    """The words around a piece of inline mathematics."""
    before, after, label = declaration.before, declaration.after, declaration.label
    sentence = Sentence(before, after, declaration.is_open, label, declaration.earlier, declaration.later)
    if not declaration.inline:
        return sentence
    return with_parameter(put_as_factors(sentence, declaration.tokens), declaration.tokens)


def _as_prose(statement: Statement, sentence: Sentence) -> Declaration:
    """A statement of a display as what a sentence of the prose says."""
    left, right = (tuple(side) for side in statement.sides)
    place = left[0].place
    tokens = (*left, *tokenize("=", place.file, place.line, place.column), *right)
    return Declaration(tokens, place, True, sentence.before, sentence.after, sentence.is_open)


def _is_arrow(tokens: Tokens) -> bool:
    r"""Whether a formula is an arrow alone: the direction that is proved next, ``($\Leftarrow$)``."""
    return bool(tokens) and relation_of(tokens, 0) in [(arrow, len(tokens)) for arrow in ("=>", "<==", "<=>")]


def _is_any_number(condition: Tokens) -> bool:
    r"""Whether a condition is ``t \in \mathbb{R}``."""
    membership = len(condition) > 2 and relation_of(condition, 1)[0] == "in"
    return membership and plain_text(condition[2:]) == "R"


def _members_given(tokens: Tokens) -> list[tuple[str, str]]:
    """The letters with an index that stand alone before a sign of equality, with their indices: v and ``t+1``."""
    found: list[tuple[str, str]] = []
    for piece in pieces_of(trimmed(tokens)):
        if piece.relations not in (("=",), (":=",)):
            continue
        with suppress(Unreadable):
            node = parse(trimmed(piece.sides[0]))
            if node.kind == "letter" and [mark for mark, _ in node.scripts] == ["_"]:
                found.append((node.text, plain_text(node.scripts[0][1])))
    return [(letter, at) for letter, at in found if at]


def _names_given(declaration: Declaration) -> set[str]:
    """The names that the equations of a declaration are about."""
    found: set[str] = set()
    for piece in pieces_of(trimmed(declaration.tokens)):
        with suppress(Unreadable):
            node = parse(trimmed(piece.sides[0])) if piece.relations[:1] in (("=",), (":=",)) else None
            if node is not None and node.kind == "letter":
                found.add(name_with(node.text, node.scripts) or node.text)
    return found


def _gives(tokens: Tokens) -> bool:
    """Whether a declaration has an equation."""
    return any(relation_of(tokens, k)[0] in ("=", ":=") for k in range(len(tokens)))


def _spoken_of(tokens: Tokens) -> set[str]:
    """The letters of what a formula speaks of: K of ``K \\in \\mathbb{R}^{n \\times p}``, not those of its space."""
    pieces = pieces_of(trimmed(tokens))
    declares = bool(pieces) and all(piece.relations[:1] in (("in",), ("sim",)) for piece in pieces)
    return {n for piece in pieces for n in letters_of(piece.sides[0])} if declares else letters_of(tokens)


def _gives_a_start(tokens: Tokens) -> bool:
    """Whether a declaration is one equation for a member with a number: ``v_0 = 0``."""
    members = _members_given(tokens)
    return len(members) == 1 and members[0][1].isdigit()
