r"""Sizes that words give to a matrix or a vector: "let $A$ be a symmetric matrix of order $n$".

The sentence is read as what it would be with the set in the formula: "let $A \in \mathbb{R}^{n \times n}$ be a
symmetric matrix".  Only a sentence that brings a name in, and says "a matrix", is; "the matrix of size $n$ with ones"
is one matrix, and "show that $A$ is a matrix of size $n$" claims.
May import the reader's tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from everystep.reader import patterns as re
from everystep.reader.cleaning import tokenize
from everystep.reader.source import Place, Token, Tokens
from everystep.reader.trees import relation_of

Piece: TypeAlias = "tuple[int, Tokens, Place] | None"
"""A formula in a paragraph: the index of its event, its tokens and its place; None for an empty one."""

_NAMES = r"\$(?:\s*(?:,\s*(?:et|and)\b|,|et\b|and\b)\s*\$)*"
_BE = r"(?:(?:be|is|are|est|sont|denotes?|désigne(?:nt)?)\s+)?"
_ONE = r"(?:an?|any|two|three|une?|deux|trois|des|toute)\s+"
_NOT_OF = r"(?!(?:de|of|à|dont|whose|with|avec|which|that|qui|que|et|and|or|ou|pas|not)\b)"
_WORDS = rf"(?:{_NOT_OF}[^\W\d_][\w-]*,?\s+)"
_NOUN = r"(?:matri(?:x|ces?)|vect(?:ors?|eurs?))"
_KIND = (
    r"(?:symmetric|symétrique|invertible|nonsingular|inversible|definite|définie|orthogonale?|triangular|triangulaire|"
    r"diagonale?|antisymétrique|skew-symmetric|idempotente?)s?"
)
_OF_SIZE = (
    r"(?:de (?:taille|dimensions?|format)|d['’]ordre|of (?:size|order|dimensions?))\s+(?P<size>\$)(?!\s*[(\[^]|\s+[x×])"
)
_LINES = (
    r"(?:à|with|having|ayant|avec)\s+(?P<rows>\$)\s+(?:lignes|rows)\s+(?:et|and)\s+(?P<columns>\$)\s+"
    r"(?:colonnes|columns)"
)
_SIZED = re.compile(
    rf"(?P<names>{_NAMES})(?P<said>\s*,?\s*{_BE}(?:{_ONE}{_WORDS}{{0,4}}(?P<noun>{_NOUN})\b,?\s*{_WORDS}{{0,5}}|"
    rf"{_WORDS}{{0,3}}{_KIND},?\s+{_WORDS}{{0,3}}))(?:{_OF_SIZE}|{_LINES})(?P<behind>\s+{_KIND})?",
    re.IGNORECASE,
)
_SPEAKS = re.compile(r"taille|ordre|dimension|format|size|order|lignes|rows", re.IGNORECASE)
BRINGS_IN = re.compile(
    r"(?:\b(?:soit|soient|let|où|where|consid[eè]re|considérons|consider|given|étant donnée?s?|étant donnés|pour|for|"
    r"fixons|fix|et|and|soit aussi|également|also|avec|with|prenons|take)|[,;])\s*$",
    re.IGNORECASE,
)
CLAIMS = re.compile(
    r"\b(?:montr\w+|show\w*|prove\w*|prouv\w+|vérifi\w+|check\w*|donc|alors|then|hence|thus|therefore|ainsi|déduit|"
    r"si|if|whether|not|ne|pas|n'\w+|que|that|suppos\w*|assum\w*)\b",
    re.IGNORECASE,
)


def with_sizes_in_sets(text: str, pieces: Sequence[Piece]) -> tuple[str, list[Piece]]:
    """The words of a paragraph and its formulas (one for each ``$``), with sizes that words give in these."""
    kept = list(pieces)
    if not _SPEAKS.search(text):
        return text, kept
    for match in reversed(list(_SIZED.finditer(text))):
        ahead = re.split(r"[.?!:]\s", text[: match.start()])[-1]
        if not BRINGS_IN.search(ahead) or CLAIMS.search(ahead):
            continue
        first = text[: match.start()].count("$")
        names = range(first, first + match["names"].count("$"))
        sizes = [text[: match.start(group)].count("$") for group in ("size", "rows", "columns") if match[group]]
        where = _set([kept[k] for k in sizes], is_vector=(match["noun"] or "").lower().startswith("vect"))
        if not where or not all(_is_bare(kept[k]) for k in names):
            continue
        for k in names:
            piece = kept[k]
            if piece is not None:
                kept[k] = (piece[0], (*piece[1], *_placed(where, piece[2])), piece[2])
        kept = [piece for k, piece in enumerate(kept) if k not in sizes]
        said = match["said"].rstrip().rstrip(",")
        text = f"{text[: match.start()]}{match['names']}{said}{match['behind'] or ''}{text[match.end() :]}"
    return text, kept


def _set(sizes: Sequence[Piece], is_vector: bool) -> str:
    """The set that sizes mean; empty where they are none."""
    written = ["" if piece is None else "".join(_text(t) for t in piece[1]) for piece in sizes]
    if len(written) == 1:
        written = re.split(r"\\times |×", written[0])
        if len(written) == 1:
            written = written if is_vector else written * 2
        elif is_vector:
            return ""
    plain = all(re.fullmatch(r"[A-Za-z0-9_{}+\-]{1,12}|\([A-Za-z0-9_+\-]{1,12}\)", size) for size in written)
    return r"\in \mathbb{R}^{" + r" \times ".join(written) + "}" if plain else ""


def _text(token: Token) -> str:
    marks = {"open": "{", "close": "}", "sub": "_", "sup": "^", "space": ""}
    return f"\\{token.text} " if token.kind == "command" else marks.get(token.kind, token.text)


def _placed(latex: str, place: Place) -> Tokens:
    return tuple(Token(t.kind, t.text, place) for t in tokenize(latex, place.file, place.line, place.column))


def _is_bare(piece: Piece) -> bool:
    """Whether a formula is a name, or several, and says nothing of them."""
    return piece is not None and not any(relation_of(piece[1], k)[0] for k in range(len(piece[1])))
