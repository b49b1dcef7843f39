"""Words by which an equality is none: "up to an additive constant", "to first order", "on average", "asymptotically".

May import this package's vocabulary only.
"""

from __future__ import annotations

from collections.abc import Sequence

from everystep.reader import patterns as re
from everystep.reader.source import Tokens
from everystep.reader.trees import name_of
from everystep.reader.words import plain

_REST = r"(?:constants?|terms?|factors?|termes?|facteurs?|constantes?)"
_LOOSE = re.compile(
    rf"\b(?:up to|to within|modulo)\b[^.;:$]{{0,40}}\b(?:{_REST}|scal\w+|order|signs?|permutations?)\b|"
    r"\bto (?:first|second|leading|lowest|zeroth) order\b|\b(?:modulo|mod) \$|"
    rf"\b(?:neglect|ignor|drop(?:p|s\b|\b)|omit|discard|suppress)\w*\b[^.;:$]{{0,40}}\b{_REST}\b|"
    rf"\ba (?:une?|des?) (?:\w+ )?{_REST}[^.;:$]{{0,25}} pres\b|"
    r"\bau signe pres\b|\bau (?:premier|second|deuxieme) ordre\b|"
    rf"\b(?:negligeant|on neglige|neglige\w*|omettant|ignorant|on ignore)\b[^.;:$]{{0,40}}\b{_REST}\b"
)
_NEARLY = re.compile(
    r"\b(?:approximately|approximatively|roughly|approximativement|heuristically|heuristiquement|a peu pres|"
    r"linearis(?:ing|ation)|lineariz(?:ing|ation)|linearis(?:e|ant)|"
    r"(?:for|with|pour|avec) (?:(?:a|any|an?|un|une) )?(?:very |sufficiently |tres )?"
    r"(?:small|tiny|infinitesimal|petite?s?) \$|"
    r"(?:for|pour) \$ (?:very |sufficiently |tres |assez |suffisamment )?(?:small|tiny|petite?s?)\b)"
)
"""Words by which what is small is left out; they are looked for in the sentence of the display alone."""
_BY_CHANCE = re.compile(
    r"\b(?:(?:on|in the) average|in expectation|in (?:the )?mean(?: square)?|in (?:distribution|law|probability)|"
    r"with (?:high|overwhelming|large) probability|w\.?h\.?p|almost (?:sure(?:ly)?|everywhere)|"
    r"a\.\s?[se]\b|p\.\s?[sp]\b|"
    r"en (?:moyenne(?: quadratique)?(?! (?:nulle|finie|empirique))|esperance(?! (?:nulle|finie))|loi|probabilite)|"
    r"presque (?:surement|partout)|"
    r"avec (?:une )?(?:grande|forte|haute) probabilite)(?!\w)"
)
"""Words by which an equation is one of means, or of what chance leaves out."""
_AT_THE_END = re.compile(
    r"\b(?:asymptotic(?:ally)?|asymptotiquement|in the (?:\w+ )?limit|at convergence|"
    r"(?:in|at) (?:the |a )?(?:steady|stationary) state|at (?:\w+ )?equilibrium|"
    r"a la (?:limite|convergence)|a l'equilibre|en regime (?:permanent|stationnaire|etabli)|"
    r"(?:for|with) (?:(?:a|any) )?(?:very |sufficiently )?large (?:enough )?\$|"
    r"(?:for|when|if|with) \$ (?:is )?(?:very |sufficiently )?large\b|"
    r"(?:pour|quand|lorsque|si|avec) \$ (?:est )?(?:tres |assez |suffisamment )?grande?s?\b|"
    r"(?:as|when|if|lorsque|quand|si) \$ (?:tends? to|goes to|approaches|tend vers|tendent vers|devient grande?)\b)"
)
"""Words by which an equation holds in a limit that is not written."""
_BELOW = re.compile(r"\b(?:below|following|next|suivante?s?|ci-dessous|qui suit)\b")
_MEETS = frozenset({"to", "rightarrow", "longrightarrow", "gg", "ll", "searrow", "nearrow", "downarrow", "uparrow"})
_TYPES = frozenset({":", "colon", "mathbb"})
_END = re.compile(r"(?<![.\s]\w)[.;!?](?:\s|$)|\n")
"""The end of a sentence, and not that of "a.s."."""
_CONDITION = re.compile(r"\b(?:conditions?|methods?|methodes?|algorithms?|necessary|necessaires?)\b")
_ALWAYS = re.compile(
    r"\b(?:equalit(?:y|ies)|equals? signs?|throughout|always|all|below|everywhere|we|in what follows|egalites?|"
    r"toujours|partout|on|nous|dans la suite)\b"
)
_REPEATED = re.compile(
    r"\b(?:einstein\w*|summation convention|convention (?:de sommation|d'einstein)|repeated ind\w+|indices repetes)\b"
)


def is_loose(words: str) -> bool:
    """Whether words say that equalities beside them hold up to something: none of them is wrong as it is written."""
    return any(
        _LOOSE.search(sentence) and not _CONDITION.search(sentence)
        for sentence in re.split(r"[.;!?](?:\s|$)|\n", plain(words))
    )


def _beside(ahead: str, behind: str) -> list[str]:
    """The sentence that a display ends, those before it that speak of what is below, and what ends it behind."""
    *earlier, last = _END.split(plain(ahead))
    return [*(s for s in earlier if _BELOW.search(s)), last, _END.split(plain(behind))[0]]


def is_near(ahead: str, behind: str) -> bool:
    """Whether words beside a display say that what is small is left out: "approximately", "for small $h$"."""
    return any(_NEARLY.search(sentence) for sentence in _beside(ahead, behind))


def is_of_means(ahead: str, behind: str) -> bool:
    """Whether words beside a display say that it holds in the mean, or but for chance: "on average"."""
    return any(_BY_CHANCE.search(sentence) for sentence in _beside(ahead, behind))


def is_at_the_end(ahead: str, behind: str, formulas: Sequence[Tokens]) -> bool:
    r"""Whether words beside a display, or the formulas of its sentence, say that it holds in a limit: "asymptotically",
    "at convergence", "as $n \to \infty$".
    """
    sentences = _beside(ahead, behind)
    last = formulas[-sentences[-2].count("$") :] if "$" in sentences[-2] else ()
    moved = ({name_of(token) for token in formula} for formula in last)
    return any(_AT_THE_END.search(sentence) for sentence in sentences) or any(
        names & _MEETS and not names & _TYPES for names in moved
    )


def is_loose_throughout(words: str) -> bool:
    """Whether words say so of all that follows, or that repeated indices are summed over."""
    sentences = re.split(r"[.;!?](?:\s|$)|\n", plain(words))
    return any(
        _REPEATED.search(sentence) is not None
        or ("$" not in sentence and _ALWAYS.search(sentence) is not None and is_loose(sentence))
        for sentence in sentences
    )
