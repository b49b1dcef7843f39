r"""Words that give usual notation another meaning: "$\|\cdot\|$ denotes the Frobenius norm".

May import this package.
"""

from __future__ import annotations

from everystep.algebra.shapes import ONE
from everystep.reader import patterns as re
from everystep.reader.cleaning import tokenize
from everystep.reader.entities import DefinedFunction, Notation, Symbolic
from everystep.reader.marks import key_of_bracket, plain_text
from everystep.reader.name_lists import place_of
from everystep.reader.pieces import trimmed
from everystep.reader.prose import Sentence
from everystep.reader.scope import Scope
from everystep.reader.signs import TENSORS
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, latex_of, name_of, relation_of
from everystep.reader.values import Values
from everystep.reader.words import plain

_DENOTES = re.compile(
    r"\W*(?:(?:always|here|will|shall|may|now|ici|toujours) )*"
    r"(?P<verb>denotes?|denoting|stands? for|means?|designates?|designe|refers? to|is|be|est|designera|denotera) "
    r"(?P<what>[^.;:$]*)"
)
_WRITTEN = re.compile(
    r"\b(?:write|use|using|notons|on note|note|notant|denote by|ecrivons|on ecrit|utilise|utilisons)\W*$"
)
_FOR = re.compile(r"\W*(?:(?:for|to denote|as|pour) )?(?P<what>[^.;:$]*)")
_NOUN = re.compile(
    r"\b(?:norme?|seminorme?|products?|produits?|permanent|trace|logarithme?|determinant|convolution|part|partie|value|"
    r"valeur|log|sum|somme|inverse|composition|mean|moyenne|transpose|modulus|module)\b"
)
_USUAL = {
    "‖": r"\b(?:euclid\w*|(?:l|ell|\$)?_?2|usual|standard|ordinary|usuelle|operator|"
    r"operateur|subordonnee|spectral\w*|length|d'operateur|"
    r"(?:the|its|la) norme? (?:of|de|on|for)|induced)\b",
    "<": r"\b(?:euclid\w*|usual|standard|usuel|canoni\w*|dot product|frobenius|(?:the|le) (?:inner|scalar|produit))\b",
    "|": r"\b(?:(?<!entrywise )(?<!elementwise )absolu\w*|determinant|modul\w*|euclid\w*)\b",
    "otimes": r"\bkronecker\b",
    "odot": r"\b(?:composition|hadamard|schur|(?:entry|element|component|coordinate)-?wise|terme a terme|pointwise|"
    r"matri\w+)\b",
    "cdot": r"\b(?:inner|scalar|dot|scalaire|matrix|matriciel|usual|ordinary)\b",
    "times": r"\b(?:matrix|matriciel|usual|ordinary|cross|vectoriel)\b",
    "log": r"\b(?:natural|naturel\w*|neperien|base e)\b",
    "ln": r"\b(?:natural|naturel\w*|neperien|base e)\b",
    "det": r"\bdeterminant\b",
    "tr": r"(?<!normalised )(?<!normalized )\btrace\b(?! normalisee)",
}
_USUAL["trace"] = _USUAL["Tr"] = _USUAL["tr"]
_USUAL_MARKS = re.compile(r"\b(?:inverse|transpos\w*|pseudo-?\s?inverse|moore|adjoint\w*|adjugate)\b")
_BY_ENTRIES = re.compile(r"\b(?:entry|element|component|coordinate)-?wise\b|\bentries\b|terme a terme")
_OTHER_PRODUCT = re.compile(
    rf"{_BY_ENTRIES.pattern}|\b(?:hadamard|schur|commutator|commutateur|jordan|kronecker|tensor|tensoriel|outer|exterieur|"
    r"symmetri[sz]ed|convolution)\b"
)
_OF_A_PRIME = re.compile(r"\b(?:matri(?:x|ce)|(?:pseudo-?)?inverse|adjugate|derivative|derivee)\b")
_TRANSPOSED = re.compile(r"\b(?:transpos\w*|adjoint\w*)\b")
_STACKS_ROWS = re.compile(
    r"[^.;:$]{0,40}\b(?:stack\w*|concaten\w*|empil\w*|lists?|row-?\s?(?:major|wise)|lignes? par)\b[^.;:$]*"
)
_ROWS = re.compile(r"\b(?:rows?|row-?\s?(?:major|wise)|lignes?)\b(?! vectors?)")
_COLUMNS = re.compile(r"\b(?:columns?|colonnes?)\b")
_AS_ROW = re.compile(
    r"\W*(?:(?:is|be|are|being|denotes?|as|est|soit|comme)\b[^.;:$]{0,30})\b(?:row|ligne)\b(?![^.;:$]*\bnot\b)"
)
_OTHER_NORMS = (
    (r"\bfrobenius\b", "F"),
    (r"\b(?:1-norm|l_?1|ell_?1|norme 1|manhattan|taxicab)\b", "1"),
    (r"\b(?:max(?:imum)?-?|infinity|sup|uniform) ?-?norm|\bnorme (?:infinie|du max|sup)\b", r"\infty"),
)


