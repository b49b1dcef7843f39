r"""Equations that say how data came about: ``y = X\beta + \varepsilon``, with noise that nothing else speaks of.

Such an equation is no claim: it says what the noise is.  May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import product

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Var
from everystep.algebra.shapes import ONE, ShapeError, same_shape
from everystep.reader.entities import Symbolic
from everystep.reader.marks import is_unknown, name_with, nodes, plain_text
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


def model(scope: Scope, left: Tokens, right: Tokens, chance: Collection[str] = ()) -> bool:
    """Whether an equation of a name is such a one; names that nothing declares are declared by it.

    Their shapes are the only ones that fit: where several fit, or one of them is not told, nothing is declared.
    ``chance``: columns of which the text gives a mean, a variance or a law, and which may be the noise by any letter.
    A left side that nothing declares, or that is one of these, is left for the equation to define.
    """
    try:
        name, body = parse(stripped(trimmed(left)), scope.words()), parse(stripped(trimmed(right)), scope.words())
    except Unreadable:
        return False
    if name.kind != "letter" or name.scripts or body.kind != "sum":
        return False
    target = scope.find(name.text, name.style)
    alone = [p for p in body.parts if p.kind == "letter" and not p.scripts]
    noise = [p for p in alone if p.text in NOISE] or [p for p in alone if p.text in chance]
    if not isinstance(target, Symbolic | None) or len(noise) != 1:
        return False
    letters = _letters(body, scope)
    if letters is None or letters.count(noise[0].text) != 1 or name.text in letters:
        return False
    value = target.value if target is not None else None
    if any(d.target in (value, _value(scope, noise[0].text)) for d in scope.context.definitions):
        return False
    unknown = [letter for letter in dict.fromkeys(letters) if scope.find(letter) is None]
    if value is None and not unknown:
        return False  # a definition like others
    if scope.waits and set(unknown) - {noise[0].text}:
        return False  # what is declared behind the equation may tell
    columns = {*chance, *((noise[0].text,) if noise[0].text in chance or name.text in chance else ())}
    return not unknown or _declare(scope, unknown, value, body, columns)


def _value(scope: Scope, name: str) -> Var | None:
    entity = scope.find(name)
    return entity.value if isinstance(entity, Symbolic) else None


def _letters(body: Node, scope: Scope) -> list[str] | None:
    """The letters of a sum of products, without marks but transposes and stars, or those of a declared name; None where
    something else is written.
    """
    found: list[str] = []
    for part in nodes(body):
        if part.kind in ("sum", "product") and not part.scripts:
            continue
        starred = [(mark, plain_text(t)) for mark, t in part.scripts] in ([("^", "*")], [("^", "star")])
        whole = name_with(part.text, part.scripts) if part.kind == "letter" and part.scripts else ""
        known = whole and isinstance(scope.names.get(whole), Symbolic)
        plain = starred or known or all(mark == "^" and plain_text(t) in TRANSPOSED for mark, t in part.scripts)
        if part.kind == "number" and not part.scripts and not part.style:
            continue
        if part.kind != "letter" or not plain:
            return None
        found.append(whole if known else f"{part.text}^*" if starred else part.text)
    return found


def _declare(scope: Scope, names: list[str], target: Var | None, body: Node, columns: Collection[str]) -> bool:
    """Declare names whose shapes an equation tells; False where it leaves a choice.

    ``target``: what the equation is for, if it is declared.  ``columns``: names that are columns, if not numbers.
    """
    if len(names) > MOST_NAMES:
        return False
    found: set[tuple[Var, ...]] = set()
    for kinds in product((False, True), repeat=len(names)):
        reader = Values(scope.copy())
        sizes = [
            (reader.unknown(), ONE if name in columns else reader.unknown()) if wide else (ONE, ONE)
            for name, wide in zip(names, kinds, strict=True)
        ]
        guesses = [Var(name, *size) for name, size in zip(names, sizes, strict=True)]
        for guess in guesses:
            reader.scope.declare(guess.name, Symbolic(guess, inferred=True), "")
        try:
            value = reader.value(body)
            if target is not None:
                _, value = reader.relate(target, value)
            values = [reader.resolved(guess) for guess in guesses]
            shape = reader.shape(value)
        except (Unreadable, ShapeError):
            continue
        if shape is None or (target is not None and not same_shape(shape, reader.resolved(target).shape)):
            continue
        if any(is_unknown(s) for v in values for size in v.shape for s in size.free_symbols):
            return False
        found.add(tuple(v for v in values if isinstance(v, Var)))
    if len(found) != 1:
        return False
    for value in found.pop():
        scope.declare(value.name, Symbolic(value, inferred=True), "")
    return True
