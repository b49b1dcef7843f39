r"""Which letters a document counts with: ``m`` in ``x \in \mathbb{R}^m``, ``\sum_{i=1}^m`` and ``A^m``.

``m > 0`` alone says neither that m is a number of things nor that it is any positive number.  Where nothing in its
problem counts with m, it is a number: a margin, a temperature, a bound.
May import this package.
"""

from __future__ import annotations

from collections.abc import Mapping

from everystep.reader import patterns as re
from everystep.reader.independence import Spoken
from everystep.reader.source import Declaration, Display, Document, Pragma, Tokens
from everystep.reader.trees import name_of
from everystep.reader.words import plain
from everystep.records import dataclass, field

INTEGER_LETTERS = frozenset("ijklmnstdTNKMpq")
_COUNTING = re.compile(
    r"\b(?:integers?|entiers?|naturals?|naturels?|number of|nombre de|count|dimensions?|size|taille|rank|rang|"
    r"ind(?:ex|ices?)|iterations?|horizon|steps?|layers?|couches?|classes|samples|epochs?)\b"
)
_COMPARED = frozenset(("<", ">", "le", "leq", "ge", "geq", "lt", "gt", "leqslant", "geqslant"))
_LARGE = frozenset(("sum", "prod", "bigcup", "bigcap", "bigoplus", "otimes"))
_DOTS = frozenset(("dots", "ldots", "cdots", "."))
_PASSED = frozenset(("space", "align", "newline"))


@dataclass
class _Script:
    """What a sub- or superscript holds; of no script: everything outside of them."""

    mark: str = ""
    base: str = ""
    letters: set[str] = field(default_factory=set)
    multiplies: bool = False
    grouped: bool = False

    def counted(self) -> set[str]:
        """The letters that count here: of an exponent those that no factor stands beside, as in ``T - t``, but not
        those of e^m; a T or t alone there is a transpose, unless a sum goes up to it.
        """
        if self.mark == "sup" and (self.multiplies or self.base in ("e", "exp")):
            return set()
        if self.mark == "sup" and self.letters in ({"T"}, {"t"}) and self.base not in _LARGE:
            return set()
        return self.letters


def letters_that_count(document: Document) -> Mapping[str, Spoken]:
    """Of each letter that may count, where a document counts with it."""
    lines: dict[str, list[int]] = {letter: [] for letter in INTEGER_LETTERS}
    for event in document.events:
        if not isinstance(event, Declaration | Display):
            continue
        tokens = tuple(t for t in event.tokens if t.kind not in _PASSED)
        found = _in_scripts(tokens) | _in_ranges(tokens)
        if (
            isinstance(event, Declaration)
            and event.inline
            and _COUNTING.search(plain(f"{event.before} $ {event.after}"))
        ):
            found |= {t.text for t in tokens if t.kind == "char"}
        for letter in found & INTEGER_LETTERS:
            lines[letter].append(event.place.line)
    starts = tuple(e.place.line for e in document.events if isinstance(e, Pragma) and e.name == "problem")
    return {letter: Spoken(tuple(places), starts) for letter, places in lines.items()}


def _in_scripts(tokens: Tokens) -> set[str]:
    """The letters that stand below and above others and count there."""
    found: set[str] = set()
    groups: list[_Script] = [_Script()]
    base, before, mark = "", "", ""
    for token in tokens:
        name = name_of(token)
        if token.kind in ("sub", "sup"):
            mark = token.kind
            continue
        if token.kind == "open":
            groups.append(_Script(mark or groups[-1].mark, base if mark else groups[-1].base))
            mark, before = "", ""
            continue
        if token.kind == "close":
            if len(groups) > 1:
                inner = groups.pop()
                found |= inner.counted() if inner.mark else set()
                groups[-1].multiplies |= groups[-1].mark == "sup"
            before = ""
            continue
        if mark:
            found |= _Script(mark, base, {name}).counted()
            mark = ""
            continue
        here = groups[-1]
        if not here.mark:
            base = name
        is_letter = token.kind == "char" and name.isalpha()
        here.multiplies |= (is_letter and before == "letter") or (token.kind == "command" and name != "times")
        here.letters |= {name} if is_letter else set()
        before = "letter" if is_letter else ""
    return found


def _in_ranges(tokens: Tokens) -> set[str]:
    r"""The last letters of ``1, \dots, n``, the letters of ``1 \le t < T`` and of ``n!``."""
    found: set[str] = set()
    for k, token in enumerate(tokens):
        if token.kind != "char" or not token.text.isalpha():
            continue
        before, behind = tokens[max(0, k - 2) : k], tokens[k + 1 : k + 3]
        names = [name_of(t) for t in before]
        if names[-1:] == ["."] or (names[-1:] == [","] and names[0] in _DOTS) or (names and names[-1] in _DOTS):
            found.add(token.text)
        if behind and name_of(behind[0]) == "!":
            found.add(token.text)
        beside = behind[1].text if len(behind) == 2 and name_of(behind[0]) in _COMPARED else ""
        if beside in INTEGER_LETTERS - {token.text}:
            found |= {token.text, beside}
    return found
