"""What the names of a document stand for, and how they are looked up.

A scope belongs to a document or to one of its problems; a problem's scope is a copy that then goes its own way.
May import ``everystep.algebra`` and this package's grammar.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from sympy import Expr, Symbol

from everystep.algebra.context import EVERY, Context, Definition, Hypothesis, Predicate, Random, Recurrence, Relation
from everystep.algebra.expressions import Entry, Expression, Hadamard, Hessian, Int, Member, Num, Ones, Pow, Var, walk
from everystep.algebra.functions import FUNCTIONS
from everystep.algebra.shapes import ONE, index, size
from everystep.reader.decompositions import CHOLESKY, EIGEN, LU
from everystep.reader.entities import (
    ENDED,
    Between,
    Decomposed,
    DefinedFunction,
    Doubt,
    Entity,
    FamilyName,
    Meanings,
    Notation,
    OpaqueFunction,
    Pair,
    Rows,
    SaidAt,
    ScalarFunctionName,
    Size,
    Symbolic,
    Told,
)
from everystep.reader.independence import Spoken
from everystep.reader.source import Tokens
from everystep.records import dataclass, field, replace

_NEEDED = frozenset(("*", "symmetric", "positive definite", "positive semidefinite"))
"""What a text no longer assumes of a matrix that may then have no decomposition; ``"*"`` is all."""


@dataclass
class Scope:
    """Names, what is assumed of them, and the conventions in force.

    ``styles``: names that are declared in two styles (bold and plain), by (name, style).  ``temporary`` is assumed for
    the next display, ``case`` until the next case of an exercise; ``doubts`` may have been assumed.  ``unsure``: names
    of which something is said that cannot be expressed, and the words.  ``independent``: groups of random names that
    are independent of each other.  ``upright``: what ``a \\perp b`` was taken to say of vectors that are not random.
    ``passed_over``: new names whose definition was not given for good.
    ``constants``: names that are said not to vary.  ``lines``: the author's words for a hypothesis of the prose, and
    their line.  ``unclear``: names that may stand for several things, and why.  ``lawless``: names that are random by a
    law that was not read.  ``usual``: the sizes of ``\\mathbf{1}``, ``\\mathbf{0}`` and ``I`` that a declaration tells,
    for where nothing else does.  ``beside``: the families of the last declaration.  ``supposed``: what "suppose" has
    put, which "conversely" ends.  ``told``: what prose has said of chance, in order; ``told_within``, ``told_case``
    and ``told_supposed``: that for the next display, for the case at hand, and what is supposed.  ``meant_within``,
    ``meant_case`` and ``meant_supposed``: what names stood for before and behind the sentences that have given one a
    meaning for the next display, for the case at hand, or under what is supposed.  ``depends``: names that words call
    functions of others, and those.
    """

    names: dict[str, Entity] = field(default_factory=dict)
    styles: dict[tuple[str, str], str] = field(default_factory=dict)
    declared_style: dict[str, str] = field(default_factory=dict)
    context: Context = field(default_factory=Context)
    layout: str = "gradient"
    random: set[str] = field(default_factory=set)
    iid: set[str] = field(default_factory=set)
    transposes: bool = False
    nabla: Expression | None = None
    between: dict[str, Between] = field(default_factory=dict)  # families put into the recurrence of another
    commutator: bool = False  # whether [A, B] is declared to be A B - B A
    pending: dict[str, dict[str, Expression]] = field(default_factory=dict)
    independent: tuple[frozenset[str], ...] = ()
    upright: tuple[tuple[Relation, frozenset[str]], ...] = ()
    temporary: list[Hypothesis] = field(default_factory=list)
    case: list[Hypothesis] = field(default_factory=list)
    supposed: list[Hypothesis] = field(default_factory=list)
    case_sentence: str = ""
    constraints: list[Hypothesis] = field(default_factory=list)  # those of the last problem with any
    constraint_sentence: str = ""
    doubts: tuple[Doubt, ...] = ()
    sentence: tuple[str, dict[int, frozenset[str]]] = ("", {})
    told: list[Told] = field(default_factory=list)
    told_within: list[Told] = field(default_factory=list)
    told_case: list[Told] = field(default_factory=list)
    told_supposed: list[Told] = field(default_factory=list)
    meant_within: list[tuple[Meanings, Meanings]] = field(default_factory=list)
    meant_case: list[tuple[Meanings, Meanings]] = field(default_factory=list)
    meant_supposed: list[tuple[Meanings, Meanings]] = field(default_factory=list)
    lasting: set[str] = field(default_factory=set)  # names that were defined in so many words, for later sections too
    # Undeclared names that prose calls any: what it calls them, and how many displays stood before it.
    arbitrary: dict[str, tuple[str, int]] = field(default_factory=dict)
    constants: set[str] = field(default_factory=set)
    passed_over: set[str] = field(default_factory=set)
    unsure: dict[str, str] = field(default_factory=dict)
    unclear: dict[str, str] = field(default_factory=dict)
    depends: dict[str, frozenset[str]] = field(default_factory=dict)
    lawless: set[str] = field(default_factory=set)
    # The laws of names that have ended with their part, and how many displays stood before its end.
    crosswise: frozenset[frozenset[str]] = frozenset()  # "x is independent of y": nothing of the members of either
    outcomes: frozenset[str] = frozenset()  # names that words call the output, the estimate, the label
    inducts: int = -1  # the part in which the text speaks of an induction
    unsaid: dict[str, tuple[Random, int]] = field(default_factory=dict)
    normal: frozenset[Expression] = frozenset()  # conditional variances of what is said to be normal then
    usual: dict[type[Expression], Expr] = field(default_factory=dict)
    beside: frozenset[str] = frozenset()
    lines: dict[Hypothesis, SaidAt] = field(default_factory=dict)
    # What was said of names where they were introduced: "let $A \\in \\mathbb{R}^{n \\times n}$ be symmetric".
    introduced: dict[Hypothesis, frozenset[str]] = field(default_factory=dict)
    waits: bool = False  # whether names that a law speaks of may still be declared
    awaited: frozenset[str] = frozenset()  # names that definitions give which have not been read yet
    displays: int = 0
    introducing: bool = True
    afresh: bool = True
    reaches_over_brackets: bool = False  # whether the derivative of a number in brackets is that of the whole product
    bars_by_entry: bool = False  # whether bars around a vector are those of its entries
    differentials: bool = False  # whether a declared d before a name is the sign of a differential
    entrywise: bool = False  # whether the text says that powers are taken entry by entry
    denies_entrywise: bool = False  # whether it says of a power that it is not
    notation: dict[str, Notation] = field(default_factory=dict)  # brackets and signs with a meaning of their own
    other_geometry: bool = False  # whether it speaks of inner products, or of projections, other than the usual ones
    squared_lengths: bool = False  # whether the square of a vector is tried as that of its length
    counting: Mapping[str, Spoken] = field(default_factory=dict)  # where the text counts with letters
    plain_ones: bool = False  # whether a plain 1 is written for a column of ones: ``1^T x``
    more_of_losses: tuple[int, ...] = ()  # the lines where the text says that a loss rests on more than its gradient
    softmaxes: str = (
        ""  # whether the softmax of a matrix is that of its "rows" or "columns"; empty where it is not told
    )
    from_zero: dict[str, str] = field(default_factory=dict)  # letters listed from 0 to n - 1, and that n
    starts: dict[str, int] = field(default_factory=dict)  # where the indices of the text begin, by their letters
    ends: dict[str, Expr | None] = field(default_factory=dict)  # and up to where they run; None: to several ends
    summed: Mapping[str, Tokens | None] = field(default_factory=dict)  # up to where the sums of a display run from 1
    counted: frozenset[str] = frozenset()  # letters that the text counts with: "every word $w$"
    parameters: set[str] = field(default_factory=set)  # letters that functions of one number were given with
    born: dict[str, int] = field(default_factory=dict)
    part: int = 0  # how many parts of the text have begun
    points: int = 0  # how many derivatives were read at points that are no names
    given: dict[str, tuple[int, int]] = field(default_factory=dict)  # the display and the part of a name's definition
    section: tuple[str, ...] = ()  # the section and the question that are being read
    earlier: frozenset[str] = frozenset()  # the names when it began
    starts_over: bool = False  # whether it has names of its own, and takes none from earlier ones without need
    goes_on: bool = False  # whether it says that it goes on from an earlier one
    declared_in: dict[str, tuple[str, ...]] = field(default_factory=dict)
    spoken_in: dict[str, tuple[str, ...]] = field(default_factory=dict)  # where prose speaks of a name alone
    iterated: set[str] = field(default_factory=set)  # vectors of which x_0 is written: x_1 may be none of its entries
    raised: set[str] = field(default_factory=set)  # families whose index is written above, in brackets: ``x^{(i)}``
    numbered: set[str] = field(default_factory=set)  # vectors whose entries were declared before: ``y^{(i)}`` is one
    own_sets: set[str] = field(default_factory=set)  # letters of sets of numbers that the text itself speaks of
    in_bare_sets: dict[str, set[str]] = field(default_factory=dict)  # the names declared in such a letter, ``x \\in R``
    were_functions: set[str] = field(default_factory=set)  # names of functions that a later section makes numbers
    at_an_index: tuple[Hypothesis, ...] = ()  # of %! lines: ``x_i > 0``, with nothing said of i beside it
    one_valued: set[str] = field(default_factory=set)  # families that are supposed to be one value
    decompositions: tuple[Decomposed, ...] = ()
    pairs: tuple[Pair, ...] = ()

    def copy(self) -> Scope:
        return replace(
            self,
            names=dict(self.names),
            notation=dict(self.notation),
            styles=dict(self.styles),
            declared_style=dict(self.declared_style),
            random=set(self.random),
            iid=set(self.iid),
            temporary=list(self.temporary),
            case=list(self.case),
            constraints=list(self.constraints),
            supposed=list(self.supposed),
            told=list(self.told),
            told_within=list(self.told_within),
            told_case=list(self.told_case),
            told_supposed=list(self.told_supposed),
            meant_within=list(self.meant_within),
            meant_case=list(self.meant_case),
            meant_supposed=list(self.meant_supposed),
            unsure=dict(self.unsure),
            usual=dict(self.usual),
            unclear=dict(self.unclear),
            depends=dict(self.depends),
            lawless=set(self.lawless),
            unsaid=dict(self.unsaid),
            lasting=set(self.lasting),
            arbitrary=dict(self.arbitrary),
            constants=set(self.constants),
            passed_over=set(self.passed_over),
            parameters=set(self.parameters),
            from_zero=dict(self.from_zero),
            starts=dict(self.starts),
            ends=dict(self.ends),
            lines=dict(self.lines),
            introduced=dict(self.introduced),
            pending={k: dict(v) for k, v in self.pending.items()},
            born=dict(self.born),
            given=dict(self.given),
            declared_in=dict(self.declared_in),
            spoken_in=dict(self.spoken_in),
            were_functions=set(self.were_functions),
            iterated=set(self.iterated),
            one_valued=set(self.one_valued),
            raised=set(self.raised),
            numbered=set(self.numbered),
            own_sets=set(self.own_sets),
            in_bare_sets={k: set(v) for k, v in self.in_bare_sets.items()},
            between=dict(self.between),
        )

    def key(self, name: str, style: str = "") -> str:
        """The key of a name in a style: its own where the document declares both styles."""
        return self.styles.get((name, style), name)

    def find(self, name: str, style: str = "", indexed: bool = False) -> Entity | None:
        """What a name stands for; ``indexed``: a family of that name before a symbol (``L_t`` beside ``L``)."""
        key = self.key(name, style)
        entries = self._entries_of_bold(name) if indexed and style != "bold" else None
        if entries is not None:
            return entries
        family = self.names.get(f"{key}[]")
        if indexed and family is not None:
            return family
        return self.names.get(key, family)

    def _entries_of_bold(self, name: str) -> Entity | None:
        r"""The vector that ``x_i`` is an entry of: a bold ``\mathbf{x}``, where no plain ``x`` has an index."""
        own = self.styles.get((name, "bold"))
        bold = self.names.get(own if own is not None else name)
        if own is None and self.declared_style.get(name) != "bold":
            return None
        if not isinstance(bold, Symbolic) or bold.value.shape == (1, 1):
            return None
        family_style = self.declared_style.get(f"{name}[]")
        if f"{self.key(name)}[]" in self.names and (family_style != "bold" or (name, "") in self.styles):
            return None
        plain = self.names.get(self.key(name))
        if own is not None or (name, "") in self.styles:
            return bold if isinstance(plain, Symbolic) and plain.value.shape == (1, 1) else None
        return bold if f"{name}[]" in self.names else None

    def declare(self, name: str, entity: Entity, style: str = "") -> str:
        """Declare a name; a second declaration in another style makes another symbol.  Returns the symbol's key."""
        style = style if style in ("bold", "double", "upright") else ""
        of_functions = isinstance(entity, OpaqueFunction) and entity.family
        mark = "[]" if of_functions or isinstance(entity, (FamilyName, Rows)) else ""
        vector = isinstance(entity, Symbolic) and entity.value.shape != (ONE, ONE)
        if vector and self.introducing and self.is_from_another_section(name) and name not in self.raised:
            self.names.pop(f"{name}[]", None)  # x_i is an entry of this x, and none of the x_t of an earlier section
        if self.introducing and self.is_from_another_section(name):
            self.unclear.pop(name, None)
            if self.unsure.get(name) == ENDED:
                del self.unsure[name]
        self.declared_in[name] = self.section
        known = self.declared_style.get(name + mark)
        before = self.names.get(name + mark)
        guessed = isinstance(before, Symbolic) and before.inferred  # only used so far, in whatever style
        if known is not None and known != style and before is not None and not guessed:
            key = f"{name}_{style or 'plain'}"
            self.styles[(name, style)] = key
            if isinstance(entity, Symbolic):
                entity = replace(entity, value=Var(key, *entity.value.shape))
            elif isinstance(entity, FamilyName):
                entity = replace(entity, name=key)
            self.names[key + mark] = entity
            return key
        self._renew(name, mark, entity)
        self.declared_style[name + mark] = style
        if mark:  # A later declaration of the family alone takes the name; a symbol beside it stays.
            self.names.pop(name + mark, None)
        self.names[name + mark] = entity
        self._tie_powers(name)
        return name

    def make_integer(self, name: str, value: Expr) -> None:
        """Declare a size or an index; what was said of it before, as of a number, stays: ``rank(P) = r``."""
        before = self.names.get(name)
        self.names[name] = Size(value)
        if not isinstance(before, Symbolic) or before.value.shape != (ONE, ONE):
            return
        put = {before.value: Int(value)}
        context = self.context
        changed = {h: _put(h, put) for h in context.hypotheses}
        self.lines = {changed.get(h, h): said for h, said in self.lines.items()}
        self.context = replace(
            context,
            definitions=tuple(replace(d, body=d.body.xreplace(put)) for d in context.definitions),
            hypotheses=tuple(changed.values()),
        )

    def make_number(self, name: str, value: Expr) -> None:
        """Declare a number that was taken for an index because it was compared with whole numbers: ``p > 1``."""
        self.names[name] = Symbolic(Var(name))
        changed: list[Hypothesis] = []
        for h in self.context.hypotheses:
            put = _put(h, {Int(value): Var(name)})
            if put != h and isinstance(put, Relation):
                sides = (Num(int(s.value)) if isinstance(s, Int) and s.value.is_Integer else s for s in put.sides)
                put = Relation(next(sides), put.op, next(sides))
            changed.append(put)
        self.context = replace(self.context, hypotheses=tuple(changed))

    def _tie_powers(self, name: str) -> None:
        r"""A declared ``\sigma^2`` beside a declared ``\sigma`` is its square."""
        base, mark, _ = name.partition("^")
        for whole in (name,) if mark else [n for n in self.names if n.startswith(f"{name}^")]:
            exponent = whole.partition("^")[2]
            power, root = self.names.get(whole), self.names.get(base)
            if not exponent.isdigit() or not isinstance(power, Symbolic) or not isinstance(root, Symbolic):
                continue
            if power.value.shape != (1, 1) or root.value.shape != (1, 1):
                continue
            square = Pow(root.value, Num(int(exponent)))
            if any(d.target == power.value and d.body != square for d in self.context.definitions):
                self.assume(Relation(square, "=", power.value))  # it has a definition that stays
            else:
                self.define(Definition(power.value, square))

    def _renew(self, name: str, mark: str, entity: Entity) -> None:
        """What was assumed of a name goes when the name is introduced anew: with another shape, or behind a display.

        It is in doubt where the words only speak of the name again, or introduce it twice before a display.
        """
        before = self.names.get(name + mark)
        again = self.introducing and self.born.get(name + mark, self.displays) < self.displays
        self.born[name + mark] = self.displays
        if before is None:
            return
        if (again and self.afresh) or _shape_of(before) != _shape_of(entity):
            parted = [d for d in self.decompositions if name in _names_of(d)]
            self.forget(name)
            for decomposed in parted:
                self._part(decomposed, name)
        elif again or self.afresh:
            self.doubt(h for h in self.context.hypotheses if h in self.lines and _speaks_of(h, name))

    def _part(self, decomposed: Decomposed, name: str) -> None:
        """A name of a decomposition is introduced anew: whether the others still belong together is not clear."""
        said = f"part of a decomposition with another {name}"
        for factor in decomposed.factors:
            if factor.name != name:
                self.unclear[factor.name] = f"{factor.name} is {said}"
        names = {node.name for node in walk(decomposed.whole) if isinstance(node, Var | Member)}
        self.unsure.update(dict.fromkeys(names - {name}, said))

    def let_again(self, name: str) -> None:
        """A factor of a decomposition is introduced again behind a display or in another section: it may be any."""
        if self.born.get(name, self.displays) == self.displays and not self.is_from_another_section(name):
            return
        for decomposed in self.decompositions:
            if name in {factor.name for factor in decomposed.factors}:
                self.doubt(h for h in self.context.hypotheses if h in self.lines and _speaks_of(h, name))
                self._end(decomposed)
                self._part(decomposed, name)

    def no_longer(self, kinds: Collection[str], names: Collection[str] | None) -> None:
        """Properties that a text no longer assumes of names (of all, where None) may be ones by which a matrix has the
        decomposition that was spoken of: it may be any matrix then.
        """
        for decomposed in self.decompositions if _NEEDED & set(kinds) else ():
            whole = {node.name for node in walk(decomposed.whole) if isinstance(node, Var | Member)}
            if decomposed.kind in (EIGEN, CHOLESKY, LU) and (names is None or whole & set(names)):
                self._end(decomposed)

    def _end(self, decomposed: Decomposed) -> None:
        """A text may no longer speak of a matrix with that decomposition."""
        names = {node.name for node in walk(decomposed.whole) if isinstance(node, Var | Member)}
        self.drop([d for d in self.context.definitions if d.target == decomposed.whole])
        self.doubt(h for h in decomposed.given if h in self.context.hypotheses and any(_speaks_of(h, n) for n in names))
        self.unsure.update(dict.fromkeys(names, ENDED))
        self.decompositions = tuple(d for d in self.decompositions if d != decomposed)

    def drop_temporary(self) -> None:
        """End what an if-clause has assumed."""
        self.doubt(self.temporary)
        self.unsay(self.told_within)
        self._take_back_all(self.meant_within)
        self.temporary, self.told_within = [], []

    def is_from_another_section(self, name: str) -> bool:
        """Whether a name was declared in a section or a question that has ended."""
        if isinstance(self.names.get(name), Size):
            return name in self.earlier
        place = self.declared_in.get(name, ())
        return self.section[: len(place)] != place

    def only_size(self) -> Expr | None:
        """The one size other than 1 of all that is declared; None where there are none or several."""
        sizes: set[Expr] = set()
        for entity in self.names.values():
            if isinstance(entity, Symbolic):
                sizes |= set(entity.value.shape)
            elif isinstance(entity, FamilyName):
                sizes |= {entity.rows, entity.columns}
            elif isinstance(entity, Rows):
                sizes |= set(entity.matrix.shape)
            elif isinstance(entity, Size):
                sizes.add(entity.value)
        sizes -= {ONE}
        return next(iter(sizes)) if len(sizes) == 1 else None

    def end_suppositions(self) -> None:
        """End what was supposed ("suppose", "assume", a case), and not what was introduced ("let")."""
        self.drop_case()
        self.doubt(h for h in self.supposed if h in self.context.hypotheses)
        self.unsay(self.told_supposed)
        self._take_back_all(self.meant_supposed)
        self.supposed, self.told_supposed = [], []

    def drop_case(self) -> None:
        """End what the case of an exercise has assumed."""
        self.doubt(self.case)
        self.unsay(self.told_case)
        self._take_back_all(self.meant_case)
        self.case, self.told_case = [], []

    def meanings(self) -> Meanings:
        """What the names stand for here."""
        return Meanings(dict(self.names), (*self.context.definitions, *self.context.recurrences))

    def take_back(self, first: Meanings, last: Meanings | None = None, kept: Collection[str] = ()) -> None:
        """Names that were open at ``first`` and were given a meaning up to ``last`` (here, if None) are open again.

        Names that were given another one since keep it, as do those that were new then.  The author may still mean
        what is taken back, so that no mistake is claimed of it.
        """
        now = self.meanings()
        last = now if last is None else last
        for name in first.names:
            tied = isinstance(first.names[name], FamilyName) and isinstance(now.names.get(name), Rows)
            if name in kept or tied:  # members that have become the rows of a matrix are no others than before
                continue
            if first.of(name) == last.of(name) or last.of(name) != now.of(name) or not first.is_open(name):
                continue
            rules = now.of(name)[1]
            was, self.names[name] = self.names.get(name), first.names[name]
            self.drop(rules)
            if isinstance(was, Symbolic) and _shape_of(was) != _shape_of(self.names[name]):
                made: list[Definition | Recurrence] = [*self.context.definitions, *self.context.recurrences]
                self.drop([rule for rule in made if was.value in walk(rule.body)])
            self.unsure[name.removesuffix("[]")] = ENDED

    def open(self, name: str) -> None:
        """A name stands for any of its kind from here on, whatever it was defined to be."""
        name = self.key(name)
        entity = self.names.get(name)
        rules = self.meanings().of(name)[1]
        if isinstance(entity, ScalarFunctionName) and entity.name in FUNCTIONS:
            self.names[name] = ScalarFunctionName(name)
        elif isinstance(entity, DefinedFunction):
            self.unclear[name] = f"{name} is given by a formula, and is any function behind it"
            return
        elif not rules:
            return
        self.drop(rules)
        self.unsure[name] = ENDED

    def drop(self, rules: Collection[Definition | Recurrence]) -> None:
        """Take back what defines names."""
        definitions = tuple(d for d in self.context.definitions if d not in rules)
        recurrences = tuple(r for r in self.context.recurrences if r not in rules)
        self.context = replace(self.context, definitions=definitions, recurrences=recurrences)

    def _take_back_all(self, meant: list[tuple[Meanings, Meanings]]) -> None:
        for first, last in meant:
            self.take_back(first, last)
        meant.clear()

    def unsay(self, told: Iterable[Told]) -> None:
        """Take back what was said of chance: a name has its law from before, or one that is not known."""
        for said in reversed(list(told)):
            if said.law is not None and said.law in self.context.random:
                name = _name(said.law.target)
                others = tuple(r for r in self.context.random if r != said.law)
                self.context = replace(self.context, random=others if said.before is None else (*others, said.before))
                self.pending.pop(name, None)
                if said.before is None:
                    self.lawless.add(name)
                    self.unsaid[name] = said.law, self.displays
            if said.group in self.independent:
                self.independent = tuple(group for group in self.independent if group != said.group)
            self.iid -= said.iid

    def doubt_entries(self, names: Collection[str] | None) -> None:
        """The entries that have a law may be drawn together (of all names, where None): nothing is said of them."""
        for law in self.context.random:
            name = _name(law.target)
            if names is None or name in names:
                self.unclear[name] = f"the text may say that the entries of {name} are not independent"

    def say_again(self, name: str) -> None:
        """A name has the law again that has ended with its part, where nothing in it has been declared since."""
        entity = self.names.get(name)
        if name not in self.unsaid or name not in self.lawless or not isinstance(entity, Symbolic):
            return
        law, ended = self.unsaid[name]
        parts = {n.name for p in (law.target, *law.parameters) for n in walk(p) if isinstance(n, (Var, Member))}
        born = [self.born.get(key, 0) for part in parts for key in (part, f"{part}[]")]
        if entity.value != law.target or parts & self.unclear.keys() or max(born) >= ended:
            return
        self.context = replace(self.context, random=(*self.context.random, law))
        self.lawless.discard(name)

    def doubt(self, hypotheses: Iterable[Hypothesis]) -> None:
        """No longer assume what an author may still mean."""
        gone = tuple(hypotheses)
        if not gone:
            return
        kept = tuple(h for h in self.context.hypotheses if h not in gone)
        self.context = replace(self.context, hypotheses=kept)
        known = {d.hypothesis for d in self.doubts}
        self.doubts += tuple(
            Doubt(h, said.words, said.line)
            for h in gone
            if h not in known
            for said in (self.lines.get(h, SaidAt("what was assumed before still holds", 0)),)
        )

    def forget(self, name: str) -> None:
        """Drop all that is assumed of a name, and what is defined by it or as it."""

        def kept(*parts: Expression) -> bool:
            return not any(
                isinstance(node, (Var, Member)) and node.name == name for part in parts for node in walk(part)
            )

        context = self.context
        self.context = Context(
            tuple(d for d in context.definitions if kept(d.target, d.body)),
            tuple(r for r in context.recurrences if kept(r.target, r.body)),
            tuple(h for h in context.hypotheses if kept(*_parts_of(h))),
            tuple(r for r in context.random if kept(r.target, *r.parameters)),
            tuple(r for r in context.ranges if r[0] != name),
        )
        self.doubts = tuple(d for d in self.doubts if kept(*_parts_of(d.hypothesis)))
        self.decompositions = tuple(d for d in self.decompositions if name not in _names_of(d))
        self.pairs = tuple(p for p in self.pairs if kept(p.matrix, p.vector, p.value))
        self.pending.pop(name, None)
        self.unsure.pop(name, None)
        self.unclear.pop(name, None)
        self.depends.pop(name, None)
        self.lawless.discard(name)

    def rows_for_members(self, name: str, line: Callable[[Expr], Expression]) -> None:
        """What was said of the members of a family is said of the lines of a matrix: ``line`` of an index."""

        def turned(part: Expression) -> Expression:
            found = {n: line(n.at[-1]) for n in walk(part) if isinstance(n, Member) and n.name == name}
            return part.xreplace(found) if found else part

        self._rewritten(turned)

    def pairs_of_entries(self, vector: Var) -> None:
        """That every entry of a vector is 0 or 1, or 1 or -1, is said of the vector as a whole."""
        every = Entry(vector, index(EVERY[0]))
        whole = {
            Relation(Pow(every, Num(2)), "=", every): Relation(Hadamard(vector, vector), "=", vector),
            Relation(Pow(every, Num(2)), "=", Num(1)): Relation(Hadamard(vector, vector), "=", Ones(*vector.shape)),
        }

        def said(hypothesis: Hypothesis) -> Hypothesis:
            return whole.get(hypothesis, hypothesis) if isinstance(hypothesis, Relation) else hypothesis

        self.context = replace(self.context, hypotheses=tuple(map(said, self.context.hypotheses)))
        self.lines = {said(h): words for h, words in self.lines.items()}

    def member_for_name(self, name: str, member: Member) -> None:
        """A name such as ``h_0`` is a member of a family: what was said of the name is said of the member."""
        entity = self.names.pop(name)
        if not isinstance(entity, Symbolic):
            return
        value = entity.value

        def turned(part: Expression) -> Expression:
            changed: Expression = part.xreplace({value: member})
            return changed

        self._rewritten(turned)
        definitions = tuple(replace(d, target=member) if d.target == value else d for d in self.context.definitions)
        random = tuple(replace(r, target=member) if r.target == value else r for r in self.context.random)
        self.context = replace(self.context, definitions=definitions, random=random)

    def _rewritten(self, turned: Callable[[Expression], Expression]) -> None:
        """All that was said, with its expressions changed."""

        def said(hypothesis: Hypothesis) -> Hypothesis:
            if isinstance(hypothesis, Relation):
                return replace(hypothesis, left=turned(hypothesis.left), right=turned(hypothesis.right))
            return replace(hypothesis, subject=turned(hypothesis.subject))

        self.context = replace(
            self.context,
            definitions=tuple(replace(d, body=turned(d.body)) for d in self.context.definitions),
            recurrences=tuple(replace(r, body=turned(r.body)) for r in self.context.recurrences),
            hypotheses=tuple(said(h) for h in self.context.hypotheses),
        )

    def has_rule(self, name: str) -> bool:
        """Whether the members of a family have a definition, a recurrence or a law."""
        context = self.context
        rules: tuple[Definition | Recurrence | Random, ...] = (
            *context.definitions,
            *context.recurrences,
            *context.random,
        )
        return any(rule.target.name == name for rule in rules)

    def words(self) -> set[str]:
        """Declared names of more than one letter."""
        return {name for name in self.names if len(name) > 1 and name.isalnum()}

    def size(self, name: str) -> Symbol:
        """The size of that name, declared by being used as one."""
        known = self.names.get(name)
        if isinstance(known, Size):
            return known.value
        symbol = size(name)
        if known is None:
            self.names[name] = Size(symbol)
        return symbol

    def index(self, name: str) -> Symbol:
        """The integer symbol of that name: the size where it is declared as one, else an index."""
        known = self.names.get(name)
        return known.value if isinstance(known, Size) else index(name)

    def is_extent(self, size: Expr) -> bool:
        """Whether a declared name has this number of rows or columns, or one that is made of it."""
        shapes = [e.value.shape for e in self.names.values() if isinstance(e, Symbolic)]
        shapes += [(e.rows, e.columns) for e in self.names.values() if isinstance(e, FamilyName)]
        return any(size in extent.free_symbols for shape in shapes for extent in shape)

    def signed(self, value: Expression, op: str) -> Relation:
        """``value > 0``, ``value >= 0``: of a vector or a matrix, of every entry."""
        count = 0 if value.is_number_shaped else 1 if value.shape[1] == 1 else 2
        at = [index(name) for name in EVERY[:count]]
        return Relation(Entry(value, *at) if at else value, op, Num(0))

    def assume(self, *hypotheses: Hypothesis) -> None:
        fresh = tuple(h for h in hypotheses if h not in self.context.hypotheses)
        self.doubts = tuple(d for d in self.doubts if d.hypothesis not in hypotheses)
        self.context = self.context.given(*fresh)

    def define(self, definition: Definition | Recurrence | Random) -> None:
        """Add a rule; a later one for the same target takes the place of the earlier."""
        context = self.context
        if not isinstance(definition, Random):
            self.given[definition.target.name] = (self.displays, self.part)
            self.declared_in[definition.target.name] = self.section
        if isinstance(definition, Definition):
            if isinstance(definition.body, Hessian) and self.unsure.get(definition.target.name) == "symmetric":
                del self.unsure[definition.target.name]  # as it is by its definition
            if definition.target.name in self.unsaid:  # the law of an earlier section: this one says what it is
                self.lawless.discard(definition.target.name)
                del self.unsaid[definition.target.name]
            kept = tuple(d for d in context.definitions if d.target != definition.target)
            self.context = replace(context, definitions=(*kept, definition))
        elif isinstance(definition, Recurrence):
            others = tuple(r for r in context.recurrences if r.target.name != definition.target.name)
            self.context = replace(context, recurrences=(*others, definition))
            for name, low, high in context.ranges:
                if name == definition.target.name:
                    self.bound(name, low, high)
        else:
            left = tuple(r for r in context.random if _name(r.target) != _name(definition.target))
            self.context = replace(context, random=(*left, definition))
            self._not_upright(_name(definition.target))
            self._shaped_by_a_law(definition)

    def _shaped_by_a_law(self, law: Random) -> None:
        """The mean and the covariance of what a section declares have their shapes by it, though an earlier section
        declares them: they fit.
        """
        defined = {d.target for d in self.context.definitions}
        here = not self.is_from_another_section(law.target.name) and not law.target.is_number_shaped
        for name in (p.name for p in law.parameters if here and isinstance(p, Var) and p not in defined):
            if name in self.names and self.is_from_another_section(name):
                self.declared_in[name] = self.section

    def put_upright(self, relation: Relation, names: frozenset[str]) -> None:
        r"""Assume what ``a \perp b`` says of vectors that are not random."""
        self.upright = (*self.upright, (relation, names))
        self.assume(relation)

    def _not_upright(self, name: str) -> None:
        r"""``x \perp y`` said that x and y are independent, as x turns out to be random."""
        for relation, names in self.upright:
            if name in names:
                kept = tuple(h for h in self.context.hypotheses if h != relation)
                self.context = replace(self.context, hypotheses=kept)
                self.independent = (*self.independent, names)
        self.upright = tuple(pair for pair in self.upright if name not in pair[1])

    def bound(self, name: str, low: Expr, high: Expr) -> None:
        """The range of a family's index; a recurrence that begins with it speaks of the member before."""
        if any(r.target.name == name and low == r.first for r in self.context.recurrences):
            low = low - 1
        before = next((ends for known, *ends in self.context.ranges if known == name), None)
        limited = before is None and any(map(_bounds_an_index, self.context.hypotheses))  # for i <= m
        if limited or before not in (None, [low, high]):
            self.doubt(h for h in self.context.hypotheses if _is_of_every_member(h, name))
        kept = tuple(r for r in self.context.ranges if r[0] != name)
        self.context = replace(self.context, ranges=(*kept, (name, low, high)))


