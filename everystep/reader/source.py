"""Places in the author's files, tokens that keep their place, and what a document consists of.

May import nothing of the engine.
"""

from __future__ import annotations

from typing import TypeAlias

from everystep.records import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file: ``line`` and ``column`` count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Token:
    r"""One token of LaTeX, at the place where the author sees it (of a macro's body: where the macro is called).

    ``kind``: ``"command"`` (``text`` without the backslash: ``alpha``, ``,``), ``"char"`` (one character),
    ``"open"`` and ``"close"`` (braces), ``"sub"`` (``_``), ``"sup"`` (``^``), ``"align"`` (``&``), ``"newline"``
    (``\\``), ``"space"`` (any run of white space), ``"begin"`` and ``"end"`` (``text`` is the environment),
    ``"text"`` (the words of ``\text{...}``, ``\mbox{...}``, ``\intertext{...}``).
    """

    kind: str
    text: str
    place: Place


Tokens: TypeAlias = tuple[Token, ...]


@dataclass(frozen=True)
class Declaration:
    """Mathematics that may declare: a ``%!`` line, or inline mathematics of the prose.

    ``inline``: from the prose; ``before`` and ``after`` are then the words around it, in the same sentence, with ``$``
    for each other piece of inline mathematics; ``is_open``: the sentence has not ended where the paragraph does;
    ``label``: the short sentence or question before it, or the kind of statement that it stands in ("theorem").
    ``earlier`` and ``later``: the other pieces of the sentence, one for each ``$``.  A piece such as ``n \\times n``
    stands in the words as ``n x n``.  ``ahead``: the sentences without formulas between the formula before and this
    sentence.
    """

    tokens: Tokens
    place: Place
    inline: bool = False
    before: str = ""
    after: str = ""
    is_open: bool = False
    label: str = ""
    earlier: tuple[Tokens, ...] = ()
    later: tuple[Tokens, ...] = ()
    ahead: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pragma:
    """A ``%!`` line that is an order: ``layout``, ``skip``, ``define``, ``assume``, ``problem``."""

    name: str
    argument: str
    place: Place


@dataclass(frozen=True)
class Display:
    """One displayed formula with its environment's name (``"align*"``, ``"\\["``, ``"$$"``, ``"math"``).

    ``tokens`` are what stands inside the environment, macros expanded, comments removed.  ``end`` is the place behind
    it.  ``where`` names the question and part it stands in (``"Question 3, part b"``), empty where there is none.
    ``prose`` are the words between the display before and this one, with ``$`` for inline mathematics, ``ahead`` the
    sentences without formulas since the last of these, ``notes`` what stands over its signs.
    """

    environment: str
    tokens: Tokens
    place: Place
    end: Place
    where: str = ""
    prose: str = ""
    ahead: tuple[str, ...] = ()
    notes: tuple[Tokens, ...] = ()


@dataclass(frozen=True)
class Part:
    """Where what follows stands: a name for each question, part, item and theorem that it is in, outermost first.

    ``asked``: what has ended here set a task ("show that"), so that what it assumes is its own.
    """

    path: tuple[str, ...]
    place: Place
    asked: bool = False


@dataclass(frozen=True)
class Trouble:
    """What could not be read, and where."""

    message: str
    place: Place


Event: TypeAlias = "Declaration | Pragma | Display | Part | Trouble"


@dataclass(frozen=True)
class Document:
    """What a file and its includes hold, in reading order; ``entrywise``: it says that powers are taken so,
    ``denies_entrywise``: that one is not; ``plain_ones``: it writes columns of ones as plain 1; ``softmaxes``: "rows"
    or "columns" where it says of which the softmax of a matrix is taken; ``more_of_losses``: the lines where it says
    that a loss rests on more than its gradient tells; ``other_geometry``: it speaks of inner products, or of
    projections, other than the usual ones; ``other_signs``: those that mean something else, such as logarithms to
    base 2; ``last_words``: the first sentence behind the last event.

    ``dependence``: the lines with words about what depends on what; None where they were not looked for.
    """

    file: str
    events: tuple[Event, ...]
    entrywise: bool = False
    dependence: tuple[int, ...] | None = None
    plain_ones: bool = False
    softmaxes: str = ""
    more_of_losses: tuple[int, ...] = ()
    denies_entrywise: bool = False
    other_geometry: bool = False
    other_signs: frozenset[str] = frozenset()
    last_words: str = ""
