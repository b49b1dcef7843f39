r"""Layouts of derivatives that a text shows instead of naming them: "one row per input",
``[\partial y / \partial x]_{ij} = \partial y_j / \partial x_i``.

May import this package's vocabulary only.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.reader.marks import plain_text
from everystep.reader.source import Tokens

_DERIVATIVE = r"\b(?:jacobian\w*|jacobien\w*|derivatives?|derivees?)\b"
_FOR_EACH = (
    r"(?:per|for each|for every|correspond\w* to(?: the| an?)?|(?:are |is )?indexed by(?: the)?|par|pour chaque|"
    r"(?:are |is )?for(?: the)?)"
)
_INPUT = r"(?:inputs?|variables?|arguments?|entree|entrees)"
_OUTPUT = r"(?:outputs?|functions?|values?|components? of the (?:output|function)|sorties?)"
_ROWS, _COLUMNS = r"(?:rows?|lignes?)", r"(?:columns?|colonnes?)"
_OF_IT = r"(?:of|du|de la) (?:the |a |this |our )?(?:jacobian\w*|jacobien\w*|derivatives?|derivees?)(?: matrix)?"
_TURNED = re.compile(
    rf"{_DERIVATIVE}[^.;:]{{0,80}}\b(?:{_ROWS} {_FOR_EACH} {_INPUT}|{_COLUMNS} {_FOR_EACH} {_OUTPUT})\b|"
    rf"\b(?:{_ROWS} {_OF_IT} {_FOR_EACH} {_INPUT}|{_COLUMNS} {_OF_IT} {_FOR_EACH} {_OUTPUT})\b"
)
_MOST = 120
"""Characters of a formula that shows a layout."""
_SHOWN = re.compile(
    r"[\[(](?:d|t)?fracpartial(?P<y>[^_]+?)partial(?P<x>[^_]+?)[\])]_(?P<row>\w),?(?P<column>\w)[:=]=?"
    r"(?:d|t)?fracpartial(?P=y)_(?P<of>\w)partial(?P=x)_(?P<by>\w)"
)


def says_one_row_for_each_input(sentence: str) -> bool:
    """Whether a sentence gives Jacobians a row for each input, or a column for each output."""
    return _TURNED.search(sentence) is not None


def is_layout_turned(formula: Tokens) -> bool:
    r"""Whether a formula is ``[\partial y / \partial x]_{ij} = \partial y_j / \partial x_i``."""
    written = plain_text(formula) if len(formula) < _MOST else ""
    shown = _SHOWN.fullmatch(written.rstrip(".,;")) if len(written) < _MOST else None
    return (
        shown is not None
        and shown["row"] != shown["column"]
        and ((shown["of"], shown["by"]) == (shown["column"], shown["row"]))
    )
