"""Where a display stands: the question, the part, the item and the theorem that are being read.

May import nothing of the engine but ``everystep.reader.tokens``.
"""

from __future__ import annotations

from zlib import crc32

from everystep.reader import patterns as re

BY_ENVIRONMENT = {
    "problem": "problem", "exercise": "exercise", "question": "question", "exercice": "exercice", "exo": "exercice",
    "probleme": "problème", "task": "task", "prob": "problem", "exer": "exercise", "ex": "exercise",
    "hwproblem": "problem", "homeworkProblem": "problem", "Problem": "problem", "Exercise": "exercise",
    "Question": "question", "Exercice": "exercice",
}  # fmt: skip
_KIND = r"question|problem|problème|probleme|exercise|exercice|exo|task"
_NUMBER = r"\d+(?:\.\d+)*"
HEADING = re.compile(
    rf"\W*(?P<kind>{_KIND})\b\.?\s*(?:no\.?|n°|nº|\#)?\s*(?P<number>{_NUMBER}|[IVX]+\b|[A-Z]\b)"
    r"(?:(?P<tight>[a-z])\b|[\s.,]*\((?P<round>[a-z]{1,4}|\d)\)|[\s.,:]*\b(?:part|partie)\s*\(?"
    r"(?P<named>[a-z]{1,4}|\d)\b)?",
    re.IGNORECASE,
)
PART = re.compile(
    r"\W*(?:(?:part|partie)\s*\(?(?P<named>[a-z\d]{1,4})\b"
    r"|\((?P<round>[a-z\d]{1,4})\)|(?P<half>[a-z])\)(?:\s|$))",
    re.IGNORECASE,
)
BOLD_HEADING = re.compile(
    rf"\s*\{{\s*((?:{_KIND})\s*\#?\s*(?:{_NUMBER})\s*(?:\([a-z]{{1,4}}\)|[a-z])?)\s*[.:]?\s*\}}", re.IGNORECASE
)
ASIDE = (
    r"(remarks?|rem|remarques?|rmk|examples?|exemples?|exmp|eg|notes?|warning|caution|aside|digression|hint|indication|"
    r"conjecture|conj|counter-?examples?|contre-exemples?)\b"
)
DEFINITION = r"(d[eé]finitions?|defi?n|dfn|d[eé]fi?)\b"
THEOREM = (
    r"(theorem|thm|theo|th[eé]or[eè]me|lemma|lemme|lem|proposition|prop|corollary|corollaire|cor|claim|fact|observation|"
    rf"fait)\b|{ASIDE}|{DEFINITION}"
)
PROOFS = frozenset(
    ["proof", "preuve", "demo", "demonstration", "démonstration", "subproof", "claimproof", "solution", "answer",
     "reponse", "réponse", "sol"]
)  # fmt: skip
"""Environments of an argument: what it supposes ends with it."""
"""Kinds of statements that are no part of the argument: what they assume ends with them."""
_WIDER = re.compile(
    r"\b(general\w*|arbitrary|without|alternative\w*|variants?|another|other|exercises?|problems?|questions?|"
    r"generale?s?|sans|autres?|exercices?|problemes?)\b",
    re.IGNORECASE,
)
"""Words of a heading that may leave what the section around it assumes."""
_CASE = re.compile(
    r"\b(cases?|cas|wrong|incorrect|false|faux|fausse|attempts?|tentatives?|special|particulier|particuli[eè]re|general|"
    r"g[eé]n[eé]ral|alternatives?|variants?|variantes?|counter-?examples?|contre-exemples?)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\W*(\w{1,4}(?:\.\w{1,4}){0,2})\W*\Z")
_SHORT = re.compile(rf"\W*({_NUMBER}[a-z]?|[A-Z])\W*\Z")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv")


