r"""Parameters of a function that nothing declares: x of ``f(x) = x^\top A x``, u and lambda of ``L(u, \lambda)``.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from everystep.algebra.expressions import Var
from everystep.algebra.shapes import ONE
from everystep.reader import patterns as re
from everystep.reader.entities import Symbolic
from everystep.reader.marks import is_unknown
from everystep.reader.prose import Sentence
from everystep.reader.scope import Scope
from everystep.reader.source import Tokens
from everystep.reader.trees import Node, Unreadable, name_of
from everystep.reader.values import Values

MOST = 4
"""The most parameters without a declaration of which all choices of shapes are tried."""


_BEHIND_A_MATRIX = frozenset("uvwxyzh")
"""Letters that are no number where they end a product behind a capital letter: w of ``X w``."""


_FOR_SOME = re.compile(
    r"^[\s,]*(?:for (?:some|an?|some fixed|a fixed|a given)(?: (?:number|constant|parameter|real|scalar))?|"
    r"pour (?:un|une|un certain|une certaine)(?: (?:nombre|constante|param[eè]tre|r[eé]el))?)\s+(?=\$)",
    re.IGNORECASE,
)


def with_parameter(sentence: Sentence, tokens: Tokens) -> Sentence:
    r"""A sentence that gives a function with a parameter below its name and then the parameter, said with "with".

    "``f_\lambda(w) = f(w) + \lambda \|w\|^2`` for some $\lambda > 0$": no value of lambda is singled out, as it is
    where the parameter is an argument, "``f(w) = 0`` for some $w > 0$".
    """
    found = _FOR_SOME.match(sentence.after)
    written = [t for t in tokens if t.kind != "space"]
    behind = [t for t in sentence.later[0] if t.kind != "space"] if found is not None and sentence.later else []
    gives = len(written) > 4 and written[1].kind == "sub" and any(name_of(t) == "(" for t in written[2:6])
    if found is None or not gives or len(behind) < 3 or not any(name_of(t) in ("=", ":=", "coloneqq") for t in written):
        return sentence
    inside = [name_of(t) for t in written[2:5] if t.kind not in ("open", "close")]
    return (
        replace(sentence, after=f" with {sentence.after[found.end() :]}")
        if inside[0] == name_of(behind[0])
        else sentence
    )


def infer_parameters(scope: Scope, names: list[str], body: Node, several: bool = False) -> None:
    """Declare the parameters of a function whose formula leaves them one shape, as numbers or columns.

    ``several``: the function has others beside these, so that it is no matter of which function is meant.
    """
    reader = Values(scope.copy())
    guesses = {name: Var(name, reader.unknown(), reader.unknown()) for name in names}
    reader.locals = dict(guesses)
    try:
        fits = reader.shape(reader.value(body)) is not None
    except Unreadable:
        fits = False
    found: list[Var] = []
    for name, guess in guesses.items():
        rows, columns = reader.settled(guess.shape[0]), reader.settled(guess.shape[1])
        if is_unknown(columns) and not is_unknown(rows) and name.islower():
            columns = ONE  # x^\top A x of a small letter
        if fits and not any(is_unknown(s) for size in (rows, columns) for s in size.free_symbols):
            found.append(Var(name, rows, columns))
    if len(found) < len(names) and (several or len(names) > 1):
        found = _only_kinds(scope, names, body) or found
    for parameter in found:
        scope.declare(parameter.name, Symbolic(parameter, inferred=True), "")


def _only_kinds(scope: Scope, names: list[str], body: Node) -> list[Var]:
    r"""The parameters of a function of several, as numbers or columns, where one choice fits: ``L(u, \lambda)``."""
    if len(names) > MOST:
        return []
    found: list[list[Var]] = []
    for columns in product((False, True), repeat=len(names)):
        reader = Values(scope.copy())
        rows = [reader.unknown() if column else ONE for column in columns]
        guesses = [Var(name, size, ONE) for name, size in zip(names, rows, strict=True)]
        reader.locals = dict(zip(names, guesses, strict=True))
        try:
            if reader.shape(reader.value(body)) is None:
                continue
        except Unreadable:
            continue
        settled = [reader.settled(size) for size in rows]
        if any(is_unknown(s) for size in settled for s in size.free_symbols):
            return []
        if all((size == ONE) != column for size, column in zip(settled, columns, strict=True)):
            found.append([Var(name, size, ONE) for name, size in zip(names, settled, strict=True)])
    return found[0] if len(found) == 1 else []


def ends_behind_a_matrix(name: str, right: Tokens) -> bool:
    """Whether a letter stands at the end of a product, behind a capital letter."""
    if name not in _BEHIND_A_MATRIX:
        return False
    written = [t for t in right if t.kind not in ("space", "open", "close")]
    for k, token in enumerate(written):
        if name_of(token) == name and k:
            before, behind = name_of(written[k - 1]), written[k + 1 : k + 2]
            capital = len(before) == 1 and before.isupper()
            if capital and (not behind or name_of(behind[0]) in ("+", "-", ",", ")", "]", "|", "\\|", "Vert", "rVert")):
                return True
    return False
