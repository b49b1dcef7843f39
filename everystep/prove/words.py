"""Rewriting of matrix words: rules ``l1 l2 ... lk = right side`` applied to chains inside networks.

A word is a path of matrix letters through summed indices that nothing else touches.  Where the rules come from:
an inverse (``N M = M N = I``, solved for the leading word of M), and hypotheses that are equations between
matrices. A rule matches a path from either end, so that it serves for the transposed equation as well. May
import ``everystep.algebra``, the core, and nothing else of the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cached_property

from everystep.calculus.atoms import inverse_atom, matrix_exponential, rank_head
from everystep.calculus.core import Core
from everystep.calculus.indices import Slot, constant, slot_key, symbols_of
from everystep.calculus.networks import (
    Component,
    Factor,
    Key,
    Poly,
    Term,
    delta,
    is_delta,
    is_open_component,
    monomial_key,
)
from everystep.calculus.word_letters import (
    ONES,
    Letter,
    dimension,
    end_dimension,
    matrix_ends,
    vector_end,
    word,
    word_of_sums,
)
from everystep.prove.multiples import commute
from everystep.records import dataclass


@dataclass(frozen=True)
class Rule:
    """``letters`` (at entry ``#0, #1``; a vector end leaves out its index, as does a column of ones) equals ``right``.

    ``parameters`` of letters are matched literally.  ``name`` is what the evidence shows.
    """

    letters: tuple[Letter, ...]
    right: tuple[tuple[Key, int | Fraction], ...]
    name: str

    @cached_property
    def heads(self) -> frozenset[str]:
        """The heads of the letters."""
        return frozenset(letter[0] for letter in self.letters if letter != ONES)


class Words:
    """The word rules of one context, as a rewriter of the core."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.rules: dict[str, list[Rule]] = {}
        self.known: set[tuple[Letter, ...]] = set()
        self._read: set[str] = set()
        self._inverses: set[tuple[str, tuple[Slot, ...]]] = set()  # with their parameters
        self.enabled = True
        self.commuting: set[str] = set()  # letters of which hypotheses say that they commute with another
        self._passed: list[Letter] = []  # powers and inverses for which commuting letters have been asked
        self.kinds: dict[str, set[str]] = {}  # of variables: the properties that hypotheses give them
        self.ranks: dict[str, str] = {}  # of projectors A A^+ and A^+ A: the head of the rank of A
        core.add_rewriter(self.rewrite)

    def add(self, rule: Rule) -> bool:
        """Enter a rule; False for one that applies to its own right side, which would be rewritten without end (one
        that only permutes symmetric letters is kept: see ``_goes_round``).
        """
        if rule.letters in self.known:
            return True
        right = self.core.terms(dict(rule.right))
        if not self._permutes(rule, right) and any(next(self._matches(term, rule), None) for term in right):
            return False
        if len(rule.letters) == 2 and rule.name == "hypothesis" and self._reorders(rule, right):
            self.commuting |= {h for h, _, parameters in rule.letters if h[:2] == "v:" and not parameters}
        self.known.add(rule.letters)
        self.rules.setdefault(rule.letters[0][0], []).append(rule)
        return True

    # rules -------------------------------------------------------------------------------------

    def inverse_rules(self, head: str, parameters: tuple[Slot, ...]) -> None:
        """For N = M^-1 and the leading word W of M = c W + R: ``N W = (I - N R)/c`` and ``W N = (I - R N)/c``.

        N and M may depend on integers: the rules are those at the values that occur.
        """
        info = self.core.heads[head]
        poly = self.core.poly(info.inside)
        if parameters:
            poly = self.core.renamed(poly, {f"#{k}": s for k, s in enumerate(("#0", "#1", *parameters))})
        lead = leading_word(self.core, poly)
        if lead is None or not all(self.core.is_generic(c) for c, _ in lead[1] if not is_open_component(c)):
            return  # the scalar of the leading word may be 0 throughout
        letters, key, coefficient = lead
        scale = self._reciprocal(key, coefficient)
        rest = {k: c for k, c in poly.items() if k != key}
        low, high = self.core.ranges[head]
        for left in (True, False):
            terms = [Term(1, [(delta(high), ("#0", "#1"))])]
            joint = self.core.fresh()
            ends: tuple[Slot, Slot] = (joint, "#1") if left else ("#0", joint)
            own: Factor = (head, (*(("#0", joint) if left else (joint, "#1")), *parameters))
            terms += [
                Term(-1, [own], None, {joint: (low, high)}).times(piece)
                for piece in self.core.terms(rest, {"#0": ends[0], "#1": ends[1]})
            ]
            right = self.core.normal(scale.times(t) for t in terms)
            inverse: Letter = (head, False, parameters)
            full = (inverse, *letters) if left else (*letters, inverse)
            self.add(Rule(full, tuple(right.items()), "inverse"))
        if len(letters) == 1 and len(rest) == 1:
            self._between(head, letters[0], (key, coefficient), next(iter(rest.items())))

    def _between(
        self, head: str, letter: Letter, lead: tuple[Key, int | Fraction], other: tuple[Key, int | Fraction]
    ) -> None:
        """For N = (c L + r W)^-1 with an invertible letter L: ``L^-1 W N = (L^-1 - c N) / r``, and in reverse.

        It follows from N (c L + r W) = I, and is what the other two rules leave undecided.
        """
        key, coefficient = other
        opened = [c for c, _ in key if is_open_component(c)]
        if letter[0] not in self.core.invertible or letter[2] or len(opened) != 1:
            return
        if not all(self.core.is_generic(c) for c, _ in key if not is_open_component(c)):
            return
        unit = is_delta(opened[0][0][0][0])
        letters = () if unit else word(self.core, opened[0], "#0", "#1")
        if letters is None:
            return
        size = self.core.dimensions[head][0]
        ends = ("#c", "#r") if letter[1] else ("#r", "#c")
        plain = self.core.normal([Term(1, [(letter[0], ends)])])
        ((inverse, slots),) = (t.factors[0] for t in inverse_atom(self.core, plain, size, "#0", "#1"))
        own: Letter = (inverse, slots[:2] == ("#1", "#0") and inverse not in self.core.symmetric, ())
        scale = self._reciprocal(key, coefficient)
        number = Term(lead[1], [], {c: e for c, e in lead[0] if not is_open_component(c)})
        right = self.core.normal(
            scale.times(t) for t in (Term(1, [(inverse, slots)]), number.times(Term(-1, [(head, ("#0", "#1"))])))
        )
        self.add(Rule((own, *letters, (head, False, ())), tuple(right.items()), "inverse"))
        self.add(Rule(((head, False, ()), *letters, own), tuple(right.items()), "inverse"))

    def pseudo_inverse_rules(self, head: str) -> None:
        """For G = A^+ with A a word: the projectors A G and G A as symmetric letters that leave A and G as they are.

        Where a hypothesis gives A full column (row) rank, G A (A G) is the identity.
        """
        letters = self._word_of(head)
        if letters is None:
            return
        rows, columns = self.core.dimensions[head]  # of G
        inverse: Letter = (head, False, ())
        self.ranks[f"v:projector l {head}"] = rank_head(self.core.heads[head].inside, (columns, rows))
        self.ranks[f"v:projector r {head}"] = rank_head(self.core.heads[head].inside, (columns, rows))
        for side, size, full in (("l", columns, "full row rank"), ("r", rows, "full column rank")):
            # Of a symmetric A the two are one: (A G)^T = G^T A^T = G A.
            projector = f"v:projector {'l' if head in self.core.symmetric else side} {head}"
            self.core.symmetric.add(projector)
            self.core.dimensions[projector] = (size, size)
            unit = len(letters) == 1 and full in self.kinds.get(letters[0][0], set())
            letter: Letter = (projector, False, ())
            name = delta(size) if unit else projector
            pair = (*letters, inverse) if side == "l" else (inverse, *letters)
            own = self.core.normal([Term(1, [(name, ("#0", "#1"))])])
            self.add(Rule(pair, tuple(own.items()), "pseudo-inverse"))
            word_poly = self._poly_of(letters)
            inverse_poly = self.core.normal([Term(1, [(head, ("#0", "#1"))])])
            squares = self.core.normal([Term(1, [(projector, ("#0", "#1"))])])
            self.add(Rule((letter, letter), tuple(squares.items()), "pseudo-inverse"))
            absorbed = (letter, *letters) if side == "l" else (*letters, letter)
            self.add(Rule(absorbed, tuple(word_poly.items()), "pseudo-inverse"))
            other = (inverse, letter) if side == "l" else (letter, inverse)
            self.add(Rule(other, tuple(inverse_poly.items()), "pseudo-inverse"))

    def _word_of(self, head: str) -> tuple[Letter, ...] | None:
        """The letters of an inside that is one word with coefficient 1."""
        info = self.core.heads[head]
        poly = self.core.poly(info.inside)
        if info.arity != 2 or len(poly) != 1:
            return None
        lead = leading_word(self.core, poly)
        if lead is None or lead[2] != 1 or len(lead[1]) != 1:
            return None
        return lead[0]

    def _poly_of(self, letters: tuple[Letter, ...]) -> Poly:
        """The polynomial of a word at #0, #1."""
        return self.core.normal([self._term_of(letters)])

    def _term_of(self, letters: tuple[Letter, ...]) -> Term:
        """A word at #0, #1."""
        factors: list[Factor] = []
        bound: dict[str, tuple[Slot, Slot]] = {}
        here: Slot = "#0"
        for position, (head, flipped, parameters) in enumerate(letters):
            there: Slot = "#1"
            if position < len(letters) - 1:
                there = self.core.fresh()
                bound[there] = (constant(1), dimension(self.core, head, -2 if flipped else -1) or "")
            ends = (there, here) if flipped else (here, there)
            factors.append((head, (*parameters, *ends) if head[:2] == "m:" else (*ends, *parameters)))
            here = there
        return Term(1, factors, None, bound)

    def exponential_rules(self, head: str) -> None:
        """exp(M) exp(-M) = I, and exp(M) commutes with M."""
        info = self.core.heads[head]
        if info.arity != 2:
            return
        size = self.core.dimensions[head][0]
        poly = self.core.poly(info.inside)
        negative = self.core.renamed({k: -c for k, c in poly.items()}, {"#0": "#r", "#1": "#c"})
        opposite = matrix_exponential(self.core, negative, size, "#0", "#1")
        partner, slots = opposite[0].factors[0]
        if slots == ("#0", "#1"):
            unit = self.core.normal([Term(1, [(delta(size), ("#0", "#1"))])])
            for pair in ((head, partner), (partner, head)):
                self.add(Rule(((pair[0], False, ()), (pair[1], False, ())), tuple(unit.items()), "inverse"))
        lead = leading_word(self.core, poly)
        if lead is not None and len(poly) == 1:
            letters = lead[0]
            own: Letter = (head, False, ())
            moved = self._poly_of((*letters, own))
            if self._poly_of((own, *letters)) != moved:
                self.add(Rule((own, *letters), tuple(moved.items()), "inverse"))

    def commuting_rules(self, head: str, parameters: tuple[Slot, ...]) -> None:
        """A^-1 and A^k commute with B where A does, by hypotheses: B A^k = A^k B; also with powers of B.

        In the order of letters, as in the hypotheses themselves, with A^k and A^-1 next to A and behind it.
        """
        own: Letter = (head, False, parameters)
        size = self.core.dimensions[head][0]
        inside = self._inside(own)
        if inside is None or own in self._passed or any(h == head for h, _ in _leaves(inside)):
            return
        self._passed.append(own)
        letters = {h for h, _ in _leaves(inside)}
        plain: list[Letter] = [(h, False, ()) for h in sorted(self.commuting) if letters != {h}]
        for other in (*plain, *self._passed[:-1]):
            theirs = self._inside(other)
            if theirs is None or self.core.dimensions.get(other[0]) != (size, size) or theirs == inside:
                continue
            if not commute(self.core, inside, theirs, size):
                continue
            first, second = sorted((own, other), key=self._place)
            # As it stands: what else is known would make further powers of it.
            right = self.core.monomial(self._term_of((first, second)))
            self.add(Rule((second, first), ((right, 1),), "powers of commuting matrices"))

    def _place(self, letter: Letter) -> tuple[object, ...]:
        """Where a letter stands among those that it commutes with."""
        inside = self._inside(letter) or {}
        return min((h for h, _ in _leaves(inside)), default=""), letter[0] in self.core.heads, letter[0], str(letter[2])

    def _inside(self, letter: Letter) -> Poly | None:
        """What a power or an inverse is made of, at #0 and #1; of a plain letter itself; None at an index."""
        (head, _, _) = letter
        info = self.core.heads.get(head)
        if info is None:
            return self.core.normal([Term(1, [(head, ("#0", "#1"))])])
        return self.core.poly(info.inside) if info.arity == 2 else None

    def _reciprocal(self, key: Key, coefficient: int | Fraction) -> Term:
        """1 / (coefficient and scalars of a monomial)."""
        scalars = {c: -e for c, e in key if not is_open_component(c)}
        return Term(Fraction(1) / Fraction(coefficient), [], scalars)

    def equation(self, poly: Poly, name: str, nonzero: Callable[[Component], bool]) -> bool:
        """Orient ``poly = 0``, a matrix equation, by its leading word; False when it has none with a scalar that
        is surely not 0, or when the rule would not come to an end.
        """
        lead = leading_word(self.core, poly)
        if lead is None or not all(nonzero(c) for c, _ in lead[1] if not is_open_component(c)):
            return False
        letters, key, coefficient = lead
        scale = self._reciprocal(key, coefficient)
        rest = {k: c for k, c in poly.items() if k != key}
        right = self.core.normal(scale.times(t).scaled(-1) for t in self.core.terms(rest))
        return self.add(Rule(letters, tuple(right.items()), name))

    # matching ----------------------------------------------------------------------------------

    def rewrite(self, term: Term) -> list[Term] | None:
        """Apply the first rule that matches; None when none does."""
        if not self.enabled:
            return None
        # In the order of the factors: the same rules are tried in the same order in every run.
        heads = dict.fromkeys(head for head, _ in term.factors)
        for head, slots in term.factors:
            if head[:2] == "i:" and (head, slots[2:]) not in self._inverses:
                # Rules at a summed index would be rules for this one term.
                if any(s in term.bound for slot in slots[2:] for s in symbols_of(slot)):
                    continue
                self._inverses.add((head, slots[2:]))
                self.inverse_rules(head, slots[2:])
        if self.commuting and self.core.hypotheses:
            for head, slots in term.factors:
                if head[:2] not in ("i:", "k:") or any(s in term.bound for slot in slots[2:] for s in symbols_of(slot)):
                    continue
                self.commuting_rules(head, slots[2:])
        for head in heads:
            if head in self._read:
                continue
            self._read.add(head)
            if head[:2] == "g:":
                self.pseudo_inverse_rules(head)
            elif head[:2] == "x:":
                self.exponential_rules(head)
        if self.ranks and self.core.hypotheses:
            for position, (head, slots) in enumerate(term.factors):
                if head in self.ranks and slots[0] == slots[1] and self._is_trace(term, position):
                    self.core.used("trace of a projector")
                    others = [f for k, f in enumerate(term.factors) if k != position]
                    bound = {n: r for n, r in term.bound.items() if n != slots[0]}
                    return [Term(term.coefficient, [*others, (self.ranks[head], ())], term.scalars, bound)]
        for head in heads:
            for rule in self.rules.get(head, ()):
                # Before a derivative or a mean is taken only rules that hold identically may be used, and the
                # projectors of a pseudo-inverse would hide what they depend on.
                if not self.core.hypotheses and rule.name != "inverse":
                    continue
                if len(rule.letters) > 1 and not rule.heads <= heads.keys():
                    continue
                for start, end, positions, inner in self._matches(term, rule):
                    rest = Term(
                        term.coefficient,
                        [f for k, f in enumerate(term.factors) if k not in positions],
                        term.scalars,
                        {n: r for n, r in term.bound.items() if n not in inner},
                    )
                    mapping = {name: slot for name, slot in (("#0", start), ("#1", end)) if slot is not None}
                    result = [rest.times(t) for t in self.core.terms(dict(rule.right), mapping)]
                    if self._goes_round(term, rule, result):
                        continue
                    self.core.used(rule.name)
                    return result
        return None

    def _goes_round(self, term: Term, rule: Rule, result: list[Term]) -> bool:
        """Whether a rule would be applied for ever: ``B A = A B`` of symmetric A and B is read in ``A B`` as well.

        It is read there from the other end; so it is used only where the words get smaller in the order of letters, or
        the monomial in the canonical order where its networks are no words.
        """
        right = self.core.terms(dict(rule.right))
        if not self._reorders(rule, right):
            return False
        new, old = self.core.monomial(result[0]), self.core.monomial(term)
        if new == old:
            return True  # tr(exp(M) M) is tr(M exp(M)) as it stands
        if not self._permutes(rule, right):
            return False
        words = [sorted(w for c, _ in key if (w := self.core.path_word(c)) is not None) for key in (new, old)]
        if words[0] != words[1] and len(words[0]) == len(words[1]):
            return words[0] > words[1]
        return monomial_key(new) >= monomial_key(old)

    @staticmethod
    def _reorders(rule: Rule, right: list[Term]) -> bool:
        """Whether a rule changes nothing but the order of letters."""
        if len(right) != 1 or right[0].coefficient != 1 or right[0].scalars:
            return False
        return sorted(head for head, _, _ in rule.letters) == sorted(head for head, _ in right[0].factors)

    def _permutes(self, rule: Rule, right: list[Term]) -> bool:
        """Whether a rule changes nothing but the order of symmetric letters."""
        return self._reorders(rule, right) and all(head in self.core.symmetric for head, _, _ in rule.letters)

    def _is_trace(self, term: Term, position: int) -> bool:
        """Whether the index of a diagonal entry is summed over the whole dimension and nothing else touches it."""
        head, (index, _) = term.factors[position]
        others = [s for k, (_, ss) in enumerate(term.factors) if k != position for slot in ss for s in symbols_of(slot)]
        others += [s for pair in term.bound.values() for slot in pair for s in symbols_of(slot)]
        whole = (constant(1), self.core.dimensions[head][0])
        return isinstance(index, str) and term.bound.get(index) == whole and index not in others

    def _matches(self, term: Term, rule: Rule) -> Iterator[tuple[Slot | None, Slot | None, set[int], set[str]]]:
        """The places where a rule's letters stand in a row: joined by indices that run over the whole dimension and
        that nothing else touches.
        """
        counts: dict[str, int] = {}
        for _, slots in term.factors:
            for slot in slots:
                for s in symbols_of(slot):
                    counts[s] = counts.get(s, 0) + 1
        for low, high in term.bound.values():
            for s in (*symbols_of(low), *symbols_of(high)):
                counts[s] = counts.get(s, 0) + 2

        def private(slot: Slot, size: Slot | None, uses: int = 2) -> bool:
            """A summed index that nothing else touches and that runs over the whole dimension."""
            return isinstance(slot, str) and self._is_whole(term, slot, size) and counts[slot] == uses

        def extend(
            here: Slot | None, number: int, used: tuple[int, ...], inner: tuple[str, ...]
        ) -> Iterator[tuple[Slot | None, tuple[int, ...], tuple[str, ...]]]:
            if number == len(rule.letters):
                yield here, used, inner
                return
            if here is None:
                return
            if rule.letters[number] == ONES:
                if private(here, end_dimension(self.core, rule.letters[number - 1]), 1):
                    yield from extend(None, number + 1, used, (*inner, str(here)))
                return
            for position, factor in enumerate(term.factors):
                if position in used:
                    continue
                for a, b, size in self._ends(factor, rule.letters[number]):
                    if a == here and private(here, size):
                        yield from extend(b, number + 1, (*used, position), (*inner, str(here)))

        first = rule.letters[0]
        for position, factor in enumerate(term.factors):
            if factor[0] != first[0]:
                continue
            for a, b, _ in self._ends(factor, first):
                if len(rule.letters) == 1:
                    yield a, b, {position}, set()
                    continue
                for end, used, inner in extend(b, 1, (position,), ()):
                    yield a, end, set(used), set(inner)

    @staticmethod
    def _is_whole(term: Term, name: str, size: Slot | None) -> bool:
        """Whether an index is summed over a whole dimension."""
        return size is not None and term.bound.get(name) == (constant(1), size)

    def _ends(self, factor: Factor, letter: Letter) -> Iterator[tuple[Slot | None, Slot | None, Slot | None]]:
        """(start, end, size at the start) of a factor read as a letter; None is the open end of a vector."""
        head, slots = factor
        name, flipped, parameters = letter
        if head != name:
            return
        ends = matrix_ends(self.core, head, slots)
        if ends is None:
            vector = vector_end(self.core, head, slots)
            if vector is not None and vector[1] == parameters:
                yield vector[0], None, dimension(self.core, head, -1)
            return
        if ends[1] != parameters:
            return
        (a, b), _ = ends
        rows, columns = dimension(self.core, head, -2), dimension(self.core, head, -1)
        if head in self.core.symmetric or not flipped:
            yield a, b, rows
        if (head in self.core.symmetric and a != b) or flipped:
            yield b, a, columns


def _leaves(poly: Poly) -> list[Factor]:
    return [factor for key in poly for component, _ in key for factor in component[0]]


def _meets(letter: Letter, poly: Poly, own: Key) -> bool:
    """Whether a letter occurs in another monomial."""
    return any(h == letter[0] and ss[2:] == letter[2] for key in poly if key != own for c, _ in key for h, ss in c[0])


def leading_word(core: Core, poly: Poly) -> tuple[tuple[Letter, ...], Key, int | Fraction] | None:
    """The longest monomial that is a word in both free indices (ties by the canonical order), if it can lead.

    A product over an index, or a symbolic power, that stands alone goes before: what it is equal to is for it to be
    replaced by.

    None when the longest monomial is not a word, or when it is no longer than one that is not.
    """
    best: tuple[tuple[object, ...], tuple[Letter, ...], Key] | None = None
    for key in poly:
        opened = [(c, e) for c, e in key if is_open_component(c)]
        if len(opened) != 1 or opened[0][1] != 1:
            continue
        component = opened[0][0]
        if is_delta(component[0][0][0]):
            continue
        free = {s for _, slots in component[0] for slot in slots for s in symbols_of(slot) if s[0] == "#"}
        letters = word(core, component, "#0", "#1" if "#1" in free else None)
        if letters is None and free == {"#0"}:
            letters = word_of_sums(core, component, "#0")
        if letters is None or (len(letters) == 1 and not free):
            continue
        alone = len(letters) == 1 and letters[0][0][:2] in ("P:", "k:") and not _meets(letters[0], poly, key)
        order = tuple((head, flipped, tuple(map(slot_key, parameters))) for head, flipped, parameters in letters)
        rank = (alone, len(letters), order, monomial_key(key))
        if best is None or rank > best[0]:
            best = (rank, tuple(letters), key)
    if best is None:
        return None
    return best[1], best[2], poly[best[2]]