class Where:
    """The question and part that is being read."""

    def __init__(self) -> None:
        self.question = ""
        self.parts: list[str] = []
        self.lists: list[tuple[int, str] | None] = []
        self.counts: dict[str, int] = {}
        # How deep the heading stands that named the question: a deeper one belongs to it.
        self.level = 99
        # Whether the heading names a case or an attempt: what is assumed under it ends with it.
        self.is_case = False
        # How deep the last heading without a number stands.
        self.topic = 99
        # How many questions, items and theorems have begun: what tells one from the next of the same name.
        self.questions = 0
        # The headings without a number that stand around the last one: how deep, and which.
        self.around: list[tuple[int, int]] = []
        self.items: list[int] = []
        self.theorems: list[int] = []
        self.kinds: dict[int, str] = {}  # what a theorem is instead: an aside, a definition
        self.proofs: list[int] = []
        # The labels of paragraphs, (b) or "Case 2:", that are in force: their kind and number.
        self.labels: list[tuple[str, int]] = []
        self.begun = 0

    def __str__(self) -> str:
        names = [self.question] if self.question else []
        levels = ["part", "subpart", "subsubpart"]
        for label, level in zip(self.parts, levels, strict=False):
            if label:
                names.append(f"{level} {label}")
        items = [entry for entry in self.lists if entry is not None and (entry[0] or entry[1])]
        free = levels[len(self.parts) :]
        if not self.question and items:
            free = ["item", *levels]
        for (count, label), level in zip(items, free, strict=False):
            names.append(f"{level} {label or numbered(level, count)}")
        return ", ".join(names)

    def path(self) -> tuple[str, ...]:
        """A name for each question, part, item and theorem that is being read, outermost first."""
        return (
            *(f"section {number}" for _, number in self.around),
            *(
                (f"{'question' if self.question or self.is_case else 'section'} {self._number()}",)
                if self.questions
                else ()
            ),
            *(f"part {label}" for label in self.parts if label),
            *(f"label {kind} {number}" for kind, number in self.labels),
            *(f"item {number}" for number in self.items if number),
            *(f"{self.kinds.get(number, 'theorem')} {number}" for number in self.theorems),
            *(f"proof {number}" for number in self.proofs),
        )

    def _number(self) -> str:
        """The number of the question, and what its heading calls it: "3 problem"."""
        return f"{self.questions} {self.question.partition(' ')[0]}".rstrip()

    def begin_theorem(self, title: str) -> None:
        """A theorem, a definition, a remark or an example begins."""
        self.theorems.append(self.begins())
        for kind, words in (("aside", ASIDE), ("definition", DEFINITION)):
            if re.match(words, title, re.IGNORECASE):
                self.kinds[self.theorems[-1]] = kind

    def labelled(self, label: str) -> None:
        """The first or the next label of its kind, or one such as "Question 3:", begins a part."""
        kind, number = _counted(label)
        known = dict(self.labels).get(kind, 0)
        if not number or number == known or (number not in (1, known + 1) and kind not in _WORDS_OF_PARTS):
            return
        outer = 0 if kind in _WORDS_OF_PARTS else len(self.labels)
        outer = next((k for k, (other, _) in enumerate(self.labels) if other == kind), outer)
        self.labels[outer:] = [(kind, number)]

    def begins(self) -> int:
        self.begun += 1
        return self.begun

    def count(self, kind: str) -> int:
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return self.counts[kind]

    def new_question(self, name: str, level: int) -> None:
        self.question, self.level = name, level
        self.around = []
        self.questions = self.begins()
        self.is_case = False
        self.labels = []
        self.parts = []
        self.lists = [None for _ in self.lists]

    def numbered(self, kind: str, label: str, level: int) -> None:
        """A question that counts itself, unless a short label numbers it."""
        number = self.count(kind)
        short = _SHORT.match(label)
        self.new_question(f"{kind} {short[1] if short else number}", level)

    def heading(self, title: str, level: int) -> None:
        match = HEADING.match(title)
        if match is not None:
            self.new_question(f"{match['kind'].lower()} {match['number']}", level)
            part = match["tight"] or match["round"] or match["named"]
            if part:
                self.parts = [part.lower()]
            return
        match = PART.match(title)
        if match is not None and self.question and level >= self.level:
            self.parts = [(match["named"] or match["round"] or match["half"]).lower()]
        elif level <= self.level:
            around = [(depth, number) for depth, number in self.around if depth < level]
            if self.topic < level and not (self.question or self.is_case or _WIDER.search(title)):
                around = [*around, (self.topic, self.questions)] if self.questions else around
            self.new_question("", 99)
            self.topic = level
            self.is_case = _CASE.search(title) is not None
            if not (self.is_case or _WIDER.search(title)):
                self.around = around  # a heading within a section: what that assumes holds there

    def part(self, depth: int) -> None:
        r"""The next ``\part`` (depth 0), ``\subpart``, ``\subsubpart``."""
        while len(self.parts) <= depth:
            self.parts.append("")
        del self.parts[depth + 1 :]
        number = self.count(f"part {depth}")
        self.counts.pop(f"part {depth + 1}", None)
        self.parts[depth] = numbered("subpart" if depth == 1 else "part", number)

    def item(self, label: str) -> None:
        if self.items:
            self.items[-1] = self.begins()
        if self.lists and self.lists[-1] is not None:
            match = _LABEL.match(label)
            self.lists[-1] = (self.lists[-1][0] + (not label), match[1] if match else "")


_WORDS_OF_PARTS = frozenset(
    ["question", "exercise", "exercice", "problem", "probleme", "problème", "part", "partie", "case", "cas", "method",
     "methode", "méthode", "approach", "approche", "variant", "variante", "scenario", "scénario", "option", "attempt",
     "tentative", "setting", "solution", "proof", "preuve", "version"]
)  # fmt: skip


def _counted(label: str) -> tuple[str, int]:
    """The kind of a label and its number, 0 where it has none: ``("letter", 2)`` of b, ``("case", 1)`` of "case i".

    A case that has a name has a number of that name.
    """
    kind, _, mark = label.rpartition(" ")
    if mark.startswith("="):
        return kind, crc32(mark.encode())
    if mark.isdigit():
        return kind or "number", int(mark)
    if mark in _ROMAN:
        return kind or "roman", _ROMAN.index(mark) + 1
    return kind or "letter", ord(mark) - ord("a") + 1 if len(mark) == 1 and mark in "abcdefgh" else 0


def numbered(level: str, count: int) -> str:
    if level == "part" or level == "subsubpart":
        return chr(ord("a") + count - 1) if 0 < count <= 26 else str(count)
    if level == "subpart":
        return _ROMAN[count - 1] if 0 < count <= len(_ROMAN) else str(count)
    return str(count)


def kind_of(title: str) -> str:
    """The word of a theorem-like environment that numbers questions, empty for others."""
    match = re.match(rf"\W*({_KIND})\b", title, re.IGNORECASE)
    return match[1].lower() if match else ""
