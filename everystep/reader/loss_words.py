"""Words that call something a loss, and those that say of one what a gradient of it does not tell.

May import this package's vocabulary.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.reader.tokens import listed
from everystep.reader.words import plain

OF_A_LOSS = re.compile(
    r"\b(?:loss|losses|objective|cost|criterion|perte|cout|objectif|critere)\b(?! (?:of (?:precision|rank|generality)))"
)
"""Words that call something a loss: what nothing declares in a gradient beside them is that."""


NEAR = 30
"""How many lines apart two sentences may speak of the same loss."""


def lines_with_more(text: str) -> tuple[int, ...]:
    """The lines of sentences which say of a loss that it rests on more than its gradient tells: a penalty, a connection
    past it.
    """
    lowered = text.lower()
    if not any(stem in lowered for stem in _STEMS) or not ("partial" in lowered or "nabla" in lowered):
        return ()  # most texts, in no time
    found: list[int] = []
    start = line = 0
    for number, end in enumerate((*(m.end() for m in re.finditer(_SENTENCES.pattern, text)), len(text))):
        written = text[start:end]
        if any(stem in written.lower() for stem in _STEMS):
            sentence = plain(written) if number < MOST_SENTENCES else ""
            if (
                not sentence
                or _SHARED.search(sentence)
                or ((OF_A_LOSS.search(sentence) or _LETTER.search(written)) and _HAS_MORE.search(sentence))
            ):
                found.append(line + 1)
        line += written.count("\n")
        start = end
    return tuple(found)


MOST_SENTENCES = 20_000
"""How many sentences are looked at; of what may be meant behind them the worst is taken."""
_STEMS = listed(
    """
    penal pénal regulari régulari decay décroissance skip also aussi well addition further direct depend dépend contain
    contient includ inclut receiv reçoit résidu share reuse re-use tied used passed another partag réutilis utilis
    """
)
"""One of these stands in every sentence that is meant."""
_SENTENCES = re.compile(r"[.;]\s|[!?]|\n\s*\n")
_LETTER = re.compile(r"\$\s*(?:\\mathcal\s*\{?\s*)?[LJE]\s*\}?\s*\$|\$\s*\\(?:ell|mathcal\{[LJE]\})\s*\$")
"""What a loss is mostly called."""
_SHARED = re.compile(
    r"\b(weights?|parameters?|matri(x|ces)|inputs?|activations?|layers?|embeddings?|outputs?|poids|parametres?|matrices?|"
    r"entrees?|\$) (is|are|sont|est) (also |again |aussi |encore )?((shared|tied|re-?used|partagee?s?|lies|liees?|"
    r"reutilisee?s?)\b|(used|passed|fed|copied|added|sent|utilisee?s?|transmise?s?|ajoutee?s?)\b[^.;:]{0,30}\b(again|"
    r"twice|elsewhere|also|too|later|another|other|several|both|de nouveau|deux fois|ailleurs|aussi|autre|plusieurs)\b)"
)
"""What stands in several places of a network: a loss rests on it in more than one way."""
_HAS_MORE = re.compile(
    r"\b(penalt\w*|penali[sz]\w*|regulari[sz]\w*|weight decay|skip[- ]connections?|"
    r"(also|aussi|as well|additionally|further|directly) ?(depend\w*|contain\w*|includ\w*|receiv\w*|enters?)?|"
    r"depends? (also )?on \$[^.;]{0,40}\b(and|et)\b|contains?|includes?|receives?|contient|inclut|recoit|"
    r"penalite|decroissance des poids|connexions? residuelles?)\b"
)
