"""Words that set a gradient to zero: "setting the gradient to zero gives", "la condition du premier ordre est".

What a display says behind such words is a consequence, true where the gradient is zero.  May import
``everystep.algebra`` and the words of the prose.
"""

from __future__ import annotations

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context
from everystep.algebra.expressions import Expression, Var
from everystep.reader import patterns as re
from everystep.reader.words import plain

_SLOPE = (
    r"(?:gradients?|derivatives?|derivees?(?: partielles?)?|slopes?|differentielles?|differentials?|"
    r"score(?: functions?| vectors?)?|fonctions? score|subgradients?|sous-gradients?|it|this|them|these|both|each)"
)
_OF = r"(?:[^$.;:!?]{0,40}?(?:\$[^$.;:!?]{0,12})?)"
_TO_ZERO = r"(?:equal )?(?:to|=|a) ?(?:be )?(?:zero|0|\$)"
_SETTING = (
    r"(?:set|sets|setting|put|putting|equate|equates|equating|let|letting|solve|solving|require|requiring|impose|"
    r"imposing|forcing|make|making)"
)
_OPTIMUM = (
    r"(?:optimum|minimum|maximum|optimal (?:solution|point)|minimi[sz]ers?|maximi[sz]ers?|solutions?|estimators?|"
    r"stationary points?|critical points?|stationarity|minimiseur|maximiseur|points? critiques?|points? stationnaires?|"
    r"estimateurs?|mle|optimality)"
)
_ZEROED = re.compile(
    rf"\b{_SETTING}\b {_OF}\b{_SLOPE}\b{_OF} ?{_TO_ZERO}(?!\w)"
    rf"|\b{_SETTING} (?:\$ )+{_TO_ZERO}(?!\w)"
    r"|\b(?:gradient|derivative|score)s?\b[^$.;:!?]{0,30}\b(?:vanish(?:es)?|is zero|equals? zero|is (?:equal to )?0|"
    r"(?:must|has to|should) (?:vanish|be zero)|are zero)\b"
    r"|\bvanishing (?:of the )?gradient\b"
    r"|\bannul(?:e|ons|ant|er)\b[^$.;:!?]{0,20}\b(?:gradients?|derivees?|differentielle)\b"
    r"|\ben (?:l'|les |la )?annulant(?=\W*(?:[,:]|$|on\b|il\b|nous\b))"
    r"|\b(?:gradient|derivee|differentielle)s?\b[^$.;:!?]{0,30}\b"
    r"(?:s'annule(?:nt)?|est nul(?:le)?|sont nul(?:le)?s|vaut (?:0|zero))"
    r"|\b(?:is|are|est|sont) (?:then |thus |donc |alors )?(?:optimal|optimale?s?|stationary|critical|a minimi[sz]er|"
    r"the minimi[sz]er|un minimiseur|le minimiseur|minimal)\b"
    r"|\b(?:first[- ]order|stationarity|optimality|kkt)(?: \w+)? (?:necessary )?conditions?\b"
    r"|\bconditions? (?:necessaires? )?(?:du premier ordre|d'optimalite|de stationnarite|d'ordre un)\b"
    r"|\bnormal equations?\b|\bequations? normales?\b|\bscore equations?\b"
    rf"|\b{_OPTIMUM}\b(?: \$)?[^$.;:!?]{{0,20}}\b(?:satisf(?:y|ies)|solves?|obeys?|is characteri[sz]ed by|"
    r"verifie(?:nt)?|satisfait|satisfont)\b"
    r"|\b(?:at|a) (?:the |a |an |any |its |this |l'|le |un )?(?:optimum|minimum|maximum|minimi[sz]er|maximi[sz]er|"
    r"stationary point|critical point|point critique|point stationnaire|optimal point)\b"
    r"|\bau (?:minimum|maximum|point critique|point stationnaire)\b"
)
_NAMED = re.compile(rf"^{_SETTING} (?:\$ )+{_TO_ZERO}")
_UNSAID = re.compile(
    r"\b(?:not|never|without|no|cannot|instead of|rather than|forgot\w*|wrong\w*|mistake\w*|false\w*|sans|pas|ne|"
    r"jamais|au lieu|faux|fausse|erreur|suppose|assume|if|si|unless|almost|approximately|constrained|subject to|"
    r"contrainte|wants?|tempted)\b|n't\b|\?"
)
_EXACTLY = re.compile(r"\b(?:if and only if|if|iff|exactly when|precisely when|si et seulement si|si|ssi)\W*$")
_IS_ZERO = (
    r"(?:vanish(?:es)?|(?:is|are|equals?|becomes?) (?:then |exactly |equal to )?(?:zero|0)|s'annule(?:nt)?|"
    r"(?:est|sont) nul(?:le)?s?|vaut (?:zero|0))"
)
_WHERE = r"(?:if|when|whenever|where|at|for|as soon as|si|quand|lorsque|en|pour|des que)"
_SUFFICES = re.compile(rf"\b{_IS_ZERO},? (?:for instance |e\.g\. |in particular )?{_WHERE}(?: \w+)?\W*$")
_WHICH_IS_ZERO = re.compile(
    rf"(?:^|\$)[\s,;.]*(?:(?:and|et) )?(?:which |this |it |that |qui |elle |celle-ci )?{_IS_ZERO}\b[^$]{{0,25}}$"
)
_GOES_ON = re.compile(
    r"^\W*(?:(?:par consequent|en consequence|(?:and |et )?(?:under|sous|with|avec) (?:this|these|cette|ces) "
    r"(?:two |deux )?conditions?|"
    r"and|so|but|hence|thus|therefore|that is|i\.e\.?|which|whence|or|equivalently|then|it follows|"
    r"consequently|rearrang\w+|solving|so that|finally|et|donc|d'ou|soit|ou|c'est-a-dire|ainsi|par suite|puis|il vient|"
    r"ce qui|on obtient|on en deduit|we (?:get|obtain|find|have|conclude|arrive)|(?:this|it) (?:gives|yields|means|"
    r"becomes|reads|leads)|(?:gives?|yields?|implies|leads to|results in|donne|fournit|implique|conduit a)(?! not\b)|"
    r"multiplying|dividing|substituting|collecting|equivalent)\b|\W*$)"
)
_TASK = re.compile(
    r"\b(?:show|prove|verify|check|montrer|montrez|verifier|verifiez|prouver|prouvez|claims?|whether|does|do)\b"
)
_BEFORE_ZERO = re.compile(
    rf"\b(?:{_SETTING}|{_OPTIMUM}|from|conditions?|first[- ]order|stationary|critical|posant|posons|on pose|imposant|"
    r"imposons|annulant|resoudre|resolvant|resolvons|resout|equations?|au (?:minimum|maximum|point \w+)|a l'optimum|"
    r"l'optimum|equivaut a|means?)\b"
)
_BEHIND_ZERO = re.compile(
    r"^\W*(?:and (?:we )?)?(?:gives?|yields?|implies|reads?|means|leads?|becomes|amounts to|is equivalent to|"
    r"if and only if|iff|exactly when|precisely when|donne|equivaut|implique|s'ecrit|si et seulement si|conduit|mene|"
    r"revient|fournit|(?:we )?(?:get|obtain|find|have)|on (?:obtient|trouve|a)|nous obtenons)\b"
)


