"""What hypotheses say of every member of an orthonormal family, and of the image of every member under a matrix.

May import ``everystep.algebra`` and the normal form; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from everystep.algebra import expressions as ex
from everystep.algebra.context import EVERY, Context, Hypothesis, Relation, of_every, orthonormal_family
from everystep.algebra.expressions import Expression, Var
from everystep.calculus.core import Core
from everystep.calculus.indices import Slot, constant, difference, slot_of
from everystep.calculus.networks import Poly, Term
from everystep.calculus.orthonormal import Family, OrthonormalFamilies

if TYPE_CHECKING:
    from everystep.prove.equations import Equations
    from everystep.prove.normal_form import NormalForm


def families_of(context: Context) -> dict[str, Family]:
    """The families that are said to be orthonormal, by their heads; not of numbers, and none of which a member is
    defined.
    """
    defined = {d.target.name for d in context.definitions} | {r.target.name for r in context.recurrences}
    found: dict[str, Family] = {}
    for hypothesis in context.hypotheses:
        family = orthonormal_family(hypothesis)
        if family is not None and family[0].name not in defined and not family[0].is_number_shaped:
            member, count = family
            found[f"m:{member.name}"] = Family(slot_of(count), slot_of(member.shape[0]))
    return found


def dimension_facts(context: Context) -> list[Slot]:
    """There are no more orthonormal vectors than they have entries: n - k, which is not negative."""
    return [difference(family.size, family.count) for family in families_of(context).values()]


def image_of(hypothesis: Hypothesis, names: set[str]) -> tuple[Var, int, str, Expression] | None:
    """(M, its slot that meets the vector, head of u, value) of ``M u_i = value`` or ``M^T u_i = value`` for all i.

    ``names``: heads of orthonormal families.  The value is made of numbers and of vectors of families, so that
    replacing the product by it comes to an end.
    """
    if not isinstance(hypothesis, Relation) or hypothesis.op != "=":
        return None
    for left, value in ((hypothesis.left, hypothesis.right), (hypothesis.right, hypothesis.left)):
        if not isinstance(left, ex.Mul) or len(left.operands) != 2:
            continue
        matrix, vector = left.operands
        place = 1
        if isinstance(matrix, ex.Transpose):
            matrix, place = matrix.operands[0], 0
        if not isinstance(vector, ex.Member) or f"m:{vector.name}" not in names or not isinstance(matrix, Var):
            continue
        leaves = [n for n in ex.walk(value) if isinstance(n, (Var, ex.Member))]
        simple = all(n.is_number_shaped or isinstance(n, ex.Member) for n in leaves)
        if vector == of_every(vector.name, vector.shape[0]) and simple and EVERY[1] not in _symbols(value):
            return matrix, place, f"m:{vector.name}", value
    return None


def _symbols(expression: Expression) -> set[str]:
    return {str(symbol) for symbol in expression.free_symbols}


def read_images(form: Equations, rules: OrthonormalFamilies) -> None:
    """The equations ``M u_i = value`` of the context as rules, of matrices that have no definition."""
    for hypothesis in form.context.hypotheses:
        found = image_of(hypothesis, set(rules.families))
        if found is None or found[0].name in form.lowering.constants:
            continue
        matrix, place, head, value = found
        poly = form.core.renamed(form.lowering.poly(value), {EVERY[0]: "#1"})
        places = (0, 1) if f"v:{matrix.name}" in form.core.symmetric else (place,)
        for slot in places:
            rules.images[(f"v:{matrix.name}", slot, head)] = poly


def expansions(rules: OrthonormalFamilies) -> Iterator[tuple[str, Poly]]:
    """(head, value) of the matrices that are known by the images of a basis: M = sum_i (M u_i) u_i^T.

    Of fewer vectors than entries, M is not known.
    """
    for (head, place, name), image in rules.images.items():
        family = rules.families[name]
        if family.count == family.size:
            yield head, _expanded(rules.core, image, place, name, family)


def _expanded(core: Core, image: Poly, place: int, name: str, family: Family) -> Poly:
    joint = core.fresh()
    mapping: dict[str, Slot] = {"#0": f"#{1 - place}", "#1": joint}
    vector = Term(1, [(name, (joint, f"#{place}"))], {}, {joint: (constant(1), family.size)})
    return core.normal(t.times(vector) for t in core.terms(image, mapping))


def by_bases(context: Context, new_form: Callable[[], NormalForm]) -> Iterator[NormalForm]:
    """The normal form in which matrices are what the images of an orthonormal basis make them.

    There is none beside random quantities, as for equations that are solved for a name.
    """
    if context.random or not any(image_of(h, set(families_of(context))) for h in context.hypotheses):
        return
    form = new_form()
    values = dict(expansions(form.families))
    for head, value in values.items():
        form.substitute(head, value)
    if values:
        form.core.used("matrix by the images of a basis")
        yield form
