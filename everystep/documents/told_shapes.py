r"""What the text says of the shapes of names that nothing declares: "let $y$ be one-hot", ``\Sigma \succ 0``,
"all vectors are in $\mathbb{R}^n$".

May import the reader.
"""

from __future__ import annotations

from contextlib import suppress

from everystep.algebra.shapes import ONE, Shape
from everystep.documents.inferred import ToldShapes
from everystep.documents.problems import Problem
from everystep.documents.spoken import letters_of, names_given
from everystep.reader import patterns as re
from everystep.reader.declarations import Declarer
from everystep.reader.generality import called_column, kind_of_all
from everystep.reader.marks import plain_text
from everystep.reader.name_lists import is_names, shape_of
from everystep.reader.pieces import pieces_of, trimmed
from everystep.reader.prose import Sentence
from everystep.reader.scope import Scope
from everystep.reader.source import Declaration, Tokens
from everystep.reader.stated_moments import called_random_vector, chance_named
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, split
from everystep.reader.words import plain

_DATA = re.compile(r"\b(one-?\s?hot|mask|masque)")
_OF_MATRICES = re.compile(
    r"\b(positive (semi-?\s?)?definite|(semi-?)?definie?s? positi(ve|f)s?|symmetric|symetriques?|invertible|"
    r"inversibles?|covariance|precision|orthogonal(es?)?(?! (to|a|aux)\b)|square matri(x|ces)|matrices? carrees?)\b"
)
_OF_DATA = re.compile(
    r"\b((design|data|feature|regressor|observation|input) matrix|"
    r"matrix of (features|data|inputs|observations|regressors)|"
    r"matrice (des? (donnees|design|observations|regresseurs|variables|entrees|caracteristiques)|"
    r"d'(observations|entrees)))\b"
)
_OF_SOMETHING_ELSE = re.compile(
    r"\b(functions?|fonctions?|maps?|mappings?|applications?|transform\w*|operat\w*|networks?|reseaux?|layers?|couches?|"
    r"flows?|flots?|kernels?|noyaux?|distributions?|laws?|lois?|random|aleatoires?|variables?|norme?s?|metri\w*|distances?|"
    r"tensors?|tenseurs?|forme?s?|groups?|groupes?|relations?|graphe?s?|sets?|ensembles?|subspaces?|sous-espaces?|vect\w*)\b"
)
"""What may be symmetric or invertible, too, and is no matrix."""


def note_shapes(problem: Problem, declaration: Declaration) -> None:
    """Keep what a formula in the prose, and the words at it, say of the shapes of names without a declaration."""
    tokens = trimmed(declaration.tokens)
    before, after, label = declaration.before, declaration.after, declaration.label
    sentence = Sentence(before, after, declaration.is_open, label, declaration.earlier, declaration.later)
    if any(piece.relations[:1] in (("=",), (":=",)) for piece in pieces_of(tokens)):
        problem.equations.append(declaration)
    kind = kind_of_all(sentence) if declaration.inline else ""
    if kind:
        problem.of_all[kind] = (tokens, problem.scope.section)
        return
    problem.chance |= set(filter(None, map(chance_named, pieces_of(tokens))))
    with suppress(Unreadable):
        if declaration.inline and is_names(tokens):
            names = [name for name in map(_name, split(tokens, (",",))) if name]
            if called_random_vector(sentence):
                problem.chance |= set(names)
                problem.drawn |= set(names)
            if called_column(sentence):
                problem.vectors |= set(names)
                problem.data |= set(names) if _DATA.search(words_at(sentence)) else set()
            if _OF_DATA.search(words_at(sentence)):
                problem.tables |= set(filter(_is_capital, names))
            if _OF_MATRICES.search(words_at(sentence)) and not _OF_SOMETHING_ELSE.search(words_at(sentence)):
                problem.squares |= set(filter(_is_capital, [*names, *_joined_before(sentence)]))
        for piece in pieces_of(tokens):
            bare = plain_text(trimmed(piece.sides[-1])) in ("0", "I")
            if piece.relations in (("succ",), ("succeq",)) and bare:
                problem.squares |= {n for n in map(_name, split(piece.sides[0], (",",))) if _is_capital(n)}


def _joined_before(sentence: Sentence) -> list[str]:
    """The names of the formulas before one that are listed with it: "$A$, $B$ and $C$"."""
    names: list[str] = []
    *gaps, _ = plain(sentence.before).split("$") if sentence.before.count("$") == len(sentence.earlier) else [""]
    joints = [*gaps[1:], plain(sentence.before).rsplit("$", 1)[-1]] if gaps else []
    for formula, joint in zip(reversed(sentence.earlier), reversed(joints), strict=False):
        if joint.strip(" ,") not in ("", "and", "et") or not is_names(formula):
            break
        names += [name for name in map(_name, split(trimmed(formula), (",",))) if name]
    return names


def words_at(sentence: Sentence) -> str:
    """The words next to a formula, to the next one on either side."""
    ahead, behind = re.split(r"[$.;:,]", plain(sentence.before)), re.split(r"[$.;:,]", plain(sentence.after))
    return f"{ahead[-1]} {behind[0]}"


def told_shapes(problem: Problem) -> ToldShapes:
    """What has been said so far of the shapes of names that nothing declares."""
    of_all: dict[str, Shape] = {}
    for kind, (tokens, section) in problem.of_all.items():
        with suppress(Unreadable):
            if section == problem.scope.section:
                of_all[kind] = _shape(kind, tokens, problem.scope)
    taken, defined = set(problem.shown), set(problem.shown)
    for declaration in problem.equations:
        taken |= letters_of(declaration.tokens)
        defined |= {name for piece in pieces_of(trimmed(declaration.tokens)) for name in names_given(piece.sides[0])}
    return ToldShapes(
        frozenset(problem.vectors),
        frozenset(problem.squares),
        frozenset(problem.data),
        frozenset(taken),
        frozenset(defined),
        of_all,
    )


def _shape(kind: str, tokens: Tokens, scope: Scope) -> Shape:
    """The shape that a set or a size gives to all vectors, or to all matrices; raises Unreadable."""
    declarer = Declarer(scope)
    sizes = shape_of(tokens)
    if sizes is not None:
        rows, columns = (declarer.size(size) for size in sizes)
    else:
        rows, columns = declarer.shape_of_set(tokens)
    if (rows == ONE) or (kind == "column") != (columns == ONE):
        raise Unreadable("this is no set of vectors, or of matrices")
    return rows, columns


def _name(tokens: Tokens) -> str:
    """The letter of a bare name, with what stands above it; empty where it has indices."""
    node: Node = parse(trimmed(tokens))
    while node.kind == "group" and len(node.parts) == 1 and not node.scripts:
        node = node.parts[0]
    return node.text if node.kind == "letter" and not node.scripts else ""


def _is_capital(name: str) -> bool:
    return name[:1].isupper()
