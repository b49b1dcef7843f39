r"""Transposes that stand before what they turn, as French authors write them: ``{}^t X`` and ``{}^{t}(AB)``.

LaTeX has no mark before a letter: ``{}^t`` hangs on empty braces, and between two factors it may as well be the mark
of the one before, ``A{}^t B``.  Where nothing stands before it, it turns what is behind it, and where nothing stands
behind it, what is before.  A document that does one of these, and nowhere the other, does so everywhere; where it
does neither, or both, a mark between two factors is not read.
May import the reader's tokens and signs.
"""

from __future__ import annotations

from collections.abc import Sequence

from everystep.reader.signs import (
    ACCENTS,
    BIG,
    CLOSERS,
    GREEK,
    OPENERS,
    RELATIONS,
    SEPARATORS,
    STYLES,
    TENSORS,
    VARIANTS,
    WORDS,
)
from everystep.reader.source import Declaration, Display, Event, Token, Tokens
from everystep.records import dataclass, replace

EITHER = "{}^t"
"""The name of a mark between two factors that may turn either, in a document that does not tell which."""
_LETTERS = frozenset(("t", "T", "top", "intercal"))
_BEFORE = frozenset("=<>+-*/(,;:[") | RELATIONS.keys() | OPENERS.keys() | {"quad", "qquad"}
_SPACED = TENSORS.keys() | SEPARATORS.keys() | BIG | WORDS | {"left."}
_LONGEST = 400
"""Tokens of a bracket that is turned."""


@dataclass(frozen=True)
class _Mark:
    """A raised t on empty braces, or on nothing, from ``start`` to ``end``, and what it turns up to ``last``."""

    start: int
    end: int
    last: int
    braced: bool
    free: bool
    small: bool

    @property
    def turns_behind(self) -> bool:
        return self.free and self.last > self.end

    @property
    def turns_before(self) -> bool:
        return not self.free and self.last == self.end


def with_marks_behind(events: Sequence[Event]) -> tuple[Event, ...]:
    r"""The events with ``X^\top`` for each ``{}^t X`` in their formulas."""
    marks = [mark for event in events for tokens in _formulas(event) for mark in _marks(tokens)]
    behind, before = any(mark.turns_behind for mark in marks), any(mark.turns_before for mark in marks)
    if not marks or (before and not behind):
        return tuple(events)
    return tuple(_turned_event(event, behind and not before) for event in events)


def _formulas(event: Event) -> list[Tokens]:
    if isinstance(event, Declaration):
        return [event.tokens]
    return [event.tokens] if isinstance(event, Display) else []


def _turned_event(event: Event, everywhere: bool) -> Event:
    if isinstance(event, Display):
        return replace(event, tokens=_turned(event.tokens, everywhere))
    if isinstance(event, Declaration):
        earlier, later = (tuple(_turned(t, everywhere) for t in pieces) for pieces in (event.earlier, event.later))
        return replace(event, tokens=_turned(event.tokens, everywhere), earlier=earlier, later=later)
    return event


def _turned(tokens: Tokens, everywhere: bool) -> Tokens:
    """One formula, the last mark first, so that what a mark turns may itself be turned."""
    result = list(tokens)
    for mark in reversed(_marks(tokens)):
        last = _atom_end(result, mark.end)
        between = mark.braced and mark.small and not mark.free
        if last == mark.end or not (mark.turns_behind or between):
            continue
        if mark.turns_behind or everywhere:
            result[mark.start : last] = _behind(tuple(result[mark.end : last]))
        else:
            result[mark.start : mark.end] = [Token("command", EITHER, result[mark.start].place)]
    return tuple(result)


def _behind(atom: Tokens) -> list[Token]:
    r"""``X^\top`` of ``X``; of what has a raised mark, too, with braces around it."""
    while atom and atom[0].kind == "space":
        atom = atom[1:]
    place = atom[-1].place
    level, raised = 0, False
    for token in atom:
        level += (token.kind == "open") - (token.kind == "close")
        raised = raised or (level == 0 and (token.kind == "sup" or token.text == "'"))
    mark = [Token("sup", "^", place), Token("command", "top", place)]
    if raised:
        return [Token("open", "{", place), *atom, Token("close", "}", place), *mark]
    return [*atom, *mark]