def zeroes_a_gradient(words: str, named_is_slope: bool = True) -> bool:
    """Whether the words before a display set a gradient to zero, or speak of the point where it is; formulas are
    ``$``.  ``named_is_slope``: whether the formula in "setting $ to zero" may be a derivative.
    """
    text = _EXACTLY.split(plain(words))[0]
    found = _ZEROED.search(text)
    if found is not None and not named_is_slope and _NAMED.search(found[0]):
        return False
    return found is not None and not _UNSAID.search(text) and not _TASK.search(text)


_GOES_ON_TO_ZERO = re.compile(rf"^\W*{_TO_ZERO}(?!\w)")


def with_the_display(words: str, display: str) -> str:
    """Words that go on with a sentence in which a display stands, "to zero gives", with "it" for the display.

    ``display``: all words between that display and the one that the words end at.
    """
    return f"setting it {words}" if _GOES_ON_TO_ZERO.match(plain(display)) else words


def named_is_zero(words: str) -> bool:
    r"""Whether the last formula of the words, or the display before them, is zero where the display to come says:
    "$f'(y) = \\dots$, which is zero iff".
    """
    text = plain(words)
    head = _EXACTLY.split(text)[0]
    ends = head != text or _SUFFICES.search(text) is not None
    return ends and _WHICH_IS_ZERO.search(head) is not None and not _UNSAID.search(head) and not _TASK.search(head)


def suffices(words: str) -> bool:
    """Whether what a display says makes something zero, and need not be the only way: "the gradient vanishes at"."""
    return _SUFFICES.search(plain(words)) is not None


def is_slope(value: Expression, context: Context) -> bool:
    """Whether an expression is a derivative by names that are not defined: what has a value is no unknown."""
    defined = {d.target.name for d in context.definitions if isinstance(d.target, Var)}
    if not isinstance(value, (ex.Gradient, ex.ScalarDerivative)):
        return False
    return not any(isinstance(n, Var) and n.name in defined for v in value.operands[1:] for n in ex.walk(v))


_ON_A_ZERO = re.compile(
    r"\b(?:zero|0|null?e?|vanish\w*|annul\w*|optim\w*|stationar\w*|critical|critique|first[- ]order|premier ordre|"
    r"conditions?|normal equations?|equations? normales?|minimi\w*|maximi\w*|solv\w*|resou\w*|roots?|racines?|set|"
    r"setting|gradients?|derivatives?|derivees?|differentiat\w*|constraints?|contraintes?|if|si|when|quand|requires?|"
    r"exige|demand\w*|needs?|must|want)\b"
)


def speaks_of_zero(words: str) -> bool:
    """Whether the last sentence of words may lead to something that is put to zero, and is not claimed to be."""
    sentences = [part for part in re.split(r"[.!?](?: |$)", plain(words)) if part.strip()]
    return bool(sentences) and _ON_A_ZERO.search(sentences[-1]) is not None


def goes_on(words: str) -> bool:
    """Whether the words between two displays go on with what the first one has said: "hence", "so that", nothing."""
    return _GOES_ON.match(plain(words)) is not None


def sets_to_zero(before: str, after: str) -> bool:
    r"""Whether a sentence takes a formula such as ``\nabla f(w) = 0`` as a condition: "setting ... gives"."""
    ahead, behind = plain(before), plain(after)
    if _UNSAID.search(ahead) or _TASK.search(ahead) or "?" in behind:
        return False
    return bool(_BEFORE_ZERO.search(re.split(r"[;:]", ahead)[-1]) or _BEHIND_ZERO.match(behind))


def is_set_to_zero(before: str, after: str) -> bool:
    r"""Whether a sentence sets a formula to zero in words: "setting $\nabla f(w)$ to zero"."""
    ahead, behind = plain(before), plain(after)
    if _UNSAID.search(ahead) or _TASK.search(ahead):
        return False
    return bool(re.search(rf"\b{_SETTING}\W*$", ahead) and re.match(rf"^\W*{_TO_ZERO}(?!\w)", behind))
