r"""French typography of LaTeX prose, and TeX-safe plain text.

French rules (Imprimerie nationale): a thin no-break space before ``;`` ``!`` ``?``, a no-break
space before ``:`` and within « guillemets », ``n° 3`` and ``1er`` with raised letters, a no-break
space before ``%`` and ordinary ones around dashes left alone.  Mathematics, comments, drawings,
command names and the arguments of references are not touched. May import the standard library
only.
"""

from __future__ import annotations

import re

_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "→": r"\ensuremath{\to}",
    "≤": r"\ensuremath{\le}",
    "≥": r"\ensuremath{\ge}",
    "≠": r"\ensuremath{\ne}",
    "×": r"\ensuremath{\times}",
    "−": r"\ensuremath{-}",
}


def tex(plain: object) -> str:
    """Plain text with every character that TeX would act on made harmless."""
    return "".join(_TEX.get(character, character) for character in str(plain))


_MATH = "equation|align|aligned|alignat|gather|multline|split|displaymath|math|tikzpicture|verbatim"
_NAMING = (
    "label|ref|eqref|pageref|hyperref|hypertarget|hyperlink|steplink|url|href|input"
    "|includegraphics|begin|end|definecolor|color|textcolor|vspace|hspace|fontsize|setlength"
)
_PROTECTED = re.compile(
    rf"""
    (?P<env>\\begin\{{(?P<name>(?:{_MATH})\*?)\}}.*?\\end\{{(?P=name)\}})
    | \$\$.*?\$\$ | \$(?:\\.|[^$\\])*\$ | \\\[.*?\\\] | \\\(.*?\\\)
    | (?<!\\)%[^\n]*
    | \\(?:{_NAMING})\*?(?:\[[^\]]*\])?(?:\{{[^{{}}]*\}})?
    | \\(?:[A-Za-z@]+\*?|.)
    """,
    re.VERBOSE | re.DOTALL,
)

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[ \u00a0\u202f~]*([;!?]+)"), r"\\,\1"),
    (re.compile(r"(?<=\S)[ \u00a0~]*:(?=[\s}~]|$)"), "~:"),
    (re.compile(r"«[ \u00a0\u202f~]*"), "«~"),
    (re.compile(r"[ \u00a0\u202f~]*»"), "~»"),
    (re.compile(r"\b[nN]°[ ~\u00a0]*(?=\d)"), r"n\\textsuperscript{o}~"),
    (re.compile(r"\b1er\b"), r"1\\textsuperscript{er}"),
    (re.compile(r"\b1re\b"), r"1\\textsuperscript{re}"),
    (re.compile(r"\b(\d+)e\b"), r"\1\\textsuperscript{e}"),
)
_PERCENT = re.compile(r"(\d)[ ~\u00a0\u202f]*\\%")


def french(source: str) -> str:
    """LaTeX prose with French spacing; idempotent."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match.group())
        return f"\x00{len(kept) - 1}\x01"

    prose = _PROTECTED.sub(keep, _PERCENT.sub(r"\1~\\%", source))
    # A thin space that is there already counts as a space before punctuation.
    for mark in (f"\x00{i}\x01" for i, command in enumerate(kept) if command in (r"\,", "\\ ")):
        prose = re.sub(rf"{mark}(?= *[;!?:»])", "~", prose).replace(f"«{mark}", "«~")
    for pattern, replacement in _RULES:
        prose = pattern.sub(replacement, prose)
    return re.sub(r"\x00(\d+)\x01", lambda m: kept[int(m.group(1))], prose)


def decimal(value: str, language: str) -> str:
    """A decimal number for mathematics, with the language's mark: ``0.5``, ``0{,}5``."""
    return value.replace(".", "{,}") if language == "fr" else value
