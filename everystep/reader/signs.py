"""The tables of the grammar: which commands are letters, relations, operators, brackets, accents and styles.

Imports nothing of the engine.
"""

from __future__ import annotations

import re
from collections.abc import Collection

GREEK = frozenset(
    [
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "zeta",
        "eta",
        "theta",
        "iota",
        "kappa",
        "lambda",
        "mu",
        "nu",
        "xi",
        "pi",
        "rho",
        "sigma",
        "tau",
        "upsilon",
        "phi",
        "varphi",
        "chi",
        "psi",
        "omega",
        "Gamma",
        "Delta",
        "Theta",
        "Lambda",
        "Xi",
        "Pi",
        "Sigma",
        "Upsilon",
        "Phi",
        "Psi",
        "Omega",
        "ell",
    ]
)
VARIANTS = {
    "varepsilon": "epsilon",
    "vartheta": "theta",
    "varrho": "rho",
    "varsigma": "sigma",
    "hbar": "h",
    "imath": "i",
}
ACCENTS = {
    "bar": "bar",
    "overline": "bar",
    "hat": "hat",
    "widehat": "hat",
    "tilde": "tilde",
    "widetilde": "tilde",
    "dot": "dot",
    "ddot": "ddot",
    "underline": "underline",
}
STYLES = {
    "mathbf": "bold",
    "bm": "bold",
    "boldsymbol": "bold",
    "pmb": "bold",
    "vec": "bold",
    "symbf": "bold",
    "mathrm": "upright",
    "mathup": "upright",
    "rm": "upright",
    "mathsf": "upright",
    "mathit": "",
    "mathnormal": "",
    "mathbb": "double",
    "mathbbm": "double",
    "mathds": "double",
    "mathcal": "script",
    "mathscr": "script",
    "mathfrak": "script",
    "mathord": "",
    "mathbin": "",
    "mathrel": "",
}
WORDS = frozenset(
    [
        "log",
        "ln",
        "exp",
        "sin",
        "cos",
        "tan",
        "tanh",
        "sinh",
        "cosh",
        "max",
        "min",
        "det",
        "arg",
        "argmin",
        "argmax",
        "sup",
        "inf",
        "Pr",
        "gcd",
        "ker",
        "dim",
        "deg",
    ]
)
BIG = frozenset(("sum", "prod", "lim", "int"))
TENSORS = {"odot": "odot", "circ": "odot", "otimes": "otimes", "ast": "odot", "bullet": "odot", "oslash": "oslash"}
SEPARATORS = {"cdot": "·", "times": "×", "*": "×", "/": "/", "div": "/"}
RELATIONS = {
    "=": "=",
    "<": "<",
    ">": ">",
    "lt": "<",
    "gt": ">",
    "le": "<=",
    "leq": "<=",
    "leqslant": "<=",
    "leqq": "<=",
    "ge": ">=",
    "geq": ">=",
    "geqslant": ">=",
    "geqq": ">=",
    "ne": "!=",
    "neq": "!=",
    "equiv": "=",
    "coloneqq": ":=",
    "triangleq": ":=",
    "defeq": ":=",
    "eqdef": ":=",
    "approx": "approx",
    "simeq": "approx",
    "propto": "propto",
    "sim": "sim",
    "in": "in",
    "notin": "notin",
    "subset": "in",
    "subseteq": "in",
    "succ": "succ",
    "succeq": "succeq",
    "succcurlyeq": "succeq",
    "prec": "prec",
    "preceq": "preceq",
    "preccurlyeq": "preceq",
    "Rightarrow": "=>",
    "implies": "=>",
    "Longrightarrow": "=>",
    "therefore": "=>",
    "iff": "<=>",
    "Leftrightarrow": "<=>",
    "Longleftrightarrow": "<=>",
    "Leftarrow": "<==",
    "Longleftarrow": "<==",
    "impliedby": "<==",
    "ll": "unjudged",
    "gg": "unjudged",
    "lesssim": "unjudged",
    "gtrsim": "unjudged",
    "cong": "unjudged",
    "doteq": "unjudged",
    "asymp": "unjudged",
    "ngeq": "unjudged",
    "nleq": "unjudged",
    "nless": "unjudged",
    "ngtr": "unjudged",
    "gtrless": "unjudged",
    "lessgtr": "unjudged",
    "mid ": "unjudged",
    "to": "to",
    "rightarrow": "to",
    "longrightarrow": "to",
    "mapsto": "to",
    "perp": "perp",
}
OPENERS = {"(": ")", "[": "]", "{": "}", "langle": "rangle", "lvert": "rvert", "lVert": "rVert", "lbrace": "rbrace"}
OPENERS |= {"lbrack": "rbrack", "lfloor": "rfloor", "lceil": "rceil"}
CLOSERS = frozenset(OPENERS.values())
BARS = {"|": "|", "vert": "|", "mid": "|", "Vert": "‖", "\\|": "‖", "parallel": "‖"}
MATRICES = frozenset(("matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "array"))
SIGNS = frozenset(
    [
        "nabla",
        "partial",
        "infty",
        "top",
        "intercal",
        "dagger",
        "ddagger",
        "dots",
        "ldots",
        "cdots",
        "hdots",
        "vdots",
        "ddots",
        "prime",
        "star",
        "colon",
        "Re",
        "Im",
        "degree",
        "emptyset",
        "forall",
        "bot",
    ]
)

_NOTES = frozenset({"?", "??", "d", "D", "L", "law", "loi", "dist", "dist.", "distr.", "st", "p", "P", "a.s.", "p.s."})
_NOTES_IN_WORDS = frozenset(
    {"onaverage", "inexpectation", "inmean", "inlaw", "indistribution", "inprobability", "almostsurely"}
    | {"asymptotically", "asymptotiquement", "enmoyenne", "enespérance", "enloi", "enprobabilité", "presquesûrement"}
)
"""Without the spaces between them, which are no part of a note."""
_MARKS = re.compile(r"[{}\s]|\\(?:math\w+|operatorname|text\w*|cal|rm|bf)")


def changes_relation(note: str, labels: Collection[str] = ()) -> bool:
    """Whether a note over a relation makes it another one: in law, in probability, almost surely, to be shown.

    A letter in parentheses is the label of a step; (d) is one where (c) is among ``labels``, those that came before.
    """
    said = _MARKS.sub("", note)
    inside = said.removeprefix("(").removesuffix(")")
    if inside.lower() in _NOTES_IN_WORDS:
        return True
    if said != f"({inside})" or inside not in _NOTES:
        return said in _NOTES
    return len(inside) > 1 or inside.isupper() or chr(ord(inside) - 1) not in labels