_BARS = ({"\\|"}, {"lVert", "rVert"}, {"Vert"}, {"|"}, {"vert"}, {"lvert", "rvert"})


def take_meaning(scope: Scope, tokens: Tokens, sentence: Sentence) -> None:
    """Take what the words around a norm, a bracket or a sign alone say that it means, where that is not the usual."""
    _put_for_itself(trimmed(tokens), sentence, scope)
    if _is_vec_of_rows(trimmed(tokens), sentence, scope):
        scope.notation["vec"] = Notation(None)
        return
    if _is_other_logarithm(trimmed(tokens), sentence):
        scope.notation["log"] = Notation(None)
        return
    own = _sign_or_mark(trimmed(tokens), sentence, scope)
    if own is not None:
        scope.notation[own] = Notation(None)
        return
    key = _key(trimmed(tokens), scope)
    marked = "" if key else _marked(trimmed(tokens), scope)
    said = _said_of(sentence) if key or marked else ""
    kinds = _NOUN.search(said) or _BY_ENTRIES.search(said)  # that it is symmetric says nothing of the mark
    if marked and kinds and (_USUAL_MARKS.search(said) is None or _BY_ENTRIES.search(said) is not None):
        scope.unclear.setdefault(marked, f"${latex_of(tokens)}$ has a meaning of its own in the text: {said}")
    if not said or _NOUN.search(said) is None:
        return
    kind = key.partition("_")[0]
    for pattern, below in _OTHER_NORMS if key == "‖" else ():
        if re.search(pattern, said):
            at = place_of(tokens)
            body = Values(scope).tree(tokenize(rf"\|z\|_{{{below}}}", *at))
            scope.notation[key] = Notation(DefinedFunction(f"the norm {below}", ("z",), body))
            return
    if kind in _USUAL and "_" not in key and re.search(_USUAL[kind], said) is None:
        scope.notation[key] = Notation(None)


_IS_SHORT_FOR = re.compile(
    r"\W*(?:(?:always|here|will|shall|may|now|ici|toujours) )*(?:denotes?|denoting|stands? for|means?|refers? to|is|be|"
    r"short for|for|instead of|in place of|designe|signifie|est|pour|au lieu de)\b[^.;:$]{0,25}"
)


def _is_other_logarithm(tokens: Tokens, sentence: Sentence) -> bool:
    r"""Whether ``\log`` is said to be a logarithm to a base that is written: ``\log = \log_2``, "write $\log$ for
    $\log_2$".
    """
    written = [t for t in tokens if t.kind != "space"]
    if not written or name_of(written[0]) != "log":
        return False
    if len(written) == 1:
        said = _IS_SHORT_FOR.fullmatch(plain(sentence.after).split("$")[0])
        other = [t for t in sentence.later[0] if t.kind != "space"] if said and sentence.later else []
    else:
        other = written[2:] if relation_of(tuple(written), 1)[0] in ("=", "equiv", ":=") else []
    return len(other) > 1 and name_of(other[0]) == "log" and other[1].kind == "sub"


def _sign_or_mark(tokens: Tokens, sentence: Sentence, scope: Scope) -> str | None:
    r"""The key of a sign or a mark that words give another meaning in a formula of letters: "" of the product ``AB``, a
    prime of ``A'``, an inverse of a letter that is declared behind it, ``nabla``; None where they give none.
    """
    try:
        node = parse(tokens, scope.words())
    except Unreadable:
        return None
    if name_of(tokens[0]) == "nabla":
        return "nabla" if _AS_ROW.match(plain(sentence.after)) else None
    said = _said_of(sentence)
    if node.kind == "product" and len(node.parts) == 2 and not node.separators[1] and _sides_are_letters(node):
        return "" if _OTHER_PRODUCT.search(said) else None
    if node.kind != "letter" or len(node.scripts) != 1 or not node.text[:1].isupper():
        return None
    mark, inside = node.scripts[0]
    if mark == "'":
        own = _OF_A_PRIME.search(said) is not None and _TRANSPOSED.search(said) is None
        return "'" if own else None
    known = scope.find(node.text, node.style)
    other = mark == "^" and known is None and _BY_ENTRIES.search(said)
    return f"^{plain_text(inside)}" if other else None


