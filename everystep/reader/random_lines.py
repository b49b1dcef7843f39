r"""Rows and columns that turn out to be random: the law of ``x_i`` behind ``X = [x_1, \\dots, x_n]^\\top``.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

import re

from everystep.algebra import expressions as ex
from everystep.algebra.context import Definition, Random
from everystep.algebra.expressions import Expression, Member, Var
from everystep.algebra.shapes import ONE
from everystep.reader.entities import FamilyName, Rows
from everystep.reader.scope import Scope
from everystep.reader.source import Tokens
from everystep.reader.trees import latex_of, name_of

DRAWN = "drawn "
"""What stands before the name of a random matrix in that of the quantity which makes it random."""


def definition_of_signs(target: Var | Member) -> tuple[Random, Definition]:
    """Independent signs, each with probability 1/2, are twice a Bernoulli variable less 1."""
    own = f"{DRAWN}{target.name}"
    drawn = Member(own, *target.shape, *target.at) if isinstance(target, Member) else Var(own, *target.shape)
    one = ex.Num(1) if target.is_number_shaped else ex.Ones(*target.shape)
    law = Random(drawn, "bernoulli", (ex.Div(ex.Num(1), ex.Num(2)),))
    return law, Definition(target, ex.Add(ex.Mul(ex.Num(2), drawn), ex.Neg(one)))


def finite_law(law: Tokens) -> str:
    r"""The name of a law that is even on a set of two numbers: ``\mathcal{U}\{-1, 1\}`` (as ``\mathrm{Rademacher}``)
    or ``\mathcal{U}\{0, 1\}``; "unknown" for another set, empty where there is none.
    """
    text = latex_of(law).replace(" ", "")
    if re.search(r"Rademacher", text):
        return (
            "signs"
            if re.fullmatch(r"\\[a-z]+\{Rademacher\}(\(\)|\(1/2\)|\((\\frac|\\tfrac)\{1\}\{2\}\))?", text)
            else "unknown"
        )
    if not any(name_of(t) in ("{", "lbrace") and t.kind == "command" for t in law):
        return ""
    plain = text.replace(r"\left", "").replace(r"\right", "").replace(r"\lbrace", r"\{").replace(r"\rbrace", r"\}")
    plain = re.sub(r"^(\\[a-z]+\{(U|Unif|Uniform)\}|U|Unif|Uniform)", "", plain).removeprefix("(").removesuffix(")")
    if plain in (r"\{-1,1\}", r"\{-1,+1\}", r"\{1,-1\}", r"\{+1,-1\}", r"\{\pm1\}"):
        return "signs"
    return "even" if plain in (r"\{0,1\}", r"\{1,0\}") else "unknown"


def family_of_lines(scope: Scope, value: Expression) -> tuple[Member, FamilyName, Rows] | None:
    """A row (as a column) or a column that has a name of its own, at a letter, as a member of a family.

    That is what the name stands for from here on; the matrix has to be made of them. None of anything else, and of a
    matrix that is defined or has a law.
    """
    turned = isinstance(value, ex.Transpose)
    line = value.operands[0] if turned else value
    if not isinstance(line, ex.Row if turned else ex.Col):
        return None
    matrix, at = line.args
    named = [key for key, entity in scope.names.items() if key.endswith("[]") and entity == Rows(matrix, turned)]
    if not isinstance(matrix, Var) or not at.is_Symbol or len(named) != 1:
        return None
    context = scope.context
    if matrix.name in {d.target.name for d in context.definitions} | {law.target.name for law in context.random}:
        return None
    length = matrix.shape[1 if turned else 0]
    name = named[0].removesuffix("[]")
    family = FamilyName(name, length, ONE, letters=(str(at),))
    key = scope.declare(name, family, scope.declared_style.get(named[0], ""))
    return Member(key, length, ONE, at), family, Rows(matrix, turned)