def _names_of(decomposed: Decomposed) -> set[str]:
    """The names of what is decomposed and of its factors."""
    parts = (decomposed.whole, *decomposed.factors)
    return {node.name for part in parts for node in walk(part) if isinstance(node, Var | Member)}


def _is_of_every_member(hypothesis: Hypothesis, name: str) -> bool:
    """Whether a hypothesis says something of all members of a family."""
    nodes = (node for part in _parts_of(hypothesis) for node in walk(part) if isinstance(node, Member))
    return any(node.name == name and any(str(at) in EVERY for at in node.at) for node in nodes)


def _bounds_an_index(hypothesis: Hypothesis) -> bool:
    """Whether a hypothesis bounds an index: ``i <= m``."""
    if not isinstance(hypothesis, Relation) or hypothesis.op not in ("<", "<=", ">", ">="):
        return False
    return all(isinstance(side, Int) for side in hypothesis.sides) and any(
        not s.is_positive for side in hypothesis.sides for s in side.free_symbols
    )


def _parts_of(hypothesis: Hypothesis) -> tuple[Expression, ...]:
    return (hypothesis.left, hypothesis.right) if isinstance(hypothesis, Relation) else (hypothesis.subject,)


def _speaks_of(hypothesis: Hypothesis, name: str) -> bool:
    parts = (hypothesis.left, hypothesis.right) if isinstance(hypothesis, Relation) else (hypothesis.subject,)
    return any(isinstance(node, (Var, Member)) and node.name == name for part in parts for node in walk(part))


def _shape_of(entity: Entity) -> object:
    """What has to stay the same for a repeated declaration to be the same declaration."""
    if isinstance(entity, Symbolic):
        return entity.value.shape
    if isinstance(entity, FamilyName):
        return (entity.rows, entity.columns, entity.count)
    return entity


def _name(target: Var | Member) -> str:
    return target.name


def _put(hypothesis: Hypothesis, values: Mapping[Expression, Expression]) -> Hypothesis:
    """A hypothesis with integers in the place of names, or the other way round."""
    if isinstance(hypothesis, Predicate):
        return Predicate(hypothesis.kind, hypothesis.subject.xreplace(values))
    return Relation(hypothesis.left.xreplace(values), hypothesis.op, hypothesis.right.xreplace(values))
