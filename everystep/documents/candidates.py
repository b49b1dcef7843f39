r"""What a name that nothing declares can be, by its letter and the signs at it.

May import the reader.
"""

from __future__ import annotations

from collections.abc import Sequence

from everystep.reader.source import Token, Tokens
from everystep.reader.statements import Statement
from everystep.reader.trees import Unreadable, name_of

MOST = 3
"""The most names without a declaration in one statement."""
_GREEK = "alpha beta gamma delta epsilon varepsilon zeta eta theta kappa lambda mu nu xi rho tau phi psi omega"
_NUMBERS = frozenset(_GREEK.split())
_COLUMNS = frozenset("abcghpqrsuvwxyz")
_MATRICES = frozenset("ABCDGHMPQRSUVWXYZ")
_STYLES = frozenset(("mathbf", "bm", "boldsymbol", "vec", "mathrm", "mathcal", "mathsf", "mathbb"))
_TRANSPOSES = frozenset(("top", "T", "intercal", "'", "prime"))
_NORMS = frozenset(("|", "Vert", "lVert", "rVert", "\\|"))
_ENTRYWISE = frozenset(("odot", "circledast", "oslash"))
_UNSAID = " has no declaration"
_STARRED = "^*"


def unsaid(sides: Sequence[object]) -> list[str]:
    """The names that sides cannot be read for."""
    messages = [side.message for side in sides if isinstance(side, Unreadable)]
    names = [m.removesuffix(_UNSAID) for m in messages if m.endswith(_UNSAID)]
    return [name if name.endswith(_STARRED) else name.partition("^")[0] for name in names]


def shapes_of(name: str, said: str, no_number: bool) -> tuple[str, ...]:
    """What a name may be, by what the prose calls it, by its letter and by the signs at it."""
    if said:
        return (said,)
    letter = without_marks(name)
    if letter in _MATRICES:
        return ("matrix",)
    if letter not in _COLUMNS | _NUMBERS:
        return ()
    return ("column",) if no_number else ("number", "column")


def without_marks(name: str) -> str:
    r"""The letter of a name with a number or a star: b of ``b_1``, theta of ``\theta^*``."""
    letter, _, number = name.removesuffix(_STARRED).partition("_")
    return letter if not number or number.isdigit() else name


def is_no_number(name: str, statement: Statement) -> bool:
    """Whether a name is transposed somewhere, stands alone in a norm, or beside the sign of an entrywise product."""
    for side in statement.sides:
        written = [t for t in side if t.kind not in ("space", "open", "close")]
        for k, token in enumerate(written):
            if name_of(token) != name:
                continue
            before, behind = written[k - 1] if k else token, written[k + 1 : k + 3]
            if name_of(before) in _ENTRYWISE or (behind and name_of(behind[0]) in _ENTRYWISE):
                return True
            if behind and (behind[0].kind == "sup" or name_of(behind[0]) == "'") and name_of(behind[-1]) in _TRANSPOSES:
                return True
            if behind and name_of(before) in _NORMS and name_of(behind[0]) in _NORMS:
                return True
    return False


def is_plain(name: str, statement: Statement) -> bool:
    """Whether a name is always written in the same way, and never in front of a bracket, as a function is."""
    bold: set[bool] = set()
    name = without_marks(name)
    for side in statement.sides:
        written: Tokens = tuple(t for t in side if t.kind != "space")
        for k, token in enumerate(written):
            if name_of(token) != name:
                continue
            bold.add(_is_styled(written, k))
            behind = next((t for t in written[k + 1 :] if t.kind != "close"), None)
            if behind is not None and name_of(behind) in ("(", "["):
                return False
    return len(bold) == 1


def _is_styled(written: Tokens, k: int) -> bool:
    """Whether the command of a style stands before a letter."""
    before: list[Token] = [t for t in written[max(0, k - 2) : k] if t.kind != "open"]
    return bool(before) and before[-1].text in _STYLES
