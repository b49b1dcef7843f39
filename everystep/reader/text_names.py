r"""Words in text commands that are no remark: ``\text{tr}(A)``, ``\textbf{x}``, ``\text{loss}(w)``, ``\text{MSE} =``.

A remark that is taken for a name makes a step unreadable; a name that is taken for a remark is left out, so that
``\text{tr}(AB)`` would be read as ``AB``.  May import the tokens of the reader only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from everystep.reader.source import Token
from everystep.reader.tokens import listed

_FUNCTIONS = listed(
    "tr Tr trace Trace det Det diag Diag vec rank rang rg rk softmax sigmoid relu ReLU logsumexp Var Cov var cov adj "
    "exp log ln sin cos tanh sgn sign erf max min argmax argmin E"
)
"""Functions: in front of what they are applied to, they are no words of the author's."""
_LINKS = listed(
    "if for when whenever with where so then thus hence therefore and or but since because as also now next finally "
    "from by using let gives yields implies means case else otherwise similarly likewise note recall is are be we has "
    "a an the that this which of in on to at not all any each every some first second third only by since LHS RHS "
    "moreover namely indeed here there say show prove find proof solution answer and "
    "donc alors ainsi puis et ou mais car si quand pour avec par soit sinon enfin ensuite comme sur dans de du des le "
    "la les un une est sont on par or ici const constant constants cst cste cte constante constantes terms termes"
)
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*\Z")
_EQUALITY = listed("= := le leq ge geq coloneqq triangleq")


def is_name(words: str, command: str, before: Sequence[Token], after: Sequence[Token], close: bool) -> bool:
    """Whether the words of a text command are mathematics.

    ``before``: what has been read; ``after``: the next tokens that are not space; ``close``: no space is between.
    """
    if not _WORD.match(words):
        return False
    after = [token for token in after if token.kind != "align"]
    following = after[0] if after else None
    operand = following is not None and _begins_operand(after)
    if len(words) == 1:
        return command in ("textbf", "textit") or (command in ("textrm", "textnormal", "text") and words not in "aysA")
    if words in _FUNCTIONS:
        return operand or (following is not None and following.kind in ("sub", "sup"))
    if words.lower() in _LINKS or words in _LINKS:
        return False
    if _is_term(before):
        return True
    if following is None:
        return False
    if close and following.kind == "char" and following.text in "([":
        return True
    if close and following.kind in ("sub", "sup"):
        return True
    last = next((token for token in reversed(before) if token.kind != "space"), None)
    begins = last is None or last.kind in ("newline", "align", "begin")
    return begins and following.kind in ("char", "command") and following.text in _EQUALITY


def _is_term(before: Sequence[Token]) -> bool:
    """Whether a word stands where a term is due: behind an equality sign, a plus or a minus."""
    last = next((token for token in reversed(before) if token.kind not in ("space", "align")), None)
    return last is not None and last.kind in ("char", "command") and last.text in (*_EQUALITY, "+", "-")


def _begins_operand(tokens: Sequence[Token]) -> bool:
    """Whether a factor begins here: a bracket, a letter, a number, a command that is no relation."""
    token = tokens[0]
    if token.kind == "open":
        return True
    if token.kind == "char":
        return token.text.isalnum() or token.text in "([|"
    if token.kind != "command" or token.text in _EQUALITY or token.text in _OTHERS:
        return False
    return not token.text.startswith(("text", "quad", "qquad", "Right", "Left", "impl", "right", "approx", "tag"))


_OTHERS = listed("iff to equiv propto sim in succ succeq prec preceq neq ne cdot times odot circ otimes ] )")
