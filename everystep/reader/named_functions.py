"""Functions that words name: "where $f$ is the logistic function", "an activation function $f$".

May import the words of this package.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.reader.words import plain

OPAQUE, UNKNOWN, APPLIED = "opaque", "unknown", "applied"
IN_OTHER_WORDS = "in words that are not read"
NAMED_IN_WORDS = "a function that is named in words"
"""What a scope notes of a function of which the words are not understood."""

_NAMES: tuple[tuple[str, str], ...] = (
    ("logistic", r"(?:logistic sigmoid|logistic|sigmoid(?:al)?|sigmoide(?: logistique)?|logistique)"),
    ("tanh", r"(?:hyperbolic tangent|tanh|tangente hyperbolique)"),
    ("relu", r"(?:relu|rectified linear|rectifier|lineaire rectifiee)"),
    ("softplus", r"softplus"),
    ("softmax", r"softmax"),
    ("exp", r"(?:exponential|exponentielle)"),
)
_KIND = (
    r"(?:(?:activation|link|transfer|squashing)? ?(?:function|nonlinearity|non-linearity|activation|unit)s?|"
    r"fonction(?: d'activation)?|non-linearite|activation|unite)"
)
_ALIKE = (
    r"(?:(?:standard|usual|scalar|smooth|differentiable|continuously|twice|nonlinear|non-linear|non-?lineaire|arbitrary|"
    r"elementwise|element-wise|entrywise|entry-wise|pointwise|componentwise|derivable|lisse|scalaire|quelconque|fixed|"
    r"given|real|usuelle|fonction|unite|non-linearite) )*"
)
_IS = r"^[^\w$]*(?:be|is|denotes?|being|stands for|represents|as|soit|est|designe|etant|,)?[^\w$]*"
_ENTRY_BY_ENTRY = (
    r"(?:applied|acting|taken|acts|elementwise|element-wise|entrywise|entry-wise|pointwise|componentwise|appliquee|"
    r"agissant|prise|element par|composante par|coordonnee par|terme a terme)"
)
_ENDS = (
    rf"(?=\W*(?:$|[.,;:()$]|{_ENTRY_BY_ENTRY}|(?:and|et|with|avec|whose|dont|so that|where|ou)\b|"
    r"(?:for|on|pour|sur)(?: (?:all|every|any|tout))? \$))"
)
_THE = r"(?:the|la|le|l'|an?|une?)\s?"
_ANY = r"(?:an?|some|any|une?)\s"
_CALLED_OPAQUE = re.compile(
    rf"{_IS}{_ANY}{_ALIKE}(?:(?:activation|transfer|squashing) function|nonlinearity|non-linearity|activation|"
    rf"fonction d'activation|non-linearite|function(?= {_ENTRY_BY_ENTRY})|fonction(?= {_ENTRY_BY_ENTRY}))\b{_ENDS}"
)
_APPLIED = re.compile(
    r"^[^\w$]*(?:is|acts|operates|being|est|agit|opere)?[^\w$]*(?:applied|acting|to be applied|taken|understood|"
    r"appliquee?|prise?)?[^\w$]*(?:elementwise|element-wise|entrywise|entry-wise|entry by entry|element by element|"
    r"pointwise|componentwise|component-wise|coordinatewise|coordinate-wise|element par element|composante par "
    r"composante|coordonnee par coordonnee|terme a terme)\b"
)
"""« $\\sigma$ is applied elementwise »: a function of one number, of which nothing else is said."""
_OPAQUE_AHEAD = re.compile(
    rf"\b{_ANY}{_ALIKE}(?:(?:activation|transfer|squashing) function|nonlinearity|non-linearity|fonction d'activation|"
    r"non-linearite)\s*$"
)
_CALLED_UNKNOWN = re.compile(
    r"^\W*(?:be|is|denotes?|being|stands for|soit|est|designe)\W*(?:the|la|le|l')[^$.;:]{0,60}?"
    r"\b(?:function|fonction|cdf|density|densite|transform|transformee|map|mapping)\b(?! value)"
)
_SOME = re.compile(
    r"logisti|sigmoid|tan|rectif|relu|soft|exponenti|activation|line|f[ou]nction|cdf|densit|transform|map|"
    r"element|entry|pointwise|compo|coord|terme"
)
"""What one of the other patterns has in it."""
_ROLE = re.compile(
    r"\b(?:loss|cost|objective|criterion|risk|energy|likelihood|penalty|score|error|reward|value|potential|kernel|"
    r"regression|prediction|perte|cout|objectif|critere|risque|energie|vraisemblance|penalite|erreur|noyau)\b"
)
"""What a function is for, which says nothing of its values."""
_ONE_OF_SEVERAL = re.compile(
    r"\b(?:say|for (?:example|instance)|e\.? ?g\b|or|ou|either|resp|respectively|respectivement|par exemple|"
    r"disons)\b|"
    r"\b(?:with|of|avec|de) (?:an? |the |une? |la |le )?(?:temperature|température|slope|gain|scale|base|threshold|"
    r"bias|pente|seuil|biais|parameter|paramètre)\b|"
    r"(?:,|\band\b|\bet\b) (?:the |la )?(?:tanh|relu|logistic|sigmoid|softplus|hyperbolic|tangente|logistique)"
)
"""Behind the name of a function: that it is an example, one of several, or one with a parameter.  With accents: "ou"
is not "où"."""
_NEGATED = re.compile(r"^\W*(?:(?:is|be|est|n'est) )?(?:not|never|pas|no longer)\b")


_WRITE = re.compile(r"\b(?:writ(?:e|es|ing)|ecrit|ecrivons|notons|on note|notant)\W*$")


def named_function(before: str, after: str) -> str:
    """The function that the words around a name say that it is: its name in the table of functions, or "".

    ``OPAQUE``: any function that is applied entry by entry, ``APPLIED``: one of which only that is said, ``UNKNOWN``:
    one particular function that is not known here.
    """
    near, behind = plain(before.rsplit("$", 1)[-1]), plain(after)
    if not _SOME.search(behind) and not _SOME.search(near):
        return ""
    if _WRITE.search(near):
        behind = re.sub(r"^\W*(?:for|pour)\b", " is", behind)  # "write $\\sigma$ for the logistic function"
    denial = _NEGATED.match(behind)
    if denial is not None:
        return UNKNOWN if named_function(before, f"is {behind[denial.end() :]}") else ""
    clause = re.split(r"[$;]|\.(?=\s|$)", after.lower())[0]
    certain = not _ONE_OF_SEVERAL.search(clause)
    for name, words in _NAMES:
        bare = name in ("tanh", "relu", "softplus", "softmax") or "sigmoid" in behind + near
        kind = rf"(?:[ -]{_KIND})" + ("?" if bare else "" if name == "exp" else "?")
        if re.match(rf"{_IS}(?:{_THE})?{_ALIKE}{words}{kind}{_ENDS}", behind):
            return name if certain else UNKNOWN
        if re.search(rf"\b(?:the|la|l'|an?|une?)\s?{_ALIKE}{words}(?:[ -]{_KIND}){'?' if bare else ''}\s*$", near):
            return name if certain else UNKNOWN
    if _CALLED_OPAQUE.match(behind) or _OPAQUE_AHEAD.search(near):
        return OPAQUE
    if _APPLIED.match(behind):
        return APPLIED
    unknown = _CALLED_UNKNOWN.match(behind)
    return UNKNOWN if unknown is not None and not _ROLE.search(unknown[0]) else ""