def _is_vec_of_rows(tokens: Tokens, sentence: Sentence, scope: Scope) -> bool:
    r"""Whether words say of ``\operatorname{vec}``, with an operand or alone, that it puts rows below each other."""
    if "vec" not in latex_of(tokens):
        return False
    said = _STACKS_ROWS.match(plain(sentence.after))
    return said is not None and _ROWS.search(said[0]) is not None and _COLUMNS.search(said[0]) is None


_PUT_FOR = re.compile(
    r"\b(?:write|writes|notons|on note|ecrivons|on ecrit|denote by|"
    r"(?:from now on|henceforth|in what follows|desormais|dans la suite),? (?:we |on |nous )?"
    r"(?:replace|remplac\w+))\W*$"
)
_INSTEAD = re.compile(r"\W*(?:for|again|instead of|in place of|by|with|pour|au lieu de|par)\b[^$.;:]*\$")


def _put_for_itself(tokens: Tokens, sentence: Sentence, scope: Scope) -> None:
    """A name that is put for a formula with the name itself in it, "we write $x_i$ for $x_i - m$", may be either."""
    if not sentence.later or not (_PUT_FOR.search(plain(sentence.before)) and _INSTEAD.match(plain(sentence.after))):
        return
    name, formula = plain_text(tokens), plain_text(sentence.later[0])
    rest = formula.replace(name, "", 1)
    if name in formula and rest and (set("+-^") & set(rest)) and not rest.startswith("("):
        letter = name_of(tokens[0])
        for known in (letter, f"{letter}[]"):
            scope.unclear.setdefault(known, f"the text puts {letter} for a formula in which {letter} stands itself")


def _sides_are_letters(node: Node) -> bool:
    return all(part.kind == "letter" and not part.scripts for part in node.parts)


def _marked(tokens: Tokens, scope: Scope) -> str:
    """The matrix that a formula shows with the mark of an inverse, a pseudoinverse or a transpose; else empty."""
    try:
        node = parse(tokens, scope.words())
    except Unreadable:
        return ""
    one = node.kind == "letter" and len(node.scripts) == 1 and node.scripts[0][0] == "^"
    known = scope.find(node.text, node.style) if one else None
    marks = ("+", "-1", "dagger", "top", "T")
    is_matrix = isinstance(known, Symbolic) and ONE not in known.value.shape
    return node.text if is_matrix and plain_text(node.scripts[0][1]) in marks else ""


def _said_of(sentence: Sentence) -> str:
    """What the words around a formula say that it denotes; of what it "is" only what makes it one of a kind."""
    after = plain(sentence.after)
    match = _DENOTES.match(after)
    if match is not None:
        claims = match["verb"] in ("is", "est") and re.match(r"(?:an?|une?)\b(?! (?:arbitrary|general))", match["what"])
        return "" if claims else match["what"].strip()
    written = _FOR.match(after) if _WRITTEN.search(plain(sentence.before)) else None
    return written["what"].strip() if written is not None else ""


def _key(tokens: Tokens, scope: Scope) -> str:
    """The notation that a formula shows and nothing else; empty for another formula."""
    if len(tokens) == 1:
        sign = TENSORS.get(name_of(tokens[0]), name_of(tokens[0]))
        return sign if sign in _USUAL else ""
    written = [name_of(t) for t in tokens if t.kind != "space"]
    if "cdot" in written and set(written) - {"cdot"} in _BARS:
        return "‖" if len(written) != 3 or written[0] not in ("|", "lvert", "vert") else "|"
    try:
        node = parse(tokens, scope.words())
    except Unreadable:
        return ""
    if node.kind == "word":
        return node.text if node.text in _USUAL else ""
    if node.kind == "group" and node.text in ("‖", "<", "|"):
        inside = plain_text(node.tokens)
        shows = len(inside.replace("cdot", "").replace(",", "").strip()) <= (2 if node.text == "<" else 1)
        return key_of_bracket(node) if shows and all(mark == "_" for mark, _ in node.scripts) else ""
    return _sign(node)


def _sign(node: Node) -> str:
    """The sign between two letters."""
    letters = len(node.parts) == 2 and _sides_are_letters(node)
    return node.text if letters and node.kind == "tensor" and node.text in _USUAL else ""
