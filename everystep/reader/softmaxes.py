"""Of what the softmax of a matrix is taken: of each row or of each column, as a text says somewhere.

May import ``everystep.algebra`` and this package's vocabulary.
"""

from __future__ import annotations

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ONE
from everystep.reader import patterns as re
from everystep.reader.words import plain

_ROWS = (
    r"(?:row-? ?wise|rows? by rows?|(?:each|every|per)( (?:of the|single|attention))? rows?|lignes? (?:par|a) lignes?|"
    r"chaque ligne|par lignes?)"
)
_COLUMNS = (
    r"(?:column-? ?wise|columns? by columns?|(?:each|every|per)( (?:of the|single))? columns?|"
    r"colonnes? (?:par|a) colonnes?|chaque colonne|par colonnes?)"
)
_SENTENCES = re.compile(r"\.\s|[!?]|\n\s*\n")
_OTHERWISE = re.compile(
    r"\b(not|no|never|neither|nor|unlike|others?|otherwise|instead|if|whether|suppose|would|were|was|"
    r"transposed?|pas|ne|ni|sans|contrairement|autres?|si|aurait|etait|"
    r"usual(ly)?|often|sometimes|typical(ly)?|normal(ly)?|common(ly)?|standard|conventional(ly)?|may|might|could|can|"
    r"tradition\w*|authors?|papers?|books?|literature|practice|habitude|souvent|parfois|generalement|usuel\w*|auteurs?|"
    r"livres?|pratique|peut|pourrait)\b|n'"
)
_OF_ALL = re.compile(
    r"\b((all|every|each) (of )?(the |its )?entr(ies|y)|whole|entire|toutes (les|ses) entrees|toute la)\b"
)
"""Words that deny what a sentence says, suppose it, say it of others, or of something else."""


def _said_of(lines: str, sentence: str) -> bool:
    """Whether a sentence says it of the softmax itself: "a row-wise softmax", "softmax is applied to each row"."""
    return bool(
        re.search(rf"\b{lines}[ -]{{1,3}}(?:applied )?softmax", sentence)
        or re.search(rf"softmax[^.;,?!]{{0,80}}?(?:\$,? ?)?\b{lines}\b", sentence)
    )


def softmaxes(text: str) -> str:
    """Either "rows" or "columns", as the sentences of a text that speak of a softmax say; empty where they say neither
    or both, or where one of them may say something else.
    """
    split = re.split(_SENTENCES.pattern, text)
    spoken = [plain(sentence) for sentence in split if "softmax" in sentence.lower()]
    about = [
        s for s in spoken if re.search(r"\b(rows?|columns?|lignes?|colonnes?|row-?wise|column-?wise|axis|axe)\b", s)
    ]
    if any(map(_OTHERWISE.search, about)) or any(map(_OF_ALL.search, spoken)) or _ASKED.search(text):
        return ""
    by_rows = any(_said_of(_ROWS, sentence) for sentence in about)
    by_columns = any(_said_of(_COLUMNS, sentence) for sentence in about)
    return "" if by_rows == by_columns else "rows" if by_rows else "columns"


_ASKED = re.compile(r"(?i)softmax[^.?!]{0,120}\?")


def softmax_of_matrix(value: Expression, by: str) -> Expression:
    """The softmax of each row, or of each column: every entry's exponential over the sum of its row or column."""
    grown = ex.Apply("exp", value)
    rows, columns = value.shape
    if by == "rows":
        return ex.Mul(ex.Inverse(ex.Diag(ex.Mul(grown, ex.Ones(columns, ONE)))), grown)
    return ex.Mul(grown, ex.Inverse(ex.Diag(ex.Mul(ex.Transpose(grown), ex.Ones(rows, ONE)))))
