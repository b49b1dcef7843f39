"""Words that put a name at a value for what follows: "setting ``a`` to ``1``", "for ``a`` equal to one".

What a display says behind them is said of that value.  May import this package's vocabulary and grammar.
"""

from __future__ import annotations

from collections.abc import Sequence

from everystep.reader import patterns as re
from everystep.reader.source import Tokens
from everystep.reader.trees import split, stripped
from everystep.reader.words import plain

_AS = (
    r"(?:,? ?\(?(?:which |that |qui )?(?:is|are|be|being|was|were|has|est|sont|soit|etant)\b)?"
    r" ?(?:now |then |here |simply |all |both |again )?"
    r"(?:(?:(?:set|put|fixed|held|chosen|taken|kept|replaced|substituted|fixee?s?|prise?s?|choisie?s?|remplacee?s?|"
    r"mise?s?)(?: (?:to be equal to|to be|equal to|to|at|by|as|with|a|au|par))?)|"
    r"to be equal to|to be|equal to|to|at|by|as|equals?|is|be|being|are|egale?s? a|a|au|par|comme|vaut|valant|vaille|"
    r"valent|est|soit)"
)
_SUBSTITUTED = r"(?:for|into|in place of|pour|dans|a la place de)"
_TWO = re.compile(rf"\$ ?(?:{_AS}|{_SUBSTITUTED}) (?:the (?:value|number|vector|matrix) |la valeur |le nombre )?\$")
_WORD = re.compile(
    rf"\$ ?{_AS} (?P<value>(?:the )?(?:(?:zero|null|one|unity|two|identity)(?: matrix| vector)?|"
    r"unit(?: matrix| (?!vectors?\b|norm\b|length\b)))|un|une|deux|nulle?|"
    r"l'unite|l'identite|la (?:matrice )?(?:identite|nulle)|0|1|2)(?!\w)"
)
_REVERSED = re.compile(
    rf"\b(?:substitut\w+|put\w*|insert\w*|writ\w+|plugg?\w*|mettant|ecrivant)(?: in)? \$ {_SUBSTITUTED}$"
)
_TAKEN_AT = re.compile(
    r"\b(?:gradients?|derivatives?|differentials?|hessians?|jacobians?|derivees?|differentielles?|hessiennes?|"
    r"jacobiennes?)(?: matrix| matrice)? (?:of|de) (?:the |la |our |notre )?(?:function |loss |fonction |perte )?$"
)
_APART = re.compile(rf"\$ {_SUBSTITUTED}$")
_ONE = re.compile(
    r"\b(?:set|sets|setting|put|putting|take|taking|choosing|choose|fix|fixing|let|letting|substitut\w+|insert\w*|plugg?\w*|"
    r"evaluat\w+|using|use|when|whenever|where|if|at|in|with|for|case|posant|posons|prenant|prenons|choisissant|fixant|"
    r"substituant|remplacant|evalue\w*|si|lorsque|quand|en|pour|avec|cas|by|into|point|value|valeur)"
    r"(?: (?:in|into|at|for|that|it|this|everything|here|the|value|point|special|case|of|where|dans|en|que|la|le|"
    r"valeur|cas|point|ou|to|be|now|then|both))* $"
)
_DENIED = re.compile(
    r"\b(?:not|never|without|cannot|ne|sans|jamais|instead of|rather than|au lieu de)(?: \w+){0,2}\W*$"
)
_VALUES = {
    "zero": "0", "null": "0", "nul": "0", "nulle": "0", "0": "0", "one": "1", "unity": "1", "un": "1", "une": "1",
    "l'unite": "1", "1": "1", "two": "2", "deux": "2", "2": "2",
}  # fmt: skip


def is_put_to_zero(words: str) -> bool:
    """Whether words before a display put the last formula in them to zero: "setting $a$ to zero yields"."""
    return any(value == "0" for _, value in _told(words))


def put_values(words: str, formulas: Sequence[Tokens]) -> list[tuple[Tokens, Tokens | str]]:
    """What the words of a sentence put at which value, as two formulas, or as a formula and ``"0"``, ``"1"``, ``"I"``.

    ``formulas``: the last ones among the words, which are ``$`` in them.
    """
    text = plain(words)
    places = [found.start() for found in re.finditer(r"\$", text)]
    known = dict(zip(reversed(places), reversed(formulas), strict=False))
    result: list[tuple[Tokens, Tokens | str]] = []
    for at, formula in known.items():
        if _DENIED.search(text[:at]):
            continue
        sides = split(stripped(formula), ("=",))
        ahead = _ONE.search(text[:at])
        if len(sides) == 2 and all(sides) and ahead is not None and not _DENIED.search(text[: ahead.start()]):
            result.append((sides[0], sides[1]))
        other = _TWO.match(text, at)
        if len(sides) == 1 and other is not None and (second := known.get(other.end() - 1)):
            between = text[: other.end() - 1].rstrip()
            if _TAKEN_AT.search(text[:at]) and re.search(r"\$ ?(?:at|en|au|a)(?: the (?:vector|number))? ?$", between):
                continue  # the gradient of $f$ at $x$
            turned = _REVERSED.search(between) is not None
            if not turned and _APART.search(between):
                continue  # "we write $a$ for $b$" aside, nothing is put
            result.append((second, formula) if turned else (formula, second))
    result += [(known[at], value) for at, value in _told(words) if at in known]
    return result


def _told(words: str) -> list[tuple[int, str]]:
    """The places of formulas that words put at a value without a formula, and the value: ``0``, ``1``, ``2``, ``I``."""
    text = plain(words)
    found = []
    for match in (m for at in re.finditer(r"\$", text) if (m := _WORD.match(text, at.start())) is not None):
        last = match["value"].removeprefix("the ").removesuffix(" matrix").removesuffix(" vector")
        if not _DENIED.search(text[: match.start()]):
            found.append((match.start(), _VALUES.get(last, "0" if "null" in last else "I")))
    return found
