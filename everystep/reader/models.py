r"""Equations that say how data came about: ``y = X\beta + \varepsilon``, with noise that nothing else speaks of.

Such an equation is no claim: it says what the noise is.  May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from itertools import product

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Var
from everystep.algebra.shapes import ONE, ShapeError, same_shape
from everystep.reader.entities import Symbolic
from everystep.reader.marks import is_unknown, nodes, plain_text
from everystep.reader.pieces import trimmed
from everystep.reader.scope import Scope
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, stripped
from everystep.reader.values import Values

NOISE = frozenset(("epsilon", "eta", "xi"))
NAMED_NOISE = NOISE | {"e", "E"}
"""Letters of noise, and those that are noise beside data, ``Y = X B + E``."""
TRANSPOSED = frozenset(("top", "T", "intercal"))
MOST_NAMES = 3


def noise_of(body: Expression) -> Var | None:
    """The noise in a value: a term of a sum that is a name for noise, and stands nowhere else in it."""
    if not isinstance(body, ex.Add):
        return None
    terms = [t.operands[0] if isinstance(t, ex.Neg) else t for t in body.operands]
    noise = [t for t in terms if isinstance(t, Var) and t.name in NAMED_NOISE]
    if len(noise) != 1 or sum(n == noise[0] for n in ex.walk(body)) != 1:
        return None
    return noise[0]


def model(scope: Scope, left: Tokens, right: Tokens) -> bool:
    """Whether an equation of a declared name is such a one; names that nothing declares are declared by it.

    Their shapes are the only ones that fit: where several fit, or one of them is not told, nothing is declared.
    """
    try:
        name, body = parse(stripped(trimmed(left)), scope.words()), parse(stripped(trimmed(right)), scope.words())
    except Unreadable:
        return False
    target = scope.find(name.text, name.style) if name.kind == "letter" and not name.scripts else None
    noise = [p for p in body.parts if p.kind == "letter" and p.text in NOISE and not p.scripts]
    if not isinstance(target, Symbolic) or body.kind != "sum" or len(noise) != 1:
        return False
    letters = _letters(body)
    if letters is None or letters.count(noise[0].text) != 1:
        return False
    if any(d.target in (target.value, _value(scope, noise[0].text)) for d in scope.context.definitions):
        return False
    unknown = [letter for letter in dict.fromkeys(letters) if scope.find(letter) is None]
    return not unknown or _declare(scope, unknown, target.value, body)


def _value(scope: Scope, name: str) -> Var | None:
    entity = scope.find(name)
    return entity.value if isinstance(entity, Symbolic) else None


def _letters(body: Node) -> list[str] | None:
    """The letters of a sum of products, without marks but transposes; None where something else is written."""
    found: list[str] = []
    for part in nodes(body):
        if part.kind in ("sum", "product") and not part.scripts:
            continue
        starred = [(mark, plain_text(t)) for mark, t in part.scripts] in ([("^", "*")], [("^", "star")])
        plain = starred or all(mark == "^" and plain_text(t) in TRANSPOSED for mark, t in part.scripts)
        if part.kind == "number" and not part.scripts and not part.style:
            continue
        if part.kind != "letter" or not plain:
            return None
        found.append(f"{part.text}^*" if starred else part.text)
    return found


def _declare(scope: Scope, names: list[str], target: Var, body: Node) -> bool:
    """Declare names whose shapes an equation tells; False where it leaves a choice."""
    if len(names) > MOST_NAMES:
        return False
    found: set[tuple[Var, ...]] = set()
    for kinds in product((False, True), repeat=len(names)):
        reader = Values(scope.copy())
        sizes = [(reader.unknown(), reader.unknown()) if wide else (ONE, ONE) for wide in kinds]
        guesses = [Var(name, *size) for name, size in zip(names, sizes, strict=True)]
        for guess in guesses:
            reader.scope.declare(guess.name, Symbolic(guess, inferred=True), "")
        try:
            _, value = reader.relate(target, reader.value(body))
            values = [reader.resolved(guess) for guess in guesses]
            shape = reader.shape(value)
        except (Unreadable, ShapeError):
            continue
        if shape is None or not same_shape(shape, reader.resolved(target).shape):
            continue
        if any(is_unknown(s) for v in values for size in v.shape for s in size.free_symbols):
            return False
        found.add(tuple(v for v in values if isinstance(v, Var)))
    if len(found) != 1:
        return False
    for value in found.pop():
        scope.declare(value.name, Symbolic(value, inferred=True), "")
    return True