def _marks(tokens: Tokens) -> list[_Mark]:
    """All raised letters t on empty braces, and those on nothing."""
    found: list[_Mark] = []
    for at, token in enumerate(tokens):
        if token.kind != "sup":
            continue
        letter, end = _letter(tokens, at + 1)
        if letter not in _LETTERS:
            continue
        braced = [t.kind for t in tokens[max(at - 2, 0) : at]] == ["open", "close"]
        start = at - 2 if braced else at
        if braced and start and tokens[start - 1].kind in ("command", "sub", "sup"):
            continue  # the empty argument of a command
        free = _is_free(tokens, start, braced)
        if braced or free:
            found.append(_Mark(start, end, _atom_end(tokens, end), braced, free, letter == "t"))
    return found


def _letter(tokens: Tokens, at: int) -> tuple[str, int]:
    r"""The letter that a script is, ``t``, ``{t}``, ``{\mathsf t}``, and the index behind it; empty for others."""
    if at >= len(tokens):
        return "", at
    if tokens[at].kind != "open":
        return (tokens[at].text, at + 1) if tokens[at].kind in ("char", "command") else ("", at)
    level = 0
    for end in range(at, min(at + 10, len(tokens))):
        level += (tokens[end].kind == "open") - (tokens[end].kind == "close")
        if level == 0:
            inside = [t for t in tokens[at + 1 : end] if t.kind not in ("space", "open", "close")]
            inside = [t for t in inside if not (t.kind == "command" and t.text in STYLES)]
            return (inside[0].text if len(inside) == 1 else "", end + 1)
    return "", at


def _is_free(tokens: Tokens, start: int, braced: bool) -> bool:
    r"""Whether nothing stands before a place that a mark could be on; without braces, ``\sum^T`` has a mark."""
    while start and tokens[start - 1].kind == "space":
        start -= 1
    if not start:
        return True
    before = tokens[start - 1]
    if start > 1 and tokens[start - 2].kind in ("sub", "sup"):
        return False  # p_+^\top, x_*^\top
    if before.kind in ("open", "begin", "align", "newline", "text"):
        return True
    return before.kind in ("char", "command") and before.text in (_BEFORE | _SPACED if braced else _BEFORE)


def _atom_end(tokens: Sequence[Token], at: int) -> int:
    """Where the letter or bracket that begins here ends, with its scripts; the place itself where none begins."""
    start = at
    while at < len(tokens) and tokens[at].kind == "space":
        at += 1
    end = _one_end(tokens, at)
    if end == at:
        return start
    while end < len(tokens):
        if tokens[end].kind in ("sub", "sup"):
            behind = _one_end(tokens, end + 1)
            behind = behind if behind > end + 1 else end + 2
            if behind > len(tokens):
                return start
            end = behind
        elif tokens[end].kind == "char" and tokens[end].text in ("'", "’"):
            end += 1
        else:
            return end
    return end


def _one_end(tokens: Sequence[Token], at: int) -> int:
    """The index behind a letter, an accent or a style with its argument, a group; the index itself for all else."""
    if at >= len(tokens):
        return at
    token = tokens[at]
    if token.kind == "open":
        return _closing(tokens, at)
    if token.kind == "char" and token.text.isalpha():
        return at + 1
    if token.kind == "char" and token.text in ("(", "["):
        return _closing(tokens, at)
    if token.kind == "command" and (token.text in GREEK or token.text in VARIANTS):
        return at + 1
    if token.kind == "command" and (token.text in STYLES or token.text in ACCENTS):
        end = _one_end(tokens, at + 1)
        return end if end > at + 1 else at
    return at


def _closing(tokens: Sequence[Token], at: int) -> int:
    """The index behind the bracket that closes the one here; the index itself where none does."""
    level = 0
    for end in range(at, min(at + _LONGEST, len(tokens))):
        token = tokens[end]
        sign = token.kind in ("char", "command")
        level += token.kind == "open" or (sign and (token.text in OPENERS or token.text == "{"))
        level -= token.kind == "close" or (sign and (token.text in CLOSERS or token.text == "}"))
        if level == 0:
            return end + 1
    return at
