"""What the note beside a display says, as LaTeX and as Markdown, and the macros that set it.

May import the report's data types and the modules that print them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from everystep.documents.result import StepReport
from everystep.prove.verdict import Status
from render.document_report import sizes_that_matter
from render.evidence_text import plain, sides_of, sizes_text, value_text

NOTE_LENGTH = 180
VALUE_LENGTH = 28
_MARKS = {Status.PROVED: "ok", Status.TESTED: "open", Status.ASSUMED: "open", Status.UNREADABLE: "unread"}
_SIGNS = {"ok": "✓", "no": "✗", "open": "≈", "unread": "?"}


@dataclass(frozen=True)
class Item:
    """One line of a note: the mark, which steps of the display (empty where it has one only), what is said."""

    mark: str
    number: str
    text: str


def note_items(steps: Sequence[StepReport]) -> list[Item]:
    """The note of a display; neighbours about which the same is said share a line."""
    said = [(number, _MARKS.get(step.status, "no"), note_text(step)) for number, step in enumerate(steps, 1)]
    items = []
    for (mark, text), group in groupby(said, key=lambda entry: entry[1:]):
        numbers = [number for number, _, _ in group]
        last = f"–{numbers[-1]}" if len(numbers) > 1 else ""
        items.append(Item(mark, f"{numbers[0]}{last}" if len(steps) > 1 else "", text))
    return items


def note_text(step: StepReport) -> str:
    """``refuted: differs by a factor 2 (n=1: 3 against 6)``."""
    verdict = step.verdict
    if step.status is Status.TESTED:
        count = len(verdict.trials)
        return f"tested on {count} sample{'s' if count != 1 else ''}, not proved" if count else "tested, not proved"
    if step.status in (Status.PROVED, Status.ASSUMED):
        conditions = f", provided that {', '.join(verdict.conditions)}" if verdict.conditions else ""
        return plain(f"{step.status}{conditions}")
    because = plain(step.hint or verdict.message)
    if len(because) > NOTE_LENGTH:
        because = because[:NOTE_LENGTH].rsplit(" ", 1)[0] + "…"
    text = f"{step.status}: {because}" if because else str(step.status)
    example = verdict.counterexample
    if example is not None:
        left, right = map(value_text, sides_of(example))
        short = example.right and max(len(left), len(right)) <= VALUE_LENGTH
        values = f": {left} against {right}" if short else ""
        text += f" (at {sizes_text(example.sizes, sizes_that_matter(step))}{values})"
    return text


_LETTERS = dict.fromkeys('“”"', "''") | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "…": r"\dots{}",
    "–": "--",
    "—": "---",
    "’": "'",
    "‘": "`",
    **{letter: f"\\{letter}" for letter in "{}$&#_%"},
    **{letter: rf"\ensuremath{{{letter}}}" for letter in "<>|"},
}
_TABLE = r"""
∇ \nabla  ∂ \partial  ∑ \sum  ∏ \prod  ‖ \|  ᵀ ^{\mathrm{T}}  ⊤ ^{\top}  · \cdot  × \times  ⊙ \odot  ⊗ \otimes  ∘ \circ
± \pm  √ \surd  ≤ \le  ≥ \ge  ≠ \ne  ≈ \approx  ≡ \equiv  ∈ \in  ∝ \propto  − -  → \to  ⇒ \Rightarrow  ≻ \succ
≽ \succeq  ∞ \infty  ℓ \ell  † \dagger  ℝ \mathbf{R}  ℕ \mathbf{N}  ⟨ \langle  ⟩ \rangle  ′ '  ⁺ ^{+}  ⁻ ^{-}
"""
_MATHEMATICS = {
    **dict(entry.split(" ") for entry in re.split(r"\s\s|\n", _TABLE.strip())),
    **{letter: rf"^{{{digit}}}" for digit, letter in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{letter: rf"_{{{digit}}}" for digit, letter in enumerate("₀₁₂₃₄₅₆₇₈₉")},
}
_GREEK = re.compile(r"GREEK (SMALL|CAPITAL) LETTER (\w+)")
_GREEK_CAPITALS = frozenset("ΓΔΘΛΞΠΣΥΦΨΩ")
_ACCENTS = dict(zip("\u0300\u0301\u0302\u0303\u0304\u0308\u0327", r"`'^~=" + '"c', strict=True))


def tex_text(text: str) -> str:
    """Plain text as LaTeX that every document can print, in whatever encoding; what has no form is ``?``."""
    return "".join(map(_tex_letter, text))


def _tex_letter(letter: str) -> str:
    if letter in _LETTERS:
        return _LETTERS[letter]
    if letter.isascii():
        return letter if letter.isprintable() else " "
    sign = _MATHEMATICS.get(letter) or _greek(letter)
    if sign is not None:
        return rf"\ensuremath{{{sign}}}"
    parts = unicodedata.normalize("NFD", letter)
    base, mark = parts[0], parts[1:]
    if mark in _ACCENTS and base.isascii() and base.isalpha():
        return rf"\{_ACCENTS[mark]}{{{base}}}"
    return "?"


def _greek(letter: str) -> str | None:
    found = _GREEK.fullmatch(unicodedata.name(letter, ""))
    if found is None or (found[1] == "CAPITAL" and letter not in _GREEK_CAPITALS) or letter in "ος":
        return None
    name = found[2].lower().replace("lamda", "lambda")
    return f"\\{name.capitalize() if found[1] == 'CAPITAL' else name}"


def tex_note(steps: Sequence[StepReport], boxed: bool) -> str:
    r"""A call of ``\everystepnote``; ``boxed`` where no float can leave."""
    items = "".join(
        rf"\everystepitem{{{item.mark}}}{{{tex_text(item.number)}}}{{{tex_text(item.text)}}}"
        for item in note_items(steps)
    )
    return rf"\everystepnote{'[pinned]' if boxed else ''}{{{items}}}"


def markdown_note(steps: Sequence[StepReport], indent: str) -> str:
    """A block quote."""
    lines = []
    for item in note_items(steps):
        text = re.sub(r"([\\`*_<>\[\]$|])", r"\\\1", item.text)
        number = f" step{'s' if '–' in item.number else ''} {item.number}:" if item.number else ""
        strong = f"**{text}**" if item.mark == "no" else text
        lines.append(f"{indent}> {_SIGNS[item.mark]}{number} {strong}")
    return "  \n".join(lines)


PREAMBLE = r"""
% What the notes need.  The page is made wider where its margin is too narrow for them.
\makeatletter
\IfFileExists{xcolor.sty}{\@ifpackageloaded{xcolor}{}{\RequirePackage{xcolor}}}{}
\@ifundefined{definecolor}{\def\everystep@color#1{}}{%
  \definecolor{everystepok}{rgb}{0,.42,.16}\definecolor{everystepno}{rgb}{.76,0,.06}%
  \definecolor{everystepopen}{rgb}{.25,.25,.3}\definecolor{everystepunread}{rgb}{.6,.36,0}%
  \def\everystep@color#1{\color{everystep#1}}}
\def\everystep@curve#1{\begingroup\unitlength=.1em\linethickness{.11em}\begin{picture}(8,7)#1\end{picture}\endgroup}
\def\everystep@markok{\everystep@curve{\qbezier(0.6,3.4)(1.6,2.4)(2.8,0.4)\qbezier(2.8,0.4)(4.2,4)(7.2,7)}}
\def\everystep@markno{\everystep@curve{\qbezier(1,0.4)(4,3.4)(7,6.4)\qbezier(1,6.4)(4,3.4)(7,0.4)}}
\def\everystep@markopen{\ensuremath{\approx}}
\def\everystep@markunread{\textbf{?}}
\def\everystep@text#1{\begingroup\normalfont\sffamily\scriptsize\raggedright\parindent\z@\parskip\z@
  \hyphenpenalty\@M #1\par\endgroup}
\DeclareRobustCommand\everystepitem[3]{\par\hangindent1.15em\hangafter\@ne\noindent
  {\everystep@color{#1}\hbox to1.15em{\csname everystep@mark#1\endcsname\hss}%
  \def\@tempa{#2}\ifx\@tempa\@empty\else\textbf{#2}\enspace\fi#3}}
\def\everystep@beside#1{\vbox to\z@{\ifhmode\fi\hbox to\z@{\hskip\hsize\hskip\marginparsep
  \vtop to\z@{\hsize\marginparwidth\everystep@text{#1}\vss}\hss}\vss}}
\def\everystep@pinned#1{\ifmmode\else\ifvmode
    \dimen@\prevdepth\nointerlineskip\everystep@beside{#1}\prevdepth\dimen@
  \else\vadjust{\kern-\baselineskip\everystep@beside{#1}\kern\baselineskip}\fi\fi}
\def\everystep@float#1{\ifmmode\else\ifinner\everystep@pinned{#1}\else
  \if@inlabel\leavevmode\fi\marginpar{\everystep@text{#1}}\fi\fi}
\DeclareRobustCommand\everystepnote[2][float]{\csname everystep@#1\endcsname{#2}}
\AtBeginDocument{%
  \@ifundefined{multicols}{}{\let\everystep@multicols\multicols
    \def\multicols{\let\everystep@float\everystep@pinned\everystep@multicols}}%
  \normalmarginpar\@mparswitchfalse\marginparwidth=118\p@\marginparsep=13\p@
  \@tempdima\oddsidemargin\if@twoside\ifdim\evensidemargin>\@tempdima\@tempdima\evensidemargin\fi\fi
  \advance\@tempdima1in\advance\@tempdima\hoffset\advance\@tempdima\textwidth
  \advance\@tempdima\marginparsep\advance\@tempdima\marginparwidth\advance\@tempdima10\p@
  \@tempdimb\z@\if@twocolumn\@tempdimb\marginparwidth\advance\hoffset\@tempdimb\advance\@tempdima\@tempdimb\fi
  \ifdim\@tempdima>\paperwidth\paperwidth\@tempdima\fi
  \ifdefined\pdfpagewidth\ifdim\pdfpagewidth<\@tempdima\pdfpagewidth\@tempdima\fi\fi
  \ifdefined\pagewidth\ifdim\pagewidth<\@tempdima\pagewidth\@tempdima\fi\fi}
\makeatother
"""
