r"""Families and matrices in brackets: ``(\varepsilon_t)_{t \ge 1}``, ``A = (a_{ij})_{1 \le i, j \le n}``.

"Let $(x_i)_{1 \le i \le n}$ be vectors of $\mathbb{R}^d$" is read as "let $x_1, \dots, x_n \in \mathbb{R}^d$ be
vectors", where the words say what the members are; a matrix by its entries in brackets is in the set that its
sizes tell.
May import the reader's tokens.
"""

from __future__ import annotations

from collections.abc import Sequence

from everystep.reader import patterns as re
from everystep.reader.cleaning import tokenize
from everystep.reader.sizes_in_words import BRINGS_IN, CLAIMS, Piece
from everystep.reader.source import Place, Token, Tokens
from everystep.reader.trees import latex_of, stripped

_LESS = r"\\(?:leq?|leqslant)"
_LETTER = r"(?:[A-Za-z]|\\[a-zA-Z]+)"
_FAMILY = re.compile(
    rf"(?P<bracket>\()?(?P<name>{_LETTER})_\{{?(?P<at>[a-z])\}}?(?(bracket)\)(?:_\{{(?P<range>.*)\}})?)"
)
_FROM_ONE = re.compile(r"\)_\{?([a-z])=1\}?\^\{?([A-Za-z])\}?$")
_ENTRIES = re.compile(
    rf"(?P<matrix>{_LETTER}(?:_[A-Za-z\d])?)=[(\[](?P<name>{_LETTER})_\{{(?P<at>[a-z],?[a-z])\}}[)\]]"
    rf"(?:_\{{(?P<range>.*?)\}})?(?P<set>\\in.*)?"
)
_OWN_ENTRIES = re.compile(
    rf"(?P<vector>{_LETTER})=[(\[](?:(?P=vector)_\{{?\d\}}?,)+\\[lc]?dots,(?P=vector)_\{{?\w\}}?[)\]]"
    r"(?:\^\{?(?:\\top|\\intercal|T)\}?)?(?P<set>\\in(?!.*times)[^=,;]*)"
)
_COUNTED = (
    re.compile(rf"1{_LESS}(?P<at>[a-z]){_LESS}(?P<last>[A-Za-z])"),
    re.compile(r"(?P<at>[a-z])=1,\\[lc]?dots,(?P<last>[A-Za-z])"),
    re.compile(r"(?P<at>[a-z])\\in\\?\{1,\\[lc]?dots,(?P<last>[A-Za-z])\\?\}"),
)
_BOTH_COUNTED = (
    re.compile(rf"1{_LESS}[a-z],[a-z]{_LESS}(?P<rows>[A-Za-z])"),
    re.compile(rf"1{_LESS}[a-z]{_LESS}(?P<rows>[A-Za-z]),(?:\\\w+)?1{_LESS}[a-z]{_LESS}(?P<columns>[A-Za-z])"),
)
_ENDLESS = re.compile(r"(?P<at>[a-z])(?:\\(?:geq?|geqslant|in)|>).*")
_NUMBERS = re.compile(
    r"\b(?:variables?|réels|réelles|nombres|numbers|reals|scalars|scalaires|innovations|bruits? blancs?|white noise)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:vect\w+|matri\w+|fonctions?|functions?|points?|family of sets|ensembles|événements|events|"
    r"entières?|integers?|discr[eè]tes?|binaires?|binary)\b",
    re.IGNORECASE,
)
_VECTORS_OF = re.compile(
    r"^[^$.;:]*\b(?:vecteurs?|vectors?|points?)\b(?:\s+(?:aléatoires?|gaussiens?|random|gaussian))*"
    r"(?P<of>\s+(?:de|dans|of|in|from)\s+\$)",
    re.IGNORECASE,
)
_DEFINED = re.compile(r"\b(?:définie?s?|defined|telle que|such that|vérifiant|satisfying|récurrence)\b", re.IGNORECASE)


