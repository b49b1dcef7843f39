"""Of what the softmax of a matrix is taken: of each row or of each column, as a text says somewhere.

May import ``everystep.algebra`` and this package's vocabulary.
"""

from __future__ import annotations

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ONE
from everystep.reader import patterns as re
from everystep.reader.words import plain

_BY_ROWS = re.compile(
    r"\b(row-? ?wise|(each|every|per|a|of the) rows?|rows? by rows?|(over|along|on|across) (the |each |its )?rows?|"
    r"(to|by) (the |each )?rows?|rows sum|last axis|par lignes?|chaque ligne|lignes? (par|a) lignes?|"
    r"(sur|aux|des|selon) (les )?lignes)\b"
)
_BY_COLUMNS = re.compile(
    r"\b(column-? ?wise|(each|every|per|of the) columns?|columns? by columns?|"
    r"(over|along|on|across) (the |each |its )?columns?|(to|by) (the |each )?columns?|columns sum|first axis|"
    r"par colonnes?|chaque colonne|colonnes? (par|a) colonnes?|(sur|aux|des|selon) (les )?colonnes)\b"
)
_SENTENCES = re.compile(r"\.\s|[;!?]|\n\s*\n")


def softmaxes(text: str) -> str:
    """Either "rows" or "columns", as the sentences of a text that speak of a softmax say; empty where they say neither
    or both.
    """
    spoken = [plain(sentence) for sentence in _SENTENCES.split(text) if "softmax" in sentence.lower()]
    by_rows = any(_BY_ROWS.search(sentence) for sentence in spoken)
    by_columns = any(_BY_COLUMNS.search(sentence) for sentence in spoken)
    return "" if by_rows == by_columns else "rows" if by_rows else "columns"


def softmax_of_matrix(value: Expression, by: str) -> Expression:
    """The softmax of each row, or of each column: every entry's exponential over the sum of its row or column."""
    grown = ex.Apply("exp", value)
    rows, columns = value.shape
    if by == "rows":
        return ex.Mul(ex.Inverse(ex.Diag(ex.Mul(grown, ex.Ones(columns, ONE)))), grown)
    return ex.Mul(grown, ex.Inverse(ex.Diag(ex.Mul(ex.Transpose(grown), ex.Ones(rows, ONE)))))
