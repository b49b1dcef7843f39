"""The words of a paragraph with the inline mathematics in it, sentence by sentence.

May import ``everystep.reader.source``, ``.tokens`` and ``.phrases``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

from everystep.reader import patterns as re
from everystep.reader.cleaning import tokenize
from everystep.reader.families_in_brackets import with_families
from everystep.reader.from_zero import counting_told
from everystep.reader.marks import plain_text
from everystep.reader.other_signs import signs_made_other
from everystep.reader.phrases import denies_powers_by_entries, is_denied, power_by_entries, powers_by_entries
from everystep.reader.projections import other_geometry
from everystep.reader.sizes_in_words import with_sizes_in_sets
from everystep.reader.source import Declaration, Event, Place, Tokens
from everystep.reader.tokens import Words

# Words kept on each side of a piece of inline mathematics.
_WINDOW = 240
# Formulas kept on each side of one.
_BESIDE = 30
# The most words of a sentence that may be a label: "True or false?", "Theorem 3."
_SHORT = 4
_OF_SIZES = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-_{}()")
# A paragraph that begins with (b), b), (ii), 2), 2. or "Question 2:".
_LABELLED = re.compile(
    r"\W{0,3}(?:\b(?P<mark>[a-hivx]|[ivx]{2,4}|\d{1,2})\)|"
    r"(?P<point>\d{1,2}|[A-D]|[IVX]{1,4})\.(?=\s+[^\W\d_]{2}|\s+[$(]|\s*$)|"
    r"(?:(?P<kind>(?i:question|exercise|exercice|problem|probl[eè]me|part|partie|case|cas|method|m[eé]thode|approach|"
    r"approche|variante?|scenario|sc[eé]nario|option|attempt|tentative|setting|solution|proof|preuve|version))\s+|(?P<short>Q)\s*)"
    r"(?P<number>\d{1,2}|[A-D]|[a-h]|[ivxIVX]{1,4})\s*[.:)])"
)
# A paragraph that begins with "Special case:" or « Cas général. ».
_NAMED_CASE = re.compile(
    r"\W{0,3}(?!(?:in|for|with|this|that|such|our|which|both|each|every|either|any)\b)(?:(?:the|an?|le|un) )?"
    r"((?:[^\W\d_][\w-]* ){1,2}(?:case|setting)|cas [^\W\d_][\w-]*(?: [^\W\d_][\w-]*)?)\s*[.:]",
    re.IGNORECASE,
)
# A label that begins a sentence inside a paragraph: "... invertible. (b) Show that", "... invertible. 2. Show that".
_LABELLED_WITHIN = re.compile(
    r"[.!?]\s*(?:(\((?:[a-h]|[ivx]{1,4}|\d)\))\s*(?=$|[^\Wa-zà-ÿ\d_])|\s(\d[.)])\s+(?=[^\Wa-zà-ÿ\d_]))"
)
_TASK = re.compile(
    r"\b(show|prove|verify|compute|find|derive|calculate|determine|deduce|explain|what (is|are)|discuss|describe|"
    r"sketch|draw|plot|implement|comment on|justify|conclude|how (many|do|does|can)|why|montrer|montrez|discuter|"
    r"discutez|d[ée]crire|d[ée]crivez|tracer|tracez|justifier|justifiez|commenter|commentez|conclure|pourquoi|"
    r"prouver|prouvez|v[ée]rifier|v[ée]rifiez|calculer|calculez|trouver|trouvez|d[ée]terminer|d[ée]duire|exprimer)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.?!][\"'»”)\]]*\s+(?=[^\Wa-zà-ÿ\d_]|[$(«“`\"'])|\n")
_ABBREVIATION = re.compile(
    r"(?:\b(?:fig|eq|eqs|eqn|sec|thm|prop|def|cf|resp|vs|approx|dim|no|nr|ex|p|pp|ch|lem|cor|viz|mr|mme|dr|prof|et al|"
    r"i\.e|e\.g|p\.ex|c\.-à-d)|(?P<dotted>\b(?:[a-z]\.)+[a-z]))\Z",
    re.IGNORECASE,
)


_NAMED_LAW = re.compile(r"(?:Bernoulli|Gauss|Normal|Rademacher|Poisson|Uniform|Exponential|Standard Normal)\w*\b")
"""A capital that begins no sentence: "i.i.d. Bernoulli"."""


def is_shape(tokens: Tokens) -> bool:
    r"""Whether a formula is two sizes with a cross between them: ``n \times n``."""
    marks = [k for k, token in enumerate(tokens) if token.text in ("times", "×")]
    others = [token for k, token in enumerate(tokens) if k not in marks and token.kind != "space"]
    plain = all(t.kind in ("char", "sub", "open", "close") and t.text in _OF_SIZES for t in others)
    return len(marks) == 1 and 0 < marks[0] < len(tokens) - 1 and plain


def is_space(tokens: Tokens) -> bool:
    r"""Whether a formula is ``\mathbb{R}^n`` alone, a set and no name."""
    written = [t.text for t in tokens if t.kind not in ("open", "close", "space")]
    return (
        len(written) > 3
        and written[:3] == ["mathbb", "R", "^"]
        and all(t in _OF_SIZES or t == "times" for t in written[3:])
    )


def _said(text: str, start: int, end: int, instead: Mapping[int, str]) -> str:
    """A stretch of the words; a formula that is a shape or a space is put in words."""
    stretch = text[start:end]
    if not instead:
        return stretch.strip()
    return "".join(instead.get(k, c) for k, c in enumerate(stretch, start)).strip()


def label_of(text: str) -> list[str]:
    """The label that a paragraph begins with: ``b`` of "(b)", ``ii``, ``2``, ``question 2``, ``case =special case``."""
    match = _LABELLED.match(text)
    if match is None:
        return _named_case(text)
    if match["kind"] or match["short"]:
        return [f"{match['kind'] or 'question'} {match['number']}".lower()]
    return [(match["mark"] or match["point"]).lower()]


def labels_within(text: str) -> list[str]:
    """The labels that sentences begin with: ``b`` of "(b)", ``case =special-case``; ``text`` begins in another one."""
    found = [(match.start(), (match[1] or match[2]).strip("().")) for match in _LABELLED_WITHIN.finditer(text)]
    for start in re.finditer(r"(?<=[.!?])\s+", text):
        found += [(start.end(), label) for label in _case_of(text[start.end() : start.end() + _WINDOW])]
    return [label for _, label in sorted(found)]


def _case_of(text: str) -> list[str]:
    """The case that a stretch begins with: ``case 2``, ``case =special-case``."""
    numbered = _LABELLED.match(text)
    return label_of(text) if numbered is None or numbered["kind"] or numbered["short"] else []


def _named_case(text: str) -> list[str]:
    case = _NAMED_CASE.match(text)
    return [f"case ={case[1].lower().replace(' ', '-')}"] if case is not None else []


def sentence_bounds(text: str) -> list[int]:
    """Where sentences begin."""
    bounds = [0]
    for match in _SENTENCE_END.finditer(text):
        before = text[max(0, match.start() - 12) : match.start()]
        short = _ABBREVIATION.search(before)
        following = text[match.end() : match.end() + 1]
        if (
            short is None
            or text[match.start()] != "."
            or (short["dotted"] and following.isupper() and not _NAMED_LAW.match(text, match.end()))
        ):
            bounds.append(match.end())
    return bounds


def _is_power(formula: Tokens) -> bool:
    """Whether a formula is a letter with an exponent that is a number: ``h^2``, ``h_t^{2}``."""
    written = [t for t in formula if t.kind not in ("space", "open", "close")]
    return len(written) > 2 and written[-2].kind == "sup" and written[-1].text.isdigit()


def _digit(formula: Tokens) -> str:
    """The digit that a formula is; empty for any other formula."""
    written = plain_text(formula)
    return written if len(written) == 1 and written.isdigit() else ""


_STANDARD = re.compile(
    r"\b(?:(?:mean (?:0|zero)|zero[- ]mean|a zero mean),? and (?:with )?(?:an? )?"
    r"(?:variance (?:1|one)|unit[- ]variance)|"
    r"moyenne (?:0|nulle),? et (?:de )?variance (?:1|unit\u00e9|unitaire))(?![\w$]|[.,]\d)"
)
"""Both moments in words, for numbers that are standardised."""


class Prose:
    """The words of the paragraph that is being read, with the inline mathematics in it."""

    def __init__(self) -> None:
        self.words = Words()
        # For each mark in the paragraph: the index of its event, or nothing.
        self.pieces: list[tuple[int, Tokens, Place] | None] = []
        self.said: list[str] = []
        self.entrywise = self.denies_entrywise = self.other_geometry = False
        self.other_signs: frozenset[str] = frozenset()
        # Whether the part that is being read sets a task, and the labels that its paragraphs begin with.
        self.asked = False
        # The kind of statement that is being read, such as a theorem.
        self.setting = ""
        self.labelled: list[str] = []
        # The sentences without formulas since the last sentence that declares.
        self.passed: list[str] = []

    def mark(self, piece: tuple[int, Tokens, Place] | None) -> None:
        self.words.mark()
        self.pieces.append(piece)

    def labels(self) -> list[str]:
        """The labels, such as (b), that this paragraph and those since the last call begin with."""
        found, self.labelled = self.labelled, []
        if self.pieces:
            return [*found, *labels_within(" ".join(self.words.behind_mark().split()))]
        return [*found, *label_of(" ".join(self.words.value().split()))]

    def is_blank(self) -> bool:
        return not self.pieces and not self.words.value().strip()

    def flush(self, events: list[Event | None]) -> None:
        """End the paragraph: what stands in it is declared with the words of its sentence."""
        text = self._with_moments_as_formulas(" ".join(self.words.value().split()), events)
        self.words = Words()
        if text:
            self.said.append(text)
            self.entrywise = self.entrywise or powers_by_entries(text)
            self.denies_entrywise = self.denies_entrywise or denies_powers_by_entries(text)
            self.other_signs |= signs_made_other(text)
            self.other_signs |= counting_told(text, ("" if p is None else _digit(p[1]) for p in self.pieces))
            self.other_geometry = self.other_geometry or other_geometry(text)
            self.labelled += label_of(text) + labels_within(text.rpartition("$")[2] if self.pieces else "")
            self.asked = self.asked or _TASK.search(text) is not None
        text, pieces = with_sizes_in_sets(*with_families(text, self.pieces))
        self.pieces = []
        bounds = sentence_bounds(text)
        if not any(pieces):
            self._pass(text, bounds, 0, len(bounds))
            return
        places = [k for k, c in enumerate(text) if c == "$"]
        for k, piece in zip(places, pieces, strict=False):
            if piece is not None and _is_power(piece[1]):
                self.entrywise = self.entrywise or power_by_entries(text[k + 1 :])
                self.denies_entrywise = self.denies_entrywise or is_denied(text[k + 1 :])
        beside = [() if p is None else p[1] for p in pieces]
        shapes = {
            at: "n x n" if is_shape(piece[1]) else "space"
            for at, piece in zip(places, pieces, strict=False)
            if piece is not None and (is_shape(piece[1]) or is_space(piece[1]))
        }
        passed = 0
        for number, (at, piece) in enumerate(zip(places, pieces, strict=False)):
            if piece is None:
                continue
            index = bisect_right(bounds, at) - 1
            passed = self._pass(text, bounds, passed, index)
            end = bounds[index + 1] if index + 1 < len(bounds) else len(text)
            first, last = max(bounds[index], at - _WINDOW), min(end, at + 1 + _WINDOW)
            before, after = (_said(text, a, b, shapes) for a, b in ((first, at), (at + 1, last)))
            low, high = bisect_right(places, first - 1), bisect_right(places, last - 1)
            nearest = range(max(low, number - _BESIDE), number), range(number + 1, min(high, number + 1 + _BESIDE))
            earlier, later = (tuple(beside[k] for k in near if places[k] not in shapes) for near in nearest)
            is_open = end == len(text) and not text.endswith((".", "!", "?"))
            label, ahead = self._label(text, bounds, index), self.passing()
            events[piece[0]] = Declaration(
                piece[1], piece[2], True, before, after, is_open, label, earlier, later, ahead
            )
        self._pass(text, bounds, passed, len(bounds))

    def _pass(self, text: str, bounds: list[int], first: int, last: int) -> int:
        """Keep the sentences from one place on up to another one that have no formulas; returns where to go on."""
        ends = [*bounds[1:], len(text)]
        self.passed += [
            s for s in (text[bounds[k] : ends[k]].strip() for k in range(first, last)) if s and "$" not in s
        ]
        return max(first, last)

    def passing(self) -> tuple[str, ...]:
        """The sentences without formulas since the last call."""
        passed, self.passed = tuple(self.passed), []
        return passed

    def _with_moments_as_formulas(self, text: str, events: list[Event | None]) -> str:
        """The words of the paragraph with "zero mean and unit variance" as what is written with formulas, "mean $0$ and
        variance $1$": each number stands among the pieces, with an event of its own.
        """
        for match in reversed(list(_STANDARD.finditer(text))):
            before = text[: match.start()].count("$")
            told = [piece for piece in self.pieces[:before] if piece is not None]
            if not told:
                continue
            at, _, place = told[-1]
            numbers = [tokenize(number, place.file, place.line, place.column) for number in "01"]
            fresh: list[tuple[int, Tokens, Place] | None] = [(at + 1 + k, n, place) for k, n in enumerate(numbers)]
            moved = [p if p is None or p[0] <= at else (p[0] + 2, p[1], p[2]) for p in self.pieces[before:]]
            self.pieces[before:] = [*fresh, *moved]
            events[at + 1 : at + 1] = [None, None]
            mean, variance = ("moyenne", "et variance") if "moyenne" in match[0] else ("mean", "and variance")
            text = f"{text[: match.start()]}{mean} $ {variance} ${text[match.end() :]}"
        return text

    def _label(self, text: str, bounds: list[int], index: int) -> str:
        """A short sentence or a question before a sentence, or the kind of statement that it stands in."""
        if self.setting in ("table", "caption"):
            return self.setting
        before = text[bounds[index - 1] : bounds[index]].strip() if index else ""
        if before and "$" not in before and (len(before.split()) <= _SHORT or before.endswith("?")):
            return before.rstrip(".?! ")
        return self.setting

    def take(self) -> str:
        """The words since the last call; paragraphs are lines."""
        said, self.said = self.said, []
        return "\n".join(said)