def with_families(text: str, pieces: Sequence[Piece]) -> tuple[str, list[Piece]]:
    """The words of a paragraph and its formulas, with families out of their brackets."""
    kept = list(pieces)
    places = [k for k, c in enumerate(text) if c == "$"]
    if len(places) != len(kept):
        return text, kept
    for k in range(len(kept) - 1, -1, -1):
        piece = kept[k]
        written = "" if piece is None else latex_of(stripped(piece[1])).replace(" ", "")
        if piece is None or "_" not in written or len(written) > 120:
            continue
        entries = _matrix(latex_of(stripped(piece[1])))
        if entries:
            kept[k] = (piece[0], _placed(entries, piece), piece[2])
            continue
        family = _FAMILY.fullmatch(_FROM_ONE.sub(r")_{1\\leq \1\\leq \2}", written).replace(r"\leq ", r"\leq"))
        ahead = re.split(r"[.?!:]\s", text[: places[k]])[-1]
        if family is None or not BRINGS_IN.search(ahead) or CLAIMS.search(ahead):
            continue
        behind = re.split(r"(?<!i\.i\.d)[.;:](?:\s|$)", text[places[k] + 1 :])[0]
        of = _VECTORS_OF.match(behind)
        where = kept[k + 1] if of is not None and k + 1 < len(kept) else None
        if where is not None and of is not None and _is_space(where[1]):
            members = _members(family, latex_of(where[1]))
            start, end = (places[k] + 1 + at for at in of.span("of"))
            if members and not (_DEFINED.search(behind) and r"\dots" not in members):
                text = f"{text[:start]}{text[end:]}"
                kept[k] = (piece[0], _placed(members, piece), piece[2])
                del kept[k + 1]
            continue
        near = behind.split("$")[0]
        if _NUMBERS.search(near) and not _OTHERS.search(near) and not _DEFINED.search(near):
            members = _members(family, r"\mathbb{R}")
            kept[k] = (piece[0], _placed(members, piece), piece[2]) if members else piece
    return text, kept


def _members(family: re.Match[str], where: str) -> str:
    """The members with the set that they lie in; empty for a range that is not read."""
    name, at, spoken = family["name"], family["at"], family["range"] or ""
    for pattern in _COUNTED:
        counted = pattern.fullmatch(spoken)
        if counted is not None and counted["at"] == at:
            return rf"{name}_1, \dots, {name}_{counted['last']} \in {where}"
    endless = _ENDLESS.fullmatch(spoken)
    return rf"{name}_{at} \in {where}" if not spoken or (endless is not None and endless["at"] == at) else ""


def _matrix(latex: str) -> str:
    """A matrix that is given by the usual name of its entries, or a vector by its own, with its set; empty for anything
    else.
    """
    own = _OWN_ENTRIES.fullmatch(latex.replace(" ", ""))
    if own is not None:
        return f"{own['vector']} {latex[latex.index(chr(92) + 'in') :]}"
    found = _ENTRIES.fullmatch(latex.replace(" ", ""))
    if found is None:
        return ""
    where = latex[latex.index(r"\in") :] if found["set"] else ""
    for pattern in _BOTH_COUNTED if not where else ():
        counted = pattern.fullmatch(found["range"] or "")
        if counted is not None:
            rows = counted["rows"]
            where = rf"\in \mathbb{{R}}^{{{rows} \times {counted.groupdict().get('columns') or rows}}}"
    usual = found["name"] == found["matrix"].lower()  # the letter that entries have without a word
    return f"{found['matrix']} {where}" if where and usual else ""


def _is_space(tokens: Tokens) -> bool:
    written = latex_of(stripped(tokens)).replace(" ", "")
    return re.fullmatch(r"\\mathbb\{?R\}?\^(?:[A-Za-z\d]|\{[A-Za-z\d+\-]+\})", written) is not None


def _placed(latex: str, piece: tuple[int, Tokens, Place]) -> Tokens:
    place = piece[2]
    tokens = tokenize(latex, place.file, place.line, place.column)
    return tuple(Token(token.kind, token.text, place) for token in tokens)
